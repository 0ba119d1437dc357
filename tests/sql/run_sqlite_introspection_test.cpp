#include "database/sqlite_corpus.hpp"
#include "sql/run_pairs.hpp"
#include "support/catch.hpp"

#include <string>

// Every schema of the pairs, read back from SQLite: a migrated database is the value that a fresh one is, and what is
// made from a value is that value again.

namespace {

std::unique_ptr<instar::database> made_from(const instar::schema_view& schema) {
  auto db = instar_test::memory_database();
  for (const std::string& statement : instar_test::statements_between({}, schema))
    db->execute(statement);
  return db;
}

}  // namespace

TEST_CASE("A migrated database of SQLite reads back as the fresh one", "[sqlite]") {
  for (const instar_test::schema_pair& pair : instar_test::schema_pairs()) {
    if (!pair.runs(instar::sqlite))
      continue;
    CAPTURE(pair.name);
    const auto migrated = made_from(pair.before);
    for (std::string_view statement : pair.sqlite)
      migrated->execute(statement);
    const auto fresh = made_from(pair.after);
    const instar::owned_schema now = instar::detail::introspect_sqlite(*migrated);
    const instar::owned_schema wanted = instar::detail::introspect_sqlite(*fresh);
    std::string steps;
    for (const instar::step& s : instar::make_plan(now.view(), wanted.view()).steps)
      steps += instar::describe(s) + '\n';
    CHECK(steps == "");
    CHECK(wanted.view().raw_objects.size() == pair.after.raw_objects.size());
  }
}

TEST_CASE("A database of SQLite made from models goes through the value unharmed", "[sqlite]") {
  for (const instar_test::schema_pair& pair : instar_test::schema_pairs()) {
    if (!pair.runs(instar::sqlite))
      continue;
    CAPTURE(pair.name);
    for (const instar::schema_view& schema : {pair.before, pair.after}) {
      const auto db = made_from(schema);
      const instar_test::round_trip trip = instar_test::take_through(*db);
      CHECK(trip.second == trip.first);
      CHECK(trip.steps.empty());
      CHECK(trip.lost.empty());
      CHECK(trip.objects == trip.modelled + trip.raw);
    }
  }
}

TEST_CASE("A plan between two values that were read leads from one database to the other", "[sqlite]") {
  for (const instar_test::schema_pair& pair : instar_test::schema_pairs()) {
    if (!pair.runs(instar::sqlite) || pair.one_way)
      continue;
    DYNAMIC_SECTION(pair.name) {
      const auto db = made_from(pair.before);
      const instar::owned_schema before = instar::detail::introspect_sqlite(*db);
      const instar::owned_schema after = instar::detail::introspect_sqlite(*made_from(pair.after));
      for (const std::string& statement : instar_test::statements_between(before.view(), after.view())) {
        INFO(statement);
        REQUIRE_NOTHROW(db->execute(statement));
      }
      const instar::owned_schema now = instar::detail::introspect_sqlite(*db);
      CHECK(instar::make_plan(now.view(), after.view()).empty());
    }
  }
}
