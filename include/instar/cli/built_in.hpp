#pragma once

#include <instar/schema/schema.hpp>

#include <vector>

/// \file What `instar_add_migrator` compiles anew when a model changes, as the rest of the migrator sees it.

namespace instar {
class database;
struct code_migration;
}  // namespace instar

namespace instar::cli {

/// What a migrator was built with.
struct built_in {
  schema_view schema{};
  const char* migrations = "";                                 ///< the folder of the history
  const char* seed_script = "";                                ///< a SQL script, or an empty text
  void (*seed)(database&) = nullptr;                           ///< fills the database, in place of the script
  std::vector<code_migration> (*code_migrations)() = nullptr;  ///< the migrations that are C++
};

/// Defined in the source that `instar_add_migrator` generates.
[[nodiscard]] built_in built_into_this_program() noexcept;

}  // namespace instar::cli
