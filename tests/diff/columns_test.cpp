// What changes in a column, as steps: their order, what can go wrong, and whether there is a way back.
#include <instar/instar.hpp>

#include "diff/steps.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace diff_columns {

using instar_test::hazards;
using instar_test::one_way;
using instar_test::steps;
using std::int64_t;
using text = std::string;
using nullable_text = std::optional<std::string>;
using nullable_number = std::optional<int64_t>;
using moment = std::chrono::sys_time<std::chrono::microseconds>;

// A table with one column that changes: its C++ type, then what is said of it.
#define VERSION(NAME, C_TYPE, ...)                                                                                     \
  namespace NAME {                                                                                                     \
  struct T {                                                                                                           \
    int64_t id;                                                                                                        \
    C_TYPE c;                                                                                                          \
    int64_t last;                                                                                                      \
  };                                                                                                                   \
  INSTAR_MODEL(T, "t", (id, primary_key), (c __VA_OPT__(, ) __VA_ARGS__), (last))                                      \
  inline constexpr auto schema = instar::schema<T>();                                                                  \
  }

namespace without {
struct T {
  int64_t id;
  int64_t last;
};
INSTAR_MODEL(T, "t", (id, primary_key), (last))
inline constexpr auto schema = instar::schema<T>();
}  // namespace without

VERSION(required, text)
VERSION(nullable, nullable_text)
VERSION(defaulted, text, default_value("x"))
VERSION(defaulted_otherwise, text, default_value("y"))
VERSION(nullable_defaulted, nullable_text, default_value("x"))
VERSION(commented, nullable_text, comment("why"))
VERSION(commented_otherwise, nullable_text, comment("why not"))
VERSION(collated, text, collate("C"))
VERSION(collated_varchar, text, varchar<20>, collate("C"))
VERSION(limited, text, varchar<20>)
VERSION(less_limited, text, varchar<40>)
VERSION(now, moment, default_now)
VERSION(updated, moment, updated_at)
VERSION(bare_moment, moment)

VERSION(number, int64_t)
VERSION(small_number, std::int32_t)
VERSION(number_defaulted, int64_t, default_value(7))
VERSION(small_defaulted, std::int32_t, default_value(7))
VERSION(text_defaulted, text, default_value("7"))
VERSION(maybe_number, nullable_number)
VERSION(identity, int64_t, identity)
VERSION(identity_always, int64_t, identity_always)
VERSION(generated, int64_t, generated_always_as("last + 1"))
VERSION(generated_otherwise, int64_t, generated_always_as("last + 2"))
VERSION(computed, int64_t, generated_virtual("last + 1"))
VERSION(array, std::vector<int64_t>)
VERSION(array_defaulted, std::vector<int64_t>, default_sql("'{}'"))

}  // namespace diff_columns

#define PLAN(BEFORE, AFTER) instar::diff<diff_columns::BEFORE::schema, diff_columns::AFTER::schema>

using namespace diff_columns;

TEST_CASE("a new nullable column is added and harms nothing") {
  STATIC_REQUIRE(steps(PLAN(without, nullable)) == "add_column t.c\n");
  STATIC_REQUIRE(hazards(PLAN(without, nullable)) == "");
  STATIC_REQUIRE_FALSE(PLAN(without, nullable).loses_data());
  STATIC_REQUIRE(one_way(PLAN(without, nullable)) == "");
}

TEST_CASE("a new required column needs a value from somewhere") {
  STATIC_REQUIRE(steps(PLAN(without, required)) == "add_column t.c\n");
  STATIC_REQUIRE(hazards(PLAN(without, required)) == "INS2005 add_column t.c\n");
  STATIC_REQUIRE(PLAN(without, required).has(instar::hazard::needs_value));
  // It fails and leaves all as it was.
  STATIC_REQUIRE_FALSE(PLAN(without, required).loses_data());

  STATIC_REQUIRE(hazards(PLAN(without, defaulted)) == "");
  STATIC_REQUIRE(hazards(PLAN(without, now)) == "");
  STATIC_REQUIRE(hazards(PLAN(without, updated)) == "");
  STATIC_REQUIRE(hazards(PLAN(without, identity)) == "");
  STATIC_REQUIRE(hazards(PLAN(without, generated)) == "");
}

TEST_CASE("a new column's comment follows it") {
  STATIC_REQUIRE(steps(PLAN(without, commented)) == "add_column t.c\ncomment_column t.c\n");
}

TEST_CASE("a dropped column loses its data, and nothing brings it back") {
  STATIC_REQUIRE(steps(PLAN(required, without)) == "drop_column t.c\n");
  STATIC_REQUIRE(hazards(PLAN(required, without)) == "INS2002 drop_column t.c\n");
  STATIC_REQUIRE(PLAN(required, without).loses_data());
  STATIC_REQUIRE(one_way(PLAN(required, without)) == "drop_column t.c\n");
  STATIC_REQUIRE(PLAN(commented, without).size() == 1);
}

TEST_CASE("a dropped generated column loses nothing that the others have not") {
  STATIC_REQUIRE(steps(PLAN(generated, without)) == "drop_column t.c\n");
  STATIC_REQUIRE(hazards(PLAN(generated, without)) == "");
  STATIC_REQUIRE_FALSE(PLAN(generated, without).loses_data());
  STATIC_REQUIRE(one_way(PLAN(generated, without)) == "");
}

TEST_CASE("a column becomes nullable, and required") {
  STATIC_REQUIRE(steps(PLAN(required, nullable)) == "drop_not_null t.c\n");
  STATIC_REQUIRE(hazards(PLAN(required, nullable)) == "INS2043 drop_not_null t.c\n");
  STATIC_REQUIRE(steps(PLAN(nullable, required)) == "set_not_null t.c\n");
  STATIC_REQUIRE(hazards(PLAN(nullable, required)) == "INS2006 set_not_null t.c\n");
  STATIC_REQUIRE_FALSE(PLAN(nullable, required).loses_data());
  STATIC_REQUIRE(one_way(PLAN(nullable, required)) == "");
}

TEST_CASE("the default fills NULLs before a column becomes required") {
  STATIC_REQUIRE(steps(PLAN(nullable, defaulted)) == "set_default t.c default 'x'\nfill_nulls t.c\nset_not_null t.c\n");
  STATIC_REQUIRE(hazards(PLAN(nullable, defaulted)) == "");
  STATIC_REQUIRE(one_way(PLAN(nullable, defaulted)) == "fill_nulls t.c\n");
  STATIC_REQUIRE(steps(PLAN(nullable_defaulted, defaulted)) == "fill_nulls t.c\nset_not_null t.c\n");
  // Nothing to fill where nothing is NULL.
  STATIC_REQUIRE(steps(PLAN(required, defaulted)) == "set_default t.c default 'x'\n");
}

TEST_CASE("defaults come, change and go") {
  STATIC_REQUIRE(steps(PLAN(defaulted, defaulted_otherwise)) == "set_default t.c default 'y'\n");
  STATIC_REQUIRE(steps(PLAN(defaulted, required)) == "drop_default t.c\n");
  STATIC_REQUIRE(steps(PLAN(bare_moment, now)) == "set_default t.c default now\n");
  STATIC_REQUIRE(hazards(PLAN(defaulted, required)) == "");
  STATIC_REQUIRE(one_way(PLAN(defaulted, required)) == "");
}

TEST_CASE("who keeps a moment current is no matter of the database") {
  STATIC_REQUIRE(PLAN(now, updated).empty());
}

TEST_CASE("a type is widened without harm") {
  STATIC_REQUIRE(steps(PLAN(small_number, number)) == "alter_type t.c integer to bigint\n");
  STATIC_REQUIRE(hazards(PLAN(small_number, number)) == "");
  STATIC_REQUIRE(one_way(PLAN(small_number, number)) == "");
  STATIC_REQUIRE(hazards(PLAN(limited, less_limited)) == "");
  STATIC_REQUIRE(hazards(PLAN(limited, required)) == "");
  STATIC_REQUIRE(hazards(PLAN(number, required)) == "");
}

TEST_CASE("a type is narrowed: values may be cut, and do not come back") {
  STATIC_REQUIRE(steps(PLAN(number, small_number)) == "alter_type t.c bigint to integer\n");
  STATIC_REQUIRE(hazards(PLAN(number, small_number)) == "INS2003 alter_type t.c bigint to integer\n");
  STATIC_REQUIRE(PLAN(number, small_number).loses_data());
  STATIC_REQUIRE(one_way(PLAN(number, small_number)) == "alter_type t.c bigint to integer\n");
  STATIC_REQUIRE(hazards(PLAN(less_limited, limited)) == "INS2003 alter_type t.c varchar(40) to varchar(20)\n");
  STATIC_REQUIRE(hazards(PLAN(required, number)) == "INS2003 alter_type t.c text to bigint\n");
}

TEST_CASE("a default steps aside for a new type, be it the same default") {
  STATIC_REQUIRE(steps(PLAN(small_defaulted, number_defaulted)) ==
                 "drop_default t.c\nalter_type t.c integer to bigint\nset_default t.c default 7\n");
  STATIC_REQUIRE(steps(PLAN(number_defaulted, text_defaulted)) ==
                 "drop_default t.c\nalter_type t.c bigint to text\nset_default t.c default '7'\n");
  STATIC_REQUIRE(steps(PLAN(number_defaulted, required)) == "drop_default t.c\nalter_type t.c bigint to text\n");
  STATIC_REQUIRE(steps(PLAN(required, number_defaulted)) ==
                 "alter_type t.c text to bigint\nset_default t.c default 7\n");
}

TEST_CASE("a column becomes an array, and no longer is one") {
  STATIC_REQUIRE(steps(PLAN(number, array)) == "alter_type t.c bigint to bigint[]\n");
  STATIC_REQUIRE(steps(PLAN(number_defaulted, array_defaulted)) ==
                 "drop_default t.c\nalter_type t.c bigint to bigint[]\nset_default t.c default sql '{}'\n");
  STATIC_REQUIRE(hazards(PLAN(array, number)) == "INS2003 alter_type t.c bigint[] to bigint\n");
}

TEST_CASE("type, default and NULLs change in this order") {
  STATIC_REQUIRE(steps(PLAN(maybe_number, text_defaulted)) ==
                 "alter_type t.c bigint to text\nset_default t.c default '7'\nfill_nulls t.c\nset_not_null t.c\n");
  STATIC_REQUIRE(steps(PLAN(text_defaulted, maybe_number)) ==
                 "drop_default t.c\nalter_type t.c text to bigint\ndrop_not_null t.c\n");
}

TEST_CASE("a collation changes alone or with the type") {
  STATIC_REQUIRE(steps(PLAN(required, collated)) == "alter_collation t.c\n");
  STATIC_REQUIRE(steps(PLAN(collated, required)) == "alter_collation t.c\n");
  STATIC_REQUIRE(steps(PLAN(required, collated_varchar)) == "alter_type t.c text to varchar(20)\n");
  STATIC_REQUIRE(hazards(PLAN(required, collated)) == "");
  STATIC_REQUIRE(one_way(PLAN(required, collated)) == "");
}

TEST_CASE("a comment changes") {
  STATIC_REQUIRE(steps(PLAN(nullable, commented)) == "comment_column t.c\n");
  STATIC_REQUIRE(steps(PLAN(commented, commented_otherwise)) == "comment_column t.c\n");
  STATIC_REQUIRE(steps(PLAN(commented, nullable)) == "comment_column t.c\n");
  STATIC_REQUIRE(hazards(PLAN(commented, nullable)) == "");
}

TEST_CASE("identity comes, changes its kind and goes") {
  STATIC_REQUIRE(steps(PLAN(number, identity)) == "add_identity t.c\n");
  STATIC_REQUIRE(steps(PLAN(identity, identity_always)) == "alter_identity t.c\n");
  STATIC_REQUIRE(steps(PLAN(identity_always, number)) == "drop_identity t.c\n");
  STATIC_REQUIRE(hazards(PLAN(number, identity)) == "");
  STATIC_REQUIRE(one_way(PLAN(identity_always, number)) == "");
}

TEST_CASE("identity and a default take each other's place") {
  STATIC_REQUIRE(steps(PLAN(number_defaulted, identity)) == "drop_default t.c\nadd_identity t.c\n");
  STATIC_REQUIRE(steps(PLAN(identity, number_defaulted)) == "drop_identity t.c\nset_default t.c default 7\n");
}

TEST_CASE("a column becomes required before it becomes identity") {
  // https://www.postgresql.org/docs/current/sql-altertable.html: PostgreSQL asks for it.
  STATIC_REQUIRE(steps(PLAN(maybe_number, identity)) == "set_not_null t.c\nadd_identity t.c\n");
  STATIC_REQUIRE(steps(PLAN(identity, maybe_number)) == "drop_identity t.c\ndrop_not_null t.c\n");
}

TEST_CASE("another expression makes a generated column anew") {
  STATIC_REQUIRE(steps(PLAN(generated, generated_otherwise)) == "drop_column t.c\nadd_column t.c\n");
  STATIC_REQUIRE(hazards(PLAN(generated, generated_otherwise)) == "");
  STATIC_REQUIRE(one_way(PLAN(generated, generated_otherwise)) == "");
  STATIC_REQUIRE(steps(PLAN(generated, computed)) == "drop_column t.c\nadd_column t.c\n");
}

TEST_CASE("a generated column becomes plain and keeps its values; a virtual one has none to keep") {
  STATIC_REQUIRE(steps(PLAN(generated, number)) == "drop_generated t.c\n");
  STATIC_REQUIRE(steps(PLAN(generated, number_defaulted)) == "drop_generated t.c\nset_default t.c default 7\n");
  STATIC_REQUIRE(hazards(PLAN(generated, number)) == "");
  STATIC_REQUIRE(steps(PLAN(computed, number)) == "drop_column t.c\nadd_column t.c\n");
}

TEST_CASE("a plain column becomes generated: what it held is lost") {
  STATIC_REQUIRE(steps(PLAN(number, generated)) == "drop_column t.c\nadd_column t.c\n");
  STATIC_REQUIRE(hazards(PLAN(number, generated)) == "INS2002 drop_column t.c\n");
  STATIC_REQUIRE(PLAN(number, generated).loses_data());
}

// Columns that depend on each other.
namespace diff_columns::source {
struct T {
  int64_t id;
  int64_t base;
  int64_t twice;
  std::string other;
};
INSTAR_MODEL(T, "t", (id, primary_key), (base), (twice, generated_always_as("base * 2"), unique, index),
             (other, check("other <> '' AND base > 0")), index(expression("base + 1")),
             index(&T::id).where("base > 1").named("some"))
inline constexpr auto schema = instar::schema<T>();
}  // namespace diff_columns::source
namespace diff_columns::source_gone {
struct T {
  int64_t id;
  std::string other;
};
INSTAR_MODEL(T, "t", (id, primary_key), (other))
inline constexpr auto schema = instar::schema<T>();
}  // namespace diff_columns::source_gone
namespace diff_columns::source_retyped {
struct T {
  int64_t id;
  std::string base;
  int64_t twice;
  std::string other;
};
INSTAR_MODEL(T, "t", (id, primary_key), (base), (twice, generated_always_as("base * 2"), unique, index),
             (other, check("other <> '' AND base > 0")), index(expression("base + 1")),
             index(&T::id).where("base > 1").named("some"))
inline constexpr auto schema = instar::schema<T>();
}  // namespace diff_columns::source_retyped
namespace diff_columns::source_widened {
struct T {
  int64_t id;
  std::int32_t base;
  int64_t twice;
  std::string other;
};
INSTAR_MODEL(T, "t", (id, primary_key), (base), (twice, generated_always_as("base * 2"), unique, index),
             (other, check("other <> '' AND base > 0")), index(expression("base + 1")),
             index(&T::id).where("base > 1").named("some"))
inline constexpr auto schema = instar::schema<T>();
}  // namespace diff_columns::source_widened

TEST_CASE("a generated column goes before what it is generated from, and comes after it") {
  STATIC_REQUIRE(steps(PLAN(source, source_gone)) == R"(drop_check t.t_other_check
drop_index t.t_twice_idx
drop_index t.t_expr_idx
drop_index t.some
drop_unique t.t_twice_key
drop_column t.twice
drop_column t.base
)");
  STATIC_REQUIRE(hazards(PLAN(source, source_gone)) == "INS2002 drop_column t.base\n");
  STATIC_REQUIRE(steps(PLAN(source_gone, source)) == R"(add_column t.base
add_column t.twice
add_unique t.t_twice_key
add_check t.t_other_check
create_index t.t_twice_idx
create_index t.t_expr_idx
create_index t.some
)");
}

TEST_CASE("what speaks of a column makes way when the column gets a type of another family") {
  STATIC_REQUIRE(steps(PLAN(source, source_retyped)) == R"(drop_check t.t_other_check
drop_index t.t_twice_idx
drop_index t.t_expr_idx
drop_index t.some
drop_unique t.t_twice_key
drop_column t.twice
alter_type t.base bigint to text
add_column t.twice
add_unique t.t_twice_key
add_check t.t_other_check
create_index t.t_twice_idx
create_index t.t_expr_idx
create_index t.some
)");
}

TEST_CASE("among integers checks and indexes stay, and generated columns make way") {
  STATIC_REQUIRE(steps(PLAN(source_widened, source)) == R"(drop_index t.t_twice_idx
drop_unique t.t_twice_key
drop_column t.twice
alter_type t.base integer to bigint
add_column t.twice
add_unique t.t_twice_key
create_index t.t_twice_idx
)");
}

// The order of columns is not a matter of a plan.
namespace diff_columns::turned {
struct T {
  int64_t last;
  std::string c;
  int64_t id;
};
INSTAR_MODEL(T, "t", (last), (c), (id, primary_key))
inline constexpr auto schema = instar::schema<T>();
}  // namespace diff_columns::turned

TEST_CASE("columns in another order are the same columns") {
  STATIC_REQUIRE(PLAN(required, turned).empty());
  STATIC_REQUIRE(steps(PLAN(turned, defaulted)) == "set_default t.c default 'x'\n");
}
