#pragma once

#include <instar/database/connection.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/history.hpp>
#include <instar/migrate/ledger.hpp>
#include <instar/migrate/report.hpp>
#include <instar/schema/snapshot.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file What a folder, a snapshot and a ledger say about each other.

namespace instar::detail {

/// Whether the snapshot knows a migration of that name.
[[nodiscard]] inline bool lists(std::span<const migration_record> snapshot, std::string_view name) {
  return std::any_of(snapshot.begin(), snapshot.end(), [&](const migration_record& r) { return r.name == name; });
}

/// Whether a database has a migration that a squash replaces, as it was: itself, or all that it replaced in its turn.
[[nodiscard]] inline bool has_replaced(const ledger& book, const std::vector<replaced_migration>& all,
                                       const replaced_migration& one) {
  if (const ledger_row* const row = book.applied(one.name))
    return row->checksum == one.checksum;
  bool any = false;
  for (const replaced_migration& other : all)
    if (other.by == one.name && other.name != one.name) {
      if (!has_replaced(book, all, other))
        return false;
      any = true;
    }
  return any;
}

/// The state of a squash that the ledger does not know.
inline void compare_squash(const ledger& book, const migration& m, migration_status& status) {
  bool known = false;
  for (const replaced_migration& one : m.replaces) {
    known = known || book.applied(one.name) != nullptr || book.failed(one.name) != nullptr;
    if (status.lacking.empty() && one.by.empty() && !has_replaced(book, m.replaces, one))
      status.lacking = one.name;
  }
  status.state = !known                   ? migration_state::pending
                 : status.lacking.empty() ? migration_state::squashed
                                          : migration_state::partly_squashed;
}

/// The state of every migration that the folder or the ledger knows.
///
/// \param on        asked for the journal, and only when a try has failed
/// \param snapshot  tells a lost migration from a foreign one
[[nodiscard]] inline status_report compare(database& on, const history& folder, const ledger& book,
                                           std::span<const migration_record> snapshot) {
  status_report report;
  report.warnings = folder.warnings;
  report.ledger = book.place().exists ? book.place().display_name() : std::string{};
  report.adopted_prisma = book.place().exists && book.place().prisma();
  const auto add = [&](std::string_view name, const migration* m) {
    migration_status status;
    status.name = name;
    status.tries = book.tries(name);
    if (m != nullptr)
      status.checksum = m->checksum;
    const ledger_row* applied = book.applied(name);
    const ledger_row* failed = applied == nullptr ? book.failed(name) : nullptr;
    if (const ledger_row* row = applied != nullptr ? applied : failed) {
      status.ledger_checksum = row->checksum;
      status.started_at = row->started_at;
      status.finished_at = row->finished_at;
    }
    if (failed != nullptr)
      status.logs = failed->logs;
    if (failed != nullptr)
      status.state =
          m != nullptr && !book.read_journal(on, name).empty() ? migration_state::resumable : migration_state::failed;
    else if (applied == nullptr && m != nullptr)
      compare_squash(book, *m, status);
    else if (applied == nullptr)
      status.state = migration_state::pending;
    else if (m == nullptr)
      status.state = lists(snapshot, name) ? migration_state::missing : migration_state::unknown;
    else if (has_checksum(*m, applied->checksum) ||
             (m->is_code && applied->checksum == code_checksum(name)))  // before it had a folder
      status.state = migration_state::applied;
    else {
      status.state = migration_state::edited;
      if (has_statements_note(*applied))
        status.same_statements = statements_note(book.place().dialect, *m) == applied->logs;
    }
    report.migrations.push_back(std::move(status));
  };
  for (const migration& m : folder.migrations)
    add(m.name, &m);
  std::set<std::string_view> others;
  for (const ledger_row& row : book.rows())
    if (row.counts() && folder.find(row.migration) == nullptr && folder.find_squash_of(row.migration) == nullptr)
      others.insert(row.migration);
  for (const std::string_view name : others)
    add(name, nullptr);
  std::sort(report.migrations.begin(), report.migrations.end(),
            [](const migration_status& a, const migration_status& b) { return a.name < b.name; });
  return report;
}

/// What is wrong with a migration, and the ways out, the mildest first; only for states that are problems.
[[nodiscard]] inline history_problem problem_of(const migration_status& status) {
  history_problem problem;
  problem.migration = status.name;
  const std::string& name = status.name;
  switch (status.state) {
  case migration_state::edited:
    problem.code = migration_code::edited_migration;
    problem.message = "The migration " + name + " was edited after it was applied" +
                      (status.same_statements.value_or(false) ? "; its statements are still the same." : ".");
    if (status.same_statements.value_or(false)) {
      problem.ways_out = {"`migrate resolve --repair " + name + "` gives the ledger the checksum of the file.",
                          "Or restore its migration.sql from version control."};
      break;
    }
    problem.ways_out = {"Restore its migration.sql from version control, and write the change as a new migration."};
    if (!status.same_statements)
      problem.ways_out.push_back(
          "If the edit changes nothing that runs (a comment, a blank): `migrate resolve --repair " + name +
          "`, which checks that.");
    problem.ways_out.push_back("If you made the same change in the database by hand: `migrate resolve --edited " +
                               name + "`.");
    problem.ways_out.push_back("On a database whose data you can lose: `migrate reset`.");
    break;
  case migration_state::missing:
    problem.code = migration_code::missing_migration;
    problem.message = "The migration " + name + " is applied, but its folder is gone.";
    problem.ways_out = {
        "Restore the folder from version control.",
        "If it was removed on purpose and its changes were undone by hand: `migrate resolve --missing " + name + "`.",
        "On a database whose data you can lose: `migrate reset`."};
    break;
  case migration_state::unknown:
    problem.code = migration_code::unknown_migration;
    if (status.ledger_checksum == code_checksum(name)) {
      problem.message = "The migration " + name + " is applied, and is C++ that this program does not bring.";
      problem.ways_out = {"Use the program that brings it (migrator_options::code_migrations).",
                          "If it was given up, and what it did was undone: `migrate resolve --missing " + name + "`."};
      break;
    }
    problem.message = "The migration " + name + " is applied, but neither the folder nor the snapshot knows it.";
    problem.ways_out = {"If it belongs to another branch: merge that branch, or work on a database of this one's own.",
                        "If its changes were undone by hand: `migrate resolve --missing " + name + "`.",
                        "On a database whose data you can lose: `migrate reset`."};
    break;
  case migration_state::failed:
    problem.code = migration_code::failed_migration;
    problem.message = "The migration " + name + " was begun" +
                      (status.started_at.empty() ? "" : " at " + status.started_at) +
                      " and not finished, and how far it got is not recorded (P3009).";
    problem.ways_out = {"If nothing of it is in the database, or you have undone it: `migrate resolve --rolled-back " +
                            name + "`; deploy then runs it again.",
                        "If all of it is in the database, or you have completed it: `migrate resolve --applied " +
                            name + "`."};
    break;
  case migration_state::partly_squashed:
    problem.code = migration_code::partly_squashed;
    problem.message = "The migration " + name +
                      " replaces others, of which the database has a part: " + status.lacking +
                      " is not applied, or was another one.";
    problem.ways_out = {
        "Deploy the history as it was before the squash (a checkout of the commit before it), then this "
        "one.",
        "If all that it makes is in the database: `migrate resolve --applied " + name + "`.",
        "On a database whose data you can lose: `migrate reset`."};
    break;
  case migration_state::applied:
  case migration_state::pending:
  case migration_state::squashed:
  case migration_state::resumable:
    break;
  }
  return problem;
}

/// The states that do not stop a deploy are told all the same, each with its mildest way out.
inline void warn_of_states(status_report& report) {
  std::string last;
  for (const migration_status& m : report.migrations) {
    if (m.state == migration_state::edited || m.state == migration_state::missing ||
        m.state == migration_state::unknown) {
      history_problem problem = problem_of(m);
      report.warnings.push_back(
          {problem.code, m.name, std::move(problem.message), std::move(problem.ways_out.front())});
    }
    if (m.state == migration_state::applied || m.state == migration_state::edited)
      last = m.name;
  }
  for (const migration_status& m : report.migrations)
    if (m.state == migration_state::pending && m.name < last)
      report.warnings.push_back({migration_code::out_of_order, m.name,
                                 m.name + " is pending, but " + last + ", which comes after it, is applied.",
                                 "It runs now; look whether the two depend on each other."});
}

/// An error of an operation that changed nothing.
[[nodiscard]] inline migration_error unchanged(std::string_view code, std::string message, std::string remedy,
                                               std::string_view migration = {}) {
  migration_error_fields fields;
  fields.message = std::move(message);
  fields.remedy = std::move(remedy);
  fields.state = "Nothing was changed.";
  fields.migration = migration;
  return migration_error{code, std::move(fields)};
}

[[nodiscard]] inline migration_error error_of(const history_problem& problem) {
  migration_error_fields fields;
  fields.message = problem.message;
  for (const std::string& way : problem.ways_out)
    fields.remedy += (fields.remedy.empty() ? "" : " ") + way;
  fields.state = "Nothing was changed.";
  fields.migration = problem.migration;
  return migration_error{problem.code, std::move(fields)};
}

/// A migration whose file is no longer what was applied, and the row that says so.
/// \throws migration_error `no_such_migration`, `nothing_to_resolve`
[[nodiscard]] inline std::pair<const migration&, const ledger_row&>
edited_script(const history& read, const ledger& book, std::string_view name) {
  const migration* m = read.find(name);
  if (m == nullptr)
    throw unchanged(migration_code::no_such_migration, "The history has no migration " + std::string{name} + ".",
                    "Give the whole name of its folder.", name);
  const ledger_row* applied = book.applied(name);
  if (applied == nullptr)
    throw unchanged(migration_code::nothing_to_resolve, "The migration " + m->name + " is not applied.",
                    "Run deploy to apply it.", name);
  if (m->checksum == applied->checksum)
    throw unchanged(migration_code::nothing_to_resolve,
                    "The file of " + m->name + " is what was applied, byte by byte.", "There is nothing to do.", name);
  return {*m, *applied};
}

/// Whether a statement only makes, changes or drops objects, as far as its first word says.
[[nodiscard]] inline bool is_structure(const script_statement& statement) {
  static constexpr std::array<std::string_view, 7> words{"CREATE", "ALTER",  "DROP",  "COMMENT",
                                                         "GRANT",  "REVOKE", "PRAGMA"};
  return is_one_of(statement.keyword, words);
}

/// The same of all of them.
[[nodiscard]] inline bool is_structure_alone(std::span<const script_statement> statements) {
  return std::all_of(statements.begin(), statements.end(), is_structure);
}

/// The first lines of a comparison, for an error.
[[nodiscard]] inline std::string first_lines(const diff_report& report) {
  constexpr std::size_t most = 10;
  std::string text;
  for (std::size_t i = 0; i != report.summary.size() && i != most; ++i)
    text += "\n  " + report.summary[i];
  if (report.summary.size() > most)
    text += "\n  ... and " + std::to_string(report.summary.size() - most) + " more";
  return text;
}

[[nodiscard]] inline migration_error drift_error(const diff_report& found) {
  return unchanged(
      migration_code::drift,
      "The database is not what its migrations made; somebody changed it by hand:" + first_lines(found),
      "To keep the change: put it into the models, and write its migration by `migrate dev --adopt-drift`. "
      "To undo it: `migrate dev --revert-drift`.");
}

[[nodiscard]] inline migration_error unproven_error(const diff_report& missing) {
  return unchanged(migration_code::unproven,
                   "The migrations do not lead to the models; this is missing:" + first_lines(missing),
                   "Add it to a migration that is not applied yet, or to a new one (`migrate dev --create-only`); "
                   "`migrate diff --from migrations --to models --script` prints it.");
}

}  // namespace instar::detail
