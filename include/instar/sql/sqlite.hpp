#pragma once

#include "instar/schema/growing_array.hpp"
#include "instar/schema/names.hpp"
#include "instar/sql/postgres.hpp"

/// \file A plan in the words of SQLite 3.35 and later.
///
/// ALTER TABLE there renames tables and columns, adds and drops columns, and no more. All else makes the table anew: a
/// new table, the rows copied, the old one dropped, the new one renamed (https://www.sqlite.org/lang_altertable.html,
/// "Making Other Kinds Of Table Schema Changes"), with foreign keys off, so that dropping the old table does not act on
/// the rows that reference it, and with legacy_alter_table on, so that views and triggers that name the table survive.

namespace instar::detail {

/// SQLite's types are affinities: INTEGER, REAL, TEXT, BLOB and, for what may be any number, NUMERIC.
/// https://www.sqlite.org/datatype3.html
template <class Writer>
constexpr void put_sqlite_type(Writer& out, const column_type& t) {
  if (t.dimensions > 0) {
    out.put("TEXT");  // JSON.
    return;
  }
  switch (t.kind) {
  case type_kind::custom:
    out.put(t.custom);
    break;
  case type_kind::boolean:
    out.put("BOOLEAN");
    break;
  case type_kind::smallint:
  case type_kind::integer:
  case type_kind::bigint:
    out.put("INTEGER");
    break;
  case type_kind::real:
  case type_kind::double_precision:
    out.put("REAL");
    break;
  case type_kind::numeric:
    out.put("NUMERIC");
    break;
  case type_kind::varchar:
  case type_kind::character:
    out.put(t.kind == type_kind::varchar ? "VARCHAR" : "CHAR");
    if (t.length >= 0) {
      out.put('(');
      put_integer(out, t.length);
      out.put(')');
    }
    break;
  case type_kind::bytea:
    out.put("BLOB");
    break;
  default:
    out.put("TEXT");
    break;
  }
}

constexpr bool same_sqlite_type(const column_type& a, const column_type& b) {
  counter size_a;
  counter size_b;
  put_sqlite_type(size_a, a);
  put_sqlite_type(size_b, b);
  if (size_a.size != size_b.size || size_a.size > 64)
    return size_a.size == size_b.size && same_type(a, b);
  char text_a[64]{};
  char text_b[64]{};
  filler write_a{text_a};
  filler write_b{text_b};
  put_sqlite_type(write_a, a);
  put_sqlite_type(write_b, b);
  return same_text({text_a, size_a.size}, {text_b, size_b.size});
}

/// An integer primary key of one column is SQLite's row number, and must be written so.
/// https://www.sqlite.org/lang_createtable.html#rowid
constexpr bool is_rowid(const table& t, const column& c) {
  return t.primary_key.columns.size() == 1 && same_text(t.primary_key.columns[0], c.name) &&
         (c.type.kind == type_kind::smallint || c.type.kind == type_kind::integer ||
          c.type.kind == type_kind::bigint) &&
         c.type.dimensions == 0;
}

template <class Writer>
constexpr void put_sqlite_default(Writer& out, const column_default& d) {
  switch (d.kind) {
  case default_kind::boolean:
    out.put(d.integer != 0 ? '1' : '0');
    break;
  case default_kind::expression:
    out.put('(');
    out.put(d.text);
    out.put(')');
    break;
  default:
    put_postgres_default(out, d);
    break;
  }
}

/// Takes a text that is written piece by piece, and tells whether it is the wanted one.
struct text_matcher {
  std::string_view rest;
  bool same = true;

  constexpr void put(std::string_view text) {
    same = same && rest.size() >= text.size() && same_text(rest.substr(0, text.size()), text);
    rest = rest.substr(same ? text.size() : rest.size());
  }
  constexpr void put(char c) { put(std::string_view(&c, 1)); }
  constexpr bool matches() const { return same && rest.empty(); }
};

/// The name that is written for a row number's primary key: none where it is the derived one.
constexpr std::string_view rowid_key_name(const table& t) {
  text_matcher derived{t.primary_key.name};
  put_derived_name(derived, t.name, {}, "_pkey");
  return derived.matches() ? std::string_view{} : t.primary_key.name;
}

template <class Writer>
constexpr void put_sqlite_column(Writer& out, const table& t, const column& c) {
  put_name(out, c.name);
  out.put(' ');
  put_sqlite_type(out, c.type);
  if (!c.nullable && !(c.implied_not_null && is_rowid(t, c)))
    out.put(" NOT NULL");
  if (is_rowid(t, c)) {
    if (const std::string_view name = rowid_key_name(t); !name.empty()) {
      out.put(" CONSTRAINT ");
      put_name(out, name);
    }
    out.put(" PRIMARY KEY");
    if (c.identity != identity_kind::none)
      out.put(" AUTOINCREMENT");
  }
  if (!c.collation.empty()) {
    out.put(" COLLATE ");
    put_name(out, c.collation);
  }
  if (c.generated != generated_kind::none) {
    out.put(" GENERATED ALWAYS AS (");
    out.put(c.generated_as);
    out.put(c.generated == generated_kind::stored ? ") STORED" : ") VIRTUAL");
  }
  if (c.initial.kind != default_kind::none) {
    out.put(" DEFAULT ");
    put_sqlite_default(out, c.initial);
  }
  if (c.type.values != nullptr && c.type.dimensions == 0) {
    out.put(" CHECK (");
    put_name(out, c.name);
    out.put(" IN ");
    put_enum_labels(out, *c.type.values);
    out.put(')');
  }
}

/// Writes the name that a table has while it is made anew.
template <class Writer>
constexpr void put_new_name(Writer& out, const table& t) {
  out.put('"');
  out.put("new_");
  for (char c : t.name) {
    if (c == '"')
      out.put('"');
    out.put(c);
  }
  out.put('"');
}

template <class Writer>
constexpr void put_sqlite_create_table(Writer& out, const table& t, bool anew) {
  out.put("CREATE TABLE ");
  if (anew)
    put_new_name(out, t);
  else
    put_table(out, dialect::sqlite, t);
  out.put(" (");
  bool first = true;
  bool rowid = false;
  const auto next = [&] {
    out.put(first ? "\n    " : ",\n    ");
    first = false;
  };
  for (const column& c : t.columns) {
    next();
    put_sqlite_column(out, t, c);
    rowid |= is_rowid(t, c);
  }
  if (!t.primary_key.columns.empty() && !rowid) {
    next();
    out.put("CONSTRAINT ");
    put_name(out, t.primary_key.name);
    out.put(" PRIMARY KEY ");
    put_names(out, t.primary_key.columns);
  }
  for (const key& k : t.uniques) {
    if (!k.in_table)
      continue;
    next();
    out.put("CONSTRAINT ");
    put_name(out, k.name);
    out.put(" UNIQUE ");
    put_names(out, k.columns);
  }
  for (const check& c : t.checks) {
    next();
    put_check(out, c);
  }
  for (const foreign_key& fk : t.foreign_keys) {
    next();
    put_foreign_key(out, dialect::sqlite, fk);
  }
  out.put(first ? ")" : "\n)");
  if (!t.options.empty()) {
    out.put(' ');
    out.put(t.options);
  }
}

/// Unique constraints are unique indexes: SQLite can add and drop these without making the table anew. Those that were
/// read from a CREATE TABLE stay where they stand.
template <class Writer>
constexpr void put_sqlite_unique(Writer& out, const table& t, const key& k) {
  out.put("CREATE UNIQUE INDEX ");
  put_name(out, k.name);
  out.put(" ON ");
  put_table(out, dialect::sqlite, t);
  out.put(' ');
  put_names(out, k.columns);
}

constexpr bool is_autoincrement(const table& t) {
  for (const column& c : t.columns)
    if (c.identity != identity_kind::none && is_rowid(t, c))
      return true;
  return false;
}

/// Whether ALTER TABLE … ADD COLUMN takes this column on a table that may have rows.
/// https://www.sqlite.org/lang_altertable.html#alter_table_add_column
constexpr bool sqlite_can_add(const table& t, const column& c) {
  if (c.primary_key || c.generated == generated_kind::stored)
    return false;
  if (c.initial.kind == default_kind::now || c.initial.kind == default_kind::expression)
    return false;
  for (const foreign_key& fk : t.foreign_keys)
    for (std::string_view name : fk.columns)
      if (same_text(name, c.name))
        return false;  // The key is part of CREATE TABLE.
  return c.nullable || c.initial.kind != default_kind::none || c.generated != generated_kind::none;
}

/// Whether ALTER TABLE … DROP COLUMN takes this column away.
/// https://www.sqlite.org/lang_altertable.html#alter_table_drop_column
constexpr bool sqlite_can_drop(const table& t, const column& c) {
  if (c.primary_key || c.type.values != nullptr)
    return false;
  for (const foreign_key& fk : t.foreign_keys)
    for (std::string_view name : fk.columns)
      if (same_text(name, c.name))
        return false;
  for (const check& k : t.checks)
    if (mentions(k.expression, c.name))
      return false;
  for (const column& other : t.columns)
    if (other.generated != generated_kind::none && mentions(other.generated_as, c.name))
      return false;
  for (const index& i : t.indexes) {
    if (mentions(i.where, c.name))
      return false;
    for (const index_part& part : i.parts)
      if (part.expression && mentions(part.text, c.name))
        return false;
  }
  return true;
}

constexpr bool has_rowid(const table& t) {
  for (const column& c : t.columns)
    if (is_rowid(t, c))
      return true;
  return false;
}

/// Whether a step takes away or brings back what another one brings back or took away: it made way for a change that is
/// none here.
constexpr bool only_made_way(const step& s) {
  const std::size_t from = static_cast<std::size_t>(s.from);
  const std::size_t to = static_cast<std::size_t>(s.to);
  const auto same_check = [](const check& a, const check& b) {
    return same_text(a.name, b.name) && same_text(a.expression, b.expression);
  };
  const auto same_key = [](const foreign_key& a, const foreign_key& b) {
    const table none{};
    const column_renames renames(none, none);
    return same_text(a.name, b.name) && same_text(a.target_table, b.target_table) &&
           same_names(renames, a.columns, b.columns) && same_names(renames, a.target_columns, b.target_columns) &&
           a.on_delete == b.on_delete && a.on_update == b.on_update && a.deferral == b.deferral;
  };
  switch (s.kind) {
  case step_kind::drop_check:
    for (const check& c : s.after->checks)
      if (same_check(c, s.before->checks[from]))
        return true;
    return false;
  case step_kind::add_check:
    for (const check& c : s.before->checks)
      if (same_check(c, s.after->checks[to]))
        return true;
    return false;
  case step_kind::drop_foreign_key:
    for (const foreign_key& fk : s.after->foreign_keys)
      if (same_key(fk, s.before->foreign_keys[from]))
        return true;
    return false;
  case step_kind::add_foreign_key:
    for (const foreign_key& fk : s.before->foreign_keys)
      if (same_key(fk, s.after->foreign_keys[to]))
        return true;
    return false;
  case step_kind::drop_column:
  case step_kind::add_column:
    return s.from >= 0 && s.to >= 0 && same_sqlite_type(s.old_column()->type, s.new_column()->type) &&
           s.old_column()->generated == s.new_column()->generated &&
           same_text(s.old_column()->generated_as, s.new_column()->generated_as) &&
           same_text(s.old_column()->collation, s.new_column()->collation) &&
           s.old_column()->nullable == s.new_column()->nullable;
  default:
    return false;
  }
}

/// Whether a step on a table that stays needs it made anew.
constexpr bool needs_rebuild(const step& s) {
  if (s.before == nullptr || s.after == nullptr || only_made_way(s))
    return false;
  switch (s.kind) {
  case step_kind::add_column:
    return s.from >= 0 || fills_new_rows(*s.new_column()) || !sqlite_can_add(*s.after, *s.new_column());
  case step_kind::drop_column:
    return s.to >= 0 || !sqlite_can_drop(*s.before, *s.old_column());
  case step_kind::alter_type:
    // It takes a change of the collation along, which has no step of its own then.
    return !same_sqlite_type(s.old_column()->type, s.new_column()->type) || !s.new_column()->convert_using.empty() ||
           !same_text(s.old_column()->collation, s.new_column()->collation) ||
           (s.old_column()->type.values != nullptr || s.new_column()->type.values != nullptr) ||
           (s.old_column()->type.dimensions == 0) != (s.new_column()->type.dimensions == 0);
  case step_kind::drop_default:
  case step_kind::set_default:
    // Also a part of every change of type, which here may change nothing.
    return s.from < 0 || !same_default(s.old_column()->initial, s.new_column()->initial);
  case step_kind::drop_unique:
    return s.before->uniques[static_cast<std::size_t>(s.from)].in_table;
  case step_kind::add_unique:
    return s.after->uniques[static_cast<std::size_t>(s.to)].in_table;
  case step_kind::alter_options:
  case step_kind::alter_collation:
  case step_kind::drop_identity:
  case step_kind::add_identity:
  case step_kind::set_not_null:
  case step_kind::drop_not_null:
  case step_kind::drop_generated:
  case step_kind::drop_primary_key:
  case step_kind::add_primary_key:
  case step_kind::drop_check:
  case step_kind::add_check:
  case step_kind::drop_foreign_key:
  case step_kind::add_foreign_key:
    return true;
  case step_kind::rename_constraint:
    if (s.constraint == constraint_kind::unique)
      return s.before->uniques[static_cast<std::size_t>(s.from)].in_table ||
             s.after->uniques[static_cast<std::size_t>(s.to)].in_table;
    return s.constraint == constraint_kind::check || s.constraint == constraint_kind::foreign_key ||
           (s.constraint == constraint_kind::primary_key &&
            (!has_rowid(*s.after) || !same_text(rowid_key_name(*s.before), rowid_key_name(*s.after))));
  default:
    return false;
  }
}

/// A table that a plan makes anew.
struct rebuild {
  const table* before;
  const table* after;
};

/// Whether a step changes which values an enum has, or what they are called.
constexpr bool changes_values(const step& s) {
  return s.kind == step_kind::add_enum_value || s.kind == step_kind::rename_enum_value ||
         s.kind == step_kind::rebuild_enum;
}

/// Adds the tables that a plan makes anew to a list.
constexpr void add_rebuilds(const plan_view& p, growing_array<rebuild>& result) {
  growing_array<char> listed(p.after.tables.size(), 0);
  const auto position = [&](const table* after) { return static_cast<std::size_t>(after - p.after.tables.data()); };
  const auto add = [&](const table* before, const table* after) {
    if (listed[position(after)])
      return;
    listed[position(after)] = 1;
    result.push_back({before, after});
  };
  bool enums = false;
  for (const step& s : p.steps) {
    enums |= changes_values(s);
    if (needs_rebuild(s))
      add(s.before, s.after);
  }
  if (!enums)
    return;
  // An enum is a check in every table that uses it.
  growing_array<const table*> olds(p.after.tables.size(), nullptr);
  const table_finder old_tables(p.before.tables);
  for (std::size_t i = 0; i < olds.size(); ++i)
    if (const int at = old_tables.find(p.after.tables[i].schema, p.after.tables[i].name); at >= 0)
      olds[i] = &p.before.tables[static_cast<std::size_t>(at)];
  for (const step& s : p.steps)
    if (s.kind == step_kind::rename_table)
      olds[position(s.after)] = s.before;
  enum_finder changed;
  for (const step& s : p.steps)
    if (changes_values(s))
      changed.add(*s.new_enum);
  const enum_columns columns(p.after.tables, changed);
  for (const step& s : p.steps) {
    if (!changes_values(s))
      continue;
    columns.each(*s.new_enum, [&](const table& now, const column& c) {
      const table* old = olds[position(&now)];
      // An array has no check; a value that is renamed is renamed in its elements.
      if (old != nullptr &&
          (c.type.dimensions == 0 || (c.type.dimensions == 1 && s.kind == step_kind::rename_enum_value)) &&
          (old->find_column(c.name) != nullptr || column_renames(*old, now).is_rename(c)))
        add(old, &now);
    });
  }
}

/// What a statement of SQLite is, where it is not simply a step.
enum class sqlite_part : int {
  step,
  foreign_keys_off,
  legacy_on,
  create_new,
  copy_rows,
  keep_sequence_of_empty,
  keep_sequence,
  drop_old,
  rename_new,
  unique,  ///< … + position: a unique index of a table.
  index = 1000,
  drop_trigger = 2000,
  trigger = 3000,
  legacy_off = 4000,
  foreign_keys_on,
  drop_old_index = 5000,   ///< … + position: an index of a table that is set aside.
  drop_old_unique = 6000,  ///< … + position: a unique index of it.
};

/// What stands for a row where none of a table's columns is copied: its row number, or the first column that can be
/// written. Null where one is copied.
template <class Copied>
constexpr const column* column_without_source(const table& t, const Copied& copied) {
  const column* found = nullptr;
  for (const column& c : t.columns) {
    if (copied(c))
      return nullptr;
    if (c.generated == generated_kind::none && (found == nullptr || is_rowid(t, c)))
      found = &c;
  }
  return found;
}

template <class Writer>
constexpr void put_copy_rows(Writer& out, const rebuild& r) {
  // rename_table and rename_column come first and are ALTERs: the old table has the new names by now.
  const column_renames renames(*r.before, *r.after);
  const auto source = [&](const column& now) -> const column* {
    const std::string_view old_name = renames.any && renames.is_rename(now) ? now.renamed_from : now.name;
    return r.before->find_column(old_name);
  };
  const auto copied = [&](const column& now) {
    return now.generated == generated_kind::none && (source(now) != nullptr || fills_new_rows(now));
  };
  out.put("INSERT INTO ");
  put_new_name(out, *r.after);
  out.put(" (");
  if (const column* filler = column_without_source(*r.after, copied)) {
    // No column is left of the old ones, but as many rows.
    put_name(out, filler->name);
    out.put(")\nSELECT ");
    if (filler->initial.kind != default_kind::none)
      put_sqlite_default(out, filler->initial);
    else
      out.put("NULL");  // A row number counts by itself.
    out.put("\nFROM ");
    put_table(out, dialect::sqlite, *r.after);
    return;
  }
  bool first = true;
  for (const column& c : r.after->columns) {
    if (!copied(c))
      continue;
    if (!first)
      out.put(", ");
    first = false;
    put_name(out, c.name);
  }
  out.put(")\nSELECT ");
  first = true;
  for (const column& c : r.after->columns) {
    if (!copied(c))
      continue;
    if (!first)
      out.put(", ");
    first = false;
    if (source(c) == nullptr) {
      put_fill_value(out, c);
      continue;
    }
    const column& then = *source(c);
    const bool filled = then.nullable && !c.nullable && (c.initial.kind != default_kind::none || !c.backfill.empty());
    if (filled)
      out.put("coalesce(");
    // Declared renames of enum values.
    const enumeration* old_enum = then.type.values;
    const enumeration* new_enum = c.type.values;
    bool renamed = false;
    if (old_enum != nullptr && new_enum != nullptr)
      for (const enum_value& v : new_enum->values)
        renamed |= is_rename(*old_enum, *new_enum, v);
    const auto put_renamed = [&](const auto& put_value) {
      out.put("CASE ");
      put_value();
      for (const enum_value& v : new_enum->values)
        if (is_rename(*old_enum, *new_enum, v)) {
          out.put(" WHEN ");
          put_literal(out, v.renamed_from);
          out.put(" THEN ");
          put_literal(out, v.label);
        }
      out.put(" ELSE ");
      put_value();
      out.put(" END");
    };
    if (!c.convert_using.empty() && !same_type(then.type, c.type)) {
      put_conversion(out, then, c);
    } else if (renamed && then.type.dimensions == 0 && c.type.dimensions == 0) {
      put_renamed([&] { put_name(out, c.name); });
    } else if (renamed && then.type.dimensions == 1 && c.type.dimensions == 1) {
      out.put("CASE WHEN ");
      put_name(out, c.name);
      out.put(" IS NOT NULL THEN (SELECT json_group_array(label) FROM (SELECT ");
      put_renamed([&] { out.put("value"); });
      out.put(" AS label FROM json_each(");
      put_name(out, c.name);
      out.put(") ORDER BY key)) END");
    } else if (then.type.dimensions == 0 && c.type.dimensions == 1) {
      out.put("CASE WHEN ");
      put_name(out, c.name);
      out.put(" IS NOT NULL THEN json_array(");
      put_name(out, c.name);
      out.put(") END");
    } else if (then.type.dimensions == 1 && c.type.dimensions == 0) {
      out.put("json_extract(");
      put_name(out, c.name);
      out.put(", '$[0]')");
    } else {
      put_name(out, c.name);
    }
    if (filled) {
      out.put(", ");
      if (c.backfill.empty())
        put_sqlite_default(out, c.initial);
      else
        put_fill_value(out, c);
      out.put(')');
    }
  }
  out.put("\nFROM ");
  put_table(out, dialect::sqlite, *r.after);
}

template <class Writer>
constexpr void put_sqlite_name_of(Writer& out, const aside_table& t) {
  if (t.modelled != nullptr)
    put_table(out, dialect::sqlite, *t.modelled);
  else
    out.put(t.raw.name);
}

/// Writes the name that a table has while another one takes its place.
template <class Writer>
constexpr void put_sqlite_aside_name(Writer& out, const aside_table& t) {
  out.put("\"old_");
  for (char c : t.bare_name()) {
    if (c == '"')
      out.put('"');
    out.put(c);
  }
  out.put('"');
}

template <class Writer>
constexpr void put_sqlite(Writer& out, const plan_view& p, const operation& o) {
  constexpr dialect lite = dialect::sqlite;
  const auto part = static_cast<sqlite_part>(o.part);
  if (o.part >= static_cast<int>(sqlite_part::unique) && o.part < static_cast<int>(sqlite_part::index)) {
    put_sqlite_unique(out, *o.on,
                      o.on->uniques[static_cast<std::size_t>(o.part - static_cast<int>(sqlite_part::unique))]);
    return;
  }
  if (o.part >= static_cast<int>(sqlite_part::index) && o.part < static_cast<int>(sqlite_part::drop_trigger)) {
    put_create_index(out, lite, {}, o.on->name,
                     o.on->indexes[static_cast<std::size_t>(o.part - static_cast<int>(sqlite_part::index))]);
    return;
  }
  if (o.part >= static_cast<int>(sqlite_part::drop_trigger) && o.part < static_cast<int>(sqlite_part::trigger)) {
    out.put(p.after.raw_objects[static_cast<std::size_t>(o.part - static_cast<int>(sqlite_part::drop_trigger))].drop);
    return;
  }
  if (o.part >= static_cast<int>(sqlite_part::trigger) && o.part < static_cast<int>(sqlite_part::legacy_off)) {
    out.put(p.after.raw_objects[static_cast<std::size_t>(o.part - static_cast<int>(sqlite_part::trigger))].create);
    return;
  }
  if (o.part >= static_cast<int>(sqlite_part::drop_old_unique)) {
    out.put("DROP INDEX ");
    put_name(out,
             o.on->uniques[static_cast<std::size_t>(o.part - static_cast<int>(sqlite_part::drop_old_unique))].name);
    return;
  }
  if (o.part >= static_cast<int>(sqlite_part::drop_old_index)) {
    out.put("DROP INDEX ");
    put_name(out, o.on->indexes[static_cast<std::size_t>(o.part - static_cast<int>(sqlite_part::drop_old_index))].name);
    return;
  }
  switch (part) {
  case sqlite_part::foreign_keys_off:
    out.put("PRAGMA foreign_keys = OFF");
    return;
  case sqlite_part::foreign_keys_on:
    out.put("PRAGMA foreign_keys = ON");
    return;
  case sqlite_part::legacy_on:
    out.put("PRAGMA legacy_alter_table = ON");
    return;
  case sqlite_part::legacy_off:
    out.put("PRAGMA legacy_alter_table = OFF");
    return;
  case sqlite_part::create_new:
    put_sqlite_create_table(out, *o.on, true);
    return;
  case sqlite_part::copy_rows:
    put_copy_rows(out, {o.was, o.on});
    return;
  case sqlite_part::keep_sequence_of_empty:
    // A table without rows keeps the number that its next row would get.
    out.put("INSERT INTO sqlite_sequence (name, seq)\nSELECT 'new_");
    {
      doubling<Writer> inner{out};
      inner.put(o.on->name);
    }
    out.put("', seq FROM sqlite_sequence WHERE name = ");
    put_literal(out, o.on->name);
    out.put("\n  AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'new_");
    {
      doubling<Writer> inner{out};
      inner.put(o.on->name);
    }
    out.put("')");
    return;
  case sqlite_part::keep_sequence:
    out.put("UPDATE sqlite_sequence SET seq = (SELECT max(seq) FROM sqlite_sequence WHERE name IN (");
    put_literal(out, o.on->name);
    out.put(", 'new_");
    {
      doubling<Writer> inner{out};
      inner.put(o.on->name);
    }
    out.put("')) WHERE name = 'new_");
    {
      doubling<Writer> inner{out};
      inner.put(o.on->name);
    }
    out.put('\'');
    return;
  case sqlite_part::drop_old:
    out.put("DROP TABLE ");
    put_table(out, lite, *o.on);
    return;
  case sqlite_part::rename_new:
    out.put("ALTER TABLE ");
    put_new_name(out, *o.on);
    out.put(" RENAME TO ");
    put_table(out, lite, *o.on);
    return;
  default:
    break;
  }

  const step& s = p.steps[o.step];
  const std::size_t from = static_cast<std::size_t>(s.from);
  const std::size_t to = static_cast<std::size_t>(s.to);
  switch (s.kind) {
  case step_kind::drop_raw_object:
  case step_kind::drop_early_raw_object:
  case step_kind::clear_raw_object:
  case step_kind::drop_late_raw_object:
  case step_kind::create_early_raw_object:
  case step_kind::drop_middle_raw_object:
  case step_kind::create_middle_raw_object:
  case step_kind::create_raw_object:
    put_postgres(out, p, o);
    break;
  case step_kind::set_aside:
    out.put("ALTER TABLE ");
    put_sqlite_name_of(out, {s.before, s.old_raw});
    out.put(" RENAME TO ");
    put_sqlite_aside_name(out, {s.before, s.old_raw});
    break;
  case step_kind::keep_rows:
    out.put("INSERT INTO ");
    put_sqlite_name_of(out, {s.after, s.raw});
    out.put(" (");
    put_common_columns(out, {s.before, s.old_raw}, {s.after, s.raw});
    out.put(")\nSELECT ");
    put_common_columns(out, {s.before, s.old_raw}, {s.after, s.raw});
    out.put("\nFROM ");
    put_sqlite_aside_name(out, {s.before, s.old_raw});
    break;
  case step_kind::drop_aside:
    out.put("DROP TABLE ");
    put_sqlite_aside_name(out, {s.before, s.old_raw});
    break;
  case step_kind::drop_view:
    out.put("DROP VIEW ");
    put_name(out, s.old_view->name);
    break;
  case step_kind::create_view:
    put_create_view(out, lite, *s.new_view);
    break;
  case step_kind::create_table:
    put_sqlite_create_table(out, *s.after, false);
    break;
  case step_kind::drop_table:
    out.put("DROP TABLE ");
    put_table(out, lite, *s.before);
    break;
  case step_kind::rename_table:
    // A name that differs in capitals alone is taken for the name of the other one: the table gets there by a third.
    out.put("ALTER TABLE ");
    put_table(out, lite, *s.before);
    out.put(" RENAME TO ");
    if (same_but_for_case(s.before->name, s.after->name))
      put_new_name(out, *s.after);
    else
      put_name(out, s.after->name);
    break;
  case step_kind::rename_column:
    out.put("ALTER TABLE ");
    put_table(out, lite, *s.after);
    out.put(" RENAME COLUMN ");
    put_name(out, s.old_column()->name);
    out.put(" TO ");
    put_name(out, s.new_column()->name);
    break;
  case step_kind::add_column:
    out.put("ALTER TABLE ");
    put_table(out, lite, *s.after);
    out.put(" ADD COLUMN ");
    put_sqlite_column(out, *s.after, *s.new_column());
    break;
  case step_kind::drop_column:
    out.put("ALTER TABLE ");
    put_table(out, lite, *s.after);
    out.put(" DROP COLUMN ");
    put_name(out, s.old_column()->name);
    break;
  case step_kind::drop_unique:
    out.put("DROP INDEX ");
    put_name(out, s.before->uniques[from].name);
    break;
  case step_kind::add_unique:
    put_sqlite_unique(out, *s.after, s.after->uniques[to]);
    break;
  case step_kind::drop_index:
    out.put("DROP INDEX ");
    put_name(out, s.before->indexes[from].name);
    break;
  case step_kind::create_index:
    put_create_index(out, lite, {}, s.after->name, s.after->indexes[to]);
    break;
  case step_kind::rename_index:
    // SQLite cannot rename an index.
    if (o.part == 0) {
      out.put("DROP INDEX ");
      put_name(out, s.before->indexes[from].name);
    }
    break;
  case step_kind::rename_constraint:
    out.put("DROP INDEX ");
    put_name(out, s.before->uniques[from].name);
    break;
  default:
    break;
  }
}

/// Adds the statements of a plan for SQLite to a list, in order.
constexpr void add_sqlite_operations(const plan_view& p, growing_array<operation>& operations) {
  growing_array<rebuild> rebuilds;
  add_rebuilds(p, rebuilds);
  growing_array<char> made_anew(p.after.tables.size(), 0);
  const auto position = [&](const table* after) { return static_cast<std::size_t>(after - p.after.tables.data()); };
  for (const rebuild& r : rebuilds)
    made_anew[position(r.after)] = 1;
  const auto add = [&](sqlite_part part, const table* on = nullptr, std::size_t offset = 0) {
    operations.push_back({.part = static_cast<int>(part) + static_cast<int>(offset), .on = on});
  };
  const bool unsafe = !rebuilds.empty() || p.has(step_kind::drop_table) || p.has(step_kind::set_aside);
  if (unsafe)
    add(sqlite_part::foreign_keys_off);

  // The indexes of all tables share their names, and those of a table that is made anew are there until the old one
  // goes: an index that is made before that waits for all of them to be gone.
  growing_array<operation> waiting;
  const auto add_index = [&](sqlite_part part, const table* on, std::size_t at) {
    waiting.push_back({.part = static_cast<int>(part) + static_cast<int>(at), .on = on});
  };
  const auto make_waiting = [&] {
    for (const operation& o : waiting)
      operations.push_back(o);
    waiting.clear();
  };

  bool rebuilds_done = false;
  const auto make_rebuilds = [&] {
    rebuilds_done = true;
    if (rebuilds.empty()) {
      make_waiting();
      return;
    }
    // Triggers and raw indexes go with the old table, but those of other tables that mention it stay: all are dropped
    // before and made after. Those that the plan makes anyway come later.
    const std::span<const raw_object> raws = p.after.raw_objects;
    growing_array<char> stays(raws.size(), 1);
    for (const step& s : p.steps)
      if (s.kind == step_kind::create_raw_object)
        stays[static_cast<std::size_t>(s.raw - raws.data())] = 0;
    name_set names;
    for (const rebuild& r : rebuilds)
      names.add(r.after->name);
    growing_array<std::size_t> triggers;
    for (std::size_t i = 0; i < raws.size(); ++i)
      if (stays[i] && is_kind(raws[i], "trigger", "index") && names.any_in(raws[i].create))
        triggers.push_back(i);
    for (std::size_t i : triggers)
      add(sqlite_part::drop_trigger, nullptr, i);
    add(sqlite_part::legacy_on);
    for (const rebuild& r : rebuilds) {
      add(sqlite_part::create_new, r.after);
      add(sqlite_part::copy_rows, r.after);
      operations.back().was = r.before;
      if (is_autoincrement(*r.after) && is_autoincrement(*r.before)) {
        add(sqlite_part::keep_sequence_of_empty, r.after);
        add(sqlite_part::keep_sequence, r.after);
      }
      add(sqlite_part::drop_old, r.after);
      add(sqlite_part::rename_new, r.after);
      for (std::size_t i = 0; i < r.after->uniques.size(); ++i)
        if (!r.after->uniques[i].in_table)
          add_index(sqlite_part::unique, r.after, i);
      for (std::size_t i = 0; i < r.after->indexes.size(); ++i)
        add_index(sqlite_part::index, r.after, i);
    }
    make_waiting();
    for (std::size_t i : triggers)
      add(sqlite_part::trigger, nullptr, i);
    add(sqlite_part::legacy_off);
  };

  for (std::size_t i = 0; i < p.steps.size(); ++i) {
    const step& s = p.steps[i];
    if (!rebuilds_done && s.kind > step_kind::add_column)
      make_rebuilds();
    const bool anew = s.after != nullptr && s.before != nullptr && made_anew[position(s.after)];
    switch (s.kind) {
    case step_kind::drop_raw_object:
    case step_kind::drop_early_raw_object:
    case step_kind::clear_raw_object:
    case step_kind::drop_late_raw_object:
    case step_kind::create_early_raw_object:
    case step_kind::drop_middle_raw_object:
    case step_kind::create_middle_raw_object:
    case step_kind::create_raw_object:
    case step_kind::drop_view:
    case step_kind::drop_table:
    case step_kind::rename_column:
      operations.push_back({.step = i});
      break;
    case step_kind::set_aside:
      // Indexes keep their names, which the new table's want.
      if (s.before != nullptr) {
        for (std::size_t k = 0; k < s.before->indexes.size(); ++k)
          add(sqlite_part::drop_old_index, s.before, k);
        for (std::size_t k = 0; k < s.before->uniques.size(); ++k)
          if (!s.before->uniques[k].in_table)
            add(sqlite_part::drop_old_unique, s.before, k);
      }
      add(sqlite_part::legacy_on);
      operations.push_back({.step = i});
      add(sqlite_part::legacy_off);
      break;
    case step_kind::keep_rows:
      if (shares_columns({s.before, s.old_raw}, {s.after, s.raw}))
        operations.push_back({.step = i});
      break;
    case step_kind::drop_aside:
      operations.push_back({.step = i});
      break;
    case step_kind::rename_table:
      if (!same_text(s.before->name, s.after->name)) {
        operations.push_back({.step = i});
        if (same_but_for_case(s.before->name, s.after->name))
          add(sqlite_part::rename_new, s.after);
      }
      break;
    case step_kind::create_view:
      if (s.to < 0)
        operations.push_back({.step = i});
      break;
    case step_kind::create_table:
      operations.push_back({.step = i});
      for (std::size_t k = 0; k < s.after->uniques.size(); ++k)
        if (!s.after->uniques[k].in_table)
          add_index(sqlite_part::unique, s.after, k);
      if (rebuilds.empty())
        make_waiting();
      break;
    case step_kind::add_column:
    case step_kind::drop_column:
    case step_kind::add_unique:
    case step_kind::drop_unique:
    case step_kind::create_index:
    case step_kind::drop_index:
      if (!anew && !only_made_way(s))
        operations.push_back({.step = i});
      break;
    case step_kind::rename_index:
      if (!anew) {
        operations.push_back({.step = i});
        add_index(sqlite_part::index, s.after, static_cast<std::size_t>(s.to));
      }
      break;
    case step_kind::rename_constraint:
      if (!anew && s.constraint == constraint_kind::unique) {
        operations.push_back({.step = i});
        add_index(sqlite_part::unique, s.after, static_cast<std::size_t>(s.to));
      }
      break;
    default:
      break;
    }
  }
  if (!rebuilds_done)
    make_rebuilds();
  if (unsafe)
    add(sqlite_part::foreign_keys_on);
}

template <class Writer>
constexpr void put_operation(Writer& out, dialect d, const plan_view& p, const operation& o) {
  if (d == dialect::postgres)
    put_postgres(out, p, o);
  else
    put_sqlite(out, p, o);
}

constexpr void add_operations(dialect d, const plan_view& p, growing_array<operation>& operations) {
  if (d == dialect::postgres)
    add_postgres_operations(p, operations);
  else
    add_sqlite_operations(p, operations);
}

}  // namespace instar::detail
