#include <instar/schema/compare.hpp>

#include "support/catch.hpp"

#include <span>
#include <string_view>

using instar::column;
using instar::column_type;
using instar::default_kind;
using instar::enum_value;
using instar::enumeration;
using instar::index_part;
using instar::key;
using instar::table;
using instar::type_kind;
using instar::detail::column_renames;
using instar::detail::mentions;
using instar::detail::same_definition;
using instar::detail::same_type;
using instar::detail::selects_all;

namespace {

constexpr enum_value open_closed[] = {{.label = "open"}, {.label = "closed"}};
constexpr enum_value closed_open[] = {{.label = "closed"}, {.label = "open"}};
constexpr enum_value open_alone[] = {{.label = "open"}};
constexpr enumeration state{.name = "state", .values = open_closed};
constexpr enumeration state_again{.name = "state", .values = open_alone};
constexpr enumeration other{.name = "other", .values = open_closed};
constexpr enumeration elsewhere{.schema = "work", .name = "state", .values = open_closed};
constexpr enumeration renamed{.name = "phase", .values = open_closed, .renamed_from = "state"};
constexpr enumeration renamed_elsewhere{
    .schema = "work", .name = "phase", .values = open_closed, .renamed_from = "state"};

constexpr column_type type_of(type_kind kind, int length = -1, int scale = -1, int dimensions = 0) {
  return {.kind = kind, .length = length, .scale = scale, .dimensions = dimensions};
}
constexpr column_type type_of(const enumeration& e) {
  return {.kind = type_kind::enumeration, .values = &e};
}

}  // namespace

TEST_CASE("types are the same when each member is") {
  STATIC_REQUIRE(same_type(type_of(type_kind::numeric, 12, 2), type_of(type_kind::numeric, 12, 2)));
  STATIC_REQUIRE_FALSE(same_type(type_of(type_kind::numeric, 12, 2), type_of(type_kind::numeric, 12, 3)));
  STATIC_REQUIRE_FALSE(same_type(type_of(type_kind::numeric, 12, 2), type_of(type_kind::numeric, 13, 2)));
  STATIC_REQUIRE_FALSE(same_type(type_of(type_kind::numeric), type_of(type_kind::numeric, 12, 0)));
  STATIC_REQUIRE_FALSE(same_type(type_of(type_kind::text), type_of(type_kind::varchar)));
  STATIC_REQUIRE_FALSE(same_type(type_of(type_kind::text), type_of(type_kind::text, -1, -1, 1)));
  STATIC_REQUIRE(same_type({.custom = "point"}, {.custom = "point"}));
  STATIC_REQUIRE_FALSE(same_type({.custom = "point"}, {.custom = "line"}));
}

TEST_CASE("an enum is the one of its name, or the one that it says it was") {
  STATIC_REQUIRE(same_type(type_of(state), type_of(state)));
  STATIC_REQUIRE(same_type(type_of(state), type_of(state_again)));
  STATIC_REQUIRE(same_type(type_of(state), type_of(renamed)));
  STATIC_REQUIRE_FALSE(same_type(type_of(renamed), type_of(state)));
  STATIC_REQUIRE_FALSE(same_type(type_of(state), type_of(other)));
  STATIC_REQUIRE_FALSE(same_type(type_of(state), type_of(elsewhere)));
  STATIC_REQUIRE(same_type(type_of(state), type_of(renamed_elsewhere)));  // Moved from the default schema.
  STATIC_REQUIRE(same_type(type_of(elsewhere), type_of(renamed_elsewhere)));
  STATIC_REQUIRE_FALSE(same_type(type_of(state), type_of(type_kind::enumeration)));
}

TEST_CASE("enums have the same values when each stands at its place") {
  STATIC_REQUIRE(instar::detail::same_values(state, other));
  STATIC_REQUIRE_FALSE(instar::detail::same_values(state, state_again));
  STATIC_REQUIRE_FALSE(instar::detail::same_values(state, enumeration{.name = "state", .values = closed_open}));
  STATIC_REQUIRE(instar::detail::find_value(state, "closed") == 1);
  STATIC_REQUIRE(instar::detail::find_value(state, "Closed") == -1);
}

TEST_CASE("an enum's value was the one of its label, or the one that it says it was") {
  static constexpr enum_value values[] = {{.label = "open"},
                                          {.label = "shut", .renamed_from = "closed"},
                                          {.label = "new", .renamed_from = "never"},
                                          {.label = "two", .renamed_from = "closed"}};
  static constexpr enumeration now{.name = "state", .values = values};
  STATIC_REQUIRE(instar::detail::old_value(state, now, values[0]) == 0);
  STATIC_REQUIRE(instar::detail::old_value(state, now, values[1]) == 1);
  STATIC_REQUIRE(instar::detail::old_value(state, now, values[2]) == -1);
  // Two say that they were "closed": the first was.
  STATIC_REQUIRE(instar::detail::old_value(state, now, values[3]) == -1);
  STATIC_REQUIRE_FALSE(instar::detail::is_rename(state, now, values[0]));
  STATIC_REQUIRE(instar::detail::is_rename(state, now, values[1]));
  STATIC_REQUIRE_FALSE(instar::detail::is_rename(state, now, values[3]));

  // A label that stays was not renamed, whoever says so.
  static constexpr enum_value kept[] = {
      {.label = "open"}, {.label = "closed"}, {.label = "shut", .renamed_from = "closed"}};
  static constexpr enumeration keeps{.name = "state", .values = kept};
  STATIC_REQUIRE(instar::detail::old_value(state, keeps, kept[2]) == -1);
  // And one that had its label already was not renamed to it.
  static constexpr enum_value back[] = {{.label = "open", .renamed_from = "closed"}};
  static constexpr enumeration with_back{.name = "state", .values = back};
  STATIC_REQUIRE(instar::detail::old_value(state, with_back, back[0]) == 0);
}

TEST_CASE("defaults are the same when kind and value are") {
  using instar::detail::same_default;
  STATIC_REQUIRE(same_default({}, {}));
  STATIC_REQUIRE(
      same_default({.kind = default_kind::integer, .integer = 1}, {.kind = default_kind::integer, .integer = 1}));
  STATIC_REQUIRE_FALSE(same_default({.kind = default_kind::integer, .integer = 1}, {.kind = default_kind::integer}));
  STATIC_REQUIRE_FALSE(same_default({.kind = default_kind::integer}, {.kind = default_kind::boolean}));
  STATIC_REQUIRE_FALSE(
      same_default({.kind = default_kind::real, .real = 0.5}, {.kind = default_kind::real, .real = 0.25}));
  STATIC_REQUIRE_FALSE(
      same_default({.kind = default_kind::text, .text = "1"}, {.kind = default_kind::expression, .text = "1"}));
  STATIC_REQUIRE_FALSE(
      same_default({.kind = default_kind::text, .text = "1"}, {.kind = default_kind::text, .text = "2"}));
  STATIC_REQUIRE_FALSE(same_default({.kind = default_kind::now}, {}));
}

TEST_CASE("a column was renamed when its old name is gone, its own is new, and it is the first to say so") {
  static constexpr column before_columns[] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
  static constexpr column after_columns[] = {{.name = "x", .renamed_from = "a"},  // was a
                                             {.name = "y", .renamed_from = "a"},  // too late
                                             {.name = "b", .renamed_from = "c"},  // has its name already
                                             {.name = "z", .renamed_from = "b"},  // b is still there
                                             {.name = "w", .renamed_from = "never"}, {.name = "v"}};
  static constexpr table before{.name = "t", .columns = before_columns};
  static constexpr table after{.name = "t", .columns = after_columns};
  constexpr column_renames renames(before, after);
  STATIC_REQUIRE(renames.any);
  STATIC_REQUIRE(renames.is_rename(after_columns[0]));
  STATIC_REQUIRE_FALSE(renames.is_rename(after_columns[1]));
  STATIC_REQUIRE_FALSE(renames.is_rename(after_columns[2]));
  STATIC_REQUIRE_FALSE(renames.is_rename(after_columns[3]));
  STATIC_REQUIRE_FALSE(renames.is_rename(after_columns[4]));
  STATIC_REQUIRE_FALSE(renames.is_rename(after_columns[5]));
  STATIC_REQUIRE(renames.now("a") == "x");
  STATIC_REQUIRE(renames.now("b") == "b");
  STATIC_REQUIRE(renames.now("c") == "c");
  STATIC_REQUIRE(renames.now("never") == "never");

  constexpr column_renames none(before, before);
  STATIC_REQUIRE_FALSE(none.any);
  STATIC_REQUIRE(none.now("a") == "a");
}

namespace {

constexpr column old_columns[] = {{.name = "a"}, {.name = "b"}};
constexpr column new_columns[] = {{.name = "x", .renamed_from = "a"}, {.name = "b"}};
constexpr table old_table{.name = "t", .columns = old_columns};
constexpr table new_table{.name = "t", .columns = new_columns};
constexpr column_renames to_x(old_table, new_table);
constexpr std::string_view ab[] = {"a", "b"};
constexpr std::string_view ba[] = {"b", "a"};
constexpr std::string_view xb[] = {"x", "b"};
constexpr std::string_view just_a[] = {"a"};
constexpr std::string_view just_x[] = {"x"};
constexpr index_part part_a[] = {{.text = "a"}};
constexpr index_part part_x[] = {{.text = "x"}};
constexpr index_part sql_a[] = {{.text = "a", .expression = true}};
constexpr index_part sql_x[] = {{.text = "x", .expression = true}};

constexpr bool same_parts(index_part then, index_part now) {
  const index_part a[] = {then};
  const index_part b[] = {now};
  return same_definition(to_x, std::span<const index_part>(a), std::span<const index_part>(b));
}

}  // namespace

TEST_CASE("old keys are compared in new names") {
  STATIC_REQUIRE(same_definition(to_x, key{.columns = ab}, key{.columns = xb}));
  STATIC_REQUIRE_FALSE(same_definition(to_x, key{.columns = ab}, key{.columns = ab}));
  STATIC_REQUIRE_FALSE(same_definition(to_x, key{.columns = ba}, key{.columns = xb}));
  STATIC_REQUIRE_FALSE(same_definition(to_x, key{.columns = just_a}, key{.columns = xb}));
  STATIC_REQUIRE(same_definition(to_x, key{.name = "one", .columns = just_a}, key{.name = "two", .columns = just_x}));
  STATIC_REQUIRE_FALSE(
      same_definition(to_x, key{.columns = just_a}, key{.columns = just_x, .nulls_not_distinct = true}));
  STATIC_REQUIRE_FALSE(same_definition(to_x, key{.columns = just_a},
                                       key{.columns = just_x, .deferral = instar::deferral::initially_immediate}));
}

TEST_CASE("old indexes are compared in new names, expressions as they are") {
  STATIC_REQUIRE(same_definition(to_x, instar::index{.parts = part_a}, instar::index{.name = "i", .parts = part_x}));
  STATIC_REQUIRE_FALSE(same_definition(to_x, instar::index{.parts = part_a}, instar::index{.parts = part_a}));
  STATIC_REQUIRE(same_definition(to_x, instar::index{.parts = sql_a}, instar::index{.parts = sql_a}));
  STATIC_REQUIRE_FALSE(same_definition(to_x, instar::index{.parts = sql_a}, instar::index{.parts = sql_x}));
  STATIC_REQUIRE_FALSE(same_definition(to_x, instar::index{.parts = part_a}, instar::index{.parts = sql_x}));
  STATIC_REQUIRE_FALSE(
      same_definition(to_x, instar::index{.parts = part_a}, instar::index{.parts = part_x, .unique = true}));
  STATIC_REQUIRE_FALSE(same_definition(to_x, instar::index{.parts = part_a},
                                       instar::index{.parts = part_x, .nulls_not_distinct = true}));
  STATIC_REQUIRE_FALSE(
      same_definition(to_x, instar::index{.parts = part_a}, instar::index{.parts = part_x, .where = "b"}));
  STATIC_REQUIRE_FALSE(
      same_definition(to_x, instar::index{.parts = part_a}, instar::index{.parts = part_x, .include = just_x}));
  STATIC_REQUIRE(same_definition(to_x, instar::index{.parts = part_a, .include = just_a},
                                 instar::index{.parts = part_x, .include = just_x}));
  STATIC_REQUIRE(
      same_definition(to_x, instar::index{.parts = part_a}, instar::index{.parts = part_x, .method = "btree"}));
  STATIC_REQUIRE_FALSE(
      same_definition(to_x, instar::index{.parts = part_a}, instar::index{.parts = part_x, .method = "hash"}));
}

TEST_CASE("every option of an index's part counts") {
  STATIC_REQUIRE(same_parts({.text = "a"}, {.text = "x"}));
  STATIC_REQUIRE_FALSE(same_parts({.text = "a"}, {.text = "b"}));
  STATIC_REQUIRE_FALSE(same_parts({.text = "a"}, {.text = "x", .descending = true}));
  STATIC_REQUIRE_FALSE(same_parts({.text = "a"}, {.text = "x", .nulls = instar::null_order::last}));
  STATIC_REQUIRE_FALSE(same_parts({.text = "a"}, {.text = "x", .collation = "C"}));
  STATIC_REQUIRE_FALSE(same_parts({.text = "a"}, {.text = "x", .operator_class = "c"}));
  STATIC_REQUIRE_FALSE(same_parts({.text = "a"}, {.text = "x", .with_operator = "="}));
}

TEST_CASE("checks, exclusions and sequences are compared by what they say, not by their names") {
  STATIC_REQUIRE(same_definition(to_x, instar::check{"one", "a > 0"}, instar::check{"two", "a > 0"}));
  STATIC_REQUIRE_FALSE(same_definition(to_x, instar::check{"one", "a > 0"}, instar::check{"one", "a > 1"}));

  using instar::exclusion;
  STATIC_REQUIRE(same_definition(to_x, exclusion{.parts = part_a}, exclusion{.parts = part_x, .method = "gist"}));
  STATIC_REQUIRE_FALSE(
      same_definition(to_x, exclusion{.parts = part_a}, exclusion{.parts = part_x, .method = "btree"}));
  STATIC_REQUIRE_FALSE(same_definition(to_x, exclusion{.parts = part_a}, exclusion{.parts = part_x, .where = "b"}));
  STATIC_REQUIRE_FALSE(same_definition(to_x, exclusion{.parts = part_a},
                                       exclusion{.parts = part_x, .deferral = instar::deferral::initially_deferred}));

  using instar::sequence_object;
  STATIC_REQUIRE(same_definition(sequence_object{.name = "a"}, sequence_object{.name = "b"}));
  STATIC_REQUIRE_FALSE(same_definition(sequence_object{}, sequence_object{.type = type_kind::integer}));
  STATIC_REQUIRE_FALSE(same_definition(sequence_object{}, sequence_object{.start = 2}));
  STATIC_REQUIRE_FALSE(same_definition(sequence_object{}, sequence_object{.increment = 2}));
  STATIC_REQUIRE_FALSE(same_definition(sequence_object{}, sequence_object{.cache = 2}));
  STATIC_REQUIRE_FALSE(same_definition(sequence_object{}, sequence_object{.cycle = true}));
}

TEST_CASE("SQL mentions a name that stands in it as a word, in whatever case") {
  STATIC_REQUIRE(mentions("SELECT * FROM users", "users"));
  STATIC_REQUIRE(mentions("users", "users"));
  STATIC_REQUIRE(mentions("SELECT * FROM USERS u", "users"));
  STATIC_REQUIRE(mentions("SELECT * FROM users", "Users"));
  STATIC_REQUIRE(mentions("SELECT \"users\".id", "users"));
  STATIC_REQUIRE(mentions("auth.users", "users"));
  STATIC_REQUIRE(mentions("(users)", "users"));
  STATIC_REQUIRE(mentions("superusers, users", "users"));
  STATIC_REQUIRE(mentions("größe > 0", "größe"));
  STATIC_REQUIRE(mentions("a b", "a b"));
}

TEST_CASE("SQL does not mention a name that is a part of a word") {
  STATIC_REQUIRE_FALSE(mentions("SELECT * FROM superusers", "users"));
  STATIC_REQUIRE_FALSE(mentions("SELECT * FROM users_old", "users"));
  STATIC_REQUIRE_FALSE(mentions("SELECT users2", "users"));
  STATIC_REQUIRE_FALSE(mentions("SELECT user", "users"));
  STATIC_REQUIRE_FALSE(mentions("größer", "größe"));
  STATIC_REQUIRE_FALSE(mentions("ögröße", "größe"));
  STATIC_REQUIRE_FALSE(mentions("", "users"));
  STATIC_REQUIRE_FALSE(mentions("users", ""));
  STATIC_REQUIRE_FALSE(mentions("", ""));
}

TEST_CASE("a query selects all columns where it says so, not where it counts") {
  STATIC_REQUIRE(selects_all("SELECT * FROM t"));
  STATIC_REQUIRE(selects_all("SELECT t.* FROM t"));
  STATIC_REQUIRE(selects_all("*"));
  STATIC_REQUIRE_FALSE(selects_all("SELECT count(*) FROM t"));
  STATIC_REQUIRE_FALSE(selects_all("SELECT a FROM t"));
  STATIC_REQUIRE_FALSE(selects_all(""));
}

TEST_CASE("a written name means the object of that schema and name") {
  using instar::detail::hash_object;
  using instar::detail::names_object;
  STATIC_REQUIRE(names_object("users", "", "users"));
  STATIC_REQUIRE(names_object("auth.users", "auth", "users"));
  STATIC_REQUIRE_FALSE(names_object("users", "auth", "users"));
  STATIC_REQUIRE_FALSE(names_object("auth.users", "", "users"));
  STATIC_REQUIRE_FALSE(names_object("auth_users", "auth", "users"));
  STATIC_REQUIRE_FALSE(names_object("", "", "users"));
  STATIC_REQUIRE(hash_object("", "users") == instar::detail::hash_text("users"));
  STATIC_REQUIRE(hash_object("auth", "users") == instar::detail::hash_text("auth.users"));
}
