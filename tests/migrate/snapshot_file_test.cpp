#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

#include <instar/migrate/snapshot_file.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace {

using namespace std::literals;

/// Where the members of an object are, in the order of the visit.
struct member_places {
  std::vector<const void*> at{};
  void operator()(const char*, const auto& member) { at.push_back(&member); }
};

template <class Value>
bool same(const Value& a, const Value& b);

template <class Object>
bool same_members(Object a, Object b) {
  member_places places;
  instar::detail::visit_members(b, places);
  std::size_t n = 0;
  bool all = true;
  const auto compare = [&](const char*, const auto& member) {
    all = same(member, *static_cast<decltype(&member)>(places.at[n++])) && all;
  };
  instar::detail::visit_members(a, compare);
  return all;
}

/// Whether two schema values say the same, member by member, however deep.
template <class Value>
bool same(const Value& a, const Value& b) {
  if constexpr (std::is_same_v<Value, double>)
    return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
  else if constexpr (std::is_same_v<Value, const instar::enumeration*>)
    return (a == nullptr) == (b == nullptr) && (a == nullptr || same(*a, *b));
  else if constexpr (std::is_arithmetic_v<Value> || std::is_enum_v<Value> || std::is_same_v<Value, std::string_view>)
    return a == b;
  else if constexpr (requires { a.size(); })
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) { return same(x, y); });
  else if constexpr (std::is_same_v<Value, instar::snapshot>)
    return same(a.schema, b.schema) && same(a.migrations, b.migrations) && a.dialect == b.dialect;
  else if constexpr (std::is_same_v<Value, instar::migration_record>)
    return a.name == b.name && a.checksum == b.checksum;
  else if constexpr (std::is_same_v<Value, instar::schema_view>)  // whose text leaves out what has one of its own
    return same(a.tables, b.tables) && same(a.enumerations, b.enumerations) && same_members(a, b);
  else if constexpr (std::is_same_v<Value, instar::table>)
    return a.content_hash == b.content_hash && same_members(a, b);
  else
    return same_members(a, b);
}

/// A schema that has something in every member of every struct.
struct full_schema {
  std::array<instar::enum_value, 2> labels{{{.label = "member"}, {.label = "admin", .renamed_from = "root"}}};
  std::array<instar::enumeration, 1> enumerations{
      {{.schema = "app", .name = "role", .values = labels, .comment = "who", .renamed_from = "kind"}}};
  std::array<std::string_view, 1> id{"id"};
  std::array<std::string_view, 2> pair{"tenant", "email"};
  std::array<instar::column, 6> columns{
      {{.name = "id",
        .type = {.kind = instar::type_kind::bigint},
        .primary_key = true,
        .identity = instar::identity_kind::by_default},
       {.name = "email",
        .type = {.kind = instar::type_kind::varchar, .length = 200, .dimensions = 1},
        .nullable = true,
        .unique = true,
        .initial = {.kind = instar::default_kind::text, .text = "it's"},
        .collation = "C",
        .comment = "line one\nline two",
        .renamed_from = "mail"},
       {.name = "role",
        .type = {.kind = instar::type_kind::enumeration, .values = enumerations.data()},
        .updated_at = true},
       {.name = "price",
        .type = {.kind = instar::type_kind::numeric, .length = 10, .scale = 2},
        .initial = {.kind = instar::default_kind::real, .real = -0.1}},
       {.name = "lowest",
        .type = {.kind = instar::type_kind::custom, .custom = "int8range"},
        .initial = {.kind = instar::default_kind::integer, .integer = std::numeric_limits<std::int64_t>::min()}},
       {.name = "twice",
        .type = {.kind = instar::type_kind::integer},
        .generated = instar::generated_kind::stored,
        .generated_as = "id * 2"}}};
  std::array<instar::key, 1> uniques{{{.name = "users_pair_key",
                                       .columns = pair,
                                       .nulls_not_distinct = true,
                                       .deferral = instar::deferral::initially_deferred}}};
  std::array<instar::foreign_key, 1> foreign_keys{{{.name = "users_id_fkey",
                                                    .columns = id,
                                                    .target_schema = "app",
                                                    .target_table = "users",
                                                    .target_columns = id,
                                                    .on_delete = instar::referential_action::cascade,
                                                    .on_update = instar::referential_action::set_null,
                                                    .deferral = instar::deferral::initially_immediate}}};
  std::array<instar::check, 1> checks{{{.name = "users_check", .expression = "email <> ''"}}};
  std::array<instar::index_part, 2> parts{{{.text = "lower(email)",
                                            .expression = true,
                                            .descending = true,
                                            .nulls = instar::null_order::last,
                                            .collation = "C",
                                            .operator_class = "text_pattern_ops",
                                            .with_operator = "&&"},
                                           {.text = "id"}}};
  std::array<instar::exclusion, 1> exclusions{{{.name = "users_excl",
                                                .parts = parts,
                                                .method = "gist",
                                                .where = "id > 0",
                                                .deferral = instar::deferral::initially_deferred}}};
  std::array<instar::index, 1> indexes{{{.name = "users_email_idx",
                                         .parts = parts,
                                         .unique = true,
                                         .nulls_not_distinct = true,
                                         .method = "gin",
                                         .where = "id > 0",
                                         .include = pair}}};
  std::array<instar::table, 2> tables{{{.schema = "app",
                                        .name = "users",
                                        .columns = columns,
                                        .primary_key = {.name = "users_pkey", .columns = id},
                                        .uniques = uniques,
                                        .foreign_keys = foreign_keys,
                                        .checks = checks,
                                        .exclusions = exclusions,
                                        .indexes = indexes,
                                        .comment = "people",
                                        .renamed_from = "accounts",
                                        .content_hash = 0xFEDCBA9876543210ull},
                                       {.name = "empty"}}};
  std::array<instar::extension_object, 1> extensions{{{.name = "pg_trgm", .schema = "public", .version = "1.6"}}};
  std::array<instar::sequence_object, 1> sequences{{{.schema = "app",
                                                     .name = "numbers",
                                                     .type = instar::type_kind::integer,
                                                     .start = 5,
                                                     .increment = -1,
                                                     .cache = 10,
                                                     .cycle = true}}};
  std::array<instar::view_object, 1> views{{{.schema = "app",
                                             .name = "active",
                                             .query = "SELECT *\nFROM users\nWHERE role = 'admin'\n",
                                             .materialized = true,
                                             .indexes = indexes,
                                             .comment = "busy"}}};
  std::array<instar::raw_object, 1> raw_objects{{{.kind = "function",
                                                  .name = "f",
                                                  .create = "CREATE FUNCTION f() …",
                                                  .drop = "DROP FUNCTION f",
                                                  .placement = instar::placement::before_tables}}};
  std::array<instar::migration_record, 2> records{
      {{.name = "20240101000000_init", .checksum = "00ff"}, {.name = "20240102000000_next", .checksum = "11ee"}}};

  [[nodiscard]] instar::snapshot view() const {
    return {{tables, enumerations, extensions, sequences, views, raw_objects}, records, instar::sqlite};
  }
};

instar::snapshot one_column(std::string_view column_name, std::string_view comment) {
  static std::array<instar::column, 1> columns;
  static std::array<instar::table, 1> tables;
  columns = {{{.name = column_name, .type = {.kind = instar::type_kind::text}, .comment = comment}}};
  tables = {{{.name = column_name, .columns = columns, .comment = comment}}};
  return {.schema = {.tables = tables}};
}

std::string thrown(std::string_view header) {
  try {
    (void)instar::parse_snapshot("m/snapshot.hpp", header);
  } catch (const instar::migration_error& error) {
    REQUIRE(error.location());
    return std::string{error.code()} + " " + error.location()->file + ":" + std::to_string(error.location()->line) +
           ":" + std::to_string(error.location()->column) + " " + error.message();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("a snapshot with something in every member comes back as it was") {
  const full_schema schema;
  const std::string header = instar::snapshot_header(schema.view());
  const instar::owned_snapshot read = instar::parse_snapshot("snapshot.hpp", header);
  CHECK(same(read.view(), schema.view()));
  CHECK(instar::snapshot_header(read.view()) == header);
}

TEST_CASE("a copied schema is the original and stands on its own") {
  const full_schema schema;
  instar::owned_schema copy = instar::copy_schema(schema.view().schema);
  CHECK(same(copy.view(), schema.view().schema));
  CHECK(copy.view().tables[0].columns[2].type.values == &copy.view().enumerations[0]);
  CHECK(copy.view().tables[0].name.data() != schema.tables[0].name.data());
  const instar::owned_schema moved = std::move(copy);
  CHECK(same(moved.view(), schema.view().schema));
}

TEST_CASE("an empty snapshot comes back empty") {
  const std::string header = instar::snapshot_header({});
  CHECK(header.find("inline constexpr instar::stored_snapshot snapshot{.dialect = instar::dialect::postgres};") !=
        std::string::npos);
  const instar::owned_snapshot read = instar::parse_snapshot("snapshot.hpp", header);
  CHECK(same(read.view(), instar::snapshot{}));
}

TEST_CASE("a snapshot has one column a line and leaves defaults out") {
  const std::string header = instar::snapshot_header(full_schema{}.view());
  CHECK(header.find("\n    {name=id type={kind=bigint} primary_key identity=by_default}\n") != std::string::npos);
  CHECK(header.find("#include <instar/instar.hpp>\n") != std::string::npos);
  CHECK(header.find("namespace migrations {\n") != std::string::npos);
}

TEST_CASE("adding a table leaves the lines of the others as they are") {
  const full_schema schema;
  std::vector<instar::table> more{{.name = "before", .content_hash = 1}};
  more.insert(more.end(), schema.tables.begin(), schema.tables.end());
  instar::snapshot grown = schema.view();
  grown.schema.tables = more;
  std::istringstream old_lines{instar::snapshot_header(schema.view())};
  std::string lines = instar::snapshot_header(grown);
  std::size_t missing = 0;
  for (std::string line; std::getline(old_lines, line);)
    missing += lines.find(line + "\n") == std::string::npos ? 1 : 0;
  CHECK(missing == 0);
}

TEST_CASE("hostile names and texts neither break the header nor get out of their literal") {
  const auto text = GENERATE(as<std::string>{}, "a\"b", "a\\", "a\\\"", "line\nnext", "cr\rlf\r\n", ")instar\"", "R\"(",
                             "\?\?/\"; int injected = 1; //", "\?\?\?=", "*/", "// \\", "#define x", "int", "a b",
                             "1st", "__builtin", "ÿ", "naïve Größe 名前 🦋", "\xFF\xFE", "\xC3", "\xED\xA0\x80",
                             "bidi \xE2\x80\xAE reversed", "\xEF\xBB\xBF bom", "tab\t", "bell\a", "\x7F", "\n", "\n\n",
                             "?", "??", "\"\n\"", "\\n", "\\101", "}; } namespace x {", "%s", "0", "<<<<<<< ours");
  const std::string header = instar::snapshot_header(one_column(text, text));
  CAPTURE(header);
  const instar::owned_snapshot read = instar::parse_snapshot("snapshot.hpp", header);
  CHECK(same(read.view(), one_column(text, text)));
  CHECK(header.find("\?\?") == std::string::npos);
  CHECK(header.find('\r') == std::string::npos);
}

TEST_CASE("a NUL in a text comes back") {
  const std::string text{"a\0b\0", 4};
  const std::string header = instar::snapshot_header(one_column("c", text));
  CHECK(header.find("a\\000b\\000") != std::string::npos);
  CHECK(same(instar::parse_snapshot("snapshot.hpp", header).view(), one_column("c", text)));
}

TEST_CASE("special numbers come back") {
  const auto real = GENERATE(1e300, 5e-324, 0.1, -0.0, 1.0, std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN());
  const std::array<instar::column, 1> columns{
      {{.name = "c", .initial = {.kind = instar::default_kind::real, .real = real}}}};
  const std::array<instar::table, 1> tables{{{.name = "t", .columns = columns}}};
  const instar::snapshot written{.schema = {.tables = tables}};
  CHECK(same(instar::parse_snapshot("snapshot.hpp", instar::snapshot_header(written)).view(), written));
}

TEST_CASE("names that differ only in odd characters do not collide") {
  const std::array<instar::column, 1> columns{{{.name = "c"}}};
  const std::array<instar::table, 4> tables{{{.name = "a-b", .columns = columns},
                                             {.name = "a.b", .columns = columns},
                                             {.schema = "a", .name = "b", .columns = columns},
                                             {.name = "a_b", .columns = columns}}};
  const instar::snapshot written{.schema = {.tables = tables}};
  CHECK(same(instar::parse_snapshot("snapshot.hpp", instar::snapshot_header(written)).view(), written));
}

TEST_CASE("random schemas come back as they were") {
  const unsigned seed = std::getenv("INSTAR_TEST_SEED") != nullptr
                            ? static_cast<unsigned>(std::strtoul(std::getenv("INSTAR_TEST_SEED"), nullptr, 10))
                            : std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  instar::owned_schema owner;
  const auto text = [&] {
    std::string made;
    for (unsigned n = below(12); n != 0; --n)
      made += static_cast<char>(static_cast<unsigned char>(below(256)));
    return owner.text(made);
  };
  const auto names = [&] {
    std::vector<std::string_view> made;
    for (unsigned n = below(3); n != 0; --n)
      made.push_back(text());
    return owner.array(made);
  };
  std::vector<instar::table> tables;
  for (unsigned t = 0; t != 30; ++t) {
    std::vector<instar::column> columns;
    for (unsigned n = below(6); n != 0; --n)
      columns.push_back(
          {.name = text(),
           .type = {.kind = static_cast<instar::type_kind>(below(30)), .length = static_cast<int>(below(9)) - 1},
           .nullable = below(2) == 0,
           .initial = {.kind = static_cast<instar::default_kind>(below(7)),
                       .integer = static_cast<std::int64_t>(random()) - 99,
                       .real = static_cast<double>(random()) / 7,
                       .text = text()},
           .comment = text()});
    std::vector<instar::key> keys;
    for (unsigned n = below(3); n != 0; --n)
      keys.push_back({.name = text(), .columns = names()});
    tables.push_back({.schema = text(),
                      .name = text(),
                      .columns = owner.array(columns),
                      .uniques = owner.array(keys),
                      .content_hash = (std::uint64_t{random()} << 32U) | random()});
  }
  owner.set({.tables = owner.array(tables)});
  const instar::snapshot written{.schema = owner.view()};
  CHECK(same(instar::parse_snapshot("snapshot.hpp", instar::snapshot_header(written)).view(), written));
}

TEST_CASE("a snapshot in an unfinished merge is called that") {
  const std::string said =
      thrown("#pragma once\nnamespace migrations {\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> topic\n}\n");
  CHECK(said.starts_with("INS4061 m/snapshot.hpp:3:1 "));
}

TEST_CASE("a broken snapshot is refused with its place") {
  CHECK(thrown("") ==
        "INS4060 m/snapshot.hpp:1:1 The snapshot cannot be read: It defines no `instar::stored_snapshot snapshot`.");
  CHECK(thrown("namespace migrations {\n").starts_with("INS4060 m/snapshot.hpp:2:1 "));
  CHECK(thrown("}").find("closes nothing") != std::string::npos);
  CHECK(thrown("int x;").starts_with("INS4060 m/snapshot.hpp:1:1 "));
  const auto with = [](std::string_view members) {
    return thrown("inline constexpr instar::stored_snapshot snapshot{" + std::string{members});
  };
  CHECK(with("").find("is missing") != std::string::npos);
  CHECK(with("\n  .colour = 1};").starts_with("INS4060 m/snapshot.hpp:2:13 "));
  CHECK(with(".migrations = nowhere};").find("`nowhere` is no instar::migration_record") != std::string::npos);
  CHECK(with(".objects = 3};").find("A text is expected") != std::string::npos);
  CHECK(with(".dialect = mysql};").find("A dialect is expected") != std::string::npos);
  CHECK(with(".objects = \"a}}}};").find("no end") != std::string::npos);
  CHECK(with(".objects = R\"part({}").find("no end") != std::string::npos);
  CHECK(with(".objects = \"\\x41\"};").find("escape") != std::string::npos);
  CHECK(with(std::string(100'000, '{')).find("too deep") != std::string::npos);
  CHECK(thrown("/* never closed").find("no end") != std::string::npos);
  const auto array = [](std::string_view elements) {
    return thrown("inline constexpr instar::stored_part t[] = {\n" + std::string{elements} +
                  "};\ninline constexpr instar::stored_snapshot snapshot{.tables = t};");
  };
  CHECK(array("{\"t\"sv}").starts_with("INS4060 m/snapshot.hpp:2:1 "));
  CHECK(array("{\"t\"sv, 5, \"{}\"}").find("A number is expected") != std::string::npos);
  CHECK(array("{\"t\"sv, 0x5gull, \"{}\"}").find("A number is expected") != std::string::npos);
  CHECK(array("t").find("as instar writes it") != std::string::npos);
}

TEST_CASE("what is wrong in the text of a part is told with its place") {
  const auto in_table = [](std::string_view text) {
    return thrown("inline constexpr instar::stored_part t[] = {{\"t\"sv, 0x1ull, R\"part(" + std::string{text} +
                  ")part\"sv}};\ninline constexpr instar::stored_snapshot snapshot{.tables = t};");
  };
  CHECK(in_table("{name=t}") == "nothing");
  CHECK(in_table("{\n  colour=red}") ==
        "INS4060 m/snapshot.hpp:2:9 The snapshot cannot be read: in this text a member stands here that means nothing; "
        "a newer instar may have written it.");
  CHECK(in_table("").find("an object is expected") != std::string::npos);
  CHECK(in_table("{name}").find("a value is expected") != std::string::npos);
  CHECK(in_table("{name=}").find("a text is expected") != std::string::npos);
  CHECK(in_table("{name=\"t}").find("a text has no end") != std::string::npos);
  CHECK(in_table("{name=$t}").find("a text has no end") != std::string::npos);
  CHECK(in_table("{name=$1$t$}").find("a text has no end") != std::string::npos);
  CHECK(in_table("{columns={}}").find("a list is expected") != std::string::npos);
  CHECK(in_table("{columns=[{name=a}").find("a list has no end") != std::string::npos);
  CHECK(in_table("{columns=[{type={kind=colour}}]}").find("a word stands here that means nothing") !=
        std::string::npos);
  for (const char* number : {"x", "-", "1x", "2147483648", "-2147483649", "99999999999999999999", "\"1\""})
    CHECK(in_table("{columns=[{type={length=" + std::string{number} + "}}]}").find("a number is expected") !=
          std::string::npos);
  CHECK(in_table("{columns=[{type={length=-2147483648}} {type={length=2147483647}}]}") == "nothing");
  CHECK(in_table("{columns=[{type={enum={name=mood}}}]}").find("an enum is used that is not kept") !=
        std::string::npos);
  CHECK(in_table("{} {}").find("nothing is expected after") != std::string::npos);
}

TEST_CASE("an enum of a column comes back though the schema does not list it") {
  const std::array<instar::enum_value, 1> labels{{{.label = "calm"}}};
  const instar::enumeration mood{.schema = "app", .name = "mood", .values = labels};
  const std::array<instar::column, 1> columns{
      {{.name = "c", .type = {.kind = instar::type_kind::enumeration, .values = &mood}}}};
  const std::array<instar::table, 1> tables{{{.name = "t", .columns = columns}}};
  const instar::snapshot written{.schema = {.tables = tables}};
  const instar::owned_snapshot read = instar::parse_snapshot("snapshot.hpp", instar::snapshot_header(written));
  CHECK(same(read.view().schema.tables, written.schema.tables));
}

TEST_CASE("every prefix of a snapshot is refused, none crashes") {
  const std::string header = instar::snapshot_header(full_schema{}.view());
  for (std::size_t n = 0; n + 30 < header.size(); ++n)
    CHECK(thrown(std::string_view{header}.substr(0, n)).starts_with("INS4060"));
}

TEST_CASE("writing a snapshot replaces the file whole, and only when it changes") {
  namespace fs = std::filesystem;
  const instar_test::scratch_folder scratch;
  const fs::path& folder = scratch.path();
  CHECK_FALSE(instar::read_snapshot(folder));
  const full_schema schema;
  CHECK(instar::write_snapshot(folder, schema.view()));
  CHECK_FALSE(instar::write_snapshot(folder, schema.view()));
  CHECK(same(instar::read_snapshot(folder)->view(), schema.view()));
  CHECK(instar::write_snapshot(folder, {}));
  CHECK(std::distance(fs::directory_iterator{folder}, fs::directory_iterator{}) == 1);
}

TEST_CASE("a snapshot compiles without a warning and is the schema at compile time") {
  namespace fs = std::filesystem;
  const instar_test::scratch_folder scratch;
  const fs::path& folder = scratch.path();
  const auto write = [&](const char* name, std::string_view text) {
    std::ofstream{folder / name, std::ios::binary} << text;
  };
  write("full.hpp", instar::snapshot_header(full_schema{}.view()));
  write("full.cpp",
        "#include \"full.hpp\"\n"
        "static_assert(instar::view_of<migrations::snapshot>.table(\"app.users\").column(\"email\").unique);\n"
        "static_assert(instar::view_of<migrations::snapshot>.tables[0].content_hash == 0xFEDCBA9876543210ull);\n"
        "static_assert(instar::view_of<migrations::snapshot>.tables[0].columns[4].initial.integer == "
        "-9223372036854775807 - 1);\n"
        "static_assert(migrations::snapshot.migrations[1].name == \"20240102000000_next\");\n"
        "static_assert(migrations::snapshot.dialect == instar::sqlite);\n");
  const std::string hostile{"\"\\\n\r\t\?\?/\?\?=)instar\"\0*/ // \xFF\xED\xA0\x80 \xE2\x80\xAE ÿ名\a"sv};
  write("hostile.hpp", instar::snapshot_header(one_column(hostile, hostile)));
  write("hostile.cpp", "#include \"hostile.hpp\"\n"
                       "static_assert(instar::view_of<migrations::snapshot>.tables[0].comment.size() == " +
                           std::to_string(hostile.size()) + ");\n");
  write("empty.hpp", instar::snapshot_header({}));
  write("empty.cpp", "#include \"empty.hpp\"\nstatic_assert(instar::view_of<migrations::snapshot>.tables.empty());\n");
  const std::string huge(70'000, 'x');
  write("huge.hpp", instar::snapshot_header(one_column("t", huge)));
  write("huge.cpp",
        "#include \"huge.hpp\"\nstatic_assert(instar::view_of<migrations::snapshot>.tables[0].comment.size() == "
        "70000);\n");
  int compilers = 0;
  for (const std::string compiler : {"g++", "clang++"}) {
    if (std::system(("command -v " + compiler + " >/dev/null").c_str()) != 0)
      continue;
    ++compilers;
    for (const std::string file : {"full", "hostile", "empty", "huge"}) {
      CAPTURE(compiler, file);
      CHECK(std::system((compiler +
                         " -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only -I" +
                         INSTAR_SOURCE_DIR "/include " + (folder / (file + ".cpp")).string())
                            .c_str()) == 0);
    }
  }
  CHECK(compilers != 0);
}
