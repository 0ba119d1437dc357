#include "support/catch.hpp"

#include <instar/diff/search.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

// What is found by an index is what is found by looking at each text for each name.

namespace {

using namespace instar::detail;

constexpr std::array<std::string_view, 11> texts{"SELECT a FROM users",
                                                 "select A from USERS u",
                                                 "SELECT users_old.a FROM users_old",
                                                 "SELECT 1 FROM \"my table\"",
                                                 "my table, without quotes",
                                                 "SELECT \"na\xC3\xAFve\" FROM x",
                                                 "users",
                                                 "",
                                                 "users users users",
                                                 "SELECT \"say \"\"hi\"\"\"",
                                                 "SELECT \"2nd\" FROM \"a-b\""};
constexpr std::array<std::string_view, 14> names{
    "users", "USERS", "users_old", "user", "my table",   "my",           "",
    "a",     "a-b",   "2nd",       "-b",   "say \"hi\"", "na\xC3\xAFve", "x"};

/// Asks for all names, several times, so that words are looked up in the end.
constexpr bool index_agrees() {
  word_index index;
  for (std::size_t t = 0; t < texts.size(); ++t)
    index.add(t, texts[t]);
  for (int round = 0; round < 2; ++round)
    for (std::string_view name : names) {
      std::vector<std::size_t> found;
      index.each(name, [&](std::size_t t) { found.push_back(t); });
      std::vector<std::size_t> expected;
      for (std::size_t t = 0; t < texts.size(); ++t)
        if (mentions(texts[t], name))
          expected.push_back(t);
      if (found != expected)
        return false;
    }
  return true;
}

/// Of the first so many names.
constexpr bool set_agrees(std::size_t count) {
  name_set set;
  instar::detail::growing_array<std::string_view> known;
  for (std::size_t n = 0; n < count; ++n) {
    set.add(names[n]);
    known.push_back(names[n]);
  }
  for (std::string_view text : texts)
    if (set.any_in(text) != mentions_any(text, known))
      return false;
  return true;
}

constexpr bool finds_first_of_equals() {
  hash_slots slots;
  for (std::uint64_t i = 0; i < 100; ++i)
    slots.add(i % 10);
  for (std::uint64_t i = 0; i < 10; ++i)
    if (slots.find(i) != static_cast<int>(i) ||
        slots.find(i, [](std::size_t at) { return at >= 50; }) != static_cast<int>(50 + i))
      return false;
  return slots.find(10) < 0;
}

constexpr bool finds_twins_in_any_order() {
  constexpr std::array<instar::sequence_object, 3> among{{{.name = "a"}, {.schema = "s", .name = "a"}, {.name = "b"}}};
  twin_search<instar::sequence_object> search(among);
  return search.find({}, "b") == 2 && search.find("s", "a") == 1 && search.find("s", "b") < 0 &&
         search.find({}, "b") == 2 && search.find({}, "a") == 0;
}

constexpr bool is(const instar::detail::growing_array<int>& array, std::initializer_list<int> wanted) {
  if (array.size() != wanted.size() || array.empty() != (wanted.size() == 0))
    return false;
  for (std::size_t i = 0; i < array.size(); ++i)
    if (array[i] != wanted.begin()[i] || array.data()[i] != array.begin()[i])
      return false;
  return wanted.size() == 0 || array.back() == wanted.begin()[wanted.size() - 1];
}

constexpr bool grows_and_is_copied() {
  instar::detail::growing_array<int> one;
  bool good = is(one, {});
  for (int i = 0; i < 9; ++i)
    one.push_back(i);
  one.push_back(one[0]);
  good = good && is(one, {0, 1, 2, 3, 4, 5, 6, 7, 8, 0});
  instar::detail::growing_array<int> other = one;
  other.pop_back();
  other.resize(3);
  other.resize(5, 7);
  good = good && is(other, {0, 1, 2, 7, 7}) && one.size() == 10;
  const auto& same = other;
  other = same;
  good = good && is(other, {0, 1, 2, 7, 7});
  one = other;
  other.assign(2, other[3]);
  good = good && is(one, {0, 1, 2, 7, 7}) && is(other, {7, 7});
  one = std::move(other);
  const instar::detail::growing_array<int> last = std::move(one);
  return good && is(last, {7, 7}) && is(instar::detail::growing_array<int>(2, 5), {5, 5});
}

}  // namespace

TEST_CASE("an array grows, and its copies are its own") {
  STATIC_REQUIRE(grows_and_is_copied());
  CHECK(grows_and_is_copied());
}

TEST_CASE("an index of words finds the texts that mention a name") {
  STATIC_REQUIRE(index_agrees());
}

TEST_CASE("a set of names is in the texts that mention one of them") {
  STATIC_REQUIRE(set_agrees(1));
  STATIC_REQUIRE(set_agrees(3));
  STATIC_REQUIRE(set_agrees(names.size()));
}

TEST_CASE("of equal hashes the first is found, or the first that will do") {
  STATIC_REQUIRE(finds_first_of_equals());
}

TEST_CASE("an object is found by schema and name wherever it stands") {
  STATIC_REQUIRE(finds_twins_in_any_order());
}
