#pragma once

#include <instar/database/database.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/history.hpp>
#include <instar/migrate/ledger.hpp>
#include <instar/migrate/reset.hpp>
#include <instar/migrate/runner.hpp>
#include <instar/migrate/script_plan.hpp>
#include <instar/schema/dialect.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file A shadow database: an empty one in which a history and a new script prove that they run.
///
/// PostgreSQL: a scratch database on the same server. Where the role may not create one, a transaction in the database
/// itself that drops everything, replays, and is rolled back; it locks every table while it runs, so it gives up when
/// it would have to wait. SQLite: a database in memory.

namespace instar::detail {

class shadow_database {
 public:
  /// Told which connection is in use, so that an interruption reaches it; nullptr: none any more.
  using connection_hook = std::function<void(database*)>;

  /// \param main  the database that is migrated; PostgreSQL only, may be null otherwise. It is used by `replay` alone,
  /// and
  ///              only where `in_transaction`
  /// \param named an empty database to use instead of a scratch one
  /// \throws migration_error `shadow_unavailable`, `shadow_not_empty`
  shadow_database(dialect target, database* main, const std::optional<database_url>& named, connection_hook in_use)
      : in_use_(std::move(in_use)) {
    if (named) {
      use_named(target, *named);
    } else if (target == instar::sqlite) {
      own_ = open_database(database_url{"sqlite::memory:"});
    } else if (main != nullptr) {
      use_scratch(*main);
    } else {
      throw unavailable("No database is named that a shadow database could be made beside.",
                        "Name the database, or an empty one for the shadow.");
    }
    in_use_(&connection());
  }

  shadow_database(const shadow_database&) = delete;
  shadow_database& operator=(const shadow_database&) = delete;

  ~shadow_database() {
    in_use_(nullptr);
    try {
      if (named_)
        empty_named();
      own_.reset();
      if (scratch_)
        (void)drop_database(*scratch_);
    } catch (const std::exception&) {
      // A scratch database that stays behind is dropped by a later run.
    }
  }

  [[nodiscard]] database& connection() noexcept { return own_ ? *own_ : *main_; }

  /// Whether the scripts run in one transaction of the main database that is rolled back.
  [[nodiscard]] bool in_transaction() const noexcept { return own_ == nullptr; }

  /// Looks at the database between two scripts.
  using inspection = std::function<void(std::size_t done, database&)>;

  /// Runs scripts from the first to the last.
  ///
  /// \param schemas those that the transaction must empty first, when it comes to that
  /// \param tell    called before each
  /// \param inspect called with how many have run: before the first, and after each
  /// \throws migration_error `shadow_failed` with the place in the script, `shadow_unavailable`
  void replay(const std::vector<const migration*>& scripts, const std::set<std::string>& schemas,
              const runner_hooks& hooks, const std::function<void(const migration&, std::size_t)>& tell,
              const inspection& inspect) {
    std::vector<script_plan> plans;
    made_by_scripts made;
    const dialect target = connection().dialect();
    for (const migration* m : scripts) {
      plans.push_back(plan_script(target, m->sql, checked_statements(target, *m)));
      made.add(plans.back().statements);
      if (in_transaction() && plans.back().mode == script_mode::pieces && !as_one_transaction(m->sql, plans.back()))
        throw unavailable("The role may not create a shadow database, and " + m->name +
                              " cannot run in a transaction that is rolled back.",
                          "Grant the role CREATEDB, or name an empty database with --shadow-url.");
    }
    ledger none;
    script_runner runner{connection(), none, hooks};
    if (in_transaction())
      open_transaction(schemas, made);
    try {
      inspect(0, connection());
      for (std::size_t i = 0; i != scripts.size(); ++i) {
        hooks.check_interrupt();
        tell(*scripts[i], i);
        run_one(runner, *scripts[i], plans[i]);
        inspect(i + 1, connection());
      }
    } catch (const std::exception&) {
      close_transaction();
      throw;
    }
    close_transaction();
  }

 private:
  static constexpr std::string_view prefix = "instar_shadow_";

  static migration_error unavailable(std::string message, std::string remedy,
                                     std::string_view code = migration_code::shadow_unavailable) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "Nothing was changed.";
    return migration_error{code, std::move(fields)};
  }

  void use_named(dialect target, const database_url& named) {
    if (named.dialect() != target)
      throw unavailable("The shadow database is " + std::string{provider_name(named.dialect())} +
                            ", the history is for " + std::string{provider_name(target)} + ".",
                        "Name a shadow database of the same kind.");
    own_ = open_database(named, {.create = true, .application_name = "instar shadow"});
    const ledger found = ledger::read(*own_);
    std::vector<std::string> objects = foreign_objects(*own_, found.place());
    if (found.place().exists)
      objects.push_back(found.place().table);
    if (objects.empty()) {
      if (target == instar::postgres)
        found_ = schemas_and_extensions();
      named_schema_ = found.place().schema;
      named_ = true;
      return;
    }
    throw unavailable("The shadow database " + named.redacted() + " is not empty; it holds " + objects.front() + ".",
                      "Name an empty database: what is in it is dropped.", migration_code::shadow_not_empty);
  }

  void use_scratch(database& main) {
    main_ = &main;
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    std::random_device random;
    const std::string name = std::string{prefix} + std::to_string(now.count()) + "_" + std::to_string(random());
    scratch_ = main.url().with_database(name);
    // Not through template1, which nobody may be connected to while another shadow database is made of it.
    std::unique_ptr<database> server = open_database(main.url(), {.application_name = "instar shadow"});
    try {
      create_database_from(*server, *scratch_);
    } catch (const database_error& error) {
      scratch_.reset();
      if (error.code() == database_code::permission)
        return;  // a transaction has to do
      throw;
    }
    try {
      drop_stale(*server, now.count());
      server.reset();
      own_ = open_database(*scratch_, {.application_name = "instar shadow"});
      own_->execute("SET synchronous_commit = off");
    } catch (const std::exception&) {
      own_.reset();
      (void)drop_database(*scratch_);
      throw;
    }
  }

  /// Drops what killed runs left behind: old by their name, used by nobody, and ours to drop.
  static void drop_stale(database& server, std::int64_t now) {
    constexpr std::int64_t hour = 3600;
    const query_result found = server.query(
        "SELECT d.datname FROM pg_catalog.pg_database d WHERE d.datname ~ '^instar_shadow_[0-9]{1,12}_[0-9]+$' "
        "AND pg_catalog.split_part(d.datname, '_', 3)::bigint < " +
        std::to_string(now - hour) +
        " AND pg_catalog.pg_has_role(d.datdba, 'USAGE') AND NOT EXISTS (SELECT 1 FROM "
        "pg_catalog.pg_stat_activity a WHERE a.datname = d.datname)");
    for (const auto& row : found.rows)
      try {
        (void)drop_database(server.url().with_database(text_of(row[0])));
      } catch (const database_error&) {
        // Somebody else is faster, or uses it after all.
      }
  }

  [[nodiscard]] made_by_scripts schemas_and_extensions() {
    made_by_scripts all;
    for (const auto& row : own_->query("SELECT nspname FROM pg_catalog.pg_namespace").rows)
      all.schemas.insert(text_of(row[0]));
    for (const auto& row : own_->query("SELECT extname FROM pg_catalog.pg_extension").rows)
      all.extensions.insert(text_of(row[0]));
    return all;
  }

  /// Makes the named database as empty as it was found: schemas and extensions that it had stay.
  void empty_named() {
    if (!own_ || !own_->is_open())
      return;
    if (own_->dialect() == instar::sqlite) {
      own_->execute("PRAGMA foreign_keys = OFF");
      for (const dropped_object& object : drops_on_sqlite(*own_))
        own_->execute(object.statement);
      return;
    }
    own_->execute("RESET ALL");
    made_by_scripts made = schemas_and_extensions();
    const auto was_there = [](const auto& before) {
      return [&](const std::string& name) { return before.contains(name); };
    };
    std::erase_if(made.schemas, was_there(found_.schemas));
    std::erase_if(made.extensions, was_there(found_.extensions));
    for (const dropped_object& object : drops_on_postgres(*own_, {named_schema_}, made))
      own_->execute(object.statement);
  }

  void run_one(script_runner& runner, const migration& m, const script_plan& plan) {
    try {
      if (in_transaction())
        runner.run_inside(m, plan);
      else
        runner.run_unrecorded(m, plan);
    } catch (const migration_error& error) {
      if (error.code() == migration_code::stopped)
        throw;
      throw failed(m, error.location(), error.database(), error.remedy(),
                   error.database() ? error.database()->message : error.message());
    } catch (const database_error& error) {
      if (error.code() == database_code::connection_lost || error.code() == database_code::interrupted)
        throw;
      std::optional<script_location> place;
      if (error.offset())
        place = locate(m.display_name(), m.sql, *error.offset());
      throw failed(m, place,
                   database_answer{error.message(), error.sqlstate(), error.detail(), error.hint(), error.context()},
                   "Correct the statement and try again.", error.message());
    }
  }

  static migration_error failed(const migration& m, const std::optional<script_location>& place,
                                const std::optional<database_answer>& answer, const std::string& remedy,
                                const std::string& cause) {
    migration_error_fields fields;
    fields.message = m.name + " does not run in the shadow database: " + cause + " (P3006).";
    fields.remedy = remedy;
    fields.state = "Your database and the migrations folder are as they were.";
    fields.migration = m.name;
    fields.location = place;
    fields.database = answer;
    return migration_error{migration_code::shadow_failed, std::move(fields)};
  }

  void open_transaction(const std::set<std::string>& schemas, const made_by_scripts& made) {
    try {
      main_->execute("BEGIN;\nSET LOCAL lock_timeout = '3s'");
      for (const dropped_object& object : drops_on_postgres(*main_, schemas, made))
        main_->execute(object.statement);
      main_->execute("SET LOCAL lock_timeout TO DEFAULT");
    } catch (const database_error& error) {
      close_transaction();
      throw unavailable("The role may not create a shadow database, and the database cannot be emptied in a "
                        "transaction instead: " +
                            error.message() + ".",
                        "Grant the role CREATEDB, or name an empty database with --shadow-url.");
    }
  }

  void close_transaction() noexcept {
    if (!in_transaction() || !main_->is_open())
      return;
    try {
      main_->execute("ROLLBACK");
    } catch (const std::exception&) {
      // Gone with the connection.
    }
  }

  connection_hook in_use_;
  database* main_ = nullptr;
  std::unique_ptr<database> own_;
  std::optional<database_url> scratch_;
  bool named_ = false;
  std::string named_schema_;
  made_by_scripts found_;  ///< what the named database had before any script ran
};

}  // namespace instar::detail
