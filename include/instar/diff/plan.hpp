#pragma once

#include "instar/diff/hazard.hpp"
#include "instar/diff/step.hpp"
#include "instar/schema/dialect.hpp"
#include "instar/schema/growing_array.hpp"
#include "instar/schema/schema.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <type_traits>

/// \file A plan: the steps from one schema to another, in the order in which a database takes them.

namespace instar {

/// The steps from one schema to another. Looks into both schemas, which must outlive it.
/// \tparam Steps a `growing_array` (sizes, indexes and iterates like a vector) at run time, an array in a compile-time
/// plan, a span in a view of either
template <class Steps>
struct basic_plan {
  schema_view before{};
  schema_view after{};
  Steps steps{};

  constexpr bool empty() const { return steps.empty(); }
  constexpr std::size_t size() const { return steps.size(); }

  /// Whether it has a step of that kind.
  constexpr bool has(step_kind kind) const {
    for (const step& s : steps)
      if (s.kind == kind)
        return true;
    return false;
  }

  /// What can go wrong, step by step, for rows and for those who use the database meanwhile.
  /// \param d of SQLite, where every write locks the whole database, only what becomes of the rows is said
  /// \param form how the plan is written: the online form avoids most locks that others would wait for
  constexpr auto hazards(dialect d = dialect::postgres, plan_form form = plan_form::online) const {
    const detail::other_steps others(steps);
    if constexpr (requires { std::tuple_size<Steps>::value; }) {
      hazard_list<hazards_per_step * std::tuple_size<Steps>::value> notes{};
      for (std::size_t i = 0; i < steps.size(); ++i)
        detail::each_hazard(others, steps[i], d, form, [&](hazard h) { notes.notes[notes.count++] = {h, i}; });
      return notes;
    } else {
      detail::growing_array<hazard_note> notes;
      for (std::size_t i = 0; i < steps.size(); ++i)
        detail::each_hazard(others, steps[i], d, form, [&](hazard h) { notes.push_back({h, i}); });
      return notes;
    }
  }

  /// Whether a step has that hazard.
  constexpr bool has(hazard wanted, dialect d = dialect::postgres, plan_form form = plan_form::online) const {
    const detail::other_steps others(steps);
    bool found = false;
    for (const step& s : steps)
      detail::each_hazard(others, s, d, form, [&](hazard h) { found |= h == wanted; });
    return found;
  }

  /// Whether a step destroys data that no later step can bring back.
  constexpr bool loses_data(dialect d = dialect::postgres) const {
    bool loses = false;
    for (const step& s : steps)
      detail::each_hazard(s, [&](hazard h) { loses |= destroys_data(h) && detail::concerns(d, h, s); });
    return loses;
  }

  /// The same plan without its storage.
  constexpr operator basic_plan<std::span<const step>>() const requires(!std::is_same_v<Steps, std::span<const step>>) {
    return {before, after, std::span<const step>(steps.data(), steps.size())};
  }
};

using plan_view = basic_plan<std::span<const step>>;
using plan = basic_plan<detail::growing_array<step>>;

}  // namespace instar
