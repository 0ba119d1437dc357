#pragma once

#include "instar/schema/text.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// \file What is made of text (views, functions, triggers) in an order in which each stands behind what it names.

namespace instar::detail {

/// Something that is made, and what it is called by others; nothing, when nobody can name it.
struct named_text {
  std::string_view name{};
  std::string_view text{};
};

/// The hash of a word, in capitals or not.
constexpr std::uint64_t hash_word(std::string_view word) {
  std::uint64_t hash = 0;
  for (char c : word)
    hash = (hash + static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) + 1) * hash_base;
  return hash;
}

/// Finds which of the items a text names. A name that is no single word, such as one with a blank in it, is looked for
/// as it stands by nobody: then the given order has to do.
class word_finder {
 public:
  constexpr explicit word_finder(const std::vector<named_text>& items) {
    std::size_t capacity = 4;
    while (capacity < items.size() * 2)
      capacity *= 2;
    slots_.assign(capacity, {});
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i].name.empty())
        continue;
      const std::uint64_t hash = hash_word(items[i].name);
      std::size_t slot = (hash >> 32) & (capacity - 1);
      while (slots_[slot].item >= 0)
        slot = (slot + 1) & (capacity - 1);
      slots_[slot] = {hash, static_cast<int>(i)};
    }
  }

  /// Calls `found(item)` for each time that the text has an item's name as a word.
  template <class Found>
  constexpr void each(std::string_view text, Found found) const {
    const auto letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
             static_cast<unsigned char>(c) >= 0x80;
    };
    std::size_t start = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (i != text.size() && letter(text[i]))
        continue;
      if (i != start) {
        const std::uint64_t hash = hash_word(text.substr(start, i - start));
        for (std::size_t slot = (hash >> 32) & (slots_.size() - 1); slots_[slot].item >= 0;
             slot = (slot + 1) & (slots_.size() - 1))
          if (slots_[slot].hash == hash)
            found(static_cast<std::size_t>(slots_[slot].item));
      }
      start = i + 1;
    }
  }

 private:
  struct entry {
    std::uint64_t hash = 0;
    int item = -1;
  };
  std::vector<entry> slots_;
};

/// The most items that are put in order. More than that come from a database, which gives them in an order that works,
/// or would cost a compiler too much.
inline constexpr std::size_t most_ordered = 128;

/// An order in which every item stands behind those that its text names, and otherwise as it is given. In a circle the
/// one that is given first goes first.
constexpr std::vector<std::size_t> order_by_names(const std::vector<named_text>& items) {
  std::vector<std::size_t> order;
  if (items.size() < 2 || items.size() > most_ordered) {
    for (std::size_t i = 0; i < items.size(); ++i)
      order.push_back(i);
    return order;
  }
  const word_finder names(items);
  struct need {
    std::size_t user;
    std::size_t needed;
  };
  std::vector<need> needs;
  std::vector<std::size_t> waits(items.size(), 0);
  for (std::size_t i = 0; i < items.size(); ++i)
    names.each(items[i].text, [&](std::size_t needed) {
      // Overloaded functions name each other by their own name.
      if (needed == i || hash_word(items[needed].name) == hash_word(items[i].name))
        return;
      needs.push_back({i, needed});
      ++waits[i];
    });
  std::vector<char> done(items.size(), 0);
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
