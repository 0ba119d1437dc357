#include <instar/schema/text.hpp>

#include "schema/words.hpp"
#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using instar::detail::hash_number;
using instar::detail::hash_text;
using instar::detail::same_text;

namespace {

constexpr std::string_view lengths[] = {"",       "a",       "ab",       "abc",       "abcd",      "abcde",
                                        "abcdef", "abcdefg", "abcdefgh", "abcdefghi", "abcdefghij"};

constexpr instar_test::text<40> integer(std::int64_t value) {
  instar_test::text<40> out{};
  instar::detail::put_integer(out, value);
  return out;
}

constexpr std::size_t counted_integer(std::int64_t value) {
  instar::detail::counter out;
  instar::detail::put_integer(out, value);
  return out.size;
}

/// A text whose bytes lie in an object that holds pointers too, as a table's derived names do.
struct beside_pointers {
  char bytes[4] = {'u', 's', 'e', 'r'};
  std::string_view text{bytes, 4};
  constexpr beside_pointers() = default;
  beside_pointers(const beside_pointers&) = delete;
};
constexpr beside_pointers stored;

}  // namespace

TEST_CASE("texts are the same when their bytes are") {
  STATIC_REQUIRE(same_text("", ""));
  STATIC_REQUIRE(same_text("", std::string_view{}));
  STATIC_REQUIRE(same_text("user", "user"));
  STATIC_REQUIRE_FALSE(same_text("user", "users"));
  STATIC_REQUIRE_FALSE(same_text("users", "user"));
  STATIC_REQUIRE_FALSE(same_text("user", "User"));
  STATIC_REQUIRE_FALSE(same_text("", "u"));
  STATIC_REQUIRE_FALSE(same_text(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
  STATIC_REQUIRE(same_text("größe", "größe"));
  STATIC_REQUIRE_FALSE(same_text("größe", "grösse"));
}

TEST_CASE("texts are compared wherever they lie") {
  STATIC_REQUIRE(same_text(stored.text, "user"));
  STATIC_REQUIRE(same_text("user", stored.text));
  STATIC_REQUIRE_FALSE(same_text(stored.text, "uses"));
  STATIC_REQUIRE_FALSE(same_text(stored.text, "use"));
}

TEST_CASE("texts are compared at run time as at compile time") {
  const std::string one(1000, 'x');
  std::string other = one;
  CHECK(same_text(one, other));
  other.back() = 'y';
  CHECK_FALSE(same_text(one, other));
  CHECK_FALSE(same_text(one, other.substr(1)));
}

TEST_CASE("a hash is of every byte and its place") {
  STATIC_REQUIRE(hash_text("") == 0);
  STATIC_REQUIRE(hash_text("abcd") == hash_text("abcd"));
  STATIC_REQUIRE(hash_text("abcd") != hash_text("abdc"));
  STATIC_REQUIRE(hash_text("abcde") != hash_text("abcdf"));
  STATIC_REQUIRE(hash_text("aabcd") != hash_text("babcd"));
  STATIC_REQUIRE(hash_text(std::string_view("\0", 1)) != hash_text(""));
  STATIC_REQUIRE(hash_text(std::string_view("\0\0", 2)) != hash_text(std::string_view("\0", 1)));
  STATIC_REQUIRE(hash_text("\xff\xff\xff\xff") != hash_text("\xff\xff\xff"));
}

TEST_CASE("texts of every length have hashes of their own") {
  constexpr bool all_differ = [] {
    for (std::string_view a : lengths)
      for (std::string_view b : lengths)
        if (a != b && hash_text(a) == hash_text(b))
          return false;
    return true;
  }();
  STATIC_REQUIRE(all_differ);
}

TEST_CASE("the hash of two texts in a row is that of both together, wherever they meet") {
  constexpr bool all_same = [] {
    constexpr std::string_view whole = "abcdefghijklm";
    for (std::size_t at = 0; at <= whole.size(); ++at)
      if (hash_text(whole.substr(at), hash_text(whole.substr(0, at))) != hash_text(whole))
        return false;
    return true;
  }();
  STATIC_REQUIRE(all_same);
}

TEST_CASE("a hash is the same in every build, for snapshots keep it") {
  STATIC_REQUIRE(hash_text("a") == 0x62ull * instar::detail::hash_base);
  STATIC_REQUIRE(hash_text("ab") == (0x62ull * instar::detail::hash_base + 0x63u) * instar::detail::hash_base);
  STATIC_REQUIRE(instar::detail::hash_base == 0x9E3779B97F4A7C15ull);
  STATIC_REQUIRE(hash_text("\xc3") == 0xc4ull * instar::detail::hash_base);
}

TEST_CASE("a hash at run time is the one at compile time") {
  const std::string text = "an email@example.org, größe";
  constexpr std::uint64_t known = hash_text("an email@example.org, größe");
  CHECK(hash_text(text) == known);
}

TEST_CASE("numbers in a hash have an order") {
  STATIC_REQUIRE(hash_number(1, hash_number(2, 0)) != hash_number(2, hash_number(1, 0)));
  STATIC_REQUIRE(hash_number(0, 5) != 5);
  STATIC_REQUIRE(hash_number(1, 5) != hash_number(0, 5));
}

TEST_CASE("integers are written in decimal digits") {
  STATIC_REQUIRE(integer(0) == "0");
  STATIC_REQUIRE(integer(7) == "7");
  STATIC_REQUIRE(integer(-7) == "-7");
  STATIC_REQUIRE(integer(10) == "10");
  STATIC_REQUIRE(integer(1234567890) == "1234567890");
  STATIC_REQUIRE(integer(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807");
  STATIC_REQUIRE(integer(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  STATIC_REQUIRE(counted_integer(std::numeric_limits<std::int64_t>::min()) == 20);
  STATIC_REQUIRE(counted_integer(0) == 1);
}

TEST_CASE("a counter counts what a filler writes") {
  constexpr auto written = [](auto& out) {
    out.put("users");
    out.put('.');
    out.put("");
    instar::detail::put_integer(out, -42);
  };
  constexpr std::size_t size = [&] {
    instar::detail::counter out;
    written(out);
    return out.size;
  }();
  STATIC_REQUIRE(size == 9);
  constexpr std::array<char, size> bytes = [&] {
    std::array<char, size> buffer{};
    instar::detail::filler out{buffer.data()};
    written(out);
    return buffer;
  }();
  STATIC_REQUIRE(std::string_view(bytes.data(), bytes.size()) == "users.-42");
}
