#pragma once

#include <instar/cli/commands/report.hpp>
#include <instar/migrate/file.hpp>

namespace instar::cli {

/// `db execute`: runs a SQL script outside the history.
inline exit_code db_execute(session& s) {
  std::string script;
  std::string name = s.given.file;
  if (s.given.use_stdin) {
    name = "standard input";
    script = detail::read_standard_input();
  } else {
    script = instar::detail::read_file(s.given.file);
  }
  const auto m = s.make_migrator(database_need::required);
  s.interruptible(*m, [&] { m->execute_script(script, name); });
  s.clear_passing_line();
  if (s.screen.json())
    detail::begin_result(s).member("script", name).end_object();
  s.screen.result("Ran " + printable(name) + " on " + s.database_name() + '.');
  return exit_code::ok;
}

/// `db seed`: fills the database with what the program, or a script, brings.
inline exit_code db_seed(session& s) {
  if (!s.has_seed())
    throw command_error{exit_code::failure,
                        detail::make_diagnostic(migration_code::no_seed, "There is nothing to seed with.",
                                                "Give --file FILE, or put a seed.sql into the migrations folder.",
                                                "The database was not changed.")};
  const auto m = s.make_migrator(database_need::required, true);
  s.interruptible(*m, [&] { m->seed(); });
  s.clear_passing_line();
  if (s.screen.json())
    detail::begin_result(s).member("seeded", true).end_object();
  s.screen.result("Seeded " + s.database_name() + '.');
  return exit_code::ok;
}

}  // namespace instar::cli
