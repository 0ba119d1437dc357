#pragma once

#include <instar/schema/schema_text.hpp>
#include <instar/schema/snapshot.hpp>
#include <instar/sql/script.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
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

/// How many bytes the visible character at a place has, or 0 where none is: a control character, broken UTF-8.
[[nodiscard]] inline std::size_t visible_character(std::string_view text, std::size_t at) noexcept {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80)
    return byte < 0x20 || byte == 0x7F ? 0 : 1;
  const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
  const std::string_view character = text.substr(at, length);
  if (character.size() != length || first_invalid_utf8(character))
    return 0;
  char32_t code = byte & (0xFFU >> (length + 1));
  for (const char continuation : character.substr(1))
    code = code << 6U | (static_cast<unsigned char>(continuation) & 0x3FU);
  return shows_as_itself(code) ? length : 0;
}

/// A C++ string literal of that text, whatever is in it; several adjacent ones, a line each, where it has lines.
///
/// Everything unusual is an octal escape of three digits: unlike a hexadecimal one it ends by itself.
/// \param indent what begins each further line
[[nodiscard]] inline std::string cpp_literal(std::string_view text, std::string_view indent) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (const std::size_t length = visible_character(text, i); length > 1) {
      out += text.substr(i, length);
      i += length;
      continue;
    } else if (c == '"' || c == '\\' || (c == '?' && i != 0 && text[i - 1] == '?')) {  // ?? could begin a trigraph
      out += '\\';
      out += c;
    } else if (length == 1) {
      out += c;
    } else if (c == '\n') {
      out += "\\n";
      if (i + 1 != text.size())
        out += "\"\n" + std::string{indent} + "\"";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '\\';
      out += static_cast<char>('0' + (byte >> 6U));
      out += static_cast<char>('0' + ((byte >> 3U) & 7U));
      out += static_cast<char>('0' + (byte & 7U));
    }
    ++i;
  }
  return out += '"';
}

/// Writes objects of the schema as schema/schema_text.hpp describes.
class schema_text_writer {
 public:
  /// \param tall whether each member has a line of its own
  template <class Object>
  [[nodiscard]] static std::string run(Object object, bool tall) {
    schema_text_writer writer;
    writer.put_object(object, tall);
    return std::move(writer.out_);
  }

 private:
  template <class Object>
  void put_object(Object object, bool tall) {
    Object initial{};
    members_of<Object> at_default;
    visit_members(initial, at_default);
    out_ += '{';
    bool first = true;
    std::size_t n = 0;
    const auto put = [&](const char* name, const auto& member) {
      using Member = std::remove_cvref_t<decltype(member)>;
      if (is_default(member, *static_cast<const Member*>(at_default.at[n++])))
        return;
      if (tall)
        out_ += "\n  ";
      else if (!first)
        out_ += ' ';
      first = false;
      out_ += name;
      if constexpr (!std::is_same_v<Member, bool>) {
        out_ += '=';
        put_value(member);
      }
    };
    visit_members(object, put);
    out_ += tall && !first ? "\n}" : "}";
  }

  /// Where the members of an object are, in the order of the visit.
  template <class Object>
  struct members_of {
    std::vector<const void*> at{};
    void operator()(const char*, const auto& member) { at.push_back(&member); }
  };

  template <class Member>
  static bool is_default(const Member& given, const Member& initial) {
    if constexpr (std::is_same_v<Member, double>)
      return std::bit_cast<std::uint64_t>(given) == std::bit_cast<std::uint64_t>(initial);
    else if constexpr (std::is_same_v<Member, const enumeration*>)
      return given == nullptr;
    else if constexpr (requires { given == initial; })
      return given == initial;
    else if constexpr (requires { given.empty(); })
      return given.empty();
    else
      return run(given, false) == "{}";
  }

  void put_value(std::string_view text) {
    const bool bare = !text.empty() && std::all_of(text.begin(), text.end(), is_bare);
    const std::string quote = bare ? std::string{} : quote_for(text);
    out_ += quote;
    out_ += text;
    out_ += quote;
  }

  /// The first quote that does not occur in a text, nor together with its end.
  static std::string quote_for(std::string_view text) {
    for (const char c : {'"', '\''})
      if (text.find(c) == std::string_view::npos)
        return std::string{c};
    std::string quote = "$$";
    for (int n = 1; (std::string{text} + quote).find(quote) != text.size(); ++n)
      quote = "$" + std::to_string(n) + "$";
    return quote;
  }

  template <std::integral Integer>
  void put_value(Integer number) {
    out_ += std::to_string(number);
  }

  void put_value(double real) { put_value(std::bit_cast<std::uint64_t>(real)); }

  template <class Enumeration>
  requires std::is_enum_v<Enumeration>
  void put_value(Enumeration value) { out_ += enumerator_names(value)[static_cast<std::size_t>(value)]; }

  void put_value(const enumeration* values) {
    put_object(enumeration{.schema = values->schema, .name = values->name}, false);
  }

  template <class Element>
  void put_value(std::span<const Element> elements) {
    constexpr bool a_line_each =
        std::is_class_v<Element> && !std::is_same_v<Element, std::string_view> && !std::is_same_v<Element, index_part>;
    out_ += '[';
    for (const Element& element : elements) {
      if (a_line_each)
        out_ += "\n    ";
      else if (&element != elements.data())
        out_ += ' ';
      if constexpr (std::is_same_v<Element, std::string_view>)
        put_value(element);
      else
        put_object(element, false);
    }
    out_ += a_line_each && !elements.empty() ? "\n  ]" : "]";
  }

  template <class Object>
  requires std::is_class_v<Object>
  void put_value(const Object& object) { put_object(object, false); }

  std::string out_;
};

/// Writes the header: a part for each table, so that a change of one changes the lines of that one alone.
class snapshot_writer {
 public:
  [[nodiscard]] std::string run(const snapshot& written) {
    std::string parts;
    std::string members;
    const auto put_member = [&members](std::string_view name, std::string_view value) {
      members += (members.empty() ? "." : ", .") + std::string{name} + " = " + std::string{value};
    };
    const auto put_array = [&](std::string_view type, std::string_view name, std::string_view elements) {
      if (elements.empty())
        return;
      parts += "\ninline constexpr " + std::string{type} + " " + std::string{name} + "[] = {\n" +
               std::string{elements} + "};\n";
      put_member(name, "snapshot_parts::" + std::string{name});
    };
    put_array("instar::stored_part", "tables", stored(written.schema.tables, true));
    put_array("instar::stored_part", "enumerations", stored(enumerations_of(written.schema), false));
    if (const std::string objects = schema_text_writer::run(written.schema, true); objects != "{}") {
      parts += "\ninline constexpr std::string_view objects = " + literal(objects) + ";\n";
      put_member("objects", "snapshot_parts::objects");
    }
    put_array("instar::migration_record", "migrations", stored(written.migrations));
    put_member("dialect", written.dialect == dialect::sqlite ? "instar::dialect::sqlite" : "instar::dialect::postgres");

    std::string header =
        "// The schema after the last migration, for INSTAR_CHECK_MIGRATED and for the next plan.\n"
        "// Written by `migrate dev`; `generate` brings it up to date. Do not edit, and do commit it.\n"
        "#pragma once\n\n"
        "#include <instar/instar.hpp>\n\n"
        "#include <string_view>\n\n";
    if (longest_literal_ > shortest_overlong_literal)
      header += "#if defined(__clang__)\n#pragma clang diagnostic ignored \"-Woverlength-strings\"\n#endif\n\n";
    header += "namespace migrations {\n";
    if (!parts.empty())
      header += "namespace snapshot_parts {\nusing namespace std::string_view_literals;\n" + parts +
                "\n}  // namespace snapshot_parts\n";
    return header + "\ninline constexpr instar::stored_snapshot snapshot{" + members +
           "};\n\n}  // namespace migrations\n";
  }

 private:
  // What the standard asks of every implementation, [implimits]; clang warns above it when it is pedantic.
  static constexpr std::size_t shortest_overlong_literal = 65536;

  /// Whether a text may stand in a raw literal: it is plain to see, does not end there, and looks like no merge.
  static bool is_plain(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t length = text[i] == '\n' ? 1 : visible_character(text, i);
      if (length == 0)
        return false;
      i += length;
    }
    for (const std::string_view never : {")part\"", "\?\?", "<<<<<<<"})
      if (text.find(never) != std::string_view::npos)
        return false;
    return true;
  }

  /// The literals have a suffix that hands the compiler their lengths, which it would else count in a constant
  /// evaluation; and a text may hold a NUL.
  std::string literal(std::string_view text) {
    longest_literal_ = std::max(longest_literal_, text.size());
    return (is_plain(text) ? "R\"part(" + std::string{text} + ")part\"" : cpp_literal(text, "     ")) + "sv";
  }

  template <class Object>
  std::string stored(std::span<const Object> objects, bool tall) {
    std::string elements;
    for (const Object& object : objects) {
      const std::string name =
          (object.schema.empty() ? "" : std::string{object.schema} + ".") + std::string{object.name};
      std::uint64_t hash = 0;
      if constexpr (requires { object.content_hash; })
        hash = object.content_hash;
      char digits[24];
      const auto end = std::to_chars(digits, digits + sizeof digits, hash, 16).ptr;
      elements += "    {" + cpp_literal(name, "     ") + "sv, 0x" + std::string(digits, end) + "ull, " +
                  literal(schema_text_writer::run(object, tall)) + "},\n";
    }
    return elements;
  }

  std::string stored(std::span<const migration_record> records) {
    std::string elements;
    for (const migration_record& record : records)
      elements +=
          "    {" + cpp_literal(record.name, "     ") + "sv, " + cpp_literal(record.checksum, "     ") + "sv},\n";
    return elements;
  }

  /// The enums that a schema lists, and any other that a column has.
  std::span<const enumeration> enumerations_of(const schema_view& schema) {
    enumerations_.assign(schema.enumerations.begin(), schema.enumerations.end());
    for (const table& t : schema.tables)
      for (const column& c : t.columns)
        if (c.type.values != nullptr &&
            std::none_of(enumerations_.begin(), enumerations_.end(), [&c](const enumeration& e) {
              return e.name == c.type.values->name && e.schema == c.type.values->schema;
            }))
          enumerations_.push_back(*c.type.values);
    return enumerations_;
  }

  std::vector<enumeration> enumerations_;
  std::size_t longest_literal_ = 0;
};

}  // namespace instar::detail

namespace instar {

/// The text of a snapshot header: one column a line, defaults left out, equal for equal schemas.
[[nodiscard]] inline std::string snapshot_header(const snapshot& written) {
  return detail::snapshot_writer{}.run(written);
}

}  // namespace instar
