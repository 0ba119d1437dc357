#pragma once

#include "instar/schema/schema.hpp"

/// \file The names of constraints and indexes that the user did not name.

namespace instar::detail {

/// PostgreSQL keeps 63 bytes of a name and cuts the rest with nothing but a notice.
/// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
inline constexpr std::size_t name_limit = 63;

constexpr std::size_t derived_name_size(std::string_view table, std::span<const std::string_view> columns,
                                        std::string_view suffix) {
  std::size_t size = table.size() + suffix.size();
  for (std::string_view column : columns)
    size += 1 + column.size();
  return size;
}

/// Writes `table_column_column_suffix`. A name beyond 63 bytes keeps its first 54 (cut before a UTF-8 character, never
/// in it) and ends in a hash of the whole, so that two long names with one beginning stay two.
template <class Writer>
constexpr void put_derived_name(Writer& out, std::string_view table, std::span<const std::string_view> columns,
                                std::string_view suffix) {
  if (derived_name_size(table, columns, suffix) <= name_limit) {
    out.put(table);
    for (std::string_view column : columns) {
      out.put('_');
      out.put(column);
    }
    out.put(suffix);
    return;
  }
  std::uint64_t hash = hash_text(table);
  for (std::string_view column : columns)
    hash = hash_text(column, hash_text("_", hash));
  hash = hash_text(suffix, hash);
  hash ^= hash >> 32;

  std::size_t room = 54;
  auto put_cut = [&](std::string_view text) {
    if (text.size() > room) {
      std::size_t cut = room;
      while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0u) == 0x80u)
        --cut;
      text = text.substr(0, cut);
      room = 0;
    } else {
      room -= text.size();
    }
    out.put(text);
  };
  put_cut(table);
  for (std::string_view column : columns) {
    put_cut("_");
    put_cut(column);
  }
  out.put('_');
  for (int shift = 28; shift >= 0; shift -= 4)
    out.put("0123456789abcdef"[(hash >> shift) & 0xFu]);
}

/// The parts of the name `table_column_seq` that PostgreSQL gives the sequence of an identity column: the longer one is
/// cut until both fit into 63 bytes. https://doxygen.postgresql.org/indexcmds_8c.html (makeObjectName)
struct sequence_name_parts {
  std::string_view table;
  std::string_view column;

  constexpr sequence_name_parts(std::string_view whole_table, std::string_view whole_column) {
    constexpr std::size_t room = name_limit - 5;  // "_" and "_seq"
    std::size_t first = whole_table.size();
    std::size_t second = whole_column.size();
    while (first + second > room)
      --(first > second ? first : second);
    const auto cut = [](std::string_view text, std::size_t size) {
      while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u)
        --size;
      return text.substr(0, size);
    };
    table = cut(whole_table, first);
    column = cut(whole_column, second);
  }
};

}  // namespace instar::detail
