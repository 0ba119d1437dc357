#pragma once

#include "instar/model/attribute.hpp"
#include "instar/schema/names.hpp"

/// \file A described model as a table: each model in a constant evaluation of its own.

namespace instar::detail {

/// How much of "schema.name" is the schema; 0 for a name without one.
constexpr std::size_t schema_size_of(const char* written) {
  // One builtin instead of a loop: a compiler's interpreter counts it as one step.
  const char* const dot = __builtin_strchr(written, '.');
  return dot == nullptr ? 0 : static_cast<std::size_t>(dot - written);
}

struct qualified_name {
  std::string_view schema{};
  std::string_view name{};
};

constexpr qualified_name split_name(std::string_view written) {
  const std::size_t size = written.find('.');
  return size == std::string_view::npos ? qualified_name{{}, written}
                                        : qualified_name{written.substr(0, size), written.substr(size + 1)};
}

/// What was written of a model, before anything is derived. Pointers and numbers for what every model pays for, texts
/// and spans for the rest.
struct model_words {
  const char* written;  ///< The table's name: "users" or "auth.users".
  std::size_t written_size;
  std::size_t schema_size;  ///< Bytes of the schema's name at the beginning of `written`.
  const char* model;
  const attribute* said;  ///< Of the columns; ends in `end`.
  std::size_t said_count;
  const table_attribute* said_of_table;
  std::size_t said_of_table_count;
  const member_part* first_part;

  constexpr std::string_view table_name() const { return {written, written_size}; }
  constexpr std::string_view schema() const { return {written, schema_size}; }
  constexpr std::string_view name() const { return table_name().substr(schema_size == 0 ? 0 : schema_size + 1); }
  constexpr std::string_view model_name() const { return model; }
  constexpr std::span<const attribute> columns() const { return {said, said_count}; }
  constexpr std::span<const table_attribute> table() const { return {said_of_table, said_of_table_count}; }
  /// The columns of an index or key.
  constexpr std::span<const member_part> parts_of(const table_attribute& a) const {
    return {first_part + a.first_part, static_cast<std::size_t>(a.part_count)};
  }
  /// The included columns of an index, or the target columns of a foreign key.
  constexpr std::span<const member_part> further_parts_of(const table_attribute& a) const {
    return {first_part + a.first_part + a.part_count, static_cast<std::size_t>(a.include_count)};
  }

  /// The words of the field at a place; nullptr for a field of another model.
  constexpr const attribute* find(const void* member) const {
    for (const attribute* a = said; a->kind != attribute_kind::end; ++a)
      if (a->member == member && a->kind == attribute_kind::field)
        return a;
    return nullptr;
  }

  /// The name of a field's column: its `column("…")`, or else the field's own.
  static constexpr piece column_name(const attribute* field) {
    for (const attribute* a = field + 1; a->kind > attribute_kind::field; ++a)
      if (a->kind == attribute_kind::column_name)
        return {a->text_data, a->text_size};
    return {field->text_data, field->text_size};
  }
  constexpr std::string_view column_name_at(const void* member) const { return column_name(find(member)); }

  /// What says the type of a field: its type attribute, or the field itself.
  static constexpr const attribute* type_words(const attribute* field) {
    for (const attribute* a = field + 1; a->kind > attribute_kind::field; ++a)
      if (a->kind == attribute_kind::type)
        return a;
    return field;
  }

  /// The type of a field's column: its type attribute, or else what its C++ type stands for.
  static constexpr column_type type_of(const attribute* field) {
    const attribute* given = type_words(field);
    return given == field ? field->type->type : retyped(field->type->type, *given);
  }

  /// A type attribute names the element type of a field that is an array, unless it spells the type out.
  static constexpr column_type retyped(const column_type& derived, const attribute& given) {
    if (given.type == nullptr)
      return {.kind = type_kind::custom, .custom = given.text()};
    column_type type = given.type->type;
    type.dimensions = derived.dimensions;
    return type;
  }
};

/// How much room a table needs.
struct table_sizes {
  std::size_t columns = 0;
  std::size_t uniques = 0;
  std::size_t foreign_keys = 0;
  std::size_t checks = 0;
  std::size_t exclusions = 0;
  std::size_t indexes = 0;
  std::size_t parts = 0;
  std::size_t names = 0;  ///< Column names in keys.
  std::size_t text = 0;   ///< Bytes of derived names, at most.
};

constexpr table_sizes sizes_of(const model_words& words) {
  table_sizes n{.names = 0, .text = name_limit};
  for (const attribute& a : words.columns()) {
    switch (a.kind) {
    case attribute_kind::field:
      ++n.columns;
      break;
    case attribute_kind::primary_key:
      ++n.names;
      break;
    case attribute_kind::unique:
      ++n.uniques;
      ++n.names;
      n.text += name_limit;
      break;
    case attribute_kind::references:
      ++n.foreign_keys;
      n.names += 2;
      n.text += name_limit;
      break;
    case attribute_kind::index:
      ++n.indexes;
      ++n.parts;
      n.text += name_limit;
      break;
    case attribute_kind::check:
      ++n.checks;
      n.text += name_limit;
      break;
    default:
      break;
    }
  }
  for (const table_attribute& a : words.table()) {
    const std::size_t parts = static_cast<std::size_t>(a.part_count);
    const std::size_t included = static_cast<std::size_t>(a.include_count);
    n.text += name_limit;
    switch (a.kind) {
    case table_attribute_kind::primary_key:
      n.names += parts;
      break;
    case table_attribute_kind::unique:
      ++n.uniques;
      n.names += parts;
      break;
    case table_attribute_kind::foreign_key:
      ++n.foreign_keys;
      n.names += parts + included;
      break;
    case table_attribute_kind::index:
      ++n.indexes;
      n.parts += parts;
      n.names += included;
      break;
    case table_attribute_kind::exclude:
      ++n.exclusions;
      n.parts += parts;
      break;
    case table_attribute_kind::check:
      ++n.checks;
      break;
    default:
      break;
    }
  }
  return n;
}

/// Fills the arrays that a table is a view of.
struct table_builder {
  std::span<column> columns;
  std::span<key> uniques;
  std::span<foreign_key> foreign_keys;
  std::span<check> checks;
  std::span<exclusion> exclusions;
  std::span<index> indexes;
  std::span<index_part> parts;
  std::span<std::string_view> names;
  char* text;
  instar::table table{};
  std::size_t text_used = 0;
  std::size_t names_used = 0;
  std::size_t parts_used = 0;
  std::size_t uniques_used = 0;
  std::size_t foreign_keys_used = 0;
  std::size_t checks_used = 0;
  std::size_t exclusions_used = 0;
  std::size_t indexes_used = 0;
  static constexpr std::span<const std::string_view> no_columns{};

  constexpr instar::table build(const model_words& words) {
    table.schema = words.schema();
    table.name = words.name();
    add_columns(words);
    add_column_constraints(words);
    for (const table_attribute& a : words.table())
      add_table_word(words, a);
    mark_keys();
    table.columns = columns;
    table.uniques = uniques;
    table.foreign_keys = foreign_keys;
    table.checks = checks;
    table.exclusions = exclusions;
    table.indexes = indexes;
    return table;
  }

  constexpr void add_columns(const model_words& words) {
    std::size_t at = 0;
    for (const attribute& a : words.columns()) {
      if (a.kind == attribute_kind::field) {
        column& c = columns[at++];
        c.name = a.text();
        c.type = a.type->type;
        c.nullable = a.type->nullable;
        continue;
      }
      if (at == 0)
        continue;
      column& c = columns[at - 1];
      switch (a.kind) {
      case attribute_kind::identity:
        c.identity = static_cast<identity_kind>(a.option);
        break;
      case attribute_kind::initial:
        c.initial = a.default_words();
        break;
      case attribute_kind::updated_at:
        c.updated_at = true;
        if (c.initial.kind == default_kind::none)
          c.initial = {.kind = default_kind::now};
        break;
      case attribute_kind::type:
        c.type = model_words::retyped(c.type, a);
        break;
      case attribute_kind::generated:
        c.generated = static_cast<generated_kind>(a.option);
        c.generated_as = a.text();
        break;
      case attribute_kind::collate:
        c.collation = a.text();
        break;
      case attribute_kind::comment:
        c.comment = a.text();
        break;
      case attribute_kind::column_name:
        c.name = a.text();
        break;
      case attribute_kind::renamed_from:
        c.renamed_from = a.text();
        break;
      case attribute_kind::convert_using:
        c.convert_using = a.text();
        break;
      case attribute_kind::backfill:
        c.backfill = a.text();
        break;
      default:
        break;
      }
    }
  }

  constexpr void add_column_constraints(const model_words& words) {
    std::size_t at = 0;
    for (const attribute& a : words.columns()) {
      if (a.kind == attribute_kind::field)
        ++at;
      if (at == 0)
        continue;
      const std::string_view self = columns[at - 1].name;
      const std::span<const std::string_view> alone(&columns[at - 1].name, 1);
      switch (a.kind) {
      case attribute_kind::primary_key:
        table.primary_key = {.name = name_or(a.name(), no_columns, "_pkey"), .columns = names_of(self)};
        break;
      case attribute_kind::unique:
        uniques[uniques_used++] = {.name = name_or(a.name(), alone, "_key"), .columns = names_of(self)};
        break;
      case attribute_kind::references: {
        foreign_key& fk = foreign_keys[foreign_keys_used++];
        fk = {.name = name_or(a.name(), alone, "_fkey"),
              .columns = names_of(self),
              .on_delete = a.on_delete(),
              .on_update = a.on_update(),
              .deferral = a.deferral()};
        // The schema replaces these by the target's own words: here only the model's literal name is known.
        fk.target_table = a.text();
        fk.target_columns = names_of({});
        break;
      }
      case attribute_kind::index:
        parts[parts_used] = {.text = self};
        indexes[indexes_used++] = {.name = name_or(a.name(), alone, "_idx"), .parts = {&parts[parts_used], 1}};
        ++parts_used;
        break;
      case attribute_kind::check:
        checks[checks_used++] = {.name = name_or(a.name(), alone, "_check"), .expression = a.text()};
        break;
      default:
        break;
      }
    }
  }

  constexpr void add_table_word(const model_words& words, const table_attribute& a) {
    const std::span<const member_part> all = words.parts_of(a);
    const std::span<const member_part> extra = words.further_parts_of(a);
    switch (a.kind) {
    case table_attribute_kind::primary_key:
      table.primary_key = {.name = name_or(a.name, no_columns, "_pkey"),
                           .columns = names_of(words, all),
                           .deferral = a.deferral,
                           .renamed_from = a.renamed_from};
      break;
    case table_attribute_kind::unique: {
      const auto on = names_of(words, all);
      uniques[uniques_used++] = {.name = name_or(a.name, on, "_key"),
                                 .columns = on,
                                 .nulls_not_distinct = a.nulls_not_distinct,
                                 .deferral = a.deferral,
                                 .renamed_from = a.renamed_from};
      break;
    }
    case table_attribute_kind::foreign_key: {
      const auto on = names_of(words, all);
      const std::size_t target = names_used;
      names_used += extra.size();
      foreign_keys[foreign_keys_used++] = {.name = name_or(a.name, on, "_fkey"),
                                           .columns = on,
                                           .target_table = a.target,
                                           .target_columns = {names.data() + target, extra.size()},
                                           .on_delete = a.on_delete,
                                           .on_update = a.on_update,
                                           .deferral = a.deferral,
                                           .renamed_from = a.renamed_from};
      break;
    }
    case table_attribute_kind::index: {
      const auto on = parts_of_words(words, all);
      indexes[indexes_used++] = {.name = name_or(a.name, on, a.unique ? "_key" : "_idx"),
                                 .parts = on,
                                 .unique = a.unique,
                                 .nulls_not_distinct = a.nulls_not_distinct,
                                 .method = a.method,
                                 .where = a.where,
                                 .include = names_of(words, extra),
                                 .renamed_from = a.renamed_from};
      break;
    }
    case table_attribute_kind::exclude: {
      const auto on = parts_of_words(words, all);
      exclusions[exclusions_used++] = {.name = name_or(a.name, on, "_excl"),
                                       .parts = on,
                                       .method = a.method,
                                       .where = a.where,
                                       .deferral = a.deferral,
                                       .renamed_from = a.renamed_from};
      break;
    }
    case table_attribute_kind::check:
      checks[checks_used] = {.name = a.name.size == 0 ? check_name(words) : std::string_view(a.name),
                             .expression = a.text,
                             .renamed_from = a.renamed_from};
      ++checks_used;
      break;
    case table_attribute_kind::comment:
      table.comment = a.text;
      break;
    case table_attribute_kind::renamed_from:
      table.renamed_from = a.text;
      break;
    case table_attribute_kind::options:
      table.options = a.text;
      break;
    }
  }

  /// The second unnamed check of a table is users_check1, as PostgreSQL itself would call it; the next, if that is
  /// taken.
  constexpr std::string_view check_name(const model_words& words) {
    // Byte by byte: g++ 12 compares no memory of an object that is still being built.
    const auto same = [](std::string_view a, std::string_view b) {
      if (a.size() != b.size())
        return false;
      for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i])
          return false;
      return true;
    };
    for (unsigned number = 0;; ++number) {
      constexpr std::string_view word = "_check";
      char suffix[word.size() + 20]{};
      filler end{suffix};
      end.put(word);
      if (number != 0)
        put_integer(end, number);
      filler out{text + text_used};
      put_derived_name(out, table.name, no_columns, {suffix, static_cast<std::size_t>(end.position - suffix)});
      const std::string_view name(text + text_used, static_cast<std::size_t>(out.position - (text + text_used)));
      bool free = true;
      for (std::size_t i = 0; i < checks_used; ++i)
        free &= !same(checks[i].name, name);
      for (const table_attribute& a : words.table())
        free &= !same(a.name, name);
      if (free)
        return taken(out);
    }
  }

  constexpr std::string_view taken(const filler& out) {
    const std::string_view written(text + text_used, static_cast<std::size_t>(out.position - (text + text_used)));
    text_used += written.size();
    return written;
  }

  constexpr std::string_view name_or(std::string_view given, std::span<const std::string_view> on,
                                     std::string_view suffix) {
    if (!given.empty())
      return given;
    filler out{text + text_used};
    put_derived_name(out, table.name, on, suffix);
    return taken(out);
  }

  constexpr std::string_view name_or(std::string_view given, std::span<const index_part> on, std::string_view suffix) {
    if (!given.empty())
      return given;
    std::array<std::string_view, 32> words{};
    std::size_t n = 0;
    for (const index_part& part : on)
      if (n < words.size())
        words[n++] = part.expression ? std::string_view("expr") : part.text;
    return name_or(given, std::span<const std::string_view>(words.data(), n), suffix);
  }

  constexpr std::span<const std::string_view> names_of(std::string_view one) {
    names[names_used] = one;
    return {&names[names_used++], 1};
  }

  constexpr std::span<const std::string_view> names_of(const model_words& words, std::span<const member_part> on) {
    const std::size_t start = names_used;
    for (const member_part& part : on)
      names[names_used++] = words.column_name_at(part.member);
    return {names.data() + start, on.size()};
  }

  constexpr std::span<const index_part> parts_of_words(const model_words& words, std::span<const member_part> on) {
    const std::size_t start = parts_used;
    for (const member_part& part : on)
      parts[parts_used++] = {
          .text = part.expression ? std::string_view(part.text) : words.column_name_at(part.member),
          .expression = part.expression,
          .descending = part.descending,
          .nulls = part.nulls,
          .collation = part.collation,
          .operator_class = part.operator_class,
          .with_operator = part.with_operator,
      };
    return {parts.data() + start, on.size()};
  }

  constexpr void mark_keys() {
    for (column& c : columns) {
      for (std::string_view name : table.primary_key.columns)
        if (same_text(name, c.name))
          c.primary_key = true;
      for (const key& k : uniques)
        if (k.columns.size() == 1 && same_text(k.columns[0], c.name))
          c.unique = true;
    }
  }
};

/// A table with the arrays that it is a view of. Built in place, because its views point into it.
template <table_sizes N>
struct table_storage {
  std::array<column, N.columns> columns{};
  std::array<key, N.uniques> uniques{};
  std::array<foreign_key, N.foreign_keys> foreign_keys{};
  std::array<check, N.checks> checks{};
  std::array<exclusion, N.exclusions> exclusions{};
  std::array<index, N.indexes> indexes{};
  std::array<index_part, N.parts> parts{};
  std::array<std::string_view, N.names> names{};
  char text[N.text + 1]{};
  instar::table table{};

  constexpr explicit table_storage(const model_words& words)
      : table(table_builder{columns, uniques, foreign_keys, checks, exclusions, indexes, parts, names, text}.build(
            words)) {}
  // The views of a copy would still point into the original.
  table_storage(const table_storage&) = delete;
  table_storage& operator=(const table_storage&) = delete;
};

}  // namespace instar::detail
