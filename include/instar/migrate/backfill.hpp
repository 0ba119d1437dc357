#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>
#include <instar/migrate/code.hpp>
#include <instar/migrate/sha256.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// \file The SQL of a walk over a table, and where it stands.

namespace instar::detail {

/// Where a walk stands: behind the row that has this key.
struct backfill_position {
  std::size_t rows = 0;           ///< walked over
  std::vector<std::string> last;  ///< the key as literals of SQL, without a cast; empty: at the beginning

  /// "12000 4:'17'" and so on; each literal with its length in bytes.
  [[nodiscard]] std::string text() const {
    std::string text = std::to_string(rows);
    for (const std::string& literal : last)
      text += " " + std::to_string(literal.size()) + ":" + literal;
    return text;
  }

  /// \return nothing where a text is no position
  [[nodiscard]] static std::optional<backfill_position> parse(std::string_view text) {
    backfill_position read;
    const auto number = [&](std::size_t& value) {
      const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
      text.remove_prefix(static_cast<std::size_t>(end - text.data()));
      return failed == std::errc{};
    };
    if (!number(read.rows))
      return std::nullopt;
    while (!text.empty()) {
      std::size_t size = 0;
      text.remove_prefix(1);
      if (!number(size) || !text.starts_with(':') || text.size() - 1 < size || !is_literal(text.substr(1, size)))
        return std::nullopt;
      read.last.emplace_back(text.substr(1, size));
      text.remove_prefix(size + 1);
    }
    return read;
  }

  /// Whether a text is one literal as `quote_literal` and SQLite's quote() write it: what is read from a table becomes
  /// no other SQL.
  [[nodiscard]] static bool is_literal(std::string_view text) {
    if (text.find_first_not_of("+-.0123456789e") == std::string_view::npos)
      return !text.empty();
    if (text.starts_with('X'))
      text.remove_prefix(1);
    if (text.size() < 2 || text.front() != '\'' || text.back() != '\'')
      return false;
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i != text.size(); ++i)
      if (text[i] == '\'' && (++i == text.size() || text[i] != '\''))
        return false;
    return true;
  }
};

struct backfill_batch {
  std::string rows;  ///< the condition that they meet
  backfill_position end;
  bool last = false;  ///< none are behind it
};

class backfill_walk {
 public:
  backfill_walk(const backfill& what, dialect target) : what_(what), target_(target) {
    const std::size_t dot = what.table.find('.');
    table_ = dot == std::string::npos ? quote_identifier(what.table)
                                      : quote_identifier(std::string_view{what.table}.substr(0, dot)) + "." +
                                            quote_identifier(std::string_view{what.table}.substr(dot + 1));
  }

  /// Tells walks apart that go over other rows, or in another order. What is done to a row may be corrected on the way.
  [[nodiscard]] std::string hash() const {
    std::string text = "walk " + what_.table + '\0' + what_.where;
    for (const std::string& column : what_.key)
      text += '\0' + column;
    return sha256_hex(text);
  }

  /// How many rows there are, about; 0: not known.
  [[nodiscard]] std::size_t estimate(database& on) const {
    const sql_value found =
        target_ == instar::postgres
            ? on.query_value("SELECT reltuples::bigint FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(" +
                             quote_literal(table_) + ") AND reltuples > 0")
            : on.query_value("SELECT count(*) FROM " + table_);
    std::size_t rows = 0;
    if (found)
      std::from_chars(found->data(), found->data() + found->size(), rows);
    return rows;
  }

  /// Rows whose key is NULL stand behind no place and before none: a walk would pass them over.
  /// \throws database_error `statement_failed` where there is one
  void check_key(database& on) const {
    std::string nulls;
    for (const std::string& column : what_.key)
      nulls += (nulls.empty() ? "" : " OR ") + quote_identifier(column) + " IS NULL";
    if (on.query("SELECT 1 FROM " + table_ + " WHERE (" + nulls + ")" +
                 (what_.where.empty() ? std::string{} : " AND " + selected()) + " LIMIT 1")
            .rows.empty())
      return;
    throw database_error(database_code::statement_failed,
                         {.message = "the key of " + what_.table + " is NULL in a row",
                          .remedy = "Walk by a key without NULLs, or leave such rows out by `where`."});
  }

  /// The rows that follow on a position; nothing where there are none.
  [[nodiscard]] std::optional<backfill_batch> next(database& on, const backfill_position& from) const {
    std::string outer;
    std::string columns;
    std::string backwards;
    for (const std::string& column : what_.key) {
      const std::string name = quote_identifier(column);
      // ORDER BY means an output column before it means one of the table, and text has another order: so the outputs
      // get names that are no column's. https://www.postgresql.org/docs/current/sql-select.html#SQL-ORDERBY
      const std::string of_batch = "instar_batch." + name;
      outer += (target_ == instar::postgres ? of_batch + "::text" : "quote(" + of_batch + ")") + " AS instar_key_" +
               std::to_string(&column - what_.key.data()) + ", ";
      columns += (columns.empty() ? "" : ", ") + name;
      backwards += (backwards.empty() ? "" : ", ") + of_batch + " DESC";
    }
    std::string condition = what_.where.empty() ? std::string{} : selected();
    const auto add = [&](const std::string& one) { condition += (condition.empty() ? "" : " AND ") + one; };
    if (!from.last.empty())
      add(tuple(columns) + " > " + tuple(from.last));
    const query_result found = on.query("SELECT " + outer + "count(*) OVER () FROM (SELECT " + columns + " FROM " +
                                        table_ + (condition.empty() ? "" : " WHERE " + condition) + " ORDER BY " +
                                        columns + " LIMIT " + std::to_string(std::max<std::size_t>(what_.batch, 1)) +
                                        ") AS instar_batch ORDER BY " + backwards + " LIMIT 1");
    if (found.rows.empty())
      return std::nullopt;
    backfill_batch batch;
    const std::vector<sql_value>& row = found.rows.front();
    for (std::size_t i = 0; i != what_.key.size(); ++i) {
      const std::string& value = *row[i];
      batch.end.last.push_back(target_ == instar::postgres ? quote_literal(value) : value);
    }
    const std::string& count = *row.back();
    std::size_t rows = 0;
    std::from_chars(count.data(), count.data() + count.size(), rows);
    batch.end.rows = from.rows + rows;
    batch.last = rows < what_.batch;
    add(tuple(columns) + " <= " + tuple(batch.end.last));
    batch.rows = condition;
    return batch;
  }

  /// Does to a batch what is to be done.
  void run(transaction& on, const backfill_batch& batch) const {
    if (!what_.set.empty())
      on.execute("UPDATE " + table_ + " SET " + what_.set + " WHERE " + batch.rows);
    else if (what_.each)
      call_code([&] { what_.each(on, batch.rows); });
  }

 private:
  /// The line break ends a comment.
  [[nodiscard]] std::string selected() const { return "(" + what_.where + "\n)"; }

  /// Rows are compared as rows; https://www.postgresql.org/docs/current/functions-comparisons.html,
  /// https://www.sqlite.org/rowvalue.html. One value needs no parentheses.
  [[nodiscard]] std::string tuple(const std::string& list) const {
    return what_.key.size() == 1 ? list : "(" + list + ")";
  }
  [[nodiscard]] std::string tuple(const std::vector<std::string>& values) const {
    std::string list;
    for (const std::string& value : values)
      list += (list.empty() ? "" : ", ") + value;
    return tuple(list);
  }

  const backfill& what_;
  dialect target_;
  std::string table_;
};

}  // namespace instar::detail
