#pragma once

#include <instar/database/connection.hpp>
#include <instar/migrate/code.hpp>
#include <instar/migrate/embedded.hpp>
#include <instar/schema/schema.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace instar::cli {

/// What a program brings along. Everything may be left out: without a schema, the commands that need models say so.
struct options {
  /// The program's models: `{.schema = instar::view_of<app::schema>}`. What it looks at must outlive the call of `run`.
  std::optional<schema_view> schema{};

  /// Where the migrations are when `--migrations` does not say it.
  std::filesystem::path migrations = "migrations";

  /// The history as the program carries it; used when `--migrations` is not given. The array must outlive `run`.
  std::optional<std::span<const embedded_migration>> embedded{};

  /// The migrations that are C++.
  std::vector<code_migration> code_migrations{};

  /// Fills the database for `db seed` and `migrate reset`.
  std::function<void(database&)> seed{};

  /// A SQL script for the same, used when `seed` is empty. Empty: `seed.sql` of the migrations folder, if it is there.
  std::filesystem::path seed_script{};

  /// What help and messages call the program. Empty: the last part of `argv[0]`.
  std::string program{};
};

}  // namespace instar::cli
