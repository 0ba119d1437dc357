#include <instar/schema/names.hpp>

#include "schema/words.hpp"
#include "support/catch.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace {

using instar_test::text;

/// A derived name as it is written.
template <class... Columns>
constexpr text<200> derived(std::string_view table, std::string_view suffix, Columns... columns) {
  const std::string_view names[] = {columns..., std::string_view{}};
  text<200> out{};
  instar::detail::put_derived_name(out, table, std::span(names, sizeof...(columns)), suffix);
  return out;
}

/// How many bytes a counter expects of it.
template <class... Columns>
constexpr std::size_t counted(std::string_view table, std::string_view suffix, Columns... columns) {
  const std::string_view names[] = {columns..., std::string_view{}};
  instar::detail::counter out;
  instar::detail::put_derived_name(out, table, std::span(names, sizeof...(columns)), suffix);
  return out.size;
}

/// Whether the last nine bytes are an underscore and eight hexadecimal digits.
constexpr bool ends_in_hash(std::string_view name) {
  if (name.size() < 9 || name[name.size() - 9] != '_')
    return false;
  for (char c : name.substr(name.size() - 8))
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
      return false;
  return true;
}

/// Whether a text is whole UTF-8 characters.
constexpr bool is_utf8(std::string_view s) {
  std::size_t i = 0;
  while (i < s.size()) {
    const unsigned char c = static_cast<unsigned char>(s[i]);
    const std::size_t length = c < 0x80 ? 1 : (c >> 5) == 6 ? 2 : (c >> 4) == 14 ? 3 : (c >> 3) == 30 ? 4 : 0;
    if (length == 0 || i + length > s.size())
      return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(s[i + k]) & 0xC0u) != 0x80u)
        return false;
    i += length;
  }
  return true;
}

constexpr std::string_view a54 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr std::string_view a63 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr std::string_view eurosigns = "€€€€€€€€€€€€€€€€€€€€€€€€";            // 24 of three bytes
constexpr std::string_view clefs = "𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞";                        // 16 of four bytes
constexpr std::string_view umlauts = "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü";  // 36 of two bytes

}  // namespace

TEST_CASE("a derived name is the table's, its columns' and a suffix") {
  STATIC_REQUIRE(derived("users", "_pkey") == "users_pkey");
  STATIC_REQUIRE(derived("users", "_key", "email") == "users_email_key");
  STATIC_REQUIRE(derived("users", "_idx", "a", "b", "c") == "users_a_b_c_idx");
  STATIC_REQUIRE(derived("my users", "_key", "größe", "it's") == "my users_größe_it's_key");
}

TEST_CASE("63 bytes stay, 64 are cut to 54 and a hash") {
  STATIC_REQUIRE(derived(a54, "_check", "ab").size == 63);
  STATIC_REQUIRE(derived(a54.substr(0, 53), "_check", "abc").view().substr(53) == "_abc_check");
  STATIC_REQUIRE_FALSE(ends_in_hash(derived(a54, "_check", "ab").view()));

  constexpr auto longer = derived(a54, "_check", "abc");
  STATIC_REQUIRE(longer.size == 63);
  STATIC_REQUIRE(longer.view().substr(0, 55) == "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_");
  STATIC_REQUIRE(ends_in_hash(longer.view()));

  constexpr auto longest = derived(a63, "_key", a63, a63);
  STATIC_REQUIRE(longest.size == 63);
  STATIC_REQUIRE(ends_in_hash(longest.view()));
}

TEST_CASE("the cut falls where it falls: in the table, between, in a column") {
  STATIC_REQUIRE(derived(a63, "_pkey").view().substr(0, 54) == a54);
  STATIC_REQUIRE(derived(a54.substr(0, 50), "_key", "bcdefghijkl").view().substr(50, 5) == "_bcd_");
  STATIC_REQUIRE(derived(a54.substr(0, 53), "_key", "bcdefghijkl").view().substr(50, 5) == "aaa__");
  STATIC_REQUIRE(derived(a54.substr(0, 40), "_key", "bcdefghij", "klmnopqrst", "uv").view().substr(40, 15) ==
                 "_bcdefghij_klm_");
}

TEST_CASE("two long names with one beginning stay two") {
  constexpr auto one = derived(a54, "_key", "bcdefghijklmn");
  STATIC_REQUIRE(one == derived(a54, "_key", "bcdefghijklmn").view());
  STATIC_REQUIRE_FALSE(one == derived(a54, "_key", "bcdefghijklmo").view());
  STATIC_REQUIRE_FALSE(one == derived(a54, "_idx", "bcdefghijklmn").view());
  STATIC_REQUIRE_FALSE(one == derived(a54, "_key", "bcdefghijklmn", "o").view());
  STATIC_REQUIRE_FALSE(derived(a63, "_key", "a").view() == derived(a63, "_key", "b").view());
}

TEST_CASE("no character is cut in two") {
  // The cut may be at 54, 53 or 52 bytes with characters of three, down to 51 with those of four.
  STATIC_REQUIRE(derived(eurosigns, "_pkey").size == 63);
  STATIC_REQUIRE(derived("a", "_key", eurosigns).size == 1 + 1 + 51 + 9);
  STATIC_REQUIRE(derived("ab", "_key", eurosigns).size == 63);
  STATIC_REQUIRE(derived("abc", "_key", eurosigns).size == 3 + 1 + 48 + 9);
  STATIC_REQUIRE(derived(clefs, "_pkey").size == 52 + 9);
  STATIC_REQUIRE(derived("a", "_key", clefs).size == 1 + 1 + 52 + 9);
  STATIC_REQUIRE(derived("ab", "_key", clefs).size == 2 + 1 + 48 + 9);
  STATIC_REQUIRE(derived(umlauts, "_pkey").size == 63);
  STATIC_REQUIRE(derived("a", "_key", umlauts).size == 63);
  STATIC_REQUIRE(derived("ab", "_key", umlauts).size == 2 + 1 + 50 + 9);

  constexpr bool all_whole = [] {
    for (std::string_view column : {eurosigns, clefs, umlauts})
      for (std::size_t before = 0; before < 12; ++before) {
        const auto name = derived(a54.substr(0, before), "_key", column);
        if (!is_utf8(name.view()) || !ends_in_hash(name.view()) || name.size > 63)
          return false;
      }
    return true;
  }();
  STATIC_REQUIRE(all_whole);
  STATIC_REQUIRE_FALSE(is_utf8(eurosigns.substr(0, 4)));
}

TEST_CASE("nothing is written behind a cut") {
  // A short column after one that was cut would look as if it stood behind it.
  STATIC_REQUIRE(derived(a63, "_key", "zz").view().find('z') == std::string_view::npos);
  STATIC_REQUIRE(derived("t", "_key", a63, "zz").view().find('z') == std::string_view::npos);
}

TEST_CASE("a derived name is counted as it is written") {
  STATIC_REQUIRE(counted("users", "_pkey") == 10);
  STATIC_REQUIRE(counted("users", "_key", "email") == derived("users", "_key", "email").size);
  STATIC_REQUIRE(counted(a54, "_check", "ab") == 63);
  STATIC_REQUIRE(counted(a54, "_check", "abc") == 63);
  STATIC_REQUIRE(counted("ab", "_key", clefs) == derived("ab", "_key", clefs).size);
  STATIC_REQUIRE(instar::detail::derived_name_size("users", {}, "_pkey") == 10);
}
