#pragma once

#include <instar/cli/commands/fleet.hpp>
#include <instar/cli/commands/report.hpp>

namespace instar::cli {

/// `migrate deploy`: applies what is pending; never asks, never resets.
inline exit_code migrate_deploy(session& s) {
  if (!s.given.targets.empty() || !s.given.tenants.empty())
    return detail::deploy_to_many(s);
  const auto m = s.make_migrator(database_need::required);
  const deploy_report report =
      s.interruptible_once_begun(*m, [&] { return m->deploy({.up_to = detail::migration_name(s.given.up_to)}); });
  s.clear_passing_line();
  s.warn(report.warnings);
  if (s.screen.json()) {
    detail::write_json_members(detail::begin_result(s), report);
    s.json.end_object();
    return exit_code::ok;
  }
  if (report.adopted_prisma)
    s.screen.detail_note("The ledger is Prisma's " + printable(report.ledger) + '.');
  if (report.applied.empty())
    s.screen.result("No pending migrations to apply (" + std::to_string(report.already_applied) + " applied).");
  else
    s.screen.result(detail::counted(report.applied.size(), "migration") + " applied to " + s.database_name() + '.');
  return exit_code::ok;
}

}  // namespace instar::cli
