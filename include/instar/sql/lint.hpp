#pragma once

#include <instar/diff/hazard.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/sql/directives.hpp>
#include <instar/sql/hazard_text.hpp>
#include <instar/sql/script.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file What can go wrong with a script that somebody wrote by hand, as far as its text shows it.

namespace instar {

/// One thing that can go wrong with a statement of a script.
struct lint_finding {
  instar::hazard hazard{};
  std::string message;     ///< One sentence, with a full stop.
  std::string table;       ///< The table, or other object, that it is about; empty when it is about none.
  std::string column;      ///< Of that table.
  std::size_t offset = 0;  ///< Where it is in the script, in bytes.
};

namespace detail {

/// A name of the script's, "schema.name" or "name", as the database compares it. PostgreSQL's public is no prefix: a
/// script means the same table with it and without.
struct lint_name {
  std::string text;
  std::size_t offset = 0;  ///< of its first token in the statement

  explicit operator bool() const { return !text.empty(); }
};

/// The tokens of one statement, read from front to back.
class statement_reader {
 public:
  statement_reader(dialect target, std::span<const script_token> tokens, const char* begin)
      : target_(target), tokens_(tokens), begin_(begin) {}

  [[nodiscard]] bool at_end() const { return at_ >= tokens_.size(); }
  [[nodiscard]] std::size_t position() const { return at_; }
  void move_to(std::size_t position) { at_ = position; }
  void skip() { at_ += at_ < tokens_.size() ? 1 : 0; }

  /// Where the next token begins in the statement, in bytes.
  [[nodiscard]] std::size_t offset() const {
    if (tokens_.empty())
      return 0;
    const std::string_view text = at_end() ? tokens_.back().text : tokens_[at_].text;
    return static_cast<std::size_t>(text.data() - begin_);
  }

  /// Whether keywords come next; a quoted name is none.
  [[nodiscard]] bool is(std::initializer_list<std::string_view> keywords) const {
    std::size_t i = at_;
    for (const std::string_view keyword : keywords) {
      if (i >= tokens_.size() || !is_keyword(tokens_[i].text, keyword))
        return false;
      ++i;
    }
    return true;
  }
  [[nodiscard]] bool is(std::string_view keyword) const { return is({keyword}); }

  /// Passes over keywords if all of them come next.
  bool take(std::initializer_list<std::string_view> keywords) {
    if (!is(keywords))
      return false;
    at_ += keywords.size();
    return true;
  }
  bool take(std::string_view keyword) { return take({keyword}); }

  bool take_any(std::initializer_list<std::string_view> keywords) {
    for (const std::string_view keyword : keywords)
      if (take(keyword))
        return true;
    return false;
  }

  void take_if_exists() {
    if (!take({"IF", "EXISTS"}))
      take({"IF", "NOT", "EXISTS"});
  }

  /// The next token as a name, without its quotes and in the case that the database gives it.
  std::string word() {
    if (at_end())
      return {};
    const std::string_view token = tokens_[at_++].text;
    const char quote = token.front();
    const bool quoted = quote == '"' || quote == '`' || quote == '[';
    std::string name;
    for (std::size_t i = quoted ? 1 : 0; i < token.size() - (quoted ? 1 : 0); ++i) {
      const char c = token[i];
      const bool folds = !quoted || target_ == instar::sqlite;
      name += folds && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      if (quoted && quote != '[' && c == quote)
        ++i;  // a doubled quote
    }
    return name;
  }

  /// A name with or without its schema.
  lint_name name() {
    lint_name found;
    found.offset = offset();
    found.text = word();
    while (take(".")) {
      if (found.text == "public" || found.text == "main")
        found.text = word();
      else
        found.text += '.' + word();
    }
    return found;
  }

  /// Passes over a parenthesis with all that is in it, if one comes next.
  bool skip_parenthesis() {
    if (!is("("))
      return false;
    std::size_t depth = 0;
    do {
      depth += is("(") ? 1 : 0;
      depth -= is(")") ? 1 : 0;
      skip();
    } while (depth != 0 && !at_end());
    return true;
  }

  /// Whether a keyword comes later, outside of parentheses.
  [[nodiscard]] bool has(std::initializer_list<std::string_view> keywords) const {
    statement_reader rest = *this;
    while (!rest.at_end()) {
      if (rest.is(keywords))
        return true;
      if (!rest.skip_parenthesis())
        rest.skip();
    }
    return false;
  }
  [[nodiscard]] bool has(std::string_view keyword) const { return has({keyword}); }

  /// What comes up to the next comma that is in no parenthesis; passes over the comma.
  statement_reader part() {
    const std::size_t first = at_;
    while (!at_end() && !is(","))
      if (!skip_parenthesis())
        skip();
    statement_reader found(target_, tokens_.subspan(first, at_ - first), begin_);
    take(",");
    return found;
  }

  /// What stands in the parenthesis that comes next; passes over it.
  statement_reader inside() {
    const std::size_t first = at_ + 1;
    if (!skip_parenthesis())
      return statement_reader(target_, {}, begin_);
    return statement_reader(target_, tokens_.subspan(first, at_ - first - 1), begin_);
  }

  [[nodiscard]] std::span<const script_token> rest() const { return tokens_.subspan(std::min(at_, tokens_.size())); }

 private:
  dialect target_;
  std::span<const script_token> tokens_;
  const char* begin_;
  std::size_t at_ = 0;
};

/// Finds the hazards of a script, statement by statement, and remembers what the ones before have made.
class script_linter {
 public:
  script_linter(dialect target, std::string_view script)
      : target_(target), script_(script), statements_(split_script(target, script)) {}

  [[nodiscard]] std::vector<lint_finding> lint() {
    find_transactions();
    for (at_ = 0; at_ != statements_.size(); ++at_) {
      const script_statement& statement = statements_[at_];
      const std::vector<script_token> tokens = script_splitter(target_, statement.text).tokens();
      statement_reader reader(target_, tokens, statement.text.data());
      lint_transaction(statement);
      action_ = 0;
      lint_statement(reader);
      action_ = 0;
      if (on_postgres())
        lint_names(tokens);
    }
    lint_unclosed();
    apply_ignores();
    std::stable_sort(found_.begin(), found_.end(),
                     [](const lint_finding& a, const lint_finding& b) { return a.offset < b.offset; });
    return std::move(found_);
  }

 private:
  static constexpr std::size_t no_transaction = static_cast<std::size_t>(-1);

  struct constraint {
    std::string table;
    std::string name;
    std::string required_column;  ///< of CHECK (column IS NOT NULL)
    std::size_t transaction = no_transaction;
    bool validated = false;
  };

  struct added_value {
    std::string type;
    std::string literal;  ///< as it was written, in single quotes
    std::size_t transaction = no_transaction;
  };

  [[nodiscard]] bool on_postgres() const { return target_ == instar::postgres; }
  [[nodiscard]] std::size_t transaction() const { return transactions_[at_]; }

  static bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  [[nodiscard]] bool is_made_here(const lint_name& table) const { return contains(made_, table.text); }

  // ---- what is found ----

  void find(hazard h, const lint_name& object, std::string message, std::string column = {}) {
    find_at(h, statements_[at_].offset + action_, object.text, std::move(message), std::move(column));
  }

  void find_at(hazard h, std::size_t offset, std::string table, std::string message, std::string column = {}) {
    found_.push_back({h, std::move(message), std::move(table), std::move(column), offset});
    by_statement_.push_back(at_);
  }

  static std::string quoted(std::string_view name) { return '`' + std::string{name} + '`'; }

  /// Notes that a statement waits for a lock in whose queue readers or writers of a table wait too.
  void lock(const lint_name& table) {
    if (!on_postgres() || is_made_here(table))
      return;
    if (transaction() != no_transaction)
      locked_.emplace_back(table.text, transaction());
    if (lock_without_timeout_ || has_lock_timeout_ ||
        (local_timeout_ != no_transaction && local_timeout_ == transaction()))
      return;
    lock_without_timeout_ = true;
    find_at(hazard::no_lock_timeout, statements_[at_].offset, table.text,
            "Waits for a lock on " + quoted(table.text) +
                " without a lock_timeout: behind it, everyone else waits for the table too.");
  }

  // ---- transactions ----

  /// Which transaction each statement is in: those of BEGIN … COMMIT, of a section, or the one that the runner opens
  /// round a script in which nothing speaks against it.
  void find_transactions() {
    const std::vector<script_directive> directives = directives_of(script_, statements_);
    std::size_t next = 0;
    const bool sections = std::any_of(directives.begin(), directives.end(), [](const script_directive& d) {
      return argument_of(d, "transaction") == "" || argument_of(d, "no-transaction") == "";
    });
    bool alone = false;
    for (const script_directive& d : directives)
      alone = alone || argument_of(d, "no transaction") == "";
    if (!sections)
      for (const script_statement& statement : statements_)
        alone = alone || statement.outside_transaction || statement.transaction_control;
    std::size_t section = alone ? no_transaction : next++;
    std::size_t block = no_transaction;
    std::size_t directive = 0;
    for (const script_statement& statement : statements_) {
      for (; directive < directives.size() && directives[directive].offset < statement.offset; ++directive) {
        if (argument_of(directives[directive], "transaction") == "")
          section = next++;
        else if (argument_of(directives[directive], "no-transaction") == "")
          section = no_transaction;
      }
      if (block == no_transaction && begins(statement))
        block = next++;
      transactions_.push_back(block != no_transaction ? block : section);
      if (block != no_transaction && ends(statement))
        block = no_transaction;
    }
  }

  static bool begins(const script_statement& s) {
    return s.transaction_control && (s.keyword == "BEGIN" || s.keyword == "START");
  }
  [[nodiscard]] bool ends(const script_statement& s) const {
    if (!s.transaction_control || s.keyword == "SAVEPOINT" || s.keyword == "RELEASE" || begins(s))
      return false;
    const std::vector<script_token> tokens = script_splitter(target_, s.text).tokens();
    return std::none_of(tokens.begin(), tokens.end(), [](const script_token& t) { return is_keyword(t.text, "TO"); });
  }

  void lint_transaction(const script_statement& statement) {
    if (statement.transaction_control) {
      const std::string what = quoted(statement.keyword);
      if (begins(statement) && open_)
        find(hazard::transaction_control_in_script, {}, what + " stands in a transaction that is open already.");
      else if (ends(statement) && !open_)
        find(hazard::transaction_control_in_script, {}, what + " stands where no transaction is open.");
      if (begins(statement))
        open_ = at_;
      else if (ends(statement))
        open_.reset();
      return;
    }
    if (statement.outside_transaction && transaction() != no_transaction && on_postgres())
      find(hazard::concurrently_in_transaction, {}, "This does not run inside a transaction, and stands in one.");
  }

  void lint_unclosed() {
    if (!open_)
      return;
    at_ = *open_;
    find(hazard::transaction_control_in_script, {}, "This transaction is never committed.");
  }

  // ---- statements ----

  void lint_statement(statement_reader r) {
    if (on_postgres())
      lint_new_values(r);
    if (r.take("CREATE"))
      lint_create(r);
    else if (r.take({"ALTER", "TABLE"}))
      lint_alter_table(r);
    else if (r.take("DROP"))
      lint_drop(r);
    else if (r.take("TRUNCATE"))
      lint_truncate(r);
    else if (r.take({"DELETE", "FROM"}))
      lint_delete(r);
    else if (r.take("UPDATE"))
      lint_update(r);
    else if (r.take("PRAGMA"))
      follow_pragma(r);
    else if (on_postgres())
      lint_rest_of_postgres(r);
    follow_insert(r);
  }

  void lint_rest_of_postgres(statement_reader& r) {
    if (r.take("SET")) {
      const bool local = r.take("LOCAL");
      if (!local)
        r.take("SESSION");
      if (!r.take("LOCK_TIMEOUT"))
        return;
      if (!r.take("TO"))
        r.take("=");
      const bool waits_forever = r.is("0") || r.is("'0'") || r.is("DEFAULT");
      if (local)
        local_timeout_ = waits_forever ? no_transaction : transaction();
      else
        has_lock_timeout_ = !waits_forever;
    } else if (r.take("SELECT")) {
      if (r.take("SET_CONFIG") && r.take("(") && r.is("'LOCK_TIMEOUT'"))
        has_lock_timeout_ = true;
      else if (r.take("PG_CATALOG") && r.take(".") && r.take("SET_CONFIG") && r.take("(") && r.is("'LOCK_TIMEOUT'"))
        has_lock_timeout_ = true;
      else if (r.has("INTO"))
        follow_select_into(r);
    } else if (r.take({"ALTER", "TYPE"})) {
      lint_alter_type(r);
    } else if (r.take({"ALTER", "DOMAIN"})) {
      lint_alter_domain(r);
    } else if (r.take({"ALTER", "SEQUENCE"})) {
      lint_alter_sequence(r);
    } else if (r.take({"ALTER", "SCHEMA"})) {
      const lint_name name = r.name();
      if (r.take({"RENAME", "TO"}))
        find(hazard::renames_table, name, "Renames the schema " + quoted(name.text) + ", and with it all its tables.");
    } else if (r.take({"ALTER", "VIEW"}) || r.take({"ALTER", "MATERIALIZED", "VIEW"})) {
      r.take_if_exists();
      const lint_name name = r.name();
      if (r.take({"RENAME", "TO"}) && !is_made_here(name))
        find(hazard::renames_table, name,
             "Renames the view " + quoted(name.text) + " while programs use its old name.");
    } else if (r.take({"REFRESH", "MATERIALIZED", "VIEW"})) {
      const bool concurrently = r.take("CONCURRENTLY");
      const lint_name view = r.name();
      if (!concurrently && !is_made_here(view)) {
        find(hazard::materialized_view_refresh_locks, view, "Fills " + quoted(view.text) + " while its readers wait.");
        lock(view);
      }
    } else if (r.take("REINDEX")) {
      lint_reindex(r);
    } else if (r.take("VACUUM")) {
      const bool options = r.is("(");
      statement_reader in = r.inside();
      const bool full = options ? in.has("FULL") : r.take("FULL");
      r.take_any({"VERBOSE", "ANALYZE"});
      const lint_name table = r.name();
      if (full && !is_made_here(table))
        find(hazard::rewrites_whole_table, table,
             "Writes " + (table ? quoted(table.text) : std::string{"every table"}) +
                 " anew while readers and writers wait.");
    } else if (r.take("CLUSTER")) {
      r.take("VERBOSE");
      const lint_name table = r.name();
      if (!is_made_here(table))
        find(hazard::rewrites_whole_table, table,
             "Writes " + (table ? quoted(table.text) : std::string{"every clustered table"}) +
                 " anew while readers and writers wait.");
    } else if (r.take("LOCK")) {
      r.take("TABLE");
      r.take("ONLY");
      lock(r.name());
    } else if (r.take("REVOKE")) {
      find(hazard::trigger_or_policy_change, {}, "Takes rights away from programs that run.");
    }
  }

  // ---- CREATE ----

  void lint_create(statement_reader& r) {
    r.take({"OR", "REPLACE"});
    const bool temporary = r.take_any({"TEMPORARY", "TEMP"});
    r.take_any({"UNLOGGED", "FOREIGN", "VIRTUAL", "RECURSIVE"});
    if (r.take("TABLE"))
      lint_create_table(r, temporary);
    else if (r.is("INDEX") || r.is({"UNIQUE", "INDEX"}))
      lint_create_index(r);
    else if (r.take("VIEW") || r.take("SEQUENCE") || r.take("TYPE") || r.take("DOMAIN"))
      make(r);
    else if (r.take({"MATERIALIZED", "VIEW"})) {
      r.take_if_exists();
      const lint_name view = r.name();
      if (contains(dropped_views_, view.text))
        find(hazard::materialized_view_refresh_locks, view,
             "Fills " + quoted(view.text) + " anew; from its DROP to the commit its readers wait.");
      made_.push_back(view.text);
    }
  }

  void make(statement_reader& r) {
    r.take_if_exists();
    made_.push_back(r.name().text);
  }

  void lint_create_table(statement_reader& r, bool temporary) {
    r.take_if_exists();
    const lint_name table = r.name();
    if (!temporary && r.take({"PARTITION", "OF"})) {
      const lint_name parent = r.name();
      if (!is_made_here(parent)) {
        find(hazard::partition_attach_scans, parent,
             "Makes a partition under a lock on " + quoted(parent.text) + " for which readers and writers wait.");
        lock(parent);
      }
    }
    made_.push_back(table.text);
    if (!on_postgres() && r.is("("))
      lint_texts_for_names(r, table);
  }

  void follow_select_into(statement_reader& r) {
    while (!r.at_end() && !r.take("INTO"))
      if (!r.skip_parenthesis())
        r.skip();
    r.take_any({"TEMPORARY", "TEMP", "UNLOGGED"});
    r.take("TABLE");
    made_.push_back(r.name().text);
  }

  void lint_create_index(statement_reader& r) {
    const bool unique = r.take("UNIQUE");
    r.skip();  // INDEX
    const bool concurrently = on_postgres() && r.take("CONCURRENTLY");
    r.take_if_exists();
    lint_name index;
    if (!r.is("ON"))
      index = r.name();
    if (!r.take("ON"))
      return;
    const bool only = r.take("ONLY");
    const lint_name table = r.name();
    made_indexes_.push_back(index.text);
    if (!on_postgres())
      lint_index_texts(r, table);
    if (is_made_here(table))
      return;
    const std::string which =
        (index ? "index " + quoted(index.text) : std::string{"an index"}) + " of " + quoted(table.text);
    if (on_postgres() && !concurrently && !only) {
      find(hazard::index_blocks_writes, table, "Builds " + which + " while everyone who writes the table waits.");
      lock(table);
    }
    if (unique)
      find(hazard::makes_unique, table, "Builds unique " + which + ": rows with equal values make it fail.");
  }

  // ---- ALTER TABLE ----

  void lint_alter_table(statement_reader& r) {
    r.take_if_exists();
    if (r.take({"ALL", "IN", "TABLESPACE"})) {
      find(hazard::rewrites_whole_table, {}, "Moves every table of a tablespace while readers and writers wait.");
      return;
    }
    r.take("ONLY");
    const lint_name table = r.name();
    r.take("*");
    const bool existed = !is_made_here(table);
    if (r.take({"RENAME", "TO"})) {
      const lint_name renamed = r.name();
      if (existed)
        find(hazard::renames_table, table,
             "Renames table " + quoted(table.text) + " to " + quoted(renamed.text) +
                 " while programs use its old name.");
      else
        made_.push_back(renamed.text);
      if (existed)
        lock(table);
      return;
    }
    while (!r.at_end()) {
      statement_reader action = r.part();
      action_ = action.offset();
      if (existed)
        lint_action(action, table);
    }
  }

  void lint_action(statement_reader& r, const lint_name& table) {
    const std::string on = quoted(table.text);
    const auto of = [&](const std::string& column) { return quoted(table.text + '.' + column); };
    if (r.take("ADD")) {
      if (r.is("CONSTRAINT") || is_constraint(r))
        lint_add_constraint(r, table);
      else
        lint_add_column(r, table);
    } else if (r.take("DROP")) {
      if (r.take("CONSTRAINT")) {
        r.take_if_exists();
        const std::string name = r.word();
        lint_cascade(r, "constraint " + quoted(name), {table.text});
      } else {
        r.take("COLUMN");
        r.take_if_exists();
        const std::string column = r.word();
        if (!contains(made_columns_, table.text + '.' + column))
          find(hazard::drops_column, table, "Drops column " + of(column) + " with all its values.", column);
        lint_cascade(r, "column " + of(column), {table.text});
      }
      lock(table);
    } else if (r.take("ALTER")) {
      lint_alter_column(r, table);
    } else if (r.take("RENAME")) {
      if (r.take("CONSTRAINT")) {
        lock(table);
        return;
      }
      r.take("COLUMN");
      const std::string column = r.word();
      r.take("TO");
      const std::string renamed = r.word();
      if (contains(made_columns_, table.text + '.' + column))
        made_columns_.push_back(table.text + '.' + renamed);
      else
        find(hazard::renames_column, table,
             "Renames column " + of(column) + " to " + quoted(renamed) + " while programs use its old name.", column);
      lock(table);
    } else if (r.take({"VALIDATE", "CONSTRAINT"})) {
      lint_validate(r.word(), table);
    } else if (r.take({"SET", "SCHEMA"})) {
      find(hazard::renames_table, table, "Moves table " + on + " to another schema while programs look for it here.");
      lock(table);
    } else if (r.is({"SET", "LOGGED"}) || r.is({"SET", "UNLOGGED"}) || r.is({"SET", "TABLESPACE"}) ||
               r.is({"SET", "ACCESS"})) {
      find(hazard::rewrites_whole_table, table, "Writes " + on + " anew while readers and writers wait.");
      lock(table);
    } else if (r.is({"ATTACH", "PARTITION"})) {
      r.take({"ATTACH", "PARTITION"});
      const lint_name partition = r.name();
      if (!is_made_here(partition)) {
        find(hazard::partition_attach_scans, table,
             "Attaches " + quoted(partition.text) + " to " + on +
                 ", and reads all its rows under a lock unless a check "
                 "says already what the partition holds.");
        lock(partition);
      }
    } else if (r.take({"DETACH", "PARTITION"})) {
      const lint_name partition = r.name();
      if (!r.is("CONCURRENTLY") && !r.is("FINALIZE")) {
        find(hazard::partition_attach_scans, table,
             "Detaches " + quoted(partition.text) + " from " + on + " while readers and writers of the latter wait.");
        lock(table);
      }
    } else if (r.is("ENABLE") || r.is("DISABLE") || r.is({"FORCE", "ROW"}) || r.is({"NO", "FORCE"}) ||
               r.is({"REPLICA", "IDENTITY"})) {
      find(hazard::trigger_or_policy_change, table,
           "Changes what happens to rows of " + on + " under running programs.");
      lock(table);
    } else if (r.is("OWNER") || r.is("INHERIT") || r.is({"NO", "INHERIT"})) {
      lock(table);
    }
  }

  static bool is_constraint(const statement_reader& r) {
    return r.is({"PRIMARY", "KEY"}) || r.is({"FOREIGN", "KEY"}) || r.is({"CHECK", "("}) || r.is({"UNIQUE", "("}) ||
           r.is({"UNIQUE", "NULLS"}) || r.is({"UNIQUE", "USING"}) || r.is({"EXCLUDE", "USING"}) ||
           r.is({"EXCLUDE", "("}) || r.is({"NOT", "NULL"});
  }

  void lint_add_constraint(statement_reader& r, const lint_name& table) {
    std::string name;
    if (r.take("CONSTRAINT"))
      name = r.word();
    const std::string which = name.empty() ? std::string{} : ' ' + quoted(name);
    const std::string on = quoted(table.text);
    lock(table);
    if (r.is("CHECK") || r.is({"NOT", "NULL"})) {
      constraint added{table.text, name, {}, transaction(), !r.has({"NOT", "VALID"})};
      statement_reader expression = r;
      if (expression.take({"NOT", "NULL"})) {
        added.required_column = expression.word();
      } else {
        expression.take("CHECK");
        statement_reader inside = expression.inside();
        const std::string column = inside.word();
        if (inside.take({"IS", "NOT", "NULL"}) && inside.at_end())
          added.required_column = column;
      }
      if (added.validated) {
        find(hazard::may_violate_check, table,
             "Adds check" + which + " to " + on + ": rows that violate it make it fail.");
        find(hazard::check_scans_under_lock, table,
             "Reads all rows of " + on + " for check" + which + " while readers and writers wait.");
      }
      constraints_.push_back(std::move(added));
    } else if (r.is("FOREIGN")) {
      const bool validated = !r.has({"NOT", "VALID"});
      if (validated) {
        find(hazard::may_violate_foreign_key, table,
             "Adds foreign key" + which + " to " + on + ": rows that reference nothing make it fail.");
        find(hazard::foreign_key_locks_both, table,
             "Looks up all rows of " + on + " for foreign key" + which +
                 " while everyone who writes it or the table that "
                 "it references waits.");
      }
      constraints_.push_back({table.text, name, {}, transaction(), validated});
    } else if (r.is("PRIMARY") || r.is("UNIQUE")) {
      if (r.has({"USING", "INDEX"}) && !r.has({"USING", "INDEX", "TABLESPACE"}))
        return;
      const std::string kind = r.is("PRIMARY") ? "primary key" : "unique constraint";
      find(hazard::makes_unique, table,
           "Adds " + kind + which + " to " + on + ": rows with equal values make it fail.");
      find(hazard::constraint_builds_index_under_lock, table,
           "Builds the index of " + kind + which + " of " + on + " while readers and writers wait.");
    } else if (r.is("EXCLUDE")) {
      find(hazard::may_violate_check, table,
           "Adds exclusion" + which + " to " + on + ": rows that violate it make it fail.");
      find(hazard::exclusion_locks, table,
           "Builds exclusion" + which + " of " + on + " while readers and writers wait; there is no online way.");
    }
  }

  void lint_validate(const std::string& name, const lint_name& table) {
    for (constraint& c : constraints_) {
      if (c.table != table.text || c.name != name)
        continue;
      if (c.transaction != no_transaction && c.transaction == transaction() && !c.validated)
        find(hazard::validates_in_same_transaction, table,
             "Validates " + quoted(name) +
                 " in the transaction that adds it: the lock of the ADD is held while all rows "
                 "of " +
                 quoted(table.text) + " are read.");
      c.validated = true;
    }
  }

  void lint_add_column(statement_reader& r, const lint_name& table) {
    r.take("COLUMN");
    r.take_if_exists();
    const std::string column = r.word();
    const std::string of = quoted(table.text + '.' + column);
    const bool serial = r.is("SERIAL") || r.is("BIGSERIAL") || r.is("SMALLSERIAL") || r.is("SERIAL4") ||
                        r.is("SERIAL8") || r.is("SERIAL2");
    const bool identity = r.has({"AS", "IDENTITY"});
    const bool generated = !identity && (r.has({"GENERATED", "ALWAYS", "AS"}) || (!on_postgres() && r.has("AS")));
    const bool stored = generated && r.has("STORED");
    const bool unique = r.has("UNIQUE") || r.has({"PRIMARY", "KEY"});
    bool has_default = false;
    std::string expression;
    for (statement_reader at = r; !at.at_end();) {
      if (!at.take("DEFAULT")) {
        if (!at.skip_parenthesis())
          at.skip();
        continue;
      }
      has_default = !at.is("NULL");
      for (const script_token& token : at.rest())
        expression += (expression.empty() || token.text == "(" ? "" : " ") + std::string{token.text};
      break;
    }
    if (r.has({"NOT", "NULL"}) && !has_default && !serial && !identity && !generated)
      find(hazard::needs_value, table,
           "Adds required column " + of + " without a default: fails when the table has rows.", column);
    if (!on_postgres()) {
      made_columns_.push_back(table.text + '.' + column);
      return;
    }
    // What follows a default may be other constraints; of those only a check has something like a call.
    const std::string value = expression.substr(0, default_end(expression));
    if (serial || identity || stored || (has_default && may_be_volatile(value)))
      find(hazard::column_rewrites_table, table,
           "Adds column " + of +
               (serial || identity ? ", which counts"
                : stored           ? ", which is computed"
                                   : "") +
               (serial || identity || stored ? ":" : " with a default that differs from row to row:") +
               " every row is written anew while readers and writers wait.",
           column);
    if (unique) {
      if (has_default)
        find(hazard::makes_unique, table,
             "Adds unique column " + of + " with a default: more than one row makes it fail.", column);
      find(hazard::constraint_builds_index_under_lock, table,
           "Builds the index of column " + of + " while readers and writers wait.", column);
    }
    if (r.has("CHECK"))
      find(hazard::check_scans_under_lock, table,
           "Reads all rows of " + quoted(table.text) + " for the check of column " + of +
               " while readers and writers wait.",
           column);
    if (r.has("REFERENCES"))
      find(hazard::foreign_key_locks_both, table,
           "Adds column " + of +
               " with a foreign key while everyone who writes the table or the one that it references "
               "waits.",
           column);
    made_columns_.push_back(table.text + '.' + column);
    lock(table);
  }

  /// Where the expression behind DEFAULT ends and the next constraint begins.
  static std::size_t default_end(std::string_view text) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      depth += text[i] == '(' ? 1 : 0;
      depth -= text[i] == ')' && depth > 0 ? 1 : 0;
      if (depth != 0 || text[i] != ' ')
        continue;
      const std::string_view rest = text.substr(i + 1);
      const std::string_view word = rest.substr(0, rest.find_first_of(" ("));
      static constexpr std::array<std::string_view, 9> ends{
          "NOT", "NULL", "CHECK", "UNIQUE", "PRIMARY", "REFERENCES", "CONSTRAINT", "GENERATED", "COLLATE"};
      if (is_one_of(word, ends))
        return i;
    }
    return text.size();
  }

  void lint_alter_column(statement_reader& r, const lint_name& table) {
    if (r.take("CONSTRAINT")) {
      lock(table);
      return;
    }
    r.take("COLUMN");
    const std::string column = r.word();
    const std::string of = quoted(table.text + '.' + column);
    if (r.is({"SET", "STATISTICS"}) || r.is({"SET", "("}) || r.is("RESET"))
      return;
    lock(table);
    if (r.take({"SET", "NOT", "NULL"})) {
      const bool proven = std::any_of(constraints_.begin(), constraints_.end(), [&](const constraint& c) {
        return c.table == table.text && c.required_column == column && c.validated;
      });
      if (proven)
        return;
      find(hazard::makes_required, table, "Makes column " + of + " required: rows with NULL make it fail.", column);
      find(hazard::not_null_scans_under_lock, table,
           "Reads all rows of " + quoted(table.text) + " to make " + quoted(column) +
               " required while readers and writers wait.",
           column);
    } else if (r.take({"DROP", "NOT", "NULL"})) {
      find(hazard::drops_required, table, "Lets column " + of + " be NULL, which running programs may not expect.",
           column);
    } else if (r.take("TYPE") || r.take({"SET", "DATA", "TYPE"})) {
      find(hazard::type_rewrites_table, table,
           "Changes the type of column " + of +
               ": unless the new type holds the old one's bytes, every row is written anew while readers and writers "
               "wait.",
           column);
    }
  }

  // ---- DROP and others ----

  /// Says that CASCADE stands at the end of what is dropped.
  void lint_cascade(const statement_reader& r, const std::string& what, const lint_name& object) {
    if (r.has("CASCADE"))
      find(hazard::drop_cascade, object, "Drops " + what + " and whatever depends on it, which nothing here names.");
  }

  std::vector<lint_name> names(statement_reader& r) {
    std::vector<lint_name> found;
    r.take_if_exists();
    do {
      r.take("ONLY");
      found.push_back(r.name());
      r.skip_parenthesis();  // a function's arguments
      r.take("*");
    } while (r.take(","));
    return found;
  }

  void lint_drop(statement_reader& r) {
    if (r.take("TABLE")) {
      for (const lint_name& table : names(r))
        lint_drop_table(table);
      lint_cascade(r, "tables", {});
      return;
    }
    if (r.take("INDEX")) {
      const bool concurrently = r.take("CONCURRENTLY");
      for (const lint_name& index : names(r)) {
        if (!on_postgres() || concurrently || contains(made_indexes_, index.text))
          continue;
        find(hazard::index_drop_locks, {},
             "Drops index " + quoted(index.text) + " while everyone who reads or writes its table waits.");
        lock(index);
      }
      lint_cascade(r, "indexes", {});
      return;
    }
    if (!on_postgres())
      return;
    if (r.take({"MATERIALIZED", "VIEW"})) {
      for (const lint_name& view : names(r))
        if (!is_made_here(view))
          dropped_views_.push_back(view.text);
      lint_cascade(r, "materialized views", {});
    } else if (r.take("SEQUENCE")) {
      for (const lint_name& sequence : names(r))
        if (!is_made_here(sequence))
          find(hazard::drops_sequence_state, sequence,
               "Drops sequence " + quoted(sequence.text) + " with the number that it had come to.");
      lint_cascade(r, "sequences", {});
    } else if (r.take("DATABASE")) {
      for (const lint_name& database : names(r))
        find(hazard::drops_database, database, "Drops database " + quoted(database.text) + " with all that is in it.");
    } else if (r.take("OWNED")) {
      find(hazard::drop_cascade, {}, "Drops everything that a role owns.");
    } else if (r.take_any({"TRIGGER", "POLICY", "RULE"})) {
      r.take_if_exists();
      const std::string name = r.word();
      r.take("ON");
      const lint_name table = r.name();
      if (!is_made_here(table) && !is_made_again({name}, {"TRIGGER", "POLICY", "RULE"}))
        find(hazard::trigger_or_policy_change, table,
             "Drops " + quoted(name) + " of " + quoted(table.text) + " under running programs.");
      lock(table);
      lint_cascade(r, quoted(name), table);
    } else if (r.take_any({"FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE", "TYPE", "DOMAIN", "EXTENSION", "OPERATOR",
                           "COLLATION"})) {
      for (const lint_name& object : names(r))
        if (!is_made_here(object) && !is_made_again({object.text}, {"FUNCTION", "PROCEDURE", "AGGREGATE", "TYPE",
                                                                    "DOMAIN", "EXTENSION", "OPERATOR", "COLLATION"}))
          find(hazard::drops_untracked_dependents, object,
               "Drops " + quoted(object.text) +
                   ", which functions and programs may use in ways that no catalogue knows.");
      lint_cascade(r, "objects", {});
    } else {
      lint_cascade(r, "objects", {});
    }
  }

  /// Whether a later statement creates an object of that name again.
  bool is_made_again(const lint_name& object, std::initializer_list<std::string_view> kinds) const {
    for (std::size_t i = at_ + 1; i < statements_.size(); ++i) {
      if (statements_[i].keyword != "CREATE")
        continue;
      const std::vector<script_token> tokens = script_splitter(target_, statements_[i].text).tokens();
      statement_reader r(target_, tokens, statements_[i].text.data());
      r.skip();
      r.take({"OR", "REPLACE"});
      r.take("CONSTRAINT");
      for (const std::string_view kind : kinds)
        if (r.take(kind)) {
          r.take_if_exists();
          if (r.name().text == object.text)
            return true;
        }
    }
    return false;
  }

  void lint_drop_table(const lint_name& table) {
    if (is_made_here(table)) {
      // A name that is dropped is free for another table.
      made_.erase(std::remove(made_.begin(), made_.end(), table.text), made_.end());
      return;
    }
    const auto copied =
        std::find_if(copies_.begin(), copies_.end(), [&](const auto& copy) { return copy.first == table.text; });
    if (!on_postgres() && copied != copies_.end()) {
      if (foreign_keys_off_)
        find(hazard::sqlite_table_rebuild, table,
             "Copies " + quoted(table.text) + " row by row while the whole database waits.");
      else
        find(hazard::sqlite_foreign_keys_on, table,
             "Drops " + quoted(table.text) +
                 " to make it anew while foreign keys are enforced: rows that reference it "
                 "with ON DELETE CASCADE go with it.");
      made_.push_back(table.text);
      return;
    }
    find(hazard::drops_table, table, "Drops table " + quoted(table.text) + " with all its rows.");
    lock(table);
  }

  void lint_truncate(statement_reader& r) {
    r.take("TABLE");
    for (const lint_name& table : names(r)) {
      if (is_made_here(table))
        continue;
      find(hazard::truncates, table, "Empties table " + quoted(table.text) + '.');
      lock(table);
    }
    if (r.has("CASCADE"))
      find(hazard::drop_cascade, {}, "Empties whatever tables reference these, which nothing here names.");
  }

  void lint_delete(statement_reader& r) {
    r.take("ONLY");
    const lint_name table = r.name();
    if (!is_made_here(table) && !r.has("WHERE") && !r.has("USING"))
      find(hazard::truncates, table, "Deletes every row of " + quoted(table.text) + '.');
  }

  void lint_update(statement_reader& r) {
    if (!on_postgres())
      return;
    r.take("ONLY");
    const lint_name table = r.name();
    if (is_made_here(table))
      return;
    if (!r.has("WHERE"))
      find(hazard::update_without_batches, table,
           "Updates every row of " + quoted(table.text) +
               " in one transaction; others who write those rows wait for its end.");
    else if (std::find(locked_.begin(), locked_.end(), std::pair{table.text, transaction()}) != locked_.end())
      find(hazard::update_without_batches, table,
           "Updates rows of " + quoted(table.text) +
               " while a statement before it in the same transaction keeps everyone else out of the table.");
  }

  // ---- types ----

  void lint_alter_type(statement_reader& r) {
    const lint_name type = r.name();
    if (r.take({"ADD", "VALUE"})) {
      r.take_if_exists();
      if (!r.at_end() && transaction() != no_transaction)
        new_values_.push_back({type.text, std::string{r.rest().front().text}, transaction()});
    } else if (r.take({"RENAME", "VALUE"})) {
      const std::string value = r.at_end() ? std::string{} : std::string{r.rest().front().text};
      if (!is_made_here(type))
        find(hazard::renames_enum_value, type,
             "Renames value " + value + " of " + quoted(type.text) + " while programs use its old name.");
    }
  }

  /// A new value of an enum cannot be used before it is committed.
  void lint_new_values(const statement_reader& r) {
    if (new_values_.empty() || r.is({"ALTER", "TYPE"}))
      return;
    for (const script_token& token : r.rest())
      for (added_value& value : new_values_)
        if (value.transaction == transaction() && token.text == value.literal) {
          find_at(hazard::enum_value_used_in_transaction, static_cast<std::size_t>(token.text.data() - script_.data()),
                  value.type,
                  "Uses value " + value.literal + " of " + quoted(value.type) +
                      " in the transaction that adds it, which fails.");
          value.transaction = no_transaction - 1;  // once is enough
        }
  }

  void lint_alter_domain(statement_reader& r) {
    const lint_name domain = r.name();
    if (is_made_here(domain))
      return;
    const bool adds = r.is("ADD") && !r.has({"NOT", "VALID"});
    if (adds || r.is({"SET", "NOT", "NULL"}))
      find(hazard::domain_constraint_scans, domain,
           "Checks every column of domain " + quoted(domain.text) + " while those who write their tables wait.");
  }

  void lint_alter_sequence(statement_reader& r) {
    r.take_if_exists();
    const lint_name sequence = r.name();
    // Who restarts it says where it is to stand.
    if (is_made_here(sequence) || r.has("RESTART"))
      return;
    if (r.has("MINVALUE") || r.has("MAXVALUE") || r.has({"AS", "SMALLINT"}) || r.has({"AS", "INTEGER"}) ||
        r.has({"AS", "INT"}))
      find(hazard::sequence_out_of_bounds, sequence,
           "Moves the bounds of sequence " + quoted(sequence.text) +
               ": a number outside of them that it has come to makes it fail.");
  }

  void lint_reindex(statement_reader& r) {
    const bool options = r.is("(");
    statement_reader in = r.inside();
    const bool concurrently = options && in.has("CONCURRENTLY");
    r.skip();  // INDEX, TABLE, SCHEMA …
    if (concurrently || r.take("CONCURRENTLY"))
      return;
    const lint_name object = r.name();
    if (is_made_here(object) || contains(made_indexes_, object.text))
      return;
    find(hazard::index_blocks_writes, object,
         "Builds " + quoted(object.text) +
             " anew while everyone who writes waits, and readers who plan with the index.");
    lock(object);
  }

  // ---- SQLite ----

  void follow_pragma(statement_reader& r) {
    const lint_name setting = r.name();
    if (setting.text != "foreign_keys" || !(r.take("=") || r.take("(")))
      return;
    const std::string value = r.word();
    foreign_keys_off_ = value == "off" || value == "0" || value == "no" || value == "false";
  }

  /// INSERT INTO new … SELECT … FROM old: the copy of a table that is made anew.
  void follow_insert(statement_reader r) {
    if (on_postgres() || r.position() != 0 || !r.take({"INSERT", "INTO"}))
      return;
    const lint_name into = r.name();
    if (!is_made_here(into))
      return;
    while (!r.at_end() && !r.is("FROM"))
      if (!r.skip_parenthesis())
        r.skip();
    if (r.take("FROM"))
      copies_.emplace_back(r.name().text, into.text);
  }

  /// Columns of tables that this script makes, so that a quoted word which is none of them is a text.
  struct known_table {
    std::string name;
    std::vector<std::string> columns;
  };

  void lint_texts_for_names(statement_reader& r, const lint_name& table) {
    known_table known{table.text, {"rowid", "oid", "_rowid_"}};
    statement_reader list = r.inside();
    std::vector<statement_reader> parts;
    while (!list.at_end())
      parts.push_back(list.part());
    for (statement_reader part : parts)
      if (!is_constraint(part) && !part.is("CONSTRAINT"))
        known.columns.push_back(part.word());
    for (statement_reader part : parts)
      while (!part.at_end()) {
        if (part.take("CHECK") && part.is("("))
          lint_quoted_words(part.inside(), known);
        else
          part.skip();
      }
    known_tables_.push_back(std::move(known));
  }

  void lint_index_texts(statement_reader& r, const lint_name& table) {
    for (const known_table& known : known_tables_)
      if (known.name == table.text) {
        lint_quoted_words(r.inside(), known);
        lint_quoted_words(r, known);
      }
  }

  void lint_quoted_words(statement_reader r, const known_table& known) {
    while (!r.at_end()) {
      const std::string_view token = r.rest().front().text;
      const std::size_t offset = static_cast<std::size_t>(token.data() - script_.data());
      if (token.front() != '"') {
        r.skip();
        continue;
      }
      const std::string name = r.word();
      // A table's name before a column's.
      if (!r.is(".") && !contains(known.columns, name) && name != known.name)
        find_at(hazard::sqlite_text_for_name, offset, known.name,
                std::string{token} + " is no column of " + quoted(known.name) + ", so SQLite takes it for a text.");
    }
  }

  // ---- names ----

  void lint_names(std::span<const script_token> tokens) {
    constexpr std::size_t longest = 63;
    for (const script_token& token : tokens) {
      const bool quoted_name = token.kind == script_token_kind::quoted && token.text.front() == '"';
      const std::size_t size = token.text.size() - (quoted_name ? 2 : 0);
      if ((quoted_name || token.kind == script_token_kind::word) && size > longest)
        find_at(hazard::name_too_long, static_cast<std::size_t>(token.text.data() - script_.data()), {},
                "This name has " + std::to_string(size) + " bytes, and PostgreSQL cuts it to 63.");
    }
  }

  // ---- ignores ----

  struct ignored {
    std::string code;
    std::size_t offset = 0;
    std::size_t statement = 0;
    bool whole_script = false;
    bool used = false;
  };

  /// Takes away what the script says to ignore, and says which of those lines do nothing.
  void apply_ignores() {
    std::vector<ignored> ignores;
    for (const script_directive& directive : directives_of(script_, statements_)) {
      if (const auto agreed = argument_of(directive, "at most")) {
        // What `migrate dev` asked about, and deploy checks again.
        const std::string_view code = agreed->substr(std::min(agreed->find("INS"), agreed->size()));
        ignores.push_back({std::string{code.substr(0, code.find(' '))}, directive.offset, 0, true, true});
      }
      const std::optional<std::string_view> said = argument_of(directive, "ignore");
      if (!said)
        continue;
      std::size_t statement = 0;
      while (statement < statements_.size() && statements_[statement].offset < directive.offset)
        ++statement;
      const std::size_t because = word_at(*said, "BECAUSE");
      const bool reason =
          because != std::string_view::npos &&
          said->find_first_not_of(" \t", because + std::string_view{"because"}.size()) != std::string_view::npos;
      at_ = statement;
      if (!reason)
        find_at(hazard::ignore_without_reason, directive.offset, {},
                "This does not say why. Without a reason nothing is ignored.");
      else
        add_ignores(ignores, said->substr(0, because), directive.offset, statement);
    }
    std::vector<lint_finding> kept;
    for (std::size_t i = 0; i != found_.size(); ++i) {
      bool drop = false;
      for (ignored& one : ignores)
        if (one.code == code_of(found_[i].hazard) && found_[i].hazard != hazard::ignore_without_reason &&
            (one.whole_script || one.statement == by_statement_[i])) {
          one.used = true;
          drop = true;
        }
      if (!drop)
        kept.push_back(std::move(found_[i]));
    }
    found_ = std::move(kept);
    for (const ignored& one : ignores)
      if (!one.used)
        found_.push_back({hazard::unused_ignore,
                          "Nothing " + std::string{one.whole_script ? "in this script" : "below"} + " has " + one.code +
                              ", so there is nothing to ignore.",
                          {},
                          {},
                          one.offset});
  }

  static void add_ignores(std::vector<ignored>& ignores, std::string_view codes, std::size_t offset,
                          std::size_t statement) {
    std::string code;
    const auto end = [&] {
      if (!code.empty())
        ignores.push_back({code, offset, statement, statement == 0, false});
      code.clear();
    };
    for (const char c : codes)
      if (c == ' ' || c == '\t' || c == ',')
        end();
      else
        code += upper_ascii(c);
    end();
  }

  static std::size_t word_at(std::string_view text, std::string_view keyword) {
    for (std::size_t i = 0; i + keyword.size() <= text.size(); ++i)
      if (is_keyword(text.substr(i, keyword.size()), keyword) && (i == 0 || is_sql_blank(text[i - 1])))
        return i;
    return std::string_view::npos;
  }

  dialect target_;
  std::string_view script_;
  std::vector<script_statement> statements_;
  std::vector<std::size_t> transactions_;  ///< by statement
  std::size_t at_ = 0;
  std::size_t action_ = 0;  ///< where the action of an ALTER TABLE begins in the statement

  std::vector<lint_finding> found_;
  std::vector<std::size_t> by_statement_;  ///< of each finding

  std::vector<std::string> made_;  ///< tables and other objects
  std::vector<std::string> made_indexes_;
  std::vector<std::string> made_columns_;  ///< "table.column"
  std::vector<std::string> dropped_views_;
  std::vector<constraint> constraints_;
  std::vector<added_value> new_values_;
  std::vector<known_table> known_tables_;
  std::vector<std::pair<std::string, std::size_t>> locked_;  ///< which table by which transaction
  std::vector<std::pair<std::string, std::string>> copies_;  ///< from which table into which
  std::optional<std::size_t> open_;                          ///< the BEGIN that is open
  std::size_t local_timeout_ = no_transaction;
  bool has_lock_timeout_ = false;
  bool lock_without_timeout_ = false;
  bool foreign_keys_off_ = false;
};

}  // namespace detail

/// What can go wrong with a script, statement by statement, as its text shows it: the hazards that a plan has and those
/// that only a person writes. It knows the tables that the script itself makes, whose locks nobody waits for, and the
/// transactions that it is made of; it knows no database, so a table that it does not make is taken to be large and
/// busy. Bodies of functions and DO blocks are not read.
///
/// What a line `-- instar: ignore INS2021 because REASON` above a statement names is left out there; above the first
/// statement it holds for the whole script. One that has no reason, or nothing to ignore, is a finding of its own.
///
/// \return the findings in the order of the script
/// \throws script_error as `split_script`
[[nodiscard]] inline std::vector<lint_finding> lint_script(dialect target, std::string_view script) {
  return detail::script_linter(target, script).lint();
}

}  // namespace instar
