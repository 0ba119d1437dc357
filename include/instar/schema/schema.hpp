#pragma once

#include "instar/schema/text.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// \file The schema value. Everything here is a view over static (or otherwise longer-lived) storage: models give it at
/// compile time, a snapshot header spells it out, introspection owns the storage and hands out the same views.

namespace instar {

/// SQL types by their standard meaning; how a dialect spells them is the business of `sql/`.
enum class type_kind : unsigned char {
  custom,
  boolean,
  smallint,
  integer,
  bigint,
  real,
  double_precision,
  numeric,
  text,
  varchar,
  character,
  citext,
  bytea,
  date,
  time,
  timetz,
  timestamp,
  timestamptz,
  interval,
  uuid,
  json,
  jsonb,
  inet,
  cidr,
  macaddr,
  xml,
  bit,
  varbit,
  tsvector,
  enumeration,
};

/// One value of an enum type. `renamed_from` declares the label that it had in the previous version.
struct enum_value {
  std::string_view label{};
  std::string_view renamed_from{};
};

/// An enum type; on SQLite a text column with a check.
struct enumeration {
  std::string_view schema{};
  std::string_view name{};
  std::span<const enum_value> values{};
  std::string_view comment{};
  std::string_view renamed_from{};
};

/// The type of a column.
struct column_type {
  type_kind kind = type_kind::custom;
  int length = -1;            ///< Length of varchar, character, bit; precision of numeric and of times; -1: not given.
  int scale = -1;             ///< Scale of numeric; -1: not given.
  int dimensions = 0;         ///< Array dimensions; 0: not an array.
  std::string_view custom{};  ///< The type's own text, for `type_kind::custom`.
  const enumeration* values = nullptr;  ///< The enum, for `type_kind::enumeration`.
};

enum class default_kind : unsigned char { none, boolean, integer, real, text, expression, now };

/// What the database writes where an INSERT leaves the column out.
struct column_default {
  default_kind kind = default_kind::none;
  std::int64_t integer = 0;  ///< The value of an integer, 0 or 1 of a boolean.
  double real = 0;
  std::string_view text{};  ///< The value of a text (not quoted), or the SQL of an expression.
};

enum class identity_kind : unsigned char { none, always, by_default };
enum class generated_kind : unsigned char { none, stored, virtual_column };

struct column {
  std::string_view name{};
  column_type type{};
  bool nullable = false;
  bool primary_key = false;  ///< Part of the primary key (derived from the table's key).
  bool unique = false;       ///< Alone unique (derived from the table's unique constraints).
  bool updated_at = false;   ///< Kept current by the application on every update.
  identity_kind identity = identity_kind::none;
  column_default initial{};
  generated_kind generated = generated_kind::none;
  std::string_view generated_as{};
  std::string_view collation{};
  std::string_view comment{};
  // What follows is said of the way from the previous version, and is no part of the schema: never compared.
  std::string_view renamed_from{};
  std::string_view convert_using{};  ///< SQL that makes a value of this type of the old one, where the type changes.
  std::string_view backfill{};       ///< SQL whose value old rows get, where the column is new or newly required.
  /// SQLite: a row number whose CREATE TABLE does not say NOT NULL, which it is all the same. Not compared.
  bool implied_not_null = false;
};

/// When a constraint is checked. https://www.postgresql.org/docs/current/sql-set-constraints.html
enum class deferral : unsigned char { not_deferrable, initially_immediate, initially_deferred };

/// A primary key or a unique constraint. A table without primary key has one with no columns.
struct key {
  std::string_view name{};
  std::span<const std::string_view> columns{};
  bool nulls_not_distinct = false;
  instar::deferral deferral = deferral::not_deferrable;
  /// SQLite: a unique constraint that stands in CREATE TABLE instead of being an index of its own, so that only a table
  /// made anew is rid of it. Both mean the same, and are not compared.
  bool in_table = false;
  std::string_view renamed_from{};
};

enum class referential_action : unsigned char { no_action, restrict_action, cascade, set_null, set_default };

struct foreign_key {
  std::string_view name{};
  std::span<const std::string_view> columns{};
  std::string_view target_schema{};
  std::string_view target_table{};
  std::span<const std::string_view> target_columns{};
  referential_action on_delete = referential_action::no_action;
  referential_action on_update = referential_action::no_action;
  instar::deferral deferral = deferral::not_deferrable;
  std::string_view renamed_from{};
};

struct check {
  std::string_view name{};
  std::string_view expression{};
  std::string_view renamed_from{};
};

enum class null_order : unsigned char { standard, first, last };

/// One part of an index or of an exclusion constraint.
struct index_part {
  std::string_view text{};  ///< A column's name, or an expression's SQL.
  bool expression = false;
  bool descending = false;
  null_order nulls = null_order::standard;
  std::string_view collation{};
  std::string_view operator_class{};
  std::string_view with_operator{};  ///< Exclusion constraints only: the operator that must not hold.
};

struct index {
  std::string_view name{};
  std::span<const index_part> parts{};
  bool unique = false;
  bool nulls_not_distinct = false;
  std::string_view method{};  ///< Empty: btree.
  std::string_view where{};
  std::span<const std::string_view> include{};
  std::string_view renamed_from{};
};

struct exclusion {
  std::string_view name{};
  std::span<const index_part> parts{};
  std::string_view method{};  ///< Empty: gist.
  std::string_view where{};
  instar::deferral deferral = deferral::not_deferrable;
  std::string_view renamed_from{};
};

struct table {
  std::string_view schema{};  ///< Empty: the default schema of the connection.
  std::string_view name{};
  std::span<const instar::column> columns{};
  key primary_key{};
  std::span<const key> uniques{};
  std::span<const foreign_key> foreign_keys{};
  std::span<const check> checks{};
  std::span<const exclusion> exclusions{};
  std::span<const index> indexes{};
  std::string_view comment{};
  std::string_view renamed_from{};  ///< The name, or "schema.name", that the table had in the previous version.
  std::string_view options{};       ///< SQLite: what follows the parenthesis, such as "WITHOUT ROWID, STRICT".
  std::uint64_t content_hash = 0;   ///< Equal hashes: equal tables. Different ones: compare. 0: not known.

  /// The column of that name, or nullptr.
  constexpr const instar::column* find_column(std::string_view wanted) const noexcept {
    for (const instar::column& c : columns)
      if (detail::same_text(c.name, wanted))
        return &c;
    return nullptr;
  }

  /// The column of that name; in a constant evaluation a wrong name does not compile, elsewhere it throws.
  constexpr const instar::column& column(std::string_view wanted) const {
    if (const instar::column* found = find_column(wanted))
      return *found;
    throw "INS1001: this table has no column of that name; see `columns` for those it has";
  }
};

struct extension_object {
  std::string_view name{};
  std::string_view schema{};
  std::string_view version{};
};

struct view_object {
  std::string_view schema{};
  std::string_view name{};
  std::string_view query{};
  bool materialized = false;
  std::span<const index> indexes{};  ///< Materialized views only.
  std::string_view comment{};
};

struct sequence_object {
  std::string_view schema{};
  std::string_view name{};
  type_kind type = type_kind::bigint;
  std::int64_t start = 1;
  std::int64_t increment = 1;
  std::int64_t cache = 1;
  bool cycle = false;
};

/// Where a raw object stands in the order of things: functions that a table's default calls must exist before it, those
/// that take its rows and make an index or a view after it, triggers after all of that.
enum class placement : unsigned char {
  before_tables,
  before_indexes,  ///< After the tables with their keys and checks, before their indexes, foreign keys and the views.
  after_tables,
};

/// An object that the schema value does not model: kept by the statement that creates it and the one that drops it.
struct raw_object {
  std::string_view kind{};  ///< "function", "trigger", "policy" …
  std::string_view name{};
  std::string_view create{};
  std::string_view drop{};
  instar::placement placement = placement::after_tables;
};

/// A whole schema.
struct schema_view {
  std::span<const instar::table> tables{};
  std::span<const enumeration> enumerations{};
  std::span<const extension_object> extensions{};
  std::span<const sequence_object> sequences{};
  std::span<const view_object> views{};  ///< In the order in which they can be created.
  std::span<const raw_object> raw_objects{};

  /// The table of that name, written "name" or "schema.name", or nullptr.
  constexpr const instar::table* find_table(std::string_view wanted) const noexcept;

  /// The table of that name; in a constant evaluation a wrong name does not compile, elsewhere it throws.
  constexpr const instar::table& table(std::string_view wanted) const {
    if (const instar::table* found = find_table(wanted))
      return *found;
    throw "INS1002: this schema has no table of that name; see `tables` for those it has";
  }
};

namespace detail {

/// Whether a possibly qualified name means the object `schema`.`name`.
constexpr bool names_object(std::string_view wanted, std::string_view schema, std::string_view name) noexcept {
  if (schema.empty())
    return same_text(wanted, name);
  if (wanted.size() != schema.size() + 1 + name.size())
    return false;
  return same_text(wanted.substr(0, schema.size()), schema) && wanted[schema.size()] == '.' &&
         same_text(wanted.substr(schema.size() + 1), name);
}

/// The hash of an object's name: that of "schema.name" as a model writes it, or of "name".
constexpr std::uint64_t hash_object(std::string_view schema, std::string_view name) noexcept {
  return schema.empty() ? hash_text(name) : hash_text(name, hash_text(".", hash_text(schema)));
}

}  // namespace detail

constexpr const table* schema_view::find_table(std::string_view wanted) const noexcept {
  for (const instar::table& t : tables)
    if (detail::names_object(wanted, t.schema, t.name))
      return &t;
  return nullptr;
}

}  // namespace instar
