// `lint`, the hazards of `migrate diff` and `validate`, and what `migrate deploy` says of scripts that destroy data.

#include "cli/program.hpp"

using namespace instar_test;

namespace {

constexpr std::string_view busy = "CREATE TABLE log (a int);\n"
                                  "ALTER TABLE users DROP COLUMN name;\n"
                                  "CREATE INDEX i ON users (email);\n";

/// What a SARIF 2.1.0 log must have, and what code hosts read of it.
void check_shape(const boost::json::value& log) {
  const auto& whole = log.as_object();
  CHECK(whole.at("version").as_string() == "2.1.0");
  CHECK(contains(std::string{whole.at("$schema").as_string()}, "sarif-2.1.0"));
  REQUIRE(whole.at("runs").as_array().size() == 1);
  const auto& run = whole.at("runs").as_array().front().as_object();
  const auto& driver = run.at("tool").as_object().at("driver").as_object();
  CHECK(driver.at("name").as_string() == "instar");
  CHECK(run.at("columnKind").as_string() == "unicodeCodePoints");
  const auto& rules = driver.at("rules").as_array();
  for (const auto& rule : rules) {
    CHECK(rule.as_object().at("id").as_string().starts_with("INS20"));
    CHECK_FALSE(rule.as_object().at("shortDescription").as_object().at("text").as_string().empty());
    CHECK_FALSE(rule.as_object().at("help").as_object().at("text").as_string().empty());
  }
  for (const auto& one : run.at("results").as_array()) {
    const auto& result = one.as_object();
    const auto index = static_cast<std::size_t>(result.at("ruleIndex").as_int64());
    REQUIRE(index < rules.size());
    CHECK(rules[index].as_object().at("id") == result.at("ruleId"));
    const auto& level = result.at("level").as_string();
    CHECK((level == "error" || level == "warning"));
    CHECK_FALSE(result.at("message").as_object().at("text").as_string().empty());
    for (const auto& place : result.at("locations").as_array()) {
      const auto* physical = place.as_object().if_contains("physicalLocation");
      if (physical == nullptr)
        continue;
      CHECK_FALSE(physical->as_object().at("artifactLocation").as_object().at("uri").as_string().starts_with("file:"));
      CHECK(physical->as_object().at("region").as_object().at("startLine").as_int64() >= 1);
      CHECK(physical->as_object().at("region").as_object().at("startColumn").as_int64() >= 1);
    }
  }
}

}  // namespace

TEST_CASE("lint says what can go wrong with a script, and where") {
  const project p;
  p.write("busy.sql", busy);
  const process_result result = p.run(without_models, {"lint", "--dialect", "postgresql", "busy.sql"});
  CHECK(result.exit_code == 0);
  CHECK(result.out == "1 script checked: 3 hazards.\n");
  CHECK(contains(result.err, "warning[INS2002]: Drops column `users.name` with all its values.\n"
                             "  --> busy.sql:2:19\n"
                             "   |\n"
                             " 2 | ALTER TABLE users DROP COLUMN name;\n"
                             "   |                   ^\n"));
  CHECK(contains(result.err, "warning[INS2020]"));
  CHECK(contains(result.err, "help: Use CONCURRENTLY, outside of a transaction."));
  CHECK(p.run(without_models, {"lint", "--exit-code", "busy.sql"}).exit_code == 2);
  p.write("calm.sql", "CREATE TABLE log (a int);\n");
  const process_result calm = p.run(without_models, {"lint", "--exit-code", "calm.sql"});
  CHECK(calm.exit_code == 0);
  CHECK(calm.out == "1 script checked: no hazard.\n");
}

TEST_CASE("lint reads a folder in the dialect of its lock file, and the migrations by default") {
  const project p;
  p.write("migrations/migration_lock.toml", "provider = \"sqlite\"\n");
  p.write("migrations/20240101000000_a/migration.sql", "CREATE INDEX i ON users (email);\n");
  p.write("migrations/20240101000000_a/down.sql", "DROP TABLE users;\n");
  p.write("migrations/20240102000000_b/migration.sql", "ALTER TABLE users DROP COLUMN name;\n");
  const process_result result = p.run(without_models, {"lint"});
  CHECK(result.out == "2 scripts checked: 1 hazard.\n");
  CHECK(contains(result.err, "--> migrations/20240102000000_b/migration.sql:1:19"));
  CHECK(p.run(without_models, {"lint", "migrations", "--dialect", "postgresql"}).out ==
        "2 scripts checked: 4 hazards.\n");
}

TEST_CASE("lint --json has everything about a hazard, and --sarif is a log of SARIF 2.1.0") {
  const project p;
  p.write("busy.sql", busy);
  const auto document = document_of(p.run(without_models, {"lint", "busy.sql", "--json"}));
  const auto& hazards = document.at("result").as_object().at("hazards").as_array();
  REQUIRE(hazards.size() == 3);
  const auto& index = hazards[2].as_object();
  CHECK(index.at("code").as_string() == "INS2020");
  CHECK(index.at("lock").as_string() == "SHARE");
  CHECK(index.at("table").as_string() == "users");
  CHECK_FALSE(index.at("destroys_data").as_bool());
  CHECK(index.at("location").as_object().at("line").as_int64() == 3);
  CHECK(hazards[1].as_object().at("column").as_string() == "name");

  const process_result sarif = p.run(without_models, {"lint", "busy.sql", "--sarif"});
  CHECK(sarif.err.empty());
  check_shape(parse_document(sarif.out));
  p.write("calm.sql", "CREATE TABLE log (a int);\n");
  check_shape(parse_document(p.run(without_models, {"lint", "calm.sql", "--sarif"}).out));
  CHECK(p.run(without_models, {"lint", "busy.sql", "--sarif", "--json"}).exit_code == 64);
}

TEST_CASE("lint of what is no script is an error with its place") {
  const project p;
  p.write("psql.sql", "SELECT 1;\n\\d users\n");
  const process_result result = p.run(without_models, {"lint", "psql.sql"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS3104]"));
  CHECK(contains(result.err, "--> psql.sql:2:1"));
  CHECK(p.run(without_models, {"lint", "nothing.sql"}).exit_code == 64);
}

TEST_CASE("diff shows hazards as text, as JSON and as SARIF") {
  const project p;
  p.make_database();
  p.write("old.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, gone TEXT, kept TEXT);\n");
  p.write("new.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, kept TEXT);\n");
  const std::vector<std::string> words{"migrate", "diff", "--from", "sql:old.sql", "--to", "sql:new.sql"};
  const auto with = [&](const char* option) {
    std::vector<std::string> more = words;
    more.emplace_back(option);
    return more;
  };
  CHECK(contains(p.run_well(without_models, words).err, "warning[INS2002]: drops column t.gone with all its values."));
  const auto document = document_of(p.run_well(without_models, with("--json")));
  const auto& hazards = document.at("result").as_object().at("hazards").as_array();
  REQUIRE(hazards.size() == 1);
  const auto& one = hazards[0].as_object();
  CHECK(one.at("code").as_string() == "INS2002");
  CHECK(one.at("step").as_string() == "- column t.gone");
  CHECK(one.at("table").as_string() == "t");
  CHECK(one.at("column").as_string() == "gone");
  CHECK(one.at("destroys_data").as_bool());
  const auto log = parse_document(p.run_well(without_models, with("--sarif")).out);
  check_shape(log);
  CHECK(contains(p.run_well(without_models, with("--sarif")).out, "\"fullyQualifiedName\": \"t.gone\""));
}

TEST_CASE("validate says which scripts have hazards") {
  const project p;
  p.write("migrations/migration_lock.toml", "provider = \"sqlite\"\n");
  p.write("migrations/20240101000000_a/migration.sql", "CREATE TABLE users (id INTEGER, name TEXT);\n");
  p.write("migrations/20240102000000_b/migration.sql", "ALTER TABLE users DROP COLUMN name;\n");
  const process_result result = p.run(without_models, {"validate"});
  CHECK(contains(result.err, "warning[INS5041]: What can go wrong with "
                             "migrations/20240102000000_b/migration.sql: INS2002."));
  CHECK_FALSE(contains(result.err, "20240101000000_a"));
  p.write("migrations/20240102000000_b/migration.sql",
          "-- instar: ignore INS2002 because nobody reads it\nALTER TABLE users DROP COLUMN name;\n");
  CHECK(p.run(without_models, {"validate"}).err.empty());
}

TEST_CASE("deploy says what a script of somebody else's destroys, where there are rows to lose") {
  const project p;
  p.write("migrations/migration_lock.toml", "provider = \"sqlite\"\n");
  p.write("migrations/20240101000000_a/migration.sql", "CREATE TABLE users (id INTEGER, name TEXT, age INTEGER);\n");
  p.write("migrations/20240102000000_b/migration.sql", "ALTER TABLE users DROP COLUMN name;\n");
  // All of it is new.
  CHECK_FALSE(contains(p.run_well(without_models, {"migrate", "deploy"}).err, "INS2002"));
  p.write("migrations/20240103000000_c/migration.sql",
          "ALTER TABLE users DROP COLUMN age;\nALTER TABLE users RENAME TO people;\n");
  const process_result result = p.run_well(without_models, {"migrate", "deploy"});
  CHECK(contains(result.err, "warning[INS2002]: 20240103000000_c: Drops column `users.age` with all its values."));
  CHECK_FALSE(contains(result.err, "INS2012"));
  CHECK_FALSE(contains(p.run_well(without_models, {"migrate", "deploy"}).err, "INS2002"));
}
