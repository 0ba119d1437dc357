#include "migrate/workspace.hpp"

#include <string>

using instar::migrator;
using test::applied;
using test::error_of;
using test::scratch_database;
using test::workspace;
namespace code = instar::migration_code;

namespace {

const char* const name = "20240102000000_index";

std::string tries_of(const scratch_database& db) {
  return db.ask(
      "SELECT (CASE WHEN finished_at IS NULL THEN 'open' ELSE 'done' END) || (CASE WHEN rolled_back_at IS NULL "
      "THEN '' ELSE ':back' END) FROM _instar_migrations WHERE migration_name LIKE '20240102%' "
      "ORDER BY started_at, finished_at");
}

struct indexed_table {
  workspace w;
  scratch_database db{instar::postgres};
  indexed_table() {
    w.add("20240101000000_t", "CREATE TABLE t (id integer, a integer, b integer);\n"
                              "INSERT INTO t VALUES (1, 1, 1), (2, 2, 1);\n");
    (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy();
  }
  [[nodiscard]] instar::deploy_report deploy() const {
    return migrator{db.url(), {.migrations = w.migrations()}}.deploy();
  }
  [[nodiscard]] instar::status_report status() const {
    return migrator{db.url(), {.migrations = w.migrations()}}.status();
  }
  [[nodiscard]] std::string indexes() const {
    return db.ask(
        "SELECT c.relname || CASE WHEN indisvalid THEN '' ELSE '!' END FROM pg_index i JOIN pg_class c ON c.oid "
        "= indexrelid WHERE indrelid = 't'::regclass ORDER BY 1");
  }
};

}  // namespace

TEST_CASE("PostgreSQL: a script of concurrent indexes runs, and leaves no journal") {
  const indexed_table x;
  x.w.add(name, "CREATE INDEX CONCURRENTLY t_a ON t (a);\nCREATE INDEX CONCURRENTLY t_b ON t (b);\n");
  const auto report = x.deploy();
  REQUIRE(report.applied.size() == 1);
  CHECK_FALSE(report.applied[0].transactional);
  CHECK(report.applied[0].statements == 2);
  CHECK(x.indexes() == "t_a t_b");
  CHECK(x.db.tables() == "_instar_migrations t");
  CHECK(tries_of(x.db) == "done");
  CHECK(x.db.ask("SELECT applied_steps_count FROM _instar_migrations WHERE migration_name LIKE '20240102%'") == "1");
  CHECK(x.status().up_to_date());
}

TEST_CASE("PostgreSQL: a second deploy goes on at the statement that failed") {
  const indexed_table x;
  x.w.add(name, "CREATE TABLE once (id integer);\n"
                "CREATE INDEX CONCURRENTLY t_a ON t (a);\n"
                "CREATE UNIQUE INDEX CONCURRENTLY t_b ON t (b);\n"
                "CREATE TABLE last (id integer);\n");
  const auto error = error_of([&] { (void)x.deploy(); });
  CHECK(error.code() == code::partly_applied);
  CHECK(test::place_of(error) == "20240102000000_index/migration.sql:3:1");
  CHECK(error.database()->sqlstate == "23505");
  CHECK(error.state() ==
        "Of its 4 statements the first 2 are applied and recorded. Fix the file and run deploy again: it "
        "goes on there.");
  // The invalid index that PostgreSQL leaves behind is gone.
  CHECK(x.indexes() == "t_a");
  CHECK(x.db.tables() == "_instar_journal _instar_migrations once t");
  CHECK(tries_of(x.db) == "open");
  CHECK(x.db.ask(
            "SELECT statement_index || CASE WHEN finished_at IS NULL THEN '!' ELSE '' END FROM _instar_journal ORDER "
            "BY 1") == "1 2 3!");
  CHECK(x.db.ask("SELECT error FROM _instar_journal WHERE statement_index = 3").find("migration.sql:3:1") !=
        std::string::npos);
  CHECK(x.db.ask("SELECT logs FROM _instar_migrations WHERE finished_at IS NULL").find("23505") != std::string::npos);
  CHECK(test::states(x.status()) == "20240101000000_t=applied 20240102000000_index=resumable");

  SECTION("after the data was repaired") {
    x.db.run("UPDATE t SET b = id");
  }
  SECTION("after the statement was corrected") {
    x.w.add(name, "CREATE TABLE once (id integer);\n"
                  "CREATE INDEX CONCURRENTLY t_a ON t (a);\n"
                  "CREATE INDEX CONCURRENTLY t_b ON t (b);\n"
                  "CREATE TABLE last (id integer);\n");
  }
  SECTION("after the rest became ordinary statements") {
    x.w.add(name, "CREATE TABLE once (id integer);\nCREATE INDEX CONCURRENTLY t_a ON t (a);\n"
                  "CREATE INDEX t_b ON t (b);\nCREATE TABLE last (id integer);\n");
  }
  const auto report = x.deploy();
  REQUIRE(report.applied.size() == 1);
  CHECK(report.applied[0].skipped == 2);
  CHECK(x.indexes() == "t_a t_b");
  CHECK(x.db.tables() == "_instar_migrations last once t");
  CHECK(tries_of(x.db) == "open:back done");
  CHECK(x.status().up_to_date());
}

TEST_CASE("PostgreSQL: an invalid index that a killed run left is dropped before the statement is repeated") {
  const indexed_table x;
  x.w.add(name, "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_b ON t (b);\n");
  CHECK(error_of([&] { (void)x.deploy(); }).code() == code::partly_applied);
  CHECK_THROWS(x.db.run("CREATE UNIQUE INDEX CONCURRENTLY t_b ON t (b)"));
  CHECK(x.indexes() == "t_b!");
  x.db.run("UPDATE t SET b = id");
  (void)x.deploy();
  CHECK(x.indexes() == "t_b");
}

TEST_CASE("PostgreSQL: an index that a killed run made is found, and not made twice") {
  const indexed_table x;
  x.w.add(name, "CREATE INDEX CONCURRENTLY \"T_a\" ON public.t (a);\nDROP INDEX CONCURRENTLY t_old;\n");
  // A run that ended in its first statement: it says no more than that the statement was begun.
  CHECK_THROWS(x.deploy());
  x.db.run("DROP INDEX \"T_a\"");
  x.db.run("DELETE FROM _instar_journal WHERE statement_index = 2");

  SECTION("made after the journal's line was written") {
    x.db.run("UPDATE _instar_journal SET finished_at = NULL");
    x.db.run("CREATE INDEX CONCURRENTLY \"T_a\" ON t (a)");
    x.db.run("CREATE INDEX t_old ON t (b)");
    const auto report = x.deploy();
    REQUIRE(report.applied.size() == 1);
    CHECK(report.applied[0].skipped == 1);
    CHECK(x.indexes() == "T_a");
    CHECK(x.db.tables() == "_instar_migrations t");
  }
  SECTION("there before: somebody else's") {
    x.db.run("CREATE INDEX CONCURRENTLY \"T_a\" ON t (a)");
    x.db.run("UPDATE _instar_journal SET finished_at = NULL");
    const auto error = error_of([&] { (void)x.deploy(); });
    CHECK(error.database()->sqlstate == "42P07");
    CHECK(test::place_of(error) == "20240102000000_index/migration.sql:1:1");
  }
  SECTION("a DROP that was carried out") {
    x.db.run("CREATE INDEX \"T_a\" ON t (a)");
    x.db.run(
        "INSERT INTO _instar_journal SELECT migration_name, 2, encode(sha256('DROP INDEX CONCURRENTLY t_old'), 'hex'), "
        "now() FROM _instar_journal");
    const auto report = x.deploy();
    REQUIRE(report.applied.size() == 1);
    CHECK(report.applied[0].skipped == 2);
    CHECK(x.status().up_to_date());
  }
}

TEST_CASE("PostgreSQL: what a REINDEX that was broken off left is dropped before it is repeated") {
  const indexed_table x;
  x.db.run("CREATE INDEX t_a ON t (a)");
  x.w.add(name, "REINDEX INDEX CONCURRENTLY public.t_a;\nSELECT nope;\n");
  CHECK_THROWS(x.deploy());
  x.db.run("CREATE INDEX t_a_ccnew ON t (a)");
  x.db.run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_a_ccnew'::regclass");
  x.db.run("UPDATE _instar_journal SET finished_at = NULL WHERE statement_index = 1");
  x.w.add(name, "REINDEX INDEX CONCURRENTLY public.t_a;\nSELECT 1;\n");
  (void)x.deploy();
  CHECK(x.indexes() == "t_a");
}

TEST_CASE("PostgreSQL: applied statements that were edited stop the resumption") {
  const indexed_table x;
  x.w.add(name, "CREATE INDEX CONCURRENTLY t_a ON t (a);\nSELECT nope;\n");
  CHECK(error_of([&] { (void)x.deploy(); }).code() == code::partly_applied);
  x.w.add(name, "CREATE INDEX CONCURRENTLY t_b ON t (b);\nSELECT 1;\n");
  const auto error = error_of([&] { (void)x.deploy(); });
  CHECK(error.code() == code::journal_mismatch);
  CHECK(error.location()->line == 1);
  CHECK(x.indexes() == "t_a");

  SECTION("the way out: roll back by hand") {
    x.db.run("DROP INDEX t_a");
    (void)migrator{x.db.url(), {.migrations = x.w.migrations()}}.resolve_rolled_back(name);
    CHECK(x.db.tables() == "_instar_migrations t");
    CHECK(applied(x.deploy()) == name);
    CHECK(x.indexes() == "t_b");
    CHECK(tries_of(x.db) == "open:back done");
  }
  SECTION("the way out: complete by hand") {
    (void)migrator{x.db.url(), {.migrations = x.w.migrations()}}.resolve_applied(name);
    CHECK(x.db.tables() == "_instar_migrations t");
    CHECK(x.status().up_to_date());
    CHECK(tries_of(x.db) == "open:back done");
  }
}

TEST_CASE("PostgreSQL: blocks of a script are each a transaction, and settings are made again") {
  const indexed_table x;
  x.w.add(name, "SET search_path = public;\n"
                "CREATE TYPE mood AS ENUM ('ok');\n"
                "BEGIN;\nCREATE TYPE mood_new AS ENUM ('ok', 'fine');\nDROP TYPE mood;\nCOMMIT;\n"
                "SET my.value = '7';\n"
                "BEGIN;\nINSERT INTO t VALUES (9, 9, 9);\nSELECT 1 / (SELECT count(*) FROM t WHERE id = 3);\nCOMMIT;\n"
                "INSERT INTO t VALUES (current_setting('my.value')::integer, 0, 0);\n");
  const auto error = error_of([&] { (void)x.deploy(); });
  CHECK(error.code() == code::partly_applied);
  CHECK(error.location()->line == 10);
  CHECK(x.db.ask("SELECT count(*) FROM pg_type WHERE typname LIKE 'mood%' AND typtype = 'e'") == "1");
  CHECK(x.db.ask("SELECT count(*) FROM t WHERE id = 9") == "0");
  x.db.run("INSERT INTO t VALUES (3, 3, 3)");
  const auto report = x.deploy();
  CHECK(report.applied[0].skipped == 5);
  CHECK(x.db.ask("SELECT id FROM t ORDER BY id") == "1 2 3 7 9");
}

TEST_CASE("PostgreSQL: Prisma's removal of an enum value works, whatever stands round it") {
  const indexed_table x;
  x.db.run("CREATE TYPE \"Role\" AS ENUM ('A', 'B'); CREATE TABLE u (role \"Role\" NOT NULL)");
  x.w.add(name, "/*\n  Warnings:\n*/\n-- AlterEnum\nBEGIN;\nCREATE TYPE \"Role_new\" AS ENUM ('A');\n"
                "ALTER TABLE \"u\" ALTER COLUMN \"role\" TYPE \"Role_new\" USING (\"role\"::text::\"Role_new\");\n"
                "ALTER TYPE \"Role\" RENAME TO \"Role_old\";\nALTER TYPE \"Role_new\" RENAME TO \"Role\";\n"
                "DROP TYPE \"Role_old\";\nCOMMIT;\n\n-- AlterTable\nALTER TABLE \"u\" ADD COLUMN     \"x\" TEXT;\n");
  CHECK(x.deploy().applied[0].statements == 8);
  CHECK(x.db.ask("SELECT enumlabel FROM pg_enum") == "A");
}

TEST_CASE("PostgreSQL: COMMIT AND CHAIN goes on in a new transaction") {
  const indexed_table x;
  x.w.add(name,
          "BEGIN;\nINSERT INTO t VALUES (3, 0, 0);\nCOMMIT AND CHAIN;\nINSERT INTO t VALUES (4, 0, 0);\nSELECT nope;\n"
          "COMMIT;\n");
  CHECK(error_of([&] { (void)x.deploy(); }).location()->line == 5);
  CHECK(x.db.ask("SELECT id FROM t ORDER BY id") == "1 2 3");
  x.w.add(name,
          "BEGIN;\nINSERT INTO t VALUES (3, 0, 0);\nCOMMIT AND CHAIN;\nINSERT INTO t VALUES (4, 0, 0);\nCOMMIT;\n");
  (void)x.deploy();
  CHECK(x.db.ask("SELECT id FROM t ORDER BY id") == "1 2 3 4");
}

TEST_CASE("PostgreSQL: a procedure that commits runs when the script asks for no transaction") {
  const indexed_table x;
  x.db.run("CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$BEGIN INSERT INTO t VALUES (5, 0, 0); COMMIT; INSERT INTO t "
           "VALUES (6, 0, 0); END$$");
  x.w.add(name, "CALL fill();\nSELECT 1;\n");
  const auto error = error_of([&] { (void)x.deploy(); });
  CHECK(error.code() == code::script_failed);
  CHECK(error.remedy().find("instar: no transaction") != std::string::npos);
  x.w.add(name, "-- instar: no transaction\nCALL fill();\nSELECT 1;\n");
  CHECK(x.deploy().applied.size() == 1);
  CHECK(x.db.ask("SELECT count(*) FROM t") == "4");
}

TEST_CASE("PostgreSQL: a script that takes another role still reaches the journal") {
  const indexed_table x;
  x.w.add(name, "SET ROLE pg_monitor;\nSELECT 1;\nVACUUM;\nRESET ROLE;\nCREATE TABLE last (id integer);\nSET ROLE "
                "pg_monitor;\n");
  (void)x.deploy();
  CHECK(x.db.tables() == "_instar_migrations last t");
}

TEST_CASE("PostgreSQL: DISCARD ALL gives up the lock, and it is taken again") {
  const indexed_table x;
  x.w.add(name, "DISCARD ALL;\nCREATE TABLE last (id integer);\n");
  (void)x.deploy();
  CHECK(x.status().up_to_date());
}

TEST_CASE("SQLite: VACUUM runs outside a transaction, and a failed script is resumed") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  w.add("20240101000000_t", "CREATE TABLE t (id INTEGER PRIMARY KEY);\n");
  w.add(name, "INSERT INTO t VALUES (1);\nVACUUM;\nINSERT INTO t VALUES (1);\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  const auto error = error_of([&] { (void)m.deploy(); });
  CHECK(error.code() == code::partly_applied);
  CHECK(error.location()->line == 3);
  CHECK(db.tables() == "_instar_journal _instar_migrations t");
  CHECK(test::states(m.status()) == "20240101000000_t=applied 20240102000000_index=resumable");
  w.add(name, "INSERT INTO t VALUES (1);\nVACUUM;\nINSERT INTO t VALUES (2);\n");
  const auto report = m.deploy();
  CHECK(report.applied[0].skipped == 2);
  CHECK(db.ask("SELECT id FROM t") == "1 2");
  CHECK(db.tables() == "_instar_migrations t");
  CHECK(tries_of(db) == "open:back done");
  // Others can use the file again while this connection is open.
  db.run("INSERT INTO t VALUES (3)");
}

TEST_CASE("SQLite: a dump with its own transaction and a changed journal mode run") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  w.add("20240101000000_dump",
        "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t (id INTEGER PRIMARY KEY);\n"
        "INSERT INTO t VALUES (1);\nCOMMIT;\n");
  w.add("20240102000000_wal", "PRAGMA journal_mode = WAL;\nCREATE TABLE u (id INTEGER);\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  const auto report = m.deploy();
  CHECK(report.applied[0].transactional);
  CHECK_FALSE(report.applied[1].transactional);
  CHECK(db.ask("PRAGMA journal_mode") == "wal");
  CHECK(db.tables() == "_instar_migrations t u");
}

TEST_CASE("a failure that another tool recorded is not guessed about") {
  const workspace w;
  const scratch_database db{GENERATE(instar::sqlite, instar::postgres)};
  w.add("20240101000000_t", "CREATE TABLE t (id INTEGER PRIMARY KEY);\n");
  w.add(name, "INSERT INTO t VALUES (1);\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.deploy({.up_to = "20240101000000_t"});
  db.run("INSERT INTO _instar_migrations (id, checksum, migration_name) VALUES ('x', 'y', '20240102000000_index')");
  CHECK(test::states(m.status()) == "20240101000000_t=applied 20240102000000_index=failed");
  const auto error = error_of([&] { (void)m.deploy(); });
  CHECK(error.code() == code::failed_migration);
  CHECK(error.message().find("P3009") != std::string::npos);
  CHECK(error.remedy().find("--rolled-back 20240102000000_index") != std::string::npos);
  SECTION("rolled back") {
    (void)m.resolve_rolled_back(name);
    CHECK(applied(m.deploy()) == name);
    CHECK(db.ask("SELECT id FROM t") == "1");
  }
  SECTION("applied") {
    (void)m.resolve_applied(name);
    CHECK(applied(m.deploy()).empty());
    CHECK(db.ask("SELECT id FROM t").empty());
  }
  CHECK(m.status().up_to_date());
}
