#pragma once

// A project in a folder of its own, and the programs run in it as somebody would.

#include "cli/document.hpp"
#include "support/catch.hpp"
#include "support/process.hpp"
#include "support/scratch_folder.hpp"

#include <instar/database/database.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace instar_test {

inline constexpr const char* without_models = INSTAR_PROGRAM;
inline constexpr const char* with_v1 = INSTAR_MIGRATOR_V1;
inline constexpr const char* with_v2 = INSTAR_MIGRATOR_V2;
inline constexpr const char* with_v3 = INSTAR_MIGRATOR_V3;
inline constexpr const char* with_commented = INSTAR_MIGRATOR_COMMENTED;

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// A folder with `migrations/`, and a database that DATABASE_URL names.
class project {
 public:
  explicit project(std::string url = "sqlite:dev.db") : url_(std::move(url)) {}

  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path migrations() const { return path() / "migrations"; }

  [[nodiscard]] process_options options() const {
    process_options chosen;
    chosen.folder = path();
    for (const char* name : {"NO_COLOR", "CLICOLOR_FORCE", "SHADOW_DATABASE_URL", "PGPASSWORD", "PGOPTIONS"}) {
      chosen.environment[name] = std::nullopt;
    }
    chosen.environment["TERM"] = "xterm";
    chosen.environment["DATABASE_URL"] = url_.empty() ? std::optional<std::string>{} : url_;
    return chosen;
  }

  [[nodiscard]] static std::vector<std::string> command(const char* program, std::vector<std::string> words) {
    // Migrators know the folder of their history; here it is the test's.
    if (std::string_view{program} != without_models) {
      words.insert(words.begin(), {"--migrations", "migrations"});
    }
    words.insert(words.begin(), program);
    return words;
  }

  /// Runs a program to its end.
  process_result run(const char* program, std::vector<std::string> words, const std::string& input = {}) const {
    process_options chosen = options();
    chosen.input = input;
    return run_process(command(program, std::move(words)), chosen);
  }

  /// The same, and it must end with 0.
  process_result run_well(const char* program, std::vector<std::string> words) const {
    process_result result = run(program, std::move(words));
    INFO("standard output:\n" << result.out << "standard error:\n" << result.err);
    REQUIRE(result.exit_code == 0);
    return result;
  }

  /// Writes `migrations/NAME/migration.sql`.
  void migration(const std::string& name, std::string_view sql) const {
    write("migrations/" + name + "/migration.sql", sql);
  }

  void write(const std::string& file, std::string_view text) const {
    std::filesystem::create_directories((path() / file).parent_path());
    std::ofstream{path() / file, std::ios::binary} << text;
  }

  [[nodiscard]] std::string read(const std::string& file) const {
    std::ifstream stream{path() / file, std::ios::binary};
    INFO(file);
    REQUIRE(stream);
    return {std::istreambuf_iterator<char>{stream}, {}};
  }

  [[nodiscard]] bool exists(const std::string& file) const { return std::filesystem::exists(path() / file); }

  /// The names of the migrations, sorted.
  [[nodiscard]] std::vector<std::string> migration_names() const {
    std::vector<std::string> names;
    if (!std::filesystem::exists(migrations())) {
      return names;
    }
    for (const auto& entry : std::filesystem::directory_iterator{migrations()}) {
      if (entry.is_directory()) {
        names.push_back(entry.path().filename().string());
      }
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  /// Asks the database itself, not through the program.
  [[nodiscard]] std::string ask(const std::string& sql) const {
    return instar::open_database(located())->query_value(sql).value_or("NULL");
  }

  /// Makes the empty database.
  void make_database() const { instar::create_database(located()); }

 private:
  [[nodiscard]] instar::database_url located() const {
    const instar::database_url url{url_};
    return url.dialect() == instar::sqlite ? url.with_database((path() / url.sqlite_path()).string()) : url;
  }

  scratch_folder folder_;
  std::string url_;
};

/// The document of a run with `--json`: the only thing on standard output, and nothing on standard error.
inline boost::json::object document_of(const process_result& result) {
  INFO("standard output:\n" << result.out << "standard error:\n" << result.err);
  CHECK(result.err.empty());
  boost::json::value document;
  REQUIRE_NOTHROW(document = parse_document(result.out));
  REQUIRE(document.is_object());
  boost::json::object object = document.as_object();
  REQUIRE(object.contains("exit_code"));
  CHECK(object["exit_code"].as_int64() == result.exit_code);
  if (result.exit_code == 0 || result.exit_code == 2) {
    CHECK(object["errors"].as_array().empty());
  } else if (result.exit_code != 1) {  // a status that is not up to date is no error
    CHECK_FALSE(object["errors"].as_array().empty());
  }
  return object;
}

/// The code of the first error of a document.
inline std::string error_code(const boost::json::object& document) {
  const auto& errors = document.at("errors").as_array();
  return errors.empty() ? "" : std::string{errors.front().at("code").as_string()};
}

}  // namespace instar_test
