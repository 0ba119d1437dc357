// A PostgreSQL database as a schema value: what each object and attribute becomes.
#include <instar/database/database.hpp>
#include <instar/database/postgres_introspection.hpp>
#include <instar/sql/sql.hpp>

#include "support/catch.hpp"
#include "support/postgres_server.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using instar::column;
using instar::default_kind;
using instar::introspection_options;
using instar::owned_schema;
using instar::raw_object;
using instar::schema_view;
using instar::type_kind;
using instar::detail::introspect_postgres;
using instar_test::scratch_database;

namespace {

/// A database of its own with what a script makes.
class read_back {
 public:
  explicit read_back(std::string_view script, const introspection_options& options = {}) : db_(scratch_.open()) {
    db_->execute("SET client_min_messages = error");
    db_->execute(script);
    found_ = introspect_postgres(*db_, options);
  }

  [[nodiscard]] const schema_view& view() const { return found_.view(); }
  [[nodiscard]] const instar::table& table(std::string_view name) const { return view().table(name); }
  [[nodiscard]] const column& of(std::string_view name) const { return table("t").column(name); }

  /// The raw object of that kind and name; nothing when there is none.
  [[nodiscard]] raw_object raw(std::string_view kind, std::string_view name) const {
    for (const raw_object& o : view().raw_objects)
      if (o.kind == kind && o.name == name)
        return o;
    return {};
  }

  instar::database& db() { return *db_; }

 private:
  scratch_database scratch_;
  std::unique_ptr<instar::database> db_;
  owned_schema found_;
};

/// Passes everything on and counts what goes to the server.
class counting_database final : public instar::database {
 public:
  explicit counting_database(instar::database& inner) : inner_(inner) {}
  int trips = 0;
  std::string fail_at;  ///< a query that has this in it is broken

  [[nodiscard]] instar::dialect dialect() const noexcept override { return inner_.dialect(); }
  [[nodiscard]] const instar::database_url& url() const noexcept override { return inner_.url(); }
  void execute(std::string_view sql) override {
    ++trips;
    inner_.execute(sql);
  }
  [[nodiscard]] instar::query_result query(std::string_view sql,
                                           std::span<const instar::sql_value> parameters = {}) override {
    ++trips;
    if (!fail_at.empty() && sql.find(fail_at) != std::string_view::npos)
      return inner_.query("SELECT 1 / 0", parameters);
    return inner_.query(sql, parameters);
  }
  [[nodiscard]] int server_version() const override { return inner_.server_version(); }
  [[nodiscard]] std::string server_version_text() const override { return inner_.server_version_text(); }
  [[nodiscard]] bool in_transaction() override {
    ++trips;
    return inner_.in_transaction();
  }
  [[nodiscard]] bool is_memory() const noexcept override { return inner_.is_memory(); }
  [[nodiscard]] bool is_open() const noexcept override { return inner_.is_open(); }
  [[nodiscard]] bool try_lock(std::int64_t key) override { return inner_.try_lock(key); }
  void unlock(std::int64_t key) override { inner_.unlock(key); }
  void interrupt() noexcept override { inner_.interrupt(); }
  [[nodiscard]] std::vector<std::string> take_notices() override { return inner_.take_notices(); }

 private:
  instar::database& inner_;
};

std::string names(std::span<const std::string_view> list) {
  std::string text;
  for (const std::string_view name : list)
    text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

std::string type_text(const column& c) {
  return instar::detail::type_text(c.type);
}

}  // namespace

TEST_CASE("PostgreSQL: an empty database is an empty value") {
  const read_back found("");
  CHECK(found.view().tables.empty());
  CHECK(found.view().enumerations.empty());
  CHECK(found.view().extensions.empty());
  CHECK(found.view().sequences.empty());
  CHECK(found.view().views.empty());
  CHECK(found.view().raw_objects.empty());
}

TEST_CASE("PostgreSQL: types that mean the same are the modelled ones, all others keep the database's words") {
  struct expectation {
    std::string_view written;
    type_kind kind;
    int length = -1;
    int scale = -1;
    int dimensions = 0;
    std::string_view custom{};
  };
  constexpr expectation expectations[] = {
      {"boolean", type_kind::boolean},
      {"int2", type_kind::smallint},
      {"int", type_kind::integer},
      {"int8", type_kind::bigint},
      {"float(20)", type_kind::real},
      {"float", type_kind::double_precision},
      {"numeric", type_kind::numeric},
      {"decimal(7)", type_kind::numeric, 7, 0},
      {"numeric(7, 3)", type_kind::numeric, 7, 3},
      {"numeric(7, -3)", type_kind::custom, -1, -1, 0, "numeric(7,-3)"},
      {"text", type_kind::text},
      {"varchar", type_kind::varchar},
      {"varchar(9)", type_kind::varchar, 9},
      {"char", type_kind::character, 1},
      {"char(9)", type_kind::character, 9},
      {"bpchar", type_kind::custom, -1, -1, 0, "bpchar"},
      {"\"char\"", type_kind::custom, -1, -1, 0, "\"char\""},
      {"name", type_kind::custom, -1, -1, 0, "name"},
      {"bytea", type_kind::bytea},
      {"date", type_kind::date},
      {"time", type_kind::time},
      {"time(0)", type_kind::time, 0},
      {"timetz(3)", type_kind::timetz, 3},
      {"timestamp(6)", type_kind::timestamp, 6},
      {"timestamptz", type_kind::timestamptz},
      {"interval", type_kind::interval},
      {"interval(2)", type_kind::interval, 2},
      {"interval year to month", type_kind::custom, -1, -1, 0, "interval year to month"},
      {"uuid", type_kind::uuid},
      {"json", type_kind::json},
      {"jsonb", type_kind::jsonb},
      {"inet", type_kind::inet},
      {"cidr", type_kind::cidr},
      {"macaddr", type_kind::macaddr},
      {"xml", type_kind::xml},
      {"bit", type_kind::bit, 1},
      {"bit(3)", type_kind::bit, 3},
      {"varbit", type_kind::varbit},
      {"varbit(3)", type_kind::varbit, 3},
      {"tsvector", type_kind::tsvector},
      {"point", type_kind::custom, -1, -1, 0, "point"},
      {"int[]", type_kind::integer, -1, -1, 1},
      {"int[3][3]", type_kind::integer, -1, -1, 2},
      {"varchar(9)[]", type_kind::varchar, 9, -1, 1},
      {"numeric(7, 3)[]", type_kind::numeric, 7, 3, 1},
      {"point[]", type_kind::custom, -1, -1, 0, "point[]"},
      {"d", type_kind::custom, -1, -1, 0, "d"},
      {"s.d[]", type_kind::custom, -1, -1, 0, "s.d[]"},
      {"citext", type_kind::citext},
      {"citext[]", type_kind::citext, -1, -1, 1},
  };
  std::string script = "CREATE EXTENSION citext; CREATE SCHEMA s; CREATE DOMAIN d AS text; CREATE DOMAIN s.d AS text;"
                       "CREATE TABLE t (";
  int number = 0;
  for (const expectation& e : expectations)
    script += (number == 0 ? "c" : ", c") + std::to_string(number) + ' ' + std::string(e.written), ++number;
  const read_back found(script + ")");
  for (std::size_t i = 0; i < std::size(expectations); ++i) {
    const expectation& e = expectations[i];
    INFO(e.written);
    const instar::column_type& type = found.table("t").columns[i].type;
    CHECK(type.kind == e.kind);
    CHECK(type.length == e.length);
    CHECK(type.scale == e.scale);
    CHECK(type.dimensions == e.dimensions);
    CHECK(type.custom == e.custom);
  }
}

TEST_CASE("PostgreSQL: an array of a table that a query made has one dimension") {
  const read_back found("CREATE TABLE t AS SELECT ARRAY[1, 2] AS a");
  CHECK(found.of("a").type.dimensions == 1);
}

TEST_CASE("PostgreSQL: a default is a literal where it is printed the same again, and else the database's words") {
  struct expectation {
    std::string_view column;
    default_kind kind;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view text{};
  };
  constexpr expectation expectations[] = {
      {"int", default_kind::none},
      {"int DEFAULT NULL", default_kind::none},
      {"int DEFAULT 0", default_kind::integer},
      {"int DEFAULT 5", default_kind::integer, 5},
      {"int DEFAULT -5", default_kind::integer, -5},
      {"int DEFAULT -2147483648", default_kind::integer, -2147483648LL},
      {"int DEFAULT 1 + 1", default_kind::expression, 0, 0, "(1 + 1)"},
      {"bigint DEFAULT 3000000000", default_kind::integer, 3000000000LL},
      {"bigint DEFAULT -3000000000", default_kind::integer, -3000000000LL},
      {"bigint DEFAULT 5::bigint", default_kind::expression, 0, 0, "(5)::bigint"},
      {"bigint DEFAULT bigint '5'", default_kind::text, 0, 0, "5"},
      {"numeric DEFAULT 5", default_kind::integer, 5},
      {"numeric DEFAULT 2.5", default_kind::real, 0, 2.5},
      {"numeric DEFAULT -2.5", default_kind::real, 0, -2.5},
      {"numeric DEFAULT 2.50", default_kind::expression, 0, 0, "2.50"},
      {"numeric DEFAULT 1.2345678901234567890", default_kind::expression, 0, 0, "1.2345678901234567890"},
      {"float DEFAULT 0.1", default_kind::real, 0, 0.1},
      {"boolean DEFAULT true", default_kind::boolean, 1},
      {"boolean DEFAULT 'f'", default_kind::boolean, 0},
      {"boolean DEFAULT (NOT true)", default_kind::expression, 0, 0, "(NOT true)"},
      {"text DEFAULT ''", default_kind::text, 0, 0, ""},
      {"text DEFAULT 'it''s \\'", default_kind::text, 0, 0, "it's \\"},
      {"text DEFAULT 'a'::varchar", default_kind::expression, 0, 0, "'a'::character varying"},
      {"text DEFAULT 'a' || 'b'", default_kind::expression, 0, 0, "('a'::text || 'b'::text)"},
      {"varchar(3) DEFAULT 'abcdef'", default_kind::text, 0, 0, "abcdef"},
      {"char(3) DEFAULT 'a'", default_kind::text, 0, 0, "a"},
      {"text[] DEFAULT '{}'", default_kind::text, 0, 0, "{}"},
      {"jsonb DEFAULT '{\"a\":1}'", default_kind::text, 0, 0, "{\"a\": 1}"},
      {"mood DEFAULT 'sad'", default_kind::text, 0, 0, "sad"},
      {"s.\"Size\" DEFAULT 'S'", default_kind::text, 0, 0, "S"},
      {"bit(3) DEFAULT B'101'", default_kind::text, 0, 0, "101"},
      {"timestamptz DEFAULT CURRENT_TIMESTAMP", default_kind::now},
      {"timestamptz DEFAULT now()", default_kind::expression, 0, 0, "now()"},
      {"timestamptz DEFAULT '2020-01-01 02:00+02'", default_kind::text, 0, 0, "2020-01-01 00:00:00+00"},
      {"int DEFAULT nextval('n')", default_kind::expression, 0, 0, "nextval('n'::regclass)"},
      {"int DEFAULT nextval('s.n')", default_kind::expression, 0, 0, "nextval('s.n'::regclass)"},
  };
  std::string script = "CREATE SCHEMA s; CREATE SEQUENCE n; CREATE SEQUENCE s.n; CREATE TYPE mood AS ENUM ('sad'); "
                       "CREATE TYPE s.\"Size\" AS ENUM ('S'); CREATE TABLE t (";
  int number = 0;
  for (const expectation& e : expectations)
    script += (number == 0 ? "c" : ", c") + std::to_string(number) + ' ' + std::string(e.column), ++number;
  // The session's own ways to print make no difference.
  const read_back found("SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'; SET search_path = public, s;" + script +
                        ")");
  for (std::size_t i = 0; i < std::size(expectations); ++i) {
    const expectation& e = expectations[i];
    INFO(e.column);
    const instar::column_default& initial = found.table("t").columns[i].initial;
    CHECK(initial.kind == e.kind);
    CHECK(initial.integer == e.integer);
    CHECK(initial.real == e.real);
    CHECK(initial.text == e.text);
  }
}

TEST_CASE("PostgreSQL: what a column is") {
  const read_back found("CREATE COLLATION low (provider = libc, locale = 'C'); CREATE TYPE mood AS ENUM ('sad');"
                        "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, other int GENERATED BY "
                        "DEFAULT AS IDENTITY, name text COLLATE \"C\" UNIQUE, b text COLLATE low, feels mood NOT NULL, "
                        "moods mood[], loud text GENERATED ALWAYS AS (upper(name) || '!') STORED);"
                        "COMMENT ON COLUMN t.name IS 'what they''re called'");
  CHECK(found.of("id").identity == instar::identity_kind::always);
  CHECK(found.of("id").primary_key);
  CHECK_FALSE(found.of("id").nullable);
  CHECK(found.of("other").identity == instar::identity_kind::by_default);
  CHECK_FALSE(found.of("other").primary_key);
  CHECK(found.of("name").unique);
  CHECK(found.of("name").nullable);
  CHECK(found.of("name").collation == "C");
  CHECK(found.of("name").comment == "what they're called");
  CHECK(found.of("b").collation == "low");
  CHECK(found.of("feels").type.kind == type_kind::enumeration);
  CHECK(found.of("feels").type.values == &found.view().enumerations[0]);
  CHECK_FALSE(found.of("feels").nullable);
  CHECK(type_text(found.of("moods")) == "\"mood\"[]");
  CHECK(found.of("loud").generated == instar::generated_kind::stored);
  CHECK(found.of("loud").generated_as == "upper(name) || '!'::text");
  CHECK(found.of("loud").initial.kind == default_kind::none);
}

TEST_CASE("PostgreSQL: keys, checks and foreign keys") {
  const read_back found(
      "CREATE SCHEMA s; CREATE TABLE s.target (a int, b int, CONSTRAINT target_key PRIMARY KEY (b, a) DEFERRABLE "
      "INITIALLY DEFERRED, UNIQUE (a, b)); CREATE TABLE t (x int, y int, CONSTRAINT zz UNIQUE NULLS NOT DISTINCT (y), "
      "CONSTRAINT aa UNIQUE (y, x) DEFERRABLE, CONSTRAINT positive CHECK (x > 0 AND (y > 0 OR x < 9)), CONSTRAINT over "
      "FOREIGN KEY (x, y) REFERENCES s.target (a, b) ON DELETE CASCADE ON UPDATE SET DEFAULT DEFERRABLE INITIALLY "
      "DEFERRED)");
  const instar::table& target = found.table("s.target");
  CHECK(target.schema == "s");
  CHECK(target.primary_key.name == "target_key");
  CHECK(names(target.primary_key.columns) == "b, a");
  CHECK(target.primary_key.deferral == instar::deferral::initially_deferred);
  const instar::table& t = found.table("t");
  CHECK(t.schema.empty());
  CHECK(t.primary_key.columns.empty());
  REQUIRE(t.uniques.size() == 2);
  CHECK(t.uniques[0].name == "aa");
  CHECK(names(t.uniques[0].columns) == "y, x");
  CHECK(t.uniques[0].deferral == instar::deferral::initially_immediate);
  CHECK(t.uniques[1].nulls_not_distinct);
  REQUIRE(t.checks.size() == 1);
  CHECK(t.checks[0].expression == "(x > 0) AND ((y > 0) OR (x < 9))");
  REQUIRE(t.foreign_keys.size() == 1);
  const instar::foreign_key& over = t.foreign_keys[0];
  CHECK(over.name == "over");
  CHECK(names(over.columns) == "x, y");
  CHECK(over.target_schema == "s");
  CHECK(over.target_table == "target");
  CHECK(names(over.target_columns) == "a, b");
  CHECK(over.on_delete == instar::referential_action::cascade);
  CHECK(over.on_update == instar::referential_action::set_default);
  CHECK(over.deferral == instar::deferral::initially_deferred);
}

TEST_CASE("PostgreSQL: indexes with all of their parts") {
  const read_back found(
      "CREATE TABLE t (a text, b int, c int); CREATE INDEX plain ON t (b); CREATE UNIQUE INDEX rich ON t USING btree "
      "(a "
      "COLLATE \"C\" text_pattern_ops DESC, b NULLS FIRST, lower(a) DESC NULLS LAST, (b + c)) INCLUDE (c) NULLS NOT "
      "DISTINCT WHERE b > 1 AND a <> ') WHERE ('; CREATE INDEX searched ON t USING gin (to_tsvector('english', a))");
  REQUIRE(found.table("t").indexes.size() == 3);
  const instar::index& plain = found.table("t").indexes[0];
  CHECK(plain.name == "plain");
  CHECK(plain.method.empty());
  CHECK_FALSE(plain.unique);
  REQUIRE(plain.parts.size() == 1);
  CHECK(plain.parts[0].text == "b");
  CHECK_FALSE(plain.parts[0].expression);
  const instar::index& rich = found.table("t").indexes[1];
  CHECK(rich.unique);
  CHECK(rich.nulls_not_distinct);
  CHECK(names(rich.include) == "c");
  CHECK(rich.where == "(b > 1) AND (a <> ') WHERE ('::text)");
  REQUIRE(rich.parts.size() == 4);
  CHECK(rich.parts[0].text == "a");
  CHECK(rich.parts[0].collation == "C");
  CHECK(rich.parts[0].operator_class == "text_pattern_ops");
  CHECK(rich.parts[0].descending);
  CHECK(rich.parts[0].nulls == instar::null_order::standard);
  CHECK(rich.parts[1].nulls == instar::null_order::first);
  CHECK(rich.parts[2].text == "lower(a)");
  CHECK(rich.parts[2].expression);
  CHECK(rich.parts[2].nulls == instar::null_order::last);
  CHECK(rich.parts[3].text == "b + c");
  const instar::index& searched = found.table("t").indexes[2];
  CHECK(searched.method == "gin");
  CHECK(searched.parts[0].text == "to_tsvector('english'::regconfig, a)");
}

TEST_CASE("PostgreSQL: exclusion constraints") {
  const read_back found("CREATE TABLE t (r int4range, s int4range, CONSTRAINT apart EXCLUDE USING gist (r WITH &&, "
                        "int4range(1, 2) WITH -|-) WHERE (s IS NOT NULL) DEFERRABLE)");
  REQUIRE(found.table("t").exclusions.size() == 1);
  const instar::exclusion& apart = found.table("t").exclusions[0];
  CHECK(apart.name == "apart");
  CHECK(apart.method.empty());
  CHECK(apart.where == "s IS NOT NULL");
  CHECK(apart.deferral == instar::deferral::initially_immediate);
  REQUIRE(apart.parts.size() == 2);
  CHECK(apart.parts[0].text == "r");
  CHECK(apart.parts[0].with_operator == "&&");
  CHECK(apart.parts[1].text == "int4range(1, 2)");
  CHECK(apart.parts[1].expression);
  CHECK(apart.parts[1].with_operator == "-|-");
}

TEST_CASE("PostgreSQL: enums, sequences, extensions and views") {
  const read_back found(
      "CREATE SCHEMA s; CREATE TYPE mood AS ENUM ('b', 'a,\"x'); ALTER TYPE mood ADD VALUE 'first' BEFORE 'b'; COMMENT "
      "ON TYPE mood IS 'how'; CREATE SEQUENCE s.n AS integer START 7 INCREMENT -2 CACHE 4 CYCLE MAXVALUE 7; CREATE "
      "EXTENSION hstore WITH SCHEMA s; CREATE VIEW z AS SELECT 1 AS one; CREATE VIEW a AS SELECT z.one FROM z, z y; "
      "CREATE MATERIALIZED VIEW m AS SELECT one FROM a; CREATE UNIQUE INDEX m_one ON m (one); COMMENT ON VIEW z IS "
      "'last'");
  REQUIRE(found.view().enumerations.size() == 1);
  const instar::enumeration& mood = found.view().enumerations[0];
  CHECK(mood.comment == "how");
  REQUIRE(mood.values.size() == 3);
  CHECK(mood.values[0].label == "first");
  CHECK(mood.values[2].label == "a,\"x");
  REQUIRE(found.view().sequences.size() == 1);
  const instar::sequence_object& n = found.view().sequences[0];
  CHECK(n.schema == "s");
  CHECK(n.type == type_kind::integer);
  CHECK(n.start == 7);
  CHECK(n.increment == -2);
  CHECK(n.cache == 4);
  CHECK(n.cycle);
  REQUIRE(found.view().extensions.size() == 1);
  CHECK(found.view().extensions[0].schema == "s");
  REQUIRE(found.view().views.size() == 3);
  CHECK(found.view().views[0].name == "z");
  CHECK(found.view().views[0].comment == "last");
  CHECK(found.view().views[1].name == "a");
  // From two relations: with one alone, PostgreSQL 16 leaves the column's qualifier out, and older ones do not.
  CHECK(found.view().views[1].query == "SELECT z.one\n   FROM z,\n    z y");
  CHECK(found.view().views[2].materialized);
  REQUIRE(found.view().views[2].indexes.size() == 1);
  CHECK(found.view().views[2].indexes[0].unique);
}

TEST_CASE("PostgreSQL: a serial column is an integer, a sequence, its default and whose the sequence is") {
  const read_back found("CREATE TABLE t (id serial)");
  CHECK(found.of("id").type.kind == type_kind::integer);
  CHECK(found.of("id").initial.text == "nextval('t_id_seq'::regclass)");
  REQUIRE(found.view().sequences.size() == 1);
  CHECK(found.view().sequences[0].name == "t_id_seq");
  CHECK(found.view().sequences[0].type == type_kind::integer);
  CHECK(found.raw("sequence owner", "t_id_seq").create == R"(ALTER SEQUENCE "t_id_seq" OWNED BY "t"."id")");
  CHECK(found.view().raw_objects.size() == 1);
}

TEST_CASE("PostgreSQL: an identity with options of its own keeps counting where it is") {
  const read_back found("CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY (INCREMENT 5), n int GENERATED ALWAYS AS "
                        "IDENTITY (START 100))");
  CHECK(found.view().sequences.empty());
  CHECK(
      found.raw("identity options", "t.id").create ==
      R"(ALTER TABLE "t" ALTER COLUMN "id" SET INCREMENT BY 5 SET MINVALUE 1 SET MAXVALUE 2147483647 SET START WITH 1 )"
      "SET CACHE 1 SET NO CYCLE");
  scratch_database copy;
  const auto db = copy.open();
  db->execute("CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, n int GENERATED ALWAYS AS IDENTITY)");
  db->execute(std::string(found.raw("identity options", "t.n").create));
  db->execute("INSERT INTO t DEFAULT VALUES");
  CHECK(db->query_value("SELECT n FROM t") == "100");
  db->execute(std::string(found.raw("identity options", "t.n").create));
  db->execute("INSERT INTO t DEFAULT VALUES");
  CHECK(db->query_value("SELECT max(n) FROM t") == "101");
}

TEST_CASE("PostgreSQL: what the value lacks is told on top of what it has") {
  const read_back found(
      "CREATE TABLE t (id int PRIMARY KEY, a text) WITH (fillfactor = 70); ALTER TABLE t ENABLE ROW LEVEL SECURITY; "
      "ALTER "
      "TABLE t REPLICA IDENTITY FULL; CREATE INDEX i ON t (a) WITH (fillfactor = 50); ALTER TABLE t ADD CONSTRAINT c "
      "CHECK (a <> '') NOT VALID; COMMENT ON INDEX i IS 'one'");
  REQUIRE(found.view().tables.size() == 1);
  REQUIRE(found.table("t").indexes.size() == 1);
  CHECK(found.table("t").checks.empty());
  const raw_object parameter = found.raw("storage parameter", "t(fillfactor)");
  CHECK(parameter.create == R"(ALTER TABLE "t" SET (fillfactor = 70))");
  CHECK(parameter.drop == R"(ALTER TABLE "t" RESET (fillfactor))");
  CHECK(parameter.placement == instar::placement::after_tables);
  CHECK(found.raw("row security", "t").create == R"(ALTER TABLE "t" ENABLE ROW LEVEL SECURITY)");
  CHECK(found.raw("replica identity", "t").drop == R"(ALTER TABLE "t" REPLICA IDENTITY DEFAULT)");
  CHECK(found.raw("storage parameter", "i(fillfactor)").create == R"(ALTER INDEX "i" SET (fillfactor = 50))");
  CHECK(found.raw("constraint", "c on t").create ==
        R"(ALTER TABLE "t" ADD CONSTRAINT "c" CHECK ((a <> ''::text)) NOT VALID)");
  CHECK(found.raw("comment", "index i").create == R"(COMMENT ON INDEX "i" IS 'one')");
  CHECK(found.view().raw_objects.size() == 6);
}

TEST_CASE("PostgreSQL: functions, triggers and policies are raw, by the names that people call them") {
  const read_back found(
      "CREATE SCHEMA s; CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN "
      "NEW; END'; CREATE FUNCTION s.g(n int, text) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TRIGGER touched "
      "BEFORE "
      "INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY own ON t FOR SELECT USING (a = 1)");
  const raw_object f = found.raw("function", "f()");
  CHECK(f.create.starts_with("CREATE OR REPLACE FUNCTION f()\n RETURNS trigger\n LANGUAGE plpgsql\n"));
  CHECK(f.drop == R"(DROP FUNCTION "f"())");
  const raw_object g = found.raw("function", "s.g(integer, text)");
  CHECK(g.create.starts_with("CREATE OR REPLACE FUNCTION s.g(n integer, text)\n"));
  CHECK(g.drop == R"(DROP FUNCTION "s"."g"(n integer, text))");
  const raw_object touched = found.raw("trigger", "touched on t");
  CHECK(touched.create == "CREATE TRIGGER touched BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()");
  CHECK(touched.drop == R"(DROP TRIGGER "touched" ON "t")");
  CHECK(found.raw("policy", "own on t").create ==
        "CREATE POLICY \"own\" ON \"t\" FOR SELECT TO PUBLIC\n    USING (a = 1)");
}

TEST_CASE("PostgreSQL: a raw object stands where what needs it finds it") {
  const read_back found(
      "CREATE FUNCTION for_default() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a int DEFAULT "
      "for_default()); CREATE FUNCTION of_row(t) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE INDEX i ON t "
      "(of_row(t)); CREATE VIEW v AS SELECT 1 AS one; CREATE FUNCTION of_view(v) RETURNS int LANGUAGE sql AS 'SELECT "
      "1'; "
      "CREATE VIEW w AS SELECT of_view(v) FROM v; CREATE VIEW a AS SELECT * FROM w");
  CHECK(found.raw("function", "for_default()").placement == instar::placement::before_tables);
  CHECK(found.raw("function", "of_row(t)").placement == instar::placement::before_indexes);
  CHECK(found.raw("function", "of_view(v)").placement == instar::placement::after_tables);
  REQUIRE(found.view().views.size() == 1);
  CHECK(found.view().views[0].name == "v");
  CHECK(found.raw("view", "w").create.starts_with("CREATE VIEW \"w\" AS\nSELECT of_view("));
  std::vector<std::string> order;
  for (const raw_object& o : found.view().raw_objects)
    order.emplace_back(o.name);
  CHECK(order == std::vector<std::string>{"for_default()", "of_row(t)", "of_view(v)", "w", "a"});
}

TEST_CASE("PostgreSQL: partitioned tables, their partitions and children are raw, one statement each") {
  const read_back found("CREATE TABLE whole (id int NOT NULL, k text) PARTITION BY LIST (id); CREATE TABLE part "
                        "PARTITION OF whole FOR VALUES "
                        "IN (1, 2); CREATE TABLE parent (a int DEFAULT 1); CREATE TABLE child (b int) INHERITS "
                        "(parent); ALTER TABLE child "
                        "ALTER a SET DEFAULT 2");
  CHECK(found.raw("partitioned table", "whole").create ==
        "CREATE TABLE \"whole\" (\n    \"id\" integer NOT NULL,\n    \"k\" text\n) PARTITION BY LIST (id)");
  CHECK(found.raw("partition", "part").create ==
        "CREATE TABLE \"part\" (\n    \"id\" integer NOT NULL,\n    \"k\" text\n)");
  CHECK(found.raw("partition bound", "part of whole").create ==
        R"(ALTER TABLE ONLY "whole" ATTACH PARTITION "part" FOR VALUES IN (1, 2))");
  CHECK(found.raw("inheriting table", "child").create ==
        "CREATE TABLE \"child\" (\n    \"b\" integer\n) INHERITS (\"parent\")");
  CHECK(found.raw("default", "child.a").create == R"(ALTER TABLE ONLY "child" ALTER COLUMN "a" SET DEFAULT 2)");
  REQUIRE(found.view().tables.size() == 1);
  CHECK(found.view().tables[0].name == "parent");
}

TEST_CASE("PostgreSQL: rights that differ from the standard ones, given and taken") {
  const read_back found(
      "CREATE TABLE t (a int); GRANT SELECT, INSERT ON t TO pg_monitor; GRANT UPDATE (a) ON t TO PUBLIC; "
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION f() FROM "
      "PUBLIC; CREATE TABLE untouched (a int)");
  const raw_object grant = found.raw("grant", "table t to pg_monitor");
  CHECK(grant.create == R"(GRANT INSERT, SELECT ON TABLE "t" TO "pg_monitor")");
  CHECK(grant.drop == R"(REVOKE INSERT, SELECT ON TABLE "t" FROM "pg_monitor")");
  CHECK(found.raw("grant", "table t.a to everybody").create == R"(GRANT UPDATE ("a") ON TABLE "t" TO PUBLIC)");
  CHECK(found.raw("revocation", "function f() from everybody").create ==
        R"(REVOKE EXECUTE ON FUNCTION "f"() FROM PUBLIC)");
  CHECK(found.view().raw_objects.size() == 4);
}

TEST_CASE("PostgreSQL: the password of a user mapping is not read") {
  const read_back found(
      "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w; CREATE USER MAPPING FOR "
      "PUBLIC SERVER far OPTIONS (user 'u', password 'secret')");
  CHECK(found.raw("user mapping", "PUBLIC on far").create == "CREATE USER MAPPING FOR PUBLIC SERVER far");
}

TEST_CASE("PostgreSQL: names with anything in them") {
  const read_back found(
      "CREATE SCHEMA \"s.1\"; CREATE TABLE \"s.1\".\"; DROP TABLE x; --\" (\"a\"\"b\nc\" int CHECK "
      "(\"a\"\"b\nc\" > 0)); CREATE INDEX \"i on (x)\" ON \"s.1\".\"; DROP TABLE x; --\" (\"a\"\"b\nc\" "
      "DESC); CREATE TABLE pg_class (id int); CREATE TYPE point AS ENUM ('p'); CREATE TABLE t (p "
      "public.point, q point)");
  const instar::table& odd = found.table("s.1.; DROP TABLE x; --");
  CHECK(odd.columns[0].name == "a\"b\nc");
  CHECK(odd.checks[0].expression == "\"a\"\"b\nc\" > 0");
  CHECK(odd.indexes[0].name == "i on (x)");
  CHECK(odd.indexes[0].parts[0].text == "a\"b\nc");
  CHECK(odd.indexes[0].parts[0].descending);
  // Without its schema the name would mean the server's own.
  CHECK(found.table("public.pg_class").columns.size() == 1);
  CHECK(type_text(found.of("p")) == R"("public"."point")");
  CHECK(found.of("q").type.custom == "point");
}

TEST_CASE("PostgreSQL: the current schema's objects have no schema, whichever it is") {
  const scratch_database scratch;
  const auto db = scratch.open();
  db->execute(
      "CREATE SCHEMA app; CREATE TABLE app.t (a int); CREATE TABLE t (a int); CREATE FUNCTION app.f(app.t) RETURNS "
      "int LANGUAGE sql AS 'SELECT 1'; SET search_path = app, public");
  const owned_schema found = introspect_postgres(*db);
  REQUIRE(found.view().tables.size() == 2);
  CHECK(found.view().tables[0].schema.empty());
  CHECK(found.view().tables[1].schema == "public");
  REQUIRE(found.view().raw_objects.size() == 2);
  CHECK(found.view().raw_objects[0].name == "public");
  CHECK(found.view().raw_objects[1].name == "f(t)");
  CHECK(found.view().raw_objects[1].create.starts_with("CREATE OR REPLACE FUNCTION f(t)\n"));
}

TEST_CASE("PostgreSQL: without a current schema everything has its schema") {
  const scratch_database scratch;
  const auto db = scratch.open();
  db->execute("CREATE TABLE t (a int); SET search_path = ''");
  CHECK(introspect_postgres(*db).view().tables[0].schema == "public");
}

TEST_CASE("PostgreSQL: only the schemas asked for, and without the tables that are ignored") {
  const std::string script =
      "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.x (id int PRIMARY KEY); CREATE TABLE b.y (id "
      "int); CREATE TABLE ledger (id serial PRIMARY KEY, x int CHECK (x > 0)); CREATE INDEX ON ledger "
      "(x); COMMENT ON TABLE ledger IS 'ours'; GRANT SELECT ON ledger TO PUBLIC; CREATE TABLE kept "
      "(id int)";
  const read_back some(script, {.schemas = {"a"}, .ignored_tables = {}});
  REQUIRE(some.view().tables.size() == 1);
  CHECK(some.view().tables[0].name == "x");
  CHECK(some.view().raw_objects.size() == 1);
  const read_back without(script, {.schemas = {"public", "b"}, .ignored_tables = {"ledger", "b.y"}});
  REQUIRE(without.view().tables.size() == 1);
  CHECK(without.view().tables[0].name == "kept");
  CHECK(without.view().raw_objects.size() == 1);
  CHECK(without.view().sequences.empty());
}

TEST_CASE("PostgreSQL: a fixed number of round trips, whatever there is") {
  const scratch_database scratch;
  const auto db = scratch.open();
  counting_database counting(*db);
  (void)introspect_postgres(counting);
  const int empty = counting.trips;
  CHECK(empty <= 25);
  std::string script = "CREATE COLLATION c (provider = libc, locale = 'C');";
  for (int i = 0; i < 40; ++i)
    script += "CREATE TABLE t" + std::to_string(i) + " (id serial PRIMARY KEY, a int UNIQUE);";
  db->execute(script);
  counting.trips = 0;
  CHECK(introspect_postgres(counting).view().tables.size() == 40);
  CHECK(counting.trips <= 25);
  CHECK(counting.trips <= empty + 1);
}

TEST_CASE("PostgreSQL: it leaves the session as it was, and no transaction") {
  const scratch_database scratch;
  const auto db = scratch.open();
  db->execute("SET search_path = public, pg_temp; SET DateStyle = 'German'; SET TimeZone = 'Asia/Tokyo'");
  (void)introspect_postgres(*db);
  CHECK_FALSE(db->in_transaction());
  CHECK(db->query_value("SHOW search_path") == "public, pg_temp");
  CHECK(db->query_value("SHOW DateStyle") == "German, DMY");
  CHECK(db->query_value("SHOW TimeZone") == "Asia/Tokyo");
}

TEST_CASE("PostgreSQL: it joins a transaction, sees what that has done, and leaves it open") {
  const scratch_database scratch;
  const auto db = scratch.open();
  db->execute("BEGIN; SET LOCAL search_path = public, pg_temp; CREATE TABLE t (a int)");
  CHECK(introspect_postgres(*db).view().tables.size() == 1);
  CHECK(db->in_transaction());
  CHECK(db->query_value("SHOW search_path") == "public, pg_temp");
  db->execute("CREATE TABLE u (a int); ROLLBACK");
  CHECK(introspect_postgres(*db).view().tables.empty());
}

TEST_CASE("PostgreSQL: it reads in one snapshot, and only reads") {
  const scratch_database scratch;
  const auto db = scratch.open();
  (void)introspect_postgres(*db);
  class watching final : public instar::database {
   public:
    explicit watching(instar::database& inner) : inner_(inner) {}
    std::vector<std::string> executed;
    [[nodiscard]] instar::dialect dialect() const noexcept override { return inner_.dialect(); }
    [[nodiscard]] const instar::database_url& url() const noexcept override { return inner_.url(); }
    void execute(std::string_view sql) override { executed.emplace_back(sql), inner_.execute(sql); }
    [[nodiscard]] instar::query_result query(std::string_view sql,
                                             std::span<const instar::sql_value> parameters = {}) override {
      if (sql.find("FROM pg_constraint") != std::string_view::npos) {
        const auto level = inner_.query("SELECT current_setting('transaction_isolation') || ' ' || "
                                        "current_setting('transaction_read_only')");
        isolation = *level.rows[0][0];
      }
      return inner_.query(sql, parameters);
    }
    [[nodiscard]] int server_version() const override { return inner_.server_version(); }
    [[nodiscard]] std::string server_version_text() const override { return inner_.server_version_text(); }
    [[nodiscard]] bool in_transaction() override { return inner_.in_transaction(); }
    [[nodiscard]] bool is_memory() const noexcept override { return false; }
    [[nodiscard]] bool is_open() const noexcept override { return true; }
    [[nodiscard]] bool try_lock(std::int64_t key) override { return inner_.try_lock(key); }
    void unlock(std::int64_t key) override { inner_.unlock(key); }
    void interrupt() noexcept override {}
    [[nodiscard]] std::vector<std::string> take_notices() override { return {}; }
    std::string isolation;

   private:
    instar::database& inner_;
  } watched(*db);
  (void)introspect_postgres(watched);
  CHECK(watched.isolation == "repeatable read on");
}

TEST_CASE("PostgreSQL: many views have each its own query, over two connections and over one") {
  const scratch_database scratch;
  const auto db = scratch.open();
  db->execute("DO $$ BEGIN FOR i IN 100..199 LOOP EXECUTE format('CREATE VIEW v%s AS SELECT %s AS n', i, i); END LOOP; "
              "END $$");
  const auto wrong = [&] {
    std::string names;
    const owned_schema read = introspect_postgres(*db);
    CHECK(read.view().views.size() >= 100);
    for (const instar::view_object& v : read.view().views)
      if (v.query != "SELECT " + std::string(v.name.substr(1)) + " AS n")
        names += std::string(v.name) + ": " + std::string(v.query) + '\n';
    return names;
  };
  SECTION("two") {
    CHECK(wrong().empty());
    CHECK_FALSE(db->in_transaction());
  }
  SECTION("none but this one may connect") {
    const std::string name = db->url().database_name();
    const auto other = instar::open_database(db->url().with_database("postgres"));
    other->execute("ALTER DATABASE \"" + name + "\" ALLOW_CONNECTIONS false");
    CHECK(wrong().empty());
    other->execute("ALTER DATABASE \"" + name + "\" ALLOW_CONNECTIONS true");
  }
  SECTION("a transaction that others cannot see") {
    db->execute("BEGIN; CREATE VIEW v200 AS SELECT 200 AS n; CREATE OR REPLACE VIEW v199 AS SELECT 199 AS n, 1 AS m");
    CHECK(wrong() == "v199: SELECT 199 AS n,\n    1 AS m\n");
    db->execute("ROLLBACK");
  }
}

TEST_CASE("PostgreSQL: parts of plain indexes are told from parts that say more") {
  const read_back read{
      "CREATE TYPE e AS ENUM ('x'); CREATE DOMAIN d AS text; CREATE TABLE t (a text COLLATE \"C\", b varchar(9), c "
      "int, "
      "f e, g int[], h d, o text); CREATE INDEX i1 ON t (a DESC, b NULLS FIRST, c DESC NULLS LAST); CREATE INDEX i2 ON "
      "t "
      "(f, g, h DESC); CREATE INDEX i3 ON t (a COLLATE \"C\", o COLLATE \"C\"); CREATE INDEX i4 ON t (c, o "
      "text_pattern_ops, b varchar_pattern_ops DESC); CREATE INDEX i5 ON t USING hash (b)"};
  std::string all;
  for (const instar::index& i : read.table("t").indexes) {
    all += i.name;
    for (const instar::index_part& p : i.parts) {
      all += std::string(p.expression ? " expression " : " ") + std::string(p.text) + (p.descending ? "-" : "+");
      all += p.nulls == instar::null_order::standard ? "" : p.nulls == instar::null_order::first ? "first" : "last";
      for (const std::string_view said : {p.collation, p.operator_class})
        all += said.empty() ? "" : "(" + std::string(said) + ")";
    }
    all += '\n';
  }
  CHECK(all == "i1 a- b+first c-last\n"
               "i2 f+ g+ h-\n"
               "i3 a+ o+(C)\n"
               "i4 c+ o+(text_pattern_ops) b-(varchar_pattern_ops)\n"
               "i5 b+\n");
}

TEST_CASE("PostgreSQL: a failure on the way leaves no transaction behind") {
  const scratch_database scratch;
  const auto db = scratch.open();
  counting_database counting(*db);
  counting.fail_at = "FROM pg_index";
  CHECK_THROWS_AS(introspect_postgres(counting), instar::database_error);
  CHECK_FALSE(db->in_transaction());
  CHECK(db->query_value("SELECT 1") == "1");
}

TEST_CASE("PostgreSQL: the order of a value does not depend on the order in which things were made") {
  const std::string_view parts[] = {"CREATE TABLE b (x int, y int);",
                                    "CREATE TABLE a (x int);",
                                    "CREATE TYPE e2 AS ENUM ();",
                                    "CREATE TYPE e1 AS ENUM ();",
                                    "CREATE VIEW v2 AS SELECT 1;",
                                    "CREATE VIEW v1 AS SELECT 1;",
                                    "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1';",
                                    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
                                    "CREATE SEQUENCE s2;",
                                    "CREATE SEQUENCE s1;"};
  std::string forth;
  std::string back;
  for (const std::string_view part : parts) {
    forth += part;
    back = std::string(part) + back;
  }
  const std::string more =
      "CREATE INDEX i2 ON b (x); CREATE INDEX i1 ON b (y); ALTER TABLE b ADD CONSTRAINT u2 UNIQUE (x), "
      "ADD CONSTRAINT u1 UNIQUE (y), ADD CONSTRAINT c2 CHECK (x > 0), ADD CONSTRAINT c1 CHECK (y > 0)";
  const read_back one(forth + more);
  const read_back other(back + more);
  const auto sql = [](const read_back& from) {
    return instar::statements(instar::postgres, instar::make_plan(schema_view{}, from.view()));
  };
  CHECK(sql(one) == sql(other));
  CHECK(one.view().tables[0].name == "a");
  CHECK(one.view().tables[1].indexes[0].name == "i1");
  CHECK(one.view().tables[1].uniques[0].name == "u1");
  CHECK(one.view().tables[1].checks[0].name == "c1");
  CHECK(one.view().views[0].name == "v1");
}

TEST_CASE("PostgreSQL: the shapes of what it prints") {
  using namespace instar::detail::pg;
  CHECK(read_array("{}").empty());
  CHECK(read_array("{a,\"b,c\",\"d\\\"\\\\e\",NULL,\"NULL\",\"\"}") ==
        std::vector<std::string>{"a", "b,c", "d\"\\e", "NULL", ""});
  CHECK(read_numbers<int>("{1,-2,30}") == std::vector<int>{1, -2, 30});
  CHECK(read_numbers<int>("1 2 0") == std::vector<int>{1, 2, 0});
  CHECK(without_parentheses("((a > 1))") == "a > 1");
  CHECK(without_parentheses("(a) AND (b)") == "(a) AND (b)");
  CHECK(without_parentheses("(a = ')(' AND b)") == "a = ')(' AND b");
  CHECK(without_parentheses("(a = 'it''s)')") == "a = 'it''s)'");
  CHECK(without_parentheses("()") == "");
  CHECK(unquoted("'it''s'") == "it's");
  CHECK(unquoted("\"a\"\"b\"") == "a\"b");
  CHECK(sequence_name("table", "column") == "table_column_seq");
  CHECK(sequence_name(std::string(60, 't'), std::string(60, 'c')) ==
        std::string(29, 't') + '_' + std::string(29, 'c') + "_seq");
}

TEST_CASE("PostgreSQL: the server shortens the name of an identity's sequence as we do") {
  const std::string table = "a table of a long long name that goes on and on and on";
  const std::string column = "spalte mit äöüäöüäöüäöüäöüäöüäöüäöüäöü";
  const read_back found("CREATE TABLE \"" + table + "\" (\"" + column + "\" int GENERATED ALWAYS AS IDENTITY)");
  CHECK(found.view().raw_objects.empty());
}

TEST_CASE("PostgreSQL: objects are sorted by what they need, and in a circle by their place") {
  using instar::detail::pg::sorted_by_need;
  using lists = std::vector<std::vector<std::size_t>>;
  CHECK(sorted_by_need({{}, {}, {}}, lists(3)) == std::vector<std::size_t>{0, 1, 2});
  CHECK(sorted_by_need({{2}, {}, {1}}, lists(3)) == std::vector<std::size_t>{1, 2, 0});
  CHECK(sorted_by_need({{1}, {0}, {}}, lists(3)) == std::vector<std::size_t>{2, 0, 1});
  CHECK(sorted_by_need({{}, {0}}, {{1}, {}}) == std::vector<std::size_t>{0, 1});
  CHECK(sorted_by_need({{}, {}}, {{1}, {}}) == std::vector<std::size_t>{1, 0});
}

TEST_CASE("PostgreSQL: a temporary table of the same name hides nothing, and is no part of the schema") {
  const scratch_database scratch;
  const auto db = scratch.open();
  db->execute("CREATE TABLE t (a int); CREATE TEMP TABLE t (b int); CREATE TEMP TABLE u (b int)");
  const owned_schema found = introspect_postgres(*db);
  REQUIRE(found.view().tables.size() == 1);
  CHECK(found.view().tables[0].schema.empty());
  CHECK(found.view().tables[0].columns[0].name == "a");
}

TEST_CASE("PostgreSQL: what is said of a parent's column is not said of its children's") {
  const read_back found(
      "CREATE TABLE parent (a text, b text); CREATE TABLE child (c int) INHERITS (parent); ALTER TABLE "
      "ONLY parent ALTER a SET STORAGE EXTERNAL; CREATE TABLE lonely (a text); ALTER TABLE lonely ALTER a "
      "SET STORAGE EXTERNAL");
  CHECK(found.raw("storage of", "parent.a").create ==
        R"(ALTER TABLE ONLY "parent" ALTER COLUMN "a" SET STORAGE EXTERNAL)");
  CHECK(found.raw("storage of", "lonely.a").create == R"(ALTER TABLE "lonely" ALTER COLUMN "a" SET STORAGE EXTERNAL)");
  CHECK(found.raw("storage of", "child.a").create.empty());
}

TEST_CASE("PostgreSQL: whoever may connect may read") {
  const scratch_database scratch;
  const auto db = scratch.open();
  db->execute("CREATE TABLE t (a int); CREATE ROLE instar_reader; SET ROLE instar_reader");
  const owned_schema found = introspect_postgres(*db);
  db->execute("RESET ROLE; DROP ROLE instar_reader");
  CHECK(found.view().tables.size() == 1);
}
