#pragma once

#include <instar/cli/diagnostic.hpp>
#include <instar/cli/json.hpp>
#include <instar/diff/plan.hpp>
#include <instar/migrate/file.hpp>
#include <instar/sql/lint.hpp>
#include <instar/sql/sql.hpp>
#include <instar/version.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file Hazards as a person reads them, as an object of the document of `--json`, and as a SARIF log.

namespace instar::cli {

/// A hazard of a plan's step or of a script's statement, with all that is known of where it is.
struct reported_hazard {
  instar::hazard hazard{};
  std::string message;                      ///< one sentence, with a full stop
  std::string step;                         ///< of a plan: the step in a line; empty: of a script
  std::string table;                        ///< or another object; empty when it is about none
  std::string column;                       ///< of that table
  std::optional<script_location> location;  ///< of a script
};

namespace detail {

/// The column that a step is about, or nothing.
[[nodiscard]] inline std::string column_of(const step& s) {
  switch (s.kind) {
  case step_kind::drop_column:
    return std::string{s.old_column()->name};
  case step_kind::rename_column:
  case step_kind::add_column:
  case step_kind::alter_type:
  case step_kind::alter_collation:
  case step_kind::set_not_null:
  case step_kind::drop_not_null:
  case step_kind::fill_nulls:
    return std::string{s.new_column()->name};
  default:
    return {};
  }
}

/// The table that a step is about, or the other object.
[[nodiscard]] inline std::string object_of(const step& s) {
  const table* t = s.after != nullptr ? s.after : s.before;
  if (t != nullptr)
    return instar::detail::qualified(t->schema, t->name);
  if (s.raw != nullptr)
    return std::string{s.raw->name};
  if (s.sequence != nullptr)
    return instar::detail::qualified(s.sequence->schema, s.sequence->name);
  if (s.extension != nullptr)
    return std::string{s.extension->name};
  const view_object* view = s.new_view != nullptr ? s.new_view : s.old_view;
  if (view != nullptr)
    return instar::detail::qualified(view->schema, view->name);
  const enumeration* e = s.new_enum != nullptr ? s.new_enum : s.old_enum;
  return e != nullptr ? instar::detail::qualified(e->schema, e->name) : std::string{};
}

}  // namespace detail

/// The hazards of a plan, step by step.
[[nodiscard]] inline std::vector<reported_hazard> report_hazards(dialect d, const plan_view& plan,
                                                                 plan_form form = plan_form::online) {
  std::vector<reported_hazard> found;
  for (const hazard_note& note : plan_hazards(d, plan, form)) {
    const step& s = plan.steps[note.step];
    found.push_back({note.hazard, describe(note.hazard, s) + '.', describe(s), detail::object_of(s),
                     detail::column_of(s), std::nullopt});
  }
  return found;
}

/// The hazards of a script, statement by statement.
/// \param file what to call it
/// \throws script_error as `lint_script`
[[nodiscard]] inline std::vector<reported_hazard> report_hazards(dialect d, std::string_view script,
                                                                 const std::string& file) {
  std::vector<reported_hazard> found;
  for (lint_finding& one : lint_script(d, script))
    found.push_back({one.hazard,
                     std::move(one.message),
                     {},
                     std::move(one.table),
                     std::move(one.column),
                     instar::detail::locate(file, script, one.offset)});
  return found;
}

/// A hazard as a warning.
[[nodiscard]] inline diagnostic diagnose(const reported_hazard& one) {
  diagnostic about = detail::make_diagnostic(code_of(one.hazard), one.message);
  if (one.location)
    about.help.emplace_back(safe_way(one.hazard));
  about.location = one.location;
  about.warning = true;
  return about;
}

/// The same as an object of the document of `--json`.
inline void write_json(json_writer& json, const reported_hazard& one) {
  json.begin_object();
  json.member("code", code_of(one.hazard));
  json.member("message", one.message);
  json.member("help", safe_way(one.hazard));
  json.member("destroys_data", destroys_data(one.hazard));
  json.optional_member("lock", lock_of(one.hazard));
  json.optional_member("step", one.step);
  json.optional_member("table", one.table);
  json.optional_member("column", one.column);
  if (one.location) {
    json.key("location").begin_object();
    json.member("file", one.location->file);
    json.member("line", one.location->line);
    json.member("column", one.location->column);
    json.end_object();
  }
  json.end_object();
}

namespace detail {

/// A path as a relative URI: bytes that have a meaning in one, or are no ASCII, in percent signs (RFC 3986).
[[nodiscard]] inline std::string uri_of(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += digits[byte >> 4U];
      uri += digits[byte & 0xFU];
    }
  }
  return uri;
}

}  // namespace detail

/// Hazards as a log of the Static Analysis Results Interchange Format 2.1.0, which code hosts show beside the lines.
/// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
[[nodiscard]] inline std::string sarif_log(const std::vector<reported_hazard>& found) {
  std::array<int, static_cast<std::size_t>(last_hazard) + 1> rule_of{};
  std::vector<hazard> rules;
  for (const reported_hazard& one : found) {
    int& rule = rule_of[static_cast<std::size_t>(one.hazard)];
    if (rule == 0) {
      rules.push_back(one.hazard);
      rule = static_cast<int>(rules.size());
    }
  }
  const auto level = [](hazard h) { return destroys_data(h) ? "error" : "warning"; };
  const auto text = [](json_writer& json, std::string_view name, std::string_view content) {
    json.key(name).begin_object().member("text", content).end_object();
  };

  json_writer json;
  json.begin_object();
  json.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  json.member("version", "2.1.0");
  json.key("runs").begin_array().begin_object();
  json.key("tool").begin_object().key("driver").begin_object();
  json.member("name", "instar");
  json.member("version", library_version);
  json.key("rules").begin_array();
  for (const hazard h : rules) {
    json.begin_object();
    json.member("id", code_of(h));
    text(json, "shortDescription", describe(h));
    text(json, "help", safe_way(h));
    json.key("defaultConfiguration").begin_object().member("level", level(h)).end_object();
    json.end_object();
  }
  json.end_array().end_object().end_object();
  json.member("columnKind", "unicodeCodePoints");
  json.key("results").begin_array();
  for (const reported_hazard& one : found) {
    json.begin_object();
    json.member("ruleId", code_of(one.hazard));
    json.member("ruleIndex", rule_of[static_cast<std::size_t>(one.hazard)] - 1);
    json.member("level", level(one.hazard));
    text(json, "message", one.message);
    json.key("locations").begin_array().begin_object();
    if (one.location) {
      json.key("physicalLocation").begin_object();
      json.key("artifactLocation").begin_object().member("uri", detail::uri_of(one.location->file)).end_object();
      json.key("region").begin_object();
      json.member("startLine", one.location->line);
      json.member("startColumn", one.location->column);
      json.end_object().end_object();
    }
    if (!one.table.empty()) {
      json.key("logicalLocations").begin_array().begin_object();
      json.member("fullyQualifiedName", one.column.empty() ? one.table : one.table + '.' + one.column);
      json.member("kind", one.column.empty() ? "object" : "member");
      json.end_object().end_array();
    }
    json.end_object().end_array();
    json.end_object();
  }
  json.end_array().end_object().end_array().end_object();
  return json.text() + '\n';
}

}  // namespace instar::cli
