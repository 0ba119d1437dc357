#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/introspection_options.hpp>
#include <instar/database/postgres_catalog_written.hpp>
#include <instar/database/postgres_raw_objects.hpp>
#include <instar/database/postgres_schema_builder.hpp>
#include <instar/database/postgres_tables.hpp>
#include <instar/schema/owned.hpp>

#include <string>
#include <string_view>
#include <utility>

/// \file A live PostgreSQL database as a schema value.

namespace instar::detail {

namespace pg {

/// One snapshot of the database, with settings under which it prints the same whatever the session's are: only the
/// default schema in the search path, and neither time zone nor date style in a literal.
///
/// Joins a transaction that is open; then all is put back at the end, and else ends with its own transaction.
class reading_scope {
 public:
  explicit reading_scope(database& db) : db_(db), joined_(db.in_transaction()) {
    if (!joined_)
      db_.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    try {
      const session_row now = read_rows<session_row>(db_, settings()).at(0);
      schema_ = now.schema.value_or("");
      restore_ = now.search_path;
    } catch (const database_error&) {
      leave();
      throw;
    }
  }

  reading_scope(const reading_scope&) = delete;
  reading_scope& operator=(const reading_scope&) = delete;

  ~reading_scope() { leave(); }

  /// The schema that names without one mean; empty: there is none.
  [[nodiscard]] const std::string& default_schema() const noexcept { return schema_; }

 private:
  struct setting {
    std::string_view name;
    std::string_view value;
  };
  static constexpr setting printed_alike[] = {{"DateStyle", "ISO, YMD"}, {"IntervalStyle", "postgres"},
                                              {"TimeZone", "UTC"},       {"extra_float_digits", "3"},
                                              {"bytea_output", "hex"},   {"quote_all_identifiers", "off"},
                                              {"xmloption", "content"},  {"standard_conforming_strings", "on"},
                                              {"array_nulls", "on"},     {"jit", "off"}};

  /// One statement that tells what was and sets what shall be. What was comes as the statement that restores it.
  static std::string settings() {
    std::string was = "format('SELECT set_config(''search_path'', %L, true)', current_setting('search_path'))";
    // Temporary tables come last, or they would hide the others.
    std::string set = "set_config('search_path', concat_ws(', ', quote_ident(was.schema), 'pg_temp'), true)";
    for (const setting& s : printed_alike) {
      const std::string name = quote_literal(s.name);
      was += " || format(', set_config(%L, %L, true)', " + name + ", current_setting(" + name + "))";
      set += " || set_config(" + name + ", " + quote_literal(s.value) + ", true)";
    }
    return "WITH was AS MATERIALIZED (SELECT current_schema()::text AS schema, " + was +
           " AS restore) SELECT was.restore, was.schema, " + set + " FROM was";
  }

  void leave() noexcept {
    try {
      if (!joined_)
        db_.execute("ROLLBACK");  // nothing was written
      else if (!restore_.empty())
        (void)db_.query(restore_);
    } catch (const std::exception&) {
      // The connection is gone, or the transaction has failed and takes the settings with it.
    }
  }

  database& db_;
  bool joined_;
  std::string schema_;
  std::string restore_;
};

}  // namespace pg

/// Everything in a PostgreSQL database but the members of extensions, as it is in one snapshot.
///
/// Objects of the connection's current schema have no schema name. Two dozen queries, whatever the number of objects.
/// Joins an open transaction (and then sees what that sees); else it reads in one of its own, repeatable read and read
/// only. Who owns an object, what a table holds, subscriptions and the options of user mappings (passwords) are not
/// read. https://www.postgresql.org/docs/current/catalogs.html \throws database_error
[[nodiscard]] inline owned_schema introspect_postgres(database& db, const introspection_options& options = {}) {
  const pg::catalog found = [&] {
    const pg::reading_scope scope{db};
    return pg::catalog_reader{db, options}.read(scope.default_schema());
  }();
  return pg::schema_builder{found, options}.build();
}

}  // namespace instar::detail
