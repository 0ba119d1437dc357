#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

/// \file Text as constant evaluations can afford it: compared by one builtin, hashed once, written twice.

namespace instar::detail {

/// A text that is handed over. clang counts the characters of a literal by a builtin; std::string_view does it in a
/// loop, and a schema of a thousand objects would spend its whole constant evaluation there. g++ has more to spend, and
/// takes the builtin of literals alone.
struct counted_text {
  std::string_view text;

#if defined(__clang__)
  constexpr counted_text(const char* given) : text(given, __builtin_strlen(given)) {}
#else
  constexpr counted_text(const char* given) : text(given) {}
#endif
  constexpr counted_text(const char* given, std::size_t size) : text(given, size) {}
  template <class Text>
  requires std::is_convertible_v<const Text&, std::string_view>
  constexpr counted_text(const Text& given) : text(given) {}
};

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
