#pragma once

#include "instar/diff/plan.hpp"
#include "instar/sql/sqlite.hpp"
#include "instar/sql/text.hpp"

#include <string>
#include <string_view>
#include <vector>

/// \file Hazards in words.

namespace instar {

/// What a hazard is, in a few words that hold for every step and statement that has it.
constexpr std::string_view describe(hazard h) {
  switch (h) {
  case hazard::drops_table:
    return "a table is dropped with all its rows";
  case hazard::drops_column:
    return "a column is dropped with all its values";
  case hazard::narrows_type:
    return "a column's type is changed to one that does not hold every value";
  case hazard::removes_enum_value:
    return "values of an enum are removed";
  case hazard::needs_value:
    return "a required column without a default is added";
  case hazard::makes_required:
    return "a column is made required";
  case hazard::makes_unique:
    return "values are made unique";
  case hazard::changes_key:
    return "a primary key is replaced";
  case hazard::may_violate_check:
    return "a check or an exclusion is added that rows may violate";
  case hazard::may_violate_foreign_key:
    return "a foreign key is added that rows may violate";
  case hazard::no_conversion:
    return "no cast leads from the old type to the new one, and every value is lost";
  case hazard::renames_table:
    return "a table is renamed while programs use its old name";
  case hazard::renames_column:
    return "a column is renamed while programs use its old name";
  case hazard::renames_enum_value:
    return "an enum value is renamed while programs use its old name";
  case hazard::drops_sequence_state:
    return "a sequence is dropped with the number it had come to";
  case hazard::drops_untracked_dependents:
    return "an object is dropped that others may use in ways no catalogue knows";
  case hazard::drop_cascade:
    return "CASCADE drops whatever depends on the object";
  case hazard::truncates:
    return "a table is emptied";
  case hazard::sequence_out_of_bounds:
    return "a sequence gets bounds that it may have gone beyond";
  case hazard::index_blocks_writes:
    return "an index is built while writers wait";
  case hazard::index_drop_locks:
    return "an index is dropped while readers and writers wait";
  case hazard::constraint_builds_index_under_lock:
    return "a key's index is built while readers and writers wait";
  case hazard::not_null_scans_under_lock:
    return "SET NOT NULL reads all rows while readers and writers wait";
  case hazard::column_rewrites_table:
    return "a new column writes every row anew while readers and writers wait";
  case hazard::foreign_key_locks_both:
    return "a foreign key is checked while writers of both tables wait";
  case hazard::check_scans_under_lock:
    return "a check reads all rows while readers and writers wait";
  case hazard::exclusion_locks:
    return "an exclusion constraint is built while readers and writers wait";
  case hazard::type_rewrites_table:
    return "a new type writes every row anew while readers and writers wait";
  case hazard::no_lock_timeout:
    return "a lock is waited for without a lock_timeout";
  case hazard::concurrently_in_transaction:
    return "CONCURRENTLY stands in a transaction";
  case hazard::enum_value_used_in_transaction:
    return "an enum value is used in the transaction that adds it";
  case hazard::rewrites_whole_table:
    return "the whole table is written anew while readers and writers wait";
  case hazard::materialized_view_refresh_locks:
    return "a materialized view is filled while its readers wait";
  case hazard::partition_attach_scans:
    return "a partition is attached or detached while others wait";
  case hazard::update_without_batches:
    return "many rows are written in one transaction";
  case hazard::transaction_control_in_script:
    return "a script controls transactions by itself";
  case hazard::validates_in_same_transaction:
    return "a constraint is validated in the transaction that adds it";
  case hazard::name_too_long:
    return "a name is longer than 63 bytes";
  case hazard::trigger_or_policy_change:
    return "triggers, policies or rights change under running programs";
  case hazard::sqlite_table_rebuild:
    return "SQLite copies a table";
  case hazard::ignore_without_reason:
    return "a hazard is ignored without a reason";
  case hazard::unused_ignore:
    return "a hazard is ignored that is not there";
  case hazard::drops_required:
    return "a column may be NULL from now on";
  case hazard::drops_database:
    return "a database is dropped";
  case hazard::domain_constraint_scans:
    return "a domain's new constraint is checked in all tables while writers wait";
  case hazard::sqlite_foreign_keys_on:
    return "a table is made anew while foreign keys are enforced";
  case hazard::sqlite_text_for_name:
    return "a quoted name is none, and SQLite takes it for a text";
  }
  return {};
}

/// What to do instead, in one sentence; docs/hazards.md has the SQL.
constexpr std::string_view safe_way(hazard h) {
  switch (h) {
  case hazard::drops_table:
  case hazard::drops_column:
    return "Stop using it in one release and drop it in the next; if it was renamed, rename it.";
  case hazard::narrows_type:
  case hazard::no_conversion:
    return "Look for values that do not fit first, or fill a new column and drop the old one later.";
  case hazard::removes_enum_value:
    return "Give rows that have the value another one first.";
  case hazard::needs_value:
    return "Give it a default, or add it without NOT NULL, fill it, and require it then.";
  case hazard::makes_required:
    return "Fill what is NULL first.";
  case hazard::makes_unique:
    return "Look for equal rows first.";
  case hazard::changes_key:
    return "Know what references the old key, and build the index of the new one CONCURRENTLY first.";
  case hazard::may_violate_check:
  case hazard::may_violate_foreign_key:
    return "Look for rows that violate it first.";
  case hazard::renames_table:
    return "Leave a view of the old name behind until nobody uses it, or move in several releases.";
  case hazard::renames_column:
    return "Move in several releases: a new column, both written, all read the new one, the old one dropped.";
  case hazard::renames_enum_value:
    return "Add the new value, let all write it, and change old rows later.";
  case hazard::drops_sequence_state:
    return "Write down where it had got to, if anything counts on from there.";
  case hazard::drops_untracked_dependents:
    return "Look for its name in functions and programs first, and drop it last.";
  case hazard::drop_cascade:
    return "Name what is to be dropped, and leave CASCADE out.";
  case hazard::truncates:
    return "Do it by hand, where somebody looks at what goes.";
  case hazard::sequence_out_of_bounds:
    return "Look where it has got to, and set it to a number within the new bounds first (setval).";
  case hazard::index_blocks_writes:
    return "Use CONCURRENTLY, outside of a transaction.";
  case hazard::index_drop_locks:
    return "Use DROP INDEX CONCURRENTLY, outside of a transaction.";
  case hazard::constraint_builds_index_under_lock:
    return "CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT ... USING INDEX.";
  case hazard::not_null_scans_under_lock:
    return "Add CHECK (column IS NOT NULL) NOT VALID, validate it on its own, then SET NOT NULL and drop the check.";
  case hazard::column_rewrites_table:
    return "Add the column without it, set the default, and fill the rows in batches.";
  case hazard::foreign_key_locks_both:
  case hazard::check_scans_under_lock:
    return "Add it NOT VALID, and VALIDATE CONSTRAINT in a transaction of its own.";
  case hazard::exclusion_locks:
    return "Do it while nobody uses the table, or while it is small.";
  case hazard::type_rewrites_table:
    return "Add a column of the new type, fill it in batches, and let it take the old one's place.";
  case hazard::no_lock_timeout:
    return "SET lock_timeout = '5s' before it, and try again when it fails.";
  case hazard::concurrently_in_transaction:
    return "Put it behind a line `-- instar: no-transaction`, or in a script of its own.";
  case hazard::enum_value_used_in_transaction:
    return "Put ADD VALUE behind a line `-- instar: no-transaction`, or in a migration of its own.";
  case hazard::rewrites_whole_table:
    return "Do it while nobody uses the table, or with pg_repack.";
  case hazard::materialized_view_refresh_locks:
    return "Give it a unique index and REFRESH MATERIALIZED VIEW CONCURRENTLY.";
  case hazard::partition_attach_scans:
    return "Attach a table that has a check of the partition's bounds; DETACH PARTITION ... CONCURRENTLY.";
  case hazard::update_without_batches:
    return "Write some thousand rows at a time, each batch in a transaction of its own.";
  case hazard::transaction_control_in_script:
    return "Close each BEGIN with a COMMIT, or leave transactions to instar.";
  case hazard::validates_in_same_transaction:
    return "Validate in a transaction of its own.";
  case hazard::name_too_long:
    return "Take a shorter one: another that is cut to the same would be the same.";
  case hazard::trigger_or_policy_change:
    return "Make sure that programs in the field do not rely on it.";
  case hazard::sqlite_table_rebuild:
    return "Do it while nobody needs the database for as long as the table takes to be copied.";
  case hazard::ignore_without_reason:
    return "Write: -- instar: ignore INS2020 because the table is small";
  case hazard::unused_ignore:
    return "Take the line away.";
  case hazard::drops_required:
    return "Make sure that programs in the field can read a NULL there.";
  case hazard::drops_database:
    return "Do it by hand, where somebody looks at what goes.";
  case hazard::domain_constraint_scans:
    return "Add it NOT VALID, and VALIDATE CONSTRAINT later.";
  case hazard::sqlite_foreign_keys_on:
    return "PRAGMA foreign_keys = OFF before it and ON behind it.";
  case hazard::sqlite_text_for_name:
    return "Correct the name; a text stands in single quotes.";
  }
  return {};
}

namespace detail {

/// A table, a column or another object that a step is about, as a person writes it.
inline std::string subject_of(const step& s) {
  const auto position = [](int at) { return static_cast<std::size_t>(at); };
  const table* t = s.after != nullptr ? s.after : s.before;
  if (t == nullptr) {
    if (s.raw != nullptr)
      return std::string(s.raw->kind) + ' ' + std::string(s.raw->name);
    if (s.sequence != nullptr)
      return "sequence " + qualified(s.sequence->schema, s.sequence->name);
    if (s.extension != nullptr)
      return "extension " + std::string(s.extension->name);
    if (s.new_view != nullptr)
      return (s.new_view->materialized ? "materialized view " : "view ") +
             qualified(s.new_view->schema, s.new_view->name);
    return s.new_enum != nullptr ? "enum " + qualified(s.new_enum->schema, s.new_enum->name) : std::string();
  }
  const std::string on = qualified(t->schema, t->name);
  const auto of = [&](std::string_view kind, std::string_view name) {
    return std::string(kind) + ' ' + std::string(name) + " of " + on;
  };
  switch (s.kind) {
  case step_kind::create_index:
    return of("index", s.after->indexes[position(s.to)].name);
  case step_kind::drop_index:
    return of("index", s.before->indexes[position(s.from)].name);
  case step_kind::add_unique:
    return of("unique constraint", s.after->uniques[position(s.to)].name);
  case step_kind::add_primary_key:
    return "the primary key of " + on;
  case step_kind::add_check:
    return of("check", s.after->checks[position(s.to)].name);
  case step_kind::add_exclusion:
    return of("exclusion", s.after->exclusions[position(s.to)].name);
  case step_kind::add_foreign_key:
    return of("foreign key", s.after->foreign_keys[position(s.to)].name);
  default:
    return s.new_column() != nullptr ? "column " + on + '.' + std::string(s.new_column()->name) : "table " + on;
  }
}

/// The columns that a step takes from a table which is raw, or is made anew as another kind of table.
inline std::string lost_columns(const step& s) {
  if (s.kind == step_kind::alter_raw_object)
    return std::string(
        read_relation_name(read_raw_table(s.old_raw->create).items[static_cast<std::size_t>(s.from)].name).name);
  std::string names;
  const aside_table then(s.before, s.old_raw);
  const aside_table now(s.after, s.raw);
  for (std::size_t i = 0; i < then.size(); ++i)
    if (!then.name(i).empty() && !now.has(then.name(i)))
      names += (names.empty() ? "" : ", ") + std::string(then.name(i));
  return names;
}

/// A table that is raw, or is made anew as another kind of table.
inline std::string raw_table_name(const step& s) {
  return s.before != nullptr ? qualified(s.before->schema, s.before->name) : std::string(s.old_raw->name);
}

}  // namespace detail

/// One sentence that says what can go wrong with a step, for a person.
inline std::string describe(hazard h, const step& s) {
  if (s.kind == step_kind::alter_raw_object || s.kind == step_kind::keep_rows) {
    const std::string on = detail::raw_table_name(s);
    return h == hazard::drops_column ? "drops column " + on + '.' + detail::lost_columns(s) + " with all its values"
                                     : std::string(describe(h)) + ": " + on;
  }
  const table* t = s.after != nullptr ? s.after : s.before;
  const std::string on = t != nullptr ? detail::qualified(t->schema, t->name) : std::string();
  const std::string subject = detail::subject_of(s);
  switch (h) {
  case hazard::drops_table:
    return "drops table " + (s.raw != nullptr ? std::string(s.raw->name) : on) + " with all its rows";
  case hazard::drops_column:
    return "drops column " + on + '.' + std::string(s.old_column()->name) + " with all its values";
  case hazard::narrows_type:
    return "changes column " + on + '.' + std::string(s.new_column()->name) + " from " +
           detail::type_text(s.old_column()->type) + " to " + detail::type_text(s.new_column()->type) +
           ": values that do not fit are cut or make it fail";
  case hazard::no_conversion:
    return "changes column " + on + '.' + std::string(s.new_column()->name) + " from " +
           detail::type_text(s.old_column()->type) + " to " + detail::type_text(s.new_column()->type) +
           ", between which there is no cast: every value is lost, unless convert_using(\"...\") says how they convert";
  case hazard::removes_enum_value:
    return "removes values of enum " + detail::qualified(s.new_enum->schema, s.new_enum->name) +
           ": rows that have them make it fail";
  case hazard::needs_value:
    return "adds required column " + on + '.' + std::string(s.new_column()->name) +
           " without a default: fails when the table has rows";
  case hazard::makes_required:
    return "makes column " + on + '.' + std::string(s.new_column()->name) + " required: rows with NULL make it fail";
  case hazard::makes_unique:
    return "makes values of " + on + " unique: rows with equal values make it fail";
  case hazard::changes_key:
    return "replaces the primary key of " + on;
  case hazard::may_violate_check:
    return "adds " + subject + ": rows that violate it make it fail";
  case hazard::may_violate_foreign_key:
    return "adds " + subject + ": rows that reference nothing make it fail";
  case hazard::renames_table:
    return "renames table " + detail::qualified(s.before->schema, s.before->name) + " to " + on +
           ": programs that use the old name fail";
  case hazard::renames_column:
    return "renames column " + on + '.' + std::string(s.old_column()->name) + " to " +
           std::string(s.new_column()->name) + ": programs that use the old name fail";
  case hazard::renames_enum_value:
    return "renames value " + std::string(s.old_enum->values[static_cast<std::size_t>(s.from)].label) + " of " +
           subject + " to " + std::string(s.new_enum->values[static_cast<std::size_t>(s.to)].label) +
           ": programs that use the old name fail";
  case hazard::drops_sequence_state:
    return "drops " + subject + " with the number that it had come to";
  case hazard::sequence_out_of_bounds:
    return "moves the bounds of " + subject + ": a number outside of them that it has come to makes it fail";
  case hazard::drops_required:
    return "lets " + subject + " be NULL, which running programs may not expect";
  case hazard::drops_untracked_dependents:
    return "drops " + subject + ", which functions and programs may use in ways that no catalogue knows";
  case hazard::trigger_or_policy_change:
    return "drops " + subject + ": from then on rows fare otherwise under running programs";
  case hazard::index_blocks_writes:
    return "builds " + subject + " while everyone who writes the table waits";
  case hazard::index_drop_locks:
    return "drops " + subject + " while everyone who reads or writes the table waits";
  case hazard::constraint_builds_index_under_lock:
    return "builds the index of " + subject + " while readers and writers wait";
  case hazard::not_null_scans_under_lock:
    return "reads all rows to make " + subject + " required while readers and writers wait";
  case hazard::column_rewrites_table:
    return "adds " + subject +
           ", which differs from row to row: every row is written anew while readers and writers wait";
  case hazard::foreign_key_locks_both:
    return "looks up all rows for " + subject + " while everyone who writes it or the table that it references waits";
  case hazard::check_scans_under_lock:
    return "reads all rows for " + subject + " while readers and writers wait";
  case hazard::exclusion_locks:
    return "builds " + subject + " while readers and writers wait; there is no online way";
  case hazard::type_rewrites_table:
    if (s.kind == step_kind::rebuild_enum)
      return "makes " + subject + " anew: every table that uses it is written anew while its readers and writers wait";
    return "changes " + subject + " from " + detail::type_text(s.old_column()->type) + " to " +
           detail::type_text(s.new_column()->type) + ": every row is written anew while readers and writers wait";
  case hazard::materialized_view_refresh_locks:
    return "makes " + subject + " anew: its readers wait until it is filled";
  case hazard::update_without_batches:
    return "updates all rows that are NULL in " + subject +
           " in one transaction: others who write them wait for its end";
  case hazard::sqlite_table_rebuild:
    return "copies " + (t != nullptr ? "table " + on : "the tables that use " + subject) +
           " row by row while the whole database waits";
  default:
    return std::string(describe(h)) + (subject.empty() ? "" : ": " + subject);
  }
}

namespace detail {

/// Of each new table the steps that lead to it.
inline std::vector<std::vector<std::size_t>> steps_by_table(const plan_view& p) {
  std::vector<std::vector<std::size_t>> steps(p.after.tables.size());
  for (std::size_t i = 0; i < p.steps.size(); ++i)
    if (const table* t = p.steps[i].after; t != nullptr)
      steps[static_cast<std::size_t>(t - p.after.tables.data())].push_back(i);
  return steps;
}

}  // namespace detail

/// All hazards of a plan for a database: those that the plan itself knows, and the tables that SQLite makes anew.
inline std::vector<hazard_note> plan_hazards(dialect d, const plan_view& p, plan_form form = plan_form::online) {
  const auto of_steps = p.hazards(d, form);
  std::vector<hazard_note> notes(of_steps.begin(), of_steps.end());
  if (d != dialect::sqlite)
    return notes;
  detail::growing_array<detail::rebuild> rebuilds;
  detail::add_rebuilds(p, rebuilds);
  const std::vector<std::vector<std::size_t>> by_table = detail::steps_by_table(p);
  for (const detail::rebuild& r : rebuilds)
    for (std::size_t i : by_table[static_cast<std::size_t>(r.after - p.after.tables.data())])
      if (detail::needs_rebuild(p.steps[i])) {
        notes.push_back({hazard::sqlite_table_rebuild, i});
        break;
      }
  return notes;
}

}  // namespace instar
