// The splitter knows no grammar, so what it makes of a script is compared with what the databases make of it.

#include <instar/database/database.hpp>
#include <instar/sql/script.hpp>

#include "support/catch.hpp"
#include "support/postgres_server.hpp"

#include <sqlite3.h>

#include <string>
#include <string_view>
#include <vector>

using instar::split_script;

namespace {

/// Every statement of a text as sqlite3_prepare cuts it, which needs each table to exist when it is read.
std::vector<std::string> as_sqlite_splits(sqlite3* db, const std::string& script) {
  std::vector<std::string> statements;
  const char* rest = script.c_str();
  while (*rest != '\0') {
    sqlite3_stmt* statement = nullptr;
    INFO(rest);
    REQUIRE(sqlite3_prepare_v2(db, rest, -1, &statement, &rest) == SQLITE_OK);
    if (statement != nullptr) {
      statements.emplace_back(sqlite3_sql(statement));
      while (sqlite3_step(statement) == SQLITE_ROW) {
      }
    }
    sqlite3_finalize(statement);
  }
  return statements;
}

}  // namespace

TEST_CASE("SQLite cuts a script at the same places") {
  const std::string script =
      "-- head; with ' and \"\n"
      "CREATE TABLE t(a, [b;c], `d;\"`, \"e;\"\"f\" DEFAULT 'it''s; -- not');;\n"
      "CREATE TEMP TRIGGER IF NOT EXISTS r AFTER INSERT ON main.t WHEN CASE new.a WHEN 1 THEN 1 END BEGIN\n"
      "  UPDATE t SET a = CASE WHEN a > 1 THEN 2 ELSE 3 END; /* END; */\n"
      "  SELECT 1; -- END;\n"
      "END;\n"
      "CREATE TRIGGER \"BEGIN\" BEFORE DELETE ON t BEGIN SELECT raise(ABORT, 'no; END;'); END ;\n"
      "CREATE VIEW v AS SELECT '/*;*/' AS x, ';' AS y /* ; */;\n"
      "INSERT INTO t(a) VALUES ('\\'), (x'3B'), ('--;');\n"
      "EXPLAIN QUERY PLAN SELECT * FROM t WHERE a IN (SELECT x FROM v); SELECT 1 AS [end;] ; SELECT 2";
  const auto url = instar::database_url{"sqlite::memory:"};
  instar::sqlite_database db{url};
  const auto expected = as_sqlite_splits(db.handle(), script);
  const auto split = split_script(instar::sqlite, script);
  REQUIRE(split.size() == expected.size());
  for (std::size_t i = 0; i < split.size(); ++i) {
    // sqlite3_sql keeps the blanks and comments before a statement and the semicolon behind it.
    INFO(expected[i]);
    CHECK(expected[i].find(split[i].text) != std::string::npos);
    CHECK(expected[i].size() - expected[i].find(split[i].text) - split[i].text.size() <= 12);
  }
}

TEST_CASE("PostgreSQL takes each piece of a script as the one statement that it is") {
  const instar_test::scratch_database scratch;
  const auto db = scratch.open();
  const std::string script =
      "CREATE TABLE t(a int, b text DEFAULT 'it''s; -- not', \"c;\"\"d\" text); -- ;\n"
      "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN PERFORM ';'; RETURN 1; END $f$;\n"
      "CREATE OR REPLACE FUNCTION g(begin int, OUT x int, OUT y int) BEGIN ATOMIC\n"
      "  INSERT INTO t(a) VALUES (CASE WHEN begin > 0 THEN 1 ELSE (CASE 2 WHEN 2 THEN 3 END) END);\n"
      "  SELECT a AS \"end\", a AS end FROM t;\n"
      "END;\n"
      "CREATE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC DELETE FROM t; INSERT INTO t VALUES (1); END;\n"
      "CREATE RULE r AS ON DELETE TO t DO ALSO (SELECT 1; SELECT ';');\n"
      "DO $$ BEGIN EXECUTE $x$ SELECT ';' $x$; END $$;\n"
      "SELECT E'\\';', U&'d\\0061;', U&\"\\0061\" FROM t /* /* ; */ ; */;\n"
      "SELECT E'a'\n -- ; '\n '\\';', 'b'\n 'c;' ; SELECT $$;$$ || $a$ $$;$b$ $a$, B'1', X'3B' ; SELECT 1 ;\n";
  const auto split = split_script(instar::postgres, script);
  CHECK(split.size() == 10);
  for (const auto& statement : split) {
    INFO(statement.text);
    // The extended protocol refuses a text of two statements, and half of one does not parse.
    const instar::sql_value unused = "1";
    std::string text{statement.text};
    try {
      (void)db->query(text, {&unused, 1});
    } catch (const instar::database_error& error) {
      // 08P01: one parameter too many, which the server finds only after it has parsed one whole statement.
      CHECK(error.sqlstate() != "42601");
    }
  }
  for (const auto& statement : split) {
    INFO(statement.text);
    CHECK_NOTHROW(db->execute(statement.text));
  }
}

TEST_CASE("what is marked as impossible in a transaction is refused there by PostgreSQL") {
  const instar_test::scratch_database scratch;
  const auto db = scratch.open();
  db->execute("CREATE TABLE t(a int); CREATE INDEX i ON t(a); CREATE TABLE q(a int) PARTITION BY LIST (a); "
              "CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1)");
  const auto refused = [&](std::string_view statement) {
    db->execute("BEGIN");
    bool refusal = false;
    try {
      db->execute(statement);
    } catch (const instar::database_error& error) {
      INFO(error.what());
      refusal = error.sqlstate() == "25001" && error.message().find("cannot run inside") != std::string::npos;
    }
    db->execute("ROLLBACK");
    return refusal;
  };
  for (const char* statement : {"CREATE INDEX CONCURRENTLY j ON t(a)",
                                "DROP INDEX CONCURRENTLY i",
                                "REINDEX INDEX CONCURRENTLY i",
                                "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
                                "REINDEX (CONCURRENTLY) TABLE t",
                                "REINDEX SCHEMA public",
                                "VACUUM t",
                                "CLUSTER",
                                "CLUSTER VERBOSE",
                                "CREATE DATABASE x",
                                "DROP DATABASE x",
                                "DROP TABLESPACE x",
                                "ALTER SYSTEM SET work_mem = '4MB'",
                                "ALTER TABLE q DETACH PARTITION q1 CONCURRENTLY",
                                "DISCARD ALL",
                                "REINDEX TABLE t",
                                "REINDEX (CONCURRENTLY false) TABLE t",
                                "DROP INDEX i",
                                "ANALYZE t",
                                "DISCARD PLANS",
                                "ALTER TABLE q DETACH PARTITION q1",
                                "CREATE ROLE instar_never",
                                "TRUNCATE t",
                                "CREATE INDEX j ON t(a)"}) {
    INFO(statement);
    CHECK(refused(statement) == split_script(instar::postgres, statement).at(0).outside_transaction);
  }
}
