// Whether models and the snapshot of the last migration are one schema: what INSTAR_CHECK_MIGRATED asks.
#include <instar/instar.hpp>

#include "schema/words.hpp"
#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace migrated_test {

using std::int64_t;

struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (name, unique))
struct Player {
  int64_t id;
  int64_t team_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id)))

#define OBJECTS                                                                                                        \
  instar::extension("citext"), instar::view("v", "SELECT 1"), instar::sequence("n"),                                   \
      instar::function("f", "CREATE FUNCTION f", "DROP FUNCTION f")
inline constexpr auto schema = instar::schema<Team, Player>(OBJECTS);
inline constexpr auto turned = instar::schema<Player, Team>(OBJECTS);
inline constexpr auto fewer = instar::schema<Team>(OBJECTS);
inline constexpr auto none = instar::schema<>();

// A change that is one on PostgreSQL alone, and changes that are none anywhere.
namespace commented {
struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (name, unique), comment("who plays together"))
struct Player {
  int64_t id;
  int64_t team_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id)))
inline constexpr auto schema = instar::schema<Team, Player>(OBJECTS);
}  // namespace commented
namespace said_otherwise {
struct Team {
  std::string name;
  int64_t id;
};
INSTAR_MODEL(Team, "teams", (name), (id), unique(&Team::name), primary_key(&Team::id), renamed_from("gangs"))
struct Player {
  int64_t id;
  int64_t team_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id)))
inline constexpr auto schema = instar::schema<Team, Player>(OBJECTS);
}  // namespace said_otherwise
namespace widened {
struct Team {
  int64_t id;
  std::string name;
  std::optional<std::string> motto;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (name, unique), (motto))
struct Player {
  int64_t id;
  int64_t team_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id)))
inline constexpr auto schema = instar::schema<Team, Player>(OBJECTS);
}  // namespace widened
inline constexpr auto other_view =
    instar::schema<Team, Player>(instar::extension("citext"), instar::view("v", "SELECT 2"), instar::sequence("n"),
                                 instar::function("f", "CREATE FUNCTION f", "DROP FUNCTION f"));
inline constexpr auto other_extension =
    instar::schema<Team, Player>(instar::extension("citext", "", "1.6"), instar::view("v", "SELECT 1"),
                                 instar::sequence("n"), instar::function("f", "CREATE FUNCTION f", "DROP FUNCTION f"));
inline constexpr auto other_sequence =
    instar::schema<Team, Player>(instar::extension("citext"), instar::view("v", "SELECT 1"), instar::sequence("n", 5),
                                 instar::function("f", "CREATE FUNCTION f", "DROP FUNCTION f"));
inline constexpr auto other_function =
    instar::schema<Team, Player>(instar::extension("citext"), instar::view("v", "SELECT 1"), instar::sequence("n"),
                                 instar::function("f", "CREATE FUNCTION f AS 1", "DROP FUNCTION f"));
inline constexpr auto more_objects = instar::schema<Team, Player>(OBJECTS, instar::view("w", "SELECT 1"));

constexpr const instar::schema_view& kept = instar::view_of<migrated_test::schema>;
inline constexpr instar::snapshot on_postgres{.schema = kept, .dialect = instar::postgres};
inline constexpr instar::snapshot on_sqlite{.schema = kept, .dialect = instar::sqlite};
inline constexpr instar::snapshot of_nothing{};

// A snapshot that counted its hashes otherwise, or has none.
template <std::size_t N>
struct rehashed {
  instar::table tables[N]{};
  constexpr rehashed(std::span<const instar::table> originals, std::uint64_t factor) {
    for (std::size_t i = 0; i < N; ++i) {
      tables[i] = originals[i];
      tables[i].content_hash *= factor;
    }
  }
};
inline constexpr rehashed<2> without_hashes{kept.tables, 0};
inline constexpr rehashed<2> with_other_hashes{kept.tables, 3};
constexpr instar::snapshot with_tables(std::span<const instar::table> tables) {
  instar::schema_view changed = kept;
  changed.tables = tables;
  return {.schema = changed};
}
inline constexpr instar::snapshot hashless = with_tables(without_hashes.tables);
inline constexpr instar::snapshot otherwise_hashed = with_tables(with_other_hashes.tables);

// The same as `migrate dev` stores it.
constexpr std::string_view teams_text = R"({
  name=teams
  columns=[
    {name=id type={kind=bigint} primary_key}
    {name=name type={kind=text} unique}
  ]
  primary_key={name=teams_pkey columns=[id]}
  uniques=[
    {name=teams_name_key columns=[name]}
  ]
})";
constexpr std::string_view players_text = R"({name=players
  columns=[{name=id type={kind=bigint} primary_key} {name=team_id type={kind=bigint}}]
  primary_key={name=players_pkey columns=[id]}
  foreign_keys=[{name=players_team_id_fkey columns=[team_id] target_table=teams target_columns=[id]}]})";
constexpr std::string_view objects_text = R"({
  extensions=[{name=citext}] sequences=[{name=n}] views=[{name=v query="SELECT 1"}]
  raw_objects=[{kind=function name=f create="CREATE FUNCTION f" drop="DROP FUNCTION f" placement=before_tables}]})";
constexpr std::uint64_t teams_hash = kept.table("teams").content_hash;
constexpr std::uint64_t players_hash = kept.table("players").content_hash;

inline constexpr instar::stored_part stored_tables[] = {{"teams", teams_hash, teams_text},
                                                        {"players", players_hash, players_text}};
inline constexpr instar::stored_snapshot stored{.tables = stored_tables, .objects = objects_text};
inline constexpr instar::stored_snapshot stored_on_sqlite{
    .tables = stored_tables, .objects = objects_text, .dialect = instar::sqlite};
inline constexpr instar::stored_part tables_stored_without_hashes[] = {{"teams", 0, teams_text},
                                                                       {"players", 0, players_text}};
inline constexpr instar::stored_snapshot stored_without_hashes{.tables = tables_stored_without_hashes,
                                                               .objects = objects_text};
// Reading one of these texts would not compile.
inline constexpr instar::stored_part unreadable_tables[] = {{"teams", teams_hash, "?"}, {"players", players_hash, "?"}};
inline constexpr instar::stored_snapshot unreadable{.tables = unreadable_tables, .objects = objects_text};
inline constexpr instar::stored_part half_readable_tables[] = {{"teams", teams_hash, teams_text},
                                                               {"players", players_hash, "?"}};
inline constexpr instar::stored_snapshot half_readable{.tables = half_readable_tables, .objects = objects_text};

// An enum that gets a value.
namespace moods {
enum class Mood { calm, angry };
INSTAR_ENUM(Mood, calm, angry)
struct Person {
  int64_t id;
  Mood mood;
};
INSTAR_MODEL(Person, "people", (id, primary_key), (mood))
inline constexpr auto schema = instar::schema<Person>();
inline constexpr instar::stored_part tables[] = {
    {"people", 1, R"({name=people columns=[{name=id type={kind=bigint} primary_key}
        {name=mood type={kind=enumeration enum={name=mood}}}] primary_key={name=people_pkey columns=[id]}})"}};
inline constexpr instar::stored_part enumerations[] = {{"mood", 0, "{name=mood values=[{label=calm}]}"}};
inline constexpr instar::stored_snapshot stored{.tables = tables, .enumerations = enumerations};
}  // namespace moods

// Parts with one list of one element each, of different kinds: they must not share the room of their elements.
namespace lists_of_one {
enum class Mood { calm };
INSTAR_ENUM(Mood, calm)
struct Note {
  int64_t body;
};
INSTAR_MODEL(Note, "notes", (body))
struct Person {
  Mood mood;
};
INSTAR_MODEL(Person, "people", (mood))
inline constexpr auto schema = instar::schema<Note, Person>();
inline constexpr instar::stored_part tables[] = {
    {"notes", 0, "{name=notes columns=[{name=body type={kind=bigint}}]}"},
    {"people", 0, "{name=people columns=[{name=mood type={kind=enumeration enum={name=mood}}}]}"}};
inline constexpr instar::stored_part enumerations[] = {{"mood", 0, "{name=mood values=[{label=calm}]}"}};
inline constexpr instar::stored_snapshot stored{.tables = tables, .enumerations = enumerations};
}  // namespace lists_of_one

// As many objects as are more than one evaluation may compare where each is looked for among all.
namespace many {
struct Big {
  int64_t id;
};
INSTAR_MODEL(Big, "big", (id, primary_key))
inline constexpr std::size_t count = 400;
inline constexpr std::array<std::array<char, 4>, count> names = [] {
  std::array<std::array<char, 4>, count> made{};
  for (std::size_t i = 0; i < count; ++i)
    made[i] = {static_cast<char>('a' + i / 100), static_cast<char>('0' + i / 10 % 10), static_cast<char>('0' + i % 10)};
  return made;
}();
template <std::size_t... At>
constexpr auto with_objects(std::index_sequence<At...>) {
  return instar::schema<Big>(instar::trigger(names[At].data(), "CREATE TRIGGER", "DROP TRIGGER")...);
}
inline constexpr auto schema = with_objects(std::make_index_sequence<count>{});
inline constexpr auto again = with_objects(std::make_index_sequence<count>{});
}  // namespace many

/// The SQL that no migration has, as the compiler shows it.
template <const auto& Schema, const auto& Snapshot>
constexpr instar_test::text<5000> pending() {
  instar_test::text<5000> out{};
  out.put(instar::detail::pending_sql<Schema, Snapshot>().view());
  return out;
}

// More than a compiler shows.
struct Wide {
  int64_t id;
};
inline constexpr char long_text[] =
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
static_assert(sizeof long_text == 501);
INSTAR_MODEL(Wide, "wide", (id), check(long_text).named("a"), check(long_text).named("b"), check(long_text).named("c"),
             check(long_text).named("d"), check(long_text).named("e"), check(long_text).named("f"),
             check(long_text).named("g"))
inline constexpr auto wide = instar::schema<Wide>(instar::view("v", long_text), instar::view("w", "SELECT 1"));

}  // namespace migrated_test

// What the check allows, where it stands in programs.
INSTAR_CHECK_MIGRATED(migrated_test::schema, migrated_test::on_postgres);
INSTAR_CHECK_MIGRATED(migrated_test::schema, migrated_test::on_sqlite);
INSTAR_CHECK_MIGRATED(migrated_test::none, migrated_test::of_nothing);
INSTAR_CHECK_MIGRATED(migrated_test::schema, migrated_test::stored);

#define MIGRATED(SCHEMA, SNAPSHOT) instar::detail::is_migrated<migrated_test::SCHEMA, migrated_test::SNAPSHOT>()

TEST_CASE("models are migrated when the snapshot says the same") {
  STATIC_REQUIRE(MIGRATED(schema, on_postgres));
  STATIC_REQUIRE(MIGRATED(schema, on_sqlite));
  STATIC_REQUIRE(MIGRATED(none, of_nothing));
}

TEST_CASE("the order of models is no migration") {
  STATIC_REQUIRE(MIGRATED(turned, on_postgres));
  STATIC_REQUIRE(MIGRATED(turned, on_sqlite));
}

TEST_CASE("the same said in other words is no migration") {
  STATIC_REQUIRE(MIGRATED(said_otherwise::schema, on_postgres));
}

TEST_CASE("a snapshot with other hashes, or none, is read through") {
  STATIC_REQUIRE(MIGRATED(schema, hashless));
  STATIC_REQUIRE(MIGRATED(schema, otherwise_hashed));
  STATIC_REQUIRE_FALSE(MIGRATED(widened::schema, hashless));
  STATIC_REQUIRE_FALSE(MIGRATED(widened::schema, otherwise_hashed));
}

TEST_CASE("a stored snapshot is the schema that it was written from") {
  STATIC_REQUIRE(MIGRATED(schema, stored));
  STATIC_REQUIRE(MIGRATED(turned, stored));
  STATIC_REQUIRE(MIGRATED(schema, stored_on_sqlite));
  STATIC_REQUIRE(MIGRATED(schema, stored_without_hashes));
  STATIC_REQUIRE(instar::diff<migrated_test::stored, migrated_test::schema>.empty());
  STATIC_REQUIRE(instar::diff<migrated_test::schema, migrated_test::stored>.empty());
  STATIC_REQUIRE(instar::diff<migrated_test::stored, migrated_test::on_postgres>.empty());
  STATIC_REQUIRE(instar::view_of<migrated_test::stored>.table("teams").column("name").unique);
  STATIC_REQUIRE(instar::view_of<migrated_test::stored>.table("players").content_hash == migrated_test::players_hash);
}

TEST_CASE("of a stored snapshot only what changed is read") {
  STATIC_REQUIRE(MIGRATED(schema, unreadable));
  STATIC_REQUIRE(MIGRATED(turned, unreadable));
  STATIC_REQUIRE_FALSE(MIGRATED(widened::schema, half_readable));
  STATIC_REQUIRE(migrated_test::pending<migrated_test::widened::schema, migrated_test::half_readable>() ==
                 R"(ALTER TABLE "teams" ADD COLUMN "motto" text;)");
  STATIC_REQUIRE(migrated_test::pending<migrated_test::other_view, migrated_test::unreadable>() ==
                 R"(DROP VIEW "v"; CREATE VIEW "v" AS SELECT 2;)");
}

TEST_CASE("parts of a stored snapshot that have a list of one element each keep to their own") {
  STATIC_REQUIRE(MIGRATED(lists_of_one::schema, lists_of_one::stored));
}

TEST_CASE("hundreds of objects beside the tables are compared within a compiler's limits") {
  STATIC_REQUIRE(instar::diff<migrated_test::many::schema, migrated_test::many::again>.empty());
}

TEST_CASE("an enum of a stored snapshot is compared with the model's") {
  STATIC_REQUIRE_FALSE(MIGRATED(moods::schema, moods::stored));
  STATIC_REQUIRE(migrated_test::pending<migrated_test::moods::schema, migrated_test::moods::stored>() ==
                 R"(ALTER TYPE "mood" ADD VALUE 'angry' AFTER 'calm';)");
}

TEST_CASE("models are not migrated when a table came, went or changed") {
  STATIC_REQUIRE_FALSE(MIGRATED(schema, of_nothing));
  STATIC_REQUIRE_FALSE(MIGRATED(fewer, on_postgres));
  STATIC_REQUIRE_FALSE(MIGRATED(none, on_postgres));
  STATIC_REQUIRE_FALSE(MIGRATED(widened::schema, on_postgres));
  STATIC_REQUIRE_FALSE(MIGRATED(widened::schema, on_sqlite));
}

TEST_CASE("models are not migrated when an object beside the tables changed") {
  STATIC_REQUIRE_FALSE(MIGRATED(other_view, on_postgres));
  STATIC_REQUIRE_FALSE(MIGRATED(other_extension, on_postgres));
  STATIC_REQUIRE_FALSE(MIGRATED(other_sequence, on_postgres));
  STATIC_REQUIRE_FALSE(MIGRATED(other_function, on_postgres));
  STATIC_REQUIRE_FALSE(MIGRATED(more_objects, on_postgres));
  STATIC_REQUIRE_FALSE(MIGRATED(other_view, stored));
  STATIC_REQUIRE_FALSE(MIGRATED(more_objects, stored));
}

TEST_CASE("what a database does not know is no migration of it") {
  STATIC_REQUIRE_FALSE(MIGRATED(commented::schema, on_postgres));
  STATIC_REQUIRE(MIGRATED(commented::schema, on_sqlite));
  STATIC_REQUIRE(MIGRATED(other_extension, on_sqlite));
  STATIC_REQUIRE(MIGRATED(other_sequence, on_sqlite));
  STATIC_REQUIRE_FALSE(MIGRATED(other_view, on_sqlite));
}

TEST_CASE("the missing SQL stands on one line, in the words of the history's database") {
  STATIC_REQUIRE(migrated_test::pending<migrated_test::widened::schema, migrated_test::on_postgres>() ==
                 R"(ALTER TABLE "teams" ADD COLUMN "motto" text;)");
  STATIC_REQUIRE(migrated_test::pending<migrated_test::widened::schema, migrated_test::on_sqlite>() ==
                 R"(ALTER TABLE "teams" ADD COLUMN "motto" TEXT;)");
  STATIC_REQUIRE(migrated_test::pending<migrated_test::other_view, migrated_test::on_postgres>() ==
                 R"(DROP VIEW "v"; CREATE VIEW "v" AS SELECT 2;)");
  STATIC_REQUIRE(migrated_test::pending<migrated_test::fewer, migrated_test::of_nothing>() ==
                 "CREATE EXTENSION IF NOT EXISTS \"citext\"; CREATE SEQUENCE \"n\" INCREMENT BY 1 START WITH 1; "
                 "CREATE FUNCTION f; CREATE TABLE \"teams\" ( \"id\" bigint NOT NULL, \"name\" text NOT NULL, "
                 "CONSTRAINT \"teams_pkey\" PRIMARY KEY (\"id\"), CONSTRAINT \"teams_name_key\" UNIQUE (\"name\") ); "
                 "CREATE VIEW \"v\" AS SELECT 1;");
}

TEST_CASE("missing SQL that is too long to show ends in dots") {
  constexpr auto shown = migrated_test::pending<migrated_test::wide, migrated_test::of_nothing>();
  STATIC_REQUIRE(shown.size > 3500);
  STATIC_REQUIRE(shown.size < 4100);
  STATIC_REQUIRE(shown.view().substr(shown.size - 5) == "; ...");
}
