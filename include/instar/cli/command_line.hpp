#pragma once

#include <instar/cli/arguments.hpp>
#include <instar/cli/diagnostic.hpp>
#include <instar/cli/suggestion.hpp>
#include <instar/cli/terminal.hpp>
#include <instar/schema/dialect.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file The command line's grammar: commands, options, help, and what is wrong with what was typed.

namespace instar::cli {

namespace detail {

inline constexpr std::string_view options_group = "Options";
inline constexpr std::string_view common_group = "Options of every command";
// Understood but not shown. Not CLI11's own hidden group: an option in that one has no name in messages.
inline constexpr std::string_view unlisted_group = "Unlisted";

/// The commands, in the order in which help shows them. Groups have no `id`.
struct command_entry {
  std::string_view group;
  std::string_view name;
  cli::command id;
  std::string_view brief;
  std::string_view examples;  ///< a line each; PROGRAM stands for the program's name
};

inline constexpr std::array<command_entry, 15> command_table{{
    {"migrate", "dev", command::migrate_dev, "write the next migration from the models, prove it, apply it",
     "PROGRAM migrate dev --name add_user_email\n"
     "PROGRAM migrate dev --name backfill --create-only   write it, edit it, then run `migrate dev`"},
    {"migrate", "deploy", command::migrate_deploy, "apply what is pending; never asks, never resets",
     "PROGRAM migrate deploy\n"
     "PROGRAM migrate deploy --url postgresql://app@db.example/app --lock-timeout 120\n"
     "PROGRAM migrate deploy --targets databases.txt --canary 1 --keep-going   a URL on each line\n"
     "PROGRAM migrate deploy --schemas 'tenant_%' --jobs 8   each schema with a ledger of its own"},
    {"migrate", "status", command::migrate_status, "say what is applied, pending, failed, edited, missing",
     "PROGRAM migrate status\n"
     "PROGRAM migrate status --json"},
    {"migrate", "resolve", command::migrate_resolve, "tell the ledger what was repaired by hand; runs nothing",
     "PROGRAM migrate resolve --applied 20240117000000_init   a baseline: it is in the database already\n"
     "PROGRAM migrate resolve --rolled-back 20250211085834_update_schema   it failed and was undone"},
    {"migrate", "reset", command::migrate_reset, "drop everything, apply the history again, seed",
     "PROGRAM migrate reset --force"},
    {"migrate", "down", command::migrate_down, "take back the last migrations, in development",
     "PROGRAM migrate down\n"
     "PROGRAM migrate down --steps 2\n"
     "PROGRAM migrate down --remove   to write it anew: change the models, then `migrate dev`\n"
     "PROGRAM migrate down --to 20240117000000_init   what came after it is taken back"},
    {"migrate", "squash", command::migrate_squash, "replace the first migrations by one that makes the same",
     "PROGRAM migrate squash --to 20250211085834_update_schema\n"
     "PROGRAM migrate squash --to 20250211085834_update_schema --name first_year"},
    {"migrate", "diff", command::migrate_diff, "show the way from one schema to another",
     "PROGRAM migrate diff --from migrations --to models --script\n"
     "PROGRAM migrate diff --from empty --to models --script --output schema.sql\n"
     "PROGRAM migrate diff --from migrations --to models --exit-code"},
    {"db", "push", command::db_push, "bring a database to the models without a migration, to try things out",
     "PROGRAM db push --url sqlite:try.db"},
    {"db", "pull", command::db_pull, "write the models of a database that is there already",
     "PROGRAM db pull --output models.hpp\n"
     "PROGRAM db pull --schema public --schema auth --namespace shop -o models.hpp\n"
     "PROGRAM db pull --tables users,orders\n"
     "PROGRAM db pull --baseline -o models.hpp   adopt the database: models, first migration, ledger"},
    {"db", "seed", command::db_seed, "fill the database with the project's seed",
     "PROGRAM db seed\n"
     "PROGRAM db seed --file seed.sql"},
    {"db", "execute", command::db_execute, "run a SQL script outside the history",
     "PROGRAM db execute --file repair.sql\n"
     "echo 'DELETE FROM sessions' | PROGRAM db execute --stdin"},
    {"", "generate", command::generate, "write what follows from the models: schema.sql, diagrams, data dictionary",
     "PROGRAM generate\n"
     "PROGRAM generate --only mermaid --output docs\n"
     "PROGRAM generate --check   in CI: exit 2 when a file is out of date"},
    {"", "validate", command::validate, "check the models and the history; needs no database",
     "PROGRAM validate\n"
     "PROGRAM validate --exit-code   exit 2 when there is a warning"},
    {"", "lint", command::lint, "say what can go wrong with SQL scripts; needs no database",
     "PROGRAM lint migrations\n"
     "PROGRAM lint --dialect sqlite repair.sql\n"
     "PROGRAM lint --sarif > hazards.sarif   for a code host, which shows it beside the lines"},
}};

[[nodiscard]] inline std::string full_name(const command_entry& entry) {
  return entry.group.empty() ? std::string{entry.name} : std::string{entry.group} + ' ' + std::string{entry.name};
}

/// What people who come from elsewhere type, and what it is called here.
struct foreign_word {
  std::string_view word;
  std::string_view help;
};

inline constexpr std::array<foreign_word, 9> foreign_options{{
    {"--schema",
     "The models are compiled into this program, so no file is named; a PostgreSQL schema other than public "
     "stands in the URL (?schema=NAME)."},
    {"--config", "There is no configuration file: --url, --migrations and --env-file say where things are."},
    {"--from-schema", "The schema is that of the compiled models: write --from models."},
    {"--from-schema-datamodel", "The schema is that of the compiled models: write --from models."},
    {"--from-schema-datasource", "Write --from database, or --from database:URL."},
    {"--to-schema", "The schema is that of the compiled models: write --to models."},
    {"--to-schema-datamodel", "The schema is that of the compiled models: write --to models."},
    {"--to-schema-datasource", "Write --to database, or --to database:URL."},
    {"--force-reset", "Run `migrate reset` where there are migrations; otherwise drop the database, then `db push`."},
}};

inline constexpr std::array<foreign_word, 6> foreign_commands{{
    {"init", "There is nothing to initialise: `migrate dev --name init` writes the first migration."},
    {"format", "The models are C++: clang-format formats them."},
    {"studio", "`studio` comes with a later version."},
    {"up", "Did you mean `migrate deploy`?"},
    {"downgrade", "Did you mean `migrate down`?"},
    {"rollback", "Did you mean `migrate down`?"},
}};

/// Help in the program's own look: what it is, how to call it, the options, examples.
class help_formatter : public CLI::FormatterBase {
 public:
  explicit help_formatter(std::string program) : program_(std::move(program)) {}

  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    std::string path;
    for (const CLI::App* level = app; level->get_parent() != nullptr; level = level->get_parent())
      path = ' ' + level->get_name() + path;
    const std::string commands = commands_of(path.empty() ? std::string_view{} : std::string_view{path}.substr(1));
    const bool leaf = commands.empty();

    std::string text = program_ + path + ": " + app->get_description() + "\n\n";
    text += "Usage: " + program_ + path + (leaf ? "" : " COMMAND") + " [options]" + positionals(*app) + '\n';
    if (!leaf)
      text += "\nCommands:\n" + commands;
    const CLI::App* root = app;
    while (root->get_parent() != nullptr)
      root = root->get_parent();
    if (leaf)
      text += options_of(*app, options_group);
    text += options_of(*root, common_group);
    if (!app->get_footer().empty())
      text += "\nExamples:\n" + examples(app->get_footer());
    if (!leaf)
      text += "\n`" + program_ + path + " COMMAND --help` says more about a command.\n";
    return text;
  }

 private:
  static constexpr std::size_t left_column = 30;

  [[nodiscard]] static std::string positionals(const CLI::App& app) {
    std::string text;
    for (const CLI::Option* option : app.get_options([](const CLI::Option* o) { return o->get_positional(); }))
      text += " [" + option->get_name(true) + "...]";
    return text;
  }

  static void put_row(std::string& text, std::string_view left, std::string_view right) {
    text += "  ";
    text += left;
    const std::size_t used = left.size() + 2;
    text.append(used < left_column ? left_column - used : 2, ' ');
    text += right;
    text += '\n';
  }

  [[nodiscard]] static std::string commands_of(std::string_view group) {
    std::string text;
    for (const command_entry& entry : command_table)
      if (group.empty() || entry.group == group)
        put_row(text, group.empty() ? full_name(entry) : std::string{entry.name}, entry.brief);
    return text;
  }

  [[nodiscard]] static std::string options_of(const CLI::App& app, std::string_view group) {
    std::string rows;
    for (const CLI::Option* option : app.get_options([&](const CLI::Option* o) { return o->get_group() == group; })) {
      std::string left;
      for (const std::string& name : option->get_snames())
        left += (left.empty() ? "-" : ", -") + name;
      left.insert(0, left.empty() ? "    " : "");
      // Behind the first stand the names that people know from elsewhere.
      if (!option->get_lnames().empty())
        left += (left == "    " ? "--" : ", --") + option->get_lnames().front();
      if (option->get_expected_max() != 0 && option->get_type_size_max() != 0)
        left += ' ' + option->get_type_name();
      put_row(rows, left, option->get_description());
    }
    return rows.empty() ? rows : "\n" + std::string{group} + ":\n" + rows;
  }

  [[nodiscard]] std::string examples(std::string_view lines) const {
    constexpr std::string_view placeholder = "PROGRAM";
    std::string text = "  ";
    for (std::size_t i = 0; i < lines.size();) {
      if (lines.substr(i).starts_with(placeholder)) {
        text += program_;
        i += placeholder.size();
        continue;
      }
      text += lines[i];
      text += lines[i] == '\n' ? "  " : "";
      ++i;
    }
    return text + '\n';
  }

  std::string program_;
};

/// The tree of commands and their options, bound to an `arguments`.
class command_line {
 public:
  /// \param words what is going to be parsed: a command that is not among them is not described, for describing all
  ///        would be most of what a run without work does
  command_line(std::string program, const std::vector<std::string>& words)
      : program_(program), root_("the schema of a database, from C++ models", std::move(program)) {
    root_.formatter(std::make_shared<help_formatter>(program_));
    root_.allow_extras();
    root_.require_subcommand(0, 1);
    root_.set_help_flag("-h,--help", "show this text")->group(std::string{common_group});
    describe_common_options();
    CLI::App* migrate = describe_group("migrate", "write migrations, apply them, look after them");
    CLI::App* db = describe_group("db", "the database without its migrations");
    for (const command_entry& entry : command_table) {
      if (std::find(words.begin(), words.end(), entry.name) == words.end())
        continue;
      CLI::App* parent = entry.group == "migrate" ? migrate : entry.group == "db" ? db : &root_;
      CLI::App* leaf = parent->add_subcommand(std::string{entry.name}, std::string{entry.brief});
      leaf->fallthrough();
      leaf->allow_extras();
      leaf->footer(std::string{entry.examples});
      leaf->get_help_ptr()->group(std::string{unlisted_group});
      leaf->final_callback([this, id = entry.id] { given_.command = id; });
      describe_options(*leaf, entry.id);
    }
  }

  /// Reads the words behind the program's name.
  [[nodiscard]] parsed_command_line parse(std::vector<std::string> words) {
    parsed_command_line parsed;
    if (!words.empty() && words.front() == "help") {
      words.erase(words.begin());
      words.emplace_back("--help");
    }
    // Wanted even where the rest cannot be understood.
    for (const std::string& word : words)
      given_.json = given_.json || word == "--json";
    try {
      std::vector<std::string> backwards(words.rbegin(), words.rend());
      root_.parse(std::move(backwards));
      check_leftovers();
      parsed.version = wants_version_;
      finish();
    } catch (const CLI::CallForHelp&) {
      parsed.text = help_of_the_innermost();
    } catch (const CLI::ParseError& error) {
      parsed.mistake = usage_error(cli_code::bad_value, sentence_of(error), see_help()).about();
    } catch (const command_error& error) {
      parsed.mistake = error.about();
    }
    if (!parsed.mistake && !parsed.version && given_.command == command::none && parsed.text.empty()) {
      if (words.empty())
        parsed.text = root_.help();
      else
        parsed.mistake = missing_command().about();
    }
    parsed.command_name = innermost_name();
    parsed.given = given_;
    return parsed;
  }

 private:
  CLI::App* describe_group(const char* name, const char* brief) {
    CLI::App* group = root_.add_subcommand(name, brief);
    group->fallthrough();
    group->allow_extras();
    group->require_subcommand(0, 1);
    group->get_help_ptr()->group(std::string{unlisted_group});
    return group;
  }

  // "--name" of "-n,--name".
  static std::string long_name(std::string_view names) {
    names.remove_prefix(std::min(names.find("--"), names.size()));
    return std::string{names.substr(0, names.find(','))};
  }

  // CLI11 takes the next word whatever it is, so a forgotten value would swallow an option.
  static void check_value(std::string_view names, std::string_view what, const std::string& word) {
    if (word.size() > 1 && word.front() == '-')
      throw usage_error(cli_code::missing_value,
                        '`' + long_name(names) + "` wants a value (" + std::string{what} + "), but `" + word +
                            "` follows it.",
                        "Put the value behind the option.");
  }

  static CLI::Option* flag(CLI::App& app, const char* names, bool& into, const char* text) {
    return app.add_flag(names, into, text)->group(std::string{options_group});
  }

  static CLI::Option* value(CLI::App& app, const char* names, const char* what, const char* text,
                            std::function<void(const std::string&)> take) {
    CLI::Option* option = app.add_option_function<std::string>(
        names,
        [take = std::move(take), names, what](const std::string& word) {
          check_value(names, what, word);
          take(word);
        },
        text);
    return option->type_name(what)->group(std::string{options_group});
  }

  static CLI::Option* value(CLI::App& app, const char* names, std::string& into, const char* what, const char* text) {
    return value(app, names, what, text, [&into](const std::string& word) { into = word; });
  }

  static CLI::Option* values(CLI::App& app, const char* names, std::vector<std::string>& into, const char* what,
                             const char* text) {
    CLI::Option* option = app.add_option_function<std::vector<std::string>>(
        names,
        [&into, names, what](const std::vector<std::string>& words) {
          for (const std::string& word : words)
            check_value(names, what, word);
          into = words;
        },
        text);
    return option->type_name(what)->group(std::string{options_group})->allow_extra_args(false);
  }

  void describe_common_options() {
    arguments& g = given_;
    const std::string common{common_group};
    value(root_, "--url", g.url, "URL", "postgresql://USER@HOST/NAME or sqlite:FILE; else DATABASE_URL, then .env")
        ->group(common);
    value(root_, "--env-file", g.env_file, "FILE", "read DATABASE_URL from this file, whatever the environment says")
        ->group(common);
    value(root_, "--migrations", g.migrations, "DIR", "the folder of the migrations")->group(common);
    value(root_, "--shadow-url,--shadow-database-url", g.shadow_url, "URL",
          "an empty database to prove scripts in; else SHADOW_DATABASE_URL, or a scratch one")
        ->group(common);
    value(root_, "--ledger", g.ledger, "TABLE",
          "where applied migrations are listed; else found, or _instar_migrations")
        ->group(common);
    value(root_, "--lock-timeout", "SECONDS", "how long to wait for another runner (60)",
          [&g](const std::string& word) { g.lock_timeout = parse_seconds("--lock-timeout", word, no_wait); })
        ->group(common);
    value(root_, "--wait", "[SECONDS]", "wait for a PostgreSQL server that is still starting (60 without a number)",
          [&g](const std::string& word) { g.wait = parse_seconds("--wait", word, no_wait); })
        ->group(common)
        ->expected(0, 1)
        ->default_str("60");
    flag(root_, "-y,--yes", g.yes, "answer harmless questions with yes")->group(common);
    flag(root_, "--json", g.json, "one JSON document on standard output, errors included")->group(common);
    value(root_, "--color", "WHEN", "auto, always or never", [&g](const std::string& word) {
      g.color = parse_color(word);
    })->group(common);
    flag(root_, "-q,--quiet", g.quiet, "only results, warnings and errors")->group(common);
    flag(root_, "-v,--verbose", g.verbose, "more about what goes on")->group(common);
    root_.add_flag("-V,--version", wants_version_, "show the version")->group(common);
  }

  void describe_options(CLI::App& app, cli::command id) {
    arguments& g = given_;
    switch (id) {
    case command::migrate_dev:
      value(app, "-n,--name", g.name, "NAME", "what to call the migration");
      flag(app, "--create-only", g.create_only, "write the migration, do not apply it; those before it are applied");
      flag(app, "--accept-data-loss", g.accept_data_loss, "write a migration that destroys data without asking");
      values(app, "--rename", g.renames, "OLD=NEW", "table.old=new, old_table=new or enum.old=new (may be repeated)");
      flag(app, "--adopt-drift", g.adopt_drift, "write what was changed by hand as a migration; the models say it too");
      flag(app, "--revert-drift", g.revert_drift, "undo in the database what was changed by hand");
      flag(app, "--offline", g.offline, "PostgreSQL: the short form of the script, which locks tables while it runs");
      flag(app, "--skip-shadow", g.skip_shadow, "write and apply without the proof in a shadow database");
      flag(app, "--skip-seed", g.skip_seed, "do not seed a database that was made just now");
      lock_options(app);
      hidden_flag(app, "--skip-generate");
      break;
    case command::migrate_deploy:
      value(app, "--up-to", g.up_to, "NAME", "stop after this migration");
      flag(app, "--allow-not-empty", g.allow_not_empty, "apply to a database that has tables but no ledger");
      lock_options(app);
      fleet_options(app);
      break;
    case command::migrate_status:
      flag(app, "--drift", g.drift, "also compare the database with what its migrations make");
      flag(app, "--exit-code", g.exit_code, "exit 2 when migrations are pending and nothing else is wrong");
      break;
    case command::migrate_resolve:
      values(app, "--applied", g.applied, "NAME", "it is applied, though it was not run (may be repeated)");
      values(app, "--rolled-back", g.rolled_back, "NAME", "it failed and was undone; deploy runs it again");
      values(app, "--repair", g.repaired, "NAME", "its file was changed in comments or blanks alone, which is checked");
      values(app, "--edited", g.edited, "NAME", "its file was changed on purpose; the ledger takes the new checksum");
      values(app, "--missing", g.missing, "NAME", "it is gone from the folder on purpose; the ledger forgets it");
      break;
    case command::migrate_reset:
      flag(app, "-f,--force", g.force, "drop all data without asking");
      flag(app, "--accept-data-loss", g.accept_data_loss, "the same");
      flag(app, "--skip-seed", g.skip_seed, "do not seed afterwards");
      lock_options(app);
      hidden_flag(app, "--skip-generate");
      break;
    case command::migrate_down:
      value(app, "--to", g.to, "NAME", "the last migration that stays applied");
      value(app, "--steps", "N", "how many migrations to take back (1)", [&g](const std::string& word) {
        g.steps = parse_count("--steps", word, {1, std::numeric_limits<std::size_t>::max()}, "no number of migrations",
                              "Give a number such as 2.");
      });
      flag(app, "--accept-data-loss", g.accept_data_loss, "go on though data is destroyed");
      flag(app, "--remove", g.remove, "give them up: their folders go, and snapshot.hpp goes back");
      flag(app, "--skip-shadow", g.skip_shadow, "without the proof in a shadow database that it leads back");
      lock_options(app);
      break;
    case command::migrate_squash:
      value(app, "--to", g.to, "NAME", "the last migration that is replaced");
      value(app, "-n,--name", g.name, "NAME", "what to call the new one (squashed)");
      break;
    case command::migrate_diff:
      value(app, "--from", g.from, "SOURCE", "empty, models, migrations[:DIR], database[:URL] or sql:FILE");
      value(app, "--to", g.to, "SOURCE", "the same");
      values(app, "--rename", g.renames, "OLD=NEW", "table.old=new, old_table=new or enum.old=new (may be repeated)");
      flag(app, "--script", g.script, "print SQL instead of a summary");
      flag(app, "--offline", g.offline, "PostgreSQL: the short form of the SQL, which locks tables while it runs");
      value(app, "-o,--output", g.output, "FILE", "write to a file instead of standard output");
      flag(app, "--exit-code", g.exit_code, "exit 2 when the two differ");
      sarif_option(app);
      dialect_option(app);
      describe_habits(app);
      break;
    case command::db_push:
      flag(app, "--accept-data-loss", g.accept_data_loss, "go on though data is destroyed");
      hidden_flag(app, "--skip-generate");
      break;
    case command::db_pull:
      value(app, "-o,--output", g.output, "FILE", "the header to write, whose names are kept; else standard output");
      values(app, "--schema", g.schemas, "NAME", "a PostgreSQL schema to read (may be repeated); else all");
      value(app, "--tables", g.tables, "NAMES", "only these tables, with commas between");
      value(app, "--namespace", g.name_space, "NAME", "the namespace of the models; else the file's, or app");
      flag(app, "--baseline", g.baseline, "also write what is there as the first migration, and record it as applied");
      break;
    case command::db_seed:
      value(app, "--file", g.file, "FILE", "a SQL script to seed with");
      break;
    case command::db_execute:
      value(app, "--file", g.file, "FILE", "the SQL script");
      flag(app, "--stdin", g.use_stdin, "read the script from standard input");
      break;
    case command::generate:
      values(app, "--only", g.what, "KIND", "sql, mermaid, dot, svg, markdown or snapshot (may be repeated)");
      value(app, "-o,--output", g.output, "DIR", "where to write (schema); snapshot.hpp stays with the migrations");
      flag(app, "--check", g.check, "write nothing; exit 2 when a file is out of date");
      flag(app, "--schema-from-models", g.schema_from_models,
           "snapshot: take the models, the history leads to them (after a merge)");
      dialect_option(app);
      break;
    case command::validate:
      flag(app, "--exit-code", g.exit_code, "exit 2 when there is a warning");
      break;
    case command::lint:
      app.add_option("PATH", g.paths)->group(std::string{unlisted_group});
      flag(app, "--exit-code", g.exit_code, "exit 2 when there is a hazard");
      sarif_option(app);
      dialect_option(app);
      break;
    case command::none:
      break;
    }
  }

  void lock_options(CLI::App& app) {
    value(app, "--statement-lock-timeout", "SECONDS", "PostgreSQL: how long a migration waits for a table's lock (5)",
          [this](const std::string& word) {
            given_.statement_lock_timeout =
                parse_seconds("--statement-lock-timeout", word, "waits as long as it takes");
          });
    value(app, "--lock-retries", "N", "PostgreSQL: how often it begins anew when it did not get one (10)",
          [this](const std::string& word) {
            given_.lock_retries = parse_count("--lock-retries", word, {0, 1'000'000}, "no number of times",
                                              "Give a number such as 10; 0 never tries again.");
          });
  }

  void fleet_options(CLI::App& app) {
    value(app, "--targets", given_.targets, "FILE",
          "deploy to each database of a list, a URL on each line; - is standard input");
    value(app, "--schemas", "PATTERN", "PostgreSQL: deploy to each schema of the database that is LIKE this",
          [this](const std::string& word) {
            if (word.empty())
              throw usage_error(cli_code::bad_value, "`--schemas` wants a pattern, and it is empty.",
                                "Give one such as 'tenant_%'.");
            given_.tenants = word;
          });
    value(app, "--jobs", "N", "of these, how many at a time (4)", [this](const std::string& word) {
      given_.jobs = parse_count("--jobs", word, {1, 1000}, "no number of targets at a time",
                                "Give a number from 1 to 1000, such as 8.");
    });
    value(app, "--canary", "N", "so many come first, and the others if all of them end well",
          [this](const std::string& word) {
            given_.canary = parse_count("--canary", word, {0, std::numeric_limits<std::size_t>::max()},
                                        "no number of targets", "Give a number such as 1.");
          });
    flag(app, "--keep-going", given_.keep_going, "go on with the others when one fails");
  }

  void sarif_option(CLI::App& app) {
    flag(app, "--sarif", given_.sarif, "print the hazards alone, as a SARIF 2.1.0 log");
  }

  void dialect_option(CLI::App& app) {
    value(app, "--dialect", "NAME", "postgresql or sqlite, where no database says it",
          [this](const std::string& word) { given_.dialect = parse_dialect(word); });
  }

  void hidden_flag(CLI::App& app, const char* name) {
    app.add_flag(name, ignored_)->group(std::string{unlisted_group});
  }

  // Prisma's spelling of the sides of a diff, where it means the same.
  void describe_habits(CLI::App& app) {
    const auto side = [&](const char* name, std::string& into, std::string_view prefix) {
      value(app, name, "VALUE", "", [&into, prefix](const std::string& word) {
        into = std::string{prefix} + word;
      })->group(std::string{unlisted_group});
    };
    const auto fixed = [&](const char* name, std::string& into, const char* source) {
      app.add_flag_callback(name, [&into, source] { into = source; })->group(std::string{unlisted_group});
    };
    fixed("--from-empty", given_.from, "empty");
    fixed("--to-empty", given_.to, "empty");
    fixed("--from-config-datasource", given_.from, "database");
    fixed("--to-config-datasource", given_.to, "database");
    side("--from-migrations", given_.from, "migrations:");
    side("--to-migrations", given_.to, "migrations:");
    side("--from-url", given_.from, "database:");
    side("--to-url", given_.to, "database:");
  }

  static constexpr std::string_view no_wait = "does not wait at all";

  /// \param zero what 0 seconds do
  [[nodiscard]] static std::chrono::milliseconds parse_seconds(std::string_view option, const std::string& word,
                                                               std::string_view zero) {
    double seconds = -1;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), seconds);
    if (error != std::errc{} || end != word.data() + word.size() || !(seconds >= 0) || seconds > 1e6)
      throw usage_error(cli_code::bad_value, '`' + std::string{option} + ' ' + word + "` is no number of seconds.",
                        "Give a number such as 30; 0 " + std::string{zero} + '.');
    return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
  }

  struct count_bounds {
    std::size_t least;
    std::size_t most;
  };

  [[nodiscard]] static std::size_t parse_count(std::string_view option, const std::string& word, count_bounds bounds,
                                               std::string_view otherwise, std::string remedy) {
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);
    if (error != std::errc{} || end != word.data() + word.size() || count < bounds.least || count > bounds.most)
      throw usage_error(cli_code::bad_value,
                        '`' + std::string{option} + ' ' + word + "` is " + std::string{otherwise} + '.',
                        std::move(remedy));
    return count;
  }

  [[nodiscard]] static color_choice parse_color(const std::string& word) {
    if (word == "auto")
      return color_choice::automatic;
    if (word == "always" || word == "never")
      return word == "always" ? color_choice::always : color_choice::never;
    throw usage_error(cli_code::bad_value, "`--color " + word + "` is not understood.",
                      "Choose auto, always or never.");
  }

  [[nodiscard]] static instar::dialect parse_dialect(const std::string& word) {
    if (word == "postgresql" || word == "postgres")
      return instar::postgres;
    if (word == "sqlite")
      return instar::sqlite;
    throw usage_error(cli_code::bad_value, "`--dialect " + word + "` is not known.", "Choose postgresql or sqlite.");
  }

  [[nodiscard]] const CLI::App* innermost() const {
    const CLI::App* app = &root_;
    while (!app->get_subcommands().empty())
      app = app->get_subcommands().back();
    return app;
  }

  [[nodiscard]] std::string innermost_name() const {
    std::string name;
    for (const CLI::App* app = innermost(); app->get_parent() != nullptr; app = app->get_parent())
      name = app->get_name() + (name.empty() ? "" : " ") + name;
    return name;
  }

  [[nodiscard]] std::string help_of_the_innermost() const { return innermost()->help(); }

  [[nodiscard]] std::string see_help() const {
    const std::string name = innermost_name();
    return "`" + program_ + (name.empty() ? "" : " ") + name + " --help` shows what it takes.";
  }

  [[nodiscard]] command_error missing_command() const {
    const std::string group = innermost_name();
    if (group.empty())
      return usage_error(cli_code::missing_value, "No command was given.", see_help());
    std::string list;
    for (const command_entry& entry : command_table)
      if (entry.group == group)
        list += (list.empty() ? "" : ", ") + std::string{entry.name};
    return usage_error(cli_code::missing_value, "`" + group + "` wants one of its commands: " + list + ".", see_help());
  }

  // CLI11's own words are "--name: 1 required NAME missing" and "--url: At Most 1 required but received 2".
  [[nodiscard]] static std::string sentence_of(const CLI::ParseError& error) {
    std::string text = error.what();
    const std::size_t colon = text.find(':');
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr && colon != std::string::npos)
      return '`' + text.substr(0, colon) +
             (text.find("At Most") != std::string::npos ? "` is given more than once." : "` wants a value.");
    if (!text.empty() && text.back() != '.')
      text += '.';
    return text;
  }

  void check_leftovers() {
    const std::vector<std::string> rest = root_.remaining(true);
    for (const std::string& word : rest)
      if (word.size() > 1 && word.front() == '-')
        throw unknown_option(word);
    if (rest.empty())
      return;
    const std::string name = innermost_name();
    if (given_.command != command::none)
      throw usage_error(cli_code::unknown_option, "`" + name + "` takes no argument `" + rest.front() + "`.",
                        see_help());
    throw unknown_command(rest.front(), name);
  }

  [[nodiscard]] command_error unknown_option(const std::string& word) const {
    const std::string name = word.substr(0, word.find('='));
    const std::string of = innermost_name();
    const std::string message =
        (of.empty() ? std::string{"There is"} : "`" + of + "` has") + " no option `" + name + "`.";
    for (const foreign_word& known : foreign_options)
      if (name == known.word)
        return usage_error(cli_code::unknown_option, message, std::string{known.help});
    std::vector<std::string> names;
    for (const CLI::App* app = innermost(); app != nullptr; app = app->get_parent())
      for (const CLI::Option* option :
           app->get_options([](const CLI::Option* o) { return o->get_group() != unlisted_group; }))
        for (const std::string& long_name : option->get_lnames())
          names.push_back("--" + long_name);
    const std::string meant = nearest_word(name, names);
    return usage_error(cli_code::unknown_option, message, meant.empty() ? see_help() : "Did you mean `" + meant + "`?");
  }

  [[nodiscard]] command_error unknown_command(const std::string& word, const std::string& group) const {
    const std::string typed = group.empty() ? word : group + ' ' + word;
    const std::string message = "There is no command `" + typed + "`.";
    for (const foreign_word& known : foreign_commands)
      if (word == known.word)
        return usage_error(known.word == "studio" ? cli_code::not_yet : cli_code::unknown_command, message,
                           std::string{known.help});
    std::vector<std::string> names;
    std::vector<std::string> endings;
    for (const command_entry& entry : command_table) {
      names.push_back(full_name(entry));
      endings.emplace_back(entry.name);
    }
    // The group left out, or another one's: `deploy`, `db deploy`.
    std::string meant = nearest_word(word, endings);
    if (const auto found = std::find(endings.begin(), endings.end(), meant); found != endings.end())
      meant = names[static_cast<std::size_t>(found - endings.begin())];
    if (meant.empty())
      meant = nearest_word(typed, names);
    if (meant.empty() && group.empty())
      meant = nearest_word(word, std::array{std::string{"migrate"}, std::string{"db"}});
    return usage_error(cli_code::unknown_command, message,
                       meant.empty() ? see_help() : "Did you mean `" + program_ + ' ' + meant + "`?");
  }

  // What goes with one database, with a list of them, and with the schemas of one.
  void check_fleet() const {
    const auto refuse = [](std::string_view one, std::string_view other, std::string why, std::string remedy) {
      throw usage_error(cli_code::contradiction,
                        std::string{one} + " and " + std::string{other} + " contradict each other: " + std::move(why),
                        std::move(remedy));
    };
    if (given_.targets.empty() && given_.tenants.empty()) {
      for (const auto& [option, there] :
           {std::pair{"--jobs", given_.jobs.has_value()}, std::pair{"--canary", given_.canary.has_value()},
            std::pair{"--keep-going", given_.keep_going}})
        if (there)
          throw usage_error(cli_code::missing_value,
                            '`' + std::string{option} + "` is about several databases, and one is deployed to.",
                            "Give --targets FILE or --schemas PATTERN, or leave it out.");
      return;
    }
    if (!given_.targets.empty() && !given_.tenants.empty())
      refuse("--targets", "--schemas", "a list has databases, a pattern the schemas of one.", "Give one of them.");
    if (!given_.targets.empty() && (!given_.url.empty() || !given_.env_file.empty()))
      refuse("--targets", given_.url.empty() ? "--env-file" : "--url", "the list says which databases.",
             "Leave one of them out.");
    if (!given_.tenants.empty() && given_.ledger.find('.') != std::string::npos)
      refuse("--schemas", "--ledger with a schema", "each schema has a ledger of its own.",
             "Give the table's name alone.");
  }

  // What CLI11 cannot say: which options want each other.
  void finish() {
    if (given_.quiet && given_.verbose)
      throw usage_error(cli_code::contradiction, "--quiet and --verbose contradict each other.", "Give one of them.");
    if (given_.sarif && (given_.json || given_.script))
      throw usage_error(cli_code::contradiction,
                        std::string{"--sarif and "} + (given_.json ? "--json" : "--script") + " contradict each other.",
                        "Give one of them.");
    switch (given_.command) {
    case command::migrate_dev:
      if (given_.adopt_drift && given_.revert_drift)
        throw usage_error(cli_code::contradiction, "--adopt-drift and --revert-drift contradict each other.",
                          "Give one of them.");
      if (given_.skip_shadow && (given_.adopt_drift || given_.revert_drift))
        throw usage_error(cli_code::contradiction, "Without a shadow database nobody knows what was changed by hand.",
                          "Leave --skip-shadow out.");
      break;
    case command::migrate_deploy:
      check_fleet();
      break;
    case command::migrate_resolve:
      if (given_.applied.empty() && given_.rolled_back.empty() && given_.repaired.empty() && given_.edited.empty() &&
          given_.missing.empty())
        throw usage_error(cli_code::missing_value, "`migrate resolve` wants to know what is resolved, and how.",
                          "Give --applied NAME, --rolled-back NAME, --repair NAME, --edited NAME or --missing NAME.");
      break;
    case command::migrate_down:
      if (given_.steps && !given_.to.empty())
        throw usage_error(cli_code::contradiction, "--steps and --to contradict each other.", "Give one of them.");
      break;
    case command::migrate_squash:
      if (given_.to.empty())
        throw usage_error(cli_code::missing_value, "`migrate squash` wants the last migration that is replaced.",
                          "Give --to NAME.");
      break;
    case command::migrate_diff:
      if (given_.from.empty() || given_.to.empty())
        throw usage_error(cli_code::missing_value,
                          std::string{"`migrate diff` wants two sides, "} +
                              (given_.from.empty() && given_.to.empty() ? "--from and --to are"
                               : given_.from.empty()                    ? "--from is"
                                                                        : "--to is") +
                              " missing.",
                          "A side is empty, models, migrations[:DIR], database[:URL] or sql:FILE.");
      break;
    case command::db_pull:
      if (given_.baseline && (!given_.schemas.empty() || !given_.tables.empty()))
        throw usage_error(cli_code::contradiction,
                          std::string{"--baseline and "} + (given_.tables.empty() ? "--schema" : "--tables") +
                              " contradict each other: a baseline is the whole database.",
                          "Leave one of them out.");
      if (given_.baseline && given_.output.empty())
        throw usage_error(cli_code::missing_value, "`db pull --baseline` wants a file for the models.",
                          "Give -o FILE; the first migration goes into the folder of the migrations.");
      break;
    case command::db_execute:
      if (given_.file.empty() && !given_.use_stdin)
        throw usage_error(cli_code::missing_value, "`db execute` wants a script.", "Give --file FILE or --stdin.");
      if (!given_.file.empty() && given_.use_stdin)
        throw usage_error(cli_code::contradiction, "--file and --stdin contradict each other.", "Give one of them.");
      break;
    default:
      break;
    }
  }

  std::string program_;
  arguments given_;
  bool wants_version_ = false;
  bool ignored_ = false;
  CLI::App root_;
};

}  // namespace detail

/// Reads a command line. Throws nothing that a user's typing could cause.
///
/// \param program what help and examples call the program
[[nodiscard]] inline parsed_command_line parse_command_line(std::string program,
                                                            const std::vector<std::string>& words) {
  return detail::command_line{std::move(program), words}.parse(words);
}

}  // namespace instar::cli
