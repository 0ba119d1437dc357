#pragma once

// A schema that can be edited: parts refer to each other by numbers which stay when names change, so that a second
// draft made from a first by edits knows what was renamed.

#include <instar/schema/owned.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace instar_test::property {

/// SQL with references: `{c7}` is column 7, `{t3}` table 3, `{v2}` view 2, `{e1}` enum 1, `{l9}` the label of enum
/// value 9, `{q4}` sequence 4, `{f5}` raw object 5. Columns stand for themselves, with what their type has to be.
using sql_template = std::string;

/// What an expression asks of a column's type.
enum class type_class : char { any = 'a', integral = 'i', textual = 's', truth = 'b', enumerated = 'e', ordered = 'o' };

struct draft_type {
  instar::type_kind kind = instar::type_kind::integer;
  int length = -1;
  int scale = -1;
  int dimensions = 0;
  int enumeration = -1;
  std::string custom{};
  bool operator==(const draft_type&) const = default;
};

struct draft_column {
  int id = 0;
  std::string name{};
  draft_type type{};
  bool nullable = false;
  instar::identity_kind identity = instar::identity_kind::none;
  instar::default_kind initial = instar::default_kind::none;
  std::int64_t number = 0;  ///< Of a default that is a number or a boolean.
  sql_template text{};      ///< Of a default that is a text or an expression.
  instar::generated_kind generated = instar::generated_kind::none;
  sql_template generated_as{};
  std::string collation{};
  std::string comment{};
  bool operator==(const draft_column&) const = default;
};

struct draft_key {
  std::string name{};
  std::vector<int> columns{};
  bool nulls_not_distinct = false;
  instar::deferral deferral = instar::deferral::not_deferrable;
  bool operator==(const draft_key&) const = default;
};

struct draft_foreign_key {
  std::string name{};
  std::vector<int> columns{};
  int target = -1;
  std::vector<int> target_columns{};
  instar::referential_action on_delete = instar::referential_action::no_action;
  instar::referential_action on_update = instar::referential_action::no_action;
  instar::deferral deferral = instar::deferral::not_deferrable;
  bool operator==(const draft_foreign_key&) const = default;
};

struct draft_check {
  std::string name{};
  sql_template expression{};
  bool operator==(const draft_check&) const = default;
};

struct draft_part {
  int column = -1;  ///< Or an expression.
  sql_template expression{};
  bool descending = false;
  instar::null_order nulls = instar::null_order::standard;
  std::string collation{};
  std::string operator_class{};
  std::string with_operator{};
  bool operator==(const draft_part&) const = default;
};

struct draft_index {
  std::string name{};
  std::vector<draft_part> parts{};
  bool unique = false;
  bool nulls_not_distinct = false;
  std::string method{};
  sql_template where{};
  std::vector<int> include{};
  bool operator==(const draft_index&) const = default;
};

struct draft_exclusion {
  std::string name{};
  std::vector<draft_part> parts{};
  std::string method{};
  sql_template where{};
  instar::deferral deferral = instar::deferral::not_deferrable;
  bool operator==(const draft_exclusion&) const = default;
};

struct draft_table {
  int id = 0;
  std::string schema{};
  std::string name{};
  std::vector<draft_column> columns{};
  draft_key primary_key{};
  std::vector<draft_key> uniques{};
  std::vector<draft_foreign_key> foreign_keys{};
  std::vector<draft_check> checks{};
  std::vector<draft_exclusion> exclusions{};
  std::vector<draft_index> indexes{};
  std::string comment{};
  std::string options{};
  bool operator==(const draft_table&) const = default;
};

struct draft_value {
  int id = 0;
  std::string label{};
  bool operator==(const draft_value&) const = default;
};

struct draft_enum {
  int id = 0;
  std::string schema{};
  std::string name{};
  std::vector<draft_value> values{};
  std::string comment{};
  bool operator==(const draft_enum&) const = default;
};

struct draft_sequence {
  int id = 0;
  std::string schema{};
  std::string name{};
  instar::type_kind type = instar::type_kind::bigint;
  std::int64_t start = 1;
  std::int64_t increment = 1;
  std::int64_t cache = 1;
  bool cycle = false;
  bool operator==(const draft_sequence&) const = default;
};

/// One column of a view: an expression over the source's columns, or the name of a column of another view.
struct draft_output {
  std::string name{};
  sql_template expression{};
  bool operator==(const draft_output&) const = default;
};

struct draft_view {
  int id = 0;
  std::string schema{};
  std::string name{};
  bool materialized = false;
  std::string source{};  ///< `{t3}` or `{v2}`
  std::vector<draft_output> outputs{};
  sql_template where{};
  std::string comment{};
  std::vector<draft_index> indexes{};  ///< Over expressions that are output names.
  bool operator==(const draft_view&) const = default;
};

struct draft_raw {
  int id = 0;
  std::string kind{};
  std::string name{};
  sql_template create{};
  sql_template drop{};
  instar::placement placement = instar::placement::after_tables;
  bool operator==(const draft_raw&) const = default;
};

struct draft {
  std::vector<draft_table> tables{};
  std::vector<draft_enum> enums{};
  std::vector<draft_sequence> sequences{};
  std::vector<draft_view> views{};  ///< Each after those that it reads.
  std::vector<draft_raw> raws{};
  std::vector<std::string> extensions{};
  bool operator==(const draft&) const = default;
};

template <class Parts>
auto find_id(Parts& parts, int id) -> decltype(parts.data()) {
  for (auto& part : parts)
    if (part.id == id)
      return &part;
  return nullptr;
}

template <class Table>
auto find_column(Table& t, int id) {
  return find_id(t.columns, id);
}

/// A column of any table.
inline std::pair<const draft_table*, const draft_column*> locate_column(const draft& d, int id) {
  for (const draft_table& t : d.tables)
    if (const draft_column* c = find_column(t, id))
      return {&t, c};
  return {nullptr, nullptr};
}

inline std::pair<const draft_enum*, const draft_value*> locate_value(const draft& d, int id) {
  for (const draft_enum& e : d.enums)
    if (const draft_value* v = find_id(e.values, id))
      return {&e, v};
  return {nullptr, nullptr};
}

inline bool is_integer(instar::type_kind k) {
  return k == instar::type_kind::smallint || k == instar::type_kind::integer || k == instar::type_kind::bigint;
}
inline bool is_number(instar::type_kind k) {
  return is_integer(k) || k == instar::type_kind::real || k == instar::type_kind::double_precision ||
         k == instar::type_kind::numeric;
}
inline bool is_text(instar::type_kind k) {
  return k == instar::type_kind::text || k == instar::type_kind::varchar || k == instar::type_kind::character ||
         k == instar::type_kind::citext;
}

inline bool fits(const draft_type& t, type_class wanted) {
  if (wanted == type_class::any)
    return true;
  if (t.dimensions != 0)
    return false;
  switch (wanted) {
  case type_class::integral:
    return is_integer(t.kind);
  case type_class::textual:
    return is_text(t.kind);
  case type_class::truth:
    return t.kind == instar::type_kind::boolean;
  case type_class::enumerated:
    return t.kind == instar::type_kind::enumeration;
  default:
    return is_number(t.kind);
  }
}

/// A reference within a template: `{c7s}` is column 7, which has to be a text.
struct reference {
  char kind = 0;
  int id = 0;
  type_class wanted = type_class::any;
};

/// Calls `text(piece)` and `refer(reference)` for the parts of a template, in order.
template <class Text, class Refer>
void each_piece(const sql_template& t, Text text, Refer refer) {
  std::size_t start = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    if (t[i] != '{' || i + 2 >= t.size() || t[i + 2] < '0' || t[i + 2] > '9')
      continue;
    text(std::string_view(t).substr(start, i - start));
    const std::size_t end = t.find('}', i);
    reference r{.kind = t[i + 1], .id = std::stoi(t.substr(i + 2))};
    if (t[end - 1] >= 'a' && t[end - 1] <= 'z')
      r.wanted = static_cast<type_class>(t[end - 1]);
    refer(r);
    i = end;
    start = end + 1;
  }
  text(std::string_view(t).substr(start));
}

inline std::string qualified_name(instar::dialect d, std::string_view schema, std::string_view name) {
  return d == instar::postgres && !schema.empty()
             ? instar::quote_identifier(schema) + '.' + instar::quote_identifier(name)
             : instar::quote_identifier(name);
}

/// Whether all that a template refers to is there and of the type that it asks for.
inline bool resolves(const draft& d, const sql_template& t) {
  bool all = true;
  each_piece(
      t, [](std::string_view) {},
      [&](const reference& r) {
        switch (r.kind) {
        case 'c': {
          const draft_column* c = locate_column(d, r.id).second;
          all &= c != nullptr && fits(c->type, r.wanted);
          break;
        }
        case 't':
          all &= find_id(d.tables, r.id) != nullptr;
          break;
        case 'v':
          all &= find_id(d.views, r.id) != nullptr;
          break;
        case 'e':
          all &= find_id(d.enums, r.id) != nullptr;
          break;
        case 'l':
          all &= locate_value(d, r.id).second != nullptr;
          break;
        case 'q':
          all &= find_id(d.sequences, r.id) != nullptr;
          break;
        default:
          all &= find_id(d.raws, r.id) != nullptr;
        }
      });
  return all;
}

/// Whether a template names something, such as "c7".
inline bool refers_to(const sql_template& t, char kind, int id) {
  bool found = false;
  each_piece(
      t, [](std::string_view) {}, [&](const reference& r) { found |= r.kind == kind && r.id == id; });
  return found;
}

inline std::string rendered(const draft& d, instar::dialect on, const sql_template& t) {
  std::string sql;
  each_piece(
      t, [&](std::string_view text) { sql += text; },
      [&](const reference& r) {
        switch (r.kind) {
        case 'c':
          sql += instar::quote_identifier(locate_column(d, r.id).second->name);
          break;
        case 't': {
          const draft_table& found = *find_id(d.tables, r.id);
          sql += qualified_name(on, found.schema, found.name);
          break;
        }
        case 'v': {
          const draft_view& found = *find_id(d.views, r.id);
          sql += qualified_name(on, found.schema, found.name);
          break;
        }
        case 'e': {
          const draft_enum& found = *find_id(d.enums, r.id);
          sql += qualified_name(on, found.schema, found.name);
          break;
        }
        case 'l':
          sql += instar::quote_literal(locate_value(d, r.id).second->label);
          break;
        case 'q': {
          const draft_sequence& found = *find_id(d.sequences, r.id);
          sql += qualified_name(on, found.schema, found.name);
          break;
        }
        default:
          sql += find_id(d.raws, r.id)->name;
        }
      });
  return sql;
}

/// Whether PostgreSQL lets a foreign key reference these columns: all of one key that is not deferrable.
inline bool is_key(const draft_table& t, const std::vector<int>& columns) {
  if (!t.primary_key.columns.empty() && t.primary_key.columns == columns &&
      t.primary_key.deferral == instar::deferral::not_deferrable)
    return true;
  for (const draft_key& k : t.uniques)
    if (k.columns == columns && k.deferral == instar::deferral::not_deferrable)
      return true;
  return false;
}

/// Takes out of a draft what no longer makes sense: references to what is gone, defaults of other types.
void repair(draft& d, instar::dialect on);

/// The schema value of a draft.
/// \param since what it was before, whose names are declared as `renamed_from`; or null
inline instar::owned_schema value_of(const draft& d, instar::dialect on, const draft* since = nullptr) {
  instar::owned_schema owned;
  const auto sql = [&](const sql_template& t) { return owned.text(rendered(d, on, t)); };

  std::vector<instar::enumeration> enums;
  for (const draft_enum& e : d.enums) {
    const draft_enum* then = since != nullptr ? find_id(since->enums, e.id) : nullptr;
    std::vector<instar::enum_value> values;
    for (const draft_value& v : e.values) {
      const draft_value* was = then != nullptr ? find_id(then->values, v.id) : nullptr;
      values.push_back({.label = owned.text(v.label),
                        .renamed_from = owned.text(was != nullptr && was->label != v.label ? was->label : "")});
    }
    enums.push_back({.schema = owned.text(e.schema),
                     .name = owned.text(e.name),
                     .values = owned.array(values),
                     .comment = owned.text(e.comment),
                     .renamed_from = owned.text(then != nullptr && then->name != e.name ? then->name : "")});
  }
  instar::schema_view view;
  view.enumerations = owned.array(enums);

  std::vector<instar::table> tables;
  for (const draft_table& t : d.tables) {
    const draft_table* then = since != nullptr ? find_id(since->tables, t.id) : nullptr;
    const auto names = [&](const draft_table& of, const std::vector<int>& ids) {
      std::vector<std::string_view> all;
      for (int id : ids)
        all.push_back(owned.text(find_column(of, id)->name));
      return owned.array(all);
    };
    const auto key_of = [&](const draft_key& k) {
      return instar::key{.name = owned.text(k.name),
                         .columns = names(t, k.columns),
                         .nulls_not_distinct = k.nulls_not_distinct,
                         .deferral = k.deferral};
    };
    const auto parts_of = [&](const std::vector<draft_part>& parts) {
      std::vector<instar::index_part> all;
      for (const draft_part& p : parts)
        all.push_back({.text = p.column >= 0 ? owned.text(find_column(t, p.column)->name) : sql(p.expression),
                       .expression = p.column < 0,
                       .descending = p.descending,
                       .nulls = p.nulls,
                       .collation = owned.text(p.collation),
                       .operator_class = owned.text(p.operator_class),
                       .with_operator = owned.text(p.with_operator)});
      return owned.array(all);
    };
    instar::table made;
    made.schema = owned.text(t.schema);
    made.name = owned.text(t.name);
    made.comment = owned.text(t.comment);
    made.options = owned.text(t.options);
    if (then != nullptr && (then->name != t.name || then->schema != t.schema))
      made.renamed_from = owned.text(then->schema.empty() ? then->name : then->schema + '.' + then->name);
    std::vector<instar::column> columns;
    for (const draft_column& c : t.columns) {
      const draft_column* was = then != nullptr ? find_column(*then, c.id) : nullptr;
      instar::column made_column;
      made_column.name = owned.text(c.name);
      made_column.type = {.kind = c.type.kind,
                          .length = c.type.length,
                          .scale = c.type.scale,
                          .dimensions = c.type.dimensions,
                          .custom = owned.text(c.type.custom)};
      if (c.type.enumeration >= 0)
        for (std::size_t i = 0; i < d.enums.size(); ++i)
          if (d.enums[i].id == c.type.enumeration)
            made_column.type.values = &view.enumerations[i];
      made_column.nullable = c.nullable;
      const std::vector<int> alone{c.id};
      made_column.primary_key =
          std::find(t.primary_key.columns.begin(), t.primary_key.columns.end(), c.id) != t.primary_key.columns.end();
      made_column.unique =
          std::any_of(t.uniques.begin(), t.uniques.end(), [&](const draft_key& k) { return k.columns == alone; });
      made_column.identity = c.identity;
      made_column.initial = {.kind = c.initial};
      if (c.initial == instar::default_kind::real)
        made_column.initial.real = static_cast<double>(c.number) + 0.5;
      else if (c.initial == instar::default_kind::text)
        made_column.initial.text = c.text.starts_with("{l")
                                       ? owned.text(locate_value(d, std::stoi(c.text.substr(2))).second->label)
                                       : owned.text(c.text);
      else if (c.initial == instar::default_kind::expression)
        made_column.initial.text = sql(c.text);
      else
        made_column.initial.integer = c.number;
      made_column.generated = c.generated;
      made_column.generated_as = sql(c.generated_as);
      made_column.collation = owned.text(c.collation);
      made_column.comment = owned.text(c.comment);
      if (was != nullptr && was->name != c.name)
        made_column.renamed_from = owned.text(was->name);
      columns.push_back(made_column);
    }
    made.columns = owned.array(columns);
    made.primary_key = key_of(t.primary_key);
    std::vector<instar::key> uniques;
    for (const draft_key& k : t.uniques)
      uniques.push_back(key_of(k));
    made.uniques = owned.array(uniques);
    std::vector<instar::foreign_key> foreign_keys;
    for (const draft_foreign_key& k : t.foreign_keys) {
      const draft_table& target = *find_id(d.tables, k.target);
      foreign_keys.push_back({.name = owned.text(k.name),
                              .columns = names(t, k.columns),
                              .target_schema = owned.text(target.schema),
                              .target_table = owned.text(target.name),
                              .target_columns = names(target, k.target_columns),
                              .on_delete = k.on_delete,
                              .on_update = k.on_update,
                              .deferral = k.deferral});
    }
    made.foreign_keys = owned.array(foreign_keys);
    std::vector<instar::check> checks;
    for (const draft_check& c : t.checks)
      checks.push_back({.name = owned.text(c.name), .expression = sql(c.expression)});
    made.checks = owned.array(checks);
    std::vector<instar::exclusion> exclusions;
    for (const draft_exclusion& e : t.exclusions)
      exclusions.push_back({.name = owned.text(e.name),
                            .parts = parts_of(e.parts),
                            .method = owned.text(e.method),
                            .where = sql(e.where),
                            .deferral = e.deferral});
    made.exclusions = owned.array(exclusions);
    std::vector<instar::index> indexes;
    for (const draft_index& i : t.indexes)
      indexes.push_back({.name = owned.text(i.name),
                         .parts = parts_of(i.parts),
                         .unique = i.unique,
                         .nulls_not_distinct = i.nulls_not_distinct,
                         .method = owned.text(i.method),
                         .where = sql(i.where),
                         .include = names(t, i.include)});
    made.indexes = owned.array(indexes);
    tables.push_back(made);
  }
  view.tables = owned.array(tables);

  std::vector<instar::extension_object> extensions;
  for (const std::string& e : d.extensions)
    extensions.push_back({.name = owned.text(e)});
  view.extensions = owned.array(extensions);

  std::vector<instar::sequence_object> sequences;
  for (const draft_sequence& q : d.sequences)
    sequences.push_back({.schema = owned.text(q.schema),
                         .name = owned.text(q.name),
                         .type = q.type,
                         .start = q.start,
                         .increment = q.increment,
                         .cache = q.cache,
                         .cycle = q.cycle});
  view.sequences = owned.array(sequences);

  std::vector<instar::view_object> views;
  for (const draft_view& v : d.views) {
    std::string query = "SELECT ";
    for (const draft_output& o : v.outputs)
      query += (&o == &v.outputs.front() ? "" : ", ") + rendered(d, on, o.expression) + " AS " +
               instar::quote_identifier(o.name);
    query += " FROM " + rendered(d, on, v.source);
    if (!v.where.empty())
      query += " WHERE " + rendered(d, on, v.where);
    std::vector<instar::index> indexes;
    for (const draft_index& i : v.indexes) {
      std::vector<instar::index_part> parts;
      for (const draft_part& p : i.parts)
        parts.push_back({.text = owned.text(p.expression), .descending = p.descending});
      indexes.push_back({.name = owned.text(i.name), .parts = owned.array(parts), .unique = i.unique});
    }
    views.push_back({.schema = owned.text(v.schema),
                     .name = owned.text(v.name),
                     .query = owned.text(query),
                     .materialized = v.materialized,
                     .indexes = owned.array(indexes),
                     .comment = owned.text(v.comment)});
  }
  view.views = owned.array(views);

  std::vector<instar::raw_object> raws;
  for (const draft_raw& r : d.raws)
    raws.push_back({.kind = owned.text(r.kind),
                    .name = owned.text(r.name),
                    .create = sql(r.create),
                    .drop = sql(r.drop),
                    .placement = r.placement});
  view.raw_objects = owned.array(raws);
  owned.set(view);
  return owned;
}

namespace detail {

/// Removes the elements that do not satisfy a condition. \return whether there were any
template <class Parts, class Keep>
bool keep_only(Parts& parts, const Keep& keep) {
  const std::size_t before = parts.size();
  std::erase_if(parts, [&](const auto& part) { return !keep(part); });
  return parts.size() != before;
}

/// Whether a type can stand in a btree, and so in keys.
inline bool comparable(const draft_type& t) {
  using enum instar::type_kind;
  return t.kind != json && t.kind != xml && (t.kind != custom || t.custom == "int4range");
}

/// Whether rows differ in values of a type: row 0 has another one than row 1.
inline bool distinct_by_row(const draft_type& t) {
  using enum instar::type_kind;
  return comparable(t) && t.kind != boolean && t.kind != enumeration;
}

inline bool default_fits(const draft& d, const draft_column& c, instar::dialect on) {
  using enum instar::default_kind;
  switch (c.initial) {
  case none:
    return true;
  case boolean:
    return c.type.kind == instar::type_kind::boolean && c.type.dimensions == 0;
  case integer:
    return is_number(c.type.kind) && c.type.dimensions == 0;
  case real:
    return is_number(c.type.kind) && !is_integer(c.type.kind) && c.type.dimensions == 0;
  case now:
    return (c.type.kind == instar::type_kind::timestamp || c.type.kind == instar::type_kind::timestamptz) &&
           c.type.dimensions == 0;
  case text:
    if (c.text.starts_with("{l")) {
      const auto [e, v] = locate_value(d, std::stoi(c.text.substr(2)));
      return v != nullptr && c.type.dimensions == 0 && c.type.enumeration == e->id;
    }
    if (c.type.dimensions != 0)
      return c.text == (on == instar::postgres ? "{}" : "[]");
    return is_text(c.type.kind) ||
           (c.text == "{}" && (c.type.kind == instar::type_kind::jsonb || c.type.kind == instar::type_kind::json));
  case expression:
    if (!resolves(d, c.text) || c.type.dimensions != 0)
      return false;
    if (c.text.starts_with("gen_random"))
      return c.type.kind == instar::type_kind::uuid;
    if (c.text.starts_with("lower"))
      return is_text(c.type.kind);
    return is_integer(c.type.kind);
  }
  return true;
}

}  // namespace detail

inline void repair(draft& d, instar::dialect on) {
  using namespace detail;
  using instar::type_kind;
  const bool postgres = on == instar::postgres;
  // Each round may take away what another part rested on.
  for (bool changed = true; changed;) {
    changed = false;
    for (draft_table& t : d.tables) {
      for (draft_column& c : t.columns) {
        const draft_column was = c;
        if (c.type.enumeration >= 0 && find_id(d.enums, c.type.enumeration) == nullptr)
          c.type = {.kind = type_kind::text, .dimensions = c.type.dimensions};
        if (c.generated != instar::generated_kind::none) {
          bool own = true;
          each_piece(
              c.generated_as, [](std::string_view) {},
              [&](const reference& r) {
                if (r.kind == 'c') {
                  const draft_column* from = find_column(t, r.id);
                  own &= from != nullptr && from->id != c.id && from->generated == instar::generated_kind::none;
                }
              });
          const bool text = c.generated_as.find("upper") != std::string::npos;
          if (!own || !resolves(d, c.generated_as) || c.type.dimensions != 0 ||
              (text ? c.type.kind != type_kind::text : c.type.kind != type_kind::bigint)) {
            c.generated = instar::generated_kind::none;
            c.generated_as.clear();
          }
        }
        if (c.generated != instar::generated_kind::none) {
          c.initial = instar::default_kind::none;
          c.identity = instar::identity_kind::none;
        }
        if (c.identity != instar::identity_kind::none) {
          const bool rowid = t.primary_key.columns == std::vector<int>{c.id};
          if (!is_integer(c.type.kind) || c.type.dimensions != 0 || (!postgres && !rowid))
            c.identity = instar::identity_kind::none;
          else
            c.initial = instar::default_kind::none, c.nullable = false;
        }
        if (!default_fits(d, c, on) || c.initial == instar::default_kind::none) {
          c.initial = instar::default_kind::none;
          c.text.clear();
          c.number = 0;
        }
        if (!is_text(c.type.kind) || (c.type.kind == type_kind::citext && postgres))
          c.collation.clear();
        if (c.type.kind == type_kind::citext && postgres &&
            std::find(d.extensions.begin(), d.extensions.end(), "citext") == d.extensions.end())
          d.extensions.push_back("citext"), changed = true;
        changed |= !(c == was);
      }
      const auto plain = [&](int id) {
        const draft_column* c = find_column(t, id);
        return c != nullptr && c->generated == instar::generated_kind::none;
      };
      const auto keyable = [&](const std::vector<int>& columns) {
        return !columns.empty() && std::all_of(columns.begin(), columns.end(), [&](int id) {
          const draft_column* c = find_column(t, id);
          return c != nullptr && comparable(c->type);
        }) && std::any_of(columns.begin(), columns.end(), [&](int id) {
          return distinct_by_row(find_column(t, id)->type);
        });
      };
      if (!t.primary_key.columns.empty() &&
          (!keyable(t.primary_key.columns) ||
           !std::all_of(t.primary_key.columns.begin(), t.primary_key.columns.end(), plain)))
        t.primary_key = {}, changed = true;
      for (int id : t.primary_key.columns)
        if (draft_column* c = find_column(t, id); c->nullable)
          c->nullable = false, changed = true;
      changed |= keep_only(t.uniques, [&](const draft_key& k) { return keyable(k.columns); });
      changed |= keep_only(t.checks, [&](const draft_check& c) { return resolves(d, c.expression); });
      const auto parts_resolve = [&](const std::vector<draft_part>& parts) {
        return std::all_of(parts.begin(), parts.end(), [&](const draft_part& p) {
          if (p.column < 0)
            return resolves(d, p.expression);
          const draft_column* c = find_column(t, p.column);
          if (c == nullptr || !comparable(c->type))
            return false;
          if (p.operator_class == "text_pattern_ops" && (c->type.kind != type_kind::text || c->type.dimensions != 0))
            return false;
          return p.collation.empty() || (is_text(c->type.kind) && c->type.kind != type_kind::citext);
        });
      };
      changed |= keep_only(t.indexes, [&](const draft_index& i) {
        if (!parts_resolve(i.parts) || !resolves(d, i.where) ||
            !std::all_of(i.include.begin(), i.include.end(), [&](int id) { return find_column(t, id) != nullptr; }))
          return false;
        if (i.method.empty())
          return true;
        const draft_type& type = find_column(t, i.parts[0].column)->type;
        if (i.method == "hash")
          return type.dimensions == 0 && (is_integer(type.kind) || is_text(type.kind) || type.kind == type_kind::uuid);
        if (i.method == "gin")
          return type.dimensions > 0 ? is_integer(type.kind) || type.kind == type_kind::text
                                     : type.kind == type_kind::jsonb || type.kind == type_kind::tsvector;
        if (i.method == "gist")
          return type.kind == type_kind::custom && type.dimensions == 0;
        return type.dimensions == 0 && (is_integer(type.kind) || type.kind == type_kind::date);  // brin
      });
      changed |= keep_only(t.exclusions, [&](const draft_exclusion& e) {
        if (!parts_resolve(e.parts) || !resolves(d, e.where))
          return false;
        const draft_type& type = find_column(t, e.parts[0].column)->type;
        return e.method == "btree" ? distinct_by_row(type) : type.kind == type_kind::custom && type.dimensions == 0;
      });
      changed |= keep_only(t.foreign_keys, [&](const draft_foreign_key& k) {
        const draft_table* target = find_id(d.tables, k.target);
        if (target == nullptr || !is_key(*target, k.target_columns))
          return false;
        for (std::size_t i = 0; i < k.columns.size(); ++i) {
          const draft_column* c = find_column(t, k.columns[i]);
          const draft_column* to = find_column(*target, k.target_columns[i]);
          if (c == nullptr || to == nullptr || !(c->type == to->type) || c->collation != to->collation ||
              c->generated != instar::generated_kind::none || to->generated != instar::generated_kind::none)
            return false;
          // PostgreSQL 15 makes such a key, and then cannot compare: operator does not exist: anyarray = varchar[].
          if (c->type.dimensions != 0 &&
              (c->type.kind == instar::type_kind::varchar || c->type.kind == instar::type_kind::character))
            return false;
        }
        return true;
      });
      if (t.options.find("WITHOUT ROWID") != std::string::npos &&
          (t.primary_key.columns.empty() || std::any_of(t.columns.begin(), t.columns.end(), [](const draft_column& c) {
             return c.identity != instar::identity_kind::none;
           })))
        t.options.clear(), changed = true;
      if (t.options == "STRICT" && std::any_of(t.columns.begin(), t.columns.end(), [](const draft_column& c) {
            using enum instar::type_kind;
            return c.type.kind == boolean || c.type.kind == varchar || c.type.kind == character ||
                   c.type.kind == numeric || c.type.kind == custom;
          }))
        t.options.clear(), changed = true;
    }
    changed |= keep_only(d.tables, [](const draft_table& t) {
      return std::any_of(t.columns.begin(), t.columns.end(),
                         [](const draft_column& c) { return c.generated == instar::generated_kind::none; });
    });
    for (draft_view& v : d.views) {
      changed |= keep_only(v.outputs, [&](const draft_output& o) { return resolves(d, o.expression); });
      if (!resolves(d, v.where))
        v.where.clear(), changed = true;
      // What is read of another view is one of its columns.
      if (v.source.starts_with("{v"))
        if (const draft_view* source = find_id(d.views, std::stoi(v.source.substr(2))))
          changed |= keep_only(v.outputs, [&](const draft_output& o) {
            return o.expression == "1" ||
                   std::any_of(source->outputs.begin(), source->outputs.end(), [&](const draft_output& from) {
                     return o.expression == instar::quote_identifier(from.name);
                   });
          });
      if (!v.materialized && !v.indexes.empty())
        v.indexes.clear(), changed = true;
      changed |= keep_only(v.indexes, [&](const draft_index& i) {
        return std::all_of(i.parts.begin(), i.parts.end(), [&](const draft_part& p) {
          return std::any_of(v.outputs.begin(), v.outputs.end(),
                             [&](const draft_output& o) { return o.name == p.expression; });
        });
      });
    }
    changed |= keep_only(d.views, [&](const draft_view& v) { return !v.outputs.empty() && resolves(d, v.source); });
    changed |= keep_only(d.raws, [&](const draft_raw& r) { return resolves(d, r.create) && resolves(d, r.drop); });
    changed |= keep_only(d.enums, [](const draft_enum& e) { return !e.values.empty(); });
  }
}

}  // namespace instar_test::property
