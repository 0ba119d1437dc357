#pragma once

#include <instar/database/capabilities.hpp>
#include <instar/database/waiting.hpp>
#include <instar/migrate/comparison.hpp>
#include <instar/migrate/destruction.hpp>
#include <instar/migrate/down_script.hpp>
#include <instar/migrate/file.hpp>
#include <instar/migrate/history.hpp>
#include <instar/migrate/ledger.hpp>
#include <instar/migrate/lock.hpp>
#include <instar/migrate/migrator.hpp>
#include <instar/migrate/renames.hpp>
#include <instar/migrate/reset.hpp>
#include <instar/migrate/rows.hpp>
#include <instar/migrate/runner.hpp>
#include <instar/migrate/script_plan.hpp>
#include <instar/migrate/shadow.hpp>
#include <instar/migrate/snapshot_file.hpp>
#include <instar/migrate/unsupported.hpp>
#include <instar/schema/owned.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <exception>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// \file What a migrator holds while it works, and what its operations share.

namespace instar {
namespace detail {

/// `YYYYMMDDHHMMSS`, in UTC.
[[nodiscard]] inline std::string timestamp_text(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  char text[48];
  std::snprintf(text, sizeof text, "%04d%02u%02u%02d%02d%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

/// The time that a migration's name begins with, where its digits are one.
[[nodiscard]] inline std::optional<std::chrono::sys_seconds> time_of(std::string_view name) {
  const std::string_view digits = timestamp_of(name);
  if (digits.empty())
    return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t count) {
    int value = 0;
    for (const char c : digits.substr(from, count))
      value = value * 10 + (c - '0');
    return value;
  };
  const std::chrono::year_month_day date{std::chrono::year{number(0, 4)},
                                         std::chrono::month{static_cast<unsigned>(number(4, 2))},
                                         std::chrono::day{static_cast<unsigned>(number(6, 2))}};
  if (!date.ok() || number(8, 2) > 23 || number(10, 2) > 59 || number(12, 2) > 59)
    return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{number(8, 2)} + std::chrono::minutes{number(10, 2)} +
         std::chrono::seconds{number(12, 2)};
}

/// The part of a new migration's name behind its timestamp: each character that is no letter or digit of ASCII is `_`.
/// \throws migration_error `bad_name`, `name_too_long`
[[nodiscard]] inline std::string name_slug(std::string_view wanted) {
  constexpr std::size_t longest = 200;
  std::string slug;
  bool any = false;
  for (const char c : wanted) {
    if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80U)
      continue;  // not the first byte of its character
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_sql_digit(c);
    any = any || plain;
    slug += plain ? c : '_';
  }
  if (!any)
    throw unchanged(migration_code::bad_name, "A migration's name needs a letter or a digit.",
                    "Say in a few words what it changes, such as add_user_email.");
  if (slug.size() > longest)
    throw unchanged(migration_code::name_too_long,
                    "A migration's name of " + std::to_string(slug.size()) + " characters is too long; " +
                        std::to_string(longest) + " is the most.",
                    "Say in a few words what it changes, such as add_user_email.");
  return slug;
}

/// The name of a new migration: later than every other of the history, whatever the clock says.
[[nodiscard]] inline std::string new_migration_name(const history& read, std::string_view wanted,
                                                    std::chrono::sys_seconds now) {
  const std::string slug = name_slug(wanted);
  for (const migration& m : read.migrations)
    if (const auto time = time_of(m.name); time && *time >= now)
      now = *time + std::chrono::seconds{1};
  std::string name = timestamp_text(now) + "_" + slug;
  if (!read.migrations.empty() && read.migrations.back().name >= name)
    throw unchanged(migration_code::bad_name,
                    "The migration " + read.migrations.back().name +
                        " sorts behind every timestamp, so a new one would run before it.",
                    "Give it a name that begins with a timestamp, before it is applied anywhere else.",
                    read.migrations.back().name);
  return name;
}

/// The script of a plan. One that makes a whole schema does as pg_dump: PostgreSQL does not look into the bodies of
/// functions, which may name what is made after them, or be wrong, as they were where they come from.
/// https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-CHECK-FUNCTION-BODIES
[[nodiscard]] inline std::string script_as_dumped(dialect target, const plan& steps, const script_options& how = {}) {
  const schema_view& before = steps.before;
  const bool from_nothing = before.tables.empty() && before.views.empty() && before.raw_objects.empty();
  const auto has_body = [](const raw_object& r) { return r.kind == "function" || r.kind == "procedure"; };
  const std::string text = script(target, steps, how);
  if (target != instar::postgres || !from_nothing ||
      std::none_of(steps.after.raw_objects.begin(), steps.after.raw_objects.end(), has_body))
    return text;
  return "SET check_function_bodies = off;\n\n" + text;
}

/// What migration_lock.toml says for a dialect.
[[nodiscard]] inline std::string lock_file_text(dialect d) {
  return "# The database that these migrations are for. Keep it in version control, do not edit it.\nprovider = \"" +
         std::string{provider_name(d)} + "\"\n";
}

}  // namespace detail

inline std::optional<diff_source> diff_source::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view word = text.substr(0, colon);
  const std::string place{colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1)};
  const bool bare = colon == std::string_view::npos;
  if (word == "empty" && bare)
    return diff_source{kind::empty, {}};
  if (word == "models" && bare)
    return diff_source{kind::models, {}};
  if (word == "migrations" && (bare || !place.empty()))
    return diff_source{kind::migrations, place};
  if (word == "database" && (bare || !place.empty()))
    return diff_source{kind::database, place};
  if (word == "sql" && !place.empty())
    return diff_source{kind::script, place};
  return std::nullopt;
}

struct migrator::session {
  explicit session(migrator_options given) : options(std::move(given)) {}

  migrator_options options;
  std::optional<database_url> url;
  std::unique_ptr<database> own;
  database* opened = nullptr;
  std::optional<server_capabilities> can;
  bool created = false;  ///< the database was made by this object

  std::mutex guard;                // of `working`
  std::vector<database*> working;  // the connections that an interruption must reach
  std::atomic<bool> stop{false};

  // ---- interruption ----

  void check() const {
    if (!stop)
      return;
    migration_error_fields fields;
    fields.message = "Interrupted.";
    fields.remedy = "Run the command again to go on.";
    throw migration_error{migration_code::stopped, std::move(fields)};
  }

  /// Runs an operation; what the database calls an interruption is one of this migrator when it was told to stop.
  template <class Operation>
  auto guarded(const Operation& operation) {
    check();
    try {
      return operation();
    } catch (const database_error& error) {
      if (error.code() == database_code::interrupted)
        check();
      throw;
    }
  }

  void use(database* connection) {
    const std::lock_guard lock{guard};
    working.push_back(connection);
  }
  void release(const database* connection) {
    const std::lock_guard lock{guard};
    const auto last = std::find(working.rbegin(), working.rend(), connection);
    if (last != working.rend())
      working.erase(std::next(last).base());
  }

  void tell(const migration_progress& progress) const {
    if (options.on_progress)
      options.on_progress(progress);
  }

  // ---- the database ----

  database& open(bool create) {
    check();
    if (opened != nullptr)
      return *opened;
    if (!url)
      throw detail::unchanged(migration_code::no_url, "No database is named.",
                              "Name one: postgresql://user@host/database or sqlite:FILE.");
    const open_options how{.application_name = options.application_name, .busy_timeout = options.lock_timeout};
    try {
      own = wait_for_server(waiting(options.wait_for_server), [&] { return open_database(*url, how); });
    } catch (const database_error& error) {
      if (error.code() != database_code::database_missing || !create || !options.create_database)
        throw;
      tell({.what = migration_progress::event::creating_database, .detail = url->redacted()});
      try {
        create_database(*url);
        created = true;
      } catch (const database_error& race) {
        if (race.code() != database_code::database_exists)  // another runner was faster
          throw;
      }
      own = open_database(*url, how);
    }
    opened = own.get();
    use(opened);
    return *opened;
  }

  [[nodiscard]] server_wait waiting(std::chrono::milliseconds limit) {
    return {.limit = limit,
            .on_wait =
                [this](const database_error& error) {
                  tell({.what = migration_progress::event::waiting_for_server, .detail = error.message()});
                },
            .check = [this] { check(); }};
  }

  [[nodiscard]] std::optional<instar::dialect> known_dialect() const {
    if (opened != nullptr)
      return opened->dialect();
    if (url)
      return url->dialect();
    return options.dialect;
  }

  // ---- history and snapshot ----

  [[nodiscard]] history load() const {
    history read = detail::history_of(options);
    if (const auto target = known_dialect())
      detail::check_provider(read, *target);
    return read;
  }

  /// The history where a folder that does not exist yet is an empty one.
  [[nodiscard]] history load_or_empty() const {
    std::error_code ignored;
    if (!options.shared_history && !options.embedded && !std::filesystem::exists(options.migrations, ignored)) {
      history none;
      none.folder = options.migrations;
      detail::add_code(none, options.code_migrations);
      return none;
    }
    return load();
  }

  [[nodiscard]] const std::filesystem::path& writable_folder() const {
    if (options.embedded)
      throw detail::unchanged(migration_code::no_folder,
                              "This program carries its migrations, and has no folder to write to.",
                              "Run this command where the migrations folder is, with --migrations.");
    return options.migrations;
  }

  [[nodiscard]] std::optional<owned_snapshot> load_snapshot() const {
    if (options.embedded)
      return std::nullopt;
    return read_snapshot(options.migrations);
  }

  [[nodiscard]] const schema_view& required_models() const {
    if (!options.models)
      throw detail::unchanged(migration_code::no_models, "This program was built without models.",
                              "Use the project's own migrator (instar_add_migrator in CMake).");
    return *options.models;
  }

  [[nodiscard]] instar::dialect dialect_for_files() const {
    if (const auto known = known_dialect())
      return *known;
    const history read = load_or_empty();
    if (read.provider)
      return *read.provider;
    throw detail::unchanged(migration_code::no_url,
                            "Neither a database nor a dialect is named, and there is no migration_lock.toml.",
                            "Name a database with --url, or a dialect with --dialect.");
  }

  // ---- the server ----

  /// Of the database that is open. Asked once, and only where there is something to do.
  [[nodiscard]] const server_capabilities& capabilities() {
    if (!can)
      can = ask_capabilities(*opened);
    return *can;
  }

  /// How scripts are written: for the server that is open, else for PostgreSQL.
  /// \param online whether for tables that are in use, where the server lets them
  [[nodiscard]] script_options form_of_scripts(bool online) {
    if (opened == nullptr || opened->dialect() != instar::postgres)
      return {.online = online};
    const server_capabilities& server = capabilities();
    return {.online = online && server.online_form(), .merge_alters = server.multi_action_alter};
  }

  // ---- comparing ----

  /// A snapshot that cannot be read is no reason not to deploy: it is needed for planning alone.
  [[nodiscard]] std::vector<migration_record> snapshot_records(std::optional<owned_snapshot>& keep) const {
    try {
      keep = load_snapshot();
    } catch (const migration_error&) {
      keep.reset();
    }
    if (!keep)
      return {};
    const auto records = keep->view().migrations;
    return {records.begin(), records.end()};
  }

  [[nodiscard]] status_report compare(database& on, const history& read, const ledger& book) const {
    std::optional<owned_snapshot> keep;
    const bool strangers = std::any_of(book.rows().begin(), book.rows().end(), [&](const ledger_row& row) {
      return row.counts() && read.find(row.migration) == nullptr;
    });
    const std::vector<migration_record> records = strangers ? snapshot_records(keep) : std::vector<migration_record>{};
    status_report report = detail::compare(on, read, book, records);
    detail::warn_of_states(report);
    return report;
  }

  [[nodiscard]] detail::runner_hooks hooks() {
    return {[this](const migration_progress& p) { tell(p); }, [this] { check(); }};
  }

  [[nodiscard]] std::unique_ptr<detail::migration_lock> lock(database& on, const ledger_place& place) {
    return std::make_unique<detail::migration_lock>(
        on, place, options.lock_timeout,
        [this](const std::string& holder) {
          tell({.what = migration_progress::event::waiting_for_lock, .detail = holder});
        },
        [this] { check(); }, capabilities());
  }

  /// Somebody's decision about lock_timeout, in the URL or of the role or the database, stands.
  [[nodiscard]] detail::lock_limits limits_of(database& on) const {
    if (on.dialect() != instar::postgres)
      return {};
    detail::lock_limits limits{options.statement_lock_timeout, options.lock_retries};
    if (!limits.wait && on.query_value("SELECT pg_catalog.current_setting('lock_timeout')") == "0")
      limits.wait = std::chrono::seconds{5};
    return limits;
  }

  // ---- deploying ----

  [[nodiscard]] static std::vector<const migration*> pending_of(const history& read, const status_report& status) {
    std::vector<const migration*> pending;
    for (const migration_status& m : status.migrations)
      if (m.state == migration_state::pending || m.state == migration_state::squashed ||
          m.state == migration_state::resumable)
        if (const migration* script = read.find(m.name))
          pending.push_back(script);
    return pending;
  }

  static void refuse_failed(const status_report& status) {
    for (const migration_status& m : status.migrations)
      if (m.state == migration_state::failed || m.state == migration_state::partly_squashed)
        throw detail::error_of(detail::problem_of(m));
  }

  void refuse_not_empty(database& on, const ledger& book) const {
    if (book.place().exists || options.allow_not_empty)
      return;
    const std::vector<std::string> objects = detail::foreign_objects(on, book.place());
    // Another runner may have made ledger and tables since the ledger was looked for.
    if (objects.empty() || ledger::read(on, options.ledger).place().exists)
      return;
    std::string names;
    for (const std::string& name : objects)
      names += (names.empty() ? "" : ", ") + name;
    throw detail::unchanged(migration_code::not_empty,
                            "The database holds tables (" + names + (objects.size() == 5 ? " …" : "") +
                                ") but no ledger (P3005).",
                            "If they are what the first migrations make, say so with `migrate resolve --applied NAME` "
                            "for each; if they have "
                            "nothing to do with this history, deploy with --allow-not-empty.");
  }

  /// A migration under way, as far as it can be told without the database.
  struct running_migration {
    applied_migration about;  ///< the name is empty between two migrations
    std::chrono::steady_clock::time_point began{};
    bool in_doubt = false;  ///< a statement runs of which neither ledger nor journal says whether it was carried out
  };

  deploy_report deploy(const deploy_options& how) {
    history read = load();
    if (!how.up_to.empty()) {
      if (read.find(how.up_to) == nullptr)
        throw detail::unchanged(migration_code::no_such_migration, "The history has no migration " + how.up_to + ".",
                                "Give the whole name of its folder.", how.up_to);
      std::erase_if(read.migrations, [&](const migration& m) { return m.name > how.up_to; });
    }
    database& on = open(true);
    detail::check_provider(read, on.dialect());
    deploy_report report;
    report.created_database = created;
    running_migration running;
    std::set<std::string> lost_in;
    for (;;) {
      try {
        deploy_pending(on, read, running, report);
        return report;
      } catch (const database_error& error) {
        if (error.code() != database_code::connection_lost || !may_reconnect(on) || running.in_doubt)
          throw;
        if (!lost_in.insert(running.about.name).second)
          throw database_error{error.code(),
                               {.message = error.message() + " It was the second time" +
                                           (running.about.name.empty() ? "." : " in " + running.about.name + "."),
                                .remedy = error.remedy(),
                                .sqlstate = error.sqlstate()}};
        reconnect(on, error, running.about.name);
      }
    }
  }

  /// Only what this object opened itself: another's session may have had more than a lock.
  [[nodiscard]] bool may_reconnect(const database& on) const {
    return on.dialect() == instar::postgres && own.get() == &on && !on.is_open() &&
           options.reconnect > std::chrono::milliseconds{0};
  }

  void reconnect(database& on, const database_error& lost, const std::string& running) {
    tell({.what = migration_progress::event::reconnecting, .migration = running, .detail = lost.message()});
    server_wait how = waiting(options.reconnect);
    how.on_wait = nullptr;
    try {
      wait_for_server(how, [&] { on.reopen(); });
    } catch (const database_error& error) {
      throw database_error{lost.code(),
                           {.message = lost.message() + " It did not come back: " + error.message(),
                            .remedy = lost.remedy(),
                            .sqlstate = lost.sqlstate()}};
    } catch (const migration_error& interruption) {
      migration_error_fields fields;
      fields.message = interruption.message();
      fields.remedy = lost.remedy();
      fields.state = lost.message();
      fields.migration = running;
      throw migration_error{interruption.code(), std::move(fields)};
    }
  }

  /// Applies what is pending over one connection.
  /// \param running what ran when an earlier connection was lost, and then what runs now
  /// \param report  what was done over earlier connections, completed
  void deploy_pending(database& on, const history& read, running_migration& running, deploy_report& report) {
    const running_migration lost = std::exchange(running, {});
    ledger book = ledger::read_rows(on, options.ledger);
    status_report status = compare(on, read, book);
    // What looks failed may be under way: who has the lock knows.
    if (const auto pending = pending_of(read, status); !pending.empty() || status.count(migration_state::failed) != 0) {
      if (on.dialect() == instar::postgres && book.place().schema.empty())
        book = ledger::read(on, options.ledger);  // read_rows tells less of one that exists there
      refuse_not_empty(on, book);
      // All of them before the first: a quote without an end in the last is found while nothing is applied.
      for (const migration* m : pending)
        detail::check_can_run(on.dialect(), *m);
      // Where nothing is applied yet there are no rows to lose.
      if (status.count(migration_state::applied) + status.count(migration_state::edited) != 0)
        warn_of_destruction(on.dialect(), pending, report);
      const auto held = lock_after(lost, on, book.place(), report.applied.size());
      book = ledger::read(on, options.ledger);  // somebody may have been at work while we waited
      status = compare(on, read, book);
      refuse_failed(status);
      settle(lost, book, report);
      apply_all(on, read, book, status, *held, running, report);
    } else {
      settle(lost, book, report);
    }
    report.already_applied = status.count(migration_state::applied) + status.count(migration_state::edited);
    report.warnings.insert(report.warnings.begin(), status.warnings.begin(), status.warnings.end());
    report.ledger = book.place().exists ? book.place().display_name() : std::string{};
    report.adopted_prisma = book.place().exists && book.place().prisma();
  }

  /// Takes the lock, which an old session of ours may still have.
  /// \param applied how many migrations were applied before
  std::unique_ptr<detail::migration_lock> lock_after(const running_migration& lost, database& on,
                                                     const ledger_place& place, std::size_t applied) {
    try {
      return lock(on, place);
    } catch (const migration_error& error) {
      if (lost.about.name.empty())
        throw;
      const migration_error doubtful{error.code(),
                                     {error.message(), error.remedy(),
                                      "The connection was lost in " + lost.about.name +
                                          ", and whether it was committed is not known; run deploy again, which asks "
                                          "the ledger.",
                                      lost.about.name, error.location(), error.database()}};
      throw with_earlier(doubtful, applied);
    }
  }

  /// Once for each, however often the connection is lost.
  static void warn_of_destruction(instar::dialect target, const std::vector<const migration*>& pending,
                                  deploy_report& report) {
    for (const migration* m : pending) {
      const bool known = std::any_of(report.warnings.begin(), report.warnings.end(),
                                     [&](const migration_warning& warning) { return warning.migration == m->name; });
      if (known)
        continue;
      for (migration_warning& warning : detail::destruction_warnings(target, *m))
        report.warnings.push_back(std::move(warning));
    }
  }

  /// Reports a migration as applied that was committed, though the answer did not arrive.
  void settle(const running_migration& lost, const ledger& book, deploy_report& report) const {
    if (lost.about.name.empty() || book.applied(lost.about.name) == nullptr)
      return;
    report.applied.push_back(lost.about);
    report.applied.back().took =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - lost.began);
    tell(
        {.what = migration_progress::event::applied, .migration = lost.about.name, .took = report.applied.back().took});
  }

  void apply_all(database& on, const history& read, ledger& book, const status_report& status,
                 detail::migration_lock& held, running_migration& running, deploy_report& report) {
    const std::vector<const migration*> pending = pending_of(read, status);
    detail::runner_hooks with = hooks();
    with.check_interrupt = [&] {
      check();
      held.check_held();
    };
    detail::script_runner runner{on, book, with, limits_of(on), capabilities()};
    std::size_t index = 0;
    for (const migration* m : pending) {
      ++index;
      try {
        with.check_interrupt();
        if (is_squashed(status, m->name)) {
          record_squash(on, book, *m);
          report.applied.emplace_back();
          report.applied.back().name = m->name;
          report.applied.back().recorded_alone = true;
          continue;
        }
        const bool resumes = book.failed(m->name) != nullptr;
        std::optional<std::vector<journal_row>> journal;
        if (resumes)
          journal = book.read_journal(on, m->name);
        const detail::script_plan way = plan_of(on, *m);
        if (way.statements.empty() && !m->is_code)
          report.warnings.push_back(detail::empty_script_warning(*m));
        tell({.what = migration_progress::event::applying,
              .migration = m->name,
              .index = index,
              .total = pending.size()});
        // What an earlier try began was counted then, and its tables may be gone.
        if (!resumes)
          detail::hold_to_agreement(on, *m);
        running.began = std::chrono::steady_clock::now();
        running.about.name = m->name;
        running.about.statements = way.statements.size();
        running.about.transactional =
            !resumes && way.mode != detail::script_mode::pieces && !(m->code && m->code->walk);
        applied_migration applied = runner.apply(*m, way, journal);
        running = {};
        if (runner.gave_up_lock())
          held.renew();
        for (const std::string& notice : applied.notices)
          tell({.what = migration_progress::event::notice, .migration = m->name, .detail = notice});
        tell({.what = migration_progress::event::applied,
              .migration = m->name,
              .index = index,
              .total = pending.size(),
              .took = applied.took});
        report.applied.push_back(std::move(applied));
      } catch (const migration_error& error) {
        throw with_earlier(error, report.applied.size());
      } catch (const database_error&) {
        running.in_doubt = runner.in_doubt();
        throw;
      }
    }
  }

  /// How a script is run on this server.
  [[nodiscard]] detail::script_plan plan_of(database& on, const migration& m) {
    detail::script_plan way = detail::plan_script(on.dialect(), m.sql, detail::checked_statements(on.dialect(), m));
    if (!capabilities().transactional_ddl)
      detail::without_transactional_ddl(on.dialect(), way);
    return way;
  }

  [[nodiscard]] static bool is_squashed(const status_report& status, std::string_view name) {
    return std::any_of(status.migrations.begin(), status.migrations.end(), [&](const migration_status& m) {
      return m.name == name && m.state == migration_state::squashed;
    });
  }

  /// Records a squash of migrations that the database has already; nothing is run.
  void record_squash(database& on, const ledger& book, const migration& m) {
    transact(on, {book.insert_applied(m, 0)});
    tell({.what = migration_progress::event::recorded, .migration = m.name});
  }

  /// An error's state, completed by what the same run had done before.
  [[nodiscard]] static migration_error with_earlier(const migration_error& error, std::size_t applied) {
    migration_error_fields fields{error.message(),   error.remedy(),   error.state(),
                                  error.migration(), error.location(), error.database()};
    if (applied != 0) {
      fields.state += (fields.state.empty() ? "" : " ");
      fields.state += applied == 1 ? "One migration before it was applied, and stays."
                                   : std::to_string(applied) + " migrations before it were applied, and stay.";
    } else if (fields.state.empty()) {
      fields.state = "Nothing was applied.";
    }
    return migration_error{error.code(), std::move(fields)};
  }

  // ---- resolving ----

  struct locked_ledger {
    std::unique_ptr<detail::migration_lock> held;
    ledger book;
  };

  locked_ledger lock_ledger(database& on) {
    const ledger before = ledger::read(on, options.ledger);
    auto held = lock(on, before.place());
    return {std::move(held), ledger::read(on, options.ledger)};
  }

  /// Runs statements as one transaction.
  static void transact(database& on, const std::vector<std::string>& statements) {
    std::string text = on.dialect() == instar::sqlite ? "BEGIN IMMEDIATE;\n" : "BEGIN;\n";
    for (const std::string& statement : statements)
      text += statement + ";\n";
    text += "COMMIT";
    try {
      on.execute(text);
    } catch (const database_error&) {
      try {
        if (on.is_open() && (on.dialect() == instar::postgres || on.in_transaction()))
          on.execute("ROLLBACK");
      } catch (const std::exception&) {
        // Gone with the connection.
      }
      throw;
    }
  }

  void forget_journal(database& on, const ledger& book, std::vector<std::string>& statements) const {
    if (book.has_table(on, detail::journal_table))
      statements.push_back(book.drop_journal());
  }

  // ---- plans ----

  void add_problems(next_plan& next) const {
    for (const migration_status& m : next.status.migrations)
      if (m.state == migration_state::failed || m.state == migration_state::partly_squashed ||
          m.state == migration_state::edited || m.state == migration_state::missing ||
          m.state == migration_state::unknown)
        next.problems.push_back(detail::problem_of(m));
  }

  void plan_models(next_plan& next, const history& read, instar::dialect target) {
    if (!options.models)
      return;
    const auto keep = std::make_shared<std::optional<owned_snapshot>>(load_snapshot());
    if (!*keep && !read.migrations.empty()) {
      next.problems.push_back(
          {migration_code::snapshot_missing,
           read.migrations.back().name,
           "The folder has migrations but no snapshot.hpp, so what they lead to is not known.",
           {"If snapshot.hpp was lost: restore it from version control.",
            "If the migrations lead to exactly the models as they are (a history that another tool began): `generate "
            "--schema-from-models` writes the snapshot from them."}});
      return;
    }
    const snapshot before = *keep ? (*keep)->view() : snapshot{};
    next.storage = keep;
    schema_view after = *options.models;
    if (!options.renames.empty()) {
      const auto renamed =
          std::make_shared<std::pair<std::shared_ptr<const void>, owned_schema>>(keep, copy_schema(*options.models));
      detail::declare_renames(renamed->second, before.schema, options.renames);
      next.storage = renamed;
      after = renamed->second.view();
    }
    for (history_problem& problem : detail::rename_problems(before.schema, after))
      next.problems.push_back(std::move(problem));
    next.steps = make_plan(before.schema, after);
    if (next.steps.empty())
      return;
    if (opened != nullptr)
      if (std::optional<history_problem> problem = detail::unsupported_by(capabilities(), after))
        next.problems.push_back(std::move(*problem));
    check_snapshot_lists(next, read, before.migrations);
    next.snapshot_alone = statements(target, next.steps).empty();
    next.loses_data = !next.snapshot_alone && next.steps.loses_data(target);
    for (const step& s : next.steps.steps)
      next.summary.push_back(describe(s));
    next.script = script(target, next.steps, form_of_scripts(options.online));
    if (!next.snapshot_alone)
      next.down_script = down_script(target, next.steps);
  }

  /// With a plan to write, the snapshot must stand where the folder stands.
  static void check_snapshot_lists(next_plan& next, const history& read, std::span<const migration_record> records) {
    for (const migration& m : read.migrations)
      if (!m.is_program_alone() && !detail::lists(records, m.name))
        next.problems.push_back(
            {migration_code::snapshot_stale,
             m.name,
             "The snapshot does not know the migration " + m.name + ", so the schema after it is not known.",
             {"If it changes nothing that the models describe (data, objects of your own): `generate` adds it to the "
              "snapshot, and `migrate dev` plans the rest.",
              "If it already makes what the models now have (a merge, a script of your own): `generate "
              "--schema-from-models`."}});
    for (const migration_record& r : records)
      if (read.find(r.name) == nullptr)
        next.problems.push_back(
            {migration_code::snapshot_stale,
             std::string{r.name},
             "The snapshot counts on the migration " + std::string{r.name} + ", whose folder is gone.",
             {"Restore the folder from version control.",
              "If the migration was given up: restore snapshot.hpp as it was before it, too."}});
  }

  /// The schemas that the scripts of this project fill.
  [[nodiscard]] std::set<std::string> schemas_in_use(const std::string& of_ledger) const {
    std::set<std::string> names{of_ledger};
    const auto add = [&](const schema_view& view) {
      const auto note = [&](std::string_view schema) {
        if (!schema.empty())
          names.emplace(schema);
      };
      for (const table& t : view.tables)
        note(t.schema);
      for (const enumeration& e : view.enumerations)
        note(e.schema);
      for (const view_object& v : view.views)
        note(v.schema);
      for (const sequence_object& s : view.sequences)
        note(s.schema);
    };
    if (options.models)
      add(*options.models);
    try {
      if (const auto read = load_snapshot())
        add(read->view().schema);
    } catch (const migration_error&) {
      // What a snapshot that cannot be read would add is dropped with the tables that the ledger's schema has.
    }
    return names;
  }

  // ---- shadow ----

  /// Lets an interruption reach the connection of a shadow database as long as that is in use.
  [[nodiscard]] detail::shadow_database::connection_hook interruptible() {
    return [this, used = static_cast<database*>(nullptr)](database* connection) mutable {
      if (connection != nullptr)
        use(connection);
      else
        release(used);
      used = connection;
    };
  }

  /// Runs scripts in a shadow database of their own. \param inspect see shadow_database::replay
  void replay(const std::vector<const migration*>& scripts, const detail::shadow_database::inspection& inspect) {
    const instar::dialect target = dialect_for_files();
    database* main = target == instar::postgres && !options.shadow ? &open(true) : opened;
    std::string schema;
    if (target == instar::postgres && main != nullptr)
      schema = ledger::read(*main, options.ledger).place().schema;
    detail::shadow_database shadow{target, main, options.shadow, interruptible()};
    shadow.replay(
        scripts, schemas_in_use(schema), hooks(),
        [&](const migration& m, std::size_t i) {
          tell({.what = migration_progress::event::checking_in_shadow,
                .migration = m.name,
                .index = i + 1,
                .total = scripts.size()});
        },
        inspect);
  }

  // ---- writing ----

  static void make_folder(const std::filesystem::path& folder, const history& read, instar::dialect target) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed)
      throw detail::file_error(migration_code::cannot_write, "Cannot make", folder, failed.value());
    if (!read.provider)
      detail::write_file(folder / "migration_lock.toml", detail::lock_file_text(target));
  }

  /// Writes a migration's folder under a name that nobody reads, then gives it its own.
  /// \param down the text of its down.sql; none is written where it is empty
  static void write_migration(const std::filesystem::path& folder, const migration& m, std::string_view down = {}) {
    namespace fs = std::filesystem;
    const fs::path fresh = folder / (".new_" + m.name);
    std::error_code failed;
    fs::remove_all(fresh, failed);
    fs::create_directories(fresh, failed);
    if (failed)
      throw detail::file_error(migration_code::cannot_write, "Cannot make", fresh, failed.value());
    try {
      detail::write_file(fresh / "migration.sql", m.sql);
      if (!down.empty())
        detail::write_file(fresh / detail::down_file_name, down);
    } catch (const migration_error&) {
      fs::remove_all(fresh, failed);
      throw;
    }
    fs::rename(fresh, folder / m.name, failed);
    if (failed) {
      std::error_code ignored;
      fs::remove_all(fresh, ignored);
      throw detail::file_error(migration_code::cannot_write, "Cannot write", folder / m.name, failed.value());
    }
    detail::sync_to_disk(folder);
  }

  /// Removes a migration's folder: first under a name that nobody reads, so that no crash leaves a half of it.
  static void remove_migration(const std::filesystem::path& folder, const std::string& name) {
    namespace fs = std::filesystem;
    const fs::path aside = folder / (".replaced_" + name);
    std::error_code failed;
    fs::remove_all(aside, failed);
    fs::rename(folder / name, aside, failed);
    if (!failed)
      fs::remove_all(aside, failed);
    if (failed)
      throw detail::file_error(migration_code::cannot_write, "Cannot remove", folder / name, failed.value());
    detail::sync_to_disk(folder);
  }

  /// Where a migration's down.sql is; empty where its text is.
  [[nodiscard]] static std::filesystem::path down_file(const migration& m, std::string_view down) {
    return down.empty() ? std::filesystem::path{} : m.file.parent_path() / detail::down_file_name;
  }

  /// \throws migration_error `bad_name`, `name_too_long`
  [[nodiscard]] std::string new_name(const history& read, std::string_view said) const {
    const auto now =
        options.clock ? options.clock() : std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return detail::new_migration_name(read, said, now);
  }

  [[nodiscard]] static std::vector<migration_record> records_of(const history& read) {
    std::vector<migration_record> records;
    for (const migration& m : read.migrations)
      if (!m.is_program_alone())
        records.push_back({m.name, m.checksum});
    return records;
  }

  [[nodiscard]] diff_report report_of(plan steps, std::shared_ptr<const void> storage, instar::dialect target) {
    diff_report report;
    report.steps = std::move(steps);
    report.storage = std::move(storage);
    for (const step& s : report.steps.steps)
      report.summary.push_back(describe(s));
    report.statements = statements(target, report.steps);
    if (!report.steps.empty())
      report.script = detail::script_as_dumped(target, report.steps, form_of_scripts(options.online));
    report.loses_data = report.steps.loses_data(target);
    return report;
  }

  // ---- reading schemas back, see reading.hpp ----

  [[nodiscard]] owned_schema read_back(database& on) const;
  [[nodiscard]] owned_schema read_shadow(const std::vector<const migration*>& scripts);
  [[nodiscard]] static std::vector<migration> ddl_scripts(instar::dialect target, const schema_view& schema,
                                                          std::string_view called);
  [[nodiscard]] owned_schema read_ddl(const schema_view& schema, std::string_view called);
  [[nodiscard]] owned_schema read_models();
  [[nodiscard]] diff_report drift_from(const history& read, const status_report& status, migration_state also);
  static void warn_of_way_back(const diff_report& left, proof_report& proof);
  class models_aside;
  [[nodiscard]] diff_report compare_read(owned_schema before, owned_schema after);
  [[nodiscard]] bool has_to_be_read(const diff_source& source) const;
  [[nodiscard]] owned_schema read_source(const diff_source& source);
  [[nodiscard]] owned_schema keep_source(const diff_source& source) const;

  // ---- the other operations, see operations.hpp ----

  status_report status();
  resolve_report resolve_applied(std::string_view name);
  resolve_report resolve_rolled_back(std::string_view name);
  resolve_report resolve_edited(std::string_view name);
  resolve_report resolve_repaired(std::string_view name);
  bool has_same_statements(const ledger& book, const history& read, std::string_view name);
  void prove_edited(const ledger& book, const history& read, std::string_view name);
  resolve_report resolve_missing(std::string_view name);
  reset_report reset();
  void drop_past_others(database& on, std::vector<std::string> statements);
  next_plan plan_next();
  proof_report prove(const next_plan& planned);
  diff_report drift();
  std::vector<checked_rows> count_rows(const plan& steps);
  created_migration create_migration(std::string_view name, const next_plan& planned, bool skip_shadow);
  created_migration adopt_drift(std::string_view name);
  void prove_adoption(const history& read, const migration& made);
  snapshot_report follow_models(const next_plan& planned);
  dev_report dev(const dev_options& how);
  push_report push(bool accept_data_loss);
  void seed();
  void execute_script(std::string_view sql, std::string_view file_name);
  diff_report diff(const diff_source& from, const diff_source& to);
  snapshot_report generate_snapshot(const generate_options& how);
  std::vector<migration_warning> check_history();

  // ---- the way back, see down.hpp ----

  down_plan plan_down(const down_options& how);
  void prove_down(const down_plan& planned);
  down_report take_down(const down_plan& planned);
  void check_removal(const history& read, const down_plan& planned) const;
  void remove_taken_back(const down_plan& planned, down_report& report) const;
  down_report down(const down_options& how);

  // ---- a squash, see squash.hpp ----

  squash_report squash(const squash_options& how);
  [[nodiscard]] std::string squash_name(const history& read, std::size_t count, std::string_view wanted) const;
  void refuse_half_squashed(const history& read, std::size_t count);

  // ---- a baseline, see baseline.hpp ----

  baseline_report baseline(const baseline_options& how);
  void refuse_second_history(const history& read, const ledger& book) const;
  [[nodiscard]] migration baseline_migration(const schema_view& schema, instar::dialect target) const;
  void prove_baseline(const migration& made, database& on);
};

}  // namespace instar

#include <instar/migrate/operations.hpp>

#include <instar/migrate/baseline.hpp>
#include <instar/migrate/down.hpp>
#include <instar/migrate/squash.hpp>
