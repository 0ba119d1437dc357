#pragma once

#include <instar/cli/diagnostic.hpp>
#include <instar/cli/generate/names.hpp>
#include <instar/cli/suggestion.hpp>
#include <instar/diff/plan.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file What a plan drops and makes anew, and may have been meant as a rename. Pointed out, never assumed.

namespace instar::cli {

/// A warning's code: a rename was perhaps meant, and not declared.
inline constexpr std::string_view likely_rename_code = "INS2101";

namespace detail {

/// How alike two names are, from 0 to 1: by their letters, or by the words of the shorter one that the longer one has.
[[nodiscard]] inline double likeness(std::string_view a, std::string_view b) {
  const std::size_t longer = std::max(a.size(), b.size());
  const double letters =
      1.0 - static_cast<double>(edit_distance(a, b)) / static_cast<double>(std::max(longer, std::size_t{1}));
  const std::string wrapped_a = '_' + std::string{a} + '_';
  const std::string wrapped_b = '_' + std::string{b} + '_';
  const bool inside = wrapped_a.find(wrapped_b) != std::string::npos || wrapped_b.find(wrapped_a) != std::string::npos;
  return std::max(letters, inside ? 0.75 : 0.0);
}

/// What two things of a plan have in common, so that the most likely pair is taken first.
template <class T>
struct rename_pair {
  double likeness = 0;
  const T* gone = nullptr;
  const T* fresh = nullptr;
};

/// The best partners, each thing in one pair at most. \param alike 0 for a pair that is out of the question
template <class T, class Alike>
[[nodiscard]] std::vector<rename_pair<T>> best_pairs(const std::vector<const T*>& gone,
                                                     const std::vector<const T*>& fresh, const Alike& alike) {
  std::vector<rename_pair<T>> all;
  for (const T* g : gone)
    for (const T* f : fresh)
      if (const double likeness = alike(*g, *f); likeness >= 0.5)
        all.push_back({likeness, g, f});
  std::stable_sort(all.begin(), all.end(),
                   [](const rename_pair<T>& a, const rename_pair<T>& b) { return a.likeness > b.likeness; });
  std::vector<rename_pair<T>> best;
  for (const rename_pair<T>& pair : all)
    if (std::none_of(best.begin(), best.end(),
                     [&](const rename_pair<T>& taken) { return taken.gone == pair.gone || taken.fresh == pair.fresh; }))
      best.push_back(pair);
  return best;
}

/// Whether a column could be another one under a new name.
[[nodiscard]] inline bool could_be(const column& gone, const column& fresh) {
  return instar::detail::same_type(gone.type, fresh.type) && gone.nullable == fresh.nullable &&
         gone.identity == fresh.identity && gone.generated == fresh.generated &&
         gone.primary_key == fresh.primary_key && instar::detail::same_default(gone.initial, fresh.initial);
}

/// The part of two tables' columns that both have, by name and type.
[[nodiscard]] inline double likeness(const table& gone, const table& fresh) {
  std::size_t same = 0;
  for (const column& c : gone.columns)
    if (const column* twin = fresh.find_column(c.name))
      same += instar::detail::same_type(c.type, twin->type) ? 1 : 0;
  return static_cast<double>(same) /
         static_cast<double>(std::max({gone.columns.size(), fresh.columns.size(), std::size_t{1}}));
}

[[nodiscard]] inline diagnostic rename_warning(const std::string& what, const std::string& gone,
                                               const std::string& fresh, const std::string& attribute) {
  diagnostic about = make_diagnostic(likely_rename_code, what + ' ' + gone + " is dropped and " + fresh + " is new.",
                                     "If it was renamed, say so in the model, and nothing is lost: " + attribute + '.');
  about.warning = true;
  return about;
}

[[nodiscard]] inline std::string quoted_word(std::string_view name) {
  return "renamed_from(\"" + std::string{name} + "\")";
}

template <class Plan>
void warn_of_columns(std::vector<diagnostic>& found, const Plan& steps) {
  std::vector<const table*> seen;
  for (const step& one : steps.steps) {
    if (one.kind != step_kind::drop_column || std::find(seen.begin(), seen.end(), one.before) != seen.end())
      continue;
    seen.push_back(one.before);
    std::vector<const column*> gone;
    std::vector<const column*> fresh;
    for (const step& other : steps.steps) {
      if (other.kind == step_kind::drop_column && other.before == one.before &&
          other.after->find_column(other.old_column()->name) == nullptr)
        gone.push_back(other.old_column());
      if (other.kind == step_kind::add_column && other.after == one.after &&
          other.before->find_column(other.new_column()->name) == nullptr)
        fresh.push_back(other.new_column());
    }
    for (const auto& pair : best_pairs(gone, fresh, [](const column&g, const column&f) {
           return could_be(g, f) ? likeness(g.name, f.name) : 0.0;
         })) {
      const std::string in = table_name(*one.after) + '.';
      const std::string name{pair.fresh->name};
      found.push_back(rename_warning("Column", in + std::string{pair.gone->name}, in + name,
                                     '(' + name + ", " + quoted_word(pair.gone->name) + ')'));
    }
  }
}

template <class Plan>
void warn_of_tables(std::vector<diagnostic>& found, const Plan& steps) {
  std::vector<const table*> gone;
  std::vector<const table*> fresh;
  for (const step& one : steps.steps) {
    if (one.kind == step_kind::drop_table)
      gone.push_back(one.before);
    if (one.kind == step_kind::create_table)
      fresh.push_back(one.after);
  }
  for (const auto& pair : best_pairs(gone, fresh, [](const table&g, const table&f) { return likeness(g, f); }))
    found.push_back(rename_warning("Table", table_name(*pair.gone), table_name(*pair.fresh),
                                   quoted_word(table_name(*pair.gone)) + " beside the fields of its INSTAR_MODEL"));
}

template <class Plan>
void warn_of_enum_values(std::vector<diagnostic>& found, const Plan& steps) {
  for (const step& one : steps.steps) {
    if (one.kind != step_kind::rebuild_enum)
      continue;
    std::vector<const enum_value*> gone;
    std::vector<const enum_value*> fresh;
    for (const enum_value& v : one.old_enum->values)
      if (std::none_of(one.new_enum->values.begin(), one.new_enum->values.end(),
                       [&](const enum_value& now) { return now.label == v.label || now.renamed_from == v.label; }))
        gone.push_back(&v);
    for (const enum_value& v : one.new_enum->values)
      if (instar::detail::old_value(*one.old_enum, *one.new_enum, v) < 0)
        fresh.push_back(&v);
    for (const auto& pair :
         best_pairs(gone, fresh, [](const enum_value&g, const enum_value&f) { return likeness(g.label, f.label); })) {
      const std::string name{one.new_enum->name};
      found.push_back(rename_warning(
          "Value", name + '.' + std::string{pair.gone->label}, name + '.' + std::string{pair.fresh->label},
          '(' + std::string{pair.fresh->label} + ", " + quoted_word(pair.gone->label) + ") in its INSTAR_ENUM"));
    }
  }
}

}  // namespace detail

/// What was perhaps renamed: columns that go and come in one table with the same type and attributes and a similar
/// name, tables most of whose columns are the same, values of an enum with similar names. Each as a warning with the
/// words that declare the rename.
template <class Plan>
[[nodiscard]] std::vector<diagnostic> likely_renames(const Plan& steps) {
  std::vector<diagnostic> found;
  detail::warn_of_tables(found, steps);
  detail::warn_of_columns(found, steps);
  detail::warn_of_enum_values(found, steps);
  return found;
}

}  // namespace instar::cli
