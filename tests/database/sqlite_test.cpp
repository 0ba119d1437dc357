#include <instar/database/database.hpp>

#include "database/expect.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <thread>

using instar::database_url;
using instar::open_database;
using instar::sql_value;
using test::error_of;
using test::sqlite_memory;
namespace code = instar::database_code;

namespace {

/// A folder of its own for database files.
struct scratch_folder : instar_test::scratch_folder {
  [[nodiscard]] database_url url(std::string_view name) const {
    return database_url{"sqlite:" + (path() / name).string()};
  }
};

}  // namespace

TEST_CASE("a memory database says what it is") {
  const auto db = sqlite_memory();
  CHECK(db->dialect() == instar::sqlite);
  CHECK(db->is_memory());
  CHECK(db->is_open());
  CHECK(db->server_version() == sqlite3_libversion_number());
  CHECK(db->server_version_text() == sqlite3_libversion());
  CHECK(db->take_notices().empty());
}

TEST_CASE("execute runs every statement of a text") {
  const auto db = sqlite_memory();
  db->execute("CREATE TABLE t(a); -- one\nINSERT INTO t VALUES (1);;\nINSERT INTO t VALUES (2) /* no semicolon */");
  CHECK(db->query_value("SELECT sum(a) FROM t") == "3");
  db->execute("");
  db->execute(" -- nothing");
  db->execute("SELECT * FROM t; INSERT INTO t VALUES (4)");
  CHECK(db->query_value("SELECT sum(a) FROM t") == "7");
}

TEST_CASE("SQLite: a query gives columns and rows as text, and NULL as nothing") {
  const auto db = sqlite_memory();
  const auto result = db->query("SELECT 1 AS a, NULL AS b, 'x' AS c, 2.5 AS d, x'000A' AS e, '' AS f, x'' AS g");
  CHECK(result.columns == std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g"});
  REQUIRE(result.rows.size() == 1);
  CHECK(result.rows[0] ==
        std::vector<sql_value>{"1", std::nullopt, "x", "2.5", std::string("\0\n", 2), std::string{}, std::string{}});
  CHECK(db->query("SELECT 1 WHERE 0").rows.empty());
  CHECK(db->query("-- nothing").columns.empty());
}

TEST_CASE("a real keeps every digit") {
  const auto db = sqlite_memory();
  const auto text = [&](const char* expression) { return *db->query_value(std::string{"SELECT "} + expression); };
  CHECK(text("1.0") == "1.0");
  CHECK(text("0.1 + 0.2") == "0.30000000000000004");
  CHECK(std::strtod(text("1e308").c_str(), nullptr) == 1e308);
  CHECK(std::strtod(text("5e-324").c_str(), nullptr) == std::numeric_limits<double>::denorm_min());
  CHECK(text("1e999") == "Inf");
  CHECK(text("-1e999") == "-Inf");
}

TEST_CASE("SQLite: parameters are bound as text or NULL") {
  const auto db = sqlite_memory();
  db->execute("CREATE TABLE t(a INTEGER, b TEXT)");
  const std::vector<sql_value> values{"7", "it's; -- \n", std::nullopt, std::string("a\0b", 3), std::string{}};
  CHECK(db->query("INSERT INTO t VALUES (?1, ?2), (?3, ?4), (8, ?5)", values).affected == 3);
  const auto result = db->query("SELECT a, b, typeof(a) FROM t ORDER BY rowid");
  REQUIRE(result.rows.size() == 3);
  CHECK(result.rows[0] == std::vector<sql_value>{"7", "it's; -- \n", "integer"});
  CHECK(result.rows[1] == std::vector<sql_value>{std::nullopt, std::string("a\0b", 3), "null"});
  CHECK(result.rows[2] == std::vector<sql_value>{"8", "", "integer"});
}

TEST_CASE("SQLite: a query tells how many rows it touched") {
  const auto db = sqlite_memory();
  CHECK(db->query("CREATE TABLE t(a)").affected == 0);
  CHECK(db->query("INSERT INTO t VALUES (1),(2),(3)").affected == 3);
  CHECK(db->query("UPDATE t SET a = 9 WHERE a > 1").affected == 2);
  CHECK(db->query("SELECT * FROM t").affected == 0);
  CHECK(db->query("DELETE FROM t WHERE a = 5").affected == 0);
  CHECK(db->query("CREATE TABLE u(a)").affected == 0);
}

TEST_CASE("a query is one statement with as many values as parameters") {
  const auto db = sqlite_memory();
  db->execute("CREATE TABLE t(a)");
  const auto two = error_of([&] { (void)db->query("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)"); });
  CHECK(two.code() == code::statement_failed);
  CHECK(db->query_value("SELECT count(*) FROM t") == "0");
  CHECK_NOTHROW(db->query("SELECT 1; -- remark"));
  const sql_value value = "1";
  CHECK(error_of([&] {
          (void)db->query("SELECT ?1, ?2", {&value, 1});
        }).message() == "The statement has 2 parameters, but 1 were given.");
  CHECK(error_of([&] { (void)db->query("SELECT 1", {&value, 1}); }).code() == code::statement_failed);
}

TEST_CASE("a failing statement of a text keeps what ran before it and points at its place") {
  const auto db = sqlite_memory();
  const std::string_view sql = "CREATE TABLE t(a UNIQUE);\n-- ü\nINSERT INTO t VALUES (1);\n SELECT nope FROM t;";
  const auto unknown = error_of([&] { db->execute(sql); });
  CHECK(unknown.code() == code::statement_failed);
  CHECK(unknown.message() == "no such column: nope");
  CHECK(unknown.sqlstate() == "SQLITE_ERROR");
  CHECK(unknown.offset() == sql.find("nope"));
  CHECK(db->query_value("SELECT count(*) FROM t") == "1");

  const std::string_view duplicate = "SELECT 1;\n/* x */ -- y\n\t INSERT INTO t VALUES (1); SELECT 2";
  const auto constraint = error_of([&] { db->execute(duplicate); });
  CHECK(constraint.message() == "UNIQUE constraint failed: t.a");
  CHECK(constraint.sqlstate() == "SQLITE_CONSTRAINT_UNIQUE");
  CHECK(constraint.offset() == duplicate.find("INSERT"));

  const std::string_view syntax = "SELECT 1; SELEC 2";
  CHECK(error_of([&] { db->execute(syntax); }).offset() == syntax.find("SELEC 2"));
  CHECK(error_of([&] { db->execute("SELECT 1; SELECT (2"); }).message() == "incomplete input");
}

TEST_CASE("SQLite: a NUL byte is an error and not the end of the text") {
  const auto db = sqlite_memory();
  using namespace std::string_view_literals;
  const auto error = error_of([&] { db->execute("CREATE TABLE t(a);\0CREATE TABLE u(a)"sv); });
  CHECK(error.code() == code::invalid_text);
  CHECK(error.offset() == 18U);
  CHECK(db->query_value("SELECT count(*) FROM sqlite_schema") == "0");
}

TEST_CASE("foreign keys are enforced") {
  const auto db = sqlite_memory();
  db->execute("CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p)");
  CHECK(error_of([&] { db->execute("INSERT INTO c VALUES (1)"); }).sqlstate() == "SQLITE_CONSTRAINT_FOREIGNKEY");
  db->execute("PRAGMA foreign_keys = OFF; INSERT INTO c VALUES (1)");
}

TEST_CASE("an open transaction is known") {
  const auto db = sqlite_memory();
  CHECK_FALSE(db->in_transaction());
  db->execute("BEGIN; CREATE TABLE t(a)");
  CHECK(db->in_transaction());
  db->execute("ROLLBACK");
  CHECK_FALSE(db->in_transaction());
  CHECK(db->query_value("SELECT count(*) FROM sqlite_schema") == "0");
}

TEST_CASE_METHOD(scratch_folder, "a file is made only when asked for") {
  const auto missing = error_of([&] { (void)open_database(url("new.db")); });
  CHECK(missing.code() == code::database_missing);
  CHECK_FALSE(std::filesystem::exists(path() / "new.db"));
  CHECK(error_of([&] { (void)open_database(url("new.db"), {.create = true, .read_only = true}); }).code() ==
        code::database_missing);

  open_database(url("new.db"), {.create = true})->execute("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
  const auto db = open_database(url("new.db"));
  CHECK_FALSE(db->is_memory());
  CHECK(db->query_value("SELECT a FROM t") == "1");
}

TEST_CASE_METHOD(scratch_folder, "a folder that does not exist is told from a file that does not") {
  const auto error = error_of([&] { (void)open_database(url("nowhere/x.db"), {.create = true}); });
  CHECK(error.code() == code::folder_missing);
  CHECK(error.message().find("nowhere") != std::string::npos);
  CHECK_FALSE(error.remedy().empty());
  CHECK(error_of([&] { (void)open_database(url("."), {.create = true}); }).code() == code::cannot_open);
}

TEST_CASE_METHOD(scratch_folder, "a file that is no database is refused at its first use") {
  std::ofstream{path() / "text.db"} << std::string(4096, 'x');
  const auto db = open_database(url("text.db"));
  const auto error = error_of([&] { (void)db->query("SELECT * FROM sqlite_schema"); });
  CHECK(error.code() == code::not_a_database);
  CHECK(error.sqlstate() == "SQLITE_NOTADB");
}

TEST_CASE_METHOD(scratch_folder, "a read-only connection refuses to write and says so") {
  open_database(url("a.db"), {.create = true})->execute("CREATE TABLE t(a)");
  const auto db = open_database(url("a.db"), {.read_only = true});
  CHECK(db->query_value("SELECT count(*) FROM t") == "0");
  const auto error = error_of([&] { db->execute("INSERT INTO t VALUES (1)"); });
  CHECK(error.code() == code::read_only);
  CHECK(error.message().find("a.db") != std::string::npos);
}

TEST_CASE_METHOD(scratch_folder, "a lock held by another connection is waited for, and then told") {
  const auto holder = open_database(url("a.db"), {.create = true});
  holder->execute("CREATE TABLE t(a); BEGIN IMMEDIATE");
  const auto db = open_database(url("a.db"), {.busy_timeout = std::chrono::milliseconds{60}});
  const auto begin = std::chrono::steady_clock::now();
  const auto error = error_of([&] { db->execute("INSERT INTO t VALUES (1)"); });
  CHECK(error.code() == code::busy);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds{50});

  const auto patient = open_database(url("a.db"), {.busy_timeout = std::chrono::seconds{30}});
  std::thread release{[&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    holder->execute("COMMIT");
  }};
  CHECK_NOTHROW(patient->execute("INSERT INTO t VALUES (1)"));
  release.join();
}

TEST_CASE("a running statement is interrupted from another thread") {
  const auto db = sqlite_memory();
  std::atomic<bool> done = false;
  std::thread other{[&] {
    while (!done) {
      db->interrupt();
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
  }};
  const auto error = error_of(
      [&] { db->execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"); });
  done = true;
  other.join();
  CHECK(error.code() == code::interrupted);
  CHECK(db->query_value("SELECT 1") == "1");
}

TEST_CASE_METHOD(scratch_folder, "a wait for a lock is interrupted too") {
  const auto holder = open_database(url("a.db"), {.create = true});
  holder->execute("CREATE TABLE t(a); BEGIN IMMEDIATE");
  const auto db = open_database(url("a.db"), {.busy_timeout = std::chrono::hours{1}});
  std::atomic<bool> done = false;
  std::thread other{[&] {
    while (!done) {
      db->interrupt();
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
  }};
  const auto error = error_of([&] { db->execute("INSERT INTO t VALUES (1)"); });
  done = true;
  other.join();
  CHECK(error.code() == code::interrupted);
}

TEST_CASE("an interrupt with nothing running does not hurt the next statement") {
  const auto db = sqlite_memory();
  db->interrupt();
  CHECK(db->query_value("SELECT 1") == "1");
}

TEST_CASE_METHOD(scratch_folder, "databases are made, found and dropped") {
  CHECK_FALSE(instar::database_exists(url("a.db")));
  instar::create_database(url("a.db"));
  CHECK(instar::database_exists(url("a.db")));
  CHECK(error_of([&] { instar::create_database(url("a.db")); }).code() == code::database_exists);
  std::ofstream{path() / "a.db-wal"} << "x";
  CHECK(instar::drop_database(url("a.db")));
  CHECK_FALSE(std::filesystem::exists(path() / "a.db"));
  CHECK_FALSE(std::filesystem::exists(path() / "a.db-wal"));
  CHECK_FALSE(instar::drop_database(url("a.db")));
  CHECK(error_of([&] { instar::create_database(url("nowhere/a.db")); }).code() == code::folder_missing);
  std::filesystem::create_directories(path() / "folder" / "x");
  CHECK(error_of([&] { instar::drop_database(url("folder")); }).code() == code::cannot_open);
}

TEST_CASE("a memory database always exists and cannot be dropped") {
  const database_url url{"sqlite::memory:"};
  CHECK(instar::database_exists(url));
  CHECK_NOTHROW(instar::create_database(url));
  CHECK_FALSE(instar::drop_database(url));
}
