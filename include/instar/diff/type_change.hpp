#pragma once

#include "instar/schema/compare.hpp"

/// \file What becomes of the values of a column that changes. Measured on PostgreSQL 15: which casts there are, and
/// which of them write the table anew.

namespace instar {

/// How the values of one type become values of another.
enum class conversion : unsigned char {
  kept,        ///< every value stays, and the table is not written anew
  rewritten,   ///< every value stays, and the table is written anew
  checked,     ///< some values may not survive: they are cut, rounded, or make it fail
  impossible,  ///< there is no cast: `convert_using` says how, or else every value is lost
};

namespace detail {

/// 1 to 3 for the integers, else 0.
constexpr int integer_rank(type_kind k) {
  return k == type_kind::smallint ? 1 : k == type_kind::integer ? 2 : k == type_kind::bigint ? 3 : 0;
}

constexpr bool is_number(type_kind k) {
  return integer_rank(k) != 0 || k == type_kind::real || k == type_kind::double_precision || k == type_kind::numeric;
}

constexpr bool is_string(type_kind k) {
  return k == type_kind::text || k == type_kind::varchar || k == type_kind::citext || k == type_kind::character;
}

/// Whether every value of the old type is one of the new type, as it is or as its text.
/// https://www.postgresql.org/docs/current/datatype.html
constexpr bool type_widens(const column_type& from, const column_type& to) {
  if (from.dimensions == 0 && to.dimensions == 1) {
    // The value becomes the only element.
    column_type element = to;
    element.dimensions = 0;
    return same_type(from, element) || type_widens(from, element);
  }
  if (from.dimensions != to.dimensions)
    return false;
  const int rank = integer_rank(from.kind);
  if (is_string(to.kind)) {
    if (is_string(from.kind))
      return to.length < 0 || (from.length >= 0 && from.length <= to.length);
    return to.length < 0 && from.dimensions == 0 && from.kind != type_kind::custom;
  }
  if (rank != 0 && integer_rank(to.kind) != 0)
    return rank <= integer_rank(to.kind);
  if (rank != 0 && to.kind == type_kind::numeric) {
    const int digits = rank == 1 ? 5 : rank == 2 ? 10 : 19;
    return to.length < 0 || to.length - (to.scale < 0 ? 0 : to.scale) >= digits;
  }
  if (((rank == 1 || rank == 2) && to.kind == type_kind::double_precision) ||
      (from.kind == type_kind::real && to.kind == type_kind::double_precision))
    return true;
  // true and false are 1 and 0 in any number.
  if (from.kind == type_kind::boolean && is_number(to.kind))
    return to.kind != type_kind::numeric || to.length < 0 || to.length > (to.scale < 0 ? 0 : to.scale);
  if (from.kind == type_kind::date && (to.kind == type_kind::timestamp || to.kind == type_kind::timestamptz))
    return true;
  if ((from.kind == type_kind::json && to.kind == type_kind::jsonb) ||
      (from.kind == type_kind::jsonb && to.kind == type_kind::json) ||
      (from.kind == type_kind::cidr && to.kind == type_kind::inet))
    return true;
  if (from.kind == type_kind::bit && to.kind == type_kind::varbit)
    return to.length < 0 || (from.length < 0 ? 1 : from.length) <= to.length;
  if (from.kind == type_kind::time && to.kind == type_kind::interval)
    return to.length < 0;
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

/// Whether PostgreSQL has a way from one plain type to another that a plan can write: a cast, or two in a row. A type
/// of the user's own is taken to have one.
constexpr bool has_cast(type_kind from, type_kind to) {
  using kind = type_kind;
  if (from == to || from == kind::custom || to == kind::custom)
    return true;
  // As text, anything can be written and read.
  if (is_string(from) || is_string(to) || from == kind::enumeration || to == kind::enumeration)
    return true;
  const auto either = [&](kind a, kind b) { return (from == a && to == b) || (from == b && to == a); };
  const bool number_from = is_number(from) || from == kind::boolean;
  const bool number_to = is_number(to) || to == kind::boolean;
  if (number_from && number_to)
    return true;
  if (from == kind::jsonb && number_to)
    return true;
  return either(kind::json, kind::jsonb) || either(kind::inet, kind::cidr) || either(kind::bit, kind::varbit) ||
         either(kind::bit, kind::integer) || either(kind::bit, kind::bigint) || either(kind::time, kind::timetz) ||
         either(kind::time, kind::interval) || either(kind::date, kind::timestamp) ||
         either(kind::date, kind::timestamptz) || either(kind::timestamp, kind::timestamptz) ||
         (to == kind::time && (from == kind::timestamp || from == kind::timestamptz)) ||
         (from == kind::timestamptz && to == kind::timetz);
}

/// Whether a type that a model knows by its name alone is one of PostgreSQL's ranges, which nothing but a text becomes.
/// https://www.postgresql.org/docs/current/rangetypes.html
constexpr bool is_range(const column_type& t) {
  constexpr std::string_view ranges[] = {"int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange"};
  if (t.kind != type_kind::custom)
    return false;
  for (std::string_view range : ranges)
    if (same_text(t.custom, range))
      return true;
  return false;
}

/// Whether PostgreSQL takes the values as they lie on disk. Between timestamp and timestamptz it does so in UTC alone.
constexpr bool stays_on_disk(const column_type& from, const column_type& to) {
  if (from.dimensions != to.dimensions)
    return false;
  if (from.dimensions != 0)
    return same_type(from, to);
  const auto varying = [](type_kind k) {
    return k == type_kind::text || k == type_kind::varchar || k == type_kind::citext;
  };
  if (varying(from.kind) && varying(to.kind))
    return to.length < 0 || (from.length >= 0 && from.length <= to.length);
  if ((from.kind == type_kind::xml && varying(to.kind) && to.length < 0) ||
      (from.kind == type_kind::cidr && to.kind == type_kind::inet))
    return true;
  if (from.kind != to.kind)
    return false;
  switch (from.kind) {
  case type_kind::numeric:
    return to.length < 0 || (from.length >= 0 && (from.scale < 0 ? 0 : from.scale) == (to.scale < 0 ? 0 : to.scale) &&
                             from.length <= to.length);
  case type_kind::character:
  case type_kind::enumeration:
  case type_kind::custom:
    return same_type(from, to);
  default:
    return type_widens(from, to);
  }
}

}  // namespace detail

/// What a change of a column's type does to the values in PostgreSQL, where nothing else is said of it.
constexpr conversion conversion_of(const column_type& from, const column_type& to) {
  const auto bridged = [](const column_type& t) { return t.kind == type_kind::custom || detail::is_string(t.kind); };
  if (!detail::has_cast(from.kind, to.kind) || (detail::is_range(from) && !bridged(to)) ||
      (detail::is_range(to) && !bridged(from)))
    return conversion::impossible;
  if (!detail::type_widens(from, to))
    return conversion::checked;
  return detail::stays_on_disk(from, to) ? conversion::kept : conversion::rewritten;
}

/// What a change of a column's type does to the values in SQLite, which keeps any value in any column and changes its
/// form where the new affinity asks for it. https://www.sqlite.org/datatype3.html#type_affinity
constexpr conversion sqlite_conversion_of(const column_type& from, const column_type& to) {
  if (detail::same_type(from, to))
    return conversion::kept;
  const auto as_number = [](const column_type& t) {
    return t.dimensions == 0 && (detail::is_number(t.kind) || t.kind == type_kind::boolean);
  };
  if (from.dimensions > to.dimensions || from.kind == type_kind::custom || to.kind == type_kind::custom)
    return conversion::checked;
  if (to.kind == type_kind::enumeration && to.dimensions == 0)
    return conversion::checked;  // a check
  // A text that looks like a number becomes one: '007' is 7.
  if (as_number(to) && !as_number(from))
    return conversion::checked;
  return conversion::rewritten;
}

namespace detail {

/// Whether the rows that are there are filled by an expression of a new column's own: then it is added without default
/// and NULL, so that every row is one to fill.
constexpr bool fills_new_rows(const column& c) {
  return !c.backfill.empty() && c.identity == identity_kind::none && c.generated == generated_kind::none;
}

}  // namespace detail

/// Whether a column loses its values where its type changes in PostgreSQL: it is dropped and added.
constexpr bool loses_values(const column& then, const column& now) {
  return now.convert_using.empty() && conversion_of(then.type, now.type) == conversion::impossible;
}

}  // namespace instar
