#pragma once

#include <instar/cli/commands/report.hpp>

namespace instar::cli {

/// `db push`: brings a database to the models without a migration, for trying things out.
inline exit_code db_push(session& s) {
  const auto m = s.make_migrator(database_need::required);
  const auto push = [&](bool accept) { return s.interruptible(*m, [&] { return m->push(accept); }); };
  push_report report;
  try {
    report = push(s.given.accept_data_loss);
  } catch (const migration_error& error) {
    if (error.code() != migration_code::data_loss || !s.screen.interactive())
      throw;
    s.warn(diagnose(error));
    detail::require_data_loss_consent(s, "This push", {}, error.state());
    report = push(true);
  }
  s.clear_passing_line();
  if (s.screen.json()) {
    detail::begin_result(s).texts("steps", report.summary);
    s.json.texts("statements", report.statements);
    s.json.member("created_database", report.created_database).end_object();
    return exit_code::ok;
  }
  detail::show_steps(s, report.summary);
  s.screen.result(report.summary.empty() ? s.database_name() + " has the models' schema already."
                                         : s.database_name() + " has the models' schema now (" +
                                               detail::counted(report.summary.size(), "step") + ").");
  return exit_code::ok;
}

}  // namespace instar::cli
