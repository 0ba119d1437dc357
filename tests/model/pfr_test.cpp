#include <instar/instar.hpp>
#include <instar/pfr.hpp>

#include "support/catch.hpp"

#include <boost/version.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using time_point = std::chrono::sys_time<std::chrono::microseconds>;

}  // namespace

// The same two tables, once with a list of their fields and once without.
namespace pfr_test::by_macro {

enum class State { queued, running, done };
INSTAR_ENUM(State, queued, running, done)

struct Pipeline {
  std::int64_t id;
  std::string name;
  std::optional<instar::json> settings;
  std::vector<std::string> labels;
  bool active;
};
struct Task {
  instar::uuid id;
  std::int64_t pipeline_id;
  std::optional<std::int64_t> parent_pipeline_id;
  State state;
  double progress;
  std::vector<std::byte> payload;
  std::optional<time_point> ended_at;
  std::chrono::year_month_day due;
};
INSTAR_MODEL(Pipeline, "pipelines", (id, primary_key, identity), (name, unique, renamed_from("title")), (settings),
             (labels), (active, default_value(true)))
INSTAR_MODEL(Task, "work.tasks", (id, primary_key), (pipeline_id, references(&Pipeline::id).on_delete(cascade)),
             (parent_pipeline_id, references(&Pipeline::id)), (state, default_value(State::queued)),
             (progress, check("progress <= 1")), (payload), (ended_at), (due),
             index(&Task::state, column(&Task::ended_at).desc()), unique(&Task::pipeline_id, &Task::due))

inline constexpr auto schema = instar::schema<Pipeline, Task>();

}  // namespace pfr_test::by_macro

namespace pfr_test::by_pfr {

enum class State { queued, running, done };
INSTAR_ENUM(State, queued, running, done)

struct Pipeline {
  std::int64_t id;
  std::string name;
  std::optional<instar::json> settings;
  std::vector<std::string> labels;
  bool active;
};
struct Task {
  instar::uuid id;
  std::int64_t pipeline_id;
  std::optional<std::int64_t> parent_pipeline_id;
  State state;
  double progress;
  std::vector<std::byte> payload;
  std::optional<time_point> ended_at;
  std::chrono::year_month_day due;
};
INSTAR_PFR_MODEL(Pipeline, "pipelines", (active, default_value(true)), (name, unique, renamed_from("title")),
                 (id, primary_key, identity))
INSTAR_PFR_MODEL(Task, "work.tasks", (id, primary_key), (pipeline_id, references(&Pipeline::id).on_delete(cascade)),
                 (parent_pipeline_id, references(&Pipeline::id)), (state, default_value(State::queued)),
                 (progress, check("progress <= 1")), index(&Task::state, column(&Task::ended_at).desc()),
                 unique(&Task::pipeline_id, &Task::due))

inline constexpr auto schema = instar::schema<Pipeline, Task>();

}  // namespace pfr_test::by_pfr

namespace {

namespace by_macro = pfr_test::by_macro;
namespace by_pfr = pfr_test::by_pfr;

template <instar::dialect Dialect>
constexpr bool same_ddl() {
  constexpr auto& a = instar::ddl<Dialect, by_macro::schema>.statements;
  constexpr auto& b = instar::ddl<Dialect, by_pfr::schema>.statements;
  if (a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i])
      return false;
  return !a.empty();
}

}  // namespace

TEST_CASE("an aggregate with its attributes is the model that INSTAR_MODEL would describe") {
  STATIC_REQUIRE(instar::diff<by_macro::schema, by_pfr::schema>.size() == 0);
  STATIC_REQUIRE(instar::view_of<by_macro::schema>.tables[1].content_hash ==
                 instar::view_of<by_pfr::schema>.tables[1].content_hash);
  STATIC_REQUIRE(same_ddl<instar::postgres>());
  STATIC_REQUIRE(same_ddl<instar::sqlite>());
}

namespace pfr_test::names {

struct Bare {
  std::int64_t id;
  std::string größe;
  bool _9;
  const std::int32_t fixed = 1;
};
INSTAR_PFR_MODEL(Bare, "bare")

template <class T>
struct Holder {
  struct Inner {
    T first;
    T a_value_with_a_longer_name;
  };
};
using Inner = Holder<std::optional<std::vector<std::int32_t>>>::Inner;
INSTAR_PFR_MODEL(Inner, "inner")

struct NotMovable {
  std::int64_t id;
  NotMovable* self() = delete;
  NotMovable& operator=(const NotMovable&) = delete;
};
INSTAR_PFR_MODEL(NotMovable, "not_movable", (id, primary_key))

inline constexpr auto schema = instar::schema<Bare, Inner, NotMovable>();

}  // namespace pfr_test::names

namespace names = pfr_test::names;

TEST_CASE("columns are named as the fields are") {
  STATIC_REQUIRE(names::schema.table("bare").columns.size() == 4);
  STATIC_REQUIRE(names::schema.table("bare").columns[0].name == "id");
  STATIC_REQUIRE(names::schema.table("bare").columns[1].name == "größe");
  STATIC_REQUIRE(names::schema.table("bare").columns[2].name == "_9");
  STATIC_REQUIRE(names::schema.table("bare").columns[3].name == "fixed");
  STATIC_REQUIRE(names::schema.table("inner").columns[0].name == "first");
  STATIC_REQUIRE(names::schema.table("inner").columns[1].name == "a_value_with_a_longer_name");
  STATIC_REQUIRE(names::schema.table("not_movable").columns[0].name == "id");
}

TEST_CASE("columns have the types that the fields stand for") {
  STATIC_REQUIRE(names::schema.table("bare").columns[3].type.kind == instar::type_kind::integer);
  STATIC_REQUIRE(names::schema.table("inner").columns[0].nullable);
  STATIC_REQUIRE(names::schema.table("inner").columns[0].type.dimensions == 1);
  STATIC_REQUIRE_FALSE(by_pfr::schema.table("work.tasks").columns[3].nullable);
}

// Self and cyclic references, to a model that is described later.
namespace pfr_test::cyclic {

struct Right;
struct Left {
  std::int64_t id;
  std::int64_t right_id;
  std::optional<std::int64_t> left_id;
};
struct Right {
  std::int64_t id;
  std::int64_t left_id;
};
INSTAR_PFR_MODEL(Left, "lefts", (id, primary_key), (right_id, references(&Right::id)), (left_id, references(&Left::id)))
INSTAR_PFR_MODEL(Right, "rights", (id, primary_key), (left_id, references(&Left::id)))

inline constexpr auto schema = instar::schema<Left, Right>();

}  // namespace pfr_test::cyclic

namespace cyclic = pfr_test::cyclic;

TEST_CASE("aggregates reference each other and themselves") {
  STATIC_REQUIRE(cyclic::schema.table("lefts").foreign_keys.size() == 2);
  STATIC_REQUIRE(cyclic::schema.table("lefts").foreign_keys[0].target_table == "rights");
  STATIC_REQUIRE(cyclic::schema.table("lefts").foreign_keys[1].target_table == "lefts");
  STATIC_REQUIRE(cyclic::schema.table("rights").foreign_keys[0].target_columns[0] == "id");
}

TEST_CASE("the fields of an aggregate are visited in their order") {
  cyclic::Left row{1, 2, {}};
  instar::detail::visit_fields(row, [](std::int64_t& id, std::int64_t& right, std::optional<std::int64_t>& left) {
    left = id + right;
    id = 9;
  });
  CHECK(row.id == 9);
  CHECK(row.left_id == 3);
}

#if BOOST_VERSION < 108400
TEST_CASE("a field's name is the last identifier that the compiler prints") {
  using instar::detail::last_identifier;
  STATIC_REQUIRE(last_identifier("f() [P = {&place.value.email}]") == "email");
  STATIC_REQUIRE(last_identifier("[with P = p<int>{(& place<User>.never_made<User>::value.app::{anonymous}::A::x)}]") ==
                 "x");
  STATIC_REQUIRE(last_identifier("{&a.größe}]") == "größe");
  STATIC_REQUIRE(last_identifier("name") == "name");
  STATIC_REQUIRE(last_identifier("()") == "");
}
#endif
