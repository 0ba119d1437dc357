#pragma once

#include <instar/migrate/migrator.hpp>
#include <instar/migrate/reading.hpp>
#include <instar/migrate/session.hpp>
#include <instar/migrate/written_files.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// \file The operations of `migrator`.

namespace instar {

inline status_report migrator::session::status() {
  const history read = load_or_empty();
  try {
    database& on = open(false);
    detail::check_provider(read, on.dialect());
    status_report report = compare(on, read, ledger::read(on, options.ledger));
    for (const migration* m : pending_of(read, report))
      if (detail::checked_statements(on.dialect(), *m).empty())
        report.warnings.push_back(detail::empty_script_warning(*m));
    return report;
  } catch (const database_error& error) {
    if (error.code() != database_code::database_missing)
      throw;
  }
  status_report report;
  report.database_exists = false;
  report.warnings = read.warnings;
  for (const migration& m : read.migrations) {
    migration_status status;
    status.name = m.name;
    status.checksum = m.checksum;
    report.migrations.push_back(std::move(status));
  }
  return report;
}

inline resolve_report migrator::session::resolve_applied(std::string_view name) {
  const history read = load();
  const migration* m = read.find(name);
  if (m == nullptr)
    throw detail::unchanged(migration_code::no_such_migration,
                            "The history has no migration " + std::string{name} + " (P3017).",
                            "Give the whole name of its folder.", name);
  database& on = open(true);
  detail::check_provider(read, on.dialect());
  auto [held, book] = lock_ledger(on);
  if (book.applied(name) != nullptr)
    throw detail::unchanged(migration_code::nothing_to_resolve,
                            "The migration " + m->name + " is recorded as applied already (P3008).",
                            "There is nothing to do.", name);
  std::vector<std::string> statements;
  if (!book.place().exists)
    statements.push_back(book.create_statement());
  const bool failed = book.failed(name) != nullptr;
  if (failed) {
    statements.push_back(book.mark_rolled_back(name, true));
    forget_journal(on, book, statements);
  }
  statements.push_back(book.insert_applied(*m, 0));
  transact(on, statements);
  return {m->name, failed ? "The failed try is recorded as rolled back, and " + m->name + " as applied."
                          : m->name + " is recorded as applied; it was not run."};
}

inline resolve_report migrator::session::resolve_rolled_back(std::string_view name) {
  database& on = open(false);
  auto [held, book] = lock_ledger(on);
  if (book.failed(name) == nullptr) {
    const bool applied = book.applied(name) != nullptr;
    const bool known = applied || book.tries(name) != 0;
    throw detail::unchanged(known ? migration_code::nothing_to_resolve : migration_code::no_such_migration,
                            applied ? "The migration " + std::string{name} + " has not failed, it is applied (P3012)."
                            : known ? "The migration " + std::string{name} + " is recorded as rolled back already."
                                    : "The ledger has no migration " + std::string{name} + " (P3011).",
                            applied ? "To take back an applied migration, write a new one that undoes it."
                            : known ? "Run deploy to apply it again."
                                    : "Give the whole name, as `migrate status` shows it.",
                            name);
  }
  std::vector<std::string> statements{book.mark_rolled_back(name, true)};
  forget_journal(on, book, statements);
  transact(on, statements);
  return {std::string{name},
          std::string{name} + " is recorded as rolled back; deploy runs it from its first statement."};
}

inline resolve_report migrator::session::resolve_edited(std::string_view name) {
  const history read = load();
  database& on = open(false);
  detail::check_provider(read, on.dialect());
  auto [held, book] = lock_ledger(on);
  const migration& m = detail::edited_script(read, book, name).first;
  transact(on, {book.accept(m)});
  return {m.name, "The ledger has taken the checksum of " + m.name + " as the file is now; nothing was run."};
}

inline resolve_report migrator::session::resolve_repaired(std::string_view name) {
  const history read = load();
  database& on = open(false);
  detail::check_provider(read, on.dialect());
  // The shadow database needs no lock, and another runner need not wait for it.
  std::string proof = "its statements are those that ran";
  if (const ledger book = ledger::read(on, options.ledger); !has_same_statements(book, read, name)) {
    prove_edited(book, read, name);
    proof = "with it, the migrations make exactly what the database is";
  }
  auto [held, book] = lock_ledger(on);
  const migration& m = detail::edited_script(read, book, name).first;
  transact(on, {book.accept(m)});
  return {m.name, "The ledger has taken the checksum of " + m.name + ": " + proof + "; nothing was run."};
}

/// Whether an edited script has the statements that ran. False: the ledger does not know what ran.
/// \throws migration_error `statements_differ`
inline bool migrator::session::has_same_statements(const ledger& book, const history& read, std::string_view name) {
  const auto [m, row] = detail::edited_script(read, book, name);
  if (!detail::has_statements_note(row))
    return false;
  if (detail::statements_note(book.place().dialect, m) != row.logs)
    throw detail::unchanged(migration_code::statements_differ,
                            "The statements of " + m.name + " are not those that were applied.",
                            "Restore its migration.sql and write the change as a new migration; or, if you made the "
                            "same change in the database by hand, `migrate resolve --edited " +
                                m.name + "`.",
                            name);
  return true;
}

/// Shows by the schema alone that an edited script is good for what it was: for a ledger that does not know what ran.
/// \throws migration_error `statements_differ`
inline void migrator::session::prove_edited(const ledger& book, const history& read, std::string_view name) {
  const migration& edited = detail::edited_script(read, book, name).first;
  const auto refuse = [&](std::string message) {
    return detail::unchanged(migration_code::statements_differ, std::move(message),
                             "If the edit changes nothing that runs, or you made the same change in the database by "
                             "hand: `migrate resolve --edited " +
                                 edited.name + "`.",
                             name);
  };
  if (!detail::is_structure_alone(detail::checked_statements(book.place().dialect, edited)))
    throw refuse("The ledger does not know what " + edited.name +
                 " was, and its statements on rows leave no trace that could be compared.");
  const diff_report found = drift_from(read, compare(open(false), read, book), migration_state::edited);
  if (!found.empty())
    throw refuse("With " + edited.name +
                 " as it is now, the migrations do not make what the database is:" + detail::first_lines(found));
}

inline resolve_report migrator::session::resolve_missing(std::string_view name) {
  const history read = load_or_empty();
  database& on = open(false);
  auto [held, book] = lock_ledger(on);
  if (read.find(name) != nullptr)
    throw detail::unchanged(migration_code::nothing_to_resolve,
                            "The migration " + std::string{name} + " is in the folder.",
                            "Remove the folder first if it is to be forgotten.", name);
  if (book.applied(name) == nullptr && book.failed(name) == nullptr)
    throw detail::unchanged(migration_code::no_such_migration,
                            "The ledger has no applied migration " + std::string{name} + ".",
                            "Give the whole name, as `migrate status` shows it.", name);
  std::vector<std::string> statements{book.mark_rolled_back(name, false)};
  if (book.failed(name) != nullptr)
    forget_journal(on, book, statements);
  transact(on, statements);
  return {std::string{name}, std::string{name} + " is recorded as rolled back; nothing in the database was undone."};
}

/// Drops what a reset drops: as a migration, it makes way where it does not get a lock, and begins anew.
inline void migrator::session::drop_past_others(database& on, std::vector<std::string> statements) {
  const detail::lock_limits limits = limits_of(on);
  if (limits.wait && on.dialect() == instar::postgres)
    statements.insert(statements.begin(), "SET LOCAL lock_timeout = " + std::to_string(limits.wait->count()));
  detail::contest how;
  try {
    detail::repeat_past_others(
        on, limits, how, [](std::string_view) { return true; },
        [&](std::chrono::milliseconds pause, const std::string& others) {
          tell({.what = migration_progress::event::retrying,
                .migration = "the reset",
                .index = how.tries,
                .total = limits.retries,
                .took = pause,
                .detail = others});
        },
        [this] { check(); }, [&] { transact(on, statements); });
  } catch (const database_error& error) {
    if (!how.given_up)
      throw;
    throw detail::unchanged(
        migration_code::lock_not_available,
        "The reset did not get a lock in " + std::to_string(how.tries) + (how.tries == 1 ? " try: " : " tries: ") +
            error.message() + ".",
        (how.holders.empty() ? "Try again when other sessions leave the tables alone"
                             : "End what holds the tables (" + how.holders + "; pg_terminate_backend ends a process)") +
            "; --statement-lock-timeout waits longer, --lock-retries more often.");
  }
}

inline reset_report migrator::session::reset() {
  const history read = load();
  database& on = open(true);
  detail::check_provider(read, on.dialect());
  reset_report report;
  {
    auto [held, book] = lock_ledger(on);
    std::vector<detail::dropped_object> drops;
    const bool server = on.dialect() == instar::postgres;
    if (server) {
      detail::made_by_scripts made;
      for (const migration& m : read.migrations)
        made.add(detail::checked_statements(instar::postgres, m));
      drops = detail::drops_on_postgres(on, schemas_in_use(book.place().schema), made);
    } else {
      drops = detail::drops_on_sqlite(on);
    }
    std::vector<std::string> statements;
    for (const detail::dropped_object& object : drops) {
      statements.push_back(object.statement);
      report.dropped.push_back(object.display_name);
    }
    // With foreign keys enforced, DROP TABLE deletes row by row and stops at the first reference.
    std::optional<detail::sqlite_settings> settings;
    if (!server) {
      settings.emplace(on);
      on.execute("PRAGMA foreign_keys = OFF");
    }
    if (!statements.empty())
      drop_past_others(on, std::move(statements));
    if (book.place().exists && book.place().prisma())
      options.ledger = detail::prisma_ledger;  // the project goes on with Prisma's
  }
  report.deployed = deploy({});
  if (options.seed || !options.seed_script.empty()) {
    seed();
    report.seeded = true;
  }
  return report;
}

inline next_plan migrator::session::plan_next() {
  const history read = load_or_empty();
  next_plan next;
  instar::dialect target{};
  try {
    database& on = open(false);
    target = on.dialect();
    detail::check_provider(read, target);
    next.status = compare(on, read, ledger::read(on, options.ledger));
  } catch (const database_error& error) {
    if (error.code() != database_code::database_missing)
      throw;
    target = url->dialect();
    next.status = status();
  }
  add_problems(next);
  for (const migration* m : pending_of(read, next.status))
    next.pending.push_back(m->name);
  plan_models(next, read, target);
  return next;
}

/// In a database that is not there yet no row is lost.
inline std::vector<checked_rows> migrator::session::count_rows(const plan& steps) {
  try {
    return detail::ask_rows(open(false), steps);
  } catch (const database_error& error) {
    if (error.code() != database_code::database_missing)
      throw;
    return {};
  }
}

inline created_migration migrator::session::create_migration(std::string_view name, const next_plan& planned,
                                                             bool skip_shadow) {
  const std::filesystem::path& folder = writable_folder();
  if (planned.blocked())
    throw detail::error_of(planned.problems.front());
  history read = load_or_empty();
  const instar::dialect target = dialect_for_files();
  migration made;
  made.name = new_name(read, name);
  made.sql = planned.wants_migration() ? detail::script_head(planned.rows) + planned.script
                                       : "-- Write the SQL of this migration here.\n";
  made.checksum = detail::sha256_hex(made.sql);
  made.file = folder / made.name / "migration.sql";
  if (!skip_shadow) {
    std::vector<const migration*> scripts;
    for (const migration& m : read.migrations)
      scripts.push_back(&m);
    scripts.push_back(&made);
    replay(scripts, [](std::size_t, database&) {});
  }
  check();

  make_folder(folder, read, target);
  const std::optional<owned_snapshot> old = load_snapshot();
  // What a user is to fill in has no way back that we would know.
  const std::string down = planned.wants_migration() ? planned.down_script : std::string{};
  write_migration(folder, made, down);
  created_migration report{made.name, made.file, {}, made.sql, down_file(made, down)};
  read.migrations.push_back(std::move(made));
  if (!options.models && !old)
    return report;
  report.snapshot = folder / snapshot_file_name;
  try {
    const std::vector<migration_record> records = records_of(read);
    write_snapshot(
        folder,
        {.schema = options.models ? *options.models : old->view().schema, .migrations = records, .dialect = target});
  } catch (const std::exception&) {
    std::error_code ignored;
    std::filesystem::remove_all(folder / report.name, ignored);
    throw;
  }
  return report;
}

inline created_migration migrator::session::adopt_drift(std::string_view name) {
  const std::filesystem::path& folder = writable_folder();
  (void)required_models();
  history read = load_or_empty();
  const status_report status = this->status();
  if (const auto pending = pending_of(read, status); !pending.empty())
    throw detail::unchanged(migration_code::drift, "The migration " + pending.front()->name + " is pending.",
                            "Apply it first (`migrate deploy`): what is adopted comes after it.",
                            pending.front()->name);
  const diff_report found = drift_from(read, status, migration_state::applied);
  if (found.empty())
    throw detail::unchanged(migration_code::nothing_to_resolve,
                            "The database is what its migrations made; there is nothing to adopt.",
                            "`migrate dev` goes on as it is.");
  const diff_report rest = compare_read(read_back(open(false)), read_models());
  if (!rest.empty())
    throw detail::unchanged(migration_code::unproven,
                            "What is adopted must be what the models say, and from the database to them this is "
                            "missing:" +
                                detail::first_lines(rest),
                            "Put what was changed by hand into the models, and nothing else yet (`db pull` prints it "
                            "as C++).");
  migration made;
  made.name = new_name(read, name);
  // This database has lost already what others may still have: they are asked.
  std::vector<checked_rows> elsewhere;
  for (data_check& check : data_checks(dialect_for_files(), found.steps))
    elsewhere.push_back({std::move(check), 0, 0});
  made.sql = detail::script_head(elsewhere) + found.script;
  made.checksum = detail::sha256_hex(made.sql);
  made.file = folder / made.name / "migration.sql";
  prove_adoption(read, made);

  detail::written_files files;
  const std::string down = down_script(dialect_for_files(), found.steps);
  files.expect(folder / made.name);
  files.expect(made.file);
  files.expect(folder / made.name / detail::down_file_name);
  write_migration(folder, made, down);
  read.migrations.push_back(made);
  const std::vector<migration_record> records = records_of(read);
  const std::filesystem::path snapshot_file = folder / snapshot_file_name;
  files.write(snapshot_file,
              snapshot_header({.schema = required_models(), .migrations = records, .dialect = dialect_for_files()}));
  database& on = open(false);
  auto [held, book] = lock_ledger(on);
  transact(on, {book.insert_applied(made, 0)});
  files.keep();
  return {made.name, made.file, snapshot_file, made.sql, down_file(made, down)};
}

/// The history and the script of what was changed by hand make what the database is.
/// \throws migration_error `unproven`, `shadow_failed`
inline void migrator::session::prove_adoption(const history& read, const migration& made) {
  std::vector<const migration*> scripts;
  for (const migration& m : read.migrations)
    scripts.push_back(&m);
  scripts.push_back(&made);
  const diff_report left = compare_read(read_shadow(scripts), read_back(open(false)));
  if (!left.empty())
    throw detail::unchanged(migration_code::unproven,
                            "The script of what was changed by hand does not make all of it; this is left:" +
                                detail::first_lines(left),
                            "Write the migration by hand (`migrate dev --create-only --skip-shadow`), and record it "
                            "with `migrate resolve --applied`.");
}

inline snapshot_report migrator::session::follow_models(const next_plan& planned) {
  const std::filesystem::path& folder = writable_folder();
  if (planned.blocked())
    throw detail::error_of(planned.problems.front());
  const history read = load_or_empty();
  const instar::dialect target = dialect_for_files();
  make_folder(folder, read, target);
  const std::vector<migration_record> records = records_of(read);
  const bool changed = write_snapshot(folder, {.schema = required_models(), .migrations = records, .dialect = target});
  return {folder / snapshot_file_name, changed, true, records.size()};
}

inline dev_report migrator::session::dev(const dev_options& how) {
  dev_report report;
  report.planned = plan_next();
  next_plan& next = report.planned;
  if (next.blocked())
    throw detail::error_of(next.problems.front());
  const bool writes = next.wants_migration() || (how.create_only && !how.name.empty());
  if (writes && how.name.empty())
    throw detail::unchanged(migration_code::name_needed, "The models changed, and the migration needs a name.",
                            "Give it one with --name.");
  if (!how.skip_shadow) {
    const proof_report proof = prove(next);
    if (!proof.drift.empty())
      throw detail::drift_error(proof.drift);
    if (!proof.missing.empty())
      throw detail::unproven_error(proof.missing);
  }
  if (!next.pending.empty())
    report.deployed = deploy({});
  if (next.wants_migration())
    next.rows = count_rows(next.steps);
  if (writes && !how.create_only) {
    if (std::optional<migration_error> error = detail::rows_in_the_way(next.rows))
      throw std::move(*error);
    const std::string losses = detail::losses_in_words(next.rows);
    if ((!losses.empty() || detail::destroys_unasked(dialect_for_files(), next.steps, next.rows)) &&
        !how.accept_data_loss)
      throw detail::unchanged(migration_code::data_loss,
                              "The migration would destroy data" + (losses.empty() ? "." : ": it " + losses + "."),
                              "Look at it with --create-only, or agree with --accept-data-loss.");
  }
  if (!writes) {
    if (next.snapshot_alone)
      report.snapshot = follow_models(next).file;
    return report;
  }
  report.created = create_migration(how.name, next, true);
  if (how.create_only)
    return report;
  deploy_report last = deploy({});
  last.applied.insert(last.applied.begin(), report.deployed.applied.begin(), report.deployed.applied.end());
  last.created_database = last.created_database || report.deployed.created_database;
  report.deployed = std::move(last);
  return report;
}

inline push_report migrator::session::push(bool accept_data_loss) {
  (void)required_models();
  database& on = open(true);
  if (const std::optional<history_problem> problem = detail::unsupported_by(capabilities(), *options.models))
    throw detail::error_of(*problem);
  auto [held, book] = lock_ledger(on);
  if (book.place().exists)
    throw detail::unchanged(migration_code::push_refused,
                            "The database is kept by migrations (" + book.place().display_name() + ").",
                            "Change it with `migrate dev`, or push to a database of its own.");
  const diff_report found = compare_read(read_back(on), read_models());
  push_report report;
  report.created_database = created;
  report.summary = found.summary;
  report.statements = found.statements;
  const std::vector<checked_rows> rows = detail::ask_rows(on, found.steps);
  if (std::optional<migration_error> error = detail::rows_in_the_way(rows))
    throw std::move(*error);
  const std::string losses = detail::losses_in_words(rows);
  if ((!losses.empty() || detail::destroys_unasked(on.dialect(), found.steps, rows)) && !accept_data_loss)
    throw detail::unchanged(migration_code::data_loss,
                            "The push would destroy data" + (losses.empty() ? "." : ": it " + losses + "."),
                            "Agree with --accept-data-loss.");
  if (!found.empty())
    execute_script(detail::script_as_dumped(on.dialect(), found.steps, form_of_scripts(false)), "push");
  return report;
}

inline void migrator::session::seed() {
  if (!options.seed && options.seed_script.empty())
    throw detail::unchanged(migration_code::no_seed, "There is nothing to seed with.",
                            "Name a script, or give the migrator a function (migrator_options::seed).");
  tell({.what = migration_progress::event::seeding});
  if (options.seed) {
    options.seed(open(true));
    return;
  }
  execute_script(detail::read_file(options.seed_script), options.seed_script.string());
}

inline void migrator::session::execute_script(std::string_view sql, std::string_view file_name) {
  database& on = open(false);
  migration script;
  script.name = file_name;
  script.sql = sql;
  script.file = file_name;
  ledger none;
  detail::script_runner runner{on, none, hooks()};
  runner.run_unrecorded(script, plan_of(on, script));
}

inline diff_report migrator::session::diff(const diff_source& from, const diff_source& to) {
  if (has_to_be_read(from) || has_to_be_read(to)) {
    for (const diff_source* side : {&from, &to})
      if (side->what == diff_source::kind::database && !side->place.empty() && !url && opened == nullptr)
        url = database_url{side->place};  // the shadow stands beside it
    if (url)
      (void)open(false);  // a comparison makes no database
    owned_schema before = read_source(from);
    owned_schema after = read_source(to);
    detail::declare_renames(after, before.view(), options.renames);
    return compare_read(std::move(before), std::move(after));
  }
  auto keep = std::make_shared<std::vector<owned_schema>>();
  keep->push_back(keep_source(from));
  keep->push_back(keep_source(to));
  detail::declare_renames(keep->back(), keep->front().view(), options.renames);
  return report_of(make_plan(keep->front().view(), keep->back().view()), keep, dialect_for_files());
}

inline snapshot_report migrator::session::generate_snapshot(const generate_options& how) {
  const std::filesystem::path& folder = writable_folder();
  const history read = load();
  snapshot_report report;
  report.file = folder / snapshot_file_name;
  report.migrations = read.migrations.size();
  std::optional<owned_snapshot> old;
  try {
    old = load_snapshot();
  } catch (const migration_error&) {
    if (!how.schema_from_models)
      throw;
  }
  if (!old && !how.schema_from_models && !read.migrations.empty())
    throw detail::unchanged(
        migration_code::snapshot_missing,
        "The folder has migrations but no snapshot.hpp, so what they lead to is not known.",
        "Restore it from version control; or, if the migrations lead to exactly the models, write it "
        "with --schema-from-models.");
  report.schema_from_models = how.schema_from_models;
  const std::vector<migration_record> records = records_of(read);
  const schema_view schema = how.schema_from_models ? required_models() : old ? old->view().schema : schema_view{};
  const snapshot next{.schema = schema, .migrations = records, .dialect = dialect_for_files()};
  report.changed = how.check ? !holds_snapshot(folder, next) : write_snapshot(folder, next);
  return report;
}

inline std::vector<migration_warning> migrator::session::check_history() {
  history read = load();
  const auto known = known_dialect();
  if (const auto target = known ? known : read.provider)
    for (const migration& m : read.migrations)
      if (detail::checked_statements(*target, m).empty())
        read.warnings.push_back(detail::empty_script_warning(m));
  return std::move(read.warnings);
}

inline migrator::migrator(database_url url, migrator_options options)
    : session_(std::make_unique<session>(std::move(options))) {
  session_->url = std::move(url);
}

inline migrator::migrator(database& opened, migrator_options options)
    : session_(std::make_unique<session>(std::move(options))) {
  session_->opened = &opened;
  session_->use(&opened);
}

inline migrator::migrator(migrator_options options) : session_(std::make_unique<session>(std::move(options))) {}

inline migrator::~migrator() = default;

inline void migrator::interrupt() noexcept {
  session_->stop = true;
  try {
    const std::lock_guard lock{session_->guard};
    for (database* connection : session_->working)
      connection->interrupt();
  } catch (const std::exception&) {
    // The operation stops between two statements.
  }
}

inline instar::dialect migrator::dialect() {
  return session_->dialect_for_files();
}

inline deploy_report migrator::deploy(const deploy_options& options) {
  return session_->guarded([&] { return session_->deploy(options); });
}

inline status_report migrator::status() {
  return session_->guarded([&] { return session_->status(); });
}

inline resolve_report migrator::resolve_applied(std::string_view name) {
  return session_->guarded([&] { return session_->resolve_applied(name); });
}

inline resolve_report migrator::resolve_rolled_back(std::string_view name) {
  return session_->guarded([&] { return session_->resolve_rolled_back(name); });
}

inline resolve_report migrator::resolve_edited(std::string_view name) {
  return session_->guarded([&] { return session_->resolve_edited(name); });
}

inline resolve_report migrator::resolve_repaired(std::string_view name) {
  return session_->guarded([&] { return session_->resolve_repaired(name); });
}

inline resolve_report migrator::resolve_missing(std::string_view name) {
  return session_->guarded([&] { return session_->resolve_missing(name); });
}

inline reset_report migrator::reset() {
  return session_->guarded([&] { return session_->reset(); });
}

inline next_plan migrator::plan_next() {
  return session_->guarded([&] { return session_->plan_next(); });
}

inline std::vector<checked_rows> migrator::count_rows(const next_plan& planned) {
  return count_rows(planned.steps);
}

inline std::vector<checked_rows> migrator::count_rows(const plan& steps) {
  return session_->guarded([&] { return session_->count_rows(steps); });
}

inline created_migration migrator::create_migration(std::string_view name, const next_plan& planned, bool skip_shadow) {
  return session_->guarded([&] { return session_->create_migration(name, planned, skip_shadow); });
}

inline created_migration migrator::adopt_drift(std::string_view name) {
  return session_->guarded([&] { return session_->adopt_drift(name); });
}

inline snapshot_report migrator::follow_models(const next_plan& planned) {
  return session_->guarded([&] { return session_->follow_models(planned); });
}

inline proof_report migrator::prove(const next_plan& planned) {
  return session_->guarded([&] { return session_->prove(planned); });
}

inline diff_report migrator::drift() {
  return session_->guarded([&] { return session_->drift(); });
}

inline dev_report migrator::dev(const dev_options& options) {
  return session_->guarded([&] { return session_->dev(options); });
}

inline push_report migrator::push(bool accept_data_loss) {
  return session_->guarded([&] { return session_->push(accept_data_loss); });
}

inline void migrator::seed() {
  return session_->guarded([&] { return session_->seed(); });
}

inline void migrator::execute_script(std::string_view sql, std::string_view file_name) {
  return session_->guarded([&] { return session_->execute_script(sql, file_name); });
}

inline diff_report migrator::diff(const diff_source& from, const diff_source& to) {
  return session_->guarded([&] { return session_->diff(from, to); });
}

inline snapshot_report migrator::generate_snapshot(const generate_options& options) {
  return session_->guarded([&] { return session_->generate_snapshot(options); });
}

inline std::vector<migration_warning> migrator::check_history() {
  return session_->guarded([&] { return session_->check_history(); });
}

}  // namespace instar
