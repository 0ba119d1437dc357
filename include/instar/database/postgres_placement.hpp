#pragma once

#include <instar/database/postgres_catalog_written.hpp>
#include <instar/schema/schema.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

/// \file In what order a database's objects can be made again: which raw objects stand before the tables, before their
/// indexes or after all, and which tables and views have to be raw because what they need comes after their turn.

namespace instar::detail::pg {

using object_key = std::uint64_t;

[[nodiscard]] constexpr object_key key_of(oid_number catalogue, oid_number object) noexcept {
  return (static_cast<object_key>(catalogue) << 32) | object;
}

/// A shell stands for a type before what the type is made of.
inline constexpr oid_number shell_catalogue = 1;

/// A raw object on its way.
struct draft {
  std::string kind;
  std::string name;
  std::string create;
  std::string drop;
  int rank = 0;
  int order = 0;  ///< Before the name, among those of one rank.
  instar::placement placement = instar::placement::after_tables;
  object_key key = 0;
};

/// What an object is to the order of things.
enum class role : unsigned char {
  free,   ///< nothing it could need comes late: enums, sequences
  early,  ///< raw, as early as what it needs
  late,   ///< raw, as late as what needs it
  table,  ///< a table of the value
  view,   ///< a view of the value
};

/// The stages in which a schema is made: what is raw stands in one of three, tables, indexes and views between them.
class placement_graph {
 public:
  void add(object_key key, role what) {
    if (numbers_.emplace(key, nodes_.size()).second)
      nodes_.push_back({.what = what, .stage = what == role::view ? view_stage : before_tables});
  }

  /// An object that stands for another one: a row type for its table, a rule for its view.
  void alias(object_key key, object_key meant) { aliases_[key] = meant; }

  /// What an index needs is needed later than what its table needs.
  void alias_index(object_key key, object_key table) {
    aliases_[key] = table;
    indexes_.insert(key);
  }

  void needs(object_key user, object_key needed) {
    const int from = find(user);
    const int to = find(needed);
    if (from < 0 || to < 0 || from == to)
      return;
    if (indexes_.contains(user))
      index_needs_.emplace_back(user, static_cast<std::size_t>(to));
    else
      nodes_[static_cast<std::size_t>(from)].needs.push_back(static_cast<std::size_t>(to));
  }

  /// Settles everybody's stage. Tables and views that cannot have their own turn become raw.
  void settle() {
    push_later();
    for (node& n : nodes_) {
      if (n.what == role::late)
        n.latest = after_tables;
      else if (n.what == role::early)
        n.latest = n.stage;
      else
        n.latest = n.what == role::table ? before_tables : before_indexes;
    }
    pull_earlier();
  }

  [[nodiscard]] bool is_raw(object_key key) const {
    const int at = find(key);
    return at >= 0 && (nodes_[static_cast<std::size_t>(at)].what == role::early ||
                       nodes_[static_cast<std::size_t>(at)].what == role::late);
  }

  [[nodiscard]] instar::placement placement_of(object_key key) const {
    const int at = find(key);
    if (at < 0)
      return placement::after_tables;
    const int stage = nodes_[static_cast<std::size_t>(at)].latest;
    return stage <= before_tables    ? placement::before_tables
           : stage <= before_indexes ? placement::before_indexes
                                     : placement::after_tables;
  }

  /// Whether what an index needs is only there after the views.
  [[nodiscard]] bool index_is_late(object_key index) const {
    for (const auto& [key, needed] : index_needs_)
      if (key == index && available_to(nodes_[needed], role::table) > before_indexes)
        return true;
    return false;
  }

  /// The keys of what an object needs, its aliases resolved to themselves.
  [[nodiscard]] const std::vector<std::size_t>& needs_of(object_key key) const {
    static const std::vector<std::size_t> none;
    const int at = find(key);
    return at < 0 ? none : nodes_[static_cast<std::size_t>(at)].needs;
  }

  /// The number of an object among those that were added, or -1.
  [[nodiscard]] int find(object_key key) const {
    for (int hops = 0; hops < 4; ++hops) {
      const auto alias = aliases_.find(key);
      if (alias == aliases_.end())
        break;
      key = alias->second;
    }
    const auto found = numbers_.find(key);
    return found == numbers_.end() ? -1 : static_cast<int>(found->second);
  }

 private:
  static constexpr int before_tables = 0;
  static constexpr int before_indexes = 2;
  static constexpr int view_stage = 4;
  static constexpr int after_tables = 5;

  struct node {
    role what;
    int stage;       // the first that it can stand in
    int latest = 0;  // the last that it may stand in
    std::vector<std::size_t> needs{};
  };

  /// The first raw stage in which something may need that object.
  static int available_to(const node& needed, role user) {
    switch (needed.what) {
    case role::free:
      return before_tables;
    case role::table:
      return before_indexes;
    case role::view:  // views stand in an order of their own
      return user == role::view ? before_indexes : after_tables;
    default:
      return needed.stage;
    }
  }

  void push_later() {
    for (bool changed = true; changed;) {
      changed = false;
      for (node& n : nodes_) {
        int needed = before_tables;
        for (const std::size_t other : n.needs)
          needed = std::max(needed, available_to(nodes_[other], n.what));
        const bool is_raw = n.what == role::early || n.what == role::late;
        if (is_raw ? needed > n.stage
                   : (n.what == role::table && needed > before_tables) ||
                         (n.what == role::view && needed > before_indexes)) {
          n.stage = needed;
          if (!is_raw)
            n.what = role::early;
          changed = true;
        }
      }
    }
  }

  void pull_earlier() {
    for (const auto& [key, needed] : index_needs_)
      nodes_[needed].latest = std::min(nodes_[needed].latest, static_cast<int>(before_indexes));
    for (bool changed = true; changed;) {
      changed = false;
      for (const node& n : nodes_)
        for (const std::size_t other : n.needs)
          if (nodes_[other].what == role::late && nodes_[other].latest > n.latest) {
            nodes_[other].latest = n.latest;
            changed = true;
          }
    }
    for (node& n : nodes_)
      n.latest = std::max(n.latest, n.what == role::late || n.what == role::early ? n.stage : n.latest);
  }

  std::vector<node> nodes_;
  std::unordered_map<object_key, std::size_t> numbers_;
  std::unordered_map<object_key, object_key> aliases_;
  std::unordered_set<object_key> indexes_;
  std::vector<std::pair<object_key, std::size_t>> index_needs_;
};

/// The words of a function's body: names that it may use.
[[nodiscard]] inline std::unordered_set<std::string> words_of(std::string_view body) {
  std::unordered_set<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty())
      words.insert(std::move(word));
    word.clear();
  };
  for (const char c : body) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                        c == '$' || static_cast<unsigned char>(c) >= 0x80;
    if (letter)
      word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    else
      end_word();
  }
  end_word();
  return words;
}

/// Items in an order in which each stands behind what it needs, and otherwise by their places. In a circle the one of
/// the first place goes first.
/// \param hard, soft what each needs; soft needs give way where both cannot be
[[nodiscard]] inline std::vector<std::size_t> sorted_by_need(const std::vector<std::vector<std::size_t>>& hard,
                                                             const std::vector<std::vector<std::size_t>>& soft) {
  const std::size_t count = hard.size();
  std::vector<std::size_t> waits_hard(count, 0);
  std::vector<std::size_t> waits_soft(count, 0);
  std::vector<std::vector<std::size_t>> hard_users(count);
  std::vector<std::vector<std::size_t>> soft_users(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (const std::size_t needed : hard[i]) {
      ++waits_hard[i];
      hard_users[needed].push_back(i);
    }
    for (const std::size_t needed : soft[i]) {
      ++waits_soft[i];
      soft_users[needed].push_back(i);
    }
  }
  const auto state = [&](std::size_t i) { return waits_hard[i] > 0 ? 2 : waits_soft[i] > 0 ? 1 : 0; };
  std::set<std::pair<int, std::size_t>> waiting;
  for (std::size_t i = 0; i < count; ++i)
    waiting.emplace(state(i), i);
  std::vector<std::size_t> order;
  std::vector<char> done(count, 0);
  while (!waiting.empty()) {
    const std::size_t next = waiting.begin()->second;
    waiting.erase(waiting.begin());
    order.push_back(next);
    done[next] = 1;
    const auto release = [&](const std::vector<std::size_t>& users, std::vector<std::size_t>& waits) {
      for (const std::size_t user : users) {
        if (done[user])
          continue;
        waiting.erase({state(user), user});
        --waits[user];
        waiting.emplace(state(user), user);
      }
    };
    release(hard_users[next], waits_hard);
    release(soft_users[next], waits_soft);
  }
  return order;
}

}  // namespace instar::detail::pg
