#pragma once

#include "instar/model/describe.hpp"

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
