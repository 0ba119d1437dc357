#pragma once

// What the schema value does not model, and what rests on it: partitioned tables, functions in use, triggers of views.

#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace pairs::raw {

using std::int32_t;
using std::int64_t;

struct Reading {
  int64_t id;
  int32_t year;
  std::string place;
};
INSTAR_MODEL(Reading, "readings", (id), (year), (place))

namespace plain {
inline constexpr auto schema = instar::schema<Reading>();
}

constexpr instar::raw_object partitioned(std::string_view create) {
  return {.kind = "partitioned table",
          .name = "readings",
          .create = create,
          .drop = "DROP TABLE readings",
          .placement = instar::placement::before_tables};
}
constexpr instar::raw_object partition(std::string_view create) {
  return {.kind = "partition",
          .name = "readings_low",
          .create = create,
          .drop = "DROP TABLE readings_low",
          .placement = instar::placement::before_tables};
}
constexpr instar::raw_object bound(std::string_view create) {
  return {.kind = "partition bound",
          .name = "readings_low of readings",
          .create = create,
          .drop = "ALTER TABLE readings DETACH PARTITION readings_low",
          .placement = instar::placement::before_indexes};
}
constexpr instar::raw_object low =
    bound("ALTER TABLE ONLY readings ATTACH PARTITION readings_low FOR VALUES FROM (0) TO (3000)");
constexpr instar::raw_object comment{.kind = "comment",
                                     .name = "table readings",
                                     .create = "COMMENT ON TABLE readings IS 'what was read'",
                                     .drop = "COMMENT ON TABLE readings IS NULL"};

namespace by_year {
inline constexpr auto schema = instar::schema<>(
    partitioned(
        "CREATE TABLE readings (\n    id bigint NOT NULL,\n    year integer NOT NULL,\n    place text NOT NULL\n"
        ") PARTITION BY RANGE (year)"),
    partition(
        "CREATE TABLE readings_low (\n    id bigint NOT NULL,\n    year integer NOT NULL,\n    place text NOT NULL\n)"),
    low, comment);
}

namespace by_id {
inline constexpr auto schema = instar::schema<>(
    partitioned(
        "CREATE TABLE readings (\n    id bigint NOT NULL,\n    year integer NOT NULL,\n    place text NOT NULL\n"
        ") PARTITION BY RANGE (id)"),
    partition(
        "CREATE TABLE readings_low (\n    id bigint NOT NULL,\n    year integer NOT NULL,\n    place text NOT NULL\n)"),
    low, comment);
}

namespace altered {
inline constexpr auto schema = instar::schema<>(
    partitioned(
        "CREATE TABLE readings (\n    id bigint NOT NULL,\n    year integer NOT NULL,\n    place varchar(20) DEFAULT "
        "'here',\n    level numeric(10,2) DEFAULT 1.5 NOT NULL,\n    CONSTRAINT readings_pkey PRIMARY KEY (year, id),\n"
        "    CONSTRAINT readings_check CHECK (year > 0)\n) PARTITION BY RANGE (year)"),
    partition(
        "CREATE TABLE readings_low (\n    id bigint NOT NULL,\n    year integer NOT NULL,\n    place varchar(20) "
        "DEFAULT "
        "'there',\n    level numeric(10,2) DEFAULT 1.5 NOT NULL,\n    CONSTRAINT low_pkey PRIMARY KEY (year, id),\n"
        "    CONSTRAINT readings_check CHECK (year > 0)\n)"),
    low, comment);
}

// A function of another result can only be dropped and made again, with all that uses it.
constexpr instar::raw_object grade(std::string_view create) {
  return {.kind = "function",
          .name = "grade(integer)",
          .create = create,
          .drop = "DROP FUNCTION grade(integer)",
          .placement = instar::placement::before_tables};
}
constexpr instar::raw_object twice{.kind = "function",
                                   .name = "twice(integer)",
                                   .create = "CREATE OR REPLACE FUNCTION twice(n integer) RETURNS bigint LANGUAGE sql "
                                             "IMMUTABLE RETURN 2 * grade(n)",
                                   .drop = "DROP FUNCTION twice(integer)",
                                   .placement = instar::placement::before_tables};
struct Mark {
  int64_t id;
  int64_t points;
  int64_t graded;
};
INSTAR_MODEL(Mark, "marks", (id, primary_key), (points, default_sql("grade(7)"), check("grade(3) < points + 1000")),
             (graded, generated_always_as("grade(5) + id")),
             index(expression("grade(1) + points")).named("marks_grade"))
constexpr auto best = instar::view("best", "SELECT id, grade(2) AS g FROM marks");
constexpr auto over_best = instar::view("over_best", "SELECT g FROM best");
constexpr instar::raw_object note{.kind = "comment",
                                  .name = "index marks_grade",
                                  .create = "COMMENT ON INDEX marks_grade IS 'by grade'",
                                  .drop = "COMMENT ON INDEX marks_grade IS NULL"};
constexpr instar::raw_object note_of_view{.kind = "comment",
                                          .name = "view over_best",
                                          .create = "COMMENT ON VIEW over_best IS 'the best'",
                                          .drop = "COMMENT ON VIEW over_best IS NULL"};
namespace graded {
inline constexpr auto schema = instar::schema<Mark>(
    grade("CREATE OR REPLACE FUNCTION grade(n integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN n"), twice, best,
    over_best, note, note_of_view);
}
namespace graded_otherwise {
inline constexpr auto schema = instar::schema<Mark>(
    grade("CREATE OR REPLACE FUNCTION grade(n integer) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN n"), twice, best,
    over_best, note, note_of_view);
}

// A trigger stands on a view that makes way, and a function is said behind what uses it.
struct Visit {
  int64_t id;
  int32_t points;
};
INSTAR_MODEL(Visit, "visits", (id, primary_key), (points))
namespace wider {
struct Visit {
  int64_t id;
  int64_t points;
};
INSTAR_MODEL(Visit, "visits", (id, primary_key), (points))
}  // namespace wider
constexpr auto shown = instar::view("shown", "SELECT id, points, half(10) AS h FROM visits");
constexpr instar::raw_object half{.kind = "function",
                                  .name = "half(integer)",
                                  .create = "CREATE FUNCTION half(n integer) RETURNS integer LANGUAGE sql RETURN n / 2",
                                  .drop = "DROP FUNCTION half(integer)"};
constexpr instar::raw_object write{.kind = "function",
                                   .name = "write()",
                                   .create =
                                       "CREATE FUNCTION write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT "
                                       "INTO visits VALUES (NEW.id, NEW.points); RETURN NEW; END $$",
                                   .drop = "DROP FUNCTION write()"};
constexpr instar::raw_object instead{.kind = "trigger",
                                     .name = "instead on shown",
                                     .create = "CREATE TRIGGER instead INSTEAD OF INSERT ON shown FOR EACH ROW EXECUTE "
                                               "FUNCTION write()",
                                     .drop = "DROP TRIGGER instead ON shown"};
namespace viewed {
inline constexpr auto schema = instar::schema<Visit>(instead, write, half, shown);
}
namespace viewed_wider {
inline constexpr auto schema = instar::schema<wider::Visit>(instead, write, half, shown);
}

// A function goes that another one uses until it is replaced.
constexpr instar::raw_object add_one{.kind = "function",
                                     .name = "add_one(integer)",
                                     .create =
                                         "CREATE FUNCTION add_one(n integer) RETURNS integer LANGUAGE sql RETURN n + 1",
                                     .drop = "DROP FUNCTION add_one(integer)"};
constexpr instar::raw_object add_two(std::string_view create) {
  return {.kind = "function", .name = "add_two(integer)", .create = create, .drop = "DROP FUNCTION add_two(integer)"};
}
namespace leaning {
inline constexpr auto schema = instar::schema<Visit>(
    add_one,
    add_two("CREATE OR REPLACE FUNCTION add_two(n integer) RETURNS integer LANGUAGE sql RETURN add_one(add_one(n))"));
}
namespace standing {
inline constexpr auto schema = instar::schema<Visit>(
    add_two("CREATE OR REPLACE FUNCTION add_two(n integer) RETURNS integer LANGUAGE sql RETURN n + 2"));
}

// SQLite: a table that is kept whole becomes one that is modelled.
constexpr instar::raw_object whole{.kind = "table",
                                   .name = "visits",
                                   .create =
                                       "CREATE TABLE visits (id INTEGER NOT NULL PRIMARY KEY ON CONFLICT REPLACE, "
                                       "points INTEGER NOT NULL)",
                                   .drop = "DROP TABLE visits",
                                   .placement = instar::placement::before_tables};
namespace kept_whole {
inline constexpr auto schema = instar::schema<>(whole);
}
namespace modelled {
inline constexpr auto schema = instar::schema<Visit>();
}

}  // namespace pairs::raw
