#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// \file What generated C++ calls the things of a database.

namespace instar::cli::detail {

[[nodiscard]] constexpr bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}
[[nodiscard]] constexpr bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}
[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_name_character(char c) noexcept {
  return is_upper(c) || is_lower(c) || is_digit(c) || c == '_';
}
[[nodiscard]] constexpr char to_upper(char c) noexcept {
  return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
}
[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The keywords of C++20 and those that compilers add, the namespaces that a models header speaks of, and macros of the
/// headers that programs include beside it. Sorted.
inline constexpr auto reserved_names = std::to_array<std::string_view>({
    "BUFSIZ",
    "CHAR_BIT",
    "CHAR_MAX",
    "CHAR_MIN",
    "CLOCKS_PER_SEC",
    "DBL_MAX",
    "DBL_MIN",
    "DOMAIN",
    "EACCES",
    "EAGAIN",
    "EBUSY",
    "EDOM",
    "EEXIST",
    "EINTR",
    "EINVAL",
    "EIO",
    "ENOENT",
    "ENOMEM",
    "EOF",
    "EPERM",
    "EPIPE",
    "ERANGE",
    "EXIT_FAILURE",
    "EXIT_SUCCESS",
    "FALSE",
    "FLT_MAX",
    "FLT_MIN",
    "HUGE_VAL",
    "I",
    "INFINITY",
    "INT16_MAX",
    "INT16_MIN",
    "INT32_MAX",
    "INT32_MIN",
    "INT64_MAX",
    "INT64_MIN",
    "INT8_MAX",
    "INT8_MIN",
    "INT_MAX",
    "INT_MIN",
    "LLONG_MAX",
    "LLONG_MIN",
    "LONG_MAX",
    "LONG_MIN",
    "M_E",
    "M_PI",
    "NAN",
    "NDEBUG",
    "NULL",
    "OVERFLOW",
    "PATH_MAX",
    "RAND_MAX",
    "SCHAR_MAX",
    "SCHAR_MIN",
    "SEEK_CUR",
    "SEEK_END",
    "SEEK_SET",
    "SHRT_MAX",
    "SHRT_MIN",
    "SIGABRT",
    "SIGINT",
    "SIGSEGV",
    "SIGTERM",
    "SIG_DFL",
    "SIG_ERR",
    "SIG_IGN",
    "SIZE_MAX",
    "TRUE",
    "UCHAR_MAX",
    "UINT16_MAX",
    "UINT32_MAX",
    "UINT64_MAX",
    "UINT8_MAX",
    "UINT_MAX",
    "ULLONG_MAX",
    "ULONG_MAX",
    "UNDERFLOW",
    "USHRT_MAX",
    "WCHAR_MAX",
    "WCHAR_MIN",
    "WEOF",
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "assert",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "errno",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "i386",
    "if",
    "inline",
    "instar",
    "int",
    "linux",
    "long",
    "major",
    "makedev",
    "minor",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "offsetof",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "return",
    "setjmp",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "std",
    "stderr",
    "stdin",
    "stdout",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "typeof",
    "union",
    "unix",
    "unsigned",
    "using",
    "va_arg",
    "va_end",
    "va_start",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
});
static_assert(std::is_sorted(reserved_names.begin(), reserved_names.end()));

/// Whether a name means something to the compiler or to a macro already.
[[nodiscard]] inline bool is_reserved(std::string_view name) {
  return std::binary_search(reserved_names.begin(), reserved_names.end(), name) || name.starts_with("instar_") ||
         name.starts_with("INSTAR_");
}

/// The names that one scope has.
class scope_names {
 public:
  scope_names() = default;
  explicit scope_names(std::set<std::string, std::less<>> taken) : taken_(std::move(taken)) {}

  /// The first of the wishes that is free, or else the first with a number.
  std::string take(const std::vector<std::string>& wishes) {
    for (const std::string& wish : wishes)
      if (taken_.insert(wish).second)
        return wish;
    for (int n = 2;; ++n)
      if (std::string numbered = wishes.front() + std::to_string(n); taken_.insert(numbered).second)
        return numbered;
  }
  std::string take(const std::string& wish) { return take(std::vector<std::string>{wish}); }

  [[nodiscard]] bool has(std::string_view name) const { return taken_.find(name) != taken_.end(); }
  [[nodiscard]] const std::set<std::string, std::less<>>& all() const noexcept { return taken_; }

 private:
  std::set<std::string, std::less<>> taken_;
};

/// Any text as an identifier: what no identifier has becomes an underscore, and nothing that compilers keep to
/// themselves is left (https://eel.is/c++draft/lex.name#3).
/// \param otherwise for a text of which nothing is left
[[nodiscard]] inline std::string identifier_of(std::string_view text, std::string_view otherwise) {
  std::string name;
  for (const char c : text) {
    const char next = is_name_character(c) ? c : '_';
    if (next != '_' || name.empty() || name.back() != '_')
      name += next;
  }
  // An underscore that stands for something else says nothing at an end.
  if (!text.empty() && name.size() > 1 && name.back() == '_' && text.back() != '_')
    name.pop_back();
  if (name.size() > 1 && name[0] == '_' && (text[0] != '_' || is_upper(name[1])))
    name.erase(0, 1);
  if (name.empty() || name == "_")
    name = otherwise;
  if (is_digit(name[0]))
    name.insert(0, "_");
  if (is_reserved(name))
    name += '_';
  return name;
}

/// The words of a name, in lower case: "order_items", "OrderItems" and "ORDER ITEMS" have the same two.
[[nodiscard]] inline std::vector<std::string> words_of(std::string_view name) {
  const bool has_small = std::any_of(name.begin(), name.end(), is_lower);
  std::vector<std::string> words;
  bool fresh = true;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_name_character(c) || c == '_') {
      fresh = true;
      continue;
    }
    const bool follows_small = i != 0 && (is_lower(name[i - 1]) || is_digit(name[i - 1]));
    const bool precedes_small = i != 0 && is_upper(name[i - 1]) && i + 1 < name.size() && is_lower(name[i + 1]);
    if (fresh || (has_small && is_upper(c) && (follows_small || precedes_small)))
      words.emplace_back();
    fresh = false;
    words.back() += to_lower(c);
  }
  return words;
}

/// An English noun in the singular, as far as its ending tells; what it does not know stays.
[[nodiscard]] inline std::string singular(std::string word) {
  struct pair {
    std::string_view many, one;
  };
  constexpr auto irregular = std::to_array<pair>({{"aliases", "alias"},
                                                  {"buses", "bus"},
                                                  {"caches", "cache"},
                                                  {"children", "child"},
                                                  {"cookies", "cookie"},
                                                  {"movies", "movie"},
                                                  {"news", "news"},
                                                  {"people", "person"},
                                                  {"series", "series"},
                                                  {"species", "species"},
                                                  {"statuses", "status"},
                                                  {"viruses", "virus"}});
  for (const pair& known : irregular)
    if (word == known.many)
      return std::string{known.one};
  const auto ends = [&word](std::string_view ending) { return word.size() > ending.size() && word.ends_with(ending); };
  const auto without = [&word](std::size_t count) { return word.substr(0, word.size() - count); };
  if (ends("ies") && word.size() > 4)
    return without(3) + 'y';
  for (const std::string_view ending : {"sses", "xes", "ches", "shes"})
    if (ends(ending))
      return without(2);
  if (ends("s") && !ends("ss") && !ends("us") && !ends("is"))
    return without(1);
  return word;
}

/// "order_items" as a class is called: "OrderItem", or "OrderItems" where it shall stay plural.
[[nodiscard]] inline std::string class_name(std::string_view name, bool make_singular) {
  std::vector<std::string> words = words_of(name);
  if (make_singular && !words.empty())
    words.back() = singular(words.back());
  std::string made;
  for (const std::string& word : words) {
    // "v1_2" is not "V12".
    if (!made.empty() && is_digit(made.back()) && is_digit(word[0]))
      made += '_';
    made += to_upper(word[0]);
    made += word.substr(1);
  }
  if (made.empty() || is_digit(made[0]))
    made.insert(0, "T");
  if (is_reserved(made))
    made += '_';
  return made;
}

/// What INSTAR_ENUM derives from an enum's name: see `instar::detail::snake_case`.
[[nodiscard]] inline std::string snake_name(std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool starts_word =
        is_upper(name[i]) && i != 0 &&
        (!is_upper(name[i - 1]) || (i + 1 < name.size() && name[i + 1] != '_' && !is_upper(name[i + 1])));
    if (starts_word && name[i - 1] != '_')
      text += '_';
    text += to_lower(name[i]);
  }
  return text;
}

}  // namespace instar::cli::detail
