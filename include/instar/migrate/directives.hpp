#pragma once

#include <instar/sql/directives.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// \file The lines `-- instar: …` of scripts that only a migrator understands.

namespace instar::detail {

/// One line `-- instar: replaces NAME sha256:CHECKSUM` on top of a migration that stands for others (`migrate squash`),
/// or
/// `... by OTHER` behind it, where it was a squash before that did.
struct replaced_migration {
  std::string name;
  std::string checksum;  ///< lower-case hex SHA-256 of its script
  std::string by{};      ///< the migration that replaced it, itself one of the replaced; empty: this one

  friend bool operator==(const replaced_migration&, const replaced_migration&) = default;
};

/// The migrations that a script replaces, in the order in which it names them.
[[nodiscard]] inline std::vector<replaced_migration> replaced_by(std::string_view script) {
  constexpr std::string_view algorithm = "sha256:";
  std::vector<replaced_migration> replaced;
  for (const script_directive& directive : head_directives(script)) {
    const std::optional<std::string_view> said = argument_of(directive, "replaces");
    if (!said)
      continue;
    // A name may hold blanks, and a checksum does not.
    const std::size_t sum = said->rfind(algorithm);
    if (sum == std::string_view::npos || sum < 2 || (*said)[sum - 1] != ' ')
      continue;
    const std::string_view name = said->substr(0, said->find_last_not_of(" \t", sum - 1) + 1);
    std::string_view rest = said->substr(sum + algorithm.size());
    const std::size_t end = std::min(rest.find(' '), rest.size());
    replaced_migration one{std::string{name}, std::string{rest.substr(0, end)}};
    rest.remove_prefix(end);
    if (constexpr std::string_view by = " by "; rest.starts_with(by))
      one.by = rest.substr(by.size());
    replaced.push_back(std::move(one));
  }
  return replaced;
}

/// The line that makes a script stand for a migration that is C++.
inline constexpr std::string_view code_directive = "code";

[[nodiscard]] inline bool says_code(std::string_view script) {
  const std::vector<script_directive> said = head_directives(script);
  return std::any_of(said.begin(), said.end(),
                     [](const script_directive& d) { return argument_of(d, code_directive).has_value(); });
}

/// One line `-- instar: at most N rows, CODE TEXT: QUERY`: what a script destroys, and of how many rows somebody knew
/// it.
struct row_limit {
  std::size_t rows = 0;
  std::string what;   ///< "INS2002 drops column users.legacy with all its values"
  std::string query;  ///< counts the rows that have something to lose; empty: nobody can count them
};

/// Reads what stands behind "at most". \return nothing where it is not understood
[[nodiscard]] inline std::optional<row_limit> parse_row_limit(std::string_view said) {
  row_limit limit;
  const char* const end = said.data() + said.size();
  const auto [after, failed] = std::from_chars(said.data(), end, limit.rows);
  std::string_view rest{after, static_cast<std::size_t>(end - after)};
  const std::size_t unit = rest.starts_with(" rows, ") ? 7 : rest.starts_with(" row, ") ? 6 : 0;
  if (failed != std::errc{} || unit == 0)
    return std::nullopt;
  rest.remove_prefix(unit);
  const std::size_t colon = std::min(rest.find(": SELECT "), rest.size());
  limit.what = rest.substr(0, colon);
  if (colon != rest.size())
    limit.query = rest.substr(colon + 2);
  return limit;
}

/// What a script says that it destroys.
[[nodiscard]] inline std::vector<row_limit> row_limits_of(std::string_view script) {
  std::vector<row_limit> limits;
  for (const script_directive& directive : head_directives(script))
    if (const std::optional<std::string_view> said = argument_of(directive, "at most"))
      if (std::optional<row_limit> limit = parse_row_limit(*said))
        limits.push_back(std::move(*limit));
  return limits;
}

inline constexpr std::string_view written_by = "-- Written by instar ";

/// Whether `migrate dev` wrote a script, whoever edited it since.
[[nodiscard]] inline bool is_own_script(std::string_view sql) {
  if (sql.starts_with(byte_order_mark))
    sql.remove_prefix(byte_order_mark.size());
  return sql.starts_with(written_by);
}

}  // namespace instar::detail
