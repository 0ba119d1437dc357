#pragma once

// The one file that knows which libpqxx it is compiled with: 6.4 (Debian 12) or any 7.
//
// What differs, by libpqxx's own NEWS: 7.0 made one class of all connections and took automatic reconnection away; 7.5
// brought `params`, and 7.6 deprecated `make_dynamic_params` for it; 7.10 made `exec` take `params` and deprecated
// `exec_params`, and replaced `errorhandler` by notice handlers.

#include <instar/database/connection.hpp>

#include <pqxx/pqxx>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#define INSTAR_PQXX_AT_LEAST(major, minor)                                                                             \
  (PQXX_VERSION_MAJOR > (major) || (PQXX_VERSION_MAJOR == (major) && PQXX_VERSION_MINOR >= (minor)))

#if !INSTAR_PQXX_AT_LEAST(6, 4)
#error "instar needs libpqxx 6.4 or newer"
#endif

namespace instar::detail {

/// What the server said by the way, kept instead of printed.
class pqxx_notices {
 public:
  void add(std::string_view message) noexcept {
    try {
      while (message.ends_with('\n')) {
        message.remove_suffix(1);
      }
      kept_.emplace_back(message);
    } catch (const std::exception&) {
      // A lost notice is better than a lost program.
    }
  }

  [[nodiscard]] std::vector<std::string> take() { return std::exchange(kept_, {}); }

 private:
  std::vector<std::string> kept_;
};

#if INSTAR_PQXX_AT_LEAST(7, 10)

/// Makes a connection hand its notices to `notices`, as long as it lives.
class pqxx_notice_listener {
 public:
  // A result may outlive its connection and keeps the handler, so the handler keeps the notices.
  pqxx_notice_listener(pqxx::connection& connection, const std::shared_ptr<pqxx_notices>& notices) {
    connection.set_notice_handler([notices](pqxx::zview message) noexcept { notices->add(message); });
  }
};

#else

/// Makes a connection hand its notices to `notices`, as long as this object lives.
class pqxx_notice_listener final : public pqxx::errorhandler {
 public:
  template <class Connection>
  pqxx_notice_listener(Connection& connection, std::shared_ptr<pqxx_notices> notices)
      : pqxx::errorhandler(connection), notices_(std::move(notices)) {}

  bool operator()(const char message[]) noexcept override {
    notices_->add(message);
    return false;
  }

 private:
  std::shared_ptr<pqxx_notices> notices_;
};

#endif

/// The SQLSTATE of an exception, empty when there is none.
///
/// libpqxx 6 gives some classes none although the server sent one (7.2.1: "fixed wrong SQLSTATE params to some
/// exceptions"), and makes transaction_rollback no sql_error; there the class itself says it.
inline std::string pqxx_sqlstate(const pqxx::failure& error) {
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error); sql != nullptr && !sql->sqlstate().empty()) {
    return sql->sqlstate();
  }
  const auto is = [&error]<class Class>(const Class*) { return dynamic_cast<const Class*>(&error) != nullptr; };
  if (is(static_cast<const pqxx::insufficient_privilege*>(nullptr))) {
    return "42501";
  }
  if (is(static_cast<const pqxx::deadlock_detected*>(nullptr))) {
    return "40P01";
  }
  if (is(static_cast<const pqxx::serialization_failure*>(nullptr))) {
    return "40001";
  }
  if (is(static_cast<const pqxx::statement_completion_unknown*>(nullptr))) {
    return "40003";
  }
  if (is(static_cast<const pqxx::transaction_rollback*>(nullptr))) {
    return "40000";
  }
  if (is(static_cast<const pqxx::too_many_connections*>(nullptr))) {
    return "53300";
  }
  return {};
}

/// A libpqxx connection reduced to what every version of the library can do.
///
/// Members throw pqxx's own exceptions, whose classes did not change: broken_connection, sql_error, failure.
class pqxx_session {
 public:
  /// \param text a libpq connection string or URI.
  explicit pqxx_session(const std::string& text) : connection_(text), listener_(connection_, notices_) {
#if !INSTAR_PQXX_AT_LEAST(7, 0)
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
#if INSTAR_PQXX_AT_LEAST(7, 5)
    pqxx::params bound;
    for (const sql_value& value : parameters) {
      if (value) {
        bound.append(*value);
      } else {
        bound.append();
      }
    }
#else
    std::vector<const char*> texts;  // null is NULL
    texts.reserve(parameters.size());
    for (const sql_value& value : parameters) {
      texts.push_back(value ? value->c_str() : nullptr);
    }
    const auto bound = pqxx::prepare::make_dynamic_params(texts);
#endif
#if INSTAR_PQXX_AT_LEAST(7, 10)
    return work.exec(sql, bound);
#else
    return work.exec_params(sql, bound);
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
    return notices_->take();
  }

 private:
  std::shared_ptr<pqxx_notices> notices_ = std::make_shared<pqxx_notices>();
  pqxx::connection connection_;
  pqxx_notice_listener listener_;
};

}  // namespace instar::detail
