// What the compiler itself checks of the application's schema: if this file compiles, the test has passed.

#include "models.hpp"
#include "models/v1.hpp"
#include "models/v2.hpp"

#include "migrations/snapshot.hpp"

#include <string_view>

// The models and the last migration are one schema. Without the migration this line stops the build and shows its SQL.
INSTAR_CHECK_MIGRATED(fuse::schema, migrations::snapshot);
static_assert(migrations::snapshot.migrations.size() == 3);
static_assert(migrations::snapshot.migrations[0].name == "20240117000000_metadata_extensions");
static_assert(migrations::snapshot.migrations[1].name == "20250120131619_add_user_auth_fields");
static_assert(migrations::snapshot.migrations[2].name == "20250211085834_update_schema");

namespace {

using instar::hazard;
using instar::step_kind;

constexpr auto& to_v2 = instar::diff<fuse::v1::schema, fuse::v2::schema>;
constexpr auto& to_v3 = instar::diff<fuse::v2::schema, fuse::v3::schema>;

template <class Plan>
constexpr std::size_t count(const Plan& plan, step_kind kind) {
  std::size_t n = 0;
  for (const instar::step& step : plan.steps)
    n += step.kind == kind ? 1 : 0;
  return n;
}

template <class Script>
constexpr bool has_statement(const Script& script, std::string_view wanted) {
  for (std::string_view statement : script.statements)
    if (statement == wanted)
      return true;
  return false;
}

// The first version is what the structs say.
constexpr auto& users = fuse::v1::schema.table("users");
static_assert(users.columns.size() == 5);
static_assert(users.primary_key.columns[0] == "id");
static_assert(users.column("email").unique && users.column("email").type.kind == instar::type_kind::citext);
static_assert(users.find_column("role") == nullptr);
static_assert(fuse::v1::schema.table("tasks").foreign_keys.size() == 2);
static_assert(fuse::v1::schema.table("tasks").foreign_keys[1].on_delete == instar::referential_action::set_null);
static_assert(instar::view_of<fuse::v1::schema>.enumerations.size() == 3);
static_assert(instar::view_of<fuse::v1::schema>.views.size() == 2);

// v1 to v2: a table, an enum and five columns, none of which can fail or lose anything.
static_assert(count(to_v2, step_kind::create_table) == 1 && count(to_v2, step_kind::create_enum) == 1);
static_assert(count(to_v2, step_kind::add_column) == 5);
static_assert(!to_v2.has(step_kind::drop_view), "added columns leave the materialized views alone");
static_assert(!to_v2.loses_data() && to_v2.hazards().empty());
static_assert(has_statement(instar::migration_sql<instar::postgres, fuse::v1::schema, fuse::v2::schema>,
                            R"(ALTER TABLE "users" ADD COLUMN "role" "user_role" DEFAULT 'member' NOT NULL)"));

// v2 to v3: two columns renamed, so that the values stay; an enum value at its place; a wider type.
static_assert(count(to_v3, step_kind::rename_column) == 2 && !to_v3.has(step_kind::drop_column));
static_assert(count(to_v3, step_kind::add_enum_value) == 1 && !to_v3.has(step_kind::rebuild_enum));
static_assert(count(to_v3, step_kind::alter_type) == 1 && !to_v3.has(hazard::narrows_type));
static_assert(!to_v3.has(step_kind::drop_view), "the views read other columns of tasks than those that are renamed");
static_assert(!to_v3.loses_data() && to_v3.has(hazard::renames_column));

constexpr auto& sql = instar::migration_sql<instar::postgres, fuse::v2::schema, fuse::v3::schema>;
static_assert(sql.statements[0] == R"(CREATE TYPE "visibility" AS ENUM ('private', 'team', 'everyone'))");
static_assert(has_statement(sql, R"(ALTER TYPE "task_status" ADD VALUE 'cancelled' AFTER 'failed')"));
static_assert(has_statement(sql, R"(ALTER TABLE "tasks" RENAME COLUMN "payload" TO "input")"));
static_assert(has_statement(sql, R"(ALTER TABLE "agents" ADD COLUMN "capabilities" text[] DEFAULT '{}' NOT NULL)"));

// The way back is another matter.
constexpr auto& back = instar::diff<fuse::v3::schema, fuse::v2::schema>;
static_assert(back.loses_data());
static_assert(back.has(hazard::drops_table) && back.has(hazard::drops_column));
static_assert(back.has(hazard::narrows_type) && back.has(hazard::removes_enum_value));

// Nothing to do from a schema to itself.
static_assert(instar::diff<fuse::v3::schema, fuse::v3::schema>.empty());

}  // namespace

int main() {}
