#pragma once

#include <instar/database/capabilities.hpp>
#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>
#include <instar/database/waiting.hpp>
#include <instar/migrate/backfill.hpp>
#include <instar/migrate/code.hpp>
#include <instar/migrate/concurrent_index.hpp>
#include <instar/migrate/contention.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/file.hpp>
#include <instar/migrate/history.hpp>
#include <instar/migrate/ledger.hpp>
#include <instar/migrate/report.hpp>
#include <instar/migrate/script_plan.hpp>
#include <instar/migrate/sha256.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/sql/script.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file Runs one script, and writes what became of it into the ledger.
///
/// PostgreSQL. A script and its ledger row go out as one message, which the server runs as one transaction: one round
/// trip, one commit, and after a failure nothing is left to undo. A script that is itself one BEGIN … COMMIT gets the
/// row in front of its COMMIT. Any other script is cut into pieces, and a journal says how far it got.
///
/// SQLite. The same with BEGIN IMMEDIATE. `PRAGMA foreign_keys = OFF`, without which a table cannot be rebuilt, does
/// nothing inside a transaction (https://www.sqlite.org/pragma.html#pragma_foreign_keys), so a script that says it gets
/// it before the transaction begins and for all of it; before COMMIT every foreign key is checked, and a reference that
/// dangles now and did not before is an error.
///
/// A migration that is C++ is a transaction as well, or, where it walks over a table, one a batch: then the journal has
/// one line, which says where the walk stands.
///
/// Whatever a script does to its session (search path, role, pragmas) ends with it.

namespace instar::detail {

/// What a runner asks of, and tells, the one who calls it.
struct runner_hooks {
  std::function<void(const migration_progress&)> tell;
  std::function<void()> check_interrupt;  ///< throws to stop between two statements
};

/// SQLite's settings of the session that a script may change, put back at the end.
class sqlite_settings {
 public:
  explicit sqlite_settings(database& of) : of_(of) {
    for (auto& [name, value] : saved_)
      value = text_of(of_.query_value("PRAGMA " + name));
  }
  sqlite_settings(const sqlite_settings&) = delete;
  sqlite_settings& operator=(const sqlite_settings&) = delete;

  ~sqlite_settings() {
    try {
      for (const auto& [name, value] : saved_)
        of_.execute("PRAGMA " + name + " = " + value);
    } catch (const std::exception&) {
      // The connection is no more, and its settings with it.
    }
  }

  [[nodiscard]] bool foreign_keys() const { return saved_.front().second == "1"; }

 private:
  database& of_;
  std::vector<std::pair<std::string, std::string>> saved_{{"foreign_keys", ""},
                                                          {"legacy_alter_table", ""},
                                                          {"ignore_check_constraints", ""},
                                                          {"recursive_triggers", ""},
                                                          {"writable_schema", ""}};
};

class script_runner {
 public:
  /// \param limits of migrations, not of what goes without a trace in the ledger
  script_runner(database& on, ledger& book, runner_hooks hooks, lock_limits limits = {}, server_capabilities can = {})
      : on_(on), book_(book), hooks_(std::move(hooks)), limits_(limits), can_(can),
        postgres_(on.dialect() == instar::postgres) {}

  /// Runs a migration and records it. The caller has the lock.
  ///
  /// \param resumed what the journal of a failed try says; nothing for a first try
  /// \throws migration_error `script_failed`, `partly_applied`, `lock_not_available`, `stopped`, `foreign_keys_broken`,
  ///         `open_transaction`, `journal_mismatch`; database_error `connection_lost`, `read_only`, `busy`
  applied_migration apply(const migration& m, const script_plan& plan,
                          const std::optional<std::vector<journal_row>>& resumed) {
    begin(m, plan);
    applied_migration report;
    report.name = m.name;
    report.statements = plan.statements.size();
    const auto began = std::chrono::steady_clock::now();
    (void)on_.take_notices();
    // What was begun piece by piece is ended so, even when the file has become one transaction meanwhile.
    if (m.is_code) {
      report.transactional = !code().walk;
      run_code(resumed);
    } else if (plan.mode == script_mode::pieces || resumed) {
      report.transactional = false;
      run_pieces(resumed, report);
    } else if (postgres_) {
      run_whole_on_postgres();
    } else {
      run_whole_on_sqlite();
    }
    book_.made();
    report.took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
    report.notices = on_.take_notices();
    return report;
  }

  /// Runs the script that undoes an applied migration, and records the migration as rolled back, in one transaction.
  ///
  /// \param down the migration's name, and the text and the file of its down script
  /// \param plan of that script; not `pieces`
  /// \throws as `apply`
  void take_back(const migration& down, const script_plan& plan) {
    begin(down, plan);
    outcome_ = outcome::rolled_back;
    if (postgres_)
      run_whole_on_postgres();
    else
      run_whole_on_sqlite();
  }

  /// Runs a script without a trace in the ledger.
  /// \throws as `apply`
  void run_unrecorded(const migration& m, const script_plan& plan) {
    begin(m, plan);
    outcome_ = outcome::nothing;
    if (m.is_code) {
      run_code(std::nullopt);
    } else if (plan.mode == script_mode::pieces) {
      applied_migration ignored;
      run_pieces(std::nullopt, ignored);
    } else if (postgres_) {
      run_whole_on_postgres();
    } else {
      run_whole_on_sqlite();
    }
  }

  /// Runs a script inside a transaction that is open already, without a trace in the ledger. One of `pieces` must be
  /// one that `as_one_transaction` takes.
  void run_inside(const migration& m, const script_plan& plan) {
    begin(m, plan);
    outcome_ = outcome::nothing;
    if (m.is_code) {
      run_code_inside();
    } else if (plan.mode == script_mode::pieces) {
      const std::optional<std::string> text = as_one_transaction(m.sql, plan);
      if (!text)
        throw std::logic_error{"run_inside: the script does not fit into a transaction"};
      const std::size_t from = text->starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
      send(text->substr(from), 0, from);
    } else {
      run_settings();
      const auto [from, until] = inner_text();
      send(m.sql.substr(from, until - from), 0, from);
    }
    if (postgres_ && !session_reset().empty())
      on_.execute(session_reset());
  }

 private:
  static constexpr std::string_view reset_session = "RESET SESSION AUTHORIZATION;\nRESET ROLE;\nRESET ALL;\n";

  /// What the ledger is to say of the script.
  enum class outcome : unsigned char { applied, rolled_back, nothing };

  [[nodiscard]] bool recorded() const noexcept { return outcome_ != outcome::nothing; }

  // ---- one script, as one transaction ----

  void begin(const migration& m, const script_plan& plan) {
    migration_ = &m;
    plan_ = &plan;
    outcome_ = outcome::applied;
    says_lock_timeout_ = has_word("lock_timeout");
    contest_ = {};
    in_doubt_ = false;
    statements_done_ = 0;
    if (plan.unclosed) {
      migration_error_fields fields;
      fields.message = "The script begins a transaction and never ends it.";
      fields.remedy = "Write COMMIT; where it ends, or leave BEGIN out: instar makes a transaction of every script.";
      fields.state = "Nothing of " + m.name + " was run.";
      fields.migration = m.name;
      fields.location = locate(m.display_name(), m.sql, plan.statements[*plan.unclosed].offset);
      throw migration_error{migration_code::open_transaction, std::move(fields)};
    }
  }

  /// The part of the script between its own BEGIN and COMMIT; all of it where it has none.
  [[nodiscard]] std::pair<std::size_t, std::size_t> inner_text() const {
    const std::string& sql = migration_->sql;
    const std::size_t mark = sql.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    if (plan_->mode != script_mode::own_transaction)
      return {mark, sql.size()};
    const script_piece& block = own_block();
    const script_statement& opening = plan_->statements[block.first];
    return {opening.offset + opening.text.size(), plan_->statements[block.last].offset};
  }

  [[nodiscard]] const script_piece& own_block() const {
    return *std::find_if(plan_->pieces.begin(), plan_->pieces.end(),
                         [](const script_piece& piece) { return piece.kind == piece_kind::block; });
  }

  /// The settings that a script makes above its own BEGIN.
  void run_settings() {
    if (plan_->mode != script_mode::own_transaction)
      return;
    for (const script_piece& piece : plan_->pieces) {
      if (piece.kind == piece_kind::block)
        return;
      const script_statement& setting = plan_->statements[piece.first];
      send(std::string{setting.text}, 0, setting.offset);
    }
  }

  void run_whole_on_postgres() {
    const std::string& sql = migration_->sql;
    const bool own = plan_->mode == script_mode::own_transaction;
    const std::size_t from = sql.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    const std::size_t until = own ? inner_text().second : sql.size();
    // Without BEGIN a message is a transaction too, but one in which SAVEPOINT is refused.
    const bool explicit_begin = plan_->has_savepoints && !own;
    const std::string head = lock_limit() + (explicit_begin ? "BEGIN;\n" : "");
    // The line break ends a comment on the script's last line.
    std::string text = head + sql.substr(from, until - from) + "\n;\n" + session_reset();
    for (const std::string& statement : record_statements())
      text += statement + ";\n";
    if (own || explicit_begin)
      text += "COMMIT";
    try {
      repeat_past_others({}, [&] {
        try {
          on_.execute(text);
        } catch (const database_error&) {
          if (own || explicit_begin)
            roll_back();
          throw;
        }
      });
    } catch (const database_error& error) {
      throw whole_failed(error, head.size(), from, until);
    } catch (const migration_error&) {
      throw whole_stopped();
    }
  }

  // ---- other sessions ----

  /// What gives a transaction its lock_timeout. A script that speaks of it knows better.
  [[nodiscard]] std::string lock_limit() const {
    if (!postgres_ || !recorded() || !limits_.wait || says_lock_timeout_)
      return {};
    return "SET LOCAL lock_timeout = " + std::to_string(limits_.wait->count()) + ";\n";
  }

  /// Runs a transaction, and again while nothing but other sessions is in its way.
  ///
  /// \param statement what to call it beside the migration's name, may be empty
  /// \param run must leave nothing behind when it throws
  template <class Transaction>
  void repeat_past_others(const std::string& statement, const Transaction& run) {
    if (!recorded()) {
      run();
      return;
    }
    detail::repeat_past_others(
        on_, limits_, contest_, [this](std::string_view name) { return has_word(name); },
        [&](std::chrono::milliseconds pause, const std::string& others) {
          if (hooks_.tell)
            hooks_.tell({.what = migration_progress::event::retrying,
                         .migration = migration_->name,
                         .index = contest_.tries,
                         .total = limits_.retries,
                         .took = pause,
                         .detail = statement + others});
        },
        hooks_.check_interrupt, run);
  }

  /// The error of a script that gave up because of others.
  [[nodiscard]] migration_error kept_out(const database_error& error, std::string state,
                                         std::optional<std::size_t> offset) const {
    migration_error_fields fields;
    fields.message = what() +
                     (error.sqlstate() == "55P03"   ? " did not get a lock"
                      : error.sqlstate() == "40P01" ? " met a deadlock"
                                                    : " could not be serialized") +
                     (contest_.tries > 1 ? " in " + std::to_string(contest_.tries) + " tries" : std::string{}) + ": " +
                     error.message() + ".";
    fields.remedy =
        (contest_.holders.empty() ? "Try again when other sessions leave its tables alone"
                                  : "End what holds its tables (" + contest_.holders +
                                        "; pg_terminate_backend ends a process), or try again when it is done") +
        "; --statement-lock-timeout waits longer, --lock-retries more often.";
    fields.state = std::move(state);
    fields.migration = migration_->name;
    fields.database = answer_of(error);
    if (offset)
      fields.location = locate(migration_->display_name(), migration_->sql, *offset);
    return migration_error{statements_done_ != 0 ? migration_code::partly_applied : migration_code::lock_not_available,
                           std::move(fields)};
  }

  void run_whole_on_sqlite() {
    std::optional<sqlite_settings> settings;
    bool check_foreign_keys = false;
    if (plan_->changes_settings || plan_->turns_foreign_keys_off) {
      settings.emplace(on_);
      check_foreign_keys = plan_->turns_foreign_keys_off && settings->foreign_keys();
      if (check_foreign_keys)
        on_.execute("PRAGMA foreign_keys = OFF");
    }
    std::map<std::string, std::size_t> dangling_before;
    const auto [from, until] = inner_text();
    for (;;) {
      try {
        run_settings();
      } catch (const database_error& error) {
        throw whole_failed(error, 0, 0, from);
      }
      begin_immediate();
      std::map<std::string, std::size_t> dangling;
      try {
        send(migration_->sql.substr(from, until - from), 0, from);
        if (check_foreign_keys)
          dangling = dangling_references();
        if (dangling.empty() || no_more_than(dangling, dangling_before)) {
          record_on_sqlite();
          return;
        }
      } catch (const database_error& error) {
        roll_back();
        throw whole_failed(error, 0, from, until);
      } catch (const migration_error&) {
        roll_back();
        throw;
      }
      // References that dangled before are not this script's fault. They are counted only now that it matters.
      roll_back();
      if (!dangling_before.empty())
        throw foreign_keys_broken(dangling, dangling_before);
      dangling_before = dangling_references();
      if (!no_more_than(dangling, dangling_before))
        throw foreign_keys_broken(dangling, dangling_before);
    }
  }

  void record_on_sqlite() {
    for (const std::string& statement : record_statements())
      on_.execute(statement);
    on_.execute("COMMIT");
  }

  /// What the ledger is to say once the script has run as one transaction.
  [[nodiscard]] std::vector<std::string> record_statements() const {
    std::vector<std::string> statements;
    if (outcome_ == outcome::rolled_back)
      statements.push_back(book_.mark_rolled_back(migration_->name, false));
    if (outcome_ != outcome::applied)
      return statements;
    if (!book_.place().exists)
      statements.push_back(book_.create_statement());
    statements.push_back(book_.insert_applied(*migration_, 1));
    return statements;
  }

  void begin_immediate() {
    try {
      on_.execute("BEGIN IMMEDIATE");
    } catch (const database_error& error) {
      if (was_stopped(error))
        throw stopped("Nothing of it was applied.");
      if (error.code() != database_code::busy)
        throw;
      migration_error_fields fields;
      fields.message = "Another connection is writing to the database " + on_.url().redacted() + " (P1002).";
      fields.remedy = "Wait until it is done, or stop it, and try again.";
      fields.state = "Nothing of " + migration_->name + " was applied.";
      fields.migration = migration_->name;
      throw migration_error{migration_code::lock_timeout, std::move(fields)};
    }
  }

  /// Dangling references by the two tables: rows and numbers of keys change when a table is rebuilt.
  [[nodiscard]] std::map<std::string, std::size_t> dangling_references() {
    std::map<std::string, std::size_t> counts;
    for (const auto& row : on_.query("PRAGMA foreign_key_check").rows)
      ++counts[text_of(row[0]) + " → " + text_of(row[2])];
    return counts;
  }

  static bool no_more_than(const std::map<std::string, std::size_t>& now,
                           const std::map<std::string, std::size_t>& before) {
    return std::all_of(now.begin(), now.end(), [&](const auto& entry) {
      const auto was = before.find(entry.first);
      return was != before.end() && entry.second <= was->second;
    });
  }

  [[nodiscard]] migration_error foreign_keys_broken(const std::map<std::string, std::size_t>& now,
                                                    const std::map<std::string, std::size_t>& before) const {
    std::string tables;
    for (const auto& [pair, count] : now) {
      const auto was = before.find(pair);
      if (was != before.end() && count <= was->second)
        continue;
      tables += (tables.empty() ? "" : ", ") + pair + " (" + std::to_string(count) + (count == 1 ? " row)" : " rows)");
    }
    migration_error_fields fields;
    fields.message = what() + " leaves references to rows that do not exist: " + tables + ".";
    fields.remedy = "Delete or correct those rows in the script, and run it again.";
    fields.state = nothing_applied();
    fields.migration = migration_->name;
    return migration_error{migration_code::foreign_keys_broken, std::move(fields)};
  }

  // ---- a migration that is C++ ----

  [[nodiscard]] const code_migration& code() const {
    if (!migration_->code)
      throw code_missing_error(*migration_);
    return *migration_->code;
  }

  void run_code(const std::optional<std::vector<journal_row>>& resumed) {
    std::optional<sqlite_settings> settings;
    if (!postgres_)
      settings.emplace(on_);
    if (code().walk) {
      walk_over(backfill_walk{*code().walk, on_.dialect()}, code().walk->pause, resumed);
      return;
    }
    if (resumed)
      throw begun_otherwise();
    const auto work = [&](transaction& open) {
      call_code([&] { code().run(open); });
      std::string text = code_reset();
      for (const std::string& statement : record_statements())
        text += statement + ";\n";
      return text;
    };
    try {
      run_transaction({}, work);
    } catch (const database_error& error) {
      throw whole_failed(error, 0, 0, 0);
    } catch (const migration_error& error) {
      if (error.code() == migration_code::stopped)
        throw whole_stopped();
      throw;
    } catch (const std::exception& error) {
      throw code_failed(migration_code::script_failed, error, nothing_applied());
    }
  }

  /// \param work what to do in the transaction; returns the statements that end it, without the COMMIT
  template <class Work>
  void run_transaction(const std::string& naming, const Work& work) {
    repeat_past_others(naming, [&] {
      if (postgres_)
        on_.execute(lock_limit() + "BEGIN");
      else
        begin_immediate();
      try {
        transaction open{on_};
        const std::string record = work(open);
        open.check_open();
        on_.execute(record + "COMMIT");
      } catch (...) {
        roll_back();
        throw;
      }
    });
  }

  void walk_over(const backfill_walk& walk, std::chrono::milliseconds pause,
                 const std::optional<std::vector<journal_row>>& resumed) {
    backfill_position at;
    if (resumed)
      at = position_of(walk, *resumed);
    statements_done_ = at.rows;
    if (recorded())
      start_record(resumed.has_value(), book_.journal_entry(migration_->name, 1, walk.hash(), false));
    try {
      walk.check_key(on_);
      const std::size_t total = hooks_.tell ? walk.estimate(on_) : 0;
      for (bool more = true; more;) {
        hooks_.check_interrupt();
        std::optional<backfill_batch> batch;
        run_transaction("the batch behind " + counted_rows(at.rows) + ": ", [&](transaction& open) {
          batch = walk.next(on_, at);
          if (batch)
            walk.run(open, *batch);
          return code_reset() + (batch && recorded()
                                     ? book_.set_position(migration_->name, 1, batch->end.text()) + ";\n"
                                     : std::string{});
        });
        more = batch && !batch->last;
        if (!batch)
          continue;
        at = batch->end;
        statements_done_ = at.rows;
        if (hooks_.tell)
          hooks_.tell({.what = migration_progress::event::backfilling,
                       .migration = migration_->name,
                       .index = at.rows,
                       .total = total});
        if (more && pause.count() != 0)
          sleep_checking(pause, hooks_.check_interrupt);
      }
    } catch (const database_error& error) {
      throw walk_failed(error, at);
    } catch (const migration_error& error) {
      const bool interrupted = error.code() == migration_code::stopped;
      write_failure(interrupted ? std::string{"interrupted"} : error.message());
      if (interrupted)
        throw stopped(state_of(at));
      throw migration_error{
          error.code(),
          {error.message(), error.remedy(), state_of(at), migration_->name, error.location(), error.database()}};
    } catch (const std::exception& error) {
      write_failure(error.what());
      throw code_failed(recorded() ? migration_code::partly_applied : migration_code::script_failed, error,
                        state_of(at));
    }
    finish_record();
  }

  /// Where an earlier try of the same walk stood.
  [[nodiscard]] backfill_position position_of(const backfill_walk& walk, const std::vector<journal_row>& journal) {
    const sql_value said = book_.read_position(on_, migration_->name, 1);
    const std::optional<backfill_position> at = said ? backfill_position::parse(*said) : backfill_position{};
    if (!at || std::any_of(journal.begin(), journal.end(), [&](const journal_row& row) {
          return row.statement != 1 || row.finished || row.hash != walk.hash();
        }))
      throw begun_otherwise();
    return *at;
  }

  [[nodiscard]] migration_error begun_otherwise() const {
    migration_error_fields fields;
    fields.message =
        migration_->name + " was begun as something else (another walk, or a script), and how far it got is of no use.";
    fields.remedy = "Deploy what it was when it was begun; or undo by hand what it did, run `migrate resolve "
                    "--rolled-back " +
                    migration_->name + "`, and it begins anew.";
    fields.state = "Nothing was run now.";
    fields.migration = migration_->name;
    return migration_error{migration_code::journal_mismatch, std::move(fields)};
  }

  void run_code_inside() {
    transaction open{on_};
    try {
      if (!code().walk) {
        call_code([&] { code().run(open); });
      } else {
        const backfill_walk walk{*code().walk, on_.dialect()};
        backfill_position at;
        while (const std::optional<backfill_batch> batch = walk.next(on_, at)) {
          hooks_.check_interrupt();
          walk.run(open, *batch);
          at = batch->end;
        }
      }
      if (postgres_)
        on_.execute(code_reset());
    } catch (const database_error& error) {
      throw whole_failed(error, 0, 0, 0);
    } catch (const migration_error&) {
      throw;
    } catch (const std::exception& error) {
      throw code_failed(migration_code::script_failed, error, nothing_applied());
    }
  }

  /// What a function did to its session cannot be seen from outside.
  [[nodiscard]] std::string code_reset() const { return std::string{postgres_ ? reset_session : ""}; }

  [[nodiscard]] static std::string counted_rows(std::size_t rows) {
    return std::to_string(rows) + (rows == 1 ? " row" : " rows");
  }

  [[nodiscard]] std::string state_of(const backfill_position& at) const {
    if (!recorded())
      return "Nothing of it was applied.";
    return counted_rows(at.rows) + (at.rows == 1 ? " is" : " are") + " done and stay" + (at.rows == 1 ? "s" : "") +
           "; run deploy again, and it goes on behind them.";
  }

  [[nodiscard]] migration_error walk_failed(const database_error& error, const backfill_position& at) {
    if (error.code() == database_code::connection_lost)
      connection_lost(error, "Run deploy again: the journal says how far " + migration_->name + " got.");
    if (contest_.given_up && at.rows == 0 && recorded() && forget_try())
      return kept_out(error, "Nothing of it was applied; run deploy again.", std::nullopt);
    const bool interrupted = was_stopped(error);
    write_failure(interrupted ? std::string{"interrupted"} : error.message());
    if (interrupted)
      return stopped(state_of(at));
    if (contest_.given_up)
      return kept_out(error, state_of(at), std::nullopt);
    return failed_at(recorded() ? migration_code::partly_applied : migration_code::script_failed, error, state_of(at),
                     std::nullopt);
  }

  [[nodiscard]] migration_error code_failed(std::string_view why, const std::exception& error,
                                            std::string state) const {
    migration_error_fields fields;
    fields.message = what() + " failed: " + error.what() + (outcome_ == outcome::applied ? " (P3018)." : ".");
    fields.remedy = "Correct what it met, or its code, and try again.";
    fields.state = std::move(state);
    fields.migration = migration_->name;
    return migration_error{why, std::move(fields)};
  }

  // ---- one script, piece by piece ----

  void run_pieces(const std::optional<std::vector<journal_row>>& resumed, applied_migration& report) {
    script_plan as_pieces = *plan_;
    if (as_pieces.pieces.empty())
      cut_into_pieces(on_.dialect(), as_pieces);
    const std::vector<script_piece>& pieces = as_pieces.pieces;
    std::optional<sqlite_settings> settings;
    if (!postgres_)
      settings.emplace(on_);
    if (resumed)
      check_journal(*resumed);
    const auto journalled = [&](std::size_t statement) -> const journal_row* {
      if (resumed)
        for (const journal_row& row : *resumed)
          if (row.statement == statement + 1)
            return &row;
      return nullptr;
    };
    const auto done = [&](const script_piece& piece) {
      for (std::size_t i = piece.first; i <= piece.last; ++i)
        if (const journal_row* row = journalled(i); row == nullptr || !row->finished)
          return false;
      return true;
    };
    const auto first_open = std::find_if(pieces.begin(), pieces.end(), [&](const script_piece& piece) {
      return piece.kind != piece_kind::setting && !done(piece);
    });
    // Work that was done when the runner was gone before it could say so. Recorded together with the new try, for the
    // question has an answer only once: what we write makes the journal's line younger than the work.
    const bool carried_out = first_open != pieces.end() && was_carried_out(*first_open, journalled(first_open->first));
    if (recorded())
      start_record(resumed.has_value(),
                   first_open == pieces.end() ? std::string{} : entry(first_open->first, carried_out));
    if (resumed && first_open != pieces.end() && hooks_.tell)
      hooks_.tell({.what = migration_progress::event::resuming,
                   .migration = migration_->name,
                   .index = first_open->first + 1,
                   .total = plan_->statements.size()});
    for (const script_piece& piece : pieces) {
      if (done(piece) || (carried_out && &piece == &*first_open)) {
        report.skipped += piece.last - piece.first + 1;
        statements_done_ += piece.last - piece.first + 1;
        continue;
      }
      const bool again = journalled(piece.first) != nullptr;
      if (hooks_.tell)
        hooks_.tell({.what = migration_progress::event::running_statement,
                     .migration = migration_->name,
                     .index = piece.first + 1,
                     .total = plan_->statements.size()});
      try {
        hooks_.check_interrupt();
      } catch (const migration_error& stop) {
        throw piece_stopped(stop, piece);
      }
      run_piece(piece, again);
      if (piece.kind != piece_kind::setting)
        statements_done_ += piece.last - piece.first + 1;
    }
    finish_record();
  }

  /// \param line what the journal says of the piece; nullptr when it says nothing
  [[nodiscard]] bool was_carried_out(const script_piece& piece, const journal_row* line) {
    if (!postgres_ || !recorded() || piece.kind != piece_kind::outside || line == nullptr || line->finished ||
        !line->error.empty())
      return false;
    const std::optional<concurrent_index> index = traceable_index(plan_->statements[piece.first]);
    return index && detail::was_carried_out(on_, book_, migration_->name, line->statement, *index);
  }

  /// Statements that are applied must be those that the file still has: what ran cannot be taken back by editing.
  void check_journal(const std::vector<journal_row>& journal) const {
    for (const journal_row& row : journal) {
      if (!row.finished)
        continue;
      const bool there = row.statement >= 1 && row.statement <= plan_->statements.size();
      if (there && sha256_hex(plan_->statements[row.statement - 1].text) == row.hash)
        continue;
      migration_error_fields fields;
      fields.message = "Statement " + std::to_string(row.statement) + " of " + migration_->name +
                       " was applied by an earlier try, and the file no longer has it as it was.";
      fields.remedy = "Restore the statements up to it, or undo them by hand and run "
                      "`migrate resolve --rolled-back " +
                      migration_->name + "`.";
      fields.state = "The statements before the one that failed are still applied; nothing was run now.";
      fields.migration = migration_->name;
      if (there)
        fields.location =
            locate(migration_->display_name(), migration_->sql, plan_->statements[row.statement - 1].offset);
      throw migration_error{migration_code::journal_mismatch, std::move(fields)};
    }
  }

  /// The row of this try, and the first line of the journal: from here on a failure can be resumed.
  /// \param line the statement that writes it; may be empty
  void start_record(bool again, const std::string& line) {
    std::string text;
    if (!postgres_)
      begin_immediate();
    if (!book_.place().exists)
      text += book_.create_statement() + ";\n";
    text += again ? book_.mark_rolled_back(migration_->name, true) + ";\n"  // one row a try
                  : book_.create_journal() + ";\n";
    text += book_.insert_started(*migration_) + ";\n";
    if (!line.empty())
      text += line + ";\n";
    if (!postgres_)
      text += "COMMIT";
    try {
      on_.execute(text);
    } catch (const database_error&) {
      roll_back();
      throw;
    }
    book_.made();
  }

  void finish_record() {
    if (!recorded()) {
      if (postgres_ && !session_reset().empty())
        on_.execute(session_reset());
      return;
    }
    std::string text = postgres_ ? session_reset() : "BEGIN IMMEDIATE;\n";
    text += book_.mark_finished(*migration_) + ";\n" + book_.drop_journal() + ";\n";
    if (!postgres_)
      text += "COMMIT";
    on_.execute(text);
  }

  [[nodiscard]] std::string entry(std::size_t statement, bool finished) const {
    return book_.journal_entry(migration_->name, statement + 1, sha256_hex(plan_->statements[statement].text),
                               finished);
  }

  [[nodiscard]] std::string entries(const script_piece& piece) const {
    if (!recorded())
      return {};
    std::string text;
    // The script may have taken a role that may not write here; LOCAL ends with this transaction.
    if (postgres_ && changes_role())
      text += "SET LOCAL SESSION AUTHORIZATION DEFAULT;\nSET LOCAL ROLE NONE;\n";
    for (std::size_t i = piece.first; i <= piece.last; ++i)
      text += entry(i, true) + ";\n";
    return text;
  }

  void run_piece(const script_piece& piece, bool again) {
    const script_statement& first = plan_->statements[piece.first];
    in_doubt_ = false;
    try {
      switch (piece.kind) {
      case piece_kind::setting:
        send(std::string{first.text}, 0, first.offset);
        return;
      case piece_kind::plain:
        run_plain(piece, first);
        return;
      case piece_kind::outside:
        run_outside(piece, first, again);
        return;
      case piece_kind::block:
        run_block(piece);
        return;
      }
    } catch (const database_error& error) {
      throw piece_failed(error, piece);
    } catch (const migration_error& stop) {
      throw piece_stopped(stop, piece);
    }
  }

  /// "statement 3: "
  [[nodiscard]] static std::string naming(const script_piece& piece) {
    return "statement " + std::to_string(piece.first + 1) + ": ";
  }

  void run_plain(const script_piece& piece, const script_statement& statement) {
    const std::string record = entries(piece);
    if (!postgres_) {
      const std::string head = "BEGIN IMMEDIATE;\n";
      try {
        send(head + std::string{statement.text} + "\n;\n" + record + "COMMIT", head.size(), statement.offset);
      } catch (const database_error&) {
        roll_back();
        throw;
      }
      return;
    }
    const std::string head = lock_limit();
    try {
      repeat_past_others(naming(piece), [&] {
        send(head + std::string{statement.text} + "\n;\n" + record, head.size(), statement.offset);
      });
    } catch (const database_error& error) {
      // Its text does not show that it cannot be in a transaction, such as a CALL of a procedure that commits.
      if (error.sqlstate() != "25001" && error.sqlstate() != "2D000")
        throw;
      run_outside(piece, statement, false);
    }
  }

  void run_outside(const script_piece& piece, const script_statement& statement, bool again) {
    const auto record = [&](bool finished) {
      if (recorded())
        on_.execute((postgres_ && changes_role() ? "SET LOCAL SESSION AUTHORIZATION DEFAULT;\nSET LOCAL ROLE NONE;\n"
                                                 : std::string{}) +
                    entry(piece.first, finished));
    };
    // Nothing is left of these, or it can be told; what others have done until they end is not known.
    const std::optional<concurrent_index> index = traceable_index(statement);
    record(false);
    in_doubt_ = !index;
    if (again && index)
      clean_up_after(*index);
    const auto run = [&] {
      try {
        send(std::string{statement.text}, 0, statement.offset);
      } catch (const database_error&) {
        if (index)
          clean_up_after(*index);
        throw;
      }
    };
    if (index)
      repeat_past_others(naming(piece), run);
    else
      run();
    gave_up_lock_ = gave_up_lock_ || (postgres_ && statement.keyword == "DISCARD");
    record(true);
    in_doubt_ = false;
  }

  void run_block(const script_piece& piece) {
    const script_statement& first = plan_->statements[piece.first];
    const script_statement& last = plan_->statements[piece.last];
    const bool ended = last.transaction_control && !piece.bare;
    const std::string begin = postgres_ ? "BEGIN;\n" : "BEGIN IMMEDIATE;\n";
    const std::string head = lock_limit() + (piece.chained || piece.bare ? begin : "");
    std::string body = migration_->sql.substr(first.offset, last.offset - first.offset);
    if (piece.bare)
      body += std::string{last.text} + "\n;\n";
    const std::string record = entries(piece);
    const auto run = [&](const std::string& end) {
      try {
        send(head + body + end, head.size(), first.offset);
      } catch (const database_error&) {
        roll_back();
        throw;
      }
    };
    if (piece.commits) {
      repeat_past_others(naming(piece), [&] { run(record + "COMMIT"); });
      return;
    }
    in_doubt_ = ended && last.keyword == "PREPARE";
    run((in_doubt_ ? std::string{last.text} : "ROLLBACK") + ";\n" + record);
    in_doubt_ = false;
  }

  /// The index whose state says what became of a statement; one to which the server gives a name cannot be found again.
  [[nodiscard]] std::optional<concurrent_index> traceable_index(const script_statement& statement) const {
    std::optional<concurrent_index> index;
    if (postgres_ && can_.concurrent_index)
      index = concurrent_index_of(statement.text);
    return index && !index->name.empty() ? index : std::nullopt;
  }

  /// Cleans up what a statement left behind; what cannot be done now, the next try does.
  void clean_up_after(const concurrent_index& index) {
    if (!on_.is_open())
      return;
    try {
      drop_invalid_index(on_, index);
    } catch (const database_error&) {
      // The next try does it.
    }
  }

  // ---- the session ----

  /// What puts a PostgreSQL session back to what its connection string says. In front of our own statements, because a
  /// script may have taken another role or emptied the search path, as dumps do.
  [[nodiscard]] std::string session_reset() const {
    if (!plan_->changes_settings && !has_word("set_config") && !has_word("do") && !has_word("call"))
      return {};
    return std::string{reset_session};
  }

  [[nodiscard]] bool changes_role() const { return has_word("role") || has_word("authorization"); }

  /// Whether the script's text has a word; in a comment counts too, which costs a needless reset.
  [[nodiscard]] bool has_word(std::string_view word) const {
    const std::string& sql = migration_->sql;
    const auto same = [](char a, char b) { return upper_ascii(a) == upper_ascii(b); };
    for (auto at = sql.begin();;) {
      at = std::search(at, sql.end(), word.begin(), word.end(), same);
      if (at == sql.end())
        return false;
      const auto end = at + static_cast<std::ptrdiff_t>(word.size());
      if ((at == sql.begin() || !is_sql_word_part(*(at - 1))) && (end == sql.end() || !is_sql_word_part(*end)))
        return true;
      at = end;
    }
  }

  void roll_back() noexcept {
    try {
      if (on_.is_open() && (postgres_ || on_.in_transaction()))
        on_.execute("ROLLBACK");
    } catch (const std::exception&) {
      // A connection that is gone has rolled back.
    }
  }

  // ---- errors ----

  /// Sends text of the script. Remembers where in the script it begins, for errors.
  /// \param head bytes of ours before it \param from where in the script it begins
  void send(const std::string& text, std::size_t head, std::size_t from) {
    sent_head_ = head;
    sent_from_ = from;
    in_script_ = true;
    on_.execute(text);
    in_script_ = false;
  }

  [[nodiscard]] std::string nothing_applied() const {
    switch (outcome_) {
    case outcome::applied:
      return std::string{"Nothing of it was applied; fix "} + (migration_->is_code ? "it" : "the file") +
             " and run deploy again.";
    case outcome::rolled_back:
      return "Nothing of it was run: " + migration_->name + " is still applied.";
    case outcome::nothing:
      break;
    }
    return "Nothing of it was applied.";
  }

  [[nodiscard]] std::string what() const {
    switch (outcome_) {
    case outcome::applied:
      return "The migration " + migration_->name;
    case outcome::rolled_back:
      return "The down script of " + migration_->name;
    case outcome::nothing:
      break;
    }
    return "The script " + migration_->name;
  }

  static database_answer answer_of(const database_error& error) {
    return {error.message(), error.sqlstate(), error.detail(), error.hint(), error.context()};
  }

  /// What to do about errors that have one cause.
  [[nodiscard]] static std::string remedy_for(const database_error& error) {
    if (error.sqlstate() == "55P04")  // unsafe_new_enum_value_usage
      return "A new enum value can be used only after the transaction that adds it: put ALTER TYPE … ADD VALUE into a "
             "migration of its own, before this one.";
    if (error.sqlstate() == "25001" || error.sqlstate() == "2D000")
      return "The statement cannot run in a transaction: write `-- instar: no transaction` above the first statement.";
    if (!error.remedy().empty())
      return error.remedy();
    return "Correct the statement and try again.";
  }

  [[nodiscard]] migration_error stopped(std::string state) const {
    migration_error_fields fields;
    fields.message = what() + " was interrupted.";
    fields.remedy = outcome_ == outcome::applied ? "Run deploy again to go on." : "Run it again.";
    fields.state = std::move(state);
    fields.migration = migration_->name;
    return migration_error{migration_code::stopped, std::move(fields)};
  }

  [[nodiscard]] migration_error failed_at(std::string_view code, const database_error& error, std::string state,
                                          std::optional<std::size_t> offset) const {
    migration_error_fields fields;
    fields.message = what() + " failed: " + error.message() + (outcome_ == outcome::applied ? " (P3018)." : ".");
    fields.remedy = remedy_for(error);
    if (!can_.transactional_ddl)
      state += " But " + std::string{can_.product} + " does not roll DDL back: look whether something of it is there.";
    fields.state = std::move(state);
    fields.migration = migration_->name;
    fields.database = answer_of(error);
    if (offset)
      fields.location = locate(migration_->display_name(), migration_->sql, *offset);
    return migration_error{code, std::move(fields)};
  }

  [[noreturn]] void connection_lost(const database_error& error, const std::string& more) const {
    throw database_error{
        error.code(),
        {.message = error.message(), .remedy = error.remedy() + " " + more, .sqlstate = error.sqlstate()}};
  }

  /// \param head bytes of ours before the script in what was sent
  [[nodiscard]] migration_error whole_failed(const database_error& error, std::size_t head, std::size_t from,
                                             std::size_t until) {
    if (was_stopped(error))
      return whole_stopped();
    if (error.code() == database_code::read_only)
      throw error;  // no statement is to blame
    if (error.code() == database_code::connection_lost)
      connection_lost(error, outcome_ == outcome::rolled_back
                                 ? "Whether " + migration_->name +
                                       " was taken back is not known; `migrate status` says whether it is pending."
                                 : "Whether " + migration_->name +
                                       " was committed is not known; run deploy again, which asks the ledger.");
    const std::optional<std::size_t> offset = locate_statement(error, head, from, until);
    if (contest_.given_up)
      return kept_out(error,
                      outcome_ == outcome::rolled_back ? nothing_applied()
                                                       : "Nothing of it was applied; run deploy again, file and ledger "
                                                         "are as they were.",
                      offset);
    return failed_at(migration_code::script_failed, error, nothing_applied(), offset);
  }

  [[nodiscard]] migration_error whole_stopped() const {
    return stopped(outcome_ == outcome::rolled_back ? nothing_applied() : "Nothing of it was applied.");
  }

  /// Whether the interruption is ours: PostgreSQL's statement_timeout has the same code.
  [[nodiscard]] bool was_stopped(const database_error& error) const {
    if (error.code() != database_code::interrupted)
      return false;
    try {
      hooks_.check_interrupt();
    } catch (const migration_error&) {
      return true;
    }
    return !postgres_;
  }

  [[nodiscard]] std::optional<std::size_t> locate_statement(const database_error& error, std::size_t head,
                                                            std::size_t from, std::size_t until) {
    if (!postgres_ && !in_script_)
      return std::nullopt;  // one of our own statements behind the script
    if (error.offset()) {
      const std::size_t at = *error.offset() < head ? from : from + (*error.offset() - head);
      if (at < until)
        return at;
      return std::nullopt;  // one of our own statements behind the script
    }
    const bool of_ledger = error.message().find(book_.place().table) != std::string::npos;
    if (plan_->statements.empty() || (of_ledger && !has_word(book_.place().table)))
      return std::nullopt;
    if (plan_->statements.size() == 1)
      return plan_->statements.front().offset;
    return postgres_ ? find_failing_statement(error, 0, plan_->statements.size() - 1) : std::nullopt;
  }

  /// Finds the statement that failed, where the server does not say: errors of the data (a duplicate, a NULL) have no
  /// position. The statements, of which none is applied, are run once more one by one and rolled back again, with
  /// little patience: better no place than a lock on a busy table.
  [[nodiscard]] std::optional<std::size_t> find_failing_statement(const database_error& original, std::size_t first,
                                                                  std::size_t last) {
    if (!on_.is_open())
      return std::nullopt;
    using clock = std::chrono::steady_clock;
    const clock::time_point give_up = clock::now() + std::chrono::seconds{5};
    std::optional<std::size_t> found;
    try {
      on_.execute("BEGIN;\nSET LOCAL lock_timeout = '1s';\nSET LOCAL statement_timeout = '5s'");
      for (std::size_t i = first; i <= last; ++i) {
        const script_statement& statement = plan_->statements[i];
        if (clock::now() > give_up)
          break;
        if (bounds_transaction(instar::postgres, statement) || sets_timeout(statement))
          continue;
        try {
          on_.execute(statement.text);
        } catch (const database_error& error) {
          if (error.sqlstate() == original.sqlstate() && error.message() == original.message())
            found = statement.offset;
          break;
        }
      }
    } catch (const database_error&) {
      found = std::nullopt;
    }
    roll_back();
    return found;
  }

  /// SET [LOCAL] lock_timeout or statement_timeout: the script's patience, which is longer than ours.
  [[nodiscard]] static bool sets_timeout(const script_statement& statement) {
    token_reader tokens{instar::postgres, statement.text, 4};
    if (!tokens.take("SET"))
      return false;
    if (!tokens.take("LOCAL"))
      (void)tokens.take("SESSION");
    return tokens.take("LOCK_TIMEOUT") || tokens.take("STATEMENT_TIMEOUT");
  }

  [[nodiscard]] std::string state_after(const script_piece& failed) const {
    if (!recorded())
      return failed.first == 0 ? "Nothing of it was applied."
                               : "The statements before line " + line_of(failed.first) + " are applied.";
    const std::string again =
        std::string{contest_.given_up ? "R" : "Fix the file and r"} + "un deploy again: it goes on there.";
    if (failed.first == 0)
      return "Nothing of it was applied. " + again;
    return section_of(failed) + "Of its " + std::to_string(plan_->statements.size()) + " statements the first " +
           std::to_string(failed.first) + (failed.first == 1 ? " is" : " are") + " applied and recorded. " + again;
  }

  /// "It failed in section 2 of 3 (no-transaction). ", where the script marks sections.
  [[nodiscard]] std::string section_of(const script_piece& failed) const {
    for (std::size_t i = 0; i != plan_->sections.size(); ++i) {
      const marked_section& section = plan_->sections[i];
      if (failed.first >= section.first && failed.first < section.end)
        return "It failed in section " + std::to_string(i + 1) + " of " + std::to_string(plan_->sections.size()) +
               (section.transaction ? " (transaction). " : " (no-transaction). ");
    }
    return {};
  }

  [[nodiscard]] std::string line_of(std::size_t statement) const {
    return std::to_string(position_in_script(migration_->sql, plan_->statements[statement].offset).line);
  }

  [[nodiscard]] migration_error piece_stopped(const migration_error& stop, const script_piece& piece) {
    migration_error_fields fields;
    fields.message = stop.message();
    fields.remedy = stop.remedy();
    fields.state = state_after(piece);
    fields.migration = migration_->name;
    write_failure("interrupted", piece);
    return migration_error{stop.code(), std::move(fields)};
  }

  [[nodiscard]] migration_error piece_failed(const database_error& error, const script_piece& piece) {
    if (error.code() == database_code::connection_lost)
      connection_lost(error, in_doubt_
                                 ? "Whether statement " + std::to_string(piece.first + 1) + " of " + migration_->name +
                                       " was carried out is not known; look before you run deploy again, which "
                                       "repeats it."
                                 : "Run deploy again: the journal says how far " + migration_->name + " got.");
    const bool interrupted = was_stopped(error);
    std::size_t offset = plan_->statements[piece.first].offset;
    if (error.offset() && *error.offset() >= sent_head_) {
      const std::size_t at = sent_from_ + (*error.offset() - sent_head_);
      const script_statement& last = plan_->statements[piece.last];
      if (at < last.offset + last.text.size())
        offset = at;
    } else if (postgres_ && piece.first != piece.last && !interrupted) {
      offset = find_failing_statement(error, piece.first, piece.last).value_or(offset);
    }
    if (contest_.given_up && statements_done_ == 0 && forget_try())
      return kept_out(error, "Nothing of it was applied; run deploy again.", offset);
    const script_location place = locate(migration_->display_name(), migration_->sql, offset);
    write_failure(place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " +
                      error.message() + (error.detail().empty() ? "" : "\nDETAIL: " + error.detail()) +
                      (error.sqlstate().empty() ? "" : "\nSQLSTATE: " + error.sqlstate()),
                  piece);
    if (interrupted)
      return stopped(state_after(piece));
    if (contest_.given_up)
      return kept_out(error, state_after(piece), offset);
    return failed_at(recorded() ? migration_code::partly_applied : migration_code::script_failed, error,
                     state_after(piece), offset);
  }

  /// Takes the try out of ledger and journal, of which no statement was applied: there is nothing to resolve.
  /// \return whether that was possible
  [[nodiscard]] bool forget_try() noexcept {
    try {
      on_.execute(std::string{reset_session} + book_.forget_started(migration_->name) + ";\n" + book_.drop_journal());
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }

  /// Writes what happened into ledger and journal; when even that fails, the error itself matters more.
  void write_failure(const std::string& text, const script_piece& piece) noexcept {
    write_failure(text, piece.first, entry(piece.first, false));
  }
  void write_failure(const std::string& text) noexcept { write_failure(text, 0, {}); }

  /// \param line the statement that sees to it that the journal has a line to say it in; empty: it has
  void write_failure(const std::string& text, std::size_t statement, const std::string& line) noexcept {
    if (!recorded())
      return;
    try {
      if (postgres_)
        on_.execute(reset_session);
      const sql_value logs = text;
      (void)on_.query(book_.set_logs(migration_->name), {&logs, 1});
      if (!line.empty())
        on_.execute(line);
      (void)on_.query(book_.journal_error(migration_->name, statement + 1), {&logs, 1});
    } catch (const std::exception&) {
      // The row without an end says enough.
    }
  }

 public:
  /// Whether what ran last was neither a transaction nor to be recognised by what it leaves: when the connection is
  /// lost there, neither ledger nor journal says whether it was carried out.
  [[nodiscard]] bool in_doubt() const noexcept { return in_doubt_; }

  /// Whether a script gave up the session's locks (DISCARD ALL); asking forgets it.
  [[nodiscard]] bool gave_up_lock() noexcept { return std::exchange(gave_up_lock_, false); }

 private:
  database& on_;
  ledger& book_;
  runner_hooks hooks_;
  lock_limits limits_;
  server_capabilities can_;
  bool postgres_;
  outcome outcome_ = outcome::applied;
  bool gave_up_lock_ = false;
  const migration* migration_ = nullptr;
  const script_plan* plan_ = nullptr;
  std::size_t sent_head_ = 0;
  std::size_t sent_from_ = 0;
  bool in_script_ = false;
  bool says_lock_timeout_ = false;
  contest contest_;                  // of the transaction that runs
  bool in_doubt_ = false;            // what runs is no transaction
  std::size_t statements_done_ = 0;  // of a script that is no one transaction, by earlier tries too
};

}  // namespace instar::detail
