// `db pull --baseline`: a database that was there before its project.

#include "cli/program.hpp"
#include "support/postgres_server.hpp"

using namespace instar_test;

namespace {

void make_tables(const project& p) {
  p.write("make.sql",
          "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email TEXT NOT NULL);\n"
          "CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));\n");
  p.run_well(without_models, {"db", "execute", "--file", "make.sql"});
}

void adopt(const project& p, const std::string& ledger) {
  const process_result result = p.run_well(without_models, {"db", "pull", "--baseline", "-o", "models.hpp"});
  CHECK(result.out == "Wrote   models.hpp  (2 tables)\n"
                      "Wrote   migrations/0_init/migration.sql\n"
                      "        migrations/snapshot.hpp\n"
                      "0_init makes what the database is, and is recorded as applied (" +
                          ledger + ").\n");
  CHECK(contains(p.read("models.hpp"), "INSTAR_MODEL(User, \"users\","));
  CHECK(p.migration_names() == std::vector<std::string>{"0_init"});
  p.run_well(without_models, {"migrate", "status", "--drift"});
  CHECK_FALSE(contains(p.run_well(without_models, {"migrate", "deploy"}).out, "Applied"));
}

}  // namespace

TEST_CASE("a SQLite database is adopted by one command") {
  const project p;
  p.make_database();
  make_tables(p);
  adopt(p, "_instar_migrations");
}

TEST_CASE("a PostgreSQL database is adopted by one command") {
  const scratch_database database;
  const project p{database.url().libpq_text()};
  make_tables(p);
  adopt(p, "public._instar_migrations");
}

TEST_CASE("a baseline as a document") {
  const project p;
  p.make_database();
  make_tables(p);
  const auto document = document_of(p.run_well(without_models, {"db", "pull", "--baseline", "-o", "m.hpp", "--json"}));
  const auto& result = document.at("result").as_object();
  CHECK(result.at("tables").as_int64() == 2);
  CHECK(result.at("raw_objects").as_int64() == 0);
  const auto& baseline = result.at("baseline").as_object();
  CHECK(baseline.at("name").as_string() == "0_init");
  CHECK(baseline.at("script").as_string() == "migrations/0_init/migration.sql");
  CHECK(std::string{baseline.at("sql").as_string()} == p.read("migrations/0_init/migration.sql"));
  CHECK(baseline.at("ledger").as_string() == "_instar_migrations");
}

TEST_CASE("a baseline is the whole database, and needs a file for its models") {
  const project p;
  p.make_database();
  make_tables(p);
  for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{
           {}, {"-o", "m.hpp", "--tables", "users"}, {"-o", "m.hpp", "--schema", "a"}}) {
    std::vector<std::string> words{"db", "pull", "--baseline"};
    words.insert(words.end(), more.begin(), more.end());
    CHECK(p.run(without_models, words).exit_code == 64);
  }
  CHECK_FALSE(p.exists("m.hpp"));
  CHECK_FALSE(p.exists("migrations"));
}

TEST_CASE("a project that has a history keeps it, and its models file") {
  const project p;
  p.make_database();
  make_tables(p);
  p.migration("20240101000000_one", "SELECT 1;\n");
  p.write("models.hpp", "// mine\n");
  const process_result result = p.run(without_models, {"db", "pull", "--baseline", "-o", "models.hpp"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "INS4081"));
  CHECK(contains(result.err, "20240101000000_one"));
  CHECK(p.read("models.hpp") == "// mine\n");
  CHECK(p.ask("SELECT count(*) FROM sqlite_schema WHERE name = '_instar_migrations'") == "0");
}
