#pragma once

#include <instar/cli/arguments.hpp>
#include <instar/cli/diagnostic.hpp>
#include <instar/cli/exit_code.hpp>
#include <instar/cli/json.hpp>
#include <instar/cli/options.hpp>
#include <instar/cli/terminal.hpp>
#include <instar/database/environment.hpp>
#include <instar/database/interruption.hpp>
#include <instar/database/open.hpp>
#include <instar/database/waiting.hpp>
#include <instar/migrate/file.hpp>
#include <instar/migrate/migrator.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// \file What every command works with.

namespace instar::cli {

/// Whether a command can do without a database.
enum class database_need : unsigned char { none, optional, required };

/// One run of the program: what was asked, where the answers go, and the migrator that does the work.
class session {
 public:
  session(const options& brought, const parsed_command_line& parsed, terminal& on, std::string called)
      : program(brought), given(parsed.given), screen(on), program_name(std::move(called)) {
    if (screen.json()) {
      json.begin_object();
      json.optional_member("command", parsed.command_name);
    }
  }

  const options& program;
  const arguments& given;
  terminal& screen;
  const std::string program_name;

  json_writer json;                        ///< the document of `--json`; open while the command runs
  std::vector<diagnostic> errors;          ///< for the document
  std::vector<diagnostic> warnings;        ///< for the document
  std::vector<applied_migration> applied;  ///< what was applied so far, also when something fails later
  bool interrupted = false;                ///< a signal stopped the operation
  bool result_written = false;             ///< the document has its "result"

  /// The migrations folder, as short as it can be written; empty: the program carries the history.
  [[nodiscard]] std::filesystem::path migrations_folder() const {
    if (!given.migrations.empty())
      return given.migrations;
    return program.embedded ? std::filesystem::path{} : shortest(program.migrations);
  }

  /// Finds the database and makes the migrator; opens nothing.
  [[nodiscard]] std::unique_ptr<migrator> make_migrator(database_need need, bool with_seed = false) {
    migrator_options chosen = base_options();
    if (with_seed)
      choose_seed(chosen);
    if (need != database_need::none)
      locate_database(need);
    if (given.dialect)
      chosen.dialect = given.dialect;
    if (!located_)
      return std::make_unique<migrator>(std::move(chosen));
    if (need == database_need::required)
      screen.note("Database: " + database_name() + ", from " + located_->source);
    return std::make_unique<migrator>(located_->url, std::move(chosen));
  }

  /// Finds the database, and says of which kind it is; opens nothing.
  [[nodiscard]] instar::dialect database_dialect() {
    locate_database(database_need::required);
    return located_->url.dialect();
  }

  /// Finds the database and opens it, for what needs no migrator.
  [[nodiscard]] std::unique_ptr<database> open_database() {
    locate_database(database_need::required);
    screen.note("Database: " + database_name() + ", from " + located_->source);
    return wait_for_server({.limit = given.wait.value_or(std::chrono::milliseconds{0}),
                            .on_wait = [this](const database_error& error) { note(waiting_line(error.message())); }},
                           [this] { return instar::open_database(located_->url, {.application_name = program_name}); });
  }

  /// The database as people know it: "PostgreSQL localhost/app", "SQLite dev.db". Only with a database.
  [[nodiscard]] std::string database_name() const {
    if (!located_)
      return {};
    return (located_->url.dialect() == instar::postgres ? "PostgreSQL " : "SQLite ") +
           printable(located_->url.redacted());
  }

  /// Whether there is anything to seed with.
  [[nodiscard]] bool has_seed() const {
    return program.seed || !given.file.empty() || !program.seed_script.empty() || !default_seed_script().empty();
  }

  /// Runs an operation that Ctrl-C and SIGTERM stop. Not while a question is asked: there they end the program.
  /// \param with a `migrator` or a `fleet`
  template <class Interruptible, class Operation>
  auto interruptible(Interruptible& with, Operation operation) {
    const interrupt_on_signal guard{[&with](int) { with.interrupt(); }};
    try {
      return operation();
    } catch (...) {
      interrupted = interrupted || guard.raised() != 0;
      throw;
    }
  }

  /// The same for an operation that begins by looking, and says by an event of its progress that it is about to change
  /// something: until then a signal ends the program at once.
  template <class Operation>
  auto interruptible_once_begun(migrator& with, Operation operation) {
    const last_words said = words_of_an_interruption();
    std::optional<exit_on_signal> looking;
    looking.emplace(said.to_error, said.to_output, static_cast<int>(exit_code::interrupted));
    std::optional<interrupt_on_signal> guard;
    about_to_change_ = [&] {
      if (!looking)
        return;
      looking.reset();
      try {
        guard.emplace([&with](int) { with.interrupt(); });
      } catch (const std::exception&) {
        // No thread to be had: a signal ends the program, and the database rolls back.
      }
    };
    const auto forget = [this](void*) { about_to_change_ = nullptr; };
    const std::unique_ptr<void, decltype(forget)> at_end{this, forget};
    try {
      return operation();
    } catch (...) {
      interrupted = interrupted || (guard && guard->raised() != 0);
      throw;
    }
  }

  /// Runs what only looks: a signal ends the program at once, and it says that nothing was changed.
  template <class Operation>
  auto ended_by_signal(Operation operation) {
    const last_words said = words_of_an_interruption();
    const exit_on_signal looking{said.to_error, said.to_output, static_cast<int>(exit_code::interrupted)};
    return operation();
  }

  /// The document of `--json` as it stands, with these errors and warnings at its end.
  [[nodiscard]] std::string document(const std::vector<diagnostic>& with_errors,
                                     const std::vector<diagnostic>& with_warnings, exit_code code) const {
    json_writer whole = json;
    const auto list = [&](std::string_view name, const std::vector<diagnostic>& all) {
      whole.key(name).begin_array();
      for (const diagnostic& one : all)
        write_json(whole, one);
      whole.end_array();
    };
    list("errors", with_errors);
    list("warnings", with_warnings);
    whole.member("exit_code", static_cast<int>(code)).end_object();
    return whole.text();
  }

  /// Says an error, and keeps it for the document.
  void fail(diagnostic about) {
    clear_passing_line();
    screen.complain(render(about, screen.on_error()));
    errors.push_back(std::move(about));
  }

  /// Says a warning, and keeps it for the document.
  void warn(diagnostic about) {
    clear_passing_line();
    about.warning = true;
    screen.complain(render(about, screen.on_error()));
    warnings.push_back(std::move(about));
  }

  void warn(const std::vector<migration_warning>& all) {
    for (const migration_warning& one : all)
      warn(diagnose(one));
  }

  /// Takes away the line that says what is being done just now.
  void clear_passing_line() {
    if (!passing_)
      return;
    passing_ = false;
    std::fputs("\r\x1B[K", stderr);
  }

  /// "840 us", "12 ms", "3.4 s".
  [[nodiscard]] static std::string duration(std::chrono::microseconds took) {
    const auto count = took.count();
    if (count < 1000)
      return std::to_string(count) + " us";
    if (count < 1000000)
      return std::to_string(count / 1000) + " ms";
    return std::to_string(count / 1000000) + '.' + std::to_string(count / 100000 % 10) + " s";
  }

  /// What a migrator says by the way that is worth a line; nothing of what belongs to each migration.
  [[nodiscard]] static std::optional<std::string> noteworthy(const migration_progress& progress) {
    using event = migration_progress::event;
    const std::string name = printable(progress.migration);
    switch (progress.what) {
    case event::waiting_for_server:
      return waiting_line(progress.detail);
    case event::reconnecting:
      return printable(progress.detail) + " Connecting again" +
             (name.empty() ? "." : ", to ask the ledger what became of " + name + '.');
    case event::creating_database:
      return "Creating the database.";
    case event::waiting_for_lock:
      return "Waiting for another runner" + (progress.detail.empty() ? "." : ": " + printable(progress.detail));
    case event::retrying:
      return "Trying " + name + " again in " + duration(progress.took) + count_of(progress) + ": " +
             printable(progress.detail);
    case event::resuming:
      return "Going on with " + name + " at statement " + std::to_string(progress.index) +
             ", where an earlier try stopped.";
    case event::seeding:
      return "Seeding.";
    default:
      return std::nullopt;
    }
  }

  void note(std::string_view line) {
    clear_passing_line();
    screen.note(line);
  }

  /// What is being done just now: on a terminal a line that the next one replaces, elsewhere a line for those who want
  /// every detail.
  void passing(const std::string& line) {
    if (screen.passing_lines()) {
      clear_passing_line();
      screen.flush();
      std::fputs(screen.on_error()(style::dim, line + " ...").c_str(), stderr);
      passing_ = true;
    } else {
      screen.detail_note(line);
    }
  }

  /// What every migrator of this run is told.
  [[nodiscard]] migrator_options base_options() {
    migrator_options chosen;
    if (given.migrations.empty() && program.embedded)
      chosen.embedded = program.embedded;
    else
      chosen.migrations = migrations_folder();
    chosen.code_migrations = program.code_migrations;
    chosen.models = program.schema;
    chosen.ledger = given.ledger;
    chosen.allow_not_empty = given.allow_not_empty;
    chosen.online = !given.offline;
    chosen.renames = given.renames;
    if (given.lock_timeout)
      chosen.lock_timeout = *given.lock_timeout;
    if (given.wait)
      chosen.wait_for_server = *given.wait;
    chosen.statement_lock_timeout = given.statement_lock_timeout;
    if (given.lock_retries)
      chosen.lock_retries = *given.lock_retries;
    if (!given.shadow_url.empty())
      chosen.shadow = parse_url(given.shadow_url, "--shadow-url");
    else if (given.command == command::migrate_dev || given.command == command::migrate_down ||
             given.command == command::migrate_squash || given.baseline)  // which alone prove anything
      if (const auto shadow = instar::detail::environment_variable("SHADOW_DATABASE_URL"))
        chosen.shadow = parse_url(*shadow, "SHADOW_DATABASE_URL");
    chosen.application_name = program_name;
    chosen.on_progress = [this](const migration_progress& progress) { show(progress); };
    return chosen;
  }

  /// \param source what to call it in an error
  [[nodiscard]] static database_url parse_url(const std::string& text, const std::string& source) {
    try {
      return database_url{text};
    } catch (const database_error& error) {
      diagnostic about = diagnose(error);
      about.message += " (It comes from " + source + ".)";
      throw command_error{source.starts_with("--") ? exit_code::usage : exit_code::failure, std::move(about)};
    }
  }

 private:
  struct last_words {
    std::string to_error;
    std::string to_output;
  };

  [[nodiscard]] last_words words_of_an_interruption() const {
    const diagnostic about = detail::make_diagnostic(migration_code::stopped, "Interrupted.",
                                                     "Run the command again to go on.", "Nothing was changed.");
    if (screen.json())
      return {{}, document({about}, warnings, exit_code::interrupted) + '\n'};
    return {render(about, screen.on_error()) + '\n', {}};
  }

  void locate_database(database_need need) {
    if (located_)
      return;
    if (!given.url.empty()) {
      located_ = located_database_url{parse_url(given.url, "--url"), "--url"};
      return;
    }
    if (!given.env_file.empty()) {
      located_ = from_environment_file();
      return;
    }
    try {
      located_ = find_database_url();
    } catch (const database_error& error) {
      if (need == database_need::required || error.code() != database_code::no_url)
        throw;
    }
  }

  // A file that was named on the command line is what is meant, whatever DATABASE_URL happens to be.
  [[nodiscard]] located_database_url from_environment_file() const {
    const std::string text = instar::detail::read_file(given.env_file);
    std::optional<environment_entry> found;
    for (environment_entry& entry : parse_environment_file(text))
      if (entry.name == "DATABASE_URL" && !entry.value.empty())
        found = std::move(entry);
    if (!found)
      throw command_error{exit_code::failure,
                          detail::make_diagnostic(database_code::no_url, given.env_file + " has no DATABASE_URL.",
                                                  "Add a line such as DATABASE_URL=sqlite:dev.db, or give --url.")};
    std::string source = "DATABASE_URL in " + given.env_file + ':' + std::to_string(found->line);
    return {parse_url(found->value, source), source};
  }

  void choose_seed(migrator_options& chosen) const {
    if (!given.file.empty())
      chosen.seed_script = given.file;
    else if (program.seed)
      chosen.seed = program.seed;
    else
      chosen.seed_script = program.seed_script.empty() ? default_seed_script() : shortest(program.seed_script);
  }

  [[nodiscard]] std::filesystem::path default_seed_script() const {
    const std::filesystem::path folder = migrations_folder();
    std::error_code ignored;
    if (!folder.empty() && std::filesystem::is_regular_file(folder / "seed.sql", ignored))
      return folder / "seed.sql";
    return {};
  }

  // A path that a build system wrote out in full, as somebody in the project's folder would type it.
  [[nodiscard]] static std::filesystem::path shortest(const std::filesystem::path& path) {
    if (!path.is_absolute())
      return path;
    std::error_code failed;
    const std::filesystem::path here = std::filesystem::current_path(failed);
    if (failed)
      return path;
    const std::filesystem::path relative = path.lexically_relative(here);
    return relative.empty() || *relative.begin() == ".." ? path : relative;
  }

  /// " (2 of 3)", or nothing where there is only one.
  [[nodiscard]] static std::string count_of(const migration_progress& progress) {
    return progress.total > 1 ? " (" + std::to_string(progress.index) + " of " + std::to_string(progress.total) + ')'
                              : "";
  }

  void show(const migration_progress& progress) {
    using event = migration_progress::event;
    if (about_to_change_ && progress.what != event::waiting_for_server)
      about_to_change_();
    if (const auto line = noteworthy(progress)) {
      note(*line);
      return;
    }
    const std::string count = count_of(progress);
    const std::string name = printable(progress.migration);
    switch (progress.what) {
    case event::applying:
      passing("Applying " + name + count);
      break;
    case event::running_statement:
      passing("Applying " + name + ", statement" + count);
      break;
    case event::backfilling:
      passing("Applying " + name + ", " + std::to_string(progress.index) +
              (progress.total != 0 ? " of about " + std::to_string(progress.total) : std::string{}) + " rows");
      break;
    case event::applied:
      clear_passing_line();
      screen.result(screen.on_output()(style::green, "Applied") + ' ' + name + "  " + duration(progress.took));
      screen.flush();
      applied.emplace_back();
      applied.back().name = progress.migration;
      applied.back().took = progress.took;
      break;
    case event::recorded:
      clear_passing_line();
      screen.result(screen.on_output()(style::green, "Recorded") + ' ' + name + ", which replaces what is applied");
      screen.flush();
      break;
    case event::taking_back:
      passing("Taking back " + name + count);
      break;
    case event::taken_back:
      clear_passing_line();
      screen.result(screen.on_output()(style::yellow, "Took back") + ' ' + name + "  " + duration(progress.took));
      screen.flush();
      break;
    case event::checking_in_shadow:
      passing("Proving " + (name.empty() ? std::string{"the new migration"} : name) + " in a shadow database" + count);
      break;
    case event::notice:
      note(screen.on_error()(style::dim, "  notice: " + detail::indent_lines(printable(progress.detail), 10)));
      break;
    default:
      break;  // a line of its own, see noteworthy()
    }
  }

  [[nodiscard]] static std::string waiting_line(std::string_view said) {
    return "Waiting for the database: " + printable(said);
  }

  std::optional<located_database_url> located_;
  std::function<void()> about_to_change_;  ///< set while `interruptible_once_begun` has not begun
  bool passing_ = false;
};

}  // namespace instar::cli
