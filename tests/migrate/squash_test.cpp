#include "migrate/workspace.hpp"

#include <instar/migrate/snapshot_file.hpp>

#include <string>
#include <vector>

using instar::migrator;
using test::applied;
using test::codes;
using test::error_of;
using test::scratch_database;
using test::states;
using test::workspace;
namespace code = instar::migration_code;
namespace fs = std::filesystem;

namespace {

const std::string a = "20240101000000_a";
const std::string b = "20240102000000_b";
const std::string c = "20240103000000_c";
const std::string squashed = "20240102000000_squashed";

/// Three migrations, of which the first two are to become one. The second changes what the first makes.
struct three_migrations {
  workspace w;
  scratch_database db{GENERATE(instar::sqlite, instar::postgres)};

  three_migrations() {
    const bool server = db.url().dialect() == instar::postgres;
    w.add(a, server ? "CREATE TABLE users (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);\n"
                    : "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);\n");
    w.add(b, "ALTER TABLE users ADD COLUMN email text;\nCREATE UNIQUE INDEX users_email ON users (email);\n"
             "CREATE VIEW names AS SELECT name FROM users;\n");
    w.add(c, "CREATE TABLE posts (id integer PRIMARY KEY, user_id integer REFERENCES users (id));\n");
  }

  [[nodiscard]] migrator on(const scratch_database& d) const {
    return migrator{d.url(), {.migrations = w.migrations()}};
  }
};

}  // namespace

TEST_CASE("a squash stands for the first migrations: one folder, which names them") {
  const three_migrations x;
  const instar::squash_report report = x.on(x.db).squash({.to = b});
  CHECK(report.name == squashed);
  CHECK(report.replaced == std::vector<std::string>{a, b});
  CHECK(report.warnings.empty());
  CHECK(x.w.names("migrations") == std::vector<std::string>{squashed, c});
  CHECK(report.sql.starts_with("-- instar: replaces " + a + " sha256:"));
  CHECK(x.w.read("migrations/" + squashed + "/migration.sql") == report.sql);
  CHECK(report.sql.find("ALTER TABLE") == std::string::npos);
}

TEST_CASE("a database that has what is replaced gets the squash recorded, and nothing is run") {
  const three_migrations x;
  (void)x.on(x.db).deploy({.up_to = b});
  x.db.run("INSERT INTO users (name) VALUES ('x')");
  (void)x.on(x.db).squash({.to = b});
  CHECK(states(x.on(x.db).status()) == squashed + "=squashed " + c + "=pending");
  CHECK(x.on(x.db).status().warnings.empty());
  CHECK(x.on(x.db).drift().empty());
  CHECK_FALSE(x.on(x.db).plan_next().blocked());
  const instar::deploy_report deployed = x.on(x.db).deploy();
  CHECK(applied(deployed) == squashed + " " + c);
  CHECK(deployed.applied[0].recorded_alone);
  CHECK_FALSE(deployed.applied[1].recorded_alone);
  CHECK(deployed.warnings.empty());
  CHECK(x.db.ask("SELECT name FROM users") == "x");
  CHECK(x.on(x.db).status().up_to_date());
  CHECK(x.on(x.db).status().migrations.size() == 2);  // the rows of what was replaced stay, and are not told of
  CHECK(x.db.ask("SELECT count(*) FROM _instar_migrations") == "4");
  CHECK(x.on(x.db).drift().empty());
}

TEST_CASE("a fresh database runs the squash alone, and is the same") {
  const three_migrations x;
  const scratch_database old{x.db.url().dialect()};
  (void)x.on(old).deploy();
  (void)x.on(x.db).squash({.to = b});
  CHECK(applied(x.on(x.db).deploy()) == squashed + " " + c);
  CHECK(x.on(x.db).status().up_to_date());
  const auto as_models = instar::introspect(*old.open());
  const auto read = instar::introspect(*x.db.open());
  for (const instar::step& s : instar::make_plan(as_models.view(), read.view()).steps)
    CHECK(instar::describe(s) == "");
  CHECK(x.on(old).deploy().applied.size() == 1);
}

TEST_CASE("a database that has a part of what is replaced is refused, with the remedy") {
  const three_migrations x;
  (void)x.on(x.db).deploy({.up_to = a});
  CHECK(error_of([&] { (void)x.on(x.db).squash({.to = b}); }).code() == code::partly_squashed);
  const scratch_database elsewhere{x.db.url().dialect()};
  (void)x.on(elsewhere).squash({.to = b});
  CHECK(states(x.on(x.db).status()) == squashed + "=partly squashed " + c + "=pending");
  const auto error = error_of([&] { (void)x.on(x.db).deploy(); });
  CHECK(error.code() == code::partly_squashed);
  CHECK(error.message().find(b + " is not applied") != std::string::npos);
  CHECK(error.state() == "Nothing was changed.");
  CHECK(x.on(x.db).plan_next().blocked());
  (void)x.on(x.db).resolve_applied(squashed);
  CHECK(applied(x.on(x.db).deploy()) == c);
}

TEST_CASE("a database that had another script under a replaced name is refused") {
  const three_migrations x;
  (void)x.on(x.db).deploy();
  x.w.add(a, x.w.read("migrations/" + a + "/migration.sql") + "SELECT 1;\n");
  CHECK(error_of([&] { (void)x.on(x.db).squash({.to = b}); }).code() == code::partly_squashed);
}

TEST_CASE("the rows that scripts leave behind are kept, and told of") {
  const three_migrations x;
  x.w.add(b, x.w.read("migrations/" + b + "/migration.sql") +
                 "INSERT INTO users (name, email) VALUES ('O''Neill', NULL), ('two', 'é@x');\n"
                 "DELETE FROM users WHERE name = 'two';\n");
  const scratch_database old{x.db.url().dialect()};
  (void)x.on(old).deploy();
  const instar::squash_report report = x.on(x.db).squash({.to = b});
  CHECK(codes(report.warnings) == "INS4112 INS4112");
  CHECK(report.warnings[0].message.find("users") != std::string::npos);
  CHECK(report.warnings[0].message.find("(1 row)") != std::string::npos);
  CHECK(report.warnings[1].message.find("DELETE FROM users WHERE name = 'two'") != std::string::npos);
  (void)x.on(x.db).deploy();
  CHECK(x.db.ask("SELECT name FROM users") == "O'Neill");
  // The next number is the one that the old history would have given.
  x.db.run("INSERT INTO users (name) VALUES ('next')");
  CHECK(x.db.ask("SELECT id FROM users ORDER BY id") == "1 3");
}

TEST_CASE("rows that cannot be written as INSERTs are a refusal that names where they come from") {
  const three_migrations x;
  x.w.add(b, "INSERT INTO users (name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) "
             "SELECT 'x' FROM n;\n");
  const auto error = error_of([&] { (void)x.on(x.db).squash({.to = b}); });
  CHECK(error.code() == code::squash_rows);
  CHECK(error.message().find(b + ": INSERT INTO users") != std::string::npos);
  CHECK(x.w.names("migrations") == std::vector<std::string>{a, b, c});
}

TEST_CASE("rows come behind those that they reference") {
  const workspace w;
  const scratch_database db{GENERATE(instar::sqlite, instar::postgres)};
  w.add("1_a", "CREATE TABLE z (id integer PRIMARY KEY, parent integer REFERENCES z (id));\n"
               "CREATE TABLE y (id integer PRIMARY KEY, z integer REFERENCES z (id));\n");
  w.add("2_b", "INSERT INTO z VALUES (2, NULL);\nINSERT INTO z VALUES (1, 2);\nINSERT INTO y VALUES (1, 1);\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  CHECK(m.squash({.to = "2_b", .name = "all"}).name == "2_all");
  (void)m.deploy();
  CHECK(db.ask("SELECT z FROM y") == "1");
}

TEST_CASE("a squash can be squashed again, whichever of the two a database has seen") {
  const three_migrations x;
  const scratch_database saw_none{x.db.url().dialect()};
  const scratch_database began_with_it{x.db.url().dialect()};
  (void)x.on(saw_none).deploy();
  (void)x.on(x.db).deploy();
  (void)x.on(x.db).squash({.to = b});
  (void)x.on(x.db).deploy();
  (void)x.on(began_with_it).deploy();
  (void)x.on(x.db).squash({.to = c, .name = "all"});
  const std::string all = "20240103000000_all";
  for (const scratch_database* one : {&x.db, &saw_none, &began_with_it}) {
    CHECK(states(x.on(*one).status()) == all + "=squashed");
    CHECK(x.on(*one).deploy().applied.size() == 1);
    CHECK(x.on(*one).status().up_to_date());
  }
}

TEST_CASE("an embedded history knows what it replaces") {
  const three_migrations x;
  (void)x.on(x.db).deploy();
  const std::string sql = x.on(x.db).squash({.to = c}).sql;
  const std::vector<instar::embedded_migration> embedded{{"20240103000000_squashed", sql, {}}};
  migrator m{x.db.url(), {.embedded = embedded}};
  CHECK(states(m.status()) == "20240103000000_squashed=squashed");
  CHECK(m.deploy().applied.at(0).recorded_alone);
  CHECK(m.status().up_to_date());
}

TEST_CASE("Prisma's ledger takes a squash the same way") {
  const three_migrations x;
  const instar::migrator_options prisma{.migrations = x.w.migrations(), .ledger = "_prisma_migrations"};
  (void)migrator{x.db.url(), prisma}.deploy();
  (void)migrator{x.db.url(), prisma}.squash({.to = b});
  CHECK(x.on(x.db).deploy().applied.at(0).recorded_alone);
  CHECK(x.on(x.db).status().adopted_prisma);
  CHECK(x.on(x.db).status().up_to_date());
}

TEST_CASE("what an interrupted squash leaves beside it is left out, and status says so") {
  const three_migrations x;
  (void)x.on(x.db).deploy();
  const std::string old = x.w.read("migrations/" + a + "/migration.sql");
  (void)x.on(x.db).squash({.to = b});
  x.w.add(a, old);
  const instar::status_report status = x.on(x.db).status();
  CHECK(states(status) == squashed + "=squashed " + c + "=applied");
  CHECK(codes(status.warnings) == "INS4114");
  const scratch_database fresh{x.db.url().dialect()};
  CHECK(applied(x.on(fresh).deploy()) == squashed + " " + c);
}

TEST_CASE("a squash has a name of its own, in the right place") {
  const three_migrations x;
  CHECK(error_of([&] { (void)x.on(x.db).squash({.to = "nothing"}); }).code() == code::no_such_migration);
  CHECK(error_of([&] { (void)x.on(x.db).squash({.to = a}); }).code() == code::squash_refused);
  CHECK(error_of([&] { (void)x.on(x.db).squash({.to = b, .name = "b"}); }).code() == code::squash_refused);
  x.w.add("20240102000000_bb", "SELECT 1;\n");
  CHECK(error_of([&] { (void)x.on(x.db).squash({.to = b, .name = "c"}); }).code() == code::squash_refused);
  CHECK(x.on(x.db).squash({.to = b, .name = "az"}).name == "20240102000000_az");
}

TEST_CASE("the snapshot follows a squash, and what it says of the schema stays") {
  const three_migrations x;
  const instar::history read = instar::read_history(x.w.migrations());
  std::vector<instar::migration_record> records;
  for (const instar::migration& m : read.migrations)
    records.push_back({m.name, m.checksum});
  const std::vector<instar::column> columns{{.name = "id", .type = {.kind = instar::type_kind::integer}}};
  const std::vector<instar::table> tables{{.name = "users", .columns = columns}};
  (void)instar::write_snapshot(x.w.migrations(),
                               {.schema = {.tables = tables}, .migrations = records, .dialect = x.db.url().dialect()});
  const instar::squash_report report = x.on(x.db).squash({.to = b});
  CHECK(report.snapshot == x.w.migrations() / "snapshot.hpp");
  const auto snapshot = instar::read_snapshot(x.w.migrations());
  REQUIRE(snapshot);
  REQUIRE(snapshot->view().migrations.size() == 2);
  CHECK(snapshot->view().migrations[0].name == squashed);
  CHECK(snapshot->view().migrations[0].checksum == instar::detail::sha256_hex(report.sql));
  CHECK(snapshot->view().schema.tables.size() == 1);
}

TEST_CASE("PostgreSQL: a squash has what no model says, and rows of every type") {
  const workspace w;
  const scratch_database db{instar::postgres};
  const scratch_database old{instar::postgres};
  w.add("1_a", "CREATE SCHEMA shop;\n"
               "CREATE TYPE shop.mood AS ENUM ('fine', 'bad');\n"
               "CREATE TABLE shop.facts (id serial PRIMARY KEY, raw bytea, tags text[], data jsonb, mood shop.mood, "
               "at timestamptz DEFAULT now(), twice integer GENERATED ALWAYS AS (length('xx')) STORED);\n"
               "CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\n"
               "CREATE TRIGGER touched BEFORE UPDATE ON shop.facts FOR EACH ROW EXECUTE FUNCTION shop.touch();\n");
  w.add("2_b",
        "CREATE TABLE parts (id integer, at date) PARTITION BY RANGE (at);\n"
        "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');\n"
        "INSERT INTO parts VALUES (1, '2024-05-06');\n"
        "INSERT INTO shop.facts (raw, tags, data, mood) VALUES ('\\x00ff', '{a,\"b c\"}', '{\"k\": null}', 'bad');\n"
        "CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS n FROM shop.facts;\n"
        "CREATE SEQUENCE loose; SELECT nextval('loose');\n");
  migrator m{db.url(), {.migrations = w.migrations()}};
  (void)migrator{old.url(), {.migrations = w.migrations()}}.deploy();
  (void)m.squash({.to = "2_b", .name = "all"});
  (void)m.deploy();
  const std::string facts = "SELECT (raw, tags, data, mood, twice)::text FROM shop.facts";
  CHECK(db.ask(facts) == old.ask(facts));
  CHECK(db.ask("SELECT at FROM parts") == "2024-05-06");
  CHECK(db.ask("SELECT n FROM counts") == "1");
  CHECK(db.ask("SELECT nextval('loose')") == "2");
  CHECK(db.ask("INSERT INTO shop.facts DEFAULT VALUES RETURNING id") == "2");
  CHECK(migrator{old.url(), {.migrations = w.migrations()}}.deploy().applied.at(0).recorded_alone);
}
