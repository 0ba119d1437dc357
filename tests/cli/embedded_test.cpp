// A program that carries its migrations and seeds by a function.

#include "cli/program.hpp"

using namespace instar_test;

namespace {

process_result run(const project& p, std::vector<std::string> words) {
  words.insert(words.begin(), INSTAR_EMBEDDED_PROGRAM);
  return run_process(words, p.options());
}

}  // namespace

TEST_CASE("an embedded history is deployed without a folder") {
  const project p;
  const process_result result = run(p, {"migrate", "deploy"});
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "2 migrations applied"));
  CHECK_FALSE(p.exists("migrations"));
  CHECK(p.ask("SELECT email FROM users") == "carried@example.org");
  CHECK(run(p, {"migrate", "status"}).exit_code == 0);
}

TEST_CASE("an embedded history cannot be written to, and says what can") {
  const project p;
  run(p, {"migrate", "deploy"});
  const process_result result = run(p, {"migrate", "dev", "--create-only", "--name", "x"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS4014]"));
  CHECK(contains(result.err, "--migrations"));
  CHECK(run(p, {"validate"}).exit_code == 0);
}

TEST_CASE("--migrations wins over what is embedded") {
  const project p;
  p.migration("20250101000000_other", "CREATE TABLE other (id INTEGER);\n");
  CHECK(run(p, {"migrate", "deploy", "--migrations", "migrations"}).exit_code == 0);
  CHECK(p.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'users'") == "0");
}

TEST_CASE("a seed that is a function is called by db seed and by reset") {
  const project p;
  run(p, {"migrate", "deploy"});
  CHECK(run(p, {"db", "seed"}).exit_code == 0);
  CHECK(p.ask("SELECT count(*) FROM users WHERE name = 'by function'") == "1");
  CHECK(run(p, {"migrate", "reset", "--force"}).exit_code == 0);
  CHECK(p.ask("SELECT count(*) FROM users WHERE name = 'by function'") == "1");
}

TEST_CASE("a program may have a name of its own") {
  const project p;
  CHECK(contains(run(p, {"--help"}).out, "Usage: carrier COMMAND [options]"));
}
