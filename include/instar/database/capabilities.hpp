#pragma once

#include <instar/database/connection.hpp>
#include <instar/schema/dialect.hpp>

#include <string>
#include <string_view>
#include <vector>

/// \file What a server can do that speaks PostgreSQL's protocol, and is not always PostgreSQL.

namespace instar {

/// What a planner and a runner have to know of a server. Of CockroachDB, YugabyteDB and Citus this is what their
/// documentation says; instar was not run against them.
struct server_capabilities {
  /// "PostgreSQL", "CockroachDB", "YugabyteDB", "Citus", "SQLite".
  std::string_view product = "PostgreSQL";

  /// DDL is rolled back with its transaction. Otherwise each DDL statement of a script is journalled by itself.
  /// https://www.cockroachlabs.com/docs/stable/online-schema-changes, https://docs.yugabyte.com (transactional DDL)
  bool transactional_ddl = true;

  /// CREATE INDEX builds beside writers only where it says CONCURRENTLY, and the catalogue tells afterwards what became
  /// of it. Otherwise plans are in the short form, whose changes such a server makes beside writers anyway.
  bool concurrent_index = true;

  /// Advisory locks keep others out. Otherwise a row of a table does.
  /// https://github.com/cockroachdb/cockroach/issues/13546
  bool advisory_lock = true;

  /// A connection is one session. Not through a pooler that hands them out transaction by transaction: there nothing
  /// outlives a transaction. https://www.pgbouncer.org/features.html
  bool sessions = true;

  /// One ALTER TABLE may have several actions, whatever they are.
  bool multi_action_alter = true;

  /// Constraints can be added NOT VALID, and validated later.
  bool not_valid = true;

  /// Constraints can be DEFERRABLE.
  bool deferrable = true;

  /// Whether scripts may be in the form for tables that are in use.
  [[nodiscard]] bool online_form() const noexcept { return concurrent_index && not_valid; }
};

/// What a server says that it is.
/// \param version of the function version()
/// \param ddl_blocks YugabyteDB: whether DDL is part of a transaction block (yb_ddl_transaction_block_enabled)
[[nodiscard]] inline server_capabilities capabilities_of(std::string_view version, bool citus, bool ddl_blocks) {
  server_capabilities can;
  if (version.find("CockroachDB") != std::string_view::npos) {
    can.product = "CockroachDB";
    can.transactional_ddl = false;
    can.concurrent_index = false;
    can.advisory_lock = false;
    can.deferrable = false;
  } else if (version.find("-YB-") != std::string_view::npos) {
    can.product = "YugabyteDB";
    can.transactional_ddl = ddl_blocks;
    can.concurrent_index = false;
    can.advisory_lock = false;
  } else if (citus) {
    can.product = "Citus";
    can.multi_action_alter = false;
  }
  return can;
}

/// Asks a server what it can do: one round trip on PostgreSQL, none on SQLite.
/// \throws database_error
[[nodiscard]] inline server_capabilities ask_capabilities(database& server) {
  if (server.dialect() == instar::sqlite)
    return {.product = "SQLite"};
  const query_result said = server.query(
      "SELECT pg_catalog.version(), (SELECT count(*) FROM pg_catalog.pg_extension WHERE extname = 'citus'), "
      "pg_catalog.current_setting('yb_ddl_transaction_block_enabled', true)");
  const std::vector<sql_value>& row = said.rows.at(0);
  server_capabilities can = capabilities_of(row[0].value_or(""), row[1] != "0", row[2] == "on");
  can.sessions = !server.url().through_pooler();
  return can;
}

}  // namespace instar
