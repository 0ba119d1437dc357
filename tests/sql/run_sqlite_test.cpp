#include "sql/run_pairs.hpp"
#include "support/catch.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// The SQL of every pair of schemas, run on SQLite: rows survive, and what a migration makes is what a fresh database
// has.

namespace {

using instar_test::difference;
using instar_test::schema_pair;

/// A database in memory, straight through SQLite's own interface.
class memory_database {
 public:
  memory_database() {
    if (sqlite3_open(":memory:", &handle_) != SQLITE_OK)
      throw std::runtime_error("no database in memory");
    run("PRAGMA foreign_keys = ON");
  }
  memory_database(const memory_database&) = delete;
  memory_database& operator=(const memory_database&) = delete;
  ~memory_database() { sqlite3_close(handle_); }

  void run(std::string_view sql) {
    const std::string text(sql);
    char* message = nullptr;
    if (sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, &message) != SQLITE_OK) {
      const std::string what = std::string(message) + "\nin: " + text;
      sqlite3_free(message);
      throw std::runtime_error(what);
    }
  }

  template <class Statements>
  void run_all(const Statements& statements) {
    for (const auto& statement : statements)
      run(statement);
  }

  /// The rows of a query, `a|b`, one a line.
  std::string rows(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
      throw std::runtime_error(std::string(sqlite3_errmsg(handle_)) + "\nin: " + std::string(sql));
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> owner(statement, sqlite3_finalize);
    std::string all;
    int result = SQLITE_ROW;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
      if (!all.empty())
        all += '\n';
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const unsigned char* text = sqlite3_column_text(statement, i);
        all += (i == 0 ? "" : "|");
        all += text == nullptr ? "" : reinterpret_cast<const char*>(text);
      }
    }
    if (result != SQLITE_DONE)
      throw std::runtime_error(std::string(sqlite3_errmsg(handle_)) + "\nin: " + std::string(sql));
    return all;
  }

 private:
  sqlite3* handle_ = nullptr;
};

std::string trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(" \n"));
  text.erase(text.find_last_not_of(" \n") + 1);
  return text;
}

/// The parts of CREATE TABLE's list in any order: a column that ALTER TABLE added stands last.
std::string sorted_parts(const std::string& sql) {
  const std::size_t open = sql.find('(');
  if (sql.rfind("CREATE TABLE", 0) != 0 || open == std::string::npos)
    return sql;
  std::vector<std::string> parts(1);
  int depth = 0;
  char quote = 0;
  std::size_t i = open + 1;
  for (; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote != 0)
      quote = c == quote ? '\0' : quote;
    else if (c == '\'' || c == '"')
      quote = c;
    else if (c == '(')
      ++depth;
    else if (c == ')' && --depth < 0)
      break;
    else if (c == ',' && depth == 0) {
      parts.emplace_back();
      continue;
    }
    parts.back() += c;
  }
  for (std::string& part : parts)
    part = trimmed(part);
  std::sort(parts.begin(), parts.end());
  std::string all = sql.substr(0, open);
  for (const std::string& part : parts)
    all += "\n  " + part;
  return all + sql.substr(i);
}

/// All that a schema is in SQLite.
std::string described(memory_database& db) {
  std::string all;
  std::string names = db.rows("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name");
  std::size_t start = 0;
  while (start < names.size()) {
    const std::size_t end = std::min(names.find('\n', start), names.size());
    const std::string quoted = instar::quote_literal(names.substr(start, end - start));
    start = end + 1;
    all += db.rows("SELECT type, tbl_name FROM sqlite_schema WHERE name = " + quoted) + "\n";
    all += sorted_parts(db.rows("SELECT sql FROM sqlite_schema WHERE name = " + quoted)) + "\n";
    all += db.rows("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(" + quoted +
                   ") ORDER BY 1");
    all += db.rows("SELECT \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list(" + quoted +
                   ") ORDER BY 1, 2, 3");
    all += db.rows("SELECT name, \"unique\", origin, partial FROM pragma_index_list(" + quoted +
                   ") WHERE origin = 'c' ORDER BY 1");
    all += '\n';
  }
  return all;
}

std::vector<std::string> sql_between(const instar::schema_view& before, const instar::schema_view& after) {
  const instar::plan steps = instar::make_plan(before, after);
  return instar::statements(instar::sqlite, steps);
}

void make(memory_database& db, const instar::schema_view& schema) {
  db.run_all(sql_between({}, schema));
}

void is_sound(memory_database& db) {
  CHECK(db.rows("PRAGMA foreign_key_check") == "");
  CHECK(db.rows("PRAGMA integrity_check") == "ok");
  CHECK(db.rows("PRAGMA foreign_keys") == "1");
  CHECK(db.rows("PRAGMA legacy_alter_table") == "0");
}

/// How many rows the tables have that both schemas have.
std::string counts(memory_database& db, const schema_pair& pair, bool before) {
  std::string all;
  for (const instar::table& now : pair.after.tables) {
    const instar::table* then = pair.before.find_table(now.name);
    for (const instar::table& t : pair.before.tables)
      if (then == nullptr &&
          (now.renamed_from == t.name ||
           (!t.schema.empty() && now.renamed_from == std::string(t.schema) + '.' + std::string(t.name))))
        then = &t;
    if (then != nullptr)
      all += std::string(now.name) + ": " +
             db.rows("SELECT count(*) FROM " + instar::quote_identifier((before ? *then : now).name)) + '\n';
  }
  return all;
}

}  // namespace

TEST_CASE("Compile-time SQL is run-time SQL", "[sql]") {
  for (const schema_pair& pair : instar_test::schema_pairs()) {
    CAPTURE(pair.name);
    const instar::plan steps = instar::make_plan(pair.before, pair.after);
    const auto same = [](std::span<const std::string_view> compiled, const std::vector<std::string>& made) {
      return std::equal(compiled.begin(), compiled.end(), made.begin(), made.end());
    };
    CHECK(same(pair.postgres, instar::statements(instar::postgres, steps)));
    CHECK(same(pair.sqlite, instar::statements(instar::sqlite, steps)));
  }
}

TEST_CASE("A schema compared with itself gives no steps", "[sql]") {
  for (const schema_pair& pair : instar_test::schema_pairs()) {
    CAPTURE(pair.name);
    CHECK(instar::make_plan(pair.before, pair.before).empty());
    CHECK(instar::make_plan(pair.after, pair.after).empty());
  }
}

TEST_CASE("A migration of SQLite keeps the rows and ends in the new schema", "[sqlite]") {
  for (const schema_pair& pair : instar_test::schema_pairs()) {
    if (!pair.runs(instar::sqlite))
      continue;
    DYNAMIC_SECTION(pair.name) {
      memory_database db;
      make(db, pair.before);
      db.run(pair.rows);
      const std::string told =
          instar_test::told_failures(instar::sqlite, pair, [&](const std::string& sql) { return db.rows(sql); });
      CHECK((told != "") == pair.fails_with_rows);
      if (pair.fails_with_rows) {
        const std::string old_schema = described(db);
        db.run("PRAGMA foreign_keys = OFF; BEGIN");
        CHECK_THROWS(db.run_all(pair.sqlite));
        db.run("ROLLBACK");
        CHECK(difference(described(db), old_schema) == "");
        CHECK_FALSE(instar::make_plan(pair.before, pair.after).hazards().empty());
        continue;
      }
      const std::string rows_before = counts(db, pair, true);
      for (std::string_view statement : pair.sqlite) {
        INFO(statement);
        REQUIRE_NOTHROW(db.run(statement));
      }
      is_sound(db);
      memory_database fresh;
      make(fresh, pair.after);
      CHECK(difference(described(db), described(fresh)) == "");
      CHECK(counts(db, pair, false) == rows_before);
      if (!pair.question.empty())
        CHECK(db.rows(pair.question) == pair.answer);
    }
  }
}

TEST_CASE("A migration of SQLite ends in the new schema backwards too", "[sqlite]") {
  for (const schema_pair& pair : instar_test::schema_pairs()) {
    if (pair.one_way || !pair.runs(instar::sqlite))
      continue;
    DYNAMIC_SECTION(pair.name) {
      memory_database db;
      make(db, pair.after);
      for (const std::string& statement : sql_between(pair.after, pair.before)) {
        INFO(statement);
        REQUIRE_NOTHROW(db.run(statement));
      }
      is_sound(db);
      memory_database fresh;
      make(fresh, pair.before);
      CHECK(difference(described(db), described(fresh)) == "");
    }
  }
}
