#pragma once

#include <instar/schema/dialect.hpp>
#include <instar/schema/schema.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <string>
#include <string_view>

/// \file What the generated documents call things.

namespace instar::cli::detail {

/// A column's type as the dialect spells it.
[[nodiscard]] inline std::string type_name(dialect d, const column& c) {
  instar::detail::string_writer out;
  if (d == instar::postgres)
    instar::detail::put_postgres_type(out, c.type);
  else
    instar::detail::put_sqlite_type(out, c.type);
  std::string text = std::move(out.text);
  // A name in quotes is for SQL; a document shows the name.
  text.erase(std::remove(text.begin(), text.end(), '"'), text.end());
  return text;
}

/// A column's default as the dialect spells it; empty without one.
[[nodiscard]] inline std::string default_text(dialect d, const column& c) {
  if (c.identity != identity_kind::none)
    return "identity";
  if (c.generated != generated_kind::none)
    return "generated: " + std::string{c.generated_as};
  if (c.initial.kind == default_kind::none)
    return c.updated_at ? "kept current" : std::string{};
  instar::detail::string_writer out;
  if (d == instar::postgres)
    instar::detail::put_postgres_default(out, c.initial);
  else
    instar::detail::put_sqlite_default(out, c.initial);
  return std::move(out.text);
}

[[nodiscard]] inline std::string table_name(const table& t) {
  return instar::detail::qualified(t.schema, t.name);
}

/// Whether a column is part of a foreign key.
[[nodiscard]] inline bool is_reference(const table& t, const column& c) {
  return std::any_of(t.foreign_keys.begin(), t.foreign_keys.end(), [&](const foreign_key& fk) {
    return std::find(fk.columns.begin(), fk.columns.end(), c.name) != fk.columns.end();
  });
}

/// "PK", "FK", "UK" of a column, joined by a comma.
[[nodiscard]] inline std::string key_marks(const table& t, const column& c) {
  std::string marks;
  const auto add = [&](const char* mark) { marks += (marks.empty() ? "" : ", ") + std::string{mark}; };
  if (c.primary_key)
    add("PK");
  if (is_reference(t, c))
    add("FK");
  if (c.unique)
    add("UK");
  return marks;
}

/// How many rows of the table one row of the target can have: at most one where the key's columns are unique.
[[nodiscard]] inline bool is_one_to_one(const table& t, const foreign_key& fk) {
  const auto same_columns = [&](const key& k) {
    return k.columns.size() == fk.columns.size() && !k.columns.empty() &&
           std::is_permutation(k.columns.begin(), k.columns.end(), fk.columns.begin(), fk.columns.end());
  };
  return same_columns(t.primary_key) || std::any_of(t.uniques.begin(), t.uniques.end(), same_columns);
}

/// Whether a row may be without a target.
[[nodiscard]] inline bool is_optional(const table& t, const foreign_key& fk) {
  return std::any_of(fk.columns.begin(), fk.columns.end(), [&](std::string_view name) {
    const column* c = t.find_column(name);
    return c != nullptr && c->nullable;
  });
}

}  // namespace instar::cli::detail
