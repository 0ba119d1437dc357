#pragma once

#include <instar/database/capabilities.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/report.hpp>
#include <instar/schema/schema.hpp>

#include <optional>
#include <string>

/// \file What models say and a server does not know.

namespace instar::detail {

/// Why models cannot be on a server; nothing where they can. No plan leaves a constraint out in silence.
[[nodiscard]] inline std::optional<history_problem> unsupported_by(const server_capabilities& server,
                                                                   const schema_view& models) {
  if (server.deferrable)
    return std::nullopt;
  std::string deferrable;  // "orders_user_id_fkey of orders, …"
  for (const table& t : models.tables) {
    const auto look = [&](const auto& constraint) {
      if (constraint.deferral != deferral::not_deferrable)
        deferrable +=
            (deferrable.empty() ? "" : ", ") + std::string{constraint.name} + " of " + qualified(t.schema, t.name);
    };
    look(t.primary_key);
    for (const key& k : t.uniques)
      look(k);
    for (const foreign_key& k : t.foreign_keys)
      look(k);
    for (const exclusion& e : t.exclusions)
      look(e);
  }
  if (deferrable.empty())
    return std::nullopt;
  return history_problem{migration_code::unsupported,
                         {},
                         std::string{server.product} +
                             " has no deferrable constraints, and the models have: " + deferrable + '.',
                         {"Leave out deferrable() and initially_deferred() there."}};
}

}  // namespace instar::detail
