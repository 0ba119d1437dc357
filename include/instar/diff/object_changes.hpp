#pragma once

#include "instar/diff/order.hpp"
#include "instar/diff/raw_object.hpp"
#include "instar/diff/raw_table.hpp"
#include "instar/diff/step.hpp"
#include "instar/schema/compare.hpp"

#include <vector>

/// \file Views and raw objects: what changes of them, what has to make way for the changes of others and is made again
/// after them, and in which order.

namespace instar::detail {

/// Positions by their hashes, open addressing. Of equal ones the first is met first.
struct hash_slots {
  std::vector<std::uint64_t> hashes;
  std::vector<int> slots;

  constexpr explicit hash_slots(std::size_t count) {
    std::size_t capacity = 4;
    while (capacity < count * 2)
      capacity *= 2;
    slots.assign(capacity, -1);
    hashes.assign(count, 0);
  }

  constexpr void put(std::size_t position, std::uint64_t hash) {
    hashes[position] = hash;
    std::size_t slot = hash & (slots.size() - 1);
    while (slots[slot] != -1)
      slot = (slot + 1) & (slots.size() - 1);
    slots[slot] = static_cast<int>(position);
  }

  constexpr bool contains(std::uint64_t hash) const {
    for (std::size_t slot = hash & (slots.size() - 1); slots[slot] != -1; slot = (slot + 1) & (slots.size() - 1))
      if (hashes[static_cast<std::size_t>(slots[slot])] == hash)
        return true;
    return false;
  }
};

/// Finds raw objects by kind and name, one after the other: behind the one that was found last, where most are, and
/// else in constant time. The hashes cost a compiler most, so they are made for the first that is not in its place.
class raw_object_search {
 public:
  constexpr explicit raw_object_search(std::span<const raw_object> objects) : objects_(objects), known_(0) {}

  /// \return its position, or -1
  constexpr int find(const raw_object& wanted) {
    if (next_ < objects_.size() && same(objects_[next_], wanted))
      return static_cast<int>(next_++);
    if (known_.hashes.size() != objects_.size())
      hash_all();
    const std::uint64_t hash = hash_of(wanted);
    const std::vector<int>& slots = known_.slots;
    for (std::size_t slot = hash & (slots.size() - 1); slots[slot] != -1; slot = (slot + 1) & (slots.size() - 1)) {
      const std::size_t i = static_cast<std::size_t>(slots[slot]);
      if (known_.hashes[i] == hash && same(objects_[i], wanted)) {
        next_ = i + 1;
        return slots[slot];
      }
    }
    return -1;
  }

 private:
  static constexpr bool same(const raw_object& a, const raw_object& b) {
    return same_text(a.name, b.name) && same_text(a.kind, b.kind);
  }

  constexpr void hash_all() {
    known_ = hash_slots(objects_.size());
    for (std::size_t i = 0; i < objects_.size(); ++i)
      known_.put(i, hash_of(objects_[i]));
  }

  /// Objects of one kind stand together: its part of the hash is made once.
  constexpr std::uint64_t hash_of(const raw_object& o) {
    if (!same_text(o.kind, kind_)) {
      kind_ = o.kind;
      kind_hash_ = hash_text(kind_);
    }
    return hash_text(o.name, kind_hash_);
  }

  std::span<const raw_object> objects_;
  std::size_t next_ = 0;
  hash_slots known_;
  std::string_view kind_{};
  std::uint64_t kind_hash_ = hash_text({});
};

/// Finds the objects of one schema among those of another, one after the other: each search begins behind what the last
/// one found, and most objects stand in the order in which they stood.
template <class Object>
class twin_search {
 public:
  constexpr explicit twin_search(std::span<const Object> among) : among_(among) {}

  /// \return its position, or -1
  template <class Same>
  constexpr int find(const Same& same) {
    for (std::size_t tried = 0; tried != among_.size(); ++tried, ++next_) {
      if (next_ == among_.size())
        next_ = 0;
      if (same(among_[next_]))
        return static_cast<int>(next_++);
    }
    return -1;
  }
  /// The one of that name and schema.
  constexpr int find(std::string_view schema, std::string_view name) {
    return find([&](const Object& o) { return same_text(o.name, name) && same_text(o.schema, schema); });
  }

 private:
  std::span<const Object> among_;
  std::size_t next_ = 0;
};

constexpr bool same_indexes(std::span<const index> a, std::span<const index> b) {
  if (a.size() != b.size())
    return false;
  const table none{};
  const column_renames renames(none, none);
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!same_text(a[i].name, b[i].name) || !same_definition(renames, a[i], b[i]))
      return false;
  return true;
}

/// Whether a step changes a table so that a view over it has to make way: PostgreSQL refuses the step while the view
/// stands. A view may rest on a primary key by its GROUP BY.
constexpr bool disturbs_views(const step& s) {
  switch (s.kind) {
  case step_kind::drop_primary_key:
  case step_kind::drop_table:
  case step_kind::rename_table:
  case step_kind::rename_column:
  case step_kind::drop_column:
  case step_kind::alter_type:
  case step_kind::alter_collation:
  case step_kind::drop_generated:
    return true;
  default:
    return false;
  }
}

/// What is known of the raw objects of two schemas before the tables are compared.
struct object_changes {
  /// A table that is made anew while its rows are kept; positions among the raw objects.
  struct replaced_table {
    int before;
    int after;
  };

  std::span<const raw_object> olds;
  std::span<const raw_object> news;
  std::vector<int> old_of;                  ///< Position of each new one among the old ones, or -1.
  std::vector<int> new_of;                  ///< The other way round.
  std::vector<char> same;                   ///< Of the old ones: the new one has the same text.
  std::vector<char> anew;                   ///< Of the old ones: dropped and made again.
  std::vector<char> taken;                  ///< Of the old ones: tables that are set aside.
  std::vector<raw_table_change> altered{};  ///< Tables that ALTER leads to the new text.
  std::vector<replaced_table> replaced{};
  std::vector<std::string_view> released{};  ///< What functions that are dropped and made again are called.

  /// \param steps those of the enums
  constexpr object_changes(const schema_view& before, const schema_view& after, const std::vector<step>& steps)
      : olds(before.raw_objects), news(after.raw_objects), old_of(news.size(), -1), new_of(olds.size(), -1),
        same(olds.size(), 0), anew(olds.size(), 0), taken(olds.size(), 0) {
    if (olds.empty())
      return;
    raw_object_search search(olds);
    for (std::size_t i = 0; i < news.size(); ++i) {
      old_of[i] = search.find(news[i]);
      if (old_of[i] >= 0)
        new_of[static_cast<std::size_t>(old_of[i])] = static_cast<int>(i);
    }
    for (std::size_t i = 0; i < olds.size(); ++i)
      if (new_of[i] >= 0)
        compare(i, olds[i], news[static_cast<std::size_t>(new_of[i])]);
      else if (is_raw_table(olds[i]))
        replace(i);
    release(steps);
  }

  constexpr const raw_object* twin(std::size_t old) const {
    return new_of[old] < 0 ? nullptr : &news[static_cast<std::size_t>(new_of[old])];
  }

  /// The raw table that takes the place of a modelled one, or null.
  constexpr const raw_object* take_new_table(const table& t) const {
    for (std::size_t i = 0; i < news.size(); ++i)
      if (old_of[i] < 0 && is_raw_table(news[i]) && names(news[i], t))
        return &news[i];
    return nullptr;
  }

  /// The raw table whose place a modelled one takes, or null; it is not dropped then.
  constexpr const raw_object* take_old_table(const table& t) {
    for (std::size_t i = 0; i < olds.size(); ++i)
      if (new_of[i] < 0 && !taken[i] && is_raw_table(olds[i]) && names(olds[i], t)) {
        taken[i] = 1;
        return &olds[i];
      }
    return nullptr;
  }

 private:
  static constexpr bool names(const raw_object& o, const table& t) {
    const raw_table_text text = read_raw_table(o.create);
    return text.read && same_relation(read_relation_name(text.name), {t.schema, t.name});
  }

  constexpr void compare(std::size_t old, const raw_object& then, const raw_object& now) {
    same[old] = same_text(then.create, now.create);
    if (same[old] || takes_place_of(then, now))
      return;
    if (is_raw_table(now)) {
      raw_table_change change{&then, &now, read_raw_table(then.create), read_raw_table(now.create)};
      // A table that is only kept whole says what ALTER cannot change.
      if (!is_kind(now, "table") && can_alter(change.then, change.now)) {
        altered.push_back(change);
        return;
      }
      if (change.then.read && change.now.read) {
        taken[old] = 1;
        replaced.push_back({static_cast<int>(old), new_of[old]});
        return;
      }
    }
    anew[old] = 1;
    if (is_routine(then))
      released.push_back(called(then));
  }

  /// A raw table that becomes one of another kind.
  constexpr void replace(std::size_t old) {
    for (std::size_t i = 0; i < news.size(); ++i)
      if (old_of[i] < 0 && is_raw_table(news[i]) && same_text(news[i].name, olds[old].name) &&
          read_raw_table(olds[old].create).read && read_raw_table(news[i].create).read) {
        taken[old] = 1;
        replaced.push_back({static_cast<int>(old), static_cast<int>(i)});
        return;
      }
  }

  /// Functions rest on enums that are made anew, and on each other.
  constexpr void release(const std::vector<step>& steps) {
    const auto free_from = [&](std::string_view name) {
      for (std::size_t i = 0; i < olds.size(); ++i)
        if (new_of[i] >= 0 && !anew[i] && is_routine(olds[i]) && !same_text(called(olds[i]), name) &&
            mentions(tracked_text(olds[i]), name)) {
          anew[i] = 1;
          released.push_back(called(olds[i]));
        }
    };
    for (const step& s : steps)
      if (s.kind == step_kind::rebuild_enum)
        free_from(s.old_enum->name);
    for (std::size_t i = 0; i < released.size(); ++i) {
      const std::string_view name = released[i];  // the list grows
      free_from(name);
    }
  }
};

constexpr step_kind create_step(placement p) {
  return p == placement::before_tables    ? step_kind::create_early_raw_object
         : p == placement::before_indexes ? step_kind::create_middle_raw_object
                                          : step_kind::create_raw_object;
}

/// Whether a view may rest on a column of a table that it names.
constexpr bool may_read(std::string_view query, std::string_view column) {
  return column.empty() || mentions(query, column) || mentions(query, "natural") || selects_all(query);
}

/// All that the steps of tables and enums do to what rests on them.
struct disturbances {
  std::vector<disturbance> of_views{};
  std::vector<disturbance> of_raw_objects{};
  std::vector<std::string_view>
      widened{};  ///< Tables with a new column, which `SELECT *` of an old view does not have.

  constexpr void both(const disturbance& d) {
    of_views.push_back(d);
    of_raw_objects.push_back(d);
  }
};

/// A constraint or index that is made again under its name, or nothing.
constexpr std::string_view made_again(const step& s) {
  if (s.before == nullptr || s.after == nullptr || s.to < 0)
    return {};
  const auto among = [&](const auto& then, const auto& now) -> std::string_view {
    const std::string_view name = now[static_cast<std::size_t>(s.to)].name;
    for (const auto& other : then)
      if (same_text(other.name, name))
        return name;
    return {};
  };
  switch (s.kind) {
  case step_kind::add_unique:
    return among(s.before->uniques, s.after->uniques);
  case step_kind::add_check:
    return among(s.before->checks, s.after->checks);
  case step_kind::add_exclusion:
    return among(s.before->exclusions, s.after->exclusions);
  case step_kind::create_index:
    return among(s.before->indexes, s.after->indexes);
  case step_kind::add_foreign_key:
    return among(s.before->foreign_keys, s.after->foreign_keys);
  default:
    return {};
  }
}

constexpr void add_disturbances(disturbances& out, const std::vector<step>& steps, const schema_view& before,
                                const object_changes& objects) {
  for (const step& s : steps) {
    const bool on_column = s.kind == step_kind::rename_column || s.kind == step_kind::drop_column ||
                           s.kind == step_kind::alter_type || s.kind == step_kind::alter_collation ||
                           s.kind == step_kind::drop_generated;
    if (disturbs_views(s))
      out.of_views.push_back({.name = s.before->name, .column = on_column ? s.old_column()->name : std::string_view{}});
    if (s.kind == step_kind::add_column)
      out.widened.push_back(s.before->name);
    if (s.kind == step_kind::rebuild_enum)
      for (const table& t : before.tables)
        for (const column& c : t.columns)
          if (c.type.values != nullptr && same_enum(*c.type.values, *s.new_enum))
            out.both({.name = t.name, .column = c.name});
    if (s.kind == step_kind::set_aside)
      out.both({.name = s.before != nullptr ? s.before->name : called(*s.old_raw), .gone = true});
    if (objects.olds.empty())
      continue;
    if (s.kind == step_kind::alter_type || s.kind == step_kind::alter_collation || s.kind == step_kind::drop_column)
      out.of_raw_objects.push_back(
          {s.before->name, s.old_column()->name, s.to >= 0 && s.kind == step_kind::drop_column});
    if (s.kind == step_kind::add_primary_key && s.before != nullptr &&
        same_text(s.before->primary_key.name, s.after->primary_key.name))
      out.of_raw_objects.push_back({.name = s.after->primary_key.name, .gone = true});
    if (const std::string_view name = made_again(s); !name.empty())
      out.of_raw_objects.push_back({.name = name, .gone = true});
  }
  for (const raw_table_change& change : objects.altered)
    for (const raw_item& item : change.then.items) {
      if (item.constraint)
        continue;
      const raw_item* now = find_item(change.now, false, item.name);
      if (now == nullptr || !same_text(read_raw_column(item.text).type, read_raw_column(now->text).type))
        out.both({called(*change.before), read_relation_name(item.name).name, false});
    }
  for (std::size_t i = 0; i < objects.olds.size(); ++i)
    if (objects.anew[i] && !called(objects.olds[i]).empty())
      out.both({.name = called(objects.olds[i]), .gone = true});
}

/// A view or raw object that is dropped or made, and the text that says what has to stand before it.
struct object_step {
  instar::step step;
  named_text text;
};

/// Adds steps in an order in which each stands behind what it names, or in front of it.
constexpr void add_in_order(std::vector<step>& steps, const std::vector<object_step>& made, bool backwards) {
  std::vector<named_text> texts;
  for (const object_step& m : made)
    texts.push_back(m.text);
  const std::vector<std::size_t> order = order_by_names(texts);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const step& s = made[order[backwards ? order.size() - 1 - i : i]].step;
    steps.push_back(s);
    if (s.kind != step_kind::create_view)
      continue;
    for (std::size_t k = 0; k < s.new_view->indexes.size(); ++k)
      steps.push_back(step{.kind = step_kind::create_view, .to = static_cast<int>(k), .new_view = s.new_view});
    if (!s.new_view->comment.empty())
      steps.push_back(step{.kind = step_kind::comment_view, .new_view = s.new_view});
  }
}

/// The partitions, and what attaches them, that wait with their table while it is made anew without them: their rows
/// are copied with its own.
constexpr std::vector<char> partitions_set_aside(const object_changes& objects) {
  const std::span<const raw_object> olds = objects.olds;
  std::vector<char> aside = objects.taken;
  bool any = false;
  for (char taken : aside)
    any |= taken != 0;
  const auto find = [&](std::string_view name) {
    for (std::size_t i = 0; i < olds.size(); ++i)
      if (is_raw_table(olds[i]) && same_text(read_raw_table(olds[i].create).name, name))
        return i;
    return olds.size();
  };
  for (bool changed = any; changed;) {
    changed = false;
    for (std::size_t i = 0; i < olds.size(); ++i) {
      if (aside[i] || objects.new_of[i] >= 0 || !is_kind(olds[i], "partition bound"))
        continue;
      const partition_names names = read_partition_bound(olds[i].create);
      const std::size_t parent = find(names.parent);
      const std::size_t child = find(names.child);
      if (parent == olds.size() || child == olds.size() || !aside[parent] || objects.taken[child] ||
          objects.new_of[child] >= 0)
        continue;
      aside[i] = 1;
      aside[child] = 1;
      changed = true;
    }
  }
  return aside;
}

/// The steps of views and raw objects, once those of all others are known.
constexpr void diff_objects(std::vector<step>& steps, const schema_view& before, const schema_view& after,
                            object_changes& objects) {
  const std::span<const raw_object> olds = before.raw_objects;
  const std::span<const raw_object> news = after.raw_objects;
  if (before.views.empty() && after.views.empty() && olds.empty() && news.empty())
    return;
  disturbances found;
  add_disturbances(found, steps, before, objects);

  // Which views and raw objects make way: those that changed, and then whatever rests on what makes way.
  std::vector<char> view_drops(before.views.size(), 0);
  std::vector<int> new_view_of(before.views.size(), -1);
  std::vector<char> view_stays(after.views.size(), 0);
  const auto drop_view = [&](std::size_t i) {
    if (view_drops[i])
      return;
    view_drops[i] = 1;
    found.both({.name = before.views[i].name, .gone = true});
    for (const index& of_view : before.views[i].indexes)
      found.of_raw_objects.push_back({.name = of_view.name, .gone = true});
  };
  const auto renew = [&](std::size_t i) {
    if (objects.anew[i])
      return;
    objects.anew[i] = 1;
    if (const std::string_view name = called(olds[i]); !name.empty())
      found.both({.name = name, .gone = true});
  };
  twin_search<view_object> new_views(after.views);
  for (std::size_t i = 0; i < before.views.size(); ++i) {
    const view_object& then = before.views[i];
    new_view_of[i] = new_views.find(then.schema, then.name);
    if (new_view_of[i] < 0) {
      drop_view(i);
      continue;
    }
    const view_object& now = after.views[static_cast<std::size_t>(new_view_of[i])];
    bool changes = then.materialized != now.materialized || !same_text(then.query, now.query) ||
                   !same_indexes(then.indexes, now.indexes);
    for (std::size_t w = 0; w < found.widened.size() && !changes; ++w)
      changes = mentions(then.query, found.widened[w]) && selects_all(then.query);
    if (changes)
      drop_view(i);
  }
  // An index that goes takes those of the partitions along, which may have to stay.
  for (std::size_t i = 0; i < olds.size(); ++i)
    if (objects.new_of[i] < 0 && is_kind(olds[i], "index")) {
      found.of_raw_objects.push_back({.name = called(olds[i]), .gone = true});
      for (std::size_t other = 0; other < olds.size(); ++other)
        if (is_kind(olds[other], "index partition") && objects.new_of[other] < 0 &&
            mentions(olds[other].create, called(olds[i])) && !same_text(called(olds[other]), called(olds[i])))
          found.of_raw_objects.push_back({.name = called(olds[other]), .gone = true});
    }
  // A kind is many texts to compare with, and objects of one kind stand together.
  struct resting {
    std::size_t at;
    rest on;
    std::string_view text;
  };
  std::vector<resting> rested;
  rest on = rest::never;
  bool routine = false;
  const bool disturbed = !found.of_views.empty() || !found.of_raw_objects.empty();
  for (std::size_t i = 0; i < olds.size() && disturbed; ++i) {
    if (i == 0 || !same_text(olds[i].kind, olds[i - 1].kind)) {
      on = rest_of(olds[i]);
      routine = is_routine(olds[i]);
    }
    if (on != rest::never && objects.new_of[i] >= 0 && !objects.anew[i] && !objects.taken[i])
      rested.push_back({i, on, routine ? tracked_text(olds[i]) : olds[i].create});
  }
  std::size_t next_view = 0;
  std::size_t next_raw = 0;
  while (next_view < found.of_views.size() || next_raw < found.of_raw_objects.size()) {
    if (next_view < found.of_views.size()) {
      const disturbance d = found.of_views[next_view++];
      for (std::size_t i = 0; i < before.views.size(); ++i)
        if (!view_drops[i] && mentions(before.views[i].query, d.name) && may_read(before.views[i].query, d.column))
          drop_view(i);
      continue;
    }
    const disturbance d = found.of_raw_objects[next_raw++];
    for (const resting& r : rested)
      if ((r.on == rest::on_what_changes || d.gone) && mentions(r.text, d.name) &&
          (d.column.empty() || mentions(r.text, d.column)))
        renew(r.at);
  }

  // What stood, from the last to the first.
  std::vector<object_step> late;
  for (std::size_t i = 0; i < before.views.size(); ++i)
    if (view_drops[i])
      late.push_back({{.kind = step_kind::drop_view, .old_view = &before.views[i]},
                      {before.views[i].name, before.views[i].query}});
    else if (const view_object& now = after.views[static_cast<std::size_t>(new_view_of[i])]; true) {
      view_stays[static_cast<std::size_t>(new_view_of[i])] = 1;
      if (!same_text(before.views[i].comment, now.comment))
        steps.push_back(step{.kind = step_kind::comment_view, .new_view = &now});
    }
  std::vector<object_step> sooner;
  const std::vector<char> aside = partitions_set_aside(objects);
  for (std::size_t i = 0; i < olds.size(); ++i) {
    if (aside[i] || (objects.new_of[i] >= 0 && !objects.anew[i]))
      continue;
    const raw_object& then = olds[i];
    const raw_object* now = objects.twin(i);
    if (now != nullptr && is_setting(then))
      continue;
    step_kind kind = then.placement == placement::before_tables    ? step_kind::clear_raw_object
                     : then.placement == placement::before_indexes ? step_kind::drop_middle_raw_object
                                                                   : step_kind::drop_raw_object;
    if (now == nullptr && is_routine(then)) {
      // Those that use it may be replaced, and are there until then.
      const auto is_replaced = [&](std::size_t user) {
        return user != i && objects.new_of[user] >= 0 && !objects.anew[user] && !objects.same[user] &&
               mentions(tracked_text(olds[user]), called(then));
      };
      for (std::size_t user = 0; user < olds.size() && kind != step_kind::drop_late_raw_object; ++user)
        if (is_replaced(user))
          kind = step_kind::drop_late_raw_object;
    }
    // Defaults and generated columns may use what stood before the tables until their own steps are done.
    if (now == nullptr && kind == step_kind::clear_raw_object && !is_raw_table(then)) {
      bool rebuilt = false;
      for (const step& s : steps)
        rebuilt |= s.kind == step_kind::rebuild_enum && mentions(tracked_text(then), s.old_enum->name);
      for (const raw_object& other : news)
        rebuilt |= same_text(other.name, then.name) && is_routine(other) && is_routine(then);
      if (!rebuilt)
        kind = step_kind::drop_early_raw_object;
    }
    const object_step drop{{.kind = kind, .raw = &then}, {called(then), tracked_text(then)}};
    (kind == step_kind::drop_raw_object ? late : sooner).push_back(drop);
  }
  add_in_order(steps, late, true);
  add_in_order(steps, sooner, true);

  // What stays, and what is new.
  for (raw_table_change& change : objects.altered) {
    for (std::size_t i = 0; i < olds.size(); ++i) {
      if (!is_kind(olds[i], "partition bound") || objects.new_of[i] < 0 || objects.anew[i] || !objects.same[i])
        continue;
      const partition_names names = read_partition_bound(olds[i].create);
      if (!same_text(names.child, change.now.name))
        continue;
      for (std::size_t p = 0; p < objects.altered.size(); ++p)
        if (same_text(objects.altered[p].now.name, names.parent))
          change.parent = static_cast<int>(p);
    }
  }
  alter_raw_tables(steps, objects.altered);
  std::vector<object_step> made[3];
  for (std::size_t i = 0; i < after.views.size(); ++i)
    if (!view_stays[i])
      made[2].push_back(
          {{.kind = step_kind::create_view, .new_view = &after.views[i]}, {after.views[i].name, after.views[i].query}});
  for (std::size_t i = 0; i < news.size(); ++i) {
    if (objects.old_of[i] >= 0) {
      const std::size_t old = static_cast<std::size_t>(objects.old_of[i]);
      bool stays = objects.same[old] && !objects.anew[old];
      for (const raw_table_change& change : objects.altered)
        stays |= change.after == &news[i];
      if (stays)
        continue;
    }
    made[static_cast<std::size_t>(news[i].placement)].push_back(
        {{.kind = create_step(news[i].placement), .raw = &news[i]}, {called(news[i]), tracked_text(news[i])}});
  }
  for (const std::vector<object_step>& stage : made)
    add_in_order(steps, stage, false);
}

}  // namespace instar::detail
