#pragma once

#include <instar/cli/generate/names.hpp>

namespace instar::cli {

namespace detail {

// Mermaid's grammar takes letters, digits, `_`, `-`, brackets and parentheses in a type, nothing else.
[[nodiscard]] inline std::string mermaid_word(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                       c == '(' || c == ')' || c == '[' || c == ']';
    word += plain ? c : '_';
  }
  return word.empty() || (word.front() >= '0' && word.front() <= '9') ? '_' + word : word;
}

[[nodiscard]] inline std::string mermaid_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text)
    quoted += c == '"' ? '\'' : c == '\n' || c == '\r' ? ' ' : c;
  return quoted + '"';
}

}  // namespace detail

/// The tables and their foreign keys as an entity-relationship diagram in Mermaid, which GitHub and GitLab draw.
/// https://mermaid.js.org/syntax/entityRelationshipDiagram.html
[[nodiscard]] inline std::string mermaid(const schema_view& schema, dialect d) {
  using namespace detail;
  std::string text = "erDiagram\n";
  for (const table& t : schema.tables) {
    text += "  " + mermaid_quoted(table_name(t)) + " {\n";
    for (const column& c : t.columns) {
      text += "    " + mermaid_word(type_name(d, c)) + ' ' + mermaid_word(c.name);
      if (const std::string marks = key_marks(t, c); !marks.empty())
        text += ' ' + marks;
      std::string remark = c.nullable ? "nullable" : "";
      if (!c.comment.empty())
        remark += (remark.empty() ? "" : "; ") + std::string{c.comment};
      if (!remark.empty())
        text += ' ' + mermaid_quoted(remark);
      text += '\n';
    }
    text += "  }\n";
  }
  for (const table& t : schema.tables)
    for (const foreign_key& fk : t.foreign_keys) {
      text += "  " + mermaid_quoted(instar::detail::qualified(fk.target_schema, fk.target_table));
      text += is_optional(t, fk) ? " |o--" : " ||--";
      text += is_one_to_one(t, fk) ? "o| " : "o{ ";
      text += mermaid_quoted(table_name(t)) + " : " + mermaid_quoted(instar::detail::joined_names(fk.columns)) + '\n';
    }
  return text;
}

}  // namespace instar::cli
