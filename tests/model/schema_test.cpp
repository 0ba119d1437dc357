// Models and other objects as one schema, and what can be asked of it.
#include <instar/instar.hpp>

#include "schema/words.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace schema_test {

using instar_test::words;
using std::int64_t;

enum class State { open, closed };
INSTAR_ENUM(State, open, closed)
enum class Colour { red, grey, none };
INSTAR_ENUM((Colour, "paint.colour", comment("As the shop calls them"), renamed_from("color")), red,
            (grey, "silver grey", renamed_from("gray")), (none, renamed_from("nothing")))
enum class Unused { nobody };
INSTAR_ENUM(Unused, nobody)

struct User {
  int64_t id;
  std::string email;
  std::optional<Colour> colour;
};
INSTAR_MODEL(User, "users", (id, primary_key), (email, unique), (colour))
struct Task {
  int64_t id;
  int64_t user_id;
  State state;
  Colour colour;
};
INSTAR_MODEL(Task, "work.tasks", (id, primary_key), (user_id, references(&User::id)), (state), (colour))

inline constexpr auto schema = instar::schema<User, Task>(
    instar::extension("pg_trgm"), instar::view("open_tasks", "SELECT * FROM work.tasks WHERE state = 'open'"),
    instar::extension("hstore", "tools", "1.8"), instar::sequence("numbers"),
    instar::materialized_view("work.counts", "SELECT user_id, count(*) AS n FROM work.tasks GROUP BY 1",
                              instar::view_index("counts_n", "n", "user_id").where("n > 1").using_method("hash"),
                              instar::view_index("counts_user", "user_id").unique()),
    instar::function("one", "CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1", "DROP FUNCTION one()"),
    instar::sequence("work.steps", -5, -10), instar::materialized_view("bare", "SELECT 1 AS one"),
    instar::materialized_view("last", "SELECT 1 AS a, 2 AS b", instar::view_index("last_b", "b")),
    instar::trigger("touch", "CREATE TRIGGER touch", "DROP TRIGGER touch ON users"),
    instar::policy("own", "CREATE POLICY own ON users", "DROP POLICY own ON users"),
    instar::raw("domain", "positive", "CREATE DOMAIN positive", "DROP DOMAIN positive",
                instar::placement::before_tables),
    instar::raw("rule", "no_delete", "CREATE RULE no_delete", "DROP RULE no_delete ON users"));

inline constexpr auto empty = instar::schema<>();
inline constexpr auto objects_alone = instar::schema<>(instar::extension("citext"), instar::view("v", "SELECT 1"));
inline constexpr auto one_model = instar::schema<User>();

// A schema that is spelled out, as a snapshot is.
inline constexpr instar::column spelled_columns[] = {{.name = "id", .type = {.kind = instar::type_kind::bigint}}};
inline constexpr instar::table spelled_tables[] = {{.schema = "a", .name = "b.c", .columns = spelled_columns},
                                                   {.name = "a.b", .columns = spelled_columns}};
inline constexpr instar::schema_view spelled{.tables = spelled_tables};
inline constexpr instar::snapshot snapshot{.schema = {.tables = spelled_tables}};

}  // namespace schema_test

namespace {

using namespace schema_test;
constexpr const instar::schema_view& all = instar::view_of<schema_test::schema>;

}  // namespace

TEST_CASE("tables and columns are found by name") {
  STATIC_REQUIRE(schema_test::schema.table("users").column("email").unique);
  STATIC_REQUIRE(schema_test::schema.table("work.tasks").column("user_id").type.kind == instar::type_kind::bigint);
  STATIC_REQUIRE(schema_test::schema.table("work.tasks").name == "tasks");
  STATIC_REQUIRE(schema_test::schema.table("work.tasks").schema == "work");
  STATIC_REQUIRE(&all.table("users") == &all.tables[0]);
  STATIC_REQUIRE(all.find_table("work.tasks") == &all.tables[1]);
  STATIC_REQUIRE(all.find_table("users")->find_column("id") == &all.tables[0].columns[0]);
}

TEST_CASE("what is not there is not found") {
  STATIC_REQUIRE(all.find_table("tasks") == nullptr);
  STATIC_REQUIRE(all.find_table("public.users") == nullptr);
  STATIC_REQUIRE(all.find_table("Users") == nullptr);
  STATIC_REQUIRE(all.find_table("user") == nullptr);
  STATIC_REQUIRE(all.find_table("") == nullptr);
  STATIC_REQUIRE(all.find_table("work.") == nullptr);
  STATIC_REQUIRE(all.find_table("workstasks") == nullptr);
  STATIC_REQUIRE(all.table("users").find_column("Email") == nullptr);
  STATIC_REQUIRE(all.table("users").find_column("") == nullptr);
}

TEST_CASE("a wrong name throws at run time") {
  CHECK_THROWS_AS((void)all.table("tasks"), const char*);
  CHECK_THROWS_AS((void)schema_test::schema.table("tasks"), const char*);
  CHECK_THROWS_AS((void)all.table("users").column("mail"), const char*);
  try {
    (void)all.table("users").column("mail");
  } catch (const char* sentence) {
    CHECK(std::string_view(sentence).substr(0, 8) == "INS1001:");
  }
  try {
    (void)all.table("tasks");
  } catch (const char* sentence) {
    CHECK(std::string_view(sentence).substr(0, 8) == "INS1002:");
  }
}

TEST_CASE("a dot in a name is no border of a schema where the table has none") {
  STATIC_REQUIRE(spelled.find_table("a.b.c") == &spelled.tables[0]);
  STATIC_REQUIRE(spelled.find_table("a.b") == &spelled.tables[1]);
  STATIC_REQUIRE(spelled.find_table("b.c") == nullptr);
}

TEST_CASE("tables stand in the order of the models") {
  STATIC_REQUIRE(all.tables.size() == 2);
  STATIC_REQUIRE(all.tables[0].name == "users");
  STATIC_REQUIRE(all.tables[1].name == "tasks");
  STATIC_REQUIRE(instar::view_of<schema_test::empty>.tables.empty());
  STATIC_REQUIRE(instar::view_of<objects_alone>.tables.empty());
  STATIC_REQUIRE(instar::view_of<objects_alone>.views.size() == 1);
}

TEST_CASE("the enums that columns have are the schema's, each once") {
  STATIC_REQUIRE(all.enumerations.size() == 2);
  STATIC_REQUIRE(words(all.enumerations[0]) ==
                 "paint.colour (red, silver grey renamed_from gray, none renamed_from nothing) comment As the shop "
                 "calls them renamed_from color");
  STATIC_REQUIRE(words(all.enumerations[1]) == "state (open, closed)");
}

TEST_CASE("extensions, sequences, views and raw objects stand in their own order") {
  STATIC_REQUIRE(all.extensions.size() == 2);
  STATIC_REQUIRE(all.extensions[0].name == "pg_trgm");
  STATIC_REQUIRE(all.extensions[0].schema == "");
  STATIC_REQUIRE(all.extensions[0].version == "");
  STATIC_REQUIRE(all.extensions[1].name == "hstore");
  STATIC_REQUIRE(all.extensions[1].schema == "tools");
  STATIC_REQUIRE(all.extensions[1].version == "1.8");

  STATIC_REQUIRE(all.sequences.size() == 2);
  STATIC_REQUIRE(all.sequences[0].schema == "");
  STATIC_REQUIRE(all.sequences[0].name == "numbers");
  STATIC_REQUIRE(all.sequences[0].start == 1);
  STATIC_REQUIRE(all.sequences[0].increment == 1);
  STATIC_REQUIRE(all.sequences[0].type == instar::type_kind::bigint);
  STATIC_REQUIRE(all.sequences[1].schema == "work");
  STATIC_REQUIRE(all.sequences[1].name == "steps");
  STATIC_REQUIRE(all.sequences[1].start == -5);
  STATIC_REQUIRE(all.sequences[1].increment == -10);

  STATIC_REQUIRE(all.views.size() == 4);
  STATIC_REQUIRE(all.views[0].name == "open_tasks");
  STATIC_REQUIRE(all.views[0].schema == "");
  STATIC_REQUIRE(all.views[0].query == "SELECT * FROM work.tasks WHERE state = 'open'");
  STATIC_REQUIRE_FALSE(all.views[0].materialized);
  STATIC_REQUIRE(all.views[0].indexes.empty());
  STATIC_REQUIRE(all.views[1].schema == "work");
  STATIC_REQUIRE(all.views[1].name == "counts");
  STATIC_REQUIRE(all.views[1].materialized);
  STATIC_REQUIRE(all.views[2].name == "bare");
  STATIC_REQUIRE(all.views[2].materialized);
  STATIC_REQUIRE(all.views[2].indexes.empty());
}

TEST_CASE("the indexes of a materialized view are its own") {
  STATIC_REQUIRE(all.views[1].indexes.size() == 2);
  STATIC_REQUIRE(words(all.views[1].indexes[0]) == "index counts_n (n, user_id) using hash where n > 1\n");
  STATIC_REQUIRE(words(all.views[1].indexes[1]) == "unique index counts_user (user_id)\n");
  STATIC_REQUIRE(all.views[3].indexes.size() == 1);
  STATIC_REQUIRE(words(all.views[3].indexes[0]) == "index last_b (b)\n");
}

TEST_CASE("raw objects keep both of their statements and their place") {
  STATIC_REQUIRE(all.raw_objects.size() == 5);
  STATIC_REQUIRE(all.raw_objects[0].kind == "function");
  STATIC_REQUIRE(all.raw_objects[0].name == "one");
  STATIC_REQUIRE(all.raw_objects[0].create == "CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1");
  STATIC_REQUIRE(all.raw_objects[0].drop == "DROP FUNCTION one()");
  STATIC_REQUIRE(all.raw_objects[0].placement == instar::placement::before_tables);
  STATIC_REQUIRE(all.raw_objects[1].kind == "trigger");
  STATIC_REQUIRE(all.raw_objects[1].placement == instar::placement::after_tables);
  STATIC_REQUIRE(all.raw_objects[2].kind == "policy");
  STATIC_REQUIRE(all.raw_objects[2].placement == instar::placement::after_tables);
  STATIC_REQUIRE(all.raw_objects[3].kind == "domain");
  STATIC_REQUIRE(all.raw_objects[3].placement == instar::placement::before_tables);
  STATIC_REQUIRE(all.raw_objects[4].kind == "rule");
  STATIC_REQUIRE(all.raw_objects[4].placement == instar::placement::after_tables);
}

TEST_CASE("a view of a schema is one, whatever it is made of") {
  STATIC_REQUIRE(
      std::is_same_v<std::remove_cvref_t<decltype(instar::view_of<schema_test::schema>)>, instar::schema_view>);
  STATIC_REQUIRE(instar::view_of<spelled>.tables.data() == spelled_tables);
  STATIC_REQUIRE(instar::view_of<schema_test::snapshot>.tables.data() == spelled_tables);
}

// What a table's content hash says.
namespace schema_test::same_user {
struct User {
  int64_t id;
  std::string email;
  std::optional<Colour> colour;
};
INSTAR_MODEL(User, "users", (id, primary_key), (email, unique), (colour))
inline constexpr auto schema = instar::schema<User>();
}  // namespace schema_test::same_user
namespace schema_test::other_user {
struct User {
  int64_t id;
  std::string email;
  std::optional<Colour> colour;
};
INSTAR_MODEL(User, "users", (id, primary_key), (email), (colour))
inline constexpr auto schema = instar::schema<User>();
}  // namespace schema_test::other_user
// A foreign key names the columns of its target: another name there is another key here.
namespace schema_test::other_target {
struct User {
  int64_t number;
  std::string email;
  std::optional<Colour> colour;
};
INSTAR_MODEL(User, "users", (number, primary_key), (email, unique), (colour))
struct Task {
  int64_t id;
  int64_t user_id;
  State state;
  Colour colour;
};
INSTAR_MODEL(Task, "work.tasks", (id, primary_key), (user_id, references(&User::number)), (state), (colour))
inline constexpr auto schema = instar::schema<Task, User>();
}  // namespace schema_test::other_target

TEST_CASE("equal tables have one content hash, different ones another") {
  constexpr auto hash = [](const instar::schema_view& s, std::string_view table) {
    return s.table(table).content_hash;
  };
  constexpr std::uint64_t users = hash(all, "users");
  STATIC_REQUIRE(users != 0);
  STATIC_REQUIRE(users == hash(instar::view_of<one_model>, "users"));
  STATIC_REQUIRE(users == hash(instar::view_of<same_user::schema>, "users"));
  STATIC_REQUIRE(users != hash(instar::view_of<other_user::schema>, "users"));
  STATIC_REQUIRE(hash(all, "work.tasks") != hash(instar::view_of<other_target::schema>, "work.tasks"));
}

TEST_CASE("an enum's name is its own in snake case") {
  using instar::detail::snake_case;
  STATIC_REQUIRE(snake_case{"Role"}.view() == "role");
  STATIC_REQUIRE(snake_case{"TaskState"}.view() == "task_state");
  STATIC_REQUIRE(snake_case{"HTTPStatus"}.view() == "http_status");
  STATIC_REQUIRE(snake_case{"StatusHTTP"}.view() == "status_http");
  STATIC_REQUIRE(snake_case{"task_state"}.view() == "task_state");
  STATIC_REQUIRE(snake_case{"Task_State"}.view() == "task_state");
  STATIC_REQUIRE(snake_case{"A"}.view() == "a");
  STATIC_REQUIRE(snake_case{"X509Key"}.view() == "x509_key");
}
