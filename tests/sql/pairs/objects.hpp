#pragma once

// What can change beside the tables, and what stands in the way of their changes.

#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace pairs::objects {

using std::int32_t;
using std::int64_t;

// One model for all the versions that differ in their objects alone.
struct User {
  int64_t id;
  std::string email;
  int32_t points;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique), (points))
struct Visit {
  int64_t id;
  int64_t user_id;
};
INSTAR_MODEL(Visit, "visits", (id, primary_key, identity), (user_id, references(&User::id).on_delete(cascade), index))

namespace bare {
inline constexpr auto schema = instar::schema<User, Visit>();
}

namespace with_views {
inline constexpr auto schema = instar::schema<User, Visit>(
    instar::view("rich", "SELECT id, email, points FROM users WHERE points > 10"),
    instar::view("rich_visits", "SELECT v.id, r.email FROM visits v JOIN rich r ON r.id = v.user_id"),
    instar::view("emails", "SELECT email FROM users"));
}  // namespace with_views

namespace with_other_views {
inline constexpr auto schema = instar::schema<User, Visit>(
    instar::view("rich", "SELECT id, email FROM users WHERE points > 100"),
    instar::view("rich_visits", "SELECT v.id, r.email FROM visits v JOIN rich r ON r.id = v.user_id"),
    instar::view("all_points", "SELECT points FROM users"));
}  // namespace with_other_views

namespace with_materialized_view {
inline constexpr auto schema = instar::schema<User, Visit>(
    instar::materialized_view("rich", "SELECT id, email, points FROM users WHERE points > 10",
                              instar::view_index("rich_id", "id").unique(),
                              instar::view_index("rich_points", "points", "email").where("points > 20")),
    instar::view("rich_visits", "SELECT v.id, r.email FROM visits v JOIN rich r ON r.id = v.user_id"));
}  // namespace with_materialized_view

namespace with_other_index {
inline constexpr auto schema = instar::schema<User, Visit>(
    instar::materialized_view("rich", "SELECT id, email, points FROM users WHERE points > 10",
                              instar::view_index("rich_id", "id").unique(),
                              instar::view_index("rich_points", "points").using_method("hash")),
    instar::view("rich_visits", "SELECT v.id, r.email FROM visits v JOIN rich r ON r.id = v.user_id"));
}  // namespace with_other_index

// A table changes under its views.
namespace under_views {
struct User {
  int64_t id;
  std::string email;
  int64_t points;
  std::optional<std::string> name;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, varchar<80>, unique), (points), (name))
struct Visit {
  int64_t id;
  int64_t user_id;
};
INSTAR_MODEL(Visit, "visits", (id, primary_key, identity), (user_id, references(&User::id).on_delete(cascade), index))
inline constexpr auto schema = instar::schema<User, Visit>(
    instar::view("rich", "SELECT id, email, points FROM users WHERE points > 10"),
    instar::view("rich_visits", "SELECT v.id, r.email FROM visits v JOIN rich r ON r.id = v.user_id"),
    instar::view("emails", "SELECT email FROM users"));
}  // namespace under_views

namespace under_materialized_view {
inline constexpr auto schema = instar::schema<under_views::User, under_views::Visit>(
    instar::materialized_view("rich", "SELECT id, email, points FROM users WHERE points > 10",
                              instar::view_index("rich_id", "id").unique(),
                              instar::view_index("rich_points", "points", "email").where("points > 20")),
    instar::view("rich_visits", "SELECT v.id, r.email FROM visits v JOIN rich r ON r.id = v.user_id"));
}  // namespace under_materialized_view

// A view of all columns gets the new one too, and SQL's names may be written in capitals.
namespace with_star {
inline constexpr auto schema = instar::schema<User, Visit>(instar::view("everybody", "SELECT * FROM USERS"));
}
namespace under_star {
inline constexpr auto schema =
    instar::schema<under_views::User, under_views::Visit>(instar::view("everybody", "SELECT * FROM USERS"));
}

// A view may rest on a primary key: what its GROUP BY does not name follows from it.
inline constexpr char visit_counts[] =
    "SELECT u.email, u.points, count(*) AS n FROM users u JOIN visits v ON v.user_id = u.id GROUP BY u.id, u.email";
namespace with_grouping {
inline constexpr auto schema = instar::schema<User, Visit>(instar::view("visit_counts", visit_counts));
}
namespace under_grouping {
struct User {
  int64_t id;
  std::string email;
  int32_t points;
};
INSTAR_MODEL(User, "users", (id, unique, identity), (email, primary_key), (points))
struct Visit {
  int64_t id;
  int64_t user_id;
};
INSTAR_MODEL(Visit, "visits", (id, primary_key, identity), (user_id, references(&User::id).on_delete(cascade), index))
inline constexpr auto schema = instar::schema<User, Visit>(instar::view("visit_counts", visit_counts));
}  // namespace under_grouping

namespace with_sequences {
inline constexpr auto schema =
    instar::schema<User, Visit>(instar::sequence("numbers"), instar::sequence("audit.steps", 100, 10));
}
namespace with_other_sequences {
inline constexpr auto schema =
    instar::schema<User, Visit>(instar::sequence("numbers", 5, -1), instar::sequence("audit.jumps", 7));
}

namespace with_extensions {
struct User {
  int64_t id;
  std::string email;
  int32_t points;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, citext, unique), (points),
             index(column(&User::email).operator_class("gin_trgm_ops")).using_method("gin").named("users_email_trgm"))
struct Visit {
  int64_t id;
  int64_t user_id;
};
INSTAR_MODEL(Visit, "visits", (id, primary_key, identity), (user_id, references(&User::id).on_delete(cascade), index))
inline constexpr auto schema = instar::schema<User, Visit>(instar::extension("citext"), instar::extension("pg_trgm"),
                                                           instar::extension("hstore", "extra"));
}  // namespace with_extensions

namespace with_older_extension {
inline constexpr auto schema = instar::schema<User, Visit>(instar::extension("hstore", "extra", "1.7"));
}
namespace with_moved_extension {
inline constexpr auto schema = instar::schema<User, Visit>(instar::extension("hstore", "more", "1.8"));
}

// PostgreSQL's functions and triggers.
namespace with_functions {
struct User {
  int64_t id;
  std::string email;
  int32_t points;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique), (points, default_sql("starting_points()")))
struct Visit {
  int64_t id;
  int64_t user_id;
};
INSTAR_MODEL(Visit, "visits", (id, primary_key, identity), (user_id, references(&User::id).on_delete(cascade), index))
inline constexpr auto schema = instar::schema<User, Visit>(
    instar::function("starting_points",
                     "CREATE OR REPLACE FUNCTION starting_points() RETURNS integer LANGUAGE sql AS 'SELECT 5'",
                     "DROP FUNCTION starting_points()"),
    instar::function("touch", "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
                     "DROP FUNCTION touch()"),
    instar::trigger("touch_users",
                    "CREATE TRIGGER touch_users BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()",
                    "DROP TRIGGER touch_users ON users"),
    instar::policy("own_visits", "CREATE POLICY own_visits ON visits USING (user_id > 0)",
                   "DROP POLICY own_visits ON visits"));
}  // namespace with_functions

namespace with_other_functions {
inline constexpr auto schema = instar::schema<with_functions::User, with_functions::Visit>(
    instar::function("starting_points",
                     "CREATE OR REPLACE FUNCTION starting_points() RETURNS integer LANGUAGE sql AS 'SELECT 6'",
                     "DROP FUNCTION starting_points()"),
    instar::function(
        "touch", "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
        "DROP FUNCTION touch()"),
    instar::trigger("touch_users",
                    "CREATE TRIGGER touch_users AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()",
                    "DROP TRIGGER touch_users ON users"));
}  // namespace with_other_functions

// SQLite's triggers: on the table that is made anew, and on another one that only mentions it.
inline constexpr auto user_gone = instar::trigger(
    "user_gone", "CREATE TRIGGER user_gone AFTER DELETE ON users BEGIN DELETE FROM visits WHERE user_id = OLD.id; END",
    "DROP TRIGGER user_gone");
inline constexpr auto nobody_gone = instar::trigger(
    "nobody_gone", "CREATE TRIGGER nobody_gone AFTER INSERT ON visits BEGIN DELETE FROM users WHERE id = 0; END",
    "DROP TRIGGER nobody_gone");
inline constexpr auto visit_counted =
    instar::trigger("visit_counted",
                    "CREATE TRIGGER visit_counted AFTER INSERT ON visits BEGIN UPDATE users SET points = points + 1 "
                    "WHERE id = NEW.user_id; END",
                    "DROP TRIGGER visit_counted");
inline constexpr auto visit_counted_twice =
    instar::trigger("visit_counted",
                    "CREATE TRIGGER visit_counted AFTER INSERT ON visits BEGIN UPDATE users SET points = points + 2 "
                    "WHERE id = NEW.user_id; END",
                    "DROP TRIGGER visit_counted");

namespace with_triggers {
inline constexpr auto schema =
    instar::schema<User, Visit>(user_gone, nobody_gone, visit_counted,
                                instar::view("rich", "SELECT id, email, points FROM users WHERE points > 10"));
}
namespace under_triggers {
inline constexpr auto schema = instar::schema<under_views::User, under_views::Visit>(
    user_gone, nobody_gone, visit_counted,
    instar::view("rich", "SELECT id, email, points FROM users WHERE points > 10"));
}
namespace with_other_triggers {
inline constexpr auto schema =
    instar::schema<under_views::User, under_views::Visit>(user_gone, nobody_gone, visit_counted_twice);
}

}  // namespace pairs::objects
