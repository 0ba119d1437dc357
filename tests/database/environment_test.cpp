#include <instar/database/environment.hpp>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

using instar::find_database_url;
using instar::parse_environment_file;
namespace code = instar::database_code;

namespace {

std::map<std::string, std::string> values(std::string_view text, const std::map<std::string, std::string>& outer = {}) {
  std::map<std::string, std::string> result;
  for (const auto& entry : parse_environment_file(text, [&](std::string_view name) -> std::optional<std::string> {
         const auto found = outer.find(std::string{name});
         return found == outer.end() ? std::nullopt : std::optional<std::string>{found->second};
       })) {
    result[entry.name] = entry.value;
  }
  return result;
}

using map = std::map<std::string, std::string>;

/// A folder of its own, and no DATABASE_URL in the environment.
struct empty_folder : instar_test::scratch_folder {
  empty_folder() { ::unsetenv("DATABASE_URL"); }
  ~empty_folder() { ::unsetenv("DATABASE_URL"); }
  void write(std::string_view text) const { std::ofstream{path() / ".env", std::ios::binary} << text; }
};

}  // namespace

TEST_CASE("plain lines, comments, export and blanks") {
  CHECK(values("A=1\n# B=2\n\n  export C = three words  # and a comment\r\nD=\nE=x#y\nnot a line\n=z\nF==1") ==
        map{{"A", "1"}, {"C", "three words"}, {"D", ""}, {"E", "x#y"}, {"F", "=1"}});
  CHECK(values("\xEF\xBB\xBF"
               "A=1") == map{{"A", "1"}});
  CHECK(values("exportable=1") == map{{"exportable", "1"}});
  CHECK(values("").empty());
}

TEST_CASE("quotes keep blanks, comments and line ends") {
  CHECK(values("A=\" x # y \" # c\nB='it is # $x ${A} \\n'\nC=`a'b\"c`\nD=\"two\nlines\"\nE=1") ==
        map{{"A", " x # y "}, {"B", "it is # $x ${A} \\n"}, {"C", "a'b\"c"}, {"D", "two\nlines"}, {"E", "1"}});
  CHECK(values(R"(A="a\nb\"c\\d\$e\t")") == map{{"A", "a\nb\"c\\d$e\t"}});
}

TEST_CASE("a reference finds the environment first and then the file") {
  CHECK(values("U=me\nP=\"s:${U}\"\nQ=${U}@${H}\nR='${U}'\nS=${MISSING:-x}\nT=\\${U}\nV=$U ${", {{"H", "host"}}) ==
        map{{"U", "me"}, {"P", "s:me"}, {"Q", "me@host"}, {"R", "${U}"}, {"S", "x"}, {"T", "${U}"}, {"V", "$U ${"}});
  CHECK(values("U=file\nV=${U}", {{"U", "environment"}})["V"] == "environment");
  CHECK(values("A=${B}\nB=1")["A"].empty());
}

TEST_CASE("an entry knows its line") {
  const auto entries = parse_environment_file("# x\nA=\"1\n2\"\nB=3\n");
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].line == 2);
  CHECK(entries[1].line == 4);
}

TEST_CASE("a quote that is not closed is an error that shows no value") {
  try {
    (void)parse_environment_file("A=1\nDATABASE_URL=\"postgresql://u:hunter2@h\n");
    FAIL("no error");
  } catch (const instar::database_error& error) {
    CHECK(error.code() == code::malformed_environment);
    CHECK(error.message() == "The .env file opens a quote in line 2 and never closes it.");
  }
}

TEST_CASE_METHOD(empty_folder, "the URL is found in the order given, environment, .env") {
  write("OTHER=1\nDATABASE_URL=\"sqlite:from-file.db\"\n");
  const auto from_file = find_database_url(std::nullopt, path());
  CHECK(from_file.url.sqlite_path() == "from-file.db");
  CHECK(from_file.source == "DATABASE_URL in .env:2");

  ::setenv("DATABASE_URL", "sqlite:from-environment.db", 1);
  const auto from_environment = find_database_url(std::nullopt, path());
  CHECK(from_environment.url.sqlite_path() == "from-environment.db");
  CHECK(from_environment.source == "DATABASE_URL");

  const auto given = find_database_url("sqlite:given.db", path());
  CHECK(given.url.sqlite_path() == "given.db");
  CHECK(given.source == "--url");

  ::setenv("DATABASE_URL", "", 1);
  CHECK(find_database_url(std::nullopt, path()).url.sqlite_path() == "from-file.db");
}

TEST_CASE_METHOD(empty_folder, "without any URL the error says where one may stand") {
  const auto error = [&] {
    try {
      (void)find_database_url(std::nullopt, path());
    } catch (const instar::database_error& e) {
      return e;
    }
    throw std::runtime_error("no error");
  };
  CHECK(error().code() == code::no_url);
  write("OTHER=1\n");
  CHECK(error().code() == code::no_url);
  write("DATABASE_URL=\n");
  CHECK(error().code() == code::no_url);
  CHECK(error().remedy().find(".env") != std::string::npos);
}

TEST_CASE_METHOD(empty_folder, "a wrong URL is refused with its place and without its text") {
  write("DATABASE_URL=mysql://u:hunter2@h\n");
  try {
    (void)find_database_url(std::nullopt, path());
    FAIL("no error");
  } catch (const instar::database_error& error) {
    CHECK(error.code() == code::unknown_scheme);
    CHECK(error.message().find("DATABASE_URL in .env:1") != std::string::npos);
    CHECK(std::string{error.what()}.find("hunter2") == std::string::npos);
  }
}
