// `migrate squash`, on SQLite.

#include "cli/program.hpp"

using namespace instar_test;

TEST_CASE("squash replaces the first migrations, and a database that has them records it") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init", "--skip-seed"});
  p.run_well(with_v2, {"migrate", "dev", "--name", "posts"});
  p.run_well(with_v3, {"migrate", "dev", "--name", "more", "--accept-data-loss"});
  const std::vector<std::string> names = p.migration_names();
  REQUIRE(names.size() == 3);
  const process_result result = p.run_well(without_models, {"migrate", "squash", "--to", names[1]});
  const std::string squashed = names[1].substr(0, 14) + "_squashed";
  CHECK(contains(result.out, "Wrote   migrations/" + squashed + "/migration.sql\n        migrations/snapshot.hpp\n"));
  CHECK(contains(result.out, "Removed 2 migrations, from " + names[0] + " to " + names[1] + "\n"));
  CHECK(p.migration_names() == std::vector<std::string>{squashed, names[2]});
  const process_result status = p.run(without_models, {"migrate", "status", "--exit-code"});
  CHECK(status.exit_code == 2);
  CHECK(contains(status.out, "It replaces migrations that are applied; "));
  CHECK(contains(p.run_well(without_models, {"migrate", "deploy"}).out,
                 "Recorded " + squashed + ", which replaces what is applied\n"));
  p.run_well(with_v3, {"migrate", "status"});
  CHECK(p.run_well(with_v3, {"migrate", "dev"}).out ==
        "Already in sync: no change in the models, no pending migration.\n");
  p.run_well(with_v3, {"migrate", "status", "--drift"});
}

TEST_CASE("squash as a document, and without the name that it wants") {
  const project p;
  p.migration("20240101000000_a", "CREATE TABLE a (id INTEGER PRIMARY KEY);\n");
  p.migration("20240102000000_b", "CREATE TABLE b (id INTEGER PRIMARY KEY);\nINSERT INTO b VALUES (7);\n");
  CHECK(p.run(without_models, {"migrate", "squash"}).exit_code == 64);
  const auto document = document_of(
      p.run(without_models, {"migrate", "squash", "--to", "migrations/20240102000000_b/", "--name", "all", "--json"}));
  CHECK(document.at("result").at("name").as_string() == "20240102000000_all");
  CHECK(document.at("result").at("replaced").as_array().size() == 2);
  CHECK(document.at("warnings").as_array().size() == 2);
  p.run_well(without_models, {"migrate", "deploy"});
  CHECK(p.ask("SELECT id FROM b") == "7");
}
