#pragma once

#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>
#include <instar/database/url.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/ledger.hpp>
#include <instar/migrate/report.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// \file The databases of a fleet: from a list of URLs, or the schemas of one PostgreSQL database.

namespace instar {

/// One database of a fleet, or one schema of a database.
struct fleet_target {
  database_url url;      ///< holds the password; of a tenant with the search path that its scripts run with
  std::string name;      ///< for people: without password, and another one for each target
  std::string schema{};  ///< the tenant's, which is the first of the search path; empty: the target is a database
  std::string ledger{};  ///< its ledger's table; empty: as `migrator_options::ledger` says
  std::size_t line = 0;  ///< of the list that it was read from, from 1; 0: of none
};

/// The targets of a list, and what is worth saying about it.
struct fleet_list {
  std::vector<fleet_target> targets;
  std::vector<migration_warning> warnings;
};

namespace detail {

/// What a target is called: its URL without password, which may be another's too.
[[nodiscard]] inline std::string target_name(const database_url& url) {
  return url.redacted() + (url.schema().empty() ? "" : "?schema=" + url.schema());
}

/// The same for two URLs that name one database, as far as their texts show it.
[[nodiscard]] inline std::string target_identity(const database_url& url) {
  if (url.dialect() == instar::postgres)
    return url.libpq_text();
  if (url.is_memory())
    return url.sqlite_path();
  std::error_code failed;
  // Absolute first: of a relative path to what is not there yet, nothing would be resolved.
  const std::filesystem::path whole = std::filesystem::absolute(url.sqlite_path(), failed);
  const std::filesystem::path file = failed ? whole : std::filesystem::weakly_canonical(whole, failed);
  return failed ? url.sqlite_path() : file.string();
}

[[nodiscard]] inline std::string_view trimmed_line(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Two targets may be one to look at (another role, other parameters): then their lines tell them apart.
inline void tell_apart(std::vector<fleet_target>& targets) {
  std::map<std::string, std::size_t> counts;
  for (const fleet_target& target : targets)
    ++counts[target.name];
  for (fleet_target& target : targets)
    if (counts[target.name] > 1)
      target.name += " (line " + std::to_string(target.line) + ')';
}

[[nodiscard]] inline migration_error no_targets(std::string message, std::string remedy) {
  migration_error_fields fields;
  fields.message = std::move(message);
  fields.remedy = std::move(remedy);
  fields.state = "No database was touched.";
  return migration_error{migration_code::no_targets, std::move(fields)};
}

}  // namespace detail

/// Reads a list of databases: a URL on each line; blank lines and those that begin with `#` are passed over.
///
/// A database that is listed twice is one target, and a warning says so.
/// \param file what an error calls the list
/// \throws migration_error `bad_target` for a line that is no URL; the line itself, which may hold a password, is not
///         shown. `no_targets`
[[nodiscard]] inline fleet_list read_fleet_targets(std::string_view text, const std::string& file) {
  fleet_list list;
  std::map<std::string, std::size_t> known;  // identity → line
  if (text.starts_with(detail::byte_order_mark))
    text.remove_prefix(detail::byte_order_mark.size());
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view word = detail::trimmed_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty() || word.front() == '#')
      continue;
    try {
      database_url url{word};
      const auto [first, fresh] = known.emplace(detail::target_identity(url), line);
      std::string name = detail::target_name(url);
      if (fresh)
        list.targets.push_back({.url = std::move(url), .name = std::move(name), .line = line});
      else
        list.warnings.push_back({migration_code::target_twice,
                                 {},
                                 file + ':' + std::to_string(line) + " is the same database as line " +
                                     std::to_string(first->second) + " (" + name + "); it is deployed to once.",
                                 "Leave one of the two lines out."});
    } catch (const database_error& error) {
      migration_error_fields fields;
      fields.message = error.message();
      fields.remedy = error.remedy();
      fields.state = "No database was touched.";
      fields.location = script_location{.file = file, .line = line, .text = {}};  // which may hold a password
      throw migration_error{migration_code::bad_target, std::move(fields)};
    }
  }
  if (list.targets.empty())
    throw detail::no_targets(file + " names no database.", "Write a URL on each line.");
  detail::tell_apart(list.targets);
  return list;
}

/// The schemas of a PostgreSQL database that match a pattern of LIKE, sorted by the bytes of their names, each as a
/// target of its own. The server's own schemas, and the one that instar puts tables aside in, are no tenants.
///
/// A tenant's search path is its schema, then the one of the connection's URL (`?schema=`), then those that hold
/// extensions, so that their types and functions are found; no other one, so that no script reaches another's tables.
/// Its ledger is in its schema: `_prisma_migrations` where that is there, else `_instar_migrations`.
///
/// \param on     a connection to the database; of its URL the targets are made
/// \param ledger the name of the ledger's table in each schema, instead
/// \throws migration_error `no_targets`; database_error for a pattern that is none
[[nodiscard]] inline std::vector<fleet_target> find_tenants(database& on, std::string_view pattern,
                                                            std::string_view ledger = {}) {
  const auto extensions = [&] {
    std::vector<std::string> schemas;
    const sql_value like = std::string{pattern};
    for (const auto& row :
         on.query("SELECT DISTINCT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = "
                  "e.extnamespace WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE "
                  "$1 ORDER BY 1",
                  {&like, 1})
             .rows)
      schemas.push_back(detail::text_of(row[0]));
    return schemas;
  };
  const std::vector<sql_value> parameters{std::string{pattern}, std::string{detail::own_ledger},
                                          std::string{detail::prisma_ledger}};
  const query_result found = on.query(
      "SELECT n.nspname, pg_catalog.bool_or(c.relname = $2), pg_catalog.bool_or(c.relname = $3) "
      "FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname IN ($2, "
      "$3) AND c.relkind IN ('r', 'p') WHERE n.nspname LIKE $1 AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN "
      "('information_schema', 'instar_aside') GROUP BY n.nspname ORDER BY n.nspname COLLATE \"C\"",
      parameters);
  if (found.rows.empty())
    throw detail::no_targets("No schema of " + on.url().redacted() + " matches '" + std::string{pattern} + "'.",
                             "Make the tenants' schemas first; in the pattern % stands for any text, _ for any "
                             "character, \\_ for an underscore.");
  std::vector<std::string> behind = extensions();
  if (const std::string& also = on.url().schema(); !also.empty()) {
    std::erase(behind, also);
    behind.insert(behind.begin(), also);
  }
  std::vector<fleet_target> tenants;
  tenants.reserve(found.rows.size());
  for (const auto& row : found.rows) {
    const std::string schema = detail::text_of(row[0]);
    const bool own = row[1] == "t";
    const bool prisma = row[2] == "t";
    std::vector<std::string> path{schema};
    for (const std::string& other : behind)
      if (other != schema)
        path.push_back(other);
    fleet_target tenant{.url = on.url().with_search_path(std::move(path)), .name = schema, .schema = schema};
    // Which of two is true cannot be seen from here; the migrator says so when it comes to that tenant.
    if (!ledger.empty() || !own || !prisma)
      tenant.ledger = quote_identifier(schema) + '.' +
                      quote_identifier(!ledger.empty() ? ledger
                                       : prisma        ? detail::prisma_ledger
                                                       : detail::own_ledger);
    tenants.push_back(std::move(tenant));
  }
  return tenants;
}

}  // namespace instar
