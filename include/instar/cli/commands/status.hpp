#pragma once

#include <instar/cli/commands/report.hpp>

#include <algorithm>

namespace instar::cli {

namespace detail {

[[nodiscard]] inline style style_of(migration_state state) noexcept {
  switch (state) {
  case migration_state::applied:
    return style::green;
  case migration_state::pending:
  case migration_state::squashed:
  case migration_state::resumable:
    return style::yellow;
  default:
    return style::red;
  }
}

/// What a state means and what to do about it; empty for `applied`.
/// \param name the first migration in that state \param more whether there are others
[[nodiscard]] inline std::string advice(migration_state state, const std::string& program, const std::string& name,
                                        bool more) {
  const std::string resolve = '`' + program + " migrate resolve ";
  switch (state) {
  case migration_state::applied:
    return {};
  case migration_state::pending:
    return '`' + program + " migrate deploy` applies " + (more ? "them." : "it.");
  case migration_state::squashed:
    return "It replaces migrations that are applied; `" + program + " migrate deploy` records it and runs nothing.";
  case migration_state::partly_squashed:
    return "It replaces migrations of which this database has a part. Deploy the history as it was before the squash, "
           "then this one; or, if all that it makes is there, " +
           resolve + "--applied " + name + "`.";
  case migration_state::resumable:
    return "It failed half-way; `" + program + " migrate deploy` goes on at the statement that failed.";
  case migration_state::failed:
    return "It began and did not end. Undo what it did, then " + resolve + "--rolled-back " + name +
           "`; or complete it by hand, then " + resolve + "--applied " + name + "`.";
  case migration_state::edited:
    return "Its file is not what was applied. Restore the file; or, if only comments or blanks changed, " + resolve +
           "--repair " + name + "`; or, if you made the same change in the database by hand, " + resolve + "--edited " +
           name + "`.";
  case migration_state::missing:
    return "It was applied, and its folder is gone. Restore the folder; or, if it is meant to be gone, " + resolve +
           "--missing " + name + "`.";
  case migration_state::unknown:
    return "It was applied, from another branch or another project. Get its folder; or, if it is meant to be gone, " +
           resolve + "--missing " + name + "`.";
  }
  return {};
}

inline void write_json(json_writer& json, const status_report& report) {
  json.member("up_to_date", report.up_to_date());
  json.member("database_exists", report.database_exists);
  json.optional_member("ledger", report.ledger);
  json.member("adopted_prisma", report.adopted_prisma);
  json.key("migrations").begin_array();
  for (const migration_status& m : report.migrations) {
    json.begin_object();
    json.member("name", m.name);
    json.member("state", std::string{to_string(m.state)});
    json.optional_member("checksum", m.checksum);
    json.optional_member("ledger_checksum", m.ledger_checksum);
    json.optional_member("started_at", m.started_at);
    json.optional_member("finished_at", m.finished_at);
    json.optional_member("logs", m.logs);
    json.member("tries", m.tries);
    json.end_object();
  }
  json.end_array();
}

inline void show_status(session& s, const status_report& report) {
  const palette& paint = s.screen.on_output();
  // A long history is mostly applied, and what is not must not scroll away.
  constexpr std::size_t shown_applied = 10;
  const std::size_t applied = report.count(migration_state::applied);
  std::size_t to_skip = s.screen.verbose() || applied <= shown_applied ? 0 : applied - shown_applied;
  if (to_skip != 0)
    s.screen.result("  " +
                    paint(style::dim, std::to_string(to_skip) + " earlier ones are applied (--verbose lists them)"));
  for (const migration_status& m : report.migrations) {
    if (m.state == migration_state::applied && to_skip != 0) {
      --to_skip;
      continue;
    }
    std::string word{to_string(m.state)};
    word.resize(std::max<std::size_t>(word.size(), 9), ' ');
    s.screen.result("  " + paint(style_of(m.state), word) + ' ' + printable(m.name));
    if (!m.logs.empty() && (m.state == migration_state::failed || m.state == migration_state::resumable))
      s.screen.result("            " + indent_lines(printable(m.logs), 12));
  }

  if (!report.database_exists)
    s.screen.result("The database does not exist yet; `" + s.program_name + " migrate deploy` makes it.");
  if (report.up_to_date()) {
    s.screen.result(report.migrations.empty()
                        ? "There are no migrations."
                        : counted(report.migrations.size(), "migration") + " applied; the database is up to date.");
    return;
  }
  std::string sentence;
  for (const migration_state state :
       {migration_state::pending, migration_state::squashed, migration_state::partly_squashed,
        migration_state::resumable, migration_state::failed, migration_state::edited, migration_state::missing,
        migration_state::unknown})
    if (const std::size_t n = report.count(state); n != 0)
      sentence += (sentence.empty() ? "" : ", ") + std::to_string(n) + ' ' + std::string{to_string(state)};
  s.screen.result(counted(report.migrations.size(), "migration") + ": " + std::to_string(applied) + " applied, " +
                  sentence + '.');
  // One piece of advice for each state; the name of the first stands for all.
  std::vector<migration_state> said;
  for (const migration_status& m : report.migrations) {
    if (m.state == migration_state::applied || std::find(said.begin(), said.end(), m.state) != said.end())
      continue;
    said.push_back(m.state);
    s.screen.result(paint(style::bold, std::string{to_string(m.state)} + ": ") +
                    advice(m.state, s.program_name, printable(m.name), report.count(m.state) > 1));
  }
}

inline void show_drift(session& s, const diff_report& drift) {
  if (drift.empty()) {
    s.screen.result("The database is what its migrations made.");
    return;
  }
  s.screen.result(s.screen.on_output()(style::bold, "drift: ") +
                  "The database is not what its migrations made; these changes were made by hand.");
  show_steps(s, drift.summary);
}

}  // namespace detail

/// `migrate status`: what is applied, pending, failed, edited, missing. Exit 1 when not up to date.
inline exit_code migrate_status(session& s) {
  const auto m = s.make_migrator(database_need::required);
  const status_report report = s.interruptible(*m, [&] { return m->status(); });
  s.warn(report.warnings);
  std::optional<diff_report> drift;
  if (s.given.drift && report.database_exists && !report.ledger.empty()) {
    drift = s.interruptible(*m, [&] { return m->drift(); });
    s.clear_passing_line();
  }
  if (s.screen.json()) {
    detail::write_json(detail::begin_result(s), report);
    if (drift)
      s.json.texts("drift", drift->summary);
    s.json.end_object();
  } else {
    if (report.adopted_prisma)
      s.screen.note("The ledger is Prisma's " + printable(report.ledger) + '.');
    detail::show_status(s, report);
    if (drift)
      detail::show_drift(s, *drift);
  }
  if (report.up_to_date())
    return drift && !drift->empty() ? exit_code::failure : exit_code::ok;
  const std::size_t harmless = report.count(migration_state::applied) + report.count(migration_state::pending) +
                               report.count(migration_state::squashed) + report.count(migration_state::resumable);
  return s.given.exit_code && harmless == report.migrations.size() ? exit_code::differs : exit_code::failure;
}

}  // namespace instar::cli
