#pragma once

#include <instar/schema/schema.hpp>
#include <instar/sql/script.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file The CREATE texts that SQLite keeps in `sqlite_schema.sql`, read for what no PRAGMA tells: names of
/// constraints, checks, generated expressions, deferrability, AUTOINCREMENT, collations.
///
/// The texts are ones that SQLite accepted (https://www.sqlite.org/lang_createtable.html), so this parser checks no
/// grammar: it finds the parts, and gives up (nullopt) where a text has a shape that it does not know. It does not
/// recurse, and takes time linear in the length of the text.

namespace instar::detail {

enum class create_token_kind : unsigned char { word, string, name, number, blob, symbol };

/// One token of a CREATE text.
struct create_token {
  create_token_kind kind;
  std::string_view text;
  bool after_comment;  ///< Whether a comment stands between it and the token before.
};

/// Splits a text as SQLite's own tokenizer does. https://www.sqlite.org/src/file/src/tokenize.c
class create_lexer {
 public:
  explicit create_lexer(std::string_view sql) : sql_(sql) {}

  std::vector<create_token> tokens() {
    std::vector<create_token> all;
    while (skip_blank()) {
      const std::size_t begin = at_;
      const create_token_kind kind = take();
      all.push_back({kind, sql_.substr(begin, at_ - begin), std::exchange(comment_, false)});
    }
    return all;
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }

  bool skip_blank() {
    while (at_ < sql_.size()) {
      if (is_sql_blank(peek())) {
        ++at_;
      } else if (peek() == '-' && peek(1) == '-') {
        comment_ = true;
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (peek() == '/' && peek(1) == '*') {
        // The end of the text ends a comment too.
        comment_ = true;
        const std::size_t end = sql_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? sql_.size() : end + 2;
      } else {
        return true;
      }
    }
    return false;
  }

  create_token_kind take() {
    const char first = peek();
    if (first == '\'')
      return take_quoted('\''), create_token_kind::string;
    if (first == '"' || first == '`')
      return take_quoted(first), create_token_kind::name;
    if (first == '[') {
      const std::size_t end = sql_.find(']', at_);
      at_ = end == std::string_view::npos ? sql_.size() : end + 1;
      return create_token_kind::name;
    }
    if ((first == 'x' || first == 'X') && peek(1) == '\'') {
      ++at_;
      return take_quoted('\''), create_token_kind::blob;
    }
    if (is_sql_word_start(first)) {
      while (is_sql_word_part(peek()))
        ++at_;
      return create_token_kind::word;
    }
    if (is_sql_digit(first) || (first == '.' && is_sql_digit(peek(1)))) {
      take_number();
      return create_token_kind::number;
    }
    ++at_;
    return create_token_kind::symbol;
  }

  void take_quoted(char quote) {
    ++at_;
    while (at_ < sql_.size()) {
      at_ = sql_.find(quote, at_);
      if (at_ == std::string_view::npos) {
        at_ = sql_.size();
        return;
      }
      ++at_;
      if (peek() != quote)
        return;
      ++at_;
    }
  }

  void take_number() {
    while (is_sql_word_part(peek()) || peek() == '.') {
      const bool exponent = (peek() == 'e' || peek() == 'E') && (peek(1) == '+' || peek(1) == '-');
      at_ += exponent ? 2 : 1;
    }
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  bool comment_ = false;
};

/// What a quoted token says; any other token says itself.
inline std::string unquoted(std::string_view token) {
  if (token.size() < 2)
    return std::string{token};
  const char quote = token.front();
  if (quote == '[')
    return std::string{token.substr(1, token.size() - (token.back() == ']' ? 2 : 1))};
  if (quote != '\'' && quote != '"' && quote != '`')
    return std::string{token};
  std::string text;
  for (std::size_t i = 1; i < token.size(); ++i) {
    if (token[i] == quote && ++i >= token.size())
      break;
    text += token[i];
  }
  return text;
}

/// Names are compared without regard to the case of ASCII letters.
constexpr bool same_sqlite_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return upper_ascii(x) == upper_ascii(y); });
}

/// A primary key or unique constraint as it is written.
struct created_key {
  std::string name{};
  std::vector<std::string> columns{};
  bool plain = true;  ///< Nothing but columns: no DESC, COLLATE or ON CONFLICT.
};

struct created_foreign_key {
  std::string name{};
  std::vector<std::string> columns{};
  std::string target_table{};
  std::vector<std::string> target_columns{};  ///< Empty: the primary key of the target.
  referential_action on_delete = referential_action::no_action;
  referential_action on_update = referential_action::no_action;
  instar::deferral deferral = deferral::not_deferrable;
};

struct created_check {
  std::string name{};
  std::string expression{};
  std::string column{};  ///< The column that it stands at; empty: at the table.
};

/// How a default is written: `DEFAULT name` means a text.
enum class created_default_kind : unsigned char { none, expression, name };

struct created_column {
  std::string name{};
  std::string type{};           ///< As it is written, without comments.
  bool type_as_written = true;  ///< Neither comments nor quotes in it, so that PRAGMA table_xinfo tells the same.
  bool not_null = false;
  created_default_kind default_kind = created_default_kind::none;
  std::string default_text{};  ///< Without the parentheses around an expression; of a name what it says.
  generated_kind generated = generated_kind::none;
  std::string generated_as{};
  std::string collation{};
};

/// A CREATE TABLE text.
struct created_table {
  std::string name{};
  std::vector<created_column> columns{};
  std::optional<created_key> primary_key{};
  bool autoincrement = false;
  std::vector<created_key> uniques{};
  std::vector<created_foreign_key> foreign_keys{};
  std::vector<created_check> checks{};
  std::vector<std::string> options{};  ///< "WITHOUT ROWID", "STRICT", or words that this parser does not know.
  bool plain = true;                   ///< Without what the schema value has no member for, such as ON CONFLICT.
};

struct created_index_part {
  std::string text{};  ///< A name, or an expression without the parentheses around it.
  bool expression = false;
  bool descending = false;
  std::string collation{};
};

/// A CREATE INDEX text.
struct created_index {
  std::string name{};
  std::string table{};
  bool unique = false;
  std::vector<created_index_part> parts{};
  std::string where{};
};

/// A CREATE VIEW text.
struct created_view {
  std::string name{};
  bool names_columns = false;  ///< CREATE VIEW name (columns) AS …
  std::string query{};
};

/// Reads one CREATE text from front to back. A shape that it does not know moves it to the end, where nothing matches.
class create_parser {
 public:
  explicit create_parser(std::string_view sql) : tokens_(create_lexer(sql).tokens()) {}

  /// The text from its first token to its last, without the semicolon that may follow.
  [[nodiscard]] std::string_view statement() const {
    std::size_t end = tokens_.size();
    while (end != 0 && tokens_[end - 1].text == ";")
      --end;
    if (end == 0)
      return {};
    const char* const begin = tokens_.front().text.data();
    return {begin, static_cast<std::size_t>(tokens_[end - 1].text.data() + tokens_[end - 1].text.size() - begin)};
  }

  std::optional<created_table> table() {
    skip_create();
    expect("TABLE");
    skip_if_not_exists();
    created_table t;
    t.name = qualified_name();
    expect_symbol("(");
    columns(t);
    constraints(t);
    expect_symbol(")");
    options(t);
    finish();
    if (failed_ || t.columns.empty())
      return std::nullopt;
    return t;
  }

  std::optional<created_index> index() {
    skip_create();
    created_index i;
    i.unique = accept("UNIQUE");
    expect("INDEX");
    skip_if_not_exists();
    i.name = qualified_name();
    expect("ON");
    i.table = name();
    expect_symbol("(");
    do {
      i.parts.push_back(index_part());
    } while (accept_symbol(","));
    expect_symbol(")");
    if (accept("WHERE")) {
      i.where = text_of(at_, end_of_statement());
      at_ = tokens_.size();
      failed_ = failed_ || i.where.empty();
    }
    finish();
    if (failed_)
      return std::nullopt;
    return i;
  }

  std::optional<created_view> view() {
    skip_create();
    expect("VIEW");
    skip_if_not_exists();
    created_view v;
    v.name = qualified_name();
    if (is_symbol("(")) {
      v.names_columns = true;
      at_ = std::min(end_of_group(at_) + 1, tokens_.size());
    }
    expect("AS");
    if (failed_ || at_ >= tokens_.size())
      return std::nullopt;
    // Comments inside stay: a view's text is its author's.
    const std::string_view whole = statement();
    const char* const begin = tokens_[at_].text.data();
    if (begin >= whole.data() + whole.size())
      return std::nullopt;
    v.query = std::string{begin, static_cast<std::size_t>(whole.data() + whole.size() - begin)};
    return v;
  }

  /// The module of CREATE VIRTUAL TABLE … USING module; empty for any other text.
  std::string module() {
    skip_create();
    expect("VIRTUAL");
    expect("TABLE");
    skip_if_not_exists();
    (void)qualified_name();
    expect("USING");
    std::string used = name();
    return failed_ ? std::string{} : used;
  }

 private:
  // ---- tokens ----

  [[nodiscard]] bool is(std::string_view keyword, std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() && tokens_[at_ + ahead].kind == create_token_kind::word &&
           is_keyword(tokens_[at_ + ahead].text, keyword);
  }
  [[nodiscard]] bool is_symbol(std::string_view symbol) const {
    return at_ < tokens_.size() && tokens_[at_].kind == create_token_kind::symbol && tokens_[at_].text == symbol;
  }
  [[nodiscard]] bool is_name() const {
    return at_ < tokens_.size() &&
           (tokens_[at_].kind == create_token_kind::word || tokens_[at_].kind == create_token_kind::name ||
            tokens_[at_].kind == create_token_kind::string);
  }
  bool accept(std::string_view keyword) {
    const bool found = is(keyword);
    at_ += found ? 1 : 0;
    return found;
  }
  bool accept_symbol(std::string_view symbol) {
    const bool found = is_symbol(symbol);
    at_ += found ? 1 : 0;
    return found;
  }
  void fail() {
    failed_ = true;
    at_ = tokens_.size();
  }
  void expect(std::string_view keyword) {
    if (!accept(keyword))
      fail();
  }
  void expect_symbol(std::string_view symbol) {
    if (!accept_symbol(symbol))
      fail();
  }
  void finish() {
    while (accept_symbol(";")) {
    }
    if (at_ != tokens_.size())
      fail();
  }
  std::string name() {
    if (!is_name()) {
      fail();
      return {};
    }
    return unquoted(tokens_[at_++].text);
  }
  std::string qualified_name() {
    std::string last = name();
    if (accept_symbol("."))
      last = name();
    return last;
  }

  /// The token that closes the group that opens at this one, or the end.
  [[nodiscard]] std::size_t end_of_group(std::size_t begin) const {
    std::size_t depth = 0;
    for (std::size_t i = begin; i < tokens_.size(); ++i) {
      if (tokens_[i].kind != create_token_kind::symbol)
        continue;
      if (tokens_[i].text == "(")
        ++depth;
      else if (tokens_[i].text == ")" && --depth == 0)
        return i;
    }
    return tokens_.size();
  }
  [[nodiscard]] std::size_t end_of_statement() const {
    std::size_t end = tokens_.size();
    while (end > at_ && tokens_[end - 1].text == ";")
      --end;
    return end;
  }

  /// The text of tokens [begin, end). A comment becomes a blank: at the end of a line it would swallow what follows.
  [[nodiscard]] std::string text_of(std::size_t begin, std::size_t end) const {
    std::string text;
    for (std::size_t i = begin; i < end && i < tokens_.size(); ++i) {
      if (i != begin) {
        const char* const gap = tokens_[i - 1].text.data() + tokens_[i - 1].text.size();
        if (tokens_[i].after_comment)
          text += ' ';
        else
          text.append(gap, tokens_[i].text.data());
      }
      text += tokens_[i].text;
    }
    return text;
  }

  /// What stands in the parentheses that open here.
  std::string parenthesised() {
    if (!is_symbol("(")) {
      fail();
      return {};
    }
    const std::size_t end = end_of_group(at_);
    if (end >= tokens_.size()) {
      fail();
      return {};
    }
    std::string text = text_of(at_ + 1, end);
    at_ = end + 1;
    return text;
  }

  void skip_create() {
    expect("CREATE");
    if (!accept("TEMP"))
      accept("TEMPORARY");
  }
  void skip_if_not_exists() {
    if (is("IF") && is("NOT", 1) && is("EXISTS", 2))
      at_ += 3;
  }

  // ---- CREATE TABLE ----

  [[nodiscard]] bool at_table_constraint() const {
    return is("CONSTRAINT") || (is("PRIMARY") && is("KEY", 1)) || is("UNIQUE") || is("CHECK") || is("FOREIGN");
  }

  void columns(created_table& t) {
    do {
      if (!t.columns.empty() && at_table_constraint())
        return;
      column(t);
    } while (accept_symbol(","));
  }

  void column(created_table& t) {
    created_column c;
    c.name = name();
    type(c);
    std::string constraint;
    bool more = !failed_;
    while (more) {
      if (accept("CONSTRAINT")) {
        constraint = name();
        continue;
      }
      more = column_constraint(t, c, std::exchange(constraint, {}));
    }
    t.columns.push_back(std::move(c));
  }

  [[nodiscard]] bool at_column_constraint() const {
    return is("CONSTRAINT") || is("PRIMARY") || is("NOT") || is("NULL") || is("UNIQUE") || is("CHECK") ||
           is("DEFAULT") || is("COLLATE") || is("REFERENCES") || is("DEFERRABLE") || is("AS") ||
           (is("GENERATED") && is("ALWAYS", 1) && is("AS", 2));
  }

  void type(created_column& c) {
    const std::size_t begin = at_;
    while (is_name() && !at_column_constraint())
      ++at_;
    if (at_ == begin)
      return;
    if (is_symbol("("))
      at_ = std::min(end_of_group(at_) + 1, tokens_.size());
    c.type = text_of(begin, at_);
    for (std::size_t i = begin; i < at_; ++i)
      if (tokens_[i].kind == create_token_kind::name || tokens_[i].kind == create_token_kind::string ||
          (i != begin && tokens_[i].after_comment))
        c.type_as_written = false;
  }

  /// \return whether there was one
  bool column_constraint(created_table& t, created_column& c, std::string constraint) {
    if (accept("PRIMARY")) {
      expect("KEY");
      created_key key{.name = std::move(constraint), .columns = {c.name}};
      key.plain = !accept("DESC");
      accept("ASC");
      key.plain = conflict_clause() && key.plain;
      t.autoincrement = accept("AUTOINCREMENT") || t.autoincrement;
      set_primary_key(t, std::move(key));
    } else if (accept("NOT")) {
      if (accept("DEFERRABLE")) {
        defer(t, false);
      } else {
        expect("NULL");
        c.not_null = true;
        t.plain = conflict_clause() && t.plain;
      }
    } else if (accept("NULL")) {
      (void)conflict_clause();
    } else if (accept("UNIQUE")) {
      created_key key{.name = std::move(constraint), .columns = {c.name}};
      key.plain = conflict_clause();
      add_unique(t, std::move(key));
    } else if (accept("CHECK")) {
      t.checks.push_back({.name = std::move(constraint), .expression = parenthesised(), .column = c.name});
      (void)conflict_clause();
    } else if (accept("DEFAULT")) {
      default_value(c);
    } else if (accept("COLLATE")) {
      c.collation = name();
    } else if (accept("REFERENCES")) {
      references(t, {.name = std::move(constraint), .columns = {c.name}});
    } else if (accept("DEFERRABLE")) {
      defer(t, true);
    } else if (is("GENERATED") || is("AS")) {
      if (accept("GENERATED"))
        expect("ALWAYS");
      expect("AS");
      c.generated_as = parenthesised();
      c.generated = accept("STORED") ? generated_kind::stored : generated_kind::virtual_column;
      if (c.generated == generated_kind::virtual_column)
        accept("VIRTUAL");
    } else {
      return false;
    }
    return !failed_;
  }

  void default_value(created_column& c) {
    const std::size_t begin = at_;
    c.default_kind = created_default_kind::expression;
    if (is_symbol("(")) {
      c.default_text = parenthesised();
      return;
    }
    if (is_symbol("+") || is_symbol("-"))
      ++at_;
    if (at_ >= tokens_.size() || tokens_[at_].kind == create_token_kind::symbol) {
      fail();
      return;
    }
    const create_token& value = tokens_[at_++];
    c.default_text = text_of(begin, at_);
    if (at_ - begin == 1 && (value.kind == create_token_kind::name || is_plain_word(value))) {
      c.default_kind = created_default_kind::name;
      c.default_text = unquoted(value.text);
    }
  }

  /// Whether a word of its own is a text after DEFAULT. https://www.sqlite.org/quirks.html
  static bool is_plain_word(const create_token& token) {
    static constexpr std::array<std::string_view, 6> values{"NULL",         "TRUE",         "FALSE",
                                                            "CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP"};
    return token.kind == create_token_kind::word && !is_one_of(token.text, values);
  }

  /// \return whether there is none, or the one that holds anyway
  bool conflict_clause() {
    if (!is("ON") || !is("CONFLICT", 1))
      return true;
    at_ += 2;
    const bool standard = is("ABORT");
    (void)name();
    return standard;
  }

  static void set_primary_key(created_table& t, created_key key) {
    t.plain = t.plain && key.plain && !t.primary_key;
    t.primary_key = std::move(key);
  }

  static void add_unique(created_table& t, created_key key) {
    t.plain = t.plain && key.plain;
    t.uniques.push_back(std::move(key));
  }

  void constraints(created_table& t) {
    std::string constraint;
    while (!failed_ && !is_symbol(")")) {
      if (accept("CONSTRAINT"))
        constraint = name();
      else if (!accept_symbol(","))  // The comma between two constraints may be missing.
        table_constraint(t, std::exchange(constraint, {}));
    }
  }

  void table_constraint(created_table& t, std::string constraint) {
    if (accept("PRIMARY")) {
      expect("KEY");
      created_key key = key_columns(t, std::move(constraint));
      key.plain = conflict_clause() && key.plain;
      set_primary_key(t, std::move(key));
    } else if (accept("UNIQUE")) {
      created_key key = key_columns(t, std::move(constraint));
      key.plain = conflict_clause() && key.plain;
      add_unique(t, std::move(key));
    } else if (accept("CHECK")) {
      t.checks.push_back({.name = std::move(constraint), .expression = parenthesised()});
      (void)conflict_clause();
    } else if (accept("FOREIGN")) {
      expect("KEY");
      created_foreign_key fk{.name = std::move(constraint), .columns = names()};
      expect("REFERENCES");
      references(t, std::move(fk));
    } else {
      fail();
    }
  }

  created_key key_columns(created_table& t, std::string constraint) {
    created_key key{.name = std::move(constraint)};
    expect_symbol("(");
    do {
      key.columns.push_back(name());
      if (accept("COLLATE")) {
        key.plain = false;
        (void)name();
      }
      accept("ASC");
      if (accept("DESC"))
        key.plain = false;
      t.autoincrement = accept("AUTOINCREMENT") || t.autoincrement;
    } while (accept_symbol(","));
    expect_symbol(")");
    return key;
  }

  /// (a, b). SQLite takes COLLATE and an order here and ignores them.
  std::vector<std::string> names() {
    std::vector<std::string> all;
    expect_symbol("(");
    do {
      all.push_back(name());
      if (accept("COLLATE"))
        (void)name();
      if (!accept("ASC"))
        accept("DESC");
    } while (accept_symbol(","));
    expect_symbol(")");
    return all;
  }

  /// What follows REFERENCES. https://www.sqlite.org/foreignkeys.html
  void references(created_table& t, created_foreign_key fk) {
    fk.target_table = name();
    if (is_symbol("("))
      fk.target_columns = names();
    while (true) {
      if (accept("MATCH")) {
        (void)name();  // Parsed by SQLite, and of no effect.
      } else if (is("ON") && (is("DELETE", 1) || is("UPDATE", 1) || is("INSERT", 1))) {
        ++at_;
        const bool on_delete = is("DELETE");
        const bool on_update = is("UPDATE");
        ++at_;
        const referential_action action = referential();
        if (on_delete)
          fk.on_delete = action;
        else if (on_update)
          fk.on_update = action;
      } else {
        break;
      }
    }
    t.foreign_keys.push_back(std::move(fk));
    const bool negated = is("NOT") && is("DEFERRABLE", 1);
    if (negated || is("DEFERRABLE")) {
      at_ += negated ? 2 : 1;
      defer(t, !negated);
    }
  }

  referential_action referential() {
    if (accept("CASCADE"))
      return referential_action::cascade;
    if (accept("RESTRICT"))
      return referential_action::restrict_action;
    if (accept("SET")) {
      if (accept("NULL"))
        return referential_action::set_null;
      expect("DEFAULT");
      return referential_action::set_default;
    }
    expect("NO");
    expect("ACTION");
    return referential_action::no_action;
  }

  /// [NOT] DEFERRABLE [INITIALLY …] of the foreign key before it; without one SQLite ignores it.
  void defer(created_table& t, bool deferrable) {
    bool deferred = false;
    if (accept("INITIALLY")) {
      deferred = accept("DEFERRED");
      if (!deferred)
        expect("IMMEDIATE");
    }
    if (t.foreign_keys.empty())
      return;
    t.foreign_keys.back().deferral = !deferrable ? deferral::not_deferrable
                                     : deferred  ? deferral::initially_deferred
                                                 : deferral::initially_immediate;
  }

  void options(created_table& t) {
    while (!failed_ && is_name()) {
      std::string option;
      const bool without = is("WITHOUT");
      for (; is_name(); ++at_) {
        std::string word = unquoted(tokens_[at_].text);
        if (without || is_keyword(word, "STRICT"))
          std::transform(word.begin(), word.end(), word.begin(), upper_ascii);
        option += (option.empty() ? "" : " ") + word;
      }
      t.options.push_back(std::move(option));
      if (!accept_symbol(","))
        break;
    }
    std::sort(t.options.begin(), t.options.end(), std::greater<>{});
    t.options.erase(std::unique(t.options.begin(), t.options.end()), t.options.end());
  }

  // ---- CREATE INDEX ----

  created_index_part index_part() {
    const std::size_t begin = at_;
    std::size_t depth = 0;
    for (; at_ < tokens_.size(); ++at_) {
      if (tokens_[at_].kind != create_token_kind::symbol)
        continue;
      if (depth == 0 && (tokens_[at_].text == "," || tokens_[at_].text == ")"))
        break;
      if (tokens_[at_].text == "(")
        ++depth;
      else if (tokens_[at_].text == ")")
        --depth;
    }
    std::size_t end = at_;
    created_index_part part;
    const auto ends_with = [&](std::string_view keyword) {
      return end > begin + 1 && tokens_[end - 1].kind == create_token_kind::word &&
             is_keyword(tokens_[end - 1].text, keyword);
    };
    part.descending = ends_with("DESC");
    if (part.descending || ends_with("ASC"))
      --end;
    if (end == begin) {
      fail();
      return part;
    }
    // COLLATE binds closer than any operator: over more than one operand it belongs to the last one alone.
    if (end - begin >= 3 && is_collate(end - 2) && is_one_operand(begin, end - 2)) {
      part.collation = unquoted(tokens_[end - 1].text);
      end -= 2;
    }
    part.expression = end - begin != 1 || tokens_[begin].kind == create_token_kind::number ||
                      tokens_[begin].kind == create_token_kind::blob ||
                      tokens_[begin].kind == create_token_kind::symbol;
    if (!part.expression) {
      part.text = unquoted(tokens_[begin].text);
    } else if (closes_at(begin) == end - 1) {
      part.text = text_of(begin + 1, end - 1);
    } else {
      part.text = text_of(begin, end);
    }
    if (part.expression && part.text.empty())
      fail();
    return part;
  }

  [[nodiscard]] bool is_collate(std::size_t i) const {
    return tokens_[i].kind == create_token_kind::word && is_keyword(tokens_[i].text, "COLLATE");
  }

  /// Where the group that opens at a token closes; the end where none opens there.
  [[nodiscard]] std::size_t closes_at(std::size_t i) const {
    if (tokens_[i].kind != create_token_kind::symbol || tokens_[i].text != "(")
      return tokens_.size();
    return end_of_group(i);
  }

  /// A name, (…) or f(…).
  [[nodiscard]] bool is_one_operand(std::size_t begin, std::size_t end) const {
    if (end - begin == 1)
      return true;
    if (closes_at(begin) == end - 1)
      return true;
    return tokens_[begin].kind == create_token_kind::word && closes_at(begin + 1) == end - 1;
  }

  std::vector<create_token> tokens_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

/// What a CREATE TABLE text says; nullopt where this parser does not know its shape.
[[nodiscard]] inline std::optional<created_table> parse_create_table(std::string_view sql) {
  return create_parser(sql).table();
}

[[nodiscard]] inline std::optional<created_index> parse_create_index(std::string_view sql) {
  return create_parser(sql).index();
}

[[nodiscard]] inline std::optional<created_view> parse_create_view(std::string_view sql) {
  return create_parser(sql).view();
}

}  // namespace instar::detail
