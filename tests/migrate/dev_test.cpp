#include "migrate/workspace.hpp"

#include <instar/instar.hpp>
#include <instar/migrate/snapshot_file.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

using instar::migrator;
using instar::migrator_options;
using test::applied;
using test::each_dialect;
using test::error_of;
using test::scratch_database;
using test::workspace;
namespace code = instar::migration_code;
namespace fs = std::filesystem;

namespace v1 {

struct User {
  std::int64_t id;
  std::string email;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique))

inline constexpr auto schema = instar::schema<User>();

}  // namespace v1

namespace v2 {

struct User {
  std::int64_t id;
  std::string email;
  std::optional<std::string> name;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique), (name))

struct Session {
  std::int64_t id;
  std::int64_t user_id;
};
INSTAR_MODEL(Session, "sessions", (id, primary_key, identity), (user_id, references(&User::id).on_delete(cascade)))

inline constexpr auto schema = instar::schema<User, Session>();

}  // namespace v2

namespace commented {

struct User {
  std::int64_t id;
  std::string email;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique), comment("who may log in"))

inline constexpr auto schema = instar::schema<User>();

}  // namespace commented

namespace {

std::chrono::sys_seconds noon() {
  return std::chrono::sys_days{std::chrono::year{2025} / 1 / 20} + std::chrono::hours{13};
}

migrator_options options(const workspace& w, const instar::schema_view& models) {
  return {.migrations = w.migrations(), .models = models, .clock = noon};
}

const instar::schema_view& first = instar::view_of<v1::schema>;
const instar::schema_view& second = instar::view_of<v2::schema>;

std::string problems(const instar::next_plan& next) {
  std::string text;
  for (const auto& problem : next.problems)
    text += (text.empty() ? "" : " ") + std::string{problem.code} + ":" + problem.migration;
  return text;
}

}  // namespace

TEST_CASE("dev writes the first migration, its lock file and its snapshot, and applies it") {
  const instar::dialect kind = each_dialect();
  const workspace w;
  const scratch_database db{kind};
  fs::remove_all(w.migrations());
  migrator m{db.url(), options(w, first)};
  const instar::dev_report report = m.dev({.name = "init"});
  REQUIRE(report.created);
  CHECK(report.created->name == "20250120130000_init");
  CHECK(w.names("migrations") ==
        std::vector<std::string>{"20250120130000_init", "migration_lock.toml", "snapshot.hpp"});
  CHECK(w.names("migrations/20250120130000_init") == std::vector<std::string>{"down.sql", "migration.sql"});
  CHECK(w.read("migrations/20250120130000_init/migration.sql") == report.created->sql);
  CHECK(report.created->sql.find("CREATE TABLE \"users\"") != std::string::npos);
  CHECK(*instar::read_history(w.migrations()).provider == kind);
  CHECK(applied(report.deployed) == "20250120130000_init");
  CHECK(db.tables() == "_instar_migrations users");
  const auto snapshot = instar::read_snapshot(w.migrations());
  REQUIRE(snapshot);
  CHECK(snapshot->view().dialect == kind);
  REQUIRE(snapshot->view().migrations.size() == 1);
  CHECK(snapshot->view().migrations[0].checksum == instar::detail::sha256_hex(report.created->sql));
  CHECK(instar::make_plan(snapshot->view().schema, first).empty());
  CHECK(m.plan_next().up_to_date());
  CHECK(m.status().up_to_date());
}

TEST_CASE("dev writes what changed since, later than every other migration") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  db.run("INSERT INTO users (email) VALUES ('a@b')");
  migrator m{db.url(), options(w, second)};
  const instar::next_plan next = m.plan_next();
  CHECK_FALSE(next.blocked());
  CHECK(next.pending.empty());
  CHECK_FALSE(next.loses_data);
  CHECK(next.summary.front().find("sessions") != std::string::npos);
  const instar::dev_report report = m.dev({.name = "add user's name & sessions"});
  CHECK(report.created->name == "20250120130001_add_user_s_name___sessions");
  CHECK(db.ask("SELECT email FROM users") == "a@b");
  CHECK(db.tables() == "_instar_migrations sessions users");
  CHECK(m.plan_next().up_to_date());
  // The same history makes the same database from nothing.
  const scratch_database fresh{db.url().dialect()};
  CHECK(migrator{fresh.url(), {.migrations = w.migrations()}}.deploy().applied.size() == 2);
}

TEST_CASE("a comment is a migration on PostgreSQL; on SQLite the snapshot alone follows") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  migrator m{db.url(), options(w, instar::view_of<commented::schema>)};
  const bool server = db.url().dialect() == instar::postgres;
  const instar::next_plan next = m.plan_next();
  CHECK(next.steps.steps.size() == 1);
  CHECK(next.snapshot_alone != server);
  CHECK(next.wants_migration() == server);
  const instar::dev_report report = m.dev({.name = server ? "remark" : ""});
  CHECK(report.created.has_value() == server);
  CHECK(report.snapshot.empty() == server);
  CHECK(instar::read_history(w.migrations()).migrations.size() == (server ? 2U : 1U));
  CHECK(instar::make_plan(instar::read_snapshot(w.migrations())->view().schema, instar::view_of<commented::schema>)
            .empty());
  CHECK(m.plan_next().up_to_date());
  CHECK(m.status().up_to_date());
}

TEST_CASE("SQLite: --create-only with nothing to run but a comment writes a migration to be filled in") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  migrator m{db.url(), options(w, instar::view_of<commented::schema>)};
  const instar::dev_report report = m.dev({.name = "remark", .create_only = true});
  REQUIRE(report.created);
  CHECK(report.created->sql == "-- Write the SQL of this migration here.\n");
  CHECK(instar::make_plan(instar::read_snapshot(w.migrations())->view().schema, instar::view_of<commented::schema>)
            .empty());
}

TEST_CASE("dev asks for a name and for consent before anything happens") {
  const workspace w;
  const scratch_database db{each_dialect()};
  CHECK(error_of([&] { (void)migrator{db.url(), options(w, first)}.dev({}); }).code() == code::name_needed);
  (void)migrator{db.url(), options(w, second)}.dev({.name = "init"});
  db.run("INSERT INTO users (email, name) VALUES ('x', 'y')");
  migrator back{db.url(), options(w, first)};
  const auto error = error_of([&] { (void)back.dev({.name = "drop"}); });
  CHECK(error.code() == code::data_loss);
  CHECK(error.needs_answer());
  CHECK(w.names("migrations").size() == 3);
  CHECK(back.dev({.name = "drop", .accept_data_loss = true}).created);
  CHECK(db.tables() == "_instar_migrations users");
}

TEST_CASE("dev without a change applies what is pending") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  const scratch_database other{db.url().dialect()};
  migrator m{other.url(), options(w, first)};
  CHECK(m.plan_next().pending == std::vector<std::string>{"20250120130000_init"});
  const instar::dev_report report = m.dev({});
  CHECK_FALSE(report.created);
  CHECK(applied(report.deployed) == "20250120130000_init");
}

TEST_CASE("create-only writes and does not apply, and the script may be edited before it is") {
  const workspace w;
  const scratch_database db{each_dialect()};
  const instar::dev_report report = migrator{db.url(), options(w, first)}.dev({.name = "init", .create_only = true});
  CHECK(db.tables().empty());
  w.add(report.created->name, report.created->sql + "\nINSERT INTO users (email) VALUES ('seed');\n");
  migrator m{db.url(), options(w, first)};
  const instar::next_plan next = m.plan_next();
  CHECK_FALSE(next.blocked());
  CHECK(next.steps.empty());
  CHECK(next.pending.size() == 1);
  (void)m.dev({});
  CHECK(db.ask("SELECT email FROM users") == "seed");
  CHECK(m.generate_snapshot().changed);
  CHECK_FALSE(m.generate_snapshot().changed);
  CHECK(instar::read_snapshot(w.migrations())->view().migrations[0].checksum ==
        instar::read_history(w.migrations()).migrations[0].checksum);
}

TEST_CASE("create-only without a change writes a script to be filled in") {
  const workspace w;
  const scratch_database db{each_dialect()};
  migrator m{db.url(), options(w, first)};
  (void)m.dev({.name = "init"});
  const instar::dev_report report = m.dev({.name = "backfill", .create_only = true});
  CHECK(report.created->sql.starts_with("-- "));
  CHECK(test::codes(m.status().warnings) == "INS4006");
}

TEST_CASE("without models a migration can be written by hand") {
  const workspace w;
  const scratch_database db{each_dialect()};
  migrator m{db.url(), {.migrations = w.migrations(), .clock = noon}};
  const auto created = m.create_migration("by hand", m.plan_next());
  CHECK(created.name == "20250120130000_by_hand");
  CHECK(created.snapshot.empty());
  CHECK(w.names("migrations") == std::vector<std::string>{"20250120130000_by_hand", "migration_lock.toml"});
  CHECK(error_of([&] { (void)m.push(); }).code() == code::no_models);
}

TEST_CASE("a migration that does not run in the shadow database is not written") {
  const instar::dialect kind = each_dialect();
  const workspace w;
  const scratch_database db{kind};
  migrator m{db.url(), options(w, first)};
  instar::next_plan next = m.plan_next();
  next.script += "SELECT * FROM nope;\n";
  const auto error = error_of([&] { (void)m.create_migration("init", next); });
  CHECK(error.code() == code::shadow_failed);
  CHECK(error.migration() == "20250120130000_init");
  CHECK(error.location()->text == "SELECT * FROM nope;");
  CHECK(error.message().find("nope") != std::string::npos);
  CHECK(w.names("migrations").empty());
  CHECK(db.tables().empty());
  if (kind == instar::postgres)
    CHECK(test::shadow_databases_go(db));
  CHECK(m.create_migration("init", next, true).name == "20250120130000_init");
}

TEST_CASE("a history that does not run from nothing is found when the next migration is written") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  db.run("CREATE TABLE by_hand (id INTEGER)");
  w.add("20250120130001_uses", "INSERT INTO by_hand VALUES (1);\n");
  migrator m{db.url(), options(w, first)};
  (void)m.deploy();
  const auto error = error_of([&] { (void)m.dev({.name = "next", .create_only = true}); });
  CHECK(error.code() == code::shadow_failed);
  CHECK(error.migration() == "20250120130001_uses");
  CHECK(test::place_of(error).starts_with("20250120130001_uses/migration.sql:1:"));
}

TEST_CASE("names are what Prisma makes of them, and bad ones are refused before anything is written") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  migrator m{db.url(), options(w, first)};
  const instar::next_plan next = m.plan_next();
  CHECK(error_of([&] { (void)m.create_migration(std::string(300, 'a'), next); }).code() == code::name_too_long);
  CHECK(error_of([&] { (void)m.create_migration("", next); }).code() == code::bad_name);
  CHECK(error_of([&] { (void)m.create_migration("../..", next); }).code() == code::bad_name);
  CHECK(error_of([&] { (void)m.create_migration("ÄÖ", next); }).code() == code::bad_name);
  CHECK(w.names("migrations").empty());
  CHECK(instar::detail::name_slug("Add user/../e-mail Ä!") == "Add_user____e_mail___");
  CHECK(m.create_migration(std::string(200, 'a'), next).name.size() == 215);
}

TEST_CASE("a new migration is later than every other, whatever the clock says") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  w.add("20991231235959_future", "SELECT 1;");
  w.add("99991399999999_no_time", "SELECT 1;");
  migrator m{db.url(), {.migrations = w.migrations(), .clock = noon}};
  const auto refused = error_of([&] { (void)m.create_migration("x", instar::next_plan{}); });
  CHECK(refused.code() == code::bad_name);
  CHECK(refused.migration() == "99991399999999_no_time");
  fs::remove_all(w.migrations() / "99991399999999_no_time");
  CHECK(m.create_migration("x", instar::next_plan{}).name == "21000101000000_x");
}

TEST_CASE("an edited, a lost and a foreign migration block dev, each with a way out that is no reset") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  const std::string init = w.read("migrations/20250120130000_init/migration.sql");
  migrator m{db.url(), options(w, second)};

  SECTION("edited") {
    w.add("20250120130000_init", init + "SELECT 1;\n");
    const instar::next_plan next = m.plan_next();
    CHECK(problems(next) == "INS4021:20250120130000_init");
    CHECK(next.problems[0].ways_out.size() == 3);
    CHECK(error_of([&] { (void)m.dev({.name = "x"}); }).code() == code::edited_migration);
    CHECK(m.resolve_edited("20250120130000_init").migration == "20250120130000_init");
    CHECK_FALSE(m.plan_next().blocked());
    CHECK(error_of([&] { (void)m.resolve_edited("20250120130000_init"); }).code() == code::nothing_to_resolve);
  }
  SECTION("lost") {
    fs::rename(w.migrations() / "20250120130000_init", w.root() / "kept");
    CHECK(problems(m.plan_next()).starts_with("INS4022:20250120130000_init"));
    CHECK(test::states(m.status()) == "20250120130000_init=missing");
    fs::rename(w.root() / "kept", w.migrations() / "20250120130000_init");
    CHECK_FALSE(m.plan_next().blocked());
  }
  SECTION("foreign") {
    w.add("20250120130001_branch", "CREATE TABLE branch (id INTEGER);");
    (void)m.deploy();
    fs::remove_all(w.migrations() / "20250120130001_branch");
    CHECK(problems(m.plan_next()) == "INS4023:20250120130001_branch");
    (void)m.resolve_missing("20250120130001_branch");
    CHECK_FALSE(m.plan_next().blocked());
    CHECK(error_of([&] { (void)m.resolve_missing("20250120130001_branch"); }).code() == code::no_such_migration);
    CHECK(error_of([&] { (void)m.resolve_missing("20250120130000_init"); }).code() == code::nothing_to_resolve);
  }
}

TEST_CASE("a snapshot that does not know the folder's migrations blocks a plan until it does") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  w.add("20250120130001_by_hand", "CREATE TABLE by_hand (id INTEGER);");
  CHECK_FALSE(migrator{db.url(), options(w, first)}.plan_next().blocked());
  migrator m{db.url(), options(w, second)};
  CHECK(problems(m.plan_next()) == "INS4063:20250120130001_by_hand");
  CHECK(m.generate_snapshot().migrations == 2);
  CHECK_FALSE(m.plan_next().blocked());
  CHECK(applied(m.dev({.name = "next"}).deployed) == "20250120130001_by_hand 20250120130002_next");
}

TEST_CASE("migrations without a snapshot block a plan until the models vouch for them") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  fs::remove(w.migrations() / "snapshot.hpp");
  migrator m{db.url(), options(w, first)};
  CHECK(problems(m.plan_next()) == "INS4062:20250120130000_init");
  CHECK(error_of([&] { (void)m.generate_snapshot(); }).code() == code::snapshot_missing);
  CHECK(m.generate_snapshot({.schema_from_models = true}).schema_from_models);
  CHECK(m.plan_next().up_to_date());
}

TEST_CASE("a snapshot in an unfinished merge stops dev, not deploy") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  const std::string text = w.read("migrations/snapshot.hpp");
  w.write("migrations/snapshot.hpp", "<<<<<<< HEAD\n" + text + "=======\n" + text + ">>>>>>> topic\n");
  migrator m{db.url(), options(w, second)};
  CHECK(error_of([&] { (void)m.plan_next(); }).code() == code::snapshot_conflict);
  CHECK(error_of([&] { (void)m.generate_snapshot(); }).code() == code::snapshot_conflict);
  CHECK(m.deploy().applied.empty());
  CHECK(m.status().up_to_date());
  CHECK(m.generate_snapshot({.schema_from_models = true}).changed);
  CHECK(m.plan_next().up_to_date());
}

TEST_CASE("an applied migration that snapshot and folder have lost is told from a foreign one") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  fs::remove_all(w.migrations() / "20250120130000_init");
  CHECK(test::states(migrator{db.url(), options(w, first)}.status()) == "20250120130000_init=missing");
  fs::remove(w.migrations() / "snapshot.hpp");
  CHECK(test::states(migrator{db.url(), options(w, first)}.status()) == "20250120130000_init=unknown");
}

TEST_CASE("a snapshot cannot be written where the folder may not be") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  fs::remove_all(w.migrations());
  w.write("migrations", "a file");
  const auto error = error_of([&] { (void)migrator{db.url(), options(w, first)}.create_migration("x", {}); });
  CHECK(error.code() == code::folder_missing);
}

TEST_CASE("diff compares empty, models and migrations") {
  const workspace w;
  const scratch_database db{each_dialect()};
  const auto source = [](std::string_view text) { return instar::diff_source::parse(text).value(); };
  migrator m{db.url(), options(w, first)};
  CHECK(m.diff(source("empty"), source("empty")).empty());
  CHECK(m.diff(source("empty"), source("migrations")).empty());
  const instar::diff_report all = m.diff(source("empty"), source("models"));
  CHECK(all.script.find("CREATE TABLE \"users\"") != std::string::npos);
  CHECK_FALSE(all.statements.empty());
  (void)m.dev({.name = "init"});
  CHECK(m.diff(source("migrations"), source("models")).empty());
  CHECK(m.diff(source("migrations:" + w.migrations().string()), source("models")).empty());
  const instar::diff_report back = m.diff(source("models"), source("empty"));
  CHECK(back.loses_data);
  CHECK(error_of([&] {
          (void)migrator{db.url(), {.migrations = w.migrations()}}.diff(source("empty"), source("models"));
        }).code() == code::no_models);
}

TEST_CASE("diff needs no database when the dialect is known") {
  const workspace w;
  const auto source = [](std::string_view text) { return instar::diff_source::parse(text).value(); };
  migrator_options how{.migrations = w.migrations(), .models = first};
  CHECK(error_of([&] { (void)migrator{how}.diff(source("empty"), source("models")); }).code() == code::no_url);
  w.write("migrations/migration_lock.toml", "provider = \"sqlite\"");
  CHECK(migrator{how}.diff(source("empty"), source("models")).script.find("AUTOINCREMENT") != std::string::npos);
  CHECK(migrator{how}.dialect() == instar::sqlite);
  fs::remove(w.migrations() / "migration_lock.toml");
  how.dialect = instar::postgres;
  CHECK(migrator{how}.diff(source("empty"), source("models")).script.find("IDENTITY") != std::string::npos);
}

TEST_CASE("the sources of a diff are spelt in one way") {
  const auto parse = [](std::string_view text) { return instar::diff_source::parse(text); };
  using kind = instar::diff_source::kind;
  CHECK(parse("empty")->what == kind::empty);
  CHECK(parse("models")->what == kind::models);
  CHECK(parse("migrations")->place.empty());
  CHECK(parse("migrations:a/b")->place == "a/b");
  CHECK(parse("database:postgresql://a@b/c")->place == "postgresql://a@b/c");
  CHECK(parse("database")->what == kind::database);
  CHECK(parse("sql:a.sql")->place == "a.sql");
  for (const char* wrong : {"", "Empty", "empty:", "models:x", "migrations:", "sql", "sql:", "database:", "x"})
    CHECK_FALSE(parse(wrong));
}

TEST_CASE("push brings any database to the models, an empty one and one that other models made") {
  const workspace w;
  const scratch_database db{each_dialect()};
  const instar::push_report made = migrator{db.url(), options(w, first)}.push();
  CHECK_FALSE(made.summary.empty());
  CHECK(db.tables() == "users");
  CHECK(migrator{db.url(), options(w, first)}.push().statements.empty());
  db.run("INSERT INTO users (email) VALUES ('x')");
  CHECK_FALSE(migrator{db.url(), options(w, second)}.push().statements.empty());
  CHECK(db.tables() == "sessions users");
  CHECK(db.ask("SELECT email FROM users") == "x");
  db.run("UPDATE users SET name = 'n'");
  CHECK(error_of([&] { (void)migrator{db.url(), options(w, first)}.push(); }).code() == code::data_loss);
  CHECK_FALSE(migrator{db.url(), options(w, first)}.push(true).statements.empty());
  CHECK(db.tables() == "users");
  CHECK(w.names("migrations").empty());
}

TEST_CASE("push is refused where it would destroy data or the database is kept by migrations") {
  const workspace w;
  const scratch_database db{each_dialect()};
  SECTION("somebody else's tables") {
    db.run("CREATE TABLE somebody_elses (id INTEGER); INSERT INTO somebody_elses VALUES (1)");
    CHECK(error_of([&] { (void)migrator{db.url(), options(w, first)}.push(); }).code() == code::data_loss);
    CHECK(db.tables() == "somebody_elses");
    (void)migrator{db.url(), options(w, first)}.push(true);
    CHECK(db.tables() == "users");
  }
  SECTION("migrations") {
    (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
    CHECK(error_of([&] { (void)migrator{db.url(), options(w, second)}.push(); }).code() == code::push_refused);
  }
}

TEST_CASE("a push that rows would make fail changes nothing") {
  const workspace w;
  const scratch_database db{each_dialect()};
  db.run("CREATE TABLE users (email text)");
  db.run("INSERT INTO users VALUES ('twice'), ('twice')");
  CHECK(error_of([&] { (void)migrator{db.url(), options(w, second)}.push(); }).code() == code::rows_in_the_way);
  CHECK(db.tables() == "users");
  CHECK(db.ask("SELECT * FROM users") == "twice twice");
}

TEST_CASE("seeding runs the script or the function that is given") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  migrator_options how = options(w, first);
  CHECK(error_of([&] { migrator{db.url(), how}.seed(); }).code() == code::no_seed);
  w.write("seed.sql", "INSERT INTO users (email) VALUES ('script');\n");
  how.seed_script = w.root() / "seed.sql";
  migrator{db.url(), how}.seed();
  how.seed = [](instar::database& on) { on.execute("INSERT INTO users (email) VALUES ('function')"); };
  migrator{db.url(), how}.seed();
  CHECK(db.ask("SELECT email FROM users ORDER BY id") == "script function");
  how.seed = {};
  w.write("seed.sql", "INSERT INTO users (email) VALUES ('once');\nINSERT INTO users (email) VALUES ('script');\n");
  const auto error = error_of([&] { migrator{db.url(), how}.seed(); });
  CHECK(error.code() == code::script_failed);
  CHECK(error.location()->line == 2);
  CHECK(db.ask("SELECT count(*) FROM users") == "2");
}

TEST_CASE("reset drops everything, applies the history and seeds") {
  const workspace w;
  const scratch_database db{each_dialect()};
  migrator_options how = options(w, second);
  how.seed = [](instar::database& on) { on.execute("INSERT INTO users (email) VALUES ('seeded')"); };
  (void)migrator{db.url(), how}.dev({.name = "init"});
  db.run("INSERT INTO users (email) VALUES ('x');\nINSERT INTO sessions (user_id) SELECT id FROM users;\n"
         "CREATE TABLE by_hand (id INTEGER);\nCREATE VIEW shown AS SELECT * FROM users");
  const instar::reset_report report = migrator{db.url(), how}.reset();
  CHECK(report.dropped.size() >= 4);
  CHECK(report.seeded);
  CHECK(applied(report.deployed) == "20250120130000_init");
  CHECK(db.tables() == "_instar_migrations sessions users");
  CHECK(db.ask("SELECT email FROM users") == "seeded");
}

TEST_CASE("SQLite: reset drops a virtual table before the tables that it keeps its rows in") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  w.add("20240101000000_a",
        "CREATE TABLE aaa_notes (id INTEGER PRIMARY KEY, body TEXT);\n"
        "CREATE VIRTUAL TABLE words USING fts5(body);\n"
        "CREATE VIEW shown AS SELECT body FROM aaa_notes;\n"
        "CREATE TRIGGER follow AFTER INSERT ON aaa_notes BEGIN INSERT INTO words VALUES (new.body); END;\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.deploy();
  db.run("INSERT INTO aaa_notes (body) VALUES ('moult')");
  CHECK(db.ask("SELECT count(*) FROM words WHERE words MATCH 'moult'") == "1");
  CHECK(m.reset().deployed.applied.size() == 1);
  CHECK(db.ask("SELECT count(*) FROM words") == "0");
}

TEST_CASE("PostgreSQL: reset knows every kind of object, and keeps what the history could not bring back") {
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add(
      "20240101000000_all",
      "CREATE EXTENSION pg_trgm;\nCREATE SCHEMA \"Other Schema\";\nCREATE TABLE \"Other Schema\".t (id integer);\n"
      "CREATE TYPE mood AS ENUM ('ok');\nCREATE DOMAIN small AS integer;\nCREATE TYPE pair AS (a integer, b integer);\n"
      "CREATE SEQUENCE numbers;\nCREATE TABLE t (id serial PRIMARY KEY, m mood, s small);\n"
      "CREATE VIEW v AS SELECT * FROM t;\nCREATE MATERIALIZED VIEW mv AS SELECT * FROM t;\n"
      "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a';\n"
      "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';\nCREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = "
      "integer);\n"
      "CREATE OPERATOR === (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);\n"
      "CREATE COLLATION german FROM \"C\";\nCREATE TYPE span AS RANGE (subtype = integer);\n"
      "CREATE TEXT SEARCH CONFIGURATION search (COPY = simple);\nCREATE STATISTICS st ON id, s FROM t;\n"
      "CREATE TABLE parts (id integer) PARTITION BY RANGE (id);\nCREATE TABLE part1 PARTITION OF parts FOR VALUES FROM "
      "(0) "
      "TO (9);\n");
  db.run(
      "CREATE EXTENSION \"uuid-ossp\"; COMMENT ON SCHEMA public IS 'kept'; CREATE SCHEMA foreign_schema; CREATE TABLE "
      "foreign_schema.kept (id integer)");
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.deploy();
  const std::string before = db.ask("SELECT count(*) FROM pg_depend WHERE refobjid = 'public'::regnamespace");
  const instar::reset_report report = m.reset();
  CHECK(applied(report.deployed) == "20240101000000_all");
  CHECK(db.ask("SELECT count(*) FROM pg_depend WHERE refobjid = 'public'::regnamespace") == before);
  CHECK(db.ask("SELECT count(*) FROM pg_extension WHERE extname IN ('uuid-ossp', 'pg_trgm')") == "2");
  CHECK(db.ask("SELECT obj_description('public'::regnamespace)") == "kept");
  CHECK(db.ask("SELECT count(*) FROM foreign_schema.kept") == "0");
  CHECK(m.status().up_to_date());
}

TEST_CASE("a reset of a database with Prisma's ledger keeps Prisma's ledger") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_a", "CREATE TABLE a (id INTEGER);");
  (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy();
  db.run("ALTER TABLE _instar_migrations RENAME TO _prisma_migrations");
  migrator m{db.url(), {.migrations = w.migrations()}};
  CHECK(m.reset().deployed.adopted_prisma);
  CHECK(db.tables() == "_prisma_migrations a");
}

TEST_CASE("a script can be run outside the history") {
  const workspace w;
  const scratch_database db{each_dialect()};
  migrator m{db.url(), {.migrations = w.migrations()}};
  m.execute_script("CREATE TABLE a (id INTEGER PRIMARY KEY);\nINSERT INTO a VALUES (1);", "fix.sql");
  CHECK(db.tables() == "a");
  const auto error =
      error_of([&] { m.execute_script("INSERT INTO a VALUES (2);\nINSERT INTO a VALUES (1);\n", "fix.sql"); });
  CHECK(error.code() == code::script_failed);
  CHECK(error.location()->file == "fix.sql");
  CHECK(error.location()->line == 2);
  CHECK(error.state() == "Nothing of it was applied.");
  CHECK(db.ask("SELECT count(*) FROM a") == "1");
  m.execute_script("INSERT INTO a VALUES (3);\nVACUUM;\n");
  CHECK(db.tables() == "a");
  const auto partly =
      error_of([&] { m.execute_script("INSERT INTO a VALUES (4);\nVACUUM;\nSELECT nope;\n", "fix.sql"); });
  CHECK(partly.state() == "The statements before line 3 are applied.");
}

TEST_CASE("check_history looks at every script without a database") {
  const workspace w;
  w.write("migrations/migration_lock.toml", "provider = \"sqlite\"");
  w.add("20240101000000_a", "SELECT 1;");
  w.add("20240101000000_b", "");
  migrator m{migrator_options{.migrations = w.migrations()}};
  CHECK(test::codes(m.check_history()) == "INS4005 INS4006");
  w.add("20240101000000_c", "SELECT \"open;");
  CHECK(error_of([&] { (void)m.check_history(); }).code() == "INS3101");
}
