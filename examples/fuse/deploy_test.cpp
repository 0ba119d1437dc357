// The application deploys itself: its history is compiled in, and a PostgreSQL server is all that it needs.

#include "models.hpp"

#include "support/catch.hpp"
#include "support/postgres_server.hpp"

#include <fuse/migrations/embedded_migrations.hpp>
#include <instar/database/rows.hpp>
#include <instar/migrate/migrator.hpp>

#include <string>
#include <vector>

namespace {

using texts = std::vector<std::string>;

texts query_texts(instar::database& db, const std::string& sql) {
  return instar::query_as<std::string>(db, sql);
}

const texts names_of_history{"20240117000000_metadata_extensions", "20250120131619_add_user_auth_fields",
                             "20250211085834_update_schema"};

texts names_of(const instar::deploy_report& report) {
  texts names;
  for (const instar::applied_migration& one : report.applied)
    names.push_back(one.name);
  return names;
}

// All that an application can notice of a schema, one line each. In the order of names: a column that a migration added
// stands behind the others, whatever its place in the struct.
texts describe_schema(instar::database& db) {
  return query_texts(db, R"(
    SELECT line FROM (
      SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
             || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
             || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') || ' identity=' || a.attidentity::text::text
             || coalesce(' -- ' || col_description(c.oid, a.attnum), '') AS line
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'm') AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
      SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
      UNION ALL
      SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE c.relnamespace = 'public'::regnamespace
      UNION ALL
      SELECT t.typname || ' ' || string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
      FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid GROUP BY t.typname
      UNION ALL
      SELECT matviewname || ' ' || definition FROM pg_matviews WHERE schemaname = 'public'
      UNION ALL
      SELECT 'extension ' || extname FROM pg_extension
    ) lines
    WHERE line NOT LIKE '%\_migrations%'
    ORDER BY line COLLATE "C")");
}

}  // namespace

TEST_CASE("a program that carries its migrations brings an empty database up to date") {
  const instar_test::scratch_database scratch;
  instar::migrator migrator(scratch.url(), {.embedded = fuse::migrations::embedded});

  const instar::deploy_report report = migrator.deploy();
  CHECK(names_of(report) == names_of_history);
  CHECK(migrator.status().up_to_date());
  CHECK(migrator.deploy().applied.empty());

  const auto db = scratch.open();
  CHECK(query_texts(*db, "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1") ==
        texts{"citext", "pg_stat_statements", "pg_trgm", "pgcrypto"});
  CHECK(query_texts(*db, "SELECT matviewname FROM pg_matviews ORDER BY 1") ==
        texts{"agent_performance", "pipeline_performance"});

  SECTION("the ledger holds a finished row for each, with the checksum of its script") {
    struct ledger_row {
      std::string name;
      std::string checksum;
      bool finished;
      bool rolled_back;
      std::optional<std::string> logs;
    };
    const auto rows = instar::query_as<ledger_row>(
        *db, "SELECT migration_name, checksum, finished_at >= started_at, rolled_back_at IS NOT NULL, logs FROM " +
                 report.ledger + " ORDER BY started_at, migration_name");
    REQUIRE(rows.size() == fuse::migrations::embedded.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CHECK(rows[i].name == fuse::migrations::embedded[i].name);
      CHECK(rows[i].checksum == fuse::migrations::embedded[i].sha256);
      CHECK(rows[i].finished);
      CHECK_FALSE(rows[i].rolled_back);
      CHECK(rows[i].logs.value_or("").starts_with("statements sha256:"));  // what ran, without its comments
    }
  }

  SECTION("the result is the schema that the models describe") {
    const instar_test::scratch_database direct;
    const auto from_models = direct.open();
    for (const std::string_view statement : instar::ddl<instar::postgres, fuse::schema>.statements)
      from_models->execute(statement);
    CHECK(describe_schema(*db) == describe_schema(*from_models));
  }
}

TEST_CASE("what users wrote under an older version is there under the newest") {
  const instar_test::scratch_database scratch;
  instar::migrator migrator(scratch.url(), {.embedded = fuse::migrations::embedded});
  const auto db = [&] {
    CHECK(names_of(migrator.deploy({.up_to = names_of_history[0]})) == texts{names_of_history[0]});
    return scratch.open();
  }();
  db->execute(R"(
    INSERT INTO users (id, email, name) VALUES ('00000000-0000-0000-0000-000000000001', 'Ada@example.org', 'Ada');
    INSERT INTO pipelines (id, owner_id, name, definition)
      VALUES ('00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000001', 'Nightly', '{"steps": 1}');
    INSERT INTO tasks (pipeline_id, position, status, payload, result, started_at, finished_at)
      VALUES ('00000000-0000-0000-0000-000000000002', 0, 'succeeded', '{"a": 1}', '{"b": 2}',
              '2025-01-01 00:00:00Z', '2025-01-01 00:00:10Z');
    REFRESH MATERIALIZED VIEW CONCURRENTLY pipeline_performance)");

  CHECK(names_of(migrator.deploy()) == texts{names_of_history[1], names_of_history[2]});

  // citext compares without case; the renamed columns kept their values; the new ones have their defaults.
  CHECK(db->query_value("SELECT role FROM users WHERE email = 'ada@EXAMPLE.org'") == "member");
  CHECK(db->query_value("SELECT input->>'a' FROM tasks") == "1");
  CHECK(db->query_value("SELECT output->>'b' FROM tasks") == "2");
  CHECK(db->query_value("SELECT attempts FROM tasks") == "0");
  // The views were made again over the renamed columns, and are filled.
  CHECK(db->query_value("SELECT extract(epoch FROM mean_duration)::int FROM pipeline_performance") == "10");
  // Enum values, arrays and JSON as the newest models have them.
  db->execute(R"(
    UPDATE tasks SET status = 'cancelled', error = 'stopped by hand';
    INSERT INTO templates (slug, title, tags, definition, visibility)
      VALUES ('nightly-report', 'Nightly report', '{report,nightly}', '{}', 'everyone');
    INSERT INTO sessions (user_id, token_hash, expires_at, address)
      SELECT id, digest('token', 'sha256'), now() + interval '1 day', '2001:db8::1' FROM users)");
  CHECK(db->query_value("SELECT slug FROM templates WHERE tags @> '{report}'") == "nightly-report");
  CHECK_THROWS_AS(db->execute("INSERT INTO templates (slug, title, definition) VALUES ('Not a slug', '', '{}')"),
                  instar::database_error);
}
