#pragma once

#include <instar/migrate/error.hpp>
#include <instar/migrate/file.hpp>
#include <instar/schema/owned.hpp>
#include <instar/schema/schema_text.hpp>
#include <instar/schema/snapshot.hpp>
#include <instar/sql/script.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
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
  enum class kind : unsigned char { text, number, name, list };
  kind what = kind::list;
  std::string member;                    ///< the name that it is given to, where there is one
  std::string text;                      ///< of a text: unescaped; otherwise as it is spelt
  std::vector<snapshot_value> elements;  ///< of a list
  std::size_t offset = 0;
  std::size_t content = 0;  ///< of a raw text: where in the file its first character is; 0: it is not raw
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
  static constexpr std::size_t deepest = 8;  // the writer nests two deep
  static constexpr std::string_view raw_begin = "R\"part(";
  static constexpr std::string_view raw_end = ")part\"";

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
    } else if (take(raw_begin)) {
      read.what = snapshot_value::kind::text;
      read.content = at_;
      const std::size_t end = text_.find(raw_end, at_);
      if (end == std::string_view::npos)
        fail("This text has no end.", read.offset);
      read.text = text_.substr(at_, end - at_);
      at_ = end + raw_end.size();
      (void)take("sv");
    } else if (is_sql_digit(first)) {
      read.what = snapshot_value::kind::number;
      while (at_ < text_.size() && is_name_part(text_[at_]))
        read.text += text_[at_++];
    } else {
      read.what = snapshot_value::kind::name;
      read.text = name("a value");
    }
    return read;
  }

  std::vector<snapshot_value> list(std::size_t depth) {
    expect("{");
    std::vector<snapshot_value> elements;
    while (!take("}")) {
      std::string member;
      if (take(".")) {
        member = name("a member's name");
        expect("=");
      }
      elements.push_back(value(depth + 1));
      elements.back().member = std::move(member);
      if (take(","))
        continue;
      expect("}");
      break;
    }
    return elements;
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

/// Makes the snapshot of the variables that a header defines.
class snapshot_builder {
 public:
  explicit snapshot_builder(snapshot_parser& parser) : parser_(parser), variables_(parser.run()) {}

  [[nodiscard]] owned_snapshot run() {
    const auto found = variables_.find("snapshot");
    if (found == variables_.end() || found->second.type != "instar::stored_snapshot")
      parser_.fail("It defines no `instar::stored_snapshot snapshot`.", 0);
    const snapshot_value& whole = found->second.value;
    snapshot read;
    schema_view schema = object<schema_view>(member(whole, "objects"));
    std::vector<enumeration> enumerations;
    for_each(member(whole, "enumerations"), "instar::stored_part", [&](const snapshot_value& element) {
      enumerations.push_back(object<enumeration>(&field(element, 2, kind::text)));
    });
    schema.enumerations = enumerations_ = owner_.array(enumerations);
    std::vector<table> tables;
    for_each(member(whole, "tables"), "instar::stored_part", [&](const snapshot_value& element) {
      tables.push_back(object<table>(&field(element, 2, kind::text)));
      tables.back().content_hash = hash(field(element, 1, kind::number));
    });
    schema.tables = owner_.array(tables);
    read.schema = schema;
    std::vector<migration_record> records;
    for_each(member(whole, "migrations"), "instar::migration_record", [&](const snapshot_value& element) {
      records.push_back({.name = owner_.text(field(element, 0, kind::text).text),
                         .checksum = owner_.text(field(element, 1, kind::text).text)});
    });
    read.migrations = owner_.array(records);
    read.dialect = dialect_of(member(whole, "dialect"));
    return owned_snapshot{std::move(owner_), read};
  }

 private:
  using kind = snapshot_value::kind;

  /// A member of the snapshot, or nullptr where it is left out.
  const snapshot_value* member(const snapshot_value& whole, std::string_view wanted) {
    if (whole.what != kind::list)
      parser_.fail("Members in braces are expected here.", whole.offset);
    static constexpr std::array<std::string_view, 5> known{"tables", "enumerations", "objects", "migrations",
                                                           "dialect"};
    const snapshot_value* found = nullptr;
    for (const snapshot_value& value : whole.elements) {
      if (std::find(known.begin(), known.end(), value.member) == known.end())
        parser_.fail("instar::stored_snapshot has no member `" + value.member +
                         "`; a newer instar may have written it.",
                     value.offset);
      if (value.member == wanted)
        found = &value;
    }
    return found;
  }

  /// The variable that a name refers to, with or without the namespace of the parts.
  const snapshot_variable& variable(const snapshot_value& reference, std::string_view type) {
    std::string_view name = reference.text;
    if (const std::size_t colons = name.rfind("::"); colons != std::string_view::npos)
      name.remove_prefix(colons + 2);
    const auto found = variables_.find(name);
    if (reference.what != kind::name || found == variables_.end() || found->second.type != type)
      parser_.fail("`" + reference.text + "` is no " + std::string{type} + " of this file.", reference.offset);
    return found->second;
  }

  template <class Visit>
  void for_each(const snapshot_value* reference, std::string_view type, const Visit& visit) {
    if (reference == nullptr)
      return;
    const snapshot_value& list = variable(*reference, type).value;
    if (list.what != kind::list)
      parser_.fail("An array is expected here.", list.offset);
    for (const snapshot_value& element : list.elements)
      visit(element);
  }

  /// One of the values in the braces of an element.
  const snapshot_value& field(const snapshot_value& element, std::size_t at, kind what) {
    if (element.what != kind::list || element.elements.size() <= at || element.elements[at].what != what)
      parser_.fail("An element is not as instar writes it.", element.offset);
    return element.elements[at];
  }

  std::uint64_t hash(const snapshot_value& value) {
    std::string_view digits = value.text;
    std::uint64_t number = 0;
    if (digits.starts_with("0x") && digits.ends_with("ull")) {
      digits = digits.substr(2, digits.size() - 5);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
      if (error == std::errc{} && end == digits.data() + digits.size())
        return number;
    }
    parser_.fail("A number is expected here.", value.offset);
  }

  dialect dialect_of(const snapshot_value* value) {
    if (value == nullptr || value->text == "instar::dialect::postgres")
      return dialect::postgres;
    if (value->text != "instar::dialect::sqlite")
      parser_.fail("A dialect is expected here.", value->offset);
    return dialect::sqlite;
  }

  /// Keeps what is read in the owner; see schema_text_reader.
  struct owning_store {
    snapshot_builder& builder;
    const snapshot_value& value;

    std::string_view text(std::string_view given) { return builder.owner_.text(given); }
    template <class Element, class Next>
    std::span<const Element> array(Next next) {
      std::vector<Element> elements;
      for (Element element{}; next(element); element = {})
        elements.push_back(element);
      return builder.owner_.array(elements);
    }
    const enumeration* find_enumeration(std::string_view schema, std::string_view name) {
      for (const enumeration& e : builder.enumerations_)
        if (e.name == name && e.schema == schema)
          return &e;
      return nullptr;
    }
    [[noreturn]] void fail(const char* why, std::size_t offset) {
      builder.parser_.fail(std::string{"in this text "} + why + ".",
                           value.content == 0 ? value.offset : value.content + offset);
    }
  };

  template <class Object>
  Object object(const snapshot_value* value) {
    if (value == nullptr)
      return {};
    if (value->what == kind::name)
      value = &variable(*value, "std::string_view").value;
    if (value->what != kind::text)
      parser_.fail("A text is expected here.", value->offset);
    owning_store store{*this, *value};
    return schema_text_reader{store, value->text}.template run<Object>();
  }

  snapshot_parser& parser_;
  std::map<std::string, snapshot_variable, std::less<>> variables_;
  std::span<const enumeration> enumerations_{};
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
