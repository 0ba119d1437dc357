// Enums: values are added at a place, renamed, and removed by making the type anew.
#include <instar/instar.hpp>

#include "diff/steps.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace diff_enums {

using instar_test::hazards;
using instar_test::one_way;
using instar_test::steps;
using std::int64_t;

// An enum with values, and a table that has it.
#define VERSION(NAME, DEFAULT, VALUES, ...)                                                                            \
  namespace NAME {                                                                                                     \
  enum class State { VALUES };                                                                                         \
  INSTAR_ENUM(__VA_ARGS__)                                                                                             \
  struct T {                                                                                                           \
    int64_t id;                                                                                                        \
    State state;                                                                                                       \
    std::optional<State> next;                                                                                         \
  };                                                                                                                   \
  INSTAR_MODEL(T, "t", (id, primary_key), (state DEFAULT), (next))                                                     \
  inline constexpr auto schema = instar::schema<T>();                                                                  \
  }
#define LIST(...) __VA_ARGS__
#define IS_A , default_value(State::a)
#define IS_D , default_value(State::d)
#define IS_SQL , default_sql("'a'")

VERSION(abc, , LIST(a, b, c), State, a, b, c)
VERSION(abcd, , LIST(a, b, c, d), State, a, b, c, d)
VERSION(zabxc, , LIST(z, a, b, x, c), State, z, a, b, x, c)
VERSION(ac, , LIST(a, c), State, a, c)
VERSION(cab, , LIST(c, a, b), State, c, a, b)
VERSION(abd, , LIST(a, b, d), State, a, b, (d, renamed_from("c")))
VERSION(labelled, , LIST(a, b, c), State, a, (b, "B", renamed_from("b")), c)
VERSION(renamed_and_added, , LIST(a, x, b, d), State, a, x, b, (d, renamed_from("c")))
VERSION(renamed_and_removed, , LIST(a, d), State, a, (d, renamed_from("c")))
VERSION(swapped, , LIST(a, b, c), State, (a, "b", renamed_from("a")), (b, "a", renamed_from("b")), c)
VERSION(claimed_twice, , LIST(a, b, x, y), State, a, b, (x, renamed_from("c")), (y, renamed_from("c")))

VERSION(abc_is_a, IS_A, LIST(a, b, c), State, a, b, c)
VERSION(abcd_is_a, IS_A, LIST(a, b, c, d), State, a, b, c, d)
VERSION(abcd_is_d, IS_D, LIST(a, b, c, d), State, a, b, c, d)
VERSION(abc_is_sql, IS_SQL, LIST(a, b, c), State, a, b, c)
VERSION(abcd_is_sql, IS_SQL, LIST(a, b, c, d), State, a, b, c, d)

// A value that others have in their expressions.
#define USED(NAME, ...)                                                                                                \
  namespace NAME {                                                                                                     \
  using abcd::State;                                                                                                   \
  struct T {                                                                                                           \
    int64_t id;                                                                                                        \
    State state;                                                                                                       \
    std::optional<State> next;                                                                                         \
  };                                                                                                                   \
  INSTAR_MODEL(T, "t", (id, primary_key), (state), (next)__VA_OPT__(, ) __VA_ARGS__)                                   \
  inline constexpr auto schema = instar::schema<T>(VIEW);                                                              \
  }
#define VIEW
USED(in_check, check("next <> 'd'"))
USED(in_other_check, check("next <> 'dd' AND 'id' <> 'it''s'"))
USED(in_index, index(&T::id).where("state = 'd'").named("i"))
#undef VIEW
#define VIEW instar::view("v", "SELECT id FROM t WHERE state = 'd'")
USED(in_view)

VERSION(other_name, , LIST(a, b, c), (State, "phase", renamed_from("state")), a, b, c)
VERSION(other_name_added, , LIST(a, b, c, d), (State, "phase", renamed_from("state")), a, b, c, d)
VERSION(replaced, , LIST(a, b, c), (State, "phase"), a, b, c)
VERSION(moved, , LIST(a, b, c), (State, "s.state"), a, b, c)
VERSION(commented, , LIST(a, b, c), (State, comment("how far")), a, b, c)

namespace as_text {
struct T {
  int64_t id;
  std::string state;
  std::optional<std::string> next;
};
INSTAR_MODEL(T, "t", (id, primary_key), (state), (next))
inline constexpr auto schema = instar::schema<T>();
}  // namespace as_text

namespace gone {
struct T {
  int64_t id;
};
INSTAR_MODEL(T, "t", (id, primary_key))
inline constexpr auto schema = instar::schema<T>();
}  // namespace gone

}  // namespace diff_enums

#define PLAN(BEFORE, AFTER) instar::diff<diff_enums::BEFORE::schema, diff_enums::AFTER::schema>

using namespace diff_enums;

TEST_CASE("an enum is there before the columns that have it, and goes after them") {
  STATIC_REQUIRE(steps(PLAN(gone, abc)) == "create_enum state\nadd_column t.state\nadd_column t.next\n");
  STATIC_REQUIRE(steps(PLAN(abc, gone)) == "drop_column t.state\ndrop_column t.next\ndrop_enum state\n");
  STATIC_REQUIRE(hazards(PLAN(abc, gone)) == "INS2002 drop_column t.state\nINS2002 drop_column t.next\n");
  STATIC_REQUIRE(steps(PLAN(gone, commented)) ==
                 "create_enum state\nadd_column t.state\nadd_column t.next\ncomment_enum state\n");
}

TEST_CASE("a text becomes an enum, and an enum a text") {
  STATIC_REQUIRE(steps(PLAN(as_text, abc)) ==
                 "create_enum state\nalter_type t.state text to enum state\nalter_type t.next text to enum state\n");
  STATIC_REQUIRE(hazards(PLAN(as_text, abc)) ==
                 "INS2003 alter_type t.state text to enum state\nINS2003 alter_type t.next text to enum state\n");
  STATIC_REQUIRE(steps(PLAN(abc, as_text)) ==
                 "alter_type t.state enum state to text\nalter_type t.next enum state to text\ndrop_enum state\n");
  STATIC_REQUIRE(hazards(PLAN(abc, as_text)) == "");
}

TEST_CASE("values are added where they stand") {
  STATIC_REQUIRE(steps(PLAN(abc, abcd)) == "add_enum_value state.d\n");
  STATIC_REQUIRE(steps(PLAN(abc, zabxc)) == "add_enum_value state.z\nadd_enum_value state.x\n");
  STATIC_REQUIRE(hazards(PLAN(abc, zabxc)) == "");
  STATIC_REQUIRE(one_way(PLAN(abc, zabxc)) == "");
}

TEST_CASE("a value that a default needs at once wants a new type") {
  // PostgreSQL lets nobody use a value before the transaction that added it ends.
  STATIC_REQUIRE(steps(PLAN(abc_is_a, abcd_is_a)) == "add_enum_value state.d\n");
  STATIC_REQUIRE(steps(PLAN(abc_is_a, abcd_is_d)) == "rebuild_enum state\nset_default t.state default 'd'\n");
  STATIC_REQUIRE(hazards(PLAN(abc_is_a, abcd_is_d)) == "");
  STATIC_REQUIRE(one_way(PLAN(abc_is_a, abcd_is_d)) == "");
  // An expression may name any.
  STATIC_REQUIRE(steps(PLAN(abc_is_sql, abcd_is_sql)) == "rebuild_enum state\n");
}

TEST_CASE("a value that an expression needs at once wants a new type") {
  STATIC_REQUIRE(steps(PLAN(abc, in_check)) == "rebuild_enum state\nadd_check t.t_check\n");
  STATIC_REQUIRE(steps(PLAN(abc, in_other_check)) == "add_enum_value state.d\nadd_check t.t_check\n");
  STATIC_REQUIRE(steps(PLAN(abc, in_index)) == "rebuild_enum state\ncreate_index t.i\n");
  STATIC_REQUIRE(steps(PLAN(abc, in_view)) == "rebuild_enum state\ncreate_view v\n");
  STATIC_REQUIRE(instar::detail::has_literal("a = 'it''s' OR b = 'no'", "it's"));
  STATIC_REQUIRE(instar::detail::has_literal("a = 'it''s' OR b = 'no'", "no"));
  STATIC_REQUIRE_FALSE(instar::detail::has_literal("a = 'it''s' OR b = 'no'", "it"));
  STATIC_REQUIRE_FALSE(instar::detail::has_literal("a = 'it''s' OR b = 'no'", "s"));
}

TEST_CASE("a value that goes, or another order, makes the type anew") {
  STATIC_REQUIRE(steps(PLAN(abc, ac)) == "rebuild_enum state\n");
  STATIC_REQUIRE(hazards(PLAN(abc, ac)) == "INS2004 rebuild_enum state\n");
  STATIC_REQUIRE(one_way(PLAN(abc, ac)) == "rebuild_enum state\n");
  // Rows that have the value make it fail, and nothing is lost.
  STATIC_REQUIRE_FALSE(PLAN(abc, ac).loses_data());
  STATIC_REQUIRE(steps(PLAN(abc, cab)) == "rebuild_enum state\n");
  STATIC_REQUIRE(hazards(PLAN(abc, cab)) == "");
  STATIC_REQUIRE(one_way(PLAN(abc, cab)) == "");
}

TEST_CASE("values are renamed where they say so") {
  STATIC_REQUIRE(steps(PLAN(abc, abd)) == "rename_enum_value state.c to d\n");
  STATIC_REQUIRE(hazards(PLAN(abc, abd)) == "INS2014 rename_enum_value state.c to d\n");
  STATIC_REQUIRE(one_way(PLAN(abc, abd)) == "");
  STATIC_REQUIRE(steps(PLAN(abc, labelled)) == "rename_enum_value state.b to B\n");
  // Without a word: one goes, another comes.
  STATIC_REQUIRE(steps(PLAN(abd, abc)) == "rebuild_enum state\n");
  STATIC_REQUIRE(hazards(PLAN(abd, abc)) == "INS2004 rebuild_enum state\n");
}

TEST_CASE("values are renamed before others are added or removed") {
  STATIC_REQUIRE(steps(PLAN(abc, renamed_and_added)) == "rename_enum_value state.c to d\nadd_enum_value state.x\n");
  STATIC_REQUIRE(steps(PLAN(abc, renamed_and_removed)) == "rename_enum_value state.c to d\nrebuild_enum state\n");
  STATIC_REQUIRE(hazards(PLAN(abc, renamed_and_removed)) ==
                 "INS2014 rename_enum_value state.c to d\nINS2004 rebuild_enum state\n");
}

TEST_CASE("labels that stay were not renamed, and one old label has one heir") {
  STATIC_REQUIRE(steps(PLAN(abc, swapped)) == "rebuild_enum state\n");
  STATIC_REQUIRE(hazards(PLAN(abc, swapped)) == "");
  STATIC_REQUIRE(steps(PLAN(abc, claimed_twice)) == "rename_enum_value state.c to x\nadd_enum_value state.y\n");
}

TEST_CASE("an enum is renamed where it says so, and its columns stay") {
  STATIC_REQUIRE(steps(PLAN(abc, other_name)) == "rename_enum state to phase\n");
  STATIC_REQUIRE(hazards(PLAN(abc, other_name)) == "");
  STATIC_REQUIRE(one_way(PLAN(abc, other_name)) == "");
  STATIC_REQUIRE(steps(PLAN(abc, other_name_added)) == "rename_enum state to phase\nadd_enum_value phase.d\n");
  STATIC_REQUIRE(PLAN(other_name, other_name).empty());
}

TEST_CASE("without a word it is another enum") {
  STATIC_REQUIRE(steps(PLAN(abc, replaced)) == R"(create_enum phase
alter_type t.state enum state to enum phase
alter_type t.next enum state to enum phase
drop_enum state
)");
  STATIC_REQUIRE(steps(PLAN(abc, moved)) == R"(create_schema s
create_enum s.state
alter_type t.state enum state to enum s.state
alter_type t.next enum state to enum s.state
drop_enum state
)");
}

TEST_CASE("an enum's comment comes and goes") {
  STATIC_REQUIRE(steps(PLAN(abc, commented)) == "comment_enum state\n");
  STATIC_REQUIRE(steps(PLAN(commented, abc)) == "comment_enum state\n");
}

// What stands on the columns of an enum that is made anew.
namespace diff_enums {

#define DEPENDENTS(NAME, VALUES)                                                                                       \
  namespace NAME {                                                                                                     \
  enum class State { VALUES };                                                                                         \
  INSTAR_ENUM(State, VALUES)                                                                                           \
  struct Phase {                                                                                                       \
    State state;                                                                                                       \
    int64_t n;                                                                                                         \
  };                                                                                                                   \
  INSTAR_MODEL(Phase, "phases", (state, primary_key), (n))                                                             \
  struct T {                                                                                                           \
    int64_t id;                                                                                                        \
    State state;                                                                                                       \
    std::vector<State> history;                                                                                        \
    int64_t n;                                                                                                         \
  };                                                                                                                   \
  INSTAR_MODEL(T, "t", (id, primary_key),                                                                              \
               (state, references(&Phase::state), default_value(State::a), check("state <> 'c'"), index), (history),   \
               (n, generated_always_as("CASE state WHEN 'a' THEN 1 END"), check("n > 0")),                             \
               index(&T::id).where("state = 'a'").named("some"))                                                       \
  inline constexpr auto schema = instar::schema<Phase, T>(instar::view("v", "SELECT id, state FROM t"));               \
  }
DEPENDENTS(dependents, LIST(a, b, c))
DEPENDENTS(dependents_fewer, LIST(a, c))

}  // namespace diff_enums

TEST_CASE("what speaks of an enum's columns makes way while the type is made anew") {
  STATIC_REQUIRE(steps(PLAN(dependents, dependents_fewer)) == R"(drop_view v
drop_foreign_key t.t_state_fkey
drop_check t.t_state_check
drop_check t.t_n_check
drop_index t.some
drop_column t.n
rebuild_enum state
add_column t.n
add_check t.t_state_check
add_check t.t_n_check
create_index t.some
add_foreign_key t.t_state_fkey
create_view v
)");
  STATIC_REQUIRE(hazards(PLAN(dependents, dependents_fewer)) == "INS2004 rebuild_enum state\n");
}

// Columns and tables that come, and columns that leave, while the type is made anew.
namespace diff_enums {
namespace fewer_and_more {
enum class State { c, a };
INSTAR_ENUM(State, c, a)
struct T {
  int64_t id;
  State state;
  std::string next;
  std::vector<State> history;
};
INSTAR_MODEL(T, "t", (id, primary_key), (state), (next), (history))
struct U {
  State state;
};
INSTAR_MODEL(U, "u", (state, default_value(State::a)))
inline constexpr auto schema = instar::schema<T, U>();
}  // namespace fewer_and_more
}  // namespace diff_enums

TEST_CASE("the new type is there before the columns and tables that come with it") {
  STATIC_REQUIRE(steps(PLAN(abc, fewer_and_more)) == R"(rebuild_enum state
create_table u
add_column t.history
alter_type t.next enum state to text
set_not_null t.next
)");
}
