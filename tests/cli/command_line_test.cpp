#include "support/catch.hpp"

#include <instar/cli/command_line.hpp>

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

using namespace instar::cli;

namespace {

parsed_command_line parse(const std::string& line) {
  std::istringstream stream{line};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return parse_command_line("app", words);
}

// The mistake of a line that has one.
diagnostic mistake(const std::string& line) {
  const parsed_command_line parsed = parse(line);
  INFO("app " << line);
  REQUIRE(parsed.mistake);
  return *parsed.mistake;
}

arguments given(const std::string& line) {
  const parsed_command_line parsed = parse(line);
  INFO("app " << line << (parsed.mistake ? ": " + parsed.mistake->message : ""));
  REQUIRE_FALSE(parsed.mistake);
  REQUIRE(parsed.text.empty());
  return parsed.given;
}

std::string first_help(const diagnostic& about) {
  return about.help.empty() ? "" : about.help.front();
}

}  // namespace

TEST_CASE("each command is understood") {
  CHECK(given("migrate dev").command == command::migrate_dev);
  CHECK(given("migrate deploy").command == command::migrate_deploy);
  CHECK(given("migrate status").command == command::migrate_status);
  CHECK(given("migrate resolve --applied x").command == command::migrate_resolve);
  CHECK(given("migrate reset").command == command::migrate_reset);
  CHECK(given("migrate diff --from empty --to models").command == command::migrate_diff);
  CHECK(given("db push").command == command::db_push);
  CHECK(given("db seed").command == command::db_seed);
  CHECK(given("db execute --stdin").command == command::db_execute);
  CHECK(given("generate").command == command::generate);
  CHECK(given("validate").command == command::validate);
  CHECK(parse("migrate deploy").command_name == "migrate deploy");
  CHECK(parse("validate").command_name == "validate");
}

TEST_CASE("common options stand before, between and behind the command") {
  CHECK(given("--url sqlite:a migrate deploy").url == "sqlite:a");
  CHECK(given("migrate --url sqlite:a deploy").url == "sqlite:a");
  CHECK(given("migrate deploy --url sqlite:a").url == "sqlite:a");
  CHECK(given("migrate deploy --url=sqlite:a").url == "sqlite:a");
}

TEST_CASE("options of migrate dev") {
  const arguments a =
      given("migrate dev -n add_x --create-only --accept-data-loss --offline --skip-seed --skip-shadow -y");
  CHECK(a.name == "add_x");
  CHECK(a.create_only);
  CHECK(a.accept_data_loss);
  CHECK(given("migrate dev --rename a.b=c --rename d=e").renames == std::vector<std::string>{"a.b=c", "d=e"});
  CHECK(a.offline);
  CHECK(a.skip_seed);
  CHECK(a.skip_shadow);
  CHECK(a.yes);
}

TEST_CASE("a value that looks like a command is a value") {
  CHECK(given("migrate dev --name deploy").name == "deploy");
  CHECK(given("migrate dev --name migrate").name == "migrate");
}

TEST_CASE("resolve takes several migrations") {
  const arguments a =
      given("migrate resolve --applied a --applied b --rolled-back c --edited d --missing e --repair f");
  CHECK(a.applied == std::vector<std::string>{"a", "b"});
  CHECK(a.rolled_back == std::vector<std::string>{"c"});
  CHECK(a.edited == std::vector<std::string>{"d"});
  CHECK(a.repaired == std::vector<std::string>{"f"});
  CHECK(a.missing == std::vector<std::string>{"e"});
}

TEST_CASE("the lock timeout is a number of seconds") {
  CHECK(given("migrate deploy --lock-timeout 30").lock_timeout == std::chrono::milliseconds{30000});
  CHECK(given("migrate deploy --statement-lock-timeout 0.5").statement_lock_timeout == std::chrono::milliseconds{500});
  CHECK(given("migrate dev --lock-retries 3").lock_retries == 3);
  CHECK(given("migrate down --statement-lock-timeout 2 --lock-retries 1").lock_retries == 1);
  CHECK(given("migrate reset --statement-lock-timeout 2 --lock-retries 1").lock_retries == 1);
  CHECK(given("migrate deploy").wait == std::nullopt);
  CHECK(given("migrate deploy --wait").wait == std::chrono::milliseconds{60000});
  CHECK(given("--wait migrate deploy --json").wait == std::chrono::milliseconds{60000});
  CHECK(given("migrate deploy --wait=5").wait == std::chrono::milliseconds{5000});
  CHECK(given("migrate deploy --wait 0.5 --json").wait == std::chrono::milliseconds{500});
  CHECK(given("migrate deploy --lock-timeout 0").lock_timeout == std::chrono::milliseconds{0});
  CHECK(given("migrate deploy --lock-timeout 0.5").lock_timeout == std::chrono::milliseconds{500});
  CHECK_FALSE(given("migrate deploy").lock_timeout);
  for (const char* bad : {"x", "1x", "nan", "1e9", "inf"}) {
    CHECK(mistake(std::string{"migrate deploy --lock-timeout "} + bad).code == cli_code::bad_value);
  }
}

TEST_CASE("what Prisma's users type by habit means the same") {
  CHECK(given("migrate diff --from-empty --to models").from == "empty");
  CHECK(given("migrate diff --from-url postgresql://h/d --to-empty").from == "database:postgresql://h/d");
  CHECK(given("migrate diff --from-migrations dir --to-url sqlite:x").from == "migrations:dir");
  CHECK(given("migrate diff --from-migrations dir --to-url sqlite:x").to == "database:sqlite:x");
  CHECK(given("migrate diff --from-config-datasource --to models").from == "database");
  CHECK(given("migrate dev --shadow-database-url sqlite:s").shadow_url == "sqlite:s");
  CHECK(given("migrate reset -f --skip-generate").force);
  CHECK(given("migrate diff --from empty --to models -o out.sql").output == "out.sql");
}

TEST_CASE("what Prisma's users type and means nothing here is answered") {
  CHECK(mistake("migrate dev --schema prisma/schema.prisma").code == cli_code::unknown_option);
  CHECK(first_help(mistake("migrate dev --schema x")).find("compiled into this program") != std::string::npos);
  CHECK(first_help(mistake("migrate diff --from-schema-datamodel x --to models")).find("--from models") !=
        std::string::npos);
  CHECK(mistake("studio").code == cli_code::not_yet);
  CHECK(first_help(mistake("init")).find("migrate dev --name init") != std::string::npos);
}

TEST_CASE("a mistyped command is answered with the one that was meant") {
  CHECK(first_help(mistake("migrate delpoy")) == "Did you mean `app migrate deploy`?");
  CHECK(first_help(mistake("migrat deploy")) == "Did you mean `app migrate`?");
  CHECK(first_help(mistake("deploy")) == "Did you mean `app migrate deploy`?");
  CHECK(first_help(mistake("db deploy")) == "Did you mean `app migrate deploy`?");
  CHECK(first_help(mistake("valdate")) == "Did you mean `app validate`?");
  CHECK(first_help(mistake("frobnicate")) == "`app --help` shows what it takes.");
}

TEST_CASE("a mistyped option is answered with the one that was meant") {
  CHECK(first_help(mistake("migrate dev --create-olny")) == "Did you mean `--create-only`?");
  CHECK(first_help(mistake("migrate deploy --josn")) == "Did you mean `--json`?");
  CHECK(mistake("migrate deploy -z").code == cli_code::unknown_option);
  CHECK(mistake("migrate deploy --name x").code == cli_code::unknown_option);
}

TEST_CASE("a forgotten value does not swallow the next option") {
  const diagnostic about = mistake("migrate dev --name --create-only");
  CHECK(about.code == cli_code::missing_value);
  CHECK(about.message == "`--name` wants a value (NAME), but `--create-only` follows it.");
  CHECK(mistake("migrate dev --name").message == "`--name` wants a value.");
  CHECK(mistake("migrate deploy --url=").message == "`--url` wants a value.");
  CHECK(mistake("migrate resolve --applied --rolled-back x").code == cli_code::missing_value);
}

TEST_CASE("what contradicts itself is refused") {
  CHECK(mistake("migrate deploy --url a --url b").message == "`--url` is given more than once.");
  CHECK(mistake("migrate deploy -q -v").code == cli_code::contradiction);
  CHECK(mistake("db execute --file x --stdin").code == cli_code::contradiction);
  CHECK(mistake("migrate deploy --color pink").code == cli_code::bad_value);
  CHECK(mistake("migrate diff --from empty --to models --dialect oracle").code == cli_code::bad_value);
}

TEST_CASE("what is missing is named") {
  CHECK(mistake("migrate").message ==
        "`migrate` wants one of its commands: dev, deploy, status, resolve, reset, down, squash, diff.");
  CHECK(mistake("db").message == "`db` wants one of its commands: push, pull, seed, execute.");
  CHECK(mistake("migrate resolve").code == cli_code::missing_value);
  CHECK(mistake("migrate diff --from empty").message == "`migrate diff` wants two sides, --to is missing.");
  CHECK(mistake("db execute").code == cli_code::missing_value);
  CHECK(mistake("--json").code == cli_code::missing_value);
  CHECK(mistake("migrate deploy extra").message == "`migrate deploy` takes no argument `extra`.");
}

TEST_CASE("--json counts even where the rest is not understood") {
  CHECK(parse("migrate delpoy --json").given.json);
  CHECK(parse("migrate deploy --nope --json").given.json);
}

TEST_CASE("help is shown for the program, a group and a command, and names the program") {
  CHECK(parse("").text.find("Usage: app COMMAND [options]") != std::string::npos);
  CHECK(parse("--help").text == parse("").text);
  CHECK(parse("help").text == parse("").text);
  CHECK(parse("migrate --help").text.find("Usage: app migrate COMMAND [options]") != std::string::npos);
  const std::string dev = parse("migrate dev --help").text;
  CHECK(dev.find("Usage: app migrate dev [options]") != std::string::npos);
  CHECK(dev.find("\nExamples:\n  app migrate dev --name") != std::string::npos);
  CHECK(parse("help migrate dev").text == dev);
  CHECK(parse("migrate dev -h").text == dev);
}

TEST_CASE("help shows every command and no line too long for a terminal") {
  const std::string top = parse("--help").text;
  for (const auto& entry : detail::command_table) {
    const std::string name = detail::full_name(entry);
    INFO(name);
    CHECK(top.find("\n  " + name + ' ') != std::string::npos);
    const std::string text = parse(name + " --help").text;
    CHECK_FALSE(entry.examples.empty());
    CHECK(text.find("PROGRAM") == std::string::npos);
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      CHECK(line.size() <= 120);
      CHECK(line.find("Unlisted") == std::string::npos);
    }
  }
  // Not in this version.
  CHECK(top.find("studio") == std::string::npos);
}

TEST_CASE("the version can be asked for") {
  CHECK(parse("--version").version);
  CHECK(parse("-V").version);
  CHECK_FALSE(parse("migrate deploy").version);
}
