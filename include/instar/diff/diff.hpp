#pragma once

#include "instar/diff/object_changes.hpp"
#include "instar/diff/plan.hpp"
#include "instar/schema/compare.hpp"
#include "instar/schema/growing_array.hpp"

/// \file Two schemas compared: what steps lead from one to the other. The same functions at compile time and at run
/// time.

namespace instar {

namespace detail {

using table_finder = object_finder<table>;

struct step_list {
  growing_array<step>& steps;

  constexpr step& add(step_kind kind, const table* before, const table* after, int from = -1, int to = -1) {
    steps.push_back(step{.kind = kind, .before = before, .after = after, .from = from, .to = to});
    return steps.back();
  }
};

/// How the columns of a table fare that stand in both schemas, where more than they themselves depends on it.
struct column_fates {
  const table* before;
  const table* after;
  growing_array<int> was;       ///< The old position of each new column, or -1.
  growing_array<char> remade;   ///< Dropped and added again: keys and indexes go with the old one.
  growing_array<char> retyped;  ///< Of a type in which expressions over the old one need not make sense.
  const name_set* released;     ///< Functions that are dropped and made again.
  bool any = false;             ///< Whether one is remade, retyped or collated otherwise, or a function is released.

  /// \param rebuilt enums that are made anew
  constexpr column_fates(const enum_finder& rebuilt, const column_renames& renames, const name_set& released);

  constexpr bool has(const growing_array<char>& fate, std::string_view name) const {
    for (std::size_t i = 0; i < fate.size(); ++i)
      if (fate[i] && same_text(after->columns[i].name, name))
        return true;
    return false;
  }
  constexpr bool in(std::span<const std::string_view> names) const {
    for (std::string_view name : names)
      if (has(remade, name))
        return true;
    return false;
  }
  constexpr bool in(std::string_view expression) const {
    for (std::size_t i = 0; i < remade.size(); ++i)
      if ((remade[i] || retyped[i]) && mentions(expression, after->columns[i].name))
        return true;
    return released->any_in(expression);
  }
  constexpr bool in(std::span<const index_part> parts) const {
    for (const index_part& part : parts)
      if (part.expression ? in(part.text) : has(remade, part.text) || follows_collation(part))
        return true;
    return false;
  }

  /// Whether a part has the collation that its column lets go of: PostgreSQL takes it for the column's, and the index
  /// would go with it to the new one.
  constexpr bool follows_collation(const index_part& part) const {
    for (std::size_t i = 0; i < was.size() && !part.collation.empty(); ++i)
      if (was[i] >= 0 && same_text(after->columns[i].name, part.text)) {
        const std::string_view then = before->columns[static_cast<std::size_t>(was[i])].collation;
        return same_text(then, part.collation) && !same_text(then, after->columns[i].collation);
      }
    return false;
  }

  /// Whether a constraint or index of the new table has to be made again although it says what the old one said.
  constexpr bool disturb(const key& k) const { return any && in(k.columns); }
  constexpr bool disturb(const check& c) const { return any && in(c.expression); }
  constexpr bool disturb(const index& i) const { return any && (in(i.parts) || in(i.where) || in(i.include)); }
  constexpr bool disturb(const exclusion& e) const { return any && (in(e.parts) || in(e.where)); }
  constexpr bool disturb(const foreign_key& fk) const { return any && in(fk.columns); }
};

/// Compares lists of constraints, foreign keys or indexes: same name and definition stays, same definition is renamed,
/// first what declares its old name, the rest is dropped and made.
/// \param same whether an old one and a new one say the same, and nothing makes it anew
template <class T, class Same>
constexpr void diff_constraints(step_list& out, const column_renames& renames, std::span<const T> then,
                                std::span<const T> now, Same same, step_kind drop, step_kind add, step_kind rename,
                                constraint_kind kind) {
  if (then.empty() && now.empty())
    return;
  growing_array<int> becomes(then.size(), -1);
  growing_array<char> kept(now.size(), 0);
  enum class by : unsigned char { name, declared_name, definition };
  for (by way : {by::name, by::declared_name, by::definition})
    for (std::size_t n = 0; n < now.size(); ++n)
      for (std::size_t o = 0; !kept[n] && o < then.size(); ++o) {
        if (becomes[o] >= 0 || (way == by::name && !same_text(then[o].name, now[n].name)) ||
            (way == by::declared_name && !same_text(then[o].name, now[n].renamed_from)) || !same(then[o], now[n]))
          continue;
        becomes[o] = static_cast<int>(n);
        kept[n] = 1;
      }
  // A name that another one lets go of only by its own rename is not free to take: there the old one is made anew.
  growing_array<char> anew(then.size(), 0);
  for (std::size_t o = 0; o < then.size(); ++o) {
    if (becomes[o] < 0)
      continue;
    const T& renamed = now[static_cast<std::size_t>(becomes[o])];
    for (std::size_t other = 0; other < then.size(); ++other)
      anew[o] |= other != o && becomes[other] >= 0 && same_text(then[other].name, renamed.name);
  }
  for (std::size_t o = 0; o < then.size(); ++o) {
    if (becomes[o] < 0)
      continue;
    const std::size_t n = static_cast<std::size_t>(becomes[o]);
    if (anew[o])
      kept[n] = 0;
    else if (!same_text(then[o].name, now[n].name))
      out.add(rename, renames.before, renames.after, static_cast<int>(o), static_cast<int>(n)).constraint = kind;
  }
  for (std::size_t o = 0; o < then.size(); ++o)
    if (becomes[o] < 0 || anew[o])
      out.add(drop, renames.before, renames.after, static_cast<int>(o));
  for (std::size_t n = 0; n < now.size(); ++n)
    if (!kept[n])
      out.add(add, renames.before, renames.after, -1, static_cast<int>(n));
}

/// The indexes of all tables share their names. One that another lets go of only by its own rename is not free to take:
/// there the index, or the constraint that it is of, is made anew, as within one table.
constexpr void free_index_names(growing_array<step>& steps) {
  const auto name_of = [](const step& s, const table& t, int at) {
    return s.kind == step_kind::rename_index ? t.indexes[static_cast<std::size_t>(at)].name
                                             : constraint_name(t, s.constraint, at);
  };
  growing_array<std::size_t> renames;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (steps[i].kind == step_kind::rename_index ||
        (steps[i].kind == step_kind::rename_constraint && steps[i].constraint != constraint_kind::check &&
         steps[i].constraint != constraint_kind::foreign_key))
      renames.push_back(i);
  if (renames.size() < 2)
    return;
  hash_slots let_go(renames.size());
  for (std::size_t at : renames) {
    const step& s = steps[at];
    let_go.add(hash_object(s.after->schema, name_of(s, *s.before, s.from)));
  }
  for (std::size_t at : renames) {
    const step s = steps[at];
    if (let_go.find(hash_object(s.after->schema, name_of(s, *s.after, s.to))) < 0)
      continue;
    const bool primary = s.constraint == constraint_kind::primary_key;
    const bool unique = s.constraint == constraint_kind::unique;
    const bool index = s.kind == step_kind::rename_index;
    steps[at] = step{.kind = index     ? step_kind::drop_index
                             : primary ? step_kind::drop_primary_key
                             : unique  ? step_kind::drop_unique
                                       : step_kind::drop_exclusion,
                     .before = s.before,
                     .after = s.after,
                     .from = s.from};
    steps.push_back(step{.kind = index     ? step_kind::create_index
                                 : primary ? step_kind::add_primary_key
                                 : unique  ? step_kind::add_unique
                                           : step_kind::add_exclusion,
                         .before = s.before,
                         .after = s.after,
                         .to = s.to});
  }
}

/// All that one comparison looks things up in.
struct comparison {
  const schema_view* before;
  const schema_view* after;
  table_finder old_tables;
  table_finder new_tables;             ///< Of no tables where there is no old one.
  growing_array<const table*> olds{};  ///< Of each new table the old one that it was, or null; empty where none was.
  bool between = false;                ///< Whether something raw stands between tables and indexes.

  constexpr comparison(const schema_view& then, const schema_view& now)
      : before(&then), after(&now), old_tables(then.tables),
        new_tables(then.tables.empty() ? std::span<const table>{} : now.tables) {
    // A first schema of a thousand tables is near a compiler's limits, and nothing is looked up for it.
    if (then.tables.empty())
      return;
    olds.resize(now.tables.size(), nullptr);
    for (const raw_object& o : then.raw_objects)
      between |= o.placement == placement::before_indexes;
    growing_array<char> taken;
    std::size_t next = 0;
    for (std::size_t i = 0; i < olds.size(); ++i) {
      const table& t = now.tables[i];
      // Most stand where they stood.
      const bool follows = next < then.tables.size() && same_text(then.tables[next].name, t.name) &&
                           same_text(then.tables[next].schema, t.schema);
      if (const int same = follows ? static_cast<int>(next) : old_tables.find(t.schema, t.name); same >= 0) {
        olds[i] = &then.tables[static_cast<std::size_t>(same)];
        next = static_cast<std::size_t>(same) + 1;
      } else if (!t.renamed_from.empty()) {
        // A name that still exists is not a rename, and of several tables that declare one old name the first has it.
        const int source = old_tables.find_written(t.schema, t.renamed_from);
        if (source < 0 || new_tables.find(then.tables[static_cast<std::size_t>(source)].schema,
                                          then.tables[static_cast<std::size_t>(source)].name) >= 0)
          continue;
        taken.resize(then.tables.size(), 0);
        if (taken[static_cast<std::size_t>(source)])
          continue;
        taken[static_cast<std::size_t>(source)] = 1;
        olds[i] = &then.tables[static_cast<std::size_t>(source)];
        next = static_cast<std::size_t>(source) + 1;
      }
    }
  }

  /// The old table that a new one was, or null. \param now one of the new schema
  constexpr const table* old_table(const table& now) const {
    return olds.empty() ? nullptr : olds[static_cast<std::size_t>(&now - after->tables.data())];
  }

  /// Whether an old foreign key and a new one say the same of the same tables and columns.
  constexpr bool same_foreign_key(const column_renames& renames, const foreign_key& then,
                                  const foreign_key& now) const {
    if (then.on_delete != now.on_delete || then.on_update != now.on_update || then.deferral != now.deferral ||
        !same_names(renames, then.columns, now.columns) || then.target_columns.size() != now.target_columns.size())
      return false;
    const int target = new_tables.find(now.target_schema, now.target_table);
    if (target < 0)
      return same_text(then.target_table, now.target_table) && same_text(then.target_schema, now.target_schema);
    const table& new_target = after->tables[static_cast<std::size_t>(target)];
    const table* old_target = old_table(new_target);
    if (old_target == nullptr || !same_text(old_target->name, then.target_table) ||
        !same_text(old_target->schema, then.target_schema))
      return false;
    return same_names(column_renames(*old_target, new_target), then.target_columns, now.target_columns);
  }
};

constexpr bool auto_default(const column& c) {
  return c.initial.kind != default_kind::none;
}

/// Whether a column becomes a plain one that keeps the values which were generated.
constexpr bool keeps_generated(const column& then, const column& now) {
  return then.generated == generated_kind::stored && now.generated == generated_kind::none;
}

/// Whether what is said over values of one type may say nothing of those of the other.
constexpr bool changes_family(const column_type& then, const column_type& now) {
  const auto integer = [](type_kind k) {
    return k == type_kind::smallint || k == type_kind::integer || k == type_kind::bigint;
  };
  if (then.kind == type_kind::custom || now.kind == type_kind::custom)
    return !same_type(then, now);
  return then.dimensions != now.dimensions || (then.kind != now.kind && !(integer(then.kind) && integer(now.kind))) ||
         (then.values != nullptr && now.values != nullptr && !same_enum(*then.values, *now.values));
}

constexpr column_fates::column_fates(const enum_finder& rebuilt, const column_renames& renames,
                                     const name_set& released_names)
    : before(renames.before), after(renames.after), was(after->columns.size(), -1), remade(was.size(), 0),
      retyped(was.size(), 0), released(&released_names), any(!released_names.empty()) {
  const std::span<const column> old_columns = renames.before->columns;
  const std::span<const column> new_columns = renames.after->columns;
  growing_array<char> taken(old_columns.size(), 0);
  for (std::size_t to = 0; to < was.size(); ++to) {
    const column& now = new_columns[to];
    const std::string_view old_name = renames.any && renames.is_rename(now) ? now.renamed_from : now.name;
    int from = -1;
    // Most columns stand where they stood.
    if (to < old_columns.size() && same_text(old_columns[to].name, old_name))
      from = static_cast<int>(to);
    else
      for (std::size_t i = 0; i < old_columns.size() && from < 0; ++i)
        if (same_text(old_columns[i].name, old_name))
          from = static_cast<int>(i);
    if (from >= 0 && !taken[static_cast<std::size_t>(from)]) {
      taken[static_cast<std::size_t>(from)] = 1;
      was[to] = from;
    }
  }
  for (std::size_t to = 0; to < was.size(); ++to) {
    if (was[to] < 0)
      continue;
    const column& then = old_columns[static_cast<std::size_t>(was[to])];
    const column& now = new_columns[to];
    if (then.generated == generated_kind::none && now.generated == generated_kind::none && loses_values(then, now))
      remade[to] = 1;
    if (!keeps_generated(then, now) &&
        (then.generated != now.generated || !same_text(then.generated_as, now.generated_as) ||
         (now.generated != generated_kind::none &&
          (!same_type(then.type, now.type) || released->any_in(now.generated_as)))))
      remade[to] = 1;
    const bool same = same_type(then.type, now.type);
    retyped[to] = rebuilt.find(now.type) >= 0 || (!same && changes_family(then.type, now.type));
    any |= remade[to] || retyped[to];
    const bool collated = !same_text(then.collation, now.collation);
    any |= collated;
    if (!retyped[to] && same && !collated)
      continue;
    // No type or collation changes under a generated column.
    for (std::size_t other = 0; other < was.size(); ++other)
      if (new_columns[other].generated != generated_kind::none && was[other] >= 0 &&
          mentions(new_columns[other].generated_as, now.name)) {
        remade[other] = 1;
        any = true;
      }
  }
}

/// The steps that add a column to a table which may have rows. \param from of one that is made anew
constexpr void add_column_steps(step_list& out, const table& before, const table& after, int from, int to) {
  const column& now = after.columns[static_cast<std::size_t>(to)];
  const auto add = [&](step_kind kind) { out.add(kind, &before, &after, from, to); };
  add(step_kind::add_column);
  if (fills_new_rows(now)) {
    if (auto_default(now))
      add(step_kind::set_default);
    add(step_kind::fill_nulls);
    if (!now.nullable)
      add(step_kind::set_not_null);
  }
  if (!now.comment.empty())
    add(step_kind::comment_column);
}

/// The steps for one column that both tables have.
constexpr void diff_column(step_list& out, const table& before, const table& after, int from, int to, bool remade,
                           const name_set& released) {
  const column& then = before.columns[static_cast<std::size_t>(from)];
  const column& now = after.columns[static_cast<std::size_t>(to)];
  const auto add = [&](step_kind kind) { out.add(kind, &before, &after, from, to); };

  if (!same_text(then.name, now.name))
    add(step_kind::rename_column);
  if (remade) {
    add(step_kind::drop_column);
    add_column_steps(out, before, after, from, to);
    return;
  }
  if (then.generated != now.generated)
    add(step_kind::drop_generated);

  const bool type = !same_type(then.type, now.type);
  const bool same_initial = same_default(then.initial, now.initial);
  const bool identity = then.identity != now.identity;
  const bool rests = then.initial.kind == default_kind::expression && released.any_in(then.initial.text);
  if (rests)
    add(step_kind::release_default);
  else if (auto_default(then) && (!same_initial || type))
    // A default is converted apart from the values, and not every conversion of values is one of defaults.
    if (type || !auto_default(now))
      add(step_kind::drop_default);
  if (identity && then.identity != identity_kind::none && now.identity == identity_kind::none)
    add(step_kind::drop_identity);
  if (type)
    add(step_kind::alter_type);
  else if (!same_text(then.collation, now.collation))
    add(step_kind::alter_collation);
  if (auto_default(now) && (!same_initial || type || rests))
    add(step_kind::set_default);
  if (then.nullable && !now.nullable) {
    if (auto_default(now) || !now.backfill.empty())
      add(step_kind::fill_nulls);
    add(step_kind::set_not_null);
  } else if (!then.nullable && now.nullable) {
    add(step_kind::drop_not_null);
  }
  if (identity && now.identity != identity_kind::none)
    add(then.identity == identity_kind::none ? step_kind::add_identity : step_kind::alter_identity);
  if (!same_text(then.comment, now.comment))
    add(step_kind::comment_column);
}

/// The steps for one table that both schemas have.
constexpr void diff_table(step_list& out, const comparison& schemas, const table& before, const table& after,
                          const enum_finder& rebuilt, const name_set& released) {
  if (before.content_hash != 0 && before.content_hash == after.content_hash && released.empty())
    return;
  if (!same_text(before.name, after.name) || !same_text(before.schema, after.schema))
    out.add(step_kind::rename_table, &before, &after);
  if (!same_text(before.options, after.options))
    out.add(step_kind::alter_options, &before, &after);

  const column_renames renames(before, after);
  const column_fates fates(rebuilt, renames, released);
  growing_array<char> kept(before.columns.size(), 0);
  for (std::size_t to = 0; to < after.columns.size(); ++to) {
    if (fates.was[to] >= 0) {
      kept[static_cast<std::size_t>(fates.was[to])] = 1;
      diff_column(out, before, after, fates.was[to], static_cast<int>(to), fates.remade[to], released);
      continue;
    }
    add_column_steps(out, before, after, -1, static_cast<int>(to));
  }
  for (std::size_t from = 0; from < before.columns.size(); ++from)
    if (!kept[from])
      out.add(step_kind::drop_column, &before, &after, static_cast<int>(from));

  const bool old_key = !before.primary_key.columns.empty();
  const bool new_key = !after.primary_key.columns.empty();
  if (old_key && new_key && same_definition(renames, before.primary_key, after.primary_key) &&
      !fates.disturb(after.primary_key)) {
    if (!same_text(before.primary_key.name, after.primary_key.name))
      out.add(step_kind::rename_constraint, &before, &after).constraint = constraint_kind::primary_key;
  } else {
    if (old_key)
      out.add(step_kind::drop_primary_key, &before, &after);
    if (new_key)
      out.add(step_kind::add_primary_key, &before, &after);
  }

  const auto same = [&](const auto& then, const auto& now) {
    return same_definition(renames, then, now) && !fates.disturb(now);
  };
  diff_constraints(out, renames, before.uniques, after.uniques, same, step_kind::drop_unique, step_kind::add_unique,
                   step_kind::rename_constraint, constraint_kind::unique);
  diff_constraints(out, renames, before.checks, after.checks, same, step_kind::drop_check, step_kind::add_check,
                   step_kind::rename_constraint, constraint_kind::check);
  diff_constraints(out, renames, before.exclusions, after.exclusions, same, step_kind::drop_exclusion,
                   step_kind::add_exclusion, step_kind::rename_constraint, constraint_kind::exclusion);
  diff_constraints(out, renames, before.indexes, after.indexes, same, step_kind::drop_index, step_kind::create_index,
                   step_kind::rename_index, constraint_kind::unique);
  const auto same_foreign_key = [&](const foreign_key& then, const foreign_key& now) {
    return schemas.same_foreign_key(renames, then, now) && !fates.disturb(now);
  };
  diff_constraints(out, renames, before.foreign_keys, after.foreign_keys, same_foreign_key, step_kind::drop_foreign_key,
                   step_kind::add_foreign_key, step_kind::rename_constraint, constraint_kind::foreign_key);

  if (!same_text(before.comment, after.comment))
    out.add(step_kind::comment_table, &before, &after);
}

constexpr void create_table_steps(step_list& out, const table& t) {
  out.add(step_kind::create_table, nullptr, &t);
  for (std::size_t i = 0; i < t.indexes.size(); ++i)
    out.add(step_kind::create_index, nullptr, &t, -1, static_cast<int>(i));
  for (std::size_t i = 0; i < t.foreign_keys.size(); ++i)
    out.add(step_kind::add_foreign_key, nullptr, &t, -1, static_cast<int>(i));
  if (!t.comment.empty())
    out.add(step_kind::comment_table, nullptr, &t);
  for (std::size_t i = 0; i < t.columns.size(); ++i)
    if (!t.columns[i].comment.empty())
      out.add(step_kind::comment_column, nullptr, &t, -1, static_cast<int>(i));
}

constexpr void drop_table_steps(step_list& out, const comparison& schemas, const table& t) {
  // Dropped tables that reference each other: no order of drops would do while the keys stand.
  for (std::size_t i = 0; i < t.foreign_keys.size(); ++i) {
    const foreign_key& fk = t.foreign_keys[i];
    const bool self = same_text(fk.target_table, t.name) && same_text(fk.target_schema, t.schema);
    if (!self && schemas.old_tables.find(fk.target_schema, fk.target_table) >= 0 &&
        schemas.new_tables.find(fk.target_schema, fk.target_table) < 0)
      out.add(step_kind::drop_foreign_key, &t, nullptr, static_cast<int>(i));
  }
  // What stands between tables and indexes is dropped between them, and an index may use it.
  for (std::size_t i = 0; schemas.between && i < t.indexes.size(); ++i)
    for (const index_part& part : t.indexes[i].parts)
      if (part.expression || !part.operator_class.empty()) {
        out.add(step_kind::drop_index, &t, nullptr, static_cast<int>(i));
        break;
      }
  out.add(step_kind::drop_table, &t, nullptr);
}

/// Whether a text of SQL has a literal of that value.
constexpr bool has_literal(std::string_view text, std::string_view value) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\'')
      continue;
    std::size_t length = 0;
    bool same = true;
    for (++i; i < text.size(); ++i) {
      if (text[i] == '\'' && (i + 1 == text.size() || text[++i] != '\''))
        break;
      same = same && length < value.size() && value[length] == text[i];
      ++length;
    }
    if (same && length == value.size())
      return true;
  }
  return false;
}

/// Where values of enums may be used: in columns of theirs, in what tables say beside them, and in views over the
/// tables. It is read when the first is asked for.
class enum_uses {
 public:
  constexpr explicit enum_uses(const schema_view& of) : of_(of), columns_({}, enums_) {}

  template <class Visit>
  constexpr void each_column(const enumeration& e, const Visit& visit) {
    if (enums_.empty()) {
      for (const enumeration& known : of_.enumerations)
        enums_.add(known);
      columns_ = enum_columns(of_.tables, enums_);
      for (std::size_t i = 0; i < of_.views.size(); ++i)
        queries_.add(i, of_.views[i].query);
    }
    columns_.each(e, visit);
  }
  template <class Visit>
  constexpr void each_view(const table& over, const Visit& visit) {
    queries_.each(over.name, [&](std::size_t i) { visit(of_.views[i]); });
  }

 private:
  const schema_view& of_;
  enum_finder enums_{};
  enum_columns columns_;
  word_index queries_{};
};

/// Whether something of a plan uses a value of an enum that the plan itself adds: a default, or an expression that
/// has the value as a literal, beside a column of the enum.
class new_value_search {
 public:
  constexpr new_value_search(const enumeration& then, const enumeration& now) : then_(then), now_(now) {}

  constexpr bool run(enum_uses& uses) const {
    bool found = false;
    growing_array<const table*> with_column;
    uses.each_column(now_, [&](const table& t, const column& c) {
      found = found || in_column(c) || beside(t, c);
      if (with_column.empty() || with_column.back() != &t)
        with_column.push_back(&t);
    });
    for (const table* t : with_column)
      if (!found)
        uses.each_view(*t, [&](const view_object& v) { found = found || names_new(v.query); });
    return found;
  }

 private:
  constexpr bool is_new(const enum_value& v) const { return old_value(then_, now_, v) < 0; }

  constexpr bool names_new(std::string_view text) const {
    if (text.empty())
      return false;
    for (const enum_value& v : now_.values)
      if (is_new(v) && has_literal(text, v.label))
        return true;
    return false;
  }

  constexpr bool in_column(const column& c) const {
    if (names_new(c.backfill) || names_new(c.convert_using))
      return true;
    if (c.initial.kind == default_kind::none)
      return false;
    if (c.initial.kind == default_kind::expression)
      return true;  // It may name any value.
    const int value = find_value(now_, c.initial.text);
    return value < 0 || is_new(now_.values[static_cast<std::size_t>(value)]);
  }

  /// Whether what the table says of a column does.
  constexpr bool beside(const table& t, const column& c) const {
    const auto in = [&](std::string_view text) { return mentions(text, c.name) && names_new(text); };
    const auto in_any = [&](const auto& parts_of) {
      for (const auto& of : parts_of) {
        for (const index_part& part : of.parts)
          if (part.expression && in(part.text))
            return true;
        if (in(of.where))
          return true;
      }
      return false;
    };
    for (const check& k : t.checks)
      if (in(k.expression))
        return true;
    for (const column& other : t.columns)
      if (in(other.generated_as))
        return true;
    return in_any(t.indexes) || in_any(t.exclusions);
  }

  const enumeration& then_;
  const enumeration& now_;
};

/// The steps for one enum that both schemas have.
constexpr void diff_enum(growing_array<step>& steps, enum_uses& uses, const enumeration& then, const enumeration& now) {
  const auto add = [&](step_kind kind, int from = -1, int to = -1) {
    steps.push_back(step{.kind = kind, .from = from, .to = to, .old_enum = &then, .new_enum = &now});
  };
  if (!same_text(then.name, now.name) || !same_text(then.schema, now.schema))
    add(step_kind::rename_enum);
  if (!same_text(then.comment, now.comment))
    add(step_kind::comment_enum);
  if (same_values(then, now))
    return;

  const auto was = [&](const enum_value& v) { return old_value(then, now, v); };
  int last = -1;
  std::size_t kept = 0;
  bool ordered = true;
  bool added = false;
  for (const enum_value& v : now.values) {
    const int from = was(v);
    if (from < 0) {
      added = true;
      continue;
    }
    ordered &= from > last;
    last = from;
    ++kept;
  }
  // A value that was added cannot be used before the transaction ends, so what needs it wants a new type.
  // https://www.postgresql.org/docs/current/sql-altertype.html
  const bool rebuild = !ordered || kept != then.values.size() || (added && new_value_search(then, now).run(uses));
  for (std::size_t to = 0; to < now.values.size(); ++to) {
    const int from = was(now.values[to]);
    if (from >= 0 && !same_text(then.values[static_cast<std::size_t>(from)].label, now.values[to].label))
      add(step_kind::rename_enum_value, from, static_cast<int>(to));
    else if (from < 0 && !rebuild)
      add(step_kind::add_enum_value, -1, static_cast<int>(to));
  }
  if (!rebuild)
    return;
  add(step_kind::rebuild_enum);
  // The new type begins without the comment of the old one.
  if (!now.comment.empty() && same_text(then.comment, now.comment))
    add(step_kind::comment_enum);
}

/// The position of the old enum whose name a new one declares, or -1. An old name is one of its own schema first.
/// \param known the old ones by their names
constexpr int renamed_enum(const hash_slots& known, std::span<const enumeration> olds, const enumeration& now) {
  for (bool elsewhere : {false, true})
    for (std::uint64_t hash : {hash_object(now.schema, now.renamed_from), hash_text(now.renamed_from)})
      if (const int found = known.find(hash,
                                       [&](std::size_t i) {
                                         return same_enum(olds[i], now) &&
                                                (elsewhere || same_text(olds[i].schema, now.schema));
                                       });
          found >= 0)
        return found;
  return -1;
}

constexpr void diff_enums(growing_array<step>& steps, const schema_view& before, const schema_view& after) {
  growing_array<char> kept(before.enumerations.size(), 0);
  twin_search<enumeration> old_enums(before.enumerations);
  hash_slots known;
  enum_uses uses(after);
  for (const enumeration& now : after.enumerations) {
    int from = old_enums.find(now.schema, now.name);
    if (from < 0 && !now.renamed_from.empty()) {
      for (std::size_t i = known.size(); i < before.enumerations.size(); ++i)
        known.add(hash_object(before.enumerations[i].schema, before.enumerations[i].name));
      from = renamed_enum(known, before.enumerations, now);
    }
    if (from >= 0) {
      kept[static_cast<std::size_t>(from)] = 1;
      diff_enum(steps, uses, before.enumerations[static_cast<std::size_t>(from)], now);
      continue;
    }
    steps.push_back(step{.kind = step_kind::create_enum, .new_enum = &now});
    if (!now.comment.empty())
      steps.push_back(step{.kind = step_kind::comment_enum, .new_enum = &now});
  }
  for (std::size_t i = 0; i < before.enumerations.size(); ++i)
    if (!kept[i])
      steps.push_back(step{.kind = step_kind::drop_enum, .old_enum = &before.enumerations[i]});
}

/// A table that is made anew under its name because no ALTER leads from the one to the other; rows are kept.
constexpr void add_aside(growing_array<step>& steps, const table* before, const raw_object* old_raw, const table* after,
                         const raw_object* raw) {
  for (step_kind kind : {step_kind::set_aside, step_kind::keep_rows, step_kind::drop_aside})
    steps.push_back(step{.kind = kind, .before = before, .after = after, .old_raw = old_raw, .raw = raw});
}

constexpr void diff_small_objects(growing_array<step>& steps, const schema_view& before, const schema_view& after) {
  const auto each_schema = [](const schema_view& s, const auto& visit) {
    const auto each = [&](const auto& objects) {
      for (const auto& o : objects)
        if (!o.schema.empty())
          visit(o.schema);
    };
    each(s.tables);
    each(s.enumerations);
    each(s.views);
    each(s.sequences);
    each(s.extensions);
  };
  text_set there;
  each_schema(before, [&](std::string_view name) { there.add(name); });
  each_schema(after, [&](std::string_view name) {
    if (there.add(name))
      steps.push_back(step{.kind = step_kind::create_schema, .schema = name});
  });

  const auto find_extension = [](const schema_view& s, std::string_view name) -> const extension_object* {
    for (const extension_object& e : s.extensions)
      if (same_text(e.name, name))
        return &e;
    return nullptr;
  };
  // An extension without a version or schema takes any.
  const auto changed = [](std::string_view then, std::string_view now) {
    return !now.empty() && !same_text(then, now);
  };
  for (const extension_object& e : after.extensions) {
    const extension_object* then = find_extension(before, e.name);
    if (then == nullptr)
      steps.push_back(step{.kind = step_kind::create_extension, .extension = &e});
    else {
      if (changed(then->version, e.version))
        steps.push_back(step{.kind = step_kind::alter_extension, .to = 0, .extension = &e});
      if (changed(then->schema, e.schema))
        steps.push_back(step{.kind = step_kind::alter_extension, .to = 1, .extension = &e});
    }
  }
  for (const extension_object& e : before.extensions)
    if (find_extension(after, e.name) == nullptr)
      steps.push_back(step{.kind = step_kind::drop_extension, .extension = &e});

  twin_search<sequence_object> old_sequences(before.sequences);
  growing_array<char> kept(before.sequences.size(), 0);
  for (const sequence_object& q : after.sequences) {
    const int then = old_sequences.find(q.schema, q.name);
    if (then < 0) {
      steps.push_back(step{.kind = step_kind::create_sequence, .sequence = &q});
      continue;
    }
    kept[static_cast<std::size_t>(then)] = 1;
    const sequence_object& old = before.sequences[static_cast<std::size_t>(then)];
    if (!same_definition(old, q))
      steps.push_back(step{.kind = step_kind::alter_sequence, .old_sequence = &old, .sequence = &q});
  }
  for (std::size_t i = 0; i < before.sequences.size(); ++i)
    if (!kept[i])
      steps.push_back(step{.kind = step_kind::drop_sequence, .sequence = &before.sequences[i]});
}

/// Foreign keys stay the same and are in the way all the same: of a key that they reference and that is replaced, and
/// of a type that changes on one side before it does on the other. They are dropped and made again.
/// \param rebuilt the columns of enums that are made anew
constexpr void free_foreign_keys(growing_array<step>& steps, const comparison& schemas,
                                 const growing_array<table_column>& rebuilt) {
  const auto integer = [](const column& c) {
    return c.type.dimensions == 0 && (c.type.kind == type_kind::smallint || c.type.kind == type_kind::integer ||
                                      c.type.kind == type_kind::bigint);
  };
  const auto is_key = [](const step& s) {
    return s.kind == step_kind::drop_primary_key || s.kind == step_kind::drop_unique ||
           s.kind == step_kind::set_aside ||
           (s.kind == step_kind::drop_index && s.before->indexes[static_cast<std::size_t>(s.from)].unique);
  };
  const std::span<const table> olds = schemas.before->tables;
  const std::span<const table> news = schemas.after->tables;
  // What is in the way, by the tables that it is of: most foreign keys stand between tables of which nothing is.
  struct disturbed_table {
    bool constraint = false;  ///< A primary key or unique constraint goes.
    bool key = false;         ///< That, or another thing that a foreign key may reference.
    int retyped = -1;         ///< The last step that changes the type of a column; see `earlier`.
    std::size_t rebuilt = static_cast<std::size_t>(-1);  ///< The first of its columns among `rebuilt`.
  };
  growing_array<disturbed_table> disturbed;
  growing_array<int> earlier;  ///< Of each step that changes a type the one before it of the same table.
  growing_array<relation_name> raw_aside;
  hash_slots known_aside;
  const auto disturb = [&](const step& s) -> disturbed_table& {
    disturbed.resize(olds.size());
    return disturbed[static_cast<std::size_t>(s.before - olds.data())];
  };
  bool any = !rebuilt.empty();
  const std::size_t count = steps.size();
  for (std::size_t i = 0; i < count; ++i) {
    const step& s = steps[i];
    if (is_key(s)) {
      any = true;
      if (s.before == nullptr) {
        raw_aside.push_back(read_relation_name(read_raw_table(s.old_raw->create).name));
        known_aside.add(hash_object(raw_aside.back().schema, raw_aside.back().name));
        continue;
      }
      disturbed_table& d = disturb(s);
      d.key = true;
      d.constraint |= s.kind == step_kind::drop_primary_key || s.kind == step_kind::drop_unique;
    } else if (s.kind == step_kind::alter_type && !(integer(*s.old_column()) && integer(*s.new_column()))) {
      any = true;
      disturbed_table& d = disturb(s);
      earlier.resize(count, -1);
      earlier[i] = d.retyped;
      d.retyped = static_cast<int>(i);
    }
  }
  if (!any)
    return;
  disturbed.resize(olds.size());
  for (std::size_t i = rebuilt.size(); i-- > 0;)
    disturbed[static_cast<std::size_t>(rebuilt[i].in - olds.data())].rebuilt = i;
  const auto retypes = [&](std::size_t of, std::span<const std::string_view> names) {
    for (int i = disturbed[of].retyped; i >= 0; i = earlier[static_cast<std::size_t>(i)])
      if (has_name(names, steps[static_cast<std::size_t>(i)].old_column()->name))
        return true;
    return false;
  };

  // What becomes of foreign keys already: each has a number in its schema.
  const auto numbered = [](std::span<const table> tables) {
    growing_array<std::size_t> firsts;
    std::size_t next = 0;
    for (const table& t : tables) {
      firsts.push_back(next);
      next += t.foreign_keys.size();
    }
    firsts.push_back(next);
    return firsts;
  };
  const growing_array<std::size_t> old_numbers = numbered(olds);
  const growing_array<std::size_t> new_numbers = numbered(news);
  const auto number_of = [](const growing_array<std::size_t>& numbers, std::span<const table> tables,
                            const table& owner,
                            std::size_t at) { return numbers[static_cast<std::size_t>(&owner - tables.data())] + at; };
  const auto old_number = [&](const table& t, std::size_t at) { return number_of(old_numbers, olds, t, at); };
  const auto new_number = [&](const table& t, std::size_t at) { return number_of(new_numbers, news, t, at); };
  growing_array<char> dropped(old_numbers.back(), 0);
  growing_array<char> added(new_numbers.back(), 0);
  growing_array<int> renamed(old_numbers.back(), -1);
  for (std::size_t i = 0; i < count; ++i) {
    const step& s = steps[i];
    if (s.kind == step_kind::drop_foreign_key)
      dropped[old_number(*s.before, static_cast<std::size_t>(s.from))] = 1;
    else if (s.kind == step_kind::add_foreign_key)
      added[new_number(*s.after, static_cast<std::size_t>(s.to))] = 1;
    else if (s.kind == step_kind::rename_constraint && s.constraint == constraint_kind::foreign_key)
      renamed[old_number(*s.before, static_cast<std::size_t>(s.from))] = static_cast<int>(i);
  }

  // Those of tables that go, too: the keys go first.
  for (std::size_t i = 0; i < count; ++i) {
    if (steps[i].kind != step_kind::drop_table)
      continue;
    const table& gone = *steps[i].before;
    for (std::size_t o = 0; o < gone.foreign_keys.size(); ++o) {
      const foreign_key& fk = gone.foreign_keys[o];
      const int target = schemas.old_tables.find(fk.target_schema, fk.target_table);
      if (target >= 0 && disturbed[static_cast<std::size_t>(target)].constraint && !dropped[old_number(gone, o)])
        steps.push_back(step{.kind = step_kind::drop_foreign_key, .before = &gone, .from = static_cast<int>(o)});
    }
  }
  const auto in_the_way = [&](const table& of, const foreign_key& fk) {
    const int target = schemas.old_tables.find(fk.target_schema, fk.target_table);
    if (target >= 0 && (disturbed[static_cast<std::size_t>(target)].key ||
                        retypes(static_cast<std::size_t>(target), fk.target_columns)))
      return true;
    if (known_aside.find(hash_object(fk.target_schema, fk.target_table), [&](std::size_t i) {
          return same_relation(raw_aside[i], {fk.target_schema, fk.target_table});
        }) >= 0)
      return true;
    if (retypes(static_cast<std::size_t>(&of - olds.data()), fk.columns))
      return true;
    for (std::size_t i = disturbed[static_cast<std::size_t>(&of - olds.data())].rebuilt;
         i < rebuilt.size() && rebuilt[i].in == &of; ++i)
      if (has_name(fk.columns, rebuilt[i].of->name))
        return true;
    return false;
  };
  for (const table& now : news) {
    const table* then = schemas.old_table(now);
    if (then == nullptr || then->foreign_keys.empty())
      continue;
    growing_array<char> taken(now.foreign_keys.size(), 0);
    for (std::size_t o = 0; o < then->foreign_keys.size(); ++o) {
      const foreign_key& fk = then->foreign_keys[o];
      if (dropped[old_number(*then, o)] || !in_the_way(*then, fk))
        continue;
      const column_renames renames(*then, now);
      for (std::size_t n = 0; n < now.foreign_keys.size(); ++n) {
        // Two may say the same.
        if (taken[n] || added[new_number(now, n)] || !schemas.same_foreign_key(renames, fk, now.foreign_keys[n]))
          continue;
        taken[n] = 1;
        const step add{.kind = step_kind::add_foreign_key, .before = then, .after = &now, .to = static_cast<int>(n)};
        steps.push_back(
            step{.kind = step_kind::drop_foreign_key, .before = then, .after = &now, .from = static_cast<int>(o)});
        // Made again under its new name, which makes a rename of it void.
        if (const int rename = renamed[old_number(*then, o)]; rename >= 0)
          steps[static_cast<std::size_t>(rename)] = add;
        else
          steps.push_back(add);
        break;
      }
    }
  }
}

/// Whether a column that goes for good is what one that stays is filled or converted from, and so goes after it.
constexpr bool fills_another(const step& drop) {
  if (drop.to >= 0 || drop.after == nullptr)
    return false;
  for (const column& c : drop.after->columns)
    if (mentions(c.backfill, drop.old_column()->name) || mentions(c.convert_using, drop.old_column()->name))
      return drop.after->find_column(drop.old_column()->name) == nullptr;
  return false;
}

/// Where a step stands in a plan: steps are ordered by their kinds, but for generated columns, which go before what
/// they are generated from and come after it, for columns that others are filled from, and for schemas, which go when
/// nothing is in them.
constexpr std::size_t rank_of(const step& s) {
  step_kind kind = s.kind;
  if (kind == step_kind::drop_column && s.old_column()->generated != generated_kind::none)
    kind = step_kind::drop_generated;
  else if (kind == step_kind::drop_column && fills_another(s))
    kind = step_kind::drop_not_null;
  else if (kind == step_kind::add_column && s.new_column()->generated != generated_kind::none)
    kind = step_kind::drop_not_null;
  else if ((kind == step_kind::drop_early_raw_object || kind == step_kind::clear_raw_object) &&
           same_text(s.raw->kind, "schema"))
    kind = step_kind::drop_extension;
  else if (kind == step_kind::drop_view)
    kind = step_kind::drop_raw_object;  // In an order of their own.
  else if (kind == step_kind::create_view || kind == step_kind::comment_view)
    kind = step_kind::create_raw_object;
  return static_cast<std::size_t>(kind);
}

/// Puts steps into their order; those of one kind stay in theirs.
constexpr void put_in_order(growing_array<step>& steps) {
  std::size_t starts[step_kind_count + 1]{};
  for (const step& s : steps)
    ++starts[rank_of(s) + 1];
  for (std::size_t i = 1; i <= step_kind_count; ++i)
    starts[i] += starts[i - 1];
  const growing_array<step> found = steps;
  for (const step& s : found)
    steps[starts[rank_of(s)]++] = s;
}

/// Adds the steps to a list of the caller's: g++ 12 remembers what a constant function returned, and would hand out a
/// vector a second time after it was destroyed.
constexpr void add_steps(const schema_view& before, const schema_view& after, growing_array<step>& steps) {
  step_list out{steps};
  const comparison schemas(before, after);

  diff_small_objects(steps, before, after);
  diff_enums(steps, before, after);
  object_changes objects(before, after, steps);
  enum_finder rebuilt;
  enum_finder rebuilt_before;
  for (const step& s : steps)
    if (s.kind == step_kind::rebuild_enum) {
      rebuilt.add(*s.new_enum);
      rebuilt_before.add(*s.old_enum);
    }
  growing_array<table_column> rebuilt_columns;
  each_enum_column(before.tables, rebuilt_before, [&](const table& t, const column& c, int) {
    rebuilt_columns.push_back({&t, &c});
  });
  growing_array<char> kept(before.tables.size(), 0);
  for (const table& now : after.tables) {
    const table* then = schemas.old_table(now);
    if (then == nullptr) {
      create_table_steps(out, now);
      if (const raw_object* raw = objects.take_old_table(now))
        add_aside(steps, nullptr, raw, &now, nullptr);
      continue;
    }
    kept[static_cast<std::size_t>(then - before.tables.data())] = 1;
    diff_table(out, schemas, *then, now, rebuilt, objects.released);
  }
  for (std::size_t i = 0; i < before.tables.size(); ++i) {
    if (kept[i])
      continue;
    const table& gone = before.tables[i];
    if (const raw_object* raw = objects.take_new_table(gone)) {
      for (std::size_t k = 0; k < gone.foreign_keys.size(); ++k)
        out.add(step_kind::drop_foreign_key, &gone, nullptr, static_cast<int>(k));
      add_aside(steps, &gone, nullptr, nullptr, raw);
    } else
      drop_table_steps(out, schemas, gone);
  }
  for (const object_changes::replaced_table& r : objects.replaced)
    add_aside(steps, nullptr, &objects.olds[static_cast<std::size_t>(r.before)], nullptr,
              &objects.news[static_cast<std::size_t>(r.after)]);
  free_index_names(steps);
  free_foreign_keys(steps, schemas, rebuilt_columns);
  diff_objects(steps, before, after, objects, rebuilt_columns);
  put_in_order(steps);
}

}  // namespace detail

/// The steps that lead from one schema to another.
///
/// Renames are those that the new schema declares (`renamed_from`) of a name that the old schema has and the new one
/// has not; nothing is guessed. Linear in the size of the schemas but for the constraints within one table. \param
/// before, after what they look at must outlive the plan
constexpr plan make_plan(const schema_view& before, const schema_view& after) {
  plan made{.before = before, .after = after};
  detail::add_steps(before, after, made.steps);
  return made;
}

/// The step that undoes a step, or nothing where data would have to come back from nowhere.
constexpr bool has_inverse(const step& s) {
  switch (s.kind) {
  case step_kind::drop_table:
  case step_kind::fill_nulls:
    return false;
  case step_kind::drop_column:
    return s.old_column()->generated != generated_kind::none;
  case step_kind::alter_type:
    return detail::type_widens(s.old_column()->type, s.new_column()->type);
  case step_kind::rebuild_enum:
    return !detail::removes_value(*s.old_enum, *s.new_enum);
  default:
    return true;
  }
}

}  // namespace instar
