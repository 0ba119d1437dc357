#pragma once

#include <instar/cli/commands/report.hpp>

namespace instar::cli {

/// `migrate reset`: drops everything, applies the history, seeds. `--yes` does not answer its question, which is a
/// harmful one.
inline exit_code migrate_reset(session& s) {
  const auto m = s.make_migrator(database_need::required, !s.given.skip_seed);
  detail::require_consent(s, s.given.force || s.given.accept_data_loss,
                          "This drops every table and all data of " + s.database_name() + ". Go on?",
                          detail::make_diagnostic(cli_code::answer_needed,
                                                  "`migrate reset` drops every table and all data of " +
                                                      s.database_name() + ", and nobody is there to ask.",
                                                  "Give --force (or --accept-data-loss) if that is what you want.",
                                                  "Nothing was dropped."));
  const reset_report report = s.interruptible(*m, [&] { return m->reset(); });
  s.clear_passing_line();
  s.warn(report.deployed.warnings);
  if (s.screen.json()) {
    detail::begin_result(s).texts("dropped", report.dropped);
    detail::write_json_members(s.json, report.deployed);
    s.json.member("seeded", report.seeded).end_object();
    return exit_code::ok;
  }
  for (const std::string& dropped : report.dropped)
    s.screen.detail_note("Dropped " + printable(dropped));
  s.screen.result("Dropped " + detail::counted(report.dropped.size(), "object") + " of " + s.database_name() +
                  " and applied " + detail::counted(report.deployed.applied.size(), "migration") +
                  (report.seeded ? ", then seeded it." : "."));
  return exit_code::ok;
}

}  // namespace instar::cli
