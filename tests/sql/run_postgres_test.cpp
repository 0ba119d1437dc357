#include "sql/postgres_catalogue.hpp"
#include "sql/run_pairs.hpp"
#include "support/catch.hpp"
#include "support/postgres_server.hpp"

#include <array>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// The SQL of every pair of schemas, run on PostgreSQL: rows survive, and what a migration makes is what a fresh
// database has.

namespace {

using instar_test::difference;
using instar_test::rows;
using instar_test::schema_pair;

std::string described(instar::database& db) {
  return instar_test::described_postgres(db);
}

std::vector<std::string> sql_between(const instar::schema_view& before, const instar::schema_view& after) {
  const instar::plan steps = instar::make_plan(before, after);
  return instar::statements(instar::postgres, steps);
}

/// Statements in one transaction, as a migration runs; nothing of it stays when one fails.
template <class Statements>
void migrate(instar::database& db, const Statements& statements) {
  db.execute("BEGIN");
  for (const auto& statement : statements) {
    try {
      db.execute(statement);
    } catch (const std::exception& error) {
      db.execute("ROLLBACK");
      throw std::runtime_error(std::string(error.what()) + "\nin: " + std::string(statement));
    }
  }
  db.execute("COMMIT");
}

/// The sections of an online script, as psql runs them: what fails leaves behind what was done before it.
void migrate_online(instar::database& db, const instar::plan& steps) {
  const std::vector<instar::script_section> sections = instar::online_sections(steps);
  if (sections.empty())
    migrate(db, instar::statements(instar::postgres, steps));
  for (const instar::script_section& section : sections) {
    std::vector<std::string> texts;
    for (const instar::online_statement& s : section.statements)
      texts.push_back(s.text);
    if (section.transaction) {
      migrate(db, texts);
      continue;
    }
    for (const std::string& text : texts) {
      try {
        db.execute(text);
      } catch (const std::exception& error) {
        throw std::runtime_error(std::string(error.what()) + "\nin: " + text);
      }
    }
  }
}

/// One database for all pairs: a new one for each takes PostgreSQL longer than all that is done in it.
instar::database& emptied_database() {
  static const instar_test::scratch_database scratch;
  static const std::unique_ptr<instar::database> db = scratch.open();
  db->execute(R"(
    DO $$ DECLARE name text; BEGIN
      FOR name IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
      END LOOP;
    END $$;
    CREATE SCHEMA public;)");
  return *db;
}

/// What a database is that was made with this schema and never had another.
const std::string& described(const instar::schema_view& schema) {
  static std::map<std::array<const void*, 5>, std::string> known;
  std::string& text = known[{schema.tables.data(), schema.views.data(), schema.sequences.data(),
                             schema.extensions.data(), schema.raw_objects.data()}];
  if (text.empty()) {
    instar::database& db = emptied_database();
    migrate(db, sql_between({}, schema));
    text = described(db);
  }
  return text;
}

/// How many rows the tables have that both schemas have.
std::string counts(instar::database& db, const schema_pair& pair, bool before) {
  const auto name = [](const instar::table& t) {
    return (t.schema.empty() ? "" : instar::quote_identifier(t.schema) + '.') + instar::quote_identifier(t.name);
  };
  std::string all;
  const instar::plan steps = instar::make_plan(pair.before, pair.after);
  for (const instar::table& now : pair.after.tables) {
    const instar::table* then = nullptr;
    for (const instar::table& t : pair.before.tables)
      if (t.name == now.name && t.schema == now.schema)
        then = &t;
    for (const instar::step& s : steps.steps)
      if (s.kind == instar::step_kind::rename_table && s.after == &now)
        then = s.before;
    if (then != nullptr)
      all += name(now) + ": " + rows(db, "SELECT count(*) FROM " + name(before ? *then : now)) + '\n';
  }
  return all;
}

}  // namespace

TEST_CASE("A migration of PostgreSQL keeps the rows and ends in the new schema", "[postgres]") {
  for (const schema_pair& pair : instar_test::schema_pairs()) {
    if (!pair.runs(instar::postgres))
      continue;
    DYNAMIC_SECTION(pair.name) {
      const std::string& wanted = described(pair.after);
      instar::database& db = emptied_database();
      migrate(db, sql_between({}, pair.before));
      if (!pair.rows.empty())
        db.execute(pair.rows);
      const std::string told =
          instar_test::told_failures(instar::postgres, pair, [&](const std::string& sql) { return rows(db, sql); });
      CHECK((told != "") == pair.fails_with_rows);
      if (pair.fails_with_rows) {
        const std::string old_schema = described(db);
        CHECK_THROWS(migrate(db, pair.postgres));
        CHECK(difference(described(db), old_schema) == "");
        CHECK_FALSE(instar::make_plan(pair.before, pair.after).hazards().empty());
        continue;
      }
      const std::string rows_before = counts(db, pair, true);
      REQUIRE_NOTHROW(migrate(db, pair.postgres));
      CHECK(difference(described(db), wanted) == "");
      CHECK(counts(db, pair, false) == rows_before);
      if (!pair.question.empty())
        CHECK(rows(db, pair.question) == pair.answer);
    }
  }
}

TEST_CASE("A migration of PostgreSQL ends in the new schema backwards too", "[postgres]") {
  for (const schema_pair& pair : instar_test::schema_pairs()) {
    if (pair.one_way || !pair.runs(instar::postgres))
      continue;
    DYNAMIC_SECTION(pair.name) {
      const std::string& wanted = described(pair.before);
      instar::database& db = emptied_database();
      migrate(db, sql_between({}, pair.after));
      REQUIRE_NOTHROW(migrate(db, sql_between(pair.after, pair.before)));
      CHECK(difference(described(db), wanted) == "");
    }
  }
}

TEST_CASE("The online form of a migration keeps the rows and ends in the new schema", "[postgres]") {
  for (const schema_pair& pair : instar_test::schema_pairs()) {
    if (!pair.runs(instar::postgres))
      continue;
    DYNAMIC_SECTION(pair.name) {
      const std::string& wanted = described(pair.after);
      instar::database& db = emptied_database();
      migrate(db, sql_between({}, pair.before));
      if (!pair.rows.empty())
        db.execute(pair.rows);
      const instar::plan steps = instar::make_plan(pair.before, pair.after);
      if (pair.fails_with_rows) {
        CHECK_THROWS(migrate_online(db, steps));
        continue;
      }
      const std::string rows_before = counts(db, pair, true);
      REQUIRE_NOTHROW(migrate_online(db, steps));
      CHECK(difference(described(db), wanted) == "");
      CHECK(counts(db, pair, false) == rows_before);
      if (!pair.question.empty())
        CHECK(rows(db, pair.question) == pair.answer);
    }
  }
}

TEST_CASE("The online form of a migration ends in the new schema backwards too", "[postgres]") {
  for (const schema_pair& pair : instar_test::schema_pairs()) {
    if (pair.one_way || !pair.runs(instar::postgres))
      continue;
    DYNAMIC_SECTION(pair.name) {
      const std::string& wanted = described(pair.before);
      instar::database& db = emptied_database();
      migrate(db, sql_between({}, pair.after));
      REQUIRE_NOTHROW(migrate_online(db, instar::make_plan(pair.after, pair.before)));
      CHECK(difference(described(db), wanted) == "");
    }
  }
}
