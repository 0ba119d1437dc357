#include "migrate/workspace.hpp"
#include "support/process.hpp"

#include <instar/instar.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Online migrations of PostgreSQL through the runner and through psql: what they end in, what they lock, how they go on
// after a failure.

using instar::migrator;
using test::error_of;
using test::scratch_database;
using test::workspace;
namespace code = instar::migration_code;

namespace online_v1 {

enum class State { open, done };
INSTAR_ENUM(State, open, done)

struct Team {
  std::int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id), (name), index(&Team::name).named("teams_idx"))

struct User {
  std::int64_t id;
  std::string email;
  std::optional<std::string> nick;
  std::optional<std::int32_t> age;
  std::int64_t team_id;
  State state;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (nick), (age), (team_id), (state),
             index(&User::age).named("users_old_idx"))

inline constexpr auto schema = instar::schema<Team, User>();

}  // namespace online_v1

namespace online_v2 {

enum class State { open, waiting, done };
INSTAR_ENUM(State, open, waiting, done)

struct Team {
  std::int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (name), index(&Team::id, &Team::name).named("teams_idx"))

struct User {
  std::int64_t id;
  std::string email;
  std::string nick;
  std::int32_t age;
  std::int64_t team_id;
  State state;
  instar::uuid token;
  std::optional<std::string> note;
  std::int64_t number;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique), (nick, default_value("none")), (age),
             (team_id, references(&Team::id)), (state, default_value(State::waiting)),
             (token, default_sql("gen_random_uuid()")), (note, default_value("")), (number, identity),
             index(&User::nick).named("users_nick_idx"), check("age >= 0").named("users_age_check"))

inline constexpr auto schema = instar::schema<Team, User>();

}  // namespace online_v2

namespace {

const instar::schema_view& before = instar::view_of<online_v1::schema>;
const instar::schema_view& after = instar::view_of<online_v2::schema>;

const char* const name = "20240102000000_online";

std::string online_script() {
  return instar::script(instar::postgres, instar::make_plan(before, after), {.online = true});
}

/// A database at the first version, with rows.
struct filled_database {
  workspace w;
  scratch_database db{instar::postgres};

  explicit filled_database(const std::string& script = online_script()) {
    w.add("20240101000000_init", instar::script(instar::postgres, instar::make_plan({}, before)));
    (void)deploy();
    db.run("INSERT INTO teams VALUES (1, 'red'), (2, 'blue')");
    db.run("INSERT INTO users (email, nick, age, team_id, state) SELECT 'u' || i, CASE WHEN i % 3 = 0 THEN 'n' END, i, "
           "1 + i % 2, 'open' FROM generate_series(1, 5000) i");
    db.run("ANALYZE");
    w.add(name, script);
  }

  [[nodiscard]] instar::deploy_report deploy() const {
    return migrator{db.url(), {.migrations = w.migrations(), .lock_retries = 1}}.deploy();
  }

  /// What is still missing to the second version.
  [[nodiscard]] std::string missing() const {
    const auto difference = migrator{db.url(), {.migrations = w.migrations(), .models = after}}.diff(
        {.what = instar::diff_source::kind::database}, {.what = instar::diff_source::kind::models});
    std::string text;
    for (const std::string& line : difference.summary)
      text += line + '\n';
    return text;
  }

  [[nodiscard]] std::string leftovers() const {
    return db.ask(
        "SELECT relname FROM pg_class WHERE relname LIKE '%instar%' AND relname NOT LIKE '\\_instar%' UNION "
        "SELECT conname FROM pg_constraint WHERE conname LIKE '%instar%' AND conname NOT LIKE '\\_instar%' OR "
        "NOT convalidated UNION SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid");
  }

  void check_rows() const {
    CHECK(db.ask("SELECT count(*) FROM users WHERE nick = 'none'") == "3334");
    CHECK(db.ask("SELECT count(*) FROM users WHERE nick = 'n'") == "1666");
    CHECK(db.ask("SELECT count(DISTINCT token) FROM users") == "5000");
    CHECK(db.ask("SELECT count(DISTINCT number) || ' ' || min(number) || ' ' || max(number) FROM users") ==
          "5000 1 5000");
    CHECK(db.ask("INSERT INTO users (email, age, team_id) VALUES ('new', 1, 1) RETURNING number || ' ' || state") ==
          "5001 waiting");
  }
};

}  // namespace

TEST_CASE("An online migration ends where the models are, keeps the rows and leaves nothing behind", "[postgres]") {
  const filled_database x;
  SECTION("by deploy") {
    const auto report = x.deploy();
    REQUIRE(report.applied.size() == 1);
    CHECK_FALSE(report.applied[0].transactional);
    CHECK(x.db.tables() == "_instar_migrations teams users");
  }
  SECTION("by psql") {
    const auto result = instar_test::run_process(
        {"/usr/bin/env", "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--output", "/dev/null",
         "--command", "\\connect " + x.db.url().database_name(), "--file",
         (x.w.migrations() / name / "migration.sql").string(), std::getenv("INSTAR_TEST_POSTGRES")});
    CHECK(result.err == "");
    REQUIRE(result.exit_code == 0);
  }
  CHECK(x.missing() == "");
  CHECK(x.leftovers() == "");
  x.check_rows();
}

TEST_CASE("The transactions of an online migration read no row and write no table anew", "[postgres]") {
  const filled_database x;
  const auto db = x.db.open();
  const auto state = [&] {
    std::string text;
    for (const auto& row : db->query("SELECT c.relname || ':' || pg_relation_filenode(c.oid) FROM pg_class c WHERE "
                                     "c.relname IN ('users', 'teams') ORDER BY 1")
                               .rows)
      text += row.front().value_or("-") + ' ';
    return text;
  };
  const std::string files = state();
  const std::vector<instar::script_section> sections = instar::online_sections(instar::make_plan(before, after));
  CHECK(std::count_if(sections.begin(), sections.end(), [](const auto& s) { return s.transaction; }) == 3);
  // Of this session, and not only of the transaction that is open.
  const auto rows_read = [&] {
    const auto count = db->query_value("SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM "
                                       "pg_stat_xact_user_tables WHERE relname IN ('users', 'teams')");
    return count.value_or("-");
  };
  for (const instar::script_section& section : sections) {
    CHECK((section.brief || !section.transaction));
    const std::string before_it = rows_read();
    if (section.transaction)
      db->execute("BEGIN");
    for (const instar::online_statement& statement : section.statements)
      db->execute(statement.text);
    if (!section.transaction)
      continue;
    CHECK(rows_read() == before_it);
    db->execute("COMMIT");
  }
  CHECK(state() == files);
}

TEST_CASE("What is outside of the transactions lets readers and writers through", "[postgres]") {
  const filled_database x;
  const auto migrating = x.db.open();
  const auto using_it = x.db.open();
  using_it->execute("SET lock_timeout = '50ms'");
  for (const instar::script_section& section : instar::online_sections(instar::make_plan(before, after))) {
    if (section.transaction)
      migrating->execute("BEGIN");
    for (const instar::online_statement& statement : section.statements) {
      // The statement's own lock, asked for in a transaction that stays open; what is CONCURRENTLY takes this one, too.
      std::string text = section.transaction ? "" : statement.text;
      if (text.find("CONCURRENTLY") != std::string::npos)
        text = "LOCK TABLE users, teams IN SHARE UPDATE EXCLUSIVE MODE";
      if (text.starts_with("ALTER TABLE") || text.starts_with("LOCK")) {
        migrating->execute("BEGIN;\n" + text);
        CHECK_NOTHROW(using_it->execute("UPDATE users SET age = age WHERE id = 17"));
        CHECK_NOTHROW(using_it->execute("SELECT count(*) FROM users JOIN teams ON teams.id = team_id"));
        migrating->execute("ROLLBACK");
      }
      migrating->execute(statement.text);
    }
    if (section.transaction)
      migrating->execute("COMMIT");
  }
}

TEST_CASE("A batched backfill passes over rows that are locked, and comes back for them", "[postgres]") {
  const filled_database x;
  const auto busy = x.db.open();
  busy->execute("BEGIN; UPDATE users SET age = age + 1 WHERE id IN (1, 4000)");
  // One pass leaves them, and does not wait.
  const std::string once = instar::detail::backfill_text(*before.find_table("users"), "nick", "'none'",
                                                         instar::detail::backfill_pass::first);
  const auto db = x.db.open();
  db->execute("SET lock_timeout = '1s'");
  db->execute(once);
  CHECK(x.db.ask("SELECT count(*) FROM users WHERE nick IS NULL") == "2");
  busy->execute("COMMIT");
  db->execute(instar::detail::backfill_text(*before.find_table("users"), "nick", "'none'",
                                            instar::detail::backfill_pass::until_none));
  CHECK(x.db.ask("SELECT count(*) FROM users WHERE nick IS NULL") == "0");
}

TEST_CASE("An online migration goes on where it failed", "[postgres]") {
  const filled_database x;
  SECTION("at an index that finds equal rows") {
    x.db.run("UPDATE users SET email = 'same' WHERE id IN (1, 2)");
    const auto error = error_of([&] { (void)x.deploy(); });
    CHECK(error.code() == code::partly_applied);
    CHECK(error.state().find("It failed in section ") == 0);
    CHECK(error.state().find(" (no-transaction). Of its ") != std::string::npos);
    CHECK(error.state().find("it goes on there.") != std::string::npos);
    CHECK(x.db.ask("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == "0");
    x.db.run("UPDATE users SET email = 'other' WHERE id = 1");
  }
  SECTION("at rows that a constraint forbids") {
    x.db.run("UPDATE users SET team_id = 7 WHERE id = 1");
    const auto error = error_of([&] { (void)x.deploy(); });
    CHECK(error.code() == code::partly_applied);
    CHECK(error.database()->sqlstate == "23503");
    x.db.run("UPDATE users SET team_id = 2 WHERE id = 1");
  }
  SECTION("in the midst of a backfill") {
    x.db.run("CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stop'; END $$;"
             "CREATE TRIGGER stop BEFORE UPDATE ON users FOR EACH ROW WHEN (old.id = 4000) EXECUTE FUNCTION stop()");
    CHECK(error_of([&] { (void)x.deploy(); }).code() == code::partly_applied);
    // The batches before it are kept.
    CHECK(x.db.ask("SELECT count(token) > 1000 FROM users") == "t");
    x.db.run("DROP TRIGGER stop ON users; DROP FUNCTION stop()");
  }
  const auto report = x.deploy();
  REQUIRE(report.applied.size() == 1);
  CHECK(report.applied[0].skipped > 0);
  CHECK(x.missing() == "");
  CHECK(x.leftovers() == "");
}

TEST_CASE("A lock that is not to be had leaves the transaction undone, and deploy goes on with it", "[postgres]") {
  std::string impatient = online_script();
  for (std::size_t at = impatient.find("'5s'"); at != std::string::npos; at = impatient.find("'5s'"))
    impatient.replace(at, 4, "'200ms'");
  const filled_database x{impatient};
  const auto busy = x.db.open();
  busy->execute("BEGIN; SELECT count(*) FROM users");
  const auto error = error_of([&] { (void)x.deploy(); });
  CHECK(error.code() == code::partly_applied);
  CHECK(error.database()->sqlstate == "55P03");
  CHECK(error.state().find("It failed in section 2 of ") == 0);
  CHECK(x.db.ask("SELECT count(*) FROM pg_attribute WHERE attname = 'token'") == "0");
  busy->execute("COMMIT");
  CHECK(x.deploy().applied.size() == 1);
  CHECK(x.missing() == "");
}

TEST_CASE("A marked transaction needs no BEGIN, and goes with its journal", "[postgres]") {
  const filled_database x{"-- instar: no-transaction\nCREATE INDEX CONCURRENTLY i ON users (id);\n"
                          "-- instar: transaction\nCREATE TABLE a (id integer PRIMARY KEY);\n"
                          "INSERT INTO a VALUES (1);\nINSERT INTO a SELECT count(*) FROM teams WHERE id = 1;\n"};
  const auto error = error_of([&] { (void)x.deploy(); });
  CHECK(test::place_of(error) == "20240102000000_online/migration.sql:6:1");
  CHECK(error.state() == "It failed in section 2 of 2 (transaction). Of its 4 statements the first 1 is applied and "
                         "recorded. Fix the file and run deploy again: it goes on there.");
  CHECK(x.db.tables() == "_instar_journal _instar_migrations teams users");
  x.db.run("DELETE FROM teams WHERE id = 1");
  CHECK(x.deploy().applied.size() == 1);
  CHECK(x.db.ask("SELECT count(*) FROM a") == "2");
  CHECK(x.db.tables() == "_instar_migrations a teams users");
}

TEST_CASE("A migration that the program carries runs section by section", "[postgres]") {
  const filled_database x;
  const std::string init = x.w.read("migrations/20240101000000_init/migration.sql");
  const std::string online = online_script();
  const std::string init_hash = instar::detail::sha256_hex(init);
  const std::string online_hash = instar::detail::sha256_hex(online);
  const std::vector<instar::embedded_migration> carried{
      {.name = "20240101000000_init", .sql = init, .sha256 = init_hash},
      {.name = name, .sql = online, .sha256 = online_hash}};
  migrator m{x.db.url(), {.embedded = carried}};
  CHECK(m.deploy().applied.size() == 1);
  CHECK(x.missing() == "");
}

TEST_CASE("dev writes the online form, or the short one where that is asked for", "[postgres]") {
  const bool wanted = GENERATE(true, false);
  const workspace w;
  const scratch_database db{instar::postgres};
  (void)migrator{db.url(), {.migrations = w.migrations(), .models = before}}.dev({.name = "init"});
  migrator m{db.url(), {.migrations = w.migrations(), .models = after, .online = wanted}};
  const auto report = m.dev({.name = "more"});
  REQUIRE(report.created);
  CHECK((report.created->sql.find("-- instar: no-transaction") != std::string::npos) == wanted);
  REQUIRE(report.deployed.applied.size() == 1);
  CHECK(report.deployed.applied[0].transactional != wanted);
  CHECK(m.plan_next().up_to_date());
}
