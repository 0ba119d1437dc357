#pragma once

#include <instar/database/connection.hpp>
#include <instar/migrate/ledger.hpp>
#include <instar/migrate/script_plan.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/schema/text.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// \file What an index statement of PostgreSQL that runs beside the writers, and so in no transaction of ours, may have
/// left when it or its runner was broken off: an invalid index, or the whole work without its line in the journal.
/// https://www.postgresql.org/docs/15/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
/// https://www.postgresql.org/docs/15/sql-reindex.html#SQL-REINDEX-CONCURRENTLY

namespace instar::detail {

struct concurrent_index {
  enum class action : unsigned char { create, drop, reindex_index, reindex_table };
  action what = action::create;
  std::string name;   ///< create: without schema, empty where the server chose one; drop, reindex: as SQL, quoted
  std::string table;  ///< create: as SQL, quoted
};

/// CREATE INDEX, DROP INDEX or REINDEX (of an index or a table) with CONCURRENTLY; nothing for any other statement.
[[nodiscard]] inline std::optional<concurrent_index> concurrent_index_of(std::string_view statement) {
  token_reader tokens{instar::postgres, statement};
  const auto qualified_name = [&] {
    std::string name = quote_identifier(tokens.name());
    if (tokens.take("."))
      name += "." + quote_identifier(tokens.name());
    return name;
  };
  concurrent_index found;
  if (tokens.take("DROP", "INDEX")) {
    if (!tokens.take("CONCURRENTLY"))
      return std::nullopt;
    (void)tokens.take("IF", "EXISTS");
    found.what = concurrent_index::action::drop;
    found.name = qualified_name();
    return found;
  }
  if (tokens.take("REINDEX")) {
    const bool table = tokens.take("TABLE");
    if ((!table && !tokens.take("INDEX")) || !tokens.take("CONCURRENTLY"))
      return std::nullopt;
    found.what = table ? concurrent_index::action::reindex_table : concurrent_index::action::reindex_index;
    found.name = qualified_name();
    return found;
  }
  if (!tokens.take("CREATE"))
    return std::nullopt;
  (void)tokens.take("UNIQUE");
  if (!tokens.take("INDEX", "CONCURRENTLY"))
    return std::nullopt;
  if (tokens.take("IF", "NOT"))
    (void)tokens.take("EXISTS");
  if (!is_keyword(tokens.peek(), "ON"))
    found.name = tokens.name();
  if (!tokens.take("ON"))
    return std::nullopt;
  (void)tokens.take("ONLY");
  found.table = qualified_name();
  return found;
}

/// Drops what a statement left invalid when it failed or its session was ended: the next try would stumble
/// over it or, with IF NOT EXISTS, take it for the real one.
inline void drop_invalid_index(database& on, const concurrent_index& made) {
  if (made.what == concurrent_index::action::drop)
    return;
  const auto object = [](const std::string& name) { return "pg_catalog.to_regclass(" + quote_literal(name) + ")"; };
  std::string which;
  switch (made.what) {
  case concurrent_index::action::create:
    which = "i.indrelid = " + object(made.table) + " AND c.relname = " + quote_literal(made.name);
    break;
  case concurrent_index::action::reindex_index:
    which = "i.indrelid = (SELECT o.indrelid FROM pg_catalog.pg_index o WHERE o.indexrelid = " + object(made.name) +
            ") AND c.relname ~ '_cc(new|old)[0-9]*$'";
    break;
  default:
    which = "i.indrelid = " + object(made.name) + " AND c.relname ~ '_cc(new|old)[0-9]*$'";
  }
  const query_result invalid =
      on.query("SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) "
               "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
               "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT i.indisvalid AND " +
               which);
  for (const auto& row : invalid.rows)
    on.execute("DROP INDEX CONCURRENTLY " + text_of(row[0]));
}

/// Whether a statement that an earlier try began, and of whose end the journal knows nothing, did its work before the
/// runner was gone. An index that was there before is told apart: the row that made it valid is older than the line of
/// the journal that says the statement was begun.
[[nodiscard]] inline bool was_carried_out(database& on, const ledger& book, std::string_view migration,
                                          std::size_t index, const concurrent_index& made) {
  if (made.what == concurrent_index::action::drop)
    return !on.query_value("SELECT pg_catalog.to_regclass(" + quote_literal(made.name) + ")");
  if (made.what != concurrent_index::action::create)
    return false;  // it does no harm twice
  return on
      .query_value("SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
                   "WHERE i.indisvalid AND i.indrelid = pg_catalog.to_regclass(" +
                   quote_literal(made.table) + ") AND c.relname = " + quote_literal(made.name) +
                   " AND pg_catalog.age(i.xmin) < (" + book.journal_age(migration, index) + ")")
      .has_value();
}

}  // namespace instar::detail
