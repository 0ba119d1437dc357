#pragma once

#include "instar/schema/dialect.hpp"
#include "instar/schema/schema.hpp"

namespace instar {

/// One migration of a history: the folder's name and the lower-case hex SHA-256 of its migration.sql.
struct migration_record {
  std::string_view name{};
  std::string_view checksum{};
};

/// The schema after the last migration.
struct snapshot {
  schema_view schema{};
  std::span<const migration_record> migrations{};
  instar::dialect dialect = instar::dialect::postgres;  ///< Of the history's lock file.
};

/// A table or an enum as a snapshot keeps it. A build whose schema did not change reads only names and hashes.
struct stored_part {
  std::string_view name{};         ///< "name" or "schema.name"
  std::uint64_t content_hash = 0;  ///< Of a table: `table::content_hash`.
  std::string_view text{};         ///< See schema/schema_text.hpp.
};

/// What `migrations/snapshot.hpp` holds: a snapshot that is cheap to compile. `view_of<migrations::snapshot>` opens it.
struct stored_snapshot {
  std::span<const stored_part> tables{};
  std::span<const stored_part> enumerations{};
  std::string_view objects = "{}";  ///< Everything else, as text.
  std::span<const migration_record> migrations{};
  instar::dialect dialect = instar::dialect::postgres;
};

}  // namespace instar
