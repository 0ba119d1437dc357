// `migrate diff`, `db …`, `generate`, `validate`, on SQLite.

#include "cli/program.hpp"

using namespace instar_test;

TEST_CASE("diff shows the way from nothing to the models, as lines and as SQL that runs") {
  const project p;
  const process_result lines = p.run_well(with_v1, {"migrate", "diff", "--from", "empty", "--to", "models"});
  CHECK(contains(lines.out, "+ table users"));
  const process_result script =
      p.run_well(with_v1, {"migrate", "diff", "--from", "empty", "--to", "models", "--script"});
  CHECK(contains(script.out, "CREATE TABLE \"users\""));
  p.make_database();
  p.write("all.sql", script.out);
  p.run_well(without_models, {"db", "execute", "--file", "all.sql"});
  CHECK(p.ask("SELECT count(*) FROM users") == "0");
}

TEST_CASE("diff --exit-code ends with 2 when there is a difference and with 0 when not") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  CHECK(p.run(with_v1, {"migrate", "diff", "--from", "migrations", "--to", "models", "--exit-code"}).exit_code == 0);
  CHECK(p.run(with_v2, {"migrate", "diff", "--from", "migrations", "--to", "models", "--exit-code"}).exit_code == 2);
  CHECK(p.run(with_v2, {"migrate", "diff", "--from", "migrations", "--to", "models"}).exit_code == 0);
  CHECK(p.run_well(with_v1, {"migrate", "diff", "--from", "migrations", "--to", "models"}).out == "No difference.\n");
  CHECK(p.run_well(with_v1, {"migrate", "diff", "--from", "migrations", "--to", "models", "--script"}).out.empty());
}

TEST_CASE("diff writes into a file, with the dialect that is asked for") {
  project p{""};  // no DATABASE_URL
  const process_result result = p.run_well(with_v1, {"migrate", "diff", "--from", "empty", "--to", "models", "--script",
                                                     "--dialect", "postgresql", "--output", "schema.sql"});
  CHECK(result.out.empty());
  CHECK(contains(p.read("schema.sql"), "GENERATED"));
  p.run_well(with_v1, {"migrate", "diff", "--from", "empty", "--to", "models", "--script", "--dialect", "sqlite", "-o",
                       "schema.sql"});
  CHECK_FALSE(contains(p.read("schema.sql"), "GENERATED"));
}

TEST_CASE("diff takes Prisma's spelling of its sides") {
  const project p;
  CHECK(contains(p.run_well(with_v1, {"migrate", "diff", "--from-empty", "--to", "models"}).out, "+ table users"));
}

TEST_CASE("diff with a side that is none is a mistake in the command line") {
  const project p;
  const process_result result = p.run(with_v1, {"migrate", "diff", "--from", "emty", "--to", "models"});
  CHECK(result.exit_code == 64);
  CHECK(contains(result.err, "`--from emty` is not understood."));
}

TEST_CASE("diff --json holds steps, statements and script") {
  const project p;
  const auto document =
      document_of(p.run_well(with_v1, {"migrate", "diff", "--from", "empty", "--to", "models", "--json"}));
  const auto& result = document.at("result").as_object();
  CHECK_FALSE(result.at("empty").as_bool());
  CHECK_FALSE(result.at("steps").as_array().empty());
  CHECK_FALSE(result.at("statements").as_array().empty());
  CHECK(contains(std::string{result.at("script").as_string()}, "CREATE TABLE"));
}

TEST_CASE("db execute runs a file and standard input, and shows where one fails") {
  const project p;
  p.make_database();
  p.write("make.sql", "CREATE TABLE t (id INTEGER);\nINSERT INTO t VALUES (1);\n");
  CHECK(p.run_well(without_models, {"db", "execute", "--file", "make.sql", "--url", "sqlite:dev.db"}).out ==
        "Ran make.sql on SQLite dev.db.\n");
  const process_result piped = p.run(without_models, {"db", "execute", "--stdin"}, "INSERT INTO t VALUES (2);");
  CHECK(piped.exit_code == 0);
  CHECK(p.ask("SELECT count(*) FROM t") == "2");

  p.write("bad.sql", "INSERT INTO t VALUES (3);\nINSERT INTO nope VALUES (1);\n");
  const process_result bad = p.run(without_models, {"db", "execute", "--file", "bad.sql"});
  CHECK(bad.exit_code == 1);
  CHECK(contains(bad.err, "--> bad.sql:2:"));
  CHECK(contains(bad.err, "no such table: nope"));
  CHECK(p.ask("SELECT count(*) FROM t") == "2");  // one transaction

  const process_result missing = p.run(without_models, {"db", "execute", "--file", "nope.sql"});
  CHECK(missing.exit_code == 1);
  CHECK(contains(missing.err, "error[INS4012]"));
  CHECK(contains(missing.err, "nope.sql"));
}

TEST_CASE("db seed runs the migrator's script, a named one, or that of the folder") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init", "--skip-seed"});
  CHECK(p.run_well(with_v1, {"db", "seed"}).out == "Seeded SQLite dev.db.\n");
  CHECK(p.ask("SELECT count(*) FROM users") == "2");

  p.write("more.sql", "INSERT INTO users (email) VALUES ('third@example.org');\n");
  p.run_well(with_v1, {"db", "seed", "--file", "more.sql"});
  CHECK(p.ask("SELECT count(*) FROM users") == "3");

  const process_result none = p.run(without_models, {"db", "seed"});
  CHECK(none.exit_code == 1);
  CHECK(contains(none.err, "error[INS4085]"));
  p.write("migrations/seed.sql", "INSERT INTO users (email) VALUES ('fourth@example.org');\n");
  p.run_well(without_models, {"db", "seed"});
  CHECK(p.ask("SELECT count(*) FROM users") == "4");
}

TEST_CASE("db push brings an empty database to the models, and a pushed one to the next models") {
  const project p;
  const process_result first = p.run_well(with_v1, {"db", "push"});
  CHECK(contains(first.out, "+ table users"));
  CHECK(contains(first.out, "SQLite dev.db has the models' schema now"));
  CHECK_FALSE(p.exists("migrations"));
  p.run_well(with_v2, {"db", "push"});
  CHECK(p.ask("SELECT count(*) FROM posts") == "0");
  CHECK(contains(p.run_well(with_v2, {"db", "push"}).out, "has the models' schema already"));

  p.write("names.sql", "INSERT INTO users (email, name) VALUES ('x', 'n');\n");
  p.run_well(without_models, {"db", "execute", "--file", "names.sql"});
  const process_result refused = p.run(with_v3, {"db", "push"});
  CHECK(refused.exit_code == 3);
  CHECK(contains(refused.err, "error[INS4071]"));
  CHECK(contains(refused.err, "--accept-data-loss"));
  p.run_well(with_v3, {"db", "push", "--accept-data-loss"});
  CHECK(p.ask("SELECT count(*) FROM pragma_table_info('users') WHERE name = 'name'") == "0");
}

TEST_CASE("db push leaves a database alone whose state it does not know") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  const process_result result = p.run(with_v2, {"db", "push"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS4080]"));
  CHECK(p.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'posts'") == "0");
}

TEST_CASE("generate writes the documents once, and --check says when they are stale") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  const process_result first = p.run_well(with_v1, {"generate"});
  for (const char* file : {"schema.sql", "schema.mmd", "schema.dot", "schema.svg", "schema.md"}) {
    CHECK(contains(first.out, std::string{"Wrote   schema/"} + file));
    CHECK_FALSE(p.read(std::string{"schema/"} + file).empty());
  }
  CHECK(contains(p.read("schema/schema.sql"), "CREATE TABLE \"users\""));
  CHECK(contains(first.out, "migrations/snapshot.hpp"));

  const process_result again = p.run_well(with_v1, {"generate"});
  CHECK_FALSE(contains(again.out, "Wrote"));
  CHECK(p.run(with_v1, {"generate", "--check"}).exit_code == 0);

  const process_result stale = p.run(with_v2, {"generate", "--check"});
  CHECK(stale.exit_code == 2);
  CHECK(contains(stale.out, "Stale   schema/schema.sql"));
  CHECK_FALSE(contains(p.read("schema/schema.sql"), "posts"));
}

TEST_CASE("generate --check looks at the snapshot, and leaves it as it is") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  p.run_well(with_v1, {"generate"});
  p.migration("20990101000000_by_hand", "CREATE TABLE hand (id INTEGER PRIMARY KEY);\n");
  const std::string before = p.read("migrations/snapshot.hpp");
  const process_result stale = p.run(with_v1, {"generate", "--check"});
  CHECK(stale.exit_code == 2);
  CHECK(contains(stale.out, "Stale   migrations/snapshot.hpp"));
  CHECK(contains(stale.out, "Fresh   schema/schema.sql"));
  CHECK(p.read("migrations/snapshot.hpp") == before);
  p.run_well(with_v1, {"generate"});
  CHECK(p.run(with_v1, {"generate", "--check"}).exit_code == 0);
}

TEST_CASE("generate makes what is asked for, where it is asked for") {
  const project p;
  p.run_well(with_v1, {"generate", "--only", "mermaid", "--output", "docs"});
  CHECK(p.exists("docs/schema.mmd"));
  CHECK_FALSE(p.exists("docs/schema.sql"));
  CHECK_FALSE(p.exists("schema"));
  const process_result wrong = p.run(with_v1, {"generate", "--only", "mermiad"});
  CHECK(wrong.exit_code == 64);
  CHECK(contains(wrong.err, "Did you mean `--only mermaid`?"));
  const process_result none = p.run(without_models, {"generate"});
  CHECK(none.exit_code == 1);
  CHECK(contains(none.err, "instar_add_migrator"));
}

TEST_CASE("validate checks models and history without a database") {
  const project p{""};
  CHECK(contains(p.run_well(with_v1, {"validate"}).out, "There are no migrations yet."));
}

TEST_CASE("validate warns when the models have changes without a migration") {
  const project p;
  p.run_well(with_v1, {"migrate", "dev", "--name", "init"});
  const process_result good = p.run_well(with_v1, {"validate", "--exit-code"});
  CHECK(good.out == "1 table of the models and the history checked: no error, no warning.\n");
  const process_result changed = p.run(with_v2, {"validate", "--exit-code"});
  CHECK(changed.exit_code == 2);
  CHECK(contains(changed.err, "warning[INS5040]"));
  CHECK(p.run(with_v2, {"validate"}).exit_code == 0);
}

TEST_CASE("validate finds what is wrong with a history") {
  const project p;
  std::filesystem::create_directories(p.migrations() / "20240101000000_empty_folder");
  const process_result result = p.run(without_models, {"validate"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "error[INS4002]"));
}
