#include "migrate/workspace.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using instar::migration_progress;
using instar::migrator;
using test::applied;
using test::error_of;
using test::scratch_database;
using test::workspace;
using namespace std::chrono_literals;
namespace code = instar::migration_code;

namespace {

/// A database with the tables a and b of one row each, and a second migration that is pending.
struct busy_database {
  explicit busy_database(std::string_view script) {
    w.add(
        "20240101000000_init",
        "CREATE TABLE a (n integer); INSERT INTO a VALUES (1); CREATE TABLE b (n integer); INSERT INTO b VALUES (1);");
    (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy();
    w.add("20240102000000_next", script);
    options.migrations = w.migrations();
    options.statement_lock_timeout = 100ms;
    options.on_progress = [this](const migration_progress& p) {
      if (p.what != migration_progress::event::retrying)
        return;
      retries.emplace_back(p.detail);
      if (on_retry)
        on_retry();
    };
  }

  [[nodiscard]] std::string ledger() const {
    return db.ask("SELECT migration_name FROM _instar_migrations ORDER BY started_at, migration_name");
  }

  /// Waits until a query says so.
  void until(std::string_view query) const {
    for (int tries = 0; tries != 200 && db.ask(query) != "t"; ++tries)
      std::this_thread::sleep_for(20ms);
  }

  const workspace w;
  const scratch_database db{instar::postgres};
  instar::migrator_options options;
  std::vector<std::string> retries;
  std::function<void()> on_retry;
};

/// A session that holds a lock on a table.
std::unique_ptr<instar::database> holding(const scratch_database& db, std::string_view table) {
  auto other = instar::open_database(db.url(), {.application_name = "the other one"});
  other->execute("BEGIN; LOCK TABLE " + std::string{table});
  return other;
}

}  // namespace

TEST_CASE("PostgreSQL: a migration that gets no lock is rolled back and begins anew, until it does") {
  busy_database x{"INSERT INTO b VALUES (2);\nALTER TABLE a ADD COLUMN m integer;\n"};
  const auto other = holding(x.db, "a");
  const std::string pid = *other->query_value("SELECT pg_backend_pid()");
  x.on_retry = [&] {
    // Nobody has to wait for it meanwhile, and what it did is undone.
    CHECK(x.db.ask("SELECT count(*) FROM b") == "1");
    if (x.retries.size() == 2)
      other->execute("COMMIT");
  };
  CHECK(applied(migrator{x.db.url(), x.options}.deploy()) == "20240102000000_next");
  REQUIRE(x.retries.size() == 2);
  CHECK(x.retries[0].find("lock timeout (55P03); process " + pid +
                          " (the other one) of role postgres holds "
                          "AccessExclusiveLock on a, in a transaction since 2") != std::string::npos);
  CHECK(x.db.ask("SELECT count(*) FROM b") == "2");
  CHECK(x.ledger() == "20240101000000_init 20240102000000_next");
}

TEST_CASE("PostgreSQL: a lock that is never to be had is an error that leaves nothing behind") {
  busy_database x{"INSERT INTO b VALUES (2);\nALTER TABLE a ADD COLUMN m integer;\n"};
  x.options.lock_retries = 1;
  const auto other = holding(x.db, "a");
  const auto error = error_of([&] { (void)migrator{x.db.url(), x.options}.deploy(); });
  CHECK(error.code() == code::lock_not_available);
  CHECK(error.migration() == "20240102000000_next");
  CHECK(error.message().find("20240102000000_next did not get a lock in 2 tries") != std::string::npos);
  CHECK(test::place_of(error) == "20240102000000_next/migration.sql:2:1");
  CHECK(error.remedy().find("(the other one)") != std::string::npos);
  CHECK(error.remedy().find("--statement-lock-timeout") != std::string::npos);
  CHECK(error.state().find("Nothing of it was applied") == 0);
  CHECK(error.database()->sqlstate == "55P03");
  CHECK(x.retries.size() == 1);
  CHECK(x.ledger() == "20240101000000_init");
  CHECK(x.db.ask("SELECT count(*) FROM b") == "1");
  other->execute("COMMIT");
  CHECK(test::states(migrator{x.db.url(), x.options}.status()) ==
        "20240101000000_init=applied 20240102000000_next=pending");
  CHECK(applied(migrator{x.db.url(), x.options}.deploy()) == "20240102000000_next");
}

TEST_CASE("PostgreSQL: of a script that is no one transaction, the statement alone is tried again") {
  busy_database x{"INSERT INTO b VALUES (2);\nCREATE INDEX CONCURRENTLY i ON b (n);\n"
                  "ALTER TABLE a ADD COLUMN m integer;\nBEGIN;\nINSERT INTO b VALUES (3);\nUPDATE a SET m = 1;\n"
                  "COMMIT;\n"};
  auto other = holding(x.db, "a");
  std::string done;
  x.on_retry = [&] {
    done += x.db.ask("SELECT count(*) FROM b") + " ";
    other->execute("COMMIT");
    if (x.retries.size() == 1)
      x.db.run("CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = "
               "'55P03', MESSAGE = 'late'; END $$; CREATE TRIGGER late BEFORE UPDATE ON a FOR EACH ROW EXECUTE "
               "FUNCTION late()");
    else
      x.db.run("DROP TRIGGER late ON a");
  };
  const auto report = migrator{x.db.url(), x.options}.deploy();
  REQUIRE(report.applied.size() == 1);
  CHECK_FALSE(report.applied[0].transactional);
  REQUIRE(x.retries.size() == 2);
  CHECK(x.retries[0].find("statement 3: ") == 0);
  CHECK(x.retries[1].find("statement 4: late (55P03)") == 0);
  CHECK(done == "2 2 ");
  CHECK(x.db.ask("SELECT count(*) FROM b") == "3");
}

TEST_CASE("PostgreSQL: a statement-by-statement script whose first lock is not to be had leaves the ledger as it was") {
  busy_database x{
      "SET work_mem = '5MB';\nALTER TABLE a ADD COLUMN m integer;\nCREATE INDEX CONCURRENTLY i ON b (n);\n"};
  x.options.lock_retries = 0;
  const auto other = holding(x.db, "a");
  const auto error = error_of([&] { (void)migrator{x.db.url(), x.options}.deploy(); });
  CHECK(error.code() == code::lock_not_available);
  CHECK(test::place_of(error) == "20240102000000_next/migration.sql:2:1");
  CHECK(x.ledger() == "20240101000000_init");
  CHECK(x.db.tables() == "_instar_migrations a b");
  other->execute("COMMIT");
  CHECK(applied(migrator{x.db.url(), x.options}.deploy()) == "20240102000000_next");
}

TEST_CASE("PostgreSQL: a lock that is not to be had in the midst of a script is resumed there") {
  busy_database x{"CREATE INDEX CONCURRENTLY i ON b (n);\nALTER TABLE a ADD COLUMN m integer;\n"};
  x.options.lock_retries = 0;
  const auto other = holding(x.db, "a");
  const auto error = error_of([&] { (void)migrator{x.db.url(), x.options}.deploy(); });
  CHECK(error.code() == code::partly_applied);
  CHECK(error.state() ==
        "Of its 2 statements the first 1 is applied and recorded. Run deploy again: it goes on there.");
  CHECK(test::states(migrator{x.db.url(), x.options}.status()) ==
        "20240101000000_init=applied 20240102000000_next=resumable");
  other->execute("COMMIT");
  CHECK(migrator{x.db.url(), x.options}.deploy().applied.at(0).skipped == 1);
}

TEST_CASE("PostgreSQL: an index that is made CONCURRENTLY waits for others as long as it takes") {
  busy_database x{"CREATE INDEX CONCURRENTLY i ON a (n);\n"};
  const auto other = x.db.open();
  other->execute("BEGIN; UPDATE a SET n = 2");
  std::thread later{[&] {
    x.until("SELECT count(*) <> 0 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND "
            "wait_event_type = 'Lock' AND query_start < now() - interval '500 ms'");
    other->execute("COMMIT");
  }};
  CHECK(applied(migrator{x.db.url(), x.options}.deploy()) == "20240102000000_next");
  later.join();
  CHECK(x.retries.empty());
}

TEST_CASE("PostgreSQL: a lock_timeout of the script or of the database is left alone") {
  const bool of_script = GENERATE(true, false);
  busy_database x{std::string{of_script ? "SET LOCAL lock_timeout = '50ms';\n" : ""} +
                  "ALTER TABLE a ADD COLUMN m integer;\n"};
  if (!of_script)
    x.db.run("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET lock_timeout = ''50ms''', current_database()); END $$");
  x.options.statement_lock_timeout =
      of_script ? std::optional<std::chrono::milliseconds>{1h} : std::optional<std::chrono::milliseconds>{};
  x.options.lock_retries = 0;
  const auto other = holding(x.db, "a");
  const auto began = std::chrono::steady_clock::now();
  CHECK(error_of([&] { (void)migrator{x.db.url(), x.options}.deploy(); }).code() == code::lock_not_available);
  CHECK(std::chrono::steady_clock::now() - began < 4s);
}

TEST_CASE("PostgreSQL: a migration that a deadlock ends begins anew") {
  busy_database x{"LOCK TABLE a;\nLOCK TABLE b;\nINSERT INTO a VALUES (2);\n"};
  x.options.statement_lock_timeout = 30s;
  auto other = holding(x.db, "b");
  other->execute("SET deadlock_timeout = '1min'");  // so that it is the migration which the server ends
  std::thread meets{[&] {
    x.until("SELECT count(*) <> 0 FROM pg_locks WHERE relation = 'a'::regclass AND mode = 'AccessExclusiveLock'");
    other->execute("LOCK TABLE a; COMMIT");
  }};
  CHECK(applied(migrator{x.db.url(), x.options}.deploy()) == "20240102000000_next");
  meets.join();
  REQUIRE(x.retries.size() == 1);
  CHECK(x.retries[0].find("deadlock detected (40P01); Process ") == 0);
  CHECK(x.db.ask("SELECT count(*) FROM a") == "2");
}

TEST_CASE("PostgreSQL: a migration that cannot be serialized begins anew, its own BEGIN as it says") {
  busy_database x{"BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT count(*) FROM a;\nSELECT pg_sleep(1);\n"
                  "UPDATE a SET n = n + 1;\nCOMMIT;\n"};
  std::thread meanwhile{[&] {
    x.until("SELECT count(*) <> 0 FROM pg_stat_activity WHERE datname = current_database() AND "
            "wait_event = 'PgSleep'");
    x.db.run("UPDATE a SET n = n + 10");
  }};
  CHECK(applied(migrator{x.db.url(), x.options}.deploy()) == "20240102000000_next");
  meanwhile.join();
  REQUIRE(x.retries.size() == 1);
  CHECK(x.retries[0].find("(40001)") != std::string::npos);
  CHECK(x.db.ask("SELECT n FROM a") == "12");
}

TEST_CASE("PostgreSQL: an interruption ends the pause before the next try") {
  busy_database x{"ALTER TABLE a ADD COLUMN m integer;\n"};
  const auto other = holding(x.db, "a");
  instar::migrator_options options = x.options;
  migrator* running = nullptr;
  options.on_progress = [&](const migration_progress& p) {
    if (p.what == migration_progress::event::retrying)
      running->interrupt();
  };
  migrator stopped{x.db.url(), options};
  running = &stopped;
  const auto error = error_of([&] { (void)stopped.deploy(); });
  CHECK(error.code() == code::stopped);
  CHECK(error.migration() == "20240102000000_next");
  CHECK(error.state() == "Nothing of it was applied.");
  CHECK(x.ledger() == "20240101000000_init");
}
