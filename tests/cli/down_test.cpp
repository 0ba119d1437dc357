// `migrate down`, on SQLite.

#include "cli/program.hpp"

using namespace instar_test;

namespace {

/// The project of these tests: two migrations, of which the second made `posts` and a column of `users`.
void migrate_twice(const project& p) {
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  p.run_well(with_v2, {"migrate", "dev", "--name", "posts"});
}

}  // namespace

TEST_CASE("dev names the down script that it writes") {
  const project p;
  const process_result result = p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  CHECK(contains(result.out, "        migrations/" + p.migration_names().front() + "/down.sql\n"));
}

TEST_CASE("down takes the last migration back, and says that it is pending") {
  const project p;
  migrate_twice(p);
  const std::string name = p.migration_names().back();
  const process_result result = p.run_well(without_models, {"migrate", "down"});
  CHECK(contains(result.out, "Took back " + name + "  "));
  CHECK(contains(result.out, "It is pending now. `"));
  CHECK(p.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'posts'") == "0");
  CHECK(p.run(without_models, {"migrate", "status"}).exit_code == 1);
  p.run_well(without_models, {"migrate", "deploy"});
  p.run_well(with_v2, {"migrate", "status"});
  CHECK(p.run_well(without_models, {"migrate", "down", "--to", name}).out ==
        "Nothing to take back: " + name + " is the last that is applied.\n");
}

TEST_CASE("down shows what it would destroy, and without a terminal names the flag") {
  const project p;
  migrate_twice(p);
  const process_result refused = p.run(without_models, {"migrate", "down", "--steps", "2"});
  CHECK(refused.exit_code == 3);
  CHECK(contains(refused.out, "INS2001 drops table users: 2 rows\n"));
  CHECK(contains(refused.err, "--accept-data-loss"));
  CHECK(p.ask("SELECT count(*) FROM users") == "2");
  CHECK(p.run_well(without_models, {"migrate", "down", "--steps", "2", "--accept-data-loss"}).exit_code == 0);
}

TEST_CASE("down as a document") {
  const project p;
  migrate_twice(p);
  const auto document = document_of(p.run(without_models, {"migrate", "down", "--json"}));
  const auto& taken = document.at("result").at("taken_back").as_array();
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].at("name").as_string() == p.migration_names().back());
}

TEST_CASE("down wants a number of migrations or the name of one, not both") {
  const project p;
  const process_result bad = p.run(without_models, {"migrate", "down", "--steps", "0"});
  CHECK(bad.exit_code == 64);
  CHECK(p.run(without_models, {"migrate", "down", "--steps", "1", "--to", "x"}).exit_code == 64);
}

TEST_CASE("down --remove gives a migration up, so that it can be written anew") {
  const project p;
  migrate_twice(p);
  const std::string name = p.migration_names().back();
  const process_result result = p.run_well(with_v2, {"migrate", "down", "--remove"});
  CHECK(contains(result.out, "Removed   migrations/" + name + "\n"));
  CHECK(p.migration_names().size() == 1);
  CHECK(p.run_well(with_v1, {"migrate", "dev"}).out ==
        "Already in sync: no change in the models, no pending migration.\n");
}
