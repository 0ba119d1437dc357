#pragma once

#include "instar/model/mistake.hpp"
#include "instar/model/table.hpp"

/// \file What one reading of a model's words tells: its hash, the names that it takes, and what is wrong in it. Every
/// model pays for this, changed or not. So it is one pass over numbers and pointers: a compiler's interpreter pays most
/// for calls and for objects of classes.

namespace instar::detail {

constexpr bool integer_kind(type_kind kind) {
  return kind == type_kind::smallint || kind == type_kind::integer || kind == type_kind::bigint;
}

/// Whether a default is a value of a column's type.
constexpr bool default_fits(const column_type& t, const attribute& a) {
  const default_kind initial = a.initial();
  if (initial == default_kind::none || initial == default_kind::expression)
    return true;
  const type_kind kind = t.kind;
  if (t.dimensions != 0)  // An array's own text: '{}' or '[]'.
    return initial == default_kind::text && a.type == nullptr;
  if (kind == type_kind::custom)
    return initial != default_kind::text || a.type == nullptr;
  switch (initial) {
  case default_kind::boolean:
    return kind == type_kind::boolean;
  case default_kind::integer:
    if (kind == type_kind::smallint)
      return a.number >= INT16_MIN && a.number <= INT16_MAX;
    if (kind == type_kind::integer)
      return a.number >= INT32_MIN && a.number <= INT32_MAX;
    return kind == type_kind::bigint || kind == type_kind::numeric || kind == type_kind::real ||
           kind == type_kind::double_precision;
  case default_kind::real:
    return kind == type_kind::numeric || kind == type_kind::real || kind == type_kind::double_precision;
  case default_kind::now:
    return kind == type_kind::timestamp || kind == type_kind::timestamptz || kind == type_kind::date ||
           kind == type_kind::time || kind == type_kind::timetz || kind == type_kind::text;
  case default_kind::text:
    if (a.type != nullptr)  // An enumerator: only its own enum's column takes it.
      return kind == type_kind::enumeration && t.values == a.type->type.values;
    return kind != type_kind::boolean && !integer_kind(kind) && kind != type_kind::enumeration &&
           kind != type_kind::real && kind != type_kind::double_precision;
  default:
    return true;
  }
}

struct model_facts {
  model_words words;
  std::uint64_t name_hash = 0;
  std::uint64_t words_hash = 0;  ///< Without the words of the models that it references: these come in by the schema.
  bool references = false;       ///< Whether it has a foreign key.
  mistake wrong{};
  /// Hashes of the names that its table takes: its own, and those of its keys and indexes, which PostgreSQL keeps in
  /// one name space with the tables.
  const std::uint64_t* relations = nullptr;
  std::size_t relation_count = 0;
};

/// What a derived name ends with, as a number to continue a hash with.
struct name_ending {
  std::uint64_t factor;
  std::uint64_t hash;
  constexpr explicit name_ending(std::string_view text) : factor(1), hash(hash_text(text)) {
    for (std::size_t i = 0; i < text.size(); ++i)
      factor *= hash_base;
  }
};
inline constexpr name_ending pkey_ending{"_pkey"};
inline constexpr name_ending key_ending{"_key"};
inline constexpr name_ending idx_ending{"_idx"};
inline constexpr name_ending fkey_ending{"_fkey"};
inline constexpr name_ending check_ending{"_check"};
inline constexpr name_ending excl_ending{"_excl"};

/// \tparam Room at least as many as the model has words, and one
template <std::size_t Room>
struct model_reading : model_facts {
  /// Of the relations from the front; of the other constraints, whose names only their table has, from the back.
  std::uint64_t names[Room]{};

  constexpr model_reading(const model_words& given, std::uint64_t table_hash)
      : model_facts{.words = given, .name_hash = table_hash} {
    read();
    relations = names;
  }
  model_reading(const model_reading&) = delete;
  model_reading& operator=(const model_reading&) = delete;

 private:
  /// What the reading of the columns hands on to that of the table's words.
  struct progress {
    std::uint64_t hash;
    std::uint64_t table;     ///< The hash of the table's name without its schema.
    std::size_t others = 0;  ///< Names at the back of `names`.
    bool key = false;        ///< Whether a primary key was said.
    bool renamed = false;    ///< Whether a column has another name than its field.
  };

  /// \return false, with which the reading ends
  constexpr bool stop(mistake_kind kind, std::string_view field, std::string_view other = {}) {
    wrong = {kind, words.model_name(), field, other};
    return false;
  }

  /// \param name for the message when the table has that name already
  constexpr bool take_name(std::uint64_t hash, bool relation, progress& now, std::string_view name) {
    bool taken = false;
    for (std::size_t i = 1; i < relation_count; ++i)
      taken |= names[i] == hash;
    for (std::size_t i = Room - now.others; i < Room; ++i)
      taken |= names[i] == hash;
    if (taken)
      return stop(mistake_kind::duplicate_constraint, {}, name);
    if (relation)
      names[relation_count++] = hash;
    else
      names[Room - ++now.others] = hash;
    return true;
  }

  constexpr bool read() {
    if (words.written_size > name_limit) {
      if (words.name().size() > name_limit)
        return stop(mistake_kind::name_too_long, {}, words.name());
      if (words.schema_size > name_limit)
        return stop(mistake_kind::name_too_long, {}, words.schema());
    }
    progress now{.hash = name_hash, .table = words.schema_size == 0 ? name_hash : hash_text(words.name())};
    names[0] = now.table;
    relation_count = 1;
    if (!read_columns(now) || (now.renamed && !columns_differ()) || !read_table_words(now))
      return false;
    words_hash = now.hash;
    return true;
  }

  constexpr bool read_columns(progress& now) {
    const std::uint64_t before_column = (now.table + '_' + 1) * hash_base;
    std::uint64_t hash = now.hash;

    for (const attribute* a = words.said; a->kind == attribute_kind::field;) {
      const attribute* const field = a;
      const attribute* typed = nullptr;
      const attribute* initial = nullptr;
      const attribute* identity = nullptr;
      const char* column = field->text_data;
      std::size_t column_size = field->text_size;
      int sources = 0;
      bool constrained = false;
      if (column_size > name_limit)
        return stop(mistake_kind::name_too_long, field->text(), field->text());
      hash = hash_bytes(column, column_size, (hash ^ (field->type->hash + column_size)) * hash_base);

      for (++a; a->kind > attribute_kind::field; ++a) {
        const attribute_kind kind = a->kind;
        if (kind >= attribute_kind::first_of_the_way)
          continue;
        // With the sizes of the texts that follow: where one ends and the next begins is part of what is said.
        hash =
            (hash ^ (static_cast<std::uint64_t>(a->text_size) << 32 ^ static_cast<std::uint64_t>(a->name_size) << 56 ^
                     (static_cast<std::uint64_t>(a->option) << 8 | static_cast<std::uint64_t>(kind)))) *
            hash_base;
        if (a->number != 0)
          hash = (hash ^ static_cast<std::uint64_t>(a->number)) * hash_base;
        if (a->type != nullptr)
          hash = (hash ^ a->type->hash) * hash_base;
        if (a->text_size != 0)
          hash = hash_bytes(a->text_data, a->text_size, hash);
        if (a->name_size != 0) {
          hash = hash_bytes(a->name_data, a->name_size, hash);
          if (a->name_size > name_limit)
            return stop(mistake_kind::name_too_long, field->text(), a->name());
        }
        if (kind == attribute_kind::initial) {
          initial = a;
          ++sources;
        } else if (kind == attribute_kind::type) {
          typed = a;
        } else if (kind == attribute_kind::identity) {
          identity = a;
          ++sources;
        } else if (kind == attribute_kind::generated) {
          ++sources;
        } else if (kind == attribute_kind::column_name) {
          now.renamed = true;
          column = a->text_data;
          column_size = a->text_size;
          if (column_size > name_limit)
            return stop(mistake_kind::name_too_long, field->text(), a->text());
        } else if (kind <= attribute_kind::last_constraint) {
          constrained = true;
        }
      }

      if (sources > 1)
        return stop(mistake_kind::default_conflict, field->text());
      if (identity != nullptr &&
          !(typed == nullptr ? integer_kind(field->type->type.kind) && field->type->type.dimensions == 0
                             : integer_kind(model_words::type_of(field).kind)))
        return stop(mistake_kind::identity_not_integer, field->text());
      if (initial != nullptr &&
          !(typed == nullptr ? default_fits(field->type->type, *initial)
                             : default_fits(model_words::retyped(field->type->type, *typed), *initial)))
        return stop(mistake_kind::wrong_default, field->text());

      if (constrained) {
        const std::uint64_t before_ending = hash_bytes(column, column_size, before_column);
        for (const attribute* c = field + 1; c != a; ++c) {
          const attribute_kind kind = c->kind;
          if (kind > attribute_kind::last_constraint)
            continue;
          if (kind == attribute_kind::primary_key) {
            if (now.key)
              return stop(mistake_kind::two_primary_keys, field->text());
            now.key = true;
            if (field->type->nullable)
              return stop(mistake_kind::nullable_primary_key, field->text());
            if (!take_name(now.table * pkey_ending.factor + pkey_ending.hash, true, now, "_pkey"))
              return false;
            continue;
          }
          references |= kind == attribute_kind::references;
          const bool relation = kind == attribute_kind::unique || kind == attribute_kind::index;
          const name_ending& ending = kind == attribute_kind::unique       ? key_ending
                                      : kind == attribute_kind::index      ? idx_ending
                                      : kind == attribute_kind::references ? fkey_ending
                                                                           : check_ending;
          if (!take_name(c->name_size != 0 ? hash_bytes(c->name_data, c->name_size, 0)
                                           : before_ending * ending.factor + ending.hash,
                         relation, now, c->name_size != 0 ? c->name() : std::string_view(column, column_size)))
            return false;
        }
      }
    }
    now.hash = hash;
    return true;
  }

  constexpr bool read_table_words(progress& now) {
    std::uint64_t hash = now.hash;
    for (std::size_t i = 0; i < words.said_of_table_count; ++i) {
      const table_attribute& a = words.said_of_table[i];
      const table_attribute_kind kind = a.kind;
      if (kind == table_attribute_kind::renamed_from)
        continue;
      hash = (hash ^ (static_cast<std::uint64_t>(kind) << 48 | static_cast<std::uint64_t>(a.on_delete) << 40 |
                      static_cast<std::uint64_t>(a.on_update) << 32 | static_cast<std::uint64_t>(a.deferral) << 24 |
                      static_cast<std::uint64_t>(a.part_count) << 8 | (a.unique ? 1u : 0u) |
                      (a.nulls_not_distinct ? 2u : 0u))) *
             hash_base;
      if (a.text.size + a.name.size + a.method.size + a.where.size + a.target.size != 0)
        for (const piece& text : {a.text, a.name, a.method, a.where, a.target})
          hash = hash_number(2, hash_bytes(text.data, text.size, hash));
      if (a.name.size > name_limit)
        return stop(mistake_kind::name_too_long, {}, a.name);
      if (kind == table_attribute_kind::primary_key) {
        if (now.key)
          return stop(mistake_kind::two_primary_keys, {});
        now.key = true;
      }
      references |= kind == table_attribute_kind::foreign_key;

      std::uint64_t derived = now.table;
      std::string_view first = "expr";
      const int own = kind == table_attribute_kind::foreign_key ? a.part_count : a.part_count + a.include_count;
      for (int p = 0; p < own; ++p) {
        const member_part& part = words.first_part[a.first_part + p];
        hash = (hash ^ (static_cast<std::uint64_t>(part.nulls) << 8 | (part.descending ? 1u : 0u))) * hash_base;
        if (part.text.size + part.collation.size + part.operator_class.size + part.with_operator.size != 0)
          for (const piece& text : {part.text, part.collation, part.operator_class, part.with_operator})
            hash = hash_number(3, hash_bytes(text.data, text.size, hash));
        if (p < a.part_count)
          derived = (derived + '_' + 1) * hash_base;
        if (part.member == nullptr) {
          derived = hash_bytes("expr", 4, derived);
          continue;
        }
        const attribute* const field = words.find(part.member);
        if (field == nullptr)
          return stop(mistake_kind::other_models_field, {}, part.owner);
        if (kind == table_attribute_kind::primary_key && field->type->nullable)
          return stop(mistake_kind::nullable_primary_key, field->text());
        const char* column = field->text_data;
        std::size_t column_size = field->text_size;
        if (now.renamed) {
          const piece name = model_words::column_name(field);
          column = name.data;
          column_size = name.size;
        }
        hash = (hash_bytes(column, column_size, hash) + 1) * hash_base;
        if (p < a.part_count)
          derived = hash_bytes(column, column_size, derived);
        if (p == 0)
          first = {column, column_size};
      }
      // Checks without a name are numbered by their place.
      if (kind >= table_attribute_kind::comment || (kind == table_attribute_kind::check && a.name.size == 0))
        continue;
      if (a.name.size != 0) {
        derived = hash_bytes(a.name.data, a.name.size, 0);
        first = a.name;
      } else {
        const bool primary = kind == table_attribute_kind::primary_key;
        const name_ending& ending = primary                                            ? pkey_ending
                                    : kind == table_attribute_kind::foreign_key        ? fkey_ending
                                    : kind == table_attribute_kind::exclude            ? excl_ending
                                    : kind == table_attribute_kind::index && !a.unique ? idx_ending
                                                                                       : key_ending;
        derived = (primary ? now.table : derived) * ending.factor + ending.hash;
        if (primary)
          first = "_pkey";
      }
      if (!take_name(derived, kind != table_attribute_kind::foreign_key && kind != table_attribute_kind::check, now,
                     first))
        return false;
    }
    now.hash = hash;
    return true;
  }

  /// Only where a column has another name than its field can two have one: the compiler compared the fields.
  constexpr bool columns_differ() {
    for (const attribute* a = words.said; a->kind != attribute_kind::end; ++a) {
      if (a->kind != attribute_kind::field)
        continue;
      for (const attribute* b = words.said; b != a; ++b)
        if (b->kind == attribute_kind::field && same_text(model_words::column_name(a), model_words::column_name(b)))
          return stop(mistake_kind::duplicate_column, a->text(), model_words::column_name(a));
    }
    return true;
  }
};

/// A function made it, because its type is not known before models that are described later are.
template <class Description>
inline constexpr auto table_words_of = Description::table_words();

template <class Description>
constexpr model_words words_of() {
  const auto& table = table_words_of<Description>;
  return {Description::table_name, Description::table_name_size,    schema_size_of(Description::table_name),
          Description::model_name, std::data(Description::columns), std::size(Description::columns) - 1,
          table.first_attribute(), table.attribute_count,           table.first_part()};
}

template <class Model, class Description = description<Model>>
inline constexpr model_reading<std::size(Description::columns) + table_words_of<Description>.attribute_count> facts_of{
    words_of<Description>(), table_hash_of<Model>};

template <class Model>
inline constexpr table_storage<sizes_of(facts_of<Model>.words)> storage_of{facts_of<Model>.words};

}  // namespace instar::detail
