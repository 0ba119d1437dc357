#include "migrate/workspace.hpp"

#include <instar/migrate/lock.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using instar::migrator;
using test::applied;
using test::error_of;
using test::scratch_database;
using test::workspace;
using namespace std::chrono_literals;
namespace code = instar::migration_code;

namespace {

instar::ledger_place place_of(const scratch_database& db) {
  const auto on = db.open();
  return instar::ledger::read(*on).place();
}

}  // namespace

TEST_CASE("PostgreSQL: a second runner waits, and says for whom when it gives up") {
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add("20240101000000_a", "CREATE TABLE a (id integer);");
  const auto holder = instar::open_database(db.url(), {.application_name = "the other one"});
  const std::string pid = *holder->query_value("SELECT pg_backend_pid()");
  std::string waited;
  const instar::migrator_options options{
      .migrations = w.migrations(), .lock_timeout = 300ms, .on_progress = [&](const instar::migration_progress& p) {
        if (p.what == instar::migration_progress::event::waiting_for_lock)
          waited += p.detail;
      }};
  {
    const instar::detail::migration_lock held{*holder, place_of(db), 1s, {}, [] {}};
    const auto error = error_of([&] { (void)migrator{db.url(), options}.deploy(); });
    CHECK(error.code() == code::lock_timeout);
    CHECK(error.message().find("process " + pid + " (the other one) of role postgres") != std::string::npos);
    CHECK(error.message().find("connected since 2") != std::string::npos);
    CHECK(error.message().find("P1002") != std::string::npos);
    CHECK(waited.find("the other one") != std::string::npos);
    CHECK(db.tables().empty());
  }
  CHECK(migrator{db.url(), options}.deploy().applied.size() == 1);
}

TEST_CASE("PostgreSQL: no lock is taken when nothing is pending") {
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add("20240101000000_a", "CREATE TABLE a (id integer);");
  (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy();
  const auto holder = db.open();
  const instar::detail::migration_lock held{*holder, place_of(db), 1s, {}, [] {}};
  migrator m{db.url(), {.migrations = w.migrations(), .lock_timeout = 100ms}};
  CHECK(m.deploy().applied.empty());
  CHECK(m.status().up_to_date());
}

TEST_CASE("PostgreSQL: the lock is given back, and with Prisma's ledger it is Prisma's") {
  const scratch_database db{instar::postgres};
  const auto on = db.open();
  const auto held = [&] {
    return db.ask("SELECT classid || '/' || objid FROM pg_locks WHERE locktype = 'advisory' AND "
                  "database = (SELECT oid FROM pg_database WHERE datname = current_database())");
  };
  instar::ledger_place place = place_of(db);
  {
    const instar::detail::migration_lock lock{*on, place, 1s, {}, [] {}};
    CHECK_FALSE(held().empty());
  }
  CHECK(held().empty());
  place.table = "_prisma_migrations";
  const instar::detail::migration_lock lock{*on, place, 1s, {}, [] {}};
  CHECK(held() == "0/72707369");
}

TEST_CASE("SQLite: a second runner waits, and nothing but the database stays") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  w.add("20240101000000_a", "CREATE TABLE a (id integer);");
  int waits = 0;
  const instar::migrator_options options{
      .migrations = w.migrations(), .lock_timeout = 300ms, .on_progress = [&](const instar::migration_progress& p) {
        waits += p.what == instar::migration_progress::event::waiting_for_lock ? 1 : 0;
      }};
  const std::string file = db.url().sqlite_path() + "-instar-lock";
  {
    const auto holder = db.open();
    const instar::detail::migration_lock held{*holder, place_of(db), 1s, {}, [] {}};
    CHECK(test::fs::exists(file));
    const auto error = error_of([&] { (void)migrator{db.url(), options}.deploy(); });
    CHECK(error.code() == code::lock_timeout);
    CHECK(error.message() == "Another runner holds the migration lock (P1002).");
    CHECK(waits == 1);
    CHECK(db.tables().empty());
  }
  CHECK_FALSE(test::fs::exists(file));
  CHECK(migrator{db.url(), options}.deploy().applied.size() == 1);
  CHECK_FALSE(test::fs::exists(file));
}

TEST_CASE("SQLite: a link to a database is locked with it") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  (void)db.ask("SELECT 1");
  const test::fs::path link = w.root() / "link.db";
  test::fs::create_symlink(test::fs::absolute(db.url().sqlite_path()), link);
  const auto one = db.open();
  const auto other = instar::open_database(instar::database_url{"sqlite:" + link.string()});
  REQUIRE(one->try_lock(1));
  CHECK_FALSE(other->try_lock(1));
  one->unlock(1);
  CHECK(other->try_lock(1));
}

TEST_CASE("a lock is had by one at a time, however often it changes hands") {
  const scratch_database db{GENERATE(instar::sqlite, instar::postgres)};
  (void)db.ask("SELECT 1");
  std::atomic<int> inside{0};
  std::atomic<int> had{0};
  std::atomic<bool> together{false};
  std::vector<std::thread> threads;
  for (int i = 0; i != 4; ++i)
    threads.emplace_back([&] {
      const auto on = db.open();
      for (int turn = 0; turn != 50;) {
        if (!on->try_lock(7))
          continue;
        if (++inside != 1)
          together = true;
        ++had;
        --inside;
        on->unlock(7);
        ++turn;
      }
    });
  for (std::thread& t : threads)
    t.join();
  CHECK_FALSE(together);
  CHECK(had == 200);
}

TEST_CASE("PostgreSQL: ledgers of different schemas do not wait for each other") {
  const instar::ledger_place a{.dialect = instar::postgres, .schema = "a"};
  const instar::ledger_place b{.dialect = instar::postgres, .schema = "b"};
  CHECK(instar::detail::lock_key(a) != instar::detail::lock_key(b));
  CHECK(instar::detail::lock_key(a) > 0);
}

TEST_CASE("several runners at once apply each migration once") {
  const workspace w;
  const scratch_database db{GENERATE(instar::sqlite, instar::postgres)};
  w.add("20240101000000_log", "CREATE TABLE log (n INTEGER PRIMARY KEY);");
  for (int i = 0; i != 20; ++i)
    w.add("202401020000" + std::to_string(10 + i) + "_n", "INSERT INTO log VALUES (" + std::to_string(i) + ");");
  std::atomic<std::size_t> total{0};
  std::atomic<int> failures{0};
  std::vector<std::thread> runners;
  for (int i = 0; i != 4; ++i)
    runners.emplace_back([&] {
      try {
        total += migrator{db.url(), {.migrations = w.migrations()}}.deploy().applied.size();
      } catch (const std::exception& error) {
        ++failures;
        WARN(error.what());
      }
    });
  for (std::thread& t : runners)
    t.join();
  CHECK(failures == 0);
  CHECK(total == 21);
  CHECK(db.ask("SELECT count(*) FROM _instar_migrations") == "21");
  CHECK(db.ask("SELECT count(*) FROM log") == "20");
}

TEST_CASE("SQLite: a busy database is waited for, then named") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  w.add("20240101000000_a", "CREATE TABLE a (id integer);");
  const auto other = db.open();
  other->execute("BEGIN IMMEDIATE");
  migrator m{db.url(), {.migrations = w.migrations(), .lock_timeout = 200ms}};
  const auto error = error_of([&] { (void)m.deploy(); });
  CHECK(error.code() == code::lock_timeout);
  other->execute("COMMIT");
  CHECK(m.deploy().applied.size() == 1);
}

TEST_CASE("an interruption ends the wait for the lock") {
  const workspace w;
  const scratch_database db{GENERATE(instar::sqlite, instar::postgres)};
  w.add("20240101000000_a", "CREATE TABLE a (id integer);");
  const auto other = db.open();
  if (db.url().dialect() == instar::sqlite)
    other->execute("BEGIN IMMEDIATE");
  const instar::detail::migration_lock held{*other, place_of(db), 1s, {}, [] {}};
  migrator m{db.url(), {.migrations = w.migrations()}};
  std::thread breaker{[&] {
    std::this_thread::sleep_for(300ms);
    m.interrupt();
  }};
  const auto began = std::chrono::steady_clock::now();
  std::string what;
  try {
    (void)m.deploy();
  } catch (const instar::migration_error& error) {
    what = error.code();
  } catch (const instar::database_error& error) {
    what = error.code();
  }
  breaker.join();
  CHECK(what == code::stopped);
  CHECK(std::chrono::steady_clock::now() - began < 10s);
  if (db.url().dialect() == instar::sqlite)
    other->execute("ROLLBACK");
  CHECK(db.tables().empty());
}
