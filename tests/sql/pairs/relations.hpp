#pragma once

// What can change between tables.

#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace pairs::relations {

using std::int32_t;
using std::int64_t;

namespace unrelated {
struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (name))
struct Player {
  int64_t id;
  std::optional<int64_t> team_id;
  std::optional<int64_t> captain_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id), (captain_id))
inline constexpr auto schema = instar::schema<Team, Player>();
}  // namespace unrelated

namespace related {
struct Player;
struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (name))
struct Player {
  int64_t id;
  std::optional<int64_t> team_id;
  std::optional<int64_t> captain_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id).on_delete(cascade), index),
             (captain_id, references(&Player::id)))
inline constexpr auto schema = instar::schema<Team, Player>();
}  // namespace related

namespace related_otherwise {
struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (name))
struct Player {
  int64_t id;
  std::optional<int64_t> team_id;
  std::optional<int64_t> captain_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key),
             (team_id, references(&Team::id).on_delete(set_null).on_update(cascade).initially_deferred(), index),
             (captain_id, references(&Player::id).on_delete(restrict_action).named("the_captain").deferrable()))
inline constexpr auto schema = instar::schema<Team, Player>();
}  // namespace related_otherwise

// The key and what references it change their type together, to one that they cannot have one after the other.
namespace related_by_text {
struct Team {
  std::string id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (name))
struct Player {
  std::string id;
  std::optional<std::string> team_id;
  std::optional<std::string> captain_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id).on_delete(cascade), index),
             (captain_id, references(&Player::id)))
inline constexpr auto schema = instar::schema<Team, Player>();
}  // namespace related_by_text

namespace related_by_int {
struct Team {
  int32_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, primary_key), (name))
struct Player {
  int32_t id;
  std::optional<int32_t> team_id;
  std::optional<int32_t> captain_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id).on_delete(cascade), index),
             (captain_id, references(&Player::id)))
inline constexpr auto schema = instar::schema<Team, Player>();
}  // namespace related_by_int

// The referenced key is replaced by another one that the foreign keys need as much.
namespace related_by_unique {
struct Team {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Team, "teams", (id, unique), (name, primary_key))
struct Player {
  int64_t id;
  std::optional<int64_t> team_id;
  std::optional<int64_t> captain_id;
};
INSTAR_MODEL(Player, "players", (id, unique), (team_id, references(&Team::id).on_delete(cascade), index),
             (captain_id, references(&Player::id)))
inline constexpr auto schema = instar::schema<Team, Player>();
}  // namespace related_by_unique

// All names change, and the foreign keys stay what they are.
namespace related_renamed {
struct Squad {
  int64_t number;
  std::string name;
};
INSTAR_MODEL(Squad, "squads", renamed_from("teams"), (number, primary_key, renamed_from("id")), (name))
struct Person {
  int64_t id;
  std::optional<int64_t> squad;
  std::optional<int64_t> captain_id;
};
INSTAR_MODEL(Person, "people", renamed_from("players"), (id, primary_key),
             (squad, references(&Squad::number).on_delete(cascade), index, renamed_from("team_id")),
             (captain_id, references(&Person::id)))
inline constexpr auto schema = instar::schema<Squad, Person>();
}  // namespace related_renamed

namespace target_renamed {
struct Squad {
  int64_t id;
  std::string name;
};
INSTAR_MODEL(Squad, "squads", renamed_from("teams"), (id, primary_key), (name))
struct Player {
  int64_t id;
  std::optional<int64_t> team_id;
  std::optional<int64_t> captain_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Squad::id).on_delete(cascade), index),
             (captain_id, references(&Player::id)))
inline constexpr auto schema = instar::schema<Squad, Player>();
}  // namespace target_renamed

// Two tables that reference each other, and one that is referenced by what goes.
namespace cyclic {
struct Author;
struct Book {
  int64_t id;
  int64_t author_id;
};
struct Author {
  int64_t id;
  std::optional<int64_t> first_book_id;
  std::optional<int64_t> team_id;
};
struct Team {
  int64_t id;
  std::string name;
};
struct Player {
  int64_t id;
  std::optional<int64_t> team_id;
  std::optional<int64_t> captain_id;
};
INSTAR_MODEL(Book, "books", (id, primary_key, identity), (author_id, references(&Author::id)))
INSTAR_MODEL(Author, "authors", (id, primary_key, identity), (first_book_id, references(&Book::id)),
             (team_id, references(&Team::id)))
INSTAR_MODEL(Player, "players", (id, primary_key), (team_id, references(&Team::id).on_delete(cascade), index),
             (captain_id, references(&Player::id)))
INSTAR_MODEL(Team, "teams", (id, primary_key), (name))
inline constexpr auto schema = instar::schema<Book, Author, Team, Player>();
}  // namespace cyclic

// What was referenced goes, what referenced it stays.
namespace without_teams {
struct Player {
  int64_t id;
  std::optional<int64_t> captain_id;
};
INSTAR_MODEL(Player, "players", (id, primary_key), (captain_id, references(&Player::id)))
inline constexpr auto schema = instar::schema<Player>();
}  // namespace without_teams

namespace composite {
struct Step {
  int64_t pipeline;
  int32_t number;
  std::string title;
};
INSTAR_MODEL(Step, "steps", (pipeline), (number), (title), primary_key(&Step::pipeline, &Step::number))
struct Task {
  int64_t id;
  int64_t pipeline;
  int32_t step;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (pipeline), (step),
             foreign_key(&Task::pipeline, &Task::step)
                 .references(&Step::pipeline, &Step::number)
                 .on_delete(cascade)
                 .on_update(restrict_action))
inline constexpr auto schema = instar::schema<Step, Task>();
}  // namespace composite

namespace composite_renamed {
struct Step {
  int64_t pipeline;
  int32_t place;
  std::string title;
};
INSTAR_MODEL(Step, "steps", (pipeline), (place, renamed_from("number")), (title),
             primary_key(&Step::pipeline, &Step::place))
struct Task {
  int64_t id;
  int64_t pipeline;
  int32_t step_place;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (pipeline), (step_place, renamed_from("step")),
             foreign_key(&Task::pipeline, &Task::step_place)
                 .references(&Step::pipeline, &Step::place)
                 .on_delete(cascade)
                 .on_update(restrict_action))
inline constexpr auto schema = instar::schema<Step, Task>();
}  // namespace composite_renamed

// A new required reference to a new table.
namespace composite_extended {
struct Owner {
  instar::uuid id;
};
INSTAR_MODEL(Owner, "owners", (id, primary_key))
struct Step {
  int64_t pipeline;
  int32_t number;
  std::string title;
  std::optional<instar::uuid> owner_id;
};
INSTAR_MODEL(Step, "steps", (pipeline), (number), (title), (owner_id, references(&Owner::id).on_delete(set_null)),
             primary_key(&Step::pipeline, &Step::number))
struct Task {
  int64_t id;
  int64_t pipeline;
  int32_t step;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (pipeline), (step),
             foreign_key(&Task::pipeline, &Task::step)
                 .references(&Step::pipeline, &Step::number)
                 .on_delete(cascade)
                 .on_update(restrict_action)
                 .named("of_a_step")
                 .initially_deferred())
inline constexpr auto schema = instar::schema<Owner, Step, Task>();
}  // namespace composite_extended

}  // namespace pairs::relations
