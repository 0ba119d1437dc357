#pragma once

// What can change with whole tables.

#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace pairs::tables {

using std::int32_t;
using std::int64_t;

namespace none {
inline constexpr auto schema = instar::schema<>();
}  // namespace none

namespace base {
struct User {
  int64_t id;
  std::string email;
  int32_t points;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique), (points, index, check("points >= 0")))
struct Post {
  int64_t id;
  int64_t user_id;
  std::string title;
};
INSTAR_MODEL(Post, "posts", (id, primary_key, identity), (user_id, references(&User::id).on_delete(cascade), index),
             (title))
inline constexpr auto schema = instar::schema<User, Post>();
}  // namespace base

namespace table_added {
struct User {
  int64_t id;
  std::string email;
  int32_t points;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique), (points, index, check("points >= 0")))
struct Post {
  int64_t id;
  int64_t user_id;
  std::string title;
};
INSTAR_MODEL(Post, "posts", (id, primary_key, identity), (user_id, references(&User::id).on_delete(cascade), index),
             (title))
struct Comment {
  int64_t id;
  int64_t post_id;
  std::optional<int64_t> reply_to;
  std::string body;
};
INSTAR_MODEL(Comment, "comments", (id, primary_key, identity_always),
             (post_id, references(&Post::id).on_delete(cascade), index), (reply_to, references(&Comment::id)),
             (body, check("body <> ''"), comment("Markdown")), unique(&Comment::post_id, &Comment::body),
             comment("what others say"))
inline constexpr auto schema = instar::schema<User, Post, Comment>();
}  // namespace table_added

namespace renamed {
struct Account {
  int64_t id;
  std::string email;
  int32_t points;
};
INSTAR_MODEL(Account, "accounts", renamed_from("users"), (id, primary_key, identity), (email, unique),
             (points, index, check("points >= 0")))
struct Post {
  int64_t id;
  int64_t user_id;
  std::string title;
};
INSTAR_MODEL(Post, "posts", (id, primary_key, identity), (user_id, references(&Account::id).on_delete(cascade), index),
             (title))
inline constexpr auto schema = instar::schema<Account, Post>();
}  // namespace renamed

// The table is renamed and made anew in one migration.
namespace renamed_and_changed {
struct Account {
  int64_t id;
  std::string mail;
  int64_t points;
  bool active;
};
INSTAR_MODEL(Account, "accounts", renamed_from("users"), (id, primary_key, identity),
             (mail, unique, renamed_from("email")), (points, index, check("points >= 0"), default_value(0)),
             (active, default_value(true)), check("mail <> ''"))
struct Post {
  int64_t id;
  int64_t user_id;
  std::string title;
};
INSTAR_MODEL(Post, "posts", (id, primary_key, identity), (user_id, references(&Account::id).on_delete(cascade), index),
             (title))
inline constexpr auto schema = instar::schema<Account, Post>();
}  // namespace renamed_and_changed

namespace moved {
struct User {
  int64_t id;
  std::string email;
  int32_t points;
};
INSTAR_MODEL(User, "auth.users", renamed_from("users"), (id, primary_key, identity), (email, unique),
             (points, index, check("points >= 0")))
struct Post {
  int64_t id;
  int64_t user_id;
  std::string title;
};
INSTAR_MODEL(Post, "posts", (id, primary_key, identity), (user_id, references(&User::id).on_delete(cascade), index),
             (title))
inline constexpr auto schema = instar::schema<User, Post>();
}  // namespace moved

namespace moved_back {
struct User {
  int64_t id;
  std::string email;
  int32_t points;
};
INSTAR_MODEL(User, "people", renamed_from("auth.users"), (id, primary_key, identity), (email, unique),
             (points, index, check("points >= 0")))
struct Post {
  int64_t id;
  int64_t user_id;
  std::string title;
};
INSTAR_MODEL(Post, "posts", (id, primary_key, identity), (user_id, references(&User::id).on_delete(cascade), index),
             (title))
inline constexpr auto schema = instar::schema<User, Post>();
}  // namespace moved_back

// Names that need their quotes.
namespace quoted {
struct Select {
  int64_t order;
  std::string group;
  std::optional<int64_t> grüße;
};
INSTAR_MODEL(Select, "select \"from\" where", (order, primary_key, identity), (group, unique, column("group by")),
             (grüße, column("größe"), references(&Select::order), index, check("\"größe\" <> \"order\"")),
             index(&Select::grüße, &Select::group).named("it's \"an\" index"), comment("it's a \"table\""))
inline constexpr auto schema = instar::schema<Select>();
}  // namespace quoted

namespace quoted_changed {
struct Select {
  int64_t order;
  std::string group;
  std::optional<int64_t> weight;
  bool end;
};
INSTAR_MODEL(Select, "table\"\"", renamed_from("select \"from\" where"), (order, primary_key, identity),
             (group, unique, column("group\" by"), renamed_from("group by")),
             (weight, column("名前"), renamed_from("größe"), references(&Select::order), index,
              check("\"名前\" <> \"order\"")),
             (end, default_value(false)), index(&Select::weight, &Select::group).named("it's \"the\" index"))
inline constexpr auto schema = instar::schema<Select>();
}  // namespace quoted_changed

// Derived names beyond 63 bytes.
namespace long_names {
struct Measurement {
  int64_t id;
  int64_t the_identification_number_of_the_calibrated_sensor;
  int64_t the_identification_number_of_the_calibrated_senses;
  std::string ä_ö_ü_ä_ö_ü_ä_ö_ü_ä_ö_ü_ä_ö_ü;
};
INSTAR_MODEL(Measurement, "measurements_of_the_calibrated_sensors", (id, primary_key, identity),
             (the_identification_number_of_the_calibrated_sensor, unique, index),
             (the_identification_number_of_the_calibrated_senses, unique, index,
              references(&Measurement::the_identification_number_of_the_calibrated_sensor)),
             (ä_ö_ü_ä_ö_ü_ä_ö_ü_ä_ö_ü_ä_ö_ü, index, check("length(ä_ö_ü_ä_ö_ü_ä_ö_ü_ä_ö_ü_ä_ö_ü) > 0")))
inline constexpr auto schema = instar::schema<Measurement>();
}  // namespace long_names

namespace long_names_changed {
struct Reading {
  int64_t id;
  int64_t the_identification_number_of_the_calibrated_sensor;
  int64_t the_identification_number_of_the_calibrated_senses;
  std::string ä_ö_ü_ä_ö_ü_ä_ö_ü_ä_ö_ü_ä_ö_ü;
};
INSTAR_MODEL(Reading, "readings_of_all_those_calibrated_sensors_that_have_been_tested",
             renamed_from("measurements_of_the_calibrated_sensors"), (id, primary_key, identity),
             (the_identification_number_of_the_calibrated_sensor, unique, index),
             (the_identification_number_of_the_calibrated_senses, unique, index,
              references(&Reading::the_identification_number_of_the_calibrated_sensor)),
             (ä_ö_ü_ä_ö_ü_ä_ö_ü_ä_ö_ü_ä_ö_ü, index, check("length(ä_ö_ü_ä_ö_ü_ä_ö_ü_ä_ö_ü_ä_ö_ü) > 0")))
inline constexpr auto schema = instar::schema<Reading>();
}  // namespace long_names_changed

// Much at once, in tables that know each other.
namespace all_at_once {
enum class Role { member, admin };
INSTAR_ENUM(Role, member, admin)
struct Account {
  int64_t id;
  std::string email;
  Role role;
  std::optional<int64_t> invited_by;
};
INSTAR_MODEL(Account, "accounts", renamed_from("users"), (id, primary_key, identity),
             (email, varchar<100>, unique, index), (role, default_value(Role::member)),
             (invited_by, references(&Account::id).on_delete(set_null)), comment("was users"))
struct Article {
  int64_t id;
  int64_t author_id;
  std::optional<std::string> title;
  std::string body;
};
INSTAR_MODEL(Article, "articles", renamed_from("posts"), (id, primary_key, identity),
             (author_id, references(&Account::id).on_delete(restrict_action), index, renamed_from("user_id")), (title),
             (body, default_value("")), unique(&Article::author_id, &Article::title))
struct Tag {
  std::string name;
};
INSTAR_MODEL(Tag, "tags", (name, primary_key))
struct ArticleTag {
  int64_t article_id;
  std::string tag;
};
INSTAR_MODEL(ArticleTag, "article_tags", (article_id, references(&Article::id).on_delete(cascade)),
             (tag, references(&Tag::name).on_delete(cascade).on_update(cascade), index),
             primary_key(&ArticleTag::article_id, &ArticleTag::tag))
inline constexpr auto schema = instar::schema<Account, Article, Tag, ArticleTag>();
}  // namespace all_at_once

}  // namespace pairs::tables
