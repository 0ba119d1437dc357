#pragma once

#include <instar/cli/exit_code.hpp>
#include <instar/cli/json.hpp>
#include <instar/cli/terminal.hpp>
#include <instar/database/error.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/report.hpp>
#include <instar/sql/script.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file What went wrong, as a person reads it and as a program does.

namespace instar::cli {

/// The stable codes of what can go wrong between a command line and an operation. Compare with `==`.
namespace cli_code {
inline constexpr std::string_view unknown_command = "INS5001";  ///< no command of that name
inline constexpr std::string_view unknown_option = "INS5002";   ///< the command has no option of that name
inline constexpr std::string_view bad_value = "INS5003";        ///< an option's value cannot be understood
inline constexpr std::string_view missing_value = "INS5004";    ///< an option, a value or a command is missing
inline constexpr std::string_view contradiction = "INS5005";    ///< two options exclude each other
inline constexpr std::string_view answer_needed = "INS5010";    ///< a question, and no terminal to ask it on
inline constexpr std::string_view declined = "INS5011";         ///< a question was answered with no
inline constexpr std::string_view unwritable = "INS5021";       ///< a file, or standard output, cannot be written
inline constexpr std::string_view not_yet = "INS5030";          ///< a command that this version does not have
inline constexpr std::string_view unmigrated = "INS5040";  ///< warning: the models changed, and no migration says so
inline constexpr std::string_view script_hazards = "INS5041";  ///< warning: a script has hazards
inline constexpr std::string_view unexpected = "INS5090";      ///< an error that nobody foresaw
}  // namespace cli_code

/// Something wrong, or worth a warning, with everything that is known about it. What is not known stays empty.
struct diagnostic {
  std::string code;
  std::string message;                      ///< one sentence of cause
  std::vector<std::string> help;            ///< each one thing to do
  std::string state;                        ///< what state the database (or the folder) is in now
  std::string migration;                    ///< the migration's name
  std::optional<script_location> location;  ///< where in which file
  std::optional<database_answer> database;  ///< what the database said
  std::vector<std::string> targets;         ///< of a fleet, those that it is about
  bool warning = false;
};

/// An error of the command line itself: the diagnostic and the exit code.
class command_error : public std::runtime_error {
 public:
  command_error(exit_code code, diagnostic about)
      : std::runtime_error(about.code + ": " + about.message), code_(code), about_(std::move(about)) {}

  [[nodiscard]] exit_code code() const noexcept { return code_; }
  [[nodiscard]] const diagnostic& about() const noexcept { return about_; }

 private:
  exit_code code_;
  diagnostic about_;
};

namespace detail {

[[nodiscard]] inline diagnostic make_diagnostic(std::string_view code, std::string message, std::string help = {},
                                                std::string state = {}) {
  diagnostic about;
  about.code = code;
  about.message = std::move(message);
  if (!help.empty())
    about.help.push_back(std::move(help));
  about.state = std::move(state);
  return about;
}

/// A mistake in the command line (exit 64).
[[nodiscard]] inline command_error usage_error(std::string_view code, std::string message, std::string help = {}) {
  return command_error{exit_code::usage, make_diagnostic(code, std::move(message), std::move(help))};
}

/// The part of a line that fits beside its number, and where in it the caret stands.
struct quoted_line {
  std::string text;
  std::size_t caret = 0;  ///< in columns
};

/// Cuts a long line to what stands round the caret, so that a terminal does not wrap it and lose the caret.
[[nodiscard]] inline quoted_line quote_line(std::string_view line, std::size_t caret) {
  constexpr std::size_t before = 60;
  constexpr std::size_t widest = 110;
  caret = std::min(caret, line.size());
  const std::string left = printable(line.substr(0, caret));
  const std::string right = printable(line.substr(caret));
  std::string_view shown_left = left;
  bool cut = false;
  while (width_of(shown_left) > before && width_of(left) + width_of(right) > widest) {
    const std::size_t length = utf8_length(shown_left);
    shown_left.remove_prefix(length == 0 ? 1 : length);
    cut = true;
  }
  quoted_line quoted;
  quoted.text = (cut ? "..." : "") + std::string{shown_left};
  quoted.caret = width_of(quoted.text);
  std::string_view rest = right;
  std::size_t width = quoted.caret;
  while (!rest.empty() && width < widest) {
    const std::size_t length = std::max<std::size_t>(utf8_length(rest), 1);
    width += width_of(rest.substr(0, length));
    quoted.text += rest.substr(0, length);
    rest.remove_prefix(length);
  }
  if (!rest.empty())
    quoted.text += "...";
  return quoted;
}

/// As many names as a person reads: "a, b, c and 997 more".
[[nodiscard]] inline std::string first_names(const std::vector<std::string>& names) {
  constexpr std::size_t most = 5;
  std::string text;
  for (std::size_t i = 0; i != names.size() && i != most; ++i)
    text += (text.empty() ? "" : ", ") + names[i];
  return names.size() > most ? text + " and " + std::to_string(names.size() - most) + " more" : text;
}

/// Puts the lines of a text under each other, indented as the first is.
[[nodiscard]] inline std::string indent_lines(std::string_view text, std::size_t columns) {
  std::string lines;
  while (!text.empty() && text.back() == '\n')
    text.remove_suffix(1);
  for (const char c : text) {
    lines += c;
    if (c == '\n')
      lines.append(columns, ' ');
  }
  return lines;
}

}  // namespace detail

[[nodiscard]] inline diagnostic diagnose(const migration_error& error) {
  diagnostic about;
  about.code = error.code();
  about.message = error.message();
  if (!error.remedy().empty())
    about.help.push_back(error.remedy());
  about.state = error.state();
  about.migration = error.migration();
  about.location = error.location();
  about.database = error.database();
  return about;
}

[[nodiscard]] inline diagnostic diagnose(const database_error& error) {
  diagnostic about;
  about.code = error.code();
  about.message = error.message();
  if (!error.remedy().empty())
    about.help.push_back(error.remedy());
  if (!error.sqlstate().empty() || !error.detail().empty() || !error.hint().empty() || !error.context().empty())
    about.database = database_answer{{}, error.sqlstate(), error.detail(), error.hint(), error.context()};
  // Up to INS3017 nothing was opened; what comes later happened in a connection.
  if (about.code < database_code::read_only)
    about.state = "The database was not reached; nothing was changed.";
  return about;
}

[[nodiscard]] inline diagnostic diagnose(const migration_warning& warning) {
  diagnostic about = detail::make_diagnostic(warning.code, warning.message, warning.remedy);
  about.migration = warning.migration;
  about.warning = true;
  return about;
}

[[nodiscard]] inline diagnostic diagnose(const history_problem& problem) {
  diagnostic about = detail::make_diagnostic(problem.code, problem.message);
  about.help = problem.ways_out;
  about.migration = problem.migration;
  return about;
}

/// A diagnostic in the look of rustc's: code, `file:line:column`, the SQL line with a caret, what the database said,
/// what state it is in now, what to do. No new line at the end.
[[nodiscard]] inline std::string render(const diagnostic& about, const palette& paint) {
  const style tone = about.warning ? style::yellow : style::red;
  std::string head = about.warning ? "warning" : "error";
  if (!about.code.empty())
    head += '[' + about.code + ']';
  std::string text = paint(tone, head) + paint(style::bold, ": " + printable(about.message));

  std::size_t margin = 2;
  if (about.location) {
    const script_location& place = *about.location;
    const std::string number = place.line == 0 ? std::string{} : std::to_string(place.line);
    margin = number.size() + 2;
    const std::string blank(margin, ' ');
    text += '\n' + std::string(number.size() + 1, ' ') + paint(style::cyan, "--> ") + printable(place.file);
    if (place.line != 0 && place.column == 0) {
      text += ':' + number;  // a line that is not shown
    } else if (place.line != 0) {
      text += ':' + number + ':' + std::to_string(place.column);
      const detail::quoted_line quoted = detail::quote_line(place.text, place.caret);
      const std::string bar = paint(style::cyan, "|");
      text += '\n' + blank + bar;
      text += '\n' + paint(style::cyan, ' ' + number + ' ') + bar + ' ' + quoted.text;
      text += '\n' + blank + bar + ' ' + std::string(quoted.caret, ' ') + paint(tone, "^");
      text += '\n' + blank + bar;
    }
  }
  const auto remark = [&](std::string_view label, std::string_view content) {
    if (content.empty())
      return;
    text += '\n' + std::string(margin, ' ') + paint(style::cyan, "= ") + paint(style::bold, std::string{label} + ": ");
    text += detail::indent_lines(printable(content), margin + 2 + label.size() + 2);
  };
  if (!about.migration.empty() && !about.location && about.message.find(about.migration) == std::string::npos)
    remark("migration", about.migration);
  if (about.database) {
    std::string said = about.database->message;
    if (!about.database->sqlstate.empty())
      said += (said.empty() ? "" : " ") + ('(' + about.database->sqlstate + ')');
    remark("the database says", said);
    remark("detail", about.database->detail);
    remark("hint", about.database->hint);
    remark("context", about.database->context);
  }
  remark("state", about.state);
  remark(about.targets.size() == 1 ? "target" : "targets", detail::first_names(about.targets));
  for (const std::string& way : about.help)
    text += '\n' + paint(style::green, "help") + ": " + detail::indent_lines(printable(way), 6);
  return text;
}

/// The same as an object of the document of `--json`.
inline void write_json(json_writer& json, const diagnostic& about) {
  json.begin_object();
  json.member("code", about.code);
  json.member("message", about.message);
  json.texts("help", about.help);
  json.optional_member("state", about.state);
  json.optional_member("migration", about.migration);
  if (about.location) {
    json.key("location").begin_object();
    json.member("file", about.location->file);
    if (about.location->line != 0) {
      json.member("line", about.location->line);
      if (about.location->column != 0) {
        json.member("column", about.location->column);
        json.member("text", about.location->text);
      }
    }
    json.end_object();
  }
  if (about.database) {
    json.key("database").begin_object();
    json.optional_member("message", about.database->message);
    json.optional_member("sqlstate", about.database->sqlstate);
    json.optional_member("detail", about.database->detail);
    json.optional_member("hint", about.database->hint);
    json.optional_member("context", about.database->context);
    json.end_object();
  }
  if (!about.targets.empty())
    json.texts("targets", about.targets);
  json.end_object();
}

}  // namespace instar::cli
