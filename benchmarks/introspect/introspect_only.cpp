// Reads a database back as a schema value and says how much is in it: what introspection costs, and no more.
#include <instar/database/database.hpp>
#include <instar/database/introspection.hpp>

#include <cstdio>
#include <exception>

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s URL\n", argv[0]);
    return 64;
  }
  const auto db = instar::open_database(instar::database_url{argv[1]});
  const instar::owned_schema read = instar::introspect(*db);
  std::printf("%zu tables, %zu raw objects\n", read.view().tables.size(), read.view().raw_objects.size());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
