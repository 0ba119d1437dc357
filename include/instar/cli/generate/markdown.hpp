#pragma once

#include <instar/cli/generate/names.hpp>

namespace instar::cli {

namespace detail {

/// Text in a cell of a table.
[[nodiscard]] inline std::string markdown_cell(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '<' || c == '[')
      safe += '\\';
    safe += c == '\n' || c == '\r' ? ' ' : c;
  }
  return safe;
}

/// Text as code in a cell of a table: GitHub ends a cell at a bar even inside of code.
[[nodiscard]] inline std::string markdown_code(std::string_view text) {
  if (text.empty())
    return {};
  std::string safe;
  for (const char c : text) {
    if (c == '|')
      safe += '\\';
    safe += c == '\n' || c == '\r' ? ' ' : c;
  }
  const bool has_backtick = safe.find('`') != std::string::npos;
  return has_backtick ? "`` " + safe + " ``" : '`' + safe + '`';
}

[[nodiscard]] inline std::string action_text(referential_action action) {
  switch (action) {
  case referential_action::no_action:
    break;
  case referential_action::restrict_action:
    return "restrict";
  case referential_action::cascade:
    return "cascade";
  case referential_action::set_null:
    return "set null";
  case referential_action::set_default:
    return "set default";
  }
  return {};
}

inline void put_markdown_table(std::string& text, const table& t, dialect d) {
  text += "\n## " + markdown_cell(table_name(t)) + "\n\n";
  if (!t.comment.empty())
    text += markdown_cell(t.comment) + "\n\n";
  text += "| column | type | null | default | key | comment |\n|---|---|---|---|---|---|\n";
  for (const column& c : t.columns)
    text += "| " + markdown_cell(c.name) + " | " + markdown_code(type_name(d, c)) + " | " +
            (c.nullable ? "yes" : "no") + " | " + markdown_code(default_text(d, c)) + " | " + key_marks(t, c) + " | " +
            markdown_cell(c.comment) + " |\n";
  std::string rules;
  const auto rule = [&](const std::string& line) { rules += "* " + line + '\n'; };
  const auto columns = [](std::span<const std::string_view> names) {
    return markdown_code(instar::detail::joined_names(names));
  };
  if (t.primary_key.columns.size() > 1)
    rule("primary key " + columns(t.primary_key.columns));
  for (const key& k : t.uniques)
    rule("unique " + columns(k.columns));
  for (const foreign_key& fk : t.foreign_keys) {
    std::string line = columns(fk.columns) + " references " +
                       markdown_cell(instar::detail::qualified(fk.target_schema, fk.target_table)) + ' ' +
                       columns(fk.target_columns);
    if (const std::string action = action_text(fk.on_delete); !action.empty())
      line += ", on delete " + action;
    if (const std::string action = action_text(fk.on_update); !action.empty())
      line += ", on update " + action;
    rule(line);
  }
  for (const check& c : t.checks)
    rule("check " + markdown_code(c.expression));
  for (const index& i : t.indexes) {
    std::string parts;
    for (const index_part& part : i.parts)
      parts += (parts.empty() ? "" : ", ") + std::string{part.text} + (part.descending ? " desc" : "");
    rule((i.unique ? "unique index " : "index ") + markdown_cell(i.name) + " on " + markdown_code(parts) +
         (i.method.empty() ? "" : " using " + std::string{i.method}) +
         (i.where.empty() ? "" : " where " + markdown_code(i.where)));
  }
  for (const exclusion& e : t.exclusions)
    rule("exclusion " + markdown_cell(e.name));
  if (!rules.empty())
    text += '\n' + rules;
}

}  // namespace detail

/// The data dictionary: every table with its columns, keys, rules and comments; enums and views. GitHub's Markdown.
[[nodiscard]] inline std::string markdown(const schema_view& schema, dialect d) {
  using namespace detail;
  std::string text = "# Data dictionary\n";
  for (const table& t : schema.tables)
    put_markdown_table(text, t, d);
  if (!schema.enumerations.empty()) {
    text += "\n## Enums\n\n| enum | values | comment |\n|---|---|---|\n";
    for (const enumeration& e : schema.enumerations) {
      std::string values;
      for (const enum_value& v : e.values)
        values += (values.empty() ? "" : ", ") + markdown_code(v.label);
      text += "| " + markdown_cell(instar::detail::qualified(e.schema, e.name)) + " | " + values + " | " +
              markdown_cell(e.comment) + " |\n";
    }
  }
  if (!schema.views.empty()) {
    text += "\n## Views\n";
    for (const view_object& v : schema.views) {
      text += "\n### " + markdown_cell(instar::detail::qualified(v.schema, v.name)) +
              (v.materialized ? " (materialized)" : "") + "\n\n";
      if (!v.comment.empty())
        text += markdown_cell(v.comment) + "\n\n";
      text += "```sql\n" + std::string{v.query} + "\n```\n";
    }
  }
  return text;
}

}  // namespace instar::cli
