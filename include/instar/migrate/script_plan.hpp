#pragma once

#include <instar/schema/dialect.hpp>
#include <instar/sql/directives.hpp>
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
  bool bare = false;      ///< a block without BEGIN and COMMIT of its own: a section marked as a transaction
};

/// A part of a script that begins with a line `-- instar: transaction` or `-- instar: no-transaction`.
struct marked_section {
  bool transaction = true;
  std::size_t first = 0;  ///< positions in the script's statements
  std::size_t end = 0;    ///< excluded
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
  std::vector<marked_section> sections;   ///< those that have statements
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
  const std::vector<script_directive> head = directives_of(script.substr(0, first_statement));
  return std::any_of(head.begin(), head.end(), [](const script_directive& directive) {
    const std::optional<std::string_view> rest = argument_of(directive, "no transaction");
    return rest && rest->empty();
  });
}

/// The sections that a script marks. What stands above the first marker is in none.
[[nodiscard]] inline std::vector<marked_section> sections_of(std::string_view script,
                                                             std::span<const script_statement> statements) {
  std::vector<marked_section> sections;
  std::size_t next = 0;
  const auto end_last = [&] {
    if (!sections.empty())
      sections.back().end = next;
    if (!sections.empty() && sections.back().first == next)
      sections.pop_back();
  };
  for (const script_directive& directive : directives_of(script, statements)) {
    const auto is = [&](std::string_view words) {
      const std::optional<std::string_view> rest = argument_of(directive, words);
      return rest && rest->empty();
    };
    const bool transaction = is("transaction");
    if (!transaction && !is("no-transaction"))
      continue;
    while (next != statements.size() && statements[next].offset < directive.offset)
      ++next;
    end_last();
    sections.push_back({transaction, next, next});
  }
  next = statements.size();
  end_last();
  return sections;
}

/// Whether a statement opens or ends a transaction.
[[nodiscard]] inline bool bounds_transaction(dialect target, const script_statement& statement) {
  return statement.transaction_control && transaction_word(target, statement) != of_transaction::word::savepoint;
}

/// Cuts statements into pieces: the blocks that they open and close themselves, and single statements.
/// \param alone what becomes of a statement that could be a transaction
inline void add_pieces(dialect target, script_plan& plan, std::size_t first, std::size_t end, piece_kind alone) {
  using of_transaction::word;
  std::optional<script_piece> open;
  for (std::size_t i = first; i != end; ++i) {
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
      plan.pieces.push_back(*open);
      open.reset();
      if (does == word::commit_and_chain || does == word::rollback_and_chain)
        open = script_piece{.kind = piece_kind::block, .first = i + 1, .last = i + 1, .chained = true};
      continue;
    }
    if (does == word::begin) {
      open = script_piece{.kind = piece_kind::block, .first = i, .last = i};
      continue;
    }
    const piece_kind kind = is_setting(target, statement)                                    ? piece_kind::setting
                            : statement.outside_transaction || statement.transaction_control ? piece_kind::outside
                                                                                             : alone;
    plan.pieces.push_back({.kind = kind, .first = i, .last = i});
  }
  if (open && open->first < end && !plan.unclosed)
    plan.unclosed = open->first;
}

/// Cuts a script into pieces: its marked sections, the blocks that it opens and closes itself, and single statements.
inline void cut_into_pieces(dialect target, script_plan& plan) {
  plan.pieces.clear();
  plan.unclosed.reset();
  add_pieces(target, plan, 0, plan.sections.empty() ? plan.statements.size() : plan.sections.front().first,
             piece_kind::plain);
  for (const marked_section& section : plan.sections) {
    const auto begin = plan.statements.begin();
    const bool own = std::any_of(begin + static_cast<std::ptrdiff_t>(section.first),
                                 begin + static_cast<std::ptrdiff_t>(section.end),
                                 [&](const script_statement& s) { return bounds_transaction(target, s); });
    if (section.transaction && !own)
      plan.pieces.push_back(
          {.kind = piece_kind::block, .first = section.first, .last = section.end - 1, .commits = true, .bare = true});
    else
      add_pieces(target, plan, section.first, section.end,
                 section.transaction ? piece_kind::plain : piece_kind::outside);
  }
}

/// Decides how a script is run.
[[nodiscard]] inline script_plan plan_script(dialect target, std::string_view script,
                                             std::vector<script_statement> statements) {
  script_plan plan;
  plan.statements = std::move(statements);
  plan.sections = sections_of(script, plan.statements);
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
    if (statement.transaction_control && !bounds_transaction(target, statement))
      plan.has_savepoints = true;
    else
      control = control || statement.transaction_control;
    outside = outside || statement.outside_transaction;
  }
  const auto runs_alone = [](const marked_section& section) { return !section.transaction; };
  const bool asked = (!plan.statements.empty() && asks_for_no_transaction(script, plan.statements.front().offset)) ||
                     std::any_of(plan.sections.begin(), plan.sections.end(), runs_alone);
  // One marked transaction that is all of the script is what a script is anyway.
  const bool several = plan.sections.size() > 1 || (plan.sections.size() == 1 && plan.sections.front().first != 0);
  if (!control && !outside && !asked && !several)
    return plan;
  cut_into_pieces(target, plan);
  plan.mode = script_mode::pieces;
  if (outside || asked || plan.unclosed)
    return plan;
  std::size_t blocks = 0;
  for (const script_piece& piece : plan.pieces) {
    const bool good_block = piece.kind == piece_kind::block && piece.commits && !piece.chained && !piece.bare;
    if (!good_block && piece.kind != piece_kind::setting)
      return plan;
    blocks += good_block ? 1 : 0;
  }
  if (blocks == 1)
    plan.mode = script_mode::own_transaction;
  return plan;
}

/// The same script on a server that commits each DDL statement by itself, whatever transaction it stands in: there a
/// script is one transaction only when it changes nothing but rows. A transaction that the script opens itself is run
/// as it is written; each other DDL statement runs alone, between two lines of the journal.
inline void without_transactional_ddl(dialect target, script_plan& plan) {
  static constexpr std::array<std::string_view, 7> rows{"INSERT", "UPDATE", "DELETE", "SELECT",
                                                        "WITH",   "VALUES", "MERGE"};
  const auto is_ddl = [&](const script_piece& piece) { return !is_one_of(plan.statements[piece.first].keyword, rows); };
  if (plan.mode == script_mode::own_transaction)
    plan.mode = script_mode::pieces;  // so that the journal says whether its COMMIT was reached
  if (plan.mode == script_mode::one_transaction) {
    if (std::all_of(plan.statements.begin(), plan.statements.end(),
                    [&](const script_statement& s) { return is_one_of(s.keyword, rows); }))
      return;
    cut_into_pieces(target, plan);
    plan.mode = script_mode::pieces;
  }
  for (script_piece& piece : plan.pieces)
    if (piece.kind == piece_kind::plain && is_ddl(piece))
      piece.kind = piece_kind::outside;
}

/// The tag of the dollar quotes in which an online script puts a block that commits batch by batch.
inline constexpr std::string_view batches_tag = "$instar_batches$";

/// A marked script for a transaction that somebody else opens, and in which it shall do all that it does otherwise:
/// without its own BEGIN and COMMIT, those between batches, and the word CONCURRENTLY, each replaced by as many blanks.
/// \return nothing where it has more that a transaction refuses
[[nodiscard]] inline std::optional<std::string> as_one_transaction(std::string_view script, const script_plan& plan) {
  if (plan.sections.empty() || plan.unclosed)
    return std::nullopt;
  std::string text{script};
  const auto blank = [&](std::size_t at, std::size_t length) { text.replace(at, length, length, ' '); };
  for (const script_statement& statement : plan.statements) {
    if (bounds_transaction(instar::postgres, statement)) {
      using of_transaction::word;
      const word does = transaction_word(instar::postgres, statement);
      if (does != word::begin && does != word::commit)
        return std::nullopt;
      blank(statement.offset, statement.text.size());
    } else if (statement.outside_transaction) {
      token_reader tokens{instar::postgres, statement.text};
      const bool creates = tokens.take("CREATE");
      if (!creates && !tokens.take("DROP"))
        return std::nullopt;
      if (creates)
        (void)tokens.take("UNIQUE");
      if (!tokens.take("INDEX"))
        return std::nullopt;
      const std::string_view word = tokens.peek();
      if (!tokens.take("CONCURRENTLY"))
        return std::nullopt;
      blank(static_cast<std::size_t>(word.data() - script.data()), word.size());
    } else if (statement.keyword == "DO" && statement.text.find(batches_tag) != std::string_view::npos) {
      constexpr std::string_view commit = "COMMIT;";
      for (std::size_t at = statement.text.find(commit); at != std::string_view::npos;
           at = statement.text.find(commit, at + commit.size()))
        blank(statement.offset + at, commit.size());
    }
  }
  return text;
}

}  // namespace instar::detail
