#include "support/catch.hpp"

#include <instar/migrate/sha256.hpp>

#include <awkward/history/embedded_migrations.hpp>
#include <nothing/embedded_migrations.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

constexpr auto& history = awkward::history::embedded;

std::string read_script(std::string_view name) {
  const auto path = std::filesystem::path(INSTAR_TEST_HISTORY) / std::string(name) / "migration.sql";
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.is_open());
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("an embedded history is constexpr data in the order of the names") {
  STATIC_REQUIRE(history.size() == 7);
  STATIC_REQUIRE(history.front().name == "20240101000000_every_byte");
  STATIC_REQUIRE(history.back().name == "9_sorts_last");
  STATIC_REQUIRE(std::ranges::is_sorted(history, {}, &instar::embedded_migration::name));
}

TEST_CASE("an embedded script holds the bytes of its file, whatever they are and however many") {
  for (const auto& migration : history) {
    INFO(migration.name);
    CHECK((migration.sql == read_script(migration.name)));
  }
  STATIC_REQUIRE(history[1].sql.empty());
  STATIC_REQUIRE(history[5].sql.size() == 200001);
}

TEST_CASE("an embedded checksum is the one that the ledger keeps") {
  for (const auto& migration : history)
    CHECK(migration.sha256 == instar::detail::sha256_hex(migration.sql));
}

TEST_CASE("a folder that is not there yet embeds as an empty history") {
  STATIC_REQUIRE(nothing::embedded.empty());
}
