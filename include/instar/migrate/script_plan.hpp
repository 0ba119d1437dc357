#pragma once

#include <instar/schema/dialect.hpp>
#include <instar/sql/script.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file How a script is run: as one transaction, as the transaction that it is itself, or piece by piece.

namespace instar::detail {

/// The first tokens of a statement: words, quoted names and texts, single symbols; comments and blanks left out.
[[nodiscard]] inline std::vector<std::string_view> first_tokens(dialect target, std::string_view statement,
                                                                std::size_t most) {
  std::vector<std::string_view> tokens;
  std::size_t at = 0;
  const auto skip_to = [&](std::string_view end, std::size_t from) {
    const std::size_t found = statement.find(end, from);
    at = found == std::string_view::npos ? statement.size() : found + end.size();
  };
  while (at < statement.size() && tokens.size() < most) {
    const std::size_t begin = at;
    const char c = statement[at];
    const std::string_view rest = statement.substr(at);
    if (is_sql_blank(c)) {
      ++at;
      continue;
    }
    if (rest.starts_with("--")) {
      skip_to("\n", at);
      continue;
    }
    if (rest.starts_with("/*")) {
      std::size_t depth = 1;
      at += 2;
      while (depth != 0 && at < statement.size()) {
        const std::string_view here = statement.substr(at);
        if (here.starts_with("*/"))
          --depth;
        else if (here.starts_with("/*") && target == instar::postgres)
          ++depth;
        at += here.starts_with("*/") || here.starts_with("/*") ? 2 : 1;
      }
      continue;
    }
    if (is_sql_word_start(c)) {
      while (at < statement.size() && is_sql_word_part(statement[at]))
        ++at;
    } else if (c == '"' || c == '\'' || c == '`') {
      do
        skip_to(std::string_view{&c, 1}, at + 1);
      while (at < statement.size() && statement[at] == c);
    } else if (c == '[' && target == instar::sqlite) {
      skip_to("]", at);
    } else {
      ++at;
    }
    tokens.push_back(statement.substr(begin, at - begin));
  }
  return tokens;
}

/// The name that a token means: without its quotes, or folded to lower case as PostgreSQL does.
[[nodiscard]] inline std::string name_of_token(dialect target, std::string_view token) {
  std::string name;
  const char quote = token.empty() ? '\0' : token.front();
  if (quote == '"' || quote == '`' || quote == '\'' || quote == '[') {
    for (std::size_t i = 1; i + 1 < token.size(); ++i) {
      name += token[i];
      if (token[i] == quote && quote != '[')
        ++i;  // a doubled quote
    }
    return name;
  }
  for (const char c : token)
    name += target == instar::postgres && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

/// Reads tokens one after the other.
class token_reader {
 public:
  token_reader(dialect target, std::string_view statement, std::size_t most = 16)
      : target_(target), tokens_(first_tokens(target, statement, most)) {}

  /// Passes over a keyword if it comes next.
  bool take(std::string_view keyword) {
    if (at_ < tokens_.size() && is_keyword(tokens_[at_], keyword)) {
      ++at_;
      return true;
    }
    return false;
  }

  bool take(std::string_view first, std::string_view second) {
    if (at_ + 1 < tokens_.size() && is_keyword(tokens_[at_], first) && is_keyword(tokens_[at_ + 1], second)) {
      at_ += 2;
      return true;
    }
    return false;
  }

  /// The next token as a name; empty at the end.
  std::string name() { return at_ < tokens_.size() ? name_of_token(target_, tokens_[at_++]) : std::string{}; }

  [[nodiscard]] std::string_view peek() const { return at_ < tokens_.size() ? tokens_[at_] : std::string_view{}; }

 private:
  dialect target_;
  std::vector<std::string_view> tokens_;
  std::size_t at_ = 0;
};

/// A setting of SQLite that a script makes.
struct pragma_setting {
  std::string name;   ///< in lower case
  std::string value;  ///< empty: it only asks
};

[[nodiscard]] inline std::optional<pragma_setting> pragma_of(const script_statement& statement) {
  token_reader tokens{instar::sqlite, statement.text};
  if (!tokens.take("PRAGMA"))
    return std::nullopt;
  pragma_setting setting;
  setting.name = tokens.name();
  if (tokens.take("."))
    setting.name = tokens.name();
  for (char& c : setting.name)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (tokens.take("=") || tokens.take("("))
    setting.value = tokens.name();
  return setting;
}

/// Whether a pragma's value means no. https://www.sqlite.org/pragma.html#pragma_foreign_keys
[[nodiscard]] inline bool is_off(std::string_view value) {
  static constexpr std::array<std::string_view, 4> words{"0", "OFF", "NO", "FALSE"};
  return is_one_of(value, words);
}

/// The index that a CREATE INDEX CONCURRENTLY makes, and that it leaves behind invalid when it fails.
struct concurrent_index {
  std::string name;          ///< empty: the server chose one
  std::string table_schema;  ///< empty: the search path decides
  std::string table;
};

[[nodiscard]] inline std::optional<concurrent_index> concurrent_index_of(std::string_view statement) {
  token_reader tokens{instar::postgres, statement};
  if (!tokens.take("CREATE"))
    return std::nullopt;
  (void)tokens.take("UNIQUE");
  if (!tokens.take("INDEX", "CONCURRENTLY"))
    return std::nullopt;
  if (tokens.take("IF", "NOT"))
    (void)tokens.take("EXISTS");
  concurrent_index made;
  if (!is_keyword(tokens.peek(), "ON"))
    made.name = tokens.name();
  if (!tokens.take("ON"))
    return std::nullopt;
  (void)tokens.take("ONLY");
  made.table = tokens.name();
  if (tokens.take(".")) {
    made.table_schema = std::move(made.table);
    made.table = tokens.name();
  }
  return made;
}

/// What becomes of a script's statement when the script is not one transaction.
enum class piece_kind : unsigned char {
  plain,    ///< a transaction of its own, together with its line in the journal
  outside,  ///< cannot be in a transaction
  block,    ///< BEGIN … COMMIT of the script itself, together with its line in the journal
  setting,  ///< changes the session alone: run again when a later try begins in a new session
};

/// Consecutive statements of a script that are sent together.
struct script_piece {
  piece_kind kind = piece_kind::plain;
  std::size_t first = 0;  ///< positions in the script's statements
  std::size_t last = 0;   ///< included
  bool chained = false;   ///< a block that COMMIT AND CHAIN of the one before has begun
  bool commits = false;   ///< a block that ends with COMMIT; others end with ROLLBACK
};

enum class script_mode : unsigned char {
  one_transaction,  ///< we open and close it, round script and ledger row
  own_transaction,  ///< the script is one BEGIN … COMMIT; the ledger row goes in before its COMMIT
  pieces,           ///< anything else; needs the journal
};

/// How a script is run.
struct script_plan {
  script_mode mode = script_mode::one_transaction;
  std::vector<script_statement> statements;
  std::vector<script_piece> pieces;       ///< of `pieces` and `own_transaction`
  bool has_savepoints = false;            ///< of `one_transaction`: PostgreSQL needs an explicit BEGIN
  bool turns_foreign_keys_off = false;    ///< SQLite
  bool changes_settings = false;          ///< the session is not as it was afterwards
  std::optional<std::size_t> unclosed{};  ///< the BEGIN that no COMMIT follows
};

/// Whether a statement changes the session and nothing else.
[[nodiscard]] inline bool is_setting(dialect target, const script_statement& statement) {
  token_reader tokens{target, statement.text, 8};
  if (target == instar::sqlite) {
    if (statement.keyword == "ATTACH" || statement.keyword == "DETACH")
      return true;
    static constexpr std::array<std::string_view, 10> of_session{
        "FOREIGN_KEYS",       "DEFER_FOREIGN_KEYS", "LEGACY_ALTER_TABLE", "IGNORE_CHECK_CONSTRAINTS",
        "RECURSIVE_TRIGGERS", "WRITABLE_SCHEMA",    "SYNCHRONOUS",        "TEMP_STORE",
        "CACHE_SIZE",         "CASE_SENSITIVE_LIKE"};
    const auto pragma = pragma_of(statement);
    return pragma && is_one_of(pragma->name, of_session);
  }
  if (tokens.take("RESET") || tokens.take("LOAD"))
    return true;
  if (tokens.take("SET"))
    return !is_keyword(tokens.peek(), "LOCAL") && !is_keyword(tokens.peek(), "CONSTRAINTS") &&
           !is_keyword(tokens.peek(), "TRANSACTION");
  // What pg_dump writes on top of a dump.
  if (tokens.take("SELECT")) {
    if (tokens.take("pg_catalog") || tokens.take("PG_CATALOG"))
      (void)tokens.take(".");
    return tokens.take("SET_CONFIG");
  }
  return false;
}

namespace of_transaction {
enum class word : unsigned char { begin, commit, commit_and_chain, rollback, rollback_and_chain, savepoint, other };
}

/// What a transaction-control statement does.
[[nodiscard]] inline of_transaction::word transaction_word(dialect target, const script_statement& statement) {
  using of_transaction::word;
  token_reader tokens{target, statement.text, 8};
  if (tokens.take("BEGIN") || tokens.take("START"))
    return word::begin;
  if (tokens.take("SAVEPOINT") || tokens.take("RELEASE"))
    return word::savepoint;
  const bool commit = tokens.take("COMMIT") || tokens.take("END");
  const bool rollback = !commit && (tokens.take("ROLLBACK") || tokens.take("ABORT"));
  if (!commit && !rollback)
    return word::other;  // PREPARE TRANSACTION
  if (!tokens.take("WORK"))
    (void)tokens.take("TRANSACTION");
  if (rollback && tokens.take("TO"))
    return word::savepoint;
  if (tokens.take("PREPARED"))
    return word::other;
  if (tokens.take("AND") && tokens.take("CHAIN"))
    return commit ? word::commit_and_chain : word::rollback_and_chain;
  return commit ? word::commit : word::rollback;
}

/// Whether the comments before a script's first statement say `instar: no transaction`: the way out for a script that
/// fails in a transaction though its text does not show it, such as a CALL of a procedure that commits.
[[nodiscard]] inline bool asks_for_no_transaction(std::string_view script, std::size_t first_statement) {
  static constexpr std::string_view directive = "instar: no transaction";
  const std::string_view head = script.substr(0, first_statement);
  for (std::size_t at = head.find("--"); at != std::string_view::npos; at = head.find("--", at + 2)) {
    std::string_view comment = head.substr(at + 2, head.find_first_of("\r\n", at) - at - 2);
    comment.remove_prefix(std::min(comment.find_first_not_of(" \t-"), comment.size()));
    while (comment.ends_with(' ') || comment.ends_with('\t'))
      comment.remove_suffix(1);
    if (comment.size() == directive.size() &&
        std::equal(comment.begin(), comment.end(), directive.begin(),
                   [](char a, char b) { return upper_ascii(a) == upper_ascii(b); }))
      return true;
  }
  return false;
}

/// Cuts a script into pieces: the blocks that it opens and closes itself, and single statements.
[[nodiscard]] inline std::vector<script_piece> pieces_of(dialect target, script_plan& plan) {
  using of_transaction::word;
  std::vector<script_piece> pieces;
  std::optional<script_piece> open;
  for (std::size_t i = 0; i != plan.statements.size(); ++i) {
    const script_statement& statement = plan.statements[i];
    const word does = statement.transaction_control ? transaction_word(target, statement) : word::other;
    const bool ends = does == word::commit || does == word::commit_and_chain || does == word::rollback ||
                      does == word::rollback_and_chain ||
                      (statement.transaction_control && statement.keyword == "PREPARE");
    if (open) {
      open->last = i;
      if (!ends)
        continue;
      open->commits = does == word::commit || does == word::commit_and_chain;
      pieces.push_back(*open);
      open.reset();
      if (does == word::commit_and_chain || does == word::rollback_and_chain)
        open = script_piece{piece_kind::block, i + 1, i + 1, true, false};
      continue;
    }
    if (does == word::begin) {
      open = script_piece{piece_kind::block, i, i, false, false};
      continue;
    }
    const piece_kind kind = is_setting(target, statement)                                    ? piece_kind::setting
                            : statement.outside_transaction || statement.transaction_control ? piece_kind::outside
                                                                                             : piece_kind::plain;
    pieces.push_back({kind, i, i, false, false});
  }
  if (open && open->first < plan.statements.size())
    plan.unclosed = open->first;
  return pieces;
}

/// Decides how a script is run.
[[nodiscard]] inline script_plan plan_script(dialect target, std::string_view script,
                                             std::vector<script_statement> statements) {
  using of_transaction::word;
  script_plan plan;
  plan.statements = std::move(statements);
  bool control = false;
  bool outside = false;
  for (const script_statement& statement : plan.statements) {
    plan.changes_settings = plan.changes_settings || is_setting(target, statement);
    if (target == instar::sqlite) {
      const auto pragma = pragma_of(statement);
      if (pragma && pragma->name == "foreign_keys") {
        // In a transaction it does nothing, so we do it before ours begins.
        plan.turns_foreign_keys_off = plan.turns_foreign_keys_off || (!pragma->value.empty() && is_off(pragma->value));
        continue;
      }
    }
    if (statement.transaction_control && transaction_word(target, statement) == word::savepoint)
      plan.has_savepoints = true;
    else
      control = control || statement.transaction_control;
    outside = outside || statement.outside_transaction;
  }
  const bool asked = !plan.statements.empty() && asks_for_no_transaction(script, plan.statements.front().offset);
  if (!control && !outside && !asked)
    return plan;
  plan.pieces = pieces_of(target, plan);
  plan.mode = script_mode::pieces;
  if (outside || asked || plan.unclosed)
    return plan;
  std::size_t blocks = 0;
  for (const script_piece& piece : plan.pieces) {
    const bool good_block = piece.kind == piece_kind::block && piece.commits && !piece.chained;
    if (!good_block && piece.kind != piece_kind::setting)
      return plan;
    blocks += good_block ? 1 : 0;
  }
  if (blocks == 1)
    plan.mode = script_mode::own_transaction;
  return plan;
}

}  // namespace instar::detail
