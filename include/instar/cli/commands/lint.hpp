#pragma once

#include <instar/cli/commands/report.hpp>
#include <instar/cli/hazards.hpp>
#include <instar/migrate/file.hpp>
#include <instar/migrate/history.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace instar::cli {

namespace detail {

/// The scripts of a path: the file itself, or what a folder holds in the order of their names. What undoes a migration
/// is left out, for it is there to destroy what the migration made. \throws command_error `bad_value` when there is
/// nothing of that name
[[nodiscard]] inline std::vector<std::filesystem::path> scripts_of(const std::string& word) {
  namespace fs = std::filesystem;
  std::error_code failed;
  if (!fs::is_directory(word, failed)) {
    if (!fs::exists(word, failed))
      throw usage_error(cli_code::bad_value, "There is no file and no folder `" + printable(word) + "`.",
                        "Name a SQL script, or a folder of them.");
    return {word};
  }
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator at{word, fs::directory_options::skip_permission_denied, failed}, end;
       !failed && at != end; at.increment(failed)) {
    const fs::path& file = at->path();
    std::error_code unreadable;
    if (file.extension() == ".sql" && file.filename() != instar::detail::down_file_name &&
        at->is_regular_file(unreadable))
      found.push_back(file);
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// The dialect of a script: that of the history that it is part of, or nothing.
[[nodiscard]] inline std::optional<dialect> dialect_beside(const std::filesystem::path& file) {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::path folder = file.parent_path();
  for (int level = 0; level != 2; ++level, folder = folder.empty() ? fs::path{".."} : folder / "..") {
    const fs::path lock = folder / "migration_lock.toml";
    if (fs::is_regular_file(lock, failed))
      return instar::detail::parse_lock_file(lock, instar::detail::read_file(lock));
  }
  return std::nullopt;
}

}  // namespace detail

/// `lint`: what can go wrong with scripts, as far as their text shows it. Needs no database.
inline exit_code lint_scripts(session& s) {
  std::vector<std::string> paths = s.given.paths;
  if (paths.empty())
    paths.push_back(s.migrations_folder().empty() ? std::string{"migrations"} : s.migrations_folder().string());
  std::optional<dialect> of_url;
  if (!s.given.url.empty())
    of_url = session::parse_url(s.given.url, "--url").dialect();
  std::size_t scripts = 0;
  bool broken = false;
  std::vector<reported_hazard> found;
  for (const std::string& path : paths)
    for (const std::filesystem::path& file : detail::scripts_of(path)) {
      const std::string script = instar::detail::read_file(file);
      const std::optional<dialect> known = s.given.dialect ? s.given.dialect
                                           : of_url        ? of_url
                                                           : detail::dialect_beside(file);
      try {
        for (reported_hazard& one : report_hazards(known.value_or(instar::postgres), script, file.string()))
          found.push_back(std::move(one));
        ++scripts;
      } catch (const script_error& error) {
        diagnostic about = detail::make_diagnostic(error.code(), error.message(), error.remedy());
        about.location = instar::detail::locate(file.string(), script, error.offset());
        s.fail(std::move(about));
        broken = true;
      }
    }
  const exit_code code = broken                                ? exit_code::failure
                         : s.given.exit_code && !found.empty() ? exit_code::differs
                                                               : exit_code::ok;
  if (s.screen.json()) {
    detail::begin_result(s).member("scripts", scripts);
    s.json.key("hazards").begin_array();
    for (const reported_hazard& one : found)
      write_json(s.json, one);
    s.json.end_array().end_object();
    return code;
  }
  if (s.given.sarif) {
    s.screen.raw_result(sarif_log(found));
    return code;
  }
  for (const reported_hazard& one : found)
    s.warn(diagnose(one));
  s.screen.result(detail::counted(scripts, "script") +
                  " checked: " + (found.empty() ? "no hazard." : detail::counted(found.size(), "hazard") + '.'));
  return code;
}

}  // namespace instar::cli
