// The schema after the last migration, for INSTAR_CHECK_MIGRATED and for the next plan.
// Written by `migrate dev`; `generate` brings it up to date. Do not edit, and do commit it.
#pragma once

#include <instar/instar.hpp>

#include <string_view>

namespace migrations {
namespace snapshot_parts {
using namespace std::string_view_literals;

inline constexpr instar::stored_part tables[] = {
    {"users"sv, 0xfd18e5bc1ae6e4cfull, R"part({
  name=users
  columns=[
    {name=id type={kind=uuid} primary_key default={kind=expression text="gen_random_uuid()"}}
    {name=email type={kind=citext} unique}
    {name=name type={kind=text}}
    {name=role type={kind=enumeration enum={name=user_role}} default={kind=text text=member}}
    {name=password_hash type={kind=text} nullable comment="Argon2id; NULL: signs in by another service alone"}
    {name=email_verified_at type={kind=timestamptz} nullable}
    {name=last_login_at type={kind=timestamptz} nullable}
    {name=failed_logins type={kind=integer} default={kind=integer}}
    {name=created_at type={kind=timestamptz} default={kind=now}}
    {name=updated_at type={kind=timestamptz} updated_at default={kind=now}}
  ]
  primary_key={name=users_pkey columns=[id]}
  uniques=[
    {name=users_email_key columns=[email]}
  ]
  checks=[
    {name=users_failed_logins_check expression="failed_logins >= 0"}
  ]
})part"sv},
    {"sessions"sv, 0xac768727f1ba5a5aull, R"part({
  name=sessions
  columns=[
    {name=id type={kind=uuid} primary_key default={kind=expression text="gen_random_uuid()"}}
    {name=user_id type={kind=uuid}}
    {name=token_hash type={kind=bytea} unique comment="SHA-256 of the token; the token itself is never kept"}
    {name=address type={kind=inet} nullable}
    {name=user_agent type={kind=text} nullable}
    {name=created_at type={kind=timestamptz} default={kind=now}}
    {name=expires_at type={kind=timestamptz}}
    {name=revoked_at type={kind=timestamptz} nullable}
  ]
  primary_key={name=sessions_pkey columns=[id]}
  uniques=[
    {name=sessions_token_hash_key columns=[token_hash]}
  ]
  foreign_keys=[
    {name=sessions_user_id_fkey columns=[user_id] target_table=users target_columns=[id] on_delete=cascade}
  ]
  checks=[
    {name=sessions_check expression="expires_at > created_at"}
  ]
  indexes=[
    {name=sessions_user_id_expires_at_idx parts=[{text=user_id} {text=expires_at}] where="revoked_at IS NULL"}
  ]
})part"sv},
    {"agents"sv, 0x3942637b35e41ab8ull, R"part({
  name=agents
  columns=[
    {name=id type={kind=uuid} primary_key default={kind=expression text="gen_random_uuid()"}}
    {name=owner_id type={kind=uuid}}
    {name=name type={kind=text}}
    {name=kind type={kind=enumeration enum={name=agent_kind}} default={kind=text text=worker}}
    {name=capabilities type={kind=text dimensions=1} default={kind=text text="{}"}}
    {name=config type={kind=jsonb} default={kind=text text="{}"}}
    {name=created_at type={kind=timestamptz} default={kind=now}}
  ]
  primary_key={name=agents_pkey columns=[id]}
  uniques=[
    {name=agents_owner_id_name_key columns=[owner_id name]}
  ]
  foreign_keys=[
    {name=agents_owner_id_fkey columns=[owner_id] target_table=users target_columns=[id] on_delete=cascade}
  ]
})part"sv},
    {"templates"sv, 0x6e14b40639ff1fabull, R"part({
  name=templates
  columns=[
    {name=id type={kind=uuid} primary_key default={kind=expression text="gen_random_uuid()"}}
    {name=owner_id type={kind=uuid} nullable comment="NULL: one of ours"}
    {name=slug type={kind=varchar length=80} unique}
    {name=title type={kind=text}}
    {name=description type={kind=text} nullable}
    {name=visibility type={kind=enumeration enum={name=visibility}} default={kind=text text=private}}
    {name=tags type={kind=text dimensions=1} default={kind=text text="{}"}}
    {name=definition type={kind=jsonb}}
    {name=variables type={kind=jsonb} default={kind=text text="{}"}}
    {name=version type={kind=integer} default={kind=integer integer=1}}
    {name=created_at type={kind=timestamptz} default={kind=now}}
    {name=updated_at type={kind=timestamptz} updated_at default={kind=now}}
  ]
  primary_key={name=templates_pkey columns=[id]}
  uniques=[
    {name=templates_slug_key columns=[slug]}
  ]
  foreign_keys=[
    {name=templates_owner_id_fkey columns=[owner_id] target_table=users target_columns=[id] on_delete=set_null}
  ]
  checks=[
    {name=templates_slug_check expression="slug ~ '^[a-z0-9-]+$'"}
  ]
  indexes=[
    {name=templates_tags_idx parts=[{text=tags}] method=gin}
  ]
  comment="What a pipeline can be made from"
})part"sv},
    {"pipelines"sv, 0x7af16e7722fcb2full, R"part({
  name=pipelines
  columns=[
    {name=id type={kind=uuid} primary_key default={kind=expression text="gen_random_uuid()"}}
    {name=owner_id type={kind=uuid}}
    {name=template_id type={kind=uuid} nullable}
    {name=forked_from type={kind=uuid} nullable}
    {name=name type={kind=text}}
    {name=status type={kind=enumeration enum={name=pipeline_status}} default={kind=text text=draft}}
    {name=definition type={kind=jsonb} default={kind=text text="{}"} comment="The steps, as the editor draws them"}
    {name=created_at type={kind=timestamptz} default={kind=now}}
    {name=updated_at type={kind=timestamptz} updated_at default={kind=now}}
  ]
  primary_key={name=pipelines_pkey columns=[id]}
  foreign_keys=[
    {name=pipelines_owner_id_fkey columns=[owner_id] target_table=users target_columns=[id] on_delete=cascade}
    {name=pipelines_template_id_fkey columns=[template_id] target_table=templates target_columns=[id] on_delete=set_null}
    {name=pipelines_forked_from_fkey columns=[forked_from] target_table=pipelines target_columns=[id] on_delete=set_null}
  ]
  indexes=[
    {name=pipelines_owner_id_idx parts=[{text=owner_id}]}
    {name=pipelines_template_id_idx parts=[{text=template_id}]}
    {name=pipelines_name_idx parts=[{text=name operator_class=gin_trgm_ops}] method=gin}
  ]
})part"sv},
    {"tasks"sv, 0x8663649a88fc7039ull, R"part({
  name=tasks
  columns=[
    {name=id type={kind=bigint} primary_key identity=by_default}
    {name=pipeline_id type={kind=uuid}}
    {name=agent_id type={kind=uuid} nullable}
    {name=position type={kind=integer}}
    {name=status type={kind=enumeration enum={name=task_status}} default={kind=text text=queued}}
    {name=attempts type={kind=integer} default={kind=integer}}
    {name=input type={kind=jsonb} default={kind=text text="{}"} renamed_from=payload}
    {name=output type={kind=jsonb} nullable renamed_from=result}
    {name=error type={kind=text} nullable}
    {name=started_at type={kind=timestamptz} nullable}
    {name=finished_at type={kind=timestamptz} nullable}
  ]
  primary_key={name=tasks_pkey columns=[id]}
  uniques=[
    {name=tasks_pipeline_id_position_key columns=[pipeline_id position]}
  ]
  foreign_keys=[
    {name=tasks_pipeline_id_fkey columns=[pipeline_id] target_table=pipelines target_columns=[id] on_delete=cascade}
    {name=tasks_agent_id_fkey columns=[agent_id] target_table=agents target_columns=[id] on_delete=set_null}
  ]
  checks=[
    {name=tasks_position_check expression="position >= 0"}
    {name=tasks_check expression="finished_at >= started_at"}
  ]
  indexes=[
    {name=tasks_agent_id_idx parts=[{text=agent_id}]}
    {name=tasks_open_idx parts=[{text=id}] where="status IN ('queued', 'running')"}
  ]
})part"sv},
};

inline constexpr instar::stored_part enumerations[] = {
    {"user_role"sv, 0x0ull, R"part({name=user_role values=[
    {label=member}
    {label=admin}
  ]})part"sv},
    {"agent_kind"sv, 0x0ull, R"part({name=agent_kind values=[
    {label=planner}
    {label=worker}
    {label=reviewer}
  ]})part"sv},
    {"visibility"sv, 0x0ull, R"part({name=visibility values=[
    {label=private}
    {label=team}
    {label=everyone}
  ]})part"sv},
    {"pipeline_status"sv, 0x0ull, R"part({name=pipeline_status values=[
    {label=draft}
    {label=active}
    {label=archived}
  ]})part"sv},
    {"task_status"sv, 0x0ull, R"part({name=task_status values=[
    {label=queued}
    {label=running}
    {label=succeeded}
    {label=failed}
    {label=cancelled}
  ]})part"sv},
};

inline constexpr std::string_view objects = R"part({
  extensions=[
    {name=citext}
    {name=pg_trgm}
    {name=pgcrypto}
    {name=pg_stat_statements}
  ]
  views=[
    {name=pipeline_performance query="SELECT p.id AS pipeline_id,
       count(t.id) AS tasks,
       count(t.id) FILTER (WHERE t.status = 'failed') AS failed,
       avg(t.finished_at - t.started_at) AS mean_duration,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY t.finished_at - t.started_at)
         AS p95_duration
FROM pipelines p
LEFT JOIN tasks t ON t.pipeline_id = p.id
GROUP BY p.id" materialized indexes=[
    {name=pipeline_performance_pipeline_id_key parts=[{text=pipeline_id}] unique}
  ]}
    {name=agent_performance query="SELECT a.id AS agent_id,
       a.kind,
       count(t.id) AS tasks,
       count(t.id) FILTER (WHERE t.status = 'succeeded') AS succeeded,
       max(t.finished_at) AS last_finished_at
FROM agents a
LEFT JOIN tasks t ON t.agent_id = a.id
GROUP BY a.id" materialized indexes=[
    {name=agent_performance_agent_id_key parts=[{text=agent_id}] unique}
  ]}
  ]
})part"sv;

inline constexpr instar::migration_record migrations[] = {
    {"20240117000000_metadata_extensions"sv, "bc2e059242321462e3028845baf7443b8ce4ecb179220159a7f3887448df1af4"sv},
    {"20250120131619_add_user_auth_fields"sv, "7754444cd313e94a47e2ff2ddbccbaa8ed6b08f52fd015dbfa134ffef2455b7e"sv},
    {"20250211085834_update_schema"sv, "2f032da9046c37c556fcf9e79ac07e387cbac47fceb4d42605dac6318596ba06"sv},
};

}  // namespace snapshot_parts

inline constexpr instar::stored_snapshot snapshot{.tables = snapshot_parts::tables, .enumerations = snapshot_parts::enumerations, .objects = snapshot_parts::objects, .migrations = snapshot_parts::migrations, .dialect = instar::dialect::postgres};

}  // namespace migrations
