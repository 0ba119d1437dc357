#pragma once

#include <instar/diff/plan.hpp>
#include <instar/migrate/file.hpp>
#include <instar/migrate/snapshot_reader.hpp>
#include <instar/migrate/snapshot_writer.hpp>
#include <instar/schema/owned.hpp>
#include <instar/schema/snapshot.hpp>
#include <instar/sql/directives.hpp>
#include <instar/sql/sql.hpp>
#include <instar/sql/text.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// \file What snapshot.hpp said before a migration, kept in its down.sql: so a migration that is given up takes the
/// snapshot back with it, in the words of the models and without a database.

namespace instar::detail {

/// What a snapshot said of the parts that a migration changed.
struct snapshot_part {
  owned_snapshot said;         ///< the tables that were otherwise, and all enums
  bool with_objects = false;   ///< whether it also says all that is no table and no enum
  std::set<std::string> gone;  ///< the tables that were not there
};

inline constexpr std::string_view snapshot_part_words = "snapshot before";
inline constexpr std::string_view no_table_words = "snapshot had no table";

using tables_by_name = std::unordered_map<std::string, const table*>;

[[nodiscard]] inline tables_by_name by_name(std::span<const table> tables) {
  tables_by_name named;
  for (const table& t : tables)
    named.emplace(qualified(t.schema, t.name), &t);
  return named;
}

/// Comment lines for a down.sql that say what the schema before a plan was, where it differs from the one after.
[[nodiscard]] inline std::string snapshot_part_lines(dialect d, const plan_view& forward) {
  const tables_by_name then = by_name(forward.before.tables);
  const tables_by_name now = by_name(forward.after.tables);
  const auto same = [](const table& a, const table& b) {
    return (a.content_hash != 0 && a.content_hash == b.content_hash) ||
           schema_text_writer::run(a, false) == schema_text_writer::run(b, false);
  };
  std::vector<table> changed;
  for (const table& t : forward.before.tables)
    if (const auto twin = now.find(qualified(t.schema, t.name)); twin == now.end() || !same(t, *twin->second))
      changed.push_back(t);
  const bool with_objects =
      schema_text_writer::run(forward.before, false) != schema_text_writer::run(forward.after, false);
  schema_view part = with_objects ? forward.before : schema_view{};
  part.tables = changed;
  part.enumerations = forward.before.enumerations;

  std::string lines = "\n-- What snapshot.hpp said before of what changes, for `migrate down --remove`.\n";
  for (const table& t : forward.after.tables)
    if (const std::string name = qualified(t.schema, t.name); !then.contains(name))
      lines += on_one_line("-- instar: " + std::string{no_table_words} + ' ' + name) + '\n';
  lines += "-- instar: " + std::string{snapshot_part_words} + (with_objects ? ", with objects" : "") + '\n';
  const std::string header = snapshot_header({.schema = part, .migrations = {}, .dialect = d});
  for (std::size_t at = 0; at < header.size();) {
    const std::size_t end = std::min(header.find('\n', at), header.size());
    lines += (end == at ? "--" : "-- ") + header.substr(at, end - at) + '\n';
    at = end + 1;
  }
  return lines;
}

/// Those lines read back; nothing where a script has none.
/// \throws migration_error `snapshot_broken`
[[nodiscard]] inline std::optional<snapshot_part> read_snapshot_part(const std::string& file, std::string_view script) {
  std::optional<snapshot_part> part;
  std::set<std::string> gone;
  std::string header;
  for (std::size_t at = 0; at < script.size();) {
    const std::size_t end = std::min(script.find('\n', at), script.size());
    std::string_view line = script.substr(at, end - at);
    at = end + 1;
    if (part) {
      if (!line.starts_with("--"))
        break;
      line.remove_prefix(line.starts_with("-- ") ? 3 : 2);
      header += std::string{line} + '\n';
      continue;
    }
    const std::optional<std::string_view> said = directive_of_line(line);
    if (!said)
      continue;
    const script_directive directive{*said, 0};
    if (const auto name = argument_of(directive, no_table_words))
      gone.emplace(*name);
    else if (said->starts_with(snapshot_part_words))
      part = snapshot_part{.said = {}, .with_objects = said->ends_with("with objects"), .gone = {}};
  }
  if (!part)
    return part;
  part->gone = std::move(gone);
  part->said = parse_snapshot(file, header);
  return part;
}

/// The schema of a snapshot as it was before the migration that this part belongs to.
[[nodiscard]] inline owned_schema schema_before(const schema_view& after, const snapshot_part& part) {
  const schema_view& said = part.said.view().schema;
  const tables_by_name then = by_name(said.tables);
  const tables_by_name now = by_name(after.tables);
  std::vector<table> tables;
  for (const table& t : after.tables) {
    const std::string name = qualified(t.schema, t.name);
    if (part.gone.contains(name))
      continue;
    const auto was = then.find(name);
    tables.push_back(was == then.end() ? t : *was->second);
  }
  for (const table& t : said.tables)
    if (!now.contains(qualified(t.schema, t.name)))
      tables.push_back(t);
  schema_view before = part.with_objects ? said : after;
  before.tables = tables;
  before.enumerations = said.enumerations;
  return copy_schema(before);
}

}  // namespace instar::detail
