#pragma once

#include <instar/cli/generate/cpp_names.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file The names that an earlier models header gave.

namespace instar::cli::detail {

/// What people called things, by what the database calls them.
struct given_names {
  struct entry {
    std::string name;                          ///< Of the struct or enum.
    std::map<std::string, std::string> inner;  ///< Fields by column, enumerators by label.
  };
  std::map<std::string, entry> tables;  ///< By "name" or "schema.name".
  std::map<std::string, entry> enums;
  std::string name_space{};  ///< The first that is opened; empty: none.
};

/// Reads INSTAR_MODEL and INSTAR_ENUM of a C++ text. It is no compiler: what it does not understand it leaves out.
class header_reader {
 public:
  explicit header_reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] given_names run() {
    given_names found;
    for (token t = next(); t.what != kind::end; t = next()) {
      if (t.what == kind::name && t.text == "namespace" && found.name_space.empty())
        found.name_space = read_namespace();
      if (t.what != kind::name || (t.text != "INSTAR_MODEL" && t.text != "INSTAR_ENUM"))
        continue;
      const bool model = t.text == "INSTAR_MODEL";
      const std::string_view before = rest_;
      if (next().text != "(") {
        rest_ = before;
        continue;
      }
      const std::vector<argument> arguments = read_arguments();
      if (model)
        add_model(found, arguments);
      else
        add_enum(found, arguments);
    }
    return found;
  }

 private:
  enum class kind : unsigned char { end, name, literal, sign };
  struct token {
    kind what = kind::end;
    std::string text{};  ///< Of a literal: its value.
  };
  using argument = std::vector<token>;

  /// The name behind `namespace`; nothing for one that is not opened here.
  std::string read_namespace() {
    std::string name;
    const std::string_view before = rest_;
    for (token t = next(); t.what == kind::name || t.text == ":"; t = next())
      name += t.text;
    if (!rest_.empty() && before.substr(0, before.size() - rest_.size()).ends_with('{'))
      return name;
    rest_ = before;
    return {};
  }

  /// The arguments up to the parenthesis that closes them, which is read too.
  std::vector<argument> read_arguments() {
    std::vector<argument> all(1);
    int depth = 0;
    for (token t = next(); t.what != kind::end; t = next()) {
      if (t.what == kind::sign && t.text == ")" && depth-- == 0)
        break;
      if (t.what == kind::sign && t.text == "(")
        ++depth;
      if (t.what == kind::sign && t.text == "," && depth == 0)
        all.emplace_back();
      else
        all.back().push_back(std::move(t));
    }
    return all;
  }

  /// The arguments in the parentheses of an entry; none for an entry without.
  static std::vector<argument> inner_arguments(const argument& entry) {
    std::vector<argument> all;
    if (entry.size() < 2 || entry.front().what != kind::sign || entry.front().text != "(")
      return all;
    all.emplace_back();
    int depth = 0;
    for (std::size_t i = 1; i + 1 < entry.size(); ++i) {
      const token& t = entry[i];
      depth += t.what == kind::sign && t.text == "(" ? 1 : t.what == kind::sign && t.text == ")" ? -1 : 0;
      if (t.what == kind::sign && t.text == "," && depth == 0)
        all.emplace_back();
      else
        all.back().push_back(t);
    }
    return all;
  }

  static bool is_name(const argument& a) { return a.size() == 1 && a[0].what == kind::name; }

  /// The text of an argument that is a literal, or of several in a row; nothing else.
  static bool is_text(const argument& a, std::string& text) {
    text.clear();
    for (const token& t : a) {
      if (t.what != kind::literal)
        return false;
      text += t.text;
    }
    return !a.empty();
  }

  static void add_model(given_names& found, const std::vector<argument>& arguments) {
    std::string table;
    if (arguments.size() < 2 || !is_name(arguments[0]) || !is_text(arguments[1], table))
      return;
    given_names::entry& entry = found.tables[table];
    entry.name = arguments[0][0].text;
    for (std::size_t i = 2; i < arguments.size(); ++i) {
      const std::vector<argument> said = inner_arguments(arguments[i]);
      if (said.empty() || !is_name(said[0]))
        continue;
      std::string column = said[0][0].text;
      for (const argument& word : said)
        if (word.size() > 3 && word[0].text == "column" && word[0].what == kind::name && word[1].text == "(")
          if (std::string text; is_text(argument(word.begin() + 2, word.end() - 1), text))
            column = text;
      entry.inner[column] = said[0][0].text;
    }
  }

  static void add_enum(given_names& found, const std::vector<argument>& arguments) {
    std::vector<argument> head = inner_arguments(arguments[0]);
    if (head.empty())
      head.push_back(arguments[0]);
    if (!is_name(head[0]))
      return;
    const std::string& name = head[0][0].text;
    std::string type = snake_name(name);
    for (const argument& option : head)
      if (std::string text; is_text(option, text))
        type = text;
    given_names::entry& entry = found.enums[type];
    entry.name = name;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      std::vector<argument> said = inner_arguments(arguments[i]);
      if (said.empty())
        said.push_back(arguments[i]);
      if (!is_name(said[0]))
        continue;
      std::string label = said[0][0].text;
      if (std::string text; said.size() > 1 && is_text(said[1], text))
        label = text;
      entry.inner[label] = said[0][0].text;
    }
  }

  token next() {
    skip_blanks();
    if (rest_.empty())
      return {};
    if (is_name_character(rest_[0])) {
      std::size_t size = 1;
      while (size < rest_.size() && is_name_character(rest_[size]))
        ++size;
      const std::string name{rest_.substr(0, size)};
      rest_.remove_prefix(size);
      if (name == "R" && rest_.starts_with('"'))
        return raw_literal();
      return {kind::name, name};
    }
    if (rest_[0] == '"' || rest_[0] == '\'')
      return literal();
    const std::string sign{rest_[0]};
    rest_.remove_prefix(1);
    return {kind::sign, sign};
  }

  void skip_to(std::size_t at) { rest_.remove_prefix(at < rest_.size() ? at : rest_.size()); }

  void skip_blanks() {
    for (;;) {
      if (rest_.starts_with("//") || rest_.starts_with('#'))
        skip_to(rest_.find('\n'));
      else if (rest_.starts_with("/*"))
        skip_to(rest_.find("*/", 2) == std::string_view::npos ? rest_.size() : rest_.find("*/", 2) + 2);
      else if (!rest_.empty() && std::string_view{" \t\r\n\v\f"}.find(rest_[0]) != std::string_view::npos)
        rest_.remove_prefix(1);
      else
        return;
    }
  }

  token raw_literal() {
    const std::size_t open = rest_.find('(');
    if (open == std::string_view::npos)
      return {};
    const std::string end = ')' + std::string{rest_.substr(1, open - 1)} + '"';
    const std::size_t close = rest_.find(end, open);
    token made{kind::literal,
               std::string{rest_.substr(open + 1, close == std::string_view::npos ? close : close - open - 1)}};
    skip_to(close == std::string_view::npos ? rest_.size() : close + end.size());
    return made;
  }

  /// A literal with the escapes that `cpp_literal` writes and people use.
  token literal() {
    const char quote = rest_[0];
    token made{kind::literal, {}};
    std::size_t i = 1;
    while (i < rest_.size() && rest_[i] != quote) {
      if (rest_[i] != '\\' || i + 1 == rest_.size()) {
        made.text += rest_[i++];
        continue;
      }
      const char escaped = rest_[++i];
      if (escaped >= '0' && escaped <= '7') {
        unsigned value = 0;
        for (int digits = 0; digits < 3 && i < rest_.size() && rest_[i] >= '0' && rest_[i] <= '7'; ++digits)
          value = value * 8 + static_cast<unsigned>(rest_[i++] - '0');
        made.text += static_cast<char>(static_cast<unsigned char>(value));
        continue;
      }
      made.text += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped;
      ++i;
    }
    skip_to(i + 1);
    return made;
  }

  std::string_view rest_;
};

}  // namespace instar::cli::detail
