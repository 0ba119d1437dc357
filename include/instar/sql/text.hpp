#pragma once

#include "instar/sql/postgres.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>

/// \file Names, literals and types as text at run time.

namespace instar {

namespace detail {

struct string_writer {
  std::string text{};
  void put(char c) { text.push_back(c); }
  void put(std::string_view more) { text.append(more); }
};

inline std::string type_text(const column_type& t) {
  string_writer out;
  put_postgres_type(out, t);
  return std::move(out.text);
}

inline std::string qualified(std::string_view schema, std::string_view name) {
  return schema.empty() ? std::string(name) : std::string(schema) + '.' + std::string(name);
}

inline std::string joined_names(std::span<const std::string_view> names) {
  std::string text;
  for (std::string_view name : names) {
    if (!text.empty())
      text += ", ";
    text += name;
  }
  return text;
}

}  // namespace detail

/// A name as SQL writes it, in double quotes.
inline std::string quote_identifier(std::string_view name) {
  detail::string_writer out;
  detail::put_name(out, name);
  return std::move(out.text);
}

/// A text as SQL writes it, in single quotes.
inline std::string quote_literal(std::string_view text) {
  detail::string_writer out;
  detail::put_literal(out, text);
  return std::move(out.text);
}

}  // namespace instar
