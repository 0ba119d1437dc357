// SPDX-License-Identifier: BSL-1.0
// Distributed under the Boost Software License, Version 1.0: https://www.boost.org/LICENSE_1_0.txt
//
// instar: the schema of a database as part of the C++ program.
//
// Generated from include/instar by tools/amalgamate.py; change the headers, not this file. Macros to set before it:
//
//   INSTAR_WITH_POSTGRES=1   the PostgreSQL database, with libpqxx
//   INSTAR_WITH_SQLITE=1     the SQLite database, with sqlite3
//   INSTAR_WITH_CLI=1        the command line, with CLI11
//   INSTAR_WITH_HANA=1       models as Boost.Hana Structs and the other way round: what <instar/hana.hpp> gives
//
// Boost.PFR is used where it is found.

#pragma once

// ---- instar/instar.hpp

/// \file What a models file includes: models, schemas, their comparison and their SQL. No I/O, no database.


// ---- instar/model/describe.hpp


// ---- instar/model/attribute.hpp


// ---- instar/model/types.hpp


// ---- instar/schema/schema.hpp


// ---- instar/schema/text.hpp

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

/// \file Text as constant evaluations can afford it: compared by one builtin, hashed once, written twice.

namespace instar::detail {

/// A text as numbers alone: what a std::string_view says, without the calls that a compiler's interpreter pays for.
struct piece {
  const char* data = nullptr;
  std::size_t size = 0;

  static constexpr piece of(std::string_view text) noexcept { return {text.data(), text.size()}; }
  constexpr operator std::string_view() const noexcept { return {data, size}; }
};

/// Whether two texts are equal. One builtin instead of a loop: a constant evaluation counts it as one step.
constexpr bool same_text(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size() || a.size() == 0)
    return a.size() == b.size();
  // g++ 12 does not take the builtin where the text lies in an object that also holds pointers, as derived names do.
  if (!std::is_constant_evaluated() || __builtin_constant_p(__builtin_memcmp(a.data(), b.data(), a.size())))
    return __builtin_memcmp(a.data(), b.data(), a.size()) == 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i])
      return false;
  return true;
}

inline constexpr std::uint64_t hash_base = 0x9E3779B97F4A7C15ull;

/// A 64-bit polynomial hash: hash = (hash + byte + 1) * base for each byte. Equal text gives equal hashes in every
/// translation unit, and the hash of two texts in a row is that of their concatenation. Four bytes a round and no
/// object of a class: a compiler's interpreter pays for these, not for the arithmetic.
constexpr std::uint64_t hash_bytes(const char* p, std::size_t size, std::uint64_t hash) noexcept {
  for (; size >= 4; size -= 4, p += 4)
    hash = ((((hash + static_cast<unsigned char>(p[0]) + 1) * hash_base + static_cast<unsigned char>(p[1]) + 1) *
                 hash_base +
             static_cast<unsigned char>(p[2]) + 1) *
                hash_base +
            static_cast<unsigned char>(p[3]) + 1) *
           hash_base;
  for (; size != 0; --size, ++p)
    hash = (hash + static_cast<unsigned char>(*p) + 1) * hash_base;
  return hash;
}

constexpr std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0) noexcept {
  return hash_bytes(text.data(), text.size(), seed);
}

constexpr std::uint64_t hash_number(std::uint64_t number, std::uint64_t seed) noexcept {
  std::uint64_t hash = (seed ^ number) * hash_base;
  return hash ^ (hash >> 29);
}

/// Writes text nowhere and counts it: the first of the two passes that render text into an exact array.
struct counter {
  std::size_t size = 0;
  constexpr void put(std::string_view text) noexcept { size += text.size(); }
  constexpr void put(char) noexcept { ++size; }
};

/// Writes text into memory that a `counter` measured.
struct filler {
  char* position;
  constexpr void put(std::string_view text) noexcept {
    const char* p = text.data();
    const char* const end = p + text.size();
    while (p != end)
      *position++ = *p++;
  }
  constexpr void put(char c) noexcept { *position++ = c; }
};

/// Writes an integer in decimal digits.
template <class Writer>
constexpr void put_integer(Writer& out, std::int64_t value) {
  char digits[20]{};
  int n = 0;
  // The magnitude as unsigned: the most negative value has no positive twin.
  std::uint64_t rest = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  do {
    digits[n++] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (value < 0)
    out.put('-');
  while (n != 0)
    out.put(digits[--n]);
}

}  // namespace instar::detail

#include <span>

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
  std::string_view renamed_from{};
};

/// When a constraint is checked. https://www.postgresql.org/docs/current/sql-set-constraints.html
enum class deferral : unsigned char { not_deferrable, initially_immediate, initially_deferred };

/// A primary key or a unique constraint. A table without primary key has one with no columns.
struct key {
  std::string_view name{};
  std::span<const std::string_view> columns{};
  bool nulls_not_distinct = false;
  instar::deferral deferral = deferral::not_deferrable;
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
};

struct check {
  std::string_view name{};
  std::string_view expression{};
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
};

struct exclusion {
  std::string_view name{};
  std::span<const index_part> parts{};
  std::string_view method{};  ///< Empty: gist.
  std::string_view where{};
  instar::deferral deferral = deferral::not_deferrable;
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

/// Where a raw object stands in the order of things: functions that a table's default calls must exist before it.
enum class placement : unsigned char { before_tables, after_tables };

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

#include <string>

namespace instar {

/// A UUID. Its text form is the database's.
struct uuid {
  unsigned char bytes[16]{};
  friend constexpr bool operator==(const uuid&, const uuid&) = default;
};

/// A JSON document, kept as its text; jsonb on PostgreSQL.
struct json {
  std::string text{};
  friend bool operator==(const json&, const json&) = default;
};

/// An exact decimal number, kept as its digits; numeric on PostgreSQL.
struct decimal {
  std::string digits{};
  friend bool operator==(const decimal&, const decimal&) = default;
};

/// The SQL type of a C++ type. To map a type of your own, specialise this with a member `value`:
///
///     template <> struct instar::sql_type<app::money> {
///       static constexpr instar::column_type value{.kind = instar::type_kind::numeric, .length = 12, .scale = 2};
///     };
template <class T>
struct sql_type;

namespace detail {

template <class T>
struct enum_description {
  // Found by argument-dependent lookup: INSTAR_ENUM declares it beside the enum.
  using type = decltype(instar_describe_enum(static_cast<T*>(nullptr)));
};

template <class T>
concept described_enum = std::is_enum_v<T> && requires {
  typename enum_description<T>::type;
};

// The standard library's types are known by their shape, so that this header need not include <optional> or <chrono>.
template <class T>
concept optional_like = requires(T t) {
  typename T::value_type;
  t.has_value();
  t.reset();
};
template <class T>
concept text_like = requires {
  typename T::traits_type;
}
&&std::is_same_v<typename T::value_type, char>;
template <class T>
concept vector_like = !text_like<T> && requires(T t) {
  typename T::value_type;
  t.push_back(static_cast<typename T::value_type&&>(t.back()));
};
template <class T>
concept time_point_like = requires {
  typename T::clock;
  typename T::duration;
};
template <class T>
concept duration_like = !time_point_like<T> && requires {
  typename T::rep;
  typename T::period;
};
template <class T>
concept calendar_date_like = requires(const T& t) {
  t.year();
  t.month();
  t.day();
  t.ok();
};
template <class T>
concept time_of_day_like = requires(const T& t) {
  typename T::precision;
  t.hours();
  t.minutes();
};
template <class T>
concept specialised_sql_type = requires {
  sql_type<T>::value;
};

/// Digits behind the second's point that a duration needs; -1 for the six that databases keep anyway.
/// https://www.postgresql.org/docs/current/datatype-datetime.html
template <class Duration>
constexpr int time_precision() {
  int digits = 0;
  for (auto ticks = Duration::period::den / Duration::period::num; ticks > 1 && digits < 6; ticks /= 10)
    ++digits;
  return digits == 6 ? -1 : digits;
}

template <class T>
inline constexpr bool no_sql_type = false;

template <class T>
constexpr column_type sql_type_of() {
  if constexpr (specialised_sql_type<T>)
    return sql_type<T>::value;
  else if constexpr (optional_like<T>)
    return sql_type_of<typename T::value_type>();
  else if constexpr (std::is_same_v<T, bool>)
    return {.kind = type_kind::boolean};
  else if constexpr (described_enum<T>)
    return {.kind = type_kind::enumeration, .values = &enum_description<T>::type::value};
  else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, char>) {
    // PostgreSQL has no unsigned integers: the next larger signed type holds every value.
    constexpr std::size_t size = std::is_signed_v<T> ? sizeof(T) : sizeof(T) * 2;
    if constexpr (size <= 2)
      return {.kind = type_kind::smallint};
    else if constexpr (size <= 4)
      return {.kind = type_kind::integer};
    else if constexpr (size <= 8)
      return {.kind = type_kind::bigint};
    else
      return {.kind = type_kind::numeric, .length = 20, .scale = 0};
  } else if constexpr (std::is_same_v<T, float>)
    return {.kind = type_kind::real};
  else if constexpr (std::is_same_v<T, double>)
    return {.kind = type_kind::double_precision};
  else if constexpr (text_like<T>)
    return {.kind = type_kind::text};
  else if constexpr (std::is_same_v<T, uuid>)
    return {.kind = type_kind::uuid};
  else if constexpr (std::is_same_v<T, json>)
    return {.kind = type_kind::jsonb};
  else if constexpr (std::is_same_v<T, decimal>)
    return {.kind = type_kind::numeric};
  else if constexpr (vector_like<T>) {
    if constexpr (std::is_same_v<typename T::value_type, std::byte>)
      return {.kind = type_kind::bytea};
    else {
      column_type element = sql_type_of<typename T::value_type>();
      ++element.dimensions;
      return element;
    }
  } else if constexpr (time_point_like<T>) {
    if constexpr (T::duration::period::num / T::duration::period::den >= 86400)
      return {.kind = type_kind::date};
    return {.kind = type_kind::timestamptz, .length = time_precision<typename T::duration>()};
  } else if constexpr (calendar_date_like<T>)
    return {.kind = type_kind::date};
  else if constexpr (time_of_day_like<T>)
    return {.kind = type_kind::time, .length = time_precision<typename T::precision>()};
  else if constexpr (duration_like<T>)
    return {.kind = type_kind::interval};
  else {
    static_assert(no_sql_type<T>, "INS1003: this field's type has no SQL type; for an enum put INSTAR_ENUM before "
                                  "INSTAR_MODEL, for a type of your own specialise instar::sql_type<T>");
    return {};
  }
}

}  // namespace detail
}  // namespace instar

#include <array>
#include <bit>
#include <initializer_list>

/// \file What a model says of its columns and of its table. The entries of INSTAR_MODEL are expressions of these types.

namespace instar {

namespace detail {

enum class attribute_kind : unsigned char {
  end,
  field,
  primary_key,
  unique,
  references,
  index,
  check,
  last_constraint = check,
  identity,
  initial,
  updated_at,
  type,
  generated,
  collate,
  comment,
  column_name,
  renamed_from,
};

enum class table_attribute_kind : unsigned char {
  primary_key,
  unique,
  index,
  foreign_key,
  check,
  exclude,
  comment,
  renamed_from
};

}  // namespace detail

namespace detail {

/// A type that many fields have, with its hash: made once for each C++ type.
struct known_type {
  column_type type{};
  std::uint64_t hash = 0;
  bool nullable = false;  ///< Of a std::optional.
};

/// Room for a model that is never made: only the addresses of its members are taken, to know one member from another
/// without a template for each.
template <class Model>
union never_made {
  char none;
  Model value;
  constexpr never_made() : none{} {}
  constexpr ~never_made() {}
};

template <class Model>
inline constexpr never_made<Model> place_of{};

}  // namespace detail

/// One thing said of a column; `field` starts the next column. Numbers and pointers alone: a compiler's interpreter
/// pays for every object of a class that it makes, reads or copies.
struct attribute {
  detail::attribute_kind kind = detail::attribute_kind::end;
  std::uint32_t option = 0;  ///< A default_kind, identity_kind, generated_kind, or the actions of a foreign key.
  std::uint32_t text_size = 0;
  std::uint32_t name_size = 0;
  const char* text_data = nullptr;
  const char* name_data = nullptr;
  const detail::known_type* type = nullptr;  ///< Of a field, of a named type, and the enum of a default.
  const void* member = nullptr;              ///< Of a field: its place; of `references`: the place of its target.
  std::int64_t number = 0;  ///< A default, that of a floating-point number as its bits; the hash of the table that
                            ///< `references` names.

  /// A field's name, a default's text, a type's own SQL, a referenced model's table.
  constexpr std::string_view text() const { return {text_data, text_size}; }
  /// Of the constraint or index, where the user gives one.
  constexpr std::string_view name() const { return {name_data, name_size}; }
  constexpr default_kind initial() const { return static_cast<default_kind>(option); }
  constexpr referential_action on_delete() const { return static_cast<referential_action>(option & 0xff); }
  constexpr referential_action on_update() const { return static_cast<referential_action>(option >> 8 & 0xff); }
  constexpr instar::deferral deferral() const { return static_cast<instar::deferral>(option >> 16 & 0xff); }

  constexpr column_default default_words() const {
    if (initial() == default_kind::real)
      return {.kind = default_kind::real, .real = std::bit_cast<double>(number)};
    return {initial(), number, 0, text()};
  }
};

namespace detail {

template <class Option>
constexpr attribute said(attribute_kind kind, Option option, std::string_view text = {}) {
  return {.kind = kind,
          .option = static_cast<std::uint32_t>(option),
          .text_size = static_cast<std::uint32_t>(text.size()),
          .text_data = text.data()};
}

/// A column of an index or key, or an expression.
struct member_part {
  const void* member = nullptr;  ///< The field's place; null: an expression.
  const char* owner = nullptr;   ///< The table name of the model that has the field.
  bool expression = false;
  bool descending = false;
  null_order nulls = null_order::standard;
  piece text{};  ///< Of an expression.
  piece collation{};
  piece operator_class{};
  piece with_operator{};
};

/// One thing said of a table. Its parts stand together in one array for the whole model.
struct table_attribute {
  table_attribute_kind kind{};
  int first_part = 0;
  int part_count = 0;     ///< Columns of the index or key.
  int include_count = 0;  ///< Included columns of an index, or target columns of a foreign key; behind the parts.
  bool unique = false;
  bool nulls_not_distinct = false;
  piece text{};
  piece name{};
  piece method{};
  piece where{};
  piece target{};  ///< The table that a foreign key references.
  referential_action on_delete = referential_action::no_action;
  referential_action on_update = referential_action::no_action;
  instar::deferral deferral = deferral::not_deferrable;
};

template <int N>
struct table_attributes_base {
  static constexpr std::size_t attribute_count = 1;
  table_attribute head{};
  std::array<member_part, static_cast<std::size_t>(N)> parts{};

  constexpr const table_attribute* first_attribute() const { return &head; }
  constexpr const member_part* first_part() const { return parts.data(); }
};

// Taken where no namespace of the class has a description of it.
struct not_described {
  using model = void;
};
not_described instar_describe(const volatile void*);

/// The description that INSTAR_MODEL wrote for a model. A base class's description is not the derived class's.
template <class Model>
struct description_of {
  using type = decltype(instar_describe(static_cast<Model*>(nullptr)));
  static_assert(std::is_same_v<typename type::model, Model>,
                "INS1004: this class is not described; write INSTAR_MODEL for it, in its own namespace, before the "
                "schema (that of a base class does not count)");
};

template <class Model>
using description = typename description_of<Model>::type;

template <class Model>
inline constexpr std::uint64_t table_hash_of = hash_bytes(description<Model>::table_name,
                                                          description<Model>::table_name_size, 0);

}  // namespace detail

/// A column of an index with its options: `column(&User::email).desc().nulls_last()`, or `expression("lower(email)")`.
struct index_column : detail::member_part {
  constexpr explicit index_column(const detail::member_part& part) : detail::member_part(part) {}
  template <class T, class Model>
  constexpr index_column(T Model::*field)
      : detail::member_part{__builtin_addressof(detail::place_of<Model>.value.*field),
                            detail::description<Model>::table_name} {}

  constexpr index_column desc() const {
    index_column copy = *this;
    copy.descending = true;
    return copy;
  }
  constexpr index_column nulls_first() const {
    index_column copy = *this;
    copy.nulls = null_order::first;
    return copy;
  }
  constexpr index_column nulls_last() const {
    index_column copy = *this;
    copy.nulls = null_order::last;
    return copy;
  }
  constexpr index_column collate(std::string_view name) const {
    index_column copy = *this;
    copy.collation = detail::piece::of(name);
    return copy;
  }
  constexpr index_column operator_class(std::string_view name) const {
    index_column copy = *this;
    copy.detail::member_part::operator_class = detail::piece::of(name);
    return copy;
  }
  /// For `exclude`: the operator that must not hold between two rows, such as "&&".
  constexpr index_column with(std::string_view operator_name) const {
    index_column copy = *this;
    copy.with_operator = detail::piece::of(operator_name);
    return copy;
  }
};

namespace detail {

template <int N, class... Parts>
constexpr std::array<member_part, static_cast<std::size_t>(N)> parts_of(const Parts&... parts) {
  return {static_cast<const member_part&>(index_column(parts))...};
}

template <std::size_t N, std::size_t K>
constexpr std::array<member_part, N + K> joined(const std::array<member_part, N>& a,
                                                const std::array<member_part, K>& b) {
  std::array<member_part, N + K> all{};
  for (std::size_t i = 0; i < N; ++i)
    all[i] = a[i];
  for (std::size_t i = 0; i < K; ++i)
    all[N + i] = b[i];
  return all;
}

}  // namespace detail

/// An index of a table; `index(&User::email).where("deleted_at IS NULL")`.
template <int N>
struct index_attribute : detail::table_attributes_base<N> {
  /// \param name the index's name; without it the name is derived: `users_email_idx`
  constexpr index_attribute named(std::string_view name) const {
    index_attribute copy = *this;
    copy.head.name = detail::piece::of(name);
    return copy;
  }
  /// Makes it a unique index (the constraint is `unique(…)`).
  constexpr index_attribute unique() const {
    index_attribute copy = *this;
    copy.head.unique = true;
    return copy;
  }
  constexpr index_attribute nulls_not_distinct() const {
    index_attribute copy = *this;
    copy.head.nulls_not_distinct = true;
    return copy;
  }
  /// \param method "gin", "gist", "brin", "hash" …; PostgreSQL only
  constexpr index_attribute using_method(std::string_view method) const {
    index_attribute copy = *this;
    copy.head.method = detail::piece::of(method);
    return copy;
  }
  /// \param condition SQL: only rows for which it holds are in the index
  constexpr index_attribute where(std::string_view condition) const {
    index_attribute copy = *this;
    copy.head.where = detail::piece::of(condition);
    return copy;
  }
  /// Columns that are kept in the index but not searched by; PostgreSQL only.
  template <class... Members>
  constexpr index_attribute<N + static_cast<int>(sizeof...(Members))> include(Members... members) const {
    constexpr int count = static_cast<int>(sizeof...(Members));
    index_attribute<N + count> wider{{this->head, detail::joined(this->parts, detail::parts_of<count>(members...))}};
    wider.head.include_count += count;
    return wider;
  }
};

/// A primary key or unique constraint over several columns.
template <int N>
struct key_attribute : detail::table_attributes_base<N> {
  constexpr key_attribute named(std::string_view name) const {
    key_attribute copy = *this;
    copy.head.name = detail::piece::of(name);
    return copy;
  }
  constexpr key_attribute nulls_not_distinct() const {
    key_attribute copy = *this;
    copy.head.nulls_not_distinct = true;
    return copy;
  }
  constexpr key_attribute deferrable() const {
    key_attribute copy = *this;
    copy.head.deferral = deferral::initially_immediate;
    return copy;
  }
  constexpr key_attribute initially_deferred() const {
    key_attribute copy = *this;
    copy.head.deferral = deferral::initially_deferred;
    return copy;
  }
};

/// A foreign key: `foreign_key(&Task::pipeline, &Task::step).references(&Step::pipeline, &Step::number)`.
template <int N>
struct foreign_key_attribute : detail::table_attributes_base<N> {
  template <class... T, class Target>
  constexpr foreign_key_attribute<N + static_cast<int>(sizeof...(T))> references(T Target::*... columns) const {
    static_assert(sizeof...(T) == N, "INS1005: this foreign key references more or fewer columns than it has");
    foreign_key_attribute<N + static_cast<int>(sizeof...(T))> complete{
        {this->head, detail::joined(this->parts, detail::parts_of<static_cast<int>(sizeof...(T))>(columns...))}};
    complete.head.include_count = static_cast<int>(sizeof...(T));
    complete.head.target = {detail::description<Target>::table_name, detail::description<Target>::table_name_size};
    return complete;
  }
  constexpr foreign_key_attribute named(std::string_view name) const {
    foreign_key_attribute copy = *this;
    copy.head.name = detail::piece::of(name);
    return copy;
  }
  constexpr foreign_key_attribute on_delete(referential_action action) const {
    foreign_key_attribute copy = *this;
    copy.head.on_delete = action;
    return copy;
  }
  constexpr foreign_key_attribute on_update(referential_action action) const {
    foreign_key_attribute copy = *this;
    copy.head.on_update = action;
    return copy;
  }
  constexpr foreign_key_attribute deferrable() const {
    foreign_key_attribute copy = *this;
    copy.head.deferral = deferral::initially_immediate;
    return copy;
  }
  constexpr foreign_key_attribute initially_deferred() const {
    foreign_key_attribute copy = *this;
    copy.head.deferral = deferral::initially_deferred;
    return copy;
  }
};

/// An exclusion constraint (PostgreSQL): `exclude(column(&Booking::room).with("="),
/// column(&Booking::during).with("&&"))`.
template <int N>
struct exclude_attribute : detail::table_attributes_base<N> {
  constexpr exclude_attribute named(std::string_view name) const {
    exclude_attribute copy = *this;
    copy.head.name = detail::piece::of(name);
    return copy;
  }
  constexpr exclude_attribute using_method(std::string_view method) const {
    exclude_attribute copy = *this;
    copy.head.method = detail::piece::of(method);
    return copy;
  }
  constexpr exclude_attribute where(std::string_view condition) const {
    exclude_attribute copy = *this;
    copy.head.where = detail::piece::of(condition);
    return copy;
  }
};

/// What `references(&User::id)` gives: a foreign key of one column.
struct reference_attribute : attribute {
  constexpr reference_attribute on_delete(referential_action action) const {
    reference_attribute copy = *this;
    copy.option |= static_cast<std::uint32_t>(action);
    return copy;
  }
  constexpr reference_attribute on_update(referential_action action) const {
    reference_attribute copy = *this;
    copy.option |= static_cast<std::uint32_t>(action) << 8;
    return copy;
  }
  constexpr reference_attribute deferrable() const {
    reference_attribute copy = *this;
    copy.option |= static_cast<std::uint32_t>(deferral::initially_immediate) << 16;
    return copy;
  }
  constexpr reference_attribute initially_deferred() const {
    reference_attribute copy = *this;
    copy.option |= static_cast<std::uint32_t>(deferral::initially_deferred) << 16;
    return copy;
  }
  constexpr reference_attribute named(std::string_view constraint_name) const {
    reference_attribute copy = *this;
    copy.name_data = constraint_name.data();
    copy.name_size = static_cast<std::uint32_t>(constraint_name.size());
    return copy;
  }
};

/// `check("amount > 0")`, `comment("…")` and `renamed_from("old")` can be said of a column and of a table.
struct text_attribute {
  detail::attribute_kind column_kind;
  detail::table_attribute_kind table_kind;
  std::string_view text;
  std::string_view name{};

  constexpr text_attribute named(std::string_view constraint_name) const {
    return {column_kind, table_kind, text, constraint_name};
  }
  constexpr operator attribute() const {
    return {.kind = column_kind,
            .text_size = static_cast<std::uint32_t>(text.size()),
            .name_size = static_cast<std::uint32_t>(name.size()),
            .text_data = text.data(),
            .name_data = name.data()};
  }
  constexpr operator detail::table_attributes_base<0>() const {
    return {.head = {.kind = table_kind, .text = detail::piece::of(text), .name = detail::piece::of(name)},
            .parts = {}};
  }
};

namespace detail {

constexpr std::uint64_t hash_words(const column_type& t, std::uint64_t hash) {
  hash = hash_number(static_cast<std::uint64_t>(t.kind), hash);
  hash = hash_number(static_cast<std::uint64_t>(t.length + 1) << 32 | static_cast<std::uint64_t>(t.scale + 1) << 8 |
                         static_cast<std::uint64_t>(t.dimensions),
                     hash);
  hash = hash_text(t.custom, hash);
  if (t.kind == type_kind::enumeration) {
    for (std::string_view text : {t.values->schema, t.values->name, t.values->comment})
      hash = hash_number(text.size(), hash_text(text, hash));
    for (const enum_value& v : t.values->values)
      hash = hash_number(1, hash_text(v.label, hash));
  }
  return hash;
}

constexpr known_type know(const column_type& t, bool nullable = false) {
  return {t, hash_words(t, nullable ? 1 : 0), nullable};
}

template <class T>
inline constexpr known_type known_type_of = know(sql_type_of<T>(), optional_like<T>);

template <type_kind Kind, int Length = -1, int Scale = -1>
inline constexpr known_type named_type = know({.kind = Kind, .length = Length, .scale = Scale});

template <type_kind Kind, int Length = -1, int Scale = -1>
inline constexpr attribute typed{.kind = attribute_kind::type, .type = &named_type<Kind, Length, Scale>};

/// The double with the fewest decimal places that is the value again in its own type: 0.1f is 0.1, not
/// 0.10000000149011612.
template <class T>
constexpr double shortest_double(T value) {
  const double given = static_cast<double>(value);
  if constexpr (sizeof(T) < sizeof(double)) {
    const double magnitude = given < 0 ? -given : given;
    double power = 1;
    for (int k = 0; k <= 22 && magnitude * power < 9007199254740992.0; ++k, power *= 10) {
      const double rounded = static_cast<double>(static_cast<std::uint64_t>(magnitude * power + 0.5)) / power;
      if (static_cast<T>(rounded) == static_cast<T>(magnitude))
        return given < 0 ? -rounded : rounded;
    }
  }
  return given;
}

/// The words that a model is described with: INSTAR_MODEL's description derives from this, so that they are found
/// before anything of the same name in the user's namespace (or POSIX' `index`).
struct vocabulary {
  static constexpr attribute identity = said(attribute_kind::identity, identity_kind::by_default);
  static constexpr attribute identity_always = said(attribute_kind::identity, identity_kind::always);
  static constexpr attribute updated_at{.kind = attribute_kind::updated_at};
  static constexpr attribute default_now = said(attribute_kind::initial, default_kind::now);

  static constexpr attribute default_sql(std::string_view sql) {
    return said(attribute_kind::initial, default_kind::expression, sql);
  }
  template <class T>
  static constexpr attribute default_value(T value) {
    constexpr attribute_kind kind = attribute_kind::initial;
    if constexpr (std::is_same_v<T, bool>) {
      return {.kind = kind, .option = static_cast<std::uint32_t>(default_kind::boolean), .number = value ? 1 : 0};
    } else if constexpr (std::is_integral_v<T>) {
      if (value > T{} && static_cast<std::uint64_t>(value) > std::uint64_t{INT64_MAX})
        throw "INS1006: this default is beyond the largest integer of a database; write it with default_sql";
      return {.kind = kind,
              .option = static_cast<std::uint32_t>(default_kind::integer),
              .number = static_cast<std::int64_t>(value)};
    } else if constexpr (std::is_floating_point_v<T>) {
      return {.kind = kind,
              .option = static_cast<std::uint32_t>(default_kind::real),
              .number = std::bit_cast<std::int64_t>(shortest_double(value))};
    } else if constexpr (described_enum<T>) {
      attribute label = said(kind, default_kind::text, enum_description<T>::type::label(value));
      label.type = &known_type_of<T>;
      return label;
    } else {
      return said(kind, default_kind::text, value);
    }
  }

  static constexpr attribute generated_always_as(std::string_view sql) {
    return said(attribute_kind::generated, generated_kind::stored, sql);
  }
  static constexpr attribute generated_virtual(std::string_view sql) {
    return said(attribute_kind::generated, generated_kind::virtual_column, sql);
  }
  static constexpr attribute collate(std::string_view collation) { return said(attribute_kind::collate, 0, collation); }
  static constexpr text_attribute comment(std::string_view remark) {
    return {attribute_kind::comment, table_attribute_kind::comment, remark};
  }
  static constexpr text_attribute renamed_from(std::string_view old_name) {
    return {attribute_kind::renamed_from, table_attribute_kind::renamed_from, old_name};
  }
  static constexpr text_attribute check(std::string_view condition) {
    return {attribute_kind::check, table_attribute_kind::check, condition};
  }

  // Types, where the one that follows from the field's C++ type is not wanted.
  static constexpr attribute type(std::string_view sql) { return said(attribute_kind::type, 0, sql); }
  template <int Length>
  static constexpr attribute varchar = typed<type_kind::varchar, Length>;
  template <int Length>
  static constexpr attribute char_ = typed<type_kind::character, Length>;
  template <int Length>
  static constexpr attribute bit = typed<type_kind::bit, Length>;
  template <int Length>
  static constexpr attribute varbit = typed<type_kind::varbit, Length>;
  template <int Precision, int Scale = 0>
  static constexpr attribute numeric = typed<type_kind::numeric, Precision, Scale>;
  template <int Precision = -1>
  static constexpr attribute time = typed<type_kind::time, Precision>;
  template <int Precision = -1>
  static constexpr attribute timetz = typed<type_kind::timetz, Precision>;
  template <int Precision = -1>
  static constexpr attribute timestamp = typed<type_kind::timestamp, Precision>;
  template <int Precision = -1>
  static constexpr attribute timestamptz = typed<type_kind::timestamptz, Precision>;
  static constexpr attribute smallint = typed<type_kind::smallint>;
  static constexpr attribute integer = typed<type_kind::integer>;
  static constexpr attribute bigint = typed<type_kind::bigint>;
  static constexpr attribute text = typed<type_kind::text>;
  static constexpr attribute citext = typed<type_kind::citext>;
  static constexpr attribute json = typed<type_kind::json>;
  static constexpr attribute jsonb = typed<type_kind::jsonb>;
  static constexpr attribute uuid = typed<type_kind::uuid>;
  static constexpr attribute bytea = typed<type_kind::bytea>;
  static constexpr attribute date = typed<type_kind::date>;
  static constexpr attribute interval = typed<type_kind::interval>;
  static constexpr attribute inet = typed<type_kind::inet>;
  static constexpr attribute cidr = typed<type_kind::cidr>;
  static constexpr attribute macaddr = typed<type_kind::macaddr>;
  static constexpr attribute xml = typed<type_kind::xml>;
  static constexpr attribute tsvector = typed<type_kind::tsvector>;

  static constexpr referential_action no_action = referential_action::no_action;
  static constexpr referential_action restrict_action = referential_action::restrict_action;
  static constexpr referential_action cascade = referential_action::cascade;
  static constexpr referential_action set_null = referential_action::set_null;
  static constexpr referential_action set_default = referential_action::set_default;

  template <class T>
  static constexpr attribute field(const char* name, std::uint32_t size, const void* place) {
    return {attribute_kind::field, 0, size, 0, name, nullptr, &known_type_of<T>, place, 0};
  }
  static constexpr index_column expression(std::string_view sql) {
    return index_column(member_part{.expression = true, .text = piece::of(sql)});
  }
};

template <template <int> class Attribute, table_attribute_kind Kind, int N>
constexpr Attribute<N> make_words(const std::array<member_part, static_cast<std::size_t>(N)>& parts) {
  return {{{.kind = Kind, .part_count = N}, parts}};
}

/// `primary_key` and `unique` alone speak of a column; called with fields they are keys of the table. The overloads for
/// few columns are no templates: a template would be instantiated for every model.
template <attribute_kind Column, table_attribute_kind Table>
struct key_word : attribute {
  constexpr key_word() : attribute{.kind = Column} {}

  using part = const index_column&;
  constexpr key_attribute<1> operator()(part a) const { return make_words<key_attribute, Table, 1>({a}); }
  constexpr key_attribute<2> operator()(part a, part b) const { return make_words<key_attribute, Table, 2>({a, b}); }
  constexpr key_attribute<3> operator()(part a, part b, part c) const {
    return make_words<key_attribute, Table, 3>({a, b, c});
  }
  constexpr key_attribute<4> operator()(part a, part b, part c, part d) const {
    return make_words<key_attribute, Table, 4>({a, b, c, d});
  }
  template <class... T, class Model>
  requires(sizeof...(T) > 4) constexpr key_attribute<static_cast<int>(sizeof...(T))>
  operator()(T Model::*... columns) const {
    return make_words<key_attribute, Table, static_cast<int>(sizeof...(T))>(
        parts_of<static_cast<int>(sizeof...(T))>(columns...));
  }
};

struct index_word : attribute {
  constexpr index_word() : attribute{.kind = attribute_kind::index} {}

  using part = const index_column&;
  constexpr index_attribute<1> operator()(part a) const {
    return make_words<index_attribute, table_attribute_kind::index, 1>({a});
  }
  constexpr index_attribute<2> operator()(part a, part b) const {
    return make_words<index_attribute, table_attribute_kind::index, 2>({a, b});
  }
  constexpr index_attribute<3> operator()(part a, part b, part c) const {
    return make_words<index_attribute, table_attribute_kind::index, 3>({a, b, c});
  }
  constexpr index_attribute<4> operator()(part a, part b, part c, part d) const {
    return make_words<index_attribute, table_attribute_kind::index, 4>({a, b, c, d});
  }
  template <class... Parts>
  requires(sizeof...(Parts) > 4) constexpr index_attribute<static_cast<int>(sizeof...(Parts))>
  operator()(const Parts&... columns) const {
    return make_words<index_attribute, table_attribute_kind::index, static_cast<int>(sizeof...(Parts))>(
        parts_of<static_cast<int>(sizeof...(Parts))>(columns...));
  }
};

/// The words that take member pointers. They need the descriptions of models that may be described later, so
/// INSTAR_MODEL reaches them through a dependent base: nothing of them is evaluated before the schema asks.
struct late_vocabulary {
  static constexpr key_word<attribute_kind::primary_key, table_attribute_kind::primary_key> primary_key{};
  static constexpr key_word<attribute_kind::unique, table_attribute_kind::unique> unique{};
  static constexpr index_word index{};

  template <class T, class Model>
  static constexpr reference_attribute references(T Model::*target) {
    using referenced = description<Model>;
    return {{attribute_kind::references, 0, referenced::table_name_size, 0, referenced::table_name, nullptr, nullptr,
             __builtin_addressof(place_of<Model>.value.*target), static_cast<std::int64_t>(table_hash_of<Model>)}};
  }
  template <class... T, class Model>
  static constexpr foreign_key_attribute<static_cast<int>(sizeof...(T))> foreign_key(T Model::*... columns) {
    return {{{.kind = table_attribute_kind::foreign_key, .part_count = static_cast<int>(sizeof...(T))},
             parts_of<static_cast<int>(sizeof...(T))>(columns...)}};
  }
  template <class... Parts>
  static constexpr exclude_attribute<static_cast<int>(sizeof...(Parts))> exclude(Parts... parts) {
    return {{{.kind = table_attribute_kind::exclude, .part_count = static_cast<int>(sizeof...(Parts))},
             parts_of<static_cast<int>(sizeof...(Parts))>(parts...)}};
  }
  /// `column("name")` renames a column; `column(&User::email)` is a part of an index that can take options.
  static constexpr attribute column(std::string_view name) { return said(attribute_kind::column_name, 0, name); }
  template <class T, class Model>
  static constexpr index_column column(T Model::*member) {
    return member;
  }
};

template <class>
struct late {
  using type = late_vocabulary;
};

/// All that is said of a table, parts and all, in flat arrays.
template <std::size_t Attributes, std::size_t Parts>
struct table_attribute_list {
  static constexpr std::size_t attribute_count = Attributes;
  std::array<table_attribute, Attributes> attributes{};
  std::array<member_part, Parts> parts{};

  constexpr const table_attribute* first_attribute() const { return attributes.data(); }
  constexpr const member_part* first_part() const { return parts.data(); }
};

template <int N>
constexpr const table_attributes_base<N>& as_base(const table_attributes_base<N>& a) {
  return a;
}
constexpr table_attributes_base<0> as_base(const text_attribute& a) {
  return a;
}

template <std::size_t Attributes, std::size_t Parts, int... N>
constexpr table_attribute_list<Attributes, Parts> flattened(const table_attributes_base<N>&... each) {
  table_attribute_list<Attributes, Parts> list{};
  std::size_t attributes = 0;
  std::size_t parts = 0;
  [[maybe_unused]] auto add = [&](const auto& one) {
    list.attributes[attributes] = one.head;
    list.attributes[attributes++].first_part = static_cast<int>(parts);
    for (const member_part& part : one.parts)
      list.parts[parts++] = part;
    return 0;
  };
  [[maybe_unused]] int in_order[] = {0, add(each)...};
  return list;
}

template <int... N>
constexpr auto table_list(const table_attributes_base<N>&... each) {
  return flattened<sizeof...(N), static_cast<std::size_t>((0 + ... + N))>(each...);
}

// What INSTAR_MODEL calls with all that is said of the table, behind a number that takes the first comma. One word
// alone, as most models have, is its own list.
constexpr table_attribute_list<0, 0> table_list_of(int) {
  return {};
}
template <class Attribute>
constexpr auto table_list_of(int, const Attribute& alone) {
  return as_base(alone);
}
template <class... Attributes>
constexpr auto table_list_of(int, const Attributes&... each) {
  return table_list(as_base(each)...);
}

}  // namespace detail
}  // namespace instar


// ---- instar/model/for_each.hpp

/// \file Written by tools/generate_for_each.py: INSTAR_FOR_EACH(F, context, a, b, …) is F(context, a) F(context, b) …,
/// for up to 342 entries. A chain of macros instead of a counted one: it ends by itself and costs only what is used.

// clang-format off
#define INSTAR_FOR_EACH(F, C, ...) __VA_OPT__(INSTAR_FOR_EACH_1(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_1(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_2(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_2(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_3(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_3(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_4(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_4(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_5(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_5(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_6(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_6(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_7(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_7(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_8(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_8(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_9(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_9(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_10(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_10(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_11(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_11(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_12(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_12(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_13(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_13(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_14(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_14(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_15(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_15(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_16(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_16(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_17(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_17(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_18(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_18(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_19(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_19(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_20(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_20(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_21(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_21(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_22(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_22(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_23(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_23(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_24(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_24(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_25(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_25(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_26(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_26(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_27(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_27(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_28(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_28(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_29(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_29(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_30(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_30(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_31(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_31(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_32(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_32(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_33(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_33(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_34(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_34(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_35(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_35(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_36(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_36(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_37(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_37(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_38(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_38(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_39(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_39(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_40(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_40(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_41(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_41(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_42(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_42(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_43(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_43(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_44(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_44(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_45(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_45(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_46(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_46(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_47(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_47(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_48(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_48(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_49(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_49(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_50(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_50(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_51(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_51(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_52(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_52(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_53(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_53(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_54(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_54(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_55(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_55(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_56(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_56(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_57(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_57(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_58(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_58(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_59(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_59(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_60(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_60(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_61(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_61(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_62(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_62(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_63(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_63(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_64(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_64(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_65(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_65(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_66(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_66(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_67(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_67(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_68(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_68(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_69(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_69(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_70(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_70(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_71(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_71(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_72(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_72(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_73(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_73(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_74(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_74(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_75(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_75(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_76(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_76(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_77(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_77(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_78(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_78(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_79(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_79(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_80(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_80(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_81(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_81(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_82(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_82(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_83(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_83(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_84(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_84(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_85(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_85(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_86(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_86(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_87(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_87(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_88(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_88(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_89(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_89(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_90(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_90(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_91(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_91(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_92(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_92(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_93(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_93(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_94(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_94(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_95(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_95(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_96(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_96(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_97(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_97(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_98(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_98(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_99(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_99(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_100(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_100(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_101(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_101(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_102(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_102(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_103(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_103(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_104(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_104(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_105(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_105(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_106(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_106(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_107(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_107(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_108(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_108(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_109(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_109(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_110(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_110(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_111(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_111(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_112(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_112(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_113(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_113(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_114(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_114(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_115(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_115(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_116(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_116(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_117(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_117(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_118(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_118(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_119(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_119(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_120(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_120(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_121(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_121(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_122(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_122(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_123(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_123(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_124(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_124(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_125(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_125(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_126(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_126(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_127(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_127(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_128(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_128(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_129(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_129(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_130(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_130(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_131(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_131(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_132(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_132(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_133(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_133(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_134(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_134(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_135(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_135(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_136(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_136(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_137(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_137(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_138(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_138(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_139(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_139(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_140(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_140(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_141(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_141(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_142(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_142(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_143(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_143(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_144(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_144(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_145(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_145(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_146(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_146(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_147(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_147(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_148(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_148(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_149(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_149(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_150(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_150(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_151(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_151(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_152(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_152(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_153(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_153(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_154(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_154(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_155(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_155(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_156(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_156(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_157(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_157(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_158(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_158(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_159(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_159(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_160(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_160(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_161(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_161(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_162(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_162(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_163(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_163(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_164(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_164(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_165(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_165(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_166(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_166(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_167(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_167(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_168(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_168(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_169(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_169(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_170(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_170(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_171(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_171(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_172(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_172(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_173(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_173(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_174(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_174(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_175(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_175(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_176(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_176(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_177(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_177(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_178(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_178(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_179(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_179(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_180(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_180(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_181(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_181(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_182(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_182(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_183(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_183(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_184(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_184(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_185(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_185(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_186(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_186(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_187(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_187(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_188(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_188(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_189(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_189(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_190(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_190(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_191(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_191(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_192(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_192(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_193(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_193(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_194(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_194(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_195(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_195(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_196(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_196(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_197(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_197(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_198(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_198(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_199(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_199(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_200(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_200(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_201(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_201(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_202(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_202(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_203(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_203(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_204(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_204(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_205(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_205(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_206(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_206(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_207(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_207(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_208(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_208(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_209(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_209(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_210(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_210(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_211(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_211(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_212(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_212(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_213(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_213(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_214(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_214(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_215(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_215(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_216(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_216(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_217(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_217(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_218(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_218(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_219(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_219(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_220(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_220(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_221(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_221(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_222(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_222(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_223(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_223(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_224(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_224(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_225(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_225(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_226(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_226(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_227(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_227(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_228(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_228(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_229(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_229(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_230(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_230(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_231(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_231(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_232(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_232(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_233(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_233(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_234(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_234(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_235(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_235(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_236(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_236(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_237(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_237(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_238(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_238(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_239(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_239(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_240(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_240(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_241(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_241(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_242(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_242(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_243(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_243(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_244(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_244(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_245(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_245(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_246(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_246(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_247(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_247(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_248(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_248(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_249(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_249(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_250(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_250(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_251(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_251(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_252(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_252(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_253(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_253(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_254(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_254(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_255(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_255(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_256(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_256(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_257(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_257(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_258(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_258(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_259(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_259(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_260(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_260(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_261(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_261(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_262(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_262(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_263(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_263(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_264(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_264(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_265(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_265(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_266(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_266(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_267(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_267(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_268(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_268(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_269(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_269(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_270(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_270(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_271(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_271(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_272(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_272(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_273(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_273(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_274(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_274(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_275(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_275(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_276(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_276(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_277(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_277(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_278(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_278(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_279(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_279(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_280(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_280(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_281(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_281(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_282(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_282(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_283(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_283(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_284(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_284(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_285(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_285(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_286(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_286(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_287(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_287(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_288(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_288(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_289(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_289(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_290(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_290(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_291(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_291(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_292(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_292(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_293(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_293(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_294(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_294(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_295(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_295(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_296(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_296(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_297(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_297(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_298(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_298(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_299(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_299(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_300(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_300(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_301(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_301(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_302(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_302(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_303(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_303(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_304(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_304(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_305(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_305(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_306(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_306(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_307(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_307(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_308(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_308(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_309(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_309(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_310(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_310(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_311(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_311(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_312(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_312(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_313(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_313(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_314(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_314(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_315(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_315(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_316(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_316(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_317(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_317(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_318(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_318(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_319(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_319(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_320(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_320(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_321(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_321(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_322(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_322(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_323(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_323(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_324(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_324(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_325(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_325(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_326(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_326(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_327(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_327(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_328(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_328(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_329(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_329(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_330(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_330(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_331(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_331(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_332(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_332(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_333(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_333(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_334(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_334(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_335(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_335(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_336(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_336(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_337(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_337(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_338(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_338(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_339(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_339(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_340(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_340(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_341(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_341(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_FOR_EACH_342(F, C, __VA_ARGS__))
#define INSTAR_FOR_EACH_342(F, C, X, ...) F(C, X) __VA_OPT__(INSTAR_a_model_has_at_most_341_entries)
// clang-format on

/// \file INSTAR_MODEL and INSTAR_ENUM.

namespace instar::detail {

/// Calls `f(row.id, row.email, …)` with all fields of a model's row.
template <class Model, class F>
constexpr decltype(auto) visit_fields(Model& row, F&& f) {
  return description<std::remove_const_t<Model>>::visit(row, static_cast<F&&>(f));
}

/// What an enum's or an enumerator's entry can say beside its name.
struct enum_vocabulary {
  struct old_name {
    std::string_view text;
  };
  struct remark {
    std::string_view text;
  };
  static constexpr old_name renamed_from(std::string_view text) { return {text}; }
  static constexpr remark comment(std::string_view text) { return {text}; }

  static constexpr enum_value enumerator(std::string_view name) { return {name, {}}; }
  static constexpr enum_value enumerator(std::string_view, std::string_view label) { return {label, {}}; }
  static constexpr enum_value enumerator(std::string_view name, old_name old) { return {name, old.text}; }
  static constexpr enum_value enumerator(std::string_view, std::string_view label, old_name old) {
    return {label, old.text};
  }

  template <class... Options>
  static constexpr enumeration named(std::string_view derived, std::span<const enum_value> values, Options... options) {
    enumeration e{.name = derived, .values = values};
    [[maybe_unused]] int in_order[] = {0, apply(e, options)...};
    return e;
  }

 private:
  static constexpr int apply(enumeration& e, std::string_view qualified) {
    const std::size_t dot = qualified.find('.');
    e.schema = dot == std::string_view::npos ? std::string_view{} : qualified.substr(0, dot);
    e.name = dot == std::string_view::npos ? qualified : qualified.substr(dot + 1);
    return 0;
  }
  static constexpr int apply(enumeration& e, const char* qualified) { return apply(e, std::string_view(qualified)); }
  static constexpr int apply(enumeration& e, old_name old) {
    e.renamed_from = old.text;
    return 0;
  }
  static constexpr int apply(enumeration& e, remark r) {
    e.comment = r.text;
    return 0;
  }
};

/// "TaskState" as a database writes it: "task_state".
template <std::size_t N>
struct snake_case {
  char text[N * 2]{};
  std::size_t size = 0;

  constexpr explicit snake_case(const char (&name)[N]) {
    auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    for (std::size_t i = 0; i + 1 < N; ++i) {
      const bool starts_word =
          upper(name[i]) && i != 0 && (!upper(name[i - 1]) || (i + 2 < N && name[i + 1] != '_' && !upper(name[i + 1])));
      if (starts_word && name[i - 1] != '_')
        text[size++] = '_';
      text[size++] = upper(name[i]) ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
    }
  }
  constexpr std::string_view view() const { return {text, size}; }
};

}  // namespace instar::detail

#define INSTAR_SECOND(A, B, ...) B
#define INSTAR_PARENTHESISED_PROBE(...) ~, 1
#define INSTAR_IS_PARENTHESISED_2(...) INSTAR_SECOND(__VA_ARGS__)
#define INSTAR_IS_PARENTHESISED(X) INSTAR_IS_PARENTHESISED_2(INSTAR_PARENTHESISED_PROBE X, 0, ~)
#define INSTAR_JOIN_2(A, B) A##B
#define INSTAR_JOIN(A, B) INSTAR_JOIN_2(A, B)

#define INSTAR_FIELD_NAME(NAME, ...) NAME

// Each of these takes one entry of a model: a column when parenthesised, a word about the table when bare.
#define INSTAR_COLUMN(MODEL, ENTRY) INSTAR_JOIN(INSTAR_COLUMN_, INSTAR_IS_PARENTHESISED(ENTRY))(ENTRY)
#define INSTAR_COLUMN_0(ENTRY)
#define INSTAR_COLUMN_1(ENTRY) INSTAR_FIELD ENTRY
#define INSTAR_FIELD(NAME, ...)                                                                                        \
  field<decltype(model::NAME)>(#NAME, sizeof(#NAME) - 1,                                                               \
                               __builtin_addressof(::instar::detail::place_of<model>.value.NAME)),                     \
      __VA_OPT__(__VA_ARGS__, )
#define INSTAR_UNWRAP(...) __VA_ARGS__

#define INSTAR_NAME(MODEL, ENTRY) INSTAR_JOIN(INSTAR_NAME_, INSTAR_IS_PARENTHESISED(ENTRY))(ENTRY)
#define INSTAR_NAME_0(ENTRY)
#define INSTAR_NAME_1(ENTRY) , INSTAR_FIELD_NAME ENTRY
// The names without the comma that stands before the first: words about the table may come before any column.
#define INSTAR_NAMES(MODEL, ...) INSTAR_AFTER_COMMA(~INSTAR_FOR_EACH(INSTAR_NAME, MODEL, __VA_ARGS__))
#define INSTAR_AFTER_COMMA(...) INSTAR_AFTER_COMMA_2(__VA_ARGS__)
#define INSTAR_AFTER_COMMA_2(FIRST, ...) __VA_ARGS__

#define INSTAR_TABLE_WORD(MODEL, ENTRY) INSTAR_JOIN(INSTAR_TABLE_WORD_, INSTAR_IS_PARENTHESISED(ENTRY))(ENTRY)
#define INSTAR_TABLE_WORD_0(ENTRY) , ENTRY
#define INSTAR_TABLE_WORD_1(ENTRY)

#define INSTAR_QUIET_BEGIN                                                                                             \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"")                                        \
      _Pragma("GCC diagnostic ignored \"-Wunused-variable\"")
#define INSTAR_QUIET_END _Pragma("GCC diagnostic pop")

// A function that is there for its type alone. In an unnamed namespace compilers would miss its definition.
#define INSTAR_NEVER_DEFINED(...)                                                                                      \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wunused-function\"")                               \
      [[maybe_unused]] __VA_ARGS__ _Pragma("GCC diagnostic pop")

/// Describes a struct as a table. Stands in the struct's own namespace, after the struct and after INSTAR_ENUM of its
/// enums.
///
///     INSTAR_MODEL(User, "users",               // "schema.users" for another schema than the default one
///         (id, primary_key, identity),          // a column: the field, then what is said of it
///         (email, unique),
///         index(&User::email, &User::id))       // without parentheses: said of the table
///
/// Every field must be listed, in the order of the struct; one that is left out does not compile. Models may reference
/// each other and themselves in any order. At most 341 entries.
#define INSTAR_MODEL(MODEL, TABLE, ...)                                                                                \
  template <class instar_self>                                                                                         \
  struct instar_model_##MODEL : ::instar::detail::vocabulary, ::instar::detail::late<instar_self>::type {              \
    INSTAR_MODEL_NAMES(MODEL, TABLE)                                                                                   \
    static constexpr ::instar::attribute columns[] = {INSTAR_FOR_EACH(INSTAR_COLUMN, MODEL, __VA_ARGS__){}};           \
    static constexpr auto table_words() {                                                                              \
      return ::instar::detail::table_list_of(0 INSTAR_FOR_EACH(INSTAR_TABLE_WORD, MODEL, __VA_ARGS__));                \
    }                                                                                                                  \
    INSTAR_EVERY_FIELD_LISTED(MODEL, INSTAR_NAMES(MODEL, __VA_ARGS__))                                                 \
  };                                                                                                                   \
  INSTAR_NEVER_DEFINED(instar_model_##MODEL<MODEL> instar_describe(MODEL*);)

#define INSTAR_MODEL_NAMES(MODEL, TABLE)                                                                               \
  using model = MODEL;                                                                                                 \
  INSTAR_LATE_WORDS                                                                                                    \
  static constexpr const char* table_name = TABLE;                                                                     \
  static constexpr ::std::size_t table_name_size = sizeof(TABLE) - 1;                                                  \
  static constexpr const char* model_name = #MODEL;

#define INSTAR_LATE_WORDS                                                                                              \
  using instar_late = typename ::instar::detail::late<instar_self>::type;                                              \
  using instar_late::column;                                                                                           \
  using instar_late::exclude;                                                                                          \
  using instar_late::foreign_key;                                                                                      \
  using instar_late::index;                                                                                            \
  using instar_late::primary_key;                                                                                      \
  using instar_late::references;                                                                                       \
  using instar_late::unique;

// A structured binding names every member or does not compile: the one exact and free check that a list is complete. It
// is also how others reach the members: `visit(row, f)` is f(row.id, row.email, …).
#define INSTAR_EVERY_FIELD_LISTED(MODEL, ...)                                                                          \
  INSTAR_QUIET_BEGIN                                                                                                   \
  template <class instar_f>                                                                                            \
  static constexpr decltype(auto) visit(MODEL& INSTAR_MODEL_must_list_every_field, instar_f&& instar_call) {           \
    auto& [__VA_ARGS__] = INSTAR_MODEL_must_list_every_field;                                                          \
    return instar_call(__VA_ARGS__);                                                                                   \
  }                                                                                                                    \
  INSTAR_QUIET_END

#define INSTAR_ENUMERATOR(ENUM, ENTRY) INSTAR_JOIN(INSTAR_ENUMERATOR_, INSTAR_IS_PARENTHESISED(ENTRY))(ENTRY)
#define INSTAR_ENUMERATOR_0(ENTRY) enumerator(#ENTRY),
#define INSTAR_ENUMERATOR_1(ENTRY) INSTAR_ENUMERATOR_2 ENTRY
#define INSTAR_ENUMERATOR_2(NAME, ...) enumerator(#NAME __VA_OPT__(, ) __VA_ARGS__),

#define INSTAR_ENUM_CASE(ENUM, ENTRY) INSTAR_JOIN(INSTAR_ENUM_CASE_, INSTAR_IS_PARENTHESISED(ENTRY))(ENUM, ENTRY)
#define INSTAR_ENUM_CASE_0(ENUM, ENTRY) case ENUM::ENTRY:
#define INSTAR_ENUM_CASE_1(ENUM, ENTRY) case ENUM::INSTAR_FIELD_NAME ENTRY:

/// Describes an enum as an enum type (on SQLite: a text with a check). Stands in the enum's own namespace, before the
/// models that use it. The type is named after the enum in snake_case; every enumerator must be listed, in the order
/// that the database keeps.
///
///     INSTAR_ENUM(Role, member, admin)
///     INSTAR_ENUM((Role, "auth.role"), member, (admin, "Administrator"), (guest, renamed_from("visitor")))
#define INSTAR_ENUM(ENUM, ...) INSTAR_JOIN(INSTAR_ENUM_, INSTAR_IS_PARENTHESISED(ENUM))(ENUM, __VA_ARGS__)
#define INSTAR_ENUM_0(ENUM, ...) INSTAR_DESCRIBE_ENUM(ENUM, (), __VA_ARGS__)
#define INSTAR_ENUM_1(ENUM, ...) INSTAR_ENUM_2(INSTAR_FIELD_NAME ENUM, (INSTAR_ENUM_OPTIONS ENUM), __VA_ARGS__)
#define INSTAR_ENUM_2(...) INSTAR_DESCRIBE_ENUM(__VA_ARGS__)
#define INSTAR_ENUM_OPTIONS(NAME, ...) __VA_OPT__(, ) __VA_ARGS__

#define INSTAR_DESCRIBE_ENUM(ENUM, OPTIONS, ...)                                                                       \
  struct instar_enum_##ENUM : ::instar::detail::enum_vocabulary {                                                      \
    static constexpr ::instar::detail::snake_case<sizeof(#ENUM)> derived_name{#ENUM};                                  \
    static constexpr ::instar::enum_value values[] = {INSTAR_FOR_EACH(INSTAR_ENUMERATOR, ENUM, __VA_ARGS__)};          \
    static constexpr ::instar::enumeration value = named(derived_name.view(), values INSTAR_UNWRAP OPTIONS);           \
    static constexpr ENUM enumerators[] = {INSTAR_FOR_EACH(INSTAR_ENUM_VALUE, ENUM, __VA_ARGS__)};                     \
    static constexpr ::std::string_view label(ENUM wanted) {                                                           \
      for (::std::size_t i = 0; i < sizeof(enumerators) / sizeof(ENUM); ++i)                                           \
        if (enumerators[i] == wanted)                                                                                  \
          return values[i].label;                                                                                      \
      return {};                                                                                                       \
    }                                                                                                                  \
  };                                                                                                                   \
  INSTAR_NEVER_DEFINED(instar_enum_##ENUM instar_describe_enum(ENUM*);)                                                \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic error \"-Wswitch\"")                                          \
      [[maybe_unused]] constexpr void INSTAR_ENUM_must_list_every_value_of_##ENUM(ENUM instar_value) {                 \
    switch (instar_value) { INSTAR_FOR_EACH(INSTAR_ENUM_CASE, ENUM, __VA_ARGS__) break; }                              \
  }                                                                                                                    \
  _Pragma("GCC diagnostic pop")

#define INSTAR_ENUM_VALUE(ENUM, ENTRY) INSTAR_JOIN(INSTAR_ENUM_VALUE_, INSTAR_IS_PARENTHESISED(ENTRY))(ENUM, ENTRY)
#define INSTAR_ENUM_VALUE_0(ENUM, ENTRY) ENUM::ENTRY,
#define INSTAR_ENUM_VALUE_1(ENUM, ENTRY) ENUM::INSTAR_FIELD_NAME ENTRY,


// ---- instar/model/schema.hpp


// ---- instar/model/facts.hpp


// ---- instar/model/mistake.hpp


// ---- instar/schema/fixed_string.hpp

namespace instar {

/// A text that can be a template argument, which is how it gets into a compiler's message.
template <std::size_t N>
struct fixed_string {
  char text[N + 1]{};
  constexpr fixed_string() = default;
  constexpr fixed_string(const char (&literal)[N + 1]) {
    for (std::size_t i = 0; i < N; ++i)
      text[i] = literal[i];
  }
  constexpr std::string_view view() const { return {text, N}; }
  // What a static_assert with a computed message asks of it (P2741).
  constexpr const char* data() const { return text; }
  constexpr std::size_t size() const { return N; }
};
template <std::size_t N>
fixed_string(const char (&)[N]) -> fixed_string<N - 1>;

}  // namespace instar

/// \file Mistakes in models, found by the compiler and told in one line: model, field, cause, remedy.

namespace instar {

/// Never defined: naming it stops the build, and the compiler prints the text. If you see it, the text tells the
/// mistake.
template <fixed_string Text>
struct mistake_in_model;

namespace detail {

enum class mistake_kind : unsigned char {
  none,
  duplicate_column,
  name_too_long,
  wrong_default,
  default_conflict,
  identity_not_integer,
  two_primary_keys,
  nullable_primary_key,
  other_models_field,
  duplicate_constraint,
  duplicate_table,
  unknown_target,
  target_type_differs,
  target_not_unique,
  name_collision,
  duplicate_object,
  duplicate_value,
};

struct mistake {
  mistake_kind kind = mistake_kind::none;
  std::string_view model{};  ///< Or the name of the enum, view or sequence that it is in.
  std::string_view field{};
  std::string_view other{};
  std::string_view other_model{};  ///< Of a field of another model in `other`.
};

template <class Writer>
constexpr void put_other(Writer& out, const mistake& m) {
  if (!m.other_model.empty()) {
    out.put(m.other_model);
    out.put('.');
  }
  out.put(m.other);
}

template <class Writer>
constexpr void put_mistake(Writer& out, const mistake& m) {
  out.put(m.model);
  if (!m.field.empty()) {
    out.put('.');
    out.put(m.field);
  }
  out.put(": ");
  // No quotes: a compiler shows them with backslashes.
  switch (m.kind) {
  case mistake_kind::none:
    break;
  case mistake_kind::duplicate_column:
    out.put("INS1010 two columns are named ");
    out.put(m.other);
    out.put("; give one of them another name with column(...)");
    break;
  case mistake_kind::name_too_long:
    out.put("INS1011 the name ");
    out.put(m.other);
    out.put(" is longer than the 63 bytes that PostgreSQL keeps; shorten it");
    break;
  case mistake_kind::wrong_default:
    out.put("INS1012 the default is no value of the type of the column; give one of the type of the field, or "
            "default_sql(...)");
    break;
  case mistake_kind::default_conflict:
    out.put("INS1013 a column has one of identity, generated_always_as and a default; leave out the others");
    break;
  case mistake_kind::identity_not_integer:
    out.put("INS1014 identity needs a smallint, integer or bigint column; change the type of the field");
    break;
  case mistake_kind::two_primary_keys:
    out.put("INS1015 the table has two primary keys; for a key of several columns write primary_key(&");
    out.put(m.model);
    out.put("::a, &");
    out.put(m.model);
    out.put("::b) once, as an entry of its own");
    break;
  case mistake_kind::nullable_primary_key:
    out.put("INS1016 a column of a primary key cannot be NULL; make the field no std::optional");
    break;
  case mistake_kind::other_models_field:
    out.put("INS1017 an index or key of this model names a field of another model, that of the table ");
    out.put(m.other);
    out.put("; name a field of ");
    out.put(m.model);
    break;
  case mistake_kind::duplicate_constraint:
    out.put("INS1018 two constraints or indexes of this table have one name (");
    out.put(m.other);
    out.put("); remove one, or give it another name with named(...)");
    break;
  case mistake_kind::duplicate_table:
    out.put("INS1019 two models of the schema are the table ");
    out.put(m.other);
    out.put("; rename one");
    break;
  case mistake_kind::unknown_target:
    out.put("INS1020 the foreign key references the table ");
    out.put(m.other);
    out.put(", whose model is not in the schema; add it to instar::schema<...>");
    break;
  case mistake_kind::target_type_differs:
    out.put("INS1021 the type of the foreign key is not that of ");
    put_other(out, m);
    out.put(", which it references; give both fields one type");
    break;
  case mistake_kind::target_not_unique:
    out.put("INS1022 the foreign key references ");
    put_other(out, m);
    out.put(", which is neither the primary key nor unique; make it one of them");
    break;
  case mistake_kind::name_collision:
    out.put("INS1023 a derived name of this table is also one of the table ");
    out.put(m.other);
    out.put("; give one of them another name with named(...)");
    break;
  case mistake_kind::duplicate_object:
    out.put("INS1025 the schema has another table, view, sequence or enum of this name; rename one");
    break;
  case mistake_kind::duplicate_value:
    out.put("INS1026 two values of this enum are the text ");
    out.put(m.other);
    out.put("; give one of them another");
    break;
  }
}

template <const mistake& Mistake>
constexpr auto mistake_text() {
  constexpr std::size_t size = [] {
    counter out;
    put_mistake(out, Mistake);
    return out.size;
  }();
  fixed_string<size> text{};
  filler out{text.text};
  put_mistake(out, Mistake);
  return text;
}

/// Stops the build where there is a mistake.
template <const mistake& Mistake, bool Right = Mistake.kind == mistake_kind::none>
struct no_mistake {
  static constexpr bool value = true;
};

#if defined(__clang__) && __clang_major__ < 16
// clang before 16 prints a text argument as numbers, but the arguments of a call as they are: so the mistake is told by
// a function's name, and model and field by its arguments.
void stop();
#define INSTAR_MISTAKE(NAME)                                                                                           \
  constexpr void NAME([[maybe_unused]] const char* model, [[maybe_unused]] const char* field,                          \
                      [[maybe_unused]] const char* other) {                                                            \
    if (model != nullptr)                                                                                              \
      stop();                                                                                                          \
  }
INSTAR_MISTAKE(INS1010_two_columns_have_one_name__give_one_of_them_another_column_name)
INSTAR_MISTAKE(INS1011_a_name_is_longer_than_63_bytes__shorten_it)
INSTAR_MISTAKE(INS1012_the_default_is_no_value_of_the_columns_type__give_one_of_the_fields_type_or_default_sql)
INSTAR_MISTAKE(INS1013_a_column_has_one_of_identity_generated_and_default__leave_out_the_others)
INSTAR_MISTAKE(INS1014_identity_needs_an_integer_column__change_the_fields_type)
INSTAR_MISTAKE(
    INS1015_the_table_has_two_primary_keys__for_several_columns_write_primary_key_once_as_an_entry_of_its_own)
INSTAR_MISTAKE(INS1016_a_primary_keys_column_cannot_be_null__make_the_field_no_optional)
INSTAR_MISTAKE(INS1017_an_index_or_key_names_a_field_of_another_model__name_a_field_of_this_one)
INSTAR_MISTAKE(INS1018_two_constraints_of_the_table_have_one_name__remove_one_or_give_it_another_with_named)
INSTAR_MISTAKE(INS1019_two_models_are_one_table__rename_one)
INSTAR_MISTAKE(INS1020_the_foreign_key_references_a_model_that_is_not_in_the_schema__add_it_to_the_schema)
INSTAR_MISTAKE(INS1021_the_foreign_keys_type_is_not_that_of_the_column_it_references__give_both_fields_one_type)
INSTAR_MISTAKE(INS1022_the_referenced_column_is_neither_primary_key_nor_unique__make_it_one_of_them)
INSTAR_MISTAKE(INS1023_a_derived_name_is_taken_by_another_object__give_one_of_them_a_name_with_named)
INSTAR_MISTAKE(INS1025_the_schema_has_another_table_view_sequence_or_enum_of_this_name__rename_one)
INSTAR_MISTAKE(INS1026_two_values_of_an_enum_have_one_text_in_the_database__give_one_of_them_another)
#undef INSTAR_MISTAKE

constexpr bool tell(const mistake& m) {
  const char* model = m.model.data();
  const char* field = m.field.data();
  const char* other = m.other.data();
  switch (m.kind) {
  case mistake_kind::none:
    return true;
#define INSTAR_TELL(KIND, NAME)                                                                                        \
  case mistake_kind::KIND:                                                                                             \
    NAME(model, field, other);                                                                                         \
    break;
    INSTAR_TELL(duplicate_column, INS1010_two_columns_have_one_name__give_one_of_them_another_column_name)
    INSTAR_TELL(name_too_long, INS1011_a_name_is_longer_than_63_bytes__shorten_it)
    INSTAR_TELL(wrong_default,
                INS1012_the_default_is_no_value_of_the_columns_type__give_one_of_the_fields_type_or_default_sql)
    INSTAR_TELL(default_conflict, INS1013_a_column_has_one_of_identity_generated_and_default__leave_out_the_others)
    INSTAR_TELL(identity_not_integer, INS1014_identity_needs_an_integer_column__change_the_fields_type)
    INSTAR_TELL(
        two_primary_keys,
        INS1015_the_table_has_two_primary_keys__for_several_columns_write_primary_key_once_as_an_entry_of_its_own)
    INSTAR_TELL(nullable_primary_key, INS1016_a_primary_keys_column_cannot_be_null__make_the_field_no_optional)
    INSTAR_TELL(other_models_field, INS1017_an_index_or_key_names_a_field_of_another_model__name_a_field_of_this_one)
    INSTAR_TELL(duplicate_constraint,
                INS1018_two_constraints_of_the_table_have_one_name__remove_one_or_give_it_another_with_named)
    INSTAR_TELL(duplicate_table, INS1019_two_models_are_one_table__rename_one)
    INSTAR_TELL(unknown_target,
                INS1020_the_foreign_key_references_a_model_that_is_not_in_the_schema__add_it_to_the_schema)
    INSTAR_TELL(target_type_differs,
                INS1021_the_foreign_keys_type_is_not_that_of_the_column_it_references__give_both_fields_one_type)
    INSTAR_TELL(target_not_unique, INS1022_the_referenced_column_is_neither_primary_key_nor_unique__make_it_one_of_them)
    INSTAR_TELL(name_collision, INS1023_a_derived_name_is_taken_by_another_object__give_one_of_them_a_name_with_named)
    INSTAR_TELL(duplicate_object, INS1025_the_schema_has_another_table_view_sequence_or_enum_of_this_name__rename_one)
    INSTAR_TELL(duplicate_value, INS1026_two_values_of_an_enum_have_one_text_in_the_database__give_one_of_them_another)
#undef INSTAR_TELL
  }
  return false;
}

template <const mistake& Mistake>
struct no_mistake<Mistake, false> {
  static_assert(tell(Mistake), "instar: a mistake in a model; the note names it");
  static constexpr bool value = true;
};
#else
// A base class that is never defined: one error, which names it with its text.
template <const mistake& Mistake>
struct no_mistake<Mistake, false> : mistake_in_model<mistake_text<Mistake>()> {
  static constexpr bool value = true;
};
#endif

}  // namespace detail
}  // namespace instar


// ---- instar/model/table.hpp


// ---- instar/schema/names.hpp

/// \file The names of constraints and indexes that the user did not name.

namespace instar::detail {

/// PostgreSQL keeps 63 bytes of a name and cuts the rest with nothing but a notice.
/// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
inline constexpr std::size_t name_limit = 63;

constexpr std::size_t derived_name_size(std::string_view table, std::span<const std::string_view> columns,
                                        std::string_view suffix) {
  std::size_t size = table.size() + suffix.size();
  for (std::string_view column : columns)
    size += 1 + column.size();
  return size;
}

/// Writes `table_column_column_suffix`. A name beyond 63 bytes keeps its first 54 (cut before a UTF-8 character, never
/// in it) and ends in a hash of the whole, so that two long names with one beginning stay two.
template <class Writer>
constexpr void put_derived_name(Writer& out, std::string_view table, std::span<const std::string_view> columns,
                                std::string_view suffix) {
  if (derived_name_size(table, columns, suffix) <= name_limit) {
    out.put(table);
    for (std::string_view column : columns) {
      out.put('_');
      out.put(column);
    }
    out.put(suffix);
    return;
  }
  std::uint64_t hash = hash_text(table);
  for (std::string_view column : columns)
    hash = hash_text(column, hash_text("_", hash));
  hash = hash_text(suffix, hash);
  hash ^= hash >> 32;

  std::size_t room = 54;
  auto put_cut = [&](std::string_view text) {
    if (text.size() > room) {
      std::size_t cut = room;
      while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0u) == 0x80u)
        --cut;
      text = text.substr(0, cut);
      room = 0;
    } else {
      room -= text.size();
    }
    out.put(text);
  };
  put_cut(table);
  for (std::string_view column : columns) {
    put_cut("_");
    put_cut(column);
  }
  out.put('_');
  for (int shift = 28; shift >= 0; shift -= 4)
    out.put("0123456789abcdef"[(hash >> shift) & 0xFu]);
}

}  // namespace instar::detail

/// \file A described model as a table: each model in a constant evaluation of its own.

namespace instar::detail {

/// How much of "schema.name" is the schema; 0 for a name without one.
constexpr std::size_t schema_size_of(const char* written) {
  // One builtin instead of a loop: a compiler's interpreter counts it as one step.
  const char* const dot = __builtin_strchr(written, '.');
  return dot == nullptr ? 0 : static_cast<std::size_t>(dot - written);
}

struct qualified_name {
  std::string_view schema{};
  std::string_view name{};
};

constexpr qualified_name split_name(std::string_view written) {
  const std::size_t size = written.find('.');
  return size == std::string_view::npos ? qualified_name{{}, written}
                                        : qualified_name{written.substr(0, size), written.substr(size + 1)};
}

/// What was written of a model, before anything is derived. Pointers and numbers for what every model pays for, texts
/// and spans for the rest.
struct model_words {
  const char* written;  ///< The table's name: "users" or "auth.users".
  std::size_t written_size;
  std::size_t schema_size;  ///< Bytes of the schema's name at the beginning of `written`.
  const char* model;
  const attribute* said;  ///< Of the columns; ends in `end`.
  std::size_t said_count;
  const table_attribute* said_of_table;
  std::size_t said_of_table_count;
  const member_part* first_part;

  constexpr std::string_view table_name() const { return {written, written_size}; }
  constexpr std::string_view schema() const { return {written, schema_size}; }
  constexpr std::string_view name() const { return table_name().substr(schema_size == 0 ? 0 : schema_size + 1); }
  constexpr std::string_view model_name() const { return model; }
  constexpr std::span<const attribute> columns() const { return {said, said_count}; }
  constexpr std::span<const table_attribute> table() const { return {said_of_table, said_of_table_count}; }
  /// The columns of an index or key.
  constexpr std::span<const member_part> parts_of(const table_attribute& a) const {
    return {first_part + a.first_part, static_cast<std::size_t>(a.part_count)};
  }
  /// The included columns of an index, or the target columns of a foreign key.
  constexpr std::span<const member_part> further_parts_of(const table_attribute& a) const {
    return {first_part + a.first_part + a.part_count, static_cast<std::size_t>(a.include_count)};
  }

  /// The words of the field at a place; nullptr for a field of another model.
  constexpr const attribute* find(const void* member) const {
    for (const attribute* a = said; a->kind != attribute_kind::end; ++a)
      if (a->member == member && a->kind == attribute_kind::field)
        return a;
    return nullptr;
  }

  /// The name of a field's column: its `column("…")`, or else the field's own.
  static constexpr piece column_name(const attribute* field) {
    for (const attribute* a = field + 1; a->kind > attribute_kind::field; ++a)
      if (a->kind == attribute_kind::column_name)
        return {a->text_data, a->text_size};
    return {field->text_data, field->text_size};
  }
  constexpr std::string_view column_name_at(const void* member) const { return column_name(find(member)); }

  /// What says the type of a field: its type attribute, or the field itself.
  static constexpr const attribute* type_words(const attribute* field) {
    for (const attribute* a = field + 1; a->kind > attribute_kind::field; ++a)
      if (a->kind == attribute_kind::type)
        return a;
    return field;
  }

  /// The type of a field's column: its type attribute, or else what its C++ type stands for.
  static constexpr column_type type_of(const attribute* field) {
    const attribute* given = type_words(field);
    return given == field ? field->type->type : retyped(field->type->type, *given);
  }

  /// A type attribute names the element type of a field that is an array, unless it spells the type out.
  static constexpr column_type retyped(const column_type& derived, const attribute& given) {
    if (given.type == nullptr)
      return {.kind = type_kind::custom, .custom = given.text()};
    column_type type = given.type->type;
    type.dimensions = derived.dimensions;
    return type;
  }
};

/// How much room a table needs.
struct table_sizes {
  std::size_t columns = 0;
  std::size_t uniques = 0;
  std::size_t foreign_keys = 0;
  std::size_t checks = 0;
  std::size_t exclusions = 0;
  std::size_t indexes = 0;
  std::size_t parts = 0;
  std::size_t names = 0;  ///< Column names in keys.
  std::size_t text = 0;   ///< Bytes of derived names, at most.
};

constexpr table_sizes sizes_of(const model_words& words) {
  table_sizes n{.names = 0, .text = name_limit};
  for (const attribute& a : words.columns()) {
    switch (a.kind) {
    case attribute_kind::field:
      ++n.columns;
      break;
    case attribute_kind::primary_key:
      ++n.names;
      break;
    case attribute_kind::unique:
      ++n.uniques;
      ++n.names;
      n.text += name_limit;
      break;
    case attribute_kind::references:
      ++n.foreign_keys;
      n.names += 2;
      n.text += name_limit;
      break;
    case attribute_kind::index:
      ++n.indexes;
      ++n.parts;
      n.text += name_limit;
      break;
    case attribute_kind::check:
      ++n.checks;
      n.text += name_limit;
      break;
    default:
      break;
    }
  }
  for (const table_attribute& a : words.table()) {
    const std::size_t parts = static_cast<std::size_t>(a.part_count);
    const std::size_t included = static_cast<std::size_t>(a.include_count);
    n.text += name_limit;
    switch (a.kind) {
    case table_attribute_kind::primary_key:
      n.names += parts;
      break;
    case table_attribute_kind::unique:
      ++n.uniques;
      n.names += parts;
      break;
    case table_attribute_kind::foreign_key:
      ++n.foreign_keys;
      n.names += parts + included;
      break;
    case table_attribute_kind::index:
      ++n.indexes;
      n.parts += parts;
      n.names += included;
      break;
    case table_attribute_kind::exclude:
      ++n.exclusions;
      n.parts += parts;
      break;
    case table_attribute_kind::check:
      ++n.checks;
      break;
    default:
      break;
    }
  }
  return n;
}

/// Fills the arrays that a table is a view of.
struct table_builder {
  std::span<column> columns;
  std::span<key> uniques;
  std::span<foreign_key> foreign_keys;
  std::span<check> checks;
  std::span<exclusion> exclusions;
  std::span<index> indexes;
  std::span<index_part> parts;
  std::span<std::string_view> names;
  char* text;
  instar::table table{};
  std::size_t text_used = 0;
  std::size_t names_used = 0;
  std::size_t parts_used = 0;
  std::size_t uniques_used = 0;
  std::size_t foreign_keys_used = 0;
  std::size_t checks_used = 0;
  std::size_t exclusions_used = 0;
  std::size_t indexes_used = 0;
  static constexpr std::span<const std::string_view> no_columns{};

  constexpr instar::table build(const model_words& words) {
    table.schema = words.schema();
    table.name = words.name();
    add_columns(words);
    add_column_constraints(words);
    for (const table_attribute& a : words.table())
      add_table_word(words, a);
    mark_keys();
    table.columns = columns;
    table.uniques = uniques;
    table.foreign_keys = foreign_keys;
    table.checks = checks;
    table.exclusions = exclusions;
    table.indexes = indexes;
    return table;
  }

  constexpr void add_columns(const model_words& words) {
    std::size_t at = 0;
    for (const attribute& a : words.columns()) {
      if (a.kind == attribute_kind::field) {
        column& c = columns[at++];
        c.name = a.text();
        c.type = a.type->type;
        c.nullable = a.type->nullable;
        continue;
      }
      if (at == 0)
        continue;
      column& c = columns[at - 1];
      switch (a.kind) {
      case attribute_kind::identity:
        c.identity = static_cast<identity_kind>(a.option);
        break;
      case attribute_kind::initial:
        c.initial = a.default_words();
        break;
      case attribute_kind::updated_at:
        c.updated_at = true;
        if (c.initial.kind == default_kind::none)
          c.initial = {.kind = default_kind::now};
        break;
      case attribute_kind::type:
        c.type = model_words::retyped(c.type, a);
        break;
      case attribute_kind::generated:
        c.generated = static_cast<generated_kind>(a.option);
        c.generated_as = a.text();
        break;
      case attribute_kind::collate:
        c.collation = a.text();
        break;
      case attribute_kind::comment:
        c.comment = a.text();
        break;
      case attribute_kind::column_name:
        c.name = a.text();
        break;
      case attribute_kind::renamed_from:
        c.renamed_from = a.text();
        break;
      default:
        break;
      }
    }
  }

  constexpr void add_column_constraints(const model_words& words) {
    std::size_t at = 0;
    for (const attribute& a : words.columns()) {
      if (a.kind == attribute_kind::field)
        ++at;
      if (at == 0)
        continue;
      const std::string_view self = columns[at - 1].name;
      const std::span<const std::string_view> alone(&columns[at - 1].name, 1);
      switch (a.kind) {
      case attribute_kind::primary_key:
        table.primary_key = {.name = name_or(a.name(), no_columns, "_pkey"), .columns = names_of(self)};
        break;
      case attribute_kind::unique:
        uniques[uniques_used++] = {.name = name_or(a.name(), alone, "_key"), .columns = names_of(self)};
        break;
      case attribute_kind::references: {
        foreign_key& fk = foreign_keys[foreign_keys_used++];
        fk = {.name = name_or(a.name(), alone, "_fkey"),
              .columns = names_of(self),
              .on_delete = a.on_delete(),
              .on_update = a.on_update(),
              .deferral = a.deferral()};
        // The schema replaces these by the target's own words: here only the model's literal name is known.
        fk.target_table = a.text();
        fk.target_columns = names_of({});
        break;
      }
      case attribute_kind::index:
        parts[parts_used] = {.text = self};
        indexes[indexes_used++] = {.name = name_or(a.name(), alone, "_idx"), .parts = {&parts[parts_used], 1}};
        ++parts_used;
        break;
      case attribute_kind::check:
        checks[checks_used++] = {.name = name_or(a.name(), alone, "_check"), .expression = a.text()};
        break;
      default:
        break;
      }
    }
  }

  constexpr void add_table_word(const model_words& words, const table_attribute& a) {
    const std::span<const member_part> all = words.parts_of(a);
    const std::span<const member_part> extra = words.further_parts_of(a);
    switch (a.kind) {
    case table_attribute_kind::primary_key:
      table.primary_key = {
          .name = name_or(a.name, no_columns, "_pkey"), .columns = names_of(words, all), .deferral = a.deferral};
      break;
    case table_attribute_kind::unique: {
      const auto on = names_of(words, all);
      uniques[uniques_used++] = {.name = name_or(a.name, on, "_key"),
                                 .columns = on,
                                 .nulls_not_distinct = a.nulls_not_distinct,
                                 .deferral = a.deferral};
      break;
    }
    case table_attribute_kind::foreign_key: {
      const auto on = names_of(words, all);
      const std::size_t target = names_used;
      names_used += extra.size();
      foreign_keys[foreign_keys_used++] = {.name = name_or(a.name, on, "_fkey"),
                                           .columns = on,
                                           .target_table = a.target,
                                           .target_columns = {names.data() + target, extra.size()},
                                           .on_delete = a.on_delete,
                                           .on_update = a.on_update,
                                           .deferral = a.deferral};
      break;
    }
    case table_attribute_kind::index: {
      const auto on = parts_of_words(words, all);
      indexes[indexes_used++] = {.name = name_or(a.name, on, a.unique ? "_key" : "_idx"),
                                 .parts = on,
                                 .unique = a.unique,
                                 .nulls_not_distinct = a.nulls_not_distinct,
                                 .method = a.method,
                                 .where = a.where,
                                 .include = names_of(words, extra)};
      break;
    }
    case table_attribute_kind::exclude: {
      const auto on = parts_of_words(words, all);
      exclusions[exclusions_used++] = {.name = name_or(a.name, on, "_excl"),
                                       .parts = on,
                                       .method = a.method,
                                       .where = a.where,
                                       .deferral = a.deferral};
      break;
    }
    case table_attribute_kind::check:
      checks[checks_used] = {.name = a.name.size == 0 ? check_name(words) : std::string_view(a.name),
                             .expression = a.text};
      ++checks_used;
      break;
    case table_attribute_kind::comment:
      table.comment = a.text;
      break;
    case table_attribute_kind::renamed_from:
      table.renamed_from = a.text;
      break;
    }
  }

  /// The second unnamed check of a table is users_check1, as PostgreSQL itself would call it; the next, if that is
  /// taken.
  constexpr std::string_view check_name(const model_words& words) {
    // Byte by byte: g++ 12 compares no memory of an object that is still being built.
    const auto same = [](std::string_view a, std::string_view b) {
      if (a.size() != b.size())
        return false;
      for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i])
          return false;
      return true;
    };
    for (unsigned number = 0;; ++number) {
      constexpr std::string_view word = "_check";
      char suffix[word.size() + 20]{};
      filler end{suffix};
      end.put(word);
      if (number != 0)
        put_integer(end, number);
      filler out{text + text_used};
      put_derived_name(out, table.name, no_columns, {suffix, static_cast<std::size_t>(end.position - suffix)});
      const std::string_view name(text + text_used, static_cast<std::size_t>(out.position - (text + text_used)));
      bool free = true;
      for (std::size_t i = 0; i < checks_used; ++i)
        free &= !same(checks[i].name, name);
      for (const table_attribute& a : words.table())
        free &= !same(a.name, name);
      if (free)
        return taken(out);
    }
  }

  constexpr std::string_view taken(const filler& out) {
    const std::string_view written(text + text_used, static_cast<std::size_t>(out.position - (text + text_used)));
    text_used += written.size();
    return written;
  }

  constexpr std::string_view name_or(std::string_view given, std::span<const std::string_view> on,
                                     std::string_view suffix) {
    if (!given.empty())
      return given;
    filler out{text + text_used};
    put_derived_name(out, table.name, on, suffix);
    return taken(out);
  }

  constexpr std::string_view name_or(std::string_view given, std::span<const index_part> on, std::string_view suffix) {
    if (!given.empty())
      return given;
    std::array<std::string_view, 32> words{};
    std::size_t n = 0;
    for (const index_part& part : on)
      if (n < words.size())
        words[n++] = part.expression ? std::string_view("expr") : part.text;
    return name_or(given, std::span<const std::string_view>(words.data(), n), suffix);
  }

  constexpr std::span<const std::string_view> names_of(std::string_view one) {
    names[names_used] = one;
    return {&names[names_used++], 1};
  }

  constexpr std::span<const std::string_view> names_of(const model_words& words, std::span<const member_part> on) {
    const std::size_t start = names_used;
    for (const member_part& part : on)
      names[names_used++] = words.column_name_at(part.member);
    return {names.data() + start, on.size()};
  }

  constexpr std::span<const index_part> parts_of_words(const model_words& words, std::span<const member_part> on) {
    const std::size_t start = parts_used;
    for (const member_part& part : on)
      parts[parts_used++] = {
          .text = part.expression ? std::string_view(part.text) : words.column_name_at(part.member),
          .expression = part.expression,
          .descending = part.descending,
          .nulls = part.nulls,
          .collation = part.collation,
          .operator_class = part.operator_class,
          .with_operator = part.with_operator,
      };
    return {parts.data() + start, on.size()};
  }

  constexpr void mark_keys() {
    for (column& c : columns) {
      for (std::string_view name : table.primary_key.columns)
        if (same_text(name, c.name))
          c.primary_key = true;
      for (const key& k : uniques)
        if (k.columns.size() == 1 && same_text(k.columns[0], c.name))
          c.unique = true;
    }
  }
};

/// A table with the arrays that it is a view of. Built in place, because its views point into it.
template <table_sizes N>
struct table_storage {
  std::array<column, N.columns> columns{};
  std::array<key, N.uniques> uniques{};
  std::array<foreign_key, N.foreign_keys> foreign_keys{};
  std::array<check, N.checks> checks{};
  std::array<exclusion, N.exclusions> exclusions{};
  std::array<index, N.indexes> indexes{};
  std::array<index_part, N.parts> parts{};
  std::array<std::string_view, N.names> names{};
  char text[N.text + 1]{};
  instar::table table{};

  constexpr explicit table_storage(const model_words& words)
      : table(table_builder{columns, uniques, foreign_keys, checks, exclusions, indexes, parts, names, text}.build(
            words)) {}
  // The views of a copy would still point into the original.
  table_storage(const table_storage&) = delete;
  table_storage& operator=(const table_storage&) = delete;
};

}  // namespace instar::detail

/// \file What one reading of a model's words tells: its hash, the names that it takes, and what is wrong in it. Every
/// model pays for this, changed or not. So it is one pass over numbers and pointers: a compiler's interpreter pays most
/// for calls and for objects of classes.

namespace instar::detail {

constexpr bool integer_kind(type_kind kind) {
  return kind == type_kind::smallint || kind == type_kind::integer || kind == type_kind::bigint;
}

/// Whether a default is a value of a column's type.
constexpr bool default_fits(const column_type& t, const attribute& a) {
  const default_kind initial = a.initial();
  if (initial == default_kind::none || initial == default_kind::expression)
    return true;
  const type_kind kind = t.kind;
  if (t.dimensions != 0)  // An array's own text: '{}' or '[]'.
    return initial == default_kind::text && a.type == nullptr;
  if (kind == type_kind::custom)
    return initial != default_kind::text || a.type == nullptr;
  switch (initial) {
  case default_kind::boolean:
    return kind == type_kind::boolean;
  case default_kind::integer:
    if (kind == type_kind::smallint)
      return a.number >= INT16_MIN && a.number <= INT16_MAX;
    if (kind == type_kind::integer)
      return a.number >= INT32_MIN && a.number <= INT32_MAX;
    return kind == type_kind::bigint || kind == type_kind::numeric || kind == type_kind::real ||
           kind == type_kind::double_precision;
  case default_kind::real:
    return kind == type_kind::numeric || kind == type_kind::real || kind == type_kind::double_precision;
  case default_kind::now:
    return kind == type_kind::timestamp || kind == type_kind::timestamptz || kind == type_kind::date ||
           kind == type_kind::time || kind == type_kind::timetz || kind == type_kind::text;
  case default_kind::text:
    if (a.type != nullptr)  // An enumerator: only its own enum's column takes it.
      return kind == type_kind::enumeration && t.values == a.type->type.values;
    return kind != type_kind::boolean && !integer_kind(kind) && kind != type_kind::enumeration &&
           kind != type_kind::real && kind != type_kind::double_precision;
  default:
    return true;
  }
}

struct model_facts {
  model_words words;
  std::uint64_t name_hash = 0;
  std::uint64_t words_hash = 0;  ///< Without the words of the models that it references: these come in by the schema.
  bool references = false;       ///< Whether it has a foreign key.
  mistake wrong{};
  /// Hashes of the names that its table takes: its own, and those of its keys and indexes, which PostgreSQL keeps in
  /// one name space with the tables.
  const std::uint64_t* relations = nullptr;
  std::size_t relation_count = 0;
};

/// What a derived name ends with, as a number to continue a hash with.
struct name_ending {
  std::uint64_t factor;
  std::uint64_t hash;
  constexpr explicit name_ending(std::string_view text) : factor(1), hash(hash_text(text)) {
    for (std::size_t i = 0; i < text.size(); ++i)
      factor *= hash_base;
  }
};
inline constexpr name_ending pkey_ending{"_pkey"};
inline constexpr name_ending key_ending{"_key"};
inline constexpr name_ending idx_ending{"_idx"};
inline constexpr name_ending fkey_ending{"_fkey"};
inline constexpr name_ending check_ending{"_check"};
inline constexpr name_ending excl_ending{"_excl"};

/// \tparam Room at least as many as the model has words, and one
template <std::size_t Room>
struct model_reading : model_facts {
  /// Of the relations from the front; of the other constraints, whose names only their table has, from the back.
  std::uint64_t names[Room]{};

  constexpr model_reading(const model_words& given, std::uint64_t table_hash)
      : model_facts{.words = given, .name_hash = table_hash} {
    read();
    relations = names;
  }
  model_reading(const model_reading&) = delete;
  model_reading& operator=(const model_reading&) = delete;

 private:
  /// What the reading of the columns hands on to that of the table's words.
  struct progress {
    std::uint64_t hash;
    std::uint64_t table;     ///< The hash of the table's name without its schema.
    std::size_t others = 0;  ///< Names at the back of `names`.
    bool key = false;        ///< Whether a primary key was said.
    bool renamed = false;    ///< Whether a column has another name than its field.
  };

  /// \return false, with which the reading ends
  constexpr bool stop(mistake_kind kind, std::string_view field, std::string_view other = {}) {
    wrong = {kind, words.model_name(), field, other};
    return false;
  }

  /// \param name for the message when the table has that name already
  constexpr bool take_name(std::uint64_t hash, bool relation, progress& now, std::string_view name) {
    bool taken = false;
    for (std::size_t i = 1; i < relation_count; ++i)
      taken |= names[i] == hash;
    for (std::size_t i = Room - now.others; i < Room; ++i)
      taken |= names[i] == hash;
    if (taken)
      return stop(mistake_kind::duplicate_constraint, {}, name);
    if (relation)
      names[relation_count++] = hash;
    else
      names[Room - ++now.others] = hash;
    return true;
  }

  constexpr bool read() {
    if (words.written_size > name_limit) {
      if (words.name().size() > name_limit)
        return stop(mistake_kind::name_too_long, {}, words.name());
      if (words.schema_size > name_limit)
        return stop(mistake_kind::name_too_long, {}, words.schema());
    }
    progress now{.hash = name_hash, .table = words.schema_size == 0 ? name_hash : hash_text(words.name())};
    names[0] = now.table;
    relation_count = 1;
    if (!read_columns(now) || (now.renamed && !columns_differ()) || !read_table_words(now))
      return false;
    words_hash = now.hash;
    return true;
  }

  constexpr bool read_columns(progress& now) {
    const std::uint64_t before_column = (now.table + '_' + 1) * hash_base;
    std::uint64_t hash = now.hash;

    for (const attribute* a = words.said; a->kind == attribute_kind::field;) {
      const attribute* const field = a;
      const attribute* typed = nullptr;
      const attribute* initial = nullptr;
      const attribute* identity = nullptr;
      const char* column = field->text_data;
      std::size_t column_size = field->text_size;
      int sources = 0;
      bool constrained = false;
      if (column_size > name_limit)
        return stop(mistake_kind::name_too_long, field->text(), field->text());
      hash = hash_bytes(column, column_size, (hash ^ (field->type->hash + column_size)) * hash_base);

      for (++a; a->kind > attribute_kind::field; ++a) {
        const attribute_kind kind = a->kind;
        // With the sizes of the texts that follow: where one ends and the next begins is part of what is said.
        hash =
            (hash ^ (static_cast<std::uint64_t>(a->text_size) << 32 ^ static_cast<std::uint64_t>(a->name_size) << 56 ^
                     (static_cast<std::uint64_t>(a->option) << 8 | static_cast<std::uint64_t>(kind)))) *
            hash_base;
        if (a->number != 0)
          hash = (hash ^ static_cast<std::uint64_t>(a->number)) * hash_base;
        if (a->type != nullptr)
          hash = (hash ^ a->type->hash) * hash_base;
        if (a->text_size != 0)
          hash = hash_bytes(a->text_data, a->text_size, hash);
        if (a->name_size != 0) {
          hash = hash_bytes(a->name_data, a->name_size, hash);
          if (a->name_size > name_limit)
            return stop(mistake_kind::name_too_long, field->text(), a->name());
        }
        if (kind == attribute_kind::initial) {
          initial = a;
          ++sources;
        } else if (kind == attribute_kind::type) {
          typed = a;
        } else if (kind == attribute_kind::identity) {
          identity = a;
          ++sources;
        } else if (kind == attribute_kind::generated) {
          ++sources;
        } else if (kind == attribute_kind::column_name) {
          now.renamed = true;
          column = a->text_data;
          column_size = a->text_size;
          if (column_size > name_limit)
            return stop(mistake_kind::name_too_long, field->text(), a->text());
        } else if (kind <= attribute_kind::last_constraint) {
          constrained = true;
        }
      }

      if (sources > 1)
        return stop(mistake_kind::default_conflict, field->text());
      if (identity != nullptr &&
          !(typed == nullptr ? integer_kind(field->type->type.kind) && field->type->type.dimensions == 0
                             : integer_kind(model_words::type_of(field).kind)))
        return stop(mistake_kind::identity_not_integer, field->text());
      if (initial != nullptr &&
          !(typed == nullptr ? default_fits(field->type->type, *initial)
                             : default_fits(model_words::retyped(field->type->type, *typed), *initial)))
        return stop(mistake_kind::wrong_default, field->text());

      if (constrained) {
        const std::uint64_t before_ending = hash_bytes(column, column_size, before_column);
        for (const attribute* c = field + 1; c != a; ++c) {
          const attribute_kind kind = c->kind;
          if (kind > attribute_kind::last_constraint)
            continue;
          if (kind == attribute_kind::primary_key) {
            if (now.key)
              return stop(mistake_kind::two_primary_keys, field->text());
            now.key = true;
            if (field->type->nullable)
              return stop(mistake_kind::nullable_primary_key, field->text());
            if (!take_name(now.table * pkey_ending.factor + pkey_ending.hash, true, now, "_pkey"))
              return false;
            continue;
          }
          references |= kind == attribute_kind::references;
          const bool relation = kind == attribute_kind::unique || kind == attribute_kind::index;
          const name_ending& ending = kind == attribute_kind::unique       ? key_ending
                                      : kind == attribute_kind::index      ? idx_ending
                                      : kind == attribute_kind::references ? fkey_ending
                                                                           : check_ending;
          if (!take_name(c->name_size != 0 ? hash_bytes(c->name_data, c->name_size, 0)
                                           : before_ending * ending.factor + ending.hash,
                         relation, now, c->name_size != 0 ? c->name() : std::string_view(column, column_size)))
            return false;
        }
      }
    }
    now.hash = hash;
    return true;
  }

  constexpr bool read_table_words(progress& now) {
    std::uint64_t hash = now.hash;
    for (std::size_t i = 0; i < words.said_of_table_count; ++i) {
      const table_attribute& a = words.said_of_table[i];
      const table_attribute_kind kind = a.kind;
      hash = (hash ^ (static_cast<std::uint64_t>(kind) << 48 | static_cast<std::uint64_t>(a.on_delete) << 40 |
                      static_cast<std::uint64_t>(a.on_update) << 32 | static_cast<std::uint64_t>(a.deferral) << 24 |
                      static_cast<std::uint64_t>(a.part_count) << 8 | (a.unique ? 1u : 0u) |
                      (a.nulls_not_distinct ? 2u : 0u))) *
             hash_base;
      if (a.text.size + a.name.size + a.method.size + a.where.size + a.target.size != 0)
        for (const piece& text : {a.text, a.name, a.method, a.where, a.target})
          hash = hash_number(2, hash_bytes(text.data, text.size, hash));
      if (a.name.size > name_limit)
        return stop(mistake_kind::name_too_long, {}, a.name);
      if (kind == table_attribute_kind::primary_key) {
        if (now.key)
          return stop(mistake_kind::two_primary_keys, {});
        now.key = true;
      }
      references |= kind == table_attribute_kind::foreign_key;

      std::uint64_t derived = now.table;
      std::string_view first = "expr";
      const int own = kind == table_attribute_kind::foreign_key ? a.part_count : a.part_count + a.include_count;
      for (int p = 0; p < own; ++p) {
        const member_part& part = words.first_part[a.first_part + p];
        hash = (hash ^ (static_cast<std::uint64_t>(part.nulls) << 8 | (part.descending ? 1u : 0u))) * hash_base;
        if (part.text.size + part.collation.size + part.operator_class.size + part.with_operator.size != 0)
          for (const piece& text : {part.text, part.collation, part.operator_class, part.with_operator})
            hash = hash_number(3, hash_bytes(text.data, text.size, hash));
        if (p < a.part_count)
          derived = (derived + '_' + 1) * hash_base;
        if (part.member == nullptr) {
          derived = hash_bytes("expr", 4, derived);
          continue;
        }
        const attribute* const field = words.find(part.member);
        if (field == nullptr)
          return stop(mistake_kind::other_models_field, {}, part.owner);
        if (kind == table_attribute_kind::primary_key && field->type->nullable)
          return stop(mistake_kind::nullable_primary_key, field->text());
        const char* column = field->text_data;
        std::size_t column_size = field->text_size;
        if (now.renamed) {
          const piece name = model_words::column_name(field);
          column = name.data;
          column_size = name.size;
        }
        hash = (hash_bytes(column, column_size, hash) + 1) * hash_base;
        if (p < a.part_count)
          derived = hash_bytes(column, column_size, derived);
        if (p == 0)
          first = {column, column_size};
      }
      // Checks without a name are numbered by their place.
      if (kind >= table_attribute_kind::comment || (kind == table_attribute_kind::check && a.name.size == 0))
        continue;
      if (a.name.size != 0) {
        derived = hash_bytes(a.name.data, a.name.size, 0);
        first = a.name;
      } else {
        const bool primary = kind == table_attribute_kind::primary_key;
        const name_ending& ending = primary                                            ? pkey_ending
                                    : kind == table_attribute_kind::foreign_key        ? fkey_ending
                                    : kind == table_attribute_kind::exclude            ? excl_ending
                                    : kind == table_attribute_kind::index && !a.unique ? idx_ending
                                                                                       : key_ending;
        derived = (primary ? now.table : derived) * ending.factor + ending.hash;
        if (primary)
          first = "_pkey";
      }
      if (!take_name(derived, kind != table_attribute_kind::foreign_key && kind != table_attribute_kind::check, now,
                     first))
        return false;
    }
    now.hash = hash;
    return true;
  }

  /// Only where a column has another name than its field can two have one: the compiler compared the fields.
  constexpr bool columns_differ() {
    for (const attribute* a = words.said; a->kind != attribute_kind::end; ++a) {
      if (a->kind != attribute_kind::field)
        continue;
      for (const attribute* b = words.said; b != a; ++b)
        if (b->kind == attribute_kind::field && same_text(model_words::column_name(a), model_words::column_name(b)))
          return stop(mistake_kind::duplicate_column, a->text(), model_words::column_name(a));
    }
    return true;
  }
};

/// A function made it, because its type is not known before models that are described later are.
template <class Description>
inline constexpr auto table_words_of = Description::table_words();

template <class Description>
constexpr model_words words_of() {
  const auto& table = table_words_of<Description>;
  return {Description::table_name, Description::table_name_size,    schema_size_of(Description::table_name),
          Description::model_name, std::data(Description::columns), std::size(Description::columns) - 1,
          table.first_attribute(), table.attribute_count,           table.first_part()};
}

template <class Model, class Description = description<Model>>
inline constexpr model_reading<std::size(Description::columns) + table_words_of<Description>.attribute_count> facts_of{
    words_of<Description>(), table_hash_of<Model>};

template <class Model>
inline constexpr table_storage<sizes_of(facts_of<Model>.words)> storage_of{facts_of<Model>.words};

}  // namespace instar::detail


// ---- instar/schema/opened_snapshot.hpp


// ---- instar/schema/schema_text.hpp

#include <limits>

/// \file A schema as text, the form in which a snapshot keeps it: one reader for the compiler and for the migrator.
///
///     {name=users columns=[{name=id type={kind=bigint} primary_key} {name=note comment="what it's for"}]}
///
/// A member at its default is left out, a bool that is true is its name alone. A text stands bare where it is a plain
/// word, else between `"`, `'` or `$tag$`, whichever does not occur in it. So nothing is ever escaped, and what is read
/// can look into the text itself. A real is its bits as an integer.

namespace instar::detail {

// The members of the schema structs by name, once for the writer and the reader. Each function decomposes its struct
// into as many names as it has: a member that is added to the schema and forgotten here does not compile.

template <class Visit>
constexpr void visit_members(enum_value& object, Visit& visit) {
  auto& [label, renamed_from] = object;
  visit("label", label);
  visit("renamed_from", renamed_from);
}

template <class Visit>
constexpr void visit_members(enumeration& object, Visit& visit) {
  auto& [schema, name, values, comment, renamed_from] = object;
  visit("schema", schema);
  visit("name", name);
  visit("values", values);
  visit("comment", comment);
  visit("renamed_from", renamed_from);
}

template <class Visit>
constexpr void visit_members(column_type& object, Visit& visit) {
  auto& [kind, length, scale, dimensions, custom, values] = object;
  visit("kind", kind);
  visit("length", length);
  visit("scale", scale);
  visit("dimensions", dimensions);
  visit("custom", custom);
  visit("enum", values);
}

template <class Visit>
constexpr void visit_members(column_default& object, Visit& visit) {
  auto& [kind, integer, real, text] = object;
  visit("kind", kind);
  visit("integer", integer);
  visit("real", real);
  visit("text", text);
}

template <class Visit>
constexpr void visit_members(column& object, Visit& visit) {
  auto& [name, type, nullable, primary_key, unique, updated_at, identity, initial, generated, generated_as, collation,
         comment, renamed_from] = object;
  visit("name", name);
  visit("type", type);
  visit("nullable", nullable);
  visit("primary_key", primary_key);
  visit("unique", unique);
  visit("updated_at", updated_at);
  visit("identity", identity);
  visit("default", initial);
  visit("generated", generated);
  visit("generated_as", generated_as);
  visit("collation", collation);
  visit("comment", comment);
  visit("renamed_from", renamed_from);
}

template <class Visit>
constexpr void visit_members(key& object, Visit& visit) {
  auto& [name, columns, nulls_not_distinct, deferral] = object;
  visit("name", name);
  visit("columns", columns);
  visit("nulls_not_distinct", nulls_not_distinct);
  visit("deferral", deferral);
}

template <class Visit>
constexpr void visit_members(foreign_key& object, Visit& visit) {
  auto& [name, columns, target_schema, target_table, target_columns, on_delete, on_update, deferral] = object;
  visit("name", name);
  visit("columns", columns);
  visit("target_schema", target_schema);
  visit("target_table", target_table);
  visit("target_columns", target_columns);
  visit("on_delete", on_delete);
  visit("on_update", on_update);
  visit("deferral", deferral);
}

template <class Visit>
constexpr void visit_members(check& object, Visit& visit) {
  auto& [name, expression] = object;
  visit("name", name);
  visit("expression", expression);
}

template <class Visit>
constexpr void visit_members(index_part& object, Visit& visit) {
  auto& [text, expression, descending, nulls, collation, operator_class, with_operator] = object;
  visit("text", text);
  visit("expression", expression);
  visit("descending", descending);
  visit("nulls", nulls);
  visit("collation", collation);
  visit("operator_class", operator_class);
  visit("with_operator", with_operator);
}

template <class Visit>
constexpr void visit_members(index& object, Visit& visit) {
  auto& [name, parts, unique, nulls_not_distinct, method, where, include] = object;
  visit("name", name);
  visit("parts", parts);
  visit("unique", unique);
  visit("nulls_not_distinct", nulls_not_distinct);
  visit("method", method);
  visit("where", where);
  visit("include", include);
}

template <class Visit>
constexpr void visit_members(exclusion& object, Visit& visit) {
  auto& [name, parts, method, where, deferral] = object;
  visit("name", name);
  visit("parts", parts);
  visit("method", method);
  visit("where", where);
  visit("deferral", deferral);
}

/// All but the content hash, which stands beside the text.
template <class Visit>
constexpr void visit_members(table& object, Visit& visit) {
  auto& [schema, name, columns, primary_key, uniques, foreign_keys, checks, exclusions, indexes, comment, renamed_from,
         content_hash] = object;
  visit("schema", schema);
  visit("name", name);
  visit("columns", columns);
  visit("primary_key", primary_key);
  visit("uniques", uniques);
  visit("foreign_keys", foreign_keys);
  visit("checks", checks);
  visit("exclusions", exclusions);
  visit("indexes", indexes);
  visit("comment", comment);
  visit("renamed_from", renamed_from);
}

template <class Visit>
constexpr void visit_members(extension_object& object, Visit& visit) {
  auto& [name, schema, version] = object;
  visit("name", name);
  visit("schema", schema);
  visit("version", version);
}

template <class Visit>
constexpr void visit_members(view_object& object, Visit& visit) {
  auto& [schema, name, query, materialized, indexes, comment] = object;
  visit("schema", schema);
  visit("name", name);
  visit("query", query);
  visit("materialized", materialized);
  visit("indexes", indexes);
  visit("comment", comment);
}

template <class Visit>
constexpr void visit_members(sequence_object& object, Visit& visit) {
  auto& [schema, name, type, start, increment, cache, cycle] = object;
  visit("schema", schema);
  visit("name", name);
  visit("type", type);
  visit("start", start);
  visit("increment", increment);
  visit("cache", cache);
  visit("cycle", cycle);
}

template <class Visit>
constexpr void visit_members(raw_object& object, Visit& visit) {
  auto& [kind, name, create, drop, placement] = object;
  visit("kind", kind);
  visit("name", name);
  visit("create", create);
  visit("drop", drop);
  visit("placement", placement);
}

/// The objects beside tables and enums, which are read one by one.
template <class Visit>
constexpr void visit_members(schema_view& object, Visit& visit) {
  auto& [tables, enumerations, extensions, sequences, views, raw_objects] = object;
  visit("extensions", extensions);
  visit("sequences", sequences);
  visit("views", views);
  visit("raw_objects", raw_objects);
}

// The names of the enumerators, in their order.

inline constexpr const char* type_kind_names[] = {
    "custom",   "boolean",   "smallint",   "integer", "bigint", "real", "double_precision", "numeric",   "text",
    "varchar",  "character", "citext",     "bytea",   "date",   "time", "timetz",           "timestamp", "timestamptz",
    "interval", "uuid",      "json",       "jsonb",   "inet",   "cidr", "macaddr",          "xml",       "bit",
    "varbit",   "tsvector",  "enumeration"};
inline constexpr const char* default_kind_names[] = {"none", "boolean", "integer", "real", "text", "expression", "now"};
inline constexpr const char* identity_kind_names[] = {"none", "always", "by_default"};
inline constexpr const char* generated_kind_names[] = {"none", "stored", "virtual_column"};
inline constexpr const char* deferral_names[] = {"not_deferrable", "initially_immediate", "initially_deferred"};
inline constexpr const char* referential_action_names[] = {"no_action", "restrict_action", "cascade", "set_null",
                                                           "set_default"};
inline constexpr const char* null_order_names[] = {"standard", "first", "last"};
inline constexpr const char* placement_names[] = {"before_tables", "after_tables"};

constexpr std::span<const char* const> enumerator_names(type_kind) noexcept {
  return type_kind_names;
}
constexpr std::span<const char* const> enumerator_names(default_kind) noexcept {
  return default_kind_names;
}
constexpr std::span<const char* const> enumerator_names(identity_kind) noexcept {
  return identity_kind_names;
}
constexpr std::span<const char* const> enumerator_names(generated_kind) noexcept {
  return generated_kind_names;
}
constexpr std::span<const char* const> enumerator_names(deferral) noexcept {
  return deferral_names;
}
constexpr std::span<const char* const> enumerator_names(referential_action) noexcept {
  return referential_action_names;
}
constexpr std::span<const char* const> enumerator_names(null_order) noexcept {
  return null_order_names;
}
constexpr std::span<const char* const> enumerator_names(placement) noexcept {
  return placement_names;
}

/// Whether a text may stand without quotes.
constexpr bool is_bare(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == ':' || c == '-' || c == '+';
}

/// Where a character next occurs, or `end`. By one builtin where the compiler evaluates it: texts may be long.
constexpr const char* find_char(const char* from, const char* end, char wanted) noexcept {
#if defined(__clang__)
  const char* const found = __builtin_char_memchr(from, wanted, static_cast<std::size_t>(end - from));
  return found == nullptr ? end : found;
#else
  while (from != end && *from != wanted)
    ++from;
  return from;
#endif
}

/// Reads objects of the schema out of their text.
///
/// \tparam Store keeps what is read: `store.text(std::string_view)`, `store.template array<Element>(next)` calls
///         `next(element)` until it gives false, `store.find_enumeration(schema, name)`, and
///         `store.fail(const char* why, std::size_t offset)`, which does not return.
template <class Store>
class schema_text_reader {
 public:
  constexpr schema_text_reader(Store& store, std::string_view text)
      : store_(store), begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  /// The one object that the text holds.
  template <class Object>
  constexpr Object run() {
    Object object{};
    read(object);
    skip_blank();
    if (at_ != end_)
      fail("nothing is expected after the object");
    return object;
  }

 private:
  constexpr void fail(const char* why) { store_.fail(why, static_cast<std::size_t>(at_ - begin_)); }

  constexpr void skip_blank() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r'))
      ++at_;
  }

  constexpr bool take(char symbol) {
    skip_blank();
    if (at_ == end_ || *at_ != symbol)
      return false;
    ++at_;
    return true;
  }

  constexpr void expect(char symbol, const char* otherwise) {
    if (!take(symbol))
      fail(otherwise);
  }

  /// A word without quotes.
  constexpr std::string_view word(const char* otherwise) {
    skip_blank();
    const char* const first = at_;
    while (at_ != end_ && is_bare(*at_))
      ++at_;
    if (at_ == first)
      fail(otherwise);
    return {first, static_cast<std::size_t>(at_ - first)};
  }

  /// What stands up to the closing quote, which may be `$tag$`.
  constexpr std::string_view quoted(std::string_view quote) {
    const char* const first = at_;
    for (;;) {
      at_ = find_char(at_, end_, quote[0]);
      const std::string_view rest{at_, static_cast<std::size_t>(end_ - at_)};
      if (rest.size() < quote.size()) {
        at_ = first;
        fail("a text has no end");
      }
      if (same_text(rest.substr(0, quote.size()), quote)) {
        const std::string_view text{first, static_cast<std::size_t>(at_ - first)};
        at_ += quote.size();
        return text;
      }
      ++at_;
    }
  }

  constexpr void read(std::string_view& text) {
    skip_blank();
    if (at_ == end_ || is_bare(*at_)) {
      text = store_.text(word("a text is expected"));
      return;
    }
    const char* const opening = at_;
    if (*at_ != '"' && *at_ != '\'' && *at_ != '$')
      fail("a text is expected");
    const char first = *at_++;
    if (first == '$') {
      at_ = find_char(at_, end_, '$');
      if (at_ == end_)
        fail("a text has no end");
      ++at_;
    }
    text = store_.text(quoted({opening, static_cast<std::size_t>(at_ - opening)}));
  }

  template <class Integer>
  requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>) constexpr void read(Integer& number) {
    const std::string_view digits = word("a number is expected");
    const bool minus = digits[0] == '-';
    std::uint64_t value = 0;
    const std::uint64_t most =
        static_cast<std::uint64_t>(std::numeric_limits<Integer>::max()) + static_cast<std::uint64_t>(minus);
    bool good = digits.size() > static_cast<std::size_t>(minus) && !(minus && std::is_unsigned_v<Integer>);
    for (const char c : digits.substr(minus ? 1 : 0)) {
      const auto digit = static_cast<std::uint64_t>(c - '0');
      good = good && c >= '0' && c <= '9' && value <= (most - digit) / 10;
      if (!good)
        fail("a number is expected");
      value = value * 10 + digit;
    }
    if (!good)
      fail("a number is expected");
    number = static_cast<Integer>(minus ? 0 - value : value);
  }

  constexpr void read(double& real) {
    std::uint64_t bits = 0;
    read(bits);
    real = std::bit_cast<double>(bits);
  }

  template <class Enumeration>
  requires std::is_enum_v<Enumeration>
  constexpr void read(Enumeration& value) {
    const std::string_view wanted = word("a word is expected");
    const std::span<const char* const> names = enumerator_names(value);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (same_text(names[i], wanted)) {
        value = static_cast<Enumeration>(i);
        return;
      }
    fail("a word stands here that means nothing; a newer instar may have written it");
  }

  constexpr void read(const enumeration*& values) {
    enumeration named{};
    read(named);
    values = store_.find_enumeration(named.schema, named.name);
    if (values == nullptr)
      fail("an enum is used that is not kept");
  }

  template <class Element>
  constexpr void read(std::span<const Element>& elements) {
    expect('[', "a list is expected");
    elements = store_.template array<Element>([this](Element& element) {
      if (take(']'))
        return false;
      if (at_ == end_)
        fail("a list has no end");
      read(element);
      return true;
    });
  }

  template <class Object>
  requires std::is_class_v<Object>
  constexpr void read(Object& object) {
    expect('{', "an object is expected");
    while (!take('}')) {
      const std::string_view name = word("a member is expected");
      bool known = false;
      const auto set = [&](const char* member, auto& value) {
        if (known || !same_text(name, member))
          return;
        known = true;
        if constexpr (std::is_same_v<decltype(value), bool&>) {
          value = true;
        } else {
          expect('=', "a value is expected");
          read(value);
        }
      };
      visit_members(object, set);
      if (!known)
        fail("a member stands here that means nothing; a newer instar may have written it");
    }
  }

  Store& store_;
  const char* begin_;
  const char* at_;
  const char* end_;
};

}  // namespace instar::detail


// ---- instar/schema/snapshot.hpp


// ---- instar/schema/dialect.hpp

namespace instar {

/// The SQL dialect a schema is rendered for and a database speaks.
enum class dialect : unsigned char { postgres, sqlite };

inline constexpr dialect postgres = dialect::postgres;
inline constexpr dialect sqlite = dialect::sqlite;

}  // namespace instar

namespace instar {

/// One migration of a history: the folder's name and the lower-case hex SHA-256 of its migration.sql.
struct migration_record {
  std::string_view name{};
  std::string_view checksum{};
};

/// The schema after the last migration.
struct snapshot {
  schema_view schema{};
  std::span<const migration_record> migrations{};
  instar::dialect dialect = instar::dialect::postgres;  ///< Of the history's lock file.
};

/// A table or an enum as a snapshot keeps it. A build whose schema did not change reads only names and hashes.
struct stored_part {
  std::string_view name{};         ///< "name" or "schema.name"
  std::uint64_t content_hash = 0;  ///< Of a table: `table::content_hash`.
  std::string_view text{};         ///< See schema/schema_text.hpp.
};

/// What `migrations/snapshot.hpp` holds: a snapshot that is cheap to compile. `view_of<migrations::snapshot>` opens it.
struct stored_snapshot {
  std::span<const stored_part> tables{};
  std::span<const stored_part> enumerations{};
  std::string_view objects = "{}";  ///< Everything else, as text.
  std::span<const migration_record> migrations{};
  instar::dialect dialect = instar::dialect::postgres;
};

}  // namespace instar

#include <utility>

/// \file A stored snapshot as a schema value at compile time: each part in an evaluation of its own, and only where
/// something asks for it.

namespace instar::detail {

template <class... Elements>
struct element_list {
  static constexpr std::size_t size = sizeof...(Elements);
  template <class Element>
  static constexpr std::size_t position = [] {
    const bool same[] = {std::is_same_v<Element, Elements>...};
    std::size_t i = 0;
    while (!same[i])
      ++i;
    return i;
  }();
};

/// What the arrays of a part consist of.
using part_elements = element_list<std::string_view, column, key, foreign_key, check, index_part, exclusion, index,
                                   enum_value, extension_object, sequence_object, view_object, raw_object>;

/// How many of each a part has.
struct part_counts {
  std::array<std::size_t, part_elements::size> of{};
};

/// Never defined: a constant evaluation that calls it stops, and the compiler prints the name.
[[noreturn]] void the_snapshot_is_broken__restore_it_or_let_generate_write_it_anew();

/// What both passes over a part have in common.
struct opening_store {
  std::span<const enumeration> enumerations{};

  static constexpr std::string_view text(std::string_view given) { return given; }
  static constexpr void fail(const char* why, std::size_t) {
    if (why != nullptr)
      the_snapshot_is_broken__restore_it_or_let_generate_write_it_anew();
  }
  constexpr const enumeration* find_enumeration(std::string_view schema, std::string_view name) const {
    for (const enumeration& e : enumerations)
      if (same_text(e.name, name) && same_text(e.schema, schema))
        return &e;
    return nullptr;
  }
};

/// The first pass: counts what the second will need room for.
struct counting_store : opening_store {
  part_counts counts{};

  template <class Element, class Next>
  constexpr std::span<const Element> array(Next next) {
    for (Element element{}; next(element); element = {})
      ++counts.of[part_elements::position<Element>];
    return {};
  }
};

template <class Element, std::size_t N>
struct element_array {
  std::array<Element, N> elements{};
  std::size_t used = 0;
};

/// The second pass. No object has a list of its own kind in it, so that every list lies in one piece.
template <part_counts N, class List>
struct filling_store;
template <part_counts N, class... Elements>
struct filling_store<N, element_list<Elements...>>
    : opening_store, element_array<Elements, N.of[part_elements::position<Elements>]>... {
  template <class Element, class Next>
  constexpr std::span<const Element> array(Next next) {
    constexpr std::size_t size = N.of[part_elements::position<Element>];
    element_array<Element, size>& room = *this;
    const std::size_t first = room.used;
    for (Element element{}; next(element); element = {})
      room.elements[room.used++] = element;
    return {room.elements.data() + first, room.used - first};
  }
};

/// A part and what it points into; it is made in place.
template <class Object, part_counts N>
struct opened_part {
  filling_store<N, part_elements> store{};
  Object object{};

  constexpr opened_part(std::string_view text, std::span<const enumeration> enumerations) {
    store.enumerations = enumerations;
    object = schema_text_reader{store, text}.template run<Object>();
  }
  opened_part(const opened_part&) = delete;
  opened_part& operator=(const opened_part&) = delete;
};

template <class Object>
constexpr part_counts count_part(std::string_view text, std::span<const enumeration> enumerations) {
  counting_store store{{enumerations}};
  (void)schema_text_reader{store, text}.template run<Object>();
  return store.counts;
}

template <const auto& Snapshot, std::size_t At>
inline constexpr opened_part<enumeration, count_part<enumeration>(Snapshot.enumerations[At].text, {})>
    opened_enumeration{Snapshot.enumerations[At].text, {}};

template <const auto& Snapshot, class = std::make_index_sequence<Snapshot.enumerations.size()>>
inline constexpr int opened_enumerations = 0;
template <const auto& Snapshot, std::size_t... At>
inline constexpr std::array<enumeration, sizeof...(At)> opened_enumerations<Snapshot, std::index_sequence<At...>>{
    opened_enumeration<Snapshot, At>.object...};

template <const auto& Snapshot, std::size_t At>
inline constexpr opened_part<table, count_part<table>(Snapshot.tables[At].text, opened_enumerations<Snapshot>)>
    opened_table{Snapshot.tables[At].text, opened_enumerations<Snapshot>};

template <const auto& Snapshot>
inline constexpr opened_part<schema_view, count_part<schema_view>(Snapshot.objects, {})> opened_objects{
    Snapshot.objects, {}};

/// A table of a snapshot with its hash.
constexpr table with_hash(table opened, const stored_part& part) {
  opened.content_hash = part.content_hash;
  return opened;
}

template <const auto& Snapshot, class = std::make_index_sequence<Snapshot.tables.size()>>
inline constexpr int opened_tables = 0;
template <const auto& Snapshot, std::size_t... At>
inline constexpr std::array<table, sizeof...(At)> opened_tables<Snapshot, std::index_sequence<At...>>{
    with_hash(opened_table<Snapshot, At>.object, Snapshot.tables[At])...};

/// A snapshot as a schema value with these tables.
template <const auto& Snapshot>
constexpr schema_view open_snapshot(std::span<const table> tables) {
  schema_view view = opened_objects<Snapshot>.object;
  view.tables = tables;
  view.enumerations = opened_enumerations<Snapshot>;
  return view;
}

}  // namespace instar::detail

/// \file Models and other objects together: instar::schema<User, Session>(…).

namespace instar {

namespace detail {

/// Finds positions by a hash, in constant time: open addressing over a power of two.
template <std::size_t N>
struct hash_index {
  static constexpr std::size_t capacity = std::bit_ceil(N * 2 + 1);
  std::uint64_t hashes[capacity]{};
  int positions[capacity]{};  // Position + 1; 0: free.

  /// \return the position that the hash already has, or -1 when it was new
  constexpr int insert(std::uint64_t hash, int position) {
    std::size_t slot = hash >> 32 & (capacity - 1);
    while (positions[slot] != 0) {
      if (hashes[slot] == hash)
        return positions[slot] - 1;
      slot = (slot + 1) & (capacity - 1);
    }
    hashes[slot] = hash;
    positions[slot] = position + 1;
    return -1;
  }
  /// \return the position, or -1
  constexpr int find(std::uint64_t hash) const {
    std::size_t slot = hash >> 32 & (capacity - 1);
    while (positions[slot] != 0) {
      if (hashes[slot] == hash)
        return positions[slot] - 1;
      slot = (slot + 1) & (capacity - 1);
    }
    return -1;
  }
};

template <std::size_t N>
struct model_index {
  hash_index<N> by_name{};
  mistake wrong{};

  constexpr explicit model_index(const model_facts* const* models) {
    for (std::size_t i = 0; i < N; ++i)
      if (by_name.insert(models[i]->name_hash, static_cast<int>(i)) >= 0) {
        const model_words& words = models[i]->words;
        wrong = {mistake_kind::duplicate_table, words.model_name(), {}, words.table_name()};
        return;
      }
  }
};

/// Types between which PostgreSQL and SQLite accept a foreign key, and which hold the same values.
constexpr bool types_reference(const column_type& a, const column_type& b) {
  if (a.kind == type_kind::custom || b.kind == type_kind::custom)
    return true;
  const auto text = [](const column_type& t) {
    return t.kind == type_kind::text || t.kind == type_kind::varchar || t.kind == type_kind::character;
  };
  return (a.kind == b.kind && a.dimensions == b.dimensions && a.values == b.values) || (text(a) && text(b));
}

/// The same for two fields of models. Most have one C++ type and say no more.
constexpr bool fields_reference(const attribute* a, const attribute* b) {
  const attribute* a_type = model_words::type_words(a);
  const attribute* b_type = model_words::type_words(b);
  if (a_type->type != nullptr && a_type->type == b_type->type)
    return true;
  return types_reference(model_words::type_of(a), model_words::type_of(b));
}

/// Whether exactly these fields of a model are its primary key or unique.
constexpr bool fields_are_unique(const model_words& words, std::span<const attribute* const> fields) {
  if (fields.size() == 1)
    for (const attribute* a = fields[0] + 1; a->kind > attribute_kind::field; ++a)
      if (a->kind == attribute_kind::primary_key || a->kind == attribute_kind::unique)
        return true;
  for (const table_attribute& a : words.table()) {
    const bool key = a.kind == table_attribute_kind::primary_key || a.kind == table_attribute_kind::unique ||
                     (a.kind == table_attribute_kind::index && a.unique && a.where.size == 0);
    if (!key || static_cast<std::size_t>(a.part_count) != fields.size())
      continue;
    bool all = true;
    for (const attribute* field : fields) {
      bool found = false;
      for (const member_part& part : words.parts_of(a))
        found |= part.member == field->member;
      all &= found;
    }
    if (all)
      return true;
  }
  return false;
}

/// What a model takes from those that it references: the names of their columns, in its hash; and what is wrong there.
struct model_links {
  std::uint64_t content_hash = 0;
  mistake wrong{};
};

constexpr model_links link(const model_facts& model, const model_facts* const* models, const auto& by_name) {
  const model_words& words = model.words;
  std::uint64_t hash = model.words_hash;
  const auto wrong = [&](mistake_kind kind, std::string_view field, std::string_view other,
                         std::string_view other_model = {}) {
    return model_links{0, {kind, words.model_name(), field, other, other_model}};
  };
  const attribute* field = nullptr;
  for (const attribute* a = words.said; a->kind != attribute_kind::end; ++a) {
    if (a->kind == attribute_kind::field)
      field = a;
    if (a->kind != attribute_kind::references)
      continue;
    const int target = by_name.find(static_cast<std::uint64_t>(a->number));
    if (target < 0)
      return wrong(mistake_kind::unknown_target, field->text(), a->text());
    const model_words& other = models[target]->words;
    const attribute* const referenced = other.find(a->member);
    if (field->type != referenced->type || words.type_words(field) != field ||
        other.type_words(referenced) != referenced)
      if (!fields_reference(field, referenced))
        return wrong(mistake_kind::target_type_differs, field->text(), referenced->text(), other.model_name());
    if (const attribute* const one[] = {referenced}; !fields_are_unique(other, one))
      return wrong(mistake_kind::target_not_unique, field->text(), referenced->text(), other.model_name());
    const piece name = model_words::column_name(referenced);
    hash = hash_bytes(name.data, name.size, hash);
  }
  for (const table_attribute& a : words.table()) {
    if (a.kind != table_attribute_kind::foreign_key)
      continue;
    const int target = by_name.find(hash_text(a.target));
    if (target < 0)
      return wrong(mistake_kind::unknown_target, {}, a.target);
    const model_words& other = models[target]->words;
    std::array<const attribute*, 32> fields{};
    std::size_t count = 0;
    for (; count < static_cast<std::size_t>(a.include_count) && count < fields.size(); ++count) {
      const attribute* const own = words.find(words.parts_of(a)[count].member);
      const attribute* const theirs = other.find(words.further_parts_of(a)[count].member);
      fields[count] = theirs;
      if (!fields_reference(own, theirs))
        return wrong(mistake_kind::target_type_differs, own->text(), theirs->text(), other.model_name());
      hash = hash_text(model_words::column_name(theirs), hash);
    }
    if (!fields_are_unique(other, std::span<const attribute* const>(fields.data(), count)))
      return wrong(mistake_kind::target_not_unique, {}, a.target);
  }
  return {hash == 0 ? 1 : hash, {}};
}

/// The links of one model of a list, in an evaluation of their own.
template <class List, class Model>
inline constexpr model_links links_of = facts_of<Model>.references
                                            ? link(facts_of<Model>, List::facts, List::index.by_name)
                                            : model_links{facts_of<Model>.words_hash, {}};

/// Two tables whose keys or indexes would get one name: "a" with an index on b_c, and "a_b" with one on c.
template <std::size_t Names>
constexpr mistake name_collision(const model_facts* const* models, std::size_t count) {
  hash_index<Names> seen{};
  for (std::size_t i = 0; i < count; ++i) {
    const model_facts& model = *models[i];
    const std::uint64_t schema = model.words.schema_size == 0 ? 0 : hash_text(model.words.schema(), 1);
    for (std::size_t k = 0; k < model.relation_count; ++k) {
      const int other = seen.insert(model.relations[k] ^ schema, static_cast<int>(i));
      if (other >= 0)
        return {mistake_kind::name_collision, model.words.model_name(), {}, models[other]->words.table_name()};
    }
  }
  return {};
}

constexpr std::size_t count_relations(const model_facts* const* models, std::size_t count) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < count; ++i)
    sum += models[i]->relation_count;
  return sum;
}

template <class Each>
constexpr mistake first_mistake(const Each* const* each, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (each[i]->wrong.kind != mistake_kind::none)
      return each[i]->wrong;
  return {};
}

/// What follows from a list of models alone.
template <class... Models>
struct model_list {
  static constexpr std::size_t size = sizeof...(Models);
  static constexpr const model_facts* facts[] = {&facts_of<Models>..., nullptr};
  static constexpr model_index<size> index{facts};
  static constexpr const model_links* links[] = {&links_of<model_list, Models>..., nullptr};

  // One step after the other: the later ones presume that the earlier found nothing.
  static constexpr mistake in_one = first_mistake(facts, size);
  static constexpr mistake in_index = index.wrong;
  static constexpr mistake between = first_mistake(links, size);
  static constexpr mistake across = name_collision<count_relations(facts, size)>(facts, size);
};

// The objects of a schema that are no models, as the user's calls give them.

template <int Indexes, int Parts>
struct view_words {
  view_object view{};
  std::array<index, static_cast<std::size_t>(Indexes)> indexes{};
  std::array<int, static_cast<std::size_t>(Indexes)> part_counts{};
  std::array<index_part, static_cast<std::size_t>(Parts)> parts{};
};

template <int N>
struct view_index_words {
  index meta{};
  std::array<index_part, static_cast<std::size_t>(N)> parts{};

  constexpr view_index_words unique() const {
    view_index_words copy = *this;
    copy.meta.unique = true;
    return copy;
  }
  constexpr view_index_words where(std::string_view condition) const {
    view_index_words copy = *this;
    copy.meta.where = condition;
    return copy;
  }
  constexpr view_index_words using_method(std::string_view method) const {
    view_index_words copy = *this;
    copy.meta.method = method;
    return copy;
  }
};

struct object_counts {
  std::size_t extensions = 0;
  std::size_t sequences = 0;
  std::size_t views = 0;
  std::size_t raw_objects = 0;
  std::size_t indexes = 0;
  std::size_t parts = 0;
};

constexpr object_counts counts_of(const extension_object*) {
  return {.extensions = 1};
}
constexpr object_counts counts_of(const sequence_object*) {
  return {.sequences = 1};
}
constexpr object_counts counts_of(const raw_object*) {
  return {.raw_objects = 1};
}
template <int Indexes, int Parts>
constexpr object_counts counts_of(const view_words<Indexes, Parts>*) {
  return {.views = 1, .indexes = static_cast<std::size_t>(Indexes), .parts = static_cast<std::size_t>(Parts)};
}
constexpr object_counts operator+(const object_counts& a, const object_counts& b) {
  return {a.extensions + b.extensions,   a.sequences + b.sequences, a.views + b.views,
          a.raw_objects + b.raw_objects, a.indexes + b.indexes,     a.parts + b.parts};
}

/// The objects of a schema in flat arrays. Views and indexes refer to their parts by position, so that it can be
/// copied.
template <object_counts N>
struct object_list {
  std::array<extension_object, N.extensions> extensions{};
  std::array<sequence_object, N.sequences> sequences{};
  std::array<view_object, N.views> views{};
  std::array<std::size_t, N.views> index_counts{};
  std::array<index, N.indexes> indexes{};
  std::array<std::size_t, N.indexes> part_counts{};
  std::array<index_part, N.parts> parts{};
  std::array<raw_object, N.raw_objects> raw_objects{};
  object_counts used{};

  constexpr int add(const extension_object& o) {
    extensions[used.extensions++] = o;
    return 0;
  }
  constexpr int add(const sequence_object& o) {
    sequences[used.sequences++] = o;
    return 0;
  }
  constexpr int add(const raw_object& o) {
    raw_objects[used.raw_objects++] = o;
    return 0;
  }
  template <int Indexes, int Parts>
  constexpr int add(const view_words<Indexes, Parts>& o) {
    views[used.views] = o.view;
    index_counts[used.views++] = static_cast<std::size_t>(Indexes);
    for (std::size_t i = 0; i < o.indexes.size(); ++i) {
      indexes[used.indexes] = o.indexes[i];
      part_counts[used.indexes++] = static_cast<std::size_t>(o.part_counts[i]);
    }
    for (const index_part& part : o.parts)
      parts[used.parts++] = part;
    return 0;
  }
};

/// The object list of a schema with its views complete; built in place, because they point into it.
template <object_counts N>
struct object_storage {
  object_list<N> list;

  constexpr explicit object_storage(const object_list<N>& given) : list(given) {
    std::size_t i = 0;
    std::size_t p = 0;
    for (std::size_t v = 0; v < N.views; ++v) {
      const std::size_t first = i;
      for (; i < first + list.index_counts[v]; ++i) {
        list.indexes[i].parts = {list.parts.data() + p, list.part_counts[i]};
        p += list.part_counts[i];
      }
      list.views[v].indexes = {list.indexes.data() + first, list.index_counts[v]};
    }
  }
  object_storage(const object_storage&) = delete;
  object_storage& operator=(const object_storage&) = delete;
};

/// How many foreign keys and target columns the tables of a schema have.
constexpr std::array<std::size_t, 2> count_foreign_keys(std::span<const table* const> tables) {
  std::array<std::size_t, 2> count{};
  for (const table* t : tables)
    for (const foreign_key& fk : t->foreign_keys) {
      ++count[0];
      count[1] += fk.target_columns.size();
    }
  return count;
}

/// How many different enums the columns of tables have.
constexpr std::size_t collect_enums(std::span<const table* const> tables, enumeration* out) {
  const enumeration* seen[256]{};
  std::size_t count = 0;
  for (const table* t : tables)
    for (const column& c : t->columns) {
      if (c.type.values == nullptr)
        continue;
      bool known = false;
      for (std::size_t i = 0; i < count && !known; ++i)
        known = seen[i] == c.type.values;
      if (known)
        continue;
      if (count == 256)
        throw "INS1024: a schema can have at most 256 enums";
      seen[count] = c.type.values;
      if (out != nullptr)
        out[count] = *c.type.values;
      ++count;
    }
  return count;
}

/// The tables of models, with foreign keys that name their targets as these name themselves.
template <std::size_t Tables, std::size_t Keys, std::size_t Names, std::size_t Enums>
struct tables_storage {
  std::array<table, Tables> tables{};
  std::array<foreign_key, Keys> foreign_keys{};
  std::array<std::string_view, Names> names{};
  std::array<enumeration, Enums> enumerations{};

  constexpr tables_storage(const std::array<const table*, Tables>& unresolved, const model_facts* const* models,
                           const model_links* const* links, const auto& by_name) {
    collect_enums(unresolved, enumerations.data());
    std::size_t keys = 0;
    std::size_t used = 0;
    for (std::size_t i = 0; i < Tables; ++i) {
      tables[i] = *unresolved[i];
      tables[i].content_hash = links[i]->content_hash;
      const model_words& words = models[i]->words;
      const std::size_t first = keys;
      std::size_t column_word = 0;
      std::size_t table_word = 0;
      for (const foreign_key& fk : unresolved[i]->foreign_keys) {
        const model_words& target = models[by_name.find(hash_text(fk.target_table))]->words;
        foreign_keys[keys] = fk;
        foreign_keys[keys].target_schema = target.schema();
        foreign_keys[keys].target_table = target.name();
        foreign_keys[keys].target_columns = {names.data() + used, fk.target_columns.size()};
        ++keys;
        // Foreign keys stand in the order of the words that said them: columns first, then the table's own.
        while (column_word < words.said_count && words.said[column_word].kind != attribute_kind::references)
          ++column_word;
        if (column_word < words.said_count) {
          names[used++] = target.column_name_at(words.said[column_word++].member);
          continue;
        }
        while (words.said_of_table[table_word].kind != table_attribute_kind::foreign_key)
          ++table_word;
        for (const member_part& part : words.further_parts_of(words.said_of_table[table_word++]))
          names[used++] = target.column_name_at(part.member);
      }
      tables[i].foreign_keys = {foreign_keys.data() + first, keys - first};
    }
  }
  tables_storage(const tables_storage&) = delete;
  tables_storage& operator=(const tables_storage&) = delete;
};

/// The models of a list as tables of a schema.
template <class List>
struct tables_of;
template <class... Models>
struct tables_of<model_list<Models...>> {
  using list = model_list<Models...>;
  static constexpr std::array<const table*, sizeof...(Models)> unresolved{&storage_of<Models>.table...};
  static constexpr std::array<std::size_t, 2> keys = count_foreign_keys(unresolved);
  static constexpr tables_storage<sizeof...(Models), keys[0], keys[1], collect_enums(unresolved, nullptr)> value{
      unresolved, list::facts, list::links, list::index.by_name};
};

}  // namespace detail

/// Models and other objects as one schema; what `instar::schema<…>(…)` gives. It must be an `inline constexpr` (or
/// otherwise static) object: the engine takes it by reference as a template argument.
template <detail::object_counts Objects, class... Models>
struct compiled_schema {
  using models = detail::model_list<Models...>;
  using tables = detail::tables_of<models>;
  detail::object_list<Objects> objects{};

  /// The table of that name, "name" or "schema.name"; a wrong name does not compile.
  constexpr const instar::table& table(std::string_view name) const {
    return schema_view{.tables = tables::value.tables}.table(name);
  }
};

namespace detail {
template <const auto& Schema>
inline constexpr object_storage objects_of{Schema.objects};
}  // namespace detail

namespace detail {

/// What is wrong among the objects of a schema that are no models: enums, views, sequences.
/// \param by_name where the tables are found
constexpr mistake mistake_in_objects(std::span<const enumeration> enums, std::span<const view_object> views,
                                     std::span<const sequence_object> sequences, const auto& by_name) {
  const auto too_long = [](std::string_view name) { return name.size() > name_limit; };
  const auto is_table = [&](std::string_view schema, std::string_view name) {
    const std::uint64_t in_schema = hash_text(schema);
    return by_name.find(hash_text(name, schema.empty() ? in_schema : hash_text(".", in_schema))) >= 0;
  };
  // Tables and views are types too: an enum has no name of theirs.
  const auto same_name = [](const auto& a, const auto& b) {
    return same_text(a.name, b.name) && same_text(a.schema, b.schema);
  };
  for (std::size_t i = 0; i < enums.size(); ++i) {
    const enumeration& e = enums[i];
    if (too_long(e.name))
      return {mistake_kind::name_too_long, e.name, {}, e.name};
    bool taken = is_table(e.schema, e.name);
    for (std::size_t k = 0; k < i; ++k)
      taken |= same_name(enums[k], e);
    for (const view_object& v : views)
      taken |= same_name(v, e);
    if (taken)
      return {mistake_kind::duplicate_object, e.name};
    for (std::size_t k = 0; k < e.values.size(); ++k) {
      if (too_long(e.values[k].label))
        return {mistake_kind::name_too_long, e.name, {}, e.values[k].label};
      for (std::size_t j = 0; j < k; ++j)
        if (same_text(e.values[j].label, e.values[k].label))
          return {mistake_kind::duplicate_value, e.name, {}, e.values[k].label};
    }
  }
  for (std::size_t i = 0; i < views.size(); ++i) {
    const view_object& v = views[i];
    bool taken = is_table(v.schema, v.name);
    for (std::size_t k = 0; k < i; ++k)
      taken |= same_name(views[k], v);
    if (taken)
      return {mistake_kind::duplicate_object, v.name};
    if (too_long(v.name))
      return {mistake_kind::name_too_long, v.name, {}, v.name};
    for (const index& on : v.indexes)
      if (too_long(on.name))
        return {mistake_kind::name_too_long, v.name, {}, on.name};
  }
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const sequence_object& q = sequences[i];
    bool taken = is_table(q.schema, q.name);
    for (std::size_t k = 0; k < i; ++k)
      taken |= same_name(sequences[k], q);
    for (const view_object& v : views)
      taken |= same_name(v, q);
    if (taken)
      return {mistake_kind::duplicate_object, q.name};
    if (too_long(q.name))
      return {mistake_kind::name_too_long, q.name, {}, q.name};
  }
  return {};
}

template <const auto& Schema, class Type = std::remove_cvref_t<decltype(Schema)>>
inline constexpr mistake
    wrong_objects = mistake_in_objects(Type::tables::value.enumerations, objects_of<Schema>.list.views,
                                       objects_of<Schema>.list.sequences, Type::models::index.by_name);

template <const auto& Schema>
constexpr schema_view view_schema() {
  using type = std::remove_cvref_t<decltype(Schema)>;
  if constexpr (std::is_same_v<type, schema_view>)
    return Schema;
  else if constexpr (std::is_same_v<type, snapshot>)
    return Schema.schema;
  else if constexpr (std::is_same_v<type, stored_snapshot>)
    return open_snapshot<Schema>(opened_tables<Schema>);
  else {
    static_assert(no_mistake<wrong_objects<Schema>>::value);
    return {
        .tables = type::tables::value.tables,
        .enumerations = type::tables::value.enumerations,
        .extensions = objects_of<Schema>.list.extensions,
        .sequences = objects_of<Schema>.list.sequences,
        .views = objects_of<Schema>.list.views,
        .raw_objects = objects_of<Schema>.list.raw_objects,
    };
  }
}
}  // namespace detail

/// A schema as the value that the engine, the migrator and the snapshot read. Lives as long as the program.
/// \tparam Schema what `instar::schema<…>` gave, a `snapshot`, a `stored_snapshot`, or a `schema_view`
template <const auto& Schema>
inline constexpr schema_view view_of = detail::view_schema<Schema>();

/// Makes a schema of models and other objects:
///
///     inline constexpr auto schema = instar::schema<User, Session>(
///         instar::extension("pg_trgm"),
///         instar::materialized_view("session_counts", "SELECT user_id, count(*) AS n FROM sessions GROUP BY 1"));
///
/// A mistake in a model, or between models, does not compile; the compiler prints it.
template <class... Models, class... Objects>
constexpr auto schema(const Objects&... objects) {
  using list = detail::model_list<Models...>;
  // One mistake at a time: each step presumes that the ones before found nothing.
  static_assert(detail::no_mistake<list::in_one>::value);
  if constexpr (list::in_one.kind == detail::mistake_kind::none) {
    static_assert(detail::no_mistake<list::in_index>::value);
    if constexpr (list::in_index.kind == detail::mistake_kind::none) {
      static_assert(detail::no_mistake<list::between>::value);
      if constexpr (list::between.kind == detail::mistake_kind::none)
        static_assert(detail::no_mistake<list::across>::value);
    }
  }
  constexpr detail::object_counts counts =
      (detail::object_counts{} + ... + detail::counts_of(static_cast<const Objects*>(nullptr)));
  compiled_schema<counts, Models...> made{};
  [[maybe_unused]] int in_order[] = {0, made.objects.add(objects)...};
  return made;
}

/// An extension of PostgreSQL. SQLite leaves it out.
constexpr extension_object extension(std::string_view name, std::string_view in_schema = {},
                                     std::string_view version = {}) {
  return {.name = name, .schema = in_schema, .version = version};
}

namespace detail {
constexpr view_object named_view(std::string_view name, std::string_view query, bool materialized) {
  const qualified_name split = split_name(name);
  return {.schema = split.schema, .name = split.name, .query = query, .materialized = materialized};
}
}  // namespace detail

/// A view. Views stand in the order in which they can be created. \param name "name" or "schema.name"
constexpr detail::view_words<0, 0> view(std::string_view name, std::string_view query) {
  return {.view = detail::named_view(name, query, false)};
}

/// An index of a materialized view: `view_index("session_counts_user", "user_id").unique()`.
/// \param columns names of the view's columns
template <class... Columns>
constexpr auto view_index(std::string_view name, Columns... columns) {
  return detail::view_index_words<static_cast<int>(sizeof...(Columns))>{
      {.name = name}, {index_part{.text = std::string_view(columns)}...}};
}

/// A materialized view and its indexes; PostgreSQL. On SQLite it becomes a plain view.
template <int... N>
constexpr auto materialized_view(std::string_view name, std::string_view query,
                                 const detail::view_index_words<N>&... indexes) {
  detail::view_words<static_cast<int>(sizeof...(N)), (0 + ... + N)> words{.view =
                                                                              detail::named_view(name, query, true)};
  std::size_t i = 0;
  std::size_t p = 0;
  [[maybe_unused]] const auto add = [&](const auto& one) {
    words.indexes[i] = one.meta;
    words.part_counts[i++] = static_cast<int>(one.parts.size());
    for (const index_part& part : one.parts)
      words.parts[p++] = part;
    return 0;
  };
  [[maybe_unused]] int in_order[] = {0, add(indexes)...};
  return words;
}

/// A sequence of its own; PostgreSQL.
constexpr sequence_object sequence(std::string_view name, std::int64_t start = 1, std::int64_t increment = 1) {
  const detail::qualified_name split = detail::split_name(name);
  return {.schema = split.schema, .name = split.name, .start = start, .increment = increment};
}

/// Any other object, by the statement that makes it and the one that drops it.
/// \param kind what it is, in the words of SQL: "function", "trigger", "policy"
constexpr raw_object raw(std::string_view kind, std::string_view name, std::string_view create, std::string_view drop,
                         placement where = placement::after_tables) {
  return {.kind = kind, .name = name, .create = create, .drop = drop, .placement = where};
}

/// A function; made before the tables, whose defaults and generated columns may call it.
constexpr raw_object function(std::string_view name, std::string_view create, std::string_view drop) {
  return raw("function", name, create, drop, placement::before_tables);
}

/// A trigger.
constexpr raw_object trigger(std::string_view name, std::string_view create, std::string_view drop) {
  return raw("trigger", name, create, drop);
}

/// A row security policy.
constexpr raw_object policy(std::string_view name, std::string_view create, std::string_view drop) {
  return raw("policy", name, create, drop);
}

}  // namespace instar


// ---- instar/sql/compiled.hpp


// ---- instar/sql/sqlite.hpp


// ---- instar/sql/postgres.hpp


// ---- instar/diff/diff.hpp


// ---- instar/diff/plan.hpp


// ---- instar/schema/compare.hpp

/// \file Whether parts of two schemas say the same.

namespace instar::detail {

/// Whether `now` is the enum that was called `then`, or declares that it was.
constexpr bool same_enum(const enumeration& then, const enumeration& now) {
  if (!same_text(then.schema, now.schema))
    return false;
  return same_text(then.name, now.name) || (!now.renamed_from.empty() && same_text(then.name, now.renamed_from));
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

/// Whether SQL has a name as a word of its own, in capitals or not: unquoted names have none. A wrong "yes" costs an
/// object that is made again.
constexpr bool mentions(std::string_view text, std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  if (name.empty() || text.size() < name.size())
    return false;
  const char first = small(name[0]);
  for (std::size_t i = 0; i + name.size() <= text.size(); ++i) {
    if (small(text[i]) != first || (i != 0 && letter(text[i - 1])) ||
        (i + name.size() != text.size() && letter(text[i + name.size()])))
      continue;
    std::size_t same = 1;
    while (same < name.size() && small(text[i + same]) == small(name[same]))
      ++same;
    if (same == name.size())
      return true;
  }
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

#include <vector>

/// \file A plan: the steps from one schema to another, in the order in which a database takes them.

namespace instar {

/// What one step does. The order of the enumerators is the order of the steps in a plan: what stands in the way is
/// dropped first, what others build on is created first, foreign keys come last but for views and triggers.
enum class step_kind : unsigned char {
  create_schema,
  create_extension,
  alter_extension,
  drop_raw_object,
  drop_view,
  rename_enum,
  rename_enum_value,
  create_enum,
  add_enum_value,
  create_sequence,
  alter_sequence,
  create_early_raw_object,
  drop_foreign_key,
  drop_exclusion,
  drop_check,
  drop_index,
  drop_unique,
  drop_primary_key,
  drop_table,
  rename_table,
  rename_column,
  rename_constraint,
  rename_index,
  drop_generated,
  drop_column,
  rebuild_enum,
  create_table,
  add_column,
  drop_default,
  drop_identity,
  alter_type,
  alter_collation,
  set_default,
  fill_nulls,
  set_not_null,
  drop_not_null,
  add_identity,
  alter_identity,
  drop_enum,
  drop_sequence,
  drop_early_raw_object,
  add_primary_key,
  add_unique,
  add_check,
  add_exclusion,
  create_index,
  add_foreign_key,
  comment_table,
  comment_column,
  comment_enum,
  create_view,
  comment_view,
  create_raw_object,
  drop_extension,
};

inline constexpr std::size_t step_kind_count = static_cast<std::size_t>(step_kind::drop_extension) + 1;

/// Which of a table's constraints a step renames.
enum class constraint_kind : unsigned char { primary_key, unique, check, foreign_key, exclusion };

/// One step. Which members it uses follows from its kind; all look into the two schemas of the plan.
struct step {
  step_kind kind{};
  const table* before = nullptr;  ///< The table as it was; null when it is created.
  const table* after = nullptr;   ///< The table as it becomes; null when it is dropped.
  int from = -1;                  ///< Position in `before` of the column, constraint, index or enum value.
  int to = -1;                    ///< Position in `after`; of alter_extension 0 for its version, 1 for its schema.
  constraint_kind constraint = constraint_kind::primary_key;  ///< Of rename_constraint.
  const enumeration* old_enum = nullptr;
  const enumeration* new_enum = nullptr;
  const view_object* old_view = nullptr;
  const view_object* new_view = nullptr;
  const raw_object* raw = nullptr;
  const extension_object* extension = nullptr;
  const sequence_object* sequence = nullptr;
  std::string_view schema{};  ///< Of create_schema.

  constexpr const column* old_column() const {
    return before != nullptr && from >= 0 ? &before->columns[static_cast<std::size_t>(from)] : nullptr;
  }
  constexpr const column* new_column() const {
    return after != nullptr && to >= 0 ? &after->columns[static_cast<std::size_t>(to)] : nullptr;
  }
};

/// What can go wrong with a step. Codes are stable.
enum class hazard : unsigned char {
  drops_table,         ///< INS2001 every row of the table is lost
  drops_column,        ///< INS2002 every value of the column is lost
  narrows_type,        ///< INS2003 values that do not fit the new type are cut, rounded or make it fail
  removes_enum_value,  ///< INS2004 rows that have the value make it fail
  needs_value,         ///< INS2005 a required column without default: fails when the table has rows
  makes_required,      ///< INS2006 rows with NULL make it fail
  makes_unique,        ///< INS2007 rows with equal values make it fail
  changes_key,         ///< INS2008 the primary key is replaced
};

/// The stable code of a hazard.
constexpr std::string_view code_of(hazard h) {
  constexpr std::string_view codes[] = {"INS2001", "INS2002", "INS2003", "INS2004",
                                        "INS2005", "INS2006", "INS2007", "INS2008"};
  return codes[static_cast<std::size_t>(h)];
}

/// Whether a hazard destroys data, rather than making the migration fail and leave all as it was.
constexpr bool destroys_data(hazard h) {
  return h == hazard::drops_table || h == hazard::drops_column || h == hazard::narrows_type;
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

/// Whether every value of the old type is one of the new type, as it is or as its text.
/// https://www.postgresql.org/docs/current/datatype.html
constexpr bool type_widens(const column_type& from, const column_type& to) {
  if (from.dimensions != to.dimensions)
    return false;
  const auto rank = [](type_kind k) {
    switch (k) {
    case type_kind::smallint:
      return 1;
    case type_kind::integer:
      return 2;
    case type_kind::bigint:
      return 3;
    default:
      return 0;
    }
  };
  const auto is_text = [](type_kind k) {
    return k == type_kind::text || k == type_kind::varchar || k == type_kind::citext || k == type_kind::character;
  };
  if (is_text(to.kind)) {
    if (is_text(from.kind))
      return to.length < 0 || (from.length >= 0 && from.length <= to.length);
    return to.length < 0 && from.dimensions == 0 && from.kind != type_kind::custom;
  }
  if (rank(from.kind) != 0 && rank(to.kind) != 0)
    return rank(from.kind) <= rank(to.kind);
  if (rank(from.kind) != 0 && to.kind == type_kind::numeric) {
    const int digits = rank(from.kind) == 1 ? 5 : rank(from.kind) == 2 ? 10 : 19;
    return to.length < 0 || to.length - (to.scale < 0 ? 0 : to.scale) >= digits;
  }
  if ((rank(from.kind) == 1 || rank(from.kind) == 2) && to.kind == type_kind::double_precision)
    return true;
  if (from.kind == type_kind::real && to.kind == type_kind::double_precision)
    return true;
  if (from.kind == type_kind::date && (to.kind == type_kind::timestamp || to.kind == type_kind::timestamptz))
    return true;
  if ((from.kind == type_kind::json && to.kind == type_kind::jsonb) ||
      (from.kind == type_kind::cidr && to.kind == type_kind::inet))
    return true;
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
    return to.length < 0 || (from.length >= 0 && from.length <= to.length);
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

}  // namespace detail

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

/// Calls `note(hazard)` for each hazard of a step.
template <class Note>
constexpr void each_hazard(const step& s, Note note) {
  switch (s.kind) {
  case step_kind::drop_table:
    note(hazard::drops_table);
    break;
  case step_kind::drop_column:
    // What a generated column held follows from the others.
    if (s.old_column()->generated == generated_kind::none)
      note(hazard::drops_column);
    break;
  case step_kind::add_column: {
    const column& c = *s.new_column();
    if (!c.nullable && c.initial.kind == default_kind::none && c.identity == identity_kind::none &&
        c.generated == generated_kind::none)
      note(hazard::needs_value);
    break;
  }
  case step_kind::alter_type:
    if (!type_widens(s.old_column()->type, s.new_column()->type))
      note(hazard::narrows_type);
    break;
  case step_kind::rebuild_enum:
    if (removes_value(*s.old_enum, *s.new_enum))
      note(hazard::removes_enum_value);
    break;
  case step_kind::set_not_null:
    if (s.new_column()->initial.kind == default_kind::none)
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

/// The steps from one schema to another. Looks into both schemas, which must outlive it.
/// \tparam Steps a vector at run time, an array in a compile-time plan, a span in a view of either
template <class Steps>
struct basic_plan {
  schema_view before{};
  schema_view after{};
  Steps steps{};

  constexpr bool empty() const { return steps.empty(); }
  constexpr std::size_t size() const { return steps.size(); }

  /// Whether it has a step of that kind.
  constexpr bool has(step_kind kind) const {
    for (const step& s : steps)
      if (s.kind == kind)
        return true;
    return false;
  }

  /// What can go wrong, step by step.
  constexpr auto hazards() const {
    if constexpr (requires { std::tuple_size<Steps>::value; }) {
      hazard_list<2 * std::tuple_size<Steps>::value> notes{};
      for (std::size_t i = 0; i < steps.size(); ++i)
        detail::each_hazard(steps[i], [&](hazard h) { notes.notes[notes.count++] = {h, i}; });
      return notes;
    } else {
      std::vector<hazard_note> notes;
      for (std::size_t i = 0; i < steps.size(); ++i)
        detail::each_hazard(steps[i], [&](hazard h) { notes.push_back({h, i}); });
      return notes;
    }
  }

  /// Whether a step has that hazard.
  constexpr bool has(hazard wanted) const {
    bool found = false;
    for (const step& s : steps)
      detail::each_hazard(s, [&](hazard h) { found |= h == wanted; });
    return found;
  }

  /// Whether a step destroys data that no later step can bring back.
  constexpr bool loses_data() const {
    bool loses = false;
    for (const step& s : steps)
      detail::each_hazard(s, [&](hazard h) { loses |= destroys_data(h); });
    return loses;
  }

  /// The same plan without its storage.
  constexpr operator basic_plan<std::span<const step>>() const requires(!std::is_same_v<Steps, std::span<const step>>) {
    return {before, after, std::span<const step>(steps.data(), steps.size())};
  }
};

using plan_view = basic_plan<std::span<const step>>;
using plan = basic_plan<std::vector<step>>;

}  // namespace instar

/// \file Two schemas compared: what steps lead from one to the other. The same functions at compile time and at run
/// time.

namespace instar {

namespace detail {

/// Finds tables of a schema by name, in constant time.
class table_finder {
 public:
  constexpr explicit table_finder(std::span<const table> tables) : tables_(tables) {
    std::size_t capacity = 4;
    while (capacity < tables.size() * 2)
      capacity *= 2;
    slots_.assign(capacity, -1);
    hashes_.assign(tables.size(), 0);
    for (std::size_t i = 0; i < tables.size(); ++i) {
      hashes_[i] = hash_object(tables[i].schema, tables[i].name);
      std::size_t slot = hashes_[i] & (capacity - 1);
      while (slots_[slot] != -1)
        slot = (slot + 1) & (capacity - 1);
      slots_[slot] = static_cast<int>(i);
    }
  }

  /// \return its position, or -1
  constexpr int find(std::string_view schema, std::string_view name) const {
    const std::uint64_t hash = hash_object(schema, name);
    std::size_t slot = hash & (slots_.size() - 1);
    for (; slots_[slot] != -1; slot = (slot + 1) & (slots_.size() - 1)) {
      const std::size_t i = static_cast<std::size_t>(slots_[slot]);
      if (hashes_[i] == hash && same_text(tables_[i].name, name) && same_text(tables_[i].schema, schema))
        return slots_[slot];
    }
    return -1;
  }

  /// \param written "schema.name", or "name" in `schema` or else in the default schema
  constexpr int find_written(std::string_view schema, std::string_view written) const {
    for (std::size_t i = 0; i < written.size(); ++i)
      if (written[i] == '.')
        return find(written.substr(0, i), written.substr(i + 1));
    const int found = find(schema, written);
    return found < 0 && !schema.empty() ? find({}, written) : found;
  }

 private:
  std::span<const table> tables_;
  std::vector<std::uint64_t> hashes_;
  std::vector<int> slots_;
};

struct step_list {
  std::vector<step>& steps;

  constexpr step& add(step_kind kind, const table* before, const table* after, int from = -1, int to = -1) {
    steps.push_back(step{.kind = kind, .before = before, .after = after, .from = from, .to = to});
    return steps.back();
  }
};

/// How the columns of a table fare that stand in both schemas, where more than they themselves depends on it.
struct column_fates {
  const table* after;
  std::vector<int> was;       ///< The old position of each new column, or -1.
  std::vector<char> remade;   ///< Dropped and added again: keys and indexes go with the old one.
  std::vector<char> retyped;  ///< Of a type in which expressions over the old one need not make sense.
  bool any = false;           ///< Whether one is remade or retyped.

  /// \param steps so far: those of the enums
  constexpr column_fates(const std::vector<step>& steps, const column_renames& renames);

  constexpr bool has(const std::vector<char>& fate, std::string_view name) const {
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
    return false;
  }
  constexpr bool in(std::span<const index_part> parts) const {
    for (const index_part& part : parts)
      if (part.expression ? in(part.text) : has(remade, part.text))
        return true;
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
/// the rest is dropped and made.
/// \param same whether an old one and a new one say the same, and nothing makes it anew
template <class T, class Same>
constexpr void diff_constraints(step_list& out, const column_renames& renames, std::span<const T> then,
                                std::span<const T> now, Same same, step_kind drop, step_kind add, step_kind rename,
                                constraint_kind kind) {
  if (then.empty() && now.empty())
    return;
  std::vector<int> becomes(then.size(), -1);
  std::vector<char> kept(now.size(), 0);
  for (int by_name = 1; by_name >= 0; --by_name)
    for (std::size_t n = 0; n < now.size(); ++n)
      for (std::size_t o = 0; !kept[n] && o < then.size(); ++o) {
        if (becomes[o] >= 0 || (by_name != 0 && !same_text(then[o].name, now[n].name)) || !same(then[o], now[n]))
          continue;
        becomes[o] = static_cast<int>(n);
        kept[n] = 1;
      }
  // A name that another one lets go of only by its own rename is not free to take: there the old one is made anew.
  std::vector<char> anew(then.size(), 0);
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

/// All that one comparison looks things up in.
struct comparison {
  const schema_view* before;
  const schema_view* after;
  table_finder old_tables;
  table_finder new_tables;

  constexpr comparison(const schema_view& then, const schema_view& now)
      : before(&then), after(&now), old_tables(then.tables), new_tables(now.tables) {}

  /// The old table that a new one was, or null. A name that still exists is not a rename.
  constexpr const table* old_table(const table& now) const {
    const int same = old_tables.find(now.schema, now.name);
    if (same >= 0)
      return &before->tables[static_cast<std::size_t>(same)];
    if (now.renamed_from.empty())
      return nullptr;
    const int renamed = old_tables.find_written(now.schema, now.renamed_from);
    if (renamed < 0)
      return nullptr;
    const table& source = before->tables[static_cast<std::size_t>(renamed)];
    if (new_tables.find(source.schema, source.name) >= 0)
      return nullptr;
    // Of several tables that declare one old name the first has it.
    for (const table& other : after->tables)
      if (!other.renamed_from.empty() && old_tables.find_written(other.schema, other.renamed_from) == renamed &&
          old_tables.find(other.schema, other.name) < 0)
        return &other == &now ? &source : nullptr;
    return &source;
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
  return then.dimensions != now.dimensions || then.kind == type_kind::custom || now.kind == type_kind::custom ||
         (then.kind != now.kind && !(integer(then.kind) && integer(now.kind))) ||
         (then.values != nullptr && now.values != nullptr && !same_enum(*then.values, *now.values));
}

constexpr column_fates::column_fates(const std::vector<step>& steps, const column_renames& renames)
    : after(renames.after), was(after->columns.size(), -1), remade(was.size(), 0), retyped(was.size(), 0) {
  const std::span<const column> old_columns = renames.before->columns;
  const std::span<const column> new_columns = renames.after->columns;
  std::vector<char> taken(old_columns.size(), 0);
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
  const auto rebuilt = [&](const column_type& t) {
    if (t.values != nullptr)
      for (const step& s : steps)
        if (s.kind == step_kind::rebuild_enum && same_enum(*s.new_enum, *t.values))
          return true;
    return false;
  };
  for (std::size_t to = 0; to < was.size(); ++to) {
    if (was[to] < 0)
      continue;
    const column& then = old_columns[static_cast<std::size_t>(was[to])];
    const column& now = new_columns[to];
    if (!keeps_generated(then, now) &&
        (then.generated != now.generated || !same_text(then.generated_as, now.generated_as) ||
         (now.generated != generated_kind::none && !same_type(then.type, now.type))))
      remade[to] = 1;
    retyped[to] = rebuilt(now.type) || changes_family(then.type, now.type);
    any |= remade[to] || retyped[to];
    if (!retyped[to] && same_type(then.type, now.type))
      continue;
    // No type changes under a generated column.
    for (std::size_t other = 0; other < was.size(); ++other)
      if (new_columns[other].generated != generated_kind::none && was[other] >= 0 &&
          mentions(new_columns[other].generated_as, now.name)) {
        remade[other] = 1;
        any = true;
      }
  }
}

/// The steps for one column that both tables have.
constexpr void diff_column(step_list& out, const table& before, const table& after, int from, int to, bool remade) {
  const column& then = before.columns[static_cast<std::size_t>(from)];
  const column& now = after.columns[static_cast<std::size_t>(to)];
  const auto add = [&](step_kind kind) { out.add(kind, &before, &after, from, to); };

  if (!same_text(then.name, now.name))
    add(step_kind::rename_column);
  if (remade) {
    add(step_kind::drop_column);
    add(step_kind::add_column);
    if (!now.comment.empty())
      add(step_kind::comment_column);
    return;
  }
  if (then.generated != now.generated)
    add(step_kind::drop_generated);

  const bool type = !same_type(then.type, now.type);
  const bool same_initial = same_default(then.initial, now.initial);
  const bool identity = then.identity != now.identity;
  if (auto_default(then) && (!same_initial || type))
    // A default is converted apart from the values, and not every conversion of values is one of defaults.
    if (type || !auto_default(now))
      add(step_kind::drop_default);
  if (identity && then.identity != identity_kind::none && now.identity == identity_kind::none)
    add(step_kind::drop_identity);
  if (type)
    add(step_kind::alter_type);
  else if (!same_text(then.collation, now.collation))
    add(step_kind::alter_collation);
  if (auto_default(now) && (!same_initial || type))
    add(step_kind::set_default);
  if (then.nullable && !now.nullable) {
    if (auto_default(now))
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
constexpr void diff_table(step_list& out, const comparison& schemas, const table& before, const table& after) {
  if (before.content_hash != 0 && before.content_hash == after.content_hash)
    return;
  if (!same_text(before.name, after.name) || !same_text(before.schema, after.schema))
    out.add(step_kind::rename_table, &before, &after);

  const column_renames renames(before, after);
  const column_fates fates(out.steps, renames);
  std::vector<char> kept(before.columns.size(), 0);
  for (std::size_t to = 0; to < after.columns.size(); ++to) {
    const column& now = after.columns[to];
    if (fates.was[to] >= 0) {
      kept[static_cast<std::size_t>(fates.was[to])] = 1;
      diff_column(out, before, after, fates.was[to], static_cast<int>(to), fates.remade[to]);
      continue;
    }
    out.add(step_kind::add_column, &before, &after, -1, static_cast<int>(to));
    if (!now.comment.empty())
      out.add(step_kind::comment_column, &before, &after, -1, static_cast<int>(to));
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
  out.add(step_kind::drop_table, &t, nullptr);
}

constexpr bool default_uses_new_value(const schema_view& after, const enumeration& then, const enumeration& now) {
  for (const table& t : after.tables)
    for (const column& c : t.columns) {
      if (c.type.values == nullptr || !same_enum(*c.type.values, now) || c.initial.kind == default_kind::none)
        continue;
      if (c.initial.kind == default_kind::expression)
        return true;  // It may name any value.
      const int value = find_value(now, c.initial.text);
      if (value < 0 || old_value(then, now, now.values[static_cast<std::size_t>(value)]) < 0)
        return true;
    }
  return false;
}

/// The steps for one enum that both schemas have.
constexpr void diff_enum(std::vector<step>& steps, const schema_view& after, const enumeration& then,
                         const enumeration& now) {
  const auto add = [&](step_kind kind, int from = -1, int to = -1) {
    steps.push_back(step{.kind = kind, .from = from, .to = to, .old_enum = &then, .new_enum = &now});
  };
  if (!same_text(then.name, now.name))
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
  // A value that was added cannot be used before the transaction ends, so a default that needs it wants a new type.
  // https://www.postgresql.org/docs/current/sql-altertype.html
  const bool rebuild = !ordered || kept != then.values.size() || (added && default_uses_new_value(after, then, now));
  for (std::size_t to = 0; to < now.values.size(); ++to) {
    const int from = was(now.values[to]);
    if (from >= 0 && !same_text(then.values[static_cast<std::size_t>(from)].label, now.values[to].label))
      add(step_kind::rename_enum_value, from, static_cast<int>(to));
    else if (from < 0 && !rebuild)
      add(step_kind::add_enum_value, -1, static_cast<int>(to));
  }
  if (rebuild)
    add(step_kind::rebuild_enum);
}

constexpr void diff_enums(std::vector<step>& steps, const schema_view& before, const schema_view& after) {
  std::vector<char> kept(before.enumerations.size(), 0);
  for (const enumeration& now : after.enumerations) {
    int from = -1;
    for (std::size_t i = 0; i < before.enumerations.size() && from < 0; ++i)
      if (same_text(before.enumerations[i].name, now.name) && same_text(before.enumerations[i].schema, now.schema))
        from = static_cast<int>(i);
    for (std::size_t i = 0; i < before.enumerations.size() && from < 0; ++i)
      if (same_enum(before.enumerations[i], now))
        from = static_cast<int>(i);
    if (from >= 0) {
      kept[static_cast<std::size_t>(from)] = 1;
      diff_enum(steps, after, before.enumerations[static_cast<std::size_t>(from)], now);
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

constexpr bool same_indexes(std::span<const index> a, std::span<const index> b) {
  if (a.size() != b.size())
    return false;
  const table none{};
  const column_renames renames(none, none);
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!same_text(a[i].name, b[i].name) || !same_definition(renames, a[i], b[i]))
      return false;
  return true;
}

/// Whether a step changes a table so that a view over it has to make way: PostgreSQL refuses the step while the view
/// stands. A view may rest on a primary key by its GROUP BY.
constexpr bool disturbs_views(const step& s) {
  switch (s.kind) {
  case step_kind::drop_primary_key:
  case step_kind::drop_table:
  case step_kind::rename_table:
  case step_kind::rename_column:
  case step_kind::drop_column:
  case step_kind::alter_type:
  case step_kind::alter_collation:
  case step_kind::drop_generated:
    return true;
  default:
    return false;
  }
}

constexpr void diff_views(std::vector<step>& steps, const schema_view& before, const schema_view& after) {
  if (before.views.empty() && after.views.empty())
    return;
  std::vector<std::string_view> disturbed;
  std::vector<std::string_view> widened;  // Tables with a new column, which `SELECT *` of an old view does not have.
  for (const step& s : steps) {
    if (disturbs_views(s))
      disturbed.push_back(s.before->name);
    if (s.kind == step_kind::add_column)
      widened.push_back(s.before->name);
    if (s.kind == step_kind::rebuild_enum)
      for (const table& t : before.tables)
        for (const column& c : t.columns)
          if (c.type.values != nullptr && same_enum(*c.type.values, *s.new_enum))
            disturbed.push_back(t.name);
  }
  // In the order in which they were made, so that a view over a view is disturbed by it.
  std::vector<const view_object*> dropped;
  std::vector<char> remade(after.views.size(), 0);
  for (const view_object& then : before.views) {
    int to = -1;
    for (std::size_t i = 0; i < after.views.size() && to < 0; ++i)
      if (same_text(after.views[i].name, then.name) && same_text(after.views[i].schema, then.schema))
        to = static_cast<int>(i);
    bool drop = to < 0;
    if (to >= 0) {
      const view_object& now = after.views[static_cast<std::size_t>(to)];
      drop = then.materialized != now.materialized || !same_text(then.query, now.query) ||
             !same_indexes(then.indexes, now.indexes);
    }
    for (std::size_t i = 0; i < disturbed.size() && !drop; ++i)
      drop = mentions(then.query, disturbed[i]);
    for (std::size_t i = 0; i < widened.size() && !drop; ++i)
      drop = mentions(then.query, widened[i]) && selects_all(then.query);
    if (!drop) {
      const view_object& now = after.views[static_cast<std::size_t>(to)];
      remade[static_cast<std::size_t>(to)] = 1;  // Stays as it is.
      if (!same_text(then.comment, now.comment))
        steps.push_back(step{.kind = step_kind::comment_view, .new_view = &now});
      continue;
    }
    dropped.push_back(&then);
    disturbed.push_back(then.name);
  }
  for (std::size_t i = dropped.size(); i-- > 0;)
    steps.push_back(step{.kind = step_kind::drop_view, .old_view = dropped[i]});
  for (std::size_t i = 0; i < after.views.size(); ++i)
    if (!remade[i]) {
      steps.push_back(step{.kind = step_kind::create_view, .new_view = &after.views[i]});
      for (std::size_t k = 0; k < after.views[i].indexes.size(); ++k)
        steps.push_back(step{.kind = step_kind::create_view, .to = static_cast<int>(k), .new_view = &after.views[i]});
      if (!after.views[i].comment.empty())
        steps.push_back(step{.kind = step_kind::comment_view, .new_view = &after.views[i]});
    }
}

/// Whether a statement replaces what it makes: then nothing that uses the old one has to let go of it.
constexpr bool replaces(std::string_view create) {
  constexpr std::string_view start = "create or replace ";
  std::size_t i = 0;
  while (i < create.size() && (create[i] == ' ' || create[i] == '\n'))
    ++i;
  std::size_t same = 0;
  while (same < start.size() && i < create.size()) {
    const char c = create[i++];
    const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '\n' ? ' ' : c;
    if (small != start[same])
      return false;
    ++same;
  }
  return same == start.size();
}

/// Whether a trigger, policy or rule has to make way for a step on its table: it may name the column.
constexpr bool stands_in_the_way(const raw_object& o, const step& s) {
  return (s.kind == step_kind::alter_type || s.kind == step_kind::drop_column) &&
         (same_text(o.kind, "trigger") || same_text(o.kind, "policy") || same_text(o.kind, "rule")) &&
         mentions(o.create, s.before->name) && mentions(o.create, s.old_column()->name);
}

constexpr void diff_raw_objects(std::vector<step>& steps, const schema_view& before, const schema_view& after) {
  const auto find = [](const schema_view& s, const raw_object& wanted) -> const raw_object* {
    for (const raw_object& o : s.raw_objects)
      if (same_text(o.kind, wanted.kind) && same_text(o.name, wanted.name))
        return &o;
    return nullptr;
  };
  const std::size_t count = steps.size();
  const auto stays = [&](const raw_object& then, const raw_object& now) {
    bool same = same_text(now.create, then.create);
    for (std::size_t i = 0; same && i < count; ++i)
      same = !stands_in_the_way(then, steps[i]);
    return same;
  };
  for (std::size_t i = before.raw_objects.size(); i-- > 0;) {
    const raw_object& then = before.raw_objects[i];
    const raw_object* now = find(after, then);
    if (now == nullptr)
      // Defaults and generated columns may use it until their own steps are done.
      steps.push_back(step{.kind = then.placement == placement::before_tables ? step_kind::drop_early_raw_object
                                                                              : step_kind::drop_raw_object,
                           .raw = &then});
    else if (!stays(then, *now) && !(replaces(now->create) && same_text(now->drop, then.drop)))
      steps.push_back(step{.kind = step_kind::drop_raw_object, .raw = &then});
  }
  for (const raw_object& now : after.raw_objects) {
    const raw_object* then = find(before, now);
    if (then == nullptr || !stays(*then, now))
      steps.push_back(step{.kind = now.placement == placement::before_tables ? step_kind::create_early_raw_object
                                                                             : step_kind::create_raw_object,
                           .raw = &now});
  }
}

constexpr void diff_small_objects(std::vector<step>& steps, const schema_view& before, const schema_view& after) {
  const auto has_schema = [](const schema_view& s, std::string_view name) {
    for (const table& t : s.tables)
      if (same_text(t.schema, name))
        return true;
    for (const enumeration& e : s.enumerations)
      if (same_text(e.schema, name))
        return true;
    for (const view_object& v : s.views)
      if (same_text(v.schema, name))
        return true;
    for (const sequence_object& q : s.sequences)
      if (same_text(q.schema, name))
        return true;
    for (const extension_object& e : s.extensions)
      if (same_text(e.schema, name))
        return true;
    return false;
  };
  std::vector<std::string_view> made;
  const auto need = [&](std::string_view name) {
    if (name.empty())
      return;
    for (std::string_view m : made)
      if (same_text(m, name))
        return;
    made.push_back(name);
    if (!has_schema(before, name))
      steps.push_back(step{.kind = step_kind::create_schema, .schema = name});
  };
  for (const table& t : after.tables)
    need(t.schema);
  for (const enumeration& e : after.enumerations)
    need(e.schema);
  for (const view_object& v : after.views)
    need(v.schema);
  for (const sequence_object& q : after.sequences)
    need(q.schema);
  for (const extension_object& e : after.extensions)
    need(e.schema);

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

  const auto find_sequence = [](const schema_view& s, const sequence_object& wanted) -> const sequence_object* {
    for (const sequence_object& q : s.sequences)
      if (same_text(q.name, wanted.name) && same_text(q.schema, wanted.schema))
        return &q;
    return nullptr;
  };
  for (const sequence_object& q : after.sequences) {
    const sequence_object* then = find_sequence(before, q);
    if (then == nullptr)
      steps.push_back(step{.kind = step_kind::create_sequence, .sequence = &q});
    else if (!same_definition(*then, q))
      steps.push_back(step{.kind = step_kind::alter_sequence, .sequence = &q});
  }
  for (const sequence_object& q : before.sequences)
    if (find_sequence(after, q) == nullptr)
      steps.push_back(step{.kind = step_kind::drop_sequence, .sequence = &q});
}

/// Foreign keys stay the same and are in the way all the same: of a key that they reference and that is replaced, and
/// of a type that changes on one side before it does on the other. They are dropped and made again.
constexpr void free_foreign_keys(std::vector<step>& steps, const comparison& schemas) {
  const auto integer = [](const column& c) {
    return c.type.kind == type_kind::smallint || c.type.kind == type_kind::integer || c.type.kind == type_kind::bigint;
  };
  const auto contains = [](std::span<const std::string_view> names, std::string_view wanted) {
    for (std::string_view name : names)
      if (same_text(name, wanted))
        return true;
    return false;
  };
  const std::size_t count = steps.size();
  std::vector<step> disturbing;
  for (const step& s : steps) {
    const bool key = s.kind == step_kind::drop_primary_key || s.kind == step_kind::drop_unique;
    if (key || s.kind == step_kind::rebuild_enum ||
        (s.kind == step_kind::alter_type && !(integer(*s.old_column()) && integer(*s.new_column()))))
      disturbing.push_back(s);
  }
  if (disturbing.empty())
    return;
  const auto has = [&](step_kind kind, const table* owner, int at) {
    for (std::size_t i = 0; i < count; ++i)
      if (steps[i].kind == kind && (kind == step_kind::drop_foreign_key ? steps[i].before : steps[i].after) == owner &&
          (kind == step_kind::drop_foreign_key ? steps[i].from : steps[i].to) == at)
        return true;
    return false;
  };
  for (const table& now : schemas.after->tables) {
    const table* then = schemas.old_table(now);
    if (then == nullptr)
      continue;
    const column_renames renames(*then, now);
    for (std::size_t o = 0; o < then->foreign_keys.size(); ++o) {
      const foreign_key& fk = then->foreign_keys[o];
      bool in_the_way = false;
      for (const step& s : disturbing) {
        if (s.kind == step_kind::rebuild_enum) {
          for (std::string_view name : fk.columns) {
            const column* c = then->find_column(name);
            in_the_way |= c != nullptr && c->type.values != nullptr && same_enum(*c->type.values, *s.new_enum);
          }
          continue;
        }
        const bool target = same_text(s.before->name, fk.target_table) && same_text(s.before->schema, fk.target_schema);
        if (s.kind == step_kind::alter_type)
          in_the_way |= (target && contains(fk.target_columns, s.old_column()->name)) ||
                        (s.before == then && contains(fk.columns, s.old_column()->name));
        else
          in_the_way |= target;
      }
      if (!in_the_way || has(step_kind::drop_foreign_key, then, static_cast<int>(o)))
        continue;
      for (std::size_t n = 0; n < now.foreign_keys.size(); ++n) {
        if (!schemas.same_foreign_key(renames, fk, now.foreign_keys[n]) ||
            has(step_kind::add_foreign_key, &now, static_cast<int>(n)))
          continue;
        // Made again under its new name, which makes a rename of it void.
        for (std::size_t i = 0; i < count; ++i)
          if (steps[i].kind == step_kind::rename_constraint && steps[i].constraint == constraint_kind::foreign_key &&
              steps[i].before == then && steps[i].from == static_cast<int>(o))
            steps[i] =
                step{.kind = step_kind::add_foreign_key, .before = then, .after = &now, .to = static_cast<int>(n)};
        steps.push_back(
            step{.kind = step_kind::drop_foreign_key, .before = then, .after = &now, .from = static_cast<int>(o)});
        if (!has(step_kind::add_foreign_key, &now, static_cast<int>(n)))
          steps.push_back(
              step{.kind = step_kind::add_foreign_key, .before = then, .after = &now, .to = static_cast<int>(n)});
        break;
      }
    }
  }
}

/// Where a step stands in a plan: steps are ordered by their kinds, but for generated columns, which go before what
/// they are generated from and come after it.
constexpr std::size_t rank_of(const step& s) {
  step_kind kind = s.kind;
  if (kind == step_kind::drop_column && s.old_column()->generated != generated_kind::none)
    kind = step_kind::drop_generated;
  else if (kind == step_kind::add_column && s.new_column()->generated != generated_kind::none)
    kind = step_kind::drop_not_null;
  return static_cast<std::size_t>(kind);
}

/// Puts steps into their order; those of one kind stay in theirs.
constexpr void put_in_order(std::vector<step>& steps) {
  std::size_t starts[step_kind_count + 1]{};
  for (const step& s : steps)
    ++starts[rank_of(s) + 1];
  for (std::size_t i = 1; i <= step_kind_count; ++i)
    starts[i] += starts[i - 1];
  const std::vector<step> found = steps;
  for (const step& s : found)
    steps[starts[rank_of(s)]++] = s;
}

/// Adds the steps to a list of the caller's: g++ 12 remembers what a constant function returned, and would hand out a
/// vector a second time after it was destroyed.
constexpr void add_steps(const schema_view& before, const schema_view& after, std::vector<step>& steps) {
  step_list out{steps};
  const comparison schemas(before, after);

  diff_small_objects(steps, before, after);
  diff_enums(steps, before, after);
  std::vector<char> kept(before.tables.size(), 0);
  for (const table& now : after.tables) {
    const table* then = schemas.old_table(now);
    if (then == nullptr) {
      create_table_steps(out, now);
      continue;
    }
    kept[static_cast<std::size_t>(then - before.tables.data())] = 1;
    diff_table(out, schemas, *then, now);
  }
  for (std::size_t i = 0; i < before.tables.size(); ++i)
    if (!kept[i])
      drop_table_steps(out, schemas, before.tables[i]);
  free_foreign_keys(steps, schemas);
  diff_views(steps, before, after);
  diff_raw_objects(steps, before, after);
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


// ---- instar/sql/write.hpp

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
  out.put(' ');
  put_names(out, fk.target_columns);
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

/// \file A plan in the words of PostgreSQL 12 to 18.

namespace instar::detail {

/// One statement of a plan: a step, or one of several that a step takes.
struct operation {
  std::size_t step = 0;
  int part = 0;
  const table* on = nullptr;  ///< Where one step works on several tables.
};

template <class Writer>
constexpr void put_postgres_type(Writer& out, const column_type& t) {
  switch (t.kind) {
  case type_kind::custom:
    out.put(t.custom);
    break;
  case type_kind::enumeration:
    put_object(out, dialect::postgres, t.values->schema, t.values->name);
    break;
  default: {
    constexpr std::string_view names[] = {
        "",        "boolean", "smallint",  "integer",     "bigint",   "real",  "double precision",
        "numeric", "text",    "varchar",   "char",        "citext",   "bytea", "date",
        "time",    "timetz",  "timestamp", "timestamptz", "interval", "uuid",  "json",
        "jsonb",   "inet",    "cidr",      "macaddr",     "xml",      "bit",   "bit varying",
        "tsvector"};
    out.put(names[static_cast<std::size_t>(t.kind)]);
    if (t.length >= 0) {
      out.put('(');
      put_integer(out, t.length);
      if (t.scale > 0) {
        out.put(',');
        put_integer(out, t.scale);
      }
      out.put(')');
    }
  }
  }
  for (int i = 0; i < t.dimensions; ++i)
    out.put("[]");
}

template <class Writer>
constexpr void put_postgres_default(Writer& out, const column_default& d) {
  switch (d.kind) {
  case default_kind::none:
    break;
  case default_kind::boolean:
    out.put(d.integer != 0 ? "true" : "false");
    break;
  case default_kind::integer:
    put_integer(out, d.integer);
    break;
  case default_kind::real:
    put_real(out, d.real);
    break;
  case default_kind::text:
    put_literal(out, d.text);
    break;
  case default_kind::expression:
    out.put(d.text);
    break;
  case default_kind::now:
    out.put("CURRENT_TIMESTAMP");
    break;
  }
}

template <class Writer>
constexpr void put_identity(Writer& out, identity_kind kind) {
  out.put(kind == identity_kind::always ? "GENERATED ALWAYS AS IDENTITY" : "GENERATED BY DEFAULT AS IDENTITY");
}

template <class Writer>
constexpr void put_postgres_column(Writer& out, const column& c) {
  put_name(out, c.name);
  out.put(' ');
  put_postgres_type(out, c.type);
  if (!c.collation.empty()) {
    out.put(" COLLATE ");
    put_name(out, c.collation);
  }
  if (c.generated != generated_kind::none) {
    // Before 18 PostgreSQL has stored generated columns only.
    out.put(" GENERATED ALWAYS AS (");
    out.put(c.generated_as);
    out.put(c.generated == generated_kind::stored ? ") STORED" : ") VIRTUAL");
  }
  if (c.identity != identity_kind::none) {
    out.put(' ');
    put_identity(out, c.identity);
  }
  if (c.initial.kind != default_kind::none) {
    out.put(" DEFAULT ");
    put_postgres_default(out, c.initial);
  }
  if (!c.nullable)
    out.put(" NOT NULL");
}

template <class Writer>
constexpr void put_postgres_key(Writer& out, const key& k, std::string_view kind) {
  out.put("CONSTRAINT ");
  put_name(out, k.name);
  out.put(kind);
  if (k.nulls_not_distinct)
    out.put("NULLS NOT DISTINCT ");
  put_names(out, k.columns);
  put_deferral(out, k.deferral);
}

template <class Writer>
constexpr void put_exclusion(Writer& out, const exclusion& e) {
  out.put("CONSTRAINT ");
  put_name(out, e.name);
  out.put(" EXCLUDE USING ");
  out.put(e.method.empty() ? std::string_view("gist") : e.method);
  out.put(' ');
  put_index_parts(out, dialect::postgres, e.parts);
  if (!e.where.empty()) {
    out.put(" WHERE (");
    out.put(e.where);
    out.put(')');
  }
  put_deferral(out, e.deferral);
}

template <class Writer>
constexpr void put_postgres_create_table(Writer& out, const table& t) {
  out.put("CREATE TABLE ");
  put_table(out, dialect::postgres, t);
  out.put(" (");
  bool first = true;
  const auto next = [&] {
    out.put(first ? "\n    " : ",\n    ");
    first = false;
  };
  for (const column& c : t.columns) {
    next();
    put_postgres_column(out, c);
  }
  if (!t.primary_key.columns.empty()) {
    next();
    put_postgres_key(out, t.primary_key, " PRIMARY KEY ");
  }
  for (const key& k : t.uniques) {
    next();
    put_postgres_key(out, k, " UNIQUE ");
  }
  for (const check& c : t.checks) {
    next();
    put_check(out, c);
  }
  for (const exclusion& e : t.exclusions) {
    next();
    put_exclusion(out, e);
  }
  out.put(first ? ")" : "\n)");
}

template <class Writer>
constexpr void put_enum_labels(Writer& out, const enumeration& e) {
  out.put('(');
  bool first = true;
  for (const enum_value& v : e.values) {
    if (!first)
      out.put(", ");
    first = false;
    put_literal(out, v.label);
  }
  out.put(')');
}

/// Writes how old values become values of the new type.
template <class Writer>
constexpr void put_conversion(Writer& out, const column& then, const column& now) {
  const bool enums = then.type.kind == type_kind::enumeration || now.type.kind == type_kind::enumeration;
  if (then.type.dimensions == 0 && now.type.dimensions == 1) {
    out.put("CASE WHEN ");
    put_name(out, now.name);
    out.put(" IS NULL THEN NULL ELSE ARRAY[");
    put_name(out, now.name);
    out.put("] END");
  } else if (then.type.dimensions == 1 && now.type.dimensions == 0) {
    out.put('(');
    put_name(out, now.name);
    out.put(")[1]");
  } else {
    put_name(out, now.name);
  }
  // An enum's values convert to and from anything as text.
  if (enums)
    out.put(now.type.dimensions > 0 ? "::text[]" : "::text");
  out.put("::");
  put_postgres_type(out, now.type);
}

template <class Writer>
constexpr void put_alter_table(Writer& out, const table& t) {
  out.put("ALTER TABLE ");
  put_table(out, dialect::postgres, t);
}

template <class Writer>
constexpr void put_alter_column(Writer& out, const step& s) {
  put_alter_table(out, *s.after);
  out.put(" ALTER COLUMN ");
  put_name(out, s.new_column()->name);
}

/// The name of a table during a plan: the old one until `rename_table`, the new one after.
template <class Writer>
constexpr void put_alter_table_early(Writer& out, const step& s) {
  put_alter_table(out, s.before != nullptr ? *s.before : *s.after);
}

constexpr std::string_view constraint_name(const table& t, constraint_kind kind, int at) {
  const std::size_t i = static_cast<std::size_t>(at);
  switch (kind) {
  case constraint_kind::primary_key:
    return t.primary_key.name;
  case constraint_kind::unique:
    return t.uniques[i].name;
  case constraint_kind::check:
    return t.checks[i].name;
  case constraint_kind::foreign_key:
    return t.foreign_keys[i].name;
  case constraint_kind::exclusion:
    return t.exclusions[i].name;
  }
  return {};
}

template <class Writer>
constexpr void put_drop_constraint(Writer& out, const step& s, std::string_view name) {
  put_alter_table_early(out, s);
  out.put(" DROP CONSTRAINT ");
  put_name(out, name);
}

/// Whether a table kept a column of this enum, so that a rebuilt type must be given to it.
constexpr bool keeps_enum(const plan_view& p, const table& now, const column& c, const enumeration& e) {
  if (c.type.values == nullptr || !same_enum(*c.type.values, e))
    return false;
  for (const step& s : p.steps)
    if ((s.kind == step_kind::create_table && s.after == &now) ||
        ((s.kind == step_kind::add_column || s.kind == step_kind::alter_type) && s.after == &now &&
         s.new_column() == &c))
      return false;
  return true;
}

/// Writes into a literal: every quote twice.
template <class Writer>
struct doubling {
  Writer& out;
  constexpr void put(char c) {
    if (c == '\'')
      out.put('\'');
    out.put(c);
  }
  constexpr void put(std::string_view text) {
    for (char c : text)
      put(c);
  }
};

/// Writes into a quoted name: every quote twice.
template <class Writer>
constexpr void put_old_enum_name(Writer& out, const enumeration& e) {
  out.put('"');
  for (char c : e.name) {
    if (c == '"')
      out.put('"');
    out.put(c);
  }
  out.put("__old\"");
}

template <class Writer>
constexpr void put_rebuild_enum(Writer& out, const plan_view& p, const step& s, const operation& o) {
  const enumeration& e = *s.new_enum;
  if (o.part == 0) {
    out.put("ALTER TYPE ");
    put_object(out, dialect::postgres, e.schema, e.name);
    out.put(" RENAME TO ");
    put_old_enum_name(out, e);
  } else if (o.part == 1) {
    out.put("CREATE TYPE ");
    put_object(out, dialect::postgres, e.schema, e.name);
    out.put(" AS ENUM ");
    put_enum_labels(out, e);
  } else if (o.part == 2) {
    put_alter_table(out, *o.on);
    bool first = true;
    for (const column& c : o.on->columns) {
      if (!keeps_enum(p, *o.on, c, e))
        continue;
      const auto alter = [&] {
        out.put(first ? "\n    ALTER COLUMN " : ",\n    ALTER COLUMN ");
        first = false;
        put_name(out, c.name);
      };
      alter();
      out.put(" DROP DEFAULT");
      alter();
      out.put(" TYPE ");
      put_postgres_type(out, c.type);
      out.put(" USING ");
      put_name(out, c.name);
      out.put(c.type.dimensions > 0 ? "::text[]" : "::text");
      out.put("::");
      put_postgres_type(out, c.type);
      if (c.initial.kind != default_kind::none) {
        alter();
        out.put(" SET DEFAULT ");
        put_postgres_default(out, c.initial);
      }
    }
  } else {
    out.put("DROP TYPE ");
    if (!e.schema.empty()) {
      put_name(out, e.schema);
      out.put('.');
    }
    put_old_enum_name(out, e);
  }
}

template <class Writer>
constexpr void put_comment(Writer& out, std::string_view text) {
  out.put(" IS ");
  if (text.empty())
    out.put("NULL");
  else
    put_literal(out, text);
}

template <class Writer>
constexpr void put_sequence_type(Writer& out, const sequence_object& q) {
  out.put(" AS ");
  put_postgres_type(out, {.kind = q.type});
}

/// Writes step, bounds and start. Sequences that begin beyond the standard bounds (1 upwards, -1 downwards) have their
/// start for a bound.
template <class Writer>
constexpr void put_sequence_options(Writer& out, const sequence_object& q, bool alter) {
  out.put(" INCREMENT BY ");
  put_integer(out, q.increment);
  const bool low = q.increment > 0 && q.start < 1;
  const bool high = q.increment < 0 && q.start > -1;
  if (low || high) {
    out.put(low ? " MINVALUE " : " MAXVALUE ");
    put_integer(out, q.start);
  }
  if (alter && !low)
    out.put(" NO MINVALUE");
  if (alter && !high)
    out.put(" NO MAXVALUE");
  out.put(" START WITH ");
  put_integer(out, q.start);
}

template <class Writer>
constexpr void put_sequence_cache(Writer& out, const sequence_object& q) {
  out.put(" CACHE ");
  put_integer(out, q.cache);
}

template <class Writer>
constexpr void put_create_view(Writer& out, dialect d, const view_object& v) {
  out.put(v.materialized && d == dialect::postgres ? "CREATE MATERIALIZED VIEW " : "CREATE VIEW ");
  put_object(out, d, v.schema, v.name);
  out.put(" AS\n");
  out.put(v.query);
}

template <class Writer>
constexpr void put_postgres(Writer& out, const plan_view& p, const operation& o) {
  const step& s = p.steps[o.step];
  const std::size_t from = static_cast<std::size_t>(s.from);
  const std::size_t to = static_cast<std::size_t>(s.to);
  constexpr dialect pg = dialect::postgres;
  switch (s.kind) {
  case step_kind::create_schema:
    out.put("CREATE SCHEMA IF NOT EXISTS ");
    put_name(out, s.schema);
    break;
  case step_kind::create_extension:
    out.put("CREATE EXTENSION IF NOT EXISTS ");
    put_name(out, s.extension->name);
    if (!s.extension->schema.empty()) {
      out.put(" WITH SCHEMA ");
      put_name(out, s.extension->schema);
    }
    if (!s.extension->version.empty()) {
      out.put(" VERSION ");
      put_literal(out, s.extension->version);
    }
    break;
  case step_kind::alter_extension:
    out.put("ALTER EXTENSION ");
    put_name(out, s.extension->name);
    if (s.to == 0) {
      out.put(" UPDATE TO ");
      put_literal(out, s.extension->version);
    } else {
      out.put(" SET SCHEMA ");
      put_name(out, s.extension->schema);
    }
    break;
  case step_kind::drop_extension:
    out.put("DROP EXTENSION IF EXISTS ");
    put_name(out, s.extension->name);
    break;
  case step_kind::drop_raw_object:
  case step_kind::drop_early_raw_object:
    out.put(s.raw->drop);
    break;
  case step_kind::create_early_raw_object:
  case step_kind::create_raw_object:
    out.put(s.raw->create);
    break;
  case step_kind::drop_view:
    out.put(s.old_view->materialized ? "DROP MATERIALIZED VIEW " : "DROP VIEW ");
    put_object(out, pg, s.old_view->schema, s.old_view->name);
    break;
  case step_kind::create_view:
    if (s.to >= 0)
      put_create_index(out, pg, s.new_view->schema, s.new_view->name, s.new_view->indexes[to]);
    else
      put_create_view(out, pg, *s.new_view);
    break;
  case step_kind::comment_view:
    out.put(s.new_view->materialized ? "COMMENT ON MATERIALIZED VIEW " : "COMMENT ON VIEW ");
    put_object(out, pg, s.new_view->schema, s.new_view->name);
    put_comment(out, s.new_view->comment);
    break;
  case step_kind::rename_enum:
    out.put("ALTER TYPE ");
    put_object(out, pg, s.old_enum->schema, s.old_enum->name);
    out.put(" RENAME TO ");
    put_name(out, s.new_enum->name);
    break;
  case step_kind::rename_enum_value:
    out.put("ALTER TYPE ");
    put_object(out, pg, s.new_enum->schema, s.new_enum->name);
    out.put(" RENAME VALUE ");
    put_literal(out, s.old_enum->values[from].label);
    out.put(" TO ");
    put_literal(out, s.new_enum->values[to].label);
    break;
  case step_kind::create_enum:
    out.put("CREATE TYPE ");
    put_object(out, pg, s.new_enum->schema, s.new_enum->name);
    out.put(" AS ENUM ");
    put_enum_labels(out, *s.new_enum);
    break;
  case step_kind::add_enum_value:
    out.put("ALTER TYPE ");
    put_object(out, pg, s.new_enum->schema, s.new_enum->name);
    out.put(" ADD VALUE ");
    put_literal(out, s.new_enum->values[to].label);
    // Steps add values from first to last, so the one before always stands already.
    if (to > 0) {
      out.put(" AFTER ");
      put_literal(out, s.new_enum->values[to - 1].label);
    } else if (!s.old_enum->values.empty()) {
      std::string_view first = s.old_enum->values[0].label;
      for (const enum_value& v : s.new_enum->values)
        if (old_value(*s.old_enum, *s.new_enum, v) == 0)
          first = v.label;
      out.put(" BEFORE ");
      put_literal(out, first);
    }
    break;
  case step_kind::rebuild_enum:
    put_rebuild_enum(out, p, s, o);
    break;
  case step_kind::drop_enum:
    out.put("DROP TYPE ");
    put_object(out, pg, s.old_enum->schema, s.old_enum->name);
    break;
  case step_kind::comment_enum:
    out.put("COMMENT ON TYPE ");
    put_object(out, pg, s.new_enum->schema, s.new_enum->name);
    put_comment(out, s.new_enum->comment);
    break;
  case step_kind::create_sequence:
    out.put("CREATE SEQUENCE ");
    put_object(out, pg, s.sequence->schema, s.sequence->name);
    if (s.sequence->type != type_kind::bigint)
      put_sequence_type(out, *s.sequence);
    put_sequence_options(out, *s.sequence, false);
    if (s.sequence->cache != 1)
      put_sequence_cache(out, *s.sequence);
    if (s.sequence->cycle)
      out.put(" CYCLE");
    break;
  case step_kind::alter_sequence:
    // Goes on from where it is: START is where RESTART begins.
    out.put("ALTER SEQUENCE ");
    put_object(out, pg, s.sequence->schema, s.sequence->name);
    put_sequence_type(out, *s.sequence);
    put_sequence_options(out, *s.sequence, true);
    put_sequence_cache(out, *s.sequence);
    out.put(s.sequence->cycle ? " CYCLE" : " NO CYCLE");
    break;
  case step_kind::drop_sequence:
    out.put("DROP SEQUENCE ");
    put_object(out, pg, s.sequence->schema, s.sequence->name);
    break;
  case step_kind::create_table:
    put_postgres_create_table(out, *s.after);
    break;
  case step_kind::drop_table:
    out.put("DROP TABLE ");
    put_table(out, pg, *s.before);
    break;
  case step_kind::rename_table:
    if (o.part == 0) {
      put_alter_table(out, *s.before);
      out.put(" RENAME TO ");
      put_name(out, s.after->name);
    } else {
      out.put("ALTER TABLE ");
      put_object(out, pg, s.before->schema, s.after->name);
      out.put(" SET SCHEMA ");
      // The default schema has no other name that SET SCHEMA would take.
      put_name(out, s.after->schema.empty() ? std::string_view("public") : s.after->schema);
    }
    break;
  case step_kind::rename_column:
    put_alter_table(out, *s.after);
    out.put(" RENAME COLUMN ");
    put_name(out, s.old_column()->name);
    out.put(" TO ");
    put_name(out, s.new_column()->name);
    break;
  case step_kind::rename_constraint:
    put_alter_table(out, *s.after);
    out.put(" RENAME CONSTRAINT ");
    put_name(out, constraint_name(*s.before, s.constraint, s.from));
    out.put(" TO ");
    put_name(out, constraint_name(*s.after, s.constraint, s.to));
    break;
  case step_kind::rename_index:
    out.put("ALTER INDEX ");
    put_object(out, pg, s.after->schema, s.before->indexes[from].name);
    out.put(" RENAME TO ");
    put_name(out, s.after->indexes[to].name);
    break;
  case step_kind::drop_column:
    put_alter_table(out, *s.after);
    out.put(" DROP COLUMN ");
    // One that is added again has the new name by now.
    put_name(out, s.to >= 0 ? s.new_column()->name : s.old_column()->name);
    break;
  case step_kind::add_column:
    put_alter_table(out, *s.after);
    out.put(" ADD COLUMN ");
    put_postgres_column(out, *s.new_column());
    break;
  case step_kind::drop_default:
    put_alter_column(out, s);
    out.put(" DROP DEFAULT");
    break;
  case step_kind::set_default:
    put_alter_column(out, s);
    out.put(" SET DEFAULT ");
    put_postgres_default(out, s.new_column()->initial);
    break;
  case step_kind::drop_identity:
    put_alter_column(out, s);
    out.put(" DROP IDENTITY");
    break;
  case step_kind::add_identity:
    // Goes on behind the values that are there.
    if (o.part == 0) {
      put_alter_column(out, s);
      out.put(" ADD ");
      put_identity(out, s.new_column()->identity);
    } else {
      out.put("SELECT setval(pg_get_serial_sequence(");
      // The function reads its first argument as an identifier: a quoted name within a literal.
      out.put('\'');
      doubling<Writer> inner{out};
      put_table(inner, pg, *s.after);
      out.put('\'');
      out.put(", ");
      put_literal(out, s.new_column()->name);
      out.put("), max(");
      put_name(out, s.new_column()->name);
      out.put(")) FROM ");
      put_table(out, pg, *s.after);
      out.put(" HAVING max(");
      put_name(out, s.new_column()->name);
      out.put(") IS NOT NULL");
    }
    break;
  case step_kind::alter_identity:
    put_alter_column(out, s);
    out.put(s.new_column()->identity == identity_kind::always ? " SET GENERATED ALWAYS" : " SET GENERATED BY DEFAULT");
    break;
  case step_kind::alter_type:
  case step_kind::alter_collation:
    put_alter_column(out, s);
    out.put(" TYPE ");
    put_postgres_type(out, s.new_column()->type);
    if (!s.new_column()->collation.empty()) {
      out.put(" COLLATE ");
      put_name(out, s.new_column()->collation);
    }
    if (s.kind == step_kind::alter_type) {
      out.put(" USING ");
      put_conversion(out, *s.old_column(), *s.new_column());
    }
    break;
  case step_kind::fill_nulls:
    out.put("UPDATE ");
    put_table(out, pg, *s.after);
    out.put(" SET ");
    put_name(out, s.new_column()->name);
    out.put(" = DEFAULT WHERE ");
    put_name(out, s.new_column()->name);
    out.put(" IS NULL");
    break;
  case step_kind::set_not_null:
    put_alter_column(out, s);
    out.put(" SET NOT NULL");
    break;
  case step_kind::drop_not_null:
    put_alter_column(out, s);
    out.put(" DROP NOT NULL");
    break;
  case step_kind::drop_generated:
    put_alter_column(out, s);
    out.put(" DROP EXPRESSION");
    break;
  case step_kind::drop_primary_key:
    put_drop_constraint(out, s, s.before->primary_key.name);
    break;
  case step_kind::drop_unique:
    put_drop_constraint(out, s, s.before->uniques[from].name);
    break;
  case step_kind::drop_check:
    put_drop_constraint(out, s, s.before->checks[from].name);
    break;
  case step_kind::drop_exclusion:
    put_drop_constraint(out, s, s.before->exclusions[from].name);
    break;
  case step_kind::drop_foreign_key:
    put_drop_constraint(out, s, s.before->foreign_keys[from].name);
    break;
  case step_kind::drop_index:
    out.put("DROP INDEX ");
    put_object(out, pg, s.before->schema, s.before->indexes[from].name);
    break;
  case step_kind::add_primary_key:
    put_alter_table(out, *s.after);
    out.put(" ADD ");
    put_postgres_key(out, s.after->primary_key, " PRIMARY KEY ");
    break;
  case step_kind::add_unique:
    put_alter_table(out, *s.after);
    out.put(" ADD ");
    put_postgres_key(out, s.after->uniques[to], " UNIQUE ");
    break;
  case step_kind::add_check:
    put_alter_table(out, *s.after);
    out.put(" ADD ");
    put_check(out, s.after->checks[to]);
    break;
  case step_kind::add_exclusion:
    put_alter_table(out, *s.after);
    out.put(" ADD ");
    put_exclusion(out, s.after->exclusions[to]);
    break;
  case step_kind::add_foreign_key:
    put_alter_table(out, *s.after);
    out.put(" ADD ");
    put_foreign_key(out, pg, s.after->foreign_keys[to]);
    break;
  case step_kind::create_index:
    put_create_index(out, pg, s.after->schema, s.after->name, s.after->indexes[to]);
    break;
  case step_kind::comment_table:
    out.put("COMMENT ON TABLE ");
    put_table(out, pg, *s.after);
    put_comment(out, s.after->comment);
    break;
  case step_kind::comment_column:
    out.put("COMMENT ON COLUMN ");
    put_table(out, pg, *s.after);
    out.put('.');
    put_name(out, s.new_column()->name);
    put_comment(out, s.new_column()->comment);
    break;
  }
}

/// Adds the statements of a plan to a list, in order.
constexpr void add_postgres_operations(const plan_view& p, std::vector<operation>& operations) {
  // Columns that leave an enum which is made anew have the old type until their own step.
  std::vector<std::size_t> old_enums;
  const auto drop_old_enums = [&] {
    for (std::size_t i : old_enums)
      operations.push_back({.step = i, .part = 3});
    old_enums.clear();
  };
  for (std::size_t i = 0; i < p.steps.size(); ++i) {
    const step& s = p.steps[i];
    if (s.kind > step_kind::alter_type)
      drop_old_enums();
    if (s.kind == step_kind::rename_table) {
      if (!same_text(s.before->name, s.after->name))
        operations.push_back({.step = i});
      if (!same_text(s.before->schema, s.after->schema))
        operations.push_back({.step = i, .part = 1});
      continue;
    }
    operations.push_back({.step = i});
    if (s.kind == step_kind::add_identity) {
      operations.push_back({.step = i, .part = 1});
    } else if (s.kind == step_kind::rebuild_enum) {
      operations.push_back({.step = i, .part = 1});
      for (const table& t : p.after.tables) {
        bool affected = false;
        for (const column& c : t.columns)
          affected |= keeps_enum(p, t, c, *s.new_enum);
        if (affected)
          operations.push_back({.step = i, .part = 2, .on = &t});
      }
      old_enums.push_back(i);
    }
  }
  drop_old_enums();
}

}  // namespace instar::detail

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

template <class Writer>
constexpr void put_sqlite_column(Writer& out, const table& t, const column& c) {
  put_name(out, c.name);
  out.put(' ');
  put_sqlite_type(out, c.type);
  if (!c.nullable)
    out.put(" NOT NULL");
  if (is_rowid(t, c)) {
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
  for (const check& c : t.checks) {
    next();
    put_check(out, c);
  }
  for (const foreign_key& fk : t.foreign_keys) {
    next();
    put_foreign_key(out, dialect::sqlite, fk);
  }
  out.put(first ? ")" : "\n)");
}

/// Unique constraints are unique indexes: SQLite can add and drop these without making the table anew.
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
    return s.from >= 0 || !sqlite_can_add(*s.after, *s.new_column());
  case step_kind::drop_column:
    return s.to >= 0 || !sqlite_can_drop(*s.before, *s.old_column());
  case step_kind::alter_type:
    return !same_sqlite_type(s.old_column()->type, s.new_column()->type) ||
           (s.old_column()->type.values != nullptr || s.new_column()->type.values != nullptr) ||
           (s.old_column()->type.dimensions == 0) != (s.new_column()->type.dimensions == 0);
  case step_kind::drop_default:
  case step_kind::set_default:
    // Also a part of every change of type, which here may change nothing.
    return !same_default(s.old_column()->initial, s.new_column()->initial);
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
    return s.constraint == constraint_kind::check || s.constraint == constraint_kind::foreign_key ||
           (s.constraint == constraint_kind::primary_key && !has_rowid(*s.after));
  default:
    return false;
  }
}

/// A table that a plan makes anew.
struct rebuild {
  const table* before;
  const table* after;
};

constexpr void add_rebuilds(const plan_view& p, std::vector<rebuild>& result) {
  const auto add = [&](const table* before, const table* after) {
    for (const rebuild& r : result)
      if (r.after == after)
        return;
    result.push_back({before, after});
  };
  for (const step& s : p.steps)
    if (needs_rebuild(s))
      add(s.before, s.after);
  // An enum is a check in every table that uses it.
  for (const step& s : p.steps) {
    if (s.kind != step_kind::add_enum_value && s.kind != step_kind::rename_enum_value &&
        s.kind != step_kind::rebuild_enum)
      continue;
    for (const table& now : p.after.tables) {
      const table* then = nullptr;
      for (const table& t : p.before.tables)
        if (same_text(t.name, now.name) && same_text(t.schema, now.schema))
          then = &t;
      for (const step& other : p.steps)
        if (other.kind == step_kind::rename_table && other.after == &now)
          then = other.before;
      if (then == nullptr)
        continue;
      for (const column& c : now.columns)
        // An array has no check; a value that is renamed is renamed in its elements.
        if (c.type.values != nullptr && same_enum(*c.type.values, *s.new_enum) &&
            (c.type.dimensions == 0 || (c.type.dimensions == 1 && s.kind == step_kind::rename_enum_value)) &&
            then->find_column(c.name) != nullptr)
          add(then, &now);
    }
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
};

template <class Writer>
constexpr void put_copy_rows(Writer& out, const rebuild& r) {
  // rename_table and rename_column come first and are ALTERs: the old table has the new names by now.
  const column_renames renames(*r.before, *r.after);
  const auto source = [&](const column& now) -> const column* {
    const std::string_view old_name = renames.any && renames.is_rename(now) ? now.renamed_from : now.name;
    return r.before->find_column(old_name);
  };
  const auto copied = [&](const column& now) {
    return now.generated == generated_kind::none && source(now) != nullptr;
  };
  out.put("INSERT INTO ");
  put_new_name(out, *r.after);
  out.put(" (");
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
    const column& then = *source(c);
    const bool filled = then.nullable && !c.nullable && c.initial.kind != default_kind::none;
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
    if (renamed && then.type.dimensions == 0 && c.type.dimensions == 0) {
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
      put_sqlite_default(out, c.initial);
      out.put(')');
    }
  }
  out.put("\nFROM ");
  put_table(out, dialect::sqlite, *r.after);
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
  case sqlite_part::copy_rows: {
    std::vector<rebuild> rebuilds;
    add_rebuilds(p, rebuilds);
    for (const rebuild& r : rebuilds)
      if (r.after == o.on)
        put_copy_rows(out, r);
    return;
  }
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
  case step_kind::create_early_raw_object:
  case step_kind::create_raw_object:
    put_postgres(out, p, o);
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
    out.put("ALTER TABLE ");
    put_table(out, lite, *s.before);
    out.put(" RENAME TO ");
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
constexpr void add_sqlite_operations(const plan_view& p, std::vector<operation>& operations) {
  std::vector<rebuild> rebuilds;
  add_rebuilds(p, rebuilds);
  const auto rebuilt = [&](const table* after) {
    for (const rebuild& r : rebuilds)
      if (r.after == after)
        return true;
    return false;
  };
  const auto add = [&](sqlite_part part, const table* on = nullptr, std::size_t offset = 0) {
    operations.push_back({.part = static_cast<int>(part) + static_cast<int>(offset), .on = on});
  };
  const bool unsafe = !rebuilds.empty() || p.has(step_kind::drop_table);
  if (unsafe)
    add(sqlite_part::foreign_keys_off);

  bool rebuilds_done = false;
  const auto make_rebuilds = [&] {
    rebuilds_done = true;
    if (rebuilds.empty())
      return;
    // Triggers go with the old table, but those of other tables that mention it stay: all are dropped before and made
    // after. Those that the plan makes anyway come later.
    std::vector<std::size_t> triggers;
    for (std::size_t i = 0; i < p.after.raw_objects.size(); ++i) {
      const raw_object& raw = p.after.raw_objects[i];
      bool kept = same_text(raw.kind, "trigger");
      for (const step& s : p.steps)
        kept &= s.kind != step_kind::create_raw_object || s.raw != &raw;
      bool concerned = false;
      for (const rebuild& r : rebuilds)
        concerned |= mentions(raw.create, r.after->name);
      if (kept && concerned)
        triggers.push_back(i);
    }
    for (std::size_t i : triggers)
      add(sqlite_part::drop_trigger, nullptr, i);
    add(sqlite_part::legacy_on);
    for (const rebuild& r : rebuilds) {
      add(sqlite_part::create_new, r.after);
      add(sqlite_part::copy_rows, r.after);
      if (is_autoincrement(*r.after) && is_autoincrement(*r.before)) {
        add(sqlite_part::keep_sequence_of_empty, r.after);
        add(sqlite_part::keep_sequence, r.after);
      }
      add(sqlite_part::drop_old, r.after);
      add(sqlite_part::rename_new, r.after);
      for (std::size_t i = 0; i < r.after->uniques.size(); ++i)
        add(sqlite_part::unique, r.after, i);
      for (std::size_t i = 0; i < r.after->indexes.size(); ++i)
        add(sqlite_part::index, r.after, i);
    }
    for (std::size_t i : triggers)
      add(sqlite_part::trigger, nullptr, i);
    add(sqlite_part::legacy_off);
  };

  for (std::size_t i = 0; i < p.steps.size(); ++i) {
    const step& s = p.steps[i];
    if (!rebuilds_done && s.kind > step_kind::add_column)
      make_rebuilds();
    const bool anew = s.after != nullptr && s.before != nullptr && rebuilt(s.after);
    switch (s.kind) {
    case step_kind::drop_raw_object:
    case step_kind::drop_early_raw_object:
    case step_kind::create_early_raw_object:
    case step_kind::create_raw_object:
    case step_kind::drop_view:
    case step_kind::drop_table:
    case step_kind::rename_column:
      operations.push_back({.step = i});
      break;
    case step_kind::rename_table:
      if (!same_text(s.before->name, s.after->name))
        operations.push_back({.step = i});
      break;
    case step_kind::create_view:
      if (s.to < 0)
        operations.push_back({.step = i});
      break;
    case step_kind::create_table:
      operations.push_back({.step = i});
      for (std::size_t k = 0; k < s.after->uniques.size(); ++k)
        add(sqlite_part::unique, s.after, k);
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
        add(sqlite_part::index, s.after, static_cast<std::size_t>(s.to));
      }
      break;
    case step_kind::rename_constraint:
      if (!anew && s.constraint == constraint_kind::unique) {
        operations.push_back({.step = i});
        add(sqlite_part::unique, s.after, static_cast<std::size_t>(s.to));
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

constexpr void add_operations(dialect d, const plan_view& p, std::vector<operation>& operations) {
  if (d == dialect::postgres)
    add_postgres_operations(p, operations);
  else
    add_sqlite_operations(p, operations);
}

}  // namespace instar::detail

/// \file Plans and SQL as compile-time constants, and the check that stops a build whose migration is missing.

namespace instar {

namespace detail {

inline constexpr schema_view empty_schema{};

/// A table of a snapshot as it was when the models were as it says. One that has not changed since is the model's.
template <const auto& Snapshot, const auto& Schema, std::size_t At>
constexpr table table_before() {
  using type = std::remove_cvref_t<decltype(Schema)>;
  constexpr const stored_part& part = Snapshot.tables[At];
  constexpr int found = type::models::index.by_name.find(hash_text(part.name));
  if constexpr (found >= 0 && type::models::links[found < 0 ? 0 : found]->content_hash == part.content_hash)
    return type::tables::value.tables[found];
  else
    return with_hash(opened_table<Snapshot, At>.object, part);
}

template <const auto& Snapshot, const auto& Schema, class = std::make_index_sequence<Snapshot.tables.size()>>
inline constexpr int tables_before = 0;
template <const auto& Snapshot, const auto& Schema, std::size_t... At>
inline constexpr std::array<table, sizeof...(At)> tables_before<Snapshot, Schema, std::index_sequence<At...>>{
    table_before<Snapshot, Schema, At>()...};

template <const auto& Before, const auto& After>
constexpr schema_view view_before() {
  if constexpr (std::is_same_v<std::remove_cvref_t<decltype(Before)>, stored_snapshot> &&
                requires { typename std::remove_cvref_t<decltype(After)>::models; })
    return open_snapshot<Before>(tables_before<Before, After>);
  else
    return view_of<Before>;
}

template <const auto& Before, const auto& After>
struct compiled_diff {
  static constexpr schema_view before = view_before<Before, After>();
  static constexpr std::size_t size = [] {
    std::vector<step> steps;
    add_steps(before, view_of<After>, steps);
    return steps.size();
  }();
  static constexpr basic_plan<std::array<step, size>> value = [] {
    std::vector<step> steps;
    add_steps(before, view_of<After>, steps);
    basic_plan<std::array<step, size>> kept{.before = before, .after = view_of<After>};
    for (std::size_t i = 0; i < size; ++i)
      kept.steps[i] = steps[i];
    return kept;
  }();
};

template <dialect Dialect, const auto& Plan>
struct compiled_operations {
  static constexpr plan_view plan = Plan;
  static constexpr std::size_t size = [] {
    std::vector<operation> operations;
    add_operations(Dialect, plan, operations);
    return operations.size();
  }();
  static constexpr std::array<operation, size> value = [] {
    std::array<operation, size> kept{};
    std::vector<operation> made;
    add_operations(Dialect, plan, made);
    for (std::size_t i = 0; i < size; ++i)
      kept[i] = made[i];
    return kept;
  }();
};

/// One statement's text, in an evaluation of its own.
template <dialect Dialect, class Operations, std::size_t At>
struct compiled_statement {
  static constexpr std::size_t size = [] {
    counter out;
    put_operation(out, Dialect, Operations::plan, Operations::value[At]);
    return out.size;
  }();
  static constexpr std::array<char, size + 1> text = [] {
    std::array<char, size + 1> buffer{};
    filler out{buffer.data()};
    put_operation(out, Dialect, Operations::plan, Operations::value[At]);
    return buffer;
  }();
  static constexpr std::string_view view{text.data(), size};
};

template <std::size_t N>
struct compiled_script {
  std::array<std::string_view, N> statements{};
};

template <dialect Dialect, class Operations, std::size_t... At>
constexpr compiled_script<sizeof...(At)> make_script(std::index_sequence<At...>) {
  return {{compiled_statement<Dialect, Operations, At>::view...}};
}

}  // namespace detail

/// The steps from one schema to another, at compile time.
///
///     constexpr auto& plan = instar::diff<v1::schema, v2::schema>;
///     static_assert(!plan.loses_data() && plan.steps[0].kind == instar::step_kind::add_column);
///
/// \tparam Before, After what `instar::schema<…>` gave, a `snapshot`, a `stored_snapshot`, or a `schema_view`
template <const auto& Before, const auto& After>
inline constexpr auto& diff = detail::compiled_diff<Before, After>::value;

/// The SQL from one schema to another as `statements`, without semicolons.
template <dialect Dialect, const auto& Before, const auto& After>
inline constexpr auto migration_sql =
    detail::make_script<Dialect, detail::compiled_operations<Dialect, detail::compiled_diff<Before, After>::value>>(
        std::make_index_sequence<
            detail::compiled_operations<Dialect, detail::compiled_diff<Before, After>::value>::size>{});

/// The SQL that makes a schema in an empty database, as `statements`, without semicolons.
template <dialect Dialect, const auto& Schema>
inline constexpr auto& ddl = migration_sql<Dialect, detail::empty_schema, Schema>;

/// Never defined: naming it stops the build, and the compiler prints the SQL that no migration has. If you see it, run
/// `migrate dev --name …` and commit the migration.
template <fixed_string PendingSql>
struct migration_is_missing;

namespace detail {

template <class List, class Then, class Same>
constexpr bool same_each(const List& now, const Then& then, Same same) {
  if (now.size() != then.size())
    return false;
  for (std::size_t i = 0; i < now.size(); ++i)
    if (!same(now[i], then[i]))
      return false;
  return true;
}

/// Whether the objects beside the tables are those of the snapshot.
template <class Objects>
constexpr bool same_objects(const Objects& now, const schema_view& then) {
  return same_each(now.extensions, then.extensions,
                   [](const extension_object& a, const extension_object& b) {
                     return same_text(a.name, b.name) && same_text(a.schema, b.schema) &&
                            same_text(a.version, b.version);
                   }) &&
         same_each(now.sequences, then.sequences,
                   [](const sequence_object& a, const sequence_object& b) {
                     return same_text(a.name, b.name) && same_text(a.schema, b.schema) && same_definition(a, b);
                   }) &&
         same_each(now.views, then.views,
                   [](const view_object& a, const view_object& b) {
                     return same_text(a.name, b.name) && same_text(a.schema, b.schema) && same_text(a.query, b.query) &&
                            a.materialized == b.materialized && same_text(a.comment, b.comment) &&
                            same_indexes(a.indexes, b.indexes);
                   }) &&
         same_each(now.raw_objects, then.raw_objects, [](const raw_object& a, const raw_object& b) {
           return same_text(a.name, b.name) && same_text(a.kind, b.kind) && same_text(a.create, b.create);
         });
}

constexpr std::uint64_t hash_name(const table& t) {
  return hash_object(t.schema, t.name);
}
constexpr std::uint64_t hash_name(const stored_part& part) {
  return hash_text(part.name);
}

/// The tables and the other objects of a snapshot, each as it is kept.
constexpr std::span<const table> kept_tables(const snapshot& s) {
  return s.schema.tables;
}
constexpr std::span<const stored_part> kept_tables(const stored_snapshot& s) {
  return s.tables;
}
template <const auto& Snapshot>
constexpr schema_view kept_objects() {
  if constexpr (std::is_same_v<std::remove_cvref_t<decltype(Snapshot)>, snapshot>)
    return Snapshot.schema;
  else if constexpr (same_text(Snapshot.objects, stored_snapshot{}.objects))
    return {};  // most have none, and the reader costs a tenth of a second
  else
    return opened_objects<Snapshot>.object;
}

/// Whether the content hashes of all tables are those of the snapshot: the whole comparison when nothing changed.
template <class Table>
constexpr bool same_tables(const auto& by_name, const model_links* const* links, std::size_t count,
                           std::span<const Table> then) {
  if (then.size() != count)
    return false;
  const Table* const tables = then.data();
  for (std::size_t i = 0; i < count; ++i) {
    // A snapshot keeps the order of the models: then nothing has to be looked up.
    if (tables[i].content_hash == links[i]->content_hash)
      continue;
    const int at = by_name.find(hash_name(tables[i]));
    if (at < 0 || links[at]->content_hash != tables[i].content_hash)
      return false;
  }
  return true;
}

template <const auto& Schema, const auto& Snapshot>
struct migrated {
  using models = typename std::remove_cvref_t<decltype(Schema)>::models;
  static constexpr bool same = same_tables(models::index.by_name, models::links, models::size, kept_tables(Snapshot)) &&
                               same_objects(objects_of<Schema>.list, kept_objects<Snapshot>());
};

template <class Script, class Writer>
constexpr void put_script(Writer& out, const Script& script) {
  bool first = true;
  std::size_t room = 4000;
  for (std::string_view statement : script.statements) {
    if (!first)
      out.put(' ');
    first = false;
    // Enough to see what is missing; `migrate dev` writes the whole.
    if (statement.size() > room) {
      out.put("...");
      break;
    }
    room -= statement.size();
    // One line: a compiler shows a line break in a text as an escape.
    bool blank = false;
    for (char c : statement) {
      const bool space = c == ' ' || c == '\n';
      if (space && blank)
        continue;
      blank = space;
      out.put(space ? ' ' : c);
    }
    out.put(';');
  }
}

template <const auto& Schema, const auto& Snapshot>
constexpr auto pending_sql() {
  constexpr auto& script = migration_sql<Snapshot.dialect, Snapshot, Schema>;
  constexpr std::size_t size = [] {
    counter out;
    put_script(out, script);
    return out.size;
  }();
  fixed_string<size> text{};
  filler out{text.text};
  put_script(out, script);
  return text;
}

/// Whether models and snapshot are one schema.
template <const auto& Schema, const auto& Snapshot>
constexpr bool is_migrated() {
  if constexpr (migrated<Schema, Snapshot>::same)
    return true;
  else
    // Other hashes of an equal schema: a snapshot that another version of instar wrote. Or a change that is none in
    // this database, as a comment is none in SQLite.
    return compiled_operations<Snapshot.dialect, compiled_diff<Snapshot, Schema>::value>::size == 0;
}

template <const auto& Schema, const auto& Snapshot, bool Migrated = is_migrated<Schema, Snapshot>()>
struct migrated_check {
  static constexpr bool value = true;
};

#if defined(__cpp_static_assert) && __cpp_static_assert >= 202306L
template <const auto& Schema, const auto& Snapshot>
struct migrated_check<Schema, Snapshot, false> {
  static constexpr auto text = pending_sql<Schema, Snapshot>();
  static_assert(pending_sql<Schema, Snapshot>().size() == 0, text);
  static constexpr bool value = true;
};
#elif defined(__clang__) && __clang_major__ < 16
// Prints a text argument as numbers, but the arguments of a call as they are: see model/mistake.hpp.
constexpr void a_migration_is_missing__run_migrate_dev__first_change([[maybe_unused]] const char* object,
                                                                     [[maybe_unused]] const char* column, int steps) {
  if (steps > 0)
    stop();
}

/// The table, view, enum or other object of a step.
constexpr const char* object_of(const step& s) {
  if (const table* t = s.after != nullptr ? s.after : s.before)
    return t->name.data();
  if (const view_object* v = s.new_view != nullptr ? s.new_view : s.old_view)
    return v->name.data();
  if (const enumeration* e = s.new_enum != nullptr ? s.new_enum : s.old_enum)
    return e->name.data();
  return s.sequence != nullptr    ? s.sequence->name.data()
         : s.extension != nullptr ? s.extension->name.data()
         : s.raw != nullptr       ? s.raw->name.data()
                                  : s.schema.data();
}

template <const auto& Schema, const auto& Snapshot>
constexpr bool tell_first_step() {
  const auto& plan = diff<Snapshot, Schema>;
  // Rather a change of a table than what makes way for it.
  const step* first = &plan.steps[0];
  for (std::size_t i = plan.size(); i-- > 0;)
    if (plan.steps[i].before != nullptr || plan.steps[i].after != nullptr)
      first = &plan.steps[i];
  const bool of_column = first->kind == step_kind::add_column || first->kind == step_kind::drop_column ||
                         first->kind == step_kind::alter_type || first->kind == step_kind::rename_column;
  const column* c = !of_column ? nullptr : first->new_column() != nullptr ? first->new_column() : first->old_column();
  a_migration_is_missing__run_migrate_dev__first_change(object_of(*first), c != nullptr ? c->name.data() : nullptr,
                                                        static_cast<int>(plan.size()));
  return false;
}

template <const auto& Schema, const auto& Snapshot>
struct migrated_check<Schema, Snapshot, false> {
  static_assert(tell_first_step<Schema, Snapshot>(), "instar: a migration is missing; run `migrate dev --name ...`");
  static constexpr bool value = true;
};
#else
// A base class that is never defined: one error, which names it with its text.
template <const auto& Schema, const auto& Snapshot>
struct migrated_check<Schema, Snapshot, false> : migration_is_missing<pending_sql<Schema, Snapshot>()> {
  static constexpr bool value = true;
};
#endif

}  // namespace detail
}  // namespace instar

/// Stops the build until a migration exists for every change of the models, and shows the SQL that is missing. Stands
/// in the program or in a test. The migrator, which has to be built to write that migration, turns it off by defining
/// INSTAR_NO_MIGRATED_CHECK.
#ifdef INSTAR_NO_MIGRATED_CHECK
#define INSTAR_CHECK_MIGRATED(SCHEMA, SNAPSHOT) static_assert(true)
#else
#define INSTAR_CHECK_MIGRATED(SCHEMA, SNAPSHOT) static_assert(::instar::detail::migrated_check<SCHEMA, SNAPSHOT>::value)
#endif



// ---- instar/model/adapted.hpp

/// \file Models whose fields another library already knows: what the bridges to Boost.Hana and Boost.PFR share. A
/// bridge reads the fields once into the flat array that INSTAR_MODEL writes; everything behind it is the same.

namespace instar::detail {

constexpr std::size_t count_attributes(std::span<const attribute> said) {
  std::size_t count = 0;
  for (const attribute& a : said)
    count += a.kind > attribute_kind::field;
  return count;
}

/// Whether every entry of a model names a field that the other library knows.
constexpr bool all_fields_known(std::span<const attribute> fields, std::span<const attribute> said) {
  for (const attribute& a : said) {
    bool known = a.kind != attribute_kind::field;
    for (const attribute& field : fields)
      known |= same_text(field.text(), a.text());
    if (!known)
      return false;
  }
  return true;
}

/// Whether two entries of a model name one field.
constexpr bool any_field_twice(std::span<const attribute> said) {
  for (std::size_t i = 0; i < said.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (said[i].kind == attribute_kind::field && said[k].kind == attribute_kind::field &&
          same_text(said[i].text(), said[k].text()))
        return true;
  return false;
}

/// All fields in the other library's order, each followed by what the model's entry says of it.
/// \tparam Count the fields, all attributes and the end
template <std::size_t Count>
constexpr std::array<attribute, Count> with_attributes(std::span<const attribute> fields,
                                                       std::span<const attribute> said) {
  std::array<attribute, Count> all{};
  std::size_t at = 0;
  for (const attribute& field : fields) {
    all[at++] = field;
    std::size_t i = 0;
    while (i < said.size() && (said[i].kind != attribute_kind::field || !same_text(said[i].text(), field.text())))
      ++i;
    for (++i; i < said.size() && said[i].kind > attribute_kind::field; ++i)
      all[at++] = said[i];
  }
  return all;
}

/// The columns of a model.
/// \tparam Fields what the other library knows: `fields`, an array of attributes; `known`, whether it knows the model
/// \tparam Said the entries of the model, an array that ends in `end`
template <class Fields, const auto& Said>
constexpr auto make_adapted_columns() {
  static_assert(
      !Fields::known || all_fields_known(Fields::fields, Said),
      "INS1032: an entry of this model names a member that is no field of it; correct the name, or, of a Hana "
      "Struct, add it to BOOST_HANA_DEFINE_STRUCT or BOOST_HANA_ADAPT_STRUCT");
  static_assert(!any_field_twice(Said), "INS1033: two entries of this model name one field; put their words into one");
  return with_attributes<std::size(Fields::fields) + count_attributes(Said) + 1>(Fields::fields, Said);
}

template <class Fields, const auto& Said>
inline constexpr auto adapted_columns = make_adapted_columns<Fields, Said>();

/// Converts to any field's type: to try how many fields an aggregate has.
struct any_value {
  template <class T>
  constexpr operator T&() const& noexcept;
  template <class T>
  constexpr operator T&() const&& noexcept;
};

}  // namespace instar::detail

// The description of a model with the fields of ::instar::detail::FIELDS<MODEL>.
#define INSTAR_ADAPTED_MODEL(FIELDS, MODEL, TABLE, ...)                                                                \
  template <class instar_self>                                                                                         \
  struct instar_model_##MODEL : ::instar::detail::vocabulary, ::instar::detail::late<instar_self>::type {              \
    INSTAR_MODEL_NAMES(MODEL, TABLE)                                                                                   \
    using adapted_fields = ::instar::detail::FIELDS<instar_self>;                                                      \
    static constexpr ::instar::attribute said[] = {INSTAR_FOR_EACH(INSTAR_COLUMN, MODEL, __VA_ARGS__){}};              \
    static constexpr ::std::span<const ::instar::attribute> columns =                                                  \
        ::instar::detail::adapted_columns<adapted_fields, instar_model_##MODEL::said>;                                 \
    static constexpr auto table_words() {                                                                              \
      return ::instar::detail::table_list_of(0 INSTAR_FOR_EACH(INSTAR_TABLE_WORD, MODEL, __VA_ARGS__));                \
    }                                                                                                                  \
    template <class instar_f>                                                                                          \
    static constexpr decltype(auto) visit(MODEL& instar_row, instar_f&& instar_call) {                                 \
      return adapted_fields::visit(instar_row, static_cast<instar_f&&>(instar_call));                                  \
    }                                                                                                                  \
  };                                                                                                                   \
  INSTAR_NEVER_DEFINED(instar_model_##MODEL<MODEL> instar_describe(MODEL*);)


#if (defined(INSTAR_WITH_HANA) && INSTAR_WITH_HANA)

// ---- instar/model/hana.hpp

#include <boost/hana/accessors.hpp>
#include <boost/hana/adapt_struct.hpp>
#include <boost/hana/concept/struct.hpp>
#include <boost/hana/define_struct.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/pair.hpp>
#include <boost/hana/second.hpp>
#include <boost/hana/string.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/unpack.hpp>

/// \file The bridge to Boost.Hana, in both directions: a described model is a Hana Struct, and a Hana Struct becomes a
/// model. https://www.boost.org/doc/libs/1_81_0/libs/hana/doc/html/group__group-Struct.html

namespace instar::detail {

/// Whether Hana itself knows the class by BOOST_HANA_DEFINE_STRUCT. (BOOST_HANA_ADAPT_STRUCT is preferred by the
/// language.)
template <class T>
concept defined_as_hana_struct = requires {
  typename T::hana_accessors_impl;
};

template <class Model>
struct hana_fields;

template <class Description>
inline constexpr bool is_read_from_hana = false;
template <class Description>
requires requires {
  typename Description::adapted_fields;
}
inline constexpr bool is_read_from_hana<Description> =
    std::is_same_v<typename Description::adapted_fields, hana_fields<typename Description::model>>;

// Does not go through `description`, which is an error for a class whose base is described.
template <class T>
using found_description = decltype(instar_describe(static_cast<T*>(nullptr)));

/// Whether instar knows the class by itself, not from Hana.
template <class T>
concept described_without_hana = std::is_class_v<T> && requires {
  requires std::is_same_v<typename found_description<T>::model, T>;
  requires !is_read_from_hana<found_description<T>>;
};

constexpr const attribute* field_at(std::span<const attribute> columns, std::size_t number) {
  std::size_t seen = 0;
  for (const attribute& a : columns)
    if (a.kind == attribute_kind::field && seen++ == number)
      return &a;
  return nullptr;
}

constexpr std::size_t count_fields(std::span<const attribute> columns) {
  std::size_t count = 0;
  for (const attribute& a : columns)
    count += a.kind == attribute_kind::field;
  return count;
}

template <class Model, std::size_t Number>
inline constexpr std::string_view field_name = field_at(description<Model>::columns, Number)->text();

/// Any argument; of a pack of these only the position counts.
template <std::size_t>
using skipped = const volatile void*;

template <class>
struct nth_of;
template <std::size_t... Before>
struct nth_of<std::index_sequence<Before...>> {
  template <class Found, class... After>
  static constexpr Found* pick(skipped<Before>..., Found* found, After...) {
    return found;
  }
};

/// What Hana calls an accessor: gives a member of a row, as const and as movable as the row.
template <class Model, std::size_t Number>
struct member_accessor {
  template <class Row>
  constexpr decltype(auto) operator()(Row&& row) const {
    auto* member = visit_fields(const_cast<Model&>(static_cast<const Model&>(row)), [](auto&... each) {
      return nth_of<std::make_index_sequence<Number>>::pick(__builtin_addressof(each)...);
    });
    using Member = std::remove_pointer_t<decltype(member)>;
    using Seen = std::conditional_t<std::is_const_v<std::remove_reference_t<Row>>, const Member, Member>;
    if constexpr (std::is_lvalue_reference_v<Row>)
      return static_cast<Seen&>(*member);
    else
      return static_cast<Seen&&>(*member);
  }
};

template <class Model, std::size_t Number, std::size_t... Character>
constexpr auto accessor_pair(std::index_sequence<Character...>) {
  return boost::hana::make_pair(boost::hana::string_c<field_name<Model, Number>[Character]...>,
                                member_accessor<Model, Number>{});
}

template <class Model, std::size_t... Number>
constexpr auto accessor_pairs(std::index_sequence<Number...>) {
  return boost::hana::make_tuple(
      accessor_pair<Model, Number>(std::make_index_sequence<field_name<Model, Number>.size()>{})...);
}

/// A member of a Hana Struct as a field: its name and its place.
template <class Model, class Name, class Pointer, Pointer Member>
constexpr attribute hana_field(Name, boost::hana::struct_detail::member_ptr<Pointer, Member>) {
  return vocabulary::field<std::remove_cvref_t<decltype(static_cast<Model*>(nullptr)->*Member)>>(
      Name::c_str(), static_cast<std::uint32_t>(std::string_view(Name::c_str()).size()),
      __builtin_addressof(place_of<Model>.value.*Member));
}

template <class Model, class Name, class Accessor>
constexpr attribute hana_field(Name, Accessor) {
  static_assert(no_sql_type<Accessor>, "INS1034: this Hana Struct has an accessor that is no data member, as "
                                       "BOOST_HANA_ADAPT_ADT gives; a model needs BOOST_HANA_ADAPT_STRUCT");
  return {};
}

template <class Model, std::size_t... I>
constexpr bool takes_values(std::index_sequence<I...>) {
  return requires {
    Model{(static_cast<void>(I), any_value{})...};
  };
}

/// The fields of a Hana Struct. Read once; the engine never sees Hana.
template <class Model>
struct hana_fields {
  static constexpr bool known = boost::hana::Struct<Model>::value;
  static_assert(known, "INS1031: this model is no Hana Struct; define it with BOOST_HANA_DEFINE_STRUCT, put "
                       "BOOST_HANA_ADAPT_STRUCT before INSTAR_HANA_MODEL, or describe it with INSTAR_MODEL");

  static constexpr auto read() {
    if constexpr (known)
      return boost::hana::unpack(boost::hana::accessors<Model>(), [](auto... pair) {
        return std::array<attribute, sizeof...(pair)>{
            hana_field<Model>(boost::hana::first(pair), boost::hana::second(pair))...};
      });
    else
      return std::array<attribute, 0>{};
  }
  static constexpr auto fields = read();

  // A field that Hana was not told of would be no column. An aggregate that takes one value more than Hana has members
  // has such a field; of another class it cannot be known.
  static_assert(!known || !std::is_aggregate_v<Model> ||
                    !takes_values<Model>(std::make_index_sequence<fields.size() + 1>{}),
                "INS1035: this model has a field that it was not adapted with; add it to BOOST_HANA_DEFINE_STRUCT or "
                "BOOST_HANA_ADAPT_STRUCT");

  template <class F>
  static constexpr decltype(auto) visit(Model& row, F&& f) {
    return boost::hana::unpack(boost::hana::accessors<Model>(), [&](auto... pair) -> decltype(auto) {
      return static_cast<F&&>(f)(boost::hana::second(pair)(row)...);
    });
  }
};

}  // namespace instar::detail

namespace boost::hana {

/// A model that INSTAR_MODEL or INSTAR_PFR_MODEL describes is a Struct: its fields under their names.
template <class Model>
struct accessors_impl<
    Model, when<::instar::detail::described_without_hana<Model> && !::instar::detail::defined_as_hana_struct<Model>>> {
  static constexpr auto apply() {
    return ::instar::detail::accessor_pairs<Model>(
        std::make_index_sequence<::instar::detail::count_fields(::instar::detail::description<Model>::columns)>{});
  }
};

}  // namespace boost::hana

/// Makes a model of a struct that Boost.Hana knows by BOOST_HANA_DEFINE_STRUCT or BOOST_HANA_ADAPT_STRUCT. Stands in
/// the struct's own namespace, behind what adapted it. All of Hana's members are columns, in Hana's order; only those
/// with attributes are named.
///
///     struct User { BOOST_HANA_DEFINE_STRUCT(User, (std::int64_t, id), (std::string, email), (bool, active)); };
///     INSTAR_HANA_MODEL(User, "users", (id, primary_key, identity), (email, unique), index(&User::email))
#define INSTAR_HANA_MODEL(MODEL, ...) INSTAR_ADAPTED_MODEL(hana_fields, MODEL, __VA_ARGS__)

#endif

#if __has_include(<boost/pfr/core.hpp>)

// ---- instar/model/pfr.hpp

#include <boost/pfr/core.hpp>
#include <boost/pfr/tuple_size.hpp>
#include <boost/version.hpp>

// Where the names of an aggregate's fields come from, chosen here: Boost.PFR has get_name since 1.84; before, they are
// read from the name that the compiler itself prints for a pointer to the field.
#if BOOST_VERSION >= 108400
#include <boost/pfr/core_name.hpp>
#endif
#if !defined(INSTAR_PFR_HAS_NAMES)
#if BOOST_VERSION >= 108400 && BOOST_PFR_CORE_NAME_ENABLED
#define INSTAR_PFR_HAS_NAMES 1
#else
#define INSTAR_PFR_HAS_NAMES 0
#endif
#endif

/// \file The bridge to Boost.PFR: a plain aggregate becomes a model without a list of its fields.
/// https://www.boost.org/doc/libs/1_81_0/doc/html/boost_pfr.html

namespace instar::detail {

template <class Model, std::size_t Number>
constexpr const auto* pfr_place() {
  return __builtin_addressof(boost::pfr::get<Number>(place_of<Model>.value));
}

#if INSTAR_PFR_HAS_NAMES
template <class Model, std::size_t Number>
constexpr std::string_view pfr_name() {
  return boost::pfr::get_name<Number, Model>();
}
#else
// clang takes a pointer into an object as a template argument only inside a class.
template <class Field>
struct pointer_to {
  const Field* field;
};
template <class Field>
pointer_to(const Field*) -> pointer_to<Field>;

// Not a std::string_view: g++ explains such a name behind the arguments.
template <pointer_to Field>
constexpr const char* printed() {
  return __PRETTY_FUNCTION__;
}

/// The last identifier in a text: "… (& place_of<User>.never_made<User>::value.User::email)}]" ends in email.
constexpr std::string_view last_identifier(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  std::size_t end = text.size();
  while (end > 0 && !letter(text[end - 1]))
    --end;
  std::size_t begin = end;
  while (begin > 0 && letter(text[begin - 1]))
    --begin;
  return text.substr(begin, end - begin);
}

template <class Model, std::size_t Number>
constexpr std::string_view pfr_name() {
  return last_identifier(printed<pointer_to{pfr_place<Model, Number>()}>());
}

struct pfr_probe {
  int first;
  bool second;
};
static_assert(pfr_name<pfr_probe, 0>() == "first" && pfr_name<pfr_probe, 1>() == "second",
              "INS1037: this compiler does not print the names of fields as instar reads them; use INSTAR_MODEL, or "
              "Boost 1.84 or later");
#endif

template <class Model, std::size_t Number>
constexpr attribute pfr_field() {
  constexpr std::string_view name = pfr_name<Model, Number>();
  return vocabulary::field<std::remove_const_t<boost::pfr::tuple_element_t<Number, Model>>>(
      name.data(), static_cast<std::uint32_t>(name.size()), pfr_place<Model, Number>());
}

/// The fields of an aggregate, read once.
template <class Model>
struct pfr_fields {
  static constexpr bool known = std::is_aggregate_v<Model>;
  static_assert(known, "INS1036: this model is no aggregate: it has constructors, bases, virtual functions or private "
                       "fields; describe it with INSTAR_MODEL");

  template <std::size_t... Number>
  static constexpr auto read(std::index_sequence<Number...>) {
    return std::array<attribute, sizeof...(Number)>{pfr_field<Model, Number>()...};
  }
  static constexpr std::size_t size() {
    if constexpr (known)
      return boost::pfr::tuple_size_v<Model>;
    else
      return 0;
  }
  static constexpr auto fields = read(std::make_index_sequence<size()>{});

  template <class F>
  static constexpr decltype(auto) visit(Model& row, F&& f) {
    return [&]<std::size_t... Number>(std::index_sequence<Number...>)->decltype(auto) {
      return static_cast<F&&>(f)(boost::pfr::get<Number>(row)...);
    }
    (std::make_index_sequence<size()>{});
  }
};

}  // namespace instar::detail

/// Makes a model of a plain aggregate without listing its fields: all of them are columns, under their own names; only
/// those with attributes are named. Stands in the struct's own namespace. It costs the compiler much more than
/// INSTAR_MODEL.
///
///     struct User { std::int64_t id; std::string email; bool active; };
///     INSTAR_PFR_MODEL(User, "users", (id, primary_key, identity), (email, unique), index(&User::active))
#define INSTAR_PFR_MODEL(MODEL, ...) INSTAR_ADAPTED_MODEL(pfr_fields, MODEL, __VA_ARGS__)

#endif

// ---- instar/schema/owned.hpp

#include <cstring>
#include <memory>
#include <new>

/// \file A schema value that owns what it looks at, for schemas that come into being at run time.

namespace instar {

/// Keeps the texts and arrays of a schema and hands out the same views that a compile-time schema has.
///
/// Build it bottom up: every text through `text`, every finished array through `array`, enumerations before the columns
/// that point at them, and at last `set`.
///
/// \code
///   instar::owned_schema owned;
///   std::vector<instar::column> columns{{.name = owned.text(name)}};
///   std::vector<instar::table> tables{{.name = owned.text("users"), .columns = owned.array(columns)}};
///   owned.set({.tables = owned.array(tables)});
/// \endcode
///
/// Views stay valid as long as the object, or the one it was moved to, lives.
class owned_schema {
 public:
  owned_schema() = default;
  owned_schema(owned_schema&& other) noexcept
      : blocks_(std::move(other.blocks_)), free_(std::exchange(other.free_, {})),
        view_(std::exchange(other.view_, {})) {}
  owned_schema& operator=(owned_schema&& other) noexcept {
    blocks_ = std::move(other.blocks_);
    free_ = std::exchange(other.free_, {});
    view_ = std::exchange(other.view_, {});
    return *this;
  }

  /// A copy of that text.
  [[nodiscard]] std::string_view text(std::string_view original) {
    if (original.empty())
      return {};
    char* const copy = reinterpret_cast<char*>(take(original.size(), 1));
    std::memcpy(copy, original.data(), original.size());
    return {copy, original.size()};
  }

  /// A copy of that array; its elements' own texts and arrays are not copied.
  template <class Element>
  [[nodiscard]] std::span<const Element> array(std::span<const Element> original) {
    static_assert(std::is_trivially_destructible_v<Element> && std::is_trivially_copyable_v<Element>,
                  "a schema consists of plain views");
    if (original.empty())
      return {};
    auto* const copy = reinterpret_cast<Element*>(take(original.size_bytes(), alignof(Element)));
    for (std::size_t i = 0; i != original.size(); ++i)
      ::new (static_cast<void*>(copy + i)) Element(original[i]);
    return {std::launder(copy), original.size()};
  }

  template <class Element>
  [[nodiscard]] std::span<const Element> array(const std::vector<Element>& original) {
    return array(std::span<const Element>{original});
  }

  template <class Element>
  [[nodiscard]] std::span<const Element> array(std::initializer_list<Element> original) {
    return array(std::span<const Element>{original.begin(), original.size()});
  }

  /// Makes this the schema; everything in it must live in this object or longer.
  void set(const schema_view& view) noexcept { view_ = view; }

  [[nodiscard]] const schema_view& view() const noexcept { return view_; }

 private:
  static constexpr std::size_t block_size = 16384;

  std::byte* take(std::size_t bytes, std::size_t alignment) {
    void* at = free_.data();
    std::size_t room = free_.size();
    if (at == nullptr || std::align(alignment, bytes, at, room) == nullptr) {
      const std::size_t size = bytes + alignment > block_size ? bytes + alignment : block_size;
      blocks_.push_back(std::make_unique<std::byte[]>(size));
      at = blocks_.back().get();
      room = size;
      std::align(alignment, bytes, at, room);
    }
    auto* const taken = static_cast<std::byte*>(at);
    free_ = {taken + bytes, room - bytes};
    return taken;
  }

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::span<std::byte> free_{};  // what is left of the last block
  schema_view view_{};
};

namespace detail {

/// Copies a schema value into an owner, part by part. The columns' enumerations become those of the copied schema.
class schema_copier {
 public:
  schema_copier(owned_schema& owner, const schema_view& original) : owner_(owner), original_(original) {}

  void run() {
    schema_view copy;
    copy.enumerations = enumerations_ = each(original_.enumerations, [this](enumeration& e) { copy_parts(e); });
    copy.tables = each(original_.tables, [this](table& t) { copy_parts(t); });
    copy.extensions = each(original_.extensions, [this](extension_object& e) {
      texts({&e.name, &e.schema, &e.version});
    });
    copy.sequences = each(original_.sequences, [this](sequence_object& s) { texts({&s.schema, &s.name}); });
    copy.views = each(original_.views, [this](view_object& v) {
      texts({&v.schema, &v.name, &v.query, &v.comment});
      v.indexes = each(v.indexes, [this](index& i) { copy_parts(i); });
    });
    copy.raw_objects = each(original_.raw_objects, [this](raw_object& r) {
      texts({&r.kind, &r.name, &r.create, &r.drop});
    });
    owner_.set(copy);
  }

 private:
  template <class Element, class CopyParts>
  std::span<const Element> each(std::span<const Element> elements, const CopyParts& copy_parts_of) {
    std::vector<Element> copies(elements.begin(), elements.end());
    for (Element& element : copies)
      copy_parts_of(element);
    return owner_.array(copies);
  }

  void texts(std::initializer_list<std::string_view*> members) {
    for (std::string_view* member : members)
      *member = owner_.text(*member);
  }

  std::span<const std::string_view> names(std::span<const std::string_view> original) {
    return each(original, [this](std::string_view& name) { name = owner_.text(name); });
  }

  void copy_parts(enumeration& e) {
    texts({&e.schema, &e.name, &e.comment, &e.renamed_from});
    e.values = each(e.values, [this](enum_value& v) { texts({&v.label, &v.renamed_from}); });
  }

  void copy_parts(column& c) {
    texts({&c.name, &c.type.custom, &c.initial.text, &c.generated_as, &c.collation, &c.comment, &c.renamed_from});
    if (c.type.values == nullptr)
      return;
    for (const enumeration& e : enumerations_)
      if (same_text(e.schema, c.type.values->schema) && same_text(e.name, c.type.values->name)) {
        c.type.values = &e;
        return;
      }
    // An enumeration that the schema itself does not list: the column keeps one of its own.
    c.type.values =
        each(std::span<const enumeration>{c.type.values, 1}, [this](enumeration& e) { copy_parts(e); }).data();
  }

  void copy_parts(key& k) {
    k.name = owner_.text(k.name);
    k.columns = names(k.columns);
  }

  void copy_parts(index_part& p) { texts({&p.text, &p.collation, &p.operator_class, &p.with_operator}); }

  void copy_parts(index& i) {
    texts({&i.name, &i.method, &i.where});
    i.parts = each(i.parts, [this](index_part& p) { copy_parts(p); });
    i.include = names(i.include);
  }

  void copy_parts(table& t) {
    texts({&t.schema, &t.name, &t.comment, &t.renamed_from});
    t.columns = each(t.columns, [this](column& c) { copy_parts(c); });
    copy_parts(t.primary_key);
    t.uniques = each(t.uniques, [this](key& k) { copy_parts(k); });
    t.foreign_keys = each(t.foreign_keys, [this](foreign_key& f) {
      texts({&f.name, &f.target_schema, &f.target_table});
      f.columns = names(f.columns);
      f.target_columns = names(f.target_columns);
    });
    t.checks = each(t.checks, [this](check& c) { texts({&c.name, &c.expression}); });
    t.exclusions = each(t.exclusions, [this](exclusion& e) {
      texts({&e.name, &e.method, &e.where});
      e.parts = each(e.parts, [this](index_part& p) { copy_parts(p); });
    });
    t.indexes = each(t.indexes, [this](index& i) { copy_parts(i); });
  }

  owned_schema& owner_;
  const schema_view& original_;
  std::span<const enumeration> enumerations_{};
};

}  // namespace detail

/// A schema value that depends on nothing but itself.
[[nodiscard]] inline owned_schema copy_schema(const schema_view& original) {
  owned_schema copy;
  detail::schema_copier{copy, original}.run();
  return copy;
}

}  // namespace instar


// ---- instar/sql/sql.hpp

/// \file Plans as SQL text at run time.

namespace instar {

namespace detail {

struct string_writer {
  std::string text{};
  void put(char c) { text.push_back(c); }
  void put(std::string_view more) { text.append(more); }
};

inline std::string operation_text(dialect d, const plan_view& p, const operation& o) {
  string_writer out;
  put_operation(out, d, p, o);
  return std::move(out.text);
}

inline std::vector<operation> plan_operations(dialect d, const plan_view& p) {
  std::vector<operation> operations;
  add_operations(d, p, operations);
  return operations;
}

inline std::string type_text(const column_type& t) {
  string_writer out;
  put_postgres_type(out, t);
  return std::move(out.text);
}

inline std::string qualified(std::string_view schema, std::string_view name) {
  return schema.empty() ? std::string(name) : std::string(schema) + '.' + std::string(name);
}

inline std::string joined_names(std::span<const std::string_view> names) {
  std::string text;
  for (std::string_view name : names) {
    if (!text.empty())
      text += ", ";
    text += name;
  }
  return text;
}

}  // namespace detail

/// A name as SQL writes it, in double quotes.
inline std::string quote_identifier(std::string_view name) {
  detail::string_writer out;
  detail::put_name(out, name);
  return std::move(out.text);
}

/// A text as SQL writes it, in single quotes.
inline std::string quote_literal(std::string_view text) {
  detail::string_writer out;
  detail::put_literal(out, text);
  return std::move(out.text);
}

/// The statements of a plan, without semicolons.
inline std::vector<std::string> statements(dialect d, const plan_view& p) {
  std::vector<std::string> result;
  for (const detail::operation& o : detail::plan_operations(d, p))
    result.push_back(detail::operation_text(d, p, o));
  return result;
}

/// One line that says what a step does, for a person: `+ table users`, `~ column users.email: text → varchar(200)`.
inline std::string describe(const step& s) {
  using namespace detail;
  const table* t = s.after != nullptr ? s.after : s.before;
  const std::string on = t != nullptr ? qualified(t->schema, t->name) : std::string();
  const std::size_t from = static_cast<std::size_t>(s.from);
  const std::size_t to = static_cast<std::size_t>(s.to);
  const auto old_column = [&] { return on + '.' + std::string(s.old_column()->name); };
  const auto new_column = [&] { return on + '.' + std::string(s.new_column()->name); };
  const auto enum_name = [](const enumeration& e) { return qualified(e.schema, e.name); };
  const auto view_text = [](const view_object& v) {
    return (v.materialized ? "materialized view " : "view ") + qualified(v.schema, v.name);
  };
  switch (s.kind) {
  case step_kind::create_schema:
    return "+ schema " + std::string(s.schema);
  case step_kind::create_extension:
    return "+ extension " + std::string(s.extension->name);
  case step_kind::alter_extension:
    return "~ extension " + std::string(s.extension->name) +
           (s.to == 0 ? ": version " + std::string(s.extension->version)
                      : ": schema " + std::string(s.extension->schema));
  case step_kind::drop_extension:
    return "- extension " + std::string(s.extension->name);
  case step_kind::drop_raw_object:
  case step_kind::drop_early_raw_object:
    return "- " + std::string(s.raw->kind) + ' ' + std::string(s.raw->name);
  case step_kind::create_early_raw_object:
  case step_kind::create_raw_object:
    return "+ " + std::string(s.raw->kind) + ' ' + std::string(s.raw->name);
  case step_kind::drop_view:
    return "- " + view_text(*s.old_view);
  case step_kind::create_view:
    if (s.to >= 0)
      return "+ index " + std::string(s.new_view->indexes[to].name) + " on " + view_text(*s.new_view);
    return "+ " + view_text(*s.new_view);
  case step_kind::comment_view:
    return "~ " + view_text(*s.new_view) + ": comment";
  case step_kind::rename_enum:
    return "~ enum " + enum_name(*s.old_enum) + " renamed to " + std::string(s.new_enum->name);
  case step_kind::rename_enum_value:
    return "~ enum " + enum_name(*s.new_enum) + ": value " + std::string(s.old_enum->values[from].label) +
           " renamed to " + std::string(s.new_enum->values[to].label);
  case step_kind::create_enum:
    return "+ enum " + enum_name(*s.new_enum);
  case step_kind::add_enum_value:
    return "~ enum " + enum_name(*s.new_enum) + ": + value " + std::string(s.new_enum->values[to].label);
  case step_kind::rebuild_enum: {
    std::string text = "~ enum " + enum_name(*s.new_enum) + ": values changed";
    for (const enum_value& was : s.old_enum->values) {
      bool kept = false;
      for (const enum_value& v : s.new_enum->values) {
        const int place = old_value(*s.old_enum, *s.new_enum, v);
        kept |= place >= 0 && &s.old_enum->values[static_cast<std::size_t>(place)] == &was;
      }
      if (!kept)
        text += ", - " + std::string(was.label);
    }
    return text;
  }
  case step_kind::drop_enum:
    return "- enum " + enum_name(*s.old_enum);
  case step_kind::comment_enum:
    return "~ enum " + enum_name(*s.new_enum) + ": comment";
  case step_kind::create_sequence:
    return "+ sequence " + qualified(s.sequence->schema, s.sequence->name);
  case step_kind::alter_sequence:
    return "~ sequence " + qualified(s.sequence->schema, s.sequence->name);
  case step_kind::drop_sequence:
    return "- sequence " + qualified(s.sequence->schema, s.sequence->name);
  case step_kind::create_table:
    return "+ table " + on;
  case step_kind::drop_table:
    return "- table " + on;
  case step_kind::rename_table:
    return "~ table " + qualified(s.before->schema, s.before->name) + " renamed to " +
           qualified(s.after->schema, s.after->name);
  case step_kind::rename_column:
    return "~ column " + old_column() + " renamed to " + std::string(s.new_column()->name);
  case step_kind::rename_constraint:
    return "~ constraint " + std::string(constraint_name(*s.before, s.constraint, s.from)) + " of " + on +
           " renamed to " + std::string(constraint_name(*s.after, s.constraint, s.to));
  case step_kind::rename_index:
    return "~ index " + std::string(s.before->indexes[from].name) + " renamed to " +
           std::string(s.after->indexes[to].name);
  case step_kind::drop_column:
    return "- column " + old_column();
  case step_kind::add_column:
    return "+ column " + new_column() + ": " + type_text(s.new_column()->type) +
           (s.new_column()->nullable ? ", nullable" : "");
  case step_kind::drop_default:
    return "~ column " + new_column() + ": default dropped";
  case step_kind::set_default: {
    string_writer out;
    put_postgres_default(out, s.new_column()->initial);
    return "~ column " + new_column() + ": default " + out.text;
  }
  case step_kind::drop_identity:
    return "~ column " + new_column() + ": no longer identity";
  case step_kind::add_identity:
    return "~ column " + new_column() + ": becomes identity";
  case step_kind::alter_identity:
    return "~ column " + new_column() + ": kind of identity";
  case step_kind::alter_type:
    return "~ column " + new_column() + ": " + type_text(s.old_column()->type) + " → " +
           type_text(s.new_column()->type);
  case step_kind::alter_collation:
    return "~ column " + new_column() + ": collation";
  case step_kind::fill_nulls:
    return "~ column " + new_column() + ": NULLs get the default";
  case step_kind::set_not_null:
    return "~ column " + new_column() + ": required";
  case step_kind::drop_not_null:
    return "~ column " + new_column() + ": nullable";
  case step_kind::drop_generated:
    return "~ column " + new_column() + ": no longer generated";
  case step_kind::drop_primary_key:
    return "- primary key of " + on + " (" + joined_names(s.before->primary_key.columns) + ')';
  case step_kind::add_primary_key:
    return "+ primary key of " + on + " (" + joined_names(s.after->primary_key.columns) + ')';
  case step_kind::drop_unique:
    return "- unique " + on + " (" + joined_names(s.before->uniques[from].columns) + ')';
  case step_kind::add_unique:
    return "+ unique " + on + " (" + joined_names(s.after->uniques[to].columns) + ')';
  case step_kind::drop_check:
    return "- check " + std::string(s.before->checks[from].name) + " of " + on;
  case step_kind::add_check:
    return "+ check " + std::string(s.after->checks[to].name) + " of " + on;
  case step_kind::drop_exclusion:
    return "- exclusion " + std::string(s.before->exclusions[from].name) + " of " + on;
  case step_kind::add_exclusion:
    return "+ exclusion " + std::string(s.after->exclusions[to].name) + " of " + on;
  case step_kind::drop_index:
    return "- index " + std::string(s.before->indexes[from].name) + " of " + on;
  case step_kind::create_index:
    return "+ index " + std::string(s.after->indexes[to].name) + " of " + on;
  case step_kind::drop_foreign_key:
    return "- foreign key " + on + " (" + joined_names(s.before->foreign_keys[from].columns) + ") → " +
           qualified(s.before->foreign_keys[from].target_schema, s.before->foreign_keys[from].target_table);
  case step_kind::add_foreign_key:
    return "+ foreign key " + on + " (" + joined_names(s.after->foreign_keys[to].columns) + ") → " +
           qualified(s.after->foreign_keys[to].target_schema, s.after->foreign_keys[to].target_table);
  case step_kind::comment_table:
    return "~ table " + on + ": comment";
  case step_kind::comment_column:
    return "~ column " + new_column() + ": comment";
  }
  return {};
}

/// One sentence that says what can go wrong with a step, for a person.
inline std::string describe(hazard h, const step& s) {
  const table* t = s.after != nullptr ? s.after : s.before;
  const std::string on = t != nullptr ? detail::qualified(t->schema, t->name) : std::string();
  switch (h) {
  case hazard::drops_table:
    return "drops table " + on + " with all its rows";
  case hazard::drops_column:
    return "drops column " + on + '.' + std::string(s.old_column()->name) + " with all its values";
  case hazard::narrows_type:
    return "changes column " + on + '.' + std::string(s.new_column()->name) + " from " +
           detail::type_text(s.old_column()->type) + " to " + detail::type_text(s.new_column()->type) +
           ": values that do not fit are cut or make it fail";
  case hazard::removes_enum_value:
    return "removes values of enum " + detail::qualified(s.new_enum->schema, s.new_enum->name) +
           ": rows that have them make it fail";
  case hazard::needs_value:
    return "adds required column " + on + '.' + std::string(s.new_column()->name) +
           " without a default: fails when the table has rows";
  case hazard::makes_required:
    return "makes column " + on + '.' + std::string(s.new_column()->name) + " required: rows with NULL make it fail";
  case hazard::makes_unique:
    return "makes values of " + on + " unique: rows with equal values make it fail";
  case hazard::changes_key:
    return "replaces the primary key of " + on;
  }
  return {};
}

/// The text of a migration.sql: hazards on top as comments, then each step's description and statements.
inline std::string script(dialect d, const plan_view& p) {
  std::string text;
  const auto line = [](std::string_view sentence) {
    // A name may hold a line break, and the rest of a comment must not become SQL.
    std::string safe = "-- ";
    for (char c : sentence)
      safe += c == '\n' || c == '\r' ? ' ' : c;
    return safe + '\n';
  };
  bool warned = false;
  for (const step& s : p.steps)
    detail::each_hazard(s, [&](hazard h) {
      text += line("warning " + std::string(code_of(h)) + ": " + describe(h, s));
      warned = true;
    });
  if (warned)
    text += '\n';
  std::size_t previous = static_cast<std::size_t>(-1);
  for (const detail::operation& o : detail::plan_operations(d, p)) {
    const std::string statement = detail::operation_text(d, p, o);
    const bool of_step = d == dialect::postgres || o.part == 0;
    if (of_step && o.step != previous) {
      text += line(describe(p.steps[o.step]));
      previous = o.step;
    } else if (d == dialect::sqlite && o.part == static_cast<int>(detail::sqlite_part::create_new)) {
      text += line("~ table " + std::string(o.on->name) + " made anew, rows kept");
    }
    text += statement;
    // What a user wrote may end in its own semicolon, or in a comment that would swallow ours.
    while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos)
      text.pop_back();
    const bool comment = text.find("--", text.rfind('\n') + 1) != std::string::npos;
    if (comment)
      text += '\n';
    if (comment || text.empty() || text.back() != ';')
      text += ';';
    text += "\n\n";
  }
  while (text.size() > 1 && text[text.size() - 1] == '\n' && text[text.size() - 2] == '\n')
    text.pop_back();
  return text;
}

}  // namespace instar


// ---- instar/sql/script.hpp

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace instar {

/// The stable codes of a script that cannot be split. Compare with `==`.
namespace script_code {
inline constexpr std::string_view unterminated_quote = "INS3101";  ///< a string, dollar quote or quoted name has no end
inline constexpr std::string_view unterminated_comment = "INS3102";  ///< a block comment has no end
inline constexpr std::string_view unterminated_body = "INS3103";     ///< a trigger or BEGIN ATOMIC body has no END
inline constexpr std::string_view client_command = "INS3104";        ///< a command of psql or of the sqlite3 shell
inline constexpr std::string_view copy_data = "INS3105";             ///< COPY FROM STDIN or TO STDOUT
inline constexpr std::string_view invalid_utf8 = "INS3106";          ///< a byte that is not UTF-8
inline constexpr std::string_view nul_byte = "INS3107";              ///< a byte of value 0
}  // namespace script_code

/// A place in a script: line and column from 1, the column in characters (not bytes).
struct script_position {
  std::size_t line;
  std::size_t column;

  friend bool operator==(const script_position&, const script_position&) = default;
};

namespace detail {
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Where the line that holds `offset` begins; LF, CR LF and a lone CR end a line.
inline std::size_t script_line_begin(std::string_view script, std::size_t offset) {
  std::size_t begin = std::min(offset, script.size());
  // The LF of a CR LF belongs to the line that it ends.
  if (begin > 0 && begin < script.size() && script[begin] == '\n' && script[begin - 1] == '\r') {
    --begin;
  }
  while (begin > 0 && script[begin - 1] != '\n' && script[begin - 1] != '\r') {
    --begin;
  }
  return begin;
}
}  // namespace detail

/// The line and column of a byte; an offset behind the end counts as the end. Linear in the offset.
[[nodiscard]] inline script_position position_in_script(std::string_view script, std::size_t offset) {
  offset = std::min(offset, script.size());
  const std::size_t begin = detail::script_line_begin(script, offset);
  script_position position{1, 1};
  for (std::size_t i = 0; i < begin; ++i) {
    if (script[i] == '\n' || (script[i] == '\r' && (i + 1 == script.size() || script[i + 1] != '\n'))) {
      ++position.line;
    }
  }
  std::size_t at = begin;
  if (begin == 0 && script.starts_with(detail::byte_order_mark)) {
    at = detail::byte_order_mark.size();
  }
  for (; at < offset; ++at) {
    if ((static_cast<unsigned char>(script[at]) & 0xC0U) != 0x80U) {
      ++position.column;
    }
  }
  return position;
}

/// The whole line that holds a byte, without its end and without a byte order mark: what an error message quotes.
///
/// \return a view into `script`.
[[nodiscard]] inline std::string_view line_in_script(std::string_view script, std::size_t offset) {
  std::size_t begin = detail::script_line_begin(script, offset);
  if (begin == 0 && script.starts_with(detail::byte_order_mark)) {
    begin = detail::byte_order_mark.size();
  }
  const std::size_t end = std::min(script.find_first_of("\r\n", begin), script.size());
  return script.substr(begin, end - begin);
}

/// Why a script cannot be split into statements, and where. Nothing of it has run.
class script_error : public std::runtime_error {
 public:
  /// \param code one of `script_code`; must outlive the error (a literal).
  script_error(std::string_view code, std::string_view script, std::size_t offset, const std::string& message,
               std::string remedy)
      : script_error(code, position_in_script(script, offset), offset, message, std::move(remedy)) {}

  [[nodiscard]] std::string_view code() const noexcept { return code_; }

  /// One sentence of cause, without place.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

  /// One sentence of what to do.
  [[nodiscard]] const std::string& remedy() const noexcept { return remedy_; }

  /// Byte offset in the script.
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

  [[nodiscard]] script_position position() const noexcept { return position_; }

 private:
  script_error(std::string_view code, script_position position, std::size_t offset, const std::string& message,
               std::string remedy)
      : std::runtime_error(std::string{code} + ": line " + std::to_string(position.line) + ", column " +
                           std::to_string(position.column) + ": " + message + ' ' + remedy),
        code_(code), position_(position), offset_(offset), message_(message), remedy_(std::move(remedy)) {}

  std::string_view code_;
  script_position position_;
  std::size_t offset_;
  std::string message_;
  std::string remedy_;
};

/// One statement of a script.
struct script_statement {
  /// From its first token to its last: no comment before it, no semicolon behind it. A view into the script.
  std::string_view text;

  /// Where `text` begins in the script, in bytes.
  std::size_t offset = 0;

  /// Its first word in upper case ("CREATE"); empty when it starts with something else, such as a parenthesis.
  std::string keyword;

  /// BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK, ABORT, SAVEPOINT, RELEASE, PREPARE TRANSACTION: the script takes
  /// transactions into its own hands.
  bool transaction_control = false;

  /// It fails, or silently does nothing, inside a transaction. This is what its text shows: a REINDEX of a partitioned
  /// table, or a CALL of a procedure that commits, looks like any other.
  bool outside_transaction = false;
};

/// Whether all of a script can run in one transaction that somebody else opens and closes.
[[nodiscard]] inline bool fits_in_transaction(std::span<const script_statement> statements) {
  return std::none_of(statements.begin(), statements.end(), [](const script_statement& statement) {
    return statement.transaction_control || statement.outside_transaction;
  });
}

namespace detail {

constexpr char upper_ascii(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// Whether a word is a keyword, which is given in upper case.
constexpr bool is_keyword(std::string_view word, std::string_view keyword) {
  return word.size() == keyword.size() &&
         std::equal(word.begin(), word.end(), keyword.begin(), [](char a, char b) { return upper_ascii(a) == b; });
}

template <std::size_t N>
constexpr bool is_one_of(std::string_view word, const std::array<std::string_view, N>& keywords) {
  return std::any_of(keywords.begin(), keywords.end(), [word](std::string_view k) { return is_keyword(word, k); });
}

constexpr bool is_sql_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

constexpr bool is_sql_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Both databases take every byte from 0x80 on as a letter.
constexpr bool is_sql_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

constexpr bool is_sql_word_part(char c) {
  return is_sql_word_start(c) || is_sql_digit(c) || c == '$';
}

/// The first byte that is not UTF-8: truncated, overlong, a surrogate or over U+10FFFF.
inline std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t at = 0; at < text.size();) {
    const unsigned lead = byte(at);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4U : lead >= 0xE0 ? 3U : 2U;
    if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) {
      return at;
    }
    for (std::size_t i = 1; i < length; ++i) {
      if ((byte(at + i) & 0xC0U) != 0x80U) {
        return at;
      }
    }
    const unsigned second = byte(at + 1);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second > 0x8F)) {
      return at;
    }
    at += length;
  }
  return std::nullopt;
}

/// What a statement is made of, as far as the splitter looks.
enum class script_token_kind : unsigned char { word, quoted, number, symbol };

struct script_token {
  script_token_kind kind;
  std::string_view text;
};

/// The tokens of a statement that decide on its traits: its first ones, those in parentheses left out.
struct statement_head {
  static constexpr std::size_t capacity = 16;
  std::array<std::string_view, capacity> tokens;
  std::size_t size = 0;
  bool concurrently_option = false;  // REINDEX (CONCURRENTLY) TABLE …

  // A quoted name is kept as a token of its own that no keyword equals: its text includes the quotes.
  void add(std::string_view token) {
    if (size < capacity) {
      tokens[size++] = token;
    }
  }

  [[nodiscard]] bool is(std::size_t i, std::string_view keyword) const {
    return i < size && is_keyword(tokens[i], keyword);
  }

  template <std::size_t N>
  [[nodiscard]] bool is(std::size_t i, const std::array<std::string_view, N>& keywords) const {
    return i < size && is_one_of(tokens[i], keywords);
  }

  [[nodiscard]] bool has(std::string_view keyword, std::size_t from) const {
    for (std::size_t i = from; i < size; ++i) {
      if (is_keyword(tokens[i], keyword)) {
        return true;
      }
    }
    return false;
  }
};

inline bool controls_transaction(const statement_head& head) {
  static constexpr std::array<std::string_view, 7> always{"BEGIN",     "COMMIT",  "END",  "ROLLBACK",
                                                          "SAVEPOINT", "RELEASE", "ABORT"};
  return head.is(0, always) || ((head.is(0, "START") || head.is(0, "PREPARE")) && head.is(1, "TRANSACTION"));
}

/// PostgreSQL: what calls PreventInTransactionBlock, measured on 15.
inline bool runs_outside_transaction_on_postgres(const statement_head& head) {
  static constexpr std::array<std::string_view, 2> create_drop{"CREATE", "DROP"};
  static constexpr std::array<std::string_view, 2> database_tablespace{"DATABASE", "TABLESPACE"};
  static constexpr std::array<std::string_view, 3> whole{"SCHEMA", "DATABASE", "SYSTEM"};
  if (head.is(0, "VACUUM") || (head.is(0, "DISCARD") && head.is(1, "ALL")) ||
      (head.is(0, "ALTER") && head.is(1, "SYSTEM"))) {
    return true;
  }
  if (head.is(0, create_drop)) {
    const std::size_t index = head.is(1, "UNIQUE") ? 2 : 1;
    return head.is(1, database_tablespace) || head.is(1, "SUBSCRIPTION") ||
           (head.is(index, "INDEX") && head.is(index + 1, "CONCURRENTLY"));
  }
  if (head.is(0, "REINDEX")) {
    return head.is(1, whole) || head.is(2, "CONCURRENTLY") || head.concurrently_option;
  }
  if (head.is(0, "CLUSTER")) {
    return head.size == 1 || (head.size == 2 && head.is(1, "VERBOSE"));
  }
  if (head.is(0, "ALTER")) {
    if (head.is(1, "SUBSCRIPTION")) {
      return true;
    }
    if (head.is(1, "DATABASE")) {
      return head.is(3, "SET") && head.is(4, "TABLESPACE");
    }
    return head.is(1, "TABLE") && head.has("DETACH", 2) && head.has("CONCURRENTLY", 4);
  }
  return false;
}

/// SQLite: what fails in a transaction, and what is silently ignored there; measured on 3.40.
inline bool runs_outside_transaction_on_sqlite(const statement_head& head) {
  static constexpr std::array<std::string_view, 3> always{"VACUUM", "ATTACH", "DETACH"};
  static constexpr std::array<std::string_view, 6> settings{"FOREIGN_KEYS", "JOURNAL_MODE", "SYNCHRONOUS",
                                                            "TEMP_STORE",   "PAGE_SIZE",    "AUTO_VACUUM"};
  if (head.is(0, always)) {
    return true;
  }
  if (!head.is(0, "PRAGMA")) {
    return false;
  }
  const std::size_t name = head.is(2, ".") ? 3 : 1;
  return head.is(name, "WAL_CHECKPOINT") ||
         (head.is(name, settings) && (head.is(name + 1, "=") || head.is(name + 1, "(")));
}

/// Splits a script in one pass from front to back.
class script_splitter {
 public:
  script_splitter(instar::dialect dialect, std::string_view script) : dialect_(dialect), script_(script) {}

  std::vector<script_statement> split() {
    check_bytes();
    if (script_.starts_with(byte_order_mark)) {
      at_ = byte_order_mark.size();
    }
    while (skip_blank_and_comments()) {
      take(next_token());
    }
    finish(true);
    return std::move(statements_);
  }

 private:
  [[nodiscard]] bool on_postgres() const { return dialect_ == instar::postgres; }
  [[nodiscard]] bool starts_with(std::string_view text) const { return script_.substr(at_).starts_with(text); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < script_.size() ? script_[at_ + ahead] : '\0';
  }

  [[noreturn]] void fail(std::string_view code, std::size_t offset, const std::string& message,
                         std::string remedy) const {
    throw script_error(code, script_, offset, message, std::move(remedy));
  }

  void check_bytes() const {
    if (const std::size_t nul = script_.find('\0'); nul != std::string_view::npos) {
      fail(script_code::nul_byte, nul, "The script contains a NUL byte.",
           "Save it as UTF-8 text; a file full of NUL bytes is usually UTF-16.");
    }
    if (const auto invalid = first_invalid_utf8(script_)) {
      fail(script_code::invalid_utf8, *invalid, "The script is not valid UTF-8 here.", "Save it as UTF-8 text.");
    }
  }

  // ---- tokens ----

  /// Moves to the next token; false at the end of the script.
  bool skip_blank_and_comments() {
    while (at_ < script_.size()) {
      if (is_sql_blank(script_[at_])) {
        ++at_;
      } else if (starts_with("--")) {
        skip_line_comment();
      } else if (starts_with("/*")) {
        skip_block_comment();
      } else {
        return true;
      }
    }
    return false;
  }

  // PostgreSQL ends a line comment at CR too, SQLite at LF alone.
  void skip_line_comment() {
    at_ = std::min(script_.find_first_of(on_postgres() ? "\r\n" : "\n", at_), script_.size());
  }

  void skip_block_comment() {
    const std::size_t begin = at_;
    std::size_t depth = 1;
    at_ += 2;
    while (depth > 0) {
      at_ = script_.find_first_of("*/", at_);
      if (at_ == std::string_view::npos) {
        fail(script_code::unterminated_comment, begin, "This comment has no end.", "Close it with */.");
      }
      if (starts_with("*/")) {
        --depth;
        at_ += 2;
      } else if (starts_with("/*") && on_postgres()) {
        ++depth;
        at_ += 2;
      } else {
        ++at_;
      }
    }
  }

  script_token next_token() {
    const std::size_t begin = at_;
    const char first = script_[at_];
    script_token_kind kind = script_token_kind::symbol;
    if (is_sql_word_start(first)) {
      kind = take_word();
    } else if (is_sql_digit(first)) {
      kind = script_token_kind::number;
      while (is_sql_word_start(peek()) || is_sql_digit(peek()) || peek() == '.') {
        ++at_;
      }
    } else if (first == '\'') {
      kind = script_token_kind::quoted;
      take_quoted('\'', "string", "'");
    } else if (first == '"') {
      kind = script_token_kind::quoted;
      take_quoted('"', "quoted name", "\"");
    } else if (first == '$' && on_postgres()) {
      kind = take_dollar();
    } else if (first == '`' && !on_postgres()) {
      kind = script_token_kind::quoted;
      take_quoted('`', "quoted name", "`");
    } else if (first == '[' && !on_postgres()) {
      kind = script_token_kind::quoted;
      at_ = script_.find(']', at_);
      if (at_ == std::string_view::npos) {
        fail_unterminated(begin, "quoted name", "]");
      }
      ++at_;
    } else {
      refuse_client_command();
      ++at_;
    }
    return {kind, script_.substr(begin, at_ - begin)};
  }

  script_token_kind take_word() {
    const std::size_t begin = at_;
    while (is_sql_word_part(peek())) {
      ++at_;
    }
    // A letter directly before the quote belongs to the string. Only E changes where it ends.
    if (peek() == '\'' && on_postgres() && is_keyword(script_.substr(begin, at_ - begin), "E")) {
      take_escape_string(begin);
      return script_token_kind::quoted;
    }
    return script_token_kind::word;
  }

  /// A quoted token in which the quote itself is doubled.
  void take_quoted(char quote, const char* what, const char* closing) {
    const std::size_t begin = at_;
    ++at_;
    while (true) {
      at_ = script_.find(quote, at_);
      if (at_ == std::string_view::npos) {
        fail_unterminated(begin, what, closing);
      }
      ++at_;
      if (peek() != quote) {
        return;
      }
      ++at_;
    }
  }

  /// E'…', and the pieces that follow it: 'a' <line end> 'b' is one string, and a later piece has escapes as well.
  void take_escape_string(std::size_t begin) {
    do {
      ++at_;  // the opening quote
      while (peek() != '\'' || peek(1) == '\'') {
        if (at_ >= script_.size()) {
          fail_unterminated(begin, "string", "'");
        }
        at_ += peek() == '\\' || peek() == '\'' ? 2 : 1;
      }
      ++at_;
    } while (continues_in_next_line());
  }

  /// Moves to the quote of a string's next piece, if there is one.
  bool continues_in_next_line() {
    std::size_t next = at_;
    bool new_line = false;
    while (next < script_.size()) {
      if (is_sql_blank(script_[next])) {
        new_line = new_line || script_[next] == '\n' || script_[next] == '\r';
        ++next;
      } else if (script_.substr(next).starts_with("--")) {
        next = std::min(script_.find_first_of("\r\n", next), script_.size());
      } else {
        break;
      }
    }
    if (!new_line || next >= script_.size() || script_[next] != '\'') {
      return false;
    }
    at_ = next;
    return true;
  }

  /// $tag$ … $tag$, $1, or a lone $.
  script_token_kind take_dollar() {
    const std::size_t begin = at_;
    std::size_t end = at_ + 1;
    if (end < script_.size() && is_sql_word_start(script_[end])) {
      while (end < script_.size() && script_[end] != '$' && is_sql_word_part(script_[end])) {
        ++end;
      }
    }
    if (end >= script_.size() || script_[end] != '$') {
      ++at_;
      while (is_sql_digit(peek())) {
        ++at_;
      }
      return script_token_kind::symbol;
    }
    const std::string_view tag = script_.substr(begin, end + 1 - begin);
    const std::size_t close = script_.find(tag, end + 1);
    if (close == std::string_view::npos) {
      fail_unterminated(begin, "dollar-quoted string", std::string{tag});
    }
    at_ = close + tag.size();
    return script_token_kind::quoted;
  }

  [[noreturn]] void fail_unterminated(std::size_t begin, const char* what, const std::string& closing) const {
    fail(script_code::unterminated_quote, begin, "This " + std::string{what} + " has no end.",
         "Close it with " + closing + ".");
  }

  /// psql's \command, which stands nowhere in SQL, and the shell's .command at the start of a statement.
  void refuse_client_command() const {
    const bool of_psql = on_postgres() && script_[at_] == '\\';
    const bool of_shell = !on_postgres() && script_[at_] == '.' && !statement_begin_ && is_sql_word_start(peek(1));
    if (!of_psql && !of_shell) {
      return;
    }
    std::size_t end = at_ + 1;
    while (end < script_.size() && is_sql_word_part(script_[end])) {
      ++end;
    }
    if (of_psql && end == at_ + 1) {
      end = std::min(end + 1, script_.size());  // \! and \?
    }
    fail(script_code::client_command, at_,
         "'" + std::string{script_.substr(at_, end - at_)} + "' is a command of " +
             (of_psql ? "psql" : "the sqlite3 shell") + ", not SQL.",
         "Remove it, or write what it does in SQL.");
  }

  // ---- statements ----

  void take(const script_token& token) {
    if (token.text == ";" && token.kind == script_token_kind::symbol) {
      take_semicolon();
      return;
    }
    if (!statement_begin_) {
      statement_begin_ = static_cast<std::size_t>(token.text.data() - script_.data());
      if (token.kind == script_token_kind::word) {
        keyword_ = token.text;
      }
    }
    statement_end_ = at_;
    if (token.kind == script_token_kind::word) {
      follow_body(token.text);
      follow_copy(token.text);
    }
    if (parentheses_ == 0) {
      // REINDEX (VERBOSE) TABLE reads like REINDEX TABLE, but PRAGMA name(value) like PRAGMA name = value.
      if (!(on_postgres() && token.text == "(")) {
        head_.add(token.text);
      }
    } else if (parentheses_ == 1 && token.kind == script_token_kind::word && is_keyword(token.text, "CONCURRENTLY")) {
      head_.concurrently_option = true;
    } else if (parentheses_ == 1 && is_one_of(token.text, negations)) {
      head_.concurrently_option = false;
    }
    if (token.text == "(") {
      ++parentheses_;
    } else if (token.text == ")" && parentheses_ > 0) {
      --parentheses_;
    }
    before_previous_ = previous_;
    previous_ = token.text;
  }

  void take_semicolon() {
    // CREATE RULE … DO (one; two) has them in parentheses; SQLite ends a statement at any.
    const bool inside = body_depth_ > 0 || (on_postgres() && parentheses_ > 0) || in_trigger_body();
    if (inside) {
      statement_end_ = at_;
      before_previous_ = previous_;
      previous_ = ";";
      return;
    }
    finish(false);
  }

  /// SQLite: CREATE TRIGGER ends at `; END ;`, and a CASE has no semicolon before its END.
  [[nodiscard]] bool in_trigger_body() const {
    return is_sqlite_trigger_ && !(is_keyword(previous_, "END") && before_previous_ == ";");
  }

  /// Notices where a body begins and ends in which semicolons separate nothing.
  void follow_body(std::string_view word) {
    if (on_postgres()) {
      follow_atomic_body(word);
    } else if (!is_sqlite_trigger_ && parentheses_ == 0 && is_keyword(word, "TRIGGER")) {
      std::size_t i = head_.is(0, "EXPLAIN") ? (head_.is(1, "QUERY") ? 3U : 1U) : 0U;
      if (head_.is(i, "CREATE")) {
        ++i;
        i += head_.is(i, "TEMP") || head_.is(i, "TEMPORARY") ? 1U : 0U;
        is_sqlite_trigger_ = head_.size == i;
      }
    }
  }

  /// CREATE FUNCTION … BEGIN ATOMIC …; …; END, with CASE … END inside.
  void follow_atomic_body(std::string_view word) {
    // After a dot or AS, PostgreSQL takes even a reserved word as a name.
    const bool is_name = previous_ == "." || is_keyword(previous_, "AS");
    if (body_depth_ == 0) {
      const std::size_t object = head_.is(1, "OR") && head_.is(2, "REPLACE") ? 3 : 1;
      const bool routine = head_.is(0, "CREATE") && (head_.is(object, "FUNCTION") || head_.is(object, "PROCEDURE"));
      if (routine && parentheses_ == 0 && is_keyword(word, "ATOMIC") && is_keyword(previous_, "BEGIN")) {
        body_depth_ = 1;
      }
    } else if (is_keyword(word, "CASE") && !is_name) {
      ++body_depth_;
    } else if (is_keyword(word, "END") && !is_name) {
      --body_depth_;
    }
  }

  /// COPY … FROM STDIN is followed by rows that are no SQL, and nobody here reads what COPY … TO STDOUT writes.
  void follow_copy(std::string_view word) const {
    if (!on_postgres() || parentheses_ > 0 || !head_.is(0, "COPY")) {
      return;
    }
    const bool from = is_keyword(previous_, "FROM") && (is_keyword(word, "STDIN") || is_keyword(word, "STDOUT"));
    const bool to = is_keyword(previous_, "TO") && (is_keyword(word, "STDOUT") || is_keyword(word, "STDIN"));
    if (from || to) {
      fail(script_code::copy_data, *statement_begin_,
           from ? "COPY FROM STDIN needs data that psql sends, and a script has none to send."
                : "COPY TO STDOUT writes to a client, and nobody reads it here.",
           from ? "Write INSERT statements, or COPY from a file on the server." : "COPY to a file on the server.");
    }
  }

  void finish(bool at_end_of_script) {
    if (statement_begin_) {
      if (body_depth_ > 0 || (at_end_of_script && in_trigger_body())) {
        fail(script_code::unterminated_body, *statement_begin_,
             is_sqlite_trigger_ ? "This trigger's body has no end." : "This routine's BEGIN ATOMIC has no end.",
             "Close it with END;.");
      }
      script_statement statement{.text = script_.substr(*statement_begin_, statement_end_ - *statement_begin_),
                                 .offset = *statement_begin_,
                                 .keyword = std::string{keyword_},
                                 .transaction_control = controls_transaction(head_),
                                 .outside_transaction = on_postgres() ? runs_outside_transaction_on_postgres(head_)
                                                                      : runs_outside_transaction_on_sqlite(head_)};
      std::transform(statement.keyword.begin(), statement.keyword.end(), statement.keyword.begin(), upper_ascii);
      statements_.push_back(std::move(statement));
    }
    statement_begin_.reset();
    keyword_ = {};
    head_ = {};
    parentheses_ = 0;
    body_depth_ = 0;
    is_sqlite_trigger_ = false;
    previous_ = {};
    before_previous_ = {};
  }

  static constexpr std::array<std::string_view, 3> negations{"FALSE", "OFF", "0"};

  instar::dialect dialect_;
  std::string_view script_;
  std::size_t at_ = 0;
  std::vector<script_statement> statements_;

  // The statement that is being read.
  std::optional<std::size_t> statement_begin_;
  std::size_t statement_end_ = 0;
  std::string_view keyword_;
  statement_head head_;
  std::size_t parentheses_ = 0;
  std::size_t body_depth_ = 0;
  bool is_sqlite_trigger_ = false;
  std::string_view previous_;
  std::string_view before_previous_;
};

}  // namespace detail

/// Splits a script into its statements as psql and the sqlite3 shell would. Empty statements are left out.
///
/// Knows strings, dollar quotes, quoted names, comments (nested on PostgreSQL), `BEGIN ATOMIC` bodies, rules with
/// several commands and SQLite's trigger bodies. A UTF-8 byte order mark is skipped. It checks no grammar: what it does
/// not understand is text up to the next semicolon, and the database says what it thinks of it.
///
/// \param script must outlive the result, whose texts are views into it.
/// \throws script_error with the place: a quote, comment or body without an end, a NUL byte, a byte that is not UTF-8,
/// a
///         command of psql or of the sqlite3 shell, COPY FROM STDIN.
/// Time is linear in the length of the script.
[[nodiscard]] inline std::vector<script_statement> split_script(instar::dialect dialect, std::string_view script) {
  return detail::script_splitter{dialect, script}.split();
}

}  // namespace instar


#if (defined(INSTAR_WITH_HANA) && INSTAR_WITH_HANA)

// ---- instar/hana.hpp

/// \file Boost.Hana: models are Hana Structs, and Hana Structs become models by INSTAR_HANA_MODEL.


#endif

#if __has_include(<boost/pfr/core.hpp>)

// ---- instar/pfr.hpp

/// \file Boost.PFR: plain aggregates become models by INSTAR_PFR_MODEL, without a list of their fields.


#endif

#if (defined(INSTAR_WITH_POSTGRES) && INSTAR_WITH_POSTGRES) || (defined(INSTAR_WITH_SQLITE) && INSTAR_WITH_SQLITE) || (defined(INSTAR_WITH_CLI) && INSTAR_WITH_CLI)

// ---- instar/database/database.hpp

// Databases at run time: their addresses, connections to them and their errors. Two headers are for those who want
// them: rows.hpp (rows as aggregates, with Boost.PFR) and interruption.hpp (signals, POSIX). What only passes a
// connection on needs connection.hpp alone, which knows neither libpqxx nor sqlite3.


// ---- instar/database/connection.hpp


// ---- instar/database/error.hpp

namespace instar {

/// The stable codes of everything that can go wrong between a URL and a result. Compare with `==`.
namespace database_code {
inline constexpr std::string_view unknown_scheme = "INS3001";  ///< the URL starts with no scheme we know
inline constexpr std::string_view malformed_url = "INS3002";   ///< the URL has a scheme, but cannot be read
inline constexpr std::string_view no_url = "INS3003";          ///< no URL given, none in the environment, none in .env
inline constexpr std::string_view malformed_environment = "INS3004";  ///< .env cannot be read
inline constexpr std::string_view not_compiled_in = "INS3005";        ///< this program was built without that database
inline constexpr std::string_view unreachable = "INS3010";            ///< no server answers there
inline constexpr std::string_view authentication = "INS3011";  ///< wrong password, unknown role, no pg_hba.conf entry
inline constexpr std::string_view database_missing =
    "INS3012";                                                 ///< the server (or folder) is there, the database is not
inline constexpr std::string_view refused = "INS3013";         ///< the server answered and refused for another reason
inline constexpr std::string_view folder_missing = "INS3014";  ///< a SQLite file in a folder that does not exist
inline constexpr std::string_view cannot_open = "INS3015";     ///< a SQLite file that may not be opened, or a folder
inline constexpr std::string_view not_a_database = "INS3016";  ///< a file that is no SQLite database, or a damaged one
inline constexpr std::string_view read_only = "INS3017";       ///< a write to a database that is read-only
inline constexpr std::string_view busy = "INS3018";            ///< somebody else holds the lock that is needed
inline constexpr std::string_view connection_lost = "INS3019";   ///< the server went away
inline constexpr std::string_view statement_failed = "INS3020";  ///< the database rejected a statement
inline constexpr std::string_view interrupted = "INS3021";       ///< cancelled by interrupt() or by an administrator
inline constexpr std::string_view invalid_text = "INS3022";      ///< a NUL byte in SQL text or in a parameter
inline constexpr std::string_view copy_data = "INS3023";         ///< COPY to or from the client inside execute()
inline constexpr std::string_view database_exists = "INS3024";   ///< create_database found it already there
inline constexpr std::string_view permission = "INS3025";        ///< the role may not do that
inline constexpr std::string_view column_count = "INS3030";  ///< a row has not as many columns as its type has members
inline constexpr std::string_view bad_value = "INS3031";     ///< a column's text is no value of its member's type
inline constexpr std::string_view row_count = "INS3032";     ///< one row was expected
}  // namespace database_code

/// What a `database_error` carries; every field that a database does not tell stays empty.
struct database_error_fields {
  std::string message{};   ///< one sentence of cause, the database's own where there is one
  std::string remedy{};    ///< one sentence of what to do, may be empty
  std::string sqlstate{};  ///< PostgreSQL's five characters, or SQLite's extended code name ("SQLITE_BUSY")
  std::string detail{};    ///< PostgreSQL's DETAIL
  std::string hint{};      ///< PostgreSQL's HINT
  std::string context{};   ///< PostgreSQL's QUERY and CONTEXT (the function and line inside it)
  std::optional<std::size_t> offset{};  ///< byte offset of the error in the SQL text that was sent
};

/// Anything that went wrong while finding, opening or talking to a database.
///
/// No field ever holds a password or a whole connection string. `what()` is "CODE: message remedy".
class database_error : public std::runtime_error {
 public:
  /// \param code one of `database_code`; must outlive the error (a literal).
  database_error(std::string_view code, database_error_fields fields)
      : std::runtime_error(compose(code, fields)), code_(code), fields_(std::move(fields)) {}

  [[nodiscard]] std::string_view code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return fields_.message; }
  [[nodiscard]] const std::string& remedy() const noexcept { return fields_.remedy; }
  [[nodiscard]] const std::string& sqlstate() const noexcept { return fields_.sqlstate; }
  [[nodiscard]] const std::string& detail() const noexcept { return fields_.detail; }
  [[nodiscard]] const std::string& hint() const noexcept { return fields_.hint; }
  [[nodiscard]] const std::string& context() const noexcept { return fields_.context; }

  /// Byte offset of the error in the SQL text that was sent.
  ///
  /// PostgreSQL tells it for errors that it finds in the text (syntax, unknown names), not for those of the data.
  /// SQLite: the failing token where sqlite3 tells it, otherwise the first byte of the failing statement.
  [[nodiscard]] std::optional<std::size_t> offset() const noexcept { return fields_.offset; }

 private:
  static std::string compose(std::string_view code, const database_error_fields& fields) {
    std::string text{code};
    text += ": ";
    text += fields.message;
    if (!fields.remedy.empty()) {
      text += ' ';
      text += fields.remedy;
    }
    return text;
  }

  std::string_view code_;
  database_error_fields fields_;
};

}  // namespace instar


// ---- instar/database/url.hpp

#include <cstdlib>

namespace instar {
namespace detail {

inline std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<unsigned>(c - '0');
  }
  if (c >= 'a' && c <= 'f') {
    return static_cast<unsigned>(c - 'a') + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return static_cast<unsigned>(c - 'A') + 10;
  }
  return std::nullopt;
}

/// Decodes `%XX`; nothing when an escape is broken or stands for NUL, which libpq refuses too.
inline std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) {
      return std::nullopt;
    }
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (!high || !low || (*high == 0 && *low == 0)) {
      return std::nullopt;
    }
    decoded += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return decoded;
}

/// Encodes everything but RFC 3986's unreserved characters.
inline std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                            c == '.' || c == '_' || c == '~';
    if (unreserved) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += digits[byte / 16];
      encoded += digits[byte % 16];
    }
  }
  return encoded;
}

/// An environment variable that is set and not empty.
inline std::optional<std::string> environment_variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') {
    return std::nullopt;
  }
  return std::string{value};
}

struct url_parameter {
  std::string_view key;
  std::string_view value;  ///< still percent-encoded
};

}  // namespace detail

/// What a connection needs beside the URL's own text; see `database_url::libpq_text`.
struct libpq_settings {
  std::string application_name;          ///< used unless the URL or PGAPPNAME names one
  unsigned connect_timeout_seconds = 0;  ///< used unless the URL or PGCONNECT_TIMEOUT sets one; 0: none
  bool read_only = false;                ///< start the session with default_transaction_read_only
};

/// A database's address.
///
/// | text | names |
/// |---|---|
/// | `postgresql://…`, `postgres://…` | a PostgreSQL database, in everything that libpq understands as a URI |
/// | `sqlite:dev.db`, `sqlite:/var/dev.db`, `sqlite:///var/dev.db` | a SQLite file; relative to the working folder |
/// | `file:dev.db` | the same, in the spelling of Prisma |
/// | `sqlite::memory:` | a SQLite database that lives as long as its connection |
///
/// Prisma's own parameters are understood, so that its URLs work as they are: `schema` becomes the search path, and
/// those of its connection pool (`connection_limit`, `pool_timeout`, `pgbouncer` …) are left out of what libpq sees.
///
/// A value type; its text holds the password, so print `redacted()`.
class database_url {
 public:
  /// \throws database_error `unknown_scheme`, `malformed_url`; neither shows the text.
  explicit database_url(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) {
      throw malformed("it contains a NUL byte");
    }
    const std::size_t colon = text.find(':');
    const std::string_view scheme = colon == std::string_view::npos ? std::string_view{} : text.substr(0, colon);
    if (scheme == "postgresql" || scheme == "postgres") {
      dialect_ = instar::postgres;
      parse_postgres(text.substr(colon + 1));
    } else if (scheme == "sqlite" || scheme == "file") {
      dialect_ = instar::sqlite;
      parse_sqlite(text.substr(colon + 1), scheme);
    } else {
      // The text may be a password somebody pasted, so it is not shown; a scheme before :// is safe.
      const bool has_scheme = colon != std::string_view::npos && text.substr(colon).starts_with("://");
      throw database_error(
          database_code::unknown_scheme,
          {.message = has_scheme ? "No database is known for a URL that starts with '" + std::string{scheme} + "://'."
                                 : "The database URL starts with no known scheme.",
           .remedy = "Write postgresql://user@host/database, sqlite:FILE or file:FILE."});
    }
  }

  [[nodiscard]] instar::dialect dialect() const noexcept { return dialect_; }

  /// The host and database, or the file: for people to read; no user, password or parameter in it.
  [[nodiscard]] std::string redacted() const {
    if (dialect_ == instar::sqlite) {
      return path_;
    }
    std::string host = parameter("host").value_or(decoded_hosts());
    if (host.empty()) {
      host = parameter("hostaddr").value_or(std::string{});
    }
    if (host.empty()) {
      host = detail::environment_variable("PGHOST").value_or("local");
    }
    if (const auto port = parameter("port"); port && host.find(':') == std::string::npos) {
      host += ':' + *port;
    }
    return (host.starts_with('/') ? "unix:" + host : host) + '/' + database_name();
  }

  /// SQLite: the file, as it goes to sqlite3, or `:memory:`. PostgreSQL: empty.
  [[nodiscard]] const std::string& sqlite_path() const noexcept { return path_; }

  /// Whether this is `sqlite::memory:`.
  [[nodiscard]] bool is_memory() const noexcept { return dialect_ == instar::sqlite && path_ == ":memory:"; }

  /// PostgreSQL: the database's name, libpq's default included as far as it shows in URL and environment.
  /// SQLite: the file, as `sqlite_path()`.
  [[nodiscard]] std::string database_name() const {
    if (dialect_ == instar::sqlite) {
      return path_;
    }
    if (auto name = parameter("dbname"); name && !name->empty()) {
      return std::move(*name);
    }
    if (!database_.empty()) {
      return database_;
    }
    if (auto name = detail::environment_variable("PGDATABASE")) {
      return std::move(*name);
    }
    if (auto name = parameter("user"); name && !name->empty()) {
      return std::move(*name);
    }
    if (!user_.empty()) {
      return user_;
    }
    return detail::environment_variable("PGUSER").value_or(std::string{});
  }

  /// The search path that Prisma's `?schema=` asks for; empty without it.
  [[nodiscard]] const std::string& schema() const noexcept { return schema_; }

  /// The same server, role and parameters with another database. SQLite: another file (or `:memory:`).
  [[nodiscard]] database_url with_database(std::string_view name) const {
    database_url other = *this;
    if (dialect_ == instar::sqlite) {
      other.path_ = name;
    } else {
      other.database_ = name;
      std::erase_if(other.parameters_, [](const auto& entry) { return entry.first == "dbname"; });
    }
    return other;
  }

  /// PostgreSQL: the URI for libpq. HOLDS THE PASSWORD: it goes to the connection and nowhere else.
  ///
  /// It is the URL's own text, and behind it what every connection of ours has: client_encoding=UTF8 (a script is UTF-8
  /// whatever the database's encoding is) and the settings given. All of it travels in the startup packet, so it
  /// costs no round trip.
  [[nodiscard]] std::string libpq_text(const libpq_settings& settings = {}) const {
    std::string text = "postgresql://" + authority_ + '/' + detail::percent_encode(database_);
    char separator = '?';
    const auto add = [&](std::string_view key, std::string_view value) {
      text += separator;
      separator = '&';
      text += key;
      text += '=';
      text += detail::percent_encode(value);
    };
    std::string options;
    for (const auto& [key, value] : parameters_) {
      if (key == "options") {
        options = value;
      } else if (key != "client_encoding") {
        add(key, value);
      }
    }
    add("client_encoding", "UTF8");
    if (!settings.application_name.empty()) {
      add("fallback_application_name", settings.application_name);
    }
    if (settings.connect_timeout_seconds != 0 && !parameter("connect_timeout") &&
        !detail::environment_variable("PGCONNECT_TIMEOUT")) {
      add("connect_timeout", std::to_string(settings.connect_timeout_seconds));
    }
    if (options.empty()) {
      options = detail::environment_variable("PGOPTIONS").value_or(std::string{});
    }
    std::string ours;
    if (!schema_.empty() && schema_ != "public") {
      ours += " -c search_path=" + startup_option_value(quoted_identifier(schema_));
    }
    if (settings.read_only) {
      ours += " -c default_transaction_read_only=on";
    }
    if (!ours.empty() || parameter("options")) {
      options += ours;
      add("options", options);
    }
    return text;
  }

  /// `text` with this URL's passwords taken out: for messages of libraries that quote what they were given.
  [[nodiscard]] std::string without_secrets(std::string_view text) const {
    std::vector<std::string> forms{raw_password_};
    for (const std::string& secret : secrets_) {
      forms.push_back(secret);
      forms.push_back(detail::percent_encode(secret));
    }
    std::sort(forms.begin(), forms.end());
    forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
    constexpr std::string_view mask = "***";
    std::string clean{text};
    for (const std::string& secret : forms) {
      if (secret.empty()) {
        continue;
      }
      for (std::size_t at = clean.find(secret); at != std::string::npos; at = clean.find(secret, at + mask.size())) {
        clean.replace(at, secret.size(), mask);
      }
    }
    return clean;
  }

 private:
  static database_error malformed(const std::string& cause, std::string remedy = {}) {
    return database_error(database_code::malformed_url,
                          {.message = "The database URL cannot be read: " + cause + ".", .remedy = std::move(remedy)});
  }

  static constexpr const char* encode_remedy =
      "Write special characters of a user name or password percent-encoded (@ as %40, : as %3A, / as %2F, % as %25).";

  // Splits as libpq's conninfo_uri_parse_options does. What libpq would refuse with a message that quotes the text (and
  // with it the password) is refused here first.
  void parse_postgres(std::string_view rest) {
    if (!rest.starts_with("//")) {
      throw malformed("'//' must follow the scheme", "Write postgresql://user@host/database.");
    }
    rest.remove_prefix(2);
    const std::size_t at = rest.find_first_of("@/");
    std::size_t hosts_begin = 0;
    if (at != std::string_view::npos && rest[at] == '@') {
      const std::string_view user_info = rest.substr(0, at);
      const std::size_t colon = user_info.find(':');
      user_ = decode(user_info.substr(0, colon), "user name");
      if (colon != std::string_view::npos) {
        raw_password_ = user_info.substr(colon + 1);
        secrets_.push_back(decode(raw_password_, "password"));
      }
      hosts_begin = at + 1;
    }
    const std::size_t hosts_end = std::min(rest.find_first_of("/?", hosts_begin), rest.size());
    check_hosts(rest.substr(hosts_begin, hosts_end - hosts_begin));
    hosts_ = rest.substr(hosts_begin, hosts_end - hosts_begin);
    authority_ = rest.substr(0, hosts_end);
    std::size_t query = hosts_end;
    if (hosts_end < rest.size() && rest[hosts_end] == '/') {
      query = std::min(rest.find('?', hosts_end), rest.size());
      database_ = decode(rest.substr(hosts_end + 1, query - hosts_end - 1), "database name");
    }
    if (query < rest.size()) {
      for (const auto& [key, value] : split_parameters(rest.substr(query + 1))) {
        keep_postgres_parameter(decode(key, "parameter name"), decode(value, "parameter"));
      }
    }
  }

  void check_hosts(std::string_view hosts) const {
    if (hosts.find('@') != std::string_view::npos) {
      throw malformed("there is an '@' in its host, so probably one in its password", encode_remedy);
    }
    while (!hosts.empty()) {
      std::string_view host = hosts.substr(0, hosts.find(','));
      hosts.remove_prefix(std::min(host.size() + 1, hosts.size()));
      if (host.starts_with('[')) {
        const std::size_t bracket = host.find(']');
        if (bracket == std::string_view::npos) {
          throw malformed("the '[' of its IPv6 address is not closed");
        }
        host.remove_prefix(bracket + 1);
        if (!host.empty() && host.front() != ':') {
          throw malformed("something other than a port follows the ']' of its IPv6 address");
        }
      }
      decode(host.substr(0, host.find(':')), "host");
      const std::size_t colon = host.find(':');
      const std::string_view port = colon == std::string_view::npos ? std::string_view{} : host.substr(colon + 1);
      if (port.find_first_not_of("0123456789") != std::string_view::npos) {
        throw malformed("its port is not a number, or a '/' or '@' stands unescaped in its password", encode_remedy);
      }
    }
  }

  void keep_postgres_parameter(std::string key, std::string value) {
    static constexpr std::string_view of_prismas_pool[] = {"connection_limit",     "pool_timeout",
                                                           "socket_timeout",       "pgbouncer",
                                                           "statement_cache_size", "single_use_connections"};
    if (key == "schema") {
      schema_ = std::move(value);
    } else if (std::find(std::begin(of_prismas_pool), std::end(of_prismas_pool), key) == std::end(of_prismas_pool)) {
      if (key == "password" || key == "sslpassword") {
        secrets_.push_back(value);
      }
      parameters_.emplace_back(std::move(key), std::move(value));
    }
  }

  void parse_sqlite(std::string_view rest, std::string_view scheme) {
    const std::size_t query = rest.find('?');
    std::string_view path = rest.substr(0, query);
    if (path.starts_with("//")) {
      path.remove_prefix(2);  // an authority, which a file has not: sqlite:///var/dev.db, sqlite://dev.db
    }
    if (path.empty()) {
      throw malformed("it names no file", "Write " + std::string{scheme} + ":FILE, or sqlite::memory:.");
    }
    path_ = path;
    if (query == std::string_view::npos) {
      return;
    }
    for (const auto& [key, value] : split_parameters(rest.substr(query + 1))) {
      if (key != "connection_limit" && key != "socket_timeout" && key != "pool_timeout" && key != "connect_timeout") {
        throw malformed("a SQLite URL has no parameter '" + std::string{key} + "'",
                        "Leave out what stands after the '?'.");
      }
    }
  }

  static std::vector<detail::url_parameter> split_parameters(std::string_view query) {
    std::vector<detail::url_parameter> parameters;
    while (!query.empty()) {
      const std::string_view entry = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(entry.size() + 1, query.size()));
      const std::size_t equals = entry.find('=');
      if (equals == std::string_view::npos || entry.find('=', equals + 1) != std::string_view::npos) {
        throw malformed("a parameter after the '?' is not KEY=VALUE",
                        "Write special characters of a value percent-encoded (& as %26, = as %3D).");
      }
      parameters.push_back({entry.substr(0, equals), entry.substr(equals + 1)});
    }
    return parameters;
  }

  static std::string decode(std::string_view text, const char* what) {
    auto decoded = detail::percent_decode(text);
    if (!decoded) {
      throw malformed("a '%' in its " + std::string{what} + " does not start an escape such as %40", encode_remedy);
    }
    return std::move(*decoded);
  }

  static std::string quoted_identifier(std::string_view name) {
    std::string quoted = "\"";
    for (const char c : name) {
      if (c == '"') {
        quoted += '"';
      }
      quoted += c;
    }
    quoted += '"';
    return quoted;
  }

  // The server splits `options` at white space; a backslash takes that meaning away.
  static std::string startup_option_value(std::string_view value) {
    std::string escaped;
    for (const char c : value) {
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == '\\') {
        escaped += '\\';
      }
      escaped += c;
    }
    return escaped;
  }

  [[nodiscard]] std::string decoded_hosts() const { return detail::percent_decode(hosts_).value_or(std::string{}); }

  // The last of a repeated parameter counts, as in libpq.
  [[nodiscard]] std::optional<std::string> parameter(std::string_view key) const {
    for (auto entry = parameters_.rbegin(); entry != parameters_.rend(); ++entry) {
      if (entry->first == key) {
        return entry->second;
      }
    }
    return std::nullopt;
  }

  instar::dialect dialect_ = instar::sqlite;
  std::string path_;                                             // SQLite
  std::string authority_;                                        // as written, user and password included
  std::string hosts_;                                            // as written
  std::string user_;                                             // decoded
  std::string database_;                                         // decoded
  std::string schema_;                                           // decoded
  std::string raw_password_;                                     // as written
  std::vector<std::pair<std::string, std::string>> parameters_;  // decoded
  std::vector<std::string> secrets_;                             // decoded
};

}  // namespace instar

#include <chrono>

namespace instar {

/// A value on its way to or from a database: its text, or NULL.
using sql_value = std::optional<std::string>;

/// The rows of one query as text, in the order the database gave them.
///
/// PostgreSQL: its own output format (`t`/`f`, `\x…` for bytea). SQLite: integers and text as they are, reals in the
/// shortest form that reads back as the same double, blobs as their bytes.
struct query_result {
  std::vector<std::string> columns;
  std::vector<std::vector<sql_value>> rows;
  std::uint64_t affected = 0;  ///< rows that an INSERT, UPDATE or DELETE touched
};

/// How to open a database.
struct open_options {
  bool create = false;                           ///< SQLite: make the file when it is not there. PostgreSQL: no effect.
  bool read_only = false;                        ///< refuse every write
  std::string application_name = "instar";       ///< in pg_stat_activity, unless the URL or PGAPPNAME names one
  std::chrono::milliseconds busy_timeout{5000};  ///< SQLite: how long to wait for another connection's lock
  std::chrono::seconds connect_timeout{10};      ///< PostgreSQL: per host, unless the URL or PGCONNECT_TIMEOUT says so
};

/// One open connection.
///
/// One thread at a time, except `interrupt()`. Every member but `interrupt()` may throw `database_error`. Closed by the
/// destructor; a transaction that is still open is rolled back then.
class database {
 public:
  database() = default;
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  virtual ~database() = default;

  [[nodiscard]] virtual instar::dialect dialect() const noexcept = 0;

  /// The URL this connection was opened with.
  [[nodiscard]] virtual const database_url& url() const noexcept = 0;

  /// Runs one statement or many, in order, and stops at the first that fails.
  ///
  /// PostgreSQL: the text goes out as ONE simple-protocol message, with nothing added round it. So without a BEGIN in
  /// it all of it is one transaction, and with BEGIN or COMMIT in it the session is in whatever state they leave.
  /// SQLite: each statement is its own transaction unless the text (or an earlier call) says BEGIN.
  ///
  /// A `COPY` to or from the client cannot work here: it throws `copy_data` and the connection is closed.
  virtual void execute(std::string_view sql) = 0;

  /// Runs one statement and returns its rows.
  ///
  /// \param parameters `$1`, `$2` … on PostgreSQL, `?1`, `?2` … on SQLite; bound as text or NULL.
  [[nodiscard]] virtual query_result query(std::string_view sql, std::span<const sql_value> parameters = {}) = 0;

  /// The first column of the first row; empty when there is no row or it is NULL.
  [[nodiscard]] sql_value query_value(std::string_view sql, std::span<const sql_value> parameters = {}) {
    query_result result = query(sql, parameters);
    if (result.rows.empty() || result.rows.front().empty()) {
      return std::nullopt;
    }
    return std::move(result.rows.front().front());
  }

  /// 150018 for PostgreSQL 15.18, 3040001 for SQLite 3.40.1. Costs nothing.
  [[nodiscard]] virtual int server_version() const = 0;

  /// "15.18", "3.40.1".
  [[nodiscard]] virtual std::string server_version_text() const = 0;

  /// Whether a transaction is open, a failed one included. PostgreSQL: one round trip; SQLite: free.
  [[nodiscard]] virtual bool in_transaction() = 0;

  /// Whether the database lives in this connection alone and is gone with it (`sqlite::memory:`).
  [[nodiscard]] virtual bool is_memory() const noexcept = 0;

  /// Whether the connection is still usable.
  [[nodiscard]] virtual bool is_open() const noexcept = 0;

  /// Makes the statement that runs now fail with `interrupted`; nothing happens when none runs.
  ///
  /// From any thread while this object lives. Not from a signal handler (PostgreSQL's cancel opens a connection and
  /// allocates): use `interrupt_on_signal`, which carries a signal to a thread that calls this.
  virtual void interrupt() noexcept = 0;

  /// What the server said by the way (NOTICE, WARNING …) since the last call, oldest first, and forgets it.
  [[nodiscard]] virtual std::vector<std::string> take_notices() = 0;
};

}  // namespace instar


// ---- instar/database/environment.hpp

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <system_error>

namespace instar {

/// One `NAME=value` of a .env file, quotes and escapes resolved.
struct environment_entry {
  std::string name;
  std::string value;
  std::size_t line;  ///< from 1
};

namespace detail {

inline bool is_name_start(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}
inline bool is_name_part(char c) {
  return is_name_start(c) || (c >= '0' && c <= '9');
}

/// Reads the text of a .env file from front to back.
class dotenv_reader {
 public:
  using lookup = std::function<std::optional<std::string>(std::string_view)>;

  dotenv_reader(std::string_view text, const lookup& outer) : text_(text), outer_(outer) {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      at_ = 3;
    }
  }

  std::vector<environment_entry> read() {
    while (at_ < text_.size()) {
      read_line();
    }
    return std::move(entries_);
  }

 private:
  void read_line() {
    skip_blanks();
    if (text_.substr(at_).starts_with("export") && at_ + 6 < text_.size() && is_blank(text_[at_ + 6])) {
      at_ += 6;
      skip_blanks();
    }
    const std::size_t line = line_;
    const std::size_t name_begin = at_;
    while (at_ < text_.size() && (is_name_part(text_[at_]) || text_[at_] == '.' || text_[at_] == '-')) {
      ++at_;
    }
    std::string name{text_.substr(name_begin, at_ - name_begin)};
    skip_blanks();
    if (name.empty() || at_ >= text_.size() || text_[at_] != '=') {
      skip_line();  // a comment, a blank line, or nothing that we know
      return;
    }
    ++at_;
    skip_blanks();
    std::string value = read_value();
    skip_line();
    entries_.push_back({std::move(name), std::move(value), line});
  }

  std::string read_value() {
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'' || text_[at_] == '`')) {
      return read_quoted(text_[at_]);
    }
    const std::size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    std::string_view value = text_.substr(at_, end - at_);
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '#' && (i == 0 || is_blank(value[i - 1]))) {
        value = value.substr(0, i);
        break;
      }
    }
    while (!value.empty() && is_blank(value.back())) {
      value.remove_suffix(1);
    }
    at_ = end;
    return expanded(value, false);
  }

  std::string read_quoted(char quote) {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && quote == '"' && at_ + 1 < text_.size()) {
        ++at_;
      }
      ++at_;
    }
    if (at_ >= text_.size()) {
      throw database_error(
          database_code::malformed_environment,
          {.message = "The .env file opens a quote in line " + std::to_string(line_) + " and never closes it.",
           .remedy = "Close the quote."});
    }
    const std::string_view raw = text_.substr(begin, at_ - begin);
    line_ += static_cast<std::size_t>(std::count(raw.begin(), raw.end(), '\n'));
    ++at_;
    return quote == '"' ? expanded(raw, true) : std::string{raw};
  }

  // ${NAME} and ${NAME:-default}; in double quotes also \n, \t, \r and a backslash before any other character.
  [[nodiscard]] std::string expanded(std::string_view raw, bool with_escapes) const {
    std::string value;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '\\' && i + 1 < raw.size() && (with_escapes || raw[i + 1] == '$')) {
        const char next = raw[++i];
        value += next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : next;
        continue;
      }
      const std::size_t close = raw[i] == '$' && raw.substr(i).starts_with("${") ? raw.find('}', i) : raw.npos;
      if (close == raw.npos) {
        value += raw[i];
        continue;
      }
      const std::string_view reference = raw.substr(i + 2, close - i - 2);
      const std::size_t fallback = reference.find(":-");
      const auto found = look_up(reference.substr(0, fallback));
      if (found && !(found->empty() && fallback != reference.npos)) {
        value += *found;
      } else if (fallback != reference.npos) {
        value += reference.substr(fallback + 2);
      }
      i = close;
    }
    return value;
  }

  // The real environment wins over the file, as it does for the variable itself.
  [[nodiscard]] std::optional<std::string> look_up(std::string_view name) const {
    if (auto value = outer_(name)) {
      return value;
    }
    const auto entry = std::find_if(entries_.rbegin(), entries_.rend(),
                                    [name](const environment_entry& candidate) { return candidate.name == name; });
    return entry == entries_.rend() ? std::nullopt : std::optional<std::string>{entry->value};
  }

  static bool is_blank(char c) { return c == ' ' || c == '\t'; }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) {
      ++at_;
    }
  }

  void skip_line() {
    at_ = std::min(text_.find('\n', at_), text_.size());
    if (at_ < text_.size()) {
      ++at_;
      ++line_;
    }
  }

  std::string_view text_;
  const lookup& outer_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<environment_entry> entries_;
};

}  // namespace detail

/// Reads the text of a .env file.
///
/// Understood: `NAME=value`, `export NAME=value`, comments (`#` at the start of a line, or after a blank), `'literal'`,
/// `` `literal` ``, `"with \n escapes"`, values of several lines in quotes, `${NAME}` and `${NAME:-default}` outside
/// single quotes. Any other line is passed over, as every reader of these files does.
///
/// \param outer what a `${NAME}` finds before the file's own earlier entries: the process environment.
/// \throws database_error `malformed_environment` for a quote that is not closed; no value is shown.
[[nodiscard]] inline std::vector<environment_entry> parse_environment_file(
    std::string_view text,
    const std::function<std::optional<std::string>(std::string_view)>& outer = [](std::string_view name) {
      return detail::environment_variable(std::string{name}.c_str());
    }) {
  return detail::dotenv_reader{text, outer}.read();
}

/// A database URL and where it was found, for the sentence that tells the user ("from DATABASE_URL in .env").
struct located_database_url {
  database_url url;
  std::string source;  ///< "--url", "DATABASE_URL" or "DATABASE_URL in .env:LINE"
};

/// Finds the database's URL: `given`, then the environment variable DATABASE_URL, then that of `.env` in `folder`.
///
/// A variable that is set but empty counts as not set.
///
/// \param given what the user named explicitly.
/// \throws database_error `no_url`, `malformed_environment`, and what the constructor of `database_url` throws, with
/// the
///         place in the message.
[[nodiscard]] inline located_database_url find_database_url(const std::optional<std::string>& given = std::nullopt,
                                                            const std::filesystem::path& folder = ".") {
  const auto located = [](std::string_view text, std::string source) {
    try {
      return located_database_url{database_url{text}, source};
    } catch (const database_error& error) {
      throw database_error(error.code(),
                           {.message = error.message() + " (It comes from " + source + ".)", .remedy = error.remedy()});
    }
  };
  if (given) {
    return located(*given, "--url");
  }
  if (const auto text = detail::environment_variable("DATABASE_URL")) {
    return located(*text, "DATABASE_URL");
  }
  const std::filesystem::path file = folder / ".env";
  std::error_code ignored;
  if (std::filesystem::is_regular_file(file, ignored)) {
    std::ifstream stream{file, std::ios::binary};
    if (!stream) {
      throw database_error(database_code::malformed_environment,
                           {.message = "The file '" + file.string() + "' cannot be read.",
                            .remedy = "Check its permissions, or set DATABASE_URL."});
    }
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    const auto entries = parse_environment_file(text);
    const auto entry = std::find_if(entries.rbegin(), entries.rend(),
                                    [](const environment_entry& e) { return e.name == "DATABASE_URL"; });
    if (entry != entries.rend() && !entry->value.empty()) {
      return located(entry->value, "DATABASE_URL in .env:" + std::to_string(entry->line));
    }
  }
  throw database_error(database_code::no_url,
                       {.message = "No database was named.",
                        .remedy = "Give --url, or set DATABASE_URL in the environment or in a .env file, such as "
                                  "DATABASE_URL=sqlite:dev.db."});
}

}  // namespace instar


// ---- instar/database/open.hpp

// 1, or defined without a value by hand, is "with"; 0 and not defined is "without".
#if defined(INSTAR_WITH_POSTGRES) && (INSTAR_WITH_POSTGRES + 0 || (0 - INSTAR_WITH_POSTGRES - 1) == 1)
#define INSTAR_HAS_POSTGRES 1

// ---- instar/database/postgres.hpp


// ---- instar/database/postgres_error.hpp

// What libpq says in prose, taken apart: libpqxx hands on the message of an error and no field of it but the SQLSTATE.

namespace instar::detail {

/// One character of UTF-8 and the columns that libpq counts for it.
struct displayed_character {
  std::size_t bytes;
  std::size_t width;
};

/// libpq counts two columns for East Asian wide characters and one for everything else, combining marks included.
inline displayed_character displayed_character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i])) : 0U;
  };
  std::size_t bytes = 1;
  std::uint32_t code = byte(0);
  if (code >= 0xF0) {
    bytes = 4;
    code = ((code & 0x07U) << 18U) | ((byte(1) & 0x3FU) << 12U) | ((byte(2) & 0x3FU) << 6U) | (byte(3) & 0x3FU);
  } else if (code >= 0xE0) {
    bytes = 3;
    code = ((code & 0x0FU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU);
  } else if (code >= 0xC0) {
    bytes = 2;
    code = ((code & 0x1FU) << 6U) | (byte(1) & 0x3FU);
  }
  struct range {
    std::uint32_t first;
    std::uint32_t last;
  };
  // Unicode's East_Asian_Width W and F, in the blocks that matter.
  static constexpr std::array<range, 24> wide{
      {{0x1100, 0x115F}, {0x231A, 0x231B}, {0x2329, 0x232A}, {0x23E9, 0x23EC}, {0x25FD, 0x25FE},   {0x2614, 0x2615},
       {0x2648, 0x2653}, {0x26AA, 0x26AB}, {0x2705, 0x2705}, {0x270A, 0x270B}, {0x2728, 0x2728},   {0x274C, 0x274C},
       {0x2753, 0x2755}, {0x2757, 0x2757}, {0x2E80, 0x303E}, {0x3041, 0xA4CF}, {0xA960, 0xA97C},   {0xAC00, 0xD7A3},
       {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}}};
  const bool is_wide =
      std::any_of(wide.begin(), wide.end(), [code](const range& r) { return code >= r.first && code <= r.last; });
  return {std::min(bytes, text.size() - at), is_wide ? std::size_t{2} : std::size_t{1}};
}

inline std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const displayed_character character = displayed_character_at(text, at);
    at += character.bytes;
    width += character.width;
  }
  return width;
}

/// The byte at which `columns` columns of `text` end; its size when it is narrower.
inline std::size_t byte_at_column(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (std::size_t width = 0; at < text.size() && width < columns;) {
    const displayed_character character = displayed_character_at(text, at);
    at += character.bytes;
    width += character.width;
  }
  return at;
}

/// The first byte of the line `number` (from 1) as libpq counts them: CR, LF and CR LF end a line.
inline std::optional<std::size_t> line_start(std::string_view text, std::size_t number) {
  std::size_t line = 1;
  std::size_t at = 0;
  while (line < number) {
    at = text.find_first_of("\r\n", at);
    if (at == std::string_view::npos) {
      return std::nullopt;
    }
    at += text.substr(at).starts_with("\r\n") ? 2 : 1;
    ++line;
  }
  return at;
}

/// libpq's picture of an error position: a numbered line of the text, perhaps cut at either end, and a caret below it.
struct error_excerpt {
  std::size_t line;           ///< from 1
  std::string_view text;      ///< what stands behind "LINE n: ", with "..." where it is cut
  std::size_t caret_column;   ///< columns between the start of `text` and the caret
  std::size_t message_begin;  ///< where the picture begins in the message
  std::size_t message_end;    ///< and where what follows it begins
};

/// Finds the picture by its shape, a line "word number: text" above a lone caret, since libpq translates the word.
inline std::optional<error_excerpt> find_error_excerpt(std::string_view message) {
  std::size_t begin = 0;
  while (begin < message.size()) {
    const std::size_t line_end = std::min(message.find('\n', begin), message.size());
    const std::size_t next = std::min(line_end + 1, message.size());
    const std::size_t next_end = std::min(message.find('\n', next), message.size());
    const std::string_view line = message.substr(begin, line_end - begin);
    const std::string_view below = message.substr(next, next_end - next);
    const std::size_t caret = below.find_first_not_of(' ');
    if (caret != std::string_view::npos && below.substr(caret) == "^") {
      const std::size_t digits = line.find_first_of("0123456789");
      const std::size_t digits_end =
          digits == std::string_view::npos ? std::string_view::npos : line.find_first_not_of("0123456789", digits);
      if (digits_end != std::string_view::npos && digits_end - digits < 10 &&
          line.substr(digits_end).starts_with(": ")) {
        std::size_t number = 0;
        for (const char digit : line.substr(digits, digits_end - digits)) {
          number = number * 10 + static_cast<std::size_t>(digit - '0');
        }
        const std::size_t prefix = display_width(line.substr(0, digits_end + 2));
        if (caret >= prefix && number > 0) {
          return error_excerpt{.line = number,
                               .text = line.substr(digits_end + 2),
                               .caret_column = caret - prefix,
                               .message_begin = begin,
                               .message_end = std::min(next_end + 1, message.size())};
        }
      }
    }
    begin = next;
    if (line_end == message.size()) {
      break;
    }
  }
  return std::nullopt;
}

/// The byte of `sql` that libpq's caret points at.
///
/// Exact, but for one case: a line of more than 60 columns that is cut at its start and in which the excerpt occurs
/// more than once; then the first occurrence counts.
inline std::optional<std::size_t> error_offset(std::string_view sql, const error_excerpt& excerpt) {
  const std::optional<std::size_t> start = line_start(sql, excerpt.line);
  if (!start) {
    return std::nullopt;
  }
  // libpq prints tabs as blanks.
  std::string line{sql.substr(*start, std::min(sql.find_first_of("\r\n", *start), sql.size()) - *start)};
  std::replace(line.begin(), line.end(), '\t', ' ');

  constexpr std::string_view cut = "...";
  std::string_view shown = excerpt.text;
  if (line == shown) {
    return *start + byte_at_column(line, excerpt.caret_column);
  }
  const bool cut_at_end = shown.ends_with(cut) && !line.ends_with(shown.substr(std::min(cut.size(), shown.size())));
  if (cut_at_end) {
    shown.remove_suffix(cut.size());
  }
  if (line.starts_with(shown)) {
    return *start + byte_at_column(line, excerpt.caret_column);
  }
  if (!shown.starts_with(cut) || excerpt.caret_column < cut.size()) {
    return std::nullopt;
  }
  shown.remove_prefix(cut.size());
  const std::size_t at = cut_at_end ? line.find(shown) : line.rfind(shown);
  if (at == std::string::npos) {
    return std::nullopt;
  }
  return *start + at + byte_at_column(shown, excerpt.caret_column - cut.size());
}

/// The fields of an error message of libpq in its default verbosity.
///
/// \param sql the text that was sent, for `offset`.
inline database_error_fields parse_postgres_error(std::string_view sql, std::string_view said) {
  database_error_fields fields;
  const auto excerpt = find_error_excerpt(said);
  std::string text{said};
  if (excerpt) {
    text.erase(excerpt->message_begin, excerpt->message_end - excerpt->message_begin);
  }
  // "ERROR:  " in whatever language: two blanks behind the colon of the first line.
  const std::size_t first_line = std::min(text.find('\n'), text.size());
  if (const std::size_t severity = text.find(":  "); severity < first_line) {
    text.erase(0, severity + 3);
  }
  struct section {
    std::string_view label;
    std::string database_error_fields::*field;
  };
  static constexpr std::array<section, 6> sections{{{"DETAIL:  ", &database_error_fields::detail},
                                                    {"HINT:  ", &database_error_fields::hint},
                                                    {"QUERY:  ", &database_error_fields::context},
                                                    {"CONTEXT:  ", &database_error_fields::context},
                                                    {"SCHEMA NAME:  ", nullptr},
                                                    {"LOCATION:  ", nullptr}}};
  bool inner_query = false;
  std::string discarded;
  std::string* current = &fields.message;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    for (const section& candidate : sections) {
      if (line.starts_with(candidate.label)) {
        current = candidate.field != nullptr ? &(fields.*candidate.field) : &discarded;
        inner_query = inner_query || candidate.label == "QUERY:  ";
        if (candidate.field != &database_error_fields::context) {
          line.remove_prefix(candidate.label.size());
        }
        break;
      }
    }
    if (!current->empty()) {
      *current += '\n';
    }
    *current += line;
  }
  while (fields.message.ends_with('\n')) {
    fields.message.pop_back();
  }
  // With a QUERY the picture shows the text of a function's own statement, not ours.
  if (excerpt && !inner_query) {
    fields.offset = error_offset(sql, *excerpt);
  }
  return fields;
}

/// The error of a statement, with the code that a program tells apart.
inline database_error postgres_statement_error(std::string_view sql, std::string_view said, std::string_view sqlstate) {
  database_error_fields fields = parse_postgres_error(sql, said);
  fields.sqlstate = sqlstate;
  if (sqlstate == "57014") {  // query_canceled, by us or by a statement_timeout
    return {database_code::interrupted, std::move(fields)};
  }
  if (sqlstate == "55P03" || sqlstate == "40P01") {  // lock_not_available, deadlock_detected
    fields.remedy = "Wait until the other session is done, and try again.";
    return {database_code::busy, std::move(fields)};
  }
  if (sqlstate == "25006") {  // read_only_sql_transaction
    fields.remedy = "Connect to the primary server, and as a role whose transactions may write.";
    return {database_code::read_only, std::move(fields)};
  }
  if (sqlstate == "42501") {  // insufficient_privilege
    fields.remedy = "Connect as the owner, or let a superuser grant what is missing.";
    return {database_code::permission, std::move(fields)};
  }
  return {database_code::statement_failed, std::move(fields)};
}

inline std::string without_line_ends(std::string_view text) {
  std::string joined;
  for (const char c : text) {
    if (c == '\n' || c == '\t') {
      if (!joined.empty() && joined.back() != ' ') {
        joined += ' ';
      }
    } else {
      joined += c;
    }
  }
  while (joined.ends_with(' ')) {
    joined.pop_back();
  }
  return joined;
}

inline database_error postgres_connection_lost(const database_url& url, std::string_view said,
                                               std::string_view sqlstate) {
  return {database_code::connection_lost,
          {.message = "The connection to " + url.redacted() +
                      " was lost: " + url.without_secrets(without_line_ends(said)) + ".",
           .remedy = "Check that the server is running, and try again.",
           .sqlstate = std::string{sqlstate}}};
}

/// Why a connection did not come about. libpq gives no SQLSTATE here, so the text decides; a server that speaks another
/// language ends in `refused`, with the server's own words.
inline database_error postgres_connection_error(const database_url& url, std::string_view said) {
  const std::string text = without_line_ends(said);
  const auto says = [&](std::string_view words) { return text.find(words) != std::string::npos; };
  const std::string where = url.redacted();
  if (says("password authentication failed") || says("no password supplied") || says("authentication failed") ||
      says("no pg_hba.conf entry") || (says("role \"") && says("does not exist")) || says("pg_hba.conf rejects") ||
      says("is not permitted to log in")) {
    return {database_code::authentication,
            {.message = "The server refused the login to " + where + " (" + text + ").",
             .remedy = "Check user and password in the database URL, and the server's pg_hba.conf."}};
  }
  if (says("database \"") && says("does not exist")) {
    return {database_code::database_missing,
            {.message = "The database '" + url.database_name() + "' does not exist on the server (" + where + ").",
             .remedy = "Create it, or correct the name in the database URL.",
             .sqlstate = "3D000"}};
  }
  if (says("FATAL: ")) {
    return {database_code::refused,
            {.message = "The server refused the connection to " + where + " (" + text + ").",
             .remedy = "Read the server's reason, and try again when it is out of the way."}};
  }
  if (says(" URI") || says("invalid connection option") || says("invalid integer value")) {
    return {database_code::malformed_url,
            {.message = "libpq cannot read the database URL (" + url.without_secrets(text) + ").",
             .remedy = "Correct the URL."}};
  }
  return {database_code::unreachable,
          {.message = "No PostgreSQL server answers at " + where + " (" + text + ").",
           .remedy = "Start the server, or correct host and port in the database URL."}};
}

}  // namespace instar::detail


// ---- instar/database/pqxx_adapter.hpp

// The one file that knows which libpqxx it is compiled with: 6.4 (Debian 12) or any 7.
//
// What differs, by libpqxx's own NEWS: 7.0 made one class of all connections and took automatic reconnection away; 7.5
// brought `params`, and 7.6 deprecated `make_dynamic_params` for it; 7.10 made `exec` take `params` and deprecated
// `exec_params`, and replaced `errorhandler` by notice handlers.

#include <pqxx/pqxx>

#include <exception>

#define INSTAR_PQXX_AT_LEAST(major, minor)                                                                             \
  (PQXX_VERSION_MAJOR > (major) || (PQXX_VERSION_MAJOR == (major) && PQXX_VERSION_MINOR >= (minor)))

#if !INSTAR_PQXX_AT_LEAST(6, 4)
#error "instar needs libpqxx 6.4 or newer"
#endif

namespace instar::detail {

/// What the server said by the way, kept instead of printed.
class pqxx_notices {
 public:
  void add(std::string_view message) noexcept {
    try {
      while (message.ends_with('\n')) {
        message.remove_suffix(1);
      }
      kept_.emplace_back(message);
    } catch (const std::exception&) {
      // A lost notice is better than a lost program.
    }
  }

  [[nodiscard]] std::vector<std::string> take() { return std::exchange(kept_, {}); }

 private:
  std::vector<std::string> kept_;
};

#if INSTAR_PQXX_AT_LEAST(7, 10)

/// Makes a connection hand its notices to `notices`, as long as it lives.
class pqxx_notice_listener {
 public:
  // A result may outlive its connection and keeps the handler, so the handler keeps the notices.
  pqxx_notice_listener(pqxx::connection& connection, const std::shared_ptr<pqxx_notices>& notices) {
    connection.set_notice_handler([notices](pqxx::zview message) noexcept { notices->add(message); });
  }
};

#else

/// Makes a connection hand its notices to `notices`, as long as this object lives.
class pqxx_notice_listener final : public pqxx::errorhandler {
 public:
  template <class Connection>
  pqxx_notice_listener(Connection& connection, std::shared_ptr<pqxx_notices> notices)
      : pqxx::errorhandler(connection), notices_(std::move(notices)) {}

  bool operator()(const char message[]) noexcept override {
    notices_->add(message);
    return false;
  }

 private:
  std::shared_ptr<pqxx_notices> notices_;
};

#endif

/// The SQLSTATE of an exception, empty when there is none.
///
/// libpqxx 6 gives some classes none although the server sent one (7.2.1: "fixed wrong SQLSTATE params to some
/// exceptions"), and makes transaction_rollback no sql_error; there the class itself says it.
inline std::string pqxx_sqlstate(const pqxx::failure& error) {
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error); sql != nullptr && !sql->sqlstate().empty()) {
    return sql->sqlstate();
  }
  const auto is = [&error]<class Class>(const Class*) { return dynamic_cast<const Class*>(&error) != nullptr; };
  if (is(static_cast<const pqxx::insufficient_privilege*>(nullptr))) {
    return "42501";
  }
  if (is(static_cast<const pqxx::deadlock_detected*>(nullptr))) {
    return "40P01";
  }
  if (is(static_cast<const pqxx::serialization_failure*>(nullptr))) {
    return "40001";
  }
  if (is(static_cast<const pqxx::statement_completion_unknown*>(nullptr))) {
    return "40003";
  }
  if (is(static_cast<const pqxx::transaction_rollback*>(nullptr))) {
    return "40000";
  }
  if (is(static_cast<const pqxx::too_many_connections*>(nullptr))) {
    return "53300";
  }
  return {};
}

/// A libpqxx connection reduced to what every version of the library can do.
///
/// Members throw pqxx's own exceptions, whose classes did not change: broken_connection, sql_error, failure.
class pqxx_session {
 public:
  /// \param text a libpq connection string or URI.
  explicit pqxx_session(const std::string& text) : connection_(text), listener_(connection_, notices_) {
#if !INSTAR_PQXX_AT_LEAST(7, 0)
    // libpqxx 6 would reconnect behind our back, and a lock, a transaction or a setting of the session would be gone.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection_.inhibit_reactivation(true);
#pragma GCC diagnostic pop
#endif
  }

  /// One simple-protocol message, outside any transaction of libpqxx.
  [[nodiscard]] pqxx::result execute(const std::string& sql) {
    pqxx::nontransaction work{connection_};
    return work.exec(sql);
  }

  /// One statement with parameters bound as text.
  [[nodiscard]] pqxx::result execute(const std::string& sql, std::span<const sql_value> parameters) {
    pqxx::nontransaction work{connection_};
#if INSTAR_PQXX_AT_LEAST(7, 5)
    pqxx::params bound;
    for (const sql_value& value : parameters) {
      if (value) {
        bound.append(*value);
      } else {
        bound.append();
      }
    }
#else
    std::vector<const char*> texts;  // null is NULL
    texts.reserve(parameters.size());
    for (const sql_value& value : parameters) {
      texts.push_back(value ? value->c_str() : nullptr);
    }
    const auto bound = pqxx::prepare::make_dynamic_params(texts);
#endif
#if INSTAR_PQXX_AT_LEAST(7, 10)
    return work.exec(sql, bound);
#else
    return work.exec_params(sql, bound);
#endif
  }

  /// Whether a result is the start of a COPY to or from the client, of which libpqxx says nothing.
  [[nodiscard]] static bool is_copy(const pqxx::result& result) {
    if (result.columns() == 0 || !result.empty()) {
      return false;
    }
    try {
      (void)result.column_type(0);  // every column of a query has a type, those of a COPY have none
      return false;
    } catch (const pqxx::argument_error&) {
      return true;
    }
  }

  [[nodiscard]] static query_result rows(const pqxx::result& result) {
    query_result copied;
    const auto columns = result.columns();
    using column_number = std::remove_const_t<decltype(columns)>;
    for (column_number column = 0; column < columns; ++column) {
      copied.columns.emplace_back(result.column_name(column));
    }
    copied.rows.reserve(static_cast<std::size_t>(result.size()));
    for (const auto& row : result) {
      auto& values = copied.rows.emplace_back();
      values.reserve(static_cast<std::size_t>(columns));
      for (column_number column = 0; column < columns; ++column) {
        const auto field = row[column];
        if (field.is_null()) {
          values.emplace_back(std::nullopt);
        } else {
          values.emplace_back(std::string(field.c_str(), static_cast<std::size_t>(field.size())));
        }
      }
    }
    copied.affected = static_cast<std::uint64_t>(result.affected_rows());
    return copied;
  }

  /// From any thread. Opens a second, short connection to the server; throws when that fails.
  void cancel() {
    connection_.cancel_query();
  }

  [[nodiscard]] int server_version() const {
    return connection_.server_version();
  }
  [[nodiscard]] bool is_open() const noexcept {
    return connection_.is_open();
  }
  [[nodiscard]] std::vector<std::string> take_notices() {
    return notices_->take();
  }

 private:
  std::shared_ptr<pqxx_notices> notices_ = std::make_shared<pqxx_notices>();
  pqxx::connection connection_;
  pqxx_notice_listener listener_;
};

}  // namespace instar::detail

#include <mutex>

namespace instar {

/// A connection to a PostgreSQL server through libpqxx. Opening it sends nothing but the startup packet.
class postgres_database final : public database {
 public:
  /// \throws database_error `unreachable`, `authentication`, `database_missing`, `refused`.
  explicit postgres_database(const database_url& url, const open_options& options = {}) : url_(url) {
    const std::string text = url_.libpq_text(
        {.application_name = options.application_name,
         .connect_timeout_seconds = static_cast<unsigned>(std::max<std::int64_t>(options.connect_timeout.count(), 0)),
         .read_only = options.read_only});
    try {
      session_ = std::make_unique<detail::pqxx_session>(text);
    } catch (const pqxx::failure& error) {
      throw detail::postgres_connection_error(url_, error.what());
    }
  }

  [[nodiscard]] instar::dialect dialect() const noexcept override { return instar::postgres; }
  [[nodiscard]] const database_url& url() const noexcept override { return url_; }
  [[nodiscard]] bool is_memory() const noexcept override { return false; }
  [[nodiscard]] bool is_open() const noexcept override { return session_ != nullptr && session_->is_open(); }
  [[nodiscard]] int server_version() const override { return session().server_version(); }

  [[nodiscard]] std::string server_version_text() const override {
    const int version = server_version();
    return std::to_string(version / 10000) + '.' + std::to_string(version % 10000);
  }

  void execute(std::string_view sql) override {
    const std::string text = checked(sql);
    (void)run(text, [&](detail::pqxx_session& session) { return session.execute(text); });
  }

  [[nodiscard]] query_result query(std::string_view sql, std::span<const sql_value> parameters = {}) override {
    const std::string text = checked(sql);
    for (const sql_value& value : parameters) {
      if (value && value->find('\0') != std::string::npos) {
        throw database_error(database_code::invalid_text,
                             {.message = "A parameter contains a NUL byte, which PostgreSQL's text cannot hold."});
      }
    }
    return detail::pqxx_session::rows(run(text, [&](detail::pqxx_session& session) {
      return parameters.empty() ? session.execute(text) : session.execute(text, parameters);
    }));
  }

  // Outside a transaction block now() is the start of this very statement; inside, it is that of the block.
  [[nodiscard]] bool in_transaction() override {
    try {
      return query_value("SELECT pg_catalog.now() <> pg_catalog.statement_timestamp()") == "t";
    } catch (const database_error& error) {
      if (error.sqlstate() == "25P02") {  // in_failed_sql_transaction
        return true;
      }
      throw;
    }
  }

  void interrupt() noexcept override {
    try {
      const std::lock_guard lock{closing_};
      if (session_) {
        session_->cancel();
      }
    } catch (const std::exception&) {
      // The server cannot be reached, so there is nothing left to cancel: the statement itself is about to fail.
    }
  }

  [[nodiscard]] std::vector<std::string> take_notices() override {
    return session_ ? session_->take_notices() : std::vector<std::string>{};
  }

 private:
  // PQexec runs to the first NUL; what follows would silently not be run.
  static std::string checked(std::string_view sql) {
    if (const std::size_t nul = sql.find('\0'); nul != std::string_view::npos) {
      throw database_error(
          database_code::invalid_text,
          {.message = "The SQL text contains a NUL byte.", .remedy = "Remove it from the script.", .offset = nul});
    }
    return std::string{sql};
  }

  [[nodiscard]] detail::pqxx_session& session() const {
    if (!session_) {
      throw detail::postgres_connection_lost(url_, "it was closed after an earlier error", {});
    }
    return *session_;
  }

  template <class Send>
  pqxx::result run(const std::string& sql, const Send& send) {
    try {
      pqxx::result result = send(session());
      if (detail::pqxx_session::is_copy(result)) {
        // What follows the COPY in this message has not run, and libpq would throw its errors away: end it here.
        close();
        throw database_error(database_code::copy_data,
                             {.message = "COPY to or from the client is not possible here; the connection was closed.",
                              .remedy = "Use INSERT, or COPY with a file on the server."});
      }
      return result;
    } catch (const pqxx::failure& error) {
      const std::string sqlstate = detail::pqxx_sqlstate(error);
      // An ERROR of class 08, such as dblink's, is a broken_connection to libpqxx although this one is whole.
      if (!is_open()) {
        close();
        throw detail::postgres_connection_lost(url_, error.what(), sqlstate);
      }
      throw detail::postgres_statement_error(sql, error.what(), sqlstate);
    }
  }

  void close() noexcept {
    const std::lock_guard lock{closing_};
    session_.reset();
  }

  database_url url_;
  std::mutex closing_;  // interrupt() on another thread must not meet a session that goes away
  std::unique_ptr<detail::pqxx_session> session_;
};

}  // namespace instar

#else
#define INSTAR_HAS_POSTGRES 0
#endif

#if defined(INSTAR_WITH_SQLITE) && (INSTAR_WITH_SQLITE + 0 || (0 - INSTAR_WITH_SQLITE - 1) == 1)
#define INSTAR_HAS_SQLITE 1

// ---- instar/database/sqlite.hpp

#include <sqlite3.h>

#include <atomic>
#include <charconv>
#include <cmath>

namespace instar {
namespace detail {

/// The name of a result code, as in sqlite.org/rescode.html; the primary code's name for an extended one not listed.
inline std::string sqlite_code_name(int code) {
  struct named_code {
    int code;
    const char* name;
  };
#define INSTAR_SQLITE_CODE(name)                                                                                       \
  { name, #name }
  static constexpr named_code codes[] = {
      INSTAR_SQLITE_CODE(SQLITE_BUSY_RECOVERY),
      INSTAR_SQLITE_CODE(SQLITE_BUSY_SNAPSHOT),
      INSTAR_SQLITE_CODE(SQLITE_BUSY_TIMEOUT),
      INSTAR_SQLITE_CODE(SQLITE_CANTOPEN_ISDIR),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_CHECK),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_DATATYPE),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_FOREIGNKEY),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_NOTNULL),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_PRIMARYKEY),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_ROWID),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_TRIGGER),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_UNIQUE),
      INSTAR_SQLITE_CODE(SQLITE_LOCKED_SHAREDCACHE),
      INSTAR_SQLITE_CODE(SQLITE_READONLY_CANTINIT),
      INSTAR_SQLITE_CODE(SQLITE_READONLY_CANTLOCK),
      INSTAR_SQLITE_CODE(SQLITE_READONLY_DBMOVED),
      INSTAR_SQLITE_CODE(SQLITE_READONLY_DIRECTORY),
      INSTAR_SQLITE_CODE(SQLITE_READONLY_RECOVERY),
      INSTAR_SQLITE_CODE(SQLITE_READONLY_ROLLBACK),
      INSTAR_SQLITE_CODE(SQLITE_ERROR),
      INSTAR_SQLITE_CODE(SQLITE_INTERNAL),
      INSTAR_SQLITE_CODE(SQLITE_PERM),
      INSTAR_SQLITE_CODE(SQLITE_ABORT),
      INSTAR_SQLITE_CODE(SQLITE_BUSY),
      INSTAR_SQLITE_CODE(SQLITE_LOCKED),
      INSTAR_SQLITE_CODE(SQLITE_NOMEM),
      INSTAR_SQLITE_CODE(SQLITE_READONLY),
      INSTAR_SQLITE_CODE(SQLITE_INTERRUPT),
      INSTAR_SQLITE_CODE(SQLITE_IOERR),
      INSTAR_SQLITE_CODE(SQLITE_CORRUPT),
      INSTAR_SQLITE_CODE(SQLITE_FULL),
      INSTAR_SQLITE_CODE(SQLITE_CANTOPEN),
      INSTAR_SQLITE_CODE(SQLITE_PROTOCOL),
      INSTAR_SQLITE_CODE(SQLITE_SCHEMA),
      INSTAR_SQLITE_CODE(SQLITE_TOOBIG),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT),
      INSTAR_SQLITE_CODE(SQLITE_MISMATCH),
      INSTAR_SQLITE_CODE(SQLITE_MISUSE),
      INSTAR_SQLITE_CODE(SQLITE_NOLFS),
      INSTAR_SQLITE_CODE(SQLITE_AUTH),
      INSTAR_SQLITE_CODE(SQLITE_RANGE),
      INSTAR_SQLITE_CODE(SQLITE_NOTADB),
  };
#undef INSTAR_SQLITE_CODE
  for (const int wanted : {code, code & 0xff}) {
    for (const named_code& known : codes) {
      if (known.code == wanted) {
        return known.name;
      }
    }
  }
  return "SQLITE_" + std::to_string(code);
}

/// A double as SQLite writes it, but with every digit that is needed to read the same double back.
inline std::string sqlite_real_text(double value) {
  if (std::isinf(value)) {
    return value > 0 ? "Inf" : "-Inf";
  }
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) {
    text += ".0";
  }
  return text;
}

}  // namespace detail

/// A connection to a SQLite database file, or to a new one in memory.
///
/// Foreign keys are enforced (SQLite's own default is off), extended result codes are on.
class sqlite_database final : public database {
 public:
  /// \throws database_error `database_missing`, `folder_missing`, `cannot_open`.
  explicit sqlite_database(const database_url& url, const open_options& options = {})
      : url_(url), busy_timeout_(options.busy_timeout) {
    const std::string& path = url_.sqlite_path();
    if (!url_.is_memory()) {
      check_path(path, options);
    }
    int flags = SQLITE_OPEN_FULLMUTEX;
    if (url_.is_memory()) {
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    } else if (options.read_only) {
      flags |= SQLITE_OPEN_READONLY;
    } else {
      flags |= SQLITE_OPEN_READWRITE | (options.create ? SQLITE_OPEN_CREATE : 0);
    }
    sqlite3* opened = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
    connection_.reset(opened);
    if (result != SQLITE_OK) {
      throw failure({});
    }
    sqlite3_extended_result_codes(connection_.get(), 1);
    sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
    sqlite3_busy_handler(connection_.get(), &wait_for_lock, this);
  }

  [[nodiscard]] instar::dialect dialect() const noexcept override { return instar::sqlite; }
  [[nodiscard]] const database_url& url() const noexcept override { return url_; }
  [[nodiscard]] int server_version() const override { return sqlite3_libversion_number(); }
  [[nodiscard]] std::string server_version_text() const override { return sqlite3_libversion(); }
  [[nodiscard]] bool in_transaction() override { return sqlite3_get_autocommit(connection_.get()) == 0; }
  [[nodiscard]] bool is_memory() const noexcept override { return url_.is_memory(); }
  [[nodiscard]] bool is_open() const noexcept override { return connection_ != nullptr; }
  [[nodiscard]] std::vector<std::string> take_notices() override { return {}; }

  void execute(std::string_view sql) override {
    interrupted_ = false;
    const std::string text = checked(sql);
    const char* rest = text.c_str();
    while (*rest != '\0') {
      prepared statement = prepare(text, rest);
      if (statement.handle) {
        while (step(statement) == SQLITE_ROW) {
        }
        // Between two statements sqlite3 has nothing to interrupt.
        if (interrupted_) {
          throw interrupted_error();
        }
      }
      rest = statement.rest;
    }
  }

  [[nodiscard]] query_result query(std::string_view sql, std::span<const sql_value> parameters = {}) override {
    interrupted_ = false;
    const std::string text = checked(sql);
    prepared statement = prepare(text, text.c_str());
    query_result result;
    if (!statement.handle) {
      return result;
    }
    if (*statement.rest != '\0' && prepare(text, statement.rest).handle) {
      throw database_error(database_code::statement_failed,
                           {.message = "query() takes one statement, and this text holds more.",
                            .remedy = "Send several statements through execute().",
                            .offset = static_cast<std::size_t>(statement.rest - text.c_str())});
    }
    bind(statement, parameters);
    sqlite3_stmt* const handle = statement.handle.get();
    const int columns = sqlite3_column_count(handle);
    for (int column = 0; column < columns; ++column) {
      const char* name = sqlite3_column_name(handle, column);
      result.columns.emplace_back(name != nullptr ? name : "");
    }
    const int changes_before = sqlite3_total_changes(connection_.get());
    while (step(statement) == SQLITE_ROW) {
      auto& row = result.rows.emplace_back();
      row.reserve(static_cast<std::size_t>(columns));
      for (int column = 0; column < columns; ++column) {
        row.push_back(column_value(handle, column));
      }
    }
    if (sqlite3_total_changes(connection_.get()) != changes_before) {
      result.affected = static_cast<std::uint64_t>(sqlite3_changes(connection_.get()));
    }
    return result;
  }

  void interrupt() noexcept override {
    interrupted_ = true;
    sqlite3_interrupt(connection_.get());
  }

  /// The sqlite3 handle, for what this interface does not offer. Lives as long as this object.
  [[nodiscard]] sqlite3* handle() const noexcept { return connection_.get(); }

 private:
  struct close_connection {
    void operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }
  };
  struct finalize_statement {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  struct prepared {
    std::unique_ptr<sqlite3_stmt, finalize_statement> handle;  // none where there was only white space and comments
    std::size_t offset;                                        // of the statement's first byte in the whole text
    const char* rest;                                          // what follows it
  };

  static void check_path(const std::string& path, const open_options& options) {
    std::error_code ignored;
    const std::filesystem::path file{path};
    if (std::filesystem::is_directory(file, ignored)) {
      throw database_error(database_code::cannot_open, {.message = "'" + path + "' is a folder, not a SQLite database.",
                                                        .remedy = "Name the file in it."});
    }
    const std::filesystem::path folder = file.parent_path();
    if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
      throw database_error(database_code::folder_missing,
                           {.message = "The folder '" + folder.string() + "' of the SQLite database '" +
                                       file.filename().string() + "' does not exist.",
                            .remedy = "Create the folder, or start from the folder that the path is relative to."});
    }
    if ((options.read_only || !options.create) && !std::filesystem::exists(file, ignored)) {
      throw database_error(database_code::database_missing,
                           {.message = "The SQLite database '" + path + "' does not exist.",
                            .remedy = "Check the path, which is relative to the working folder, or create the "
                                      "database first."});
    }
  }

  // sqlite3 runs to the first NUL, and copies its text once for every statement unless a NUL ends it.
  static std::string checked(std::string_view sql) {
    if (const std::size_t nul = sql.find('\0'); nul != std::string_view::npos) {
      throw database_error(
          database_code::invalid_text,
          {.message = "The SQL text contains a NUL byte.", .remedy = "Remove it from the script.", .offset = nul});
    }
    return std::string{sql};
  }

  prepared prepare(const std::string& text, const char* from) {
    sqlite3_stmt* handle = nullptr;
    const char* rest = nullptr;
    const int result = sqlite3_prepare_v3(connection_.get(), from, -1, 0, &handle, &rest);
    const auto offset = static_cast<std::size_t>(from - text.c_str());
    if (result != SQLITE_OK) {
      int error_offset = -1;
#if SQLITE_VERSION_NUMBER >= 3038000
      error_offset = sqlite3_error_offset(connection_.get());
#endif
      throw failure(error_offset >= 0 ? offset + static_cast<std::size_t>(error_offset) : skip_blank(text, offset));
    }
    return {std::unique_ptr<sqlite3_stmt, finalize_statement>{handle}, skip_blank(text, offset), rest};
  }

  // White space and comments, so that an error points at the statement and not at the remark above it.
  static std::size_t skip_blank(std::string_view text, std::size_t at) {
    while (at < text.size()) {
      if (std::string_view{" \t\n\r\f"}.find(text[at]) != std::string_view::npos) {
        ++at;
      } else if (text.substr(at).starts_with("--")) {
        at = std::min(text.find('\n', at), text.size());
      } else if (text.substr(at).starts_with("/*")) {
        const std::size_t end = text.find("*/", at + 2);
        at = end == std::string_view::npos ? text.size() : end + 2;
      } else {
        break;
      }
    }
    return at;
  }

  int step(const prepared& statement) {
    const int result = sqlite3_step(statement.handle.get());
    if (result != SQLITE_ROW && result != SQLITE_DONE) {
      throw failure(statement.offset);
    }
    return result;
  }

  void bind(const prepared& statement, std::span<const sql_value> parameters) {
    const int expected = sqlite3_bind_parameter_count(statement.handle.get());
    if (static_cast<std::size_t>(expected) != parameters.size()) {
      throw database_error(database_code::statement_failed,
                           {.message = "The statement has " + std::to_string(expected) + " parameters, but " +
                                       std::to_string(parameters.size()) + " were given.",
                            .remedy = "Give one value for each.",
                            .offset = statement.offset});
    }
    int position = 0;
    for (const sql_value& value : parameters) {
      ++position;
      // The values outlive the statement, so sqlite3 need not copy them.
      const int result = value ? sqlite3_bind_text64(statement.handle.get(), position, value->data(), value->size(),
                                                     SQLITE_STATIC, SQLITE_UTF8)
                               : sqlite3_bind_null(statement.handle.get(), position);
      if (result != SQLITE_OK) {
        throw failure(statement.offset);
      }
    }
  }

  static sql_value column_value(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return std::nullopt;
    case SQLITE_FLOAT:
      return detail::sqlite_real_text(sqlite3_column_double(statement, column));
    default:
      break;
    }
    // The blob call gives text and blobs as they are; of an integer it gives the text. It may be null when empty.
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
    const int size = sqlite3_column_bytes(statement, column);
    return bytes == nullptr ? std::string{} : std::string(bytes, static_cast<std::size_t>(size));
  }

  // Polls, so that interrupt() ends the wait too.
  static int wait_for_lock(void* self, int calls) {
    const auto& database = *static_cast<const sqlite_database*>(self);
    constexpr std::chrono::milliseconds step{5};
    if (database.interrupted_ || calls * step >= database.busy_timeout_) {
      return 0;
    }
    sqlite3_sleep(static_cast<int>(step.count()));
    return 1;
  }

  static database_error interrupted_error() {
    return database_error(database_code::interrupted,
                          {.message = "The work was interrupted.", .sqlstate = "SQLITE_INTERRUPT"});
  }

  [[nodiscard]] database_error failure(std::optional<std::size_t> offset) const {
    const int code = connection_ ? sqlite3_extended_errcode(connection_.get()) : SQLITE_NOMEM;
    const std::string said = connection_ ? sqlite3_errmsg(connection_.get()) : "out of memory";
    const std::string file = "'" + url_.redacted() + "'";
    database_error_fields fields{.sqlstate = detail::sqlite_code_name(code), .offset = offset};
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      if (interrupted_) {
        return interrupted_error();
      }
      fields.message = "The SQLite database " + file + " is locked by another connection (" + said + ").";
      fields.remedy = "Wait until the other program is done with it, or stop it, and try again.";
      return {database_code::busy, std::move(fields)};
    case SQLITE_READONLY:
      fields.message = "The SQLite database " + file + " is read-only (" + said + ").";
      fields.remedy = "Make the file and its folder writable for this user, or open another file.";
      return {database_code::read_only, std::move(fields)};
    case SQLITE_CANTOPEN:
      fields.message = "The SQLite database " + file + " cannot be opened (" + said + ").";
      fields.remedy = "Check that this user may read and write the file and its folder.";
      return {database_code::cannot_open, std::move(fields)};
    case SQLITE_NOTADB:
      fields.message = "The file " + file + " is not a SQLite database, or it is encrypted.";
      fields.remedy = "Check the path.";
      return {database_code::not_a_database, std::move(fields)};
    case SQLITE_CORRUPT:
      fields.message = "The SQLite database " + file + " is damaged (" + said + ").";
      fields.remedy = "Restore a backup, or save what can be read with sqlite3's .recover.";
      return {database_code::not_a_database, std::move(fields)};
    case SQLITE_INTERRUPT:
      return interrupted_error();
    default:
      fields.message = said;
      return {database_code::statement_failed, std::move(fields)};
    }
  }

  database_url url_;
  std::chrono::milliseconds busy_timeout_;
  std::atomic<bool> interrupted_ = false;
  std::unique_ptr<sqlite3, close_connection> connection_;
};

}  // namespace instar

#else
#define INSTAR_HAS_SQLITE 0
#endif

namespace instar {

/// Opens a connection.
///
/// \throws database_error `not_compiled_in`, `unreachable`, `authentication`, `database_missing`, `refused`,
///         `folder_missing`, `cannot_open`. SQLite reads a file only when asked for something, so `not_a_database`,
///         `busy` and `read_only` come from the first statement.
[[nodiscard]] inline std::unique_ptr<database> open_database(const database_url& url,
                                                             [[maybe_unused]] const open_options& options = {}) {
  if (url.dialect() == instar::sqlite) {
#if INSTAR_HAS_SQLITE
    return std::make_unique<sqlite_database>(url, options);
#else
    throw database_error(database_code::not_compiled_in,
                         {.message = "This program was built without SQLite, so it cannot open " + url.redacted() + ".",
                          .remedy = "Build it with INSTAR_WITH_SQLITE (the CMake component sqlite)."});
#endif
  }
#if INSTAR_HAS_POSTGRES
  return std::make_unique<postgres_database>(url, options);
#else
  throw database_error(
      database_code::not_compiled_in,
      {.message = "This program was built without PostgreSQL, so it cannot open " + url.redacted() + ".",
       .remedy = "Build it with INSTAR_WITH_POSTGRES (the CMake component postgres)."});
#endif
}

namespace detail {

/// A connection beside the database that `url` names: to `postgres`, otherwise to `template1` of the same server.
[[nodiscard]] inline std::unique_ptr<database> open_maintenance_database(const database_url& url) {
  const std::string_view target = "postgres";
  if (url.database_name() != target) {
    try {
      return open_database(url.with_database(target));
    } catch (const database_error& error) {
      if (error.code() != database_code::database_missing) {
        throw;
      }
    }
  }
  return open_database(url.with_database("template1"));
}

[[nodiscard]] inline std::string quoted_database_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    quoted.append(c == '"' ? 2 : 1, c);
  }
  quoted += '"';
  return quoted;
}

}  // namespace detail

/// Whether the database that a URL names exists: the SQLite file, or the database on a PostgreSQL server.
///
/// `sqlite::memory:` always exists. \throws database_error when the server cannot be asked.
[[nodiscard]] inline bool database_exists(const database_url& url) {
  if (url.dialect() == instar::sqlite) {
    std::error_code ignored;
    return url.is_memory() || std::filesystem::exists(url.sqlite_path(), ignored);
  }
  try {
    (void)open_database(url);
    return true;
  } catch (const database_error& error) {
    if (error.code() == database_code::database_missing) {
      return false;
    }
    if (error.code() != database_code::refused) {
      throw;
    }
    // The server may have said "does not exist" in a language that we cannot tell from another refusal.
    std::unique_ptr<database> server;
    try {
      server = detail::open_maintenance_database(url);
    } catch (const database_error&) {
    }
    const sql_value name = url.database_name();
    if (server && !server->query_value("SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1", {&name, 1})) {
      return false;
    }
    throw;
  }
}

/// Makes the empty database that a URL names. PostgreSQL: through the maintenance database (`postgres`, otherwise
/// `template1`) of the same server. SQLite: the file; its folder must exist.
///
/// \throws database_error `database_exists`, `permission`, `folder_missing` and what `open_database` throws.
inline void create_database(const database_url& url) {
  const auto exists_already = [&] {
    return database_error(database_code::database_exists,
                          {.message = "The database '" + url.database_name() + "' exists already.",
                           .remedy = "Use it, drop it first, or choose another name."});
  };
  if (url.dialect() == instar::sqlite) {
    if (url.is_memory()) {
      return;
    }
    if (database_exists(url)) {
      throw exists_already();
    }
    // An empty file is a valid empty database, and this is what sqlite3 makes of a new one.
    (void)open_database(url, {.create = true});
    return;
  }
  const auto server = detail::open_maintenance_database(url);
  try {
    server->execute("CREATE DATABASE " + detail::quoted_database_name(url.database_name()));
  } catch (const database_error& error) {
    if (error.sqlstate() == "42P04" || error.sqlstate() == "23505") {  // duplicate_database; the latter in a race
      throw exists_already();
    }
    throw;
  }
}

/// Drops the database that a URL names, if it is there. PostgreSQL: other sessions are thrown out of it.
/// SQLite: the file and its journal, write-ahead log and shared-memory files.
///
/// \return whether there was one. \throws database_error `permission`, `cannot_open` and what `open_database` throws.
inline bool drop_database(const database_url& url) {
  if (url.dialect() == instar::sqlite) {
    if (url.is_memory()) {
      return false;
    }
    bool existed = false;
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
      std::error_code error;
      const bool removed = std::filesystem::remove(url.sqlite_path() + suffix, error);
      if (error) {
        throw database_error(
            database_code::cannot_open,
            {.message = "The file '" + url.sqlite_path() + suffix + "' cannot be removed (" + error.message() + ").",
             .remedy = "Check that it is a file and that this user may write its folder."});
      }
      existed = existed || (removed && *suffix == '\0');
    }
    return existed;
  }
  const auto server = detail::open_maintenance_database(url);
  const sql_value name = url.database_name();
  if (!server->query_value("SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1", {&name, 1})) {
    return false;
  }
  if (server->server_version() < 130000) {
    (void)server->query("SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity "
                        "WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid()",
                        {&name, 1});
  }
  server->execute("DROP DATABASE IF EXISTS " + detail::quoted_database_name(*name) +
                  (server->server_version() < 130000 ? "" : " WITH (FORCE)"));
  return true;
}

}  // namespace instar



// ---- instar/database/interruption.hpp

#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

namespace instar {

namespace detail {

/// Handlers of signals, and those that were there before.
class signal_handlers {
 public:
  /// \param flags of sigaction; https://man7.org/linux/man-pages/man2/sigaction.2.html
  void install(const std::vector<int>& signals, void (*act)(int), int flags) {
    former_.reserve(signals.size());
    for (const int signal : signals) {
      struct sigaction handler {};
      handler.sa_handler = act;
      handler.sa_flags = flags;
      struct sigaction former {};
      // Whoever ignores a signal (nohup) goes on ignoring it.
      if (::sigaction(signal, nullptr, &former) == 0 && former.sa_handler != SIG_IGN &&
          ::sigaction(signal, &handler, nullptr) == 0) {
        former_.emplace_back(signal, former);
      }
    }
  }

  void restore() noexcept {
    for (const auto& [signal, former] : former_) {
      ::sigaction(signal, &former, nullptr);
    }
  }

 private:
  std::vector<std::pair<int, struct sigaction>> former_;
};

}  // namespace detail

/// While it lives, a signal interrupts a database: the statement that runs fails with `interrupted`, and the program
/// gets to say what state it leaves behind.
///
///     instar::interrupt_on_signal guard{*db};
///     db->execute(long_script);          // Ctrl-C: throws database_error, code() == database_code::interrupted
///     if (guard.raised() != 0) …         // between two statements nothing is there to fail
///
/// The handler writes one byte to a pipe, which is all that a handler may do; a thread of this object reads it and
/// acts. A second signal of the same kind has its former effect, so an impatient user still gets out. One object at a
/// time in a process; POSIX only. Destroy it before the database.
class interrupt_on_signal {
 public:
  explicit interrupt_on_signal(database& db, std::vector<int> signals = {SIGINT, SIGTERM})
      : interrupt_on_signal([&db](int) { db.interrupt(); }, std::move(signals)) {}

  /// \param action called with the signal on this object's thread, once for each signal; must not throw.
  /// \throws std::logic_error when another one lives; std::system_error when the process has no pipe or thread left.
  explicit interrupt_on_signal(std::function<void(int)> action, std::vector<int> signals = {SIGINT, SIGTERM})
      : action_(std::move(action)) {
    int ends[2];
    if (::pipe(ends) != 0) {
      throw std::system_error(errno, std::generic_category(), "no pipe for signals");
    }
    read_end_ = ends[0];
    write_end_ = ends[1];
    ::fcntl(read_end_, F_SETFD, FD_CLOEXEC);
    ::fcntl(write_end_, F_SETFD, FD_CLOEXEC);
    int none = -1;
    if (!pipe_of_handler().compare_exchange_strong(none, write_end_)) {
      close_pipe();
      throw std::logic_error("instar::interrupt_on_signal: only one at a time in a process");
    }
    try {
      start_thread();
    } catch (...) {
      pipe_of_handler() = -1;
      close_pipe();
      throw;
    }
    handlers_.install(signals, &pass_on, SA_RESTART | static_cast<int>(SA_RESETHAND));
  }

  interrupt_on_signal(const interrupt_on_signal&) = delete;
  interrupt_on_signal& operator=(const interrupt_on_signal&) = delete;

  ~interrupt_on_signal() {
    handlers_.restore();
    pipe_of_handler() = -1;
    const unsigned char stop = 0;
    while (::write(write_end_, &stop, 1) < 0 && errno == EINTR) {
    }
    thread_.join();
    close_pipe();
  }

  /// The first signal that came; 0 while none has.
  [[nodiscard]] int raised() const noexcept { return raised_; }

 private:
  static std::atomic<int>& pipe_of_handler() noexcept {
    static std::atomic<int> write_end{-1};
    return write_end;
  }

  static void pass_on(int signal) noexcept {
    const int saved = errno;
    const int write_end = pipe_of_handler();
    if (write_end >= 0) {
      const auto byte = static_cast<unsigned char>(signal);
      [[maybe_unused]] const auto written = ::write(write_end, &byte, 1);
    }
    errno = saved;
  }

  // The thread inherits the mask: signals go to the program's own threads.
  void start_thread() {
    sigset_t all;
    sigset_t former;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &former);
    try {
      thread_ = std::thread([this] { read_signals(); });
    } catch (...) {
      pthread_sigmask(SIG_SETMASK, &former, nullptr);
      throw;
    }
    pthread_sigmask(SIG_SETMASK, &former, nullptr);
  }

  void read_signals() {
    while (true) {
      unsigned char byte = 0;
      const auto count = ::read(read_end_, &byte, 1);
      if (count < 0 && errno == EINTR) {
        continue;
      }
      if (count != 1 || byte == 0) {
        return;
      }
      int none = 0;
      raised_.compare_exchange_strong(none, byte);
      action_(byte);
    }
  }

  void close_pipe() noexcept {
    ::close(read_end_);
    ::close(write_end_);
  }

  std::function<void(int)> action_;
  detail::signal_handlers handlers_;
  std::atomic<int> raised_ = 0;
  int read_end_ = -1;
  int write_end_ = -1;
  std::thread thread_;
};

/// While it lives, a signal ends the process: it says why, and exits with a status of its own.
///
/// For the time before anything is changed, in which there is nothing to interrupt or to put back. Unlike
/// `interrupt_on_signal` it needs no thread, which costs a short program a twentieth of its time. One object at a time
/// in a process; an `interrupt_on_signal` may take its place and give it back. POSIX only.
class exit_on_signal {
 public:
  /// \param to_error, to_output what to write to standard error and standard output, as it is
  /// \throws std::logic_error when another one lives.
  exit_on_signal(std::string to_error, std::string to_output, int status, std::vector<int> signals = {SIGINT, SIGTERM})
      : to_error_(std::move(to_error)), to_output_(std::move(to_output)), status_(status) {
    const exit_on_signal* none = nullptr;
    if (!object_of_handler().compare_exchange_strong(none, this)) {
      throw std::logic_error("instar::exit_on_signal: only one at a time in a process");
    }
    handlers_.install(signals, &end, 0);
  }

  exit_on_signal(const exit_on_signal&) = delete;
  exit_on_signal& operator=(const exit_on_signal&) = delete;

  ~exit_on_signal() {
    handlers_.restore();
    object_of_handler() = nullptr;
  }

 private:
  static std::atomic<const exit_on_signal*>& object_of_handler() noexcept {
    static std::atomic<const exit_on_signal*> object{nullptr};
    return object;
  }

  static void end(int) noexcept {
    if (const exit_on_signal* object = object_of_handler()) {
      write_all(STDERR_FILENO, object->to_error_);
      write_all(STDOUT_FILENO, object->to_output_);
      ::_exit(object->status_);
    }
  }

  static void write_all(int file, std::string_view text) noexcept {
    while (!text.empty()) {
      const auto count = ::write(file, text.data(), text.size());
      if (count < 0 && errno != EINTR) {
        return;
      }
      text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
  }

  std::string to_error_;
  std::string to_output_;
  int status_;
  detail::signal_handlers handlers_;
};

}  // namespace instar


#if __has_include(<boost/pfr/core.hpp>)

// ---- instar/database/rows.hpp

#include <boost/pfr.hpp>

#include <charconv>
#include <concepts>

namespace instar {

/// How a column's text becomes a T. Specialise it for a type of your own:
///
///     template <> struct instar::column_reader<my::money> {
///       static constexpr std::string_view expected = "an amount of money";
///       static std::optional<my::money> read(std::string_view text);  // nothing when it is none
///     };
template <class T>
struct column_reader;

/// A type that a column can be read as.
template <class T>
concept column_value = requires(std::string_view text) {
  { column_reader<T>::read(text) } -> std::same_as<std::optional<T>>;
  { column_reader<T>::expected } -> std::convertible_to<std::string_view>;
};

/// PostgreSQL prints `t` and `f`, SQLite stores 1 and 0.
template <>
struct column_reader<bool> {
  static constexpr std::string_view expected = "a bool (t, f, true, false, 1 or 0)";
  static std::optional<bool> read(std::string_view text) {
    if (text == "t" || text == "true" || text == "1") {
      return true;
    }
    if (text == "f" || text == "false" || text == "0") {
      return false;
    }
    return std::nullopt;
  }
};

template <>
struct column_reader<std::string> {
  static constexpr std::string_view expected = "text";
  static std::optional<std::string> read(std::string_view text) { return std::string{text}; }
};

/// Integers of any width; a value that does not fit is no value of the type.
template <class T>
requires(std::integral<T> && !std::same_as<T, bool>) struct column_reader<T> {
  static constexpr std::string_view expected =
      sizeof(T) == 1   ? (std::is_signed_v<T> ? "an 8-bit integer" : "an unsigned 8-bit integer")
      : sizeof(T) == 2 ? (std::is_signed_v<T> ? "a 16-bit integer" : "an unsigned 16-bit integer")
      : sizeof(T) == 4 ? (std::is_signed_v<T> ? "a 32-bit integer" : "an unsigned 32-bit integer")
                       : (std::is_signed_v<T> ? "a 64-bit integer" : "an unsigned 64-bit integer");
  static std::optional<T> read(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional<T>{value} : std::nullopt;
  }
};

template <std::floating_point T>
struct column_reader<T> {
  static constexpr std::string_view expected = "a number";
  static std::optional<T> read(std::string_view text) {
    T value{};
#if defined(__cpp_lib_to_chars)
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional<T>{value} : std::nullopt;
#else
    const std::string terminated{text};
    char* end = nullptr;
    value = static_cast<T>(std::strtod(terminated.c_str(), &end));
    return !text.empty() && end == terminated.c_str() + terminated.size() ? std::optional<T>{value} : std::nullopt;
#endif
  }
};

namespace detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

/// Where a value stands, for the message of an error.
struct column_place {
  std::string_view column;
  std::size_t row;  // from 0
};

/// A value as a message shows it: short, and in one line.
inline std::string quoted_excerpt(std::string_view value) {
  constexpr std::size_t longest = 60;
  std::string shown = "'";
  for (const char c : value.substr(0, longest)) {
    shown += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  if (value.size() > longest) {
    // Not in the middle of a character.
    while ((static_cast<unsigned char>(shown.back()) & 0xC0U) == 0x80U) {
      shown.pop_back();
    }
    if (static_cast<unsigned char>(shown.back()) >= 0xC0U) {
      shown.pop_back();
    }
    shown += "…";
  }
  return shown + "'";
}

[[noreturn]] inline void fail_column(const column_place& place, const sql_value& value, std::string_view expected) {
  const std::string where = "Column '" + std::string{place.column} + "' of row " + std::to_string(place.row + 1);
  if (!value) {
    throw database_error(database_code::bad_value,
                         {.message = where + " is NULL, but " + std::string{expected} + " was expected.",
                          .remedy = "Make the member a std::optional."});
  }
  throw database_error(
      database_code::bad_value,
      {.message = where + " is " + quoted_excerpt(*value) + ", which is not " + std::string{expected} + ".",
       .remedy = "Change the member's type, or cast the column in the query."});
}

template <class T>
T read_column(sql_value& value, const column_place& place) {
  if constexpr (is_optional<T>::value) {
    if (!value) {
      return std::nullopt;
    }
    return read_column<typename T::value_type>(value, place);
  } else {
    static_assert(column_value<T>, "This type cannot be read from a column: specialise instar::column_reader for it.");
    if constexpr (std::same_as<T, std::string>) {
      if (value) {
        return std::move(*value);
      }
    }
    std::optional<T> read = value ? column_reader<T>::read(*value) : std::nullopt;
    if (!read) {
      fail_column(place, value, column_reader<T>::expected);
    }
    return std::move(*read);
  }
}

template <class T>
concept single_column = column_value<T> || is_optional<T>::value;

}  // namespace detail

/// Turns rows into values of a type: an aggregate, whose members are the columns in order, or a single column's type.
///
/// Members are bool, integers, floating point, std::string, std::optional of those, and what has a `column_reader`. An
/// aggregate has no bases, and at most the members that Boost.PFR counts (200).
///
/// \throws database_error `column_count`, or `bad_value` with column, row and value.
template <class Row>
[[nodiscard]] std::vector<Row> rows_as(query_result result) {
  constexpr std::size_t members = [] {
    if constexpr (detail::single_column<Row>) {
      return std::size_t{1};
    } else {
      static_assert(std::is_aggregate_v<Row>, "A row type is a plain aggregate, or a type with a column_reader.");
      return boost::pfr::tuple_size_v<Row>;
    }
  }();
  if (result.columns.size() != members) {
    std::string names;
    for (const std::string& name : result.columns) {
      names += (names.empty() ? "" : ", ") + name;
    }
    throw database_error(database_code::column_count,
                         {.message = "The query gives " + std::to_string(result.columns.size()) + " columns (" + names +
                                     "), but the row type has " + std::to_string(members) + " members.",
                          .remedy = "Name the columns in the query in the order of the members."});
  }
  std::vector<Row> rows;
  rows.reserve(result.rows.size());
  for (std::size_t number = 0; number < result.rows.size(); ++number) {
    auto& values = result.rows[number];
    if constexpr (detail::single_column<Row>) {
      rows.push_back(detail::read_column<Row>(values.front(), {result.columns.front(), number}));
    } else {
      Row row{};
      boost::pfr::for_each_field(row, [&](auto& member, std::size_t column) {
        using member_type = std::remove_reference_t<decltype(member)>;
        member = detail::read_column<member_type>(values[column], {result.columns[column], number});
      });
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

/// Runs one statement and returns its rows as values of a type, see `rows_as`.
///
///     struct applied { std::string name; std::optional<std::string> finished_at; };
///     for (const auto& row : instar::query_as<applied>(db, "SELECT name, finished_at FROM t WHERE id = $1", id)) …
///
/// \throws database_error what `database::query` and `rows_as` throw.
template <class Row>
[[nodiscard]] std::vector<Row> query_as(database& db, std::string_view sql,
                                        std::span<const sql_value> parameters = {}) {
  return rows_as<Row>(db.query(sql, parameters));
}

/// As `query_as`, for a query that gives exactly one row.
///
/// \throws database_error also `row_count`.
template <class Row>
[[nodiscard]] Row query_one_as(database& db, std::string_view sql, std::span<const sql_value> parameters = {}) {
  std::vector<Row> rows = query_as<Row>(db, sql, parameters);
  if (rows.size() != 1) {
    throw database_error(database_code::row_count, {.message = "The query gives " + std::to_string(rows.size()) +
                                                               " rows, but one was expected."});
  }
  return std::move(rows.front());
}

/// Values as the parameters of a query: `db.query(sql, instar::parameters(7, "name", std::nullopt))`.
template <class... Values>
[[nodiscard]] std::array<sql_value, sizeof...(Values)> parameters(const Values&... values) {
  const auto text = []<class T>(const T& value) -> sql_value {
    if constexpr (std::same_as<T, std::nullopt_t> || std::same_as<T, std::nullptr_t>) {
      return std::nullopt;
    } else if constexpr (std::same_as<T, bool>) {
      return value ? "1" : "0";  // both databases read these as a truth value
    } else if constexpr (std::integral<T>) {
      return std::to_string(value);
    } else if constexpr (std::floating_point<T>) {
      char buffer[64];
      const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
      return std::string(buffer, end);
    } else {
      return std::string{std::string_view{value}};
    }
  };
  const auto optional_text = [&text]<class T>(const T& value) -> sql_value {
    if constexpr (detail::is_optional<T>::value) {
      return value ? text(*value) : std::nullopt;
    } else {
      return text(value);
    }
  };
  return {optional_text(values)...};
}

}  // namespace instar

#endif

// ---- instar/migrate/migrate.hpp

// Migrations: a history of SQL scripts, the ledger of a database, and the migrator that brings the two together.


// ---- instar/migrate/embedded.hpp

namespace instar {

/// One migration compiled into the program; `instar_embed_migrations` in CMake writes an array of them.
struct embedded_migration {
  std::string_view name{};    ///< the folder's name
  std::string_view sql{};     ///< the bytes of its migration.sql
  std::string_view sha256{};  ///< lower-case hex SHA-256 of those bytes
};

}  // namespace instar


// ---- instar/migrate/error.hpp

namespace instar {

/// The stable codes of what can go wrong between a migrations folder and a database. Compare with `==`.
namespace migration_code {
inline constexpr std::string_view folder_missing = "INS4001";  ///< there is no migrations folder
inline constexpr std::string_view script_missing = "INS4002";  ///< a migration's folder without migration.sql
inline constexpr std::string_view not_utf8 = "INS4003";        ///< a script or a name that is not UTF-8, or holds a NUL
inline constexpr std::string_view outside_folder = "INS4004";  ///< a link that leads out of the migrations folder
inline constexpr std::string_view same_timestamp = "INS4005";  ///< warning: two migrations with one timestamp
inline constexpr std::string_view empty_script = "INS4006";    ///< warning: a script without a statement
inline constexpr std::string_view lock_file_broken = "INS4007";    ///< migration_lock.toml cannot be read
inline constexpr std::string_view lock_file_conflict = "INS4008";  ///< migration_lock.toml holds merge-conflict markers
inline constexpr std::string_view provider_mismatch = "INS4009";   ///< the history is for another database (P3019)
inline constexpr std::string_view bad_name = "INS4010";            ///< a migration's name without a letter or digit
inline constexpr std::string_view name_too_long = "INS4011";       ///< a name that the ledger's column cannot hold
inline constexpr std::string_view cannot_read = "INS4012";         ///< the operating system refused to read
inline constexpr std::string_view cannot_write = "INS4013";        ///< the operating system refused to write
inline constexpr std::string_view no_folder = "INS4014";           ///< an embedded history has no folder to write to
inline constexpr std::string_view script_conflict = "INS4015";     ///< migration.sql holds merge-conflict markers
inline constexpr std::string_view failed_migration = "INS4020";  ///< an earlier try failed and was not resolved (P3009)
inline constexpr std::string_view edited_migration = "INS4021";  ///< the file is not what was applied
inline constexpr std::string_view missing_migration = "INS4022";   ///< applied, known to the snapshot, not on disk
inline constexpr std::string_view unknown_migration = "INS4023";   ///< applied, known to nobody here
inline constexpr std::string_view two_ledgers = "INS4024";         ///< _instar_migrations beside _prisma_migrations
inline constexpr std::string_view foreign_ledger = "INS4025";      ///< a table of the ledger's name that is no ledger
inline constexpr std::string_view not_empty = "INS4026";           ///< objects but no ledger (P3005)
inline constexpr std::string_view no_such_migration = "INS4027";   ///< a name that neither folder nor ledger knows
inline constexpr std::string_view nothing_to_resolve = "INS4028";  ///< the migration is not in a state to be resolved
inline constexpr std::string_view out_of_order = "INS4029";        ///< warning: older than one that is applied
inline constexpr std::string_view script_failed = "INS4030";       ///< the database rejected a migration (P3018)
inline constexpr std::string_view partly_applied = "INS4031";      ///< the same, of a script that is no one transaction
inline constexpr std::string_view journal_mismatch = "INS4032";    ///< statements that are applied were edited
inline constexpr std::string_view foreign_keys_broken =
    "INS4033";                                                   ///< SQLite: the migration leaves dangling references
inline constexpr std::string_view open_transaction = "INS4034";  ///< a script that begins a transaction, never ends it
inline constexpr std::string_view no_schema = "INS4035";     ///< PostgreSQL: search_path names no schema that exists
inline constexpr std::string_view lock_timeout = "INS4040";  ///< another runner holds the lock (P1002)
inline constexpr std::string_view shadow_unavailable = "INS4050";  ///< no shadow database can be had
inline constexpr std::string_view shadow_failed = "INS4051";       ///< a script does not run in the shadow database
inline constexpr std::string_view shadow_not_empty = "INS4052";    ///< the shadow database that was named is in use
inline constexpr std::string_view snapshot_broken = "INS4060";     ///< snapshot.hpp is not what instar writes
inline constexpr std::string_view snapshot_conflict = "INS4061";   ///< snapshot.hpp holds merge-conflict markers
inline constexpr std::string_view snapshot_missing = "INS4062";    ///< migrations but no snapshot.hpp
inline constexpr std::string_view snapshot_stale = "INS4063";  ///< snapshot.hpp does not know a migration of the folder
inline constexpr std::string_view no_models = "INS4070";       ///< this program was built without models
inline constexpr std::string_view data_loss = "INS4071";       ///< needs an answer: the plan destroys data
inline constexpr std::string_view name_needed = "INS4072";     ///< needs an answer: what to call the migration
inline constexpr std::string_view push_refused = "INS4080";    ///< the database's state is not known
inline constexpr std::string_view no_seed = "INS4085";         ///< nothing to seed with
inline constexpr std::string_view no_url = "INS4086";          ///< the operation needs a database, none was named
inline constexpr std::string_view stopped = "INS4090";         ///< interrupted
inline constexpr std::string_view no_introspection =
    "INS4095";  ///< needs to read a database's schema: not in this version
}  // namespace migration_code

/// A place in a script, as an editor shows it.
struct script_location {
  std::string file;        ///< path as it was given, or the embedded migration's name
  std::size_t line = 0;    ///< from 1
  std::size_t column = 0;  ///< from 1, in characters
  std::string text;        ///< the line, without its end; of a very long one the part round the column
  std::size_t caret = 0;   ///< the byte of `text` that `column` means
};

/// What the database said about a failing script; empty members were not said.
struct database_answer {
  std::string message;
  std::string sqlstate;
  std::string detail;
  std::string hint;
  std::string context;
};

/// What a `migration_error` carries; what does not apply stays empty.
struct migration_error_fields {
  std::string message;                      ///< one sentence of cause
  std::string remedy;                       ///< one sentence of what to do
  std::string state;                        ///< what state the database (or the folder) is in now
  std::string migration;                    ///< the migration's name
  std::optional<script_location> location;  ///< where in which file
  std::optional<database_answer> database;  ///< what the database said
};

/// Anything that stops a migration, with the state that it leaves. `what()` is "CODE: message remedy".
class migration_error : public std::runtime_error {
 public:
  /// \param code one of `migration_code`; must outlive the error (a literal).
  migration_error(std::string_view code, migration_error_fields fields)
      : std::runtime_error(compose(code, fields)), code_(code), fields_(std::move(fields)) {}

  [[nodiscard]] std::string_view code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return fields_.message; }
  [[nodiscard]] const std::string& remedy() const noexcept { return fields_.remedy; }
  [[nodiscard]] const std::string& state() const noexcept { return fields_.state; }
  [[nodiscard]] const std::string& migration() const noexcept { return fields_.migration; }
  [[nodiscard]] const std::optional<script_location>& location() const noexcept { return fields_.location; }
  [[nodiscard]] const std::optional<database_answer>& database() const noexcept { return fields_.database; }

  /// Whether the same call succeeds once a question is answered (`data_loss`, `name_needed`): exit code 3.
  [[nodiscard]] bool needs_answer() const noexcept {
    return code_ == migration_code::data_loss || code_ == migration_code::name_needed;
  }

 private:
  static std::string compose(std::string_view code, const migration_error_fields& fields) {
    std::string text{code};
    text += ": ";
    text += fields.message;
    if (!fields.remedy.empty()) {
      text += ' ';
      text += fields.remedy;
    }
    return text;
  }

  std::string_view code_;
  migration_error_fields fields_;
};

}  // namespace instar


// ---- instar/migrate/history.hpp


// ---- instar/migrate/file.hpp

#include <cstdio>

#if !defined(_WIN32)
#endif

/// \file Files of a migrations folder: read whole, written whole or not at all; places in their text.

namespace instar::detail {

[[nodiscard]] inline migration_error file_error(std::string_view code, std::string_view what,
                                                const std::filesystem::path& file, int error) {
  migration_error_fields fields;
  fields.message = std::string{what} + " " + file.string() + ": " + std::generic_category().message(error) + ".";
  fields.remedy = "Check that the path is right and that you may use it.";
  return migration_error{code, std::move(fields)};
}

/// The bytes of a file. \throws migration_error `cannot_read`
[[nodiscard]] inline std::string read_file(const std::filesystem::path& file) {
  std::FILE* opened = std::fopen(file.string().c_str(), "rb");
  if (opened == nullptr)
    throw file_error(migration_code::cannot_read, "Cannot read", file, errno);
  std::setvbuf(opened, nullptr, _IONBF, 0);  // one copy and two system calls less for each file
  std::string bytes;
  char buffer[16384];
  std::size_t n = 0;
  do {
    n = std::fread(buffer, 1, sizeof buffer, opened);
    bytes.append(buffer, n);
  } while (n == sizeof buffer);
  const int error = std::ferror(opened) != 0 ? errno : 0;
  std::fclose(opened);
  if (error != 0)
    throw file_error(migration_code::cannot_read, "Cannot read", file, error);
  return bytes;
}

#if !defined(_WIN32)
/// Makes what was written, or the names in a folder, survive a power cut.
inline void sync_to_disk(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    throw file_error(migration_code::cannot_write, "Cannot write", path, errno);
  const int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  // Some file systems cannot sync a folder; that costs durability of its names, not the content.
  if (error != 0 && error != EINVAL && error != EROFS)
    throw file_error(migration_code::cannot_write, "Cannot write", path, error);
}
#else
inline void sync_to_disk(const std::filesystem::path&) {}
#endif

/// Replaces a file by these bytes: a reader, or a crash, sees the old file or the new one, never a part.
///
/// \throws migration_error `cannot_write`; the old file is untouched then.
inline void write_file(const std::filesystem::path& file, std::string_view bytes) {
  std::filesystem::path fresh = file;
  fresh += ".new";
  std::error_code ignored;
  std::FILE* opened = std::fopen(fresh.string().c_str(), "wb");
  if (opened == nullptr)
    throw file_error(migration_code::cannot_write, "Cannot write", fresh, errno);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), opened) == bytes.size();
  int error = written ? 0 : errno;
  if (std::fclose(opened) != 0 && error == 0)
    error = errno;
  if (error != 0) {
    std::filesystem::remove(fresh, ignored);
    throw file_error(migration_code::cannot_write, "Cannot write", fresh, error);
  }
  sync_to_disk(fresh);
  std::error_code failed;
  std::filesystem::rename(fresh, file, failed);
  if (failed) {
    std::filesystem::remove(fresh, ignored);
    throw file_error(migration_code::cannot_write, "Cannot write", file, failed.value());
  }
  sync_to_disk(file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."});
}

/// The place of a byte in a script, with the part of its line that an error shows.
[[nodiscard]] inline script_location locate(std::string file, std::string_view script, std::size_t offset) {
  constexpr std::size_t longest = 400;
  offset = std::min(offset, script.size());
  const script_position position = position_in_script(script, offset);
  std::string_view line = line_in_script(script, offset);
  const auto begin = static_cast<std::size_t>(line.data() - script.data());
  std::size_t caret = offset > begin ? std::min(offset - begin, line.size()) : 0;
  if (line.size() > longest) {
    const auto inside_character = [&](std::size_t i) {
      return i < line.size() && (static_cast<unsigned char>(line[i]) & 0xC0U) == 0x80U;
    };
    std::size_t first = caret > longest / 2 ? caret - longest / 2 : 0;
    while (inside_character(first))
      --first;
    std::size_t end = std::min(first + longest, line.size());
    while (inside_character(end))
      ++end;
    line = line.substr(first, end - first);
    caret -= first;
  }
  return {std::move(file), position.line, position.column, std::string{line}, caret};
}

/// The first of the three lines that git leaves where a merge failed, or `npos`; one marker alone proves nothing.
[[nodiscard]] inline std::size_t find_conflict_marker(std::string_view text) noexcept {
  const auto line_start = [&](std::string_view marker, std::size_t from) noexcept {
    for (std::size_t at = text.find(marker, from); at != std::string_view::npos; at = text.find(marker, at + 1)) {
      const std::size_t after = at + marker.size();
      const bool ends = after == text.size() || text[after] == ' ' || text[after] == '\n' || text[after] == '\r';
      if (ends && (at == 0 || text[at - 1] == '\n'))
        return at;
    }
    return std::string_view::npos;
  };
  const std::size_t ours = line_start("<<<<<<<", 0);
  if (ours == std::string_view::npos)
    return ours;
  const std::size_t middle = line_start("=======", ours);
  return middle == std::string_view::npos || line_start(">>>>>>>", middle) == std::string_view::npos
             ? std::string_view::npos
             : ours;
}

}  // namespace instar::detail


// ---- instar/migrate/report.hpp

/// \file What the operations of `migrator` return: plain values that a command line prints as text or as JSON.

namespace instar {

/// Something worth saying that did not stop the operation.
struct migration_warning {
  std::string_view code{};  ///< one of `migration_code`
  std::string migration;    ///< the migration that it is about, may be empty
  std::string message;      ///< one sentence of cause
  std::string remedy;       ///< one sentence of what to do, may be empty
};

/// How folder, snapshot and ledger see one migration.
enum class migration_state : unsigned char {
  applied,    ///< in the folder and in the database, with the same checksum (line ends aside)
  pending,    ///< in the folder, not in the database (or rolled back there)
  resumable,  ///< failed half-way in a script that is no one transaction; deploy goes on at the failed statement
  failed,     ///< begun and not finished, and nobody knows how far; needs `resolve`
  edited,     ///< applied, but the file is no longer what was applied
  missing,    ///< applied and listed by the snapshot, but not in the folder
  unknown,    ///< applied, but neither in the folder nor in the snapshot: from another branch or another project
};

/// "applied", "pending" …
[[nodiscard]] constexpr std::string_view to_string(migration_state state) noexcept {
  switch (state) {
  case migration_state::applied:
    return "applied";
  case migration_state::pending:
    return "pending";
  case migration_state::resumable:
    return "resumable";
  case migration_state::failed:
    return "failed";
  case migration_state::edited:
    return "edited";
  case migration_state::missing:
    return "missing";
  case migration_state::unknown:
    return "unknown";
  }
  return "";
}

struct migration_status {
  std::string name;
  migration_state state = migration_state::pending;
  std::string checksum;         ///< of the file; empty when it is not there
  std::string ledger_checksum;  ///< of what was applied; empty when nothing was
  std::string started_at;       ///< as the database writes it; empty when never started
  std::string finished_at;
  std::string logs;       ///< what the database said when it failed
  std::size_t tries = 0;  ///< ledger rows of that name, rolled-back ones included
};

/// What `status()` sees. Sorted by name.
struct status_report {
  std::vector<migration_status> migrations;
  std::vector<migration_warning> warnings;
  std::string ledger;           ///< the ledger's table, qualified; empty when there is none yet
  bool adopted_prisma = false;  ///< the ledger is Prisma's
  bool database_exists = true;

  /// Whether every migration of the folder is applied, unedited, and nothing else is: exit code 0.
  [[nodiscard]] bool up_to_date() const noexcept {
    for (const migration_status& m : migrations)
      if (m.state != migration_state::applied)
        return false;
    return true;
  }

  [[nodiscard]] std::size_t count(migration_state state) const noexcept {
    std::size_t n = 0;
    for (const migration_status& m : migrations)
      n += m.state == state ? 1 : 0;
    return n;
  }
};

/// One migration that `deploy()` applied.
struct applied_migration {
  std::string name;
  std::chrono::microseconds took{};
  std::size_t statements = 0;        ///< of the script
  std::size_t skipped = 0;           ///< of those, applied by an earlier try
  bool transactional = true;         ///< the script and its ledger row were one transaction
  std::vector<std::string> notices;  ///< what the server said by the way
};

struct deploy_report {
  std::vector<applied_migration> applied;  ///< in the order in which they ran
  std::size_t already_applied = 0;
  std::vector<migration_warning> warnings;
  std::string ledger;  ///< the ledger's table, qualified
  bool adopted_prisma = false;
  bool created_database = false;
};

struct resolve_report {
  std::string migration;
  std::string change;  ///< one sentence: what the ledger says now
};

struct reset_report {
  std::vector<std::string> dropped;  ///< "table public.users", "extension pg_trgm" …
  deploy_report deployed;
  bool seeded = false;
};

/// A reason why `migrate dev` cannot go on, and the ways out.
struct history_problem {
  std::string_view code{};  ///< `edited_migration`, `missing_migration`, `unknown_migration`, `failed_migration` …
  std::string migration;
  std::string message;                ///< one sentence of cause
  std::vector<std::string> ways_out;  ///< each one sentence, the mildest first
};

/// What `migrate dev` would do now.
struct next_plan {
  status_report status;
  std::vector<history_problem> problems;  ///< not empty: nothing may be planned or applied before they are solved
  std::vector<std::string> pending;       ///< migrations of the folder that are to be applied first
  plan steps;                             ///< from the snapshot to the models
  std::vector<std::string> summary;       ///< one human line for each step
  std::string script;                     ///< the text of the migration.sql to write
  bool loses_data = false;
  std::shared_ptr<const void> storage;  ///< keeps what `steps` looks at alive

  /// There are steps, but none that this dialect runs (a comment on SQLite): they are no migration, and the snapshot
  /// alone follows the models.
  bool snapshot_alone = false;

  [[nodiscard]] bool blocked() const noexcept { return !problems.empty(); }
  /// Whether the models want a migration.
  [[nodiscard]] bool wants_migration() const noexcept { return !steps.empty() && !snapshot_alone; }
  [[nodiscard]] bool up_to_date() const noexcept { return !blocked() && pending.empty() && steps.empty(); }
};

/// A migration that was written.
struct created_migration {
  std::string name;
  std::filesystem::path script;    ///< its migration.sql
  std::filesystem::path snapshot;  ///< the snapshot header that was updated
  std::string sql;
};

struct dev_report {
  next_plan planned;
  std::optional<created_migration> created;
  deploy_report deployed;            ///< pending migrations and, unless create_only, the new one
  std::filesystem::path snapshot{};  ///< the snapshot header, where it followed the models without a migration
};

struct push_report {
  std::vector<std::string> summary;  ///< one human line for each step
  std::vector<std::string> statements;
  bool created_database = false;
};

struct snapshot_report {
  std::filesystem::path file;
  bool changed = false;
  bool schema_from_models = false;  ///< the schema was taken from the models, not kept from the old snapshot
  std::size_t migrations = 0;
};

struct diff_report {
  plan steps;
  std::vector<std::string> summary;  ///< one human line for each step
  std::vector<std::string> statements;
  std::string script;  ///< the statements with their comments and warnings
  bool loses_data = false;
  std::shared_ptr<const void> storage;  ///< keeps what `steps` looks at alive

  [[nodiscard]] bool empty() const noexcept { return steps.empty(); }
};

/// Something that is going on now, told while an operation runs, from the thread that runs it.
struct migration_progress {
  enum class event : unsigned char {
    creating_database,   ///< the database was not there
    waiting_for_lock,    ///< told once; `detail` names the holder
    applying,            ///< `migration`, `index` of `total`
    running_statement,   ///< of a script that is no one transaction; `index` of `total`
    applied,             ///< `migration`, `took`
    resuming,            ///< `migration`, `index`: the statement at which an earlier try stopped
    checking_in_shadow,  ///< `migration`, `index` of `total`
    seeding,
    notice,  ///< `detail`: what the server said by the way
  };
  event what;
  std::string_view migration{};  ///< valid during the call
  std::size_t index = 0;         ///< from 1
  std::size_t total = 0;
  std::chrono::microseconds took{};
  std::string_view detail{};  ///< valid during the call
};

}  // namespace instar


// ---- instar/migrate/sha256.hpp

namespace instar::detail {

/// SHA-256 (FIPS 180-4) of text that comes in pieces: the checksum of a migration.
class sha256 {
 public:
  void add(std::string_view bytes) noexcept {
    length_ += bytes.size();
    for (const char c : bytes) {
      block_[filled_++] = static_cast<std::uint8_t>(c);
      if (filled_ == block_.size()) {
        mix_block();
        filled_ = 0;
      }
    }
  }

  /// The digest in lower-case hex. Nothing may be added afterwards.
  [[nodiscard]] std::string finish() {
    const std::uint64_t bits = static_cast<std::uint64_t>(length_) * 8;
    add(std::string_view{"\x80", 1});
    while (filled_ != block_.size() - 8)
      add(std::string_view{"\0", 1});
    for (int shift = 56; shift >= 0; shift -= 8) {
      const char byte = static_cast<char>(static_cast<unsigned char>(bits >> shift));
      add(std::string_view{&byte, 1});
    }
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(64);
    for (const std::uint32_t word : state_)
      for (int shift = 28; shift >= 0; shift -= 4)
        hex += digits[(word >> shift) & 15U];
    return hex;
  }

 private:
  void mix_block() noexcept {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i != 16; ++i)
      w[i] = static_cast<std::uint32_t>(block_[4 * i]) << 24 | static_cast<std::uint32_t>(block_[4 * i + 1]) << 16 |
             static_cast<std::uint32_t>(block_[4 * i + 2]) << 8 | static_cast<std::uint32_t>(block_[4 * i + 3]);
    for (std::size_t i = 16; i != 64; ++i) {
      const std::uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
      const std::uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state_;
    for (std::size_t i = 0; i != 64; ++i) {
      const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
      const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
      const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
      const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + t1;
      d = c;
      c = b;
      b = a;
      a = t1 + t2;
    }
    const std::array<std::uint32_t, 8> mixed{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i != 8; ++i)
      state_[i] += mixed[i];
  }

  // The fractional parts of the cube roots of the first 64 primes.
  static constexpr std::array<std::uint32_t, 64> round_constants{
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
      0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
      0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
      0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
      0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
      0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
      0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
      0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

  // The fractional parts of the square roots of the first eight primes.
  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> block_{};
  std::size_t filled_ = 0;
  std::size_t length_ = 0;
};

[[nodiscard]] inline std::string sha256_hex(std::string_view bytes) {
  sha256 digest;
  digest.add(bytes);
  return digest.finish();
}

}  // namespace instar::detail

/// \file A history of migrations: what the folder (or the program) holds, independent of any database.

namespace instar {

/// One migration of a history.
struct migration {
  std::string name;            ///< the folder's name
  std::string sql;             ///< the bytes of its migration.sql
  std::string checksum;        ///< lower-case hex SHA-256 of those bytes
  std::filesystem::path file;  ///< its migration.sql; empty: embedded

  /// What an error calls the script.
  [[nodiscard]] std::string display_name() const { return file.empty() ? name + "/migration.sql" : file.string(); }
};

/// A history of migrations, sorted by the bytes of their names.
struct history {
  std::vector<migration> migrations;
  std::optional<instar::dialect> provider;  ///< what the lock file says; none: there is no lock file
  std::optional<std::filesystem::path> folder;
  std::vector<migration_warning> warnings;

  [[nodiscard]] const migration* find(std::string_view name) const noexcept {
    const auto found = std::lower_bound(migrations.begin(), migrations.end(), name,
                                        [](const migration& m, std::string_view n) { return m.name < n; });
    return found == migrations.end() || found->name != name ? nullptr : &*found;
  }
};

namespace detail {

/// The longest name that the ledger's VARCHAR(255) holds on every dialect, in bytes.
inline constexpr std::size_t longest_migration_name = 255;

/// The name of a dialect in migration_lock.toml.
[[nodiscard]] constexpr std::string_view provider_name(dialect d) noexcept {
  return d == instar::postgres ? "postgresql" : "sqlite";
}

/// Whether a script is the one that a ledger's checksum was taken from, line ends aside: git may turn LF into CRLF on
/// one machine and not on another.
[[nodiscard]] inline bool has_checksum(const migration& m, std::string_view checksum) {
  if (m.checksum == checksum)
    return true;
  sha256 unix_lines;
  sha256 windows_lines;
  std::string_view rest = m.sql;
  for (;;) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos)
      break;
    const std::string_view line = rest.substr(0, end != 0 && rest[end - 1] == '\r' ? end - 1 : end);
    unix_lines.add(line);
    unix_lines.add("\n");
    windows_lines.add(line);
    windows_lines.add("\r\n");
    rest.remove_prefix(end + 1);
  }
  unix_lines.add(rest);
  windows_lines.add(rest);
  return unix_lines.finish() == checksum || windows_lines.finish() == checksum;
}

/// The fourteen digits that a migration's name begins with, or nothing.
[[nodiscard]] inline std::string_view timestamp_of(std::string_view name) noexcept {
  constexpr std::size_t digits = 14;
  if (name.size() < digits)
    return {};
  for (std::size_t i = 0; i != digits; ++i)
    if (name[i] < '0' || name[i] > '9')
      return {};
  return name.substr(0, digits);
}

/// What the lock file of a history says.
///
/// It is TOML, of which it has comments and one `provider = "…"`. A missing one is fine (nothing then says that the
/// history is for another database); a broken one is not: Prisma lets it pass, and the check with it.
/// \throws migration_error `lock_file_broken`, `lock_file_conflict`, `provider_mismatch` for a database unknown to us
[[nodiscard]] inline instar::dialect parse_lock_file(const std::filesystem::path& file, std::string_view text) {
  const auto fail = [&](std::string_view code, std::string message, std::string remedy, std::size_t offset) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "No database was touched.";
    fields.location = locate(file.string(), text, offset);
    return migration_error{code, std::move(fields)};
  };
  const std::string rewrite = "Write one line into it, provider = \"postgresql\" or provider = \"sqlite\".";
  if (const std::size_t marker = find_conflict_marker(text); marker != std::string_view::npos)
    throw fail(migration_code::lock_file_conflict, "The lock file holds the marks of a merge that was not finished.",
               "Keep one of the two sides and delete the lines that begin with <<<<<<<, ======= and >>>>>>>.", marker);
  std::optional<std::pair<std::string_view, std::size_t>> provider;
  std::size_t at = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  constexpr std::string_view blanks = " \t\r";
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::size_t line_at = at;
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const std::size_t first = line.find_first_not_of(blanks);
    if (first == std::string_view::npos || line[first] == '#')
      continue;
    line.remove_prefix(first);
    line = line.substr(0, line.find_last_not_of(blanks) + 1);
    if (line.front() == '[' && line.back() == ']')
      break;  // a table: none of ours, and no key of the document's own can follow
    const std::size_t equals = line.find('=');
    std::string_view key = line.substr(0, equals == std::string_view::npos ? 0 : equals);
    key = key.substr(0, key.find_last_not_of(blanks) + 1);
    if (key.empty())
      throw fail(migration_code::lock_file_broken, "The lock file has a line that is no `key = value`.", rewrite,
                 line_at + first);
    if (key != "provider")
      continue;
    std::string_view value = line.substr(equals + 1);
    value.remove_prefix(std::min(value.find_first_not_of(blanks), value.size()));
    const char quote = value.empty() ? '\0' : value.front();
    const std::size_t close = quote == '"' || quote == '\'' ? value.find(quote, 1) : std::string_view::npos;
    const std::string_view after = close == std::string_view::npos ? "?" : value.substr(close + 1);
    const std::size_t more = after.find_first_not_of(blanks);
    if (close == std::string_view::npos || (more != std::string_view::npos && after[more] != '#') || provider)
      throw fail(migration_code::lock_file_broken,
                 provider ? "The lock file names its provider twice." : "The lock file's provider is no quoted text.",
                 rewrite, line_at + first);
    provider = {value.substr(1, close - 1), line_at + first};
  }
  if (!provider)
    throw fail(migration_code::lock_file_broken, "The lock file names no provider.", rewrite, text.size());
  if (provider->first == "postgresql" || provider->first == "postgres")
    return instar::postgres;
  if (provider->first == "sqlite")
    return instar::sqlite;
  throw fail(migration_code::provider_mismatch,
             "The history is for `" + std::string{provider->first} +
                 "` (migration_lock.toml), which instar does not speak (P3019).",
             "Start a history for postgresql or sqlite in another folder.", provider->second);
}

/// Refuses a history that was written for another database. The code of Prisma is in the text for those who search for
/// it.
inline void check_provider(const history& read, dialect database) {
  if (!read.provider || *read.provider == database)
    return;
  migration_error_fields fields;
  fields.message = "The history is for `" + std::string{provider_name(*read.provider)} +
                   "` (migration_lock.toml), but the database is `" + std::string{provider_name(database)} +
                   "` (P3019).";
  fields.remedy = "Name a " + std::string{provider_name(*read.provider)} +
                  " database, or start a history for this one in another folder.";
  fields.state = "No database was touched.";
  throw migration_error{migration_code::provider_mismatch, std::move(fields)};
}

/// Refuses a name that a ledger cannot hold or a terminal cannot show.
inline void check_migration_name(std::string_view name) {
  const auto fail = [](std::string_view code, std::string message, std::string remedy) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "Nothing was written.";
    return migration_error{code, std::move(fields)};
  };
  if (name.size() > longest_migration_name)
    throw fail(migration_code::name_too_long,
               "A migration's name of " + std::to_string(name.size()) + " bytes is longer than the ledger's " +
                   std::to_string(longest_migration_name) + ".",
               "Choose a shorter name.");
  if (first_invalid_utf8(name))
    throw fail(migration_code::not_utf8, "A migration's name is not UTF-8.", "Rename its folder.");
  if (name.empty() || std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '/' || c == '\\';
      }))
    throw fail(migration_code::bad_name, "A migration's name is empty, or holds a slash or a control character.",
               "Rename it.");
}

/// A script that is about to run, split into its statements.
///
/// Only what is to run is looked at this closely: of what was applied nothing can be changed any more.
/// \throws migration_error `not_utf8`, `script_conflict`, and the lexer's `script_code` for text that has no end
[[nodiscard]] inline std::vector<script_statement> checked_statements(dialect target, const migration& m) {
  const auto fail = [&](std::string_view code, std::string message, std::string remedy, std::size_t offset) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "Nothing of it was run.";
    fields.migration = m.name;
    fields.location = locate(m.display_name(), m.sql, offset);
    return migration_error{code, std::move(fields)};
  };
  if (const std::size_t marker = find_conflict_marker(m.sql); marker != std::string_view::npos)
    throw fail(migration_code::script_conflict, "The script holds the marks of a merge that was not finished.",
               "Keep what belongs into it and delete the lines that begin with <<<<<<<, ======= and >>>>>>>.", marker);
  if (m.sql.starts_with("\xFF\xFE") || m.sql.starts_with("\xFE\xFF"))
    throw fail(migration_code::not_utf8, "The script is UTF-16, not UTF-8.", "Save it as UTF-8 text.", 0);
  try {
    return split_script(target, m.sql);
  } catch (const script_error& error) {
    const bool encoding = error.code() == script_code::nul_byte || error.code() == script_code::invalid_utf8;
    throw fail(encoding ? migration_code::not_utf8 : error.code(), error.message(), error.remedy(), error.offset());
  }
}

[[nodiscard]] inline migration_warning empty_script_warning(const migration& m) {
  return {migration_code::empty_script, m.name, "The script of " + m.name + " has no statement.",
          "Fill it in before it is applied anywhere; afterwards leave it as it is."};
}

inline void warn_of_equal_timestamps(history& read) {
  for (std::size_t i = 1; i < read.migrations.size(); ++i) {
    const std::string_view stamp = timestamp_of(read.migrations[i].name);
    if (!stamp.empty() && stamp == timestamp_of(read.migrations[i - 1].name))
      read.warnings.push_back({migration_code::same_timestamp, read.migrations[i].name,
                               read.migrations[i - 1].name + " and " + read.migrations[i].name +
                                   " have one timestamp; they run in the order of their names.",
                               "If the second must run first, give it a later timestamp before either is applied."});
  }
}

}  // namespace detail

/// Reads the history of a migrations folder: each sub-folder is a migration, but for those whose name begins with a
/// dot.
///
/// Two migrations with one timestamp are allowed and warned of: two branches wrote them, and the whole name decides
/// their order. What the scripts say is not looked at here.
///
/// \throws migration_error `folder_missing`, `script_missing`, `outside_folder`, `bad_name`, `not_utf8` (a name),
///         `lock_file_broken`, `lock_file_conflict`, `provider_mismatch`, `cannot_read`
[[nodiscard]] inline history read_history(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  const auto fail = [](std::string_view code, std::string message, std::string remedy, std::string migration = {}) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "No database was touched.";
    fields.migration = std::move(migration);
    return migration_error{code, std::move(fields)};
  };
  std::error_code failed;
  const fs::path root = fs::canonical(folder, failed);
  if (failed || !fs::is_directory(root, failed))
    throw fail(migration_code::folder_missing, "There is no migrations folder at " + folder.string() + ".",
               "Name the folder, or make the first migration with `migrate dev`.");
  // A link may stand for a migration as long as it stays inside: what is outside is not in the repository.
  const auto check_inside = [&](const fs::path& path, const std::string& migration) {
    const fs::path real = fs::canonical(path, failed);
    if (failed)
      throw fail(migration_code::cannot_read, "Cannot read " + path.string() + ": " + failed.message() + ".",
                 "Check that it exists and that you may read it.", migration);
    const auto [end, ignored] = std::mismatch(root.begin(), root.end(), real.begin(), real.end());
    if (end != root.end())
      throw fail(migration_code::outside_folder, path.string() + " leads out of the migrations folder.",
                 "Replace the link by a copy.", migration);
  };
  history read;
  read.folder = folder;
  fs::directory_iterator entries(folder, failed);
  if (failed)
    throw detail::file_error(migration_code::cannot_read, "Cannot read", folder, failed.value());
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.'))
      continue;
    const bool link = entry.is_symlink(failed);
    if (!link && !entry.is_directory(failed))
      continue;
    if (link) {
      if (fs::exists(entry.path(), failed) && !fs::is_directory(entry.path(), failed))
        continue;  // a link to a file, beside the migrations
      check_inside(entry.path(), name);
    }
    detail::check_migration_name(name);
    migration m;
    m.name = name;
    m.file = entry.path() / "migration.sql";
    const fs::file_status script = fs::symlink_status(m.file, failed);
    if (!fs::exists(script))
      throw fail(migration_code::script_missing, "The migration " + name + " has no migration.sql (P3015).",
                 "Restore the file from version control; or remove the folder if it was never applied.", name);
    if (fs::is_symlink(script))
      check_inside(m.file, name);
    if (!fs::is_regular_file(fs::is_symlink(script) ? fs::status(m.file, failed) : script))
      throw fail(migration_code::cannot_read, m.file.string() + " is no file.", "Replace it by a file.", name);
    m.sql = detail::read_file(m.file);
    m.checksum = detail::sha256_hex(m.sql);
    read.migrations.push_back(std::move(m));
  }
  std::sort(read.migrations.begin(), read.migrations.end(),
            [](const migration& a, const migration& b) { return a.name < b.name; });
  detail::warn_of_equal_timestamps(read);
  const fs::path lock_file = folder / "migration_lock.toml";
  if (fs::exists(fs::symlink_status(lock_file, failed)))
    read.provider = detail::parse_lock_file(lock_file, detail::read_file(lock_file));
  return read;
}

/// The history that a program carries. The checksums are those of the array.
/// \throws migration_error `bad_name`, `name_too_long`, `not_utf8` (a name)
[[nodiscard]] inline history read_history(std::span<const embedded_migration> embedded) {
  history read;
  read.migrations.reserve(embedded.size());
  for (const embedded_migration& e : embedded) {
    detail::check_migration_name(e.name);
    migration m{std::string{e.name}, std::string{e.sql}, std::string{e.sha256}, {}};
    if (m.checksum.empty())
      m.checksum = detail::sha256_hex(m.sql);
    read.migrations.push_back(std::move(m));
  }
  std::sort(read.migrations.begin(), read.migrations.end(),
            [](const migration& a, const migration& b) { return a.name < b.name; });
  detail::warn_of_equal_timestamps(read);
  return read;
}

}  // namespace instar


// ---- instar/migrate/ledger.hpp

#include <random>
#include <tuple>

/// \file The ledger: the table in which a database keeps what was applied to it. Its columns and their meaning are
/// those of Prisma's `_prisma_migrations`, which is adopted where it exists.
/// https://www.prisma.io/docs/orm/prisma-migrate/workflows/troubleshooting

namespace instar {

/// One try to apply one migration.
struct ledger_row {
  std::string id;
  std::string checksum;
  std::string migration;
  std::string started_at;
  std::string finished_at;  ///< empty: it did not get to its end
  std::string rolled_back_at;
  std::string logs;

  [[nodiscard]] bool counts() const noexcept { return rolled_back_at.empty(); }
  [[nodiscard]] bool applied() const noexcept { return counts() && !finished_at.empty(); }
  [[nodiscard]] bool failed() const noexcept { return counts() && finished_at.empty(); }
};

/// One statement of a script that is no one transaction, as far as it got.
struct journal_row {
  std::size_t statement = 0;  ///< from 1
  std::string hash;           ///< SHA-256 of its text
  bool finished = false;
  std::string error;
};

namespace detail {

inline constexpr std::string_view own_ledger = "_instar_migrations";
inline constexpr std::string_view prisma_ledger = "_prisma_migrations";
inline constexpr std::string_view journal_table = "_instar_journal";
inline constexpr std::string_view push_table = "_instar_push";

/// A random UUID (version 4), as Prisma's ledger has them. https://www.rfc-editor.org/rfc/rfc9562#section-5.4
[[nodiscard]] inline std::string random_uuid() {
  std::random_device device;
  std::string text;
  for (std::size_t i = 0; i != 16; ++i) {
    unsigned byte = device() & 0xFFU;
    if (i == 6)
      byte = (byte & 0x0FU) | 0x40U;
    if (i == 8)
      byte = (byte & 0x3FU) | 0x80U;
    if (i == 4 || i == 6 || i == 8 || i == 10)
      text += '-';
    static constexpr std::string_view digits = "0123456789abcdef";
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

[[nodiscard]] inline std::string text_of(const sql_value& value) {
  return value ? *value : std::string{};
}

}  // namespace detail

/// Where a ledger is, or would be made.
struct ledger_place {
  instar::dialect dialect = instar::postgres;
  std::string schema;  ///< PostgreSQL's; empty on SQLite
  std::string table{detail::own_ledger};
  bool exists = false;

  [[nodiscard]] bool prisma() const noexcept { return table == detail::prisma_ledger; }

  /// For people.
  [[nodiscard]] std::string display_name() const { return schema.empty() ? table : schema + "." + table; }

  /// For SQL. Always qualified: a script may have changed the search path.
  [[nodiscard]] std::string qualified(std::string_view name) const {
    return (schema.empty() ? std::string{} : quote_identifier(schema) + ".") + quote_identifier(name);
  }
  [[nodiscard]] std::string qualified() const { return qualified(table); }
};

/// The ledger of a database, as it was when it was read, and the statements that change it.
class ledger {
 public:
  /// Reads the ledger: one round trip where instar's own exists, two where Prisma's does.
  ///
  /// \param wanted the table, "name" or "schema.name"; empty: instar's own, else Prisma's, else instar's own to be made
  /// \throws migration_error `two_ledgers`, `foreign_ledger`, `no_schema`
  [[nodiscard]] static ledger read(database& from, std::string_view wanted = {}) {
    ledger made;
    made.place_.dialect = from.dialect();
    if (from.dialect() == instar::postgres)
      made.read_postgres(from, wanted);
    else
      made.read_sqlite(from, wanted);
    std::stable_sort(made.rows_.begin(), made.rows_.end(), [](const ledger_row& a, const ledger_row& b) {
      return std::tie(a.migration, a.started_at) < std::tie(b.migration, b.started_at);
    });
    return made;
  }

  [[nodiscard]] const ledger_place& place() const noexcept { return place_; }

  /// Sorted by the names of the migrations.
  [[nodiscard]] const std::vector<ledger_row>& rows() const noexcept { return rows_; }

  /// Remembers that the table exists now.
  void made() noexcept { place_.exists = true; }

  /// The row by which a migration counts as applied, or nullptr.
  [[nodiscard]] const ledger_row* applied(std::string_view name) const noexcept {
    return find(name, &ledger_row::applied);
  }

  /// The row of a try that neither ended nor was rolled back, or nullptr.
  [[nodiscard]] const ledger_row* failed(std::string_view name) const noexcept {
    return find(name, &ledger_row::failed);
  }

  [[nodiscard]] std::size_t tries(std::string_view name) const noexcept {
    const auto [first, last] = rows_of(name);
    return static_cast<std::size_t>(last - first);
  }

  // ---- statements, without a semicolon at their end ----

  [[nodiscard]] std::string create_statement() const {
    const std::string table = place_.qualified();
    if (place_.dialect == instar::postgres)
      return "CREATE TABLE " + table +
             " (\n"
             "    id                      VARCHAR(36) PRIMARY KEY NOT NULL,\n"
             "    checksum                VARCHAR(64) NOT NULL,\n"
             "    finished_at             TIMESTAMPTZ,\n"
             "    migration_name          VARCHAR(255) NOT NULL,\n"
             "    logs                    TEXT,\n"
             "    rolled_back_at          TIMESTAMPTZ,\n"
             "    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),\n"
             "    applied_steps_count     INTEGER NOT NULL DEFAULT 0\n"
             ")";
    return "CREATE TABLE " + table +
           " (\n"
           "    \"id\"                    TEXT PRIMARY KEY NOT NULL,\n"
           "    \"checksum\"              TEXT NOT NULL,\n"
           "    \"finished_at\"           DATETIME,\n"
           "    \"migration_name\"        TEXT NOT NULL,\n"
           "    \"logs\"                  TEXT,\n"
           "    \"rolled_back_at\"        DATETIME,\n"
           "    \"started_at\"            DATETIME NOT NULL DEFAULT current_timestamp,\n"
           "    \"applied_steps_count\"   INTEGER UNSIGNED NOT NULL DEFAULT 0\n"
           ")";
  }

  /// The row of a migration that has run; `now()` is the start of the transaction that it ran in.
  [[nodiscard]] std::string insert_applied(std::string_view name, std::string_view checksum, int steps) const {
    const bool ran = steps != 0;
    return insert_into("finished_at, started_at, applied_steps_count", name, checksum,
                       (ran ? now() : transaction_start()) + ", " + transaction_start() + ", " + std::to_string(steps));
  }

  /// The row of a migration that begins to run.
  [[nodiscard]] std::string insert_started(std::string_view name, std::string_view checksum) const {
    return insert_into("started_at", name, checksum, now());
  }

  [[nodiscard]] std::string mark_finished(std::string_view name) const {
    return update(name, "finished_at = " + now() + ", applied_steps_count = 1", "finished_at IS NULL");
  }

  [[nodiscard]] std::string mark_rolled_back(std::string_view name, bool only_failed) const {
    return update(name, "rolled_back_at = " + now(), only_failed ? "finished_at IS NULL" : "true");
  }

  [[nodiscard]] std::string set_checksum(std::string_view name, std::string_view checksum) const {
    return update(name, "checksum = " + quote_literal(checksum), "finished_at IS NOT NULL");
  }

  /// Takes one parameter, the text.
  [[nodiscard]] std::string set_logs(std::string_view name) const {
    return update(name, place_.dialect == instar::postgres ? "logs = $1" : "logs = ?1", "finished_at IS NULL");
  }

  // ---- the journal, which exists only while a script that is no one transaction is under way ----

  [[nodiscard]] std::string create_journal() const {
    const bool server = place_.dialect == instar::postgres;
    return "CREATE TABLE IF NOT EXISTS " + place_.qualified(detail::journal_table) +
           " (\n"
           "    migration_name          " +
           (server ? "VARCHAR(255)" : "TEXT") +
           " NOT NULL,\n"
           "    statement_index         INTEGER NOT NULL,\n"
           "    statement_hash          " +
           (server ? "VARCHAR(64)" : "TEXT") +
           " NOT NULL,\n"
           "    started_at              " +
           (server ? "TIMESTAMPTZ NOT NULL DEFAULT now()" : "DATETIME NOT NULL DEFAULT current_timestamp") +
           ",\n"
           "    finished_at             " +
           (server ? "TIMESTAMPTZ" : "DATETIME") +
           ",\n"
           "    error                   TEXT,\n"
           "    PRIMARY KEY (migration_name, statement_index)\n"
           ")";
  }

  /// \param index of the statement, from 1
  [[nodiscard]] std::string journal_entry(std::string_view name, std::size_t index, std::string_view hash,
                                          bool finished) const {
    return "INSERT INTO " + place_.qualified(detail::journal_table) +
           " (migration_name, statement_index, statement_hash, started_at, finished_at) VALUES (" +
           quote_literal(name) + ", " + std::to_string(index) + ", " + quote_literal(hash) + ", " + now() + ", " +
           (finished ? now() : "NULL") +
           ") ON CONFLICT (migration_name, statement_index) DO UPDATE SET statement_hash = excluded.statement_hash, "
           "finished_at = excluded.finished_at, error = NULL";
  }

  /// Takes one parameter, the text.
  [[nodiscard]] std::string journal_error(std::string_view name, std::size_t index) const {
    return "UPDATE " + place_.qualified(detail::journal_table) +
           " SET error = " + (place_.dialect == instar::postgres ? "$1" : "?1") +
           " WHERE migration_name = " + quote_literal(name) + " AND statement_index = " + std::to_string(index);
  }

  [[nodiscard]] std::string drop_journal() const {
    return "DROP TABLE IF EXISTS " + place_.qualified(detail::journal_table);
  }

  /// What the journal holds of a migration, in the order of its statements; nothing where there is no journal.
  [[nodiscard]] std::vector<journal_row> read_journal(database& from, std::string_view name) const {
    if (!has_table(from, detail::journal_table))
      return {};
    const query_result read =
        from.query("SELECT statement_index, statement_hash, finished_at IS NOT NULL, error FROM " +
                   place_.qualified(detail::journal_table) + " WHERE migration_name = " + quote_literal(name) +
                   " ORDER BY statement_index");
    std::vector<journal_row> journal;
    for (const auto& row : read.rows)
      journal.push_back({static_cast<std::size_t>(std::stoul(detail::text_of(row[0]))), detail::text_of(row[1]),
                         row[2] == "t" || row[2] == "1", detail::text_of(row[3])});
    return journal;
  }

  /// Whether the ledger's schema has a table of that name.
  [[nodiscard]] bool has_table(database& from, std::string_view name) const {
    if (place_.dialect == instar::postgres)
      return from.query_value("SELECT pg_catalog.to_regclass(" + quote_literal(place_.qualified(name)) +
                              ") IS NOT NULL") == "t";
    return from.query_value("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = " + quote_literal(name))
        .has_value();
  }

 private:
  // Prisma writes milliseconds since 1970 into SQLite's DATETIME columns and reads them back.
  [[nodiscard]] std::string now() const {
    return place_.dialect == instar::postgres ? "pg_catalog.clock_timestamp()"
                                              : "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
  }
  [[nodiscard]] std::string transaction_start() const {
    return place_.dialect == instar::postgres ? "pg_catalog.now()" : now();
  }

  [[nodiscard]] std::string insert_into(std::string_view columns, std::string_view name, std::string_view checksum,
                                        std::string_view values) const {
    return "INSERT INTO " + place_.qualified() + " (id, checksum, migration_name, " + std::string{columns} +
           ") VALUES (" + quote_literal(detail::random_uuid()) + ", " + quote_literal(checksum) + ", " +
           quote_literal(name) + ", " + std::string{values} + ")";
  }

  [[nodiscard]] std::string update(std::string_view name, std::string_view change, std::string_view which) const {
    return "UPDATE " + place_.qualified() + " SET " + std::string{change} +
           " WHERE migration_name = " + quote_literal(name) + " AND rolled_back_at IS NULL AND " + std::string{which};
  }

  [[nodiscard]] const ledger_row* find(std::string_view name, bool (ledger_row::*is)() const noexcept) const noexcept {
    const auto [first, last] = rows_of(name);
    const auto found = std::find_if(first, last, [&](const ledger_row& row) { return (row.*is)(); });
    return found == last ? nullptr : &*found;
  }

  using row_iterator = std::vector<ledger_row>::const_iterator;
  [[nodiscard]] std::pair<row_iterator, row_iterator> rows_of(std::string_view name) const noexcept {
    const auto first = std::lower_bound(rows_.begin(), rows_.end(), name,
                                        [](const ledger_row& row, std::string_view n) { return row.migration < n; });
    return {first, std::find_if(first, rows_.end(), [&](const ledger_row& row) { return row.migration != name; })};
  }

  static migration_error failure(std::string_view code, std::string message, std::string remedy) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "Nothing was changed.";
    return migration_error{code, std::move(fields)};
  }

  [[noreturn]] static void refuse_two() {
    throw failure(migration_code::two_ledgers,
                  "The database has both _instar_migrations and _prisma_migrations, and which one is true cannot be "
                  "seen.",
                  "Drop the one that is out of date, or name the ledger to use.");
  }

  [[noreturn]] void refuse_foreign(std::string_view said) const {
    throw failure(migration_code::foreign_ledger,
                  "The table " + place_.display_name() + " has not the columns of a ledger (" + std::string{said} +
                      ").",
                  "Rename that table, or name another ledger.");
  }

  // ---- PostgreSQL ----

  void read_postgres(database& from, std::string_view wanted) {
    if (!wanted.empty()) {
      const std::size_t dot = wanted.find('.');
      place_.schema = dot == std::string_view::npos ? std::string{} : std::string{wanted.substr(0, dot)};
      place_.table = wanted.substr(dot == std::string_view::npos ? 0 : dot + 1);
      if (!read_rows_postgres(from, {}))
        find_schema(from);
      return;
    }
    place_.table = detail::own_ledger;
    if (read_rows_postgres(from, detail::prisma_ledger))
      return;
    place_.table = detail::prisma_ledger;
    if (read_rows_postgres(from, {}))
      return;
    place_.table = detail::own_ledger;
    find_schema(from);
  }

  /// \param other a table whose existence beside this one is an error
  /// \return whether the table exists
  bool read_rows_postgres(database& from, std::string_view other) {
    // One row more than the ledger has when it is empty, so that its schema comes along in the same round trip. A
    // connection that has just begun pays for each table of the catalogue that it plans with, and for sorting: the
    // function asks a cache that the server's lock on the ledger has filled, and nobody needs an order.
    const std::string text =
        "SELECT o.object_names[1], " +
        (other.empty() ? std::string{"false"} : "pg_catalog.to_regclass('" + std::string{other} + "') IS NOT NULL") +
        ", m.id, m.checksum, m.migration_name, m.started_at, m.finished_at, m.rolled_back_at, m.logs "
        "FROM pg_catalog.pg_identify_object_as_address('pg_catalog.pg_class'::pg_catalog.regclass, " +
        quote_literal(place_.qualified()) + "::pg_catalog.regclass, 0) o LEFT JOIN " + place_.qualified() +
        " m ON true";
    query_result read;
    try {
      read = from.query(text);
    } catch (const database_error& error) {
      if (error.sqlstate() == "42P01" || error.sqlstate() == "3F000")  // undefined_table, invalid_schema_name
        return false;
      if (error.sqlstate() == "42703")  // undefined_column
        refuse_foreign(error.message());
      throw;
    }
    place_.exists = true;
    for (const auto& row : read.rows) {
      place_.schema = detail::text_of(row[0]);
      if (row[1] == "t")
        refuse_two();
      if (row[2])
        rows_.push_back({*row[2], detail::text_of(row[3]), detail::text_of(row[4]), detail::text_of(row[5]),
                         detail::text_of(row[6]), detail::text_of(row[7]), detail::text_of(row[8])});
    }
    return true;
  }

  void find_schema(database& from) {
    if (!place_.schema.empty())
      return;
    const sql_value schema = from.query_value("SELECT pg_catalog.current_schema()");
    if (!schema) {
      const std::string path = detail::text_of(from.query_value("SELECT pg_catalog.current_setting('search_path')"));
      throw failure(migration_code::no_schema, "No schema of the search path (" + path + ") exists in the database.",
                    "Create the schema, or name another with `?schema=` in the database URL.");
    }
    place_.schema = *schema;
  }

  // ---- SQLite ----

  void read_sqlite(database& from, std::string_view wanted) {
    const query_result tables = from.query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN (" +
                                           quote_literal(wanted.empty() ? detail::own_ledger : wanted) + ", '" +
                                           std::string{detail::prisma_ledger} + "')");
    bool own = false;
    bool prisma = false;
    for (const auto& row : tables.rows)
      (row[0] == detail::prisma_ledger && wanted != detail::prisma_ledger ? prisma : own) = true;
    if (wanted.empty() && own && prisma)
      refuse_two();
    place_.table =
        !wanted.empty() ? std::string{wanted} : std::string{prisma ? detail::prisma_ledger : detail::own_ledger};
    place_.exists = own || (wanted.empty() && prisma);
    if (!place_.exists)
      return;
    const auto time = [](std::string_view column) {
      const std::string c{column};
      return "CASE typeof(" + c + ") WHEN 'integer' THEN strftime('%Y-%m-%d %H:%M:%f', " + c +
             " / 1000.0, 'unixepoch') ELSE " + c + " END";
    };
    query_result read;
    try {
      read = from.query("SELECT id, checksum, migration_name, " + time("started_at") + ", " + time("finished_at") +
                        ", " + time("rolled_back_at") + ", logs FROM " + place_.qualified() + " ORDER BY 4, rowid");
    } catch (const database_error& error) {
      if (error.code() == database_code::statement_failed)
        refuse_foreign(error.message());
      throw;
    }
    for (const auto& row : read.rows)
      rows_.push_back({detail::text_of(row[0]), detail::text_of(row[1]), detail::text_of(row[2]),
                       detail::text_of(row[3]), detail::text_of(row[4]), detail::text_of(row[5]),
                       detail::text_of(row[6])});
  }

  ledger_place place_;
  std::vector<ledger_row> rows_;
};

}  // namespace instar


// ---- instar/migrate/migrator.hpp

namespace instar {

/// What a migrator works with. Everything has a default but the place of the history.
struct migrator_options {
  /// The folder of the history. Ignored when `embedded` is set.
  std::filesystem::path migrations = "migrations";

  /// The history as the program carries it, instead of a folder. The array must outlive the migrator.
  std::optional<std::span<const embedded_migration>> embedded{};

  /// The schema of the program; without it `plan_next`, `create_migration`, `dev`, `push` and the source `models` throw
  /// `no_models`. What it looks at must outlive the migrator.
  std::optional<schema_view> models{};

  /// The SQL to write when no database is named (`diff` of files, `generate`); otherwise the database's own dialect,
  /// and without either the lock file's.
  std::optional<instar::dialect> dialect{};

  /// The ledger's table, "name" or "schema.name". Empty: `_prisma_migrations` where it exists, else
  /// `_instar_migrations`.
  std::string ledger{};

  /// How long to wait for another runner.
  std::chrono::milliseconds lock_timeout{std::chrono::seconds{60}};

  /// An empty database to prove scripts in. Not set: PostgreSQL: a scratch database on the same server, or a
  /// transaction that is rolled back where the role may not create one; SQLite: a database in memory.
  std::optional<database_url> shadow{};

  /// `deploy` on a database that holds tables but no ledger is refused; this allows it.
  bool allow_not_empty = false;

  /// Make the database when it does not exist (`deploy`, `dev`, `push`, `reset`).
  bool create_database = true;

  /// Fills the database for `seed` and `reset`; runs in a transaction of its own only when it begins one.
  std::function<void(database&)> seed{};

  /// A SQL script for `seed` and `reset`, used when `seed` is empty; run as one transaction.
  std::filesystem::path seed_script{};

  /// Told what is going on, on the thread that called the operation. Must not throw.
  std::function<void(const migration_progress&)> on_progress{};

  /// The time that stamps a new migration's name; not set: the system's.
  std::function<std::chrono::sys_seconds()> clock{};

  /// Name of the connection in pg_stat_activity; other runners name it when they wait.
  std::string application_name = "instar";
};

/// One side of a `diff`.
struct diff_source {
  enum class kind : unsigned char { empty, models, migrations, database, script };
  kind what = kind::empty;
  std::string place{};  ///< the folder of `migrations`, the URL of `database`, the file of `script`; may be empty

  /// Reads `empty`, `models`, `migrations[:DIR]`, `database[:URL]` or `sql:FILE`; nothing else is one.
  [[nodiscard]] static std::optional<diff_source> parse(std::string_view text);
};

struct deploy_options {
  /// Stop after this migration; empty: apply everything. Must be a migration of the history.
  std::string up_to{};
};

struct dev_options {
  std::string name{};             ///< of the migration; empty and one must be written: `name_needed`
  bool create_only = false;       ///< write the migration, do not apply it; those before it are applied all the same
  bool accept_data_loss = false;  ///< write a plan that destroys data; otherwise `data_loss`
  bool skip_shadow = false;       ///< keep the script without having run it in a shadow database
};

struct generate_options {
  /// Take the schema from the models even where the snapshot holds another one: after a merge, or for a folder that
  /// another tool began. The caller vouches that the history leads to the models.
  bool schema_from_models = false;

  /// Write nothing; the report says what would change.
  bool check = false;
};

/// Applies a history of migrations to a database, and writes its next one.
///
/// The database is opened by the first operation that needs it, and kept. One thread at a time, except `interrupt()`.
/// Operations throw `migration_error` (codes in `migration_code`, with the state that is left), and `database_error`
/// for what has nothing to do with a script (no server, wrong password, a read-only file, connection lost).
///
/// \code
///   instar::migrator m(instar::database_url{"sqlite:app.db"}, {.embedded = app::migrations});
///   m.deploy();
/// \endcode
class migrator {
 public:
  /// Works on the database of that URL; nothing is opened yet.
  migrator(database_url url, migrator_options options);

  /// Works on an open database, which must outlive the migrator.
  migrator(database& opened, migrator_options options);

  /// Works without a database: `diff` of files and models, `generate_snapshot`, `check_history`. Others throw `no_url`.
  explicit migrator(migrator_options options);

  migrator(const migrator&) = delete;
  migrator& operator=(const migrator&) = delete;
  ~migrator();

  /// Applies what is pending, in the order of the names.
  ///
  /// A script and its ledger row are one transaction: a failing script leaves nothing behind. A script that cannot be
  /// one (CONCURRENTLY, VACUUM, its own BEGIN and COMMIT …) is journalled, and a later call goes on at the statement
  /// that failed. Never resets. Takes the lock only when something is pending.
  deploy_report deploy(const deploy_options& options = {});

  /// What is applied, pending, failed, edited, missing. Writes nothing, and makes no database.
  status_report status();

  /// Says that a migration is applied though it was not run (a baseline, a repair by hand).
  /// \throws migration_error `no_such_migration`, `nothing_to_resolve`.
  resolve_report resolve_applied(std::string_view name);

  /// Says that a failed migration was undone by hand: `deploy` will run it from its first statement.
  /// \throws migration_error `no_such_migration`, `nothing_to_resolve`.
  resolve_report resolve_rolled_back(std::string_view name);

  /// Accepts the file of an edited migration as it is now: the ledger takes its checksum. Nothing is run.
  /// \throws migration_error `no_such_migration`, `nothing_to_resolve`.
  resolve_report resolve_edited(std::string_view name);

  /// Makes the ledger forget an applied migration that the folder has not. Nothing is run; its tables stay.
  /// \throws migration_error `no_such_migration`, `nothing_to_resolve`.
  resolve_report resolve_missing(std::string_view name);

  /// Drops everything in the schemas that ledger, models, snapshot and scripts name, applies the history, seeds.
  ///
  /// The schemas themselves stay, with their owner and rights, unless a script creates them; so do extensions that no
  /// script creates. PostgreSQL: dropping is one transaction.
  reset_report reset();

  /// What `migrate dev` would do: checks ledger against folder, plans from the snapshot to the models. Writes nothing.
  next_plan plan_next();

  /// Proves history and plan in the shadow database, then writes the migration's folder, the lock file and
  /// snapshot.hpp.
  ///
  /// \param name    its non-alphanumeric characters become `_`; the folder is `YYYYMMDDHHMMSS_name`, later than every
  /// other \param planned what `plan_next()` returned; an empty plan writes a script with a comment alone, to be filled
  /// in \throws migration_error `shadow_failed` and others; nothing is written then.
  created_migration create_migration(std::string_view name, const next_plan& planned, bool skip_shadow = false);

  /// Brings snapshot.hpp, and nothing else, to the models, for a plan that is `snapshot_alone`.
  snapshot_report follow_models(const next_plan& planned);

  /// `plan_next`, `deploy`, `create_migration` (or `follow_models`) and `deploy`, without a question asked.
  /// \throws migration_error the first of `next_plan::problems`; `name_needed`, `data_loss`.
  dev_report dev(const dev_options& options);

  /// Brings a database to the models without a migration, for trying things out.
  ///
  /// Only a database that is empty, or whose last push is recorded in its table `_instar_push`: the plan goes from
  /// there. \throws migration_error `push_refused` otherwise; `data_loss`.
  push_report push(bool accept_data_loss = false);

  /// Fills the database by `migrator_options::seed` or `seed_script`. \throws migration_error `no_seed`,
  /// `script_failed`.
  void seed();

  /// Runs a script outside the history; one transaction where it can be one.
  /// \param file_name what an error shall call it
  void execute_script(std::string_view sql, std::string_view file_name = "script");

  /// The plan from one schema to another.
  /// \throws migration_error `no_introspection` for `database` and `script`.
  diff_report diff(const diff_source& from, const diff_source& to);

  /// Brings snapshot.hpp up to date with the folder.
  snapshot_report generate_snapshot(const generate_options& options = {});

  /// Reads the whole history and its lock file; needs no database.
  /// \return the warnings. \throws migration_error what is wrong with it.
  std::vector<migration_warning> check_history();

  /// The dialect that this migrator writes: the database's, the option's, the lock file's, in that order.
  [[nodiscard]] instar::dialect dialect();

  /// Stops the running operation: between two statements, or inside the running one by `database::interrupt`. The
  /// operation rolls back what it can and throws `stopped` with the state. From any thread, not from a signal handler.
  /// It holds for the migrator's life: a later operation throws at once.
  void interrupt() noexcept;

 private:
  struct session;  ///< the open database, what was read of the history, what is interrupted
  std::unique_ptr<session> session_;
};

}  // namespace instar

// Defines the session and then, at its end, the operations: whichever of the three is included first.

// ---- instar/migrate/session.hpp


// ---- instar/migrate/comparison.hpp

#include <set>

/// \file What a folder, a snapshot and a ledger say about each other.

namespace instar::detail {

/// Whether the snapshot knows a migration of that name.
[[nodiscard]] inline bool lists(std::span<const migration_record> snapshot, std::string_view name) {
  return std::any_of(snapshot.begin(), snapshot.end(), [&](const migration_record& r) { return r.name == name; });
}

/// The state of every migration that the folder or the ledger knows.
///
/// \param on        asked for the journal, and only when a try has failed
/// \param snapshot  tells a lost migration from a foreign one
[[nodiscard]] inline status_report compare(database& on, const history& folder, const ledger& book,
                                           std::span<const migration_record> snapshot) {
  status_report report;
  report.warnings = folder.warnings;
  report.ledger = book.place().exists ? book.place().display_name() : std::string{};
  report.adopted_prisma = book.place().exists && book.place().prisma();
  const auto add = [&](std::string_view name, const migration* m) {
    migration_status status;
    status.name = name;
    status.tries = book.tries(name);
    if (m != nullptr)
      status.checksum = m->checksum;
    const ledger_row* applied = book.applied(name);
    const ledger_row* failed = applied == nullptr ? book.failed(name) : nullptr;
    if (const ledger_row* row = applied != nullptr ? applied : failed) {
      status.ledger_checksum = row->checksum;
      status.started_at = row->started_at;
      status.finished_at = row->finished_at;
      status.logs = row->logs;
    }
    if (failed != nullptr)
      status.state =
          m != nullptr && !book.read_journal(on, name).empty() ? migration_state::resumable : migration_state::failed;
    else if (applied == nullptr)
      status.state = migration_state::pending;
    else if (m == nullptr)
      status.state = lists(snapshot, name) ? migration_state::missing : migration_state::unknown;
    else
      status.state = has_checksum(*m, applied->checksum) ? migration_state::applied : migration_state::edited;
    report.migrations.push_back(std::move(status));
  };
  for (const migration& m : folder.migrations)
    add(m.name, &m);
  std::set<std::string_view> others;
  for (const ledger_row& row : book.rows())
    if (row.counts() && folder.find(row.migration) == nullptr)
      others.insert(row.migration);
  for (const std::string_view name : others)
    add(name, nullptr);
  std::sort(report.migrations.begin(), report.migrations.end(),
            [](const migration_status& a, const migration_status& b) { return a.name < b.name; });
  return report;
}

/// What is wrong with a migration, and the ways out, the mildest first; only for states that are problems.
[[nodiscard]] inline history_problem problem_of(const migration_status& status) {
  history_problem problem;
  problem.migration = status.name;
  const std::string& name = status.name;
  switch (status.state) {
  case migration_state::edited:
    problem.code = migration_code::edited_migration;
    problem.message = "The migration " + name + " was edited after it was applied.";
    problem.ways_out = {"Restore its migration.sql from version control, and write the change as a new migration.",
                        "If the edit changes nothing that runs (a comment, a blank), or you made the same change by "
                        "hand: `migrate resolve --edited " +
                            name + "`.",
                        "On a database whose data you can lose: `migrate reset`."};
    break;
  case migration_state::missing:
    problem.code = migration_code::missing_migration;
    problem.message = "The migration " + name + " is applied, but its folder is gone.";
    problem.ways_out = {
        "Restore the folder from version control.",
        "If it was removed on purpose and its changes were undone by hand: `migrate resolve --missing " + name + "`.",
        "On a database whose data you can lose: `migrate reset`."};
    break;
  case migration_state::unknown:
    problem.code = migration_code::unknown_migration;
    problem.message = "The migration " + name + " is applied, but neither the folder nor the snapshot knows it.";
    problem.ways_out = {"If it belongs to another branch: merge that branch, or work on a database of this one's own.",
                        "If its changes were undone by hand: `migrate resolve --missing " + name + "`.",
                        "On a database whose data you can lose: `migrate reset`."};
    break;
  case migration_state::failed:
    problem.code = migration_code::failed_migration;
    problem.message = "The migration " + name + " was begun" +
                      (status.started_at.empty() ? "" : " at " + status.started_at) +
                      " and not finished, and how far it got is not recorded (P3009).";
    problem.ways_out = {"If nothing of it is in the database, or you have undone it: `migrate resolve --rolled-back " +
                            name + "`; deploy then runs it again.",
                        "If all of it is in the database, or you have completed it: `migrate resolve --applied " +
                            name + "`."};
    break;
  case migration_state::applied:
  case migration_state::pending:
  case migration_state::resumable:
    break;
  }
  return problem;
}

/// The states that do not stop a deploy are told all the same, each with its mildest way out.
inline void warn_of_states(status_report& report) {
  std::string last;
  for (const migration_status& m : report.migrations) {
    if (m.state == migration_state::edited || m.state == migration_state::missing ||
        m.state == migration_state::unknown) {
      history_problem problem = problem_of(m);
      report.warnings.push_back(
          {problem.code, m.name, std::move(problem.message), std::move(problem.ways_out.front())});
    }
    if (m.state == migration_state::applied || m.state == migration_state::edited)
      last = m.name;
  }
  for (const migration_status& m : report.migrations)
    if (m.state == migration_state::pending && m.name < last)
      report.warnings.push_back({migration_code::out_of_order, m.name,
                                 m.name + " is pending, but " + last + ", which comes after it, is applied.",
                                 "It runs now; look whether the two depend on each other."});
}

[[nodiscard]] inline migration_error error_of(const history_problem& problem) {
  migration_error_fields fields;
  fields.message = problem.message;
  for (const std::string& way : problem.ways_out)
    fields.remedy += (fields.remedy.empty() ? "" : " ") + way;
  fields.state = "Nothing was changed.";
  fields.migration = problem.migration;
  return migration_error{problem.code, std::move(fields)};
}

}  // namespace instar::detail


// ---- instar/migrate/lock.hpp

#include <exception>

/// \file One runner at a time.
///
/// PostgreSQL: a session-level advisory lock, which the server releases with the connection, however it ends. It is
/// polled: a blocking `pg_advisory_lock` would hold a snapshot that a CREATE INDEX CONCURRENTLY of the holder waits
/// for, and both would wait for ever. A pooler that hands out sessions by transaction (PgBouncer's transaction mode)
/// breaks any such lock: migrate through a direct connection.
///
/// SQLite has file locks instead: each script is a BEGIN IMMEDIATE, which waits for the others by the busy handler.

namespace instar::detail {

/// The key that Prisma takes, whatever the database and its schema. With Prisma's ledger we take it too, so that the
/// two programs wait for each other.
inline constexpr std::int64_t prisma_lock_key = 72707369;

/// Advisory locks are kept by database, so a key need only tell ledgers of one database apart.
[[nodiscard]] inline std::int64_t lock_key(const ledger_place& place) {
  if (place.prisma())
    return prisma_lock_key;
  const std::uint64_t hash = hash_text(place.table, hash_text(place.schema, 0x696E73746172));
  return static_cast<std::int64_t>(hash >> 1U);
}

class migration_lock {
 public:
  /// Waits for the lock.
  ///
  /// \param on_wait told once, with the holder, when the lock is not free
  /// \param check   called while waiting; throws to give up
  /// \throws migration_error `lock_timeout`
  migration_lock(database& on, const ledger_place& place, std::chrono::milliseconds timeout,
                 const std::function<void(const std::string&)>& on_wait, const std::function<void()>& check)
      : on_(on) {
    if (place.dialect != instar::postgres)
      return;
    key_ = lock_key(place);
    using clock = std::chrono::steady_clock;
    const clock::time_point give_up = clock::now() + timeout;
    std::chrono::milliseconds pause{20};
    bool told = false;
    while (!try_lock()) {
      if (!told && on_wait)
        on_wait(holder());
      told = true;
      check();
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(give_up - clock::now());
      if (left <= std::chrono::milliseconds{0})
        throw timed_out(timeout);
      std::this_thread::sleep_for(std::min(pause, left));
      pause = std::min(pause * 2, std::chrono::milliseconds{250});
    }
    held_ = true;
  }

  migration_lock(const migration_lock&) = delete;
  migration_lock& operator=(const migration_lock&) = delete;

  ~migration_lock() {
    try {
      if (held_ && on_.is_open())
        (void)on_.query("SELECT pg_catalog.pg_advisory_unlock(" + std::to_string(key_) + ")");
    } catch (const std::exception&) {
      // The server releases it with the connection.
    }
  }

  /// Takes the lock again after a script's DISCARD ALL, which gives up everything that the session has.
  void renew() { held_ = !held_ || try_lock(); }

 private:
  [[nodiscard]] bool try_lock() {
    return on_.query_value("SELECT pg_catalog.pg_try_advisory_lock(" + std::to_string(key_) + ")") == "t";
  }

  /// Who has the lock, for people. A role that may not see other sessions sees no address and no time.
  [[nodiscard]] std::string holder() {
    const std::uint64_t key = static_cast<std::uint64_t>(key_);
    const query_result found = on_.query(
        "SELECT l.pid, a.application_name, a.client_addr, a.backend_start, a.usename "
        "FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
        "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid::bigint = " +
        std::to_string(key >> 32U) + " AND l.objid::bigint = " + std::to_string(key & 0xFFFFFFFFU) +
        " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())");
    if (found.rows.empty())
      return "a session that has just ended";
    const auto& row = found.rows.front();
    std::string text = "process " + text_of(row[0]);
    if (row[1] && !row[1]->empty())
      text += " (" + *row[1] + ")";
    if (row[4])
      text += " of role " + *row[4];
    text += row[2] ? " at " + *row[2] : std::string{row[3] ? " on the server itself" : ""};
    if (row[3])
      text += ", connected since " + *row[3];
    return text;
  }

  [[nodiscard]] migration_error timed_out(std::chrono::milliseconds timeout) {
    migration_error_fields fields;
    fields.message = "Another runner holds the migration lock: " + holder() + " (P1002).";
    fields.remedy = "Wait until it is done (waited " + std::to_string(timeout.count()) +
                    " ms), or end it with pg_terminate_backend if nobody needs it any more.";
    fields.state = "Nothing was changed.";
    return migration_error{migration_code::lock_timeout, std::move(fields)};
  }

  database& on_;
  std::int64_t key_ = 0;
  bool held_ = false;
};

}  // namespace instar::detail


// ---- instar/migrate/reset.hpp


// ---- instar/migrate/script_plan.hpp

/// \file How a script is run: as one transaction, as the transaction that it is itself, or piece by piece.

namespace instar::detail {

/// The first tokens of a statement: words, quoted names and texts, single symbols; comments and blanks left out.
[[nodiscard]] inline std::vector<std::string_view> first_tokens(dialect target, std::string_view statement,
                                                                std::size_t most) {
  std::vector<std::string_view> tokens;
  std::size_t at = 0;
  const auto skip_to = [&](std::string_view end, std::size_t from) {
    const std::size_t found = statement.find(end, from);
    at = found == std::string_view::npos ? statement.size() : found + end.size();
  };
  while (at < statement.size() && tokens.size() < most) {
    const std::size_t begin = at;
    const char c = statement[at];
    const std::string_view rest = statement.substr(at);
    if (is_sql_blank(c)) {
      ++at;
      continue;
    }
    if (rest.starts_with("--")) {
      skip_to("\n", at);
      continue;
    }
    if (rest.starts_with("/*")) {
      std::size_t depth = 1;
      at += 2;
      while (depth != 0 && at < statement.size()) {
        const std::string_view here = statement.substr(at);
        if (here.starts_with("*/"))
          --depth;
        else if (here.starts_with("/*") && target == instar::postgres)
          ++depth;
        at += here.starts_with("*/") || here.starts_with("/*") ? 2 : 1;
      }
      continue;
    }
    if (is_sql_word_start(c)) {
      while (at < statement.size() && is_sql_word_part(statement[at]))
        ++at;
    } else if (c == '"' || c == '\'' || c == '`') {
      do
        skip_to(std::string_view{&c, 1}, at + 1);
      while (at < statement.size() && statement[at] == c);
    } else if (c == '[' && target == instar::sqlite) {
      skip_to("]", at);
    } else {
      ++at;
    }
    tokens.push_back(statement.substr(begin, at - begin));
  }
  return tokens;
}

/// The name that a token means: without its quotes, or folded to lower case as PostgreSQL does.
[[nodiscard]] inline std::string name_of_token(dialect target, std::string_view token) {
  std::string name;
  const char quote = token.empty() ? '\0' : token.front();
  if (quote == '"' || quote == '`' || quote == '\'' || quote == '[') {
    for (std::size_t i = 1; i + 1 < token.size(); ++i) {
      name += token[i];
      if (token[i] == quote && quote != '[')
        ++i;  // a doubled quote
    }
    return name;
  }
  for (const char c : token)
    name += target == instar::postgres && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

/// Reads tokens one after the other.
class token_reader {
 public:
  token_reader(dialect target, std::string_view statement, std::size_t most = 16)
      : target_(target), tokens_(first_tokens(target, statement, most)) {}

  /// Passes over a keyword if it comes next.
  bool take(std::string_view keyword) {
    if (at_ < tokens_.size() && is_keyword(tokens_[at_], keyword)) {
      ++at_;
      return true;
    }
    return false;
  }

  bool take(std::string_view first, std::string_view second) {
    if (at_ + 1 < tokens_.size() && is_keyword(tokens_[at_], first) && is_keyword(tokens_[at_ + 1], second)) {
      at_ += 2;
      return true;
    }
    return false;
  }

  /// The next token as a name; empty at the end.
  std::string name() { return at_ < tokens_.size() ? name_of_token(target_, tokens_[at_++]) : std::string{}; }

  [[nodiscard]] std::string_view peek() const { return at_ < tokens_.size() ? tokens_[at_] : std::string_view{}; }

 private:
  dialect target_;
  std::vector<std::string_view> tokens_;
  std::size_t at_ = 0;
};

/// A setting of SQLite that a script makes.
struct pragma_setting {
  std::string name;   ///< in lower case
  std::string value;  ///< empty: it only asks
};

[[nodiscard]] inline std::optional<pragma_setting> pragma_of(const script_statement& statement) {
  token_reader tokens{instar::sqlite, statement.text};
  if (!tokens.take("PRAGMA"))
    return std::nullopt;
  pragma_setting setting;
  setting.name = tokens.name();
  if (tokens.take("."))
    setting.name = tokens.name();
  for (char& c : setting.name)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (tokens.take("=") || tokens.take("("))
    setting.value = tokens.name();
  return setting;
}

/// Whether a pragma's value means no. https://www.sqlite.org/pragma.html#pragma_foreign_keys
[[nodiscard]] inline bool is_off(std::string_view value) {
  static constexpr std::array<std::string_view, 4> words{"0", "OFF", "NO", "FALSE"};
  return is_one_of(value, words);
}

/// The index that a CREATE INDEX CONCURRENTLY makes, and that it leaves behind invalid when it fails.
struct concurrent_index {
  std::string name;          ///< empty: the server chose one
  std::string table_schema;  ///< empty: the search path decides
  std::string table;
};

[[nodiscard]] inline std::optional<concurrent_index> concurrent_index_of(std::string_view statement) {
  token_reader tokens{instar::postgres, statement};
  if (!tokens.take("CREATE"))
    return std::nullopt;
  (void)tokens.take("UNIQUE");
  if (!tokens.take("INDEX", "CONCURRENTLY"))
    return std::nullopt;
  if (tokens.take("IF", "NOT"))
    (void)tokens.take("EXISTS");
  concurrent_index made;
  if (!is_keyword(tokens.peek(), "ON"))
    made.name = tokens.name();
  if (!tokens.take("ON"))
    return std::nullopt;
  (void)tokens.take("ONLY");
  made.table = tokens.name();
  if (tokens.take(".")) {
    made.table_schema = std::move(made.table);
    made.table = tokens.name();
  }
  return made;
}

/// What becomes of a script's statement when the script is not one transaction.
enum class piece_kind : unsigned char {
  plain,    ///< a transaction of its own, together with its line in the journal
  outside,  ///< cannot be in a transaction
  block,    ///< BEGIN … COMMIT of the script itself, together with its line in the journal
  setting,  ///< changes the session alone: run again when a later try begins in a new session
};

/// Consecutive statements of a script that are sent together.
struct script_piece {
  piece_kind kind = piece_kind::plain;
  std::size_t first = 0;  ///< positions in the script's statements
  std::size_t last = 0;   ///< included
  bool chained = false;   ///< a block that COMMIT AND CHAIN of the one before has begun
  bool commits = false;   ///< a block that ends with COMMIT; others end with ROLLBACK
};

enum class script_mode : unsigned char {
  one_transaction,  ///< we open and close it, round script and ledger row
  own_transaction,  ///< the script is one BEGIN … COMMIT; the ledger row goes in before its COMMIT
  pieces,           ///< anything else; needs the journal
};

/// How a script is run.
struct script_plan {
  script_mode mode = script_mode::one_transaction;
  std::vector<script_statement> statements;
  std::vector<script_piece> pieces;       ///< of `pieces` and `own_transaction`
  bool has_savepoints = false;            ///< of `one_transaction`: PostgreSQL needs an explicit BEGIN
  bool turns_foreign_keys_off = false;    ///< SQLite
  bool changes_settings = false;          ///< the session is not as it was afterwards
  std::optional<std::size_t> unclosed{};  ///< the BEGIN that no COMMIT follows
};

/// Whether a statement changes the session and nothing else.
[[nodiscard]] inline bool is_setting(dialect target, const script_statement& statement) {
  token_reader tokens{target, statement.text, 8};
  if (target == instar::sqlite) {
    if (statement.keyword == "ATTACH" || statement.keyword == "DETACH")
      return true;
    static constexpr std::array<std::string_view, 10> of_session{
        "FOREIGN_KEYS",       "DEFER_FOREIGN_KEYS", "LEGACY_ALTER_TABLE", "IGNORE_CHECK_CONSTRAINTS",
        "RECURSIVE_TRIGGERS", "WRITABLE_SCHEMA",    "SYNCHRONOUS",        "TEMP_STORE",
        "CACHE_SIZE",         "CASE_SENSITIVE_LIKE"};
    const auto pragma = pragma_of(statement);
    return pragma && is_one_of(pragma->name, of_session);
  }
  if (tokens.take("RESET") || tokens.take("LOAD"))
    return true;
  if (tokens.take("SET"))
    return !is_keyword(tokens.peek(), "LOCAL") && !is_keyword(tokens.peek(), "CONSTRAINTS") &&
           !is_keyword(tokens.peek(), "TRANSACTION");
  // What pg_dump writes on top of a dump.
  if (tokens.take("SELECT")) {
    if (tokens.take("pg_catalog") || tokens.take("PG_CATALOG"))
      (void)tokens.take(".");
    return tokens.take("SET_CONFIG");
  }
  return false;
}

namespace of_transaction {
enum class word : unsigned char { begin, commit, commit_and_chain, rollback, rollback_and_chain, savepoint, other };
}

/// What a transaction-control statement does.
[[nodiscard]] inline of_transaction::word transaction_word(dialect target, const script_statement& statement) {
  using of_transaction::word;
  token_reader tokens{target, statement.text, 8};
  if (tokens.take("BEGIN") || tokens.take("START"))
    return word::begin;
  if (tokens.take("SAVEPOINT") || tokens.take("RELEASE"))
    return word::savepoint;
  const bool commit = tokens.take("COMMIT") || tokens.take("END");
  const bool rollback = !commit && (tokens.take("ROLLBACK") || tokens.take("ABORT"));
  if (!commit && !rollback)
    return word::other;  // PREPARE TRANSACTION
  if (!tokens.take("WORK"))
    (void)tokens.take("TRANSACTION");
  if (rollback && tokens.take("TO"))
    return word::savepoint;
  if (tokens.take("PREPARED"))
    return word::other;
  if (tokens.take("AND") && tokens.take("CHAIN"))
    return commit ? word::commit_and_chain : word::rollback_and_chain;
  return commit ? word::commit : word::rollback;
}

/// Whether the comments before a script's first statement say `instar: no transaction`: the way out for a script that
/// fails in a transaction though its text does not show it, such as a CALL of a procedure that commits.
[[nodiscard]] inline bool asks_for_no_transaction(std::string_view script, std::size_t first_statement) {
  static constexpr std::string_view directive = "instar: no transaction";
  const std::string_view head = script.substr(0, first_statement);
  for (std::size_t at = head.find("--"); at != std::string_view::npos; at = head.find("--", at + 2)) {
    std::string_view comment = head.substr(at + 2, head.find_first_of("\r\n", at) - at - 2);
    comment.remove_prefix(std::min(comment.find_first_not_of(" \t-"), comment.size()));
    while (comment.ends_with(' ') || comment.ends_with('\t'))
      comment.remove_suffix(1);
    if (comment.size() == directive.size() &&
        std::equal(comment.begin(), comment.end(), directive.begin(),
                   [](char a, char b) { return upper_ascii(a) == upper_ascii(b); }))
      return true;
  }
  return false;
}

/// Cuts a script into pieces: the blocks that it opens and closes itself, and single statements.
[[nodiscard]] inline std::vector<script_piece> pieces_of(dialect target, script_plan& plan) {
  using of_transaction::word;
  std::vector<script_piece> pieces;
  std::optional<script_piece> open;
  for (std::size_t i = 0; i != plan.statements.size(); ++i) {
    const script_statement& statement = plan.statements[i];
    const word does = statement.transaction_control ? transaction_word(target, statement) : word::other;
    const bool ends = does == word::commit || does == word::commit_and_chain || does == word::rollback ||
                      does == word::rollback_and_chain ||
                      (statement.transaction_control && statement.keyword == "PREPARE");
    if (open) {
      open->last = i;
      if (!ends)
        continue;
      open->commits = does == word::commit || does == word::commit_and_chain;
      pieces.push_back(*open);
      open.reset();
      if (does == word::commit_and_chain || does == word::rollback_and_chain)
        open = script_piece{piece_kind::block, i + 1, i + 1, true, false};
      continue;
    }
    if (does == word::begin) {
      open = script_piece{piece_kind::block, i, i, false, false};
      continue;
    }
    const piece_kind kind = is_setting(target, statement)                                    ? piece_kind::setting
                            : statement.outside_transaction || statement.transaction_control ? piece_kind::outside
                                                                                             : piece_kind::plain;
    pieces.push_back({kind, i, i, false, false});
  }
  if (open && open->first < plan.statements.size())
    plan.unclosed = open->first;
  return pieces;
}

/// Decides how a script is run.
[[nodiscard]] inline script_plan plan_script(dialect target, std::string_view script,
                                             std::vector<script_statement> statements) {
  using of_transaction::word;
  script_plan plan;
  plan.statements = std::move(statements);
  bool control = false;
  bool outside = false;
  for (const script_statement& statement : plan.statements) {
    plan.changes_settings = plan.changes_settings || is_setting(target, statement);
    if (target == instar::sqlite) {
      const auto pragma = pragma_of(statement);
      if (pragma && pragma->name == "foreign_keys") {
        // In a transaction it does nothing, so we do it before ours begins.
        plan.turns_foreign_keys_off = plan.turns_foreign_keys_off || (!pragma->value.empty() && is_off(pragma->value));
        continue;
      }
    }
    if (statement.transaction_control && transaction_word(target, statement) == word::savepoint)
      plan.has_savepoints = true;
    else
      control = control || statement.transaction_control;
    outside = outside || statement.outside_transaction;
  }
  const bool asked = !plan.statements.empty() && asks_for_no_transaction(script, plan.statements.front().offset);
  if (!control && !outside && !asked)
    return plan;
  plan.pieces = pieces_of(target, plan);
  plan.mode = script_mode::pieces;
  if (outside || asked || plan.unclosed)
    return plan;
  std::size_t blocks = 0;
  for (const script_piece& piece : plan.pieces) {
    const bool good_block = piece.kind == piece_kind::block && piece.commits && !piece.chained;
    if (!good_block && piece.kind != piece_kind::setting)
      return plan;
    blocks += good_block ? 1 : 0;
  }
  if (blocks == 1)
    plan.mode = script_mode::own_transaction;
  return plan;
}

}  // namespace instar::detail

/// \file Empties a database, or says whether it is empty.

namespace instar::detail {

/// What the scripts of a history make beside the objects inside a schema.
struct made_by_scripts {
  std::set<std::string, std::less<>> schemas;
  std::set<std::string, std::less<>> extensions;

  void add(const std::vector<script_statement>& statements) {
    for (const script_statement& statement : statements) {
      token_reader tokens{instar::postgres, statement.text};
      if (!tokens.take("CREATE"))
        continue;
      const bool schema = tokens.take("SCHEMA");
      if (!schema && !tokens.take("EXTENSION"))
        continue;
      if (tokens.take("IF", "NOT"))
        (void)tokens.take("EXISTS");
      if (is_keyword(tokens.peek(), "AUTHORIZATION"))
        (void)tokens.name();  // CREATE SCHEMA AUTHORIZATION role: the schema has the role's name
      (schema ? schemas : extensions).insert(tokens.name());
    }
  }
};

struct dropped_object {
  std::string statement;
  std::string display_name;
};

/// The statements that empty these schemas: everything in them that belongs to no extension, the extensions and schemas
/// that the history makes itself. Others stay, for the history could not bring them back; so do owner and rights of a
/// schema.
[[nodiscard]] inline std::vector<dropped_object> drops_on_postgres(database& from, const std::set<std::string>& schemas,
                                                                   const made_by_scripts& made) {
  std::vector<dropped_object> drops;
  const auto list = [](const auto& names) {
    std::string text = "''";
    for (const std::string& name : names)
      text += ", " + quote_literal(name);
    return "(" + text + ")";
  };
  for (const auto& row :
       from.query("SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname IN " + list(made.schemas) +
                  " AND nspname NOT IN ('public', 'information_schema') AND "
                  "nspname !~ '^pg_' ORDER BY 1")
           .rows)
    drops.push_back({"DROP SCHEMA IF EXISTS " + quote_identifier(*row[0]) + " CASCADE", "schema " + *row[0]});
  // The catalogue of dependencies knows every kind of object that a schema can hold, and pg_identify_object its name as
  // DROP wants it.
  const query_result objects = from.query(
      "SELECT DISTINCT o.type, o.identity FROM pg_catalog.pg_depend d "
      "JOIN pg_catalog.pg_namespace n ON n.oid = d.refobjid, "
      "LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) o "
      "WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.deptype = 'n' AND d.objsubid = 0 "
      "AND d.classid NOT IN ('pg_catalog.pg_extension'::pg_catalog.regclass, "
      "'pg_catalog.pg_default_acl'::pg_catalog.regclass) "
      "AND n.nspname IN " +
      list(schemas) + " AND n.nspname NOT IN " + list(made.schemas) +
      " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid "
      "AND e.objsubid = 0 AND e.deptype IN ('e', 'i')) ORDER BY 1, 2");
  for (const auto& row : objects.rows) {
    const std::string& type = *row[0];
    if (type.starts_with("toast") || type == "index")
      continue;
    const std::string kind = type == "composite type" ? "TYPE" : type == "statistics object" ? "STATISTICS" : type;
    drops.push_back({"DROP " + kind + " IF EXISTS " + *row[1] + " CASCADE", type + " " + *row[1]});
  }
  for (const auto& row : from.query("SELECT extname FROM pg_catalog.pg_extension WHERE extname IN " +
                                    list(made.extensions) + " AND extname <> 'plpgsql' ORDER BY 1")
                             .rows)
    drops.push_back({"DROP EXTENSION IF EXISTS " + quote_identifier(*row[0]) + " CASCADE", "extension " + *row[0]});
  return drops;
}

[[nodiscard]] inline std::vector<dropped_object> drops_on_sqlite(database& from) {
  std::vector<dropped_object> drops;
  // Views and triggers first, so that none names what is gone already; virtual tables before the others, for their
  // shadow tables go with them and must not go before. (Which tables those are SQLite says from 3.37 on.)
  const query_result objects =
      from.query("SELECT type, name, type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%' FROM sqlite_schema "
                 "WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                 "ORDER BY CASE type WHEN 'trigger' THEN 0 WHEN 'view' THEN 1 ELSE 2 END, 3 DESC, rowid");
  for (const auto& row : objects.rows)
    drops.push_back({"DROP " + *row[0] + " IF EXISTS " + quote_identifier(*row[1]), *row[0] + " " + *row[1]});
  return drops;
}

/// Up to five objects that somebody put into a ledger's schema, extensions and our own tables aside.
[[nodiscard]] inline std::vector<std::string> foreign_objects(database& in, const ledger_place& place) {
  std::vector<std::string> found;
  const std::string ours = "('" + std::string{own_ledger} + "', '" + std::string{prisma_ledger} + "', '" +
                           std::string{journal_table} + "', '" + std::string{push_table} + "', " +
                           quote_literal(place.table) + ")";
  const query_result tables =
      place.dialect == instar::postgres
          ? in.query("SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
                     "c.relnamespace WHERE n.nspname = " +
                     quote_literal(place.schema) + " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname NOT IN " +
                     ours +
                     " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = "
                     "'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e') "
                     "ORDER BY 1 LIMIT 5")
          : in.query("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT IN " + ours +
                     " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1 LIMIT 5");
  for (const auto& row : tables.rows)
    found.push_back(text_of(row[0]));
  return found;
}

}  // namespace instar::detail


// ---- instar/migrate/runner.hpp

#include <map>

/// \file Runs one script, and writes what became of it into the ledger.
///
/// PostgreSQL. A script and its ledger row go out as one message, which the server runs as one transaction: one round
/// trip, one commit, and after a failure nothing is left to undo. A script that is itself one BEGIN … COMMIT gets the
/// row in front of its COMMIT. Any other script is cut into pieces, and a journal says how far it got.
///
/// SQLite. The same with BEGIN IMMEDIATE. `PRAGMA foreign_keys = OFF`, without which a table cannot be rebuilt, does
/// nothing inside a transaction (https://www.sqlite.org/pragma.html#pragma_foreign_keys), so a script that says it gets
/// it before the transaction begins and for all of it; before COMMIT every foreign key is checked, and a reference that
/// dangles now and did not before is an error.
///
/// Whatever a script does to its session (search path, role, pragmas) ends with it.

namespace instar::detail {

/// What a runner asks of, and tells, the one who calls it.
struct runner_hooks {
  std::function<void(const migration_progress&)> tell;
  std::function<void()> check_interrupt;  ///< throws to stop between two statements
  std::function<bool()> still_pending;    ///< SQLite: asked under the file's lock; another runner may have been faster
};

/// SQLite's settings of the session that a script may change, put back at the end.
class sqlite_settings {
 public:
  explicit sqlite_settings(database& of) : of_(of) {
    for (auto& [name, value] : saved_)
      value = text_of(of_.query_value("PRAGMA " + name));
  }
  sqlite_settings(const sqlite_settings&) = delete;
  sqlite_settings& operator=(const sqlite_settings&) = delete;

  ~sqlite_settings() {
    try {
      for (const auto& [name, value] : saved_)
        of_.execute("PRAGMA " + name + " = " + value);
    } catch (const std::exception&) {
      // The connection is no more, and its settings with it.
    }
  }

  [[nodiscard]] bool foreign_keys() const { return saved_.front().second == "1"; }

 private:
  database& of_;
  std::vector<std::pair<std::string, std::string>> saved_{{"foreign_keys", ""},
                                                          {"legacy_alter_table", ""},
                                                          {"ignore_check_constraints", ""},
                                                          {"recursive_triggers", ""},
                                                          {"writable_schema", ""}};
};

class script_runner {
 public:
  script_runner(database& on, ledger& book, runner_hooks hooks)
      : on_(on), book_(book), hooks_(std::move(hooks)), postgres_(on.dialect() == instar::postgres) {}

  /// Runs a migration and records it.
  ///
  /// \param resumed what the journal of a failed try says; nothing for a first try
  /// \return nothing when another runner was faster
  /// \throws migration_error `script_failed`, `partly_applied`, `stopped`, `foreign_keys_broken`, `open_transaction`,
  ///         `journal_mismatch`; database_error `connection_lost`, `read_only`, `busy`
  std::optional<applied_migration> apply(const migration& m, const script_plan& plan,
                                         const std::optional<std::vector<journal_row>>& resumed) {
    begin(m, plan);
    applied_migration report;
    report.name = m.name;
    report.statements = plan.statements.size();
    const auto began = std::chrono::steady_clock::now();
    (void)on_.take_notices();
    bool ran = true;
    // What was begun piece by piece is ended so, even when the file has become one transaction meanwhile.
    if (plan.mode == script_mode::pieces || resumed) {
      report.transactional = false;
      ran = run_pieces(resumed, report);
    } else if (postgres_) {
      run_whole_on_postgres();
    } else {
      ran = run_whole_on_sqlite();
    }
    if (!ran)
      return std::nullopt;
    book_.made();
    report.took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
    report.notices = on_.take_notices();
    return report;
  }

  /// Runs a script without a trace in the ledger.
  /// \throws as `apply`
  void run_unrecorded(const migration& m, const script_plan& plan) {
    begin(m, plan);
    recorded_ = false;
    if (plan.mode == script_mode::pieces) {
      applied_migration ignored;
      (void)run_pieces(std::nullopt, ignored);
    } else if (postgres_) {
      run_whole_on_postgres();
    } else {
      (void)run_whole_on_sqlite();
    }
  }

  /// Runs a script inside a transaction that is open already, without a trace in the ledger.
  void run_inside(const migration& m, const script_plan& plan) {
    begin(m, plan);
    recorded_ = false;
    run_settings();
    const auto [from, until] = inner_text();
    send(m.sql.substr(from, until - from), 0, from);
    if (postgres_ && !session_reset().empty())
      on_.execute(session_reset());
  }

 private:
  // ---- one script, as one transaction ----

  void begin(const migration& m, const script_plan& plan) {
    migration_ = &m;
    plan_ = &plan;
    recorded_ = true;
    if (plan.unclosed) {
      migration_error_fields fields;
      fields.message = "The script begins a transaction and never ends it.";
      fields.remedy = "Write COMMIT; where it ends, or leave BEGIN out: instar makes a transaction of every script.";
      fields.state = "Nothing of " + m.name + " was run.";
      fields.migration = m.name;
      fields.location = locate(m.display_name(), m.sql, plan.statements[*plan.unclosed].offset);
      throw migration_error{migration_code::open_transaction, std::move(fields)};
    }
  }

  /// The part of the script between its own BEGIN and COMMIT; all of it where it has none.
  [[nodiscard]] std::pair<std::size_t, std::size_t> inner_text() const {
    const std::string& sql = migration_->sql;
    const std::size_t mark = sql.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    if (plan_->mode != script_mode::own_transaction)
      return {mark, sql.size()};
    const script_piece& block = own_block();
    const script_statement& opening = plan_->statements[block.first];
    return {opening.offset + opening.text.size(), plan_->statements[block.last].offset};
  }

  [[nodiscard]] const script_piece& own_block() const {
    return *std::find_if(plan_->pieces.begin(), plan_->pieces.end(),
                         [](const script_piece& piece) { return piece.kind == piece_kind::block; });
  }

  /// The settings that a script makes above its own BEGIN.
  void run_settings() {
    if (plan_->mode != script_mode::own_transaction)
      return;
    for (const script_piece& piece : plan_->pieces) {
      if (piece.kind == piece_kind::block)
        return;
      const script_statement& setting = plan_->statements[piece.first];
      send(std::string{setting.text}, 0, setting.offset);
    }
  }

  void run_whole_on_postgres() {
    const std::string& sql = migration_->sql;
    const bool own = plan_->mode == script_mode::own_transaction;
    const std::size_t from = sql.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    const std::size_t until = own ? inner_text().second : sql.size();
    // Without BEGIN a message is a transaction too, but one in which SAVEPOINT is refused.
    const bool explicit_begin = plan_->has_savepoints && !own;
    const std::string head = explicit_begin ? "BEGIN;\n" : "";
    // The line break ends a comment on the script's last line.
    std::string text = head + sql.substr(from, until - from) + "\n;\n" + session_reset();
    if (recorded_) {
      if (!book_.place().exists)
        text += book_.create_statement() + ";\n";
      text += book_.insert_applied(migration_->name, migration_->checksum, 1) + ";\n";
    }
    if (own || explicit_begin)
      text += "COMMIT";
    try {
      on_.execute(text);
    } catch (const database_error& error) {
      if (own || explicit_begin)
        roll_back();
      throw whole_failed(error, head.size(), from, until);
    }
  }

  /// \return false when another runner was faster
  bool run_whole_on_sqlite() {
    std::optional<sqlite_settings> settings;
    bool check_foreign_keys = false;
    if (plan_->changes_settings || plan_->turns_foreign_keys_off) {
      settings.emplace(on_);
      check_foreign_keys = plan_->turns_foreign_keys_off && settings->foreign_keys();
      if (check_foreign_keys)
        on_.execute("PRAGMA foreign_keys = OFF");
    }
    std::map<std::string, std::size_t> dangling_before;
    const auto [from, until] = inner_text();
    for (;;) {
      try {
        run_settings();
      } catch (const database_error& error) {
        throw whole_failed(error, 0, 0, from);
      }
      begin_immediate();
      std::map<std::string, std::size_t> dangling;
      try {
        if (recorded_ && !hooks_.still_pending()) {
          roll_back();
          return false;
        }
        send(migration_->sql.substr(from, until - from), 0, from);
        if (check_foreign_keys)
          dangling = dangling_references();
        if (dangling.empty() || no_more_than(dangling, dangling_before)) {
          record_on_sqlite();
          return true;
        }
      } catch (const database_error& error) {
        roll_back();
        throw whole_failed(error, 0, from, until);
      } catch (const migration_error&) {
        roll_back();
        throw;
      }
      // References that dangled before are not this script's fault. They are counted only now that it matters.
      roll_back();
      if (!dangling_before.empty())
        throw foreign_keys_broken(dangling, dangling_before);
      dangling_before = dangling_references();
      if (!no_more_than(dangling, dangling_before))
        throw foreign_keys_broken(dangling, dangling_before);
    }
  }

  void record_on_sqlite() {
    if (recorded_) {
      if (!book_.place().exists)
        on_.execute(book_.create_statement());
      on_.execute(book_.insert_applied(migration_->name, migration_->checksum, 1));
    }
    on_.execute("COMMIT");
  }

  void begin_immediate() {
    try {
      on_.execute("BEGIN IMMEDIATE");
    } catch (const database_error& error) {
      if (was_stopped(error))
        throw stopped("Nothing of it was applied.");
      if (error.code() != database_code::busy)
        throw;
      migration_error_fields fields;
      fields.message = "Another connection is writing to the database " + on_.url().redacted() + " (P1002).";
      fields.remedy = "Wait until it is done, or stop it, and try again.";
      fields.state = "Nothing of " + migration_->name + " was applied.";
      fields.migration = migration_->name;
      throw migration_error{migration_code::lock_timeout, std::move(fields)};
    }
  }

  /// Dangling references by the two tables: rows and numbers of keys change when a table is rebuilt.
  [[nodiscard]] std::map<std::string, std::size_t> dangling_references() {
    std::map<std::string, std::size_t> counts;
    for (const auto& row : on_.query("PRAGMA foreign_key_check").rows)
      ++counts[text_of(row[0]) + " → " + text_of(row[2])];
    return counts;
  }

  static bool no_more_than(const std::map<std::string, std::size_t>& now,
                           const std::map<std::string, std::size_t>& before) {
    return std::all_of(now.begin(), now.end(), [&](const auto& entry) {
      const auto was = before.find(entry.first);
      return was != before.end() && entry.second <= was->second;
    });
  }

  [[nodiscard]] migration_error foreign_keys_broken(const std::map<std::string, std::size_t>& now,
                                                    const std::map<std::string, std::size_t>& before) const {
    std::string tables;
    for (const auto& [pair, count] : now) {
      const auto was = before.find(pair);
      if (was != before.end() && count <= was->second)
        continue;
      tables += (tables.empty() ? "" : ", ") + pair + " (" + std::to_string(count) + (count == 1 ? " row)" : " rows)");
    }
    migration_error_fields fields;
    fields.message =
        "The migration " + migration_->name + " leaves references to rows that do not exist: " + tables + ".";
    fields.remedy = "Delete or correct those rows in the script, and run deploy again.";
    fields.state = nothing_applied();
    fields.migration = migration_->name;
    return migration_error{migration_code::foreign_keys_broken, std::move(fields)};
  }

  // ---- one script, piece by piece ----

  /// \return false when another runner was faster
  bool run_pieces(const std::optional<std::vector<journal_row>>& resumed, applied_migration& report) {
    std::vector<script_piece> pieces = plan_->pieces;
    script_plan as_pieces;
    if (pieces.empty()) {
      as_pieces = *plan_;
      pieces = pieces_of(on_.dialect(), as_pieces);
    }
    std::optional<sqlite_settings> settings;
    if (!postgres_)
      settings.emplace(on_);
    exclusive_file file{on_, !postgres_ && recorded_};
    if (resumed)
      check_journal(*resumed);
    const auto journalled = [&](std::size_t statement) -> const journal_row* {
      if (resumed)
        for (const journal_row& row : *resumed)
          if (row.statement == statement + 1)
            return &row;
      return nullptr;
    };
    const auto done = [&](const script_piece& piece) {
      for (std::size_t i = piece.first; i <= piece.last; ++i)
        if (const journal_row* row = journalled(i); row == nullptr || !row->finished)
          return false;
      return true;
    };
    const auto first_open = std::find_if(pieces.begin(), pieces.end(), [&](const script_piece& piece) {
      return piece.kind != piece_kind::setting && !done(piece);
    });
    if (recorded_ && !start_record(resumed.has_value(), first_open == pieces.end() ? nullptr : &*first_open))
      return false;
    if (resumed && first_open != pieces.end() && hooks_.tell)
      hooks_.tell({.what = migration_progress::event::resuming,
                   .migration = migration_->name,
                   .index = first_open->first + 1,
                   .total = plan_->statements.size()});
    for (const script_piece& piece : pieces) {
      if (done(piece)) {
        report.skipped += piece.last - piece.first + 1;
        continue;
      }
      const bool again = journalled(piece.first) != nullptr;
      if (hooks_.tell)
        hooks_.tell({.what = migration_progress::event::running_statement,
                     .migration = migration_->name,
                     .index = piece.first + 1,
                     .total = plan_->statements.size()});
      try {
        hooks_.check_interrupt();
      } catch (const migration_error& stop) {
        throw piece_stopped(stop, piece);
      }
      const bool sets_journal_mode = !postgres_ && changes_journal_mode(plan_->statements[piece.first]);
      if (sets_journal_mode)
        file.give_up();
      run_piece(piece, again);
      if (sets_journal_mode)
        file.take();
    }
    finish_record();
    return true;
  }

  static bool changes_journal_mode(const script_statement& statement) {
    const auto pragma = pragma_of(statement);
    return pragma && pragma->name == "journal_mode" && !pragma->value.empty();
  }

  /// SQLite: keeps the file locked between the transactions of a script.
  /// https://www.sqlite.org/pragma.html#pragma_locking_mode
  class exclusive_file {
   public:
    exclusive_file(database& of, bool wanted) : of_(of), wanted_(wanted && !of.is_memory()) { take(); }
    exclusive_file(const exclusive_file&) = delete;
    exclusive_file& operator=(const exclusive_file&) = delete;
    ~exclusive_file() {
      try {
        give_up();
      } catch (const std::exception&) {
        // The connection's end releases it.
      }
    }

    void take() {
      if (wanted_)
        (void)of_.query("PRAGMA main.locking_mode = EXCLUSIVE");
    }

    /// A connection that enters WAL while it has the file for itself can never share it again.
    void give_up() {
      if (!wanted_)
        return;
      (void)of_.query("PRAGMA main.locking_mode = NORMAL");
      (void)of_.query("SELECT count(*) FROM sqlite_schema");  // the lock goes with the next access
    }

   private:
    database& of_;
    bool wanted_;
  };

  /// Statements that are applied must be those that the file still has: what ran cannot be taken back by editing.
  void check_journal(const std::vector<journal_row>& journal) const {
    for (const journal_row& row : journal) {
      if (!row.finished)
        continue;
      const bool there = row.statement >= 1 && row.statement <= plan_->statements.size();
      if (there && sha256_hex(plan_->statements[row.statement - 1].text) == row.hash)
        continue;
      migration_error_fields fields;
      fields.message = "Statement " + std::to_string(row.statement) + " of " + migration_->name +
                       " was applied by an earlier try, and the file no longer has it as it was.";
      fields.remedy = "Restore the statements up to it, or undo them by hand and run "
                      "`migrate resolve --rolled-back " +
                      migration_->name + "`.";
      fields.state = "The statements before the one that failed are still applied; nothing was run now.";
      fields.migration = migration_->name;
      if (there)
        fields.location =
            locate(migration_->display_name(), migration_->sql, plan_->statements[row.statement - 1].offset);
      throw migration_error{migration_code::journal_mismatch, std::move(fields)};
    }
  }

  /// The row of this try, and the first line of the journal: from here on a failure can be resumed.
  bool start_record(bool again, const script_piece* first) {
    std::string text;
    if (!postgres_) {
      begin_immediate();
      if (!hooks_.still_pending()) {
        roll_back();
        return false;
      }
    }
    if (!book_.place().exists)
      text += book_.create_statement() + ";\n";
    text += again ? book_.mark_rolled_back(migration_->name, true) + ";\n"  // one row a try
                  : book_.create_journal() + ";\n";
    text += book_.insert_started(migration_->name, migration_->checksum) + ";\n";
    if (first != nullptr)
      text += entry(first->first, false) + ";\n";
    if (!postgres_)
      text += "COMMIT";
    try {
      on_.execute(text);
    } catch (const database_error&) {
      roll_back();
      throw;
    }
    book_.made();
    return true;
  }

  void finish_record() {
    if (!recorded_) {
      if (postgres_ && !session_reset().empty())
        on_.execute(session_reset());
      return;
    }
    std::string text = postgres_ ? session_reset() : "BEGIN IMMEDIATE;\n";
    text += book_.mark_finished(migration_->name) + ";\n" + book_.drop_journal() + ";\n";
    if (!postgres_)
      text += "COMMIT";
    on_.execute(text);
  }

  [[nodiscard]] std::string entry(std::size_t statement, bool finished) const {
    return book_.journal_entry(migration_->name, statement + 1, sha256_hex(plan_->statements[statement].text),
                               finished);
  }

  [[nodiscard]] std::string entries(const script_piece& piece) const {
    if (!recorded_)
      return {};
    std::string text;
    // The script may have taken a role that may not write here; LOCAL ends with this transaction.
    if (postgres_ && changes_role())
      text += "SET LOCAL SESSION AUTHORIZATION DEFAULT;\nSET LOCAL ROLE NONE;\n";
    for (std::size_t i = piece.first; i <= piece.last; ++i)
      text += entry(i, true) + ";\n";
    return text;
  }

  void run_piece(const script_piece& piece, bool again) {
    const script_statement& first = plan_->statements[piece.first];
    try {
      switch (piece.kind) {
      case piece_kind::setting:
        send(std::string{first.text}, 0, first.offset);
        return;
      case piece_kind::plain:
        run_plain(piece, first);
        return;
      case piece_kind::outside:
        run_outside(piece, first, again);
        return;
      case piece_kind::block:
        run_block(piece);
        return;
      }
    } catch (const database_error& error) {
      throw piece_failed(error, piece);
    }
  }

  void run_plain(const script_piece& piece, const script_statement& statement) {
    const std::string record = entries(piece);
    if (!postgres_) {
      const std::string head = "BEGIN IMMEDIATE;\n";
      try {
        send(head + std::string{statement.text} + "\n;\n" + record + "COMMIT", head.size(), statement.offset);
      } catch (const database_error&) {
        roll_back();
        throw;
      }
      return;
    }
    try {
      send(std::string{statement.text} + "\n;\n" + record, 0, statement.offset);
    } catch (const database_error& error) {
      // Its text does not show that it cannot be in a transaction, such as a CALL of a procedure that commits.
      if (error.sqlstate() != "25001" && error.sqlstate() != "2D000")
        throw;
      run_outside(piece, statement, false);
    }
  }

  void run_outside(const script_piece& piece, const script_statement& statement, bool again) {
    const auto record = [&](bool finished) {
      if (recorded_)
        on_.execute((postgres_ && changes_role() ? "SET LOCAL SESSION AUTHORIZATION DEFAULT;\nSET LOCAL ROLE NONE;\n"
                                                 : std::string{}) +
                    entry(piece.first, finished));
    };
    record(false);
    if (again)
      drop_invalid_index(statement);
    try {
      send(std::string{statement.text}, 0, statement.offset);
    } catch (const database_error&) {
      drop_invalid_index(statement);
      throw;
    }
    gave_up_lock_ = gave_up_lock_ || (postgres_ && statement.keyword == "DISCARD");
    record(true);
  }

  void run_block(const script_piece& piece) {
    const script_statement& first = plan_->statements[piece.first];
    const script_statement& last = plan_->statements[piece.last];
    const bool ended = last.transaction_control;
    const std::string head = piece.chained ? "BEGIN;\n" : "";
    const std::string body = migration_->sql.substr(first.offset, last.offset - first.offset);
    const std::string record = entries(piece);
    try {
      if (piece.commits)
        send(head + body + record + "COMMIT", head.size(), first.offset);
      else
        send(head + body + (ended && last.keyword == "PREPARE" ? std::string{last.text} : "ROLLBACK") + ";\n" + record,
             head.size(), first.offset);
    } catch (const database_error&) {
      roll_back();
      throw;
    }
  }

  /// A CREATE INDEX CONCURRENTLY that fails leaves an invalid index under its name, and the next try would stumble over
  /// it or, with IF NOT EXISTS, take it for the real one.
  void drop_invalid_index(const script_statement& statement) {
    if (!postgres_ || !on_.is_open())
      return;
    const std::optional<concurrent_index> made = concurrent_index_of(statement.text);
    if (!made || made->name.empty())
      return;
    const std::string table =
        (made->table_schema.empty() ? "" : quote_identifier(made->table_schema) + ".") + quote_identifier(made->table);
    try {
      const sql_value name =
          on_.query_value("SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) "
                          "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
                          "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                          "WHERE NOT i.indisvalid AND i.indrelid = pg_catalog.to_regclass(" +
                          quote_literal(table) + ") AND c.relname = " + quote_literal(made->name));
      if (name)
        on_.execute("DROP INDEX CONCURRENTLY " + *name);
    } catch (const database_error&) {
      // The next try does it.
    }
  }

  // ---- the session ----

  /// What puts a PostgreSQL session back to what its connection string says. In front of our own statements, because a
  /// script may have taken another role or emptied the search path, as dumps do.
  [[nodiscard]] std::string session_reset() const {
    if (!plan_->changes_settings && !has_word("set_config") && !has_word("do") && !has_word("call"))
      return {};
    return "RESET SESSION AUTHORIZATION;\nRESET ROLE;\nRESET ALL;\n";
  }

  [[nodiscard]] bool changes_role() const { return has_word("role") || has_word("authorization"); }

  /// Whether the script's text has a word; in a comment counts too, which costs a needless reset.
  [[nodiscard]] bool has_word(std::string_view word) const {
    const std::string& sql = migration_->sql;
    const auto same = [](char a, char b) { return upper_ascii(a) == upper_ascii(b); };
    for (auto at = sql.begin();;) {
      at = std::search(at, sql.end(), word.begin(), word.end(), same);
      if (at == sql.end())
        return false;
      const auto end = at + static_cast<std::ptrdiff_t>(word.size());
      if ((at == sql.begin() || !is_sql_word_part(*(at - 1))) && (end == sql.end() || !is_sql_word_part(*end)))
        return true;
      at = end;
    }
  }

  void roll_back() noexcept {
    try {
      if (on_.is_open() && (postgres_ || on_.in_transaction()))
        on_.execute("ROLLBACK");
    } catch (const std::exception&) {
      // A connection that is gone has rolled back.
    }
  }

  // ---- errors ----

  /// Sends text of the script. Remembers where in the script it begins, for errors.
  /// \param head bytes of ours before it \param from where in the script it begins
  void send(const std::string& text, std::size_t head, std::size_t from) {
    sent_head_ = head;
    sent_from_ = from;
    in_script_ = true;
    on_.execute(text);
    in_script_ = false;
  }

  [[nodiscard]] std::string nothing_applied() const {
    return recorded_ ? "Nothing of it was applied; fix the file and run deploy again." : "Nothing of it was applied.";
  }

  [[nodiscard]] std::string what() const {
    return recorded_ ? "The migration " + migration_->name : "The script " + migration_->name;
  }

  static database_answer answer_of(const database_error& error) {
    return {error.message(), error.sqlstate(), error.detail(), error.hint(), error.context()};
  }

  /// What to do about errors that have one cause.
  [[nodiscard]] static std::string remedy_for(const database_error& error) {
    if (error.sqlstate() == "55P04")  // unsafe_new_enum_value_usage
      return "A new enum value can be used only after the transaction that adds it: put ALTER TYPE … ADD VALUE into a "
             "migration of its own, before this one.";
    if (error.sqlstate() == "25001" || error.sqlstate() == "2D000")
      return "The statement cannot run in a transaction: write `-- instar: no transaction` above the first statement.";
    if (!error.remedy().empty())
      return error.remedy();
    return "Correct the statement and try again.";
  }

  [[nodiscard]] migration_error stopped(std::string state) const {
    migration_error_fields fields;
    fields.message = what() + " was interrupted.";
    fields.remedy = recorded_ ? "Run deploy again to go on." : "Run it again.";
    fields.state = std::move(state);
    fields.migration = migration_->name;
    return migration_error{migration_code::stopped, std::move(fields)};
  }

  [[nodiscard]] migration_error failed_at(std::string_view code, const database_error& error, std::string state,
                                          std::optional<std::size_t> offset) const {
    migration_error_fields fields;
    fields.message = what() + " failed: " + error.message() + (recorded_ ? " (P3018)." : ".");
    fields.remedy = remedy_for(error);
    fields.state = std::move(state);
    fields.migration = migration_->name;
    fields.database = answer_of(error);
    if (offset)
      fields.location = locate(migration_->display_name(), migration_->sql, *offset);
    return migration_error{code, std::move(fields)};
  }

  [[noreturn]] void connection_lost(const database_error& error, const std::string& more) const {
    throw database_error{
        error.code(),
        {.message = error.message(), .remedy = error.remedy() + " " + more, .sqlstate = error.sqlstate()}};
  }

  /// \param head bytes of ours before the script in what was sent
  [[nodiscard]] migration_error whole_failed(const database_error& error, std::size_t head, std::size_t from,
                                             std::size_t until) {
    if (was_stopped(error))
      return stopped("Nothing of it was applied.");
    if (error.code() == database_code::read_only)
      throw error;  // no statement is to blame
    if (error.code() == database_code::connection_lost)
      connection_lost(error, "Whether " + migration_->name +
                                 " was committed is not known; run deploy again, which asks the ledger.");
    return failed_at(migration_code::script_failed, error, nothing_applied(),
                     locate_statement(error, head, from, until));
  }

  /// Whether the interruption is ours: PostgreSQL's statement_timeout has the same code.
  [[nodiscard]] bool was_stopped(const database_error& error) const {
    if (error.code() != database_code::interrupted)
      return false;
    try {
      hooks_.check_interrupt();
    } catch (const migration_error&) {
      return true;
    }
    return !postgres_;
  }

  [[nodiscard]] std::optional<std::size_t> locate_statement(const database_error& error, std::size_t head,
                                                            std::size_t from, std::size_t until) {
    if (!postgres_ && !in_script_)
      return std::nullopt;  // one of our own statements behind the script
    if (error.offset()) {
      const std::size_t at = *error.offset() < head ? from : from + (*error.offset() - head);
      if (at < until)
        return at;
      return std::nullopt;  // one of our own statements behind the script
    }
    const bool of_ledger = error.message().find(book_.place().table) != std::string::npos;
    if (plan_->statements.empty() || (of_ledger && !has_word(book_.place().table)))
      return std::nullopt;
    if (plan_->statements.size() == 1)
      return plan_->statements.front().offset;
    return postgres_ ? find_failing_statement(error) : std::nullopt;
  }

  /// Finds the statement that failed, where the server does not say: errors of the data (a duplicate, a NULL) have no
  /// position. The script, of which nothing is applied, is run once more statement by statement and rolled back again,
  /// with little patience: better no place than a lock on a busy table.
  [[nodiscard]] std::optional<std::size_t> find_failing_statement(const database_error& original) {
    if (!on_.is_open())
      return std::nullopt;
    using clock = std::chrono::steady_clock;
    const clock::time_point give_up = clock::now() + std::chrono::seconds{5};
    std::optional<std::size_t> found;
    try {
      on_.execute("BEGIN;\nSET LOCAL lock_timeout = '1s';\nSET LOCAL statement_timeout = '5s'");
      for (const script_statement& statement : plan_->statements) {
        if (clock::now() > give_up)
          break;
        if (statement.transaction_control &&
            transaction_word(instar::postgres, statement) != of_transaction::word::savepoint)
          continue;
        try {
          on_.execute(statement.text);
        } catch (const database_error& error) {
          if (error.sqlstate() == original.sqlstate() && error.message() == original.message())
            found = statement.offset;
          break;
        }
      }
    } catch (const database_error&) {
      found = std::nullopt;
    }
    roll_back();
    return found;
  }

  [[nodiscard]] std::string state_after(const script_piece& failed) const {
    if (!recorded_)
      return failed.first == 0 ? "Nothing of it was applied."
                               : "The statements before line " + line_of(failed.first) + " are applied.";
    const std::string again = "Fix the file and run deploy again: it goes on there.";
    if (failed.first == 0)
      return "Nothing of it was applied. " + again;
    return "Of its " + std::to_string(plan_->statements.size()) + " statements the first " +
           std::to_string(failed.first) + (failed.first == 1 ? " is" : " are") + " applied and recorded. " + again;
  }

  [[nodiscard]] std::string line_of(std::size_t statement) const {
    return std::to_string(position_in_script(migration_->sql, plan_->statements[statement].offset).line);
  }

  [[nodiscard]] migration_error piece_stopped(const migration_error& stop, const script_piece& piece) {
    migration_error_fields fields;
    fields.message = stop.message();
    fields.remedy = stop.remedy();
    fields.state = state_after(piece);
    fields.migration = migration_->name;
    write_failure("interrupted", piece);
    return migration_error{stop.code(), std::move(fields)};
  }

  [[nodiscard]] migration_error piece_failed(const database_error& error, const script_piece& piece) {
    if (error.code() == database_code::connection_lost)
      connection_lost(error, "Whether statement " + std::to_string(piece.first + 1) + " of " + migration_->name +
                                 " was carried out is not known; look before you run deploy again, which repeats it.");
    const bool interrupted = was_stopped(error);
    std::size_t offset = plan_->statements[piece.first].offset;
    if (error.offset() && *error.offset() >= sent_head_) {
      const std::size_t at = sent_from_ + (*error.offset() - sent_head_);
      const script_statement& last = plan_->statements[piece.last];
      if (at < last.offset + last.text.size())
        offset = at;
    }
    const script_location place = locate(migration_->display_name(), migration_->sql, offset);
    write_failure(place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " +
                      error.message() + (error.detail().empty() ? "" : "\nDETAIL: " + error.detail()) +
                      (error.sqlstate().empty() ? "" : "\nSQLSTATE: " + error.sqlstate()),
                  piece);
    if (interrupted)
      return stopped(state_after(piece));
    return failed_at(recorded_ ? migration_code::partly_applied : migration_code::script_failed, error,
                     state_after(piece), offset);
  }

  /// Writes what happened into ledger and journal; when even that fails, the error itself matters more.
  void write_failure(const std::string& text, const script_piece& piece) noexcept {
    if (!recorded_)
      return;
    try {
      if (postgres_)
        on_.execute("RESET SESSION AUTHORIZATION;\nRESET ROLE;\nRESET ALL");
      const sql_value logs = text;
      (void)on_.query(book_.set_logs(migration_->name), {&logs, 1});
      on_.execute(entry(piece.first, false));
      (void)on_.query(book_.journal_error(migration_->name, piece.first + 1), {&logs, 1});
    } catch (const std::exception&) {
      // The row without an end says enough.
    }
  }

 public:
  /// Whether a script gave up the session's locks (DISCARD ALL); asking forgets it.
  [[nodiscard]] bool gave_up_lock() noexcept { return std::exchange(gave_up_lock_, false); }

 private:
  database& on_;
  ledger& book_;
  runner_hooks hooks_;
  bool postgres_;
  bool recorded_ = true;
  bool gave_up_lock_ = false;
  const migration* migration_ = nullptr;
  const script_plan* plan_ = nullptr;
  std::size_t sent_head_ = 0;
  std::size_t sent_from_ = 0;
  bool in_script_ = false;
};

}  // namespace instar::detail


// ---- instar/migrate/shadow.hpp

/// \file A shadow database: an empty one in which a history and a new script prove that they run.
///
/// PostgreSQL: a scratch database on the same server. Where the role may not create one, a transaction in the database
/// itself that drops everything, replays, and is rolled back; it locks every table while it runs, so it gives up when
/// it would have to wait. SQLite: a database in memory.

namespace instar::detail {

class shadow_database {
 public:
  /// Told which connection is in use, so that an interruption reaches it; nullptr: none any more.
  using connection_hook = std::function<void(database*)>;

  /// \param main  the database that is migrated; PostgreSQL only, may be null otherwise
  /// \param named an empty database to use instead of a scratch one
  /// \throws migration_error `shadow_unavailable`, `shadow_not_empty`
  shadow_database(dialect target, database* main, const std::optional<database_url>& named, connection_hook in_use)
      : in_use_(std::move(in_use)) {
    if (named) {
      use_named(target, *named);
    } else if (target == instar::sqlite) {
      own_ = open_database(database_url{"sqlite::memory:"});
    } else if (main != nullptr) {
      use_scratch(*main);
    } else {
      throw unavailable("No database is named that a shadow database could be made beside.",
                        "Name the database, or an empty one for the shadow.");
    }
    in_use_(&connection());
  }

  shadow_database(const shadow_database&) = delete;
  shadow_database& operator=(const shadow_database&) = delete;

  ~shadow_database() {
    in_use_(nullptr);
    try {
      if (named_)
        empty_named();
      own_.reset();
      if (scratch_)
        (void)drop_database(*scratch_);
    } catch (const std::exception&) {
      // A scratch database that stays behind is dropped by a later run.
    }
  }

  [[nodiscard]] database& connection() noexcept { return own_ ? *own_ : *main_; }

  /// Whether the scripts run in one transaction of the main database that is rolled back.
  [[nodiscard]] bool in_transaction() const noexcept { return own_ == nullptr; }

  /// Runs scripts from the first to the last.
  ///
  /// \param schemas those that the transaction must empty first, when it comes to that
  /// \param tell    called before each
  /// \throws migration_error `shadow_failed` with the place in the script, `shadow_unavailable`
  void replay(const std::vector<const migration*>& scripts, const std::set<std::string>& schemas,
              const runner_hooks& hooks, const std::function<void(const migration&, std::size_t)>& tell) {
    std::vector<script_plan> plans;
    made_by_scripts made;
    const dialect target = connection().dialect();
    for (const migration* m : scripts) {
      plans.push_back(plan_script(target, m->sql, checked_statements(target, *m)));
      made.add(plans.back().statements);
      if (in_transaction() && plans.back().mode == script_mode::pieces)
        throw unavailable("The role may not create a shadow database, and " + m->name +
                              " cannot run in a transaction that is rolled back.",
                          "Grant the role CREATEDB, or name an empty database with --shadow-url.");
    }
    ledger none;
    script_runner runner{connection(), none, hooks};
    if (in_transaction())
      open_transaction(schemas, made);
    try {
      for (std::size_t i = 0; i != scripts.size(); ++i) {
        hooks.check_interrupt();
        tell(*scripts[i], i);
        run_one(runner, *scripts[i], plans[i]);
      }
    } catch (const std::exception&) {
      close_transaction();
      throw;
    }
    close_transaction();
  }

 private:
  static constexpr std::string_view prefix = "instar_shadow_";

  static migration_error unavailable(std::string message, std::string remedy,
                                     std::string_view code = migration_code::shadow_unavailable) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "Nothing was changed.";
    return migration_error{code, std::move(fields)};
  }

  void use_named(dialect target, const database_url& named) {
    if (named.dialect() != target)
      throw unavailable("The shadow database is " + std::string{provider_name(named.dialect())} +
                            ", the history is for " + std::string{provider_name(target)} + ".",
                        "Name a shadow database of the same kind.");
    own_ = open_database(named, {.create = true, .application_name = "instar shadow"});
    const ledger found = ledger::read(*own_);
    std::vector<std::string> objects = foreign_objects(*own_, found.place());
    if (found.place().exists)
      objects.push_back(found.place().table);
    if (objects.empty()) {
      if (target == instar::postgres)
        found_ = schemas_and_extensions();
      named_schema_ = found.place().schema;
      named_ = true;
      return;
    }
    throw unavailable("The shadow database " + named.redacted() + " is not empty; it holds " + objects.front() + ".",
                      "Name an empty database: what is in it is dropped.", migration_code::shadow_not_empty);
  }

  void use_scratch(database& main) {
    main_ = &main;
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    std::random_device random;
    const std::string name =
        std::string{prefix} + std::to_string(now.count()) + "_" + std::to_string(random() % 1'000'000);
    scratch_ = main.url().with_database(name);
    try {
      create_database(*scratch_);
    } catch (const database_error& error) {
      scratch_.reset();
      if (error.code() == database_code::permission)
        return;  // a transaction has to do
      throw;
    }
    try {
      drop_stale(main, now.count());
      own_ = open_database(*scratch_, {.application_name = "instar shadow"});
      own_->execute("SET synchronous_commit = off");
    } catch (const std::exception&) {
      own_.reset();
      (void)drop_database(*scratch_);
      throw;
    }
  }

  /// Drops what killed runs left behind: old by their name, used by nobody, and ours to drop.
  static void drop_stale(database& main, std::int64_t now) {
    constexpr std::int64_t hour = 3600;
    const query_result found = main.query(
        "SELECT d.datname FROM pg_catalog.pg_database d WHERE d.datname ~ '^instar_shadow_[0-9]{1,12}_[0-9]+$' "
        "AND pg_catalog.split_part(d.datname, '_', 3)::bigint < " +
        std::to_string(now - hour) +
        " AND pg_catalog.pg_has_role(d.datdba, 'USAGE') AND NOT EXISTS (SELECT 1 FROM "
        "pg_catalog.pg_stat_activity a WHERE a.datname = d.datname)");
    for (const auto& row : found.rows)
      try {
        (void)drop_database(main.url().with_database(text_of(row[0])));
      } catch (const database_error&) {
        // Somebody else is faster, or uses it after all.
      }
  }

  [[nodiscard]] made_by_scripts schemas_and_extensions() {
    made_by_scripts all;
    for (const auto& row : own_->query("SELECT nspname FROM pg_catalog.pg_namespace").rows)
      all.schemas.insert(text_of(row[0]));
    for (const auto& row : own_->query("SELECT extname FROM pg_catalog.pg_extension").rows)
      all.extensions.insert(text_of(row[0]));
    return all;
  }

  /// Makes the named database as empty as it was found: schemas and extensions that it had stay.
  void empty_named() {
    if (!own_ || !own_->is_open())
      return;
    if (own_->dialect() == instar::sqlite) {
      own_->execute("PRAGMA foreign_keys = OFF");
      for (const dropped_object& object : drops_on_sqlite(*own_))
        own_->execute(object.statement);
      return;
    }
    own_->execute("RESET ALL");
    made_by_scripts made = schemas_and_extensions();
    const auto was_there = [](const auto& before) {
      return [&](const std::string& name) { return before.contains(name); };
    };
    std::erase_if(made.schemas, was_there(found_.schemas));
    std::erase_if(made.extensions, was_there(found_.extensions));
    for (const dropped_object& object : drops_on_postgres(*own_, {named_schema_}, made))
      own_->execute(object.statement);
  }

  void run_one(script_runner& runner, const migration& m, const script_plan& plan) {
    try {
      if (in_transaction())
        runner.run_inside(m, plan);
      else
        runner.run_unrecorded(m, plan);
    } catch (const migration_error& error) {
      if (error.code() == migration_code::stopped)
        throw;
      throw failed(m, error.location(), error.database(), error.remedy(),
                   error.database() ? error.database()->message : error.message());
    } catch (const database_error& error) {
      if (error.code() == database_code::connection_lost || error.code() == database_code::interrupted)
        throw;
      std::optional<script_location> place;
      if (error.offset())
        place = locate(m.display_name(), m.sql, *error.offset());
      throw failed(m, place,
                   database_answer{error.message(), error.sqlstate(), error.detail(), error.hint(), error.context()},
                   "Correct the statement and try again.", error.message());
    }
  }

  static migration_error failed(const migration& m, const std::optional<script_location>& place,
                                const std::optional<database_answer>& answer, const std::string& remedy,
                                const std::string& cause) {
    migration_error_fields fields;
    fields.message = m.name + " does not run in the shadow database: " + cause + " (P3006).";
    fields.remedy = remedy;
    fields.state = "Your database and the migrations folder are as they were.";
    fields.migration = m.name;
    fields.location = place;
    fields.database = answer;
    return migration_error{migration_code::shadow_failed, std::move(fields)};
  }

  void open_transaction(const std::set<std::string>& schemas, const made_by_scripts& made) {
    try {
      main_->execute("BEGIN;\nSET LOCAL lock_timeout = '3s'");
      for (const dropped_object& object : drops_on_postgres(*main_, schemas, made))
        main_->execute(object.statement);
      main_->execute("SET LOCAL lock_timeout TO DEFAULT");
    } catch (const database_error& error) {
      close_transaction();
      throw unavailable("The role may not create a shadow database, and the database cannot be emptied in a "
                        "transaction instead: " +
                            error.message() + ".",
                        "Grant the role CREATEDB, or name an empty database with --shadow-url.");
    }
  }

  void close_transaction() noexcept {
    if (!in_transaction() || !main_->is_open())
      return;
    try {
      main_->execute("ROLLBACK");
    } catch (const std::exception&) {
      // Gone with the connection.
    }
  }

  connection_hook in_use_;
  database* main_ = nullptr;
  std::unique_ptr<database> own_;
  std::optional<database_url> scratch_;
  bool named_ = false;
  std::string named_schema_;
  made_by_scripts found_;  ///< what the named database had before any script ran
};

}  // namespace instar::detail


// ---- instar/migrate/snapshot_file.hpp


// ---- instar/migrate/snapshot_reader.hpp

#include <charconv>

/// \file A snapshot header read at run time: a parser of exactly the C++ that the writer writes.

namespace instar {

/// A snapshot that owns what it looks at.
class owned_snapshot {
 public:
  owned_snapshot() = default;

  /// \param read looks into `owner`, whose own view is not used.
  owned_snapshot(owned_schema owner, const snapshot& read) : owner_(std::move(owner)), view_(read) {}

  /// Valid as long as this object, or the one it was moved to.
  [[nodiscard]] const snapshot& view() const noexcept { return view_; }

 private:
  owned_schema owner_;
  snapshot view_{};
};

namespace detail {

/// A value as the header spells it: what it means is decided by the member that it is for.
struct snapshot_value {
  enum class kind : unsigned char { text, number, name, list };
  kind what = kind::list;
  std::string text{};                                              ///< of a text: unescaped; otherwise as it is spelt
  std::vector<std::pair<std::string, snapshot_value>> elements{};  ///< with the member's name where one is given
  std::size_t offset = 0;
  std::size_t content = 0;  ///< of a raw text: where in the file its first character is; 0: it is not raw
};

struct snapshot_variable {
  std::string type;
  snapshot_value value;
};

class snapshot_parser {
 public:
  snapshot_parser(std::string_view file, std::string_view text) : file_(file), text_(text) {}

  /// Every variable of the header by its name without namespace.
  [[nodiscard]] std::map<std::string, snapshot_variable, std::less<>> run() {
    std::map<std::string, snapshot_variable, std::less<>> variables;
    if (text_.starts_with(byte_order_mark))
      at_ = byte_order_mark.size();
    std::size_t namespaces = 0;
    for (skip_blank(); at_ < text_.size(); skip_blank()) {
      if (take("}")) {
        if (namespaces == 0)
          fail("This } closes nothing.", at_ - 1);
        --namespaces;
        continue;
      }
      const std::size_t begin = at_;
      const std::string word = name("a declaration");
      if (word == "namespace") {
        (void)name("the namespace's name");
        expect("{");
        ++namespaces;
        continue;
      }
      if (word == "using") {
        at_ = std::min(text_.find(';', at_), text_.size() - 1) + 1;
        continue;
      }
      if (word != "inline" || name("`constexpr`") != "constexpr")
        fail("A declaration here begins with `inline constexpr`.", begin);
      snapshot_variable variable;
      variable.type = name("a type");
      const std::string variable_name = name("a variable's name");
      if (take("["))
        expect("]");
      (void)take("=");
      variable.value = value(0);
      expect(";");
      if (!variables.emplace(variable_name, std::move(variable)).second)
        fail("`" + variable_name + "` is defined twice.", begin);
    }
    if (namespaces != 0)
      fail("A namespace is not closed.", text_.size());
    return variables;
  }

  [[noreturn]] void fail(std::string message, std::size_t offset) const {
    migration_error_fields fields;
    fields.message = "The snapshot cannot be read: " + std::move(message);
    fields.remedy = "Restore the file from version control, or let `generate` write it anew.";
    fields.state = "Nothing was changed.";
    fields.location = locate(std::string{file_}, text_, offset);
    throw migration_error{migration_code::snapshot_broken, std::move(fields)};
  }

 private:
  static constexpr std::size_t deepest = 8;  // the writer nests two deep
  static constexpr std::string_view raw_begin = "R\"part(";
  static constexpr std::string_view raw_end = ")part\"";

  static bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
  static bool is_name_part(char c) { return is_name_start(c) || is_sql_digit(c); }

  // Lines of the preprocessor are passed over: #pragma once, the #include, a pragma for clang.
  void skip_blank() {
    while (at_ < text_.size()) {
      if (is_sql_blank(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_).starts_with("//") || text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_.substr(at_).starts_with("/*")) {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos)
          fail("This comment has no end.", at_);
        at_ = end + 2;
      } else {
        return;
      }
    }
  }

  bool take(std::string_view symbol) {
    skip_blank();
    if (!text_.substr(at_).starts_with(symbol))
      return false;
    at_ += symbol.size();
    return true;
  }

  void expect(std::string_view symbol) {
    if (!take(symbol))
      fail("`" + std::string{symbol} + "` is missing.", at_);
  }

  /// An identifier with its namespaces.
  std::string name(std::string_view what) {
    skip_blank();
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      if (is_name_start(text_[at_])) {
        while (at_ < text_.size() && is_name_part(text_[at_]))
          ++at_;
        if (!text_.substr(at_).starts_with("::"))
          return std::string{text_.substr(begin, at_ - begin)};
        at_ += 2;
      } else {
        break;
      }
    }
    fail(std::string{what} + " is missing.", begin);
  }

  snapshot_value value(std::size_t depth) {
    skip_blank();
    if (depth > deepest)
      fail("The value is nested too deep.", at_);
    snapshot_value read;
    read.offset = at_;
    const char first = at_ < text_.size() ? text_[at_] : '\0';
    if (first == '{') {
      read.elements = list(depth);
    } else if (first == '"') {
      read.what = snapshot_value::kind::text;
      read.text = literals();
    } else if (take(raw_begin)) {
      read.what = snapshot_value::kind::text;
      read.content = at_;
      const std::size_t end = text_.find(raw_end, at_);
      if (end == std::string_view::npos)
        fail("This text has no end.", read.offset);
      read.text = text_.substr(at_, end - at_);
      at_ = end + raw_end.size();
      (void)take("sv");
    } else if (is_sql_digit(first)) {
      read.what = snapshot_value::kind::number;
      while (at_ < text_.size() && is_name_part(text_[at_]))
        read.text += text_[at_++];
    } else {
      read.what = snapshot_value::kind::name;
      read.text = name("a value");
    }
    return read;
  }

  std::vector<std::pair<std::string, snapshot_value>> list(std::size_t depth) {
    expect("{");
    std::vector<std::pair<std::string, snapshot_value>> elements;
    while (!take("}")) {
      std::string member;
      if (take(".")) {
        member = name("a member's name");
        expect("=");
      }
      elements.emplace_back(std::move(member), value(depth + 1));
      if (take(","))
        continue;
      expect("}");
      break;
    }
    return elements;
  }

  /// One string literal, or several in a row; the last has the suffix.
  std::string literals() {
    std::string all;
    do {
      literal(all);
      if (text_.substr(at_).starts_with("sv"))
        at_ += 2;
      skip_blank();
    } while (at_ < text_.size() && text_[at_] == '"');
    return all;
  }

  void literal(std::string& all) {
    const std::size_t begin = at_++;
    for (;;) {
      if (at_ >= text_.size() || text_[at_] == '\n')
        fail("This text has no end.", begin);
      const char c = text_[at_++];
      if (c == '"')
        return;
      if (c != '\\') {
        all += c;
        continue;
      }
      const char escape = at_ < text_.size() ? text_[at_++] : '\0';
      switch (escape) {
      case 'n':
        all += '\n';
        break;
      case 't':
        all += '\t';
        break;
      case '"':
      case '\\':
      case '?':
        all += escape;
        break;
      default:
        all += octal(escape);
        break;
      }
    }
  }

  char octal(char first) {
    const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
    if (first < '0' || first > '3' || at_ + 2 > text_.size() || !is_octal(text_[at_]) || !is_octal(text_[at_ + 1]))
      fail("This escape is none that instar writes.", at_ - 2);
    const int code = (first - '0') * 64 + (text_[at_] - '0') * 8 + (text_[at_ + 1] - '0');
    at_ += 2;
    return static_cast<char>(static_cast<unsigned char>(code));
  }

  std::string_view file_;
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Makes the snapshot of the variables that a header defines.
class snapshot_builder {
 public:
  explicit snapshot_builder(snapshot_parser& parser) : parser_(parser), variables_(parser.run()) {}

  [[nodiscard]] owned_snapshot run() {
    const auto found = variables_.find("snapshot");
    if (found == variables_.end() || found->second.type != "instar::stored_snapshot")
      parser_.fail("It defines no `instar::stored_snapshot snapshot`.", 0);
    const snapshot_value& whole = found->second.value;
    snapshot read;
    schema_view schema = object<schema_view>(member(whole, "objects"));
    std::vector<enumeration> enumerations;
    for_each(member(whole, "enumerations"), "instar::stored_part", [&](const snapshot_value& element) {
      enumerations.push_back(object<enumeration>(&field(element, 2, kind::text)));
    });
    schema.enumerations = enumerations_ = owner_.array(enumerations);
    std::vector<table> tables;
    for_each(member(whole, "tables"), "instar::stored_part", [&](const snapshot_value& element) {
      tables.push_back(object<table>(&field(element, 2, kind::text)));
      tables.back().content_hash = hash(field(element, 1, kind::number));
    });
    schema.tables = owner_.array(tables);
    read.schema = schema;
    std::vector<migration_record> records;
    for_each(member(whole, "migrations"), "instar::migration_record", [&](const snapshot_value& element) {
      records.push_back({.name = owner_.text(field(element, 0, kind::text).text),
                         .checksum = owner_.text(field(element, 1, kind::text).text)});
    });
    read.migrations = owner_.array(records);
    read.dialect = dialect_of(member(whole, "dialect"));
    return owned_snapshot{std::move(owner_), read};
  }

 private:
  using kind = snapshot_value::kind;

  /// A member of the snapshot, or nullptr where it is left out.
  const snapshot_value* member(const snapshot_value& whole, std::string_view wanted) {
    if (whole.what != kind::list)
      parser_.fail("Members in braces are expected here.", whole.offset);
    static constexpr std::array<std::string_view, 5> known{"tables", "enumerations", "objects", "migrations",
                                                           "dialect"};
    const snapshot_value* found = nullptr;
    for (const auto& [name, value] : whole.elements) {
      if (std::find(known.begin(), known.end(), name) == known.end())
        parser_.fail("instar::stored_snapshot has no member `" + name + "`; a newer instar may have written it.",
                     value.offset);
      if (name == wanted)
        found = &value;
    }
    return found;
  }

  /// The variable that a name refers to, with or without the namespace of the parts.
  const snapshot_variable& variable(const snapshot_value& reference, std::string_view type) {
    std::string_view name = reference.text;
    if (const std::size_t colons = name.rfind("::"); colons != std::string_view::npos)
      name.remove_prefix(colons + 2);
    const auto found = variables_.find(name);
    if (reference.what != kind::name || found == variables_.end() || found->second.type != type)
      parser_.fail("`" + reference.text + "` is no " + std::string{type} + " of this file.", reference.offset);
    return found->second;
  }

  template <class Visit>
  void for_each(const snapshot_value* reference, std::string_view type, const Visit& visit) {
    if (reference == nullptr)
      return;
    const snapshot_value& list = variable(*reference, type).value;
    if (list.what != kind::list)
      parser_.fail("An array is expected here.", list.offset);
    for (const auto& element : list.elements)
      visit(element.second);
  }

  /// One of the values in the braces of an element.
  const snapshot_value& field(const snapshot_value& element, std::size_t at, kind what) {
    if (element.what != kind::list || element.elements.size() <= at || element.elements[at].second.what != what)
      parser_.fail("An element is not as instar writes it.", element.offset);
    return element.elements[at].second;
  }

  std::uint64_t hash(const snapshot_value& value) {
    std::string_view digits = value.text;
    std::uint64_t number = 0;
    if (digits.starts_with("0x") && digits.ends_with("ull")) {
      digits = digits.substr(2, digits.size() - 5);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
      if (error == std::errc{} && end == digits.data() + digits.size())
        return number;
    }
    parser_.fail("A number is expected here.", value.offset);
  }

  dialect dialect_of(const snapshot_value* value) {
    if (value == nullptr || value->text == "instar::dialect::postgres")
      return dialect::postgres;
    if (value->text != "instar::dialect::sqlite")
      parser_.fail("A dialect is expected here.", value->offset);
    return dialect::sqlite;
  }

  /// Keeps what is read in the owner; see schema_text_reader.
  struct owning_store {
    snapshot_builder& builder;
    const snapshot_value& value;

    std::string_view text(std::string_view given) { return builder.owner_.text(given); }
    template <class Element, class Next>
    std::span<const Element> array(Next next) {
      std::vector<Element> elements;
      for (Element element{}; next(element); element = {})
        elements.push_back(element);
      return builder.owner_.array(elements);
    }
    const enumeration* find_enumeration(std::string_view schema, std::string_view name) {
      for (const enumeration& e : builder.enumerations_)
        if (e.name == name && e.schema == schema)
          return &e;
      return nullptr;
    }
    [[noreturn]] void fail(const char* why, std::size_t offset) {
      builder.parser_.fail(std::string{"in this text "} + why + ".",
                           value.content == 0 ? value.offset : value.content + offset);
    }
  };

  template <class Object>
  Object object(const snapshot_value* value) {
    if (value == nullptr)
      return {};
    if (value->what == kind::name)
      value = &variable(*value, "std::string_view").value;
    if (value->what != kind::text)
      parser_.fail("A text is expected here.", value->offset);
    owning_store store{*this, *value};
    return schema_text_reader{store, value->text}.template run<Object>();
  }

  snapshot_parser& parser_;
  std::map<std::string, snapshot_variable, std::less<>> variables_;
  std::span<const enumeration> enumerations_{};
  owned_schema owner_;
};

}  // namespace detail

/// Reads a snapshot header.
///
/// \param file what errors call it
/// \throws migration_error `snapshot_conflict` for the marks of an unfinished merge, `snapshot_broken` for anything
/// that
///         the writer does not write, with the place
[[nodiscard]] inline owned_snapshot parse_snapshot(std::string_view file, std::string_view text) {
  if (const std::size_t marker = detail::find_conflict_marker(text); marker != std::string_view::npos) {
    migration_error_fields fields;
    fields.message = "The snapshot holds the marks of a merge that was not finished.";
    fields.remedy = "Keep the migrations of both sides, merge the models, then let `generate` write the snapshot anew.";
    fields.state = "Nothing was changed.";
    fields.location = detail::locate(std::string{file}, text, marker);
    throw migration_error{migration_code::snapshot_conflict, std::move(fields)};
  }
  detail::snapshot_parser parser{file, text};
  return detail::snapshot_builder{parser}.run();
}

}  // namespace instar


// ---- instar/migrate/snapshot_writer.hpp

#include <concepts>

/// \file A snapshot as a C++ header.

namespace instar::detail {

/// Whether a code point may stand in a literal as it is: what a reader cannot see, or what reorders the text around it
/// (https://www.unicode.org/reports/tr9/), is escaped.
[[nodiscard]] constexpr bool shows_as_itself(char32_t c) noexcept {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  return !(c < 0x20 || within(0x7F, 0xA0) || c == 0xAD || c == 0x61C || within(0x180B, 0x180F) ||
           within(0x2000, 0x200F) || within(0x2028, 0x202F) || within(0x205F, 0x206F) || c == 0x3000 ||
           within(0xE000, 0xF8FF) || within(0xFE00, 0xFE0F) || c == 0xFEFF || within(0xFFF0, 0xFFFF) ||
           within(0xE0000, 0x10FFFF));
}

/// How many bytes the visible character at a place has, or 0 where none is: a control character, broken UTF-8.
[[nodiscard]] inline std::size_t visible_character(std::string_view text, std::size_t at) noexcept {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80)
    return byte < 0x20 || byte == 0x7F ? 0 : 1;
  const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
  const std::string_view character = text.substr(at, length);
  if (character.size() != length || first_invalid_utf8(character))
    return 0;
  char32_t code = byte & (0xFFU >> (length + 1));
  for (const char continuation : character.substr(1))
    code = code << 6U | (static_cast<unsigned char>(continuation) & 0x3FU);
  return shows_as_itself(code) ? length : 0;
}

/// A C++ string literal of that text, whatever is in it; several adjacent ones, a line each, where it has lines.
///
/// Everything unusual is an octal escape of three digits: unlike a hexadecimal one it ends by itself.
/// \param indent what begins each further line
[[nodiscard]] inline std::string cpp_literal(std::string_view text, std::string_view indent) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (const std::size_t length = visible_character(text, i); length > 1) {
      out += text.substr(i, length);
      i += length;
      continue;
    } else if (c == '"' || c == '\\' || (c == '?' && i != 0 && text[i - 1] == '?')) {  // ?? could begin a trigraph
      out += '\\';
      out += c;
    } else if (length == 1) {
      out += c;
    } else if (c == '\n') {
      out += "\\n";
      if (i + 1 != text.size())
        out += "\"\n" + std::string{indent} + "\"";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '\\';
      out += static_cast<char>('0' + (byte >> 6U));
      out += static_cast<char>('0' + ((byte >> 3U) & 7U));
      out += static_cast<char>('0' + (byte & 7U));
    }
    ++i;
  }
  return out += '"';
}

/// Writes objects of the schema as schema/schema_text.hpp describes.
class schema_text_writer {
 public:
  /// \param tall whether each member has a line of its own
  template <class Object>
  [[nodiscard]] static std::string run(Object object, bool tall) {
    schema_text_writer writer;
    writer.put_object(object, tall);
    return std::move(writer.out_);
  }

 private:
  template <class Object>
  void put_object(Object object, bool tall) {
    Object initial{};
    members_of<Object> at_default;
    visit_members(initial, at_default);
    out_ += '{';
    bool first = true;
    std::size_t n = 0;
    const auto put = [&](const char* name, const auto& member) {
      using Member = std::remove_cvref_t<decltype(member)>;
      if (is_default(member, *static_cast<const Member*>(at_default.at[n++])))
        return;
      if (tall)
        out_ += "\n  ";
      else if (!first)
        out_ += ' ';
      first = false;
      out_ += name;
      if constexpr (!std::is_same_v<Member, bool>) {
        out_ += '=';
        put_value(member);
      }
    };
    visit_members(object, put);
    out_ += tall && !first ? "\n}" : "}";
  }

  /// Where the members of an object are, in the order of the visit.
  template <class Object>
  struct members_of {
    std::vector<const void*> at{};
    void operator()(const char*, const auto& member) { at.push_back(&member); }
  };

  template <class Member>
  static bool is_default(const Member& given, const Member& initial) {
    if constexpr (std::is_same_v<Member, double>)
      return std::bit_cast<std::uint64_t>(given) == std::bit_cast<std::uint64_t>(initial);
    else if constexpr (std::is_same_v<Member, const enumeration*>)
      return given == nullptr;
    else if constexpr (requires { given == initial; })
      return given == initial;
    else if constexpr (requires { given.empty(); })
      return given.empty();
    else
      return run(given, false) == "{}";
  }

  void put_value(std::string_view text) {
    const bool bare = !text.empty() && std::all_of(text.begin(), text.end(), is_bare);
    const std::string quote = bare ? std::string{} : quote_for(text);
    out_ += quote;
    out_ += text;
    out_ += quote;
  }

  /// The first quote that does not occur in a text, nor together with its end.
  static std::string quote_for(std::string_view text) {
    for (const char c : {'"', '\''})
      if (text.find(c) == std::string_view::npos)
        return std::string{c};
    std::string quote = "$$";
    for (int n = 1; (std::string{text} + quote).find(quote) != text.size(); ++n)
      quote = "$" + std::to_string(n) + "$";
    return quote;
  }

  template <std::integral Integer>
  void put_value(Integer number) {
    out_ += std::to_string(number);
  }

  void put_value(double real) { put_value(std::bit_cast<std::uint64_t>(real)); }

  template <class Enumeration>
  requires std::is_enum_v<Enumeration>
  void put_value(Enumeration value) { out_ += enumerator_names(value)[static_cast<std::size_t>(value)]; }

  void put_value(const enumeration* values) {
    put_object(enumeration{.schema = values->schema, .name = values->name}, false);
  }

  template <class Element>
  void put_value(std::span<const Element> elements) {
    constexpr bool a_line_each =
        std::is_class_v<Element> && !std::is_same_v<Element, std::string_view> && !std::is_same_v<Element, index_part>;
    out_ += '[';
    for (const Element& element : elements) {
      if (a_line_each)
        out_ += "\n    ";
      else if (&element != elements.data())
        out_ += ' ';
      if constexpr (std::is_same_v<Element, std::string_view>)
        put_value(element);
      else
        put_object(element, false);
    }
    out_ += a_line_each && !elements.empty() ? "\n  ]" : "]";
  }

  template <class Object>
  requires std::is_class_v<Object>
  void put_value(const Object& object) { put_object(object, false); }

  std::string out_;
};

/// Writes the header: a part for each table, so that a change of one changes the lines of that one alone.
class snapshot_writer {
 public:
  [[nodiscard]] std::string run(const snapshot& written) {
    std::string parts;
    std::string members;
    const auto put_member = [&members](std::string_view name, std::string_view value) {
      members += (members.empty() ? "." : ", .") + std::string{name} + " = " + std::string{value};
    };
    const auto put_array = [&](std::string_view type, std::string_view name, std::string_view elements) {
      if (elements.empty())
        return;
      parts += "\ninline constexpr " + std::string{type} + " " + std::string{name} + "[] = {\n" +
               std::string{elements} + "};\n";
      put_member(name, "snapshot_parts::" + std::string{name});
    };
    put_array("instar::stored_part", "tables", stored(written.schema.tables, true));
    put_array("instar::stored_part", "enumerations", stored(enumerations_of(written.schema), false));
    if (const std::string objects = schema_text_writer::run(written.schema, true); objects != "{}") {
      parts += "\ninline constexpr std::string_view objects = " + literal(objects) + ";\n";
      put_member("objects", "snapshot_parts::objects");
    }
    put_array("instar::migration_record", "migrations", stored(written.migrations));
    put_member("dialect", written.dialect == dialect::sqlite ? "instar::dialect::sqlite" : "instar::dialect::postgres");

    std::string header =
        "// The schema after the last migration, for INSTAR_CHECK_MIGRATED and for the next plan.\n"
        "// Written by `migrate dev`; `generate` brings it up to date. Do not edit, and do commit it.\n"
        "#pragma once\n\n"
        "#include <instar/instar.hpp>\n\n"
        "#include <string_view>\n\n";
    if (longest_literal_ > shortest_overlong_literal)
      header += "#if defined(__clang__)\n#pragma clang diagnostic ignored \"-Woverlength-strings\"\n#endif\n\n";
    header += "namespace migrations {\n";
    if (!parts.empty())
      header += "namespace snapshot_parts {\nusing namespace std::string_view_literals;\n" + parts +
                "\n}  // namespace snapshot_parts\n";
    return header + "\ninline constexpr instar::stored_snapshot snapshot{" + members +
           "};\n\n}  // namespace migrations\n";
  }

 private:
  // What the standard asks of every implementation, [implimits]; clang warns above it when it is pedantic.
  static constexpr std::size_t shortest_overlong_literal = 65536;

  /// Whether a text may stand in a raw literal: it is plain to see, does not end there, and looks like no merge.
  static bool is_plain(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t length = text[i] == '\n' ? 1 : visible_character(text, i);
      if (length == 0)
        return false;
      i += length;
    }
    for (const std::string_view never : {")part\"", "\?\?", "<<<<<<<"})
      if (text.find(never) != std::string_view::npos)
        return false;
    return true;
  }

  /// The literals have a suffix that hands the compiler their lengths, which it would else count in a constant
  /// evaluation; and a text may hold a NUL.
  std::string literal(std::string_view text) {
    longest_literal_ = std::max(longest_literal_, text.size());
    return (is_plain(text) ? "R\"part(" + std::string{text} + ")part\"" : cpp_literal(text, "     ")) + "sv";
  }

  template <class Object>
  std::string stored(std::span<const Object> objects, bool tall) {
    std::string elements;
    for (const Object& object : objects) {
      const std::string name =
          (object.schema.empty() ? "" : std::string{object.schema} + ".") + std::string{object.name};
      std::uint64_t hash = 0;
      if constexpr (requires { object.content_hash; })
        hash = object.content_hash;
      char digits[24];
      const auto end = std::to_chars(digits, digits + sizeof digits, hash, 16).ptr;
      elements += "    {" + cpp_literal(name, "     ") + "sv, 0x" + std::string(digits, end) + "ull, " +
                  literal(schema_text_writer::run(object, tall)) + "},\n";
    }
    return elements;
  }

  std::string stored(std::span<const migration_record> records) {
    std::string elements;
    for (const migration_record& record : records)
      elements +=
          "    {" + cpp_literal(record.name, "     ") + "sv, " + cpp_literal(record.checksum, "     ") + "sv},\n";
    return elements;
  }

  /// The enums that a schema lists, and any other that a column has.
  std::span<const enumeration> enumerations_of(const schema_view& schema) {
    enumerations_.assign(schema.enumerations.begin(), schema.enumerations.end());
    for (const table& t : schema.tables)
      for (const column& c : t.columns)
        if (c.type.values != nullptr &&
            std::none_of(enumerations_.begin(), enumerations_.end(), [&c](const enumeration& e) {
              return e.name == c.type.values->name && e.schema == c.type.values->schema;
            }))
          enumerations_.push_back(*c.type.values);
    return enumerations_;
  }

  std::vector<enumeration> enumerations_;
  std::size_t longest_literal_ = 0;
};

}  // namespace instar::detail

namespace instar {

/// The text of a snapshot header: one column a line, defaults left out, equal for equal schemas.
[[nodiscard]] inline std::string snapshot_header(const snapshot& written) {
  return detail::snapshot_writer{}.run(written);
}

}  // namespace instar

/// \file migrations/snapshot.hpp: written for the compiler, read back by the migrator.

namespace instar {

/// The name of the snapshot in a migrations folder.
inline constexpr std::string_view snapshot_file_name = "snapshot.hpp";

/// The snapshot of a migrations folder, or nothing where there is none.
/// \throws migration_error `snapshot_broken`, `snapshot_conflict`, `cannot_read`
[[nodiscard]] inline std::optional<owned_snapshot> read_snapshot(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / snapshot_file_name;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    return std::nullopt;
  return parse_snapshot(file.string(), detail::read_file(file));
}

/// Whether the snapshot of a migrations folder is, byte by byte, what `write_snapshot` would write.
/// \throws migration_error `cannot_read`
[[nodiscard]] inline bool holds_snapshot(const std::filesystem::path& folder, const snapshot& wanted) {
  const std::filesystem::path file = folder / snapshot_file_name;
  std::error_code ignored;
  return std::filesystem::exists(file, ignored) && detail::read_file(file) == snapshot_header(wanted);
}

/// Replaces the snapshot of a migrations folder, at once or not at all.
/// \return whether its text changed. \throws migration_error `cannot_write`
inline bool write_snapshot(const std::filesystem::path& folder, const snapshot& written) {
  if (holds_snapshot(folder, written))
    return false;
  detail::write_file(folder / snapshot_file_name, snapshot_header(written));
  return true;
}

}  // namespace instar

#include <ctime>
#include <mutex>

/// \file What a migrator holds while it works, and what its operations share.

namespace instar {
namespace detail {

/// An error of an operation that changed nothing.
[[nodiscard]] inline migration_error unchanged(std::string_view code, std::string message, std::string remedy,
                                               std::string_view migration = {}) {
  migration_error_fields fields;
  fields.message = std::move(message);
  fields.remedy = std::move(remedy);
  fields.state = "Nothing was changed.";
  fields.migration = migration;
  return migration_error{code, std::move(fields)};
}

/// `YYYYMMDDHHMMSS`, in UTC.
[[nodiscard]] inline std::string timestamp_text(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  char text[48];
  std::snprintf(text, sizeof text, "%04d%02u%02u%02d%02d%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

/// The time that a migration's name begins with, where its digits are one.
[[nodiscard]] inline std::optional<std::chrono::sys_seconds> time_of(std::string_view name) {
  const std::string_view digits = timestamp_of(name);
  if (digits.empty())
    return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t count) {
    int value = 0;
    for (const char c : digits.substr(from, count))
      value = value * 10 + (c - '0');
    return value;
  };
  const std::chrono::year_month_day date{std::chrono::year{number(0, 4)},
                                         std::chrono::month{static_cast<unsigned>(number(4, 2))},
                                         std::chrono::day{static_cast<unsigned>(number(6, 2))}};
  if (!date.ok() || number(8, 2) > 23 || number(10, 2) > 59 || number(12, 2) > 59)
    return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{number(8, 2)} + std::chrono::minutes{number(10, 2)} +
         std::chrono::seconds{number(12, 2)};
}

/// The part of a new migration's name behind its timestamp: each character that is no letter or digit of ASCII is `_`.
/// \throws migration_error `bad_name`, `name_too_long`
[[nodiscard]] inline std::string name_slug(std::string_view wanted) {
  constexpr std::size_t longest = 200;
  std::string slug;
  bool any = false;
  for (const char c : wanted) {
    if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80U)
      continue;  // not the first byte of its character
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_sql_digit(c);
    any = any || plain;
    slug += plain ? c : '_';
  }
  if (!any)
    throw unchanged(migration_code::bad_name, "A migration's name needs a letter or a digit.",
                    "Say in a few words what it changes, such as add_user_email.");
  if (slug.size() > longest)
    throw unchanged(migration_code::name_too_long,
                    "A migration's name of " + std::to_string(slug.size()) + " characters is too long; " +
                        std::to_string(longest) + " is the most.",
                    "Say in a few words what it changes, such as add_user_email.");
  return slug;
}

/// The name of a new migration: later than every other of the history, whatever the clock says.
[[nodiscard]] inline std::string new_migration_name(const history& read, std::string_view wanted,
                                                    std::chrono::sys_seconds now) {
  const std::string slug = name_slug(wanted);
  for (const migration& m : read.migrations)
    if (const auto time = time_of(m.name); time && *time >= now)
      now = *time + std::chrono::seconds{1};
  std::string name = timestamp_text(now) + "_" + slug;
  if (!read.migrations.empty() && read.migrations.back().name >= name)
    throw unchanged(migration_code::bad_name,
                    "The migration " + read.migrations.back().name +
                        " sorts behind every timestamp, so a new one would run before it.",
                    "Give it a name that begins with a timestamp, before it is applied anywhere else.",
                    read.migrations.back().name);
  return name;
}

/// What migration_lock.toml says for a dialect.
[[nodiscard]] inline std::string lock_file_text(dialect d) {
  return "# The database that these migrations are for. Keep it in version control, do not edit it.\nprovider = \"" +
         std::string{provider_name(d)} + "\"\n";
}

}  // namespace detail

inline std::optional<diff_source> diff_source::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view word = text.substr(0, colon);
  const std::string place{colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1)};
  const bool bare = colon == std::string_view::npos;
  if (word == "empty" && bare)
    return diff_source{kind::empty, {}};
  if (word == "models" && bare)
    return diff_source{kind::models, {}};
  if (word == "migrations" && (bare || !place.empty()))
    return diff_source{kind::migrations, place};
  if (word == "database" && (bare || !place.empty()))
    return diff_source{kind::database, place};
  if (word == "sql" && !place.empty())
    return diff_source{kind::script, place};
  return std::nullopt;
}

struct migrator::session {
  explicit session(migrator_options given) : options(std::move(given)) {}

  migrator_options options;
  std::optional<database_url> url;
  std::unique_ptr<database> own;
  database* opened = nullptr;
  bool created = false;  ///< the database was made by this object

  std::mutex guard;                // of `working`
  std::vector<database*> working;  // the connections that an interruption must reach
  std::atomic<bool> stop{false};

  // ---- interruption ----

  void check() const {
    if (!stop)
      return;
    migration_error_fields fields;
    fields.message = "Interrupted.";
    fields.remedy = "Run the command again to go on.";
    throw migration_error{migration_code::stopped, std::move(fields)};
  }

  /// Runs an operation; what the database calls an interruption is one of this migrator when it was told to stop.
  template <class Operation>
  auto guarded(const Operation& operation) {
    check();
    try {
      return operation();
    } catch (const database_error& error) {
      if (error.code() == database_code::interrupted)
        check();
      throw;
    }
  }

  void use(database* connection) {
    const std::lock_guard lock{guard};
    working.push_back(connection);
  }
  void release_last() {
    const std::lock_guard lock{guard};
    if (!working.empty())
      working.pop_back();
  }

  void tell(const migration_progress& progress) const {
    if (options.on_progress)
      options.on_progress(progress);
  }

  // ---- the database ----

  database& open(bool create) {
    check();
    if (opened != nullptr)
      return *opened;
    if (!url)
      throw detail::unchanged(migration_code::no_url, "No database is named.",
                              "Name one: postgresql://user@host/database or sqlite:FILE.");
    const open_options how{.application_name = options.application_name, .busy_timeout = options.lock_timeout};
    try {
      own = open_database(*url, how);
    } catch (const database_error& error) {
      if (error.code() != database_code::database_missing || !create || !options.create_database)
        throw;
      tell({.what = migration_progress::event::creating_database, .detail = url->redacted()});
      create_database(*url);
      created = true;
      own = open_database(*url, how);
    }
    opened = own.get();
    use(opened);
    return *opened;
  }

  [[nodiscard]] std::optional<instar::dialect> known_dialect() const {
    if (opened != nullptr)
      return opened->dialect();
    if (url)
      return url->dialect();
    return options.dialect;
  }

  // ---- history and snapshot ----

  [[nodiscard]] history load() const {
    history read = options.embedded ? read_history(*options.embedded) : read_history(options.migrations);
    if (const auto target = known_dialect())
      detail::check_provider(read, *target);
    return read;
  }

  /// The history where a folder that does not exist yet is an empty one.
  [[nodiscard]] history load_or_empty() const {
    std::error_code ignored;
    if (!options.embedded && !std::filesystem::exists(options.migrations, ignored)) {
      history none;
      none.folder = options.migrations;
      return none;
    }
    return load();
  }

  [[nodiscard]] const std::filesystem::path& writable_folder() const {
    if (options.embedded)
      throw detail::unchanged(migration_code::no_folder,
                              "This program carries its migrations, and has no folder to write to.",
                              "Run this command where the migrations folder is, with --migrations.");
    return options.migrations;
  }

  [[nodiscard]] std::optional<owned_snapshot> load_snapshot() const {
    if (options.embedded)
      return std::nullopt;
    return read_snapshot(options.migrations);
  }

  [[nodiscard]] const schema_view& required_models() const {
    if (!options.models)
      throw detail::unchanged(migration_code::no_models, "This program was built without models.",
                              "Use the project's own migrator (instar_add_migrator in CMake).");
    return *options.models;
  }

  [[nodiscard]] instar::dialect dialect_for_files() const {
    if (const auto known = known_dialect())
      return *known;
    const history read = load_or_empty();
    if (read.provider)
      return *read.provider;
    throw detail::unchanged(migration_code::no_url,
                            "Neither a database nor a dialect is named, and there is no migration_lock.toml.",
                            "Name a database with --url, or a dialect with --dialect.");
  }

  // ---- comparing ----

  /// A snapshot that cannot be read is no reason not to deploy: it is needed for planning alone.
  [[nodiscard]] std::vector<migration_record> snapshot_records(std::optional<owned_snapshot>& keep) const {
    try {
      keep = load_snapshot();
    } catch (const migration_error&) {
      keep.reset();
    }
    if (!keep)
      return {};
    const auto records = keep->view().migrations;
    return {records.begin(), records.end()};
  }

  [[nodiscard]] status_report compare(database& on, const history& read, const ledger& book) const {
    std::optional<owned_snapshot> keep;
    const bool strangers = std::any_of(book.rows().begin(), book.rows().end(), [&](const ledger_row& row) {
      return row.counts() && read.find(row.migration) == nullptr;
    });
    const std::vector<migration_record> records = strangers ? snapshot_records(keep) : std::vector<migration_record>{};
    status_report report = detail::compare(on, read, book, records);
    detail::warn_of_states(report);
    return report;
  }

  [[nodiscard]] detail::runner_hooks hooks() {
    return {[this](const migration_progress& p) { tell(p); }, [this] { check(); }, [] { return true; }};
  }

  [[nodiscard]] std::unique_ptr<detail::migration_lock> lock(database& on, const ledger_place& place) {
    return std::make_unique<detail::migration_lock>(
        on, place, options.lock_timeout,
        [this](const std::string& holder) {
          tell({.what = migration_progress::event::waiting_for_lock, .detail = holder});
        },
        [this] { check(); });
  }

  // ---- deploying ----

  [[nodiscard]] static std::vector<const migration*> pending_of(const history& read, const status_report& status) {
    std::vector<const migration*> pending;
    for (const migration_status& m : status.migrations)
      if (m.state == migration_state::pending || m.state == migration_state::resumable)
        if (const migration* script = read.find(m.name))
          pending.push_back(script);
    return pending;
  }

  static void refuse_failed(const status_report& status) {
    for (const migration_status& m : status.migrations)
      if (m.state == migration_state::failed)
        throw detail::error_of(detail::problem_of(m));
  }

  void refuse_not_empty(database& on, const ledger& book) const {
    if (book.place().exists || options.allow_not_empty)
      return;
    const std::vector<std::string> objects = detail::foreign_objects(on, book.place());
    // Another runner may have made ledger and tables since the ledger was looked for.
    if (objects.empty() || ledger::read(on, options.ledger).place().exists)
      return;
    std::string names;
    for (const std::string& name : objects)
      names += (names.empty() ? "" : ", ") + name;
    throw detail::unchanged(migration_code::not_empty,
                            "The database holds tables (" + names + (objects.size() == 5 ? " …" : "") +
                                ") but no ledger (P3005).",
                            "If they are what the first migrations make, say so with `migrate resolve --applied NAME` "
                            "for each; if they have "
                            "nothing to do with this history, deploy with --allow-not-empty.");
  }

  deploy_report deploy(const deploy_options& how) {
    history read = load();
    if (!how.up_to.empty()) {
      if (read.find(how.up_to) == nullptr)
        throw detail::unchanged(migration_code::no_such_migration, "The history has no migration " + how.up_to + ".",
                                "Give the whole name of its folder.", how.up_to);
      std::erase_if(read.migrations, [&](const migration& m) { return m.name > how.up_to; });
    }
    database& on = open(true);
    detail::check_provider(read, on.dialect());
    const std::string version = data_version(on);
    ledger book = ledger::read(on, options.ledger);
    status_report status = compare(on, read, book);
    refuse_failed(status);
    deploy_report report;
    report.created_database = created;
    if (const auto pending = pending_of(read, status); !pending.empty()) {
      refuse_not_empty(on, book);
      // All of them before the first: a quote without an end in the last is found while nothing is applied.
      for (const migration* m : pending)
        (void)detail::checked_statements(on.dialect(), *m);
      const auto held = lock(on, book.place());
      if (on.dialect() == instar::postgres) {  // somebody may have been at work while we waited
        book = ledger::read(on, options.ledger);
        status = compare(on, read, book);
        refuse_failed(status);
      }
      apply_all(on, read, book, status, version, *held, report);
    }
    report.already_applied = status.count(migration_state::applied) + status.count(migration_state::edited);
    report.warnings.insert(report.warnings.begin(), status.warnings.begin(), status.warnings.end());
    report.ledger = book.place().exists ? book.place().display_name() : std::string{};
    report.adopted_prisma = book.place().exists && book.place().prisma();
    return report;
  }

  /// \param version SQLite's data_version before the ledger was read
  void apply_all(database& on, const history& read, ledger& book, const status_report& status, std::string version,
                 detail::migration_lock& held, deploy_report& report) {
    const std::vector<const migration*> pending = pending_of(read, status);
    std::string current;
    bool resumes = false;
    detail::runner_hooks with = hooks();
    with.still_pending = [&] {
      if (const std::string now = data_version(on); now != version) {
        version = now;
        book = ledger::read(on, options.ledger);
      }
      if (book.failed(current) != nullptr && !resumes)
        throw detail::unchanged(migration_code::failed_migration,
                                "Another runner began " + current + " at the same time, and did not finish it.",
                                "Look at `migrate status` and run deploy again.", current);
      return book.applied(current) == nullptr;
    };
    detail::script_runner runner{on, book, with};
    std::size_t index = 0;
    for (const migration* m : pending) {
      current = m->name;
      ++index;
      try {
        check();
        resumes = book.failed(m->name) != nullptr;
        std::optional<std::vector<journal_row>> journal;
        if (resumes)
          journal = book.read_journal(on, m->name);
        const detail::script_plan way =
            detail::plan_script(on.dialect(), m->sql, detail::checked_statements(on.dialect(), *m));
        if (way.statements.empty())
          report.warnings.push_back(detail::empty_script_warning(*m));
        tell({.what = migration_progress::event::applying,
              .migration = m->name,
              .index = index,
              .total = pending.size()});
        std::optional<applied_migration> applied = runner.apply(*m, way, journal);
        if (runner.gave_up_lock())
          held.renew();
        if (!applied)
          continue;
        for (const std::string& notice : applied->notices)
          tell({.what = migration_progress::event::notice, .migration = m->name, .detail = notice});
        tell({.what = migration_progress::event::applied,
              .migration = m->name,
              .index = index,
              .total = pending.size(),
              .took = applied->took});
        report.applied.push_back(std::move(*applied));
      } catch (const migration_error& error) {
        throw with_earlier(error, report.applied.size());
      }
    }
  }

  /// An error's state, completed by what the same run had done before.
  [[nodiscard]] static migration_error with_earlier(const migration_error& error, std::size_t applied) {
    migration_error_fields fields{error.message(),   error.remedy(),   error.state(),
                                  error.migration(), error.location(), error.database()};
    if (applied != 0) {
      fields.state += (fields.state.empty() ? "" : " ");
      fields.state += applied == 1 ? "One migration before it was applied, and stays."
                                   : std::to_string(applied) + " migrations before it were applied, and stay.";
    } else if (fields.state.empty()) {
      fields.state = "Nothing was applied.";
    }
    return migration_error{error.code(), std::move(fields)};
  }

  /// SQLite: changes when another connection has written. https://www.sqlite.org/pragma.html#pragma_data_version
  [[nodiscard]] static std::string data_version(database& on) {
    return on.dialect() == instar::sqlite ? detail::text_of(on.query_value("PRAGMA data_version")) : std::string{};
  }

  // ---- resolving ----

  struct locked_ledger {
    std::unique_ptr<detail::migration_lock> held;
    ledger book;
  };

  locked_ledger lock_ledger(database& on) {
    const ledger before = ledger::read(on, options.ledger);
    auto held = lock(on, before.place());
    return {std::move(held), ledger::read(on, options.ledger)};
  }

  /// Runs statements as one transaction.
  static void transact(database& on, const std::vector<std::string>& statements) {
    std::string text = on.dialect() == instar::sqlite ? "BEGIN IMMEDIATE;\n" : "BEGIN;\n";
    for (const std::string& statement : statements)
      text += statement + ";\n";
    text += "COMMIT";
    try {
      on.execute(text);
    } catch (const database_error&) {
      try {
        if (on.is_open() && (on.dialect() == instar::postgres || on.in_transaction()))
          on.execute("ROLLBACK");
      } catch (const std::exception&) {
        // Gone with the connection.
      }
      throw;
    }
  }

  void forget_journal(database& on, const ledger& book, std::vector<std::string>& statements) const {
    if (book.has_table(on, detail::journal_table))
      statements.push_back(book.drop_journal());
  }

  // ---- plans ----

  void add_problems(next_plan& next) const {
    for (const migration_status& m : next.status.migrations)
      if (m.state == migration_state::failed || m.state == migration_state::edited ||
          m.state == migration_state::missing || m.state == migration_state::unknown)
        next.problems.push_back(detail::problem_of(m));
  }

  void plan_models(next_plan& next, const history& read, instar::dialect target) {
    if (!options.models)
      return;
    const auto keep = std::make_shared<std::optional<owned_snapshot>>(load_snapshot());
    if (!*keep && !read.migrations.empty()) {
      next.problems.push_back(
          {migration_code::snapshot_missing,
           read.migrations.back().name,
           "The folder has migrations but no snapshot.hpp, so what they lead to is not known.",
           {"If snapshot.hpp was lost: restore it from version control.",
            "If the migrations lead to exactly the models as they are (a history that another tool began): `generate "
            "--schema-from-models` writes the snapshot from them."}});
      return;
    }
    const snapshot before = *keep ? (*keep)->view() : snapshot{};
    next.storage = keep;
    next.steps = make_plan(before.schema, *options.models);
    if (next.steps.empty())
      return;
    check_snapshot_lists(next, read, before.migrations);
    next.snapshot_alone = statements(target, next.steps).empty();
    next.loses_data = !next.snapshot_alone && next.steps.loses_data();
    for (const step& s : next.steps.steps)
      next.summary.push_back(describe(s));
    next.script = script(target, next.steps);
  }

  /// With a plan to write, the snapshot must stand where the folder stands.
  static void check_snapshot_lists(next_plan& next, const history& read, std::span<const migration_record> records) {
    for (const migration& m : read.migrations)
      if (!detail::lists(records, m.name))
        next.problems.push_back(
            {migration_code::snapshot_stale,
             m.name,
             "The snapshot does not know the migration " + m.name + ", so the schema after it is not known.",
             {"If it changes nothing that the models describe (data, objects of your own): `generate` adds it to the "
              "snapshot, and `migrate dev` plans the rest.",
              "If it already makes what the models now have (a merge, a script of your own): `generate "
              "--schema-from-models`."}});
    for (const migration_record& r : records)
      if (read.find(r.name) == nullptr)
        next.problems.push_back(
            {migration_code::snapshot_stale,
             std::string{r.name},
             "The snapshot counts on the migration " + std::string{r.name} + ", whose folder is gone.",
             {"Restore the folder from version control.",
              "If the migration was given up: restore snapshot.hpp as it was before it, too."}});
  }

  /// The schemas that the scripts of this project fill.
  [[nodiscard]] std::set<std::string> schemas_in_use(const std::string& of_ledger) const {
    std::set<std::string> names{of_ledger};
    const auto add = [&](const schema_view& view) {
      const auto note = [&](std::string_view schema) {
        if (!schema.empty())
          names.emplace(schema);
      };
      for (const table& t : view.tables)
        note(t.schema);
      for (const enumeration& e : view.enumerations)
        note(e.schema);
      for (const view_object& v : view.views)
        note(v.schema);
      for (const sequence_object& s : view.sequences)
        note(s.schema);
    };
    if (options.models)
      add(*options.models);
    try {
      if (const auto read = load_snapshot())
        add(read->view().schema);
    } catch (const migration_error&) {
      // What a snapshot that cannot be read would add is dropped with the tables that the ledger's schema has.
    }
    return names;
  }

  // ---- shadow ----

  void prove(const history& read, const migration* candidate) {
    const instar::dialect target = dialect_for_files();
    database* main = target == instar::postgres && !options.shadow ? &open(true) : opened;
    std::string schema;
    if (target == instar::postgres && main != nullptr)
      schema = ledger::read(*main, options.ledger).place().schema;
    detail::shadow_database shadow{target, main, options.shadow, [this](database* connection) {
                                     if (connection != nullptr)
                                       use(connection);
                                     else
                                       release_last();
                                   }};
    std::vector<const migration*> scripts;
    for (const migration& m : read.migrations)
      scripts.push_back(&m);
    if (candidate != nullptr)
      scripts.push_back(candidate);
    shadow.replay(scripts, schemas_in_use(schema), hooks(), [&](const migration& m, std::size_t i) {
      tell({.what = migration_progress::event::checking_in_shadow,
            .migration = m.name,
            .index = i + 1,
            .total = scripts.size()});
    });
  }

  // ---- writing ----

  static void make_folder(const std::filesystem::path& folder, const history& read, instar::dialect target) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed)
      throw detail::file_error(migration_code::cannot_write, "Cannot make", folder, failed.value());
    if (!read.provider)
      detail::write_file(folder / "migration_lock.toml", detail::lock_file_text(target));
  }

  /// Writes a migration's folder under a name that nobody reads, then gives it its own.
  static void write_migration(const std::filesystem::path& folder, const migration& m) {
    namespace fs = std::filesystem;
    const fs::path fresh = folder / (".new_" + m.name);
    std::error_code failed;
    fs::remove_all(fresh, failed);
    fs::create_directories(fresh, failed);
    if (failed)
      throw detail::file_error(migration_code::cannot_write, "Cannot make", fresh, failed.value());
    try {
      detail::write_file(fresh / "migration.sql", m.sql);
    } catch (const migration_error&) {
      fs::remove_all(fresh, failed);
      throw;
    }
    fs::rename(fresh, folder / m.name, failed);
    if (failed) {
      std::error_code ignored;
      fs::remove_all(fresh, ignored);
      throw detail::file_error(migration_code::cannot_write, "Cannot write", folder / m.name, failed.value());
    }
    detail::sync_to_disk(folder);
  }

  [[nodiscard]] static std::vector<migration_record> records_of(const history& read) {
    std::vector<migration_record> records;
    for (const migration& m : read.migrations)
      records.push_back({m.name, m.checksum});
    return records;
  }

  [[nodiscard]] diff_report report_of(plan steps, std::shared_ptr<const void> storage, instar::dialect target) const {
    diff_report report;
    report.steps = std::move(steps);
    report.storage = std::move(storage);
    for (const step& s : report.steps.steps)
      report.summary.push_back(describe(s));
    report.statements = statements(target, report.steps);
    if (!report.steps.empty())
      report.script = script(target, report.steps);
    report.loses_data = report.steps.loses_data();
    return report;
  }

  [[nodiscard]] schema_view schema_of(const diff_source& source, std::vector<owned_snapshot>& keep) const {
    switch (source.what) {
    case diff_source::kind::empty:
      return {};
    case diff_source::kind::models:
      return required_models();
    case diff_source::kind::migrations: {
      const std::filesystem::path at = source.place.empty() ? options.migrations : std::filesystem::path{source.place};
      if (source.place.empty())
        (void)writable_folder();
      const history read = read_history(at);
      std::optional<owned_snapshot> found = read_snapshot(at);
      if (!found && !read.migrations.empty())
        throw detail::unchanged(migration_code::snapshot_missing,
                                "The folder " + at.string() + " has migrations but no snapshot.hpp.",
                                "Restore it from version control, or let `generate --schema-from-models` write it.");
      if (!found)
        return {};
      keep.push_back(std::move(*found));
      return keep.back().view().schema;
    }
    case diff_source::kind::database:
    case diff_source::kind::script:
      break;
    }
    throw detail::unchanged(migration_code::no_introspection,
                            std::string{"Reading the schema of a "} +
                                (source.what == diff_source::kind::database ? "database" : "script") +
                                " is not part of this version.",
                            "Compare `empty`, `models` or `migrations[:DIR]`.");
  }

  // ---- the other operations, see operations.hpp ----

  status_report status();
  resolve_report resolve_applied(std::string_view name);
  resolve_report resolve_rolled_back(std::string_view name);
  resolve_report resolve_edited(std::string_view name);
  resolve_report resolve_missing(std::string_view name);
  reset_report reset();
  next_plan plan_next();
  created_migration create_migration(std::string_view name, const next_plan& planned, bool skip_shadow);
  snapshot_report follow_models(const next_plan& planned);
  dev_report dev(const dev_options& how);
  push_report push(bool accept_data_loss);
  void seed();
  void execute_script(std::string_view sql, std::string_view file_name);
  diff_report diff(const diff_source& from, const diff_source& to);
  snapshot_report generate_snapshot(const generate_options& how);
  std::vector<migration_warning> check_history();
};

}  // namespace instar


// ---- instar/migrate/operations.hpp

/// \file The operations of `migrator`.

namespace instar {

inline status_report migrator::session::status() {
  const history read = load_or_empty();
  try {
    database& on = open(false);
    detail::check_provider(read, on.dialect());
    status_report report = compare(on, read, ledger::read(on, options.ledger));
    for (const migration* m : pending_of(read, report))
      if (detail::checked_statements(on.dialect(), *m).empty())
        report.warnings.push_back(detail::empty_script_warning(*m));
    return report;
  } catch (const database_error& error) {
    if (error.code() != database_code::database_missing)
      throw;
  }
  status_report report;
  report.database_exists = false;
  report.warnings = read.warnings;
  for (const migration& m : read.migrations) {
    migration_status status;
    status.name = m.name;
    status.checksum = m.checksum;
    report.migrations.push_back(std::move(status));
  }
  return report;
}

inline resolve_report migrator::session::resolve_applied(std::string_view name) {
  const history read = load();
  const migration* m = read.find(name);
  if (m == nullptr)
    throw detail::unchanged(migration_code::no_such_migration,
                            "The history has no migration " + std::string{name} + " (P3017).",
                            "Give the whole name of its folder.", name);
  database& on = open(true);
  detail::check_provider(read, on.dialect());
  auto [held, book] = lock_ledger(on);
  if (book.applied(name) != nullptr)
    throw detail::unchanged(migration_code::nothing_to_resolve,
                            "The migration " + m->name + " is recorded as applied already (P3008).",
                            "There is nothing to do.", name);
  std::vector<std::string> statements;
  if (!book.place().exists)
    statements.push_back(book.create_statement());
  const bool failed = book.failed(name) != nullptr;
  if (failed) {
    statements.push_back(book.mark_rolled_back(name, true));
    forget_journal(on, book, statements);
  }
  statements.push_back(book.insert_applied(name, m->checksum, 0));
  transact(on, statements);
  return {m->name, failed ? "The failed try is recorded as rolled back, and " + m->name + " as applied."
                          : m->name + " is recorded as applied; it was not run."};
}

inline resolve_report migrator::session::resolve_rolled_back(std::string_view name) {
  database& on = open(false);
  auto [held, book] = lock_ledger(on);
  if (book.failed(name) == nullptr) {
    const bool applied = book.applied(name) != nullptr;
    const bool known = applied || book.tries(name) != 0;
    throw detail::unchanged(known ? migration_code::nothing_to_resolve : migration_code::no_such_migration,
                            applied ? "The migration " + std::string{name} + " has not failed, it is applied (P3012)."
                            : known ? "The migration " + std::string{name} + " is recorded as rolled back already."
                                    : "The ledger has no migration " + std::string{name} + " (P3011).",
                            applied ? "To take back an applied migration, write a new one that undoes it."
                            : known ? "Run deploy to apply it again."
                                    : "Give the whole name, as `migrate status` shows it.",
                            name);
  }
  std::vector<std::string> statements{book.mark_rolled_back(name, true)};
  forget_journal(on, book, statements);
  transact(on, statements);
  return {std::string{name},
          std::string{name} + " is recorded as rolled back; deploy runs it from its first statement."};
}

inline resolve_report migrator::session::resolve_edited(std::string_view name) {
  const history read = load();
  database& on = open(false);
  detail::check_provider(read, on.dialect());
  auto [held, book] = lock_ledger(on);
  const migration* m = read.find(name);
  const ledger_row* applied = book.applied(name);
  if (m == nullptr || applied == nullptr)
    throw detail::unchanged(m == nullptr ? migration_code::no_such_migration : migration_code::nothing_to_resolve,
                            m == nullptr ? "The history has no migration " + std::string{name} + "."
                                         : "The migration " + m->name + " is not applied.",
                            m == nullptr ? "Give the whole name of its folder." : "Run deploy to apply it.", name);
  if (m->checksum == applied->checksum)
    throw detail::unchanged(migration_code::nothing_to_resolve,
                            "The file of " + m->name + " is what was applied, byte by byte.", "There is nothing to do.",
                            name);
  transact(on, {book.set_checksum(name, m->checksum)});
  return {m->name, "The ledger has taken the checksum of " + m->name + " as the file is now; nothing was run."};
}

inline resolve_report migrator::session::resolve_missing(std::string_view name) {
  const history read = load_or_empty();
  database& on = open(false);
  auto [held, book] = lock_ledger(on);
  if (read.find(name) != nullptr)
    throw detail::unchanged(migration_code::nothing_to_resolve,
                            "The migration " + std::string{name} + " is in the folder.",
                            "Remove the folder first if it is to be forgotten.", name);
  if (book.applied(name) == nullptr && book.failed(name) == nullptr)
    throw detail::unchanged(migration_code::no_such_migration,
                            "The ledger has no applied migration " + std::string{name} + ".",
                            "Give the whole name, as `migrate status` shows it.", name);
  std::vector<std::string> statements{book.mark_rolled_back(name, false)};
  if (book.failed(name) != nullptr)
    forget_journal(on, book, statements);
  transact(on, statements);
  return {std::string{name}, std::string{name} + " is recorded as rolled back; nothing in the database was undone."};
}

inline reset_report migrator::session::reset() {
  const history read = load();
  database& on = open(true);
  detail::check_provider(read, on.dialect());
  reset_report report;
  {
    auto [held, book] = lock_ledger(on);
    std::vector<detail::dropped_object> drops;
    const bool server = on.dialect() == instar::postgres;
    if (server) {
      detail::made_by_scripts made;
      for (const migration& m : read.migrations)
        made.add(detail::checked_statements(instar::postgres, m));
      drops = detail::drops_on_postgres(on, schemas_in_use(book.place().schema), made);
    } else {
      drops = detail::drops_on_sqlite(on);
    }
    std::vector<std::string> statements;
    for (const detail::dropped_object& object : drops) {
      statements.push_back(object.statement);
      report.dropped.push_back(object.display_name);
    }
    // With foreign keys enforced, DROP TABLE deletes row by row and stops at the first reference.
    std::optional<detail::sqlite_settings> settings;
    if (!server) {
      settings.emplace(on);
      on.execute("PRAGMA foreign_keys = OFF");
    }
    if (!statements.empty())
      transact(on, statements);
    if (book.place().exists && book.place().prisma())
      options.ledger = detail::prisma_ledger;  // the project goes on with Prisma's
  }
  report.deployed = deploy({});
  if (options.seed || !options.seed_script.empty()) {
    seed();
    report.seeded = true;
  }
  return report;
}

inline next_plan migrator::session::plan_next() {
  const history read = load_or_empty();
  next_plan next;
  instar::dialect target{};
  try {
    database& on = open(false);
    target = on.dialect();
    detail::check_provider(read, target);
    next.status = compare(on, read, ledger::read(on, options.ledger));
  } catch (const database_error& error) {
    if (error.code() != database_code::database_missing)
      throw;
    target = url->dialect();
    next.status = status();
  }
  add_problems(next);
  for (const migration* m : pending_of(read, next.status))
    next.pending.push_back(m->name);
  plan_models(next, read, target);
  return next;
}

inline created_migration migrator::session::create_migration(std::string_view name, const next_plan& planned,
                                                             bool skip_shadow) {
  const std::filesystem::path& folder = writable_folder();
  if (planned.blocked())
    throw detail::error_of(planned.problems.front());
  history read = load_or_empty();
  const instar::dialect target = dialect_for_files();
  const auto now =
      options.clock ? options.clock() : std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  migration made;
  made.name = detail::new_migration_name(read, name, now);
  made.sql = planned.wants_migration() ? planned.script : "-- Write the SQL of this migration here.\n";
  made.checksum = detail::sha256_hex(made.sql);
  made.file = folder / made.name / "migration.sql";
  if (!skip_shadow)
    prove(read, &made);
  check();

  make_folder(folder, read, target);
  const std::optional<owned_snapshot> old = load_snapshot();
  write_migration(folder, made);
  created_migration report{made.name, made.file, {}, made.sql};
  read.migrations.push_back(std::move(made));
  if (!options.models && !old)
    return report;
  report.snapshot = folder / snapshot_file_name;
  try {
    const std::vector<migration_record> records = records_of(read);
    write_snapshot(
        folder,
        {.schema = options.models ? *options.models : old->view().schema, .migrations = records, .dialect = target});
  } catch (const std::exception&) {
    std::error_code ignored;
    std::filesystem::remove_all(folder / report.name, ignored);
    throw;
  }
  return report;
}

inline snapshot_report migrator::session::follow_models(const next_plan& planned) {
  const std::filesystem::path& folder = writable_folder();
  if (planned.blocked())
    throw detail::error_of(planned.problems.front());
  const history read = load_or_empty();
  const instar::dialect target = dialect_for_files();
  make_folder(folder, read, target);
  const std::vector<migration_record> records = records_of(read);
  const bool changed = write_snapshot(folder, {.schema = required_models(), .migrations = records, .dialect = target});
  return {folder / snapshot_file_name, changed, true, records.size()};
}

inline dev_report migrator::session::dev(const dev_options& how) {
  dev_report report;
  report.planned = plan_next();
  const next_plan& next = report.planned;
  if (next.blocked())
    throw detail::error_of(next.problems.front());
  const bool writes = next.wants_migration() || (how.create_only && !how.name.empty());
  if (writes && how.name.empty())
    throw detail::unchanged(migration_code::name_needed, "The models changed, and the migration needs a name.",
                            "Give it one with --name.");
  if (writes && !how.create_only && next.loses_data && !how.accept_data_loss)
    throw detail::unchanged(migration_code::data_loss, "The migration would destroy data.",
                            "Look at it with --create-only, or agree with --accept-data-loss.");
  if (!next.pending.empty())
    report.deployed = deploy({});
  if (!writes) {
    if (next.snapshot_alone)
      report.snapshot = follow_models(next).file;
    return report;
  }
  report.created = create_migration(how.name, next, how.skip_shadow);
  if (how.create_only)
    return report;
  deploy_report last = deploy({});
  last.applied.insert(last.applied.begin(), report.deployed.applied.begin(), report.deployed.applied.end());
  last.created_database = last.created_database || report.deployed.created_database;
  report.deployed = std::move(last);
  return report;
}

inline push_report migrator::session::push(bool accept_data_loss) {
  const schema_view& models = required_models();
  database& on = open(true);
  auto [held, book] = lock_ledger(on);
  if (book.place().exists)
    throw detail::unchanged(migration_code::push_refused,
                            "The database is kept by migrations (" + book.place().display_name() + ").",
                            "Change it with `migrate dev`, or push to a database of its own.");
  const std::string table = book.place().qualified(detail::push_table);
  const bool pushed_before = book.has_table(on, detail::push_table);
  owned_snapshot before;
  if (pushed_before) {
    const sql_value text = on.query_value("SELECT snapshot FROM " + table);
    if (!text)
      throw detail::unchanged(migration_code::push_refused, "The table _instar_push holds no schema.",
                              "Drop everything in the database and push again.");
    before = parse_snapshot(std::string{detail::push_table}, *text);
  } else if (const auto objects = detail::foreign_objects(on, book.place()); !objects.empty()) {
    throw detail::unchanged(migration_code::push_refused,
                            "The database holds " + objects.front() +
                                ", which no push made, and this version cannot read a database's schema.",
                            "Push to an empty database, or use migrations.");
  }
  const plan steps = make_plan(before.view().schema, models);
  push_report report;
  report.created_database = created;
  for (const step& one : steps.steps)
    report.summary.push_back(describe(one));
  report.statements = statements(on.dialect(), steps);
  if (steps.loses_data() && !accept_data_loss)
    throw detail::unchanged(migration_code::data_loss, "The push would destroy data.",
                            "Agree with --accept-data-loss.");
  if (steps.empty() && pushed_before)
    return report;
  // The record is part of the same script, and so of the same transaction.
  migration pushed;
  pushed.name = "push";
  pushed.sql = steps.empty() ? std::string{} : script(on.dialect(), steps);
  const std::string header = snapshot_header({.schema = models, .migrations = {}, .dialect = on.dialect()});
  pushed.sql += pushed_before ? "DELETE FROM " + table + ";\n"
                              : "CREATE TABLE " + table + " (snapshot TEXT NOT NULL, pushed_at " +
                                    (on.dialect() == instar::postgres ? "TIMESTAMPTZ NOT NULL DEFAULT now()"
                                                                      : "TEXT NOT NULL DEFAULT current_timestamp") +
                                    ");\n";
  pushed.sql += "INSERT INTO " + table + " (snapshot) VALUES (" + quote_literal(header) + ");\n";
  detail::script_runner runner{on, book, hooks()};
  runner.run_unrecorded(
      pushed, detail::plan_script(on.dialect(), pushed.sql, detail::checked_statements(on.dialect(), pushed)));
  return report;
}

inline void migrator::session::seed() {
  if (!options.seed && options.seed_script.empty())
    throw detail::unchanged(migration_code::no_seed, "There is nothing to seed with.",
                            "Name a script, or give the migrator a function (migrator_options::seed).");
  tell({.what = migration_progress::event::seeding});
  if (options.seed) {
    options.seed(open(true));
    return;
  }
  execute_script(detail::read_file(options.seed_script), options.seed_script.string());
}

inline void migrator::session::execute_script(std::string_view sql, std::string_view file_name) {
  database& on = open(false);
  migration script;
  script.name = file_name;
  script.sql = sql;
  script.file = file_name;
  ledger none;
  detail::script_runner runner{on, none, hooks()};
  runner.run_unrecorded(
      script, detail::plan_script(on.dialect(), script.sql, detail::checked_statements(on.dialect(), script)));
}

inline diff_report migrator::session::diff(const diff_source& from, const diff_source& to) {
  auto keep = std::make_shared<std::vector<owned_snapshot>>();
  keep->reserve(2);
  const schema_view before = schema_of(from, *keep);
  const schema_view after = schema_of(to, *keep);
  return report_of(make_plan(before, after), keep, dialect_for_files());
}

inline snapshot_report migrator::session::generate_snapshot(const generate_options& how) {
  const std::filesystem::path& folder = writable_folder();
  const history read = load();
  snapshot_report report;
  report.file = folder / snapshot_file_name;
  report.migrations = read.migrations.size();
  std::optional<owned_snapshot> old;
  try {
    old = load_snapshot();
  } catch (const migration_error&) {
    if (!how.schema_from_models)
      throw;
  }
  if (!old && !how.schema_from_models && !read.migrations.empty())
    throw detail::unchanged(
        migration_code::snapshot_missing,
        "The folder has migrations but no snapshot.hpp, so what they lead to is not known.",
        "Restore it from version control; or, if the migrations lead to exactly the models, write it "
        "with --schema-from-models.");
  report.schema_from_models = how.schema_from_models;
  const std::vector<migration_record> records = records_of(read);
  const schema_view schema = how.schema_from_models ? required_models() : old ? old->view().schema : schema_view{};
  const snapshot next{.schema = schema, .migrations = records, .dialect = dialect_for_files()};
  report.changed = how.check ? !holds_snapshot(folder, next) : write_snapshot(folder, next);
  return report;
}

inline std::vector<migration_warning> migrator::session::check_history() {
  history read = load();
  const auto known = known_dialect();
  if (const auto target = known ? known : read.provider)
    for (const migration& m : read.migrations)
      if (detail::checked_statements(*target, m).empty())
        read.warnings.push_back(detail::empty_script_warning(m));
  return std::move(read.warnings);
}

inline migrator::migrator(database_url url, migrator_options options)
    : session_(std::make_unique<session>(std::move(options))) {
  session_->url = std::move(url);
}

inline migrator::migrator(database& opened, migrator_options options)
    : session_(std::make_unique<session>(std::move(options))) {
  session_->opened = &opened;
  session_->use(&opened);
}

inline migrator::migrator(migrator_options options) : session_(std::make_unique<session>(std::move(options))) {}

inline migrator::~migrator() = default;

inline void migrator::interrupt() noexcept {
  session_->stop = true;
  try {
    const std::lock_guard lock{session_->guard};
    for (database* connection : session_->working)
      connection->interrupt();
  } catch (const std::exception&) {
    // The operation stops between two statements.
  }
}

inline instar::dialect migrator::dialect() {
  return session_->dialect_for_files();
}

inline deploy_report migrator::deploy(const deploy_options& options) {
  return session_->guarded([&] { return session_->deploy(options); });
}

inline status_report migrator::status() {
  return session_->guarded([&] { return session_->status(); });
}

inline resolve_report migrator::resolve_applied(std::string_view name) {
  return session_->guarded([&] { return session_->resolve_applied(name); });
}

inline resolve_report migrator::resolve_rolled_back(std::string_view name) {
  return session_->guarded([&] { return session_->resolve_rolled_back(name); });
}

inline resolve_report migrator::resolve_edited(std::string_view name) {
  return session_->guarded([&] { return session_->resolve_edited(name); });
}

inline resolve_report migrator::resolve_missing(std::string_view name) {
  return session_->guarded([&] { return session_->resolve_missing(name); });
}

inline reset_report migrator::reset() {
  return session_->guarded([&] { return session_->reset(); });
}

inline next_plan migrator::plan_next() {
  return session_->guarded([&] { return session_->plan_next(); });
}

inline created_migration migrator::create_migration(std::string_view name, const next_plan& planned, bool skip_shadow) {
  return session_->guarded([&] { return session_->create_migration(name, planned, skip_shadow); });
}

inline snapshot_report migrator::follow_models(const next_plan& planned) {
  return session_->guarded([&] { return session_->follow_models(planned); });
}

inline dev_report migrator::dev(const dev_options& options) {
  return session_->guarded([&] { return session_->dev(options); });
}

inline push_report migrator::push(bool accept_data_loss) {
  return session_->guarded([&] { return session_->push(accept_data_loss); });
}

inline void migrator::seed() {
  return session_->guarded([&] { return session_->seed(); });
}

inline void migrator::execute_script(std::string_view sql, std::string_view file_name) {
  return session_->guarded([&] { return session_->execute_script(sql, file_name); });
}

inline diff_report migrator::diff(const diff_source& from, const diff_source& to) {
  return session_->guarded([&] { return session_->diff(from, to); });
}

inline snapshot_report migrator::generate_snapshot(const generate_options& options) {
  return session_->guarded([&] { return session_->generate_snapshot(options); });
}

inline std::vector<migration_warning> migrator::check_history() {
  return session_->guarded([&] { return session_->check_history(); });
}

}  // namespace instar





#if (defined(INSTAR_WITH_CLI) && INSTAR_WITH_CLI)

// ---- instar/cli/cli.hpp


// ---- instar/cli/arguments.hpp


// ---- instar/cli/diagnostic.hpp


// ---- instar/cli/exit_code.hpp

namespace instar::cli {

/// How a run of the program ended, for the shell that started it.
enum class exit_code : int {
  ok = 0,
  failure = 1,       ///< something went wrong, or `status` is not up to date
  differs = 2,       ///< with `--exit-code`: the two sides differ, something is pending, a file is out of date
  needs_answer = 3,  ///< a question that only a person or a flag can answer, and no terminal to ask it on
  usage = 64,        ///< the command line cannot be understood (EX_USAGE of sysexits.h)
  interrupted = 130  ///< Ctrl-C, or SIGTERM
};

}  // namespace instar::cli


// ---- instar/cli/json.hpp

namespace instar::cli {

namespace detail {

/// The length of the well-formed UTF-8 sequence at the start of a text, or 0. RFC 3629, section 4.
[[nodiscard]] constexpr std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned char lead = byte(0);
  if (lead < 0x80)
    return text.empty() ? 0 : 1;
  if (lead >= 0xC2 && lead <= 0xDF)
    return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90;
    const bool beyond = lead == 0xF4 && byte(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace detail

/// Writes one JSON document (RFC 8259) from front to back, indented by two blanks.
///
/// The caller keeps the grammar: a `key` before each value of an object, and every `begin` has its `end`.
/// Bytes that are not UTF-8 become U+FFFD, so that the document is valid whatever a database says.
class json_writer {
 public:
  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  json_writer& key(std::string_view name) {
    separate();
    put_text(name);
    text_ += ": ";
    after_key_ = true;
    return *this;
  }

  json_writer& value(std::string_view text) {
    separate();
    put_text(text);
    return *this;
  }
  json_writer& value(const char* text) { return value(std::string_view{text}); }
  json_writer& value(const std::string& text) { return value(std::string_view{text}); }
  json_writer& value(bool truth) { return put(truth ? "true" : "false"); }
  json_writer& value(int number) { return put(std::to_string(number)); }
  json_writer& value(long number) { return put(std::to_string(number)); }
  json_writer& value(long long number) { return put(std::to_string(number)); }
  json_writer& value(unsigned long number) { return put(std::to_string(number)); }
  json_writer& value(unsigned long long number) { return put(std::to_string(number)); }
  json_writer& null() { return put("null"); }

  /// A member of an object.
  template <class Value>
  json_writer& member(std::string_view name, const Value& content) {
    return key(name).value(content);
  }

  /// A member that is there only when its text is not empty.
  json_writer& optional_member(std::string_view name, std::string_view text) {
    return text.empty() ? *this : key(name).value(text);
  }

  /// An array of texts as a member.
  template <class Texts>
  json_writer& texts(std::string_view name, const Texts& list) {
    key(name).begin_array();
    for (const auto& text : list)
      value(std::string_view{text});
    return end_array();
  }

  /// The document.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  json_writer& open(char bracket) {
    separate();
    text_ += bracket;
    ++depth_;
    first_ = true;
    return *this;
  }

  json_writer& close(char bracket) {
    --depth_;
    if (!first_)
      break_line();
    text_ += bracket;
    first_ = false;
    return *this;
  }

  json_writer& put(std::string_view token) {
    separate();
    text_ += token;
    return *this;
  }

  // What stands between the value before and the one that comes.
  void separate() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (depth_ == 0)
      return;
    if (!first_)
      text_ += ',';
    first_ = false;
    break_line();
  }

  void break_line() {
    text_ += '\n';
    text_.append(2 * depth_, ' ');
  }

  void put_text(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    text_ += '"';
    while (!text.empty()) {
      const auto byte = static_cast<unsigned char>(text.front());
      if (byte == '"' || byte == '\\') {
        text_ += '\\';
        text_ += text.front();
      } else if (byte == '\n') {
        text_ += "\\n";
      } else if (byte == '\t') {
        text_ += "\\t";
      } else if (byte == '\r') {
        text_ += "\\r";
      } else if (byte < 0x20 || byte == 0x7F) {
        text_ += "\\u00";
        text_ += digits[byte >> 4U];
        text_ += digits[byte & 0xFU];
      } else {
        const std::size_t length = detail::utf8_length(text);
        if (length == 0) {
          text_ += "\xEF\xBF\xBD";
        } else {
          text_ += text.substr(0, length);
          text.remove_prefix(length - 1);
        }
      }
      text.remove_prefix(1);
    }
    text_ += '"';
  }

  std::string text_;
  std::size_t depth_ = 0;
  bool first_ = true;  // nothing stands in the innermost bracket yet
  bool after_key_ = false;
};

}  // namespace instar::cli


// ---- instar/cli/terminal.hpp

#if defined(_WIN32)
#include <io.h>
#else
#endif

/// \file Where the words of the program go: results to standard output, everything else to standard error.

namespace instar::cli {

enum class color_choice : unsigned char { automatic, always, never };
enum class verbosity : unsigned char { quiet, normal, verbose };
enum class style : unsigned char { plain, bold, dim, red, green, yellow, cyan };

namespace detail {

[[nodiscard]] inline bool is_terminal(std::FILE* stream) noexcept {
#if defined(_WIN32)
  return _isatty(_fileno(stream)) != 0;
#else
  return ::isatty(::fileno(stream)) != 0;
#endif
}

/// Whether a stream gets colours: `--color`, then NO_COLOR, CLICOLOR_FORCE, TERM=dumb and isatty, the first that
/// speaks. https://no-color.org, https://bixense.com/clicolors
[[nodiscard]] inline bool wants_color(color_choice choice, bool terminal) noexcept {
  if (choice != color_choice::automatic)
    return choice == color_choice::always;
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
  };
  if (!variable("NO_COLOR").empty())
    return false;
  if (const std::string_view force = variable("CLICOLOR_FORCE"); !force.empty() && force != "0")
    return true;
  return variable("TERM") != "dumb" && terminal;
}

/// The columns that a character takes on a terminal: 2 for East Asian wide ones and emoji, 0 for combining marks.
[[nodiscard]] constexpr std::size_t display_width(char32_t c) noexcept {
  if ((c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF)
    return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) || (c >= 0x1F900 && c <= 0x1F9FF) ||
                    (c >= 0x20000 && c <= 0x3FFFD);
  return wide ? 2 : 1;
}

[[nodiscard]] constexpr char32_t decode_utf8(std::string_view sequence) noexcept {
  const auto lead = static_cast<unsigned char>(sequence.front());
  char32_t c = sequence.size() == 1 ? lead : lead & (0xFFU >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i)
    c = (c << 6U) | (static_cast<unsigned char>(sequence[i]) & 0x3FU);
  return c;
}

}  // namespace detail

/// A text that no terminal acts on: control characters, in files and messages from elsewhere, are spelt out (`\x1B`).
///
/// New lines stay; a tab becomes blanks, so that what stands under a line can be aligned with it.
[[nodiscard]] inline std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string shown;
  const auto spell = [&](unsigned char byte) {
    shown += "\\x";
    shown += digits[byte >> 4U];
    shown += digits[byte & 0xFU];
  };
  while (!text.empty()) {
    const std::size_t length = detail::utf8_length(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (length == 0) {
      spell(byte);
    } else if (byte == '\t') {
      shown += "    ";
    } else if (byte == '\r' && text.size() > 1 && text[1] == '\n') {
      // the end of a line, as Windows writes it
    } else if ((byte < 0x20 && byte != '\n') || byte == 0x7F) {
      spell(byte);
    } else if (byte == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0) {
      spell(static_cast<unsigned char>(text[1]));  // the C1 controls, which some terminals obey
    } else {
      shown += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return shown;
}

/// The columns that a printable text takes on a terminal.
[[nodiscard]] inline std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::size_t length = detail::utf8_length(text);
    width += length == 0 ? 1 : detail::display_width(detail::decode_utf8(text.substr(0, length)));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return width;
}

/// Colours as a stream takes them, or none.
class palette {
 public:
  constexpr palette() = default;
  constexpr explicit palette(bool on) : on_(on) {}

  [[nodiscard]] std::string operator()(style wanted, std::string_view text) const {
    if (!on_ || wanted == style::plain || text.empty())
      return std::string{text};
    return "\x1B[" + std::string{code(wanted)} + "m" + std::string{text} + "\x1B[0m";
  }

 private:
  static constexpr std::string_view code(style wanted) noexcept {
    switch (wanted) {
    case style::bold:
      return "1";
    case style::dim:
      return "2";
    case style::red:
      return "1;31";
    case style::green:
      return "32";
    case style::yellow:
      return "33";
    case style::cyan:
      return "36";
    case style::plain:
      break;
    }
    return "0";
  }

  bool on_ = false;
};

/// The two output streams and, when a person sits there, the keyboard.
class terminal {
 public:
  struct settings {
    color_choice color = color_choice::automatic;
    verbosity talk = verbosity::normal;
    bool json = false;  ///< one document on standard output, nothing anywhere else
  };

  terminal() : terminal(settings{}) {}
  explicit terminal(settings chosen)
      : settings_(chosen), on_output_(detail::wants_color(chosen.color, detail::is_terminal(stdout))),
        on_error_(detail::wants_color(chosen.color, detail::is_terminal(stderr))) {}

  [[nodiscard]] bool json() const noexcept { return settings_.json; }
  [[nodiscard]] bool quiet() const noexcept { return settings_.talk == verbosity::quiet; }
  [[nodiscard]] bool verbose() const noexcept { return settings_.talk == verbosity::verbose; }

  /// The colours of standard output.
  [[nodiscard]] const palette& on_output() const noexcept { return on_output_; }
  /// The colours of standard error.
  [[nodiscard]] const palette& on_error() const noexcept { return on_error_; }

  /// Whether a question can be asked: somebody can read it and can answer.
  [[nodiscard]] bool interactive() const noexcept {
    return !settings_.json && detail::is_terminal(stdin) && detail::is_terminal(stderr);
  }

  /// Whether a line on standard error may be written over by the next one.
  [[nodiscard]] bool passing_lines() const noexcept {
    const char* kind = std::getenv("TERM");
    return !settings_.json && settings_.talk == verbosity::normal && detail::is_terminal(stderr) && kind != nullptr &&
           std::string_view{kind} != "dumb";
  }

  /// A line of the result. With `--json` the document takes its place.
  void result(std::string_view line) {
    if (!settings_.json)
      write_line(stdout, line);
  }

  /// A result that is a text of its own, such as a script: written as it is. With `--json` the document takes its
  /// place.
  void raw_result(std::string_view text) {
    if (!settings_.json)
      write(stdout, text);
  }

  /// The document of `--json`.
  void document(std::string_view json) { write_line(stdout, json); }

  /// What is good to know on the way: not with `--quiet` or `--json`.
  void note(std::string_view line) {
    if (!settings_.json && !quiet())
      write_line(stderr, line);
  }

  /// What is good to know for somebody who looks closely: with `--verbose` alone.
  void detail_note(std::string_view line) {
    if (!settings_.json && verbose())
      write_line(stderr, on_error_(style::dim, line));
  }

  /// Errors and warnings: always, but for `--json`, whose document holds them.
  void complain(std::string_view text) {
    if (!settings_.json)
      write_line(stderr, text);
  }

  /// Sends what is buffered on its way, so that a person sees it now.
  void flush() noexcept { std::fflush(stdout); }

  /// Whether everything that was written to standard output got there.
  [[nodiscard]] bool delivered() noexcept { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

  /// Asks for a line of text. Only when `interactive()`. \return nothing at the end of input (Ctrl-D).
  [[nodiscard]] std::optional<std::string> ask(std::string_view question) {
    flush();
    write(stderr, on_error_(style::bold, question));
    write(stderr, " ");
    std::fflush(stderr);
    std::string line;
    for (;;) {
      const int c = std::fgetc(stdin);
      if (c == EOF) {
        write(stderr, "\n");
        return std::nullopt;
      }
      if (c == '\n')
        break;
      line += static_cast<char>(c);
    }
    const std::size_t first = line.find_first_not_of(" \t\r");
    return first == std::string::npos ? std::string{} : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
  }

  /// Asks a question whose answer is no unless somebody types yes. Only when `interactive()`.
  [[nodiscard]] bool confirm(std::string_view question) {
    const std::optional<std::string> answer = ask(std::string{question} + " [y/N]");
    return answer && (*answer == "y" || *answer == "Y" || *answer == "yes" || *answer == "Yes" || *answer == "YES");
  }

 private:
  static void write(std::FILE* stream, std::string_view text) { std::fwrite(text.data(), 1, text.size(), stream); }

  // A terminal shows both streams: what was said first must stand first.
  void write_line(std::FILE* stream, std::string_view line) {
    if (stream == stderr)
      flush();
    std::string whole{line};
    whole += '\n';
    write(stream, whole);
  }

  settings settings_;
  palette on_output_;
  palette on_error_;
};

}  // namespace instar::cli

/// \file What went wrong, as a person reads it and as a program does.

namespace instar::cli {

/// The stable codes of what can go wrong between a command line and an operation. Compare with `==`.
namespace cli_code {
inline constexpr std::string_view unknown_command = "INS5001";  ///< no command of that name
inline constexpr std::string_view unknown_option = "INS5002";   ///< the command has no option of that name
inline constexpr std::string_view bad_value = "INS5003";        ///< an option's value cannot be understood
inline constexpr std::string_view missing_value = "INS5004";    ///< an option, a value or a command is missing
inline constexpr std::string_view contradiction = "INS5005";    ///< two options exclude each other
inline constexpr std::string_view answer_needed = "INS5010";    ///< a question, and no terminal to ask it on
inline constexpr std::string_view declined = "INS5011";         ///< a question was answered with no
inline constexpr std::string_view unwritable = "INS5021";       ///< a file, or standard output, cannot be written
inline constexpr std::string_view not_yet = "INS5030";          ///< a command that this version does not have
inline constexpr std::string_view unmigrated = "INS5040";  ///< warning: the models changed, and no migration says so
inline constexpr std::string_view unexpected = "INS5090";  ///< an error that nobody foresaw
}  // namespace cli_code

/// Something wrong, or worth a warning, with everything that is known about it. What is not known stays empty.
struct diagnostic {
  std::string code;
  std::string message;                      ///< one sentence of cause
  std::vector<std::string> help;            ///< each one thing to do
  std::string state;                        ///< what state the database (or the folder) is in now
  std::string migration;                    ///< the migration's name
  std::optional<script_location> location;  ///< where in which file
  std::optional<database_answer> database;  ///< what the database said
  bool warning = false;
};

/// An error of the command line itself: the diagnostic and the exit code.
class command_error : public std::runtime_error {
 public:
  command_error(exit_code code, diagnostic about)
      : std::runtime_error(about.code + ": " + about.message), code_(code), about_(std::move(about)) {}

  [[nodiscard]] exit_code code() const noexcept { return code_; }
  [[nodiscard]] const diagnostic& about() const noexcept { return about_; }

 private:
  exit_code code_;
  diagnostic about_;
};

namespace detail {

[[nodiscard]] inline diagnostic make_diagnostic(std::string_view code, std::string message, std::string help = {},
                                                std::string state = {}) {
  diagnostic about;
  about.code = code;
  about.message = std::move(message);
  if (!help.empty())
    about.help.push_back(std::move(help));
  about.state = std::move(state);
  return about;
}

/// A mistake in the command line (exit 64).
[[nodiscard]] inline command_error usage_error(std::string_view code, std::string message, std::string help = {}) {
  return command_error{exit_code::usage, make_diagnostic(code, std::move(message), std::move(help))};
}

/// The part of a line that fits beside its number, and where in it the caret stands.
struct quoted_line {
  std::string text;
  std::size_t caret = 0;  ///< in columns
};

/// Cuts a long line to what stands round the caret, so that a terminal does not wrap it and lose the caret.
[[nodiscard]] inline quoted_line quote_line(std::string_view line, std::size_t caret) {
  constexpr std::size_t before = 60;
  constexpr std::size_t widest = 110;
  caret = std::min(caret, line.size());
  const std::string left = printable(line.substr(0, caret));
  const std::string right = printable(line.substr(caret));
  std::string_view shown_left = left;
  bool cut = false;
  while (width_of(shown_left) > before && width_of(left) + width_of(right) > widest) {
    const std::size_t length = utf8_length(shown_left);
    shown_left.remove_prefix(length == 0 ? 1 : length);
    cut = true;
  }
  quoted_line quoted;
  quoted.text = (cut ? "..." : "") + std::string{shown_left};
  quoted.caret = width_of(quoted.text);
  std::string_view rest = right;
  std::size_t width = quoted.caret;
  while (!rest.empty() && width < widest) {
    const std::size_t length = std::max<std::size_t>(utf8_length(rest), 1);
    width += width_of(rest.substr(0, length));
    quoted.text += rest.substr(0, length);
    rest.remove_prefix(length);
  }
  if (!rest.empty())
    quoted.text += "...";
  return quoted;
}

/// Puts the lines of a text under each other, indented as the first is.
[[nodiscard]] inline std::string indent_lines(std::string_view text, std::size_t columns) {
  std::string lines;
  while (!text.empty() && text.back() == '\n')
    text.remove_suffix(1);
  for (const char c : text) {
    lines += c;
    if (c == '\n')
      lines.append(columns, ' ');
  }
  return lines;
}

}  // namespace detail

[[nodiscard]] inline diagnostic diagnose(const migration_error& error) {
  diagnostic about;
  about.code = error.code();
  about.message = error.message();
  if (!error.remedy().empty())
    about.help.push_back(error.remedy());
  about.state = error.state();
  about.migration = error.migration();
  about.location = error.location();
  about.database = error.database();
  return about;
}

[[nodiscard]] inline diagnostic diagnose(const database_error& error) {
  diagnostic about;
  about.code = error.code();
  about.message = error.message();
  if (!error.remedy().empty())
    about.help.push_back(error.remedy());
  if (!error.sqlstate().empty() || !error.detail().empty() || !error.hint().empty() || !error.context().empty())
    about.database = database_answer{{}, error.sqlstate(), error.detail(), error.hint(), error.context()};
  // Up to INS3017 nothing was opened; what comes later happened in a connection.
  if (about.code < database_code::read_only)
    about.state = "The database was not reached; nothing was changed.";
  return about;
}

[[nodiscard]] inline diagnostic diagnose(const migration_warning& warning) {
  diagnostic about = detail::make_diagnostic(warning.code, warning.message, warning.remedy);
  about.migration = warning.migration;
  about.warning = true;
  return about;
}

[[nodiscard]] inline diagnostic diagnose(const history_problem& problem) {
  diagnostic about = detail::make_diagnostic(problem.code, problem.message);
  about.help = problem.ways_out;
  about.migration = problem.migration;
  return about;
}

/// A diagnostic in the look of rustc's: code, `file:line:column`, the SQL line with a caret, what the database said,
/// what state it is in now, what to do. No new line at the end.
[[nodiscard]] inline std::string render(const diagnostic& about, const palette& paint) {
  const style tone = about.warning ? style::yellow : style::red;
  std::string head = about.warning ? "warning" : "error";
  if (!about.code.empty())
    head += '[' + about.code + ']';
  std::string text = paint(tone, head) + paint(style::bold, ": " + printable(about.message));

  std::size_t margin = 2;
  if (about.location) {
    const script_location& place = *about.location;
    const std::string number = place.line == 0 ? std::string{} : std::to_string(place.line);
    margin = number.size() + 2;
    const std::string blank(margin, ' ');
    text += '\n' + std::string(number.size() + 1, ' ') + paint(style::cyan, "--> ") + printable(place.file);
    if (place.line != 0) {
      text += ':' + number + ':' + std::to_string(place.column);
      const detail::quoted_line quoted = detail::quote_line(place.text, place.caret);
      const std::string bar = paint(style::cyan, "|");
      text += '\n' + blank + bar;
      text += '\n' + paint(style::cyan, ' ' + number + ' ') + bar + ' ' + quoted.text;
      text += '\n' + blank + bar + ' ' + std::string(quoted.caret, ' ') + paint(tone, "^");
      text += '\n' + blank + bar;
    }
  }
  const auto remark = [&](std::string_view label, std::string_view content) {
    if (content.empty())
      return;
    text += '\n' + std::string(margin, ' ') + paint(style::cyan, "= ") + paint(style::bold, std::string{label} + ": ");
    text += detail::indent_lines(printable(content), margin + 2 + label.size() + 2);
  };
  if (!about.migration.empty() && !about.location && about.message.find(about.migration) == std::string::npos)
    remark("migration", about.migration);
  if (about.database) {
    std::string said = about.database->message;
    if (!about.database->sqlstate.empty())
      said += (said.empty() ? "" : " ") + ('(' + about.database->sqlstate + ')');
    remark("the database says", said);
    remark("detail", about.database->detail);
    remark("hint", about.database->hint);
    remark("context", about.database->context);
  }
  remark("state", about.state);
  for (const std::string& way : about.help)
    text += '\n' + paint(style::green, "help") + ": " + detail::indent_lines(printable(way), 6);
  return text;
}

/// The same as an object of the document of `--json`.
inline void write_json(json_writer& json, const diagnostic& about) {
  json.begin_object();
  json.member("code", about.code);
  json.member("message", about.message);
  json.texts("help", about.help);
  json.optional_member("state", about.state);
  json.optional_member("migration", about.migration);
  if (about.location) {
    json.key("location").begin_object();
    json.member("file", about.location->file);
    if (about.location->line != 0) {
      json.member("line", about.location->line);
      json.member("column", about.location->column);
      json.member("text", about.location->text);
    }
    json.end_object();
  }
  if (about.database) {
    json.key("database").begin_object();
    json.optional_member("message", about.database->message);
    json.optional_member("sqlstate", about.database->sqlstate);
    json.optional_member("detail", about.database->detail);
    json.optional_member("hint", about.database->hint);
    json.optional_member("context", about.database->context);
    json.end_object();
  }
  json.end_object();
}

}  // namespace instar::cli

/// \file What a command line says, once it is understood.

namespace instar::cli {

enum class command : unsigned char {
  none,
  migrate_dev,
  migrate_deploy,
  migrate_status,
  migrate_resolve,
  migrate_reset,
  migrate_diff,
  db_push,
  db_seed,
  db_execute,
  generate,
  validate,
};

/// What the command line says. An empty text is an option that was not given.
struct arguments {
  cli::command command = command::none;

  // of every command
  std::string url;
  std::string migrations;
  std::string env_file;
  std::string shadow_url;
  std::string ledger;
  std::optional<std::chrono::milliseconds> lock_timeout;
  color_choice color = color_choice::automatic;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool yes = false;

  // of some
  std::string name;
  bool create_only = false;
  bool accept_data_loss = false;
  bool skip_shadow = false;
  bool skip_seed = false;
  bool force = false;
  bool exit_code = false;
  bool script = false;
  bool check = false;
  bool use_stdin = false;
  bool allow_not_empty = false;
  bool schema_from_models = false;
  std::string up_to;
  std::string from;
  std::string to;
  std::string output;
  std::string file;
  std::optional<instar::dialect> dialect;
  std::vector<std::string> applied;
  std::vector<std::string> rolled_back;
  std::vector<std::string> edited;
  std::vector<std::string> missing;
  std::vector<std::string> what;
};

/// What became of a command line: arguments to run with, or a text to print instead, or a mistake.
struct parsed_command_line {
  arguments given;
  std::string command_name;           ///< "migrate deploy"; empty when none was given
  bool version = false;               ///< the version was asked for, and nothing else
  std::string text;                   ///< help was asked for: to be printed, and nothing else done
  std::optional<diagnostic> mistake;  ///< exit code 64
};

}  // namespace instar::cli


// ---- instar/cli/command_line.hpp


// ---- instar/cli/suggestion.hpp

namespace instar::cli {

/// How many letters must be put in, left out, changed or swapped with their neighbour to get from one word to another.
/// Quadratic in the length of the words.
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Three rows of the table of optimal string alignment: two back, one back, the one being filled.
  std::vector<std::size_t> two_back(b.size() + 1);
  std::vector<std::size_t> back(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    back[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({back[j] + 1, row[j - 1] + 1, back[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], two_back[j - 2] + 1);
    }
    std::swap(two_back, back);
    std::swap(back, row);
  }
  return back[b.size()];
}

/// The word that somebody who typed `typed` most likely meant, or an empty text when none is near.
[[nodiscard]] inline std::string nearest_word(std::string_view typed, std::span<const std::string> words) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(typed.size() / 3, 1) + 1;
  for (const std::string& word : words) {
    const std::size_t distance = edit_distance(typed, word);
    if (distance < best_distance) {
      best = word;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace instar::cli

#include <CLI/CLI.hpp>

/// \file The command line's grammar: commands, options, help, and what is wrong with what was typed.

namespace instar::cli {

namespace detail {

inline constexpr std::string_view options_group = "Options";
inline constexpr std::string_view common_group = "Options of every command";
// Understood but not shown. Not CLI11's own hidden group: an option in that one has no name in messages.
inline constexpr std::string_view unlisted_group = "Unlisted";

/// The commands, in the order in which help shows them. Groups have no `id`.
struct command_entry {
  std::string_view group;
  std::string_view name;
  cli::command id;
  std::string_view brief;
  std::string_view examples;  ///< a line each; PROGRAM stands for the program's name
};

inline constexpr std::array<command_entry, 11> command_table{{
    {"migrate", "dev", command::migrate_dev, "write the next migration from the models, prove it, apply it",
     "PROGRAM migrate dev --name add_user_email\n"
     "PROGRAM migrate dev --name backfill --create-only   write it, edit it, then run `migrate dev`"},
    {"migrate", "deploy", command::migrate_deploy, "apply what is pending; never asks, never resets",
     "PROGRAM migrate deploy\n"
     "PROGRAM migrate deploy --url postgresql://app@db.example/app --lock-timeout 120"},
    {"migrate", "status", command::migrate_status, "say what is applied, pending, failed, edited, missing",
     "PROGRAM migrate status\n"
     "PROGRAM migrate status --json"},
    {"migrate", "resolve", command::migrate_resolve, "tell the ledger what was repaired by hand; runs nothing",
     "PROGRAM migrate resolve --applied 20240117000000_init   a baseline: it is in the database already\n"
     "PROGRAM migrate resolve --rolled-back 20250211085834_update_schema   it failed and was undone"},
    {"migrate", "reset", command::migrate_reset, "drop everything, apply the history again, seed",
     "PROGRAM migrate reset --force"},
    {"migrate", "diff", command::migrate_diff, "show the way from one schema to another",
     "PROGRAM migrate diff --from migrations --to models --script\n"
     "PROGRAM migrate diff --from empty --to models --script --output schema.sql\n"
     "PROGRAM migrate diff --from migrations --to models --exit-code"},
    {"db", "push", command::db_push, "bring a database to the models without a migration, to try things out",
     "PROGRAM db push --url sqlite:try.db"},
    {"db", "seed", command::db_seed, "fill the database with the project's seed",
     "PROGRAM db seed\n"
     "PROGRAM db seed --file seed.sql"},
    {"db", "execute", command::db_execute, "run a SQL script outside the history",
     "PROGRAM db execute --file repair.sql\n"
     "echo 'DELETE FROM sessions' | PROGRAM db execute --stdin"},
    {"", "generate", command::generate, "write what follows from the models: schema.sql, diagrams, data dictionary",
     "PROGRAM generate\n"
     "PROGRAM generate --only mermaid --output docs\n"
     "PROGRAM generate --check   in CI: exit 2 when a file is out of date"},
    {"", "validate", command::validate, "check the models and the history; needs no database",
     "PROGRAM validate\n"
     "PROGRAM validate --exit-code   exit 2 when there is a warning"},
}};

[[nodiscard]] inline std::string full_name(const command_entry& entry) {
  return entry.group.empty() ? std::string{entry.name} : std::string{entry.group} + ' ' + std::string{entry.name};
}

/// What people who come from elsewhere type, and what it is called here.
struct foreign_word {
  std::string_view word;
  std::string_view help;
};

inline constexpr std::array<foreign_word, 9> foreign_options{{
    {"--schema",
     "The models are compiled into this program, so no file is named; a PostgreSQL schema other than public "
     "stands in the URL (?schema=NAME)."},
    {"--config", "There is no configuration file: --url, --migrations and --env-file say where things are."},
    {"--from-schema", "The schema is that of the compiled models: write --from models."},
    {"--from-schema-datamodel", "The schema is that of the compiled models: write --from models."},
    {"--from-schema-datasource", "Write --from database, or --from database:URL."},
    {"--to-schema", "The schema is that of the compiled models: write --to models."},
    {"--to-schema-datamodel", "The schema is that of the compiled models: write --to models."},
    {"--to-schema-datasource", "Write --to database, or --to database:URL."},
    {"--force-reset", "Run `migrate reset` where there are migrations; otherwise drop the database, then `db push`."},
}};

inline constexpr std::array<foreign_word, 5> foreign_commands{{
    {"init", "There is nothing to initialise: `migrate dev --name init` writes the first migration."},
    {"format", "The models are C++: clang-format formats them."},
    {"pull", "`db pull` comes with a later version, together with the reading of schemas from databases."},
    {"studio", "`studio` comes with a later version."},
    {"up", "Did you mean `migrate deploy`?"},
}};

/// Help in the program's own look: what it is, how to call it, the options, examples.
class help_formatter : public CLI::FormatterBase {
 public:
  explicit help_formatter(std::string program) : program_(std::move(program)) {}

  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    std::string path;
    for (const CLI::App* level = app; level->get_parent() != nullptr; level = level->get_parent())
      path = ' ' + level->get_name() + path;
    const bool leaf = app->get_subcommands({}).empty();

    std::string text = program_ + path + ": " + app->get_description() + "\n\n";
    text += "Usage: " + program_ + path + (leaf ? "" : " COMMAND") + " [options]\n";
    if (!leaf)
      text += commands_of(path.empty() ? std::string_view{} : std::string_view{path}.substr(1));
    const CLI::App* root = app;
    while (root->get_parent() != nullptr)
      root = root->get_parent();
    if (leaf)
      text += options_of(*app, options_group);
    text += options_of(*root, common_group);
    if (!app->get_footer().empty())
      text += "\nExamples:\n" + examples(app->get_footer());
    if (!leaf)
      text += "\n`" + program_ + path + " COMMAND --help` says more about a command.\n";
    return text;
  }

 private:
  static constexpr std::size_t left_column = 30;

  static void put_row(std::string& text, std::string_view left, std::string_view right) {
    text += "  ";
    text += left;
    const std::size_t used = left.size() + 2;
    text.append(used < left_column ? left_column - used : 2, ' ');
    text += right;
    text += '\n';
  }

  [[nodiscard]] static std::string commands_of(std::string_view group) {
    std::string text = "\nCommands:\n";
    for (const command_entry& entry : command_table)
      if (group.empty() || entry.group == group)
        put_row(text, group.empty() ? full_name(entry) : std::string{entry.name}, entry.brief);
    return text;
  }

  [[nodiscard]] static std::string options_of(const CLI::App& app, std::string_view group) {
    std::string rows;
    for (const CLI::Option* option : app.get_options([&](const CLI::Option* o) { return o->get_group() == group; })) {
      std::string left;
      for (const std::string& name : option->get_snames())
        left += (left.empty() ? "-" : ", -") + name;
      left.insert(0, left.empty() ? "    " : "");
      // Behind the first stand the names that people know from elsewhere.
      if (!option->get_lnames().empty())
        left += (left == "    " ? "--" : ", --") + option->get_lnames().front();
      if (option->get_expected_max() != 0 && option->get_type_size_max() != 0)
        left += ' ' + option->get_type_name();
      put_row(rows, left, option->get_description());
    }
    return rows.empty() ? rows : "\n" + std::string{group} + ":\n" + rows;
  }

  [[nodiscard]] std::string examples(std::string_view lines) const {
    constexpr std::string_view placeholder = "PROGRAM";
    std::string text = "  ";
    for (std::size_t i = 0; i < lines.size();) {
      if (lines.substr(i).starts_with(placeholder)) {
        text += program_;
        i += placeholder.size();
        continue;
      }
      text += lines[i];
      text += lines[i] == '\n' ? "  " : "";
      ++i;
    }
    return text + '\n';
  }

  std::string program_;
};

/// The tree of commands and their options, bound to an `arguments`.
class command_line {
 public:
  /// \param words what is going to be parsed: a command that is not among them needs no options, and describing those
  ///        of all commands would be most of what a run without work does
  command_line(std::string program, const std::vector<std::string>& words)
      : program_(program), root_("the schema of a database, from C++ models", std::move(program)) {
    root_.formatter(std::make_shared<help_formatter>(program_));
    root_.allow_extras();
    root_.require_subcommand(0, 1);
    root_.set_help_flag("-h,--help", "show this text")->group(std::string{common_group});
    describe_common_options();
    CLI::App* migrate = describe_group("migrate", "write migrations, apply them, look after them");
    CLI::App* db = describe_group("db", "the database without its migrations");
    for (const command_entry& entry : command_table) {
      CLI::App* parent = entry.group == "migrate" ? migrate : entry.group == "db" ? db : &root_;
      CLI::App* leaf = parent->add_subcommand(std::string{entry.name}, std::string{entry.brief});
      leaf->fallthrough();
      leaf->allow_extras();
      leaf->footer(std::string{entry.examples});
      leaf->get_help_ptr()->group(std::string{unlisted_group});
      leaf->final_callback([this, id = entry.id] { given_.command = id; });
      if (std::find(words.begin(), words.end(), entry.name) != words.end())
        describe_options(*leaf, entry.id);
    }
  }

  /// Reads the words behind the program's name.
  [[nodiscard]] parsed_command_line parse(std::vector<std::string> words) {
    parsed_command_line parsed;
    if (!words.empty() && words.front() == "help") {
      words.erase(words.begin());
      words.emplace_back("--help");
    }
    // Wanted even where the rest cannot be understood.
    for (const std::string& word : words)
      given_.json = given_.json || word == "--json";
    try {
      std::vector<std::string> backwards(words.rbegin(), words.rend());
      root_.parse(std::move(backwards));
      check_leftovers();
      parsed.version = wants_version_;
      finish();
    } catch (const CLI::CallForHelp&) {
      parsed.text = help_of_the_innermost();
    } catch (const CLI::ParseError& error) {
      parsed.mistake = usage_error(cli_code::bad_value, sentence_of(error), see_help()).about();
    } catch (const command_error& error) {
      parsed.mistake = error.about();
    }
    if (!parsed.mistake && !parsed.version && given_.command == command::none && parsed.text.empty()) {
      if (words.empty())
        parsed.text = root_.help();
      else
        parsed.mistake = missing_command().about();
    }
    parsed.command_name = innermost_name();
    parsed.given = given_;
    return parsed;
  }

 private:
  CLI::App* describe_group(const char* name, const char* brief) {
    CLI::App* group = root_.add_subcommand(name, brief);
    group->fallthrough();
    group->allow_extras();
    group->require_subcommand(0, 1);
    group->get_help_ptr()->group(std::string{unlisted_group});
    return group;
  }

  // "--name" of "-n,--name".
  static std::string long_name(std::string_view names) {
    names.remove_prefix(std::min(names.find("--"), names.size()));
    return std::string{names.substr(0, names.find(','))};
  }

  // CLI11 takes the next word whatever it is, so a forgotten value would swallow an option.
  static void check_value(std::string_view names, std::string_view what, const std::string& word) {
    if (word.size() > 1 && word.front() == '-')
      throw usage_error(cli_code::missing_value,
                        '`' + long_name(names) + "` wants a value (" + std::string{what} + "), but `" + word +
                            "` follows it.",
                        "Put the value behind the option.");
  }

  static CLI::Option* flag(CLI::App& app, const char* names, bool& into, const char* text) {
    return app.add_flag(names, into, text)->group(std::string{options_group});
  }

  static CLI::Option* value(CLI::App& app, const char* names, const char* what, const char* text,
                            std::function<void(const std::string&)> take) {
    CLI::Option* option = app.add_option_function<std::string>(
        names,
        [take = std::move(take), names, what](const std::string& word) {
          check_value(names, what, word);
          take(word);
        },
        text);
    return option->type_name(what)->group(std::string{options_group});
  }

  static CLI::Option* value(CLI::App& app, const char* names, std::string& into, const char* what, const char* text) {
    return value(app, names, what, text, [&into](const std::string& word) { into = word; });
  }

  static CLI::Option* values(CLI::App& app, const char* names, std::vector<std::string>& into, const char* what,
                             const char* text) {
    CLI::Option* option = app.add_option_function<std::vector<std::string>>(
        names,
        [&into, names, what](const std::vector<std::string>& words) {
          for (const std::string& word : words)
            check_value(names, what, word);
          into = words;
        },
        text);
    return option->type_name(what)->group(std::string{options_group})->allow_extra_args(false);
  }

  void describe_common_options() {
    arguments& g = given_;
    const std::string common{common_group};
    value(root_, "--url", g.url, "URL", "postgresql://USER@HOST/NAME or sqlite:FILE; else DATABASE_URL, then .env")
        ->group(common);
    value(root_, "--env-file", g.env_file, "FILE", "read DATABASE_URL from this file, whatever the environment says")
        ->group(common);
    value(root_, "--migrations", g.migrations, "DIR", "the folder of the migrations")->group(common);
    value(root_, "--shadow-url,--shadow-database-url", g.shadow_url, "URL",
          "an empty database to prove scripts in; else SHADOW_DATABASE_URL, or a scratch one")
        ->group(common);
    value(root_, "--ledger", g.ledger, "TABLE",
          "where applied migrations are listed; else found, or _instar_migrations")
        ->group(common);
    value(root_, "--lock-timeout", "SECONDS", "how long to wait for another runner (60)",
          [&g](const std::string& word) { g.lock_timeout = parse_seconds(word); })
        ->group(common);
    flag(root_, "-y,--yes", g.yes, "answer harmless questions with yes")->group(common);
    flag(root_, "--json", g.json, "one JSON document on standard output, errors included")->group(common);
    value(root_, "--color", "WHEN", "auto, always or never", [&g](const std::string& word) {
      g.color = parse_color(word);
    })->group(common);
    flag(root_, "-q,--quiet", g.quiet, "only results, warnings and errors")->group(common);
    flag(root_, "-v,--verbose", g.verbose, "more about what goes on")->group(common);
    root_.add_flag("-V,--version", wants_version_, "show the version")->group(common);
  }

  void describe_options(CLI::App& app, cli::command id) {
    arguments& g = given_;
    switch (id) {
    case command::migrate_dev:
      value(app, "-n,--name", g.name, "NAME", "what to call the migration");
      flag(app, "--create-only", g.create_only, "write the migration, do not apply it; those before it are applied");
      flag(app, "--accept-data-loss", g.accept_data_loss, "write a migration that destroys data without asking");
      flag(app, "--skip-shadow", g.skip_shadow, "do not run the script in a shadow database first");
      flag(app, "--skip-seed", g.skip_seed, "do not seed a database that was made just now");
      hidden_flag(app, "--skip-generate");
      break;
    case command::migrate_deploy:
      value(app, "--up-to", g.up_to, "NAME", "stop after this migration");
      flag(app, "--allow-not-empty", g.allow_not_empty, "apply to a database that has tables but no ledger");
      break;
    case command::migrate_status:
      flag(app, "--exit-code", g.exit_code, "exit 2 when migrations are pending and nothing else is wrong");
      break;
    case command::migrate_resolve:
      values(app, "--applied", g.applied, "NAME", "it is applied, though it was not run (may be repeated)");
      values(app, "--rolled-back", g.rolled_back, "NAME", "it failed and was undone; deploy runs it again");
      values(app, "--edited", g.edited, "NAME", "its file was changed on purpose; the ledger takes the new checksum");
      values(app, "--missing", g.missing, "NAME", "it is gone from the folder on purpose; the ledger forgets it");
      break;
    case command::migrate_reset:
      flag(app, "-f,--force", g.force, "drop all data without asking");
      flag(app, "--accept-data-loss", g.accept_data_loss, "the same");
      flag(app, "--skip-seed", g.skip_seed, "do not seed afterwards");
      hidden_flag(app, "--skip-generate");
      break;
    case command::migrate_diff:
      value(app, "--from", g.from, "SOURCE", "empty, models, migrations[:DIR], database[:URL] or sql:FILE");
      value(app, "--to", g.to, "SOURCE", "the same");
      flag(app, "--script", g.script, "print SQL instead of a summary");
      value(app, "-o,--output", g.output, "FILE", "write to a file instead of standard output");
      flag(app, "--exit-code", g.exit_code, "exit 2 when the two differ");
      dialect_option(app);
      describe_habits(app);
      break;
    case command::db_push:
      flag(app, "--accept-data-loss", g.accept_data_loss, "go on though data is destroyed");
      hidden_flag(app, "--skip-generate");
      break;
    case command::db_seed:
      value(app, "--file", g.file, "FILE", "a SQL script to seed with");
      break;
    case command::db_execute:
      value(app, "--file", g.file, "FILE", "the SQL script");
      flag(app, "--stdin", g.use_stdin, "read the script from standard input");
      break;
    case command::generate:
      values(app, "--only", g.what, "KIND", "sql, mermaid, dot, svg, markdown or snapshot (may be repeated)");
      value(app, "-o,--output", g.output, "DIR", "where to write (schema); snapshot.hpp stays with the migrations");
      flag(app, "--check", g.check, "write nothing; exit 2 when a file is out of date");
      flag(app, "--schema-from-models", g.schema_from_models,
           "snapshot: take the models, the history leads to them (after a merge)");
      dialect_option(app);
      break;
    case command::validate:
      flag(app, "--exit-code", g.exit_code, "exit 2 when there is a warning");
      break;
    case command::none:
      break;
    }
  }

  void dialect_option(CLI::App& app) {
    value(app, "--dialect", "NAME", "postgresql or sqlite, where no database says it",
          [this](const std::string& word) { given_.dialect = parse_dialect(word); });
  }

  void hidden_flag(CLI::App& app, const char* name) {
    app.add_flag(name, ignored_)->group(std::string{unlisted_group});
  }

  // Prisma's spelling of the sides of a diff, where it means the same.
  void describe_habits(CLI::App& app) {
    const auto side = [&](const char* name, std::string& into, std::string_view prefix) {
      value(app, name, "VALUE", "", [&into, prefix](const std::string& word) {
        into = std::string{prefix} + word;
      })->group(std::string{unlisted_group});
    };
    const auto fixed = [&](const char* name, std::string& into, const char* source) {
      app.add_flag_callback(name, [&into, source] { into = source; })->group(std::string{unlisted_group});
    };
    fixed("--from-empty", given_.from, "empty");
    fixed("--to-empty", given_.to, "empty");
    fixed("--from-config-datasource", given_.from, "database");
    fixed("--to-config-datasource", given_.to, "database");
    side("--from-migrations", given_.from, "migrations:");
    side("--to-migrations", given_.to, "migrations:");
    side("--from-url", given_.from, "database:");
    side("--to-url", given_.to, "database:");
  }

  [[nodiscard]] static std::chrono::milliseconds parse_seconds(const std::string& word) {
    double seconds = -1;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), seconds);
    if (error != std::errc{} || end != word.data() + word.size() || !(seconds >= 0) || seconds > 1e6)
      throw usage_error(cli_code::bad_value, "`--lock-timeout " + word + "` is no number of seconds.",
                        "Give a number such as 30; 0 does not wait at all.");
    return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
  }

  [[nodiscard]] static color_choice parse_color(const std::string& word) {
    if (word == "auto")
      return color_choice::automatic;
    if (word == "always" || word == "never")
      return word == "always" ? color_choice::always : color_choice::never;
    throw usage_error(cli_code::bad_value, "`--color " + word + "` is not understood.",
                      "Choose auto, always or never.");
  }

  [[nodiscard]] static instar::dialect parse_dialect(const std::string& word) {
    if (word == "postgresql" || word == "postgres")
      return instar::postgres;
    if (word == "sqlite")
      return instar::sqlite;
    throw usage_error(cli_code::bad_value, "`--dialect " + word + "` is not known.", "Choose postgresql or sqlite.");
  }

  [[nodiscard]] const CLI::App* innermost() const {
    const CLI::App* app = &root_;
    while (!app->get_subcommands().empty())
      app = app->get_subcommands().back();
    return app;
  }

  [[nodiscard]] std::string innermost_name() const {
    std::string name;
    for (const CLI::App* app = innermost(); app->get_parent() != nullptr; app = app->get_parent())
      name = app->get_name() + (name.empty() ? "" : " ") + name;
    return name;
  }

  [[nodiscard]] std::string help_of_the_innermost() const { return innermost()->help(); }

  [[nodiscard]] std::string see_help() const {
    const std::string name = innermost_name();
    return "`" + program_ + (name.empty() ? "" : " ") + name + " --help` shows what it takes.";
  }

  [[nodiscard]] command_error missing_command() const {
    const std::string group = innermost_name();
    if (group.empty())
      return usage_error(cli_code::missing_value, "No command was given.", see_help());
    std::string list;
    for (const command_entry& entry : command_table)
      if (entry.group == group)
        list += (list.empty() ? "" : ", ") + std::string{entry.name};
    return usage_error(cli_code::missing_value, "`" + group + "` wants one of its commands: " + list + ".", see_help());
  }

  // CLI11's own words are "--name: 1 required NAME missing" and "--url: At Most 1 required but received 2".
  [[nodiscard]] static std::string sentence_of(const CLI::ParseError& error) {
    std::string text = error.what();
    const std::size_t colon = text.find(':');
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr && colon != std::string::npos)
      return '`' + text.substr(0, colon) +
             (text.find("At Most") != std::string::npos ? "` is given more than once." : "` wants a value.");
    if (!text.empty() && text.back() != '.')
      text += '.';
    return text;
  }

  void check_leftovers() {
    const std::vector<std::string> rest = root_.remaining(true);
    for (const std::string& word : rest)
      if (word.size() > 1 && word.front() == '-')
        throw unknown_option(word);
    if (rest.empty())
      return;
    const std::string name = innermost_name();
    if (innermost()->get_subcommands({}).empty())
      throw usage_error(cli_code::unknown_option, "`" + name + "` takes no argument `" + rest.front() + "`.",
                        see_help());
    throw unknown_command(rest.front(), name);
  }

  [[nodiscard]] command_error unknown_option(const std::string& word) const {
    const std::string name = word.substr(0, word.find('='));
    const std::string of = innermost_name();
    const std::string message =
        (of.empty() ? std::string{"There is"} : "`" + of + "` has") + " no option `" + name + "`.";
    for (const foreign_word& known : foreign_options)
      if (name == known.word)
        return usage_error(cli_code::unknown_option, message, std::string{known.help});
    std::vector<std::string> names;
    for (const CLI::App* app = innermost(); app != nullptr; app = app->get_parent())
      for (const CLI::Option* option :
           app->get_options([](const CLI::Option* o) { return o->get_group() != unlisted_group; }))
        for (const std::string& long_name : option->get_lnames())
          names.push_back("--" + long_name);
    const std::string meant = nearest_word(name, names);
    return usage_error(cli_code::unknown_option, message, meant.empty() ? see_help() : "Did you mean `" + meant + "`?");
  }

  [[nodiscard]] command_error unknown_command(const std::string& word, const std::string& group) const {
    const std::string typed = group.empty() ? word : group + ' ' + word;
    const std::string message = "There is no command `" + typed + "`.";
    for (const foreign_word& known : foreign_commands)
      if (word == known.word)
        return usage_error(known.word == "pull" || known.word == "studio" ? cli_code::not_yet
                                                                          : cli_code::unknown_command,
                           message, std::string{known.help});
    std::vector<std::string> names;
    std::vector<std::string> endings;
    for (const command_entry& entry : command_table) {
      names.push_back(full_name(entry));
      endings.emplace_back(entry.name);
    }
    // The group left out, or another one's: `deploy`, `db deploy`.
    std::string meant = nearest_word(word, endings);
    if (const auto found = std::find(endings.begin(), endings.end(), meant); found != endings.end())
      meant = names[static_cast<std::size_t>(found - endings.begin())];
    if (meant.empty())
      meant = nearest_word(typed, names);
    if (meant.empty() && group.empty())
      meant = nearest_word(word, std::array{std::string{"migrate"}, std::string{"db"}});
    return usage_error(cli_code::unknown_command, message,
                       meant.empty() ? see_help() : "Did you mean `" + program_ + ' ' + meant + "`?");
  }

  // What CLI11 cannot say: which options want each other.
  void finish() {
    if (given_.quiet && given_.verbose)
      throw usage_error(cli_code::contradiction, "--quiet and --verbose contradict each other.", "Give one of them.");
    switch (given_.command) {
    case command::migrate_resolve:
      if (given_.applied.empty() && given_.rolled_back.empty() && given_.edited.empty() && given_.missing.empty())
        throw usage_error(cli_code::missing_value, "`migrate resolve` wants to know what is resolved, and how.",
                          "Give --applied NAME, --rolled-back NAME, --edited NAME or --missing NAME.");
      break;
    case command::migrate_diff:
      if (given_.from.empty() || given_.to.empty())
        throw usage_error(cli_code::missing_value,
                          std::string{"`migrate diff` wants two sides, "} +
                              (given_.from.empty() && given_.to.empty() ? "--from and --to are"
                               : given_.from.empty()                    ? "--from is"
                                                                        : "--to is") +
                              " missing.",
                          "A side is empty, models, migrations[:DIR], database[:URL] or sql:FILE.");
      break;
    case command::db_execute:
      if (given_.file.empty() && !given_.use_stdin)
        throw usage_error(cli_code::missing_value, "`db execute` wants a script.", "Give --file FILE or --stdin.");
      if (!given_.file.empty() && given_.use_stdin)
        throw usage_error(cli_code::contradiction, "--file and --stdin contradict each other.", "Give one of them.");
      break;
    default:
      break;
    }
  }

  std::string program_;
  arguments given_;
  bool wants_version_ = false;
  bool ignored_ = false;
  CLI::App root_;
};

}  // namespace detail

/// Reads a command line. Throws nothing that a user's typing could cause.
///
/// \param program what help and examples call the program
[[nodiscard]] inline parsed_command_line parse_command_line(std::string program,
                                                            const std::vector<std::string>& words) {
  return detail::command_line{std::move(program), words}.parse(words);
}

}  // namespace instar::cli


// ---- instar/cli/commands/deploy.hpp


// ---- instar/cli/commands/report.hpp


// ---- instar/cli/session.hpp


// ---- instar/cli/options.hpp

namespace instar::cli {

/// What a program brings along. Everything may be left out: without a schema, the commands that need models say so.
struct options {
  /// The program's models: `{.schema = instar::view_of<app::schema>}`. What it looks at must outlive the call of `run`.
  std::optional<schema_view> schema{};

  /// Where the migrations are when `--migrations` does not say it.
  std::filesystem::path migrations = "migrations";

  /// The history as the program carries it; used when `--migrations` is not given. The array must outlive `run`.
  std::optional<std::span<const embedded_migration>> embedded{};

  /// Fills the database for `db seed` and `migrate reset`.
  std::function<void(database&)> seed{};

  /// A SQL script for the same, used when `seed` is empty. Empty: `seed.sql` of the migrations folder, if it is there.
  std::filesystem::path seed_script{};

  /// What help and messages call the program. Empty: the last part of `argv[0]`.
  std::string program{};
};

}  // namespace instar::cli

/// \file What every command works with.

namespace instar::cli {

/// Whether a command can do without a database.
enum class database_need : unsigned char { none, optional, required };

/// One run of the program: what was asked, where the answers go, and the migrator that does the work.
class session {
 public:
  session(const options& brought, const parsed_command_line& parsed, terminal& on, std::string called)
      : program(brought), given(parsed.given), screen(on), program_name(std::move(called)) {
    if (screen.json()) {
      json.begin_object();
      json.optional_member("command", parsed.command_name);
    }
  }

  const options& program;
  const arguments& given;
  terminal& screen;
  const std::string program_name;

  json_writer json;                        ///< the document of `--json`; open while the command runs
  std::vector<diagnostic> errors;          ///< for the document
  std::vector<diagnostic> warnings;        ///< for the document
  std::vector<applied_migration> applied;  ///< what was applied so far, also when something fails later
  bool interrupted = false;                ///< a signal stopped the operation
  bool result_written = false;             ///< the document has its "result"

  /// The migrations folder, as short as it can be written; empty: the program carries the history.
  [[nodiscard]] std::filesystem::path migrations_folder() const {
    if (!given.migrations.empty())
      return given.migrations;
    return program.embedded ? std::filesystem::path{} : shortest(program.migrations);
  }

  /// Finds the database and makes the migrator; opens nothing.
  [[nodiscard]] std::unique_ptr<migrator> make_migrator(database_need need, bool with_seed = false) {
    migrator_options chosen = base_options();
    if (with_seed)
      choose_seed(chosen);
    if (need != database_need::none)
      locate_database(need);
    if (given.dialect)
      chosen.dialect = given.dialect;
    if (!located_)
      return std::make_unique<migrator>(std::move(chosen));
    if (need == database_need::required)
      screen.note("Database: " + database_name() + ", from " + located_->source);
    return std::make_unique<migrator>(located_->url, std::move(chosen));
  }

  /// The database as people know it: "PostgreSQL localhost/app", "SQLite dev.db". Only with a database.
  [[nodiscard]] std::string database_name() const {
    if (!located_)
      return {};
    return (located_->url.dialect() == instar::postgres ? "PostgreSQL " : "SQLite ") +
           printable(located_->url.redacted());
  }

  /// Whether there is anything to seed with.
  [[nodiscard]] bool has_seed() const {
    return program.seed || !given.file.empty() || !program.seed_script.empty() || !default_seed_script().empty();
  }

  /// Runs an operation that Ctrl-C and SIGTERM stop. Not while a question is asked: there they end the program.
  template <class Operation>
  auto interruptible(migrator& with, Operation operation) {
    const interrupt_on_signal guard{[&with](int) { with.interrupt(); }};
    try {
      return operation();
    } catch (...) {
      interrupted = interrupted || guard.raised() != 0;
      throw;
    }
  }

  /// The same for an operation that begins by looking, and says by an event of its progress that it is about to change
  /// something: until then a signal ends the program at once.
  template <class Operation>
  auto interruptible_once_begun(migrator& with, Operation operation) {
    const diagnostic about = detail::make_diagnostic(migration_code::stopped, "Interrupted.",
                                                     "Run the command again to go on.", "Nothing was changed.");
    std::optional<exit_on_signal> looking;
    looking.emplace(screen.json() ? std::string{} : render(about, screen.on_error()) + '\n',
                    screen.json() ? document({about}, warnings, exit_code::interrupted) + '\n' : std::string{},
                    static_cast<int>(exit_code::interrupted));
    std::optional<interrupt_on_signal> guard;
    about_to_change_ = [&] {
      if (!looking)
        return;
      looking.reset();
      try {
        guard.emplace([&with](int) { with.interrupt(); });
      } catch (const std::exception&) {
        // No thread to be had: a signal ends the program, and the database rolls back.
      }
    };
    const auto forget = [this](void*) { about_to_change_ = nullptr; };
    const std::unique_ptr<void, decltype(forget)> at_end{this, forget};
    try {
      return operation();
    } catch (...) {
      interrupted = interrupted || (guard && guard->raised() != 0);
      throw;
    }
  }

  /// The document of `--json` as it stands, with these errors and warnings at its end.
  [[nodiscard]] std::string document(const std::vector<diagnostic>& with_errors,
                                     const std::vector<diagnostic>& with_warnings, exit_code code) const {
    json_writer whole = json;
    const auto list = [&](std::string_view name, const std::vector<diagnostic>& all) {
      whole.key(name).begin_array();
      for (const diagnostic& one : all)
        write_json(whole, one);
      whole.end_array();
    };
    list("errors", with_errors);
    list("warnings", with_warnings);
    whole.member("exit_code", static_cast<int>(code)).end_object();
    return whole.text();
  }

  /// Says an error, and keeps it for the document.
  void fail(diagnostic about) {
    clear_passing_line();
    screen.complain(render(about, screen.on_error()));
    errors.push_back(std::move(about));
  }

  /// Says a warning, and keeps it for the document.
  void warn(diagnostic about) {
    clear_passing_line();
    about.warning = true;
    screen.complain(render(about, screen.on_error()));
    warnings.push_back(std::move(about));
  }

  void warn(const std::vector<migration_warning>& all) {
    for (const migration_warning& one : all)
      warn(diagnose(one));
  }

  /// Takes away the line that says what is being done just now.
  void clear_passing_line() {
    if (!passing_)
      return;
    passing_ = false;
    std::fputs("\r\x1B[K", stderr);
  }

  /// "840 us", "12 ms", "3.4 s".
  [[nodiscard]] static std::string duration(std::chrono::microseconds took) {
    const auto count = took.count();
    if (count < 1000)
      return std::to_string(count) + " us";
    if (count < 1000000)
      return std::to_string(count / 1000) + " ms";
    return std::to_string(count / 1000000) + '.' + std::to_string(count / 100000 % 10) + " s";
  }

 private:
  [[nodiscard]] migrator_options base_options() {
    migrator_options chosen;
    if (given.migrations.empty() && program.embedded)
      chosen.embedded = program.embedded;
    else
      chosen.migrations = migrations_folder();
    chosen.models = program.schema;
    chosen.ledger = given.ledger;
    chosen.allow_not_empty = given.allow_not_empty;
    if (given.lock_timeout)
      chosen.lock_timeout = *given.lock_timeout;
    if (!given.shadow_url.empty())
      chosen.shadow = parse_url(given.shadow_url, "--shadow-url");
    else if (given.command == command::migrate_dev)  // which alone proves anything
      if (const auto shadow = instar::detail::environment_variable("SHADOW_DATABASE_URL"))
        chosen.shadow = parse_url(*shadow, "SHADOW_DATABASE_URL");
    chosen.application_name = program_name;
    chosen.on_progress = [this](const migration_progress& progress) { show(progress); };
    return chosen;
  }

  [[nodiscard]] static database_url parse_url(const std::string& text, const std::string& source) {
    try {
      return database_url{text};
    } catch (const database_error& error) {
      diagnostic about = diagnose(error);
      about.message += " (It comes from " + source + ".)";
      throw command_error{source.starts_with("--") ? exit_code::usage : exit_code::failure, std::move(about)};
    }
  }

  void locate_database(database_need need) {
    if (located_)
      return;
    if (!given.url.empty()) {
      located_ = located_database_url{parse_url(given.url, "--url"), "--url"};
      return;
    }
    if (!given.env_file.empty()) {
      located_ = from_environment_file();
      return;
    }
    try {
      located_ = find_database_url();
    } catch (const database_error& error) {
      if (need == database_need::required || error.code() != database_code::no_url)
        throw;
    }
  }

  // A file that was named on the command line is what is meant, whatever DATABASE_URL happens to be.
  [[nodiscard]] located_database_url from_environment_file() const {
    const std::string text = instar::detail::read_file(given.env_file);
    std::optional<environment_entry> found;
    for (environment_entry& entry : parse_environment_file(text))
      if (entry.name == "DATABASE_URL" && !entry.value.empty())
        found = std::move(entry);
    if (!found)
      throw command_error{exit_code::failure,
                          detail::make_diagnostic(database_code::no_url, given.env_file + " has no DATABASE_URL.",
                                                  "Add a line such as DATABASE_URL=sqlite:dev.db, or give --url.")};
    std::string source = "DATABASE_URL in " + given.env_file + ':' + std::to_string(found->line);
    return {parse_url(found->value, source), source};
  }

  void choose_seed(migrator_options& chosen) const {
    if (!given.file.empty())
      chosen.seed_script = given.file;
    else if (program.seed)
      chosen.seed = program.seed;
    else
      chosen.seed_script = program.seed_script.empty() ? default_seed_script() : shortest(program.seed_script);
  }

  [[nodiscard]] std::filesystem::path default_seed_script() const {
    const std::filesystem::path folder = migrations_folder();
    std::error_code ignored;
    if (!folder.empty() && std::filesystem::is_regular_file(folder / "seed.sql", ignored))
      return folder / "seed.sql";
    return {};
  }

  // A path that a build system wrote out in full, as somebody in the project's folder would type it.
  [[nodiscard]] static std::filesystem::path shortest(const std::filesystem::path& path) {
    if (!path.is_absolute())
      return path;
    std::error_code failed;
    const std::filesystem::path here = std::filesystem::current_path(failed);
    if (failed)
      return path;
    const std::filesystem::path relative = path.lexically_relative(here);
    return relative.empty() || *relative.begin() == ".." ? path : relative;
  }

  void show(const migration_progress& progress) {
    if (about_to_change_)
      about_to_change_();
    using event = migration_progress::event;
    const std::string count =
        progress.total > 1 ? " (" + std::to_string(progress.index) + " of " + std::to_string(progress.total) + ')' : "";
    const std::string name = printable(progress.migration);
    switch (progress.what) {
    case event::creating_database:
      note("Creating the database.");
      break;
    case event::waiting_for_lock:
      note("Waiting for another runner" + (progress.detail.empty() ? "." : ": " + printable(progress.detail)));
      break;
    case event::applying:
      passing("Applying " + name + count);
      break;
    case event::running_statement:
      passing("Applying " + name + ", statement" + count);
      break;
    case event::applied:
      clear_passing_line();
      screen.result(screen.on_output()(style::green, "Applied") + ' ' + name + "  " + duration(progress.took));
      screen.flush();
      applied.emplace_back();
      applied.back().name = progress.migration;
      applied.back().took = progress.took;
      break;
    case event::resuming:
      note("Going on with " + name + " at statement " + std::to_string(progress.index) +
           ", where an earlier try stopped.");
      break;
    case event::checking_in_shadow:
      passing("Proving " + (name.empty() ? std::string{"the new migration"} : name) + " in a shadow database" + count);
      break;
    case event::seeding:
      note("Seeding.");
      break;
    case event::notice:
      note(screen.on_error()(style::dim, "  notice: " + detail::indent_lines(printable(progress.detail), 10)));
      break;
    }
  }

  void note(std::string_view line) {
    clear_passing_line();
    screen.note(line);
  }

  // On a terminal a line that the next one replaces; elsewhere a line for those who want every detail.
  void passing(const std::string& line) {
    if (screen.passing_lines()) {
      clear_passing_line();
      screen.flush();
      std::fputs(screen.on_error()(style::dim, line + " ...").c_str(), stderr);
      passing_ = true;
    } else {
      screen.detail_note(line);
    }
  }

  std::optional<located_database_url> located_;
  std::function<void()> about_to_change_;  ///< set while `interruptible_once_begun` has not begun
  bool passing_ = false;
};

}  // namespace instar::cli

/// \file What several commands say in the same words.

namespace instar::cli::detail {

/// "1 migration", "3 migrations".
[[nodiscard]] inline std::string counted(std::size_t n, std::string_view noun) {
  return std::to_string(n) + ' ' + std::string{noun} + (n == 1 ? "" : "s");
}

/// A name on the command line: as it is, or as a shell completes it (`migrations/20240117000000_init/`).
[[nodiscard]] inline std::string migration_name(std::string_view word) {
  while (word.size() > 1 && word.back() == '/')
    word.remove_suffix(1);
  constexpr std::string_view script = "/migration.sql";
  if (word.ends_with(script))
    word.remove_suffix(script.size());
  const std::size_t slash = word.rfind('/');
  return std::string{slash == std::string_view::npos ? word : word.substr(slash + 1)};
}

/// What can go wrong with the steps of a plan, each as a warning.
template <class Plan>
[[nodiscard]] std::vector<diagnostic> hazards_of(const Plan& steps) {
  std::vector<diagnostic> notes;
  for (const hazard_note& note : steps.hazards()) {
    diagnostic about = make_diagnostic(code_of(note.hazard), describe(note.hazard, steps.steps[note.step]) + '.');
    about.warning = true;
    notes.push_back(std::move(about));
  }
  return notes;
}

/// The lines of a plan, each in the colour of what it does.
inline void show_steps(session& s, const std::vector<std::string>& summary) {
  for (const std::string& line : summary) {
    const style tone = line.starts_with("+ ")   ? style::green
                       : line.starts_with("- ") ? style::red
                       : line.starts_with("~ ") ? style::yellow
                                                : style::plain;
    s.screen.result("  " + s.screen.on_output()(tone, printable(line)));
  }
}

inline void write_json(json_writer& json, const applied_migration& one) {
  json.begin_object();
  json.member("name", one.name);
  json.member("microseconds", static_cast<long long>(one.took.count()));
  json.member("statements", one.statements);
  json.member("skipped_statements", one.skipped);
  json.member("transactional", one.transactional);
  json.texts("notices", one.notices);
  json.end_object();
}

/// The members of a deploy, into an object that is open.
inline void write_json_members(json_writer& json, const deploy_report& report) {
  json.key("applied").begin_array();
  for (const applied_migration& one : report.applied)
    write_json(json, one);
  json.end_array();
  json.member("already_applied", report.already_applied);
  json.optional_member("ledger", report.ledger);
  json.member("adopted_prisma", report.adopted_prisma);
  json.member("created_database", report.created_database);
}

/// What a program without models cannot do. \param what "`migrate dev` plans from models"
[[nodiscard]] inline command_error models_needed(const std::string& what) {
  return command_error{exit_code::failure,
                       make_diagnostic(migration_code::no_models, what + ", and this program was built without any.",
                                       "Build a migrator with your models by instar_add_migrator(app_migrate MODELS "
                                       "models.hpp MIGRATIONS migrations) in CMake, and run that one.",
                                       "Nothing was written; the database was not changed.")};
}

/// Opens the result of the document. Close it with `end_object()`.
inline json_writer& begin_result(session& s) {
  s.result_written = true;
  return s.json.key("result").begin_object();
}

/// Asks a harmful question, or says which flag answers it.
///
/// \param answered whether that flag was given
/// \throws command_error `answer_needed` (exit 3) without a terminal, `declined` (exit 1) after a no
inline void require_consent(session& s, bool answered, std::string_view question, diagnostic unasked) {
  if (answered)
    return;
  if (!s.screen.interactive())
    throw command_error{exit_code::needs_answer, std::move(unasked)};
  s.clear_passing_line();
  if (!s.screen.confirm(question))
    throw command_error{exit_code::failure,
                        make_diagnostic(cli_code::declined, "You said no.", {}, std::move(unasked.state))};
}

/// The question whether a plan may destroy data.
inline void require_data_loss_consent(session& s, std::string_view what, std::string state) {
  diagnostic unasked = make_diagnostic(migration_code::data_loss, std::string{what} + " destroys data.",
                                       "Give --accept-data-loss if that is what you want.", std::move(state));
  unasked.help.emplace_back("If a table or column was renamed, say renamed_from(\"old_name\") in its model: nothing is "
                            "lost then.");
  require_consent(s, s.given.accept_data_loss, std::string{what} + " destroys data. Go on?", std::move(unasked));
}

}  // namespace instar::cli::detail

namespace instar::cli {

/// `migrate deploy`: applies what is pending; never asks, never resets.
inline exit_code migrate_deploy(session& s) {
  const auto m = s.make_migrator(database_need::required);
  const deploy_report report =
      s.interruptible_once_begun(*m, [&] { return m->deploy({.up_to = detail::migration_name(s.given.up_to)}); });
  s.clear_passing_line();
  s.warn(report.warnings);
  if (s.screen.json()) {
    detail::write_json_members(detail::begin_result(s), report);
    s.json.end_object();
    return exit_code::ok;
  }
  if (report.adopted_prisma)
    s.screen.detail_note("The ledger is Prisma's " + printable(report.ledger) + '.');
  if (report.applied.empty())
    s.screen.result("No pending migrations to apply (" + std::to_string(report.already_applied) + " applied).");
  else
    s.screen.result(detail::counted(report.applied.size(), "migration") + " applied to " + s.database_name() + '.');
  return exit_code::ok;
}

}  // namespace instar::cli


// ---- instar/cli/commands/dev.hpp

namespace instar::cli {

namespace detail {

/// A name for a migration, from what it does: "init", "create_sessions", "add_users_email", "update_schema".
template <class Plan>
[[nodiscard]] std::string suggest_name(const Plan& steps) {
  if (steps.before.tables.empty() && !steps.after.tables.empty())
    return "init";
  // The steps that a person would name; what follows from them (indexes of a new table, comments) stays unsaid.
  std::vector<std::string> deeds;
  std::vector<const table*> created;
  for (const step& one : steps.steps) {
    const auto of_table = [&](const char* verb, const table* t) { deeds.push_back(verb + std::string{t->name}); };
    const auto of_column = [&](const char* verb, const table* t, const column* c) {
      deeds.push_back(verb + std::string{t->name} + '_' + std::string{c->name});
    };
    if (one.after != nullptr && std::find(created.begin(), created.end(), one.after) != created.end())
      continue;
    switch (one.kind) {
    case step_kind::create_table:
      created.push_back(one.after);
      of_table("create_", one.after);
      break;
    case step_kind::drop_table:
      of_table("drop_", one.before);
      break;
    case step_kind::rename_table:
      of_table("rename_", one.before);
      break;
    case step_kind::add_column:
      of_column("add_", one.after, one.new_column());
      break;
    case step_kind::drop_column:
      of_column("drop_", one.before, one.old_column());
      break;
    case step_kind::rename_column:
      of_column("rename_", one.before, one.old_column());
      break;
    case step_kind::comment_table:
    case step_kind::comment_column:
    case step_kind::rename_constraint:
    case step_kind::rename_index:
      break;
    default:
      deeds.push_back(one.after != nullptr    ? "change_" + std::string{one.after->name}
                      : one.before != nullptr ? "change_" + std::string{one.before->name}
                                              : "update_schema");
      break;
    }
  }
  deeds.erase(std::unique(deeds.begin(), deeds.end()), deeds.end());
  return deeds.size() == 1 ? deeds.front() : "update_schema";
}

/// What is wrong with the history, each with its ways out.
inline exit_code refuse(session& s, const std::vector<history_problem>& problems) {
  for (const history_problem& problem : problems) {
    diagnostic about = diagnose(problem);
    if (&problem == &problems.back())
      about.state = "Nothing was written; the database was not changed.";
    s.fail(std::move(about));
  }
  return exit_code::failure;
}

template <class Plan>
[[nodiscard]] std::string choose_name(session& s, const Plan& steps) {
  if (!s.given.name.empty())
    return s.given.name;
  const std::string suggested = suggest_name(steps);
  if (s.given.yes)
    return suggested;
  if (!s.screen.interactive())
    throw command_error{exit_code::needs_answer,
                        make_diagnostic(migration_code::name_needed, "The new migration wants a name.",
                                        "Give --name " + suggested + ", or another name; --yes takes that one.",
                                        "No migration was written.")};
  s.clear_passing_line();
  const std::optional<std::string> answer = s.screen.ask("Name of the migration [" + suggested + "]:");
  if (!answer)
    throw command_error{exit_code::failure,
                        make_diagnostic(cli_code::declined, "No name was given.", {}, "No migration was written.")};
  return answer->empty() ? suggested : *answer;
}

inline void show_created(session& s, const created_migration& created) {
  s.clear_passing_line();
  s.screen.result(s.screen.on_output()(style::green, "Wrote") + "   " + printable(created.script.string()));
  if (!created.snapshot.empty())
    s.screen.result("        " + printable(created.snapshot.string()));
  s.screen.flush();
}

inline void write_json(json_writer& json, const created_migration& created) {
  json.begin_object();
  json.member("name", created.name);
  json.member("script", created.script.string());
  json.member("snapshot", created.snapshot.string());
  json.member("sql", created.sql);
  json.end_object();
}

/// Without models there is nothing to plan from, but a migration can be written by hand.
inline exit_code create_by_hand(session& s) {
  if (!s.given.create_only) {
    diagnostic about = models_needed("`migrate dev` plans the next migration from models").about();
    about.help.push_back("To write SQL by hand: `" + s.program_name +
                         " migrate dev --create-only --name NAME` makes an empty migration, `" + s.program_name +
                         " migrate deploy` applies it.");
    throw command_error{exit_code::failure, std::move(about)};
  }
  if (s.given.name.empty())
    throw command_error{exit_code::needs_answer,
                        make_diagnostic(migration_code::name_needed, "The new migration wants a name.",
                                        "Give --name NAME.", "No migration was written.")};
  const auto m = s.make_migrator(database_need::optional);
  const created_migration created =
      s.interruptible(*m, [&] { return m->create_migration(s.given.name, next_plan{}, true); });
  if (s.screen.json()) {
    write_json(begin_result(s).key("created"), created);
    s.json.end_object();
    return exit_code::ok;
  }
  show_created(s, created);
  s.screen.result("Write its SQL, then apply it: `" + s.program_name + " migrate deploy`.");
  return exit_code::ok;
}

}  // namespace detail

/// `migrate dev`: verifies history and ledger, plans from the last migration to the models, proves the plan, writes it,
/// applies it.
inline exit_code migrate_dev(session& s) {
  if (s.migrations_folder().empty())
    throw command_error{exit_code::failure,
                        detail::make_diagnostic(migration_code::no_folder,
                                                "This program carries its migrations, and has no folder to write to.",
                                                "Name the project's folder with --migrations.",
                                                "Nothing was written; the database was not changed.")};
  if (!s.program.schema)
    return detail::create_by_hand(s);
  const auto m = s.make_migrator(database_need::required, !s.given.skip_seed);
  const next_plan next = s.interruptible(*m, [&] { return m->plan_next(); });
  s.clear_passing_line();
  // What stops the command is said once, as an error.
  for (const migration_warning& warning : next.status.warnings)
    if (std::none_of(next.problems.begin(), next.problems.end(), [&](const history_problem& problem) {
          return problem.code == warning.code && problem.migration == warning.migration;
        }))
      s.warn(diagnose(warning));
  if (next.blocked())
    return detail::refuse(s, next.problems);

  dev_report report;
  const auto deploy = [&] {
    deploy_report deployed = s.interruptible(*m, [&] { return m->deploy(); });
    s.clear_passing_line();
    deployed.created_database = deployed.created_database || report.deployed.created_database;
    deployed.applied.insert(deployed.applied.begin(), report.deployed.applied.begin(), report.deployed.applied.end());
    report.deployed = std::move(deployed);
  };
  // With --create-only, too: the new migration alone is left to be looked over.
  if (!next.pending.empty())
    deploy();

  const std::vector<diagnostic> hazards = detail::hazards_of(next.steps);
  if (!next.steps.empty()) {
    s.screen.result((next.snapshot_alone ? "The change (" : "The next migration (") +
                    detail::counted(next.summary.size(), "step") + "):");
    detail::show_steps(s, next.summary);
    for (const diagnostic& hazard : hazards)
      s.warn(hazard);
    // What is only written can still be edited, so nobody is asked.
    if (next.loses_data && !s.given.create_only)
      detail::require_data_loss_consent(s, "This migration",
                                        report.deployed.applied.empty()
                                            ? "Nothing was written; the database was not changed."
                                            : "The pending migrations were applied; no new one was written.");
  }
  std::string snapshot;
  if (next.snapshot_alone && !s.given.create_only) {
    snapshot = m->follow_models(next).file.string();
    s.screen.result(s.screen.on_output()(style::green, "Wrote") + "   " + printable(snapshot));
  } else if (!next.steps.empty() || s.given.create_only) {
    const std::string name = detail::choose_name(s, next.steps);
    report.created = s.interruptible(*m, [&] { return m->create_migration(name, next, s.given.skip_shadow); });
    detail::show_created(s, *report.created);
    if (!s.given.create_only)
      deploy();
  }
  bool seeded = false;
  // A seed is for the models as they are, so not before the migration that is still to be applied.
  if (report.deployed.created_database && !s.given.create_only && !s.given.skip_seed && s.has_seed()) {
    s.interruptible(*m, [&] { m->seed(); });
    seeded = true;
  }

  if (s.screen.json()) {
    detail::begin_result(s).texts("steps", next.summary);
    s.json.member("loses_data", next.loses_data);
    if (report.created)
      detail::write_json(s.json.key("created"), *report.created);
    else
      s.json.key("created").null();
    s.json.optional_member("snapshot", snapshot);
    detail::write_json_members(s.json, report.deployed);
    s.json.member("seeded", seeded).end_object();
    return exit_code::ok;
  }
  s.clear_passing_line();
  if (s.given.create_only) {
    s.screen.result("Not applied. Look it over, then apply it: `" + s.program_name + " migrate dev`.");
    return exit_code::ok;
  }
  if (!snapshot.empty()) {
    s.screen.result(s.database_name() + " has nothing to run for it, so there is no migration.");
    return exit_code::ok;
  }
  s.screen.result(report.deployed.applied.empty()
                      ? "Already in sync: no change in the models, no pending migration."
                      : s.database_name() + " is in sync with the models" + (seeded ? ", and seeded." : "."));
  return exit_code::ok;
}

}  // namespace instar::cli


// ---- instar/cli/commands/diff.hpp

namespace instar::cli {

namespace detail {

[[nodiscard]] inline diff_source parse_side(const std::string& option, const std::string& word) {
  if (std::optional<diff_source> source = diff_source::parse(word))
    return std::move(*source);
  throw usage_error(cli_code::bad_value, '`' + option + ' ' + printable(word) + "` is not understood.",
                    "A side is empty, models, migrations[:DIR], database[:URL] or sql:FILE.");
}

}  // namespace detail

/// `migrate diff`: the way from one schema to another, as a summary or as SQL. Changes nothing.
inline exit_code migrate_diff(session& s) {
  const diff_source from = detail::parse_side("--from", s.given.from);
  const diff_source to = detail::parse_side("--to", s.given.to);
  const auto is_database = [](const diff_source& side) { return side.what == diff_source::kind::database; };
  const bool named = (is_database(from) && !from.place.empty()) || (is_database(to) && !to.place.empty());
  const bool unnamed = (is_database(from) && from.place.empty()) || (is_database(to) && to.place.empty());
  // Where a side names its database, that one decides the dialect, and DATABASE_URL has no say.
  const auto m = s.make_migrator(unnamed ? database_need::required
                                 : named ? database_need::none
                                         : database_need::optional);
  const diff_report report = s.interruptible(*m, [&] { return m->diff(from, to); });
  const exit_code code = s.given.exit_code && !report.empty() ? exit_code::differs : exit_code::ok;
  const std::vector<diagnostic> hazards = detail::hazards_of(report.steps);

  if (s.screen.json()) {
    detail::begin_result(s).member("empty", report.empty());
    s.json.member("loses_data", report.loses_data);
    s.json.texts("steps", report.summary);
    s.json.texts("statements", report.statements);
    s.json.member("script", report.script).end_object();
    s.warnings.insert(s.warnings.end(), hazards.begin(), hazards.end());
    return code;
  }
  if (!s.given.output.empty()) {
    std::string text;
    if (s.given.script)
      text = report.script;
    else
      for (const std::string& line : report.summary)
        text += line + '\n';
    instar::detail::write_file(s.given.output, text);
    s.screen.note("Wrote " + s.given.output + '.');
    return code;
  }
  if (s.given.script) {
    s.screen.raw_result(report.script);
    return code;
  }
  if (report.empty()) {
    s.screen.result("No difference.");
    return code;
  }
  detail::show_steps(s, report.summary);
  for (const diagnostic& hazard : hazards)
    s.warn(hazard);
  return code;
}

}  // namespace instar::cli


// ---- instar/cli/commands/execute.hpp

namespace instar::cli {

/// `db execute`: runs a SQL script outside the history.
inline exit_code db_execute(session& s) {
  std::string script;
  std::string name = s.given.file;
  if (s.given.use_stdin) {
    name = "standard input";
    char buffer[16384];
    std::size_t n = 0;
    while ((n = std::fread(buffer, 1, sizeof buffer, stdin)) != 0)
      script.append(buffer, n);
  } else {
    script = instar::detail::read_file(s.given.file);
  }
  const auto m = s.make_migrator(database_need::required);
  s.interruptible(*m, [&] { m->execute_script(script, name); });
  s.clear_passing_line();
  if (s.screen.json())
    detail::begin_result(s).member("script", name).end_object();
  s.screen.result("Ran " + printable(name) + " on " + s.database_name() + '.');
  return exit_code::ok;
}

/// `db seed`: fills the database with what the program, or a script, brings.
inline exit_code db_seed(session& s) {
  if (!s.has_seed())
    throw command_error{exit_code::failure,
                        detail::make_diagnostic(migration_code::no_seed, "There is nothing to seed with.",
                                                "Give --file FILE, or put a seed.sql into the migrations folder.",
                                                "The database was not changed.")};
  const auto m = s.make_migrator(database_need::required, true);
  s.interruptible(*m, [&] { m->seed(); });
  s.clear_passing_line();
  if (s.screen.json())
    detail::begin_result(s).member("seeded", true).end_object();
  s.screen.result("Seeded " + s.database_name() + '.');
  return exit_code::ok;
}

}  // namespace instar::cli


// ---- instar/cli/commands/generate.hpp


// ---- instar/cli/commands/validate.hpp


// ---- instar/cli/lint.hpp


// ---- instar/cli/generate/names.hpp

/// \file What the generated documents call things.

namespace instar::cli::detail {

/// A column's type as the dialect spells it.
[[nodiscard]] inline std::string type_name(dialect d, const column& c) {
  instar::detail::string_writer out;
  if (d == instar::postgres)
    instar::detail::put_postgres_type(out, c.type);
  else
    instar::detail::put_sqlite_type(out, c.type);
  std::string text = std::move(out.text);
  // A name in quotes is for SQL; a document shows the name.
  text.erase(std::remove(text.begin(), text.end(), '"'), text.end());
  return text;
}

/// A column's default as the dialect spells it; empty without one.
[[nodiscard]] inline std::string default_text(dialect d, const column& c) {
  if (c.identity != identity_kind::none)
    return "identity";
  if (c.generated != generated_kind::none)
    return "generated: " + std::string{c.generated_as};
  if (c.initial.kind == default_kind::none)
    return c.updated_at ? "kept current" : std::string{};
  instar::detail::string_writer out;
  if (d == instar::postgres)
    instar::detail::put_postgres_default(out, c.initial);
  else
    instar::detail::put_sqlite_default(out, c.initial);
  return std::move(out.text);
}

[[nodiscard]] inline std::string table_name(const table& t) {
  return instar::detail::qualified(t.schema, t.name);
}

/// Whether a column is part of a foreign key.
[[nodiscard]] inline bool is_reference(const table& t, const column& c) {
  return std::any_of(t.foreign_keys.begin(), t.foreign_keys.end(), [&](const foreign_key& fk) {
    return std::find(fk.columns.begin(), fk.columns.end(), c.name) != fk.columns.end();
  });
}

/// "PK", "FK", "UK" of a column, joined by a comma.
[[nodiscard]] inline std::string key_marks(const table& t, const column& c) {
  std::string marks;
  const auto add = [&](const char* mark) { marks += (marks.empty() ? "" : ", ") + std::string{mark}; };
  if (c.primary_key)
    add("PK");
  if (is_reference(t, c))
    add("FK");
  if (c.unique)
    add("UK");
  return marks;
}

/// How many rows of the table one row of the target can have: at most one where the key's columns are unique.
[[nodiscard]] inline bool is_one_to_one(const table& t, const foreign_key& fk) {
  const auto same_columns = [&](const key& k) {
    return k.columns.size() == fk.columns.size() && !k.columns.empty() &&
           std::is_permutation(k.columns.begin(), k.columns.end(), fk.columns.begin(), fk.columns.end());
  };
  return same_columns(t.primary_key) || std::any_of(t.uniques.begin(), t.uniques.end(), same_columns);
}

/// Whether a row may be without a target.
[[nodiscard]] inline bool is_optional(const table& t, const foreign_key& fk) {
  return std::any_of(fk.columns.begin(), fk.columns.end(), [&](std::string_view name) {
    const column* c = t.find_column(name);
    return c != nullptr && c->nullable;
  });
}

}  // namespace instar::cli::detail

/// \file What is allowed in a schema and is seldom meant.

namespace instar::cli {

/// The stable codes of the lint.
namespace lint_code {
inline constexpr std::string_view no_primary_key = "INS5101";       ///< a table without a primary key
inline constexpr std::string_view unindexed_reference = "INS5102";  ///< a foreign key that no index covers
inline constexpr std::string_view redundant_index = "INS5103";      ///< an index that another one makes needless
inline constexpr std::string_view narrow_identity = "INS5104";      ///< a generated key that runs out of numbers
inline constexpr std::string_view no_time_zone = "INS5105";         ///< a timestamp that says no instant
inline constexpr std::string_view impossible_action = "INS5106";    ///< SET NULL on a required column
inline constexpr std::string_view padded_text = "INS5107";          ///< char(n)
inline constexpr std::string_view text_json = "INS5108";            ///< json where jsonb is meant
}  // namespace lint_code

namespace detail {

/// The columns of a plain index, in order; empty when it has expressions or is partial.
[[nodiscard]] inline std::vector<std::string_view> plain_columns(const index& i) {
  std::vector<std::string_view> names;
  if (!i.where.empty() || !(i.method.empty() || i.method == "btree"))
    return names;
  for (const index_part& part : i.parts) {
    if (part.expression || !part.operator_class.empty() || !part.collation.empty())
      return {};
    names.push_back(part.text);
  }
  return names;
}

template <class Names, class MoreNames>
[[nodiscard]] bool is_prefix(const Names& shorter, const MoreNames& longer) {
  return !shorter.empty() && shorter.size() <= longer.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin());
}

/// Whether the first columns of a list are these, in any order: then an index on the list finds them.
template <class Names, class MoreNames>
[[nodiscard]] bool covers(const MoreNames& index_columns, const Names& wanted) {
  return wanted.size() <= index_columns.size() &&
         std::is_permutation(wanted.begin(), wanted.end(), index_columns.begin());
}

/// The kind of a column's type, also where it was written as text: `type("timestamp(3)")`.
[[nodiscard]] inline type_kind kind_of(const column& c) {
  if (c.type.kind != type_kind::custom)
    return c.type.kind;
  std::string text;
  for (const char letter : c.type.custom)
    text += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  const std::string name = text.substr(0, text.find_first_of("( "));
  if (name == "timestamp" && text.find("with time zone") == std::string::npos)
    return type_kind::timestamp;
  if (text == "json")
    return type_kind::json;
  if (text == "int" || text == "int4" || text == "integer")
    return type_kind::integer;
  if (text == "int2" || text == "smallint")
    return type_kind::smallint;
  const bool varying = text.find("varying") != std::string::npos;
  return (name == "char" || name == "character" || name == "bpchar") && !varying ? type_kind::character
                                                                                 : type_kind::custom;
}

inline void lint_table(std::vector<diagnostic>& found, const table& t, dialect d) {
  const std::string on = table_name(t);
  const auto say = [&](std::string_view code, std::string message, std::string help) {
    diagnostic about = make_diagnostic(code, std::move(message), std::move(help));
    about.warning = true;
    found.push_back(std::move(about));
  };
  if (t.primary_key.columns.empty())
    say(lint_code::no_primary_key, "Table " + on + " has no primary key.",
        "Without one a row cannot be told from its twin, and logical replication cannot update it.");

  for (const foreign_key& fk : t.foreign_keys) {
    const std::string columns = instar::detail::joined_names(fk.columns);
    const bool indexed =
        covers(t.primary_key.columns, fk.columns) ||
        std::any_of(t.uniques.begin(), t.uniques.end(), [&](const key& k) { return covers(k.columns, fk.columns); }) ||
        std::any_of(t.indexes.begin(), t.indexes.end(),
                    [&](const index& i) { return covers(plain_columns(i), fk.columns); });
    if (!indexed)
      say(lint_code::unindexed_reference, "No index covers the foreign key " + on + " (" + columns + ").",
          "Add an index on it: without one, each delete in " + std::string{fk.target_table} + " reads all of " + on +
              '.');
    for (const std::string_view name : fk.columns) {
      const column* c = t.find_column(name);
      const bool nulls = fk.on_delete == referential_action::set_null || fk.on_update == referential_action::set_null;
      if (c != nullptr && !c->nullable && nulls)
        say(lint_code::impossible_action,
            "The foreign key of " + on + '.' + std::string{name} + " sets NULL, but the column is required.",
            "Make the column a std::optional, or choose another action: as it is, the delete always fails.");
    }
  }

  for (const index& i : t.indexes) {
    const std::vector<std::string_view> columns = plain_columns(i);
    std::string by;
    if (is_prefix(columns, t.primary_key.columns))
      by = "the primary key";
    for (const key& k : t.uniques)
      if (by.empty() && is_prefix(columns, k.columns))
        by = "the unique constraint " + std::string{k.name};
    for (const index& other : t.indexes) {
      const std::vector<std::string_view> more = plain_columns(other);
      // Of two equal ones the first stays.
      const bool wider = more.size() > columns.size() || (more.size() == columns.size() && &other < &i);
      if (by.empty() && &other != &i && wider && is_prefix(columns, more))
        by = "index " + std::string{other.name};
    }
    if (!by.empty() && !i.unique && i.include.empty())
      say(lint_code::redundant_index, "Index " + std::string{i.name} + " of " + on + " is made needless by " + by + '.',
          "Drop it: it costs every write and helps no read.");
  }

  for (const column& c : t.columns) {
    const std::string name = on + '.' + std::string{c.name};
    const type_kind kind = kind_of(c);
    const bool narrow = kind == type_kind::integer || kind == type_kind::smallint;
    if (d == instar::postgres && c.identity != identity_kind::none && c.primary_key && narrow)
      say(lint_code::narrow_identity,
          "The key " + name + " is an " + (kind == type_kind::integer ? "integer" : "smallint") +
              " identity and runs out at " + (kind == type_kind::integer ? "2,147,483,647" : "32,767") + '.',
          "Make it a std::int64_t now; later that rewrites the table under a lock.");
    if (d != instar::postgres)
      continue;
    if (kind == type_kind::timestamp)
      say(lint_code::no_time_zone, name + " is a timestamp without time zone, which is no instant.",
          "Use timestamptz, unless it is a local time on purpose.");
    if (kind == type_kind::character)
      say(lint_code::padded_text, name + " is a char(n), which is padded with blanks.",
          "Use text with a check, or varchar.");
    if (kind == type_kind::json)
      say(lint_code::text_json, name + " is json, which has no equality and no index.", "Use jsonb.");
  }
}

}  // namespace detail

/// What is allowed in a schema and is seldom meant, table by table, each with what to do about it.
[[nodiscard]] inline std::vector<diagnostic> lint(const schema_view& schema, dialect d) {
  std::vector<diagnostic> found;
  for (const table& t : schema.tables)
    detail::lint_table(found, t, d);
  return found;
}

}  // namespace instar::cli

namespace instar::cli {

namespace detail {

/// The dialect that models and history are for; PostgreSQL where nothing says it.
[[nodiscard]] inline dialect dialect_of(migrator& m) {
  try {
    return m.dialect();
  } catch (const migration_error&) {
    return instar::postgres;
  }
}

}  // namespace detail

/// `validate`: checks the models and the history against each other. Needs no database.
inline exit_code validate(session& s) {
  const auto m = s.make_migrator(database_need::optional);
  bool has_history = true;
  try {
    s.warn(m->check_history());
  } catch (const migration_error& error) {
    if (error.code() != migration_code::folder_missing || !s.program.schema)
      throw;
    has_history = false;
  }
  if (s.program.schema) {
    for (diagnostic& found : lint(*s.program.schema, detail::dialect_of(*m)))
      s.warn(std::move(found));
    // An embedded history has no snapshot beside it, so what it leads to is not known.
    if (has_history && !s.migrations_folder().empty()) {
      const diff_report change = m->diff({.what = diff_source::kind::migrations}, {.what = diff_source::kind::models});
      if (!change.empty())
        s.warn(detail::make_diagnostic(cli_code::unmigrated,
                                       "The models differ from the last migration by " +
                                           detail::counted(change.summary.size(), "step") +
                                           ", the first of them: " + printable(change.summary.front()) + '.',
                                       "Write the migration: `" + s.program_name + " migrate dev`."));
    }
  }
  if (s.screen.json())
    detail::begin_result(s)
        .member("models", s.program.schema.has_value())
        .member("history", has_history)
        .member("warnings", s.warnings.size())
        .end_object();
  std::string sentence =
      s.program.schema ? detail::counted(s.program.schema->tables.size(), "table") + " of the models" : std::string{};
  if (has_history)
    sentence += sentence.empty() ? "The history" : " and the history";
  sentence += s.warnings.empty() ? " checked: no error, no warning."
                                 : " checked: no error, " + detail::counted(s.warnings.size(), "warning") + '.';
  if (!has_history)
    sentence += " There are no migrations yet.";
  s.screen.result(sentence);
  return s.given.exit_code && !s.warnings.empty() ? exit_code::differs : exit_code::ok;
}

}  // namespace instar::cli


// ---- instar/cli/generate/dot.hpp

namespace instar::cli {

namespace detail {

[[nodiscard]] inline std::string dot_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      quoted += '\\';
    quoted += c == '\n' ? ' ' : c;
  }
  return quoted + '"';
}

/// Text inside HTML, XML and SVG.
[[nodiscard]] inline std::string escape_markup(std::string_view text) {
  std::string safe;
  for (const char c : text)
    switch (c) {
    case '&':
      safe += "&amp;";
      break;
    case '<':
      safe += "&lt;";
      break;
    case '>':
      safe += "&gt;";
      break;
    case '"':
      safe += "&quot;";
      break;
    default:
      safe += c;
    }
  return safe;
}

}  // namespace detail

/// The tables and their foreign keys as a graph for Graphviz: `dot -Tsvg erd.dot`.
/// https://graphviz.org/doc/info/shapes.html#html
[[nodiscard]] inline std::string dot(const schema_view& schema, dialect d) {
  using namespace detail;
  std::string text = "digraph schema {\n"
                     "  graph [rankdir=LR, ranksep=1.2];\n"
                     "  node [shape=plain, fontname=\"Helvetica\", fontsize=11];\n"
                     "  edge [fontname=\"Helvetica\", fontsize=9, dir=both];\n";
  for (const table& t : schema.tables) {
    text += "  " + dot_quoted(table_name(t)) +
            " [label=<\n    <table border=\"0\" cellborder=\"1\" cellspacing=\"0\" "
            "cellpadding=\"4\">\n";
    text += "      <tr><td colspan=\"3\" bgcolor=\"#dde6f0\"><b>" + escape_markup(table_name(t)) + "</b></td></tr>\n";
    for (std::size_t i = 0; i < t.columns.size(); ++i) {
      const column& c = t.columns[i];
      const std::string port = " port=\"c" + std::to_string(i) + '"';
      text += "      <tr><td" + port + " align=\"left\">" + escape_markup(c.name) + "</td><td align=\"left\">" +
              escape_markup(type_name(d, c)) + (c.nullable ? "?" : "") + "</td><td>" + key_marks(t, c) + "</td></tr>\n";
    }
    text += "    </table>>];\n";
  }
  for (const table& t : schema.tables)
    for (const foreign_key& fk : t.foreign_keys) {
      std::size_t port = 0;
      while (port + 1 < t.columns.size() && t.columns[port].name != fk.columns.front())
        ++port;
      text += "  " + dot_quoted(table_name(t)) + ":c" + std::to_string(port) + " -> " +
              dot_quoted(instar::detail::qualified(fk.target_schema, fk.target_table));
      text += std::string{" [arrowtail="} + (is_one_to_one(t, fk) ? "teeodot" : "crowodot") +
              ", arrowhead=" + (is_optional(t, fk) ? "teeodot" : "teetee") + "];\n";
    }
  return text + "}\n";
}

}  // namespace instar::cli


// ---- instar/cli/generate/markdown.hpp

namespace instar::cli {

namespace detail {

/// Text in a cell of a table.
[[nodiscard]] inline std::string markdown_cell(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '<' || c == '[')
      safe += '\\';
    safe += c == '\n' || c == '\r' ? ' ' : c;
  }
  return safe;
}

/// Text as code in a cell of a table: GitHub ends a cell at a bar even inside of code.
[[nodiscard]] inline std::string markdown_code(std::string_view text) {
  if (text.empty())
    return {};
  std::string safe;
  for (const char c : text) {
    if (c == '|')
      safe += '\\';
    safe += c == '\n' || c == '\r' ? ' ' : c;
  }
  const bool has_backtick = safe.find('`') != std::string::npos;
  return has_backtick ? "`` " + safe + " ``" : '`' + safe + '`';
}

[[nodiscard]] inline std::string action_text(referential_action action) {
  switch (action) {
  case referential_action::no_action:
    break;
  case referential_action::restrict_action:
    return "restrict";
  case referential_action::cascade:
    return "cascade";
  case referential_action::set_null:
    return "set null";
  case referential_action::set_default:
    return "set default";
  }
  return {};
}

inline void put_markdown_table(std::string& text, const table& t, dialect d) {
  text += "\n## " + markdown_cell(table_name(t)) + "\n\n";
  if (!t.comment.empty())
    text += markdown_cell(t.comment) + "\n\n";
  text += "| column | type | null | default | key | comment |\n|---|---|---|---|---|---|\n";
  for (const column& c : t.columns)
    text += "| " + markdown_cell(c.name) + " | " + markdown_code(type_name(d, c)) + " | " +
            (c.nullable ? "yes" : "no") + " | " + markdown_code(default_text(d, c)) + " | " + key_marks(t, c) + " | " +
            markdown_cell(c.comment) + " |\n";
  std::string rules;
  const auto rule = [&](const std::string& line) { rules += "* " + line + '\n'; };
  const auto columns = [](std::span<const std::string_view> names) {
    return markdown_code(instar::detail::joined_names(names));
  };
  if (t.primary_key.columns.size() > 1)
    rule("primary key " + columns(t.primary_key.columns));
  for (const key& k : t.uniques)
    rule("unique " + columns(k.columns));
  for (const foreign_key& fk : t.foreign_keys) {
    std::string line = columns(fk.columns) + " references " +
                       markdown_cell(instar::detail::qualified(fk.target_schema, fk.target_table)) + ' ' +
                       columns(fk.target_columns);
    if (const std::string action = action_text(fk.on_delete); !action.empty())
      line += ", on delete " + action;
    if (const std::string action = action_text(fk.on_update); !action.empty())
      line += ", on update " + action;
    rule(line);
  }
  for (const check& c : t.checks)
    rule("check " + markdown_code(c.expression));
  for (const index& i : t.indexes) {
    std::string parts;
    for (const index_part& part : i.parts)
      parts += (parts.empty() ? "" : ", ") + std::string{part.text} + (part.descending ? " desc" : "");
    rule((i.unique ? "unique index " : "index ") + markdown_cell(i.name) + " on " + markdown_code(parts) +
         (i.method.empty() ? "" : " using " + std::string{i.method}) +
         (i.where.empty() ? "" : " where " + markdown_code(i.where)));
  }
  for (const exclusion& e : t.exclusions)
    rule("exclusion " + markdown_cell(e.name));
  if (!rules.empty())
    text += '\n' + rules;
}

}  // namespace detail

/// The data dictionary: every table with its columns, keys, rules and comments; enums and views. GitHub's Markdown.
[[nodiscard]] inline std::string markdown(const schema_view& schema, dialect d) {
  using namespace detail;
  std::string text = "# Data dictionary\n";
  for (const table& t : schema.tables)
    put_markdown_table(text, t, d);
  if (!schema.enumerations.empty()) {
    text += "\n## Enums\n\n| enum | values | comment |\n|---|---|---|\n";
    for (const enumeration& e : schema.enumerations) {
      std::string values;
      for (const enum_value& v : e.values)
        values += (values.empty() ? "" : ", ") + markdown_code(v.label);
      text += "| " + markdown_cell(instar::detail::qualified(e.schema, e.name)) + " | " + values + " | " +
              markdown_cell(e.comment) + " |\n";
    }
  }
  if (!schema.views.empty()) {
    text += "\n## Views\n";
    for (const view_object& v : schema.views) {
      text += "\n### " + markdown_cell(instar::detail::qualified(v.schema, v.name)) +
              (v.materialized ? " (materialized)" : "") + "\n\n";
      if (!v.comment.empty())
        text += markdown_cell(v.comment) + "\n\n";
      text += "```sql\n" + std::string{v.query} + "\n```\n";
    }
  }
  return text;
}

}  // namespace instar::cli


// ---- instar/cli/generate/mermaid.hpp

namespace instar::cli {

namespace detail {

// Mermaid's grammar takes letters, digits, `_`, `-`, brackets and parentheses in a type, nothing else.
[[nodiscard]] inline std::string mermaid_word(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                       c == '(' || c == ')' || c == '[' || c == ']';
    word += plain ? c : '_';
  }
  return word.empty() || (word.front() >= '0' && word.front() <= '9') ? '_' + word : word;
}

[[nodiscard]] inline std::string mermaid_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text)
    quoted += c == '"' ? '\'' : c == '\n' || c == '\r' ? ' ' : c;
  return quoted + '"';
}

}  // namespace detail

/// The tables and their foreign keys as an entity-relationship diagram in Mermaid, which GitHub and GitLab draw.
/// https://mermaid.js.org/syntax/entityRelationshipDiagram.html
[[nodiscard]] inline std::string mermaid(const schema_view& schema, dialect d) {
  using namespace detail;
  std::string text = "erDiagram\n";
  for (const table& t : schema.tables) {
    text += "  " + mermaid_quoted(table_name(t)) + " {\n";
    for (const column& c : t.columns) {
      text += "    " + mermaid_word(type_name(d, c)) + ' ' + mermaid_word(c.name);
      if (const std::string marks = key_marks(t, c); !marks.empty())
        text += ' ' + marks;
      std::string remark = c.nullable ? "nullable" : "";
      if (!c.comment.empty())
        remark += (remark.empty() ? "" : "; ") + std::string{c.comment};
      if (!remark.empty())
        text += ' ' + mermaid_quoted(remark);
      text += '\n';
    }
    text += "  }\n";
  }
  for (const table& t : schema.tables)
    for (const foreign_key& fk : t.foreign_keys) {
      text += "  " + mermaid_quoted(instar::detail::qualified(fk.target_schema, fk.target_table));
      text += is_optional(t, fk) ? " |o--" : " ||--";
      text += is_one_to_one(t, fk) ? "o| " : "o{ ";
      text += mermaid_quoted(table_name(t)) + " : " + mermaid_quoted(instar::detail::joined_names(fk.columns)) + '\n';
    }
  return text;
}

}  // namespace instar::cli


// ---- instar/cli/generate/svg.hpp

namespace instar::cli {

namespace detail {

inline constexpr std::size_t svg_row = 20;    // height of a line
inline constexpr std::size_t svg_letter = 7;  // width of a letter of the 12 px monospace font
inline constexpr std::size_t svg_gap = 60;    // between boxes
inline constexpr std::size_t svg_padding = 8;

struct svg_box {
  std::size_t x = 0;
  std::size_t y = 0;
  std::size_t width = 0;
  std::size_t height = 0;
};

/// Places the tables in columns of about equal height, in their order, so that the picture is about as wide as high.
[[nodiscard]] inline std::vector<svg_box> place_tables(const schema_view& schema, dialect d) {
  std::vector<svg_box> boxes;
  std::size_t total = 0;
  std::size_t widest = 0;
  for (const table& t : schema.tables) {
    std::size_t letters = width_of(table_name(t));
    for (const column& c : t.columns)
      letters = std::max(letters, width_of(c.name) + width_of(type_name(d, c)) + key_marks(t, c).size() + 6);
    boxes.push_back({0, 0, letters * svg_letter + 2 * svg_padding, (t.columns.size() + 1) * svg_row + svg_padding});
    total += boxes.back().height + svg_gap;
    widest = std::max(widest, boxes.back().width);
  }
  std::size_t columns = 1;
  while (columns < boxes.size() && columns * (widest + svg_gap) < total / columns)
    ++columns;
  const std::size_t target = total / columns;
  std::size_t x = svg_gap;
  std::size_t y = svg_gap;
  std::size_t column_width = 0;
  for (svg_box& box : boxes) {
    if (y > svg_gap && y + box.height / 2 > target) {
      x += column_width + svg_gap;
      y = svg_gap;
      column_width = 0;
    }
    box.x = x;
    box.y = y;
    y += box.height + svg_gap;
    column_width = std::max(column_width, box.width);
  }
  return boxes;
}

}  // namespace detail

/// The tables and their foreign keys as a picture that a browser shows as it is. The lines are plain curves: for a
/// layout that avoids crossings, take `dot`.
[[nodiscard]] inline std::string svg(const schema_view& schema, dialect d) {
  using namespace detail;
  const std::vector<svg_box> boxes = place_tables(schema, d);
  std::size_t width = svg_gap;
  std::size_t height = svg_gap;
  for (const svg_box& box : boxes) {
    width = std::max(width, box.x + box.width + svg_gap);
    height = std::max(height, box.y + box.height + svg_gap);
  }
  const auto number = [](std::size_t n) { return std::to_string(n); };
  std::string text = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) + ' ' + number(height) +
                     "\" width=\"" + number(width) + "\" height=\"" + number(height) +
                     "\" font-family=\"monospace\" font-size=\"12\">\n"
                     "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
  for (std::size_t i = 0; i < schema.tables.size(); ++i) {
    const table& t = schema.tables[i];
    for (const foreign_key& fk : t.foreign_keys) {
      std::size_t target = 0;
      while (target < schema.tables.size() &&
             (schema.tables[target].name != fk.target_table || schema.tables[target].schema != fk.target_schema))
        ++target;
      if (target == schema.tables.size())
        continue;  // a table that is not ours
      std::size_t row = 0;
      while (row + 1 < t.columns.size() && t.columns[row].name != fk.columns.front())
        ++row;
      const svg_box& from = boxes[i];
      const svg_box& to = boxes[target];
      const bool leftwards = to.x < from.x;
      const std::size_t x1 = leftwards ? from.x : from.x + from.width;
      const std::size_t y1 = from.y + (row + 1) * svg_row + svg_row / 2 + svg_padding / 2;
      const std::size_t x2 = leftwards || to.x == from.x ? to.x + to.width : to.x;
      const std::size_t y2 = to.y + svg_row / 2;
      const std::size_t bend = svg_gap / 2;
      text += "<path d=\"M" + number(x1) + ' ' + number(y1) + " C" + number(leftwards ? x1 - bend : x1 + bend) + ' ' +
              number(y1) + ' ' + number(x2 == to.x ? x2 - bend : x2 + bend) + ' ' + number(y2) + ' ' + number(x2) +
              ' ' + number(y2) + "\" fill=\"none\" stroke=\"#6b7f94\"" +
              (is_optional(t, fk) ? " stroke-dasharray=\"4 3\"" : "") + "/>\n<circle cx=\"" + number(x2) + "\" cy=\"" +
              number(y2) + "\" r=\"3\" fill=\"#6b7f94\"/>\n";
    }
  }
  for (std::size_t i = 0; i < schema.tables.size(); ++i) {
    const table& t = schema.tables[i];
    const svg_box& box = boxes[i];
    const auto rectangle = [&](std::size_t high, const char* fill) {
      text += "<rect x=\"" + number(box.x) + "\" y=\"" + number(box.y) + "\" width=\"" + number(box.width) +
              "\" height=\"" + number(high) + "\" fill=\"" + fill + "\" stroke=\"#33475b\"/>\n";
    };
    const auto words = [&](std::size_t x, std::size_t y, const char* more, std::string_view content) {
      text += "<text x=\"" + number(x) + "\" y=\"" + number(y) + '"' + more + '>' + escape_markup(printable(content)) +
              "</text>\n";
    };
    rectangle(box.height, "#ffffff");
    rectangle(svg_row, "#dde6f0");
    words(box.x + svg_padding, box.y + 14, " font-weight=\"bold\"", table_name(t));
    std::size_t y = box.y + svg_row + 14 + svg_padding / 2;
    for (const column& c : t.columns) {
      const std::string marks = key_marks(t, c);
      words(box.x + svg_padding, y, c.primary_key ? " font-weight=\"bold\"" : "", c.name);
      words(box.x + box.width - svg_padding, y, " text-anchor=\"end\" fill=\"#55677a\"",
            type_name(d, c) + (c.nullable ? "?" : "") + (marks.empty() ? "" : "  " + marks));
      y += svg_row;
    }
  }
  return text + "</svg>\n";
}

}  // namespace instar::cli

namespace instar::cli {

namespace detail {

/// A document that follows from the models.
struct document_kind {
  std::string_view kind;  ///< what `--only` calls it
  std::string_view file;
  std::string (*make)(const schema_view&, dialect);
};

inline constexpr std::array<document_kind, 5> document_kinds{{
    {"sql", "schema.sql",
     [](const schema_view& schema, dialect d) { return script(d, make_plan(schema_view{}, schema)); }},
    {"mermaid", "schema.mmd", &mermaid},
    {"dot", "schema.dot", &dot},
    {"svg", "schema.svg", &svg},
    {"markdown", "schema.md", &markdown},
}};

inline void check_kinds(const std::vector<std::string>& kinds) {
  std::vector<std::string> known{"snapshot"};
  for (const document_kind& kind : document_kinds)
    known.emplace_back(kind.kind);
  for (const std::string& kind : kinds)
    if (std::find(known.begin(), known.end(), kind) == known.end()) {
      const std::string meant = nearest_word(kind, known);
      throw usage_error(cli_code::bad_value, "`--only " + printable(kind) + "` is not known.",
                        meant.empty() ? "Choose sql, mermaid, dot, svg, markdown or snapshot."
                                      : "Did you mean `--only " + meant + "`?");
    }
}

/// A file that was made, or would be.
struct generated_file {
  std::string kind;
  std::filesystem::path file;
  bool changed = false;
};

}  // namespace detail

/// `generate`: writes what follows from the models. Files that are up to date are not touched.
inline exit_code generate(session& s) {
  detail::check_kinds(s.given.what);
  const auto wanted = [&](std::string_view kind) {
    return s.given.what.empty() || std::find(s.given.what.begin(), s.given.what.end(), kind) != s.given.what.end();
  };
  const auto m = s.make_migrator(database_need::optional);
  std::vector<detail::generated_file> files;
  const std::filesystem::path folder =
      s.given.output.empty() ? std::filesystem::path{"schema"} : std::filesystem::path{s.given.output};
  for (const detail::document_kind& kind : detail::document_kinds) {
    if (!wanted(kind.kind))
      continue;
    if (!s.program.schema)
      throw detail::models_needed("`generate` describes models");
    const std::filesystem::path file = folder / kind.file;
    const std::string text = kind.make(*s.program.schema, detail::dialect_of(*m));
    std::error_code ignored;
    const bool same = std::filesystem::is_regular_file(file, ignored) && instar::detail::read_file(file) == text;
    if (!same && !s.given.check) {
      std::filesystem::create_directories(folder);
      instar::detail::write_file(file, text);
    }
    files.push_back({std::string{kind.kind}, file, !same});
  }
  // The snapshot follows from the history, so there is none without migrations.
  std::error_code ignored;
  const std::filesystem::path migrations = s.migrations_folder();
  const bool has_migrations = !migrations.empty() && std::filesystem::is_directory(migrations, ignored);
  const bool asked = !s.given.what.empty();
  if (wanted("snapshot") && (has_migrations || asked)) {
    const snapshot_report report =
        m->generate_snapshot({.schema_from_models = s.given.schema_from_models, .check = s.given.check});
    files.push_back({"snapshot", report.file, report.changed});
  }

  const bool stale = std::any_of(files.begin(), files.end(), [](const auto& file) { return file.changed; });
  if (s.screen.json()) {
    detail::begin_result(s).key("files").begin_array();
    for (const detail::generated_file& file : files)
      s.json.begin_object()
          .member("kind", file.kind)
          .member("file", file.file.string())
          .member("changed", file.changed)
          .end_object();
    s.json.end_array().end_object();
  }
  for (const detail::generated_file& file : files) {
    const std::string_view verb = !file.changed ? "Fresh  " : s.given.check ? "Stale  " : "Wrote  ";
    const style tone = !file.changed ? style::dim : s.given.check ? style::yellow : style::green;
    s.screen.result(s.screen.on_output()(tone, verb) + ' ' + printable(file.file.string()));
  }
  if (s.given.check && stale)
    s.screen.note("Run `" + s.program_name + " generate` and commit what it writes.");
  return s.given.check && stale ? exit_code::differs : exit_code::ok;
}

}  // namespace instar::cli


// ---- instar/cli/commands/push.hpp

namespace instar::cli {

/// `db push`: brings a database to the models without a migration, for trying things out.
inline exit_code db_push(session& s) {
  const auto m = s.make_migrator(database_need::required);
  const auto push = [&](bool accept) { return s.interruptible(*m, [&] { return m->push(accept); }); };
  push_report report;
  try {
    report = push(s.given.accept_data_loss);
  } catch (const migration_error& error) {
    if (error.code() != migration_code::data_loss || !s.screen.interactive())
      throw;
    s.warn(diagnose(error));
    detail::require_data_loss_consent(s, "This push", error.state());
    report = push(true);
  }
  s.clear_passing_line();
  if (s.screen.json()) {
    detail::begin_result(s).texts("steps", report.summary);
    s.json.texts("statements", report.statements);
    s.json.member("created_database", report.created_database).end_object();
    return exit_code::ok;
  }
  detail::show_steps(s, report.summary);
  s.screen.result(report.summary.empty() ? s.database_name() + " has the models' schema already."
                                         : s.database_name() + " has the models' schema now (" +
                                               detail::counted(report.summary.size(), "step") + ").");
  return exit_code::ok;
}

}  // namespace instar::cli


// ---- instar/cli/commands/reset.hpp

namespace instar::cli {

/// `migrate reset`: drops everything, applies the history, seeds. `--yes` does not answer its question, which is a
/// harmful one.
inline exit_code migrate_reset(session& s) {
  const auto m = s.make_migrator(database_need::required, !s.given.skip_seed);
  detail::require_consent(s, s.given.force || s.given.accept_data_loss,
                          "This drops every table and all data of " + s.database_name() + ". Go on?",
                          detail::make_diagnostic(cli_code::answer_needed,
                                                  "`migrate reset` drops every table and all data of " +
                                                      s.database_name() + ", and nobody is there to ask.",
                                                  "Give --force (or --accept-data-loss) if that is what you want.",
                                                  "Nothing was dropped."));
  const reset_report report = s.interruptible(*m, [&] { return m->reset(); });
  s.clear_passing_line();
  s.warn(report.deployed.warnings);
  if (s.screen.json()) {
    detail::begin_result(s).texts("dropped", report.dropped);
    detail::write_json_members(s.json, report.deployed);
    s.json.member("seeded", report.seeded).end_object();
    return exit_code::ok;
  }
  for (const std::string& dropped : report.dropped)
    s.screen.detail_note("Dropped " + printable(dropped));
  s.screen.result("Dropped " + detail::counted(report.dropped.size(), "object") + " of " + s.database_name() +
                  " and applied " + detail::counted(report.deployed.applied.size(), "migration") +
                  (report.seeded ? ", then seeded it." : "."));
  return exit_code::ok;
}

}  // namespace instar::cli


// ---- instar/cli/commands/resolve.hpp

namespace instar::cli {

/// `migrate resolve`: tells the ledger what was repaired by hand. Runs no migration.
inline exit_code migrate_resolve(session& s) {
  const auto m = s.make_migrator(database_need::required);
  std::vector<resolve_report> reports;
  const auto each = [&](const std::vector<std::string>& names, resolve_report (migrator::*resolve)(std::string_view)) {
    for (const std::string& word : names) {
      reports.push_back(s.interruptible(*m, [&] { return (m.get()->*resolve)(detail::migration_name(word)); }));
      s.screen.result(printable(reports.back().change));
    }
  };
  each(s.given.rolled_back, &migrator::resolve_rolled_back);
  each(s.given.applied, &migrator::resolve_applied);
  each(s.given.edited, &migrator::resolve_edited);
  each(s.given.missing, &migrator::resolve_missing);
  if (s.screen.json()) {
    detail::begin_result(s).key("resolved").begin_array();
    for (const resolve_report& report : reports)
      s.json.begin_object().member("migration", report.migration).member("change", report.change).end_object();
    s.json.end_array().end_object();
  }
  return exit_code::ok;
}

}  // namespace instar::cli


// ---- instar/cli/commands/status.hpp

namespace instar::cli {

namespace detail {

[[nodiscard]] inline style style_of(migration_state state) noexcept {
  switch (state) {
  case migration_state::applied:
    return style::green;
  case migration_state::pending:
  case migration_state::resumable:
    return style::yellow;
  default:
    return style::red;
  }
}

/// What a state means and what to do about it; empty for `applied`.
/// \param name the first migration in that state \param more whether there are others
[[nodiscard]] inline std::string advice(migration_state state, const std::string& program, const std::string& name,
                                        bool more) {
  const std::string resolve = '`' + program + " migrate resolve ";
  switch (state) {
  case migration_state::applied:
    return {};
  case migration_state::pending:
    return '`' + program + " migrate deploy` applies " + (more ? "them." : "it.");
  case migration_state::resumable:
    return "It failed half-way; `" + program + " migrate deploy` goes on at the statement that failed.";
  case migration_state::failed:
    return "It began and did not end. Undo what it did, then " + resolve + "--rolled-back " + name +
           "`; or complete it by hand, then " + resolve + "--applied " + name + "`.";
  case migration_state::edited:
    return "Its file is not what was applied. Restore the file; or, if the change is meant, " + resolve + "--edited " +
           name + "`.";
  case migration_state::missing:
    return "It was applied, and its folder is gone. Restore the folder; or, if it is meant to be gone, " + resolve +
           "--missing " + name + "`.";
  case migration_state::unknown:
    return "It was applied, from another branch or another project. Get its folder; or, if it is meant to be gone, " +
           resolve + "--missing " + name + "`.";
  }
  return {};
}

inline void write_json(json_writer& json, const status_report& report) {
  json.member("up_to_date", report.up_to_date());
  json.member("database_exists", report.database_exists);
  json.optional_member("ledger", report.ledger);
  json.member("adopted_prisma", report.adopted_prisma);
  json.key("migrations").begin_array();
  for (const migration_status& m : report.migrations) {
    json.begin_object();
    json.member("name", m.name);
    json.member("state", std::string{to_string(m.state)});
    json.optional_member("checksum", m.checksum);
    json.optional_member("ledger_checksum", m.ledger_checksum);
    json.optional_member("started_at", m.started_at);
    json.optional_member("finished_at", m.finished_at);
    json.optional_member("logs", m.logs);
    json.member("tries", m.tries);
    json.end_object();
  }
  json.end_array();
}

inline void show_status(session& s, const status_report& report) {
  const palette& paint = s.screen.on_output();
  // A long history is mostly applied, and what is not must not scroll away.
  constexpr std::size_t shown_applied = 10;
  const std::size_t applied = report.count(migration_state::applied);
  std::size_t to_skip = s.screen.verbose() || applied <= shown_applied ? 0 : applied - shown_applied;
  if (to_skip != 0)
    s.screen.result("  " +
                    paint(style::dim, std::to_string(to_skip) + " earlier ones are applied (--verbose lists them)"));
  for (const migration_status& m : report.migrations) {
    if (m.state == migration_state::applied && to_skip != 0) {
      --to_skip;
      continue;
    }
    std::string word{to_string(m.state)};
    word.resize(std::max<std::size_t>(word.size(), 9), ' ');
    s.screen.result("  " + paint(style_of(m.state), word) + ' ' + printable(m.name));
    if (!m.logs.empty() && (m.state == migration_state::failed || m.state == migration_state::resumable))
      s.screen.result("            " + indent_lines(printable(m.logs), 12));
  }

  if (!report.database_exists)
    s.screen.result("The database does not exist yet; `" + s.program_name + " migrate deploy` makes it.");
  if (report.up_to_date()) {
    s.screen.result(report.migrations.empty()
                        ? "There are no migrations."
                        : counted(report.migrations.size(), "migration") + " applied; the database is up to date.");
    return;
  }
  std::string sentence;
  for (const migration_state state : {migration_state::pending, migration_state::resumable, migration_state::failed,
                                      migration_state::edited, migration_state::missing, migration_state::unknown})
    if (const std::size_t n = report.count(state); n != 0)
      sentence += (sentence.empty() ? "" : ", ") + std::to_string(n) + ' ' + std::string{to_string(state)};
  s.screen.result(counted(report.migrations.size(), "migration") + ": " + std::to_string(applied) + " applied, " +
                  sentence + '.');
  // One piece of advice for each state; the name of the first stands for all.
  std::vector<migration_state> said;
  for (const migration_status& m : report.migrations) {
    if (m.state == migration_state::applied || std::find(said.begin(), said.end(), m.state) != said.end())
      continue;
    said.push_back(m.state);
    s.screen.result(paint(style::bold, std::string{to_string(m.state)} + ": ") +
                    advice(m.state, s.program_name, printable(m.name), report.count(m.state) > 1));
  }
}

}  // namespace detail

/// `migrate status`: what is applied, pending, failed, edited, missing. Exit 1 when not up to date.
inline exit_code migrate_status(session& s) {
  const auto m = s.make_migrator(database_need::required);
  const status_report report = s.interruptible(*m, [&] { return m->status(); });
  s.warn(report.warnings);
  if (s.screen.json()) {
    detail::write_json(detail::begin_result(s), report);
    s.json.end_object();
  } else {
    if (report.adopted_prisma)
      s.screen.note("The ledger is Prisma's " + printable(report.ledger) + '.');
    detail::show_status(s, report);
  }
  if (report.up_to_date())
    return exit_code::ok;
  const std::size_t harmless = report.count(migration_state::applied) + report.count(migration_state::pending) +
                               report.count(migration_state::resumable);
  return s.given.exit_code && harmless == report.migrations.size() ? exit_code::differs : exit_code::failure;
}

}  // namespace instar::cli


// ---- instar/cli/version.hpp

namespace instar {

/// The version of this library, as its CMake project says it.
inline constexpr std::string_view library_version = "0.1.0";

}  // namespace instar

/// \file The command line as a function: a program's own `main` calls `run`.

namespace instar::cli {

namespace detail {

[[nodiscard]] inline exit_code run_command(session& s) {
  switch (s.given.command) {
  case command::migrate_dev:
    return migrate_dev(s);
  case command::migrate_deploy:
    return migrate_deploy(s);
  case command::migrate_status:
    return migrate_status(s);
  case command::migrate_resolve:
    return migrate_resolve(s);
  case command::migrate_reset:
    return migrate_reset(s);
  case command::migrate_diff:
    return migrate_diff(s);
  case command::db_push:
    return db_push(s);
  case command::db_seed:
    return db_seed(s);
  case command::db_execute:
    return db_execute(s);
  case command::generate:
    return generate(s);
  case command::validate:
    return validate(s);
  case command::none:
    break;
  }
  return exit_code::usage;
}

/// Runs the command and turns every error into words and an exit code.
[[nodiscard]] inline exit_code run_and_explain(session& s) {
  try {
    return run_command(s);
  } catch (const command_error& error) {
    s.fail(error.about());
    return error.code();
  } catch (const migration_error& error) {
    s.fail(error.code() == migration_code::no_models ? models_needed("This needs models").about() : diagnose(error));
    if (s.interrupted || error.code() == migration_code::stopped)
      return exit_code::interrupted;
    return error.needs_answer() ? exit_code::needs_answer : exit_code::failure;
  } catch (const database_error& error) {
    s.fail(diagnose(error));
    return s.interrupted ? exit_code::interrupted : exit_code::failure;
  } catch (const std::exception& error) {
    s.fail(make_diagnostic(cli_code::unexpected, error.what(),
                           "This is most likely a mistake in instar; please report it.",
                           "Not known; `" + s.program_name + " migrate status` says what is applied."));
    return s.interrupted ? exit_code::interrupted : exit_code::failure;
  }
}

/// Closes the document of `--json`.
inline void write_document(session& s, exit_code code) {
  // What was applied before something failed is worth knowing.
  if (!s.result_written && !s.applied.empty()) {
    s.json.key("result").begin_object().key("applied").begin_array();
    for (const applied_migration& one : s.applied)
      s.json.begin_object()
          .member("name", one.name)
          .member("microseconds", static_cast<long long>(one.took.count()))
          .end_object();
    s.json.end_array().end_object();
  }
  s.screen.document(s.document(s.errors, s.warnings, code));
}

[[nodiscard]] inline std::string databases_text() {
  std::string text;
#if INSTAR_HAS_POSTGRES
  text += "PostgreSQL (libpqxx " PQXX_VERSION ")";
#endif
#if INSTAR_HAS_SQLITE
  text += text.empty() ? "" : ", ";
  text += "SQLite (" + std::string{sqlite3_libversion()} + ")";
#endif
  return text.empty() ? "none" : text;
}

inline void show_version(terminal& screen, const std::string& program) {
  if (screen.json()) {
    json_writer json;
    json.begin_object()
        .member("version", library_version)
        .member("databases", databases_text())
        .member("errors", 0)
        .end_object();
    screen.document(json.text());
    return;
  }
  screen.result("instar " + std::string{library_version});
  screen.result("Databases: " + databases_text());
  if (program != "instar")
    screen.result("Program:   " + program);
}

[[nodiscard]] inline std::string program_name(const options& program, int argc, char** argv) {
  if (!program.program.empty())
    return program.program;
  const std::string_view path = argc > 0 && argv[0] != nullptr ? argv[0] : "";
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.empty() ? "instar" : std::string{name};
}

}  // namespace detail

/// Runs the command line.
///
/// Results go to standard output, everything else to standard error; with `--json` there is one document on standard
/// output, errors included. Throws nothing. Signals are handled only while an operation runs.
///
/// \code
///   int main(int argc, char** argv) { return instar::cli::run(argc, argv, {.schema = instar::view_of<app::schema>}); }
/// \endcode
///
/// \return the exit code of the process: see `exit_code`.
[[nodiscard]] inline int run(int argc, char** argv, const options& program = {}) noexcept {
  try {
    const std::string name = detail::program_name(program, argc, argv);
    std::vector<std::string> words;
    for (int i = 1; i < argc; ++i)
      words.emplace_back(argv[i]);
    const parsed_command_line parsed = parse_command_line(name, words);
    const arguments& given = parsed.given;
    terminal screen{{.color = given.color,
                     .talk = given.quiet     ? verbosity::quiet
                             : given.verbose ? verbosity::verbose
                                             : verbosity::normal,
                     .json = given.json && parsed.text.empty()}};
    exit_code code = exit_code::ok;
    if (parsed.version) {
      detail::show_version(screen, name);
    } else if (!parsed.text.empty()) {
      screen.raw_result(parsed.text);
    } else {
      session s{program, parsed, screen, name};
      if (parsed.mistake) {
        s.fail(*parsed.mistake);
        code = exit_code::usage;
      } else {
        code = detail::run_and_explain(s);
      }
      if (screen.json())
        detail::write_document(s, code);
    }
    if (!screen.delivered()) {
      screen.complain(render(detail::make_diagnostic(cli_code::unwritable,
                                                     "The result could not be written to standard "
                                                     "output.",
                                                     "Check what it is redirected to."),
                             screen.on_error()));
      return static_cast<int>(code == exit_code::ok ? exit_code::failure : code);
    }
    return static_cast<int>(code);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
  } catch (...) {
    std::fputs("error: something that is no exception was thrown\n", stderr);
  }
  return static_cast<int>(exit_code::failure);
}

}  // namespace instar::cli


// ---- instar/cli/built_in.hpp

/// \file What `instar_add_migrator` compiles anew when a model changes, as the rest of the migrator sees it.

namespace instar::cli {

/// What a migrator was built with.
struct built_in {
  schema_view schema{};
  const char* migrations = "";   ///< the folder of the history
  const char* seed_script = "";  ///< a SQL script, or an empty text
};

/// Defined in the source that `instar_add_migrator` generates.
[[nodiscard]] built_in built_into_this_program() noexcept;

}  // namespace instar::cli


#endif
#endif
