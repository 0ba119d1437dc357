#include "support/catch.hpp"

#include <instar/sql/sql.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The online form of plans for PostgreSQL, recipe by recipe. tests/sql/run_postgres_test.cpp runs it.

namespace {

using instar::column;
using instar::table;
using instar::type_kind;
using names = std::span<const std::string_view>;

constexpr column id{.name = "id", .type = {.kind = type_kind::bigint}};
constexpr column email{.name = "email", .type = {.kind = type_kind::text}, .nullable = true};
constexpr std::array columns{id, email};
constexpr table users{.name = "users", .columns = columns};

constexpr std::array<std::string_view, 1> of_id{"id"};
constexpr std::array<std::string_view, 1> of_email{"email"};
constexpr std::array<instar::index_part, 1> email_part{{{.text = "email"}}};
constexpr std::array<instar::index_part, 1> id_part{{{.text = "id"}}};

/// The script from one table to another, without the lines that every section begins with.
std::string online(const instar::schema_view& before, const instar::schema_view& after) {
  std::string text = instar::script(instar::postgres, instar::make_plan(before, after), {.online = true});
  const auto remove = [&](std::string_view words) {
    for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words))
      text.erase(at, words.size());
  };
  remove("SET LOCAL lock_timeout = '5s';\nSET LOCAL statement_timeout = '1min';\n");
  remove("SET lock_timeout = 0;\nSET statement_timeout = 0;\n");
  // What keeps autovacuum away has a test of its own.
  for (std::size_t at = text.find("LOCK TABLE"); at != std::string::npos; at = text.find("LOCK TABLE"))
    text.erase(at, text.find("\n\n", at) + 2 - at);
  return text;
}

std::string online(const table& before, const table& after) {
  return online(instar::schema_view{.tables = {&before, 1}}, instar::schema_view{.tables = {&after, 1}});
}

}  // namespace

TEST_CASE("A script that touches no existing table has the short form") {
  const instar::schema_view all{.tables = {&users, 1}};
  const instar::plan initial = instar::make_plan({}, all);
  CHECK(instar::script(instar::postgres, initial, {.online = true}) == instar::script(instar::postgres, initial));
  constexpr table teams{.name = "teams", .columns = columns};
  const std::array both{users, teams};
  const instar::plan more = instar::make_plan(all, {.tables = both});
  CHECK(instar::script(instar::postgres, more, {.online = true}) == instar::script(instar::postgres, more));
}

TEST_CASE("SQLite has one form") {
  table now = users;
  const std::array<instar::index, 1> indexes{{{.name = "users_email_idx", .parts = email_part}}};
  now.indexes = indexes;
  const instar::plan steps = instar::make_plan({.tables = {&users, 1}}, {.tables = {&now, 1}});
  CHECK(instar::script(instar::sqlite, steps, {.online = true}) == instar::script(instar::sqlite, steps));
}

TEST_CASE("An index is built concurrently") {
  table now = users;
  const std::array<instar::index, 1> indexes{{{.name = "users_email_idx", .parts = email_part}}};
  now.indexes = indexes;
  const instar::plan steps = instar::make_plan({.tables = {&users, 1}}, {.tables = {&now, 1}});
  CHECK(instar::script(instar::postgres, steps, {.online = true}) == R"(-- instar: no-transaction
SET lock_timeout = 0;
SET statement_timeout = 0;

-- + index users_email_idx of users
CREATE INDEX CONCURRENTLY "users_email_idx" ON "users" ("email");
)");
  CHECK(online(now, users) == R"(-- instar: no-transaction

-- - index users_email_idx of users
DROP INDEX CONCURRENTLY "users_email_idx";
)");
}

TEST_CASE("An index of the same name stays until the new one is there") {
  table then = users;
  table now = users;
  const std::array<instar::index, 1> old_indexes{{{.name = "users_idx", .parts = email_part}}};
  const std::array<instar::index, 1> new_indexes{{{.name = "users_idx", .parts = id_part}}};
  then.indexes = old_indexes;
  now.indexes = new_indexes;
  CHECK(online(then, now) == R"(-- instar: transaction
BEGIN;

-- - index users_idx of users: stays until the new one is there
ALTER INDEX "users_idx" RENAME TO "users_idx__old";

COMMIT;

-- instar: no-transaction

-- + index users_idx of users
CREATE INDEX CONCURRENTLY "users_idx" ON "users" ("id");

-- - index users_idx of users
DROP INDEX CONCURRENTLY "users_idx__old";
)");
}

TEST_CASE("An index that goes with its column is dropped with it") {
  table then = users;
  table now = users;
  const std::array<instar::index, 1> indexes{{{.name = "users_email_idx", .parts = email_part}}};
  then.indexes = indexes;
  const std::array only_id{id};
  now.columns = only_id;
  const std::string text = online(then, now);
  CHECK(text.find("DROP INDEX \"users_email_idx\";") != std::string::npos);
  CHECK(text.find("no-transaction") == std::string::npos);
}

TEST_CASE("An index goes concurrently beside a column that is new and filled") {
  const std::array<instar::index, 1> indexes{{{.name = "users_email_idx", .parts = email_part}}};
  const table before{.name = "users", .columns = columns, .indexes = indexes};
  const column score{.name = "score", .type = {.kind = type_kind::integer}, .backfill = "0"};
  const std::array with_score{id, email, score};
  const table after{.name = "users", .columns = with_score};
  CHECK(online(before, after).ends_with("DROP INDEX CONCURRENTLY \"users_email_idx\";\n"));
}

TEST_CASE("Keys are built as concurrent indexes, and made constraints of them") {
  table now = users;
  now.primary_key = {.name = "users_pkey", .columns = of_id};
  const std::array<instar::key, 1> uniques{{{.name = "users_email_key",
                                             .columns = of_email,
                                             .nulls_not_distinct = true,
                                             .deferral = instar::deferral::initially_deferred}}};
  now.uniques = uniques;
  CHECK(online(users, now) == R"(-- warning INS2007: makes values of users unique: rows with equal values make it fail
-- warning INS2007: makes values of users unique: rows with equal values make it fail

-- instar: no-transaction

-- + primary key of users (id): its index
CREATE UNIQUE INDEX CONCURRENTLY "users_pkey" ON "users" ("id");

-- + unique users (email): its index
CREATE UNIQUE INDEX CONCURRENTLY "users_email_key" ON "users" ("email") NULLS NOT DISTINCT;

-- instar: transaction
BEGIN;

-- + primary key of users (id): of the index
-- + unique users (email): of the index
ALTER TABLE "users"
    ADD CONSTRAINT "users_pkey" PRIMARY KEY USING INDEX "users_pkey",
    ADD CONSTRAINT "users_email_key" UNIQUE USING INDEX "users_email_key" DEFERRABLE INITIALLY DEFERRED;

COMMIT;
)");
}

TEST_CASE("A key stays until the one that takes its place has its index") {
  table then = users;
  table now = users;
  then.primary_key = {.name = "users_pkey", .columns = of_email};
  now.primary_key = {.name = "users_pkey", .columns = of_id};
  const std::string text = online(then, now);
  CHECK(text.substr(text.find("-- instar")) == R"(-- instar: no-transaction

-- + primary key of users (id): its index
CREATE UNIQUE INDEX CONCURRENTLY "users_pkey__new" ON "users" ("id");

-- instar: transaction
BEGIN;

-- + primary key of users (id): in the place of the old one
ALTER TABLE "users"
    DROP CONSTRAINT "users_pkey",
    ADD CONSTRAINT "users_pkey" PRIMARY KEY USING INDEX "users_pkey__new";

COMMIT;
)");
}

TEST_CASE("Checks and foreign keys hold for new rows at once, and are validated in the end") {
  table teams{.name = "teams", .columns = columns};
  teams.primary_key = {.name = "teams_pkey", .columns = of_id};
  table now = users;
  const std::array<instar::check, 1> checks{{{.name = "users_id_check", .expression = "id > 0"}}};
  now.checks = checks;
  const std::array<instar::foreign_key, 1> keys{
      {{.name = "users_id_fkey", .columns = of_id, .target_table = "teams", .target_columns = of_id}}};
  now.foreign_keys = keys;
  const std::array before{teams, users};
  const std::array after{teams, now};
  const std::string text = online(instar::schema_view{.tables = before}, instar::schema_view{.tables = after});
  CHECK(text.substr(text.find("-- instar")) == R"(-- instar: transaction
BEGIN;

-- + check users_id_check of users: of rows that are written from now on
ALTER TABLE "users" ADD CONSTRAINT "users_id_check" CHECK (id > 0) NOT VALID;

-- + foreign key users (id) → teams: of rows that are written from now on
ALTER TABLE "users" ADD CONSTRAINT "users_id_fkey" FOREIGN KEY ("id") REFERENCES "teams" ("id") NOT VALID;

COMMIT;

-- instar: no-transaction

-- + check users_id_check of users: all rows are looked at
ALTER TABLE "users" VALIDATE CONSTRAINT "users_id_check";

-- + foreign key users (id) → teams: all rows are looked at
ALTER TABLE "users" VALIDATE CONSTRAINT "users_id_fkey";
)");
}

TEST_CASE("A new table that references an old one waits for no rows") {
  table teams{.name = "teams", .columns = columns};
  teams.primary_key = {.name = "teams_pkey", .columns = of_id};
  table now = users;
  const std::array<instar::foreign_key, 1> keys{
      {{.name = "users_id_fkey", .columns = of_id, .target_table = "teams", .target_columns = of_id}}};
  now.foreign_keys = keys;
  const std::array after{teams, now};
  CHECK(online(instar::schema_view{.tables = {&teams, 1}}, instar::schema_view{.tables = after}) ==
        R"(-- instar: transaction
BEGIN;

-- + table users
CREATE TABLE "users" (
    "id" bigint NOT NULL,
    "email" text
);

-- + foreign key users (id) → teams
ALTER TABLE "users" ADD CONSTRAINT "users_id_fkey" FOREIGN KEY ("id") REFERENCES "teams" ("id");

COMMIT;
)");
}

TEST_CASE("A column becomes required by a check that is validated") {
  std::array required = columns;
  required[1].nullable = false;
  table now = users;
  now.columns = required;
  const std::string text = online(users, now);
  CHECK(text.substr(text.find("-- instar")) == R"(-- instar: transaction
BEGIN;

-- ~ column users.email: required: of rows that are written from now on
ALTER TABLE "users" ADD CONSTRAINT "email_not_null_instar" CHECK ("email" IS NOT NULL) NOT VALID;

COMMIT;

-- instar: no-transaction

-- ~ column users.email: required: all rows are looked at
ALTER TABLE "users" VALIDATE CONSTRAINT "email_not_null_instar";

-- instar: transaction
BEGIN;

-- ~ column users.email: required: known by now, so nothing is read
ALTER TABLE "users" ALTER COLUMN "email" SET NOT NULL;

-- ~ column users.email: required: the check has done its work
ALTER TABLE "users" DROP CONSTRAINT "email_not_null_instar";

COMMIT;
)");
}

TEST_CASE("A default fills NULLs batch by batch before they are forbidden, and what is left after") {
  std::array required = columns;
  required[1].nullable = false;
  required[1].initial = {.kind = instar::default_kind::text, .text = "none"};
  table now = users;
  now.columns = required;
  CHECK(online(users, now) == R"(-- instar: transaction
BEGIN;

-- ~ column users.email: default 'none'
ALTER TABLE "users" ALTER COLUMN "email" SET DEFAULT 'none';

COMMIT;

-- instar: no-transaction

-- ~ column users.email: required: batch by batch
DO $instar_batches$
DECLARE
  pages bigint;
  first_row tid;
  behind_last tid;
BEGIN
  FOR pass IN 1 .. 10 LOOP
    EXIT WHEN NOT EXISTS (SELECT FROM "users" WHERE "email" IS NULL);
    pages := pg_relation_size('"users"') / current_setting('block_size')::bigint;
    FOR page IN 0 .. pages BY 4 LOOP
      first_row := format('(%s,0)', page);
      behind_last := format('(%s,0)', page + 4);
      UPDATE "users" SET "email" = DEFAULT
      WHERE "email" IS NULL AND ctid = ANY (ARRAY(
        SELECT ctid FROM "users" WHERE ctid >= first_row AND ctid < behind_last AND "email" IS NULL
        FOR UPDATE SKIP LOCKED));
      COMMIT;
    END LOOP;
    PERFORM pg_sleep(0.1);
  END LOOP;
END
$instar_batches$;

-- instar: transaction
BEGIN;

-- ~ column users.email: required: of rows that are written from now on
ALTER TABLE "users" ADD CONSTRAINT "email_not_null_instar" CHECK ("email" IS NOT NULL) NOT VALID;

COMMIT;

-- instar: no-transaction

-- ~ column users.email: required: what is left
DO $instar_batches$
DECLARE
  pages bigint;
  first_row tid;
  behind_last tid;
BEGIN
  WHILE EXISTS (SELECT FROM "users" WHERE "email" IS NULL) LOOP
    pages := pg_relation_size('"users"') / current_setting('block_size')::bigint;
    FOR page IN 0 .. pages BY 4 LOOP
      first_row := format('(%s,0)', page);
      behind_last := format('(%s,0)', page + 4);
      UPDATE "users" SET "email" = DEFAULT
      WHERE "email" IS NULL AND ctid = ANY (ARRAY(
        SELECT ctid FROM "users" WHERE ctid >= first_row AND ctid < behind_last AND "email" IS NULL
        FOR UPDATE SKIP LOCKED));
      COMMIT;
    END LOOP;
    PERFORM pg_sleep(0.1);
  END LOOP;
END
$instar_batches$;

-- ~ column users.email: required: all rows are looked at
ALTER TABLE "users" VALIDATE CONSTRAINT "email_not_null_instar";

-- instar: transaction
BEGIN;

-- ~ column users.email: required: known by now, so nothing is read
ALTER TABLE "users" ALTER COLUMN "email" SET NOT NULL;

-- ~ column users.email: required: the check has done its work
ALTER TABLE "users" DROP CONSTRAINT "email_not_null_instar";

COMMIT;
)");
}

TEST_CASE("A column with a default of its own for each row is added without it") {
  const std::array more{id, email,
                        column{.name = "token",
                               .type = {.kind = type_kind::uuid},
                               .nullable = true,
                               .initial = {.kind = instar::default_kind::expression, .text = "gen_random_uuid()"}}};
  table now = users;
  now.columns = more;
  const std::string text = online(users, now);
  CHECK(text.substr(0, text.find("DECLARE")) == R"(-- instar: transaction
BEGIN;

-- + column users.token: uuid, nullable, without values at first
ALTER TABLE "users"
    ADD COLUMN "token" uuid,
    ALTER COLUMN "token" SET DEFAULT gen_random_uuid();

COMMIT;

-- instar: no-transaction

-- + column users.token: uuid, nullable: batch by batch
DO $instar_batches$
)");
  // NULL is allowed, so nothing says when the last row is filled: another pass waits for what the first left out.
  CHECK(text.find("WHILE EXISTS") == std::string::npos);
  CHECK(text.find("\"token\" IS NULL\n      FOR UPDATE));") != std::string::npos);
}

TEST_CASE("A column that says what old rows get is filled with that") {
  const std::array more{
      id, email, column{.name = "name", .type = {.kind = type_kind::text}, .backfill = "split_part(email, '@', 1)"}};
  table now = users;
  now.columns = more;
  const std::string text = online(users, now);
  CHECK(text.find("ALTER TABLE \"users\" ADD COLUMN \"name\" text;") != std::string::npos);
  CHECK(text.find("UPDATE \"users\" SET \"name\" = (split_part(email, '@', 1))\n") != std::string::npos);
  CHECK(text.find("ALTER COLUMN \"name\" SET NOT NULL;") != std::string::npos);
}

TEST_CASE("A default that is one value for all rows stays in one statement with its column") {
  const auto added = [](std::string_view sql) {
    const std::array more{id, email,
                          column{.name = "note",
                                 .type = {.kind = type_kind::text},
                                 .initial = {.kind = instar::default_kind::expression, .text = sql}}};
    table now = users;
    now.columns = more;
    return online(users, now).find("no-transaction") == std::string::npos;
  };
  CHECK(added("now()"));
  CHECK(added("'a (b)'::varchar(20)"));
  CHECK(added("ARRAY['f(x)']::text[]"));
  CHECK(added("CURRENT_DATE + interval '1 day'"));
  CHECK_FALSE(added("clock_timestamp()"));
  CHECK_FALSE(added("nextval('s'::regclass)"));
  CHECK_FALSE(added("\"public\".\"new_id\"()"));
}

TEST_CASE("A new identity counts by a passing sequence until every row has a number") {
  const std::array more{
      id, email,
      column{.name = "number", .type = {.kind = type_kind::integer}, .identity = instar::identity_kind::always}};
  table now = users;
  now.columns = more;
  const std::string text = online(users, now);
  CHECK(text.find(R"(CREATE SEQUENCE "users_number_instar_seq" AS integer;)") != std::string::npos);
  CHECK(text.find(R"(ALTER TABLE "users"
    ADD COLUMN "number" integer,
    ALTER COLUMN "number" SET DEFAULT nextval('"users_number_instar_seq"');)") != std::string::npos);
  CHECK(text.find(R"(ALTER TABLE "users" ALTER COLUMN "number" ADD GENERATED ALWAYS AS IDENTITY;

-- + column users.number: integer
SELECT setval(pg_get_serial_sequence('"users"', 'number'), last_value, is_called) FROM "users_number_instar_seq";

-- + column users.number: integer
DROP SEQUENCE "users_number_instar_seq";
)") != std::string::npos);
}

TEST_CASE("A new value of an enum is committed before all else, and needs no new type") {
  const std::array<instar::enum_value, 1> old_values{{{"new"}}};
  const std::array<instar::enum_value, 2> new_values{{{"draft"}, {"new"}}};
  const instar::enumeration then{.name = "state", .values = old_values};
  const instar::enumeration now{.name = "state", .values = new_values};
  const std::array old_columns{id, column{.name = "state", .type = {.kind = type_kind::enumeration, .values = &then}}};
  std::array new_columns{id, column{.name = "state", .type = {.kind = type_kind::enumeration, .values = &now}}};
  new_columns[1].initial = {.kind = instar::default_kind::text, .text = "draft"};
  const table old_table{.name = "posts", .columns = old_columns};
  const table new_table{.name = "posts", .columns = new_columns};
  CHECK(online(instar::schema_view{.tables = {&old_table, 1}, .enumerations = {&then, 1}},
               instar::schema_view{.tables = {&new_table, 1}, .enumerations = {&now, 1}}) ==
        R"(-- instar: no-transaction

-- ~ enum state: values changed
ALTER TYPE "state" ADD VALUE 'draft' BEFORE 'new';

-- instar: transaction
BEGIN;

-- ~ column posts.state: default 'draft'
ALTER TABLE "posts" ALTER COLUMN "state" SET DEFAULT 'draft';

COMMIT;
)");
}

TEST_CASE("A transaction waits for autovacuum while it stands in nobody's way") {
  table teams{.name = "teams", .columns = columns};
  teams.primary_key = {.name = "teams_pkey", .columns = of_id};
  table now = users;
  const std::array<instar::foreign_key, 1> keys{
      {{.name = "users_id_fkey", .columns = of_id, .target_table = "teams", .target_columns = of_id}}};
  now.foreign_keys = keys;
  const std::array before{teams, users};
  const std::array after{teams, now};
  const std::string text =
      instar::script(instar::postgres, instar::make_plan({.tables = before}, {.tables = after}), {.online = true});
  CHECK(text.find("LOCK TABLE \"users\", \"teams\" IN SHARE UPDATE EXCLUSIVE MODE;") <
        text.find("ALTER TABLE \"users\" ADD CONSTRAINT"));
}

TEST_CASE("Several changes of a table take its lock once") {
  std::array more{id, email, column{.name = "age", .type = {.kind = type_kind::integer}, .nullable = true}};
  more[1].initial = {.kind = instar::default_kind::text, .text = "none"};
  table now = users;
  now.columns = more;
  now.comment = "people";
  CHECK(online(users, now) == R"(-- instar: transaction
BEGIN;

-- + column users.age: integer, nullable
-- ~ column users.email: default 'none'
ALTER TABLE "users"
    ADD COLUMN "age" integer,
    ALTER COLUMN "email" SET DEFAULT 'none';

-- ~ table users: comment
COMMENT ON TABLE "users" IS 'people';

COMMIT;
)");
}

TEST_CASE("A view that makes way is not gone while an index is built") {
  std::array renamed = columns;
  renamed[1].name = "mail";
  renamed[1].renamed_from = "email";
  table now = users;
  now.columns = renamed;
  const std::array<instar::index, 1> indexes{{{.name = "users_id_idx", .parts = id_part}}};
  now.indexes = indexes;
  const instar::view_object then_view{.name = "mails", .query = "SELECT email FROM users"};
  const instar::view_object now_view{.name = "mails", .query = "SELECT mail FROM users"};
  const std::string text = online(instar::schema_view{.tables = {&users, 1}, .views = {&then_view, 1}},
                                  instar::schema_view{.tables = {&now, 1}, .views = {&now_view, 1}});
  CHECK(text.find("CREATE VIEW") < text.find("COMMIT;"));
  CHECK(text.find("COMMIT;") < text.find("CREATE INDEX CONCURRENTLY"));
}
