// `migrate deploy --targets` and `--schemas`: many databases, and many schemas of one.

#include "cli/program.hpp"
#include "support/postgres_server.hpp"

#include <chrono>
#include <csignal>
#include <thread>

using namespace instar_test;
using namespace std::chrono_literals;

namespace {

void two_migrations(const project& p) {
  p.migration("20240101000000_one", "CREATE TABLE one (id INTEGER PRIMARY KEY);\n");
  p.migration("20240102000000_two", "CREATE TABLE two (id INTEGER PRIMARY KEY);\n");
}

// A project without a database of its own, and a list of SQLite files.
struct files_project {
  project p{""};

  explicit files_project(const std::string& list) {
    two_migrations(p);
    p.write("list", list);
  }

  [[nodiscard]] process_result deploy(std::vector<std::string> more) const {
    more.insert(more.begin(), {"migrate", "deploy", "--targets", "list"});
    return p.run(without_models, more);
  }

  void run(const std::string& file, const std::string& sql) const {
    p.write("script.sql", sql);
    const instar::database_url url{"sqlite:" + (p.path() / file).string()};
    if (!instar::database_exists(url)) {
      instar::create_database(url);
    }
    instar::open_database(url)->execute(sql);
  }
};

// A project whose database is one of the test server's, with some tenants.
struct tenants_project {
  scratch_database database;
  project p{database.url().libpq_text()};

  explicit tenants_project(const std::vector<std::string>& schemas) {
    two_migrations(p);
    const auto server = database.open();
    for (const std::string& schema : schemas) {
      server->execute("CREATE SCHEMA " + schema);
    }
  }
};

std::string text_of(const boost::json::value& value) {
  return std::string{value.as_string()};
}

}  // namespace

TEST_CASE("--targets: a line for each database, and a summary") {
  const files_project f{"# ours\nsqlite:a.db\n\nsqlite:b.db\n"};
  const process_result first = f.deploy({});
  INFO(first.err);
  CHECK(first.exit_code == 0);
  CHECK(contains(first.out, "Applied     a.db  2 migrations to 20240102000000_two  "));
  CHECK(contains(first.out, "Applied     b.db  2 migrations to 20240102000000_two  "));
  CHECK(first.out.ends_with("2 databases: 2 applied.\n"));
  CHECK(contains(first.err, "2 databases, 4 at a time.\n"));
  const process_result again = f.deploy({"--quiet"});
  CHECK(contains(again.out, "Up to date  a.db  "));
  CHECK(again.out.ends_with("2 databases: 2 up to date.\n"));
  CHECK(again.err.empty());
}

TEST_CASE("--targets -: the list comes from standard input") {
  const project p{""};
  two_migrations(p);
  const process_result result =
      p.run(without_models, {"migrate", "deploy", "--targets", "-", "--up-to", "20240101000000_one"}, "sqlite:a.db\n");
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "Applied     a.db  20240101000000_one  "));
}

TEST_CASE("--targets: a failure in the middle ends with 1, and what is not begun is counted") {
  const files_project f{"sqlite:a.db\nsqlite:b.db\nsqlite:c.db\n"};
  f.run("b.db", "CREATE TABLE two (x INTEGER)");
  const process_result result = f.deploy({"--jobs", "1", "--allow-not-empty"});
  INFO(result.err);
  CHECK(result.exit_code == 1);
  CHECK(contains(result.out, "Applied     a.db  "));
  CHECK(contains(result.out, "Failed      b.db  after 20240101000000_one  "));
  CHECK(contains(result.out, "  INS4030: The migration 20240102000000_two failed: "));
  CHECK(result.out.ends_with("3 databases: 1 applied, 1 failed, 1 not begun.\n"));
  CHECK(contains(result.err, "error[INS4030]: "));
  CHECK(contains(result.err, "--> migrations/20240102000000_two/migration.sql:1:"));
  CHECK(contains(result.err, "= target: b.db\n"));
  CHECK(contains(result.err, "--keep-going goes on with them. Run the command again to go on"));

  const process_result others = f.deploy({"--keep-going"});
  CHECK(others.exit_code == 1);
  CHECK(others.out.ends_with("3 databases: 1 applied, 1 up to date, 1 failed.\n"));

  f.run("b.db", "DROP TABLE two");
  CHECK(f.deploy({}).out.ends_with("3 databases: 1 applied, 2 up to date.\n"));
}

TEST_CASE("--targets: one error of many databases is told once") {
  std::string list;
  for (int i = 0; i != 8; ++i) {
    list += "sqlite:db" + std::to_string(i) + ".db\n";
  }
  const files_project f{list};
  f.p.migration("20240103000000_bad", "SELECT * FROM nope;\n");
  const process_result result = f.deploy({"--keep-going"});
  CHECK(result.exit_code == 1);
  CHECK(result.out.ends_with("8 databases: 8 failed.\n"));
  const auto first = result.err.find("error[INS4030]");
  CHECK(first != std::string::npos);
  CHECK(result.err.find("error[", first + 1) == std::string::npos);
  CHECK(contains(result.err, " and 3 more\n"));
  CHECK(document_of(f.deploy({"--keep-going", "--json"})).at("errors").as_array()[0].at("targets").as_array().size() ==
        8);
}

TEST_CASE("--canary: the others begin only when the first end well") {
  const files_project f{"sqlite:a.db\nsqlite:b.db\nsqlite:c.db\n"};
  f.run("a.db", "CREATE TABLE two (x INTEGER)");
  const process_result result = f.deploy({"--canary", "1", "--keep-going", "--allow-not-empty"});
  CHECK(result.exit_code == 1);
  CHECK(result.out.ends_with("3 databases: 1 failed, 2 not begun.\n"));
  CHECK(contains(result.err, "A canary failed, so the others were not begun."));
  f.run("a.db", "DROP TABLE two");
  CHECK(f.deploy({"--canary", "1"}).exit_code == 0);
}

TEST_CASE("--targets --json: one document, with every target in the order of the list") {
  const files_project f{"sqlite:a.db\nsqlite:b.db\nsqlite:c.db\n"};
  f.run("b.db", "CREATE TABLE two (x INTEGER)");
  const auto document = document_of(f.deploy({"--json", "--jobs", "1", "--allow-not-empty"}));
  const auto& targets = document.at("result").at("targets").as_array();
  REQUIRE(targets.size() == 3);
  CHECK(text_of(targets[0].at("target")) == "a.db");
  CHECK(text_of(targets[0].at("state")) == "applied");
  CHECK(targets[0].at("applied").as_array().size() == 2);
  CHECK(text_of(targets[1].at("state")) == "failed");
  CHECK(targets[1].at("line").to_number<int>() == 2);
  CHECK(text_of(targets[1].at("applied").at(0).at("name")) == "20240101000000_one");
  CHECK(text_of(targets[1].at("error").at("code")) == "INS4030");
  CHECK(text_of(targets[1].at("error").at("migration")) == "20240102000000_two");
  CHECK(text_of(targets[2].at("state")) == "not begun");
  CHECK(document.at("result").at("summary").at("failed").to_number<int>() == 1);
  CHECK(error_code(document) == "INS4030");
}

TEST_CASE("--targets: what is wrong with the list or the history is said before any database is touched") {
  const files_project bad{"sqlite:a.db\nhunter2@nonsense\n"};
  const process_result line = bad.deploy({});
  CHECK(line.exit_code == 1);
  CHECK(contains(line.err, "error[INS4120]"));
  CHECK(contains(line.err, " --> list:2\n"));
  CHECK_FALSE(contains(line.err, "hunter2"));
  const auto document = document_of(bad.deploy({"--json"}));
  CHECK(document.at("errors").at(0).at("location").at("line").to_number<int>() == 2);
  CHECK_FALSE(bad.p.exists("a.db"));

  const files_project empty{"# none\n"};
  CHECK(contains(empty.deploy({}).err, "error[INS4121]"));

  const files_project broken{"sqlite:a.db\n"};
  broken.p.write("migrations/20240103000000_three/readme", "no script");
  CHECK(contains(broken.deploy({}).err, "error[INS4002]"));
  CHECK_FALSE(broken.p.exists("a.db"));

  const files_project missing{""};
  CHECK(contains(missing.p.run(without_models, {"migrate", "deploy", "--targets", "nope"}).err, "error[INS4012]"));
}

TEST_CASE("--targets: a database that is listed twice is deployed to once, with a warning") {
  const files_project f{"sqlite:a.db\nfile:./a.db\n"};
  const process_result result = f.deploy({});
  CHECK(result.exit_code == 0);
  CHECK(contains(result.err, "warning[INS4122]: list:2 is the same database as line 1"));
  CHECK(result.out.ends_with("1 database: 1 applied.\n"));
}

TEST_CASE("--targets: passwords are shown nowhere, and what looks the same is told apart by its line") {
  const project p{""};
  two_migrations(p);
  std::string role = postgres_server().libpq_text();
  const std::size_t from = role.find("//") + 2;
  const std::size_t at = role.find('@');
  const auto with_password = [&](const std::string& password) {
    std::string url = role;
    return url.replace(from, at < url.find('?') ? at + 1 - from : 0, "instar_needs_password:" + password + "@");
  };
  p.write("list", with_password("hunter2") + '\n' + with_password("hunter3") + '\n');
  for (const std::string more : {"--quiet", "--verbose", "--json"}) {
    const process_result result =
        p.run(without_models, {"migrate", "deploy", "--targets", "list", "--keep-going", more});
    INFO(result.out << result.err);
    CHECK(result.exit_code == 1);
    CHECK(contains(result.out, "INS3011"));
    CHECK(contains(result.out, "(line 1)"));
    CHECK(contains(result.out, "(line 2)"));
    CHECK_FALSE(contains(result.out + result.err, "hunter"));
  }
}

TEST_CASE("several databases: what goes together, and what does not") {
  const project p{""};
  for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{
           {"--targets", "list", "--schemas", "t%"},
           {"--targets", "list", "--url", "sqlite:a.db"},
           {"--targets", "list", "--env-file", "x"},
           {"--schemas", "t%", "--url", "sqlite:a.db"},
           {"--schemas", "t%", "--url", "postgresql://h/d", "--ledger", "public.ledger"},
           {"--schemas", ""},
           {"--jobs", "2"},
           {"--canary", "1"},
           {"--keep-going"},
           {"--targets", "list", "--jobs", "0"},
           {"--targets", "list", "--canary", "some"}}) {
    std::vector<std::string> words{"migrate", "deploy"};
    words.insert(words.end(), more.begin(), more.end());
    const process_result result = p.run(without_models, words);
    INFO(more.front() << ": " << result.err);
    CHECK(result.exit_code == 64);
    CHECK(result.out.empty());
    CHECK(contains(result.err, "error[INS500"));
    CHECK(contains(result.err, "help: "));
  }
}

TEST_CASE("--schemas: every tenant has tables and a ledger of its own, whatever its name") {
  const tenants_project t{{"tenant_1", "\"tenant_O'Neil \"\"q\"\". \\z\"", "\"tenant_\x1B[31m\"", "other"}};
  const process_result result = t.p.run(without_models, {"migrate", "deploy", "--schemas", "tenant\\_%"});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.err, "3 schemas, 4 at a time."));
  CHECK(contains(result.out, "Applied     tenant_1"));
  CHECK(contains(result.out, "Applied     tenant_O'Neil \"q\". \\z"));
  CHECK(contains(result.out, "tenant_\\x1B[31m"));
  CHECK(result.out.ends_with("3 schemas: 3 applied.\n"));
  CHECK(
      t.p.ask("SELECT count(*) FROM pg_tables WHERE tablename = '_instar_migrations' AND schemaname LIKE 'tenant%'") ==
      "3");
  CHECK(t.p.ask("SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'other')") == "0");

  const auto document = document_of(t.p.run(without_models, {"migrate", "deploy", "--schemas", "tenant%", "--json"}));
  CHECK(document.at("result").at("summary").at("up_to_date").to_number<int>() == 3);
  CHECK(text_of(document.at("result").at("targets").at(1).at("schema")) == "tenant_1");
}

TEST_CASE("--schemas: a pattern that nothing matches is an error") {
  const tenants_project t{{}};
  const process_result result = t.p.run(without_models, {"migrate", "deploy", "--schemas", "tenant%"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS4121]: No schema of "));
}

TEST_CASE("--schemas: what the server says by the way is told with the tenant") {
  const tenants_project t{{"tenant_1"}};
  t.p.migration("20240103000000_talk", "DO $$ BEGIN RAISE NOTICE 'hello'; END $$;\n");
  CHECK(contains(t.p.run_well(without_models, {"migrate", "deploy", "--schemas", "tenant%"}).err,
                 "tenant_1: notice: NOTICE:  hello"));
}

TEST_CASE("Ctrl-C stops every worker, and the summary says what is left") {
  const bool json = GENERATE(false, true);
  const tenants_project t{{"tenant_1", "tenant_2", "tenant_3", "tenant_4", "tenant_5"}};
  t.p.migration("20240103000000_slow", "CREATE TABLE slow (id integer);\nSELECT pg_sleep(60);\n");
  std::vector<std::string> words{"migrate", "deploy", "--schemas", "tenant%", "--jobs", "2"};
  if (json) {
    words.emplace_back("--json");
  }
  process running{project::command(without_models, words), t.p.options()};
  for (int i = 0; i < 1000; ++i) {
    if (t.p.ask(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()") ==
        "2") {
      break;
    }
    std::this_thread::sleep_for(20ms);
  }
  running.signal(SIGINT);
  const process_result result = running.finish(20s);
  INFO(result.out << result.err);
  CHECK(result.exit_code == 130);
  if (json) {
    const auto document = document_of(result);
    CHECK(error_code(document) == "INS4090");
    CHECK(document.at("result").at("summary").at("interrupted").to_number<int>() == 2);
    CHECK(document.at("result").at("summary").at("not_begun").to_number<int>() == 3);
  } else {
    CHECK(contains(result.out, "Interrupted  tenant_1  after 2 migrations to 20240102000000_two  "));
    CHECK(result.out.ends_with("5 schemas: 2 interrupted, 3 not begun.\n"));
    CHECK(contains(result.err, "error[INS4090]"));
    CHECK(contains(result.err, "= targets: tenant_1, tenant_2\n"));
    CHECK(contains(result.err, "Run the command again to go on"));
  }
  CHECK(t.p.ask("SELECT count(*) FROM pg_tables WHERE tablename = 'slow'") == "0");
  CHECK(t.p.ask("SELECT count(*) FROM tenant_1._instar_migrations WHERE finished_at IS NOT NULL") == "2");
}

TEST_CASE("a models' migrator deploys its history to many, too") {
  const project p{"sqlite:dev.db"};
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  p.write("list", "sqlite:a.db\nsqlite:b.db\n");
  CHECK(p.run_well(with_v1, {"migrate", "deploy", "--targets", "list"}).out.ends_with("2 databases: 2 applied.\n"));
}
