// `migrate dev` with models, on SQLite.

#include "cli/program.hpp"

using namespace instar_test;

TEST_CASE("the first migration is planned, written, applied and shown") {
  const project p;
  const process_result result = p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  CHECK(contains(result.out, "+ table users"));
  REQUIRE(p.migration_names().size() == 1);
  const std::string name = p.migration_names().front();
  CHECK(name.size() == 14 + 5);
  CHECK(name.substr(14) == "_init");
  CHECK(contains(result.out, "Wrote   migrations/" + name + "/migration.sql\n"));
  CHECK(contains(result.out, "migrations/snapshot.hpp\n"));
  CHECK(contains(result.out, "Applied " + name + "  "));
  CHECK(contains(result.out, "SQLite dev.db is in sync with the models"));
  CHECK(contains(result.err, "Database: SQLite dev.db, from DATABASE_URL\n"));
  CHECK(contains(p.read("migrations/" + name + "/migration.sql"), "CREATE TABLE \"users\""));
  CHECK(contains(p.read("migrations/migration_lock.toml"), "provider = \"sqlite\""));
  CHECK(p.exists("migrations/snapshot.hpp"));
  CHECK(p.ask("SELECT count(*) FROM users") == "2");  // the database was made just now, so it was seeded
}

TEST_CASE("without a change there is nothing to do, whatever name is given") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  const process_result again = p.run_well(with_v1, {"migrate", "dev", "--name", "nothing"});
  CHECK(again.out == "Already in sync: no change in the models, no pending migration.\n");
  CHECK(p.migration_names().size() == 1);
}

TEST_CASE("--skip-seed leaves a new database empty") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init", "--skip-seed"});
  CHECK(p.ask("SELECT count(*) FROM users") == "0");
}

TEST_CASE("a changed model becomes the next migration, and the data stays") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  const process_result result = p.run_well(with_v2, {"migrate", "dev", "--name", "posts"});
  CHECK(contains(result.out, "+ table posts"));
  CHECK(contains(result.out, "+ column users.city"));
  CHECK(p.migration_names().size() == 2);
  CHECK(p.ask("SELECT count(*) FROM users") == "2");
  CHECK(p.ask("SELECT count(*) FROM posts") == "0");
}

TEST_CASE("without a name and without a terminal: exit 3, the flag, and nothing written") {
  const project p;
  const process_result result = p.run(with_v1, {"migrate", "dev"});
  CHECK(result.exit_code == 3);
  CHECK(contains(result.err, "--name init"));
  CHECK(p.migration_names().empty());
}

TEST_CASE("--yes takes the name that the plan suggests") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--yes"});
  REQUIRE(p.migration_names().size() == 1);
  CHECK(p.migration_names().front().substr(14) == "_init");
}

TEST_CASE("a step that destroys data wants its flag, and --yes is not it") {
  const project p;
  p.run_well(with_v2, {"migrate", "dev", "--name", "init"});
  p.write("names.sql", "UPDATE users SET name = 'n';\n");
  p.run_well(without_models, {"db", "execute", "--file", "names.sql"});
  const process_result refused = p.run(with_v3, {"migrate", "dev", "--name", "drop_name", "--yes"});
  CHECK(refused.exit_code == 3);
  CHECK(contains(refused.out, "- column users.name"));
  CHECK(contains(refused.err, "warning[INS2002]"));
  CHECK(contains(refused.err, "drops column users.name: 2 of 2 rows are not null"));
  CHECK(contains(refused.err, "--accept-data-loss"));
  CHECK(contains(refused.err, "renamed_from"));
  CHECK(contains(refused.err, "Nothing was written; the database was not changed."));
  CHECK(p.migration_names().size() == 1);

  p.run_well(with_v3, {"migrate", "dev", "--name", "drop_name", "--accept-data-loss"});
  REQUIRE(p.migration_names().size() == 2);
  CHECK(contains(p.read("migrations/" + p.migration_names().back() + "/migration.sql"),
                 "-- instar: at most 2 rows, INS2002 drops column users.name: SELECT count(*) FROM \"users\" WHERE"));
  CHECK(p.ask("SELECT count(*) FROM pragma_table_info('users') WHERE name = 'name'") == "0");
  CHECK(p.ask("SELECT count(*) FROM users") == "2");
}

TEST_CASE("a step that would destroy data, but has none to destroy, is not asked about") {
  const project p;
  p.run_well(with_v2, {"migrate", "dev", "--name", "init"});
  p.run_well(with_v3, {"migrate", "dev", "--name", "drop_name"});
  REQUIRE(p.migration_names().size() == 2);
  CHECK(contains(p.read("migrations/" + p.migration_names().back() + "/migration.sql"), "at most 0 rows, INS2002"));
}

TEST_CASE("a rename that names nothing is refused, and nothing is written") {
  const project p;
  p.run_well(with_v2, {"migrate", "dev", "--name", "init"});
  const process_result refused = p.run(with_v3, {"migrate", "dev", "--name", "x", "--rename", "users.nmae=full_name"});
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.err, "error[INS4074]"));
  CHECK(contains(refused.err, "has no column nmae"));
  CHECK(p.migration_names().size() == 1);
}

TEST_CASE("--create-only writes and does not apply, not even what destroys data, and asks nothing") {
  const project p;
  p.run_well(with_v2, {"migrate", "dev", "--name", "init"});
  const process_result result = p.run_well(with_v3, {"migrate", "dev", "--name", "drop_name", "--create-only"});
  CHECK(contains(result.out, "Not applied."));
  CHECK(contains(result.err, "warning[INS2002]"));
  REQUIRE(p.migration_names().size() == 2);
  CHECK(p.ask("SELECT count(*) FROM pragma_table_info('users') WHERE name = 'name'") == "1");
  // The next dev applies it, and finds nothing more to do.
  const process_result applied = p.run_well(with_v3, {"migrate", "dev"});
  CHECK(contains(applied.out, "Applied " + p.migration_names().back()));
  CHECK(p.ask("SELECT count(*) FROM pragma_table_info('users') WHERE name = 'name'") == "0");
}

TEST_CASE("--create-only applies the migrations before the new one, and that one alone is left") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  p.migration("20990101000000_by_hand", "CREATE TABLE hand (id INTEGER PRIMARY KEY);\n");
  p.run_well(with_v1, {"generate", "--only", "snapshot"});
  const process_result result = p.run_well(with_v2, {"migrate", "dev", "--name", "posts", "--create-only"});
  CHECK(contains(result.out, "Applied 20990101000000_by_hand"));
  CHECK(contains(result.out, "Not applied."));
  CHECK(p.ask("SELECT count(*) FROM hand") == "0");
  CHECK(p.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'posts'") == "0");
  REQUIRE(p.migration_names().size() == 3);
  CHECK(p.ask("SELECT count(*) FROM _instar_migrations") == "2");
}

TEST_CASE("--create-only on a new database applies what is pending, and does not seed yet") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  std::filesystem::remove(p.path() / "dev.db");
  p.run_well(with_v2, {"migrate", "dev", "--name", "posts", "--create-only"});
  CHECK(p.ask("SELECT count(*) FROM users") == "0");
}

TEST_CASE("a change that SQLite has no SQL for makes no migration, and the snapshot follows") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  const process_result result = p.run_well(with_commented, {"migrate", "dev"});
  CHECK(contains(result.out, "The change (1 step):"));
  CHECK(contains(result.out, "Wrote   migrations/snapshot.hpp\n"));
  CHECK(contains(result.out, "SQLite dev.db has nothing to run for it, so there is no migration.\n"));
  CHECK(p.migration_names().size() == 1);
  CHECK(contains(p.read("migrations/snapshot.hpp"), "who may log in"));
  CHECK(p.run_well(with_commented, {"migrate", "dev"}).out ==
        "Already in sync: no change in the models, no pending migration.\n");
  CHECK(p.run_well(with_commented, {"generate", "--only", "snapshot", "--check"}).exit_code == 0);
}

TEST_CASE("--json: a change that SQLite has no SQL for names the snapshot and no migration") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  const auto document = document_of(p.run_well(with_commented, {"migrate", "dev", "--json"}));
  const auto& result = document.at("result").as_object();
  CHECK(result.at("created").is_null());
  CHECK(result.at("snapshot").as_string() == "migrations/snapshot.hpp");
}

TEST_CASE("--create-only without a change writes an empty migration to be filled in") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  p.run_well(with_v1, {"migrate", "dev", "--name", "backfill", "--create-only"});
  REQUIRE(p.migration_names().size() == 2);
  p.migration(p.migration_names().back(), "UPDATE users SET name = 'filled';\n");
  p.run_well(with_v1, {"migrate", "dev"});
  CHECK(p.ask("SELECT count(*) FROM users WHERE name = 'filled'") == "2");
}

TEST_CASE("an edited migration stops dev, with a way out that is not a reset") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  const std::string name = p.migration_names().front();
  p.migration(name, p.read("migrations/" + name + "/migration.sql") + "-- an afterthought\n");
  const process_result result = p.run(with_v2, {"migrate", "dev", "--name", "posts"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS4021]"));
  CHECK_FALSE(contains(result.err, "warning[INS4021]"));  // once is enough
  CHECK(contains(result.err, name));
  CHECK(contains(result.err, "its statements are still the same"));
  CHECK(contains(result.err, "migrate resolve --repair " + name));
  CHECK(p.migration_names().size() == 1);
  p.run_well(with_v2, {"migrate", "resolve", "--repair", name});
  p.run_well(with_v2, {"migrate", "dev", "--name", "posts"});
  CHECK(p.migration_names().size() == 2);
}

TEST_CASE("drift stops dev, and is undone or adopted") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  p.write("by_hand.sql", "CREATE INDEX by_hand ON users (name);\n");
  p.run_well(without_models, {"db", "execute", "--file", "by_hand.sql"});
  const process_result refused = p.run(with_v1, {"migrate", "dev"});
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.out, "  + index by_hand of users\n"));
  CHECK(contains(refused.err, "error[INS4053]"));
  CHECK(contains(refused.err, "migrate dev --adopt-drift"));
  CHECK(contains(refused.err, "migrate dev --revert-drift"));

  SECTION("undone") {
    const process_result undone = p.run_well(with_v1, {"migrate", "dev", "--revert-drift"});
    CHECK(contains(undone.out, "Undone in the database (1 step):\n  - index by_hand of users\n"));
    CHECK(p.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'by_hand'") == "0");
    CHECK(p.migration_names().size() == 1);
    const process_result again = p.run_well(with_v1, {"migrate", "dev", "--revert-drift"});
    CHECK(contains(again.out, "Already in sync"));
  }
  SECTION("not adopted before the models say it") {
    const process_result silent = p.run(with_v1, {"migrate", "dev", "--adopt-drift", "--name", "by_hand"});
    CHECK(silent.exit_code == 1);
    CHECK(contains(silent.err, "error[INS4054]"));
    CHECK(contains(silent.err, "- index by_hand of users"));
    CHECK(p.migration_names().size() == 1);
  }
  SECTION("the two at once are refused") {
    CHECK(p.run(with_v1, {"migrate", "dev", "--adopt-drift", "--revert-drift"}).exit_code == 64);
    CHECK(p.run(with_v1, {"migrate", "dev", "--adopt-drift", "--skip-shadow"}).exit_code == 64);
  }
}

TEST_CASE("undoing what holds data wants an answer") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  p.write("by_hand.sql", "CREATE TABLE by_hand (id INTEGER PRIMARY KEY);\n"
                         "INSERT INTO by_hand VALUES (1), (2);\n");
  p.run_well(without_models, {"db", "execute", "--file", "by_hand.sql"});
  const process_result asked = p.run(with_v1, {"migrate", "dev", "--revert-drift"});
  INFO(asked.err);
  CHECK(asked.exit_code == 3);
  CHECK(contains(asked.err, "--accept-data-loss"));
  CHECK(contains(asked.err, "warning[INS2001]: drops table by_hand: 2 rows."));
  CHECK(contains(asked.err, "error[INS4071]: Undoing what was changed by hand destroys data: it drops"));
  CHECK(p.ask("SELECT count(*) FROM by_hand") == "2");
  p.run_well(with_v1, {"migrate", "dev", "--revert-drift", "--accept-data-loss"});
  CHECK(p.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'by_hand'") == "0");
}

TEST_CASE("undoing a table without rows destroys nothing, and asks nobody") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  p.write("by_hand.sql", "CREATE TABLE by_hand (id INTEGER PRIMARY KEY);\n");
  p.run_well(without_models, {"db", "execute", "--file", "by_hand.sql"});
  p.run_well(with_v1, {"migrate", "dev", "--revert-drift"});
  CHECK(p.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'by_hand'") == "0");
}

TEST_CASE("what was changed by hand and in the models is adopted") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  p.write("by_hand.sql",
          p.run_well(with_v2, {"migrate", "diff", "--from", "database", "--to", "models", "--script"}).out);
  p.run_well(without_models, {"db", "execute", "--file", "by_hand.sql"});
  const auto document =
      document_of(p.run_well(with_v2, {"migrate", "dev", "--adopt-drift", "--name", "by_hand", "--json"}));
  REQUIRE(p.migration_names().size() == 2);
  CHECK(document.at("result").at("created").at("name").as_string() == p.migration_names().back());
  p.run_well(without_models, {"migrate", "status"});
  CHECK(contains(p.run_well(with_v2, {"migrate", "dev"}).out, "Already in sync"));
}

TEST_CASE("a missing migration stops dev, with a way out that is not a reset") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  const std::string name = p.migration_names().front();
  std::filesystem::rename(p.migrations() / name, p.path() / "elsewhere");
  const process_result result = p.run(with_v2, {"migrate", "dev", "--name", "posts"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS4022]"));
  CHECK(contains(result.err, name));
  CHECK(p.migration_names().empty());
  std::filesystem::rename(p.path() / "elsewhere", p.migrations() / name);
  p.run_well(with_v2, {"migrate", "dev", "--name", "posts"});
}

TEST_CASE("--json: one document with the plan, the file and what was applied") {
  const project p;
  const auto document = document_of(p.run_well(with_v1, {"migrate", "dev", "--name", "init", "--json"}));
  CHECK(document.at("command").as_string() == "migrate dev");
  const auto& result = document.at("result").as_object();
  CHECK_FALSE(result.at("steps").as_array().empty());
  CHECK(result.at("loses_data").as_bool() == false);
  CHECK(result.at("created").at("name").as_string() == p.migration_names().front());
  CHECK(result.at("applied").as_array().size() == 1);
  CHECK(result.at("seeded").as_bool());
}

TEST_CASE("--json never asks: exit 3 with the question in the document") {
  const project p;
  const process_result result = p.run(with_v1, {"migrate", "dev", "--json"});
  CHECK(result.exit_code == 3);
  CHECK(error_code(document_of(result)) == "INS4072");
}

TEST_CASE("without models, dev names what has them, and --create-only still works") {
  const project p;
  const process_result result = p.run(without_models, {"migrate", "dev", "--name", "x"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS4070]"));
  CHECK(contains(result.err, "instar_add_migrator"));
  CHECK(contains(result.err, "--create-only"));
  CHECK(p.migration_names().empty());

  p.run_well(without_models, {"migrate", "dev", "--create-only", "--name", "by hand"});
  REQUIRE(p.migration_names().size() == 1);
  CHECK(p.migration_names().front().substr(14) == "_by_hand");
  CHECK(contains(p.read("migrations/migration_lock.toml"), "sqlite"));
  p.migration(p.migration_names().front(), "CREATE TABLE hand (id INTEGER PRIMARY KEY);\n");
  p.run_well(without_models, {"migrate", "deploy"});
  CHECK(p.ask("SELECT count(*) FROM hand") == "0");
}
