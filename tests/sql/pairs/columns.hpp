#pragma once

// What can change in a column. Each namespace is a version of one schema; the lists of run_pairs.cpp say which of them
// follow each other.

#include <instar/instar.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pairs::columns {

using std::int16_t;
using std::int32_t;
using std::int64_t;
using instant = std::chrono::sys_time<std::chrono::microseconds>;

namespace base {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace base

namespace nullable_added {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> nickname;
  std::optional<std::string> name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (nickname), (name), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace nullable_added

// What rows that are there get in new columns, and in one that becomes required.
namespace filled {
struct User {
  int64_t id;
  std::string address;
  std::string name;
  int32_t age;
  std::optional<std::string> initial;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity),
             (address, default_value("none"), backfill_sql("'<' || email || '>'")),
             (name, backfill_sql("'no ' || age")), (age), (initial, backfill_sql("substr(name, 1, 1)")))
inline constexpr auto schema = instar::schema<User>();
}  // namespace filled

namespace epoch {
struct Visit {
  int64_t id;
  int64_t at;
  bool done;
  std::optional<int64_t> weight;
};
INSTAR_MODEL(Visit, "visits", (id, primary_key), (at, unique), (done), (weight), index(&Visit::weight))
inline constexpr auto schema = instar::schema<Visit>();
}  // namespace epoch

namespace moment_converted {
struct Visit {
  int64_t id;
  std::string at;
  int16_t done;
  std::optional<bool> weight;
};
INSTAR_MODEL(Visit, "visits", (id, primary_key), (at, unique, convert_using("'t' || (at / 1000)")), (done), (weight),
             index(&Visit::weight))
inline constexpr auto schema = instar::schema<Visit>();
}  // namespace moment_converted

// Between these PostgreSQL has no cast.
namespace moment_lost {
struct Visit {
  int64_t id;
  int64_t at;
  bool done;
  std::optional<instant> weight;
};
INSTAR_MODEL(Visit, "visits", (id, primary_key), (at, unique), (done), (weight), index(&Visit::weight))
inline constexpr auto schema = instar::schema<Visit>();
}  // namespace moment_lost

namespace defaulted_added {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
  bool active;
  int16_t level;
  double ratio;
  std::string motto;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age), (active, default_value(true)),
             (level, default_value(3)), (ratio, default_value(0.25)), (motto, default_value("it's")))
inline constexpr auto schema = instar::schema<User>();
}  // namespace defaulted_added

namespace moment_added {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
  instant created_at;
  instant updated_at;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age), (created_at, default_now),
             (updated_at, updated_at))
inline constexpr auto schema = instar::schema<User>();
}  // namespace moment_added

namespace expression_added {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
  int32_t score;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age), (score, default_sql("2 + 3")))
inline constexpr auto schema = instar::schema<User>();
}  // namespace expression_added

namespace required_added {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
  std::string phone;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age), (phone))
inline constexpr auto schema = instar::schema<User>();
}  // namespace required_added

namespace renamed {
struct User {
  int64_t id;
  std::string mail;
  std::optional<std::string> full_name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (mail, renamed_from("email")),
             (full_name, renamed_from("name")), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace renamed

// Another name in the database than in the program.
namespace mapped {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, column("e-mail"), renamed_from("email")), (name),
             (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace mapped

namespace widened {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int64_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace widened

namespace as_text {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  std::string age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace as_text

namespace limited {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, varchar<20>), (name, varchar<20>), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace limited

namespace less_limited {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, varchar<200>), (name, varchar<200>), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace less_limited

namespace defaulted {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, default_value("nobody@example.org")), (name),
             (age, default_value(18)))
inline constexpr auto schema = instar::schema<User>();
}  // namespace defaulted

namespace defaulted_otherwise {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name, default_sql("lower('ANNA')")),
             (age, default_value(-21)))
inline constexpr auto schema = instar::schema<User>();
}  // namespace defaulted_otherwise

// The type and the default change together.
namespace text_with_default {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  std::string age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, default_value("nobody@example.org")), (name),
             (age, default_value("18")))
inline constexpr auto schema = instar::schema<User>();
}  // namespace text_with_default

namespace required {
struct User {
  int64_t id;
  std::string email;
  std::string name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace required

namespace required_with_default {
struct User {
  int64_t id;
  std::string email;
  std::string name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name, default_value("anonymous")), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace required_with_default

// A name, a type, a default and NULLs, all of one column.
namespace all_at_once {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  std::optional<int64_t> years;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name),
             (years, renamed_from("age"), default_value(0), comment("since birth")))
inline constexpr auto schema = instar::schema<User>();
}  // namespace all_at_once

namespace collated {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
};
// A collation that both databases could have has no name that both know.
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, collate("C")), (name, collate("POSIX")), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace collated

namespace collated_sqlite {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, collate("NOCASE")), (name, collate("RTRIM")), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace collated_sqlite

namespace commented {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
  std::optional<std::string> motto;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, comment("where it's sent to")), (name), (age),
             (motto, comment("a new one")), comment("who may log in"))
inline constexpr auto schema = instar::schema<User>();
}  // namespace commented

namespace commented_otherwise {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
  std::optional<std::string> motto;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, comment("an address")), (name, comment("full")), (age),
             (motto), comment("people"))
inline constexpr auto schema = instar::schema<User>();
}  // namespace commented_otherwise

namespace without_identity {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key), (email), (name), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace without_identity

namespace always_identity {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity_always), (email), (name), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace always_identity

namespace numbered {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  std::optional<int32_t> age;
};
INSTAR_MODEL(User, "users", (id), (email), (name), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace numbered

// A column that could be NULL becomes the key and identity.
namespace numbered_by_identity {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id), (email), (name), (age, primary_key, identity))
inline constexpr auto schema = instar::schema<User>();
}  // namespace numbered_by_identity

namespace generated_added {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
  std::optional<int32_t> next_age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age),
             (next_age, generated_always_as("age + 1"), index))
inline constexpr auto schema = instar::schema<User>();
}  // namespace generated_added

// The index on the column goes with it, and has to come back.
namespace generated_otherwise {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
  std::optional<int32_t> next_age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age),
             (next_age, generated_always_as("age + 10"), index))
inline constexpr auto schema = instar::schema<User>();
}  // namespace generated_otherwise

namespace generated_no_more {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
  std::optional<int32_t> next_age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age), (next_age, index))
inline constexpr auto schema = instar::schema<User>();
}  // namespace generated_no_more

// The column that it is generated from changes its type.
namespace generated_from_wider {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int64_t age;
  std::optional<int32_t> next_age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age),
             (next_age, generated_always_as("age + 1"), index))
inline constexpr auto schema = instar::schema<User>();
}  // namespace generated_from_wider

// The column that it is generated from goes before it.
namespace generated_and_source_gone {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name))
inline constexpr auto schema = instar::schema<User>();
}  // namespace generated_and_source_gone

// It gets another name and another expression.
namespace generated_renamed {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
  std::optional<int32_t> coming_age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age),
             (coming_age, renamed_from("next_age"), generated_always_as("age + 2"), index))
inline constexpr auto schema = instar::schema<User>();
}  // namespace generated_renamed

namespace virtual_added {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
  std::optional<int32_t> next_age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age),
             (next_age, generated_virtual("age + 1")))
inline constexpr auto schema = instar::schema<User>();
}  // namespace virtual_added

namespace as_array {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::vector<std::string>> name;
  std::vector<int32_t> age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace as_array

namespace moments {
struct Event {
  int64_t id;
  instant at;
  std::string document;
  std::string token;
  int32_t flag;
  std::string amount;
};
INSTAR_MODEL(Event, "events", (id, primary_key), (at, timestamptz<3>), (document, json), (token), (flag),
             (amount, numeric<6, 2>))
inline constexpr auto schema = instar::schema<Event>();
}  // namespace moments

namespace moments_otherwise {
struct Event {
  int64_t id;
  instant at;
  std::string document;
  std::string token;
  bool flag;
  std::string amount;
};
INSTAR_MODEL(Event, "events", (id, primary_key), (at), (document, jsonb), (token, uuid), (flag),
             (amount, numeric<12, 4>))
inline constexpr auto schema = instar::schema<Event>();
}  // namespace moments_otherwise

// A check speaks of a column that changes its type.
namespace checked {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  std::string age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, varchar<20>), (name), (age, check("age <> 'none'")),
             index(&User::email).where("age <> '0'"), index(expression("lower(email)")))
inline constexpr auto schema = instar::schema<User>();
}  // namespace checked

namespace checked_otherwise {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (age, check("age > 0")),
             index(&User::email).where("age <> '0'"), index(expression("lower(email)")))
inline constexpr auto schema = instar::schema<User>();
}  // namespace checked_otherwise

// A name that stays was not renamed, whoever says so.
namespace contradicting {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  std::optional<int32_t> years;
  int32_t age;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (years, renamed_from("age")), (age))
inline constexpr auto schema = instar::schema<User>();
}  // namespace contradicting

// Two columns say that they were one.
namespace claimed_twice {
struct User {
  int64_t id;
  std::string email;
  std::optional<std::string> name;
  int32_t years;
  std::optional<int32_t> years_too;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email), (name), (years, renamed_from("age")),
             (years_too, renamed_from("age")))
inline constexpr auto schema = instar::schema<User>();
}  // namespace claimed_twice

// The old name is given to a new column in the same breath.
namespace renamed_and_reused {
struct User {
  int64_t id;
  std::string mail;
  std::optional<std::string> name;
  int32_t age;
  std::optional<int32_t> shoe_size;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (mail, renamed_from("email"), unique, index), (name), (age),
             (shoe_size))
inline constexpr auto schema = instar::schema<User>();
}  // namespace renamed_and_reused

}  // namespace pairs::columns
