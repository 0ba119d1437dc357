#pragma once

#include <instar/cli/generate/names.hpp>

namespace instar::cli {

namespace detail {

[[nodiscard]] inline std::string dot_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      quoted += '\\';
    quoted += c == '\n' ? ' ' : c;
  }
  return quoted + '"';
}

/// Text inside HTML, XML and SVG.
[[nodiscard]] inline std::string escape_markup(std::string_view text) {
  std::string safe;
  for (const char c : text)
    switch (c) {
    case '&':
      safe += "&amp;";
      break;
    case '<':
      safe += "&lt;";
      break;
    case '>':
      safe += "&gt;";
      break;
    case '"':
      safe += "&quot;";
      break;
    default:
      safe += c;
    }
  return safe;
}

}  // namespace detail

/// The tables and their foreign keys as a graph for Graphviz: `dot -Tsvg erd.dot`.
/// https://graphviz.org/doc/info/shapes.html#html
[[nodiscard]] inline std::string dot(const schema_view& schema, dialect d) {
  using namespace detail;
  std::string text = "digraph schema {\n"
                     "  graph [rankdir=LR, ranksep=1.2];\n"
                     "  node [shape=plain, fontname=\"Helvetica\", fontsize=11];\n"
                     "  edge [fontname=\"Helvetica\", fontsize=9, dir=both];\n";
  for (const table& t : schema.tables) {
    text += "  " + dot_quoted(table_name(t)) +
            " [label=<\n    <table border=\"0\" cellborder=\"1\" cellspacing=\"0\" "
            "cellpadding=\"4\">\n";
    text += "      <tr><td colspan=\"3\" bgcolor=\"#dde6f0\"><b>" + escape_markup(table_name(t)) + "</b></td></tr>\n";
    for (std::size_t i = 0; i < t.columns.size(); ++i) {
      const column& c = t.columns[i];
      const std::string port = " port=\"c" + std::to_string(i) + '"';
      text += "      <tr><td" + port + " align=\"left\">" + escape_markup(c.name) + "</td><td align=\"left\">" +
              escape_markup(type_name(d, c)) + (c.nullable ? "?" : "") + "</td><td>" + key_marks(t, c) + "</td></tr>\n";
    }
    text += "    </table>>];\n";
  }
  for (const table& t : schema.tables)
    for (const foreign_key& fk : t.foreign_keys) {
      std::size_t port = 0;
      while (port + 1 < t.columns.size() && t.columns[port].name != fk.columns.front())
        ++port;
      text += "  " + dot_quoted(table_name(t)) + ":c" + std::to_string(port) + " -> " +
              dot_quoted(instar::detail::qualified(fk.target_schema, fk.target_table));
      text += std::string{" [arrowtail="} + (is_one_to_one(t, fk) ? "teeodot" : "crowodot") +
              ", arrowhead=" + (is_optional(t, fk) ? "teeodot" : "teetee") + "];\n";
    }
  return text + "}\n";
}

}  // namespace instar::cli
