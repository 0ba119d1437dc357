#pragma once

#include <instar/schema/dialect.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace instar {

/// The stable codes of a script that cannot be split. Compare with `==`.
namespace script_code {
inline constexpr std::string_view unterminated_quote = "INS3101";  ///< a string, dollar quote or quoted name has no end
inline constexpr std::string_view unterminated_comment = "INS3102";  ///< a block comment has no end
inline constexpr std::string_view unterminated_body = "INS3103";     ///< a trigger or BEGIN ATOMIC body has no END
inline constexpr std::string_view client_command = "INS3104";        ///< a command of psql or of the sqlite3 shell
inline constexpr std::string_view copy_data = "INS3105";             ///< COPY FROM STDIN or TO STDOUT
inline constexpr std::string_view invalid_utf8 = "INS3106";          ///< a byte that is not UTF-8
inline constexpr std::string_view nul_byte = "INS3107";              ///< a byte of value 0
}  // namespace script_code

/// A place in a script: line and column from 1, the column in characters (not bytes).
struct script_position {
  std::size_t line;
  std::size_t column;

  friend bool operator==(const script_position&, const script_position&) = default;
};

namespace detail {
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Where the line that holds `offset` begins; LF, CR LF and a lone CR end a line.
inline std::size_t script_line_begin(std::string_view script, std::size_t offset) {
  std::size_t begin = std::min(offset, script.size());
  // The LF of a CR LF belongs to the line that it ends.
  if (begin > 0 && begin < script.size() && script[begin] == '\n' && script[begin - 1] == '\r') {
    --begin;
  }
  while (begin > 0 && script[begin - 1] != '\n' && script[begin - 1] != '\r') {
    --begin;
  }
  return begin;
}
}  // namespace detail

/// The line and column of a byte; an offset behind the end counts as the end. Linear in the offset.
[[nodiscard]] inline script_position position_in_script(std::string_view script, std::size_t offset) {
  offset = std::min(offset, script.size());
  const std::size_t begin = detail::script_line_begin(script, offset);
  script_position position{1, 1};
  for (std::size_t i = 0; i < begin; ++i) {
    if (script[i] == '\n' || (script[i] == '\r' && (i + 1 == script.size() || script[i + 1] != '\n'))) {
      ++position.line;
    }
  }
  std::size_t at = begin;
  if (begin == 0 && script.starts_with(detail::byte_order_mark)) {
    at = detail::byte_order_mark.size();
  }
  for (; at < offset; ++at) {
    if ((static_cast<unsigned char>(script[at]) & 0xC0U) != 0x80U) {
      ++position.column;
    }
  }
  return position;
}

/// The whole line that holds a byte, without its end and without a byte order mark: what an error message quotes.
///
/// \return a view into `script`.
[[nodiscard]] inline std::string_view line_in_script(std::string_view script, std::size_t offset) {
  std::size_t begin = detail::script_line_begin(script, offset);
  if (begin == 0 && script.starts_with(detail::byte_order_mark)) {
    begin = detail::byte_order_mark.size();
  }
  const std::size_t end = std::min(script.find_first_of("\r\n", begin), script.size());
  return script.substr(begin, end - begin);
}

/// Why a script cannot be split into statements, and where. Nothing of it has run.
class script_error : public std::runtime_error {
 public:
  /// \param code one of `script_code`; must outlive the error (a literal).
  script_error(std::string_view code, std::string_view script, std::size_t offset, const std::string& message,
               std::string remedy)
      : script_error(code, position_in_script(script, offset), offset, message, std::move(remedy)) {}

  [[nodiscard]] std::string_view code() const noexcept { return code_; }

  /// One sentence of cause, without place.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

  /// One sentence of what to do.
  [[nodiscard]] const std::string& remedy() const noexcept { return remedy_; }

  /// Byte offset in the script.
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

  [[nodiscard]] script_position position() const noexcept { return position_; }

 private:
  script_error(std::string_view code, script_position position, std::size_t offset, const std::string& message,
               std::string remedy)
      : std::runtime_error(std::string{code} + ": line " + std::to_string(position.line) + ", column " +
                           std::to_string(position.column) + ": " + message + ' ' + remedy),
        code_(code), position_(position), offset_(offset), message_(message), remedy_(std::move(remedy)) {}

  std::string_view code_;
  script_position position_;
  std::size_t offset_;
  std::string message_;
  std::string remedy_;
};

/// One statement of a script.
struct script_statement {
  /// From its first token to its last: no comment before it, no semicolon behind it. A view into the script.
  std::string_view text;

  /// Where `text` begins in the script, in bytes.
  std::size_t offset = 0;

  /// Its first word in upper case ("CREATE"); empty when it starts with something else, such as a parenthesis.
  std::string keyword;

  /// BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK, ABORT, SAVEPOINT, RELEASE, PREPARE TRANSACTION: the script takes
  /// transactions into its own hands.
  bool transaction_control = false;

  /// It fails, or silently does nothing, inside a transaction. This is what its text shows: a REINDEX of a partitioned
  /// table, or a CALL of a procedure that commits, looks like any other.
  bool outside_transaction = false;
};

/// Whether all of a script can run in one transaction that somebody else opens and closes.
[[nodiscard]] inline bool fits_in_transaction(std::span<const script_statement> statements) {
  return std::none_of(statements.begin(), statements.end(), [](const script_statement& statement) {
    return statement.transaction_control || statement.outside_transaction;
  });
}

namespace detail {

constexpr char upper_ascii(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// Whether a word is a keyword, which is given in upper case.
constexpr bool is_keyword(std::string_view word, std::string_view keyword) {
  return word.size() == keyword.size() &&
         std::equal(word.begin(), word.end(), keyword.begin(), [](char a, char b) { return upper_ascii(a) == b; });
}

template <std::size_t N>
constexpr bool is_one_of(std::string_view word, const std::array<std::string_view, N>& keywords) {
  return std::any_of(keywords.begin(), keywords.end(), [word](std::string_view k) { return is_keyword(word, k); });
}

constexpr bool is_sql_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

constexpr bool is_sql_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Both databases take every byte from 0x80 on as a letter.
constexpr bool is_sql_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

constexpr bool is_sql_word_part(char c) {
  return is_sql_word_start(c) || is_sql_digit(c) || c == '$';
}

/// The first byte that is not UTF-8: truncated, overlong, a surrogate or over U+10FFFF.
inline std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t at = 0; at < text.size();) {
    const unsigned lead = byte(at);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4U : lead >= 0xE0 ? 3U : 2U;
    if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) {
      return at;
    }
    for (std::size_t i = 1; i < length; ++i) {
      if ((byte(at + i) & 0xC0U) != 0x80U) {
        return at;
      }
    }
    const unsigned second = byte(at + 1);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second > 0x8F)) {
      return at;
    }
    at += length;
  }
  return std::nullopt;
}

/// What a statement is made of, as far as the splitter looks.
enum class script_token_kind : unsigned char { word, quoted, number, symbol };

struct script_token {
  script_token_kind kind;
  std::string_view text;
};

/// The tokens of a statement that decide on its traits: its first ones, those in parentheses left out.
struct statement_head {
  static constexpr std::size_t capacity = 16;
  std::array<std::string_view, capacity> tokens;
  std::size_t size = 0;
  bool concurrently_option = false;  // REINDEX (CONCURRENTLY) TABLE …

  // A quoted name is kept as a token of its own that no keyword equals: its text includes the quotes.
  void add(std::string_view token) {
    if (size < capacity) {
      tokens[size++] = token;
    }
  }

  [[nodiscard]] bool is(std::size_t i, std::string_view keyword) const {
    return i < size && is_keyword(tokens[i], keyword);
  }

  template <std::size_t N>
  [[nodiscard]] bool is(std::size_t i, const std::array<std::string_view, N>& keywords) const {
    return i < size && is_one_of(tokens[i], keywords);
  }

  [[nodiscard]] bool has(std::string_view keyword, std::size_t from) const {
    for (std::size_t i = from; i < size; ++i) {
      if (is_keyword(tokens[i], keyword)) {
        return true;
      }
    }
    return false;
  }
};

inline bool controls_transaction(const statement_head& head) {
  static constexpr std::array<std::string_view, 7> always{"BEGIN",     "COMMIT",  "END",  "ROLLBACK",
                                                          "SAVEPOINT", "RELEASE", "ABORT"};
  return head.is(0, always) || ((head.is(0, "START") || head.is(0, "PREPARE")) && head.is(1, "TRANSACTION"));
}

/// PostgreSQL: what calls PreventInTransactionBlock, measured on 15.
inline bool runs_outside_transaction_on_postgres(const statement_head& head) {
  static constexpr std::array<std::string_view, 2> create_drop{"CREATE", "DROP"};
  static constexpr std::array<std::string_view, 2> database_tablespace{"DATABASE", "TABLESPACE"};
  static constexpr std::array<std::string_view, 3> whole{"SCHEMA", "DATABASE", "SYSTEM"};
  if (head.is(0, "VACUUM") || (head.is(0, "DISCARD") && head.is(1, "ALL")) ||
      (head.is(0, "ALTER") && head.is(1, "SYSTEM"))) {
    return true;
  }
  if (head.is(0, create_drop)) {
    const std::size_t index = head.is(1, "UNIQUE") ? 2 : 1;
    return head.is(1, database_tablespace) || head.is(1, "SUBSCRIPTION") ||
           (head.is(index, "INDEX") && head.is(index + 1, "CONCURRENTLY"));
  }
  if (head.is(0, "REINDEX")) {
    return head.is(1, whole) || head.is(2, "CONCURRENTLY") || head.concurrently_option;
  }
  if (head.is(0, "CLUSTER")) {
    return head.size == 1 || (head.size == 2 && head.is(1, "VERBOSE"));
  }
  if (head.is(0, "ALTER")) {
    if (head.is(1, "SUBSCRIPTION")) {
      return true;
    }
    if (head.is(1, "DATABASE")) {
      return head.is(3, "SET") && head.is(4, "TABLESPACE");
    }
    return head.is(1, "TABLE") && head.has("DETACH", 2) && head.has("CONCURRENTLY", 4);
  }
  return false;
}

/// SQLite: what fails in a transaction, and what is silently ignored there; measured on 3.40.
inline bool runs_outside_transaction_on_sqlite(const statement_head& head) {
  static constexpr std::array<std::string_view, 3> always{"VACUUM", "ATTACH", "DETACH"};
  static constexpr std::array<std::string_view, 6> settings{"FOREIGN_KEYS", "JOURNAL_MODE", "SYNCHRONOUS",
                                                            "TEMP_STORE",   "PAGE_SIZE",    "AUTO_VACUUM"};
  if (head.is(0, always)) {
    return true;
  }
  if (!head.is(0, "PRAGMA")) {
    return false;
  }
  const std::size_t name = head.is(2, ".") ? 3 : 1;
  return head.is(name, "WAL_CHECKPOINT") ||
         (head.is(name, settings) && (head.is(name + 1, "=") || head.is(name + 1, "(")));
}

/// Splits a script in one pass from front to back.
class script_splitter {
 public:
  script_splitter(instar::dialect dialect, std::string_view script) : dialect_(dialect), script_(script) {}

  std::vector<script_statement> split() {
    read([](const script_token&, std::string_view) {});
    return std::move(statements_);
  }

  /// All tokens, semicolons included.
  [[nodiscard]] std::vector<script_token> tokens() {
    std::vector<script_token> found;
    read([&](const script_token& token, std::string_view) { found.push_back(token); });
    return found;
  }

  [[nodiscard]] std::string normalize() {
    std::string text;
    bool ended = false;
    read([&](const script_token& token, std::string_view gap) {
      if (token.kind == script_token_kind::symbol && token.text == ";") {
        ended = true;  // and is written before the next token: the last statement needs none
        return;
      }
      if (ended && !text.empty()) {
        text += ';';
      } else if (!gap.empty() && !text.empty() && !stands_alone(text.back()) && !stands_alone(token.text.front())) {
        // Two strings are one where a line ends between them, and an error otherwise.
        text += token.text.front() == '\'' && gap.find_first_of("\r\n") != std::string_view::npos ? '\n' : ' ';
      }
      ended = false;
      text += token.text;
    });
    return text;
  }

 private:
  /// Goes through the whole script. \param seen called with each token, and with what stands between it and the one
  /// before
  template <class Seen>
  void read(const Seen& seen) {
    check_bytes();
    if (script_.starts_with(byte_order_mark)) {
      at_ = byte_order_mark.size();
    }
    for (std::size_t end = at_; skip_blank_and_comments(); end = at_) {
      const std::string_view gap = script_.substr(end, at_ - end);
      const script_token token = next_token();
      seen(token, gap);
      take(token);
    }
    finish(true);
  }

  /// Whether a blank beside it changes nothing: it is part of no longer token.
  [[nodiscard]] static constexpr bool stands_alone(char symbol) {
    return symbol == '(' || symbol == ')' || symbol == ',' || symbol == ';';
  }

  [[nodiscard]] bool on_postgres() const { return dialect_ == instar::postgres; }
  [[nodiscard]] bool starts_with(std::string_view text) const { return script_.substr(at_).starts_with(text); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < script_.size() ? script_[at_ + ahead] : '\0';
  }

  [[noreturn]] void fail(std::string_view code, std::size_t offset, const std::string& message,
                         std::string remedy) const {
    throw script_error(code, script_, offset, message, std::move(remedy));
  }

  void check_bytes() const {
    if (const std::size_t nul = script_.find('\0'); nul != std::string_view::npos) {
      fail(script_code::nul_byte, nul, "The script contains a NUL byte.",
           "Save it as UTF-8 text; a file full of NUL bytes is usually UTF-16.");
    }
    if (const auto invalid = first_invalid_utf8(script_)) {
      fail(script_code::invalid_utf8, *invalid, "The script is not valid UTF-8 here.", "Save it as UTF-8 text.");
    }
  }

  // ---- tokens ----

  /// Moves to the next token; false at the end of the script.
  bool skip_blank_and_comments() {
    while (at_ < script_.size()) {
      if (is_sql_blank(script_[at_])) {
        ++at_;
      } else if (starts_with("--")) {
        skip_line_comment();
      } else if (starts_with("/*")) {
        skip_block_comment();
      } else {
        return true;
      }
    }
    return false;
  }

  // PostgreSQL ends a line comment at CR too, SQLite at LF alone.
  void skip_line_comment() {
    at_ = std::min(script_.find_first_of(on_postgres() ? "\r\n" : "\n", at_), script_.size());
  }

  void skip_block_comment() {
    const std::size_t begin = at_;
    std::size_t depth = 1;
    at_ += 2;
    while (depth > 0) {
      at_ = script_.find_first_of("*/", at_);
      if (at_ == std::string_view::npos) {
        fail(script_code::unterminated_comment, begin, "This comment has no end.", "Close it with */.");
      }
      if (starts_with("*/")) {
        --depth;
        at_ += 2;
      } else if (starts_with("/*") && on_postgres()) {
        ++depth;
        at_ += 2;
      } else {
        ++at_;
      }
    }
  }

  script_token next_token() {
    const std::size_t begin = at_;
    const char first = script_[at_];
    script_token_kind kind = script_token_kind::symbol;
    if (is_sql_word_start(first)) {
      kind = take_word();
    } else if (is_sql_digit(first)) {
      kind = script_token_kind::number;
      while (is_sql_word_start(peek()) || is_sql_digit(peek()) || peek() == '.') {
        ++at_;
      }
    } else if (first == '\'') {
      kind = script_token_kind::quoted;
      take_quoted('\'', "string", "'");
    } else if (first == '"') {
      kind = script_token_kind::quoted;
      take_quoted('"', "quoted name", "\"");
    } else if (first == '$' && on_postgres()) {
      kind = take_dollar();
    } else if (first == '`' && !on_postgres()) {
      kind = script_token_kind::quoted;
      take_quoted('`', "quoted name", "`");
    } else if (first == '[' && !on_postgres()) {
      kind = script_token_kind::quoted;
      at_ = script_.find(']', at_);
      if (at_ == std::string_view::npos) {
        fail_unterminated(begin, "quoted name", "]");
      }
      ++at_;
    } else {
      refuse_client_command();
      ++at_;
    }
    return {kind, script_.substr(begin, at_ - begin)};
  }

  script_token_kind take_word() {
    const std::size_t begin = at_;
    while (is_sql_word_part(peek())) {
      ++at_;
    }
    // A letter directly before the quote belongs to the string. Only E changes where it ends.
    if (peek() == '\'' && on_postgres() && is_keyword(script_.substr(begin, at_ - begin), "E")) {
      take_escape_string(begin);
      return script_token_kind::quoted;
    }
    return script_token_kind::word;
  }

  /// A quoted token in which the quote itself is doubled.
  void take_quoted(char quote, const char* what, const char* closing) {
    const std::size_t begin = at_;
    ++at_;
    while (true) {
      at_ = script_.find(quote, at_);
      if (at_ == std::string_view::npos) {
        fail_unterminated(begin, what, closing);
      }
      ++at_;
      if (peek() != quote) {
        return;
      }
      ++at_;
    }
  }

  /// E'…', and the pieces that follow it: 'a' <line end> 'b' is one string, and a later piece has escapes as well.
  void take_escape_string(std::size_t begin) {
    do {
      ++at_;  // the opening quote
      while (peek() != '\'' || peek(1) == '\'') {
        if (at_ >= script_.size()) {
          fail_unterminated(begin, "string", "'");
        }
        at_ += peek() == '\\' || peek() == '\'' ? 2 : 1;
      }
      ++at_;
    } while (continues_in_next_line());
  }

  /// Moves to the quote of a string's next piece, if there is one.
  bool continues_in_next_line() {
    std::size_t next = at_;
    bool new_line = false;
    while (next < script_.size()) {
      if (is_sql_blank(script_[next])) {
        new_line = new_line || script_[next] == '\n' || script_[next] == '\r';
        ++next;
      } else if (script_.substr(next).starts_with("--")) {
        next = std::min(script_.find_first_of("\r\n", next), script_.size());
      } else {
        break;
      }
    }
    if (!new_line || next >= script_.size() || script_[next] != '\'') {
      return false;
    }
    at_ = next;
    return true;
  }

  /// $tag$ … $tag$, $1, or a lone $.
  script_token_kind take_dollar() {
    const std::size_t begin = at_;
    std::size_t end = at_ + 1;
    if (end < script_.size() && is_sql_word_start(script_[end])) {
      while (end < script_.size() && script_[end] != '$' && is_sql_word_part(script_[end])) {
        ++end;
      }
    }
    if (end >= script_.size() || script_[end] != '$') {
      ++at_;
      while (is_sql_digit(peek())) {
        ++at_;
      }
      return script_token_kind::symbol;
    }
    const std::string_view tag = script_.substr(begin, end + 1 - begin);
    const std::size_t close = script_.find(tag, end + 1);
    if (close == std::string_view::npos) {
      fail_unterminated(begin, "dollar-quoted string", std::string{tag});
    }
    at_ = close + tag.size();
    return script_token_kind::quoted;
  }

  [[noreturn]] void fail_unterminated(std::size_t begin, const char* what, const std::string& closing) const {
    fail(script_code::unterminated_quote, begin, "This " + std::string{what} + " has no end.",
         "Close it with " + closing + ".");
  }

  /// psql's \command, which stands nowhere in SQL, and the shell's .command at the start of a statement.
  void refuse_client_command() const {
    const bool of_psql = on_postgres() && script_[at_] == '\\';
    const bool of_shell = !on_postgres() && script_[at_] == '.' && !statement_begin_ && is_sql_word_start(peek(1));
    if (!of_psql && !of_shell) {
      return;
    }
    std::size_t end = at_ + 1;
    while (end < script_.size() && is_sql_word_part(script_[end])) {
      ++end;
    }
    if (of_psql && end == at_ + 1) {
      end = std::min(end + 1, script_.size());  // \! and \?
    }
    fail(script_code::client_command, at_,
         "'" + std::string{script_.substr(at_, end - at_)} + "' is a command of " +
             (of_psql ? "psql" : "the sqlite3 shell") + ", not SQL.",
         "Remove it, or write what it does in SQL.");
  }

  // ---- statements ----

  void take(const script_token& token) {
    if (token.text == ";" && token.kind == script_token_kind::symbol) {
      take_semicolon();
      return;
    }
    if (!statement_begin_) {
      statement_begin_ = static_cast<std::size_t>(token.text.data() - script_.data());
      if (token.kind == script_token_kind::word) {
        keyword_ = token.text;
      }
    }
    statement_end_ = at_;
    if (token.kind == script_token_kind::word) {
      follow_body(token.text);
      follow_copy(token.text);
    }
    if (parentheses_ == 0) {
      // REINDEX (VERBOSE) TABLE reads like REINDEX TABLE, but PRAGMA name(value) like PRAGMA name = value.
      if (!(on_postgres() && token.text == "(")) {
        head_.add(token.text);
      }
    } else if (parentheses_ == 1 && token.kind == script_token_kind::word && is_keyword(token.text, "CONCURRENTLY")) {
      head_.concurrently_option = true;
    } else if (parentheses_ == 1 && is_one_of(token.text, negations)) {
      head_.concurrently_option = false;
    }
    if (token.text == "(") {
      ++parentheses_;
    } else if (token.text == ")" && parentheses_ > 0) {
      --parentheses_;
    }
    before_previous_ = previous_;
    previous_ = token.text;
  }

  void take_semicolon() {
    // CREATE RULE … DO (one; two) has them in parentheses; SQLite ends a statement at any.
    const bool inside = body_depth_ > 0 || (on_postgres() && parentheses_ > 0) || in_trigger_body();
    if (inside) {
      statement_end_ = at_;
      before_previous_ = previous_;
      previous_ = ";";
      return;
    }
    finish(false);
  }

  /// SQLite: CREATE TRIGGER ends at `; END ;`, and a CASE has no semicolon before its END.
  [[nodiscard]] bool in_trigger_body() const {
    return is_sqlite_trigger_ && !(is_keyword(previous_, "END") && before_previous_ == ";");
  }

  /// Notices where a body begins and ends in which semicolons separate nothing.
  void follow_body(std::string_view word) {
    if (on_postgres()) {
      follow_atomic_body(word);
    } else if (!is_sqlite_trigger_ && parentheses_ == 0 && is_keyword(word, "TRIGGER")) {
      std::size_t i = head_.is(0, "EXPLAIN") ? (head_.is(1, "QUERY") ? 3U : 1U) : 0U;
      if (head_.is(i, "CREATE")) {
        ++i;
        i += head_.is(i, "TEMP") || head_.is(i, "TEMPORARY") ? 1U : 0U;
        is_sqlite_trigger_ = head_.size == i;
      }
    }
  }

  /// CREATE FUNCTION … BEGIN ATOMIC …; …; END, with CASE … END inside.
  void follow_atomic_body(std::string_view word) {
    // After a dot or AS, PostgreSQL takes even a reserved word as a name.
    const bool is_name = previous_ == "." || is_keyword(previous_, "AS");
    if (body_depth_ == 0) {
      const std::size_t object = head_.is(1, "OR") && head_.is(2, "REPLACE") ? 3 : 1;
      const bool routine = head_.is(0, "CREATE") && (head_.is(object, "FUNCTION") || head_.is(object, "PROCEDURE"));
      if (routine && parentheses_ == 0 && is_keyword(word, "ATOMIC") && is_keyword(previous_, "BEGIN")) {
        body_depth_ = 1;
      }
    } else if (is_keyword(word, "CASE") && !is_name) {
      ++body_depth_;
    } else if (is_keyword(word, "END") && !is_name) {
      --body_depth_;
    }
  }

  /// COPY … FROM STDIN is followed by rows that are no SQL, and nobody here reads what COPY … TO STDOUT writes.
  void follow_copy(std::string_view word) const {
    if (!on_postgres() || parentheses_ > 0 || !head_.is(0, "COPY")) {
      return;
    }
    const bool from = is_keyword(previous_, "FROM") && (is_keyword(word, "STDIN") || is_keyword(word, "STDOUT"));
    const bool to = is_keyword(previous_, "TO") && (is_keyword(word, "STDOUT") || is_keyword(word, "STDIN"));
    if (from || to) {
      fail(script_code::copy_data, *statement_begin_,
           from ? "COPY FROM STDIN needs data that psql sends, and a script has none to send."
                : "COPY TO STDOUT writes to a client, and nobody reads it here.",
           from ? "Write INSERT statements, or COPY from a file on the server." : "COPY to a file on the server.");
    }
  }

  void finish(bool at_end_of_script) {
    if (statement_begin_) {
      if (body_depth_ > 0 || (at_end_of_script && in_trigger_body())) {
        fail(script_code::unterminated_body, *statement_begin_,
             is_sqlite_trigger_ ? "This trigger's body has no end." : "This routine's BEGIN ATOMIC has no end.",
             "Close it with END;.");
      }
      script_statement statement{.text = script_.substr(*statement_begin_, statement_end_ - *statement_begin_),
                                 .offset = *statement_begin_,
                                 .keyword = std::string{keyword_},
                                 .transaction_control = controls_transaction(head_),
                                 .outside_transaction = on_postgres() ? runs_outside_transaction_on_postgres(head_)
                                                                      : runs_outside_transaction_on_sqlite(head_)};
      std::transform(statement.keyword.begin(), statement.keyword.end(), statement.keyword.begin(), upper_ascii);
      statements_.push_back(std::move(statement));
    }
    statement_begin_.reset();
    keyword_ = {};
    head_ = {};
    parentheses_ = 0;
    body_depth_ = 0;
    is_sqlite_trigger_ = false;
    previous_ = {};
    before_previous_ = {};
  }

  static constexpr std::array<std::string_view, 3> negations{"FALSE", "OFF", "0"};

  instar::dialect dialect_;
  std::string_view script_;
  std::size_t at_ = 0;
  std::vector<script_statement> statements_;

  // The statement that is being read.
  std::optional<std::size_t> statement_begin_;
  std::size_t statement_end_ = 0;
  std::string_view keyword_;
  statement_head head_;
  std::size_t parentheses_ = 0;
  std::size_t body_depth_ = 0;
  bool is_sqlite_trigger_ = false;
  std::string_view previous_;
  std::string_view before_previous_;
};

}  // namespace detail

/// Splits a script into its statements as psql and the sqlite3 shell would. Empty statements are left out.
///
/// Knows strings, dollar quotes, quoted names, comments (nested on PostgreSQL), `BEGIN ATOMIC` bodies, rules with
/// several commands and SQLite's trigger bodies. A UTF-8 byte order mark is skipped. It checks no grammar: what it does
/// not understand is text up to the next semicolon, and the database says what it thinks of it.
///
/// \param script must outlive the result, whose texts are views into it.
/// \throws script_error with the place: a quote, comment or body without an end, a NUL byte, a byte that is not UTF-8,
/// a
///         command of psql or of the sqlite3 shell, COPY FROM STDIN.
/// Time is linear in the length of the script.
[[nodiscard]] inline std::vector<script_statement> split_script(instar::dialect dialect, std::string_view script) {
  return detail::script_splitter{dialect, script}.split();
}

/// The text that all scripts share whose statements are the same: without comments, blanks only where they part two
/// words or symbols, no semicolon at the end. Quoted text, bodies in dollar quotes included, stays as it is, and so
/// does the case of words.
/// \throws script_error as `split_script`
[[nodiscard]] inline std::string normalized_script(instar::dialect dialect, std::string_view script) {
  return detail::script_splitter{dialect, script}.normalize();
}

}  // namespace instar
