#pragma once

#include <instar/migrate/error.hpp>
#include <instar/migrate/file.hpp>
#include <instar/migrate/snapshot_members.hpp>
#include <instar/schema/owned.hpp>
#include <instar/schema/schema.hpp>
#include <instar/schema/snapshot.hpp>
#include <instar/sql/script.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// \file A snapshot header read at run time: a parser of exactly the C++ that the writer writes.

namespace instar {

/// A snapshot that owns what it looks at.
class owned_snapshot {
 public:
  owned_snapshot() = default;

  /// \param read looks into `owner`, whose own view is not used.
  owned_snapshot(owned_schema owner, const snapshot& read) : owner_(std::move(owner)), view_(read) {}

  /// Valid as long as this object, or the one it was moved to.
  [[nodiscard]] const snapshot& view() const noexcept { return view_; }

 private:
  owned_schema owner_;
  snapshot view_{};
};

namespace detail {

/// A value as the header spells it: what it means is decided by the member that it is for.
struct snapshot_value {
  enum class kind : unsigned char { text, number, name, address, list };
  kind what = kind::list;
  std::string text{};  ///< of a text: unescaped; otherwise as it is spelt, with its sign
  std::vector<std::pair<std::string, snapshot_value>> elements{};  ///< with the member's name where one is given
  std::size_t offset = 0;
};

struct snapshot_variable {
  std::string type;
  snapshot_value value;
};

class snapshot_parser {
 public:
  snapshot_parser(std::string_view file, std::string_view text) : file_(file), text_(text) {}

  /// Every variable of the header by its name without namespace.
  [[nodiscard]] std::map<std::string, snapshot_variable, std::less<>> run() {
    std::map<std::string, snapshot_variable, std::less<>> variables;
    if (text_.starts_with(byte_order_mark))
      at_ = byte_order_mark.size();
    std::size_t namespaces = 0;
    for (skip_blank(); at_ < text_.size(); skip_blank()) {
      if (take("}")) {
        if (namespaces == 0)
          fail("This } closes nothing.", at_ - 1);
        --namespaces;
        continue;
      }
      const std::size_t begin = at_;
      const std::string word = name("a declaration");
      if (word == "namespace") {
        (void)name("the namespace's name");
        expect("{");
        ++namespaces;
        continue;
      }
      if (word == "using") {
        at_ = std::min(text_.find(';', at_), text_.size() - 1) + 1;
        continue;
      }
      if (word != "inline" || name("`constexpr`") != "constexpr")
        fail("A declaration here begins with `inline constexpr`.", begin);
      snapshot_variable variable;
      variable.type = name("a type");
      const std::string variable_name = name("a variable's name");
      if (take("["))
        expect("]");
      (void)take("=");
      variable.value = value(0);
      expect(";");
      if (!variables.emplace(variable_name, std::move(variable)).second)
        fail("`" + variable_name + "` is defined twice.", begin);
    }
    if (namespaces != 0)
      fail("A namespace is not closed.", text_.size());
    return variables;
  }

  [[noreturn]] void fail(std::string message, std::size_t offset) const {
    migration_error_fields fields;
    fields.message = "The snapshot cannot be read: " + std::move(message);
    fields.remedy = "Restore the file from version control, or let `generate` write it anew.";
    fields.state = "Nothing was changed.";
    fields.location = locate(std::string{file_}, text_, offset);
    throw migration_error{migration_code::snapshot_broken, std::move(fields)};
  }

 private:
  static constexpr std::size_t deepest = 32;  // the writer nests four deep

  static bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
  static bool is_name_part(char c) { return is_name_start(c) || is_sql_digit(c); }

  // Lines of the preprocessor are passed over: #pragma once, the #include, a pragma for clang.
  void skip_blank() {
    while (at_ < text_.size()) {
      if (is_sql_blank(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_).starts_with("//") || text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_.substr(at_).starts_with("/*")) {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos)
          fail("This comment has no end.", at_);
        at_ = end + 2;
      } else {
        return;
      }
    }
  }

  bool take(std::string_view symbol) {
    skip_blank();
    if (!text_.substr(at_).starts_with(symbol))
      return false;
    at_ += symbol.size();
    return true;
  }

  void expect(std::string_view symbol) {
    if (!take(symbol))
      fail("`" + std::string{symbol} + "` is missing.", at_);
  }

  /// An identifier with its namespaces.
  std::string name(std::string_view what) {
    skip_blank();
    const std::size_t begin = at_;
    while (at_ < text_.size()) {
      if (is_name_start(text_[at_])) {
        while (at_ < text_.size() && is_name_part(text_[at_]))
          ++at_;
        if (!text_.substr(at_).starts_with("::"))
          return std::string{text_.substr(begin, at_ - begin)};
        at_ += 2;
      } else {
        break;
      }
    }
    fail(std::string{what} + " is missing.", begin);
  }

  snapshot_value value(std::size_t depth) {
    skip_blank();
    if (depth > deepest)
      fail("The value is nested too deep.", at_);
    snapshot_value read;
    read.offset = at_;
    const char first = at_ < text_.size() ? text_[at_] : '\0';
    if (first == '{') {
      read.elements = list(depth);
    } else if (first == '"') {
      read.what = snapshot_value::kind::text;
      read.text = literals();
    } else if (first == '&') {
      ++at_;
      read.what = snapshot_value::kind::address;
      read.text = name("a variable's name");
    } else if (is_sql_digit(first) || first == '-') {
      read.what = snapshot_value::kind::number;
      read.text = number();
    } else {
      read.what = snapshot_value::kind::name;
      read.text = name("a value");
      if (take("("))
        builtin_arguments();
    }
    return read;
  }

  std::vector<std::pair<std::string, snapshot_value>> list(std::size_t depth) {
    expect("{");
    std::vector<std::pair<std::string, snapshot_value>> elements;
    while (!take("}")) {
      std::string member;
      if (take(".")) {
        member = name("a member's name");
        expect("=");
      }
      elements.emplace_back(std::move(member), value(depth + 1));
      if (take(","))
        continue;
      expect("}");
      break;
    }
    return elements;
  }

  /// __builtin_huge_val() and __builtin_nan(""), the only calls that there are.
  void builtin_arguments() {
    skip_blank();
    if (at_ < text_.size() && text_[at_] == '"')
      (void)literals();
    expect(")");
  }

  std::string number() {
    const std::size_t begin = at_;
    std::string digits;
    if (take("-"))
      digits += '-';
    skip_blank();
    if (digits == "-" && at_ < text_.size() && is_name_start(text_[at_])) {
      digits += name("a number");
      expect("(");
      builtin_arguments();
      return digits;
    }
    while (at_ < text_.size() && (is_name_part(text_[at_]) || text_[at_] == '.' ||
                                  ((text_[at_] == '+' || text_[at_] == '-') && text_[at_ - 1] == 'e')))
      digits += text_[at_++];
    if (digits.empty() || digits == "-")
      fail("A number is missing.", begin);
    if (take("- 1"))  // the lowest number, which has no literal of its own
      digits += " - 1";
    return digits;
  }

  /// One string literal, or several in a row; the last has the suffix.
  std::string literals() {
    std::string all;
    do {
      literal(all);
      if (text_.substr(at_).starts_with("sv"))
        at_ += 2;
      skip_blank();
    } while (at_ < text_.size() && text_[at_] == '"');
    return all;
  }

  void literal(std::string& all) {
    const std::size_t begin = at_++;
    for (;;) {
      if (at_ >= text_.size() || text_[at_] == '\n')
        fail("This text has no end.", begin);
      const char c = text_[at_++];
      if (c == '"')
        return;
      if (c != '\\') {
        all += c;
        continue;
      }
      const char escape = at_ < text_.size() ? text_[at_++] : '\0';
      switch (escape) {
      case 'n':
        all += '\n';
        break;
      case 't':
        all += '\t';
        break;
      case '"':
      case '\\':
      case '?':
        all += escape;
        break;
      default:
        all += octal(escape);
        break;
      }
    }
  }

  char octal(char first) {
    const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
    if (first < '0' || first > '3' || at_ + 2 > text_.size() || !is_octal(text_[at_]) || !is_octal(text_[at_ + 1]))
      fail("This escape is none that instar writes.", at_ - 2);
    const int code = (first - '0') * 64 + (text_[at_] - '0') * 8 + (text_[at_ + 1] - '0');
    at_ += 2;
    return static_cast<char>(static_cast<unsigned char>(code));
  }

  std::string_view file_;
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Makes the structs of the variables that a header defines.
class snapshot_builder {
 public:
  explicit snapshot_builder(snapshot_parser& parser) : parser_(parser), variables_(parser.run()) {}

  [[nodiscard]] owned_snapshot run() {
    const auto found = variables_.find("snapshot");
    if (found == variables_.end() || found->second.type != struct_of<snapshot>::name)
      parser_.fail("It defines no `instar::snapshot snapshot`.", 0);
    const auto read = as<snapshot>(found->second.value);
    return owned_snapshot{std::move(owner_), read};
  }

 private:
  using kind = snapshot_value::kind;

  template <class Type>
  struct element_of {};
  template <class Element>
  struct element_of<std::span<const Element>> {
    using type = Element;
  };

  /// The variable that a name refers to, with or without the namespace of the parts.
  const snapshot_variable& variable(const snapshot_value& reference) {
    std::string_view name = reference.text;
    if (const std::size_t colons = name.rfind("::"); colons != std::string_view::npos)
      name.remove_prefix(colons + 2);
    const auto found = variables_.find(name);
    if (found == variables_.end())
      parser_.fail("`" + reference.text + "` is not defined in this file.", reference.offset);
    return found->second;
  }

  template <class Type>
  Type as(const snapshot_value& value) {
    if constexpr (std::is_same_v<Type, std::string_view>) {
      if (value.what != kind::text)
        parser_.fail("A text is expected here.", value.offset);
      return owner_.text(value.text);
    } else if constexpr (std::is_same_v<Type, bool>) {
      if (value.what != kind::name || (value.text != "true" && value.text != "false"))
        parser_.fail("`true` or `false` is expected here.", value.offset);
      return value.text == "true";
    } else if constexpr (std::is_enum_v<Type>) {
      return enumerator<Type>(value);
    } else if constexpr (std::is_integral_v<Type>) {
      return integer<Type>(value);
    } else if constexpr (std::is_same_v<Type, double>) {
      return real(value);
    } else if constexpr (std::is_same_v<Type, const enumeration*>) {
      return enumeration_at(value);
    } else if constexpr (requires { typename element_of<Type>::type; }) {
      return array<typename element_of<Type>::type>(value);
    } else {
      return object<Type>(value);
    }
  }

  template <class Object>
  Object object(const snapshot_value& value) {
    if (value.what == kind::name) {  // an array of enumerations lists variables
      const snapshot_variable& named = variable(value);
      if (named.type != struct_of<Object>::name || named.value.what != kind::list)
        parser_.fail("`" + value.text + "` is no " + std::string{struct_of<Object>::name} + ".", value.offset);
      return object<Object>(named.value);
    }
    if (value.what != kind::list)
      parser_.fail("Members in braces are expected here.", value.offset);
    Object made{};
    for (const auto& element : value.elements) {
      bool known = false;
      const auto set = [&](const auto& member) {
        if (known || member.name != element.first)
          return;
        known = true;
        using Member = std::remove_cvref_t<decltype(made.*member.pointer)>;
        made.*member.pointer = as<Member>(element.second);
      };
      std::apply([&](const auto&... member) { (set(member), ...); }, struct_of<Object>::members);
      if (!known)
        parser_.fail(std::string{struct_of<Object>::name} + " has no member `" + element.first +
                         "`; a newer instar may have written it.",
                     element.second.offset);
    }
    return made;
  }

  template <class Element>
  std::span<const Element> array(const snapshot_value& value) {
    const snapshot_value* list = &value;
    if (value.what == kind::name) {
      const snapshot_variable& named = variable(value);
      if (named.type != element_name<Element>())
        parser_.fail("`" + value.text + "` is no array of " + std::string{element_name<Element>()} + ".", value.offset);
      list = &named.value;
    }
    if (list->what != kind::list)
      parser_.fail("An array is expected here.", value.offset);
    if (++open_arrays_ > deepest_array)
      parser_.fail("The arrays refer to each other in a circle.", value.offset);
    std::vector<Element> elements;
    elements.reserve(list->elements.size());
    for (const auto& [name, element] : list->elements) {
      if (!name.empty())
        parser_.fail("An array has no members.", element.offset);
      elements.push_back(as<Element>(element));
    }
    --open_arrays_;
    return owner_.array(elements);
  }

  template <class Element>
  static constexpr std::string_view element_name() {
    if constexpr (std::is_same_v<Element, std::string_view>)
      return "std::string_view";
    else
      return struct_of<Element>::name;
  }

  const enumeration* enumeration_at(const snapshot_value& value) {
    if (value.what != kind::address)
      parser_.fail("The address of an enumeration is expected here.", value.offset);
    const auto known = enumerations_.find(value.text);
    if (known != enumerations_.end())
      return known->second;
    const snapshot_variable& named = variable(value);
    if (named.type != struct_of<enumeration>::name)
      parser_.fail("`" + value.text + "` is no enumeration.", value.offset);
    const enumeration* made = owner_.array({object<enumeration>(named.value)}).data();
    enumerations_.emplace(value.text, made);
    return made;
  }

  template <class Enumeration>
  Enumeration enumerator(const snapshot_value& value) {
    const std::string prefix = std::string{enumeration_name<Enumeration>} + "::";
    if (value.what == kind::name && value.text.starts_with(prefix)) {
      const std::string_view wanted = std::string_view{value.text}.substr(prefix.size());
      for (unsigned char number = 0;; ++number) {
        const auto candidate = static_cast<Enumeration>(number);
        const std::string_view name = enumerator_name(candidate);
        if (name.empty())
          break;
        if (name == wanted)
          return candidate;
      }
    }
    parser_.fail("A value of " + std::string{enumeration_name<Enumeration>} + " is expected here.", value.offset);
  }

  template <class Integer>
  Integer integer(const snapshot_value& value) {
    std::string_view digits = value.text;
    const bool lowest = digits.ends_with(" - 1");
    if (lowest)
      digits.remove_suffix(4);
    for (const std::string_view suffix : {"ull", "ll"})
      if (digits.ends_with(suffix)) {
        digits.remove_suffix(suffix.size());
        break;
      }
    int base = 10;
    if (digits.starts_with("0x")) {
      base = 16;
      digits.remove_prefix(2);
    }
    Integer number{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    if (value.what != kind::number || error != std::errc{} || end != digits.data() + digits.size() ||
        (lowest && number == std::numeric_limits<Integer>::min()))
      parser_.fail("A number is expected here.", value.offset);
    return lowest ? static_cast<Integer>(number - 1) : number;
  }

  double real(const snapshot_value& value) {
    if (value.text == "__builtin_huge_val")
      return std::numeric_limits<double>::infinity();
    if (value.text == "-__builtin_huge_val")
      return -std::numeric_limits<double>::infinity();
    if (value.text == "__builtin_nan")
      return std::numeric_limits<double>::quiet_NaN();
    double number = 0;
    const char* const end = value.text.data() + value.text.size();
    const auto [stop, error] = std::from_chars(value.text.data(), end, number);
    if (value.what != kind::number || error != std::errc{} || stop != end)
      parser_.fail("A number is expected here.", value.offset);
    return number;
  }

  static constexpr std::size_t deepest_array = 8;  // tables, indexes, parts: three

  snapshot_parser& parser_;
  std::map<std::string, snapshot_variable, std::less<>> variables_;
  std::map<std::string, const enumeration*, std::less<>> enumerations_;
  std::size_t open_arrays_ = 0;
  owned_schema owner_;
};

}  // namespace detail

/// Reads a snapshot header.
///
/// \param file what errors call it
/// \throws migration_error `snapshot_conflict` for the marks of an unfinished merge, `snapshot_broken` for anything
/// that
///         the writer does not write, with the place
[[nodiscard]] inline owned_snapshot parse_snapshot(std::string_view file, std::string_view text) {
  if (const std::size_t marker = detail::find_conflict_marker(text); marker != std::string_view::npos) {
    migration_error_fields fields;
    fields.message = "The snapshot holds the marks of a merge that was not finished.";
    fields.remedy = "Keep the migrations of both sides, merge the models, then let `generate` write the snapshot anew.";
    fields.state = "Nothing was changed.";
    fields.location = detail::locate(std::string{file}, text, marker);
    throw migration_error{migration_code::snapshot_conflict, std::move(fields)};
  }
  detail::snapshot_parser parser{file, text};
  return detail::snapshot_builder{parser}.run();
}

}  // namespace instar
