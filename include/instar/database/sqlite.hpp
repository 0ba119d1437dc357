#pragma once

#include <instar/database/connection.hpp>

#include <sqlite3.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace instar {
namespace detail {

/// The name of a result code, as in sqlite.org/rescode.html; the primary code's name for an extended one not listed.
inline std::string sqlite_code_name(int code) {
  struct named_code {
    int code;
    const char* name;
  };
#define INSTAR_SQLITE_CODE(name)                                                                                       \
  { name, #name }
  static constexpr named_code codes[] = {
      INSTAR_SQLITE_CODE(SQLITE_BUSY_RECOVERY),
      INSTAR_SQLITE_CODE(SQLITE_BUSY_SNAPSHOT),
      INSTAR_SQLITE_CODE(SQLITE_BUSY_TIMEOUT),
      INSTAR_SQLITE_CODE(SQLITE_CANTOPEN_ISDIR),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_CHECK),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_DATATYPE),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_FOREIGNKEY),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_NOTNULL),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_PRIMARYKEY),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_ROWID),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_TRIGGER),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT_UNIQUE),
      INSTAR_SQLITE_CODE(SQLITE_LOCKED_SHAREDCACHE),
      INSTAR_SQLITE_CODE(SQLITE_READONLY_CANTINIT),
      INSTAR_SQLITE_CODE(SQLITE_READONLY_CANTLOCK),
      INSTAR_SQLITE_CODE(SQLITE_READONLY_DBMOVED),
      INSTAR_SQLITE_CODE(SQLITE_READONLY_DIRECTORY),
      INSTAR_SQLITE_CODE(SQLITE_READONLY_RECOVERY),
      INSTAR_SQLITE_CODE(SQLITE_READONLY_ROLLBACK),
      INSTAR_SQLITE_CODE(SQLITE_ERROR),
      INSTAR_SQLITE_CODE(SQLITE_INTERNAL),
      INSTAR_SQLITE_CODE(SQLITE_PERM),
      INSTAR_SQLITE_CODE(SQLITE_ABORT),
      INSTAR_SQLITE_CODE(SQLITE_BUSY),
      INSTAR_SQLITE_CODE(SQLITE_LOCKED),
      INSTAR_SQLITE_CODE(SQLITE_NOMEM),
      INSTAR_SQLITE_CODE(SQLITE_READONLY),
      INSTAR_SQLITE_CODE(SQLITE_INTERRUPT),
      INSTAR_SQLITE_CODE(SQLITE_IOERR),
      INSTAR_SQLITE_CODE(SQLITE_CORRUPT),
      INSTAR_SQLITE_CODE(SQLITE_FULL),
      INSTAR_SQLITE_CODE(SQLITE_CANTOPEN),
      INSTAR_SQLITE_CODE(SQLITE_PROTOCOL),
      INSTAR_SQLITE_CODE(SQLITE_SCHEMA),
      INSTAR_SQLITE_CODE(SQLITE_TOOBIG),
      INSTAR_SQLITE_CODE(SQLITE_CONSTRAINT),
      INSTAR_SQLITE_CODE(SQLITE_MISMATCH),
      INSTAR_SQLITE_CODE(SQLITE_MISUSE),
      INSTAR_SQLITE_CODE(SQLITE_NOLFS),
      INSTAR_SQLITE_CODE(SQLITE_AUTH),
      INSTAR_SQLITE_CODE(SQLITE_RANGE),
      INSTAR_SQLITE_CODE(SQLITE_NOTADB),
  };
#undef INSTAR_SQLITE_CODE
  for (const int wanted : {code, code & 0xff}) {
    for (const named_code& known : codes) {
      if (known.code == wanted) {
        return known.name;
      }
    }
  }
  return "SQLITE_" + std::to_string(code);
}

/// A double as SQLite writes it, but with every digit that is needed to read the same double back.
inline std::string sqlite_real_text(double value) {
  if (std::isinf(value)) {
    return value > 0 ? "Inf" : "-Inf";
  }
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) {
    text += ".0";
  }
  return text;
}

}  // namespace detail

/// A connection to a SQLite database file, or to a new one in memory.
///
/// Foreign keys are enforced (SQLite's own default is off), extended result codes are on.
class sqlite_database final : public database {
 public:
  /// \throws database_error `database_missing`, `folder_missing`, `cannot_open`.
  explicit sqlite_database(const database_url& url, const open_options& options = {})
      : url_(url), busy_timeout_(options.busy_timeout) {
    const std::string& path = url_.sqlite_path();
    if (!url_.is_memory()) {
      check_path(path, options);
    }
    int flags = SQLITE_OPEN_FULLMUTEX;
    if (url_.is_memory()) {
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    } else if (options.read_only) {
      flags |= SQLITE_OPEN_READONLY;
    } else {
      flags |= SQLITE_OPEN_READWRITE | (options.create ? SQLITE_OPEN_CREATE : 0);
    }
    sqlite3* opened = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
    connection_.reset(opened);
    if (result != SQLITE_OK) {
      throw failure({});
    }
    sqlite3_extended_result_codes(connection_.get(), 1);
    sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
    sqlite3_busy_handler(connection_.get(), &wait_for_lock, this);
  }

  [[nodiscard]] instar::dialect dialect() const noexcept override { return instar::sqlite; }
  [[nodiscard]] const database_url& url() const noexcept override { return url_; }
  [[nodiscard]] int server_version() const override { return sqlite3_libversion_number(); }
  [[nodiscard]] std::string server_version_text() const override { return sqlite3_libversion(); }
  [[nodiscard]] bool in_transaction() override { return sqlite3_get_autocommit(connection_.get()) == 0; }
  [[nodiscard]] bool is_memory() const noexcept override { return url_.is_memory(); }
  [[nodiscard]] bool is_open() const noexcept override { return connection_ != nullptr; }
  [[nodiscard]] std::vector<std::string> take_notices() override { return {}; }

  void execute(std::string_view sql) override {
    interrupted_ = false;
    const std::string text = checked(sql);
    const char* rest = text.c_str();
    while (*rest != '\0') {
      prepared statement = prepare(text, rest);
      if (statement.handle) {
        // Between two statements sqlite3 has nothing to interrupt. After the last one there is nothing left to stop:
        // what ended in a COMMIT is not called interrupted.
        if (interrupted_) {
          throw interrupted_error();
        }
        while (step(statement) == SQLITE_ROW) {
        }
      }
      rest = statement.rest;
    }
  }

  [[nodiscard]] query_result query(std::string_view sql, std::span<const sql_value> parameters = {}) override {
    interrupted_ = false;
    const std::string text = checked(sql);
    prepared statement = prepare(text, text.c_str());
    query_result result;
    if (!statement.handle) {
      return result;
    }
    if (*statement.rest != '\0' && prepare(text, statement.rest).handle) {
      throw database_error(database_code::statement_failed,
                           {.message = "query() takes one statement, and this text holds more.",
                            .remedy = "Send several statements through execute().",
                            .offset = static_cast<std::size_t>(statement.rest - text.c_str())});
    }
    bind(statement, parameters);
    sqlite3_stmt* const handle = statement.handle.get();
    const int columns = sqlite3_column_count(handle);
    for (int column = 0; column < columns; ++column) {
      const char* name = sqlite3_column_name(handle, column);
      result.columns.emplace_back(name != nullptr ? name : "");
    }
    const int changes_before = sqlite3_total_changes(connection_.get());
    while (step(statement) == SQLITE_ROW) {
      auto& row = result.rows.emplace_back();
      row.reserve(static_cast<std::size_t>(columns));
      for (int column = 0; column < columns; ++column) {
        row.push_back(column_value(handle, column));
      }
    }
    if (sqlite3_total_changes(connection_.get()) != changes_before) {
      result.affected = static_cast<std::uint64_t>(sqlite3_changes(connection_.get()));
    }
    return result;
  }

  [[nodiscard]] bool try_lock(std::int64_t) override {
    if (is_memory() || lock_) {
      return true;
    }
    // Nobody changes it; and the statement that would says best why it cannot.
    if (sqlite3_db_readonly(connection_.get(), "main") == 1) {
      return true;
    }
    const std::string file = lock_file();
    for (;;) {
      sqlite3* opened = nullptr;
      int result = sqlite3_open_v2(file.c_str(), &opened,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
      std::unique_ptr<sqlite3, close_connection> candidate{opened};
      if (result == SQLITE_OK && sqlite3_db_readonly(opened, "main") == 1) {
        // Somebody else's, left by a killed process: a lock for reading would keep nobody out.
        result = SQLITE_READONLY;
      }
      // Nothing is written, so no journal is needed; as a file it would be one more to remove.
      if (result == SQLITE_OK) {
        result = sqlite3_exec(opened, "PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE", nullptr, nullptr, nullptr);
      }
      if (result == SQLITE_BUSY) {
        return false;
      }
      if (result != SQLITE_OK) {
        throw database_error(
            database_code::cannot_open,
            {.message = "The lock file '" + file + "' cannot be locked (" + sqlite3_errstr(result) + ").",
             .remedy =
                 "Check that this user may write to the folder, which SQLite's own journal needs too. If the file "
                 "is another user's and no migration runs, remove it.",
             .sqlstate = detail::sqlite_code_name(result)});
      }
      // Who had the lock may have removed the file between our opening and locking it. Then another may lock a new one.
      int moved = 0;
      sqlite3_file_control(opened, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
      if (moved == 0) {
        // Who may write the database may have to lock it tomorrow, should this process be killed.
        std::error_code ignored;
        std::filesystem::permissions(file, std::filesystem::status(lock_database(), ignored).permissions(), ignored);
        lock_ = std::move(candidate);
        return true;
      }
    }
  }

  void unlock(std::int64_t) override {
    if (!lock_) {
      return;
    }
    std::error_code stays;  // where a file that is open cannot be removed, an empty one stays
    std::filesystem::remove(lock_file(), stays);
    lock_.reset();
  }

  void interrupt() noexcept override {
    interrupted_ = true;
    sqlite3_interrupt(connection_.get());
  }

  /// The sqlite3 handle, for what this interface does not offer. Lives as long as this object.
  [[nodiscard]] sqlite3* handle() const noexcept { return connection_.get(); }

 private:
  struct close_connection {
    void operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }
  };
  struct finalize_statement {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  struct prepared {
    std::unique_ptr<sqlite3_stmt, finalize_statement> handle;  // none where there was only white space and comments
    std::size_t offset;                                        // of the statement's first byte in the whole text
    const char* rest;                                          // what follows it
  };

  /// Beside the file itself, and not beside a link to it: two names of one file are one database.
  [[nodiscard]] std::string lock_file() const { return lock_database() + "-instar-lock"; }
  [[nodiscard]] std::string lock_database() const { return sqlite3_db_filename(connection_.get(), "main"); }

  static void check_path(const std::string& path, const open_options& options) {
    std::error_code ignored;
    const std::filesystem::path file{path};
    if (std::filesystem::is_directory(file, ignored)) {
      throw database_error(database_code::cannot_open, {.message = "'" + path + "' is a folder, not a SQLite database.",
                                                        .remedy = "Name the file in it."});
    }
    const std::filesystem::path folder = file.parent_path();
    if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
      throw database_error(database_code::folder_missing,
                           {.message = "The folder '" + folder.string() + "' of the SQLite database '" +
                                       file.filename().string() + "' does not exist.",
                            .remedy = "Create the folder, or start from the folder that the path is relative to."});
    }
    if ((options.read_only || !options.create) && !std::filesystem::exists(file, ignored)) {
      throw database_error(database_code::database_missing,
                           {.message = "The SQLite database '" + path + "' does not exist.",
                            .remedy = "Check the path, which is relative to the working folder, or create the "
                                      "database first."});
    }
  }

  // sqlite3 runs to the first NUL, and copies its text once for every statement unless a NUL ends it.
  static std::string checked(std::string_view sql) {
    if (const std::size_t nul = sql.find('\0'); nul != std::string_view::npos) {
      throw database_error(
          database_code::invalid_text,
          {.message = "The SQL text contains a NUL byte.", .remedy = "Remove it from the script.", .offset = nul});
    }
    return std::string{sql};
  }

  prepared prepare(const std::string& text, const char* from) {
    sqlite3_stmt* handle = nullptr;
    const char* rest = nullptr;
    const int result = sqlite3_prepare_v3(connection_.get(), from, -1, 0, &handle, &rest);
    const auto offset = static_cast<std::size_t>(from - text.c_str());
    if (result != SQLITE_OK) {
      int error_offset = -1;
#if SQLITE_VERSION_NUMBER >= 3038000
      error_offset = sqlite3_error_offset(connection_.get());
#endif
      throw failure(error_offset >= 0 ? offset + static_cast<std::size_t>(error_offset) : skip_blank(text, offset));
    }
    return {std::unique_ptr<sqlite3_stmt, finalize_statement>{handle}, skip_blank(text, offset), rest};
  }

  // White space and comments, so that an error points at the statement and not at the remark above it.
  static std::size_t skip_blank(std::string_view text, std::size_t at) {
    while (at < text.size()) {
      if (std::string_view{" \t\n\r\f"}.find(text[at]) != std::string_view::npos) {
        ++at;
      } else if (text.substr(at).starts_with("--")) {
        at = std::min(text.find('\n', at), text.size());
      } else if (text.substr(at).starts_with("/*")) {
        const std::size_t end = text.find("*/", at + 2);
        at = end == std::string_view::npos ? text.size() : end + 2;
      } else {
        break;
      }
    }
    return at;
  }

  int step(const prepared& statement) {
    const int result = sqlite3_step(statement.handle.get());
    if (result != SQLITE_ROW && result != SQLITE_DONE) {
      throw failure(statement.offset);
    }
    return result;
  }

  void bind(const prepared& statement, std::span<const sql_value> parameters) {
    const int expected = sqlite3_bind_parameter_count(statement.handle.get());
    if (static_cast<std::size_t>(expected) != parameters.size()) {
      throw database_error(database_code::statement_failed,
                           {.message = "The statement has " + std::to_string(expected) + " parameters, but " +
                                       std::to_string(parameters.size()) + " were given.",
                            .remedy = "Give one value for each.",
                            .offset = statement.offset});
    }
    int position = 0;
    for (const sql_value& value : parameters) {
      ++position;
      // The values outlive the statement, so sqlite3 need not copy them.
      const int result = value ? sqlite3_bind_text64(statement.handle.get(), position, value->data(), value->size(),
                                                     SQLITE_STATIC, SQLITE_UTF8)
                               : sqlite3_bind_null(statement.handle.get(), position);
      if (result != SQLITE_OK) {
        throw failure(statement.offset);
      }
    }
  }

  static sql_value column_value(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return std::nullopt;
    case SQLITE_FLOAT:
      return detail::sqlite_real_text(sqlite3_column_double(statement, column));
    default:
      break;
    }
    // The blob call gives text and blobs as they are; of an integer it gives the text. It may be null when empty.
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
    const int size = sqlite3_column_bytes(statement, column);
    return bytes == nullptr ? std::string{} : std::string(bytes, static_cast<std::size_t>(size));
  }

  // Polls, so that interrupt() ends the wait too.
  static int wait_for_lock(void* self, int calls) {
    const auto& database = *static_cast<const sqlite_database*>(self);
    constexpr std::chrono::milliseconds step{5};
    if (database.interrupted_ || calls * step >= database.busy_timeout_) {
      return 0;
    }
    sqlite3_sleep(static_cast<int>(step.count()));
    return 1;
  }

  static database_error interrupted_error() {
    return database_error(database_code::interrupted,
                          {.message = "The work was interrupted.", .sqlstate = "SQLITE_INTERRUPT"});
  }

  [[nodiscard]] database_error failure(std::optional<std::size_t> offset) const {
    const int code = connection_ ? sqlite3_extended_errcode(connection_.get()) : SQLITE_NOMEM;
    const std::string said = connection_ ? sqlite3_errmsg(connection_.get()) : "out of memory";
    const std::string file = "'" + url_.redacted() + "'";
    database_error_fields fields{.sqlstate = detail::sqlite_code_name(code), .offset = offset};
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      if (interrupted_) {
        return interrupted_error();
      }
      fields.message = "The SQLite database " + file + " is locked by another connection (" + said + ").";
      fields.remedy = "Wait until the other program is done with it, or stop it, and try again.";
      return {database_code::busy, std::move(fields)};
    case SQLITE_READONLY:
      fields.message = "The SQLite database " + file + " is read-only (" + said + ").";
      fields.remedy = "Make the file and its folder writable for this user, or open another file.";
      return {database_code::read_only, std::move(fields)};
    case SQLITE_CANTOPEN:
      fields.message = "The SQLite database " + file + " cannot be opened (" + said + ").";
      fields.remedy = "Check that this user may read and write the file and its folder.";
      return {database_code::cannot_open, std::move(fields)};
    case SQLITE_NOTADB:
      fields.message = "The file " + file + " is not a SQLite database, or it is encrypted.";
      fields.remedy = "Check the path.";
      return {database_code::not_a_database, std::move(fields)};
    case SQLITE_CORRUPT:
      fields.message = "The SQLite database " + file + " is damaged (" + said + ").";
      fields.remedy = "Restore a backup, or save what can be read with sqlite3's .recover.";
      return {database_code::not_a_database, std::move(fields)};
    case SQLITE_INTERRUPT:
      return interrupted_error();
    default:
      fields.message = said;
      return {database_code::statement_failed, std::move(fields)};
    }
  }

  database_url url_;
  std::chrono::milliseconds busy_timeout_;
  std::atomic<bool> interrupted_ = false;
  std::unique_ptr<sqlite3, close_connection> connection_;
  std::unique_ptr<sqlite3, close_connection> lock_;  // on the file beside, held by an open transaction
};

}  // namespace instar
