#pragma once

#include "instar/diff/diff.hpp"
#include "instar/sql/hazard_text.hpp"
#include "instar/sql/online.hpp"
#include "instar/sql/sqlite.hpp"
#include "instar/sql/text.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// \file Plans as SQL text at run time.

namespace instar {

namespace detail {

inline std::string operation_text(dialect d, const plan_view& p, const operation& o) {
  string_writer out;
  put_operation(out, d, p, o);
  return std::move(out.text);
}

inline growing_array<operation> plan_operations(dialect d, const plan_view& p) {
  growing_array<operation> operations;
  add_operations(d, p, operations);
  return operations;
}

}  // namespace detail

/// The statements of a plan, without semicolons.
inline std::vector<std::string> statements(dialect d, const plan_view& p) {
  std::vector<std::string> result;
  for (const detail::operation& o : detail::plan_operations(d, p))
    result.push_back(detail::operation_text(d, p, o));
  return result;
}

namespace detail {

/// What alter_raw_object does, for a person.
inline std::string describe_raw_change(const step& s) {
  const raw_table_text t = read_raw_table(s.to >= 0 ? s.raw->create : s.old_raw->create);
  const raw_item& item = t.items[static_cast<std::size_t>(s.to >= 0 ? s.to : s.from)];
  const std::string name = " " + std::string(read_relation_name(item.name).name);
  switch (s.change) {
  case raw_change::drop_constraint:
    return "- constraint" + name;
  case raw_change::drop_column:
    return "- column" + name;
  case raw_change::add_column:
    return "+ column" + name;
  case raw_change::add_constraint:
    return "+ constraint" + name;
  case raw_change::alter_type:
    return "type of column" + name;
  case raw_change::drop_default:
  case raw_change::set_default:
    return "default of column" + name;
  case raw_change::set_not_null:
    return "column" + name + " required";
  case raw_change::drop_not_null:
    return "column" + name + " nullable";
  case raw_change::drop_identity:
  case raw_change::add_identity:
  case raw_change::set_identity:
    return "identity of column" + name;
  case raw_change::none:
    break;
  }
  return {};
}

}  // namespace detail

/// One line that says what a step does, for a person: `+ table users`, `~ column users.email: text → varchar(200)`.
inline std::string describe(const step& s) {
  using namespace detail;
  const table* t = s.after != nullptr ? s.after : s.before;
  const std::string on = t != nullptr ? qualified(t->schema, t->name) : std::string();
  const std::size_t from = static_cast<std::size_t>(s.from);
  const std::size_t to = static_cast<std::size_t>(s.to);
  const auto old_column = [&] { return on + '.' + std::string(s.old_column()->name); };
  const auto new_column = [&] { return on + '.' + std::string(s.new_column()->name); };
  const auto enum_name = [](const enumeration& e) { return qualified(e.schema, e.name); };
  const auto view_text = [](const view_object& v) {
    return (v.materialized ? "materialized view " : "view ") + qualified(v.schema, v.name);
  };
  switch (s.kind) {
  case step_kind::create_schema:
    return "+ schema " + std::string(s.schema);
  case step_kind::create_extension:
    return "+ extension " + std::string(s.extension->name);
  case step_kind::alter_extension:
    return "~ extension " + std::string(s.extension->name) +
           (s.to == 0 ? ": version " + std::string(s.extension->version)
                      : ": schema " + std::string(s.extension->schema));
  case step_kind::drop_extension:
    return "- extension " + std::string(s.extension->name);
  case step_kind::drop_raw_object:
  case step_kind::drop_early_raw_object:
  case step_kind::drop_middle_raw_object:
  case step_kind::clear_raw_object:
  case step_kind::drop_late_raw_object:
    return "- " + std::string(s.raw->kind) + ' ' + std::string(s.raw->name);
  case step_kind::alter_raw_object:
    return "~ " + std::string(s.raw->kind) + ' ' + std::string(s.raw->name) + ": " + describe_raw_change(s);
  case step_kind::set_aside:
    return "~ table " + raw_table_name(s) + ": set aside, to be made anew";
  case step_kind::keep_rows:
    return "~ table " + raw_table_name(s) + ": the rows that it had";
  case step_kind::drop_aside:
    return "~ table " + raw_table_name(s) + ": the old one dropped";
  case step_kind::create_early_raw_object:
  case step_kind::create_middle_raw_object:
  case step_kind::create_raw_object:
    return "+ " + std::string(s.raw->kind) + ' ' + std::string(s.raw->name);
  case step_kind::drop_view:
    return "- " + view_text(*s.old_view);
  case step_kind::create_view:
    if (s.to >= 0)
      return "+ index " + std::string(s.new_view->indexes[to].name) + " on " + view_text(*s.new_view);
    return "+ " + view_text(*s.new_view);
  case step_kind::comment_view:
    return "~ " + view_text(*s.new_view) + ": comment";
  case step_kind::rename_enum:
    return "~ enum " + enum_name(*s.old_enum) + " renamed to " + std::string(s.new_enum->name);
  case step_kind::rename_enum_value:
    return "~ enum " + enum_name(*s.new_enum) + ": value " + std::string(s.old_enum->values[from].label) +
           " renamed to " + std::string(s.new_enum->values[to].label);
  case step_kind::create_enum:
    return "+ enum " + enum_name(*s.new_enum);
  case step_kind::add_enum_value:
    return "~ enum " + enum_name(*s.new_enum) + ": + value " + std::string(s.new_enum->values[to].label);
  case step_kind::rebuild_enum: {
    std::string text = "~ enum " + enum_name(*s.new_enum) + ": values changed";
    for (const enum_value& was : s.old_enum->values) {
      bool kept = false;
      for (const enum_value& v : s.new_enum->values) {
        const int place = old_value(*s.old_enum, *s.new_enum, v);
        kept |= place >= 0 && &s.old_enum->values[static_cast<std::size_t>(place)] == &was;
      }
      if (!kept)
        text += ", - " + std::string(was.label);
    }
    return text;
  }
  case step_kind::drop_enum:
    return "- enum " + enum_name(*s.old_enum);
  case step_kind::comment_enum:
    return "~ enum " + enum_name(*s.new_enum) + ": comment";
  case step_kind::create_sequence:
    return "+ sequence " + qualified(s.sequence->schema, s.sequence->name);
  case step_kind::alter_sequence:
    return "~ sequence " + qualified(s.sequence->schema, s.sequence->name);
  case step_kind::drop_sequence:
    return "- sequence " + qualified(s.sequence->schema, s.sequence->name);
  case step_kind::create_table:
    return "+ table " + on;
  case step_kind::drop_table:
    return "- table " + on;
  case step_kind::rename_table:
    return "~ table " + qualified(s.before->schema, s.before->name) + " renamed to " +
           qualified(s.after->schema, s.after->name);
  case step_kind::alter_options: {
    const auto words = [](std::string_view options) { return options.empty() ? "none" : std::string(options); };
    return "~ table " + on + ": options " + words(s.before->options) + " → " + words(s.after->options);
  }
  case step_kind::rename_column:
    return "~ column " + old_column() + " renamed to " + std::string(s.new_column()->name);
  case step_kind::rename_constraint:
    return "~ constraint " + std::string(constraint_name(*s.before, s.constraint, s.from)) + " of " + on +
           " renamed to " + std::string(constraint_name(*s.after, s.constraint, s.to));
  case step_kind::rename_index:
    return "~ index " + std::string(s.before->indexes[from].name) + " renamed to " +
           std::string(s.after->indexes[to].name);
  case step_kind::drop_column:
    return "- column " + old_column();
  case step_kind::add_column:
    return "+ column " + new_column() + ": " + type_text(s.new_column()->type) +
           (s.new_column()->nullable ? ", nullable" : "");
  case step_kind::release_default:
    return "~ column " + old_column() + ": default dropped, for what it uses is made anew";
  case step_kind::drop_default:
    return "~ column " + new_column() + ": default dropped";
  case step_kind::set_default: {
    string_writer out;
    put_postgres_default(out, s.new_column()->initial);
    return "~ column " + new_column() + ": default " + out.text;
  }
  case step_kind::drop_identity:
    return "~ column " + new_column() + ": no longer identity";
  case step_kind::add_identity:
    return "~ column " + new_column() + ": becomes identity";
  case step_kind::alter_identity:
    return "~ column " + new_column() + ": kind of identity";
  case step_kind::alter_type:
    return "~ column " + new_column() + ": " + type_text(s.old_column()->type) + " → " +
           type_text(s.new_column()->type);
  case step_kind::alter_collation:
    return "~ column " + new_column() + ": collation";
  case step_kind::fill_nulls:
    return "~ column " + new_column() + ": NULLs get " +
           (s.new_column()->backfill.empty() ? "the default" : std::string(s.new_column()->backfill));
  case step_kind::set_not_null:
    return "~ column " + new_column() + ": required";
  case step_kind::drop_not_null:
    return "~ column " + new_column() + ": nullable";
  case step_kind::drop_generated:
    return "~ column " + new_column() + ": no longer generated";
  case step_kind::drop_primary_key:
    return "- primary key of " + on + " (" + joined_names(s.before->primary_key.columns) + ')';
  case step_kind::add_primary_key:
    return "+ primary key of " + on + " (" + joined_names(s.after->primary_key.columns) + ')';
  case step_kind::drop_unique:
    return "- unique " + on + " (" + joined_names(s.before->uniques[from].columns) + ')';
  case step_kind::add_unique:
    return "+ unique " + on + " (" + joined_names(s.after->uniques[to].columns) + ')';
  case step_kind::drop_check:
    return "- check " + std::string(s.before->checks[from].name) + " of " + on;
  case step_kind::add_check:
    return "+ check " + std::string(s.after->checks[to].name) + " of " + on;
  case step_kind::drop_exclusion:
    return "- exclusion " + std::string(s.before->exclusions[from].name) + " of " + on;
  case step_kind::add_exclusion:
    return "+ exclusion " + std::string(s.after->exclusions[to].name) + " of " + on;
  case step_kind::drop_index:
    return "- index " + std::string(s.before->indexes[from].name) + " of " + on;
  case step_kind::create_index:
    return "+ index " + std::string(s.after->indexes[to].name) + " of " + on;
  case step_kind::drop_foreign_key:
    return "- foreign key " + on + " (" + joined_names(s.before->foreign_keys[from].columns) + ") → " +
           qualified(s.before->foreign_keys[from].target_schema, s.before->foreign_keys[from].target_table);
  case step_kind::add_foreign_key:
    return "+ foreign key " + on + " (" + joined_names(s.after->foreign_keys[to].columns) + ") → " +
           qualified(s.after->foreign_keys[to].target_schema, s.after->foreign_keys[to].target_table);
  case step_kind::comment_table:
    return "~ table " + on + ": comment";
  case step_kind::comment_column:
    return "~ column " + new_column() + ": comment";
  }
  return {};
}

namespace detail {

/// A text without line breaks: a name may hold one, and the rest of a comment must not become SQL.
inline std::string on_one_line(std::string_view text) {
  std::string safe(text);
  for (char& c : safe)
    if (c == '\n' || c == '\r')
      c = ' ';
  return safe;
}

inline std::string comment_line(std::string_view sentence) {
  return "-- " + on_one_line(sentence) + '\n';
}

/// Adds a statement of a plan to a script, with its semicolon.
inline void add_statement(std::string& script, std::string_view statement) {
  script += statement;
  // What a user wrote may end in its own semicolon, or in a comment that would swallow ours.
  while (!script.empty() && std::string_view(" \t\r\n").find(script.back()) != std::string_view::npos)
    script.pop_back();
  const bool comment = script.find("--", script.rfind('\n') + 1) != std::string::npos;
  if (comment)
    script += '\n';
  if (comment || script.empty() || script.back() != ';')
    script += ';';
  script += "\n\n";
}

/// The statements of a plan, each step's under its description.
/// \param notes_of further sentences for a step, which stand above its statements
template <class NotesOf>
std::string annotated_script(dialect d, const plan_view& p, const NotesOf& notes_of) {
  std::string text;
  // SQLite: what ALTER TABLE cannot do has no statement of its own, the table is made anew.
  std::vector<char> noted(p.steps.size(), 0);
  const auto note = [&](std::size_t step) {
    if (noted[step] != 0)
      return;
    noted[step] = 1;
    for (const std::string& sentence : notes_of(p.steps[step]))
      text += comment_line(sentence);
  };
  const growing_array<operation> operations = plan_operations(d, p);
  std::vector<char> written(p.steps.size(), 0);
  const auto of_step = [d](const operation& o) { return d == dialect::postgres || o.part == 0; };
  for (const operation& o : operations)
    if (of_step(o))
      written[o.step] = 1;
  std::vector<std::vector<std::size_t>> by_table;
  std::size_t previous = static_cast<std::size_t>(-1);
  for (const operation& o : operations) {
    if (of_step(o) && o.step != previous) {
      text += comment_line(describe(p.steps[o.step]));
      note(o.step);
      previous = o.step;
    } else if (d == dialect::sqlite && o.part == static_cast<int>(sqlite_part::create_new)) {
      text += comment_line("~ table " + std::string(o.on->name) + " made anew, rows kept");
      if (by_table.empty())
        by_table = steps_by_table(p);
      for (std::size_t i : by_table[static_cast<std::size_t>(o.on - p.after.tables.data())])
        if (written[i] == 0)
          note(i);
    }
    add_statement(text, operation_text(d, p, o));
  }
  while (text.size() > 1 && text[text.size() - 1] == '\n' && text[text.size() - 2] == '\n')
    text.pop_back();
  return text;
}

/// A transaction gives up when a lock is not to be had, before a queue forms behind it. What is outside of one waits
/// for others without standing in their way, for as long as it takes.
inline std::string online_script(const plan_view& p, const std::vector<script_section>& sections) {
  std::string text;
  for (const script_section& section : sections) {
    if (section.transaction) {
      text += "-- instar: transaction\nBEGIN;\nSET LOCAL lock_timeout = '5s';\nSET LOCAL statement_timeout = ";
      text += section.brief ? "'1min';\n\n" : "0;\n\n";
    } else {
      text += "-- instar: no-transaction\nSET lock_timeout = 0;\nSET statement_timeout = 0;\n\n";
    }
    for (const online_statement& s : section.statements) {
      for (const online_note& note : s.notes)
        text += comment_line(describe(p.steps[note.step]) + std::string(note.more));
      add_statement(text, s.text);
    }
    if (section.transaction)
      text += "COMMIT;\n\n";
  }
  text.pop_back();  // the last blank line
  return text;
}

}  // namespace detail

/// How a script does what the plan says.
struct script_options {
  /// PostgreSQL: where the plan touches tables that are there already, take no lock that stops a busy table. The script
  /// has sections then, which `-- instar: transaction` and `-- instar: no-transaction` mark; psql runs it, too.
  /// Otherwise the statements of the plan as they are, for one transaction.
  bool online = false;

  /// In that form, changes of one table are one ALTER TABLE where that takes one lock instead of several.
  bool merge_alters = true;
};

/// The text of a migration.sql: hazards on top as comments, then each step's description and statements.
inline std::string script(dialect d, const plan_view& p, const script_options& options = {}) {
  std::string text;
  // What the short form locks was asked for; what no form avoids is news.
  for (const hazard_note& note : p.hazards(d))
    text += detail::comment_line("warning " + std::string(code_of(note.hazard)) + ": " +
                                 describe(note.hazard, p.steps[note.step]));
  if (!text.empty())
    text += '\n';
  if (options.online && d == dialect::postgres)
    if (const std::vector<script_section> sections = online_sections(p, options.merge_alters); !sections.empty())
      return text + detail::online_script(p, sections);
  return text + detail::annotated_script(d, p, [](const step&) { return std::vector<std::string>{}; });
}

}  // namespace instar
