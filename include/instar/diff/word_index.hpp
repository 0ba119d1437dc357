#pragma once

#include "instar/schema/compare.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// \file Which of many SQL texts mention a name.

namespace instar::detail {

/// The words of SQL texts, so that a name is looked up instead of looked for: `mentions` reads a whole text for each
/// name.
class word_index {
 public:
  /// Adds a text. Its position is how many were added before it; it must outlive this object.
  constexpr void add(std::string_view text) {
    const std::size_t position = texts_.size();
    texts_.push_back(text);
    std::uint64_t hash = 0;
    bool within = false;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      const bool more = i < text.size() && letter(text[i]);
      if (more)
        hash = (hash + static_cast<unsigned char>(small(text[i])) + 1) * hash_base;
      else if (within)
        words_.push_back({hash, position});
      if (!more)
        hash = 0;
      within = more;
    }
  }

  /// Calls `use(position)` for each text that mentions a name, from the first to the last.
  template <class Use>
  constexpr void each(std::string_view name, Use use) {
    std::uint64_t hash = 0;
    for (char c : name) {
      if (!letter(c))
        return each_by_reading(name, use);
      hash = (hash + static_cast<unsigned char>(small(c)) + 1) * hash_base;
    }
    if (ends_.empty())
      order();
    const std::size_t bucket = bucket_of(hash);
    std::size_t last = texts_.size();
    for (std::size_t i = bucket == 0 ? 0 : ends_[bucket - 1]; i < ends_[bucket]; ++i) {
      const word& w = ordered_[i];
      if (w.hash != hash || w.text == last || !mentions(texts_[w.text], name))
        continue;
      last = w.text;
      use(w.text);
    }
  }

 private:
  struct word {
    std::uint64_t hash = 0;
    std::size_t text = 0;
  };

  static constexpr bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  }
  static constexpr char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

  /// A name of several words, or with quotes in it.
  template <class Use>
  constexpr void each_by_reading(std::string_view name, Use use) const {
    for (std::size_t i = 0; i < texts_.size(); ++i)
      if (mentions(texts_[i], name))
        use(i);
  }

  constexpr std::size_t bucket_of(std::uint64_t hash) const { return (hash ^ (hash >> 29)) & (ends_.size() - 1); }

  /// Puts the words into buckets by their hashes, in each in the order of the texts.
  constexpr void order() {
    std::size_t buckets = 4;
    while (buckets < words_.size())
      buckets *= 2;
    ends_.assign(buckets, 0);
    for (const word& w : words_)
      ++ends_[bucket_of(w.hash)];
    std::size_t sum = 0;
    for (std::size_t& end : ends_) {
      const std::size_t count = end;
      end = sum;
      sum += count;
    }
    ordered_.assign(words_.size(), {});
    for (const word& w : words_)
      ordered_[ends_[bucket_of(w.hash)]++] = w;
  }

  std::vector<std::string_view> texts_{};
  std::vector<word> words_{};
  std::vector<word> ordered_{};
  std::vector<std::size_t> ends_{};  ///< Where each bucket ends in `ordered_`.
};

}  // namespace instar::detail
