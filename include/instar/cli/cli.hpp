#pragma once

#include <instar/cli/arguments.hpp>
#include <instar/cli/command_line.hpp>
#include <instar/cli/commands/deploy.hpp>
#include <instar/cli/commands/dev.hpp>
#include <instar/cli/commands/diff.hpp>
#include <instar/cli/commands/down.hpp>
#include <instar/cli/commands/execute.hpp>
#include <instar/cli/commands/generate.hpp>
#include <instar/cli/commands/lint.hpp>
#include <instar/cli/commands/pull.hpp>
#include <instar/cli/commands/push.hpp>
#include <instar/cli/commands/reset.hpp>
#include <instar/cli/commands/resolve.hpp>
#include <instar/cli/commands/squash.hpp>
#include <instar/cli/commands/status.hpp>
#include <instar/cli/commands/validate.hpp>
#include <instar/cli/diagnostic.hpp>
#include <instar/cli/exit_code.hpp>
#include <instar/cli/options.hpp>
#include <instar/cli/session.hpp>
#include <instar/cli/terminal.hpp>
#include <instar/database/open.hpp>
#include <instar/version.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file The command line as a function: a program's own `main` calls `run`.

namespace instar::cli {

namespace detail {

[[nodiscard]] inline exit_code run_command(session& s) {
  switch (s.given.command) {
  case command::migrate_dev:
    return migrate_dev(s);
  case command::migrate_deploy:
    return migrate_deploy(s);
  case command::migrate_status:
    return migrate_status(s);
  case command::migrate_resolve:
    return migrate_resolve(s);
  case command::migrate_reset:
    return migrate_reset(s);
  case command::migrate_diff:
    return migrate_diff(s);
  case command::migrate_down:
    return migrate_down(s);
  case command::migrate_squash:
    return migrate_squash(s);
  case command::db_push:
    return db_push(s);
  case command::db_pull:
    return db_pull(s);
  case command::db_seed:
    return db_seed(s);
  case command::db_execute:
    return db_execute(s);
  case command::generate:
    return generate(s);
  case command::validate:
    return validate(s);
  case command::lint:
    return lint_scripts(s);
  case command::none:
    break;
  }
  return exit_code::usage;
}

/// Runs the command and turns every error into words and an exit code.
[[nodiscard]] inline exit_code run_and_explain(session& s) {
  try {
    return run_command(s);
  } catch (const command_error& error) {
    s.fail(error.about());
    return error.code();
  } catch (const migration_error& error) {
    s.fail(error.code() == migration_code::no_models ? models_needed("This needs models").about() : diagnose(error));
    if (s.interrupted || error.code() == migration_code::stopped)
      return exit_code::interrupted;
    return error.needs_answer() ? exit_code::needs_answer : exit_code::failure;
  } catch (const database_error& error) {
    s.fail(diagnose(error));
    return s.interrupted ? exit_code::interrupted : exit_code::failure;
  } catch (const std::exception& error) {
    s.fail(make_diagnostic(cli_code::unexpected, error.what(),
                           "This is most likely a mistake in instar; please report it.",
                           "Not known; `" + s.program_name + " migrate status` says what is applied."));
    return s.interrupted ? exit_code::interrupted : exit_code::failure;
  }
}

/// Closes the document of `--json`.
inline void write_document(session& s, exit_code code) {
  // What was applied before something failed is worth knowing.
  if (!s.result_written && !s.applied.empty()) {
    s.json.key("result").begin_object().key("applied").begin_array();
    for (const applied_migration& one : s.applied)
      s.json.begin_object()
          .member("name", one.name)
          .member("microseconds", static_cast<long long>(one.took.count()))
          .end_object();
    s.json.end_array().end_object();
  }
  s.screen.document(s.document(s.errors, s.warnings, code));
}

[[nodiscard]] inline std::string databases_text() {
  std::string text;
#if INSTAR_HAS_POSTGRES
  text += "PostgreSQL (libpqxx " PQXX_VERSION ")";
#endif
#if INSTAR_HAS_SQLITE
  text += text.empty() ? "" : ", ";
  text += "SQLite (" + std::string{sqlite3_libversion()} + ")";
#endif
  return text.empty() ? "none" : text;
}

inline void show_version(terminal& screen, const std::string& program) {
  if (screen.json()) {
    json_writer json;
    json.begin_object()
        .member("version", library_version)
        .member("databases", databases_text())
        .member("errors", 0)
        .end_object();
    screen.document(json.text());
    return;
  }
  screen.result("instar " + std::string{library_version});
  screen.result("Databases: " + databases_text());
  if (program != "instar")
    screen.result("Program:   " + program);
}

[[nodiscard]] inline std::string program_name(const options& program, int argc, char** argv) {
  if (!program.program.empty())
    return program.program;
  const std::string_view path = argc > 0 && argv[0] != nullptr ? argv[0] : "";
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.empty() ? "instar" : std::string{name};
}

/// Overwrites the passwords of URLs where other users of the machine can read them: in the list of processes.
/// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
inline void hide_passwords(int argc, char** argv) noexcept {
  const auto hide = [](char* from, const char* until) { std::fill(from, from + (until - from), 'x'); };
  for (int i = 1; i < argc; ++i) {
    const std::string_view word{argv[i]};
    const std::size_t scheme = word.find("://");
    if (scheme == std::string_view::npos)
      continue;
    const std::size_t query = std::min(word.find('?', scheme), word.size());
    // An unescaped @ in the password is a mistake, and no less a secret.
    const std::size_t at = word.substr(0, query).rfind('@');
    const std::size_t colon = word.find(':', scheme + 1);
    if (at != std::string_view::npos && colon < at)
      hide(argv[i] + colon + 1, argv[i] + at);
    for (const std::string_view key : {"?password=", "&password=", "?sslpassword=", "&sslpassword="})
      if (const std::size_t found = word.find(key, query); found != std::string_view::npos) {
        const std::size_t value = found + key.size();
        hide(argv[i] + value, argv[i] + std::min(word.find('&', value), word.size()));
      }
  }
}

}  // namespace detail

/// Runs the command line.
///
/// Results go to standard output, everything else to standard error; with `--json` there is one document on standard
/// output, errors included. Throws nothing. Signals are handled only while an operation runs.
///
/// \code
///   int main(int argc, char** argv) { return instar::cli::run(argc, argv, {.schema = instar::view_of<app::schema>}); }
/// \endcode
///
/// \param argv as `main` got it: a password in a URL is overwritten with x, for a process's arguments are no secret
/// \return the exit code of the process: see `exit_code`.
[[nodiscard]] inline int run(int argc, char** argv, const options& program = {}) noexcept {
  try {
    const std::string name = detail::program_name(program, argc, argv);
    std::vector<std::string> words;
    for (int i = 1; i < argc; ++i)
      words.emplace_back(argv[i]);
    detail::hide_passwords(argc, argv);
    const parsed_command_line parsed = parse_command_line(name, words);
    const arguments& given = parsed.given;
    terminal screen{{.color = given.color,
                     .talk = given.quiet     ? verbosity::quiet
                             : given.verbose ? verbosity::verbose
                                             : verbosity::normal,
                     .json = given.json && parsed.text.empty()}};
    exit_code code = exit_code::ok;
    if (parsed.version) {
      detail::show_version(screen, name);
    } else if (!parsed.text.empty()) {
      screen.raw_result(parsed.text);
    } else {
      session s{program, parsed, screen, name};
      if (parsed.mistake) {
        s.fail(*parsed.mistake);
        code = exit_code::usage;
      } else {
        code = detail::run_and_explain(s);
      }
      if (screen.json())
        detail::write_document(s, code);
    }
    if (!screen.delivered()) {
      screen.complain(render(detail::make_diagnostic(cli_code::unwritable,
                                                     "The result could not be written to standard "
                                                     "output.",
                                                     "Check what it is redirected to."),
                             screen.on_error()));
      return static_cast<int>(code == exit_code::ok ? exit_code::failure : code);
    }
    return static_cast<int>(code);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
  } catch (...) {
    std::fputs("error: something that is no exception was thrown\n", stderr);
  }
  return static_cast<int>(exit_code::failure);
}

}  // namespace instar::cli
