#pragma once

#include <instar/diff/rename_check.hpp>
#include <instar/migrate/comparison.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/report.hpp>
#include <instar/schema/owned.hpp>
#include <instar/sql/text.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file What is said of the way from one version of a schema to the next, at run time: the words of models on a schema
/// that was read back, renames from the command line, and old names that lead nowhere.

namespace instar::detail {

/// Lets a function change each table and each enum of a schema, in which the rest stays. \param of_table called with a
/// table and its columns \param of_enum called with an enum and its values
template <class OfTable, class OfEnum>
void rewrite_words(owned_schema& schema, const OfTable& of_table, const OfEnum& of_enum) {
  schema_view view = schema.view();
  std::vector<enumeration> enums(view.enumerations.begin(), view.enumerations.end());
  for (enumeration& e : enums) {
    std::vector<enum_value> values(e.values.begin(), e.values.end());
    of_enum(e, values);
    e.values = schema.array(values);
  }
  const std::span<const enumeration> old_enums = view.enumerations;
  view.enumerations = schema.array(enums);
  std::vector<table> tables(view.tables.begin(), view.tables.end());
  for (table& t : tables) {
    std::vector<column> columns(t.columns.begin(), t.columns.end());
    of_table(t, columns);
    for (column& c : columns)
      for (std::size_t i = 0; i < old_enums.size(); ++i)
        if (c.type.values == &old_enums[i])
          c.type.values = &view.enumerations[i];
    t.columns = schema.array(columns);
  }
  view.tables = schema.array(tables);
  schema.set(view);
}

/// Gives a schema that was read back what the models say and no database keeps: the names that things had before, how
/// values convert, what old rows get. \param models must live as long as `read`
inline void carry_words(owned_schema& read, const schema_view& models) {
  const auto twin = [](const auto& of, const auto& among) -> decltype(among.data()) {
    for (const auto& other : among)
      if (other.name == of.name && other.schema == of.schema)
        return &other;
    return nullptr;
  };
  const auto carry_names = [&](auto& list, const auto& said) {
    auto copies = std::vector(list.begin(), list.end());
    for (auto& one : copies)
      for (const auto& other : said)
        if (other.name == one.name)
          one.renamed_from = other.renamed_from;
    list = read.array(copies);
  };
  rewrite_words(
      read,
      [&](table& t, std::vector<column>& columns) {
        const table* const said = twin(t, models.tables);
        if (said == nullptr)
          return;
        t.renamed_from = said->renamed_from;
        for (column& c : columns)
          if (const column* const known = said->find_column(c.name)) {
            c.renamed_from = known->renamed_from;
            c.convert_using = known->convert_using;
            c.backfill = known->backfill;
          }
        if (t.primary_key.name == said->primary_key.name)
          t.primary_key.renamed_from = said->primary_key.renamed_from;
        carry_names(t.uniques, said->uniques);
        carry_names(t.foreign_keys, said->foreign_keys);
        carry_names(t.checks, said->checks);
        carry_names(t.exclusions, said->exclusions);
        carry_names(t.indexes, said->indexes);
      },
      [&](enumeration& e, std::vector<enum_value>& values) {
        const enumeration* const said = twin(e, models.enumerations);
        if (said == nullptr)
          return;
        e.renamed_from = said->renamed_from;
        for (enum_value& v : values)
          for (const enum_value& known : said->values)
            if (known.label == v.label)
              v.renamed_from = known.renamed_from;
      });
}

// ---- from the command line ----

/// One `--rename OLD=NEW`, with what it was found to mean.
class rename_request {
 public:
  /// \throws migration_error `bad_rename` for a word that names nothing
  rename_request(std::string_view word, const schema_view& before, const schema_view& after)
      : word_(word), before_(before), after_(after) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == word.size())
      throw refuse("It says no OLD=NEW.");
    old_ = word.substr(0, equals);
    new_ = word.substr(equals + 1);
    if (find_table() || find_enum() || find_member())
      return;
    throw refuse("The old schema has no table, enum, column or value " + std::string{old_} + ".");
  }

  void apply(owned_schema& schema) const {
    rewrite_words(
        schema,
        [&](table& t, std::vector<column>& columns) {
          if (table_ == nullptr || t.name != table_->name || t.schema != table_->schema)
            return;
          if (member_.empty())
            t.renamed_from = schema.text(source_);
          for (column& c : columns)
            if (!member_.empty() && c.name == new_)
              c.renamed_from = schema.text(member_);
        },
        [&](enumeration& e, std::vector<enum_value>& values) {
          if (enum_ == nullptr || e.name != enum_->name || e.schema != enum_->schema)
            return;
          if (member_.empty())
            e.renamed_from = schema.text(source_);
          for (enum_value& v : values)
            if (!member_.empty() && v.label == new_)
              v.renamed_from = schema.text(member_);
        });
  }

 private:
  [[nodiscard]] migration_error refuse(const std::string& why) const {
    return unchanged(migration_code::bad_rename, "`--rename " + std::string{word_} + "` cannot be done. " + why,
                     "Write old_table=new_table, table.old_column=new_column, old_enum=new_enum or "
                     "enum.old_value=new_value, with the names as `migrate diff` shows them.");
  }

  [[nodiscard]] static const table* table_of(const schema_view& in, std::string_view name) {
    return in.find_table(name);
  }

  [[nodiscard]] static const enumeration* enum_of(const schema_view& in, std::string_view name) {
    for (const enumeration& e : in.enumerations)
      if (names_object(name, e.schema, e.name))
        return &e;
    return nullptr;
  }

  /// The new name in the old one's schema, unless it says its own.
  [[nodiscard]] std::string in_schema(std::string_view schema) const {
    return schema.empty() || new_.find('.') != std::string_view::npos ? std::string{new_} : qualified(schema, new_);
  }

  bool find_table() {
    const table* const then = table_of(before_, old_);
    if (then == nullptr)
      return false;
    table_ = table_of(after_, in_schema(then->schema));
    if (table_ == nullptr)
      throw refuse("The new schema has no table " + std::string{new_} + ".");
    if (table_of(after_, old_) != nullptr)
      throw refuse("The new schema still has a table " + std::string{old_} + ".");
    if (table_of(before_, in_schema(then->schema)) != nullptr)
      throw refuse("The old schema has a table " + std::string{new_} + " already.");
    source_ = old_;
    return true;
  }

  bool find_enum() {
    const enumeration* const then = enum_of(before_, old_);
    if (then == nullptr)
      return false;
    enum_ = enum_of(after_, in_schema(then->schema));
    if (enum_ == nullptr)
      throw refuse("The new schema has no enum " + std::string{new_} + ".");
    if (enum_of(after_, old_) != nullptr)
      throw refuse("The new schema still has an enum " + std::string{old_} + ".");
    source_ = then->name;
    return true;
  }

  bool find_member() {
    const std::size_t dot = old_.rfind('.');
    if (dot == std::string_view::npos)
      return false;
    const std::string_view owner = old_.substr(0, dot);
    member_ = old_.substr(dot + 1);
    // By the owner's old name, or by its new one where it is renamed in the same plan.
    const comparison schemas(before_, after_);
    for (const table& now : after_.tables) {
      const table* const then = schemas.old_table(now);
      if (then == nullptr ||
          !(names_object(owner, now.schema, now.name) || names_object(owner, then->schema, then->name)))
        continue;
      if (then->find_column(member_) == nullptr)
        throw refuse("The old table " + std::string{owner} + " has no column " + std::string{member_} + ".");
      if (now.find_column(new_) == nullptr)
        throw refuse("The new table " + qualified(now.schema, now.name) + " has no column " + std::string{new_} + ".");
      if (now.find_column(member_) != nullptr)
        throw refuse("The new table still has a column " + std::string{member_} + ".");
      if (then->find_column(new_) != nullptr)
        throw refuse("The old table has a column " + std::string{new_} + " already.");
      table_ = &now;
      return true;
    }
    for (const enumeration& now : after_.enumerations)
      for (const enumeration& then : before_.enumerations) {
        if (!same_enum(then, now) ||
            !(names_object(owner, now.schema, now.name) || names_object(owner, then.schema, then.name)))
          continue;
        if (find_value(then, member_) < 0)
          throw refuse("The old enum " + std::string{owner} + " has no value " + std::string{member_} + ".");
        if (find_value(now, new_) < 0)
          throw refuse("The new enum " + qualified(now.schema, now.name) + " has no value " + std::string{new_} + ".");
        if (find_value(now, member_) >= 0)
          throw refuse("The new enum still has a value " + std::string{member_} + ".");
        enum_ = &now;
        return true;
      }
    return false;
  }

  std::string_view word_;
  const schema_view& before_;
  const schema_view& after_;
  std::string_view old_;
  std::string_view new_;
  std::string_view member_;  ///< the old name of a column or value; empty: the whole is renamed
  std::string_view source_;  ///< the old name of the whole
  const table* table_ = nullptr;
  const enumeration* enum_ = nullptr;
};

/// Declares renames in a schema as if its models said them: tables and enums first, so that their columns and values
/// are found. \throws migration_error `bad_rename`
inline void declare_renames(owned_schema& after, const schema_view& before, std::span<const std::string> words) {
  const auto names_member = [&](std::string_view word) {
    const std::string_view old = word.substr(0, word.find('='));
    if (before.find_table(old) != nullptr)
      return false;
    for (const enumeration& e : before.enumerations)
      if (names_object(old, e.schema, e.name))
        return false;
    return true;
  };
  for (const bool members : {false, true})
    for (const std::string& word : words)
      if (names_member(word) == members) {
        const schema_view now = after.view();
        rename_request{word, before, now}.apply(after);
      }
}

// ---- old names that lead nowhere ----

/// The first old name that the models declare and that leads nowhere, as a problem; nothing where all do.
[[nodiscard]] inline std::vector<history_problem> rename_problems(const schema_view& before, const schema_view& after) {
  std::vector<history_problem> problems;
  each_rename_mistake(before, after, [&](const rename_mistake& r) {
    const std::string owner = r.in != nullptr ? qualified(r.in->schema, r.in->name) : std::string{r.of_enum};
    const std::string whole = r.name.empty() ? owner : owner + '.' + std::string{r.name};
    const std::string source{r.source};
    history_problem problem;
    const std::string begin = "The " + std::string{r.what} + ' ' + whole + " says renamed_from(\"" + source + "\")";
    switch (r.kind) {
    case rename_mistake_kind::no_source:
      problem.code = migration_code::rename_of_nothing;
      problem.message = begin + ", which the last migration does not have.";
      problem.ways_out = {"Correct the name; or leave renamed_from out, if it is new."};
      break;
    case rename_mistake_kind::source_stays:
      problem.code = migration_code::rename_of_kept;
      problem.message = begin + ", which the models still have beside it.";
      problem.ways_out = {"Remove " + source + " from the models; or leave renamed_from out, if both are meant."};
      break;
    default:
      problem.code = migration_code::rename_taken;
      problem.message = begin + ", and so does another one.";
      problem.ways_out = {"Leave one renamed_from out."};
      break;
    }
    problems.push_back(std::move(problem));
  });
  return problems;
}

}  // namespace instar::detail
