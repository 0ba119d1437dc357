#pragma once

#include <instar/cli/diagnostic.hpp>
#include <instar/cli/generate/names.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/schema/schema.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// \file What is allowed in a schema and is seldom meant.

namespace instar::cli {

/// The stable codes of the lint.
namespace lint_code {
inline constexpr std::string_view no_primary_key = "INS5101";       ///< a table without a primary key
inline constexpr std::string_view unindexed_reference = "INS5102";  ///< a foreign key that no index covers
inline constexpr std::string_view redundant_index = "INS5103";      ///< an index that another one makes needless
inline constexpr std::string_view narrow_identity = "INS5104";      ///< a generated key that runs out of numbers
inline constexpr std::string_view no_time_zone = "INS5105";         ///< a timestamp that says no instant
inline constexpr std::string_view impossible_action = "INS5106";    ///< SET NULL on a required column
inline constexpr std::string_view padded_text = "INS5107";          ///< char(n)
inline constexpr std::string_view text_json = "INS5108";            ///< json where jsonb is meant
}  // namespace lint_code

namespace detail {

/// The columns of a plain index, in order; empty when it has expressions or is partial.
[[nodiscard]] inline std::vector<std::string_view> plain_columns(const index& i) {
  std::vector<std::string_view> names;
  if (!i.where.empty() || !(i.method.empty() || i.method == "btree"))
    return names;
  for (const index_part& part : i.parts) {
    if (part.expression || !part.operator_class.empty() || !part.collation.empty())
      return {};
    names.push_back(part.text);
  }
  return names;
}

template <class Names, class MoreNames>
[[nodiscard]] bool is_prefix(const Names& shorter, const MoreNames& longer) {
  return !shorter.empty() && shorter.size() <= longer.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin());
}

/// Whether the first columns of a list are these, in any order: then an index on the list finds them.
template <class Names, class MoreNames>
[[nodiscard]] bool covers(const MoreNames& index_columns, const Names& wanted) {
  return wanted.size() <= index_columns.size() &&
         std::is_permutation(wanted.begin(), wanted.end(), index_columns.begin());
}

/// The kind of a column's type, also where it was written as text: `type("timestamp(3)")`.
[[nodiscard]] inline type_kind kind_of(const column& c) {
  if (c.type.kind != type_kind::custom)
    return c.type.kind;
  std::string text;
  for (const char letter : c.type.custom)
    text += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  const std::string name = text.substr(0, text.find_first_of("( "));
  if (name == "timestamp" && text.find("with time zone") == std::string::npos)
    return type_kind::timestamp;
  if (text == "json")
    return type_kind::json;
  if (text == "int" || text == "int4" || text == "integer")
    return type_kind::integer;
  if (text == "int2" || text == "smallint")
    return type_kind::smallint;
  const bool varying = text.find("varying") != std::string::npos;
  return (name == "char" || name == "character" || name == "bpchar") && !varying ? type_kind::character
                                                                                 : type_kind::custom;
}

inline void lint_table(std::vector<diagnostic>& found, const table& t, dialect d) {
  const std::string on = table_name(t);
  const auto say = [&](std::string_view code, std::string message, std::string help) {
    diagnostic about = make_diagnostic(code, std::move(message), std::move(help));
    about.warning = true;
    found.push_back(std::move(about));
  };
  if (t.primary_key.columns.empty())
    say(lint_code::no_primary_key, "Table " + on + " has no primary key.",
        "Without one a row cannot be told from its twin, and logical replication cannot update it.");

  for (const foreign_key& fk : t.foreign_keys) {
    const std::string columns = instar::detail::joined_names(fk.columns);
    const bool indexed =
        covers(t.primary_key.columns, fk.columns) ||
        std::any_of(t.uniques.begin(), t.uniques.end(), [&](const key& k) { return covers(k.columns, fk.columns); }) ||
        std::any_of(t.indexes.begin(), t.indexes.end(),
                    [&](const index& i) { return covers(plain_columns(i), fk.columns); });
    if (!indexed)
      say(lint_code::unindexed_reference, "No index covers the foreign key " + on + " (" + columns + ").",
          "Add an index on it: without one, each delete in " + std::string{fk.target_table} + " reads all of " + on +
              '.');
    for (const std::string_view name : fk.columns) {
      const column* c = t.find_column(name);
      const bool nulls = fk.on_delete == referential_action::set_null || fk.on_update == referential_action::set_null;
      if (c != nullptr && !c->nullable && nulls)
        say(lint_code::impossible_action,
            "The foreign key of " + on + '.' + std::string{name} + " sets NULL, but the column is required.",
            "Make the column a std::optional, or choose another action: as it is, the delete always fails.");
    }
  }

  for (const index& i : t.indexes) {
    const std::vector<std::string_view> columns = plain_columns(i);
    std::string by;
    if (is_prefix(columns, t.primary_key.columns))
      by = "the primary key";
    for (const key& k : t.uniques)
      if (by.empty() && is_prefix(columns, k.columns))
        by = "the unique constraint " + std::string{k.name};
    for (const index& other : t.indexes) {
      const std::vector<std::string_view> more = plain_columns(other);
      // Of two equal ones the first stays.
      const bool wider = more.size() > columns.size() || (more.size() == columns.size() && &other < &i);
      if (by.empty() && &other != &i && wider && is_prefix(columns, more))
        by = "index " + std::string{other.name};
    }
    if (!by.empty() && !i.unique && i.include.empty())
      say(lint_code::redundant_index, "Index " + std::string{i.name} + " of " + on + " is made needless by " + by + '.',
          "Drop it: it costs every write and helps no read.");
  }

  for (const column& c : t.columns) {
    const std::string name = on + '.' + std::string{c.name};
    const type_kind kind = kind_of(c);
    const bool narrow = kind == type_kind::integer || kind == type_kind::smallint;
    if (d == instar::postgres && c.identity != identity_kind::none && c.primary_key && narrow)
      say(lint_code::narrow_identity,
          "The key " + name + " is an " + (kind == type_kind::integer ? "integer" : "smallint") +
              " identity and runs out at " + (kind == type_kind::integer ? "2,147,483,647" : "32,767") + '.',
          "Make it a std::int64_t now; later that rewrites the table under a lock.");
    if (d != instar::postgres)
      continue;
    if (kind == type_kind::timestamp)
      say(lint_code::no_time_zone, name + " is a timestamp without time zone, which is no instant.",
          "Use timestamptz, unless it is a local time on purpose.");
    if (kind == type_kind::character)
      say(lint_code::padded_text, name + " is a char(n), which is padded with blanks.",
          "Use text with a check, or varchar.");
    if (kind == type_kind::json)
      say(lint_code::text_json, name + " is json, which has no equality and no index.", "Use jsonb.");
  }
}

}  // namespace detail

/// What is allowed in a schema and is seldom meant, table by table, each with what to do about it.
[[nodiscard]] inline std::vector<diagnostic> lint(const schema_view& schema, dialect d) {
  std::vector<diagnostic> found;
  for (const table& t : schema.tables)
    detail::lint_table(found, t, d);
  return found;
}

}  // namespace instar::cli
