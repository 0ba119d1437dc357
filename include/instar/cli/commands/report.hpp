#pragma once

#include <instar/cli/hazards.hpp>
#include <instar/cli/session.hpp>
#include <instar/diff/plan.hpp>
#include <instar/migrate/report.hpp>
#include <instar/migrate/rows.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

/// \file What several commands say in the same words.

namespace instar::cli::detail {

/// "1 migration", "3 migrations".
[[nodiscard]] inline std::string counted(std::size_t n, std::string_view noun) {
  return std::to_string(n) + ' ' + std::string{noun} + (n == 1 ? "" : "s");
}

[[nodiscard]] inline std::string read_standard_input() {
  std::string text;
  char buffer[16384];
  std::size_t n = 0;
  while ((n = std::fread(buffer, 1, sizeof buffer, stdin)) != 0)
    text.append(buffer, n);
  return text;
}

/// A name on the command line: as it is, or as a shell completes it (`migrations/20240117000000_init/`).
[[nodiscard]] inline std::string migration_name(std::string_view word) {
  while (word.size() > 1 && word.back() == '/')
    word.remove_suffix(1);
  constexpr std::string_view script = "/migration.sql";
  if (word.ends_with(script))
    word.remove_suffix(script.size());
  const std::size_t slash = word.rfind('/');
  return std::string{slash == std::string_view::npos ? word : word.substr(slash + 1)};
}

/// The dialect that models and history are for; PostgreSQL where nothing says it.
[[nodiscard]] inline dialect dialect_of(migrator& m) {
  try {
    return m.dialect();
  } catch (const migration_error&) {
    return instar::postgres;
  }
}

/// What can go wrong with the steps of a plan, each as a warning: with the numbers of rows where these were counted.
[[nodiscard]] inline std::vector<diagnostic> hazards_of(dialect target, const plan_view& steps, bool offline,
                                                        const std::vector<checked_rows>& rows = {}) {
  std::vector<diagnostic> notes;
  const auto add_counted = [&](const auto& wanted) {
    bool any = false;
    for (const checked_rows& r : rows) {
      if (r.count == 0 || !wanted(r.check))
        continue;
      notes.push_back(make_diagnostic(code_of(r.check.hazard), r.sentence() + '.'));
      notes.back().warning = true;
      any = true;
    }
    return any;
  };
  const std::vector<hazard_note> listed = plan_hazards(target, steps, offline ? plan_form::offline : plan_form::online);
  for (const hazard_note& note : listed) {
    if (!instar::detail::concerns(target, note.hazard, steps.steps[note.step]) ||
        add_counted([&](const data_check& c) { return c.step == note.step && c.hazard == note.hazard; }))
      continue;
    diagnostic about = make_diagnostic(code_of(note.hazard), describe(note.hazard, steps.steps[note.step]) + '.');
    about.warning = true;
    notes.push_back(std::move(about));
  }
  // Rows may stand in the way of what is no hazard in general, such as a check.
  add_counted([&](const data_check& c) {
    return std::none_of(listed.begin(), listed.end(),
                        [&](const hazard_note& note) { return note.step == c.step && note.hazard == c.hazard; });
  });
  return notes;
}

/// The lines of a plan, each in the colour of what it does.
inline void show_steps(session& s, const std::vector<std::string>& summary) {
  for (const std::string& line : summary) {
    const style tone = line.starts_with("+ ")   ? style::green
                       : line.starts_with("- ") ? style::red
                       : line.starts_with("~ ") ? style::yellow
                                                : style::plain;
    s.screen.result("  " + s.screen.on_output()(tone, printable(line)));
  }
}

inline void write_json(json_writer& json, const applied_migration& one) {
  json.begin_object();
  json.member("name", one.name);
  json.member("microseconds", static_cast<long long>(one.took.count()));
  json.member("statements", one.statements);
  json.member("skipped_statements", one.skipped);
  json.member("transactional", one.transactional);
  json.texts("notices", one.notices);
  json.end_object();
}

/// The members of a deploy, into an object that is open.
inline void write_json_members(json_writer& json, const deploy_report& report) {
  json.key("applied").begin_array();
  for (const applied_migration& one : report.applied)
    write_json(json, one);
  json.end_array();
  json.member("already_applied", report.already_applied);
  json.optional_member("ledger", report.ledger);
  json.member("adopted_prisma", report.adopted_prisma);
  json.member("created_database", report.created_database);
}

/// What a program without models cannot do. \param what "`migrate dev` plans from models"
[[nodiscard]] inline command_error models_needed(const std::string& what) {
  return command_error{exit_code::failure,
                       make_diagnostic(migration_code::no_models, what + ", and this program was built without any.",
                                       "Build a migrator with your models by instar_add_migrator(app_migrate MODELS "
                                       "models.hpp MIGRATIONS migrations) in CMake, and run that one.",
                                       "Nothing was written; the database was not changed.")};
}

/// What the rows say of a plan, as an array.
inline void write_json(json_writer& json, const std::vector<checked_rows>& rows) {
  json.begin_array();
  for (const checked_rows& r : rows) {
    json.begin_object();
    json.member("code", code_of(r.check.hazard));
    json.member("what", r.check.sentence);
    json.member("fails", r.check.fails);
    json.member("rows", r.count);
    json.member("of", r.total);
    json.member("query", r.check.query);
    json.end_object();
  }
  json.end_array();
}

/// Opens the result of the document. Close it with `end_object()`.
inline json_writer& begin_result(session& s) {
  s.result_written = true;
  return s.json.key("result").begin_object();
}

/// Asks a harmful question, or says which flag answers it.
///
/// \param answered whether that flag was given
/// \throws command_error `answer_needed` (exit 3) without a terminal, `declined` (exit 1) after a no
inline void require_consent(session& s, bool answered, std::string_view question, diagnostic unasked) {
  if (answered)
    return;
  if (!s.screen.interactive())
    throw command_error{exit_code::needs_answer, std::move(unasked)};
  s.clear_passing_line();
  if (!s.screen.confirm(question))
    throw command_error{exit_code::failure,
                        make_diagnostic(cli_code::declined, "You said no.", {}, std::move(unasked.state))};
}

/// The question whether a plan may destroy data. \param losses in words; empty where they are not known
inline void require_data_loss_consent(session& s, std::string_view what, const std::string& losses, std::string state) {
  diagnostic unasked = make_diagnostic(
      migration_code::data_loss, std::string{what} + " destroys data" + (losses.empty() ? "." : ": it " + losses + '.'),
      "Give --accept-data-loss if that is what you want.", std::move(state));
  unasked.help.emplace_back("If a table or column was renamed, say renamed_from(\"old_name\") in its model: nothing is "
                            "lost then.");
  require_consent(s, s.given.accept_data_loss, std::string{what} + " destroys data. Go on?", std::move(unasked));
}

}  // namespace instar::cli::detail
