#pragma once

#include <instar/migrate/directives.hpp>
#include <instar/migrate/migrator.hpp>
#include <instar/migrate/reading.hpp>
#include <instar/migrate/rows.hpp>
#include <instar/migrate/session.hpp>
#include <instar/migrate/snapshot_part.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// \file Taking migrations back in development: `migrate down`.

namespace instar {

namespace detail {

/// A down script as the runner takes it: the name is the migration's, for the ledger.
[[nodiscard]] inline migration as_script(const down_step& step) {
  return {.name = step.name, .sql = step.sql, .checksum = {}, .file = step.script};
}

/// The same as messages call it where the migration itself runs, too.
[[nodiscard]] inline migration as_shadow_script(const down_step& step) {
  migration script = as_script(step);
  script.name += '/' + std::string{down_file_name};
  return script;
}

/// The down script of a migration. \throws migration_error `down_script_missing`, `outside_folder`, `cannot_read`
[[nodiscard]] inline down_step read_down_script(const migration& m) {
  if (m.file.empty())
    throw unchanged(migration_code::down_script_missing,
                    "The migration " + m.name + " is C++ and has no folder, so how to take it back is not known.",
                    "Give it a folder with a migration.sql that says `-- instar: code`, and a down.sql; or write a new "
                    "migration that goes on from it.",
                    m.name);
  down_step step{.name = m.name, .script = m.file.parent_path() / down_file_name, .sql = {}, .losses = {}};
  std::error_code failed;
  const std::filesystem::file_status found = std::filesystem::symlink_status(step.script, failed);
  if (!std::filesystem::exists(found))
    throw unchanged(migration_code::down_script_missing,
                    "The migration " + m.name + " has no down.sql, so how to take it back is not known.",
                    "Write what undoes it into " + step.script.string() +
                        "; or leave it, and write a new migration that goes on from it.",
                    m.name);
  if (std::filesystem::is_symlink(found))
    throw unchanged(migration_code::outside_folder, step.script.string() + " is a link.", "Replace it by a copy.",
                    m.name);
  step.sql = read_file(step.script);
  return step;
}

/// What a script that nobody described destroys, as far as its words show it.
[[nodiscard]] inline std::vector<data_loss> losses_in_words(dialect target,
                                                            std::span<const script_statement> statements) {
  std::vector<data_loss> losses;
  for (const script_statement& statement : statements) {
    token_reader tokens{target, statement.text, 64};
    const bool drops = statement.keyword == "DROP" && tokens.take("DROP") &&
                       (is_keyword(tokens.peek(), "TABLE") || is_keyword(tokens.peek(), "SCHEMA") ||
                        is_keyword(tokens.peek(), "OWNED"));
    bool drops_part = false;
    if (statement.keyword == "ALTER") {
      const std::vector<std::string_view> words = first_tokens(target, statement.text, 256);
      static constexpr std::array<std::string_view, 7> no_column{"CONSTRAINT", "DEFAULT",   "NOT",  "IDENTITY",
                                                                 "EXPRESSION", "ATTRIBUTE", "VALUE"};
      const bool of_table = words.size() > 1 && is_keyword(words[1], "TABLE");
      for (std::size_t i = 0; of_table && i + 1 < words.size(); ++i)
        drops_part = drops_part || (is_keyword(words[i], "DROP") && !is_one_of(words[i + 1], no_column));
    }
    if (drops || drops_part || statement.keyword == "DELETE" || statement.keyword == "TRUNCATE")
      losses.push_back({std::string{first_line(statement.text)}, std::nullopt});
  }
  return losses;
}

/// Counts rows. \return nothing where the database has not what is asked for
[[nodiscard]] inline std::optional<std::size_t> count_rows(database& on, const std::string& query) {
  try {
    return reading_only{on}.count(query);
  } catch (const database_error& error) {
    if (error.code() == database_code::interrupted || error.code() == database_code::connection_lost)
      throw;
    return std::nullopt;
  }
}

/// What a down script would destroy of what is in the database now.
[[nodiscard]] inline std::vector<data_loss> losses_of(database& on, const down_step& step,
                                                      std::span<const script_statement> statements) {
  const std::vector<row_limit> limits = row_limits_of(step.sql);
  if (limits.empty() && !step.sql.starts_with(down_script_title))
    return losses_in_words(on.dialect(), statements);
  std::vector<data_loss> losses;
  for (const row_limit& limit : limits) {
    const std::optional<std::size_t> rows = limit.query.empty() ? std::nullopt : count_rows(on, limit.query);
    if (!rows || *rows > limit.rows)
      losses.push_back({limit.what, rows});
  }
  return losses;
}

/// An error in a down script, with what was taken back before it.
[[nodiscard]] inline migration_error with_taken_back(const migration_error& error,
                                                     const std::vector<taken_back_migration>& before) {
  migration_error_fields fields{error.message(),   error.remedy(),   error.state(),
                                error.migration(), error.location(), error.database()};
  std::string names;
  for (const taken_back_migration& m : before)
    names += (names.empty() ? "" : ", ") + m.name;
  if (!before.empty())
    fields.state += (fields.state.empty() ? "" : " ") + names +
                    (before.size() == 1 ? " was taken back before it, and is pending now."
                                        : " were taken back before it, and are pending now.");
  else if (fields.state.empty())
    fields.state = "Nothing was taken back.";
  return migration_error{error.code(), std::move(fields)};
}

}  // namespace detail

inline down_plan migrator::session::plan_down(const down_options& how) {
  (void)writable_folder();
  const history read = load();
  database& on = open(false);
  detail::check_provider(read, on.dialect());
  const status_report status = compare(on, read, ledger::read(on, options.ledger));
  down_plan planned;
  for (const migration_status& m : status.migrations) {
    if (m.state == migration_state::pending)
      continue;
    // Without the proof it is the caller's to know that an edited script still fits what takes it back.
    if (m.state == migration_state::squashed)
      throw detail::unchanged(migration_code::nothing_to_take_back,
                              "The migration " + m.name + " replaces others, and is not recorded yet.",
                              "`migrate deploy` records it; nothing is run for it.", m.name);
    if (m.state == migration_state::resumable)
      throw detail::unchanged(migration_code::failed_migration,
                              "The migration " + m.name + " was begun and is not finished.",
                              "Finish it by `migrate deploy` first, or undo it by hand and say so: `migrate resolve "
                              "--rolled-back " +
                                  m.name + "`.",
                              m.name);
    if (m.state != migration_state::applied && !(m.state == migration_state::edited && how.skip_shadow))
      throw detail::error_of(detail::problem_of(m));
    planned.stay.push_back(m.name);
  }
  if (planned.stay.empty())
    throw detail::unchanged(migration_code::nothing_to_take_back, "No migration is applied.",
                            "There is nothing to do.");
  std::size_t count = how.steps;
  if (!how.to.empty()) {
    const auto last = std::find(planned.stay.begin(), planned.stay.end(), how.to);
    if (last == planned.stay.end()) {
      const bool known = read.find(how.to) != nullptr;
      throw detail::unchanged(
          known ? migration_code::nothing_to_take_back : migration_code::no_such_migration,
          known ? "The migration " + how.to + " is not applied, so it cannot be the last that stays."
                : "The history has no migration " + how.to + ".",
          "Give the whole name of the last migration that shall stay, as `migrate status` shows it.", how.to);
    }
    count = static_cast<std::size_t>(planned.stay.end() - last) - 1;
  }
  if (count > planned.stay.size())
    throw detail::unchanged(migration_code::nothing_to_take_back,
                            "Only " + std::to_string(planned.stay.size()) +
                                (planned.stay.size() == 1 ? " migration is" : " migrations are") + " applied.",
                            "Take back no more than these.");
  for (; count != 0; --count) {
    down_step step = detail::read_down_script(*read.find(planned.stay.back()));
    const migration script = detail::as_script(step);
    std::vector<script_statement> statements = detail::checked_statements(on.dialect(), script);
    step.losses = detail::losses_of(on, step, statements);
    const detail::script_plan way = detail::plan_script(on.dialect(), script.sql, std::move(statements));
    if (way.mode == detail::script_mode::pieces)
      throw detail::unchanged(migration_code::down_in_pieces,
                              step.script.string() + " cannot be run as one transaction.",
                              "Leave CONCURRENTLY, VACUUM and the like out, which development does not need; or run it "
                              "by `db execute`, and then `migrate resolve` says what was done.",
                              step.name);
    planned.steps.push_back(std::move(step));
    planned.stay.pop_back();
  }
  planned.remove = how.remove;
  if (planned.remove)
    check_removal(read, planned);
  return planned;
}

/// Folders can go when nothing stays behind them, and the snapshot can go back with them.
inline void migrator::session::check_removal(const history& read, const down_plan& planned) const {
  const std::size_t kept = read.migrations.size() - std::min(read.migrations.size(), planned.steps.size());
  for (std::size_t i = 0; i != planned.steps.size(); ++i)
    if (read.migrations[read.migrations.size() - 1 - i].name != planned.steps[i].name)
      throw detail::unchanged(migration_code::cannot_remove,
                              "The migration " + read.migrations.back().name +
                                  " is not among those that are taken back, "
                                  "and would be left behind a gap.",
                              "Remove what is pending first, or leave --remove out.", read.migrations.back().name);
  const std::optional<owned_snapshot> snapshot_now = load_snapshot();
  if (!snapshot_now || kept == read.migrations.size())
    return;
  for (const down_step& step : planned.steps)
    if (!detail::read_snapshot_part(step.script.string(), step.sql))
      throw detail::unchanged(
          migration_code::cannot_remove,
          step.script.string() + " does not say what snapshot.hpp was before " + step.name + ".",
          "Leave --remove out; then remove the folder, and restore snapshot.hpp as it was before it "
          "from version control.",
          step.name);
}

/// Gives migrations up that were taken back. The snapshot goes first: what is interrupted then is a folder that it does
/// not know, which `migrate dev` tells of.
inline void migrator::session::remove_taken_back(const down_plan& planned, down_report& report) const {
  const std::filesystem::path& folder = writable_folder();
  if (const std::optional<owned_snapshot> snapshot_now = load_snapshot(); snapshot_now && !planned.steps.empty()) {
    owned_schema schema = copy_schema(snapshot_now->view().schema);
    for (const down_step& step : planned.steps)
      if (const auto part = detail::read_snapshot_part(step.script.string(), step.sql))
        schema = detail::schema_before(schema.view(), *part);
    history rest = load();
    std::erase_if(rest.migrations, [&](const migration& m) {
      return std::any_of(planned.steps.begin(), planned.steps.end(),
                         [&](const down_step& s) { return s.name == m.name; });
    });
    const std::vector<migration_record> records = records_of(rest);
    write_snapshot(folder, {.schema = schema.view(), .migrations = records, .dialect = snapshot_now->view().dialect});
  }
  for (const down_step& step : planned.steps) {
    remove_migration(folder, step.name);
    report.removed.push_back(folder / step.name);
  }
}

inline void migrator::session::prove_down(const down_plan& planned) {
  if (planned.steps.empty())
    return;
  const history read = load();
  std::vector<const migration*> scripts;
  for (const std::string& name : planned.stay)
    scripts.push_back(read.find(name));
  for (auto step = planned.steps.rbegin(); step != planned.steps.rend(); ++step)
    scripts.push_back(read.find(step->name));
  if (const auto gone = std::find(scripts.begin(), scripts.end(), nullptr); gone != scripts.end())
    throw detail::unchanged(migration_code::missing_migration, "The folder of migrations has changed meanwhile.",
                            "Run the command again.");
  const std::size_t top = scripts.size();
  std::vector<migration> downs;
  for (const down_step& step : planned.steps)
    downs.push_back(detail::as_shadow_script(step));
  for (const migration& down : downs)
    scripts.push_back(&down);

  // On the way up what stands below each migration; on the way down the same again.
  std::vector<owned_schema> below;
  std::vector<owned_schema> back;
  replay(scripts, [&](std::size_t done, database& on) {
    if (done >= planned.stay.size() && done < top)
      below.push_back(read_back(on));
    if (done > top)
      back.push_back(read_back(on));
  });
  for (std::size_t i = 0; i != back.size(); ++i) {
    const diff_report left = compare_read(std::move(back[i]), std::move(below[below.size() - 1 - i]));
    if (left.empty())
      continue;
    const down_step& step = planned.steps[i];
    throw detail::unchanged(
        migration_code::down_unproven,
        "Taking back " + step.name +
            " does not lead to what was before it; this would still be missing:" + detail::first_lines(left),
        "Correct " + step.script.string() + "; or go on knowingly with --skip-shadow.", step.name);
  }
}

inline down_report migrator::session::take_down(const down_plan& planned) {
  down_report report;
  database& on = open(false);
  auto [held, book] = lock_ledger(on);
  report.ledger = book.place().display_name();
  const history read = load();
  std::string last;
  for (const ledger_row& row : book.rows())
    if (row.counts() && read.find(row.migration) != nullptr)
      last = std::max(last, row.migration);
  if (!planned.steps.empty() && last != planned.steps.front().name)
    throw detail::unchanged(migration_code::nothing_to_take_back, "Another runner was at work meanwhile.",
                            "Look at `migrate status`, and run the command again.");
  detail::script_runner runner{on, book, hooks(), limits_of(on)};
  for (const down_step& step : planned.steps) {
    const migration script = detail::as_script(step);
    try {
      check();
      tell({.what = migration_progress::event::taking_back,
            .migration = step.name,
            .index = report.taken_back.size() + 1,
            .total = planned.steps.size()});
      const auto began = std::chrono::steady_clock::now();
      runner.take_back(script,
                       detail::plan_script(on.dialect(), script.sql, detail::checked_statements(on.dialect(), script)));
      report.taken_back.push_back(
          {step.name, std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began)});
      tell({.what = migration_progress::event::taken_back,
            .migration = step.name,
            .took = report.taken_back.back().took});
    } catch (const migration_error& error) {
      throw detail::with_taken_back(error, report.taken_back);
    }
  }
  if (planned.remove)
    remove_taken_back(planned, report);
  return report;
}

inline down_report migrator::session::down(const down_options& how) {
  const down_plan planned = plan_down(how);
  if (planned.loses_data() && !how.accept_data_loss) {
    std::string losses;
    for (const down_step& step : planned.steps)
      for (const data_loss& loss : step.losses)
        losses += "\n  " + loss.what + (loss.rows ? " (" + std::to_string(*loss.rows) + " rows)" : "");
    throw detail::unchanged(migration_code::data_loss, "Taking this back would destroy data:" + losses,
                            "Agree with --accept-data-loss.");
  }
  if (!how.skip_shadow)
    prove_down(planned);
  return take_down(planned);
}

inline down_plan migrator::plan_down(const down_options& options) {
  return session_->guarded([&] { return session_->plan_down(options); });
}

inline void migrator::prove_down(const down_plan& planned) {
  return session_->guarded([&] { return session_->prove_down(planned); });
}

inline down_report migrator::take_down(const down_plan& planned) {
  return session_->guarded([&] { return session_->take_down(planned); });
}

inline down_report migrator::down(const down_options& options) {
  return session_->guarded([&] { return session_->down(options); });
}

}  // namespace instar
