#pragma once

#include "instar/model/adapted.hpp"

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

#include <utility>

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
