#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/introspection_options.hpp>
#include <instar/database/postgres_catalog_written.hpp>
#include <instar/database/postgres_raw_objects.hpp>
#include <instar/database/postgres_reading_scope.hpp>
#include <instar/database/postgres_schema_builder.hpp>
#include <instar/database/postgres_tables.hpp>
#include <instar/schema/owned.hpp>

/// \file A live PostgreSQL database as a schema value.

namespace instar::detail {

/// Everything in a PostgreSQL database but the members of extensions, as it is in one snapshot.
///
/// Objects of the connection's current schema have no schema name. Two dozen queries, whatever the number of objects.
/// Joins an open transaction (and then sees what that sees); else it reads in one of its own, repeatable read and read
/// only. Who owns an object, what a table holds, subscriptions and the options of user mappings (passwords) are not
/// read. https://www.postgresql.org/docs/current/catalogs.html \throws database_error
[[nodiscard]] inline owned_schema introspect_postgres(database& db, const introspection_options& options = {}) {
  const pg::catalog found = [&] {
    const pg::reading_scope scope{db};
    return pg::catalog_reader{db, options}.read(scope);
  }();
  return pg::schema_builder{found, options}.build();
}

}  // namespace instar::detail
