#pragma once

#include <instar/database/catalog_rows.hpp>
#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>
#include <instar/sql/sql.hpp>

#include <exception>
#include <optional>
#include <string>
#include <string_view>

/// \file The transaction in which a PostgreSQL catalogue is read.

namespace instar::detail::pg {

struct session_row {
  std::string search_path;
  std::optional<std::string> schema;
  std::string changed;

  void read(row_reader& in) { in(search_path, schema, changed); }
};

/// One snapshot of the database, with settings under which it prints the same whatever the session's are: only the
/// default schema in the search path, and neither time zone nor date style in a literal.
///
/// Joins a transaction that is open; then all is put back at the end, and else ends with its own transaction.
class reading_scope {
 public:
  explicit reading_scope(database& db) : db_(db), joined_(db.in_transaction()) {
    if (!joined_)
      begin();
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

  /// What lets another connection see the same: only where there are so many views that it is worth while, and nothing
  /// when the transaction is another one's, who may have changed what nobody else sees.
  [[nodiscard]] const std::optional<std::string>& shared_snapshot() const noexcept { return snapshot_; }

  static constexpr int many_views = 32;

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

  void begin() {
    constexpr std::string_view opening = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    db_.execute(opening);
    try {
      snapshot_ = db_.query_value("SELECT pg_catalog.pg_export_snapshot() WHERE (SELECT count(*) FROM "
                                  "pg_catalog.pg_class WHERE relkind IN ('v', 'm') AND oid >= 16384) >= " +
                                  std::to_string(many_views));
    } catch (const database_error&) {
      if (!db_.is_open())
        throw;
      // A server that shares none is read on one connection.
      db_.execute("ROLLBACK");
      db_.execute(opening);
    }
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
  std::optional<std::string> snapshot_;
};

}  // namespace instar::detail::pg
