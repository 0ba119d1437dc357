#pragma once

// What can change in an enum, and in the columns that have it.

#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pairs::enums {

using std::int64_t;

namespace as_text {
struct Task {
  int64_t id;
  std::string state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace as_text

namespace base {
enum class State { open, running, done };
INSTAR_ENUM(State, open, running, done)
struct Task {
  int64_t id;
  State state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(State::open)))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace base

namespace values_added {
enum class State { fresh, open, waiting, running, done, lost, found };
INSTAR_ENUM(State, fresh, open, waiting, running, done, lost, found)
struct Task {
  int64_t id;
  State state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(State::open)))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace values_added

namespace value_used_at_once {
enum class State { open, running, done, lost };
INSTAR_ENUM(State, open, running, done, lost)
struct Task {
  int64_t id;
  State state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(State::open)),
             check("state <> 'lost' OR id > 0"), index(&Task::id).where("state = 'lost'"))
inline constexpr auto schema =
    instar::schema<Task>(instar::view("lost_tasks", "SELECT id FROM tasks WHERE state = 'lost'"));
}  // namespace value_used_at_once

namespace value_added_as_default {
enum class State { open, running, done, fresh };
INSTAR_ENUM(State, open, running, done, fresh)
struct Task {
  int64_t id;
  State state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(State::fresh)))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace value_added_as_default

namespace value_renamed {
enum class State { open, running, finished };
INSTAR_ENUM(State, open, running, (finished, renamed_from("done")))
struct Task {
  int64_t id;
  State state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(State::open)))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace value_renamed

namespace default_value_renamed {
enum class State { fresh, running, done };
INSTAR_ENUM(State, (fresh, "brand new", renamed_from("open")), running, done)
struct Task {
  int64_t id;
  State state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(State::fresh)))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace default_value_renamed

namespace renamed {
enum class Progress { open, running, done };
INSTAR_ENUM((Progress, renamed_from("state"), comment("how far it is")), open, running, done)
struct Task {
  int64_t id;
  Progress state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(Progress::open)))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace renamed

namespace renamed_and_changed {
enum class Progress { open, waiting, finished };
INSTAR_ENUM((Progress, "task_progress", renamed_from("state")), open, waiting, (finished, renamed_from("done")))
struct Task {
  int64_t id;
  Progress state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(Progress::open)))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace renamed_and_changed

namespace value_removed {
enum class State { open, done };
INSTAR_ENUM(State, open, done)
struct Task {
  int64_t id;
  State state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(State::open)))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace value_removed

namespace reordered {
enum class State { done, open, running };
INSTAR_ENUM(State, done, open, running)
struct Task {
  int64_t id;
  State state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(State::open)))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace reordered

// A trigger that looks at its column.
#define UNDER_TRIGGER(NAME, VALUES)                                                                                    \
  namespace NAME {                                                                                                     \
  using VALUES::State;                                                                                                 \
  using VALUES::Task;                                                                                                  \
  inline constexpr auto schema = instar::schema<Task>(                                                                 \
      instar::function("keep", "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",   \
                       "DROP FUNCTION keep()"),                                                                        \
      instar::trigger("on_state",                                                                                      \
                      "CREATE TRIGGER on_state BEFORE UPDATE OF state ON tasks FOR EACH ROW EXECUTE FUNCTION keep()",  \
                      "DROP TRIGGER on_state ON tasks"));                                                              \
  }
UNDER_TRIGGER(under_trigger, base)
UNDER_TRIGGER(under_trigger_reordered, reordered)
#undef UNDER_TRIGGER

// The same type where more depends on it.
namespace with_dependents {
enum class State { open, running, done };
INSTAR_ENUM(State, open, running, done)
struct Task {
  int64_t id;
  State state;
  std::vector<State> history;
  std::optional<State> next;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity),
             (state, default_value(State::open), check("state <> 'done' OR id > 0")), (history, default_sql("'{}'")),
             (next), index(&Task::state).where("state <> 'done'"), check("next IS NULL OR next > state"),
             index(&Task::next))
struct Job {
  int64_t id;
  State state;
};
INSTAR_MODEL(Job, "jobs", (id, primary_key), (state, default_value(State::running)))
inline constexpr auto schema =
    instar::schema<Task, Job>(instar::view("open_tasks", "SELECT id FROM tasks WHERE state = 'open'"));
}  // namespace with_dependents

namespace with_dependents_changed {
enum class State { open, done, paused };
INSTAR_ENUM(State, open, done, paused)
struct Task {
  int64_t id;
  State state;
  std::vector<State> history;
  std::optional<State> next;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity),
             (state, default_value(State::open), check("state <> 'done' OR id > 0")), (history, default_sql("'{}'")),
             (next), index(&Task::state).where("state <> 'done'"), check("next IS NULL OR next > state"),
             index(&Task::next))
struct Job {
  int64_t id;
  State state;
};
INSTAR_MODEL(Job, "jobs", (id, primary_key), (state, default_value(State::paused)))
inline constexpr auto schema =
    instar::schema<Task, Job>(instar::view("open_tasks", "SELECT id FROM tasks WHERE state = 'open'"));
}  // namespace with_dependents_changed

// A value is renamed and another one goes, in an array too.
namespace with_dependents_renamed {
enum class State { open, done };
INSTAR_ENUM(State, (open, "ready", renamed_from("open")), done)
struct Task {
  int64_t id;
  State state;
  std::vector<State> history;
  std::optional<State> next;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity),
             (state, default_value(State::open), check("state <> 'done' OR id > 0")), (history, default_sql("'{}'")),
             (next), index(&Task::state).where("state <> 'done'"), check("next IS NULL OR next > state"),
             index(&Task::next))
struct Job {
  int64_t id;
  State state;
};
INSTAR_MODEL(Job, "jobs", (id, primary_key), (state, default_value(State::done)))
inline constexpr auto schema =
    instar::schema<Task, Job>(instar::view("open_tasks", "SELECT id FROM tasks WHERE state = 'ready'"));
}  // namespace with_dependents_renamed

// The type is made anew while columns come with it and leave it.
namespace changed_among_others {
enum class State { done, fresh, open };
INSTAR_ENUM(State, done, fresh, open)
struct Task {
  int64_t id;
  std::string state;
  State phase;
  std::optional<std::vector<State>> history;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state), (phase, default_value(State::fresh)), (history))
struct Job {
  int64_t id;
  State state;
};
INSTAR_MODEL(Job, "jobs", (id, primary_key), (state, default_value(State::fresh)))
inline constexpr auto schema = instar::schema<Task, Job>();
}  // namespace changed_among_others

// A single value becomes an array of them, and the type is made anew.
namespace as_array_of_fewer {
enum class State { open, done };
INSTAR_ENUM(State, open, done)
struct Task {
  int64_t id;
  std::vector<State> state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace as_array_of_fewer

// Arrays alone have the enum.
namespace in_arrays {
enum class State { open, running, done };
INSTAR_ENUM(State, open, running, done)
struct Task {
  int64_t id;
  std::vector<State> history;
  std::optional<std::vector<State>> plan;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (history), (plan))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace in_arrays

namespace in_arrays_renamed {
enum class State { open, running, done };
INSTAR_ENUM(State, (open, "it's open", renamed_from("open")), running, (done, "closed", renamed_from("done")))
struct Task {
  int64_t id;
  std::vector<State> history;
  std::optional<std::vector<State>> plan;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (history), (plan))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace in_arrays_renamed

// The enum is a key, and another table references it.
namespace as_key {
enum class State { open, running, done };
INSTAR_ENUM(State, open, running, done)
struct Phase {
  State state;
  std::string title;
};
INSTAR_MODEL(Phase, "phases", (state, primary_key), (title))
struct Task {
  int64_t id;
  State state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity),
             (state, default_value(State::open), references(&Phase::state).on_update(cascade)))
inline constexpr auto schema = instar::schema<Phase, Task>();
}  // namespace as_key

namespace as_changed_key {
enum class State { done, open };
INSTAR_ENUM(State, done, (open, "ready", renamed_from("open")))
struct Phase {
  State state;
  std::string title;
};
INSTAR_MODEL(Phase, "phases", (state, primary_key), (title))
struct Task {
  int64_t id;
  State state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity),
             (state, default_value(State::open), references(&Phase::state).on_update(cascade)))
inline constexpr auto schema = instar::schema<Phase, Task>();
}  // namespace as_changed_key

// Another enum in place of this one, with the same values.
namespace replaced {
enum class Phase { open, running, done };
INSTAR_ENUM(Phase, open, running, done)
struct Task {
  int64_t id;
  Phase state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(Phase::open)))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace replaced

namespace in_schema {
enum class State { open, running, done };
INSTAR_ENUM((State, "work.state", comment("how far")), open, running, done)
struct Task {
  int64_t id;
  State state;
  std::optional<State> previous;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(State::open)), (previous))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace in_schema

// Values that need quotes.
namespace quoted {
enum class State { open, running, done };
INSTAR_ENUM((State, "the \"state\""), (open, "it's open"), (running, "läuft"), (done, "\"done\""))
struct Task {
  int64_t id;
  State state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(State::open)))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace quoted

namespace quoted_changed {
enum class State { open, running };
INSTAR_ENUM((State, "the \"state\""), (running, "läuft"), (open, "it's still open", renamed_from("it's open")))
struct Task {
  int64_t id;
  State state;
};
INSTAR_MODEL(Task, "tasks", (id, primary_key, identity), (state, default_value(State::open)))
inline constexpr auto schema = instar::schema<Task>();
}  // namespace quoted_changed

}  // namespace pairs::enums
