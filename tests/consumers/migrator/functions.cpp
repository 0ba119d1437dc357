#include <instar/migrate/code.hpp>

#include <vector>

namespace shop {

std::vector<instar::code_migration> code_migrations() {
  return {{"20240103000000_first_customer",
           [](instar::transaction& tx) { tx.execute("INSERT INTO customers (email) VALUES ('ada@example.org')"); }}};
}

void seed(instar::database& db) {
  db.execute("INSERT INTO customers (email) VALUES ('grace@example.org')");
}

}  // namespace shop
