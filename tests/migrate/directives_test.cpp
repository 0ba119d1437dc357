#include "support/catch.hpp"

#include <instar/migrate/directives.hpp>
#include <instar/sql/script.hpp>

#include <string>
#include <string_view>

namespace {

std::string texts(const std::vector<instar::detail::script_directive>& found) {
  std::string text;
  for (const auto& directive : found)
    text += (text.empty() ? "" : "|") + std::string{directive.text};
  return text;
}

std::string all(std::string_view script) {
  return texts(instar::detail::directives_of(script, instar::split_script(instar::postgres, script)));
}

}  // namespace

TEST_CASE("a directive is a comment line of its own, in any letter case") {
  CHECK(all("-- instar: transaction\nSELECT 1;\n  --instar:No-Transaction \r\nSELECT 2;\n---- INSTAR: x y\n") ==
        "transaction|No-Transaction|x y");
  CHECK(all("SELECT 1; -- instar: transaction\n").empty());
  CHECK(all("-- instars: transaction\n-- an instar: no\n").empty());
}

TEST_CASE("what stands inside a statement is no directive") {
  CHECK(all("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n-- instar: transaction\nSELECT 1 $$;\n"
            "-- instar: after\nSELECT 'a\n-- instar: text\n';\n") == "after");
}

TEST_CASE("a directive knows its place in the script") {
  const std::string_view script = "SELECT 1;\n  -- instar: here\n";
  const auto found = instar::detail::directives_of(script, instar::split_script(instar::postgres, script));
  REQUIRE(found.size() == 1);
  CHECK(script.substr(found.front().offset).starts_with("-- instar: here"));
}

TEST_CASE("the head of a script ends at its first statement, and needs no lexer") {
  const std::string_view script =
      "\xEF\xBB\xBF-- Words.\n\n-- instar: one\r\n-- instar: two\nSELECT '\n-- instar: no\n";
  const auto found = instar::detail::head_directives(script);
  CHECK(texts(found) == "one|two");
  CHECK(script.substr(found.front().offset).starts_with("-- instar: one"));
}

TEST_CASE("the argument of a directive follows whole words") {
  using instar::detail::argument_of;
  CHECK(argument_of({"replaces a b", 0}, "replaces") == "a b");
  CHECK(argument_of({"No-Transaction", 0}, "no-transaction") == "");
  CHECK_FALSE(argument_of({"transactions", 0}, "transaction"));
  CHECK_FALSE(argument_of({"trans", 0}, "transaction"));
}

TEST_CASE("the head of a script says which migrations it replaces") {
  using instar::detail::replaced_migration;
  CHECK(instar::detail::replaced_by("-- instar: replaces 1_a sha256:aa\n-- instar: replaces 2 b sha256:bb\n"
                                    "-- instar: replaces 0 sha256:00 by 1_a\n-- instar: replaces nothing\nSELECT "
                                    "1;\n-- instar: replaces 3 sha256:cc\n") ==
        std::vector<replaced_migration>{{"1_a", "aa"}, {"2 b", "bb"}, {"0", "00", "1_a"}});
}

TEST_CASE("the head of a script says what it destroys, and of how many rows that is known") {
  const auto limits = instar::detail::row_limits_of(
      "-- instar: at most 12 rows, INS2002 drops column users.a: SELECT count(*) FROM \"users\" WHERE \"a\" IS NOT "
      "NULL\n"
      "-- instar: at most 0 rows, INS2003 changes column users.b from text to int: values are cut\n"
      "-- instar: at most some rows, no number\n");
  REQUIRE(limits.size() == 2);
  CHECK(limits[0].rows == 12);
  CHECK(limits[0].what == "INS2002 drops column users.a");
  CHECK(limits[0].query == "SELECT count(*) FROM \"users\" WHERE \"a\" IS NOT NULL");
  CHECK(limits[1].what == "INS2003 changes column users.b from text to int: values are cut");
  CHECK(limits[1].query.empty());
}
