#pragma once

#include "instar/model/facts.hpp"
#include "instar/schema/growing_array.hpp"
#include "instar/schema/opened_snapshot.hpp"

#include <bit>
#include <cstdint>

/// \file Models and other objects together: instar::schema<User, Session>(…).

namespace instar {

namespace detail {

/// Finds positions by a hash, in constant time: open addressing over a power of two.
template <std::size_t N>
struct hash_index {
  static constexpr std::size_t capacity = std::bit_ceil(N * 2 + 1);
  std::uint64_t hashes[capacity]{};
  int positions[capacity]{};  // Position + 1; 0: free.

  /// \return the position that the hash already has, or -1 when it was new
  constexpr int insert(std::uint64_t hash, int position) {
    std::size_t slot = hash >> 32 & (capacity - 1);
    while (positions[slot] != 0) {
      if (hashes[slot] == hash)
        return positions[slot] - 1;
      slot = (slot + 1) & (capacity - 1);
    }
    hashes[slot] = hash;
    positions[slot] = position + 1;
    return -1;
  }
  /// \return the position, or -1
  constexpr int find(std::uint64_t hash) const {
    std::size_t slot = hash >> 32 & (capacity - 1);
    while (positions[slot] != 0) {
      if (hashes[slot] == hash)
        return positions[slot] - 1;
      slot = (slot + 1) & (capacity - 1);
    }
    return -1;
  }
};

template <std::size_t N>
struct model_index {
  hash_index<N> by_name{};
  mistake wrong{};

  constexpr explicit model_index(const model_facts* const* models) {
    for (std::size_t i = 0; i < N; ++i)
      if (by_name.insert(models[i]->name_hash, static_cast<int>(i)) >= 0) {
        const model_words& words = models[i]->words;
        wrong = {mistake_kind::duplicate_table, words.model_name(), {}, words.table_name()};
        return;
      }
  }
};

/// Types between which PostgreSQL and SQLite accept a foreign key, and which hold the same values.
constexpr bool types_reference(const column_type& a, const column_type& b) {
  if (a.kind == type_kind::custom || b.kind == type_kind::custom)
    return true;
  const auto text = [](const column_type& t) {
    return t.kind == type_kind::text || t.kind == type_kind::varchar || t.kind == type_kind::character;
  };
  return (a.kind == b.kind && a.dimensions == b.dimensions && a.values == b.values) || (text(a) && text(b));
}

/// The same for two fields of models. Most have one C++ type and say no more.
constexpr bool fields_reference(const attribute* a, const attribute* b) {
  const attribute* a_type = model_words::type_words(a);
  const attribute* b_type = model_words::type_words(b);
  if (a_type->type != nullptr && a_type->type == b_type->type)
    return true;
  return types_reference(model_words::type_of(a), model_words::type_of(b));
}

/// Whether exactly these fields of a model are its primary key or unique.
constexpr bool fields_are_unique(const model_words& words, std::span<const attribute* const> fields) {
  if (fields.size() == 1)
    for (const attribute* a = fields[0] + 1; a->kind > attribute_kind::field; ++a)
      if (a->kind == attribute_kind::primary_key || a->kind == attribute_kind::unique)
        return true;
  for (const table_attribute& a : words.table()) {
    const bool key = a.kind == table_attribute_kind::primary_key || a.kind == table_attribute_kind::unique ||
                     (a.kind == table_attribute_kind::index && a.unique && a.where.size == 0);
    if (!key || static_cast<std::size_t>(a.part_count) != fields.size())
      continue;
    bool all = true;
    for (const attribute* field : fields) {
      bool found = false;
      for (const member_part& part : words.parts_of(a))
        found |= part.member == field->member;
      all &= found;
    }
    if (all)
      return true;
  }
  return false;
}

/// What a model takes from those that it references: the names of their columns, in its hash; and what is wrong there.
struct model_links {
  std::uint64_t content_hash = 0;
  mistake wrong{};
};

constexpr model_links link(const model_facts& model, const model_facts* const* models, const auto& by_name) {
  const model_words& words = model.words;
  std::uint64_t hash = model.words_hash;
  const auto wrong = [&](mistake_kind kind, std::string_view field, std::string_view other,
                         std::string_view other_model = {}) {
    return model_links{0, {kind, words.model_name(), field, other, other_model}};
  };
  const attribute* field = nullptr;
  for (const attribute* a = words.said; a->kind != attribute_kind::end; ++a) {
    if (a->kind == attribute_kind::field)
      field = a;
    if (a->kind != attribute_kind::references)
      continue;
    const int target = by_name.find(static_cast<std::uint64_t>(a->number));
    if (target < 0)
      return wrong(mistake_kind::unknown_target, field->text(), a->text());
    const model_words& other = models[target]->words;
    const attribute* const referenced = other.find(a->member);
    if (field->type != referenced->type || words.type_words(field) != field ||
        other.type_words(referenced) != referenced)
      if (!fields_reference(field, referenced))
        return wrong(mistake_kind::target_type_differs, field->text(), referenced->text(), other.model_name());
    if (const attribute* const one[] = {referenced}; !fields_are_unique(other, one))
      return wrong(mistake_kind::target_not_unique, field->text(), referenced->text(), other.model_name());
    const piece name = model_words::column_name(referenced);
    hash = hash_bytes(name.data, name.size, hash);
  }
  for (const table_attribute& a : words.table()) {
    if (a.kind != table_attribute_kind::foreign_key)
      continue;
    const int target = by_name.find(hash_text(a.target));
    if (target < 0)
      return wrong(mistake_kind::unknown_target, {}, a.target);
    const model_words& other = models[target]->words;
    std::array<const attribute*, 32> fields{};
    std::size_t count = 0;
    for (; count < static_cast<std::size_t>(a.include_count) && count < fields.size(); ++count) {
      const attribute* const own = words.find(words.parts_of(a)[count].member);
      const attribute* const theirs = other.find(words.further_parts_of(a)[count].member);
      fields[count] = theirs;
      if (!fields_reference(own, theirs))
        return wrong(mistake_kind::target_type_differs, own->text(), theirs->text(), other.model_name());
      hash = hash_text(model_words::column_name(theirs), hash);
    }
    if (!fields_are_unique(other, std::span<const attribute* const>(fields.data(), count)))
      return wrong(mistake_kind::target_not_unique, {}, a.target);
  }
  return {hash == 0 ? 1 : hash, {}};
}

/// The links of one model of a list, in an evaluation of their own.
template <class List, class Model>
inline constexpr model_links links_of = facts_of<Model>.references
                                            ? link(facts_of<Model>, List::facts, List::index.by_name)
                                            : model_links{facts_of<Model>.words_hash, {}};

/// Two tables whose keys or indexes would get one name: "a" with an index on b_c, and "a_b" with one on c.
template <std::size_t Names>
constexpr mistake name_collision(const model_facts* const* models, std::size_t count) {
  hash_index<Names> seen{};
  for (std::size_t i = 0; i < count; ++i) {
    const model_facts& model = *models[i];
    const std::uint64_t schema = model.words.schema_size == 0 ? 0 : hash_text(model.words.schema(), 1);
    for (std::size_t k = 0; k < model.relation_count; ++k) {
      const int other = seen.insert(model.relations[k] ^ schema, static_cast<int>(i));
      if (other >= 0)
        return {mistake_kind::name_collision, model.words.model_name(), {}, models[other]->words.table_name()};
    }
  }
  return {};
}

constexpr std::size_t count_relations(const model_facts* const* models, std::size_t count) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < count; ++i)
    sum += models[i]->relation_count;
  return sum;
}

template <class Each>
constexpr mistake first_mistake(const Each* const* each, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (each[i]->wrong.kind != mistake_kind::none)
      return each[i]->wrong;
  return {};
}

/// What follows from a list of models alone.
template <class... Models>
struct model_list {
  static constexpr std::size_t size = sizeof...(Models);
  static constexpr const model_facts* facts[] = {&facts_of<Models>..., nullptr};
  static constexpr model_index<size> index{facts};
  static constexpr const model_links* links[] = {&links_of<model_list, Models>..., nullptr};

  // One step after the other: the later ones presume that the earlier found nothing.
  static constexpr mistake in_one = first_mistake(facts, size);
  static constexpr mistake in_index = index.wrong;
  static constexpr mistake between = first_mistake(links, size);
  static constexpr mistake across = name_collision<count_relations(facts, size)>(facts, size);
};

// The objects of a schema that are no models, as the user's calls give them.

template <int Indexes, int Parts>
struct view_words {
  view_object view{};
  std::array<index, static_cast<std::size_t>(Indexes)> indexes{};
  std::array<int, static_cast<std::size_t>(Indexes)> part_counts{};
  std::array<index_part, static_cast<std::size_t>(Parts)> parts{};

  constexpr view_words comment(std::string_view remark) const {
    view_words copy = *this;
    copy.view.comment = remark;
    return copy;
  }
};

template <int N>
struct view_index_words {
  index meta{};
  std::array<index_part, static_cast<std::size_t>(N)> parts{};

  constexpr view_index_words unique() const {
    view_index_words copy = *this;
    copy.meta.unique = true;
    return copy;
  }
  constexpr view_index_words where(std::string_view condition) const {
    view_index_words copy = *this;
    copy.meta.where = condition;
    return copy;
  }
  constexpr view_index_words using_method(std::string_view method) const {
    view_index_words copy = *this;
    copy.meta.method = method;
    return copy;
  }
  constexpr view_index_words nulls_not_distinct() const {
    view_index_words copy = *this;
    copy.meta.nulls_not_distinct = true;
    return copy;
  }
};

struct object_counts {
  std::size_t extensions = 0;
  std::size_t sequences = 0;
  std::size_t views = 0;
  std::size_t raw_objects = 0;
  std::size_t indexes = 0;
  std::size_t parts = 0;
};

constexpr object_counts counts_of(const extension_object*) {
  return {.extensions = 1};
}
constexpr object_counts counts_of(const sequence_object*) {
  return {.sequences = 1};
}
constexpr object_counts counts_of(const raw_object*) {
  return {.raw_objects = 1};
}
template <int Indexes, int Parts>
constexpr object_counts counts_of(const view_words<Indexes, Parts>*) {
  return {.views = 1, .indexes = static_cast<std::size_t>(Indexes), .parts = static_cast<std::size_t>(Parts)};
}
constexpr object_counts operator+(const object_counts& a, const object_counts& b) {
  return {a.extensions + b.extensions,   a.sequences + b.sequences, a.views + b.views,
          a.raw_objects + b.raw_objects, a.indexes + b.indexes,     a.parts + b.parts};
}

/// No fold expression: clang takes no more than 256 terms in one.
constexpr object_counts sum_of(std::initializer_list<object_counts> all) {
  object_counts sum{};
  for (const object_counts& one : all)
    sum = sum + one;
  return sum;
}

/// The objects of a schema in flat arrays. Views and indexes refer to their parts by position, so that it can be
/// copied.
template <object_counts N>
struct object_list {
  std::array<extension_object, N.extensions> extensions{};
  std::array<sequence_object, N.sequences> sequences{};
  std::array<view_object, N.views> views{};
  std::array<std::size_t, N.views> index_counts{};
  std::array<index, N.indexes> indexes{};
  std::array<std::size_t, N.indexes> part_counts{};
  std::array<index_part, N.parts> parts{};
  std::array<raw_object, N.raw_objects> raw_objects{};
  object_counts used{};

  constexpr int add(const extension_object& o) {
    extensions[used.extensions++] = o;
    return 0;
  }
  constexpr int add(const sequence_object& o) {
    sequences[used.sequences++] = o;
    return 0;
  }
  constexpr int add(const raw_object& o) {
    raw_objects[used.raw_objects++] = o;
    return 0;
  }
  template <int Indexes, int Parts>
  constexpr int add(const view_words<Indexes, Parts>& o) {
    views[used.views] = o.view;
    index_counts[used.views++] = static_cast<std::size_t>(Indexes);
    for (std::size_t i = 0; i < o.indexes.size(); ++i) {
      indexes[used.indexes] = o.indexes[i];
      part_counts[used.indexes++] = static_cast<std::size_t>(o.part_counts[i]);
    }
    for (const index_part& part : o.parts)
      parts[used.parts++] = part;
    return 0;
  }
};

/// The object list of a schema with its views complete; built in place, because they point into it.
template <object_counts N>
struct object_storage {
  object_list<N> list;

  constexpr explicit object_storage(const object_list<N>& given) : list(given) {
    std::size_t i = 0;
    std::size_t p = 0;
    for (std::size_t v = 0; v < N.views; ++v) {
      const std::size_t first = i;
      for (; i < first + list.index_counts[v]; ++i) {
        list.indexes[i].parts = {list.parts.data() + p, list.part_counts[i]};
        p += list.part_counts[i];
      }
      list.views[v].indexes = {list.indexes.data() + first, list.index_counts[v]};
    }
  }
  object_storage(const object_storage&) = delete;
  object_storage& operator=(const object_storage&) = delete;
};

/// How many foreign keys and target columns the tables of a schema have.
constexpr std::array<std::size_t, 2> count_foreign_keys(std::span<const table* const> tables) {
  std::array<std::size_t, 2> count{};
  for (const table* t : tables)
    for (const foreign_key& fk : t->foreign_keys) {
      ++count[0];
      count[1] += fk.target_columns.size();
    }
  return count;
}

/// How many different enums the columns of tables have.
constexpr std::size_t collect_enums(std::span<const table* const> tables, enumeration* out) {
  const enumeration* seen[256]{};
  std::size_t count = 0;
  for (const table* t : tables)
    for (const column& c : t->columns) {
      if (c.type.values == nullptr)
        continue;
      bool known = false;
      for (std::size_t i = 0; i < count && !known; ++i)
        known = seen[i] == c.type.values;
      if (known)
        continue;
      if (count == 256)
        throw "INS1024: a schema can have at most 256 enums";
      seen[count] = c.type.values;
      if (out != nullptr)
        out[count] = *c.type.values;
      ++count;
    }
  return count;
}

/// The tables of models, with foreign keys that name their targets as these name themselves.
template <std::size_t Tables, std::size_t Keys, std::size_t Names, std::size_t Enums>
struct tables_storage {
  std::array<table, Tables> tables{};
  std::array<foreign_key, Keys> foreign_keys{};
  std::array<std::string_view, Names> names{};
  std::array<enumeration, Enums> enumerations{};

  constexpr tables_storage(const std::array<const table*, Tables>& unresolved, const model_facts* const* models,
                           const model_links* const* links, const auto& by_name) {
    collect_enums(unresolved, enumerations.data());
    std::size_t keys = 0;
    std::size_t used = 0;
    for (std::size_t i = 0; i < Tables; ++i) {
      tables[i] = *unresolved[i];
      tables[i].content_hash = links[i]->content_hash;
      const model_words& words = models[i]->words;
      const std::size_t first = keys;
      std::size_t column_word = 0;
      std::size_t table_word = 0;
      for (const foreign_key& fk : unresolved[i]->foreign_keys) {
        const model_words& target = models[by_name.find(hash_text(fk.target_table))]->words;
        foreign_keys[keys] = fk;
        foreign_keys[keys].target_schema = target.schema();
        foreign_keys[keys].target_table = target.name();
        foreign_keys[keys].target_columns = {names.data() + used, fk.target_columns.size()};
        ++keys;
        // Foreign keys stand in the order of the words that said them: columns first, then the table's own.
        while (column_word < words.said_count && words.said[column_word].kind != attribute_kind::references)
          ++column_word;
        if (column_word < words.said_count) {
          names[used++] = target.column_name_at(words.said[column_word++].member);
          continue;
        }
        while (words.said_of_table[table_word].kind != table_attribute_kind::foreign_key)
          ++table_word;
        for (const member_part& part : words.further_parts_of(words.said_of_table[table_word++]))
          names[used++] = target.column_name_at(part.member);
      }
      tables[i].foreign_keys = {foreign_keys.data() + first, keys - first};
    }
  }
  tables_storage(const tables_storage&) = delete;
  tables_storage& operator=(const tables_storage&) = delete;
};

/// The models of a list as tables of a schema.
template <class List>
struct tables_of;
template <class... Models>
struct tables_of<model_list<Models...>> {
  using list = model_list<Models...>;
  static constexpr std::array<const table*, sizeof...(Models)> unresolved{&storage_of<Models>.table...};
  static constexpr std::array<std::size_t, 2> keys = count_foreign_keys(unresolved);
  static constexpr tables_storage<sizeof...(Models), keys[0], keys[1], collect_enums(unresolved, nullptr)> value{
      unresolved, list::facts, list::links, list::index.by_name};
};

}  // namespace detail

/// Models and other objects as one schema; what `instar::schema<…>(…)` gives. It must be an `inline constexpr` (or
/// otherwise static) object: the engine takes it by reference as a template argument.
template <detail::object_counts Objects, class... Models>
struct compiled_schema {
  using models = detail::model_list<Models...>;
  using tables = detail::tables_of<models>;
  detail::object_list<Objects> objects{};

  /// The table of that name, "name" or "schema.name"; a wrong name does not compile.
  constexpr const instar::table& table(std::string_view name) const {
    return schema_view{.tables = tables::value.tables}.table(name);
  }
};

namespace detail {
template <const auto& Schema>
inline constexpr object_storage objects_of{Schema.objects};
}  // namespace detail

namespace detail {

/// What is wrong among the objects of a schema that are no models: enums, views, sequences.
/// \param by_name where the tables are found
constexpr mistake mistake_in_objects(std::span<const enumeration> enums, std::span<const view_object> views,
                                     std::span<const sequence_object> sequences, const auto& by_name) {
  const auto too_long = [](std::string_view name) { return name.size() > name_limit; };
  // Names as numbers: there may be hundreds, and each is compared with each.
  const auto hashes_of = [](const auto& objects, growing_array<std::uint64_t>& hashes) {
    for (const auto& o : objects) {
      const std::uint64_t in_schema = hash_text(o.schema);
      hashes.push_back(hash_text(o.name, o.schema.empty() ? in_schema : hash_text(".", in_schema)));
    }
  };
  const auto has = [](const growing_array<std::uint64_t>& names, std::size_t count, std::uint64_t wanted) {
    const std::uint64_t* const all = names.data();
    for (std::size_t i = 0; i < count; ++i)
      if (all[i] == wanted)
        return true;
    return false;
  };
  growing_array<std::uint64_t> enum_names;
  growing_array<std::uint64_t> view_names;
  growing_array<std::uint64_t> sequence_names;
  hashes_of(enums, enum_names);
  hashes_of(views, view_names);
  hashes_of(sequences, sequence_names);
  // Tables and views are types too: an enum has no name of theirs.
  for (std::size_t i = 0; i < enums.size(); ++i) {
    const enumeration& e = enums[i];
    if (too_long(e.name))
      return {mistake_kind::name_too_long, e.name, {}, e.name};
    if (by_name.find(enum_names[i]) >= 0 || has(enum_names, i, enum_names[i]) ||
        has(view_names, views.size(), enum_names[i]))
      return {mistake_kind::duplicate_object, e.name};
    for (std::size_t k = 0; k < e.values.size(); ++k) {
      if (too_long(e.values[k].label))
        return {mistake_kind::name_too_long, e.name, {}, e.values[k].label};
      for (std::size_t j = 0; j < k; ++j)
        if (same_text(e.values[j].label, e.values[k].label))
          return {mistake_kind::duplicate_value, e.name, {}, e.values[k].label};
    }
  }
  for (std::size_t i = 0; i < views.size(); ++i) {
    const view_object& v = views[i];
    if (by_name.find(view_names[i]) >= 0 || has(view_names, i, view_names[i]))
      return {mistake_kind::duplicate_object, v.name};
    if (too_long(v.name))
      return {mistake_kind::name_too_long, v.name, {}, v.name};
    for (const index& on : v.indexes)
      if (too_long(on.name))
        return {mistake_kind::name_too_long, v.name, {}, on.name};
  }
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const sequence_object& q = sequences[i];
    if (by_name.find(sequence_names[i]) >= 0 || has(sequence_names, i, sequence_names[i]) ||
        has(view_names, views.size(), sequence_names[i]))
      return {mistake_kind::duplicate_object, q.name};
    if (too_long(q.name))
      return {mistake_kind::name_too_long, q.name, {}, q.name};
  }
  return {};
}

template <const auto& Schema, class Type = std::remove_cvref_t<decltype(Schema)>>
inline constexpr mistake
    wrong_objects = mistake_in_objects(Type::tables::value.enumerations, objects_of<Schema>.list.views,
                                       objects_of<Schema>.list.sequences, Type::models::index.by_name);

template <const auto& Schema>
constexpr schema_view view_schema() {
  using type = std::remove_cvref_t<decltype(Schema)>;
  if constexpr (std::is_same_v<type, schema_view>)
    return Schema;
  else if constexpr (std::is_same_v<type, snapshot>)
    return Schema.schema;
  else if constexpr (std::is_same_v<type, stored_snapshot>)
    return open_snapshot<Schema>(opened_tables<Schema>);
  else {
    static_assert(no_mistake<wrong_objects<Schema>>::value);
    return {
        .tables = type::tables::value.tables,
        .enumerations = type::tables::value.enumerations,
        .extensions = objects_of<Schema>.list.extensions,
        .sequences = objects_of<Schema>.list.sequences,
        .views = objects_of<Schema>.list.views,
        .raw_objects = objects_of<Schema>.list.raw_objects,
    };
  }
}
}  // namespace detail

/// A schema as the value that the engine, the migrator and the snapshot read. Lives as long as the program.
/// \tparam Schema what `instar::schema<…>` gave, a `snapshot`, a `stored_snapshot`, or a `schema_view`
template <const auto& Schema>
inline constexpr schema_view view_of = detail::view_schema<Schema>();

/// Makes a schema of models and other objects:
///
///     inline constexpr auto schema = instar::schema<User, Session>(
///         instar::extension("pg_trgm"),
///         instar::materialized_view("session_counts", "SELECT user_id, count(*) AS n FROM sessions GROUP BY 1"));
///
/// A mistake in a model, or between models, does not compile; the compiler prints it.
template <class... Models, class... Objects>
constexpr auto schema(const Objects&... objects) {
  using list = detail::model_list<Models...>;
  // One mistake at a time: each step presumes that the ones before found nothing.
  static_assert(detail::no_mistake<list::in_one>::value);
  if constexpr (list::in_one.kind == detail::mistake_kind::none) {
    static_assert(detail::no_mistake<list::in_index>::value);
    if constexpr (list::in_index.kind == detail::mistake_kind::none) {
      static_assert(detail::no_mistake<list::between>::value);
      if constexpr (list::between.kind == detail::mistake_kind::none)
        static_assert(detail::no_mistake<list::across>::value);
    }
  }
  constexpr detail::object_counts counts = detail::sum_of({detail::counts_of(static_cast<const Objects*>(nullptr))...});
  compiled_schema<counts, Models...> made{};
  [[maybe_unused]] int in_order[] = {0, made.objects.add(objects)...};
  return made;
}

/// An extension of PostgreSQL. SQLite leaves it out.
constexpr extension_object extension(std::string_view name, std::string_view in_schema = {},
                                     std::string_view version = {}) {
  return {.name = name, .schema = in_schema, .version = version};
}

namespace detail {
constexpr view_object named_view(std::string_view name, std::string_view query, bool materialized) {
  const qualified_name split = split_name(name);
  return {.schema = split.schema, .name = split.name, .query = query, .materialized = materialized};
}
}  // namespace detail

namespace detail {
constexpr index_part part_of_view(std::string_view column) {
  return {.text = column};
}
constexpr index_part part_of_view(const index_part& part) {
  return part;
}
}  // namespace detail

/// A view. Views stand in the order in which they can be created. \param name "name" or "schema.name"
constexpr detail::view_words<0, 0> view(detail::counted_text name, detail::counted_text query) {
  return {.view = detail::named_view(name.text, query.text, false)};
}

/// An index of a materialized view: `view_index("session_counts_user", "user_id").unique()`.
/// \param columns names of the view's columns, or an `index_part` for more than that
template <class... Columns>
constexpr auto view_index(std::string_view name, Columns... columns) {
  return detail::view_index_words<static_cast<int>(sizeof...(Columns))>{{.name = name},
                                                                        {detail::part_of_view(columns)...}};
}

/// A materialized view and its indexes; PostgreSQL. On SQLite it becomes a plain view.
template <int... N>
constexpr auto materialized_view(detail::counted_text name, detail::counted_text query,
                                 const detail::view_index_words<N>&... indexes) {
  detail::view_words<static_cast<int>(sizeof...(N)), (0 + ... + N)> words{
      .view = detail::named_view(name.text, query.text, true)};
  std::size_t i = 0;
  std::size_t p = 0;
  [[maybe_unused]] const auto add = [&](const auto& one) {
    words.indexes[i] = one.meta;
    words.part_counts[i++] = static_cast<int>(one.parts.size());
    for (const index_part& part : one.parts)
      words.parts[p++] = part;
    return 0;
  };
  [[maybe_unused]] int in_order[] = {0, add(indexes)...};
  return words;
}

/// A sequence of its own; PostgreSQL.
constexpr sequence_object sequence(std::string_view name, std::int64_t start = 1, std::int64_t increment = 1) {
  const detail::qualified_name split = detail::split_name(name);
  return {.schema = split.schema, .name = split.name, .start = start, .increment = increment};
}

/// Any other object, by the statement that makes it and the one that drops it.
/// \param kind what it is, in the words of SQL: "function", "trigger", "policy"
constexpr raw_object raw(detail::counted_text kind, detail::counted_text name, detail::counted_text create,
                         detail::counted_text drop, placement where = placement::after_tables) {
  return {.kind = kind.text, .name = name.text, .create = create.text, .drop = drop.text, .placement = where};
}

/// A function; made before the tables, whose defaults and generated columns may call it.
constexpr raw_object function(detail::counted_text name, detail::counted_text create, detail::counted_text drop) {
  return raw("function", name, create, drop, placement::before_tables);
}

/// A trigger.
constexpr raw_object trigger(detail::counted_text name, detail::counted_text create, detail::counted_text drop) {
  return raw("trigger", name, create, drop);
}

/// A row security policy.
constexpr raw_object policy(detail::counted_text name, detail::counted_text create, detail::counted_text drop) {
  return raw("policy", name, create, drop);
}

}  // namespace instar
