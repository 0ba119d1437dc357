// A program with a main of its own: it carries its history, and a function that seeds.
#include <instar/cli/cli.hpp>

#include "cli/models/v1.hpp"

namespace {
constexpr instar::embedded_migration history[] = {
    {"20240101000000_users",
     "CREATE TABLE \"users\" (\"id\" INTEGER PRIMARY KEY, \"email\" TEXT NOT NULL, \"name\" TEXT);\n",
     {}},
    {"20240102000000_more", "INSERT INTO \"users\" (\"email\") VALUES ('carried@example.org');\n", {}},
};
}  // namespace

int main(int argc, char** argv) {
  return instar::cli::run(argc, argv,
                          {.schema = instar::view_of<app::schema>,
                           .embedded = history,
                           .seed =
                               [](instar::database& db) {
                                 db.execute(
                                     "INSERT INTO users (email, name) VALUES ('seed@example.org', 'by function')");
                               },
                           .program = "carrier"});
}
