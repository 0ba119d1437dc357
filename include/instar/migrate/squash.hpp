#pragma once

#include <instar/migrate/migrator.hpp>
#include <instar/migrate/reading.hpp>
#include <instar/migrate/session.hpp>
#include <instar/migrate/stored_rows.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// \file Several migrations become one: `migrate squash`.

namespace instar {

namespace detail {

[[nodiscard]] inline migration_error squash_refused(std::string message, std::string remedy) {
  return unchanged(migration_code::squash_refused, std::move(message), std::move(remedy));
}

[[nodiscard]] inline std::string object_text(dialect d, std::string_view schema, std::string_view name) {
  string_writer out;
  put_object(out, d, schema, name);
  return std::move(out.text);
}

/// What a squash of these migrations says on top. Those that one of them replaced in its turn are named, too: a
/// database may have them, and not the squash that came first.
[[nodiscard]] inline std::string replaces_lines(std::span<const migration> replaced) {
  std::string text;
  const auto add = [&](const std::string& name, const std::string& checksum, const std::string& by) {
    text += "-- instar: replaces " + name + " sha256:" + checksum + (by.empty() ? "" : " by " + by) + '\n';
  };
  for (const migration& m : replaced) {
    for (const replaced_migration& earlier : m.replaces)
      add(earlier.name, earlier.checksum, earlier.by.empty() ? m.name : earlier.by);
    add(m.name, m.checksum, {});
  }
  return text;
}

/// The first of some texts, for a message.
[[nodiscard]] inline std::string joined_texts(const std::vector<std::string>& texts,
                                              std::string_view before_each = ", ") {
  constexpr std::size_t most = 10;
  std::string text;
  for (std::size_t i = 0; i != texts.size() && i != most; ++i)
    text += std::string{before_each} + texts[i];
  if (texts.size() > most)
    text += std::string{before_each} + "... and " + std::to_string(texts.size() - most) + " more";
  return before_each == ", " && !text.empty() ? text.substr(before_each.size()) : text;
}

/// The statements of scripts that are about rows, each with its migration. A table that is made anew copies its rows,
/// which is no such statement.
[[nodiscard]] inline std::vector<std::string> statements_on_rows(dialect target, std::span<const migration> scripts) {
  std::vector<std::string> found;
  for (const migration& m : scripts)
    for (const script_statement& statement : checked_statements(target, m)) {
      static constexpr std::array<std::string_view, 6> upkeep{"ANALYZE", "VACUUM", "REINDEX",
                                                              "CLUSTER", "LOCK",   "REFRESH"};
      if (is_structure(statement) || statement.transaction_control || is_setting(target, statement) ||
          is_one_of(statement.keyword, upkeep))
        continue;
      if (statement.text.find("sqlite_sequence") != std::string_view::npos ||
          statement.text.starts_with("INSERT INTO \"new_"))
        continue;
      found.push_back(m.name + ": " + std::string{first_line(statement.text)});
    }
  return found;
}

/// What a person has to know of the rows that replaced scripts made.
[[nodiscard]] inline std::vector<migration_warning> warnings_of_rows(const migration& made, const stored_rows& rows,
                                                                     const std::vector<std::string>& statements) {
  std::vector<migration_warning> warnings;
  if (!rows.tables.empty())
    warnings.push_back({migration_code::squash_rows, made.name,
                        "The rows that the replaced scripts leave in an empty database are in it as INSERTs: " +
                            joined_texts(rows.tables) + ".",
                        "Look them over: what came from now() or a random function is a constant there."});
  if (!statements.empty())
    warnings.push_back({migration_code::squash_rows, made.name,
                        "Statements on rows are not in it as they were; what they lead to in an empty database is:" +
                            joined_texts(statements, "\n  "),
                        "Where they matter to databases that have not run them, deploy the old history there first."});
  return warnings;
}

}  // namespace detail

/// The name of a squash: it stands where the last migration stood that it replaces, before those that stay.
inline std::string migrator::session::squash_name(const history& read, std::size_t count,
                                                  std::string_view wanted) const {
  const std::string& last = read.migrations[count - 1].name;
  std::string_view stamp = detail::timestamp_of(last);
  if (stamp.empty())
    stamp = std::string_view{last}.substr(0, last.find('_'));
  std::string name = std::string{stamp} + '_' + detail::name_slug(wanted);
  const bool taken = read.find(name) != nullptr || read.find_squash_of(name) != nullptr;
  if (taken)
    throw detail::squash_refused("There is, or was, a migration " + name + ".", "Give it another name with --name.");
  if (count != read.migrations.size() && read.migrations[count].name <= name)
    throw detail::squash_refused(name + " would run after " + read.migrations[count].name + ", which stays.",
                                 "Give it a name with --name that sorts before that one.");
  return name;
}

/// A database that has only a part of what is replaced would be stuck.
inline void migrator::session::refuse_half_squashed(const history& read, std::size_t count) {
  if (!url && opened == nullptr)
    return;
  try {
    database& on = open(false);
    const ledger book = ledger::read(on, options.ledger);
    const status_report status = compare(on, read, book);
    std::size_t applied = 0;
    std::string lacking;
    for (std::size_t i = 0; i != count; ++i)
      for (const migration_status& m : status.migrations) {
        if (m.name != read.migrations[i].name)
          continue;
        const bool there = m.state == migration_state::applied || m.state == migration_state::squashed;
        applied += there || m.state != migration_state::pending ? 1U : 0U;
        if (!there && lacking.empty())
          lacking = m.name + " is " + std::string{to_string(m.state)};
      }
    if (applied != 0 && !lacking.empty())
      throw detail::unchanged(migration_code::partly_squashed,
                              "This database has a part of what would be replaced: " + lacking + " here.",
                              "Bring it up to date with `migrate deploy` first, and every other database too.");
  } catch (const database_error& error) {
    if (error.code() != database_code::database_missing)
      throw;
  }
}

inline squash_report migrator::session::squash(const squash_options& how) {
  constexpr std::size_t most_rows = 10000;
  const std::filesystem::path& folder = writable_folder();
  history read = load();
  const instar::dialect target = dialect_for_files();
  const migration* const last = read.find(how.to);
  if (last == nullptr)
    throw detail::unchanged(migration_code::no_such_migration, "The history has no migration " + how.to + ".",
                            "Give the whole name of its folder.", how.to);
  const auto count = static_cast<std::size_t>(last - read.migrations.data()) + 1;
  if (count == 1)
    throw detail::squash_refused(last->name + " is the first migration, so there is nothing to squash.",
                                 "Name a later one: it and all before it become one.");
  migration made;
  made.name = squash_name(read, count, how.name);
  made.file = folder / made.name / "migration.sql";
  refuse_half_squashed(read, count);

  // What the old migrations make, and those that stay after them.
  const std::vector<const migration*> old_scripts = detail::pointers_to(read.migrations);
  owned_schema wanted;
  owned_schema wanted_end;
  detail::stored_rows rows;
  replay(old_scripts, [&](std::size_t done, database& on) {
    if (done == count) {
      wanted = read_back(on);
      rows = detail::read_stored_rows(on, most_rows);
    }
    if (done == old_scripts.size())
      wanted_end = done == count ? copy_schema(wanted.view()) : read_back(on);
  });
  const std::span<const migration> replaced{read.migrations.data(), count};
  const std::vector<std::string> about_rows = detail::statements_on_rows(target, replaced);
  if (rows.refused) {
    throw detail::unchanged(migration_code::squash_rows,
                            *rows.refused + "; they come from:" + detail::joined_texts(about_rows, "\n  "),
                            "Squash up to the migration before them; or write the squash by hand, with the lines "
                            "`-- instar: replaces NAME sha256:CHECKSUM` on top.");
  }
  made.sql = detail::replaces_lines(replaced) + "\n";
  made.sql += detail::script_as_dumped(target, make_plan(schema_view{}, wanted.view()));
  if (!rows.script.empty()) {
    made.sql += "\n-- The rows that the replaced migrations left in an empty database.\n" + rows.script;
    for (const view_object& v : wanted.view().views)
      if (target == instar::postgres && v.materialized)
        made.sql += "\nREFRESH MATERIALIZED VIEW " + detail::object_text(target, v.schema, v.name) + ";\n";
  }
  made.checksum = detail::sha256_hex(made.sql);
  made.replaces = detail::replaced_by(made.sql);

  // The same by the new one.
  std::vector<const migration*> scripts{&made};
  scripts.insert(scripts.end(), old_scripts.begin() + static_cast<std::ptrdiff_t>(count), old_scripts.end());
  owned_schema reached;
  owned_schema reached_end;
  std::string reached_rows;
  replay(scripts, [&](std::size_t done, database& on) {
    if (done == 1) {
      reached = read_back(on);
      reached_rows = detail::read_stored_rows(on, most_rows).script;
    }
    if (done == scripts.size())
      reached_end = done == 1 ? copy_schema(reached.view()) : read_back(on);
  });
  const auto unproven = [](std::string what, const std::string& difference) {
    return detail::unchanged(
        migration_code::squash_unproven,
        "The migration that was to be written does not make what the others make; " + std::move(what) + difference,
        "Squash up to an earlier migration; or write it by hand, with the lines `-- instar: replaces "
        "NAME sha256:CHECKSUM` on top.");
  };
  if (const diff_report left = compare_read(std::move(reached), std::move(wanted)); !left.empty())
    throw unproven("this is missing:", detail::first_lines(left));
  if (const diff_report left = compare_read(std::move(reached_end), std::move(wanted_end)); !left.empty())
    throw unproven("behind the migrations that stay this is missing:", detail::first_lines(left));
  if (reached_rows != rows.script)
    throw unproven("its rows are others, in: ", detail::joined_texts(rows.tables) + ".");
  check();

  squash_report report{.name = made.name, .script = made.file, .sql = made.sql};
  report.warnings = detail::warnings_of_rows(made, rows, about_rows);
  std::vector<std::string> folders;
  for (const migration& m : replaced) {
    report.replaced.push_back(m.name);
    if (!m.is_program_alone())
      folders.push_back(m.name);
    if (m.is_code)
      report.warnings.push_back({migration_code::squash_rows, m.name,
                                 "The migration " + m.name +
                                     " is C++: a new database gets what it made in an empty one, "
                                     "and not what it does to rows.",
                                 "Remove it from the program, too."});
  }
  const std::optional<owned_snapshot> snapshot_before = load_snapshot();
  write_migration(folder, made);
  read.migrations.erase(read.migrations.begin(), read.migrations.begin() + static_cast<std::ptrdiff_t>(count));
  read.migrations.insert(read.migrations.begin(), std::move(made));
  if (snapshot_before) {
    report.snapshot = folder / snapshot_file_name;
    try {
      const std::vector<migration_record> records = records_of(read);
      write_snapshot(folder, {.schema = snapshot_before->view().schema, .migrations = records, .dialect = target});
    } catch (const std::exception&) {
      std::error_code ignored;
      std::filesystem::remove_all(folder / report.name, ignored);
      throw;
    }
  }
  for (const std::string& name : folders)
    remove_migration(folder, name);
  return report;
}

inline squash_report migrator::squash(const squash_options& options) {
  return session_->guarded([&] { return session_->squash(options); });
}

}  // namespace instar
