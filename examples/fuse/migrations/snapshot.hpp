// The schema after the last migration, for INSTAR_CHECK_MIGRATED and for the next plan.
// Written by `migrate dev`; `generate` brings it up to date. Do not edit, and do commit it.
#pragma once

#include <instar/instar.hpp>

#include <string_view>

namespace migrations {
namespace snapshot_parts {
using namespace std::string_view_literals;

inline constexpr instar::enum_value user_role_values[] = {
    {.label = "member"sv},
    {.label = "admin"sv},
};
inline constexpr instar::enumeration user_role_enumeration{.name = "user_role"sv, .values = snapshot_parts::user_role_values};
inline constexpr instar::enum_value agent_kind_values[] = {
    {.label = "planner"sv},
    {.label = "worker"sv},
    {.label = "reviewer"sv},
};
inline constexpr instar::enumeration agent_kind_enumeration{.name = "agent_kind"sv, .values = snapshot_parts::agent_kind_values};
inline constexpr instar::enum_value visibility_values[] = {
    {.label = "private"sv},
    {.label = "team"sv},
    {.label = "everyone"sv},
};
inline constexpr instar::enumeration visibility_enumeration{.name = "visibility"sv, .values = snapshot_parts::visibility_values};
inline constexpr instar::enum_value pipeline_status_values[] = {
    {.label = "draft"sv},
    {.label = "active"sv},
    {.label = "archived"sv},
};
inline constexpr instar::enumeration pipeline_status_enumeration{.name = "pipeline_status"sv, .values = snapshot_parts::pipeline_status_values};
inline constexpr instar::enum_value task_status_values[] = {
    {.label = "queued"sv},
    {.label = "running"sv},
    {.label = "succeeded"sv},
    {.label = "failed"sv},
    {.label = "cancelled"sv},
};
inline constexpr instar::enumeration task_status_enumeration{.name = "task_status"sv, .values = snapshot_parts::task_status_values};

inline constexpr instar::column users_columns[] = {
    {.name = "id"sv, .type = {.kind = instar::type_kind::uuid}, .primary_key = true, .initial = {.kind = instar::default_kind::expression, .text = "gen_random_uuid()"sv}},
    {.name = "email"sv, .type = {.kind = instar::type_kind::citext}, .unique = true},
    {.name = "name"sv, .type = {.kind = instar::type_kind::text}},
    {.name = "role"sv, .type = {.kind = instar::type_kind::enumeration, .values = &snapshot_parts::user_role_enumeration}, .initial = {.kind = instar::default_kind::text, .text = "member"sv}},
    {.name = "password_hash"sv, .type = {.kind = instar::type_kind::text}, .nullable = true, .comment = "Argon2id; NULL: signs in by another service alone"sv},
    {.name = "email_verified_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .nullable = true},
    {.name = "last_login_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .nullable = true},
    {.name = "failed_logins"sv, .type = {.kind = instar::type_kind::integer}, .initial = {.kind = instar::default_kind::integer}},
    {.name = "created_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .initial = {.kind = instar::default_kind::now}},
    {.name = "updated_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .updated_at = true, .initial = {.kind = instar::default_kind::now}},
};
inline constexpr std::string_view users_pkey_columns[] = {"id"sv};
inline constexpr std::string_view users_email_key_columns[] = {"email"sv};
inline constexpr instar::key users_uniques[] = {
    {.name = "users_email_key"sv, .columns = snapshot_parts::users_email_key_columns},
};
inline constexpr instar::check users_checks[] = {
    {.name = "users_failed_logins_check"sv, .expression = "failed_logins >= 0"sv},
};

inline constexpr instar::column sessions_columns[] = {
    {.name = "id"sv, .type = {.kind = instar::type_kind::uuid}, .primary_key = true, .initial = {.kind = instar::default_kind::expression, .text = "gen_random_uuid()"sv}},
    {.name = "user_id"sv, .type = {.kind = instar::type_kind::uuid}},
    {.name = "token_hash"sv, .type = {.kind = instar::type_kind::bytea}, .unique = true, .comment = "SHA-256 of the token; the token itself is never kept"sv},
    {.name = "address"sv, .type = {.kind = instar::type_kind::inet}, .nullable = true},
    {.name = "user_agent"sv, .type = {.kind = instar::type_kind::text}, .nullable = true},
    {.name = "created_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .initial = {.kind = instar::default_kind::now}},
    {.name = "expires_at"sv, .type = {.kind = instar::type_kind::timestamptz}},
    {.name = "revoked_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .nullable = true},
};
inline constexpr std::string_view sessions_pkey_columns[] = {"id"sv};
inline constexpr std::string_view sessions_token_hash_key_columns[] = {"token_hash"sv};
inline constexpr instar::key sessions_uniques[] = {
    {.name = "sessions_token_hash_key"sv, .columns = snapshot_parts::sessions_token_hash_key_columns},
};
inline constexpr std::string_view sessions_user_id_fkey_columns[] = {"user_id"sv};
inline constexpr std::string_view sessions_user_id_fkey_target_columns[] = {"id"sv};
inline constexpr instar::foreign_key sessions_foreign_keys[] = {
    {.name = "sessions_user_id_fkey"sv, .columns = snapshot_parts::sessions_user_id_fkey_columns, .target_table = "users"sv, .target_columns = snapshot_parts::sessions_user_id_fkey_target_columns, .on_delete = instar::referential_action::cascade},
};
inline constexpr instar::check sessions_checks[] = {
    {.name = "sessions_check"sv, .expression = "expires_at > created_at"sv},
};
inline constexpr instar::index_part sessions_user_id_expires_at_idx_parts[] = {
    {.text = "user_id"sv},
    {.text = "expires_at"sv},
};
inline constexpr instar::index sessions_indexes[] = {
    {.name = "sessions_user_id_expires_at_idx"sv, .parts = snapshot_parts::sessions_user_id_expires_at_idx_parts, .where = "revoked_at IS NULL"sv},
};

inline constexpr instar::column agents_columns[] = {
    {.name = "id"sv, .type = {.kind = instar::type_kind::uuid}, .primary_key = true, .initial = {.kind = instar::default_kind::expression, .text = "gen_random_uuid()"sv}},
    {.name = "owner_id"sv, .type = {.kind = instar::type_kind::uuid}},
    {.name = "name"sv, .type = {.kind = instar::type_kind::text}},
    {.name = "kind"sv, .type = {.kind = instar::type_kind::enumeration, .values = &snapshot_parts::agent_kind_enumeration}, .initial = {.kind = instar::default_kind::text, .text = "worker"sv}},
    {.name = "capabilities"sv, .type = {.kind = instar::type_kind::text, .dimensions = 1}, .initial = {.kind = instar::default_kind::text, .text = "{}"sv}},
    {.name = "config"sv, .type = {.kind = instar::type_kind::jsonb}, .initial = {.kind = instar::default_kind::text, .text = "{}"sv}},
    {.name = "created_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .initial = {.kind = instar::default_kind::now}},
};
inline constexpr std::string_view agents_pkey_columns[] = {"id"sv};
inline constexpr std::string_view agents_owner_id_name_key_columns[] = {"owner_id"sv, "name"sv};
inline constexpr instar::key agents_uniques[] = {
    {.name = "agents_owner_id_name_key"sv, .columns = snapshot_parts::agents_owner_id_name_key_columns},
};
inline constexpr std::string_view agents_owner_id_fkey_columns[] = {"owner_id"sv};
inline constexpr std::string_view agents_owner_id_fkey_target_columns[] = {"id"sv};
inline constexpr instar::foreign_key agents_foreign_keys[] = {
    {.name = "agents_owner_id_fkey"sv, .columns = snapshot_parts::agents_owner_id_fkey_columns, .target_table = "users"sv, .target_columns = snapshot_parts::agents_owner_id_fkey_target_columns, .on_delete = instar::referential_action::cascade},
};

inline constexpr instar::column templates_columns[] = {
    {.name = "id"sv, .type = {.kind = instar::type_kind::uuid}, .primary_key = true, .initial = {.kind = instar::default_kind::expression, .text = "gen_random_uuid()"sv}},
    {.name = "owner_id"sv, .type = {.kind = instar::type_kind::uuid}, .nullable = true, .comment = "NULL: one of ours"sv},
    {.name = "slug"sv, .type = {.kind = instar::type_kind::varchar, .length = 80}, .unique = true},
    {.name = "title"sv, .type = {.kind = instar::type_kind::text}},
    {.name = "description"sv, .type = {.kind = instar::type_kind::text}, .nullable = true},
    {.name = "visibility"sv, .type = {.kind = instar::type_kind::enumeration, .values = &snapshot_parts::visibility_enumeration}, .initial = {.kind = instar::default_kind::text, .text = "private"sv}},
    {.name = "tags"sv, .type = {.kind = instar::type_kind::text, .dimensions = 1}, .initial = {.kind = instar::default_kind::text, .text = "{}"sv}},
    {.name = "definition"sv, .type = {.kind = instar::type_kind::jsonb}},
    {.name = "variables"sv, .type = {.kind = instar::type_kind::jsonb}, .initial = {.kind = instar::default_kind::text, .text = "{}"sv}},
    {.name = "version"sv, .type = {.kind = instar::type_kind::integer}, .initial = {.kind = instar::default_kind::integer, .integer = 1}},
    {.name = "created_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .initial = {.kind = instar::default_kind::now}},
    {.name = "updated_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .updated_at = true, .initial = {.kind = instar::default_kind::now}},
};
inline constexpr std::string_view templates_pkey_columns[] = {"id"sv};
inline constexpr std::string_view templates_slug_key_columns[] = {"slug"sv};
inline constexpr instar::key templates_uniques[] = {
    {.name = "templates_slug_key"sv, .columns = snapshot_parts::templates_slug_key_columns},
};
inline constexpr std::string_view templates_owner_id_fkey_columns[] = {"owner_id"sv};
inline constexpr std::string_view templates_owner_id_fkey_target_columns[] = {"id"sv};
inline constexpr instar::foreign_key templates_foreign_keys[] = {
    {.name = "templates_owner_id_fkey"sv, .columns = snapshot_parts::templates_owner_id_fkey_columns, .target_table = "users"sv, .target_columns = snapshot_parts::templates_owner_id_fkey_target_columns, .on_delete = instar::referential_action::set_null},
};
inline constexpr instar::check templates_checks[] = {
    {.name = "templates_slug_check"sv, .expression = "slug ~ '^[a-z0-9-]+$'"sv},
};
inline constexpr instar::index_part templates_tags_idx_parts[] = {
    {.text = "tags"sv},
};
inline constexpr instar::index templates_indexes[] = {
    {.name = "templates_tags_idx"sv, .parts = snapshot_parts::templates_tags_idx_parts, .method = "gin"sv},
};

inline constexpr instar::column pipelines_columns[] = {
    {.name = "id"sv, .type = {.kind = instar::type_kind::uuid}, .primary_key = true, .initial = {.kind = instar::default_kind::expression, .text = "gen_random_uuid()"sv}},
    {.name = "owner_id"sv, .type = {.kind = instar::type_kind::uuid}},
    {.name = "template_id"sv, .type = {.kind = instar::type_kind::uuid}, .nullable = true},
    {.name = "forked_from"sv, .type = {.kind = instar::type_kind::uuid}, .nullable = true},
    {.name = "name"sv, .type = {.kind = instar::type_kind::text}},
    {.name = "status"sv, .type = {.kind = instar::type_kind::enumeration, .values = &snapshot_parts::pipeline_status_enumeration}, .initial = {.kind = instar::default_kind::text, .text = "draft"sv}},
    {.name = "definition"sv, .type = {.kind = instar::type_kind::jsonb}, .initial = {.kind = instar::default_kind::text, .text = "{}"sv}, .comment = "The steps, as the editor draws them"sv},
    {.name = "created_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .initial = {.kind = instar::default_kind::now}},
    {.name = "updated_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .updated_at = true, .initial = {.kind = instar::default_kind::now}},
};
inline constexpr std::string_view pipelines_pkey_columns[] = {"id"sv};
inline constexpr std::string_view pipelines_owner_id_fkey_columns[] = {"owner_id"sv};
inline constexpr std::string_view pipelines_owner_id_fkey_target_columns[] = {"id"sv};
inline constexpr std::string_view pipelines_template_id_fkey_columns[] = {"template_id"sv};
inline constexpr std::string_view pipelines_template_id_fkey_target_columns[] = {"id"sv};
inline constexpr std::string_view pipelines_forked_from_fkey_columns[] = {"forked_from"sv};
inline constexpr std::string_view pipelines_forked_from_fkey_target_columns[] = {"id"sv};
inline constexpr instar::foreign_key pipelines_foreign_keys[] = {
    {.name = "pipelines_owner_id_fkey"sv, .columns = snapshot_parts::pipelines_owner_id_fkey_columns, .target_table = "users"sv, .target_columns = snapshot_parts::pipelines_owner_id_fkey_target_columns, .on_delete = instar::referential_action::cascade},
    {.name = "pipelines_template_id_fkey"sv, .columns = snapshot_parts::pipelines_template_id_fkey_columns, .target_table = "templates"sv, .target_columns = snapshot_parts::pipelines_template_id_fkey_target_columns, .on_delete = instar::referential_action::set_null},
    {.name = "pipelines_forked_from_fkey"sv, .columns = snapshot_parts::pipelines_forked_from_fkey_columns, .target_table = "pipelines"sv, .target_columns = snapshot_parts::pipelines_forked_from_fkey_target_columns, .on_delete = instar::referential_action::set_null},
};
inline constexpr instar::index_part pipelines_owner_id_idx_parts[] = {
    {.text = "owner_id"sv},
};
inline constexpr instar::index_part pipelines_template_id_idx_parts[] = {
    {.text = "template_id"sv},
};
inline constexpr instar::index_part pipelines_name_idx_parts[] = {
    {.text = "name"sv, .operator_class = "gin_trgm_ops"sv},
};
inline constexpr instar::index pipelines_indexes[] = {
    {.name = "pipelines_owner_id_idx"sv, .parts = snapshot_parts::pipelines_owner_id_idx_parts},
    {.name = "pipelines_template_id_idx"sv, .parts = snapshot_parts::pipelines_template_id_idx_parts},
    {.name = "pipelines_name_idx"sv, .parts = snapshot_parts::pipelines_name_idx_parts, .method = "gin"sv},
};

inline constexpr instar::column tasks_columns[] = {
    {.name = "id"sv, .type = {.kind = instar::type_kind::bigint}, .primary_key = true, .identity = instar::identity_kind::by_default},
    {.name = "pipeline_id"sv, .type = {.kind = instar::type_kind::uuid}},
    {.name = "agent_id"sv, .type = {.kind = instar::type_kind::uuid}, .nullable = true},
    {.name = "position"sv, .type = {.kind = instar::type_kind::integer}},
    {.name = "status"sv, .type = {.kind = instar::type_kind::enumeration, .values = &snapshot_parts::task_status_enumeration}, .initial = {.kind = instar::default_kind::text, .text = "queued"sv}},
    {.name = "attempts"sv, .type = {.kind = instar::type_kind::integer}, .initial = {.kind = instar::default_kind::integer}},
    {.name = "input"sv, .type = {.kind = instar::type_kind::jsonb}, .initial = {.kind = instar::default_kind::text, .text = "{}"sv}, .renamed_from = "payload"sv},
    {.name = "output"sv, .type = {.kind = instar::type_kind::jsonb}, .nullable = true, .renamed_from = "result"sv},
    {.name = "error"sv, .type = {.kind = instar::type_kind::text}, .nullable = true},
    {.name = "started_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .nullable = true},
    {.name = "finished_at"sv, .type = {.kind = instar::type_kind::timestamptz}, .nullable = true},
};
inline constexpr std::string_view tasks_pkey_columns[] = {"id"sv};
inline constexpr std::string_view tasks_pipeline_id_position_key_columns[] = {"pipeline_id"sv, "position"sv};
inline constexpr instar::key tasks_uniques[] = {
    {.name = "tasks_pipeline_id_position_key"sv, .columns = snapshot_parts::tasks_pipeline_id_position_key_columns},
};
inline constexpr std::string_view tasks_pipeline_id_fkey_columns[] = {"pipeline_id"sv};
inline constexpr std::string_view tasks_pipeline_id_fkey_target_columns[] = {"id"sv};
inline constexpr std::string_view tasks_agent_id_fkey_columns[] = {"agent_id"sv};
inline constexpr std::string_view tasks_agent_id_fkey_target_columns[] = {"id"sv};
inline constexpr instar::foreign_key tasks_foreign_keys[] = {
    {.name = "tasks_pipeline_id_fkey"sv, .columns = snapshot_parts::tasks_pipeline_id_fkey_columns, .target_table = "pipelines"sv, .target_columns = snapshot_parts::tasks_pipeline_id_fkey_target_columns, .on_delete = instar::referential_action::cascade},
    {.name = "tasks_agent_id_fkey"sv, .columns = snapshot_parts::tasks_agent_id_fkey_columns, .target_table = "agents"sv, .target_columns = snapshot_parts::tasks_agent_id_fkey_target_columns, .on_delete = instar::referential_action::set_null},
};
inline constexpr instar::check tasks_checks[] = {
    {.name = "tasks_position_check"sv, .expression = "position >= 0"sv},
    {.name = "tasks_check"sv, .expression = "finished_at >= started_at"sv},
};
inline constexpr instar::index_part tasks_agent_id_idx_parts[] = {
    {.text = "agent_id"sv},
};
inline constexpr instar::index_part tasks_open_idx_parts[] = {
    {.text = "id"sv},
};
inline constexpr instar::index tasks_indexes[] = {
    {.name = "tasks_agent_id_idx"sv, .parts = snapshot_parts::tasks_agent_id_idx_parts},
    {.name = "tasks_open_idx"sv, .parts = snapshot_parts::tasks_open_idx_parts, .where = "status IN ('queued', 'running')"sv},
};
inline constexpr instar::table tables[] = {
    {.name = "users"sv,
     .columns = snapshot_parts::users_columns,
     .primary_key = {.name = "users_pkey"sv, .columns = snapshot_parts::users_pkey_columns},
     .uniques = snapshot_parts::users_uniques,
     .checks = snapshot_parts::users_checks,
     .content_hash = 0xfd18e5bc1ae6e4cfull},
    {.name = "sessions"sv,
     .columns = snapshot_parts::sessions_columns,
     .primary_key = {.name = "sessions_pkey"sv, .columns = snapshot_parts::sessions_pkey_columns},
     .uniques = snapshot_parts::sessions_uniques,
     .foreign_keys = snapshot_parts::sessions_foreign_keys,
     .checks = snapshot_parts::sessions_checks,
     .indexes = snapshot_parts::sessions_indexes,
     .content_hash = 0xac768727f1ba5a5aull},
    {.name = "agents"sv,
     .columns = snapshot_parts::agents_columns,
     .primary_key = {.name = "agents_pkey"sv, .columns = snapshot_parts::agents_pkey_columns},
     .uniques = snapshot_parts::agents_uniques,
     .foreign_keys = snapshot_parts::agents_foreign_keys,
     .content_hash = 0x3942637b35e41ab8ull},
    {.name = "templates"sv,
     .columns = snapshot_parts::templates_columns,
     .primary_key = {.name = "templates_pkey"sv, .columns = snapshot_parts::templates_pkey_columns},
     .uniques = snapshot_parts::templates_uniques,
     .foreign_keys = snapshot_parts::templates_foreign_keys,
     .checks = snapshot_parts::templates_checks,
     .indexes = snapshot_parts::templates_indexes,
     .comment = "What a pipeline can be made from"sv,
     .content_hash = 0x6e14b40639ff1fabull},
    {.name = "pipelines"sv,
     .columns = snapshot_parts::pipelines_columns,
     .primary_key = {.name = "pipelines_pkey"sv, .columns = snapshot_parts::pipelines_pkey_columns},
     .foreign_keys = snapshot_parts::pipelines_foreign_keys,
     .indexes = snapshot_parts::pipelines_indexes,
     .content_hash = 0x7af16e7722fcb2full},
    {.name = "tasks"sv,
     .columns = snapshot_parts::tasks_columns,
     .primary_key = {.name = "tasks_pkey"sv, .columns = snapshot_parts::tasks_pkey_columns},
     .uniques = snapshot_parts::tasks_uniques,
     .foreign_keys = snapshot_parts::tasks_foreign_keys,
     .checks = snapshot_parts::tasks_checks,
     .indexes = snapshot_parts::tasks_indexes,
     .content_hash = 0x608b3641234a410aull},
};
inline constexpr instar::enumeration enumerations[] = {
    user_role_enumeration,
    agent_kind_enumeration,
    visibility_enumeration,
    pipeline_status_enumeration,
    task_status_enumeration,
};
inline constexpr instar::extension_object extensions[] = {
    {.name = "citext"sv},
    {.name = "pg_trgm"sv},
    {.name = "pgcrypto"sv},
    {.name = "pg_stat_statements"sv},
};
inline constexpr instar::index_part pipeline_performance_pipeline_id_key_parts[] = {
    {.text = "pipeline_id"sv},
};
inline constexpr instar::index pipeline_performance_indexes[] = {
    {.name = "pipeline_performance_pipeline_id_key"sv, .parts = snapshot_parts::pipeline_performance_pipeline_id_key_parts, .unique = true},
};
inline constexpr instar::index_part agent_performance_agent_id_key_parts[] = {
    {.text = "agent_id"sv},
};
inline constexpr instar::index agent_performance_indexes[] = {
    {.name = "agent_performance_agent_id_key"sv, .parts = snapshot_parts::agent_performance_agent_id_key_parts, .unique = true},
};
inline constexpr instar::view_object views[] = {
    {.name = "pipeline_performance"sv,
     .query = "SELECT p.id AS pipeline_id,\n"
        "       count(t.id) AS tasks,\n"
        "       count(t.id) FILTER (WHERE t.status = 'failed') AS failed,\n"
        "       avg(t.finished_at - t.started_at) AS mean_duration,\n"
        "       percentile_cont(0.95) WITHIN GROUP (ORDER BY t.finished_at - t.started_at)\n"
        "         AS p95_duration\n"
        "FROM pipelines p\n"
        "LEFT JOIN tasks t ON t.pipeline_id = p.id\n"
        "GROUP BY p.id"sv,
     .materialized = true,
     .indexes = snapshot_parts::pipeline_performance_indexes},
    {.name = "agent_performance"sv,
     .query = "SELECT a.id AS agent_id,\n"
        "       a.kind,\n"
        "       count(t.id) AS tasks,\n"
        "       count(t.id) FILTER (WHERE t.status = 'succeeded') AS succeeded,\n"
        "       max(t.finished_at) AS last_finished_at\n"
        "FROM agents a\n"
        "LEFT JOIN tasks t ON t.agent_id = a.id\n"
        "GROUP BY a.id"sv,
     .materialized = true,
     .indexes = snapshot_parts::agent_performance_indexes},
};
inline constexpr instar::migration_record migrations_2[] = {
    {.name = "20240117000000_metadata_extensions"sv, .checksum = "bc2e059242321462e3028845baf7443b8ce4ecb179220159a7f3887448df1af4"sv},
    {.name = "20250120131619_add_user_auth_fields"sv, .checksum = "066d68c91fb886cdfb042df02801c1897e43ef2a4fc07e4f80b02da7e65ffa49"sv},
    {.name = "20250211085834_update_schema"sv, .checksum = "527767e4d4c73f9ba4f7d18aebf4c1e8e7e8cc4f14a41c61077e262dcc14ba03"sv},
};

}  // namespace snapshot_parts

inline constexpr instar::snapshot snapshot{.schema = {.tables = snapshot_parts::tables,
     .enumerations = snapshot_parts::enumerations,
     .extensions = snapshot_parts::extensions,
     .views = snapshot_parts::views},
     .migrations = snapshot_parts::migrations_2};

}  // namespace migrations
