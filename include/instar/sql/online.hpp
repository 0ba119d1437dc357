#pragma once

#include "instar/diff/diff.hpp"
#include "instar/sql/postgres.hpp"
#include "instar/sql/text.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file A plan for PostgreSQL in a form that takes no lock which stops a busy table.
///
/// The steps of the plan say what changes; this says how. What is brief is done in transactions. What takes as long as
/// the table has rows is done outside of them, in ways that let readers and writers through: indexes CONCURRENTLY,
/// constraints NOT VALID first and VALIDATE later, rows written in batches. docs/migrations.md has the recipes.

namespace instar {

/// A comment above a statement: what a step does, and what of it this statement does.
struct online_note {
  std::size_t step = 0;  ///< position in the plan's steps
  std::string_view more{};
};

struct online_statement {
  std::string text;  ///< without semicolon
  std::vector<online_note> notes{};
};

/// Statements that belong together: one transaction, or each on its own and in none.
struct script_section {
  bool transaction = true;
  bool brief = true;  ///< Whether each statement takes the same time, however many rows there are.
  std::vector<online_statement> statements{};
};

namespace detail {

/// The name of something that exists only while a migration runs, cut to the 63 bytes that PostgreSQL keeps.
inline std::string passing_name(std::string_view stem, std::string_view ending) {
  constexpr std::size_t longest = 63;
  std::size_t length = std::min(stem.size(), longest - ending.size());
  while (length < stem.size() && length > 0 && (static_cast<unsigned char>(stem[length]) & 0xC0U) == 0x80U)
    --length;  // not in the middle of a character
  return std::string(stem.substr(0, length)) + std::string(ending);
}

/// CREATE INDEX as CREATE INDEX CONCURRENTLY.
inline std::string concurrently(std::string create_index) {
  constexpr std::string_view word = "INDEX ";
  create_index.insert(create_index.find(word) + word.size(), "CONCURRENTLY ");
  return create_index;
}

inline std::string table_text(const table& t) {
  string_writer out;
  put_table(out, dialect::postgres, t);
  return std::move(out.text);
}

inline std::string object_text(std::string_view schema, std::string_view name) {
  string_writer out;
  put_object(out, dialect::postgres, schema, name);
  return std::move(out.text);
}

/// How a backfill goes over a table.
enum class backfill_pass : unsigned char {
  first,       ///< until no row has NULL, ten times at most, because programs may go on writing it
  last,        ///< once, waiting for rows that somebody else has locked
  until_none,  ///< until no row has NULL, where none can get it any more
};

/// Gives rows a value where a column has NULL, batch by batch: each commits, so that nobody waits for more than one
/// batch. Can be run again after whatever stopped it. A row that is changed meanwhile may move to where the pass has
/// been already, and one that is locked is passed over, so one pass is not enough.
/// \param value SQL; of more than a word in parentheses
inline std::string backfill_text(const table& t, std::string_view column_name, std::string_view value,
                                 backfill_pass pass) {
  const bool repeat = pass != backfill_pass::last;
  const std::string on = table_text(t);
  const std::string name = quote_identifier(column_name);
  const std::string indent = repeat ? "    " : "  ";
  std::string text = "DO $instar_batches$\n"
                     "DECLARE\n"
                     "  pages bigint;\n"
                     "  first_row tid;\n"
                     "  behind_last tid;\n"
                     "BEGIN\n";
  const std::string is_left = "EXISTS (SELECT FROM " + on + " WHERE " + name + " IS NULL)";
  if (pass == backfill_pass::first)
    text += "  FOR pass IN 1 .. 10 LOOP\n    EXIT WHEN NOT " + is_left + ";\n";
  else if (repeat)
    text += "  WHILE " + is_left + " LOOP\n";
  const auto line = [&](const std::string& words) { text += indent + words + '\n'; };
  line("pages := pg_relation_size(" + quote_literal(on) + ") / current_setting('block_size')::bigint;");
  line("FOR page IN 0 .. pages BY 4 LOOP");
  line("  first_row := format('(%s,0)', page);");
  line("  behind_last := format('(%s,0)', page + 4);");
  line("  UPDATE " + on + " SET " + name + " = " + std::string(value));
  line("  WHERE " + name + " IS NULL AND ctid = ANY (ARRAY(");
  line("    SELECT ctid FROM " + on + " WHERE ctid >= first_row AND ctid < behind_last AND " + name + " IS NULL");
  line(pass == backfill_pass::last ? "    FOR UPDATE));" : "    FOR UPDATE SKIP LOCKED));");
  line("  COMMIT;");
  line("END LOOP;");
  if (repeat)
    text += "    PERFORM pg_sleep(0.1);\n"
            "  END LOOP;\n";
  return text + "END\n$instar_batches$";
}

/// Turns a plan into sections.
///
/// Steps are taken in the plan's order, each into the transaction that is open. What has to wait for something long (an
/// index, a backfill) is put aside, and later steps that do not need it go first, so that one transaction does all that
/// is brief: a view is not gone while an index is built. The first step that may need what was put aside has it done.
class online_writer {
 public:
  explicit online_writer(const plan_view& plan, bool merge_alters = true) : plan_(plan), merge_alters_(merge_alters) {
    add_postgres_operations(plan, operations_);
  }

  /// Whether the plan has a step that locks a table which is there already.
  [[nodiscard]] bool touches_tables() const {
    return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const step& s) { return touches(s); });
  }

  [[nodiscard]] std::vector<script_section> sections() {
    for (std::size_t i = 0; i < plan_.steps.size(); ++i)
      add_early_enum_values(i);
    for (const operation& o : operations_)
      take(o);
    catch_up();
    for (online_statement& s : drops_)
      alone(std::move(s));
    for (online_statement& s : validations_)
      alone(std::move(s));
    end_transaction();
    return std::move(sections_);
  }

 private:
  /// A statement of the open transaction.
  struct entry {
    std::string text;  ///< all of it, or `ALTER TABLE name` with actions behind it
    std::vector<std::string> actions{};
    std::vector<online_note> notes{};
    bool independent = false;  ///< an ALTER TABLE may be moved before it
  };

  /// A column whose NULLs are put aside: to be filled, to be forbidden, or both.
  struct waiting_column {
    const table* on = nullptr;
    const column* of = nullptr;
    std::size_t step = 0;
    bool fill = false;
    bool required = false;
    bool identity = false;
  };

  struct waiting_index {
    const table* on = nullptr;  ///< null: of a view
    std::size_t step = 0;
    online_statement create;
    std::string constraint{};  ///< the action of ALTER TABLE that makes a constraint of it; empty: an index
    std::string instead_of{};  ///< the action that drops the key whose place it takes
  };

  /// A key that stays until the one that takes its place has its index.
  struct replaced_key {
    const table* on = nullptr;
    step_kind added{};
    std::string_view name{};
  };

  // ---- what the plan has ----

  [[nodiscard]] bool is_new(std::string_view schema, std::string_view name) const {
    return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const step& s) {
      return s.kind == step_kind::create_table && same_text(s.after->name, name) && same_text(s.after->schema, schema);
    });
  }

  [[nodiscard]] bool touches(const step& s) const {
    switch (s.kind) {
    case step_kind::add_foreign_key: {
      const foreign_key& fk = s.after->foreign_keys[static_cast<std::size_t>(s.to)];
      return s.before != nullptr || !is_new(fk.target_schema, fk.target_table);
    }
    case step_kind::rebuild_enum:
      return !plan_.before.tables.empty();
    case step_kind::create_view:
      return s.to >= 0 && !makes_view(*s.new_view);
    case step_kind::create_raw_object:
    case step_kind::drop_raw_object:
      if (same_text(s.raw->kind, "function") || same_text(s.raw->kind, "procedure"))
        return false;
      return std::any_of(plan_.before.tables.begin(), plan_.before.tables.end(),
                         [&](const table& t) { return mentions(s.raw->create, t.name); });
    default:
      return s.before != nullptr;
    }
  }

  [[nodiscard]] bool makes_view(const view_object& v) const {
    return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const step& s) {
      return s.kind == step_kind::create_view && s.to < 0 && same_text(s.new_view->name, v.name) &&
             same_text(s.new_view->schema, v.schema);
    });
  }

  /// Whether an object that is made was dropped by the same plan, and must not be missing for long.
  [[nodiscard]] bool makes_anew(const raw_object& o) const {
    return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const step& s) {
      return (s.kind == step_kind::drop_raw_object || s.kind == step_kind::drop_middle_raw_object ||
              s.kind == step_kind::drop_early_raw_object || s.kind == step_kind::clear_raw_object) &&
             same_text(s.raw->name, o.name) && same_text(s.raw->kind, o.kind);
    });
  }

  /// Whether a function or an operator class that an index may be made of goes with this plan.
  [[nodiscard]] bool drops_what_it_uses(const index& i) const {
    const bool uses = !i.where.empty() || !i.method.empty() ||
                      std::any_of(i.parts.begin(), i.parts.end(), [](const index_part& part) {
                        return part.expression || !part.operator_class.empty();
                      });
    return uses && (plan_.has(step_kind::drop_raw_object) || plan_.has(step_kind::drop_early_raw_object) ||
                    plan_.has(step_kind::drop_middle_raw_object) || plan_.has(step_kind::clear_raw_object) ||
                    plan_.has(step_kind::drop_extension));
  }

  /// Whether a column of an index is dropped, has another type then, or gets values that a unique index may forbid.
  [[nodiscard]] bool changes_under(const step& drop, const index& i) const {
    const auto uses = [&](std::string_view name) {
      for (const index_part& part : i.parts)
        if (part.expression ? mentions(part.text, name) : same_text(part.text, name))
          return true;
      for (std::string_view included : i.include)
        if (same_text(included, name))
          return true;
      return mentions(i.where, name);
    };
    return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const step& s) {
      if (s.kind == step_kind::rebuild_enum && !only_adds_values(*s.old_enum, *s.new_enum))
        return std::any_of(drop.before->columns.begin(), drop.before->columns.end(), [&](const column& c) {
          return c.type.values != nullptr && same_text(c.type.values->name, s.old_enum->name) && uses(c.name);
        });
      return (s.kind == step_kind::drop_column || s.kind == step_kind::alter_type ||
              s.kind == step_kind::alter_collation || s.kind == step_kind::fill_nulls) &&
             s.before == drop.before && uses(s.old_column()->name);
    });
  }

  /// Whether the plan gives a dropped index's name to something else.
  [[nodiscard]] bool takes_name(const step& drop, std::string_view name) const {
    return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const step& s) {
      if (s.after == nullptr || drop.after == nullptr || !same_text(s.after->schema, drop.after->schema))
        return false;
      const std::size_t to = static_cast<std::size_t>(s.to);
      switch (s.kind) {
      case step_kind::create_index:
      case step_kind::rename_index:
        return same_text(s.after->indexes[to].name, name);
      case step_kind::add_unique:
        return same_text(s.after->uniques[to].name, name);
      case step_kind::add_primary_key:
        return same_text(s.after->primary_key.name, name);
      case step_kind::add_exclusion:
        return same_text(s.after->exclusions[to].name, name);
      case step_kind::rename_constraint:
        return same_text(constraint_name(*s.after, s.constraint, s.to), name);
      case step_kind::create_table:
        return same_text(s.after->name, name) || makes_index(*s.after, name);
      default:
        return false;
      }
    });
  }

  /// Whether a table comes with an index of that name, which is a key's or an exclusion's.
  [[nodiscard]] static bool makes_index(const table& made, std::string_view name) {
    const auto is_called = [&](const auto& constraint) { return same_text(constraint.name, name); };
    return is_called(made.primary_key) || std::any_of(made.uniques.begin(), made.uniques.end(), is_called) ||
           std::any_of(made.exclusions.begin(), made.exclusions.end(), is_called);
  }

  // ---- enums ----

  [[nodiscard]] bool renames_within(const step& of) const {
    return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const step& s) {
      return (s.kind == step_kind::rename_enum || s.kind == step_kind::rename_enum_value) && s.new_enum == of.new_enum;
    });
  }

  [[nodiscard]] std::string add_value_text(const step& of, std::size_t value) const {
    const step add{.kind = step_kind::add_enum_value,
                   .to = static_cast<int>(value),
                   .old_enum = of.old_enum,
                   .new_enum = of.new_enum};
    string_writer out;
    put_postgres(out, plan_view{.steps = {&add, 1}}, operation{});
    return std::move(out.text);
  }

  void add_values(std::size_t at) {
    const step& s = plan_.steps[at];
    if (s.kind == step_kind::add_enum_value) {
      alone({add_value_text(s, static_cast<std::size_t>(s.to)), {{at}}});
      return;
    }
    for (std::size_t i = 0; i < s.new_enum->values.size(); ++i)
      if (old_value(*s.old_enum, *s.new_enum, s.new_enum->values[i]) < 0)
        alone({add_value_text(s, i), {{at}}});
  }

  /// New values of an enum go first of all: a value can be used once it is committed.
  void add_early_enum_values(std::size_t at) {
    const step& s = plan_.steps[at];
    if ((s.kind == step_kind::add_enum_value ||
         (s.kind == step_kind::rebuild_enum && only_adds_values(*s.old_enum, *s.new_enum))) &&
        !renames_within(s))
      add_values(at);
  }

  /// \return whether it was one that this form says in another way
  bool take_enum_values(const operation& o) {
    const step& s = plan_.steps[o.step];
    if (s.kind != step_kind::add_enum_value &&
        !(s.kind == step_kind::rebuild_enum && only_adds_values(*s.old_enum, *s.new_enum)))
      return false;
    if (o.part == 0 && renames_within(s))
      add_values(o.step);
    return true;
  }

  // ---- the open transaction, and what is outside of it ----

  void end_transaction() {
    if (open_.empty())
      return;
    script_section section{.brief = brief_};
    if (!locked_.empty())
      section.statements.push_back({"LOCK TABLE " + locked_ + " IN SHARE UPDATE EXCLUSIVE MODE"});
    locked_.clear();
    for (entry& e : open_) {
      std::string text = std::move(e.text);
      for (std::size_t i = 0; i < e.actions.size(); ++i)
        text += (i == 0 ? (e.actions.size() == 1 ? " " : "\n    ") : ",\n    ") + e.actions[i];
      section.statements.push_back({std::move(text), std::move(e.notes)});
    }
    sections_.push_back(std::move(section));
    open_.clear();
    brief_ = true;
  }

  /// Has the open transaction keep autovacuum from a table that was there before the plan, by its lock, before it asks
  /// for a stronger one: autovacuum gives way only after a second (deadlock_timeout), and meanwhile everybody would
  /// wait behind the strong one.
  void keep_autovacuum_from(std::string_view schema, std::string_view name) {
    const bool renamed = std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const step& s) {
      return s.kind == step_kind::rename_table &&
             ((same_text(s.after->name, name) && same_text(s.after->schema, schema)) ||
              (same_text(s.before->name, name) && same_text(s.before->schema, schema)));
    });
    const bool there = std::any_of(plan_.before.tables.begin(), plan_.before.tables.end(), [&](const table& t) {
      return same_text(t.name, name) && same_text(t.schema, schema);
    });
    if (renamed || !there)
      return;
    const std::string text = object_text(schema, name);
    if ((", " + locked_ + ',').find(", " + text + ',') == std::string::npos)
      locked_ += (locked_.empty() ? "" : ", ") + text;
  }

  /// A statement that is no part of a transaction.
  void alone(online_statement s) {
    end_transaction();
    if (sections_.empty() || sections_.back().transaction)
      sections_.push_back({.transaction = false, .brief = false});
    sections_.back().statements.push_back(std::move(s));
  }

  void brief(std::string text, std::size_t step, std::string_view more = {}) {
    open_.push_back({.text = std::move(text), .notes = {{step, more}}});
  }

  /// Takes as long as there are rows.
  void lengthy(std::string text, std::size_t step) {
    brief(std::move(text), step);
    brief_ = false;
  }

  /// A change of a table, in one ALTER TABLE with the earlier ones of that table where nothing between them could need
  /// their order: they take the lock once, and write the table once.
  void alter(const std::string& table, std::string action, std::size_t step, std::string_view more = {}) {
    if (const instar::table* t = plan_.steps[step].after; t != nullptr)
      keep_autovacuum_from(t->schema, t->name);
    const std::string text = "ALTER TABLE " + table;
    for (std::size_t i = merge_alters_ ? open_.size() : 0; i-- > 0;) {
      entry& e = open_[i];
      if (!e.actions.empty() && e.text == text) {
        e.actions.push_back(std::move(action));
        if (e.notes.back().step != step)
          e.notes.push_back({step, more});
        return;
      }
      if (!e.independent)
        break;
    }
    open_.push_back({.text = text, .actions = {std::move(action)}, .notes = {{step, more}}, .independent = true});
  }

  // ---- what was put aside ----

  [[nodiscard]] bool waits() const { return !columns_.empty() || !indexes_.empty(); }

  [[nodiscard]] bool waits_on(const table* t) const {
    return std::any_of(columns_.begin(), columns_.end(), [&](const waiting_column& w) { return w.on == t; }) ||
           std::any_of(indexes_.begin(), indexes_.end(), [&](const waiting_index& w) { return w.on == t; });
  }

  [[nodiscard]] bool waits_for_key(std::string_view schema, std::string_view name) const {
    return std::any_of(indexes_.begin(), indexes_.end(), [&](const waiting_index& w) {
      return w.on != nullptr && same_text(w.on->name, name) && same_text(w.on->schema, schema);
    });
  }

  [[nodiscard]] bool waits_for_constraint() const {
    return std::any_of(indexes_.begin(), indexes_.end(), [](const waiting_index& w) { return !w.constraint.empty(); });
  }

  waiting_column* waiting(const table* on, const column* of) {
    for (waiting_column& w : columns_)
      if (w.on == on && w.of == of)
        return &w;
    return nullptr;
  }

  static std::string check_name(const waiting_column& w) { return passing_name(w.of->name, "_not_null_instar"); }

  static std::string sequence_name(const waiting_column& w) {
    return object_text(w.on->schema,
                       passing_name(std::string(w.on->name) + '_' + std::string(w.of->name), "_instar_seq"));
  }

  /// Forbids NULL in rows that are written from now on.
  void forbid_nulls(const waiting_column& w) {
    alter(table_text(*w.on),
          "ADD CONSTRAINT " + quote_identifier(check_name(w)) + " CHECK (" + quote_identifier(w.of->name) +
              " IS NOT NULL) NOT VALID",
          w.step, ": of rows that are written from now on");
  }

  /// Does what was put aside, and leaves a transaction open for what follows.
  void catch_up() {
    if (!waits())
      return;
    // Rows first, so that no program fails at a row that is still to be filled. Those that lost their value meanwhile,
    // or moved out of the way, are filled once new ones cannot come.
    for (const waiting_column& w : columns_)
      if (w.fill)
        fill(w, backfill_pass::first, ": batch by batch");
    for (const waiting_column& w : columns_)
      if (w.fill && w.required)
        forbid_nulls(w);
    for (const waiting_column& w : columns_)
      if (w.fill)
        fill(w, w.required ? backfill_pass::until_none : backfill_pass::last, ": what is left");
    for (const waiting_column& w : columns_)
      if (w.required)
        alone({"ALTER TABLE " + table_text(*w.on) + " VALIDATE CONSTRAINT " + quote_identifier(check_name(w)),
               {{w.step, ": all rows are looked at"}}});
    for (waiting_index& w : indexes_)
      alone(std::move(w.create));
    for (const waiting_column& w : columns_)
      if (w.required)
        alter(table_text(*w.on), "ALTER COLUMN " + quote_identifier(w.of->name) + " SET NOT NULL", w.step,
              ": known by now, so nothing is read");
    // Not in one statement with the above, which drops first and then has no proof.
    for (const waiting_column& w : columns_)
      if (w.required)
        drop_check(w);
    for (const waiting_column& w : columns_)
      if (w.identity)
        make_identity(w);
    for (waiting_index& w : indexes_) {
      if (!w.instead_of.empty())
        alter(table_text(*w.on), std::move(w.instead_of), w.step, ": in the place of the old one");
      if (!w.constraint.empty())
        alter(table_text(*w.on), std::move(w.constraint), w.step, ": of the index");
    }
    columns_.clear();
    indexes_.clear();
  }

  void fill(const waiting_column& w, backfill_pass pass, std::string_view more) {
    string_writer value;
    put_fill_value(value, *w.of);
    alone({backfill_text(*w.on, w.of->name, value.text, pass), {{w.step, more}}});
  }

  void drop_check(const waiting_column& w) {
    const std::string text = "ALTER TABLE " + table_text(*w.on);
    const std::string action = "DROP CONSTRAINT " + quote_identifier(check_name(w));
    for (entry& e : open_)
      if (e.text == text && e.actions.front().starts_with("DROP CONSTRAINT")) {
        e.actions.push_back(action);
        return;
      }
    open_.push_back({.text = text, .actions = {action}, .notes = {{w.step, ": the check has done its work"}}});
  }

  /// A column that counts by a sequence of ours goes on by its own.
  void make_identity(const waiting_column& w) {
    const std::string name = quote_identifier(w.of->name);
    string_writer identity;
    put_identity(identity, w.of->identity);
    const std::string sequence = sequence_name(w);
    brief("ALTER TABLE " + table_text(*w.on) + " ALTER COLUMN " + name + " DROP DEFAULT", w.step);
    brief("ALTER TABLE " + table_text(*w.on) + " ALTER COLUMN " + name + " ADD " + identity.text, w.step);
    brief("SELECT setval(pg_get_serial_sequence(" + quote_literal(table_text(*w.on)) + ", " +
              quote_literal(w.of->name) + "), last_value, is_called) FROM " + sequence,
          w.step);
    brief("DROP SEQUENCE " + sequence, w.step);
  }

  // ---- steps ----

  [[nodiscard]] std::string short_text(const operation& o) const {
    string_writer out;
    put_postgres(out, plan_, o);
    return std::move(out.text);
  }

  void take(const operation& o) {
    const step& s = plan_.steps[o.step];
    if (take_enum_values(o))
      return;
    switch (s.kind) {
    case step_kind::drop_index:
      take_drop_index(o);
      return;
    case step_kind::create_index:
      if (s.before == nullptr)
        brief(short_text(o), o.step);
      else
        indexes_.push_back({.on = s.after, .step = o.step, .create = {concurrently(short_text(o)), {{o.step}}}});
      return;
    case step_kind::add_unique:
      take_key(o, s.after->uniques[static_cast<std::size_t>(s.to)], " UNIQUE ");
      return;
    case step_kind::add_primary_key:
      take_key(o, s.after->primary_key, " PRIMARY KEY ");
      return;
    case step_kind::drop_primary_key:
    case step_kind::drop_unique:
      if (!stays_until_replaced(s))
        take_other(o);
      return;
    case step_kind::add_column:
      take_add_column(o);
      return;
    case step_kind::fill_nulls:
      columns_.push_back({.on = s.after, .of = s.new_column(), .step = o.step, .fill = true});
      return;
    case step_kind::set_not_null:
      take_set_not_null(o);
      return;
    case step_kind::add_check:
      take_unchecked(o, s.after->checks[static_cast<std::size_t>(s.to)].name);
      return;
    case step_kind::add_foreign_key:
      take_foreign_key(o);
      return;
    case step_kind::create_view:
      take_create_view(o);
      return;
    case step_kind::create_raw_object:
    case step_kind::create_middle_raw_object:
    case step_kind::create_early_raw_object:
      if (!makes_anew(*s.raw))
        catch_up();
      lengthy(short_text(o), o.step);
      return;
    default:
      take_other(o);
    }
  }

  void take_drop_index(const operation& o) {
    const step& s = plan_.steps[o.step];
    const index& i = s.before->indexes[static_cast<std::size_t>(s.from)];
    if (s.after == nullptr || changes_under(s, i) || drops_what_it_uses(i)) {
      brief(short_text(o), o.step);
      return;
    }
    std::string name(i.name);
    if (takes_name(s, i.name)) {
      name = passing_name(i.name, "__old");
      brief("ALTER INDEX " + object_text(s.before->schema, i.name) + " RENAME TO " + quote_identifier(name), o.step,
            ": stays until the new one is there");
    }
    drops_.push_back({"DROP INDEX CONCURRENTLY " + object_text(s.after->schema, name), {{o.step}}});
  }

  /// Puts off the drop of a key in whose place another one comes, so that the table is never without, unless the key
  /// is in the way of what happens to its columns.
  bool stays_until_replaced(const step& drop) {
    const bool primary = drop.kind == step_kind::drop_primary_key;
    const key& old = primary ? drop.before->primary_key : drop.before->uniques[static_cast<std::size_t>(drop.from)];
    const step_kind added = primary ? step_kind::add_primary_key : step_kind::add_unique;
    bool replaced = false;
    bool same_name = false;
    for (const step& s : plan_.steps) {
      if (s.kind == added && drop.after != nullptr && s.after == drop.after) {
        const key& now = primary ? s.after->primary_key : s.after->uniques[static_cast<std::size_t>(s.to)];
        replaced |= primary || same_text(now.name, old.name);
        same_name |= same_text(now.name, old.name);
      }
      const bool changes = s.kind == step_kind::drop_column || s.kind == step_kind::alter_type ||
                           s.kind == step_kind::alter_collation || s.kind == step_kind::drop_not_null ||
                           s.kind == step_kind::fill_nulls || s.kind == step_kind::rebuild_enum;
      if (!changes || (s.kind != step_kind::rebuild_enum && s.before != drop.before))
        continue;
      if (s.kind == step_kind::rebuild_enum ||
          std::any_of(old.columns.begin(), old.columns.end(),
                      [&](std::string_view name) { return same_text(name, s.old_column()->name); }))
        return false;
    }
    if (!replaced || (!same_name && takes_name(drop, old.name)))
      return false;
    replaced_.push_back({drop.after, added, old.name});
    return true;
  }

  void take_key(const operation& o, const key& k, std::string_view kind) {
    const step& s = plan_.steps[o.step];
    std::string index_name(k.name);
    std::string instead_of;
    for (const replaced_key& r : replaced_)
      if (r.on == s.after && r.added == s.kind && (s.kind == step_kind::add_primary_key || same_text(r.name, k.name))) {
        instead_of = "DROP CONSTRAINT " + quote_identifier(r.name);
        if (same_text(r.name, k.name))
          index_name = passing_name(k.name, "__new");
      }
    std::vector<index_part> parts;
    for (std::string_view name : k.columns)
      parts.push_back({.text = name});
    const index built{.name = index_name, .parts = parts, .unique = true, .nulls_not_distinct = k.nulls_not_distinct};
    string_writer create;
    put_create_index(create, dialect::postgres, s.after->schema, s.after->name, built);
    string_writer attach;
    attach.put("ADD CONSTRAINT ");
    put_name(attach, k.name);
    attach.put(kind);
    attach.put("USING INDEX ");
    put_name(attach, index_name);
    put_deferral(attach, k.deferral);
    indexes_.push_back({.on = s.after,
                        .step = o.step,
                        .create = {concurrently(std::move(create.text)), {{o.step, ": its index"}}},
                        .constraint = std::move(attach.text),
                        .instead_of = std::move(instead_of)});
  }

  void take_add_column(const operation& o) {
    const step& s = plan_.steps[o.step];
    const column& c = *s.new_column();
    if (c.generated != generated_kind::none || fills_new_rows(c)) {
      take_other(o);
      return;
    }
    const bool identity = c.identity != identity_kind::none;
    if (!identity && !(c.initial.kind == default_kind::expression && may_be_volatile(c.initial.text))) {
      take_other(o);
      return;
    }
    waiting_column w{.on = s.after,
                     .of = &c,
                     .step = o.step,
                     .fill = true,
                     .required = identity || !c.nullable,
                     .identity = identity};
    column bare = c;
    bare.initial = {};
    bare.identity = identity_kind::none;
    bare.nullable = true;
    string_writer add;
    add.put("ADD COLUMN ");
    put_postgres_column(add, bare);
    string_writer set;
    set.put("ALTER COLUMN ");
    put_name(set, c.name);
    set.put(" SET DEFAULT ");
    if (identity) {
      const std::string sequence = sequence_name(w);
      brief("CREATE SEQUENCE " + sequence + " AS " + type_text(c.type), o.step, ": counts until it is an identity");
      // An identity asks nobody who inserts for rights to its sequence.
      brief("GRANT USAGE ON SEQUENCE " + sequence + " TO PUBLIC", o.step, ": as an identity");
      set.put("nextval(" + quote_literal(sequence) + ")");
    } else {
      put_postgres_default(set, c.initial);
    }
    alter(table_text(*s.after), std::move(add.text), o.step, ", without values at first");
    alter(table_text(*s.after), std::move(set.text), o.step);
    columns_.push_back(w);
  }

  void take_set_not_null(const operation& o) {
    const step& s = plan_.steps[o.step];
    if (waiting_column* w = waiting(s.after, s.new_column())) {
      w->required = true;
      w->step = o.step;
      return;
    }
    columns_.push_back({.on = s.after, .of = s.new_column(), .step = o.step, .required = true});
    forbid_nulls(columns_.back());
  }

  /// A constraint that holds for rows which are written from now on; the others are looked at in the end.
  void take_unchecked(const operation& o, std::string_view name) {
    const step& s = plan_.steps[o.step];
    const std::string on = table_text(*s.after);
    const std::string head = "ALTER TABLE " + on + " ";
    const std::string action = short_text(o).substr(head.size()) + " NOT VALID";
    if (s.kind == step_kind::add_foreign_key)
      brief(head + action, o.step, ": of rows that are written from now on");
    else
      alter(on, action, o.step, ": of rows that are written from now on");
    validations_.push_back(
        {head + "VALIDATE CONSTRAINT " + quote_identifier(name), {{o.step, ": all rows are looked at"}}});
  }

  void take_foreign_key(const operation& o) {
    const step& s = plan_.steps[o.step];
    const foreign_key& fk = s.after->foreign_keys[static_cast<std::size_t>(s.to)];
    if (waits_for_key(fk.target_schema, fk.target_table))
      catch_up();
    keep_autovacuum_from(s.after->schema, s.after->name);
    keep_autovacuum_from(fk.target_schema, fk.target_table);
    if (s.before == nullptr)
      brief(short_text(o), o.step);  // no row is in it yet
    else
      take_unchecked(o, fk.name);
  }

  void take_create_view(const operation& o) {
    const step& s = plan_.steps[o.step];
    if (s.to >= 0) {
      if (makes_view(*s.new_view))
        lengthy(short_text(o), o.step);
      else
        indexes_.push_back({.step = o.step, .create = {concurrently(short_text(o)), {{o.step}}}});
      return;
    }
    // A view may rest on a primary key, by its GROUP BY.
    if (waits_for_constraint())
      catch_up();
    // A materialized view is filled, and the locks on its tables must not wait for that.
    if (s.new_view->materialized)
      end_transaction();
    brief(short_text(o), o.step);
    brief_ = brief_ && !s.new_view->materialized;
  }

  void take_other(const operation& o) {
    const step& s = plan_.steps[o.step];
    std::string text = short_text(o);
    switch (s.kind) {
    case step_kind::comment_table:
    case step_kind::comment_column:
    case step_kind::comment_enum:
    case step_kind::comment_view:
      open_.push_back({.text = std::move(text), .notes = {{o.step}}, .independent = true});
      return;
    case step_kind::add_identity:
    case step_kind::add_exclusion:
    case step_kind::rebuild_enum:
      catch_up_before(s);
      lengthy(std::move(text), o.step);
      return;
    case step_kind::add_column:
    case step_kind::drop_check:
    case step_kind::drop_exclusion:
    case step_kind::drop_unique:
    case step_kind::drop_primary_key:
    case step_kind::drop_column:
    case step_kind::drop_default:
    case step_kind::set_default:
    case step_kind::drop_not_null:
    case step_kind::alter_type:
    case step_kind::alter_collation: {
      if (s.kind == step_kind::set_default || s.kind == step_kind::drop_default) {
        if (waiting(s.after, s.new_column()) != nullptr)
          catch_up();
      } else if (s.kind != step_kind::add_column && s.kind != step_kind::drop_not_null) {
        catch_up_before(s);
      }
      const bool early = s.kind == step_kind::drop_check || s.kind == step_kind::drop_exclusion ||
                         s.kind == step_kind::drop_unique || s.kind == step_kind::drop_primary_key;
      const std::string on = table_text(early ? *s.before : *s.after);
      const std::string head = "ALTER TABLE " + on + " ";
      // A type may be converted by what a column that goes had, and one ALTER TABLE drops first.
      if (text.starts_with(head) && !(s.kind == step_kind::drop_column && fills_another(s)))
        alter(on, text.substr(head.size()), o.step);
      else
        brief(std::move(text), o.step);
      if (s.kind == step_kind::alter_type || s.kind == step_kind::alter_collation ||
          (s.kind == step_kind::add_column && s.new_column()->generated == generated_kind::stored))
        brief_ = false;
      return;
    }
    default:
      catch_up_before(s);
      brief(std::move(text), o.step);
    }
  }

  /// Where a step changes the table or type that something put aside is of.
  void catch_up_before(const step& s) {
    if (s.kind == step_kind::rebuild_enum ? waits() : s.after != nullptr && waits_on(s.after))
      catch_up();
  }

  const plan_view& plan_;
  bool merge_alters_;
  std::vector<operation> operations_;
  std::vector<script_section> sections_;
  std::vector<entry> open_;
  bool brief_ = true;
  std::string locked_;  ///< tables of the open transaction that autovacuum is kept from
  std::vector<waiting_column> columns_;
  std::vector<waiting_index> indexes_;
  std::vector<replaced_key> replaced_;
  std::vector<online_statement> drops_;
  std::vector<online_statement> validations_;
};

}  // namespace detail

/// A plan for PostgreSQL as sections that stop no table which is there already. None where the plan touches no such
/// table: then its statements are as good in one transaction.
/// \param p what it looks at must outlive the call
/// \param merge_alters changes of one table as one ALTER TABLE, where that takes one lock
inline std::vector<script_section> online_sections(const plan_view& p, bool merge_alters = true) {
  detail::online_writer writer(p, merge_alters);
  if (!writer.touches_tables())
    return {};
  return writer.sections();
}

}  // namespace instar
