#include "support/catch.hpp"

#include <instar/cli/suggestion.hpp>

#include <string>
#include <vector>

using namespace instar::cli;

TEST_CASE("the distance of words counts letters put in, left out, changed and swapped") {
  CHECK(edit_distance("deploy", "deploy") == 0);
  CHECK(edit_distance("deplo", "deploy") == 1);
  CHECK(edit_distance("deployy", "deploy") == 1);
  CHECK(edit_distance("deplay", "deploy") == 1);
  CHECK(edit_distance("delpoy", "deploy") == 1);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest word is suggested, and none when all are far") {
  const std::vector<std::string> words{"dev", "deploy", "status", "reset"};
  CHECK(nearest_word("delpoy", words) == "deploy");
  CHECK(nearest_word("staus", words) == "status");
  CHECK(nearest_word("frobnicate", words).empty());
  CHECK(nearest_word("x", words).empty());
}
