#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

#include <instar/cli/generate/models_header.hpp>
#include <instar/model/describe.hpp>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace instar;
using namespace instar::cli;

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// A schema in the making.
class builder {
 public:
  std::vector<table> tables{};
  schema_view view{};

  std::span<const std::string_view> names(std::initializer_list<std::string_view> all) { return owner_.array(all); }
  std::span<const column> columns(std::initializer_list<column> all) { return owner_.array(all); }
  template <class Part>
  std::span<const Part> list(std::initializer_list<Part> all) {
    return owner_.array(all);
  }
  /// A table with a bigint key `id`, and further columns.
  table& add(std::string_view name, std::initializer_list<column> further = {}) {
    std::vector<column> all{{.name = "id", .type = {.kind = type_kind::bigint}, .primary_key = true}};
    all.insert(all.end(), further.begin(), further.end());
    const std::string key = std::string{name.substr(name.rfind('.') + 1)} + "_pkey";
    tables.push_back({.name = name,
                      .columns = owner_.array(all),
                      .primary_key = {.name = owner_.text(key), .columns = names({"id"})}});
    return tables.back();
  }
  foreign_key reference(std::string_view name, std::string_view own, std::string_view target) {
    return {.name = name, .columns = names({own}), .target_table = target, .target_columns = names({"id"})};
  }
  schema_view done() {
    view.tables = tables;
    return view;
  }
  std::string header(dialect d = postgres, std::string previous = {}) {
    return models_header(done(), d, {.previous = std::move(previous)});
  }

 private:
  owned_schema owner_;
};

constexpr column_type bigint{.kind = type_kind::bigint};
constexpr column_type text{.kind = type_kind::text};

/// Compiles a header with the compilers of this machine, and has them compare what it says with the schema.
/// \param instead what to assert where the comparison is more than a constant evaluation may do
void compile(const schema_view& schema, dialect d = postgres, const std::string& instead = {}) {
  const instar_test::scratch_folder scratch;
  const std::filesystem::path& folder = scratch.path();
  const owned_schema said = cli::detail::expressible(schema, d);
  const std::string header = models_header(schema, d);
  std::ofstream{folder / "models.hpp", std::ios::binary} << header;
  std::ofstream{folder / "snapshot.hpp", std::ios::binary} << snapshot_header({.schema = said.view(), .dialect = d});
  const std::string equal = "static_assert(instar::diff<migrations::snapshot, app::schema>.size() == 0);\n"
                            "static_assert(instar::diff<app::schema, migrations::snapshot>.size() == 0);\n";
  std::ofstream{folder / "main.cpp"} << "#include \"models.hpp\"\n#include \"snapshot.hpp\"\n"
                                     << (instead.empty() ? equal : instead);
  bool compiled = false;
  for (const std::string compiler : {"g++", "clang++"}) {
    if (std::system(("command -v " + compiler + " >/dev/null").c_str()) != 0)
      continue;
    compiled = true;
    INFO(header);
    CHECK(
        std::system((compiler + " -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only -I'" +
                     INSTAR_INCLUDE_FOLDER + "' '" + (folder / "main.cpp").string() + "'")
                        .c_str()) == 0);
  }
  CHECK(compiled);
}

}  // namespace

TEST_CASE("a small schema is the header that somebody would have written") {
  builder b;
  const std::array<enum_value, 2> labels{{{.label = "member"}, {.label = "super user"}}};
  const std::array<enumeration, 1> enums{{{.name = "user_role", .values = labels}}};
  b.view.enumerations = enums;
  table& items = b.add("order_items", {{.name = "user_id", .type = bigint, .nullable = true}});
  items.foreign_keys = b.list<foreign_key>({{.name = "order_items_user_id_fkey",
                                             .columns = b.names({"user_id"}),
                                             .target_table = "users",
                                             .target_columns = b.names({"id"}),
                                             .on_delete = referential_action::cascade}});
  table& users =
      b.add("users", {{.name = "email", .type = text, .unique = true},
                      {.name = "role",
                       .type = {.kind = type_kind::enumeration, .values = enums.data()},
                       .initial = {.kind = default_kind::text, .text = "super user"}},
                      {.name = "class", .type = {.kind = type_kind::varchar, .length = 12}, .nullable = true}});
  users.uniques = b.list<key>({{.name = "users_email_key", .columns = b.names({"email"})}});
  users.comment = "Who may sign in";
  const std::array<view_object, 1> views{{{.name = "emails", .query = "SELECT \"email\"\nFROM users"}}};
  b.view.views = views;
  CHECK(
      b.header() ==
      R"header(// The models of a database, as `db pull` read them. They are yours to edit: another pull keeps the names
// that you give to structs, fields, enums and enumerators.
#pragma once

#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace app {

enum class UserRole { member, super_user };
INSTAR_ENUM(UserRole, member, (super_user, "super user"))

struct User {
  std::int64_t id;
  std::string email;
  UserRole role;
  std::optional<std::string> class_;
};
// clang-format off
INSTAR_MODEL(User, "users",
             (id, primary_key),
             (email, unique),
             (role, default_value(UserRole::super_user)),
             (class_, column("class"), varchar<12>),
             comment("Who may sign in"))
// clang-format on

struct OrderItem {
  std::int64_t id;
  std::optional<std::int64_t> user_id;
};
// clang-format off
INSTAR_MODEL(OrderItem, "order_items",
             (id, primary_key),
             (user_id, references(&User::id).on_delete(cascade)))
// clang-format on

// clang-format off
inline constexpr auto schema = instar::schema<OrderItem, User>(
    instar::view("emails", R"(SELECT "email"
FROM users)"));
// clang-format on

}  // namespace app
)header");
  compile(b.done());
}

TEST_CASE("every type has a field that says it") {
  builder b;
  const std::array<enum_value, 1> labels{{{.label = "x"}}};
  const std::array<enumeration, 1> enums{{{.schema = "paint", .name = "colour", .values = labels, .comment = "why"}}};
  b.view.enumerations = enums;
  std::vector<column> all;
  std::vector<std::string> names;
  names.reserve(400);
  const auto add = [&](const column_type& type) {
    names.push_back("c" + std::to_string(all.size()));
    all.push_back({.name = names.back(), .type = type, .nullable = all.size() % 2 == 1});
  };
  for (int kind = 1; kind <= static_cast<int>(type_kind::tsvector); ++kind)
    for (const int dimensions : {0, 2})
      add({.kind = static_cast<type_kind>(kind), .dimensions = dimensions});
  for (const type_kind kind : {type_kind::varchar, type_kind::character, type_kind::bit, type_kind::varbit,
                               type_kind::time, type_kind::timetz, type_kind::timestamp, type_kind::timestamptz})
    for (const int length : {0, 3, 6})
      if (length != 0 || kind >= type_kind::time)
        add({.kind = kind, .length = length});
  add({.kind = type_kind::interval, .length = 3});
  add({.kind = type_kind::interval, .length = 3, .dimensions = 1});
  add({.kind = type_kind::numeric, .length = 12, .scale = 2});
  add({.kind = type_kind::numeric, .length = 12, .scale = 0});
  add({.kind = type_kind::numeric, .length = 12});
  add({.kind = type_kind::custom, .custom = "geometry(Point, 4326)"});
  add({.kind = type_kind::enumeration, .values = enums.data()});
  add({.kind = type_kind::enumeration, .dimensions = 1, .values = enums.data()});
  b.tables.push_back({.schema = "paint", .name = "things", .columns = all});
  compile(b.done());
}

TEST_CASE("everything that is said of columns and tables arrives in the schema") {
  builder b;
  table& t = b.add(
      "things",
      {{.name = "least", .type = bigint, .initial = {.kind = default_kind::integer, .integer = INT64_MIN}},
       {.name = "x", .type = {.kind = type_kind::double_precision}, .initial = {.kind = default_kind::real, .real = 2}},
       {.name = "on", .type = {.kind = type_kind::boolean}, .initial = {.kind = default_kind::boolean, .integer = 1}},
       {.name = "at", .type = {.kind = type_kind::timestamptz}, .initial = {.kind = default_kind::now}},
       {.name = "twice", .type = bigint, .generated = generated_kind::stored, .generated_as = "least * 2"},
       {.name = "never", .type = bigint, .generated = generated_kind::virtual_column, .generated_as = "1"},
       {.name = "s", .type = text, .collation = "C", .comment = "line\nline"},
       {.name = "n", .type = bigint, .identity = identity_kind::always},
       {.name = "during", .type = {.kind = type_kind::custom, .custom = "tsrange"}}});
  t.primary_key.name = "the_key";
  t.primary_key.deferral = deferral::initially_immediate;
  t.uniques = b.list<key>({{.name = "things_s_n_key",
                            .columns = b.names({"s", "n"}),
                            .nulls_not_distinct = true,
                            .deferral = deferral::initially_deferred},
                           {.name = "one_s", .columns = b.names({"s"})}});
  t.checks = b.list<check>({{.name = "things_n_check", .expression = "n > 0"},
                            {.name = "things_check", .expression = "n > least"},
                            {.name = "things_check1", .expression = "least < 'x\"'"},
                            {.name = "positive", .expression = "x > 0"}});
  t.indexes = b.list<instar::index>(
      {{.name = "things_n_idx", .parts = b.list<index_part>({{.text = "n"}})},
       {.name = "things_expr_s_key",
        .parts = b.list<index_part>({{.text = "lower(s)", .expression = true},
                                     {.text = "s",
                                      .descending = true,
                                      .nulls = null_order::last,
                                      .collation = "C",
                                      .operator_class = "text_pattern_ops"}}),
        .unique = true,
        .nulls_not_distinct = true,
        .where = "n > 0",
        .include = b.names({"x", "on"})},
       {.name = "by_x", .parts = b.list<index_part>({{.text = "x", .nulls = null_order::first}}), .method = "brin"}});
  t.exclusions = b.list<exclusion>({{.name = "things_during_excl",
                                     .parts = b.list<index_part>({{.text = "during", .with_operator = "&&"}}),
                                     .where = "n > 0",
                                     .deferral = deferral::initially_deferred}});
  t.comment = "all of it";
  table& pair = b.add("pairs", {{.name = "s", .type = text}, {.name = "n", .type = bigint}});
  pair.foreign_keys = b.list<foreign_key>({{.name = "pairs_s_n_fkey",
                                            .columns = b.names({"s", "n"}),
                                            .target_table = "things",
                                            .target_columns = b.names({"s", "n"}),
                                            .on_delete = referential_action::restrict_action,
                                            .on_update = referential_action::set_default},
                                           {.name = "itself",
                                            .columns = b.names({"n"}),
                                            .target_table = "pairs",
                                            .target_columns = b.names({"id"}),
                                            .on_update = referential_action::set_null,
                                            .deferral = deferral::initially_immediate}});
  const std::array<extension_object, 2> extensions{
      {{.name = "pg_trgm"}, {.name = "hstore", .schema = "tools", .version = "1.8"}}};
  const std::array<sequence_object, 3> sequences{
      {{.name = "plain"},
       {.schema = "s", .name = "far", .start = -5, .increment = -1},
       {.name = "do.t", .type = type_kind::smallint, .start = 2, .increment = 3, .cache = 4, .cycle = true}}};
  const std::array<instar::index, 1> of_view{
      {{.name = "v_idx",
        .parts = b.list<index_part>({{.text = "a"}, {.text = "b + 1", .expression = true, .descending = true}}),
        .unique = true,
        .nulls_not_distinct = true,
        .method = "gist",
        .where = "a > 0"}}};
  const std::array<view_object, 2> views{
      {{.name = "v", .query = "SELECT 1 AS a, 2 AS b", .materialized = true, .indexes = of_view, .comment = "it\"s"},
       {.schema = "s", .name = "w", .query = "SELECT ')\"'"}}};
  const std::array<raw_object, 3> raws{
      {{.kind = "function", .name = "f()", .create = "f", .drop = "g", .placement = placement::before_tables},
       {.kind = "trigger", .name = "t", .create = "a\nb", .drop = "c"},
       {.kind = "domain", .name = "d", .create = ")\" \"", .drop = "\\", .placement = placement::before_indexes}}};
  b.view.extensions = extensions;
  b.view.sequences = sequences;
  b.view.views = views;
  b.view.raw_objects = raws;
  const std::string header = b.header();
  CHECK(contains(header, "(n, identity_always, index, check(\"n > 0\"))"));
  CHECK(contains(header, "check(\"n > least\"),"));
  CHECK(contains(header, "check(\"x > 0\").named(\"positive\")"));
  CHECK(contains(header, "primary_key(&Thing::id).deferrable().named(\"the_key\")"));
  CHECK(cli::detail::expressible(b.done(), postgres).view().raw_objects.size() == raws.size());
  compile(b.done());
}

TEST_CASE("SQLite's tables keep their options, and their columns the words of their types") {
  builder b;
  table& t = b.add("cells", {{.name = "a", .type = {.kind = type_kind::custom, .custom = "tinyint(1)"}},
                             {.name = "b", .type = {.kind = type_kind::custom, .custom = "nvarchar(8)"}},
                             {.name = "c", .type = {.kind = type_kind::custom}},
                             {.name = "d", .type = {.kind = type_kind::custom, .custom = "FLOAT"}}});
  t.options = "WITHOUT ROWID, STRICT";
  const std::string header = b.header(sqlite);
  for (const char* field : {"std::int64_t a;", "std::string b;", "std::vector<std::byte> c;", "double d;"})
    CHECK(contains(header, field));
  CHECK(contains(header, "options(\"WITHOUT ROWID, STRICT\")"));
  compile(b.done(), sqlite);
}

TEST_CASE("hostile names and texts stay in their literals") {
  const std::array<std::string_view, 14> texts{"a\"b",       "a\\",    "x\"); } int injected = 1; //",
                                               "line\nnext", "cr\rlf", ")sql\"",
                                               "\?\?/",      "*/ /*",  "#define x",
                                               "Größe",      "🦋",   "\xE2\x80\xAE",
                                               "__builtin",  " "};
  builder b;
  std::vector<enum_value> labels;
  for (const std::string_view hostile : texts)
    labels.push_back({.label = hostile});
  const std::array<enumeration, 1> enums{{{.name = "e\"); }", .values = labels, .comment = texts[2]}}};
  b.view.enumerations = enums;
  std::vector<view_object> views;
  std::vector<raw_object> raws;
  std::vector<column> columns;
  for (const std::string_view hostile : texts) {
    columns.push_back({.name = hostile,
                       .type = text,
                       .initial = {.kind = default_kind::text, .text = hostile},
                       .collation = hostile,
                       .comment = hostile});
    b.add(hostile).comment = hostile;
    b.tables.back().checks = b.list<check>({{.name = hostile, .expression = hostile}});
    views.push_back({.schema = "v", .name = hostile, .query = hostile, .comment = hostile});
    raws.push_back({.kind = hostile, .name = hostile, .create = hostile, .drop = hostile});
  }
  columns.push_back({.name = "e", .type = {.kind = type_kind::enumeration, .values = enums.data()}});
  b.tables.push_back({.name = "all", .columns = columns});
  b.view.views = views;
  b.view.raw_objects = raws;
  CHECK_FALSE(contains(b.header(), "\r"));
  compile(b.done());
}

TEST_CASE("names that mean something to C++ get an underscore, and the column its own") {
  builder b;
  std::vector<column> columns;
  for (const std::string_view name :
       {"int",   "NULL",   "EOF",   "errno",       "stdin",    "linux",   "major", "assert",    "INT_MAX",
        "std",   "instar", "int_",  "Thing",       "__x",      "_Y",      "a b",   "a_b",       "a-b",
        "2fa",   "naïve",  "model", "value",       "values",   "columns", "index", "unique",    "text",
        "field", "visit",  "type",  "instar_call", "place_of", "class",   "",      "table_name"})
    if (!name.empty())
      columns.push_back({.name = name, .type = bigint});
  b.tables.push_back({.name = "things", .columns = columns});
  b.add("thing");
  b.add("2things");
  b.add("switch");
  const std::string header = b.header();
  CHECK(contains(header, "(int_, column(\"int\"))"));
  CHECK(contains(header, "(NULL_, column(\"NULL\"))"));
  CHECK(contains(header, "(value)"));
  compile(b.done());
}

TEST_CASE("tables that reference each other are declared before their models") {
  builder b;
  b.add("a", {{.name = "b", .type = bigint}}).foreign_keys = b.list<foreign_key>({b.reference("a_b_fkey", "b", "b")});
  b.add("b", {{.name = "c", .type = bigint}}).foreign_keys = b.list<foreign_key>({b.reference("b_c_fkey", "c", "c")});
  b.add("c", {{.name = "a", .type = bigint}}).foreign_keys =
      b.list<foreign_key>({b.reference("c_a_fkey", "a", "a"), b.reference("self", "id", "c")});
  compile(b.done());
}

TEST_CASE("a table in another schema is called by its own name, or by both where that is taken") {
  builder b;
  b.add("users");
  b.add("users").schema = "auth";
  b.add("tokens").schema = "auth";
  const std::string header = b.header();
  CHECK(contains(header, "INSTAR_MODEL(User, \"users\""));
  CHECK(contains(header, "INSTAR_MODEL(AuthUser, \"auth.users\""));
  CHECK(contains(header, "INSTAR_MODEL(Token, \"auth.tokens\""));
}

TEST_CASE("what models cannot say is raw, and nothing is lost") {
  builder b;
  b.add("dotted.name", {{.name = "x", .type = bigint}}).indexes =
      b.list<instar::index>({{.name = "i", .parts = b.list<index_part>({{.text = "x"}})}});
  b.tables.back().comment = "dots";
  b.tables.push_back({.name = "empty"});
  b.add("target", {{.name = "loose", .type = bigint}});
  b.add("source", {{.name = "other", .type = {.kind = type_kind::integer}}, {.name = "d", .type = bigint}})
      .foreign_keys =
      b.list<foreign_key>({b.reference("other_type", "other", "target"), b.reference("raw_target", "d", "dotted.name"),
                           b.reference("good", "d", "target")});
  b.tables.back().checks = b.list<check>({{.name = "good", .expression = "d > 0"}});
  const std::array<enum_value, 1> labels{{{.label = "x"}}};
  const std::array<enumeration, 2> enums{{{.name = "unused", .values = labels}, {.name = "without_values"}}};
  b.view.enumerations = enums;
  const owned_schema said = cli::detail::expressible(b.done(), postgres);
  REQUIRE(said.view().tables.size() == 2);
  CHECK(said.view().tables[1].foreign_keys.empty());
  std::string names;
  std::string create;
  for (const raw_object& raw : said.view().raw_objects) {
    names += std::string{raw.kind} + " " + std::string{raw.name} + "\n";
    create += std::string{raw.create} + "\n";
    CHECK_FALSE(raw.drop.empty());
  }
  CHECK(names ==
        "enum unused\nenum without_values\ntable dotted.name\nindex dotted.name.i\ncomment dotted.name\ntable empty\n"
        "constraint source.good\nconstraint source.other_type\nconstraint source.raw_target\n");
  CHECK(contains(create, "CREATE TYPE \"unused\" AS ENUM ('x')"));
  CHECK(contains(create, "CREATE INDEX \"i\" ON \"dotted.name\" (\"x\")"));
  CHECK(contains(create, "ALTER TABLE \"source\" ADD CONSTRAINT \"other_type\" FOREIGN KEY (\"other\")"));
  compile(b.done());
}

TEST_CASE("SQLite's constraints cannot stand alone: the table is raw with them") {
  builder b;
  b.add("parent", {{.name = "code", .type = text, .nullable = true}});
  b.tables.back().primary_key.columns = b.names({"code"});
  b.add("child", {{.name = "code", .type = text}}).foreign_keys =
      b.list<foreign_key>({{.name = "child_code_fkey",
                            .columns = b.names({"code"}),
                            .target_table = "parent",
                            .target_columns = b.names({"code"})}});
  const owned_schema said = cli::detail::expressible(b.done(), sqlite);
  CHECK(said.view().tables.empty());
  REQUIRE(said.view().raw_objects.size() == 2);
  CHECK(contains(said.view().raw_objects[1].create, "FOREIGN KEY (\"code\") REFERENCES \"parent\" (\"code\")"));
  compile(b.done(), sqlite);
}

TEST_CASE("SQLite's columns of different types may reference each other") {
  builder b;
  b.add("parent");
  b.add("child", {{.name = "parent", .type = text}}).foreign_keys =
      b.list<foreign_key>({b.reference("child_parent_fkey", "parent", "parent")});
  const std::string header = b.header(sqlite);
  CHECK(contains(header, "(parent, type(\"TEXT\"), references(&Parent::id))"));
  compile(b.done(), sqlite);
}

TEST_CASE("more objects than clang folds are no problem") {
  builder b;
  std::vector<raw_object> raws;
  std::vector<std::string> names;
  names.reserve(400);
  for (int i = 0; i < 400; ++i) {
    names.push_back("f" + std::to_string(i));
    raws.push_back({.kind = "function", .name = names.back(), .create = "c", .drop = "d"});
  }
  b.view.raw_objects = raws;
  compile(b.done(), postgres, "static_assert(instar::view_of<app::schema>.raw_objects.size() == 400);\n");
}

TEST_CASE("an empty database is an empty schema") {
  builder b;
  CHECK(contains(b.header(), "inline constexpr auto schema = instar::schema<>();"));
  compile(b.done());
}

TEST_CASE("another pull keeps the names that were given by hand") {
  builder b;
  const std::array<enum_value, 2> labels{{{.label = "a b"}, {.label = "c"}}};
  const std::array<enumeration, 1> enums{{{.name = "mood", .values = labels}}};
  b.view.enumerations = enums;
  b.add("people", {{.name = "full_name", .type = text},
                   {.name = "mood", .type = {.kind = type_kind::enumeration, .values = enums.data()}},
                   {.name = "fresh", .type = text}});
  const std::string previous = R"(
    // INSTAR_MODEL(Wrong, "people", (wrong, column("full_name")))
    #define INSTAR_MODEL(A, B)
    enum class Feeling { fine, c };
    INSTAR_ENUM((Feeling, "mood", comment("x, (y")), (fine, "a b"), c)
    INSTAR_MODEL(Customer, "peo" "ple", (id, primary_key /* , column("full_name") */),
                 (called, check("a, \")(\" b"), column("full_name")), (feeling, column("mood")),
                 index(&Customer::called), comment(R"x(INSTAR_MODEL(Y, "people"))x")))";
  const std::string header = b.header(postgres, previous);
  CHECK(contains(header, "INSTAR_MODEL(Customer, \"people\""));
  CHECK(contains(header, "(called, column(\"full_name\"))"));
  CHECK(contains(header, "(feeling, column(\"mood\"))"));
  CHECK(contains(header, "(fresh)"));
  CHECK(contains(header, "INSTAR_ENUM((Feeling, \"mood\"), (fine, \"a b\"), c)"));
  CHECK(b.header(postgres, header) == header);
  CHECK(contains(b.header(postgres, "namespace shop::models {\n" + previous), "namespace shop::models {\n"));
}

TEST_CASE("an earlier header that is no C++ does no harm") {
  builder b;
  b.add("users");
  const std::string header = b.header();
  for (const char* broken : {"INSTAR_MODEL", "INSTAR_MODEL(", "INSTAR_MODEL(User, \"users", "INSTAR_MODEL(,)",
                             "INSTAR_ENUM((", "R\"", "R\"x(", "/*", "'", "\"\\", "INSTAR_MODEL(int, \"users\", (id))",
                             "INSTAR_MODEL(User; int x, \"users\", (id; int y))"})
    CHECK(b.header(postgres, broken) == header);
}

TEST_CASE("class names are singular where the English ending says so") {
  const auto name = [](std::string_view table) { return cli::detail::class_name(table, true); };
  CHECK(name("users") == "User");
  CHECK(name("order_items") == "OrderItem");
  CHECK(name("categories") == "Category");
  CHECK(name("addresses") == "Address");
  CHECK(name("boxes") == "Box");
  CHECK(name("status") == "Status");
  CHECK(name("statuses") == "Status");
  CHECK(name("analysis") == "Analysis");
  CHECK(name("people") == "Person");
  CHECK(name("UserRoles") == "UserRole");
  CHECK(name("USERS") == "User");
  CHECK(name("HTTPServers") == "HttpServer");
  CHECK(name("2fa_tokens") == "T2faToken");
  CHECK(name("v1_2") == "V1_2");
  CHECK(name("größe") == "GrE");
  CHECK(name("") == "T");
}

TEST_CASE("an enum's derived name is the one that INSTAR_ENUM derives") {
  const auto derived = [](const auto& name) {
    return std::string{instar::detail::snake_case<sizeof name>{name}.view()};
  };
  CHECK(cli::detail::snake_name("UserRole") == derived("UserRole"));
  CHECK(cli::detail::snake_name("HTTPServer") == derived("HTTPServer"));
  CHECK(cli::detail::snake_name("A_B") == derived("A_B"));
  CHECK(cli::detail::snake_name("XY") == derived("XY"));
  CHECK(cli::detail::snake_name("aXYz1B") == derived("aXYz1B"));
}
