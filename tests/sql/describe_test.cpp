// What a person reads: each step in a line, each hazard in a sentence, and the script of a migration.
#include <instar/sql/sql.hpp>

#include <instar/instar.hpp>

#include "diff/steps.hpp"
#include "sql/pairs/raw.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace describe_test {

using std::int64_t;

namespace v1 {
enum class State { open, closed, lost };
INSTAR_ENUM((State, "work.state"), open, closed, lost)
enum class Phase { one, two };
INSTAR_ENUM(Phase, one, two)
enum class Gone { never };
INSTAR_ENUM(Gone, never)
struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "auth.teams", (id, primary_key), (name, unique))
struct Player {
  int64_t id;
  int64_t team_id;
  std::string nick;
  State state;
  Phase phase;
  std::optional<Gone> gone;
  std::optional<int64_t> score;
  int64_t rank;
  int64_t number;
  int64_t count;
  int64_t total;
  std::string word;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id), index), (nick, unique), (state),
             (phase), (gone), (score), (rank, identity), (number), (count, identity, check("count > 0")),
             (total, default_value(1)), (word), index(&Player::word).named("by_word"),
             unique(&Player::word).named("one_word"), exclude(column(&Player::id).with("=")))
struct Old {
  int64_t id;
};
INSTAR_MODEL(Old, "old", (id))
inline constexpr auto schema = instar::schema<Team, Player, Old>(
    instar::extension("hstore", "", "1.7"), instar::extension("citext"), instar::sequence("n"),
    instar::sequence("work.gone"), instar::view("v", "SELECT 1"), instar::view("old_view", "SELECT 1"),
    instar::function("f", "CREATE FUNCTION f", "DROP FUNCTION f"),
    instar::trigger("t", "CREATE TRIGGER t", "DROP TRIGGER t"));
}  // namespace v1

namespace v2 {
enum class State { open, closed };
INSTAR_ENUM((State, "work.state"), open, closed)
enum class Step { one, second, three };
INSTAR_ENUM((Step, renamed_from("phase"), comment("what")), one, (second, renamed_from("two")), three)
enum class Fresh { new_ };
INSTAR_ENUM(Fresh, (new_, "new"))
struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "auth.squads", renamed_from("auth.teams"), (id), (name, primary_key))
struct Player {
  int64_t id;
  std::string alias;
  State state;
  Step phase;
  std::optional<Fresh> fresh;
  int64_t score;
  int64_t rank;
  std::optional<std::int32_t> number;
  int64_t count;
  int64_t total;
  std::string word;
  std::string extra;
};
INSTAR_MODEL(Player, "players", (id, primary_key, check("id > 0"), references(&Player::id)),
             (alias, unique, renamed_from("nick"), collate("C")), (state), (phase), (fresh), (score, default_value(5)),
             (rank, identity_always), (number), (count), (total, identity), (word, comment("why")), (extra),
             index(&Player::word).named("by_words"), index(&Player::extra), exclude(column(&Player::id).with("<>")),
             comment("who plays"))
inline constexpr auto schema =
    instar::schema<Team, Player>(instar::extension("hstore", "tools", "1.8"), instar::extension("pg_trgm"),
                                 instar::sequence("n", 5), instar::sequence("m"), instar::view("v", "SELECT 2"),
                                 instar::materialized_view("work.m", "SELECT 1 AS a", instar::view_index("m_a", "a")),
                                 instar::function("g", "CREATE FUNCTION g", "DROP FUNCTION g"),
                                 instar::policy("p", "CREATE POLICY p", "DROP POLICY p"));
}  // namespace v2

// What does not fit into one migration with the rest.
namespace required {
struct T {
  int64_t a;
  std::optional<int64_t> b;
  int64_t c;
};
INSTAR_MODEL(T, "t", (a), (b), (c, generated_always_as("1")))
inline constexpr auto schema = instar::schema<T>();
}  // namespace required
namespace required_now {
struct T {
  std::optional<int64_t> a;
  int64_t b;
  int64_t c;
};
INSTAR_MODEL(T, "t", (a), (b), (c), comment("two\nlines"))
inline constexpr auto schema = instar::schema<T>();
}  // namespace required_now

inline constexpr instar::view_object views[] = {{.name = "v", .query = "SELECT 1"}};
inline constexpr instar::view_object commented_views[] = {{.name = "v", .query = "SELECT 1", .comment = "one"}};
inline constexpr instar::schema_view with_view{.views = views};
inline constexpr instar::schema_view with_commented_view{.views = commented_views};

inline constexpr instar::raw_object between[] = {{.kind = "function",
                                                  .name = "f(t)",
                                                  .create = "CREATE FUNCTION f(t)",
                                                  .drop = "DROP FUNCTION f(t)",
                                                  .placement = instar::placement::before_indexes}};
inline constexpr instar::schema_view with_raw_between{.raw_objects = between};

inline constexpr auto none = instar::schema<>();

/// The steps of a plan in words, a line each.
std::string described(const instar::plan_view& plan) {
  std::string all;
  for (const instar::step& s : plan.steps)
    (all += instar::describe(s)) += '\n';
  return all;
}

/// Its hazards, a sentence each.
std::string warnings(const instar::plan_view& plan) {
  std::string all;
  for (const instar::hazard_note& note : plan.hazards())
    (all += instar::describe(note.hazard, plan.steps[note.step])) += '\n';
  return all;
}

}  // namespace describe_test

using namespace describe_test;

TEST_CASE("each step in a line for a person") {
  CHECK(described(instar::diff<describe_test::v1::schema, describe_test::v2::schema>) ==
        R"(+ schema tools
+ extension pg_trgm
~ extension hstore: version 1.8
~ extension hstore: schema tools
- trigger t
- view old_view
- view v
~ enum phase renamed to step
~ enum step: value two renamed to second
+ enum fresh
~ enum step: + value three
~ column players.count: no longer identity
+ sequence m
~ sequence n
- foreign key players (team_id) → auth.teams
- exclusion players_id_excl of players
- check players_count_check of players
- index players_team_id_idx of players
- unique auth.squads (name)
- unique players (word)
- primary key of auth.squads (id)
- table old
~ table auth.teams renamed to auth.squads
~ column players.nick renamed to alias
~ constraint players_nick_key of players renamed to players_alias_key
~ index by_word renamed to by_words
- column players.team_id
- column players.gone
~ enum work.state: values changed, - lost
+ function g
+ column players.fresh: "fresh", nullable
+ column players.extra: text
~ column players.total: default dropped
~ column players.number: bigint → integer
~ column players.alias: collation
~ column players.score: default 5
~ column players.score: NULLs get the default
~ column players.score: required
~ column players.number: nullable
~ column players.rank: kind of identity
- function f
- enum gone
- sequence work.gone
~ column players.total: becomes identity
+ primary key of auth.squads (name)
+ check players_id_check of players
+ exclusion players_id_excl of players
+ index players_extra_idx of players
+ foreign key players (id) → players
~ table players: comment
~ column players.word: comment
~ enum step: comment
+ view v
+ materialized view work.m
+ index m_a on materialized view work.m
+ policy p
- extension citext
)");
  CHECK(described(instar::diff<describe_test::required::schema, required_now::schema>) ==
        R"(~ column t.c: no longer generated
~ column t.b: required
~ column t.a: nullable
~ table t: comment
)");
  CHECK(described(instar::diff<describe_test::none, with_raw_between>) == "+ function f(t)\n");
  CHECK(described(instar::diff<with_raw_between, describe_test::none>) == "- function f(t)\n");
  CHECK(described(instar::diff<with_view, with_commented_view>) == "~ view v: comment\n");
  CHECK(described(instar::diff<describe_test::none, describe_test::required::schema>) == "+ table t\n");
}

TEST_CASE("every kind of step has words of its own") {
  constexpr instar::table plain[] = {{.name = "t"}};
  constexpr instar::table strict[] = {{.name = "t", .options = "STRICT"}};
  const instar::plan options = instar::make_plan({.tables = plain}, {.tables = strict});
  CHECK(described(options) == "~ table t: options none → STRICT\n");
  const instar::plan_view plans[] = {
      instar::diff<describe_test::v1::schema, describe_test::v2::schema>,
      instar::diff<describe_test::v2::schema, describe_test::v1::schema>,
      instar::diff<describe_test::required::schema, required_now::schema>,
      instar::diff<with_view, with_commented_view>,
      instar::diff<describe_test::none, describe_test::v1::schema>,
      options,
      instar::diff<describe_test::none, with_raw_between>,
      instar::diff<with_raw_between, describe_test::none>,
      instar::diff<pairs::raw::plain::schema, pairs::raw::by_year::schema>,
      instar::diff<pairs::raw::by_year::schema, pairs::raw::altered::schema>,
      instar::diff<pairs::raw::graded::schema, pairs::raw::graded_otherwise::schema>,
      instar::diff<pairs::raw::leaning::schema, pairs::raw::standing::schema>,
  };
  std::array<bool, instar::step_kind_count> seen{};
  for (const instar::plan_view& plan : plans)
    for (const instar::step& s : plan.steps) {
      seen[static_cast<std::size_t>(s.kind)] = true;
      const std::string words = instar::describe(s);
      INFO(words);
      REQUIRE(words.size() > 3);
      CHECK((words.substr(0, 2) == "+ " || words.substr(0, 2) == "- " || words.substr(0, 2) == "~ "));
    }
  for (std::size_t kind = 0; kind < seen.size(); ++kind) {
    INFO(instar_test::step_names[kind]);
    CHECK(seen[kind]);
  }
}

TEST_CASE("each hazard in a sentence") {
  CHECK(warnings(instar::diff<describe_test::v1::schema, describe_test::v2::schema>) ==
        R"(drops trigger t: from then on rows fare otherwise under running programs
renames value two of enum step to second: programs that use the old name fail
replaces the primary key of auth.squads
drops table old with all its rows
renames table auth.teams to auth.squads: programs that use the old name fail
renames column players.nick to alias: programs that use the old name fail
drops column players.team_id with all its values
drops column players.gone with all its values
removes values of enum work.state: rows that have them make it fail
makes enum work.state anew: every table that uses it is written anew while its readers and writers wait
adds required column players.extra without a default: fails when the table has rows
changes column players.number from bigint to integer: values that do not fit are cut or make it fail
changes column players.number from bigint to integer: every row is written anew while readers and writers wait
lets column players.number be NULL, which running programs may not expect
drops function f, which functions and programs may use in ways that no catalogue knows
drops sequence work.gone with the number that it had come to
adds check players_id_check of players: rows that violate it make it fail
adds exclusion players_id_excl of players: rows that violate it make it fail
builds exclusion players_id_excl of players while readers and writers wait; there is no online way
adds foreign key players_id_fkey of players: rows that reference nothing make it fail
drops extension citext, which functions and programs may use in ways that no catalogue knows
)");
  CHECK(warnings(instar::diff<describe_test::required::schema, required_now::schema>) ==
        "makes column t.b required: rows with NULL make it fail\n"
        "lets column t.a be NULL, which running programs may not expect\n");
}

TEST_CASE("the tables that SQLite makes anew are hazards of a plan for it") {
  const instar::plan_view plan = instar::diff<describe_test::required::schema, required_now::schema>;
  std::string all;
  for (const instar::hazard_note& note : instar::plan_hazards(instar::sqlite, plan))
    all +=
        std::string(instar::code_of(note.hazard)) + ": " + instar::describe(note.hazard, plan.steps[note.step]) + '\n';
  CHECK(all == "INS2006: makes column t.b required: rows with NULL make it fail\n"
               "INS2043: lets column t.a be NULL, which running programs may not expect\n"
               "INS2040: copies table t row by row while the whole database waits\n");
  CHECK(instar::plan_hazards(instar::postgres, plan).size() == 2);
}

TEST_CASE("what the short form of a plan locks, in a sentence") {
  const instar::plan_view plan = instar::diff<describe_test::required::schema, required_now::schema>;
  std::string all;
  for (const instar::hazard_note& note : plan.hazards(instar::postgres, instar::plan_form::offline))
    all += instar::describe(note.hazard, plan.steps[note.step]) + '\n';
  CHECK(all == "makes column t.b required: rows with NULL make it fail\n"
               "reads all rows to make column t.b required while readers and writers wait\n"
               "lets column t.a be NULL, which running programs may not expect\n");
}

TEST_CASE("every hazard has a few words of its own") {
  std::vector<std::string_view> all;
  for (int number = 1; number <= static_cast<int>(instar::last_hazard); ++number)
    if (instar::is_hazard(number))
      all.push_back(instar::describe(static_cast<instar::hazard>(number)));
  std::sort(all.begin(), all.end());
  CHECK_FALSE(all.front().empty());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

TEST_CASE("a script says its hazards first, then each step over its statements") {
  CHECK(instar::script(instar::postgres, instar::diff<describe_test::required::schema, required_now::schema>) ==
        R"(-- warning INS2006: makes column t.b required: rows with NULL make it fail
-- warning INS2043: lets column t.a be NULL, which running programs may not expect

-- ~ column t.c: no longer generated
ALTER TABLE "t" ALTER COLUMN "c" DROP EXPRESSION;

-- ~ column t.b: required
ALTER TABLE "t" ALTER COLUMN "b" SET NOT NULL;

-- ~ column t.a: nullable
ALTER TABLE "t" ALTER COLUMN "a" DROP NOT NULL;

-- ~ table t: comment
COMMENT ON TABLE "t" IS 'two
lines';
)");
  CHECK(instar::script(instar::sqlite, instar::diff<describe_test::required::schema, required_now::schema>) ==
        R"(-- warning INS2006: makes column t.b required: rows with NULL make it fail
-- warning INS2043: lets column t.a be NULL, which running programs may not expect

PRAGMA foreign_keys = OFF;

PRAGMA legacy_alter_table = ON;

-- ~ table t made anew, rows kept
CREATE TABLE "new_t" (
    "a" INTEGER,
    "b" INTEGER NOT NULL,
    "c" INTEGER NOT NULL
);

INSERT INTO "new_t" ("a", "b", "c")
SELECT "a", "b", "c"
FROM "t";

DROP TABLE "t";

ALTER TABLE "new_t" RENAME TO "t";

PRAGMA legacy_alter_table = OFF;

PRAGMA foreign_keys = ON;
)");
  CHECK(instar::script(instar::postgres, instar::diff<describe_test::none, describe_test::none>) == "");
}

// What a user wrote may end in anything.
namespace describe_test::endings {
inline constexpr auto schema = instar::schema<>(
    instar::raw("thing", "a", "CREATE a;", "DROP a"), instar::raw("thing", "b", "CREATE b ; \r\n\t ", "DROP b"),
    instar::raw("thing", "c", "CREATE c -- why", "DROP c"),
    instar::raw("thing", "c2", "CREATE c\n -- why;\n", "DROP c"),
    instar::raw("thing", "two\nlines\r", "CREATE d", "DROP d"), instar::raw("thing", "e", "CREATE e '--'\n", "DROP e"));
}  // namespace describe_test::endings

TEST_CASE("a script keeps its statements apart, whatever a user wrote") {
  CHECK(instar::script(instar::postgres, instar::diff<describe_test::none, endings::schema>) == R"(-- + thing a
CREATE a;

-- + thing b
CREATE b ;

-- + thing c
CREATE c -- why
;

-- + thing c2
CREATE c
 -- why;
;

-- + thing two lines 
CREATE d;

-- + thing e
CREATE e '--'
;
)");
}
