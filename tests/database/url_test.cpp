#include <instar/database/url.hpp>

#include "support/catch.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

using instar::database_url;
namespace code = instar::database_code;

namespace {

instar::database_error error_of_url(std::string_view text) {
  try {
    (void)database_url{text};
  } catch (const instar::database_error& error) {
    return error;
  }
  FAIL("no error in: " << text);
  throw 0;
}

/// What libpq's own environment variables would add is not what these tests are about.
struct without_libpq_environment {
  without_libpq_environment() {
    for (const char* name : {"PGHOST", "PGDATABASE", "PGUSER", "PGOPTIONS", "PGCONNECT_TIMEOUT"}) {
      ::unsetenv(name);
    }
  }
};

}  // namespace

TEST_CASE_METHOD(without_libpq_environment, "a PostgreSQL URL is handed to libpq with what every connection has") {
  CHECK(database_url{"postgresql://u:p%40w@db.example:5433/app"}.libpq_text() ==
        "postgresql://u:p%40w@db.example:5433/app?client_encoding=UTF8");
  CHECK(database_url{"postgres://h/app?sslmode=require"}.libpq_text() ==
        "postgresql://h/app?sslmode=require&client_encoding=UTF8");
  CHECK(database_url{"postgresql:///app?host=/tmp/s"}.libpq_text() ==
        "postgresql:///app?host=%2Ftmp%2Fs&client_encoding=UTF8");
  CHECK(database_url{"postgresql://"}.libpq_text() == "postgresql:///?client_encoding=UTF8");
  CHECK(database_url{"postgresql://u@h1:1,h2:2,[::1]:3/app"}.libpq_text() ==
        "postgresql://u@h1:1,h2:2,[::1]:3/app?client_encoding=UTF8");
  CHECK(database_url{"postgresql://h/caf%C3%A9%20x"}.libpq_text() ==
        "postgresql://h/caf%C3%A9%20x?client_encoding=UTF8");
}

TEST_CASE_METHOD(without_libpq_environment, "a script is UTF-8 whatever encoding the URL asks for") {
  CHECK(database_url{"postgresql://h/a?client_encoding=LATIN1"}.libpq_text() ==
        "postgresql://h/a?client_encoding=UTF8");
}

TEST_CASE_METHOD(without_libpq_environment, "settings travel in the URL and give way to what it says itself") {
  const instar::libpq_settings settings{
      .application_name = "instar x", .connect_timeout_seconds = 7, .read_only = true};
  CHECK(database_url{"postgresql://h/a"}.libpq_text(settings) ==
        "postgresql://h/a?client_encoding=UTF8&fallback_application_name=instar%20x&connect_timeout=7&options=%20-c%20"
        "default_transaction_read_only%3Don");
  CHECK(
      database_url{"postgresql://h/a?connect_timeout=3&options=-c%20work_mem%3D1MB"}.libpq_text(settings) ==
      "postgresql://h/a?connect_timeout=3&client_encoding=UTF8&fallback_application_name=instar%20x&options=-c%20work_"
      "mem%3D1MB%20-c%20default_transaction_read_only%3Don");
  ::setenv("PGCONNECT_TIMEOUT", "2", 1);
  CHECK(database_url{"postgresql://h/a"}.libpq_text({.application_name = {}, .connect_timeout_seconds = 7}) ==
        "postgresql://h/a?client_encoding=UTF8");
  ::unsetenv("PGCONNECT_TIMEOUT");
}

TEST_CASE_METHOD(without_libpq_environment, "Prisma's own parameters are understood and kept from libpq") {
  const database_url url{"postgresql://h/a?schema=public&connection_limit=5&pgbouncer=true&sslmode=disable"};
  CHECK(url.schema() == "public");
  CHECK(url.libpq_text() == "postgresql://h/a?sslmode=disable&client_encoding=UTF8");
  const database_url other{"postgresql://h/a?schema=my%20%22own%22"};
  CHECK(other.schema() == "my \"own\"");
  CHECK(other.libpq_text() ==
        "postgresql://h/a?client_encoding=UTF8&options=%20-c%20search_path%3D%22my%5C%20%22%22own%"
        "22%22%22");
}

TEST_CASE_METHOD(without_libpq_environment, "what is shown of a URL has neither user nor password nor parameter") {
  CHECK(database_url{"postgresql://u:secret@h:5433/app?sslpassword=hush"}.redacted() == "h:5433/app");
  CHECK(database_url{"postgresql://u:secret@h1,h2:2/app"}.redacted() == "h1,h2:2/app");
  CHECK(database_url{"postgresql:///app?host=/tmp/s&password=secret"}.redacted() == "unix:/tmp/s/app");
  CHECK(database_url{"postgresql://%2Ftmp%2Fs/app"}.redacted() == "unix:/tmp/s/app");
  CHECK(database_url{"postgresql://u@?dbname=b&port=7"}.redacted() == "local:7/b");
  CHECK(database_url{"postgresql://u@h"}.redacted() == "h/u");
  CHECK(database_url{"sqlite:dir/dev.db"}.redacted() == "dir/dev.db");
}

TEST_CASE_METHOD(without_libpq_environment, "secrets are taken out of a text that quotes them") {
  const database_url url{"postgresql://u:p%40ss@h/app?sslpassword=hush"};
  CHECK(url.without_secrets("bad p%40ss, p@ss and hush") == "bad ***, *** and ***");
  CHECK(database_url{"postgresql://u@h/app"}.without_secrets("nothing") == "nothing");
  // A password that is part of its own mask must not go on for ever.
  CHECK(database_url{"postgresql://u:*@h/a"}.without_secrets("a*b") == "a***b");
}

TEST_CASE_METHOD(without_libpq_environment, "a database's name is read as libpq would") {
  CHECK(database_url{"postgresql://h/app"}.database_name() == "app");
  CHECK(database_url{"postgresql://h/my%20app"}.database_name() == "my app");
  CHECK(database_url{"postgresql://h/a?dbname=b&dbname=c"}.database_name() == "c");
  CHECK(database_url{"postgresql://user@h"}.database_name() == "user");
  CHECK(database_url{"postgresql://h?user=other"}.database_name() == "other");
  ::setenv("PGDATABASE", "env", 1);
  CHECK(database_url{"postgresql://user@h"}.database_name() == "env");
  ::unsetenv("PGDATABASE");
}

TEST_CASE_METHOD(without_libpq_environment, "another database of the same server keeps everything else") {
  const database_url url{"postgresql://u:p@h/app?dbname=x&sslmode=disable"};
  CHECK(url.with_database("sha/dow \"1\"").libpq_text() ==
        "postgresql://u:p@h/sha%2Fdow%20%221%22?sslmode=disable&client_encoding=UTF8");
  CHECK(url.with_database("other").database_name() == "other");
  CHECK(url.database_name() == "x");
  CHECK(database_url{"sqlite:dev.db"}.with_database(":memory:").is_memory());
}

TEST_CASE("a SQLite URL names a file in every usual spelling") {
  CHECK(database_url{"sqlite:dev.db"}.sqlite_path() == "dev.db");
  CHECK(database_url{"sqlite:/var/dev.db"}.sqlite_path() == "/var/dev.db");
  CHECK(database_url{"sqlite:///var/dev.db"}.sqlite_path() == "/var/dev.db");
  CHECK(database_url{"sqlite://dev.db"}.sqlite_path() == "dev.db");
  CHECK(database_url{"file:./dev.db"}.sqlite_path() == "./dev.db");
  CHECK(database_url{"file:dev.db?connection_limit=1"}.sqlite_path() == "dev.db");
  CHECK(database_url{"sqlite:my file%20.db"}.sqlite_path() == "my file%20.db");
  CHECK(database_url{"sqlite::memory:"}.is_memory());
  CHECK(database_url{"file::memory:"}.is_memory());
  CHECK_FALSE(database_url{"sqlite:memory"}.is_memory());
  CHECK(database_url{"sqlite:dev.db"}.dialect() == instar::sqlite);
  CHECK(database_url{"postgres://h/a"}.dialect() == instar::postgres);
}

TEST_CASE("a text that is no database URL is refused without being shown") {
  for (const auto* text : {"", "dev.db", "hunter2", "hunter2:x", "host=h password=hunter2", ":memory:"}) {
    const auto error = error_of_url(text);
    CHECK(error.code() == code::unknown_scheme);
    CHECK(std::string{error.what()}.find("hunter2") == std::string::npos);
    CHECK_FALSE(error.remedy().empty());
  }
  const auto mysql = error_of_url("mysql://u:hunter2@h/a");
  CHECK(mysql.code() == code::unknown_scheme);
  CHECK(mysql.message() == "No database is known for a URL that starts with 'mysql://'.");
}

TEST_CASE("a URL that libpq would misread is refused without its password") {
  for (const auto* text :
       {"postgresql://u:hunter@2@h/a", "postgresql://u:hunter2/x@h/a", "postgresql://u:hunter2%zz@h/a",
        "postgresql://u:hunter2%00@h/a", "postgresql://u:hunter2%4", "postgresql://h:hunter2/a",
        "postgresql://h/a?password=hunter2&x", "postgresql://h/a?password=hunter2=3", "postgresql://h/%hunter2",
        "postgresql://[::1/a", "postgresql://[::1]x/a", "postgresql:h/a", "sqlite:", "sqlite:dev.db?hunter2",
        "sqlite:dev.db?mode=hunter2"}) {
    INFO(text);
    const auto error = error_of_url(text);
    CHECK(error.code() == code::malformed_url);
    CHECK(std::string{error.what()}.find("hunter") == std::string::npos);
  }
  CHECK(error_of_url(std::string_view{"sqlite:a\0b", 10}).code() == code::malformed_url);
}
