#include <instar/database/postgres_error.hpp>

#include "support/catch.hpp"

#include <string>
#include <string_view>

using instar::detail::parse_postgres_error;
namespace code = instar::database_code;

namespace {

const instar::database_url server{"postgresql://u:hunter2@h/app"};

std::string_view connection_code(std::string_view said) {
  return instar::detail::postgres_connection_error(server, said).code();
}

std::string_view statement_code(std::string_view sqlstate) {
  return instar::detail::postgres_statement_error("", "ERROR:  x\n", sqlstate).code();
}

}  // namespace

TEST_CASE("an error's fields are read from libpq's text") {
  const std::string_view sql = "SELECT 1;\nINSERT INTO t VALUES (nope)";
  const auto fields = parse_postgres_error(sql, "ERROR:  column \"nope\" does not exist\n"
                                                "LINE 2: INSERT INTO t VALUES (nope)\n"
                                                "                              ^\n"
                                                "DETAIL:  There is a column named \"n\",\n"
                                                "but it cannot be referenced.\n"
                                                "HINT:  Try \"n\".\n"
                                                "CONTEXT:  somewhere\n");
  CHECK(fields.message == "column \"nope\" does not exist");
  CHECK(fields.detail == "There is a column named \"n\",\nbut it cannot be referenced.");
  CHECK(fields.hint == "Try \"n\".");
  CHECK(fields.context == "CONTEXT:  somewhere");
  CHECK(fields.offset == sql.find("nope"));
}

TEST_CASE("a message of several lines and one without position") {
  const auto fields = parse_postgres_error("x", "ERROR:  first\nsecond: line\nDETAIL:  d\n");
  CHECK(fields.message == "first\nsecond: line");
  CHECK(fields.detail == "d");
  CHECK_FALSE(fields.offset);
}

TEST_CASE("a translated label does not hide the position") {
  const auto fields = parse_postgres_error("SELECT nix", "FEHLER:  Spalte »nix« existiert nicht\n"
                                                         "ZEILE 1: SELECT nix\n"
                                                         "                ^\n");
  CHECK(fields.message == "Spalte »nix« existiert nicht");
  CHECK(fields.offset == 7U);
}

TEST_CASE("the position in a function's own statement is not one in the script") {
  const auto fields = parse_postgres_error("DO $$BEGIN EXECUTE 'SELECT nope'; END$$",
                                           "ERROR:  column \"nope\" does not exist\n"
                                           "LINE 1: SELECT nope\n"
                                           "               ^\n"
                                           "QUERY:  SELECT nope\n"
                                           "CONTEXT:  PL/pgSQL function inline_code_block line 1 at EXECUTE\n");
  CHECK_FALSE(fields.offset);
  CHECK(fields.context == "QUERY:  SELECT nope\nCONTEXT:  PL/pgSQL function inline_code_block line 1 at EXECUTE");
}

TEST_CASE("a position that does not fit the text is none") {
  CHECK_FALSE(parse_postgres_error("SELECT 1", "ERROR:  x\nLINE 7: SELECT y\n               ^\n").offset);
  CHECK_FALSE(parse_postgres_error("SELECT 1", "ERROR:  x\nLINE 1: other\n        ^\n").offset);
  CHECK_FALSE(parse_postgres_error("SELECT 1", "ERROR:  x\nLINE 0: SELECT 1\n        ^\n").offset);
  CHECK_FALSE(parse_postgres_error("SELECT 1", "ERROR:  x\nLINE 99999999999999999999: a\n        ^\n").offset);
  CHECK_FALSE(parse_postgres_error("", "").offset);
  CHECK_FALSE(parse_postgres_error("x", "^").offset);
}

TEST_CASE("why a connection failed is told apart") {
  CHECK(
      connection_code("connection to server at \"h\" (1.2.3.4), port 5432 failed: Connection refused\n\tIs the server "
                      "running on that host and accepting TCP/IP connections?\n") == code::unreachable);
  CHECK(connection_code("could not translate host name \"h\" to address: Name or service not known\n") ==
        code::unreachable);
  CHECK(connection_code("connection to server at \"h\", port 5432 failed: timeout expired\n") == code::unreachable);
  CHECK(connection_code("connection to server failed: FATAL:  password authentication failed for user \"u\"\n") ==
        code::authentication);
  CHECK(connection_code("connection failed: fe_sendauth: no password supplied\n") == code::authentication);
  CHECK(connection_code("failed: FATAL:  role \"u\" does not exist\n") == code::authentication);
  CHECK(connection_code("failed: FATAL:  no pg_hba.conf entry for host \"1.2.3.4\"\n") == code::authentication);
  CHECK(connection_code("failed: FATAL:  database \"app\" does not exist\n") == code::database_missing);
  CHECK(connection_code("failed: FATAL:  sorry, too many clients already\n") == code::refused);
  CHECK(connection_code("failed: FATAL:  Datenbank »app« existiert nicht\n") == code::refused);
  CHECK(connection_code("invalid URI query parameter: \"x\"\n") == code::malformed_url);
}

TEST_CASE("what a connection failed by passes, or does not") {
  const auto passes = [](std::string_view said) {
    return instar::detail::postgres_connection_error(server, said).transient();
  };
  CHECK(passes("connection to server at \"h\" (1.2.3.4), port 5432 failed: Connection refused\n\tIs the server "
               "running on that host and accepting TCP/IP connections?\n"));
  CHECK(passes("connection to server on socket \"/run/.s.PGSQL.5432\" failed: No such file or directory\n"));
  CHECK(passes("could not translate host name \"db\" to address: Temporary failure in name resolution\n"));
  CHECK(passes("connection to server at \"h\", port 5432 failed: timeout expired\n"));
  CHECK(passes("connection to server at \"h\", port 5432 failed: server closed the connection unexpectedly\n"));
  for (const std::string_view state : {"starting up", "shutting down", "in recovery mode", "not accepting connections",
                                       "not yet accepting connections"})
    CHECK(passes("failed: FATAL:  the database system is " + std::string{state} + "\n"));
  CHECK_FALSE(passes("could not translate host name \"h\" to address: Name or service not known\n"));
  CHECK_FALSE(passes("connection failed: FATAL:  password authentication failed for user \"u\"\n"));
  CHECK_FALSE(passes("failed: FATAL:  database \"app\" does not exist\n"));
  CHECK_FALSE(passes("could not open certificate file \"/c\": No such file or directory\n"));
  CHECK_FALSE(passes("failed: server does not support SSL, but SSL was required\n"));
}

TEST_CASE("an error about the URL itself does not repeat its password") {
  const auto error = instar::detail::postgres_connection_error(
      server, "unexpected character in URI: \"postgresql://u:hunter2@h/app\"\n");
  CHECK(error.code() == code::malformed_url);
  CHECK(std::string{error.what()}.find("hunter2") == std::string::npos);
}

TEST_CASE("statements' errors that a program tells apart have their own code") {
  CHECK(statement_code("42P01") == code::statement_failed);
  CHECK(statement_code("") == code::statement_failed);
  CHECK(statement_code("57014") == code::interrupted);
  CHECK(statement_code("55P03") == code::busy);
  CHECK(statement_code("40P01") == code::busy);
  CHECK(statement_code("25006") == code::read_only);
  CHECK(statement_code("42501") == code::permission);
}
