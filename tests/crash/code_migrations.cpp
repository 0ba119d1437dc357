// The migrations of crash.py's history that are C++.
#include <instar/cli/built_in.hpp>
#include <instar/migrate/code.hpp>

#include <string>
#include <vector>

namespace {

std::vector<instar::code_migration> code_migrations() {
  return {
      {"20250103500000_code",
       [](instar::transaction& tx) {
         tx.execute("INSERT INTO effect (name) VALUES ('20250103500000_code 1')");
         const std::string least = *tx.query_value("SELECT min(size) FROM item");
         tx.execute("UPDATE item SET size = size + 1 WHERE size = " + least);
         tx.execute("INSERT INTO effect (name) VALUES ('20250103500000_code 2')");
       }},
      // Twice over a row would show in the sum of the sizes.
      {"20250105500000_walk",
       instar::backfill{.table = "item", .set = "size = size * 2 + 1", .where = "size > 3", .batch = 250}},
  };
}

}  // namespace

instar::cli::built_in instar::cli::built_into_this_program() noexcept {
  return {.migrations = "migrations", .code_migrations = code_migrations};
}
