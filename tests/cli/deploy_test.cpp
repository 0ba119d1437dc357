// `migrate deploy`, `status`, `resolve`, `reset` on SQLite, by the program without models.

#include "cli/program.hpp"

using namespace instar_test;

namespace {

void two_migrations(const project& p) {
  p.migration("20240101000000_one", "CREATE TABLE one (id INTEGER PRIMARY KEY);\n");
  p.migration("20240102000000_two", "CREATE TABLE two (id INTEGER PRIMARY KEY);\n");
}

}  // namespace

TEST_CASE("deploy applies what is pending, in order, and says so") {
  const project p;
  two_migrations(p);
  const process_result result = p.run_well(without_models, {"migrate", "deploy"});
  const auto first = result.out.find("Applied 20240101000000_one");
  const auto second = result.out.find("Applied 20240102000000_two");
  CHECK(first < second);
  CHECK(second != std::string::npos);
  CHECK(contains(result.out, "2 migrations applied to SQLite dev.db.\n"));
  CHECK(p.ask("SELECT count(*) FROM _instar_migrations WHERE finished_at IS NOT NULL") == "2");
}

TEST_CASE("a second deploy has nothing to do") {
  const project p;
  two_migrations(p);
  p.run_well(without_models, {"migrate", "deploy"});
  CHECK(p.run_well(without_models, {"migrate", "deploy"}).out == "No pending migrations to apply (2 applied).\n");
}

TEST_CASE("deploy stops after --up-to, also when a shell completed the name") {
  const project p;
  two_migrations(p);
  p.run_well(without_models, {"migrate", "deploy", "--up-to", "migrations/20240101000000_one/"});
  CHECK(p.ask("SELECT count(*) FROM _instar_migrations") == "1");
}

TEST_CASE("--json: what was applied") {
  const project p;
  two_migrations(p);
  const auto document = document_of(p.run_well(without_models, {"migrate", "deploy", "--json"}));
  const auto& result = document.at("result").as_object();
  REQUIRE(result.at("applied").as_array().size() == 2);
  CHECK(result.at("applied").as_array()[0].at("name").as_string() == "20240101000000_one");
  CHECK(result.at("already_applied").to_number<int>() == 0);
  const auto again = document_of(p.run_well(without_models, {"migrate", "deploy", "--json"}));
  CHECK(again.at("result").at("applied").as_array().empty());
  CHECK(again.at("result").at("already_applied").to_number<int>() == 2);
}

TEST_CASE("a migration that fails in its third statement: file, line, column, caret, state, and nothing applied") {
  const project p;
  p.migration("20240101000000_one", "CREATE TABLE one (id INTEGER PRIMARY KEY);\n");
  p.migration("20240102000000_bad", "CREATE TABLE two (id INTEGER PRIMARY KEY);\n"
                                    "INSERT INTO two VALUES (1);\n"
                                    "INSERT INTO nope VALUES (1);\n");
  const process_result result = p.run(without_models, {"migrate", "deploy"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.out, "Applied 20240101000000_one"));
  CHECK(contains(result.err, "error[INS4030]"));
  CHECK(contains(result.err, "--> migrations/20240102000000_bad/migration.sql:3:"));
  CHECK(contains(result.err, " 3 | INSERT INTO nope VALUES (1);\n"));
  CHECK(contains(result.err, "^"));
  CHECK(contains(result.err, "no such table: nope"));
  CHECK(contains(result.err, "= state: "));
  CHECK(contains(result.err, "help: "));
  CHECK(p.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'two'") == "0");
  CHECK(p.ask("SELECT count(*) FROM _instar_migrations WHERE finished_at IS NOT NULL") == "1");

  // Corrected, it goes through without anything to resolve.
  p.migration("20240102000000_bad", "CREATE TABLE two (id INTEGER PRIMARY KEY);\n");
  p.run_well(without_models, {"migrate", "deploy"});
}

TEST_CASE("--json of a failure: the place, and what was applied before it") {
  const project p;
  p.migration("20240101000000_one", "CREATE TABLE one (id INTEGER PRIMARY KEY);\n");
  p.migration("20240102000000_bad", "SELECT 1;\nSELECT * FROM nope;\n");
  const process_result result = p.run(without_models, {"migrate", "deploy", "--json"});
  CHECK(result.exit_code == 1);
  const auto document = document_of(result);
  CHECK(error_code(document) == "INS4030");
  const auto& error = document.at("errors").as_array().front().as_object();
  CHECK(error.at("migration").as_string() == "20240102000000_bad");
  CHECK(error.at("location").at("file").as_string() == "migrations/20240102000000_bad/migration.sql");
  CHECK(error.at("location").at("line").to_number<int>() == 2);
  CHECK(document.at("result").at("applied").as_array().size() == 1);
}

TEST_CASE("status says what is applied and pending, and ends with 1 until nothing is") {
  const project p;
  two_migrations(p);
  p.run_well(without_models, {"migrate", "deploy", "--up-to", "20240101000000_one"});
  const process_result behind = p.run(without_models, {"migrate", "status"});
  CHECK(behind.exit_code == 1);
  CHECK(contains(behind.out, "  applied   20240101000000_one\n"));
  CHECK(contains(behind.out, "  pending   20240102000000_two\n"));
  CHECK(contains(behind.out, "2 migrations: 1 applied, 1 pending.\n"));
  CHECK(contains(behind.out, "instar migrate deploy` applies it."));
  CHECK(p.run(without_models, {"migrate", "status", "--exit-code"}).exit_code == 2);

  p.run_well(without_models, {"migrate", "deploy"});
  const process_result done = p.run_well(without_models, {"migrate", "status"});
  CHECK(contains(done.out, "2 migrations applied; the database is up to date.\n"));
}

TEST_CASE("status without a database makes none") {
  const project p;
  two_migrations(p);
  const process_result result = p.run(without_models, {"migrate", "status"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.out, "2 pending"));
  CHECK_FALSE(p.exists("dev.db"));
}

TEST_CASE("status sees an edited and a missing migration, and says what to do") {
  const project p;
  two_migrations(p);
  p.run_well(without_models, {"migrate", "deploy"});
  p.migration("20240101000000_one", "CREATE TABLE one (id INTEGER PRIMARY KEY, more TEXT);\n");
  std::filesystem::remove_all(p.migrations() / "20240102000000_two");
  const process_result result = p.run(without_models, {"migrate", "status", "--exit-code"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.out, "edited    20240101000000_one"));
  CHECK(contains(result.out, "20240102000000_two"));
  CHECK(contains(result.out, "migrate resolve --edited 20240101000000_one"));
  CHECK(contains(result.out, "migrate resolve --missing 20240102000000_two"));

  const auto document = document_of(p.run(without_models, {"migrate", "status", "--json"}));
  CHECK_FALSE(document.at("result").at("up_to_date").as_bool());
  CHECK(document.at("result").at("migrations").as_array().size() == 2);

  const process_result refused = p.run(without_models, {"migrate", "resolve", "--repair", "20240101000000_one"});
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "error[INS4036]"));
  p.run_well(without_models, {"migrate", "resolve", "--edited", "20240101000000_one"});
  p.run_well(without_models, {"migrate", "resolve", "--missing", "20240102000000_two"});
  p.run_well(without_models, {"migrate", "status"});
}

TEST_CASE("a baseline: resolve --applied marks several, and runs none") {
  const project p;
  two_migrations(p);
  p.make_database();
  p.run_well(without_models,
             {"db", "execute", "--file", "migrations/20240101000000_one/migration.sql", "--url", "sqlite:dev.db"});
  const process_result refused = p.run(without_models, {"migrate", "deploy"});
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "error[INS4026]"));
  p.run_well(without_models, {"migrate", "resolve", "--applied", "20240101000000_one"});
  const process_result result = p.run_well(without_models, {"migrate", "deploy"});
  CHECK(contains(result.out, "1 migration applied"));
}

TEST_CASE("resolve of a name that nobody knows is an error") {
  const project p;
  two_migrations(p);
  const process_result result = p.run(without_models, {"migrate", "resolve", "--applied", "20990101000000_nope"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS4027]"));
}

TEST_CASE("reset wants its flag, drops everything, applies again and seeds") {
  const project p;
  two_migrations(p);
  p.write("migrations/seed.sql", "INSERT INTO one VALUES (7);\n");
  p.run_well(without_models, {"migrate", "deploy"});
  const process_result asked = p.run(without_models, {"migrate", "reset"});
  CHECK(asked.exit_code == 3);
  CHECK(contains(asked.err, "--force"));
  CHECK(contains(asked.err, "Nothing was dropped."));
  CHECK(p.ask("SELECT count(*) FROM one") == "0");

  const process_result harmless = p.run(without_models, {"migrate", "reset", "--yes"});
  CHECK(harmless.exit_code == 3);
  CHECK(contains(harmless.err, "--accept-data-loss"));
  CHECK(p.ask("SELECT count(*) FROM one") == "0");

  const process_result done = p.run_well(without_models, {"migrate", "reset", "--force"});
  CHECK(contains(done.out, "applied 2 migrations, then seeded it."));
  CHECK(p.ask("SELECT id FROM one") == "7");

  p.run_well(without_models, {"migrate", "reset", "--accept-data-loss", "--skip-seed"});
  CHECK(p.ask("SELECT count(*) FROM one") == "0");
}

TEST_CASE("a history of hundreds does not hide what is not applied") {
  const project p;
  for (int i = 100; i < 160; ++i) {
    p.migration("20240101000" + std::to_string(i) + "_m", "SELECT " + std::to_string(i) + ";\n");
  }
  p.run_well(without_models, {"migrate", "deploy", "--quiet"});
  p.migration("20250101000000_new", "SELECT 1;\n");
  const process_result result = p.run(without_models, {"migrate", "status"});
  CHECK(contains(result.out, "50 earlier ones are applied (--verbose lists them)"));
  CHECK(contains(result.out, "pending   20250101000000_new"));
  CHECK(std::count(result.out.begin(), result.out.end(), '\n') < 20);
  const process_result all = p.run(without_models, {"migrate", "status", "--verbose"});
  CHECK(contains(all.out, "applied   20240101000100_m"));
}
