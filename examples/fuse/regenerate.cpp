// Writes the history of migrations anew: `fuse_regenerate URL HAND_WRITTEN FOLDER`.
//
//   URL           an empty PostgreSQL database
//   HAND_WRITTEN  the first migration's script, which `migrate dev` began and a person finished
//   FOLDER        an empty folder
//
// The same code as `migrate dev`, with the models as they stood at each migration and the clock set to when it was
// made.

#include "models.hpp"
#include "models/v1.hpp"
#include "models/v2.hpp"

#include <instar/migrate/migrator.hpp>

#include <chrono>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

namespace {

using namespace std::chrono_literals;

/// A program that was built with those models, at that time.
instar::migrator migrator_of(const std::string& url, const std::filesystem::path& folder, instar::schema_view models,
                             std::chrono::sys_seconds time) {
  return instar::migrator(instar::database_url{url},
                          {.migrations = folder, .models = models, .clock = [time] { return time; }});
}

void regenerate(const std::string& url, const std::filesystem::path& hand_written,
                const std::filesystem::path& folder) {
  using std::chrono::sys_days;

  // migrate dev --name metadata_extensions --create-only, then edited by hand.
  instar::migrator first = migrator_of(url, folder, instar::view_of<fuse::v1::schema>, sys_days{2024y / 1 / 17} + 0h);
  const instar::dev_report written = first.dev({.name = "metadata_extensions", .create_only = true});
  std::filesystem::copy_file(hand_written, written.created.value().script,
                             std::filesystem::copy_options::overwrite_existing);
  first.generate_snapshot({});
  first.deploy({});

  // migrate dev --name add_user_auth_fields
  instar::migrator second =
      migrator_of(url, folder, instar::view_of<fuse::v2::schema>, sys_days{2025y / 1 / 20} + 13h + 16min + 19s);
  second.dev({.name = "add_user_auth_fields"});

  // migrate dev --name update_schema
  instar::migrator third =
      migrator_of(url, folder, instar::view_of<fuse::v3::schema>, sys_days{2025y / 2 / 11} + 8h + 58min + 34s);
  third.dev({.name = "update_schema"});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: fuse_regenerate URL HAND_WRITTEN FOLDER\n";
    return 64;
  }
  try {
    regenerate(argv[1], argv[2], argv[3]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
