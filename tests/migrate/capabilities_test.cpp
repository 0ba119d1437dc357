#include "migrate/workspace.hpp"

#include <instar/database/capabilities.hpp>
#include <instar/migrate/lock.hpp>
#include <instar/migrate/script_plan.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using instar::migrator;
using instar::migrator_options;
using instar::server_capabilities;
using test::error_of;
using test::scratch_database;
using test::workspace;
namespace code = instar::migration_code;

namespace {

constexpr std::string_view cockroach = "CockroachDB CCL v25.1.0 (x86_64-pc-linux-gnu, built 2025/02/18, go1.23)";
constexpr std::string_view yugabyte = "PostgreSQL 15.2-YB-2025.1.0.0-b0 on x86_64-pc-linux-gnu, compiled by clang";
constexpr std::string_view postgres =
    "PostgreSQL 15.14 (Debian 15.14-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc";

/// A PostgreSQL database that answers as another product does: what it says of its version, and advisory locks that
/// keep nobody out.
struct pretender {
  workspace w;
  scratch_database db{instar::postgres};
  migrator_options options{.migrations = w.migrations()};

  explicit pretender(std::string_view version) {
    db.run(
        "SET allow_system_table_mods = on; CREATE OR REPLACE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql "
        "STABLE AS $$SELECT '" +
        std::string{version} + "'$$");
    if (version != postgres)
      db.run("SET allow_system_table_mods = on; CREATE OR REPLACE FUNCTION pg_catalog.pg_try_advisory_lock(bigint) "
             "RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT true'");
  }

  auto deploy() { return migrator{db.url(), options}.deploy(); }
};

// A table whose unique constraint may wait for the end of a transaction, and the same without.
constexpr instar::column columns[] = {{.name = "id", .type = {.kind = instar::type_kind::integer}}};
constexpr std::string_view id[] = {"id"};
constexpr instar::key late[] = {{.name = "a_late", .columns = id, .deferral = instar::deferral::initially_deferred}};
constexpr instar::key prompt[] = {{.name = "a_late", .columns = id}};
constexpr instar::table late_table[] = {{.name = "a", .columns = columns, .uniques = late}};
constexpr instar::table prompt_table[] = {{.name = "a", .columns = columns, .uniques = prompt}};

}  // namespace

TEST_CASE("what a server is, it says itself") {
  const server_capabilities plain = instar::capabilities_of(postgres, false, false);
  CHECK(plain.product == "PostgreSQL");
  CHECK((plain.transactional_ddl && plain.concurrent_index && plain.advisory_lock && plain.multi_action_alter));
  const server_capabilities roach = instar::capabilities_of(cockroach, false, false);
  CHECK(roach.product == "CockroachDB");
  CHECK_FALSE((roach.transactional_ddl || roach.advisory_lock || roach.online_form() || roach.deferrable));
  const server_capabilities yuga = instar::capabilities_of(yugabyte, false, false);
  CHECK(yuga.product == "YugabyteDB");
  CHECK_FALSE((yuga.transactional_ddl || yuga.advisory_lock || yuga.online_form()));
  CHECK(instar::capabilities_of(yugabyte, false, true).transactional_ddl);
  const server_capabilities citus = instar::capabilities_of(postgres, true, false);
  CHECK(citus.product == "Citus");
  CHECK((citus.transactional_ddl && citus.advisory_lock && citus.online_form() && !citus.multi_action_alter));
}

TEST_CASE("a server is asked, an extension counts") {
  const scratch_database real{instar::postgres};
  CHECK(instar::ask_capabilities(*real.open()).product == "PostgreSQL");
  real.run("SET allow_system_table_mods = on; INSERT INTO pg_extension (oid, extname, extowner, extnamespace, "
           "extrelocatable, extversion) VALUES (99999, 'citus', 10, 11, false, '12.1')");
  CHECK(instar::ask_capabilities(*real.open()).product == "Citus");
  const pretender p{cockroach};
  CHECK(instar::ask_capabilities(*p.db.open()).product == "CockroachDB");
  const scratch_database file{instar::sqlite};
  CHECK(instar::ask_capabilities(*file.open()).product == "SQLite");
}

TEST_CASE("where DDL is not part of a transaction, each statement of it is journalled by itself") {
  pretender p{GENERATE(cockroach, yugabyte)};
  p.w.add("20250101000000_three",
          "CREATE TABLE a (id integer);\nINSERT INTO a VALUES (1);\nCREATE TABLE b (id nothing);");
  const auto error = error_of([&] { (void)p.deploy(); });
  CHECK(error.code() == code::partly_applied);
  CHECK(error.state().find("the first 2 are applied and recorded") != std::string::npos);
  CHECK(p.db.ask("SELECT count(*) FROM a") == "1");
  p.w.add("20250101000000_three",
          "CREATE TABLE a (id integer);\nINSERT INTO a VALUES (1);\nCREATE TABLE b (id integer);");
  const auto report = p.deploy();
  CHECK(report.applied.at(0).skipped == 2);
  CHECK_FALSE(report.applied.at(0).transactional);
  CHECK(p.db.ask("SELECT count(*) FROM a") == "1");
  CHECK(p.db.tables() == "_instar_lock _instar_migrations a b");
}

TEST_CASE("a script that changes rows alone is one transaction there, too") {
  pretender p{cockroach};
  p.w.add("20250101000000_table", "CREATE TABLE a (id integer PRIMARY KEY);");
  p.w.add("20250102000000_rows", "INSERT INTO a VALUES (1);\nINSERT INTO a VALUES (1);");
  CHECK(error_of([&] { (void)p.deploy(); }).code() == code::script_failed);
  CHECK(p.db.ask("SELECT count(*) FROM a") == "0");
}

TEST_CASE("which statements of a script run alone") {
  const auto plan = [](std::string_view sql) {
    instar::detail::script_plan way =
        instar::detail::plan_script(instar::postgres, sql, instar::split_script(instar::postgres, sql));
    instar::detail::without_transactional_ddl(instar::postgres, way);
    return way;
  };
  using instar::detail::piece_kind;
  const auto mixed = plan("ALTER TABLE a ADD b int; UPDATE a SET b = 1; BEGIN; CREATE TABLE c (); COMMIT;");
  REQUIRE(mixed.pieces.size() == 3);
  CHECK(mixed.pieces[0].kind == piece_kind::outside);
  CHECK(mixed.pieces[1].kind == piece_kind::plain);
  CHECK(mixed.pieces[2].kind == piece_kind::block);
}

TEST_CASE("where advisory locks keep nobody out, a row does") {
  pretender p{GENERATE(cockroach, yugabyte)};
  p.w.add("20250101000000_log", "CREATE TABLE log (n integer);");
  for (int i = 0; i != 8; ++i)
    p.w.add("2025010200000" + std::to_string(i) + "_n", "INSERT INTO log VALUES (" + std::to_string(i) + ");");
  std::atomic<std::size_t> total{0};
  std::vector<std::string> failures(6);
  std::vector<std::thread> runners;
  for (std::string& failure : failures)
    runners.emplace_back([&] {
      try {
        total += p.deploy().applied.size();
      } catch (const std::exception& error) {
        failure = error.what();
      }
    });
  for (std::thread& t : runners)
    t.join();
  for (const std::string& failure : failures)
    CHECK(failure == "");
  CHECK(total == 9);
  CHECK(p.db.ask("SELECT count(*) FROM log") == "8");
  // The table of the lock is nobody's: neither drift, nor a reason to refuse.
  CHECK(migrator(p.db.url(), p.options).drift().empty());
}

TEST_CASE("the lock's row is given up with its connection") {
  const pretender p{cockroach};
  const auto on = p.db.open();
  const instar::ledger_place place = instar::ledger::read(*on).place();
  const server_capabilities can = instar::ask_capabilities(*on);
  using namespace std::chrono_literals;
  {
    const instar::detail::migration_lock held{*on, place, 1s, {}, [] {}, can};
    const auto other = p.db.open();
    const auto error = error_of([&] { const instar::detail::migration_lock no{*other, place, 100ms, {}, [] {}, can}; });
    CHECK(error.code() == code::lock_timeout);
    p.db.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'instar lock' AND datname = "
        "current_database()");
    const instar::detail::migration_lock now{*other, place, 2s, {}, [] {}, can};
  }
  const instar::detail::migration_lock again{*on, place, 1s, {}, [] {}, can};
}

TEST_CASE("through a pooler, a transaction of its own holds the lock that others know") {
  using namespace std::chrono_literals;
  const scratch_database db{instar::postgres};
  const auto on = instar::open_database(instar::database_url{db.url().libpq_text() + "&pgbouncer=true"});
  const server_capabilities can = instar::ask_capabilities(*on);
  CHECK_FALSE(can.sessions);
  CHECK(can.online_form());
  const instar::ledger_place place = instar::ledger::read(*on).place();
  {
    instar::detail::migration_lock held{*on, place, 1s, {}, [] {}, can};
    held.check_held();
    const auto pooled = instar::open_database(on->url());
    CHECK(error_of([&] { const instar::detail::migration_lock no{*pooled, place, 100ms, {}, [] {}, can}; }).code() ==
          code::lock_timeout);
    const auto direct = db.open();
    CHECK(error_of([&] {
            const instar::detail::migration_lock no{*direct, place, 100ms, {}, [] {}};
          }).code() == code::lock_timeout);
    db.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'instar lock' AND datname = "
        "current_database()");
    CHECK(error_of([&] { held.check_held(); }).code() == code::lock_timeout);
  }
  CHECK(db.tables().empty());
}

TEST_CASE("who gets a lock that ended with its runner waits for what the runner had sent") {
  using namespace std::chrono_literals;
  const scratch_database db{instar::postgres};
  const auto on = instar::open_database(instar::database_url{db.url().libpq_text() + "&pgbouncer=true"});
  const server_capabilities can = instar::ask_capabilities(*on);
  const instar::ledger_place place = instar::ledger::read(*on).place();
  const auto name_of = [&](instar::database& session) {
    return session.query_value("SELECT current_setting('application_name')").value_or("");
  };
  std::string while_held;
  {
    const instar::detail::migration_lock held{*on, place, 1s, {}, [] {}, can};
    while_held = name_of(*on);
  }
  CHECK(name_of(*on) == "instar");
  const auto left = db.open();
  left->execute("SET application_name = '" + while_held + "'");
  std::thread at_work([&] { left->execute("SELECT pg_sleep(1)"); });
  while (db.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + while_held +
                "' AND state = 'active'") == "0")
    std::this_thread::sleep_for(1ms);
  const auto error = error_of([&] { const instar::detail::migration_lock no{*on, place, 50ms, {}, [] {}, can}; });
  CHECK(error.code() == code::lock_timeout);
  CHECK(error.message().find("whose runner is gone") != std::string::npos);
  std::string told;
  {
    const instar::detail::migration_lock held{*on, place, 20s, [&](const std::string& who) { told = who; }, [] {}, can};
    CHECK(db.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + while_held +
                 "' AND state = 'active'") == "0");
  }
  CHECK(told.find("(" + while_held + ")") != std::string::npos);
  at_work.join();
}

TEST_CASE("a lock that is lost stops what has not begun") {
  pretender p{GENERATE(cockroach, postgres)};
  const instar::database_url url{p.db.url().libpq_text() + "&pgbouncer=true"};
  p.w.add("20250101000000_one",
          "CREATE TABLE one (id integer);\nSELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
          "application_name = 'instar lock' AND datname = current_database();");
  p.w.add("20250102000000_two", "CREATE TABLE two (id integer);");
  CHECK(error_of([&] { (void)migrator(url, p.options).deploy(); }).code() == code::lock_timeout);
  CHECK(p.db.ask("SELECT to_regclass('two') IS NULL") == "t");
}

TEST_CASE("reset empties a database whose lock is a row or a transaction") {
  pretender p{GENERATE(cockroach, postgres)};
  const instar::database_url url{p.db.url().libpq_text() + "&pgbouncer=true"};
  p.w.add("20250101000000_one", "CREATE TABLE one (id integer);");
  (void)migrator(url, p.options).deploy();
  p.db.run("CREATE TABLE other (id integer)");
  (void)migrator(url, p.options).reset();
  CHECK(p.db.ask("SELECT to_regclass('other') IS NULL AND to_regclass('one') IS NOT NULL") == "t");
}

TEST_CASE("scripts are written for the server that is open") {
  const auto script_on = [](const pretender& p) {
    p.w.write("before.sql", "CREATE TABLE a (id integer PRIMARY KEY, b integer, c integer);");
    p.w.write("after.sql", "CREATE TABLE a (id integer PRIMARY KEY, b integer NOT NULL, c integer DEFAULT 4, d text);\n"
                           "CREATE INDEX a_b ON a (b);");
    migrator m{p.db.url(), p.options};
    using kind = instar::diff_source::kind;
    return m
        .diff({kind::script, (p.w.root() / "before.sql").string()}, {kind::script, (p.w.root() / "after.sql").string()})
        .script;
  };
  CHECK(script_on(pretender{postgres}).find("CONCURRENTLY") != std::string::npos);
  const std::string short_form = script_on(pretender{cockroach});
  CHECK(short_form.find("CONCURRENTLY") == std::string::npos);
  CHECK(short_form.find("CREATE INDEX") != std::string::npos);
  pretender citus{postgres};
  citus.db.run("SET allow_system_table_mods = on; INSERT INTO pg_extension (oid, extname, extowner, extnamespace, "
               "extrelocatable, extversion) VALUES (99999, 'citus', 10, 11, false, '12.1')");
  const std::string single = script_on(citus);
  CHECK(single.find("CONCURRENTLY") != std::string::npos);
  for (std::size_t at = single.find("ALTER TABLE"); at != std::string::npos; at = single.find("ALTER TABLE", at + 1)) {
    const std::string statement = single.substr(at, single.find(';', at) - at);
    INFO(statement);
    CHECK(statement.find(",\n") == std::string::npos);
  }
}

TEST_CASE("models with constraints that a server does not know are refused there, before anything is done") {
  pretender p{cockroach};
  p.options.models = instar::schema_view{.tables = late_table};
  const auto push = error_of([&] { (void)migrator(p.db.url(), p.options).push(); });
  CHECK(push.code() == code::unsupported);
  CHECK(push.message() == "CockroachDB has no deferrable constraints, and the models have: a_late of a.");
  CHECK(error_of([&] { (void)migrator(p.db.url(), p.options).dev({.name = "a"}); }).code() == code::unsupported);
  CHECK(p.db.tables().empty());
  p.options.models = instar::schema_view{.tables = prompt_table};
  (void)migrator(p.db.url(), p.options).push();
  CHECK(p.db.tables() == "_instar_lock a");
}

TEST_CASE("a push runs its statements one by one where DDL is not part of a transaction") {
  pretender p{cockroach};
  CHECK_THROWS(
      migrator(p.db.url(), p.options).execute_script("CREATE TABLE a (id integer); CREATE TABLE b (id no);", "x.sql"));
  CHECK(p.db.ask("SELECT to_regclass('a') IS NOT NULL") == "t");
}
