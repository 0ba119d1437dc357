// Names and texts that need quotes, and the values of defaults.
#include <instar/sql/sql.hpp>

#include "sql/statements.hpp"

#include "support/catch.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace {

using instar_test::text;

constexpr text<300> name(std::string_view written) {
  text<300> out{};
  instar::detail::put_name(out, written);
  return out;
}

constexpr text<300> literal(std::string_view written) {
  text<300> out{};
  instar::detail::put_literal(out, written);
  return out;
}

constexpr text<300> real(double value) {
  text<300> out{};
  instar::detail::put_real(out, value);
  return out;
}

/// Whether a double has a decimal form that is written.
bool has_decimal_form(double value) {
  try {
    (void)real(value);
    return true;
  } catch (const char* sentence) {
    CHECK(std::string_view(sentence).substr(0, 8) == "INS1030:");
    return false;
  }
}

/// A default as a database reads it.
constexpr text<300> initial(instar::dialect d, const instar::column_default& value) {
  text<300> out{};
  if (d == instar::postgres)
    instar::detail::put_postgres_default(out, value);
  else
    instar::detail::put_sqlite_default(out, value);
  return out;
}

/// Whether a counter counts what is written.
template <class Write>
constexpr bool counts(Write write, std::string_view written) {
  instar::detail::counter out;
  write(out, written);
  text<300> bytes{};
  write(bytes, written);
  return out.size == bytes.size;
}

}  // namespace

TEST_CASE("a name stands in double quotes, its own doubled") {
  STATIC_REQUIRE(name("users") == R"("users")");
  STATIC_REQUIRE(name("select") == R"("select")");
  STATIC_REQUIRE(name("") == R"("")");
  STATIC_REQUIRE(name("a b") == R"("a b")");
  STATIC_REQUIRE(name(R"(say "so")") == R"("say ""so""")");
  STATIC_REQUIRE(name(R"(")") == R"("""")");
  STATIC_REQUIRE(name(R"("")") == R"("""""")");
  STATIC_REQUIRE(name(R"("a)") == R"("""a")");
  STATIC_REQUIRE(name(R"(a")") == R"("a""")");
  STATIC_REQUIRE(name("it's") == R"("it's")");
  STATIC_REQUIRE(name("auth.users") == R"("auth.users")");
  STATIC_REQUIRE(name("größe") == R"("größe")");
  STATIC_REQUIRE(name("名前") == R"("名前")");
  STATIC_REQUIRE(name("a\nb") == "\"a\nb\"");
  STATIC_REQUIRE(name("back\\slash") == "\"back\\slash\"");
  STATIC_REQUIRE(name("; DROP TABLE users; --") == "\"; DROP TABLE users; --\"");
}

TEST_CASE("a text stands in single quotes, its own doubled, and all else as it is") {
  STATIC_REQUIRE(literal("") == "''");
  STATIC_REQUIRE(literal("it's") == "'it''s'");
  STATIC_REQUIRE(literal("'") == "''''");
  STATIC_REQUIRE(literal("''") == "''''''");
  STATIC_REQUIRE(literal("a\nb\r\n\tc") == "'a\nb\r\n\tc'");
  STATIC_REQUIRE(literal("back\\slash \\'") == "'back\\slash \\'''");
  STATIC_REQUIRE(literal("\"quoted\"") == "'\"quoted\"'");
  STATIC_REQUIRE(literal("größe 名前 🦋") == "'größe 名前 🦋'");
  STATIC_REQUIRE(literal("'; DROP TABLE users; --") == "'''; DROP TABLE users; --'");
  STATIC_REQUIRE(literal("$$ $1 :name ? %s") == "'$$ $1 :name ? %s'");
}

TEST_CASE("what is counted is what is written") {
  constexpr auto as_name = [](auto& out, std::string_view s) { instar::detail::put_name(out, s); };
  constexpr auto as_literal = [](auto& out, std::string_view s) { instar::detail::put_literal(out, s); };
  STATIC_REQUIRE(counts(as_name, ""));
  STATIC_REQUIRE(counts(as_name, R"("a""b")"));
  STATIC_REQUIRE(counts(as_literal, "'it''s'"));
  STATIC_REQUIRE(counts(as_literal, "größe"));
}

TEST_CASE("names and texts are quoted at run time as at compile time") {
  CHECK(instar::quote_identifier(R"(say "so")") == name(R"(say "so")").view());
  CHECK(instar::quote_literal("it's") == literal("it's").view());
  CHECK(instar::quote_identifier("") == "\"\"");
  CHECK(instar::quote_literal("") == "''");
}

TEST_CASE("a number with a point is the shortest decimal that reads back as itself") {
  STATIC_REQUIRE(real(0.0) == "0.0");
  STATIC_REQUIRE(real(1.0) == "1.0");
  STATIC_REQUIRE(real(-1.0) == "-1.0");
  STATIC_REQUIRE(real(0.1) == "0.1");
  STATIC_REQUIRE(real(-0.1) == "-0.1");
  STATIC_REQUIRE(real(0.5) == "0.5");
  STATIC_REQUIRE(real(0.001) == "0.001");
  STATIC_REQUIRE(real(3.141592653589793) == "3.141592653589793");
  STATIC_REQUIRE(real(123456789.125) == "123456789.125");
  STATIC_REQUIRE(real(1e15) == "1000000000000000.0");
  STATIC_REQUIRE(real(4503599627370497.0) == "4503599627370497.0");
  STATIC_REQUIRE(real(9007199254740991.0) == "9007199254740991.0");
  STATIC_REQUIRE(real(1e-9) == "0.000000001");
  STATIC_REQUIRE(real(-2.5e-7) == "-0.00000025");
  STATIC_REQUIRE(real(0.3) == "0.3");
  STATIC_REQUIRE(real(2.0 / 3) == "0.6666666666666666");
}

TEST_CASE("minus zero is zero") {
  STATIC_REQUIRE(real(-0.0) == "0.0");
}

TEST_CASE("numbers without a short decimal form are refused, not written wrong") {
  CHECK_FALSE(has_decimal_form(0.1 + 0.2));
  CHECK_FALSE(has_decimal_form(1e300));
  CHECK_FALSE(has_decimal_form(1e-300));
  CHECK_FALSE(has_decimal_form(1e16));
  CHECK_FALSE(has_decimal_form(std::numeric_limits<double>::max()));
  CHECK_FALSE(has_decimal_form(std::numeric_limits<double>::denorm_min()));
  CHECK_FALSE(has_decimal_form(std::numeric_limits<double>::infinity()));
  CHECK_FALSE(has_decimal_form(-std::numeric_limits<double>::infinity()));
  CHECK_FALSE(has_decimal_form(std::numeric_limits<double>::quiet_NaN()));
  CHECK(has_decimal_form(1e-15));
}

TEST_CASE("every decimal that is written reads back as the same number") {
  for (const double value :
       {0.1, 0.2, 0.3, 0.7, 1.1, 2.675, 1e-5, 123.456, 99999.99999, 1.0 / 3, 2.0 / 3, 5e-7, 450359962737049.5, 1e-15}) {
    INFO(value);
    CHECK(std::stod(std::string(real(value).view())) == value);
    CHECK(std::stod(std::string(real(-value).view())) == -value);
  }
}

TEST_CASE("a float's default is the decimal that was written") {
  using instar::detail::shortest_double;
  STATIC_REQUIRE(real(shortest_double(0.1f)) == "0.1");
  STATIC_REQUIRE(real(shortest_double(-0.1f)) == "-0.1");
  STATIC_REQUIRE(real(shortest_double(16777216.0f)) == "16777216.0");
  STATIC_REQUIRE(real(shortest_double(3.14159274f)) == "3.1415927");
  STATIC_REQUIRE(real(shortest_double(0.1)) == "0.1");
  STATIC_REQUIRE(real(shortest_double(0.0f)) == "0.0");
}

TEST_CASE("defaults as each database reads them") {
  using instar::default_kind;
  using instar::postgres;
  using instar::sqlite;
  STATIC_REQUIRE(initial(postgres, {}) == "");
  STATIC_REQUIRE(initial(postgres, {.kind = default_kind::boolean, .integer = 1}) == "true");
  STATIC_REQUIRE(initial(postgres, {.kind = default_kind::boolean}) == "false");
  STATIC_REQUIRE(initial(sqlite, {.kind = default_kind::boolean, .integer = 1}) == "1");
  STATIC_REQUIRE(initial(sqlite, {.kind = default_kind::boolean}) == "0");
  STATIC_REQUIRE(initial(postgres, {.kind = default_kind::integer, .integer = INT64_MIN}) == "-9223372036854775808");
  STATIC_REQUIRE(initial(sqlite, {.kind = default_kind::integer, .integer = INT64_MAX}) == "9223372036854775807");
  STATIC_REQUIRE(initial(postgres, {.kind = default_kind::real, .real = -0.5}) == "-0.5");
  STATIC_REQUIRE(initial(sqlite, {.kind = default_kind::real, .real = 1}) == "1.0");
  STATIC_REQUIRE(initial(postgres, {.kind = default_kind::text, .text = "it's"}) == "'it''s'");
  STATIC_REQUIRE(initial(sqlite, {.kind = default_kind::text, .text = "it's"}) == "'it''s'");
  STATIC_REQUIRE(initial(postgres, {.kind = default_kind::expression, .text = "1 + 1"}) == "1 + 1");
  STATIC_REQUIRE(initial(sqlite, {.kind = default_kind::expression, .text = "1 + 1"}) == "(1 + 1)");
  STATIC_REQUIRE(initial(postgres, {.kind = default_kind::now}) == "CURRENT_TIMESTAMP");
  STATIC_REQUIRE(initial(sqlite, {.kind = default_kind::now}) == "CURRENT_TIMESTAMP");
}

// Names that need quotes everywhere that a name can stand.
namespace quoting_test {

enum class Order { asc, desc };
INSTAR_ENUM((Order, "group\"by", comment("it's")), (asc, "it's"), (desc, "\"desc\""))

struct Select {
  std::int64_t from;
  Order where_;
  std::optional<std::string> größe;
};
INSTAR_MODEL(Select, "a \"b\".select * from", (from, primary_key, column("from; --")),
             (where_, column("where"), default_value(Order::asc), unique), (größe, index, comment("it's \"great\"")),
             foreign_key(&Select::from).references(&Select::from), comment("'"))
inline constexpr auto schema = instar::schema<Select>(instar::view("a \"b\".order", "SELECT 'it''s'"));
inline constexpr auto none = instar::schema<>();

}  // namespace quoting_test

TEST_CASE("whatever a name is, it is quoted wherever it stands") {
  STATIC_REQUIRE(instar_test::statements<instar::postgres, quoting_test::schema>() ==
                 R"SQL(CREATE SCHEMA IF NOT EXISTS "a ""b""";
CREATE TYPE "group""by" AS ENUM ('it''s', '"desc"');
CREATE TABLE "a ""b"""."select * from" (
    "from; --" bigint NOT NULL,
    "where" "group""by" DEFAULT 'it''s' NOT NULL,
    "größe" text,
    CONSTRAINT "select * from_pkey" PRIMARY KEY ("from; --"),
    CONSTRAINT "select * from_where_key" UNIQUE ("where")
);
CREATE INDEX "select * from_größe_idx" ON "a ""b"""."select * from" ("größe");
ALTER TABLE "a ""b"""."select * from" ADD CONSTRAINT "select * from_from; --_fkey" FOREIGN KEY ("from; --") REFERENCES "a ""b"""."select * from" ("from; --");
COMMENT ON TABLE "a ""b"""."select * from" IS '''';
COMMENT ON COLUMN "a ""b"""."select * from"."größe" IS 'it''s "great"';
COMMENT ON TYPE "group""by" IS 'it''s';
CREATE VIEW "a ""b"""."order" AS
SELECT 'it''s';
)SQL");
  STATIC_REQUIRE(instar_test::statements<instar::sqlite, quoting_test::schema>() ==
                 R"SQL(CREATE TABLE "select * from" (
    "from; --" INTEGER NOT NULL PRIMARY KEY,
    "where" TEXT NOT NULL DEFAULT 'it''s' CHECK ("where" IN ('it''s', '"desc"')),
    "größe" TEXT,
    CONSTRAINT "select * from_from; --_fkey" FOREIGN KEY ("from; --") REFERENCES "select * from" ("from; --")
);
CREATE UNIQUE INDEX "select * from_where_key" ON "select * from" ("where");
CREATE INDEX "select * from_größe_idx" ON "select * from" ("größe");
CREATE VIEW "order" AS
SELECT 'it''s';
)SQL");
}

TEST_CASE("compile-time SQL is run-time SQL") {
  for (const instar::dialect d : {instar::postgres, instar::sqlite}) {
    const auto made = instar::statements(d, instar::make_plan({}, instar::view_of<quoting_test::schema>));
    const auto& known_postgres = instar::ddl<instar::postgres, quoting_test::schema>.statements;
    const auto& known_sqlite = instar::ddl<instar::sqlite, quoting_test::schema>.statements;
    const std::size_t size = d == instar::postgres ? known_postgres.size() : known_sqlite.size();
    REQUIRE(made.size() == size);
    for (std::size_t i = 0; i < size; ++i)
      CHECK(made[i] == (d == instar::postgres ? known_postgres[i] : known_sqlite[i]));
  }
}
