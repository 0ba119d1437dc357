#pragma once

#include <instar/database/error.hpp>
#include <instar/database/url.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace instar {

/// One `NAME=value` of a .env file, quotes and escapes resolved.
struct environment_entry {
  std::string name;
  std::string value;
  std::size_t line;  ///< from 1
};

namespace detail {

inline bool is_name_start(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}
inline bool is_name_part(char c) {
  return is_name_start(c) || (c >= '0' && c <= '9');
}

/// Reads the text of a .env file from front to back.
class dotenv_reader {
 public:
  using lookup = std::function<std::optional<std::string>(std::string_view)>;

  dotenv_reader(std::string_view text, const lookup& outer) : text_(text), outer_(outer) {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      at_ = 3;
    }
  }

  std::vector<environment_entry> read() {
    while (at_ < text_.size()) {
      read_line();
    }
    return std::move(entries_);
  }

 private:
  void read_line() {
    skip_blanks();
    if (text_.substr(at_).starts_with("export") && at_ + 6 < text_.size() && is_blank(text_[at_ + 6])) {
      at_ += 6;
      skip_blanks();
    }
    const std::size_t line = line_;
    const std::size_t name_begin = at_;
    while (at_ < text_.size() && (is_name_part(text_[at_]) || text_[at_] == '.' || text_[at_] == '-')) {
      ++at_;
    }
    std::string name{text_.substr(name_begin, at_ - name_begin)};
    skip_blanks();
    if (name.empty() || at_ >= text_.size() || text_[at_] != '=') {
      skip_line();  // a comment, a blank line, or nothing that we know
      return;
    }
    ++at_;
    skip_blanks();
    std::string value = read_value();
    skip_line();
    entries_.push_back({std::move(name), std::move(value), line});
  }

  std::string read_value() {
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'' || text_[at_] == '`')) {
      return read_quoted(text_[at_]);
    }
    const std::size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    std::string_view value = text_.substr(at_, end - at_);
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '#' && (i == 0 || is_blank(value[i - 1]))) {
        value = value.substr(0, i);
        break;
      }
    }
    while (!value.empty() && is_blank(value.back())) {
      value.remove_suffix(1);
    }
    at_ = end;
    return expanded(value, false);
  }

  std::string read_quoted(char quote) {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && quote == '"' && at_ + 1 < text_.size()) {
        ++at_;
      }
      ++at_;
    }
    if (at_ >= text_.size()) {
      throw database_error(
          database_code::malformed_environment,
          {.message = "The .env file opens a quote in line " + std::to_string(line_) + " and never closes it.",
           .remedy = "Close the quote."});
    }
    const std::string_view raw = text_.substr(begin, at_ - begin);
    line_ += static_cast<std::size_t>(std::count(raw.begin(), raw.end(), '\n'));
    ++at_;
    return quote == '"' ? expanded(raw, true) : std::string{raw};
  }

  // ${NAME} and ${NAME:-default}; in double quotes also \n, \t, \r and a backslash before any other character.
  [[nodiscard]] std::string expanded(std::string_view raw, bool with_escapes) const {
    std::string value;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '\\' && i + 1 < raw.size() && (with_escapes || raw[i + 1] == '$')) {
        const char next = raw[++i];
        value += next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : next;
        continue;
      }
      const std::size_t close = raw[i] == '$' && raw.substr(i).starts_with("${") ? raw.find('}', i) : raw.npos;
      if (close == raw.npos) {
        value += raw[i];
        continue;
      }
      const std::string_view reference = raw.substr(i + 2, close - i - 2);
      const std::size_t fallback = reference.find(":-");
      const auto found = look_up(reference.substr(0, fallback));
      if (found && !(found->empty() && fallback != reference.npos)) {
        value += *found;
      } else if (fallback != reference.npos) {
        value += reference.substr(fallback + 2);
      }
      i = close;
    }
    return value;
  }

  // The real environment wins over the file, as it does for the variable itself.
  [[nodiscard]] std::optional<std::string> look_up(std::string_view name) const {
    if (auto value = outer_(name)) {
      return value;
    }
    const auto entry = std::find_if(entries_.rbegin(), entries_.rend(),
                                    [name](const environment_entry& candidate) { return candidate.name == name; });
    return entry == entries_.rend() ? std::nullopt : std::optional<std::string>{entry->value};
  }

  static bool is_blank(char c) { return c == ' ' || c == '\t'; }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) {
      ++at_;
    }
  }

  void skip_line() {
    at_ = std::min(text_.find('\n', at_), text_.size());
    if (at_ < text_.size()) {
      ++at_;
      ++line_;
    }
  }

  std::string_view text_;
  const lookup& outer_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<environment_entry> entries_;
};

}  // namespace detail

/// Reads the text of a .env file.
///
/// Understood: `NAME=value`, `export NAME=value`, comments (`#` at the start of a line, or after a blank), `'literal'`,
/// `` `literal` ``, `"with \n escapes"`, values of several lines in quotes, `${NAME}` and `${NAME:-default}` outside
/// single quotes. Any other line is passed over, as every reader of these files does.
///
/// \param outer what a `${NAME}` finds before the file's own earlier entries: the process environment.
/// \throws database_error `malformed_environment` for a quote that is not closed; no value is shown.
[[nodiscard]] inline std::vector<environment_entry> parse_environment_file(
    std::string_view text,
    const std::function<std::optional<std::string>(std::string_view)>& outer = [](std::string_view name) {
      return detail::environment_variable(std::string{name}.c_str());
    }) {
  return detail::dotenv_reader{text, outer}.read();
}

/// A database URL and where it was found, for the sentence that tells the user ("from DATABASE_URL in .env").
struct located_database_url {
  database_url url;
  std::string source;  ///< "--url", "DATABASE_URL" or "DATABASE_URL in .env:LINE"
};

/// Finds the database's URL: `given`, then the environment variable DATABASE_URL, then that of `.env` in `folder`.
///
/// A variable that is set but empty counts as not set.
///
/// \param given what the user named explicitly.
/// \throws database_error `no_url`, `malformed_environment`, and what the constructor of `database_url` throws, with
/// the
///         place in the message.
[[nodiscard]] inline located_database_url find_database_url(const std::optional<std::string>& given = std::nullopt,
                                                            const std::filesystem::path& folder = ".") {
  const auto located = [](std::string_view text, std::string source) {
    try {
      return located_database_url{database_url{text}, source};
    } catch (const database_error& error) {
      throw database_error(error.code(),
                           {.message = error.message() + " (It comes from " + source + ".)", .remedy = error.remedy()});
    }
  };
  if (given) {
    return located(*given, "--url");
  }
  if (const auto text = detail::environment_variable("DATABASE_URL")) {
    return located(*text, "DATABASE_URL");
  }
  const std::filesystem::path file = folder / ".env";
  std::error_code ignored;
  if (std::filesystem::is_regular_file(file, ignored)) {
    std::ifstream stream{file, std::ios::binary};
    if (!stream) {
      throw database_error(database_code::malformed_environment,
                           {.message = "The file '" + file.string() + "' cannot be read.",
                            .remedy = "Check its permissions, or set DATABASE_URL."});
    }
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    const auto entries = parse_environment_file(text);
    const auto entry = std::find_if(entries.rbegin(), entries.rend(),
                                    [](const environment_entry& e) { return e.name == "DATABASE_URL"; });
    if (entry != entries.rend() && !entry->value.empty()) {
      return located(entry->value, "DATABASE_URL in .env:" + std::to_string(entry->line));
    }
  }
  throw database_error(database_code::no_url,
                       {.message = "No database was named.",
                        .remedy = "Give --url, or set DATABASE_URL in the environment or in a .env file, such as "
                                  "DATABASE_URL=sqlite:dev.db."});
}

}  // namespace instar
