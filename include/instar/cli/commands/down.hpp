#pragma once

#include <instar/cli/commands/report.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace instar::cli {

namespace detail {

/// "drops table sessions with all its rows: 2 rows".
[[nodiscard]] inline std::string loss_text(const data_loss& loss) {
  return printable(loss.what) + (loss.rows ? ": " + counted(*loss.rows, "row") : std::string{});
}

inline void write_json(json_writer& json, const down_step& step) {
  json.begin_object();
  json.member("name", step.name);
  json.member("script", step.script.string());
  json.key("losses").begin_array();
  for (const data_loss& loss : step.losses) {
    json.begin_object().member("what", loss.what);
    if (loss.rows)
      json.member("rows", *loss.rows);
    else
      json.key("rows").null();
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace detail

/// `migrate down`: takes the last migrations back by their down.sql, after the proof that this leads to what was
/// before.
inline exit_code migrate_down(session& s) {
  const auto m = s.make_migrator(database_need::required);
  down_options how;
  how.to = detail::migration_name(s.given.to);
  how.steps = s.given.steps.value_or(1);
  how.skip_shadow = s.given.skip_shadow;
  how.remove = s.given.remove;
  const down_plan planned = s.interruptible(*m, [&] { return m->plan_down(how); });
  s.clear_passing_line();
  if (!s.given.skip_shadow) {
    s.interruptible(*m, [&] { m->prove_down(planned); });
    s.clear_passing_line();
  }
  if (planned.loses_data()) {
    s.screen.result("Taking this back destroys:");
    for (const down_step& step : planned.steps)
      for (const data_loss& loss : step.losses)
        s.screen.result("  " + s.screen.on_output()(style::red, detail::loss_text(loss)));
    detail::require_consent(s, s.given.accept_data_loss, "This destroys data. Go on?",
                            detail::make_diagnostic(migration_code::data_loss, "Taking this back destroys data.",
                                                    "Give --accept-data-loss if that is what you want.",
                                                    "Nothing was changed."));
  }
  const down_report report = s.interruptible(*m, [&] { return m->take_down(planned); });
  s.clear_passing_line();
  if (s.screen.json()) {
    detail::begin_result(s).key("taken_back").begin_array();
    for (const down_step& step : planned.steps)
      detail::write_json(s.json, step);
    s.json.end_array().optional_member("ledger", report.ledger);
    std::vector<std::string> removed;
    for (const std::filesystem::path& folder : report.removed)
      removed.push_back(folder.string());
    s.json.texts("removed", removed).end_object();
    return exit_code::ok;
  }
  if (report.taken_back.empty()) {
    s.screen.result("Nothing to take back: " + printable(how.to) + " is the last that is applied.");
    return exit_code::ok;
  }
  if (s.given.remove) {
    for (const std::filesystem::path& folder : report.removed)
      s.screen.result(s.screen.on_output()(style::yellow, "Removed") + "   " + printable(folder.string()));
    s.screen.result("Change the models, then `" + s.program_name + " migrate dev` writes the migration anew.");
    return exit_code::ok;
  }
  s.screen.result(std::string{report.taken_back.size() == 1 ? "It is" : "They are"} + " pending now. `" +
                  s.program_name + " migrate deploy` applies " + (report.taken_back.size() == 1 ? "it" : "them") +
                  " again.");
  return exit_code::ok;
}

}  // namespace instar::cli
