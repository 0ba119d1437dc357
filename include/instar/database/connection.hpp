#pragma once

#include <instar/database/error.hpp>
#include <instar/database/url.hpp>
#include <instar/schema/dialect.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace instar {

/// A value on its way to or from a database: its text, or NULL.
using sql_value = std::optional<std::string>;

/// The rows of one query as text, in the order the database gave them.
///
/// PostgreSQL: its own output format (`t`/`f`, `\x…` for bytea). SQLite: integers and text as they are, reals in the
/// shortest form that reads back as the same double, blobs as their bytes.
struct query_result {
  std::vector<std::string> columns;
  std::vector<std::vector<sql_value>> rows;
  std::uint64_t affected = 0;  ///< rows that an INSERT, UPDATE or DELETE touched
};

/// How to open a database.
struct open_options {
  bool create = false;                           ///< SQLite: make the file when it is not there. PostgreSQL: no effect.
  bool read_only = false;                        ///< refuse every write
  std::string application_name = "instar";       ///< in pg_stat_activity, unless the URL or PGAPPNAME names one
  std::chrono::milliseconds busy_timeout{5000};  ///< SQLite: how long to wait for another connection's lock
  std::chrono::seconds connect_timeout{10};      ///< PostgreSQL: per host, unless the URL or PGCONNECT_TIMEOUT says so
};

/// One open connection.
///
/// One thread at a time, except `interrupt()`. Every member but `interrupt()` may throw `database_error`. Closed by the
/// destructor; a transaction that is still open is rolled back then.
class database {
 public:
  database() = default;
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  virtual ~database() = default;

  [[nodiscard]] virtual instar::dialect dialect() const noexcept = 0;

  /// The URL this connection was opened with.
  [[nodiscard]] virtual const database_url& url() const noexcept = 0;

  /// Runs one statement or many, in order, and stops at the first that fails.
  ///
  /// PostgreSQL: the text goes out as ONE simple-protocol message, with nothing added round it. So without a BEGIN in
  /// it all of it is one transaction, and with BEGIN or COMMIT in it the session is in whatever state they leave.
  /// SQLite: each statement is its own transaction unless the text (or an earlier call) says BEGIN.
  ///
  /// A `COPY` to or from the client cannot work here: it throws `copy_data` and the connection is closed.
  virtual void execute(std::string_view sql) = 0;

  /// Runs one statement and returns its rows.
  ///
  /// \param parameters `$1`, `$2` … on PostgreSQL, `?1`, `?2` … on SQLite; bound as text or NULL.
  [[nodiscard]] virtual query_result query(std::string_view sql, std::span<const sql_value> parameters = {}) = 0;

  /// The first column of the first row; empty when there is no row or it is NULL.
  [[nodiscard]] sql_value query_value(std::string_view sql, std::span<const sql_value> parameters = {}) {
    query_result result = query(sql, parameters);
    if (result.rows.empty() || result.rows.front().empty()) {
      return std::nullopt;
    }
    return std::move(result.rows.front().front());
  }

  /// 150018 for PostgreSQL 15.18, 3040001 for SQLite 3.40.1. Costs nothing.
  [[nodiscard]] virtual int server_version() const = 0;

  /// "15.18", "3.40.1".
  [[nodiscard]] virtual std::string server_version_text() const = 0;

  /// Whether a transaction is open, a failed one included. PostgreSQL: one round trip; SQLite: free.
  [[nodiscard]] virtual bool in_transaction() = 0;

  /// Whether the database lives in this connection alone and is gone with it (`sqlite::memory:`).
  [[nodiscard]] virtual bool is_memory() const noexcept = 0;

  /// Whether the connection is still usable.
  [[nodiscard]] virtual bool is_open() const noexcept = 0;

  /// Connects anew after `connection_lost`, as this object was opened. What the session had (a transaction, settings,
  /// locks) is gone. SQLite: does nothing, for a file is not lost.
  ///
  /// \throws database_error as `open_database`; the connection stays closed then
  virtual void reopen() {}

  /// Takes a lock that keeps nobody from the data, only other callers of this function; without waiting for it.
  ///
  /// PostgreSQL: a session's advisory lock,
  /// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS. SQLite: one lock a file, whatever
  /// the key, by an empty file beside the database which `unlock` removes again; a database in memory has nobody to
  /// keep out. Either ends with the process, however that ends.
  ///
  /// \return whether this connection has it now
  [[nodiscard]] virtual bool try_lock(std::int64_t key) = 0;

  /// Gives the lock up. Nothing happens when it is not held.
  virtual void unlock(std::int64_t key) = 0;

  /// Makes the statement that runs now fail with `interrupted`; nothing happens when none runs.
  ///
  /// From any thread while this object lives. Not from a signal handler (PostgreSQL's cancel opens a connection and
  /// allocates): use `interrupt_on_signal`, which carries a signal to a thread that calls this.
  virtual void interrupt() noexcept = 0;

  /// What the server said by the way (NOTICE, WARNING …) since the last call, oldest first, and forgets it.
  [[nodiscard]] virtual std::vector<std::string> take_notices() = 0;
};

}  // namespace instar
