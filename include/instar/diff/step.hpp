#pragma once

#include "instar/schema/compare.hpp"

#include <cstddef>
#include <string_view>

/// \file A step of a plan: what it does and to which objects.

namespace instar {

/// What one step does. The order of the enumerators is the order of the steps in a plan: what stands in the way is
/// dropped first, what others build on is created first, foreign keys come last but for views and triggers.
enum class step_kind : unsigned char {
  create_schema,
  create_extension,
  alter_extension,
  drop_raw_object,
  drop_view,
  rename_enum,
  rename_enum_value,
  create_enum,
  add_enum_value,
  drop_identity,
  create_sequence,
  alter_sequence,
  drop_foreign_key,
  drop_exclusion,
  drop_check,
  drop_index,
  drop_unique,
  drop_primary_key,
  drop_middle_raw_object,
  release_default,
  set_aside,
  drop_table,
  rename_table,
  rename_column,
  rename_constraint,
  rename_index,
  alter_options,
  drop_generated,
  drop_column,
  rebuild_enum,
  clear_raw_object,
  create_early_raw_object,
  alter_raw_object,
  create_table,
  add_column,
  drop_default,
  alter_type,
  alter_collation,
  set_default,
  fill_nulls,
  set_not_null,
  drop_not_null,
  alter_identity,
  create_middle_raw_object,
  keep_rows,
  drop_aside,
  drop_early_raw_object,
  drop_enum,
  drop_sequence,
  add_identity,
  add_primary_key,
  add_unique,
  add_check,
  add_exclusion,
  create_index,
  add_foreign_key,
  comment_table,
  comment_column,
  comment_enum,
  create_view,
  comment_view,
  create_raw_object,
  drop_late_raw_object,
  drop_extension,
};

inline constexpr std::size_t step_kind_count = static_cast<std::size_t>(step_kind::drop_extension) + 1;

/// Which of a table's constraints a step renames.
enum class constraint_kind : unsigned char { primary_key, unique, check, foreign_key, exclusion };

namespace detail {

constexpr std::string_view constraint_name(const table& t, constraint_kind kind, int at) {
  const std::size_t i = static_cast<std::size_t>(at);
  switch (kind) {
  case constraint_kind::primary_key:
    return t.primary_key.name;
  case constraint_kind::unique:
    return t.uniques[i].name;
  case constraint_kind::check:
    return t.checks[i].name;
  case constraint_kind::foreign_key:
    return t.foreign_keys[i].name;
  case constraint_kind::exclusion:
    return t.exclusions[i].name;
  }
  return {};
}

}  // namespace detail

/// What alter_raw_object does to a table that the value does not model, in the order in which it is done.
enum class raw_change : unsigned char {
  none,
  drop_constraint,
  drop_column,
  add_column,
  drop_default,
  drop_identity,
  alter_type,
  set_default,
  set_not_null,
  drop_not_null,
  add_identity,
  set_identity,
  add_constraint,
};

/// One step. Which members it uses follows from its kind; all look into the two schemas of the plan.
struct step {
  step_kind kind{};
  const table* before = nullptr;  ///< The table as it was; null when it is created.
  const table* after = nullptr;   ///< The table as it becomes; null when it is dropped.
  int from = -1;                  ///< Position in `before` of the column, constraint, index or enum value.
  int to = -1;                    ///< Position in `after`; of alter_extension 0 for its version, 1 for its schema.
  constraint_kind constraint = constraint_kind::primary_key;  ///< Of rename_constraint.
  const enumeration* old_enum = nullptr;
  const enumeration* new_enum = nullptr;
  const view_object* old_view = nullptr;
  const view_object* new_view = nullptr;
  /// Of alter_raw_object the table as it was; of a table that is set aside to be made anew the old one, where it is
  /// raw.
  const raw_object* old_raw = nullptr;
  const raw_object* raw = nullptr;
  raw_change change = raw_change::none;  ///< Of alter_raw_object, whose `from` and `to` are positions among its items.
  const extension_object* extension = nullptr;
  const sequence_object* old_sequence = nullptr;  ///< Of alter_sequence.
  const sequence_object* sequence = nullptr;
  std::string_view schema{};  ///< Of create_schema.

  constexpr const column* old_column() const {
    return before != nullptr && from >= 0 ? &before->columns[static_cast<std::size_t>(from)] : nullptr;
  }
  constexpr const column* new_column() const {
    return after != nullptr && to >= 0 ? &after->columns[static_cast<std::size_t>(to)] : nullptr;
  }
};

}  // namespace instar
