#include "migrate/workspace.hpp"

#include <instar/migrate/history.hpp>

#include <array>
#include <string>

using test::error_of;
using test::workspace;
namespace code = instar::migration_code;
namespace fs = std::filesystem;

TEST_CASE("a folder is read in the order of its names' bytes") {
  const workspace w;
  w.add("20240102000000_b", "SELECT 2;");
  w.add("20240101000000_a", "SELECT 1;");
  w.add("20240101000000_B", "SELECT 1;");
  w.write("migrations/snapshot.hpp", "");
  w.write("migrations/.hidden/migration.sql", "");
  w.write("migrations/20240102000000_b/down.sql", "");
  const instar::history read = instar::read_history(w.migrations());
  REQUIRE(read.migrations.size() == 3);
  CHECK(read.migrations[0].name == "20240101000000_B");
  CHECK(read.migrations[1].name == "20240101000000_a");
  CHECK(read.migrations[2].name == "20240102000000_b");
  CHECK(read.migrations[2].sql == "SELECT 2;");
  CHECK(read.migrations[2].checksum == instar::detail::sha256_hex("SELECT 2;"));
  CHECK_FALSE(read.provider);
}

TEST_CASE("a migrations folder that is not there is an error") {
  const workspace w;
  const auto error = error_of([&] { (void)instar::read_history(w.root() / "nowhere"); });
  CHECK(error.code() == code::folder_missing);
  CHECK(error.message().find("nowhere") != std::string::npos);
  CHECK(error_of([&] {
          w.write("file", "");
          (void)instar::read_history(w.root() / "file");
        }).code() == code::folder_missing);
}

TEST_CASE("a folder without migration.sql is an error with a remedy") {
  const workspace w;
  w.write("migrations/20240101000000_a/notes.txt", "");
  const auto error = error_of([&] { (void)instar::read_history(w.migrations()); });
  CHECK(error.code() == code::script_missing);
  CHECK(error.migration() == "20240101000000_a");
  CHECK_FALSE(error.remedy().empty());
}

TEST_CASE("a migration.sql that is a folder is an error") {
  const workspace w;
  fs::create_directories(w.migrations() / "20240101000000_a" / "migration.sql");
  CHECK(error_of([&] { (void)instar::read_history(w.migrations()); }).code() == code::cannot_read);
}

TEST_CASE("two migrations with one timestamp are allowed, ordered by name, and warned of") {
  const workspace w;
  w.add("20240101000000_b", "");
  w.add("20240101000000_a", "");
  const instar::history read = instar::read_history(w.migrations());
  REQUIRE(read.warnings.size() == 1);
  CHECK(read.warnings[0].code == code::same_timestamp);
  CHECK(read.warnings[0].migration == "20240101000000_b");
}

TEST_CASE("a link that leads out of the migrations folder is refused") {
  const workspace w;
  w.write("elsewhere/migration.sql", "SELECT 1;");
  SECTION("a folder") {
    fs::create_directory_symlink(w.root() / "elsewhere", w.migrations() / "20240101000000_a");
  }
  SECTION("a folder, by ..") {
    fs::create_directory_symlink("../elsewhere", w.migrations() / "20240101000000_a");
  }
  SECTION("a file") {
    fs::create_directories(w.migrations() / "20240101000000_a");
    fs::create_symlink(w.root() / "elsewhere/migration.sql", w.migrations() / "20240101000000_a/migration.sql");
  }
  CHECK(error_of([&] { (void)instar::read_history(w.migrations()); }).code() == code::outside_folder);
}

TEST_CASE("a link inside the migrations folder, and one to the folder itself, are fine") {
  const workspace w;
  w.add("20240101000000_a", "SELECT 1;");
  fs::create_directory_symlink("20240101000000_a", w.migrations() / "20240102000000_b");
  fs::create_directory_symlink(w.migrations(), w.root() / "link");
  CHECK(instar::read_history(w.root() / "link").migrations.size() == 2);
}

TEST_CASE("a dangling link is an error") {
  const workspace w;
  fs::create_directory_symlink("nowhere", w.migrations() / "20240101000000_a");
  CHECK(error_of([&] { (void)instar::read_history(w.migrations()); }).code() == code::cannot_read);
}

TEST_CASE("names that a ledger or a terminal cannot take are refused") {
  const workspace w;
  SECTION("a control character") {
    w.add("20240101000000_a\nb", "");
    CHECK(error_of([&] { (void)instar::read_history(w.migrations()); }).code() == code::bad_name);
  }
  SECTION("not UTF-8") {
    w.add("20240101000000_\xFF", "");
    CHECK(error_of([&] { (void)instar::read_history(w.migrations()); }).code() == code::not_utf8);
  }
  SECTION("longer than the ledger's column") {
    const std::string name(256, 'a');
    const std::array<instar::embedded_migration, 1> embedded{{{.name = name, .sql = "", .sha256 = ""}}};
    CHECK(error_of([&] { (void)instar::read_history(embedded); }).code() == code::name_too_long);
  }
}

TEST_CASE("an embedded history is the folder's") {
  const std::string sum = instar::detail::sha256_hex("SELECT 1;");
  const std::array<instar::embedded_migration, 2> embedded{
      {{.name = "20240102000000_b", .sql = "SELECT 2;", .sha256 = ""},
       {.name = "20240101000000_a", .sql = "SELECT 1;", .sha256 = sum}}};
  const instar::history read = instar::read_history(embedded);
  REQUIRE(read.migrations.size() == 2);
  CHECK(read.migrations[0].name == "20240101000000_a");
  CHECK(read.migrations[0].checksum == sum);
  CHECK(read.migrations[1].checksum == instar::detail::sha256_hex("SELECT 2;"));
  CHECK_FALSE(read.folder);
}

TEST_CASE("a checksum is that of the bytes, and a change of line ends is no change") {
  const workspace w;
  const std::string unix_text = "SELECT 1;\n\nSELECT 2;\n-- end";
  const std::string windows_text = "SELECT 1;\r\n\r\nSELECT 2;\r\n-- end";
  const auto matches = [&](std::string_view file, std::string_view recorded) {
    const instar::migration m{"n", std::string{file}, instar::detail::sha256_hex(file), {}};
    return instar::detail::has_checksum(m, instar::detail::sha256_hex(recorded));
  };
  CHECK(matches(unix_text, unix_text));
  CHECK(matches(windows_text, unix_text));
  CHECK(matches(unix_text, windows_text));
  CHECK(matches("a\nb\r\n", "a\nb\n"));
  CHECK_FALSE(matches(unix_text, unix_text + "\n"));
  CHECK_FALSE(matches("a", "b"));
}

TEST_CASE("a lock file's provider is read whatever stands round it") {
  const auto provider = [](std::string_view text) {
    return instar::detail::parse_lock_file("m/migration_lock.toml", text);
  };
  CHECK(provider("# Please do not edit this file manually\n# It should be added\nprovider = \"postgresql\"\n") ==
        instar::postgres);
  CHECK(provider("provider = \"postgresql\"") == instar::postgres);
  CHECK(provider("provider=\"sqlite\"\r\n") == instar::sqlite);
  CHECK(provider("\xEF\xBB\xBFprovider = 'sqlite' # here\n") == instar::sqlite);
  CHECK(provider("other = 1\nprovider = \"sqlite\"\n[table]\nx\n") == instar::sqlite);
}

TEST_CASE("a broken lock file is refused with its place") {
  const auto refused = [](std::string_view text) {
    const auto error = error_of([&] { (void)instar::detail::parse_lock_file("m/migration_lock.toml", text); });
    return std::string{error.code()} + " " + test::place_of(error);
  };
  CHECK(refused("") == "INS4007 m/migration_lock.toml:1:1");
  CHECK(refused("# nothing\n") == "INS4007 m/migration_lock.toml:2:1");
  CHECK(refused("provider\n") == "INS4007 m/migration_lock.toml:1:1");
  CHECK(refused("\n  provider = sqlite\n") == "INS4007 m/migration_lock.toml:2:3");
  CHECK(refused("provider = \"sqlite\n") == "INS4007 m/migration_lock.toml:1:1");
  CHECK(refused("provider = \"sqlite\" x\n") == "INS4007 m/migration_lock.toml:1:1");
  CHECK(refused("provider = \"sqlite\"\nprovider = \"sqlite\"\n") == "INS4007 m/migration_lock.toml:2:1");
  CHECK(refused("provider =") == "INS4007 m/migration_lock.toml:1:1");
  CHECK(refused("\x01\x02\x03") == "INS4007 m/migration_lock.toml:1:1");
  CHECK(refused("a\n<<<<<<< HEAD\nprovider = \"sqlite\"\n=======\nprovider = \"postgresql\"\n>>>>>>> x\n") ==
        "INS4008 m/migration_lock.toml:2:1");
  CHECK(refused("provider = \"mysql\"") == "INS4009 m/migration_lock.toml:1:1");
}

TEST_CASE("a history of another database is refused by both names and Prisma's code") {
  const workspace w;
  w.write("migrations/migration_lock.toml", "provider = \"postgresql\"\n");
  const instar::history read = instar::read_history(w.migrations());
  CHECK_NOTHROW(instar::detail::check_provider(read, instar::postgres));
  const auto error = error_of([&] { instar::detail::check_provider(read, instar::sqlite); });
  CHECK(error.code() == code::provider_mismatch);
  CHECK(error.message().find("`postgresql`") != std::string::npos);
  CHECK(error.message().find("`sqlite`") != std::string::npos);
  CHECK(error.message().find("P3019") != std::string::npos);
}

TEST_CASE("what a script holds is checked when it is about to run") {
  const auto refused = [](std::string_view sql) {
    const instar::migration m{"20240101000000_a", std::string{sql}, "", "m/20240101000000_a/migration.sql"};
    const auto error = error_of([&] { (void)instar::detail::checked_statements(instar::sqlite, m); });
    return std::string{error.code()} + " " + test::place_of(error);
  };
  CHECK(refused("SELECT 1;\nSELECT '\xFC';") == "INS4003 20240101000000_a/migration.sql:2:9");
  CHECK(refused(std::string_view{"SELECT \0", 8}) == "INS4003 20240101000000_a/migration.sql:1:8");
  CHECK(refused(std::string_view{"\xFF\xFEs\0", 4}) == "INS4003 20240101000000_a/migration.sql:1:1");
  CHECK(refused("x;\n<<<<<<< a\n=======\n>>>>>>> b\n") == "INS4015 20240101000000_a/migration.sql:2:1");
  CHECK(refused("SELECT 'open") == "INS3101 20240101000000_a/migration.sql:1:8");
}

TEST_CASE("the place of an error counts characters and keeps the line") {
  const instar::script_location place = instar::detail::locate("f", "a\nÄÖ x\r\nb", 7);
  CHECK(place.line == 2);
  CHECK(place.column == 4);
  CHECK(place.text == "ÄÖ x");
  CHECK(place.text[place.caret] == 'x');
  std::string wide(5000, '.');
  wide[3000] = 'X';
  const instar::script_location cut = instar::detail::locate("f", wide, 3000);
  CHECK(cut.column == 3001);
  CHECK(cut.text.size() <= 410);
  CHECK(cut.text[cut.caret] == 'X');
  CHECK(instar::detail::locate("f", "", 10).line == 1);
}
