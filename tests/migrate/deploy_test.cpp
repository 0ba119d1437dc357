#include "migrate/workspace.hpp"

#include <array>
#include <string>

using instar::migrator;
using test::applied;
using test::each_dialect;
using test::error_of;
using test::scratch_database;
using test::workspace;
namespace code = instar::migration_code;
namespace fs = std::filesystem;

namespace {

const char* const create_users = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);\n";
const char* const create_posts = "CREATE TABLE posts (id INTEGER PRIMARY KEY);\n";

std::string ledger_of(const scratch_database& db, std::string_view table = "_instar_migrations") {
  return db.ask("SELECT migration_name || ':' || (CASE WHEN finished_at IS NULL THEN 'open' ELSE 'done' END) || "
                "(CASE WHEN rolled_back_at IS NULL THEN '' ELSE ':back' END) FROM " +
                std::string{table} + " ORDER BY migration_name, started_at");
}

}  // namespace

TEST_CASE("deploy applies what is pending and records it, and a second deploy does nothing") {
  const instar::dialect kind = each_dialect();
  const workspace w;
  const scratch_database db{kind};
  w.add("20240101000000_users", create_users);
  w.add("20240102000000_posts", create_posts);
  migrator m{db.url(), {.migrations = w.migrations()}};
  const instar::deploy_report first = m.deploy();
  CHECK(applied(first) == "20240101000000_users 20240102000000_posts");
  CHECK(first.applied[0].transactional);
  CHECK(first.applied[0].statements == 1);
  CHECK(first.warnings.empty());
  CHECK(db.tables() == "_instar_migrations posts users");
  CHECK(db.ask("SELECT checksum FROM _instar_migrations ORDER BY migration_name") ==
        instar::detail::sha256_hex(create_users) + " " + instar::detail::sha256_hex(create_posts));
  CHECK(db.ask("SELECT applied_steps_count FROM _instar_migrations") == "1 1");
  CHECK(
      db.ask(
          "SELECT count(*) FROM _instar_migrations WHERE finished_at IS NULL OR logs NOT LIKE 'statements sha256:%' OR "
          "rolled_back_at IS NOT NULL OR finished_at < started_at OR length(id) <> 36") == "0");
  const instar::deploy_report second = m.deploy();
  CHECK(second.applied.empty());
  CHECK(second.already_applied == 2);
  CHECK(m.status().up_to_date());
}

TEST_CASE("a new migration is applied on top of the others") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_users", create_users);
  (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy();
  w.add("20240102000000_posts", create_posts);
  CHECK(test::states(migrator{db.url(), {.migrations = w.migrations()}}.status()) ==
        "20240101000000_users=applied 20240102000000_posts=pending");
  CHECK(applied(migrator{db.url(), {.migrations = w.migrations()}}.deploy()) == "20240102000000_posts");
}

TEST_CASE("an empty history deploys nothing and makes no ledger") {
  const workspace w;
  const scratch_database db{each_dialect()};
  CHECK(applied(migrator{db.url(), {.migrations = w.migrations()}}.deploy()).empty());
  CHECK(db.tables().empty());
}

TEST_CASE("deploy can stop at a migration") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_users", create_users);
  w.add("20240102000000_posts", create_posts);
  migrator m{db.url(), {.migrations = w.migrations()}};
  CHECK(error_of([&] { (void)m.deploy({.up_to = "20240103000000_x"}); }).code() == code::no_such_migration);
  CHECK(applied(m.deploy({.up_to = "20240101000000_users"})) == "20240101000000_users");
  CHECK(applied(m.deploy()) == "20240102000000_posts");
}

TEST_CASE("a program deploys the history that it carries") {
  const scratch_database db{each_dialect()};
  const std::array<instar::embedded_migration, 2> embedded{
      {{.name = "20240101000000_users", .sql = create_users, .sha256 = ""},
       {.name = "20240102000000_posts", .sql = create_posts, .sha256 = ""}}};
  migrator m{db.url(), {.embedded = embedded}};
  CHECK(applied(m.deploy()) == "20240101000000_users 20240102000000_posts");
  CHECK(m.status().up_to_date());
  CHECK(error_of([&] { (void)m.create_migration("x", m.plan_next()); }).code() == code::no_folder);
}

TEST_CASE("a migration that fails in its third statement leaves nothing") {
  const instar::dialect kind = each_dialect();
  const workspace w;
  const scratch_database db{kind};
  w.add("20240101000000_users", create_users);
  w.add("20240102000000_bad", "-- three statements\n"
                              "CREATE TABLE a (id INTEGER PRIMARY KEY);\n"
                              "INSERT INTO users VALUES (1, 'x');\n"
                              "INSERT INTO  nope VALUES (1);\n"
                              "CREATE TABLE b (id INTEGER);\n");
  w.add("20240103000000_later", create_posts);
  migrator m{db.url(), {.migrations = w.migrations()}};
  const auto error = error_of([&] { (void)m.deploy(); });
  CHECK(error.code() == code::script_failed);
  CHECK(error.migration() == "20240102000000_bad");
  // SQLite does not say where in the statement the name stands.
  CHECK(test::place_of(error) ==
        (kind == instar::postgres ? "20240102000000_bad/migration.sql:4:14" : "20240102000000_bad/migration.sql:4:1"));
  CHECK(error.location()->text == "INSERT INTO  nope VALUES (1);");
  CHECK(error.message().find("nope") != std::string::npos);
  REQUIRE(error.database());
  CHECK(error.database()->sqlstate == (kind == instar::postgres ? "42P01" : "SQLITE_ERROR"));
  CHECK(error.state() == "Nothing of it was applied; fix the file and run deploy again. One migration before it was "
                         "applied, and stays.");
  CHECK(db.tables() == "_instar_migrations users");
  CHECK(db.ask("SELECT count(*) FROM users") == "0");
  CHECK(ledger_of(db) == "20240101000000_users:done");

  w.add("20240102000000_bad", "CREATE TABLE a (id INTEGER PRIMARY KEY);\n");
  CHECK(applied(migrator{db.url(), {.migrations = w.migrations()}}.deploy()) ==
        "20240102000000_bad 20240103000000_later");
}

TEST_CASE("a first migration that fails leaves not even a ledger") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_bad", "CREATE TABLE a (id INTEGER PRIMARY KEY);\nCREATE TABLE a (id INTEGER PRIMARY KEY);\n");
  const auto error = error_of([&] { (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy(); });
  CHECK(error.code() == code::script_failed);
  CHECK(error.location()->line == 2);
  CHECK(db.tables().empty());
}

TEST_CASE("the statement is found too when the data is to blame and the database gives no position") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_bad", "CREATE TABLE a (id INTEGER PRIMARY KEY);\n"
                              "INSERT INTO a VALUES (1);\n"
                              "INSERT INTO a VALUES (2);\n"
                              "  INSERT INTO a VALUES (1);\n"
                              "INSERT INTO a VALUES (3);\n");
  const auto error = error_of([&] { (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy(); });
  CHECK(test::place_of(error) == "20240101000000_bad/migration.sql:4:3");
  CHECK(db.tables().empty());
}

TEST_CASE("a script with a quote that never ends is found before anything runs") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_users", create_users);
  w.add("20240102000000_bad", "SELECT 'open;\n");
  const auto error = error_of([&] { (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy(); });
  CHECK(error.code() == "INS3101");
  CHECK(test::place_of(error) == "20240102000000_bad/migration.sql:1:8");
  CHECK(db.tables().empty());
}

TEST_CASE("a script that ends in a comment, without a semicolon, or begins with a byte order mark runs") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_a", "\xEF\xBB\xBF"
                            "CREATE TABLE a (id INTEGER)");
  w.add("20240102000000_b", "CREATE TABLE b (id INTEGER) -- no semicolon");
  w.add("20240103000000_c", "CREATE TABLE c (id INTEGER); /* done */ -- really");
  w.add("20240104000000_d", ";;;\nCREATE TABLE d (id INTEGER);;\n;");
  migrator m{db.url(), {.migrations = w.migrations()}};
  CHECK(m.deploy().applied.size() == 4);
  CHECK(db.tables() == "_instar_migrations a b c d");
  CHECK(m.status().up_to_date());
}

TEST_CASE("the place of an error in a script with a byte order mark is right") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_a", "\xEF\xBB\xBF"
                            "SELECT FROM FROM;");
  CHECK(test::place_of(error_of([&] {
          (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy();
        })) == (db.url().dialect() == instar::postgres ? "20240101000000_a/migration.sql:1:13"
                                                       : "20240101000000_a/migration.sql:1:8"));
}

TEST_CASE("a script without a statement is applied and warned of") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_empty", "");
  w.add("20240102000000_comment", "-- This is an empty migration.\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  CHECK(test::codes(m.status().warnings) == "INS4006 INS4006");
  const instar::deploy_report report = m.deploy();
  CHECK(test::codes(report.warnings) == "INS4006 INS4006");
  CHECK(report.applied.size() == 2);
  CHECK(m.status().up_to_date());
  CHECK(m.status().warnings.empty());
}

TEST_CASE("CRLF scripts run, and an edit of line ends alone is none") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_a", "CREATE TABLE a (\r\n  id INTEGER\r\n);\r\n-- end\r\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  CHECK(m.deploy().applied.size() == 1);
  w.add("20240101000000_a", "CREATE TABLE a (\n  id INTEGER\n);\n-- end\n");
  CHECK(m.status().up_to_date());
  w.add("20240101000000_b", "SELECT 1;\r\nSELECT 2, ,;\r\n");
  CHECK(test::place_of(error_of([&] { (void)m.deploy(); })) == "20240101000000_b/migration.sql:2:11");
}

TEST_CASE("a lock file for another database stops everything before the database is touched") {
  const instar::dialect kind = each_dialect();
  const workspace w;
  const scratch_database db{kind};
  w.add("20240101000000_users", create_users);
  w.write("migrations/migration_lock.toml",
          kind == instar::postgres ? "provider = \"sqlite\"\n" : "provider = \"postgresql\"\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  CHECK(error_of([&] { (void)m.deploy(); }).code() == code::provider_mismatch);
  CHECK(error_of([&] { (void)m.status(); }).code() == code::provider_mismatch);
  CHECK(error_of([&] { (void)m.plan_next(); }).code() == code::provider_mismatch);
  CHECK(error_of([&] { (void)m.reset(); }).code() == code::provider_mismatch);
  CHECK(db.tables().empty());
}

TEST_CASE("an edited, a lost and a foreign migration are warned of and do not stop a deploy") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_users", create_users);
  w.add("20240102000000_posts", create_posts);
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.deploy();
  w.add("20240101000000_users", std::string{create_users} + "-- edited\n");
  fs::remove_all(w.migrations() / "20240102000000_posts");
  w.add("20240103000000_tags", "CREATE TABLE tags (id INTEGER);");
  const instar::deploy_report report = m.deploy();
  CHECK(applied(report) == "20240103000000_tags");
  CHECK(test::codes(report.warnings) == "INS4021 INS4023");
  CHECK(test::states(m.status()) ==
        "20240101000000_users=edited 20240102000000_posts=unknown 20240103000000_tags=applied");
  CHECK_FALSE(m.status().up_to_date());
}

TEST_CASE("a pending migration older than an applied one is applied and warned of") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240102000000_posts", create_posts);
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.deploy();
  w.add("20240101000000_users", create_users);
  const instar::deploy_report report = m.deploy();
  CHECK(applied(report) == "20240101000000_users");
  CHECK(test::codes(report.warnings) == "INS4029");
}

TEST_CASE("a database with tables and no ledger is refused unless that is meant") {
  const workspace w;
  const scratch_database db{each_dialect()};
  db.run("CREATE TABLE somebody_elses (id INTEGER)");
  w.add("20240101000000_users", create_users);
  const auto error = error_of([&] { (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy(); });
  CHECK(error.code() == code::not_empty);
  CHECK(error.message().find("somebody_elses") != std::string::npos);
  CHECK(db.tables() == "somebody_elses");
  CHECK(migrator{db.url(), {.migrations = w.migrations(), .allow_not_empty = true}}.deploy().applied.size() == 1);
}

TEST_CASE("Prisma's ledger is adopted in place") {
  const instar::dialect kind = each_dialect();
  const workspace w;
  const scratch_database db{kind};
  const std::string sum = instar::detail::sha256_hex(create_users);
  w.add("20240101000000_users", create_users);
  w.add("20240102000000_posts", create_posts);
  db.run(create_users);
  if (kind == instar::postgres)
    db.run("CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, "
           "finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ, "
           "started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0);"
           "INSERT INTO _prisma_migrations VALUES ('1', '" +
           sum + "', now(), '20240101000000_users', NULL, NULL, now(), 1)");
  else
    db.run(
        "CREATE TABLE \"_prisma_migrations\" (\"id\" TEXT PRIMARY KEY NOT NULL, \"checksum\" TEXT NOT NULL, "
        "\"finished_at\" DATETIME, \"migration_name\" TEXT NOT NULL, \"logs\" TEXT, \"rolled_back_at\" DATETIME, "
        "\"started_at\" DATETIME NOT NULL DEFAULT current_timestamp, \"applied_steps_count\" INTEGER UNSIGNED NOT NULL "
        "DEFAULT 0);"
        "INSERT INTO _prisma_migrations VALUES ('1', '" +
        sum +
        "', 1704067200123, '20240101000000_users', NULL, NULL, "
        "1704067200000, 1)");
  migrator m{db.url(), {.migrations = w.migrations()}};
  const instar::deploy_report report = m.deploy();
  CHECK(report.adopted_prisma);
  CHECK(applied(report) == "20240102000000_posts");
  CHECK(db.tables() == "_prisma_migrations posts users");
  CHECK(ledger_of(db, "_prisma_migrations") == "20240101000000_users:done 20240102000000_posts:done");
  const instar::status_report status = m.status();
  CHECK(status.up_to_date());
  if (kind == instar::sqlite) {
    CHECK(status.migrations[0].finished_at == "2024-01-01 00:00:00.123");
    CHECK(db.ask("SELECT typeof(finished_at) || typeof(started_at) FROM _prisma_migrations WHERE id <> '1'") ==
          "integerinteger");
  }
}

TEST_CASE("two ledgers beside each other are refused") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_users", create_users);
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.deploy();
  db.run("CREATE TABLE _prisma_migrations AS SELECT * FROM _instar_migrations");
  CHECK(error_of([&] { (void)m.deploy(); }).code() == code::two_ledgers);
  CHECK(migrator{db.url(), {.migrations = w.migrations(), .ledger = "_instar_migrations"}}.status().up_to_date());
}

TEST_CASE("a table of the ledger's name that is none is refused") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_users", create_users);
  db.run("CREATE TABLE _instar_migrations (x INTEGER)");
  CHECK(error_of([&] {
          (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy();
        }).code() == code::foreign_ledger);
}

TEST_CASE("the ledger can have another name") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_users", create_users);
  const instar::migrator_options options{.migrations = w.migrations(), .ledger = "history of \"it\""};
  CHECK(migrator{db.url(), options}.deploy().applied.size() == 1);
  CHECK(migrator{db.url(), options}.deploy().applied.empty());
  CHECK(db.tables() == "history of \"it\" users");
}

TEST_CASE("PostgreSQL: the ledger can live in another schema, and the URL can name it") {
  const workspace w;
  const scratch_database db{instar::postgres};
  db.run("CREATE SCHEMA \"My Schema\"");
  w.add("20240101000000_users", create_users);
  SECTION("by option") {
    (void)migrator{db.url(), {.migrations = w.migrations(), .ledger = "My Schema.applied"}}.deploy();
    CHECK(db.ask("SELECT count(*) FROM \"My Schema\".applied") == "1");
    CHECK(migrator{db.url(), {.migrations = w.migrations(), .ledger = "My Schema.applied"}}.status().up_to_date());
  }
  SECTION("by Prisma's ?schema=") {
    const instar::database_url url{std::string{std::getenv("INSTAR_TEST_POSTGRES")} + "&schema=My%20Schema"};
    migrator m{url.with_database(db.url().database_name()), {.migrations = w.migrations()}};
    CHECK(m.deploy().ledger == "My Schema._instar_migrations");
    CHECK(db.ask("SELECT count(*) FROM \"My Schema\".users") == "0");
    CHECK(m.status().up_to_date());
  }
  SECTION("which must exist") {
    db.run("DROP SCHEMA \"My Schema\"");
    const instar::database_url url{std::string{std::getenv("INSTAR_TEST_POSTGRES")} + "&schema=My%20Schema"};
    CHECK(error_of([&] {
            (void)migrator{url.with_database(db.url().database_name()), {.migrations = w.migrations()}}.deploy();
          }).code() == code::no_schema);
  }
}

TEST_CASE("PostgreSQL: what a script does to its session ends with it") {
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add("20240101000000_dump", "SET statement_timeout = 0;\n"
                               "SELECT pg_catalog.set_config('search_path', '', false);\n"
                               "SET default_table_access_method = heap;\n"
                               "CREATE TABLE public.users (id integer);\n");
  w.add("20240102000000_unqualified", "CREATE TABLE posts (id integer);\n");
  w.add("20240103000000_role",
        "SET ROLE pg_monitor;\nRESET ROLE;\nCREATE TABLE tags (id integer);\nSET ROLE pg_monitor;\n");
  w.add("20240104000000_in_do", "DO $$BEGIN PERFORM set_config('search_path', 'pg_catalog', false); END$$;");
  w.add("20240105000000_after", "CREATE TABLE last (id integer);\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  CHECK(m.deploy().applied.size() == 5);
  CHECK(db.tables() == "_instar_migrations last posts tags users");
}

TEST_CASE("PostgreSQL: a script may use savepoints") {
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add("20240101000000_a", "CREATE TABLE a (id integer);\nSAVEPOINT s;\nINSERT INTO a VALUES (1);\nROLLBACK TO s;\n"
                            "INSERT INTO a VALUES (2);\n");
  const auto report = migrator{db.url(), {.migrations = w.migrations()}}.deploy();
  CHECK(report.applied[0].transactional);
  CHECK(db.ask("SELECT id FROM a") == "2");
  w.add("20240102000000_b", "SAVEPOINT s;\nINSERT INTO a VALUES (3);\nSELECT nope;\n");
  CHECK(test::place_of(error_of([&] {
          (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy();
        })) == "20240102000000_b/migration.sql:3:8");
  CHECK(db.ask("SELECT id FROM a") == "2");
}

TEST_CASE("a script that is its own BEGIN and COMMIT has its ledger row inside") {
  const instar::dialect kind = each_dialect();
  const workspace w;
  const scratch_database db{kind};
  w.add("20240101000000_a", "-- by hand\nBEGIN;\nCREATE TABLE a (id INTEGER PRIMARY KEY);\nCOMMIT;\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  const auto report = m.deploy();
  CHECK(report.applied[0].transactional);
  CHECK(db.tables() == "_instar_migrations a");
  w.add("20240102000000_b", "BEGIN TRANSACTION;\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (1);\nCOMMIT;\n");
  const auto error = error_of([&] { (void)m.deploy(); });
  CHECK(error.code() == code::script_failed);
  CHECK(test::place_of(error) == "20240102000000_b/migration.sql:3:1");
  CHECK(db.ask("SELECT count(*) FROM a") == "0");
  CHECK(ledger_of(db) == "20240101000000_a:done");
  CHECK(m.status().count(instar::migration_state::pending) == 1);
}

TEST_CASE("a script that begins a transaction and never ends it is refused") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_a", "CREATE TABLE a (id INTEGER);\nBEGIN;\nCREATE TABLE b (id INTEGER);\n");
  const auto error = error_of([&] { (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy(); });
  CHECK(error.code() == code::open_transaction);
  CHECK(error.location()->line == 2);
  CHECK(db.tables().empty());
}

TEST_CASE("PostgreSQL: notices are reported") {
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add("20240101000000_a", "DO $$BEGIN RAISE NOTICE 'hello'; END$$;");
  std::string told;
  migrator m{db.url(), {.migrations = w.migrations(), .on_progress = [&](const instar::migration_progress& p) {
                          if (p.what == instar::migration_progress::event::notice)
                            told += p.detail;
                        }}};
  const auto report = m.deploy();
  REQUIRE(report.applied[0].notices.size() == 1);
  CHECK(report.applied[0].notices[0].find("hello") != std::string::npos);
  CHECK(told.find("hello") != std::string::npos);
}

TEST_CASE("PostgreSQL: a new enum value that is used at once gives the way out") {
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add("20240101000000_a", "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE t (m mood);");
  w.add("20240102000000_b", "ALTER TYPE mood ADD VALUE 'fine';\nINSERT INTO t VALUES ('fine');\n");
  const auto error = error_of([&] { (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy(); });
  CHECK(error.database()->sqlstate == "55P04");
  CHECK(error.remedy().find("migration of its own") != std::string::npos);
}

TEST_CASE("a deferred constraint that fails at the commit leaves nothing") {
  const instar::dialect kind = each_dialect();
  const workspace w;
  const scratch_database db{kind};
  w.add("20240101000000_a", "CREATE TABLE p (id INTEGER PRIMARY KEY);\nCREATE TABLE c (p INTEGER REFERENCES p (id) "
                            "DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO c VALUES (7);\n");
  const auto error = error_of([&] { (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy(); });
  CHECK(error.code() == code::script_failed);
  CHECK(db.tables().empty());
}

TEST_CASE("a missing database is made by deploy and not by status") {
  const instar::dialect kind = each_dialect();
  const workspace w;
  const std::string name = test::random_name("instar_test");
  const instar::database_url url = kind == instar::postgres
                                       ? scratch_database::server().with_database(name)
                                       : instar::database_url{"sqlite:" + (w.root() / "made.db").string()};
  w.add("20240101000000_users", create_users);
  const instar::status_report status = migrator{url, {.migrations = w.migrations()}}.status();
  CHECK_FALSE(status.database_exists);
  CHECK(test::states(status) == "20240101000000_users=pending");
  CHECK_FALSE(instar::database_exists(url));
  CHECK_THROWS_AS((migrator{url, {.migrations = w.migrations(), .create_database = false}}.deploy()),
                  instar::database_error);
  CHECK(migrator{url, {.migrations = w.migrations()}}.deploy().created_database);
  CHECK(migrator{url, {.migrations = w.migrations()}}.status().up_to_date());
  (void)instar::drop_database(url);
}

TEST_CASE("a read-only database is refused and unchanged") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_users", create_users);
  const auto opened = instar::open_database(db.url(), {.read_only = true});
  try {
    (void)migrator{*opened, {.migrations = w.migrations()}}.deploy();
    FAIL("a read-only database was written to");
  } catch (const instar::database_error& error) {
    CHECK(error.code() == instar::database_code::read_only);
  }
  CHECK(db.tables().empty());
}

TEST_CASE("without a database an operation says what to name") {
  const workspace w;
  CHECK(error_of([&] { (void)migrator{instar::migrator_options{.migrations = w.migrations()}}.deploy(); }).code() ==
        code::no_url);
}

TEST_CASE("progress tells each migration with its number") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_users", create_users);
  w.add("20240102000000_posts", create_posts);
  std::string told;
  migrator m{db.url(), {.migrations = w.migrations(), .on_progress = [&](const instar::migration_progress& p) {
                          told += std::to_string(static_cast<int>(p.what)) + ":" + std::string{p.migration.substr(15)} +
                                  std::to_string(p.index) + "/" + std::to_string(p.total) + " ";
                        }}};
  (void)m.deploy();
  CHECK(told == "2:users1/2 4:users1/2 2:posts2/2 4:posts2/2 ");
}

TEST_CASE("a history of 300 migrations is applied in order") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_first", "CREATE TABLE log (n INTEGER);");
  for (int i = 1; i < 300; ++i)
    w.add("20240102000" + std::to_string(100 + i) + "_n", "INSERT INTO log VALUES (" + std::to_string(i) + ");");
  CHECK(migrator{db.url(), {.migrations = w.migrations()}}.deploy().applied.size() == 300);
  CHECK(db.ask("SELECT count(*) FROM log") == "299");
}
