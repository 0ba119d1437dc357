#pragma once

#include "instar/diff/diff.hpp"
#include "instar/diff/sequence_bounds.hpp"
#include "instar/sql/hazard_text.hpp"
#include "instar/sql/sqlite.hpp"
#include "instar/sql/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file What the rows of a database have to do with a plan, as queries: they run before anything changes, and only
/// read.

namespace instar {

/// One question about the rows that a step meets.
struct data_check {
  std::size_t step = 0;  ///< Position in the plan's steps.
  instar::hazard hazard{};
  std::string sentence;  ///< What the step does: "drops column users.legacy".
  std::string rows;      ///< What is so about the rows that are counted: "are not null".
  std::string query;     ///< Counts the rows that would not survive, or would make the step fail.
  std::string total;     ///< Counts all of them.
  bool fails = false;    ///< Whether those rows make the migration fail, and nothing is lost.
};

namespace detail {

/// Writes the questions about a plan, step by step.
class check_writer {
 public:
  check_writer(dialect d, const plan_view& p) : dialect_(d), plan_(p), schemas_(p.before, p.after) {}

  std::vector<data_check> run() {
    for (at_ = 0; at_ < plan_.steps.size(); ++at_)
      add(plan_.steps[at_]);
    return std::move(checks_);
  }

 private:
  // ---- words ----

  [[nodiscard]] bool postgres() const { return dialect_ == dialect::postgres; }

  [[nodiscard]] static std::string name(std::string_view of) { return quote_identifier(of); }

  /// Part of a query by a function of write.hpp.
  template <class Put>
  [[nodiscard]] static std::string written(Put put) {
    string_writer out;
    put(out);
    return std::move(out.text);
  }

  [[nodiscard]] std::string table_text(const table& t) const {
    return written([&](string_writer& out) { put_table(out, dialect_, t); });
  }

  [[nodiscard]] static std::string type_sql(const column_type& t) { return type_text(t); }

  /// A type in a sentence: an enum by its name.
  [[nodiscard]] static std::string shown(const column_type& t) {
    return t.kind == type_kind::enumeration && t.dimensions == 0 ? qualified(t.values->schema, t.values->name)
                                                                 : type_text(t);
  }

  [[nodiscard]] static std::string list_of(const std::vector<std::string_view>& texts) {
    std::string list;
    for (std::string_view text : texts)
      list += (list.empty() ? "" : ", ") + quote_literal(text);
    return list;
  }

  [[nodiscard]] static std::string display(const table& t) { return qualified(t.schema, t.name); }
  [[nodiscard]] static std::string display(const table& t, const column& c) {
    return display(t) + '.' + std::string(c.name);
  }

  [[nodiscard]] std::string count_of(const std::string& from, const std::string& condition = {}) const {
    return "SELECT count(*) FROM " + from + (condition.empty() ? "" : " WHERE " + condition);
  }

  void ask(hazard h, std::string sentence, std::string rows, std::string query, std::string total, bool fails) {
    checks_.push_back({at_, h, std::move(sentence), std::move(rows), std::move(query), std::move(total), fails});
  }

  /// About rows of the table of this step for which a condition holds.
  void ask_where(const step& s, hazard h, std::string sentence, std::string rows, const std::string& condition,
                 bool fails) {
    const std::string from = table_text(*s.before);
    ask(h, std::move(sentence), std::move(rows), count_of(from, condition), count_of(from), fails);
  }

  // ---- the old table in the new names ----

  /// The column that a new one was, when the rows have it as it will be; else null.
  [[nodiscard]] static const column* settled(const table& then, const table& now, std::string_view column_name) {
    const column* c = now.find_column(column_name);
    if (c == nullptr)
      return nullptr;
    const column_renames renames(then, now);
    const column* was = then.find_column(renames.is_rename(*c) ? c->renamed_from : c->name);
    return was != nullptr && same_type(was->type, c->type) && was->generated == c->generated &&
                   same_text(was->generated_as, c->generated_as)
               ? was
               : nullptr;
  }

  /// Whether an expression about a column's new enum says something else of its old one, or is none: where it names a
  /// value that is new, where values have other names (it may look at them as text) or another order.
  [[nodiscard]] static bool reads_otherwise(const enumeration& then, const enumeration& now,
                                            std::string_view expression) {
    int last = -1;
    for (const enum_value& v : now.values) {
      const int was = find_value(then, v.label);
      if (was < 0 ? old_value(then, now, v) >= 0 || has_literal(expression, v.label) : was < last)
        return true;
      last = std::max(last, was);
    }
    return false;
  }

  /// Whether the rows have already what an expression reads of a column.
  [[nodiscard]] static bool is_readable(const table& then, const table& now, const column& c,
                                        std::string_view expression) {
    const column* was = settled(then, now, c.name);
    return was != nullptr &&
           (c.type.values == nullptr || !reads_otherwise(*was->type.values, *c.type.values, expression));
  }

  /// Whether a column will be computed of others that the rows have already as they will be.
  [[nodiscard]] static bool is_computable(const table& then, const table& now, const column& c) {
    if (c.generated == generated_kind::none || settled(then, now, c.name) != nullptr)
      return false;
    return std::all_of(now.columns.begin(), now.columns.end(), [&](const column& of) {
      return !mentions(c.generated_as, of.name) || is_readable(then, now, of, c.generated_as);
    });
  }

  /// Whether the rows have a column already as it will be, or what it will be computed of.
  [[nodiscard]] static bool is_known(const table& then, const table& now, std::string_view column_name) {
    const column* c = now.find_column(column_name);
    return c != nullptr && (settled(then, now, column_name) != nullptr || is_computable(then, now, *c));
  }

  /// Whether an expression names columns that are not yet as they will be.
  [[nodiscard]] static bool is_early(const table& then, const table& now, std::string_view expression) {
    for (const column& c : now.columns)
      if (mentions(expression, c.name) && !is_computable(then, now, c) && !is_readable(then, now, c, expression))
        return true;
    return false;
  }

  /// The old table as a source of rows with the new columns' names.
  /// \param needed tells of a column whether it is asked for: only then it is computed where the rows do not have it
  template <class Needed>
  [[nodiscard]] std::string source(const table& then, const table& now, Needed needed) const {
    const std::string called = ") AS " + name(now.name);
    std::string columns;
    std::string computed;
    std::string new_names;
    for (const column& c : now.columns) {
      if (const column* was = settled(then, now, c.name)) {
        columns += (columns.empty() ? "" : ", ") + name(was->name) + " AS " + name(c.name);
        new_names += name(c.name) + ", ";
      } else if (needed(c) && is_computable(then, now, c)) {
        computed += (computed.empty() ? "" : ", ") + ("(" + std::string(c.generated_as)) + ") AS " + name(c.name);
      }
    }
    std::string rows = table_text(then);
    if (column_renames(then, now).any || !same_text(then.name, now.name))
      rows = "(SELECT " + columns + " FROM " + rows + called;
    return computed.empty() ? rows : "(SELECT " + new_names + computed + " FROM " + rows + called;
  }

  // ---- steps ----

  void add(const step& s) {
    switch (s.kind) {
    case step_kind::drop_table:
      ask(hazard::drops_table, "drops table " + display(*s.before), {}, count_of(table_text(*s.before)),
          count_of(table_text(*s.before)), false);
      break;
    case step_kind::drop_raw_object:
    case step_kind::drop_early_raw_object:
    case step_kind::clear_raw_object:
      if (keeps_rows(*s.raw))
        add_raw_table(*s.raw);
      break;
    case step_kind::drop_column:
      add_drop(s);
      break;
    case step_kind::alter_raw_object:
      if (s.change == raw_change::drop_column)
        add_raw_drop(s);
      break;
    case step_kind::alter_type:
      if (s.new_column()->convert_using.empty())
        add_type(s);
      break;
    case step_kind::rebuild_enum:
      add_enum(s);
      break;
    case step_kind::add_column:
      each_hazard(s, [&](hazard h) {
        if (h == hazard::needs_value && concerns(dialect_, h, s))
          ask_where(s, h, "adds required column " + display(*s.after, *s.new_column()) + " without a default",
                    "would have no value", {}, true);
      });
      break;
    case step_kind::set_not_null:
      if (s.from >= 0 && s.new_column()->initial.kind == default_kind::none && s.new_column()->backfill.empty() &&
          !is_remade(s))
        ask_where(s, hazard::makes_required, "makes column " + display(*s.after, *s.new_column()) + " required",
                  "are null", name(s.old_column()->name) + " IS NULL", true);
      break;
    case step_kind::add_unique:
      add_key(s, s.after->uniques[static_cast<std::size_t>(s.to)],
              s.after->uniques[static_cast<std::size_t>(s.to)].nulls_not_distinct);
      break;
    case step_kind::add_primary_key:
      add_key(s, s.after->primary_key, true);
      break;
    case step_kind::create_index:
      if (s.before != nullptr && s.after->indexes[static_cast<std::size_t>(s.to)].unique)
        add_unique_index(s, s.after->indexes[static_cast<std::size_t>(s.to)]);
      break;
    case step_kind::add_check:
      if (s.before != nullptr)
        add_check(s, s.after->checks[static_cast<std::size_t>(s.to)]);
      break;
    case step_kind::add_foreign_key:
      if (s.before != nullptr)
        add_foreign_key(s, s.after->foreign_keys[static_cast<std::size_t>(s.to)]);
      break;
    case step_kind::alter_sequence:
      if (postgres() && narrows_bounds(*s.old_sequence, *s.sequence))
        add_sequence(*s.old_sequence, *s.sequence);
      break;
    default:
      break;
    }
  }

  [[nodiscard]] bool is_remade(const step& s) const {
    for (const step& other : plan_.steps)
      if (other.kind == step_kind::drop_column && other.after == s.after && other.to == s.to)
        return true;
    return false;
  }

  /// A table that is known by its statements alone: its name as the statement that drops it says it.
  void add_raw_table(const raw_object& raw) {
    constexpr std::string_view start = "DROP TABLE ";
    std::string_view drop = raw.drop;
    if (drop.substr(0, start.size()) != start)
      return;
    drop.remove_prefix(start.size());
    while (!drop.empty() && (drop.back() == ';' || drop.back() == '\n' || drop.back() == ' '))
      drop.remove_suffix(1);
    // More than a name, such as CASCADE: then it is not looked into.
    bool quoted = false;
    for (char c : drop) {
      quoted ^= c == '"';
      if (!quoted && (c == ' ' || c == '\n' || c == ',' || c == ';'))
        return;
    }
    const std::string count = count_of(std::string(drop));
    ask(hazard::drops_table, "drops table " + std::string(raw.name), {}, count, count, false);
  }

  /// A column of a table that is known by its statement alone.
  void add_raw_drop(const step& s) {
    const raw_table_text t = read_raw_table(s.old_raw->create);
    const std::string from(t.name);
    ask(hazard::drops_column, "drops column " + raw_table_name(s) + '.' + lost_columns(s), "are not null",
        count_of(from, std::string(t.items[static_cast<std::size_t>(s.from)].name) + " IS NOT NULL"), count_of(from),
        false);
  }

  void add_drop(const step& s) {
    const column& c = *s.old_column();
    each_hazard(s, [&](hazard h) {
      if (!concerns(dialect_, h, s))
        return;
      const std::string sentence = h == hazard::no_conversion
                                       ? "changes column " + display(*s.after, *s.new_column()) + " from " +
                                             shown(c.type) + " to " + shown(s.new_column()->type) +
                                             " without a conversion"
                                       : "drops column " + display(*s.before, c);
      ask_where(s, h, sentence, "are not null", name(c.name) + " IS NOT NULL", false);
    });
  }

  /// About the one row that a sequence is. One that has given no number yet is set to its new start by the plan.
  void add_sequence(const sequence_object& then, const sequence_object& now) {
    const sequence_bounds old_bounds = bounds_of(then);
    const sequence_bounds new_bounds = bounds_of(now);
    const std::string least = std::to_string(new_bounds.least);
    const std::string most = std::to_string(new_bounds.most);
    const std::string from =
        written([&](string_writer& out) { put_object(out, dialect::postgres, then.schema, then.name); });
    std::string condition;
    if (old_bounds.least < new_bounds.least)
      condition = "last_value < " + least;
    if (old_bounds.most > new_bounds.most)
      condition += (condition.empty() ? "last_value > " : " OR last_value > ") + most;
    if (strands_unused(then, now))
      condition = "(" + condition + ") AND (is_called OR last_value <> " + std::to_string(then.start) + ")";
    ask(hazard::sequence_out_of_bounds, "moves the bounds of sequence " + qualified(now.schema, now.name),
        "stand at a number that is not from " + least + " to " + most, count_of(from, condition), count_of(from), true);
  }

  // ---- types ----

  void add_type(const step& s) {
    const column& then = *s.old_column();
    const column& now = *s.new_column();
    if (!concerns(dialect_, hazard::narrows_type, s) || type_widens(then.type, now.type))
      return;
    const std::string sentence =
        "changes column " + display(*s.after, now) + " from " + shown(then.type) + " to " + shown(now.type);
    const auto lost = [&](std::string rows, const std::string& condition) {
      ask_where(s, hazard::narrows_type, sentence, std::move(rows), condition, false);
    };
    const auto failing = [&](std::string rows, const std::string& condition) {
      ask_where(s, hazard::narrows_type, sentence, std::move(rows), condition, true);
    };
    const std::string c = name(then.name);
    if (now.type.kind == type_kind::enumeration && now.type.dimensions == 0 && then.type.dimensions == 0) {
      std::vector<std::string_view> labels;
      for (const enum_value& v : now.type.values->values)
        labels.push_back(v.label);
      failing("are none of its values", c + (postgres() ? "::text" : "") + " NOT IN (" + list_of(labels) + ")");
    } else if (then.type.dimensions == 1 && now.type.dimensions == 0) {
      lost("have more than one element",
           postgres() ? "cardinality(" + c + ") > 1" : "json_array_length(" + c + ") > 1");
    } else if (!postgres()) {
      if (then.type.kind != type_kind::custom && now.type.kind != type_kind::custom)
        lost("look like a number in another form", "typeof(" + c + ") = 'text' AND " + c +
                                                       " NOT GLOB '*[^0-9.eE+ -]*' AND CAST(CAST(" + c +
                                                       " AS NUMERIC) AS TEXT) <> " + c);
    } else if (then.type.dimensions != 0 || now.type.dimensions != 0 || then.type.kind == type_kind::custom ||
               now.type.kind == type_kind::custom) {
      lost("have to be converted", c + " IS NOT NULL");
    } else {
      add_postgres_type(then.type, now.type, c, lost, failing);
    }
  }

  /// The questions about values of plain types in PostgreSQL.
  template <class Lost, class Failing>
  static void add_postgres_type(const column_type& then, const column_type& now, const std::string& c, Lost lost,
                                Failing failing) {
    const bool real_then = then.kind == type_kind::real || then.kind == type_kind::double_precision;
    if (is_string(now.kind)) {
      lost("are longer", "length(" + c + "::text) > " + std::to_string(now.length < 0 ? 1 : now.length));
    } else if (is_string(then.kind)) {
      add_postgres_text(now, c, lost, failing);
    } else if (now.kind == type_kind::boolean && is_number(then.kind)) {
      lost("are neither 0 nor 1", c + " NOT IN (0, 1)");
    } else if (integer_rank(now.kind) != 0 && is_number(then.kind)) {
      constexpr std::string_view bounds[] = {"-32768 AND 32767", "-2147483648 AND 2147483647",
                                             "-9223372036854775808 AND 9223372036854775807"};
      failing("are out of its range",
              c + " NOT BETWEEN " + std::string(bounds[static_cast<std::size_t>(integer_rank(now.kind) - 1)]));
      if (integer_rank(then.kind) == 0)
        lost("have a fraction", c + " <> trunc(" + c + ")");
    } else if (now.kind == type_kind::numeric && is_number(then.kind)) {
      const int scale = now.scale < 0 ? 0 : now.scale;
      if (now.length < 0) {  // of a floating-point number: its shortest decimal
        lost("are rounded", c + "::numeric::" + type_sql(then) + " <> " + c);
        return;
      }
      const std::string rounded = "round(" + c + "::numeric, " + std::to_string(scale) + ")";
      failing("have too many digits", "abs(" + rounded + ") >= 1e" + std::to_string(now.length - scale) + "::numeric");
      if (integer_rank(then.kind) == 0)
        lost("are rounded", rounded + " <> " + c + "::numeric");
    } else if ((now.kind == type_kind::real || now.kind == type_kind::double_precision) && is_number(then.kind)) {
      if (integer_rank(then.kind) != 0) {
        lost("may be rounded",
             "abs(" + c + "::numeric) > " + (now.kind == type_kind::real ? "16777216" : "9007199254740992"));
      } else {
        // A number beyond the range is an error of the cast, so it is not cast.
        const std::string limit = now.kind == type_kind::real ? "3.4e38" : "1.7e308";
        lost("are rounded", "CASE WHEN abs(" + c + ") > " + limit + " THEN true ELSE " + c + "::" + type_sql(now) +
                                "::" + type_sql(then) + " <> " + c + " END");
      }
    } else if (goes_back(then.kind, now.kind) && !real_then) {
      lost("are cut", c + "::" + type_sql(now) + "::" + type_sql(then) + " <> " + c);
    } else {
      lost("have to be converted", c + " IS NOT NULL");
    }
  }

  /// Whether a value that goes to the other type and back shows by an inequality what it lost, without an error.
  [[nodiscard]] static bool goes_back(type_kind then, type_kind now) {
    using kind = type_kind;
    const auto moment = [](kind k) { return k == kind::timestamp || k == kind::timestamptz || k == kind::date; };
    return then == now ? then != kind::custom && then != kind::enumeration
                       : (moment(then) && moment(now)) || (then == kind::timetz && now == kind::time) ||
                             (then == kind::inet && now == kind::cidr) || (then == kind::varbit && now == kind::bit) ||
                             (now == kind::bit && integer_rank(then) != 0);
  }

  /// The questions about texts that are read as something else.
  template <class Lost, class Failing>
  static void add_postgres_text(const column_type& now, const std::string& c, Lost lost, Failing failing) {
    const std::string text = c + "::text";
    if (integer_rank(now.kind) != 0)
      failing("are no whole number", text + R"( !~ '^\s*[-+]?[0-9]+\s*$')");
    else if (is_number(now.kind))
      failing("are no number", text + R"( !~* '^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?\s*$' AND )" + text +
                                   R"( !~* '^\s*[-+]?(nan|inf|infinity)\s*$')");
    else if (now.kind == type_kind::uuid)
      failing("are no uuid", text + R"( !~* '^\{?[0-9a-f]{4}(-?[0-9a-f]{4}){7}\}?$')");
    else if (now.kind == type_kind::boolean)
      failing("are no truth value",
              text + R"( !~* '^\s*(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|1|0)\s*$')");
    else
      lost("have to be read as " + type_sql(now), c + " IS NOT NULL");
  }

  // ---- enums ----

  void add_enum(const step& s) {
    std::vector<std::string_view> gone;
    for (std::size_t i = 0; i < s.old_enum->values.size(); ++i) {
      bool kept = false;
      for (const enum_value& v : s.new_enum->values)
        kept |= old_value(*s.old_enum, *s.new_enum, v) == static_cast<int>(i);
      if (!kept)
        gone.push_back(s.old_enum->values[i].label);
    }
    if (gone.empty())
      return;
    std::string names;
    for (std::string_view label : gone)
      names += (names.empty() ? "" : ", ") + std::string(label);
    const std::string sentence = (gone.size() == 1 ? "removes value " : "removes values ") + names + " of enum " +
                                 qualified(s.new_enum->schema, s.new_enum->name);
    for (const table& now : plan_.after.tables) {
      const table* then = schemas_.old_table(now);
      if (then == nullptr)
        continue;
      const column_renames renames(*then, now);
      for (const column& c : now.columns) {
        const column* was = then->find_column(renames.is_rename(c) ? c.renamed_from : c.name);
        if (was == nullptr || was->type.values == nullptr || c.type.values == nullptr ||
            !same_enum(*was->type.values, *s.new_enum) || !same_enum(*c.type.values, *s.new_enum) ||
            (!postgres() && c.type.dimensions != 0))
          continue;
        const std::string quoted = name(was->name);
        const std::string condition = !postgres()                 ? quoted + " IN (" + list_of(gone) + ")"
                                      : was->type.dimensions == 0 ? quoted + "::text IN (" + list_of(gone) + ")"
                                                                  : quoted + "::text[] && ARRAY[" + list_of(gone) + "]";
        const std::string from = table_text(*then);
        ask(hazard::removes_enum_value, sentence, "have it in " + display(*then, *was), count_of(from, condition),
            count_of(from), true);
      }
    }
  }

  // ---- constraints ----

  /// Rows that are equal to an earlier one. \param parts SQL of what is compared \param needed as for `source`
  template <class Needed>
  void add_equal_rows(const step& s, const std::string& called, const std::vector<std::string>& parts,
                      std::string_view where, bool nulls_are_equal, Needed needed) {
    std::string list;
    std::string conditions = where.empty() ? "" : "(" + std::string(where) + ")";
    for (const std::string& part : parts) {
      list += (list.empty() ? "" : ", ") + part;
      if (!nulls_are_equal)
        conditions += (conditions.empty() ? "" : " AND ") + part + " IS NOT NULL";
    }
    const std::string from = source(*s.before, *s.after, needed);
    ask(hazard::makes_unique, "makes " + called + " unique", "are equal to another",
        "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM " + from +
            (conditions.empty() ? "" : " WHERE " + conditions) + " GROUP BY " + list +
            " HAVING count(*) > 1) AS equal_rows",
        count_of(table_text(*s.before)), true);
  }

  void add_key(const step& s, const key& k, bool nulls_are_equal) {
    if (s.before == nullptr || !may_have_equal_rows(s, k))
      return;
    std::vector<std::string> parts;
    for (std::string_view column_name : k.columns) {
      if (!is_known(*s.before, *s.after, column_name))
        return;
      parts.push_back(name(column_name));
    }
    add_equal_rows(s, display(*s.after) + " (" + joined_names(k.columns) + ")", parts, {}, nulls_are_equal,
                   [&](const column& c) { return has_name(k.columns, c.name); });
  }

  void add_unique_index(const step& s, const index& i) {
    std::vector<std::string> parts;
    std::string called;
    for (const index_part& part : i.parts) {
      if (part.expression ? is_early(*s.before, *s.after, part.text) : !is_known(*s.before, *s.after, part.text))
        return;
      parts.push_back(part.expression ? "(" + std::string(part.text) + ")" : name(part.text));
      called += (called.empty() ? "" : ", ") + std::string(part.text);
    }
    if (is_early(*s.before, *s.after, i.where))
      return;
    add_equal_rows(s, display(*s.after) + " (" + called + ")", parts, i.where, i.nulls_not_distinct && postgres(),
                   [&](const column& c) {
                     return mentions(i.where, c.name) ||
                            std::any_of(i.parts.begin(), i.parts.end(), [&](const index_part& part) {
                              return part.expression ? mentions(part.text, c.name) : same_text(part.text, c.name);
                            });
                   });
  }

  void add_check(const step& s, const check& c) {
    if (!may_violate(s, c) || is_early(*s.before, *s.after, c.expression))
      return;
    const auto needed = [&](const column& of) { return mentions(c.expression, of.name); };
    ask(hazard::may_violate_check, "adds check " + std::string(c.name) + " to " + display(*s.after), "do not meet it",
        count_of(source(*s.before, *s.after, needed), "NOT (" + std::string(c.expression) + ")"),
        count_of(table_text(*s.before)), true);
  }

  void add_foreign_key(const step& s, const foreign_key& fk) {
    const column_renames renames(*s.before, *s.after);
    for (const foreign_key& old : s.before->foreign_keys)
      if (schemas_.same_foreign_key(renames, old, fk))
        return;  // made again, and kept by its rows until then
    const int found = schemas_.new_tables.find(fk.target_schema, fk.target_table);
    const table* now = found < 0 ? nullptr : &plan_.after.tables[static_cast<std::size_t>(found)];
    const table* then = now == nullptr ? nullptr : schemas_.old_table(*now);
    std::string given;
    std::string equal;
    for (std::size_t i = 0; i < fk.columns.size(); ++i) {
      const column* own = settled(*s.before, *s.after, fk.columns[i]);
      if (own == nullptr)
        return;
      given += (given.empty() ? "" : " AND ") + ("child." + name(own->name)) + " IS NOT NULL";
      if (then == nullptr)
        continue;
      const std::span<const std::string_view> targets =
          fk.target_columns.empty() ? now->primary_key.columns : fk.target_columns;
      const column* target = i < targets.size() ? settled(*then, *now, targets[i]) : nullptr;
      if (target == nullptr)
        return;
      equal += (equal.empty() ? "" : " AND ") + ("parent." + name(target->name)) + " = child." + name(own->name);
    }
    if (now == nullptr)
      return;
    const std::string query =
        count_of(table_text(*s.before) + " AS child",
                 given + (then == nullptr ? ""
                                          : " AND NOT EXISTS (SELECT 1 FROM " + table_text(*then) +
                                                " AS parent WHERE " + equal + ")"));
    ask(hazard::may_violate_foreign_key,
        "adds foreign key " + display(*s.after) + " (" + joined_names(fk.columns) + ") to " + display(*now),
        "reference nothing", query, count_of(table_text(*s.before)), true);
  }

  dialect dialect_;
  const plan_view& plan_;
  comparison schemas_;
  std::size_t at_ = 0;
  std::vector<data_check> checks_;
};

}  // namespace detail

/// The queries that tell what a plan would do to the rows of a database: how many it would lose, and how many would
/// make it fail. Run them while the database is what the plan begins with. A step about which no query can be made (a
/// type of the user's own) has none.
[[nodiscard]] inline std::vector<data_check> data_checks(dialect d, const plan_view& p) {
  return detail::check_writer{d, p}.run();
}

}  // namespace instar
