#pragma once

#include <instar/cli/commands/report.hpp>

#include <string>

namespace instar::cli {

/// `migrate squash`: replaces the history up to a migration by one that makes the same, proven in a shadow database.
inline exit_code migrate_squash(session& s) {
  if (s.migrations_folder().empty())
    throw command_error{exit_code::failure,
                        detail::make_diagnostic(migration_code::no_folder,
                                                "This program carries its migrations, and has no folder to write to.",
                                                "Name the project's folder with --migrations.",
                                                "Nothing was changed.")};
  const auto m = s.make_migrator(database_need::optional);
  squash_options how;
  how.to = detail::migration_name(s.given.to);
  if (!s.given.name.empty())
    how.name = s.given.name;
  const squash_report report = s.interruptible(*m, [&] { return m->squash(how); });
  s.clear_passing_line();
  s.warn(report.warnings);
  if (s.screen.json()) {
    detail::begin_result(s).member("name", report.name).member("script", report.script.string());
    s.json.optional_member("snapshot", report.snapshot.string()).texts("replaced", report.replaced).end_object();
    return exit_code::ok;
  }
  s.screen.result(s.screen.on_output()(style::green, "Wrote") + "   " + printable(report.script.string()));
  if (!report.snapshot.empty())
    s.screen.result("        " + printable(report.snapshot.string()));
  s.screen.result(s.screen.on_output()(style::yellow, "Removed") + ' ' +
                  detail::counted(report.replaced.size(), "migration") + ", from " +
                  printable(report.replaced.front()) + " to " + printable(report.replaced.back()));
  s.screen.result("Databases that have them all record the new one by `" + s.program_name +
                  " migrate deploy`, which runs nothing for it.");
  return exit_code::ok;
}

}  // namespace instar::cli
