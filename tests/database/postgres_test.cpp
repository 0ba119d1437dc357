#include <instar/database/database.hpp>
#include <instar/database/rows.hpp>

#include "database/expect.hpp"
#include "support/catch.hpp"
#include "support/postgres_server.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using instar::database_url;
using instar::open_database;
using instar::sql_value;
using instar_test::postgres_server;
using instar_test::scratch_database;
using test::error_of;
namespace code = instar::database_code;

namespace {

/// The server's URL with another role and password.
database_url as_role(const std::string& role_and_password) {
  const std::string text = postgres_server().libpq_text();
  const std::size_t begin = text.find("//") + 2;
  const std::size_t at = text.find('@', begin);
  return database_url{text.substr(0, begin) + role_and_password +
                      text.substr(at == std::string::npos || at > text.find('?') ? begin : at)};
}

}  // namespace

TEST_CASE("a connection says what it is") {
  const auto db = open_database(postgres_server());
  CHECK(db->dialect() == instar::postgres);
  CHECK_FALSE(db->is_memory());
  CHECK(db->is_open());
  CHECK(std::to_string(db->server_version()) == db->query_value("SHOW server_version_num"));
  CHECK(db->query_value("SHOW server_version")->starts_with(db->server_version_text()));
  CHECK(db->url().database_name() == postgres_server().database_name());
}

TEST_CASE("opening sends nothing but the startup packet") {
  const auto observer = open_database(postgres_server());
  const auto fresh = open_database(postgres_server(), {.application_name = "instar-fresh"});
  // pg_stat_activity keeps a session's last query; the new session has sent none.
  CHECK(observer->query_value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'instar-fresh' AND "
                              "query = '' AND query_start IS NULL") == "1");
}

TEST_CASE("a session has the settings that its URL and options ask for") {
  const auto db = open_database(postgres_server(), {.application_name = "my migrator"});
  CHECK(db->query_value("SHOW application_name") == "my migrator");
  CHECK(db->query_value("SHOW client_encoding") == "UTF8");
  CHECK(open_database(database_url{postgres_server().libpq_text() + "&application_name=theirs"})
            ->query_value("SHOW application_name") == "theirs");
  const auto schema = open_database(database_url{postgres_server().libpq_text() + "&schema=my%20%22own%22%5C"});
  CHECK(schema->query_value("SHOW search_path") == "\"my \"\"own\"\"\\\"");
  const auto reader = open_database(postgres_server(), {.read_only = true});
  const auto error = error_of([&] { reader->execute("CREATE TABLE never(a int)"); });
  CHECK(error.code() == code::read_only);
}

TEST_CASE("PostgreSQL: a query gives columns and rows as text, and NULL as nothing") {
  const auto db = open_database(postgres_server());
  const auto result = db->query("SELECT 1 AS a, NULL AS b, 'ü' AS c, true AS d, '' AS e, '\\x00ff'::bytea AS f "
                                "UNION ALL SELECT 2, 'x', 'y', false, 'z', NULL ORDER BY 1");
  CHECK(result.columns == std::vector<std::string>{"a", "b", "c", "d", "e", "f"});
  REQUIRE(result.rows.size() == 2);
  CHECK(result.rows[0] == std::vector<sql_value>{"1", std::nullopt, "ü", "t", "", "\\x00ff"});
  CHECK(result.rows[1] == std::vector<sql_value>{"2", "x", "y", "f", "z", std::nullopt});
  CHECK(db->query("SELECT 1 WHERE false").rows.empty());
  CHECK(db->query("SELECT 1 AS a WHERE false").columns == std::vector<std::string>{"a"});
  CHECK(db->query("").columns.empty());
  CHECK(db->query("SELECT 1 AS a, 2 AS a").columns == std::vector<std::string>{"a", "a"});
}

TEST_CASE("PostgreSQL: parameters are bound as text or NULL") {
  const scratch_database scratch;
  const auto db = scratch.open();
  db->execute("CREATE TABLE t(a int, b text)");
  const std::vector<sql_value> values{"7", "it's; -- \n日", std::nullopt, std::string{}};
  CHECK(db->query("INSERT INTO t VALUES ($1, $2), ($3, $4)", values).affected == 2);
  const auto result = db->query("SELECT a, b FROM t ORDER BY a");
  REQUIRE(result.rows.size() == 2);
  CHECK(result.rows[0] == std::vector<sql_value>{"7", "it's; -- \n日"});
  CHECK(result.rows[1] == std::vector<sql_value>{std::nullopt, ""});
  const sql_value nul = std::string("a\0b", 3);
  CHECK(error_of([&] { (void)db->query("SELECT $1::text", {&nul, 1}); }).code() == code::invalid_text);
}

TEST_CASE("PostgreSQL: a query tells how many rows it touched") {
  const scratch_database scratch;
  const auto db = scratch.open();
  CHECK(db->query("CREATE TABLE t(a int)").affected == 0);
  CHECK(db->query("INSERT INTO t VALUES (1),(2),(3)").affected == 3);
  CHECK(db->query("UPDATE t SET a = 9 WHERE a > 1").affected == 2);
  CHECK(db->query("DELETE FROM t WHERE a = 5").affected == 0);
}

TEST_CASE("a text without BEGIN is one transaction, which a failure takes back whole") {
  const scratch_database scratch;
  const auto db = scratch.open();
  const auto error = error_of([&] { db->execute("CREATE TABLE a(x int); CREATE TABLE b(x int); SELECT nope"); });
  CHECK(error.sqlstate() == "42703");
  CHECK_FALSE(db->in_transaction());
  CHECK(db->query_value("SELECT to_regclass('a')") == std::nullopt);
  db->execute("CREATE TABLE a(x int); CREATE TABLE b(x int)");
  CHECK(db->query_value("SELECT to_regclass('b')") == "b");
}

TEST_CASE("BEGIN and COMMIT in a text are the session's own") {
  const scratch_database scratch;
  const auto db = scratch.open();
  CHECK_FALSE(db->in_transaction());
  db->execute("BEGIN; CREATE TABLE a(x int)");
  CHECK(db->in_transaction());
  CHECK(error_of([&] { db->execute("SELECT nope"); }).code() == code::statement_failed);
  CHECK(db->in_transaction());
  db->execute("ROLLBACK");
  CHECK_FALSE(db->in_transaction());
  db->execute("BEGIN; CREATE TABLE a(x int); COMMIT; CREATE TABLE b(x int)");
  CHECK_FALSE(db->in_transaction());
  CHECK(error_of([&] { db->execute("BEGIN; CREATE TABLE c(x int); COMMIT; SELECT nope"); }).sqlstate() == "42703");
  CHECK(db->query_value("SELECT to_regclass('c')") == "c");
}

TEST_CASE("a statement that needs no transaction round it runs when it stands alone") {
  const scratch_database scratch;
  const auto db = scratch.open();
  db->execute("CREATE TABLE t(a int)");
  CHECK_NOTHROW(db->execute("CREATE INDEX CONCURRENTLY i ON t (a);"));
  CHECK_NOTHROW(db->execute("VACUUM t"));
  CHECK(error_of([&] { db->execute("SELECT 1; VACUUM t"); }).sqlstate() == "25001");
}

TEST_CASE("an error has the database's own fields") {
  const scratch_database scratch;
  const auto db = scratch.open();
  db->execute("CREATE TABLE t(a int PRIMARY KEY, name text); INSERT INTO t VALUES (1)");
  const auto duplicate = error_of([&] { db->execute("INSERT INTO t VALUES (1)"); });
  CHECK(duplicate.code() == code::statement_failed);
  CHECK(duplicate.sqlstate() == "23505");
  CHECK(duplicate.message() == "duplicate key value violates unique constraint \"t_pkey\"");
  CHECK(duplicate.detail() == "Key (a)=(1) already exists.");
  CHECK_FALSE(duplicate.offset());

  const auto misspelt = error_of([&] { db->execute("SELECT nam FROM t"); });
  CHECK(misspelt.hint() == "Perhaps you meant to reference the column \"t.name\".");
  CHECK(misspelt.offset() == 7U);

  const auto parameter = error_of([&] {
    const sql_value value = "x";
    (void)db->query("SELECT nam FROM t WHERE name = $1", {&value, 1});
  });
  CHECK(parameter.offset() == 7U);

  const auto inner = error_of([&] { db->execute("DO $$BEGIN EXECUTE 'SELECT nope'; END$$"); });
  CHECK(inner.sqlstate() == "42703");
  CHECK(inner.context().find("PL/pgSQL function inline_code_block line 1 at EXECUTE") != std::string::npos);
  CHECK_FALSE(inner.offset());

  const auto raised = error_of([&] {
    db->execute("DO $$BEGIN RAISE EXCEPTION E'one\ntwo' USING DETAIL = 'd', HINT = 'h', ERRCODE = 'AB123'; END$$");
  });
  CHECK(raised.message() == "one\ntwo");
  CHECK(raised.detail() == "d");
  CHECK(raised.hint() == "h");
  CHECK(raised.sqlstate() == "AB123");
}

TEST_CASE("an error keeps its SQLSTATE, whatever class libpqxx makes of it") {
  const auto db = open_database(postgres_server());
  for (const std::string state :
       {"0A000", "22012", "23505", "25001", "40000", "40001", "40003", "40P01", "42501", "42601", "53100", "53300",
        "54000", "55P03", "57014", "P0001", "P0002", "XX000", "AB123"}) {
    INFO(state);
    const auto error = error_of([&] { db->execute("DO $$BEGIN RAISE 'x' USING ERRCODE = '" + state + "'; END$$"); });
    CHECK(error.sqlstate() == state);
    CHECK(error.message() == "x");
    CHECK(db->is_open());
  }
  // An ERROR about somebody else's connection leaves ours whole.
  CHECK(error_of([&] { db->execute("DO $$BEGIN RAISE 'x' USING ERRCODE = '08006'; END$$"); }).code() ==
        code::statement_failed);
  CHECK(db->query_value("SELECT 1") == "1");
}

TEST_CASE("the place of an error is found wherever it stands") {
  const auto db = open_database(postgres_server());
  const auto check = [&](const std::string& before, const std::string& after) {
    const std::string sql = before + "nope_nope" + after;
    INFO(sql);
    const auto error = error_of([&] { db->execute(sql); });
    CHECK(error.sqlstate() == "42703");
    CHECK(error.offset() == before.size());
  };
  check("SELECT ", "");
  check("SELECT\n", "\n");
  check("SELECT 1;\r\nSELECT ", ", 1;\r\nSELECT 2");
  check("SELECT 1;\rSELECT ", "\rFROM pg_class");
  check("\n\n\nSELECT 'ü', ", "");
  check("SELECT\t\t'日本語 🎉 é', ", " FROM pg_class");
  check("SELECT 'e\xCC\x81', ", "");
  check("SELECT '...', ", " AS \"...\"");
  const std::string wide(70, 'x');
  check("SELECT '" + wide + "', ", "");
  check("SELECT ", ", '" + wide + "'");
  check("SELECT '" + wide + "', ", ", '" + wide + "'");
  check("SELECT 1, '日本" + wide + "語', ", ", '日本" + wide + "' AS \"...\"");
  check("/* " + wide + " */ SELECT '...' || ", " || '" + wide + "...'");

  const std::string_view unfinished = "SELECT 1;\nSELECT (\n";
  CHECK(error_of([&] { db->execute(unfinished); }).offset() >= unfinished.size() - 1);
}

TEST_CASE("the place of an error is found in generated texts") {
  const auto seed = GENERATE(take(3, random(0U, 0xFFFFFFFFU)));
  std::mt19937 engine{static_cast<std::uint32_t>(seed)};
  INFO("seed " << seed);
  const auto number = [&](int low, int high) { return std::uniform_int_distribution<int>{low, high}(engine); };
  const auto db = open_database(postgres_server());
  const std::vector<std::string> alphabet{"a", "b", " ", "ü", "é", "日", "語", "🎉", "\t", ".", "...", "x", "y", "z"};
  const auto literal = [&] {
    std::string text = "'" + std::to_string(number(0, 1'000'000'000));
    for (int count = number(0, 40); count > 0; --count) {
      text += alphabet[static_cast<std::size_t>(number(0, static_cast<int>(alphabet.size()) - 1))];
    }
    return text + "'";
  };
  const auto gap = [&] { return std::string{number(0, 2) == 0 ? (number(0, 1) == 0 ? "\n" : "\r\n") : " "}; };
  for (int round = 0; round < 100; ++round) {
    std::string before = "SELECT" + gap();
    for (int count = number(0, 4); count > 0; --count) {
      before += literal() + "," + gap();
    }
    std::string after;
    for (int count = number(0, 4); count > 0; --count) {
      after += gap() + "," + literal();
    }
    const std::string sql = before + "nope_nope" + after;
    INFO(sql);
    CHECK(error_of([&] { db->execute(sql); }).offset() == before.size());
  }
}

TEST_CASE("PostgreSQL: a NUL byte is an error and not the end of the text") {
  const auto db = open_database(postgres_server());
  using namespace std::string_view_literals;
  const auto error = error_of([&] { db->execute("SELECT 1;\0SELECT nope"sv); });
  CHECK(error.code() == code::invalid_text);
  CHECK(error.offset() == 9U);
}

TEST_CASE("COPY to or from the client is an error that hides nothing that follows it") {
  for (const auto* sql : {"COPY pg_am TO STDOUT; SELECT nope", "CREATE TEMP TABLE t(a int); COPY t FROM STDIN"}) {
    const auto db = open_database(postgres_server());
    CHECK(error_of([&] { db->execute(sql); }).code() == code::copy_data);
    CHECK_FALSE(db->is_open());
    CHECK(error_of([&] { db->execute("SELECT 1"); }).code() == code::connection_lost);
  }
}

TEST_CASE("notices are kept, not printed") {
  const auto db = open_database(postgres_server());
  db->execute("DO $$BEGIN RAISE NOTICE 'first'; RAISE WARNING E'second\nline'; END$$; DROP TABLE IF EXISTS nope_nope");
  CHECK(db->take_notices() == std::vector<std::string>{"NOTICE:  first", "WARNING:  second\nline",
                                                       "NOTICE:  table \"nope_nope\" does not exist, skipping"});
  CHECK(db->take_notices().empty());
}

TEST_CASE("a running statement is interrupted from another thread, and the session goes on") {
  const auto db = open_database(postgres_server());
  std::atomic<bool> done = false;
  std::thread other{[&] {
    while (!done) {
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
      db->interrupt();
    }
  }};
  const auto error = error_of([&] { db->execute("SELECT pg_sleep(600)"); });
  done = true;
  other.join();
  CHECK(error.code() == code::interrupted);
  CHECK(error.sqlstate() == "57014");
  CHECK(db->is_open());
}

TEST_CASE("a lock that another session holds is told from other errors") {
  const scratch_database scratch;
  const auto holder = scratch.open();
  holder->execute("CREATE TABLE t(a int)");
  holder->execute("BEGIN; LOCK TABLE t");
  const auto db = scratch.open();
  db->execute("SET lock_timeout = '20ms'");
  CHECK(error_of([&] { db->execute("ALTER TABLE t ADD b int"); }).code() == code::busy);
}

TEST_CASE("a lost connection is told, and is not silently opened again") {
  const auto db = open_database(postgres_server());
  const auto other = open_database(postgres_server());
  const std::string pid = *db->query_value("SELECT pg_backend_pid()");
  db->execute("SET search_path = lost_with_the_session");
  other->execute("SELECT pg_terminate_backend(" + pid + ", 5000)");
  CHECK(error_of([&] { db->execute("SELECT 1"); }).code() == code::connection_lost);
  CHECK_FALSE(db->is_open());
  CHECK(error_of([&] { (void)db->query("SELECT 1"); }).code() == code::connection_lost);
  CHECK_NOTHROW(db->interrupt());
}

TEST_CASE("nobody there, wrong password, unknown role and no such database are told apart") {
  CHECK(error_of([] { (void)open_database(database_url{"postgresql://127.0.0.1:1/app"}); }).code() ==
        code::unreachable);
  CHECK(error_of([] { (void)open_database(database_url{"postgresql:///app?host=/nowhere"}); }).code() ==
        code::unreachable);

  const auto missing = error_of([] { (void)open_database(postgres_server().with_database("no such database")); });
  CHECK(missing.code() == code::database_missing);
  CHECK(missing.message().find("'no such database'") != std::string::npos);

  CHECK(error_of([] { (void)open_database(as_role("instar_nobody")); }).code() == code::authentication);

  const auto server = open_database(postgres_server());
  server->execute(
      "DROP ROLE IF EXISTS instar_needs_password; CREATE ROLE instar_needs_password LOGIN PASSWORD 'right'");
  CHECK(open_database(as_role("instar_needs_password:right"))->query_value("SELECT current_user") ==
        "instar_needs_password");
  const auto wrong = error_of([] { (void)open_database(as_role("instar_needs_password:hunter2")); });
  CHECK(wrong.code() == code::authentication);
  CHECK(std::string{wrong.what()}.find("hunter2") == std::string::npos);
  CHECK(error_of([] { (void)open_database(as_role("instar_needs_password")); }).code() == code::authentication);

  const auto role = open_database(as_role("instar_needs_password:right"));
  CHECK(error_of([&] { role->execute("CREATE ROLE more"); }).code() == code::permission);
  CHECK(error_of([] {
          instar::create_database(as_role("instar_needs_password:right").with_database("instar_never"));
        }).code() == code::permission);
  server->execute("ALTER ROLE instar_needs_password NOLOGIN");
  CHECK(error_of([] { (void)open_database(as_role("instar_needs_password:right")); }).code() == code::authentication);
  server->execute("ALTER ROLE instar_needs_password LOGIN CONNECTION LIMIT 0");
  CHECK(error_of([] { (void)open_database(as_role("instar_needs_password:right")); }).code() == code::refused);
  server->execute("DROP ROLE instar_needs_password");
}

TEST_CASE("libpq's own refusal of a URL is one of ours") {
  const auto error = error_of([] { (void)open_database(database_url{"postgresql://u:hunter2@h/a?nonsense=1"}); });
  CHECK(error.code() == code::malformed_url);
  CHECK(error.message().find("nonsense") != std::string::npos);
  CHECK(std::string{error.what()}.find("hunter2") == std::string::npos);
}

TEST_CASE("databases are made, found and dropped, whatever their name and whoever is connected") {
  const database_url url = postgres_server().with_database("instar \"odd\" /name");
  instar::drop_database(url);
  CHECK_FALSE(instar::database_exists(url));
  instar::create_database(url);
  CHECK(instar::database_exists(url));
  CHECK(error_of([&] { instar::create_database(url); }).code() == code::database_exists);
  const auto guest = open_database(url);
  CHECK(guest->query_value("SELECT current_database()") == "instar \"odd\" /name");
  CHECK(instar::drop_database(url));
  CHECK_FALSE(instar::database_exists(url));
  CHECK_FALSE(instar::drop_database(url));
}
