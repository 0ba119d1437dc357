#pragma once

#include <instar/cli/generate/cpp_names.hpp>
#include <instar/cli/generate/expressible.hpp>
#include <instar/cli/generate/previous_header.hpp>
#include <instar/migrate/snapshot_writer.hpp>
#include <instar/schema/names.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file A schema as the C++ header that somebody could have written for it.

namespace instar::cli {

/// How `models_header` calls things.
struct models_header_options {
  std::string name_space{};  ///< Empty: that of the earlier header, or else "app".
  std::string schema_name = "schema";
  std::string previous{};  ///< The text of an earlier header: what was renamed in it by hand keeps its name.
};

namespace detail {

/// A text as an argument of INSTAR_MODEL and the like. \param indent what begins its further lines
[[nodiscard]] inline std::string text_argument(std::string_view text, std::string_view indent) {
  const std::string literal = instar::detail::cpp_literal(text, indent);
  // The words count up to a NUL where they are not told how far.
  return text.find('\0') == std::string_view::npos ? literal : "{" + literal + ", " + std::to_string(text.size()) + "}";
}

/// SQL that may stand as it is: a raw literal where it has quotes or lines.
[[nodiscard]] inline std::string sql_argument(std::string_view sql, std::string_view indent) {
  const bool simple = sql.find_first_of("\"\\\n") == std::string_view::npos;
  bool plain = !simple;
  for (std::size_t i = 0; plain && i < sql.size();) {
    const std::size_t length = sql[i] == '\n' ? 1 : instar::detail::visible_character(sql, i);
    plain = length != 0;
    i += length;
  }
  for (const std::string_view never : {"\?\?", "<<<<<<<", ">>>>>>>", "======="})
    plain = plain && sql.find(never) == std::string_view::npos;
  if (!plain)
    return text_argument(sql, indent);
  std::string delimiter;
  for (int n = 0; sql.find(")" + delimiter + "\"") != std::string_view::npos; ++n)
    delimiter = n == 0 ? "sql" : "sql" + std::to_string(n);
  return "R\"" + delimiter + "(" + std::string{sql} + ")" + delimiter + "\"";
}

/// How a field says the type of its column.
struct field_type {
  std::string name;    ///< The C++ type.
  std::string word{};  ///< What stands behind the field, where the C++ type says something else.
};

/// The C++ type for what SQLite would store in a column of that type. https://www.sqlite.org/datatype3.html
[[nodiscard]] inline std::string type_by_affinity(std::string_view words) {
  std::string upper;
  for (const char c : words)
    upper += to_upper(c);
  const auto has = [&](std::string_view part) { return upper.find(part) != std::string::npos; };
  if (has("BOOL"))
    return "bool";
  if (has("INT"))
    return "std::int64_t";
  if (has("CHAR") || has("CLOB") || has("TEXT") || has("DATE") || has("TIME") || has("JSON") || has("UUID"))
    return "std::string";
  if (has("BLOB") || upper.empty())
    return "std::vector<std::byte>";
  if (has("REAL") || has("FLOA") || has("DOUB"))
    return "double";
  return "instar::decimal";
}

/// "varchar<12>", "timestamp<>".
[[nodiscard]] inline std::string word_with(std::string_view word, int first, int second = -1) {
  std::string text = std::string{word} + "<";
  if (first >= 0)
    text += std::to_string(first);
  if (second > 0)
    text += ", " + std::to_string(second);
  return text + ">";
}

/// A point in time or a time of day: fields of three precisions need no word.
[[nodiscard]] inline field_type time_type(std::string_view clock, std::string_view word, int digits, bool natural) {
  const std::string_view ticks = digits == 0 ? "seconds" : digits == 3 ? "milliseconds" : "microseconds";
  std::string name = "std::chrono::" + std::string{clock} + "<std::chrono::" + std::string{ticks} + ">";
  if (clock == "sys_time" && digits == 0)
    name = "std::chrono::sys_seconds";
  const bool said = natural && (digits < 0 || digits == 0 || digits == 3);
  return {std::move(name), said ? std::string{} : word_with(word, digits)};
}

[[nodiscard]] inline field_type element_type(const column_type& t, dialect d) {
  const std::string text = "std::string";
  switch (t.kind) {
  case type_kind::custom:
    return {d == sqlite ? type_by_affinity(t.custom) : text};
  case type_kind::boolean:
    return {"bool"};
  case type_kind::smallint:
    return {"std::int16_t"};
  case type_kind::integer:
    return {"std::int32_t"};
  case type_kind::bigint:
    return {"std::int64_t"};
  case type_kind::real:
    return {"float"};
  case type_kind::double_precision:
    return {"double"};
  case type_kind::numeric:
    if (t.length < 0)
      return {"instar::decimal"};
    // A scale that was not given is said too; a word without one means the scale 0.
    return {"instar::decimal",
            t.scale < 0 ? "numeric<" + std::to_string(t.length) + ", -1>" : word_with("numeric", t.length, t.scale)};
  case type_kind::text:
    return {text};
  case type_kind::varchar:
    return {text, word_with("varchar", t.length)};
  case type_kind::character:
    return {text, word_with("char_", t.length)};
  case type_kind::bit:
    return {text, word_with("bit", t.length)};
  case type_kind::varbit:
    return {text, word_with("varbit", t.length)};
  case type_kind::citext:
    return {text, "citext"};
  case type_kind::bytea:
    return {"std::vector<std::byte>"};
  case type_kind::date:
    return {"std::chrono::year_month_day"};
  case type_kind::time:
    return time_type("hh_mm_ss", "time", t.length, true);
  case type_kind::timetz:
    return {text, word_with("timetz", t.length)};
  case type_kind::timestamp:
    return time_type("sys_time", "timestamp", t.length, false);
  case type_kind::timestamptz:
    return time_type("sys_time", "timestamptz", t.length, true);
  case type_kind::interval:
    return {text, "interval"};
  case type_kind::uuid:
    return {"instar::uuid"};
  case type_kind::json:
    return {"instar::json", "json"};
  case type_kind::jsonb:
    return {"instar::json"};
  case type_kind::inet:
    return {text, "inet"};
  case type_kind::cidr:
    return {text, "cidr"};
  case type_kind::macaddr:
    return {text, "macaddr"};
  case type_kind::xml:
    return {text, "xml"};
  case type_kind::tsvector:
    return {text, "tsvector"};
  case type_kind::enumeration:
    break;
  }
  return {text};
}

/// Items with commas between, on as many lines as they need.
[[nodiscard]] inline std::string packed(std::string begin, const std::vector<std::string>& items, std::string_view end,
                                        std::string_view indent) {
  constexpr std::size_t width = 110;
  std::string text = std::move(begin);
  std::size_t used = text.size() - (text.rfind('\n') + 1);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string item = items[i] + (i + 1 == items.size() ? std::string{end} : ",");
    if (i != 0 && used + 1 + item.size() > width) {
      text += '\n' + std::string{indent};
      used = indent.size();
    } else if (i != 0) {
      text += ' ';
      ++used;
    }
    text += item;
    used += item.size();
  }
  return items.empty() ? text + std::string{end} : text;
}

class models_writer {
 public:
  models_writer(const schema_view& schema, dialect d, const models_header_options& options)
      : schema_(schema), dialect_(d), options_(options), given_(header_reader{options.previous}.run()),
        name_space_(!options.name_space.empty()  ? options.name_space
                    : !given_.name_space.empty() ? given_.name_space
                                                 : "app") {}

  [[nodiscard]] std::string run() {
    name_classes();
    for (const enumeration& e : schema_.enumerations)
      name_values(e);
    for (const table& t : schema_.tables)
      name_fields(t);
    for (const enumeration& e : schema_.enumerations)
      put_enum(e);
    put_models();
    put_schema();
    return top() + body_ + "\n}  // namespace " + name_space_ + "\n";
  }

 private:
  static constexpr std::string_view model_indent = "             ";  // behind "INSTAR_MODEL("
  static constexpr std::string_view text_indent = "                 ";
  static constexpr std::string_view object_indent = "    ";
  static constexpr std::span<const std::string_view> no_columns{};

  using inner_names = std::map<std::string, std::string, std::less<>>;

  [[nodiscard]] static std::string qualified(std::string_view schema, std::string_view name) {
    return instar::detail::qualified(schema, name);
  }

  // ---- names ----

  void name_classes() {
    scope_names names;
    const auto keep = [&](const auto& given, const auto& objects, auto& into) {
      for (const auto& o : objects)
        if (const auto found = given.find(qualified(o.schema, o.name)); found != given.end())
          if (!is_reserved(found->second.name) && !names.has(found->second.name))
            into[&o] = names.take(found->second.name);
    };
    keep(given_.tables, schema_.tables, structs_);
    keep(given_.enums, schema_.enumerations, enums_);
    // The default schema first: its names are the short ones.
    for (const bool elsewhere : {false, true}) {
      for (const table& t : schema_.tables)
        if (t.schema.empty() != elsewhere && structs_.find(&t) == structs_.end())
          structs_[&t] = names.take(wishes(
              t.schema, t.name, [](std::string_view name) { return class_name(name, true); },
              class_name(t.name, false)));
      for (const enumeration& e : schema_.enumerations)
        if (e.schema.empty() != elsewhere && enums_.find(&e) == enums_.end())
          enums_[&e] = names.take(wishes(
              e.schema, e.name, [](std::string_view name) { return class_name(name, false); },
              class_name(std::string{e.name} + "_enum", false)));
    }
    classes_ = names.all();
  }

  /// What a class could be called: by its own name, by that with its schema's, and at last the other way.
  template <class Name>
  [[nodiscard]] static std::vector<std::string> wishes(std::string_view schema, std::string_view name,
                                                       const Name& class_of, std::string otherwise) {
    std::vector<std::string> all{class_of(name)};
    if (!schema.empty())
      all.push_back(class_of(qualified(schema, name)));
    all.push_back(std::move(otherwise));
    return all;
  }

  /// The names within one class: first those of an earlier header, then each its own.
  template <class Objects, class Name>
  [[nodiscard]] inner_names name_inner(const Objects& objects, Name name_of,
                                       const std::map<std::string, given_names::entry>& given, const std::string& outer,
                                       std::set<std::string, std::less<>> taken, std::string_view otherwise) const {
    scope_names names{std::move(taken)};
    inner_names made;
    if (const auto earlier = given.find(outer); earlier != given.end())
      for (const auto& o : objects)
        if (const auto found = earlier->second.inner.find(std::string{name_of(o)});
            found != earlier->second.inner.end() && !is_reserved(found->second) && !names.has(found->second))
          made[found->first] = names.take(found->second);
    for (const auto& o : objects) {
      const std::string name{name_of(o)};
      if (made.find(name) != made.end())
        continue;
      const std::string wish = identifier_of(name, otherwise);
      made[name] = names.take({wish, wish + (wish.back() == '_' ? "1" : "_")});
    }
    return made;
  }

  void name_values(const enumeration& e) {
    values_[&e] = name_inner(
        e.values, [](const enum_value& v) { return v.label; }, given_.enums, qualified(e.schema, e.name), {}, "value");
  }

  void name_fields(const table& t) {
    // A member that is called as a type would change what the type's name means in the struct.
    fields_[&t] = name_inner(
        t.columns, [](const column& c) { return c.name; }, given_.tables, qualified(t.schema, t.name), classes_,
        "column");
  }

  [[nodiscard]] const std::string& field(const table& t, std::string_view column) const {
    return fields_.at(&t).find(column)->second;
  }
  [[nodiscard]] std::string member(const table& t, std::string_view column) const {
    return "&" + structs_.at(&t) + "::" + field(t, column);
  }
  [[nodiscard]] std::string members(const table& t, std::span<const std::string_view> columns) const {
    std::string text;
    for (const std::string_view name : columns)
      text += (text.empty() ? "" : ", ") + member(t, name);
    return text;
  }

  // ---- enums ----

  void put_enum(const enumeration& e) {
    const std::string& name = enums_.at(&e);
    std::vector<std::string> enumerators;
    std::vector<std::string> entries;
    for (const enum_value& v : e.values) {
      const std::string& value = values_.at(&e).find(v.label)->second;
      enumerators.push_back(value);
      entries.push_back(value == v.label ? value : "(" + value + ", " + text_argument(v.label, "            ") + ")");
    }
    std::string head = name;
    const std::string type = qualified(e.schema, e.name);
    if (snake_name(name) != type)
      head += ", " + text_argument(type, "            ");
    if (!e.comment.empty())
      head += ", comment(" + text_argument(e.comment, "            ") + ")";
    if (head != name)
      head = "(" + head + ")";
    entries.insert(entries.begin(), head);
    body_ += "\n" + packed("enum class " + name + " { ", enumerators, " };", "  ") + "\n";
    put_macro(packed("INSTAR_ENUM(", entries, ")", "            "));
  }

  /// A line alone is what clang-format would make of it; more are in our own order.
  void put_macro(const std::string& text) {
    if (text.find('\n') == std::string::npos && text.size() <= 100)
      body_ += text + "\n";
    else
      put_as_it_is(text + "\n");
  }

  /// Lines that clang-format leaves alone, together with those before them where these are such.
  void put_as_it_is(const std::string& lines) {
    constexpr std::string_view off = "// clang-format off\n";
    constexpr std::string_view on = "// clang-format on\n";
    if (body_.ends_with(on))
      body_.erase(body_.size() - on.size());
    else
      body_ += off;
    body_ += lines;
    body_ += on;
  }

  // ---- models ----

  [[nodiscard]] const table* find(std::string_view schema, std::string_view name) const {
    for (const table& t : schema_.tables)
      if (t.name == name && t.schema == schema)
        return &t;
    return nullptr;
  }

  /// A struct stands in front of the models that reference it: those that a table references come before it, and where
  /// two reference each other the model waits for both structs.
  void put_models() {
    std::set<const table*> entered;
    std::set<const table*> declared;
    std::vector<const table*> waiting;
    const auto is_ready = [&](const table* t) {
      return std::all_of(t->foreign_keys.begin(), t->foreign_keys.end(), [&](const foreign_key& fk) {
        return declared.find(find(fk.target_schema, fk.target_table)) != declared.end();
      });
    };
    struct frame {
      const table* at;
      std::size_t next = 0;
    };
    std::vector<frame> path;  // not the call stack: a chain of tables may be long
    for (const table& root : schema_.tables) {
      if (!entered.insert(&root).second)
        continue;
      path.push_back({&root});
      while (!path.empty()) {
        frame& f = path.back();
        if (f.next < f.at->foreign_keys.size()) {
          const foreign_key& fk = f.at->foreign_keys[f.next++];
          const table* const target = find(fk.target_schema, fk.target_table);
          if (target != nullptr && entered.insert(target).second)
            path.push_back({target});
          continue;
        }
        const table* const done = f.at;
        path.pop_back();
        put_struct(*done);
        declared.insert(done);
        waiting.insert(waiting.begin(), done);
        for (std::size_t i = 0; i < waiting.size();) {
          if (!is_ready(waiting[i])) {
            ++i;
            continue;
          }
          put_model(*waiting[i]);
          waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
        }
      }
    }
  }

  [[nodiscard]] field_type type_of(const column& c) const {
    if (c.type.kind == type_kind::custom)
      return {element_type(c.type, dialect_).name, "type(" + text_argument(c.type.custom, text_indent) + ")"};
    field_type made =
        c.type.kind == type_kind::enumeration ? field_type{enum_class(c.type.values)} : element_type(c.type, dialect_);
    for (int i = 0; i < c.type.dimensions; ++i)
      made.name = "std::vector<" + made.name + ">";
    return made;
  }

  [[nodiscard]] std::string enum_class(const enumeration* e) const { return enums_.at(e); }

  void put_struct(const table& t) {
    body_ += "\nstruct " + structs_.at(&t) + " {\n";
    for (const column& c : t.columns) {
      const std::string name = type_of(c).name;
      body_ += "  " + (c.nullable ? "std::optional<" + name + ">" : name) + " " + field(t, c.name) + ";\n";
    }
    body_ += "};\n";
  }

  /// What is said of a table, sorted to its columns and to itself.
  struct table_words {
    std::map<std::string_view, std::vector<std::string>> of_column{};
    std::vector<std::string> of_table{};
  };

  [[nodiscard]] static std::string derived_name(const table& t, std::span<const std::string_view> columns,
                                                std::string_view suffix) {
    instar::detail::string_writer out;
    instar::detail::put_derived_name(out, t.name, columns, suffix);
    return std::move(out.text);
  }

  [[nodiscard]] std::string named(std::string_view name, std::string_view derived) const {
    return name == derived ? std::string{} : ".named(" + text_argument(name, text_indent) + ")";
  }

  [[nodiscard]] static std::string deferral_word(deferral d) {
    return d == deferral::initially_immediate  ? ".deferrable()"
           : d == deferral::initially_deferred ? ".initially_deferred()"
                                               : "";
  }

  [[nodiscard]] std::string quoted(std::string_view word, std::string_view text) const {
    return std::string{word} + "(" + text_argument(text, text_indent) + ")";
  }

  void put_model(const table& t) {
    table_words words;
    for (const column& c : t.columns)
      add_column_words(words.of_column[c.name], c);
    add_keys(t, words);
    add_foreign_keys(t, words);
    add_indexes(t, words);
    add_checks(t, words);
    for (const column& c : t.columns)
      add_last_column_words(words.of_column[c.name], t, c);
    add_exclusions(t, words);
    if (!t.comment.empty())
      words.of_table.push_back(quoted("comment", t.comment));
    if (!t.options.empty())
      words.of_table.push_back(quoted("options", t.options));
    std::string text = "INSTAR_MODEL(" + structs_.at(&t) + ", " +
                       instar::detail::cpp_literal(qualified(t.schema, t.name), model_indent);
    const auto put = [&](const std::string& entry) { text += ",\n" + std::string{model_indent} + entry; };
    for (const column& c : t.columns) {
      std::string entry = "(" + field(t, c.name);
      for (const std::string& word : words.of_column[c.name])
        entry += ", " + word;
      put(entry + ")");
    }
    for (const std::string& entry : words.of_table)
      put(entry);
    put_as_it_is(text + ")\n");
  }

  void add_column_words(std::vector<std::string>& words, const column& c) const {
    if (c.identity != identity_kind::none)
      words.emplace_back(c.identity == identity_kind::always ? "identity_always" : "identity");
    if (const std::string word = type_of(c).word; !word.empty())
      words.push_back(word);
    if (!c.collation.empty())
      words.push_back(quoted("collate", c.collation));
    if (c.generated != generated_kind::none)
      words.push_back(
          quoted(c.generated == generated_kind::stored ? "generated_always_as" : "generated_virtual", c.generated_as));
    if (c.updated_at)
      words.emplace_back("updated_at");
    else if (c.initial.kind != default_kind::none)
      words.push_back(default_word(c));
  }

  void add_last_column_words(std::vector<std::string>& words, const table& t, const column& c) const {
    if (!c.comment.empty())
      words.push_back(quoted("comment", c.comment));
    if (field(t, c.name) != c.name)
      words.insert(words.begin(), quoted("column", c.name));
  }

  [[nodiscard]] std::string default_word(const column& c) const {
    const column_default& d = c.initial;
    switch (d.kind) {
    case default_kind::boolean:
      return d.integer != 0 ? "default_value(true)" : "default_value(false)";
    case default_kind::integer:
      return "default_value(" + integer_text(d.integer) + ")";
    case default_kind::real:
      return "default_value(" + real_text(d.real) + ")";
    case default_kind::text:
      if (c.type.values != nullptr && c.type.dimensions == 0)
        return "default_value(" + enum_class(c.type.values) + "::" + values_.at(c.type.values).find(d.text)->second +
               ")";
      // A NUL ends a literal for everything but a std::string_view that is told its length.
      return d.text.find('\0') == std::string_view::npos
                 ? quoted("default_value", d.text)
                 : "default_value(std::string_view" + text_argument(d.text, text_indent) + ")";
    case default_kind::now:
      return "default_now";
    default:
      return quoted("default_sql", d.text);
    }
  }

  [[nodiscard]] static std::string integer_text(std::int64_t value) {
    // The least integer is no literal: its magnitude is beyond the largest.
    return value == std::numeric_limits<std::int64_t>::min() ? "-9223372036854775807 - 1" : std::to_string(value);
  }

  [[nodiscard]] static std::string real_text(double value) {
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    const std::string text(digits, end);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
  }

  void add_keys(const table& t, table_words& words) const {
    const key& primary = t.primary_key;
    if (!primary.columns.empty()) {
      const std::string more =
          deferral_word(primary.deferral) + named(primary.name, derived_name(t, no_columns, "_pkey"));
      if (primary.columns.size() == 1 && more.empty()) {
        std::vector<std::string>& of_column = words.of_column[primary.columns[0]];
        of_column.insert(of_column.begin(), "primary_key");
      } else {
        words.of_table.push_back("primary_key(" + members(t, primary.columns) + ")" + more);
      }
    }
    for (const key& k : t.uniques) {
      std::string more = k.nulls_not_distinct ? ".nulls_not_distinct()" : "";
      more += deferral_word(k.deferral) + named(k.name, derived_name(t, k.columns, "_key"));
      if (k.columns.size() == 1 && more.empty())
        words.of_column[k.columns[0]].emplace_back("unique");
      else
        words.of_table.push_back("unique(" + members(t, k.columns) + ")" + more);
    }
  }

  [[nodiscard]] static std::string action_word(std::string_view when, referential_action action) {
    constexpr std::string_view words[] = {"no_action", "restrict_action", "cascade", "set_null", "set_default"};
    if (action == referential_action::no_action)
      return {};
    return "." + std::string{when} + "(" + std::string{words[static_cast<std::size_t>(action)]} + ")";
  }

  void add_foreign_keys(const table& t, table_words& words) const {
    for (const foreign_key& fk : t.foreign_keys) {
      const table& target = *find(fk.target_schema, fk.target_table);
      const std::string more = action_word("on_delete", fk.on_delete) + action_word("on_update", fk.on_update) +
                               deferral_word(fk.deferral) + named(fk.name, derived_name(t, fk.columns, "_fkey"));
      const std::string references = "references(" + members(target, fk.target_columns) + ")" + more;
      if (fk.columns.size() == 1)
        words.of_column[fk.columns[0]].push_back(references);
      else
        words.of_table.push_back("foreign_key(" + members(t, fk.columns) + ")." + references);
    }
  }

  [[nodiscard]] std::string part_text(const table& t, const index_part& p) const {
    std::string more;
    if (p.descending)
      more += ".desc()";
    if (p.nulls != null_order::standard)
      more += p.nulls == null_order::first ? ".nulls_first()" : ".nulls_last()";
    const auto add = [&](std::string_view word, std::string_view text) {
      if (!text.empty())
        more += "." + quoted(word, text);
    };
    add("collate", p.collation);
    add("operator_class", p.operator_class);
    add("with", p.with_operator);
    if (p.expression)
      return quoted("expression", p.text) + more;
    return more.empty() ? member(t, p.text) : "column(" + member(t, p.text) + ")" + more;
  }

  [[nodiscard]] std::string parts_text(const table& t, std::span<const index_part> parts) const {
    std::string text;
    for (const index_part& p : parts)
      text += (text.empty() ? "" : ", ") + part_text(t, p);
    return text;
  }

  [[nodiscard]] static std::string derived_name(const table& t, std::span<const index_part> parts,
                                                std::string_view suffix) {
    std::vector<std::string_view> names;
    for (const index_part& p : parts)
      names.push_back(p.expression ? std::string_view{"expr"} : p.text);
    return derived_name(t, names, suffix);
  }

  void add_indexes(const table& t, table_words& words) const {
    for (const index& i : t.indexes) {
      std::string more;
      if (i.unique)
        more += ".unique()";
      if (i.nulls_not_distinct)
        more += ".nulls_not_distinct()";
      if (!i.method.empty() && i.method != "btree")
        more += "." + quoted("using_method", i.method);
      if (!i.where.empty())
        more += "." + quoted("where", i.where);
      if (!i.include.empty())
        more += ".include(" + members(t, i.include) + ")";
      more += named(i.name, derived_name(t, i.parts, i.unique ? "_key" : "_idx"));
      const std::string parts = parts_text(t, i.parts);
      if (more.empty() && i.parts.size() == 1 && !i.parts[0].expression && parts == member(t, i.parts[0].text))
        words.of_column[i.parts[0].text].emplace_back("index");
      else
        words.of_table.push_back("index(" + parts + ")" + more);
    }
  }

  /// A check with the name that a check of a column gets stands with the column.
  void add_checks(const table& t, table_words& words) const {
    int unnamed = 0;
    for (const check& c : t.checks) {
      const auto own = std::find_if(t.columns.begin(), t.columns.end(), [&](const column& col) {
        return derived_name(t, std::array<std::string_view, 1>{col.name}, "_check") == c.name;
      });
      if (own != t.columns.end()) {
        words.of_column[own->name].push_back(quoted("check", c.expression));
        continue;
      }
      const std::string derived = derived_name(t, std::span<const std::string_view>{},
                                               "_check" + (unnamed == 0 ? "" : std::to_string(unnamed)));
      unnamed += derived == c.name ? 1 : 0;
      words.of_table.push_back(quoted("check", c.expression) + named(c.name, derived));
    }
  }

  void add_exclusions(const table& t, table_words& words) const {
    for (const exclusion& e : t.exclusions) {
      std::string more;
      if (!e.method.empty() && e.method != "gist")
        more += "." + quoted("using_method", e.method);
      if (!e.where.empty())
        more += "." + quoted("where", e.where);
      more += deferral_word(e.deferral) + named(e.name, derived_name(t, e.parts, "_excl"));
      words.of_table.push_back("exclude(" + parts_text(t, e.parts) + ")" + more);
    }
  }

  // ---- the schema ----

  [[nodiscard]] static std::string name_argument(std::string_view schema, std::string_view name) {
    return text_argument(qualified(schema, name), object_indent);
  }

  [[nodiscard]] std::string object(const extension_object& e) const {
    std::string text = "instar::extension(" + text_argument(e.name, object_indent);
    if (!e.schema.empty() || !e.version.empty())
      text += ", " + text_argument(e.schema, object_indent);
    if (!e.version.empty())
      text += ", " + text_argument(e.version, object_indent);
    return text + ")";
  }

  [[nodiscard]] std::string object(const sequence_object& q) const {
    if (is_writable_name(q.schema, q.name) && q.type == type_kind::bigint && q.cache == 1 && !q.cycle) {
      std::string text = "instar::sequence(" + name_argument(q.schema, q.name);
      if (q.start != 1 || q.increment != 1)
        text += ", " + integer_text(q.start);
      if (q.increment != 1)
        text += ", " + integer_text(q.increment);
      return text + ")";
    }
    std::string members;
    const auto add = [&](std::string_view name, const std::string& value) {
      members += (members.empty() ? "." : ", .") + std::string{name} + " = " + value;
    };
    if (!q.schema.empty())
      add("schema", text_argument(q.schema, object_indent));
    add("name", text_argument(q.name, object_indent));
    if (q.type != type_kind::bigint)
      add("type", q.type == type_kind::smallint ? "instar::type_kind::smallint" : "instar::type_kind::integer");
    if (q.start != 1)
      add("start", integer_text(q.start));
    if (q.increment != 1)
      add("increment", integer_text(q.increment));
    if (q.cache != 1)
      add("cache", integer_text(q.cache));
    if (q.cycle)
      add("cycle", "true");
    return "instar::sequence_object{" + members + "}";
  }

  [[nodiscard]] static std::string view_part(const index_part& p) {
    std::string members = ".text = " + text_argument(p.text, object_indent);
    const auto add = [&](std::string_view name, const std::string& value) {
      members += ", ." + std::string{name} + " = " + value;
    };
    if (p.expression)
      add("expression", "true");
    if (p.descending)
      add("descending", "true");
    if (p.nulls != null_order::standard)
      add("nulls", p.nulls == null_order::first ? "instar::null_order::first" : "instar::null_order::last");
    if (!p.collation.empty())
      add("collation", text_argument(p.collation, object_indent));
    if (!p.operator_class.empty())
      add("operator_class", text_argument(p.operator_class, object_indent));
    return members.find(", .") == std::string::npos ? text_argument(p.text, object_indent)
                                                    : "instar::index_part{" + members + "}";
  }

  [[nodiscard]] std::string object(const view_object& v) const {
    std::string text = (v.materialized ? "instar::materialized_view(" : "instar::view(") +
                       name_argument(v.schema, v.name) + ", " + sql_argument(v.query, object_indent);
    for (const index& i : v.indexes) {
      text += ",\n        instar::view_index(" + text_argument(i.name, object_indent);
      for (const index_part& p : i.parts)
        text += ", " + view_part(p);
      text += ")";
      if (i.unique)
        text += ".unique()";
      if (i.nulls_not_distinct)
        text += ".nulls_not_distinct()";
      if (!i.method.empty() && i.method != "btree")
        text += ".using_method(" + text_argument(i.method, object_indent) + ")";
      if (!i.where.empty())
        text += ".where(" + text_argument(i.where, object_indent) + ")";
    }
    text += ")";
    if (!v.comment.empty())
      text += ".comment(" + text_argument(v.comment, object_indent) + ")";
    return text;
  }

  [[nodiscard]] std::string object(const raw_object& r) const {
    struct word {
      std::string_view kind;
      instar::placement placement;
    };
    constexpr auto known = std::to_array<word>({{"function", placement::before_tables},
                                                {"trigger", placement::after_tables},
                                                {"policy", placement::after_tables}});
    const bool is_known = std::any_of(known.begin(), known.end(),
                                      [&](const word& w) { return w.kind == r.kind && w.placement == r.placement; });
    std::string text = is_known ? "instar::" + std::string{r.kind} + "("
                                : "instar::raw(" + text_argument(r.kind, object_indent) + ", ";
    text += text_argument(r.name, object_indent);
    for (const std::string_view sql : {r.create, r.drop})
      text += ",\n        " + sql_argument(sql, "        ");
    if (!is_known && r.placement != placement::after_tables)
      text += std::string{",\n        instar::placement::"} +
              (r.placement == placement::before_tables ? "before_tables" : "before_indexes");
    return text + ")";
  }

  void put_schema() {
    std::vector<std::string> models;
    for (const table& t : schema_.tables)
      models.push_back(structs_.at(&t));
    std::vector<std::string> objects;
    const auto add = [&](const auto& all) {
      for (const auto& o : all)
        objects.push_back(object(o));
    };
    add(schema_.extensions);
    add(schema_.sequences);
    add(schema_.views);
    add(schema_.raw_objects);
    body_ += "\n// clang-format off\n" +
             packed("inline constexpr auto " + options_.schema_name + " = instar::schema<", models, ">(", "    ");
    for (std::size_t i = 0; i < objects.size(); ++i)
      body_ += (i == 0 ? "\n    " : ",\n    ") + objects[i];
    body_ += ");\n// clang-format on\n";
  }

  // ---- the top ----

  [[nodiscard]] std::string top() const {
    std::string text =
        "// The models of a database, as `db pull` read them. They are yours to edit: another pull keeps the names\n"
        "// that you give to structs, fields, enums and enumerators.\n"
        "#pragma once\n\n#include <instar/instar.hpp>\n";
    struct need {
      std::string_view header;
      std::vector<std::string_view> names;
    };
    const std::array<need, 7> needs{{{"chrono", {"std::chrono::"}},
                                     {"cstddef", {"std::byte"}},
                                     {"cstdint", {"std::int16_t", "std::int32_t", "std::int64_t"}},
                                     {"optional", {"std::optional<"}},
                                     {"string", {"std::string "}},
                                     {"string_view", {"std::string_view{"}},
                                     {"vector", {"std::vector<"}}}};
    std::string includes;
    for (const need& n : needs)
      if (std::any_of(n.names.begin(), n.names.end(), [&](std::string_view name) { return uses(name); }))
        includes += "#include <" + std::string{n.header} + ">\n";
    return text + (includes.empty() ? "" : "\n" + includes) + "\nnamespace " + name_space_ + " {\n";
  }

  /// Whether a struct or a model has a name of the standard library.
  [[nodiscard]] bool uses(std::string_view name) const {
    for (const table& t : schema_.tables)
      for (const column& c : t.columns) {
        const field_type type = type_of(c);
        std::string written = c.nullable ? "std::optional<" + type.name + ">" : type.name;
        std::replace(written.begin(), written.end(), '>', ' ');
        if ((written + ' ').find(name) != std::string::npos)
          return true;
        if (name == "std::string_view{" && c.initial.kind == default_kind::text &&
            c.initial.text.find('\0') != std::string_view::npos)
          return true;
      }
    return false;
  }

  const schema_view& schema_;
  dialect dialect_;
  const models_header_options& options_;
  given_names given_;
  std::string name_space_;
  std::map<const table*, std::string> structs_;
  std::map<const enumeration*, std::string> enums_;
  std::map<const table*, inner_names> fields_;
  std::map<const enumeration*, inner_names> values_;
  std::set<std::string, std::less<>> classes_;
  std::string body_;
};

}  // namespace detail

/// A schema as a models header: structs, INSTAR_MODEL and INSTAR_ENUM, and the schema of them all.
///
/// The header compiles, and what it says is the schema: what models cannot say is in it as `instar::raw(…)`. Whatever
/// stands in names, comments and defaults of the database becomes a literal, never code.
/// \param d how the raw objects' SQL is written
[[nodiscard]] inline std::string models_header(const schema_view& schema, dialect d,
                                               const models_header_options& options = {}) {
  const owned_schema said = detail::expressible(schema, d);
  return detail::models_writer{said.view(), d, options}.run();
}

}  // namespace instar::cli
