#pragma once

#include <instar/migrate/migrator.hpp>
#include <instar/migrate/reading.hpp>
#include <instar/migrate/session.hpp>
#include <instar/migrate/written_files.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file A database that is there already as the first migration of a history.

namespace instar {

namespace detail {

inline constexpr std::string_view baseline_name = "0_init";

[[nodiscard]] inline migration_error baseline_refused(std::string message, std::string remedy) {
  return unchanged(migration_code::baseline_refused, std::move(message), std::move(remedy));
}

/// Roles that own something in a database, but for the one that is connected; and those that something in it is granted
/// to or a policy is for. \return what no migration says, or needs
[[nodiscard]] inline std::vector<migration_warning> warnings_of_roles(database& on, const ledger_place& place) {
  // pg_shdepend leaves out the role that initdb made, so owners are asked of the objects themselves.
  const std::string owners =
      "SELECT pg_catalog.string_agg(o.kind || ' ' || o.name || ' (' || pg_catalog.pg_get_userbyid(o.owner) || ')', "
      "', ' ORDER BY o.kind, o.name) FILTER (WHERE o.n <= 5), pg_catalog.count(*) FROM (SELECT a.*, "
      "pg_catalog.row_number() OVER (ORDER BY a.kind, a.name) AS n FROM ("
      "SELECT 'schema' AS kind, nspname::text AS name, nspowner AS owner, oid AS namespace, "
      "'pg_catalog.pg_namespace'::pg_catalog.regclass AS of, oid FROM pg_catalog.pg_namespace WHERE nspname <> "
      "'public' "
      "UNION ALL SELECT CASE relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' "
      "ELSE 'table' END, oid::pg_catalog.regclass::text, relowner, relnamespace, 'pg_catalog.pg_class'::"
      "pg_catalog.regclass, oid FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') "
      "AND oid IS DISTINCT FROM pg_catalog.to_regclass(" +
      quote_literal(place.qualified()) +
      ") UNION ALL SELECT 'function', oid::pg_catalog.regprocedure::text, proowner, pronamespace, "
      "'pg_catalog.pg_proc'::pg_catalog.regclass, oid FROM pg_catalog.pg_proc "
      "UNION ALL SELECT 'type', oid::pg_catalog.regtype::text, typowner, typnamespace, 'pg_catalog.pg_type'::"
      "pg_catalog.regclass, oid FROM pg_catalog.pg_type WHERE typtype IN ('e', 'd', 'r')) a "
      "JOIN pg_catalog.pg_namespace s ON s.oid = a.namespace "
      "WHERE s.nspname !~ '^pg_' AND s.nspname <> 'information_schema' "
      "AND a.owner <> (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user) "
      "AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = a.of AND d.objid = a.oid "
      "AND d.deptype = 'e')) o";
  const std::string named =
      "SELECT pg_catalog.string_agg(DISTINCT pg_catalog.pg_get_userbyid(d.refobjid)::text, ', ') FROM "
      "pg_catalog.pg_shdepend d WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.deptype IN "
      "('a', 'r') AND d.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())";
  const std::string unread =
      "SELECT pg_catalog.string_agg(s.what, ', ' ORDER BY s.what) FROM (SELECT 'subscription ' || subname AS what FROM "
      "pg_catalog.pg_stat_subscription UNION SELECT 'user mapping of ' || usename || ' to ' || srvname FROM "
      "pg_catalog.pg_user_mappings) s";
  std::vector<migration_warning> warnings;
  const auto warn = [&](std::string message, std::string remedy) {
    warnings.push_back(
        {migration_code::baseline_leaves_out, std::string{baseline_name}, std::move(message), std::move(remedy)});
  };
  const query_result owned = on.query(owners);
  if (const std::string names = text_of(owned.rows.front()[0]); !names.empty()) {
    const bool more = std::stoul(text_of(owned.rows.front()[1])) > 5;
    warn("Owners are not in the migration; where it is deployed, all belongs to the role that runs it. Others own "
         "here: " +
             names + (more ? " ..." : "") + ".",
         "Add ALTER ... OWNER TO to a migration of your own where that matters.");
  }
  if (const std::string names = text_of(on.query_value(named)); !names.empty())
    warn("The migration names roles, which no migration makes: " + names + ".",
         "Make them before it is deployed to another server.");
  if (const std::string names = text_of(on.query_value(unread)); !names.empty())
    warn("Not in the migration, for it would hold passwords: " + names + ".",
         "Make them by hand where they are needed.");
  return warnings;
}

}  // namespace detail

/// A history for what is in the database, where neither folder nor ledger has one yet.
inline void migrator::session::refuse_second_history(const history& read, const ledger& book) const {
  if (!read.migrations.empty())
    throw detail::baseline_refused("The folder has migrations already: " + read.migrations.front().name + ".",
                                   "A baseline is the first migration of a history; name an empty folder with "
                                   "--migrations, or record what is applied with `migrate resolve --applied`.");
  if (const auto known = load_snapshot(); known && !known->view().schema.tables.empty())
    throw detail::baseline_refused("The folder has no migration, but a " + std::string{snapshot_file_name} +
                                       " that describes tables.",
                                   "Restore the migrations that it belongs to, or remove it.");
  if (!book.rows().empty())
    throw detail::baseline_refused(
        "The database has a history already: " + book.place().display_name() + " has " + book.rows().front().migration +
            ".",
        "Take the folder of migrations that belongs to it; `migrate status` compares the two.");
}

/// The script that makes a schema of an empty database.
inline migration migrator::session::baseline_migration(const schema_view& schema, instar::dialect target) const {
  migration made;
  made.name = detail::baseline_name;
  made.file = writable_folder() / made.name / "migration.sql";
  made.sql = detail::script_as_dumped(target, make_plan(schema_view{}, schema));
  if (made.sql.empty())
    made.sql = "-- The database was empty.\n";
  made.checksum = detail::sha256_hex(made.sql);
  return made;
}

/// \throws migration_error where a script does not make what the database is
inline void migrator::session::prove_baseline(const migration& made, database& on) {
  owned_schema reached = read_shadow({&made});
  const diff_report missing = compare_read(std::move(reached), read_back(on));
  if (missing.empty())
    return;
  throw detail::unchanged(
      migration_code::baseline_unproven,
      "The migration that was to be written does not make what the database is; this is missing:" +
          detail::first_lines(missing),
      "Write the first migration by hand: `migrate dev --create-only --skip-shadow --name init`, then "
      "`migrate resolve --applied`.");
}

inline baseline_report migrator::session::baseline(const baseline_options& how) {
  const std::filesystem::path& folder = writable_folder();
  history read = load_or_empty();
  database& on = open(false);
  const instar::dialect target = on.dialect();
  detail::check_provider(read, target);
  auto [held, book] = lock_ledger(on);
  refuse_second_history(read, book);
  const owned_schema found = how.schema ? owned_schema{} : read_back(on);
  const schema_view schema = how.schema ? *how.schema : found.view();

  migration made = baseline_migration(schema, target);
  prove_baseline(made, on);
  check();

  baseline_report report{
      .name = made.name, .script = made.file, .snapshot = folder / snapshot_file_name, .sql = made.sql};
  if (target == instar::postgres)
    report.warnings = detail::warnings_of_roles(on, book.place());
  detail::written_files files;
  for (const file_beside_baseline& file : how.files)
    files.write(file.path, file.text);
  files.make_folder(folder);
  if (!read.provider)
    files.write(folder / "migration_lock.toml", detail::lock_file_text(target));
  files.expect(folder / made.name);
  files.expect(made.file);
  write_migration(folder, made);
  const std::vector<migration_record> records{{made.name, made.checksum}};
  files.write(report.snapshot, snapshot_header({.schema = schema, .migrations = records, .dialect = target}));
  check();
  std::vector<std::string> statements;
  if (!book.place().exists)
    statements.push_back(book.create_statement());
  statements.push_back(book.insert_applied(made, 0));
  transact(on, statements);
  files.keep();
  report.ledger = book.place().display_name();
  return report;
}

inline baseline_report migrator::baseline(const baseline_options& options) {
  return session_->guarded([&] { return session_->baseline(options); });
}

}  // namespace instar
