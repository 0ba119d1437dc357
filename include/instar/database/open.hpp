#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>
#include <instar/database/url.hpp>
#include <instar/schema/dialect.hpp>

// 1, or defined without a value by hand, is "with"; 0 and not defined is "without".
#if defined(INSTAR_WITH_POSTGRES) && (INSTAR_WITH_POSTGRES + 0 || (0 - INSTAR_WITH_POSTGRES - 1) == 1)
#define INSTAR_HAS_POSTGRES 1
#include <instar/database/postgres.hpp>
#else
#define INSTAR_HAS_POSTGRES 0
#endif

#if defined(INSTAR_WITH_SQLITE) && (INSTAR_WITH_SQLITE + 0 || (0 - INSTAR_WITH_SQLITE - 1) == 1)
#define INSTAR_HAS_SQLITE 1
#include <instar/database/sqlite.hpp>
#else
#define INSTAR_HAS_SQLITE 0
#endif

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace instar {

/// Opens a connection.
///
/// \throws database_error `not_compiled_in`, `unreachable`, `authentication`, `database_missing`, `refused`,
///         `folder_missing`, `cannot_open`. SQLite reads a file only when asked for something, so `not_a_database`,
///         `busy` and `read_only` come from the first statement.
[[nodiscard]] inline std::unique_ptr<database> open_database(const database_url& url,
                                                             [[maybe_unused]] const open_options& options = {}) {
  if (url.dialect() == instar::sqlite) {
#if INSTAR_HAS_SQLITE
    return std::make_unique<sqlite_database>(url, options);
#else
    throw database_error(database_code::not_compiled_in,
                         {.message = "This program was built without SQLite, so it cannot open " + url.redacted() + ".",
                          .remedy = "Build it with INSTAR_WITH_SQLITE (the CMake component sqlite)."});
#endif
  }
#if INSTAR_HAS_POSTGRES
  return std::make_unique<postgres_database>(url, options);
#else
  throw database_error(
      database_code::not_compiled_in,
      {.message = "This program was built without PostgreSQL, so it cannot open " + url.redacted() + ".",
       .remedy = "Build it with INSTAR_WITH_POSTGRES (the CMake component postgres)."});
#endif
}

namespace detail {

/// A connection beside the database that `url` names: to `postgres`, otherwise to `template1` of the same server.
[[nodiscard]] inline std::unique_ptr<database> open_maintenance_database(const database_url& url) {
  const std::string_view target = "postgres";
  if (url.database_name() != target) {
    try {
      return open_database(url.with_database(target));
    } catch (const database_error& error) {
      if (error.code() != database_code::database_missing) {
        throw;
      }
    }
  }
  return open_database(url.with_database("template1"));
}

[[nodiscard]] inline std::string quoted_database_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    quoted.append(c == '"' ? 2 : 1, c);
  }
  quoted += '"';
  return quoted;
}

[[nodiscard]] inline database_error database_exists_already(const database_url& url) {
  return database_error(database_code::database_exists,
                        {.message = "The database '" + url.database_name() + "' exists already.",
                         .remedy = "Use it, drop it first, or choose another name."});
}

/// Makes the PostgreSQL database that a URL names, through a connection to another one of the same server.
inline void create_database_from(database& server, const database_url& url) {
  try {
    server.execute("CREATE DATABASE " + quoted_database_name(url.database_name()));
  } catch (const database_error& error) {
    if (error.sqlstate() == "42P04" || error.sqlstate() == "23505") {  // duplicate_database; the latter in a race
      throw database_exists_already(url);
    }
    throw;
  }
}

}  // namespace detail

/// Whether the database that a URL names exists: the SQLite file, or the database on a PostgreSQL server.
///
/// `sqlite::memory:` always exists. \throws database_error when the server cannot be asked.
[[nodiscard]] inline bool database_exists(const database_url& url) {
  if (url.dialect() == instar::sqlite) {
    std::error_code ignored;
    return url.is_memory() || std::filesystem::exists(url.sqlite_path(), ignored);
  }
  try {
    (void)open_database(url);
    return true;
  } catch (const database_error& error) {
    if (error.code() == database_code::database_missing) {
      return false;
    }
    if (error.code() != database_code::refused) {
      throw;
    }
    // The server may have said "does not exist" in a language that we cannot tell from another refusal.
    std::unique_ptr<database> server;
    try {
      server = detail::open_maintenance_database(url);
    } catch (const database_error&) {
    }
    const sql_value name = url.database_name();
    if (server && !server->query_value("SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1", {&name, 1})) {
      return false;
    }
    throw;
  }
}

/// Makes the empty database that a URL names. PostgreSQL: through the maintenance database (`postgres`, otherwise
/// `template1`) of the same server. SQLite: the file; its folder must exist.
///
/// \throws database_error `database_exists`, `permission`, `folder_missing` and what `open_database` throws.
inline void create_database(const database_url& url) {
  if (url.dialect() == instar::sqlite) {
    if (url.is_memory()) {
      return;
    }
    if (database_exists(url)) {
      throw detail::database_exists_already(url);
    }
    // An empty file is a valid empty database, and this is what sqlite3 makes of a new one.
    (void)open_database(url, {.create = true});
    return;
  }
  detail::create_database_from(*detail::open_maintenance_database(url), url);
}

/// Drops the database that a URL names, if it is there. PostgreSQL: other sessions are thrown out of it.
/// SQLite: the file and its journal, write-ahead log and shared-memory files.
///
/// \return whether there was one. \throws database_error `permission`, `cannot_open` and what `open_database` throws.
inline bool drop_database(const database_url& url) {
  if (url.dialect() == instar::sqlite) {
    if (url.is_memory()) {
      return false;
    }
    bool existed = false;
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
      std::error_code error;
      const bool removed = std::filesystem::remove(url.sqlite_path() + suffix, error);
      if (error) {
        throw database_error(
            database_code::cannot_open,
            {.message = "The file '" + url.sqlite_path() + suffix + "' cannot be removed (" + error.message() + ").",
             .remedy = "Check that it is a file and that this user may write its folder."});
      }
      existed = existed || (removed && *suffix == '\0');
    }
    return existed;
  }
  const auto server = detail::open_maintenance_database(url);
  const sql_value name = url.database_name();
  if (!server->query_value("SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1", {&name, 1})) {
    return false;
  }
  if (server->server_version() < 130000) {
    (void)server->query("SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity "
                        "WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid()",
                        {&name, 1});
  }
  server->execute("DROP DATABASE IF EXISTS " + detail::quoted_database_name(*name) +
                  (server->server_version() < 130000 ? "" : " WITH (FORCE)"));
  return true;
}

}  // namespace instar
