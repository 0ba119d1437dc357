#include "migrate/workspace.hpp"

#include <string>

using instar::migrator;
using test::applied;
using test::each_dialect;
using test::error_of;
using test::scratch_database;
using test::workspace;
namespace code = instar::migration_code;

namespace {

const char* const create_a = "CREATE TABLE a (id INTEGER PRIMARY KEY);\n";

}  // namespace

TEST_CASE("a migration that is in the database already is resolved as applied: a baseline") {
  const workspace w;
  const scratch_database db{each_dialect()};
  db.run(create_a);
  w.add("20240101000000_a", create_a);
  w.add("20240102000000_b", "CREATE TABLE b (id INTEGER);\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  CHECK(error_of([&] { (void)m.deploy(); }).code() == code::not_empty);
  CHECK(m.resolve_applied("20240101000000_a").migration == "20240101000000_a");
  CHECK(db.ask("SELECT applied_steps_count FROM _instar_migrations") == "0");
  CHECK(db.ask("SELECT count(*) FROM _instar_migrations WHERE started_at = finished_at AND rolled_back_at IS NULL") ==
        "1");
  CHECK(applied(m.deploy()) == "20240102000000_b");
  CHECK(m.status().up_to_date());
}

TEST_CASE("what cannot be resolved as applied is refused with Prisma's codes") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_a", create_a);
  migrator m{db.url(), {.migrations = w.migrations()}};
  const auto unknown = error_of([&] { (void)m.resolve_applied("20240101000000"); });
  CHECK(unknown.code() == code::no_such_migration);
  CHECK(unknown.message().find("P3017") != std::string::npos);
  (void)m.deploy();
  const auto twice = error_of([&] { (void)m.resolve_applied("20240101000000_a"); });
  CHECK(twice.code() == code::nothing_to_resolve);
  CHECK(twice.message().find("P3008") != std::string::npos);
}

TEST_CASE("only a failed migration can be resolved as rolled back") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_a", create_a);
  migrator m{db.url(), {.migrations = w.migrations()}};
  CHECK(error_of([&] { (void)m.resolve_rolled_back("20240101000000_a"); }).code() == code::no_such_migration);
  (void)m.deploy();
  const auto applied_one = error_of([&] { (void)m.resolve_rolled_back("20240101000000_a"); });
  CHECK(applied_one.code() == code::nothing_to_resolve);
  CHECK(applied_one.message().find("P3012") != std::string::npos);
  db.run("INSERT INTO _instar_migrations (id, checksum, migration_name) VALUES ('x', 'y', '20240102000000_gone')");
  CHECK(test::states(m.status()) == "20240101000000_a=applied 20240102000000_gone=failed");
  (void)m.resolve_rolled_back("20240102000000_gone");
  CHECK(m.status().up_to_date());
  CHECK(error_of([&] { (void)m.resolve_rolled_back("20240102000000_gone"); }).code() == code::nothing_to_resolve);
}

TEST_CASE("an edit of comments and blanks is repaired, and is known before anybody asks") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_a", create_a);
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.deploy();
  CHECK(error_of([&] { (void)m.resolve_repaired("20240101000000_a"); }).code() == code::nothing_to_resolve);
  w.add("20240101000000_a", "-- the first\nCREATE TABLE a (\n  id INTEGER PRIMARY KEY\n)");
  migrator again{db.url(), {.migrations = w.migrations()}};
  const instar::status_report status = again.status();
  CHECK(test::states(status) == "20240101000000_a=edited");
  CHECK(status.migrations[0].same_statements == true);
  CHECK(status.warnings.at(0).remedy.find("--repair 20240101000000_a") != std::string::npos);
  CHECK(again.resolve_repaired("20240101000000_a").change.find("statements are those that ran") != std::string::npos);
  CHECK(again.status().up_to_date());
}

TEST_CASE("an edit of a statement is not repaired, only accepted") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_a", create_a);
  (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy();
  w.add("20240101000000_a", "CREATE TABLE a (id INTEGER PRIMARY KEY, more TEXT);\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  CHECK(m.status().migrations[0].same_statements == false);
  CHECK(error_of([&] { (void)m.resolve_repaired("20240101000000_a"); }).code() == code::statements_differ);
  CHECK(error_of([&] { (void)m.resolve_repaired("20240101000001_b"); }).code() == code::no_such_migration);
  CHECK(test::states(m.status()) == "20240101000000_a=edited");
  (void)m.resolve_edited("20240101000000_a");
  CHECK(m.status().up_to_date());
  w.add("20240101000000_a", "CREATE TABLE a (id INTEGER PRIMARY KEY, more TEXT) -- now with more\n");
  migrator again{db.url(), {.migrations = w.migrations()}};
  CHECK(again.status().migrations[0].same_statements == true);
}

TEST_CASE("where the ledger does not know what ran, the schema decides what is repaired") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_a", create_a);
  w.add("20240102000000_rows", "INSERT INTO a (id) VALUES (1);\n");
  (void)migrator{db.url(), {.migrations = w.migrations()}}.deploy();
  db.run("UPDATE _instar_migrations SET logs = NULL");  // as Prisma leaves it

  SECTION("a file that makes the same is repaired") {
    w.add("20240101000000_a", "-- the first\nCREATE TABLE a (id INTEGER NOT NULL, PRIMARY KEY (id));\n");
    migrator m{db.url(), {.migrations = w.migrations()}};
    CHECK_FALSE(m.status().migrations[0].same_statements.has_value());
    CHECK(m.resolve_repaired("20240101000000_a").change.find("exactly what the database is") != std::string::npos);
    CHECK(m.status().up_to_date());
  }
  SECTION("a file that makes something else is not") {
    w.add("20240101000000_a", "CREATE TABLE a (id INTEGER PRIMARY KEY, more TEXT);\n");
    migrator m{db.url(), {.migrations = w.migrations()}};
    const auto refused = error_of([&] { (void)m.resolve_repaired("20240101000000_a"); });
    CHECK(refused.code() == code::statements_differ);
    CHECK(refused.message().find("column a.more") != std::string::npos);
  }
  SECTION("of rows no schema knows") {
    w.add("20240102000000_rows", "INSERT INTO a (id) VALUES (2);\n");
    migrator m{db.url(), {.migrations = w.migrations()}};
    CHECK(error_of([&] { (void)m.resolve_repaired("20240102000000_rows"); }).code() == code::statements_differ);
  }
}

TEST_CASE("each try has a row, and status counts them") {
  const workspace w;
  const scratch_database db{each_dialect()};
  w.add("20240101000000_a", create_a);
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)m.deploy({});
  db.run("UPDATE _instar_migrations SET rolled_back_at = finished_at");
  db.run("DROP TABLE a");
  CHECK(applied(m.deploy()) == "20240101000000_a");
  CHECK(m.status().migrations[0].tries == 2);
}

TEST_CASE("resolving waits for no runner that is not there, and makes a missing database only for a baseline") {
  const workspace w;
  w.add("20240101000000_a", create_a);
  const instar::database_url url{"sqlite:" + (w.root() / "none.db").string()};
  CHECK_THROWS_AS((migrator{url, {.migrations = w.migrations()}}.resolve_rolled_back("20240101000000_a")),
                  instar::database_error);
  CHECK_FALSE(instar::database_exists(url));
  (void)migrator{url, {.migrations = w.migrations()}}.resolve_applied("20240101000000_a");
  CHECK(migrator{url, {.migrations = w.migrations()}}.status().up_to_date());
}
