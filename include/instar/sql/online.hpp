#pragma once

#include "instar/diff/diff.hpp"
#include "instar/sql/postgres.hpp"
#include "instar/sql/text.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
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

/// What a plan has, found by name or by table.
class plan_facts {
 public:
  explicit plan_facts(const plan_view& plan) : plan_(plan), old_tables_(plan.before.tables) {
    for (const step& s : plan.steps)
      learn(s);
  }

  [[nodiscard]] bool is_new(std::string_view schema, std::string_view name) const {
    return find(made_tables_, schema, name) != nullptr;
  }

  /// Whether a step locks a table which is there already.
  [[nodiscard]] bool touches(const step& s) {
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
      return !is_kind(*s.raw, "function", "procedure") && old_names().any_in(s.raw->create);
    default:
      return s.before != nullptr;
    }
  }

  [[nodiscard]] bool makes_view(const view_object& v) const { return find(made_views_, v.schema, v.name) != nullptr; }

  /// Whether an object that is made was dropped by the same plan, and must not be missing for long.
  [[nodiscard]] bool makes_anew(const raw_object& o) const { return find(dropped_raws_, o.kind, o.name) != nullptr; }

  /// Whether a function or an operator class that an index may be made of goes with this plan.
  [[nodiscard]] bool drops_what_it_uses(const index& i) const {
    return drops_functions_ && (!i.where.empty() || !i.method.empty() ||
                                std::any_of(i.parts.begin(), i.parts.end(), [](const index_part& part) {
                                  return part.expression || !part.operator_class.empty();
                                }));
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
    for (const column& c : drop.before->columns)
      if (c.type.values != nullptr && remade_enums_.has(c.type.values->name) && uses(c.name))
        return true;
    return any(changes_, drop.before,
               [&](const step& s) { return s.kind != step_kind::drop_not_null && uses(s.old_column()->name); });
  }

  /// Whether the plan gives a dropped index's name to something else.
  [[nodiscard]] bool takes_name(const step& drop, std::string_view name) const {
    return drop.after != nullptr && find(taken_names_, drop.after->schema, name) != nullptr;
  }

  /// Whether a key that is dropped may stay until another one is there that takes its place: not when it is in the way
  /// of what happens to its columns.
  [[nodiscard]] bool has_successor(const step& drop) const {
    const bool primary = drop.kind == step_kind::drop_primary_key;
    const key& old = primary ? drop.before->primary_key : drop.before->uniques[static_cast<std::size_t>(drop.from)];
    if (rebuilds_enum_ || drop.after == nullptr || any(changes_, drop.before, [&](const step& s) {
          return std::any_of(old.columns.begin(), old.columns.end(),
                             [&](std::string_view name) { return same_text(name, s.old_column()->name); });
        }))
      return false;
    bool replaced = false;
    bool same_name = false;
    any(keys_, drop.after, [&](const step& s) {
      if ((s.kind == step_kind::add_primary_key) != primary)
        return false;
      const key& now = primary ? s.after->primary_key : s.after->uniques[static_cast<std::size_t>(s.to)];
      same_name |= same_text(now.name, old.name);
      replaced |= primary || same_text(now.name, old.name);
      return false;
    });
    return replaced && (same_name || !takes_name(drop, old.name));
  }

  [[nodiscard]] bool renames_within(const step& of) const {
    return find(renamed_enums_, of.new_enum->schema, of.new_enum->name) != nullptr;
  }

  /// Whether a table was there before the plan under the name that it keeps.
  [[nodiscard]] bool stays(std::string_view schema, std::string_view name) const {
    return old_tables_.find(schema, name) >= 0 && find(renamed_tables_, schema, name) == nullptr;
  }

 private:
  struct full_name {
    std::string_view schema;
    std::string_view name;
  };
  struct full_names {
    std::vector<full_name> names{};
    hash_slots known{};

    void add(std::string_view schema, std::string_view name) {
      names.push_back({schema, name});
      known.add(hash_object(schema, name));
    }
  };
  using steps_by_table = std::unordered_map<const table*, std::vector<const step*>>;

  static const full_name* find(const full_names& in, std::string_view schema, std::string_view name) {
    const int found = in.known.find(hash_object(schema, name), [&](std::size_t i) {
      return same_text(in.names[i].name, name) && same_text(in.names[i].schema, schema);
    });
    return found < 0 ? nullptr : &in.names[static_cast<std::size_t>(found)];
  }

  template <class Is>
  static bool any(const steps_by_table& in, const table* of, const Is& is) {
    const auto found = in.find(of);
    return found != in.end() &&
           std::any_of(found->second.begin(), found->second.end(), [&](const step* s) { return is(*s); });
  }

  void learn(const step& s) {
    const std::size_t to = static_cast<std::size_t>(s.to);
    const auto take = [&](std::string_view name) { taken_names_.add(s.after->schema, name); };
    switch (s.kind) {
    case step_kind::create_table:
      made_tables_.add(s.after->schema, s.after->name);
      take(s.after->name);
      take(s.after->primary_key.name);
      for (const key& k : s.after->uniques)
        take(k.name);
      for (const exclusion& e : s.after->exclusions)
        take(e.name);
      break;
    case step_kind::create_index:
    case step_kind::rename_index:
      take(s.after->indexes[to].name);
      break;
    case step_kind::add_unique:
      take(s.after->uniques[to].name);
      keys_[s.after].push_back(&s);
      break;
    case step_kind::add_primary_key:
      take(s.after->primary_key.name);
      keys_[s.after].push_back(&s);
      break;
    case step_kind::add_exclusion:
      take(s.after->exclusions[to].name);
      break;
    case step_kind::rename_constraint:
      take(constraint_name(*s.after, s.constraint, s.to));
      break;
    case step_kind::drop_column:
    case step_kind::alter_type:
    case step_kind::alter_collation:
    case step_kind::drop_not_null:
    case step_kind::fill_nulls:
      if (s.old_column() != nullptr)
        changes_[s.before].push_back(&s);
      break;
    case step_kind::rename_table:
      renamed_tables_.add(s.before->schema, s.before->name);
      renamed_tables_.add(s.after->schema, s.after->name);
      break;
    case step_kind::create_view:
      if (s.to < 0)
        made_views_.add(s.new_view->schema, s.new_view->name);
      break;
    case step_kind::drop_raw_object:
    case step_kind::drop_middle_raw_object:
    case step_kind::drop_early_raw_object:
    case step_kind::clear_raw_object:
      dropped_raws_.add(s.raw->kind, s.raw->name);
      drops_functions_ = true;
      break;
    case step_kind::drop_extension:
      drops_functions_ = true;
      break;
    case step_kind::rename_enum:
    case step_kind::rename_enum_value:
      renamed_enums_.add(s.new_enum->schema, s.new_enum->name);
      break;
    case step_kind::rebuild_enum:
      rebuilds_enum_ = true;
      if (!only_adds_values(*s.old_enum, *s.new_enum))
        remade_enums_.add(s.old_enum->name);
      break;
    default:
      break;
    }
  }

  [[nodiscard]] const name_set& old_names() {
    if (old_names_.empty())
      for (const table& t : plan_.before.tables)
        old_names_.add(t.name);
    return old_names_;
  }

  const plan_view& plan_;
  table_finder old_tables_;
  name_set old_names_;
  full_names made_tables_;
  full_names renamed_tables_;
  full_names made_views_;
  full_names dropped_raws_;   ///< by kind and name
  full_names renamed_enums_;  ///< or with a value that is renamed
  full_names taken_names_;    ///< of indexes, and of what shares their names
  text_set remade_enums_;
  steps_by_table changes_;  ///< of columns that were there
  steps_by_table keys_;
  bool drops_functions_ = false;
  bool rebuilds_enum_ = false;
};

/// Turns a plan into sections.
///
/// Steps are taken in the plan's order, each into the transaction that is open. What has to wait for something long (an
/// index, a backfill) is put aside, and later steps that do not need it go first, so that one transaction does all that
/// is brief: a view is not gone while an index is built. The first step that may need what was put aside has it done.
class online_writer {
 public:
  explicit online_writer(const plan_view& plan, bool merge_alters = true)
      : plan_(plan), merge_alters_(merge_alters), has_(plan) {
    add_postgres_operations(plan, operations_);
  }

  /// Whether the plan has a step that locks a table which is there already.
  [[nodiscard]] bool touches_tables() {
    return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const step& s) { return has_.touches(s); });
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

  // ---- enums ----

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
        !has_.renames_within(s))
      add_values(at);
  }

  /// \return whether it was one that this form says in another way
  bool take_enum_values(const operation& o) {
    const step& s = plan_.steps[o.step];
    if (s.kind != step_kind::add_enum_value &&
        !(s.kind == step_kind::rebuild_enum && only_adds_values(*s.old_enum, *s.new_enum)))
      return false;
    if (o.part == 0 && has_.renames_within(s))
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
    locked_tables_.clear();
    for (entry& e : open_) {
      std::string text = std::move(e.text);
      for (std::size_t i = 0; i < e.actions.size(); ++i)
        text += (i == 0 ? (e.actions.size() == 1 ? " " : "\n    ") : ",\n    ") + e.actions[i];
      section.statements.push_back({std::move(text), std::move(e.notes)});
    }
    sections_.push_back(std::move(section));
    open_.clear();
    altered_.clear();
    first_drops_.clear();
    not_passed_ = 0;
    brief_ = true;
  }

  /// Has the open transaction keep autovacuum from a table that was there before the plan, by its lock, before it asks
  /// for a stronger one: autovacuum gives way only after a second (deadlock_timeout), and meanwhile everybody would
  /// wait behind the strong one.
  void keep_autovacuum_from(std::string_view schema, std::string_view name) {
    if (!has_.stays(schema, name))
      return;
    const std::string text = object_text(schema, name);
    if (locked_tables_.insert(text).second)
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
    not_passed_ = open_.size() - 1;
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
    if (const auto found = altered_.find(text);
        merge_alters_ && found != altered_.end() && found->second >= not_passed_) {
      entry& e = open_[found->second];
      e.actions.push_back(std::move(action));
      if (e.notes.back().step != step)
        e.notes.push_back({step, more});
      return;
    }
    begin_alter({.text = text, .actions = {std::move(action)}, .notes = {{step, more}}, .independent = true});
  }

  void begin_alter(entry e) {
    altered_[e.text] = open_.size();
    if (e.actions.front().starts_with("DROP CONSTRAINT"))
      first_drops_.try_emplace(e.text, open_.size());
    if (!e.independent)
      not_passed_ = open_.size();
    open_.push_back(std::move(e));
  }

  // ---- what was put aside ----

  [[nodiscard]] bool waits() const { return !columns_.empty() || !indexes_.empty(); }

  [[nodiscard]] bool waits_on(const table* t) const { return waits_on_.contains(t); }

  [[nodiscard]] bool waits_for_key(std::string_view schema, std::string_view name) const {
    const int at = new_tables_.find(schema, name);
    return at >= 0 && awaits_key_.contains(&plan_.after.tables[static_cast<std::size_t>(at)]);
  }

  waiting_column* waiting(const column* of) {
    const auto found = places_.find(of);
    return found == places_.end() ? nullptr : &columns_[found->second];
  }

  waiting_column& put_aside(const waiting_column& w) {
    waits_on_.insert(w.on);
    places_[w.of] = columns_.size();
    return columns_.emplace_back(w);
  }

  void put_aside(waiting_index w) {
    if (w.on != nullptr) {
      waits_on_.insert(w.on);
      awaits_key_.insert(w.on);
    }
    waits_for_constraint_ |= !w.constraint.empty();
    indexes_.push_back(std::move(w));
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
    waits_on_.clear();
    awaits_key_.clear();
    places_.clear();
    waits_for_constraint_ = false;
  }

  void fill(const waiting_column& w, backfill_pass pass, std::string_view more) {
    string_writer value;
    put_fill_value(value, *w.of);
    alone({backfill_text(*w.on, w.of->name, value.text, pass), {{w.step, more}}});
  }

  void drop_check(const waiting_column& w) {
    const std::string text = "ALTER TABLE " + table_text(*w.on);
    const std::string action = "DROP CONSTRAINT " + quote_identifier(check_name(w));
    if (const auto found = first_drops_.find(text); found != first_drops_.end())
      open_[found->second].actions.push_back(action);
    else
      begin_alter({.text = text, .actions = {action}, .notes = {{w.step, ": the check has done its work"}}});
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
        put_aside(waiting_index{.on = s.after, .step = o.step, .create = {concurrently(short_text(o)), {{o.step}}}});
      return;
    case step_kind::add_unique:
      take_key(o, s.after->uniques[static_cast<std::size_t>(s.to)], " UNIQUE ");
      return;
    case step_kind::add_primary_key:
      take_key(o, s.after->primary_key, " PRIMARY KEY ");
      return;
    case step_kind::drop_primary_key:
    case step_kind::drop_unique:
      if (has_.has_successor(s))
        replaced_[s.after].push_back(&s);
      else
        take_other(o);
      return;
    case step_kind::add_column:
      take_add_column(o);
      return;
    case step_kind::fill_nulls:
      put_aside(waiting_column{.on = s.after, .of = s.new_column(), .step = o.step, .fill = true});
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
      if (!has_.makes_anew(*s.raw))
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
    if (s.after == nullptr || has_.changes_under(s, i) || has_.drops_what_it_uses(i)) {
      brief(short_text(o), o.step);
      return;
    }
    std::string name(i.name);
    if (has_.takes_name(s, i.name)) {
      name = passing_name(i.name, "__old");
      brief("ALTER INDEX " + object_text(s.before->schema, i.name) + " RENAME TO " + quote_identifier(name), o.step,
            ": stays until the new one is there");
    }
    drops_.push_back({"DROP INDEX CONCURRENTLY " + object_text(s.after->schema, name), {{o.step}}});
  }

  void take_key(const operation& o, const key& k, std::string_view kind) {
    const step& s = plan_.steps[o.step];
    std::string index_name(k.name);
    std::string instead_of;
    const bool primary = s.kind == step_kind::add_primary_key;
    for (const step* drop : replaced_[s.after]) {
      if ((drop->kind == step_kind::drop_primary_key) != primary)
        continue;
      const std::string_view name =
          primary ? drop->before->primary_key.name : drop->before->uniques[static_cast<std::size_t>(drop->from)].name;
      if (!primary && !same_text(name, k.name))
        continue;
      instead_of = "DROP CONSTRAINT " + quote_identifier(name);
      if (same_text(name, k.name))
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
    put_aside(waiting_index{.on = s.after,
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
    put_aside(w);
  }

  void take_set_not_null(const operation& o) {
    const step& s = plan_.steps[o.step];
    if (waiting_column* w = waiting(s.new_column())) {
      w->required = true;
      w->step = o.step;
      return;
    }
    forbid_nulls(put_aside(waiting_column{.on = s.after, .of = s.new_column(), .step = o.step, .required = true}));
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
      if (has_.makes_view(*s.new_view))
        lengthy(short_text(o), o.step);
      else
        put_aside(waiting_index{.step = o.step, .create = {concurrently(short_text(o)), {{o.step}}}});
      return;
    }
    // A view may rest on a primary key, by its GROUP BY.
    if (waits_for_constraint_)
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
        if (waiting(s.new_column()) != nullptr)
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
  plan_facts has_;
  table_finder new_tables_{plan_.after.tables};
  growing_array<operation> operations_;
  std::vector<script_section> sections_;
  // The open transaction.
  std::vector<entry> open_;
  std::unordered_map<std::string, std::size_t> altered_;      ///< By `ALTER TABLE name` the last entry with actions.
  std::unordered_map<std::string, std::size_t> first_drops_;  ///< The first one that begins by dropping a constraint.
  std::size_t not_passed_ = 0;                                ///< The last entry that no ALTER TABLE is moved before.
  bool brief_ = true;
  std::string locked_;  ///< Tables that autovacuum is kept from.
  std::unordered_set<std::string> locked_tables_;
  // What was put aside.
  std::vector<waiting_column> columns_;
  std::vector<waiting_index> indexes_;
  std::unordered_map<const column*, std::size_t> places_;  ///< among columns_
  std::unordered_set<const table*> waits_on_;
  std::unordered_set<const table*> awaits_key_;  ///< Tables with an index that is put aside.
  bool waits_for_constraint_ = false;
  std::unordered_map<const table*, std::vector<const step*>> replaced_;  ///< Drops of keys that stay until replaced.
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
