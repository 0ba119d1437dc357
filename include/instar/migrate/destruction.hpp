#pragma once

#include <instar/migrate/directives.hpp>
#include <instar/migrate/history.hpp>
#include <instar/migrate/report.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/sql/lint.hpp>

#include <string>
#include <string_view>
#include <vector>

/// \file What scripts that somebody wrote by hand destroy.

namespace instar::detail {

/// What a script destroys that `migrate dev` did not write: such a one is applied as it is, and nobody counted its
/// rows. \param m a script that can be split
[[nodiscard]] inline std::vector<migration_warning> destruction_warnings(dialect target, const migration& m) {
  std::vector<migration_warning> warnings;
  if (is_own_script(m.sql))
    return warnings;
  for (const lint_finding& one : lint_script(target, m.sql))
    if (destroys_data(one.hazard))
      warnings.push_back({code_of(one.hazard), m.name, m.name + ": " + one.message, std::string{safe_way(one.hazard)}});
  return warnings;
}

}  // namespace instar::detail
