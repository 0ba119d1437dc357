// The commands on PostgreSQL, and what can go wrong with a server.

#include "cli/program.hpp"
#include "support/postgres_server.hpp"

#include <chrono>
#include <csignal>
#include <thread>

using namespace instar_test;

namespace {

std::string text_of(const instar::database_url& url) {
  return url.libpq_text();
}

// A project whose database is one of the test server's, empty.
struct server_project {
  scratch_database database;
  project files{text_of(database.url())};
};

// The URL of a database that is not there.
std::string absent_database() {
  return text_of(postgres_server().with_database("instar_test_not_there"));
}

}  // namespace

TEST_CASE("from models to tables, and from a changed model to the next migration") {
  const server_project p;
  const process_result first = p.files.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  CHECK(contains(first.out, "+ table users"));
  CHECK(contains(first.err, "Database: PostgreSQL unix:"));
  p.files.run_well(with_v2, {"migrate", "dev", "--name", "posts"});
  CHECK(p.files.ask("SELECT count(*) FROM posts") == "0");
  CHECK(p.files.ask("SELECT count(*) FROM _instar_migrations WHERE finished_at IS NOT NULL") == "2");
  p.files.write("names.sql", "INSERT INTO users (email, name) VALUES ('n@example.org', 'n');\n");
  p.files.run_well(without_models, {"db", "execute", "--file", "names.sql"});
  CHECK(p.files.run(with_v3, {"migrate", "dev", "--name", "drop_name"}).exit_code == 3);
  p.files.run_well(with_v3, {"migrate", "dev", "--name", "drop_name", "--accept-data-loss"});
  CHECK(p.files.run_well(with_v3, {"migrate", "dev"}).out ==
        "Already in sync: no change in the models, no pending migration.\n");
  p.files.run_well(without_models, {"migrate", "status"});
  CHECK(contains(p.files.run_well(with_v3, {"migrate", "reset", "--force"}).out,
                 "applied 3 migrations, then seeded it."));
  CHECK(p.files.ask("SELECT count(*) FROM users") == "2");
}

TEST_CASE("a wrong password ends deploy with 1, and is shown nowhere") {
  // The role of the test server that is asked for its password; a server does not say whether a role exists.
  std::string url = text_of(postgres_server());
  const std::size_t from = url.find("//") + 2;
  const std::size_t at = url.find('@');
  url.replace(from, at < url.find('?') ? at + 1 - from : 0, "instar_needs_password:hunter2@");
  const project p{url};
  p.migration("20240101000000_one", "CREATE TABLE one (id bigint PRIMARY KEY);\n");
  for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{{}, {"--verbose"}, {"--json"}}) {
    std::vector<std::string> words{"migrate", "deploy"};
    words.insert(words.end(), more.begin(), more.end());
    const process_result result = p.run(without_models, words);
    CHECK(result.exit_code == 1);
    CHECK(contains(result.out + result.err, "INS3011"));
    CHECK_FALSE(contains(result.out + result.err, "hunter2"));
  }
}

TEST_CASE("migrate dev proves in the database of --shadow-url, and leaves it empty") {
  const server_project p;
  const scratch_database shadow;
  const std::string url = text_of(shadow.url());
  p.files.run_well(with_v1, {"migrate", "dev", "--name", "init", "--shadow-url", url});
  p.files.run_well(with_v2, {"migrate", "dev", "--name", "posts", "--shadow-url", url});
  CHECK(p.files.ask("SELECT count(*) FROM posts") == "0");
  CHECK(shadow.open()->query_value("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == "0");
  // It is that database in which scripts run: one that holds something is refused, and kept.
  shadow.open()->execute("CREATE TABLE precious (id bigint)");
  const process_result refused =
      p.files.run(with_v3, {"migrate", "dev", "--name", "x", "--accept-data-loss", "--shadow-url", url});
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "precious"));
  CHECK(p.files.migration_names().size() == 2);
}

TEST_CASE("push, diff, generate and execute speak PostgreSQL") {
  const server_project p;
  p.files.run_well(with_v1, {"db", "push"});
  CHECK(p.files.ask("SELECT count(*) FROM users") == "0");
  CHECK(contains(p.files.run_well(with_v1, {"migrate", "diff", "--from", "empty", "--to", "models", "--script"}).out,
                 "GENERATED"));
  p.files.run_well(with_v1, {"generate", "--only", "sql"});
  CHECK(contains(p.files.read("schema/schema.sql"), "GENERATED"));
  const process_result bad = p.files.run(without_models, {"db", "execute", "--stdin"}, "SELECT 1;\nSELECT nope;\n");
  CHECK(bad.exit_code == 1);
  CHECK(contains(bad.err, "--> standard input:2:8"));
  CHECK(contains(bad.err, " 2 | SELECT nope;\n   |        ^\n"));
  CHECK(contains(bad.err, "(42703)"));
}

TEST_CASE("a migration that fails in its third statement: the caret stands under the name that is not known") {
  const server_project p;
  p.files.migration("20240101000000_one", "CREATE TABLE one (id bigint PRIMARY KEY);\n");
  p.files.migration("20240102000000_bad", "CREATE TABLE two (id bigint PRIMARY KEY);\n"
                                          "INSERT INTO two VALUES (1);\n"
                                          "INSERT INTO nope VALUES (1);\n");
  const process_result result = p.files.run(without_models, {"migrate", "deploy"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "--> migrations/20240102000000_bad/migration.sql:3:13\n"));
  CHECK(contains(result.err, " 3 | INSERT INTO nope VALUES (1);\n   |             ^\n"));
  CHECK(contains(result.err, "relation \"nope\" does not exist (42P01)"));
  CHECK(p.files.ask("SELECT to_regclass('two') IS NULL") == "t");
  CHECK(p.files.ask("SELECT count(*) FROM _instar_migrations") == "1");
  // Nothing to resolve.
  p.files.migration("20240102000000_bad", "CREATE TABLE two (id bigint PRIMARY KEY);\n");
  p.files.run_well(without_models, {"migrate", "deploy"});
}

TEST_CASE("notices of the server are shown, and not on standard output") {
  const server_project p;
  p.files.migration("20240101000000_one", "DROP TABLE IF EXISTS not_there;\n");
  const process_result result = p.files.run_well(without_models, {"migrate", "deploy"});
  CHECK(contains(result.err, "not_there"));
  CHECK_FALSE(contains(result.out, "not_there"));
}

TEST_CASE("Prisma's ledger is adopted and said to be") {
  const server_project p;
  p.files.migration("20240101000000_one", "CREATE TABLE one (id bigint PRIMARY KEY);\n");
  p.files.run_well(without_models, {"migrate", "deploy", "--ledger", "_prisma_migrations"});
  const process_result status = p.files.run_well(without_models, {"migrate", "status"});
  CHECK(contains(status.err, "The ledger is Prisma's"));
  CHECK(p.files.ask("SELECT count(*) FROM _prisma_migrations") == "1");
}

TEST_CASE("a database that is not there: deploy makes it, status does not") {
  const project p{absent_database()};
  instar::drop_database(postgres_server().with_database("instar_test_not_there"));
  p.migration("20240101000000_one", "CREATE TABLE one (id bigint PRIMARY KEY);\n");
  const process_result status = p.run(without_models, {"migrate", "status"});
  CHECK(status.exit_code == 1);
  CHECK(contains(status.out, "The database does not exist yet"));
  CHECK_FALSE(instar::database_exists(postgres_server().with_database("instar_test_not_there")));
  const process_result seed = p.run(without_models, {"db", "execute", "--stdin"}, "SELECT 1");
  CHECK(seed.exit_code == 1);
  CHECK(contains(seed.err, "error[INS3012]"));
  const process_result deploy = p.run_well(without_models, {"migrate", "deploy"});
  CHECK(contains(deploy.err, "Creating the database."));
  instar::drop_database(postgres_server().with_database("instar_test_not_there"));
}

TEST_CASE("a server that is not there") {
  const project p{"postgresql://app:hunter2@127.0.0.1:1/app?connect_timeout=2"};
  p.migration("20240101000000_one", "SELECT 1;\n");
  const process_result result = p.run(without_models, {"migrate", "deploy"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS3010]"));
  CHECK(contains(result.err, "127.0.0.1:1"));
  CHECK(contains(result.err, "nothing was changed"));
  CHECK_FALSE(contains(result.err, "hunter2"));
}

TEST_CASE("a wrong password is said, and never shown") {
  const server_project p;
  const auto server = p.database.open();
  server->execute("DO $$ BEGIN CREATE ROLE instar_needs_password LOGIN PASSWORD 'right'; "
                  "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
  std::string url = text_of(p.database.url());
  const std::string user = "postgres@";
  const auto at = url.find(user);
  REQUIRE(at != std::string::npos);
  url.replace(at, user.size(), "instar_needs_password:hunter2@");
  const project q{url};
  q.migration("20240101000000_one", "SELECT 1;\n");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"migrate", "deploy"}, {"migrate", "deploy", "--json"}, {"migrate", "deploy", "-v"}}) {
    const process_result result = q.run(without_models, words);
    CHECK(result.exit_code == 1);
    CHECK(contains(result.err + result.out, "INS3011"));
    CHECK_FALSE(contains(result.err + result.out, "hunter2"));
  }
}

TEST_CASE("a server that takes no writes") {
  const scratch_database database;
  const project p{text_of(database.url()) + "&options=-c%20default_transaction_read_only%3Don"};
  p.migration("20240101000000_one", "CREATE TABLE one (id bigint PRIMARY KEY);\n");
  const process_result result = p.run(without_models, {"migrate", "deploy"});
  INFO(result.err);
  CHECK(result.exit_code == 1);
  CHECK((contains(result.err, "INS3017") || contains(result.err, "read-only")));
  CHECK(contains(result.err, "help: "));
}

TEST_CASE("Ctrl-C in the middle stops the statement, rolls it back, says the state and ends with 130") {
  for (const int signal : {SIGINT, SIGTERM}) {
    const server_project p;
    p.files.migration("20240101000000_one", "CREATE TABLE one (id bigint PRIMARY KEY);\n");
    p.files.migration("20240102000000_slow", "CREATE TABLE two (id bigint PRIMARY KEY);\nSELECT pg_sleep(60);\n");
    process running{project::command(without_models, {"migrate", "deploy"}), p.files.options()};
    REQUIRE(running.wait_for("Applied 20240101000000_one"));
    const auto server = p.database.open();
    for (int i = 0; i < 1000; ++i) {
      if (*server->query_value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = "
                               "'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()") == "1") {
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    const auto began = std::chrono::steady_clock::now();
    running.signal(signal);
    const process_result result = running.finish(std::chrono::seconds{20});
    INFO(result.err);
    CHECK(result.exit_code == 130);
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{15});
    CHECK(contains(result.err, "= state: "));
    CHECK(p.files.ask("SELECT to_regclass('two') IS NULL") == "t");
    CHECK(p.files.ask("SELECT count(*) FROM _instar_migrations WHERE finished_at IS NOT NULL") == "1");
    // And the way on is the same command.
    p.files.migration("20240102000000_slow", "CREATE TABLE two (id bigint PRIMARY KEY);\n");
    p.files.run_well(without_models, {"migrate", "deploy"});
  }
}

TEST_CASE("Ctrl-C with --json: the document says what happened") {
  const server_project p;
  p.files.migration("20240102000000_slow", "SELECT pg_sleep(60);\n");
  process running{project::command(without_models, {"migrate", "deploy", "--json"}), p.files.options()};
  const auto server = p.database.open();
  for (int i = 0; i < 1000; ++i) {
    if (*server->query_value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = "
                             "'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()") == "1") {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  running.signal(SIGINT);
  const process_result result = running.finish(std::chrono::seconds{20});
  CHECK(result.exit_code == 130);
  document_of(result);
}

TEST_CASE("a second runner waits for the first, says for whom, and then finds nothing to do") {
  const server_project p;
  p.files.migration("20240101000000_slow", "SELECT pg_sleep(3);\nCREATE TABLE slow (id bigint);\n");
  process first{project::command(without_models, {"migrate", "deploy"}), p.files.options()};
  const auto server = p.database.open();
  for (int i = 0; i < 1000; ++i) {
    if (*server->query_value(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM "
            "pg_database WHERE datname = current_database())") != "0") {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  process second{project::command(without_models, {"migrate", "deploy"}), p.files.options()};
  CHECK(second.wait_for("Waiting for another runner"));
  const process_result one = first.finish();
  const process_result two = second.finish();
  INFO(one.out << one.err << two.out << two.err);
  CHECK(one.exit_code == 0);
  CHECK(two.exit_code == 0);
  CHECK(contains(one.out, "1 migration applied"));
  CHECK(contains(two.out, "No pending migrations to apply (1 applied)."));
}

TEST_CASE("a second runner that may not wait that long gives up, and says who holds the lock") {
  const server_project p;
  p.files.migration("20240101000000_slow", "SELECT pg_sleep(4);\n");
  process first{project::command(without_models, {"migrate", "deploy"}), p.files.options()};
  const auto server = p.database.open();
  for (int i = 0; i < 1000; ++i) {
    if (*server->query_value(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM "
            "pg_database WHERE datname = current_database())") != "0") {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  const process_result second = p.files.run(without_models, {"migrate", "deploy", "--lock-timeout", "0.2"});
  INFO(second.err);
  CHECK(second.exit_code == 1);
  CHECK(contains(second.err, "error[INS4040]"));
  CHECK(first.finish().exit_code == 0);
}

TEST_CASE("a migration that gets no lock says so at each try, and at last what to do") {
  const server_project p;
  p.database.open()->execute("CREATE TABLE busy (id bigint)");
  p.files.migration("20240101000000_alter", "ALTER TABLE busy ADD COLUMN name text;\n");
  const auto server = p.database.open({.application_name = "a report"});
  server->execute("BEGIN; SELECT count(*) FROM busy");
  const std::vector<std::string> words{
      "migrate", "deploy", "--allow-not-empty", "--statement-lock-timeout", "0.1", "--lock-retries", "1"};
  const process_result refused = p.files.run(without_models, words);
  INFO(refused.err);
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "Trying 20240101000000_alter again in "));
  CHECK(contains(refused.err, "lock timeout (55P03); process "));
  CHECK(contains(refused.err, "(a report) of role "));
  CHECK(contains(refused.err, "error[INS4041]: The migration 20240101000000_alter did not get a lock in 2 tries"));
  CHECK(contains(refused.err, "migration.sql:1:1"));
  CHECK(contains(refused.err, "pg_terminate_backend"));
  server->execute("COMMIT");
  CHECK(contains(p.files.run_well(without_models, words).out, "1 migration applied"));
}

TEST_CASE("taking back and dropping make way for others as applying does") {
  const server_project p;
  p.files.migration("20240101000000_busy", "CREATE TABLE busy (id bigint PRIMARY KEY);\n");
  p.files.write("migrations/20240101000000_busy/down.sql", "DROP TABLE busy;\n");
  p.files.run_well(without_models, {"migrate", "deploy"});
  const auto server = p.database.open({.application_name = "a report"});
  server->execute("BEGIN; SELECT count(*) FROM busy");
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"migrate", "down", "--skip-shadow", "--accept-data-loss"}, {"migrate", "reset", "--force"}}) {
    std::vector<std::string> words = command;
    for (const char* word : {"--statement-lock-timeout", "0.1", "--lock-retries", "1"})
      words.emplace_back(word);
    const process_result refused = p.files.run(without_models, words);
    INFO(refused.err);
    CHECK(refused.exit_code == 1);
    CHECK(contains(refused.err, " again in "));
    CHECK(contains(refused.err, "error[INS4041]"));
    CHECK(contains(refused.err, "did not get a lock in 2 tries"));
    CHECK(contains(refused.err, "(a report) of role "));
  }
  server->execute("COMMIT");
  p.files.run_well(without_models, {"migrate", "reset", "--force", "--statement-lock-timeout", "1"});
}

TEST_CASE("--wait waits for a server that does not answer yet, and for no wrong password") {
  const project p{"postgresql://somebody:hunter2@/app?host=/nowhere"};
  p.migration("20240101000000_one", "CREATE TABLE one (id bigint PRIMARY KEY);\n");
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"migrate", "deploy", "--wait=0.3"}, {"db", "pull", "--wait", "0.3"}}) {
    const process_result gone = p.run(without_models, words);
    INFO(gone.err);
    CHECK(gone.exit_code == 1);
    CHECK(contains(gone.err, "Waiting for the database: No PostgreSQL server answers at "));
    CHECK(contains(gone.err, "Waited 300 ms for it."));
    CHECK(contains(gone.err, "error[INS3010]"));
    CHECK_FALSE(contains(gone.out + gone.err, "hunter2"));
  }
  const project absent{absent_database()};
  const auto began = std::chrono::steady_clock::now();
  CHECK(contains(absent.run(without_models, {"db", "pull", "--wait"}).err, "INS3012"));
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{20});
}
