// Mistakes between models, and between the objects of a schema: told in one line with model, field, cause and remedy.
//
// clang-format off
// expect-error-text(SAME_TABLE): Post: INS1019 two models of the schema are the table users; rename one
// expect-error-call(SAME_TABLE): INS1019_two_models_are_one_table__rename_one\(&"Post"\[0\], .*, &"users"\[0\]\)
// expect-error(SAME_TABLE): INS1019
// expect-error-text(TARGET_NOT_IN_SCHEMA): Post\.author_id: INS1020 the foreign key references the table users, whose model is not in the schema; add it to instar::schema
// expect-error-call(TARGET_NOT_IN_SCHEMA): INS1020_the_foreign_key_references_a_model_that_is_not_in_the_schema__add_it_to_the_schema\(&"Post"\[0\], &"author_id"\[0\], &"users"\[0\]\)
// expect-error(TARGET_NOT_IN_SCHEMA): INS1020
// expect-error-text(TARGET_OF_OTHER_TYPE): Post\.author_id: INS1021 the type of the foreign key is not that of User\.id, which it references; give both fields one type
// expect-error-call(TARGET_OF_OTHER_TYPE): INS1021_the_foreign_keys_type_is_not_that_of_the_column_it_references__give_both_fields_one_type\(&"Post"\[0\], &"author_id"\[0\], &"id"\[0\]\)
// expect-error(TARGET_OF_OTHER_TYPE): INS1021
// expect-error-text(COMPOSITE_OF_OTHER_TYPE): Post\.tenant: INS1021 the type of the foreign key is not that of User\.tenant
// expect-error-call(COMPOSITE_OF_OTHER_TYPE): INS1021_.*\(&"Post"\[0\], &"tenant"\[0\], &"tenant"\[0\]\)
// expect-error(COMPOSITE_OF_OTHER_TYPE): INS1021
// expect-error-text(TARGET_NOT_UNIQUE): Post\.author_id: INS1022 the foreign key references User\.age, which is neither the primary key nor unique; make it one of them
// expect-error-call(TARGET_NOT_UNIQUE): INS1022_the_referenced_column_is_neither_primary_key_nor_unique__make_it_one_of_them\(&"Post"\[0\], &"author_id"\[0\], &"age"\[0\]\)
// expect-error(TARGET_NOT_UNIQUE): INS1022
// expect-error-text(COMPOSITE_NOT_UNIQUE): Post: INS1022 the foreign key references users, which is neither the primary key nor unique
// expect-error-call(COMPOSITE_NOT_UNIQUE): INS1022_.*\(&"Post"\[0\], .*, &"users"\[0\]\)
// expect-error(COMPOSITE_NOT_UNIQUE): INS1022
// expect-error-text(SAME_DERIVED_NAME): UserAge: INS1023 a derived name of this table is also one of the table users; give one of them another name with named\(\.\.\.\)
// expect-error-call(SAME_DERIVED_NAME): INS1023_a_derived_name_is_taken_by_another_object__give_one_of_them_a_name_with_named\(&"UserAge"\[0\], .*, &"users"\[0\]\)
// expect-error(SAME_DERIVED_NAME): INS1023
// expect-error(TOO_FEW_COLUMNS): INS1005: this foreign key references more or fewer columns than it has
// expect-error-text(SAME_ENUM): role: INS1025 the schema has another table, view, sequence or enum of this name; rename one
// expect-error-call(SAME_ENUM): INS1025_the_schema_has_another_table_view_sequence_or_enum_of_this_name__rename_one\(&"role"\[0\]|INS1025_
// expect-error(SAME_ENUM): INS1025
// expect-error-text(VIEW_LIKE_TABLE): posts: INS1025
// expect-error-call(VIEW_LIKE_TABLE): INS1025_
// expect-error(VIEW_LIKE_TABLE): INS1025
// expect-error-text(SAME_VALUE): role: INS1026 two values of this enum are the text boss; give one of them another
// expect-error-call(SAME_VALUE): INS1026_
// expect-error(SAME_VALUE): INS1026
// clang-format on
#include <instar/instar.hpp>

#include <cstdint>

namespace other {
enum class Kind { a, b };
#ifdef SAME_ENUM
INSTAR_ENUM((Kind, "role"), a, b)
#else
INSTAR_ENUM(Kind, a, b)
#endif
}  // namespace other

namespace app {

enum class Role { member, admin };
#ifdef SAME_VALUE
INSTAR_ENUM(Role, (member, "boss"), (admin, "boss"))
#else
INSTAR_ENUM(Role, member, (admin, "boss"))
#endif

struct User {
  std::int64_t id;
  std::int32_t tenant;
  std::int64_t age;
  std::int64_t number;
  Role role;
  other::Kind kind;
};
INSTAR_MODEL(User, "users", (id, primary_key), (tenant), (age), (number), (role), (kind),
             unique(&User::tenant, &User::number), index(&User::age, &User::number))

struct Post {
  std::int64_t id;
#ifdef TARGET_OF_OTHER_TYPE
  std::int32_t author_id;
#else
  std::int64_t author_id;
#endif
#ifdef COMPOSITE_OF_OTHER_TYPE
  std::int64_t tenant;
#else
  std::int32_t tenant;
#endif
  std::int64_t number;
};

#ifdef SAME_TABLE
#define POSTS "users"
#else
#define POSTS "posts"
#endif
#ifdef TARGET_NOT_UNIQUE
#define TARGET &User::age
#else
#define TARGET &User::id
#endif
#if defined(COMPOSITE_NOT_UNIQUE)
#define TARGETS &User::tenant, &User::age
#elif defined(TOO_FEW_COLUMNS)
#define TARGETS &User::tenant
#else
#define TARGETS &User::tenant, &User::number
#endif
INSTAR_MODEL(Post, POSTS, (id, primary_key), (author_id, references(TARGET)), (tenant), (number),
             foreign_key(&Post::tenant, &Post::number).references(TARGETS), index(&Post::number))

// "users_age" with an index on "number", and "users" with one on "age, number".
struct UserAge {
  std::int64_t number;
};
#ifdef SAME_DERIVED_NAME
INSTAR_MODEL(UserAge, "users_age", (number, index))
#else
INSTAR_MODEL(UserAge, "users_age", (number, unique))
#endif

#ifdef VIEW_LIKE_TABLE
#define VIEW "posts"
#else
#define VIEW "recent_posts"
#endif

#ifdef TARGET_NOT_IN_SCHEMA
inline constexpr auto schema = instar::schema<Post, UserAge>();
#else
inline constexpr auto schema = instar::schema<User, Post, UserAge>(instar::view(VIEW, "SELECT 1 AS one"));
#endif
inline constexpr auto& sql = instar::ddl<instar::postgres, schema>;

}  // namespace app

static_assert(app::sql.statements.size() > 4);
