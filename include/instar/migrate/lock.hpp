#pragma once

#include <instar/database/capabilities.hpp>
#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>
#include <instar/database/open.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/ledger.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/schema/text.hpp>
#include <instar/sql/text.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

/// \file One runner at a time.
///
/// PostgreSQL: a session-level advisory lock, which the server releases with the connection, however it ends. It is
/// polled: a blocking `pg_advisory_lock` would hold a snapshot that a CREATE INDEX CONCURRENTLY of the holder waits
/// for, and both would wait for ever.
///
/// Through a pooler that hands out sessions transaction by transaction: the same lock, held by a transaction that stays
/// open on a connection of its own. Where advisory locks do nothing (CockroachDB, YugabyteDB): in such a transaction, a
/// row of the table `_instar_lock`. Such a lock ends with its runner, and the statement that the runner had sent may go
/// on: the session that migrates has the key in its application_name, and who gets the lock waits until none is at
/// work.
///
/// SQLite: a lock on a file beside the database, which goes with the process, however it ends. The database's own locks
/// would not do: they end with each transaction, and some scripts have several.

namespace instar::detail {

/// The key that Prisma takes, whatever the database and its schema. With Prisma's ledger we take it too, so that the
/// two programs wait for each other.
inline constexpr std::int64_t prisma_lock_key = 72707369;

/// Advisory locks are kept by database, so a key need only tell ledgers of one database apart.
[[nodiscard]] inline std::int64_t lock_key(const ledger_place& place) {
  if (place.prisma())
    return prisma_lock_key;
  const std::uint64_t hash = hash_text(place.table, hash_text(place.schema, 0x696E73746172));
  return static_cast<std::int64_t>(hash >> 1U);
}

/// A session of the server, for people: "process 4711 (psql) of role app".
[[nodiscard]] inline std::string session_text(const sql_value& pid, const sql_value& application,
                                              const sql_value& role) {
  std::string text = "process " + text_of(pid);
  if (application && !application->empty())
    text += " (" + *application + ")";
  if (role)
    text += " of role " + *role;
  return text;
}

/// A lock that a transaction holds, on a connection of its own; the server gives it up with the connection. For where a
/// session's advisory lock keeps nobody out.
class transaction_lock {
 public:
  transaction_lock(database& of, const ledger_place& place, std::int64_t key, const server_capabilities& can)
      : of_(of), table_(place.qualified(lock_table)), key_(std::to_string(key)), advisory_(can.advisory_lock) {}

  [[nodiscard]] bool try_lock() {
    try {
      own_ = open_database(of_.url(), {.application_name = "instar lock"});
      if (!advisory_) {
        own_->execute("CREATE TABLE IF NOT EXISTS " + table_ + " (key BIGINT PRIMARY KEY NOT NULL)");
        own_->execute("INSERT INTO " + table_ + " (key) VALUES (" + key_ + ") ON CONFLICT (key) DO NOTHING");
      }
      // It waits for as long as the migrations take.
      own_->execute("BEGIN;\nSET LOCAL idle_in_transaction_session_timeout = 0");
      // The same key as of a session's lock, which keeps out who comes without a pooler.
      if (!advisory_)
        (void)own_->query("SELECT key FROM " + table_ + " WHERE key = " + key_ + " FOR UPDATE NOWAIT");
      else if (own_->query_value("SELECT pg_catalog.pg_try_advisory_xact_lock(" + key_ + ")") != "t")
        own_.reset();
      return own_ != nullptr;
    } catch (const database_error& error) {
      own_.reset();
      if (is_taken(error))
        return false;
      throw;
    }
  }

  /// Whether the connection is still there; one that is asked from time to time is not thought to be idle.
  [[nodiscard]] bool is_held() noexcept {
    try {
      return own_ != nullptr && own_->query_value("SELECT 1").has_value();
    } catch (const std::exception&) {
      return false;
    }
  }

  void unlock() { own_.reset(); }

 private:
  /// Somebody has it (lock_not_available, and what distributed servers say in its place), or makes the table at the
  /// same time (unique_violation of the catalogue, duplicate_table, duplicate_object).
  [[nodiscard]] static bool is_taken(const database_error& error) {
    static constexpr std::array<std::string_view, 6> states{"55P03", "40001", "40P01", "23505", "42P07", "42710"};
    return std::find(states.begin(), states.end(), error.sqlstate()) != states.end();
  }

  database& of_;
  std::string table_;
  std::string key_;
  bool advisory_;
  std::unique_ptr<database> own_;
};

class migration_lock {
 public:
  /// Waits for the lock.
  ///
  /// \param on_wait told once, with the holder, when the lock is not free
  /// \param check   called while waiting; throws to give up
  /// \throws migration_error `lock_timeout`
  migration_lock(database& on, const ledger_place& place, std::chrono::milliseconds timeout,
                 const std::function<void(const std::string&)>& on_wait, const std::function<void()>& check,
                 const server_capabilities& can = {})
      : on_(on), key_(lock_key(place)) {
    if (!can.advisory_lock || !can.sessions)
      beside_.emplace(on, place, key_, can);
    using clock = std::chrono::steady_clock;
    const clock::time_point give_up = clock::now() + timeout;
    std::chrono::milliseconds pause{20};
    bool told = false;
    while (!try_lock()) {
      if (!told && on_wait)
        on_wait(holder());
      told = true;
      check();
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(give_up - clock::now());
      if (left <= std::chrono::milliseconds{0})
        throw timed_out(timeout);
      std::this_thread::sleep_for(std::min(pause, left));
      pause = std::min(pause * 2, std::chrono::milliseconds{250});
    }
    held_ = true;
    if (beside_) {
      application_name_ = text_of(on_.query_value("SELECT pg_catalog.current_setting('application_name')"));
      on_.execute(named_session());
    }
  }

  migration_lock(const migration_lock&) = delete;
  migration_lock& operator=(const migration_lock&) = delete;

  ~migration_lock() {
    try {
      if (beside_) {
        beside_->unlock();
        if (on_.is_open())
          on_.execute("SET application_name = " + quote_literal(application_name_));
      } else if (held_ && on_.is_open())
        on_.unlock(key_);
    } catch (const std::exception&) {
      // It goes with the connection.
    }
  }

  /// Throws where the lock has a connection of its own that is gone: then somebody else may be at work.
  /// \throws migration_error `lock_timeout`
  void check_held() {
    if (!beside_ || beside_->is_held())
      return;
    migration_error_fields fields;
    fields.message = "The connection that held the migration lock is gone, and another runner may be at work (P1002).";
    fields.remedy = "Run deploy again, which takes the lock anew; a pooler must not end transactions that wait.";
    throw migration_error{migration_code::lock_timeout, std::move(fields)};
  }

  /// Takes the lock again after a script's DISCARD ALL, which gives up everything that the session has.
  void renew() {
    if (beside_)
      on_.execute(named_session());
    else if (held_)
      held_ = on_.try_lock(key_);
  }

 private:
  [[nodiscard]] bool try_lock() {
    if (!beside_)
      return on_.try_lock(key_);
    left_.clear();
    if (!beside_->try_lock())
      return false;
    left_ = left_at_work();
    if (!left_.empty())
      beside_->unlock();
    return left_.empty();
  }

  /// What a session that migrates has at the end of its application_name.
  [[nodiscard]] std::string mark() const { return " migrates " + std::to_string(key_); }

  /// PostgreSQL cuts the name to 63 bytes.
  [[nodiscard]] std::string named_session() const {
    return "SET application_name = " + quote_literal(application_name_.substr(0, 30) + mark());
  }

  /// The session of a runner that is gone, whose last statement goes on; empty where there is none.
  /// https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
  [[nodiscard]] std::string left_at_work() {
    const query_result found = on_.query(
        "SELECT pid, application_name, usename FROM pg_catalog.pg_stat_activity WHERE state <> 'idle' AND "
        "datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid() AND application_name LIKE " +
        quote_literal("%" + mark()) + " LIMIT 1");
    if (found.rows.empty())
      return {};
    const auto& row = found.rows.front();
    return session_text(row[0], row[1], row[2]) + ", whose runner is gone";
  }

  /// Who has the lock, for people; SQLite does not say. A role that may not see other sessions sees no address and no
  /// time.
  [[nodiscard]] std::string holder() {
    if (on_.dialect() == instar::sqlite || beside_)
      return left_;
    const std::uint64_t key = static_cast<std::uint64_t>(key_);
    const query_result found = on_.query(
        "SELECT l.pid, a.application_name, a.client_addr, a.backend_start, a.usename "
        "FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
        "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid::bigint = " +
        std::to_string(key >> 32U) + " AND l.objid::bigint = " + std::to_string(key & 0xFFFFFFFFU) +
        " AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())");
    if (found.rows.empty())
      return "a session that has just ended";
    const auto& row = found.rows.front();
    std::string text = session_text(row[0], row[1], row[4]);
    text += row[2] ? " at " + *row[2] : std::string{row[3] ? " on the server itself" : ""};
    if (row[3])
      text += ", connected since " + *row[3];
    return text;
  }

  [[nodiscard]] migration_error timed_out(std::chrono::milliseconds timeout) {
    migration_error_fields fields;
    const std::string who = holder();
    fields.message = "Another runner holds the migration lock" + (who.empty() ? "" : ": " + who) + " (P1002).";
    fields.remedy = "Wait until it is done (waited " + std::to_string(timeout.count()) + " ms), or end it" +
                    (on_.dialect() == instar::postgres ? " with pg_terminate_backend" : "") +
                    " if nobody needs it any more.";
    fields.state = "Nothing was changed.";
    return migration_error{migration_code::lock_timeout, std::move(fields)};
  }

  database& on_;
  std::int64_t key_;
  std::optional<transaction_lock> beside_;
  std::string left_;              ///< what `left_at_work` said last
  std::string application_name_;  ///< of the session, before it got the key
  bool held_ = false;
};

}  // namespace instar::detail
