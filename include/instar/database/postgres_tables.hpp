#pragma once

#include <instar/database/postgres_schema_builder.hpp>

/// \file Tables of a catalogue: columns, constraints, indexes, and what the schema value does not say of them.

namespace instar::detail::pg {

inline std::span<const table> schema_builder::build_tables() {
  std::vector<std::pair<place, const relation_row*>> found;
  for (const auto& [number, r] : relations_)
    if (is_table(*r))
      found.emplace_back(place_of(*r), r);
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<table> tables;
  for (const auto& [at, r] : found) {
    const table t = build_table(*r);
    if (is_raw(*r))
      draft_raw_table(*r, t);
    else
      tables.push_back(t);
    draft_table_details(*r);
    targets_.emplace(key_of(catalogue::relation, r->oid), std::pair{"TABLE " + written(at), "table " + shown(at)});
  }
  return owner_.array(tables);
}

inline table schema_builder::build_table(const relation_row& r) {
  const place at = place_of(r);
  table t{.schema = owner_.text(at.schema), .name = owner_.text(at.name)};
  build_constraints(r, t);
  std::vector<column> columns;
  for (const column_row& row : columns_of(r.oid)) {
    column c = build_column(r, row);
    for (const std::string_view name : t.primary_key.columns)
      c.primary_key |= name == c.name;
    for (const key& k : t.uniques)
      c.unique |= k.columns.size() == 1 && k.columns[0] == c.name;
    draft_column_details(r, row, c);
    // Whose columns come from a parent has them without saying so; a partition says all and is attached.
    if (!row.local && !r.is_partition)
      draft_inherited_column(r, row, c);
    else
      columns.push_back(c);
  }
  t.columns = owner_.array(columns);
  std::vector<index> indexes;
  build_indexes(r, indexes);
  t.indexes = owner_.array(indexes);
  if (is_raw(r))
    draft_comment(catalogue::relation, r.oid, (r.kind == "f" ? "FOREIGN TABLE " : "TABLE ") + written(at),
                  "table " + shown(at));
  else
    t.comment = comment_text(catalogue::relation, r.oid);
  return t;
}

inline column_type schema_builder::type_of(const column_row& row) {
  const auto listed = [&](oid_number type) -> const enumeration* {
    const auto found = enumerations_by_type_.find(type);
    return found == enumerations_by_type_.end() ? nullptr : found->second;
  };
  if (const std::optional<column_type> known = known_type(row.type, row.modifier))
    return *known;
  if (const enumeration* e = listed(row.type))
    return {.kind = type_kind::enumeration, .values = e};
  // Tables that were made from a query have arrays without dimensions.
  const int dimensions = std::max(row.dimensions, 1);
  if (const oid_number element = known_element(row.type); element != 0)
    if (std::optional<column_type> known = known_type(element, row.modifier)) {
      known->dimensions = dimensions;
      return *known;
    }
  if (const auto element = element_types_.find(row.type); element != element_types_.end())
    if (const enumeration* e = listed(element->second))
      return {.kind = type_kind::enumeration, .dimensions = dimensions, .values = e};
  // The extension's own type, where the bare word reaches it.
  if (row.type_text == "citext")
    return {.kind = type_kind::citext};
  if (row.type_text == "citext[]")
    return {.kind = type_kind::citext, .dimensions = dimensions};
  return {.kind = type_kind::custom, .custom = owner_.text(row.type_text)};
}

inline column schema_builder::build_column(const relation_row& r, const column_row& row) {
  column c{.name = owner_.text(row.name), .type = type_of(row), .nullable = !row.not_null};
  // Since 18 a NOT NULL can be not valid yet, or not for children: then a constraint of its own says it.
  if (const auto constraints = constraints_.find(r.oid); constraints != constraints_.end())
    for (const constraint_row* k : constraints->second)
      c.nullable |= k->kind == "n" && read_numbers<int>(k->columns.value_or("")) == std::vector<int>{row.number};
  // Partitions have the identity of what they are attached to.
  if (!(r.is_partition && c_.version >= 170000))
    c.identity = row.identity == "a"   ? identity_kind::always
                 : row.identity == "d" ? identity_kind::by_default
                                       : identity_kind::none;
  if (row.generated == "s" || row.generated == "v") {
    c.generated = row.generated == "s" ? generated_kind::stored : generated_kind::virtual_column;
    c.generated_as = owner_.text(comparable(row.initial.value_or("")));
  } else if (row.initial) {
    std::string storage;
    c.initial = read_default(*row.initial, row.initial_type.value_or(""),
                             c.type.dimensions == 0 ? c.type.kind : type_kind::custom, storage);
    c.initial.text = owner_.text(c.initial.text);
  }
  if (row.collation)
    c.collation = owner_.text(*row.collation);
  if (!is_raw(r))
    c.comment = comment_text(catalogue::relation, r.oid, row.number);
  return c;
}

inline void schema_builder::draft_column_details(const relation_row& r, const column_row& row, const column& c) {
  const place at = place_of(r);
  const std::string name = shown(at) + '.' + row.name;
  // What is said of a parent's column would be said of its children's too.
  const std::string only = parents_.contains(r.oid) && row.foreign_collation == std::nullopt ? "ONLY " : "";
  const std::string change =
      std::string(alter_word(r)) + only + written(at) + " ALTER COLUMN " + quote_identifier(row.name);
  if (row.foreign_collation)
    add({.kind = "collation of",
         .name = name,
         .create = change + " TYPE " + row.type_text + " COLLATE " + *row.foreign_collation,
         .drop = change + " TYPE " + row.type_text,
         .rank = rank::column,
         .placement = placement::before_indexes});
  if (row.storage)
    add({.kind = "storage of",
         .name = name,
         .create = change + " SET STORAGE " + *row.storage,
         .drop = change + (c_.version >= 160000 ? " SET STORAGE DEFAULT" : " SET STORAGE EXTENDED"),
         .rank = rank::setting});
  if (row.compression)
    add({.kind = "compression of",
         .name = name,
         .create = change + " SET COMPRESSION " + *row.compression,
         .drop = change + " SET COMPRESSION default",
         .rank = rank::setting});
  draft_column_settings(change, name, row);
  for (const std::string& option : read_array(row.server_options.value_or(""))) {
    const std::size_t equals = option.find('=');
    const std::string key = quote_identifier(option.substr(0, equals));
    add({.kind = "foreign option",
         .name = name + '(' + option.substr(0, equals) + ')',
         .create = change + " OPTIONS (ADD " + key + ' ' + quote_literal(option.substr(equals + 1)) + ')',
         .drop = change + " OPTIONS (DROP " + key + ')',
         .rank = rank::setting});
  }
  if (is_raw(r))
    draft_column_comment(r, row);
  if (c.identity != identity_kind::none)
    draft_identity_details(r, row);
}

/// What a statement of its own says of a column, be it a table's or a view's.
/// \param change the ALTER statement up to the column
inline void schema_builder::draft_column_settings(const std::string& change, const std::string& name,
                                                  const column_row& row) {
  if (row.statistics)
    add({.kind = "statistics target",
         .name = name,
         .create = change + " SET STATISTICS " + *row.statistics,
         .drop = change + " SET STATISTICS -1",
         .rank = rank::setting});
  draft_options(change, name, row.options, "", "column option");
}

inline void schema_builder::draft_default(const std::string& change, const std::string& name, const column_row& row) {
  add({.kind = "default",
       .name = name,
       .create = change + (row.initial ? " SET DEFAULT " + *row.initial : " DROP DEFAULT"),
       .drop = change + " DROP DEFAULT",
       .rank = rank::column});
}

inline void schema_builder::draft_column_comment(const relation_row& r, const column_row& row) {
  const place at = place_of(r);
  draft_comment(catalogue::relation, r.oid, "COLUMN " + written(at) + '.' + quote_identifier(row.name),
                "column " + shown(at) + '.' + row.name, rank::comment, row.number);
}

/// What a child says of a column that it has from its parents, where it differs from them.
inline void schema_builder::draft_inherited_column(const relation_row& r, const column_row& row, const column& c) {
  bool same_initial = false;
  bool same_null = false;
  for (const oid_number parent : read_numbers<oid_number>(r.parents.value_or("")))
    for (const column_row& theirs : columns_of(parent))
      if (theirs.name == row.name) {
        same_initial |= theirs.initial == row.initial;
        same_null |= theirs.not_null == row.not_null;
      }
  const std::string name = shown(place_of(r)) + '.' + row.name;
  const std::string change =
      std::string(alter_word(r)) + "ONLY " + written(place_of(r)) + " ALTER COLUMN " + quote_identifier(row.name);
  // A key of its own makes it required already.
  if (!same_null && !c.primary_key)
    add({.kind = "nullability of",
         .name = name,
         .create = change + (row.not_null ? " SET NOT NULL" : " DROP NOT NULL"),
         .drop = change + (row.not_null ? " DROP NOT NULL" : " SET NOT NULL"),
         .rank = rank::column});
  if (!same_initial && c.generated == generated_kind::none)
    draft_default(change, name, row);
}

/// The name that the server gives a sequence: the longer part is shortened first, to 63 bytes in all, and never within
/// a character (makeObjectName in src/backend/commands/indexcmds.c tells).
[[nodiscard]] inline std::string sequence_name(std::string_view table, std::string_view column) {
  const sequence_name_parts parts(table, column);
  return std::string(parts.table) + '_' + std::string(parts.column) + "_seq";
}

inline void schema_builder::draft_identity_details(const relation_row& r, const column_row& row) {
  const auto found = identities_.find({r.oid, row.number});
  if (found == identities_.end())
    return;
  const sequence_row& s = *found->second;
  const place at = place_of(r);
  const std::string name = shown(at) + '.' + row.name;
  const sequence_bounds bounds = standard_bounds(s.type, 1);
  const std::string change = alter(r) + " ALTER COLUMN " + quote_identifier(row.name);
  const bool standard = s.increment == 1 && s.lowest == bounds.lowest && s.highest == bounds.highest && s.start == 1 &&
                        s.cache == 1 && !s.cycle;
  if (!standard) {
    // All of them, for those of another schema may stand now.
    const std::string options = change + " SET INCREMENT BY " + std::to_string(s.increment) + " SET MINVALUE " +
                                std::to_string(s.lowest) + " SET MAXVALUE " + std::to_string(s.highest) +
                                " SET START WITH " + std::to_string(s.start) + " SET CACHE " + std::to_string(s.cache) +
                                (s.cycle ? " SET CYCLE" : " SET NO CYCLE");
    const std::string plain = change +
                              " SET INCREMENT BY 1 SET NO MINVALUE SET NO MAXVALUE SET START WITH 1 SET CACHE 1"
                              " SET NO CYCLE";
    const std::string sequence =
        "pg_get_serial_sequence(" + quote_literal(written(at)) + ", " + quote_literal(row.name) + ")::regclass";
    const auto restarting_if = [&](const std::string& condition, const std::string& statement) {
      return "DO " + quote_literal("BEGIN IF " + condition + " THEN " + statement + " RESTART; ELSE " + statement +
                                   "; END IF; END");
    };
    // One that has counted goes on from where it is; one that has not begins at its start. Without the options it
    // cannot stand below 1.
    const bool begins = s.start != 1 || s.lowest != bounds.lowest;
    const bool below = s.lowest < 1;
    const std::string last = "pg_sequence_last_value(" + sequence + ')';
    add({.kind = "identity options",
         .name = name,
         .create = begins ? restarting_if(last + " IS NULL", options) : options,
         .drop = below ? restarting_if("coalesce(" + last + ", 0) < 1", plain) : plain,
         .rank = rank::setting});
  }
  const relation_row* sequence = relation(s.oid);
  if (sequence == nullptr)
    return;
  targets_.emplace(key_of(catalogue::relation, s.oid),
                   std::pair{"SEQUENCE " + written(place_of(*sequence)), "sequence " + shown(place_of(*sequence))});
  draft_comment(catalogue::relation, s.oid, "SEQUENCE " + written(place_of(*sequence)),
                "sequence " + shown(place_of(*sequence)));
  if (sequence->name == sequence_name(r.name, row.name))
    return;
  const auto rename = [&](const std::string& to) {
    return "DO " + quote_literal("BEGIN EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', pg_get_serial_sequence(" +
                                 quote_literal(written(at)) + ", " + quote_literal(row.name) + "), " +
                                 quote_literal(to) + "); END");
  };
  add({.kind = "identity sequence",
       .name = name,
       .create = rename(sequence->name),
       .drop = rename(sequence_name(r.name, row.name)),
       .rank = rank::column});
}

inline void schema_builder::draft_constraint(const relation_row& r, const constraint_row& k,
                                             const std::string& definition, int rank, instar::placement where) {
  const std::string name = quote_identifier(k.name);
  add({.kind = k.kind == "f" ? "foreign key" : "constraint",
       .name = k.name + " on " + shown(place_of(r)),
       .create = alter(r) + " ADD CONSTRAINT " + name + ' ' + definition,
       .drop = alter(r) + " DROP CONSTRAINT " + name,
       .rank = rank,
       .placement = where});
}

[[nodiscard]] inline deferral deferral_of(const constraint_row& k) {
  return !k.deferrable ? deferral::not_deferrable
         : k.deferred  ? deferral::initially_deferred
                       : deferral::initially_immediate;
}

[[nodiscard]] inline referential_action action_of(std::string_view code) {
  return code == "r"   ? referential_action::restrict_action
         : code == "c" ? referential_action::cascade
         : code == "n" ? referential_action::set_null
         : code == "d" ? referential_action::set_default
                       : referential_action::no_action;
}

inline key schema_builder::build_key(const relation_row& r, const constraint_row& k) {
  const auto index = index_rows_.find(k.index);
  return {.name = owner_.text(k.name),
          .columns = names_of(r.oid, read_numbers<int>(k.columns.value_or(""))),
          .nulls_not_distinct = index != index_rows_.end() && index->second->nulls_not_distinct,
          .deferral = deferral_of(k)};
}

inline foreign_key schema_builder::build_foreign_key(const relation_row& r, const constraint_row& k) {
  const relation_row* target = relation(k.target);
  const place to = target != nullptr ? place_of(*target) : place{};
  return {.name = owner_.text(k.name),
          .columns = names_of(r.oid, read_numbers<int>(k.columns.value_or(""))),
          .target_schema = owner_.text(to.schema),
          .target_table = owner_.text(to.name),
          .target_columns = names_of(k.target, read_numbers<int>(k.target_columns.value_or(""))),
          .on_delete = action_of(k.on_delete),
          .on_update = action_of(k.on_update),
          .deferral = deferral_of(k)};
}

inline void schema_builder::build_constraints(const relation_row& r, table& t) {
  const auto found = constraints_.find(r.oid);
  if (found == constraints_.end())
    return;
  const bool raw = is_raw(r);
  const std::string on = " ON " + written(place_of(r));
  const instar::placement own = graph_.placement_of(key_of(catalogue::relation, r.oid));
  const instar::placement before_foreign_keys =
      raw ? std::max(own, placement::before_indexes) : placement::before_indexes;
  std::vector<key> uniques;
  std::vector<foreign_key> foreign_keys;
  std::vector<check> checks;
  std::vector<exclusion> exclusions;
  for (const constraint_row* k : found->second) {
    // What a table has from its parent comes with it; a partition has to bring it along.
    const bool inherited = k->kind == "c" ? !k->local : k->parent != 0;
    if (inherited && (k->kind == "f" || !r.is_partition))
      continue;
    draft_comment(catalogue::constraint, k->oid, "CONSTRAINT " + quote_identifier(k->name) + on,
                  "constraint " + k->name + " on " + shown(place_of(r)));
    const auto index = index_rows_.find(k->index);
    const std::vector<int> all =
        index == index_rows_.end() ? std::vector<int>{} : read_numbers<int>(index->second->columns);
    const bool includes = index != index_rows_.end() && static_cast<std::size_t>(index->second->key_count) < all.size();
    if (k->kind == "p" || k->kind == "u") {
      if (k->special || includes) {
        std::string definition = k->definition.value_or("");
        if (definition.empty()) {
          string_writer out;
          key made = build_key(r, *k);
          made.deferral = deferral::not_deferrable;
          out.put(k->kind == "p" ? "PRIMARY KEY " : "UNIQUE ");
          if (made.nulls_not_distinct)
            out.put("NULLS NOT DISTINCT ");
          put_names(out, made.columns);
          out.put(" INCLUDE ");
          put_names(out, names_of(r.oid, {all.begin() + index->second->key_count, all.end()}));
          put_deferral(out, deferral_of(*k));
          definition = std::move(out.text);
        }
        draft_constraint(r, *k, definition, rank::key, before_foreign_keys);
      } else if (r.kind == "p" && index != index_rows_.end() && has_ambiguous_parts(*index->second)) {
        string_writer out;
        put_postgres_key(out, build_key(r, *k), k->kind == "p" ? " PRIMARY KEY " : " UNIQUE ");
        add({.kind = "constraint",
             .name = k->name + " on " + shown(place_of(r)),
             .create = "ALTER TABLE ONLY " + written(place_of(r)) + " ADD " + out.text,
             .drop = alter(r) + " DROP CONSTRAINT " + quote_identifier(k->name),
             .rank = rank::key,
             .placement = before_foreign_keys});
      } else if (k->kind == "p") {
        t.primary_key = build_key(r, *k);
      } else {
        uniques.push_back(build_key(r, *k));
      }
    } else if (k->kind == "c") {
      if (k->special)
        draft_constraint(r, *k, k->definition.value_or(""), rank::constraint, placement::after_tables);
      else
        checks.push_back(
            {.name = owner_.text(k->name), .expression = owner_.text(comparable(k->expression.value_or("")))});
    } else if (k->kind == "f") {
      const relation_row* target = relation(k->target);
      const bool late = target != nullptr &&
                        graph_.placement_of(key_of(catalogue::relation, k->target)) == placement::after_tables &&
                        is_raw(*target);
      if (k->special) {
        draft_constraint(r, *k, k->definition.value_or(""), rank::constraint, placement::after_tables);
      } else if (raw || late || target == nullptr) {
        string_writer out;
        put_foreign_key(out, dialect::postgres, build_foreign_key(r, *k));
        const std::string name = "CONSTRAINT " + quote_identifier(k->name) + ' ';
        draft_constraint(r, *k, out.text.substr(name.size()), rank::constraint, placement::after_tables);
      } else {
        foreign_keys.push_back(build_foreign_key(r, *k));
      }
    } else if (k->kind == "x") {
      bool expressible = !k->special && !includes && index != index_rows_.end();
      const std::string method = index == index_rows_.end() ? std::string() : index->second->method;
      const std::vector<index_part> parts =
          build_parts(r, k->definition.value_or(""), method, read_numbers<int>(k->columns.value_or("")), expressible);
      if (!expressible)
        draft_constraint(r, *k, k->definition.value_or(""), rank::key, before_foreign_keys);
      else
        exclusions.push_back({.name = owner_.text(k->name),
                              .parts = owner_.array(parts),
                              .method = method == "gist" ? std::string_view{} : owner_.text(method),
                              .where = owner_.text(comparable(index->second->predicate.value_or(""))),
                              .deferral = deferral_of(*k)});
    } else if (k->kind == "n") {
      draft_constraint(r, *k, k->definition.value_or(""), rank::constraint, placement::after_tables);
    }
  }
  t.uniques = owner_.array(uniques);
  t.foreign_keys = owner_.array(foreign_keys);
  t.checks = owner_.array(checks);
  t.exclusions = owner_.array(exclusions);
}

inline std::vector<index_part> schema_builder::build_parts(const relation_row& r, std::string_view definition,
                                                           std::string_view method, const std::vector<int>& columns,
                                                           bool& expressible) {
  std::vector<index_part> parts;
  const std::vector<printed_part> printed = part_reader(definition, method).read(columns);
  for (std::size_t i = 0; i < printed.size(); ++i) {
    const printed_part& p = printed[i];
    expressible &= !p.qualified_collation;
    const column_row* column = column_at(r.oid, columns[i]);
    parts.push_back({.text = owner_.text(column != nullptr ? column->name : p.expression),
                     .expression = column == nullptr,
                     .descending = p.descending,
                     .nulls = p.nulls,
                     .collation = owner_.text(p.collation),
                     .operator_class = owner_.text(p.operator_class),
                     .with_operator = owner_.text(p.with_operator)});
  }
  return parts;
}

/// The parts of an index of which nothing has to be said but columns and their order.
inline std::vector<index_part> schema_builder::build_plain_parts(const relation_row& r, const index_row& row,
                                                                 const std::vector<int>& columns) {
  const std::vector<int> orders = read_numbers<int>(row.orders);
  std::vector<index_part> parts;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const column_row* column = column_at(r.oid, columns[i]);
    const int order = i < orders.size() ? orders[i] : 0;
    const bool descending = (order & 1) != 0;
    const bool nulls_first = (order & 2) != 0;
    parts.push_back({.text = owner_.text(column != nullptr ? column->name : ""),
                     .descending = descending,
                     // As an index is when nothing is said: NULLs last, and first where it descends.
                     .nulls = nulls_first == descending ? null_order::standard
                              : nulls_first             ? null_order::first
                                                        : null_order::last});
  }
  return parts;
}

inline void schema_builder::build_indexes(const relation_row& r, std::vector<index>& indexes) {
  const auto found = indexes_.find(r.oid);
  if (found == indexes_.end())
    return;
  for (const index_row* row : found->second) {
    draft_index_details(r, *row);
    if (row->of_constraint) {
      if (row->parent != 0)
        draft_index_partition(
            r, *row, std::max(graph_.placement_of(key_of(catalogue::relation, r.oid)), placement::before_indexes));
      continue;
    }
    const std::vector<int> all = read_numbers<int>(row->columns);
    const auto keys = all.begin() + row->key_count;
    bool expressible = true;
    const index i{.name = owner_.text(row->name),
                  .parts = owner_.array(
                      row->definition ? build_parts(r, *row->definition, row->method, {all.begin(), keys}, expressible)
                                      : build_plain_parts(r, *row, {all.begin(), keys})),
                  .unique = row->unique,
                  .nulls_not_distinct = row->nulls_not_distinct,
                  .method = row->method == "btree" ? std::string_view{} : owner_.text(row->method),
                  .where = owner_.text(comparable(row->predicate.value_or(""))),
                  .include = names_of(r.oid, {keys, all.end()})};
    const bool whole = expressible && row->valid && row->parent == 0 && !row->partitioned;
    if (whole && !is_raw(r) && !graph_.index_is_late(key_of(catalogue::relation, row->oid)))
      indexes.push_back(i);
    else
      draft_raw_index(r, *row, expressible ? i : index{});
  }
}

inline void schema_builder::draft_raw_index(const relation_row& r, const index_row& row, const index& i) {
  const place at = place_of(r);
  const std::string name = written({at.schema, row.name});
  std::string create = row.definition.value_or("");
  if (!i.name.empty()) {
    string_writer out;
    put_create_index(out, dialect::postgres, at.schema, at.name, i);
    create = std::move(out.text);
    // A partitioned table's index takes those of the partitions one by one, as they are named.
    const std::string head = (i.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ") + quote_identifier(i.name) + " ON ";
    if (row.partitioned)
      create.insert(head.size(), "ONLY ");
  }
  const bool late =
      is_raw(r) ? graph_.placement_of(key_of(catalogue::relation, r.oid)) == placement::after_tables : is_view(r);
  const instar::placement where = late || graph_.index_is_late(key_of(catalogue::relation, row.oid))
                                      ? placement::after_tables
                                      : placement::before_indexes;
  int depth = 0;
  for (auto up = index_rows_.find(row.parent); up != index_rows_.end(); up = index_rows_.find(up->second->parent))
    ++depth;
  add({.kind = row.valid || row.partitioned ? "index" : "invalid index",
       .name = shown({at.schema, row.name}) + " on " + shown(at),
       .create = create,
       // It may be gone with the index of the whole.
       .drop = (row.parent != 0 ? "DROP INDEX IF EXISTS " : "DROP INDEX ") + name,
       // A partition brings its indexes along: attached without them it would be given others.
       .rank = r.is_partition ? rank::partition_index : rank::index,
       // From the leaves to the root, so that dropping goes the other way.
       .order = row.partitioned ? 100 - depth : 0,
       .placement = where});
  draft_index_partition(r, row, where);
}

/// That an index is a part of the whole's index, whether or not it belongs to a constraint.
inline void schema_builder::draft_index_partition(const relation_row& r, const index_row& row,
                                                  instar::placement where) {
  const auto parent = index_rows_.find(row.parent);
  const relation_row* whole = parent == index_rows_.end() ? nullptr : relation(parent->second->relation);
  if (whole == nullptr)
    return;
  const place at = place_of(r);
  const place up{place_of(*whole).schema, parent->second->name};
  add({.kind = "index partition",
       .name = shown({at.schema, row.name}) + " of " + shown(up),
       .create = "ALTER INDEX " + written(up) + " ATTACH PARTITION " + written({at.schema, row.name}),
       .drop = "/* an index partition goes with its index */",
       .rank = rank::index_partition,
       .placement = where});
}

/// Whether some partition has several indexes that could be its part of this one, so that it has to be said which.
inline bool schema_builder::has_ambiguous_parts(const index_row& whole) const {
  const auto parts = index_parts_.find(whole.oid);
  if (parts == index_parts_.end())
    return false;
  for (const index_row* part : parts->second)
    if (const auto all = indexes_.find(part->relation); all != indexes_.end())
      for (const index_row* other : all->second)
        if (other != part && other->unique && other->columns == part->columns)
          return true;
  return false;
}

inline void schema_builder::draft_index_details(const relation_row& r, const index_row& row) {
  const place at = place_of(r);
  const std::string name = written({at.schema, row.name});
  const std::string person = shown({at.schema, row.name});
  const std::string change = "ALTER INDEX " + name;
  draft_options(change, person, row.options, "", "storage parameter");
  if (row.tablespace)
    add({.kind = "tablespace of",
         .name = person,
         .create = change + " SET TABLESPACE " + quote_identifier(*row.tablespace),
         .drop = change + " SET TABLESPACE pg_default",
         .rank = rank::setting});
  for (const std::string& target : read_array(row.statistics.value_or(""))) {
    const std::size_t blank = target.find(' ');
    const std::string column = change + " ALTER COLUMN " + target.substr(0, blank) + " SET STATISTICS ";
    add({.kind = "statistics target",
         .name = person + '(' + target.substr(0, blank) + ')',
         .create = column + target.substr(blank + 1),
         .drop = column + "-1",
         .rank = rank::setting});
  }
  const std::string whole = alter(r);
  if (row.clustered)
    add({.kind = "cluster",
         .name = shown(at) + " on " + row.name,
         .create = whole + " CLUSTER ON " + quote_identifier(row.name),
         .drop = whole + " SET WITHOUT CLUSTER",
         .rank = rank::setting});
  if (row.replica_identity)
    add({.kind = "replica identity",
         .name = shown(at),
         .create = whole + " REPLICA IDENTITY USING INDEX " + quote_identifier(row.name),
         .drop = whole + " REPLICA IDENTITY DEFAULT",
         .rank = rank::setting});
  draft_comment(catalogue::relation, row.oid, "INDEX " + name, "index " + person);
}

inline void schema_builder::draft_raw_table(const relation_row& r, const table& t) {
  const place at = place_of(r);
  for (std::size_t i = 0; i < t.uniques.size(); ++i)
    if (repeats_key(t, i)) {
      string_writer added;
      put_postgres_key(added, t.uniques[i], " UNIQUE ");
      add({.kind = "constraint",
           .name = std::string(t.uniques[i].name) + " on " + shown(at),
           .create = alter(r) + " ADD " + added.text,
           .drop = alter(r) + " DROP CONSTRAINT " + quote_identifier(t.uniques[i].name),
           .rank = rank::key,
           .placement = std::max(graph_.placement_of(key_of(catalogue::relation, r.oid)), placement::before_indexes)});
    }
  string_writer out;
  put_postgres_create_table(out, t);
  std::string create = std::move(out.text);
  const bool foreign = r.kind == "f";
  if (foreign)
    create.insert(std::string_view("CREATE ").size(), "FOREIGN ");
  const std::vector<oid_number> parents = read_numbers<oid_number>(r.parents.value_or(""));
  if (!parents.empty() && !r.is_partition) {
    create += " INHERITS (";
    for (std::size_t i = 0; i < parents.size(); ++i)
      if (const relation_row* parent = relation(parents[i]))
        create += (i == 0 ? "" : ", ") + written(place_of(*parent));
    create += ')';
  }
  if (r.partition_key)
    create += " PARTITION BY " + *r.partition_key;
  if (foreign) {
    create += " SERVER " + quote_identifier(r.server.value_or(""));
    std::string options;
    for (const std::string& option : read_array(r.server_options.value_or(""))) {
      const std::size_t equals = option.find('=');
      options += (options.empty() ? "" : ", ") + quote_identifier(option.substr(0, equals)) + ' ' +
                 quote_literal(option.substr(equals + 1));
    }
    if (!options.empty())
      create += " OPTIONS (" + options + ')';
  }
  const object_key key = key_of(catalogue::relation, r.oid);
  const instar::placement own = graph_.placement_of(key);
  add({.kind = r.is_partition     ? "partition"
               : foreign          ? "foreign table"
               : r.kind == "p"    ? "partitioned table"
               : !parents.empty() ? "inheriting table"
                                  : "table",
       .name = shown(at),
       .create = std::move(create),
       .drop = (foreign ? "DROP FOREIGN TABLE " : "DROP TABLE ") + written(at),
       .rank = rank::table,
       .placement = own,
       .key = key});
  if (!r.is_partition || parents.empty())
    return;
  if (const relation_row* parent = relation(parents.front())) {
    const std::string whole = "ALTER TABLE ONLY " + written(place_of(*parent));
    add({.kind = "partition bound",
         .name = shown(at) + " of " + shown(place_of(*parent)),
         .create = whole + " ATTACH PARTITION " + written(at) + ' ' + r.partition_bound.value_or(""),
         .drop = "ALTER TABLE " + written(place_of(*parent)) + " DETACH PARTITION " + written(at),
         .rank = rank::partition,
         .placement = std::max(own, placement::before_indexes)});
  }
}

inline void schema_builder::draft_table_details(const relation_row& r) {
  const place at = place_of(r);
  const std::string change = alter(r);
  const auto setting = [&](std::string kind, const std::string& create, const std::string& drop, int rank,
                           int order = 0) {
    add({.kind = std::move(kind),
         .name = shown(at),
         .create = change + create,
         .drop = change + drop,
         .rank = rank,
         .order = order});
  };
  if (r.persistence == "u") {
    const auto order = unlogged_order_.find(r.oid);
    setting("unlogged", " SET UNLOGGED", " SET LOGGED", rank::setting,
            order == unlogged_order_.end() ? 0 : order->second);
  }
  if (r.of_type)
    setting("table type", " OF " + *r.of_type, " NOT OF", rank::setting);
  if (r.access_method)
    setting("access method of", " SET ACCESS METHOD " + quote_identifier(*r.access_method), " SET ACCESS METHOD heap",
            rank::setting);
  if (r.tablespace)
    setting("tablespace of", " SET TABLESPACE " + quote_identifier(*r.tablespace), " SET TABLESPACE pg_default",
            rank::setting);
  if (r.replica_identity == "f" || (r.replica_identity == "n" && r.kind != "f"))
    setting("replica identity", r.replica_identity == "f" ? " REPLICA IDENTITY FULL" : " REPLICA IDENTITY NOTHING",
            " REPLICA IDENTITY DEFAULT", rank::setting);
  if (r.row_security)
    setting("row security", " ENABLE ROW LEVEL SECURITY", " DISABLE ROW LEVEL SECURITY", rank::security);
  if (r.forced_row_security)
    setting("forced row security", " FORCE ROW LEVEL SECURITY", " NO FORCE ROW LEVEL SECURITY", rank::security);
  draft_options(change, shown(at), r.options, "", "storage parameter");
  draft_options(change, shown(at), r.toast_options, "toast.", "storage parameter");
}

}  // namespace instar::detail::pg
