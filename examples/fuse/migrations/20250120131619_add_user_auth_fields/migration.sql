-- Written by instar 0.1.0.

-- instar: transaction
BEGIN;
SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '1min';

LOCK TABLE "users" IN SHARE UPDATE EXCLUSIVE MODE;

-- + enum user_role
CREATE TYPE "user_role" AS ENUM ('member', 'admin');

-- + table sessions
CREATE TABLE "sessions" (
    "id" uuid DEFAULT gen_random_uuid() NOT NULL,
    "user_id" uuid NOT NULL,
    "token_hash" bytea NOT NULL,
    "address" inet,
    "user_agent" text,
    "created_at" timestamptz DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "expires_at" timestamptz NOT NULL,
    "revoked_at" timestamptz,
    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "sessions_token_hash_key" UNIQUE ("token_hash"),
    CONSTRAINT "sessions_check" CHECK (expires_at > created_at)
);

-- + column users.role: "user_role"
-- + column users.password_hash: text, nullable
-- + column users.email_verified_at: timestamptz, nullable
-- + column users.last_login_at: timestamptz, nullable
-- + column users.failed_logins: smallint
-- + check users_failed_logins_check of users: of rows that are written from now on
ALTER TABLE "users"
    ADD COLUMN "role" "user_role" DEFAULT 'member' NOT NULL,
    ADD COLUMN "password_hash" text,
    ADD COLUMN "email_verified_at" timestamptz,
    ADD COLUMN "last_login_at" timestamptz,
    ADD COLUMN "failed_logins" smallint DEFAULT 0 NOT NULL,
    ADD CONSTRAINT "users_failed_logins_check" CHECK (failed_logins >= 0) NOT VALID;

-- + index sessions_user_id_expires_at_idx of sessions
CREATE INDEX "sessions_user_id_expires_at_idx" ON "sessions" ("user_id", "expires_at") WHERE revoked_at IS NULL;

-- + foreign key sessions (user_id) → users
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE;

-- ~ column users.password_hash: comment
COMMENT ON COLUMN "users"."password_hash" IS 'Argon2id; NULL: signs in by another service alone';

-- ~ column sessions.token_hash: comment
COMMENT ON COLUMN "sessions"."token_hash" IS 'SHA-256 of the token; the token itself is never kept';

COMMIT;

-- instar: no-transaction
SET lock_timeout = 0;
SET statement_timeout = 0;

-- + check users_failed_logins_check of users: all rows are looked at
ALTER TABLE "users" VALIDATE CONSTRAINT "users_failed_logins_check";
