#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/history.hpp>
#include <instar/migrate/script_plan.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/sql/script.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file Migrations that are C++: a function in one transaction, or a walk over a table in many.

namespace instar {

/// The open transaction of a code migration: a database that cannot commit.
///
/// `query_as` and whatever else takes a `database` takes it, too. BEGIN, COMMIT and ROLLBACK are refused, for the
/// ledger is written by the same transaction; savepoints are not.
class transaction final : public database {
 public:
  /// \param on with a transaction open, must outlive this object
  explicit transaction(database& on) : on_(on) {}

  [[nodiscard]] instar::dialect dialect() const noexcept override { return on_.dialect(); }
  [[nodiscard]] const database_url& url() const noexcept override { return on_.url(); }

  /// \throws database_error as any database; `statement_failed` for what would end the transaction
  void execute(std::string_view sql) override {
    check_open();
    on_.execute(checked(sql));
  }

  /// \throws as `execute`
  [[nodiscard]] query_result query(std::string_view sql, std::span<const sql_value> parameters = {}) override {
    check_open();
    return on_.query(checked(sql), parameters);
  }

  /// SQLite ends a transaction by itself after some errors (RAISE(ROLLBACK), a full disk …), and what follows would be
  /// kept without what was before. https://www.sqlite.org/lang_transaction.html
  /// \throws database_error `statement_failed` when it did
  void check_open() {
    if (dialect() == instar::sqlite && !on_.in_transaction())
      throw database_error(database_code::statement_failed,
                           {.message = "an error before this rolled the transaction back",
                            .remedy = "Let that error out of the function."});
  }

  [[nodiscard]] int server_version() const override { return on_.server_version(); }
  [[nodiscard]] std::string server_version_text() const override { return on_.server_version_text(); }
  [[nodiscard]] bool in_transaction() override { return on_.in_transaction(); }
  [[nodiscard]] bool is_memory() const noexcept override { return on_.is_memory(); }
  [[nodiscard]] bool is_open() const noexcept override { return on_.is_open(); }
  /// SQLite: never, for the one lock of the file is the migrator's.
  [[nodiscard]] bool try_lock(std::int64_t key) override { return dialect() == instar::postgres && on_.try_lock(key); }
  void unlock(std::int64_t key) override {
    if (dialect() == instar::postgres)
      on_.unlock(key);
  }
  void interrupt() noexcept override { on_.interrupt(); }
  [[nodiscard]] std::vector<std::string> take_notices() override { return on_.take_notices(); }

 private:
  [[nodiscard]] std::string_view checked(std::string_view sql) const {
    std::vector<script_statement> statements;
    try {
      statements = split_script(dialect(), sql);
    } catch (const script_error&) {
      return sql;  // the database says better what is wrong with it
    }
    for (const script_statement& statement : statements)
      if (detail::bounds_transaction(dialect(), statement))
        throw database_error(database_code::statement_failed,
                             {.message = std::string{statement.keyword} + " has no place in a code migration",
                              .remedy =
                                  "Leave it out: the transaction ends with the function, and with an exception it "
                                  "is rolled back.",
                              .offset = statement.offset});
    return sql;
  }

  database& on_;
};

/// A walk over a table in the order of a key, some rows at a time, each batch a transaction of its own.
///
/// How far it got is written with each batch, so a walk that was broken off goes on where it was, and no batch is done
/// twice. Rows that are added behind it while it walks are reached, those before it are not: let the program write the
/// new column before the walk begins.
struct backfill {
  std::string table;  ///< "name" or "schema.name", without quotes

  /// The columns that give the order: a primary key, or a unique key without NULLs, best with an index.
  std::vector<std::string> key{"id"};

  /// What stands behind SET in `UPDATE table SET …`, such as `name = first_name || ' ' || last_name`.
  std::string set{};

  /// Used where `set` is empty. \param rows a condition for WHERE that says which rows this batch is
  std::function<void(transaction&, std::string_view rows)> each{};

  std::string where{};                 ///< which rows are walked over, such as `name IS NULL`; empty: all
  std::size_t batch = 1000;            ///< rows of one transaction
  std::chrono::milliseconds pause{0};  ///< between two batches, for the others
};

/// A migration that is C++. It runs in the order of its name among the scripts, and counts as applied by its name: that
/// its code was changed afterwards is not seen.
///
/// The folder may hold it, too: a `migration.sql` with the line `-- instar: code` and no statement. Then programs that
/// do not bring the code refuse to deploy, instead of passing over it.
struct code_migration {
  std::string name;                         ///< "20250301000000_backfill_names"
  std::function<void(transaction&)> run{};  ///< the function, or
  std::optional<backfill> walk{};           ///< the walk

  /// A function that runs in one transaction, together with its row in the ledger.
  ///
  /// An exception rolls all of it back. It runs again after a transaction that was rolled back because of other
  /// sessions (`migrator_options::lock_retries`), and in the shadow databases of `migrate dev`, so what it does outside
  /// of the database happens more than once.
  code_migration(std::string called, std::function<void(transaction&)> function)
      : name(std::move(called)), run(std::move(function)) {}

  /// A walk over a table.
  code_migration(std::string called, backfill over) : name(std::move(called)), walk(std::move(over)) {}
};

namespace detail {

/// Calls code of the program, which may throw anything.
/// \throws what it throws; std::runtime_error in place of what is no std::exception
template <class Function>
void call_code(const Function& function) {
  try {
    function();
  } catch (const std::exception&) {
    throw;
  } catch (...) {
    throw std::runtime_error{"its code threw something that is no std::exception"};
  }
}

/// Adds to a history what is C++.
/// \throws migration_error `code_conflict`, and as `read_history` for a bad name
inline void add_code(history& read, std::span<const code_migration> all) {
  const auto refuse = [](const std::string& name, std::string message, std::string remedy) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "No database was touched.";
    fields.migration = name;
    return migration_error{migration_code::code_conflict, std::move(fields)};
  };
  for (const code_migration& one : all) {
    check_migration_name(one.name);
    const auto found = std::find_if(read.migrations.begin(), read.migrations.end(),
                                    [&](const migration& m) { return m.name == one.name; });
    if (found != read.migrations.end() && found->code)
      throw refuse(one.name, "The program brings two code migrations of the name " + one.name + ".",
                   "Give one of them another name.");
    if (found != read.migrations.end() && !found->is_code)
      throw refuse(
          one.name, "The migration " + one.name + " is a script, and the program brings code of that name.",
          "Give one of them another name; or, if its script is to be C++, leave `-- instar: code` alone in it.");
    if (!one.walk && !one.run)
      throw refuse(one.name, "The code migration " + one.name + " has no function.", "Give it one.");
    if (one.walk && (one.walk->key.empty() || one.walk->set.empty() == !one.walk->each))
      throw refuse(one.name, "The walk of " + one.name + " has no key, or not exactly one of `set` and `each`.",
                   "Say by which columns it goes, and what it does.");
    migration* m = found == read.migrations.end() ? nullptr : &*found;
    if (m == nullptr) {
      m = &read.migrations.emplace_back();
      m->name = one.name;
      m->sql = code_script(one.name);
      m->checksum = code_checksum(one.name);
      m->is_code = true;
    }
    m->code = std::make_shared<const code_migration>(one);
  }
  if (!all.empty())
    put_in_order(read);
}

}  // namespace detail

}  // namespace instar
