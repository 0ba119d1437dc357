#include "migrate/workspace.hpp"
#include "support/private_server.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using instar::migration_progress;
using instar::migrator;
using instar_test::private_server;
using test::applied;
using test::scratch_database;
using test::workspace;
using namespace std::chrono_literals;
namespace db_code = instar::database_code;

namespace {

/// Waits until a query of a connection says so, for a while: what comes after shows whether it did.
void until(instar::database& on, const std::string& query) {
  for (int tries = 0; tries != 300; ++tries) {
    if (on.query_value(query) == "t")
      return;
    std::this_thread::sleep_for(20ms);
  }
}

/// The runner's session, where it waits for something.
std::string runner_waits(std::string_view event) {
  return "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'instar' AND "
         "pid <> pg_backend_pid() AND wait_event = '" +
         std::string{event} + "'";
}

/// Ends the runner's session once, as soon as it waits for something, and does more then.
class interference {
 public:
  interference(const instar::database_url& url, std::string event, std::function<void(instar::database&)> more = {})
      : thread_([=] {
          const auto on = instar::open_database(url, {.application_name = "interference"});
          until(*on, "SELECT count(*) = 1 " + runner_waits(event));
          (void)on->query("SELECT pg_terminate_backend(pid) " + runner_waits(event));
          if (more)
            more(*on);
        }) {}
  interference(const interference&) = delete;
  interference& operator=(const interference&) = delete;
  ~interference() { thread_.join(); }

 private:
  std::thread thread_;
};

/// A history of three migrations, the second of which is given, and a runner that notes what it is told.
struct deployed {
  explicit deployed(std::string_view script) {
    w.add("20240101000000_a", "CREATE TABLE a (n integer); INSERT INTO a VALUES (1); CREATE SEQUENCE runs;");
    w.add("20240102000000_b", script);
    w.add("20240103000000_c", "INSERT INTO a VALUES (100);");
    options.migrations = w.migrations();
    options.on_progress = [this](const migration_progress& p) {
      using event = migration_progress::event;
      if (p.what == event::reconnecting)
        told += "lost " + std::string{p.migration} + " ";
      if (p.what == event::applied)
        told += "applied " + std::string{p.migration} + " ";
      if (p.what == event::waiting_for_server)
        told += "waiting ";
    };
  }

  const workspace w;
  instar::migrator_options options;
  std::string told;
};

constexpr std::string_view all = "20240101000000_a 20240102000000_b 20240103000000_c";

/// The migrations that the ledger calls applied, each as often as it does.
constexpr std::string_view in_ledger =
    "SELECT migration_name FROM _instar_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1";

/// Runs a deploy that must lose its connection for good.
instar::database_error loss_of(const std::function<void()>& operation) {
  try {
    operation();
  } catch (const instar::database_error& error) {
    return error;
  }
  FAIL("the connection was not lost");
  throw std::logic_error{"unreachable"};
}

}  // namespace

TEST_CASE("PostgreSQL: a connection that is lost in a migration is made anew, and the migration run again") {
  deployed x{
      "INSERT INTO a VALUES (nextval('runs') * 10);\nSELECT pg_sleep(CASE currval('runs') WHEN 1 THEN 60 END);\n"};
  const scratch_database db{instar::postgres};
  const interference ends{db.url(), "PgSleep"};
  CHECK(applied(migrator{db.url(), x.options}.deploy()) == all);
  CHECK(x.told == "applied 20240101000000_a lost 20240102000000_b applied 20240102000000_b applied 20240103000000_c ");
  CHECK(db.ask(in_ledger) == all);
  CHECK(db.ask("SELECT n FROM a ORDER BY 1") == "1 20 100");
}

TEST_CASE("PostgreSQL: a migration that loses its connection again is not run a third time") {
  deployed x{"SELECT nextval('runs');\nSELECT pg_terminate_backend(pg_backend_pid());\n"};
  const scratch_database db{instar::postgres};
  const auto error = loss_of([&] { (void)migrator{db.url(), x.options}.deploy(); });
  CHECK(error.code() == db_code::connection_lost);
  CHECK(error.message().find("second time in 20240102000000_b") != std::string::npos);
  CHECK(error.remedy().find("ledger") != std::string::npos);
  CHECK(db.ask("SELECT last_value FROM runs") == "2");
  CHECK(db.ask(in_ledger) == "20240101000000_a");
}

TEST_CASE("PostgreSQL: a statement-by-statement script goes on by its journal when the connection is lost") {
  deployed x{"INSERT INTO a VALUES (2);\nCREATE INDEX CONCURRENTLY i ON a (n);\n"
             "SELECT pg_sleep(CASE nextval('runs') WHEN 1 THEN 60 END);\nINSERT INTO a VALUES (3);\n"};
  const scratch_database db{instar::postgres};
  const interference ends{db.url(), "PgSleep"};
  CHECK(applied(migrator{db.url(), x.options}.deploy()) == all);
  CHECK(db.ask(in_ledger) == all);
  CHECK(db.ask("SELECT n FROM a ORDER BY 1") == "1 2 3 100");
  CHECK(db.tables() == "_instar_migrations a");
}

TEST_CASE("PostgreSQL: an index that was being made CONCURRENTLY is made again when the connection is lost") {
  deployed x{"CREATE INDEX CONCURRENTLY i ON a (n);\nINSERT INTO a VALUES (2);\n"};
  const scratch_database db{instar::postgres};
  (void)migrator{db.url(), x.options}.deploy({.up_to = "20240101000000_a"});
  const auto writer = db.open();
  writer->execute("SET application_name = 'writer'; BEGIN; UPDATE a SET n = n");
  const interference ends{db.url(), "virtualxid", [&](instar::database&) { writer->execute("COMMIT"); }};
  CHECK(applied(migrator{db.url(), x.options}.deploy()) == "20240102000000_b 20240103000000_c");
  CHECK(db.ask("SELECT count(*) FROM pg_index WHERE indrelid = 'a'::regclass AND indisvalid") == "1");
  CHECK(db.ask("SELECT n FROM a ORDER BY 1") == "1 2 100");
}

TEST_CASE("PostgreSQL: an index that was made before the answer was lost is not made again") {
  const bool drop = GENERATE(false, true);
  deployed x{std::string{drop ? "DROP INDEX CONCURRENTLY public.i;\n" : "CREATE INDEX CONCURRENTLY i ON a (n);\n"} +
             "INSERT INTO a VALUES (2);\n"};
  const scratch_database db{instar::postgres};
  (void)migrator{db.url(), x.options}.deploy({.up_to = "20240101000000_a"});
  // As a runner leaves it that was killed before it wrote that the first statement is done.
  const std::string first = drop ? "DROP INDEX CONCURRENTLY public.i" : "CREATE INDEX CONCURRENTLY i ON a (n)";
  const instar::ledger book = instar::ledger::read(*db.open());
  instar::migration m;
  m.name = "20240102000000_b";
  m.sql = x.w.read("migrations/20240102000000_b/migration.sql");
  m.checksum = instar::detail::sha256_hex(m.sql);
  db.run(book.create_journal() + ";" + book.insert_started(m) + ";" +
         book.journal_entry(m.name, 1, instar::detail::sha256_hex(first), false));
  if (!drop)
    db.run("CREATE INDEX i ON a (n)");
  CHECK(applied(migrator{db.url(), x.options}.deploy()) == "20240102000000_b 20240103000000_c");
  CHECK(db.ask("SELECT n FROM a ORDER BY 1") == "1 2 100");
}

TEST_CASE("PostgreSQL: a statement whose fate nobody knows is not repeated when the connection is lost") {
  deployed x{"-- instar: no transaction\nCALL half();\n"};
  const scratch_database db{instar::postgres};
  (void)migrator{db.url(), x.options}.deploy({.up_to = "20240101000000_a"});
  db.run("CREATE PROCEDURE half() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO a VALUES (2); COMMIT; "
         "PERFORM pg_sleep(60); END $$");
  const interference ends{db.url(), "PgSleep"};
  const auto error = loss_of([&] { (void)migrator{db.url(), x.options}.deploy(); });
  CHECK(error.code() == db_code::connection_lost);
  CHECK(error.remedy().find("statement 1 of 20240102000000_b was carried out is not known") != std::string::npos);
  CHECK(db.ask("SELECT count(*) FROM a WHERE n = 2") == "1");
  CHECK(x.told.find("lost") == std::string::npos);
}

TEST_CASE("PostgreSQL: an old session that still holds the lock is waited for, then named") {
  deployed x{"INSERT INTO a VALUES (2);\nSELECT pg_sleep(60);\n"};
  const scratch_database db{instar::postgres};
  x.options.lock_timeout = 200ms;
  const auto other = instar::open_database(db.url(), {.application_name = "lingering"});
  // The lock goes over to a session that stays.
  std::thread ends{[&] {
    until(*other, "SELECT count(*) = 1 " + runner_waits("PgSleep"));
    const std::string key = std::to_string(instar::detail::lock_key(instar::ledger::read(*other).place()));
    std::thread waits{[&] { (void)other->query("SELECT pg_advisory_lock(" + key + ")"); }};
    std::this_thread::sleep_for(200ms);
    (void)db.open()->query("SELECT pg_terminate_backend(pid) " + runner_waits("PgSleep"));
    waits.join();
  }};
  const auto error = test::error_of([&] { (void)migrator{db.url(), x.options}.deploy(); });
  ends.join();
  CHECK(error.code() == instar::migration_code::lock_timeout);
  CHECK(error.message().find("(lingering)") != std::string::npos);
  CHECK(error.state() == "The connection was lost in 20240102000000_b, and whether it was committed is not known; run "
                         "deploy again, which asks the ledger. One migration before it was applied, and stays.");
}

TEST_CASE("PostgreSQL: a connection that somebody else opened is not made anew") {
  deployed x{"SELECT pg_terminate_backend(pg_backend_pid());\n"};
  const scratch_database db{instar::postgres};
  const bool own = GENERATE(false, true);
  const auto opened = db.open();
  if (own)
    x.options.reconnect = 0ms;
  const auto error = loss_of([&] {
    if (own)
      (void)migrator{db.url(), x.options}.deploy();
    else
      (void)migrator{*opened, x.options}.deploy();
  });
  CHECK(error.code() == db_code::connection_lost);
  CHECK(error.remedy().find("ledger") != std::string::npos);
  CHECK(x.told == "applied 20240101000000_a ");
}

TEST_CASE("PostgreSQL: a migration that was committed before the answer was lost is not run again") {
  // A commit that waits for a standby is done already when the session is ended.
  deployed x{"INSERT INTO a VALUES (nextval('runs') + 1);\nSET LOCAL synchronous_commit = on;\n"};
  const private_server server;
  const auto admin = instar::open_database(server.url(), {.application_name = "admin"});
  admin->execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  admin->execute("SELECT pg_reload_conf()");
  {
    const interference ends{server.url(), "SyncRep"};
    CHECK(applied(migrator{server.url(), x.options}.deploy()) == all);
  }
  CHECK(x.told == "applied 20240101000000_a lost 20240102000000_b applied 20240102000000_b applied 20240103000000_c ");
  CHECK(admin->query_value("SELECT string_agg(migration_name, ' ' ORDER BY 1) FROM _instar_migrations") ==
        std::string{all});
  CHECK(admin->query_value("SELECT string_agg(n::text, ' ' ORDER BY n) FROM a") == "1 2 100");
}

TEST_CASE("PostgreSQL: a server that starts late is waited for, and one that restarts meanwhile") {
  deployed x{"INSERT INTO a VALUES (nextval('runs') * 10);\nSELECT pg_sleep(CASE (SELECT count(*) FROM "
             "pg_stat_activity WHERE application_name = 'interference') WHEN 1 THEN 60 END);\n"};
  const private_server server;
  server.halt();
  x.options.wait_for_server = 30s;
  std::thread late{[&] {
    std::this_thread::sleep_for(500ms);
    server.resume();
    const auto on = instar::open_database(server.url(), {.application_name = "interference"});
    until(*on, "SELECT count(*) = 1 " + runner_waits("PgSleep"));
    server.halt();
    std::this_thread::sleep_for(500ms);
    server.resume();
  }};
  const auto report = migrator{server.url(), x.options}.deploy();
  late.join();
  CHECK(applied(report) == all);
  CHECK(x.told ==
        "waiting applied 20240101000000_a lost 20240102000000_b applied 20240102000000_b applied 20240103000000_c ");
}

TEST_CASE("PostgreSQL: what does not pass by itself is not waited for, and nothing for longer than was said") {
  workspace w;
  const scratch_database db{instar::postgres};
  instar::migrator_options options{.migrations = w.migrations(), .wait_for_server = 30s, .create_database = false};
  const auto began = std::chrono::steady_clock::now();
  const auto code_of = [&](const instar::database_url& url) {
    return std::string{loss_of([&] { (void)migrator{url, options}.deploy(); }).code()};
  };
  CHECK(code_of(db.url().with_database("instar_test_not_there")) == db_code::database_missing);
  CHECK(code_of(instar::database_url{"postgresql://u@host.invalid/d"}) == db_code::unreachable);
  CHECK(std::chrono::steady_clock::now() - began < 10s);
  options.wait_for_server = 300ms;
  const auto error = loss_of([&] {
    (void)migrator{instar::database_url{"postgresql:///d?host=/nowhere"}, options}.deploy();
  });
  CHECK(error.code() == db_code::unreachable);
  CHECK(error.message().ends_with(" Waited 300 ms for it."));
  CHECK(std::chrono::steady_clock::now() - began < 20s);
}
