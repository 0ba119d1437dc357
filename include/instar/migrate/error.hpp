#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace instar {

/// The stable codes of what can go wrong between a migrations folder and a database. Compare with `==`.
namespace migration_code {
// The compiler says the same of models.
inline constexpr std::string_view rename_of_nothing = "INS1040";  ///< renamed_from names what the last version has not
inline constexpr std::string_view rename_of_kept = "INS1041";     ///< renamed_from names what is still there
inline constexpr std::string_view rename_taken = "INS1042";       ///< two are renamed from one
inline constexpr std::string_view folder_missing = "INS4001";     ///< there is no migrations folder
inline constexpr std::string_view script_missing = "INS4002";     ///< a migration's folder without migration.sql
inline constexpr std::string_view not_utf8 = "INS4003";        ///< a script or a name that is not UTF-8, or holds a NUL
inline constexpr std::string_view outside_folder = "INS4004";  ///< a link that leads out of the migrations folder
inline constexpr std::string_view same_timestamp = "INS4005";  ///< warning: two migrations with one timestamp
inline constexpr std::string_view empty_script = "INS4006";    ///< warning: a script without a statement
inline constexpr std::string_view lock_file_broken = "INS4007";    ///< migration_lock.toml cannot be read
inline constexpr std::string_view lock_file_conflict = "INS4008";  ///< migration_lock.toml holds merge-conflict markers
inline constexpr std::string_view provider_mismatch = "INS4009";   ///< the history is for another database (P3019)
inline constexpr std::string_view bad_name = "INS4010";            ///< a migration's name without a letter or digit
inline constexpr std::string_view name_too_long = "INS4011";       ///< a name that the ledger's column cannot hold
inline constexpr std::string_view cannot_read = "INS4012";         ///< the operating system refused to read
inline constexpr std::string_view cannot_write = "INS4013";        ///< the operating system refused to write
inline constexpr std::string_view no_folder = "INS4014";           ///< an embedded history has no folder to write to
inline constexpr std::string_view script_conflict = "INS4015";     ///< migration.sql holds merge-conflict markers
inline constexpr std::string_view code_missing = "INS4016";        ///< a migration is C++ that this program has not
inline constexpr std::string_view code_conflict = "INS4017";       ///< a migration is C++ and a script, or C++ twice
inline constexpr std::string_view failed_migration = "INS4020";  ///< an earlier try failed and was not resolved (P3009)
inline constexpr std::string_view edited_migration = "INS4021";  ///< the file is not what was applied
inline constexpr std::string_view missing_migration = "INS4022";   ///< applied, known to the snapshot, not on disk
inline constexpr std::string_view unknown_migration = "INS4023";   ///< applied, known to nobody here
inline constexpr std::string_view two_ledgers = "INS4024";         ///< _instar_migrations beside _prisma_migrations
inline constexpr std::string_view foreign_ledger = "INS4025";      ///< a table of the ledger's name that is no ledger
inline constexpr std::string_view not_empty = "INS4026";           ///< objects but no ledger (P3005)
inline constexpr std::string_view no_such_migration = "INS4027";   ///< a name that neither folder nor ledger knows
inline constexpr std::string_view nothing_to_resolve = "INS4028";  ///< the migration is not in a state to be resolved
inline constexpr std::string_view out_of_order = "INS4029";        ///< warning: older than one that is applied
inline constexpr std::string_view script_failed = "INS4030";       ///< the database rejected a migration (P3018)
inline constexpr std::string_view partly_applied = "INS4031";      ///< the same, of a script that is no one transaction
inline constexpr std::string_view journal_mismatch = "INS4032";    ///< statements that are applied were edited
inline constexpr std::string_view foreign_keys_broken =
    "INS4033";                                                   ///< SQLite: the migration leaves dangling references
inline constexpr std::string_view open_transaction = "INS4034";  ///< a script that begins a transaction, never ends it
inline constexpr std::string_view no_schema = "INS4035";  ///< PostgreSQL: search_path names no schema that exists
inline constexpr std::string_view statements_differ = "INS4036";  ///< an edited file holds other statements
inline constexpr std::string_view more_rows = "INS4037";          ///< a script would lose more rows than was agreed to
inline constexpr std::string_view broken_agreement = "INS4038";  ///< a line of a script about lost rows cannot be asked
inline constexpr std::string_view lock_timeout = "INS4040";      ///< another runner holds the lock (P1002)
inline constexpr std::string_view lock_not_available = "INS4041";  ///< other sessions keep a migration from running
inline constexpr std::string_view shadow_unavailable = "INS4050";  ///< no shadow database can be had
inline constexpr std::string_view shadow_failed = "INS4051";       ///< a script does not run in the shadow database
inline constexpr std::string_view shadow_not_empty = "INS4052";    ///< the shadow database that was named is in use
inline constexpr std::string_view drift = "INS4053";               ///< the database is not what its migrations made
inline constexpr std::string_view unproven = "INS4054";            ///< the migrations do not lead to the models
inline constexpr std::string_view undescribed = "INS4055";      ///< warning: a script's object that no model describes
inline constexpr std::string_view snapshot_broken = "INS4060";  ///< snapshot.hpp is not what instar writes
inline constexpr std::string_view snapshot_conflict = "INS4061";  ///< snapshot.hpp holds merge-conflict markers
inline constexpr std::string_view snapshot_missing = "INS4062";   ///< migrations but no snapshot.hpp
inline constexpr std::string_view snapshot_stale = "INS4063";  ///< snapshot.hpp does not know a migration of the folder
inline constexpr std::string_view no_models = "INS4070";       ///< this program was built without models
inline constexpr std::string_view data_loss = "INS4071";       ///< needs an answer: the plan destroys data
inline constexpr std::string_view name_needed = "INS4072";     ///< needs an answer: what to call the migration
inline constexpr std::string_view rows_in_the_way = "INS4073";  ///< rows of the database make the plan fail
inline constexpr std::string_view bad_rename = "INS4074";    ///< a rename on the command line names what is not there
inline constexpr std::string_view unsupported = "INS4075";   ///< the models have what this server does not know
inline constexpr std::string_view push_refused = "INS4080";  ///< the database is kept by migrations
inline constexpr std::string_view baseline_refused = "INS4081";     ///< folder or ledger have a history already
inline constexpr std::string_view baseline_unproven = "INS4082";    ///< the baseline does not make what the database is
inline constexpr std::string_view baseline_leaves_out = "INS4083";  ///< warning: what a baseline does not make
inline constexpr std::string_view no_seed = "INS4085";              ///< nothing to seed with
inline constexpr std::string_view no_url = "INS4086";               ///< the operation needs a database, none was named
inline constexpr std::string_view stopped = "INS4090";              ///< interrupted
inline constexpr std::string_view down_script_missing = "INS4100";  ///< a migration to be taken back has no down.sql
inline constexpr std::string_view nothing_to_take_back = "INS4101";  ///< no migration is applied that could be
inline constexpr std::string_view down_in_pieces = "INS4102";        ///< a down script that cannot be one transaction
inline constexpr std::string_view down_unproven = "INS4103";         ///< up and then down is not what was before
inline constexpr std::string_view cannot_remove = "INS4104";         ///< `down --remove`: the folders cannot go
inline constexpr std::string_view squash_refused = "INS4110";        ///< there is nothing to squash, or no name for it
inline constexpr std::string_view squash_unproven = "INS4111";  ///< the squash does not make what the migrations made
inline constexpr std::string_view squash_rows = "INS4112";  ///< rows that scripts insert: a warning where they are kept
inline constexpr std::string_view partly_squashed = "INS4113";  ///< a database has a part of what a squash replaces
inline constexpr std::string_view replaced_still_there = "INS4114";  ///< warning: a squash beside what it replaces
inline constexpr std::string_view bad_target = "INS4120";            ///< a line of a list of databases is no URL
inline constexpr std::string_view no_targets = "INS4121";            ///< there is no database or schema to deploy to
inline constexpr std::string_view target_twice = "INS4122";          ///< warning: one database is listed twice
}  // namespace migration_code

/// A place in a script, as an editor shows it.
struct script_location {
  std::string file;        ///< path as it was given, or the embedded migration's name
  std::size_t line = 0;    ///< from 1
  std::size_t column = 0;  ///< from 1, in characters
  std::string text;        ///< the line, without its end; of a very long one the part round the column
  std::size_t caret = 0;   ///< the byte of `text` that `column` means
};

/// What the database said about a failing script; empty members were not said.
struct database_answer {
  std::string message;
  std::string sqlstate;
  std::string detail;
  std::string hint;
  std::string context;
};

/// What a `migration_error` carries; what does not apply stays empty.
struct migration_error_fields {
  std::string message;                      ///< one sentence of cause
  std::string remedy;                       ///< one sentence of what to do
  std::string state;                        ///< what state the database (or the folder) is in now
  std::string migration;                    ///< the migration's name
  std::optional<script_location> location;  ///< where in which file
  std::optional<database_answer> database;  ///< what the database said
};

/// Anything that stops a migration, with the state that it leaves. `what()` is "CODE: message remedy".
class migration_error : public std::runtime_error {
 public:
  /// \param code one of `migration_code`; must outlive the error (a literal).
  migration_error(std::string_view code, migration_error_fields fields)
      : std::runtime_error(compose(code, fields)), code_(code), fields_(std::move(fields)) {}

  [[nodiscard]] std::string_view code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return fields_.message; }
  [[nodiscard]] const std::string& remedy() const noexcept { return fields_.remedy; }
  [[nodiscard]] const std::string& state() const noexcept { return fields_.state; }
  [[nodiscard]] const std::string& migration() const noexcept { return fields_.migration; }
  [[nodiscard]] const std::optional<script_location>& location() const noexcept { return fields_.location; }
  [[nodiscard]] const std::optional<database_answer>& database() const noexcept { return fields_.database; }

  /// Whether the same call succeeds once a question is answered (`data_loss`, `name_needed`): exit code 3.
  [[nodiscard]] bool needs_answer() const noexcept {
    return code_ == migration_code::data_loss || code_ == migration_code::name_needed;
  }

 private:
  static std::string compose(std::string_view code, const migration_error_fields& fields) {
    std::string text{code};
    text += ": ";
    text += fields.message;
    if (!fields.remedy.empty()) {
      text += ' ';
      text += fields.remedy;
    }
    return text;
  }

  std::string_view code_;
  migration_error_fields fields_;
};

}  // namespace instar
