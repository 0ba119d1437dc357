#pragma once

#include "instar/diff/diff.hpp"
#include "instar/schema/growing_array.hpp"

/// \file Whether what declares an old name (`renamed_from`) leads to something: one that does not is a plan that drops
/// the old thing and makes a new one, which nobody meant.

namespace instar {

enum class rename_mistake_kind : unsigned char {
  none,
  no_source,     ///< The last version has nothing of the old name.
  source_stays,  ///< What has the old name is still there, beside the new one.
  taken,         ///< Another one declares the same old name.
};

/// What declares an old name that it did not have.
struct rename_mistake {
  rename_mistake_kind kind = rename_mistake_kind::none;
  std::string_view what{};     ///< "table", "column", "enum", "value", "constraint or index"
  const table* in = nullptr;   ///< The new table that it is, or is in.
  std::string_view of_enum{};  ///< The enum that it is, or is in.
  std::string_view name{};     ///< The new name: of a column, value, constraint or index; empty: of the whole.
  std::string_view source{};   ///< The old name that is declared.
};

namespace detail {

/// Whether a table has a constraint or an index of that name.
constexpr bool has_constraint(const table& t, std::string_view name) {
  bool found = !t.primary_key.columns.empty() && same_text(t.primary_key.name, name);
  for (const key& k : t.uniques)
    found |= same_text(k.name, name);
  for (const foreign_key& k : t.foreign_keys)
    found |= same_text(k.name, name);
  for (const check& c : t.checks)
    found |= same_text(c.name, name);
  for (const exclusion& e : t.exclusions)
    found |= same_text(e.name, name);
  for (const index& i : t.indexes)
    found |= same_text(i.name, name);
  return found;
}

/// Calls `visit(name, renamed_from)` for each constraint and index of a table.
template <class Visit>
constexpr void each_constraint(const table& t, Visit visit) {
  visit(t.primary_key.name, t.primary_key.renamed_from);
  for (const key& k : t.uniques)
    visit(k.name, k.renamed_from);
  for (const foreign_key& k : t.foreign_keys)
    visit(k.name, k.renamed_from);
  for (const check& c : t.checks)
    visit(c.name, c.renamed_from);
  for (const exclusion& e : t.exclusions)
    visit(e.name, e.renamed_from);
  for (const index& i : t.indexes)
    visit(i.name, i.renamed_from);
}

template <class Note>
constexpr void check_columns(const table& then, const table& now, Note note) {
  using kind = rename_mistake_kind;
  const column_renames renames(then, now);
  for (const column& c : now.columns) {
    if (c.renamed_from.empty() || renames.is_rename(c) || then.find_column(c.name) != nullptr)
      continue;
    note(rename_mistake{then.find_column(c.renamed_from) == nullptr  ? kind::no_source
                        : now.find_column(c.renamed_from) != nullptr ? kind::source_stays
                                                                     : kind::taken,
                        "column",
                        &now,
                        {},
                        c.name,
                        c.renamed_from});
  }
}

template <class Note>
constexpr void check_constraints(const table& then, const table& now, Note note) {
  using kind = rename_mistake_kind;
  each_constraint(now, [&](std::string_view name, std::string_view source) {
    if (source.empty() || has_constraint(then, name))
      return;
    kind wrong = !has_constraint(then, source) ? kind::no_source
                 : has_constraint(now, source) ? kind::source_stays
                                               : kind::none;
    if (wrong == kind::none) {
      bool before = true;
      each_constraint(now, [&](std::string_view other, std::string_view its_source) {
        before &= !same_text(other, name);
        if (before && same_text(its_source, source) && !has_constraint(then, other))
          wrong = kind::taken;
      });
    }
    if (wrong != kind::none)
      note(rename_mistake{wrong, "constraint or index", &now, {}, name, source});
  });
}

template <class Note>
constexpr void check_enums(const schema_view& before, const schema_view& after, Note note) {
  using kind = rename_mistake_kind;
  const object_finder<enumeration> olds(before.enumerations);
  const object_finder<enumeration> news(after.enumerations);
  const auto find_old = [&](std::string_view schema, std::string_view name) {
    const int at = olds.find(schema, name);
    return at < 0 ? nullptr : &before.enumerations[static_cast<std::size_t>(at)];
  };
  // Of several that declare one old name the first has it.
  growing_array<const enumeration*> renamed;
  hash_slots old_names;
  const auto claim = [&](const enumeration& now) {
    const std::uint64_t hash = hash_object(now.schema, now.renamed_from);
    if (old_names.find(hash, [&](std::size_t i) {
          return same_text(renamed[i]->schema, now.schema) && same_text(renamed[i]->renamed_from, now.renamed_from);
        }) >= 0)
      return false;
    renamed.push_back(&now);
    old_names.add(hash);
    return true;
  };
  for (const enumeration& now : after.enumerations) {
    const enumeration* then = find_old(now.schema, now.name);
    if (then == nullptr && !now.renamed_from.empty()) {
      then = find_old(now.schema, now.renamed_from);
      const bool first = claim(now);
      const kind wrong = then == nullptr                                ? kind::no_source
                         : news.find(now.schema, now.renamed_from) >= 0 ? kind::source_stays
                         : first                                        ? kind::none
                                                                        : kind::taken;
      if (wrong != kind::none) {
        note(rename_mistake{wrong, "enum", nullptr, now.name, {}, now.renamed_from});
        continue;
      }
    }
    if (then == nullptr)
      continue;
    for (const enum_value& v : now.values) {
      if (v.renamed_from.empty() || old_value(*then, now, v) >= 0)
        continue;
      note(rename_mistake{find_value(*then, v.renamed_from) < 0  ? kind::no_source
                          : find_value(now, v.renamed_from) >= 0 ? kind::source_stays
                                                                 : kind::taken,
                          "value", nullptr, now.name, v.label, v.renamed_from});
    }
  }
}

}  // namespace detail

/// Calls `note(rename_mistake)` for each old name that a schema declares and that leads nowhere.
///
/// One that was applied is none: its new name is in the version before. Nor is any where nothing was before.
/// \param before the last version \param after what declares the old names
template <class Note>
constexpr void each_rename_mistake(const schema_view& before, const schema_view& after, Note note) {
  using kind = rename_mistake_kind;
  if (before.tables.empty())
    return;
  const detail::comparison schemas(before, after);
  for (const table& now : after.tables) {
    const table* const then = schemas.old_table(now);
    if (then != nullptr) {
      if (then->content_hash != 0 && then->content_hash == now.content_hash)
        continue;
      detail::check_columns(*then, now, note);
      detail::check_constraints(*then, now, note);
      continue;
    }
    if (now.renamed_from.empty())
      continue;
    const int source = schemas.old_tables.find_written(now.schema, now.renamed_from);
    const table* const named = source < 0 ? nullptr : &before.tables[static_cast<std::size_t>(source)];
    note(rename_mistake{named == nullptr                                           ? kind::no_source
                        : schemas.new_tables.find(named->schema, named->name) >= 0 ? kind::source_stays
                                                                                   : kind::taken,
                        "table",
                        &now,
                        {},
                        {},
                        now.renamed_from});
  }
  detail::check_enums(before, after, note);
}

}  // namespace instar
