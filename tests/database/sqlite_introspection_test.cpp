#include "database/sqlite_corpus.hpp"

#include <instar/instar.hpp>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A SQLite database read back: each kind of object, what is kept whole, and that nothing is lost on the way.

using instar_test::memory_database;
using instar_test::take_through;
using instar_test::told;

namespace {

instar::owned_schema read(std::string_view sql, const instar::introspection_options& options = {}) {
  const auto db = memory_database();
  db->execute(sql);
  return instar::detail::introspect_sqlite(*db, options);
}

std::string value_of(std::string_view sql) {
  return told(read(sql).view());
}

std::string one_table_of(std::string_view sql) {
  const instar::owned_schema schema = read(sql);
  return schema.view().tables.size() == 1 ? instar_test::told_object(schema.view().tables[0]) : "no single table";
}

/// The columns of the one table that a text makes.
std::string columns_of(std::string_view sql) {
  const instar::owned_schema schema = read(sql);
  std::string all;
  for (const instar::table& t : schema.view().tables)
    for (const instar::column& c : t.columns)
      all += instar_test::told_object(c) + '\n';
  return all;
}

/// The column that a definition makes, without its name and that it is nullable.
std::string column_of(const std::string& definition) {
  const instar::owned_schema schema = read("CREATE TABLE t (c " + definition + ")");
  REQUIRE(schema.view().tables.size() == 1);
  instar::column c = schema.view().tables[0].columns[0];
  c.name = {};
  c.nullable = false;
  return instar_test::told_object(c);
}

/// Kind and name of what is kept whole.
std::string raw_of(std::string_view sql) {
  const instar::owned_schema schema = read(sql);
  std::string all;
  for (const instar::raw_object& r : schema.view().raw_objects)
    all += std::string(r.kind) + ' ' + std::string(r.name) + '\n';
  return all;
}

std::string steps_between(const instar::schema_view& before, const instar::schema_view& after) {
  const instar::plan plan = instar::make_plan(before, after);
  std::string all;
  for (const instar::step& s : plan.steps)
    all += instar::describe(s) + '\n';
  return all;
}

void is_the_same_again(instar::database& db) {
  const instar_test::round_trip trip = take_through(db);
  CHECK(trip.second == trip.first);
  CHECK(trip.steps.empty());
  CHECK(trip.lost.empty());
  CHECK(trip.objects == trip.modelled + trip.raw);
}

}  // namespace

TEST_CASE("SQLite: a table, its columns and its key") {
  CHECK(one_table_of(
            "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, age INTEGER)") ==
        "{name=users columns=[{name=id type={kind=bigint} primary_key identity=by_default} "
        "{name=name type={kind=text}} {name=age type={kind=bigint} nullable}] "
        "primary_key={name=users_pkey columns=[id]}}");
}

TEST_CASE("SQLite: the words that instar writes for a type are that type again") {
  CHECK(column_of("BOOLEAN") == "{type={kind=boolean}}");
  CHECK(column_of("INTEGER") == "{type={kind=bigint}}");
  CHECK(column_of("REAL") == "{type={kind=double_precision}}");
  CHECK(column_of("NUMERIC") == "{type={kind=numeric}}");
  CHECK(column_of("TEXT") == "{type={kind=text}}");
  CHECK(column_of("BLOB") == "{type={kind=bytea}}");
  CHECK(column_of("VARCHAR(200)") == "{type={kind=varchar length=200}}");
  CHECK(column_of("CHAR(3)") == "{type={kind=character length=3}}");
  CHECK(column_of("\"INTEGER\"") == "{type={kind=bigint}}");
}

TEST_CASE("SQLite: other words of a type are kept") {
  CHECK(column_of("") == "{}");
  CHECK(column_of("INT") == "{type={custom=INT}}");
  CHECK(column_of("bigint unsigned") == "{type={custom=\"bigint unsigned\"}}");
  CHECK(column_of("varchar(63)") == "{type={custom=\"varchar(63)\"}}");
  CHECK(column_of("VARCHAR(+5)") == "{type={custom=\"VARCHAR(+5)\"}}");
  CHECK(column_of("NVARCHAR(160)") == "{type={custom=\"NVARCHAR(160)\"}}");
  CHECK(column_of("DATETIME") == "{type={custom=DATETIME}}");
  CHECK(column_of("DECIMAL(20, 5)") == "{type={custom=\"DECIMAL(20, 5)\"}}");
  CHECK(column_of("UNSIGNED /* very */ BIG INT") == "{type={custom=\"UNSIGNED BIG INT\"}}");
  CHECK(column_of("\"odd, type\"") == "{type={custom='\"odd, type\"'}}");
}

TEST_CASE("SQLite: a default that a literal writes again is that literal") {
  CHECK(column_of("DEFAULT 5") == "{default={kind=integer integer=5}}");
  CHECK(column_of("DEFAULT -9223372036854775808") == "{default={kind=integer integer=-9223372036854775808}}");
  CHECK(column_of("DEFAULT (7)") == "{default={kind=integer integer=7}}");
  CHECK(column_of("DEFAULT 'it''s'") == "{default={kind=text text=\"it's\"}}");
  CHECK(column_of("DEFAULT ''") == "{default={kind=text}}");
  CHECK(column_of("BOOLEAN DEFAULT 0") == "{type={kind=boolean} default={kind=boolean}}");
  CHECK(column_of("BOOLEAN DEFAULT 2") == "{type={kind=boolean} default={kind=integer integer=2}}");
  CHECK(column_of("DEFAULT current_timestamp") == "{default={kind=now}}");
  const instar::owned_schema real = read("CREATE TABLE t (c REAL DEFAULT -1.5)");
  CHECK(real.view().tables[0].columns[0].initial.kind == instar::default_kind::real);
  CHECK(real.view().tables[0].columns[0].initial.real == -1.5);
}

TEST_CASE("SQLite: a name after DEFAULT is a text") {
  CHECK(column_of("DEFAULT open") == "{default={kind=text text=open}}");
  CHECK(column_of("DEFAULT \"a \"\"b\"\"\"") == "{default={kind=text text='a \"b\"'}}");
  CHECK(column_of("DEFAULT [x y]") == "{default={kind=text text=\"x y\"}}");
}

TEST_CASE("SQLite: DEFAULT NULL is none") {
  CHECK(column_of("DEFAULT NULL") == "{}");
  CHECK(column_of("DEFAULT (null)") == "{}");
}

TEST_CASE("SQLite: any other default is an expression in its own words") {
  CHECK(column_of("DEFAULT TRUE") == "{default={kind=expression text=TRUE}}");
  CHECK(column_of("DEFAULT 007") == "{default={kind=expression text=007}}");
  CHECK(column_of("DEFAULT +5") == "{default={kind=expression text=+5}}");
  CHECK(column_of("DEFAULT - 5") == "{default={kind=expression text=\"- 5\"}}");
  CHECK(column_of("DEFAULT 1.50") == "{default={kind=expression text=1.50}}");
  CHECK(column_of("DEFAULT 9223372036854775808") == "{default={kind=expression text=9223372036854775808}}");
  CHECK(column_of("DEFAULT x'00ff'") == "{default={kind=expression text=\"x'00ff'\"}}");
  CHECK(column_of("DEFAULT CURRENT_DATE") == "{default={kind=expression text=CURRENT_DATE}}");
  CHECK(column_of("DEFAULT (1 + 1 -- two\n)") == "{default={kind=expression text=\"1 + 1\"}}");
}

TEST_CASE("SQLite: generated columns") {
  CHECK(columns_of(
            "CREATE TABLE t (a INTEGER, b INT GENERATED ALWAYS AS (a * 2) STORED NOT NULL, c AS (a /* - */ + 1))") ==
        "{name=a type={kind=bigint} nullable}\n"
        "{name=b type={custom=INT} generated=stored generated_as=\"a * 2\"}\n"
        "{name=c nullable generated=virtual_column generated_as=\"a + 1\"}\n");
}

TEST_CASE("SQLite: collations") {
  CHECK(column_of("TEXT COLLATE NOCASE") == "{type={kind=text} collation=NOCASE}");
  CHECK(column_of("TEXT COLLATE \"RTRIM\"") == "{type={kind=text} collation=RTRIM}");
}

TEST_CASE("SQLite: a row number is required, the columns of another key only where they say so") {
  CHECK(columns_of("CREATE TABLE t (id INTEGER PRIMARY KEY)") ==
        "{name=id type={kind=bigint} primary_key implied_not_null}\n");
  CHECK(columns_of("CREATE TABLE t (id INT PRIMARY KEY)") == "{name=id type={custom=INT} nullable primary_key}\n");
  CHECK(columns_of("CREATE TABLE t (id TEXT, PRIMARY KEY (id)) WITHOUT ROWID") ==
        "{name=id type={kind=text} primary_key}\n");
}

TEST_CASE("SQLite: the name of a primary key") {
  CHECK(one_table_of("CREATE TABLE t (a INT, b INT, CONSTRAINT \"the key\" PRIMARY KEY (b, A))") ==
        "{name=t columns=[{name=a type={custom=INT} nullable primary_key} {name=b type={custom=INT} nullable "
        "primary_key}] primary_key={name=\"the key\" columns=[b a]}}");
  CHECK(
      one_table_of("CREATE TABLE t (id INTEGER CONSTRAINT k PRIMARY KEY)") ==
      "{name=t columns=[{name=id type={kind=bigint} primary_key implied_not_null}] primary_key={name=k columns=[id]}}");
}

TEST_CASE("SQLite: a unique constraint is told from a unique index") {
  CHECK(one_table_of(
            "CREATE TABLE t (a INT UNIQUE, b INT, CONSTRAINT both UNIQUE (A, b)); CREATE UNIQUE INDEX i ON t (b)") ==
        "{name=t columns=[{name=a type={custom=INT} nullable unique} {name=b type={custom=INT} nullable "
        "unique}] uniques=[{name=both columns=[a b] in_table} {name=i columns=[b]} {name=t_a_key columns=[a] "
        "in_table}]}");
}

TEST_CASE("SQLite: foreign keys with their actions, deferral and names") {
  const auto keys = [](const std::string& definition) {
    const instar::owned_schema schema =
        read("CREATE TABLE p (id INTEGER PRIMARY KEY, a, b, UNIQUE (a, b)); CREATE TABLE t (x, y, " + definition + ")");
    REQUIRE(schema.view().tables.size() == 2);
    return instar_test::told_object(schema.view().tables[1].foreign_keys[0]);
  };
  CHECK(keys("FOREIGN KEY (x) REFERENCES P (ID)") == "{name=t_x_fkey columns=[x] target_table=p target_columns=[id]}");
  CHECK(keys("z REFERENCES p") == "{name=t_z_fkey columns=[z] target_table=p target_columns=[id]}");
  CHECK(keys("CONSTRAINT k FOREIGN KEY (x, Y) REFERENCES p (a, b) ON UPDATE CASCADE ON DELETE SET NULL "
             "DEFERRABLE INITIALLY DEFERRED") ==
        "{name=k columns=[x y] target_table=p target_columns=[a b] on_delete=set_null on_update=cascade "
        "deferral=initially_deferred}");
  CHECK(keys("z INT REFERENCES p (id) MATCH FULL ON DELETE RESTRICT ON UPDATE SET DEFAULT DEFERRABLE NOT NULL") ==
        "{name=t_z_fkey columns=[z] target_table=p target_columns=[id] on_delete=restrict_action "
        "on_update=set_default deferral=initially_immediate}");
  CHECK(keys("z REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED") ==
        "{name=t_z_fkey columns=[z] target_table=p target_columns=[id]}");
}

TEST_CASE("SQLite: a foreign key to what is not there, or does not fit, names no columns") {
  const auto db = memory_database();
  db->execute("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a REFERENCES nowhere, b, c,"
              " FOREIGN KEY (b, c) REFERENCES p)");
  const instar::owned_schema schema = instar::detail::introspect_sqlite(*db);
  CHECK(schema.view().tables[1].foreign_keys[0].target_columns.empty());
  CHECK(schema.view().tables[1].foreign_keys[1].target_columns.empty());
  is_the_same_again(*db);
}

TEST_CASE("SQLite: checks of columns and of the table, named or not") {
  CHECK(one_table_of(
            "CREATE TABLE t (a INT CHECK (a > 0) CONSTRAINT small CHECK (a < 9), b, CHECK (a <> b), CHECK (b))") ==
        "{name=t columns=[{name=a type={custom=INT} nullable} {name=b nullable}] checks=[{name=small "
        "expression=\"a < 9\"} {name=t_a_check expression=\"a > 0\"} {name=t_check expression=\"a <> b\"} "
        "{name=t_check1 expression=b}]}");
}

TEST_CASE("SQLite: the comma between two constraints of a table may be missing") {
  CHECK(read("CREATE TABLE t (a, b, UNIQUE (a) CHECK (a > b) CONSTRAINT k CHECK (b))").view().tables[0].checks.size() ==
        2);
}

TEST_CASE("SQLite: a derived name that is taken gets a digit") {
  const instar::owned_schema schema =
      read("CREATE TABLE t (a UNIQUE, b REFERENCES t, CONSTRAINT t_b_fkey CHECK (b)); CREATE INDEX t_a_key ON t (b)");
  CHECK(schema.view().tables[0].uniques[0].name == "t_a_key1");
  CHECK(schema.view().tables[0].foreign_keys[0].name == "t_b_fkey1");
}

TEST_CASE("SQLite: indexes with expressions, order, collation and predicate") {
  const instar::owned_schema schema =
      read("CREATE TABLE t (a TEXT, \"b c\" TEXT);"
           "CREATE INDEX i ON t (A DESC, [b c] COLLATE NOCASE, lower(a) COLLATE rtrim DESC, (a || 'x'),"
           "  a || \"b c\" COLLATE NOCASE, 'a' ASC) WHERE a IS NOT NULL -- only these\n");
  REQUIRE(schema.view().tables[0].indexes.size() == 1);
  CHECK(instar_test::told_object(schema.view().tables[0].indexes[0]) ==
        "{name=i parts=[{text=a descending} {text=\"b c\" collation=NOCASE} {text=\"lower(a)\" expression descending "
        "collation=rtrim} {text=\"a || 'x'\" expression} {text='a || \"b c\" COLLATE NOCASE' expression} {text=a}] "
        "where=\"a IS NOT NULL\"}");
}

TEST_CASE("SQLite: a column in parentheses is a column of an index") {
  const instar::owned_schema schema =
      read("CREATE TABLE t (a, \"b c\"); CREATE INDEX i ON t ((A), ((\"b c\")) DESC, (a COLLATE nocase), (+a))");
  CHECK(instar_test::told_object(schema.view().tables[0].indexes[0]) ==
        "{name=i parts=[{text=a} {text=\"b c\" descending} {text=a collation=nocase} {text=+a expression}]}");
}

TEST_CASE("SQLite: a unique index over more than columns stays an index") {
  for (const char* index : {"CREATE UNIQUE INDEX i ON t (a) WHERE a > 0", "CREATE UNIQUE INDEX i ON t (a DESC)",
                            "CREATE UNIQUE INDEX i ON t (a COLLATE NOCASE)", "CREATE UNIQUE INDEX i ON t (a + 1)"}) {
    CAPTURE(index);
    const instar::owned_schema schema = read(std::string("CREATE TABLE t (a);") + index);
    CHECK(schema.view().tables[0].uniques.empty());
    REQUIRE(schema.view().tables[0].indexes.size() == 1);
    CHECK(schema.view().tables[0].indexes[0].unique);
  }
}

TEST_CASE("SQLite: the options of a table") {
  const auto options = [](std::string_view sql) { return std::string(read(sql).view().tables[0].options); };
  CHECK(options("CREATE TABLE t (a INT PRIMARY KEY)").empty());
  CHECK(options("CREATE TABLE t (a INT) strict") == "STRICT");
  CHECK(options("CREATE TABLE t (a INT PRIMARY KEY) without rowid") == "WITHOUT ROWID");
  CHECK(options("CREATE TABLE t (a INT PRIMARY KEY) STRICT, WITHOUT ROWID") == "WITHOUT ROWID, STRICT");
}

TEST_CASE("SQLite: views come after those that they name, else by name") {
  const instar::owned_schema schema =
      read("CREATE VIEW a AS SELECT * FROM c; CREATE VIEW b AS SELECT 1 /* one */ AS x -- that is all\n;"
           "CREATE VIEW c AS SELECT * FROM d, b; CREATE VIEW d AS SELECT 2");
  CHECK(told({.views = schema.view().views}) ==
        "{name=b query=\"SELECT 1 /* one */ AS x\"}\n{name=d query=\"SELECT 2\"}\n"
        "{name=c query=\"SELECT * FROM d, b\"}\n{name=a query=\"SELECT * FROM c\"}\n");
}

TEST_CASE("SQLite: a view that names its columns is kept whole") {
  CHECK(value_of("CREATE VIEW v (x, y) AS SELECT 1, 2") ==
        "{kind=view name=v create=\"CREATE VIEW v (x, y) AS SELECT 1, 2\" drop='DROP VIEW \"v\"'}\n");
}

TEST_CASE("SQLite: a trigger is kept whole") {
  CHECK(raw_of("CREATE TABLE t (a); CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END") ==
        "trigger r\n");
  CHECK(
      std::string(read("CREATE TABLE t (a); CREATE TRIGGER IF NOT EXISTS \"r 1\" AFTER INSERT ON t BEGIN SELECT 1; END")
                      .view()
                      .raw_objects[0]
                      .create) == "CREATE TRIGGER \"r 1\" AFTER INSERT ON t BEGIN SELECT 1; END");
}

TEST_CASE("SQLite: a virtual table is kept whole, and the tables of its module are left out") {
  const auto db = memory_database();
  db->execute("CREATE TABLE t (a); CREATE VIRTUAL TABLE f USING fts5 (x, content='t'); CREATE TABLE f_mine (a);"
              "CREATE VIRTUAL TABLE r USING rtree (id, x0, x1)");
  const instar::owned_schema schema = instar::detail::introspect_sqlite(*db);
  CHECK(schema.view().raw_objects.size() == 2);
  CHECK(told({.raw_objects = schema.view().raw_objects.first(1)}) ==
        "{kind=\"virtual table\" name=f create=\"CREATE VIRTUAL TABLE f USING fts5 (x, content='t')\" "
        "drop='DROP TABLE \"f\"' placement=before_tables}\n");
  REQUIRE(schema.view().tables.size() == 2);
  CHECK(schema.view().tables[0].name == "f_mine");
  is_the_same_again(*db);
}

namespace {

/// A connection that says it is an older SQLite, and refuses what that one does not know.
class older_sqlite final : public instar::database {
 public:
  explicit older_sqlite(instar::database& real) : real_(real) {}

  [[nodiscard]] instar::dialect dialect() const noexcept override { return real_.dialect(); }
  [[nodiscard]] const instar::database_url& url() const noexcept override { return real_.url(); }
  void execute(std::string_view sql) override { real_.execute(sql); }
  [[nodiscard]] instar::query_result query(std::string_view sql,
                                           std::span<const instar::sql_value> parameters) override {
    REQUIRE(sql.find("table_list") == std::string_view::npos);
    return real_.query(sql, parameters);
  }
  [[nodiscard]] int server_version() const override { return 3035000; }
  [[nodiscard]] std::string server_version_text() const override { return "3.35.0"; }
  [[nodiscard]] bool in_transaction() override { return real_.in_transaction(); }
  [[nodiscard]] bool is_memory() const noexcept override { return real_.is_memory(); }
  [[nodiscard]] bool is_open() const noexcept override { return real_.is_open(); }
  [[nodiscard]] bool try_lock(std::int64_t key) override { return real_.try_lock(key); }
  void unlock(std::int64_t key) override { real_.unlock(key); }
  void interrupt() noexcept override { real_.interrupt(); }
  [[nodiscard]] std::vector<std::string> take_notices() override { return real_.take_notices(); }

 private:
  instar::database& real_;
};

}  // namespace

TEST_CASE("SQLite: before 3.37, without PRAGMA table_list, the same value is read") {
  const auto db = memory_database();
  db->execute("CREATE TABLE t (a INT PRIMARY KEY, b) WITHOUT ROWID; CREATE VIRTUAL TABLE \"f x\" USING FTS5 (x);"
              "CREATE VIRTUAL TABLE g USING fts4 (x); CREATE VIRTUAL TABLE r USING rtree (id, x0, x1);"
              "CREATE TABLE r_mine (a); CREATE TABLE \"f x_\" (a)");
  older_sqlite old(*db);
  CHECK(told(instar::detail::introspect_sqlite(old).view()) == told(instar::detail::introspect_sqlite(*db).view()));
  CHECK(instar::detail::introspect_sqlite(old).view().tables.size() == 3);
}

TEST_CASE("SQLite: a view over what is not there does not stop the reading") {
  const instar::owned_schema schema = read("CREATE VIEW v AS SELECT * FROM nowhere; CREATE TABLE t (a)");
  CHECK(schema.view().views.size() == 1);
  CHECK(schema.view().tables.size() == 1);
}

TEST_CASE("SQLite: a virtual table whose module is not there does not stop the reading") {
  const auto db = memory_database();
  db->execute("CREATE TABLE t (a); PRAGMA writable_schema = ON;"
              "INSERT INTO sqlite_schema VALUES ('table', 'v', 'v', 0, 'CREATE VIRTUAL TABLE v USING absent(x)');"
              "PRAGMA writable_schema = RESET");
  const instar::owned_schema schema = instar::detail::introspect_sqlite(*db);
  CHECK(schema.view().tables.size() == 1);
  REQUIRE(schema.view().raw_objects.size() == 1);
  CHECK(schema.view().raw_objects[0].name == "v");
}

TEST_CASE("SQLite: a table that says what the value has no member for is kept whole, with its indexes") {
  for (const char* table :
       {"CREATE TABLE t (a INT UNIQUE ON CONFLICT REPLACE)", "CREATE TABLE t (a INT NOT NULL ON CONFLICT IGNORE)",
        "CREATE TABLE t (a INTEGER PRIMARY KEY ON CONFLICT FAIL)", "CREATE TABLE t (a INTEGER PRIMARY KEY DESC)",
        "CREATE TABLE t (a INT, PRIMARY KEY (a DESC))", "CREATE TABLE t (a INT, UNIQUE (a COLLATE NOCASE))"}) {
    CAPTURE(table);
    const auto db = memory_database();
    db->execute(std::string(table) + "; CREATE INDEX i ON t (a)");
    CHECK(raw_of(std::string(table) + "; CREATE INDEX i ON t (a)") == "table t\nindex i\n");
    is_the_same_again(*db);
  }
  CHECK(raw_of("CREATE TABLE t (a INT UNIQUE ON CONFLICT ABORT NOT NULL ON CONFLICT ABORT)").empty());
}

TEST_CASE("SQLite: a table whose text and PRAGMAs do not agree is kept whole") {
  const auto db = memory_database();
  db->execute("CREATE TABLE t (a INT, b TEXT)");
  CHECK(instar::detail::introspect_sqlite(*db).view().tables.size() == 1);
  // What SQLite has in mind stays until it reads the schema anew.
  db->execute("PRAGMA writable_schema = ON;"
              "UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a INT, other TEXT)' WHERE name = 't'");
  const instar::owned_schema schema = instar::detail::introspect_sqlite(*db);
  CHECK(schema.view().tables.empty());
  REQUIRE(schema.view().raw_objects.size() == 1);
  CHECK(schema.view().raw_objects[0].create == "CREATE TABLE t (a INT, other TEXT)");
}

TEST_CASE("SQLite: ignored tables go with all that belongs to them") {
  const instar::owned_schema schema =
      read("CREATE TABLE _ledger (a UNIQUE); CREATE INDEX li ON _ledger (a);"
           "CREATE TRIGGER lt AFTER INSERT ON _ledger BEGIN SELECT 1; END; CREATE TABLE t (a)",
           {.ignored_tables = {"_LEDGER"}});
  CHECK(told(schema.view()) == "{name=t columns=[{name=a nullable}]}\n");
}

TEST_CASE("SQLite: temporary tables and attached databases are not looked at") {
  CHECK(value_of("CREATE TABLE t (a); CREATE TEMP TABLE t (b UNIQUE REFERENCES t); CREATE TEMP TABLE u (c);"
                 "ATTACH ':memory:' AS other; CREATE TABLE other.t (d); CREATE TABLE other.v (d)") ==
        "{name=t columns=[{name=a nullable}]}\n");
}

TEST_CASE("SQLite: the order of creation does not show") {
  CHECK(value_of("CREATE TABLE b (x); CREATE TABLE a (x); CREATE INDEX j ON a (x); CREATE INDEX i ON a (x);"
                 "CREATE VIEW w AS SELECT 1; CREATE VIEW v AS SELECT 2") ==
        value_of("CREATE VIEW v AS SELECT 2; CREATE VIEW w AS SELECT 1; CREATE TABLE a (x); CREATE INDEX i ON a (x);"
                 "CREATE INDEX j ON a (x); CREATE TABLE b (x)"));
}

TEST_CASE("SQLite: reading takes as many queries for one table as for a hundred") {
  const auto count = [](int tables) {
    const auto opened = memory_database();
    auto& db = dynamic_cast<instar::sqlite_database&>(*opened);
    for (int i = 0; i < tables; ++i)
      db.execute("CREATE TABLE t" + std::to_string(i) + " (a INTEGER PRIMARY KEY, b UNIQUE REFERENCES t0)");
    int statements = 0;
    sqlite3_trace_v2(
        db.handle(), SQLITE_TRACE_STMT,
        [](unsigned, void* counter, void*, void* text) {
          // Those that begin with -- run inside a statement.
          if (std::string_view{static_cast<const char*>(text)}.substr(0, 2) != "--")
            ++*static_cast<int*>(counter);
          return 0;
        },
        &statements);
    (void)instar::detail::introspect_sqlite(db);
    sqlite3_trace_v2(db.handle(), 0, nullptr, nullptr);
    return statements;
  };
  const int of_one = count(1);
  CHECK(of_one > 0);
  CHECK(of_one <= 25);
  CHECK(count(100) == of_one);
}

TEST_CASE("SQLite: an open transaction is used and left open") {
  const auto db = memory_database();
  db->execute("BEGIN; CREATE TABLE t (a)");
  CHECK(instar::detail::introspect_sqlite(*db).view().tables.size() == 1);
  CHECK(db->in_transaction());
  db->execute("ROLLBACK");
  CHECK(instar::detail::introspect_sqlite(*db).view().tables.empty());
  CHECK_FALSE(db->in_transaction());
}

TEST_CASE("SQLite: a read-only database is read") {
  const instar_test::scratch_folder folder;
  const instar::database_url url{"sqlite:" + (folder.path() / "a.db").string()};
  instar::open_database(url, {.create = true})->execute("CREATE TABLE t (a INTEGER PRIMARY KEY)");
  const auto db = instar::open_database(url, {.read_only = true});
  CHECK(instar::detail::introspect_sqlite(*db).view().tables.size() == 1);
}

TEST_CASE("SQLite: a rename rewrites the texts, and they are read all the same") {
  const auto db = memory_database();
  db->execute("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a INT CHECK (a > 0), p REFERENCES p (id));"
              "CREATE INDEX i ON t (a) WHERE a > 1; ALTER TABLE p RENAME TO \"new p\";"
              "ALTER TABLE t RENAME COLUMN a TO \"b b\"; ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'x' NOT NULL;"
              "ALTER TABLE \"new p\" RENAME COLUMN id TO key");
  CHECK(told(instar::detail::introspect_sqlite(*db).view()) ==
        "{name=\"new p\" columns=[{name=key type={kind=bigint} primary_key implied_not_null}] primary_key={name=\"new "
        "p_pkey\" "
        "columns=[key]}}\n{name=t columns=[{name=\"b b\" type={custom=INT} nullable} {name=p nullable} {name=c "
        "type={kind=text} default={kind=text text=x}}] foreign_keys=[{name=t_p_fkey columns=[p] target_table=\"new p\" "
        "target_columns=[key]}] checks=[{name=\"t_b b_check\" expression='\"b b\" > 0'}] indexes=[{name=i "
        "parts=[{text=\"b b\"}] where='\"b b\" > 1'}]}\n");
  is_the_same_again(*db);
}

TEST_CASE("SQLite: hostile names survive") {
  std::string long_name;
  for (int i = 0; i < 31; ++i)
    long_name += "ü";
  for (const std::string& name :
       {std::string("\"; DROP TABLE x; --"), std::string("it's"), std::string("two\nlines"), std::string("a`b]c[d"),
        std::string("select"), std::string("/* no */"), std::string("-- no"), std::string(")"), long_name + "x",
        std::string(200, 'n'), std::string(" "), std::string("\xF0\x9F\xA6\x8B")}) {
    CAPTURE(name);
    const auto db = memory_database();
    const std::string quoted = instar::quote_identifier(name);
    const std::string other = instar::quote_identifier(name + "2");
    db->execute("CREATE TABLE " + quoted + " (" + quoted + " INTEGER PRIMARY KEY, " + other +
                " TEXT NOT NULL DEFAULT " + instar::quote_literal(name) + " CHECK (" + other + " <> " +
                instar::quote_literal(name + "x") + "), CONSTRAINT " + quoted + " UNIQUE (" + other + "), CONSTRAINT " +
                other + " FOREIGN KEY (" + other + ") REFERENCES " + quoted + " (" + other + "))");
    db->execute("CREATE INDEX " + other + " ON " + quoted + " (lower(" + other + ")) WHERE " + other + " <> 'x'");
    db->execute("CREATE VIEW " + instar::quote_identifier(name + "3") + " AS SELECT " + quoted + " FROM " + quoted);
    db->execute("CREATE TRIGGER " + instar::quote_identifier(name + "4") + " AFTER INSERT ON " + quoted +
                " BEGIN SELECT 1; END");
    const instar::owned_schema schema = instar::detail::introspect_sqlite(*db);
    REQUIRE(schema.view().tables.size() == 1);
    const instar::table& t = schema.view().tables[0];
    CHECK(t.name == name);
    CHECK(t.columns[0].name == name);
    CHECK(t.columns[1].initial.text == name);
    CHECK(t.uniques[0].name == name);
    CHECK(t.foreign_keys[0].target_table == name);
    CHECK(t.foreign_keys[0].target_columns[0] == name + "2");
    CHECK(t.indexes[0].name == name + "2");
    CHECK(schema.view().views[0].name == name + "3");
    CHECK(schema.view().raw_objects[0].name == name + "4");
    is_the_same_again(*db);
  }
}

// What instar itself makes.

namespace sqlite_models {

enum class Role { member, admin };
INSTAR_ENUM(Role, member, admin)

struct Team {
  std::int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, primary_key, identity), (name, unique, varchar<40>))

struct User {
  std::int64_t id;
  std::string email;
  std::optional<std::string> nick;
  Role role;
  bool active;
  double score;
  std::vector<std::string> tags;
  std::int64_t team_id;
  std::int64_t twice;
  std::optional<std::string> note;
};
INSTAR_MODEL(User, "users", (id, primary_key), (email, unique, collate("NOCASE"), check("email <> ''")), (nick, index),
             (role, default_value(Role::member)), (active, default_value(true)), (score, default_value(1.5)), (tags),
             (team_id, references(&Team::id).on_delete(cascade).deferrable()), (twice, generated_always_as("id * 2")),
             (note, default_value("it's")), check("score >= 0"), unique(&User::nick, &User::team_id),
             index(&User::score).where("active"))

inline constexpr auto schema = instar::schema<Team, User>(
    instar::view("actives", "SELECT * FROM users WHERE active"),
    instar::trigger("touch", "CREATE TRIGGER touch AFTER INSERT ON users BEGIN SELECT 1; END", "DROP TRIGGER touch"));

namespace changed {
struct User {
  std::int64_t id;
  std::string email;
};
INSTAR_MODEL(User, "users", (id, primary_key), (email))
inline constexpr auto schema = instar::schema<User>();
}  // namespace changed

}  // namespace sqlite_models

namespace {

std::unique_ptr<instar::database> made_from(const instar::schema_view& schema) {
  auto db = memory_database();
  for (const std::string& statement : instar_test::statements_between({}, schema))
    db->execute(statement);
  return db;
}

}  // namespace

TEST_CASE("SQLite: two databases made from the same models have the same value") {
  const auto one = made_from(instar::view_of<sqlite_models::schema>);
  const auto other = made_from(instar::view_of<sqlite_models::schema>);
  const instar::owned_schema a = instar::detail::introspect_sqlite(*one);
  const instar::owned_schema b = instar::detail::introspect_sqlite(*other);
  CHECK(told(a.view()) == told(b.view()));
  CHECK(steps_between(a.view(), b.view()).empty());
  CHECK(a.view().tables.size() == 2);
  CHECK(a.view().views.size() == 1);
  CHECK(a.view().raw_objects.size() == 1);
}

TEST_CASE("SQLite: what was read back from models makes the same database again") {
  const auto db = made_from(instar::view_of<sqlite_models::schema>);
  is_the_same_again(*db);
}

TEST_CASE("SQLite: the names of what models made are those of the models") {
  const auto db = made_from(instar::view_of<sqlite_models::schema>);
  const instar::owned_schema schema = instar::detail::introspect_sqlite(*db);
  const instar::schema_view models = instar::view_of<sqlite_models::schema>;
  for (const instar::table& model : models.tables) {
    const instar::table& t = schema.view().table(model.name);
    CHECK(t.primary_key.name == model.primary_key.name);
    REQUIRE(t.uniques.size() == model.uniques.size());
    for (const instar::key& k : model.uniques)
      CHECK(std::any_of(t.uniques.begin(), t.uniques.end(),
                        [&](const instar::key& read) { return read.name == k.name && !read.in_table; }));
    REQUIRE(t.foreign_keys.size() == model.foreign_keys.size());
    for (std::size_t i = 0; i < model.foreign_keys.size(); ++i)
      CHECK(t.foreign_keys[i].name == model.foreign_keys[i].name);
  }
}

TEST_CASE("SQLite: a migrated database is the same as a fresh one") {
  const auto migrated = made_from(instar::view_of<sqlite_models::changed::schema>);
  for (const std::string& statement : instar_test::statements_between(instar::view_of<sqlite_models::changed::schema>,
                                                                      instar::view_of<sqlite_models::schema>))
    migrated->execute(statement);
  const auto fresh = made_from(instar::view_of<sqlite_models::schema>);
  const instar::owned_schema a = instar::detail::introspect_sqlite(*migrated);
  const instar::owned_schema b = instar::detail::introspect_sqlite(*fresh);
  CHECK(steps_between(a.view(), b.view()).empty());
  CHECK(steps_between(b.view(), a.view()).empty());
}

// Plans that start from a database that instar did not make.

namespace {

/// Brings one database to another one's value by a plan, and looks whether it got there.
std::unique_ptr<instar::database> bring(std::string_view from, std::string_view rows, std::string_view to) {
  auto db = memory_database();
  db->execute(from);
  db->execute(rows);
  const instar::owned_schema before = instar::detail::introspect_sqlite(*db);
  const instar::owned_schema after = read(to);
  for (const std::string& statement : instar_test::statements_between(before.view(), after.view())) {
    INFO(statement);
    REQUIRE_NOTHROW(db->execute(statement));
  }
  CHECK(steps_between(instar::detail::introspect_sqlite(*db).view(), after.view()).empty());
  return db;
}

}  // namespace

TEST_CASE("SQLite: a unique constraint that goes takes its table along, and the rows stay") {
  const auto db = bring("CREATE TABLE t (a INT, b INT UNIQUE)", "INSERT INTO t VALUES (1, 2), (3, 4)",
                        "CREATE TABLE t (a INT, b INT)");
  CHECK(db->query_value("SELECT sum(a * b) FROM t") == "14");
  CHECK_NOTHROW(db->execute("INSERT INTO t VALUES (1, 2)"));
}

TEST_CASE("SQLite: a unique constraint that is renamed is renamed in its table") {
  const auto db = bring("CREATE TABLE t (a INT, CONSTRAINT one UNIQUE (a))", "INSERT INTO t VALUES (1)",
                        "CREATE TABLE t (a INT, CONSTRAINT two UNIQUE (a))");
  CHECK(db->query_value("SELECT count(*) FROM t") == "1");
}

TEST_CASE("SQLite: constraints and options that were read are written where they stood") {
  const instar::owned_schema schema =
      read("CREATE TABLE t (a TEXT UNIQUE, b INTEGER CONSTRAINT k PRIMARY KEY, CHECK (a <> '')) STRICT;"
           "CREATE UNIQUE INDEX i ON t (b, a)");
  CHECK(instar_test::statements_between({}, schema.view()) ==
        std::vector<std::string>{"CREATE TABLE \"t\" (\n    \"a\" TEXT,\n"
                                 "    \"b\" INTEGER CONSTRAINT \"k\" PRIMARY KEY,\n"
                                 "    CONSTRAINT \"t_a_key\" UNIQUE (\"a\"),\n"
                                 "    CONSTRAINT \"t_check\" CHECK (a <> '')\n) STRICT",
                                 "CREATE UNIQUE INDEX \"i\" ON \"t\" (\"b\", \"a\")"});
}

TEST_CASE("SQLite: a unique constraint and a unique index of one name are the same") {
  const instar::owned_schema constraint = read("CREATE TABLE t (a INT, CONSTRAINT k UNIQUE (a))");
  const instar::owned_schema index = read("CREATE TABLE t (a INT); CREATE UNIQUE INDEX k ON t (a)");
  CHECK(steps_between(constraint.view(), index.view()).empty());
  CHECK(steps_between(index.view(), constraint.view()).empty());
}

TEST_CASE("SQLite: a table made anew for another reason keeps its unique constraints and raw indexes") {
  const auto db = bring("CREATE TABLE t (a INT UNIQUE, b INT)", "INSERT INTO t VALUES (1, 2)",
                        "CREATE TABLE t (a INT UNIQUE, b TEXT NOT NULL)");
  CHECK_THROWS(db->execute("INSERT INTO t VALUES (1, 3)"));
}

TEST_CASE("SQLite: a copy of what was read says the same after the original is gone") {
  instar::owned_schema copy;
  std::string original;
  {
    const instar::owned_schema schema =
        read("CREATE TABLE t (a INT PRIMARY KEY, b TEXT UNIQUE) STRICT, WITHOUT ROWID; CREATE VIEW v AS SELECT 1");
    original = told(schema.view());
    copy = instar::copy_schema(schema.view());
  }
  CHECK(told(copy.view()) == original);
  CHECK(copy.view().tables[0].options == "WITHOUT ROWID, STRICT");
  CHECK(copy.view().tables[0].uniques[0].in_table);
}

TEST_CASE("SQLite: options come and go with the rows kept") {
  const char* const plain = "CREATE TABLE t (a INT NOT NULL PRIMARY KEY, b TEXT)";
  const char* const strict = "CREATE TABLE t (a INT NOT NULL PRIMARY KEY, b TEXT) WITHOUT ROWID, STRICT";
  CHECK(steps_between(read(plain).view(), read(strict).view()) == "~ table t: options none → WITHOUT ROWID, STRICT\n");
  const auto there = bring(plain, "INSERT INTO t VALUES (1, 'x')", strict);
  CHECK(there->query_value("SELECT wr || strict FROM pragma_table_list WHERE name = 't'") == "11");
  CHECK(there->query_value("SELECT b FROM t") == "x");
  const auto back = bring(strict, "INSERT INTO t VALUES (1, 'x')", plain);
  CHECK(back->query_value("SELECT wr || strict FROM pragma_table_list WHERE name = 't'") == "00");
}

TEST_CASE("SQLite: the name of a row number's key comes and goes") {
  (void)bring("CREATE TABLE t (a INTEGER CONSTRAINT k PRIMARY KEY)", "", "CREATE TABLE t (a INTEGER PRIMARY KEY)");
  (void)bring("CREATE TABLE t (a INTEGER PRIMARY KEY)", "", "CREATE TABLE t (a INTEGER CONSTRAINT k PRIMARY KEY)");
}

TEST_CASE("SQLite: a custom type that stays is no reason to make its checks and indexes again") {
  const char* const sql =
      "CREATE TABLE t (a INT CHECK (a > 0), b DATETIME AS (a)); CREATE INDEX i ON t (a) WHERE a > 1";
  CHECK(steps_between(read(sql).view(), read(sql).view()).empty());
}

TEST_CASE("SQLite: dropping a table that is kept whole is called a loss") {
  const instar::owned_schema before = read("CREATE TABLE t (a UNIQUE ON CONFLICT IGNORE)");
  const instar::plan plan = instar::make_plan(before.view(), {});
  CHECK(plan.loses_data());
  CHECK(instar::describe(instar::hazard::drops_table, plan.steps[0]) == "drops table t with all its rows");
  const instar::owned_schema trigger =
      read("CREATE TABLE t (a); CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END");
  CHECK_FALSE(instar::make_plan(trigger.view(), read("CREATE TABLE t (a)").view()).loses_data());
}

// Nothing is lost.

TEST_CASE("SQLite: a database of everything goes through the value unharmed") {
  const auto db = memory_database();
  db->execute(R"sql(
    CREATE TABLE IF NOT EXISTS "Artist" ([ArtistId] INTEGER NOT NULL, [Name] NVARCHAR(120) COLLATE NOCASE,
      CONSTRAINT [PK_Artist] PRIMARY KEY ([ArtistId]));
    CREATE TABLE album (id integer primary key autoincrement, -- the number
      title varchar(160) not null default 'untitled' check (length(title) > 0), artist int references "Artist"
      on delete cascade on update no action deferrable initially deferred, made DATETIME default current_timestamp,
      price DECIMAL(10, 2) default 9.90 check (price >= 0 /* free is fine */), flags BIGINT UNSIGNED default 0x10,
      upper TEXT generated always as (upper(title)) virtual, half REAL as (price / 2) stored,
      raw BLOB default x'00', constraint "one title" unique (artist, title) check (id <> artist) check (flags > 0));
    CREATE TABLE pairs (a TEXT, b TEXT, c ANY, PRIMARY KEY (b, a)) STRICT, WITHOUT ROWID;
    CREATE TABLE odd (a UNIQUE ON CONFLICT REPLACE, b);
    CREATE TABLE `no type` ("a b", 'c', [d] "e f"(1), constraint x check (1) constraint y unique ([d]));
    CREATE TABLE copy AS SELECT 1 AS one, 'x' AS "two words", 2.5;
    CREATE INDEX album_title ON album (title COLLATE RTRIM DESC, lower(title), price + 1) WHERE price > 0 AND artist;
    CREATE UNIQUE INDEX album_made ON album (made);
    CREATE INDEX odd_b ON odd (b);
    CREATE VIEW rich (name) AS SELECT title FROM album;
    CREATE VIEW albums AS SELECT a.*, r."Name" FROM album a JOIN "Artist" r ON r."ArtistId" = a.artist;
    CREATE VIEW "all" AS SELECT * FROM albums;
    CREATE TRIGGER album_ai AFTER INSERT ON album WHEN NEW.price > 1 BEGIN
      UPDATE album SET price = CASE WHEN price > 5 THEN 5 ELSE price END WHERE id = NEW.id; SELECT 1; END;
    CREATE TRIGGER albums_ii INSTEAD OF INSERT ON albums BEGIN SELECT 1; END;
    CREATE VIRTUAL TABLE search USING fts5 (title, content='album', content_rowid='id');
    INSERT INTO album (title) VALUES ('x');
    ANALYZE;
  )sql");
  is_the_same_again(*db);
  const instar::owned_schema schema = instar::detail::introspect_sqlite(*db);
  CHECK(schema.view().tables.size() == 5);
  CHECK(schema.view().views.size() == 2);
  CHECK(schema.view().raw_objects.size() == 6);
}

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The scripts of a folder with migrations, in their order; none where its lock file says another database.
std::vector<fs::path> sqlite_history(const fs::path& folder) {
  std::vector<fs::path> scripts;
  if (text_of(folder / "migrations" / "migration_lock.toml").find("\"sqlite\"") == std::string::npos)
    return scripts;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder / "migrations"))
    if (fs::exists(entry.path() / "migration.sql"))
      scripts.push_back(entry.path() / "migration.sql");
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

}  // namespace

TEST_CASE("SQLite: the schemas of the corpus go through the value unharmed", "[corpus]") {
  const char* const corpus = std::getenv("INSTAR_CORPUS");
  if (corpus == nullptr)
    return;
  std::vector<std::pair<std::string, std::vector<fs::path>>> schemas;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(corpus) / "sqlite_schemas"))
    if (entry.path().extension() == ".sql")
      schemas.push_back({entry.path().stem().string(), {entry.path()}});
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(corpus) / "prisma"))
    if (std::vector<fs::path> scripts = sqlite_history(entry.path()); !scripts.empty())
      schemas.push_back({entry.path().filename().string(), std::move(scripts)});
  std::sort(schemas.begin(), schemas.end());
  REQUIRE_FALSE(schemas.empty());
  std::cout << std::left << std::setw(36) << "schema"
            << "objects  modelled  raw  lost\n";
  for (const auto& [name, scripts] : schemas) {
    CAPTURE(name);
    const auto db = memory_database();
    try {
      for (const fs::path& script : scripts)
        db->execute(text_of(script));
    } catch (const instar::database_error& error) {
      // A dump of a virtual table is for the sqlite3 shell in its writable_schema mode.
      std::cout << std::left << std::setw(36) << name << "not SQL that SQLite takes: " << error.what() << '\n';
      CHECK(name.find(".dump") != std::string::npos);
      continue;
    }
    const instar_test::round_trip trip = take_through(*db);
    std::cout << std::left << std::setw(36) << name << std::right << std::setw(7) << trip.objects << std::setw(10)
              << trip.modelled << std::setw(5) << trip.raw << std::setw(6) << trip.lost.size() << '\n';
    CHECK(trip.second == trip.first);
    CHECK(instar_test::facts_of(*trip.copy) == instar_test::facts_of(*db));
    CHECK(trip.steps.empty());
    CHECK(trip.lost.empty());
    CHECK(trip.objects == trip.modelled + trip.raw);
  }
}
