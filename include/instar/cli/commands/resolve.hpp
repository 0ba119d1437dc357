#pragma once

#include <instar/cli/commands/report.hpp>

namespace instar::cli {

/// `migrate resolve`: tells the ledger what was repaired by hand. Runs no migration.
inline exit_code migrate_resolve(session& s) {
  const auto m = s.make_migrator(database_need::required);
  std::vector<resolve_report> reports;
  const auto each = [&](const std::vector<std::string>& names, resolve_report (migrator::*resolve)(std::string_view)) {
    for (const std::string& word : names) {
      reports.push_back(s.interruptible(*m, [&] { return (m.get()->*resolve)(detail::migration_name(word)); }));
      s.screen.result(printable(reports.back().change));
    }
  };
  each(s.given.rolled_back, &migrator::resolve_rolled_back);
  each(s.given.applied, &migrator::resolve_applied);
  each(s.given.repaired, &migrator::resolve_repaired);
  each(s.given.edited, &migrator::resolve_edited);
  each(s.given.missing, &migrator::resolve_missing);
  if (s.screen.json()) {
    detail::begin_result(s).key("resolved").begin_array();
    for (const resolve_report& report : reports)
      s.json.begin_object().member("migration", report.migration).member("change", report.change).end_object();
    s.json.end_array().end_object();
  }
  return exit_code::ok;
}

}  // namespace instar::cli
