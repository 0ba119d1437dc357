// The questions about rows that a plan asks before it changes anything, answered by the real databases.
#include <instar/sql/checks.hpp>
#include <instar/sql/sql.hpp>

#include <instar/database/database.hpp>
#include <instar/instar.hpp>

#include "support/catch.hpp"
#include "support/postgres_server.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace checks_test {

using std::int16_t;
using std::int32_t;
using std::int64_t;
using moment = std::chrono::sys_time<std::chrono::microseconds>;
using text = std::string;
using maybe_text = std::optional<std::string>;

namespace v1 {
enum class Mood { fine, so_so, bad };
INSTAR_ENUM(Mood, fine, so_so, bad)
struct Other {
  int64_t id;
};
INSTAR_MODEL(Other, "others", (id, primary_key))
struct Gone {
  int64_t id;
};
INSTAR_MODEL(Gone, "gone", (id, primary_key))
struct T {
  int64_t id;
  maybe_text legacy;
  int64_t big;
  double real;
  text word;
  text number;
  text key;
  text flag;
  moment at;
  int64_t epoch;
  maybe_text note;
  text same;
  int64_t other;
  Mood mood;
  text as_mood;
  std::vector<text> tags;
  int64_t yes;
};
INSTAR_MODEL(T, "t", (id, primary_key), (legacy), (big), (real), (word), (number), (key), (flag), (at), (epoch), (note),
             (same), (other), (mood), (as_mood), (tags), (yes))
inline constexpr auto schema = instar::schema<Other, Gone, T>();
}  // namespace v1

namespace v2 {
enum class Mood { fine, bad };
INSTAR_ENUM(Mood, fine, bad)
struct Other {
  int64_t id;
};
INSTAR_MODEL(Other, "others", (id, primary_key))
struct T {
  int64_t id;
  int16_t big;
  int32_t real;
  text word;
  int32_t number;
  instar::uuid key;
  bool flag;
  std::chrono::sys_days at;
  moment epoch;
  text remark;
  text same;
  int64_t other;
  Mood mood;
  Mood as_mood;
  text tags;
  bool yes;
  text fresh;
};
INSTAR_MODEL(T, "t", (id, primary_key), (big), (real), (word, varchar<3>), (number), (key), (flag), (at), (epoch),
             (remark, renamed_from("note")), (same, unique), (other, references(&Other::id)), (mood), (as_mood), (tags),
             (yes), (fresh), check("remark <> ''"), index(expression("lower(remark)")).unique().named("one_remark"))
inline constexpr auto schema = instar::schema<Other, T>();
}  // namespace v2

std::string answers(instar::database& db, const instar::schema_view& before, const instar::schema_view& after) {
  const instar::plan steps = instar::make_plan(before, after);
  std::string all = "\n";
  for (const instar::data_check& check : instar::data_checks(db.dialect(), steps)) {
    all += std::string{instar::code_of(check.hazard)} + (check.fails ? "! " : " ") + check.sentence + ": " +
           db.query_value(check.query).value_or("NULL") + " of " + db.query_value(check.total).value_or("NULL") +
           " rows" + (check.rows.empty() ? "" : " " + check.rows) + '\n';
  }
  return all;
}

void change(instar::database& db, const instar::schema_view& before, const instar::schema_view& after) {
  for (const std::string& statement : instar::statements(db.dialect(), instar::make_plan(before, after)))
    db.execute(statement);
}

void make(instar::database& db, const instar::schema_view& schema) {
  change(db, {}, schema);
}

void on_both_databases(void (*check)(instar::database&)) {
  check(*instar::open_database(instar::database_url{"sqlite::memory:"}));
  const instar_test::scratch_database scratch;
  check(*scratch.open());
}

const std::string rows = R"(
INSERT INTO others VALUES (1), (2);
INSERT INTO gone VALUES (1), (2), (3);
INSERT INTO t (id, legacy, big, real, word, number, key, flag, at, epoch, note, same, other, mood, as_mood, tags, yes) VALUES
 (1, 'x', 40000, 1.5, 'four', '12', '6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'true', '2024-01-01 00:00:00', 1, 'n', 'a', 1, 'fine', 'bad', TAGS1, 1),
 (2, NULL, 4, 2, 'two', '-7', '{6BA7B8109DAD11D180B400C04FD430C8}', 'off', '2024-01-01 10:00:00', 2, NULL, 'a', 9, 'so_so', 'worse', TAGS2, 7),
 (3, NULL, 5, 1e12, 'six', '007', 'k', 'perhaps', '2024-01-02 00:00:00', 3, '', 'a', 2, 'bad', 'fine', TAGS1, 0),
 (4, NULL, 6, 4, 'ten', 'none', '', 'y', '2024-01-02 00:00:00', 3, 'N', 'b', 2, 'bad', 'fine', TAGS1, 0);
)";

std::string with_tags(const std::string& one, const std::string& two) {
  std::string script = rows;
  for (const auto& [word, value] : {std::pair{std::string{"TAGS1"}, one}, {std::string{"TAGS2"}, two}})
    for (std::size_t at = script.find(word); at != std::string::npos; at = script.find(word, at))
      script.replace(at, word.size(), value);
  return script;
}

// A check over a column whose enum gets a value.
namespace calm {
enum class Mood { fine, bad };
INSTAR_ENUM(Mood, fine, bad)
struct T {
  int64_t id;
  Mood mood;
};
INSTAR_MODEL(T, "t", (id, primary_key), (mood))
inline constexpr auto schema = instar::schema<T>();
}  // namespace calm

namespace excited {
enum class Mood { fine, wild, bad };
INSTAR_ENUM(Mood, fine, wild, bad)
struct T {
  int64_t id;
  Mood mood;
};
INSTAR_MODEL(T, "t", (id, primary_key), (mood), check("mood <> 'bad'").named("none_bad"),
             check("mood <> 'wild'").named("none_wild"))
inline constexpr auto schema = instar::schema<T>();
}  // namespace excited

namespace renamed {
enum class Mood { good, bad };
INSTAR_ENUM(Mood, (good, renamed_from("fine")), bad)
struct T {
  int64_t id;
  Mood mood;
};
INSTAR_MODEL(T, "t", (id, primary_key), (mood), check("mood <> 'bad'").named("none_bad"))
inline constexpr auto schema = instar::schema<T>();
}  // namespace renamed

// A check, a unique constraint and an index over a column that will be computed of a renamed one.
namespace plain {
struct T {
  int64_t id;
  int64_t a;
  std::optional<int64_t> half;
};
INSTAR_MODEL(T, "t", (id, primary_key), (a), (half), check("half > 0").named("positive"))
inline constexpr auto schema = instar::schema<T>();
}  // namespace plain

namespace computed {
struct T {
  int64_t id;
  int64_t b;
  std::optional<int64_t> half;
};
INSTAR_MODEL(T, "t", (id, primary_key), (b, renamed_from("a")), (half, generated_always_as("b / 2"), unique),
             check("half > 0").named("positive"), index(expression("half + 1")).unique().named("next"))
inline constexpr auto schema = instar::schema<T>();
}  // namespace computed

void check_computed_counts(instar::database& db) {
  make(db, instar::view_of<plain::schema>);
  db.execute("INSERT INTO t VALUES (1, 1, 5), (2, 2, 5), (3, 3, 5), (4, 9, NULL)");
  CHECK(answers(db, instar::view_of<plain::schema>, instar::view_of<computed::schema>) == R"(
INS2002 drops column t.half: 3 of 4 rows are not null
INS2007! makes t (half) unique: 1 of 4 rows are equal to another
INS2009! adds check positive to t: 1 of 4 rows do not meet it
INS2007! makes t (half + 1) unique: 1 of 4 rows are equal to another
)");
}

void check_enum_counts(instar::database& db) {
  make(db, instar::view_of<calm::schema>);
  db.execute("INSERT INTO t VALUES (1, 'fine'), (2, 'bad')");
  CHECK(answers(db, instar::view_of<calm::schema>, instar::view_of<excited::schema>) ==
        "\nINS2009! adds check none_bad to t: 1 of 2 rows do not meet it\n");
  CHECK(answers(db, instar::view_of<calm::schema>, instar::view_of<renamed::schema>) == "\n");
}

}  // namespace checks_test

using namespace checks_test;

TEST_CASE("Rows are counted by what a column will be computed to", "[postgres]") {
  on_both_databases(check_computed_counts);
  STATIC_REQUIRE(instar::diff<plain::schema, computed::schema>.has(instar::hazard::may_violate_check));
  STATIC_REQUIRE(instar::diff<plain::schema, computed::schema>.has(instar::hazard::makes_unique));
}

TEST_CASE("A check over an enum that gets values is counted where it names none of them", "[postgres]") {
  on_both_databases(check_enum_counts);
}

TEST_CASE("PostgreSQL: the rows that a plan would lose or fail at are counted before it runs", "[postgres]") {
  const instar_test::scratch_database scratch;
  const auto db = scratch.open();
  db->execute("SET TimeZone = 'UTC'");
  make(*db, instar::view_of<v1::schema>);
  CHECK(answers(*db, instar::view_of<v1::schema>, instar::view_of<v2::schema>).find(": 0 of 0 rows") !=
        std::string::npos);
  db->execute(with_tags("'{a}'", "'{a,b}'"));
  CHECK(answers(*db, instar::view_of<v1::schema>, instar::view_of<v2::schema>) == R"(
INS2001 drops table gone: 3 of 3 rows
INS2011 changes column t.epoch from bigint to timestamptz without a conversion: 4 of 4 rows are not null
INS2002 drops column t.legacy: 1 of 4 rows are not null
INS2004! removes value so_so of enum mood: 1 of 4 rows have it in t.mood
INS2005! adds required column t.epoch without a default: 4 of 4 rows would have no value
INS2005! adds required column t.fresh without a default: 4 of 4 rows would have no value
INS2003! changes column t.big from bigint to smallint: 1 of 4 rows are out of its range
INS2003! changes column t.real from double precision to integer: 1 of 4 rows are out of its range
INS2003 changes column t.real from double precision to integer: 1 of 4 rows have a fraction
INS2003 changes column t.word from text to varchar(3): 1 of 4 rows are longer
INS2003! changes column t.number from text to integer: 1 of 4 rows are no whole number
INS2003! changes column t.key from text to uuid: 2 of 4 rows are no uuid
INS2003! changes column t.flag from text to boolean: 1 of 4 rows are no truth value
INS2003 changes column t.at from timestamptz to date: 1 of 4 rows are cut
INS2003! changes column t.as_mood from text to mood: 1 of 4 rows are none of its values
INS2003 changes column t.tags from text[] to text: 1 of 4 rows have more than one element
INS2003 changes column t.yes from bigint to boolean: 1 of 4 rows are neither 0 nor 1
INS2006! makes column t.remark required: 1 of 4 rows are null
INS2007! makes t (same) unique: 2 of 4 rows are equal to another
INS2009! adds check t_check to t: 1 of 4 rows do not meet it
INS2007! makes t (lower(remark)) unique: 1 of 4 rows are equal to another
INS2010! adds foreign key t (other) to others: 1 of 4 rows reference nothing
)");
}

TEST_CASE("PostgreSQL: a sequence that has gone beyond its new bounds is told of before, and refused", "[postgres]") {
  static constexpr instar::sequence_object up[] = {{.name = "n"}};
  static constexpr instar::sequence_object down[] = {{.name = "n", .start = -10, .increment = -1}};
  const instar::schema_view before{.sequences = up};
  const instar::schema_view after{.sequences = down};
  const instar_test::scratch_database scratch;
  const auto opened = scratch.open();
  instar::database& db = *opened;
  const auto run = [&] {
    db.execute("BEGIN");
    change(db, before, after);
    db.execute("COMMIT");
  };
  make(db, before);
  CHECK(answers(db, before, after) ==
        "\nINS2019! moves the bounds of sequence n: 0 of 1 rows stand at a number that is not from "
        "-9223372036854775808 to -1\n");
  run();
  CHECK(db.query_value("SELECT nextval('n')") == "-10");

  db.execute("DROP SEQUENCE n");
  make(db, before);
  db.execute("SELECT nextval('n')");
  CHECK(answers(db, before, after) ==
        "\nINS2019! moves the bounds of sequence n: 1 of 1 rows stand at a number that is not from "
        "-9223372036854775808 to -1\n");
  CHECK_THROWS_AS(run(), instar::database_error);
  db.execute("ROLLBACK");
  CHECK(db.query_value("SELECT nextval('n')") == "2");
}

TEST_CASE("PostgreSQL: a sequence that begins at the bound of its type keeps it when it gets another", "[postgres]") {
  const auto retype = [](instar::sequence_object q) {
    const instar_test::scratch_database scratch;
    const auto db = scratch.open();
    const instar::schema_view before{.sequences = {&q, 1}};
    instar::sequence_object wider = q;
    wider.type = instar::type_kind::integer;
    const instar::schema_view after{.sequences = {&wider, 1}};
    make(*db, before);
    change(*db, before, after);
    return db->query_value("SELECT min_value || ' ' || max_value || ' ' || start_value FROM pg_sequences");
  };
  CHECK(retype({.name = "n", .type = instar::type_kind::smallint, .start = -32768}) == "-32768 2147483647 -32768");
  CHECK(retype({.name = "n", .type = instar::type_kind::smallint, .start = 32767, .increment = -1}) ==
        "-2147483648 32767 32767");
  CHECK(retype({.name = "n", .type = instar::type_kind::smallint, .start = -5}) == "-5 2147483647 -5");
}

TEST_CASE("SQLite: the rows that a plan would lose or fail at are counted before it runs") {
  const auto db = instar::open_database(instar::database_url{"sqlite::memory:"});
  make(*db, instar::view_of<v1::schema>);
  db->execute(with_tags("'[\"a\"]'", "'[\"a\",\"b\"]'"));
  CHECK(answers(*db, instar::view_of<v1::schema>, instar::view_of<v2::schema>) == R"(
INS2001 drops table gone: 3 of 3 rows
INS2002 drops column t.legacy: 1 of 4 rows are not null
INS2004! removes value so_so of enum mood: 1 of 4 rows have it in t.mood
INS2005! adds required column t.fresh without a default: 4 of 4 rows would have no value
INS2003 changes column t.number from text to integer: 1 of 4 rows look like a number in another form
INS2003 changes column t.flag from text to boolean: 0 of 4 rows look like a number in another form
INS2003! changes column t.as_mood from text to mood: 1 of 4 rows are none of its values
INS2003 changes column t.tags from text[] to text: 1 of 4 rows have more than one element
INS2006! makes column t.remark required: 1 of 4 rows are null
INS2007! makes t (same) unique: 2 of 4 rows are equal to another
INS2009! adds check t_check to t: 1 of 4 rows do not meet it
INS2007! makes t (lower(remark)) unique: 1 of 4 rows are equal to another
INS2010! adds foreign key t (other) to others: 1 of 4 rows reference nothing
)");
}

TEST_CASE("A query about rows holds on one line, and names are quoted", "[postgres]") {
  static constexpr instar::column columns[] = {
      {.name = "a \"b\"", .type = {.kind = instar::type_kind::text}, .nullable = true}};
  static constexpr instar::table tables[] = {{.schema = "s t", .name = "u'v", .columns = columns}};
  static constexpr instar::table fewer[] = {{.schema = "s t", .name = "u'v"}};
  const instar::plan steps = instar::make_plan({.tables = tables}, {.tables = fewer});
  const auto checks = instar::data_checks(instar::postgres, steps);
  REQUIRE(checks.size() == 1);
  CHECK(checks[0].query == R"(SELECT count(*) FROM "s t"."u'v" WHERE "a ""b""" IS NOT NULL)");
  CHECK(checks[0].total == R"(SELECT count(*) FROM "s t"."u'v")");
}
