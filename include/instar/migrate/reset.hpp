#pragma once

#include <instar/database/connection.hpp>
#include <instar/migrate/ledger.hpp>
#include <instar/migrate/script_plan.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/sql/script.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file Empties a database, or says whether it is empty.

namespace instar::detail {

/// What the scripts of a history make beside the objects inside a schema.
struct made_by_scripts {
  std::set<std::string, std::less<>> schemas;
  std::set<std::string, std::less<>> extensions;

  void add(const std::vector<script_statement>& statements) {
    for (const script_statement& statement : statements) {
      token_reader tokens{instar::postgres, statement.text};
      if (!tokens.take("CREATE"))
        continue;
      const bool schema = tokens.take("SCHEMA");
      if (!schema && !tokens.take("EXTENSION"))
        continue;
      if (tokens.take("IF", "NOT"))
        (void)tokens.take("EXISTS");
      if (is_keyword(tokens.peek(), "AUTHORIZATION"))
        (void)tokens.name();  // CREATE SCHEMA AUTHORIZATION role: the schema has the role's name
      (schema ? schemas : extensions).insert(tokens.name());
    }
  }
};

struct dropped_object {
  std::string statement;
  std::string display_name;
};

/// The statements that empty these schemas: everything in them that belongs to no extension, the extensions and schemas
/// that the history makes itself. Others stay, for the history could not bring them back; so do owner and rights of a
/// schema.
[[nodiscard]] inline std::vector<dropped_object> drops_on_postgres(database& from, const std::set<std::string>& schemas,
                                                                   const made_by_scripts& made) {
  std::vector<dropped_object> drops;
  const auto list = [](const auto& names) {
    std::string text = "''";
    for (const std::string& name : names)
      text += ", " + quote_literal(name);
    return "(" + text + ")";
  };
  for (const auto& row :
       from.query("SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname IN " + list(made.schemas) +
                  " AND nspname NOT IN ('public', 'information_schema') AND "
                  "nspname !~ '^pg_' ORDER BY 1")
           .rows)
    drops.push_back({"DROP SCHEMA IF EXISTS " + quote_identifier(*row[0]) + " CASCADE", "schema " + *row[0]});
  // The catalogue of dependencies knows every kind of object that a schema can hold, and pg_identify_object its name as
  // DROP wants it.
  const query_result objects = from.query(
      "SELECT DISTINCT o.type, o.identity FROM pg_catalog.pg_depend d "
      "JOIN pg_catalog.pg_namespace n ON n.oid = d.refobjid, "
      "LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) o "
      "WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.deptype = 'n' AND d.objsubid = 0 "
      "AND d.classid NOT IN ('pg_catalog.pg_extension'::pg_catalog.regclass, "
      "'pg_catalog.pg_default_acl'::pg_catalog.regclass) "
      "AND n.nspname IN " +
      list(schemas) + " AND n.nspname NOT IN " + list(made.schemas) +
      " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.classid = d.classid AND e.objid = d.objid "
      "AND e.objsubid = 0 AND e.deptype IN ('e', 'i')) ORDER BY 1, 2");
  for (const auto& row : objects.rows) {
    const std::string& type = *row[0];
    // Who drops may hold it, by a connection that would wait for itself.
    if (row[1]->ends_with("." + std::string{lock_table}))
      continue;
    if (type.starts_with("toast") || type == "index")
      continue;
    const std::string kind = type == "composite type" ? "TYPE" : type == "statistics object" ? "STATISTICS" : type;
    drops.push_back({"DROP " + kind + " IF EXISTS " + *row[1] + " CASCADE", type + " " + *row[1]});
  }
  for (const auto& row : from.query("SELECT extname FROM pg_catalog.pg_extension WHERE extname IN " +
                                    list(made.extensions) + " AND extname <> 'plpgsql' ORDER BY 1")
                             .rows)
    drops.push_back({"DROP EXTENSION IF EXISTS " + quote_identifier(*row[0]) + " CASCADE", "extension " + *row[0]});
  return drops;
}

[[nodiscard]] inline std::vector<dropped_object> drops_on_sqlite(database& from) {
  std::vector<dropped_object> drops;
  // Views and triggers first, so that none names what is gone already; virtual tables before the others, for their
  // shadow tables go with them and must not go before. (Which tables those are SQLite says from 3.37 on.)
  const query_result objects =
      from.query("SELECT type, name, type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%' FROM sqlite_schema "
                 "WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                 "ORDER BY CASE type WHEN 'trigger' THEN 0 WHEN 'view' THEN 1 ELSE 2 END, 3 DESC, rowid");
  for (const auto& row : objects.rows)
    drops.push_back({"DROP " + *row[0] + " IF EXISTS " + quote_identifier(*row[1]), *row[0] + " " + *row[1]});
  return drops;
}

/// Up to five objects that somebody put into a ledger's schema, extensions and our own tables aside.
[[nodiscard]] inline std::vector<std::string> foreign_objects(database& in, const ledger_place& place) {
  std::vector<std::string> found;
  // By what depends on the schema, for which there is an index: pg_class is long where there are many schemas.
  const std::string members =
      "FROM pg_catalog.pg_depend s WHERE s.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND s.refclassid = "
      "'pg_catalog.pg_namespace'::pg_catalog.regclass AND s.refobjid = (SELECT n.oid FROM pg_catalog.pg_namespace n "
      "WHERE n.nspname = " +
      quote_literal(place.schema) + ")";
  // What a first deploy meets is empty, and asking that is half the work.
  if (place.dialect == instar::postgres && !in.query_value("SELECT s.objid " + members + " LIMIT 1"))
    return found;
  const std::string ours = "('" + std::string{own_ledger} + "', '" + std::string{prisma_ledger} + "', '" +
                           std::string{journal_table} + "', '" + std::string{lock_table} + "', " +
                           quote_literal(place.table) + ")";
  const query_result tables =
      place.dialect == instar::postgres
          ? in.query("SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid IN (SELECT s.objid " + members +
                     ") AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname NOT IN " + ours +
                     " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = "
                     "'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e') "
                     "ORDER BY 1 LIMIT 5")
          : in.query("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT IN " + ours +
                     " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1 LIMIT 5");
  for (const auto& row : tables.rows)
    found.push_back(text_of(row[0]));
  return found;
}

}  // namespace instar::detail
