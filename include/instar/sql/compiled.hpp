#pragma once

#include "instar/diff/rename_check.hpp"
#include "instar/model/schema.hpp"
#include "instar/schema/fixed_string.hpp"
#include "instar/schema/growing_array.hpp"
#include "instar/sql/sqlite.hpp"

/// \file Plans and SQL as compile-time constants, and the check that stops a build whose migration is missing.

namespace instar {

namespace detail {

inline constexpr schema_view empty_schema{};

/// Whether a table of a snapshot says what a model says, though their hashes differ; in an evaluation of its own for
/// each, for compilers limit one.
template <const auto& Snapshot, const auto& Schema, std::size_t At, std::size_t Model>
inline constexpr bool says_the_same = [] {
  const table& now = std::remove_cvref_t<decltype(Schema)>::tables::value.tables[Model];
  for (const column& c : now.columns)
    if (c.type.values != nullptr && !c.type.values->renamed_from.empty())
      return false;  // a type under another name is the same type, but not the same table
  growing_array<step> steps;
  add_steps({.tables = {&opened_table<Snapshot, At>.object, 1}}, {.tables = {&now, 1}}, steps);
  return steps.empty();
}();

/// A table of a snapshot as it was when the models were as it says. One that has not changed since is the model's: the
/// hashes say so, or, where a snapshot was not written from models (a baseline), a comparison.
template <const auto& Snapshot, const auto& Schema, std::size_t At>
constexpr table table_before() {
  using type = std::remove_cvref_t<decltype(Schema)>;
  constexpr const stored_part& part = Snapshot.tables[At];
  constexpr int found = type::models::index.by_name.find(hash_text(part.name));
  if constexpr (found < 0)
    return with_hash(opened_table<Snapshot, At>.object, part);
  else if constexpr (type::models::links[found]->content_hash == part.content_hash)
    return type::tables::value.tables[found];
  else if constexpr (says_the_same<Snapshot, Schema, At, static_cast<std::size_t>(found)>)
    return type::tables::value.tables[found];
  else
    return with_hash(opened_table<Snapshot, At>.object, part);
}

template <const auto& Snapshot, const auto& Schema, class = std::make_index_sequence<Snapshot.tables.size()>>
inline constexpr int tables_before = 0;
template <const auto& Snapshot, const auto& Schema, std::size_t... At>
inline constexpr std::array<table, sizeof...(At)> tables_before<Snapshot, Schema, std::index_sequence<At...>>{
    table_before<Snapshot, Schema, At>()...};

template <const auto& Before, const auto& After>
constexpr schema_view view_before() {
  if constexpr (std::is_same_v<std::remove_cvref_t<decltype(Before)>, stored_snapshot> &&
                requires { typename std::remove_cvref_t<decltype(After)>::models; })
    return open_snapshot<Before>(tables_before<Before, After>);
  else
    return view_of<Before>;
}

template <const auto& Before, const auto& After>
struct compiled_diff {
  static constexpr schema_view before = view_before<Before, After>();
  static constexpr std::size_t size = [] {
    growing_array<step> steps;
    add_steps(before, view_of<After>, steps);
    return steps.size();
  }();
  static constexpr basic_plan<std::array<step, size>> value = [] {
    growing_array<step> steps;
    steps.reserve(size);  // clang counts each move of a growing vector as steps of this evaluation
    add_steps(before, view_of<After>, steps);
    basic_plan<std::array<step, size>> kept{.before = before, .after = view_of<After>};
    for (std::size_t i = 0; i < size; ++i)
      kept.steps[i] = steps[i];
    return kept;
  }();
};

template <dialect Dialect, const auto& Plan>
struct compiled_operations {
  static constexpr plan_view plan = Plan;
  static constexpr std::size_t size = [] {
    growing_array<operation> operations;
    add_operations(Dialect, plan, operations);
    return operations.size();
  }();
  static constexpr std::array<operation, size> value = [] {
    std::array<operation, size> kept{};
    growing_array<operation> made;
    made.reserve(size);
    add_operations(Dialect, plan, made);
    for (std::size_t i = 0; i < size; ++i)
      kept[i] = made[i];
    return kept;
  }();
};

/// One statement's text, in an evaluation of its own.
template <dialect Dialect, class Operations, std::size_t At>
struct compiled_statement {
  static constexpr std::size_t size = [] {
    counter out;
    put_operation(out, Dialect, Operations::plan, Operations::value[At]);
    return out.size;
  }();
  static constexpr std::array<char, size + 1> text = [] {
    std::array<char, size + 1> buffer{};
    filler out{buffer.data()};
    put_operation(out, Dialect, Operations::plan, Operations::value[At]);
    return buffer;
  }();
  static constexpr std::string_view view{text.data(), size};
};

template <std::size_t N>
struct compiled_script {
  std::array<std::string_view, N> statements{};
};

template <dialect Dialect, class Operations, std::size_t... At>
constexpr compiled_script<sizeof...(At)> make_script(std::index_sequence<At...>) {
  return {{compiled_statement<Dialect, Operations, At>::view...}};
}

}  // namespace detail

/// The steps from one schema to another, at compile time.
///
///     constexpr auto& plan = instar::diff<v1::schema, v2::schema>;
///     static_assert(!plan.loses_data() && plan.steps[0].kind == instar::step_kind::add_column);
///
/// \tparam Before, After what `instar::schema<…>` gave, a `snapshot`, a `stored_snapshot`, or a `schema_view`
template <const auto& Before, const auto& After>
inline constexpr auto& diff = detail::compiled_diff<Before, After>::value;

/// The SQL from one schema to another as `statements`, without semicolons.
template <dialect Dialect, const auto& Before, const auto& After>
inline constexpr auto migration_sql =
    detail::make_script<Dialect, detail::compiled_operations<Dialect, detail::compiled_diff<Before, After>::value>>(
        std::make_index_sequence<
            detail::compiled_operations<Dialect, detail::compiled_diff<Before, After>::value>::size>{});

/// The SQL that makes a schema in an empty database, as `statements`, without semicolons.
template <dialect Dialect, const auto& Schema>
inline constexpr auto& ddl = migration_sql<Dialect, detail::empty_schema, Schema>;

/// Never defined: naming it stops the build, and the compiler prints the SQL that no migration has; clang shows it in
/// pieces. If you see it, run `migrate dev --name …` and commit the migration.
template <fixed_string... PendingSql>
struct migration_is_missing;

namespace detail {

template <class List, class Then, class Same>
constexpr bool same_each(const List& now, const Then& then, Same same) {
  if (now.size() != then.size())
    return false;
  for (std::size_t i = 0; i < now.size(); ++i)
    if (!same(now[i], then[i]))
      return false;
  return true;
}

/// Whether the objects beside the tables are those of the snapshot.
template <class Objects>
constexpr bool same_objects(const Objects& now, const schema_view& then) {
  return same_each(now.extensions, then.extensions,
                   [](const extension_object& a, const extension_object& b) {
                     return same_text(a.name, b.name) && same_text(a.schema, b.schema) &&
                            same_text(a.version, b.version);
                   }) &&
         same_each(now.sequences, then.sequences,
                   [](const sequence_object& a, const sequence_object& b) {
                     return same_text(a.name, b.name) && same_text(a.schema, b.schema) && same_definition(a, b);
                   }) &&
         same_each(now.views, then.views,
                   [](const view_object& a, const view_object& b) {
                     return same_text(a.name, b.name) && same_text(a.schema, b.schema) && same_text(a.query, b.query) &&
                            a.materialized == b.materialized && same_text(a.comment, b.comment) &&
                            same_indexes(a.indexes, b.indexes);
                   }) &&
         same_each(now.raw_objects, then.raw_objects, [](const raw_object& a, const raw_object& b) {
           return same_text(a.name, b.name) && same_text(a.kind, b.kind) && same_text(a.create, b.create);
         });
}

constexpr std::uint64_t hash_name(const table& t) {
  return hash_object(t.schema, t.name);
}
constexpr std::uint64_t hash_name(const stored_part& part) {
  return hash_text(part.name);
}

/// The tables and the other objects of a snapshot, each as it is kept.
constexpr std::span<const table> kept_tables(const snapshot& s) {
  return s.schema.tables;
}
constexpr std::span<const stored_part> kept_tables(const stored_snapshot& s) {
  return s.tables;
}
template <const auto& Snapshot>
constexpr schema_view kept_objects() {
  if constexpr (std::is_same_v<std::remove_cvref_t<decltype(Snapshot)>, snapshot>)
    return Snapshot.schema;
  else if constexpr (same_text(Snapshot.objects, stored_snapshot{}.objects))
    return {};  // most have none, and the reader costs a tenth of a second
  else
    return opened_objects<Snapshot>.object;
}

/// Whether the content hashes of all tables are those of the snapshot: the whole comparison when nothing changed.
template <class Table>
constexpr bool same_tables(const auto& by_name, const model_links* const* links, std::size_t count,
                           std::span<const Table> then) {
  if (then.size() != count)
    return false;
  const Table* const tables = then.data();
  for (std::size_t i = 0; i < count; ++i) {
    // A snapshot keeps the order of the models: then nothing has to be looked up.
    if (tables[i].content_hash == links[i]->content_hash)
      continue;
    const int at = by_name.find(hash_name(tables[i]));
    if (at < 0 || links[at]->content_hash != tables[i].content_hash)
      return false;
  }
  return true;
}

template <const auto& Schema, const auto& Snapshot>
struct migrated {
  using models = typename std::remove_cvref_t<decltype(Schema)>::models;
  static constexpr bool same = same_tables(models::index.by_name, models::links, models::size, kept_tables(Snapshot)) &&
                               same_objects(objects_of<Schema>.list, kept_objects<Snapshot>());
};

template <class Script, class Writer>
constexpr void put_script(Writer& out, const Script& script) {
  bool first = true;
  std::size_t room = 4000;
  for (std::string_view statement : script.statements) {
    if (!first)
      out.put(' ');
    first = false;
    // Enough to see what is missing; `migrate dev` writes the whole.
    if (statement.size() > room) {
      out.put("...");
      break;
    }
    room -= statement.size();
    // One line: a compiler shows a line break in a text as an escape.
    bool blank = false;
    for (char c : statement) {
      const bool space = c == ' ' || c == '\n';
      if (space && blank)
        continue;
      blank = space;
      out.put(space ? ' ' : c);
    }
    out.put(';');
  }
}

template <const auto& Schema, const auto& Snapshot>
constexpr auto pending_sql() {
  constexpr auto& script = migration_sql<Snapshot.dialect, Snapshot, Schema>;
  constexpr std::size_t size = [] {
    counter out;
    put_script(out, script);
    return out.size;
  }();
  fixed_string<size> text{};
  filler out{text.text};
  put_script(out, script);
  return text;
}

/// Whether models and snapshot are one schema.
template <const auto& Schema, const auto& Snapshot>
constexpr bool is_migrated() {
  if constexpr (migrated<Schema, Snapshot>::same)
    return true;
  else
    // Other hashes of an equal schema: a snapshot that another version of instar wrote. Or a change that is none in
    // this database, as a comment is none in SQLite.
    return compiled_operations<Snapshot.dialect, compiled_diff<Snapshot, Schema>::value>::size == 0;
}

/// The first old name that the models declare and the snapshot does not have. Looked for only where a migration is
/// missing: a rename that was applied is in the snapshot.
template <const auto& Schema, const auto& Snapshot>
inline constexpr mistake wrong_rename = [] {
  using models = typename std::remove_cvref_t<decltype(Schema)>::models;
  mistake first{};
  each_rename_mistake(compiled_diff<Snapshot, Schema>::before, view_of<Schema>, [&](const rename_mistake& r) {
    if (first.kind != mistake_kind::none)
      return;
    first.kind = r.kind == rename_mistake_kind::no_source      ? mistake_kind::rename_of_nothing
                 : r.kind == rename_mistake_kind::source_stays ? mistake_kind::rename_of_kept
                                                               : mistake_kind::rename_taken;
    const int model = r.in == nullptr ? -1 : models::index.by_name.find(hash_object(r.in->schema, r.in->name));
    first.model = model < 0 ? r.of_enum : models::facts[model]->words.model_name();
    first.field = r.name;
    first.other = r.source;
  });
  return first;
}();

enum class build_check : unsigned char { migrated, misnamed, missing };

template <const auto& Schema, const auto& Snapshot>
constexpr build_check check_build() {
  if constexpr (is_migrated<Schema, Snapshot>())
    return build_check::migrated;
  else
    return wrong_rename<Schema, Snapshot>.kind == mistake_kind::none ? build_check::missing : build_check::misnamed;
}

template <const auto& Schema, const auto& Snapshot, build_check Result = check_build<Schema, Snapshot>()>
struct migrated_check {
  static constexpr bool value = true;
};

template <const auto& Schema, const auto& Snapshot>
struct migrated_check<Schema, Snapshot, build_check::misnamed> : no_mistake<wrong_rename<Schema, Snapshot>> {
  static constexpr bool value = true;
};

#if defined(__cpp_static_assert) && __cpp_static_assert >= 202306L
template <const auto& Schema, const auto& Snapshot>
struct migrated_check<Schema, Snapshot, build_check::missing> {
  static constexpr auto text = pending_sql<Schema, Snapshot>();
  static_assert(pending_sql<Schema, Snapshot>().size() == 0, text);
  static constexpr bool value = true;
};
#elif defined(__clang__) && __clang_major__ < 16
// Prints a text argument as numbers, but the arguments of a call as they are: see model/mistake.hpp.
constexpr void a_migration_is_missing__run_migrate_dev__first_change([[maybe_unused]] const char* object,
                                                                     [[maybe_unused]] const char* column, int steps) {
  if (steps > 0)
    stop();
}

/// The table, view, enum or other object of a step.
constexpr const char* object_of(const step& s) {
  if (const table* t = s.after != nullptr ? s.after : s.before)
    return t->name.data();
  if (const view_object* v = s.new_view != nullptr ? s.new_view : s.old_view)
    return v->name.data();
  if (const enumeration* e = s.new_enum != nullptr ? s.new_enum : s.old_enum)
    return e->name.data();
  return s.sequence != nullptr    ? s.sequence->name.data()
         : s.extension != nullptr ? s.extension->name.data()
         : s.raw != nullptr       ? s.raw->name.data()
                                  : s.schema.data();
}

template <const auto& Schema, const auto& Snapshot>
constexpr bool tell_first_step() {
  const auto& plan = diff<Snapshot, Schema>;
  // Rather a change of a table than what makes way for it.
  const step* first = &plan.steps[0];
  for (std::size_t i = plan.size(); i-- > 0;)
    if (plan.steps[i].before != nullptr || plan.steps[i].after != nullptr)
      first = &plan.steps[i];
  const bool of_column = first->kind == step_kind::add_column || first->kind == step_kind::drop_column ||
                         first->kind == step_kind::alter_type || first->kind == step_kind::rename_column;
  const column* c = !of_column ? nullptr : first->new_column() != nullptr ? first->new_column() : first->old_column();
  a_migration_is_missing__run_migrate_dev__first_change(object_of(*first), c != nullptr ? c->name.data() : nullptr,
                                                        static_cast<int>(plan.size()));
  return false;
}

template <const auto& Schema, const auto& Snapshot>
struct migrated_check<Schema, Snapshot, build_check::missing> {
  static_assert(tell_first_step<Schema, Snapshot>(), "instar: a migration is missing; run `migrate dev --name ...`");
  static constexpr bool value = true;
};
#else
template <const auto& Schema, const auto& Snapshot>
inline constexpr auto told_sql = pending_sql<Schema, Snapshot>();

// A base class that is never defined: one error, which names it with its text.
template <const auto& Schema, const auto& Snapshot>
struct migrated_check<Schema, Snapshot, build_check::missing>
    : decltype(told<migration_is_missing, told_sql<Schema, Snapshot>>()) {
  static constexpr bool value = true;
};
#endif

}  // namespace detail
}  // namespace instar

/// Stops the build until a migration exists for every change of the models, and shows the SQL that is missing. Stands
/// in the program or in a test. The migrator, which has to be built to write that migration, turns it off by defining
/// INSTAR_NO_MIGRATED_CHECK.
#ifdef INSTAR_NO_MIGRATED_CHECK
#define INSTAR_CHECK_MIGRATED(SCHEMA, SNAPSHOT) static_assert(true)
#else
#define INSTAR_CHECK_MIGRATED(SCHEMA, SNAPSHOT) static_assert(::instar::detail::migrated_check<SCHEMA, SNAPSHOT>::value)
#endif
