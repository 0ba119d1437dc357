#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/introspection_options.hpp>
#include <instar/database/sqlite_create.hpp>
#include <instar/schema/names.hpp>
#include <instar/schema/owned.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

/// \file The schema of a SQLite database as a value.
///
/// Each table is read twice, from its CREATE text and from the PRAGMAs, and is modelled only where both agree: a text
/// that the parser misunderstood, or that says what the value has no member for, is kept whole as a raw object.

namespace instar::detail {

/// Compares names as SQLite does.
struct sqlite_name_less {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
      return static_cast<unsigned char>(upper_ascii(x)) < static_cast<unsigned char>(upper_ascii(y));
    });
  }
};

template <class Value>
using by_sqlite_name = std::map<std::string, Value, sqlite_name_less>;

/// What the PRAGMAs tell of a table.
struct sqlite_table_facts {
  struct column {
    std::string name;
    std::string type;
    bool not_null;
    std::string initial;
    std::size_t key_position;  ///< In the primary key, from 1; 0: not part of it.
    int hidden;
  };
  struct index_part {
    std::optional<std::string> column;  ///< None: an expression.
    bool descending;
    std::string collation;
  };
  struct index {
    std::string origin;  ///< "c" by CREATE INDEX, "u" by UNIQUE, "pk" by PRIMARY KEY.
    std::vector<index_part> parts{};

    [[nodiscard]] std::vector<std::string> columns() const {
      std::vector<std::string> names;
      for (const index_part& p : parts)
        names.push_back(p.column.value_or(std::string{}));
      return names;
    }
  };
  struct foreign_key {
    std::string target;
    std::string on_update;
    std::string on_delete;
    std::vector<std::string> columns{};
    std::vector<std::string> target_columns{};
  };

  std::vector<column> columns{};
  by_sqlite_name<index> indexes{};
  std::vector<foreign_key> foreign_keys{};  ///< In the order of the text.
  bool without_rowid = false;
  bool strict = false;
  bool has_flags = false;  ///< Whether this SQLite tells the two before: 3.37 and later.

  [[nodiscard]] std::vector<std::string> primary_key() const {
    std::vector<std::string> names;
    for (std::size_t i = 1; i <= columns.size(); ++i)
      for (const column& c : columns)
        if (c.key_position == i)
          names.push_back(c.name);
    return names;
  }
};

inline bool same_sqlite_names(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [](const std::string& x, const std::string& y) { return same_sqlite_name(x, y); });
}

/// Whether a table's text and the PRAGMAs speak of the same table.
class sqlite_agreement {
 public:
  sqlite_agreement(const created_table& text, const sqlite_table_facts& facts) : text_(text), facts_(facts) {}

  [[nodiscard]] bool complete() const { return columns() && keys() && foreign_keys() && options(); }

 private:
  [[nodiscard]] bool columns() const {
    if (text_.columns.size() != facts_.columns.size())
      return false;
    for (std::size_t i = 0; i < text_.columns.size(); ++i) {
      const created_column& written = text_.columns[i];
      const sqlite_table_facts::column& told = facts_.columns[i];
      const int hidden = written.generated == generated_kind::none     ? 0
                         : written.generated == generated_kind::stored ? 3
                                                                       : 2;
      if (written.name != told.name || hidden != told.hidden || (written.not_null && !told.not_null) ||
          (written.type_as_written && !same_sqlite_name(written.type, told.type)) ||
          (written.default_kind == created_default_kind::none) != told.initial.empty())
        return false;
    }
    return true;
  }

  [[nodiscard]] bool keys() const {
    const std::vector<std::string> told = facts_.primary_key();
    if (!same_sqlite_names(text_.primary_key ? text_.primary_key->columns : std::vector<std::string>{}, told))
      return false;
    const auto written = [&](const sqlite_table_facts::index& index) {
      return std::any_of(text_.uniques.begin(), text_.uniques.end(),
                         [&](const created_key& k) { return same_sqlite_names(k.columns, index.columns()); });
    };
    // SQLite makes no second index for the columns of the primary key or of another constraint.
    const auto enforced = [&](const created_key& k) {
      return same_sqlite_names(k.columns, told) ||
             std::any_of(facts_.indexes.begin(), facts_.indexes.end(), [&](const auto& index) {
               return index.second.origin != "c" && same_sqlite_names(k.columns, index.second.columns());
             });
    };
    return std::all_of(facts_.indexes.begin(), facts_.indexes.end(),
                       [&](const auto& index) { return index.second.origin != "u" || written(index.second); }) &&
           std::all_of(text_.uniques.begin(), text_.uniques.end(), enforced);
  }

  [[nodiscard]] static std::string_view action(referential_action action) {
    switch (action) {
    case referential_action::no_action:
      return "NO ACTION";
    case referential_action::restrict_action:
      return "RESTRICT";
    case referential_action::cascade:
      return "CASCADE";
    case referential_action::set_null:
      return "SET NULL";
    case referential_action::set_default:
      return "SET DEFAULT";
    }
    return {};
  }

  [[nodiscard]] bool foreign_keys() const {
    return text_.foreign_keys.size() == facts_.foreign_keys.size() &&
           std::equal(text_.foreign_keys.begin(), text_.foreign_keys.end(), facts_.foreign_keys.begin(),
                      [](const created_foreign_key& written, const sqlite_table_facts::foreign_key& told) {
                        return same_sqlite_name(written.target_table, told.target) &&
                               same_sqlite_names(written.columns, told.columns) &&
                               (written.target_columns.empty() ||
                                same_sqlite_names(written.target_columns, told.target_columns)) &&
                               action(written.on_delete) == told.on_delete &&
                               action(written.on_update) == told.on_update;
                      });
  }

  [[nodiscard]] bool options() const {
    const auto has = [&](std::string_view option) {
      return std::find(text_.options.begin(), text_.options.end(), option) != text_.options.end();
    };
    return !facts_.has_flags || (has("WITHOUT ROWID") == facts_.without_rowid && has("STRICT") == facts_.strict);
  }

  const created_table& text_;
  const sqlite_table_facts& facts_;
};

/// Everything that a database tells, in six queries of one snapshot.
class sqlite_catalogue {
 public:
  struct object {
    std::string type;
    std::string name;
    std::string table;
    std::string sql;
  };

  sqlite_catalogue(database& db, const introspection_options& options) : db_(db) {
    const bool own_transaction = !db.in_transaction();
    if (own_transaction)
      db.execute("BEGIN");
    try {
      read(options);
    } catch (...) {
      if (own_transaction && db.is_open())
        try {
          db.execute("ROLLBACK");
        } catch (const database_error&) {
          // What went wrong first is what the caller has to know.
        }
      throw;
    }
    if (own_transaction)
      db.execute("COMMIT");
  }

  // It points into itself.
  sqlite_catalogue(const sqlite_catalogue&) = delete;
  sqlite_catalogue& operator=(const sqlite_catalogue&) = delete;

  /// The objects of a type ("table", "index", "view", "trigger") by name.
  [[nodiscard]] std::vector<const object*> all(std::string_view type) const {
    std::vector<const object*> found;
    for (const object& o : objects_)
      if (o.type == type)
        found.push_back(&o);
    return found;
  }

  /// The indexes of a table that a CREATE INDEX made, by name.
  [[nodiscard]] const std::vector<const object*>& indexes_of(std::string_view table) const {
    static const std::vector<const object*> none;
    const auto found = indexes_.find(table);
    return found == indexes_.end() ? none : found->second;
  }

  /// A table's name as it was made; of one that is not there the name itself.
  [[nodiscard]] std::string_view table_name(std::string_view written) const {
    const auto found = tables_.find(written);
    return found == tables_.end() ? written : std::string_view{*found};
  }

  /// The facts of a table, or null: of a virtual one, or one that is not there.
  [[nodiscard]] const sqlite_table_facts* facts(std::string_view table) const {
    const auto found = facts_.find(table);
    return found == facts_.end() ? nullptr : &found->second;
  }

  [[nodiscard]] static bool is_virtual(const object& o) {
    static constexpr std::string_view start = "CREATE VIRTUAL ";
    return o.sql.size() > start.size() && same_sqlite_name(std::string_view{o.sql}.substr(0, start.size()), start);
  }

 private:
  static std::string text(sql_value& value) { return value ? std::move(*value) : std::string{}; }

  void read(const introspection_options& options) {
    read_objects();
    read_table_list();
    leave_out(options);
    for (const object& o : objects_) {
      if (o.type == "table")
        tables_.insert(o.name);
      else if (o.type == "index")
        indexes_[o.table].push_back(&o);
    }
    read_columns();
    read_indexes();
    read_foreign_keys();
    for (auto& [name, facts] : facts_)
      facts.has_flags = has_table_list();
  }

  [[nodiscard]] bool has_table_list() const { return db_.server_version() >= 3037000; }

  void read_objects() {
    query_result result = db_.query("SELECT type, name, tbl_name, sql FROM main.sqlite_schema"
                                    " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
    for (auto& row : result.rows)
      objects_.push_back({text(row[0]), text(row[1]), text(row[2]), text(row[3])});
  }

  void read_table_list() {
    if (!has_table_list())
      return;
    query_result result = db_.query("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'");
    for (auto& row : result.rows) {
      const std::string name = text(row[0]);
      if (row[1] == "shadow")
        shadows_.insert(name);
      flags_[name] = {row[2] == "1", row[3] == "1"};
    }
  }

  /// The tables in which a virtual table keeps its content come and go with it.
  [[nodiscard]] bool is_shadow(std::string_view name) const {
    if (shadows_.find(name) != shadows_.end())
      return true;
    // Before 3.37, or where its module is not loaded, SQLite does not know. https://www.sqlite.org/fts5.html
    struct module_tables {
      std::string_view module;
      std::vector<std::string_view> endings;
    };
    static const std::vector<module_tables> known{{"fts3", {"_content", "_segdir", "_segments", "_docsize", "_stat"}},
                                                  {"fts4", {"_content", "_segdir", "_segments", "_docsize", "_stat"}},
                                                  {"fts5", {"_config", "_content", "_data", "_docsize", "_idx"}},
                                                  {"rtree", {"_node", "_parent", "_rowid"}},
                                                  {"rtree_i32", {"_node", "_parent", "_rowid"}},
                                                  {"geopoly", {"_node", "_parent", "_rowid"}}};
    for (const auto& [table, module] : modules_)
      for (const module_tables& m : known)
        if (same_sqlite_name(m.module, module) && name.size() > table.size() &&
            same_sqlite_name(name.substr(0, table.size()), table))
          for (std::string_view ending : m.endings)
            if (same_sqlite_name(name.substr(table.size()), ending))
              return true;
    return false;
  }

  void leave_out(const introspection_options& options) {
    for (const object& o : objects_)
      if (o.type == "table" && is_virtual(o))
        modules_[o.name] = create_parser(o.sql).module();
    std::erase_if(objects_, [&](const object& o) {
      const auto ignored = [&](std::string_view wanted) { return same_sqlite_name(wanted, o.table); };
      return is_shadow(o.table) || std::any_of(options.ignored_tables.begin(), options.ignored_tables.end(), ignored);
    });
  }

  // A virtual table has no root page, and PRAGMAs fail on it where its module is not loaded. The second argument keeps
  // temporary tables of the same name out.
  static constexpr std::string_view from_tables = " FROM main.sqlite_schema AS t JOIN pragma_";
  static constexpr std::string_view only_tables =
      " WHERE t.type = 'table' AND t.rootpage <> 0 AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY t.name";

  query_result query_tables(std::string_view columns, std::string_view source, std::string_view order) {
    std::string sql = "SELECT t.name, ";
    sql.append(columns).append(from_tables).append(source).append(only_tables).append(order);
    return db_.query(sql);
  }

  void read_columns() {
    query_result result = query_tables("c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden",
                                       "table_xinfo(t.name, 'main') AS c", ", c.cid");
    for (auto& row : result.rows) {
      const std::string table = text(row[0]);
      sqlite_table_facts& facts = facts_[table];
      if (facts.columns.empty())
        std::tie(facts.without_rowid, facts.strict) = flags_[table];
      facts.columns.push_back(
          {text(row[1]), text(row[2]), row[3] == "1", text(row[4]), number(row[5]), static_cast<int>(number(row[6]))});
    }
  }

  static std::size_t number(const sql_value& value) {
    std::size_t n = 0;
    if (value)
      std::from_chars(value->data(), value->data() + value->size(), n);
    return n;
  }

  void read_indexes() {
    query_result result = query_tables("i.name, i.origin, c.name, c.\"desc\", c.coll",
                                       "index_list(t.name, 'main') AS i JOIN pragma_index_xinfo(i.name, 'main') AS c "
                                       "ON c.key = 1",
                                       ", i.seq, c.seqno");
    for (auto& row : result.rows) {
      sqlite_table_facts::index& index = facts_[text(row[0])].indexes[text(row[1])];
      index.origin = text(row[2]);
      index.parts.push_back({std::move(row[3]), row[4] == "1", text(row[5])});
    }
  }

  void read_foreign_keys() {
    // The last one of the text has the number 0.
    query_result result = query_tables("f.id, f.\"table\", f.on_update, f.on_delete, f.\"from\", f.\"to\"",
                                       "foreign_key_list(t.name, 'main') AS f", ", f.id DESC, f.seq");
    std::string last;
    for (auto& row : result.rows) {
      const std::string table = text(row[0]);
      const std::string id = table + '\0' + text(row[1]);
      auto& keys = facts_[table].foreign_keys;
      if (keys.empty() || id != last)
        keys.push_back({text(row[2]), text(row[3]), text(row[4])});
      last = id;
      keys.back().columns.push_back(text(row[5]));
      keys.back().target_columns.push_back(text(row[6]));
    }
  }

  database& db_;
  std::vector<object> objects_;
  std::set<std::string, sqlite_name_less> tables_;
  by_sqlite_name<std::vector<const object*>> indexes_;
  std::set<std::string, sqlite_name_less> shadows_;
  by_sqlite_name<std::pair<bool, bool>> flags_;
  by_sqlite_name<std::string> modules_;
  by_sqlite_name<sqlite_table_facts> facts_;
};

/// The kind whose words instar writes are these, or custom with the words. https://www.sqlite.org/datatype3.html
inline column_type sqlite_type(owned_schema& owner, std::string_view words) {
  struct known {
    std::string_view words;
    type_kind kind;
  };
  static constexpr known types[] = {
      {"BOOLEAN", type_kind::boolean}, {"INTEGER", type_kind::bigint}, {"REAL", type_kind::double_precision},
      {"NUMERIC", type_kind::numeric}, {"TEXT", type_kind::text},      {"BLOB", type_kind::bytea},
      {"VARCHAR", type_kind::varchar}, {"CHAR", type_kind::character}};
  for (const known& t : types)
    if (t.words == words)
      return {.kind = t.kind};
  for (const known& t : {types[6], types[7]}) {
    if (words.size() < t.words.size() + 3 || !words.starts_with(t.words) || words[t.words.size()] != '(')
      continue;
    int length = -1;
    const char* const begin = words.data() + t.words.size() + 1;
    const char* const end = words.data() + words.size() - 1;
    const auto [stop, error] = std::from_chars(begin, end, length);
    column_type type{.kind = t.kind, .length = length};
    string_writer written;
    put_sqlite_type(written, type);
    if (error == std::errc{} && stop == end && length >= 0 && written.text == words)
      return type;
  }
  return {.kind = type_kind::custom, .custom = owner.text(words)};
}

/// A default as it is written: a literal where writing that literal gives the same words, else an expression.
inline column_default sqlite_default(owned_schema& owner, const created_column& written, type_kind type) {
  const std::string_view words = written.default_text;
  if (written.default_kind == created_default_kind::none)
    return {};
  if (written.default_kind == created_default_kind::name)
    return {.kind = default_kind::text, .text = owner.text(words)};
  if (same_sqlite_name(words, "NULL"))
    return {};  // What a column has without a default.
  if (same_sqlite_name(words, "CURRENT_TIMESTAMP"))
    return {.kind = default_kind::now};
  const std::vector<create_token> tokens = create_lexer(words).tokens();
  if (tokens.size() == 1 && tokens[0].kind == create_token_kind::string && tokens[0].text.size() > 1)
    return {.kind = default_kind::text, .text = owner.text(unquoted(tokens[0].text))};
  const char* const end = words.data() + words.size();
  std::int64_t whole = 0;
  if (const auto [stop, error] = std::from_chars(words.data(), end, whole); error == std::errc{} && stop == end) {
    string_writer out;
    put_integer(out, whole);
    if (out.text == words) {
      const bool truth = type == type_kind::boolean && (whole == 0 || whole == 1);
      return {.kind = truth ? default_kind::boolean : default_kind::integer, .integer = whole};
    }
  }
  // Up to 15 digits every decimal is a double that is written the same way again.
  if (words.size() <= 16 && words.find_first_not_of("-0123456789.") == std::string_view::npos &&
      words.find('.') != std::string_view::npos) {
    double real = 0;
    if (const auto [stop, error] = std::from_chars(words.data(), end, real); error == std::errc{} && stop == end) {
      string_writer out;
      put_real(out, real);
      if (out.text == words)
        return {.kind = default_kind::real, .real = real};
    }
  }
  return {.kind = default_kind::expression, .text = owner.text(words)};
}

/// Gives names to a table's constraints that have none: those that a model would derive, with a digit where taken.
class sqlite_constraint_names {
 public:
  sqlite_constraint_names(std::string_view table) : table_(table) {}

  void take(std::string_view name) { taken_.emplace(name); }

  std::string derive(const std::vector<std::string>& columns, std::string_view suffix) {
    const std::vector<std::string_view> views(columns.begin(), columns.end());
    std::string ending{suffix};
    for (int digit = 1;; ++digit) {
      string_writer out;
      put_derived_name(out, table_, views, ending);
      if (taken_.insert(out.text).second)
        return std::move(out.text);
      ending = std::string(suffix) + std::to_string(digit);
    }
  }

 private:
  std::string_view table_;
  std::set<std::string, std::less<>> taken_;
};

/// Turns what a database tells into the value.
class sqlite_introspector {
 public:
  explicit sqlite_introspector(const sqlite_catalogue& catalogue) : catalogue_(catalogue) {}

  owned_schema run() {
    std::vector<table> tables;
    for (const sqlite_catalogue::object* o : catalogue_.all("table"))
      if (const std::optional<created_table> text = modelled(*o))
        tables.push_back(make_table(*o, *text));
      else
        add_raw(sqlite_catalogue::is_virtual(*o) ? "virtual table" : "table", "DROP TABLE ", *o,
                placement::before_tables);
    raw_indexes();
    std::vector<view_object> views;
    for (const sqlite_catalogue::object* o : catalogue_.all("view")) {
      const std::optional<created_view> text = parse_create_view(o->sql);
      if (text && !text->names_columns)
        views.push_back({.name = owner_.text(o->name), .query = owner_.text(text->query)});
      else
        add_raw("view", "DROP VIEW ", *o, placement::after_tables);
    }
    for (const sqlite_catalogue::object* o : catalogue_.all("trigger"))
      add_raw("trigger", "DROP TRIGGER ", *o, placement::after_tables);
    owner_.set(
        {.tables = owner_.array(tables), .views = owner_.array(in_order(views)), .raw_objects = owner_.array(raw_)});
    return std::move(owner_);
  }

 private:
  using object = sqlite_catalogue::object;

  [[nodiscard]] std::optional<created_table> modelled(const object& o) const {
    const sqlite_table_facts* facts = catalogue_.facts(o.name);
    if (facts == nullptr)
      return std::nullopt;
    std::optional<created_table> text = parse_create_table(o.sql);
    if (!text || !text->plain || !sqlite_agreement(*text, *facts).complete())
      return std::nullopt;
    return text;
  }

  void add_raw(std::string_view kind, std::string_view drop, const object& o, placement at) {
    raw_.push_back({.kind = kind,
                    .name = owner_.text(o.name),
                    .create = owner_.text(create_parser(o.sql).statement()),
                    .drop = owner_.text(std::string(drop) + quote_identifier(o.name)),
                    .placement = at});
  }

  // ---- tables ----

  table make_table(const object& o, const created_table& text) {
    const sqlite_table_facts& facts = *catalogue_.facts(o.name);
    modelled_.insert(o.name);
    sqlite_constraint_names names(o.name);
    take_names(o, text, names);

    table t{.name = owner_.text(o.name)};
    const std::vector<std::string> primary = facts.primary_key();
    if (!primary.empty()) {
      const bool named = !text.primary_key->name.empty();
      t.primary_key = {.name = owner_.text(named ? text.primary_key->name : names.derive({}, "_pkey")),
                       .columns = texts(primary)};
    }
    std::vector<key> uniques;
    std::vector<index> indexes;
    make_uniques(facts, text, names, uniques);
    make_indexes(o, facts, uniques, indexes);
    t.columns = make_columns(facts, text, uniques);
    t.uniques = sorted(uniques);
    t.foreign_keys = make_foreign_keys(facts, text, names);
    t.checks = make_checks(text, names);
    t.indexes = sorted(indexes);
    std::string options;
    for (const std::string& option : text.options)
      options += (options.empty() ? "" : ", ") + option;
    t.options = owner_.text(options);
    return t;
  }

  void take_names(const object& o, const created_table& text, sqlite_constraint_names& names) const {
    if (text.primary_key)
      names.take(text.primary_key->name);
    for (const created_key& k : text.uniques)
      names.take(k.name);
    for (const created_foreign_key& fk : text.foreign_keys)
      names.take(fk.name);
    for (const created_check& c : text.checks)
      names.take(c.name);
    for (const object* i : catalogue_.indexes_of(o.name))
      names.take(i->name);
  }

  /// https://www.sqlite.org/lang_createtable.html#rowid
  static bool is_row_number(const created_table& text, const sqlite_table_facts& facts) {
    const bool rowid = std::find(text.options.begin(), text.options.end(), "WITHOUT ROWID") == text.options.end();
    return rowid && text.primary_key && text.primary_key->columns.size() == 1 &&
           std::any_of(facts.columns.begin(), facts.columns.end(), [](const sqlite_table_facts::column& c) {
             return c.key_position == 1 && same_sqlite_name(c.type, "INTEGER");
           });
  }

  std::span<const column> make_columns(const sqlite_table_facts& facts, const created_table& text,
                                       const std::vector<key>& uniques) {
    std::vector<column> columns;
    const bool row_number = is_row_number(text, facts);
    for (std::size_t i = 0; i < facts.columns.size(); ++i) {
      const created_column& written = text.columns[i];
      const sqlite_table_facts::column& told = facts.columns[i];
      column c{.name = owner_.text(told.name)};
      // A quoted "INTEGER" is INTEGER; other quotes may hold what is no type without them.
      const bool told_type = written.type_as_written || same_sqlite_name(told.type, "INTEGER");
      c.type = sqlite_type(owner_, told_type ? told.type : written.type);
      c.primary_key = told.key_position != 0;
      // A row number is never NULL, whether or not its column says so.
      c.implied_not_null = !told.not_null && c.primary_key && row_number;
      c.nullable = !told.not_null && !c.implied_not_null;
      if (c.primary_key && text.autoincrement)
        c.identity = identity_kind::by_default;
      c.initial = sqlite_default(owner_, written, c.type.kind);
      c.generated = written.generated;
      c.generated_as = owner_.text(written.generated_as);
      c.collation = owner_.text(written.collation);
      c.unique = std::any_of(uniques.begin(), uniques.end(),
                             [&](const key& k) { return k.columns.size() == 1 && k.columns[0] == c.name; });
      columns.push_back(c);
    }
    return owner_.array(columns);
  }

  /// A column's name as its table writes it.
  [[nodiscard]] static std::string column_name(const sqlite_table_facts* facts, std::string_view written) {
    if (facts != nullptr)
      for (const sqlite_table_facts::column& c : facts->columns)
        if (same_sqlite_name(c.name, written))
          return c.name;
    return std::string{written};
  }

  [[nodiscard]] static std::vector<std::string> column_names(const sqlite_table_facts* facts,
                                                             const std::vector<std::string>& written) {
    std::vector<std::string> names;
    for (const std::string& name : written)
      names.push_back(column_name(facts, name));
    return names;
  }

  void make_uniques(const sqlite_table_facts& facts, const created_table& text, sqlite_constraint_names& names,
                    std::vector<key>& uniques) {
    for (const created_key& k : text.uniques) {
      const std::vector<std::string> columns = column_names(&facts, k.columns);
      uniques.push_back({.name = owner_.text(k.name.empty() ? names.derive(columns, "_key") : k.name),
                         .columns = texts(columns),
                         .in_table = true});
    }
  }

  /// A unique index over columns alone is how instar writes a unique constraint.
  void make_indexes(const object& table, const sqlite_table_facts& facts, std::vector<key>& uniques,
                    std::vector<index>& indexes) {
    for (const object* o : catalogue_.indexes_of(table.name)) {
      const auto told = facts.indexes.find(o->name);
      std::optional<created_index> text = parse_create_index(o->sql);
      if (!text || told == facts.indexes.end() || !settle_parts(*text, facts, told->second)) {
        unread_indexes_.insert(o->name);
        continue;
      }
      std::vector<index_part> parts;
      std::vector<std::string_view> columns;
      bool plain = text->unique && text->where.empty();
      for (const created_index_part& p : text->parts) {
        parts.push_back({.text = owner_.text(p.text),
                         .expression = p.expression,
                         .descending = p.descending,
                         .collation = owner_.text(p.collation)});
        plain = plain && !p.expression && !p.descending && p.collation.empty();
        columns.push_back(parts.back().text);
      }
      if (plain)
        uniques.push_back({.name = owner_.text(o->name), .columns = owner_.array(columns)});
      else
        indexes.push_back({.name = owner_.text(o->name),
                           .parts = owner_.array(parts),
                           .unique = text->unique,
                           .where = owner_.text(text->where)});
    }
  }

  /// Gives the parts that are columns the columns' own names, (a) and (a COLLATE b) among them.
  /// \return whether the text and the PRAGMAs speak of the same parts
  static bool settle_parts(created_index& text, const sqlite_table_facts& facts,
                           const sqlite_table_facts::index& told) {
    if (text.parts.size() != told.parts.size())
      return false;
    for (std::size_t i = 0; i < told.parts.size(); ++i) {
      created_index_part& written = text.parts[i];
      const sqlite_table_facts::index_part& part = told.parts[i];
      if (written.descending != part.descending || (!written.expression && !part.column) ||
          (!written.collation.empty() && !same_sqlite_name(written.collation, part.collation)))
        return false;
      if (!part.column)
        continue;
      if (written.expression) {
        const std::vector<create_token> tokens = create_lexer(written.text).tokens();
        if (tokens.size() >= 3 && is_keyword(tokens[tokens.size() - 2].text, "COLLATE"))
          written.collation = unquoted(tokens.back().text);
        written.expression = false;
      } else if (!same_sqlite_name(written.text, *part.column)) {
        return false;
      }
      written.text = column_name(&facts, *part.column);
    }
    return true;
  }

  std::span<const foreign_key> make_foreign_keys(const sqlite_table_facts& facts, const created_table& text,
                                                 sqlite_constraint_names& names) {
    std::vector<foreign_key> keys;
    for (const created_foreign_key& fk : text.foreign_keys) {
      const sqlite_table_facts* target = catalogue_.facts(fk.target_table);
      const std::vector<std::string> columns = column_names(&facts, fk.columns);
      std::vector<std::string> target_columns = column_names(target, fk.target_columns);
      if (target_columns.empty() && target != nullptr)
        target_columns = target->primary_key();
      if (target_columns.size() != columns.size())
        target_columns.clear();
      keys.push_back({.name = owner_.text(fk.name.empty() ? names.derive(columns, "_fkey") : fk.name),
                      .columns = texts(columns),
                      .target_table = owner_.text(catalogue_.table_name(fk.target_table)),
                      .target_columns = texts(target_columns),
                      .on_delete = fk.on_delete,
                      .on_update = fk.on_update,
                      .deferral = fk.deferral});
    }
    return sorted(keys);
  }

  std::span<const check> make_checks(const created_table& text, sqlite_constraint_names& names) {
    std::vector<check> checks;
    for (const created_check& c : text.checks) {
      const std::vector<std::string> columns =
          c.column.empty() ? std::vector<std::string>{} : std::vector<std::string>{c.column};
      checks.push_back({.name = owner_.text(c.name.empty() ? names.derive(columns, "_check") : c.name),
                        .expression = owner_.text(c.expression)});
    }
    return sorted(checks);
  }

  std::span<const std::string_view> texts(const std::vector<std::string>& originals) {
    std::vector<std::string_view> views;
    for (const std::string& original : originals)
      views.push_back(owner_.text(original));
    return owner_.array(views);
  }

  /// The order within a table says nothing in SQLite; by name it is the same wherever the table comes from.
  template <class Named>
  std::span<const Named> sorted(std::vector<Named>& all) {
    std::stable_sort(all.begin(), all.end(), [](const Named& a, const Named& b) { return a.name < b.name; });
    return owner_.array(all);
  }

  // ---- the rest ----

  void raw_indexes() {
    for (const object* o : catalogue_.all("index"))
      if (modelled_.find(o->table) == modelled_.end() || unread_indexes_.find(o->name) != unread_indexes_.end())
        add_raw("index", "DROP INDEX ", *o, placement::after_tables);
  }

  /// A view after those that it names, else by name.
  static std::vector<view_object> in_order(const std::vector<view_object>& views) {
    std::vector<view_object> ordered;
    std::vector<char> state(views.size(), 0);
    // Each entry: a view, and the next one to look for in its query. No recursion, however long the chain.
    std::vector<std::pair<std::size_t, std::size_t>> path;
    for (std::size_t start = 0; start < views.size(); ++start) {
      if (state[start] == 0) {
        state[start] = 1;
        path.emplace_back(start, 0);
      }
      while (!path.empty()) {
        auto& [current, next] = path.back();
        if (next == views.size()) {
          ordered.push_back(views[current]);
          path.pop_back();
          continue;
        }
        const std::size_t candidate = next++;
        if (state[candidate] == 0 && mentions(views[current].query, views[candidate].name)) {
          state[candidate] = 1;
          path.emplace_back(candidate, 0);
        }
      }
    }
    return ordered;
  }

  const sqlite_catalogue& catalogue_;
  owned_schema owner_;
  std::vector<raw_object> raw_;
  std::set<std::string, sqlite_name_less> modelled_;
  std::set<std::string, sqlite_name_less> unread_indexes_;
};

/// The schema of a SQLite database: what is in `main`, without temporary objects and those of attached databases.
///
/// Six queries in one snapshot, whatever the number of tables; a transaction that is open is used. SQLite has no
/// schemas, so `options.schemas` says nothing here. \throws database_error what `database::query` throws
[[nodiscard]] inline owned_schema introspect_sqlite(database& db, const introspection_options& options = {}) {
  const sqlite_catalogue catalogue(db, options);
  return sqlite_introspector(catalogue).run();
}

}  // namespace instar::detail
