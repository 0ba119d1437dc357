#pragma once

// Random drafts, and random edits that make another draft of one.

#include "property/draft.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace instar_test::property {

/// Random choices that are the same for a seed on every machine: the standard's distributions are not.
class choices {
 public:
  explicit choices(std::uint64_t seed) : engine_(seed) {}

  /// 0 … count - 1
  int below(int count) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(count)); }
  bool chance(int percent) { return below(100) < percent; }
  template <class Parts>
  auto& one_of(Parts& parts) {
    return parts[static_cast<std::size_t>(below(static_cast<int>(parts.size())))];
  }
  template <class Value>
  Value any(std::initializer_list<Value> values) {
    return values.begin()[below(static_cast<int>(values.size()))];
  }

 private:
  std::mt19937_64 engine_;
};

/// Makes drafts and edits them.
class generator {
 public:
  generator(std::uint64_t seed, instar::dialect on) : choose_(seed), postgres_(on == instar::postgres), on_(on) {}

  /// A whole schema.
  draft make() {
    draft d;
    if (postgres_)
      for (const char* name : {"pg_trgm", "hstore", "citext"})
        if (choose_.chance(10))
          d.extensions.push_back(name);
    for (int i = choose_.below(3); i > 0; --i)
      add_enum(d);
    if (postgres_)
      for (int i = choose_.below(3); i > 0; --i)
        add_sequence(d);
    for (int i = choose_.below(3); i > 0 && postgres_; --i)
      add_function(d);
    for (int i = 1 + choose_.below(4); i > 0; --i)
      add_table(d);
    for (int i = choose_.below(4); i > 0; --i)
      add_foreign_key(d, choose_.one_of(d.tables));
    for (int i = choose_.below(3); i > 0; --i)
      add_view(d);
    for (int i = choose_.below(3); i > 0; --i)
      add_table_object(d);
    repair(d, on_);
    return d;
  }

  /// Edits a draft as somebody would who develops a program.
  void edit(draft& d) {
    for (int i = 1 + choose_.below(choose_.chance(30) ? 12 : 4); i > 0; --i) {
      edit_once(d);
      repair(d, on_);
    }
  }

  choices& choose() { return choose_; }

 private:
  int next_id() { return ++last_id_; }

  /// A name that nothing else has, sometimes one that wants its quotes.
  std::string new_name(std::string_view what) {
    const std::string number = std::to_string(++last_name_);
    switch (choose_.below(14)) {
    case 0:
      return "Order " + number;
    case 1:
      return "quo\"te" + number;
    case 2:
      return "na\xc3\xafve" + number;
    case 3:
      return "it's" + number;
    default:
      return std::string(what) + number;
    }
  }
  std::string new_schema() { return postgres_ && choose_.chance(15) ? choose_.any<const char*>({"auth", "Ab c"}) : ""; }
  std::string new_comment() {
    return choose_.chance(10) ? choose_.any<const char*>({"what it's for", "two\nlines", "--; not a comment"}) : "";
  }

  // ---- types and columns ----

  draft_type new_type(const draft& d) {
    using enum instar::type_kind;
    draft_type t;
    const int which = choose_.below(100);
    if (which < 22)
      t.kind = integer;
    else if (which < 34)
      t.kind = choose_.any({smallint, bigint, bigint});
    else if (which < 52)
      t.kind = text;
    else if (which < 60)
      t = {.kind = varchar, .length = 10 + choose_.below(3) * 10};
    else if (which < 66 && !d.enums.empty())
      t = {.kind = enumeration, .enumeration = choose_.one_of(d.enums).id};
    else if (which < 70)
      t.kind = boolean;
    else if (which < 74)
      t = choose_.chance(50) ? draft_type{.kind = numeric, .length = 10, .scale = 2} : draft_type{.kind = numeric};
    else if (which < 80)
      t.kind = choose_.any({date, timestamp, timestamptz, time});
    else
      t.kind = choose_.any({real, double_precision, character, citext, bytea, timetz, interval, uuid, json, jsonb, inet,
                            cidr, macaddr, xml, bit, varbit, tsvector, custom});
    if (t.kind == character)
      t.length = 4;
    if (t.kind == bit)
      t.length = 4;
    if (t.kind == custom)
      t.custom = postgres_ ? "int4range" : "FANCY";
    if (t.kind == timestamp && choose_.chance(30))
      t.length = 3;
    if (choose_.chance(6) && (is_integer(t.kind) || t.kind == text || t.kind == enumeration))
      t.dimensions = 1;
    return t;
  }

  void give_default(const draft& d, draft_column& c) {
    using enum instar::default_kind;
    using instar::type_kind;
    c.initial = none;
    c.text.clear();
    if (c.type.dimensions != 0) {
      c.initial = text;
      c.text = postgres_ ? "{}" : "[]";
    } else if (c.type.kind == type_kind::boolean) {
      c.initial = boolean;
      c.number = choose_.below(2);
    } else if (is_integer(c.type.kind)) {
      const int which = choose_.below(10);
      c.initial = integer;
      c.number = 1 + choose_.below(3);
      if (which == 0 && !d.sequences.empty() && c.type.kind == type_kind::bigint) {
        c.initial = expression;
        const draft_sequence& q = choose_.one_of(d.sequences);
        if (q.name.find('\'') == std::string::npos)
          c.text = "nextval('{q" + std::to_string(q.id) + "}'::regclass)";
        else
          c.text = "1 + 1";
      } else if (which == 1) {
        c.initial = expression;
        c.text = "1 + 1";
      } else if (which == 2) {
        for (const draft_raw& r : d.raws)
          if (r.create.find("SELECT x + ") != std::string::npos) {
            c.initial = expression;
            c.text = "{f" + std::to_string(r.id) + "}(1)";
          }
      }
    } else if (is_number(c.type.kind)) {
      c.initial = choose_.any({integer, real});
      c.number = 1 + choose_.below(3);
    } else if (is_text(c.type.kind)) {
      c.initial = choose_.chance(20) ? expression : text;
      c.text = c.initial == expression ? "lower('D')" : choose_.any<const char*>({"d", "it's"});
    } else if (c.type.kind == type_kind::enumeration) {
      c.initial = text;
      c.text = "{l" + std::to_string(choose_.one_of(find_id(d.enums, c.type.enumeration)->values).id) + "}";
    } else if (c.type.kind == type_kind::timestamp || c.type.kind == type_kind::timestamptz) {
      c.initial = now;
    } else if (c.type.kind == type_kind::uuid && postgres_) {
      c.initial = expression;
      c.text = "gen_random_uuid()";
    } else if (c.type.kind == type_kind::jsonb || c.type.kind == type_kind::json) {
      c.initial = text;
      c.text = "{}";
    }
  }

  draft_column new_column(const draft& d, const draft_table& t, bool has_rows) {
    draft_column c;
    c.id = next_id();
    c.name = new_name("c");
    if (t.columns.empty() && choose_.chance(70)) {
      c.type.kind = choose_.any({instar::type_kind::integer, instar::type_kind::bigint});
      if (choose_.chance(40))
        c.identity = choose_.any({instar::identity_kind::always, instar::identity_kind::by_default});
      return c;
    }
    if (!t.columns.empty() && choose_.chance(10)) {
      const draft_column& from = choose_.one_of(t.columns);
      if (from.generated == instar::generated_kind::none && give_expression(c, from)) {
        c.nullable = true;
        return c;
      }
    }
    c.type = new_type(d);
    c.nullable = choose_.chance(40);
    if (choose_.chance(25) || (has_rows && !c.nullable))
      give_default(d, c);
    if (has_rows && !c.nullable && c.initial == instar::default_kind::none && !choose_.chance(25))
      c.nullable = true;
    if (is_text(c.type.kind) && choose_.chance(10))
      c.collation =
          postgres_ ? choose_.any<const char*>({"C", "POSIX"}) : choose_.any<const char*>({"NOCASE", "RTRIM"});
    c.comment = new_comment();
    return c;
  }

  /// Makes a column generated from another one, when its type allows.
  bool give_expression(draft_column& c, const draft_column& from) {
    const std::string name = "{c" + std::to_string(from.id);
    if (is_integer(from.type.kind) && from.type.dimensions == 0) {
      c.type = {.kind = instar::type_kind::bigint};
      c.generated_as = name + "i} " + choose_.any<const char*>({"+ 1", "* 2", "- 3"});
    } else if (is_text(from.type.kind) && from.type.dimensions == 0 && from.type.kind != instar::type_kind::citext) {
      c.type = {.kind = instar::type_kind::text};
      c.generated_as = "upper(" + name + "s})";
    } else {
      return false;
    }
    c.generated =
        postgres_ || choose_.chance(50) ? instar::generated_kind::stored : instar::generated_kind::virtual_column;
    c.identity = instar::identity_kind::none;
    return true;
  }

  // ---- parts of tables ----

  std::vector<int> some_columns(const draft_table& t, int most, bool keys) {
    std::vector<int> ids;
    for (int i = 1 + choose_.below(most); i > 0; --i) {
      const draft_column& c = choose_.one_of(t.columns);
      if (std::find(ids.begin(), ids.end(), c.id) == ids.end() &&
          (!keys || (detail::comparable(c.type) && c.generated == instar::generated_kind::none)))
        ids.push_back(c.id);
    }
    return ids;
  }

  instar::deferral new_deferral() {
    return choose_.chance(15)
               ? choose_.any({instar::deferral::initially_immediate, instar::deferral::initially_deferred})
               : instar::deferral::not_deferrable;
  }

  void set_primary_key(draft_table& t) {
    t.primary_key = {.name = new_name(t.name + "_pkey"), .columns = some_columns(t, 2, true)};
    if (choose_.chance(70) && !t.columns.empty() && detail::distinct_by_row(t.columns[0].type))
      t.primary_key.columns = {t.columns[0].id};
    if (t.primary_key.columns.empty())
      t.primary_key = {};
  }

  void add_unique(draft_table& t) {
    draft_key k{.name = new_name("key"), .columns = some_columns(t, 3, true)};
    k.nulls_not_distinct = postgres_ && choose_.chance(15);
    if (postgres_)
      k.deferral = new_deferral();
    t.uniques.push_back(k);
  }

  sql_template new_condition(const draft& d, const draft_table& t) {
    const draft_column& c = choose_.one_of(t.columns);
    const std::string name = "{c" + std::to_string(c.id);
    if (c.generated != instar::generated_kind::none && is_number(c.type.kind))
      return name + "o} > -50";
    if (c.type.dimensions == 0 && is_number(c.type.kind))
      return name + "o} " + choose_.any<const char*>({"> 0", ">= 0", "> -5", "< 1000"});
    if (c.type.dimensions == 0 && is_text(c.type.kind))
      return choose_.any<std::string>({"length(" + name + "s}) > 0", name + "s} <> ''", "length(" + name + "s}) < 90"});
    if (c.type.dimensions == 0 && c.type.kind == instar::type_kind::enumeration) {
      const draft_enum* e = find_id(d.enums, c.type.enumeration);
      return name + "e} = {l" + std::to_string(choose_.one_of(e->values).id) + "} OR " + name + "e} IS NOT NULL OR " +
             name + "e} IS NULL";
    }
    if (c.type.dimensions == 0 && c.type.kind == instar::type_kind::boolean)
      return name + "b} OR NOT " + name + "b}";
    return name + "} IS NOT NULL OR " + name + "} IS NULL";
  }

  void add_check(const draft& d, draft_table& t) {
    t.checks.push_back({.name = new_name("check"), .expression = new_condition(d, t)});
  }

  draft_part new_part(const draft_table& t) {
    const draft_column& c = choose_.one_of(t.columns);
    draft_part p;
    if (choose_.chance(25) && c.type.dimensions == 0 && (is_text(c.type.kind) || is_integer(c.type.kind))) {
      p.expression =
          is_text(c.type.kind) ? "lower({c" + std::to_string(c.id) + "s})" : "{c" + std::to_string(c.id) + "i} + 1";
    } else {
      p.column = c.id;
      if (postgres_ && c.type.kind == instar::type_kind::text && choose_.chance(10))
        p.operator_class = "text_pattern_ops";
      else if (is_text(c.type.kind) && choose_.chance(10))
        p.collation = postgres_ ? "C" : "NOCASE";
    }
    p.descending = choose_.chance(20);
    if (postgres_ && choose_.chance(10))
      p.nulls = p.descending ? instar::null_order::last : instar::null_order::first;
    return p;
  }

  void add_index(const draft& d, draft_table& t) {
    draft_index i{.name = new_name("idx")};
    const draft_column& c = choose_.one_of(t.columns);
    if (postgres_ && choose_.chance(20)) {
      using enum instar::type_kind;
      i.parts = {{.column = c.id}};
      if (c.type.kind == custom)
        i.method = "gist";
      else if (c.type.dimensions > 0 || c.type.kind == jsonb || c.type.kind == tsvector)
        i.method = "gin";
      else
        i.method = is_integer(c.type.kind) || c.type.kind == date ? choose_.any<const char*>({"brin", "hash"}) : "hash";
      if (i.method == "hash" && !is_integer(c.type.kind) && !is_text(c.type.kind) && c.type.kind != uuid)
        i.method.clear();
    } else {
      for (int n = 1 + choose_.below(2); n > 0; --n)
        i.parts.push_back(new_part(t));
      i.unique = choose_.chance(20) && i.parts[0].column >= 0 && find_column(t, i.parts[0].column) != nullptr &&
                 detail::distinct_by_row(find_column(t, i.parts[0].column)->type);
      i.nulls_not_distinct = postgres_ && i.unique && choose_.chance(20);
      if (postgres_ && choose_.chance(10))
        i.include = {c.id};
    }
    if (choose_.chance(20))
      i.where = new_condition(d, t);
    t.indexes.push_back(i);
  }

  void add_exclusion(const draft& d, draft_table& t) {
    for (const draft_column& c : t.columns)
      if (c.type.kind == instar::type_kind::custom && c.type.dimensions == 0 && t.exclusions.empty()) {
        t.exclusions.push_back({.name = new_name("excl"),
                                .parts = {{.column = c.id, .with_operator = "&&"}},
                                .method = "gist",
                                .where = choose_.chance(30) ? new_condition(d, t) : "",
                                .deferral = new_deferral()});
        return;
      }
    const draft_column& c = choose_.one_of(t.columns);
    // CREATE TABLE makes one of two that say the same.
    if (is_integer(c.type.kind) && c.type.dimensions == 0 && t.exclusions.empty())
      t.exclusions.push_back({.name = new_name("excl"),
                              .parts = {{.column = c.id, .with_operator = "="}},
                              .method = "btree",
                              .where = "",
                              .deferral = new_deferral()});
  }

  /// A foreign key to any table, often over new columns of the target's key.
  void add_foreign_key(draft& d, draft_table& t) {
    const draft_table& target = choose_.one_of(d.tables);
    std::vector<int> key = target.primary_key.columns;
    if ((key.empty() || choose_.chance(30)) && !target.uniques.empty())
      key = choose_.one_of(target.uniques).columns;
    if (key.empty() || !is_key(target, key))
      return;
    draft_foreign_key k{.name = new_name("fkey"), .target = target.id, .target_columns = key};
    std::vector<draft_column> added;
    for (int id : key) {
      const draft_column to = *find_column(target, id);
      int found = -1;
      for (const draft_column& c : t.columns)
        if (c.type == to.type && c.collation == to.collation && c.generated == instar::generated_kind::none &&
            std::find(k.columns.begin(), k.columns.end(), c.id) == k.columns.end() && choose_.chance(40))
          found = c.id;
      if (found < 0) {
        draft_column c{
            .id = next_id(), .name = new_name("ref"), .type = to.type, .nullable = true, .collation = to.collation};
        added.push_back(c);
        found = c.id;
      }
      k.columns.push_back(found);
    }
    using enum instar::referential_action;
    k.on_delete = choose_.any({no_action, no_action, restrict_action, cascade, set_null, set_default});
    k.on_update = choose_.any({no_action, no_action, no_action, cascade, set_null});
    k.deferral = new_deferral();
    t.columns.insert(t.columns.end(), added.begin(), added.end());
    t.foreign_keys.push_back(k);
  }

  void add_table(draft& d) {
    draft_table t{.id = next_id(), .schema = new_schema(), .name = new_name("t"), .comment = new_comment()};
    for (int i = 1 + choose_.below(6); i > 0; --i) {
      const draft_column c = new_column(d, t, false);
      t.columns.push_back(c);
    }
    d.tables.push_back(t);
    draft_table& made = d.tables.back();
    if (choose_.chance(80))
      set_primary_key(made);
    for (int i = choose_.below(5); i > 0; --i)
      add_part(d, made);
    if (!postgres_ && choose_.chance(10))
      made.options = choose_.any<const char*>({"STRICT", "WITHOUT ROWID"});
  }

  void add_part(const draft& d, draft_table& t) {
    switch (choose_.below(postgres_ ? 6 : 5)) {
    case 0:
      add_unique(t);
      break;
    case 1:
      add_check(d, t);
      break;
    case 5:
      add_exclusion(d, t);
      break;
    default:
      add_index(d, t);
    }
  }

  // ---- other objects ----

  void add_enum(draft& d) {
    draft_enum e{.id = next_id(), .schema = new_schema(), .name = new_name("e"), .comment = new_comment()};
    for (int i = 1 + choose_.below(4); i > 0; --i)
      e.values.push_back({next_id(), new_name("v")});
    d.enums.push_back(e);
  }

  draft_sequence new_sequence() {
    draft_sequence q{.id = next_id(), .schema = new_schema(), .name = new_name("seq")};
    q.type = choose_.any({instar::type_kind::bigint, instar::type_kind::bigint, instar::type_kind::integer});
    q.start = choose_.any<std::int64_t>({1, 1, 10, -7});
    q.increment = choose_.any<std::int64_t>({1, 1, 5, -1});
    q.cache = choose_.any<std::int64_t>({1, 1, 20});
    q.cycle = choose_.chance(20);
    return q;
  }
  void add_sequence(draft& d) { d.sequences.push_back(new_sequence()); }

  void add_function(draft& d) {
    draft_raw r{.id = next_id(), .kind = "function"};
    r.name = "f" + std::to_string(r.id);
    r.create = "CREATE OR REPLACE FUNCTION " + r.name +
               "(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT x + " +
               std::to_string(1 + choose_.below(9)) + "'";
    r.drop = "DROP FUNCTION " + r.name + "(integer)";
    r.placement = instar::placement::before_tables;
    d.raws.push_back(r);
  }

  /// A trigger, or on PostgreSQL a policy.
  void add_table_object(draft& d) {
    if (d.tables.empty())
      return;
    const draft_table& t = choose_.one_of(d.tables);
    const draft_column& c = choose_.one_of(t.columns);
    const std::string table = "{t" + std::to_string(t.id) + "}";
    const std::string column = "{c" + std::to_string(c.id) + "}";
    draft_raw r{.id = next_id()};
    if (!postgres_) {
      r.kind = "trigger";
      r.name = "tr" + std::to_string(r.id);
      r.create = "CREATE TRIGGER " + r.name + " AFTER UPDATE OF " + column + " ON " + table + " BEGIN SELECT NEW." +
                 column + "; END";
      r.drop = "DROP TRIGGER " + r.name;
      if (choose_.chance(50)) {
        const draft_table& other = choose_.one_of(d.tables);
        r.create = "CREATE TRIGGER " + r.name + " AFTER DELETE ON " + table + " BEGIN DELETE FROM {t" +
                   std::to_string(other.id) + "} WHERE {c" + std::to_string(choose_.one_of(other.columns).id) +
                   "} = OLD." + column + "; END";
      }
    } else if (choose_.chance(50)) {
      r.kind = "policy";
      r.name = "p" + std::to_string(r.id);
      r.create = "CREATE POLICY " + r.name + " ON " + table + " USING (" + new_condition(d, t) + ")";
      r.drop = "DROP POLICY " + r.name + " ON " + table;
    } else {
      draft_raw f{.id = next_id(), .kind = "function"};
      f.name = "tf" + std::to_string(f.id);
      f.create =
          "CREATE OR REPLACE FUNCTION " + f.name + "() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'";
      f.drop = "DROP FUNCTION " + f.name + "()";
      f.placement = instar::placement::before_tables;
      d.raws.push_back(f);
      r.kind = "trigger";
      r.name = "tr" + std::to_string(r.id);
      r.create = "CREATE TRIGGER " + r.name + " BEFORE UPDATE" + (choose_.chance(60) ? " OF " + column : "") + " ON " +
                 table + " FOR EACH ROW EXECUTE FUNCTION {f" + std::to_string(f.id) + "}()";
      r.drop = "DROP TRIGGER " + r.name + " ON " + table;
    }
    d.raws.push_back(r);
  }

  draft_output new_output(const draft& d, const draft_table& t) {
    const draft_column& c = choose_.one_of(t.columns);
    const std::string name = "{c" + std::to_string(c.id);
    draft_output o{.name = new_name("o"), .expression = name + "}"};
    if (c.type.dimensions == 0 && choose_.chance(30)) {
      if (is_integer(c.type.kind))
        o.expression = name + "i} + 1";
      else if (is_text(c.type.kind))
        o.expression = "upper(" + name + "s})";
      else if (c.type.kind == instar::type_kind::enumeration && postgres_)
        o.expression =
            name + "e} = {l" + std::to_string(choose_.one_of(find_id(d.enums, c.type.enumeration)->values).id) + "}";
    }
    return o;
  }

  void add_view(draft& d) {
    if (d.tables.empty())
      return;
    draft_view v{.id = next_id(), .schema = new_schema(), .name = new_name("view"), .comment = new_comment()};
    v.materialized = postgres_ && choose_.chance(35);
    if (!d.views.empty() && choose_.chance(40)) {
      const draft_view& from = choose_.one_of(d.views);
      v.source = "{v" + std::to_string(from.id) + "}";
      for (int i = 1 + choose_.below(2); i > 0; --i)
        v.outputs.push_back({new_name("o"), instar::quote_identifier(choose_.one_of(from.outputs).name)});
    } else {
      const draft_table& t = choose_.one_of(d.tables);
      v.source = "{t" + std::to_string(t.id) + "}";
      for (int i = 1 + choose_.below(3); i > 0; --i)
        v.outputs.push_back(new_output(d, t));
      if (choose_.chance(30))
        v.where = new_condition(d, t);
    }
    if (v.materialized)
      v.outputs.push_back({new_name("one"), "1"});
    d.views.push_back(v);
    if (v.materialized && choose_.chance(50))
      add_view_index(d.views.back());
  }
  void add_view_index(draft_view& v) {
    v.indexes.push_back({.name = new_name("vidx"), .parts = {{.expression = v.outputs.back().name}}});
  }

  // ---- edits ----

  template <class Parts>
  void remove_one(Parts& parts) {
    if (!parts.empty())
      parts.erase(parts.begin() + choose_.below(static_cast<int>(parts.size())));
  }

  void edit_once(draft& d) {
    const int which = choose_.below(100);
    if (d.tables.empty() || which < 5) {
      add_table(d);
      add_foreign_key(d, d.tables.back());
    } else if (which < 8) {
      remove_one(d.tables);
    } else if (which < 78) {
      edit_table(d, choose_.one_of(d.tables));
    } else if (which < 86) {
      edit_enums(d);
    } else if (which < 93) {
      edit_views(d);
    } else {
      edit_objects(d);
    }
  }

  void edit_table(draft& d, draft_table& t) {
    switch (choose_.below(21)) {
    case 0:
      t.name = new_name("t");
      break;
    case 1:
      t.schema = new_schema();
      break;
    case 2:
      t.comment = new_comment();
      break;
    case 3:
    case 4: {
      const draft_column c = new_column(d, t, true);
      t.columns.insert(t.columns.begin() + choose_.below(static_cast<int>(t.columns.size()) + 1), c);
      break;
    }
    case 5:
      remove_one(t.columns);
      break;
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
      edit_column(d, t, choose_.one_of(t.columns));
      break;
    case 12:
      if (choose_.chance(30))
        t.primary_key = {};
      else if (choose_.chance(50) && !t.primary_key.columns.empty())
        t.primary_key.name = new_name("pkey");
      else
        set_primary_key(t);
      break;
    case 13:
      edit_keys(d, t);
      break;
    case 14:
      edit_checks(d, t);
      break;
    case 15:
      edit_foreign_keys(d, t);
      break;
    case 16:
    case 17:
      edit_indexes(d, t);
      break;
    case 18:
      add_foreign_key(d, t);
      break;
    case 19:
      if (postgres_ && choose_.chance(50))
        remove_one(t.exclusions);
      else if (postgres_)
        add_exclusion(d, t);
      else
        t.options = t.options.empty() ? choose_.any<const char*>({"STRICT", "WITHOUT ROWID"}) : "";
      break;
    default:
      add_part(d, t);
    }
  }

  void edit_column(draft& d, draft_table& t, draft_column& c) {
    switch (choose_.below(10)) {
    case 0:
      c.name = new_name("c");
      break;
    case 1:
      c.comment = new_comment();
      break;
    case 2:
      c.nullable = !c.nullable;
      if (!c.nullable && choose_.chance(60))
        give_default(d, c);
      break;
    case 3:
      if (choose_.chance(40))
        c.initial = instar::default_kind::none;
      else
        give_default(d, c);
      break;
    case 4:
      c.identity =
          choose_.any({instar::identity_kind::none, instar::identity_kind::always, instar::identity_kind::by_default});
      break;
    case 5:
      if (c.generated != instar::generated_kind::none && choose_.chance(50)) {
        c.generated = instar::generated_kind::none;
        c.generated_as.clear();
      } else if (const draft_column from = choose_.one_of(t.columns);
                 from.id != c.id && from.generated == instar::generated_kind::none) {
        give_expression(c, from);
        if (c.generated != instar::generated_kind::none)
          c.nullable = true;
      }
      break;
    case 6:
      if (is_text(c.type.kind))
        c.collation = c.collation.empty() ? (postgres_ ? "C" : "NOCASE") : "";
      break;
    default:
      change_type(d, c);
    }
  }

  /// Another type for a column, and for all that foreign keys tie to it; mostly one that takes the values.
  void change_type(draft& d, draft_column& changed) {
    using enum instar::type_kind;
    const draft_type from = changed.type;
    draft_type to = from;
    if (choose_.chance(10))
      to = new_type(d);
    else if (from.dimensions == 0 && choose_.chance(8) && (is_integer(from.kind) || from.kind == text))
      to.dimensions = 1;
    else if (is_integer(from.kind))
      to = choose_.any<draft_type>({{.kind = smallint},
                                    {.kind = integer},
                                    {.kind = bigint},
                                    {.kind = bigint},
                                    {.kind = text},
                                    {.kind = numeric, .length = 12},
                                    {.kind = double_precision}});
    else if (is_text(from.kind))
      to = choose_.any<draft_type>(
          {{.kind = text}, {.kind = varchar, .length = 40}, {.kind = varchar, .length = 8}, {.kind = varchar}});
    else if (from.kind == date)
      to.kind = choose_.any({timestamp, timestamptz});
    else if (from.kind == timestamp)
      to = {.kind = choose_.any({timestamp, timestamptz}), .length = choose_.any({-1, 3, 6})};
    else if (from.kind == numeric)
      to = {.kind = numeric, .length = choose_.any({-1, 12, 14}), .scale = 2};
    else if (from.kind == real)
      to.kind = double_precision;
    else if (from.kind == json)
      to.kind = jsonb;
    else if (from.kind == cidr)
      to.kind = inet;
    else if (from.kind == enumeration || from.kind == uuid || from.kind == boolean)
      to = {.kind = text, .dimensions = from.dimensions};
    if (to.kind == numeric && to.length < 0)
      to.scale = -1;
    if (from.dimensions != 0 && to.dimensions == 0)
      to.dimensions = from.dimensions;
    std::vector<int> linked{changed.id};
    for (std::size_t i = 0; i < linked.size(); ++i)
      for (const draft_table& t : d.tables)
        for (const draft_foreign_key& k : t.foreign_keys)
          for (std::size_t n = 0; n < k.columns.size(); ++n)
            for (const auto& [one, other] :
                 {std::pair{k.columns[n], k.target_columns[n]}, std::pair{k.target_columns[n], k.columns[n]}})
              if (one == linked[i] && std::find(linked.begin(), linked.end(), other) == linked.end())
                linked.push_back(other);
    for (draft_table& t : d.tables)
      for (draft_column& c : t.columns)
        if (std::find(linked.begin(), linked.end(), c.id) != linked.end()) {
          c.type = to;
          if (c.initial != instar::default_kind::none && choose_.chance(70))
            give_default(d, c);
        }
  }

  /// Swaps the names of one part and another of its table, or of any.
  template <class Part>
  void swap_names(Part& part, std::vector<Part>& of_table, std::vector<Part>& of_any) {
    std::swap(part.name, choose_.one_of(of_any.empty() || choose_.chance(50) ? of_table : of_any).name);
  }

  void edit_keys(draft& d, draft_table& t) {
    if (t.uniques.empty() || choose_.chance(30))
      return add_unique(t);
    draft_key& k = choose_.one_of(t.uniques);
    switch (choose_.below(5)) {
    case 0:
      k.name = new_name("key");
      break;
    case 1:
      k.columns = some_columns(t, 3, true);
      break;
    case 2:
      if (postgres_)
        k.deferral = new_deferral();
      break;
    case 3:
      swap_names(k, t.uniques, choose_.one_of(d.tables).uniques);
      break;
    default:
      remove_one(t.uniques);
    }
  }

  void edit_checks(const draft& d, draft_table& t) {
    if (t.checks.empty() || choose_.chance(30))
      return add_check(d, t);
    draft_check& c = choose_.one_of(t.checks);
    switch (choose_.below(4)) {
    case 0:
      c.name = new_name("check");
      break;
    case 1:
      c.expression = new_condition(d, t);
      break;
    case 2:
      std::swap(c.name, choose_.one_of(t.checks).name);
      break;
    default:
      remove_one(t.checks);
    }
  }

  void edit_foreign_keys(draft& d, draft_table& t) {
    if (t.foreign_keys.empty() || choose_.chance(30))
      return add_foreign_key(d, t);
    draft_foreign_key& k = choose_.one_of(t.foreign_keys);
    switch (choose_.below(5)) {
    case 0:
      k.name = new_name("fkey");
      break;
    case 1:
      k.on_delete = choose_.any({instar::referential_action::no_action, instar::referential_action::cascade});
      break;
    case 2:
      k.deferral = new_deferral();
      break;
    case 3:
      std::swap(k.name, choose_.one_of(t.foreign_keys).name);
      break;
    default:
      remove_one(t.foreign_keys);
    }
  }

  void edit_indexes(draft& d, draft_table& t) {
    if (t.indexes.empty() || choose_.chance(30))
      return add_index(d, t);
    draft_index& i = choose_.one_of(t.indexes);
    switch (choose_.below(6)) {
    case 0:
      i.name = new_name("idx");
      break;
    case 1:
      i.where = i.where.empty() ? new_condition(d, t) : "";
      break;
    case 2:
      if (i.method.empty())
        i.parts.push_back(new_part(t));
      break;
    case 3:
      swap_names(i, t.indexes, choose_.one_of(d.tables).indexes);
      break;
    case 4: {
      // The same name over another table, as when an index was made for the wrong one.
      const std::string name = i.name;
      remove_one(t.indexes);
      if (std::none_of(t.indexes.begin(), t.indexes.end(),
                       [&](const draft_index& other) { return other.name == name; })) {
        draft_table& other = choose_.one_of(d.tables);
        add_index(d, other);
        other.indexes.back().name = name;
      }
      break;
    }
    default:
      remove_one(t.indexes);
    }
  }

  void edit_enums(draft& d) {
    if (d.enums.empty() || choose_.chance(10)) {
      add_enum(d);
      return;
    }
    draft_enum& e = choose_.one_of(d.enums);
    switch (choose_.below(9)) {
    case 0:
      e.name = new_name("e");
      break;
    case 1:
      e.comment = new_comment();
      break;
    case 2:
    case 3:
    case 4:
      e.values.insert(e.values.begin() + choose_.below(static_cast<int>(e.values.size()) + 1),
                      {next_id(), new_name("v")});
      break;
    case 5:
      choose_.one_of(e.values).label = new_name("v");
      break;
    case 6:
      if (e.values.size() > 1)
        remove_one(e.values);
      break;
    case 7:
      std::swap(e.values.front(), e.values.back());
      break;
    default:
      remove_one(d.enums);
    }
  }

  void edit_views(draft& d) {
    if (d.views.empty() || choose_.chance(30))
      return add_view(d);
    draft_view& v = choose_.one_of(d.views);
    switch (choose_.below(8)) {
    case 0:
      v.name = new_name("view");
      break;
    case 1:
      v.comment = new_comment();
      break;
    case 2:
      if (postgres_)
        v.materialized = !v.materialized;
      break;
    case 3:
      remove_one(v.outputs);
      break;
    case 4:
      if (v.materialized)
        add_view_index(v);
      break;
    case 5:
      remove_one(v.indexes);
      break;
    case 6:
      if (v.source.starts_with("{t"))
        if (const draft_table* t = find_id(d.tables, std::stoi(v.source.substr(2))))
          v.outputs.push_back(new_output(d, *t));
      break;
    default:
      remove_one(d.views);
    }
  }

  void edit_objects(draft& d) {
    switch (choose_.below(postgres_ ? 8 : 2)) {
    case 0:
      add_table_object(d);
      break;
    case 1:
      remove_one(d.raws);
      break;
    case 2:
      add_function(d);
      break;
    case 3:
      for (draft_raw& r : d.raws)
        if (r.placement == instar::placement::before_tables && r.create.find("SELECT x + ") != std::string::npos)
          r.create = r.create.substr(0, r.create.find("SELECT x + ")) + "SELECT x + " +
                     std::to_string(1 + choose_.below(9)) + "'";
      break;
    case 4:
      add_sequence(d);
      break;
    case 5:
      if (!d.sequences.empty()) {
        draft_sequence& q = choose_.one_of(d.sequences);
        const draft_sequence other = new_sequence();
        q.cache = other.cache;
        q.cycle = other.cycle;
        if (choose_.chance(50)) {
          q.type = other.type;
          q.start = other.start;
          q.increment = other.increment;
        }
      }
      break;
    case 6:
      remove_one(d.sequences);
      break;
    default:
      if (choose_.chance(50))
        remove_one(d.extensions);
      else if (std::find(d.extensions.begin(), d.extensions.end(), "hstore") == d.extensions.end())
        d.extensions.push_back("hstore");
    }
  }

  choices choose_;
  bool postgres_;
  instar::dialect on_;
  int last_id_ = 0;
  int last_name_ = 0;
};

}  // namespace instar_test::property
