#pragma once

// A SQLite database taken through the value and back, and what was lost on the way.

#include <instar/database/database.hpp>
#include <instar/database/sqlite_introspection.hpp>
#include <instar/diff/diff.hpp>
#include <instar/migrate/snapshot_writer.hpp>
#include <instar/sql/sql.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace instar_test {

inline std::unique_ptr<instar::database> memory_database() {
  return instar::open_database(instar::database_url{"sqlite::memory:"});
}

/// An object with all its members as text, in one line.
template <class Object>
std::string told_object(const Object& object) {
  const std::string text = instar::detail::schema_text_writer::run(object, false);
  std::string line;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n') {
      line += text[i];
      continue;
    }
    while (i + 1 < text.size() && text[i + 1] == ' ')
      ++i;
    if (line.back() != '[' && i + 1 < text.size() && text[i + 1] != ']')
      line += ' ';
  }
  return line;
}

/// A value with all its members as text, an object a line; `tall` gives each part a line of its own.
inline std::string told(const instar::schema_view& schema, bool tall = false) {
  std::string all;
  const auto add = [&](const auto& objects) {
    for (const auto& object : objects)
      all += (tall ? instar::detail::schema_text_writer::run(object, true) : told_object(object)) + '\n';
  };
  add(schema.tables);
  add(schema.enumerations);
  add(schema.extensions);
  add(schema.sequences);
  add(schema.views);
  add(schema.raw_objects);
  return all;
}

inline std::vector<std::string> statements_between(const instar::schema_view& before,
                                                   const instar::schema_view& after) {
  return instar::statements(instar::sqlite, instar::make_plan(before, after));
}

/// The words of a CREATE text and how often each stands in it: names without quotes, keywords in capitals, and without
/// those that say what holds anyway.
inline std::map<std::string, int> words_of(std::string_view sql) {
  using namespace instar::detail;
  const std::vector<create_token> tokens = create_lexer(sql).tokens();
  const auto is = [&](std::size_t i, std::string_view keyword) {
    return i < tokens.size() && tokens[i].kind == create_token_kind::word && is_keyword(tokens[i].text, keyword);
  };
  std::map<std::string, int> words;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const create_token& token = tokens[i];
    // The columns of a primary key may stand at the column, and are among the facts.
    if (is(i, "PRIMARY") && i + 2 < tokens.size() && tokens[i + 2].text == "(")
      while (tokens[++i].text != ")") {
      }
    // A column may be called nullable.
    if (is(i, "NULL") && i != 0 && !is(i - 1, "NOT") && !is(i - 1, "SET") && !is(i - 1, "IS"))
      continue;
    if (token.kind == create_token_kind::symbol && (token.text == "(" || token.text == ")" || token.text == ","))
      continue;
    // The value names the columns of REFERENCES, and PRIMARY KEY and CHECK stand where they like.
    if (is(i, "ASC") || is(i, "FOREIGN") || is(i, "KEY") || is(i, "CONSTRAINT") || is(i, "GENERATED") ||
        is(i, "ALWAYS"))
      continue;
    if (is(i, "ON") && is(i + 2, "NO") && is(i + 3, "ACTION")) {
      i += 3;
      continue;
    }
    if (is(i, "DEFAULT") && is(i + 1, "NULL")) {
      ++i;
      continue;
    }
    if (is(i, "CONFLICT") && is(i + 1, "ABORT")) {
      ++i;
      continue;
    }
    std::string word = unquoted(token.text);
    for (char& c : word)
      c = upper_ascii(c);
    ++words[word];
  }
  return words;
}

/// The words that only the first text has.
inline std::string missing_words(std::string_view original, std::string_view copy) {
  std::map<std::string, int> there = words_of(copy);
  std::string missing;
  for (const auto& [word, count] : words_of(original))
    if (there[word] < count)
      missing += (missing.empty() ? "" : " ") + word;
  return missing;
}

/// What SQLite itself says of its tables and indexes, apart from the texts.
inline std::string facts_of(instar::database& db) {
  std::string all;
  const auto add = [&](std::string_view sql) {
    for (const auto& row : db.query(sql).rows) {
      for (const auto& value : row)
        all += value.value_or("NULL") + '|';
      all += '\n';
    }
  };
  const std::string tables = " FROM main.sqlite_schema t JOIN pragma_";
  const std::string only = " WHERE t.type = 'table' AND t.rootpage <> 0 AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ";
  add("SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name");
  // A row number is NOT NULL whether or not it says so, and DEFAULT NULL is none.
  add("SELECT t.name, c.cid, c.name, upper(c.type), c.\"notnull\" OR (c.pk AND upper(c.type) = 'INTEGER'),"
      " CASE WHEN upper(c.dflt_value) <> 'NULL' THEN replace(c.dflt_value, '\"', '''') END, c.pk, c.hidden" +
      tables + "table_xinfo(t.name, 'main') c" + only + "ORDER BY t.name, c.cid");
  add("SELECT t.name, i.\"unique\", i.partial, CASE i.origin WHEN 'c' THEN i.name END, "
      "(SELECT group_concat(coalesce(x.name, '()') || x.desc || x.coll) FROM pragma_index_xinfo(i.name, 'main') x)" +
      tables + "index_list(t.name, 'main') i" + only + "ORDER BY t.name, 4, 5");
  add("SELECT t.name, upper(f.\"table\"), upper(f.\"from\"), f.on_update, f.on_delete" + tables +
      "foreign_key_list(t.name, 'main') f" + only + "ORDER BY 1, 2, 3, 4, 5");
  return all;
}

/// How a database fared.
struct round_trip {
  std::size_t objects = 0;
  std::size_t modelled = 0;
  std::size_t raw = 0;
  std::vector<std::string> lost{};  ///< Objects that are in no value, or whose copy misses words of the original.
  std::string first{};              ///< The value of the database, …
  std::string second{};             ///< … and that of the copy made from it.
  std::unique_ptr<instar::database> copy{};
  std::vector<std::string> steps{};  ///< Of the plan from the one value to the other.
};

/// Database → value → SQL → another database → value.
inline round_trip take_through(instar::database& original) {
  round_trip result;
  const instar::owned_schema first = instar::detail::introspect_sqlite(original);
  result.copy = memory_database();
  for (const std::string& statement : statements_between({}, first.view()))
    result.copy->execute(statement);
  const instar::owned_schema second = instar::detail::introspect_sqlite(*result.copy);
  result.first = told(first.view(), true);
  result.second = told(second.view(), true);
  for (const instar::schema_view& after : {first.view(), second.view()}) {
    const instar::schema_view& before =
        after.tables.data() == first.view().tables.data() ? second.view() : first.view();
    const instar::plan plan = instar::make_plan(before, after);
    for (const instar::step& s : plan.steps)
      result.steps.push_back(instar::describe(s));
  }

  const instar::schema_view& value = first.view();
  result.raw = value.raw_objects.size();
  result.modelled = value.tables.size() + value.views.size();
  for (const instar::table& t : value.tables) {
    result.modelled += t.indexes.size();
    for (const instar::key& k : t.uniques)
      result.modelled += k.in_table ? 0 : 1;
  }
  const auto objects = [](instar::database& db) {
    return db
        .query("SELECT s.name, s.sql FROM main.sqlite_schema s JOIN pragma_table_list l"
               " ON l.schema = 'main' AND l.name = s.tbl_name"
               " WHERE s.sql IS NOT NULL AND l.type <> 'shadow' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        .rows;
  };
  std::map<std::string, std::string> copies;
  for (const auto& row : objects(*result.copy))
    copies[*row[0]] = *row[1];
  const auto originals = objects(original);
  result.objects = originals.size();
  for (const auto& row : originals) {
    const auto found = copies.find(*row[0]);
    const std::string missing = found == copies.end() ? "everything" : missing_words(*row[1], found->second);
    if (!missing.empty())
      result.lost.push_back(*row[0] + ": " + missing);
  }
  return result;
}

}  // namespace instar_test
