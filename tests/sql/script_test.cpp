#include <instar/sql/script.hpp>

#include "support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using instar::fits_in_transaction;
using instar::line_in_script;
using instar::position_in_script;
using instar::script_error;
using instar::script_position;
using instar::split_script;
namespace code = instar::script_code;

namespace {

std::vector<std::string> texts(instar::dialect dialect, std::string_view script) {
  std::vector<std::string> result;
  for (const auto& statement : split_script(dialect, script)) {
    CHECK(script.substr(statement.offset, statement.text.size()) == statement.text);
    result.emplace_back(statement.text);
  }
  return result;
}

using list = std::vector<std::string>;

script_error error_of(instar::dialect dialect, std::string_view script) {
  try {
    (void)split_script(dialect, script);
  } catch (const script_error& error) {
    return error;
  }
  FAIL("no error in: " << script);
  throw 0;
}

bool outside(instar::dialect dialect, std::string_view statement) {
  INFO(statement);
  const auto statements = split_script(dialect, statement);
  REQUIRE(statements.size() == 1);
  CHECK_FALSE(statements[0].transaction_control);
  CHECK(fits_in_transaction(statements) == !statements[0].outside_transaction);
  return statements[0].outside_transaction;
}

bool control(instar::dialect dialect, std::string_view statement) {
  INFO(statement);
  const auto statements = split_script(dialect, statement);
  REQUIRE(statements.size() == 1);
  CHECK_FALSE(statements[0].outside_transaction);
  CHECK(fits_in_transaction(statements) == !statements[0].transaction_control);
  return statements[0].transaction_control;
}

}  // namespace

TEST_CASE("a script is split at semicolons, without them and without empty statements") {
  for (const auto dialect : {instar::postgres, instar::sqlite}) {
    CHECK(texts(dialect, "").empty());
    CHECK(texts(dialect, " \r\n;; -- nothing\n /* here */ ;").empty());
    CHECK(texts(dialect, "SELECT 1") == list{"SELECT 1"});
    CHECK(texts(dialect, "SELECT 1;\n\nSELECT\n2 ;") == list{"SELECT 1", "SELECT\n2"});
    CHECK(texts(dialect, "a;b;;c") == list{"a", "b", "c"});
  }
}

TEST_CASE("a statement begins at its first token and ends at its last") {
  const std::string_view script = "-- remark\n  SELECT 1 /* in */ + 2 -- after\n ; /* next */ SELECT 3 -- end";
  const auto statements = split_script(instar::postgres, script);
  REQUIRE(statements.size() == 2);
  CHECK(statements[0].text == "SELECT 1 /* in */ + 2");
  CHECK(statements[0].offset == 12);
  CHECK(statements[1].text == "SELECT 3");
  CHECK(statements[1].offset == script.find("SELECT 3"));
}

TEST_CASE("the keyword is the first word in upper case") {
  const auto statements = split_script(instar::postgres, "create table t(); (SELECT 1); Select 2; \"a\"; VALUES(1)");
  REQUIRE(statements.size() == 5);
  CHECK(statements[0].keyword == "CREATE");
  CHECK(statements[1].keyword.empty());
  CHECK(statements[2].keyword == "SELECT");
  CHECK(statements[3].keyword.empty());
  CHECK(statements[4].keyword == "VALUES");
}

TEST_CASE("semicolons in strings and quoted names separate nothing") {
  for (const auto dialect : {instar::postgres, instar::sqlite}) {
    CHECK(texts(dialect, "SELECT 'a;b';c") == list{"SELECT 'a;b'", "c"});
    CHECK(texts(dialect, "SELECT 'it''s;';c") == list{"SELECT 'it''s;'", "c"});
    CHECK(texts(dialect, "SELECT '''';c") == list{"SELECT ''''", "c"});
    CHECK(texts(dialect, "SELECT '\\';c") == list{"SELECT '\\'", "c"});
    CHECK(texts(dialect, "SELECT \"a;\"\"b\";c") == list{"SELECT \"a;\"\"b\"", "c"});
    CHECK(texts(dialect, "SELECT X'00;', '--';c") == list{"SELECT X'00;', '--'", "c"});
    CHECK(texts(dialect, "SELECT '/*';c") == list{"SELECT '/*'", "c"});
    CHECK(texts(dialect, "SELECT 'ü;日本';c") == list{"SELECT 'ü;日本'", "c"});
  }
}

TEST_CASE("a backslash escapes a quote in E strings alone") {
  CHECK(texts(instar::postgres, R"(SELECT E'a\';b';c)") == list{R"(SELECT E'a\';b')", "c"});
  CHECK(texts(instar::postgres, R"(SELECT e'\\';c)") == list{R"(SELECT e'\\')", "c"});
  CHECK(texts(instar::postgres, R"(SELECT E'a''\';';c)") == list{R"(SELECT E'a''\';')", "c"});
  CHECK(texts(instar::postgres, R"(SELECT U&'\0041';c)") == list{R"(SELECT U&'\0041')", "c"});
  CHECK(texts(instar::postgres, R"(SELECT U&"d\0061t\";c)") == list{R"(SELECT U&"d\0061t\")", "c"});
  CHECK(texts(instar::postgres, R"(SELECT B'1', N'\';c)") == list{R"(SELECT B'1', N'\')", "c"});
  CHECK(texts(instar::postgres, R"(SELECT namE'\';c)") == list{R"(SELECT namE'\')", "c"});
  CHECK(texts(instar::postgres, R"(SELECT E '\';c)") == list{R"(SELECT E '\')", "c"});
}

TEST_CASE("an E string that goes on in the next line keeps its escapes") {
  CHECK(texts(instar::postgres, "SELECT E'a'\n  'b\\';';c") == list{"SELECT E'a'\n  'b\\';'", "c"});
  CHECK(texts(instar::postgres, "SELECT E'a' -- more;\n'b\\';';c") == list{"SELECT E'a' -- more;\n'b\\';'", "c"});
  CHECK(texts(instar::postgres, "SELECT E'a' 'b\\';c") == list{"SELECT E'a' 'b\\'", "c"});
}

TEST_CASE("dollar quotes hold anything up to their own tag") {
  CHECK(texts(instar::postgres, "DO $$ a; 'b; $x$ c; $$;d") == list{"DO $$ a; 'b; $x$ c; $$", "d"});
  CHECK(texts(instar::postgres, "DO $body$ a; $$; $bod$ $body$;d") == list{"DO $body$ a; $$; $bod$ $body$", "d"});
  CHECK(texts(instar::postgres, "DO $ä1_$;$ä1_$;d") == list{"DO $ä1_$;$ä1_$", "d"});
  CHECK(texts(instar::postgres, "SELECT $1;d") == list{"SELECT $1", "d"});
  CHECK(texts(instar::postgres, "SELECT $1$2;d") == list{"SELECT $1$2", "d"});
  CHECK(texts(instar::postgres, "SELECT a$b$;c$b$;d") == list{"SELECT a$b$", "c$b$", "d"});
  CHECK(texts(instar::postgres, "SELECT 1$$;$$;d") == list{"SELECT 1$$;$$", "d"});
  CHECK(texts(instar::sqlite, "SELECT $$;$$;d") == list{"SELECT $$", "$$", "d"});
}

TEST_CASE("comments nest on PostgreSQL and not on SQLite") {
  const std::string_view script = "a /* ; /* ; */ ; */ ; b";
  CHECK(texts(instar::postgres, script) == list{"a", "b"});
  CHECK(texts(instar::sqlite, "a /* ; /* ; */ ; b") == list{"a", "b"});
  CHECK(texts(instar::postgres, "a -- ; ' \" /* \n; b") == list{"a", "b"});
  CHECK(texts(instar::postgres, "a /*/ ; */; b") == list{"a", "b"});
  CHECK(texts(instar::postgres, "a /***/; b /*;*/") == list{"a", "b"});
  CHECK(texts(instar::postgres, "SELECT 1--2;\n;b") == list{"SELECT 1", "b"});
  // A lone CR ends the comment on PostgreSQL and not on SQLite.
  CHECK(texts(instar::postgres, "a -- x\r;b") == list{"a", "b"});
  CHECK(texts(instar::sqlite, "a -- x\r;b") == list{"a"});
}

TEST_CASE("brackets and backticks quote names on SQLite alone") {
  CHECK(texts(instar::sqlite, "SELECT [a;b], `c;``d`;e") == list{"SELECT [a;b], `c;``d`", "e"});
  CHECK(texts(instar::postgres, "SELECT a[1;2") == list{"SELECT a[1", "2"});
  CHECK(texts(instar::postgres, "SELECT ` ; a ` b") == list{"SELECT `", "a ` b"});
}

TEST_CASE("the commands of a rule stand in parentheses and stay together") {
  const std::string rule = "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b)";
  CHECK(texts(instar::postgres, rule + ";c") == list{rule, "c"});
  CHECK(texts(instar::sqlite, "SELECT (1;2)") == list{"SELECT (1", "2)"});
}

TEST_CASE("a BEGIN ATOMIC body is one statement, with CASE … END inside") {
  const std::string function = "CREATE OR REPLACE FUNCTION f(begin int) RETURNS int LANGUAGE sql BEGIN ATOMIC\n"
                               "  SELECT CASE WHEN begin > 0 THEN (CASE begin WHEN 1 THEN 2 END) ELSE 3 END;\n"
                               "  SELECT 1 AS end, t.case FROM t;\n"
                               "END";
  CHECK(texts(instar::postgres, function + "; SELECT 1;") == list{function, "SELECT 1"});
  const std::string procedure = "create procedure p() begin atomic insert into t values (1); end";
  CHECK(texts(instar::postgres, procedure + ";COMMIT") == list{procedure, "COMMIT"});
  CHECK_FALSE(split_script(instar::postgres, procedure)[0].transaction_control);
  // BEGIN without ATOMIC, or outside a routine, opens no body.
  CHECK(texts(instar::postgres, "BEGIN; SELECT 1; END") == list{"BEGIN", "SELECT 1", "END"});
  CHECK(texts(instar::postgres, "SELECT begin atomic; b") == list{"SELECT begin atomic", "b"});
}

TEST_CASE("a SQLite trigger is one statement, with CASE … END and a column named end inside") {
  const std::string trigger = "CREATE TEMP TRIGGER t AFTER INSERT ON a WHEN CASE 1 WHEN 1 THEN 1 END BEGIN\n"
                              "  UPDATE a SET x = CASE WHEN new.x > 1 THEN 2 ELSE 3 END;\n"
                              "  SELECT end FROM b; -- not END;\n"
                              "END";
  CHECK(texts(instar::sqlite, trigger + "; SELECT 1;") == list{trigger, "SELECT 1"});
  CHECK(texts(instar::sqlite, trigger) == list{trigger});
  const std::string plain = "create trigger if not exists t before delete on a begin select 1; end";
  CHECK(texts(instar::sqlite, plain + ";b") == list{plain, "b"});
  CHECK(texts(instar::sqlite, "CREATE TABLE trigger(a);b") == list{"CREATE TABLE trigger(a)", "b"});
  // PostgreSQL's triggers have no body.
  CHECK(texts(instar::postgres, "CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f(); b").size() == 2);
}

TEST_CASE("a byte order mark is skipped and does not move columns") {
  const std::string script = "\xEF\xBB\xBFSELECT 1;\nb";
  const auto statements = split_script(instar::postgres, script);
  REQUIRE(statements.size() == 2);
  CHECK(statements[0].text == "SELECT 1");
  CHECK(statements[0].offset == 3);
  CHECK(position_in_script(script, statements[0].offset) == script_position{1, 1});
  CHECK(position_in_script(script, statements[1].offset) == script_position{2, 1});
  CHECK(line_in_script(script, 3) == "SELECT 1;");
}

TEST_CASE("a position counts lines of any ending and columns in characters") {
  const std::string_view script = "äb\r\nc日d\re\n\nf";
  CHECK(position_in_script(script, 0) == script_position{1, 1});
  CHECK(position_in_script(script, 2) == script_position{1, 2});
  CHECK(position_in_script(script, script.find('\r')) == script_position{1, 3});
  CHECK(position_in_script(script, script.find('c')) == script_position{2, 1});
  CHECK(position_in_script(script, script.find('d')) == script_position{2, 3});
  CHECK(position_in_script(script, script.find('e')) == script_position{3, 1});
  CHECK(position_in_script(script, script.find('f')) == script_position{5, 1});
  CHECK(position_in_script(script, script.size()) == script_position{5, 2});
  CHECK(position_in_script(script, 1000) == script_position{5, 2});
  CHECK(line_in_script(script, 1) == "äb");
  CHECK(line_in_script(script, script.find("\n")) == "äb");
  CHECK(line_in_script(script, script.find('d')) == "c日d");
  CHECK(line_in_script(script, script.find('e')) == "e");
  CHECK(line_in_script(script, script.size()) == "f");
  CHECK(line_in_script("", 0).empty());
}

TEST_CASE("a quote without an end is an error that points at its start") {
  const auto check = [](instar::dialect dialect, std::string_view script, std::string_view start) {
    INFO(script);
    const auto error = error_of(dialect, script);
    CHECK(error.code() == code::unterminated_quote);
    CHECK(error.offset() == script.find(start));
    CHECK(error.position() == position_in_script(script, error.offset()));
  };
  for (const auto dialect : {instar::postgres, instar::sqlite}) {
    check(dialect, "SELECT 1;\nSELECT 'abc;\n", "'abc");
    check(dialect, "SELECT 'abc''", "'abc");
    check(dialect, "SELECT \"abc;", "\"abc");
  }
  check(instar::postgres, "SELECT E'abc\\'", "E'abc");
  check(instar::postgres, "SELECT E'abc\\", "E'abc");
  check(instar::postgres, "SELECT E'a'\n'b", "E'a'");
  check(instar::postgres, "DO $tag$ ; $$", "$tag$");
  check(instar::postgres, "DO $$ ; $", "$$");
  check(instar::sqlite, "SELECT [abc", "[abc");
  check(instar::sqlite, "SELECT `abc``", "`abc");
  CHECK(std::string{error_of(instar::postgres, "a;\n  'x").what()} ==
        "INS3101: line 2, column 3: This string has no end. Close it with '.");
  CHECK(error_of(instar::postgres, "$q$ x").remedy() == "Close it with $q$.");
}

TEST_CASE("a comment without an end is an error that points at its start") {
  const auto outer = error_of(instar::postgres, "a; /* b /* c */ ;");
  CHECK(outer.code() == code::unterminated_comment);
  CHECK(outer.offset() == 3);
  CHECK(error_of(instar::sqlite, "a /*").code() == code::unterminated_comment);
  CHECK(error_of(instar::postgres, "a /*/").code() == code::unterminated_comment);
}

TEST_CASE("a body without END is an error that points at its statement") {
  const auto routine = error_of(instar::postgres, "a;\nCREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; b;");
  CHECK(routine.code() == code::unterminated_body);
  CHECK(routine.position() == script_position{2, 1});
  const auto trigger = error_of(instar::sqlite, "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2;");
  CHECK(trigger.code() == code::unterminated_body);
  CHECK(trigger.offset() == 0);
}

TEST_CASE("a command of psql is named, with its place") {
  const auto error = error_of(instar::postgres, "SELECT 1;\n  \\connect other\n");
  CHECK(error.code() == code::client_command);
  CHECK(error.position() == script_position{2, 3});
  CHECK(error.message() == "'\\connect' is a command of psql, not SQL.");
  CHECK(error_of(instar::postgres, "\\copy t from 'x'").message().find("'\\copy'") == 0);
  CHECK(error_of(instar::postgres, "SELECT 1 \\gset\n").message().find("'\\gset'") == 0);
  CHECK(error_of(instar::postgres, "\\! rm").message().find("'\\!'") == 0);
  CHECK(error_of(instar::postgres, "\\").code() == code::client_command);
  CHECK(split_script(instar::postgres, "SELECT '\\connect', $$\\copy$$ -- \\d\n").size() == 1);
}

TEST_CASE("a command of the sqlite3 shell is named at the start of a statement alone") {
  const auto error = error_of(instar::sqlite, "SELECT 1;\n.read other.sql\n");
  CHECK(error.code() == code::client_command);
  CHECK(error.message() == "'.read' is a command of the sqlite3 shell, not SQL.");
  CHECK(error.position() == script_position{2, 1});
  CHECK(split_script(instar::sqlite, "SELECT a\n.b FROM a").size() == 1);
}

TEST_CASE("COPY from or to the client is refused, from a file it is not") {
  const auto error = error_of(instar::postgres, "SELECT 1;\nCOPY t (a, b) FROM stdin;\n1\tit's\n\\.\n");
  CHECK(error.code() == code::copy_data);
  CHECK(error.position() == script_position{2, 1});
  CHECK(error_of(instar::postgres, "copy (select 1) to stdout").code() == code::copy_data);
  CHECK(error_of(instar::postgres, "COPY BINARY t FROM STDIN WITH (FORMAT csv)").code() == code::copy_data);
  CHECK(split_script(instar::postgres, "COPY t FROM '/data/t.csv'; COPY (SELECT 1 FROM stdin) TO '/x'").size() == 2);
  CHECK(split_script(instar::postgres, "SELECT 1 FROM stdin").size() == 1);
}

TEST_CASE("a NUL byte and a byte that is not UTF-8 are errors with a place") {
  using namespace std::string_view_literals;
  const auto nul = error_of(instar::postgres, "SELECT 1;\n'\0'"sv);
  CHECK(nul.code() == code::nul_byte);
  CHECK(nul.position() == script_position{2, 2});
  const auto latin1 = error_of(instar::sqlite, "-- ü\n-- M\xFCller"sv);
  CHECK(latin1.code() == code::invalid_utf8);
  CHECK(latin1.position() == script_position{2, 5});
  for (const auto bad : {"\x80"sv, "\xC3"sv, "\xC0\xAF"sv, "\xE0\x80\x80"sv, "\xED\xA0\x80"sv, "\xF0\x80\x80\x80"sv,
                         "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xE2\x82"sv, "\xE2\x28\xA1"sv, "\xFF\xFE"sv}) {
    CHECK(error_of(instar::postgres, "'" + std::string{bad}).code() == code::invalid_utf8);
    CHECK(error_of(instar::postgres, "'" + std::string{bad} + "'").offset() == 1);
  }
  CHECK(split_script(instar::postgres, "'\xC2\x80\xE0\xA0\x80\xED\x9F\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF'").size() ==
        1);
}

TEST_CASE("statements that control transactions are marked") {
  for (const auto* statement :
       {"BEGIN", "begin transaction", "BEGIN ISOLATION LEVEL SERIALIZABLE", "COMMIT", "COMMIT WORK", "END", "ROLLBACK",
        "ROLLBACK TO s", "SAVEPOINT s", "RELEASE SAVEPOINT s"}) {
    CHECK(control(instar::postgres, statement));
    CHECK(control(instar::sqlite, statement));
  }
  for (const auto* statement :
       {"START TRANSACTION", "start /* */ transaction", "ABORT", "PREPARE TRANSACTION 'x'", "COMMIT PREPARED 'x'"}) {
    CHECK(control(instar::postgres, statement));
  }
  for (const auto* statement : {"PREPARE p AS SELECT 1", "SET TRANSACTION READ ONLY", "SELECT begin", "\"begin\"",
                                "(BEGIN)", "CREATE TABLE commit()"}) {
    CHECK_FALSE(control(instar::postgres, statement));
  }
}

TEST_CASE("what PostgreSQL cannot run in a transaction is marked") {
  for (const auto* statement : {"CREATE INDEX CONCURRENTLY i ON t (a)",
                                "create unique index concurrently if not exists i on t (a)",
                                "DROP INDEX CONCURRENTLY i",
                                "REINDEX INDEX CONCURRENTLY i",
                                "REINDEX TABLE CONCURRENTLY t",
                                "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
                                "REINDEX (CONCURRENTLY) TABLE t",
                                "REINDEX (VERBOSE, CONCURRENTLY true) INDEX i",
                                "REINDEX DATABASE d",
                                "REINDEX SYSTEM d",
                                "REINDEX SCHEMA s",
                                "REINDEX (VERBOSE) SCHEMA s",
                                "VACUUM",
                                "VACUUM (FULL) t",
                                "vacuum analyze t",
                                "CLUSTER",
                                "CLUSTER VERBOSE",
                                "CLUSTER (VERBOSE)",
                                "CREATE DATABASE d",
                                "DROP DATABASE IF EXISTS d",
                                "CREATE TABLESPACE s LOCATION '/x'",
                                "DROP TABLESPACE s",
                                "ALTER SYSTEM SET work_mem = 1",
                                "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
                                "ALTER TABLE IF EXISTS ONLY s.t DETACH PARTITION s.p CONCURRENTLY",
                                "ALTER DATABASE d SET TABLESPACE s",
                                "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
                                "DROP SUBSCRIPTION s",
                                "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
                                "DISCARD ALL"}) {
    CHECK(outside(instar::postgres, statement));
  }
  for (const auto* statement : {"CREATE INDEX i ON t (concurrently)",
                                "CREATE TABLE concurrently (a int)",
                                "DROP INDEX i",
                                "REINDEX TABLE t",
                                "REINDEX (CONCURRENTLY false) TABLE t",
                                "REINDEX (VERBOSE) INDEX i",
                                "CLUSTER t",
                                "CLUSTER t USING i",
                                "CLUSTER (VERBOSE) t",
                                "ALTER DATABASE d SET work_mem = 1",
                                "ALTER TABLE t DETACH PARTITION p",
                                "ALTER TABLE t DETACH PARTITION p FINALIZE",
                                "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
                                "DISCARD PLANS",
                                "ALTER TYPE e ADD VALUE 'x'",
                                "CREATE EXTENSION x",
                                "CREATE ROLE r",
                                "TRUNCATE t",
                                "ANALYZE",
                                "COMMENT ON DATABASE d IS 'x'",
                                "INSERT INTO t VALUES ('VACUUM')",
                                "\"vacuum\"",
                                "CREATE INDEX \"concurrently\" ON t (a)"}) {
    CHECK_FALSE(outside(instar::postgres, statement));
  }
}

TEST_CASE("what SQLite cannot run in a transaction, or ignores there, is marked") {
  for (const auto* statement : {"VACUUM", "VACUUM main INTO 'x'", "PRAGMA foreign_keys=OFF", "pragma Foreign_Keys = on",
                                "PRAGMA foreign_keys(0)", "PRAGMA main.journal_mode = WAL", "PRAGMA synchronous = 1",
                                "PRAGMA temp_store = 2", "PRAGMA wal_checkpoint", "PRAGMA wal_checkpoint(TRUNCATE)",
                                "PRAGMA page_size = 512", "PRAGMA auto_vacuum = 1", "ATTACH 'x' AS y", "DETACH y"}) {
    CHECK(outside(instar::sqlite, statement));
  }
  for (const auto* statement :
       {"PRAGMA foreign_keys", "PRAGMA foreign_key_check", "PRAGMA defer_foreign_keys=ON",
        "PRAGMA legacy_alter_table=ON", "PRAGMA user_version = 3", "CREATE TABLE vacuum(a)", "REINDEX", "ANALYZE"}) {
    CHECK_FALSE(outside(instar::sqlite, statement));
  }
}

TEST_CASE("generated statements come back as they were joined") {
  const auto seed = GENERATE(take(5, random(0U, 0xFFFFFFFFU)));
  std::mt19937 engine{static_cast<std::uint32_t>(seed)};
  INFO("seed " << seed);
  const auto pick = [&](const std::vector<std::string>& from) {
    return from[std::uniform_int_distribution<std::size_t>{0, from.size() - 1}(engine)];
  };
  for (const auto dialect : {instar::postgres, instar::sqlite}) {
    const bool on_postgres = dialect == instar::postgres;
    std::vector<std::string> pieces{
        "a",    "\"x;\"\"y\"", "'it''s; -- no /* comment'", "1.5e3", "( b , c )", "+", "'ü日'",
        "'\\'", "x'0a'",       "case when 1 then 2 end"};
    std::vector<std::string> gaps{" ", "\n", "\r\n", "\t", " -- ; ' \" $$\n", "/* ; ' \" */"};
    if (on_postgres) {
      pieces.insert(pieces.end(), {"$$;'$$", "$t$ ; $$ $t$", "E'\\';'", "E'a'\n'\\';'", "$1", "(d ; e)"});
      gaps.emplace_back("/* /* ; */ ' */");
    } else {
      pieces.insert(pieces.end(), {"[x;'y]", "`x;``y`", "?1", ":n"});
    }
    std::string script;
    list expected;
    for (int statement = 0; statement < 200; ++statement) {
      std::string text = "select";
      for (auto count = std::uniform_int_distribution<int>{0, 6}(engine); count > 0; --count) {
        // A word behind each piece, for two strings with a line end between them would be one.
        text += pick(gaps) + pick(pieces) + pick(gaps) + "z";
      }
      script += pick(gaps) + text + pick(gaps) + ";" + (statement % 7 == 0 ? ";" : "");
      expected.push_back(text);
    }
    const list split = texts(dialect, script);
    REQUIRE(split.size() == expected.size());
    for (std::size_t i = 0; i < split.size(); ++i) {
      CHECK(split[i] == expected[i]);
    }
  }
}

TEST_CASE("scripts that differ in comments, blanks and semicolons alone are normalized to one text") {
  const auto dialect = GENERATE(instar::postgres, instar::sqlite);
  const std::string_view script = "CREATE TABLE a (id int, b text DEFAULT 'x;  y');\nDROP TABLE c;\n";
  for (const std::string_view same :
       {"CREATE TABLE a (id int, b text DEFAULT 'x;  y'); DROP TABLE c",
        "-- why\nCREATE  TABLE a(id int,b /* not; null */ text\n  DEFAULT 'x;  y' ) ;;\r\n\tDROP\nTABLE c; -- done",
        "\xEF\xBB\xBF"
        "CREATE TABLE a ( id int , b text DEFAULT 'x;  y');DROP TABLE c;"}) {
    CHECK(instar::normalized_script(dialect, same) == instar::normalized_script(dialect, script));
  }
  for (const std::string_view other : {"CREATE TABLE a (id int, b text DEFAULT 'x; y'); DROP TABLE c",
                                       "CREATE TABLE a (id int, b text DEFAULT 'x;  y')",
                                       "CREATE TABLE a (id int, b text DEFAULT 'x;  y') DROP TABLE c",
                                       "CREATE TABLE a (id int, b text DEFAULT 'X;  y'); DROP TABLE c",
                                       "CREATE TABLE a (id int, b text DEFAULT 'x;  y'); DROP TABLE \"c\""}) {
    CHECK(instar::normalized_script(dialect, other) != instar::normalized_script(dialect, script));
  }
}

TEST_CASE("normalizing joins and parts no tokens") {
  const auto normal = [](std::string_view text) { return instar::normalized_script(instar::postgres, text); };
  CHECK(normal("select a < = b") != normal("select a <= b"));
  CHECK(normal("select 1 - -1") != normal("select 1"));
  CHECK(normal("select x '0a'") != normal("select x'0a'"));
  CHECK(normal("select 'a'\n'b'") != normal("select 'a' 'b'"));
  CHECK(normal("select 'a' -- one string\n 'b'") == normal("select 'a'\n'b'"));
  CHECK(normal("do $$ -- inside\n$$") != normal("do $$ $$"));
  CHECK(normal("create rule r as on insert to t do (select 1; select 2)") !=
        normal("create rule r as on insert to t do (select 1, select 2)"));
  CHECK(normal(" -- nothing\n ;;").empty());
  CHECK_THROWS_AS(normal("select 'a"), script_error);
}

TEST_CASE("time is linear in the length of what is hard to split") {
  const auto repeat = [](std::string_view piece, std::size_t bytes) {
    std::string text;
    text.reserve(bytes + piece.size());
    while (text.size() < bytes) {
      text += piece;
    }
    return text;
  };
  constexpr std::size_t size = 1'000'000;
  const auto begin = std::chrono::steady_clock::now();
  for (const auto* piece : {"a;", "'';", "$a", "$aaaaaaaa ", "-", "/**/", "(", "E'' \n", "select 1 as end;\n"}) {
    CHECK_NOTHROW(split_script(instar::postgres, repeat(piece, size)));
  }
  for (const auto* start : {"/*", "$ab$", "'", "E'"}) {
    const auto* piece = *start == '/' ? "/*" : "$ab ";
    CHECK_THROWS_AS(split_script(instar::postgres, start + repeat(piece, size)), script_error);
  }
  CHECK_THROWS_AS(split_script(instar::sqlite, "create trigger t begin " + repeat("select 1;", size)), script_error);
  // These 14 MB take a few seconds unoptimised; anything quadratic would take hours.
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{120});
}
