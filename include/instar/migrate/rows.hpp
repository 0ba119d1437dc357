#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>
#include <instar/migrate/comparison.hpp>
#include <instar/migrate/directives.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/file.hpp>
#include <instar/migrate/history.hpp>
#include <instar/migrate/report.hpp>
#include <instar/sql/checks.hpp>
#include <instar/version.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <exception>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file The rows that a migration loses: counted before it is written, agreed to in its script, counted again before
/// it is applied anywhere.
///
/// A script that instar wrote begins with "-- Written by instar", and below it has one line for each step that destroys
/// data, with the number of rows that somebody agreed to lose:
///
///     -- instar: at most 12 rows, INS2002 drops column users.legacy: SELECT count(*) FROM "users" WHERE …

namespace instar::detail {

/// Runs queries in a way in which they can only read.
class reading_only {
 public:
  explicit reading_only(database& of) : of_(of), server_(of.dialect() == instar::postgres) {
    of_.execute(server_ ? "BEGIN READ ONLY" : "PRAGMA query_only = ON");
  }
  reading_only(const reading_only&) = delete;
  reading_only& operator=(const reading_only&) = delete;
  ~reading_only() {
    try {
      of_.execute(server_ ? "ROLLBACK" : "PRAGMA query_only = OFF");
    } catch (const std::exception&) {
      // A connection that is gone reads no more.
    }
  }

  /// The number that a query counts. \throws database_error also where it gives no number
  [[nodiscard]] std::size_t count(std::string_view query) const {
    const std::string text = text_of(of_.query_value(query));
    std::size_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size())
      throw database_error{database_code::statement_failed,
                           {.message = "the query gives no number", .remedy = "Let it count rows."}};
    return number;
  }

 private:
  database& of_;
  bool server_;
};

/// Asks a database about its rows. It must be what the plan begins with.
[[nodiscard]] inline std::vector<checked_rows> ask_rows(database& on, const plan& steps) {
  std::vector<data_check> checks = data_checks(on.dialect(), steps);
  std::vector<checked_rows> answers;
  if (checks.empty())
    return answers;
  const reading_only reader{on};
  for (data_check& check : checks) {
    const std::size_t found = reader.count(check.query);
    const std::size_t all = found == 0 || check.total == check.query ? found : reader.count(check.total);
    answers.push_back({std::move(check), found, all});
  }
  return answers;
}

/// Whether a plan destroys data by a step about whose rows nothing can be asked.
[[nodiscard]] inline bool destroys_unasked(dialect d, const plan& steps, const std::vector<checked_rows>& rows) {
  std::set<std::pair<std::size_t, hazard>> asked;
  for (const checked_rows& r : rows)
    asked.emplace(r.check.step, r.check.hazard);
  for (const hazard_note& note : steps.hazards())
    if (destroys_data(note.hazard) && concerns(d, note.hazard, steps.steps[note.step]) &&
        !asked.contains({note.step, note.hazard}))
      return true;
  return false;
}

/// What a plan would lose, one sentence each, joined.
[[nodiscard]] inline std::string losses_in_words(const std::vector<checked_rows>& rows) {
  std::string text;
  for (const checked_rows& r : rows)
    if (r.lost() != 0)
      text += (text.empty() ? "" : "; ") + r.sentence();
  return text;
}

/// What helps against rows that make a step fail.
[[nodiscard]] constexpr std::string_view remedy_for(hazard h) {
  switch (h) {
  case hazard::needs_value:
    return R"(Give the column a default (default_value), say what these rows get (backfill_sql("...")), or make the field a std::optional.)";
  case hazard::makes_required:
    return R"(Say what these rows get (backfill_sql("..."), default_value), or fill them first.)";
  case hazard::narrows_type:
    return R"(Say how they convert (convert_using("...")), or correct these rows first.)";
  case hazard::removes_enum_value:
    return R"(If the value was renamed, say renamed_from("old") beside the new one; else give these rows another first.)";
  case hazard::makes_unique:
    return "Remove or change these rows first.";
  case hazard::may_violate_foreign_key:
    return "Remove these rows first, or what they reference to nothing.";
  case hazard::sequence_out_of_bounds:
    return "Set the sequence to a number within its new bounds first (SELECT setval('name', number)).";
  default:
    return "Correct these rows first.";
  }
}

/// The error of a plan that these rows would make fail, or nothing.
[[nodiscard]] inline std::optional<migration_error> rows_in_the_way(const std::vector<checked_rows>& rows) {
  migration_error_fields fields;
  std::set<std::string_view> remedies;
  for (const checked_rows& r : rows) {
    if (r.failing() == 0)
      continue;
    fields.message +=
        (fields.message.empty() ? "Rows of this database make the migration fail: it " : "; ") + r.sentence();
    if (const std::string_view remedy = remedy_for(r.check.hazard); remedies.insert(remedy).second)
      fields.remedy += (fields.remedy.empty() ? "" : " ") + std::string{remedy};
  }
  if (fields.message.empty())
    return std::nullopt;
  fields.message += '.';
  fields.state = "Nothing was changed.";
  return migration_error{migration_code::rows_in_the_way, std::move(fields)};
}

// ---- what a script says of it ----

/// The first lines of a script that a plan became: who wrote it, and how many rows it may lose.
[[nodiscard]] inline std::string script_head(const std::vector<checked_rows>& rows) {
  std::string head = std::string{written_by} + std::string{library_version} + ".\n";
  for (const checked_rows& r : rows) {
    const std::string words = std::string{code_of(r.check.hazard)} + ' ' + r.check.sentence;
    // A name with a line break has no place in a comment.
    if (r.check.fails || (words + r.check.query).find_first_of("\r\n") != std::string::npos)
      continue;
    head += "-- instar: at most " + std::to_string(r.count) + (r.count == 1 ? " row, " : " rows, ") + words + ": " +
            r.check.query + '\n';
  }
  return head + '\n';
}

/// Counts again, right before a script is applied, what it loses.
/// \throws migration_error `more_rows`, `broken_agreement`
inline void hold_to_agreement(database& on, const migration& m) {
  if (!is_own_script(m.sql))
    return;
  std::optional<reading_only> reader;
  for (const script_directive& line : head_directives(m.sql)) {
    const std::optional<std::string_view> said = argument_of(line, "at most");
    if (!said)
      continue;
    const auto refuse = [&](std::string_view code, std::string message, std::string remedy) {
      migration_error_fields fields;
      fields.message = std::move(message);
      fields.remedy = std::move(remedy);
      fields.state = "Nothing of it was applied.";
      fields.migration = m.name;
      fields.location = locate(m.display_name(), m.sql, line.offset);
      return migration_error{code, std::move(fields)};
    };
    const std::optional<row_limit> loss = parse_row_limit(*said);
    if (!loss || loss->query.empty())
      throw refuse(migration_code::broken_agreement, "This line of " + m.name + " is not understood.",
                   "It reads `at most N rows, CODE WHAT: SELECT ...`; restore it, or remove it with what it is about.");
    std::size_t found = 0;
    try {
      if (!reader)
        reader.emplace(on);
      found = reader->count(loss->query);
    } catch (const database_error& error) {
      if (error.code() == database_code::interrupted || error.code() == database_code::connection_lost)
        throw;
      throw refuse(migration_code::broken_agreement,
                   "The rows that " + m.name + " loses cannot be counted: " + error.message() + ".",
                   "Correct the query of this line, or remove the line with what it is about.");
    }
    if (found > loss->rows)
      throw refuse(
          migration_code::more_rows,
          m.name + " (" + loss->what + ") would lose " + std::to_string(found) + (found == 1 ? " row" : " rows") +
              " here, and at most " + std::to_string(loss->rows) + " were agreed to.",
          "Look at them with the query of this line. Save or remove them; or, if they may go, raise the number "
          "in this line.");
  }
}

}  // namespace instar::detail
