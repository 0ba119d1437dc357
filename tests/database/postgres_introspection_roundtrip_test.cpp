// A database as a value, the value's own SQL in an empty database, and nothing is lost on the way.
#include <instar/database/database.hpp>
#include <instar/database/postgres_introspection.hpp>
#include <instar/sql/script.hpp>
#include <instar/sql/sql.hpp>

#include "database/expect.hpp"
#include "support/catch.hpp"
#include "support/postgres_server.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using instar::detail::introspect_postgres;
using instar_test::scratch_database;
using test::differences;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A script without the commands of psql in it.
std::string without_psql(const std::string& script) {
  std::istringstream lines(script);
  std::string kept;
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("\\"))
      kept += line + '\n';
  return kept;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += line + '\n';
  return text;
}

/// What pg_dump knows of a database's schema, line by line in alphabetical order: that of columns and statements is not
/// compared. Empty when it fails.
std::vector<std::string> dumped(const instar::database_url& url) {
  std::string program = "pg_dump";
  if (const char* folder = std::getenv("POSTGRES_BIN"))
    program = std::string(folder) + "/pg_dump";
  const std::string command = program + " --schema-only --no-owner --dbname='" + url.libpq_text() + "' 2>&1";
  FILE* const pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  std::array<char, 65536> buffer{};
  for (std::size_t size = 0; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) != 0;)
    text.append(buffer.data(), size);
  if (::pclose(pipe) != 0)
    return {};
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    // A comma says no more than that something follows; a key to the dump changes with each.
    if (!line.empty() && line.back() == ',')
      line.pop_back();
    if (!line.empty() && !line.starts_with("--") && !line.starts_with("\\restrict") &&
        !line.starts_with("\\unrestrict"))
      lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

struct outcome {
  std::size_t modelled = 0;
  std::size_t raw = 0;
  std::vector<std::string> failed;  ///< statements that the empty database refused
  std::vector<std::string> lost;    ///< how the value that comes back differs
  std::vector<std::string> dump;    ///< how what pg_dump says differs
};

std::size_t modelled_objects(const instar::schema_view& v) {
  std::size_t count = v.enumerations.size() + v.extensions.size() + v.sequences.size() + v.views.size();
  for (const instar::view_object& view : v.views)
    count += view.indexes.size();
  for (const instar::table& t : v.tables)
    count += 1 + t.columns.size() + !t.primary_key.columns.empty() + t.uniques.size() + t.foreign_keys.size() +
             t.checks.size() + t.exclusions.size() + t.indexes.size();
  return count;
}

outcome round_trip(const scratch_database& original) {
  outcome result;
  const instar::owned_schema value = introspect_postgres(*original.open());
  result.modelled = modelled_objects(value.view());
  result.raw = value.view().raw_objects.size();
  const scratch_database copy;
  const auto db = copy.open();
  // As pg_dump: a body may name what comes after it, or be wrong.
  db->execute("SET check_function_bodies = off");
  for (const std::string& statement :
       instar::statements(instar::postgres, instar::make_plan(instar::schema_view{}, value.view()))) {
    try {
      db->execute(statement);
    } catch (const instar::database_error& error) {
      result.failed.push_back(error.message() + "\n  " + statement);
    }
  }
  const instar::owned_schema again = introspect_postgres(*db);
  result.lost = differences(value, again);
  for (const std::string& line : differences(again, value))
    result.lost.push_back(line);
  const std::vector<std::string> before = dumped(original.url());
  REQUIRE(!before.empty());  // pg_dump has to be there, and new enough for the server
  const std::vector<std::string> after = dumped(copy.url());
  std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(),
                                std::back_inserter(result.dump));
  return result;
}

/// Every member of a value as a text, so that two are the same or differ visibly.
class value_text {
 public:
  explicit value_text(const instar::schema_view& v) {
    for (const auto& e : v.enumerations) {
      put("enum", e.schema, e.name, e.comment);
      for (const auto& label : e.values)
        put(" ", label.label);
    }
    for (const auto& x : v.extensions)
      put("extension", x.name, x.schema, x.version);
    for (const auto& s : v.sequences)
      put("sequence", s.schema, s.name, int(s.type), s.start, s.increment, s.cache, s.cycle);
    for (const auto& t : v.tables)
      table(t);
    for (const auto& w : v.views) {
      put("view", w.schema, w.name, w.query, w.materialized, w.comment);
      for (const auto& i : w.indexes)
        index(i);
    }
    for (const auto& r : v.raw_objects)
      put("raw", r.kind, r.name, r.create, r.drop, int(r.placement));
  }

  [[nodiscard]] std::string text() const { return out_.str(); }

 private:
  template <class... Parts>
  void put(const Parts&... parts) {
    ((out_ << parts << '|'), ...);
    out_ << '\n';
  }
  void names(std::string_view what, std::span<const std::string_view> list) {
    out_ << what << ':';
    for (const std::string_view name : list)
      out_ << name << '|';
    out_ << '\n';
  }
  void part_list(std::span<const instar::index_part> list) {
    for (const auto& p : list)
      put(" part", p.text, p.expression, p.descending, int(p.nulls), p.collation, p.operator_class, p.with_operator);
  }
  void index(const instar::index& i) {
    put(" index", i.name, i.unique, i.nulls_not_distinct, i.method, i.where);
    part_list(i.parts);
    names(" include", i.include);
  }
  void key(std::string_view what, const instar::key& k) {
    put(what, k.name, k.nulls_not_distinct, int(k.deferral));
    names(" of", k.columns);
  }
  void table(const instar::table& t) {
    put("table", t.schema, t.name, t.comment);
    for (const auto& c : t.columns)
      put(" column", c.name, int(c.type.kind), c.type.length, c.type.scale, c.type.dimensions, c.type.custom,
          c.type.values != nullptr ? c.type.values->name : "", c.nullable, c.primary_key, c.unique, int(c.identity),
          int(c.initial.kind), c.initial.integer, c.initial.real, c.initial.text, int(c.generated), c.generated_as,
          c.collation, c.comment);
    key(" primary key", t.primary_key);
    for (const auto& k : t.uniques)
      key(" unique", k);
    for (const auto& f : t.foreign_keys) {
      put(" foreign key", f.name, f.target_schema, f.target_table, int(f.on_delete), int(f.on_update), int(f.deferral));
      names(" from", f.columns);
      names(" to", f.target_columns);
    }
    for (const auto& c : t.checks)
      put(" check", c.name, c.expression);
    for (const auto& e : t.exclusions) {
      put(" exclusion", e.name, e.method, e.where, int(e.deferral));
      part_list(e.parts);
    }
    for (const auto& i : t.indexes)
      index(i);
  }

  std::ostringstream out_;
};

std::filesystem::path sample(std::string_view name) {
  return std::filesystem::path(INSTAR_SOURCE_DIR) / "tests/database/samples" / name;
}

void load(const scratch_database& scratch, const std::string& script) {
  const auto db = scratch.open();
  db->execute("SET check_function_bodies = off; SET client_min_messages = error");
  const auto statements = instar::split_script(instar::postgres, script);
  // All at once is quicker, where it may be one transaction.
  if (instar::fits_in_transaction(statements))
    return db->execute(script);
  for (const auto& statement : statements)
    db->execute(statement.text);
}

}  // namespace

TEST_CASE("PostgreSQL: a database with one of each kind comes back whole") {
  const scratch_database original;
  load(original, read_file(sample("everything.sql")));
  outcome result = round_trip(original);
  CHECK(joined(result.failed) == "");
  CHECK(joined(result.lost) == "");
  // A password has no place in a schema.
  std::erase_if(result.dump, [](const std::string& line) {
    return line.find("password 'secret'") != std::string::npos || line.starts_with("CREATE USER MAPPING") ||
           line == ");";
  });
  CHECK(joined(result.dump) == "");
  CHECK(result.modelled > 100);
  CHECK(result.raw > 100);
}

TEST_CASE("PostgreSQL: the value of a database that was made from a value is that value, member by member") {
  const scratch_database original;
  load(original, read_file(sample("everything.sql")));
  const instar::owned_schema value = introspect_postgres(*original.open());
  const scratch_database copy;
  const auto db = copy.open();
  db->execute("SET check_function_bodies = off");
  for (const std::string& statement :
       instar::statements(instar::postgres, instar::make_plan(instar::schema_view{}, value.view())))
    db->execute(statement);
  CHECK(value_text(introspect_postgres(*db).view()).text() == value_text(value.view()).text());
}

TEST_CASE("PostgreSQL: a database can be taken back to nothing, in the order of the plan") {
  const scratch_database original;
  load(original, read_file(sample("everything.sql")));
  const auto db = original.open();
  db->execute("SET client_min_messages = error");
  const instar::owned_schema value = introspect_postgres(*db);
  std::string failed;
  for (const std::string& statement :
       instar::statements(instar::postgres, instar::make_plan(value.view(), instar::schema_view{})))
    try {
      db->execute(statement);
    } catch (const instar::database_error& error) {
      failed += error.message() + "\n  " + statement + '\n';
    }
  CHECK(failed == "");
  CHECK(joined(differences(introspect_postgres(*db), instar::owned_schema{})) == "");
}

TEST_CASE("PostgreSQL: every schema of the corpus comes back whole") {
  const char* corpus = std::getenv("INSTAR_CORPUS");
  if (corpus == nullptr)
    return;  // the sample has stood for it
  std::map<std::string, std::vector<std::filesystem::path>> schemas;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(corpus) / "pg_schemas"))
    if (const std::string name = entry.path().filename(); name.ends_with(".sql") && !name.ends_with(".dump.sql"))
      schemas[name.substr(0, name.size() - 4)] = {entry.path()};
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(corpus) / "prisma")) {
    std::vector<std::filesystem::path> scripts;
    bool postgres = false;
    for (const auto& file : std::filesystem::recursive_directory_iterator(entry.path())) {
      if (file.path().filename() == "migration.sql")
        scripts.push_back(file.path());
      if (file.path().filename() == "migration_lock.toml")
        postgres = read_file(file.path()).find("postgresql") != std::string::npos;
    }
    std::sort(scripts.begin(), scripts.end());
    if (postgres)
      schemas["prisma/" + entry.path().filename().string()] = scripts;
  }
  REQUIRE(schemas.size() > 1);
  std::cout << "schema | objects | modelled | raw | lost\n";
  for (const auto& [name, scripts] : schemas) {
    INFO(name);
    const scratch_database original;
    for (const auto& script : scripts)
      load(original, without_psql(read_file(script)));
    const outcome result = round_trip(original);
    CHECK(joined(result.failed) == "");
    CHECK(joined(result.lost) == "");
    CHECK(joined(result.dump) == "");
    std::cout << name << " | " << result.modelled + result.raw << " | " << result.modelled << " | " << result.raw
              << " | " << result.failed.size() + result.lost.size() + result.dump.size() << '\n';
  }
}
