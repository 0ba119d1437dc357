#pragma once

#include <instar/database/connection.hpp>
#include <instar/migrate/ledger.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// \file The rows of a database as statements that insert them: what a squash keeps of the INSERTs that it replaces.

namespace instar::detail {

/// A table that rows can be in.
struct stored_table {
  std::string id;                       ///< how `references` name it
  std::string name;                     ///< as SQL writes it
  std::vector<std::string> columns;     ///< that an INSERT gives values for, as SQL writes them
  std::vector<std::string> references;  ///< the tables that its foreign keys lead to
  bool writable = true;                 ///< false: SQLite's virtual tables, which keep their rows in others
};

/// Rows as a script, and how many of which table.
struct stored_rows {
  std::string script;
  std::vector<std::string> tables;     ///< "countries (3 rows)"
  std::optional<std::string> refused;  ///< why there is no script, in a sentence
};

/// The tables of a database but for those of the system and of extensions.
[[nodiscard]] inline std::vector<stored_table> stored_tables(database& on) {
  std::vector<stored_table> tables;
  if (on.dialect() == instar::postgres) {
    const query_result found = on.query(
        "SELECT c.oid, c.oid::pg_catalog.regclass::text, "
        "(SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM "
        "pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND "
        "a.attgenerated = ''), "
        "(SELECT pg_catalog.string_agg(k.confrelid::text, ' ') FROM pg_catalog.pg_constraint k WHERE k.conrelid = "
        "c.oid "
        "AND k.contype = 'f') "
        "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND "
        "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend "
        "d "
        "WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e') "
        "ORDER BY 2");
    for (const auto& row : found.rows) {
      stored_table& t = tables.emplace_back();
      t.id = text_of(row[0]);
      t.name = text_of(row[1]);
      if (row[2])
        t.columns.push_back(*row[2]);  // a list already
      const std::string ids = text_of(row[3]);
      for (std::size_t at = 0; at < ids.size();) {
        const std::size_t end = std::min(ids.find(' ', at), ids.size());
        t.references.push_back(ids.substr(at, end - at));
        at = end + 1;
      }
    }
    return tables;
  }
  const query_result found = on.query("SELECT name, sql LIKE 'CREATE VIRTUAL TABLE%' FROM sqlite_schema WHERE type = "
                                      "'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
  for (const auto& row : found.rows) {
    stored_table& t = tables.emplace_back();
    t.id = text_of(row[0]);
    t.name = quote_identifier(t.id);
    t.writable = row[1] != "1";
    for (const auto& column :
         on.query("SELECT name FROM pragma_table_xinfo(" + quote_literal(t.id) + ") WHERE hidden = 0 ORDER BY cid")
             .rows)
      t.columns.push_back(quote_identifier(text_of(column[0])));
    for (const auto& key :
         on.query("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(" + quote_literal(t.id) + ")").rows)
      t.references.push_back(text_of(key[0]));
  }
  return tables;
}

/// The numbers that sequences have reached. https://www.sqlite.org/autoinc.html
[[nodiscard]] inline std::string sequence_statements(database& on) {
  std::string script;
  if (on.dialect() == instar::postgres) {
    const query_result found = on.query(
        "SELECT 'SELECT pg_catalog.setval(' || pg_catalog.quote_literal(pg_catalog.format('%I.%I', schemaname, "
        "sequencename)::pg_catalog.regclass::text) || ', ' || last_value || ');' FROM pg_catalog.pg_sequences WHERE "
        "last_value IS NOT NULL ORDER BY schemaname, sequencename");
    for (const auto& row : found.rows)
      script += text_of(row[0]) + "\n";
    return script;
  }
  if (!on.query_value("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'"))
    return script;
  for (const auto& row : on.query("SELECT quote(name), seq FROM sqlite_sequence WHERE seq > 0 ORDER BY name").rows)
    script += "DELETE FROM sqlite_sequence WHERE name = " + text_of(row[0]) +
              ";\nINSERT INTO sqlite_sequence (name, seq) VALUES (" + text_of(row[0]) + ", " + text_of(row[1]) + ");\n";
  return script;
}

/// One INSERT with all rows of a table; they are sorted by their text, so that the same rows give the same statement.
[[nodiscard]] inline std::string insert_statement(database& on, const stored_table& t) {
  const bool server = on.dialect() == instar::postgres;
  std::string columns;
  std::string asked;
  for (const std::string& column : t.columns) {
    columns += (columns.empty() ? "" : ", ") + column;
    asked += (asked.empty() ? "" : ", ") + (server ? column : "quote(" + column + ")");
  }
  std::vector<std::string> lines;
  for (const auto& row : on.query("SELECT " + asked + " FROM " + t.name).rows) {
    std::string line;
    for (const sql_value& value : row)
      line += (line.empty() ? "    (" : ", ") + (!value ? "NULL" : server ? quote_literal(*value) : *value);
    lines.push_back(line + ")");
  }
  std::sort(lines.begin(), lines.end());
  std::string text =
      "INSERT INTO " + t.name + " (" + columns + ")" + (server ? " OVERRIDING SYSTEM VALUE" : "") + " VALUES\n";
  for (const std::string& line : lines)
    text += line + (&line == &lines.back() ? ";\n" : ",\n");
  return text;
}

/// All rows of a database, each table behind those that it references.
/// \param most rows that are written
[[nodiscard]] inline stored_rows read_stored_rows(database& on, std::size_t most) {
  stored_rows rows;
  std::vector<stored_table> open;
  std::size_t all = 0;
  for (stored_table& t : stored_tables(on)) {
    const std::size_t count = std::stoul(text_of(on.query_value("SELECT count(*) FROM " + t.name)));
    if (count == 0 || t.columns.empty())
      continue;
    all += count;
    if (!t.writable)
      rows.refused = "The virtual table " + t.name + " has rows, which cannot be written as INSERTs";
    rows.tables.push_back(t.name + " (" + std::to_string(count) + (count == 1 ? " row)" : " rows)"));
    open.push_back(std::move(t));
  }
  if (all > most)
    rows.refused = "There are " + std::to_string(all) + " rows, and more than " + std::to_string(most) +
                   " are too many for a migration";
  if (rows.refused)
    return rows;
  while (!open.empty()) {
    const auto waits_for = [&](const stored_table& t, const stored_table& other) {
      return other.id != t.id && std::find(t.references.begin(), t.references.end(), other.id) != t.references.end();
    };
    const auto free = std::find_if(open.begin(), open.end(), [&](const stored_table& t) {
      return std::none_of(open.begin(), open.end(), [&](const stored_table& other) { return waits_for(t, other); });
    });
    if (free == open.end()) {
      rows.refused = "The rows of " + open.front().name + " and of other tables reference each other in a circle";
      return rows;
    }
    rows.script += insert_statement(on, *free) + "\n";
    open.erase(free);
  }
  rows.script += sequence_statements(on);
  return rows;
}

}  // namespace instar::detail
