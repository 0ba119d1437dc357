// A database that is there already as the first migration of a history.
#include "migrate/workspace.hpp"

#include <instar/migrate/history.hpp>
#include <instar/migrate/snapshot_file.hpp>

#include <string>

using instar::migrator;
using test::each_dialect;
using test::error_of;
using test::scratch_database;
using test::workspace;
namespace code = instar::migration_code;

namespace {

const char* const by_hand =
    "CREATE TABLE users (id INTEGER PRIMARY KEY NOT NULL, email VARCHAR(80) NOT NULL UNIQUE);\n"
    "CREATE TABLE orders (id INTEGER PRIMARY KEY NOT NULL, user_id INTEGER NOT NULL REFERENCES users (id));\n"
    "CREATE INDEX recent ON orders (user_id) WHERE id > 100;\n"
    "CREATE VIEW emails AS SELECT email FROM users;\n";

/// The ledger's columns, and whatever else.
std::string ledger_with(const std::string& more) {
  return "CREATE TABLE _instar_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, "
         "finished_at TIMESTAMP, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMP, "
         "started_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, applied_steps_count INTEGER NOT NULL DEFAULT 0" +
         more + ")";
}

}  // namespace

TEST_CASE("a baseline is a history that has been applied, and makes the same database elsewhere") {
  const workspace w;
  const instar::dialect dialect = each_dialect();
  const scratch_database db{dialect};
  db.run(by_hand);
  migrator m{db.url(), {.migrations = w.migrations()}};
  const instar::baseline_report report = m.baseline();
  CHECK(report.name == "0_init");
  CHECK(report.warnings.empty());
  CHECK(w.read("migrations/0_init/migration.sql") == report.sql);
  CHECK(w.names("migrations") == std::vector<std::string>{"0_init", "migration_lock.toml", "snapshot.hpp"});
  CHECK(db.ask("SELECT migration_name FROM _instar_migrations WHERE finished_at IS NOT NULL") == "0_init");
  CHECK(m.status().up_to_date());
  CHECK(m.drift().empty());
  CHECK(m.deploy().applied.empty());

  const scratch_database elsewhere{dialect};
  migrator there{elsewhere.url(), {.migrations = w.migrations()}};
  CHECK(test::applied(there.deploy()) == "0_init");
  const auto url = [](const scratch_database& of) {
    const bool file = of.url().dialect() == instar::sqlite;
    return instar::diff_source{instar::diff_source::kind::database,
                               file ? "sqlite:" + of.url().sqlite_path() : of.url().libpq_text()};
  };
  CHECK(m.diff(url(db), url(elsewhere)).empty());
}

TEST_CASE("after a baseline the models that it was made for want no migration") {
  const workspace w;
  const scratch_database db{each_dialect()};
  db.run(by_hand);
  instar::owned_schema read;
  {
    const auto opened = db.open();
    read = instar::introspect(*opened);
  }
  migrator m{db.url(), {.migrations = w.migrations(), .models = read.view()}};
  (void)m.baseline({.schema = read.view()});
  CHECK(m.plan_next().up_to_date());
  CHECK(m.dev({}).created == std::nullopt);
}

TEST_CASE("a second history is refused: a folder with migrations, a snapshot with tables, a ledger with rows") {
  const workspace w;
  const scratch_database db{each_dialect()};
  db.run(by_hand);
  migrator m{db.url(), {.migrations = w.migrations()}};
  const auto refused = [&] { return error_of([&] { (void)m.baseline(); }); };
  w.add("20240101000000_a", "SELECT 1;\n");
  CHECK(refused().code() == code::baseline_refused);
  CHECK(refused().message().find("20240101000000_a") != std::string::npos);
  test::fs::remove_all(w.migrations() / "20240101000000_a");

  const instar::column id{.name = "id"};
  const instar::table one{.name = "one", .columns = {&id, 1}};
  (void)instar::write_snapshot(w.migrations(), {.schema = {.tables = {&one, 1}}});
  CHECK(refused().code() == code::baseline_refused);
  test::fs::remove(w.migrations() / "snapshot.hpp");

  db.run(ledger_with(""));
  db.run("INSERT INTO _instar_migrations (id, checksum, migration_name) VALUES ('x', 'y', '20230101000000_old')");
  CHECK(refused().code() == code::baseline_refused);
  CHECK(refused().message().find("20230101000000_old") != std::string::npos);
  CHECK(w.names("migrations").empty());

  // An empty ledger is nobody's history.
  db.run("DELETE FROM _instar_migrations");
  CHECK(m.baseline().name == "0_init");
}

TEST_CASE("what does not make the database is not written") {
  const workspace w;
  const scratch_database db{each_dialect()};
  db.run(by_hand);
  migrator m{db.url(), {.migrations = w.root() / "not_there"}};
  const auto error = error_of([&] { (void)m.baseline({.schema = instar::schema_view{}}); });
  CHECK(error.code() == code::baseline_unproven);
  CHECK(error.message().find("+ table users") != std::string::npos);
  CHECK(w.names(".") == std::vector<std::string>{"migrations"});
  CHECK(db.tables() == "orders users");
}

TEST_CASE("a baseline that fails half-way leaves no file, and what was there as it was") {
  const workspace w;
  const scratch_database db{each_dialect()};
  db.run(by_hand);
  w.write("models.hpp", "// mine\n");
  migrator m{db.url(), {.migrations = w.root() / "made" / "here"}};
  const auto with_file = [&](const char* name) {
    instar::baseline_options how;
    how.files.push_back({w.root() / "models.hpp", "// new\n"});
    how.files.push_back({w.root() / name, "// new\n"});
    return error_of([&] { (void)m.baseline(how); });
  };
  const auto untouched = [&] {
    CHECK(w.names(".") == std::vector<std::string>{"migrations", "models.hpp"});
    CHECK(w.read("models.hpp") == "// mine\n");
  };
  SECTION("a folder that is not there") {
    CHECK(with_file("nowhere/more.hpp").code() == code::cannot_write);
    untouched();
    CHECK(db.tables() == "orders users");
  }
  SECTION("a ledger that takes no row") {
    db.run(ledger_with(", CHECK (migration_name <> '0_init')"));
    instar::baseline_options how;
    how.files.push_back({w.root() / "models.hpp", "// new\n"});
    how.files.push_back({w.root() / "more.hpp", "// new\n"});
    CHECK_THROWS_AS((void)m.baseline(how), instar::database_error);
    untouched();
  }
}

TEST_CASE("a baseline makes functions as pg_dump does: before what they name, and right or wrong") {
  const workspace w;
  const scratch_database db{instar::postgres};
  db.run("SET check_function_bodies = off; CREATE TABLE t (id integer); "
         "CREATE FUNCTION of_table() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t'; "
         "CREATE FUNCTION wrong() RETURNS integer LANGUAGE plpgsql AS 'BEGIN SELECT FROM WHERE; END'");
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.baseline();
  const scratch_database elsewhere{instar::postgres};
  CHECK(test::applied(migrator{elsewhere.url(), {.migrations = w.migrations()}}.deploy()) == "0_init");
  using kind = instar::diff_source::kind;
  const scratch_database by_script{instar::postgres};
  by_script.run(m.diff({.what = kind::empty}, {.what = kind::database}).script);
  CHECK(by_script.ask("SELECT count(*) FROM pg_proc WHERE proname IN ('of_table', 'wrong')") == "2");
}

TEST_CASE("an empty database has a baseline, too") {
  const workspace w;
  const scratch_database db{each_dialect()};
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.baseline();
  CHECK(m.status().up_to_date());
}

TEST_CASE("a baseline says what no script makes: owners, and the roles that it names") {
  const workspace w;
  const scratch_database db{instar::postgres};
  const std::string role = test::random_name("instar_role");
  db.run("CREATE ROLE " + role);
  db.run("CREATE TABLE mine (id integer); CREATE TABLE theirs (id integer); ALTER TABLE theirs OWNER TO " + role +
         "; CREATE FUNCTION early() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM mine'");
  db.run("GRANT SELECT ON mine TO " + role);
  migrator m{db.url(), {.migrations = w.migrations()}};
  const instar::baseline_report report = m.baseline();
  db.run("DROP OWNED BY " + role + "; DROP ROLE " + role);
  CHECK(test::codes(report.warnings) == "INS4083 INS4083");
  REQUIRE(report.warnings.size() == 2);
  CHECK(report.warnings[0].message.find("table theirs (" + role + ").") != std::string::npos);
  CHECK(report.warnings[0].message.find("mine") == std::string::npos);
  CHECK(report.warnings[1].message.find(role) != std::string::npos);
  CHECK(report.sql.find("GRANT SELECT") != std::string::npos);
}
