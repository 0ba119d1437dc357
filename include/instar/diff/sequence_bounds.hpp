#pragma once

#include "instar/schema/schema.hpp"

#include <cstdint>
#include <limits>

/// \file Between which numbers a sequence counts, and whether a change of it leaves the number that it has come to
/// outside of them: PostgreSQL refuses such a change.

namespace instar::detail {

struct sequence_bounds {
  std::int64_t least;
  std::int64_t most;

  constexpr bool contains(std::int64_t number) const { return least <= number && number <= most; }
};

/// A sequence that begins beyond the standard bounds (1 upwards, -1 downwards) has its start for a bound.
constexpr bool starts_low(const sequence_object& q) {
  return q.increment > 0 && q.start < 1;
}
constexpr bool starts_high(const sequence_object& q) {
  return q.increment < 0 && q.start > -1;
}

/// The greatest number of a sequence's type.
constexpr std::int64_t type_most(const sequence_object& q) {
  return q.type == type_kind::smallint  ? std::numeric_limits<std::int16_t>::max()
         : q.type == type_kind::integer ? std::numeric_limits<std::int32_t>::max()
                                        : std::numeric_limits<std::int64_t>::max();
}

/// https://www.postgresql.org/docs/current/sql-createsequence.html
constexpr sequence_bounds bounds_of(const sequence_object& q) {
  const std::int64_t most = type_most(q);
  if (q.increment > 0)
    return {starts_low(q) ? q.start : 1, most};
  return {-most - 1, starts_high(q) ? q.start : -1};
}

/// Whether a sequence begins at a bound that PostgreSQL takes for one of its type: another type sets it anew.
constexpr bool starts_at_type_bound(const sequence_object& q) {
  return (starts_low(q) && q.start == -type_most(q) - 1) || (starts_high(q) && q.start == type_most(q));
}

/// Whether a sequence may have come to a number that it cannot stand at from then on.
constexpr bool narrows_bounds(const sequence_object& then, const sequence_object& now) {
  const sequence_bounds old_bounds = bounds_of(then);
  const sequence_bounds new_bounds = bounds_of(now);
  return old_bounds.least < new_bounds.least || old_bounds.most > new_bounds.most;
}

/// Whether even a sequence that has given no number yet stands outside of its new bounds.
constexpr bool strands_unused(const sequence_object& then, const sequence_object& now) {
  return !bounds_of(now).contains(then.start);
}

}  // namespace instar::detail
