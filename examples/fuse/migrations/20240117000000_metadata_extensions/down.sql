-- Takes back the migration beside it: `migrate down`, in development.
-- warning INS2001: drops table users with all its rows
-- warning INS2001: drops table agents with all its rows
-- warning INS2001: drops table pipelines with all its rows
-- warning INS2001: drops table tasks with all its rows
-- warning INS2016: drops extension citext, which functions and programs may use in ways that no catalogue knows
-- warning INS2016: drops extension pg_trgm, which functions and programs may use in ways that no catalogue knows
-- warning INS2016: drops extension pgcrypto, which functions and programs may use in ways that no catalogue knows
-- warning INS2016: drops extension pg_stat_statements, which functions and programs may use in ways that no catalogue knows
-- instar: at most 0 rows, INS2001 drops table users: SELECT count(*) FROM "users"
-- instar: at most 0 rows, INS2001 drops table agents: SELECT count(*) FROM "agents"
-- instar: at most 0 rows, INS2001 drops table pipelines: SELECT count(*) FROM "pipelines"
-- instar: at most 0 rows, INS2001 drops table tasks: SELECT count(*) FROM "tasks"

-- - materialized view agent_performance
DROP MATERIALIZED VIEW "agent_performance";

-- - materialized view pipeline_performance
DROP MATERIALIZED VIEW "pipeline_performance";

-- - foreign key agents (owner_id) → users
ALTER TABLE "agents" DROP CONSTRAINT "agents_owner_id_fkey";

-- - foreign key pipelines (owner_id) → users
ALTER TABLE "pipelines" DROP CONSTRAINT "pipelines_owner_id_fkey";

-- - foreign key tasks (pipeline_id) → pipelines
ALTER TABLE "tasks" DROP CONSTRAINT "tasks_pipeline_id_fkey";

-- - foreign key tasks (agent_id) → agents
ALTER TABLE "tasks" DROP CONSTRAINT "tasks_agent_id_fkey";

-- - table users
DROP TABLE "users";

-- - table agents
DROP TABLE "agents";

-- - table pipelines
DROP TABLE "pipelines";

-- - table tasks
DROP TABLE "tasks";

-- - enum agent_kind
DROP TYPE "agent_kind";

-- - enum pipeline_status
DROP TYPE "pipeline_status";

-- - enum task_status
DROP TYPE "task_status";

-- - extension citext
DROP EXTENSION IF EXISTS "citext";

-- - extension pg_trgm
DROP EXTENSION IF EXISTS "pg_trgm";

-- - extension pgcrypto
DROP EXTENSION IF EXISTS "pgcrypto";

-- - extension pg_stat_statements
DROP EXTENSION IF EXISTS "pg_stat_statements";

-- What snapshot.hpp said before of what changes, for `migrate down --remove`.
-- instar: snapshot had no table users
-- instar: snapshot had no table agents
-- instar: snapshot had no table pipelines
-- instar: snapshot had no table tasks
-- instar: snapshot before, with objects
-- // The schema after the last migration, for INSTAR_CHECK_MIGRATED and for the next plan.
-- // Written by `migrate dev`; `generate` brings it up to date. Do not edit, and do commit it.
-- #pragma once
--
-- #include <instar/instar.hpp>
--
-- #include <string_view>
--
-- namespace migrations {
--
-- inline constexpr instar::stored_snapshot snapshot{.dialect = instar::dialect::postgres};
--
-- }  // namespace migrations
