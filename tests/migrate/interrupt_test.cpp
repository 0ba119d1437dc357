#include "migrate/workspace.hpp"

#include <chrono>
#include <string>
#include <thread>

using instar::migrator;
using test::applied;
using test::error_of;
using test::scratch_database;
using test::workspace;
using namespace std::chrono_literals;
namespace code = instar::migration_code;

namespace {

/// A statement that runs for a long time.
std::string slow(instar::dialect kind) {
  return kind == instar::postgres ? "SELECT pg_sleep(60);\n"
                                  : "CREATE TABLE slow AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                                    "FROM n WHERE i < 1000000000) "
                                    "SELECT count(*) AS c FROM n;\n";
}

/// Interrupts a deploy that is about to run its slow statement.
instar::migration_error interrupted_deploy(const workspace& w, const scratch_database& db) {
  migrator m{db.url(), {.migrations = w.migrations()}};
  std::thread breaker{[&] {
    std::this_thread::sleep_for(500ms);
    m.interrupt();
  }};
  const auto began = std::chrono::steady_clock::now();
  instar::migration_error error = error_of([&] { (void)m.deploy(); });
  breaker.join();
  CHECK(std::chrono::steady_clock::now() - began < 20s);
  CHECK(error_of([&] { (void)m.deploy(); }).code() == code::stopped);
  return error;
}

}  // namespace

TEST_CASE("an interrupted script is rolled back, and the next deploy runs it whole") {
  const instar::dialect kind = GENERATE(instar::sqlite, instar::postgres);
  const workspace w;
  const scratch_database db{kind};
  w.add("20240101000000_a", "CREATE TABLE a (id INTEGER);");
  w.add("20240102000000_b", "CREATE TABLE b (id INTEGER);\n" + slow(kind));
  const auto error = interrupted_deploy(w, db);
  CHECK(error.code() == code::stopped);
  CHECK(error.migration() == "20240102000000_b");
  CHECK(error.state() == "Nothing of it was applied. One migration before it was applied, and stays.");
  CHECK(db.tables() == "_instar_migrations a");
  w.add("20240102000000_b", "CREATE TABLE b (id INTEGER);\n");
  CHECK(applied(migrator{db.url(), {.migrations = w.migrations()}}.deploy()) == "20240102000000_b");
}

TEST_CASE("PostgreSQL: an interrupted script that is no one transaction is resumed") {
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add("20240101000000_a", "CREATE TABLE a (id integer);");
  w.add("20240102000000_b",
        "CREATE INDEX CONCURRENTLY i ON a (id);\n" + slow(instar::postgres) + "CREATE TABLE b (id integer);\n");
  const auto error = interrupted_deploy(w, db);
  CHECK(error.code() == code::stopped);
  CHECK(error.state().find("the first 1 is applied and recorded") != std::string::npos);
  w.add("20240102000000_b", "CREATE INDEX CONCURRENTLY i ON a (id);\nSELECT 1;\nCREATE TABLE b (id integer);\n");
  const auto report = migrator{db.url(), {.migrations = w.migrations()}}.deploy();
  CHECK(report.applied[0].skipped == 1);
  CHECK(db.tables() == "_instar_migrations a b");
}

TEST_CASE("an interruption between two migrations stops there") {
  const workspace w;
  const scratch_database db{GENERATE(instar::sqlite, instar::postgres)};
  w.add("20240101000000_a", "CREATE TABLE a (id INTEGER);");
  w.add("20240102000000_b", "CREATE TABLE b (id INTEGER);");
  migrator* running = nullptr;
  migrator m{db.url(), {.migrations = w.migrations(), .on_progress = [&](const instar::migration_progress& p) {
                          if (p.what == instar::migration_progress::event::applied)
                            running->interrupt();
                        }}};
  running = &m;
  const auto error = error_of([&] { (void)m.deploy(); });
  CHECK(error.code() == code::stopped);
  CHECK(error.state() == "One migration before it was applied, and stays.");
  CHECK(db.tables() == "_instar_migrations a");
}

TEST_CASE("PostgreSQL: a script's own statement_timeout is its failure, no interruption") {
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add("20240101000000_a", "SET LOCAL statement_timeout = '100ms';\nSELECT pg_sleep(60);\n");
  const auto error = error_of([&] { (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy(); });
  CHECK(error.code() == code::script_failed);
  CHECK(error.database()->sqlstate == "57014");
}

TEST_CASE("PostgreSQL: a lost connection says that the ledger knows") {
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add("20240101000000_a", "CREATE TABLE a (id integer);\nSELECT pg_terminate_backend(pg_backend_pid());\n");
  try {
    (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy();
    FAIL("the connection was not lost");
  } catch (const instar::database_error& error) {
    CHECK(error.code() == instar::database_code::connection_lost);
    CHECK(error.remedy().find("ledger") != std::string::npos);
  }
  CHECK(db.tables().empty());
}
