// A model's list of fields. The compiler itself compares it with the struct, and names both.
//
// clang-format off
// expect-error(FIELD_LEFT_OUT): User' decomposes into 3 elements
// expect-error(FIELD_LEFT_OUT): (only 2 names (were )?provided|INSTAR_MODEL_must_list_every_field)
// expect-error(FIELD_MISSPELT): (no member named 'emial' in 'app::User'|'emial' is not a member of .*'app::User'|struct app::User' has no member named 'emial')
// expect-error(FIELD_TWICE): redeclaration of 'auto id'|redefinition of 'id'
// expect-error(NO_SQL_TYPE): INS1003: this field's type has no SQL type
// expect-error(NO_SQL_TYPE): specialise instar::sql_type<T>
// expect-error(ENUM_NOT_DESCRIBED): INS1003: this field's type has no SQL type; for an enum put INSTAR_ENUM before
// expect-error(ENUM_VALUE_LEFT_OUT): enumeration value 'admin' not handled in switch
// expect-error(NOT_DESCRIBED): INS1004: this class is not described; write INSTAR_MODEL for it, in its own namespace
// expect-error(BASE_DESCRIBED): INS1004: this class is not described; write INSTAR_MODEL for it, in its own namespace, before the schema
// clang-format on
#include <instar/instar.hpp>

#include <string>

namespace app {

enum class Role { member, admin };
#if defined(ENUM_NOT_DESCRIBED)
#elif defined(ENUM_VALUE_LEFT_OUT)
INSTAR_ENUM(Role, member)
#else
INSTAR_ENUM(Role, member, admin)
#endif

struct no_value {};

struct User {
  int id;
  std::string email;
#ifdef NO_SQL_TYPE
  no_value role;
#else
  Role role;
#endif
};

#if defined(FIELD_LEFT_OUT)
INSTAR_MODEL(User, "users", (id, primary_key), (email))
#elif defined(FIELD_MISSPELT)
INSTAR_MODEL(User, "users", (id, primary_key), (emial), (role))
#elif defined(FIELD_TWICE)
INSTAR_MODEL(User, "users", (id, primary_key), (id), (email), (role))
#else
INSTAR_MODEL(User, "users", (id, primary_key), (email), (role))
#endif

struct Guest : User {};

struct Stranger {
  int id;
};

#if defined(NOT_DESCRIBED)
inline constexpr auto schema = instar::schema<Stranger>();
#elif defined(BASE_DESCRIBED)
inline constexpr auto schema = instar::schema<Guest>();
#else
inline constexpr auto schema = instar::schema<User>();
#endif
static_assert(schema.table("users").columns.size() == 3);

}  // namespace app
