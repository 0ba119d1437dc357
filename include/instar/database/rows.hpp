#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>

#include <boost/pfr.hpp>

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace instar {

/// How a column's text becomes a T. Specialise it for a type of your own:
///
///     template <> struct instar::column_reader<my::money> {
///       static constexpr std::string_view expected = "an amount of money";
///       static std::optional<my::money> read(std::string_view text);  // nothing when it is none
///     };
template <class T>
struct column_reader;

/// A type that a column can be read as.
template <class T>
concept column_value = requires(std::string_view text) {
  { column_reader<T>::read(text) } -> std::same_as<std::optional<T>>;
  { column_reader<T>::expected } -> std::convertible_to<std::string_view>;
};

/// PostgreSQL prints `t` and `f`, SQLite stores 1 and 0.
template <>
struct column_reader<bool> {
  static constexpr std::string_view expected = "a bool (t, f, true, false, 1 or 0)";
  static std::optional<bool> read(std::string_view text) {
    if (text == "t" || text == "true" || text == "1") {
      return true;
    }
    if (text == "f" || text == "false" || text == "0") {
      return false;
    }
    return std::nullopt;
  }
};

template <>
struct column_reader<std::string> {
  static constexpr std::string_view expected = "text";
  static std::optional<std::string> read(std::string_view text) { return std::string{text}; }
};

/// Integers of any width; a value that does not fit is no value of the type.
template <class T>
requires(std::integral<T> && !std::same_as<T, bool>) struct column_reader<T> {
  static constexpr std::string_view expected =
      sizeof(T) == 1   ? (std::is_signed_v<T> ? "an 8-bit integer" : "an unsigned 8-bit integer")
      : sizeof(T) == 2 ? (std::is_signed_v<T> ? "a 16-bit integer" : "an unsigned 16-bit integer")
      : sizeof(T) == 4 ? (std::is_signed_v<T> ? "a 32-bit integer" : "an unsigned 32-bit integer")
                       : (std::is_signed_v<T> ? "a 64-bit integer" : "an unsigned 64-bit integer");
  static std::optional<T> read(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional<T>{value} : std::nullopt;
  }
};

template <std::floating_point T>
struct column_reader<T> {
  static constexpr std::string_view expected = "a number";
  static std::optional<T> read(std::string_view text) {
    T value{};
#if defined(__cpp_lib_to_chars)
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional<T>{value} : std::nullopt;
#else
    const std::string terminated{text};
    char* end = nullptr;
    value = static_cast<T>(std::strtod(terminated.c_str(), &end));
    return !text.empty() && end == terminated.c_str() + terminated.size() ? std::optional<T>{value} : std::nullopt;
#endif
  }
};

namespace detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

/// Where a value stands, for the message of an error.
struct column_place {
  std::string_view column;
  std::size_t row;  // from 0
};

/// A value as a message shows it: short, and in one line.
inline std::string quoted_excerpt(std::string_view value) {
  constexpr std::size_t longest = 60;
  std::string shown = "'";
  for (const char c : value.substr(0, longest)) {
    shown += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  if (value.size() > longest) {
    // Not in the middle of a character.
    while ((static_cast<unsigned char>(shown.back()) & 0xC0U) == 0x80U) {
      shown.pop_back();
    }
    if (static_cast<unsigned char>(shown.back()) >= 0xC0U) {
      shown.pop_back();
    }
    shown += "…";
  }
  return shown + "'";
}

[[noreturn]] inline void fail_column(const column_place& place, const sql_value& value, std::string_view expected) {
  const std::string where = "Column '" + std::string{place.column} + "' of row " + std::to_string(place.row + 1);
  if (!value) {
    throw database_error(database_code::bad_value,
                         {.message = where + " is NULL, but " + std::string{expected} + " was expected.",
                          .remedy = "Make the member a std::optional."});
  }
  throw database_error(
      database_code::bad_value,
      {.message = where + " is " + quoted_excerpt(*value) + ", which is not " + std::string{expected} + ".",
       .remedy = "Change the member's type, or cast the column in the query."});
}

template <class T>
T read_column(sql_value& value, const column_place& place) {
  if constexpr (is_optional<T>::value) {
    if (!value) {
      return std::nullopt;
    }
    return read_column<typename T::value_type>(value, place);
  } else {
    static_assert(column_value<T>, "This type cannot be read from a column: specialise instar::column_reader for it.");
    if constexpr (std::same_as<T, std::string>) {
      if (value) {
        return std::move(*value);
      }
    }
    std::optional<T> read = value ? column_reader<T>::read(*value) : std::nullopt;
    if (!read) {
      fail_column(place, value, column_reader<T>::expected);
    }
    return std::move(*read);
  }
}

template <class T>
concept single_column = column_value<T> || is_optional<T>::value;

}  // namespace detail

/// Turns rows into values of a type: an aggregate, whose members are the columns in order, or a single column's type.
///
/// Members are bool, integers, floating point, std::string, std::optional of those, and what has a `column_reader`. An
/// aggregate has no bases, and at most the members that Boost.PFR counts (200).
///
/// \throws database_error `column_count`, or `bad_value` with column, row and value.
template <class Row>
[[nodiscard]] std::vector<Row> rows_as(query_result result) {
  constexpr std::size_t members = [] {
    if constexpr (detail::single_column<Row>) {
      return std::size_t{1};
    } else {
      static_assert(std::is_aggregate_v<Row>, "A row type is a plain aggregate, or a type with a column_reader.");
      return boost::pfr::tuple_size_v<Row>;
    }
  }();
  if (result.columns.size() != members) {
    std::string names;
    for (const std::string& name : result.columns) {
      names += (names.empty() ? "" : ", ") + name;
    }
    throw database_error(database_code::column_count,
                         {.message = "The query gives " + std::to_string(result.columns.size()) + " columns (" + names +
                                     "), but the row type has " + std::to_string(members) + " members.",
                          .remedy = "Name the columns in the query in the order of the members."});
  }
  std::vector<Row> rows;
  rows.reserve(result.rows.size());
  for (std::size_t number = 0; number < result.rows.size(); ++number) {
    auto& values = result.rows[number];
    if constexpr (detail::single_column<Row>) {
      rows.push_back(detail::read_column<Row>(values.front(), {result.columns.front(), number}));
    } else {
      Row row{};
      boost::pfr::for_each_field(row, [&](auto& member, std::size_t column) {
        using member_type = std::remove_reference_t<decltype(member)>;
        member = detail::read_column<member_type>(values[column], {result.columns[column], number});
      });
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

/// Runs one statement and returns its rows as values of a type, see `rows_as`.
///
///     struct applied { std::string name; std::optional<std::string> finished_at; };
///     for (const auto& row : instar::query_as<applied>(db, "SELECT name, finished_at FROM t WHERE id = $1", id)) …
///
/// \throws database_error what `database::query` and `rows_as` throw.
template <class Row>
[[nodiscard]] std::vector<Row> query_as(database& db, std::string_view sql,
                                        std::span<const sql_value> parameters = {}) {
  return rows_as<Row>(db.query(sql, parameters));
}

/// As `query_as`, for a query that gives exactly one row.
///
/// \throws database_error also `row_count`.
template <class Row>
[[nodiscard]] Row query_one_as(database& db, std::string_view sql, std::span<const sql_value> parameters = {}) {
  std::vector<Row> rows = query_as<Row>(db, sql, parameters);
  if (rows.size() != 1) {
    throw database_error(database_code::row_count, {.message = "The query gives " + std::to_string(rows.size()) +
                                                               " rows, but one was expected."});
  }
  return std::move(rows.front());
}

/// Values as the parameters of a query: `db.query(sql, instar::parameters(7, "name", std::nullopt))`.
template <class... Values>
[[nodiscard]] std::array<sql_value, sizeof...(Values)> parameters(const Values&... values) {
  const auto text = []<class T>(const T& value) -> sql_value {
    if constexpr (std::same_as<T, std::nullopt_t> || std::same_as<T, std::nullptr_t>) {
      return std::nullopt;
    } else if constexpr (std::same_as<T, bool>) {
      return value ? "1" : "0";  // both databases read these as a truth value
    } else if constexpr (std::integral<T>) {
      return std::to_string(value);
    } else if constexpr (std::floating_point<T>) {
      char buffer[64];
      const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
      return std::string(buffer, end);
    } else {
      return std::string{std::string_view{value}};
    }
  };
  const auto optional_text = [&text]<class T>(const T& value) -> sql_value {
    if constexpr (detail::is_optional<T>::value) {
      return value ? text(*value) : std::nullopt;
    } else {
      return text(value);
    }
  };
  return {optional_text(values)...};
}

}  // namespace instar
