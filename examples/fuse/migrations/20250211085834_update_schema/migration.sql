-- - materialized view agent_performance
DROP MATERIALIZED VIEW "agent_performance";

-- - materialized view pipeline_performance
DROP MATERIALIZED VIEW "pipeline_performance";

-- + enum visibility
CREATE TYPE "visibility" AS ENUM ('private', 'team', 'everyone');

-- ~ enum task_status: + value cancelled
ALTER TYPE "task_status" ADD VALUE 'cancelled' AFTER 'failed';

-- ~ column tasks.payload renamed to input
ALTER TABLE "tasks" RENAME COLUMN "payload" TO "input";

-- ~ column tasks.result renamed to output
ALTER TABLE "tasks" RENAME COLUMN "result" TO "output";

-- + table templates
CREATE TABLE "templates" (
    "id" uuid DEFAULT gen_random_uuid() NOT NULL,
    "owner_id" uuid,
    "slug" varchar(80) NOT NULL,
    "title" text NOT NULL,
    "description" text,
    "visibility" "visibility" DEFAULT 'private' NOT NULL,
    "tags" text[] DEFAULT '{}' NOT NULL,
    "definition" jsonb NOT NULL,
    "variables" jsonb DEFAULT '{}' NOT NULL,
    "version" integer DEFAULT 1 NOT NULL,
    "created_at" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "updated_at" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT "templates_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "templates_slug_key" UNIQUE ("slug"),
    CONSTRAINT "templates_slug_check" CHECK (slug ~ '^[a-z0-9-]+$')
);

-- + column agents.capabilities: text[]
ALTER TABLE "agents" ADD COLUMN "capabilities" text[] DEFAULT '{}' NOT NULL;

-- + column pipelines.template_id: uuid, nullable
ALTER TABLE "pipelines" ADD COLUMN "template_id" uuid;

-- + column tasks.attempts: integer
ALTER TABLE "tasks" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;

-- + column tasks.error: text, nullable
ALTER TABLE "tasks" ADD COLUMN "error" text;

-- ~ column users.failed_logins: default dropped
ALTER TABLE "users" ALTER COLUMN "failed_logins" DROP DEFAULT;

-- ~ column users.failed_logins: smallint → integer
ALTER TABLE "users" ALTER COLUMN "failed_logins" TYPE integer USING "failed_logins"::integer;

-- ~ column users.failed_logins: default 0
ALTER TABLE "users" ALTER COLUMN "failed_logins" SET DEFAULT 0;

-- + index templates_tags_idx of templates
CREATE INDEX "templates_tags_idx" ON "templates" USING gin ("tags");

-- + index pipelines_template_id_idx of pipelines
CREATE INDEX "pipelines_template_id_idx" ON "pipelines" ("template_id");

-- + foreign key templates (owner_id) → users
ALTER TABLE "templates" ADD CONSTRAINT "templates_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users" ("id") ON DELETE SET NULL;

-- + foreign key pipelines (template_id) → templates
ALTER TABLE "pipelines" ADD CONSTRAINT "pipelines_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "templates" ("id") ON DELETE SET NULL;

-- ~ table templates: comment
COMMENT ON TABLE "templates" IS 'What a pipeline can be made from';

-- ~ column templates.owner_id: comment
COMMENT ON COLUMN "templates"."owner_id" IS 'NULL: one of ours';

-- + materialized view pipeline_performance
CREATE MATERIALIZED VIEW "pipeline_performance" AS
SELECT p.id AS pipeline_id,
       count(t.id) AS tasks,
       count(t.id) FILTER (WHERE t.status = 'failed') AS failed,
       avg(t.finished_at - t.started_at) AS mean_duration,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY t.finished_at - t.started_at)
         AS p95_duration
FROM pipelines p
LEFT JOIN tasks t ON t.pipeline_id = p.id
GROUP BY p.id;

-- + index pipeline_performance_pipeline_id_key on materialized view pipeline_performance
CREATE UNIQUE INDEX "pipeline_performance_pipeline_id_key" ON "pipeline_performance" ("pipeline_id");

-- + materialized view agent_performance
CREATE MATERIALIZED VIEW "agent_performance" AS
SELECT a.id AS agent_id,
       a.kind,
       count(t.id) AS tasks,
       count(t.id) FILTER (WHERE t.status = 'succeeded') AS succeeded,
       max(t.finished_at) AS last_finished_at
FROM agents a
LEFT JOIN tasks t ON t.agent_id = a.id
GROUP BY a.id;

-- + index agent_performance_agent_id_key on materialized view agent_performance
CREATE UNIQUE INDEX "agent_performance_agent_id_key" ON "agent_performance" ("agent_id");
