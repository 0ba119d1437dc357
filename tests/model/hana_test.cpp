#define INSTAR_WITH_HANA 1  // for the single header
#include <instar/hana.hpp>
#include <instar/instar.hpp>
#include <instar/pfr.hpp>

#include "support/catch.hpp"

#include <boost/hana.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace hana = boost::hana;

namespace {

using time_point = std::chrono::sys_time<std::chrono::microseconds>;

// Catch would take an operand of Hana's into its own expression, and Hana that into its.
template <class Constant>
constexpr bool holds = Constant::value;

constexpr auto key_a = BOOST_HANA_STRING("a");
constexpr auto key_b = BOOST_HANA_STRING("b");
constexpr auto key_e_mail = BOOST_HANA_STRING("e_mail");
constexpr auto key_email = BOOST_HANA_STRING("email");
constexpr auto key_id = BOOST_HANA_STRING("id");
constexpr auto key_name = BOOST_HANA_STRING("name");
constexpr auto key_x = BOOST_HANA_STRING("x");
constexpr auto key_y = BOOST_HANA_STRING("y");

}  // namespace

// Described by instar, seen by Hana.
namespace hana_test::described {

struct User {
  std::int64_t id;
  std::string email;
  std::optional<std::string> name;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique, column("e_mail")), (name))

struct Point {
  int x;
  int y;
};
INSTAR_MODEL(Point, "points", (x, primary_key), (y))

struct Derived : Point {
  int z;
};

struct Plain {
  int a;
  bool b;
};
INSTAR_PFR_MODEL(Plain, "plain")

struct Neither {
  int a;
};

// Hana's own words about a struct are the ones that it keeps.
struct Both {
  int a;
  int b;
};
INSTAR_MODEL(Both, "both", (a, primary_key), (b))

struct Wide {
  int f00, f01, f02, f03, f04, f05, f06, f07, f08, f09, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19;
};
INSTAR_MODEL(Wide, "wide", (f00), (f01), (f02), (f03), (f04), (f05), (f06), (f07), (f08), (f09), (f10), (f11), (f12),
             (f13), (f14), (f15), (f16), (f17), (f18), (f19))

}  // namespace hana_test::described

BOOST_HANA_ADAPT_STRUCT(hana_test::described::Both, b);

namespace {

namespace described = hana_test::described;

constexpr described::Point point{3, 4};

template <std::size_t Number, class Row>
using member_seen_by =
    decltype(hana::second(hana::at_c<Number>(hana::accessors<described::User>()))(std::declval<Row>()));

}  // namespace

TEST_CASE("a described model is a Hana Struct, other classes are not") {
  STATIC_REQUIRE(hana::Struct<described::User>::value);
  STATIC_REQUIRE(hana::Struct<described::Plain>::value);
  STATIC_REQUIRE_FALSE(hana::Struct<described::Neither>::value);
  STATIC_REQUIRE_FALSE(hana::Struct<int>::value);
  STATIC_REQUIRE_FALSE(hana::Struct<std::string>::value);
}

TEST_CASE("a class whose base is a model is no Struct by that") {
  STATIC_REQUIRE_FALSE(hana::Struct<described::Derived>::value);
}

TEST_CASE("the keys of a model are its fields' names in their order, not its columns'") {
  const auto keys = hana::keys(described::User{});
  STATIC_REQUIRE(holds<decltype(keys == hana::make_tuple(key_id, key_email, key_name))>);
  CHECK(std::string_view(hana::at_c<1>(keys).c_str()) == "email");
}

TEST_CASE("an accessor gives the member as const and as movable as the row") {
  STATIC_REQUIRE(std::is_same_v<member_seen_by<1, described::User&>, std::string&>);
  STATIC_REQUIRE(std::is_same_v<member_seen_by<1, const described::User&>, const std::string&>);
  STATIC_REQUIRE(std::is_same_v<member_seen_by<1, described::User>, std::string&&>);
  STATIC_REQUIRE(std::is_same_v<member_seen_by<2, const described::User>, const std::optional<std::string>&&>);

  described::User user{1, "a@example.org", "A"};
  hana::at_key(user, key_email) = "b@example.org";
  CHECK(user.email == "b@example.org");
  const std::string moved = hana::at_key(std::move(user), key_email);
  CHECK(moved == "b@example.org");
}

TEST_CASE("each accessor gives its own member, in a constant evaluation too") {
  STATIC_REQUIRE(hana::at_key(point, key_x) == 3);
  STATIC_REQUIRE(hana::at_key(point, key_y) == 4);
  STATIC_REQUIRE(bool(hana::members(point) == hana::make_tuple(3, 4)));

  described::Wide wide{};
  int number = 0;
  hana::for_each(hana::accessors<described::Wide>(), [&](auto pair) { hana::second(pair)(wide) = number++; });
  CHECK(wide.f00 == 0);
  CHECK(wide.f07 == 7);
  CHECK(wide.f19 == 19);
}

TEST_CASE("Hana's algorithms work on a model's row") {
  const described::User user{7, "a@example.org", {}};

  std::string text;
  hana::for_each(user, hana::fuse([&](auto key, const auto& value) {
                   text += key.c_str();
                   if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::int64_t>)
                     text += "=" + std::to_string(value);
                   text += ' ';
                 }));
  CHECK(text == "id=7 email name ");

  described::User other = user;
  CHECK(hana::equal(user, other));
  other.name = "A";
  CHECK_FALSE(hana::equal(user, other));

  const auto map = hana::to_map(user);
  CHECK(map[key_email] == "a@example.org");
  STATIC_REQUIRE(holds<decltype(hana::length(map) == hana::size_c<3>)>);

  const auto found = hana::find_if(user, [](auto key) { return key == key_id; });
  CHECK(*found == 7);
  STATIC_REQUIRE(holds<decltype(hana::contains(user, key_name))>);
  STATIC_REQUIRE_FALSE(holds<decltype(hana::contains(user, key_e_mail))>);
}

TEST_CASE("an aggregate that PFR read is a Struct with the names that PFR gave") {
  STATIC_REQUIRE(holds<decltype(hana::keys(described::Plain{}) == hana::make_tuple(key_a, key_b))>);
  STATIC_REQUIRE(hana::at_key(described::Plain{5, true}, key_a) == 5);
}

TEST_CASE("a model that is adapted for Hana beside keeps Hana's members") {
  STATIC_REQUIRE(holds<decltype(hana::keys(described::Both{}) == hana::make_tuple(key_b))>);
}

// Known to Hana, described by it: twice the same schema, once in instar's own words.
namespace hana_test::by_macro {

enum class Role { member, admin };
INSTAR_ENUM(Role, member, admin)

struct User {
  std::int64_t id;
  std::string email;
  std::optional<std::string> name;
  Role role;
  std::int64_t best_post_id;
};
struct Post {
  std::int64_t user_id;
  std::int32_t number;
  std::optional<std::int64_t> answer_to;
  std::string title;
  std::vector<std::string> tags;
  time_point written_at;
};
struct Draft {
  instar::uuid id;
  std::int64_t user_id;
  std::int32_t number;
};
INSTAR_MODEL(User, "accounts.users", (id, primary_key, identity), (email, unique, varchar<200>), (name),
             (role, default_value(Role::admin)), (best_post_id, references(&Post::answer_to).on_delete(cascade)))
INSTAR_MODEL(Post, "posts", (user_id, references(&User::id).on_delete(cascade), column("author")), (number),
             (answer_to, references(&Post::answer_to), unique), (title, index), (tags), (written_at, default_now),
             primary_key(&Post::user_id, &Post::number), index(column(&Post::written_at).desc(), &Post::title),
             check("number > 0"), comment("What was said"))
INSTAR_MODEL(Draft, "drafts", (id, primary_key), (user_id), (number),
             foreign_key(&Draft::user_id, &Draft::number).references(&Post::user_id, &Post::number))

inline constexpr auto schema = instar::schema<User, Post, Draft>();

}  // namespace hana_test::by_macro

namespace hana_test::by_hana {

enum class Role { member, admin };
INSTAR_ENUM(Role, member, admin)

struct User {
  std::int64_t id;
  std::string email;
  std::optional<std::string> name;
  Role role;
  std::int64_t best_post_id;
};
struct Post {
  BOOST_HANA_DEFINE_STRUCT(Post, (std::int64_t, user_id), (std::int32_t, number),
                           (std::optional<std::int64_t>, answer_to), (std::string, title),
                           (std::vector<std::string>, tags), (time_point, written_at));
};
// In another order than the struct's: the columns follow Hana.
struct Draft {
  std::int32_t number;
  instar::uuid id;
  std::int64_t user_id;
};

}  // namespace hana_test::by_hana

BOOST_HANA_ADAPT_STRUCT(hana_test::by_hana::User, id, email, name, role, best_post_id);
BOOST_HANA_ADAPT_STRUCT(hana_test::by_hana::Draft, id, user_id, number);

namespace hana_test::by_hana {

// The entries in any order, and the references both ways across described, defined and adapted models.
INSTAR_HANA_MODEL(User, "accounts.users", (role, default_value(Role::admin)), (email, unique, varchar<200>),
                  (id, primary_key, identity), (best_post_id, references(&Post::answer_to).on_delete(cascade)))
INSTAR_HANA_MODEL(Post, "posts", comment("What was said"), (written_at, default_now), (title, index),
                  (user_id, references(&User::id).on_delete(cascade), column("author")),
                  (answer_to, references(&Post::answer_to), unique), primary_key(&Post::user_id, &Post::number),
                  index(column(&Post::written_at).desc(), &Post::title), check("number > 0"))
INSTAR_HANA_MODEL(Draft, "drafts", (id, primary_key),
                  foreign_key(&Draft::user_id, &Draft::number).references(&Post::user_id, &Post::number))

inline constexpr auto schema = instar::schema<User, Post, Draft>();

}  // namespace hana_test::by_hana

namespace {

namespace by_macro = hana_test::by_macro;
namespace by_hana = hana_test::by_hana;

template <instar::dialect Dialect>
constexpr bool same_ddl() {
  constexpr auto& a = instar::ddl<Dialect, by_macro::schema>.statements;
  constexpr auto& b = instar::ddl<Dialect, by_hana::schema>.statements;
  if (a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i])
      return false;
  return !a.empty();
}

}  // namespace

TEST_CASE("a Hana Struct with its attributes is the model that INSTAR_MODEL would describe") {
  STATIC_REQUIRE(instar::diff<by_macro::schema, by_hana::schema>.size() == 0);
  STATIC_REQUIRE(same_ddl<instar::postgres>());
  STATIC_REQUIRE(same_ddl<instar::sqlite>());
}

TEST_CASE("a model's hash does not tell whether Hana adapted it") {
  const auto& macro = instar::view_of<by_macro::schema>.tables;
  const auto& hana_tables = instar::view_of<by_hana::schema>.tables;
  REQUIRE(macro.size() == 3);
  CHECK(macro[0].content_hash == hana_tables[0].content_hash);
  CHECK(macro[2].content_hash == hana_tables[2].content_hash);
}

TEST_CASE("all of Hana's members are columns, in Hana's order") {
  STATIC_REQUIRE(by_hana::schema.table("drafts").columns.size() == 3);
  STATIC_REQUIRE(by_hana::schema.table("drafts").columns[0].name == "id");
  STATIC_REQUIRE(by_hana::schema.table("drafts").columns[1].name == "user_id");
  STATIC_REQUIRE(by_hana::schema.table("drafts").columns[2].name == "number");
  STATIC_REQUIRE(by_hana::schema.table("posts").columns.size() == 6);
  STATIC_REQUIRE(by_hana::schema.table("posts").column("answer_to").nullable);
}

// A Struct of which nothing is said, and a schema that mixes the three ways.
namespace hana_test::mixed {

struct Word {
  BOOST_HANA_DEFINE_STRUCT(Word, (std::string, text), (std::optional<double>, weight));
};
INSTAR_HANA_MODEL(Word, "words")

struct Use {
  std::int64_t id;
  std::string word;
};
INSTAR_MODEL(Use, "uses", (id, primary_key), (word))

struct Place {
  std::int64_t id;
  std::int64_t use_id;
};
INSTAR_PFR_MODEL(Place, "places", (id, primary_key), (use_id, references(&Use::id)))

struct Visit {
  BOOST_HANA_DEFINE_STRUCT(Visit, (std::int64_t, place_id));
};
INSTAR_HANA_MODEL(Visit, "visits", (place_id, references(&Place::id)))

inline constexpr auto schema = instar::schema<Word, Use, Place, Visit>();

}  // namespace hana_test::mixed

namespace mixed = hana_test::mixed;

TEST_CASE("a Struct of which nothing is said is a table of its members") {
  STATIC_REQUIRE(mixed::schema.table("words").columns.size() == 2);
  STATIC_REQUIRE(mixed::schema.table("words").primary_key.columns.empty());
  STATIC_REQUIRE(instar::ddl<instar::sqlite, mixed::schema>.statements[0].find("\"weight\" ") !=
                 std::string_view::npos);
}

TEST_CASE("models of all three kinds reference each other") {
  STATIC_REQUIRE(mixed::schema.table("places").foreign_keys[0].target_table == "uses");
  STATIC_REQUIRE(mixed::schema.table("visits").foreign_keys[0].target_table == "places");
}

TEST_CASE("the fields of a Hana model are visited in Hana's order") {
  by_hana::Draft draft{3, {}, 9};
  std::int64_t sum = 0;
  instar::detail::visit_fields(draft, [&](instar::uuid&, std::int64_t& user, std::int32_t& number) {
    sum = user * 10 + number;
    number = 4;
  });
  CHECK(sum == 93);
  CHECK(draft.number == 4);
}
