#pragma once

#include <instar/migrate/inverse.hpp>
#include <instar/migrate/snapshot_part.hpp>
#include <instar/sql/checks.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// \file The text of a down.sql: the way back of a plan, and what that way cannot bring back.

namespace instar {

namespace detail {

/// How a script begins whose losses stand in it.
inline constexpr std::string_view down_script_title =
    "-- Takes back the migration beside it: `migrate down`, in development.\n";

/// What the plan destroyed, so that this step of the way back cannot restore it; a sentence for each thing.
[[nodiscard]] inline std::vector<std::string> losses_of_way_back(dialect d, const step& s) {
  std::vector<std::string> losses;
  const auto on = [&] { return qualified(s.after->schema, s.after->name); };
  switch (s.kind) {
  case step_kind::create_table:
    losses.push_back("The rows of " + on() + " are lost: the table comes back empty.");
    break;
  case step_kind::create_early_raw_object:
  case step_kind::create_middle_raw_object:
  case step_kind::create_raw_object:
    if (keeps_rows(*s.raw))
      losses.push_back("The rows of " + std::string{s.raw->name} + " are lost: it comes back empty.");
    break;
  case step_kind::create_sequence:
    losses.push_back("The sequence " + qualified(s.sequence->schema, s.sequence->name) +
                     " comes back at its start; set it where its numbers are in use.");
    break;
  case step_kind::add_column: {
    const column& c = *s.new_column();
    // SQLite makes the table anew, and copies what a column of that name held.
    if (c.generated != generated_kind::none || (d == instar::sqlite && s.from >= 0))
      break;
    const std::string name = on() + '.' + std::string{c.name};
    const std::string lost = "The values of " + name + " are lost: the column ";
    if (c.identity != identity_kind::none)
      losses.push_back(lost + "comes back with new numbers.");
    else if (c.initial.kind != default_kind::none)
      losses.push_back(lost + "comes back with its default in every row.");
    else if (c.nullable)
      losses.push_back(lost + "comes back empty.");
    else
      losses.push_back(lost + "is required and has no default, so this fails while " + on() +
                       " has rows. Edit this script then: give the column a DEFAULT, or delete the rows first.");
    break;
  }
  case step_kind::alter_type: {
    // The way there, which had this step's ends the other way round.
    const step there{.kind = step_kind::alter_type, .before = s.after, .after = s.before, .from = s.to, .to = s.from};
    each_hazard(there, [&](hazard h) {
      if (destroys_data(h) && concerns(d, h, there))
        losses.push_back("Values of " + on() + '.' + std::string{s.new_column()->name} + " that " +
                         type_text(s.old_column()->type) + " could not hold stay as the migration made them.");
    });
    break;
  }
  case step_kind::drop_not_null:
    if (s.old_column()->initial.kind != default_kind::none || !s.old_column()->backfill.empty())
      losses.push_back("Rows of " + on() + " in which " + std::string{s.new_column()->name} +
                       " was NULL keep the value that the migration gave them.");
    break;
  default:
    break;
  }
  return losses;
}

/// What the way back destroys, as lines that `migrate down` understands: it counts the rows before it asks.
[[nodiscard]] inline std::string loss_directives(dialect d, const plan_view& p) {
  const std::vector<data_check> checks = data_checks(d, p);
  std::string lines;
  for (std::size_t i = 0; i != p.steps.size(); ++i)
    each_hazard(p.steps[i], [&](hazard h) {
      if (!destroys_data(h) || !concerns(d, h, p.steps[i]))
        return;
      const auto check = std::find_if(checks.begin(), checks.end(),
                                      [&](const data_check& c) { return c.step == i && c.hazard == h && !c.fails; });
      const bool counted = check != checks.end();
      if (!counted &&
          std::any_of(checks.begin(), checks.end(), [&](const data_check& c) { return c.step == i && c.hazard == h; }))
        return;  // rows that do not fit make it fail, and nothing is lost
      lines += on_one_line("-- instar: at most 0 rows, " + std::string{code_of(h)} + ' ' +
                           (counted ? check->sentence + ": " + check->query : describe(h, p.steps[i]))) +
               '\n';
    });
  return lines;
}

}  // namespace detail

/// The text of the down.sql beside a migration.sql: what undoes it in development.
///
/// On top stand what the way back itself destroys and its other hazards; above a statement, what was destroyed on the
/// way there and stays so. The statements are the short form, which locks more than that of a migration.
[[nodiscard]] inline std::string down_script(dialect d, const plan_view& forward) {
  const inverse_plan back = make_inverse(forward);
  const plan_view p = back.steps;
  std::string text{detail::down_script_title};
  for (const step& s : p.steps)
    detail::each_hazard(s, [&](hazard h) {
      if (detail::concerns(d, h, s))
        text += detail::comment_line("warning " + std::string{code_of(h)} + ": " + describe(h, s));
    });
  text += detail::loss_directives(d, p);
  text += '\n';
  return text + detail::annotated_script(d, p, [d](const step& s) { return detail::losses_of_way_back(d, s); }) +
         detail::snapshot_part_lines(d, forward);
}

}  // namespace instar
