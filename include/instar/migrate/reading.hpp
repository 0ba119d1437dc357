#pragma once

#include <instar/database/aside.hpp>
#include <instar/database/introspection.hpp>
#include <instar/migrate/migrator.hpp>
#include <instar/migrate/renames.hpp>
#include <instar/migrate/session.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// \file Schemas in the database's own words: what a migrator compares when a side is no text of ours.

namespace instar {

namespace detail {

/// What to read of a database: all but what migrators keep in it. \param named the ledger's table, or empty
[[nodiscard]] inline introspection_options all_but_ledgers(const std::string& named) {
  introspection_options what;
  for (const std::string_view table : {own_ledger, prisma_ledger, journal_table, lock_table})
    what.ignored_tables.emplace_back(table);
  if (!named.empty()) {
    const ledger_name name = ledger_name::parse(named);
    const std::string schema = name.schema.empty() ? std::string{} : name.schema + '.';
    what.ignored_tables.push_back(schema + name.table);
    if (!schema.empty())
      for (const std::string_view table : {journal_table, lock_table})
        what.ignored_tables.push_back(schema + std::string{table});
  }
  return what;
}

/// SQLite knows a table or column by any spelling of its name: one that is spelt otherwise is no other one. Such are
/// renames. \param before must live as long as `after`
inline void carry_spellings(const schema_view& before, owned_schema& after) {
  const auto spelt_otherwise = [](const auto& of, const auto& among) -> std::string_view {
    std::string_view found;
    for (const auto& other : among) {
      if (other.name == of.name)
        return {};
      if (same_but_for_case(other.name, of.name))
        found = other.name;
    }
    return found;
  };
  schema_view view = after.view();
  std::vector<table> tables(view.tables.begin(), view.tables.end());
  for (table& t : tables) {
    std::string_view old_name = t.name;
    if (const std::string_view other = spelt_otherwise(t, before.tables); !other.empty())
      old_name = t.renamed_from = other;
    const table* const then = before.find_table(old_name);
    if (then == nullptr)
      continue;
    std::vector<column> columns(t.columns.begin(), t.columns.end());
    for (column& c : columns)
      if (const std::string_view other = spelt_otherwise(c, then->columns); !other.empty())
        c.renamed_from = other;
    t.columns = after.array(columns);
  }
  view.tables = after.array(tables);
  after.set(view);
}

/// Whether steps do nothing but drop whole objects: tables with their foreign keys, views, functions.
[[nodiscard]] inline bool only_drops_objects(const plan& steps) {
  const auto drops_table = [&](const table* t) {
    return std::any_of(steps.steps.begin(), steps.steps.end(),
                       [&](const step& s) { return s.kind == step_kind::drop_table && s.before == t; });
  };
  return std::all_of(steps.steps.begin(), steps.steps.end(), [&](const step& s) {
    switch (s.kind) {
    case step_kind::drop_raw_object:
    case step_kind::drop_middle_raw_object:
    case step_kind::drop_early_raw_object:
    case step_kind::clear_raw_object:
    case step_kind::drop_late_raw_object:
    case step_kind::drop_view:
    case step_kind::drop_table:
    case step_kind::drop_enum:
    case step_kind::drop_sequence:
      return true;
    case step_kind::drop_foreign_key:
      return drops_table(s.before);
    default:
      return false;
    }
  });
}

/// What errors call the script that makes the models.
inline constexpr std::string_view models_name = "the models";

/// "- table by_hand" as a warning.
[[nodiscard]] inline migration_warning undescribed_warning(const std::string& line) {
  return {migration_code::undescribed,
          {},
          "The migrations make what the models do not describe: " + line.substr(line.find(' ') + 1) + ".",
          "Describe it (a model, instar::view, instar::raw), or drop it in a migration."};
}

}  // namespace detail

/// A database without what migrators keep in it.
inline owned_schema migrator::session::read_back(database& on) const {
  return introspect(on, detail::all_but_ledgers(options.ledger));
}

/// What scripts make of an empty database.
inline owned_schema migrator::session::read_shadow(const std::vector<const migration*>& scripts) {
  owned_schema read;
  replay(scripts, [&](std::size_t done, database& on) {
    if (done == scripts.size())
      read = read_back(on);
  });
  return read;
}

/// The scripts that make a schema, one after the other. On PostgreSQL each is a transaction and holds a lock on all
/// that it makes, for which a server has room in the thousands (max_locks_per_transaction): so no script is long.
/// \param called what an error shall call them
inline std::vector<migration> migrator::session::ddl_scripts(instar::dialect target, const schema_view& schema,
                                                             std::string_view called) {
  const plan steps = make_plan(schema_view{}, schema);
  if (target != instar::postgres)
    return {{.name = std::string{called}, .sql = script(target, steps), .checksum = {}, .file = std::string{called}}};
  constexpr std::size_t longest = 200;
  std::vector<migration> scripts;
  const std::vector<std::string> all = statements(target, steps);
  for (std::size_t i = 0; i < all.size(); ++i) {
    // As pg_dump does: a function may name what is made after it, or what is not there any more.
    if (i % longest == 0)
      scripts.push_back({.name = std::string{called},
                         .sql = "SET check_function_bodies = off;\n",
                         .checksum = {},
                         .file = std::string{called}});
    scripts.back().sql += all[i] + "\n;\n";  // on a line of its own, for the statement may end in a comment
  }
  return scripts;
}

/// A schema as the database says it.
inline owned_schema migrator::session::read_ddl(const schema_view& schema, std::string_view called) {
  const std::vector<migration> made = ddl_scripts(dialect_for_files(), schema, called);
  return read_shadow(detail::pointers_to(made));
}

/// The models as the database says them.
inline owned_schema migrator::session::read_models() {
  owned_schema read = read_ddl(required_models(), detail::models_name);
  detail::carry_words(read, required_models());
  return read;
}

/// The models as the database says them, read in a shadow database of their own while its maker does something else
/// with another one: what takes the time is the server, which has a process for each connection.
///
/// Only on PostgreSQL, and where the role may make databases. Everywhere else, and where there is no further connection
/// or thread to be had, they are read when they are asked for.
class migrator::session::models_aside {
 public:
  /// \param of with the database open; must outlive this object
  explicit models_aside(session& of) : of_(of) {
    if (of_.dialect_for_files() == instar::postgres && !of_.options.shadow && of_.opened != nullptr)
      read_.emplace([this](reading& self) { return read_aside(self); });
  }

  /// Once. \throws what `read_models` does
  [[nodiscard]] owned_schema get() {
    if (read_)
      if (std::optional<std::optional<owned_schema>> read = read_->get(); read && *read)
        return std::move(**read);
    return of_.read_models();
  }

 private:
  using reading = detail::aside<std::optional<owned_schema>>;

  /// On the other thread: nothing of the session is touched but what never changes, what is atomic, and the list of
  /// connections. \return nothing when it has to be done without a second shadow database
  std::optional<owned_schema> read_aside(reading& self) {
    std::unique_ptr<detail::shadow_database> shadow;
    try {
      shadow = std::make_unique<detail::shadow_database>(instar::postgres, of_.opened, std::nullopt,
                                                         [&self, note = of_.interruptible()](database* connection) {
                                                           note(connection);
                                                           self.uses(connection);
                                                         });
    } catch (const database_error&) {
      return std::nullopt;  // the other attempt says what is wrong
    }
    if (shadow->in_transaction())
      return std::nullopt;
    const std::vector<migration> made = ddl_scripts(instar::postgres, of_.required_models(), detail::models_name);
    const detail::runner_hooks silent{[](const migration_progress&) {},
                                      [this, &self] {
                                        of_.check();
                                        if (self.abandoned())
                                          throw database_error(database_code::interrupted, {});
                                      }};
    owned_schema read;
    shadow->replay(
        detail::pointers_to(made), {}, silent, [](const migration&, std::size_t) {},
        [&](std::size_t done, database& on) {
          if (done == made.size())
            read = of_.read_back(on);
        });
    detail::carry_words(read, of_.required_models());
    return read;
  }

  session& of_;
  std::optional<reading> read_;
};

/// The plan between two schemas that were read back.
///
/// PostgreSQL prints some expressions otherwise than it reads them (`varchar IN (…)`), and the same way only from the
/// second time on: where the sides differ, both go through a shadow database once more.
/// https://www.postgresql.org/docs/current/functions-info.html
inline diff_report migrator::session::compare_read(owned_schema before, owned_schema after) {
  auto keep = std::make_shared<std::vector<owned_schema>>();
  keep->push_back(std::move(before));
  keep->push_back(std::move(after));
  const instar::dialect target = dialect_for_files();
  if (target == instar::sqlite)
    detail::carry_spellings(keep->front().view(), keep->back());
  plan steps = make_plan(keep->front().view(), keep->back().view());
  const auto has_tables = [](const owned_schema& s) { return !s.view().tables.empty(); };
  if (!steps.empty() && target == instar::postgres && std::all_of(keep->begin(), keep->end(), has_tables)) {
    try {
      keep->push_back(read_ddl(keep->at(0).view(), "the schema before"));
      keep->push_back(read_ddl(keep->at(1).view(), "the schema after"));
      detail::carry_words(keep->at(3), keep->at(1).view());
      steps = make_plan(keep->at(2).view(), keep->at(3).view());
    } catch (const migration_error& error) {
      // A schema that cannot be made anew (an extension that is not there any more) is compared as it was read.
      if (error.code() != migration_code::shadow_failed && error.code() != migration_code::shadow_unavailable)
        throw;
    }
  }
  return report_of(std::move(steps), keep, target);
}

/// Whether a source is no schema value yet.
inline bool migrator::session::has_to_be_read(const diff_source& source) const {
  if (source.what == diff_source::kind::database || source.what == diff_source::kind::script)
    return true;
  if (source.what != diff_source::kind::migrations)
    return false;
  const std::filesystem::path& at = source.place.empty() ? writable_folder() : std::filesystem::path{source.place};
  std::error_code ignored;
  return !std::filesystem::exists(at / snapshot_file_name, ignored) && !read_history(at).migrations.empty();
}

/// A source as a value, without a database.
inline owned_schema migrator::session::keep_source(const diff_source& source) const {
  if (source.what == diff_source::kind::models)
    return copy_schema(required_models());
  if (source.what == diff_source::kind::empty)
    return {};
  const std::filesystem::path at = source.place.empty() ? writable_folder() : std::filesystem::path{source.place};
  const history read = read_history(at);
  const std::optional<owned_snapshot> found = read_snapshot(at);
  return found ? copy_schema(found->view().schema) : owned_schema{};
}

/// A source in the database's own words.
inline owned_schema migrator::session::read_source(const diff_source& source) {
  switch (source.what) {
  case diff_source::kind::empty:
    return {};
  case diff_source::kind::models:
    return read_models();
  case diff_source::kind::migrations: {
    const history read = source.place.empty() ? load() : read_history(source.place);
    std::vector<const migration*> scripts;
    for (const migration& m : read.migrations)
      scripts.push_back(&m);
    return read_shadow(scripts);
  }
  case diff_source::kind::database:
    if (source.place.empty())
      return read_back(open(false));
    return read_back(*wait_for_server(waiting(options.wait_for_server), [&] {
      return open_database(database_url{source.place}, {.application_name = options.application_name});
    }));
  case diff_source::kind::script:
    break;
  }
  migration made;
  made.name = source.place;
  made.file = source.place;
  made.sql = detail::read_file(source.place);
  return read_shadow({&made});
}

/// Says where taking a new migration back does not lead to what was before it.
inline void migrator::session::warn_of_way_back(const diff_report& left, proof_report& proof) {
  if (!left.empty())
    proof.warnings.push_back({migration_code::down_unproven,
                              {},
                              "Taking the new migration back does not lead to what was before it; this would still be "
                              "missing:" +
                                  detail::first_lines(left),
                              "Correct down.sql before you need it."});
}

inline proof_report migrator::session::prove(const next_plan& planned) {
  if (planned.blocked())
    throw detail::error_of(planned.problems.front());
  const history read = load_or_empty();
  // Those that the database has, then those that it will have.
  std::vector<const migration*> scripts;
  for (const migration_status& m : planned.status.migrations)
    if (m.state == migration_state::applied || m.state == migration_state::squashed)
      if (const migration* script = read.find(m.name))
        scripts.push_back(script);
  const std::size_t applied = scripts.size();
  for (const migration* m : pending_of(read, planned.status))
    if (!is_squashed(planned.status, m->name))
      scripts.push_back(m);
  migration candidate;
  if (planned.wants_migration()) {
    candidate.name = "the new migration";
    candidate.sql = planned.script;
    candidate.file = candidate.name;
    scripts.push_back(&candidate);
  }
  const std::size_t top = scripts.size();
  migration down;
  if (planned.wants_migration() && !planned.down_script.empty()) {
    down.name = "the down script of the new migration";
    down.sql = planned.down_script;
    down.file = down.name;
    scripts.push_back(&down);
  }
  const bool migrated = planned.status.database_exists && !planned.status.ledger.empty();
  std::optional<models_aside> models;
  if (options.models) {
    if (dialect_for_files() == instar::postgres && !options.shadow)
      (void)open(true);
    models.emplace(*this);
  }
  owned_schema recorded;
  owned_schema below;
  owned_schema reached;
  owned_schema back;
  proof_report proof;
  const bool goes_back = scripts.size() != top;
  try {
    replay(scripts, [&](std::size_t done, database& on) {
      const bool is_recorded = done == applied && migrated;
      if (is_recorded)
        recorded = read_back(on);
      if (goes_back && done + 1 == top)
        below = is_recorded ? copy_schema(recorded.view()) : read_back(on);
      if (done == top && models)
        reached = is_recorded ? copy_schema(recorded.view()) : read_back(on);
      if (done > top)
        back = read_back(on);
    });
    if (goes_back)
      warn_of_way_back(compare_read(std::move(back), std::move(below)), proof);
  } catch (const migration_error& error) {
    // The migration itself is good, and its way back can be corrected at any time.
    if (!goes_back || error.migration() != down.name)
      throw;
    proof.warnings.push_back(
        {migration_code::down_unproven, {}, error.message(), "Correct down.sql before you need it."});
  }
  if (migrated) {
    owned_schema found = read_back(open(false));
    proof.drift = compare_read(copy_schema(recorded.view()), copy_schema(found.view()));
    if (!proof.drift.empty())
      proof.undo = compare_read(std::move(found), std::move(recorded));
  }
  if (!models)
    return proof;
  diff_report missing = compare_read(std::move(reached), models->get());
  if (!detail::only_drops_objects(missing.steps))
    proof.missing = std::move(missing);
  else
    for (const std::string& line : missing.summary)
      if (line.starts_with("- "))
        proof.warnings.push_back(detail::undescribed_warning(line));
  return proof;
}

inline diff_report migrator::session::drift() {
  const history read = load_or_empty();
  database& on = open(false);
  return drift_from(read, compare(on, read, ledger::read(on, options.ledger)), migration_state::applied);
}

/// From what the applied scripts of a history make to what the database is.
/// \param also a state in which a script is taken as the file is now, beside `applied`
inline diff_report migrator::session::drift_from(const history& read, const status_report& status,
                                                 migration_state also) {
  std::vector<const migration*> scripts;
  for (const migration_status& m : status.migrations) {
    if (m.state == migration_state::pending)
      continue;
    if (m.state != migration_state::applied && m.state != migration_state::squashed && m.state != also)
      throw detail::error_of(detail::problem_of(m));
    scripts.push_back(read.find(m.name));
  }
  owned_schema recorded = read_shadow(scripts);
  return compare_read(std::move(recorded), read_back(open(false)));
}

}  // namespace instar
