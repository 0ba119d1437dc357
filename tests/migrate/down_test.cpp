#include "migrate/workspace.hpp"

#include <instar/instar.hpp>
#include <instar/migrate/snapshot_file.hpp>

#include <cstdint>
#include <optional>
#include <string>

using instar::migrator;
using instar::migrator_options;
using test::error_of;
using test::scratch_database;
using test::states;
using test::workspace;
namespace code = instar::migration_code;
namespace fs = std::filesystem;

namespace down_v1 {

enum class Role { member, admin };
INSTAR_ENUM(Role, member, admin)

struct User {
  std::int64_t id;
  std::string email;
  std::optional<std::string> legacy;
  Role role;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique), (legacy), (role, default_value(Role::member)))

inline constexpr auto schema = instar::schema<User>();

}  // namespace down_v1

namespace down_v2 {

enum class Role { member, owner };
INSTAR_ENUM(Role, member, (owner, renamed_from("admin")))

struct User {
  std::int64_t id;
  std::string mail;
  Role role;
};
INSTAR_MODEL(User, "people", renamed_from("users"), (id, primary_key, identity), (mail, unique, renamed_from("email")),
             (role, default_value(Role::member)))

struct Session {
  std::int64_t id;
  std::int64_t user_id;
};
INSTAR_MODEL(Session, "sessions", (id, primary_key, identity), (user_id, references(&User::id).on_delete(cascade)))

inline constexpr auto schema = instar::schema<User, Session>();

}  // namespace down_v2

namespace {

const instar::schema_view& first = instar::view_of<down_v1::schema>;
const instar::schema_view& second = instar::view_of<down_v2::schema>;

std::chrono::sys_seconds noon() {
  return std::chrono::sys_days{std::chrono::year{2025} / 1 / 20} + std::chrono::hours{13};
}

migrator_options options(const workspace& w, const instar::schema_view& models) {
  return {.migrations = w.migrations(), .models = models, .clock = noon};
}

const std::string init = "20250120130000_init";
const std::string people = "20250120130001_people";

/// A database with both migrations applied, as `migrate dev` wrote them.
struct two_migrations {
  workspace w;
  scratch_database db{GENERATE(instar::sqlite, instar::postgres)};

  two_migrations() {
    (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
    db.run("INSERT INTO users (email, legacy, role) VALUES ('a@b', 'old', 'admin')");
    (void)migrator{db.url(), options(w, second)}.dev({.name = "people", .accept_data_loss = true});
  }
};

}  // namespace

TEST_CASE("dev writes down.sql beside migration.sql, and it is no part of the checksum") {
  const two_migrations x;
  CHECK(x.w.names("migrations/" + people) == std::vector<std::string>{"down.sql", "migration.sql"});
  const std::string down = x.w.read("migrations/" + people + "/down.sql");
  CHECK(down.find("RENAME TO \"users\"") != std::string::npos);
  CHECK(down.find("-- The values of users.legacy are lost: the column comes back empty.") != std::string::npos);
  CHECK(down.find("SELECT count(*) FROM \"sessions\"") != std::string::npos);
  x.w.write("migrations/" + people + "/down.sql", down + "-- more\n");
  CHECK(migrator{x.db.url(), options(x.w, second)}.status().up_to_date());
}

TEST_CASE("down takes the last migration back: its rename is undone, its rows stay, and it is pending again") {
  const two_migrations x;
  migrator m{x.db.url(), options(x.w, second)};
  const instar::down_report report = m.down();
  REQUIRE(report.taken_back.size() == 1);
  CHECK(report.taken_back[0].name == people);
  CHECK(x.db.tables() == "_instar_migrations users");
  CHECK(x.db.ask("SELECT email FROM users") == "a@b");
  CHECK(x.db.ask("SELECT legacy FROM users") == "-");
  CHECK(x.db.ask("SELECT role FROM users") == "admin");
  CHECK(states(m.status()) == init + "=applied " + people + "=pending");
  // And it goes up again, in the same database.
  CHECK(test::applied(m.deploy()) == people);
  CHECK(x.db.ask("SELECT mail FROM people") == "a@b");
  CHECK(m.status().up_to_date());
  CHECK(m.drift().empty());
}

TEST_CASE("down goes back to the migration that is named, or over a number of them") {
  const two_migrations x;
  migrator m{x.db.url(), options(x.w, second)};
  CHECK(m.plan_down({.to = people}).steps.empty());
  const instar::down_plan both = m.plan_down({.steps = 2});
  REQUIRE(both.steps.size() == 2);
  CHECK(both.steps[0].name == people);
  CHECK(both.steps[1].name == init);
  CHECK(both.stay.empty());
  CHECK(m.plan_down({.to = init}).steps.size() == 1);
  CHECK(error_of([&] { (void)m.plan_down({.steps = 3}); }).code() == code::nothing_to_take_back);
  CHECK(error_of([&] { (void)m.plan_down({.to = "nothing"}); }).code() == code::no_such_migration);
  CHECK(m.down({.steps = 2, .accept_data_loss = true}).taken_back.size() == 2);
  CHECK(x.db.tables() == "_instar_migrations");
  CHECK(states(m.status()) == init + "=pending " + people + "=pending");
  CHECK(error_of([&] { (void)m.down(); }).code() == code::nothing_to_take_back);
  CHECK(m.deploy().applied.size() == 2);
}

TEST_CASE("down says what it would destroy, with the rows, and wants an answer") {
  const two_migrations x;
  migrator m{x.db.url(), options(x.w, second)};
  CHECK_FALSE(m.plan_down().loses_data());  // there is no session yet
  x.db.run("INSERT INTO sessions (user_id) VALUES (1), (1)");
  const instar::down_plan planned = m.plan_down();
  REQUIRE(planned.steps.size() == 1);
  REQUIRE(planned.steps[0].losses.size() == 1);
  CHECK(planned.steps[0].losses[0].what == "INS2001 drops table sessions");
  CHECK(planned.steps[0].losses[0].rows == 2);
  const auto error = error_of([&] { (void)m.down(); });
  CHECK(error.code() == code::data_loss);
  CHECK(error.needs_answer());
  CHECK(x.db.ask("SELECT count(*) FROM sessions") == "2");
  CHECK(m.down({.accept_data_loss = true}).taken_back.size() == 1);
}

TEST_CASE("a migration without down.sql, and one that an embedded history holds, cannot be taken back") {
  const two_migrations x;
  fs::remove(x.w.migrations() / people / "down.sql");
  const auto error = error_of([&] { (void)migrator{x.db.url(), options(x.w, second)}.down(); });
  CHECK(error.code() == code::down_script_missing);
  CHECK(error.migration() == people);
  CHECK(error.state() == "Nothing was changed.");
  const std::vector<instar::embedded_migration> none;
  CHECK(error_of([&] { (void)migrator{x.db.url(), {.embedded = none}}.down(); }).code() == code::no_folder);
}

TEST_CASE("up and then down must be what was before, unless one goes on knowingly") {
  const two_migrations x;
  const fs::path file = fs::path{"migrations"} / people / "down.sql";
  x.w.write(file, x.w.read(file) + "CREATE TABLE left_behind (id integer);\n");
  migrator m{x.db.url(), options(x.w, second)};
  const auto error = error_of([&] { (void)m.down(); });
  CHECK(error.code() == code::down_unproven);
  CHECK(error.message().find("- table left_behind") != std::string::npos);
  CHECK(states(m.status()) == init + "=applied " + people + "=applied");
  CHECK(m.down({.skip_shadow = true}).taken_back.size() == 1);
  CHECK(x.db.tables() == "_instar_migrations left_behind users");
}

TEST_CASE("a down script that fails leaves its migration applied, and says what was taken back before it") {
  const two_migrations x;
  x.w.write(fs::path{"migrations"} / init / "down.sql", "CREATE TABLE other (id integer);\nDROP TABLE nothing;\n");
  migrator m{x.db.url(), options(x.w, second)};
  CHECK(error_of([&] { (void)m.down({.steps = 2, .accept_data_loss = true}); }).code() == code::shadow_failed);
  CHECK(x.db.tables() == "_instar_migrations people sessions");
  const auto error = error_of([&] { (void)m.down({.steps = 2, .accept_data_loss = true, .skip_shadow = true}); });
  CHECK(error.code() == code::script_failed);
  CHECK(error.migration() == init);
  CHECK(test::place_of(error).starts_with(init + "/down.sql:2:"));
  CHECK(error.state() == "Nothing of it was run: " + init + " is still applied. " + people +
                             " was taken back before it, and is pending now.");
  CHECK(x.db.tables() == "_instar_migrations users");
  CHECK(states(m.status()) == init + "=applied " + people + "=pending");
}

TEST_CASE("a down script that somebody wrote is run as it is, and its words show what it destroys") {
  const workspace w;
  const scratch_database db{GENERATE(instar::sqlite, instar::postgres)};
  w.add("1_a", "CREATE TABLE a (id integer, b integer);\n");
  w.write("migrations/1_a/down.sql", "-- By hand.\nDROP TABLE a;\n");
  w.add("2_b", "ALTER TABLE a ADD COLUMN c integer;\n");
  w.write("migrations/2_b/down.sql", "ALTER TABLE a DROP c;\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.deploy();
  const instar::down_plan planned = m.plan_down({.steps = 2});
  REQUIRE(planned.steps[0].losses.size() == 1);
  CHECK(planned.steps[0].losses[0].what == "ALTER TABLE a DROP c");
  CHECK_FALSE(planned.steps[0].losses[0].rows);
  REQUIRE(planned.steps[1].losses.size() == 1);
  CHECK(planned.steps[1].losses[0].what == "DROP TABLE a");
  CHECK(m.down({.steps = 2, .accept_data_loss = true}).taken_back.size() == 2);
  CHECK(db.tables() == "_instar_migrations");
}

TEST_CASE("PostgreSQL: a down script that cannot be one transaction is refused") {
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add("1_a", "CREATE TABLE a (id integer);\nCREATE INDEX a_id ON a (id);\n");
  w.write("migrations/1_a/down.sql", "DROP INDEX CONCURRENTLY a_id;\nDROP TABLE a;\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.deploy();
  CHECK(error_of([&] { (void)m.down({.accept_data_loss = true}); }).code() == code::down_in_pieces);
  CHECK(states(m.status()) == "1_a=applied");
}

TEST_CASE("what is edited, failed or missing is cleared up before anything is taken back") {
  const two_migrations x;
  x.w.write(fs::path{"migrations"} / people / "migration.sql", "SELECT 1;\n");
  migrator m{x.db.url(), options(x.w, second)};
  CHECK(error_of([&] { (void)m.down(); }).code() == code::edited_migration);
  // Who edits a migration to apply it anew takes back what ran.
  CHECK(m.down({.skip_shadow = true}).taken_back.size() == 1);
  CHECK(x.db.tables() == "_instar_migrations users");
  fs::remove_all(x.w.migrations() / init);
  CHECK(error_of([&] { (void)m.down(); }).code() == code::missing_migration);
}

TEST_CASE("Prisma's ledger is kept as Prisma would: what was taken back has its rolled_back_at") {
  const workspace w;
  const scratch_database db{GENERATE(instar::sqlite, instar::postgres)};
  w.add("1_a", "CREATE TABLE a (id integer);\n");
  w.write("migrations/1_a/down.sql", "DROP TABLE a;\n");
  migrator m{db.url(), {.migrations = w.migrations(), .ledger = "_prisma_migrations"}};
  (void)m.deploy();
  (void)m.down({.accept_data_loss = true});
  CHECK(db.ask("SELECT rolled_back_at IS NOT NULL FROM _prisma_migrations") ==
        (db.url().dialect() == instar::postgres ? "t" : "1"));
  (void)m.deploy();
  CHECK(db.ask("SELECT count(*) FROM _prisma_migrations") == "2");
  CHECK(states(m.status()) == "1_a=applied");
}

TEST_CASE("a migration that is given up takes its folder and the snapshot with it") {
  const workspace w;
  const scratch_database db{GENERATE(instar::sqlite, instar::postgres)};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  const std::string before = w.read("migrations/snapshot.hpp");
  (void)migrator{db.url(), options(w, second)}.dev({.name = "people", .accept_data_loss = true});
  migrator m{db.url(), options(w, second)};
  const instar::down_report report = m.down({.remove = true});
  CHECK(report.removed == std::vector<fs::path>{w.migrations() / people});
  CHECK(w.names("migrations") == std::vector<std::string>{init, "migration_lock.toml", "snapshot.hpp"});
  CHECK(w.read("migrations/snapshot.hpp") == before);
  CHECK(m.status().up_to_date());
  // It is written anew from there.
  CHECK(m.dev({.name = "again", .accept_data_loss = true}).created->name == "20250120130001_again");
  (void)m.down({.steps = 2, .accept_data_loss = true, .remove = true});
  CHECK(w.names("migrations") == std::vector<std::string>{"migration_lock.toml", "snapshot.hpp"});
  CHECK(instar::read_snapshot(w.migrations())->view().schema.tables.empty());
  CHECK(m.dev({.name = "init"}).created);
}

TEST_CASE("what stays behind, or does not know the snapshot, cannot be given up") {
  const two_migrations x;
  migrator m{x.db.url(), options(x.w, second)};
  x.w.add("20250120130002_pending", "SELECT 1;\n");
  CHECK(error_of([&] { (void)m.down({.remove = true}); }).code() == code::cannot_remove);
  fs::remove_all(x.w.migrations() / "20250120130002_pending");
  x.w.write(fs::path{"migrations"} / people / "down.sql", "SELECT 1;\n");
  CHECK(error_of([&] { (void)m.down({.remove = true}); }).code() == code::cannot_remove);
}

TEST_CASE("dev warns of a way back that does not lead back, and goes on") {
  const workspace w;
  const scratch_database db{GENERATE(instar::sqlite, instar::postgres)};
  (void)migrator{db.url(), options(w, first)}.dev({.name = "init"});
  migrator m{db.url(), options(w, second)};
  instar::next_plan next = m.plan_next();
  // What is wrong with the way back, beside warnings of other kinds.
  const auto wrong = [&] {
    const instar::proof_report proof = m.prove(next);
    CHECK(proof.proven());
    std::string messages;
    for (const instar::migration_warning& warning : proof.warnings)
      messages += warning.code == code::down_unproven ? warning.message : "";
    return messages;
  };
  CHECK(wrong() == "");
  const std::string good = next.down_script;
  next.down_script = "DROP TABLE nothing;\n";
  CHECK(wrong().find("does not run in the shadow database") != std::string::npos);
  next.down_script = "CREATE TABLE more (id integer);\n" + good;
  CHECK(wrong().find("- table more") != std::string::npos);
}
