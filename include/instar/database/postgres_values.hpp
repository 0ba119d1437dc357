#pragma once

#include <instar/schema/schema.hpp>
#include <instar/sql/sql.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

/// \file What PostgreSQL prints, read: arrays, types, defaults, and the parts of an index.

namespace instar::detail::pg {

/// The elements of a one-dimensional array as PostgreSQL prints it; NULLs are left out.
/// https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
[[nodiscard]] inline std::vector<std::string> read_array(std::string_view text) {
  std::vector<std::string> elements;
  if (text.size() < 2 || text.front() != '{')
    return elements;
  std::string element;
  bool quoted = false;
  bool was_quoted = false;
  const auto end_element = [&] {
    if (was_quoted || (!element.empty() && element != "NULL"))
      elements.push_back(std::move(element));
    element.clear();
    was_quoted = false;
  };
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quoted)
      element += text[++i];
    else if (c == '"') {
      quoted = !quoted;
      was_quoted = true;
    } else if (c == ',' && !quoted)
      end_element();
    else
      element += c;
  }
  end_element();
  return elements;
}

template <class Number>
[[nodiscard]] std::vector<Number> read_numbers(std::string_view text) {
  std::vector<Number> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    Number number{};
    const auto [next, error] = std::from_chars(at, end, number);
    if (error == std::errc{}) {
      numbers.push_back(number);
      at = next;
    } else {
      ++at;
    }
  }
  return numbers;
}

/// Who may do what: a role (empty: everybody), a right's letter, and whether the role may pass it on.
struct right {
  std::string role;
  char letter;
  bool grantable;

  friend bool operator<(const right& a, const right& b) {
    return std::tie(a.role, a.letter, a.grantable) < std::tie(b.role, b.letter, b.grantable);
  }
};

/// The rights of an array of aclitem. https://www.postgresql.org/docs/current/ddl-priv.html
/// \param owner who has the rights that their holder gave to himself
[[nodiscard]] inline std::set<right> read_rights(std::string_view items, const std::string& owner) {
  std::set<right> rights;
  for (const std::string& item : read_array(items)) {
    const auto role_at = [&](std::size_t& at) {
      std::string role;
      bool quoted = false;
      for (; at < item.size() && (quoted || (item[at] != '=' && item[at] != '/')); ++at) {
        if (item[at] != '"')
          role += item[at];
        else if (quoted && at + 1 < item.size() && item[at + 1] == '"')
          role += item[++at];
        else
          quoted = !quoted;
      }
      return role;
    };
    std::size_t at = 0;
    std::string role = role_at(at);
    const std::size_t slash = item.find('/', at);
    const std::string_view letters = std::string_view(item).substr(at + 1, slash - at - 1);
    std::size_t giver = slash + 1;
    if (!role.empty() && role == role_at(giver))
      role = owner;
    for (std::size_t i = 0; i < letters.size(); ++i)
      if (letters[i] != '*')
        rights.insert({role, letters[i], i + 1 < letters.size() && letters[i + 1] == '*'});
  }
  return rights;
}

/// A right as GRANT calls it.
[[nodiscard]] constexpr std::string_view privilege_of(char letter) {
  switch (letter) {
  case 'r':
    return "SELECT";
  case 'a':
    return "INSERT";
  case 'w':
    return "UPDATE";
  case 'd':
    return "DELETE";
  case 'D':
    return "TRUNCATE";
  case 'x':
    return "REFERENCES";
  case 't':
    return "TRIGGER";
  case 'm':
    return "MAINTAIN";
  case 'X':
    return "EXECUTE";
  case 'U':
    return "USAGE";
  case 'C':
    return "CREATE";
  default:
    return "ALL";
  }
}

/// Where the quoted text that starts at `i` ends: behind its last quote. A quote within stands twice.
[[nodiscard]] inline std::size_t end_of_quoted(std::string_view text, std::size_t i) {
  const char quote = text[i];
  for (++i; i < text.size(); ++i)
    if (text[i] == quote) {
      if (i + 1 < text.size() && text[i + 1] == quote)
        ++i;
      else
        return i + 1;
    }
  return text.size();
}

/// An expression without the parentheses that stand round all of it.
[[nodiscard]] inline std::string_view without_parentheses(std::string_view expression) {
  while (expression.size() >= 2 && expression.front() == '(' && expression.back() == ')') {
    int depth = 0;
    std::size_t closes = 0;
    for (std::size_t i = 0; i < expression.size() && closes == 0;) {
      const char c = expression[i];
      if (c == '\'' || c == '"') {
        i = end_of_quoted(expression, i);
        continue;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      ++i;
      if (depth == 0)
        closes = i;
    }
    if (closes != expression.size())
      return expression;
    expression = expression.substr(1, expression.size() - 2);
  }
  return expression;
}

/// The server prints a call of timezone() as it was written, though `at AT TIME ZONE zone` calls the same: here both
/// are the latter.
[[nodiscard]] inline std::string with_time_zones(std::string_view expression) {
  constexpr std::string_view call = "timezone(";
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '"';
  };
  std::string text;
  for (std::size_t i = 0; i < expression.size();) {
    const char c = expression[i];
    if (c == '\'' || c == '"') {
      const std::size_t end = end_of_quoted(expression, i);
      text += expression.substr(i, end - i);
      i = end;
      continue;
    }
    if (expression.substr(i, call.size()) == call && (i == 0 || !letter(expression[i - 1]))) {
      const std::size_t start = i + call.size();
      int depth = 1;
      std::size_t comma = 0;
      std::size_t end = start;
      int commas = 0;
      while (end < expression.size() && depth > 0) {
        const char at = expression[end];
        if (at == '\'' || at == '"') {
          end = end_of_quoted(expression, end);
          continue;
        }
        depth += at == '(' || at == '[' ? 1 : at == ')' || at == ']' ? -1 : 0;
        if (at == ',' && depth == 1) {
          comma = end;
          ++commas;
        }
        ++end;
      }
      if (commas == 1 && depth == 0) {
        std::string_view value = expression.substr(comma + 1, end - comma - 2);
        while (!value.empty() && value.front() == ' ')
          value.remove_prefix(1);
        text += '(' + with_time_zones(value) + " AT TIME ZONE " +
                with_time_zones(expression.substr(start, comma - start)) + ')';
        i = end;
        continue;
      }
    }
    text += c;
    ++i;
  }
  return text;
}

/// An expression in the form in which expressions are compared.
[[nodiscard]] inline std::string comparable(std::string_view expression) {
  if (expression.find("timezone(") == std::string_view::npos)
    return std::string(without_parentheses(expression));
  const std::string text = with_time_zones(expression);
  return std::string(without_parentheses(text));
}

/// The text that a name or literal in quotes stands for.
[[nodiscard]] inline std::string unquoted(std::string_view quoted) {
  std::string text;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    text += quoted[i];
    if (quoted[i] == quoted.front())
      ++i;
  }
  return text;
}

/// A type of the server's own as one of ours, where the two mean the same and ours is written so that the server reads
/// the same again.
/// \param type its number in pg_type, the same in every version
[[nodiscard]] inline std::optional<column_type> known_type(std::uint32_t type, int modifier) {
  const auto plain = [&](type_kind kind) -> std::optional<column_type> {
    return modifier == -1 ? std::optional<column_type>{{.kind = kind}} : std::nullopt;
  };
  const auto measured = [&](type_kind kind, int length) {
    return column_type{.kind = kind, .length = modifier < 0 ? -1 : length};
  };
  constexpr int header = 4;  // of the modifiers of texts and numbers
  switch (type) {
  case 16:
    return plain(type_kind::boolean);
  case 17:
    return plain(type_kind::bytea);
  case 20:
    return plain(type_kind::bigint);
  case 21:
    return plain(type_kind::smallint);
  case 23:
    return plain(type_kind::integer);
  case 25:
    return plain(type_kind::text);
  case 114:
    return plain(type_kind::json);
  case 142:
    return plain(type_kind::xml);
  case 650:
    return plain(type_kind::cidr);
  case 700:
    return plain(type_kind::real);
  case 701:
    return plain(type_kind::double_precision);
  case 829:
    return plain(type_kind::macaddr);
  case 869:
    return plain(type_kind::inet);
  case 1042:  // without a length it is bpchar, which is not char
    return modifier < header ? std::nullopt
                             : std::optional<column_type>{measured(type_kind::character, modifier - header)};
  case 1043:
    return measured(type_kind::varchar, modifier - header);
  case 1082:
    return plain(type_kind::date);
  case 1083:
    return measured(type_kind::time, modifier);
  case 1114:
    return measured(type_kind::timestamp, modifier);
  case 1184:
    return measured(type_kind::timestamptz, modifier);
  case 1186: {  // the fields in the upper half, the precision in the lower one
    constexpr int all_fields = 0x7FFF;
    constexpr int no_precision = 0xFFFF;
    if (modifier < 0)
      return column_type{.kind = type_kind::interval};
    if (((modifier >> 16) & 0x7FFF) != all_fields || (modifier & 0xFFFF) == no_precision)
      return std::nullopt;
    return column_type{.kind = type_kind::interval, .length = modifier & 0xFFFF};
  }
  case 1266:
    return measured(type_kind::timetz, modifier);
  case 1560:
    return modifier < 1 ? std::nullopt : std::optional<column_type>{measured(type_kind::bit, modifier)};
  case 1562:
    return measured(type_kind::varbit, modifier);
  case 1700: {
    if (modifier < header)
      return column_type{.kind = type_kind::numeric};
    const int packed = modifier - header;
    const int scale = ((packed & 0x7FF) ^ 1024) - 1024;
    if (scale < 0)
      return std::nullopt;
    return column_type{.kind = type_kind::numeric, .length = (packed >> 16) & 0xFFFF, .scale = scale};
  }
  case 2950:
    return plain(type_kind::uuid);
  case 3614:
    return plain(type_kind::tsvector);
  case 3802:
    return plain(type_kind::jsonb);
  default:
    return std::nullopt;
  }
}

/// The element's type of the array types of those; 0: it is none.
[[nodiscard]] constexpr std::uint32_t known_element(std::uint32_t type) {
  constexpr std::uint32_t arrays[][2] = {
      {1000, 16},   {1001, 17},   {1016, 20},   {1005, 21},   {1007, 23},   {1009, 25},   {199, 114},
      {143, 142},   {651, 650},   {1021, 700},  {1022, 701},  {1040, 829},  {1041, 869},  {1014, 1042},
      {1015, 1043}, {1182, 1082}, {1183, 1083}, {1115, 1114}, {1185, 1184}, {1187, 1186}, {1270, 1266},
      {1561, 1560}, {1563, 1562}, {1231, 1700}, {2951, 2950}, {3643, 3614}, {3807, 3802}};
  for (const auto& [array, element] : arrays)
    if (array == type)
      return element;
  return 0;
}

/// A default as the server prints it, as a literal where that is printed the same again. Its text looks into `written`
/// or is left in `storage`.
/// \param type the column's, as the server prints it without length
[[nodiscard]] inline column_default read_default(std::string_view written, std::string_view type, type_kind kind,
                                                 std::string& storage) {
  const column_default expression{.kind = default_kind::expression, .text = written};
  if (written.empty())
    return {};
  if (written == "CURRENT_TIMESTAMP")
    return {.kind = default_kind::now};
  if (kind == type_kind::boolean && (written == "true" || written == "false"))
    return {.kind = default_kind::boolean, .integer = written == "true"};

  // A number stands there as it is, or quoted and with a type when it is negative or wide.
  std::string_view number = written;
  std::string_view suffix;
  if (written.front() == '\'') {
    const std::size_t end = end_of_quoted(written, 0);
    number = written.substr(1, end - 2);
    suffix = written.substr(end);
  }
  std::size_t digits = 0;
  std::size_t points = 0;
  const bool negative = !number.empty() && number.front() == '-';
  bool is_number = true;
  for (std::size_t i = negative; i < number.size(); ++i) {
    const bool digit = number[i] >= '0' && number[i] <= '9';
    digits += digit;
    points += number[i] == '.';
    is_number &= digit || number[i] == '.';
  }
  is_number &= digits > 0;
  if (is_number && points == 0) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    const bool narrow = value >= -2147483648LL && value <= 2147483647LL;
    const std::string_view expected = !narrow ? "::bigint" : negative ? "::integer" : "";
    if (error == std::errc{} && suffix == expected && std::to_string(value) == number)
      return {.kind = default_kind::integer, .integer = value};
  }
  // Fifteen digits are exact in a double, and so printed again as they were.
  if (is_number && points == 1 && digits <= 15 && suffix == (negative ? "::numeric" : "")) {
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    string_writer again;
    if (error == std::errc{} && value != 0) {
      put_real(again, value);
      if (again.text == number)
        return {.kind = default_kind::real, .real = value};
    }
  }
  if (written.front() == '\'' && suffix.size() > 2 && suffix.substr(0, 2) == "::" && suffix.substr(2) == type) {
    storage = unquoted(written.substr(0, written.size() - suffix.size()));
    return {.kind = default_kind::text, .text = storage};
  }
  return expression;
}

/// One part of an index as pg_get_indexdef or pg_get_constraintdef prints it.
struct printed_part {
  std::string expression;  // of those that are no column
  std::string collation;
  bool qualified_collation = false;
  std::string operator_class;  // with its options
  bool descending = false;
  null_order nulls = null_order::standard;
  std::string with_operator;
};

/// Reads the parts of an index or exclusion constraint from its definition: the list behind USING method.
///
/// A part is a name, a call or an expression in parentheses, and so ends at the first blank, comma or parenthesis
/// outside of its own; collation, operator class and order follow where they are not the standard ones.
class part_reader {
 public:
  part_reader(std::string_view definition, std::string_view method) : text_(definition) {
    // Names before it may hold anything, but in quotes.
    const std::string using_method = "USING " + std::string(method) + " (";
    while (at_ < text_.size()) {
      if (text_[at_] == '"') {
        at_ = end_of_quoted(text_, at_);
      } else if (text_.substr(at_, using_method.size()) == using_method) {
        at_ += using_method.size();
        return;
      } else {
        ++at_;
      }
    }
  }

  /// \param columns the number of each part's column, 0 where it is an expression
  [[nodiscard]] std::vector<printed_part> read(const std::vector<int>& columns) {
    std::vector<printed_part> parts;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i != 0)
        skip(", ");
      printed_part part;
      const std::string_view base = next_base();
      if (columns[i] == 0)
        part.expression = without_parentheses(base);
      read_options(part);
      parts.push_back(std::move(part));
    }
    return parts;
  }

 private:
  void skip(std::string_view word) {
    if (text_.substr(at_, word.size()) == word)
      at_ += word.size();
  }

  [[nodiscard]] bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word)
      return false;
    at_ += word.size();
    return true;
  }

  /// A name, a call or an expression in parentheses: up to a blank, comma or closing parenthesis outside of all quotes
  /// and parentheses.
  [[nodiscard]] std::string_view next_base() {
    const std::size_t start = at_;
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        at_ = end_of_quoted(text_, at_);
        continue;
      }
      if (depth == 0 && (c == ' ' || c == ',' || c == ')'))
        break;
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      ++at_;
    }
    return text_.substr(start, at_ - start);
  }

  void read_options(printed_part& part) {
    if (take(" COLLATE ")) {
      const std::string_view name = next_base();
      const std::size_t first = !name.empty() && name.front() == '"' ? end_of_quoted(name, 0) : name.find('.');
      part.qualified_collation = first < name.size();
      part.collation = !part.qualified_collation && name.front() == '"' ? unquoted(name) : std::string(name);
    }
    while (at_ < text_.size() && text_[at_] == ' ') {
      if (take(" DESC")) {
        part.descending = true;
      } else if (take(" NULLS FIRST")) {
        part.nulls = null_order::first;
      } else if (take(" NULLS LAST")) {
        part.nulls = null_order::last;
      } else if (take(" WITH ")) {
        part.with_operator = next_base();
      } else {
        ++at_;
        part.operator_class += (part.operator_class.empty() ? "" : " ") + std::string(next_base());
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace instar::detail::pg
