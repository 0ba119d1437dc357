-- Takes back the migration beside it: `migrate down`, in development.
-- warning INS2001: drops table sessions with all its rows
-- warning INS2002: drops column users.role with all its values
-- warning INS2002: drops column users.password_hash with all its values
-- warning INS2002: drops column users.email_verified_at with all its values
-- warning INS2002: drops column users.last_login_at with all its values
-- warning INS2002: drops column users.failed_logins with all its values
-- instar: at most 0 rows, INS2001 drops table sessions: SELECT count(*) FROM "sessions"
-- instar: at most 0 rows, INS2002 drops column users.role: SELECT count(*) FROM "users" WHERE "role" IS NOT NULL
-- instar: at most 0 rows, INS2002 drops column users.password_hash: SELECT count(*) FROM "users" WHERE "password_hash" IS NOT NULL
-- instar: at most 0 rows, INS2002 drops column users.email_verified_at: SELECT count(*) FROM "users" WHERE "email_verified_at" IS NOT NULL
-- instar: at most 0 rows, INS2002 drops column users.last_login_at: SELECT count(*) FROM "users" WHERE "last_login_at" IS NOT NULL
-- instar: at most 0 rows, INS2002 drops column users.failed_logins: SELECT count(*) FROM "users" WHERE "failed_logins" IS NOT NULL

-- - check users_failed_logins_check of users
ALTER TABLE "users" DROP CONSTRAINT "users_failed_logins_check";

-- - table sessions
DROP TABLE "sessions";

-- - column users.role
ALTER TABLE "users" DROP COLUMN "role";

-- - column users.password_hash
ALTER TABLE "users" DROP COLUMN "password_hash";

-- - column users.email_verified_at
ALTER TABLE "users" DROP COLUMN "email_verified_at";

-- - column users.last_login_at
ALTER TABLE "users" DROP COLUMN "last_login_at";

-- - column users.failed_logins
ALTER TABLE "users" DROP COLUMN "failed_logins";

-- - enum user_role
DROP TYPE "user_role";

-- What snapshot.hpp said before of what changes, for `migrate down --remove`.
-- instar: snapshot had no table sessions
-- instar: snapshot before
-- // The schema after the last migration, for INSTAR_CHECK_MIGRATED and for the next plan.
-- // Written by `migrate dev`; `generate` brings it up to date. Do not edit, and do commit it.
-- #pragma once
--
-- #include <instar/instar.hpp>
--
-- #include <string_view>
--
-- namespace migrations {
-- namespace snapshot_parts {
-- using namespace std::string_view_literals;
--
-- inline constexpr instar::stored_part tables[] = {
--     {"users"sv, 0x5e1916f9ff2c0bedull, R"part({
--   name=users
--   columns=[
--     {name=id type={kind=uuid} primary_key default={kind=expression text="gen_random_uuid()"}}
--     {name=email type={kind=citext} unique}
--     {name=name type={kind=text}}
--     {name=created_at type={kind=timestamptz} default={kind=now}}
--     {name=updated_at type={kind=timestamptz} updated_at default={kind=now}}
--   ]
--   primary_key={name=users_pkey columns=[id]}
--   uniques=[
--     {name=users_email_key columns=[email]}
--   ]
-- })part"sv},
-- };
--
-- inline constexpr instar::stored_part enumerations[] = {
--     {"agent_kind"sv, 0x0ull, R"part({name=agent_kind values=[
--     {label=planner}
--     {label=worker}
--     {label=reviewer}
--   ]})part"sv},
--     {"pipeline_status"sv, 0x0ull, R"part({name=pipeline_status values=[
--     {label=draft}
--     {label=active}
--     {label=archived}
--   ]})part"sv},
--     {"task_status"sv, 0x0ull, R"part({name=task_status values=[
--     {label=queued}
--     {label=running}
--     {label=succeeded}
--     {label=failed}
--   ]})part"sv},
-- };
--
-- }  // namespace snapshot_parts
--
-- inline constexpr instar::stored_snapshot snapshot{.tables = snapshot_parts::tables, .enumerations = snapshot_parts::enumerations, .dialect = instar::dialect::postgres};
--
-- }  // namespace migrations
