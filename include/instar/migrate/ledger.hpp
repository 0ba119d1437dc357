#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/history.hpp>
#include <instar/migrate/sha256.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/sql/script.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

/// \file The ledger: the table in which a database keeps what was applied to it. Its columns and their meaning are
/// those of Prisma's `_prisma_migrations`, which is adopted where it exists.
/// https://www.prisma.io/docs/orm/prisma-migrate/workflows/troubleshooting

namespace instar {

/// One try to apply one migration.
struct ledger_row {
  std::string id;
  std::string checksum;
  std::string migration;
  std::string started_at;
  std::string finished_at;  ///< empty: it did not get to its end
  std::string rolled_back_at;
  std::string logs;  ///< of a failed try what the database said, of an applied one `statements_note`

  [[nodiscard]] bool counts() const noexcept { return rolled_back_at.empty(); }
  [[nodiscard]] bool applied() const noexcept { return counts() && !finished_at.empty(); }
  [[nodiscard]] bool failed() const noexcept { return counts() && finished_at.empty(); }
};

/// One statement of a script that is no one transaction, as far as it got.
struct journal_row {
  std::size_t statement = 0;  ///< from 1
  std::string hash;           ///< SHA-256 of its text
  bool finished = false;
  std::string error;
};

namespace detail {

inline constexpr std::string_view own_ledger = "_instar_migrations";
inline constexpr std::string_view prisma_ledger = "_prisma_migrations";
inline constexpr std::string_view journal_table = "_instar_journal";
inline constexpr std::string_view lock_table = "_instar_lock";  ///< on servers without advisory locks

/// The name of a ledger as an option gives it: "table" or "schema.table", each part as it is or in double quotes, as in
/// SQL, which a schema with a dot in its name needs.
struct ledger_name {
  std::string schema;  ///< empty where none was said
  std::string table;

  [[nodiscard]] static ledger_name parse(std::string_view text) {
    const auto part = [&text] {
      std::string name;
      if (!text.starts_with('"')) {
        name = text.substr(0, text.find('.'));
        text.remove_prefix(name.size());
        return name;
      }
      text.remove_prefix(1);
      while (!text.empty()) {
        const bool quote = text.front() == '"';
        text.remove_prefix(quote ? 1 : 0);
        if (text.empty() || (quote && text.front() != '"'))
          break;
        name += text.front();
        text.remove_prefix(1);
      }
      return name;
    };
    ledger_name parsed{{}, part()};
    if (!text.starts_with('.'))
      return parsed;
    text.remove_prefix(1);
    parsed.schema = std::move(parsed.table);
    // What follows the first dot is one name, as ever, unless it is quoted.
    parsed.table = text.starts_with('"') ? part() : std::string{text};
    return parsed;
  }
};

/// A random UUID (version 4), as Prisma's ledger has them. https://www.rfc-editor.org/rfc/rfc9562#section-5.4
[[nodiscard]] inline std::string random_uuid() {
  // By name: what the library takes else may be an instruction that a virtual machine makes take microseconds.
  thread_local std::random_device device = [] {
    try {
      return std::random_device{"/dev/urandom"};
    } catch (const std::exception&) {
      return std::random_device{};  // no such name here
    }
  }();
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t word = 0; word != 4; ++word) {
    std::uint32_t bits = device();
    if (word == 1)
      bits = (bits & 0xFFFF0FFFU) | 0x4000U;  // the version
    if (word == 2)
      bits = (bits & 0x3FFFFFFFU) | 0x80000000U;  // the variant
    for (int shift = 28; shift >= 0; shift -= 4) {
      text += digits[(bits >> shift) & 15U];
      if (text.size() == 8 || text.size() == 13 || text.size() == 18 || text.size() == 23)
        text += '-';
    }
  }
  return text;
}

[[nodiscard]] inline std::string text_of(const sql_value& value) {
  return value ? *value : std::string{};
}

/// What the ledger notes of a migration that was applied, beside its checksum: the same for two scripts whose
/// statements are the same. Empty where the script cannot be read.
[[nodiscard]] inline std::string statements_note(dialect target, const migration& m) {
  try {
    return "statements sha256:" + sha256_hex(normalized_script(target, m.sql));
  } catch (const script_error&) {
    return {};
  }
}

/// Whether a row was written by a program that notes the statements; Prisma does not.
[[nodiscard]] inline bool has_statements_note(const ledger_row& row) {
  return row.applied() && row.logs.starts_with("statements sha256:");
}

}  // namespace detail

/// Where a ledger is, or would be made.
struct ledger_place {
  instar::dialect dialect = instar::postgres;
  std::string schema;  ///< PostgreSQL's; empty on SQLite
  std::string table{detail::own_ledger};
  bool exists = false;

  [[nodiscard]] bool prisma() const noexcept { return table == detail::prisma_ledger; }

  /// For people.
  [[nodiscard]] std::string display_name() const { return schema.empty() ? table : schema + "." + table; }

  /// For SQL. Always qualified: a script may have changed the search path.
  [[nodiscard]] std::string qualified(std::string_view name) const {
    return (schema.empty() ? std::string{} : quote_identifier(schema) + ".") + quote_identifier(name);
  }
  [[nodiscard]] std::string qualified() const { return qualified(table); }
};

/// The ledger of a database, as it was when it was read, and the statements that change it.
class ledger {
 public:
  /// Reads the ledger: one round trip where instar's own exists, two where none does, three where Prisma's does.
  ///
  /// \param wanted the table, "name" or "schema.name" (see `detail::ledger_name`); empty: instar's own, else Prisma's,
  ///        else instar's own to be made
  /// \throws migration_error `two_ledgers`, `foreign_ledger`, `no_schema`
  [[nodiscard]] static ledger read(database& from, std::string_view wanted = {}) {
    ledger made;
    made.place_.dialect = from.dialect();
    if (from.dialect() == instar::postgres)
      made.read_postgres(from, wanted);
    else
      made.read_sqlite(from, wanted);
    made.sort();
    return made;
  }

  /// Reads the rows alone, for one who may find that there is nothing to do: half of what `read` costs on a connection
  /// that has just begun. On PostgreSQL the schema of a ledger that exists stays unknown.
  /// \throws as `read`
  [[nodiscard]] static ledger read_rows(database& from, std::string_view wanted = {}) {
    if (from.dialect() == instar::sqlite || !wanted.empty())
      return read(from, wanted);
    ledger made;
    made.place_.dialect = from.dialect();
    made.read_own_or_prisma(from, parts_of_read::rows);
    made.sort();
    return made;
  }

  [[nodiscard]] const ledger_place& place() const noexcept { return place_; }

  /// Sorted by the names of the migrations.
  [[nodiscard]] const std::vector<ledger_row>& rows() const noexcept { return rows_; }

  /// Remembers that the table exists now.
  void made() noexcept { place_.exists = true; }

  /// The row by which a migration counts as applied, or nullptr.
  [[nodiscard]] const ledger_row* applied(std::string_view name) const noexcept {
    return find(name, &ledger_row::applied);
  }

  /// The row of a try that neither ended nor was rolled back, or nullptr.
  [[nodiscard]] const ledger_row* failed(std::string_view name) const noexcept {
    return find(name, &ledger_row::failed);
  }

  [[nodiscard]] std::size_t tries(std::string_view name) const noexcept {
    const auto [first, last] = rows_of(name);
    return static_cast<std::size_t>(last - first);
  }

  // ---- statements, without a semicolon at their end ----

  [[nodiscard]] std::string create_statement() const {
    const std::string table = place_.qualified();
    if (place_.dialect == instar::postgres)
      return "CREATE TABLE " + table +
             " (\n"
             "    id                      VARCHAR(36) PRIMARY KEY NOT NULL,\n"
             "    checksum                VARCHAR(64) NOT NULL,\n"
             "    finished_at             TIMESTAMPTZ,\n"
             "    migration_name          VARCHAR(255) NOT NULL,\n"
             "    logs                    TEXT,\n"
             "    rolled_back_at          TIMESTAMPTZ,\n"
             "    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),\n"
             "    applied_steps_count     INTEGER NOT NULL DEFAULT 0\n"
             ")";
    return "CREATE TABLE " + table +
           " (\n"
           "    \"id\"                    TEXT PRIMARY KEY NOT NULL,\n"
           "    \"checksum\"              TEXT NOT NULL,\n"
           "    \"finished_at\"           DATETIME,\n"
           "    \"migration_name\"        TEXT NOT NULL,\n"
           "    \"logs\"                  TEXT,\n"
           "    \"rolled_back_at\"        DATETIME,\n"
           "    \"started_at\"            DATETIME NOT NULL DEFAULT current_timestamp,\n"
           "    \"applied_steps_count\"   INTEGER UNSIGNED NOT NULL DEFAULT 0\n"
           ")";
  }

  /// The row of a migration that has run; `now()` is the start of the transaction that it ran in.
  [[nodiscard]] std::string insert_applied(const migration& m, int steps) const {
    const bool ran = steps != 0;
    return insert_into("finished_at, started_at, applied_steps_count, logs", m,
                       (ran ? now() : transaction_start()) + ", " + transaction_start() + ", " + std::to_string(steps) +
                           ", " + note(m));
  }

  /// The row of a migration that begins to run.
  [[nodiscard]] std::string insert_started(const migration& m) const { return insert_into("started_at", m, now()); }

  [[nodiscard]] std::string mark_finished(const migration& m) const {
    return update(m.name, "finished_at = " + now() + ", applied_steps_count = 1, logs = " + note(m),
                  "finished_at IS NULL");
  }

  /// Takes away the row of a migration that began to run, and of which nothing was applied.
  [[nodiscard]] std::string forget_started(std::string_view name) const {
    return "DELETE FROM " + place_.qualified() + " WHERE migration_name = " + quote_literal(name) +
           " AND finished_at IS NULL AND rolled_back_at IS NULL";
  }

  [[nodiscard]] std::string mark_rolled_back(std::string_view name, bool only_failed) const {
    return update(name, "rolled_back_at = " + now(), only_failed ? "finished_at IS NULL" : "true");
  }

  /// Says that a migration that is applied is what its file is now.
  [[nodiscard]] std::string accept(const migration& m) const {
    return update(m.name, "checksum = " + quote_literal(m.checksum) + ", logs = " + note(m), "finished_at IS NOT NULL");
  }

  /// Takes one parameter, the text.
  [[nodiscard]] std::string set_logs(std::string_view name) const {
    return update(name, place_.dialect == instar::postgres ? "logs = $1" : "logs = ?1", "finished_at IS NULL");
  }

  // ---- the journal, which exists only while a script that is no one transaction is under way ----

  [[nodiscard]] std::string create_journal() const {
    const bool server = place_.dialect == instar::postgres;
    return "CREATE TABLE IF NOT EXISTS " + place_.qualified(detail::journal_table) +
           " (\n"
           "    migration_name          " +
           (server ? "VARCHAR(255)" : "TEXT") +
           " NOT NULL,\n"
           "    statement_index         INTEGER NOT NULL,\n"
           "    statement_hash          " +
           (server ? "VARCHAR(64)" : "TEXT") +
           " NOT NULL,\n"
           "    started_at              " +
           (server ? "TIMESTAMPTZ NOT NULL DEFAULT now()" : "DATETIME NOT NULL DEFAULT current_timestamp") +
           ",\n"
           "    finished_at             " +
           (server ? "TIMESTAMPTZ" : "DATETIME") +
           ",\n"
           "    error                   TEXT,\n"
           "    position                TEXT,\n"
           "    PRIMARY KEY (migration_name, statement_index)\n"
           ")";
  }

  /// What is finished stays so: a failure that is told of afterwards does not take it back.
  /// \param index of the statement, from 1
  [[nodiscard]] std::string journal_entry(std::string_view name, std::size_t index, std::string_view hash,
                                          bool finished) const {
    return "INSERT INTO " + place_.qualified(detail::journal_table) +
           " (migration_name, statement_index, statement_hash, started_at, finished_at) VALUES (" +
           quote_literal(name) + ", " + std::to_string(index) + ", " + quote_literal(hash) + ", " + now() + ", " +
           (finished ? now() : "NULL") +
           ") ON CONFLICT (migration_name, statement_index) DO UPDATE SET statement_hash = excluded.statement_hash, "
           "finished_at = excluded.finished_at, error = NULL WHERE " +
           quote_identifier(detail::journal_table) + ".finished_at IS NULL";
  }

  /// Takes one parameter, the text.
  [[nodiscard]] std::string journal_error(std::string_view name, std::size_t index) const {
    return "UPDATE " + place_.qualified(detail::journal_table) +
           " SET error = " + (place_.dialect == instar::postgres ? "$1" : "?1") +
           " WHERE migration_name = " + quote_literal(name) + " AND statement_index = " + std::to_string(index);
  }

  /// How far a statement got that is many transactions: a walk over a table.
  [[nodiscard]] std::string set_position(std::string_view name, std::size_t index, std::string_view position) const {
    return "UPDATE " + place_.qualified(detail::journal_table) + " SET position = " + quote_literal(position) +
           " WHERE migration_name = " + quote_literal(name) + " AND statement_index = " + std::to_string(index);
  }

  [[nodiscard]] sql_value read_position(database& from, std::string_view name, std::size_t index) const {
    return from.query_value("SELECT position FROM " + place_.qualified(detail::journal_table) +
                            " WHERE migration_name = " + quote_literal(name) +
                            " AND statement_index = " + std::to_string(index));
  }

  /// PostgreSQL: how many transactions have begun since this line of the journal was last written.
  [[nodiscard]] std::string journal_age(std::string_view name, std::size_t index) const {
    return "SELECT pg_catalog.age(xmin) FROM " + place_.qualified(detail::journal_table) +
           " WHERE migration_name = " + quote_literal(name) + " AND statement_index = " + std::to_string(index);
  }

  [[nodiscard]] std::string drop_journal() const {
    return "DROP TABLE IF EXISTS " + place_.qualified(detail::journal_table);
  }

  /// What the journal holds of a migration, in the order of its statements; nothing where there is no journal.
  [[nodiscard]] std::vector<journal_row> read_journal(database& from, std::string_view name) const {
    query_result read;
    for (int tries = 1;; ++tries) {
      if (!has_table(from, detail::journal_table))
        return {};
      try {
        read = from.query("SELECT statement_index, statement_hash, finished_at IS NOT NULL, error FROM " +
                          place_.qualified(detail::journal_table) + " WHERE migration_name = " + quote_literal(name) +
                          " ORDER BY statement_index");
        break;
      } catch (const database_error&) {
        // Another runner drops it with a migration that it has finished, and makes it again for its next one.
        if (!from.is_open() || tries == 10)
          throw;
      }
    }
    std::vector<journal_row> journal;
    for (const auto& row : read.rows)
      journal.push_back({static_cast<std::size_t>(std::stoul(detail::text_of(row[0]))), detail::text_of(row[1]),
                         row[2] == "t" || row[2] == "1", detail::text_of(row[3])});
    return journal;
  }

  /// Whether the ledger's schema has a table of that name.
  [[nodiscard]] bool has_table(database& from, std::string_view name) const {
    if (place_.dialect == instar::postgres)
      return from.query_value("SELECT pg_catalog.to_regclass(" + quote_literal(place_.qualified(name)) +
                              ") IS NOT NULL") == "t";
    return from.query_value("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = " + quote_literal(name))
        .has_value();
  }

 private:
  // Prisma writes milliseconds since 1970 into SQLite's DATETIME columns and reads them back.
  [[nodiscard]] std::string now() const {
    return place_.dialect == instar::postgres ? "pg_catalog.clock_timestamp()"
                                              : "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
  }
  [[nodiscard]] std::string transaction_start() const {
    return place_.dialect == instar::postgres ? "pg_catalog.now()" : now();
  }

  [[nodiscard]] std::string note(const migration& m) const {
    const std::string text = detail::statements_note(place_.dialect, m);
    return text.empty() ? "NULL" : quote_literal(text);
  }

  [[nodiscard]] std::string insert_into(std::string_view columns, const migration& m, std::string_view values) const {
    return "INSERT INTO " + place_.qualified() + " (id, checksum, migration_name, " + std::string{columns} +
           ") VALUES (" + quote_literal(detail::random_uuid()) + ", " + quote_literal(m.checksum) + ", " +
           quote_literal(m.name) + ", " + std::string{values} + ")";
  }

  [[nodiscard]] std::string update(std::string_view name, std::string_view change, std::string_view which) const {
    return "UPDATE " + place_.qualified() + " SET " + std::string{change} +
           " WHERE migration_name = " + quote_literal(name) + " AND rolled_back_at IS NULL AND " + std::string{which};
  }

  [[nodiscard]] const ledger_row* find(std::string_view name, bool (ledger_row::*is)() const noexcept) const noexcept {
    const auto [first, last] = rows_of(name);
    const auto found = std::find_if(first, last, [&](const ledger_row& row) { return (row.*is)(); });
    return found == last ? nullptr : &*found;
  }

  using row_iterator = std::vector<ledger_row>::const_iterator;
  [[nodiscard]] std::pair<row_iterator, row_iterator> rows_of(std::string_view name) const noexcept {
    const auto first = std::lower_bound(rows_.begin(), rows_.end(), name,
                                        [](const ledger_row& row, std::string_view n) { return row.migration < n; });
    return {first, std::find_if(first, rows_.end(), [&](const ledger_row& row) { return row.migration != name; })};
  }

  static migration_error failure(std::string_view code, std::string message, std::string remedy) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "Nothing was changed.";
    return migration_error{code, std::move(fields)};
  }

  [[noreturn]] static void refuse_two() {
    throw failure(migration_code::two_ledgers,
                  "The database has both _instar_migrations and _prisma_migrations, and which one is true cannot be "
                  "seen.",
                  "Drop the one that is out of date, or name the ledger to use.");
  }

  [[noreturn]] void refuse_foreign(std::string_view said) const {
    throw failure(migration_code::foreign_ledger,
                  "The table " + place_.display_name() + " has not the columns of a ledger (" + std::string{said} +
                      ").",
                  "Rename that table, or name another ledger.");
  }

  void sort() {
    std::stable_sort(rows_.begin(), rows_.end(), [](const ledger_row& a, const ledger_row& b) {
      return std::tie(a.migration, a.started_at) < std::tie(b.migration, b.started_at);
    });
  }

  // ---- PostgreSQL ----

  enum class parts_of_read : unsigned char { rows, rows_and_place };

  void read_postgres(database& from, std::string_view wanted) {
    if (!wanted.empty()) {
      detail::ledger_name name = detail::ledger_name::parse(wanted);
      place_.schema = std::move(name.schema);
      place_.table = std::move(name.table);
      const parts_of_read parts = place_.schema.empty() ? parts_of_read::rows_and_place : parts_of_read::rows;
      if (!read_rows_postgres(from, parts, {}))
        (void)find_schema(from);
      return;
    }
    read_own_or_prisma(from, parts_of_read::rows_and_place);
  }

  /// The ledger that nobody named: instar's own, else Prisma's, else instar's own to be made.
  void read_own_or_prisma(database& from, parts_of_read parts) {
    place_.table = detail::own_ledger;
    if (read_rows_postgres(from, parts, detail::prisma_ledger))
      return;
    place_.table = detail::prisma_ledger;
    if (find_schema(from) && read_rows_postgres(from, parts, {}))
      return;
    place_.table = detail::own_ledger;
  }

  /// \param other a table whose existence beside this one is an error
  /// \return whether the table exists
  bool read_rows_postgres(database& from, parts_of_read parts, std::string_view other) {
    // One row more than the ledger has when it is empty, so that its schema comes along in the same round trip. A
    // connection that has just begun pays for each table of the catalogue that it plans with, and for sorting: the
    // function asks a cache that the server's lock on the ledger has filled, and nobody needs an order.
    const std::string rows =
        (other.empty() ? std::string{"false"}
                       : "(SELECT pg_catalog.to_regclass('" + std::string{other} + "') IS NOT NULL)") +  // once
        ", m.id, m.checksum, m.migration_name, m.started_at, m.finished_at, m.rolled_back_at, m.logs FROM ";
    const std::string text =
        parts == parts_of_read::rows
            ? "SELECT NULL, " + rows + place_.qualified() + " m"
            : "SELECT o.object_names[1], " + rows +
                  "pg_catalog.pg_identify_object_as_address('pg_catalog.pg_class'::pg_catalog.regclass, " +
                  quote_literal(place_.qualified()) + "::pg_catalog.regclass, 0) o LEFT JOIN " + place_.qualified() +
                  " m ON true";
    query_result read;
    try {
      read = from.query(text);
    } catch (const database_error& error) {
      if (error.sqlstate() == "42P01" || error.sqlstate() == "3F000")  // undefined_table, invalid_schema_name
        return false;
      if (error.sqlstate() == "42703")  // undefined_column
        refuse_foreign(error.message());
      throw;
    }
    place_.exists = true;
    for (const auto& row : read.rows) {
      if (row[0])
        place_.schema = *row[0];
      if (row[1] == "t")
        refuse_two();
      if (row[2])
        rows_.push_back({*row[2], detail::text_of(row[3]), detail::text_of(row[4]), detail::text_of(row[5]),
                         detail::text_of(row[6]), detail::text_of(row[7]), detail::text_of(row[8])});
    }
    return true;
  }

  /// Sets the schema in which the ledger would be made, unless the table that `place_` names is there after all.
  /// \return whether it is
  bool find_schema(database& from) {
    if (!place_.schema.empty())
      return false;
    const query_result answer =
        from.query("SELECT pg_catalog.current_schema(), pg_catalog.to_regclass(" + quote_literal(place_.qualified()) +
                   ") IS NOT NULL, pg_catalog.current_setting('search_path')");
    const auto& row = answer.rows.front();
    if (row[1] == "t")
      return true;
    if (!row[0])
      throw failure(migration_code::no_schema,
                    "No schema of the search path (" + detail::text_of(row[2]) + ") exists in the database.",
                    "Create the schema, or name another with `?schema=` in the database URL.");
    place_.schema = *row[0];
    return false;
  }

  // ---- SQLite ----

  void read_sqlite(database& from, std::string_view wanted) {
    const query_result tables = from.query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN (" +
                                           quote_literal(wanted.empty() ? detail::own_ledger : wanted) + ", '" +
                                           std::string{detail::prisma_ledger} + "')");
    bool own = false;
    bool prisma = false;
    for (const auto& row : tables.rows)
      (row[0] == detail::prisma_ledger && wanted != detail::prisma_ledger ? prisma : own) = true;
    if (wanted.empty() && own && prisma)
      refuse_two();
    place_.table =
        !wanted.empty() ? std::string{wanted} : std::string{prisma ? detail::prisma_ledger : detail::own_ledger};
    place_.exists = own || (wanted.empty() && prisma);
    if (!place_.exists)
      return;
    const auto time = [](std::string_view column) {
      const std::string c{column};
      return "CASE typeof(" + c + ") WHEN 'integer' THEN strftime('%Y-%m-%d %H:%M:%f', " + c +
             " / 1000.0, 'unixepoch') ELSE " + c + " END";
    };
    query_result read;
    try {
      read = from.query("SELECT id, checksum, migration_name, " + time("started_at") + ", " + time("finished_at") +
                        ", " + time("rolled_back_at") + ", logs FROM " + place_.qualified() + " ORDER BY 4, rowid");
    } catch (const database_error& error) {
      if (error.code() == database_code::statement_failed)
        refuse_foreign(error.message());
      throw;
    }
    for (const auto& row : read.rows)
      rows_.push_back({detail::text_of(row[0]), detail::text_of(row[1]), detail::text_of(row[2]),
                       detail::text_of(row[3]), detail::text_of(row[4]), detail::text_of(row[5]),
                       detail::text_of(row[6])});
  }

  ledger_place place_;
  std::vector<ledger_row> rows_;
};

}  // namespace instar
