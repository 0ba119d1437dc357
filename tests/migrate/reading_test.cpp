// What stands on reading a database's schema: comparisons of any two sources, drift, and the proof of a migration.
#include "migrate/workspace.hpp"

#include <instar/instar.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

using instar::migrator;
using instar::migrator_options;
using test::each_dialect;
using test::error_of;
using test::scratch_database;
using test::workspace;
namespace code = instar::migration_code;

namespace reading_test {

enum class Mood { calm, angry };
INSTAR_ENUM(Mood, calm, angry)

struct User {
  std::int64_t id;
  std::string email;
  std::string state;
  Mood mood;
  std::optional<std::int64_t> friend_id;
  bool active;
  double score;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique, varchar<200>),
             (state, varchar<10>, check("state IN ('new', 'old')")), (mood, default_value(Mood::calm)),
             (friend_id, references(&User::id).on_delete(set_null), index), (active, default_value(true)),
             (score, default_value(0.5)), index(&User::state, &User::email).where("active"))
inline constexpr auto schema = instar::schema<User>(instar::view("active_users", "SELECT id FROM users WHERE active"));

namespace renamed {
struct Person {
  std::int64_t id;
  std::string email;
};
INSTAR_MODEL(Person, "people", (id, primary_key), (email, renamed_from("mail")), renamed_from("accounts"))
inline constexpr auto schema = instar::schema<Person>();
}  // namespace renamed

namespace before {
struct Note {
  std::int64_t id;
  std::string text;
};
INSTAR_MODEL(Note, "notes", (id, primary_key), (text))
inline constexpr auto schema = instar::schema<Note>();
}  // namespace before

namespace after {
struct Note {
  std::int64_t id;
  std::string text;
  std::optional<std::string> mark;
};
INSTAR_MODEL(Note, "notes", (id, primary_key), (text), (mark, index))
inline constexpr auto schema = instar::schema<Note>();
}  // namespace after

}  // namespace reading_test

namespace {

const instar::schema_view& models = instar::view_of<reading_test::schema>;

migrator_options options(const workspace& w) {
  return {.migrations = w.migrations(), .models = models};
}

instar::diff_source source(std::string_view text) {
  return instar::diff_source::parse(text).value();
}

std::string lines(const instar::diff_report& report) {
  std::string all;
  for (const std::string& line : report.summary)
    all += line + "\n";
  return all;
}

/// A project whose first migration made its database.
struct project {
  explicit project(instar::dialect d) : db{d} { (void)migrator{db.url(), options(w)}.dev({.name = "init"}); }

  [[nodiscard]] std::string diff(std::string_view from, std::string_view to) const {
    return lines(migrator{db.url(), options(w)}.diff(source(from), source(to)));
  }
  [[nodiscard]] std::string drift() const { return lines(migrator{db.url(), options(w)}.drift()); }

  workspace w;
  scratch_database db;
};

}  // namespace

TEST_CASE("models, migrations, the database and its script are one schema, compared in any direction") {
  const project p{each_dialect()};
  const std::string script = migrator{p.db.url(), options(p.w)}.diff(source("empty"), source("models")).script;
  p.w.write("schema.sql", script);
  const std::string file = "sql:" + (p.w.root() / "schema.sql").string();
  for (const std::string& from : {std::string{"models"}, std::string{"migrations"}, std::string{"database"}, file})
    for (const std::string& to : {std::string{"models"}, std::string{"migrations"}, std::string{"database"}, file}) {
      CAPTURE(from, to);
      CHECK(p.diff(from, to).empty());
    }
  CHECK(p.diff("empty", "database").find("+ table users\n") != std::string::npos);
  CHECK(p.diff("database", "empty").find("- table users\n") != std::string::npos);
}

TEST_CASE("a comparison with a database shows what is different there, and the script mends it") {
  const project p{each_dialect()};
  p.db.run("ALTER TABLE users ADD COLUMN note text");
  CHECK(p.diff("database", "models").find("- column users.note\n") != std::string::npos);
  CHECK(p.diff("migrations", "database") == "+ column users.note: text, nullable\n");
  migrator m{p.db.url(), options(p.w)};
  m.execute_script(m.diff(source("database"), source("models")).script);
  CHECK(p.diff("database", "models").empty());
}

TEST_CASE("what the models call renamed is renamed in a database, too") {
  const workspace w;
  const scratch_database db{each_dialect()};
  const bool server = db.url().dialect() == instar::postgres;
  db.run("CREATE TABLE accounts (id " + std::string{server ? "bigint" : "INTEGER"} +
         " NOT NULL PRIMARY KEY, mail TEXT NOT NULL)");
  db.run("INSERT INTO accounts VALUES (1, 'a@example.org')");
  migrator m{db.url(), {.migrations = w.migrations(), .models = instar::view_of<reading_test::renamed::schema>}};
  const instar::diff_report report = m.diff(source("database"), source("models"));
  CAPTURE(lines(report));
  CHECK_FALSE(report.loses_data);
  (void)m.push();
  CHECK(db.ask("SELECT email FROM people") == "a@example.org");
}

TEST_CASE("a database named by its URL is compared without another one") {
  const project p{each_dialect()};
  std::string named = "database:sqlite:" + p.db.url().sqlite_path();
  if (p.db.url().dialect() == instar::postgres) {
    const std::string server = std::getenv("INSTAR_TEST_POSTGRES");
    const std::size_t at = server.find("/postgres?");
    REQUIRE(at != std::string::npos);
    named = "database:" + server.substr(0, at + 1) + p.db.url().database_name() + server.substr(at + 9);
  }
  CHECK(lines(migrator{options(p.w)}.diff(source(named), source("models"))).empty());
  CHECK_FALSE(lines(migrator{options(p.w)}.diff(source("empty"), source(named))).empty());
}

TEST_CASE("a comparison makes no database") {
  const workspace w;
  const instar::database_url url{"sqlite:" + (w.root() / "none.db").string()};
  CHECK_THROWS_AS((void)(migrator{url, options(w)}.diff(source("database"), source("models"))), instar::database_error);
  CHECK_FALSE(std::filesystem::exists(w.root() / "none.db"));
}

TEST_CASE("the migrations of a folder without snapshot are run to be compared") {
  const project p{each_dialect()};
  std::filesystem::remove(p.w.migrations() / "snapshot.hpp");
  CHECK(p.diff("migrations", "models").empty());
}

TEST_CASE("a script that is compared must run") {
  const project p{each_dialect()};
  p.w.write("broken.sql", "CREATE TABLE ok (id int);\nCREATE TABEL x (id int);\n");
  const auto error = error_of([&] { (void)p.diff("sql:" + (p.w.root() / "broken.sql").string(), "models"); });
  CHECK(error.code() == code::shadow_failed);
  REQUIRE(error.location());
  CHECK(error.location()->line == 2);
}

TEST_CASE("a database that nobody touched has no drift") {
  const project p{each_dialect()};
  CHECK(p.drift().empty());
}

TEST_CASE("what was changed by hand is drift, and stops dev") {
  const project p{each_dialect()};
  p.db.run("CREATE TABLE stray (id int PRIMARY KEY)");
  p.db.run("CREATE INDEX by_hand ON users (score)");
  const std::string drift = p.drift();
  CHECK(drift.find("+ table stray\n") != std::string::npos);
  CHECK(drift.find("by_hand") != std::string::npos);
  const auto error = error_of([&] { (void)migrator{p.db.url(), options(p.w)}.dev({.name = "next"}); });
  CHECK(error.code() == code::drift);
  CHECK(error.message().find("+ table stray") != std::string::npos);
  CHECK_NOTHROW((void)migrator{p.db.url(), options(p.w)}.dev({.name = "next", .skip_shadow = true}));
}

namespace {

/// Notes that got a column and its index by hand.
struct changed_by_hand {
  explicit changed_by_hand(instar::dialect d) : db{d} {
    (void)with(before).dev({.name = "init"});
    db.run("ALTER TABLE notes ADD COLUMN mark text");
    db.run("CREATE INDEX notes_mark_idx ON notes (mark)");
  }
  [[nodiscard]] migrator with(const instar::schema_view& said) const {
    return migrator{db.url(), {.migrations = w.migrations(), .models = said}};
  }

  const instar::schema_view& before = instar::view_of<reading_test::before::schema>;
  const instar::schema_view& after = instar::view_of<reading_test::after::schema>;
  workspace w;
  scratch_database db;
};

}  // namespace

TEST_CASE("what was changed by hand is adopted: written, recorded here, and applied elsewhere") {
  const changed_by_hand p{each_dialect()};
  migrator m = p.with(p.after);
  const instar::created_migration made = m.adopt_drift("mark");
  CHECK(made.sql.find("ADD COLUMN \"mark\"") != std::string::npos);
  CHECK(made.sql == p.w.read("migrations/" + made.name + "/migration.sql"));
  CHECK(p.db.ask("SELECT applied_steps_count FROM _instar_migrations ORDER BY migration_name") == "1 0");
  migrator again = p.with(p.after);
  const instar::next_plan next = again.plan_next();
  CHECK(next.up_to_date());
  CHECK(again.prove(next).proven());
  const scratch_database elsewhere{p.db.url().dialect()};
  migrator other{elsewhere.url(), {.migrations = p.w.migrations(), .models = p.after}};
  CHECK(other.deploy().applied.size() == 2);
  CHECK(other.drift().empty());
}

TEST_CASE("what the models do not say is not adopted") {
  const changed_by_hand p{each_dialect()};
  const auto silent = error_of([&] { (void)p.with(p.before).adopt_drift("mark"); });
  CHECK(silent.code() == code::unproven);
  CHECK(silent.message().find("column notes.mark") != std::string::npos);
  p.w.add("20990101000000_pending", "SELECT 1;");
  CHECK(error_of([&] { (void)p.with(p.after).adopt_drift("mark"); }).code() == code::drift);
  CHECK(p.w.names("migrations").size() == 4);  // init, the pending one, lock file and snapshot
  CHECK(p.db.ask("SELECT count(*) FROM _instar_migrations") == "1");
}

TEST_CASE("without drift there is nothing to adopt") {
  const project p{each_dialect()};
  CHECK(error_of([&] {
          (void)migrator{p.db.url(), options(p.w)}.adopt_drift("x");
        }).code() == code::nothing_to_resolve);
}

TEST_CASE("an adoption that cannot be recorded leaves nothing behind") {
  const changed_by_hand p{instar::sqlite};
  const std::string snapshot = p.w.read("migrations/snapshot.hpp");
  p.db.run("CREATE TRIGGER refuse BEFORE INSERT ON _instar_migrations BEGIN SELECT RAISE(ABORT, 'no more'); END");
  CHECK_THROWS_AS(p.with(p.after).adopt_drift("mark"), instar::database_error);
  CHECK(p.w.names("migrations").size() == 3);
  CHECK(p.w.read("migrations/snapshot.hpp") == snapshot);
}

TEST_CASE("a proof that finds drift has the way back") {
  const changed_by_hand p{each_dialect()};
  migrator m = p.with(p.before);
  const instar::proof_report proof = m.prove(m.plan_next());
  REQUIRE_FALSE(proof.drift.empty());
  CHECK(proof.undo.loses_data);
  m.execute_script(proof.undo.script);
  CHECK(m.drift().empty());
}

TEST_CASE("migrations that do not lead to the models stop dev, and what is missing is said") {
  const project p{each_dialect()};
  p.w.add("20990101000000_by_hand", "DROP INDEX users_friend_id_idx;");
  (void)migrator{p.db.url(), options(p.w)}.generate_snapshot();
  const auto error = error_of([&] { (void)migrator{p.db.url(), options(p.w)}.dev({.name = "next"}); });
  CHECK(error.code() == code::unproven);
  CHECK(error.message().find("users_friend_id_idx") != std::string::npos);
  CHECK(p.diff("database", "models").empty());
  p.w.add("20990101000000_by_hand", "DROP INDEX users_friend_id_idx;\n"
                                    "CREATE INDEX users_friend_id_idx ON users (friend_id);");
  CHECK_NOTHROW((void)migrator{p.db.url(), options(p.w)}.dev({.name = "next"}));
}

TEST_CASE("objects that only scripts know are warned of") {
  const project p{each_dialect()};
  p.w.add("20990101000000_by_hand", "CREATE TABLE by_hand (id int PRIMARY KEY);\nCREATE VIEW seen AS SELECT 1 AS one;");
  migrator m{p.db.url(), options(p.w)};
  (void)m.generate_snapshot();
  const instar::proof_report proof = m.prove(m.plan_next());
  CHECK(proof.proven());
  REQUIRE(proof.warnings.size() == 2);
  CHECK(proof.warnings[0].message == "The migrations make what the models do not describe: view seen.");
  CHECK(proof.warnings[1].message == "The migrations make what the models do not describe: table by_hand.");
}

TEST_CASE("PostgreSQL: an error of the history comes before what the models are read for, and waits for nothing") {
  const project p{instar::postgres};
  p.w.add("20990101000000_by_hand", "SELECT pg_sleep(0.5);\nSELECT nope;");
  // Endless, so that the proof ends only when they are given up.
  const auto endless = instar::raw("function", "endless()", "DO 'BEGIN PERFORM pg_sleep(60); END'", "SELECT 1",
                                   instar::placement::before_tables);
  const instar::raw_object objects[] = {endless};
  instar::schema_view slow = models;
  slow.raw_objects = objects;
  migrator_options with = options(p.w);
  with.models = slow;
  migrator m{p.db.url(), with};
  (void)m.generate_snapshot({.schema_from_models = true});
  const auto began = std::chrono::steady_clock::now();
  const auto error = error_of([&] { (void)m.prove(m.plan_next()); });
  CHECK(error.code() == code::shadow_failed);
  CHECK(error.message().find("20990101000000_by_hand") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{40});
}

TEST_CASE("PostgreSQL: models that the database refuses are an error of the models") {
  const project p{instar::postgres};
  const instar::raw_object objects[] = {
      instar::raw("function", "f()", "CREATE FUNCTION f() nonsense", "DROP FUNCTION f()")};
  instar::schema_view broken = models;
  broken.raw_objects = objects;
  migrator_options with = options(p.w);
  with.models = broken;
  migrator m{p.db.url(), with};
  (void)m.generate_snapshot({.schema_from_models = true});
  const auto error = error_of([&] { (void)m.prove(m.plan_next()); });
  CHECK(error.code() == code::shadow_failed);
  CHECK(error.message().find("the models does not run in the shadow database") != std::string::npos);
}

TEST_CASE("a proof leaves no shadow database and changes nothing") {
  const project p{instar::postgres};
  const std::string before = p.db.tables();
  (void)p.diff("database", "models");
  CHECK(p.db.tables() == before);
  CHECK(test::shadow_databases_go(p.db));
}
