// What can be said of a table, the names that follow, and where models may stand.
#include <instar/instar.hpp>

#include "schema/words.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Names that a program may have: the words of a model are found before them.
namespace tables_test {

[[maybe_unused]] constexpr int primary_key = 0;
[[maybe_unused]] constexpr int text = 1;
[[maybe_unused]] inline int index(int i) {
  return i;
}
[[maybe_unused]] inline int check(int i) {
  return i;
}
struct unique {};

using instar_test::constraints;
using instar_test::words;
using std::int64_t;

struct Hotel {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Hotel, "hotels", (id, primary_key), (name, unique))

struct Room {
  int64_t hotel;
  std::int32_t number;
  int64_t wing;
};
INSTAR_MODEL(Room, "rooms", (hotel), (number), (wing), primary_key(&Room::hotel, &Room::number),
             unique(&Room::wing, &Room::number, &Room::hotel))

// The table's words may stand before the columns and between them.
struct Stay {
  int64_t hotel;
  std::int32_t room;
  std::string guest;
  std::optional<std::string> note;
  std::string during;
  int64_t wing;
};
INSTAR_MODEL(Stay, "front.stays", comment("who slept where"), (hotel), (room), renamed_from("visits"), (guest),
             (note, column("remark")), (during, type("tstzrange")), check("room > 0"), (wing),
             primary_key(&Stay::hotel, &Stay::room, &Stay::guest).named("the_stay").initially_deferred(),
             unique(&Stay::guest, &Stay::note), unique(&Stay::note).nulls_not_distinct(),
             unique(&Stay::wing).deferrable().named("one_wing"), unique(&Stay::guest).initially_deferred(),
             foreign_key(&Stay::hotel, &Stay::room).references(&Room::hotel, &Room::number),
             foreign_key(&Stay::wing, &Stay::room, &Stay::hotel)
                 .references(&Room::wing, &Room::number, &Room::hotel)
                 .on_delete(cascade)
                 .on_update(set_null)
                 .deferrable()
                 .named("in_wing"),
             foreign_key(&Stay::guest).references(&Hotel::name).initially_deferred(), check("wing > 0"),
             check("wing < 9").named("wings"))

struct Book {
  int64_t id;
  std::string title;
  std::optional<std::string> subtitle;
  std::string words;
  int64_t pages;
};
INSTAR_MODEL(
    Book, "books", (id), (title), (subtitle, column("sub title")), (words, tsvector), (pages),
    index(&Book::title, &Book::subtitle), index(&Book::title).unique(),
    index(column(&Book::title).desc(), column(&Book::subtitle).desc().nulls_last(), column(&Book::pages).nulls_first()),
    index(expression("lower(title)")), index(&Book::pages, expression("lower(title)")).named("by_pages"),
    index(column(&Book::title).collate("C").operator_class("text_pattern_ops").desc().nulls_first()).named("patterns"),
    index(&Book::words).using_method("gin"), index(&Book::id).where("pages > 10").include(&Book::title),
    index(&Book::subtitle).unique().nulls_not_distinct().where("pages > 10"),
    index(&Book::pages).include(&Book::title, &Book::subtitle).include(&Book::id).unique(),
    index(&Book::id, &Book::title, &Book::subtitle, &Book::words, &Book::pages),
    index(&Book::id, column(&Book::title).desc(), expression("length(title)"), &Book::subtitle, &Book::words,
          &Book::pages)
        .named("six"))

struct Booking {
  int64_t room;
  std::string during;
  std::optional<std::string> note;
};
INSTAR_MODEL(Booking, "bookings", (room), (during, type("tstzrange")), (note),
             exclude(column(&Booking::room).with("="), column(&Booking::during).with("&&")),
             exclude(column(&Booking::room).with("=")).using_method("hash").where("note IS NULL").named("one_room"),
             exclude(expression("lower(note)").with("=")).using_method("btree"))

// Keys of more columns than there are overloads for.
struct Deep {
  int64_t a, b, c, d, e;
};
INSTAR_MODEL(Deep, "deep", (a), (b), (c), (d), (e), primary_key(&Deep::a, &Deep::b, &Deep::c, &Deep::d, &Deep::e),
             unique(&Deep::e, &Deep::d, &Deep::c, &Deep::b, &Deep::a), unique(&Deep::a, &Deep::b, &Deep::c, &Deep::d),
             unique(&Deep::a, &Deep::b, &Deep::c),
             foreign_key(&Deep::e, &Deep::d, &Deep::c, &Deep::b, &Deep::a)
                 .references(&Deep::a, &Deep::b, &Deep::c, &Deep::d, &Deep::e))

// Neither key nor constraint.
struct Note {
  std::string text;
};
INSTAR_MODEL(Note, "notes", (text))

// Fields that are called as the words are.
struct Word {
  int64_t id;
  std::string index;
  std::string text;
  std::string comment;
  bool unique;
  std::string check;
  std::string column;
  std::optional<int64_t> references;
};
INSTAR_MODEL(Word, "words", (id, primary_key), (index, index), (text, text), (comment, comment("a comment")),
             (unique, unique), (check, check("check <> ''")), (column, column("col")),
             (references, references(&Word::id)), index(&Word::index, &Word::text), unique(&Word::check))

inline constexpr auto schema = instar::schema<Hotel, Room, Stay, Book, Booking, Deep, Note, Word>();

}  // namespace tables_test

using namespace tables_test;

TEST_CASE("a composite primary key marks its columns") {
  STATIC_REQUIRE(words(tables_test::schema.table("rooms")) == R"(rooms
  hotel bigint primary_key
  number integer primary_key
  wing bigint
primary key rooms_pkey (hotel, number)
unique rooms_wing_number_hotel_key (wing, number, hotel)
)");
}

TEST_CASE("keys, foreign keys, checks, comment, schema and old name of a table") {
  STATIC_REQUIRE(words(tables_test::schema.table("front.stays")) ==
                 R"(front.stays comment who slept where renamed_from visits
  hotel bigint primary_key
  room integer primary_key
  guest text primary_key unique
  remark text nullable unique
  during custom 'tstzrange'
  wing bigint unique
primary key the_stay (hotel, room, guest) deferred
unique stays_guest_remark_key (guest, remark)
unique stays_remark_key (remark) nulls_not_distinct
unique one_wing (wing) deferrable
unique stays_guest_key (guest) deferred
foreign key stays_hotel_room_fkey (hotel, room) to rooms (hotel, number)
foreign key in_wing (wing, room, hotel) to rooms (wing, number, hotel) on_delete cascade on_update set_null deferrable
foreign key stays_guest_fkey (guest) to hotels (name) deferred
check stays_check (room > 0)
check stays_check1 (wing > 0)
check wings (wing < 9)
)");
}

TEST_CASE("indexes have columns and expressions with their options") {
  STATIC_REQUIRE(constraints(tables_test::schema.table("books")) ==
                 R"(index books_title_sub title_idx (title, sub title)
unique index books_title_key (title)
index books_title_sub title_pages_idx (title desc, sub title desc nulls_last, pages nulls_first)
index books_expr_idx (sql lower(title))
index by_pages (pages, sql lower(title))
index patterns (title desc nulls_first collate C class text_pattern_ops)
index books_words_idx (words) using gin
index books_id_idx (id) where pages > 10 include (title)
unique index books_sub title_key (sub title) nulls_not_distinct where pages > 10
unique index books_pages_key (pages) include (title, sub title, id)
index books_id_title_sub title_words_pages_idx (id, title, sub title, words, pages)
index six (id, title desc, sql length(title), sub title, words, pages)
)");
  // A unique index is no unique constraint.
  STATIC_REQUIRE_FALSE(tables_test::schema.table("books").column("title").unique);
}

TEST_CASE("exclusion constraints have an operator for each part") {
  STATIC_REQUIRE(constraints(tables_test::schema.table("bookings")) ==
                 R"(exclude bookings_room_during_excl (room with =, during with &&)
exclude one_room (room with =) using hash where note IS NULL
exclude bookings_expr_excl (sql lower(note) with =) using btree
)");
}

TEST_CASE("keys may have as many columns as it takes") {
  STATIC_REQUIRE(constraints(tables_test::schema.table("deep")) == R"(primary key deep_pkey (a, b, c, d, e)
unique deep_e_d_c_b_a_key (e, d, c, b, a)
unique deep_a_b_c_d_key (a, b, c, d)
unique deep_a_b_c_key (a, b, c)
foreign key deep_e_d_c_b_a_fkey (e, d, c, b, a) to deep (a, b, c, d, e)
)");
}

TEST_CASE("a table needs neither key nor constraint") {
  STATIC_REQUIRE(words(tables_test::schema.table("notes")) == R"(notes
  text text
)");
}

TEST_CASE("fields may be called as the words of a model are") {
  STATIC_REQUIRE(words(tables_test::schema.table("words")) == R"(words
  id bigint primary_key
  index text
  text text
  comment text comment a comment
  unique boolean unique
  check text unique
  col text
  references bigint nullable
primary key words_pkey (id)
unique words_unique_key (unique)
unique words_check_key (check)
foreign key words_references_fkey (references) to words (id)
check words_check_check (check <> '')
index words_index_idx (index)
index words_index_text_idx (index, text)
)");
}

// Checks without a name are numbered past the names that are taken.
namespace tables_test::numbered {

struct T {
  int64_t n;
};
INSTAR_MODEL(T, "t", (n, check("n > 0")), check("n > 1"), check("n > 2"), check("n > 3").named("t_check2"),
             check("n > 4"), check("n > 5").named("t_n_check1"))
inline constexpr auto schema = instar::schema<T>();

}  // namespace tables_test::numbered

TEST_CASE("unnamed checks are numbered past the names that are taken") {
  STATIC_REQUIRE(constraints(numbered::schema.table("t")) == R"(check t_n_check (n > 0)
check t_check (n > 1)
check t_check1 (n > 2)
check t_check2 (n > 3)
check t_check3 (n > 4)
check t_n_check1 (n > 5)
)");
}

// 63 bytes are what PostgreSQL keeps of a name.
namespace tables_test::long_names {

struct Measurement {
  int64_t id;
  std::string identification_of_the_sensor;    // 62 bytes with table and _key, 63 with _fkey
  std::string identification_of_the_sensors;   // 63, 64
  std::string identification_of_the_sensors1;  // 64, 65
};
INSTAR_MODEL(Measurement, "calibrated_measurements_of_us", (id, primary_key),
             (identification_of_the_sensor, unique, references(&Measurement::identification_of_the_sensor)),
             (identification_of_the_sensors, unique, references(&Measurement::identification_of_the_sensors)),
             (identification_of_the_sensors1, unique, references(&Measurement::identification_of_the_sensors1)))
inline constexpr auto schema = instar::schema<Measurement>();

constexpr bool all_fit(const instar::table& t) {
  for (const instar::key& k : t.uniques)
    if (k.name.size() > 63)
      return false;
  for (const instar::foreign_key& fk : t.foreign_keys)
    if (fk.name.size() > 63)
      return false;
  return true;
}

}  // namespace tables_test::long_names

TEST_CASE("a derived name beyond 63 bytes is cut and ends in a hash") {
  constexpr auto& t = long_names::schema.table("calibrated_measurements_of_us");
  STATIC_REQUIRE(t.uniques[0].name == "calibrated_measurements_of_us_identification_of_the_sensor_key");
  STATIC_REQUIRE(t.uniques[1].name == "calibrated_measurements_of_us_identification_of_the_sensors_key");
  STATIC_REQUIRE(t.uniques[1].name.size() == 63);
  STATIC_REQUIRE(t.uniques[2].name.size() == 63);
  STATIC_REQUIRE(t.uniques[2].name.substr(0, 55) == "calibrated_measurements_of_us_identification_of_the_se_");
  STATIC_REQUIRE(t.foreign_keys[0].name == "calibrated_measurements_of_us_identification_of_the_sensor_fkey");
  STATIC_REQUIRE(t.foreign_keys[1].name.substr(0, 55) == "calibrated_measurements_of_us_identification_of_the_se_");
  STATIC_REQUIRE(t.foreign_keys[1].name != t.foreign_keys[2].name);
  STATIC_REQUIRE(t.foreign_keys[2].name != t.uniques[2].name);
  STATIC_REQUIRE(long_names::all_fit(t));
}

// Where models may stand, and what they may refer to.
struct tables_test_Global {
  std::int64_t id;
};
INSTAR_MODEL(tables_test_Global, "globals", (id, primary_key))

namespace tables_test::one {
struct Item {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Item, "one.items", (id, primary_key), (name, unique))
}  // namespace tables_test::one

namespace tables_test::two {
struct Item {
  int64_t id;
  int64_t other;
  std::optional<int64_t> global;
};
INSTAR_MODEL(Item, "two.items", (id, primary_key), (other, references(&one::Item::id)),
             (global, references(&::tables_test_Global::id)))
inline namespace deeper {
struct Leaf {
  int64_t id;
  int64_t item;
};
INSTAR_MODEL(Leaf, "items", (id, primary_key), (item, references(&two::Item::id)))
}  // namespace deeper
inline constexpr auto schema = instar::schema<one::Item, two::Item, Leaf, ::tables_test_Global>();
}  // namespace tables_test::two

TEST_CASE("models of one name in several namespaces and schemas are several tables") {
  STATIC_REQUIRE(two::schema.table("one.items").column("name").unique);
  STATIC_REQUIRE(two::schema.table("two.items").find_column("name") == nullptr);
  STATIC_REQUIRE(constraints(two::schema.table("two.items")) == R"(primary key items_pkey (id)
foreign key items_other_fkey (other) to one.items (id)
foreign key items_global_fkey (global) to globals (id)
)");
  STATIC_REQUIRE(constraints(two::schema.table("items")) == R"(primary key items_pkey (id)
foreign key items_item_fkey (item) to two.items (id)
)");
}

// Models reference themselves, each other, and models that are described later.
namespace tables_test::cyclic {

struct Manager;
struct Employee {
  int64_t id;
  std::optional<int64_t> manager;
  std::optional<int64_t> mentor;
  int64_t office;
  std::int32_t floor;
};
struct Manager {
  int64_t number;
  int64_t employee;
};
struct Office;
INSTAR_MODEL(Manager, "managers", (number, primary_key, column("no")), (employee, references(&Employee::id)))
struct Office {
  int64_t building;
  std::int32_t floor;
};
INSTAR_MODEL(Employee, "employees", (id, primary_key), (manager, references(&Manager::number)),
             (mentor, references(&Employee::id)), (office), (floor),
             foreign_key(&Employee::office, &Employee::floor).references(&Office::building, &Office::floor))
INSTAR_MODEL(Office, "offices", (building), (floor, column("level")), primary_key(&Office::building, &Office::floor))

// In another order than they are described in.
inline constexpr auto schema = instar::schema<Office, Employee, Manager>();

}  // namespace tables_test::cyclic

TEST_CASE("models reference themselves, each other, and models that are described later") {
  STATIC_REQUIRE(constraints(cyclic::schema.table("employees")) == R"(primary key employees_pkey (id)
foreign key employees_manager_fkey (manager) to managers (no)
foreign key employees_mentor_fkey (mentor) to employees (id)
foreign key employees_office_floor_fkey (office, floor) to offices (building, level)
)");
  STATIC_REQUIRE(constraints(cyclic::schema.table("managers")) == R"(primary key managers_pkey (no)
foreign key managers_employee_fkey (employee) to employees (id)
)");
}

// Structs that are more than plain data.
namespace tables_test::unusual {

struct Immovable {
  const int64_t id = 7;
  std::string name = "nobody";
  std::optional<std::string> note{};

  Immovable() = default;
  Immovable(const Immovable&) = delete;
  Immovable& operator=(const Immovable&) = delete;
  [[nodiscard]] bool named() const { return !name.empty(); }
  static constexpr int count = 3;
  friend bool operator==(const Immovable& a, const Immovable& b) { return a.id == b.id; }
};
INSTAR_MODEL(Immovable, "immovable", (id, primary_key), (name, default_value("nobody")), (note))

class Account {
 public:
  int64_t id = 0;
  std::string größe;
};
INSTAR_MODEL(Account, "account", (id), (größe))

struct [[maybe_unused]] One {
  bool only;
};
INSTAR_MODEL(One, "one", (only))

inline constexpr auto schema = instar::schema<Immovable, Account, One>();

}  // namespace tables_test::unusual

TEST_CASE("a model may have constants, initialisers, functions and static members, and need not be movable") {
  STATIC_REQUIRE(words(unusual::schema.table("immovable")) == R"(immovable
  id bigint primary_key
  name text default 'nobody'
  note text nullable
primary key immovable_pkey (id)
)");
  STATIC_REQUIRE(unusual::schema.table("account").column("größe").type.kind == instar::type_kind::text);
  STATIC_REQUIRE(unusual::schema.table("one").columns.size() == 1);
}

// 300 columns.
namespace tables_test::wide {

// clang-format off
#define TEN(M, P) M(P##0) M(P##1) M(P##2) M(P##3) M(P##4) M(P##5) M(P##6) M(P##7) M(P##8) M(P##9)
#define HUNDRED(M, P) TEN(M, P##0) TEN(M, P##1) TEN(M, P##2) TEN(M, P##3) TEN(M, P##4) \
                      TEN(M, P##5) TEN(M, P##6) TEN(M, P##7) TEN(M, P##8) TEN(M, P##9)
// clang-format on
#define MEMBER(NAME) std::int32_t NAME;
#define ENTRY(NAME) , (NAME, default_value(1))
#define MODEL_OF(...) INSTAR_MODEL(__VA_ARGS__)

// clang-format off
struct Wide {
  int64_t id;
  HUNDRED(MEMBER, a)
  HUNDRED(MEMBER, b)
  TEN(MEMBER, c0) TEN(MEMBER, c1) TEN(MEMBER, c2) TEN(MEMBER, c3) TEN(MEMBER, c4)
  TEN(MEMBER, c5) TEN(MEMBER, c6) TEN(MEMBER, c7) TEN(MEMBER, c8)
  std::string d0, d1, d2, d3, d4, d5, d6, d7;
  std::optional<std::string> last;
};
MODEL_OF(Wide, "wide", (id, primary_key) HUNDRED(ENTRY, a) HUNDRED(ENTRY, b) TEN(ENTRY, c0) TEN(ENTRY, c1)
         TEN(ENTRY, c2) TEN(ENTRY, c3) TEN(ENTRY, c4) TEN(ENTRY, c5) TEN(ENTRY, c6) TEN(ENTRY, c7) TEN(ENTRY, c8),
         (d0), (d1), (d2), (d3), (d4), (d5), (d6), (d7), (last, unique), index(&Wide::a00, &Wide::c89))
// clang-format on
inline constexpr auto schema = instar::schema<Wide>();

#undef TEN
#undef HUNDRED
#undef MEMBER
#undef ENTRY
#undef MODEL_OF

}  // namespace tables_test::wide

TEST_CASE("a model of 300 columns") {
  constexpr auto& t = wide::schema.table("wide");
  STATIC_REQUIRE(t.columns.size() == 300);
  STATIC_REQUIRE(t.columns[1].name == "a00");
  STATIC_REQUIRE(t.columns[290].name == "c89");
  STATIC_REQUIRE(words(t.columns[299]) == "last text nullable unique");
  STATIC_REQUIRE(words(t.column("c89")) == "c89 integer default 1");
  STATIC_REQUIRE(t.indexes[0].name == "wide_a00_c89_idx");
  STATIC_REQUIRE(instar::ddl<instar::postgres, wide::schema>.statements.size() == 2);
  STATIC_REQUIRE(instar::ddl<instar::sqlite, wide::schema>.statements[0].size() > 300 * 20);
}
