#pragma once

#include "instar/schema/dialect.hpp"
#include "instar/schema/schema.hpp"

namespace instar {

/// One migration of a history: the folder's name and the lower-case hex SHA-256 of its migration.sql.
struct migration_record {
  std::string_view name{};
  std::string_view checksum{};
};

/// The schema after the last migration; what `migrations/snapshot.hpp` holds.
struct snapshot {
  schema_view schema{};
  std::span<const migration_record> migrations{};
  instar::dialect dialect = instar::dialect::postgres;  ///< Of the history's lock file.
};

}  // namespace instar
