#pragma once

#include "instar/diff/plan.hpp"
#include "instar/schema/dialect.hpp"
#include "instar/schema/text.hpp"

/// \file The words of SQL that both dialects share. Every function writes into a writer with `put(char)` and
/// `put(std::string_view)`: a counter, then a filler at compile time; a string at run time.

namespace instar::detail {

/// Writes a name in double quotes. https://www.postgresql.org/docs/current/sql-syntax-lexical.html
template <class Writer>
constexpr void put_name(Writer& out, std::string_view name) {
  out.put('"');
  std::size_t start = 0;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (name[i] == '"') {
      out.put(name.substr(start, i + 1 - start));
      start = i;  // The quote stands twice.
    }
  out.put(name.substr(start));
  out.put('"');
}

/// Writes a text literal. PostgreSQL's standard_conforming_strings and SQLite read backslashes as they are.
template <class Writer>
constexpr void put_literal(Writer& out, std::string_view text) {
  out.put('\'');
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\'') {
      out.put(text.substr(start, i + 1 - start));
      start = i;
    }
  out.put(text.substr(start));
  out.put('\'');
}

/// Writes the name of a table, type or view. SQLite has no schemas: it leaves them out.
template <class Writer>
constexpr void put_object(Writer& out, dialect d, std::string_view schema, std::string_view name) {
  if (d == dialect::postgres && !schema.empty()) {
    put_name(out, schema);
    out.put('.');
  }
  put_name(out, name);
}

template <class Writer>
constexpr void put_table(Writer& out, dialect d, const table& t) {
  put_object(out, d, t.schema, t.name);
}

template <class Writer, class Names>
constexpr void put_names(Writer& out, const Names& names) {
  out.put('(');
  bool first = true;
  for (std::string_view name : names) {
    if (!first)
      out.put(", ");
    first = false;
    put_name(out, name);
  }
  out.put(')');
}

/// Writes a floating-point number as the shortest decimal that reads back as the same value.
///
/// A decimal m/10^k with m below 2^53 and k up to 22 converts exactly by one correctly rounded division (W. D. Clinger,
/// How to read floating point numbers accurately, 1990), so trying k upwards finds it. Others do not compile.
template <class Writer>
constexpr void put_real(Writer& out, double value) {
  const bool negative = value < 0;
  const double magnitude = negative ? -value : value;
  double power = 1;
  for (int k = 0; k <= 22; ++k, power *= 10) {
    const double scaled = magnitude * power;
    if (!(scaled < 9007199254740992.0))
      break;
    // From 2^52 on there are no halves to round, and adding one would round instead.
    const std::uint64_t whole = static_cast<std::uint64_t>(scaled < 4503599627370496.0 ? scaled + 0.5 : scaled);
    if (static_cast<double>(whole) / power != magnitude)
      continue;
    if (negative)
      out.put('-');
    std::uint64_t divisor = 1;
    for (int i = 0; i < k && i < 19; ++i)
      divisor *= 10;
    if (k > 19)
      break;
    put_integer(out, static_cast<std::int64_t>(whole / divisor));
    out.put('.');
    std::uint64_t rest = whole % divisor;
    if (k == 0)
      out.put('0');
    for (int i = 0; i < k; ++i) {
      divisor /= 10;
      out.put(static_cast<char>('0' + rest / divisor));
      rest %= divisor;
    }
    return;
  }
  throw "INS1030: this floating-point default has no short decimal form; write it with default_sql(\"...\")";
}

template <class Writer>
constexpr void put_action(Writer& out, std::string_view event, referential_action action) {
  if (action == referential_action::no_action)
    return;
  out.put(" ON ");
  out.put(event);
  switch (action) {
  case referential_action::restrict_action:
    out.put(" RESTRICT");
    break;
  case referential_action::cascade:
    out.put(" CASCADE");
    break;
  case referential_action::set_null:
    out.put(" SET NULL");
    break;
  default:
    out.put(" SET DEFAULT");
    break;
  }
}

template <class Writer>
constexpr void put_deferral(Writer& out, deferral d) {
  if (d == deferral::initially_immediate)
    out.put(" DEFERRABLE");
  else if (d == deferral::initially_deferred)
    out.put(" DEFERRABLE INITIALLY DEFERRED");
}

template <class Writer>
constexpr void put_foreign_key(Writer& out, dialect d, const foreign_key& fk) {
  out.put("CONSTRAINT ");
  put_name(out, fk.name);
  out.put(" FOREIGN KEY ");
  put_names(out, fk.columns);
  out.put(" REFERENCES ");
  put_object(out, d, fk.target_schema, fk.target_table);
  // None: the primary key of the target, which SQLite looks up when it writes.
  if (!fk.target_columns.empty()) {
    out.put(' ');
    put_names(out, fk.target_columns);
  }
  put_action(out, "DELETE", fk.on_delete);
  put_action(out, "UPDATE", fk.on_update);
  put_deferral(out, fk.deferral);
}

template <class Writer>
constexpr void put_check(Writer& out, const check& c) {
  out.put("CONSTRAINT ");
  put_name(out, c.name);
  out.put(" CHECK (");
  out.put(c.expression);
  out.put(')');
}

template <class Writer>
constexpr void put_index_parts(Writer& out, dialect d, std::span<const index_part> parts) {
  out.put('(');
  bool first = true;
  for (const index_part& part : parts) {
    if (!first)
      out.put(", ");
    first = false;
    if (part.expression) {
      out.put('(');
      out.put(part.text);
      out.put(')');
    } else {
      put_name(out, part.text);
    }
    if (!part.collation.empty()) {
      out.put(" COLLATE ");
      put_name(out, part.collation);
    }
    if (d == dialect::postgres && !part.operator_class.empty()) {
      out.put(' ');
      out.put(part.operator_class);
    }
    if (part.descending)
      out.put(" DESC");
    // SQLite's indexes keep NULLs first and take no word about it. https://www.sqlite.org/lang_createindex.html
    if (d == dialect::postgres && part.nulls != null_order::standard)
      out.put(part.nulls == null_order::first ? " NULLS FIRST" : " NULLS LAST");
    if (!part.with_operator.empty()) {
      out.put(" WITH ");
      out.put(part.with_operator);
    }
  }
  out.put(')');
}

/// Writes CREATE INDEX on a table or materialized view.
template <class Writer>
constexpr void put_create_index(Writer& out, dialect d, std::string_view schema, std::string_view on, const index& i) {
  out.put(i.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
  put_name(out, i.name);
  out.put(" ON ");
  put_object(out, d, schema, on);
  out.put(' ');
  if (d == dialect::postgres && !i.method.empty() && !same_text(i.method, "btree")) {
    out.put("USING ");
    out.put(i.method);
    out.put(' ');
  }
  put_index_parts(out, d, i.parts);
  if (d == dialect::postgres && !i.include.empty()) {
    out.put(" INCLUDE ");
    put_names(out, i.include);
  }
  if (d == dialect::postgres && i.nulls_not_distinct)
    out.put(" NULLS NOT DISTINCT");
  if (!i.where.empty()) {
    out.put(" WHERE ");
    out.put(i.where);
  }
}

}  // namespace instar::detail
