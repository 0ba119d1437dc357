#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/introspection_options.hpp>
#include <instar/database/postgres_introspection.hpp>
#include <instar/database/sqlite_introspection.hpp>
#include <instar/schema/owned.hpp>

/// \file A database's schema as the value that models become at compile time.

namespace instar {

/// Reads the schema of a database: its tables and all else as a value that owns what it looks at.
///
/// What the value has no form for is a raw object with the statements that create and drop it, so that nothing in the
/// database is invisible. Texts are the database's own: expressions as it prints them, types as it names them.
/// PostgreSQL: objects of the connection's current schema have no schema's name, and those of extensions are left out.
///
/// \throws database_error
[[nodiscard]] inline owned_schema introspect(database& on, const introspection_options& options = {}) {
  return on.dialect() == sqlite ? detail::introspect_sqlite(on, options) : detail::introspect_postgres(on, options);
}

}  // namespace instar
