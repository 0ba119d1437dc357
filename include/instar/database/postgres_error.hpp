#pragma once

// What libpq says in prose, taken apart: libpqxx hands on the message of an error and no field of it but the SQLSTATE.

#include <instar/database/error.hpp>
#include <instar/database/url.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace instar::detail {

/// One character of UTF-8 and the columns that libpq counts for it.
struct displayed_character {
  std::size_t bytes;
  std::size_t width;
};

/// libpq counts two columns for East Asian wide characters and one for everything else, combining marks included.
inline displayed_character displayed_character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i])) : 0U;
  };
  std::size_t bytes = 1;
  std::uint32_t code = byte(0);
  if (code >= 0xF0) {
    bytes = 4;
    code = ((code & 0x07U) << 18U) | ((byte(1) & 0x3FU) << 12U) | ((byte(2) & 0x3FU) << 6U) | (byte(3) & 0x3FU);
  } else if (code >= 0xE0) {
    bytes = 3;
    code = ((code & 0x0FU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU);
  } else if (code >= 0xC0) {
    bytes = 2;
    code = ((code & 0x1FU) << 6U) | (byte(1) & 0x3FU);
  }
  struct range {
    std::uint32_t first;
    std::uint32_t last;
  };
  // Unicode's East_Asian_Width W and F, in the blocks that matter.
  static constexpr std::array<range, 24> wide{
      {{0x1100, 0x115F}, {0x231A, 0x231B}, {0x2329, 0x232A}, {0x23E9, 0x23EC}, {0x25FD, 0x25FE},   {0x2614, 0x2615},
       {0x2648, 0x2653}, {0x26AA, 0x26AB}, {0x2705, 0x2705}, {0x270A, 0x270B}, {0x2728, 0x2728},   {0x274C, 0x274C},
       {0x2753, 0x2755}, {0x2757, 0x2757}, {0x2E80, 0x303E}, {0x3041, 0xA4CF}, {0xA960, 0xA97C},   {0xAC00, 0xD7A3},
       {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}}};
  const bool is_wide =
      std::any_of(wide.begin(), wide.end(), [code](const range& r) { return code >= r.first && code <= r.last; });
  return {std::min(bytes, text.size() - at), is_wide ? std::size_t{2} : std::size_t{1}};
}

inline std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const displayed_character character = displayed_character_at(text, at);
    at += character.bytes;
    width += character.width;
  }
  return width;
}

/// The byte at which `columns` columns of `text` end; its size when it is narrower.
inline std::size_t byte_at_column(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (std::size_t width = 0; at < text.size() && width < columns;) {
    const displayed_character character = displayed_character_at(text, at);
    at += character.bytes;
    width += character.width;
  }
  return at;
}

/// The first byte of the line `number` (from 1) as libpq counts them: CR, LF and CR LF end a line.
inline std::optional<std::size_t> line_start(std::string_view text, std::size_t number) {
  std::size_t line = 1;
  std::size_t at = 0;
  while (line < number) {
    at = text.find_first_of("\r\n", at);
    if (at == std::string_view::npos) {
      return std::nullopt;
    }
    at += text.substr(at).starts_with("\r\n") ? 2 : 1;
    ++line;
  }
  return at;
}

/// libpq's picture of an error position: a numbered line of the text, perhaps cut at either end, and a caret below it.
struct error_excerpt {
  std::size_t line;           ///< from 1
  std::string_view text;      ///< what stands behind "LINE n: ", with "..." where it is cut
  std::size_t caret_column;   ///< columns between the start of `text` and the caret
  std::size_t message_begin;  ///< where the picture begins in the message
  std::size_t message_end;    ///< and where what follows it begins
};

/// Finds the picture by its shape, a line "word number: text" above a lone caret, since libpq translates the word.
inline std::optional<error_excerpt> find_error_excerpt(std::string_view message) {
  std::size_t begin = 0;
  while (begin < message.size()) {
    const std::size_t line_end = std::min(message.find('\n', begin), message.size());
    const std::size_t next = std::min(line_end + 1, message.size());
    const std::size_t next_end = std::min(message.find('\n', next), message.size());
    const std::string_view line = message.substr(begin, line_end - begin);
    const std::string_view below = message.substr(next, next_end - next);
    const std::size_t caret = below.find_first_not_of(' ');
    if (caret != std::string_view::npos && below.substr(caret) == "^") {
      const std::size_t digits = line.find_first_of("0123456789");
      const std::size_t digits_end =
          digits == std::string_view::npos ? std::string_view::npos : line.find_first_not_of("0123456789", digits);
      if (digits_end != std::string_view::npos && digits_end - digits < 10 &&
          line.substr(digits_end).starts_with(": ")) {
        std::size_t number = 0;
        for (const char digit : line.substr(digits, digits_end - digits)) {
          number = number * 10 + static_cast<std::size_t>(digit - '0');
        }
        const std::size_t prefix = display_width(line.substr(0, digits_end + 2));
        if (caret >= prefix && number > 0) {
          return error_excerpt{.line = number,
                               .text = line.substr(digits_end + 2),
                               .caret_column = caret - prefix,
                               .message_begin = begin,
                               .message_end = std::min(next_end + 1, message.size())};
        }
      }
    }
    begin = next;
    if (line_end == message.size()) {
      break;
    }
  }
  return std::nullopt;
}

/// The byte of `sql` that libpq's caret points at.
///
/// Exact, but for one case: a line of more than 60 columns that is cut at its start and in which the excerpt occurs
/// more than once; then the first occurrence counts.
inline std::optional<std::size_t> error_offset(std::string_view sql, const error_excerpt& excerpt) {
  const std::optional<std::size_t> start = line_start(sql, excerpt.line);
  if (!start) {
    return std::nullopt;
  }
  // libpq prints tabs as blanks.
  std::string line{sql.substr(*start, std::min(sql.find_first_of("\r\n", *start), sql.size()) - *start)};
  std::replace(line.begin(), line.end(), '\t', ' ');

  constexpr std::string_view cut = "...";
  std::string_view shown = excerpt.text;
  if (line == shown) {
    return *start + byte_at_column(line, excerpt.caret_column);
  }
  const bool cut_at_end = shown.ends_with(cut) && !line.ends_with(shown.substr(std::min(cut.size(), shown.size())));
  if (cut_at_end) {
    shown.remove_suffix(cut.size());
  }
  if (line.starts_with(shown)) {
    return *start + byte_at_column(line, excerpt.caret_column);
  }
  if (!shown.starts_with(cut) || excerpt.caret_column < cut.size()) {
    return std::nullopt;
  }
  shown.remove_prefix(cut.size());
  const std::size_t at = cut_at_end ? line.find(shown) : line.rfind(shown);
  if (at == std::string::npos) {
    return std::nullopt;
  }
  return *start + at + byte_at_column(shown, excerpt.caret_column - cut.size());
}

/// The fields of an error message of libpq in its default verbosity.
///
/// \param sql the text that was sent, for `offset`.
inline database_error_fields parse_postgres_error(std::string_view sql, std::string_view said) {
  database_error_fields fields;
  const auto excerpt = find_error_excerpt(said);
  std::string text{said};
  if (excerpt) {
    text.erase(excerpt->message_begin, excerpt->message_end - excerpt->message_begin);
  }
  // "ERROR:  " in whatever language: two blanks behind the colon of the first line.
  const std::size_t first_line = std::min(text.find('\n'), text.size());
  if (const std::size_t severity = text.find(":  "); severity < first_line) {
    text.erase(0, severity + 3);
  }
  struct section {
    std::string_view label;
    std::string database_error_fields::*field;
  };
  static constexpr std::array<section, 6> sections{{{"DETAIL:  ", &database_error_fields::detail},
                                                    {"HINT:  ", &database_error_fields::hint},
                                                    {"QUERY:  ", &database_error_fields::context},
                                                    {"CONTEXT:  ", &database_error_fields::context},
                                                    {"SCHEMA NAME:  ", nullptr},
                                                    {"LOCATION:  ", nullptr}}};
  bool inner_query = false;
  std::string discarded;
  std::string* current = &fields.message;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    for (const section& candidate : sections) {
      if (line.starts_with(candidate.label)) {
        current = candidate.field != nullptr ? &(fields.*candidate.field) : &discarded;
        inner_query = inner_query || candidate.label == "QUERY:  ";
        if (candidate.field != &database_error_fields::context) {
          line.remove_prefix(candidate.label.size());
        }
        break;
      }
    }
    if (!current->empty()) {
      *current += '\n';
    }
    *current += line;
  }
  while (fields.message.ends_with('\n')) {
    fields.message.pop_back();
  }
  // With a QUERY the picture shows the text of a function's own statement, not ours.
  if (excerpt && !inner_query) {
    fields.offset = error_offset(sql, *excerpt);
  }
  return fields;
}

/// The error of a statement, with the code that a program tells apart.
inline database_error postgres_statement_error(std::string_view sql, std::string_view said, std::string_view sqlstate) {
  database_error_fields fields = parse_postgres_error(sql, said);
  fields.sqlstate = sqlstate;
  if (sqlstate == "57014") {  // query_canceled, by us or by a statement_timeout
    return {database_code::interrupted, std::move(fields)};
  }
  if (sqlstate == "55P03" || sqlstate == "40P01") {  // lock_not_available, deadlock_detected
    fields.remedy = "Wait until the other session is done, and try again.";
    return {database_code::busy, std::move(fields)};
  }
  if (sqlstate == "25006") {  // read_only_sql_transaction
    fields.remedy = "Connect to the primary server, and as a role whose transactions may write.";
    return {database_code::read_only, std::move(fields)};
  }
  if (sqlstate == "42501") {  // insufficient_privilege
    fields.remedy = "Connect as the owner, or let a superuser grant what is missing.";
    return {database_code::permission, std::move(fields)};
  }
  return {database_code::statement_failed, std::move(fields)};
}

inline std::string without_line_ends(std::string_view text) {
  std::string joined;
  for (const char c : text) {
    if (c == '\n' || c == '\t') {
      if (!joined.empty() && joined.back() != ' ') {
        joined += ' ';
      }
    } else {
      joined += c;
    }
  }
  while (joined.ends_with(' ')) {
    joined.pop_back();
  }
  return joined;
}

inline database_error postgres_connection_lost(const database_url& url, std::string_view said,
                                               std::string_view sqlstate) {
  return {database_code::connection_lost,
          {.message = "The connection to " + url.redacted() +
                      " was lost: " + url.without_secrets(without_line_ends(said)) + ".",
           .remedy = "Check that the server is running, and try again.",
           .sqlstate = std::string{sqlstate}}};
}

/// Whether a server will perhaps answer a little later.
inline bool may_come_up(std::string_view said) {
  const auto says = [&](std::string_view words) { return said.find(words) != std::string_view::npos; };
  // Of a socket: a certificate that is not there is not there either.
  if (says("No such file or directory")) {
    return says("on socket") || says("could not connect to server");
  }
  return says("Connection refused") || says("Connection reset") || says("server closed the connection unexpectedly") ||
         says("timeout expired") || says("timed out") || says("No route to host") ||
         says("Temporary failure in name resolution");
}

/// Why a connection did not come about. libpq gives no SQLSTATE here, so the text decides; a server that speaks another
/// language ends in `refused`, with the server's own words.
inline database_error postgres_connection_error(const database_url& url, std::string_view said) {
  const std::string text = without_line_ends(said);
  const auto says = [&](std::string_view words) { return text.find(words) != std::string::npos; };
  const std::string where = url.redacted();
  if (says("password authentication failed") || says("no password supplied") || says("authentication failed") ||
      says("no pg_hba.conf entry") || (says("role \"") && says("does not exist")) || says("pg_hba.conf rejects") ||
      says("is not permitted to log in")) {
    return {database_code::authentication,
            {.message = "The server refused the login to " + where + " (" + text + ").",
             .remedy = "Check user and password in the database URL, and the server's pg_hba.conf."}};
  }
  if (says("database \"") && says("does not exist")) {
    return {database_code::database_missing,
            {.message = "The database '" + url.database_name() + "' does not exist on the server (" + where + ").",
             .remedy = "Create it, or correct the name in the database URL.",
             .sqlstate = "3D000"}};
  }
  // 57P03, cannot_connect_now
  if (says("the database system is starting up") || says("the database system is shutting down") ||
      says("the database system is in recovery mode") || says("the database system is not accepting connections") ||
      says("the database system is not yet accepting connections")) {
    return {database_code::refused,
            {.message = "The server at " + where + " is there, and takes no connections now (" + text + ").",
             .remedy = "Try again when it is up.",
             .sqlstate = "57P03",
             .transient = true}};
  }
  if (says("FATAL: ")) {
    return {database_code::refused,
            {.message = "The server refused the connection to " + where + " (" + text + ").",
             .remedy = "Read the server's reason, and try again when it is out of the way."}};
  }
  if (says(" URI") || says("invalid connection option") || says("invalid integer value")) {
    return {database_code::malformed_url,
            {.message = "libpq cannot read the database URL (" + url.without_secrets(text) + ").",
             .remedy = "Correct the URL."}};
  }
  return {database_code::unreachable,
          {.message = "No PostgreSQL server answers at " + where + " (" + text + ").",
           .remedy = "Start the server, or correct host and port in the database URL.",
           .transient = may_come_up(text)}};
}

}  // namespace instar::detail
