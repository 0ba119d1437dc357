#pragma once

#include "instar/diff/step.hpp"
#include "instar/diff/type_change.hpp"
#include "instar/schema/dialect.hpp"

#include <array>
#include <cstddef>
#include <string_view>

/// \file What can go wrong with the steps of a plan.

namespace instar {

/// What can go wrong with a step, or in a script. The codes are stable: INS20 and the two digits of the value.
/// docs/hazards.md says of each when it is there, what it locks, and the safe way.
enum class hazard : unsigned char {
  // Data: rows are lost, or make the migration fail and leave all as it was; and what programs in the field rely on.
  drops_table = 1,                  ///< INS2001 every row of the table is lost
  drops_column = 2,                 ///< INS2002 every value of the column is lost
  narrows_type = 3,                 ///< INS2003 values that do not fit the new type are cut, rounded or make it fail
  removes_enum_value = 4,           ///< INS2004 rows that have the value make it fail
  needs_value = 5,                  ///< INS2005 a required column without default: fails when the table has rows
  makes_required = 6,               ///< INS2006 rows with NULL make it fail
  makes_unique = 7,                 ///< INS2007 rows with equal values make it fail
  changes_key = 8,                  ///< INS2008 the primary key is replaced
  may_violate_check = 9,            ///< INS2009 rows that do not meet a new check or exclusion make it fail
  may_violate_foreign_key = 10,     ///< INS2010 rows that reference nothing make it fail
  no_conversion = 11,               ///< INS2011 no cast leads from the old type to the new one: every value is lost
  renames_table = 12,               ///< INS2012 programs that know the old name fail
  renames_column = 13,              ///< INS2013 programs that know the old name fail
  renames_enum_value = 14,          ///< INS2014 programs that know the old value fail
  drops_sequence_state = 15,        ///< INS2015 where a sequence had got to is lost
  drops_untracked_dependents = 16,  ///< INS2016 what uses the object in its body is known to nobody
  drop_cascade = 17,                ///< INS2017 what depends on the object goes with it
  truncates = 18,                   ///< INS2018 every row of the table is lost
  // Locks: readers or writers of a busy table have to wait.
  index_blocks_writes = 20,                 ///< INS2020 an index is built while writers wait
  index_drop_locks = 21,                    ///< INS2021 an index is dropped while readers and writers wait
  constraint_builds_index_under_lock = 22,  ///< INS2022 a key's index is built while readers and writers wait
  not_null_scans_under_lock = 23,           ///< INS2023 all rows are read while readers and writers wait
  column_rewrites_table = 24,               ///< INS2024 a new column writes every row anew
  foreign_key_locks_both = 25,              ///< INS2025 all rows are looked up while writers of both tables wait
  check_scans_under_lock = 26,              ///< INS2026 all rows are checked while readers and writers wait
  exclusion_locks = 27,                     ///< INS2027 an exclusion constraint is built; there is no online way
  type_rewrites_table = 28,                 ///< INS2028 a new type writes every row anew
  no_lock_timeout = 29,                     ///< INS2029 a lock that is not got makes everyone wait behind it
  concurrently_in_transaction = 30,         ///< INS2030 CONCURRENTLY does not run in a transaction
  enum_value_used_in_transaction = 31,      ///< INS2031 a new value is used before its commit
  rewrites_whole_table = 32,                ///< INS2032 the whole table is written anew, or moved
  materialized_view_refresh_locks = 33,     ///< INS2033 readers of a materialized view wait while it is filled
  partition_attach_scans = 34,              ///< INS2034 a partition or its parent is locked while it is checked
  update_without_batches = 35,              ///< INS2035 many rows are written in one transaction
  transaction_control_in_script = 36,       ///< INS2036 a script begins or ends the runner's transaction
  validates_in_same_transaction = 37,       ///< INS2037 VALIDATE under the lock that NOT VALID should have spared
  name_too_long = 38,                       ///< INS2038 a name over 63 bytes is cut
  trigger_or_policy_change = 39,            ///< INS2039 triggers, policies or rights change under running programs
  sqlite_table_rebuild = 40,                ///< INS2040 SQLite copies the table while the database is locked
};

namespace detail {

/// The digits of all codes, one after the other, so that a code is a view.
inline constexpr auto hazard_codes = [] {
  std::array<char, 700> text{};
  for (std::size_t i = 0; i < 100; ++i) {
    const char code[] = {'I', 'N', 'S', '2', '0', static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
    for (std::size_t j = 0; j < 7; ++j)
      text[7 * i + j] = code[j];
  }
  return text;
}();

}  // namespace detail

/// The stable code of a hazard.
constexpr std::string_view code_of(hazard h) {
  return {detail::hazard_codes.data() + 7 * static_cast<std::size_t>(h), 7};
}

/// Whether a hazard destroys data, rather than making the migration fail and leave all as it was.
constexpr bool destroys_data(hazard h) {
  return h == hazard::drops_table || h == hazard::drops_column || h == hazard::narrows_type ||
         h == hazard::no_conversion || h == hazard::truncates || h == hazard::drop_cascade;
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

/// Whether a database has a hazard that a step has in general: SQLite keeps values of any type.
constexpr bool concerns(dialect d, hazard h, const step& s) {
  if (d == dialect::postgres)
    return true;
  switch (h) {
  case hazard::no_conversion:
    return false;
  case hazard::needs_value:
    return s.from < 0;
  case hazard::narrows_type:
    return sqlite_conversion_of(s.old_column()->type, s.new_column()->type) == conversion::checked;
  default:
    return true;
  }
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
      note(s.to >= 0 && loses_values(*s.old_column(), *s.new_column()) ? hazard::no_conversion : hazard::drops_column);
    break;
  case step_kind::add_column: {
    const column& c = *s.new_column();
    if (!c.nullable && c.initial.kind == default_kind::none && c.identity == identity_kind::none &&
        c.generated == generated_kind::none && c.backfill.empty())
      note(hazard::needs_value);
    break;
  }
  case step_kind::alter_type:
    if (s.new_column()->convert_using.empty() && !type_widens(s.old_column()->type, s.new_column()->type))
      note(hazard::narrows_type);
    break;
  case step_kind::rebuild_enum:
    if (removes_value(*s.old_enum, *s.new_enum))
      note(hazard::removes_enum_value);
    break;
  case step_kind::set_not_null:
    if (s.new_column()->initial.kind == default_kind::none && s.new_column()->backfill.empty())
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

}  // namespace instar
