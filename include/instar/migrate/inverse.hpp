#pragma once

#include <instar/diff/diff.hpp>
#include <instar/schema/owned.hpp>
#include <instar/sql/postgres.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

/// \file The way back: the plan from the schema after a plan to the one before it. For the run time; `instar.hpp`
/// leaves it out.

namespace instar {

/// The way back of a plan. Looks into the schema that the plan led to, and owns the one that it leads to itself.
struct inverse_plan {
  owned_schema target;  ///< The schema before, which declares the plan's renames the other way round.
  plan steps;           ///< From the schema after to `target`.
};

namespace detail {

/// A table whose parts can be changed.
class table_of_target {
 public:
  explicit table_of_target(const table& of)
      : table_(of), columns_(of.columns.begin(), of.columns.end()), uniques_(of.uniques.begin(), of.uniques.end()),
        foreign_keys_(of.foreign_keys.begin(), of.foreign_keys.end()), checks_(of.checks.begin(), of.checks.end()),
        exclusions_(of.exclusions.begin(), of.exclusions.end()), indexes_(of.indexes.begin(), of.indexes.end()) {
    table_.renamed_from = {};
    table_.primary_key.renamed_from = {};
    for (column& c : columns_)
      c.renamed_from = c.convert_using = c.backfill = {};
    const auto clear = [](auto& parts) {
      for (auto& part : parts)
        part.renamed_from = {};
    };
    clear(uniques_);
    clear(foreign_keys_);
    clear(checks_);
    clear(exclusions_);
    clear(indexes_);
  }

  /// Declares that the table has another name in the schema that the way begins at. \param written as models write it
  void renamed(std::string_view written) { table_.renamed_from = written; }

  /// The same of a part of it. \param s a step that renamed that part on the way there
  void renamed(const step& s) {
    const auto from = static_cast<std::size_t>(s.from);
    switch (s.kind) {
    case step_kind::rename_column:
      columns_[from].renamed_from = s.new_column()->name;
      break;
    case step_kind::rename_index:
      indexes_[from].renamed_from = s.after->indexes[static_cast<std::size_t>(s.to)].name;
      break;
    default:
      constraint(s.constraint, from) = constraint_name(*s.after, s.constraint, s.to);
      break;
    }
  }

  /// Valid as long as this object.
  [[nodiscard]] table view() const {
    table t = table_;
    t.columns = columns_;
    t.uniques = uniques_;
    t.foreign_keys = foreign_keys_;
    t.checks = checks_;
    t.exclusions = exclusions_;
    t.indexes = indexes_;
    return t;
  }

 private:
  std::string_view& constraint(constraint_kind kind, std::size_t at) {
    switch (kind) {
    case constraint_kind::unique:
      return uniques_[at].renamed_from;
    case constraint_kind::check:
      return checks_[at].renamed_from;
    case constraint_kind::foreign_key:
      return foreign_keys_[at].renamed_from;
    case constraint_kind::exclusion:
      return exclusions_[at].renamed_from;
    case constraint_kind::primary_key:
      break;
    }
    return table_.primary_key.renamed_from;
  }

  table table_;
  std::vector<column> columns_;
  std::vector<key> uniques_;
  std::vector<foreign_key> foreign_keys_;
  std::vector<check> checks_;
  std::vector<exclusion> exclusions_;
  std::vector<index> indexes_;
};

/// The schema before a plan as a schema to go to: what the plan renamed declares the name that it has now. Nothing else
/// declares anything, for what it had been called still earlier, and how it came from there, is no matter of this way.
[[nodiscard]] inline owned_schema reversed_target(const plan_view& forward) {
  const schema_view& then = forward.before;
  std::vector<enumeration> enumerations(then.enumerations.begin(), then.enumerations.end());
  std::vector<std::vector<enum_value>> values;
  for (enumeration& e : enumerations) {
    e.renamed_from = {};
    for (enum_value& v : values.emplace_back(e.values.begin(), e.values.end()))
      v.renamed_from = {};
  }
  std::vector<table_of_target> tables(then.tables.begin(), then.tables.end());
  std::deque<std::string> written;  // names with their schema, which no part of a schema holds
  for (const step& s : forward.steps) {
    const auto of_table = [&]() -> table_of_target& {
      return tables[static_cast<std::size_t>(s.before - then.tables.data())];
    };
    const auto of_enum = [&] { return static_cast<std::size_t>(s.old_enum - then.enumerations.data()); };
    switch (s.kind) {
    case step_kind::rename_table:
      of_table().renamed(s.after->schema.empty()
                             ? s.after->name
                             : std::string_view{written.emplace_back(std::string{s.after->schema} + '.' +
                                                                     std::string{s.after->name})});
      break;
    case step_kind::rename_column:
    case step_kind::rename_constraint:
    case step_kind::rename_index:
      of_table().renamed(s);
      break;
    case step_kind::rename_enum:
      enumerations[of_enum()].renamed_from =
          s.new_enum->schema.empty() || same_text(s.new_enum->schema, s.old_enum->schema)
              ? s.new_enum->name
              : std::string_view{
                    written.emplace_back(std::string{s.new_enum->schema} + '.' + std::string{s.new_enum->name})};
      break;
    case step_kind::rename_enum_value:
      values[of_enum()][static_cast<std::size_t>(s.from)].renamed_from =
          s.new_enum->values[static_cast<std::size_t>(s.to)].label;
      break;
    default:
      break;
    }
  }
  for (std::size_t i = 0; i != enumerations.size(); ++i)
    enumerations[i].values = values[i];
  std::vector<table> views;
  for (const table_of_target& t : tables)
    views.push_back(t.view());
  schema_view target = then;
  target.enumerations = enumerations;
  target.tables = views;
  return copy_schema(target);
}

}  // namespace detail

/// The plan that undoes a plan: structure always, values as far as they are still somewhere.
///
/// What the plan renamed is renamed back. What it dropped comes back empty; see `has_inverse`.
/// \param forward its schemas must outlive the result
[[nodiscard]] inline inverse_plan make_inverse(const plan_view& forward) {
  inverse_plan back;
  back.target = detail::reversed_target(forward);
  back.steps = make_plan(forward.after, back.target.view());
  return back;
}

}  // namespace instar
