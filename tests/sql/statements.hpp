#pragma once

// Compile-time SQL as one golden text.

#include "schema/words.hpp"

#include <instar/instar.hpp>

#include <string_view>

namespace instar_test {

/// The statements from one schema to another, each with `;` and a line's end.
template <instar::dialect Dialect, const auto& Before, const auto& After>
constexpr text<6000> statements() {
  text<6000> out{};
  for (std::string_view statement : instar::migration_sql<Dialect, Before, After>.statements) {
    out.put(statement);
    out.put(";\n");
  }
  return out;
}

/// The statements that make a schema.
template <instar::dialect Dialect, const auto& Schema>
constexpr text<6000> statements() {
  return statements<Dialect, instar::detail::empty_schema, Schema>();
}

}  // namespace instar_test
