// Who has to wait for a plan, in its online form and in its short one, and what programs in the field notice of it.
#include <instar/instar.hpp>

#include "diff/steps.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace diff_hazards {

using instar::hazard;
using instar_test::hazards;
using instar_test::locks;
using std::int64_t;
constexpr auto online = instar::plan_form::online;
constexpr auto offline = instar::plan_form::offline;

struct Author {
  int64_t id;
};
INSTAR_MODEL(Author, "authors", (id, primary_key))

// A table that is there, and what is said of it.
#define VERSION(NAME, ...)                                                                                             \
  namespace NAME {                                                                                                     \
  struct Book {                                                                                                        \
    int64_t id;                                                                                                        \
    std::optional<int64_t> author;                                                                                     \
    std::string title;                                                                                                 \
  };                                                                                                                   \
  INSTAR_MODEL(Book, "books", __VA_ARGS__)                                                                             \
  inline constexpr auto schema = instar::schema<Author, Book>();                                                       \
  }

VERSION(base, (id, primary_key), (author), (title))
VERSION(bare, (id), (author), (title))
VERSION(indexed, (id, primary_key), (author, index), (title))
VERSION(unique_title, (id, primary_key), (author), (title, unique))
VERSION(unique_index_title, (id, primary_key), (author), (title), index(&Book::title).unique().named("one_title"))
VERSION(referencing, (id, primary_key), (author, references(&Author::id)), (title))
VERSION(checked, (id, primary_key), (author), (title, check("title <> ''")))
VERSION(apart, (id, primary_key), (author), (title), exclude(column(&Book::title).with("=")).using_method("hash"))
VERSION(short_title, (id, primary_key), (author), (title, varchar<40>))
VERSION(longer_title, (id, primary_key), (author), (title, varchar<80>))

namespace renamed {
struct Book {
  int64_t id;
  std::optional<int64_t> author;
  std::string name;
};
INSTAR_MODEL(Book, "books", (id, primary_key), (author), (name, renamed_from("title")))
inline constexpr auto schema = instar::schema<Author, Book>();
}  // namespace renamed

// The same table with one more column.
#define WIDER(NAME, C_TYPE, ...)                                                                                       \
  namespace NAME {                                                                                                     \
  struct Book {                                                                                                        \
    int64_t id;                                                                                                        \
    std::optional<int64_t> author;                                                                                     \
    std::string title;                                                                                                 \
    C_TYPE c;                                                                                                          \
  };                                                                                                                   \
  INSTAR_MODEL(Book, "books", (id, primary_key), (author), (title), (c __VA_OPT__(, ) __VA_ARGS__))                    \
  inline constexpr auto schema = instar::schema<Author, Book>();                                                       \
  }

WIDER(with_constant, int64_t, default_value(7))
WIDER(with_steady, std::string, default_sql("upper('a') || to_char(now(), 'YYYY')"))
WIDER(with_volatile, instar::uuid, default_sql("gen_random_uuid()"))
WIDER(with_identity, int64_t, identity)
WIDER(with_stored, int64_t, generated_always_as("id + 1"))
WIDER(with_nullable, std::optional<int64_t>)
WIDER(with_required, int64_t, default_value(0))
WIDER(with_new_reference, std::optional<int64_t>, references(&Author::id))
WIDER(with_checked, int64_t, default_value(0), check("c >= 0"))
WIDER(with_integer, std::int32_t, default_value(0))

inline constexpr auto none = instar::schema<>();
inline constexpr auto books_view = instar::schema<Author>(instar::materialized_view("counts", "SELECT 1 AS n"));
inline constexpr auto other_view = instar::schema<Author>(instar::materialized_view("counts", "SELECT 2 AS n"));
inline constexpr auto sequence = instar::schema<Author>(instar::sequence("numbers"));
inline constexpr auto lower_sequence = instar::schema<Author>(instar::sequence("numbers", -5));
inline constexpr auto downwards = instar::schema<Author>(instar::sequence("numbers", -1, -1));
inline constexpr auto objects =
    instar::schema<Author>(instar::function("f", "CREATE FUNCTION f() a", "DROP FUNCTION f()"),
                           instar::trigger("t", "CREATE TRIGGER t a", "DROP TRIGGER t ON authors"));
inline constexpr auto other_objects =
    instar::schema<Author>(instar::function("f", "CREATE FUNCTION f() b", "DROP FUNCTION f()"),
                           instar::trigger("t", "CREATE TRIGGER t b", "DROP TRIGGER t ON authors"));
inline constexpr auto only_authors = instar::schema<Author>();

}  // namespace diff_hazards

#define PLAN(BEFORE, AFTER) instar::diff<diff_hazards::BEFORE::schema, diff_hazards::AFTER::schema>
#define OBJECTS(BEFORE, AFTER) instar::diff<diff_hazards::BEFORE, diff_hazards::AFTER>

using namespace diff_hazards;

TEST_CASE("nobody waits for a table that the plan makes") {
  STATIC_REQUIRE(OBJECTS(none, indexed::schema).hazards(instar::postgres, offline).empty());
  STATIC_REQUIRE(OBJECTS(none, referencing::schema).hazards(instar::postgres, offline).empty());
  STATIC_REQUIRE(OBJECTS(none, apart::schema).hazards(instar::postgres, offline).empty());
}

TEST_CASE("an index blocks writers in the short form, and nobody in the online form") {
  STATIC_REQUIRE(locks(PLAN(base, indexed), online) == "");
  STATIC_REQUIRE(locks(PLAN(base, indexed), offline) == "INS2020 create_index books.books_author_idx\n");
  STATIC_REQUIRE(locks(PLAN(indexed, base), online) == "");
  STATIC_REQUIRE(locks(PLAN(indexed, base), offline) == "INS2021 drop_index books.books_author_idx\n");
}

TEST_CASE("a key builds its index under a lock in the short form") {
  STATIC_REQUIRE(locks(PLAN(base, unique_title), online) == "");
  STATIC_REQUIRE(locks(PLAN(base, unique_title), offline) == "INS2022 add_unique books.books_title_key\n");
  STATIC_REQUIRE(locks(PLAN(bare, base), offline) == "INS2022 add_primary_key books.books_pkey\n");
  STATIC_REQUIRE(hazards(PLAN(base, unique_index_title)) == "INS2007 create_index books.one_title\n");
}

TEST_CASE("a foreign key locks both tables in the short form, and rows may violate it in both") {
  STATIC_REQUIRE(locks(PLAN(base, referencing), online) == "");
  STATIC_REQUIRE(locks(PLAN(base, referencing), offline) == "INS2025 add_foreign_key books.books_author_fkey\n");
  STATIC_REQUIRE(hazards(PLAN(base, referencing)) == "INS2010 add_foreign_key books.books_author_fkey\n");
  // Its column is NULL in every row.
  STATIC_REQUIRE(hazards(PLAN(base, with_new_reference)) == "");
}

TEST_CASE("a check reads all rows under a lock in the short form, and rows may violate it in both") {
  STATIC_REQUIRE(locks(PLAN(base, checked), online) == "");
  STATIC_REQUIRE(locks(PLAN(base, checked), offline) == "INS2026 add_check books.books_title_check\n");
  STATIC_REQUIRE(hazards(PLAN(base, checked)) == "INS2009 add_check books.books_title_check\n");
  // All rows have the default.
  STATIC_REQUIRE(hazards(PLAN(base, with_checked)) == "");
}

TEST_CASE("an exclusion has no online way") {
  STATIC_REQUIRE(locks(PLAN(base, apart), online) == "INS2027 add_exclusion books.books_title_excl\n");
  STATIC_REQUIRE(hazards(PLAN(base, apart)) == "INS2009 add_exclusion books.books_title_excl\n");
}

TEST_CASE("a required column scans under a lock in the short form") {
  STATIC_REQUIRE(locks(PLAN(with_nullable, with_required), online) == "");
  STATIC_REQUIRE(locks(PLAN(with_nullable, with_required), offline) ==
                 "INS2035 fill_nulls books.c\nINS2023 set_not_null books.c\n");
}

TEST_CASE("a type rewrites the table in both forms, unless the values lie on disk as they should") {
  STATIC_REQUIRE(locks(PLAN(with_integer, with_required), online) == "INS2028 alter_type books.c integer to bigint\n");
  STATIC_REQUIRE(locks(PLAN(short_title, longer_title), offline) == "");
  STATIC_REQUIRE(locks(PLAN(short_title, base), offline) == "");
  STATIC_REQUIRE(locks(PLAN(base, short_title), online) == "INS2028 alter_type books.title text to varchar(40)\n");
}

TEST_CASE("a new column rewrites the table when every row gets another value") {
  STATIC_REQUIRE(locks(PLAN(base, with_constant), offline) == "");
  STATIC_REQUIRE(locks(PLAN(base, with_steady), offline) == "");
  STATIC_REQUIRE(locks(PLAN(base, with_volatile), online) == "");
  STATIC_REQUIRE(locks(PLAN(base, with_volatile), offline) == "INS2024 add_column books.c\n");
  STATIC_REQUIRE(locks(PLAN(base, with_identity), online) == "");
  STATIC_REQUIRE(locks(PLAN(base, with_identity), offline) == "INS2024 add_column books.c\n");
  STATIC_REQUIRE(locks(PLAN(base, with_stored), online) == "INS2024 add_column books.c\n");
}

TEST_CASE("a default may be volatile when it calls a function that is not known to be steady") {
  using instar::detail::may_be_volatile;
  STATIC_REQUIRE_FALSE(may_be_volatile("now()"));
  STATIC_REQUIRE_FALSE(may_be_volatile("CURRENT_TIMESTAMP(3)"));
  STATIC_REQUIRE_FALSE(may_be_volatile("'random()'"));
  STATIC_REQUIRE_FALSE(may_be_volatile("(1 + 2) * 3"));
  STATIC_REQUIRE_FALSE(may_be_volatile("'{}'::numeric(10, 2)[]"));
  STATIC_REQUIRE_FALSE(may_be_volatile("timezone('utc'::text, now())"));
  STATIC_REQUIRE(may_be_volatile("clock_timestamp()"));
  STATIC_REQUIRE(may_be_volatile("upper(md5(random ()::text))"));
  STATIC_REQUIRE(may_be_volatile("nextval('n'::regclass)"));
  STATIC_REQUIRE(may_be_volatile("\"f\"()"));
}

TEST_CASE("programs notice a rename") {
  STATIC_REQUIRE(hazards(PLAN(base, renamed)) == "INS2013 rename_column books.title to name\n");
  STATIC_REQUIRE(PLAN(base, renamed).has(hazard::renames_column));
  STATIC_REQUIRE_FALSE(PLAN(base, renamed).loses_data());
}

TEST_CASE("readers of a materialized view wait while it is made anew") {
  STATIC_REQUIRE(locks(OBJECTS(books_view, other_view), online) == "INS2033 create_view counts\n");
  STATIC_REQUIRE(locks(OBJECTS(only_authors, books_view), online) == "");
  STATIC_REQUIRE(locks(OBJECTS(books_view, only_authors), online) == "");
}

TEST_CASE("a sequence may stand outside of its new bounds") {
  STATIC_REQUIRE(hazards(OBJECTS(sequence, downwards)) == "INS2019 alter_sequence numbers\n");
  STATIC_REQUIRE(hazards(OBJECTS(downwards, sequence)) == "INS2019 alter_sequence numbers\n");
  STATIC_REQUIRE(hazards(OBJECTS(lower_sequence, sequence)) == "INS2019 alter_sequence numbers\n");
  STATIC_REQUIRE(hazards(OBJECTS(sequence, lower_sequence)) == "");
  STATIC_REQUIRE_FALSE(OBJECTS(sequence, downwards).loses_data());
  STATIC_REQUIRE_FALSE(OBJECTS(sequence, downwards).has(hazard::sequence_out_of_bounds, instar::sqlite));
}

TEST_CASE("what the schema does not know of may use what is dropped") {
  STATIC_REQUIRE(hazards(OBJECTS(sequence, only_authors)) == "INS2015 drop_sequence numbers\n");
  STATIC_REQUIRE(hazards(OBJECTS(objects, only_authors)) ==
                 "INS2039 drop_raw_object trigger t\nINS2016 drop_early_raw_object function f\n");
  // A function that is made again is there for who uses it; a trigger that is another one works otherwise.
  STATIC_REQUIRE(hazards(OBJECTS(objects, other_objects)) == "INS2039 drop_raw_object trigger t\n");
  STATIC_REQUIRE(hazards(OBJECTS(only_authors, objects)) == "");
  // A trigger goes with its table.
  STATIC_REQUIRE(hazards(OBJECTS(objects, none)) ==
                 "INS2001 drop_table authors\nINS2016 drop_early_raw_object function f\n");
}

TEST_CASE("SQLite has no locks to speak of by step") {
  STATIC_REQUIRE(locks(PLAN(base, indexed), offline, instar::sqlite) == "");
  STATIC_REQUIRE(locks(PLAN(with_integer, with_required), offline, instar::sqlite) == "");
  STATIC_REQUIRE(hazards(PLAN(base, renamed), instar::sqlite) == "INS2013 rename_column books.title to name\n");
  STATIC_REQUIRE(PLAN(base, renamed).hazards(instar::sqlite).size() == 1);
}

TEST_CASE("no step has more hazards than a plan has room for") {
  STATIC_REQUIRE(PLAN(base, apart).hazards(instar::postgres, offline).size() == 2);
  STATIC_REQUIRE(instar::hazards_per_step == 3);
}

TEST_CASE("a hazard has the code of its number, and is about locks or not") {
  STATIC_REQUIRE(instar::code_of(hazard::index_blocks_writes) == "INS2020");
  STATIC_REQUIRE(instar::code_of(hazard::sqlite_table_rebuild) == "INS2040");
  STATIC_REQUIRE(instar::code_of(instar::last_hazard) == "INS2047");
  STATIC_REQUIRE(instar::is_about_locks(hazard::type_rewrites_table));
  STATIC_REQUIRE_FALSE(instar::is_about_locks(hazard::renames_table));
  STATIC_REQUIRE_FALSE(instar::is_about_locks(hazard::name_too_long));
  STATIC_REQUIRE_FALSE(instar::is_about_locks(hazard::unused_ignore));
  STATIC_REQUIRE(instar::is_hazard(20));
  STATIC_REQUIRE_FALSE(instar::is_hazard(static_cast<int>(instar::last_hazard) + 1));
}
