// INSTAR_CHECK_MIGRATED: the build fails until a migration exists, and shows the SQL that is missing. clang++ before 16
// cannot print it, and names the first change instead.
//
// clang-format off
// expect-error-text(COLUMN_ADDED): error: .*migration_is_missing<(instar::)?fixed_string<\d+>\{"ALTER TABLE "users" ADD COLUMN "name" text;"\}
// expect-error-call(COLUMN_ADDED): a_migration_is_missing__run_migrate_dev__first_change\(&"users"\[0\], &"name"\[0\], 1\)
// expect-error(COLUMN_ADDED): migration_is_missing
// expect-error-text(TYPE_CHANGED): \{"DROP VIEW "adults"; ALTER TABLE "users" ALTER COLUMN "age" TYPE bigint USING "age"::bigint; CREATE VIEW "adults" AS SELECT id FROM users WHERE age > 17;"\}
// expect-error-call(TYPE_CHANGED): first_change\(&"users"\[0\], &"age"\[0\], 3\)
// expect-error(TYPE_CHANGED): migration_is_missing
// expect-error-text(TABLE_DROPPED): \{"DROP TABLE "posts";"\}
// expect-error-call(TABLE_DROPPED): first_change\(&"posts"\[0\], nullptr, 1\)
// expect-error(TABLE_DROPPED): migration_is_missing
// expect-error-text(VALUE_ADDED): \{"ALTER TYPE "role" ADD VALUE 'boss' AFTER 'admin';"\}
// expect-error-call(VALUE_ADDED): a_migration_is_missing__run_migrate_dev__first_change\(.*, nullptr, 1\)
// expect-error(VALUE_ADDED): migration_is_missing
// expect-error-text(ENUM_COMMENTED): \{"COMMENT ON TYPE "role" IS 'who';"\}
// expect-error-call(ENUM_COMMENTED): a_migration_is_missing__run_migrate_dev__first_change\(.*, nullptr, 1\)
// expect-error(ENUM_COMMENTED): migration_is_missing
// expect-error-text(VIEW_CHANGED): \{"DROP VIEW "adults"; CREATE VIEW "adults" AS SELECT id FROM users WHERE age > 20;"\}
// expect-error-call(VIEW_CHANGED): a_migration_is_missing__run_migrate_dev__first_change\(&"adults"\[0\], nullptr, 2\)
// expect-error(VIEW_CHANGED): migration_is_missing
// expect-error-text(SEQUENCE_CHANGED): \{"ALTER SEQUENCE "numbers" INCREMENT BY 2
// expect-error-call(SEQUENCE_CHANGED): a_migration_is_missing__run_migrate_dev__first_change\(&"numbers"\[0\], nullptr, 1\)
// expect-error(SEQUENCE_CHANGED): migration_is_missing
// expect-error-text(SQLITE_COLUMN_ADDED): \{"ALTER TABLE "users" ADD COLUMN "name" TEXT;"\}
// expect-error-call(SQLITE_COLUMN_ADDED): first_change\(&"users"\[0\], &"name"\[0\], 1\)
// expect-error(SQLITE_COLUMN_ADDED): migration_is_missing
// clang-format on
#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace then {
enum class Role { member, admin };
INSTAR_ENUM(Role, member, admin)
struct User {
  std::int64_t id;
  std::int32_t age;
  Role role;
};
INSTAR_MODEL(User, "users", (id, primary_key), (age), (role))
struct Post {
  std::int64_t id;
};
INSTAR_MODEL(Post, "posts", (id, primary_key))
inline constexpr auto schema = instar::schema<User, Post>(instar::view("adults", "SELECT id FROM users WHERE age > 17"),
                                                          instar::sequence("numbers"));
inline constexpr instar::snapshot snapshot{.schema = instar::view_of<schema>, .dialect = instar::postgres};
inline constexpr instar::snapshot sqlite_snapshot{.schema = instar::view_of<schema>, .dialect = instar::sqlite};
}  // namespace then

namespace now {
#if defined(VALUE_ADDED)
enum class Role { member, admin, boss };
INSTAR_ENUM(Role, member, admin, boss)
#elif defined(ENUM_COMMENTED)
enum class Role { member, admin };
INSTAR_ENUM((Role, comment("who")), member, admin)
#else
enum class Role { member, admin };
INSTAR_ENUM(Role, member, admin)
#endif

struct User {
  std::int64_t id;
#ifdef TYPE_CHANGED
  std::int64_t age;
#else
  std::int32_t age;
#endif
  Role role;
#if defined(COLUMN_ADDED) || defined(SQLITE_COLUMN_ADDED)
  std::optional<std::string> name;
#endif
};
#if defined(COLUMN_ADDED) || defined(SQLITE_COLUMN_ADDED)
INSTAR_MODEL(User, "users", (id, primary_key), (age), (role), (name))
#else
// A declaration of what was says nothing new.
INSTAR_MODEL(User, "users", (id, primary_key), (age, renamed_from("years")), (role))
#endif
struct Post {
  std::int64_t id;
};
INSTAR_MODEL(Post, "posts", (id, primary_key))

#ifdef VIEW_CHANGED
#define ADULTS "SELECT id FROM users WHERE age > 20"
#else
#define ADULTS "SELECT id FROM users WHERE age > 17"
#endif
#ifdef SEQUENCE_CHANGED
#define NUMBERS instar::sequence("numbers", 1, 2)
#else
#define NUMBERS instar::sequence("numbers")
#endif
#ifdef TABLE_DROPPED
inline constexpr auto schema = instar::schema<User>(instar::view("adults", ADULTS), NUMBERS);
#else
inline constexpr auto schema = instar::schema<User, Post>(instar::view("adults", ADULTS), NUMBERS);
#endif
}  // namespace now

#ifdef SQLITE_COLUMN_ADDED
INSTAR_CHECK_MIGRATED(now::schema, then::sqlite_snapshot);
#else
INSTAR_CHECK_MIGRATED(now::schema, then::snapshot);
#endif

// What is no change in SQLite needs no migration there.
namespace commented {
struct User {
  std::int64_t id;
  std::int32_t age;
  then::Role role;
};
INSTAR_MODEL(User, "users", (id, primary_key, comment("a number")), (age), (role))
inline constexpr auto schema = instar::schema<User, then::Post>(
    instar::view("adults", "SELECT id FROM users WHERE age > 17"), instar::sequence("numbers"));
}  // namespace commented
INSTAR_CHECK_MIGRATED(commented::schema, then::sqlite_snapshot);
