#pragma once

#include "instar/model/adapted.hpp"

#include <boost/pfr/core.hpp>
#include <boost/pfr/tuple_size.hpp>
#include <boost/version.hpp>

#include <utility>

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
