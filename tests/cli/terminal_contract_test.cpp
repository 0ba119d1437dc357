// Streams, colours, questions, exit codes.

#include "cli/program.hpp"

#include <csignal>

using namespace instar_test;

namespace {

void one_migration(const project& p) {
  p.migration("20240101000000_one", "CREATE TABLE one (id INTEGER);\n");
}

}  // namespace

TEST_CASE("results go to standard output, everything else to standard error") {
  const project p;
  one_migration(p);
  const process_result good = p.run_well(without_models, {"migrate", "deploy"});
  CHECK(contains(good.out, "Applied"));
  CHECK_FALSE(contains(good.out, "Database:"));
  CHECK(contains(good.err, "Database: SQLite dev.db, from DATABASE_URL\n"));
  const process_result bad = p.run(without_models, {"migrate", "deploy", "--url", "nonsense"});
  CHECK(bad.out.empty());
  CHECK(contains(bad.err, "error[INS3001]"));
}

TEST_CASE("--quiet leaves results, warnings and errors") {
  const project p;
  one_migration(p);
  const process_result result = p.run_well(without_models, {"migrate", "deploy", "--quiet"});
  CHECK(result.err.empty());
  CHECK(contains(result.out, "1 migration applied"));
  CHECK_FALSE(p.run(without_models, {"migrate", "deploy", "--quiet", "--url", "nonsense"}).err.empty());
}

TEST_CASE("colours: none in a pipe, all with --color always, and NO_COLOR and CLICOLOR_FORCE are obeyed") {
  const project p;
  one_migration(p);
  const auto colored = [&](std::vector<std::string> more, std::map<std::string, std::optional<std::string>> env) {
    process_options chosen = p.options();
    for (const auto& [name, value] : env) {
      chosen.environment[name] = value;
    }
    std::vector<std::string> words{"migrate", "status"};
    words.insert(words.end(), more.begin(), more.end());
    return contains(run_process(project::command(without_models, words), chosen).out, "\x1B[");
  };
  CHECK_FALSE(colored({}, {}));
  CHECK(colored({"--color", "always"}, {}));
  CHECK(colored({"--color", "always"}, {{"NO_COLOR", "1"}}));
  CHECK(colored({}, {{"CLICOLOR_FORCE", "1"}}));
  CHECK_FALSE(colored({}, {{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}));
  CHECK_FALSE(colored({"--color", "never"}, {{"CLICOLOR_FORCE", "1"}}));
}

TEST_CASE("--json is one valid document for every command, errors included") {
  const project p;
  one_migration(p);
  const std::vector<std::vector<std::string>> lines{
      {"migrate", "deploy"},
      {"migrate", "status"},
      {"migrate", "reset"},
      {"migrate", "reset", "--force"},
      {"migrate", "resolve", "--applied", "nope"},
      {"migrate", "dev"},
      {"migrate", "dev", "--create-only"},
      {"migrate", "diff", "--from", "empty", "--to", "models"},
      {"migrate", "diff", "--from", "empty", "--to", "nope"},
      {"migrate", "diff", "--from", "empty", "--to", "database"},
      {"db", "push"},
      {"db", "seed"},
      {"db", "execute", "--stdin"},
      {"db", "execute", "--file", "nope"},
      {"generate"},
      {"validate"},
      {"migrate", "delpoy"},
      {"migrate"},
      {"migrate", "deploy", "--url", "nonsense"},
      {"migrate", "deploy", "--migrations", "nope"},
      {"db", "pull"},
  };
  for (const char* program : {without_models, with_v1}) {
    for (std::vector<std::string> words : lines) {
      std::string line;
      for (const std::string& word : words) {
        line += word + ' ';
      }
      INFO(program << ' ' << line);
      words.emplace_back("--json");
      document_of(p.run(program, words));
    }
  }
}

TEST_CASE("mistakes in the command line end with 64") {
  const project p;
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"frobnicate"},
                                             {"migrate"},
                                             {"migrate", "delpoy"},
                                             {"migrate", "deploy", "--nope"},
                                             {"migrate", "deploy", "--lock-timeout", "x"},
                                             {"migrate", "diff"},
                                             {"db", "pull", "--namespace", "no name"},
                                             {"migrate", "deploy", "--url", "nonsense"}}) {
    const process_result result = p.run(without_models, words);
    INFO(result.err);
    CHECK(result.exit_code == 64);
    CHECK(result.out.empty());
    CHECK(contains(result.err, "error[INS"));
    CHECK(contains(result.err, "help: "));
  }
}

TEST_CASE("help and version go to standard output and end with 0") {
  const project p;
  const process_result help = p.run_well(without_models, {"--help"});
  CHECK(help.err.empty());
  CHECK(contains(help.out, "Usage: instar COMMAND [options]"));
  CHECK(p.run_well(without_models, {}).out == help.out);
  CHECK(contains(p.run_well(with_v1, {"migrate", "dev", "--help"}).out, "Usage: cli_test_migrator_v1 migrate dev"));
  const process_result version = p.run_well(without_models, {"--version"});
  CHECK(contains(version.out, "instar " INSTAR_PROJECT_VERSION "\n"));
  CHECK(contains(version.out, "SQLite"));
  CHECK(contains(version.out, "PostgreSQL"));
  const auto document = parse_document(p.run_well(without_models, {"--version", "--json"}).out);
  CHECK(document.at("version").as_string() == INSTAR_PROJECT_VERSION);
}

TEST_CASE("a result that cannot be delivered is an error") {
  const project p;
  one_migration(p);
  process_options chosen = p.options();
  const process_result result =
      run_process({"/bin/sh", "-c", std::string{"'"} + without_models + "' migrate status > /dev/full"}, chosen);
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS5021]"));
}

TEST_CASE("the URL comes from --url, then --env-file, then DATABASE_URL, then .env, and the place is said") {
  project p{""};
  one_migration(p);
  const process_result none = p.run(without_models, {"migrate", "status"});
  CHECK(none.exit_code == 1);
  CHECK(contains(none.err, "error[INS3003]"));
  CHECK(contains(none.err, "--url"));

  p.write(".env", "# here\nDATABASE_URL=\"file:from_env.db\"\n");
  CHECK(contains(p.run(without_models, {"migrate", "status"}).err,
                 "Database: SQLite from_env.db, from DATABASE_URL in .env:2\n"));
  process_options chosen = p.options();
  chosen.environment["DATABASE_URL"] = "sqlite:from_variable.db";
  const auto said = [&](std::vector<std::string> words) {
    return run_process(project::command(without_models, std::move(words)), chosen).err;
  };
  CHECK(contains(said({"migrate", "status"}), "SQLite from_variable.db, from DATABASE_URL\n"));
  p.write("other.env", "DATABASE_URL=sqlite:other.db\n");
  CHECK(contains(said({"migrate", "status", "--env-file", "other.env"}),
                 "SQLite other.db, from DATABASE_URL in other.env:1\n"));
  CHECK(contains(said({"migrate", "status", "--env-file", "other.env", "--url", "sqlite:given.db"}),
                 "SQLite given.db, from --url\n"));
  CHECK(contains(said({"migrate", "status", "--env-file", "nope.env"}), "error[INS4012]"));
}

TEST_CASE("on a terminal a missing name is asked for, and the suggestion is taken by Enter") {
  const project p;
  process_options chosen = p.options();
  chosen.terminal = true;
  process running{project::command(with_v1, {"migrate", "dev"}), chosen};
  REQUIRE(running.wait_for("Name of the migration [init]:"));
  running.type("\n");
  const process_result result = running.finish();
  INFO(result.out);
  CHECK(result.exit_code == 0);
  REQUIRE(p.migration_names().size() == 1);
  CHECK(p.migration_names().front().substr(14) == "_init");
}

TEST_CASE("on a terminal a harmful step is asked about; no is the answer of Enter, and nothing is changed") {
  const project p;
  p.run_well(with_v2, {"migrate", "dev", "--name", "init"});
  p.write("names.sql", "INSERT INTO users (email, name) VALUES ('n@example.org', 'n');\n");
  p.run_well(without_models, {"db", "execute", "--file", "names.sql"});
  process_options chosen = p.options();
  chosen.terminal = true;
  {
    process running{project::command(with_v3, {"migrate", "dev", "--name", "drop_name"}), chosen};
    REQUIRE(running.wait_for("Go on? [y/N]"));
    running.type("\n");
    const process_result result = running.finish();
    CHECK(result.exit_code == 1);
    CHECK(contains(result.out, "You said no."));
    CHECK(p.migration_names().size() == 1);
  }
  process running{project::command(with_v3, {"migrate", "dev", "--name", "drop_name"}), chosen};
  REQUIRE(running.wait_for("Go on? [y/N]"));
  running.type("yes\n");
  CHECK(running.finish().exit_code == 0);
  CHECK(p.migration_names().size() == 2);
}

TEST_CASE("Ctrl-C at a question ends the program at once, and nothing is changed") {
  const project p;
  one_migration(p);
  p.run_well(without_models, {"migrate", "deploy"});
  process_options chosen = p.options();
  chosen.terminal = true;
  process running{project::command(without_models, {"migrate", "reset"}), chosen};
  REQUIRE(running.wait_for("[y/N]"));
  running.type("\x03");
  const process_result result = running.finish(std::chrono::seconds{10});
  CHECK((result.exit_code == -SIGINT || result.exit_code == 130));  // a shell says 130 of both
  CHECK(p.ask("SELECT count(*) FROM one") == "0");
}
