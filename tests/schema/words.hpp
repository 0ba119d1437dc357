#pragma once

// Schema values as text, at compile time: one golden text says all that a table is, and a failing test shows it.

#include <instar/schema/schema.hpp>
#include <instar/sql/write.hpp>

#include <cstddef>
#include <iterator>
#include <ostream>
#include <span>
#include <string_view>

namespace instar_test {

/// Text that is made at compile time, compared with a golden one, and shown when they differ.
template <std::size_t Capacity = 1500>
struct text {
  char bytes[Capacity]{};
  std::size_t size = 0;

  constexpr void put(char c) {
    if (size == Capacity)
      throw "more text than there is room for";
    bytes[size++] = c;
  }
  constexpr void put(std::string_view more) {
    for (char c : more)
      put(c);
  }
  constexpr std::string_view view() const { return {bytes, size}; }

  friend constexpr bool operator==(const text& a, std::string_view b) {
    if (a.size != b.size())
      return false;
    for (std::size_t i = 0; i < a.size; ++i)
      if (a.bytes[i] != b[i])
        return false;
    return true;
  }
  friend std::ostream& operator<<(std::ostream& out, const text& t) { return out << t.view(); }
};

namespace detail {

template <class Writer>
constexpr void put_named(Writer& out, std::string_view word, std::string_view value) {
  if (value.empty())
    return;
  out.put(' ');
  out.put(word);
  out.put(' ');
  out.put(value);
}

template <class Writer>
constexpr void put_flag(Writer& out, bool flag, std::string_view word) {
  if (!flag)
    return;
  out.put(' ');
  out.put(word);
}

template <class Writer>
constexpr void put_list(Writer& out, std::span<const std::string_view> names) {
  out.put(" (");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0)
      out.put(", ");
    out.put(names[i]);
  }
  out.put(')');
}

template <class Writer>
constexpr void put_object(Writer& out, std::string_view schema, std::string_view name) {
  out.put(schema);
  if (!schema.empty())
    out.put('.');
  out.put(name);
}

inline constexpr std::string_view kind_names[] = {
    "custom",   "boolean",  "smallint", "integer", "bigint", "real", "double_precision", "numeric",   "text",
    "varchar",  "char",     "citext",   "bytea",   "date",   "time", "timetz",           "timestamp", "timestamptz",
    "interval", "uuid",     "json",     "jsonb",   "inet",   "cidr", "macaddr",          "xml",       "bit",
    "varbit",   "tsvector", "enum"};
static_assert(std::size(kind_names) == static_cast<std::size_t>(instar::type_kind::enumeration) + 1);

template <class Writer>
constexpr void put_type(Writer& out, const instar::column_type& t) {
  out.put(kind_names[static_cast<std::size_t>(t.kind)]);
  if (t.length != -1 || t.scale != -1) {
    out.put('(');
    instar::detail::put_integer(out, t.length);
    if (t.scale != -1) {
      out.put(',');
      instar::detail::put_integer(out, t.scale);
    }
    out.put(')');
  }
  for (int i = 0; i < t.dimensions; ++i)
    out.put("[]");
  if (!t.custom.empty()) {
    out.put(" '");
    out.put(t.custom);
    out.put('\'');
  }
  if (t.values != nullptr) {
    out.put(' ');
    put_object(out, t.values->schema, t.values->name);
  }
}

template <class Writer>
constexpr void put_default(Writer& out, const instar::column_default& d) {
  switch (d.kind) {
  case instar::default_kind::none:
    break;
  case instar::default_kind::boolean:
    out.put(d.integer == 1 ? " default true" : d.integer == 0 ? " default false" : " default ?");
    break;
  case instar::default_kind::integer:
    out.put(" default ");
    instar::detail::put_integer(out, d.integer);
    break;
  case instar::default_kind::real:
    out.put(" default real ");
    instar::detail::put_real(out, d.real);
    break;
  case instar::default_kind::text:
    out.put(" default '");
    out.put(d.text);
    out.put('\'');
    break;
  case instar::default_kind::expression:
    out.put(" default sql ");
    out.put(d.text);
    break;
  case instar::default_kind::now:
    out.put(" default now");
    break;
  }
}

template <class Writer>
constexpr void put_column(Writer& out, const instar::column& c) {
  out.put(c.name);
  out.put(' ');
  put_type(out, c.type);
  put_flag(out, c.nullable, "nullable");
  put_flag(out, c.primary_key, "primary_key");
  put_flag(out, c.unique, "unique");
  put_flag(out, c.updated_at, "updated_at");
  put_flag(out, c.identity == instar::identity_kind::always, "identity always");
  put_flag(out, c.identity == instar::identity_kind::by_default, "identity");
  put_default(out, c.initial);
  put_flag(out, c.generated == instar::generated_kind::stored, "stored");
  put_flag(out, c.generated == instar::generated_kind::virtual_column, "virtual");
  put_named(out, "as", c.generated_as);
  put_named(out, "collate", c.collation);
  put_named(out, "comment", c.comment);
  put_named(out, "renamed_from", c.renamed_from);
}

template <class Writer>
constexpr void put_deferral(Writer& out, instar::deferral d) {
  put_flag(out, d == instar::deferral::initially_immediate, "deferrable");
  put_flag(out, d == instar::deferral::initially_deferred, "deferred");
}

template <class Writer>
constexpr void put_key(Writer& out, std::string_view kind, const instar::key& k) {
  out.put(kind);
  out.put(k.name);
  put_list(out, k.columns);
  put_flag(out, k.nulls_not_distinct, "nulls_not_distinct");
  put_deferral(out, k.deferral);
  out.put('\n');
}

template <class Writer>
constexpr void put_action(Writer& out, std::string_view event, instar::referential_action action) {
  constexpr std::string_view names[] = {"no_action", "restrict", "cascade", "set_null", "set_default"};
  if (action != instar::referential_action::no_action)
    put_named(out, event, names[static_cast<std::size_t>(action)]);
}

template <class Writer>
constexpr void put_parts(Writer& out, std::span<const instar::index_part> parts) {
  out.put(" (");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const instar::index_part& part = parts[i];
    if (i != 0)
      out.put(", ");
    if (part.expression)
      out.put("sql ");
    out.put(part.text);
    put_flag(out, part.descending, "desc");
    put_flag(out, part.nulls == instar::null_order::first, "nulls_first");
    put_flag(out, part.nulls == instar::null_order::last, "nulls_last");
    put_named(out, "collate", part.collation);
    put_named(out, "class", part.operator_class);
    put_named(out, "with", part.with_operator);
  }
  out.put(')');
}

template <class Writer>
constexpr void put_index(Writer& out, const instar::index& i) {
  out.put(i.unique ? "unique index " : "index ");
  out.put(i.name);
  put_parts(out, i.parts);
  put_flag(out, i.nulls_not_distinct, "nulls_not_distinct");
  put_named(out, "using", i.method);
  put_named(out, "where", i.where);
  if (!i.include.empty()) {
    out.put(" include");
    put_list(out, i.include);
  }
  out.put('\n');
}

}  // namespace detail

/// A type: `numeric(12,2)`, `varchar(3)[]`, `custom 'point'`, `enum paint.colour`; -1 is a length that is not given.
constexpr text<200> words(const instar::column_type& type) {
  text<200> out{};
  detail::put_type(out, type);
  return out;
}

/// A column, and each member of it that is not as in a new one: `email text nullable unique`.
constexpr text<> words(const instar::column& column) {
  text<> out{};
  detail::put_column(out, column);
  return out;
}

/// An index, with its line's end.
constexpr text<> words(const instar::index& i) {
  text<> out{};
  detail::put_index(out, i);
  return out;
}

/// What a table says beside its columns, a line for each key, constraint and index.
constexpr text<> constraints(const instar::table& t) {
  text<> out{};
  if (!t.primary_key.name.empty() || !t.primary_key.columns.empty())
    detail::put_key(out, "primary key ", t.primary_key);
  for (const instar::key& k : t.uniques)
    detail::put_key(out, "unique ", k);
  for (const instar::foreign_key& fk : t.foreign_keys) {
    out.put("foreign key ");
    out.put(fk.name);
    detail::put_list(out, fk.columns);
    out.put(" to ");
    detail::put_object(out, fk.target_schema, fk.target_table);
    detail::put_list(out, fk.target_columns);
    detail::put_action(out, "on_delete", fk.on_delete);
    detail::put_action(out, "on_update", fk.on_update);
    detail::put_deferral(out, fk.deferral);
    out.put('\n');
  }
  for (const instar::check& c : t.checks) {
    out.put("check ");
    out.put(c.name);
    out.put(" (");
    out.put(c.expression);
    out.put(")\n");
  }
  for (const instar::exclusion& e : t.exclusions) {
    out.put("exclude ");
    out.put(e.name);
    detail::put_parts(out, e.parts);
    detail::put_named(out, "using", e.method);
    detail::put_named(out, "where", e.where);
    detail::put_deferral(out, e.deferral);
    out.put('\n');
  }
  for (const instar::index& i : t.indexes)
    detail::put_index(out, i);
  return out;
}

/// A whole table: its name and what is said of it, a line for each column, and `constraints`.
constexpr text<> words(const instar::table& t) {
  text<> out{};
  detail::put_object(out, t.schema, t.name);
  detail::put_named(out, "comment", t.comment);
  detail::put_named(out, "renamed_from", t.renamed_from);
  out.put('\n');
  for (const instar::column& c : t.columns) {
    out.put("  ");
    detail::put_column(out, c);
    out.put('\n');
  }
  out.put(constraints(t).view());
  return out;
}

/// An enum: `paint.colour ('red', 'grey' renamed_from 'gray')`.
constexpr text<> words(const instar::enumeration& e) {
  text<> out{};
  detail::put_object(out, e.schema, e.name);
  out.put(" (");
  for (std::size_t i = 0; i < e.values.size(); ++i) {
    if (i != 0)
      out.put(", ");
    out.put(e.values[i].label);
    detail::put_named(out, "renamed_from", e.values[i].renamed_from);
  }
  out.put(')');
  detail::put_named(out, "comment", e.comment);
  detail::put_named(out, "renamed_from", e.renamed_from);
  return out;
}

}  // namespace instar_test
