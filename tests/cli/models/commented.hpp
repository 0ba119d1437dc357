#pragma once

// v1 with a comment, for which SQLite has no SQL.

#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace app {

struct User {
  std::int64_t id;
  std::string email;
  std::optional<std::string> name;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique), (name), comment("who may log in"))

inline constexpr auto schema = instar::schema<User>();

}  // namespace app
