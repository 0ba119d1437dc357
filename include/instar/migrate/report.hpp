#pragma once

#include <instar/diff/plan.hpp>
#include <instar/sql/checks.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// \file What the operations of `migrator` return: plain values that a command line prints as text or as JSON.

namespace instar {

/// Something worth saying that did not stop the operation.
struct migration_warning {
  std::string_view code{};  ///< one of `migration_code`
  std::string migration;    ///< the migration that it is about, may be empty
  std::string message;      ///< one sentence of cause
  std::string remedy;       ///< one sentence of what to do, may be empty
};

/// How folder, snapshot and ledger see one migration.
enum class migration_state : unsigned char {
  applied,          ///< in the folder and in the database, with the same checksum (line ends aside)
  pending,          ///< in the folder, not in the database (or rolled back there)
  squashed,         ///< a squash of migrations that the database has all of; deploy records it without running it
  partly_squashed,  ///< a squash of migrations of which the database has a part, or not as they were
  resumable,        ///< failed half-way in a script that is no one transaction; deploy goes on at the failed statement
  failed,           ///< begun and not finished, and nobody knows how far; needs `resolve`
  edited,           ///< applied, but the file is no longer what was applied
  missing,          ///< applied and listed by the snapshot, but not in the folder
  unknown,          ///< applied, but neither in the folder nor in the snapshot: from another branch or another project
};

/// "applied", "pending" …
[[nodiscard]] constexpr std::string_view to_string(migration_state state) noexcept {
  switch (state) {
  case migration_state::applied:
    return "applied";
  case migration_state::pending:
    return "pending";
  case migration_state::squashed:
    return "squashed";
  case migration_state::partly_squashed:
    return "partly squashed";
  case migration_state::resumable:
    return "resumable";
  case migration_state::failed:
    return "failed";
  case migration_state::edited:
    return "edited";
  case migration_state::missing:
    return "missing";
  case migration_state::unknown:
    return "unknown";
  }
  return "";
}

struct migration_status {
  std::string name;
  migration_state state = migration_state::pending;
  std::string checksum;         ///< of the file; empty when it is not there
  std::string ledger_checksum;  ///< of what was applied; empty when nothing was
  std::string started_at;       ///< as the database writes it; empty when never started
  std::string finished_at;
  std::string logs;       ///< what the database said when it failed; empty for others
  std::size_t tries = 0;  ///< ledger rows of that name, rolled-back ones included

  /// Of a partly squashed one: the first migration that the database has not, or not as it was.
  std::string lacking{};

  /// Of an edited one: whether its statements are still those that ran. None: the ledger does not know them.
  std::optional<bool> same_statements{};
};

/// What `status()` sees. Sorted by name.
struct status_report {
  std::vector<migration_status> migrations;
  std::vector<migration_warning> warnings;
  std::string ledger;           ///< the ledger's table, qualified; empty when there is none yet
  bool adopted_prisma = false;  ///< the ledger is Prisma's
  bool database_exists = true;

  /// Whether every migration of the folder is applied, unedited, and nothing else is: exit code 0.
  [[nodiscard]] bool up_to_date() const noexcept {
    for (const migration_status& m : migrations)
      if (m.state != migration_state::applied)
        return false;
    return true;
  }

  [[nodiscard]] std::size_t count(migration_state state) const noexcept {
    std::size_t n = 0;
    for (const migration_status& m : migrations)
      n += m.state == state ? 1 : 0;
    return n;
  }
};

/// One migration that `deploy()` applied.
struct applied_migration {
  std::string name;
  std::chrono::microseconds took{};
  std::size_t statements = 0;        ///< of the script
  std::size_t skipped = 0;           ///< of those, applied by an earlier try
  bool transactional = true;         ///< the script and its ledger row were one transaction
  bool recorded_alone = false;       ///< not run: a squash of migrations that the database has already
  std::vector<std::string> notices;  ///< what the server said by the way
};

struct deploy_report {
  std::vector<applied_migration> applied;  ///< in the order in which they ran
  std::size_t already_applied = 0;
  std::vector<migration_warning> warnings;
  std::string ledger;  ///< the ledger's table; on PostgreSQL qualified where something was applied
  bool adopted_prisma = false;
  bool created_database = false;
};

struct resolve_report {
  std::string migration;
  std::string change;  ///< one sentence: what the ledger says now
};

struct reset_report {
  std::vector<std::string> dropped;  ///< "table public.users", "extension pg_trgm" …
  deploy_report deployed;
  bool seeded = false;
};

/// A reason why `migrate dev` cannot go on, and the ways out.
struct history_problem {
  std::string_view code{};  ///< `edited_migration`, `missing_migration`, `unknown_migration`, `failed_migration` …
  std::string migration;
  std::string message;                ///< one sentence of cause
  std::vector<std::string> ways_out;  ///< each one sentence, the mildest first
};

/// What the rows of a database answer to a question about a plan.
struct checked_rows {
  data_check check;
  std::size_t count = 0;  ///< rows that would be lost, or make the plan fail
  std::size_t total = 0;  ///< of so many

  [[nodiscard]] std::size_t lost() const noexcept { return check.fails ? 0 : count; }
  [[nodiscard]] std::size_t failing() const noexcept { return check.fails ? count : 0; }

  /// "drops column users.legacy: 12 of 40 rows are not null"
  [[nodiscard]] std::string sentence() const {
    std::string text = check.sentence + ": " + std::to_string(count);
    if (!check.rows.empty())
      text += " of " + std::to_string(total);
    text += (check.rows.empty() ? count : total) == 1 ? " row" : " rows";
    return check.rows.empty() ? text : text + ' ' + check.rows;
  }
};

/// What `migrate dev` would do now.
struct next_plan {
  status_report status;
  std::vector<history_problem> problems;  ///< not empty: nothing may be planned or applied before they are solved
  std::vector<std::string> pending;       ///< migrations of the folder that are to be applied first
  plan steps;                             ///< from the snapshot to the models
  std::vector<std::string> summary;       ///< one human line for each step
  std::string script;                     ///< the text of the migration.sql to write
  std::string down_script;                ///< the text of the down.sql beside it
  bool loses_data = false;                ///< whether a step may lose data; `rows` says of how many rows
  std::vector<checked_rows> rows;         ///< what `migrator::count_rows` found; written into the script
  std::shared_ptr<const void> storage;    ///< keeps what `steps` looks at alive

  /// There are steps, but none that this dialect runs (a comment on SQLite): they are no migration, and the snapshot
  /// alone follows the models.
  bool snapshot_alone = false;

  [[nodiscard]] bool blocked() const noexcept { return !problems.empty(); }
  /// Whether the models want a migration.
  [[nodiscard]] bool wants_migration() const noexcept { return !steps.empty() && !snapshot_alone; }
  [[nodiscard]] bool up_to_date() const noexcept { return !blocked() && pending.empty() && steps.empty(); }
};

/// A migration that was written.
struct created_migration {
  std::string name;
  std::filesystem::path script;    ///< its migration.sql
  std::filesystem::path snapshot;  ///< the snapshot header that was updated
  std::string sql;
  std::filesystem::path down{};  ///< its down.sql; empty where there is none
};

/// Something that a script is about to destroy.
struct data_loss {
  std::string what;                   ///< "INS2001 drops table sessions with all its rows"
  std::optional<std::size_t> rows{};  ///< that have something to lose now; none: not counted
};

/// What undoes one migration.
struct down_step {
  std::string name;              ///< of the migration
  std::filesystem::path script;  ///< its down.sql
  std::string sql;
  std::vector<data_loss> losses;  ///< what running it now would destroy
};

/// What `migrate down` would do now.
struct down_plan {
  std::vector<down_step> steps;   ///< in the order in which they run: the migration that was applied last comes first
  std::vector<std::string> stay;  ///< the applied migrations before them
  bool remove = false;            ///< their folders go, too

  [[nodiscard]] bool loses_data() const noexcept {
    for (const down_step& step : steps)
      if (!step.losses.empty())
        return true;
    return false;
  }
};

/// One migration that `down()` took back.
struct taken_back_migration {
  std::string name;
  std::chrono::microseconds took{};
};

struct down_report {
  std::vector<taken_back_migration> taken_back;  ///< in the order in which it happened
  std::string ledger;                            ///< the ledger's table, qualified
  std::vector<std::filesystem::path> removed{};  ///< folders
};

struct dev_report {
  next_plan planned;
  std::optional<created_migration> created;
  deploy_report deployed;            ///< pending migrations and, unless create_only, the new one
  std::filesystem::path snapshot{};  ///< the snapshot header, where it followed the models without a migration
};

/// What `squash()` wrote and removed.
struct squash_report {
  std::string name;                  ///< of the new migration
  std::filesystem::path script{};    ///< its migration.sql
  std::filesystem::path snapshot{};  ///< the snapshot header; empty where the folder has none
  std::string sql{};
  std::vector<std::string> replaced{};  ///< the migrations that are gone from the folder
  std::vector<migration_warning> warnings{};
};

/// What `baseline()` wrote.
struct baseline_report {
  std::string name;                  ///< of the migration
  std::filesystem::path script{};    ///< its migration.sql
  std::filesystem::path snapshot{};  ///< the snapshot header
  std::string sql{};
  std::string ledger{};  ///< the ledger's table, qualified
  std::vector<migration_warning> warnings{};
};

struct push_report {
  std::vector<std::string> summary;  ///< one human line for each step
  std::vector<std::string> statements;
  bool created_database = false;
};

struct snapshot_report {
  std::filesystem::path file;
  bool changed = false;
  bool schema_from_models = false;  ///< the schema was taken from the models, not kept from the old snapshot
  std::size_t migrations = 0;
};

struct diff_report {
  plan steps;
  std::vector<std::string> summary;  ///< one human line for each step
  std::vector<std::string> statements;
  std::string script;  ///< the statements with their comments and warnings
  bool loses_data = false;
  std::shared_ptr<const void> storage;  ///< keeps what `steps` looks at alive

  [[nodiscard]] bool empty() const noexcept { return steps.empty(); }
};

/// What a shadow database proves of a plan before anything is written.
struct proof_report {
  diff_report drift;    ///< from what the applied migrations make to what the database is
  diff_report undo;     ///< the way back, where there is drift
  diff_report missing;  ///< from what the migrations and the new script make to the models

  /// Whole objects that scripts make and the models do not describe, when there is no other difference; and what is
  /// wrong with the way back of a new migration.
  std::vector<migration_warning> warnings;

  [[nodiscard]] bool proven() const noexcept { return drift.empty() && missing.empty(); }
};

/// Something that is going on now, told while an operation runs, from the thread that runs it.
struct migration_progress {
  enum class event : unsigned char {
    creating_database,   ///< the database was not there
    waiting_for_lock,    ///< told once; `detail` names the holder
    applying,            ///< `migration`, `index` of `total`
    running_statement,   ///< of a script that is no one transaction; `index` of `total`
    applied,             ///< `migration`, `took`
    recorded,            ///< `migration`: a squash, of migrations that the database has already
    taking_back,         ///< `migration`, `index` of `total`
    taken_back,          ///< `migration`, `took`
    resuming,            ///< `migration`, `index`: the statement at which an earlier try stopped
    checking_in_shadow,  ///< `migration`, `index` of `total`
    seeding,
    notice,              ///< `detail`: what the server said by the way
    waiting_for_server,  ///< told once; `detail`: what the first attempt to connect said
    reconnecting,        ///< `migration`: the one that ran, may be empty; `detail`: how the connection was lost
    backfilling,         ///< `migration`: a batch is done; `index` rows of about `total`, 0 where that is not known
    retrying,            ///< `migration`, again after `took`, `index` of `total` times; `detail`: what others did to it
  };
  event what;
  std::string_view migration{};  ///< valid during the call
  std::size_t index = 0;         ///< from 1
  std::size_t total = 0;
  std::chrono::microseconds took{};
  std::string_view detail{};  ///< valid during the call
};

}  // namespace instar
