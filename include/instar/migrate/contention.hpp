#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>
#include <instar/database/waiting.hpp>
#include <instar/migrate/ledger.hpp>
#include <instar/migrate/lock.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

/// \file What other sessions do to a migration on PostgreSQL, and for how long it lets them.
///
/// A statement that waits for a lock makes everybody wait behind it who wants the table after it, readers too. So it
/// waits for a while, its transaction is rolled back, which lets the others through, and begins anew a little later.
/// https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT

namespace instar::detail {

/// How long the transactions of a migration wait for locks, and how often they begin anew.
struct lock_limits {
  std::optional<std::chrono::milliseconds> wait{};  ///< 0: for ever; none: what the session says
  std::size_t retries = 0;
};

/// Whether a transaction failed by what others did at the same time, so that the same transaction may succeed later.
/// The states are PostgreSQL's, so no error of SQLite is one.
[[nodiscard]] inline bool is_contention(const database_error& error) {
  const std::string& state = error.sqlstate();
  return state == "55P03" || state == "40P01" || state == "40001";
}

/// The pause before a transaction is tried for the `retry`-th time again, from 1: twice as long each time, up to 5 s.
/// Of random length, so that two that stood in each other's way do not meet again.
[[nodiscard]] inline std::chrono::milliseconds pause_before(std::size_t retry) {
  const std::size_t most = retry > 5 ? 5000 : std::size_t{250} << (retry - 1);
  std::random_device device;
  return std::chrono::milliseconds{most / 2 + device() % (most / 2)};
}

/// Who holds locks on what a script names, for people: "process 4711 (psql) of role app holds AccessShareLock on users,
/// in a transaction since … (idle in transaction)". The server does not say for whom a statement waited that gave up;
/// so these are all that come into question, the oldest transaction first. Empty: nobody does any more, or the role may
/// not know.
///
/// \param names whether the script names a table or an index
[[nodiscard]] inline std::string lock_holders(database& on, const std::function<bool(std::string_view)>& names) {
  query_result held;
  try {
    held = on.query(
        "SELECT c.relname, t.relname, l.pid, a.application_name, a.usename, a.state, a.xact_start, l.mode "
        "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation "
        "LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid "
        "JOIN pg_catalog.pg_class t ON t.oid = COALESCE(i.indrelid, c.oid) "
        "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
        "WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid() AND l.database = "
        "(SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) "
        "AND c.relnamespace <> 'pg_catalog'::pg_catalog.regnamespace ORDER BY a.xact_start NULLS LAST, l.pid, c.oid");
  } catch (const database_error&) {
    return {};
  }
  struct holder {
    std::string pid;
    std::string text;
  };
  std::vector<holder> holders;
  for (const auto& row : held.rows) {
    const std::string pid = text_of(row[2]);
    const bool known = std::any_of(holders.begin(), holders.end(), [&](const holder& h) { return h.pid == pid; });
    if (known || (!names(text_of(row[0])) && !names(text_of(row[1]))))
      continue;
    std::string text = session_text(row[2], row[3], row[4]) + " holds " + text_of(row[7]) + " on " + text_of(row[1]);
    if (row[6])
      text += ", in a transaction since " + *row[6] + (row[5] ? " (" + *row[5] + ")" : std::string{});
    holders.push_back({pid, std::move(text)});
  }
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t i = 0; i != std::min(holders.size(), most); ++i)
    text += (text.empty() ? "" : "; ") + holders[i].text;
  if (holders.size() > most)
    text += "; and " + std::to_string(holders.size() - most) + " more";
  return text;
}

/// How a transaction fared that others were in the way of.
struct contest {
  std::size_t tries = 1;
  std::string holders{};  ///< who holds its tables, where it waited for a lock in vain
  bool given_up = false;  ///< it failed by other sessions, and is not tried again
};

/// Runs a transaction, and again while nothing but other sessions is in its way.
///
/// \param how   said also when this throws
/// \param names as of `lock_holders`
/// \param told  called with the pause before the next try, and what the database and the others say
/// \param check called while it pauses; throws to stop
/// \param run   must leave nothing behind when it throws
/// \throws database_error of the last try
template <class Told, class Run>
void repeat_past_others(database& on, const lock_limits& limits, contest& how,
                        const std::function<bool(std::string_view)>& names, const Told& told,
                        const std::function<void()>& check, const Run& run) {
  for (how = {};; ++how.tries) {
    try {
      run();
      return;
    } catch (const database_error& error) {
      if (!is_contention(error))
        throw;
      const bool waited = error.sqlstate() == "55P03";
      how.holders = waited ? lock_holders(on, names) : std::string{};
      how.given_up = how.tries > limits.retries;
      if (how.given_up)
        throw;
      std::string more = waited ? how.holders : error.detail();
      std::replace(more.begin(), more.end(), '\n', ' ');
      const std::chrono::milliseconds pause = pause_before(how.tries);
      told(pause, error.message() + " (" + error.sqlstate() + ")" + (more.empty() ? "" : "; " + more));
      sleep_checking(pause, check);
    }
  }
}

}  // namespace instar::detail
