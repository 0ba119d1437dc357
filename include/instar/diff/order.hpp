#pragma once

#include "instar/diff/search.hpp"
#include "instar/schema/growing_array.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

/// \file What is made of text (views, functions, triggers) in an order in which each stands behind what it names.

namespace instar::detail {

/// Something that is made, and what it is called by others; nothing, when nobody can name it.
struct named_text {
  std::string_view name{};
  std::string_view text{};
};

/// The most items that are put in order. More than that come from a database, which gives them in an order that works,
/// or would cost a compiler too much.
constexpr bool is_ordered(std::size_t items) {
  return items > 1 && items <= 128;
}

/// An order in which every item stands behind those that its text names, and otherwise as it is given. In a circle the
/// one that is given first goes first. None for no items.
constexpr growing_array<std::size_t> order_by_names(const growing_array<named_text>& items) {
  growing_array<std::size_t> order;
  if (items.empty())
    return order;
  // A name that is no single word, such as one with a blank in it, is looked for by nobody: then the given order has to
  // do.
  hash_slots known(items.size());
  growing_array<std::size_t> named;
  growing_array<std::uint64_t> hashes;
  for (std::size_t i = 0; i < items.size(); ++i) {
    hashes.push_back(hash_word(items[i].name));
    if (items[i].name.empty())
      continue;
    known.add(hashes[i]);
    named.push_back(i);
  }
  struct need {
    std::size_t user;
    std::size_t needed;
  };
  growing_array<need> needs;
  growing_array<std::size_t> waits(items.size(), 0);
  for (std::size_t i = 0; i < items.size(); ++i)
    each_word(items[i].text, [&](std::uint64_t word) {
      // Overloaded functions name each other by their own name.
      if (word == hashes[i])
        return;
      known.find(word, [&](std::size_t needed) {
        needs.push_back({i, named[needed]});
        ++waits[i];
        return false;  // Others may be called so, too.
      });
    });
  growing_array<char> done(items.size(), 0);
  std::size_t first = 0;
  while (order.size() < items.size()) {
    while (done[first])
      ++first;
    std::size_t next = first;
    while (next < items.size() && (done[next] || waits[next] != 0))
      ++next;
    if (next == items.size())
      next = first;
    done[next] = 1;
    order.push_back(next);
    for (const need& n : needs)
      if (n.needed == next)
        --waits[n.user];
  }
  return order;
}

}  // namespace instar::detail
