// `db pull`, on SQLite.

#include "cli/program.hpp"

using namespace instar_test;

namespace {

/// Fills a project's database as somebody would by hand.
void make_tables(const project& p) {
  p.make_database();
  p.write("make.sql",
          "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email TEXT NOT NULL);\n"
          "CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id));\n"
          "CREATE TABLE _prisma_migrations (id TEXT NOT NULL PRIMARY KEY);\n");
  p.run_well(without_models, {"db", "execute", "--file", "make.sql"});
}

}  // namespace

TEST_CASE("pull prints the models of a database, without what migrators keep there") {
  const project p;
  make_tables(p);
  const process_result result = p.run_well(without_models, {"db", "pull", "--namespace", "shop::models"});
  CHECK(contains(result.out, "namespace shop::models {"));
  CHECK(contains(result.out, "INSTAR_MODEL(User, \"users\","));
  CHECK(contains(result.out, "(user_id, references(&User::id))"));
  CHECK_FALSE(contains(result.out, "prisma"));
  CHECK(contains(result.err, "SQLite dev.db"));
}

TEST_CASE("pull writes a file, keeps the names in it, and leaves it alone where nothing changed") {
  const project p;
  make_tables(p);
  CHECK(p.run_well(without_models, {"db", "pull", "-o", "models.hpp"}).out == "Wrote   models.hpp  (2 tables)\n");
  CHECK(p.run_well(without_models, {"db", "pull", "-o", "models.hpp"}).out == "Fresh   models.hpp  (2 tables)\n");
  std::string text = p.read("models.hpp");
  for (std::size_t at = text.find("User"); at != std::string::npos; at = text.find("User", at))
    text.replace(at, 4, "Customer");
  p.write("models.hpp", text);
  CHECK(contains(p.run_well(without_models, {"db", "pull", "-o", "models.hpp"}).out, "Fresh"));
  CHECK(p.read("models.hpp") == text);
}

TEST_CASE("pull takes some tables, and says which foreign keys it leaves out") {
  const project p;
  make_tables(p);
  const process_result result = p.run_well(without_models, {"db", "pull", "--tables", "orders"});
  CHECK(contains(result.out, "INSTAR_MODEL(Order, \"orders\","));
  CHECK_FALSE(contains(result.out, "references"));
  CHECK(contains(result.err, "the foreign key of orders (user_id) to users"));
  const process_result wrong = p.run(without_models, {"db", "pull", "--tables", "oders"});
  CHECK(wrong.exit_code == 1);
  CHECK(contains(wrong.err, "Did you mean orders?"));
}

TEST_CASE("pull --json holds the header, or the file that it was written to") {
  const project p;
  make_tables(p);
  const auto printed = document_of(p.run_well(without_models, {"db", "pull", "--json"}));
  CHECK(contains(std::string{printed.at("result").as_object().at("header").as_string()}, "INSTAR_MODEL(User"));
  const auto written = document_of(p.run_well(without_models, {"db", "pull", "-o", "m.hpp", "--json"}));
  CHECK(written.at("result").as_object().at("changed").as_bool());
  CHECK(written.at("result").as_object().at("file").as_string() == "m.hpp");
}

TEST_CASE("pull without a database fails, and a namespace that is none is a mistake in the command line") {
  const project p;
  CHECK(p.run(without_models, {"db", "pull"}).exit_code == 1);
  CHECK_FALSE(p.exists("dev.db"));
  for (const char* name : {"no name", "::a", "a::", "class", "a:b", "1a"})
    CHECK(p.run(without_models, {"db", "pull", "--namespace", name}).exit_code == 64);
}
