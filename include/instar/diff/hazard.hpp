#pragma once

#include "instar/diff/raw_table.hpp"
#include "instar/diff/search.hpp"
#include "instar/diff/sequence_bounds.hpp"
#include "instar/diff/step.hpp"
#include "instar/diff/type_change.hpp"
#include "instar/schema/compare.hpp"
#include "instar/schema/dialect.hpp"
#include "instar/schema/growing_array.hpp"

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
  sequence_out_of_bounds = 19,      ///< INS2019 a sequence that has got beyond its new bounds makes it fail
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
  // What only scripts have.
  ignore_without_reason = 41,    ///< INS2041 a line that ignores a code does not say why
  unused_ignore = 42,            ///< INS2042 a line that ignores a code has nothing to ignore
  drops_required = 43,           ///< INS2043 programs that expect no NULL may meet one
  drops_database = 44,           ///< INS2044 a database is dropped
  domain_constraint_scans = 45,  ///< INS2045 every table with a column of the domain is checked under a lock
  sqlite_foreign_keys_on = 46,   ///< INS2046 a table is made anew while foreign keys are enforced
  sqlite_text_for_name = 47,     ///< INS2047 SQLite takes a quoted name that it does not know for a text
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

/// The last of them.
inline constexpr hazard last_hazard = hazard::sqlite_text_for_name;

/// Whether a number is that of a hazard.
constexpr bool is_hazard(int number) {
  return number >= 1 && number <= static_cast<int>(last_hazard);
}

/// Whether a hazard destroys data, rather than making the migration fail and leave all as it was.
constexpr bool destroys_data(hazard h) {
  return h == hazard::drops_table || h == hazard::drops_column || h == hazard::narrows_type ||
         h == hazard::no_conversion || h == hazard::truncates || h == hazard::drop_cascade ||
         h == hazard::drops_database || h == hazard::sqlite_foreign_keys_on;
}

/// Whether a hazard is that others have to wait, rather than what becomes of the rows.
constexpr bool is_about_locks(hazard h) {
  switch (h) {
  case hazard::concurrently_in_transaction:
  case hazard::enum_value_used_in_transaction:
  case hazard::transaction_control_in_script:
  case hazard::name_too_long:
  case hazard::trigger_or_policy_change:
    return false;
  case hazard::domain_constraint_scans:
    return true;
  default:
    return h >= hazard::index_blocks_writes && h <= hazard::sqlite_table_rebuild;
  }
}

/// The lock of PostgreSQL that a hazard is about, empty where it is about none.
/// https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
constexpr std::string_view lock_of(hazard h) {
  switch (h) {
  case hazard::index_blocks_writes:
  case hazard::domain_constraint_scans:
    return "SHARE";
  case hazard::foreign_key_locks_both:
    return "SHARE ROW EXCLUSIVE";
  case hazard::update_without_batches:
    return "ROW EXCLUSIVE";
  case hazard::index_drop_locks:
  case hazard::constraint_builds_index_under_lock:
  case hazard::not_null_scans_under_lock:
  case hazard::column_rewrites_table:
  case hazard::check_scans_under_lock:
  case hazard::exclusion_locks:
  case hazard::type_rewrites_table:
  case hazard::rewrites_whole_table:
  case hazard::materialized_view_refresh_locks:
  case hazard::partition_attach_scans:
  case hazard::validates_in_same_transaction:
    return "ACCESS EXCLUSIVE";
  default:
    return {};
  }
}

/// How a plan is written for PostgreSQL.
enum class plan_form : unsigned char {
  online,   ///< readers and writers of tables that are there do not wait where there is a way around it
  offline,  ///< the short form, for a database that nobody uses meanwhile
};

struct hazard_note {
  instar::hazard hazard{};
  std::size_t step = 0;  ///< Position in the plan's steps.
};

/// No step has more.
inline constexpr std::size_t hazards_per_step = 3;

/// The hazards of a compile-time plan.
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

/// Whether an enum's own type can stay as it is and take its new values: every old one is kept, in its order. The
/// online form commits new values before anything uses them, so that none of them needs a type that is made anew.
constexpr bool only_adds_values(const enumeration& before, const enumeration& after) {
  int last = -1;
  std::size_t kept = 0;
  for (const enum_value& v : after.values) {
    const int was = old_value(before, after, v);
    if (was < 0)
      continue;
    if (was < last)
      return false;
    last = was;
    ++kept;
  }
  return kept == before.values.size();
}

constexpr bool removes_value(const enumeration& before, const enumeration& after) {
  std::size_t kept = 0;
  for (const enum_value& v : after.values)
    kept += old_value(before, after, v) >= 0;
  return kept != before.values.size();
}

/// Whether old rows get a value of one of some columns by computing it: a constraint that held need not hold of it.
template <class Concerned>
constexpr bool computes_one_anew(const step& s, const column_renames& renames, Concerned concerned) {
  for (const column& c : s.after->columns) {
    if (c.generated == generated_kind::none || !concerned(c))
      continue;
    const column* then = s.before->find_column(renames.is_rename(c) ? c.renamed_from : c.name);
    if (then == nullptr || then->generated == generated_kind::none || !same_text(then->generated_as, c.generated_as))
      return true;
  }
  return false;
}

/// Whether the rows that a table had can be equal in the columns of a new key: not when the old table had a key of the
/// same columns, nor when a column is new and NULL in all of them; but where NULLs are equal too, only when they were.
constexpr bool may_have_equal_rows(const step& s, const key& now) {
  const column_renames renames(*s.before, *s.after);
  if (computes_one_anew(s, renames, [&](const column& c) { return has_name(now.columns, c.name); }))
    return true;
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
  if (same_text(o.kind, "partition"))
    return true;
  return o.kind.size() >= ending.size() && same_text(o.kind.substr(o.kind.size() - ending.size()), ending) &&
         !same_text(o.kind, "foreign table");
}

/// Whether a database has a hazard that a step has in general: SQLite keeps values of any type.
constexpr bool concerns(dialect d, hazard h, const step& s) {
  if (d == dialect::postgres)
    return true;
  if (s.kind == step_kind::alter_raw_object)
    return true;
  switch (h) {
  case hazard::no_conversion:
  case hazard::sequence_out_of_bounds:
    return false;
  case hazard::needs_value:
    return s.from < 0;
  case hazard::narrows_type:
    return sqlite_conversion_of(s.old_column()->type, s.new_column()->type) == conversion::checked;
  default:
    return true;
  }
}

/// Whether rows that a table had may violate a check: not when they had to meet it before, nor when it is about new
/// columns alone, in which they all have the same value.
constexpr bool may_violate(const step& s, const check& now) {
  if (s.before == nullptr)
    return false;
  const column_renames renames(*s.before, *s.after);
  if (computes_one_anew(s, renames, [&](const column& c) { return mentions(now.expression, c.name); }))
    return true;
  for (const check& then : s.before->checks)
    if (same_text(then.expression, now.expression))
      return false;
  bool about_new = false;
  for (const column& c : s.after->columns) {
    if (!mentions(now.expression, c.name))
      continue;
    if (s.before->find_column(c.name) != nullptr || renames.is_rename(c))
      return true;
    about_new = true;
  }
  return !about_new;
}

/// Whether the rows that a table had can hold a reference to a row that is not there.
constexpr bool may_reference_nothing(const step& s) {
  if (s.before == nullptr)
    return false;
  const column_renames renames(*s.before, *s.after);
  const foreign_key& now = s.after->foreign_keys[static_cast<std::size_t>(s.to)];
  if (computes_one_anew(s, renames, [&](const column& c) { return has_name(now.columns, c.name); }))
    return true;
  // Where the target was renamed this says yes though it is the same; a key that is made again keeps its name.
  for (const foreign_key& then : s.before->foreign_keys)
    if (same_names(renames, then.columns, now.columns) &&
        (same_text(then.name, now.name) || same_text(then.target_table, now.target_table)))
      return false;
  for (std::string_view name : now.columns) {
    const column* c = s.after->find_column(name);
    // NULL in one column, and nothing is looked up.
    if (c != nullptr && c->nullable && c->initial.kind == default_kind::none && c->generated == generated_kind::none &&
        s.before->find_column(name) == nullptr && !renames.is_rename(*c))
      return false;
  }
  return true;
}

/// Whether an expression may give another value for every row: it calls a function that is not known to give the same
/// one throughout a statement. https://www.postgresql.org/docs/current/xfunc-volatility.html
constexpr bool may_be_volatile(std::string_view expression) {
  constexpr std::string_view steady =
      "now transaction_timestamp statement_timestamp timezone date_trunc to_char to_date to_timestamp make_date"
      " make_time make_interval make_timestamp coalesce nullif greatest least lower upper concat format replace md5"
      " abs round jsonb_build_object jsonb_build_array json_build_object json_build_array array_fill int4range"
      " current_setting cast extract date_part trim length row array varchar char numeric decimal timestamp time"
      " interval bit character varying localtimestamp current_timestamp localtime current_time in and or not"
      " to_tsvector decode encode point box";
  std::size_t begin = 0;
  std::size_t end = 0;  // of the last word; the same: there is none
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\'') {
      while (++i < expression.size() && expression[i] != '\'') {
      }
      begin = end = 0;
    } else if (is_word_letter(c)) {
      begin = i;
      while (i + 1 < expression.size() && is_word_letter(expression[i + 1]))
        ++i;
      end = i + 1;
    } else if (c == '(' && begin != end) {
      if (!mentions(steady, expression.substr(begin, end - begin)))
        return true;
      begin = end = 0;
    } else if (c == '"') {
      // A quoted function is the user's own, or one that nobody writes that way.
      const std::size_t close = expression.find('"', i + 1);
      if (close == std::string_view::npos || (close + 1 < expression.size() && expression[close + 1] == '('))
        return true;
      i = close;
      begin = end = 0;
    } else if (c != ' ') {
      begin = end = 0;
    }
  }
  return false;
}

/// Whether a raw object is one that function bodies or queries of programs use, of which the database keeps no record.
constexpr bool has_untracked_dependents(const raw_object& o) {
  constexpr std::string_view kinds[] = {"function", "procedure", "aggregate", "operator", "type",
                                        "domain",   "collation", "cast",      "schema"};
  for (std::string_view kind : kinds)
    if (same_text(o.kind, kind))
      return true;
  return false;
}

/// Whether a raw object decides what happens to the rows of others: at a write, or who may see them.
constexpr bool guards_rows(const raw_object& o) {
  constexpr std::string_view kinds[] = {"trigger", "event trigger", "policy", "rule", "row level security"};
  for (std::string_view kind : kinds)
    if (same_text(o.kind, kind))
      return true;
  return false;
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
  case step_kind::clear_raw_object:
    if (keeps_rows(*s.raw))
      note(hazard::drops_table);
    break;
  case step_kind::alter_raw_object:
    if (s.change == raw_change::drop_column &&
        read_raw_column(read_raw_table(s.old_raw->create).items[static_cast<std::size_t>(s.from)].text)
            .generated.empty())
      note(hazard::drops_column);
    else if (s.change == raw_change::alter_type)
      note(hazard::type_rewrites_table);
    break;
  case step_kind::keep_rows: {
    note(hazard::rewrites_whole_table);
    const aside_table then(s.before, s.old_raw);
    const aside_table now(s.after, s.raw);
    bool lost = false;
    for (std::size_t i = 0; i < then.size(); ++i)
      lost |= !then.name(i).empty() && !now.has(then.name(i));
    if (lost)
      note(hazard::drops_column);
    break;
  }
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
  case step_kind::add_check:
    if (may_violate(s, s.after->checks[static_cast<std::size_t>(s.to)]))
      note(hazard::may_violate_check);
    break;
  case step_kind::add_exclusion:
    if (s.before != nullptr)
      note(hazard::may_violate_check);
    break;
  case step_kind::add_foreign_key:
    if (may_reference_nothing(s))
      note(hazard::may_violate_foreign_key);
    break;
  case step_kind::drop_not_null:
    note(hazard::drops_required);
    break;
  case step_kind::rename_table:
    note(hazard::renames_table);
    break;
  case step_kind::rename_column:
    note(hazard::renames_column);
    break;
  case step_kind::rename_enum_value:
    note(hazard::renames_enum_value);
    break;
  case step_kind::alter_sequence:
    if (narrows_bounds(*s.old_sequence, *s.sequence))
      note(hazard::sequence_out_of_bounds);
    break;
  case step_kind::drop_sequence:
    note(hazard::drops_sequence_state);
    break;
  case step_kind::drop_extension:
    note(hazard::drops_untracked_dependents);
    break;
  default:
    break;
  }
}

/// Calls `note(hazard)` for each lock of a step that makes readers or writers of a busy table wait in PostgreSQL.
/// https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
template <class Note>
constexpr void each_lock_hazard(const step& s, plan_form form, Note note) {
  // Nobody waits for a table that is made by the same plan.
  if (s.before == nullptr)
    return;
  const bool offline = form == plan_form::offline;
  switch (s.kind) {
  case step_kind::create_index:
    if (offline)
      note(hazard::index_blocks_writes);
    break;
  case step_kind::drop_index:
    if (offline && s.after != nullptr)
      note(hazard::index_drop_locks);
    break;
  case step_kind::add_unique:
  case step_kind::add_primary_key:
    if (offline)
      note(hazard::constraint_builds_index_under_lock);
    break;
  case step_kind::set_not_null:
    if (offline)
      note(hazard::not_null_scans_under_lock);
    break;
  case step_kind::add_column: {
    const column& c = *s.new_column();
    const bool of_each_row = c.identity != identity_kind::none ||
                             (c.initial.kind == default_kind::expression && may_be_volatile(c.initial.text));
    if (c.generated == generated_kind::stored || (offline && of_each_row))
      note(hazard::column_rewrites_table);
    break;
  }
  case step_kind::alter_type:
    if (!s.new_column()->convert_using.empty() || !stays_on_disk(s.old_column()->type, s.new_column()->type))
      note(hazard::type_rewrites_table);
    break;
  case step_kind::fill_nulls:
    if (offline)
      note(hazard::update_without_batches);
    break;
  case step_kind::add_foreign_key:
    if (offline)
      note(hazard::foreign_key_locks_both);
    break;
  case step_kind::add_check:
    if (offline)
      note(hazard::check_scans_under_lock);
    break;
  case step_kind::add_exclusion:
    note(hazard::exclusion_locks);
    break;
  default:
    break;
  }
}

constexpr bool drops_raw_object(const step& s) {
  switch (s.kind) {
  case step_kind::drop_raw_object:
  case step_kind::drop_early_raw_object:
  case step_kind::drop_middle_raw_object:
  case step_kind::clear_raw_object:
  case step_kind::drop_late_raw_object:
    return true;
  default:
    return false;
  }
}

/// What the hazards of one step depend on of the others of its plan.
class other_steps {
 public:
  template <class Steps>
  constexpr explicit other_steps(const Steps& steps) {
    bool raw = false;
    bool materialized = false;
    for (const step& s : steps) {
      raw |= drops_raw_object(s);
      materialized |= s.kind == step_kind::create_view && s.new_view->materialized;
    }
    for (const step& s : steps) {
      if (materialized && s.kind == step_kind::drop_view) {
        dropped_views_.push_back(s.old_view);
        views_.add(hash_object(s.old_view->schema, s.old_view->name));
      }
      if (raw && s.kind == step_kind::drop_table)
        dropped_tables_.add(s.before->name);
      if (raw && s.raw != nullptr) {
        raw_objects_.push_back(s.raw);
        raws_.add(hash_text(s.raw->name, hash_text(s.raw->kind)));
      }
    }
  }

  constexpr bool drops(const view_object& v) const {
    return views_.find(hash_object(v.schema, v.name), [&](std::size_t i) {
      return same_text(dropped_views_[i]->name, v.name) && same_text(dropped_views_[i]->schema, v.schema);
    }) >= 0;
  }

  constexpr bool drops_table_of(const raw_object& o) const { return dropped_tables_.any_in(o.drop); }

  /// Whether another raw object of that kind and name comes or goes. \param same_text_too with the same text
  constexpr bool has_another(const raw_object& o, bool same_text_too) const {
    return raws_.find(hash_text(o.name, hash_text(o.kind)), [&](std::size_t i) {
      const raw_object& other = *raw_objects_[i];
      return &other != &o && same_text(other.kind, o.kind) && same_text(other.name, o.name) &&
             (!same_text_too || same_text(other.create, o.create));
    }) >= 0;
  }

 private:
  growing_array<const view_object*> dropped_views_{};
  hash_slots views_{};
  growing_array<const raw_object*> raw_objects_{};
  hash_slots raws_{};
  name_set dropped_tables_{};
};

/// Calls `note(hazard)` for each hazard of a step that another step of the plan decides on.
template <class Note>
constexpr void each_hazard_among(const other_steps& others, const step& s, dialect d, plan_form form, Note note) {
  if (drops_raw_object(s)) {
    const bool untracked = has_untracked_dependents(*s.raw);
    // What is made again around another step is as it was, and what guards the rows of a table goes with it.
    if ((untracked || (guards_rows(*s.raw) && !others.drops_table_of(*s.raw))) &&
        !others.has_another(*s.raw, !untracked))
      note(untracked ? hazard::drops_untracked_dependents : hazard::trigger_or_policy_change);
  } else if (s.kind == step_kind::rebuild_enum) {
    // Every column of the type is converted.
    if (d == dialect::postgres && (form == plan_form::offline || !only_adds_values(*s.old_enum, *s.new_enum)))
      note(hazard::type_rewrites_table);
  } else if (s.kind == step_kind::create_view && d == dialect::postgres && s.new_view->materialized && s.to < 0 &&
             others.drops(*s.new_view)) {
    note(hazard::materialized_view_refresh_locks);
  }
}

/// Calls `note(hazard)` for each hazard of a step of a plan.
template <class Note>
constexpr void each_hazard(const other_steps& others, const step& s, dialect d, plan_form form, Note note) {
  each_hazard(s, [&](hazard h) {
    if (concerns(d, h, s))
      note(h);
  });
  each_hazard_among(others, s, d, form, note);
  if (d == dialect::postgres)
    each_lock_hazard(s, form, note);
}

}  // namespace detail

}  // namespace instar
