#pragma once

#include <instar/cli/commands/lint.hpp>
#include <instar/cli/commands/report.hpp>
#include <instar/cli/lint.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace instar::cli {

namespace detail {

/// Says of each script of the history what can go wrong with it, in one line; `lint` says where.
inline void warn_of_scripts(session& s, dialect d, const std::filesystem::path& folder) {
  for (const std::filesystem::path& file : scripts_of(folder.string())) {
    const std::string script = instar::detail::read_file(file);
    std::vector<std::string> codes;
    try {
      for (const lint_finding& one : lint_script(d, script))
        if (std::string code{code_of(one.hazard)}; std::find(codes.begin(), codes.end(), code) == codes.end())
          codes.push_back(std::move(code));
    } catch (const script_error&) {
      continue;  // an error of the history, which says it itself
    }
    if (codes.empty())
      continue;
    std::string list;
    for (const std::string& code : codes)
      list += (list.empty() ? "" : ", ") + code;
    s.warn(make_diagnostic(cli_code::script_hazards,
                           "What can go wrong with " + printable(file.string()) + ": " + list + '.',
                           "See where: `" + s.program_name + " lint " + printable(file.string()) + "`."));
  }
}

}  // namespace detail

/// `validate`: checks the models and the history against each other. Needs no database.
inline exit_code validate(session& s) {
  const auto m = s.make_migrator(database_need::optional);
  bool has_history = true;
  try {
    s.warn(m->check_history());
  } catch (const migration_error& error) {
    if (error.code() != migration_code::folder_missing || !s.program.schema)
      throw;
    has_history = false;
  }
  if (has_history && !s.migrations_folder().empty())
    detail::warn_of_scripts(s, detail::dialect_of(*m), s.migrations_folder());
  if (s.program.schema) {
    for (diagnostic& found : lint(*s.program.schema, detail::dialect_of(*m)))
      s.warn(std::move(found));
    // An embedded history has no snapshot beside it, so what it leads to is not known.
    if (has_history && !s.migrations_folder().empty()) {
      const diff_report change = m->diff({.what = diff_source::kind::migrations}, {.what = diff_source::kind::models});
      if (!change.empty())
        s.warn(detail::make_diagnostic(cli_code::unmigrated,
                                       "The models differ from the last migration by " +
                                           detail::counted(change.summary.size(), "step") +
                                           ", the first of them: " + printable(change.summary.front()) + '.',
                                       "Write the migration: `" + s.program_name + " migrate dev`."));
    }
  }
  if (s.screen.json())
    detail::begin_result(s)
        .member("models", s.program.schema.has_value())
        .member("history", has_history)
        .member("warnings", s.warnings.size())
        .end_object();
  std::string sentence =
      s.program.schema ? detail::counted(s.program.schema->tables.size(), "table") + " of the models" : std::string{};
  if (has_history)
    sentence += sentence.empty() ? "The history" : " and the history";
  sentence += s.warnings.empty() ? " checked: no error, no warning."
                                 : " checked: no error, " + detail::counted(s.warnings.size(), "warning") + '.';
  if (!has_history)
    sentence += " There are no migrations yet.";
  s.screen.result(sentence);
  return s.given.exit_code && !s.warnings.empty() ? exit_code::differs : exit_code::ok;
}

}  // namespace instar::cli
