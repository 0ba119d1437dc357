// Whole tables: what is made first, what goes last, and how tables that need each other come and go.
#include <instar/instar.hpp>

#include "diff/steps.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace diff_tables {

using instar_test::hazards;
using instar_test::one_way;
using instar_test::steps;
using std::int64_t;

inline constexpr auto none = instar::schema<>();

enum class State { open, done };
INSTAR_ENUM((State, "work.state", comment("how far")), open, done)

struct Author;
struct Task {
  int64_t id;
  int64_t author_id;
  State state;
};
struct Author {
  int64_t id;
  std::string name;
  std::optional<int64_t> first_task;
  std::optional<int64_t> mentor;
};
INSTAR_MODEL(Task, "work.tasks", (id, primary_key, comment("the number")), (author_id, references(&Author::id), index),
             (state), comment("what is to do"))
INSTAR_MODEL(Author, "authors", (id, primary_key), (name, unique, check("name <> ''")),
             (first_task, references(&Task::id)), (mentor, references(&Author::id)))
inline constexpr auto all = instar::schema<Task, Author>(
    instar::view("open_tasks", "SELECT * FROM work.tasks"), instar::extension("citext"), instar::sequence("numbers"),
    instar::function("f", "CREATE FUNCTION f", "DROP FUNCTION f"),
    instar::trigger("t", "CREATE TRIGGER t", "DROP TRIGGER t ON authors"));

// A chain: c needs b needs a.
struct A {
  int64_t id;
};
INSTAR_MODEL(A, "a", (id, primary_key))
struct B {
  int64_t id;
  int64_t a_id;
};
INSTAR_MODEL(B, "b", (id, primary_key), (a_id, references(&A::id)))
struct C {
  int64_t id;
  int64_t b_id;
};
INSTAR_MODEL(C, "c", (id, primary_key), (b_id, references(&B::id)))
inline constexpr auto chain = instar::schema<C, B, A>();
inline constexpr auto chain_turned = instar::schema<A, B, C>();
inline constexpr auto only_a = instar::schema<A>();
inline constexpr auto a_and_b = instar::schema<A, B>();

// c stays and no longer needs b, which goes.
namespace freed {
struct C {
  int64_t id;
  int64_t b_id;
};
INSTAR_MODEL(C, "c", (id, primary_key), (b_id))
inline constexpr auto schema = instar::schema<C>();
}  // namespace freed

// c needs something else, that is new.
namespace redirected {
struct D {
  int64_t id;
};
INSTAR_MODEL(D, "d", (id, primary_key))
struct C {
  int64_t id;
  int64_t b_id;
};
INSTAR_MODEL(C, "c", (id, primary_key), (b_id, references(&D::id)))
inline constexpr auto schema = instar::schema<C, D>();
}  // namespace redirected

namespace commented {
struct A {
  int64_t id;
};
INSTAR_MODEL(A, "a", (id, primary_key), comment("the first"))
inline constexpr auto schema = instar::schema<A>();
}  // namespace commented

}  // namespace diff_tables

#define PLAN(BEFORE, AFTER) instar::diff<diff_tables::BEFORE, diff_tables::AFTER>

using namespace diff_tables;

TEST_CASE("a new database is made in the order in which its parts need each other") {
  STATIC_REQUIRE(steps(PLAN(none, all)) == R"(create_schema work
create_extension citext
create_enum work.state
create_sequence numbers
create_early_raw_object function f
create_table work.tasks
create_table authors
create_index work.tasks.tasks_author_id_idx
add_foreign_key work.tasks.tasks_author_id_fkey
add_foreign_key authors.authors_first_task_fkey
add_foreign_key authors.authors_mentor_fkey
comment_table work.tasks
comment_column work.tasks.id
comment_enum work.state
create_view open_tasks
create_raw_object trigger t
)");
  STATIC_REQUIRE(hazards(PLAN(none, all)) == "");
  STATIC_REQUIRE(one_way(PLAN(none, all)) == "");
}

TEST_CASE("everything is dropped before what it needs; a schema stays") {
  STATIC_REQUIRE(steps(PLAN(all, none)) == R"(drop_raw_object trigger t
drop_view open_tasks
drop_foreign_key work.tasks.tasks_author_id_fkey
drop_foreign_key authors.authors_first_task_fkey
drop_table work.tasks
drop_table authors
drop_early_raw_object function f
drop_enum work.state
drop_sequence numbers
drop_extension citext
)");
  STATIC_REQUIRE(hazards(PLAN(all, none)) == R"(INS2001 drop_table work.tasks
INS2001 drop_table authors
INS2016 drop_early_raw_object function f
INS2015 drop_sequence numbers
INS2016 drop_extension citext
)");
  STATIC_REQUIRE(one_way(PLAN(all, none)) == "drop_table work.tasks\ndrop_table authors\n");
  STATIC_REQUIRE(PLAN(all, none).loses_data());
}

TEST_CASE("foreign keys come last, so that tables may be made in any order") {
  STATIC_REQUIRE(steps(PLAN(none, chain)) == R"(create_table c
create_table b
create_table a
add_foreign_key c.c_b_id_fkey
add_foreign_key b.b_a_id_fkey
)");
  STATIC_REQUIRE(steps(PLAN(only_a, chain)) ==
                 "create_table c\ncreate_table b\nadd_foreign_key c.c_b_id_fkey\nadd_foreign_key b.b_a_id_fkey\n");
}

TEST_CASE("tables that go let go of each other first") {
  STATIC_REQUIRE(steps(PLAN(chain, none)) == R"(drop_foreign_key c.c_b_id_fkey
drop_foreign_key b.b_a_id_fkey
drop_table c
drop_table b
drop_table a
)");
  // What they need that stays does not stand in the way.
  STATIC_REQUIRE(steps(PLAN(chain, only_a)) == "drop_foreign_key c.c_b_id_fkey\ndrop_table c\ndrop_table b\n");
  STATIC_REQUIRE(steps(PLAN(chain, a_and_b)) == "drop_table c\n");
}

TEST_CASE("a table that stays lets go of one that goes, and takes hold of one that comes") {
  STATIC_REQUIRE(steps(PLAN(chain, freed::schema)) == R"(drop_foreign_key c.c_b_id_fkey
drop_foreign_key b.b_a_id_fkey
drop_table b
drop_table a
)");
  STATIC_REQUIRE(steps(PLAN(chain, redirected::schema)) == R"(drop_foreign_key c.c_b_id_fkey
drop_foreign_key b.b_a_id_fkey
drop_table b
drop_table a
create_table d
add_foreign_key c.c_b_id_fkey
)");
}

TEST_CASE("the order of models is not a matter of a plan") {
  STATIC_REQUIRE(PLAN(chain, chain_turned).empty());
}

TEST_CASE("a table's comment comes and goes") {
  STATIC_REQUIRE(steps(PLAN(only_a, commented::schema)) == "comment_table a\n");
  STATIC_REQUIRE(steps(PLAN(commented::schema, only_a)) == "comment_table a\n");
}

// Two tables of one name in two schemas are two.
namespace diff_tables::schemas {
struct Here {
  int64_t id;
};
INSTAR_MODEL(Here, "t", (id))
struct There {
  int64_t id;
};
INSTAR_MODEL(There, "s.t", (id))
struct There2 {
  int64_t id;
};
INSTAR_MODEL(There2, "s.u", (id))
inline constexpr auto here = instar::schema<Here>();
inline constexpr auto there = instar::schema<There>();
inline constexpr auto both = instar::schema<Here, There>();
inline constexpr auto more = instar::schema<Here, There, There2>();
}  // namespace diff_tables::schemas

TEST_CASE("tables of one name in several schemas are told apart") {
  STATIC_REQUIRE(steps(PLAN(schemas::here, schemas::both)) == "create_schema s\ncreate_table s.t\n");
  STATIC_REQUIRE(steps(PLAN(schemas::here, schemas::there)) == "create_schema s\ndrop_table t\ncreate_table s.t\n");
  STATIC_REQUIRE(steps(PLAN(schemas::both, schemas::there)) == "drop_table t\n");
  STATIC_REQUIRE(steps(PLAN(schemas::both, schemas::more)) == "create_table s.u\n");
}

// Many tables of one pattern, of which two change: finding them does not depend on their place.
namespace diff_tables::many {

#define TABLE(N, TYPE)                                                                                                 \
  struct T##N {                                                                                                        \
    int64_t id;                                                                                                        \
    TYPE c;                                                                                                            \
  };                                                                                                                   \
  INSTAR_MODEL(T##N, "t" #N, (id, primary_key), (c))
// clang-format off
namespace before {
TABLE(1, bool) TABLE(2, bool) TABLE(3, bool) TABLE(4, bool) TABLE(5, bool) TABLE(6, bool) TABLE(7, bool)
inline constexpr auto schema = instar::schema<T1, T2, T3, T4, T5, T6, T7>();
}  // namespace before
namespace after {
TABLE(1, bool) TABLE(2, int64_t) TABLE(3, bool) TABLE(4, bool) TABLE(5, bool) TABLE(7, int64_t) TABLE(8, bool)
inline constexpr auto schema = instar::schema<T8, T7, T5, T4, T3, T2, T1>();
}  // namespace after
// clang-format on

}  // namespace diff_tables::many

TEST_CASE("of many tables only those that changed have steps") {
  STATIC_REQUIRE(steps(PLAN(many::before::schema, many::after::schema)) == R"(drop_table t6
create_table t8
alter_type t7.c boolean to bigint
alter_type t2.c boolean to bigint
)");
}
