#include "support/catch.hpp"

#include <instar/migrate/concurrent_index.hpp>
#include <instar/migrate/script_plan.hpp>

#include <string>
#include <string_view>

namespace {

using instar::detail::script_mode;
using instar::detail::script_plan;

script_plan plan(instar::dialect kind, std::string_view sql) {
  return instar::detail::plan_script(kind, sql, instar::split_script(kind, sql));
}

/// "o" one transaction, "b" its own, "p" pieces; then the pieces by their kind and number of statements.
std::string shape(instar::dialect kind, std::string_view sql) {
  const script_plan p = plan(kind, sql);
  std::string text{p.mode == script_mode::one_transaction ? "o" : p.mode == script_mode::own_transaction ? "b" : "p"};
  for (const auto& piece : p.pieces)
    text += std::string{" "} + "tobs"[static_cast<int>(piece.kind)] + std::to_string(piece.last - piece.first + 1) +
            (piece.chained ? "c" : "") + (piece.kind == instar::detail::piece_kind::block && !piece.commits ? "r" : "");
  return text + (p.unclosed ? " open" : "");
}

std::string postgres(std::string_view sql) {
  return shape(instar::dialect::postgres, sql);
}
std::string sqlite(std::string_view sql) {
  return shape(instar::dialect::sqlite, sql);
}

}  // namespace

TEST_CASE("an ordinary script is one transaction") {
  CHECK(postgres("CREATE TABLE a (id int); INSERT INTO a VALUES (1);") == "o");
  CHECK(postgres("") == "o");
  CHECK(postgres("SET search_path = x; SELECT 1; SAVEPOINT s; ROLLBACK TO SAVEPOINT s; RELEASE s;") == "o");
  CHECK(sqlite("PRAGMA foreign_keys=OFF; CREATE TABLE a (id); PRAGMA foreign_key_check; PRAGMA foreign_keys=ON;") ==
        "o");
}

TEST_CASE("a script that is one BEGIN and COMMIT keeps them") {
  CHECK(postgres("BEGIN; SELECT 1; COMMIT;") == "b b3");
  CHECK(postgres("SET x = 1; START TRANSACTION; SELECT 1; END; RESET x;") == "b s1 b3 s1");
  CHECK(postgres("BEGIN; SAVEPOINT a; ROLLBACK TO a; COMMIT WORK AND NO CHAIN;") == "b b4");
  CHECK(sqlite("PRAGMA foreign_keys=OFF; BEGIN TRANSACTION; CREATE TABLE a (id); COMMIT;") == "b s1 b3");
}

TEST_CASE("other scripts are cut into pieces") {
  CHECK(postgres("CREATE INDEX CONCURRENTLY i ON t (a);") == "p o1");
  CHECK(postgres("SELECT 1; BEGIN; SELECT 2; COMMIT; SELECT 3;") == "p t1 b3 t1");
  CHECK(postgres("BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;") == "p b3 b3");
  CHECK(postgres("BEGIN; SELECT 1; ROLLBACK;") == "p b3r");
  CHECK(postgres("BEGIN; SELECT 1; COMMIT AND CHAIN; SELECT 2; COMMIT;") == "p b3 b2c");
  CHECK(postgres("SET x = 1; VACUUM;") == "p s1 o1");
  CHECK(postgres("COMMIT; SELECT 1;") == "p o1 t1");
  CHECK(sqlite("CREATE TABLE a (id); VACUUM;") == "p t1 o1");
  CHECK(sqlite("PRAGMA journal_mode = WAL; CREATE TABLE a (id);") == "p o1 t1");
}

TEST_CASE("a BEGIN without a COMMIT is noticed") {
  CHECK(postgres("SELECT 1; BEGIN; SELECT 2;") == "p t1 open");
  CHECK(postgres("BEGIN; SELECT 1; COMMIT AND CHAIN; SELECT 2;") == "p b3 open");
}

TEST_CASE("a comment on top can ask for no transaction") {
  CHECK(postgres("-- instar: no transaction\nCALL p();\nSELECT 1;") == "p t1 t1");
  CHECK(postgres("-- a note\n--   Instar: No Transaction  \r\nSELECT 1;") == "p t1");
  CHECK(postgres("SELECT 1; -- instar: no transaction\n") == "o");
  CHECK(postgres("-- instar: no transactions please\nSELECT 1;") == "o");
  CHECK(postgres("-- instar: no transaction") == "o");
}

TEST_CASE("marked sections are transactions, or each statement on its own") {
  CHECK(
      postgres("-- instar: transaction\nSELECT 1; SELECT 2;\n-- instar: no-transaction\nSET x = 1; SELECT 3; VACUUM;\n"
               "-- instar: transaction\nBEGIN; SELECT 4; COMMIT;") == "p b2 s1 o1 o1 b3");
  CHECK(postgres("-- instar: transaction\nSELECT 1; SELECT 2;") == "o");
  CHECK(postgres("-- instar: transaction\nBEGIN; SELECT 1; COMMIT;") == "b b3");
  CHECK(postgres("-- instar: no-transaction\nSELECT 1;") == "p o1");
  CHECK(postgres("SELECT 1;\n  -- Instar: Transaction\nSELECT 2; SELECT 3;") == "p t1 b2");
  CHECK(postgres("-- instar: transaction\n-- instar: no-transaction\nSELECT 1;\n-- instar: transaction\n") == "p o1");
  CHECK(postgres("-- instar: transaction\nBEGIN; SELECT 1;\n-- instar: no-transaction\nSELECT 2;") == "p o1 open");
  CHECK(postgres("SELECT '\n-- instar: no-transaction\n';") == "o");
  CHECK(sqlite("-- instar: transaction\nSELECT 1; SELECT 2;\n-- instar: no-transaction\nVACUUM;") == "p b2 o1");
}

TEST_CASE("a marked script fits into somebody else's transaction without what that refuses") {
  const auto inner = [](std::string_view sql) {
    return instar::detail::as_one_transaction(sql, plan(instar::postgres, sql)).value_or("no");
  };
  CHECK(inner("-- instar: transaction\nBEGIN; SELECT 1; COMMIT;\n-- instar: no-transaction\n"
              "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a); DROP INDEX concurrently j;") ==
        "-- instar: transaction\n     ; SELECT 1;       ;\n-- instar: no-transaction\n"
        "CREATE UNIQUE INDEX              i ON t (a); DROP INDEX              j;");
  CHECK(inner("-- instar: no-transaction\nDO $instar_batches$ BEGIN COMMIT; END $instar_batches$;") ==
        "-- instar: no-transaction\nDO $instar_batches$ BEGIN         END $instar_batches$;");
  CHECK(inner("-- instar: no-transaction\nVACUUM;") == "no");
  CHECK(inner("-- instar: transaction\nBEGIN; SELECT 1; ROLLBACK;\n-- instar: no-transaction\nSELECT 2;") == "no");
  CHECK(inner("CREATE INDEX CONCURRENTLY i ON t (a);") == "no");
}

TEST_CASE("turning SQLite's foreign keys off is noticed in every spelling") {
  const auto off = [](std::string_view sql) { return plan(instar::sqlite, sql).turns_foreign_keys_off; };
  CHECK(off("PRAGMA foreign_keys=OFF;"));
  CHECK(off("pragma Foreign_Keys = 0;"));
  CHECK(off("PRAGMA main.foreign_keys(false);"));
  CHECK(off("PRAGMA foreign_keys = 'no';"));
  CHECK_FALSE(off("PRAGMA foreign_keys=ON;"));
  CHECK_FALSE(off("PRAGMA foreign_keys;"));
  CHECK_FALSE(off("PRAGMA defer_foreign_keys=OFF;"));
  CHECK_FALSE(off("SELECT 'PRAGMA foreign_keys=OFF;'"));
}

TEST_CASE("what changes the session is told from what does not") {
  const auto setting = [](std::string_view sql) {
    return instar::detail::is_setting(instar::dialect::postgres, instar::split_script(instar::postgres, sql).front());
  };
  CHECK(setting("SET search_path = a"));
  CHECK(setting("RESET ALL"));
  CHECK(setting("set session authorization x"));
  CHECK(setting("SELECT pg_catalog.set_config('search_path', '', false)"));
  CHECK(setting("SELECT set_config('a.b', '', false)"));
  CHECK_FALSE(setting("SET LOCAL lock_timeout = '5s'"));
  CHECK_FALSE(setting("SET CONSTRAINTS ALL IMMEDIATE"));
  CHECK_FALSE(setting("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"));
  CHECK_FALSE(setting("SELECT 1"));
}

TEST_CASE("the index of a statement with CONCURRENTLY is read") {
  using action = instar::detail::concurrent_index::action;
  const auto index = [](std::string_view sql) {
    const auto found = instar::detail::concurrent_index_of(sql);
    if (!found)
      return std::string{"none"};
    const char* const what = found->what == action::create          ? "create "
                             : found->what == action::drop          ? "drop "
                             : found->what == action::reindex_index ? "reindex "
                                                                    : "reindex table ";
    return what + found->name + "|" + found->table;
  };
  CHECK(index("CREATE INDEX CONCURRENTLY i ON t (a)") == "create i|\"t\"");
  CHECK(index("create unique index concurrently if not exists \"My \"\"i\" on only \"S\".t using btree (a)") ==
        "create My \"i|\"S\".\"t\"");
  CHECK(index("CREATE INDEX CONCURRENTLY /* c */ Idx -- x\n ON A.B (a)") == "create idx|\"a\".\"b\"");
  CHECK(index("CREATE INDEX CONCURRENTLY ON t (a)") == "create |\"t\"");
  CHECK(index("DROP INDEX CONCURRENTLY IF EXISTS a.I") == "drop \"a\".\"i\"|");
  CHECK(index("REINDEX INDEX CONCURRENTLY i") == "reindex \"i\"|");
  CHECK(index("REINDEX TABLE CONCURRENTLY s.t") == "reindex table \"s\".\"t\"|");
  CHECK(index("CREATE INDEX i ON t (a)") == "none");
  CHECK(index("DROP INDEX i") == "none");
  CHECK(index("REINDEX DATABASE CONCURRENTLY") == "none");
}
