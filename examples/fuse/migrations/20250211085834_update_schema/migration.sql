-- Written by instar 0.1.0.

-- warning INS2013: renames column tasks.payload to input: programs that use the old name fail
-- warning INS2013: renames column tasks.result to output: programs that use the old name fail
-- warning INS2028: changes column users.failed_logins from smallint to integer: every row is written anew while readers and writers wait

-- instar: no-transaction
SET lock_timeout = 0;
SET statement_timeout = 0;

-- ~ enum task_status: + value cancelled
ALTER TYPE "task_status" ADD VALUE 'cancelled' AFTER 'failed';

-- instar: transaction
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = 0;

LOCK TABLE "agents", "pipelines", "tasks", "users" IN SHARE UPDATE EXCLUSIVE MODE;

-- + enum visibility
CREATE TYPE "visibility" AS ENUM ('private', 'team', 'everyone');

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
-- + column tasks.error: text, nullable
ALTER TABLE "tasks"
    ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL,
    ADD COLUMN "error" text;

-- ~ column users.failed_logins: default dropped
-- ~ column users.failed_logins: smallint → integer
-- ~ column users.failed_logins: default 0
ALTER TABLE "users"
    ALTER COLUMN "failed_logins" DROP DEFAULT,
    ALTER COLUMN "failed_logins" TYPE integer USING "failed_logins"::integer,
    ALTER COLUMN "failed_logins" SET DEFAULT 0;

-- + index templates_tags_idx of templates
CREATE INDEX "templates_tags_idx" ON "templates" USING gin ("tags");

-- + foreign key templates (owner_id) → users
ALTER TABLE "templates" ADD CONSTRAINT "templates_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users" ("id") ON DELETE SET NULL;

-- + foreign key pipelines (template_id) → templates: of rows that are written from now on
ALTER TABLE "pipelines" ADD CONSTRAINT "pipelines_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "templates" ("id") ON DELETE SET NULL NOT VALID;

-- ~ table templates: comment
COMMENT ON TABLE "templates" IS 'What a pipeline can be made from';

-- ~ column templates.owner_id: comment
COMMENT ON COLUMN "templates"."owner_id" IS 'NULL: one of ours';

COMMIT;

-- instar: no-transaction
SET lock_timeout = 0;
SET statement_timeout = 0;

-- + index pipelines_template_id_idx of pipelines
CREATE INDEX CONCURRENTLY "pipelines_template_id_idx" ON "pipelines" ("template_id");

-- + foreign key pipelines (template_id) → templates: all rows are looked at
ALTER TABLE "pipelines" VALIDATE CONSTRAINT "pipelines_template_id_fkey";
