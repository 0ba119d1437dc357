#include <instar.hpp>

#include <cstdint>
#include <iostream>
#include <string>

namespace shop {

struct Customer {
  std::int64_t id;
  std::string email;
};
INSTAR_MODEL(Customer, "customers", (id, primary_key), (email, unique))

inline constexpr auto schema = instar::schema<Customer>();

}  // namespace shop

int main() {
  for (const auto statement : instar::ddl<instar::sqlite, shop::schema>.statements)
    std::cout << statement << '\n';
}
