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

}  // namespace detail

/// `db pull`: writes the models of a database. Changes nothing in it.
inline exit_code db_pull(session& s) {
  models_header_options how;
  if (!s.given.name_space.empty()) {
    detail::check_namespace(s.given.name_space);
    how.name_space = s.given.name_space;
  }
  const std::filesystem::path file = s.given.output;
  std::error_code ignored;
  const bool exists = !file.empty() && std::filesystem::exists(file, ignored);
  if (exists)
    how.previous = instar::detail::read_file(file);
  const std::unique_ptr<database> opened = s.open_database();
  introspection_options what = instar::detail::all_but_ledgers(s.given.ledger);
  what.schemas = s.given.schemas;
  const owned_schema read = introspect(*opened, what);
  std::string text;
  std::size_t tables = read.view().tables.size();
  if (const std::vector<std::string> wanted = detail::comma_words(s.given.tables); !wanted.empty()) {
    const detail::chosen_tables chosen{read.view(), wanted};
    for (const std::string& key : chosen.left_out())
      s.screen.note("Left out, its target is not among the tables: the foreign key of " + printable(key) + ".");
    tables = chosen.view().tables.size();
    text = models_header(chosen.view(), opened->dialect(), how);
  } else {
    text = models_header(read.view(), opened->dialect(), how);
  }
  const bool changed = !file.empty() && (!exists || how.previous != text);
  if (changed)
    instar::detail::write_file(file, text);
  if (s.screen.json()) {
    detail::begin_result(s).member("tables", static_cast<long long>(tables));
    if (file.empty())
      s.json.member("header", text).end_object();
    else
      s.json.member("file", file.string()).member("changed", changed).end_object();
    return exit_code::ok;
  }
  if (file.empty()) {
    s.screen.raw_result(text);
    return exit_code::ok;
  }
  s.screen.result(s.screen.on_output()(changed ? style::green : style::dim, changed ? "Wrote  " : "Fresh  ") + ' ' +
                  printable(file.string()) + "  (" + detail::counted(tables, "table") + ')');
  return exit_code::ok;
}

}  // namespace instar::cli
