#include "support/catch.hpp"

#include <instar/cli/likely_renames.hpp>
#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace likely_renames_test {

namespace before {
enum class Mood { calm, happyish, angry };
INSTAR_ENUM(Mood, calm, happyish, angry)
struct Person {
  std::int64_t id;
  std::string display_name;
  std::string city;
  std::optional<std::string> email;
  Mood mood;
};
INSTAR_MODEL(Person, "people", (id, primary_key), (display_name), (city), (email), (mood))
struct Note {
  std::int64_t id;
  std::string text;
  bool done;
};
INSTAR_MODEL(Note, "notes", (id, primary_key), (text), (done))
inline constexpr auto schema = instar::schema<Person, Note>();
}  // namespace before

namespace after {
enum class Mood { calm, happy, furious };
INSTAR_ENUM(Mood, calm, happy, furious)
struct Person {
  std::int64_t id;
  std::string name;
  std::int64_t city_id;
  std::string emails;
  Mood mood;
};
INSTAR_MODEL(Person, "people", (id, primary_key), (name), (city_id), (emails), (mood))
struct Memo {
  std::int64_t id;
  std::string text;
  bool done;
};
INSTAR_MODEL(Memo, "memos", (id, primary_key), (text), (done))
inline constexpr auto schema = instar::schema<Person, Memo>();
}  // namespace after

namespace declared {
enum class Mood { calm, happy, furious };
INSTAR_ENUM(Mood, calm, (happy, renamed_from("happyish")), furious)
struct Person {
  std::int64_t id;
  std::string name;
  std::string city;
  std::optional<std::string> email;
  Mood mood;
};
INSTAR_MODEL(Person, "people", (id, primary_key), (name, renamed_from("display_name")), (city), (email), (mood))
struct Memo {
  std::int64_t id;
  std::string text;
  bool done;
};
INSTAR_MODEL(Memo, "memos", (id, primary_key), (text), (done), renamed_from("notes"))
inline constexpr auto schema = instar::schema<Person, Memo>();
}  // namespace declared

}  // namespace likely_renames_test

using namespace likely_renames_test;

namespace {

std::string renames(const instar::schema_view& from, const instar::schema_view& to) {
  std::string all;
  for (const instar::cli::diagnostic& about : instar::cli::likely_renames(instar::make_plan(from, to)))
    all += about.message + " " + about.help.at(0) + "\n";
  return all;
}

}  // namespace

TEST_CASE("what was perhaps renamed is pointed out with the words to write") {
  const std::string found = renames(instar::view_of<before::schema>, instar::view_of<after::schema>);
  const std::string say = "If it was renamed, say so in the model, and nothing is lost: ";
  CHECK(found == "Table notes is dropped and memos is new. " + say +
                     "renamed_from(\"notes\") beside the fields of its "
                     "INSTAR_MODEL.\n"
                     "Column people.display_name is dropped and people.name is new. " +
                     say +
                     "(name, renamed_from(\"display_name\")).\n"
                     "Value mood.happyish is dropped and mood.happy is new. " +
                     say + "(happy, renamed_from(\"happyish\")) in its INSTAR_ENUM.\n");
}

TEST_CASE("other types, other attributes and far names are no renames") {
  const std::string found = renames(instar::view_of<before::schema>, instar::view_of<after::schema>);
  CHECK(found.find("city") == std::string::npos);
  CHECK(found.find("email") == std::string::npos);
  CHECK(found.find("angry") == std::string::npos);
}

TEST_CASE("a declared rename is not pointed out again") {
  CHECK(renames(instar::view_of<before::schema>, instar::view_of<declared::schema>).empty());
}
