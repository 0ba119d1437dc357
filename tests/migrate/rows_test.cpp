// Rows that a migration loses or fails at: counted before it is written, agreed to in its script, counted again where
// it is deployed. And renames that are declared, by the models or on the command line.
#include "migrate/workspace.hpp"

#include <instar/instar.hpp>
#include <instar/migrate/rows.hpp>
#include <instar/migrate/snapshot_file.hpp>

#include <cstdint>
#include <optional>
#include <string>

using instar::migrator;
using instar::migrator_options;
using test::error_of;
using test::scratch_database;
using test::workspace;
namespace code = instar::migration_code;

namespace rows_v1 {
struct User {
  std::int64_t id;
  std::optional<std::string> legacy;
  std::optional<std::string> name;
};
INSTAR_MODEL(User, "users", (id, primary_key), (legacy), (name))
inline constexpr auto schema = instar::schema<User>();
}  // namespace rows_v1

namespace rows_without_legacy {
struct User {
  std::int64_t id;
  std::optional<std::string> name;
};
INSTAR_MODEL(User, "users", (id, primary_key), (name))
inline constexpr auto schema = instar::schema<User>();
}  // namespace rows_without_legacy

namespace rows_required {
struct User {
  std::int64_t id;
  std::optional<std::string> legacy;
  std::string name;
  std::int64_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key), (legacy), (name), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace rows_required

namespace rows_filled {
struct User {
  std::int64_t id;
  std::optional<std::string> legacy;
  std::string name;
  std::int64_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key), (legacy), (name, backfill_sql("'user ' || id")),
             (age, backfill_sql("id + 20")))
inline constexpr auto schema = instar::schema<User>();
}  // namespace rows_filled

namespace rows_renamed {
struct Person {
  std::int64_t id;
  std::optional<std::string> past;
  std::optional<std::string> name;
};
INSTAR_MODEL(Person, "people", (id, primary_key), (past), (name))
inline constexpr auto schema = instar::schema<Person>();
}  // namespace rows_renamed

namespace rows_misspelt {
struct User {
  std::int64_t id;
  std::optional<std::string> legacy;
  std::optional<std::string> full_name;
};
INSTAR_MODEL(User, "users", (id, primary_key), (legacy), (full_name, renamed_from("nmae")))
inline constexpr auto schema = instar::schema<User>();
}  // namespace rows_misspelt

namespace {

migrator_options options(const workspace& w, const instar::schema_view& models) {
  return {.migrations = w.migrations(), .models = models};
}

const instar::schema_view& v1 = instar::view_of<rows_v1::schema>;
const instar::schema_view& without_legacy = instar::view_of<rows_without_legacy::schema>;

instar::dialect each_dialect() {
  return GENERATE(instar::sqlite, instar::postgres);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// The last migration's script.
std::string last_script(const workspace& w) {
  std::string last;
  for (const std::string& name : w.names("migrations"))
    if (name.find('_') == 14)
      last = name;
  return "migrations/" + last + "/migration.sql";
}

}  // namespace

TEST_CASE("what is lost is counted, agreed to, written into the script, and counted again at deploy") {
  const workspace w;
  const scratch_database dev{each_dialect()};
  (void)migrator{dev.url(), options(w, v1)}.dev({.name = "init", .skip_shadow = true});
  const scratch_database live{dev.url().dialect()};
  (void)migrator{live.url(), options(w, v1)}.deploy();
  dev.run("INSERT INTO users (id, legacy) VALUES (1, 'x'), (2, NULL), (3, NULL)");
  live.run("INSERT INTO users (id, legacy) VALUES (1, 'x'), (2, 'y'), (3, NULL)");

  migrator m{dev.url(), options(w, without_legacy)};
  const auto asked = error_of([&] { (void)m.dev({.name = "drop", .skip_shadow = true}); });
  CHECK(asked.code() == code::data_loss);
  CHECK(contains(asked.message(), "drops column users.legacy: 1 of 3 rows are not null"));
  CHECK(w.names("migrations").size() == 3);
  (void)m.dev({.name = "drop", .accept_data_loss = true, .skip_shadow = true});

  const std::string text = w.read(last_script(w));
  CHECK(text.starts_with("-- Written by instar " + std::string{instar::library_version} +
                         ".\n-- instar: at most 1 row, INS2002 drops column users.legacy: SELECT count(*) FROM "
                         "\"users\" WHERE \"legacy\" IS NOT NULL\n\n"));

  const auto refused = error_of([&] { (void)migrator{live.url(), options(w, v1)}.deploy(); });
  CHECK(refused.code() == code::more_rows);
  CHECK(contains(refused.message(), "would lose 2 rows here, and at most 1 were agreed to"));
  REQUIRE(refused.location());
  CHECK(refused.location()->line == 2);
  CHECK(live.ask("SELECT count(*) FROM users WHERE legacy IS NOT NULL") == "2");

  SECTION("fewer rows") {
    live.run("UPDATE users SET legacy = NULL WHERE id = 2");
    (void)migrator{live.url(), options(w, v1)}.deploy();
    CHECK(live.ask("SELECT count(*) FROM users") == "3");
  }
  SECTION("a higher number") {
    std::string raised = text;
    raised.replace(raised.find("at most 1 row,"), 14, "at most 2 rows,");
    w.write(last_script(w), raised);
    CHECK(migrator{live.url(), options(w, v1)}.deploy().applied.size() == 1);
  }
  SECTION("a script without our first line deploys as it is") {
    w.write(last_script(w), text.substr(text.find('\n') + 1));
    CHECK(migrator{live.url(), options(w, v1)}.deploy().applied.size() == 1);
  }
  SECTION("a line that cannot be asked") {
    std::string broken = text;
    broken.replace(broken.find("\"users\""), 7, "\"nothing\"");
    w.write(last_script(w), broken);
    CHECK(error_of([&] { (void)migrator{live.url(), options(w, v1)}.deploy(); }).code() == code::broken_agreement);
  }
  SECTION("a line whose query counts nothing") {
    std::string broken = text;
    broken.replace(broken.find("SELECT count(*)"), 15, "SELECT max(legacy)");
    w.write(last_script(w), broken);
    CHECK(error_of([&] { (void)migrator{live.url(), options(w, v1)}.deploy(); }).code() == code::broken_agreement);
  }
  SECTION("a line that is not understood") {
    std::string broken = text;
    broken.replace(broken.find("at most 1 row,"), 14, "at most one row,");
    w.write(last_script(w), broken);
    CHECK(error_of([&] { (void)migrator{live.url(), options(w, v1)}.deploy(); }).code() == code::broken_agreement);
  }
}

TEST_CASE("where no row is lost nobody is asked, and the script says so") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, v1)}.dev({.name = "init", .skip_shadow = true});
  db.run("INSERT INTO users (id, name) VALUES (1, 'x')");
  CHECK(migrator{db.url(), options(w, without_legacy)}.dev({.name = "drop", .skip_shadow = true}).created);
  CHECK(contains(w.read(last_script(w)), "-- instar: at most 0 rows, INS2002 drops column users.legacy: "));
}

TEST_CASE("rows that make a migration fail stop it before it is written, with their number and what helps") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, v1)}.dev({.name = "init", .skip_shadow = true});
  db.run("INSERT INTO users (id, name) VALUES (1, 'x'), (2, NULL)");
  migrator m{db.url(), options(w, instar::view_of<rows_required::schema>)};
  const auto error = error_of([&] { (void)m.dev({.name = "more", .skip_shadow = true}); });
  CHECK(error.code() == code::rows_in_the_way);
  CHECK(contains(error.message(), "adds required column users.age without a default: 2 of 2 rows would have no value"));
  CHECK(contains(error.message(), "makes column users.name required: 1 of 2 rows are null"));
  CHECK(contains(error.remedy(), "backfill_sql"));
  CHECK(w.names("migrations").size() == 3);

  (void)migrator{db.url(), options(w, instar::view_of<rows_filled::schema>)}.dev({.name = "more", .skip_shadow = true});
  CHECK(db.ask("SELECT id || name || age FROM users ORDER BY id") == "1x21 2user 222");
}

TEST_CASE("a plan that is only written is not stopped by rows") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  (void)migrator{db.url(), options(w, v1)}.dev({.name = "init", .skip_shadow = true});
  db.run("INSERT INTO users (id, legacy) VALUES (1, 'x')");
  migrator m{db.url(), options(w, instar::view_of<rows_required::schema>)};
  CHECK(m.dev({.name = "more", .create_only = true, .skip_shadow = true}).created);
}

TEST_CASE("renames can be given to the migrator as if the models declared them") {
  const workspace w;
  const scratch_database db{each_dialect()};
  (void)migrator{db.url(), options(w, v1)}.dev({.name = "init", .skip_shadow = true});
  db.run("INSERT INTO users (id, legacy) VALUES (1, 'x')");
  migrator_options with = options(w, instar::view_of<rows_renamed::schema>);
  with.renames = {"users.legacy=past", "users=people"};
  (void)migrator{db.url(), with}.dev({.name = "rename", .skip_shadow = true});
  CHECK(db.ask("SELECT past FROM people") == "x");

  SECTION("and are no part of what comes after") {
    CHECK(migrator{db.url(), options(w, instar::view_of<rows_renamed::schema>)}.plan_next().up_to_date());
  }
}

TEST_CASE("a rename on the command line that names nothing is refused") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  (void)migrator{db.url(), options(w, v1)}.dev({.name = "init", .skip_shadow = true});
  for (const std::string word :
       {"users.legcy=past", "users=poeple", "sers=people", "users.legacy=pas", "users", "=x", "users.name=past"}) {
    CAPTURE(word);
    migrator_options with = options(w, instar::view_of<rows_renamed::schema>);
    with.renames = {"users=people", word};
    if (word.starts_with("users=") || word.starts_with("sers"))
      with.renames = {word};
    CHECK(error_of([&] { (void)migrator{db.url(), with}.plan_next(); }).code() == code::bad_rename);
  }
}

TEST_CASE("an old name that the models declare and that leads nowhere stops dev") {
  const workspace w;
  const scratch_database db{instar::sqlite};
  (void)migrator{db.url(), options(w, v1)}.dev({.name = "init", .skip_shadow = true});
  const auto next = migrator{db.url(), options(w, instar::view_of<rows_misspelt::schema>)}.plan_next();
  REQUIRE(next.problems.size() == 1);
  CHECK(next.problems[0].code == code::rename_of_nothing);
  CHECK(next.problems[0].message ==
        "The column users.full_name says renamed_from(\"nmae\"), which the last migration does not have.");
}
