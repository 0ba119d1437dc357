// notes URL                  shows all notes
// notes URL EMAIL TEXT       writes one

#include "models.hpp"

#include "migrations/snapshot.hpp"

#include <instar/database/database.hpp>
#include <instar/database/rows.hpp>

#include <exception>
#include <iostream>

// No build without a migration for every change of the models.
INSTAR_CHECK_MIGRATED(app::schema, migrations::snapshot);

namespace {

void write_note(instar::database& db, std::string_view email, std::string_view text) {
  db.execute("BEGIN");
  (void)db.query("INSERT INTO authors (email) VALUES (?1) ON CONFLICT DO NOTHING", instar::parameters(email));
  (void)db.query("INSERT INTO notes (author_id, text) SELECT id, ?2 FROM authors WHERE email = ?1",
                 instar::parameters(email, text));
  db.execute("COMMIT");
}

void show_notes(instar::database& db) {
  const instar::query_result notes =
      db.query("SELECT email, notes.* FROM notes JOIN authors ON authors.id = author_id");
  for (const auto& note : notes.rows)
    for (std::size_t i = 0; i < note.size(); ++i)
      std::cout << notes.columns[i] << '=' << note[i].value_or("NULL") << (i + 1 < note.size() ? "  " : "\n");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2 && argc != 4)
      throw std::runtime_error("usage: notes URL [EMAIL TEXT]");
    const auto db = instar::open_database(instar::database_url{argv[1]});
    if (argc == 4)
      write_note(*db, argv[2], argv[3]);
    show_notes(*db);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
