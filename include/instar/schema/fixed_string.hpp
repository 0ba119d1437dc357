#pragma once

#include <cstddef>
#include <string_view>

namespace instar {

/// A text that can be a template argument, which is how it gets into a compiler's message.
template <std::size_t N>
struct fixed_string {
  char text[N + 1]{};
  constexpr fixed_string() = default;
  constexpr fixed_string(const char (&literal)[N + 1]) {
    for (std::size_t i = 0; i < N; ++i)
      text[i] = literal[i];
  }
  constexpr std::string_view view() const { return {text, N}; }
  // What a static_assert with a computed message asks of it (P2741).
  constexpr const char* data() const { return text; }
  constexpr std::size_t size() const { return N; }
};
template <std::size_t N>
fixed_string(const char (&)[N]) -> fixed_string<N - 1>;

}  // namespace instar
