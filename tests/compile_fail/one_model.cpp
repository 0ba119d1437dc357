// Mistakes in the words of one model: told in one line with model, field, cause and remedy. clang++ before 16 prints
// them as the name of a function with model and field for arguments.
//
// clang-format off
// expect-error-text(SAME_COLUMN): User\.name: INS1010 two columns are named email; give one of them another name with column\(\.\.\.\)
// expect-error-call(SAME_COLUMN): INS1010_two_columns_have_one_name__give_one_of_them_another_column_name\(&"User"\[0\], &"name"\[0\], &"email"\[0\]\)
// expect-error(SAME_COLUMN): INS1010
// expect-error-text(LONG_TABLE): User: INS1011 the name users_users_\w+ is longer than the 63 bytes that PostgreSQL keeps; shorten it
// expect-error-call(LONG_TABLE): INS1011_a_name_is_longer_than_63_bytes__shorten_it\(&"User"\[0\], .*, &"users_users_
// expect-error(LONG_TABLE): INS1011
// expect-error-text(LONG_COLUMN): User\.email: INS1011 the name email_email_\w+ is longer than the 63 bytes
// expect-error-call(LONG_COLUMN): INS1011_a_name_is_longer_than_63_bytes__shorten_it\(&"User"\[0\], &"email"\[0\], &"email_email_
// expect-error(LONG_COLUMN): INS1011
// expect-error-text(LONG_CONSTRAINT): User: INS1011 the name check_check_\w+ is longer than the 63 bytes
// expect-error-call(LONG_CONSTRAINT): INS1011_a_name_is_longer_than_63_bytes__shorten_it\(&"User"\[0\], .*, &"check_check_
// expect-error(LONG_CONSTRAINT): INS1011
// expect-error-text(DEFAULT_OF_OTHER_TYPE): User\.age: INS1012 the default is no value of the type of the column; give one of the type of the field, or default_sql\(\.\.\.\)
// expect-error-call(DEFAULT_OF_OTHER_TYPE): INS1012_the_default_is_no_value_of_the_columns_type__give_one_of_the_fields_type_or_default_sql\(&"User"\[0\], &"age"\[0\],
// expect-error(DEFAULT_OF_OTHER_TYPE): INS1012
// expect-error-text(DEFAULT_OUT_OF_RANGE): User\.age: INS1012 the default is no value of the type of the column
// expect-error-call(DEFAULT_OUT_OF_RANGE): INS1012_.*\(&"User"\[0\], &"age"\[0\],
// expect-error(DEFAULT_OUT_OF_RANGE): INS1012
// expect-error-text(DEFAULT_OF_OTHER_ENUM): User\.role: INS1012
// expect-error-call(DEFAULT_OF_OTHER_ENUM): INS1012_.*\(&"User"\[0\], &"role"\[0\],
// expect-error(DEFAULT_OF_OTHER_ENUM): INS1012
// expect-error-text(IDENTITY_AND_DEFAULT): User\.id: INS1013 a column has one of identity, generated_always_as and a default; leave out the others
// expect-error-call(IDENTITY_AND_DEFAULT): INS1013_a_column_has_one_of_identity_generated_and_default__leave_out_the_others\(&"User"\[0\], &"id"\[0\],
// expect-error(IDENTITY_AND_DEFAULT): INS1013
// expect-error-text(TEXT_IDENTITY): User\.email: INS1014 identity needs a smallint, integer or bigint column; change the type of the field
// expect-error-call(TEXT_IDENTITY): INS1014_identity_needs_an_integer_column__change_the_fields_type\(&"User"\[0\], &"email"\[0\],
// expect-error(TEXT_IDENTITY): INS1014
// expect-error-text(TWO_PRIMARY_KEYS): User\.email: INS1015 the table has two primary keys; for a key of several columns write primary_key\(&User::a, &User::b\) once
// expect-error-call(TWO_PRIMARY_KEYS): INS1015_the_table_has_two_primary_keys__.*\(&"User"\[0\], &"email"\[0\],
// expect-error(TWO_PRIMARY_KEYS): INS1015
// expect-error-text(NULL_PRIMARY_KEY): User\.name: INS1016 a column of a primary key cannot be NULL; make the field no std::optional
// expect-error-call(NULL_PRIMARY_KEY): INS1016_a_primary_keys_column_cannot_be_null__make_the_field_no_optional\(&"User"\[0\], &"name"\[0\],
// expect-error(NULL_PRIMARY_KEY): INS1016
// expect-error-text(OTHER_MODELS_FIELD): User: INS1017 an index or key of this model names a field of another model, that of the table teams; name a field of User
// expect-error-call(OTHER_MODELS_FIELD): INS1017_an_index_or_key_names_a_field_of_another_model__name_a_field_of_this_one\(&"User"\[0\], .*, &"teams"\[0\]\)
// expect-error(OTHER_MODELS_FIELD): INS1017
// expect-error-text(SAME_CONSTRAINT): User: INS1018 two constraints or indexes of this table have one name \(twice\); remove one, or give it another name with named\(\.\.\.\)
// expect-error-call(SAME_CONSTRAINT): INS1018_two_constraints_of_the_table_have_one_name__remove_one_or_give_it_another_with_named\(&"User"\[0\], .*, &"twice"\[0\]\)
// expect-error(SAME_CONSTRAINT): INS1018
// expect-error-text(SAME_INDEX): User: INS1018 two constraints or indexes of this table have one name \(email\)
// expect-error-call(SAME_INDEX): INS1018_.*\(&"User"\[0\], .*, &"email"\[0\]\)
// expect-error(SAME_INDEX): INS1018
// expect-error(LONG_INTEGER): INS1006: this default is beyond the largest integer of a database; write it with default_sql
// clang-format on
#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace app {

enum class Role { member, admin };
INSTAR_ENUM(Role, member, admin)
enum class State { member, gone };
INSTAR_ENUM(State, member, gone)

struct Team {
  int id;
};
INSTAR_MODEL(Team, "teams", (id, primary_key))

#ifdef LONG_TABLE
#define TABLE "users_users_users_users_users_users_users_users_users_users_users"
#else
#define TABLE "users_users_users_users_users_users_users_users_users_users_use"
#endif

struct User {
  int id;
  std::string email;
  std::optional<std::string> name;
  std::int16_t age;
  Role role;
};

#if defined(IDENTITY_AND_DEFAULT)
#define ID (id, primary_key, identity, default_value(1))
#elif defined(NULL_PRIMARY_KEY)
#define ID (id)
#elif defined(LONG_INTEGER)
#define ID (id, primary_key, default_value(18446744073709551615ull))
#else
#define ID (id, primary_key, identity)
#endif

#if defined(TWO_PRIMARY_KEYS)
#define EMAIL (email, primary_key)
#elif defined(TEXT_IDENTITY)
#define EMAIL (email, identity)
#elif defined(LONG_COLUMN)
#define EMAIL (email, column("email_email_email_email_email_email_email_email_email_email_email"))
#elif defined(SAME_INDEX)
#define EMAIL (email, index)
#else
#define EMAIL (email)
#endif

#if defined(SAME_COLUMN)
#define NAME (name, column("email"))
#elif defined(NULL_PRIMARY_KEY)
#define NAME (name, primary_key)
#else
#define NAME (name, column("full_name"))
#endif

#if defined(DEFAULT_OF_OTHER_TYPE)
#define AGE (age, default_value("eighteen"))
#elif defined(DEFAULT_OUT_OF_RANGE)
#define AGE (age, default_value(32768))
#else
#define AGE (age, default_value(32767))
#endif

#if defined(DEFAULT_OF_OTHER_ENUM)
#define ROLE (role, default_value(State::member))
#else
#define ROLE (role, default_value(Role::member))
#endif

#if defined(OTHER_MODELS_FIELD)
#define WORD index(&Team::id)
#elif defined(LONG_CONSTRAINT)
#define WORD check("id > 0").named("check_check_check_check_check_check_check_check_check_check_check")
#elif defined(SAME_CONSTRAINT)
#define WORD check("id > 0").named("twice"), unique(&User::age).named("twice")
#else
#define WORD check("id > 0").named("once"), unique(&User::age).named("twice")
#endif

INSTAR_MODEL(User, TABLE, ID, EMAIL, NAME, AGE, ROLE, index(&User::email), WORD)
inline constexpr auto schema = instar::schema<Team, User>();

}  // namespace app
