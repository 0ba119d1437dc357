// What changes in keys, constraints and indexes, as steps.
#include <instar/instar.hpp>

#include "diff/steps.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace diff_keys {

using instar_test::hazards;
using instar_test::one_way;
using instar_test::steps;
using std::int64_t;

// Words of the table that change over one struct.
#define VERSION(NAME, ...)                                                                                             \
  namespace NAME {                                                                                                     \
  struct T {                                                                                                           \
    int64_t a;                                                                                                         \
    int64_t b;                                                                                                         \
    std::optional<std::string> c;                                                                                      \
  };                                                                                                                   \
  INSTAR_MODEL(T, "t", __VA_ARGS__)                                                                                    \
  inline constexpr auto schema = instar::schema<T>();                                                                  \
  }

VERSION(bare, (a), (b), (c))
VERSION(key_a, (a, primary_key), (b), (c))
VERSION(key_b, (a), (b, primary_key), (c))
VERSION(key_ab, (a), (b), (c), primary_key(&T::a, &T::b))
VERSION(key_ba, (a), (b), (c), primary_key(&T::b, &T::a))
VERSION(key_named, (a), (b), (c), primary_key(&T::a, &T::b).named("the_key"))
VERSION(key_deferred, (a), (b), (c), primary_key(&T::a, &T::b).initially_deferred())
VERSION(unique_and_key, (a, unique), (b, primary_key), (c))

VERSION(unique_a, (a, unique), (b), (c))
VERSION(unique_named, (a), (b), (c), unique(&T::a).named("one_a"))
VERSION(unique_nulls, (a), (b), (c, unique))
VERSION(unique_no_nulls, (a), (b), (c), unique(&T::c).nulls_not_distinct())
VERSION(unique_deferrable, (a), (b), (c), unique(&T::a).deferrable())
VERSION(unique_ab, (a), (b), (c), unique(&T::a, &T::b))
VERSION(unique_swapped, (a), (b), (c), unique(&T::a).named("t_b_key"), unique(&T::b).named("t_a_key"))
VERSION(unique_both, (a, unique), (b, unique), (c))

VERSION(check_a, (a, check("a > 0")), (b), (c))
VERSION(check_a_1, (a, check("a > 1")), (b), (c))
VERSION(check_named, (a, check("a > 0").named("positive")), (b), (c))
VERSION(check_table, (a), (b), (c), check("a > 0"), check("b > 0"))
VERSION(check_table_turned, (a), (b), (c), check("b > 0"), check("a > 0"))
VERSION(check_three, (a), (b), (c), check("b > a"), check("a > 0"), check("b > 0"))
VERSION(check_table_one, (a), (b), (c), check("b > 0"))

VERSION(exclude_a, (a), (b), (c), exclude(column(&T::a).with("=")))
VERSION(exclude_named, (a), (b), (c), exclude(column(&T::a).with("=")).named("apart"))
VERSION(exclude_hash, (a), (b), (c), exclude(column(&T::a).with("=")).using_method("hash"))
VERSION(exclude_gist, (a), (b), (c), exclude(column(&T::a).with("=")).using_method("gist"))
VERSION(exclude_where, (a), (b), (c), exclude(column(&T::a).with("=")).where("b > 0"))
VERSION(exclude_other, (a), (b), (c), exclude(column(&T::a).with("<>")))

VERSION(index_a, (a, index), (b), (c))
VERSION(index_named, (a), (b), (c), index(&T::a).named("by_a"))
VERSION(index_unique, (a), (b), (c), index(&T::a).unique())
VERSION(index_btree, (a), (b), (c), index(&T::a).using_method("btree"))
VERSION(index_hash, (a), (b), (c), index(&T::a).using_method("hash"))
VERSION(index_desc, (a), (b), (c), index(column(&T::a).desc()))
VERSION(index_where, (a), (b), (c), index(&T::a).where("b > 0"))
VERSION(index_include, (a), (b), (c), index(&T::a).include(&T::b))
VERSION(index_sql, (a), (b), (c), index(expression("lower(c)")))
VERSION(index_other_sql, (a), (b), (c), index(expression("upper(c)")))
VERSION(index_both, (a, index), (b, index), (c))

VERSION(everything, (a, primary_key, check("a > 0")), (b, unique, index), (c), exclude(column(&T::a).with("=")))

// Uniqueness of what is new.
namespace grown {
struct T {
  int64_t a;
  int64_t b;
  std::optional<std::string> c;
  std::optional<int64_t> d;
  int64_t e;
  std::string f;
};
INSTAR_MODEL(T, "t", (a), (b), (c), (d, unique), (e, identity, unique), (f, default_value("x"), unique),
             unique(&T::a, &T::d), unique(&T::a, &T::f))
inline constexpr auto schema = instar::schema<T>();
}  // namespace grown

namespace grown_no_nulls {
struct T {
  int64_t a;
  int64_t b;
  std::optional<std::string> c;
  std::optional<int64_t> d;
  int64_t e;
  std::string f;
};
INSTAR_MODEL(T, "t", (a), (b), (c), (d), (e, identity, unique), (f, default_value("x"), unique),
             unique(&T::d).nulls_not_distinct(), unique(&T::a, &T::d), unique(&T::a, &T::f))
inline constexpr auto schema = instar::schema<T>();
}  // namespace grown_no_nulls

}  // namespace diff_keys

#define PLAN(BEFORE, AFTER) instar::diff<diff_keys::BEFORE::schema, diff_keys::AFTER::schema>

using namespace diff_keys;

TEST_CASE("a primary key comes and goes") {
  STATIC_REQUIRE(steps(PLAN(bare, key_a)) == "add_primary_key t.t_pkey\n");
  STATIC_REQUIRE(hazards(PLAN(bare, key_a)) == "INS2007 add_primary_key t.t_pkey\n");
  STATIC_REQUIRE(steps(PLAN(key_a, bare)) == "drop_primary_key t.t_pkey\n");
  STATIC_REQUIRE(hazards(PLAN(key_a, bare)) == "INS2008 drop_primary_key t.t_pkey\n");
  STATIC_REQUIRE_FALSE(PLAN(key_a, bare).loses_data());
  STATIC_REQUIRE(one_way(PLAN(key_a, bare)) == "");
}

TEST_CASE("a primary key of other columns replaces the old one, which goes first") {
  STATIC_REQUIRE(steps(PLAN(key_a, key_b)) == "drop_primary_key t.t_pkey\nadd_primary_key t.t_pkey\n");
  STATIC_REQUIRE(hazards(PLAN(key_a, key_b)) ==
                 "INS2008 drop_primary_key t.t_pkey\nINS2007 add_primary_key t.t_pkey\n");
  STATIC_REQUIRE(steps(PLAN(key_a, key_ab)) == "drop_primary_key t.t_pkey\nadd_primary_key t.t_pkey\n");
  STATIC_REQUIRE(steps(PLAN(key_ab, key_ba)) == "drop_primary_key t.t_pkey\nadd_primary_key t.t_pkey\n");
  STATIC_REQUIRE(steps(PLAN(key_ab, key_deferred)) == "drop_primary_key t.t_pkey\nadd_primary_key t.t_pkey\n");
  // What was the key is unique already.
  STATIC_REQUIRE(hazards(PLAN(key_ab, key_deferred)) == "INS2008 drop_primary_key t.t_pkey\n");
}

TEST_CASE("a primary key takes another name") {
  STATIC_REQUIRE(steps(PLAN(key_ab, key_named)) == "rename_constraint t.t_pkey to the_key\n");
  STATIC_REQUIRE(hazards(PLAN(key_ab, key_named)) == "");
  STATIC_REQUIRE(one_way(PLAN(key_ab, key_named)) == "");
}

TEST_CASE("a unique column that becomes the key cannot have equal rows") {
  STATIC_REQUIRE(steps(PLAN(unique_a, key_a)) == "drop_unique t.t_a_key\nadd_primary_key t.t_pkey\n");
  STATIC_REQUIRE(hazards(PLAN(unique_a, key_a)) == "");
  STATIC_REQUIRE(steps(PLAN(key_a, unique_and_key)) ==
                 "drop_primary_key t.t_pkey\nadd_primary_key t.t_pkey\nadd_unique t.t_a_key\n");
  STATIC_REQUIRE(hazards(PLAN(key_a, unique_and_key)) ==
                 "INS2008 drop_primary_key t.t_pkey\nINS2007 add_primary_key t.t_pkey\n");
}

TEST_CASE("unique constraints come, go, and take other names") {
  STATIC_REQUIRE(steps(PLAN(bare, unique_a)) == "add_unique t.t_a_key\n");
  STATIC_REQUIRE(hazards(PLAN(bare, unique_a)) == "INS2007 add_unique t.t_a_key\n");
  STATIC_REQUIRE_FALSE(PLAN(bare, unique_a).loses_data());
  STATIC_REQUIRE(steps(PLAN(unique_a, bare)) == "drop_unique t.t_a_key\n");
  STATIC_REQUIRE(hazards(PLAN(unique_a, bare)) == "");
  STATIC_REQUIRE(steps(PLAN(unique_a, unique_named)) == "rename_constraint t.t_a_key to one_a\n");
  STATIC_REQUIRE(steps(PLAN(unique_a, unique_ab)) == "drop_unique t.t_a_key\nadd_unique t.t_a_b_key\n");
}

TEST_CASE("what NULLs are to a unique constraint, and when it is checked, is part of it") {
  STATIC_REQUIRE(steps(PLAN(unique_nulls, unique_no_nulls)) == "drop_unique t.t_c_key\nadd_unique t.t_c_key\n");
  STATIC_REQUIRE(steps(PLAN(unique_a, unique_deferrable)) == "drop_unique t.t_a_key\nadd_unique t.t_a_key\n");
  STATIC_REQUIRE(hazards(PLAN(unique_a, unique_deferrable)) == "");
}

TEST_CASE("rows that had one NULL each may be equal where NULLs are no longer distinct") {
  STATIC_REQUIRE(hazards(PLAN(unique_nulls, unique_no_nulls)) == "INS2007 add_unique t.t_c_key\n");
  STATIC_REQUIRE(hazards(PLAN(unique_no_nulls, unique_nulls)) == "");
  STATIC_REQUIRE(hazards(PLAN(grown, grown_no_nulls)) == "INS2007 add_unique t.t_d_key\n");
  // A new column is NULL in all rows.
  STATIC_REQUIRE(hazards(PLAN(bare, grown_no_nulls)) ==
                 "INS2007 add_unique t.t_f_key\nINS2007 add_unique t.t_d_key\nINS2007 add_unique t.t_a_f_key\n");
}

TEST_CASE("two constraints that swap their names are made again: no rename would be free to start") {
  STATIC_REQUIRE(steps(PLAN(unique_both, unique_swapped)) ==
                 "drop_unique t.t_a_key\ndrop_unique t.t_b_key\nadd_unique t.t_b_key\nadd_unique t.t_a_key\n");
}

TEST_CASE("new columns that are NULL or count by themselves cannot be equal") {
  STATIC_REQUIRE(steps(PLAN(bare, grown)) == R"(add_column t.d
add_column t.e
add_column t.f
add_unique t.t_d_key
add_unique t.t_e_key
add_unique t.t_f_key
add_unique t.t_a_d_key
add_unique t.t_a_f_key
)");
  STATIC_REQUIRE(hazards(PLAN(bare, grown)) == "INS2007 add_unique t.t_f_key\nINS2007 add_unique t.t_a_f_key\n");
}

TEST_CASE("checks come, change, go, and take other names") {
  STATIC_REQUIRE(steps(PLAN(bare, check_a)) == "add_check t.t_a_check\n");
  STATIC_REQUIRE(steps(PLAN(check_a, bare)) == "drop_check t.t_a_check\n");
  STATIC_REQUIRE(steps(PLAN(check_a, check_a_1)) == "drop_check t.t_a_check\nadd_check t.t_a_check\n");
  STATIC_REQUIRE(steps(PLAN(check_a, check_named)) == "rename_constraint t.t_a_check to positive\n");
  STATIC_REQUIRE(hazards(PLAN(check_a, check_a_1)) == "INS2009 add_check t.t_a_check\n");
  STATIC_REQUIRE(one_way(PLAN(check_a, check_a_1)) == "");
}

TEST_CASE("a column of a type of its own that stays disturbs no check over it") {
  using instar::schema_view;
  static constexpr instar::column columns[] = {{.name = "a", .type = {.custom = "point"}}};
  static constexpr instar::check checks[] = {{.name = "c", .expression = "a IS NOT NULL"}};
  static constexpr instar::table before[] = {{.name = "t", .columns = columns, .checks = checks}};
  static constexpr instar::table after[] = {{.name = "t", .columns = columns, .checks = checks, .comment = "new"}};
  STATIC_REQUIRE(instar::make_plan(schema_view{.tables = before}, schema_view{.tables = before}).empty());
  STATIC_REQUIRE(instar::make_plan(schema_view{.tables = before}, schema_view{.tables = after}).size() == 1);
}

TEST_CASE("exclusion constraints come, change, go, and take other names") {
  STATIC_REQUIRE(steps(PLAN(bare, exclude_a)) == "add_exclusion t.t_a_excl\n");
  STATIC_REQUIRE(steps(PLAN(exclude_a, bare)) == "drop_exclusion t.t_a_excl\n");
  STATIC_REQUIRE(steps(PLAN(exclude_a, exclude_named)) == "rename_constraint t.t_a_excl to apart\n");
  STATIC_REQUIRE(steps(PLAN(exclude_a, exclude_hash)) == "drop_exclusion t.t_a_excl\nadd_exclusion t.t_a_excl\n");
  STATIC_REQUIRE(steps(PLAN(exclude_a, exclude_where)) == "drop_exclusion t.t_a_excl\nadd_exclusion t.t_a_excl\n");
  STATIC_REQUIRE(steps(PLAN(exclude_a, exclude_other)) == "drop_exclusion t.t_a_excl\nadd_exclusion t.t_a_excl\n");
  STATIC_REQUIRE(PLAN(exclude_a, exclude_gist).empty());
}

TEST_CASE("indexes come, change, go, and take other names") {
  STATIC_REQUIRE(steps(PLAN(bare, index_a)) == "create_index t.t_a_idx\n");
  STATIC_REQUIRE(hazards(PLAN(bare, index_a)) == "");
  STATIC_REQUIRE(steps(PLAN(index_a, bare)) == "drop_index t.t_a_idx\n");
  STATIC_REQUIRE(steps(PLAN(index_a, index_named)) == "rename_index t.t_a_idx to by_a\n");
  STATIC_REQUIRE(steps(PLAN(index_a, index_desc)) == "drop_index t.t_a_idx\ncreate_index t.t_a_idx\n");
  STATIC_REQUIRE(steps(PLAN(index_a, index_hash)) == "drop_index t.t_a_idx\ncreate_index t.t_a_idx\n");
  STATIC_REQUIRE(steps(PLAN(index_a, index_where)) == "drop_index t.t_a_idx\ncreate_index t.t_a_idx\n");
  STATIC_REQUIRE(steps(PLAN(index_a, index_include)) == "drop_index t.t_a_idx\ncreate_index t.t_a_idx\n");
  STATIC_REQUIRE(steps(PLAN(index_sql, index_other_sql)) == "drop_index t.t_expr_idx\ncreate_index t.t_expr_idx\n");
  STATIC_REQUIRE(PLAN(index_a, index_btree).empty());
  STATIC_REQUIRE(one_way(PLAN(index_a, bare)) == "");
}

TEST_CASE("a unique index is a hazard, a constraint in its place one too") {
  STATIC_REQUIRE(steps(PLAN(index_a, index_unique)) == "drop_index t.t_a_idx\ncreate_index t.t_a_key\n");
  STATIC_REQUIRE(hazards(PLAN(index_a, index_unique)) == "INS2007 create_index t.t_a_key\n");
  STATIC_REQUIRE(steps(PLAN(index_unique, unique_a)) == "drop_index t.t_a_key\nadd_unique t.t_a_key\n");
}

TEST_CASE("constraints are dropped before and added after all else, in one order") {
  STATIC_REQUIRE(steps(PLAN(bare, everything)) == R"(add_primary_key t.t_pkey
add_unique t.t_b_key
add_check t.t_a_check
add_exclusion t.t_a_excl
create_index t.t_b_idx
)");
  STATIC_REQUIRE(steps(PLAN(everything, bare)) == R"(drop_exclusion t.t_a_excl
drop_check t.t_a_check
drop_index t.t_b_idx
drop_unique t.t_b_key
drop_primary_key t.t_pkey
)");
}

TEST_CASE("unnamed checks that stand in another order are made again where a name is not free") {
  STATIC_REQUIRE(steps(PLAN(check_table, check_table_turned)) ==
                 "drop_check t.t_check\ndrop_check t.t_check1\nadd_check t.t_check\nadd_check t.t_check1\n");
  // A third one before them: the second makes room, the first cannot.
  STATIC_REQUIRE(steps(PLAN(check_table, check_three)) ==
                 "drop_check t.t_check\nrename_constraint t.t_check1 to t_check2\nadd_check t.t_check\nadd_check "
                 "t.t_check1\n");
  STATIC_REQUIRE(hazards(PLAN(check_table, check_three)) == "INS2009 add_check t.t_check\n");
}

TEST_CASE("one of two constraints goes, and the other takes its derived name") {
  // The first unnamed check goes, and the second is now the first.
  STATIC_REQUIRE(steps(PLAN(check_table, check_table_one)) ==
                 "drop_check t.t_check\nrename_constraint t.t_check1 to t_check\n");
  STATIC_REQUIRE(steps(PLAN(index_both, index_a)) == "drop_index t.t_b_idx\n");
}

// Two tables whose keys and indexes exchange their names.
namespace diff_keys {

#define NAMED(NAME, INDEX_A, INDEX_B, KEY_A, KEY_B)                                                                    \
  namespace NAME {                                                                                                     \
  struct A {                                                                                                           \
    int64_t x;                                                                                                         \
  };                                                                                                                   \
  INSTAR_MODEL(A, "a", (x), index(&A::x).named(INDEX_A), unique(&A::x).named(KEY_A))                                   \
  struct B {                                                                                                           \
    int64_t x;                                                                                                         \
  };                                                                                                                   \
  INSTAR_MODEL(B, "b", (x), index(&B::x).named(INDEX_B), unique(&B::x).named(KEY_B))                                   \
  inline constexpr auto schema = instar::schema<A, B>();                                                               \
  }
NAMED(names, "i", "j", "k", "l")
NAMED(names_exchanged, "j", "i", "l", "k")
NAMED(names_moved_on, "j", "new", "k", "l")
NAMED(names_of_others, "l", "j", "k", "i")

}  // namespace diff_keys

TEST_CASE("an index whose name another table's lets go of only by a rename is made anew") {
  STATIC_REQUIRE(steps(PLAN(names, names_exchanged)) ==
                 "drop_index a.i\ndrop_index b.j\ndrop_unique a.k\ndrop_unique b.l\nadd_unique a.l\nadd_unique b.k\n"
                 "create_index a.j\ncreate_index b.i\n");
  STATIC_REQUIRE(steps(PLAN(names, names_moved_on)) == "drop_index a.i\nrename_index b.j to new\ncreate_index a.j\n");
  STATIC_REQUIRE(steps(PLAN(names, names_of_others)) ==
                 "drop_index a.i\ndrop_unique b.l\nadd_unique b.i\ncreate_index a.l\n");
}

// A column and an index that have a collation each.
namespace diff_keys {

#define COLLATED(NAME, ...)                                                                                            \
  namespace NAME {                                                                                                     \
  struct T {                                                                                                           \
    std::string a;                                                                                                     \
  };                                                                                                                   \
  INSTAR_MODEL(T, "t", (a __VA_OPT__(, ) __VA_ARGS__), index(column(&T::a).collate("C")).named("own"),                 \
               index(&T::a).named("of_column"))                                                                        \
  inline constexpr auto schema = instar::schema<T>();                                                                  \
  }
COLLATED(collated_index)
COLLATED(collated_both, collate("C"))
COLLATED(collated_otherwise, collate("POSIX"))

}  // namespace diff_keys

TEST_CASE("an index keeps its collation when its column lets go of the same one") {
  STATIC_REQUIRE(steps(PLAN(collated_both, collated_index)) ==
                 "drop_index t.own\nalter_collation t.a\ncreate_index t.own\n");
  STATIC_REQUIRE(steps(PLAN(collated_index, collated_both)) == "alter_collation t.a\n");
  STATIC_REQUIRE(steps(PLAN(collated_index, collated_otherwise)) == "alter_collation t.a\n");
}

// Foreign keys.
namespace diff_keys::foreign {

#define FOREIGN(NAME, ...)                                                                                             \
  namespace NAME {                                                                                                     \
  struct Team {                                                                                                        \
    int64_t id;                                                                                                        \
    int64_t number;                                                                                                    \
  };                                                                                                                   \
  INSTAR_MODEL(Team, "teams", (id, primary_key), (number, unique))                                                     \
  struct Player {                                                                                                      \
    int64_t id;                                                                                                        \
    int64_t team_id;                                                                                                   \
  };                                                                                                                   \
  INSTAR_MODEL(Player, "players", (id, primary_key), (team_id __VA_OPT__(, ) __VA_ARGS__))                             \
  inline constexpr auto schema = instar::schema<Player, Team>();                                                       \
  }
FOREIGN(none)
FOREIGN(plain, references(&Team::id))
FOREIGN(named, references(&Team::id).named("of_team"))
FOREIGN(cascading, references(&Team::id).on_delete(cascade))
FOREIGN(updating, references(&Team::id).on_update(cascade))
FOREIGN(deferred, references(&Team::id).initially_deferred())
FOREIGN(by_number, references(&Team::number))

namespace replaced_key {
struct Team {
  int64_t id;
  int64_t number;
};
INSTAR_MODEL(Team, "teams", (id, unique), (number, primary_key))
struct Player {
  int64_t id;
  int64_t team_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id)))
inline constexpr auto schema = instar::schema<Player, Team>();
}  // namespace replaced_key

namespace text_key {
struct Team {
  std::string id;
  int64_t number;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (number, unique))
struct Player {
  int64_t id;
  std::string team_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id)))
inline constexpr auto schema = instar::schema<Player, Team>();
}  // namespace text_key

namespace small_key {
struct Team {
  std::int32_t id;
  int64_t number;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (number, unique))
struct Player {
  int64_t id;
  std::int32_t team_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id)))
inline constexpr auto schema = instar::schema<Player, Team>();
}  // namespace small_key

#define TWICE(NAME, KEY)                                                                                               \
  namespace NAME {                                                                                                     \
  struct Team {                                                                                                        \
    KEY id;                                                                                                            \
  };                                                                                                                   \
  INSTAR_MODEL(Team, "teams", (id, primary_key))                                                                       \
  struct Player {                                                                                                      \
    int64_t id;                                                                                                        \
    KEY team_id;                                                                                                       \
  };                                                                                                                   \
  INSTAR_MODEL(Player, "players", (id, primary_key), (team_id),                                                        \
               foreign_key(&Player::team_id).references(&Team::id).named("one"),                                       \
               foreign_key(&Player::team_id).references(&Team::id).named("other"))                                     \
  inline constexpr auto schema = instar::schema<Player, Team>();                                                       \
  }
TWICE(twice, int64_t)
TWICE(twice_by_text, std::string)

}  // namespace diff_keys::foreign

TEST_CASE("foreign keys come, change, go, and take other names") {
  STATIC_REQUIRE(steps(PLAN(foreign::none, foreign::plain)) == "add_foreign_key players.players_team_id_fkey\n");
  STATIC_REQUIRE(steps(PLAN(foreign::plain, foreign::none)) == "drop_foreign_key players.players_team_id_fkey\n");
  STATIC_REQUIRE(steps(PLAN(foreign::plain, foreign::named)) ==
                 "rename_constraint players.players_team_id_fkey to of_team\n");
  constexpr std::string_view remade =
      "drop_foreign_key players.players_team_id_fkey\nadd_foreign_key players.players_team_id_fkey\n";
  STATIC_REQUIRE(steps(PLAN(foreign::plain, foreign::cascading)) == remade);
  STATIC_REQUIRE(steps(PLAN(foreign::plain, foreign::updating)) == remade);
  STATIC_REQUIRE(steps(PLAN(foreign::plain, foreign::deferred)) == remade);
  STATIC_REQUIRE(steps(PLAN(foreign::plain, foreign::by_number)) == remade);
  STATIC_REQUIRE(hazards(PLAN(foreign::none, foreign::plain)) ==
                 "INS2010 add_foreign_key players.players_team_id_fkey\n");
  STATIC_REQUIRE(one_way(PLAN(foreign::plain, foreign::none)) == "");
}

TEST_CASE("a foreign key makes way for the key that it references") {
  STATIC_REQUIRE(steps(PLAN(foreign::plain, foreign::replaced_key)) == R"(drop_foreign_key players.players_team_id_fkey
drop_unique teams.teams_number_key
drop_primary_key teams.teams_pkey
add_primary_key teams.teams_pkey
add_unique teams.teams_id_key
add_foreign_key players.players_team_id_fkey
)");
  STATIC_REQUIRE(hazards(PLAN(foreign::plain, foreign::replaced_key)) == "INS2008 drop_primary_key teams.teams_pkey\n");
}

TEST_CASE("two foreign keys that say the same both come back") {
  STATIC_REQUIRE(steps(PLAN(foreign::twice, foreign::twice_by_text)) == R"(drop_foreign_key players.one
drop_foreign_key players.other
alter_type players.team_id bigint to text
alter_type teams.id bigint to text
add_foreign_key players.one
add_foreign_key players.other
)");
}

TEST_CASE("a foreign key makes way for types that change on both sides, unless they are integers") {
  STATIC_REQUIRE(steps(PLAN(foreign::plain, foreign::text_key)) == R"(drop_foreign_key players.players_team_id_fkey
alter_type players.team_id bigint to text
alter_type teams.id bigint to text
add_foreign_key players.players_team_id_fkey
)");
  STATIC_REQUIRE(steps(PLAN(foreign::small_key, foreign::plain)) ==
                 "alter_type players.team_id integer to bigint\nalter_type teams.id integer to bigint\n");
}
