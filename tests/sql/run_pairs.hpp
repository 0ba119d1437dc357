#pragma once

// Schemas that follow each other, to be run on the real databases.

#include <instar/sql/checks.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace instar_test {

enum class runs_on : unsigned char { both, postgres, sqlite };

/// A schema before and after a change, with the SQL that the compiler made of it.
struct schema_pair {
  std::string_view name;
  instar::schema_view before;
  instar::schema_view after;
  std::span<const std::string_view> postgres;  ///< The compile-time SQL from before to after.
  std::span<const std::string_view> sqlite;
  std::string_view rows{};      ///< SQL that puts rows into `before`.
  std::string_view question{};  ///< A query of `after`, once it is there …
  std::string_view answer{};    ///< … and its rows: `a|b`, one a line.
  runs_on databases = runs_on::both;
  bool fails_with_rows = false;  ///< A hazard that the plan tells: with these rows nothing may change.
  bool one_way = false;          ///< The database itself knows no way back.

  [[nodiscard]] bool runs(instar::dialect d) const {
    return databases == runs_on::both || (databases == runs_on::postgres) == (d == instar::postgres);
  }
};

[[nodiscard]] std::span<const schema_pair> schema_pairs();

/// The lines that only one of two texts has: found in the first, missing from it. Empty when they say the same.
[[nodiscard]] inline std::string difference(std::string_view found, std::string_view wanted) {
  const auto lines_of = [](std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size() - 1);
      lines.push_back(text.substr(0, end + 1));
      text.remove_prefix(end + 1);
    }
    return lines;
  };
  std::vector<std::string_view> other = lines_of(wanted);
  std::string all;
  for (std::string_view line : lines_of(found)) {
    const auto same = std::find(other.begin(), other.end(), line);
    if (same == other.end())
      all.append("found    ").append(line);
    else
      other.erase(same);
  }
  for (std::string_view line : other)
    all.append("missing  ").append(line);
  return all;
}

/// The rows that make a migration fail, as the questions about it tell before anything is done: "2 of 3 rows are null",
/// one a line. \param ask the one value of a query, as a text
template <class Ask>
[[nodiscard]] std::string told_failures(instar::dialect d, const schema_pair& pair, Ask ask) {
  const instar::plan steps = instar::make_plan(pair.before, pair.after);
  std::string told;
  for (const instar::data_check& check : instar::data_checks(d, steps)) {
    const std::string found = ask(check.query);
    const std::string all = ask(check.total);
    if (check.fails && found != "0")
      told.append(check.sentence)
          .append(": ")
          .append(found)
          .append(" of ")
          .append(all)
          .append(" rows ")
          .append(check.rows + '\n');
  }
  return told;
}

}  // namespace instar_test
