#pragma once

#include "instar/schema/growing_array.hpp"
#include "instar/schema/schema.hpp"

/// \file Whether parts of two schemas say the same.

namespace instar::detail {

/// Whether `now` is the enum that was called `then`, or declares that it was.
constexpr bool same_enum(const enumeration& then, const enumeration& now) {
  if (same_text(then.schema, now.schema) && same_text(then.name, now.name))
    return true;
  if (now.renamed_from.empty())
    return false;
  // The old name alone, or with the schema that it moves from.
  return (same_text(then.schema, now.schema) && same_text(then.name, now.renamed_from)) ||
         names_object(now.renamed_from, then.schema, then.name);
}

constexpr bool same_type(const column_type& then, const column_type& now) {
  if (then.kind != now.kind || then.length != now.length || then.scale != now.scale ||
      then.dimensions != now.dimensions || !same_text(then.custom, now.custom))
    return false;
  if (then.values == now.values)
    return true;
  return then.values != nullptr && now.values != nullptr && same_enum(*then.values, *now.values);
}

constexpr bool same_default(const column_default& a, const column_default& b) {
  return a.kind == b.kind && a.integer == b.integer && a.real == b.real && same_text(a.text, b.text);
}

constexpr bool same_values(const enumeration& a, const enumeration& b) {
  if (a.values.size() != b.values.size())
    return false;
  for (std::size_t i = 0; i < a.values.size(); ++i)
    if (!same_text(a.values[i].label, b.values[i].label))
      return false;
  return true;
}

constexpr int find_value(const enumeration& e, std::string_view label) {
  for (std::size_t i = 0; i < e.values.size(); ++i)
    if (same_text(e.values[i].label, label))
      return static_cast<int>(i);
  return -1;
}

/// Where a value of the new enum stands among the old ones, or -1 when it is new. As with columns a rename is one when
/// the old name is gone and the new one is new, and of several that declare one old name the first has it.
constexpr int old_value(const enumeration& then, const enumeration& now, const enum_value& v) {
  const int same = find_value(then, v.label);
  if (same >= 0 || v.renamed_from.empty() || find_value(now, v.renamed_from) >= 0)
    return same;
  for (const enum_value& other : now.values)
    if (same_text(other.renamed_from, v.renamed_from) && find_value(then, other.label) < 0)
      return &other == &v ? find_value(then, v.renamed_from) : -1;
  return -1;
}

/// Whether a value of the new enum had another name in the old one.
constexpr bool is_rename(const enumeration& then, const enumeration& now, const enum_value& v) {
  const int was = old_value(then, now, v);
  return was >= 0 && !same_text(then.values[static_cast<std::size_t>(was)].label, v.label);
}

/// A table and the column names that changed since: old constraints are compared in new names.
struct column_renames {
  const table* before;
  const table* after;
  bool any = false;

  constexpr column_renames(const table& then, const table& now) : before(&then), after(&now) {
    for (const column& c : now.columns)
      any |= is_rename(c);
  }
  /// Whether the column declares an old name that the old table had and the new one has not, and its own name is new.
  /// Of several columns that declare one old name the first has it.
  constexpr bool is_rename(const column& c) const {
    if (c.renamed_from.empty() || before->find_column(c.renamed_from) == nullptr ||
        before->find_column(c.name) != nullptr || after->find_column(c.renamed_from) != nullptr)
      return false;
    for (const column& other : after->columns)
      if (same_text(other.renamed_from, c.renamed_from))
        return &other == &c;
    return true;
  }
  constexpr std::string_view now(std::string_view then) const {
    if (any)
      for (const column& c : after->columns)
        if (same_text(c.renamed_from, then) && is_rename(c))
          return c.name;
    return then;
  }
};

constexpr bool has_name(std::span<const std::string_view> names, std::string_view wanted) {
  for (std::string_view name : names)
    if (same_text(name, wanted))
      return true;
  return false;
}

constexpr bool same_names(const column_renames& renames, std::span<const std::string_view> then,
                          std::span<const std::string_view> now) {
  if (then.size() != now.size())
    return false;
  for (std::size_t i = 0; i < then.size(); ++i)
    if (!same_text(renames.now(then[i]), now[i]))
      return false;
  return true;
}

constexpr bool same_definition(const column_renames& r, const key& then, const key& now) {
  return same_names(r, then.columns, now.columns) && then.nulls_not_distinct == now.nulls_not_distinct &&
         then.deferral == now.deferral;
}

constexpr bool same_definition(const column_renames&, const check& then, const check& now) {
  return same_text(then.expression, now.expression);
}

constexpr bool same_definition(const column_renames& r, std::span<const index_part> then,
                               std::span<const index_part> now) {
  if (then.size() != now.size())
    return false;
  for (std::size_t i = 0; i < then.size(); ++i) {
    const index_part& a = then[i];
    const index_part& b = now[i];
    if (a.expression != b.expression || a.descending != b.descending || a.nulls != b.nulls ||
        !same_text(a.expression ? a.text : r.now(a.text), b.text) || !same_text(a.collation, b.collation) ||
        !same_text(a.operator_class, b.operator_class) || !same_text(a.with_operator, b.with_operator))
      return false;
  }
  return true;
}

constexpr bool same_method(std::string_view a, std::string_view b, std::string_view standard) {
  return same_text(a.empty() ? standard : a, b.empty() ? standard : b);
}

constexpr bool same_definition(const column_renames& r, const index& then, const index& now) {
  return then.unique == now.unique && then.nulls_not_distinct == now.nulls_not_distinct &&
         same_method(then.method, now.method, "btree") && same_text(then.where, now.where) &&
         same_definition(r, then.parts, now.parts) && same_names(r, then.include, now.include);
}

constexpr bool same_definition(const column_renames& r, const exclusion& then, const exclusion& now) {
  return same_method(then.method, now.method, "gist") && same_text(then.where, now.where) &&
         then.deferral == now.deferral && same_definition(r, then.parts, now.parts);
}

/// Whether two sequences of one name count alike.
constexpr bool same_definition(const sequence_object& a, const sequence_object& b) {
  return a.type == b.type && a.start == b.start && a.increment == b.increment && a.cache == b.cache &&
         a.cycle == b.cycle;
}

/// Whether two names differ, and in capitals alone: to SQLite they name the same thing.
constexpr bool same_but_for_case(std::string_view a, std::string_view b) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  if (a.size() != b.size() || same_text(a, b))
    return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (small(a[i]) != small(b[i]))
      return false;
  return true;
}

/// Whether a character is one of an unquoted word.
constexpr bool is_word_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Whether SQL has a name as a word of its own, in capitals or not: unquoted names have none. A wrong "yes" costs an
/// object that is made again.
constexpr bool mentions(std::string_view text, std::string_view name) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  if (name.empty() || text.size() < name.size())
    return false;
  // Pointers, and one statement for a character that is not the first: a compiler counts calls and statements against
  // its limits.
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* const last = end - name.size();
  const char first = small(name[0]);
  // A letter and its capital differ in one bit. Most of the time is spent on looking for the first.
  const char capital = first >= 'a' && first <= 'z' ? ' ' : '\0';
  for (const char* at = begin; at <= last; ++at) {
    while (at <= last && static_cast<char>(*at | capital) != first)
      ++at;
    if (at > last)
      return false;
    if (at != begin && is_word_letter(at[-1]))
      continue;
    std::size_t same = 0;
    const char* here = at;
    for (; same < name.size() && here != end && small(*here) == small(name[same]); ++same)
      // A quote within a name stands twice.
      here += (*here == '"' || *here == '\'') && here + 1 != end && here[1] == *here ? 2 : 1;
    if (same == name.size() && (here == end || !is_word_letter(*here)))
      return true;
  }
  return false;
}

constexpr bool mentions_any(std::string_view text, const growing_array<std::string_view>& names) {
  for (std::string_view name : names)
    if (mentions(text, name))
      return true;
  return false;
}

/// Whether a query selects all columns there are: `*` or `t.*`, not count(*).
constexpr bool selects_all(std::string_view query) {
  for (std::size_t i = 0; i < query.size(); ++i)
    if (query[i] == '*' && (i == 0 || query[i - 1] != '('))
      return true;
  return false;
}

}  // namespace instar::detail
