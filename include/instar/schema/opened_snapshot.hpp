#pragma once

#include "instar/schema/schema_text.hpp"
#include "instar/schema/snapshot.hpp"

#include <array>
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

/// How many of each a part has. One is added to each: as template arguments, arrays with the same numbers at different
/// places between zeros are one and the same to g++ 12.
struct part_counts {
  std::array<std::size_t, part_elements::size> of_plus_one{};

  constexpr part_counts() {
    for (std::size_t& count : of_plus_one)
      count = 1;
  }
  template <class Element>
  [[nodiscard]] constexpr std::size_t of() const {
    return of_plus_one[part_elements::position<Element>] - 1;
  }
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
      ++counts.of_plus_one[part_elements::position<Element>];
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
struct filling_store<N, element_list<Elements...>> : opening_store,
                                                     element_array<Elements, N.template of<Elements>()>... {
  template <class Element, class Next>
  constexpr std::span<const Element> array(Next next) {
    constexpr std::size_t size = N.template of<Element>();
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
