#pragma once

#include <instar/migrate/error.hpp>
#include <instar/migrate/file.hpp>
#include <instar/migrate/snapshot_reader.hpp>
#include <instar/migrate/snapshot_writer.hpp>
#include <instar/schema/snapshot.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

/// \file migrations/snapshot.hpp: written for the compiler, read back by the migrator.

namespace instar {

/// The name of the snapshot in a migrations folder.
inline constexpr std::string_view snapshot_file_name = "snapshot.hpp";

/// The snapshot of a migrations folder, or nothing where there is none.
/// \throws migration_error `snapshot_broken`, `snapshot_conflict`, `cannot_read`
[[nodiscard]] inline std::optional<owned_snapshot> read_snapshot(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / snapshot_file_name;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    return std::nullopt;
  return parse_snapshot(file.string(), detail::read_file(file));
}

/// Whether the snapshot of a migrations folder is, byte by byte, what `write_snapshot` would write.
/// \throws migration_error `cannot_read`
[[nodiscard]] inline bool holds_snapshot(const std::filesystem::path& folder, const snapshot& wanted) {
  const std::filesystem::path file = folder / snapshot_file_name;
  std::error_code ignored;
  return std::filesystem::exists(file, ignored) && detail::read_file(file) == snapshot_header(wanted);
}

/// Replaces the snapshot of a migrations folder, at once or not at all.
/// \return whether its text changed. \throws migration_error `cannot_write`
inline bool write_snapshot(const std::filesystem::path& folder, const snapshot& written) {
  if (holds_snapshot(folder, written))
    return false;
  detail::write_file(folder / snapshot_file_name, snapshot_header(written));
  return true;
}

}  // namespace instar
