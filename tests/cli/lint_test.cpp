#include "support/catch.hpp"

#include <instar/cli/lint.hpp>
#include <instar/instar.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace instar::cli;

namespace good {

struct User {
  std::int64_t id;
  std::string email;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique))

struct Session {
  std::int64_t id;
  std::int64_t user_id;
};
INSTAR_MODEL(Session, "sessions", (id, primary_key), (user_id, references(&User::id)), index(&Session::user_id))

inline constexpr auto schema = instar::schema<User, Session>();

}  // namespace good

namespace poor {

struct User {
  std::int32_t id;
  std::string email;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique), index(&User::email))

struct Entry {
  std::int32_t user_id;
  std::int64_t other_id;
  std::string text;
  std::string code;
  std::string payload;
  std::string at;
};
INSTAR_MODEL(Entry, "entries", (user_id, references(&User::id).on_delete(set_null)), (other_id), (text),
             (code, type("char(4)")), (payload, type("json")), (at, type("timestamp")), index(&Entry::other_id),
             index(&Entry::other_id, &Entry::text))

inline constexpr auto schema = instar::schema<User, Entry>();

}  // namespace poor

namespace {

std::vector<std::string> codes(const instar::schema_view& schema, instar::dialect d) {
  std::vector<std::string> found;
  for (const diagnostic& about : lint(schema, d)) {
    CHECK(about.warning);
    CHECK_FALSE(about.help.empty());
    found.push_back(about.code);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

TEST_CASE("a sound schema has no lint") {
  CHECK(codes(instar::view_of<good::schema>, instar::postgres).empty());
  CHECK(codes(instar::view_of<good::schema>, instar::sqlite).empty());
}

TEST_CASE("each thing that is seldom meant is found once") {
  const std::vector<std::string> wanted{"INS5101", "INS5102", "INS5103", "INS5103", "INS5104",
                                        "INS5105", "INS5106", "INS5107", "INS5108"};
  CHECK(codes(instar::view_of<poor::schema>, instar::postgres) == wanted);
}

TEST_CASE("what SQLite does not care about is not said there") {
  const std::vector<std::string> wanted{"INS5101", "INS5102", "INS5103", "INS5103", "INS5106"};
  CHECK(codes(instar::view_of<poor::schema>, instar::sqlite) == wanted);
}

TEST_CASE("a lint names table and column") {
  const auto found = lint(instar::view_of<poor::schema>, instar::postgres);
  const auto says = [&](const std::string& text) {
    return std::any_of(found.begin(), found.end(),
                       [&](const diagnostic& about) { return about.message.find(text) != std::string::npos; });
  };
  CHECK(says("No index covers the foreign key entries (user_id)"));
  CHECK(says("users.id is an integer identity and runs out at 2,147,483,647"));
  CHECK(says("of users is made needless by the unique constraint"));
}
