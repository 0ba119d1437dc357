#pragma once

#include <instar/cli/commands/report.hpp>
#include <instar/cli/likely_renames.hpp>

#include <algorithm>

namespace instar::cli {

namespace detail {

/// A name for a migration, from what it does: "init", "create_sessions", "add_users_email", "update_schema".
template <class Plan>
[[nodiscard]] std::string suggest_name(const Plan& steps) {
  if (steps.before.tables.empty() && !steps.after.tables.empty())
    return "init";
  // The steps that a person would name; what follows from them (indexes of a new table, comments) stays unsaid.
  std::vector<std::string> deeds;
  std::vector<const table*> created;
  for (const step& one : steps.steps) {
    const auto of_table = [&](const char* verb, const table* t) { deeds.push_back(verb + std::string{t->name}); };
    const auto of_column = [&](const char* verb, const table* t, const column* c) {
      deeds.push_back(verb + std::string{t->name} + '_' + std::string{c->name});
    };
    if (one.after != nullptr && std::find(created.begin(), created.end(), one.after) != created.end())
      continue;
    switch (one.kind) {
    case step_kind::create_table:
      created.push_back(one.after);
      of_table("create_", one.after);
      break;
    case step_kind::drop_table:
      of_table("drop_", one.before);
      break;
    case step_kind::rename_table:
      of_table("rename_", one.before);
      break;
    case step_kind::add_column:
      of_column("add_", one.after, one.new_column());
      break;
    case step_kind::drop_column:
      of_column("drop_", one.before, one.old_column());
      break;
    case step_kind::rename_column:
      of_column("rename_", one.before, one.old_column());
      break;
    case step_kind::comment_table:
    case step_kind::comment_column:
    case step_kind::rename_constraint:
    case step_kind::rename_index:
      break;
    default:
      deeds.push_back(one.after != nullptr    ? "change_" + std::string{one.after->name}
                      : one.before != nullptr ? "change_" + std::string{one.before->name}
                                              : "update_schema");
      break;
    }
  }
  deeds.erase(std::unique(deeds.begin(), deeds.end()), deeds.end());
  return deeds.size() == 1 ? deeds.front() : "update_schema";
}

/// What is wrong with the history, each with its ways out.
inline exit_code refuse(session& s, const std::vector<history_problem>& problems) {
  for (const history_problem& problem : problems) {
    diagnostic about = diagnose(problem);
    if (&problem == &problems.back())
      about.state = "Nothing was written; the database was not changed.";
    s.fail(std::move(about));
  }
  return exit_code::failure;
}

/// Shows a comparison that should be empty, as an error with the ways out.
inline exit_code refuse_difference(session& s, std::string_view code, std::string message, const diff_report& found,
                                   std::vector<std::string> ways_out) {
  show_steps(s, found.summary);
  diagnostic about =
      make_diagnostic(code, std::move(message), {}, "Nothing was written; the database was not changed.");
  about.help = std::move(ways_out);
  s.fail(std::move(about));
  return exit_code::failure;
}

inline exit_code refuse_drift(session& s, const diff_report& drift) {
  const std::string& me = s.program_name;
  return refuse_difference(s, migration_code::drift,
                           "The database is not what its migrations made; these changes were made by hand (" +
                               counted(drift.summary.size(), "step") + ").",
                           drift,
                           {"To keep them: put them into the models (`" + me + " db pull` prints them), then `" + me +
                                " migrate dev --adopt-drift --name NAME`.",
                            "To undo them: `" + me + " migrate dev --revert-drift`.",
                            "`" + me + " migrate reset` makes the database anew, without its data."});
}

/// `--revert-drift`: undoes in the database what was changed by hand.
inline void revert_drift(session& s, migrator& m, const diff_report& undo) {
  const std::string state = "Nothing was written; the database was not changed.";
  const std::vector<checked_rows> rows = s.interruptible(m, [&] { return m.count_rows(undo.steps); });
  s.clear_passing_line();
  s.screen.result("Undone in the database (" + counted(undo.summary.size(), "step") + "):");
  show_steps(s, undo.summary);
  for (const diagnostic& hazard : hazards_of(m.dialect(), undo.steps, true, rows))
    s.warn(hazard);
  if (const auto error = instar::detail::rows_in_the_way(rows)) {
    diagnostic about = diagnose(*error);
    about.state = state;
    throw command_error{exit_code::failure, std::move(about)};
  }
  const std::string losses = instar::detail::losses_in_words(rows);
  if (!losses.empty() || instar::detail::destroys_unasked(m.dialect(), undo.steps, rows))
    require_consent(s, s.given.accept_data_loss, "Undoing this destroys data. Go on?",
                    make_diagnostic(migration_code::data_loss,
                                    "Undoing what was changed by hand destroys data" +
                                        (losses.empty() ? "." : ": it " + losses + '.'),
                                    "Give --accept-data-loss if that is what you want, or keep the change: "
                                    "--adopt-drift.",
                                    state));
  // The short form: one transaction, which leaves nothing behind when it fails.
  s.interruptible(m, [&] { m.execute_script(script(m.dialect(), undo.steps), "the undoing of the drift"); });
}

inline exit_code refuse_unproven(session& s, const diff_report& missing, bool writes) {
  const std::string& me = s.program_name;
  return refuse_difference(
      s, migration_code::unproven,
      std::string{writes ? "The migrations and the new one do" : "The migrations do"} +
          " not lead to the models; this is missing (" + counted(missing.summary.size(), "step") + ").",
      missing,
      {"`" + me +
       " migrate diff --from migrations --to models --script` prints it; add it to a migration that is not "
       "applied yet, or to an empty one: `" +
       me + " migrate dev --create-only --skip-shadow --name NAME`."});
}

template <class Plan>
[[nodiscard]] std::string choose_name(session& s, const Plan& steps) {
  if (!s.given.name.empty())
    return s.given.name;
  const std::string suggested = suggest_name(steps);
  if (s.given.yes)
    return suggested;
  if (!s.screen.interactive())
    throw command_error{exit_code::needs_answer,
                        make_diagnostic(migration_code::name_needed, "The new migration wants a name.",
                                        "Give --name " + suggested + ", or another name; --yes takes that one.",
                                        "No migration was written.")};
  s.clear_passing_line();
  const std::optional<std::string> answer = s.screen.ask("Name of the migration [" + suggested + "]:");
  if (!answer)
    throw command_error{exit_code::failure,
                        make_diagnostic(cli_code::declined, "No name was given.", {}, "No migration was written.")};
  return answer->empty() ? suggested : *answer;
}

inline void show_created(session& s, const created_migration& created) {
  s.clear_passing_line();
  s.screen.result(s.screen.on_output()(style::green, "Wrote") + "   " + printable(created.script.string()));
  for (const std::filesystem::path& beside : {created.down, created.snapshot})
    if (!beside.empty())
      s.screen.result("        " + printable(beside.string()));
  s.screen.flush();
}

inline void write_json(json_writer& json, const created_migration& created) {
  json.begin_object();
  json.member("name", created.name);
  json.member("script", created.script.string());
  json.optional_member("down", created.down.string());
  json.member("snapshot", created.snapshot.string());
  json.member("sql", created.sql);
  json.end_object();
}

/// Without models there is nothing to plan from, but a migration can be written by hand.
inline exit_code create_by_hand(session& s) {
  if (!s.given.create_only) {
    diagnostic about = models_needed("`migrate dev` plans the next migration from models").about();
    about.help.push_back("To write SQL by hand: `" + s.program_name +
                         " migrate dev --create-only --name NAME` makes an empty migration, `" + s.program_name +
                         " migrate deploy` applies it.");
    throw command_error{exit_code::failure, std::move(about)};
  }
  if (s.given.name.empty())
    throw command_error{exit_code::needs_answer,
                        make_diagnostic(migration_code::name_needed, "The new migration wants a name.",
                                        "Give --name NAME.", "No migration was written.")};
  const auto m = s.make_migrator(database_need::optional);
  const created_migration created =
      s.interruptible(*m, [&] { return m->create_migration(s.given.name, next_plan{}, true); });
  if (s.screen.json()) {
    write_json(begin_result(s).key("created"), created);
    s.json.end_object();
    return exit_code::ok;
  }
  show_created(s, created);
  s.screen.result("Write its SQL, then apply it: `" + s.program_name + " migrate deploy`.");
  return exit_code::ok;
}

/// `--adopt-drift`: writes what was changed by hand as a migration.
inline exit_code adopt_drift(session& s, migrator& m, const diff_report& drift) {
  const std::string name = choose_name(s, drift.steps);
  const created_migration created = s.interruptible(m, [&] { return m.adopt_drift(name); });
  if (s.screen.json()) {
    begin_result(s).texts("steps", drift.summary);
    write_json(s.json.key("created"), created);
    s.json.end_object();
    return exit_code::ok;
  }
  s.clear_passing_line();
  s.screen.result("Changed by hand (" + counted(drift.summary.size(), "step") + "):");
  show_steps(s, drift.summary);
  show_created(s, created);
  s.screen.result("It is recorded as applied here; elsewhere `" + s.program_name + " migrate deploy` applies it.");
  return exit_code::ok;
}

}  // namespace detail

/// `migrate dev`: verifies history and ledger, plans from the last migration to the models, proves the plan, writes it,
/// applies it.
inline exit_code migrate_dev(session& s) {
  if (s.migrations_folder().empty())
    throw command_error{exit_code::failure,
                        detail::make_diagnostic(migration_code::no_folder,
                                                "This program carries its migrations, and has no folder to write to.",
                                                "Name the project's folder with --migrations.",
                                                "Nothing was written; the database was not changed.")};
  if (!s.program.schema)
    return detail::create_by_hand(s);
  const auto m = s.make_migrator(database_need::required, !s.given.skip_seed);
  next_plan next = s.interruptible(*m, [&] { return m->plan_next(); });
  s.clear_passing_line();
  // What stops the command is said once, as an error.
  for (const migration_warning& warning : next.status.warnings)
    if (std::none_of(next.problems.begin(), next.problems.end(), [&](const history_problem& problem) {
          return problem.code == warning.code && problem.migration == warning.migration;
        }))
      s.warn(diagnose(warning));
  if (next.blocked())
    return detail::refuse(s, next.problems);

  if (!s.given.skip_shadow) {
    const proof_report proof = s.interruptible(*m, [&] { return m->prove(next); });
    s.clear_passing_line();
    if (!proof.drift.empty() && s.given.adopt_drift)
      return detail::adopt_drift(s, *m, proof.drift);
    if (!proof.drift.empty() && !s.given.revert_drift)
      return detail::refuse_drift(s, proof.drift);
    if (!proof.missing.empty())
      return detail::refuse_unproven(s, proof.missing, next.wants_migration());
    s.warn(proof.warnings);
    if (!proof.drift.empty())
      detail::revert_drift(s, *m, proof.undo);
  }

  dev_report report;
  const auto deploy = [&] {
    deploy_report deployed = s.interruptible(*m, [&] { return m->deploy(); });
    s.clear_passing_line();
    deployed.created_database = deployed.created_database || report.deployed.created_database;
    deployed.applied.insert(deployed.applied.begin(), report.deployed.applied.begin(), report.deployed.applied.end());
    report.deployed = std::move(deployed);
  };
  // With --create-only, too: the new migration alone is left to be looked over.
  if (!next.pending.empty())
    deploy();

  if (next.wants_migration())
    next.rows = s.interruptible(*m, [&] { return m->count_rows(next); });
  s.clear_passing_line();
  const dialect target = m->dialect();
  const std::vector<diagnostic> hazards = detail::hazards_of(target, next.steps, s.given.offline, next.rows);
  if (!next.steps.empty()) {
    s.screen.result((next.snapshot_alone ? "The change (" : "The next migration (") +
                    detail::counted(next.summary.size(), "step") + "):");
    detail::show_steps(s, next.summary);
    for (const diagnostic& hazard : hazards)
      s.warn(hazard);
    for (const diagnostic& rename : likely_renames(next.steps))
      s.warn(rename);
    // What is only written can still be edited, so nobody is asked, and nothing is in the way.
    if (next.wants_migration() && !s.given.create_only) {
      const std::string state = report.deployed.applied.empty()
                                    ? "Nothing was written; the database was not changed."
                                    : "The pending migrations were applied; no new one was written.";
      if (const auto error = instar::detail::rows_in_the_way(next.rows)) {
        diagnostic about = diagnose(*error);
        about.state = state;
        throw command_error{exit_code::failure, std::move(about)};
      }
      const std::string losses = instar::detail::losses_in_words(next.rows);
      if (!losses.empty() || instar::detail::destroys_unasked(target, next.steps, next.rows))
        detail::require_data_loss_consent(s, "This migration", losses, state);
    }
  }
  std::string snapshot;
  if (next.snapshot_alone && !s.given.create_only) {
    snapshot = m->follow_models(next).file.string();
    s.screen.result(s.screen.on_output()(style::green, "Wrote") + "   " + printable(snapshot));
  } else if (!next.steps.empty() || s.given.create_only) {
    const std::string name = detail::choose_name(s, next.steps);
    report.created = s.interruptible(*m, [&] { return m->create_migration(name, next, true); });
    detail::show_created(s, *report.created);
    if (!s.given.create_only)
      deploy();
  }
  bool seeded = false;
  // A seed is for the models as they are, so not before the migration that is still to be applied.
  if (report.deployed.created_database && !s.given.create_only && !s.given.skip_seed && s.has_seed()) {
    s.interruptible(*m, [&] { m->seed(); });
    seeded = true;
  }

  if (s.screen.json()) {
    detail::begin_result(s).texts("steps", next.summary);
    s.json.member("loses_data", next.loses_data);
    detail::write_json(s.json.key("rows"), next.rows);
    if (report.created)
      detail::write_json(s.json.key("created"), *report.created);
    else
      s.json.key("created").null();
    s.json.optional_member("snapshot", snapshot);
    detail::write_json_members(s.json, report.deployed);
    s.json.member("seeded", seeded).end_object();
    return exit_code::ok;
  }
  s.clear_passing_line();
  if (s.given.create_only) {
    s.screen.result("Not applied. Look it over, then apply it: `" + s.program_name + " migrate dev`.");
    return exit_code::ok;
  }
  if (!snapshot.empty()) {
    s.screen.result(s.database_name() + " has nothing to run for it, so there is no migration.");
    return exit_code::ok;
  }
  s.screen.result(report.deployed.applied.empty()
                      ? "Already in sync: no change in the models, no pending migration."
                      : s.database_name() + " is in sync with the models" + (seeded ? ", and seeded." : "."));
  return exit_code::ok;
}

}  // namespace instar::cli
