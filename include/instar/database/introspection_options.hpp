#pragma once

#include <string>
#include <vector>

namespace instar {

/// What of a database to read.
struct introspection_options {
  /// PostgreSQL: only these schemas. Empty: all of the user's.
  std::vector<std::string> schemas{};
  /// Tables to leave out with all that belongs to them: "name" or "schema.name".
  std::vector<std::string> ignored_tables{};
};

}  // namespace instar
