#pragma once

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

#include <instar/database/database.hpp>
#include <instar/migrate/migrator.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

/// \file What the tests of migrations share: folders and databases that are gone afterwards.

namespace test {

namespace fs = std::filesystem;

inline std::string random_name(std::string_view stem) {
  static std::mt19937_64 random{std::random_device{}()};
  return std::string{stem} + "_" + std::to_string(random() % 1'000'000'000'000);
}

/// Runs a test once for each database.
inline instar::dialect each_dialect() {
  return GENERATE(instar::sqlite, instar::postgres);
}

/// A folder of its own, with a migrations folder in it.
class workspace {
 public:
  workspace() { fs::create_directories(migrations()); }

  [[nodiscard]] const fs::path& root() const { return folder_.path(); }
  [[nodiscard]] fs::path migrations() const { return root() / "migrations"; }

  void write(const fs::path& relative, std::string_view text) const {
    const fs::path file = root() / relative;
    fs::create_directories(file.parent_path());
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    REQUIRE(out.good());
  }

  /// Adds a migration, or replaces its script.
  void add(std::string_view name, std::string_view sql) const {
    write(fs::path{"migrations"} / name / "migration.sql", sql);
  }

  [[nodiscard]] std::string read(const fs::path& relative) const {
    std::ifstream in{root() / relative, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
  }

  /// The names in a folder, sorted.
  [[nodiscard]] std::vector<std::string> names(const fs::path& relative) const {
    std::vector<std::string> found;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(root() / relative, failed))
      found.push_back(entry.path().filename().string());
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  instar_test::scratch_folder folder_;
};

/// An empty database of either kind, dropped at the end.
class scratch_database {
 public:
  explicit scratch_database(instar::dialect kind) : url_(make(kind)) { instar::create_database(url_); }
  scratch_database(const scratch_database&) = delete;
  scratch_database& operator=(const scratch_database&) = delete;
  ~scratch_database() {
    try {
      (void)instar::drop_database(url_);
    } catch (const std::exception&) {
      // The server goes with the tests.
    }
  }

  [[nodiscard]] const instar::database_url& url() const { return url_; }
  [[nodiscard]] std::unique_ptr<instar::database> open() const { return instar::open_database(url_); }

  /// The first column of a query's rows, joined by blanks; NULL is `-`.
  [[nodiscard]] std::string ask(std::string_view sql) const {
    std::string text;
    for (const auto& row : open()->query(sql).rows)
      text += (text.empty() ? "" : " ") + row.front().value_or("-");
    return text;
  }

  void run(std::string_view sql) const { open()->execute(sql); }

  /// The user's tables and our own, sorted.
  [[nodiscard]] std::string tables() const {
    return ask(url_.dialect() == instar::postgres
                   ? "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
                     "ORDER BY relname COLLATE \"C\""
                   : "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name");
  }

  static instar::database_url server() {
    const char* url = std::getenv("INSTAR_TEST_POSTGRES");
    if (url == nullptr)
      FAIL("INSTAR_TEST_POSTGRES names no PostgreSQL server");
    return instar::database_url{url};
  }

 private:
  static instar::database_url make(instar::dialect kind) {
    const std::string name = random_name("instar_test");
    return kind == instar::postgres
               ? server().with_database(name)
               : instar::database_url{"sqlite:" + (fs::temp_directory_path() / (name + ".db")).string()};
  }

  instar::database_url url_;
};

/// The names of the shadow databases on the server.
inline std::set<std::string> shadow_databases(const scratch_database& db) {
  std::set<std::string> names;
  for (const auto& row : db.open()->query("SELECT datname FROM pg_database WHERE datname LIKE 'instar_shadow%'").rows)
    names.insert(row.front().value_or(""));
  return names;
}

/// Whether those that are there now go away but for one: other tests have theirs on the same server, for a while.
inline bool shadow_databases_go(const scratch_database& db, const std::string& but_for = {}) {
  std::set<std::string> left = shadow_databases(db);
  left.erase(but_for);
  for (int tries = 0; tries != 600 && !left.empty(); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    const std::set<std::string> now = shadow_databases(db);
    std::erase_if(left, [&](const std::string& name) { return !now.contains(name); });
  }
  return left.empty();
}

/// Runs something that must throw a migration_error and hands it over.
template <class Operation>
instar::migration_error error_of(const Operation& operation) {
  try {
    operation();
  } catch (const instar::migration_error& error) {
    return error;
  }
  FAIL("no migration_error was thrown");
  throw std::logic_error{"unreachable"};
}

/// "file:line:column", the file without its folders.
inline std::string place_of(const instar::migration_error& error) {
  REQUIRE(error.location());
  const fs::path file = error.location()->file;
  return (file.parent_path().filename() / file.filename()).string() + ":" + std::to_string(error.location()->line) +
         ":" + std::to_string(error.location()->column);
}

/// The names of what a deploy applied, joined by blanks.
inline std::string applied(const instar::deploy_report& report) {
  std::string text;
  for (const auto& m : report.applied)
    text += (text.empty() ? "" : " ") + m.name;
  return text;
}

/// "name=state", joined by blanks.
inline std::string states(const instar::status_report& report) {
  std::string text;
  for (const auto& m : report.migrations)
    text += (text.empty() ? "" : " ") + m.name + "=" + std::string{to_string(m.state)};
  return text;
}

/// The codes of warnings, joined by blanks.
inline std::string codes(const std::vector<instar::migration_warning>& warnings) {
  std::string text;
  for (const auto& w : warnings)
    text += (text.empty() ? "" : " ") + std::string{w.code};
  return text;
}

}  // namespace test
