#pragma once

// What can change in keys, constraints and indexes.

#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pairs::keys {

using std::int32_t;
using std::int64_t;

namespace bare {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id), (country), (city), (size))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace bare

namespace with_key {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id, primary_key), (country), (city), (size))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_key

namespace with_composite_key {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id), (country), (city), (size), primary_key(&Place::country, &Place::city))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_composite_key

namespace with_named_key {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id), (country), (city), (size),
             primary_key(&Place::country, &Place::city).named("where_it_is"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_named_key

namespace with_text_key {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id), (country), (city, primary_key), (size))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_text_key

namespace with_named_text_key {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id), (country), (city), (size), primary_key(&Place::city).named("the_city"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_named_text_key

namespace with_uniques {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id, unique), (country), (city), (size), unique(&Place::country, &Place::city),
             unique(&Place::size).nulls_not_distinct().named("one_size"),
             unique(&Place::city, &Place::size).deferrable(), unique(&Place::id, &Place::size).initially_deferred())
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_uniques

namespace with_renamed_uniques {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id, unique), (country), (city), (size),
             unique(&Place::country, &Place::city).named("one_city"), unique(&Place::size).named("one_size"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_renamed_uniques

namespace with_unique_indexes {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id), (country), (city), (size), index(&Place::id).unique(),
             index(&Place::country, &Place::city).unique().where("size > 0"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_unique_indexes

namespace with_indexes {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id, index), (country), (city), (size),
             index(column(&Place::country).desc(), &Place::city), index(expression("lower(city)"), &Place::size),
             index(&Place::size).where("size IS NOT NULL").named("sized"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_indexes

namespace with_renamed_indexes {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id), (country), (city), (size), index(&Place::id).named("by_id"),
             index(column(&Place::country).desc(), &Place::city).named("by_country"),
             index(expression("upper(city)"), &Place::size), index(&Place::size).named("sized"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_renamed_indexes

// Names of indexes go from table to table, all of which SQLite makes anew, and to a new one.
namespace labelled {
struct Shelf {
  int64_t id;
  std::string label;
  int32_t size;
};
INSTAR_MODEL(Shelf, "shelves", (id, primary_key), (label), (size), index(&Shelf::label).named("by_label"),
             index(&Shelf::size).unique().named("by_room"))
struct Box {
  int64_t id;
  std::string label;
  int32_t size;
};
INSTAR_MODEL(Box, "boxes", (id, primary_key), (label), (size), index(&Box::size).named("by_size"))
inline constexpr auto schema = instar::schema<Shelf, Box>();
}  // namespace labelled

namespace labelled_otherwise {
struct Shelf {
  int64_t id;
  std::string label;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Shelf, "shelves", (id, primary_key), (label), (size), index(&Shelf::label, &Shelf::size).named("by_size"))
struct Box {
  int64_t id;
  std::string label;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Box, "boxes", (id, primary_key), (label), (size), index(&Box::label, &Box::size).named("by_label"))
struct Room {
  int64_t id;
};
INSTAR_MODEL(Room, "rooms", (id), unique(&Room::id).named("by_room"))
inline constexpr auto schema = instar::schema<Shelf, Box, Room>();
}  // namespace labelled_otherwise

// What only PostgreSQL knows of indexes.
namespace with_special_indexes {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id), (country), (city), (size),
             index(column(&Place::size).desc().nulls_last(), column(&Place::id).nulls_first()),
             index(column(&Place::city).collate("C").operator_class("text_pattern_ops")),
             index(&Place::country).using_method("hash"),
             index(expression("to_tsvector('simple', city)")).using_method("gin").named("words"),
             index(&Place::id).unique().include(&Place::city, &Place::country),
             index(&Place::size).unique().nulls_not_distinct(), index(&Place::id).using_method("brin").named("ranges"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_special_indexes

namespace with_checks {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id, check("id > 0")), (country), (city), (size), check("city <> country"),
             check("size > 0 OR country = 'x'"), check("size < 100000000").named("not_too_large"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_checks

namespace with_other_checks {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id, check("id > 0").named("positive")), (country), (city), (size),
             check("size > 0 OR country = 'x'"), check("size < 200000000").named("not_too_large"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_other_checks

// Unnamed checks are numbered by their place: a new first one gives the others the names of their successors.
namespace with_turned_checks {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id, check("id > 0")), (country), (city), (size), check("city <> ''"),
             check("size > 0 OR country = 'x'"), check("city <> country"),
             check("size < 100000000").named("not_too_large"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_turned_checks

namespace with_exclusion {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(
    Place, "places", (id), (country), (city), (size),
    exclude(expression("int4range(size, size + 10)").with("&&")).where("size > 0"),
    exclude(column(&Place::city).with("="), column(&Place::id).with("=")).using_method("btree").named("no_twins"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_exclusion

namespace with_renamed_exclusion {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id), (country), (city), (size),
             exclude(expression("int4range(size, size + 10)").with("&&")).where("size > 0").named("apart"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_renamed_exclusion

// Columns change their names under all that stands on them.
namespace with_all {
struct Place {
  int64_t id;
  std::string country;
  std::string city;
  std::optional<int32_t> size;
};
INSTAR_MODEL(Place, "places", (id, primary_key), (country), (city, unique), (size, index, check("size > 0")),
             unique(&Place::country, &Place::city), index(&Place::size).where("size > 1").named("large"),
             exclude(column(&Place::city).with("=")).using_method("btree"))
inline constexpr auto schema = instar::schema<Place>();
}  // namespace with_all

namespace with_all_renamed {
struct Location {
  int64_t number;
  std::string country;
  std::string town;
  std::optional<int32_t> extent;
};
INSTAR_MODEL(Location, "locations", renamed_from("places"), (number, renamed_from("id"), primary_key), (country),
             (town, renamed_from("city"), unique), (extent, renamed_from("size"), index, check("extent > 0")),
             unique(&Location::country, &Location::town), index(&Location::extent).where("extent > 1").named("large"),
             exclude(column(&Location::town).with("=")).using_method("btree"))
inline constexpr auto schema = instar::schema<Location>();
}  // namespace with_all_renamed

}  // namespace pairs::keys
