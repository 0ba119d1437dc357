#pragma once

#include <instar/database/database.hpp>
#include <instar/database/url.hpp>
#include <instar/migrate/code.hpp>
#include <instar/migrate/embedded.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/report.hpp>
#include <instar/schema/schema.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace instar {

struct history;

/// What a migrator works with. Everything has a default but the place of the history.
struct migrator_options {
  /// The folder of the history. Ignored when `embedded` is set.
  std::filesystem::path migrations = "migrations";

  /// The history as the program carries it, instead of a folder. The array must outlive the migrator.
  std::optional<std::span<const embedded_migration>> embedded{};

  /// The migrations that are C++, in any order: they run in that of their names, among those of the folder.
  std::vector<code_migration> code_migrations{};

  /// The history as somebody has read it already by `read_history`, with its code migrations: for many migrators that
  /// work on the same one. What it was read from still stands in `migrations` or `embedded`.
  std::shared_ptr<const history> shared_history{};

  /// The schema of the program; without it `plan_next`, `create_migration`, `dev`, `push` and the source `models` throw
  /// `no_models`. What it looks at must outlive the migrator.
  std::optional<schema_view> models{};

  /// The SQL to write when no database is named (`diff` of files, `generate`); otherwise the database's own dialect,
  /// and without either the lock file's.
  std::optional<instar::dialect> dialect{};

  /// The ledger's table, "name" or "schema.name"; on PostgreSQL a part may be in double quotes, as in SQL. Empty:
  /// `_prisma_migrations` where it exists, else
  /// `_instar_migrations`.
  std::string ledger{};

  /// How long to wait for another runner.
  std::chrono::milliseconds lock_timeout{std::chrono::seconds{60}};

  /// PostgreSQL: how long a migration's transaction waits for a lock on a table, before it is rolled back and begins
  /// anew (its lock_timeout); 0: for ever. Not set: 5 s, or what the URL, the role or the database says. A script that
  /// says lock_timeout itself has its own way, and so have statements that cannot be in a transaction.
  std::optional<std::chrono::milliseconds> statement_lock_timeout{};

  /// PostgreSQL: how often a migration's transaction begins anew when it did not get a lock, met a deadlock or could
  /// not be serialized (55P03, 40P01, 40001), after a pause that grows to 5 s. Nothing but a whole transaction that was
  /// rolled back, or an index that is made or dropped CONCURRENTLY, is repeated.
  std::size_t lock_retries = 10;

  /// PostgreSQL: how long to wait for a server that is still starting, when the database is opened; 0: not at all. A
  /// wrong password or a database that does not exist is not waited for.
  std::chrono::milliseconds wait_for_server{0};

  /// PostgreSQL: for how long `deploy` tries to reach the server again when it loses the connection that it opened
  /// itself; 0: not at all. Then it waits until the old session has given up the lock, asks ledger and journal what
  /// became of the migration, and goes on. A migration that loses its connection again is not run a third time, and a
  /// statement outside of a transaction whose fate nobody knows is not repeated: both throw `connection_lost`.
  std::chrono::milliseconds reconnect{std::chrono::seconds{60}};

  /// An empty database to prove scripts in. Not set: PostgreSQL: a scratch database on the same server, or a
  /// transaction that is rolled back where the role may not create one; SQLite: a database in memory.
  std::optional<database_url> shadow{};

  /// `deploy` on a database that holds tables but no ledger is refused; this allows it.
  bool allow_not_empty = false;

  /// PostgreSQL: write scripts that take no lock which stops a busy table (`script_options::online`). `push` and what
  /// is undone in a development database are in the short form anyway, which leaves nothing behind when it fails.
  bool online = true;

  /// Make the database when it does not exist (`deploy`, `dev`, `push`, `reset`).
  bool create_database = true;

  /// Fills the database for `seed` and `reset`; runs in a transaction of its own only when it begins one.
  std::function<void(database&)> seed{};

  /// A SQL script for `seed` and `reset`, used when `seed` is empty; run as one transaction.
  std::filesystem::path seed_script{};

  /// Renames that the models do not declare, for `plan_next` and `diff`: `table.old=new`, `old_table=new_table`,
  /// `enum.old=new`, `old_enum=new_enum`. What they name must be there, or `bad_rename` is thrown.
  std::vector<std::string> renames{};

  /// Told what is going on, on the thread that called the operation. Must not throw.
  std::function<void(const migration_progress&)> on_progress{};

  /// The time that stamps a new migration's name; not set: the system's.
  std::function<std::chrono::sys_seconds()> clock{};

  /// Name of the connection in pg_stat_activity; other runners name it when they wait.
  std::string application_name = "instar";
};

namespace detail {

/// The history that options name, with its code migrations.
/// \throws migration_error as `read_history`; `code_conflict`
[[nodiscard]] inline history history_of(const migrator_options& options) {
  if (options.shared_history)
    return *options.shared_history;
  history read = options.embedded ? read_history(*options.embedded) : read_history(options.migrations);
  add_code(read, options.code_migrations);
  return read;
}

}  // namespace detail

/// One side of a `diff`.
struct diff_source {
  enum class kind : unsigned char { empty, models, migrations, database, script };
  kind what = kind::empty;
  std::string place{};  ///< the folder of `migrations`, the URL of `database`, the file of `script`; may be empty

  /// Reads `empty`, `models`, `migrations[:DIR]`, `database[:URL]` or `sql:FILE`; nothing else is one.
  [[nodiscard]] static std::optional<diff_source> parse(std::string_view text);
};

struct deploy_options {
  /// Stop after this migration; empty: apply everything. Must be a migration of the history.
  std::string up_to{};
};

struct dev_options {
  std::string name{};             ///< of the migration; empty and one must be written: `name_needed`
  bool create_only = false;       ///< write the migration, do not apply it; those before it are applied all the same
  bool accept_data_loss = false;  ///< write a plan that loses rows of this database; otherwise `data_loss`
  bool skip_shadow = false;       ///< keep the script without having run it in a shadow database
};

struct down_options {
  std::string to{};               ///< the last migration that stays applied; empty: `steps` counts
  std::size_t steps = 1;          ///< how many migrations to take back, where `to` is empty
  bool accept_data_loss = false;  ///< `down`: run scripts that destroy data; otherwise `data_loss`
  bool skip_shadow = false;       ///< without the proof that up and then down is what was before
  bool remove = false;            ///< give the migrations up: their folders go, and snapshot.hpp goes back
};

struct squash_options {
  std::string to{};               ///< the last migration that is replaced
  std::string name = "squashed";  ///< of the new one, behind the timestamp of `to`
};

/// A file that comes into being with a baseline, such as the models header.
struct file_beside_baseline {
  std::filesystem::path path;
  std::string text;
};

struct baseline_options {
  /// What the database is, as its models will say it: the migration makes it, and the snapshot holds it. Not set: as
  /// `introspect` reads it. What it looks at must live as long as the call.
  std::optional<schema_view> schema{};

  /// Written with the migration, and taken back with it.
  std::vector<file_beside_baseline> files{};
};

struct generate_options {
  /// Take the schema from the models even where the snapshot holds another one: after a merge, or for a folder that
  /// another tool began. The caller vouches that the history leads to the models.
  bool schema_from_models = false;

  /// Write nothing; the report says what would change.
  bool check = false;
};

/// Applies a history of migrations to a database, and writes its next one.
///
/// The database is opened by the first operation that needs it, and kept. One thread at a time, except `interrupt()`.
/// Operations throw `migration_error` (codes in `migration_code`, with the state that is left), and `database_error`
/// for what has nothing to do with a script (no server, wrong password, a read-only file, connection lost).
///
/// \code
///   instar::migrator m(instar::database_url{"sqlite:app.db"}, {.embedded = app::migrations});
///   m.deploy();
/// \endcode
class migrator {
 public:
  /// Works on the database of that URL; nothing is opened yet.
  migrator(database_url url, migrator_options options);

  /// Works on an open database, which must outlive the migrator.
  migrator(database& opened, migrator_options options);

  /// Works without a database: `diff` of files and models, `generate_snapshot`, `check_history`. Others throw `no_url`.
  explicit migrator(migrator_options options);

  migrator(const migrator&) = delete;
  migrator& operator=(const migrator&) = delete;
  ~migrator();

  /// Applies what is pending, in the order of the names.
  ///
  /// A script and its ledger row are one transaction: a failing script leaves nothing behind. A script that cannot be
  /// one (CONCURRENTLY, VACUUM, its own BEGIN and COMMIT …) is journalled, and a later call goes on at the statement
  /// that failed. Never resets. Takes the lock only when something is pending.
  deploy_report deploy(const deploy_options& options = {});

  /// What is applied, pending, failed, edited, missing. Writes nothing, and makes no database.
  status_report status();

  /// Says that a migration is applied though it was not run (a baseline, a repair by hand).
  /// \throws migration_error `no_such_migration`, `nothing_to_resolve`.
  resolve_report resolve_applied(std::string_view name);

  /// Says that a failed migration was undone by hand: `deploy` will run it from its first statement.
  /// \throws migration_error `no_such_migration`, `nothing_to_resolve`.
  resolve_report resolve_rolled_back(std::string_view name);

  /// Accepts the file of an edited migration as it is now: the ledger takes its checksum. Nothing is run.
  /// \throws migration_error `no_such_migration`, `nothing_to_resolve`.
  resolve_report resolve_edited(std::string_view name);

  /// The same, and only where the edit is cosmetic: the statements are those that ran (comments, blanks and line ends
  /// aside). A ledger that does not know what ran (Prisma's) is asked by a shadow database, for scripts that say
  /// nothing of rows: with the file as it is now, the history must make exactly what the database is.
  /// \throws migration_error `statements_differ`; `no_such_migration`, `nothing_to_resolve`; as `drift`.
  resolve_report resolve_repaired(std::string_view name);

  /// Makes the ledger forget an applied migration that the folder has not. Nothing is run; its tables stay.
  /// \throws migration_error `no_such_migration`, `nothing_to_resolve`.
  resolve_report resolve_missing(std::string_view name);

  /// Begins a history for a database that is there already: writes `0_init`, which makes what the database is,
  /// snapshot.hpp and the lock file, and records 0_init as applied. The script runs in a shadow database alone, where
  /// it is proven before anything is written.
  ///
  /// Whatever fails, no file and no ledger row is left behind.
  /// \return also what no script makes (owners, roles), as warnings
  /// \throws migration_error `baseline_refused` where folder or ledger have a history; `baseline_unproven`,
  ///         `shadow_failed` and others
  baseline_report baseline(const baseline_options& options = {});

  /// Drops everything in the schemas that ledger, models, snapshot and scripts name, applies the history, seeds.
  ///
  /// The schemas themselves stay, with their owner and rights, unless a script creates them; so do extensions that no
  /// script creates. PostgreSQL: dropping is one transaction.
  reset_report reset();

  /// What `migrate dev` would do: checks ledger against folder, plans from the snapshot to the models. Writes nothing.
  next_plan plan_next();

  /// Runs the history and the script of a plan in a shadow database, and compares what stands there with the database
  /// and with the models. Changes nothing.
  ///
  /// All sides are compared in the database's own words: the models' DDL runs in a shadow database, too.
  /// \param planned what `plan_next()` returned, and not blocked
  /// \throws migration_error `shadow_failed` for a script that does not run, `shadow_unavailable`
  proof_report prove(const next_plan& planned);

  /// Counts the rows of the database that a plan would lose, or that would make it fail. The pending migrations must be
  /// applied: the database is asked as it is. Changes nothing.
  /// \param planned what `plan_next()` returned; give it the result as `planned.rows`, so that the script says it
  std::vector<checked_rows> count_rows(const next_plan& planned);

  /// The same for any plan from what the database is, such as `proof_report::undo`.
  std::vector<checked_rows> count_rows(const plan& steps);

  /// From what the applied migrations make to what the database is: empty where nobody changed it by hand.
  /// \throws migration_error as `prove`; `missing_migration` where an applied script is not at hand
  diff_report drift();

  /// Proves history and plan in the shadow database, then writes the migration's folder, the lock file and
  /// snapshot.hpp.
  ///
  /// \param name    its non-alphanumeric characters become `_`; the folder is `YYYYMMDDHHMMSS_name`, later than every
  /// other \param planned what `plan_next()` returned; an empty plan writes a script with a comment alone, to be filled
  /// in \throws migration_error `shadow_failed` and others; nothing is written then.
  created_migration create_migration(std::string_view name, const next_plan& planned, bool skip_shadow = false);

  /// Writes what was changed in the database by hand as a migration, and records it as applied there; other databases
  /// get it by `deploy`. The models must say the change already, and nothing else that is new.
  /// \throws migration_error `nothing_to_resolve` where there is no drift; `unproven` where the models are not what the
  /// database is; `drift` while a migration is pending. Nothing is written then.
  created_migration adopt_drift(std::string_view name);

  /// Brings snapshot.hpp, and nothing else, to the models, for a plan that is `snapshot_alone`.
  snapshot_report follow_models(const next_plan& planned);

  /// `plan_next`, `prove`, `deploy`, `create_migration` (or `follow_models`) and `deploy`, without a question asked.
  /// \throws migration_error the first of `next_plan::problems`; `drift`, `unproven`; `name_needed`, `data_loss`,
  /// `rows_in_the_way`.
  dev_report dev(const dev_options& options);

  /// Which migrations `down` would take back, by which scripts, and what these would destroy now. Counts rows, changes
  /// nothing.
  /// \throws migration_error `nothing_to_take_back`, `no_such_migration`, `down_script_missing`, `down_in_pieces`,
  ///         `cannot_remove`, and what is wrong between folder and ledger
  down_plan plan_down(const down_options& options = {});

  /// Shows in a shadow database that the way up and then down leads back to where it began.
  /// \throws migration_error `down_unproven`, `shadow_failed` and others
  void prove_down(const down_plan& planned);

  /// Runs the down scripts of a plan, each as one transaction with its change of the ledger, in which the migration is
  /// rolled back from then on: `status` calls it pending, and `deploy` applies it again. For development.
  /// \throws migration_error `script_failed`: what was taken back before it stays so, and the message says what that is
  down_report take_down(const down_plan& planned);

  /// `plan_down`, `prove_down` and `take_down`, without a question asked.
  /// \throws migration_error as those, and `data_loss`
  down_report down(const down_options& options = {});

  /// Replaces the history up to a migration by one migration that makes the same.
  ///
  /// The old migrations run in a shadow database, what they made is read back, structure and rows, and written as one
  /// script; that script, and what comes after it, is proven there to make the same. Then the new folder is written,
  /// the snapshot follows, and the old folders are removed; whatever fails before that leaves all as it was. A database
  /// that has the old migrations gets the new one recorded by `deploy`, which does not run it. \return also what it
  /// cannot know, as warnings \throws migration_error `no_such_migration`, `squash_refused`, `squash_unproven`,
  /// `squash_rows`, `shadow_failed`, and
  ///         `partly_squashed` where the database of this migrator has a part of what is to be replaced
  squash_report squash(const squash_options& options);

  /// Brings a database to the models without a migration, for trying things out.
  ///
  /// The plan goes from what the database is; what the models do not describe is dropped.
  /// \throws migration_error `push_refused` for a database that has migrations; `data_loss`, `rows_in_the_way`.
  push_report push(bool accept_data_loss = false);

  /// Fills the database by `migrator_options::seed` or `seed_script`. \throws migration_error `no_seed`,
  /// `script_failed`.
  void seed();

  /// Runs a script outside the history; one transaction where it can be one.
  /// \param file_name what an error shall call it
  void execute_script(std::string_view sql, std::string_view file_name = "script");

  /// The plan from one schema to another.
  ///
  /// Where a side is a database or a script, or a folder without snapshot.hpp, both are read back from a (shadow)
  /// database, and so compared in its own words. Otherwise no database is needed.
  diff_report diff(const diff_source& from, const diff_source& to);

  /// Brings snapshot.hpp up to date with the folder.
  snapshot_report generate_snapshot(const generate_options& options = {});

  /// Reads the whole history and its lock file; needs no database.
  /// \return the warnings. \throws migration_error what is wrong with it.
  std::vector<migration_warning> check_history();

  /// The dialect that this migrator writes: the database's, the option's, the lock file's, in that order.
  [[nodiscard]] instar::dialect dialect();

  /// Stops the running operation: between two statements, or inside the running one by `database::interrupt`. The
  /// operation rolls back what it can and throws `stopped` with the state. From any thread, not from a signal handler.
  /// It holds for the migrator's life: a later operation throws at once.
  void interrupt() noexcept;

 private:
  struct session;  ///< the open database, what was read of the history, what is interrupted
  std::unique_ptr<session> session_;
};

}  // namespace instar

// Defines the session and then, at its end, the operations: whichever of the three is included first.
#include <instar/migrate/session.hpp>
