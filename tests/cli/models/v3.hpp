#pragma once

// v2 without users.name: a step that destroys data.

#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace app {

struct User {
  std::int64_t id;
  std::string email;
  std::optional<std::string> city;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique), (city))

struct Post {
  std::int64_t id;
  std::int64_t author_id;
  std::string title;
};
INSTAR_MODEL(Post, "posts", (id, primary_key, identity), (author_id, references(&User::id).on_delete(cascade)), (title),
             index(&Post::author_id))

inline constexpr auto schema = instar::schema<User, Post>();

}  // namespace app
