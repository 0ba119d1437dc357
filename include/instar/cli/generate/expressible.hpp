#pragma once

#include <instar/model/schema.hpp>
#include <instar/schema/owned.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file What of a schema models can say. The rest becomes raw objects, so that nothing is lost.

namespace instar::cli::detail {

/// How many entries INSTAR_MODEL and INSTAR_ENUM take.
inline constexpr std::size_t most_entries = 341;
/// How many columns a foreign key of models can have.
inline constexpr std::size_t most_key_columns = 32;
/// How many enums the models of a schema can have.
inline constexpr std::size_t most_enums = 256;

/// Whether "schema.name" means what it is written for: a model's name ends its schema at the first dot.
[[nodiscard]] inline bool is_writable_name(std::string_view schema, std::string_view name) {
  const auto fits = [](std::string_view text) { return text.size() <= instar::detail::name_limit; };
  const bool split =
      schema.empty() ? name.find('.') == std::string_view::npos : schema.find('.') == std::string_view::npos;
  return split && !name.empty() && fits(schema) && fits(name) && name.find('\0') == std::string_view::npos;
}

/// Takes a schema apart into what models can say, and raw objects for the rest.
class expressible_part {
 public:
  expressible_part(const schema_view& original, dialect d) : owner_(copy_schema(original)), dialect_(d) {}

  [[nodiscard]] owned_schema run() {
    schema_view all = owner_.view();
    for (const table& t : all.tables)
      drafts_.push_back(draft_of(t));
    take_enums(all.enumerations);
    for (draft& d : drafts_)
      d.raw = !is_model(d);
    keep_names();
    while (keep_foreign_keys()) {
    }
    schema_view made;
    made.extensions = all.extensions;
    made.sequences = all.sequences;
    std::vector<table> tables;
    for (draft& d : drafts_) {
      if (d.raw)
        add_raw_table(d);
      else
        tables.push_back(keep(d));
    }
    made.enumerations = used_enums(tables);
    made.tables = owner_.array(tables);
    made.views = views_of(all.views);
    made.raw_objects = raw_objects(all.raw_objects);
    owner_.set(made);
    return std::move(owner_);
  }

 private:
  /// A table whose parts can be taken away.
  struct draft {
    instar::table table{};
    std::vector<column> columns{};
    std::vector<key> uniques{};
    std::vector<foreign_key> foreign_keys{};
    std::vector<check> checks{};
    std::vector<exclusion> exclusions{};
    std::vector<index> indexes{};
    bool raw = false;

    [[nodiscard]] instar::table view() const {
      instar::table t = table;
      t.columns = columns;
      t.uniques = uniques;
      t.foreign_keys = foreign_keys;
      t.checks = checks;
      t.exclusions = exclusions;
      t.indexes = indexes;
      return t;
    }
  };

  static draft draft_of(const table& t) {
    return {.table = t,
            .columns = {t.columns.begin(), t.columns.end()},
            .uniques = {t.uniques.begin(), t.uniques.end()},
            .foreign_keys = {t.foreign_keys.begin(), t.foreign_keys.end()},
            .checks = {t.checks.begin(), t.checks.end()},
            .exclusions = {t.exclusions.begin(), t.exclusions.end()},
            .indexes = {t.indexes.begin(), t.indexes.end()}};
  }

  // ---- enums ----

  static bool is_model(const enumeration& e) {
    std::set<std::string_view> labels;
    for (const enum_value& v : e.values)
      if (!labels.insert(v.label).second || v.label.size() > instar::detail::name_limit)
        return false;
    return !e.values.empty() && e.values.size() <= most_entries && is_writable_name(e.schema, e.name);
  }

  /// Columns whose type models cannot say as it is get its SQL.
  void take_enums(std::span<const enumeration> all) {
    enumerations_ = all;
    for (draft& d : drafts_)
      for (column& c : d.columns) {
        const bool foreign =
            c.type.kind == type_kind::enumeration &&
            (!is_model(*c.type.values) || static_cast<std::size_t>(c.type.values - all.data()) >= most_enums);
        const bool measured = c.type.kind == type_kind::interval && c.type.length >= 0;  // the word takes no number
        if (foreign || measured || (c.type.kind == type_kind::custom && c.type.dimensions != 0))
          c.type = {.kind = type_kind::custom, .custom = owner_.text(instar::detail::type_text(c.type))};
        make_default_fit(c);
      }
  }

  /// A default that the model of a column does not take as a value becomes the SQL of that value.
  void make_default_fit(column& c) {
    const column_default& d = c.initial;
    const attribute said{.kind = instar::detail::attribute_kind::initial,
                         .option = static_cast<std::uint32_t>(d.kind),
                         .number = d.integer};
    const bool is_label = d.kind == default_kind::text && c.type.kind == type_kind::enumeration &&
                          c.type.dimensions == 0 && instar::detail::find_value(*c.type.values, d.text) >= 0;
    const bool is_number = d.kind != default_kind::real || std::isfinite(d.real);
    if (is_label || (is_number && instar::detail::default_fits(c.type, said)))
      return;
    instar::detail::string_writer sql;
    if (dialect_ == sqlite)
      instar::detail::put_sqlite_default(sql, d);
    else
      instar::detail::put_postgres_default(sql, d);
    c.initial = {.kind = default_kind::expression, .text = owner_.text(sql.text)};
  }

  /// An enum that no model uses is in no model's schema.
  std::span<const enumeration> used_enums(std::vector<table>& tables) {
    std::set<const enumeration*> used;
    for (const table& t : tables)
      for (const column& c : t.columns)
        if (c.type.values != nullptr)
          used.insert(c.type.values);
    std::vector<enumeration> kept;
    for (const enumeration& e : enumerations_)
      if (used.find(&e) != used.end())
        kept.push_back(e);
      else
        early_.push_back(
            raw_of("enum", qualified(e.schema, e.name), {}, {.enumerations = {&e, 1}}, placement::before_tables));
    const std::span<const enumeration> listed = owner_.array(kept);
    for (table& t : tables) {
      std::vector<column> columns(t.columns.begin(), t.columns.end());
      for (column& c : columns)
        if (c.type.values != nullptr)
          c.type.values = &*std::find_if(listed.begin(), listed.end(), [&](const enumeration& e) {
            return e.schema == c.type.values->schema && e.name == c.type.values->name;
          });
      t.columns = owner_.array(columns);
    }
    return listed;
  }

  // ---- tables ----

  static bool fits(std::string_view name) { return name.size() <= instar::detail::name_limit; }

  static bool is_model(const draft& d) {
    if (d.columns.empty() || !is_writable_name(d.table.schema, d.table.name))
      return false;
    const std::size_t words = d.uniques.size() + d.foreign_keys.size() + d.checks.size() + d.exclusions.size() +
                              d.indexes.size() + (d.table.comment.empty() ? 0 : 1) + (d.table.options.empty() ? 0 : 1);
    if (d.columns.size() + words >= most_entries)
      return false;
    const auto is_nullable = [&](std::string_view name) {
      const column* c = d.view().find_column(name);
      return c == nullptr || c->nullable;
    };
    if (std::any_of(d.table.primary_key.columns.begin(), d.table.primary_key.columns.end(), is_nullable))
      return false;
    return std::all_of(d.columns.begin(), d.columns.end(), [](const column& c) {
      const bool counts = instar::detail::integer_kind(c.type.kind) && c.type.dimensions == 0;
      return fits(c.name) && !c.name.empty() && (c.identity == identity_kind::none || counts);
    });
  }

  /// A constraint or an index whose name is another's already: PostgreSQL keeps constraints and relations apart,
  /// SQLite does not look at the names of constraints at all.
  void keep_names() {
    std::set<std::pair<std::string, std::string>> relations;
    for (const draft& d : drafts_)
      if (!d.raw)
        relations.emplace(d.table.schema, d.table.name);
    for (draft& d : drafts_) {
      if (d.raw)
        continue;
      std::set<std::string> own;
      const auto is_taken = [&](std::string_view name, bool relation) {
        const bool again = !own.emplace(name).second;
        const bool elsewhere = relation && !relations.emplace(d.table.schema, name).second;
        return again || elsewhere || !fits(name) || name.empty();
      };
      if (!d.table.primary_key.columns.empty() && is_taken(d.table.primary_key.name, true))
        d.raw = true;
      take_away(d, d.uniques, "constraint",
                [&](const key& k) { return is_taken(k.name, true) || k.columns.size() > most_key_columns; });
      take_away(d, d.indexes, "index",
                [&](const index& i) { return is_taken(i.name, true) || i.parts.size() > most_key_columns; });
      take_away(d, d.exclusions, "constraint", [&](const exclusion& e) { return is_taken(e.name, true); });
      take_away(d, d.checks, "constraint", [&](const check& c) { return is_taken(c.name, false); });
      take_away(d, d.foreign_keys, "constraint", [&](const foreign_key& fk) { return is_taken(fk.name, false); });
    }
  }

  /// Makes raw objects of some parts of a table, or one of the table where its parts cannot stand alone.
  template <class Part, class Which>
  void take_away(draft& d, std::vector<Part>& parts, std::string_view kind, Which which) {
    for (std::size_t i = 0; i < parts.size();) {
      if (d.raw)
        return;
      if (!which(parts[i])) {
        ++i;
        continue;
      }
      const Part part = parts[i];
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
      if (dialect_ == sqlite && !std::is_same_v<Part, index>) {
        parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(i), part);
        d.raw = true;
        return;
      }
      add_part(d, parts, part, kind);
    }
  }

  /// The raw object that adds a part to a table as it is without it.
  template <class Part>
  void add_part(draft& d, std::vector<Part>& parts, const Part& part, std::string_view kind) {
    const table before = owned(d.view());
    parts.push_back(part);
    const table after = owned(d.view());
    parts.pop_back();
    const bool late = std::is_same_v<Part, foreign_key>;
    (late ? late_ : middle_)
        .push_back(raw_of(kind, qualified(d.table.schema, d.table.name) + '.' + std::string{part.name},
                          {.tables = {&before, 1}}, {.tables = {&after, 1}},
                          late ? placement::after_tables : placement::before_indexes));
  }

  // ---- foreign keys ----

  [[nodiscard]] const draft* find(std::string_view schema, std::string_view name) const {
    for (const draft& d : drafts_)
      if (d.table.name == name && d.table.schema == schema)
        return &d;
    return nullptr;
  }

  static bool is_unique(const draft& d, std::span<const std::string_view> columns) {
    const auto same = [&](const auto& others) {
      return others.size() == columns.size() && std::all_of(columns.begin(), columns.end(), [&](std::string_view name) {
               return std::find(others.begin(), others.end(), name) != others.end();
             });
    };
    if (same(d.table.primary_key.columns))
      return true;
    for (const key& k : d.uniques)
      if (same(k.columns))
        return true;
    for (const index& i : d.indexes) {
      std::vector<std::string_view> names;
      for (const index_part& part : i.parts)
        names.push_back(part.expression ? std::string_view{} : part.text);
      if (i.unique && i.where.empty() && same(names))
        return true;
    }
    return false;
  }

  /// SQLite alone lets any types reference each other: there a column can have its words instead of a kind.
  bool agree_on_type(draft& from, std::string_view own_name, draft& to, std::string_view target_name) {
    const auto at = [](draft& d, std::string_view name) -> column* {
      for (column& c : d.columns)
        if (c.name == name)
          return &c;
      return nullptr;
    };
    column* own = at(from, own_name);
    column* target = at(to, target_name);
    if (own == nullptr || target == nullptr)
      return false;
    if (instar::detail::types_reference(own->type, target->type))
      return true;
    if (dialect_ != sqlite)
      return false;
    column& changed = instar::detail::is_rowid(from.table, *own) ? *target : *own;
    if (changed.identity != identity_kind::none)
      return false;
    instar::detail::string_writer words;
    instar::detail::put_sqlite_type(words, changed.type);
    changed.type = {.kind = type_kind::custom, .custom = owner_.text(words.text)};
    return true;
  }

  bool is_model(draft& d, const foreign_key& fk) {
    draft* const target = const_cast<draft*>(find(fk.target_schema, fk.target_table));
    if (target == nullptr || target->raw || fk.columns.empty() || fk.columns.size() != fk.target_columns.size() ||
        fk.columns.size() > most_key_columns || !is_unique(*target, fk.target_columns))
      return false;
    for (std::size_t i = 0; i < fk.columns.size(); ++i)
      if (!agree_on_type(d, fk.columns[i], *target, fk.target_columns[i]))
        return false;
    return true;
  }

  /// \return whether a table became raw, which those that reference it have to know
  bool keep_foreign_keys() {
    bool changed = false;
    for (draft& d : drafts_) {
      if (d.raw)
        continue;
      take_away(d, d.foreign_keys, "constraint", [&](const foreign_key& fk) { return !is_model(d, fk); });
      changed = changed || d.raw;
    }
    return changed;
  }

  // ---- raw objects ----

  [[nodiscard]] static std::string qualified(std::string_view schema, std::string_view name) {
    return instar::detail::qualified(schema, name);
  }

  /// The statements that lead from one schema to another.
  [[nodiscard]] std::string statements_between(schema_view before, schema_view after) const {
    if (before.enumerations.empty() && after.enumerations.empty())
      before.enumerations = after.enumerations = enumerations_;
    std::string text;
    for (const std::string& statement : statements(dialect_, make_plan(before, after)))
      text += (text.empty() ? "" : ";\n") + statement;
    return text;
  }

  [[nodiscard]] raw_object raw_of(std::string_view kind, std::string_view name, const schema_view& without,
                                  const schema_view& with, placement where) {
    return {.kind = owner_.text(kind),
            .name = owner_.text(name),
            .create = owner_.text(statements_between(without, with)),
            .drop = owner_.text(statements_between(with, without)),
            .placement = where};
  }

  /// A table whose arrays the owner keeps.
  [[nodiscard]] table owned(table t) {
    t.columns = owner_.array(t.columns);
    t.uniques = owner_.array(t.uniques);
    t.foreign_keys = owner_.array(t.foreign_keys);
    t.checks = owner_.array(t.checks);
    t.exclusions = owner_.array(t.exclusions);
    t.indexes = owner_.array(t.indexes);
    return t;
  }
  [[nodiscard]] table keep(const draft& d) { return owned(d.view()); }

  /// A table as its CREATE TABLE, and a raw object for each statement behind it.
  void add_raw_table(draft& d) {
    const std::string name = qualified(d.table.schema, d.table.name);
    std::vector<foreign_key> keys;
    if (dialect_ != sqlite)
      keys.swap(d.foreign_keys);
    std::vector<index> indexes;
    indexes.swap(d.indexes);
    const table commented = keep(d);
    d.table.comment = {};
    for (column& c : d.columns)
      c.comment = {};
    const table bare = keep(d);
    middle_.push_back(raw_of("table", name, {}, {.tables = {&bare, 1}}, placement::before_indexes));
    for (const index& i : indexes)
      add_part(d, d.indexes, i, "index");
    for (const foreign_key& fk : keys)
      add_part(d, d.foreign_keys, fk, "constraint");
    if (!statements_between({.tables = {&bare, 1}}, {.tables = {&commented, 1}}).empty())
      middle_.push_back(
          raw_of("comment", name, {.tables = {&bare, 1}}, {.tables = {&commented, 1}}, placement::before_indexes));
  }

  [[nodiscard]] std::span<const view_object> views_of(std::span<const view_object> all) {
    std::vector<view_object> kept;
    for (view_object v : all) {
      if (!is_writable_name(v.schema, v.name)) {
        late_.push_back(raw_of(v.materialized ? "materialized view" : "view", qualified(v.schema, v.name), {},
                               {.views = {&v, 1}}, placement::after_tables));
        continue;
      }
      std::vector<index> indexes;
      for (const index& i : v.indexes) {
        if (i.include.empty() && fits(i.name)) {
          indexes.push_back(i);
          continue;
        }
        view_object without = v;
        without.indexes = {};
        view_object with = v;
        with.indexes = {&i, 1};
        // The plan would make the view too.
        const std::vector<std::string> all_of = statements(dialect_, make_plan({}, schema_view{.views = {&with, 1}}));
        if (!all_of.empty())
          late_.push_back({.kind = "index",
                           .name = i.name,
                           .create = owner_.text(all_of.back()),
                           .drop = owner_.text("DROP INDEX " +
                                               (v.schema.empty() ? std::string{} : quote_identifier(v.schema) + '.') +
                                               quote_identifier(i.name))});
      }
      v.indexes = owner_.array(indexes);
      kept.push_back(v);
    }
    return owner_.array(kept);
  }

  [[nodiscard]] std::span<const raw_object> raw_objects(std::span<const raw_object> given) {
    std::vector<raw_object> all = early_;
    all.insert(all.end(), middle_.begin(), middle_.end());
    all.insert(all.end(), late_.begin(), late_.end());
    all.insert(all.end(), given.begin(), given.end());
    return owner_.array(all);
  }

  owned_schema owner_;
  dialect dialect_;
  std::span<const enumeration> enumerations_{};
  std::vector<draft> drafts_;
  std::vector<raw_object> early_;
  std::vector<raw_object> middle_;
  std::vector<raw_object> late_;
};

/// What of a schema models can say, and the rest as raw objects: together the whole schema.
[[nodiscard]] inline owned_schema expressible(const schema_view& schema, dialect d) {
  return expressible_part{schema, d}.run();
}

}  // namespace instar::cli::detail
