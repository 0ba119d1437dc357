#include <instar/database/sqlite_create.hpp>

#include "support/catch.hpp"

#include <string>
#include <string_view>
#include <vector>

// The parser of CREATE texts alone. What its results mean for the value, sqlite_introspection_test tells.

using instar::deferral;
using instar::generated_kind;
using instar::referential_action;
using instar::detail::create_parser;
using instar::detail::created_default_kind;
using instar::detail::created_table;
using instar::detail::parse_create_index;
using instar::detail::parse_create_table;
using instar::detail::parse_create_view;

namespace {

created_table table_of(std::string_view sql) {
  const auto table = parse_create_table(sql);
  REQUIRE(table);
  return *table;
}

created_table with(const std::string& definitions) {
  return table_of("CREATE TABLE t (" + definitions + ")");
}

using name_list = std::vector<std::string>;

}  // namespace

TEST_CASE("CREATE TABLE: a name in each of SQLite's quotes") {
  for (const char* sql : {"CREATE TABLE \"a b\" (\"c\"\"d\" INT)", "CREATE TABLE [a b] ([c\"d] INT)",
                          "CREATE TABLE `a b` (`c\"d` INT)", "CREATE TABLE 'a b' ('c\"d' INT)"}) {
    CAPTURE(sql);
    const created_table t = table_of(sql);
    CHECK(t.name == "a b");
    REQUIRE(t.columns.size() == 1);
    CHECK(t.columns[0].name == "c\"d");
    CHECK(t.columns[0].type == "INT");
  }
  CHECK(table_of("CREATE TABLE `a``b` (c)").name == "a`b");
  CHECK(table_of("CREATE TABLE 'it''s' (c)").name == "it's");
  CHECK(table_of("CREATE TABLE \"\" (\"\")").columns[0].name.empty());
}

TEST_CASE("CREATE TABLE: keywords in any case, TEMP, IF NOT EXISTS, a schema, a semicolon") {
  CHECK(table_of("create temporary table if not exists main.t(a);").name == "t");
  CHECK(table_of("CREATE TEMP TABLE t(a) ;;").name == "t");
}

TEST_CASE("CREATE TABLE: a word that is a keyword elsewhere is a name") {
  const created_table t = with("key INT, action TEXT, \"primary\" INT, replace, desc INT, generated TEXT, always");
  CHECK(t.columns.size() == 7);
  CHECK(t.columns[5].type == "TEXT");
  CHECK(t.columns[5].generated == generated_kind::none);
}

TEST_CASE("CREATE TABLE: a type of many words, with numbers, or none") {
  const created_table t = with("a, b unsigned  big int, c DECIMAL ( 10 , 2 ) NOT NULL, d\"q\" , e VARCHAR(-1)UNIQUE");
  CHECK(t.columns[0].type.empty());
  CHECK(t.columns[1].type == "unsigned  big int");
  CHECK(t.columns[2].type == "DECIMAL ( 10 , 2 )");
  CHECK(t.columns[2].type_as_written);
  CHECK(t.columns[3].type == "\"q\"");
  CHECK_FALSE(t.columns[3].type_as_written);
  CHECK(t.columns[4].type == "VARCHAR(-1)");
  CHECK(t.uniques.size() == 1);
}

TEST_CASE("CREATE TABLE: comments are nowhere in what is read") {
  const created_table t = table_of("CREATE TABLE t -- a table, (really)\n(a /* ) */ BIG/**/INT -- 'the first\n"
                                   ", b DEFAULT (1 -- one\n+ 2), CHECK (a /* > */ < 'b--c') -- last\n) -- end\n");
  REQUIRE(t.columns.size() == 2);
  CHECK(t.columns[0].type == "BIG INT");
  CHECK_FALSE(t.columns[0].type_as_written);
  CHECK(t.columns[1].default_text == "1 + 2");
  CHECK(t.checks[0].expression == "a < 'b--c'");
  CHECK(table_of("CREATE TABLE t (a) /* no end").columns.size() == 1);
}

TEST_CASE("CREATE TABLE: defaults in each form") {
  const auto text = [](const std::string& written) { return with("a DEFAULT " + written).columns[0].default_text; };
  const auto kind = [](const std::string& written) { return with("a DEFAULT " + written).columns[0].default_kind; };
  for (const char* value : {"1", "-1", "+1.5e-3", "'x)'", "x'00'", "NULL", "true", "current_date", "0x1F", ".5"}) {
    CAPTURE(value);
    CHECK(text(value) == value);
    CHECK(kind(value) == created_default_kind::expression);
  }
  CHECK(text("(a, (b))") == "a, (b)");
  CHECK(text("\"x\"\"y\"") == "x\"y");
  CHECK(kind("\"x\"") == created_default_kind::name);
  CHECK(kind("word NOT NULL") == created_default_kind::name);
  CHECK(with("a DEFAULT -5 NOT NULL").columns[0].not_null);
  CHECK(with("a").columns[0].default_kind == created_default_kind::none);
}

TEST_CASE("CREATE TABLE: generated columns, with and without GENERATED ALWAYS") {
  const created_table t = with("a INT GENERATED ALWAYS AS (b + 1) STORED UNIQUE, b, c AS (b), d TEXT AS (b) VIRTUAL");
  CHECK(t.columns[0].generated == generated_kind::stored);
  CHECK(t.columns[0].generated_as == "b + 1");
  CHECK(t.columns[0].type == "INT");
  CHECK(t.uniques.size() == 1);
  CHECK(t.columns[2].generated == generated_kind::virtual_column);
  CHECK(t.columns[3].generated == generated_kind::virtual_column);
  CHECK(t.columns[3].type == "TEXT");
}

TEST_CASE("CREATE TABLE: a primary key at the column or the table") {
  CHECK(with("a INT, b INT PRIMARY KEY").primary_key->columns == name_list{"b"});
  CHECK(with("a, b, CONSTRAINT k PRIMARY KEY (b, 'a')").primary_key->columns == name_list{"b", "a"});
  CHECK(with("a, b, CONSTRAINT k PRIMARY KEY (b, a)").primary_key->name == "k");
  CHECK(with("a CONSTRAINT k PRIMARY KEY").primary_key->name == "k");
  CHECK_FALSE(with("a").primary_key);
}

TEST_CASE("CREATE TABLE: AUTOINCREMENT at the column or in the table's key") {
  CHECK(with("a INTEGER PRIMARY KEY ASC AUTOINCREMENT").autoincrement);
  CHECK(with("a INTEGER, PRIMARY KEY (a AUTOINCREMENT)").autoincrement);
  CHECK_FALSE(with("a INTEGER PRIMARY KEY").autoincrement);
  CHECK(with("autoincrement INTEGER").columns[0].name == "autoincrement");
}

TEST_CASE("CREATE TABLE: a constraint's name is that of the next constraint alone") {
  const created_table t = with("a CONSTRAINT n NOT NULL CONSTRAINT u UNIQUE CHECK (a) CONSTRAINT c CHECK (1), "
                               "b CONSTRAINT lonely, CONSTRAINT k FOREIGN KEY (a) REFERENCES t");
  CHECK(t.columns.size() == 2);
  CHECK(t.uniques[0].name == "u");
  CHECK(t.checks[0].name.empty());
  CHECK(t.checks[0].column == "a");
  CHECK(t.checks[1].name == "c");
  CHECK(t.foreign_keys[0].name == "k");
}

TEST_CASE("CREATE TABLE: foreign keys") {
  const created_table t =
      with("a REFERENCES p ON DELETE SET DEFAULT ON UPDATE RESTRICT MATCH simple DEFERRABLE INITIALLY "
           "IMMEDIATE NOT NULL, b REFERENCES \"q\" (\"x y\") NOT DEFERRABLE CHECK (b), "
           "FOREIGN KEY (a, [b]) REFERENCES r (c, d) ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED");
  REQUIRE(t.foreign_keys.size() == 3);
  CHECK(t.foreign_keys[0].columns == name_list{"a"});
  CHECK(t.foreign_keys[0].target_columns.empty());
  CHECK(t.foreign_keys[0].on_delete == referential_action::set_default);
  CHECK(t.foreign_keys[0].on_update == referential_action::restrict_action);
  CHECK(t.foreign_keys[0].deferral == deferral::initially_immediate);
  CHECK(t.columns[0].not_null);
  CHECK(t.foreign_keys[1].target_table == "q");
  CHECK(t.foreign_keys[1].target_columns == name_list{"x y"});
  CHECK(t.foreign_keys[1].deferral == deferral::not_deferrable);
  CHECK(t.checks.size() == 1);
  CHECK(t.foreign_keys[2].columns == name_list{"a", "b"});
  CHECK(t.foreign_keys[2].target_columns == name_list{"c", "d"});
  CHECK(t.foreign_keys[2].on_delete == referential_action::no_action);
  CHECK(t.foreign_keys[2].deferral == deferral::initially_deferred);
}

TEST_CASE("CREATE TABLE: what the value has no member for is noticed") {
  CHECK(with("a UNIQUE ON CONFLICT ABORT, b NOT NULL, c NULL ON CONFLICT FAIL").plain);
  for (const char* definitions :
       {"a UNIQUE ON CONFLICT REPLACE", "a NOT NULL ON CONFLICT IGNORE", "a PRIMARY KEY ON CONFLICT ROLLBACK",
        "a PRIMARY KEY DESC", "a, PRIMARY KEY (a DESC)", "a, PRIMARY KEY (a COLLATE nocase)", "a, UNIQUE (a DESC)",
        "a, UNIQUE (a COLLATE nocase)", "a, UNIQUE (a) ON CONFLICT FAIL", "a, PRIMARY KEY (a) ON CONFLICT FAIL"}) {
    CAPTURE(definitions);
    CHECK_FALSE(with(definitions).plain);
  }
}

TEST_CASE("CREATE TABLE: options, those of a later SQLite too") {
  CHECK(table_of("CREATE TABLE t (a)").options.empty());
  CHECK(table_of("CREATE TABLE t (a) without rowid").options == name_list{"WITHOUT ROWID"});
  CHECK(table_of("CREATE TABLE t (a) Strict, Without RowId").options == name_list{"WITHOUT ROWID", "STRICT"});
  CHECK(table_of("CREATE TABLE t (a) something new").options == name_list{"something new"});
}

TEST_CASE("CREATE TABLE: a shape that it does not know is no table") {
  for (const char* sql : {"",
                          ";",
                          "CREATE",
                          "CREATE TABLE",
                          "CREATE TABLE t",
                          "CREATE TABLE t (",
                          "CREATE TABLE t ()",
                          "CREATE TABLE t (a",
                          "CREATE TABLE t (a,)",
                          "CREATE TABLE t (a, CHECK)",
                          "CREATE TABLE t (a, CHECK (b)",
                          "CREATE TABLE t (a DEFAULT)",
                          "CREATE TABLE t (a DEFAULT +)",
                          "CREATE TABLE t (a REFERENCES)",
                          "CREATE TABLE t (a REFERENCES t ON DELETE)",
                          "CREATE TABLE t (a) WITHOUT ROWID, STRICT more (b)",
                          "CREATE TABLE t (a) AS SELECT 1)",
                          "CREATE TABLE t AS SELECT 1",
                          "CREATE VIRTUAL TABLE t USING fts5 (a)",
                          "CREATE VIEW v AS SELECT 1",
                          "SELECT 1",
                          "CREATE TABLE t (a); SELECT 1",
                          "CREATE TABLE t (a FUTURE {b})",
                          "CREATE TABLE t (a, EXCLUDE (a))"}) {
    CAPTURE(sql);
    CHECK_FALSE(parse_create_table(sql));
  }
}

TEST_CASE("CREATE TABLE: depth costs no stack") {
  const std::string deep(200000, '(');
  CHECK_FALSE(parse_create_table("CREATE TABLE t (a CHECK (" + deep));
  const created_table t = with("a CHECK (" + deep + "1" + std::string(deep.size(), ')') + ")");
  CHECK(t.checks[0].expression.size() == 2 * deep.size() + 1);
}

TEST_CASE("CREATE INDEX: parts, uniqueness and predicate") {
  const auto i =
      parse_create_index("CREATE UNIQUE INDEX IF NOT EXISTS main.\"i x\" ON [t y] ('a', \"b\" DESC, lower(c) ASC, "
                         "(d + 1) COLLATE NOCASE, e || f COLLATE NOCASE) WHERE a > (1) -- end");
  REQUIRE(i);
  CHECK(i->name == "i x");
  CHECK(i->table == "t y");
  CHECK(i->unique);
  REQUIRE(i->parts.size() == 5);
  CHECK(i->parts[0].text == "a");
  CHECK_FALSE(i->parts[0].expression);
  CHECK(i->parts[1].descending);
  CHECK(i->parts[2].text == "lower(c)");
  CHECK(i->parts[2].expression);
  CHECK_FALSE(i->parts[2].descending);
  CHECK(i->parts[3].text == "d + 1");
  CHECK(i->parts[3].collation == "NOCASE");
  CHECK(i->parts[4].text == "e || f COLLATE NOCASE");
  CHECK(i->parts[4].collation.empty());
  CHECK(i->where == "a > (1)");
}

TEST_CASE("CREATE INDEX: two groups in a row are one expression") {
  const auto i = parse_create_index("CREATE INDEX i ON t ((a) + (b), (a) IN (b), max(a) (b))");
  REQUIRE(i);
  CHECK(i->parts[0].text == "(a) + (b)");
  CHECK(i->parts[1].text == "(a) IN (b)");
}

TEST_CASE("CREATE INDEX: a column called desc") {
  const auto i = parse_create_index("CREATE INDEX i ON t (desc, asc DESC)");
  REQUIRE(i);
  CHECK(i->parts[0].text == "desc");
  CHECK_FALSE(i->parts[0].descending);
  CHECK(i->parts[1].text == "asc");
  CHECK(i->parts[1].descending);
}

TEST_CASE("CREATE INDEX: a shape that it does not know is no index") {
  for (const char* sql :
       {"", "CREATE INDEX i", "CREATE INDEX i ON t", "CREATE INDEX i ON t (", "CREATE INDEX i ON t ()",
        "CREATE INDEX i ON t (a", "CREATE INDEX i ON t (a,)", "CREATE INDEX i ON t (a) WHERE",
        "CREATE INDEX i ON t (())", "CREATE INDEX i ON t (a) INCLUDE (b)", "CREATE TABLE t (a)"}) {
    CAPTURE(sql);
    CHECK_FALSE(parse_create_index(sql));
  }
}

TEST_CASE("CREATE VIEW: the query with its comments, up to its last word") {
  const auto v = parse_create_view("CREATE VIEW [v w] AS -- why\n SELECT 1 /* one */, ';' ; -- end");
  REQUIRE(v);
  CHECK(v->name == "v w");
  CHECK_FALSE(v->names_columns);
  CHECK(v->query == "SELECT 1 /* one */, ';'");
  CHECK(parse_create_view("CREATE TEMP VIEW IF NOT EXISTS v (a, b) AS SELECT 1, 2")->names_columns);
  for (const char* sql :
       {"", "CREATE VIEW v", "CREATE VIEW v AS", "CREATE VIEW v AS ;", "CREATE VIEW v (a", "SELECT 1"}) {
    CAPTURE(sql);
    CHECK_FALSE(parse_create_view(sql));
  }
}

TEST_CASE("The module of a virtual table") {
  CHECK(create_parser("CREATE VIRTUAL TABLE IF NOT EXISTS t USING \"fts5\" (a)").module() == "fts5");
  CHECK(create_parser("CREATE VIRTUAL TABLE main.t USING rtree").module() == "rtree");
  CHECK(create_parser("CREATE TABLE t (a)").module().empty());
}

TEST_CASE("A statement goes from its first token to its last") {
  CHECK(create_parser(" -- a\n CREATE VIEW v AS SELECT 1 -- b\n ; ; /* c */ ").statement() ==
        "CREATE VIEW v AS SELECT 1");
  CHECK(create_parser(" -- nothing").statement().empty());
}
