#pragma once

#include <instar/migrate/snapshot_members.hpp>
#include <instar/schema/schema.hpp>
#include <instar/schema/snapshot.hpp>
#include <instar/sql/script.hpp>

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// \file A snapshot as a C++ header.

namespace instar::detail {

/// Whether a code point may stand in a literal as it is: what a reader cannot see, or what reorders the text around it
/// (https://www.unicode.org/reports/tr9/), is escaped.
[[nodiscard]] constexpr bool shows_as_itself(char32_t c) noexcept {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  return !(c < 0x20 || within(0x7F, 0xA0) || c == 0xAD || c == 0x61C || within(0x180B, 0x180F) ||
           within(0x2000, 0x200F) || within(0x2028, 0x202F) || within(0x205F, 0x206F) || c == 0x3000 ||
           within(0xE000, 0xF8FF) || within(0xFE00, 0xFE0F) || c == 0xFEFF || within(0xFFF0, 0xFFFF) ||
           within(0xE0000, 0x10FFFF));
}

/// A C++ string literal of that text, whatever is in it; several adjacent ones, a line each, where it has lines.
///
/// Everything unusual is an octal escape of three digits: unlike a hexadecimal one it ends by itself.
/// \param indent what begins each further line
[[nodiscard]] inline std::string cpp_literal(std::string_view text, std::string_view indent) {
  std::string out = "\"";
  const auto octal = [&out](char byte) {
    const auto value = static_cast<unsigned char>(byte);
    out += '\\';
    out += static_cast<char>('0' + (value >> 6U));
    out += static_cast<char>('0' + ((value >> 3U) & 7U));
    out += static_cast<char>('0' + (value & 7U));
  };
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '?' && i != 0 && text[i - 1] == '?') {
      out += "\\?";  // two in a row could begin a trigraph
    } else if (c == '\n') {
      out += "\\n";
      if (i + 1 != text.size())
        out += "\"\n" + std::string{indent} + "\"";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      octal(c);
    } else if (byte < 0x80) {
      out += c;
    } else {
      const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
      const std::string_view character = text.substr(i, length);
      bool whole = character.size() == length && !first_invalid_utf8(character);
      if (whole) {
        char32_t code = byte & (0xFFU >> (length + 1));
        for (const char continuation : character.substr(1))
          code = code << 6U | (static_cast<unsigned char>(continuation) & 0x3FU);
        whole = shows_as_itself(code);
      }
      if (whole) {
        out += character;
        i += length;
        continue;
      }
      octal(c);
    }
    ++i;
  }
  return out += '"';
}

/// Writes the header: every array under a name made of the names of what it belongs to, so that a change of one table
/// changes the lines of that table alone.
class snapshot_writer {
 public:
  [[nodiscard]] std::string run(const snapshot& written) {
    for (const enumeration& e : written.schema.enumerations)
      name_of_enumeration(e);
    const std::string value = initialiser(written, "", true);
    std::string header =
        "// The schema after the last migration, for INSTAR_CHECK_MIGRATED and for the next plan.\n"
        "// Written by `migrate dev`; `generate` brings it up to date. Do not edit, and do commit it.\n"
        "#pragma once\n\n"
        "#include <instar/instar.hpp>\n\n"
        "#include <string_view>\n\n";
    if (longest_literal_ > shortest_overlong_literal)
      header += "#if defined(__clang__)\n#pragma clang diagnostic ignored \"-Woverlength-strings\"\n#endif\n\n";
    header += "namespace migrations {\n";
    if (!arrays_.empty())
      header += "namespace snapshot_parts {\nusing namespace std::string_view_literals;\n\n" + arrays_ +
                "\n}  // namespace snapshot_parts\n";
    header += "\ninline constexpr instar::snapshot snapshot" + value + ";\n\n}  // namespace migrations\n";
    return header;
  }

 private:
  // What the standard asks of every implementation, [implimits]; clang warns above it when it is pedantic.
  static constexpr std::size_t shortest_overlong_literal = 65536;

  /// An identifier that nothing else here has, from a name that may hold anything.
  std::string identifier(std::string_view wanted) {
    std::string plain;
    for (const char c : wanted) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (letter)
        plain += c;
      else if (!plain.ends_with('_'))  // two underscores in a row belong to the implementation
        plain += '_';
    }
    if (plain.empty() || plain.front() == '_' || (plain.front() >= '0' && plain.front() <= '9'))
      plain.insert(0, plain.starts_with('_') ? "x" : "x_");
    std::string unique = plain;
    for (int n = 2; !used_.insert(unique).second; ++n)
      unique = plain + (plain.ends_with('_') ? "" : "_") + std::to_string(n);
    return unique;
  }

  static std::string joined(std::string_view stem, std::string_view name) {
    if (stem.empty() || name.empty())
      return std::string{stem.empty() ? name : stem};
    return std::string{stem} + "_" + std::string{name};
  }

  /// The variable that holds an enumeration, written when it is first needed.
  std::string name_of_enumeration(const enumeration& e) {
    const auto key = std::pair{std::string{e.schema}, std::string{e.name}};
    if (const auto known = enumerations_.find(key); known != enumerations_.end())
      return known->second;
    const std::string stem = joined(e.schema, e.name);
    std::string value = initialiser(e, stem, false);
    const std::string name = identifier(joined(stem, "enumeration"));
    arrays_ += "inline constexpr instar::enumeration " + name + std::move(value) + ";\n";
    enumerations_.emplace(key, name);
    return name;
  }

  std::string literal(std::string_view text) {
    longest_literal_ = text.size() > longest_literal_ ? text.size() : longest_literal_;
    // The suffix hands the compiler the length, which it would else count in a constant evaluation, a third of the
    // cost of a snapshot; and a text may hold a NUL.
    return cpp_literal(text, "        ") + "sv";
  }

  // One overload for each type that a member has; an empty result: the default, which is left out.

  std::string value(std::string_view text, const std::string_view& initial, std::string_view) {
    return text == initial ? std::string{} : literal(text);
  }

  std::string value(bool given, const bool& initial, std::string_view) {
    return given == initial ? std::string{} : given ? "true" : "false";
  }

  template <std::integral Integer>
  std::string value(Integer given, const Integer& initial, std::string_view) {
    if (given == initial)
      return {};
    if constexpr (std::is_unsigned_v<Integer>) {
      char digits[24];
      const auto end = std::to_chars(digits, digits + sizeof digits, given, 16).ptr;
      return "0x" + std::string(digits, end) + "ull";
    } else {
      // The digits of the lowest number are no literal: the minus is not part of it.
      if (given == std::numeric_limits<Integer>::min())
        return std::to_string(given + 1) + " - 1";
      return std::to_string(given);
    }
  }

  std::string value(double given, const double& initial, std::string_view) {
    if (given == initial && std::signbit(given) == std::signbit(initial))
      return {};
    if (std::isnan(given))
      return "__builtin_nan(\"\")";
    if (std::isinf(given))
      return given < 0 ? "-__builtin_huge_val()" : "__builtin_huge_val()";
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof digits, given).ptr;
    std::string text(digits, end);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
  }

  template <class Enumeration>
  requires std::is_enum_v<Enumeration> std::string value(Enumeration given, const Enumeration& initial,
                                                         std::string_view) {
    if (given == initial)
      return {};
    return std::string{enumeration_name<Enumeration>} + "::" + std::string{enumerator_name(given)};
  }

  std::string value(const enumeration* given, const enumeration* const&, std::string_view) {
    return given == nullptr ? std::string{} : "&" + in_parts(name_of_enumeration(*given));
  }

  std::string value(std::span<const enumeration> given, const std::span<const enumeration>&, std::string_view) {
    if (given.empty())
      return {};
    std::string elements;
    for (const enumeration& e : given)
      elements += "    " + name_of_enumeration(e) + ",\n";
    return in_parts(array("instar::enumeration", "enumerations", elements));
  }

  std::string value(std::span<const std::string_view> given, const std::span<const std::string_view>&,
                    std::string_view stem) {
    if (given.empty())
      return {};
    std::string elements;
    for (const std::string_view name : given)
      elements += (elements.empty() ? "" : ", ") + literal(name);
    const std::string name = identifier(stem);
    arrays_ += "inline constexpr std::string_view " + name + "[] = {" + elements + "};\n";
    return in_parts(name);
  }

  template <class Element>
  std::string value(std::span<const Element> given, const std::span<const Element>&, std::string_view stem) {
    if (given.empty())
      return {};
    constexpr bool tall =
        std::is_same_v<Element, table> || std::is_same_v<Element, view_object> || std::is_same_v<Element, raw_object>;
    std::string elements;
    for (const Element& element : given) {
      if constexpr (std::is_same_v<Element, table>)
        arrays_ += "\n";
      elements += "    " + initialiser(element, stem_of(element, stem), tall) + ",\n";
    }
    return in_parts(array(struct_of<Element>::name, stem, elements));
  }

  template <class Object>
  requires requires { struct_of<Object>::members; }
  std::string value(const Object& given, const Object&, std::string_view stem) {
    std::string nested = initialiser(given, stem_of(given, stem), std::is_same_v<Object, schema_view>);
    return nested == "{}" ? std::string{} : nested;
  }

  /// What the arrays of an element are called after: its own name where it has one.
  template <class Element>
  static std::string stem_of(const Element& element, std::string_view stem) {
    if constexpr (std::is_same_v<Element, table> || std::is_same_v<Element, view_object>)
      return joined(element.schema, element.name);
    else if constexpr (requires { std::string_view{element.name}; })
      return std::string{element.name.empty() ? stem : element.name};
    else
      return std::string{stem};
  }

  template <class Object>
  std::string initialiser(const Object& object, std::string_view stem, bool tall) {
    static const Object initial{};
    std::string out = "{";
    const auto put = [&](const auto& member) {
      const bool whole = std::is_same_v<Object, schema_view> || std::is_same_v<Object, snapshot>;
      const std::string array_stem = whole ? std::string{member.name} : joined(stem, member.name);
      const std::string text = value(object.*member.pointer, initial.*member.pointer, array_stem);
      if (text.empty())
        return;
      if (out.size() != 1)
        out += tall ? ",\n     " : ", ";
      out += "." + std::string{member.name} + " = " + text;
    };
    std::apply([&](const auto&... member) { (put(member), ...); }, struct_of<Object>::members);
    return out += "}";
  }

  std::string array(std::string_view type, std::string_view name, std::string_view elements) {
    const std::string unique = identifier(name);
    arrays_ += "inline constexpr " + std::string{type} + " " + unique + "[] = {\n" + std::string{elements} + "};\n";
    return unique;
  }

  /// Arrays refer to each other unqualified; the snapshot itself stands outside their namespace.
  [[nodiscard]] static std::string in_parts(const std::string& name) { return "snapshot_parts::" + name; }

  std::string arrays_;
  std::set<std::string, std::less<>> used_{"snapshot", "snapshot_parts", "migrations"};
  std::map<std::pair<std::string, std::string>, std::string> enumerations_;
  std::size_t longest_literal_ = 0;
};

}  // namespace instar::detail

namespace instar {

/// The text of a snapshot header: one column a line, defaults left out, equal for equal schemas.
[[nodiscard]] inline std::string snapshot_header(const snapshot& written) {
  return detail::snapshot_writer{}.run(written);
}

}  // namespace instar
