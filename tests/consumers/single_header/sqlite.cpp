#include <instar.hpp>

#include <iostream>

int main(int, char** arguments) {
  const auto database = instar::open_database(instar::database_url{arguments[1]}, {.create = true});
  database->execute("CREATE TABLE numbers (n INTEGER); INSERT INTO numbers VALUES (1), (2);");
  std::cout << database->query_value("SELECT sum(n) FROM numbers").value_or("nothing") << '\n';
}
