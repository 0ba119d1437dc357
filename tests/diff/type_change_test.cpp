// What becomes of the values of a column whose type changes: the matrix as it was measured.
#include <instar/diff/type_change.hpp>

#include "support/catch.hpp"

namespace {

using instar::column_type;
using instar::conversion;
using instar::conversion_of;
using instar::sqlite_conversion_of;
using instar::type_kind;

constexpr column_type type(type_kind kind, int length = -1, int scale = -1, int dimensions = 0) {
  return {.kind = kind, .length = length, .scale = scale, .dimensions = dimensions};
}

constexpr conversion between(type_kind from, type_kind to) {
  return conversion_of(type(from), type(to));
}

}  // namespace

TEST_CASE("PostgreSQL: values stay, and the table is not written anew") {
  STATIC_REQUIRE(conversion_of(type(type_kind::varchar, 10), type(type_kind::varchar, 20)) == conversion::kept);
  STATIC_REQUIRE(conversion_of(type(type_kind::varchar, 10), type(type_kind::text)) == conversion::kept);
  STATIC_REQUIRE(between(type_kind::text, type_kind::varchar) == conversion::kept);
  STATIC_REQUIRE(between(type_kind::text, type_kind::citext) == conversion::kept);
  STATIC_REQUIRE(between(type_kind::xml, type_kind::text) == conversion::kept);
  STATIC_REQUIRE(between(type_kind::cidr, type_kind::inet) == conversion::kept);
  STATIC_REQUIRE(conversion_of(type(type_kind::numeric, 10, 2), type(type_kind::numeric, 12, 2)) == conversion::kept);
  STATIC_REQUIRE(conversion_of(type(type_kind::timestamp, 3), type(type_kind::timestamp)) == conversion::kept);
  STATIC_REQUIRE(conversion_of(type(type_kind::varbit, 3), type(type_kind::varbit, 5)) == conversion::kept);
}

TEST_CASE("PostgreSQL: values stay in a table that is written anew") {
  STATIC_REQUIRE(between(type_kind::integer, type_kind::bigint) == conversion::rewritten);
  STATIC_REQUIRE(between(type_kind::integer, type_kind::text) == conversion::rewritten);
  STATIC_REQUIRE(between(type_kind::boolean, type_kind::bigint) == conversion::rewritten);
  STATIC_REQUIRE(between(type_kind::uuid, type_kind::text) == conversion::rewritten);
  STATIC_REQUIRE(between(type_kind::json, type_kind::jsonb) == conversion::rewritten);
  STATIC_REQUIRE(between(type_kind::date, type_kind::timestamptz) == conversion::rewritten);
  STATIC_REQUIRE(conversion_of(type(type_kind::numeric, 10, 2), type(type_kind::numeric, 12, 4)) ==
                 conversion::rewritten);
  STATIC_REQUIRE(conversion_of(type(type_kind::character, 3), type(type_kind::character, 5)) == conversion::rewritten);
  STATIC_REQUIRE(conversion_of(type(type_kind::text), type(type_kind::text, -1, -1, 1)) == conversion::rewritten);
  STATIC_REQUIRE(conversion_of(type(type_kind::integer, -1, -1, 1), type(type_kind::bigint, -1, -1, 1)) ==
                 conversion::rewritten);
}

TEST_CASE("PostgreSQL: some values may not survive") {
  STATIC_REQUIRE(between(type_kind::bigint, type_kind::integer) == conversion::checked);
  STATIC_REQUIRE(between(type_kind::bigint, type_kind::boolean) == conversion::checked);
  STATIC_REQUIRE(between(type_kind::text, type_kind::integer) == conversion::checked);
  STATIC_REQUIRE(between(type_kind::text, type_kind::uuid) == conversion::checked);
  STATIC_REQUIRE(between(type_kind::text, type_kind::timestamp) == conversion::checked);
  STATIC_REQUIRE(between(type_kind::timestamptz, type_kind::date) == conversion::checked);
  STATIC_REQUIRE(between(type_kind::jsonb, type_kind::integer) == conversion::checked);
  STATIC_REQUIRE(conversion_of(type(type_kind::text), type(type_kind::varchar, 5)) == conversion::checked);
  STATIC_REQUIRE(conversion_of(type(type_kind::numeric, 10, 4), type(type_kind::numeric, 10, 2)) ==
                 conversion::checked);
  STATIC_REQUIRE(conversion_of(type(type_kind::text, -1, -1, 1), type(type_kind::text)) == conversion::checked);
}

TEST_CASE("PostgreSQL: between some types there is no cast") {
  STATIC_REQUIRE(between(type_kind::bigint, type_kind::timestamp) == conversion::impossible);
  STATIC_REQUIRE(between(type_kind::timestamp, type_kind::double_precision) == conversion::impossible);
  STATIC_REQUIRE(between(type_kind::double_precision, type_kind::timestamptz) == conversion::impossible);
  STATIC_REQUIRE(between(type_kind::uuid, type_kind::bigint) == conversion::impossible);
  STATIC_REQUIRE(between(type_kind::json, type_kind::integer) == conversion::impossible);
  STATIC_REQUIRE(between(type_kind::time, type_kind::timestamp) == conversion::impossible);
  STATIC_REQUIRE(between(type_kind::bytea, type_kind::uuid) == conversion::impossible);
  STATIC_REQUIRE(between(type_kind::boolean, type_kind::date) == conversion::impossible);
  constexpr instar::column_type range{.kind = type_kind::custom, .custom = "int4range"};
  STATIC_REQUIRE(conversion_of(type(type_kind::bigint), range) == conversion::impossible);
  STATIC_REQUIRE(conversion_of(range, type(type_kind::jsonb)) == conversion::impossible);
  STATIC_REQUIRE(conversion_of(type(type_kind::text), range) == conversion::checked);
}

TEST_CASE("PostgreSQL: a type of the user's own is taken to have a cast") {
  STATIC_REQUIRE(between(type_kind::custom, type_kind::bigint) == conversion::checked);
  STATIC_REQUIRE(between(type_kind::timestamp, type_kind::custom) == conversion::checked);
}

TEST_CASE("SQLite keeps values of any type, but makes numbers of texts that look like them") {
  STATIC_REQUIRE(sqlite_conversion_of(type(type_kind::bigint), type(type_kind::timestamp)) == conversion::rewritten);
  STATIC_REQUIRE(sqlite_conversion_of(type(type_kind::text), type(type_kind::varchar, 5)) == conversion::rewritten);
  STATIC_REQUIRE(sqlite_conversion_of(type(type_kind::bigint), type(type_kind::integer)) == conversion::rewritten);
  STATIC_REQUIRE(sqlite_conversion_of(type(type_kind::text), type(type_kind::bigint)) == conversion::checked);
  STATIC_REQUIRE(sqlite_conversion_of(type(type_kind::text), type(type_kind::enumeration)) == conversion::checked);
}

TEST_CASE("a conversion that the model says loses nothing") {
  constexpr instar::column then{.name = "at", .type = {.kind = type_kind::bigint}};
  constexpr instar::column now{.name = "at", .type = {.kind = type_kind::timestamptz}};
  constexpr instar::column said{
      .name = "at", .type = {.kind = type_kind::timestamptz}, .convert_using = "to_timestamp(at)"};
  STATIC_REQUIRE(instar::loses_values(then, now));
  STATIC_REQUIRE_FALSE(instar::loses_values(then, said));
}
