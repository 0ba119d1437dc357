#pragma once

#include <string_view>

namespace instar {

/// One migration compiled into the program; `instar_embed_migrations` in CMake writes an array of them.
struct embedded_migration {
  std::string_view name{};    ///< the folder's name
  std::string_view sql{};     ///< the bytes of its migration.sql
  std::string_view sha256{};  ///< lower-case hex SHA-256 of those bytes
};

}  // namespace instar
