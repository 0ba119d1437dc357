// INSTAR_CHECK_MIGRATED: an old name that a model declares and that leads nowhere stops the build before the missing
// migration does, for that would drop and make anew.
//
// clang-format off
// expect-error-text(COLUMN_MISSPELT): error: .*mistake_in_model<(instar::)?fixed_string<\d+>\{"User.full_name: INS1040 renamed_from names nmae, which the last migration does not have; correct the name, or leave renamed_from out"\}
// expect-error-call(COLUMN_MISSPELT): INS1040_\w+\(&"User"\[0\], &"full_name"\[0\], &"nmae"\[0\]\)
// expect-error(COLUMN_MISSPELT): INS1040
// expect-error-text(COLUMN_STAYS): \{"User.full_name: INS1041 renamed_from names name, which is still there beside it; remove it there, or leave renamed_from out"\}
// expect-error-call(COLUMN_STAYS): INS1041_\w+\(&"User"\[0\], &"full_name"\[0\], &"name"\[0\]\)
// expect-error(COLUMN_STAYS): INS1041
// expect-error-text(COLUMN_TWICE): \{"User.nick: INS1042 another one is renamed from name too; leave one renamed_from out"\}
// expect-error-call(COLUMN_TWICE): INS1042_\w+\(&"User"\[0\], &"nick"\[0\], &"name"\[0\]\)
// expect-error(COLUMN_TWICE): INS1042
// expect-error-text(TABLE_MISSPELT): \{"Person: INS1040 renamed_from names user, which
// expect-error-call(TABLE_MISSPELT): INS1040_\w+\(&"Person"\[0\], nullptr, &"user"\[0\]\)
// expect-error(TABLE_MISSPELT): INS1040
// expect-error-text(VALUE_MISSPELT): \{"role.boss: INS1040 renamed_from names adnim, which
// expect-error-call(VALUE_MISSPELT): INS1040_\w+\(.*, &"adnim"\[0\]\)
// expect-error(VALUE_MISSPELT): INS1040
// expect-error-text(INDEX_MISSPELT): \{"User.by_name: INS1040 renamed_from names users_nmae_idx, which
// expect-error-call(INDEX_MISSPELT): INS1040_\w+\(&"User"\[0\], &"by_name"\[0\], &"users_nmae_idx"\[0\]\)
// expect-error(INDEX_MISSPELT): INS1040
// clang-format on
#include <instar/instar.hpp>

#include <cstdint>
#include <string>

namespace then {
enum class Role { member, admin };
INSTAR_ENUM(Role, member, admin)
struct User {
  std::int64_t id;
  std::string name;
  Role role;
};
INSTAR_MODEL(User, "users", (id, primary_key), (name, index), (role))
inline constexpr auto schema = instar::schema<User>();
inline constexpr instar::snapshot snapshot{.schema = instar::view_of<schema>, .dialect = instar::postgres};
}  // namespace then

namespace now {
#if defined(VALUE_MISSPELT)
enum class Role { member, boss };
INSTAR_ENUM(Role, member, (boss, renamed_from("adnim")))
#else
enum class Role { member, admin };
INSTAR_ENUM(Role, member, admin)
#endif

struct User {
  std::int64_t id;
#if defined(COLUMN_MISSPELT) || defined(COLUMN_STAYS) || defined(COLUMN_TWICE)
  std::string full_name;
#endif
#if defined(COLUMN_TWICE)
  std::string nick;
#elif !defined(COLUMN_MISSPELT)
  std::string name;
#endif
  Role role;
};
#if defined(COLUMN_MISSPELT)
INSTAR_MODEL(User, "users", (id, primary_key), (full_name, index, renamed_from("nmae")), (role))
#elif defined(COLUMN_STAYS)
INSTAR_MODEL(User, "users", (id, primary_key), (full_name, renamed_from("name")), (name, index), (role))
#elif defined(COLUMN_TWICE)
INSTAR_MODEL(User, "users", (id, primary_key), (full_name, renamed_from("name")), (nick, renamed_from("name")), (role))
#elif defined(INDEX_MISSPELT)
INSTAR_MODEL(User, "users", (id, primary_key), (name), (role),
             index(&User::name).named("by_name").renamed_from("users_nmae_idx"))
#else
// Applied long ago, and so harmless: the new name is in the snapshot.
INSTAR_MODEL(User, "users", (id, primary_key), (name, index, renamed_from("nick")), (role))
#endif

#if defined(TABLE_MISSPELT)
struct Person {
  std::int64_t id;
};
INSTAR_MODEL(Person, "people", renamed_from("user"), (id, primary_key))
inline constexpr auto schema = instar::schema<User, Person>();
#else
inline constexpr auto schema = instar::schema<User>();
#endif
}  // namespace now

INSTAR_CHECK_MIGRATED(now::schema, then::snapshot);

int main() {}
