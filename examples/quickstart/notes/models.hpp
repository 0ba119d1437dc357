#pragma once

#include <instar/instar.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

// clang-format off

namespace app {

struct Author {
  std::int64_t id;
  std::string email;
  std::optional<std::string> name;
};
INSTAR_MODEL(Author, "authors",
             (id, primary_key, identity),
             (email, unique),
             (name))

struct Note {
  std::int64_t id;
  std::int64_t author_id;
  std::string text;
  std::chrono::sys_seconds written_at;
};
INSTAR_MODEL(Note, "notes",
             (id, primary_key, identity),
             (author_id, references(&Author::id).on_delete(cascade), index),
             (text, check("text <> ''")),
             (written_at, default_now))

inline constexpr auto schema = instar::schema<Author, Note>();

}  // namespace app
