#pragma once

// The one file that knows which libpqxx it is compiled with: 6.4 (Debian 12) or any 7.

#include <instar/database/connection.hpp>

#include <pqxx/pqxx>

#include <cstddef>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#if PQXX_VERSION_MAJOR < 6 || (PQXX_VERSION_MAJOR == 6 && PQXX_VERSION_MINOR < 4)
#error "instar needs libpqxx 6.4 or newer"
#endif

namespace instar::detail {

#if PQXX_VERSION_MAJOR >= 7
using pqxx_connection = pqxx::connection;
#else
using pqxx_connection = pqxx::connection_base;
#endif

/// Keeps what the server says by the way instead of letting libpqxx print it.
class pqxx_notices final : public pqxx::errorhandler {
 public:
  explicit pqxx_notices(pqxx_connection& connection) : pqxx::errorhandler(connection) {}

  bool operator()(const char message[]) noexcept override {
    try {
      std::string text{message};
      while (text.ends_with('\n')) {
        text.pop_back();
      }
      kept_.push_back(std::move(text));
    } catch (const std::exception&) {
      // A lost notice is better than a lost program.
    }
    return false;
  }

  [[nodiscard]] std::vector<std::string> take() { return std::exchange(kept_, {}); }

 private:
  std::vector<std::string> kept_;
};

/// A libpqxx connection reduced to what every version of the library can do.
///
/// Members throw pqxx's own exceptions, whose classes did not change: broken_connection, sql_error, failure.
class pqxx_session {
 public:
  /// \param text a libpq connection string or URI.
  explicit pqxx_session(const std::string& text) : connection_(text), notices_(connection_) {
#if PQXX_VERSION_MAJOR < 7
    // libpqxx 6 would reconnect behind our back, and a lock, a transaction or a setting of the session would be gone.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection_.inhibit_reactivation(true);
#pragma GCC diagnostic pop
#endif
  }

  /// One simple-protocol message, outside any transaction of libpqxx.
  [[nodiscard]] pqxx::result execute(const std::string& sql) {
    pqxx::nontransaction work{connection_};
    return work.exec(sql);
  }

  /// One statement with parameters bound as text.
  [[nodiscard]] pqxx::result execute(const std::string& sql, std::span<const sql_value> parameters) {
    pqxx::nontransaction work{connection_};
#if PQXX_VERSION_MAJOR >= 7
    pqxx::params bound;
    for (const sql_value& value : parameters) {
      if (value) {
        bound.append(*value);
      } else {
        bound.append();
      }
    }
#if PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 9
    return work.exec(sql, bound);
#else
    return work.exec_params(sql, bound);
#endif
#else
    std::vector<const char*> bound;
    bound.reserve(parameters.size());
    for (const sql_value& value : parameters) {
      bound.push_back(value ? value->c_str() : nullptr);
    }
    return work.exec_params(sql, pqxx::prepare::make_dynamic_params(bound));
#endif
  }

  /// Whether a result is the start of a COPY to or from the client, of which libpqxx says nothing.
  [[nodiscard]] static bool is_copy(const pqxx::result& result) {
    if (result.columns() == 0 || !result.empty()) {
      return false;
    }
    try {
      (void)result.column_type(0);  // every column of a query has a type, those of a COPY have none
      return false;
    } catch (const pqxx::argument_error&) {
      return true;
    }
  }

  [[nodiscard]] static query_result rows(const pqxx::result& result) {
    query_result copied;
    const auto columns = result.columns();
    using column_number = std::remove_const_t<decltype(columns)>;
    for (column_number column = 0; column < columns; ++column) {
      copied.columns.emplace_back(result.column_name(column));
    }
    copied.rows.reserve(static_cast<std::size_t>(result.size()));
    for (const auto& row : result) {
      auto& values = copied.rows.emplace_back();
      values.reserve(static_cast<std::size_t>(columns));
      for (column_number column = 0; column < columns; ++column) {
        const auto field = row[column];
        if (field.is_null()) {
          values.emplace_back(std::nullopt);
        } else {
          values.emplace_back(std::string(field.c_str(), static_cast<std::size_t>(field.size())));
        }
      }
    }
    copied.affected = static_cast<std::uint64_t>(result.affected_rows());
    return copied;
  }

  /// From any thread. Opens a second, short connection to the server; throws when that fails.
  void cancel() {
    connection_.cancel_query();
  }

  [[nodiscard]] int server_version() const {
    return connection_.server_version();
  }
  [[nodiscard]] bool is_open() const noexcept {
    return connection_.is_open();
  }
  [[nodiscard]] std::vector<std::string> take_notices() {
    return notices_.take();
  }

 private:
  pqxx::connection connection_;
  pqxx_notices notices_;
};

}  // namespace instar::detail
