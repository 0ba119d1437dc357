#pragma once

#include "instar/diff/order.hpp"
#include "instar/diff/raw_object.hpp"
#include "instar/diff/raw_table.hpp"
#include "instar/diff/step.hpp"
#include "instar/schema/compare.hpp"
#include "instar/schema/growing_array.hpp"

/// \file Views and raw objects: what changes of them, what has to make way for the changes of others and is made again
/// after them, and in which order.

namespace instar::detail {

/// Finds raw objects by kind and name, one after the other: behind the one that was found last, where most are, and
/// else in constant time. The hashes cost a compiler most, so they are made for the first that is not in its place.
class raw_object_search {
 public:
  constexpr explicit raw_object_search(std::span<const raw_object> objects) : objects_(objects) {}

  /// \return its position, or -1
  constexpr int find(const raw_object& wanted) {
    if (next_ < objects_.size() && same(objects_[next_], wanted))
      return static_cast<int>(next_++);
    if (known_.size() != objects_.size())
      hash_all();
    const int found = known_.find(hash_of(wanted), [&](std::size_t i) { return same(objects_[i], wanted); });
    if (found >= 0)
      next_ = static_cast<std::size_t>(found) + 1;
    return found;
  }

 private:
  static constexpr bool same(const raw_object& a, const raw_object& b) {
    return same_text(a.name, b.name) && same_text(a.kind, b.kind);
  }

  constexpr void hash_all() {
    known_ = hash_slots(objects_.size());
    for (std::size_t i = 0; i < objects_.size(); ++i)
      known_.add(hash_of(objects_[i]));
  }

  /// Objects of one kind stand together: its part of the hash is made once.
  constexpr std::uint64_t hash_of(const raw_object& o) {
    if (!same_text(o.kind, kind_)) {
      kind_ = o.kind;
      kind_hash_ = hash_text(kind_);
    }
    return hash_bytes(o.name.data(), o.name.size(), kind_hash_);
  }

  std::span<const raw_object> objects_;
  std::size_t next_ = 0;
  hash_slots known_{};
  std::string_view kind_{};
  std::uint64_t kind_hash_ = hash_text({});
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

/// The raw tables of one schema that the other has not. They are read when the first is asked for.
class lone_raw_tables {
 public:
  /// \param twins of each object its position in the other schema, or -1
  constexpr lone_raw_tables(std::span<const raw_object> objects, const growing_array<int>& twins)
      : objects_(objects), twins_(&twins) {}

  /// \return the position of the first that makes a table of that name and that `is` accepts, or -1
  template <class Is>
  constexpr int find(const table& t, const Is& is) {
    read();
    return position(by_text_.find(hash_object(t.schema, t.name), [&](std::size_t i) {
      return same_relation(tables_[i].name, {t.schema, t.name}) && is(tables_[i].at);
    }));
  }
  /// \return the position of the first that is called so itself, or -1
  constexpr int find(std::string_view name) {
    read();
    return position(
        by_name_.find(hash_text(name), [&](std::size_t i) { return same_text(objects_[tables_[i].at].name, name); }));
  }

 private:
  constexpr int position(int found) const {
    return found < 0 ? -1 : static_cast<int>(tables_[static_cast<std::size_t>(found)].at);
  }

  constexpr void read() {
    if (read_)
      return;
    read_ = true;
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      if ((*twins_)[i] >= 0 || !is_raw_table(objects_[i]))
        continue;
      const raw_table_text text = read_raw_table(objects_[i].create);
      if (!text.read)
        continue;
      tables_.push_back({read_relation_name(text.name), i});
      by_text_.add(hash_object(tables_.back().name.schema, tables_.back().name.name));
      by_name_.add(hash_text(objects_[i].name));
    }
  }

  struct lone_table {
    relation_name name;
    std::size_t at;
  };
  std::span<const raw_object> objects_;
  const growing_array<int>* twins_;
  bool read_ = false;
  growing_array<lone_table> tables_{};
  hash_slots by_text_{};
  hash_slots by_name_{};
};

/// What is known of the raw objects of two schemas before the tables are compared.
struct object_changes {
  /// A table that is made anew while its rows are kept; positions among the raw objects.
  struct replaced_table {
    int before;
    int after;
  };

  std::span<const raw_object> olds;
  std::span<const raw_object> news;
  growing_array<int> old_of;                  ///< Position of each new one among the old ones, or -1.
  growing_array<int> new_of;                  ///< The other way round.
  growing_array<char> same;                   ///< Of the old ones: the new one has the same text.
  growing_array<char> anew;                   ///< Of the old ones: dropped and made again.
  growing_array<char> taken;                  ///< Of the old ones: tables that are set aside.
  growing_array<std::size_t> gone{};          ///< The old ones that have no new one.
  growing_array<raw_table_change> altered{};  ///< Tables that ALTER leads to the new text.
  growing_array<replaced_table> replaced{};
  name_set released{};  ///< What functions that are dropped and made again are called.
  lone_raw_tables old_tables;
  lone_raw_tables new_tables;

  /// \param steps those of the enums
  constexpr object_changes(const schema_view& before, const schema_view& after, const growing_array<step>& steps)
      : olds(before.raw_objects), news(after.raw_objects), old_of(news.size(), -1), new_of(olds.size(), -1),
        same(olds.size(), 0), anew(olds.size(), 0), taken(olds.size(), 0), old_tables(olds, new_of),
        new_tables(news, old_of) {
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
      else {
        gone.push_back(i);
        if (is_raw_table(olds[i]))
          replace(i);
      }
    release(steps);
  }

  constexpr const raw_object* twin(std::size_t old) const {
    return new_of[old] < 0 ? nullptr : &news[static_cast<std::size_t>(new_of[old])];
  }

  /// The raw table that takes the place of a modelled one, or null.
  constexpr const raw_object* take_new_table(const table& t) {
    const int found = new_tables.find(t, [](std::size_t) { return true; });
    return found < 0 ? nullptr : &news[static_cast<std::size_t>(found)];
  }

  /// The raw table whose place a modelled one takes, or null; it is not dropped then.
  constexpr const raw_object* take_old_table(const table& t) {
    const int found = old_tables.find(t, [&](std::size_t i) { return !taken[i]; });
    if (found < 0)
      return nullptr;
    taken[static_cast<std::size_t>(found)] = 1;
    return &olds[static_cast<std::size_t>(found)];
  }

 private:
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
      released.add(called(then));
  }

  /// A raw table that becomes one of another kind.
  constexpr void replace(std::size_t old) {
    const int now = new_tables.find(olds[old].name);
    if (now < 0 || !read_raw_table(olds[old].create).read)
      return;
    taken[old] = 1;
    replaced.push_back({static_cast<int>(old), now});
  }

  /// Functions rest on enums that are made anew, and on each other.
  constexpr void release(const growing_array<step>& steps) {
    bool needed = !released.empty();
    for (const step& s : steps)
      needed |= s.kind == step_kind::rebuild_enum;
    word_index routines;
    for (std::size_t i = 0; i < olds.size() && needed; ++i)
      if (new_of[i] >= 0 && is_routine(olds[i]))
        routines.add(i, tracked_text(olds[i]));
    const auto free_from = [&](std::string_view name) {
      routines.each(name, [&](std::size_t i) {
        if (anew[i] || same_text(called(olds[i]), name))
          return;
        anew[i] = 1;
        released.add(called(olds[i]));
      });
    };
    for (const step& s : steps)
      if (s.kind == step_kind::rebuild_enum)
        free_from(s.old_enum->name);
    for (std::size_t i = 0; i < released.names().size(); ++i)
      free_from(std::string_view(released.names()[i]));  // the list grows
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
  growing_array<disturbance> of_views{};
  growing_array<disturbance> of_raw_objects{};
  growing_array<std::string_view>
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

constexpr void add_disturbances(disturbances& out, const growing_array<step>& steps, const object_changes& objects,
                                const growing_array<table_column>& rebuilt) {
  for (const step& s : steps) {
    const bool on_column = s.kind == step_kind::rename_column || s.kind == step_kind::drop_column ||
                           s.kind == step_kind::alter_type || s.kind == step_kind::alter_collation ||
                           s.kind == step_kind::drop_generated;
    if (disturbs_views(s))
      out.of_views.push_back({.name = s.before->name, .column = on_column ? s.old_column()->name : std::string_view{}});
    if (s.kind == step_kind::add_column)
      out.widened.push_back(s.before->name);
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
  for (const table_column& c : rebuilt)
    out.both({.name = c.in->name, .column = c.of->name});
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

/// What a view or raw object that is dropped or made is called, and the text that says what has to stand before it.
constexpr named_text text_of(const step& s) {
  if (s.raw != nullptr)
    return {called(*s.raw), tracked_text(*s.raw)};
  const view_object& v = s.old_view != nullptr ? *s.old_view : *s.new_view;
  return {v.name, v.query};
}

/// Adds the steps of views and raw objects in an order in which each stands behind what it names, or in front of it.
constexpr void add_in_order(growing_array<step>& steps, const growing_array<step>& made, bool backwards) {
  growing_array<named_text> texts;
  if (is_ordered(made.size()))
    for (const step& s : made)
      texts.push_back(text_of(s));
  const growing_array<std::size_t> order = order_by_names(texts);
  for (std::size_t i = 0; i < made.size(); ++i) {
    const std::size_t at = backwards ? made.size() - 1 - i : i;
    const step& s = made[order.empty() ? at : order[at]];
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
constexpr growing_array<char> partitions_set_aside(const object_changes& objects) {
  const std::span<const raw_object> olds = objects.olds;
  growing_array<char> aside = objects.taken;
  bool any = false;
  for (char taken : aside)
    any |= taken != 0;
  if (!any)
    return aside;
  hash_slots known;
  growing_array<std::size_t> tables;
  for (std::size_t i = 0; i < olds.size(); ++i)
    if (is_raw_table(olds[i])) {
      known.add(hash_text(read_raw_table(olds[i].create).name));
      tables.push_back(i);
    }
  const auto find = [&](std::string_view name) {
    const int found = known.find(
        hash_text(name), [&](std::size_t i) { return same_text(read_raw_table(olds[tables[i]].create).name, name); });
    return found < 0 ? olds.size() : tables[static_cast<std::size_t>(found)];
  };
  for (bool changed = true; changed;) {
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

/// Which of the tables that are altered are partitions of another one, and stay so.
constexpr void find_parents(object_changes& objects) {
  if (objects.altered.size() < 2)
    return;
  hash_slots known(objects.altered.size());
  for (const raw_table_change& change : objects.altered)
    known.add(hash_text(change.now.name));
  const auto find = [&](std::string_view name) {
    return known.find(hash_text(name), [&](std::size_t i) { return same_text(objects.altered[i].now.name, name); });
  };
  for (std::size_t i = 0; i < objects.olds.size(); ++i) {
    if (!is_kind(objects.olds[i], "partition bound") || objects.new_of[i] < 0 || objects.anew[i] || !objects.same[i])
      continue;
    const partition_names names = read_partition_bound(objects.olds[i].create);
    const int child = find(names.child);
    const int parent = find(names.parent);
    if (child >= 0 && parent >= 0)
      objects.altered[static_cast<std::size_t>(child)].parent = parent;
  }
}

/// The steps of views and raw objects, once those of all others are known.
/// \param rebuilt_columns those of enums that are made anew
constexpr void diff_objects(growing_array<step>& steps, const schema_view& before, const schema_view& after,
                            object_changes& objects, const growing_array<table_column>& rebuilt_columns) {
  const std::span<const raw_object> olds = before.raw_objects;
  const std::span<const raw_object> news = after.raw_objects;
  if (before.views.empty() && after.views.empty() && olds.empty() && news.empty())
    return;
  disturbances found;
  add_disturbances(found, steps, objects, rebuilt_columns);

  // Which views and raw objects make way: those that changed, and then whatever rests on what makes way.
  growing_array<char> view_drops(before.views.size(), 0);
  growing_array<int> new_view_of(before.views.size(), -1);
  growing_array<char> view_stays(after.views.size(), 0);
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
  word_index queries;
  for (std::size_t i = 0; i < before.views.size(); ++i)
    queries.add(i, before.views[i].query);
  growing_array<char> widened(before.views.size(), 0);
  for (std::string_view name : found.widened)
    queries.each(name, [&](std::size_t i) { widened[i] = widened[i] || selects_all(before.views[i].query); });
  twin_search<view_object> new_views(after.views);
  for (std::size_t i = 0; i < before.views.size(); ++i) {
    const view_object& then = before.views[i];
    new_view_of[i] = new_views.find(then.schema, then.name);
    if (new_view_of[i] < 0) {
      drop_view(i);
      continue;
    }
    const view_object& now = after.views[static_cast<std::size_t>(new_view_of[i])];
    if (widened[i] || then.materialized != now.materialized || !same_text(then.query, now.query) ||
        !same_indexes(then.indexes, now.indexes))
      drop_view(i);
  }
  // An index that goes takes those of the partitions along, which may have to stay.
  word_index gone_parts;
  for (std::size_t i : objects.gone)
    if (is_kind(olds[i], "index partition"))
      gone_parts.add(i, olds[i].create);
  for (std::size_t i : objects.gone)
    if (is_kind(olds[i], "index")) {
      const std::string_view name = called(olds[i]);
      found.of_raw_objects.push_back({.name = name, .gone = true});
      gone_parts.each(name, [&](std::size_t part) {
        if (!same_text(called(olds[part]), name))
          found.of_raw_objects.push_back({.name = called(olds[part]), .gone = true});
      });
    }
  // A kind is many texts to compare with, and objects of one kind stand together.
  word_index rested;
  rest on = rest::never;
  bool routine = false;
  const bool disturbed = !found.of_views.empty() || !found.of_raw_objects.empty();
  if (disturbed)
    rested.reserve(olds.size());
  for (std::size_t i = 0; i < olds.size() && disturbed; ++i) {
    if (i == 0 || !same_text(olds[i].kind, olds[i - 1].kind)) {
      on = rest_of(olds[i]);
      routine = is_routine(olds[i]);
    }
    if (on != rest::never && objects.new_of[i] >= 0 && !objects.anew[i] && !objects.taken[i])
      rested.add(i, routine ? tracked_text(olds[i]) : olds[i].create);
  }
  std::size_t next_view = 0;
  std::size_t next_raw = 0;
  while (next_view < found.of_views.size() || next_raw < found.of_raw_objects.size()) {
    if (next_view < found.of_views.size()) {
      const disturbance d = found.of_views[next_view++];
      queries.each(d.name, [&](std::size_t i) {
        if (!view_drops[i] && may_read(before.views[i].query, d.column))
          drop_view(i);
      });
      continue;
    }
    const disturbance d = found.of_raw_objects[next_raw++];
    rested.each(d.name, [&](std::size_t i) {
      if (!objects.anew[i] && (d.gone || rest_of(olds[i]) == rest::on_what_changes) &&
          (d.column.empty() || mentions(tracked_text(olds[i]), d.column)))
        renew(i);
    });
  }

  // What stood, from the last to the first.
  growing_array<step> late;
  for (std::size_t i = 0; i < before.views.size(); ++i)
    if (view_drops[i])
      late.push_back(step{.kind = step_kind::drop_view, .old_view = &before.views[i]});
    else if (const view_object& now = after.views[static_cast<std::size_t>(new_view_of[i])]; true) {
      view_stays[static_cast<std::size_t>(new_view_of[i])] = 1;
      if (!same_text(before.views[i].comment, now.comment))
        steps.push_back(step{.kind = step_kind::comment_view, .new_view = &now});
    }
  growing_array<step> sooner;
  name_set rebuilt;
  for (const step& s : steps)
    if (s.kind == step_kind::rebuild_enum)
      rebuilt.add(s.old_enum->name);
  // Those that use a routine which goes may be replaced, and are there until then.
  word_index replaced;
  text_set new_routines;
  bool routine_goes = false;
  for (std::size_t i : objects.gone)
    routine_goes = routine_goes || is_routine(olds[i]);
  if (routine_goes) {
    for (std::size_t i = 0; i < olds.size(); ++i)
      if (objects.new_of[i] >= 0 && !objects.anew[i] && !objects.same[i])
        replaced.add(i, tracked_text(olds[i]));
    for (const raw_object& o : news)
      if (is_routine(o))
        new_routines.add(o.name);
  }
  const growing_array<char> aside = partitions_set_aside(objects);
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
    if (now == nullptr && is_routine(then) && replaced.any(called(then)))
      kind = step_kind::drop_late_raw_object;
    // Defaults and generated columns may use what stood before the tables until their own steps are done.
    if (now == nullptr && kind == step_kind::clear_raw_object && !is_raw_table(then) &&
        !(is_routine(then) && new_routines.has(then.name)) && (rebuilt.empty() || !rebuilt.any_in(tracked_text(then))))
      kind = step_kind::drop_early_raw_object;
    (kind == step_kind::drop_raw_object ? late : sooner).push_back(step{.kind = kind, .raw = &then});
  }
  add_in_order(steps, late, true);
  add_in_order(steps, sooner, true);

  // What stays, and what is new.
  find_parents(objects);
  alter_raw_tables(steps, objects.altered);
  growing_array<char> altered(objects.altered.empty() ? 0 : news.size(), 0);
  for (const raw_table_change& change : objects.altered)
    altered[static_cast<std::size_t>(change.after - news.data())] = 1;
  growing_array<step> made[3];
  for (std::size_t i = 0; i < after.views.size(); ++i)
    if (!view_stays[i])
      made[2].push_back(step{.kind = step_kind::create_view, .new_view = &after.views[i]});
  for (std::size_t i = 0; i < news.size(); ++i) {
    const int old = objects.old_of[i];
    if ((!altered.empty() && altered[i]) ||
        (old >= 0 && objects.same[static_cast<std::size_t>(old)] && !objects.anew[static_cast<std::size_t>(old)]))
      continue;
    made[static_cast<std::size_t>(news[i].placement)].push_back(
        step{.kind = create_step(news[i].placement), .raw = &news[i]});
  }
  for (const growing_array<step>& stage : made)
    add_in_order(steps, stage, false);
}

}  // namespace instar::detail
