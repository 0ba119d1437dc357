#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// \file Rows of a catalogue as values whose types name their members themselves.
///
/// rows.hpp counts and binds the members of any aggregate with Boost.PFR, and for the catalogue's rows of twenty
/// members that costs every program with a migrator seconds of compile time.

namespace instar::detail {

/// The columns of one row, in the order of the query.
class row_reader {
 public:
  explicit row_reader(std::vector<sql_value>& values) : values_(values) {}

  /// Moves all columns into members. \throws database_error `column_count`, `bad_value`: then the query is wrong
  template <class... Members>
  void operator()(Members&... members) {
    if (values_.size() != sizeof...(Members))
      throw database_error(database_code::column_count,
                           {.message = "A query of the catalogue gives " + std::to_string(values_.size()) +
                                       " columns where " + std::to_string(sizeof...(Members)) + " were expected."});
    (take(members), ...);
  }

 private:
  void take(std::optional<std::string>& member) { member = std::move(values_[at_++]); }
  void take(std::string& member) { member = std::move(present()); }
  void take(bool& member) { member = present() == "t"; }

  template <std::integral Number>
  void take(Number& member) {
    const std::string& text = present();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), member);
    if (error != std::errc{} || end != text.data() + text.size())
      throw bad("'" + text + "', which is no such number");
  }

  std::string& present() {
    sql_value& value = values_[at_++];
    if (!value)
      throw bad("NULL");
    return *value;
  }

  [[nodiscard]] database_error bad(const std::string& found) const {
    return database_error(database_code::bad_value, {.message = "Column " + std::to_string(at_) +
                                                                " of a query of the catalogue is " + found + "."});
  }

  std::vector<sql_value>& values_;
  std::size_t at_ = 0;
};

/// Runs one query and reads its rows: `Row::read` hands its members to a row_reader in the order of the columns.
/// \throws database_error
template <class Row>
[[nodiscard]] std::vector<Row> read_rows(database& db, std::string_view sql) {
  query_result result = db.query(sql);
  std::vector<Row> rows;
  rows.reserve(result.rows.size());
  for (std::vector<sql_value>& values : result.rows) {
    row_reader in{values};
    rows.emplace_back().read(in);
  }
  return rows;
}

}  // namespace instar::detail
