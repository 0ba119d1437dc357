#pragma once

#include <instar/sql/directives.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// \file The lines `-- instar: …` of scripts that only a migrator understands.

namespace instar::detail {

/// One line `-- instar: replaces NAME sha256:CHECKSUM` on top of a migration that stands for others (`migrate squash`).
struct replaced_migration {
  std::string name;
  std::string checksum;  ///< lower-case hex SHA-256 of its script

  friend bool operator==(const replaced_migration&, const replaced_migration&) = default;
};

/// The migrations that a script replaces, in the order in which it names them.
[[nodiscard]] inline std::vector<replaced_migration> replaced_by(std::string_view script) {
  constexpr std::string_view algorithm = "sha256:";
  std::vector<replaced_migration> replaced;
  for (const script_directive& directive : head_directives(script)) {
    const std::optional<std::string_view> said = argument_of(directive, "replaces");
    if (!said)
      continue;
    // A name may hold blanks, so the checksum is what follows the last one.
    const std::size_t blank = said->find_last_of(" \t");
    if (blank == std::string_view::npos || !said->substr(blank + 1).starts_with(algorithm))
      continue;
    std::string_view name = said->substr(0, blank);
    name = name.substr(0, name.find_last_not_of(" \t") + 1);
    replaced.push_back({std::string{name}, std::string{said->substr(blank + 1 + algorithm.size())}});
  }
  return replaced;
}

}  // namespace instar::detail
