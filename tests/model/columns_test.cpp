// What can be said of a column: each word alone, and together.
#include <instar/instar.hpp>

#include "schema/words.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace columns_test {

using instar_test::constraints;
using instar_test::words;

enum class Role { member, admin };
INSTAR_ENUM(Role, member, (admin, "Administrator"))

struct User {
  std::int64_t id;
  std::string code;
};
INSTAR_MODEL(User, "auth.users", (id, primary_key), (code, unique, column("short code")))

// Words that make the column alone what it is.
struct Plain {
  std::int64_t bare;
  std::optional<std::int64_t> nullable;
  std::string collated;
  std::string commented;
  std::string class_;
  std::string renamed;
  std::string renamed_twice;
  std::string typed;
  std::chrono::sys_seconds updated;
  std::chrono::sys_seconds updated_from;
  std::int64_t stored;
  std::optional<std::string> computed;
};
INSTAR_MODEL(Plain, "plain", (bare), (nullable), (collated, collate("C")), (commented, comment("it's \"why\"")),
             (class_, column("class")), (renamed, renamed_from("old")),
             (renamed_twice, column("now"), renamed_from("then")), (typed, varchar<20>), (updated, updated_at),
             (updated_from, updated_at, default_sql("'epoch'")), (stored, generated_always_as("bare * 2")),
             (computed, generated_virtual("collated || commented")))

// Defaults.
struct Defaults {
  bool yes;
  bool no;
  std::int16_t negative;
  std::int64_t least;
  std::int64_t greatest;
  std::uint64_t unsigned_greatest;
  double real;
  float single;
  double whole;
  instar::decimal decimal;
  std::string text;
  std::string empty;
  instar::uuid id;
  instar::json document;
  Role role;
  Role labelled;
  std::optional<Role> expressed;
  std::chrono::sys_seconds moment;
  std::chrono::year_month_day day;
  std::vector<std::string> words;
  std::int64_t computed;
};
INSTAR_MODEL(Defaults, "defaults", (yes, default_value(true)), (no, default_value(false)),
             (negative, default_value(-32768)), (least, default_value(INT64_MIN)), (greatest, default_value(INT64_MAX)),
             (unsigned_greatest, default_value(std::uint64_t{INT64_MAX})), (real, default_value(-0.125)),
             (single, default_value(0.1f)), (whole, default_value(3)),
             (decimal, default_value("12345678901234567890.5")), (text, default_value("it's")),
             (empty, default_value("")), (id, default_sql("gen_random_uuid()")), (document, default_value("{}")),
             (role, default_value(Role::member)), (labelled, default_value(Role::admin)),
             (expressed, default_sql("'member'")), (moment, default_now), (day, default_now),
             (words, default_value("{}")), (computed, default_sql("1 + 1")))

// Words that make keys, constraints and indexes.
struct Single {
  std::int64_t id;
};
INSTAR_MODEL(Single, "single", (id, primary_key))
struct Counted {
  std::int64_t id;
};
INSTAR_MODEL(Counted, "counted", (id, primary_key, identity))
struct CountedAlways {
  std::int32_t id;
};
INSTAR_MODEL(CountedAlways, "counted_always", (id, primary_key, identity_always))
struct CountedBeside {
  std::string name;
  std::int16_t number;
};
INSTAR_MODEL(CountedBeside, "counted_beside", (name, primary_key), (number, identity))

struct Constrained {
  std::string unique_;
  std::optional<std::string> indexed;
  std::int64_t checked;
  std::int64_t checked_by_name;
  std::string both;
};
INSTAR_MODEL(Constrained, "constrained", (unique_, unique), (indexed, index), (checked, check("checked > 0")),
             (checked_by_name, check("checked_by_name > 0").named("positive")),
             (both, unique, index, column("both of them"), check("length(both) > 1")))

// References.
struct Referring {
  std::int64_t plain;
  std::int64_t no_action_;
  std::int64_t restricted;
  std::int64_t cascading;
  std::optional<std::int64_t> cleared;
  std::int64_t reset;
  std::int64_t updated;
  std::int64_t both;
  std::int64_t deferrable_;
  std::int64_t deferred;
  std::int64_t named_;
  std::string by_code;
  std::optional<std::int64_t> self;
  std::int64_t id;
};
INSTAR_MODEL(Referring, "referring", (plain, references(&User::id)),
             (no_action_, references(&User::id).on_delete(no_action).on_update(no_action)),
             (restricted, references(&User::id).on_delete(restrict_action)),
             (cascading, references(&User::id).on_delete(cascade)),
             (cleared, references(&User::id).on_delete(set_null)),
             (reset, references(&User::id).on_delete(set_default), default_value(1)),
             (updated, references(&User::id).on_update(cascade)),
             (both, references(&User::id).on_delete(set_default).on_update(restrict_action)),
             (deferrable_, references(&User::id).deferrable()), (deferred, references(&User::id).initially_deferred()),
             (named_, references(&User::id).named("owner")), (by_code, references(&User::code), column("code")),
             (self, references(&Referring::id)), (id, primary_key))

// All that can stand together, in another order than above.
struct Together {
  std::int64_t id;
  std::string mail;
  std::optional<std::int64_t> owner;
  Role role;
};
INSTAR_MODEL(Together, "together",
             (id, comment("the number"), identity_always, renamed_from("number"), primary_key, column("key")),
             (mail, unique, varchar<200>, comment("where to"), check("mail LIKE '%@%'").named("is_mail"), collate("C"),
              default_value("nobody@example.org"), renamed_from("email"), index, column("e-mail")),
             (owner, index, references(&User::id).named("owner_of").on_delete(set_null).on_update(cascade).deferrable(),
              check("owner <> key"), unique, renamed_from("user_id")),
             (role, index, default_value(Role::admin), comment("may")))

// Two of one kind where that has a meaning.
struct Twice {
  std::int64_t n;
  std::int64_t m;
};
INSTAR_MODEL(Twice, "twice", (n, check("n > 0").named("low"), check("n < 9").named("high")),
             (m, references(&User::id), references(&Single::id).named("second")))

inline constexpr auto schema = instar::schema<User, Plain, Defaults, Single, Counted, CountedAlways, CountedBeside,
                                              Constrained, Referring, Together, Twice>();

}  // namespace columns_test

using namespace columns_test;

TEST_CASE("a column is required unless its field is optional, and has what is said of it") {
  STATIC_REQUIRE(words(schema.table("plain")) == R"(plain
  bare bigint
  nullable bigint nullable
  collated text collate C
  commented text comment it's "why"
  class text
  renamed text renamed_from old
  now text renamed_from then
  typed varchar(20)
  updated timestamptz(0) updated_at default now
  updated_from timestamptz(0) updated_at default sql 'epoch'
  stored bigint stored as bare * 2
  computed text nullable virtual as collated || commented
)");
}

TEST_CASE("a default is a value of its own kind") {
  STATIC_REQUIRE(words(schema.table("defaults")) == R"(defaults
  yes boolean default true
  no boolean default false
  negative smallint default -32768
  least bigint default -9223372036854775808
  greatest bigint default 9223372036854775807
  unsigned_greatest numeric(20,0) default 9223372036854775807
  real double_precision default real -0.125
  single real default real 0.1
  whole double_precision default 3
  decimal numeric default '12345678901234567890.5'
  text text default 'it's'
  empty text default ''
  id uuid default sql gen_random_uuid()
  document jsonb default '{}'
  role enum role default 'member'
  labelled enum role default 'Administrator'
  expressed enum role nullable default sql 'member'
  moment timestamptz(0) default now
  day date default now
  words text[] default '{}'
  computed bigint default sql 1 + 1
)");
}

TEST_CASE("a primary key of one column") {
  STATIC_REQUIRE(words(schema.table("single")) == R"(single
  id bigint primary_key
primary key single_pkey (id)
)");
  STATIC_REQUIRE(words(schema.table("counted")) == R"(counted
  id bigint primary_key identity
primary key counted_pkey (id)
)");
  STATIC_REQUIRE(words(schema.table("counted_always")) == R"(counted_always
  id integer primary_key identity always
primary key counted_always_pkey (id)
)");
  STATIC_REQUIRE(words(schema.table("counted_beside")) == R"(counted_beside
  name text primary_key
  number smallint identity
primary key counted_beside_pkey (name)
)");
}

TEST_CASE("constraints and indexes of one column are the table's, with derived names") {
  STATIC_REQUIRE(words(schema.table("constrained")) == R"(constrained
  unique_ text unique
  indexed text nullable
  checked bigint
  checked_by_name bigint
  both of them text unique
unique constrained_unique__key (unique_)
unique constrained_both of them_key (both of them)
check constrained_checked_check (checked > 0)
check positive (checked_by_name > 0)
check constrained_both of them_check (length(both) > 1)
index constrained_indexed_idx (indexed)
index constrained_both of them_idx (both of them)
)");
}

TEST_CASE("references name their target's schema, table and column as the target does") {
  STATIC_REQUIRE(constraints(schema.table("referring")) == R"(primary key referring_pkey (id)
foreign key referring_plain_fkey (plain) to auth.users (id)
foreign key referring_no_action__fkey (no_action_) to auth.users (id)
foreign key referring_restricted_fkey (restricted) to auth.users (id) on_delete restrict
foreign key referring_cascading_fkey (cascading) to auth.users (id) on_delete cascade
foreign key referring_cleared_fkey (cleared) to auth.users (id) on_delete set_null
foreign key referring_reset_fkey (reset) to auth.users (id) on_delete set_default
foreign key referring_updated_fkey (updated) to auth.users (id) on_update cascade
foreign key referring_both_fkey (both) to auth.users (id) on_delete set_default on_update restrict
foreign key referring_deferrable__fkey (deferrable_) to auth.users (id) deferrable
foreign key referring_deferred_fkey (deferred) to auth.users (id) deferred
foreign key owner (named_) to auth.users (id)
foreign key referring_code_fkey (code) to auth.users (short code)
foreign key referring_self_fkey (self) to referring (id)
)");
}

TEST_CASE("words stand together in any order") {
  STATIC_REQUIRE(words(schema.table("together")) == R"(together
  key bigint primary_key identity always comment the number renamed_from number
  e-mail varchar(200) unique default 'nobody@example.org' collate C comment where to renamed_from email
  owner bigint nullable unique renamed_from user_id
  role enum role default 'Administrator' comment may
primary key together_pkey (key)
unique together_e-mail_key (e-mail)
unique together_owner_key (owner)
foreign key owner_of (owner) to auth.users (id) on_delete set_null on_update cascade deferrable
check is_mail (mail LIKE '%@%')
check together_owner_check (owner <> key)
index together_e-mail_idx (e-mail)
index together_owner_idx (owner)
index together_role_idx (role)
)");
}

TEST_CASE("a column can have two checks and two references") {
  STATIC_REQUIRE(constraints(schema.table("twice")) == R"(foreign key twice_m_fkey (m) to auth.users (id)
foreign key second (m) to single (id)
check low (n > 0)
check high (n < 9)
)");
}
