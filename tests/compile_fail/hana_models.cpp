// Mistakes in models that Boost.Hana knows.
//
// expect-error(NOT_ADAPTED): INS1031: this model is no Hana Struct
// expect-error(NOT_A_MEMBER): emial
// expect-error(NOT_A_HANA_MEMBER): INS1032: an entry of this model names a member that is no field of it
// expect-error(NAMED_TWICE): INS1033: two entries of this model name one field
// expect-error(ADAPTED_BY_GETTERS): INS1034: this Hana Struct has an accessor that is no data member
// expect-error(LEFT_OUT): INS1035: this model has a field that it was not adapted with
// expect-error-text(WRONG_DEFAULT): User.active: INS1012
// expect-error-call(WRONG_DEFAULT): INS1012
#include <instar/hana.hpp>
#include <instar/instar.hpp>

#include <boost/hana/adapt_adt.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace app {

struct User {
  BOOST_HANA_DEFINE_STRUCT(User, (std::int64_t, id), (std::string, email), (bool, active));
  static constexpr int limit = 3;
};
#if defined(NOT_A_MEMBER)
INSTAR_HANA_MODEL(User, "users", (id, primary_key), (emial, unique))
#elif defined(NOT_A_HANA_MEMBER)
INSTAR_HANA_MODEL(User, "users", (id, primary_key), (limit, unique))
#elif defined(NAMED_TWICE)
INSTAR_HANA_MODEL(User, "users", (id, primary_key), (email, unique), (id, identity))
#elif defined(WRONG_DEFAULT)
INSTAR_HANA_MODEL(User, "users", (id, primary_key), (email, unique), (active, default_value("yes")))
#else
INSTAR_HANA_MODEL(User, "users", (id, primary_key), (email, unique))
#endif

struct Session {
  std::int64_t id;
  std::optional<std::string> agent;
};
struct Point {
  int x;
  int y;
};

}  // namespace app

#ifdef NOT_ADAPTED
#elif defined(LEFT_OUT)
BOOST_HANA_ADAPT_STRUCT(app::Session, id);
#else
BOOST_HANA_ADAPT_STRUCT(app::Session, id, agent);
#endif

#ifdef ADAPTED_BY_GETTERS
BOOST_HANA_ADAPT_ADT(app::Point, (x, [](const auto& p) { return p.x; }), (y, [](const auto& p) { return p.y; }));
#else
BOOST_HANA_ADAPT_STRUCT(app::Point, x, y);
#endif

namespace app {

INSTAR_HANA_MODEL(Session, "sessions", (id, primary_key))
INSTAR_HANA_MODEL(Point, "points")

inline constexpr auto schema = instar::schema<User, Session, Point>();

}  // namespace app
