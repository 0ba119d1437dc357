#pragma once

#include "instar/model/types.hpp"

#include <array>
#include <cstddef>

/// \file What a model says of its columns and of its table. The entries of INSTAR_MODEL are expressions of these types.

namespace instar {

namespace detail {

enum class attribute_kind : unsigned char {
  end,
  field,
  primary_key,
  identity,
  unique,
  initial,
  updated_at,
  references,
  index,
  check,
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

/// One thing said of a column; `field` starts the next column.
struct attribute {
  detail::attribute_kind kind = detail::attribute_kind::end;
  unsigned char option = 0;  ///< identity_kind or generated_kind.
  bool nullable = false;     ///< Of a field.
  std::string_view text{};
  std::string_view name{};  ///< Of the constraint or index, where the user gives one.
  column_type type{};       ///< Of a field, of `type`, and of the field that `references` names.
  column_default initial{};
  int target_field = -1;
  referential_action on_delete = referential_action::no_action;
  referential_action on_update = referential_action::no_action;
  instar::deferral deferral = deferral::not_deferrable;
};

namespace detail {

/// A column of an index or key, or an expression.
struct member_part {
  int field = -1;            ///< Which field of `owner`; -1: an expression.
  std::string_view owner{};  ///< The table name of the model that has the field.
  column_type type{};
  index_part options{};
};

/// One thing said of a table. Its parts stand together in one array for the whole model.
struct table_attribute {
  table_attribute_kind kind{};
  int first_part = 0;
  int part_count = 0;     ///< Columns of the index or key.
  int include_count = 0;  ///< Included columns of an index, or target columns of a foreign key; behind the parts.
  bool unique = false;
  bool nulls_not_distinct = false;
  std::string_view text{};
  std::string_view name{};
  std::string_view method{};
  std::string_view where{};
  std::string_view target{};  ///< The table that a foreign key references.
  referential_action on_delete = referential_action::no_action;
  referential_action on_update = referential_action::no_action;
  instar::deferral deferral = deferral::not_deferrable;
};

template <int N>
struct table_attributes_base {
  table_attribute head{};
  std::array<member_part, static_cast<std::size_t>(N)> parts{};
};

/// The description that INSTAR_MODEL wrote for a model. A base class's description is not the derived class's.
template <class Model>
struct description_of {
  using type = decltype(instar_describe(static_cast<Model*>(nullptr)));
  static_assert(std::is_same_v<typename type::model, Model>,
                "INS1004: this class is not described, only its base class is; write INSTAR_MODEL for it");
};

template <class Model>
using description = typename description_of<Model>::type;

template <class T>
constexpr bool same_member(T a, T b) {
  return a == b;
}
template <class T, class U>
constexpr bool same_member(T, U) {
  return false;
}

/// Which field of its model a member pointer is.
template <class T, class Model>
constexpr int field_index(T Model::*wanted) {
  return description<Model>::members([wanted](auto... members) {
    int index = 0;
    int found = -1;
    int each[] = {0, (same_member(members, wanted) ? found = index : 0, ++index)...};
    static_cast<void>(each);
    return found;
  });
}

template <class T, class Model>
constexpr member_part part_of(T Model::*member) {
  return {.field = field_index(member), .owner = description<Model>::table_name, .type = sql_type_of<T>()};
}

}  // namespace detail

/// A column of an index with its options: `column(&User::email).desc().nulls_last()`, or `expression("lower(email)")`.
struct index_column : detail::member_part {
  constexpr index_column desc() const {
    index_column copy = *this;
    copy.options.descending = true;
    return copy;
  }
  constexpr index_column nulls_first() const {
    index_column copy = *this;
    copy.options.nulls = null_order::first;
    return copy;
  }
  constexpr index_column nulls_last() const {
    index_column copy = *this;
    copy.options.nulls = null_order::last;
    return copy;
  }
  constexpr index_column collate(std::string_view collation) const {
    index_column copy = *this;
    copy.options.collation = collation;
    return copy;
  }
  constexpr index_column operator_class(std::string_view name) const {
    index_column copy = *this;
    copy.options.operator_class = name;
    return copy;
  }
  /// For `exclude`: the operator that must not hold between two rows, such as "&&".
  constexpr index_column with(std::string_view operator_name) const {
    index_column copy = *this;
    copy.options.with_operator = operator_name;
    return copy;
  }
};

namespace detail {

constexpr index_column to_part(index_column part) {
  return part;
}
template <class T, class Model>
constexpr index_column to_part(T Model::*member) {
  return {part_of(member)};
}

template <int N, class... Parts>
constexpr std::array<member_part, static_cast<std::size_t>(N)> parts_of(Parts... parts) {
  return {static_cast<const member_part&>(to_part(parts))...};
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
    copy.head.name = name;
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
    copy.head.method = method;
    return copy;
  }
  /// \param condition SQL: only rows for which it holds are in the index
  constexpr index_attribute where(std::string_view condition) const {
    index_attribute copy = *this;
    copy.head.where = condition;
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
    copy.head.name = name;
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
    complete.head.target = detail::description<Target>::table_name;
    return complete;
  }
  constexpr foreign_key_attribute named(std::string_view name) const {
    foreign_key_attribute copy = *this;
    copy.head.name = name;
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

/// An exclusion constraint (PostgreSQL): `exclude(column(&Booking::room).with("="), column(&Booking::during).with("&&"))`.
template <int N>
struct exclude_attribute : detail::table_attributes_base<N> {
  constexpr exclude_attribute named(std::string_view name) const {
    exclude_attribute copy = *this;
    copy.head.name = name;
    return copy;
  }
  constexpr exclude_attribute using_method(std::string_view method) const {
    exclude_attribute copy = *this;
    copy.head.method = method;
    return copy;
  }
  constexpr exclude_attribute where(std::string_view condition) const {
    exclude_attribute copy = *this;
    copy.head.where = condition;
    return copy;
  }
};

/// What `references(&User::id)` gives: a foreign key of one column.
struct reference_attribute : attribute {
  constexpr reference_attribute on_delete(referential_action action) const {
    reference_attribute copy = *this;
    copy.attribute::on_delete = action;
    return copy;
  }
  constexpr reference_attribute on_update(referential_action action) const {
    reference_attribute copy = *this;
    copy.attribute::on_update = action;
    return copy;
  }
  constexpr reference_attribute deferrable() const {
    reference_attribute copy = *this;
    copy.deferral = deferral::initially_immediate;
    return copy;
  }
  constexpr reference_attribute initially_deferred() const {
    reference_attribute copy = *this;
    copy.deferral = deferral::initially_deferred;
    return copy;
  }
  constexpr reference_attribute named(std::string_view constraint_name) const {
    reference_attribute copy = *this;
    copy.name = constraint_name;
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
  constexpr operator attribute() const { return {.kind = column_kind, .text = text, .name = name}; }
  constexpr operator detail::table_attributes_base<0>() const {
    return {.head = {.kind = table_kind, .text = text, .name = name}, .parts = {}};
  }
};

namespace detail {

constexpr attribute typed(column_type t) {
  return {.kind = attribute_kind::type, .type = t};
}

/// The words that a model is described with: INSTAR_MODEL's description derives from this, so that they are found before
/// anything of the same name in the user's namespace (or POSIX' `index`).
struct vocabulary {
  static constexpr attribute identity{.kind = attribute_kind::identity,
                                      .option = static_cast<unsigned char>(identity_kind::by_default)};
  static constexpr attribute identity_always{.kind = attribute_kind::identity,
                                             .option = static_cast<unsigned char>(identity_kind::always)};
  static constexpr attribute updated_at{.kind = attribute_kind::updated_at};
  static constexpr attribute default_now{.kind = attribute_kind::initial, .initial = {.kind = default_kind::now}};

  static constexpr attribute default_sql(std::string_view sql) {
    return {.kind = attribute_kind::initial, .initial = {.kind = default_kind::expression, .text = sql}};
  }
  template <class T>
  static constexpr attribute default_value(T value) {
    attribute a{.kind = attribute_kind::initial};
    if constexpr (std::is_same_v<T, bool>) {
      a.initial = {.kind = default_kind::boolean, .integer = value ? 1 : 0};
    } else if constexpr (std::is_integral_v<T>) {
      if (value > T{} && static_cast<std::uint64_t>(value) > std::uint64_t{INT64_MAX})
        throw "INS1006: this default is beyond the largest integer of a database; write it with default_sql";
      a.initial = {.kind = default_kind::integer, .integer = static_cast<std::int64_t>(value)};
    } else if constexpr (std::is_floating_point_v<T>) {
      a.initial = {.kind = default_kind::real, .real = static_cast<double>(value)};
    } else if constexpr (described_enum<T>) {
      a.type = sql_type_of<T>();
      a.initial = {.kind = default_kind::text, .text = enum_description<T>::type::label(value)};
    } else {
      a.initial = {.kind = default_kind::text, .text = std::string_view(value)};
    }
    return a;
  }

  static constexpr attribute generated_always_as(std::string_view sql) {
    return {.kind = attribute_kind::generated, .option = static_cast<unsigned char>(generated_kind::stored), .text = sql};
  }
  static constexpr attribute generated_virtual(std::string_view sql) {
    return {.kind = attribute_kind::generated,
            .option = static_cast<unsigned char>(generated_kind::virtual_column),
            .text = sql};
  }
  static constexpr attribute collate(std::string_view collation) {
    return {.kind = attribute_kind::collate, .text = collation};
  }
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
  static constexpr attribute type(std::string_view sql) { return typed({.kind = type_kind::custom, .custom = sql}); }
  template <int Length>
  static constexpr attribute varchar = typed({.kind = type_kind::varchar, .length = Length});
  template <int Length>
  static constexpr attribute char_ = typed({.kind = type_kind::character, .length = Length});
  template <int Length>
  static constexpr attribute bit = typed({.kind = type_kind::bit, .length = Length});
  template <int Length>
  static constexpr attribute varbit = typed({.kind = type_kind::varbit, .length = Length});
  template <int Precision, int Scale = 0>
  static constexpr attribute numeric = typed({.kind = type_kind::numeric, .length = Precision, .scale = Scale});
  template <int Precision = -1>
  static constexpr attribute time = typed({.kind = type_kind::time, .length = Precision});
  template <int Precision = -1>
  static constexpr attribute timetz = typed({.kind = type_kind::timetz, .length = Precision});
  template <int Precision = -1>
  static constexpr attribute timestamp = typed({.kind = type_kind::timestamp, .length = Precision});
  template <int Precision = -1>
  static constexpr attribute timestamptz = typed({.kind = type_kind::timestamptz, .length = Precision});
  static constexpr attribute smallint = typed({.kind = type_kind::smallint});
  static constexpr attribute integer = typed({.kind = type_kind::integer});
  static constexpr attribute bigint = typed({.kind = type_kind::bigint});
  static constexpr attribute text = typed({.kind = type_kind::text});
  static constexpr attribute citext = typed({.kind = type_kind::citext});
  static constexpr attribute json = typed({.kind = type_kind::json});
  static constexpr attribute jsonb = typed({.kind = type_kind::jsonb});
  static constexpr attribute uuid = typed({.kind = type_kind::uuid});
  static constexpr attribute bytea = typed({.kind = type_kind::bytea});
  static constexpr attribute date = typed({.kind = type_kind::date});
  static constexpr attribute interval = typed({.kind = type_kind::interval});
  static constexpr attribute inet = typed({.kind = type_kind::inet});
  static constexpr attribute cidr = typed({.kind = type_kind::cidr});
  static constexpr attribute macaddr = typed({.kind = type_kind::macaddr});
  static constexpr attribute xml = typed({.kind = type_kind::xml});
  static constexpr attribute tsvector = typed({.kind = type_kind::tsvector});

  static constexpr referential_action no_action = referential_action::no_action;
  static constexpr referential_action restrict_action = referential_action::restrict_action;
  static constexpr referential_action cascade = referential_action::cascade;
  static constexpr referential_action set_null = referential_action::set_null;
  static constexpr referential_action set_default = referential_action::set_default;

  template <class T>
  static constexpr attribute field(std::string_view name) {
    return {.kind = attribute_kind::field, .nullable = optional_like<T>, .text = name, .type = sql_type_of<T>()};
  }
  static constexpr index_column expression(std::string_view sql) {
    return {{.options = {.text = sql, .expression = true}}};
  }
};

/// `primary_key` and `unique` alone speak of a column; called with fields they are keys of the table.
template <attribute_kind Column, table_attribute_kind Table>
struct key_word : attribute {
  constexpr key_word() : attribute{.kind = Column} {}
  template <class... T, class Model>
  constexpr key_attribute<static_cast<int>(sizeof...(T))> operator()(T Model::*... columns) const {
    static_assert(sizeof...(T) > 0, "INS1007: a key needs at least one column");
    return {{{.kind = Table, .part_count = static_cast<int>(sizeof...(T))},
             parts_of<static_cast<int>(sizeof...(T))>(columns...)}};
  }
};

struct index_word : attribute {
  constexpr index_word() : attribute{.kind = attribute_kind::index} {}
  template <class... Parts>
  constexpr index_attribute<static_cast<int>(sizeof...(Parts))> operator()(Parts... columns) const {
    static_assert(sizeof...(Parts) > 0, "INS1008: an index needs at least one column or expression");
    return {{{.kind = table_attribute_kind::index, .part_count = static_cast<int>(sizeof...(Parts))},
             parts_of<static_cast<int>(sizeof...(Parts))>(columns...)}};
  }
};

/// The words that take member pointers. They need the descriptions of models that may be described later, so INSTAR_MODEL
/// reaches them through a dependent base: nothing of them is evaluated before the schema asks.
struct late_vocabulary {
  static constexpr key_word<attribute_kind::primary_key, table_attribute_kind::primary_key> primary_key{};
  static constexpr key_word<attribute_kind::unique, table_attribute_kind::unique> unique{};
  static constexpr index_word index{};

  template <class T, class Model>
  static constexpr reference_attribute references(T Model::*target) {
    return {{.kind = attribute_kind::references,
             .text = description<Model>::table_name,
             .type = sql_type_of<T>(),
             .target_field = field_index(target)}};
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
  static constexpr attribute column(std::string_view name) {
    return {.kind = attribute_kind::column_name, .text = name};
  }
  template <class T, class Model>
  static constexpr index_column column(T Model::*member) {
    return {part_of(member)};
  }
};

template <class>
struct late {
  using type = late_vocabulary;
};

/// All that is said of a table, parts and all, in flat arrays.
template <std::size_t Attributes, std::size_t Parts>
struct table_attribute_list {
  std::array<table_attribute, Attributes> attributes{};
  std::array<member_part, Parts> parts{};
};

template <int N>
constexpr table_attributes_base<N> as_base(const table_attributes_base<N>& a) {
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

}  // namespace detail
}  // namespace instar
