// What can be asked of a plan, and what holds for every plan.
#include <instar/instar.hpp>

#include "diff/steps.hpp"
#include "support/catch.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

namespace diff_plan {

using instar::column_type;
using instar::hazard;
using instar::step;
using instar::step_kind;
using instar::type_kind;
using instar_test::hazards;
using instar_test::one_way;
using instar_test::steps;
using std::int64_t;

// Two versions that differ in all that can be undone; each declares the names of the other.
namespace v1 {
enum class State { open, done };
INSTAR_ENUM((State, renamed_from("phase")), open, (done, renamed_from("closed")))
struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", renamed_from("squads"), (id, primary_key), (name, unique))
struct Player {
  int64_t id;
  int64_t team_id;
  std::optional<std::string> nick;
  State state;
  int64_t score;
  int64_t rank;
  int64_t twice;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id), index),
             (nick, renamed_from("alias"), check("id > 0"), comment("old")), (state), (score, default_value(1)),
             (rank, identity), (twice, generated_always_as("score * 2")), unique(&Player::score).named("one_score"),
             exclude(column(&Player::id).with("=")), comment("who plays"))
inline constexpr auto schema =
    instar::schema<Team, Player>(instar::view("v", "SELECT 1"), instar::extension("hstore"), instar::sequence("n"),
                                 instar::sequence("m"), instar::function("f", "CREATE FUNCTION f", "DROP FUNCTION f"),
                                 instar::trigger("t", "CREATE TRIGGER t", "DROP TRIGGER t ON players"));
}  // namespace v1

namespace v2 {
enum class State { open, done };
INSTAR_ENUM((State, "phase", renamed_from("state")), open, (done, "closed", renamed_from("done")))
struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "squads", renamed_from("teams"), (id), (name, primary_key))
struct Player {
  int64_t id;
  int64_t team_id;
  std::string alias;
  State state;
  std::string score;
  int64_t rank;
  int64_t twice;
};
INSTAR_MODEL(Player, "players", (id, primary_key, check("id > 1")), (team_id, index),
             (alias, renamed_from("nick"), collate("C")), (state), (score), (rank),
             (twice, generated_always_as("rank * 2")), unique(&Player::score).named("only_score"), index(&Player::rank))
inline constexpr auto schema =
    instar::schema<Team, Player>(instar::view("v", "SELECT 2"), instar::extension("citext"), instar::sequence("n", 5),
                                 instar::function("g", "CREATE FUNCTION g", "DROP FUNCTION g"));
}  // namespace v2

inline constexpr auto none = instar::schema<>();

/// The kind of step that takes a step back.
constexpr step_kind inverse_of(step_kind kind) {
  constexpr step_kind pairs[][2] = {
      {step_kind::create_extension, step_kind::drop_extension},
      {step_kind::create_view, step_kind::drop_view},
      {step_kind::create_enum, step_kind::drop_enum},
      {step_kind::create_sequence, step_kind::drop_sequence},
      {step_kind::create_early_raw_object, step_kind::drop_early_raw_object},
      {step_kind::create_middle_raw_object, step_kind::drop_middle_raw_object},
      {step_kind::create_raw_object, step_kind::drop_raw_object},
      {step_kind::add_foreign_key, step_kind::drop_foreign_key},
      {step_kind::add_exclusion, step_kind::drop_exclusion},
      {step_kind::add_check, step_kind::drop_check},
      {step_kind::create_index, step_kind::drop_index},
      {step_kind::add_unique, step_kind::drop_unique},
      {step_kind::add_primary_key, step_kind::drop_primary_key},
      {step_kind::add_column, step_kind::drop_column},
      {step_kind::create_table, step_kind::drop_table},
      {step_kind::set_default, step_kind::drop_default},
      {step_kind::add_identity, step_kind::drop_identity},
      {step_kind::set_not_null, step_kind::drop_not_null},
  };
  for (const auto& pair : pairs) {
    if (kind == pair[0])
      return pair[1];
    if (kind == pair[1])
      return pair[0];
  }
  return kind;  // Renames, comments and changes are taken back by their like.
}

/// Whether a step of the plan back takes exactly this one back: the same parts of the same schemas, in turn.
constexpr bool takes_back(const step& s, const step& back) {
  return back.kind == inverse_of(s.kind) && back.before == s.after && back.after == s.before && back.from == s.to &&
         back.to == s.from && back.old_enum == s.new_enum && back.new_enum == s.old_enum && back.raw == s.raw &&
         back.old_view == s.new_view && back.new_view == s.old_view;
}

/// The steps that no step back takes back, a line each; of those that change an object in place only the kind tells.
template <class Plan, class Back>
constexpr instar_test::text<> not_taken_back(const Plan& plan, const Back& back) {
  instar_test::text<> out{};
  for (const step& s : plan.steps) {
    bool found = false;
    for (const step& b : back.steps)
      found |= takes_back(s, b) || (s.kind == step_kind::alter_sequence && b.kind == step_kind::alter_sequence);
    if (found)
      continue;
    instar_test::detail::put_step(out, s);
    out.put('\n');
  }
  return out;
}

constexpr bool widens(const column_type& from, const column_type& to) {
  return instar::detail::type_widens(from, to);
}
constexpr bool widens(type_kind from, type_kind to) {
  return widens(column_type{.kind = from}, column_type{.kind = to});
}
constexpr bool widens(type_kind from, int from_length, type_kind to, int to_length) {
  return widens(column_type{.kind = from, .length = from_length}, column_type{.kind = to, .length = to_length});
}
constexpr column_type numeric(int precision, int scale) {
  return {.kind = type_kind::numeric, .length = precision, .scale = scale};
}

// What a snapshot of v1 holds: its texts and hashes, in arrays of its own.
inline constexpr instar::snapshot snapshot_of_v1{.schema = instar::view_of<v1::schema>};
// The same without the hashes, as another version of instar may have counted them.
template <std::size_t N>
struct without_hashes {
  instar::table tables[N];
  constexpr explicit without_hashes(std::span<const instar::table> originals) : tables{} {
    for (std::size_t i = 0; i < N; ++i) {
      tables[i] = originals[i];
      tables[i].content_hash = 0;
    }
  }
};
inline constexpr without_hashes<2> v1_tables{instar::view_of<v1::schema>.tables};
inline constexpr instar::schema_view unhashed_v1 = [] {
  instar::schema_view s = instar::view_of<v1::schema>;
  s.tables = v1_tables.tables;
  return s;
}();

}  // namespace diff_plan

#define PLAN(BEFORE, AFTER) instar::diff<diff_plan::BEFORE, diff_plan::AFTER>

using namespace diff_plan;

TEST_CASE("a schema differs in nothing from itself, nor from its snapshot, with hashes or without") {
  STATIC_REQUIRE(PLAN(v1::schema, v1::schema).empty());
  STATIC_REQUIRE(PLAN(v2::schema, v2::schema).empty());
  STATIC_REQUIRE(PLAN(snapshot_of_v1, v1::schema).empty());
  STATIC_REQUIRE(PLAN(v1::schema, snapshot_of_v1).empty());
  STATIC_REQUIRE(PLAN(unhashed_v1, v1::schema).empty());
  STATIC_REQUIRE(PLAN(v1::schema, unhashed_v1).empty());
  STATIC_REQUIRE(PLAN(none, none).empty());
  STATIC_REQUIRE(PLAN(none, none).size() == 0);
}

TEST_CASE("a plan does not depend on hashes") {
  STATIC_REQUIRE(PLAN(v1::schema, v2::schema).size() > 20);
  STATIC_REQUIRE(steps(PLAN(unhashed_v1, v2::schema)) == steps(PLAN(v1::schema, v2::schema)).view());
  STATIC_REQUIRE(steps(PLAN(snapshot_of_v1, v2::schema)) == steps(PLAN(v1::schema, v2::schema)).view());
}

TEST_CASE("the way back takes back every step, each for the same part of the same table") {
  STATIC_REQUIRE(not_taken_back(PLAN(v1::schema, v2::schema), PLAN(v2::schema, v1::schema)) == "");
  STATIC_REQUIRE(not_taken_back(PLAN(v2::schema, v1::schema), PLAN(v1::schema, v2::schema)) == "");
  // What a text holds need not be a number: that step says that it has no inverse.
  STATIC_REQUIRE(one_way(PLAN(v1::schema, v2::schema)) == "");
  STATIC_REQUIRE(one_way(PLAN(v2::schema, v1::schema)) == "alter_type players.score text to bigint\n");
  // A plan does not take itself back.
  STATIC_REQUIRE_FALSE(not_taken_back(PLAN(v1::schema, v2::schema), PLAN(v1::schema, v2::schema)) == "");
}

TEST_CASE("a plan knows its steps and its hazards") {
  constexpr auto& plan = PLAN(none, v1::schema);
  STATIC_REQUIRE_FALSE(plan.empty());
  STATIC_REQUIRE(plan.size() == plan.steps.size());
  STATIC_REQUIRE(plan.has(step_kind::create_table));
  STATIC_REQUIRE_FALSE(plan.has(step_kind::drop_table));
  STATIC_REQUIRE(plan.hazards().empty());
  STATIC_REQUIRE_FALSE(plan.loses_data());

  constexpr auto& back = PLAN(v1::schema, none);
  STATIC_REQUIRE(back.has(hazard::drops_table));
  STATIC_REQUIRE_FALSE(back.has(hazard::drops_column));
  STATIC_REQUIRE(back.hazards().size() == 6);
  STATIC_REQUIRE(back.hazards()[0].hazard == hazard::drops_table);
  STATIC_REQUIRE(back.steps[back.hazards()[0].step].kind == step_kind::drop_table);
  STATIC_REQUIRE(back.loses_data());
}

TEST_CASE("a plan is the same without its storage, and at run time") {
  constexpr instar::plan_view view = PLAN(v1::schema, v2::schema);
  STATIC_REQUIRE(view.size() == PLAN(v1::schema, v2::schema).size());
  STATIC_REQUIRE(view.loses_data() == PLAN(v1::schema, v2::schema).loses_data());
  STATIC_REQUIRE(view.has(step_kind::rename_table));

  const instar::plan made = instar::make_plan(instar::view_of<v1::schema>, instar::view_of<v2::schema>);
  CHECK(steps(made) == steps(view).view());
  CHECK(hazards(made) == hazards(view).view());
  CHECK(made.before.tables.data() == instar::view_of<v1::schema>.tables.data());
}

TEST_CASE("codes of hazards are stable") {
  STATIC_REQUIRE(instar::code_of(hazard::drops_table) == "INS2001");
  STATIC_REQUIRE(instar::code_of(hazard::drops_column) == "INS2002");
  STATIC_REQUIRE(instar::code_of(hazard::narrows_type) == "INS2003");
  STATIC_REQUIRE(instar::code_of(hazard::removes_enum_value) == "INS2004");
  STATIC_REQUIRE(instar::code_of(hazard::needs_value) == "INS2005");
  STATIC_REQUIRE(instar::code_of(hazard::makes_required) == "INS2006");
  STATIC_REQUIRE(instar::code_of(hazard::makes_unique) == "INS2007");
  STATIC_REQUIRE(instar::code_of(hazard::changes_key) == "INS2008");
}

TEST_CASE("some hazards destroy data, the others fail and leave all as it was") {
  STATIC_REQUIRE(instar::destroys_data(hazard::drops_table));
  STATIC_REQUIRE(instar::destroys_data(hazard::drops_column));
  STATIC_REQUIRE(instar::destroys_data(hazard::narrows_type));
  STATIC_REQUIRE_FALSE(instar::destroys_data(hazard::removes_enum_value));
  STATIC_REQUIRE_FALSE(instar::destroys_data(hazard::needs_value));
  STATIC_REQUIRE_FALSE(instar::destroys_data(hazard::makes_required));
  STATIC_REQUIRE_FALSE(instar::destroys_data(hazard::makes_unique));
  STATIC_REQUIRE_FALSE(instar::destroys_data(hazard::changes_key));
  STATIC_REQUIRE(instar::destroys_data(hazard::no_conversion));
  STATIC_REQUIRE(instar::destroys_data(hazard::truncates));
  STATIC_REQUIRE_FALSE(instar::destroys_data(hazard::renames_table));
  STATIC_REQUIRE_FALSE(instar::destroys_data(hazard::type_rewrites_table));
}

TEST_CASE("integers widen upwards, and to numbers that hold all of their digits") {
  STATIC_REQUIRE(widens(type_kind::smallint, type_kind::integer));
  STATIC_REQUIRE(widens(type_kind::integer, type_kind::bigint));
  STATIC_REQUIRE(widens(type_kind::bigint, type_kind::bigint));
  STATIC_REQUIRE_FALSE(widens(type_kind::bigint, type_kind::integer));
  STATIC_REQUIRE_FALSE(widens(type_kind::integer, type_kind::smallint));
  STATIC_REQUIRE(widens(type_kind::integer, type_kind::double_precision));
  STATIC_REQUIRE_FALSE(widens(type_kind::bigint, type_kind::double_precision));
  STATIC_REQUIRE_FALSE(widens(type_kind::integer, type_kind::real));
  STATIC_REQUIRE(widens(type_kind::bigint, type_kind::numeric));
  STATIC_REQUIRE(widens({.kind = type_kind::smallint}, numeric(5, 0)));
  STATIC_REQUIRE_FALSE(widens({.kind = type_kind::smallint}, numeric(4, 0)));
  STATIC_REQUIRE(widens({.kind = type_kind::integer}, numeric(12, 2)));
  STATIC_REQUIRE_FALSE(widens({.kind = type_kind::integer}, numeric(12, 3)));
  STATIC_REQUIRE(widens({.kind = type_kind::bigint}, numeric(19, 0)));
  STATIC_REQUIRE_FALSE(widens({.kind = type_kind::bigint}, numeric(18, 0)));
  STATIC_REQUIRE(widens(type_kind::boolean, type_kind::integer));
}

TEST_CASE("numbers widen in their digits before the point and behind it") {
  STATIC_REQUIRE(widens(numeric(6, 2), numeric(6, 2)));
  STATIC_REQUIRE(widens(numeric(6, 2), numeric(12, 4)));
  STATIC_REQUIRE(widens(numeric(6, 2), {.kind = type_kind::numeric}));
  STATIC_REQUIRE_FALSE(widens(numeric(6, 2), numeric(6, 3)));
  STATIC_REQUIRE_FALSE(widens(numeric(6, 2), numeric(8, 1)));
  STATIC_REQUIRE_FALSE(widens({.kind = type_kind::numeric}, numeric(12, 2)));
  STATIC_REQUIRE(widens(type_kind::real, type_kind::double_precision));
  STATIC_REQUIRE_FALSE(widens(type_kind::double_precision, type_kind::real));
}

TEST_CASE("texts widen with their length, and everything of one value becomes a text") {
  STATIC_REQUIRE(widens(type_kind::varchar, 20, type_kind::varchar, 20));
  STATIC_REQUIRE(widens(type_kind::varchar, 20, type_kind::varchar, 21));
  STATIC_REQUIRE_FALSE(widens(type_kind::varchar, 20, type_kind::varchar, 19));
  STATIC_REQUIRE(widens(type_kind::varchar, 20, type_kind::text, -1));
  STATIC_REQUIRE_FALSE(widens(type_kind::text, -1, type_kind::varchar, 20));
  STATIC_REQUIRE(widens(type_kind::character, 2, type_kind::varchar, 2));
  STATIC_REQUIRE(widens(type_kind::text, type_kind::citext));
  STATIC_REQUIRE(widens(type_kind::bigint, type_kind::text));
  STATIC_REQUIRE(widens(type_kind::uuid, type_kind::text));
  STATIC_REQUIRE_FALSE(widens(type_kind::bigint, -1, type_kind::varchar, 100));
  STATIC_REQUIRE_FALSE(widens(type_kind::custom, type_kind::text));
  STATIC_REQUIRE_FALSE(widens({.kind = type_kind::text, .dimensions = 1}, {.kind = type_kind::text}));
  STATIC_REQUIRE(widens({.kind = type_kind::text}, {.kind = type_kind::text, .dimensions = 1}));
}

TEST_CASE("times widen with their digits, a date to a moment, and other types to their relatives") {
  STATIC_REQUIRE(widens(type_kind::timestamptz, 0, type_kind::timestamptz, 3));
  STATIC_REQUIRE(widens(type_kind::timestamptz, 3, type_kind::timestamptz, -1));
  STATIC_REQUIRE_FALSE(widens(type_kind::timestamptz, -1, type_kind::timestamptz, 3));
  STATIC_REQUIRE_FALSE(widens(type_kind::time, 3, type_kind::time, 0));
  STATIC_REQUIRE(widens(type_kind::date, type_kind::timestamp));
  STATIC_REQUIRE_FALSE(widens(type_kind::timestamp, type_kind::date));
  STATIC_REQUIRE_FALSE(widens(type_kind::timestamp, type_kind::timestamptz));
  STATIC_REQUIRE(widens(type_kind::json, type_kind::jsonb));
  STATIC_REQUIRE(widens(type_kind::jsonb, type_kind::json));
  STATIC_REQUIRE(widens(type_kind::cidr, type_kind::inet));
  STATIC_REQUIRE_FALSE(widens(type_kind::inet, type_kind::cidr));
  STATIC_REQUIRE_FALSE(widens(type_kind::bit, 8, type_kind::bit, 9));
  STATIC_REQUIRE(widens(type_kind::varbit, 8, type_kind::varbit, 9));
  STATIC_REQUIRE_FALSE(widens(type_kind::enumeration, type_kind::enumeration));
  STATIC_REQUIRE_FALSE(widens(type_kind::custom, type_kind::custom));
}
