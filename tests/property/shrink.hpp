#pragma once

// Smaller pairs of drafts: what is left out one after the other while the pair still fails.

#include "property/draft.hpp"

#include <functional>
#include <set>
#include <vector>

namespace instar_test::property {

/// What one run looks at.
struct draft_pair {
  draft before{};
  draft after{};
  int rows = 0;  ///< In each table of the first.
  bool operator==(const draft_pair&) const = default;
};

namespace detail {

using attempt = std::function<void(draft_pair&)>;

/// Attempts on a list whose parts have numbers: gone from both, from one, and as it was.
template <class Parts>
void add_attempts_by_id(std::vector<attempt>& all, const draft_pair& pair, Parts draft::*list) {
  std::set<int> ids;
  for (const draft* d : {&pair.before, &pair.after})
    for (const auto& part : d->*list)
      ids.insert(part.id);
  const auto without = [list](draft& d, int id) { keep_only(d.*list, [&](const auto& p) { return p.id != id; }); };
  for (int id : ids) {
    all.push_back([=](draft_pair& p) { without(p.before, id), without(p.after, id); });
    all.push_back([=](draft_pair& p) { without(p.after, id); });
    all.push_back([=](draft_pair& p) { without(p.before, id); });
    all.push_back([=](draft_pair& p) {
      auto* then = find_id(p.before.*list, id);
      auto* now = find_id(p.after.*list, id);
      if (then != nullptr && now != nullptr)
        *now = *then;
    });
  }
}

/// Attempts on the parts of a table that have names.
template <class Parts>
void add_attempts_by_name(std::vector<attempt>& all, const draft_pair& pair, int table, Parts draft_table::*list) {
  std::set<std::string> names;
  for (const draft* d : {&pair.before, &pair.after})
    if (const draft_table* t = find_id(d->tables, table))
      for (const auto& part : t->*list)
        names.insert(part.name);
  const auto without = [=](draft& d, const std::string& name) {
    if (draft_table* t = find_id(d.tables, table))
      keep_only(t->*list, [&](const auto& p) { return p.name != name; });
  };
  for (const std::string& name : names) {
    all.push_back([=](draft_pair& p) { without(p.before, name), without(p.after, name); });
    all.push_back([=](draft_pair& p) { without(p.after, name); });
    all.push_back([=](draft_pair& p) { without(p.before, name); });
  }
}

inline std::vector<attempt> attempts(const draft_pair& pair) {
  std::vector<attempt> all;
  all.push_back([](draft_pair& p) { p.rows = 0; });
  add_attempts_by_id(all, pair, &draft::tables);
  add_attempts_by_id(all, pair, &draft::views);
  add_attempts_by_id(all, pair, &draft::raws);
  add_attempts_by_id(all, pair, &draft::enums);
  add_attempts_by_id(all, pair, &draft::sequences);
  for (const std::string name : {"pg_trgm", "hstore", "citext"})
    all.push_back([=](draft_pair& p) {
      for (draft* d : {&p.before, &p.after})
        std::erase(d->extensions, name);
    });
  const auto both = [&all](auto change) {
    all.push_back([change](draft_pair& p) { change(p.before), change(p.after); });
    all.push_back([change](draft_pair& p) { change(p.after); });
  };
  std::set<int> tables;
  for (const draft* d : {&pair.before, &pair.after})
    for (const draft_table& t : d->tables)
      tables.insert(t.id);
  for (int id : tables) {
    const auto on_table = [&](auto change) {
      both([id, change](draft& d) {
        if (draft_table* t = find_id(d.tables, id))
          change(*t);
      });
    };
    std::set<int> columns;
    for (const draft* d : {&pair.before, &pair.after})
      if (const draft_table* t = find_id(d->tables, id))
        for (const draft_column& c : t->columns)
          columns.insert(c.id);
    for (int column : columns)
      on_table(
          [column](draft_table& t) { keep_only(t.columns, [&](const draft_column& c) { return c.id != column; }); });
    add_attempts_by_name(all, pair, id, &draft_table::indexes);
    add_attempts_by_name(all, pair, id, &draft_table::uniques);
    add_attempts_by_name(all, pair, id, &draft_table::checks);
    add_attempts_by_name(all, pair, id, &draft_table::foreign_keys);
    add_attempts_by_name(all, pair, id, &draft_table::exclusions);
    on_table([](draft_table& t) { t.primary_key = {}; });
    on_table([](draft_table& t) { t.comment.clear(); });
    on_table([](draft_table& t) { t.schema.clear(); });
    on_table([](draft_table& t) { t.options.clear(); });
    on_table([](draft_table& t) { t.name = "t" + std::to_string(t.id); });
    for (int column : columns) {
      const auto on_column = [&](auto change) {
        on_table([column, change](draft_table& t) {
          if (draft_column* c = find_column(t, column))
            change(*c);
        });
      };
      all.push_back([id, column](draft_pair& p) {
        const draft_table* then = find_id(p.before.tables, id);
        draft_table* now = find_id(p.after.tables, id);
        if (then == nullptr || now == nullptr)
          return;
        const draft_column* old = find_column(*then, column);
        draft_column* c = find_column(*now, column);
        if (old != nullptr && c != nullptr)
          *c = *old;
      });
      on_column([](draft_column& c) { c.comment.clear(); });
      on_column([](draft_column& c) { c.collation.clear(); });
      on_column([](draft_column& c) { c.initial = instar::default_kind::none; });
      on_column([](draft_column& c) { c.identity = instar::identity_kind::none; });
      on_column([](draft_column& c) { c.generated = instar::generated_kind::none; });
      on_column([](draft_column& c) { c.nullable = true; });
      on_column([](draft_column& c) { c.name = "c" + std::to_string(c.id); });
      on_column([](draft_column& c) { c.type = {.kind = instar::type_kind::integer}; });
    }
  }
  for (const draft_view& v : pair.before.views) {
    const auto on_view = [&](auto change) {
      both([id = v.id, change](draft& d) {
        if (draft_view* found = find_id(d.views, id))
          change(*found);
      });
    };
    on_view([](draft_view& found) { found.indexes.clear(); });
    on_view([](draft_view& found) { found.where.clear(); });
    on_view([](draft_view& found) { found.comment.clear(); });
    on_view([](draft_view& found) { found.materialized = false; });
    for (const draft_output& o : v.outputs)
      on_view([name = o.name](draft_view& found) {
        keep_only(found.outputs, [&](const draft_output& output) { return output.name != name; });
      });
  }
  for (const draft_enum& e : pair.before.enums)
    for (const draft_value& v : e.values)
      both([id = e.id, value = v.id](draft& d) {
        if (draft_enum* found = find_id(d.enums, id))
          keep_only(found->values, [&](const draft_value& other) { return other.id != value; });
      });
  return all;
}

}  // namespace detail

/// Leaves parts out as long as the pair fails.
/// \param fails asked of each smaller pair, `most` times at most
inline draft_pair shrunk(draft_pair pair, instar::dialect on, const std::function<bool(const draft_pair&)>& fails,
                         int most) {
  for (bool smaller = true; smaller && most > 0;) {
    smaller = false;
    for (std::size_t i = 0;; ++i) {
      const std::vector<detail::attempt> all = detail::attempts(pair);
      if (i >= all.size() || most <= 0)
        break;
      draft_pair attempt = pair;
      all[i](attempt);
      repair(attempt.before, on);
      repair(attempt.after, on);
      if (attempt == pair)
        continue;
      --most;
      if (!fails(attempt))
        continue;
      pair = attempt;
      smaller = true;
      --i;  // The list is shorter now.
    }
  }
  return pair;
}

}  // namespace instar_test::property
