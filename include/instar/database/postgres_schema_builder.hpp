#pragma once

#include <instar/database/introspection_options.hpp>
#include <instar/database/postgres_catalog_written.hpp>
#include <instar/database/postgres_placement.hpp>
#include <instar/database/postgres_values.hpp>
#include <instar/schema/owned.hpp>
#include <instar/schema/schema.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

/// \file A catalogue that was read, as a schema value. What the value can say becomes tables, enums, views …; whatever
/// is left becomes raw objects, of the whole thing or of what its base does not say.

namespace instar::detail::pg {

/// A name in a schema; the default schema has none.
struct place {
  std::string_view schema;
  std::string_view name;

  friend bool operator<(const place& a, const place& b) {
    return std::tie(a.schema, a.name) < std::tie(b.schema, b.name);
  }
};

[[nodiscard]] inline std::string written(const place& p) {
  string_writer out;
  put_object(out, dialect::postgres, p.schema, p.name);
  return std::move(out.text);
}

[[nodiscard]] inline std::string shown(const place& p) {
  return qualified(p.schema, p.name);
}

class schema_builder {
 public:
  schema_builder(const catalog& found, const introspection_options& options) : c_(found), options_(options) {}

  [[nodiscard]] owned_schema build() {
    index_catalog();
    settle_placements();
    build_enumerations();
    schema_view view;
    view.enumerations = enumerations_;
    view.sequences = build_sequences();
    view.extensions = build_extensions();
    view.tables = build_tables();
    view.views = build_views();
    draft_schemas();
    draft_types();
    draft_functions();
    draft_written();
    draft_row_rules();
    draft_grants();
    view.raw_objects = finish_drafts();
    owner_.set(view);
    return std::move(owner_);
  }

 private:
  // What is where in the catalogue (this file).
  void index_catalog();
  void settle_placements();
  void order_by_references();
  void add_bodies();

  // Beside the tables (this file).
  void build_enumerations();
  std::span<const sequence_object> build_sequences();
  std::span<const extension_object> build_extensions();
  std::span<const view_object> build_views();
  void draft_view_details(const relation_row& r);

  // Tables (postgres_tables.hpp).
  std::span<const table> build_tables();
  table build_table(const relation_row& r);
  column build_column(const relation_row& r, const column_row& row);
  column_type type_of(const column_row& row);
  void build_constraints(const relation_row& r, table& t);
  key build_key(const relation_row& r, const constraint_row& k);
  foreign_key build_foreign_key(const relation_row& r, const constraint_row& k);
  void build_indexes(const relation_row& r, std::vector<index>& indexes);
  std::vector<index_part> build_parts(const relation_row& r, std::string_view definition, std::string_view method,
                                      const std::vector<int>& columns, bool& expressible);
  std::vector<index_part> build_plain_parts(const relation_row& r, const index_row& row,
                                            const std::vector<int>& columns);
  void draft_raw_index(const relation_row& r, const index_row& row, const index& i);
  void draft_index_partition(const relation_row& r, const index_row& row, instar::placement where);
  bool has_ambiguous_parts(const index_row& whole) const;
  void draft_index_details(const relation_row& r, const index_row& row);
  void draft_constraint(const relation_row& r, const constraint_row& k, const std::string& definition, int rank,
                        instar::placement where);
  void draft_raw_table(const relation_row& r, const table& t);
  void draft_table_details(const relation_row& r);
  void draft_column_details(const relation_row& r, const column_row& row, const column& c);
  void draft_column_settings(const std::string& change, const std::string& name, const column_row& row);
  void draft_default(const std::string& change, const std::string& name, const column_row& row);
  void draft_column_comment(const relation_row& r, const column_row& row);
  void draft_inherited_column(const relation_row& r, const column_row& row, const column& c);
  void draft_identity_details(const relation_row& r, const column_row& row);

  // Everything else (postgres_raw_objects.hpp).
  void draft_schemas();
  void draft_types();
  void draft_functions();
  void draft_written();
  void draft_row_rules();
  void draft_grants();
  void draft_rights(const rights_row& row, const std::string& target, const std::string& person);
  void draft_comment(oid_number catalogue, oid_number object, const std::string& target, const std::string& name,
                     int rank = rank::comment, int column = 0);
  void draft_options(const std::string& alter, const std::string& name, const optional_text& options,
                     std::string_view prefix, std::string_view kind);
  std::span<const raw_object> finish_drafts();

  draft& add(draft d) {
    drafts_.push_back(std::move(d));
    return drafts_.back();
  }

  [[nodiscard]] std::string_view schema_of(oid_number schema) const {
    const auto found = schema_names_.find(schema);
    return found == schema_names_.end() ? std::string_view{} : found->second;
  }
  /// Objects that a name without schema would miss, since the server has one of that name itself, keep theirs.
  [[nodiscard]] place place_of(oid_number schema, std::string_view name, bool visible) const {
    const std::string_view where = schema_of(schema);
    return {where == c_.default_schema && visible ? std::string_view{} : where, name};
  }
  [[nodiscard]] place place_of(const relation_row& r) const { return place_of(r.schema, r.name, r.visible); }
  [[nodiscard]] const relation_row* relation(oid_number number) const {
    const auto found = relations_.find(number);
    return found == relations_.end() ? nullptr : found->second;
  }
  /// A relation whose comments, rights and the like are to be told.
  [[nodiscard]] bool is_raw(const relation_row& r) const { return graph_.is_raw(key_of(catalogue::relation, r.oid)); }
  [[nodiscard]] static bool is_table(const relation_row& r) { return r.kind == "r" || r.kind == "p" || r.kind == "f"; }
  [[nodiscard]] static bool is_view(const relation_row& r) { return r.kind == "v" || r.kind == "m"; }
  [[nodiscard]] std::span<const column_row> columns_of(oid_number relation) const {
    const auto found = columns_.find(relation);
    return found == columns_.end() ? std::span<const column_row>{} : found->second;
  }
  [[nodiscard]] const column_row* column_at(oid_number relation, int number) const {
    for (const column_row& c : columns_of(relation))
      if (c.number == number)
        return &c;
    return nullptr;
  }
  [[nodiscard]] const std::string* comment_on(oid_number catalogue, oid_number object, int column = 0) const {
    const auto found = comments_.find({key_of(catalogue, object), column});
    return found == comments_.end() ? nullptr : found->second;
  }
  [[nodiscard]] std::string_view comment_text(oid_number catalogue, oid_number object, int column = 0) {
    const std::string* found = comment_on(catalogue, object, column);
    return found == nullptr ? std::string_view{} : owner_.text(*found);
  }
  /// The names of columns, in the order of the numbers, in the owner.
  [[nodiscard]] std::span<const std::string_view> names_of(oid_number relation, const std::vector<int>& numbers) {
    std::vector<std::string_view> names;
    for (const int number : numbers)
      if (const column_row* found = column_at(relation, number))
        names.push_back(owner_.text(found->name));
    return owner_.array(names);
  }
  [[nodiscard]] static std::string_view alter_word(const relation_row& r) {
    return r.kind == "v"   ? "ALTER VIEW "
           : r.kind == "m" ? "ALTER MATERIALIZED VIEW "
           : r.kind == "f" ? "ALTER FOREIGN TABLE "
           : r.kind == "S" ? "ALTER SEQUENCE "
                           : "ALTER TABLE ";
  }
  [[nodiscard]] std::string alter(const relation_row& r) const {
    return std::string(alter_word(r)) + written(place_of(r));
  }

  const catalog& c_;
  const introspection_options& options_;
  owned_schema owner_;
  placement_graph graph_;
  std::vector<draft> drafts_;

  std::unordered_map<oid_number, std::string_view> schema_names_;
  std::unordered_map<oid_number, const relation_row*> relations_;
  std::unordered_map<oid_number, std::span<const column_row>> columns_;
  std::unordered_map<oid_number, std::vector<const constraint_row*>> constraints_;         // of a table, by name
  std::unordered_map<oid_number, std::vector<const constraint_row*>> domain_constraints_;  // of a domain, by name
  std::unordered_map<oid_number, std::vector<const index_row*>> indexes_;                  // of a table, by name
  std::unordered_map<oid_number, const index_row*> index_rows_;
  std::unordered_map<oid_number, std::vector<const index_row*>> index_parts_;  // of a partitioned table's index
  std::unordered_map<oid_number, const type_row*> types_;
  std::unordered_map<oid_number, oid_number> element_types_;  // of array types
  std::map<std::pair<oid_number, int>, const sequence_row*> identities_;
  std::map<std::pair<object_key, int>, const std::string*> comments_;
  std::unordered_set<oid_number> parents_;  // of children or partitions
  std::unordered_map<oid_number, int> unlogged_order_;
  std::unordered_map<object_key, std::unordered_set<std::string>> bodies_;
  std::unordered_map<oid_number, const enumeration*> enumerations_by_type_;
  std::span<const enumeration> enumerations_;
  std::map<object_key, std::pair<std::string, std::string>> targets_;  // what GRANT and a person call it
};

inline void schema_builder::index_catalog() {
  for (const schema_row& s : c_.schemas)
    schema_names_.emplace(s.oid, s.name);
  for (const relation_row& r : c_.relations) {
    const std::string name = shown(place_of(r));
    const std::string full = qualified(schema_of(r.schema), r.name);
    const auto ignored = [&](const std::string& wanted) { return wanted == name || wanted == full; };
    if (std::none_of(options_.ignored_tables.begin(), options_.ignored_tables.end(), ignored))
      relations_.emplace(r.oid, &r);
  }
  for (const sequence_row& s : c_.sequences)
    if (s.table != 0 && !relations_.contains(s.table))
      relations_.erase(s.oid);
  for (std::size_t i = 0; i < c_.columns.size();) {
    std::size_t end = i;
    while (end < c_.columns.size() && c_.columns[end].relation == c_.columns[i].relation)
      ++end;
    columns_.emplace(c_.columns[i].relation, std::span<const column_row>(&c_.columns[i], end - i));
    i = end;
  }
  for (const relation_row& r : c_.relations)
    for (const oid_number parent : read_numbers<oid_number>(r.parents.value_or("")))
      parents_.insert(parent);
  const auto by_name = [](auto& lists) {
    for (auto& [owner, list] : lists)
      std::sort(list.begin(), list.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  };
  for (const constraint_row& k : c_.constraints)
    k.domain != 0 ? domain_constraints_[k.domain].push_back(&k) : constraints_[k.relation].push_back(&k);
  for (const index_row& i : c_.indexes) {
    indexes_[i.relation].push_back(&i);
    index_rows_.emplace(i.oid, &i);
    if (i.parent != 0)
      index_parts_[i.parent].push_back(&i);
  }
  by_name(constraints_);
  by_name(domain_constraints_);
  by_name(indexes_);
  for (const type_row& t : c_.types) {
    types_.emplace(t.oid, &t);
    if (t.array != 0)
      element_types_.emplace(t.array, t.oid);
  }
  for (const sequence_row& s : c_.sequences)
    if (s.ownership == "i")
      identities_.emplace(std::pair{s.table, s.column}, &s);
  for (const comment_row& d : c_.comments)
    comments_.emplace(std::pair{key_of(d.catalogue, d.oid), d.column}, &d.comment);
  order_by_references();
}

/// A table may only become unlogged when no logged one references it: the referencing ones go first.
inline void schema_builder::order_by_references() {
  std::unordered_map<oid_number, std::vector<oid_number>> targets;
  for (const constraint_row& k : c_.constraints)
    if (k.kind == "f" && k.relation != k.target)
      if (const relation_row* r = relation(k.relation); r != nullptr && r->persistence == "u")
        targets[k.relation].push_back(k.target);
  // A circle has no order; its members stop here.
  for (std::size_t round = 0; round < targets.size(); ++round)
    for (const auto& [from, list] : targets)
      for (const oid_number to : list)
        unlogged_order_[to] = std::max(unlogged_order_[to], unlogged_order_[from] + 1);
}

inline void schema_builder::settle_placements() {
  for (const type_row& t : c_.types)
    graph_.add(key_of(catalogue::type, t.oid), t.kind == "e" ? role::free : role::early);
  for (const type_row& t : c_.types) {
    if (t.array != 0)
      graph_.alias(key_of(catalogue::type, t.array), key_of(catalogue::type, t.oid));
    if (t.multirange != 0)
      graph_.alias(key_of(catalogue::type, t.multirange), key_of(catalogue::type, t.oid));
  }
  for (const auto& [number, r] : relations_) {
    if (r->kind == "c") {  // the columns of a composite type
      graph_.alias(key_of(catalogue::relation, number), key_of(catalogue::type, r->row_type));
      continue;
    }
    const object_key self = key_of(catalogue::relation, number);
    const bool raw = r->kind == "p" || r->kind == "f" || r->is_partition || r->parents.has_value();
    graph_.add(self, r->kind == "S" ? role::free : is_view(*r) ? role::view : raw ? role::early : role::table);
    if (r->row_type != 0)
      graph_.alias(key_of(catalogue::type, r->row_type), self);
    if (r->row_array != 0)
      graph_.alias(key_of(catalogue::type, r->row_array), self);
  }
  for (const function_row& f : c_.functions)
    graph_.add(key_of(catalogue::function, f.oid), role::late);
  for (const written_row& w : c_.written)
    if (w.oid != 0)
      graph_.add(key_of(w.catalogue, w.oid),
                 w.kind == "cast" || w.rank < rank::function || w.rank == rank::foreign ? role::early : role::late);

  for (const column_row& c : c_.columns)
    if (c.initial_oid != 0)
      graph_.alias(key_of(catalogue::default_value, c.initial_oid), key_of(catalogue::relation, c.relation));
  for (const rewrite_row& r : c_.rewrites)
    if (!r.definition)
      graph_.alias(key_of(catalogue::rewrite, r.oid), key_of(catalogue::relation, r.relation));
  for (const constraint_row& k : c_.constraints)
    if (k.kind != "f")
      graph_.alias(key_of(catalogue::constraint, k.oid),
                   k.domain != 0 ? key_of(catalogue::type, k.domain) : key_of(catalogue::relation, k.relation));
  for (const index_row& i : c_.indexes)
    graph_.alias_index(key_of(catalogue::relation, i.oid), key_of(catalogue::relation, i.relation));

  // The members of an operator class lead from it to what they call.
  constexpr oid_number operator_class = 2616;
  std::unordered_map<object_key, object_key> class_of;
  for (const dependency_row& d : c_.dependencies)
    if (d.on_catalogue == operator_class)
      class_of.emplace(key_of(d.catalogue, d.oid), key_of(d.on_catalogue, d.on));
  for (const dependency_row& d : c_.dependencies) {
    object_key user = key_of(d.catalogue, d.oid);
    object_key needed = key_of(d.on_catalogue, d.on);
    if (const auto member = class_of.find(user); member != class_of.end() && graph_.find(user) < 0)
      user = member->second;
    // What a base type is made of takes it already: it takes the shell.
    if (d.catalogue == catalogue::function && d.on_catalogue == catalogue::type)
      if (const auto t = types_.find(d.on); t != types_.end() && t->second->kind == "b")
        continue;
    graph_.needs(user, needed);
  }
  for (const auto& [number, r] : relations_)
    if (r->parents)
      for (const oid_number parent : read_numbers<oid_number>(*r->parents))
        graph_.needs(key_of(catalogue::relation, number), key_of(catalogue::relation, parent));
  graph_.settle();
}

inline void schema_builder::build_enumerations() {
  std::vector<std::pair<place, const type_row*>> found;
  for (const type_row& t : c_.types)
    if (t.kind == "e")
      found.emplace_back(place_of(t.schema, t.name, t.visible), &t);
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<enumeration> enumerations;
  for (const auto& [at, row] : found) {
    std::vector<enum_value> values;
    for (const std::string& label : read_array(row->labels.value_or("")))
      values.push_back({.label = owner_.text(label)});
    enumerations.push_back({.schema = owner_.text(at.schema),
                            .name = owner_.text(at.name),
                            .values = owner_.array(values),
                            .comment = comment_text(catalogue::type, row->oid)});
  }
  enumerations_ = owner_.array(enumerations);
  for (std::size_t i = 0; i < found.size(); ++i) {
    enumerations_by_type_.emplace(found[i].second->oid, &enumerations_[i]);
    targets_.emplace(key_of(catalogue::type, found[i].second->oid),
                     std::pair{"TYPE " + written(found[i].first), "type " + shown(found[i].first)});
  }
}

/// The bounds that a sequence has when nothing is said of them.
struct sequence_bounds {
  std::int64_t lowest;
  std::int64_t highest;
};

[[nodiscard]] inline sequence_bounds standard_bounds(std::string_view type, std::int64_t increment) {
  const std::int64_t widest = type == "smallint" ? 32767 : type == "integer" ? 2147483647 : 9223372036854775807;
  return increment > 0 ? sequence_bounds{1, widest} : sequence_bounds{-widest - 1, -1};
}

inline std::span<const sequence_object> schema_builder::build_sequences() {
  std::vector<std::pair<place, const sequence_row*>> found;
  for (const sequence_row& s : c_.sequences)
    if (const relation_row* r = relation(s.oid); r != nullptr && s.ownership != "i")
      found.emplace_back(place_of(*r), &s);
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<sequence_object> sequences;
  for (const auto& [at, s] : found) {
    sequences.push_back({.schema = owner_.text(at.schema),
                         .name = owner_.text(at.name),
                         .type = s->type == "smallint"  ? type_kind::smallint
                                 : s->type == "integer" ? type_kind::integer
                                                        : type_kind::bigint,
                         .start = s->start,
                         .increment = s->increment,
                         .cache = s->cache,
                         .cycle = s->cycle});
    const std::string name = written(at);
    // Such bounds as the statement that makes it says or leaves to the server.
    sequence_bounds bounds = standard_bounds(s->type, s->increment);
    if (s->increment > 0 && s->start < 1)
      bounds.lowest = s->start;
    if (s->increment < 0 && s->start > -1)
      bounds.highest = s->start;
    if (s->lowest != bounds.lowest || s->highest != bounds.highest)
      add({.kind = "sequence bounds",
           .name = shown(at),
           .create = "ALTER SEQUENCE " + name + " MINVALUE " + std::to_string(s->lowest) + " MAXVALUE " +
                     std::to_string(s->highest),
           .drop = "ALTER SEQUENCE " + name + " NO MINVALUE NO MAXVALUE",
           .rank = rank::setting});
    const relation_row& r = *relation(s->oid);
    if (const relation_row* owner = relation(s->table); owner != nullptr && s->ownership == "a")
      if (const column_row* column = column_at(s->table, s->column))
        add({.kind = "sequence owner",
             .name = shown(at),
             .create = "ALTER SEQUENCE " + name + " OWNED BY " + written(place_of(*owner)) + '.' +
                       quote_identifier(column->name),
             .drop = "ALTER SEQUENCE " + name + " OWNED BY NONE",
             // The sequences of a table become unlogged with it.
             .rank = rank::setting + 1});
    if (r.persistence == "u")
      add({.kind = "unlogged",
           .name = shown(at),
           .create = alter(r) + " SET UNLOGGED",
           .drop = alter(r) + " SET LOGGED",
           .rank = rank::setting});
    draft_comment(catalogue::relation, s->oid, "SEQUENCE " + name, "sequence " + shown(at));
    targets_.emplace(key_of(catalogue::relation, s->oid), std::pair{"SEQUENCE " + name, "sequence " + shown(at)});
  }
  return owner_.array(sequences);
}

inline std::span<const extension_object> schema_builder::build_extensions() {
  std::vector<extension_object> extensions;
  for (const extension_row& x : c_.extensions) {
    // Those in pg_catalog are nowhere else, and nobody may name that schema.
    const bool unsaid = x.schema == c_.default_schema || x.schema == "pg_catalog";
    extensions.push_back({.name = owner_.text(x.name),
                          .schema = unsaid ? std::string_view{} : owner_.text(x.schema),
                          .version = owner_.text(x.version)});
    if (x.comment)
      add({.kind = "comment",
           .name = "extension " + x.name,
           .create = "COMMENT ON EXTENSION " + quote_identifier(x.name) + " IS " + quote_literal(*x.comment),
           .drop = "COMMENT ON EXTENSION " + quote_identifier(x.name) + " IS NULL",
           .rank = rank::comment});
  }
  return owner_.array(extensions);
}

/// A view's query without what pg_get_viewdef puts round it.
[[nodiscard]] inline std::string_view bare_query(std::string_view query) {
  while (!query.empty() && (query.front() == ' ' || query.front() == '\n'))
    query.remove_prefix(1);
  while (!query.empty() && (query.back() == ';' || query.back() == '\n'))
    query.remove_suffix(1);
  return query;
}

inline std::span<const view_object> schema_builder::build_views() {
  std::vector<std::pair<place, const relation_row*>> found;
  for (const auto& [number, r] : relations_)
    if (is_view(*r))
      found.emplace_back(place_of(*r), r);
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });

  std::unordered_map<int, std::size_t> position;
  for (std::size_t i = 0; i < found.size(); ++i)
    position.emplace(graph_.find(key_of(catalogue::relation, found[i].second->oid)), i);
  std::vector<std::vector<std::size_t>> needs(found.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    for (const std::size_t needed : graph_.needs_of(key_of(catalogue::relation, found[i].second->oid)))
      if (const auto other = position.find(static_cast<int>(needed)); other != position.end())
        needs[i].push_back(other->second);

  std::vector<view_object> views;
  for (const std::size_t i : sorted_by_need(needs, std::vector<std::vector<std::size_t>>(found.size()))) {
    const auto& [at, r] = found[i];
    const bool materialized = r->kind == "m";
    const std::string printed = r->query.value_or("");
    const std::string_view query = bare_query(printed);
    const std::string target = (materialized ? "MATERIALIZED VIEW " : "VIEW ") + written(at);
    std::vector<index> indexes;
    build_indexes(*r, indexes);
    draft_view_details(*r);
    targets_.emplace(key_of(catalogue::relation, r->oid), std::pair{"TABLE " + written(at), "view " + shown(at)});
    if (is_raw(*r)) {
      add({.kind = materialized ? "materialized view" : "view",
           .name = shown(at),
           .create = "CREATE " + target + " AS\n" + std::string(query),
           .drop = "DROP " + target,
           .rank = rank::view,
           .key = key_of(catalogue::relation, r->oid)});
      draft_comment(catalogue::relation, r->oid, target, "view " + shown(at));
      continue;
    }
    views.push_back({.schema = owner_.text(at.schema),
                     .name = owner_.text(at.name),
                     .query = owner_.text(query),
                     .materialized = materialized,
                     .indexes = owner_.array(indexes),
                     .comment = comment_text(catalogue::relation, r->oid)});
  }
  return owner_.array(views);
}

inline void schema_builder::draft_view_details(const relation_row& r) {
  const place at = place_of(r);
  draft_options(alter(r), shown(at), r.options, "", r.kind == "v" ? "view option" : "storage parameter");
  draft_options(alter(r), shown(at), r.toast_options, "toast.", "storage parameter");
  if (r.access_method)
    add({.kind = "access method of",
         .name = shown(at),
         .create = alter(r) + " SET ACCESS METHOD " + quote_identifier(*r.access_method),
         .drop = alter(r) + " SET ACCESS METHOD heap",
         .rank = rank::setting});
  if (r.tablespace)
    add({.kind = "tablespace of",
         .name = shown(at),
         .create = alter(r) + " SET TABLESPACE " + quote_identifier(*r.tablespace),
         .drop = alter(r) + " SET TABLESPACE pg_default",
         .rank = rank::setting});
  for (const column_row& row : columns_of(r.oid)) {
    const std::string name = shown(at) + '.' + row.name;
    const std::string change = alter(r) + " ALTER COLUMN " + quote_identifier(row.name);
    if (row.initial)
      draft_default(change, name, row);
    draft_column_settings(change, name, row);
    draft_column_comment(r, row);
  }
}

}  // namespace instar::detail::pg
