#pragma once

#include <string>
#include <vector>

namespace instar {

/// What `introspect` reads.
struct introspection_options {
  /// The schemas to read, by name. Empty: all but the database's own. SQLite: no effect.
  std::vector<std::string> schemas{};
  /// Tables to leave out with all that belongs to them, as "name" (in the connection's current schema) or
  /// "schema.name": the ledger of migrations is nobody's model.
  std::vector<std::string> ignored_tables{};
};

}  // namespace instar
