#pragma once

#include <instar/cli/commands/report.hpp>
#include <instar/migrate/file.hpp>
#include <instar/migrate/fleet.hpp>
#include <instar/migrate/fleet_targets.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file `migrate deploy` to many databases, or to many schemas of one.

namespace instar::cli::detail {

/// Finds out what is deployed to; changes nothing.
[[nodiscard]] inline std::vector<fleet_target> targets_of(session& s) {
  return s.ended_by_signal([&] {
    if (!s.given.tenants.empty()) {
      if (s.database_dialect() != instar::postgres)
        throw usage_error(cli_code::contradiction, "--schemas is for PostgreSQL: SQLite has no schemas.",
                          "Give --targets FILE for several SQLite databases.");
      return find_tenants(*s.open_database(), s.given.tenants, s.given.ledger);
    }
    const bool piped = s.given.targets == "-";
    fleet_list list = read_fleet_targets(piped ? read_standard_input() : instar::detail::read_file(s.given.targets),
                                         piped ? "standard input" : s.given.targets);
    s.warn(list.warnings);
    return std::move(list.targets);
  });
}

[[nodiscard]] inline diagnostic diagnose_failure(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const migration_error& failed) {
    return diagnose(failed);
  } catch (const database_error& failed) {
    return diagnose(failed);
  } catch (const std::exception& failed) {
    return make_diagnostic(cli_code::unexpected, failed.what(),
                           "This is most likely a mistake in instar; please report it.");
  }
}

/// Diagnostics of many targets, each told once with all targets that it is about.
class told_once {
 public:
  void add(diagnostic about, const std::string& target) {
    std::string text = render(about, palette{});
    const auto known = std::find(texts_.begin(), texts_.end(), text);
    const auto at = static_cast<std::size_t>(known - texts_.begin());
    if (known == texts_.end()) {
      texts_.push_back(std::move(text));
      all_.push_back(std::move(about));
    }
    all_[at].targets.push_back(target);
  }

  [[nodiscard]] std::vector<diagnostic>& all() noexcept { return all_; }

 private:
  std::vector<std::string> texts_;
  std::vector<diagnostic> all_;
};

/// The lines of a fleet, as its targets end.
class fleet_lines {
 public:
  explicit fleet_lines(session& s) : s_(s) {}

  /// Lets the lines stand under each other.
  void align(const std::vector<fleet_target>& targets) {
    constexpr std::size_t widest = 48;
    for (const fleet_target& target : targets)
      width_ = std::max(width_, std::min(width_of(printable(target.name)), widest));
    total_ = targets.size();
  }

  void show(const fleet_progress& progress) {
    const std::string name = printable(progress.target.name);
    if (progress.result != nullptr) {
      ++ended_;
      s_.clear_passing_line();
      s_.screen.result(line(name, *progress.result));
      s_.screen.flush();
    } else if (progress.migration != nullptr) {
      show(name, *progress.migration);
    }
    if (s_.screen.passing_lines() && ended_ != total_)
      s_.passing(std::to_string(ended_) + " of " + std::to_string(total_) + " done");
  }

 private:
  void show(const std::string& name, const migration_progress& progress) {
    using event = migration_progress::event;
    if (const auto said = session::noteworthy(progress))
      s_.note(name + ": " + *said);
    else if (progress.what == event::notice)
      s_.note(s_.screen.on_error()(style::dim, name + ": notice: " + indent_lines(printable(progress.detail), 2)));
    else if (progress.what == event::applied || progress.what == event::recorded)
      s_.screen.detail_note(name + ": " + (progress.what == event::applied ? "applied " : "recorded ") +
                            printable(progress.migration) + "  " + session::duration(progress.took));
  }

  [[nodiscard]] std::string line(const std::string& name, const fleet_result& result) const {
    std::string text = state(result.state) + "  " + name;
    if (const std::size_t width = width_of(name); width < width_)
      text.append(width_ - width, ' ');
    if (const std::string what = what_of(result.report.applied); !what.empty())
      text += result.error ? "  after " + what : "  " + what;
    text += "  " + session::duration(result.took);
    if (!result.error)
      return text;
    const diagnostic about = diagnose_failure(result.error);
    return text + "  " + about.code + ": " + printable(instar::detail::first_line(about.message));
  }

  [[nodiscard]] std::string state(fleet_state is) const {
    std::string word{to_string(is)};
    word.front() = static_cast<char>(word.front() - 'a' + 'A');
    word.resize(std::max<std::size_t>(word.size(), 10), ' ');
    return s_.screen.on_output()(is == fleet_state::applied       ? style::green
                                 : is == fleet_state::failed      ? style::red
                                 : is == fleet_state::interrupted ? style::yellow
                                                                  : style::plain,
                                 word);
  }

  [[nodiscard]] static std::string what_of(const std::vector<applied_migration>& applied) {
    if (applied.empty())
      return {};
    const std::string last = printable(applied.back().name);
    return applied.size() == 1 ? last : counted(applied.size(), "migration") + " to " + last;
  }

  session& s_;
  std::size_t width_ = 0;
  std::size_t total_ = 0;
  std::size_t ended_ = 0;
};

inline void write_json(session& s, const std::vector<fleet_target>& targets, const fleet_report& report) {
  json_writer& json = begin_result(s);
  json.key("targets").begin_array();
  for (std::size_t i = 0; i != targets.size(); ++i) {
    const fleet_result& result = report.results[i];
    json.begin_object();
    json.member("target", targets[i].name);
    json.optional_member("schema", targets[i].schema);
    if (targets[i].line != 0)
      json.member("line", targets[i].line);
    json.member("state", to_string(result.state));
    if (result.state != fleet_state::not_begun) {
      write_json_members(json, result.report);
      json.member("microseconds", static_cast<long long>(result.took.count()));
    }
    if (result.error)
      cli::write_json(json.key("error"), diagnose_failure(result.error));
    json.end_object();
  }
  json.end_array();
  json.key("summary").begin_object();
  json.member("targets", targets.size());
  json.member("applied", report.count(fleet_state::applied));
  json.member("up_to_date", report.count(fleet_state::up_to_date));
  json.member("failed", report.count(fleet_state::failed));
  json.member("interrupted", report.count(fleet_state::interrupted));
  json.member("not_begun", report.count(fleet_state::not_begun));
  json.end_object().end_object();
}

/// "5 schemas: 3 applied, 1 failed, 1 not begun."
[[nodiscard]] inline std::string summary(const fleet_report& report, std::string_view noun) {
  std::string text = counted(report.results.size(), noun) + ':';
  bool first = true;
  for (const fleet_state state : {fleet_state::applied, fleet_state::up_to_date, fleet_state::failed,
                                  fleet_state::interrupted, fleet_state::not_begun})
    if (const std::size_t n = report.count(state); n != 0) {
      text += (first ? " " : ", ") + std::to_string(n) + ' ' + std::string{to_string(state)};
      first = false;
    }
  return text + '.';
}

/// Why some were not begun, and how to go on.
[[nodiscard]] inline std::string advice(const session& s, const fleet_report& report) {
  std::string text;
  if (report.count(fleet_state::not_begun) != 0 && !s.interrupted) {
    const auto canaries = std::min(s.given.canary.value_or(0), report.results.size());
    const bool of_canaries =
        std::any_of(report.results.begin(), report.results.begin() + static_cast<std::ptrdiff_t>(canaries),
                    [](const fleet_result& one) { return one.state == fleet_state::failed; });
    text = of_canaries ? "A canary failed, so the others were not begun. "
                       : "The failure kept the others from beginning; --keep-going goes on with them. ";
  }
  return text + "Run the command again to go on: what is done is seen as up to date.";
}

/// `migrate deploy --targets` and `--schemas`.
inline exit_code deploy_to_many(session& s) {
  std::vector<fleet_target> found = targets_of(s);
  const bool tenants = !s.given.tenants.empty();
  s.note(counted(found.size(), tenants ? "schema" : "database") + ", " + std::to_string(s.given.jobs.value_or(4)) +
         " at a time.");
  fleet_lines lines{s};
  lines.align(found);
  fleet all{std::move(found),
            {.each = s.base_options(),
             .jobs = s.given.jobs.value_or(4),
             .canary = s.given.canary.value_or(0),
             .keep_going = s.given.keep_going,
             .on_progress = [&](const fleet_progress& progress) { lines.show(progress); }}};
  const fleet_report report =
      s.interruptible(all, [&] { return all.deploy({.up_to = migration_name(s.given.up_to)}); });
  s.clear_passing_line();
  s.interrupted = all.interrupted();

  told_once errors;
  told_once warnings;
  for (std::size_t i = 0; i != report.results.size(); ++i) {
    for (const migration_warning& one : report.results[i].report.warnings)
      warnings.add(diagnose(one), all.targets()[i].name);
    if (report.results[i].error)
      errors.add(diagnose_failure(report.results[i].error), all.targets()[i].name);
  }
  if (s.screen.json())
    write_json(s, all.targets(), report);
  const std::size_t reached = report.count(fleet_state::applied) + report.count(fleet_state::up_to_date);
  for (diagnostic& one : warnings.all()) {
    if (one.targets.size() == reached)
      one.targets.clear();  // it is about the history
    s.warn(std::move(one));
  }
  for (diagnostic& one : errors.all())
    s.fail(std::move(one));
  if (s.interrupted && report.count(fleet_state::interrupted) == 0 && !report.complete())
    s.fail(make_diagnostic(migration_code::stopped, "Interrupted.", {}, "What was running then has ended."));
  s.screen.result(summary(report, tenants ? "schema" : "database"));
  if (report.complete())
    return exit_code::ok;
  s.note(advice(s, report));
  return s.interrupted ? exit_code::interrupted : exit_code::failure;
}

}  // namespace instar::cli::detail
