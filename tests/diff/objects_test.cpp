// What stands beside the tables: views make way for what changes under them, raw objects for what they name.
#include <instar/instar.hpp>

#include "diff/steps.hpp"
#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace diff_objects {

using instar_test::hazards;
using instar_test::one_way;
using instar_test::steps;
using std::int64_t;

struct User {
  int64_t id;
  std::string email;
  int64_t points;
};
INSTAR_MODEL(User, "users", (id, primary_key), (email, unique), (points))

inline constexpr auto bare = instar::schema<User>();

// Views.
inline constexpr auto rich = instar::view("rich", "SELECT id, email FROM users WHERE points > 10");
inline constexpr auto very_rich = instar::view("rich", "SELECT id, email FROM users WHERE points > 100");
inline constexpr auto over_rich = instar::view("over_rich", "SELECT count(*) FROM rich");
inline constexpr auto stars = instar::view("stars", "SELECT * FROM users");
inline constexpr auto apart = instar::view("apart", "SELECT 1 AS superusers");
inline constexpr auto with_view = instar::schema<User>(rich);
inline constexpr auto with_other_view = instar::schema<User>(very_rich);
inline constexpr auto with_views = instar::schema<User>(rich, over_rich, stars, apart);
inline constexpr auto with_other_views = instar::schema<User>(very_rich, over_rich, stars, apart);
inline constexpr auto with_views_turned = instar::schema<User>(apart, stars, rich, over_rich);
inline constexpr auto in_schema = instar::schema<User>(instar::view("s.rich", "SELECT 1"));
inline constexpr auto materialized =
    instar::schema<User>(instar::materialized_view("rich", "SELECT id, email FROM users WHERE points > 10"));
inline constexpr auto indexed = instar::schema<User>(
    instar::materialized_view("rich", "SELECT id, email FROM users WHERE points > 10",
                              instar::view_index("rich_id", "id").unique(), instar::view_index("rich_email", "email")));
inline constexpr auto indexed_otherwise = instar::schema<User>(
    instar::materialized_view("rich", "SELECT id, email FROM users WHERE points > 10",
                              instar::view_index("rich_id", "id"), instar::view_index("rich_email", "email")));

// What happens to the table under the views.
#define UNDER_VIEWS(NAME, C_TYPE, ...)                                                                                 \
  namespace NAME {                                                                                                     \
  struct User {                                                                                                        \
    int64_t id;                                                                                                        \
    std::string email;                                                                                                 \
    C_TYPE points;                                                                                                     \
  };                                                                                                                   \
  INSTAR_MODEL(User, __VA_ARGS__)                                                                                      \
  inline constexpr auto schema = instar::schema<User>(rich, over_rich, stars, apart);                                  \
  }
UNDER_VIEWS(retyped, std::int32_t, "users", (id, primary_key), (email, unique), (points))
UNDER_VIEWS(defaulted, int64_t, "users", (id, primary_key), (email, unique), (points, default_value(0)))
UNDER_VIEWS(nullable, std::optional<int64_t>, "users", (id, primary_key), (email, unique), (points))
UNDER_VIEWS(renamed_column, int64_t, "users", (id, primary_key), (email, unique),
            (points, column("score"), renamed_from("points")))
UNDER_VIEWS(renamed_table, int64_t, "people", renamed_from("users"), (id, primary_key), (email, unique), (points))
UNDER_VIEWS(collated, int64_t, "users", (id, primary_key), (email, unique, collate("C")), (points))
UNDER_VIEWS(other_key, int64_t, "users", (id, unique), (email, primary_key), (points))
UNDER_VIEWS(indexed_table, int64_t, "users", (id, primary_key), (email, unique), (points, index))
namespace widened {
struct User {
  int64_t id;
  std::string email;
  int64_t points;
  std::optional<std::string> name;
};
INSTAR_MODEL(User, "users", (id, primary_key), (email, unique), (points), (name))
inline constexpr auto schema = instar::schema<User>(rich, over_rich, stars, apart);
}  // namespace widened
namespace narrowed {
struct User {
  int64_t id;
  std::string email;
};
INSTAR_MODEL(User, "users", (id, primary_key), (email, unique))
inline constexpr auto schema = instar::schema<User>(stars, apart);
}  // namespace narrowed

// Extensions and sequences.
inline constexpr auto with_extension = instar::schema<User>(instar::extension("hstore"));
inline constexpr auto with_version = instar::schema<User>(instar::extension("hstore", "", "1.7"));
inline constexpr auto with_later = instar::schema<User>(instar::extension("hstore", "", "1.8"));
inline constexpr auto in_tools = instar::schema<User>(instar::extension("hstore", "tools", "1.8"));
inline constexpr auto with_sequence = instar::schema<User>(instar::sequence("n"));
inline constexpr auto with_steps = instar::schema<User>(instar::sequence("n", 1, 10));
inline constexpr auto with_start = instar::schema<User>(instar::sequence("n", 5));
inline constexpr auto with_other_sequence = instar::schema<User>(instar::sequence("s.n"));

// Raw objects.
constexpr auto function(std::string_view create, std::string_view drop = "DROP FUNCTION f()") {
  return instar::function("f", create, drop);
}
inline constexpr auto with_function = instar::schema<User>(function("CREATE FUNCTION f() AS 1"));
inline constexpr auto with_other_function = instar::schema<User>(function("CREATE FUNCTION f() AS 2"));
inline constexpr auto replacing = instar::schema<User>(function("CREATE OR REPLACE FUNCTION f() AS 2"));
inline constexpr auto replacing_small = instar::schema<User>(function("  create or\nreplace function f() as 2"));
inline constexpr auto replacing_other =
    instar::schema<User>(function("CREATE OR REPLACE FUNCTION f(int) AS 2", "DROP FUNCTION f(int)"));
inline constexpr auto touch =
    instar::trigger("touch", "CREATE TRIGGER touch BEFORE UPDATE OF points ON users", "DROP TRIGGER touch ON users");
inline constexpr auto own =
    instar::policy("own", "CREATE POLICY own ON users USING (points > 0)", "DROP POLICY own ON users");
inline constexpr auto domain =
    instar::raw("domain", "d", "CREATE DOMAIN d", "DROP DOMAIN d", instar::placement::before_tables);
inline constexpr auto of_rows = instar::raw("function", "f(users)", "CREATE FUNCTION f(users)",
                                            "DROP FUNCTION f(users)", instar::placement::before_indexes);
inline constexpr auto of_other_rows = instar::raw("function", "f(users)", "CREATE FUNCTION f(users) AS 2",
                                                  "DROP FUNCTION f(users)", instar::placement::before_indexes);
inline constexpr auto over_rows = instar::view("points_of", "SELECT f(u) FROM users u");
inline constexpr auto nothing = instar::schema<>();
inline constexpr auto with_table_and_raw_between = instar::schema<User>(of_rows, over_rows);
inline constexpr auto with_other_raw_between = instar::schema<User>(of_other_rows, over_rows);
inline constexpr auto with_raw = instar::schema<User>(touch, own, domain);
inline constexpr auto with_raw_retyped = instar::schema<retyped::User>(touch, own, domain);
inline constexpr auto with_raw_defaulted = instar::schema<defaulted::User>(touch, own, domain);
inline constexpr auto of_one_name =
    instar::schema<User>(instar::trigger("own", "CREATE TRIGGER own ON users", "DROP TRIGGER own ON users"), own);

// Comments of views: only a schema that is spelled out has them.
inline constexpr instar::view_object plain_views[] = {{.name = "v", .query = "SELECT 1"}};
inline constexpr instar::view_object commented_views[] = {{.name = "v", .query = "SELECT 1", .comment = "one"}};
inline constexpr instar::schema_view plain_view{.views = plain_views};
inline constexpr instar::schema_view commented_view{.views = commented_views};

}  // namespace diff_objects

#define PLAN(BEFORE, AFTER) instar::diff<diff_objects::BEFORE, diff_objects::AFTER>

using namespace diff_objects;

TEST_CASE("views come, change and go; none of it loses data") {
  STATIC_REQUIRE(steps(PLAN(bare, with_view)) == "create_view rich\n");
  STATIC_REQUIRE(steps(PLAN(with_view, bare)) == "drop_view rich\n");
  STATIC_REQUIRE(steps(PLAN(with_view, with_other_view)) == "drop_view rich\ncreate_view rich\n");
  STATIC_REQUIRE(hazards(PLAN(with_view, bare)) == "");
  STATIC_REQUIRE(one_way(PLAN(with_view, bare)) == "");
  STATIC_REQUIRE(steps(PLAN(with_view, in_schema)) == "create_schema s\ndrop_view rich\ncreate_view s.rich\n");
}

TEST_CASE("views are made in their order and dropped from the last to the first") {
  STATIC_REQUIRE(steps(PLAN(bare, with_views)) ==
                 "create_view rich\ncreate_view over_rich\ncreate_view stars\ncreate_view apart\n");
  STATIC_REQUIRE(steps(PLAN(with_views, bare)) ==
                 "drop_view apart\ndrop_view stars\ndrop_view over_rich\ndrop_view rich\n");
  STATIC_REQUIRE(PLAN(with_views, with_views_turned).empty());
}

TEST_CASE("a view makes way for the view that it reads") {
  STATIC_REQUIRE(steps(PLAN(with_views, with_other_views)) ==
                 "drop_view over_rich\ndrop_view rich\ncreate_view rich\ncreate_view over_rich\n");
}

TEST_CASE("a view becomes materialized, and its indexes come with it") {
  STATIC_REQUIRE(steps(PLAN(with_view, materialized)) == "drop_view rich\ncreate_view rich\n");
  STATIC_REQUIRE(steps(PLAN(materialized, indexed)) == R"(drop_view rich
create_view rich
create_view rich index rich_id
create_view rich index rich_email
)");
  STATIC_REQUIRE(steps(PLAN(indexed, indexed_otherwise)) == R"(drop_view rich
create_view rich
create_view rich index rich_id
create_view rich index rich_email
)");
}

TEST_CASE("a view's comment changes without the view") {
  STATIC_REQUIRE(steps(PLAN(plain_view, commented_view)) == "comment_view v\n");
  STATIC_REQUIRE(steps(PLAN(commented_view, plain_view)) == "comment_view v\n");
  STATIC_REQUIRE(steps(PLAN(bare, commented_view)) == "drop_table users\ncreate_view v\ncomment_view v\n");
}

TEST_CASE("views make way for a column that changes its type, its name or its collation") {
  constexpr std::string_view made_way = R"(drop_view stars
drop_view over_rich
drop_view rich
alter_type users.points bigint to integer
create_view rich
create_view over_rich
create_view stars
)";
  STATIC_REQUIRE(steps(PLAN(with_views, retyped::schema)) == made_way);
  STATIC_REQUIRE(PLAN(with_views, renamed_column::schema).size() == 7);
  STATIC_REQUIRE(PLAN(with_views, renamed_column::schema).has(instar::step_kind::drop_view));
  STATIC_REQUIRE(PLAN(with_views, collated::schema).size() == 7);
  STATIC_REQUIRE(PLAN(with_views, renamed_table::schema).has(instar::step_kind::drop_view));
  STATIC_REQUIRE(steps(PLAN(with_views, narrowed::schema)) ==
                 "drop_view stars\ndrop_view over_rich\ndrop_view rich\ndrop_column users.points\ncreate_view stars\n");
}

TEST_CASE("views make way for a primary key, on which their groups may rest") {
  STATIC_REQUIRE(PLAN(with_views, other_key::schema).has(instar::step_kind::drop_view));
}

TEST_CASE("views stay where nothing under them is in their way") {
  STATIC_REQUIRE(steps(PLAN(with_views, defaulted::schema)) == "set_default users.points default 0\n");
  STATIC_REQUIRE(steps(PLAN(with_views, nullable::schema)) == "drop_not_null users.points\n");
  STATIC_REQUIRE(steps(PLAN(with_views, indexed_table::schema)) == "create_index users.users_points_idx\n");
}

TEST_CASE("a view of all columns is made again for a new one, and no other view") {
  STATIC_REQUIRE(steps(PLAN(with_views, widened::schema)) ==
                 "drop_view stars\nadd_column users.name\ncreate_view stars\n");
}

TEST_CASE("extensions come first and go last") {
  STATIC_REQUIRE(steps(PLAN(bare, with_extension)) == "create_extension hstore\n");
  STATIC_REQUIRE(steps(PLAN(with_extension, bare)) == "drop_extension hstore\n");
  STATIC_REQUIRE(hazards(PLAN(with_extension, bare)) == "INS2016 drop_extension hstore\n");
}

TEST_CASE("an extension's version and schema change; one that says none takes any") {
  STATIC_REQUIRE(steps(PLAN(with_version, with_later)) == "alter_extension hstore version 1.8\n");
  STATIC_REQUIRE(steps(PLAN(with_extension, with_version)) == "alter_extension hstore version 1.7\n");
  STATIC_REQUIRE(PLAN(with_version, with_extension).empty());
  STATIC_REQUIRE(steps(PLAN(with_version, in_tools)) ==
                 "create_schema tools\nalter_extension hstore version 1.8\nalter_extension hstore schema tools\n");
  STATIC_REQUIRE(PLAN(in_tools, with_extension).empty());
}

TEST_CASE("sequences come, change and go") {
  STATIC_REQUIRE(steps(PLAN(bare, with_sequence)) == "create_sequence n\n");
  STATIC_REQUIRE(steps(PLAN(with_sequence, with_steps)) == "alter_sequence n\n");
  STATIC_REQUIRE(steps(PLAN(with_sequence, with_start)) == "alter_sequence n\n");
  STATIC_REQUIRE(steps(PLAN(with_sequence, bare)) == "drop_sequence n\n");
  STATIC_REQUIRE(steps(PLAN(with_sequence, with_other_sequence)) ==
                 "create_schema s\ncreate_sequence s.n\ndrop_sequence n\n");
}

TEST_CASE("a raw object whose text changes is dropped and made again") {
  STATIC_REQUIRE(steps(PLAN(bare, with_function)) == "create_early_raw_object function f\n");
  STATIC_REQUIRE(steps(PLAN(with_function, bare)) == "drop_early_raw_object function f\n");
  STATIC_REQUIRE(steps(PLAN(with_function, with_other_function)) ==
                 "clear_raw_object function f\ncreate_early_raw_object function f\n");
}

TEST_CASE("a raw object that replaces itself need not be dropped, unless another one is meant") {
  STATIC_REQUIRE(steps(PLAN(with_function, replacing)) == "create_early_raw_object function f\n");
  STATIC_REQUIRE(steps(PLAN(with_function, replacing_small)) == "create_early_raw_object function f\n");
  STATIC_REQUIRE(steps(PLAN(with_function, replacing_other)) ==
                 "clear_raw_object function f\ncreate_early_raw_object function f\n");
}

TEST_CASE("raw objects stand before the tables or after them") {
  STATIC_REQUIRE(steps(PLAN(bare, with_raw)) ==
                 "create_early_raw_object domain d\ncreate_raw_object trigger touch\ncreate_raw_object policy own\n");
  STATIC_REQUIRE(steps(PLAN(with_raw, bare)) ==
                 "drop_raw_object policy own\ndrop_raw_object trigger touch\ndrop_early_raw_object domain d\n");
}

TEST_CASE("a raw object that takes a table's rows stands between the table and the views") {
  STATIC_REQUIRE(steps(PLAN(nothing, with_table_and_raw_between)) ==
                 "create_table users\ncreate_middle_raw_object function f(users)\ncreate_view points_of\n");
  STATIC_REQUIRE(steps(PLAN(with_table_and_raw_between, nothing)) ==
                 "drop_view points_of\ndrop_middle_raw_object function f(users)\ndrop_table users\n");
  STATIC_REQUIRE(steps(PLAN(with_table_and_raw_between, with_other_raw_between)) ==
                 "drop_view points_of\ndrop_middle_raw_object function f(users)\n"
                 "create_middle_raw_object function f(users)\ncreate_view points_of\n");
}

TEST_CASE("an index that may use what stands beside its table goes first when both go") {
  static constexpr instar::index_part by_expression[] = {{.text = "f(t)", .expression = true}};
  static constexpr instar::index_part by_name[] = {{.text = "a"}};
  static constexpr instar::index indexes[] = {{.name = "plain", .parts = by_name},
                                              {.name = "called", .parts = by_expression}};
  static constexpr instar::table tables[] = {{.name = "t", .indexes = indexes}};
  static constexpr instar::raw_object functions[] = {{.kind = "function",
                                                      .name = "f(t)",
                                                      .create = "CREATE FUNCTION f(t)",
                                                      .drop = "DROP FUNCTION f(t)",
                                                      .placement = instar::placement::before_indexes}};
  static constexpr instar::schema_view with{.tables = tables, .raw_objects = functions};
  static constexpr instar::schema_view without{.tables = tables};
  static constexpr instar::schema_view none{};
  STATIC_REQUIRE(steps(instar::make_plan(with, none)) ==
                 "drop_index t.called\ndrop_middle_raw_object function f(t)\ndrop_table t\n");
  STATIC_REQUIRE(steps(instar::make_plan(without, none)) == "drop_table t\n");
}

namespace diff_objects {

/// "0000" to "0999": the names of many objects.
struct numbered_names {
  std::array<char, 4000> digits{};

  constexpr numbered_names() {
    for (std::size_t i = 0; i < digits.size(); ++i) {
      const std::size_t divisors[] = {1000, 100, 10, 1};
      digits[i] = static_cast<char>('0' + i / 4 / divisors[i % 4] % 10);
    }
  }
};
inline constexpr numbered_names names;

/// A thousand triggers, in this order or from the last to the first.
template <bool Reversed, std::size_t Changed>
constexpr std::array<instar::raw_object, 1000> many_triggers() {
  std::array<instar::raw_object, 1000> many{};
  for (std::size_t i = 0; i < many.size(); ++i) {
    const std::size_t number = Reversed ? many.size() - 1 - i : i;
    many[i] = {.kind = "trigger",
               .name = std::string_view(names.digits.data() + 4 * number, 4),
               .create = number < Changed ? "CREATE TRIGGER another" : "CREATE TRIGGER one",
               .drop = "DROP TRIGGER one"};
  }
  return many;
}
inline constexpr auto thousand = many_triggers<false, 0>();
inline constexpr auto thousand_changed = many_triggers<true, 2>();
inline constexpr instar::schema_view with_thousand{.raw_objects = thousand};
inline constexpr instar::schema_view with_thousand_changed{.raw_objects = thousand_changed};

constexpr std::size_t steps_between(const instar::schema_view& before, const instar::schema_view& after) {
  return instar::make_plan(before, after).steps.size();
}

}  // namespace diff_objects

TEST_CASE("a thousand raw objects are compared within a compiler's limits") {
  STATIC_REQUIRE(steps_between(with_thousand, with_thousand) == 0);
  STATIC_REQUIRE(steps_between(with_thousand, with_thousand_changed) == 4);
  STATIC_REQUIRE(steps_between({}, with_thousand) == 1000);
}

TEST_CASE("types that are raw go before the enums they are made of, schemas after all that is in them") {
  static constexpr instar::enumeration enums[] = {{.schema = "s", .name = "e"}};
  static constexpr instar::extension_object extensions[] = {{.name = "x", .schema = "s"}};
  static constexpr instar::raw_object raws[] = {{.kind = "schema",
                                                 .name = "s",
                                                 .create = "CREATE SCHEMA s",
                                                 .drop = "DROP SCHEMA s",
                                                 .placement = instar::placement::before_tables},
                                                {.kind = "domain",
                                                 .name = "d",
                                                 .create = "CREATE DOMAIN d AS s.e",
                                                 .drop = "DROP DOMAIN d",
                                                 .placement = instar::placement::before_tables}};
  static constexpr instar::schema_view with{.enumerations = enums, .extensions = extensions, .raw_objects = raws};
  static constexpr instar::schema_view none{};
  STATIC_REQUIRE(steps(instar::make_plan(with, none)) ==
                 "drop_early_raw_object domain d\ndrop_enum s.e\ndrop_extension x\ndrop_early_raw_object schema s\n");
}

TEST_CASE("triggers and policies make way for the type of a column that they name") {
  STATIC_REQUIRE(steps(PLAN(with_raw, with_raw_retyped)) == R"(drop_raw_object policy own
drop_raw_object trigger touch
alter_type users.points bigint to integer
create_raw_object trigger touch
create_raw_object policy own
)");
  STATIC_REQUIRE(steps(PLAN(with_raw, with_raw_defaulted)) == "set_default users.points default 0\n");
}

TEST_CASE("raw objects of one name and two kinds are two") {
  STATIC_REQUIRE(steps(PLAN(with_raw, of_one_name)) ==
                 "drop_raw_object trigger touch\ndrop_early_raw_object domain d\ncreate_raw_object trigger own\n");
}
