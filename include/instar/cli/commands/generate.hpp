#pragma once

#include <instar/cli/commands/report.hpp>
#include <instar/cli/commands/validate.hpp>
#include <instar/cli/generate/dot.hpp>
#include <instar/cli/generate/markdown.hpp>
#include <instar/cli/generate/mermaid.hpp>
#include <instar/cli/generate/svg.hpp>
#include <instar/cli/suggestion.hpp>
#include <instar/migrate/file.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace instar::cli {

namespace detail {

/// A document that follows from the models.
struct document_kind {
  std::string_view kind;  ///< what `--only` calls it
  std::string_view file;
  std::string (*make)(const schema_view&, dialect);
};

inline constexpr std::array<document_kind, 5> document_kinds{{
    {"sql", "schema.sql",
     [](const schema_view& schema, dialect d) { return script(d, make_plan(schema_view{}, schema)); }},
    {"mermaid", "schema.mmd", &mermaid},
    {"dot", "schema.dot", &dot},
    {"svg", "schema.svg", &svg},
    {"markdown", "schema.md", &markdown},
}};

inline void check_kinds(const std::vector<std::string>& kinds) {
  std::vector<std::string> known{"snapshot"};
  for (const document_kind& kind : document_kinds)
    known.emplace_back(kind.kind);
  for (const std::string& kind : kinds)
    if (std::find(known.begin(), known.end(), kind) == known.end()) {
      const std::string meant = nearest_word(kind, known);
      throw usage_error(cli_code::bad_value, "`--only " + printable(kind) + "` is not known.",
                        meant.empty() ? "Choose sql, mermaid, dot, svg, markdown or snapshot."
                                      : "Did you mean `--only " + meant + "`?");
    }
}

/// A file that was made, or would be.
struct generated_file {
  std::string kind;
  std::filesystem::path file;
  bool changed = false;
};

}  // namespace detail

/// `generate`: writes what follows from the models. Files that are up to date are not touched.
inline exit_code generate(session& s) {
  detail::check_kinds(s.given.what);
  const auto wanted = [&](std::string_view kind) {
    return s.given.what.empty() || std::find(s.given.what.begin(), s.given.what.end(), kind) != s.given.what.end();
  };
  const auto m = s.make_migrator(database_need::optional);
  std::vector<detail::generated_file> files;
  const std::filesystem::path folder =
      s.given.output.empty() ? std::filesystem::path{"schema"} : std::filesystem::path{s.given.output};
  for (const detail::document_kind& kind : detail::document_kinds) {
    if (!wanted(kind.kind))
      continue;
    if (!s.program.schema)
      throw detail::models_needed("`generate` describes models");
    const std::filesystem::path file = folder / kind.file;
    const std::string text = kind.make(*s.program.schema, detail::dialect_of(*m));
    std::error_code ignored;
    const bool same = std::filesystem::is_regular_file(file, ignored) && instar::detail::read_file(file) == text;
    if (!same && !s.given.check) {
      std::filesystem::create_directories(folder);
      instar::detail::write_file(file, text);
    }
    files.push_back({std::string{kind.kind}, file, !same});
  }
  // The snapshot follows from the history, so there is none without migrations.
  std::error_code ignored;
  const std::filesystem::path migrations = s.migrations_folder();
  const bool has_migrations = !migrations.empty() && std::filesystem::is_directory(migrations, ignored);
  const bool asked = !s.given.what.empty();
  if (wanted("snapshot") && (has_migrations || asked)) {
    const snapshot_report report =
        m->generate_snapshot({.schema_from_models = s.given.schema_from_models, .check = s.given.check});
    files.push_back({"snapshot", report.file, report.changed});
  }

  const bool stale = std::any_of(files.begin(), files.end(), [](const auto& file) { return file.changed; });
  if (s.screen.json()) {
    detail::begin_result(s).key("files").begin_array();
    for (const detail::generated_file& file : files)
      s.json.begin_object()
          .member("kind", file.kind)
          .member("file", file.file.string())
          .member("changed", file.changed)
          .end_object();
    s.json.end_array().end_object();
  }
  for (const detail::generated_file& file : files) {
    const std::string_view verb = !file.changed ? "Fresh  " : s.given.check ? "Stale  " : "Wrote  ";
    const style tone = !file.changed ? style::dim : s.given.check ? style::yellow : style::green;
    s.screen.result(s.screen.on_output()(tone, verb) + ' ' + printable(file.file.string()));
  }
  if (s.given.check && stale)
    s.screen.note("Run `" + s.program_name + " generate` and commit what it writes.");
  return s.given.check && stale ? exit_code::differs : exit_code::ok;
}

}  // namespace instar::cli
