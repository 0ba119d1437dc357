#pragma once

#include <instar/cli/generate/dot.hpp>
#include <instar/cli/generate/names.hpp>
#include <instar/cli/terminal.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace instar::cli {

namespace detail {

inline constexpr std::size_t svg_row = 20;    // height of a line
inline constexpr std::size_t svg_letter = 7;  // width of a letter of the 12 px monospace font
inline constexpr std::size_t svg_gap = 60;    // between boxes
inline constexpr std::size_t svg_padding = 8;

struct svg_box {
  std::size_t x = 0;
  std::size_t y = 0;
  std::size_t width = 0;
  std::size_t height = 0;
};

/// Places the tables in columns of about equal height, in their order, so that the picture is about as wide as high.
[[nodiscard]] inline std::vector<svg_box> place_tables(const schema_view& schema, dialect d) {
  std::vector<svg_box> boxes;
  std::size_t total = 0;
  std::size_t widest = 0;
  for (const table& t : schema.tables) {
    std::size_t letters = width_of(table_name(t));
    for (const column& c : t.columns)
      letters = std::max(letters, width_of(c.name) + width_of(type_name(d, c)) + key_marks(t, c).size() + 6);
    boxes.push_back({0, 0, letters * svg_letter + 2 * svg_padding, (t.columns.size() + 1) * svg_row + svg_padding});
    total += boxes.back().height + svg_gap;
    widest = std::max(widest, boxes.back().width);
  }
  std::size_t columns = 1;
  while (columns < boxes.size() && columns * (widest + svg_gap) < total / columns)
    ++columns;
  const std::size_t target = total / columns;
  std::size_t x = svg_gap;
  std::size_t y = svg_gap;
  std::size_t column_width = 0;
  for (svg_box& box : boxes) {
    if (y > svg_gap && y + box.height / 2 > target) {
      x += column_width + svg_gap;
      y = svg_gap;
      column_width = 0;
    }
    box.x = x;
    box.y = y;
    y += box.height + svg_gap;
    column_width = std::max(column_width, box.width);
  }
  return boxes;
}

}  // namespace detail

/// The tables and their foreign keys as a picture that a browser shows as it is. The lines are plain curves: for a
/// layout that avoids crossings, take `dot`.
[[nodiscard]] inline std::string svg(const schema_view& schema, dialect d) {
  using namespace detail;
  const std::vector<svg_box> boxes = place_tables(schema, d);
  std::size_t width = svg_gap;
  std::size_t height = svg_gap;
  for (const svg_box& box : boxes) {
    width = std::max(width, box.x + box.width + svg_gap);
    height = std::max(height, box.y + box.height + svg_gap);
  }
  const auto number = [](std::size_t n) { return std::to_string(n); };
  std::string text = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) + ' ' + number(height) +
                     "\" width=\"" + number(width) + "\" height=\"" + number(height) +
                     "\" font-family=\"monospace\" font-size=\"12\">\n"
                     "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
  for (std::size_t i = 0; i < schema.tables.size(); ++i) {
    const table& t = schema.tables[i];
    for (const foreign_key& fk : t.foreign_keys) {
      std::size_t target = 0;
      while (target < schema.tables.size() &&
             (schema.tables[target].name != fk.target_table || schema.tables[target].schema != fk.target_schema))
        ++target;
      if (target == schema.tables.size())
        continue;  // a table that is not ours
      std::size_t row = 0;
      while (row + 1 < t.columns.size() && t.columns[row].name != fk.columns.front())
        ++row;
      const svg_box& from = boxes[i];
      const svg_box& to = boxes[target];
      const bool leftwards = to.x < from.x;
      const std::size_t x1 = leftwards ? from.x : from.x + from.width;
      const std::size_t y1 = from.y + (row + 1) * svg_row + svg_row / 2 + svg_padding / 2;
      const std::size_t x2 = leftwards || to.x == from.x ? to.x + to.width : to.x;
      const std::size_t y2 = to.y + svg_row / 2;
      const std::size_t bend = svg_gap / 2;
      text += "<path d=\"M" + number(x1) + ' ' + number(y1) + " C" + number(leftwards ? x1 - bend : x1 + bend) + ' ' +
              number(y1) + ' ' + number(x2 == to.x ? x2 - bend : x2 + bend) + ' ' + number(y2) + ' ' + number(x2) +
              ' ' + number(y2) + "\" fill=\"none\" stroke=\"#6b7f94\"" +
              (is_optional(t, fk) ? " stroke-dasharray=\"4 3\"" : "") + "/>\n<circle cx=\"" + number(x2) + "\" cy=\"" +
              number(y2) + "\" r=\"3\" fill=\"#6b7f94\"/>\n";
    }
  }
  for (std::size_t i = 0; i < schema.tables.size(); ++i) {
    const table& t = schema.tables[i];
    const svg_box& box = boxes[i];
    const auto rectangle = [&](std::size_t high, const char* fill) {
      text += "<rect x=\"" + number(box.x) + "\" y=\"" + number(box.y) + "\" width=\"" + number(box.width) +
              "\" height=\"" + number(high) + "\" fill=\"" + fill + "\" stroke=\"#33475b\"/>\n";
    };
    const auto words = [&](std::size_t x, std::size_t y, const char* more, std::string_view content) {
      text += "<text x=\"" + number(x) + "\" y=\"" + number(y) + '"' + more + '>' + escape_markup(printable(content)) +
              "</text>\n";
    };
    rectangle(box.height, "#ffffff");
    rectangle(svg_row, "#dde6f0");
    words(box.x + svg_padding, box.y + 14, " font-weight=\"bold\"", table_name(t));
    std::size_t y = box.y + svg_row + 14 + svg_padding / 2;
    for (const column& c : t.columns) {
      const std::string marks = key_marks(t, c);
      words(box.x + svg_padding, y, c.primary_key ? " font-weight=\"bold\"" : "", c.name);
      words(box.x + box.width - svg_padding, y, " text-anchor=\"end\" fill=\"#55677a\"",
            type_name(d, c) + (c.nullable ? "?" : "") + (marks.empty() ? "" : "  " + marks));
      y += svg_row;
    }
  }
  return text + "</svg>\n";
}

}  // namespace instar::cli
