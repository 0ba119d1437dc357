// Renames are what the new schema declares of a name that is gone; constraints and indexes follow by themselves.
#include <instar/instar.hpp>

#include "diff/steps.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace diff_renames {

using instar_test::hazards;
using instar_test::one_way;
using instar_test::steps;
using std::int64_t;

namespace base {
struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (name, unique))
struct Player {
  int64_t id;
  int64_t team_id;
  std::optional<int64_t> captain_id;
  std::string nick;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id), index),
             (captain_id, references(&Player::id)), (nick, unique, check("nick <> ''"), comment("what they call")),
             check("captain_id <> id"), index(&Player::team_id, &Player::nick).named("by_team"),
             exclude(column(&Player::nick).with("=")))
inline constexpr auto schema = instar::schema<Team, Player>();
}  // namespace base

// The table, and nothing else.
namespace table {
struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (name, unique))
struct Person {
  int64_t id;
  int64_t team_id;
  std::optional<int64_t> captain_id;
  std::string nick;
};
INSTAR_MODEL(Person, "people", renamed_from("players"), (id, primary_key), (team_id, references(&Team::id), index),
             (captain_id, references(&Person::id)), (nick, unique, check("nick <> ''"), comment("what they call")),
             check("captain_id <> id"), index(&Person::team_id, &Person::nick).named("by_team"),
             exclude(column(&Person::nick).with("=")))
inline constexpr auto schema = instar::schema<Team, Person>();
}  // namespace table

// A column that all constraints name.
namespace column_ {
struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (name, unique))
struct Player {
  int64_t id;
  int64_t team_id;
  std::optional<int64_t> captain_id;
  std::string alias;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id), index),
             (captain_id, references(&Player::id)),
             (alias, renamed_from("nick"), unique, check("nick <> ''"), comment("what they call")),
             check("captain_id <> id"), index(&Player::team_id, &Player::alias).named("by_team"),
             exclude(column(&Player::alias).with("=")))
inline constexpr auto schema = instar::schema<Team, Player>();
}  // namespace column_

// The target of foreign keys, table and column.
namespace target {
struct Squad {
  int64_t number;
  std::string name;
};
INSTAR_MODEL(Squad, "squads", renamed_from("teams"), (number, renamed_from("id"), primary_key), (name, unique))
struct Player {
  int64_t id;
  int64_t team_id;
  std::optional<int64_t> captain_id;
  std::string nick;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Squad::number), index),
             (captain_id, references(&Player::id)), (nick, unique, check("nick <> ''"), comment("what they call")),
             check("captain_id <> id"), index(&Player::team_id, &Player::nick).named("by_team"),
             exclude(column(&Player::nick).with("=")))
inline constexpr auto schema = instar::schema<Squad, Player>();
}  // namespace target

}  // namespace diff_renames

#define PLAN(BEFORE, AFTER) instar::diff<diff_renames::BEFORE::schema, diff_renames::AFTER::schema>

using namespace diff_renames;

TEST_CASE("the names that are derived from a table's follow it") {
  STATIC_REQUIRE(steps(PLAN(base, table)) == R"(rename_table players to people
rename_constraint people.players_pkey to people_pkey
rename_constraint people.players_nick_key to people_nick_key
rename_constraint people.players_nick_check to people_nick_check
rename_constraint people.players_check to people_check
rename_constraint people.players_nick_excl to people_nick_excl
rename_constraint people.players_team_id_fkey to people_team_id_fkey
rename_constraint people.players_captain_id_fkey to people_captain_id_fkey
rename_index people.players_team_id_idx to people_team_id_idx
)");
  STATIC_REQUIRE(hazards(PLAN(base, table)) == "INS2012 rename_table players to people\n");
  STATIC_REQUIRE(one_way(PLAN(base, table)) == "");
}

TEST_CASE("the names that are derived from a column's follow it") {
  STATIC_REQUIRE(steps(PLAN(base, column_)) == R"(rename_column players.nick to alias
rename_constraint players.players_nick_key to players_alias_key
rename_constraint players.players_nick_check to players_alias_check
rename_constraint players.players_nick_excl to players_alias_excl
)");
  STATIC_REQUIRE(hazards(PLAN(base, column_)) == "INS2013 rename_column players.nick to alias\n");
}

TEST_CASE("foreign keys stay when their target takes another name") {
  STATIC_REQUIRE(steps(PLAN(base, target)) == R"(rename_table teams to squads
rename_column squads.id to number
rename_constraint squads.teams_pkey to squads_pkey
rename_constraint squads.teams_name_key to squads_name_key
)");
}

TEST_CASE("without a word a new name is another table") {
  STATIC_REQUIRE(PLAN(table, base).has(instar::step_kind::drop_table));
  STATIC_REQUIRE(PLAN(table, base).has(instar::step_kind::create_table));
  STATIC_REQUIRE_FALSE(PLAN(table, base).has(instar::step_kind::rename_table));
  STATIC_REQUIRE(hazards(PLAN(table, base)) == "INS2001 drop_table people\n");
  STATIC_REQUIRE(PLAN(table, base).loses_data());
}

TEST_CASE("without a word a new name is another column") {
  STATIC_REQUIRE(hazards(PLAN(column_, base)) == R"(INS2002 drop_column players.alias
INS2005 add_column players.nick
INS2007 add_unique players.players_nick_key
INS2009 add_exclusion players.players_nick_excl
)");
}

TEST_CASE("the word does no harm once its work is done") {
  STATIC_REQUIRE(PLAN(table, table).empty());
  STATIC_REQUIRE(PLAN(target, target).empty());
}

// One table, many columns.
namespace diff_renames {

#define COLUMNS(NAME, FIRST, SECOND, THIRD, ...)                                                                       \
  namespace NAME {                                                                                                     \
  struct T {                                                                                                           \
    int64_t FIRST;                                                                                                     \
    int64_t SECOND;                                                                                                    \
    int64_t THIRD;                                                                                                     \
  };                                                                                                                   \
  INSTAR_MODEL(T, "t", __VA_ARGS__)                                                                                    \
  inline constexpr auto schema = instar::schema<T>();                                                                  \
  }

COLUMNS(abc, a, b, c, (a), (b), (c))
COLUMNS(swapped, a, b, c, (a, renamed_from("b")), (b, renamed_from("a")), (c))
COLUMNS(chain, b, c, d, (b, renamed_from("a")), (c, renamed_from("b")), (d, renamed_from("c")))
COLUMNS(shifted, b, c, d, (b), (c), (d, renamed_from("a")))
COLUMNS(two_claims, b, x, y, (b), (x, renamed_from("a")), (y, renamed_from("a")))
COLUMNS(unknown, a, b, x, (a), (b), (x, renamed_from("never")))
COLUMNS(still_there, a, b, x, (a), (b), (x, renamed_from("a")))
COLUMNS(all_new, x, y, z, (x, renamed_from("a")), (y, renamed_from("b")), (z, renamed_from("c")))
COLUMNS(mapped, a, b, c, (a, column("the a"), renamed_from("a")), (b), (c))
COLUMNS(unmapped, a, b, c, (a, renamed_from("the a")), (b), (c))

}  // namespace diff_renames

TEST_CASE("names that stay were not renamed: a swap is none") {
  STATIC_REQUIRE(PLAN(abc, swapped).empty());
}

TEST_CASE("in a chain only the last name is new, and its old one is not gone") {
  STATIC_REQUIRE(steps(PLAN(abc, chain)) == "drop_column t.a\nadd_column t.d\n");
  STATIC_REQUIRE(PLAN(abc, chain).loses_data());
  STATIC_REQUIRE(steps(PLAN(abc, shifted)) == "rename_column t.a to d\n");
}

TEST_CASE("of two columns that claim one old name the first has it") {
  STATIC_REQUIRE(steps(PLAN(abc, two_claims)) == "rename_column t.a to x\ndrop_column t.c\nadd_column t.y\n");
}

TEST_CASE("an old name that nothing had means nothing") {
  STATIC_REQUIRE(steps(PLAN(abc, unknown)) == "drop_column t.c\nadd_column t.x\n");
  STATIC_REQUIRE(steps(PLAN(abc, still_there)) == "drop_column t.c\nadd_column t.x\n");
}

TEST_CASE("many columns are renamed at once") {
  STATIC_REQUIRE(steps(PLAN(abc, all_new)) ==
                 "rename_column t.a to x\nrename_column t.b to y\nrename_column t.c to z\n");
}

TEST_CASE("the name that counts is the one in the database") {
  STATIC_REQUIRE(steps(PLAN(abc, mapped)) == "rename_column t.a to the a\n");
  STATIC_REQUIRE(steps(PLAN(mapped, unmapped)) == "rename_column t.the a to a\n");
}

// Tables.
namespace diff_renames {

#define TABLES(NAME, FIRST, SECOND, FIRST_WAS, SECOND_WAS)                                                             \
  namespace NAME {                                                                                                     \
  struct A {                                                                                                           \
    int64_t id;                                                                                                        \
  };                                                                                                                   \
  INSTAR_MODEL(A, FIRST, renamed_from(FIRST_WAS), (id))                                                                \
  struct B {                                                                                                           \
    int64_t id;                                                                                                        \
  };                                                                                                                   \
  INSTAR_MODEL(B, SECOND, renamed_from(SECOND_WAS), (id))                                                              \
  inline constexpr auto schema = instar::schema<A, B>();                                                               \
  }

TABLES(ab, "a", "b", "", "")
TABLES(ba, "b", "a", "a", "b")
TABLES(bc, "b", "c", "a", "b")
TABLES(cb, "c", "b", "a", "")
TABLES(cd, "c", "d", "a", "a")
TABLES(moved, "s.a", "b", "a", "")
TABLES(moved_on, "z.a", "b", "s.a", "")
TABLES(moved_within, "s.c", "b", "a", "")
TABLES(moved_back, "c", "b", "s.a", "")
TABLES(in_schema, "s.a", "s.b", "", "")
TABLES(in_schema_renamed, "s.c", "s.d", "a", "s.b")

}  // namespace diff_renames

TEST_CASE("tables are renamed where the old name is gone") {
  STATIC_REQUIRE(steps(PLAN(ab, cb)) == "rename_table a to c\n");
  STATIC_REQUIRE(PLAN(ab, ba).empty());
  STATIC_REQUIRE(steps(PLAN(ab, bc)) == "drop_table a\ncreate_table c\n");
  STATIC_REQUIRE(steps(PLAN(ab, cd)) == "drop_table b\nrename_table a to c\ncreate_table d\n");
}

TEST_CASE("tables move between schemas") {
  STATIC_REQUIRE(steps(PLAN(ab, moved)) == "create_schema s\nrename_table a to s.a\n");
  STATIC_REQUIRE(steps(PLAN(moved, moved_on)) == "create_schema z\nrename_table s.a to z.a\n");
  STATIC_REQUIRE(steps(PLAN(ab, moved_within)) == "create_schema s\nrename_table a to s.c\n");
  STATIC_REQUIRE(steps(PLAN(moved, moved_back)) == "rename_table s.a to c\n");
}

TEST_CASE("an old name without schema is one in the table's own, or in the default one") {
  STATIC_REQUIRE(steps(PLAN(in_schema, in_schema_renamed)) == "rename_table s.a to s.c\nrename_table s.b to s.d\n");
  STATIC_REQUIRE(steps(PLAN(ab, in_schema_renamed)) ==
                 "create_schema s\ndrop_table b\nrename_table a to s.c\ncreate_table s.d\n");
}

// Names beyond 63 bytes are cut, and follow all the same.
namespace diff_renames {
namespace long_before {
struct T {
  int64_t the_identification_number_of_the_calibrated_sensor;
};
INSTAR_MODEL(T, "measurements_of_the_calibrated_sensors",
             (the_identification_number_of_the_calibrated_sensor, unique, index))
inline constexpr auto schema = instar::schema<T>();
}  // namespace long_before
namespace long_after {
struct T {
  int64_t the_identification_number_of_the_calibrated_senses;
};
INSTAR_MODEL(T, "measurements_of_the_calibrated_sensors",
             (the_identification_number_of_the_calibrated_senses, unique, index,
              renamed_from("the_identification_number_of_the_calibrated_sensor")))
inline constexpr auto schema = instar::schema<T>();
}  // namespace long_after
}  // namespace diff_renames

TEST_CASE("names that were cut follow by their hash") {
  constexpr auto& plan = PLAN(long_before, long_after);
  STATIC_REQUIRE(plan.size() == 3);
  STATIC_REQUIRE(plan.steps[0].kind == instar::step_kind::rename_column);
  STATIC_REQUIRE(plan.steps[1].kind == instar::step_kind::rename_constraint);
  STATIC_REQUIRE(plan.steps[2].kind == instar::step_kind::rename_index);
}
