#pragma once

#include "instar/schema/compare.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

/// \file A plan: the steps from one schema to another, in the order in which a database takes them.

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
  create_sequence,
  alter_sequence,
  create_early_raw_object,
  drop_foreign_key,
  drop_exclusion,
  drop_check,
  drop_index,
  drop_unique,
  drop_primary_key,
  drop_table,
  rename_table,
  rename_column,
  rename_constraint,
  rename_index,
  alter_options,
  drop_generated,
  drop_column,
  rebuild_enum,
  create_table,
  add_column,
  drop_default,
  drop_identity,
  alter_type,
  alter_collation,
  set_default,
  fill_nulls,
  set_not_null,
  drop_not_null,
  add_identity,
  alter_identity,
  drop_enum,
  drop_sequence,
  drop_early_raw_object,
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
  drop_extension,
};

inline constexpr std::size_t step_kind_count = static_cast<std::size_t>(step_kind::drop_extension) + 1;

/// Which of a table's constraints a step renames.
enum class constraint_kind : unsigned char { primary_key, unique, check, foreign_key, exclusion };

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
  const raw_object* raw = nullptr;
  const extension_object* extension = nullptr;
  const sequence_object* sequence = nullptr;
  std::string_view schema{};  ///< Of create_schema.

  constexpr const column* old_column() const {
    return before != nullptr && from >= 0 ? &before->columns[static_cast<std::size_t>(from)] : nullptr;
  }
  constexpr const column* new_column() const {
    return after != nullptr && to >= 0 ? &after->columns[static_cast<std::size_t>(to)] : nullptr;
  }
};

/// What can go wrong with a step. Codes are stable.
enum class hazard : unsigned char {
  drops_table,         ///< INS2001 every row of the table is lost
  drops_column,        ///< INS2002 every value of the column is lost
  narrows_type,        ///< INS2003 values that do not fit the new type are cut, rounded or make it fail
  removes_enum_value,  ///< INS2004 rows that have the value make it fail
  needs_value,         ///< INS2005 a required column without default: fails when the table has rows
  makes_required,      ///< INS2006 rows with NULL make it fail
  makes_unique,        ///< INS2007 rows with equal values make it fail
  changes_key,         ///< INS2008 the primary key is replaced
};

/// The stable code of a hazard.
constexpr std::string_view code_of(hazard h) {
  constexpr std::string_view codes[] = {"INS2001", "INS2002", "INS2003", "INS2004",
                                        "INS2005", "INS2006", "INS2007", "INS2008"};
  return codes[static_cast<std::size_t>(h)];
}

/// Whether a hazard destroys data, rather than making the migration fail and leave all as it was.
constexpr bool destroys_data(hazard h) {
  return h == hazard::drops_table || h == hazard::drops_column || h == hazard::narrows_type;
}

struct hazard_note {
  instar::hazard hazard{};
  std::size_t step = 0;  ///< Position in the plan's steps.
};

/// The hazards of a compile-time plan. No step has more than two.
template <std::size_t Capacity>
struct hazard_list {
  std::array<hazard_note, Capacity> notes{};
  std::size_t count = 0;

  constexpr std::size_t size() const { return count; }
  constexpr bool empty() const { return count == 0; }
  constexpr const hazard_note& operator[](std::size_t i) const { return notes[i]; }
  constexpr const hazard_note* begin() const { return notes.data(); }
  constexpr const hazard_note* end() const { return notes.data() + count; }
};

namespace detail {

/// Whether every value of the old type is one of the new type, as it is or as its text.
/// https://www.postgresql.org/docs/current/datatype.html
constexpr bool type_widens(const column_type& from, const column_type& to) {
  if (from.dimensions != to.dimensions)
    return false;
  const auto rank = [](type_kind k) {
    switch (k) {
    case type_kind::smallint:
      return 1;
    case type_kind::integer:
      return 2;
    case type_kind::bigint:
      return 3;
    default:
      return 0;
    }
  };
  const auto is_text = [](type_kind k) {
    return k == type_kind::text || k == type_kind::varchar || k == type_kind::citext || k == type_kind::character;
  };
  if (is_text(to.kind)) {
    if (is_text(from.kind))
      return to.length < 0 || (from.length >= 0 && from.length <= to.length);
    return to.length < 0 && from.dimensions == 0 && from.kind != type_kind::custom;
  }
  if (rank(from.kind) != 0 && rank(to.kind) != 0)
    return rank(from.kind) <= rank(to.kind);
  if (rank(from.kind) != 0 && to.kind == type_kind::numeric) {
    const int digits = rank(from.kind) == 1 ? 5 : rank(from.kind) == 2 ? 10 : 19;
    return to.length < 0 || to.length - (to.scale < 0 ? 0 : to.scale) >= digits;
  }
  if ((rank(from.kind) == 1 || rank(from.kind) == 2) && to.kind == type_kind::double_precision)
    return true;
  if (from.kind == type_kind::real && to.kind == type_kind::double_precision)
    return true;
  if (from.kind == type_kind::date && (to.kind == type_kind::timestamp || to.kind == type_kind::timestamptz))
    return true;
  if ((from.kind == type_kind::json && to.kind == type_kind::jsonb) ||
      (from.kind == type_kind::cidr && to.kind == type_kind::inet))
    return true;
  if (from.kind != to.kind)
    return false;
  switch (from.kind) {
  case type_kind::numeric:
    if (to.length < 0)
      return true;
    return from.length >= 0 && (from.scale < 0 ? 0 : from.scale) <= (to.scale < 0 ? 0 : to.scale) &&
           from.length - (from.scale < 0 ? 0 : from.scale) <= to.length - (to.scale < 0 ? 0 : to.scale);
  case type_kind::time:
  case type_kind::timetz:
  case type_kind::timestamp:
  case type_kind::timestamptz:
    return to.length < 0 || (from.length >= 0 && from.length <= to.length);
  case type_kind::character:
  case type_kind::varbit:
    return to.length < 0 || (from.length >= 0 && from.length <= to.length);
  case type_kind::bit:
    return from.length == to.length;
  case type_kind::enumeration:
  case type_kind::custom:
    return false;
  default:
    return true;
  }
}

}  // namespace detail

namespace detail {

constexpr bool removes_value(const enumeration& before, const enumeration& after) {
  std::size_t kept = 0;
  for (const enum_value& v : after.values)
    kept += old_value(before, after, v) >= 0;
  return kept != before.values.size();
}

/// Whether the rows that a table had can be equal in the columns of a new key: not when the old table had a key of the
/// same columns, nor when a column is new and NULL in all of them; but where NULLs are equal too, only when they were.
constexpr bool may_have_equal_rows(const step& s, const key& now) {
  const column_renames renames(*s.before, *s.after);
  if (same_names(renames, s.before->primary_key.columns, now.columns))
    return false;
  bool nullable = false;
  for (std::string_view name : now.columns)
    nullable |= s.after->find_column(name)->nullable;
  for (const key& k : s.before->uniques)
    if (same_names(renames, k.columns, now.columns) && (!now.nulls_not_distinct || k.nulls_not_distinct || !nullable))
      return false;
  for (std::string_view name : now.columns) {
    const column& c = *s.after->find_column(name);
    const bool is_new = s.before->find_column(name) == nullptr && !renames.is_rename(c);
    if (is_new && c.nullable && !now.nulls_not_distinct && c.initial.kind == default_kind::none &&
        c.generated == generated_kind::none)
      return false;
    // A new column that counts by itself.
    if (is_new && c.identity != identity_kind::none)
      return false;
  }
  return true;
}

/// Whether a raw object is a table of its own that keeps rows, such as a virtual or a partitioned one.
constexpr bool keeps_rows(const raw_object& o) {
  constexpr std::string_view ending = "table";
  return o.kind.size() >= ending.size() && same_text(o.kind.substr(o.kind.size() - ending.size()), ending) &&
         !same_text(o.kind, "foreign table");
}

/// Calls `note(hazard)` for each hazard of a step.
template <class Note>
constexpr void each_hazard(const step& s, Note note) {
  switch (s.kind) {
  case step_kind::drop_table:
    note(hazard::drops_table);
    break;
  case step_kind::drop_raw_object:
  case step_kind::drop_early_raw_object:
    if (keeps_rows(*s.raw))
      note(hazard::drops_table);
    break;
  case step_kind::drop_column:
    // What a generated column held follows from the others.
    if (s.old_column()->generated == generated_kind::none)
      note(hazard::drops_column);
    break;
  case step_kind::add_column: {
    const column& c = *s.new_column();
    if (!c.nullable && c.initial.kind == default_kind::none && c.identity == identity_kind::none &&
        c.generated == generated_kind::none)
      note(hazard::needs_value);
    break;
  }
  case step_kind::alter_type:
    if (!type_widens(s.old_column()->type, s.new_column()->type))
      note(hazard::narrows_type);
    break;
  case step_kind::rebuild_enum:
    if (removes_value(*s.old_enum, *s.new_enum))
      note(hazard::removes_enum_value);
    break;
  case step_kind::set_not_null:
    if (s.new_column()->initial.kind == default_kind::none)
      note(hazard::makes_required);
    break;
  case step_kind::add_unique:
    if (may_have_equal_rows(s, s.after->uniques[static_cast<std::size_t>(s.to)]))
      note(hazard::makes_unique);
    break;
  case step_kind::add_primary_key:
    if (may_have_equal_rows(s, s.after->primary_key))
      note(hazard::makes_unique);
    break;
  case step_kind::create_index:
    if (s.before != nullptr && s.after->indexes[static_cast<std::size_t>(s.to)].unique)
      note(hazard::makes_unique);
    break;
  case step_kind::drop_primary_key:
    note(hazard::changes_key);
    break;
  default:
    break;
  }
}

}  // namespace detail

/// The steps from one schema to another. Looks into both schemas, which must outlive it.
/// \tparam Steps a vector at run time, an array in a compile-time plan, a span in a view of either
template <class Steps>
struct basic_plan {
  schema_view before{};
  schema_view after{};
  Steps steps{};

  constexpr bool empty() const { return steps.empty(); }
  constexpr std::size_t size() const { return steps.size(); }

  /// Whether it has a step of that kind.
  constexpr bool has(step_kind kind) const {
    for (const step& s : steps)
      if (s.kind == kind)
        return true;
    return false;
  }

  /// What can go wrong, step by step.
  constexpr auto hazards() const {
    if constexpr (requires { std::tuple_size<Steps>::value; }) {
      hazard_list<2 * std::tuple_size<Steps>::value> notes{};
      for (std::size_t i = 0; i < steps.size(); ++i)
        detail::each_hazard(steps[i], [&](hazard h) { notes.notes[notes.count++] = {h, i}; });
      return notes;
    } else {
      std::vector<hazard_note> notes;
      for (std::size_t i = 0; i < steps.size(); ++i)
        detail::each_hazard(steps[i], [&](hazard h) { notes.push_back({h, i}); });
      return notes;
    }
  }

  /// Whether a step has that hazard.
  constexpr bool has(hazard wanted) const {
    bool found = false;
    for (const step& s : steps)
      detail::each_hazard(s, [&](hazard h) { found |= h == wanted; });
    return found;
  }

  /// Whether a step destroys data that no later step can bring back.
  constexpr bool loses_data() const {
    bool loses = false;
    for (const step& s : steps)
      detail::each_hazard(s, [&](hazard h) { loses |= destroys_data(h); });
    return loses;
  }

  /// The same plan without its storage.
  constexpr operator basic_plan<std::span<const step>>() const requires(!std::is_same_v<Steps, std::span<const step>>) {
    return {before, after, std::span<const step>(steps.data(), steps.size())};
  }
};

using plan_view = basic_plan<std::span<const step>>;
using plan = basic_plan<std::vector<step>>;

}  // namespace instar
