#include "migrate/workspace.hpp"

#include <instar/migrate/fleet.hpp>
#include <instar/migrate/lock.hpp>

#include <chrono>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using instar::fleet;
using instar::fleet_options;
using instar::fleet_progress;
using instar::fleet_report;
using instar::fleet_state;
using instar::fleet_target;
using test::error_of;
using test::scratch_database;
using test::workspace;
using namespace std::chrono_literals;
namespace code = instar::migration_code;

namespace {

/// Some SQLite files, or schemas of one PostgreSQL database.
class some_targets {
 public:
  some_targets(instar::dialect kind, const workspace& w, std::size_t count) : kind_(kind) {
    if (kind == instar::sqlite) {
      std::string text;
      for (std::size_t i = 0; i != count; ++i)
        text += "sqlite:" + (w.root() / (name(i) + ".db")).string() + "\n";
      targets_ = instar::read_fleet_targets(text, "list").targets;
      return;
    }
    for (std::size_t i = 0; i != count; ++i)
      server_.run("CREATE SCHEMA " + name(i));
    targets_ = instar::find_tenants(*server_.open(), "tenant\\_%");
  }

  [[nodiscard]] const std::vector<fleet_target>& list() const { return targets_; }

  /// Makes every migration that creates the table fail for that target.
  void break_target(std::size_t i, const std::string& table) const { run(i, "CREATE TABLE " + table + " (x integer)"); }
  void mend_target(std::size_t i, const std::string& table) const { run(i, "DROP TABLE " + table); }

  void run(std::size_t i, const std::string& sql) const {
    if (!instar::database_exists(targets_[i].url))
      instar::create_database(targets_[i].url);
    instar::open_database(targets_[i].url)->execute(sql);
  }

  /// The tables of a target, sorted.
  [[nodiscard]] std::string tables(std::size_t i) const {
    if (kind_ == instar::sqlite && !instar::database_exists(targets_[i].url))
      return "";
    std::string text;
    const auto on = instar::open_database(targets_[i].url);
    for (const auto& row :
         on->query(kind_ == instar::sqlite ? "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
                                           : "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = "
                                             "pg_catalog.current_schema()::regnamespace ORDER BY relname COLLATE \"C\"")
             .rows)
      text += (text.empty() ? "" : " ") + row.front().value_or("-");
    return text;
  }

 private:
  static std::string name(std::size_t i) { return "tenant_" + std::to_string(i); }

  instar::dialect kind_;
  scratch_database server_{instar::postgres};
  std::vector<fleet_target> targets_;
};

/// The states in the order of the targets.
std::string states(const fleet_report& report) {
  std::string text;
  for (const auto& one : report.results)
    text += (text.empty() ? "" : ", ") + std::string{to_string(one.state)};
  return text;
}

std::string code_of(const instar::fleet_result& result) {
  REQUIRE(result.error);
  try {
    std::rethrow_exception(result.error);
  } catch (const instar::migration_error& error) {
    return std::string{error.code()};
  } catch (const instar::database_error& error) {
    return std::string{error.code()};
  }
}

fleet_options options_for(const workspace& w) {
  return {.each = {.migrations = w.migrations()}, .jobs = 3};
}

void two_migrations(const workspace& w) {
  w.add("20240101000000_a", "CREATE TABLE a (id INTEGER);");
  w.add("20240102000000_b", "CREATE TABLE b (id INTEGER);");
}

}  // namespace

TEST_CASE("a fleet: every target gets the history, and the same call again finds nothing to do") {
  const instar::dialect kind = test::each_dialect();
  const workspace w;
  two_migrations(w);
  const some_targets t{kind, w, 7};
  fleet all{t.list(), options_for(w)};
  const fleet_report first = all.deploy();
  CHECK(first.complete());
  CHECK(first.count(fleet_state::applied) == 7);
  for (std::size_t i = 0; i != 7; ++i) {
    CHECK(test::applied(first.results[i].report) == "20240101000000_a 20240102000000_b");
    CHECK(t.tables(i) == "_instar_migrations a b");
  }
  const fleet_report second = all.deploy();
  CHECK(second.count(fleet_state::up_to_date) == 7);
  CHECK(second.results[3].report.already_applied == 2);
  CHECK(second.results[3].report.ledger ==
        (kind == instar::sqlite ? "_instar_migrations" : "tenant_3._instar_migrations"));
}

TEST_CASE("a fleet: --up-to holds for every target, and is looked up before any is touched") {
  const instar::dialect kind = test::each_dialect();
  const workspace w;
  two_migrations(w);
  const some_targets t{kind, w, 2};
  fleet all{t.list(), options_for(w)};
  CHECK(error_of([&] { (void)all.deploy({.up_to = "20240103000000_c"}); }).code() == code::no_such_migration);
  CHECK(t.tables(0).empty());
  CHECK(all.deploy({.up_to = "20240101000000_a"}).complete());
  CHECK(t.tables(1) == "_instar_migrations a");
}

TEST_CASE("a fleet: the first failure keeps what is not begun from beginning") {
  const instar::dialect kind = test::each_dialect();
  const workspace w;
  two_migrations(w);
  const some_targets t{kind, w, 5};
  fleet_options how = options_for(w);
  how.jobs = 1;
  how.each.allow_not_empty = true;
  t.break_target(2, "b");
  const fleet_report stopped = fleet{t.list(), how}.deploy();
  CHECK(states(stopped) == "applied, applied, failed, not begun, not begun");
  CHECK(code_of(stopped.results[2]) == code::script_failed);
  CHECK(test::applied(stopped.results[2].report) == "20240101000000_a");
  CHECK(t.tables(3).empty());

  // Run again it goes on where it was.
  t.mend_target(2, "b");
  const fleet_report resumed = fleet{t.list(), how}.deploy();
  CHECK(states(resumed) == "up to date, up to date, applied, applied, applied");
  CHECK(test::applied(resumed.results[2].report) == "20240102000000_b");
}

TEST_CASE("a fleet: keep_going goes on with the others") {
  const instar::dialect kind = test::each_dialect();
  const workspace w;
  two_migrations(w);
  const some_targets t{kind, w, 6};
  fleet_options how = options_for(w);
  how.keep_going = true;
  how.each.allow_not_empty = true;
  t.break_target(0, "a");
  t.break_target(4, "b");
  const fleet_report report = fleet{t.list(), how}.deploy();
  CHECK(states(report) == "failed, applied, applied, applied, failed, applied");
  CHECK_FALSE(report.complete());
}

TEST_CASE("a fleet: canaries come first, and a canary that fails keeps the others from beginning") {
  const instar::dialect kind = test::each_dialect();
  const bool keep_going = GENERATE(false, true);
  const workspace w;
  two_migrations(w);
  const some_targets t{kind, w, 6};
  fleet_options how = options_for(w);
  how.keep_going = keep_going;
  how.canary = 2;
  how.each.allow_not_empty = true;
  std::size_t ended = 0;
  std::size_t begun_too_early = 0;
  how.on_progress = [&](const fleet_progress& p) {
    begun_too_early += p.index >= 2 && ended < 2 ? 1 : 0;
    ended += p.result != nullptr ? 1 : 0;
  };
  t.break_target(1, "b");
  const fleet_report stopped = fleet{t.list(), how}.deploy();
  CHECK(stopped.results[1].state == fleet_state::failed);
  CHECK(stopped.count(fleet_state::not_begun) == 4);
  CHECK(t.tables(5).empty());

  t.mend_target(1, "b");
  ended = 0;
  CHECK(fleet{t.list(), how}.deploy().complete());
  CHECK(begun_too_early == 0);
}

TEST_CASE("a fleet: more canaries than targets, more jobs than targets, and none at all") {
  const workspace w;
  two_migrations(w);
  const some_targets t{instar::sqlite, w, 2};
  fleet_options how = options_for(w);
  how.canary = 9;
  how.jobs = 9;
  CHECK(fleet{t.list(), how}.deploy().complete());
  CHECK(fleet{{}, how}.deploy().complete());
}

TEST_CASE("a fleet: a broken history is an error before anything is touched") {
  const workspace w;
  two_migrations(w);
  const some_targets t{instar::sqlite, w, 2};
  w.write("migrations/20240103000000_c/readme", "no script");
  CHECK(error_of([&] { (void)fleet{t.list(), options_for(w)}.deploy(); }).code() == code::script_missing);
  test::fs::remove_all(w.migrations() / "20240103000000_c");
  w.write("migrations/migration_lock.toml", "provider = \"postgresql\"\n");
  CHECK(error_of([&] { (void)fleet{t.list(), options_for(w)}.deploy(); }).code() == code::provider_mismatch);
  CHECK(t.tables(0).empty());
}

TEST_CASE("a fleet: the history is read once, whatever becomes of the folder meanwhile") {
  const workspace w;
  two_migrations(w);
  const some_targets t{test::each_dialect(), w, 4};
  fleet_options how = options_for(w);
  how.on_progress = [&](const fleet_progress& p) {
    if (p.result != nullptr)
      test::fs::remove_all(w.migrations());
  };
  how.jobs = 1;
  CHECK(fleet{t.list(), how}.deploy().complete());
}

TEST_CASE("a fleet: an interruption stops what runs and begins nothing more") {
  const instar::dialect kind = test::each_dialect();
  const workspace w;
  w.add("20240101000000_a", "CREATE TABLE a (id INTEGER);");
  w.add("20240102000000_slow",
        kind == instar::postgres
            ? "SELECT pg_sleep(60);\n"
            : "CREATE TABLE slow AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              "1000000000) SELECT count(*) AS c FROM n;\n");
  const some_targets t{kind, w, 4};
  fleet_options how = options_for(w);
  how.jobs = 2;
  fleet all{t.list(), how};
  std::thread breaker{[&] {
    std::this_thread::sleep_for(1500ms);
    all.interrupt();
  }};
  const auto began = std::chrono::steady_clock::now();
  const fleet_report report = all.deploy();
  breaker.join();
  CHECK(std::chrono::steady_clock::now() - began < 30s);
  CHECK(all.interrupted());
  CHECK(states(report) == "interrupted, interrupted, not begun, not begun");
  CHECK(test::applied(report.results[0].report) == "20240101000000_a");
  CHECK(code_of(report.results[1]) == code::stopped);
  CHECK(t.tables(0) == "_instar_migrations a");
}

TEST_CASE("a fleet: an interruption ends the wait for the canaries") {
  const workspace w;
  w.add("20240101000000_slow", "SELECT pg_sleep(60);\n");
  const some_targets t{instar::postgres, w, 4};
  fleet_options how = options_for(w);
  how.canary = 1;
  fleet all{t.list(), how};
  std::thread breaker{[&] {
    std::this_thread::sleep_for(1000ms);
    all.interrupt();
  }};
  const fleet_report report = all.deploy();
  breaker.join();
  CHECK(states(report) == "interrupted, not begun, not begun, not begun");
}

// ---- lists ----

TEST_CASE("a list of targets: a URL on each line, blank lines and comments aside") {
  const auto list = instar::read_fleet_targets("\xEF\xBB\xBF# ours\r\n"
                                               "postgresql://u:hunter2@h:5433/app\r\n"
                                               "\n"
                                               "   # more\n"
                                               "  sqlite:x.db\t\n"
                                               "postgresql://h/app?schema=a",
                                               "list");
  REQUIRE(list.targets.size() == 3);
  CHECK(list.targets[0].name == "h:5433/app");
  CHECK(list.targets[0].line == 2);
  CHECK(list.targets[1].name == "x.db");
  CHECK(list.targets[1].line == 5);
  CHECK(list.targets[2].name == "h/app?schema=a");
  CHECK(list.warnings.empty());
}

TEST_CASE("a list of targets: a bad line is named by its number, and not shown") {
  const auto error = error_of([] { (void)instar::read_fleet_targets("sqlite:a.db\nhunter2\n", "list"); });
  CHECK(error.code() == code::bad_target);
  CHECK(error.location()->file == "list");
  CHECK(error.location()->line == 2);
  CHECK(error.location()->text.empty());
  CHECK(std::string{error.what()}.find("hunter2") == std::string::npos);
  CHECK(error_of([] { (void)instar::read_fleet_targets("# nothing\n", "list"); }).code() == code::no_targets);
}

TEST_CASE("a list of targets: what is listed twice is one target, what only looks the same is two") {
  const auto twice = instar::read_fleet_targets("sqlite:a.db\nfile:./a.db\n", "list");
  CHECK(twice.targets.size() == 1);
  CHECK(test::codes(twice.warnings) == code::target_twice);
  CHECK(twice.warnings[0].message.find("list:2") != std::string::npos);
  const auto alike = instar::read_fleet_targets("postgresql://a:x@h/app\npostgresql://b:y@h/app\n", "list");
  REQUIRE(alike.targets.size() == 2);
  CHECK(alike.targets[0].name == "h/app (line 1)");
  CHECK(alike.targets[1].name == "h/app (line 2)");
}

// ---- schemas ----

TEST_CASE("PostgreSQL: tenants are the schemas that match, but for the server's own") {
  const scratch_database db{instar::postgres};
  for (const char* name :
       {"tenant_b", "\"tenant_A\"", "tenantx", "\"tenant_O'Neil \"\"q\"\". \\z\"", "other", "instar_aside"})
    db.run("CREATE SCHEMA " + std::string{name});
  const auto names = [&](std::string_view pattern) {
    std::string text;
    for (const auto& tenant : instar::find_tenants(*db.open(), pattern))
      text += "[" + tenant.name + "]";
    return text;
  };
  CHECK(names("tenant\\_%") == "[tenant_A][tenant_O'Neil \"q\". \\z][tenant_b]");
  CHECK(names("tenant_%") == "[tenant_A][tenant_O'Neil \"q\". \\z][tenant_b][tenantx]");
  CHECK(names("%") == "[other][public][tenant_A][tenant_O'Neil \"q\". \\z][tenant_b][tenantx]");
  CHECK(error_of([&] { (void)names("nobody%"); }).code() == code::no_targets);
}

TEST_CASE("PostgreSQL: tenants with any name have tables and a ledger of their own") {
  const workspace w;
  two_migrations(w);
  // The second is no one transaction: its journal is the tenant's, too.
  w.add("20240103000000_c", "CREATE INDEX CONCURRENTLY a_id ON a (id);\nRESET ALL;\nCREATE TABLE c (id integer);\n");
  const scratch_database db{instar::postgres};
  for (const char* name : {"tenant_1", "\"tenant_A.b\"", "\"tenant_O'Neil \"\"q\"\". \\z\"", "\"tenant_\u00fc$user\""})
    db.run("CREATE SCHEMA " + std::string{name});
  const auto tenants = instar::find_tenants(*db.open(), "tenant%");
  REQUIRE(tenants.size() == 4);
  CHECK(fleet{tenants, options_for(w)}.deploy().complete());
  CHECK(db.ask("SELECT DISTINCT string_agg(tablename, ',' ORDER BY tablename) FROM pg_tables WHERE schemaname LIKE "
               "'tenant%' GROUP BY schemaname") == "_instar_migrations,a,b,c");
  CHECK(db.tables().empty());
  CHECK(fleet{tenants, options_for(w)}.deploy().count(fleet_state::up_to_date) == 4);
}

TEST_CASE("PostgreSQL: a ledger in public is not taken for the tenant's, and public's tables are out of reach") {
  const workspace w;
  two_migrations(w);
  const scratch_database db{instar::postgres};
  db.run("CREATE SCHEMA tenant_1");
  (void)instar::migrator{db.url(), {.migrations = w.migrations()}}.deploy();
  w.add("20240103000000_c", "DROP TABLE IF EXISTS a;\n");
  const auto tenants = instar::find_tenants(*db.open(), "tenant%");
  const auto report = fleet{tenants, options_for(w)}.deploy();
  CHECK(test::applied(report.results[0].report) == "20240101000000_a 20240102000000_b 20240103000000_c");
  CHECK(db.tables() == "_instar_migrations a b");
}

TEST_CASE("PostgreSQL: extensions are found behind the tenant's schema, and so is the one of ?schema=") {
  const workspace w;
  w.add("20240101000000_a", "CREATE TABLE a (name citext, place shared_kind);");
  const scratch_database db{instar::postgres};
  db.run("CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE SCHEMA shared; CREATE TYPE "
         "shared.shared_kind AS ENUM ('x'); CREATE SCHEMA tenant_1; CREATE SCHEMA tenant_2");
  instar::database_url url{db.url().libpq_text() + "&schema=shared"};
  CHECK(fleet{instar::find_tenants(*instar::open_database(url), "tenant%"), options_for(w)}.deploy().complete());
}

TEST_CASE("PostgreSQL: a tenant's _prisma_migrations is adopted, and two ledgers are its failure alone") {
  const workspace w;
  two_migrations(w);
  const scratch_database db{instar::postgres};
  db.run("CREATE SCHEMA tenant_1; CREATE SCHEMA tenant_2; CREATE SCHEMA tenant_3");
  (void)instar::migrator{db.url().with_search_path({"tenant_1"}),
                         {.migrations = w.migrations(), .ledger = "tenant_1._prisma_migrations"}}
      .deploy({.up_to = "20240101000000_a"});
  db.run("CREATE TABLE tenant_2._prisma_migrations (LIKE tenant_1._prisma_migrations); "
         "CREATE TABLE tenant_2._instar_migrations (LIKE tenant_1._prisma_migrations)");
  fleet_options how = options_for(w);
  how.keep_going = true;
  const auto report = fleet{instar::find_tenants(*db.open(), "tenant%"), how}.deploy();
  CHECK(states(report) == "applied, failed, applied");
  CHECK(report.results[0].report.adopted_prisma);
  CHECK(test::applied(report.results[0].report) == "20240102000000_b");
  CHECK(code_of(report.results[1]) == code::two_ledgers);
}

TEST_CASE("PostgreSQL: a ledger's name holds for the schema of each tenant") {
  const workspace w;
  two_migrations(w);
  const scratch_database db{instar::postgres};
  db.run("CREATE SCHEMA \"tenant.1\"");
  CHECK(fleet{instar::find_tenants(*db.open(), "tenant%", "My ledger"), options_for(w)}.deploy().complete());
  CHECK(db.ask("SELECT count(*) FROM \"tenant.1\".\"My ledger\"") == "2");
}

TEST_CASE("PostgreSQL: tenants do not wait for each other's lock") {
  const workspace w;
  two_migrations(w);
  const some_targets t{instar::postgres, w, 2};
  const auto other = instar::open_database(t.list()[0].url);
  const auto place = instar::ledger::read(*other, t.list()[0].ledger).place();
  const instar::detail::migration_lock held{*other, place, 1s, {}, [] {}};
  fleet_options how = options_for(w);
  how.each.lock_timeout = 200ms;
  how.keep_going = true;
  const auto report = fleet{t.list(), how}.deploy();
  CHECK(states(report) == "failed, applied");
  CHECK(code_of(report.results[0]) == code::lock_timeout);
}

TEST_CASE("PostgreSQL: a tenant whose online script failed goes on at its statement") {
  const workspace w;
  two_migrations(w);
  w.add("20240103000000_c",
        "-- instar: no-transaction\nCREATE INDEX CONCURRENTLY a_id ON a (id);\nINSERT INTO gate VALUES (1);\n");
  const some_targets t{instar::postgres, w, 2};
  t.run(0, "CREATE TABLE gate (x integer)");
  fleet_options how = options_for(w);
  how.keep_going = true;
  how.each.allow_not_empty = true;
  const auto first = fleet{t.list(), how}.deploy();
  CHECK(states(first) == "applied, failed");
  CHECK(code_of(first.results[1]) == code::partly_applied);
  CHECK(t.tables(1) == "_instar_journal _instar_migrations a b");
  t.run(1, "CREATE TABLE gate (x integer)");
  const auto second = fleet{t.list(), how}.deploy();
  CHECK(states(second) == "up to date, applied");
  CHECK(second.results[1].report.applied[0].skipped == 1);
  CHECK(t.tables(1) == "_instar_migrations a b gate");
}

TEST_CASE("PostgreSQL: a lost connection of one tenant is made anew") {
  const workspace w;
  two_migrations(w);
  const some_targets t{instar::postgres, w, 3};
  const auto server = instar::open_database(t.list()[0].url);
  fleet_options how = options_for(w);
  how.jobs = 1;
  bool ended = false;
  how.on_progress = [&](const fleet_progress& p) {
    // Everything that the fleet has open.
    if (!ended && p.result != nullptr) {
      ended = true;
      (void)server->query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                          "AND pid <> pg_backend_pid()");
    }
  };
  CHECK(fleet{t.list(), how}.deploy().complete());
  CHECK(fleet{t.list(), how}.deploy().count(fleet_state::up_to_date) == 3);
}
