#pragma once

#include <instar/database/capabilities.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/report.hpp>
#include <instar/schema/schema.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// \file What models say and a server does not know.

namespace instar::detail {

/// The constraints that are checked at the end of a transaction, or can be: "orders_user_id_fkey of orders".
[[nodiscard]] inline std::vector<std::string> deferrable_constraints(const schema_view& models) {
  std::vector<std::string> found;
  for (const table& t : models.tables) {
    const auto look = [&](const auto& constraint) {
      if (constraint.deferral != deferral::not_deferrable)
        found.push_back(std::string{constraint.name} + " of " + qualified(t.schema, t.name));
    };
    look(t.primary_key);
    for (const key& k : t.uniques)
      look(k);
    for (const foreign_key& k : t.foreign_keys)
      look(k);
    for (const exclusion& e : t.exclusions)
      look(e);
  }
  return found;
}

/// Why models cannot be on a server; nothing where they can. No plan leaves a constraint out in silence.
[[nodiscard]] inline std::optional<history_problem> unsupported_by(const server_capabilities& server,
                                                                   const schema_view& models) {
  if (server.deferrable)
    return std::nullopt;
  std::string names;
  for (const std::string& name : deferrable_constraints(models))
    names += (names.empty() ? "" : ", ") + name;
  if (names.empty())
    return std::nullopt;
  return history_problem{migration_code::unsupported,
                         {},
                         std::string{server.product} + " has no deferrable constraints, and the models have: " + names +
                             '.',
                         {"Leave out deferrable() and initially_deferred() there."}};
}

}  // namespace instar::detail
