// What people and disks do to a migrations folder. Each ends in one clear error, and in no half-done work.

#include "cli/program.hpp"

#include <sys/stat.h>
#include <unistd.h>

using namespace instar_test;

namespace {

constexpr std::string_view table_one = "CREATE TABLE one (id INTEGER PRIMARY KEY);\n";

// Deploys, and it must fail with that code and leave the database without tables.
process_result refused(const project& p, const std::string& code) {
  process_result result = p.run(without_models, {"migrate", "deploy"});
  INFO(result.out << result.err);
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[" + code + "]"));
  CHECK(contains(result.err, "help: "));
  if (p.exists("dev.db")) {
    CHECK(p.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'one'") == "0");
  }
  return result;
}

}  // namespace

TEST_CASE("no migrations folder") {
  const project p;
  CHECK(contains(refused(p, "INS4001").err, "migrations"));
}

TEST_CASE("a folder without migration.sql") {
  const project p;
  p.migration("20240101000000_one", table_one);
  std::filesystem::create_directories(p.migrations() / "20240102000000_two");
  CHECK(contains(refused(p, "INS4002").err, "20240102000000_two"));
}

TEST_CASE("an empty migration is applied, with a warning") {
  const project p;
  p.migration("20240101000000_empty", "");
  const process_result result = p.run_well(without_models, {"migrate", "deploy"});
  CHECK(contains(result.err, "warning[INS4006]"));
  CHECK(contains(p.run_well(without_models, {"migrate", "status"}).out, "up to date"));
}

TEST_CASE("a history for another database") {
  const project p;
  p.migration("20240101000000_one", table_one);
  p.write("migrations/migration_lock.toml", "provider = \"postgresql\"\n");
  CHECK(contains(refused(p, "INS4009").err, "P3019"));
}

TEST_CASE("a broken lock file, and one with the marks of a merge") {
  const project p;
  p.migration("20240101000000_one", table_one);
  p.write("migrations/migration_lock.toml", "provider = postgresql\n");
  CHECK(contains(refused(p, "INS4007").err, "--> migrations/migration_lock.toml:1:1"));
  p.write("migrations/migration_lock.toml",
          "<<<<<<< HEAD\nprovider = \"sqlite\"\n=======\nprovider = \"postgresql\"\n>>>>>>> x\n");
  refused(p, "INS4008");
}

TEST_CASE("two migrations with one timestamp run in the order of their names, with a warning") {
  const project p;
  p.migration("20240101000000_b", "INSERT INTO one VALUES (1);\n");
  p.migration("20240101000000_a", table_one);
  const process_result result = p.run_well(without_models, {"migrate", "deploy"});
  CHECK(contains(result.err, "warning[INS4005]"));
  CHECK(p.ask("SELECT count(*) FROM one") == "1");
}

TEST_CASE("a script that is not UTF-8: the byte is shown where it stands") {
  const project p;
  p.migration("20240101000000_latin", "SELECT 1;\nSELECT 'gr\xFC\xDF';\n");
  const process_result result = refused(p, "INS4003");
  CHECK(contains(result.err, "migration.sql:2:11"));
  CHECK(contains(result.err, "\\xFC"));
}

TEST_CASE("line ends of Windows: applied, and no edit when git turns them round") {
  const project p;
  p.migration("20240101000000_one", "CREATE TABLE one (\r\n  id INTEGER PRIMARY KEY\r\n);\r\n");
  p.run_well(without_models, {"migrate", "deploy"});
  p.migration("20240101000000_one", "CREATE TABLE one (\n  id INTEGER PRIMARY KEY\n);\n");
  p.run_well(without_models, {"migrate", "status"});
}

TEST_CASE("a name of 300 characters is refused before anything is written") {
  const project p;
  const process_result result = p.run(with_v1, {"migrate", "dev", "--name", std::string(300, 'x')});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS4011]"));
  CHECK(p.migration_names().empty());
}

TEST_CASE("a name without a letter is refused") {
  const project p;
  const process_result result = p.run(with_v1, {"migrate", "dev", "--name", "!?"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS4010]"));
  CHECK(p.migration_names().empty());
}

TEST_CASE("a migration edited after it was applied: deploy says so") {
  const project p;
  p.migration("20240101000000_one", table_one);
  p.run_well(without_models, {"migrate", "deploy"});
  p.migration("20240101000000_one", "CREATE TABLE one (id INTEGER PRIMARY KEY, more TEXT);\n");
  p.migration("20240102000000_two", "CREATE TABLE two (id INTEGER PRIMARY KEY);\n");
  const process_result result = p.run(without_models, {"migrate", "deploy"});
  INFO(result.err);
  CHECK(contains(result.err, "INS4021"));
  CHECK(contains(result.err, "20240101000000_one"));
}

TEST_CASE("an applied migration that is missing on disk: deploy says so") {
  const project p;
  p.migration("20240101000000_one", table_one);
  p.migration("20240102000000_two", "CREATE TABLE two (id INTEGER PRIMARY KEY);\n");
  p.run_well(without_models, {"migrate", "deploy"});
  std::filesystem::remove_all(p.migrations() / "20240101000000_one");
  const process_result result = p.run(without_models, {"migrate", "deploy"});
  INFO(result.err);
  CHECK((contains(result.err, "INS4022") || contains(result.err, "INS4023")));
  CHECK(contains(result.err, "20240101000000_one"));
}

TEST_CASE("a file that is no database") {
  const project p;
  p.migration("20240101000000_one", table_one);
  p.write("dev.db", "this is a letter to my mother, not a database at all, and it is long enough to be a header. " +
                        std::string(200, 'x'));
  const process_result result = p.run(without_models, {"migrate", "deploy"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS3016]"));
  CHECK(contains(p.read("dev.db"), "letter to my mother"));
}

TEST_CASE("a database in a folder that does not exist") {
  const project p{"sqlite:nowhere/dev.db"};
  p.migration("20240101000000_one", table_one);
  const process_result result = p.run(without_models, {"migrate", "deploy"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS3014]"));
  CHECK(contains(result.err, "nowhere"));
}

TEST_CASE("a read-only database") {
  const project p;
  p.migration("20240101000000_one", table_one);
  p.make_database();
  ::chmod((p.path() / "dev.db").c_str(), 0444);
  ::chmod(p.path().c_str(), 0755);
  std::vector<std::string> command = project::command(without_models, {"migrate", "deploy"});
  if (::geteuid() == 0) {  // root may write what it likes
    command.insert(command.begin(), {"/sbin/runuser", "-u", "nobody", "--"});
  }
  const process_result result = run_process(command, p.options());
  INFO(result.out << result.err);
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS3017]"));
  CHECK(contains(result.err, "help: "));
  CHECK(p.ask("SELECT count(*) FROM sqlite_schema") == "0");
}

TEST_CASE("a broken quote in .env is shown with its line, and without its value") {
  const project p{""};
  p.migration("20240101000000_one", table_one);
  p.write(".env", "A=1\nDATABASE_URL=\"postgresql://u:hunter2@h/d\n");
  const process_result result = p.run(without_models, {"migrate", "deploy"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS3004]"));
  CHECK(contains(result.err, "line 2"));
  CHECK_FALSE(contains(result.err, "hunter2"));
}

TEST_CASE("names and messages cannot send commands to the terminal") {
  const project p;
  p.migration("20240101000000_\x1B[31mred", table_one);
  const process_result result = p.run(without_models, {"migrate", "deploy"});
  CHECK_FALSE(contains(result.out + result.err, "\x1B[31mred"));
}
