#pragma once

#include "instar/model/types.hpp"

#include <array>
#include <bit>
#include <cstddef>
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
  // What is said of the way from the previous version: no part of a content hash.
  renamed_from,
  convert_using,
  backfill,
  first_of_the_way = renamed_from,
};

enum class table_attribute_kind : unsigned char {
  primary_key,
  unique,
  index,
  foreign_key,
  check,
  exclude,
  comment,
  renamed_from,
  options
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
  piece renamed_from{};  ///< The name that a constraint or index had in the previous version.
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
  /// \param old_name the name in the previous version, where a rename does not follow from an equal definition
  constexpr index_attribute renamed_from(std::string_view old_name) const {
    index_attribute copy = *this;
    copy.head.renamed_from = detail::piece::of(old_name);
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
  /// \param old_name the name in the previous version, where a rename does not follow from an equal definition
  constexpr key_attribute renamed_from(std::string_view old_name) const {
    key_attribute copy = *this;
    copy.head.renamed_from = detail::piece::of(old_name);
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
  constexpr foreign_key_attribute renamed_from(std::string_view old_name) const {
    foreign_key_attribute copy = *this;
    copy.head.renamed_from = detail::piece::of(old_name);
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
  /// \param old_name the name in the previous version, where a rename does not follow from an equal definition
  constexpr exclude_attribute renamed_from(std::string_view old_name) const {
    exclude_attribute copy = *this;
    copy.head.renamed_from = detail::piece::of(old_name);
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
  constexpr exclude_attribute deferrable() const {
    exclude_attribute copy = *this;
    copy.head.deferral = deferral::initially_immediate;
    return copy;
  }
  constexpr exclude_attribute initially_deferred() const {
    exclude_attribute copy = *this;
    copy.head.deferral = deferral::initially_deferred;
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
  std::string_view old_name{};

  constexpr text_attribute named(std::string_view constraint_name) const {
    return {column_kind, table_kind, text, constraint_name, old_name};
  }
  /// Of a check of the table: the name that it had in the previous version.
  constexpr text_attribute renamed_from(std::string_view previous_name) const {
    return {column_kind, table_kind, text, name, previous_name};
  }
  constexpr operator attribute() const {
    return {.kind = column_kind,
            .text_size = static_cast<std::uint32_t>(text.size()),
            .name_size = static_cast<std::uint32_t>(name.size()),
            .text_data = text.data(),
            .name_data = name.data()};
  }
  constexpr operator detail::table_attributes_base<0>() const {
    return {.head = {.kind = table_kind,
                     .text = detail::piece::of(text),
                     .name = detail::piece::of(name),
                     .renamed_from = detail::piece::of(old_name)},
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
  /// How a value becomes one of the column's new type, where the type changed:
  /// `convert_using("to_timestamp(seen_at)")`.
  static constexpr attribute convert_using(std::string_view sql) { return said(attribute_kind::convert_using, 0, sql); }
  /// What rows that are there get in a new column, or for NULL in one that becomes required:
  /// `backfill_sql("lower(email)")`.
  static constexpr attribute backfill_sql(std::string_view sql) { return said(attribute_kind::backfill, 0, sql); }
  /// What follows the parenthesis of CREATE TABLE on SQLite: "STRICT", "WITHOUT ROWID".
  static constexpr table_attributes_base<0> options(std::string_view words) {
    return {.head = {.kind = table_attribute_kind::options, .text = piece::of(words)}, .parts = {}};
  }
  static constexpr text_attribute check(std::string_view condition) {
    return {attribute_kind::check, table_attribute_kind::check, condition};
  }

  // Types, where the one that follows from the field's C++ type is not wanted.
  static constexpr attribute type(std::string_view sql) { return said(attribute_kind::type, 0, sql); }
  template <int Length = -1>
  static constexpr attribute varchar = typed<type_kind::varchar, Length>;
  template <int Length = -1>
  static constexpr attribute char_ = typed<type_kind::character, Length>;
  template <int Length = -1>
  static constexpr attribute bit = typed<type_kind::bit, Length>;
  template <int Length = -1>
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
