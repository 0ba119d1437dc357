// What the linter finds in a script, each with a twin in which it finds nothing.
#include <instar/sql/lint.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace {

using instar::lint_finding;

std::vector<lint_finding> found_in(std::string_view script, instar::dialect d = instar::postgres) {
  return instar::lint_script(d, script);
}

/// The codes without INS, one after the other: "2020 2029". Without the one about lock_timeout, which most scripts here
/// would have.
std::string codes(std::string_view script, instar::dialect d = instar::postgres) {
  std::string text;
  for (const lint_finding& one : found_in(script, d)) {
    if (one.hazard == instar::hazard::no_lock_timeout)
      continue;
    text += (text.empty() ? "" : " ") + std::string{instar::code_of(one.hazard).substr(3)};
  }
  return text;
}

std::string on_sqlite(std::string_view script) {
  return codes(script, instar::sqlite);
}

/// What stands where the first finding is.
std::string_view place(std::string_view script, instar::dialect d = instar::postgres) {
  const auto found = found_in(script, d);
  return found.empty() ? std::string_view{} : script.substr(found.front().offset);
}

constexpr std::string_view timeout = "SET lock_timeout = '2s';\n";

}  // namespace

TEST_CASE("an index on a table that is there is built CONCURRENTLY") {
  CHECK(codes("CREATE INDEX i ON t (a);") == "2020");
  CHECK(codes("CREATE INDEX CONCURRENTLY i ON t (a);") == "");
  CHECK(codes("CREATE INDEX IF NOT EXISTS i ON ONLY t (a);") == "");
  CHECK(codes("CREATE UNIQUE INDEX i ON t (a);") == "2020 2007");
  CHECK(codes("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);") == "2007");
  CHECK(codes("CREATE TABLE t (a int);\nCREATE UNIQUE INDEX i ON t (a);") == "");
  CHECK(codes("CREATE TABLE public.t (a int);\nCREATE INDEX i ON \"t\" (a);") == "");
  CHECK(codes("CREATE TABLE other.t (a int);\nCREATE INDEX i ON t (a);") == "2020");
  CHECK(codes("CREATE TABLE \"T\" (a int);\nCREATE INDEX i ON T (a);") == "2020");
  CHECK(codes("SELECT 1 AS a INTO t;\nCREATE INDEX i ON t (a);") == "");
}

TEST_CASE("an index is dropped CONCURRENTLY") {
  CHECK(codes("DROP INDEX i;") == "2021");
  CHECK(codes("DROP INDEX CONCURRENTLY IF EXISTS i;") == "");
  CHECK(codes("CREATE INDEX CONCURRENTLY i ON t (a);\nDROP INDEX i;") == "");
  CHECK(codes("DROP INDEX i, j;") == "2021 2021");
}

TEST_CASE("an index is built anew CONCURRENTLY") {
  CHECK(codes("REINDEX INDEX i;") == "2020");
  CHECK(codes("REINDEX TABLE CONCURRENTLY t;") == "");
  CHECK(codes("REINDEX (VERBOSE, CONCURRENTLY) TABLE t;") == "");
}

TEST_CASE("what cannot run in a transaction stands in none") {
  CHECK(codes("BEGIN;\nCREATE INDEX CONCURRENTLY i ON t (a);\nCOMMIT;") == "2030");
  CHECK(codes("-- instar: transaction\nCREATE INDEX CONCURRENTLY i ON t (a);") == "2030");
  CHECK(codes("-- instar: no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);") == "");
  CHECK(codes("-- instar: transaction\nSELECT 1;\n-- instar: no-transaction\nDROP INDEX CONCURRENTLY i;") == "");
  CHECK(codes("CREATE INDEX CONCURRENTLY i ON t (a);\nSELECT 1;") == "");
}

TEST_CASE("a key takes an index that is there") {
  CHECK(codes("ALTER TABLE t ADD CONSTRAINT k UNIQUE (a);") == "2007 2022");
  CHECK(codes("ALTER TABLE t ADD PRIMARY KEY (a);") == "2007 2022");
  CHECK(codes("ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX k;") == "");
  CHECK(codes("ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX k;") == "");
  CHECK(codes("CREATE TABLE t (a int);\nALTER TABLE t ADD PRIMARY KEY (a);") == "");
}

TEST_CASE("a required column goes through a validated check") {
  CHECK(codes("ALTER TABLE t ALTER COLUMN a SET NOT NULL;") == "2006 2023");
  CHECK(codes("-- instar: no-transaction\nALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID;\n"
              "ALTER TABLE t VALIDATE CONSTRAINT c;\nALTER TABLE t ALTER COLUMN \"a\" SET NOT NULL;") == "");
  // Not yet validated, and another column.
  CHECK(codes("ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID;\nALTER TABLE t ALTER a SET NOT NULL;") ==
        "2006 2023");
  CHECK(codes("-- instar: no-transaction\nALTER TABLE t ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID;\n"
              "ALTER TABLE t VALIDATE CONSTRAINT c;\nALTER TABLE t ALTER a SET NOT NULL;") == "2006 2023");
}

TEST_CASE("a required column that is new has a default") {
  CHECK(codes("ALTER TABLE t ADD COLUMN a int NOT NULL;") == "2005");
  CHECK(codes("ALTER TABLE t ADD COLUMN a int NOT NULL DEFAULT 0;") == "");
  CHECK(codes("ALTER TABLE t ADD COLUMN a int;") == "");
  CHECK(codes("ALTER TABLE t ADD a int NOT NULL DEFAULT NULL;") == "2005");
}

TEST_CASE("a new column does not write every row") {
  CHECK(codes("ALTER TABLE t ADD a uuid DEFAULT gen_random_uuid();") == "2024");
  CHECK(codes("ALTER TABLE t ADD a timestamptz DEFAULT now() NOT NULL;") == "");
  CHECK(codes("ALTER TABLE t ADD a numeric(10, 2) DEFAULT (1 + 1);") == "");
  CHECK(codes("ALTER TABLE t ADD a bigserial;") == "2024");
  CHECK(codes("ALTER TABLE t ADD a bigint GENERATED BY DEFAULT AS IDENTITY;") == "2024");
  CHECK(codes("ALTER TABLE t ADD a int GENERATED ALWAYS AS (b + 1) STORED;") == "2024");
  CHECK(codes("ALTER TABLE t ADD a int GENERATED ALWAYS AS (b + 1) VIRTUAL;") == "");
  CHECK(codes("CREATE TABLE t (b int);\nALTER TABLE t ADD a bigserial;") == "");
}

TEST_CASE("a new column brings no constraint that reads all rows") {
  CHECK(codes("ALTER TABLE t ADD a int DEFAULT 1 CHECK (valid(a));") == "2026");
  CHECK(codes("ALTER TABLE t ADD a int REFERENCES o (id);") == "2025");
  CHECK(codes("ALTER TABLE t ADD a int UNIQUE;") == "2022");
  CHECK(codes("ALTER TABLE t ADD a int DEFAULT 1 UNIQUE;") == "2007 2022");
}

TEST_CASE("a foreign key is NOT VALID first") {
  CHECK(codes("ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES o (id);") == "2010 2025");
  CHECK(codes("ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES o (id) ON DELETE CASCADE NOT VALID;") == "");
  CHECK(codes("CREATE TABLE t (a int REFERENCES o (id));") == "");
}

TEST_CASE("a check is NOT VALID first") {
  CHECK(codes("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);") == "2009 2026");
  CHECK(codes("ALTER TABLE t ADD CHECK (a > 0);") == "2009 2026");
  CHECK(codes("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;") == "");
  CHECK(codes("ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID;") == "");
}

TEST_CASE("a constraint is not validated in the transaction that adds it") {
  constexpr std::string_view both = "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;\n"
                                    "ALTER TABLE t VALIDATE CONSTRAINT c;\n";
  CHECK(codes(both) == "2037");
  CHECK(codes("-- instar: no-transaction\n" + std::string{both}) == "");
  CHECK(codes("-- instar: transaction\nALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;\n"
              "-- instar: transaction\nALTER TABLE t VALIDATE CONSTRAINT c;\n") == "");
  CHECK(codes("ALTER TABLE t VALIDATE CONSTRAINT c;") == "");
}

TEST_CASE("an exclusion in a script has no online way") {
  CHECK(codes("ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (r WITH &&);") == "2009 2027");
  CHECK(codes("CREATE TABLE t (r int4range);\nALTER TABLE t ADD EXCLUDE USING gist (r WITH &&);") == "");
}

TEST_CASE("a type may rewrite the table") {
  CHECK(codes("ALTER TABLE t ALTER COLUMN a TYPE bigint;") == "2028");
  CHECK(codes("ALTER TABLE t ALTER a SET DATA TYPE bigint USING a::bigint, ADD b int;") == "2028");
  CHECK(codes("ALTER TABLE t ALTER a SET DEFAULT 1;") == "");
  CHECK(codes("ALTER TABLE t ALTER a SET STATISTICS 100;") == "");
}

TEST_CASE("NULL comes as a surprise to programs") {
  CHECK(codes("ALTER TABLE t ALTER a DROP NOT NULL;") == "2043");
  CHECK(codes("ALTER TABLE t ALTER a DROP DEFAULT;") == "");
}

TEST_CASE("what is dropped is lost") {
  CHECK(codes("DROP TABLE t;") == "2001");
  CHECK(codes("DROP TABLE IF EXISTS a, b;") == "2001 2001");
  CHECK(codes("CREATE TABLE t (a int);\nDROP TABLE t;") == "");
  CHECK(codes("CREATE TABLE t (a int);\nDROP TABLE t;\nDROP TABLE t;") == "2001");
  CHECK(codes("ALTER TABLE t DROP COLUMN a;") == "2002");
  CHECK(codes("ALTER TABLE t DROP a, DROP b;") == "2002 2002");
  CHECK(codes("ALTER TABLE t ADD a int;\nALTER TABLE t DROP a;") == "");
  CHECK(codes("ALTER TABLE t DROP CONSTRAINT c;") == "");
  CHECK(codes("DROP DATABASE d;") == "2044");
  CHECK(codes("DROP SEQUENCE s;") == "2015");
  CHECK(codes("CREATE SEQUENCE s;\nDROP SEQUENCE s;") == "");
  CHECK(codes("DROP VIEW v;") == "");
}

TEST_CASE("a sequence may have gone beyond the bounds that it gets") {
  CHECK(codes("ALTER SEQUENCE s MAXVALUE 100;") == "2019");
  CHECK(codes("ALTER SEQUENCE IF EXISTS s INCREMENT -1 NO MINVALUE NO MAXVALUE;") == "2019");
  CHECK(codes("ALTER SEQUENCE s AS smallint;") == "2019");
  CHECK(codes("ALTER SEQUENCE s AS bigint;") == "");
  CHECK(codes("ALTER SEQUENCE s INCREMENT 10 CACHE 20;") == "");
  CHECK(codes("ALTER SEQUENCE s MAXVALUE 100 RESTART WITH 1;") == "");
  CHECK(codes("CREATE SEQUENCE s;\nALTER SEQUENCE s MAXVALUE 100;") == "");
}

TEST_CASE("CASCADE drops what nothing names") {
  CHECK(codes("DROP TABLE t CASCADE;") == "2001 2017");
  CHECK(codes("DROP SCHEMA s CASCADE;") == "2017");
  CHECK(codes("DROP SCHEMA s;") == "");
  CHECK(codes("DROP VIEW v CASCADE;") == "2017");
  CHECK(codes("ALTER TABLE t DROP CONSTRAINT c CASCADE;") == "2017");
  CHECK(codes("ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES o ON DELETE CASCADE NOT VALID;") == "");
  CHECK(codes("DROP OWNED BY r;") == "2017");
}

TEST_CASE("what bodies of functions use is known to nobody") {
  CHECK(codes("DROP FUNCTION f(int, text);") == "2016");
  CHECK(codes("DROP TYPE ty;") == "2016");
  CHECK(codes("DROP EXTENSION hstore;") == "2016");
  CHECK(
      codes(
          "DROP FUNCTION IF EXISTS f(int);\nCREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ SELECT "
          "1; $$;") == "");
  CHECK(codes("CREATE TYPE ty AS ENUM ('a');\nDROP TYPE ty;") == "");
}

TEST_CASE("a table is not emptied") {
  CHECK(codes("TRUNCATE t, o;") == "2018 2018");
  CHECK(codes("TRUNCATE TABLE t CASCADE;") == "2018 2017");
  CHECK(codes("DELETE FROM t;") == "2018");
  CHECK(codes("DELETE FROM t WHERE a = 1;") == "");
  CHECK(codes("CREATE TABLE t (a int);\nTRUNCATE t;\nDELETE FROM t;") == "");
}

TEST_CASE("rows are written in batches") {
  CHECK(codes("UPDATE t SET a = 1;") == "2035");
  CHECK(codes("UPDATE t SET a = 1 WHERE id < 1000;") == "");
  CHECK(codes("ALTER TABLE t ADD a int;\nUPDATE t SET a = 1 WHERE id < 1000;") == "2035");
  CHECK(codes("-- instar: no-transaction\nALTER TABLE t ADD a int;\nUPDATE t SET a = 1 WHERE id < 1000;") == "");
  CHECK(codes("CREATE TABLE t (a int);\nUPDATE t SET a = 1;") == "");
}

TEST_CASE("programs know old names") {
  CHECK(codes("ALTER TABLE t RENAME TO u;") == "2012");
  CHECK(codes("CREATE TABLE t (a int);\nALTER TABLE t RENAME TO u;\nDROP TABLE u;") == "");
  CHECK(codes("ALTER TABLE t SET SCHEMA s;") == "2012");
  CHECK(codes("ALTER SCHEMA s RENAME TO r;") == "2012");
  CHECK(codes("ALTER VIEW v RENAME TO w;") == "2012");
  CHECK(codes("ALTER TABLE t RENAME COLUMN a TO b;") == "2013");
  CHECK(codes("ALTER TABLE t RENAME a TO b;") == "2013");
  CHECK(codes("ALTER TABLE t ADD a int;\nALTER TABLE t RENAME a TO b;") == "");
  CHECK(codes("ALTER TABLE t RENAME CONSTRAINT a TO b;") == "");
  CHECK(codes("ALTER TYPE e RENAME VALUE 'a' TO 'b';") == "2014");
}

TEST_CASE("a new enum value is committed before it is used") {
  CHECK(codes("ALTER TYPE e ADD VALUE 'x';\nUPDATE t SET a = 'x' WHERE a = 'y';") == "2031");
  CHECK(codes("ALTER TYPE e ADD VALUE IF NOT EXISTS 'x' BEFORE 'y';\nALTER TABLE t ALTER a SET DEFAULT 'x';") ==
        "2031");
  CHECK(codes("-- instar: no-transaction\nALTER TYPE e ADD VALUE 'x';\n-- instar: transaction\n"
              "UPDATE t SET a = 'x' WHERE a = 'y';") == "");
  CHECK(codes("ALTER TYPE e ADD VALUE 'x';\nUPDATE t SET a = 'y' WHERE a = 'z';") == "");
}

TEST_CASE("the place of a used enum value is the value") {
  CHECK(place("SET lock_timeout = 1000;\nALTER TYPE e ADD VALUE 'x';\nUPDATE t SET a = 'x' WHERE b;") ==
        "'x' WHERE b;");
}

TEST_CASE("a lock is waited for with a timeout") {
  const auto waits = [](std::string_view script) {
    const auto found = found_in(script);
    return std::count_if(found.begin(), found.end(),
                         [](const lint_finding& f) { return f.hazard == instar::hazard::no_lock_timeout; });
  };
  CHECK(waits("ALTER TABLE t ADD a int;\nALTER TABLE u ADD a int;") == 1);
  CHECK(waits(std::string{timeout} + "ALTER TABLE t ADD a int;") == 0);
  CHECK(waits("SET LOCAL lock_timeout TO '2s';\nALTER TABLE t ADD a int;") == 0);
  CHECK(waits("-- instar: no-transaction\nSET LOCAL lock_timeout TO '2s';\nALTER TABLE t ADD a int;") == 1);
  CHECK(waits("SET lock_timeout = 0;\nALTER TABLE t ADD a int;") == 1);
  CHECK(waits("SELECT set_config('lock_timeout', '2s', false);\nALTER TABLE t ADD a int;") == 0);
  CHECK(waits("CREATE TABLE t (a int);\nALTER TABLE t ADD b int;") == 0);
  CHECK(waits("CREATE INDEX CONCURRENTLY i ON t (a);") == 0);
}

TEST_CASE("a whole table is not written anew") {
  CHECK(codes("VACUUM FULL t;") == "2032");
  CHECK(codes("VACUUM (ANALYZE, FULL) t;") == "2032");
  CHECK(codes("VACUUM t;") == "");
  CHECK(codes("CLUSTER t USING i;") == "2032");
  CHECK(codes("ALTER TABLE t SET UNLOGGED;") == "2032");
  CHECK(codes("ALTER TABLE t SET TABLESPACE s;") == "2032");
  CHECK(codes("ALTER TABLE t SET (fillfactor = 70);") == "");
}

TEST_CASE("a materialized view is refreshed CONCURRENTLY") {
  CHECK(codes("REFRESH MATERIALIZED VIEW v;") == "2033");
  CHECK(codes("REFRESH MATERIALIZED VIEW CONCURRENTLY v;") == "");
  CHECK(codes("DROP MATERIALIZED VIEW v;\nCREATE MATERIALIZED VIEW v AS SELECT 1;") == "2033");
  CHECK(codes("CREATE MATERIALIZED VIEW v AS SELECT 1;\nREFRESH MATERIALIZED VIEW v;") == "");
}

TEST_CASE("a partition comes and goes without a lock on its parent") {
  CHECK(codes("ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1);") == "2034");
  CHECK(codes("CREATE TABLE p (a int);\nALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1);") == "");
  CHECK(codes("ALTER TABLE t DETACH PARTITION p;") == "2034");
  CHECK(codes("ALTER TABLE t DETACH PARTITION p CONCURRENTLY;") == "");
  CHECK(codes("CREATE TABLE p PARTITION OF t FOR VALUES IN (1);") == "2034");
  CHECK(codes("CREATE TABLE t (a int) PARTITION BY LIST (a);\nCREATE TABLE p PARTITION OF t FOR VALUES IN (1);") == "");
}

TEST_CASE("a domain's constraint is NOT VALID first") {
  CHECK(codes("ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0);") == "2045");
  CHECK(codes("ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0) NOT VALID;") == "");
  CHECK(codes("ALTER DOMAIN d SET NOT NULL;") == "2045");
  CHECK(codes("ALTER DOMAIN d DROP CONSTRAINT c;") == "");
}

TEST_CASE("rows are guarded as before") {
  CHECK(codes("ALTER TABLE t DISABLE TRIGGER ALL;") == "2039");
  CHECK(codes("ALTER TABLE t ENABLE ROW LEVEL SECURITY;") == "2039");
  CHECK(codes("ALTER TABLE t REPLICA IDENTITY NOTHING;") == "2039");
  CHECK(codes("DROP POLICY p ON t;") == "2039");
  CHECK(codes("DROP TRIGGER r ON t;") == "2039");
  CHECK(codes("DROP TRIGGER r ON t;\nCREATE TRIGGER r AFTER INSERT ON t EXECUTE FUNCTION f();") == "");
  CHECK(codes("REVOKE SELECT ON t FROM r;") == "2039");
  CHECK(codes("GRANT SELECT ON t TO r;") == "");
  CHECK(codes("CREATE TABLE t (a int);\nALTER TABLE t ENABLE ROW LEVEL SECURITY;") == "");
}

TEST_CASE("transactions are opened and closed in pairs") {
  CHECK(codes("BEGIN;\nSELECT 1;") == "2036");
  CHECK(codes("BEGIN;\nBEGIN;\nCOMMIT;") == "2036");
  CHECK(codes("SELECT 1;\nCOMMIT;") == "2036");
  CHECK(codes("BEGIN;\nSAVEPOINT s;\nROLLBACK TO s;\nRELEASE s;\nCOMMIT;") == "");
  CHECK(codes("-- instar: transaction\nBEGIN;\nSELECT 1;\nCOMMIT;\n-- instar: transaction\nBEGIN;\nCOMMIT;") == "");
}

TEST_CASE("PostgreSQL cuts long names") {
  const std::string long_name(64, 'n');
  CHECK(codes("CREATE TABLE " + long_name + " (a int);") == "2038");
  CHECK(codes("CREATE TABLE t (\"" + long_name + "\" int);") == "2038");
  CHECK(codes("CREATE TABLE " + long_name.substr(1) + " (a int);") == "");
  CHECK(codes("SELECT '" + long_name + "';") == "");
  CHECK(on_sqlite("CREATE TABLE " + long_name + " (a int);") == "");
}

TEST_CASE("what stands in a body or a text is no statement") {
  CHECK(codes("DO $$ BEGIN DROP TABLE t; END $$;") == "");
  CHECK(codes("SELECT 'DROP TABLE t';") == "");
  CHECK(codes("COMMENT ON TABLE t IS 'x CASCADE';") == "");
}

TEST_CASE("a finding says what it is about and where") {
  constexpr std::string_view script =
      "SET lock_timeout = 1;\n\n-- why\nALTER TABLE app.users ADD a int, DROP COLUMN \"E mail\";\n";
  const auto found = found_in(script);
  REQUIRE(found.size() == 1);
  CHECK(found[0].table == "app.users");
  CHECK(found[0].column == "E mail");
  CHECK(script.substr(found[0].offset).starts_with("DROP COLUMN"));
  CHECK(found[0].message == "Drops column `app.users.E mail` with all its values.");
}

// ---- SQLite ----

TEST_CASE("SQLite: a table is made anew with foreign keys off") {
  constexpr std::string_view rebuild = "CREATE TABLE new_t (a INTEGER);\nINSERT INTO new_t (a) SELECT a FROM t;\n"
                                       "DROP TABLE t;\nALTER TABLE new_t RENAME TO t;\n";
  CHECK(on_sqlite("PRAGMA foreign_keys = OFF;\n" + std::string{rebuild}) == "2040");
  CHECK(on_sqlite(rebuild) == "2046");
  CHECK(on_sqlite("PRAGMA foreign_keys=ON;\n" + std::string{rebuild}) == "2046");
  // Nothing was copied.
  CHECK(on_sqlite("CREATE TABLE u (a INTEGER);\nDROP TABLE t;\nALTER TABLE u RENAME TO t;") == "2001");
}

TEST_CASE("SQLite: a required column has a default") {
  CHECK(on_sqlite("ALTER TABLE t ADD COLUMN a TEXT NOT NULL;") == "2005");
  CHECK(on_sqlite("ALTER TABLE t ADD COLUMN a TEXT NOT NULL DEFAULT '';") == "");
}

TEST_CASE("SQLite: what is dropped, emptied and renamed") {
  CHECK(on_sqlite("ALTER TABLE t DROP COLUMN a;") == "2002");
  CHECK(on_sqlite("DROP TABLE t;") == "2001");
  CHECK(on_sqlite("DELETE FROM t;") == "2018");
  CHECK(on_sqlite("ALTER TABLE t RENAME TO u;") == "2012");
  CHECK(on_sqlite("CREATE UNIQUE INDEX i ON t (a);") == "2007");
  CHECK(on_sqlite("CREATE INDEX i ON t (a);\nDROP INDEX i;\nUPDATE t SET a = 1;") == "");
}

TEST_CASE("SQLite: a quoted name that is none is a text") {
  constexpr std::string_view script = "CREATE TABLE t (a TEXT, \"b\" TEXT, CHECK (\"a\" <> \"c\"));";
  CHECK(on_sqlite(script) == "2047");
  CHECK(place(script, instar::sqlite) == "\"c\"));");
  CHECK(on_sqlite("CREATE TABLE t (a TEXT CHECK (\"A\" <> 'c' AND \"t\".\"a\" <> ''));") == "");
  CHECK(on_sqlite("CREATE TABLE t (a TEXT);\nCREATE INDEX i ON t (\"z\");") == "2047");
  CHECK(on_sqlite("CREATE TABLE t (a TEXT);\nCREATE INDEX i ON t (a) WHERE \"a\" > 0;") == "");
  CHECK(codes("CREATE TABLE t (a text, CHECK (a <> \"c\"));") == "");
}

// ---- ignores ----

TEST_CASE("a hazard is ignored by its code and with a reason") {
  CHECK(codes("SELECT 1;\n-- instar: ignore INS2001 because it is empty\nDROP TABLE t;") == "");
  CHECK(codes("SELECT 1;\n-- instar: ignore INS2001, INS2017 because it is empty\nDROP TABLE t CASCADE;") == "");
  CHECK(codes("SELECT 1;\n-- instar: ignore INS2001 because it is empty\nDROP TABLE t CASCADE;") == "2017");
  // Only of the statement below, unless it stands on top.
  CHECK(codes("SELECT 1;\n-- instar: ignore INS2001 because it is empty\nDROP TABLE t;\nDROP TABLE u;") == "2001");
  CHECK(codes("-- instar: ignore INS2001 because they are empty\n\nDROP TABLE t;\nDROP TABLE u;") == "");
}

TEST_CASE("what somebody agreed to lose is no news") {
  CHECK(codes("-- instar: at most 1 row, INS2002 drops column t.a: SELECT count(a) FROM t\nALTER TABLE t DROP a;") ==
        "");
  CHECK(codes("-- instar: at most 1 row, INS2002 drops column t.a: SELECT count(a) FROM t\nDROP TABLE u;") == "2001");
}

TEST_CASE("an ignore without a reason ignores nothing, and says so") {
  CHECK(codes("-- instar: ignore INS2001\nDROP TABLE t;") == "2041 2001");
  CHECK(codes("-- instar: ignore INS2001 because\nDROP TABLE t;") == "2041 2001");
}

TEST_CASE("an ignore that has nothing to ignore says so") {
  CHECK(codes("-- instar: ignore INS2001 because it is empty\nSELECT 1;") == "2042");
  CHECK(codes("SELECT 1;\n-- instar: ignore INS2001 because it is empty\nDROP VIEW t;\nDROP TABLE u;") == "2042 2001");
  CHECK(codes("-- instar: ignore INS9999 because I can\nSELECT 1;") == "2042");
  CHECK(codes("SELECT 1;\n-- instar: ignore INS2001 because it is the end\n") == "2042");
}

TEST_CASE("what cannot be split is an error") {
  CHECK_THROWS_AS(found_in("\\d users\n"), instar::script_error);
  CHECK_THROWS_AS(found_in("SELECT 'a"), instar::script_error);
}

TEST_CASE("an empty script has nothing to say") {
  CHECK(found_in("").empty());
  CHECK(found_in("-- nothing\n;").empty());
}
