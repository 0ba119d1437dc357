#pragma once

// Schemas that follow each other, to be run on the real databases.

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

}  // namespace instar_test
