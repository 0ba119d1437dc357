// Models of one file alone: in an unnamed namespace, without a warning.
#include <instar/instar.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <vector>

namespace {

enum class Level { low, high };
INSTAR_ENUM(Level, low, high)

struct Sample {
  std::int64_t id;
  Level level;
  std::vector<std::int64_t> values;
};
INSTAR_MODEL(Sample, "samples", (id, primary_key), (level), (values, default_value("{}")))

constexpr auto schema = instar::schema<Sample>();

}  // namespace

TEST_CASE("a model in an unnamed namespace is a table like any other") {
  STATIC_REQUIRE(instar::view_of<schema>.tables[0].name == "samples");
  STATIC_REQUIRE(instar::view_of<schema>.enumerations[0].name == "level");
}

TEST_CASE("an array takes its own text as a default") {
  STATIC_REQUIRE(instar::ddl<instar::postgres, schema>.statements[1].find(
                     "\"values\" bigint[] DEFAULT '{}' NOT NULL") != std::string_view::npos);
}
