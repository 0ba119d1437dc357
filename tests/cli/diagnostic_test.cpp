#include "support/catch.hpp"

#include <instar/cli/diagnostic.hpp>

#include <string>

using namespace instar::cli;

namespace {

diagnostic failed_script() {
  diagnostic about;
  about.code = "INS4030";
  about.message = "The migration 1_x failed.";
  about.help = {"Correct the script, then run `migrate deploy` again."};
  about.state = "Nothing of it was applied.";
  about.migration = "1_x";
  about.location = instar::script_location{"migrations/1_x/migration.sql", 3, 13, "INSERT INTO nope VALUES (1);", 12};
  about.database = instar::database_answer{"relation \"nope\" does not exist", "42P01", "", "", ""};
  return about;
}

}  // namespace

TEST_CASE("an error shows code, place, line with caret, the database's words, the state and the help") {
  CHECK(render(failed_script(), palette{}) == "error[INS4030]: The migration 1_x failed.\n"
                                              "  --> migrations/1_x/migration.sql:3:13\n"
                                              "   |\n"
                                              " 3 | INSERT INTO nope VALUES (1);\n"
                                              "   |             ^\n"
                                              "   |\n"
                                              "   = the database says: relation \"nope\" does not exist (42P01)\n"
                                              "   = state: Nothing of it was applied.\n"
                                              "help: Correct the script, then run `migrate deploy` again.");
}

TEST_CASE("the gutter grows with the number of the line") {
  diagnostic about = failed_script();
  about.location->line = 1234;
  const std::string text = render(about, palette{});
  CHECK(text.find("\n     --> migrations") != std::string::npos);
  CHECK(text.find("\n 1234 | INSERT") != std::string::npos);
  CHECK(text.find("\n      |             ^\n") != std::string::npos);
}

TEST_CASE("the caret stands under its character, whatever stands before it") {
  diagnostic about = failed_script();
  about.location->text = "\t\xE6\xBC\xA2 x";  // a tab, a wide character, a blank: four, two and one columns
  about.location->caret = 5;
  const std::string text = render(about, palette{});
  CHECK(text.find("\n 3 |     \xE6\xBC\xA2 x\n   |        ^\n") != std::string::npos);
}

TEST_CASE("of a long line only what stands round the caret is shown") {
  diagnostic about = failed_script();
  about.location->text = std::string(500, 'a') + "HERE" + std::string(500, 'b');
  about.location->caret = 500;
  const std::string text = render(about, palette{});
  const auto line_at = text.find("\n 3 | ") + 6;
  const std::string line = text.substr(line_at, text.find('\n', line_at) - line_at);
  const auto caret_line = text.find("\n   | ", line_at) + 6;
  const std::string carets = text.substr(caret_line, text.find('\n', caret_line) - caret_line);
  CHECK(line.size() < 120);
  CHECK(line.substr(carets.size() - 1, 4) == "HERE");
  CHECK(line.substr(0, 3) == "...");
  CHECK(line.substr(line.size() - 3) == "...");
}

TEST_CASE("an error without a place names its migration, unless its message does") {
  diagnostic about = failed_script();
  about.location.reset();
  CHECK(render(about, palette{}).find("= migration:") == std::string::npos);
  about.message = "It failed.";
  CHECK(render(about, palette{}).find("\n  = migration: 1_x\n") != std::string::npos);
}

TEST_CASE("a message of several lines is indented under its label") {
  diagnostic about = failed_script();
  about.database->detail = "one\ntwo";
  CHECK(render(about, palette{}).find("\n   = detail: one\n             two\n") != std::string::npos);
}

TEST_CASE("a message cannot send commands to the terminal") {
  diagnostic about = failed_script();
  about.message = "x\x1B]0;title\x07";
  about.location->text = "\x1B[2J";
  about.location->file = "a\x1B"
                         "b";
  CHECK(render(about, palette{}).find('\x1B') == std::string::npos);
}

TEST_CASE("a warning calls itself one") {
  diagnostic about;
  about.code = "INS4006";
  about.message = "Empty.";
  about.warning = true;
  CHECK(render(about, palette{}) == "warning[INS4006]: Empty.");
}

TEST_CASE("the object of --json holds what the text holds") {
  json_writer json;
  write_json(json, failed_script());
  CHECK(json.text() == R"({
  "code": "INS4030",
  "message": "The migration 1_x failed.",
  "help": [
    "Correct the script, then run `migrate deploy` again."
  ],
  "state": "Nothing of it was applied.",
  "migration": "1_x",
  "location": {
    "file": "migrations/1_x/migration.sql",
    "line": 3,
    "column": 13,
    "text": "INSERT INTO nope VALUES (1);"
  },
  "database": {
    "message": "relation \"nope\" does not exist",
    "sqlstate": "42P01"
  }
})");
}

TEST_CASE("an error of opening says that nothing was changed, one of a statement does not") {
  const instar::database_error closed{instar::database_code::unreachable, {.message = "No server."}};
  CHECK(diagnose(closed).state == "The database was not reached; nothing was changed.");
  const instar::database_error open{instar::database_code::statement_failed, {.message = "No.", .sqlstate = "42P01"}};
  CHECK(diagnose(open).state.empty());
  REQUIRE(diagnose(open).database);
  CHECK(diagnose(open).database->sqlstate == "42P01");
}
