// A table that changed has another content hash: where two hashes are equal, nothing is compared, and no migration is
// missed.
#include <instar/instar.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hash_test {

using std::int64_t;

struct Target {
  int64_t id;
  int64_t other;
};
INSTAR_MODEL(Target, "target", (id, primary_key), (other, unique), unique(&Target::id, &Target::other),
             unique(&Target::other, &Target::id))
struct Second {
  int64_t id;
};
INSTAR_MODEL(Second, "second", (id, primary_key))

// Each version says one word more or another one.
#define VERSION_OF(NAME, C_TYPE, ...)                                                                                  \
  namespace NAME {                                                                                                     \
  struct T {                                                                                                           \
    int64_t a;                                                                                                         \
    int64_t b;                                                                                                         \
    C_TYPE c;                                                                                                          \
  };                                                                                                                   \
  INSTAR_MODEL(T, __VA_ARGS__)                                                                                         \
  inline constexpr auto schema = instar::schema<T, Target, Second>();                                                  \
  }
#define VERSION(NAME, ...) VERSION_OF(NAME, std::string, __VA_ARGS__)
using Nullable = std::optional<std::string>;
using Array = std::vector<std::string>;

// clang-format off
VERSION(base, "t", (a), (b), (c))
VERSION(schema_name, "s.t", (a), (b), (c))
VERSION(table_name, "u", (a), (b), (c))
VERSION(column_name, "t", (a), (b), (c, column("d")))
VERSION_OF(nullable, Nullable, "t", (a), (b), (c))
VERSION_OF(array, Array, "t", (a), (b), (c))
VERSION_OF(number, double, "t", (a), (b), (c))
VERSION(length, "t", (a), (b), (c, varchar<20>))
VERSION(length_2, "t", (a), (b), (c, varchar<21>))
VERSION(other_kind, "t", (a), (b), (c, char_<20>))
VERSION(numeric, "t", (a), (b), (c, numeric<12>))
VERSION(numeric_2, "t", (a), (b), (c, numeric<12, 2>))
VERSION(custom, "t", (a), (b), (c, type("point")))
VERSION(custom_2, "t", (a), (b), (c, type("line")))
VERSION(smaller, "t", (a, integer), (b), (c))
VERSION(primary_key, "t", (a, primary_key), (b), (c))
VERSION(primary_key_2, "t", (a), (b, primary_key), (c))
VERSION(primary_key_table, "t", (a), (b), (c), primary_key(&T::a, &T::b))
VERSION(primary_key_turned, "t", (a), (b), (c), primary_key(&T::b, &T::a))
VERSION(primary_key_named, "t", (a), (b), (c), primary_key(&T::a, &T::b).named("k"))
VERSION(primary_key_deferred, "t", (a), (b), (c), primary_key(&T::a, &T::b).initially_deferred())
VERSION(primary_key_deferrable, "t", (a), (b), (c), primary_key(&T::a, &T::b).deferrable())
VERSION(identity, "t", (a, identity), (b), (c))
VERSION(identity_always, "t", (a, identity_always), (b), (c))
VERSION(unique, "t", (a, unique), (b), (c))
VERSION(unique_2, "t", (a), (b, unique), (c))
VERSION(unique_table, "t", (a), (b), (c), unique(&T::a))
VERSION(unique_three, "t", (a), (b), (c), unique(&T::a, &T::b, &T::c))
VERSION(unique_nulls, "t", (a), (b), (c), unique(&T::a).nulls_not_distinct())
VERSION(default_0, "t", (a, default_value(0)), (b), (c))
VERSION(default_1, "t", (a, default_value(1)), (b), (c))
VERSION(default_minus_1, "t", (a, default_value(-1)), (b), (c))
VERSION(default_text, "t", (a), (b), (c, default_value("1")))
VERSION(default_empty, "t", (a), (b), (c, default_value("")))
VERSION(default_sql, "t", (a), (b), (c, default_sql("1")))
VERSION(default_now, "t", (a), (b), (c, default_now))
VERSION(updated, "t", (a), (b), (c, updated_at))
VERSION_OF(real, double, "t", (a), (b), (c, default_value(0.5)))
VERSION_OF(real_2, double, "t", (a), (b), (c, default_value(-0.5)))
VERSION_OF(whole, double, "t", (a), (b), (c, default_value(1)))
VERSION_OF(flag, bool, "t", (a), (b), (c, default_value(false)))
VERSION_OF(flag_2, bool, "t", (a), (b), (c, default_value(true)))
VERSION(generated, "t", (a), (b), (c, generated_always_as("a")))
VERSION(generated_2, "t", (a), (b), (c, generated_always_as("b")))
VERSION(computed, "t", (a), (b), (c, generated_virtual("a")))
VERSION(collated, "t", (a), (b), (c, collate("C")))
VERSION(commented, "t", (a), (b), (c, comment("C")))
VERSION(commented_2, "t", (a), (b, comment("C")), (c))
VERSION(commented_table, "t", (a), (b), (c), comment("C"))
// What is said of the way to a version is no part of it.
VERSION(renamed, "t", (a), (b), (c, renamed_from("d")))
VERSION(renamed_table, "t", (a), (b), (c), renamed_from("C"))
VERSION(converted, "t", (a), (b), (c, convert_using("c::text")))
VERSION(filled, "t", (a), (b), (c, backfill_sql("'x'")))
VERSION(indexed_renamed, "t", (a), (b), (c), index(&T::a).renamed_from("i"))
VERSION(checked, "t", (a), (b), (c, check("C")))
VERSION(checked_named, "t", (a), (b), (c, check("C").named("d")))
VERSION(checked_split, "t", (a), (b), (c, check("C0").named("d")))
VERSION(checked_split_2, "t", (a), (b), (c, check("C").named("0d")))
VERSION(checked_2, "t", (a, check("C")), (b), (c))
VERSION(checked_table, "t", (a), (b), (c), check("C"))
VERSION(checked_table_named, "t", (a), (b), (c), check("C").named("d"))
VERSION(reference, "t", (a, references(&Target::id)), (b), (c))
VERSION(reference_2, "t", (a), (b, references(&Target::id)), (c))
VERSION(reference_column, "t", (a, references(&Target::other)), (b), (c))
VERSION(reference_table, "t", (a, references(&Second::id)), (b), (c))
VERSION(reference_self, "t", (a, references(&T::b)), (b, unique), (c))
VERSION(reference_named, "t", (a, references(&Target::id).named("k")), (b), (c))
VERSION(reference_cascade, "t", (a, references(&Target::id).on_delete(cascade)), (b), (c))
VERSION(reference_null, "t", (a, references(&Target::id).on_delete(set_null)), (b), (c))
VERSION(reference_update, "t", (a, references(&Target::id).on_update(cascade)), (b), (c))
VERSION(reference_deferrable, "t", (a, references(&Target::id).deferrable()), (b), (c))
VERSION(reference_deferred, "t", (a, references(&Target::id).initially_deferred()), (b), (c))
VERSION(foreign_key, "t", (a), (b), (c), foreign_key(&T::a, &T::b).references(&Target::id, &Target::other))
VERSION(foreign_key_turned, "t", (a), (b), (c), foreign_key(&T::b, &T::a).references(&Target::id, &Target::other))
VERSION(foreign_key_crossed, "t", (a), (b), (c), foreign_key(&T::a, &T::b).references(&Target::other, &Target::id))
VERSION(foreign_key_cascade, "t", (a), (b), (c),
        foreign_key(&T::a, &T::b).references(&Target::id, &Target::other).on_delete(cascade))
VERSION(foreign_key_update, "t", (a), (b), (c),
        foreign_key(&T::a, &T::b).references(&Target::id, &Target::other).on_update(cascade))
VERSION(indexed, "t", (a, index), (b), (c))
VERSION(indexed_2, "t", (a), (b, index), (c))
VERSION(indexed_table, "t", (a), (b), (c), index(&T::a))
VERSION(indexed_two, "t", (a), (b), (c), index(&T::a, &T::b))
VERSION(indexed_turned, "t", (a), (b), (c), index(&T::b, &T::a))
VERSION(indexed_apart, "t", (a), (b), (c), index(&T::a), index(&T::b))
VERSION(indexed_unique, "t", (a), (b), (c), index(&T::a).unique())
VERSION(indexed_nulls, "t", (a), (b), (c), index(&T::a).nulls_not_distinct())
VERSION(indexed_named, "t", (a), (b), (c), index(&T::a).named("x"))
VERSION(indexed_where, "t", (a), (b), (c), index(&T::a).where("x"))
VERSION(indexed_using, "t", (a), (b), (c), index(&T::a).using_method("x"))
VERSION(indexed_including, "t", (a), (b), (c), index(&T::a).include(&T::b))
VERSION(indexed_including_first, "t", (a), (b), (c), index(&T::a).include(&T::b), index(&T::c))
VERSION(indexed_including_second, "t", (a), (b), (c), index(&T::a), index(&T::b).include(&T::c))
VERSION(indexed_desc, "t", (a), (b), (c), index(column(&T::a).desc()))
VERSION(indexed_first, "t", (a), (b), (c), index(column(&T::a).nulls_first()))
VERSION(indexed_last, "t", (a), (b), (c), index(column(&T::a).nulls_last()))
VERSION(indexed_collated, "t", (a), (b), (c), index(column(&T::a).collate("x")))
VERSION(indexed_class, "t", (a), (b), (c), index(column(&T::a).operator_class("x")))
VERSION(indexed_sql, "t", (a), (b), (c), index(expression("x")))
VERSION(indexed_sql_2, "t", (a), (b), (c), index(expression("y")))
VERSION(indexed_desc_1, "t", (a), (b), (c), index(column(&T::a).desc(), &T::b))
VERSION(indexed_desc_2, "t", (a), (b), (c), index(&T::a, column(&T::b).desc()))
VERSION(excluded, "t", (a), (b), (c), exclude(column(&T::a).with("=")))
VERSION(excluded_operator, "t", (a), (b), (c), exclude(column(&T::a).with("<>")))
VERSION(excluded_using, "t", (a), (b), (c), exclude(column(&T::a).with("=")).using_method("hash"))
VERSION(excluded_where, "t", (a), (b), (c), exclude(column(&T::a).with("=")).where("hash"))
// clang-format on

// An enum is part of the tables that have it.
#define ENUM_VERSION(NAME, ...)                                                                                        \
  namespace NAME {                                                                                                     \
  enum class E { x, y };                                                                                               \
  INSTAR_ENUM(__VA_ARGS__)                                                                                             \
  struct T {                                                                                                           \
    int64_t a;                                                                                                         \
    int64_t b;                                                                                                         \
    E c;                                                                                                               \
  };                                                                                                                   \
  INSTAR_MODEL(T, "t", (a), (b), (c))                                                                                  \
  inline constexpr auto schema = instar::schema<T>();                                                                  \
  }
ENUM_VERSION(enum_base, E, x, y)
ENUM_VERSION(enum_undotted, (E, "se"), x, y)
ENUM_VERSION(enum_lengthened, (E, "es"), x, y)
ENUM_VERSION(enum_turned, E, y, x)
ENUM_VERSION(enum_label, E, x, (y, "z"))
ENUM_VERSION(enum_joined, E, (x, "xy"), (y, ""))
ENUM_VERSION(enum_name, (E, "f"), x, y)
ENUM_VERSION(enum_schema, (E, "s.e"), x, y)
ENUM_VERSION(enum_comment, (E, comment("s")), x, y)

struct version {
  std::string_view name;
  std::uint64_t hash;
};

#define HASH(NAME)                                                                                                     \
  version {                                                                                                            \
#NAME, instar::view_of < NAME::schema>.tables[0].content_hash                                                      \
  }
inline constexpr version versions[] = {HASH(base),
                                       HASH(schema_name),
                                       HASH(table_name),
                                       HASH(column_name),
                                       HASH(nullable),
                                       HASH(array),
                                       HASH(number),
                                       HASH(length),
                                       HASH(length_2),
                                       HASH(other_kind),
                                       HASH(numeric),
                                       HASH(numeric_2),
                                       HASH(custom),
                                       HASH(custom_2),
                                       HASH(smaller),
                                       HASH(primary_key),
                                       HASH(primary_key_2),
                                       HASH(primary_key_table),
                                       HASH(primary_key_turned),
                                       HASH(primary_key_named),
                                       HASH(primary_key_deferred),
                                       HASH(primary_key_deferrable),
                                       HASH(identity),
                                       HASH(identity_always),
                                       HASH(unique),
                                       HASH(unique_2),
                                       HASH(unique_table),
                                       HASH(unique_three),
                                       HASH(unique_nulls),
                                       HASH(default_0),
                                       HASH(default_1),
                                       HASH(default_minus_1),
                                       HASH(default_text),
                                       HASH(default_empty),
                                       HASH(default_sql),
                                       HASH(default_now),
                                       HASH(updated),
                                       HASH(real),
                                       HASH(real_2),
                                       HASH(whole),
                                       HASH(flag),
                                       HASH(flag_2),
                                       HASH(generated),
                                       HASH(generated_2),
                                       HASH(computed),
                                       HASH(collated),
                                       HASH(commented),
                                       HASH(commented_2),
                                       HASH(commented_table),
                                       HASH(checked),
                                       HASH(checked_named),
                                       HASH(checked_split),
                                       HASH(checked_split_2),
                                       HASH(checked_2),
                                       HASH(checked_table),
                                       HASH(checked_table_named),
                                       HASH(reference),
                                       HASH(reference_2),
                                       HASH(reference_column),
                                       HASH(reference_table),
                                       HASH(reference_self),
                                       HASH(reference_named),
                                       HASH(reference_cascade),
                                       HASH(reference_null),
                                       HASH(reference_update),
                                       HASH(reference_deferrable),
                                       HASH(reference_deferred),
                                       HASH(foreign_key),
                                       HASH(foreign_key_turned),
                                       HASH(foreign_key_crossed),
                                       HASH(foreign_key_cascade),
                                       HASH(foreign_key_update),
                                       HASH(indexed),
                                       HASH(indexed_2),
                                       HASH(indexed_table),
                                       HASH(indexed_two),
                                       HASH(indexed_turned),
                                       HASH(indexed_apart),
                                       HASH(indexed_unique),
                                       HASH(indexed_nulls),
                                       HASH(indexed_named),
                                       HASH(indexed_where),
                                       HASH(indexed_using),
                                       HASH(indexed_including),
                                       HASH(indexed_including_first),
                                       HASH(indexed_including_second),
                                       HASH(indexed_desc),
                                       HASH(indexed_first),
                                       HASH(indexed_last),
                                       HASH(indexed_collated),
                                       HASH(indexed_class),
                                       HASH(indexed_sql),
                                       HASH(indexed_sql_2),
                                       HASH(indexed_desc_1),
                                       HASH(indexed_desc_2),
                                       HASH(excluded),
                                       HASH(excluded_operator),
                                       HASH(excluded_using),
                                       HASH(excluded_where),
                                       HASH(enum_base),
                                       HASH(enum_undotted),
                                       HASH(enum_lengthened),
                                       HASH(enum_turned),
                                       HASH(enum_label),
                                       HASH(enum_joined),
                                       HASH(enum_name),
                                       HASH(enum_schema),
                                       HASH(enum_comment)};
#undef HASH
#undef ENUM_VERSION
#undef VERSION
#undef VERSION_OF

/// The first two versions that no hash tells apart; empty when there are none.
constexpr std::array<std::string_view, 2> equal_hashes() {
  for (const version& a : versions)
    for (const version* b = versions; b != &a; ++b)
      if (a.hash == b->hash)
        return {a.name, b->name};
  return {};
}

}  // namespace hash_test

TEST_CASE("every change of a model changes its table's content hash") {
  // Said at the column or at the table, a key or index is the same: these may or may not have one hash.
  STATIC_REQUIRE(hash_test::equal_hashes()[0] == "");
  STATIC_REQUIRE(hash_test::equal_hashes()[1] == "");
  STATIC_REQUIRE(std::size(hash_test::versions) == 108);
}

TEST_CASE("what is said of the way to a version is no part of its content hash") {
  const auto hash = [](const instar::schema_view& schema) { return schema.tables[0].content_hash; };
  using namespace hash_test;
  CHECK(hash(instar::view_of<renamed::schema>) == hash(instar::view_of<base::schema>));
  CHECK(hash(instar::view_of<renamed_table::schema>) == hash(instar::view_of<base::schema>));
  CHECK(hash(instar::view_of<converted::schema>) == hash(instar::view_of<base::schema>));
  CHECK(hash(instar::view_of<filled::schema>) == hash(instar::view_of<base::schema>));
  CHECK(hash(instar::view_of<indexed_renamed::schema>) == hash(instar::view_of<indexed_table::schema>));
}

TEST_CASE("no content hash is the one that means that it is not known") {
  constexpr bool none = [] {
    for (const hash_test::version& v : hash_test::versions)
      if (v.hash == 0)
        return false;
    return true;
  }();
  STATIC_REQUIRE(none);
}
