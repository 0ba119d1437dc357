// A program that carries its migrations: `shop URL` brings the database up to date and says what it applied.
#include <instar/migrate/migrator.hpp>

#include <shop/migrations/embedded_migrations.hpp>

#include <iostream>

int main(int, char** arguments) {
  instar::migrator migrator(instar::database_url{arguments[1]}, {.embedded = shop::migrations::embedded});
  for (const auto& migration : migrator.deploy().applied)
    std::cout << "applied " << migration.name << '\n';
}
