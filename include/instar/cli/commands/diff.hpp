#pragma once

#include <instar/cli/commands/report.hpp>
#include <instar/migrate/file.hpp>

namespace instar::cli {

namespace detail {

[[nodiscard]] inline diff_source parse_side(const std::string& option, const std::string& word) {
  if (std::optional<diff_source> source = diff_source::parse(word))
    return std::move(*source);
  throw usage_error(cli_code::bad_value, '`' + option + ' ' + printable(word) + "` is not understood.",
                    "A side is empty, models, migrations[:DIR], database[:URL] or sql:FILE.");
}

}  // namespace detail

/// `migrate diff`: the way from one schema to another, as a summary or as SQL. Changes nothing.
inline exit_code migrate_diff(session& s) {
  const diff_source from = detail::parse_side("--from", s.given.from);
  const diff_source to = detail::parse_side("--to", s.given.to);
  const auto is_database = [](const diff_source& side) { return side.what == diff_source::kind::database; };
  const bool named = (is_database(from) && !from.place.empty()) || (is_database(to) && !to.place.empty());
  const bool unnamed = (is_database(from) && from.place.empty()) || (is_database(to) && to.place.empty());
  // Where a side names its database, that one decides the dialect, and DATABASE_URL has no say.
  const auto m = s.make_migrator(unnamed ? database_need::required
                                 : named ? database_need::none
                                         : database_need::optional);
  const diff_report report = s.interruptible(*m, [&] { return m->diff(from, to); });
  const exit_code code = s.given.exit_code && !report.empty() ? exit_code::differs : exit_code::ok;
  const std::vector<reported_hazard> hazards =
      report_hazards(detail::dialect_of(*m), report.steps, s.given.offline ? plan_form::offline : plan_form::online);

  if (s.screen.json()) {
    detail::begin_result(s).member("empty", report.empty());
    s.json.member("loses_data", report.loses_data);
    s.json.texts("steps", report.summary);
    s.json.texts("statements", report.statements);
    s.json.key("hazards").begin_array();
    for (const reported_hazard& one : hazards) {
      write_json(s.json, one);
      s.warnings.push_back(diagnose(one));
    }
    s.json.end_array();
    s.json.member("script", report.script).end_object();
    return code;
  }
  if (!s.given.output.empty()) {
    std::string text;
    if (s.given.script)
      text = report.script;
    else if (s.given.sarif)
      text = sarif_log(hazards);
    else
      for (const std::string& line : report.summary)
        text += line + '\n';
    instar::detail::write_file(s.given.output, text);
    s.screen.note("Wrote " + s.given.output + '.');
    return code;
  }
  if (s.given.script) {
    s.screen.raw_result(report.script);
    return code;
  }
  if (s.given.sarif) {
    s.screen.raw_result(sarif_log(hazards));
    return code;
  }
  if (report.empty()) {
    s.screen.result("No difference.");
    return code;
  }
  detail::show_steps(s, report.summary);
  for (const reported_hazard& one : hazards)
    s.warn(diagnose(one));
  return code;
}

}  // namespace instar::cli
