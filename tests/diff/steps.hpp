#pragma once

// Plans as text, at compile time: a golden text says all steps in their order, and a failing test shows them.

#include "schema/words.hpp"

#include <instar/diff/diff.hpp>

#include <cstddef>
#include <iterator>
#include <string_view>

namespace instar_test {

inline constexpr std::string_view step_names[] = {"create_schema",
                                                  "create_extension",
                                                  "alter_extension",
                                                  "drop_raw_object",
                                                  "drop_view",
                                                  "rename_enum",
                                                  "rename_enum_value",
                                                  "create_enum",
                                                  "add_enum_value",
                                                  "drop_identity",
                                                  "create_sequence",
                                                  "alter_sequence",
                                                  "drop_foreign_key",
                                                  "drop_exclusion",
                                                  "drop_check",
                                                  "drop_index",
                                                  "drop_unique",
                                                  "drop_primary_key",
                                                  "drop_middle_raw_object",
                                                  "release_default",
                                                  "set_aside",
                                                  "drop_table",
                                                  "rename_table",
                                                  "rename_column",
                                                  "rename_constraint",
                                                  "rename_index",
                                                  "alter_options",
                                                  "drop_generated",
                                                  "drop_column",
                                                  "rebuild_enum",
                                                  "clear_raw_object",
                                                  "create_early_raw_object",
                                                  "alter_raw_object",
                                                  "create_table",
                                                  "add_column",
                                                  "drop_default",
                                                  "alter_type",
                                                  "alter_collation",
                                                  "set_default",
                                                  "fill_nulls",
                                                  "set_not_null",
                                                  "drop_not_null",
                                                  "alter_identity",
                                                  "create_middle_raw_object",
                                                  "keep_rows",
                                                  "drop_aside",
                                                  "drop_early_raw_object",
                                                  "drop_enum",
                                                  "drop_sequence",
                                                  "add_identity",
                                                  "add_primary_key",
                                                  "add_unique",
                                                  "add_check",
                                                  "add_exclusion",
                                                  "create_index",
                                                  "add_foreign_key",
                                                  "comment_table",
                                                  "comment_column",
                                                  "comment_enum",
                                                  "create_view",
                                                  "comment_view",
                                                  "create_raw_object",
                                                  "drop_late_raw_object",
                                                  "drop_extension"};
static_assert(std::size(step_names) == instar::step_kind_count);

namespace detail {

template <class Writer>
constexpr void put_table_name(Writer& out, const instar::table& t) {
  put_object(out, t.schema, t.name);
}

constexpr std::string_view constraint_of(const instar::table& t, instar::constraint_kind kind, int at) {
  const std::size_t i = static_cast<std::size_t>(at);
  switch (kind) {
  case instar::constraint_kind::primary_key:
    return t.primary_key.name;
  case instar::constraint_kind::unique:
    return t.uniques[i].name;
  case instar::constraint_kind::check:
    return t.checks[i].name;
  case instar::constraint_kind::foreign_key:
    return t.foreign_keys[i].name;
  case instar::constraint_kind::exclusion:
    return t.exclusions[i].name;
  }
  return {};
}

template <class Writer>
constexpr void put_step(Writer& out, const instar::step& s) {
  using instar::step_kind;
  const std::size_t from = static_cast<std::size_t>(s.from);
  const std::size_t to = static_cast<std::size_t>(s.to);
  const auto of_table = [&](std::string_view name) {
    put_table_name(out, s.after != nullptr ? *s.after : *s.before);
    out.put('.');
    out.put(name);
  };
  const auto renamed = [&](std::string_view then, std::string_view now) {
    of_table(then);
    out.put(" to ");
    out.put(now);
  };
  const auto of_enum = [&](const instar::enumeration& e) { put_object(out, e.schema, e.name); };
  out.put(step_names[static_cast<std::size_t>(s.kind)]);
  out.put(' ');
  switch (s.kind) {
  case step_kind::create_schema:
    out.put(s.schema);
    break;
  case step_kind::create_extension:
  case step_kind::drop_extension:
    out.put(s.extension->name);
    break;
  case step_kind::alter_extension:
    out.put(s.extension->name);
    out.put(s.to == 0 ? " version " : " schema ");
    out.put(s.to == 0 ? s.extension->version : s.extension->schema);
    break;
  case step_kind::create_raw_object:
  case step_kind::create_early_raw_object:
  case step_kind::create_middle_raw_object:
  case step_kind::drop_middle_raw_object:
  case step_kind::drop_raw_object:
  case step_kind::drop_early_raw_object:
  case step_kind::clear_raw_object:
  case step_kind::drop_late_raw_object:
    out.put(s.raw->kind);
    out.put(' ');
    out.put(s.raw->name);
    break;
  case step_kind::alter_raw_object: {
    constexpr std::string_view changes[] = {"",
                                            "drop_constraint",
                                            "drop_column",
                                            "add_column",
                                            "drop_default",
                                            "drop_identity",
                                            "alter_type",
                                            "set_default",
                                            "set_not_null",
                                            "drop_not_null",
                                            "add_identity",
                                            "set_identity",
                                            "add_constraint"};
    const instar::detail::raw_table_text t =
        instar::detail::read_raw_table(s.to >= 0 ? s.raw->create : s.old_raw->create);
    out.put(s.raw->name);
    out.put(' ');
    out.put(changes[static_cast<std::size_t>(s.change)]);
    out.put(' ');
    out.put(t.items[s.to >= 0 ? to : from].name);
    break;
  }
  case step_kind::set_aside:
  case step_kind::keep_rows:
  case step_kind::drop_aside:
    if (s.before != nullptr)
      put_table_name(out, *s.before);
    else
      out.put(s.old_raw->name);
    break;
  case step_kind::create_view:
    put_object(out, s.new_view->schema, s.new_view->name);
    if (s.to >= 0) {
      out.put(" index ");
      out.put(s.new_view->indexes[to].name);
    }
    break;
  case step_kind::comment_view:
    put_object(out, s.new_view->schema, s.new_view->name);
    break;
  case step_kind::drop_view:
    put_object(out, s.old_view->schema, s.old_view->name);
    break;
  case step_kind::rename_enum:
    of_enum(*s.old_enum);
    out.put(" to ");
    of_enum(*s.new_enum);
    break;
  case step_kind::rename_enum_value:
    of_enum(*s.new_enum);
    out.put('.');
    out.put(s.old_enum->values[from].label);
    out.put(" to ");
    out.put(s.new_enum->values[to].label);
    break;
  case step_kind::add_enum_value:
    of_enum(*s.new_enum);
    out.put('.');
    out.put(s.new_enum->values[to].label);
    break;
  case step_kind::create_enum:
  case step_kind::rebuild_enum:
  case step_kind::comment_enum:
    of_enum(*s.new_enum);
    break;
  case step_kind::drop_enum:
    of_enum(*s.old_enum);
    break;
  case step_kind::create_sequence:
  case step_kind::alter_sequence:
  case step_kind::drop_sequence:
    put_object(out, s.sequence->schema, s.sequence->name);
    break;
  case step_kind::create_table:
  case step_kind::comment_table:
    put_table_name(out, *s.after);
    break;
  case step_kind::drop_table:
    put_table_name(out, *s.before);
    break;
  case step_kind::rename_table:
    put_table_name(out, *s.before);
    out.put(" to ");
    put_table_name(out, *s.after);
    break;
  case step_kind::rename_column:
    renamed(s.old_column()->name, s.new_column()->name);
    break;
  case step_kind::rename_constraint:
    renamed(constraint_of(*s.before, s.constraint, s.from), constraint_of(*s.after, s.constraint, s.to));
    break;
  case step_kind::rename_index:
    renamed(s.before->indexes[from].name, s.after->indexes[to].name);
    break;
  case step_kind::drop_column:
    of_table(s.old_column()->name);
    break;
  case step_kind::alter_type:
    of_table(s.new_column()->name);
    out.put(' ');
    put_type(out, s.old_column()->type);
    out.put(" to ");
    put_type(out, s.new_column()->type);
    break;
  case step_kind::set_default:
    of_table(s.new_column()->name);
    put_default(out, s.new_column()->initial);
    break;
  case step_kind::drop_primary_key:
    of_table(s.before->primary_key.name);
    break;
  case step_kind::add_primary_key:
    of_table(s.after->primary_key.name);
    break;
  case step_kind::drop_unique:
    of_table(s.before->uniques[from].name);
    break;
  case step_kind::add_unique:
    of_table(s.after->uniques[to].name);
    break;
  case step_kind::drop_check:
    of_table(s.before->checks[from].name);
    break;
  case step_kind::add_check:
    of_table(s.after->checks[to].name);
    break;
  case step_kind::drop_exclusion:
    of_table(s.before->exclusions[from].name);
    break;
  case step_kind::add_exclusion:
    of_table(s.after->exclusions[to].name);
    break;
  case step_kind::drop_index:
    of_table(s.before->indexes[from].name);
    break;
  case step_kind::create_index:
    of_table(s.after->indexes[to].name);
    break;
  case step_kind::drop_foreign_key:
    of_table(s.before->foreign_keys[from].name);
    break;
  case step_kind::add_foreign_key:
    of_table(s.after->foreign_keys[to].name);
    break;
  default:
    of_table(s.new_column()->name);
    break;
  }
}

}  // namespace detail

/// The steps of a plan, a line each: `rename_column users.name to full_name`.
template <class Plan>
constexpr text<> steps(const Plan& plan) {
  text<> out{};
  for (const instar::step& s : plan.steps) {
    detail::put_step(out, s);
    out.put('\n');
  }
  return out;
}

namespace detail {

template <class Plan, class Wanted>
constexpr text<> hazard_lines(const Plan& plan, instar::dialect d, instar::plan_form form, Wanted wanted) {
  text<> out{};
  for (const instar::hazard_note& note : plan.hazards(d, form)) {
    if (!wanted(note.hazard))
      continue;
    out.put(instar::code_of(note.hazard));
    out.put(' ');
    put_step(out, plan.steps[note.step]);
    out.put('\n');
  }
  return out;
}

}  // namespace detail

/// What can become of rows and programs by a plan, a line each: `INS2002 drop_column users.name`.
template <class Plan>
constexpr text<> hazards(const Plan& plan, instar::dialect d = instar::postgres) {
  return detail::hazard_lines(plan, d, instar::plan_form::online,
                              [](instar::hazard h) { return !instar::is_about_locks(h); });
}

/// What others have to wait for, a line each: `INS2020 create_index users.users_name_idx`.
template <class Plan>
constexpr text<> locks(const Plan& plan, instar::plan_form form, instar::dialect d = instar::postgres) {
  return detail::hazard_lines(plan, d, form, [](instar::hazard h) { return instar::is_about_locks(h); });
}

/// The steps of a plan that have no inverse, a line each.
template <class Plan>
constexpr text<> one_way(const Plan& plan) {
  text<> out{};
  for (const instar::step& s : plan.steps)
    if (!instar::has_inverse(s)) {
      detail::put_step(out, s);
      out.put('\n');
    }
  return out;
}

}  // namespace instar_test
