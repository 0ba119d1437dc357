#include <instar/database/database.hpp>
#include <instar/database/rows.hpp>

#include "database/expect.hpp"
#include "support/catch.hpp"
#include "support/postgres_server.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using instar::query_as;
using instar::query_one_as;
using test::error_of;
using test::sqlite_memory;
namespace code = instar::database_code;

namespace {

struct everything {
  std::int64_t id;
  bool flag;
  double real;
  std::string text;
  std::optional<std::int32_t> maybe;
  std::optional<std::string> note;
};

struct one {
  int a;
};

enum class colour { red, green };

struct painted {
  std::string name;
  colour shade;
};

template <class T>
std::optional<T> read(std::string_view text) {
  return instar::column_reader<T>::read(text);
}

}  // namespace

template <>
struct instar::column_reader<colour> {
  static constexpr std::string_view expected = "a colour";
  static std::optional<colour> read(std::string_view text) {
    if (text == "red") {
      return colour::red;
    }
    return text == "green" ? std::optional{colour::green} : std::nullopt;
  }
};

TEST_CASE("rows become aggregates on both databases") {
  const auto check = [](instar::database& db, const char* sql) {
    const auto rows = query_as<everything>(db, sql);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].id == 9'000'000'000);
    CHECK(rows[0].flag);
    CHECK(rows[0].real == 0.1);
    CHECK(rows[0].text == "ü");
    CHECK(rows[0].maybe == 7);
    CHECK(rows[0].note == "");
    CHECK(rows[1].id == -1);
    CHECK_FALSE(rows[1].flag);
    CHECK_FALSE(rows[1].maybe);
    CHECK_FALSE(rows[1].note);
  };
  const char* sql = "SELECT 9000000000, true, 0.1, 'ü', 7, '' UNION ALL SELECT -1, false, 2, 'y', NULL, NULL "
                    "ORDER BY 1 DESC";
  check(*sqlite_memory(), sql);
  check(*instar::open_database(instar_test::postgres_server()), sql);
}

TEST_CASE("a single column becomes a single value") {
  const auto db = sqlite_memory();
  CHECK(query_as<int>(*db, "SELECT 1 UNION ALL SELECT 2") == std::vector<int>{1, 2});
  CHECK(query_as<std::string>(*db, "SELECT 'x'") == std::vector<std::string>{"x"});
  CHECK(query_as<std::optional<int>>(*db, "SELECT NULL UNION ALL SELECT 2") ==
        std::vector<std::optional<int>>{std::nullopt, 2});
  CHECK(query_as<one>(*db, "SELECT 5").front().a == 5);
}

TEST_CASE("a type of one's own is read by its column_reader") {
  const auto db = sqlite_memory();
  CHECK(query_one_as<painted>(*db, "SELECT 'wall', 'green'").shade == colour::green);
  CHECK(error_of([&] { (void)query_one_as<painted>(*db, "SELECT 'wall', 'blue' AS shade"); }).message() ==
        "Column 'shade' of row 1 is 'blue', which is not a colour.");
}

TEST_CASE("parameters of C++ types are bound on both databases") {
  const auto parameters = instar::parameters(7, true, 0.1, "x", std::string{"y"}, std::nullopt, std::optional<int>{},
                                             std::optional<int>{3}, std::numeric_limits<std::int64_t>::min());
  CHECK(parameters == std::array<instar::sql_value, 9>{"7", "1", "0.1", "x", "y", std::nullopt, std::nullopt, "3",
                                                       "-9223372036854775808"});
  struct typed {
    int number;
    bool flag;
    std::optional<int> nothing;
  };
  const auto db = instar::open_database(instar_test::postgres_server());
  const auto row =
      query_one_as<typed>(*db, "SELECT $1::int, $2::bool, $3::int", instar::parameters(7, true, std::nullopt));
  CHECK(row.number == 7);
  CHECK(row.flag);
  CHECK_FALSE(row.nothing);
}

TEST_CASE("a wrong number of columns names them") {
  const auto db = sqlite_memory();
  const auto error = error_of([&] { (void)query_as<one>(*db, "SELECT 1 AS a, 2 AS b WHERE 0"); });
  CHECK(error.code() == code::column_count);
  CHECK(error.message() == "The query gives 2 columns (a, b), but the row type has 1 members.");
  CHECK(error_of([&] { (void)query_as<int>(*db, "CREATE TABLE t(a)"); }).code() == code::column_count);
}

TEST_CASE("a value that does not fit names column, row and value") {
  const auto db = sqlite_memory();
  const auto text = error_of([&] { (void)query_as<one>(*db, "SELECT 1 AS a UNION ALL SELECT 'x'"); });
  CHECK(text.code() == code::bad_value);
  CHECK(text.message() == "Column 'a' of row 2 is 'x', which is not a 32-bit integer.");
  CHECK_FALSE(text.remedy().empty());
  const auto null = error_of([&] { (void)query_as<one>(*db, "SELECT NULL AS a"); });
  CHECK(null.code() == code::bad_value);
  CHECK(null.message() == "Column 'a' of row 1 is NULL, but a 32-bit integer was expected.");
  CHECK(null.remedy() == "Make the member a std::optional.");
  CHECK(error_of([&] { (void)query_as<std::string>(*db, "SELECT NULL AS a"); }).code() == code::bad_value);
  CHECK(error_of([&] { (void)query_as<std::optional<int>>(*db, "SELECT 'x' AS a"); }).code() == code::bad_value);
}

TEST_CASE("a long value is shown cut, in one line and in whole characters") {
  const auto db = sqlite_memory();
  const std::string long_value(59, 'x');
  const auto error = error_of([&] { (void)query_as<one>(*db, "SELECT 'a\n" + long_value.substr(2) + "ü tail' AS a"); });
  CHECK(error.message() == "Column 'a' of row 1 is 'a " + long_value.substr(2) + "…', which is not a 32-bit integer.");
}

TEST_CASE("one row is one row") {
  const auto db = sqlite_memory();
  CHECK(query_one_as<int>(*db, "SELECT 1") == 1);
  CHECK(error_of([&] { (void)query_one_as<int>(*db, "SELECT 1 WHERE 0"); }).code() == code::row_count);
  CHECK(error_of([&] { (void)query_one_as<int>(*db, "SELECT 1 UNION ALL SELECT 2"); }).code() == code::row_count);
}

TEST_CASE("integers keep to their range") {
  CHECK(read<std::int8_t>("-128") == std::int8_t{-128});
  CHECK_FALSE(read<std::int8_t>("128"));
  CHECK(read<std::uint8_t>("255") == std::uint8_t{255});
  CHECK_FALSE(read<std::uint8_t>("-1"));
  CHECK(read<std::int64_t>("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(read<std::int64_t>("9223372036854775808"));
  CHECK(read<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  for (const auto* text : {"", " 1", "1 ", "1.0", "+1", "0x1", "t"}) {
    CHECK_FALSE(read<int>(text));
  }
}

TEST_CASE("truth values and reals are read as both databases write them") {
  for (const auto* text : {"t", "true", "1"}) {
    CHECK(read<bool>(text) == true);
  }
  for (const auto* text : {"f", "false", "0"}) {
    CHECK(read<bool>(text) == false);
  }
  for (const auto* text : {"", "2", "T", "yes"}) {
    CHECK_FALSE(read<bool>(text));
  }
  CHECK(read<double>("-1.5e-3") == -0.0015);
  CHECK(read<float>("0.1") == 0.1F);
  CHECK(read<double>("Infinity") == std::numeric_limits<double>::infinity());
  CHECK(read<double>("-Inf") == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(*read<double>("NaN")));
  CHECK_FALSE(read<double>("1,5"));
  CHECK_FALSE(read<double>(""));
}

TEST_CASE("a double survives both databases") {
  const auto lite = sqlite_memory();
  const auto postgres = instar::open_database(instar_test::postgres_server());
  for (const double value : {0.1, 1.0 / 3.0, 1e22, 123456789012345678.0, 5e-300, -2.2250738585072014e-308}) {
    CHECK(query_one_as<double>(*lite, "SELECT CAST(?1 AS REAL)", instar::parameters(value)) == value);
    CHECK(query_one_as<double>(*postgres, "SELECT $1::float8", instar::parameters(value)) == value);
  }
}
