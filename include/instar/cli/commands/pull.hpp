#pragma once

#include <instar/cli/commands/report.hpp>
#include <instar/cli/generate/models_header.hpp>
#include <instar/cli/generate/names.hpp>
#include <instar/cli/suggestion.hpp>
#include <instar/database/introspection.hpp>
#include <instar/migrate/file.hpp>
#include <instar/migrate/migrator.hpp>

#include <algorithm>
#include <filesystem>

namespace instar::cli {

namespace detail {

/// "a,b" as its words; blanks around them do not count.
[[nodiscard]] inline std::vector<std::string> comma_words(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view word = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (word.starts_with(' '))
      word.remove_prefix(1);
    while (word.ends_with(' '))
      word.remove_suffix(1);
    if (!word.empty())
      words.emplace_back(word);
  }
  return words;
}

/// \throws command_error where it is no namespace's name
inline void check_namespace(const std::string& name) {
  std::string_view rest = name;
  bool good = !rest.empty();
  while (good && !rest.empty()) {
    const std::size_t end = std::min(rest.find("::"), rest.size());
    const std::string part{rest.substr(0, end)};
    good = !part.empty() && identifier_of(part, "") == part && end + 2 != rest.size();
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  if (!good)
    throw usage_error(cli_code::bad_value, "`--namespace " + printable(name) + "` is no name of a C++ namespace.",
                      "Give a name such as app, or app::models.");
}

/// Some tables of a schema, with the enums that they have and the foreign keys between them.
class chosen_tables {
 public:
  chosen_tables(const schema_view& all, const std::vector<std::string>& wanted) {
    for (const std::string& name : wanted)
      if (all.find_table(name) == nullptr)
        throw unknown(all, name);
    for (const table& t : all.tables)
      if (std::any_of(wanted.begin(), wanted.end(),
                      [&](const std::string& name) { return all.find_table(name) == &t; }))
        tables_.push_back(t);
    for (table& t : tables_) {
      std::vector<foreign_key> keys;
      for (const foreign_key& fk : t.foreign_keys)
        if (has(fk.target_schema, fk.target_table))
          keys.push_back(fk);
        else
          left_out_.push_back(table_name(t) + " (" + instar::detail::joined_names(fk.columns) + ") to " +
                              instar::detail::qualified(fk.target_schema, fk.target_table));
      t.foreign_keys = owner_.array(keys);
    }
    for (const enumeration& e : all.enumerations)
      if (is_used(e))
        enumerations_.push_back(e);
  }

  /// Looks into this object, and into the schema that it was made of.
  [[nodiscard]] schema_view view() const { return {.tables = tables_, .enumerations = enumerations_}; }
  /// The foreign keys to other tables, for a person.
  [[nodiscard]] const std::vector<std::string>& left_out() const noexcept { return left_out_; }

 private:
  [[nodiscard]] static command_error unknown(const schema_view& all, const std::string& name) {
    std::vector<std::string> names;
    for (const table& t : all.tables)
      names.push_back(table_name(t));
    const std::string meant = nearest_word(name, names);
    return command_error{exit_code::failure,
                         make_diagnostic(cli_code::bad_value, "The database has no table " + printable(name) + ".",
                                         meant.empty() ? "Give names as the database has them, separated by commas."
                                                       : "Did you mean " + printable(meant) + "?",
                                         "Nothing was written.")};
  }

  [[nodiscard]] bool has(std::string_view schema, std::string_view name) const {
    return std::any_of(tables_.begin(), tables_.end(),
                       [&](const table& t) { return t.schema == schema && t.name == name; });
  }

  [[nodiscard]] bool is_used(const enumeration& e) const {
    return std::any_of(tables_.begin(), tables_.end(), [&](const table& t) {
      return std::any_of(t.columns.begin(), t.columns.end(), [&](const column& c) {
        return c.type.values != nullptr && c.type.values->schema == e.schema && c.type.values->name == e.name;
      });
    });
  }

  owned_schema owner_;
  std::vector<table> tables_;
  std::vector<enumeration> enumerations_;
  std::vector<std::string> left_out_;
};

/// What was pulled: models, and what is told of them.
struct pulled_models {
  std::string header;
  std::size_t tables = 0;   ///< of the database, modelled or raw
  std::size_t objects = 0;  ///< those that models describe
  std::size_t raw = 0;      ///< those that are in the header as SQL
  bool is_new = true;       ///< the file has another text, or is not there
};

/// Objects that a schema describes, with the parts of tables that have names of their own; raw ones aside.
[[nodiscard]] inline std::size_t count_of_objects(const schema_view& v) {
  std::size_t count = v.enumerations.size() + v.extensions.size() + v.sequences.size() + v.views.size();
  for (const view_object& view : v.views)
    count += view.indexes.size();
  for (const table& t : v.tables)
    count += 1 + t.columns.size() + (t.primary_key.columns.empty() ? 0 : 1) + t.uniques.size() + t.foreign_keys.size() +
             t.checks.size() + t.exclusions.size() + t.indexes.size();
  return count;
}

/// \param said what models say of the database, see `expressible`
[[nodiscard]] inline pulled_models pull_models(const schema_view& said, std::size_t tables, dialect d,
                                               const models_header_options& how) {
  pulled_models made;
  made.header = models_writer{said, d, how}.run();
  made.tables = tables;
  made.objects = count_of_objects(said);
  made.raw = said.raw_objects.size();
  made.is_new = how.previous != made.header;
  return made;
}

inline void show_file(session& s, bool is_new, const std::string& file, const std::string& more = {}) {
  s.screen.result(s.screen.on_output()(is_new ? style::green : style::dim, is_new ? "Wrote  " : "Fresh  ") + ' ' +
                  printable(file) + more);
}

/// The members of a pull, into an object that is open.
inline void write_json_members(session& s, const pulled_models& made) {
  s.json.member("tables", made.tables).member("objects", made.objects).member("raw_objects", made.raw);
  if (s.given.output.empty())
    s.json.member("header", made.header);
  else
    s.json.member("file", s.given.output).member("changed", made.is_new);
}

inline exit_code report_pull(session& s, const pulled_models& made) {
  if (s.screen.json()) {
    begin_result(s);
    write_json_members(s, made);
    s.json.end_object();
  } else if (s.given.output.empty()) {
    s.screen.raw_result(made.header);
  } else {
    show_file(s, made.is_new, s.given.output, "  (" + counted(made.tables, "table") + ')');
  }
  return exit_code::ok;
}

/// Writes models and first migration together, and records that one as applied.
inline exit_code pull_baseline(session& s, const schema_view& said, const pulled_models& made) {
  const auto m = s.make_migrator(database_need::optional);
  baseline_options how{.schema = said};
  how.files.push_back({s.given.output, made.header});
  const baseline_report report = s.interruptible(*m, [&] { return m->baseline(how); });
  s.clear_passing_line();
  s.warn(report.warnings);
  if (s.screen.json()) {
    begin_result(s);
    write_json_members(s, made);
    s.json.key("baseline").begin_object();
    s.json.member("name", report.name).member("script", report.script.string());
    s.json.member("snapshot", report.snapshot.string()).member("ledger", report.ledger).member("sql", report.sql);
    s.json.end_object().end_object();
    return exit_code::ok;
  }
  show_file(s, made.is_new, s.given.output, "  (" + counted(made.tables, "table") + ')');
  show_file(s, true, report.script.string());
  s.screen.result("        " + printable(report.snapshot.string()));
  s.screen.result(report.name + " makes what the database is, and is recorded as applied (" + printable(report.ledger) +
                  ").");
  return exit_code::ok;
}

}  // namespace detail

/// `db pull`: writes the models of a database. Changes nothing in it but, with `--baseline`, its ledger.
inline exit_code db_pull(session& s) {
  models_header_options how;
  if (!s.given.name_space.empty()) {
    detail::check_namespace(s.given.name_space);
    how.name_space = s.given.name_space;
  }
  const std::filesystem::path file = s.given.output;
  std::error_code ignored;
  if (!file.empty() && std::filesystem::exists(file, ignored))
    how.previous = instar::detail::read_file(file);
  const std::unique_ptr<database> opened = s.open_database();
  introspection_options what = instar::detail::all_but_ledgers(s.given.ledger);
  what.schemas = s.given.schemas;
  const owned_schema read = introspect(*opened, what);
  const dialect d = opened->dialect();
  const std::vector<std::string> wanted = detail::comma_words(s.given.tables);
  const detail::chosen_tables chosen{read.view(), wanted};
  for (const std::string& key : chosen.left_out())
    s.screen.note("Left out, its target is not among the tables: the foreign key of " + printable(key) + ".");
  const schema_view taken = wanted.empty() ? read.view() : chosen.view();
  const owned_schema said = detail::expressible(taken, d);
  const detail::pulled_models made = detail::pull_models(said.view(), taken.tables.size(), d, how);
  if (s.given.baseline)
    return detail::pull_baseline(s, said.view(), made);
  if (!file.empty() && made.is_new)
    instar::detail::write_file(file, made.header);
  return detail::report_pull(s, made);
}

}  // namespace instar::cli
