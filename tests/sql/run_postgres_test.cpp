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
using instar_test::schema_pair;

/// The rows of a query, `a|b`, one a line.
std::string rows(instar::database& db, std::string_view sql) {
  std::string all;
  for (const auto& row : db.query(sql).rows) {
    if (!all.empty())
      all += '\n';
    for (std::size_t i = 0; i < row.size(); ++i)
      all += (i == 0 ? "" : "|") + row[i].value_or("");
  }
  return all;
}

/// All that a schema is in PostgreSQL, read from its catalogues; columns in any order. The name of an identity's own
/// sequence is the server's business.
constexpr std::string_view catalogue = R"(
WITH names AS (
  SELECT oid, nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
), members AS (
  SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
)
SELECT line FROM (
  SELECT format('column %I.%I.%I %s %s default %s identity %s generated %s collation %s comment %s', n.nspname, c.relname, a.attname,
    format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'required' END, pg_get_expr(d.adbin, d.adrelid),
    a.attidentity, a.attgenerated, CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
    col_description(c.oid, a.attnum)) AS line
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN names n ON n.oid = c.relnamespace
  JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'm')
  UNION ALL
  SELECT format('relation %I.%I %s comment %s definition %s', n.nspname, c.relname, c.relkind, obj_description(c.oid, 'pg_class'),
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
  FROM pg_class c JOIN names n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'v', 'm') OR (c.relkind = 'S' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i'))
  UNION ALL
  SELECT format('constraint %s of %s %s deferrable %s %s valid %s', o.conname, o.conrelid::regclass, pg_get_constraintdef(o.oid),
    o.condeferrable, o.condeferred, o.convalidated)
  FROM pg_constraint o JOIN names n ON n.oid = o.connamespace WHERE o.contype <> 't'
  UNION ALL
  SELECT format('index %s valid %s', pg_get_indexdef(i.indexrelid), i.indisvalid AND i.indisready)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN names n ON n.oid = c.relnamespace
  UNION ALL
  SELECT format('enum %I.%I %s comment %s', n.nspname, t.typname,
    (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
    obj_description(t.oid, 'pg_type'))
  FROM pg_type t JOIN names n ON n.oid = t.typnamespace WHERE t.typtype = 'e'
  UNION ALL
  SELECT format('sequence of %s: %s start %s increment %s cache %s cycle %s',
    coalesce((SELECT d.refobjid::regclass || '.' || d.refobjsubid::bool FROM pg_depend d WHERE d.objid = s.seqrelid AND d.deptype = 'i'), s.seqrelid::regclass::text),
    s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqcache, s.seqcycle)
  FROM pg_sequence s
  UNION ALL
  SELECT format('extension %I in %I version %s', e.extname, n.nspname, e.extversion) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  UNION ALL
  SELECT format('function %s', pg_get_functiondef(p.oid)) FROM pg_proc p JOIN names n ON n.oid = p.pronamespace
  WHERE NOT EXISTS (SELECT 1 FROM members m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
  UNION ALL
  SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL
  SELECT format('policy %s on %s using %s', polname, polrelid::regclass, pg_get_expr(polqual, polrelid)) FROM pg_policy
) AS lines ORDER BY line)";

std::string described(instar::database& db) {
  return rows(db, catalogue) + '\n';
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
