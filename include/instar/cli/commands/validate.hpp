#pragma once

#include <instar/cli/commands/report.hpp>
#include <instar/cli/lint.hpp>

namespace instar::cli {

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
