// Plans that random pairs of schemas (tests/property) found wrong once, each as small as it gets.
#include "support/catch.hpp"

#include <instar/sql/sql.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using instar::postgres;
using instar::sqlite;
using instar::type_kind;

std::string sql(instar::dialect d, const instar::schema_view& before, const instar::schema_view& after) {
  std::string all;
  for (const std::string& statement : instar::statements(d, instar::make_plan(before, after)))
    all += statement + ";\n";
  return all;
}

/// Of a table that is made anew, what comes after its CREATE TABLE.
std::string copying(const std::string& all) {
  const std::size_t from = all.find("INSERT INTO");
  return from == std::string::npos ? all : all.substr(from, all.find("DROP TABLE") - from);
}

/// A schema of tables, and of whatever else one designates.
template <std::size_t Count>
instar::schema_view of(const instar::table (&tables)[Count], instar::schema_view others = {}) {
  others.tables = tables;
  return others;
}

}  // namespace

TEST_CASE("The sequence of an identity column follows the names of table and column", "[sql]") {
  const instar::column then[] = {
      {.name = "id", .type = {.kind = type_kind::bigint}, .identity = instar::identity_kind::always}};
  const instar::column now[] = {{.name = "key",
                                 .type = {.kind = type_kind::bigint},
                                 .identity = instar::identity_kind::always,
                                 .renamed_from = "id"}};
  const instar::table before[] = {{.name = "users", .columns = then}};
  const instar::table after[] = {{.schema = "a b", .name = "people", .columns = now, .renamed_from = "users"}};
  CHECK(sql(postgres, of(before), of(after)) == R"(CREATE SCHEMA IF NOT EXISTS "a b";
ALTER TABLE "users" RENAME TO "people";
ALTER TABLE "people" SET SCHEMA "a b";
ALTER SEQUENCE IF EXISTS "a b"."users_id_seq" RENAME TO "people_id_seq";
ALTER TABLE "a b"."people" RENAME COLUMN "id" TO "key";
ALTER SEQUENCE IF EXISTS "a b"."people_id_seq" RENAME TO "people_key_seq";
)");
}

TEST_CASE("An enum type that is made anew keeps its comment", "[sql]") {
  const instar::enum_value two[] = {{.label = "a"}, {.label = "b"}};
  const instar::enum_value one[] = {{.label = "b"}};
  const instar::enumeration before[] = {{.name = "e", .values = two, .comment = "why"}};
  const instar::enumeration after[] = {{.name = "e", .values = one, .comment = "why"}};
  CHECK(sql(postgres, {.enumerations = before}, {.enumerations = after}).find("COMMENT ON TYPE \"e\" IS 'why'") !=
        std::string::npos);
}

TEST_CASE("A generated column makes way for another collation of what it is generated from", "[sql]") {
  const auto columns = [](std::string_view collation) {
    return std::vector<instar::column>{{.name = "c", .type = {.kind = type_kind::text}, .collation = collation},
                                       {.name = "g",
                                        .type = {.kind = type_kind::text},
                                        .nullable = true,
                                        .generated = instar::generated_kind::stored,
                                        .generated_as = "upper(c)"}};
  };
  const std::vector<instar::column> then = columns("");
  const std::vector<instar::column> now = columns("C");
  const instar::table before[] = {{.name = "t", .columns = then}};
  const instar::table after[] = {{.name = "t", .columns = now}};
  CHECK(sql(postgres, of(before), of(after)) == R"(ALTER TABLE "t" DROP COLUMN "g";
ALTER TABLE "t" ALTER COLUMN "c" TYPE text COLLATE "C";
ALTER TABLE "t" ADD COLUMN "g" text GENERATED ALWAYS AS (upper(c)) STORED;
)");
}

TEST_CASE("A trigger makes way for another collation of a column that it names", "[sql]") {
  const instar::column then[] = {{.name = "c", .type = {.kind = type_kind::text}}};
  const instar::column now[] = {{.name = "c", .type = {.kind = type_kind::text}, .collation = "C"}};
  const instar::raw_object trigger[] = {{.kind = "trigger",
                                         .name = "u",
                                         .create = "CREATE TRIGGER u BEFORE UPDATE OF c ON t EXECUTE FUNCTION f()",
                                         .drop = "DROP TRIGGER u ON t"}};
  const instar::table before[] = {{.name = "t", .columns = then}};
  const instar::table after[] = {{.name = "t", .columns = now}};
  CHECK(sql(postgres, of(before, {.raw_objects = trigger}), of(after, {.raw_objects = trigger})) ==
        R"(DROP TRIGGER u ON t;
ALTER TABLE "t" ALTER COLUMN "c" TYPE text COLLATE "C";
CREATE TRIGGER u BEFORE UPDATE OF c ON t EXECUTE FUNCTION f();
)");
}

TEST_CASE("A foreign key makes way for arrays of what were integers", "[sql]") {
  const auto columns = [](int dimensions) {
    return std::vector<instar::column>{
        {.name = "a", .type = {.kind = type_kind::integer, .dimensions = dimensions}, .primary_key = true},
        {.name = "b", .type = {.kind = type_kind::integer, .dimensions = dimensions}, .nullable = true}};
  };
  const std::vector<instar::column> then = columns(0);
  const std::vector<instar::column> now = columns(1);
  const std::string_view a[] = {"a"};
  const std::string_view b[] = {"b"};
  const instar::foreign_key fk[] = {{.name = "fk", .columns = b, .target_table = "t", .target_columns = a}};
  const instar::key key{.name = "t_pkey", .columns = a};
  const instar::table before[] = {{.name = "t", .columns = then, .primary_key = key, .foreign_keys = fk}};
  const instar::table after[] = {{.name = "t", .columns = now, .primary_key = key, .foreign_keys = fk}};
  const std::string all = sql(postgres, of(before), of(after));
  CHECK(all.find("DROP CONSTRAINT \"fk\"") < all.find("TYPE integer[]"));
  CHECK(all.find("ADD CONSTRAINT \"fk\"") > all.rfind("TYPE integer[]"));
}

TEST_CASE("SQLite: rows of which no value stays are rows all the same", "[sql]") {
  const instar::column then[] = {{.name = "a", .primary_key = true}};
  const std::string_view key[] = {"a"};
  const instar::column now[] = {{.name = "b", .type = {.kind = type_kind::integer}, .nullable = true}};
  const instar::table before[] = {{.name = "t", .columns = then, .primary_key = {.name = "t_pkey", .columns = key}}};
  const instar::table after[] = {{.name = "t", .columns = now}};
  CHECK(copying(sql(sqlite, of(before), of(after))) == "INSERT INTO \"new_t\" (\"b\")\nSELECT NULL\nFROM \"t\";\n");
}

TEST_CASE("SQLite: a renamed column of an enum has the enum's new values", "[sql]") {
  const instar::enum_value two[] = {{.label = "a"}, {.label = "b"}};
  const instar::enum_value one[] = {{.label = "b"}};
  const instar::enumeration more[] = {{.name = "e", .values = two}};
  const instar::enumeration fewer[] = {{.name = "e", .values = one}};
  const instar::column then[] = {{.name = "c", .type = {.kind = type_kind::enumeration, .values = more}}};
  const instar::column now[] = {
      {.name = "d", .type = {.kind = type_kind::enumeration, .values = fewer}, .renamed_from = "c"}};
  const instar::table before[] = {{.name = "t", .columns = then}};
  const instar::table after[] = {{.name = "t", .columns = now}};
  CHECK(sql(sqlite, of(before, {.enumerations = more}), of(after, {.enumerations = fewer}))
            .find("\"d\" TEXT NOT NULL CHECK (\"d\" IN ('b'))") != std::string::npos);
}

TEST_CASE("SQLite: a trigger on a table with a quote in its name is made again", "[sql]") {
  const instar::column then[] = {{.name = "c", .type = {.kind = type_kind::integer}}};
  const instar::column now[] = {{.name = "c", .type = {.kind = type_kind::integer}, .nullable = true}};
  const instar::raw_object trigger[] = {{.kind = "trigger",
                                         .name = "u",
                                         .create = "CREATE TRIGGER u AFTER DELETE ON \"a\"\"b\" BEGIN SELECT 1; END",
                                         .drop = "DROP TRIGGER u"}};
  const instar::table before[] = {{.name = "a\"b", .columns = then}};
  const instar::table after[] = {{.name = "a\"b", .columns = now}};
  CHECK(
      sql(sqlite, of(before, {.raw_objects = trigger}), of(after, {.raw_objects = trigger})).find("CREATE TRIGGER u") !=
      std::string::npos);
}
