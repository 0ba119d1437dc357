#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

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

namespace detail {

#if defined(__clang__)
// clang prints no more than 36 characters of a text argument, so that a longer text is several arguments.
constexpr std::size_t shown_end(std::string_view text, std::size_t begin) {
  constexpr std::size_t shown = 36;
  if (text.size() - begin <= shown)
    return text.size();
  for (std::size_t end = begin + shown; end > begin; --end)
    if (text[end - 1] == ' ')
      return end;
  return begin + shown;
}

constexpr std::size_t shown_parts(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < text.size(); begin = shown_end(text, begin))
    ++count;
  return count;
}

template <const auto& Text, std::size_t Number>
constexpr auto shown_part() {
  constexpr std::size_t begin = [] {
    std::size_t at = 0;
    for (std::size_t i = 0; i < Number; ++i)
      at = shown_end(Text.view(), at);
    return at;
  }();
  constexpr std::size_t size = shown_end(Text.view(), begin) - begin;
  fixed_string<size> cut;
  // With the end, which clang wants to have seen before it prints characters instead of numbers.
  for (std::size_t i = 0; i <= size; ++i)
    cut.text[i] = i < size ? Text.text[begin + i] : '\0';
  return cut;
}

template <template <fixed_string...> class Message, const auto& Text, std::size_t... Number>
auto in_pieces(std::index_sequence<Number...>) -> Message<shown_part<Text, Number>()...>;

/// Never called: its type is the message with the text, as this compiler prints all of it.
template <template <fixed_string...> class Message, const auto& Text>
auto told() -> decltype(in_pieces<Message, Text>(std::make_index_sequence<shown_parts(Text.view())>{}));
#else
/// Never called: its type is the message with the text. No alias, for g++ would print the alias.
template <template <fixed_string...> class Message, const auto& Text>
auto told() -> Message<Text>;
#endif

}  // namespace detail

}  // namespace instar
