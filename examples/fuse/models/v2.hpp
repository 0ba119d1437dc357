#pragma once

#include <instar/instar.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The models as migration 20250120131619_add_user_auth_fields left them.

// clang-format off

namespace fuse::v2 {

using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

enum class AgentKind { planner, worker, reviewer };
INSTAR_ENUM(AgentKind, planner, worker, reviewer)

enum class PipelineStatus { draft, active, archived };
INSTAR_ENUM(PipelineStatus, draft, active, archived)

enum class TaskStatus { queued, running, succeeded, failed };
INSTAR_ENUM(TaskStatus, queued, running, succeeded, failed)

enum class UserRole { member, admin };
INSTAR_ENUM(UserRole, member, admin)

struct User {
  instar::uuid id;
  std::string email;
  std::string name;
  UserRole role;
  std::optional<std::string> password_hash;
  std::optional<timestamp> email_verified_at;
  std::optional<timestamp> last_login_at;
  std::int16_t failed_logins;
  timestamp created_at;
  timestamp updated_at;
};
INSTAR_MODEL(User, "users",
             (id, primary_key, default_sql("gen_random_uuid()")),
             (email, citext, unique),
             (name),
             (role, default_value(UserRole::member)),
             (password_hash, comment("Argon2id; NULL: signs in by another service alone")),
             (email_verified_at),
             (last_login_at),
             (failed_logins, default_value(0), check("failed_logins >= 0")),
             (created_at, default_now),
             (updated_at, updated_at))

struct Session {
  instar::uuid id;
  instar::uuid user_id;
  std::vector<std::byte> token_hash;
  std::optional<std::string> address;
  std::optional<std::string> user_agent;
  timestamp created_at;
  timestamp expires_at;
  std::optional<timestamp> revoked_at;
};
INSTAR_MODEL(Session, "sessions",
             (id, primary_key, default_sql("gen_random_uuid()")),
             (user_id, references(&User::id).on_delete(cascade)),
             (token_hash, unique, comment("SHA-256 of the token; the token itself is never kept")),
             (address, inet),
             (user_agent),
             (created_at, default_now),
             (expires_at),
             (revoked_at),
             index(&Session::user_id, &Session::expires_at).where("revoked_at IS NULL"),
             check("expires_at > created_at"))

struct Agent {
  instar::uuid id;
  instar::uuid owner_id;
  std::string name;
  AgentKind kind;
  instar::json config;
  timestamp created_at;
};
INSTAR_MODEL(Agent, "agents",
             (id, primary_key, default_sql("gen_random_uuid()")),
             (owner_id, references(&User::id).on_delete(cascade)),
             (name),
             (kind, default_value(AgentKind::worker)),
             (config, default_value("{}")),
             (created_at, default_now),
             unique(&Agent::owner_id, &Agent::name))

struct Pipeline {
  instar::uuid id;
  instar::uuid owner_id;
  std::optional<instar::uuid> forked_from;
  std::string name;
  PipelineStatus status;
  instar::json definition;
  timestamp created_at;
  timestamp updated_at;
};
INSTAR_MODEL(Pipeline, "pipelines",
             (id, primary_key, default_sql("gen_random_uuid()")),
             (owner_id, references(&User::id).on_delete(cascade), index),
             (forked_from, references(&Pipeline::id).on_delete(set_null)),
             (name),
             (status, default_value(PipelineStatus::draft)),
             (definition, default_value("{}"), comment("The steps, as the editor draws them")),
             (created_at, default_now),
             (updated_at, updated_at),
             index(column(&Pipeline::name).operator_class("gin_trgm_ops")).using_method("gin"))

struct Task {
  std::int64_t id;
  instar::uuid pipeline_id;
  std::optional<instar::uuid> agent_id;
  std::int32_t position;
  TaskStatus status;
  instar::json payload;
  std::optional<instar::json> result;
  std::optional<timestamp> started_at;
  std::optional<timestamp> finished_at;
};
INSTAR_MODEL(Task, "tasks",
             (id, primary_key, identity),
             (pipeline_id, references(&Pipeline::id).on_delete(cascade)),
             (agent_id, references(&Agent::id).on_delete(set_null), index),
             (position, check("position >= 0")),
             (status, default_value(TaskStatus::queued)),
             (payload, default_value("{}")),
             (result),
             (started_at),
             (finished_at),
             unique(&Task::pipeline_id, &Task::position),
             index(&Task::id).named("tasks_open_idx").where("status IN ('queued', 'running')"),
             check("finished_at >= started_at"))

inline constexpr auto schema = instar::schema<User, Session, Agent, Pipeline, Task>(
    instar::extension("citext"), instar::extension("pg_trgm"), instar::extension("pgcrypto"),
    instar::extension("pg_stat_statements"),
    // The unique indexes are what REFRESH MATERIALIZED VIEW CONCURRENTLY asks for.
    instar::materialized_view("pipeline_performance",
                              "SELECT p.id AS pipeline_id,\n"
                              "       count(t.id) AS tasks,\n"
                              "       count(t.id) FILTER (WHERE t.status = 'failed') AS failed,\n"
                              "       avg(t.finished_at - t.started_at) AS mean_duration,\n"
                              "       percentile_cont(0.95) WITHIN GROUP (ORDER BY t.finished_at - t.started_at)\n"
                              "         AS p95_duration\n"
                              "FROM pipelines p\n"
                              "LEFT JOIN tasks t ON t.pipeline_id = p.id\n"
                              "GROUP BY p.id",
                              instar::view_index("pipeline_performance_pipeline_id_key", "pipeline_id").unique()),
    instar::materialized_view("agent_performance",
                              "SELECT a.id AS agent_id,\n"
                              "       a.kind,\n"
                              "       count(t.id) AS tasks,\n"
                              "       count(t.id) FILTER (WHERE t.status = 'succeeded') AS succeeded,\n"
                              "       max(t.finished_at) AS last_finished_at\n"
                              "FROM agents a\n"
                              "LEFT JOIN tasks t ON t.agent_id = a.id\n"
                              "GROUP BY a.id",
                              instar::view_index("agent_performance_agent_id_key", "agent_id").unique()));

}  // namespace fuse::v2
