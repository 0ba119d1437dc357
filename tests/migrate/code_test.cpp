#include "migrate/workspace.hpp"

#include <instar/database/rows.hpp>
#include <instar/migrate/backfill.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using instar::backfill;
using instar::code_migration;
using instar::migrator;
using instar::migrator_options;
using instar::transaction;
using test::applied;
using test::error_of;
using test::scratch_database;
using test::workspace;
namespace code = instar::migration_code;
using event = instar::migration_progress::event;

namespace {

constexpr std::string_view people = R"(
  CREATE TABLE people (id integer PRIMARY KEY, first text NOT NULL, last text NOT NULL, name text);
  INSERT INTO people VALUES (1, 'Ada', 'Lovelace', NULL), (2, 'Grace', 'Hopper', NULL), (5, 'Barbara', 'Liskov', NULL),
                            (8, 'Frances', 'Allen', NULL), (9, 'Karen', 'Jones', 'kept');
)";

struct fixture {
  workspace w;
  scratch_database db{test::each_dialect()};
  migrator_options options{.migrations = w.migrations()};

  fixture() { w.add("20250101000000_people", people); }

  auto deploy() { return migrator{db.url(), options}.deploy(); }
  auto failure() {
    return error_of([&] { (void)deploy(); });
  }
  [[nodiscard]] instar::status_report status() { return migrator{db.url(), options}.status(); }
  [[nodiscard]] std::string names() const { return db.ask("SELECT name FROM people ORDER BY id"); }
  [[nodiscard]] std::string leftovers() const { return db.tables(); }
};

code_migration full_names(std::size_t batch) {
  return {"20250102000000_names", backfill{.table = "people",
                                           .set = "name = first || ' ' || last",
                                           .where = "name IS NULL -- those",
                                           .batch = batch}};
}

}  // namespace

TEST_CASE("a function runs among the scripts, in the order of the names, in one transaction with its row") {
  fixture f;
  f.w.add("20250103000000_required",
          "CREATE TABLE later (name text NOT NULL);\nINSERT INTO later SELECT name FROM people "
          "WHERE name = 'A. Lovelace';");
  f.options.code_migrations = {{"20250102000000_names", [](transaction& tx) {
                                  struct person {
                                    int id;
                                    std::string first;
                                  };
                                  CHECK(tx.in_transaction());
                                  for (const person& p :
                                       instar::query_as<person>(tx, "SELECT id, first FROM people ORDER BY id"))
                                    tx.execute("UPDATE people SET name = '" + p.first.substr(0, 1) +
                                               ". ' || last WHERE id = " + std::to_string(p.id));
                                }}};
  const instar::deploy_report report = f.deploy();
  REQUIRE(report.applied.size() == 3);
  CHECK(report.applied[1].name == "20250102000000_names");
  CHECK(report.applied[1].transactional);
  CHECK(report.warnings.empty());
  CHECK(f.db.ask("SELECT name FROM later") == "A. Lovelace");
  CHECK(f.db.ask("SELECT count(*) FROM _instar_migrations WHERE finished_at IS NOT NULL") == "3");
  CHECK(f.deploy().applied.empty());
  CHECK(f.status().up_to_date());
}

TEST_CASE("what a function throws rolls all of it back") {
  fixture f;
  int runs = 0;
  f.options.code_migrations = {{"20250102000000_names", [&](transaction& tx) {
                                  tx.execute("UPDATE people SET name = first");
                                  tx.execute("CREATE TABLE half (id integer)");
                                  if (++runs == 1)
                                    throw std::runtime_error{"the moth is in the relay"};
                                }}};
  const auto error = f.failure();
  CHECK(error.code() == code::script_failed);
  CHECK(error.migration() == "20250102000000_names");
  CHECK(error.message().find("the moth is in the relay") != std::string::npos);
  CHECK(error.state().find("Nothing of it was applied") != std::string::npos);
  CHECK(f.names() == "- - - - kept");
  CHECK(f.leftovers() == "_instar_migrations people");
  CHECK(f.deploy().applied.size() == 1);
  CHECK(f.leftovers() == "_instar_migrations half people");
}

TEST_CASE("a statement that the database rejects fails a function as it fails a script") {
  fixture f;
  f.options.code_migrations = {{"20250102000000_names", [](transaction& tx) {
                                  tx.execute("UPDATE people SET name = first");
                                  (void)tx.query("SELECT a FROM nowhere");
                                }}};
  const auto error = f.failure();
  CHECK(error.code() == code::script_failed);
  CHECK(error.message().find("nowhere") != std::string::npos);
  CHECK(f.names() == "- - - - kept");
}

TEST_CASE("a function cannot end its transaction, and may have savepoints") {
  fixture f;
  const std::string end = GENERATE("COMMIT", "SELECT 1; rollback", "BEGIN", "/* so */ END");
  f.options.code_migrations = {{"20250102000000_names", [&](transaction& tx) {
                                  tx.execute("SAVEPOINT a; UPDATE people SET name = 'x'; ROLLBACK TO a; RELEASE a");
                                  tx.execute(end);
                                }}};
  const auto error = f.failure();
  CHECK(error.code() == code::script_failed);
  CHECK(error.message().find("has no place in a code migration") != std::string::npos);
  CHECK(f.names() == "- - - - kept");
}

TEST_CASE("a folder can say that a migration is C++, and then nobody passes over it") {
  fixture f;
  f.w.add("20250102000000_names", "-- Written by hand.\n-- instar: code\n");
  f.w.add("20250103000000_later", "CREATE TABLE later (id integer);");
  const auto error = f.failure();
  CHECK(error.code() == code::code_missing);
  CHECK(error.message().find("20250102000000_names is C++") != std::string::npos);
  CHECK(f.leftovers().empty());  // the first was not applied either

  f.options.code_migrations = {
      {"20250102000000_names", [](transaction& tx) { tx.execute("UPDATE people SET name = first"); }}};
  CHECK(f.deploy().applied.size() == 3);
  CHECK(f.names() == "Ada Grace Barbara Frances Karen");
  // What is applied needs its code no more.
  f.options.code_migrations.clear();
  CHECK(f.deploy().applied.empty());
  CHECK(f.status().up_to_date());
}

TEST_CASE("a program that does not bring the code of an applied migration says what it was") {
  fixture f;
  f.options.code_migrations = {full_names(2)};
  (void)f.deploy();
  f.options.code_migrations.clear();
  const instar::status_report status = f.status();
  REQUIRE(status.migrations.size() == 2);
  CHECK(status.migrations[1].state == instar::migration_state::unknown);
  const instar::history_problem problem = instar::detail::problem_of(status.migrations[1]);
  CHECK(problem.message.find("is C++ that this program does not bring") != std::string::npos);
}

TEST_CASE("code and scripts that are in each other's way are refused before anything runs") {
  fixture f;
  const auto nothing = [](transaction&) {};
  SECTION("a script of that name") {
    f.options.code_migrations = {{"20250101000000_people", nothing}};
  }
  SECTION("two of a name") {
    f.options.code_migrations = {{"20250102000000_a", nothing}, {"20250102000000_a", nothing}};
  }
  SECTION("a statement in the script that says it is code") {
    f.w.add("20250102000000_a", "-- instar: code\nSELECT 1;");
    f.options.code_migrations = {{"20250102000000_a", nothing}};
  }
  SECTION("no function") {
    f.options.code_migrations = {{"20250102000000_a", std::function<void(transaction&)>{}}};
  }
  SECTION("a walk that does nothing") {
    f.options.code_migrations = {{"20250102000000_a", backfill{.table = "people"}}};
  }
  CHECK(f.failure().code() == code::code_conflict);
  CHECK(f.leftovers().empty());
}

TEST_CASE("a walk goes over a table in batches, and says how far it is") {
  fixture f;
  f.options.code_migrations = {full_names(GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{1000}))};
  std::vector<std::size_t> told;
  f.options.on_progress = [&](const instar::migration_progress& p) {
    if (p.what == event::backfilling)
      told.push_back(p.index);
  };
  const instar::deploy_report report = f.deploy();
  CHECK_FALSE(report.applied.at(1).transactional);
  CHECK(f.names() == "Ada Lovelace Grace Hopper Barbara Liskov Frances Allen kept");
  CHECK(told.back() == 4);
  CHECK(told.size() == (4 + f.options.code_migrations[0].walk->batch - 1) / f.options.code_migrations[0].walk->batch);
  CHECK(f.leftovers() == "_instar_migrations people");
}

TEST_CASE("a walk that was broken off goes on behind its last batch, and does none twice") {
  fixture f;
  std::string seen;
  int batches = 0;
  enum class how { failure, interruption } const way = GENERATE(how::failure, how::interruption);
  migrator* running = nullptr;
  const code_migration walk{
      "20250102000000_names",
      backfill{.table = "people",
               .each =
                   [&](transaction& tx, std::string_view rows) {
                     ++batches;
                     if (batches == 3 && way == how::failure)
                       throw std::runtime_error{"out of coffee"};
                     for (const auto& row :
                          tx.query("SELECT id FROM people WHERE " + std::string{rows} + " ORDER BY id").rows)
                       seen += *row.front() + " ";
                     tx.execute("UPDATE people SET last = last || '!' WHERE " + std::string{rows});
                   },
               .batch = 2}};
  f.options.code_migrations = {walk};
  f.options.on_progress = [&](const instar::migration_progress& p) {
    if (way == how::interruption && p.what == event::backfilling && p.index == 4)
      running->interrupt();
  };
  {
    migrator m{f.db.url(), f.options};
    running = &m;
    const auto error = error_of([&] { (void)m.deploy(); });
    CHECK(error.code() == (way == how::failure ? code::partly_applied : code::stopped));
    CHECK(error.state().find("4 rows are done and stay") != std::string::npos);
  }
  CHECK(seen == "1 2 5 8 ");
  CHECK(f.db.ask("SELECT last FROM people ORDER BY id") == "Lovelace! Hopper! Liskov! Allen! Jones");
  CHECK(f.status().migrations.at(1).state == instar::migration_state::resumable);
  f.options.on_progress = nullptr;

  SECTION("the same walk") {
    CHECK(f.deploy().applied.size() == 1);
    CHECK(seen == "1 2 5 8 9 ");
    CHECK(f.db.ask("SELECT last FROM people ORDER BY id") == "Lovelace! Hopper! Liskov! Allen! Jones!");
    CHECK(f.leftovers() == "_instar_migrations people");
  }
  SECTION("another one") {
    f.options.code_migrations[0].walk->where = "id < 100";
    CHECK(f.failure().code() == code::journal_mismatch);
    CHECK(seen == "1 2 5 8 ");
    // Given up, it begins anew.
    (void)migrator{f.db.url(), f.options}.resolve_rolled_back("20250102000000_names");
    CHECK(f.deploy().applied.size() == 1);
    CHECK(seen == "1 2 5 8 1 2 5 8 9 ");
  }
}

TEST_CASE("a key may have several columns, and any values") {
  fixture f;
  f.w.add("20250101000001_marks", R"(
    CREATE TABLE "od""d" ("a b" text NOT NULL, n integer NOT NULL, seen integer NOT NULL DEFAULT 0, PRIMARY KEY ("a b", n));
    INSERT INTO "od""d" ("a b", n) VALUES ('it''s', 1), ('it''s', 2), ('back\slash', 1), ('', 7), ('); DROP TABLE people; --', 3),
                                          ('ä', -4), ('5:x', 0);
  )");
  f.options.code_migrations = {
      {"20250102000000_a", backfill{.table = "od\"d", .key = {"a b", "n"}, .set = "seen = seen + 1", .batch = 2}}};
  (void)f.deploy();
  CHECK(f.db.ask("SELECT DISTINCT seen FROM \"od\"\"d\"") == "1");
  CHECK(f.db.ask("SELECT count(*) FROM people") == "5");
}

TEST_CASE("keys are walked in the order of their type, not of their text") {
  fixture f;
  std::string rows;
  for (int i = -12; i != 120; ++i)
    rows += (rows.empty() ? "(" : ", (") + std::to_string(i) + ", 'k" + std::to_string(i % 3) + "')";
  f.w.add("20250101000001_many",
          "CREATE TABLE many (id integer PRIMARY KEY, k text NOT NULL, seen integer NOT NULL DEFAULT 0, "
          "again integer NOT NULL DEFAULT 0);\nINSERT INTO many (id, k) VALUES " +
              rows + ";");
  const std::size_t batch = GENERATE(std::size_t{1}, std::size_t{7}, std::size_t{11}, std::size_t{1000});
  f.options.code_migrations = {
      {"20250102000000_a", backfill{.table = "many", .set = "seen = seen + 1", .batch = batch}},
      {"20250103000000_b", backfill{.table = "many", .key = {"k", "id"}, .set = "again = again + 1", .batch = batch}}};
  std::size_t told = 0;
  f.options.on_progress = [&](const instar::migration_progress& p) {
    told = p.what == event::backfilling ? p.index : told;
  };
  (void)f.deploy();
  CHECK(f.db.ask("SELECT min(seen) + max(seen) + min(again) + max(again) FROM many") == "4");
  CHECK(told == 132);
}

TEST_CASE("a key that is NULL is said, not passed over") {
  fixture f;
  f.w.add("20250101000001_null",
          "CREATE TABLE nulls (k integer UNIQUE, seen integer);\nINSERT INTO nulls (k) VALUES (1), (NULL);");
  f.options.code_migrations = {{"20250102000000_a", backfill{.table = "nulls", .key = {"k"}, .set = "seen = 1"}}};
  const auto error = f.failure();
  CHECK(error.code() == code::partly_applied);
  CHECK(error.message().find("is NULL in a row") != std::string::npos);
}

TEST_CASE("whatever a function throws, nothing of it is kept") {
  fixture f;
  int runs = 0;
  f.options.code_migrations = {{"20250102000000_names", [&](transaction& tx) {
                                  tx.execute("UPDATE people SET first = first || '!'");
                                  if (++runs == 1)
                                    throw 42;
                                }}};
  migrator m{f.db.url(), f.options};
  const auto error = error_of([&] { (void)m.deploy(); });
  CHECK(error.code() == code::script_failed);
  CHECK(error.message().find("no std::exception") != std::string::npos);
  (void)m.deploy();
  CHECK(f.db.ask("SELECT first FROM people WHERE id = 1") == "Ada!");
}

TEST_CASE("SQLite: a transaction that an error ended is not recorded as applied") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  w.add("20250101000000_people", people);
  migrator_options options{.migrations = w.migrations()};
  const bool more = GENERATE(false, true);
  options.code_migrations = {{"20250102000000_a", [&](transaction& tx) {
                                tx.execute("UPDATE people SET name = 'x'");
                                try {
                                  tx.execute("INSERT OR ROLLBACK INTO people VALUES (1, 'a', 'b', 'c')");
                                } catch (const instar::database_error&) {
                                }
                                if (more)
                                  tx.execute("UPDATE people SET name = 'y'");
                              }}};
  const auto error = error_of([&] { (void)migrator{db.url(), options}.deploy(); });
  CHECK(error.code() == code::script_failed);
  CHECK(error.message().find("rolled the transaction back") != std::string::npos);
  CHECK(db.ask("SELECT name FROM people ORDER BY id") == "- - - - kept");
  CHECK(db.ask("SELECT count(*) FROM _instar_migrations") == "1");
}

TEST_CASE("a migration that was begun as something else does not go on as code") {
  fixture f;
  const std::string name = "20250102000000_a";
  f.w.add(name, "BEGIN; UPDATE people SET name = 'x'; COMMIT;\nSELECT a FROM nowhere;");
  CHECK(f.failure().code() == code::partly_applied);
  f.w.add(name, "-- instar: code\n");
  SECTION("a function") {
    f.options.code_migrations = {{name, [](transaction&) {}}};
  }
  SECTION("a walk") {
    f.options.code_migrations = {{name, backfill{.table = "people", .set = "name = first"}}};
  }
  CHECK(f.failure().code() == code::journal_mismatch);
}

TEST_CASE("what a walk does to a row can be corrected on the way") {
  fixture f;
  f.options.code_migrations = {
      {"20250102000000_a",
       backfill{.table = "people", .set = "name = CASE WHEN id < 8 THEN first END || 1 / (8 - id)", .batch = 2}}};
  if (f.db.url().dialect() == instar::sqlite)
    f.options.code_migrations[0].walk->set = "first = CASE WHEN id < 8 THEN first END";  // NOT NULL
  CHECK(f.failure().code() == code::partly_applied);
  f.options.code_migrations[0].walk->set = "name = 'corrected'";
  CHECK(f.deploy().applied.size() == 1);
  CHECK(f.db.ask("SELECT name FROM people WHERE id > 2 ORDER BY id").find("corrected") != std::string::npos);
}

TEST_CASE("code that got a folder after it was applied is the same migration") {
  fixture f;
  f.options.code_migrations = {{"20250102000000_a", [](transaction&) {}}};
  (void)f.deploy();
  f.w.add("20250102000000_a", "-- instar: code\n-- Why.\n");
  CHECK(f.status().up_to_date());
}

TEST_CASE("code without a folder is not taken back, whatever lies about") {
  fixture f;
  f.options.code_migrations = {{"20250102000000_a", [](transaction&) {}}};
  (void)f.deploy();
  const auto error = error_of([&] { (void)migrator(f.db.url(), f.options).down(); });
  CHECK(error.code() == code::down_script_missing);
  CHECK(error.remedy().find("Give it a folder") != std::string::npos);
}

TEST_CASE("a squash over code removes the folders that there are") {
  fixture f;
  f.options.code_migrations = {
      {"20250102000000_a", [](transaction& tx) { tx.execute("CREATE TABLE made (id integer)"); }}};
  f.w.add("20250103000000_more", "CREATE TABLE more (id integer);");
  (void)f.deploy();
  const auto report = migrator(f.db.url(), f.options).squash({.to = "20250103000000_more"});
  CHECK(report.replaced.size() == 3);
  CHECK_FALSE(test::fs::exists(f.w.migrations() / "20250103000000_more"));
  bool warned = false;
  for (const instar::migration_warning& warning : report.warnings)
    warned = warned || warning.migration == "20250102000000_a";
  CHECK(warned);
  f.options.code_migrations.clear();
  (void)f.deploy();
  CHECK(f.status().up_to_date());
}

TEST_CASE("SQLite: keys of every storage class are walked over once") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  w.add("20250101000000_any", R"(
    CREATE TABLE anything (k PRIMARY KEY, seen integer NOT NULL DEFAULT 0);
    INSERT INTO anything (k) VALUES (1), (2.5), ('text'), (x'00ff'), (x''), (-1e300), ('1'), (9007199254740993);
  )");
  migrator_options options{.migrations = w.migrations()};
  options.code_migrations = {
      {"20250102000000_a", backfill{.table = "anything", .key = {"k"}, .set = "seen = seen + 1", .batch = 1}}};
  (void)migrator{db.url(), options}.deploy();
  CHECK(db.ask("SELECT DISTINCT seen FROM anything") == "1");
}

TEST_CASE("where a walk stands is read back as it was written, and nothing else is") {
  using instar::detail::backfill_position;
  const backfill_position at{17, {"'it''s'", "-5", "X'00FF'", "''"}};
  const auto back = backfill_position::parse(at.text());
  REQUIRE(back);
  CHECK(back->rows == 17);
  CHECK(back->last == at.last);
  CHECK(backfill_position::parse("0")->last.empty());
  for (const std::string_view bad : {"", "x", "1 3:abc", "1 5:'a'b'", "1 9:'a' OR ''=", "1 4:'a'", "1 x:'a'", "1 1:'"})
    CHECK_FALSE(backfill_position::parse(bad));
}

TEST_CASE("code runs in shadow databases as it runs in the database") {
  fixture f;
  f.options.code_migrations = {
      {"20250102000000_made",
       [](transaction& tx) { tx.execute("CREATE TABLE made_by_code (id integer PRIMARY KEY)"); }},
      {"20250103000000_walk", backfill{.table = "people", .set = "name = first", .batch = 2}}};
  (void)f.deploy();
  migrator m{f.db.url(), f.options};
  CHECK(m.drift().empty());
  f.db.run("CREATE TABLE made_by_hand (id integer PRIMARY KEY)");
  CHECK_FALSE(m.drift().empty());
}

TEST_CASE("PostgreSQL: a walk waits for locks as a migration does, and does not begin a batch twice") {
  const workspace w;
  const scratch_database db{instar::postgres};
  w.add("20250101000000_people", people);
  migrator_options options{.migrations = w.migrations()};
  (void)migrator{db.url(), options}.deploy();
  options.statement_lock_timeout = std::chrono::milliseconds{50};
  options.code_migrations = {
      {"20250102000000_names", backfill{.table = "people", .set = "last = last || '!'", .batch = 2}}};
  const auto other = db.open();
  other->execute("BEGIN; SELECT * FROM people WHERE id = 5 FOR UPDATE");
  int retries = 0;
  options.on_progress = [&](const instar::migration_progress& p) {
    if (p.what == event::retrying && ++retries == 2)
      other->execute("COMMIT");
  };
  (void)migrator{db.url(), options}.deploy();
  CHECK(retries >= 2);
  CHECK(db.ask("SELECT last FROM people ORDER BY id") == "Lovelace! Hopper! Liskov! Allen! Jones!");
}
