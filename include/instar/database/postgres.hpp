#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/postgres_error.hpp>
#include <instar/database/pqxx_adapter.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace instar {

/// A connection to a PostgreSQL server through libpqxx. Opening it sends nothing but the startup packet.
class postgres_database final : public database {
 public:
  /// \throws database_error `unreachable`, `authentication`, `database_missing`, `refused`.
  explicit postgres_database(const database_url& url, const open_options& options = {})
      : url_(url), options_(options), session_(connect()) {}

  [[nodiscard]] instar::dialect dialect() const noexcept override { return instar::postgres; }
  [[nodiscard]] const database_url& url() const noexcept override { return url_; }
  [[nodiscard]] bool is_memory() const noexcept override { return false; }
  [[nodiscard]] bool is_open() const noexcept override { return session_ != nullptr && session_->is_open(); }
  [[nodiscard]] int server_version() const override { return session().server_version(); }

  [[nodiscard]] std::string server_version_text() const override {
    const int version = server_version();
    return std::to_string(version / 10000) + '.' + std::to_string(version % 10000);
  }

  void execute(std::string_view sql) override {
    const std::string text = checked(sql);
    (void)run(text, [&](detail::pqxx_session& session) { return session.execute(text); });
  }

  [[nodiscard]] query_result query(std::string_view sql, std::span<const sql_value> parameters = {}) override {
    const std::string text = checked(sql);
    for (const sql_value& value : parameters) {
      if (value && value->find('\0') != std::string::npos) {
        throw database_error(database_code::invalid_text,
                             {.message = "A parameter contains a NUL byte, which PostgreSQL's text cannot hold."});
      }
    }
    return detail::pqxx_session::rows(run(text, [&](detail::pqxx_session& session) {
      return parameters.empty() ? session.execute(text) : session.execute(text, parameters);
    }));
  }

  // Outside a transaction block now() is the start of this very statement; inside, it is that of the block.
  [[nodiscard]] bool in_transaction() override {
    try {
      return query_value("SELECT pg_catalog.now() <> pg_catalog.statement_timestamp()") == "t";
    } catch (const database_error& error) {
      if (error.sqlstate() == "25P02") {  // in_failed_sql_transaction
        return true;
      }
      throw;
    }
  }

  void reopen() override {
    close();
    std::unique_ptr<detail::pqxx_session> fresh = connect();
    const std::lock_guard lock{closing_};
    session_ = std::move(fresh);
  }

  [[nodiscard]] bool try_lock(std::int64_t key) override {
    return query_value("SELECT pg_catalog.pg_try_advisory_lock(" + std::to_string(key) + ")") == "t";
  }

  void unlock(std::int64_t key) override {
    (void)query("SELECT pg_catalog.pg_advisory_unlock(" + std::to_string(key) + ")");
  }

  void interrupt() noexcept override {
    try {
      const std::lock_guard lock{closing_};
      if (session_) {
        session_->cancel();
      }
    } catch (const std::exception&) {
      // The server cannot be reached, so there is nothing left to cancel: the statement itself is about to fail.
    }
  }

  [[nodiscard]] std::vector<std::string> take_notices() override {
    return session_ ? session_->take_notices() : std::vector<std::string>{};
  }

 private:
  [[nodiscard]] std::unique_ptr<detail::pqxx_session> connect() const {
    const std::string text = url_.libpq_text(
        {.application_name = options_.application_name,
         .connect_timeout_seconds = static_cast<unsigned>(std::max<std::int64_t>(options_.connect_timeout.count(), 0)),
         .read_only = options_.read_only});
    try {
      return std::make_unique<detail::pqxx_session>(text);
    } catch (const pqxx::failure& error) {
      throw detail::postgres_connection_error(url_, error.what());
    }
  }

  // PQexec runs to the first NUL; what follows would silently not be run.
  static std::string checked(std::string_view sql) {
    if (const std::size_t nul = sql.find('\0'); nul != std::string_view::npos) {
      throw database_error(
          database_code::invalid_text,
          {.message = "The SQL text contains a NUL byte.", .remedy = "Remove it from the script.", .offset = nul});
    }
    return std::string{sql};
  }

  [[nodiscard]] detail::pqxx_session& session() const {
    if (!session_) {
      throw detail::postgres_connection_lost(url_, "it was closed after an earlier error", {});
    }
    return *session_;
  }

  template <class Send>
  pqxx::result run(const std::string& sql, const Send& send) {
    try {
      pqxx::result result = send(session());
      if (detail::pqxx_session::is_copy(result)) {
        // What follows the COPY in this message has not run, and libpq would throw its errors away: end it here.
        close();
        throw database_error(database_code::copy_data,
                             {.message = "COPY to or from the client is not possible here; the connection was closed.",
                              .remedy = "Use INSERT, or COPY with a file on the server."});
      }
      return result;
    } catch (const pqxx::failure& error) {
      const std::string sqlstate = detail::pqxx_sqlstate(error);
      // An ERROR of class 08, such as dblink's, is a broken_connection to libpqxx although this one is whole.
      if (!is_open()) {
        close();
        throw detail::postgres_connection_lost(url_, error.what(), sqlstate);
      }
      throw detail::postgres_statement_error(sql, error.what(), sqlstate);
    }
  }

  void close() noexcept {
    const std::lock_guard lock{closing_};
    session_.reset();
  }

  database_url url_;
  open_options options_;
  std::mutex closing_;  // interrupt() on another thread must not meet a session that goes away
  std::unique_ptr<detail::pqxx_session> session_;
};

}  // namespace instar
