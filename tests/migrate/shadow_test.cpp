#include "migrate/workspace.hpp"

#include <string>
#include <thread>

using instar::migrator;
using test::error_of;
using test::scratch_database;
using test::workspace;
namespace code = instar::migration_code;

namespace {

/// The database as a role that may not create databases sees it; the role owns it.
class modest_database {
 public:
  explicit modest_database(const scratch_database& db) : role_(test::random_name("instar_modest")), db_(db) {
    db.run("CREATE ROLE " + role_ + " LOGIN; ALTER DATABASE " + db.url().database_name() + " OWNER TO " + role_ +
           "; ALTER SCHEMA public OWNER TO " + role_);
  }
  modest_database(const modest_database&) = delete;
  modest_database& operator=(const modest_database&) = delete;
  ~modest_database() {
    try {
      db_.run("REASSIGN OWNED BY " + role_ + " TO CURRENT_USER; DROP OWNED BY " + role_ + "; DROP ROLE " + role_);
    } catch (const std::exception&) {
      // The server goes with the tests.
    }
  }
  [[nodiscard]] instar::database_url url() const {
    std::string text = std::getenv("INSTAR_TEST_POSTGRES");
    text += (text.find('?') == std::string::npos ? "?user=" : "&user=") + role_;
    return instar::database_url{text}.with_database(db_.url().database_name());
  }

 private:
  std::string role_;
  const scratch_database& db_;
};

}  // namespace

TEST_CASE("PostgreSQL: a scratch database is gone afterwards, and stale ones go with it") {
  const workspace w;
  const scratch_database db{instar::postgres};
  const std::string stale = "instar_shadow_1000000000_" + std::to_string(std::random_device{}() % 100000);
  const std::string recent =
      "instar_shadow_" + std::to_string(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())) + "_7";
  db.run("CREATE DATABASE " + stale);
  db.run("CREATE DATABASE " + recent);
  w.add("20240101000000_a", "CREATE TABLE a (id integer);\nCREATE INDEX CONCURRENTLY i ON a (id);\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.create_migration("x", instar::next_plan{});
  CHECK(test::shadow_databases_go(db, recent));
  CHECK(test::shadow_databases(db).contains(recent));
  CHECK(db.tables().empty());
  db.run("DROP DATABASE " + recent);
}

TEST_CASE("PostgreSQL: where no database may be created, a transaction does and leaves no trace") {
  const workspace w;
  const scratch_database db{instar::postgres};
  const modest_database modest{db};
  w.add("20240101000000_a", "CREATE TABLE a (id integer PRIMARY KEY);\nCREATE TYPE mood AS ENUM ('ok');\n");
  w.add("20240102000000_b", "SET search_path = '';\nCREATE TABLE public.b (a integer REFERENCES public.a (id));\n");
  w.add("20240103000000_c", "BEGIN;\nCREATE TABLE c (id integer);\nCOMMIT;\n");
  migrator m{modest.url(), {.migrations = w.migrations()}};
  (void)m.deploy();
  db.run("INSERT INTO a VALUES (1)");
  const std::string oid = db.ask("SELECT 'a'::regclass::oid::bigint");
  (void)m.create_migration("x", instar::next_plan{});
  CHECK(w.names("migrations").size() == 5);
  CHECK(db.ask("SELECT id FROM a") == "1");
  CHECK(db.ask("SELECT 'a'::regclass::oid::bigint") == oid);
  CHECK(m.deploy().applied.size() == 1);

  SECTION("a script that fails there is refused") {
    w.add("20240104000000_d", "SELECT nope;\n");
    CHECK(error_of([&] { (void)m.create_migration("y", instar::next_plan{}); }).code() == code::shadow_failed);
    CHECK(db.ask("SELECT id FROM a") == "1");
  }
  SECTION("a script in sections is run without what a transaction refuses") {
    w.add("20240104000000_d", "-- instar: transaction\nBEGIN;\nSET LOCAL lock_timeout = '5s';\nALTER TABLE a ADD v "
                              "integer;\nCOMMIT;\n-- instar: no-transaction\nSET statement_timeout = 0;\n"
                              "DO $instar_batches$\nBEGIN\n  UPDATE a SET v = 1;\n  COMMIT;\nEND\n$instar_batches$;\n"
                              "CREATE UNIQUE INDEX CONCURRENTLY i ON a (id, v);\nDROP INDEX CONCURRENTLY i;\n");
    (void)m.create_migration("y", instar::next_plan{});
    CHECK(db.ask("SELECT id FROM a") == "1");
    CHECK(w.names("migrations").size() == 7);
    w.add("20240104000000_d", "-- instar: no-transaction\nVACUUM a;\n");
    CHECK(error_of([&] { (void)m.create_migration("z", instar::next_plan{}); }).code() == code::shadow_unavailable);
  }
  SECTION("a script that cannot be in a transaction is refused with the way out") {
    w.add("20240104000000_d", "CREATE INDEX CONCURRENTLY i ON a (id);\n");
    const auto error = error_of([&] { (void)m.create_migration("y", instar::next_plan{}); });
    CHECK(error.code() == code::shadow_unavailable);
    CHECK(error.remedy().find("CREATEDB") != std::string::npos);
  }
  SECTION("a table that somebody uses is not waited for") {
    const auto other = db.open();
    other->execute("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE");
    CHECK(error_of([&] { (void)m.create_migration("y", instar::next_plan{}); }).code() == code::shadow_unavailable);
    other->execute("ROLLBACK");
    CHECK(db.ask("SELECT id FROM a") == "1");
  }
}

TEST_CASE("an empty database can be named as the shadow, and is empty afterwards") {
  const instar::dialect kind = GENERATE(instar::sqlite, instar::postgres);
  const workspace w;
  const scratch_database db{kind};
  const scratch_database shadow{kind};
  w.add("20240101000000_a",
        "CREATE TABLE a (id INTEGER PRIMARY KEY);\nCREATE TABLE b (a INTEGER REFERENCES a (id));\n");
  migrator m{db.url(), {.migrations = w.migrations(), .shadow = shadow.url()}};
  (void)m.create_migration("x", instar::next_plan{});
  CHECK(shadow.tables().empty());
  if (kind == instar::postgres)
    CHECK(test::shadow_databases_go(db));
  shadow.run("CREATE TABLE precious (id INTEGER)");
  const auto error = error_of([&] { (void)m.create_migration("y", instar::next_plan{}); });
  CHECK(error.code() == code::shadow_not_empty);
  CHECK(error.message().find("precious") != std::string::npos);
  CHECK(shadow.tables() == "precious");
}

TEST_CASE("PostgreSQL: a named shadow loses the schemas and extensions of the scripts, and keeps its own") {
  const workspace w;
  const scratch_database db{instar::postgres};
  const scratch_database shadow{instar::postgres};
  shadow.run("CREATE SCHEMA tools; CREATE TABLE tools.precious (id INTEGER)");
  w.add("20240101000000_a", "CREATE SCHEMA auth;\nCREATE EXTENSION IF NOT EXISTS plpgsql;\n"
                            "CREATE TABLE auth.users (id INTEGER PRIMARY KEY);\nCREATE TABLE a (id INTEGER);\n"
                            "CREATE TYPE mood AS ENUM ('fine');\n");
  migrator m{db.url(), {.migrations = w.migrations(), .shadow = shadow.url()}};
  // The second time the scripts find what the first has left.
  (void)m.create_migration("x", instar::next_plan{});
  (void)m.create_migration("y", instar::next_plan{});
  CHECK(shadow.tables().empty());
  CHECK(shadow.ask("SELECT count(*) FROM pg_namespace WHERE nspname = 'auth'") == "0");
  CHECK(shadow.ask("SELECT count(*) FROM pg_type WHERE typname = 'mood'") == "0");
  CHECK(shadow.ask("SELECT count(*) FROM tools.precious") == "0");
  CHECK(shadow.ask("SELECT count(*) FROM pg_extension WHERE extname = 'plpgsql'") == "1");
  CHECK(test::shadow_databases_go(db));
}

TEST_CASE("a shadow database of the other kind is refused") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  migrator m{db.url(), {.migrations = w.migrations(), .shadow = scratch_database::server()}};
  CHECK(error_of([&] { (void)m.create_migration("y", instar::next_plan{}); }).code() == code::shadow_unavailable);
}

TEST_CASE("PostgreSQL: an interruption reaches the shadow database, which goes all the same") {
  using namespace std::chrono_literals;
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add("20240101000000_a", "SELECT pg_sleep(60);\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  std::thread breaker{[&] {
    std::this_thread::sleep_for(2s);
    m.interrupt();
  }};
  const auto began = std::chrono::steady_clock::now();
  CHECK(error_of([&] { (void)m.create_migration("y", instar::next_plan{}); }).code() == code::stopped);
  breaker.join();
  CHECK(std::chrono::steady_clock::now() - began < 20s);
  CHECK(test::shadow_databases_go(db));
  CHECK(w.names("migrations").size() == 1);
}
