#pragma once

#include "instar/diff/order.hpp"
#include "instar/diff/raw_table.hpp"
#include "instar/schema/compare.hpp"

/// \file What the planner knows of raw objects by their kinds and texts: which replace each other, which rest on what.

namespace instar::detail {

template <class... Kinds>
constexpr bool is_kind(const raw_object& o, const Kinds&... kinds) {
  return (same_text(o.kind, kinds) || ...);
}

constexpr bool is_routine(const raw_object& o) {
  return is_kind(o, "function", "procedure", "aggregate");
}

/// Whether a raw object is a table that keeps its rows itself and is made by CREATE TABLE.
constexpr bool is_raw_table(const raw_object& o) {
  return is_kind(o, "partitioned table", "partition", "inheriting table", "table");
}

/// Whether a raw object only says how another one is set, so that saying it again takes the place of what was said.
constexpr bool is_setting(const raw_object& o) {
  return is_kind(o, "comment", "storage parameter", "column option", "identity options", "sequence bounds",
                 "storage of", "compression of", "statistics target", "default", "replica identity", "cluster",
                 "trigger state", "rule state", "row security", "forced row security");
}

/// What others call a raw object by: "auth.f(integer)" is f, "touch on users" touch. Empty for what nobody calls.
constexpr std::string_view called(const raw_object& o) {
  std::string_view name = o.name;
  const auto cut = [&](std::string_view at) {
    for (std::size_t i = 0; i + at.size() <= name.size(); ++i)
      if (same_text(name.substr(i, at.size()), at)) {
        name = name.substr(0, i);
        return;
      }
  };
  if (is_routine(o))
    cut("(");
  else if (is_kind(o, "trigger", "index", "policy", "rule", "constraint"))
    cut(" on ");
  else if (is_kind(o, "index partition"))
    cut(" of ");
  else if (is_setting(o) ||
           is_kind(o, "grant", "revocation", "partition bound", "foreign key", "sequence owner", "default privileges"))
    return {};
  for (std::size_t i = name.size(); i-- > 0;)
    if (name[i] == '.')
      return name.substr(i + 1);
  return name;
}

/// The text by which a database knows what a raw object rests on: of a function whose body is a string not the body.
constexpr std::string_view tracked_text(const raw_object& o) {
  if (!is_routine(o))
    return o.create;
  sql_walk walk{o.create};
  for (std::string_view token = walk.next(); !token.empty(); token = walk.next())
    if (is_word(token, "AS"))
      return o.create.substr(0, walk.at);
  return o.create;
}

/// Whether two texts make routines of one result and the same arguments, which is what CREATE OR REPLACE asks for.
constexpr bool same_routine_head(std::string_view a, std::string_view b) {
  sql_walk first{a};
  sql_walk second{b};
  const auto ends = [](std::string_view token) {
    constexpr std::string_view words[] = {"LANGUAGE", "AS",       "IMMUTABLE", "STABLE",  "VOLATILE",
                                          "STRICT",   "CALLED",   "SECURITY",  "COST",    "ROWS",
                                          "SET",      "PARALLEL", "LEAKPROOF", "NOT",     "WINDOW",
                                          "BEGIN",    "RETURN",   "EXTERNAL",  "SUPPORT", "TRANSFORM"};
    if (token.empty())
      return true;
    for (std::string_view word : words)
      if (is_word(token, word))
        return true;
    return false;
  };
  // CREATE and CREATE OR REPLACE make the same.
  const auto next = [](sql_walk& walk) {
    std::string_view token = walk.next();
    while (is_word(token, "OR") || is_word(token, "REPLACE"))
      token = walk.next();
    return token;
  };
  for (;;) {
    const std::string_view one = next(first);
    const std::string_view other = next(second);
    if (ends(one) || ends(other))
      return ends(one) && ends(other);
    if (!same_text(one, other) && !same_but_for_case(one, other))
      return false;
  }
}

/// Whether a statement replaces what it makes: then nothing that uses the old one has to let go of it.
constexpr bool replaces(std::string_view create) {
  sql_walk walk{create};
  return is_word(walk.next(), "CREATE") && is_word(walk.next(), "OR") && is_word(walk.next(), "REPLACE");
}

/// Whether the new statement alone leads from one raw object to the other.
constexpr bool takes_place_of(const raw_object& then, const raw_object& now) {
  if (is_setting(now))
    return true;
  return replaces(now.create) && same_text(now.drop, then.drop) &&
         (!is_routine(now) || same_routine_head(then.create, now.create));
}

/// What a plan does to something that others rest on.
struct disturbance {
  std::string_view name{};
  std::string_view column{};  ///< Empty: all of it.
  bool gone = false;          ///< It ceases to be on the way, and all that is said of it with it.
};

/// When a raw object that stays has to make way for what is done to something that it names.
enum class rest : unsigned char {
  never,
  on_what_goes,     ///< It is lost with it.
  on_what_changes,  ///< The database refuses the change while it stands, too.
};

constexpr rest rest_of(const raw_object& o) {
  if (is_raw_table(o) || is_kind(o, "schema", "extension"))
    return rest::never;
  if (is_routine(o) || is_kind(o, "trigger", "policy", "rule", "view", "materialized view"))
    return rest::on_what_changes;
  return rest::on_what_goes;
}

}  // namespace instar::detail
