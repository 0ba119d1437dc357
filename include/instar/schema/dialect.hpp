#pragma once

namespace instar {

/// The SQL dialect a schema is rendered for and a database speaks.
enum class dialect : unsigned char { postgres, sqlite };

inline constexpr dialect postgres = dialect::postgres;
inline constexpr dialect sqlite = dialect::sqlite;

}  // namespace instar
