#pragma once

#include "instar/sql/script.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// \file What a script says to instar, in comment lines that begin with `-- instar:`.

namespace instar::detail {

/// One line `-- instar: …` of a script.
struct script_directive {
  std::string_view text;   ///< what follows the colon, without blanks at its ends: "no-transaction"
  std::size_t offset = 0;  ///< where its `--` stands in the script, in bytes
};

/// What follows the words that a directive begins with, letter case aside; nothing where it begins otherwise.
///
/// \code
///   argument_of({"replaces 20240117000000_init sha256:ab"}, "replaces")  // "20240117000000_init sha256:ab"
///   argument_of({"no-transaction"}, "no-transaction")                    // ""
/// \endcode
[[nodiscard]] inline std::optional<std::string_view> argument_of(const script_directive& directive,
                                                                 std::string_view words) {
  std::string_view text = directive.text;
  if (text.size() < words.size() || !std::equal(words.begin(), words.end(), text.begin(),
                                                [](char a, char b) { return upper_ascii(a) == upper_ascii(b); }))
    return std::nullopt;
  text.remove_prefix(words.size());
  if (!text.empty() && !is_sql_blank(text.front()))
    return std::nullopt;  // a longer word
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}

/// The directive that a line is, or nothing. It stands alone on its line.
[[nodiscard]] inline std::optional<std::string_view> directive_of_line(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  constexpr std::string_view mark = "INSTAR:";
  const auto trim = [&] {
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    line = line.substr(0, line.find_last_not_of(blanks) + 1);
  };
  trim();
  if (!line.starts_with("--"))
    return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of('-'), line.size()));
  trim();
  if (line.size() < mark.size() || !is_keyword(line.substr(0, mark.size()), mark))
    return std::nullopt;
  line.remove_prefix(mark.size());
  trim();
  return line;
}

/// The directives of a script, in its order. What looks like one inside a statement (a function's body, a text) is
/// none. \param statements those of the script; none where all of it is comments, or only its head is given
[[nodiscard]] inline std::vector<script_directive> directives_of(std::string_view script,
                                                                 std::span<const script_statement> statements = {}) {
  std::vector<script_directive> found;
  auto statement = statements.begin();
  for (std::size_t at = 0; at < script.size();) {
    const std::size_t end = std::min(script.find('\n', at), script.size());
    while (statement != statements.end() && statement->offset + statement->text.size() <= at)
      ++statement;
    const bool inside = statement != statements.end() && statement->offset < at;
    const std::string_view line = script.substr(at, end - at);
    if (const auto text = directive_of_line(line); text && !inside)
      found.push_back({*text, at + line.find("--")});
    at = end + 1;
  }
  return found;
}

/// The directives on top of a script: above the first line that is neither blank nor a comment of one line. Needs no
/// lexer, so it reads a script that has a mistake further down, too.
[[nodiscard]] inline std::vector<script_directive> head_directives(std::string_view script) {
  std::size_t end = script.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  const std::size_t begin = end;
  while (end < script.size()) {
    const std::size_t line_end = std::min(script.find('\n', end), script.size());
    const std::string_view line = script.substr(end, line_end - end);
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && !line.substr(first).starts_with("--"))
      break;
    end = std::min(line_end + 1, script.size());
  }
  std::vector<script_directive> found = directives_of(script.substr(begin, end - begin));
  for (script_directive& directive : found)
    directive.offset += begin;
  return found;
}

}  // namespace instar::detail
