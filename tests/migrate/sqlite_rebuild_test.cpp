#include "migrate/workspace.hpp"

#include <string>

using instar::migrator;
using test::error_of;
using test::scratch_database;
using test::workspace;
namespace code = instar::migration_code;

namespace {

const char* const parent_and_child = "CREATE TABLE parent (id INTEGER PRIMARY KEY, old TEXT);\n"
                                     "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES "
                                     "parent (id) ON DELETE CASCADE);\n"
                                     "INSERT INTO parent VALUES (1, 'x'), (2, 'y');\n"
                                     "INSERT INTO child VALUES (10, 1), (20, 2);\n";

// As Prisma writes it.
const char* const rebuild = "-- RedefineTables\n"
                            "PRAGMA defer_foreign_keys=ON;\n"
                            "PRAGMA foreign_keys=OFF;\n"
                            "CREATE TABLE \"new_parent\" (id INTEGER PRIMARY KEY, old TEXT NOT NULL DEFAULT '');\n"
                            "INSERT INTO \"new_parent\" (id, old) SELECT id, old FROM parent;\n"
                            "DROP TABLE \"parent\";\n"
                            "ALTER TABLE \"new_parent\" RENAME TO \"parent\";\n"
                            "PRAGMA foreign_keys=ON;\n"
                            "PRAGMA defer_foreign_keys=OFF;\n";

struct family {
  workspace w;
  scratch_database db{instar::sqlite};
  std::unique_ptr<instar::database> opened = db.open();
  migrator m{*opened, {.migrations = w.migrations()}};
  family() {
    w.add("20240101000000_family", parent_and_child);
    (void)m.deploy();
  }
};

}  // namespace

TEST_CASE("SQLite: rebuilding a table keeps the rows that reference it") {
  family f;
  f.w.add("20240102000000_rebuild", rebuild);
  CHECK(f.m.deploy().applied[0].transactional);
  CHECK(f.db.ask("SELECT id FROM child ORDER BY id") == "10 20");
  CHECK(f.db.ask("SELECT \"notnull\" FROM pragma_table_info('parent') WHERE name = 'old'") == "1");
  CHECK(f.opened->query_value("PRAGMA foreign_keys") == "1");
}

TEST_CASE("SQLite: a rebuild that fails leaves the table, its rows and the session as they were") {
  family f;
  f.db.run("INSERT INTO parent VALUES (3, NULL)");
  f.w.add("20240102000000_rebuild", rebuild);
  const auto error = error_of([&] { (void)f.m.deploy(); });
  CHECK(error.code() == code::script_failed);
  CHECK(error.location()->line == 5);
  CHECK(f.db.tables() == "_instar_migrations child parent");
  CHECK(f.db.ask("SELECT count(*) FROM child") == "2");
  CHECK(f.opened->query_value("PRAGMA foreign_keys") == "1");
}

TEST_CASE("SQLite: a script that leaves dangling references with foreign keys off is refused") {
  family f;
  f.w.add("20240102000000_bad",
          "PRAGMA foreign_keys = OFF;\nDELETE FROM parent WHERE id = 2;\nPRAGMA foreign_keys = ON;\n");
  const auto error = error_of([&] { (void)f.m.deploy(); });
  CHECK(error.code() == code::foreign_keys_broken);
  CHECK(error.message().find("child → parent (1 row)") != std::string::npos);
  CHECK(f.db.ask("SELECT count(*) FROM parent") == "2");
  CHECK(f.db.ask("SELECT count(*) FROM _instar_migrations") == "1");
  CHECK(f.opened->query_value("PRAGMA foreign_keys") == "1");
}

TEST_CASE("SQLite: references that dangled before are not the script's fault") {
  family f;
  f.opened->execute("PRAGMA foreign_keys = OFF; DELETE FROM parent WHERE id = 2; PRAGMA foreign_keys = ON");
  f.w.add("20240102000000_rebuild", rebuild);
  CHECK(f.m.deploy().applied.size() == 1);
  CHECK(f.db.ask("SELECT count(*) FROM child") == "2");
  f.w.add("20240103000000_bad", "PRAGMA foreign_keys = OFF;\nDELETE FROM parent;\n");
  CHECK(error_of([&] { (void)f.m.deploy(); }).code() == code::foreign_keys_broken);
  CHECK(f.db.ask("SELECT count(*) FROM parent") == "1");
}

TEST_CASE("SQLite: without the pragma foreign keys are enforced as usual") {
  family f;
  f.w.add("20240102000000_cascade", "DELETE FROM parent WHERE id = 2;\n");
  CHECK(f.m.deploy().applied.size() == 1);
  CHECK(f.db.ask("SELECT id FROM child") == "10");
}

TEST_CASE("SQLite: settings above a script's own transaction hold in it, and end with the script") {
  family f;
  f.opened->execute("CREATE VIEW v AS SELECT * FROM parent");
  f.w.add("20240102000000_rebuild",
          "PRAGMA foreign_keys=OFF;\nPRAGMA legacy_alter_table=ON;\nBEGIN;\n"
          "CREATE TABLE new_parent (id INTEGER PRIMARY KEY, old TEXT);\nINSERT INTO new_parent SELECT * FROM parent;\n"
          "DROP TABLE parent;\nALTER TABLE new_parent RENAME TO parent;\nCOMMIT;\n");
  CHECK(f.m.deploy().applied[0].transactional);
  CHECK(f.db.ask("SELECT count(*) FROM v") == "2");
  CHECK(f.db.ask("SELECT count(*) FROM child") == "2");
  CHECK(f.opened->query_value("PRAGMA legacy_alter_table") == "0");
  CHECK(f.opened->query_value("PRAGMA foreign_keys") == "1");
}

TEST_CASE("SQLite: a connection that does not enforce foreign keys is left so") {
  family f;
  f.opened->execute("PRAGMA foreign_keys = OFF");
  f.w.add("20240102000000_rebuild", rebuild);
  CHECK(f.m.deploy().applied.size() == 1);
  CHECK(f.opened->query_value("PRAGMA foreign_keys") == "0");
}
