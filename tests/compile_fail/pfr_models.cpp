// Mistakes in models that Boost.PFR reads.
//
// expect-error(NOT_A_MEMBER): emial
// expect-error(NAMED_TWICE): INS1033: two entries of this model name one field
// expect-error(NO_AGGREGATE): INS1036: this model is no aggregate
// expect-error(NO_SQL_TYPE): INS1003: this field's type has no SQL type
#include <instar/instar.hpp>
#include <instar/pfr.hpp>

#include <cstdint>
#include <string>

namespace app {

struct Money {
  int cents;
};

struct User {
  std::int64_t id;
  std::string email;
#ifdef NO_AGGREGATE
  User() = default;
  explicit User(std::int64_t given) : id(given) {}
#endif
#ifdef NO_SQL_TYPE
  Money balance;
#else
  int balance;
#endif
};
#if defined(NOT_A_MEMBER)
INSTAR_PFR_MODEL(User, "users", (id, primary_key), (emial, unique))
#elif defined(NAMED_TWICE)
INSTAR_PFR_MODEL(User, "users", (id, primary_key), (email, unique), (id, identity))
#else
INSTAR_PFR_MODEL(User, "users", (id, primary_key), (email, unique))
#endif

inline constexpr auto schema = instar::schema<User>();

}  // namespace app
