#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>
#include <instar/database/open.hpp>
#include <instar/database/url.hpp>
#include <instar/database/waiting.hpp>
#include <instar/migrate/comparison.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/fleet_targets.hpp>
#include <instar/migrate/history.hpp>
#include <instar/migrate/migrator.hpp>
#include <instar/migrate/report.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

/// \file One history on many databases.

namespace instar {

/// How it stands with one target of a fleet.
enum class fleet_state : unsigned char {
  not_begun,    ///< an error elsewhere, a canary or an interruption came first
  applied,      ///< what was pending is applied
  up_to_date,   ///< nothing was pending
  failed,       ///< see `fleet_result::error`; what is in `report.applied` stays
  interrupted,  ///< stopped by `fleet::interrupt`, see `fleet_result::error`; what is in `report.applied` stays
};

/// "applied", "up to date" …
[[nodiscard]] constexpr std::string_view to_string(fleet_state state) noexcept {
  switch (state) {
  case fleet_state::not_begun:
    return "not begun";
  case fleet_state::applied:
    return "applied";
  case fleet_state::up_to_date:
    return "up to date";
  case fleet_state::failed:
    return "failed";
  case fleet_state::interrupted:
    return "interrupted";
  }
  return "";
}

/// What became of one target.
struct fleet_result {
  fleet_state state = fleet_state::not_begun;
  deploy_report report{};      ///< of one that failed the migrations before it alone, with their names and times
  std::exception_ptr error{};  ///< a `migration_error` or a `database_error`, of one that failed
  std::chrono::microseconds took{};
};

/// What `fleet::deploy` did; the results are in the order of the targets.
struct fleet_report {
  std::vector<fleet_result> results;

  [[nodiscard]] std::size_t count(fleet_state state) const noexcept {
    return static_cast<std::size_t>(
        std::count_if(results.begin(), results.end(), [&](const fleet_result& one) { return one.state == state; }));
  }

  /// Whether every target has the whole history now.
  [[nodiscard]] bool complete() const noexcept {
    return count(fleet_state::applied) + count(fleet_state::up_to_date) == results.size();
  }
};

/// Something that is going on in a fleet, told by the thread that works on that target, to one thread at a time.
struct fleet_progress {
  const fleet_target& target;
  std::size_t index = 0;                          ///< of the target, from 0
  const migration_progress* migration = nullptr;  ///< what its migrator says; nullptr: it begins, or it ended
  const fleet_result* result = nullptr;           ///< it ended so
};

struct fleet_options {
  /// Of each target's migrator: where the history is, timeouts, retries. `on_progress` is the fleet's own.
  migrator_options each{};

  /// How many targets are worked on at a time, each over a connection of its own.
  std::size_t jobs = 4;

  /// So many targets come first, and the others only when all of these ended well; 0: no target comes first.
  std::size_t canary = 0;

  /// Go on with the other targets when one fails. Else what is not begun by then stays as it is.
  bool keep_going = false;

  /// Must not throw.
  std::function<void(const fleet_progress&)> on_progress{};
};

/// Deploys one history to many databases, or to many schemas of one.
///
/// Each target has its own ledger and its own lock, as if it were deployed to alone; nothing is kept of the fleet as a
/// whole. So the same call again goes on where an earlier one ended: what is done is seen as up to date.
///
/// \code
///   const auto list = instar::read_fleet_targets(text, "databases.txt");
///   instar::fleet all{list.targets, {.each = {.migrations = "migrations"}, .jobs = 8}};
///   if (!all.deploy().complete()) …
/// \endcode
class fleet {
 public:
  fleet(std::vector<fleet_target> targets, fleet_options options)
      : targets_(std::move(targets)), options_(std::move(options)) {}

  [[nodiscard]] const std::vector<fleet_target>& targets() const noexcept { return targets_; }

  /// Applies what is pending to every target. What goes wrong with a target is in its result.
  /// \throws migration_error what is wrong with the history, before any target is touched: as `read_history`;
  ///         `provider_mismatch`, `no_such_migration`
  fleet_report deploy(const deploy_options& how = {});

  /// Stops what runs as `migrator::interrupt` does, and begins nothing more. From any thread, not from a signal
  /// handler. It holds for the fleet's life.
  void interrupt() noexcept {
    const std::lock_guard lock{guard_};
    interrupted_ = true;
    for (migrator* one : running_)
      one->interrupt();
    turn_.notify_all();
  }

  [[nodiscard]] bool interrupted() const noexcept { return interrupted_; }

 private:
  /// One thread's connection for looking at the ledgers of one database's schemas, in which nothing is ever run: so no
  /// script's settings are left in it.
  struct looking_glass {
    std::string url;  // holds the password
    std::unique_ptr<database> connection;
  };

  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  [[nodiscard]] std::shared_ptr<const history> read_shared_history(const deploy_options& how) const;
  [[nodiscard]] std::size_t next();
  void work();
  void run(std::size_t index, looking_glass& glass);
  [[nodiscard]] deploy_report deploy_to(const fleet_target& target, const migrator_options& each, looking_glass& glass);
  [[nodiscard]] bool is_up_to_date(const fleet_target& target, migrator_options each, looking_glass& glass,
                                   deploy_report& report);
  [[nodiscard]] std::unique_ptr<database> open_to_look(const database_url& url, const migrator_options& each) const;
  void ended(std::size_t index);

  template <class Operation>
  auto running(migrator& one, const Operation& operation) {
    {
      const std::lock_guard lock{guard_};
      running_.push_back(&one);
      if (interrupted_)
        one.interrupt();
    }
    const auto forget = [this](migrator* done) {
      const std::lock_guard lock{guard_};
      std::erase(running_, done);
    };
    const std::unique_ptr<migrator, decltype(forget)> at_end{&one, forget};
    return operation();
  }

  void tell(const fleet_progress& progress) {
    if (!options_.on_progress)
      return;
    const std::lock_guard lock{telling_};
    options_.on_progress(progress);
  }

  std::vector<fleet_target> targets_;
  fleet_options options_;
  std::vector<fleet_result> results_;  // each is written by the thread that has its index

  std::mutex telling_;
  std::mutex guard_;  // of what follows
  std::condition_variable turn_;
  std::vector<migrator*> running_;
  std::atomic<bool> interrupted_{false};
  bool stopped_ = false;           // by a failure
  std::size_t next_ = 0;           // the target that is begun next
  std::size_t canaries_left_ = 0;  // canaries that have not ended
  bool canary_failed_ = false;
};

inline fleet_report fleet::deploy(const deploy_options& how) {
  options_.each.shared_history = read_shared_history(how);
  results_.assign(targets_.size(), {});
  stopped_ = false;
  canary_failed_ = false;
  next_ = 0;
  canaries_left_ = std::min(options_.canary, targets_.size());
  std::vector<std::thread> others;
  const std::size_t jobs = std::clamp<std::size_t>(options_.jobs, 1, std::max<std::size_t>(targets_.size(), 1));
  try {
    while (others.size() + 1 < jobs)
      others.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    // There are no more threads to be had; those that are there do it.
  }
  work();
  for (std::thread& one : others)
    one.join();
  return {std::exchange(results_, {})};
}

/// The history up to the migration that is to be the last.
inline std::shared_ptr<const history> fleet::read_shared_history(const deploy_options& how) const {
  history read = detail::history_of(options_.each);
  for (const fleet_target& target : targets_)
    detail::check_provider(read, target.url.dialect());
  if (!how.up_to.empty()) {
    if (read.find(how.up_to) == nullptr)
      throw detail::unchanged(migration_code::no_such_migration, "The history has no migration " + how.up_to + ".",
                              "Give the whole name of its folder.", how.up_to);
    std::erase_if(read.migrations, [&](const migration& m) { return m.name > how.up_to; });
  }
  return std::make_shared<const history>(std::move(read));
}

inline void fleet::work() {
  looking_glass glass;
  for (std::size_t index = next(); index != none; index = next())
    run(index, glass);
}

/// The target whose turn it is, or `none`. Waits for the canaries.
inline std::size_t fleet::next() {
  std::unique_lock lock{guard_};
  turn_.wait(lock, [this] {
    return interrupted_ || stopped_ || canaries_left_ == 0 || next_ < std::min(options_.canary, targets_.size());
  });
  return interrupted_ || stopped_ || next_ == targets_.size() ? none : next_++;
}

inline void fleet::run(std::size_t index, looking_glass& glass) {
  const fleet_target& target = targets_[index];
  fleet_result& result = results_[index];
  tell({.target = target, .index = index});
  const auto began = std::chrono::steady_clock::now();
  migrator_options each = options_.each;
  if (!target.ledger.empty())
    each.ledger = target.ledger;
  std::vector<applied_migration> applied;
  each.on_progress = [&](const migration_progress& progress) {
    const bool recorded = progress.what == migration_progress::event::recorded;
    if (recorded || progress.what == migration_progress::event::applied) {
      applied.emplace_back();
      applied.back().recorded_alone = recorded;
      applied.back().name = progress.migration;
      applied.back().took = progress.took;
    }
    tell({.target = target, .index = index, .migration = &progress});
  };
  try {
    result.report = deploy_to(target, each, glass);
    result.state = result.report.applied.empty() ? fleet_state::up_to_date : fleet_state::applied;
  } catch (const migration_error& error) {
    result.error = std::current_exception();
    result.state = error.code() == migration_code::stopped ? fleet_state::interrupted : fleet_state::failed;
  } catch (...) {
    result.error = std::current_exception();
    result.state = fleet_state::failed;
  }
  if (result.error)
    result.report.applied = std::move(applied);
  result.took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
  tell({.target = target, .index = index, .result = &result});
  ended(index);
}

inline deploy_report fleet::deploy_to(const fleet_target& target, const migrator_options& each, looking_glass& glass) {
  if (deploy_report report;
      !target.schema.empty() && !target.ledger.empty() && is_up_to_date(target, each, glass, report))
    return report;
  // A connection of its own: what a script sets ends with it, and RESET ALL leaves the search path that it began with.
  migrator one{target.url, each};
  return running(one, [&] { return one.deploy(); });
}

inline std::unique_ptr<database> fleet::open_to_look(const database_url& url, const migrator_options& each) const {
  const server_wait how{
      .limit = each.wait_for_server,
      .on_wait =
          [&](const database_error& error) {
            each.on_progress({.what = migration_progress::event::waiting_for_server, .detail = error.message()});
          },
      .check =
          [this] {
            if (interrupted_)
              throw detail::unchanged(migration_code::stopped, "Interrupted.", "Run the command again to go on.");
          }};
  return wait_for_server(how, [&] { return open_database(url, {.application_name = each.application_name}); });
}

/// Looks at a tenant's ledger over a connection that is there already, which costs a fraction of a new one.
inline bool fleet::is_up_to_date(const fleet_target& target, migrator_options each, looking_glass& glass,
                                 deploy_report& report) {
  const database_url whole = target.url.with_search_path({});
  if (std::string url = whole.libpq_text(); !glass.connection || glass.url != url) {
    glass.connection = open_to_look(whole, each);
    glass.url = std::move(url);
  }
  status_report status;
  try {
    each.on_progress = nullptr;
    migrator looker{*glass.connection, std::move(each)};
    status = running(looker, [&] { return looker.status(); });
  } catch (const database_error& error) {
    if (error.code() != database_code::connection_lost)
      throw;
    glass.connection.reset();
    return false;  // who deploys connects anew, and waits for the server
  }
  for (const migration_status& m : status.migrations)
    if (m.state == migration_state::pending || m.state == migration_state::squashed ||
        m.state == migration_state::resumable || m.state == migration_state::failed ||
        m.state == migration_state::partly_squashed)
      return false;
  report.already_applied = status.count(migration_state::applied) + status.count(migration_state::edited);
  report.warnings = std::move(status.warnings);
  report.ledger = std::move(status.ledger);
  report.adopted_prisma = status.adopted_prisma;
  return true;
}

inline void fleet::ended(std::size_t index) {
  const fleet_state state = results_[index].state;
  const bool canary = index < options_.canary;
  const std::lock_guard lock{guard_};
  const bool well = state == fleet_state::applied || state == fleet_state::up_to_date;
  canary_failed_ = canary_failed_ || (canary && !well);
  canaries_left_ -= canary ? 1 : 0;
  // With keep_going the other canaries begin, but what comes after them does not.
  if ((!well && !options_.keep_going) || (canary_failed_ && canaries_left_ == 0))
    stopped_ = true;
  turn_.notify_all();
}

}  // namespace instar
