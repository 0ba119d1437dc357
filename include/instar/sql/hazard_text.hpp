#pragma once

#include "instar/diff/hazard.hpp"
#include "instar/sql/text.hpp"

#include <string>
#include <string_view>

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
  }
  return {};
}

/// One sentence that says what can go wrong with a step, for a person.
inline std::string describe(hazard h, const step& s) {
  const table* t = s.after != nullptr ? s.after : s.before;
  const std::string on = t != nullptr ? detail::qualified(t->schema, t->name) : std::string();
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
  default:
    return std::string(describe(h)) + (on.empty() ? "" : ": " + on);
  }
}

}  // namespace instar
