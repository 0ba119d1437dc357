// What each kind of step is in the words of each database.
#include "sql/pairs/keys.hpp"
#include "sql/statements.hpp"

#include "support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alter_test {

using instar_test::statements;
using std::int64_t;

// A column that changes, in a table of a schema.
#define VERSION(NAME, C_TYPE, ...)                                                                                     \
  namespace NAME {                                                                                                     \
  struct T {                                                                                                           \
    int64_t id;                                                                                                        \
    C_TYPE c;                                                                                                          \
  };                                                                                                                   \
  INSTAR_MODEL(T, "s.t", (id), (c __VA_OPT__(, ) __VA_ARGS__))                                                         \
  inline constexpr auto schema = instar::schema<T>();                                                                  \
  }
using number = int64_t;
using maybe_number = std::optional<int64_t>;
using numbers = std::vector<int64_t>;
using text = std::string;
namespace without {
struct T {
  int64_t id;
};
INSTAR_MODEL(T, "s.t", (id))
inline constexpr auto schema = instar::schema<T>();
}  // namespace without
VERSION(plain, number)
VERSION(nullable, maybe_number)
VERSION(defaulted, number, default_value(7))
VERSION(identity, number, identity)
VERSION(identity_always, number, identity_always)
VERSION(generated, number, generated_always_as("id + 1"))
VERSION(array, numbers)
VERSION(as_text, text)
VERSION(collated, text, collate("NOCASE"))
VERSION(collated_array, std::vector<text>, collate("NOCASE"))
VERSION(varying, text, varchar<20>, collate("C"))
VERSION(commented, number, comment("it's why"))
VERSION(renamed, number, column("new \"name\""), renamed_from("c"))
VERSION(uniquely, number, unique)
VERSION(checked, number, check("c > 0"))
VERSION(indexed, number, index)
VERSION(filled, number, default_value(7), backfill_sql("id * 2"))
VERSION(converted, text, convert_using("'n' || c"))
VERSION(truth, bool)
using moment = std::chrono::sys_time<std::chrono::microseconds>;
VERSION(momentary, moment)

// The same over the table's own words.
#define TABLE(NAME, TABLE_NAME, ...)                                                                                   \
  namespace NAME {                                                                                                     \
  struct T {                                                                                                           \
    int64_t id;                                                                                                        \
    int64_t c;                                                                                                         \
  };                                                                                                                   \
  INSTAR_MODEL(T, TABLE_NAME, (id), (c)__VA_OPT__(, ) __VA_ARGS__)                                                     \
  inline constexpr auto schema = instar::schema<T>();                                                                  \
  }
TABLE(bare, "t")
TABLE(moved, "s.u", renamed_from("t"))
TABLE(moved_back, "t", renamed_from("s.u"))
TABLE(commented_table, "t", comment("what"))
TABLE(everything, "t", primary_key(&T::id), unique(&T::c).initially_deferred(), check("c > 0"), index(&T::c),
      exclude(column(&T::c).with("=")), foreign_key(&T::c).references(&T::id).on_delete(cascade))
TABLE(everything_named, "t", primary_key(&T::id).named("a"), unique(&T::c).initially_deferred().named("b"),
      check("c > 0").named("c"), index(&T::c).named("d"), exclude(column(&T::c).with("=")).named("e"),
      foreign_key(&T::c).references(&T::id).on_delete(cascade).named("f"))
TABLE(index_only, "t", unique(&T::id), index(&T::c))
TABLE(index_only_named, "t", unique(&T::id).named("by_id"), index(&T::c).named("by_c"))
inline constexpr auto nothing = instar::schema<>();

}  // namespace alter_test

#define POSTGRES(BEFORE, AFTER) statements<instar::postgres, alter_test::BEFORE::schema, alter_test::AFTER::schema>()
#define SQLITE(BEFORE, AFTER) statements<instar::sqlite, alter_test::BEFORE::schema, alter_test::AFTER::schema>()

using namespace alter_test;

TEST_CASE("PostgreSQL: a column comes and goes") {
  STATIC_REQUIRE(POSTGRES(without, plain) == "ALTER TABLE \"s\".\"t\" ADD COLUMN \"c\" bigint NOT NULL;\n");
  STATIC_REQUIRE(POSTGRES(plain, without) == "ALTER TABLE \"s\".\"t\" DROP COLUMN \"c\";\n");
  STATIC_REQUIRE(POSTGRES(plain, renamed) == R"(ALTER TABLE "s"."t" RENAME COLUMN "c" TO "new ""name""";
)");
}

TEST_CASE("PostgreSQL: NULLs, defaults, identity and comments of a column") {
  STATIC_REQUIRE(POSTGRES(plain, nullable) == "ALTER TABLE \"s\".\"t\" ALTER COLUMN \"c\" DROP NOT NULL;\n");
  STATIC_REQUIRE(POSTGRES(nullable, plain) == "ALTER TABLE \"s\".\"t\" ALTER COLUMN \"c\" SET NOT NULL;\n");
  STATIC_REQUIRE(POSTGRES(nullable, defaulted) == R"(ALTER TABLE "s"."t" ALTER COLUMN "c" SET DEFAULT 7;
UPDATE "s"."t" SET "c" = DEFAULT WHERE "c" IS NULL;
ALTER TABLE "s"."t" ALTER COLUMN "c" SET NOT NULL;
)");
  STATIC_REQUIRE(POSTGRES(defaulted, plain) == "ALTER TABLE \"s\".\"t\" ALTER COLUMN \"c\" DROP DEFAULT;\n");
  STATIC_REQUIRE(POSTGRES(plain, identity) ==
                 R"(ALTER TABLE "s"."t" ALTER COLUMN "c" ADD GENERATED BY DEFAULT AS IDENTITY;
SELECT setval(pg_get_serial_sequence('"s"."t"', 'c'), max("c")) FROM "s"."t" HAVING max("c") IS NOT NULL;
)");
  STATIC_REQUIRE(POSTGRES(identity, identity_always) ==
                 "ALTER TABLE \"s\".\"t\" ALTER COLUMN \"c\" SET GENERATED ALWAYS;\n");
  STATIC_REQUIRE(POSTGRES(identity_always, identity) ==
                 "ALTER TABLE \"s\".\"t\" ALTER COLUMN \"c\" SET GENERATED BY DEFAULT;\n");
  STATIC_REQUIRE(POSTGRES(identity, plain) == "ALTER TABLE \"s\".\"t\" ALTER COLUMN \"c\" DROP IDENTITY;\n");
  STATIC_REQUIRE(POSTGRES(plain, commented) == "COMMENT ON COLUMN \"s\".\"t\".\"c\" IS 'it''s why';\n");
  STATIC_REQUIRE(POSTGRES(commented, plain) == "COMMENT ON COLUMN \"s\".\"t\".\"c\" IS NULL;\n");
}

TEST_CASE("PostgreSQL: a column's type, with how its values convert") {
  STATIC_REQUIRE(POSTGRES(plain, as_text) == R"(ALTER TABLE "s"."t" ALTER COLUMN "c" TYPE text USING "c"::text;
)");
  STATIC_REQUIRE(
      POSTGRES(plain, array) ==
      R"(ALTER TABLE "s"."t" ALTER COLUMN "c" TYPE bigint[] USING CASE WHEN "c" IS NULL THEN NULL ELSE ARRAY["c"] END::bigint[];
)");
  STATIC_REQUIRE(POSTGRES(array, plain) ==
                 R"(ALTER TABLE "s"."t" ALTER COLUMN "c" TYPE bigint USING ("c")[1]::bigint;
)");
  STATIC_REQUIRE(POSTGRES(as_text, collated) == R"(ALTER TABLE "s"."t" ALTER COLUMN "c" TYPE text COLLATE "NOCASE";
)");
  STATIC_REQUIRE(POSTGRES(as_text, varying) ==
                 R"(ALTER TABLE "s"."t" ALTER COLUMN "c" TYPE varchar(20) COLLATE "C" USING "c"::varchar(20);
)");
}

TEST_CASE("PostgreSQL: a conversion that is said, and one that takes two casts") {
  STATIC_REQUIRE(POSTGRES(plain, converted) == R"(ALTER TABLE "s"."t" ALTER COLUMN "c" TYPE text USING ('n' || c);
)");
  STATIC_REQUIRE(POSTGRES(truth, plain) ==
                 "ALTER TABLE \"s\".\"t\" ALTER COLUMN \"c\" TYPE bigint USING \"c\"::integer::bigint;\n");
  STATIC_REQUIRE(POSTGRES(plain, truth) ==
                 "ALTER TABLE \"s\".\"t\" ALTER COLUMN \"c\" TYPE boolean USING \"c\" <> 0;\n");
}

TEST_CASE("PostgreSQL: where there is no cast, a column is dropped and added, and the plan says that it loses all") {
  STATIC_REQUIRE(POSTGRES(plain, momentary) == R"(ALTER TABLE "s"."t" DROP COLUMN "c";
ALTER TABLE "s"."t" ADD COLUMN "c" timestamptz NOT NULL;
)");
  constexpr auto& plan = instar::diff<plain::schema, momentary::schema>;
  STATIC_REQUIRE(plan.has(instar::hazard::no_conversion));
  STATIC_REQUIRE(plan.has(instar::hazard::needs_value));
  STATIC_REQUIRE_FALSE(plan.has(instar::hazard::drops_column));
  STATIC_REQUIRE(plan.loses_data());
}

TEST_CASE("PostgreSQL: rows are filled before a default could") {
  STATIC_REQUIRE(POSTGRES(without, filled) == R"(ALTER TABLE "s"."t" ADD COLUMN "c" bigint;
ALTER TABLE "s"."t" ALTER COLUMN "c" SET DEFAULT 7;
UPDATE "s"."t" SET "c" = (id * 2) WHERE "c" IS NULL;
ALTER TABLE "s"."t" ALTER COLUMN "c" SET NOT NULL;
)");
  STATIC_REQUIRE_FALSE(instar::diff<without::schema, filled::schema>.has(instar::hazard::needs_value));
  STATIC_REQUIRE(POSTGRES(nullable, filled) == R"(ALTER TABLE "s"."t" ALTER COLUMN "c" SET DEFAULT 7;
UPDATE "s"."t" SET "c" = (id * 2) WHERE "c" IS NULL;
ALTER TABLE "s"."t" ALTER COLUMN "c" SET NOT NULL;
)");
  STATIC_REQUIRE(POSTGRES(plain, filled) == "ALTER TABLE \"s\".\"t\" ALTER COLUMN \"c\" SET DEFAULT 7;\n");
}

TEST_CASE("PostgreSQL: generated columns") {
  STATIC_REQUIRE(POSTGRES(generated, plain) == "ALTER TABLE \"s\".\"t\" ALTER COLUMN \"c\" DROP EXPRESSION;\n");
  STATIC_REQUIRE(POSTGRES(plain, generated) == R"(ALTER TABLE "s"."t" DROP COLUMN "c";
ALTER TABLE "s"."t" ADD COLUMN "c" bigint GENERATED ALWAYS AS (id + 1) STORED NOT NULL;
)");
}

TEST_CASE("PostgreSQL: keys, constraints and indexes come, go and take other names") {
  STATIC_REQUIRE(POSTGRES(bare, everything) == R"(ALTER TABLE "t" ADD CONSTRAINT "t_pkey" PRIMARY KEY ("id");
ALTER TABLE "t" ADD CONSTRAINT "t_c_key" UNIQUE ("c") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "t" ADD CONSTRAINT "t_check" CHECK (c > 0);
ALTER TABLE "t" ADD CONSTRAINT "t_c_excl" EXCLUDE USING gist ("c" WITH =);
CREATE INDEX "t_c_idx" ON "t" ("c");
ALTER TABLE "t" ADD CONSTRAINT "t_c_fkey" FOREIGN KEY ("c") REFERENCES "t" ("id") ON DELETE CASCADE;
)");
  STATIC_REQUIRE(POSTGRES(everything, bare) == R"(ALTER TABLE "t" DROP CONSTRAINT "t_c_fkey";
ALTER TABLE "t" DROP CONSTRAINT "t_c_excl";
ALTER TABLE "t" DROP CONSTRAINT "t_check";
DROP INDEX "t_c_idx";
ALTER TABLE "t" DROP CONSTRAINT "t_c_key";
ALTER TABLE "t" DROP CONSTRAINT "t_pkey";
)");
  STATIC_REQUIRE(POSTGRES(everything, everything_named) == R"(ALTER TABLE "t" RENAME CONSTRAINT "t_pkey" TO "a";
ALTER TABLE "t" RENAME CONSTRAINT "t_c_key" TO "b";
ALTER TABLE "t" RENAME CONSTRAINT "t_check" TO "c";
ALTER TABLE "t" RENAME CONSTRAINT "t_c_excl" TO "e";
ALTER TABLE "t" RENAME CONSTRAINT "t_c_fkey" TO "f";
ALTER INDEX "t_c_idx" RENAME TO "d";
)");
  // An index is found in its table's schema.
  STATIC_REQUIRE(POSTGRES(indexed, plain) == "DROP INDEX \"s\".\"t_c_idx\";\n");
}

TEST_CASE("PostgreSQL: a table takes another name and schema, and lets go of what it had under its old one") {
  STATIC_REQUIRE(POSTGRES(bare, moved) == R"(CREATE SCHEMA IF NOT EXISTS "s";
ALTER TABLE "t" RENAME TO "u";
ALTER TABLE "u" SET SCHEMA "s";
)");
  STATIC_REQUIRE(POSTGRES(moved, moved_back) == R"(ALTER TABLE "s"."u" RENAME TO "t";
ALTER TABLE "s"."t" SET SCHEMA "public";
)");
  STATIC_REQUIRE(POSTGRES(everything, moved) == R"(CREATE SCHEMA IF NOT EXISTS "s";
ALTER TABLE "t" DROP CONSTRAINT "t_c_fkey";
ALTER TABLE "t" DROP CONSTRAINT "t_c_excl";
ALTER TABLE "t" DROP CONSTRAINT "t_check";
DROP INDEX "t_c_idx";
ALTER TABLE "t" DROP CONSTRAINT "t_c_key";
ALTER TABLE "t" DROP CONSTRAINT "t_pkey";
ALTER TABLE "t" RENAME TO "u";
ALTER TABLE "u" SET SCHEMA "s";
)");
  STATIC_REQUIRE(POSTGRES(bare, commented_table) == "COMMENT ON TABLE \"t\" IS 'what';\n");
  STATIC_REQUIRE(POSTGRES(commented_table, bare) == "COMMENT ON TABLE \"t\" IS NULL;\n");
}

TEST_CASE("SQLite: what ALTER TABLE can do is done by it") {
  STATIC_REQUIRE(SQLITE(without, nullable) == "ALTER TABLE \"t\" ADD COLUMN \"c\" INTEGER;\n");
  STATIC_REQUIRE(SQLITE(without, defaulted) == "ALTER TABLE \"t\" ADD COLUMN \"c\" INTEGER NOT NULL DEFAULT 7;\n");
  STATIC_REQUIRE(SQLITE(plain, without) == "ALTER TABLE \"t\" DROP COLUMN \"c\";\n");
  STATIC_REQUIRE(SQLITE(plain, renamed) == R"(ALTER TABLE "t" RENAME COLUMN "c" TO "new ""name""";
)");
  STATIC_REQUIRE(SQLITE(plain, uniquely) == "CREATE UNIQUE INDEX \"t_c_key\" ON \"t\" (\"c\");\n");
  STATIC_REQUIRE(SQLITE(uniquely, plain) == "DROP INDEX \"t_c_key\";\n");
  STATIC_REQUIRE(SQLITE(plain, indexed) == "CREATE INDEX \"t_c_idx\" ON \"t\" (\"c\");\n");
  STATIC_REQUIRE(SQLITE(indexed, plain) == "DROP INDEX \"t_c_idx\";\n");
  STATIC_REQUIRE(SQLITE(bare, moved) == "ALTER TABLE \"t\" RENAME TO \"u\";\n");
}

TEST_CASE("SQLite: what it does not know is nothing to do") {
  STATIC_REQUIRE(SQLITE(plain, commented) == "");
  STATIC_REQUIRE(SQLITE(bare, commented_table) == "");
}

TEST_CASE("SQLite: all else makes the table anew, with foreign keys off meanwhile") {
  STATIC_REQUIRE(SQLITE(plain, checked) == R"(PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = ON;
CREATE TABLE "new_t" (
    "id" INTEGER NOT NULL,
    "c" INTEGER NOT NULL,
    CONSTRAINT "t_c_check" CHECK (c > 0)
);
INSERT INTO "new_t" ("id", "c")
SELECT "id", "c"
FROM "t";
DROP TABLE "t";
ALTER TABLE "new_t" RENAME TO "t";
PRAGMA legacy_alter_table = OFF;
PRAGMA foreign_keys = ON;
)");
}

TEST_CASE("SQLite: a required column without a default is no column of ALTER TABLE") {
  STATIC_REQUIRE(SQLITE(without, plain) == R"(PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = ON;
CREATE TABLE "new_t" (
    "id" INTEGER NOT NULL,
    "c" INTEGER NOT NULL
);
INSERT INTO "new_t" ("id")
SELECT "id"
FROM "t";
DROP TABLE "t";
ALTER TABLE "new_t" RENAME TO "t";
PRAGMA legacy_alter_table = OFF;
PRAGMA foreign_keys = ON;
)");
}

namespace {

/// How a table that is made anew takes over its rows: the statement between CREATE and DROP.
template <const auto& Before, const auto& After>
constexpr std::string_view copied() {
  for (std::string_view statement : instar::migration_sql<instar::sqlite, Before, After>.statements)
    if (statement.substr(0, 12) == "INSERT INTO ")
      return statement;
  return {};
}

}  // namespace

TEST_CASE("SQLite: rows are taken over as they are, filled or converted") {
  STATIC_REQUIRE(copied<nullable::schema, defaulted::schema>() ==
                 "INSERT INTO \"new_t\" (\"id\", \"c\")\nSELECT \"id\", coalesce(\"c\", 7)\nFROM \"t\"");
  STATIC_REQUIRE(copied<plain::schema, array::schema>() ==
                 "INSERT INTO \"new_t\" (\"id\", \"c\")\nSELECT \"id\", CASE WHEN \"c\" IS NOT NULL THEN "
                 "json_array(\"c\") END\nFROM \"t\"");
  STATIC_REQUIRE(copied<array::schema, plain::schema>() ==
                 "INSERT INTO \"new_t\" (\"id\", \"c\")\nSELECT \"id\", json_extract(\"c\", '$[0]')\nFROM \"t\"");
  STATIC_REQUIRE(copied<plain::schema, as_text::schema>() ==
                 "INSERT INTO \"new_t\" (\"id\", \"c\")\nSELECT \"id\", \"c\"\nFROM \"t\"");
  // Arrays are texts, whatever is in them: only the collation changes.
  STATIC_REQUIRE(copied<array::schema, collated_array::schema>() ==
                 "INSERT INTO \"new_t\" (\"id\", \"c\")\nSELECT \"id\", \"c\"\nFROM \"t\"");
  // A generated column has no value to take.
  STATIC_REQUIRE(copied<plain::schema, generated::schema>() ==
                 "INSERT INTO \"new_t\" (\"id\")\nSELECT \"id\"\nFROM \"t\"");
}

TEST_CASE("SQLite: a dropped table is dropped with foreign keys off") {
  STATIC_REQUIRE(statements<instar::sqlite, bare::schema, nothing>() ==
                 "PRAGMA foreign_keys = OFF;\nDROP TABLE \"t\";\nPRAGMA foreign_keys = ON;\n");
  STATIC_REQUIRE(statements<instar::postgres, bare::schema, nothing>() == "DROP TABLE \"t\";\n");
}

TEST_CASE("SQLite: indexes that take other names are made anew, when all old names are free") {
  STATIC_REQUIRE(SQLITE(index_only, index_only_named) ==
                 "DROP INDEX \"t_id_key\";\nDROP INDEX \"t_c_idx\";\n"
                 "CREATE UNIQUE INDEX \"by_id\" ON \"t\" (\"id\");\nCREATE INDEX \"by_c\" ON \"t\" (\"c\");\n");
}

TEST_CASE("SQLite: no index is made while a table that is to go has its name") {
  namespace keys = pairs::keys;
  STATIC_REQUIRE(statements<instar::sqlite, keys::labelled::schema, keys::labelled_otherwise::schema>() ==
                 R"(PRAGMA foreign_keys = OFF;
CREATE TABLE "rooms" (
    "id" INTEGER NOT NULL
);
PRAGMA legacy_alter_table = ON;
CREATE TABLE "new_shelves" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "label" TEXT NOT NULL,
    "size" INTEGER
);
INSERT INTO "new_shelves" ("id", "label", "size")
SELECT "id", "label", "size"
FROM "shelves";
DROP TABLE "shelves";
ALTER TABLE "new_shelves" RENAME TO "shelves";
CREATE TABLE "new_boxes" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "label" TEXT NOT NULL,
    "size" INTEGER
);
INSERT INTO "new_boxes" ("id", "label", "size")
SELECT "id", "label", "size"
FROM "boxes";
DROP TABLE "boxes";
ALTER TABLE "new_boxes" RENAME TO "boxes";
CREATE UNIQUE INDEX "by_room" ON "rooms" ("id");
CREATE INDEX "by_size" ON "shelves" ("label", "size");
CREATE INDEX "by_label" ON "boxes" ("label", "size");
PRAGMA legacy_alter_table = OFF;
PRAGMA foreign_keys = ON;
)");
}

// A table that counts its rows, with triggers and a view over it.
namespace alter_test {

inline constexpr auto on_table =
    instar::trigger("on_t", "CREATE TRIGGER on_t AFTER DELETE ON t BEGIN SELECT 1; END", "DROP TRIGGER on_t");
inline constexpr auto elsewhere =
    instar::trigger("on_u", "CREATE TRIGGER on_u AFTER DELETE ON u BEGIN SELECT 1; END", "DROP TRIGGER on_u");
namespace counting {
struct T {
  int64_t id;
  int64_t c;
};
INSTAR_MODEL(T, "t", (id, primary_key, identity), (c, unique, index))
inline constexpr auto schema = instar::schema<T>(on_table, elsewhere, instar::view("v", "SELECT id FROM t"));
}  // namespace counting
namespace counting_on {
struct T {
  int64_t id;
  std::optional<int64_t> c;
};
INSTAR_MODEL(T, "t", (id, primary_key, identity), (c, unique, index))
inline constexpr auto schema = instar::schema<T>(on_table, elsewhere, instar::view("v", "SELECT id FROM t"));
}  // namespace counting_on

}  // namespace alter_test

TEST_CASE("SQLite: numbers, indexes, triggers and views survive that a table is made anew") {
  STATIC_REQUIRE(SQLITE(counting, counting_on) == R"(PRAGMA foreign_keys = OFF;
DROP TRIGGER on_t;
PRAGMA legacy_alter_table = ON;
CREATE TABLE "new_t" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "c" INTEGER
);
INSERT INTO "new_t" ("id", "c")
SELECT "id", "c"
FROM "t";
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_t', seq FROM sqlite_sequence WHERE name = 't'
  AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'new_t');
UPDATE sqlite_sequence SET seq = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('t', 'new_t')) WHERE name = 'new_t';
DROP TABLE "t";
ALTER TABLE "new_t" RENAME TO "t";
CREATE UNIQUE INDEX "t_c_key" ON "t" ("c");
CREATE INDEX "t_c_idx" ON "t" ("c");
CREATE TRIGGER on_t AFTER DELETE ON t BEGIN SELECT 1; END;
PRAGMA legacy_alter_table = OFF;
PRAGMA foreign_keys = ON;
)");
}

// Enums.
namespace alter_test {

#define ENUM(NAME, DEFAULT, VALUES, ...)                                                                               \
  namespace NAME {                                                                                                     \
  enum class State { VALUES };                                                                                         \
  INSTAR_ENUM(__VA_ARGS__)                                                                                             \
  struct T {                                                                                                           \
    int64_t id;                                                                                                        \
    State state;                                                                                                       \
    std::vector<State> history;                                                                                        \
  };                                                                                                                   \
  INSTAR_MODEL(T, "t", (id), (state DEFAULT), (history))                                                               \
  inline constexpr auto schema = instar::schema<T>();                                                                  \
  }
#define LIST(...) __VA_ARGS__
#define IS_A , default_value(State::a)
ENUM(abc, IS_A, LIST(a, b, c), (State, "s.state"), a, b, c)
ENUM(more, IS_A, LIST(x, a, y, b, c, z), (State, "s.state"), x, a, (y, "it's"), b, c, z)
ENUM(fewer, IS_A, LIST(a, c), (State, "s.state"), a, c)
ENUM(label, IS_A, LIST(a, b, c), (State, "s.state"), a, (b, "it's b", renamed_from("b")), c)
ENUM(first_renamed, IS_A, LIST(x, a, b, c), (State, "s.state"), x, (a, "A", renamed_from("a")), b, c)
ENUM(other_name, IS_A, LIST(a, b, c), (State, "s.phase", renamed_from("state"), comment("how far")), a, b, c)
ENUM(number_instead, , LIST(a, b, c), (State, "s.other"), a, b, c)

}  // namespace alter_test

TEST_CASE("PostgreSQL: an enum's values are added at their place and renamed") {
  STATIC_REQUIRE(POSTGRES(abc, more) == R"(ALTER TYPE "s"."state" ADD VALUE 'x' BEFORE 'a';
ALTER TYPE "s"."state" ADD VALUE 'it''s' AFTER 'a';
ALTER TYPE "s"."state" ADD VALUE 'z' AFTER 'c';
)");
  STATIC_REQUIRE(POSTGRES(abc, label) == "ALTER TYPE \"s\".\"state\" RENAME VALUE 'b' TO 'it''s b';\n");
  // The value before which another one is added has its new name by then.
  STATIC_REQUIRE(POSTGRES(abc, first_renamed) == R"(ALTER TYPE "s"."state" RENAME VALUE 'a' TO 'A';
ALTER TYPE "s"."state" ADD VALUE 'x' BEFORE 'A';
ALTER TABLE "t" ALTER COLUMN "state" SET DEFAULT 'A';
)");
  STATIC_REQUIRE(POSTGRES(abc, other_name) == R"(ALTER TYPE "s"."state" RENAME TO "phase";
COMMENT ON TYPE "s"."phase" IS 'how far';
)");
}

TEST_CASE("PostgreSQL: an enum is made anew under the columns that have it") {
  STATIC_REQUIRE(POSTGRES(abc, fewer) == R"(ALTER TYPE "s"."state" RENAME TO "state__old";
CREATE TYPE "s"."state" AS ENUM ('a', 'c');
ALTER TABLE "t"
    ALTER COLUMN "state" DROP DEFAULT,
    ALTER COLUMN "state" TYPE "s"."state" USING "state"::text::"s"."state",
    ALTER COLUMN "state" SET DEFAULT 'a',
    ALTER COLUMN "history" DROP DEFAULT,
    ALTER COLUMN "history" TYPE "s"."state"[] USING "history"::text[]::"s"."state"[];
DROP TYPE "s"."state__old";
)");
}

TEST_CASE("PostgreSQL: another enum takes over by the values' text") {
  STATIC_REQUIRE(POSTGRES(abc, number_instead) == R"(CREATE TYPE "s"."other" AS ENUM ('a', 'b', 'c');
ALTER TABLE "t" ALTER COLUMN "state" DROP DEFAULT;
ALTER TABLE "t" ALTER COLUMN "state" TYPE "s"."other" USING "state"::text::"s"."other";
ALTER TABLE "t" ALTER COLUMN "history" TYPE "s"."other"[] USING "history"::text[]::"s"."other"[];
DROP TYPE "s"."state";
)");
}

TEST_CASE("SQLite: an enum's values are a check, and what is renamed is renamed in the rows") {
  STATIC_REQUIRE(SQLITE(abc, label) == R"(PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = ON;
CREATE TABLE "new_t" (
    "id" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'a' CHECK ("state" IN ('a', 'it''s b', 'c')),
    "history" TEXT NOT NULL
);
INSERT INTO "new_t" ("id", "state", "history")
SELECT "id", CASE "state" WHEN 'b' THEN 'it''s b' ELSE "state" END, CASE WHEN "history" IS NOT NULL THEN (SELECT json_group_array(label) FROM (SELECT CASE value WHEN 'b' THEN 'it''s b' ELSE value END AS label FROM json_each("history") ORDER BY key)) END
FROM "t";
DROP TABLE "t";
ALTER TABLE "new_t" RENAME TO "t";
PRAGMA legacy_alter_table = OFF;
PRAGMA foreign_keys = ON;
)");
  STATIC_REQUIRE(SQLITE(abc, other_name) == "");
}

// Objects beside the tables.
namespace alter_test::objects {
inline constexpr auto before = instar::schema<>(
    instar::extension("hstore", "a", "1.7"), instar::extension("citext"), instar::sequence("n"),
    instar::sequence("gone"), instar::view("s.v", "SELECT 1"), instar::materialized_view("m", "SELECT 1"),
    instar::raw("domain", "d", "CREATE DOMAIN d", "DROP DOMAIN d"));
inline constexpr auto after = instar::schema<>(instar::extension("hstore", "b", "1.8"), instar::sequence("n", -5, 10));

inline constexpr auto upwards = instar::schema<>(instar::sequence("it's.n"));
inline constexpr auto downwards = instar::schema<>(instar::sequence("it's.n", -10, -1));
inline constexpr auto small = [] {
  instar::sequence_object q = instar::sequence("it's.n", 10);
  q.type = instar::type_kind::integer;
  return instar::schema<>(q);
}();
inline constexpr auto from_below = instar::schema<>(instar::sequence("it's.n", -5));
}  // namespace alter_test::objects

TEST_CASE("PostgreSQL: a sequence goes on from where it is, and only one that is unused begins anew") {
  STATIC_REQUIRE(statements<instar::postgres, objects::upwards, objects::downwards>() ==
                 R"(ALTER SEQUENCE "it's"."n" MINVALUE -10;
SELECT setval('"it''s"."n"', -10, false) FROM "it's"."n" WHERE NOT is_called AND last_value = 1;
ALTER SEQUENCE "it's"."n" INCREMENT BY -1 NO MINVALUE NO MAXVALUE START WITH -10;
)");
  STATIC_REQUIRE(statements<instar::postgres, objects::from_below, objects::upwards>() ==
                 R"(SELECT setval('"it''s"."n"', 1, false) FROM "it's"."n" WHERE NOT is_called AND last_value = -5;
ALTER SEQUENCE "it's"."n" NO MINVALUE NO MAXVALUE START WITH 1;
)");
  STATIC_REQUIRE(statements<instar::postgres, objects::downwards, objects::small>() ==
                 R"(ALTER SEQUENCE "it's"."n" AS bigint MAXVALUE 10;
SELECT setval('"it''s"."n"', 10, false) FROM "it's"."n" WHERE NOT is_called AND last_value = -10;
ALTER SEQUENCE "it's"."n" AS integer INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 10;
)");
  STATIC_REQUIRE(statements<instar::postgres, objects::upwards, objects::from_below>() ==
                 "ALTER SEQUENCE \"it's\".\"n\" MINVALUE -5 NO MAXVALUE START WITH -5;\n");
}

TEST_CASE("PostgreSQL: objects change and go") {
  STATIC_REQUIRE(statements<instar::postgres, objects::before, objects::after>() == R"(CREATE SCHEMA IF NOT EXISTS "b";
ALTER EXTENSION "hstore" UPDATE TO '1.8';
ALTER EXTENSION "hstore" SET SCHEMA "b";
DROP DOMAIN d;
DROP MATERIALIZED VIEW "m";
DROP VIEW "s"."v";
ALTER SEQUENCE "n" INCREMENT BY 10 MINVALUE -5 NO MAXVALUE START WITH -5;
DROP SEQUENCE "gone";
DROP EXTENSION IF EXISTS "citext";
)");
  STATIC_REQUIRE(statements<instar::sqlite, objects::before, objects::after>() ==
                 "DROP DOMAIN d;\nDROP VIEW \"m\";\nDROP VIEW \"v\";\n");
}
