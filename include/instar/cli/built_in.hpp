#pragma once

#include <instar/schema/schema.hpp>

/// \file What `instar_add_migrator` compiles anew when a model changes, as the rest of the migrator sees it.

namespace instar::cli {

/// What a migrator was built with.
struct built_in {
  schema_view schema{};
  const char* migrations = "";   ///< the folder of the history
  const char* seed_script = "";  ///< a SQL script, or an empty text
};

/// Defined in the source that `instar_add_migrator` generates.
[[nodiscard]] built_in built_into_this_program() noexcept;

}  // namespace instar::cli
