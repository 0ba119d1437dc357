#pragma once

#include "instar/diff/step.hpp"
#include "instar/schema/growing_array.hpp"

/// \file Tables that the value does not model (partitioned ones, partitions, children): their CREATE TABLE taken apart,
/// so that a change of one is an ALTER and not a new table without its rows.

namespace instar::detail {

/// Walks over SQL text one token after the other: a name or word, a quoted text, a parenthesis with all that is in it,
/// or one other character.
struct sql_walk {
  std::string_view text;
  std::size_t at = 0;

  static constexpr bool blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  static constexpr bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
  }

  /// The next token, or an empty text at the end.
  constexpr std::string_view next() {
    while (at < text.size() && blank(text[at]))
      ++at;
    const std::size_t start = at;
    if (at == text.size())
      return {};
    if (text[at] == '"' || text[at] == '\'')
      skip_quoted();
    else if (text[at] == '(')
      skip_parentheses();
    else if (letter(text[at]))
      while (at < text.size() && letter(text[at]))
        ++at;
    else
      ++at;
    return text.substr(start, at - start);
  }

  /// Moves behind a quoted text; a quote within it is written twice.
  constexpr void skip_quoted() {
    const char quote = text[at++];
    while (at < text.size()) {
      if (text[at++] != quote)
        continue;
      if (at == text.size() || text[at] != quote)
        return;
      ++at;
    }
  }

  constexpr void skip_parentheses() {
    int depth = 0;
    while (at < text.size()) {
      const char c = text[at];
      if (c == '"' || c == '\'') {
        skip_quoted();
        continue;
      }
      ++at;
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0)
        return;
    }
  }
};

constexpr std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && sql_walk::blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && sql_walk::blank(text.back()))
    text.remove_suffix(1);
  return text;
}

/// Whether a token is that keyword. \param word in capitals
constexpr bool is_word(std::string_view token, std::string_view word) {
  if (token.size() != word.size())
    return false;
  for (std::size_t i = 0; i < token.size(); ++i)
    if (token[i] != word[i] && !(token[i] >= 'a' && token[i] <= 'z' && token[i] - 'a' + 'A' == word[i]))
      return false;
  return true;
}

/// A column as CREATE TABLE says it.
struct raw_column {
  std::string_view name{};       ///< As it is written, quotes and all.
  std::string_view type{};       ///< With its collation.
  std::string_view generated{};  ///< From GENERATED on, of a column that is computed.
  std::string_view identity{};   ///< From GENERATED on, of one that counts.
  std::string_view initial{};
  bool not_null = false;
  bool plain = true;  ///< Whether nothing else is said of it.
};

constexpr raw_column read_raw_column(std::string_view text) {
  raw_column c;
  sql_walk walk{text};
  c.name = walk.next();
  enum class part { type, generated, initial, other };
  part now = part::type;
  std::size_t start = walk.at;
  std::string_view previous;
  const auto end_part = [&](std::size_t end) {
    const std::string_view said = without_blanks(text.substr(start, end - start));
    if (now == part::type)
      c.type = said;
    else if (now == part::initial)
      c.initial = said;
    else if (now == part::generated) {
      bool counts = false;
      for (sql_walk inner{said}; inner.at < said.size();)
        counts |= is_word(inner.next(), "IDENTITY");
      (counts ? c.identity : c.generated) = said;
    }
  };
  for (std::string_view token = walk.next(); !token.empty(); token = walk.next()) {
    const std::size_t begin = walk.at - token.size();
    const bool by_default = is_word(previous, "BY");
    const bool not_null = is_word(previous, "NOT") && is_word(token, "NULL");
    if (not_null) {
      c.not_null = true;
      now = part::other;
    } else if (is_word(token, "GENERATED")) {
      end_part(begin);
      now = part::generated;
      start = begin;
    } else if (is_word(token, "DEFAULT") && !by_default) {
      end_part(begin);
      now = part::initial;
      start = walk.at;
    } else if (is_word(token, "NOT")) {
      end_part(begin);
      now = part::other;
    } else if (is_word(token, "CONSTRAINT") || is_word(token, "PRIMARY") || is_word(token, "UNIQUE") ||
               is_word(token, "CHECK") || is_word(token, "REFERENCES") || is_word(token, "STORAGE") ||
               is_word(token, "COMPRESSION") || (now == part::other && !is_word(token, "NOT"))) {
      if (now != part::other)
        end_part(begin);
      now = part::other;
      c.plain = false;
    }
    previous = token;
  }
  if (now != part::other)
    end_part(text.size());
  return c;
}

/// A column or constraint of a raw table.
struct raw_item {
  std::string_view text{};
  std::string_view name{};        ///< As it is written; of a constraint without a name empty.
  std::string_view definition{};  ///< What follows the name.
  bool constraint = false;
};

struct raw_table_text {
  std::string_view name{};  ///< As it is written.
  growing_array<raw_item> items{};
  std::string_view tail{};  ///< What follows the parenthesis.
  bool read = false;        ///< Whether it is a CREATE TABLE with a list of columns.
};

constexpr raw_item read_raw_item(std::string_view text) {
  raw_item item{.text = without_blanks(text)};
  sql_walk walk{item.text};
  const std::string_view first = walk.next();
  const auto is_any = [&](auto... words) { return (is_word(first, words) || ...); };
  item.constraint = is_any("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE", "LIKE");
  if (is_word(first, "CONSTRAINT"))
    item.name = walk.next();
  else if (!item.constraint)
    item.name = first;
  item.definition = without_blanks(item.text.substr(item.constraint && item.name.empty() ? 0 : walk.at));
  return item;
}

/// Takes a CREATE [FOREIGN] TABLE apart.
constexpr raw_table_text read_raw_table(std::string_view create) {
  raw_table_text t;
  sql_walk walk{create};
  std::string_view token = walk.next();
  if (!is_word(token, "CREATE"))
    return t;
  while (!token.empty() && !is_word(token, "TABLE"))
    token = walk.next();
  std::size_t start = walk.at;
  std::string_view list;
  for (token = walk.next(); !token.empty(); token = walk.next()) {
    if (is_word(token, "IF") || is_word(token, "NOT") || is_word(token, "EXISTS"))
      start = walk.at;
    if (token.front() == '(') {
      t.name = without_blanks(create.substr(start, walk.at - token.size() - start));
      list = token;
      break;
    }
  }
  if (list.size() < 2)
    return t;
  t.tail = without_blanks(create.substr(walk.at));
  list = list.substr(1, list.size() - 2);
  sql_walk items{list};
  std::size_t begin = 0;
  for (token = items.next(); !token.empty(); token = items.next())
    if (token == ",") {
      t.items.push_back(read_raw_item(list.substr(begin, items.at - 1 - begin)));
      begin = items.at;
    }
  if (!without_blanks(list.substr(begin)).empty())
    t.items.push_back(read_raw_item(list.substr(begin)));
  t.read = true;
  for (const raw_item& item : t.items)
    t.read = t.read && !(item.constraint && item.name.empty());
  return t;
}

constexpr const raw_item* find_item(const raw_table_text& t, bool constraint, std::string_view name) {
  for (const raw_item& item : t.items)
    if (item.constraint == constraint && same_text(item.name, name))
      return &item;
  return nullptr;
}

/// A name as it is written, taken apart and rid of its quotes.
struct relation_name {
  std::string_view schema{};
  std::string_view name{};
};

constexpr relation_name read_relation_name(std::string_view written) {
  const auto bare = [](std::string_view word) {
    return word.size() >= 2 && word.front() == '"' ? word.substr(1, word.size() - 2) : word;
  };
  sql_walk walk{written};
  const std::string_view first = walk.next();
  if (walk.next() != ".")
    return {.name = bare(first)};
  return {.schema = bare(first), .name = bare(walk.next())};
}

constexpr bool same_relation(const relation_name& a, const relation_name& b) {
  return same_text(a.name, b.name) && same_text(a.schema, b.schema);
}

/// A table of either kind that is made anew, and what of it can be copied.
struct aside_table {
  const table* modelled = nullptr;
  raw_table_text raw{};

  constexpr aside_table(const table* t, const raw_object* o) : modelled(t) {
    if (t == nullptr)
      raw = read_raw_table(o->create);
  }

  constexpr std::string_view bare_name() const {
    return modelled != nullptr ? modelled->name : read_relation_name(raw.name).name;
  }
  constexpr std::size_t size() const { return modelled != nullptr ? modelled->columns.size() : raw.items.size(); }
  /// The bare name of a column whose values are its own, or nothing.
  constexpr std::string_view name(std::size_t i) const {
    if (modelled != nullptr)
      return modelled->columns[i].generated == generated_kind::none ? modelled->columns[i].name : std::string_view{};
    const raw_item& item = raw.items[i];
    return item.constraint || !read_raw_column(item.text).generated.empty() ? std::string_view{}
                                                                            : read_relation_name(item.name).name;
  }
  /// Whether a column counts by itself.
  constexpr bool counts(std::size_t i) const {
    return modelled != nullptr ? modelled->columns[i].identity != identity_kind::none
                               : !raw.items[i].constraint && !read_raw_column(raw.items[i].text).identity.empty();
  }
  constexpr bool has(std::string_view column) const {
    for (std::size_t i = 0; i < size(); ++i)
      if (!column.empty() && same_text(name(i), column))
        return true;
    return false;
  }
};

/// Whether ALTER TABLE leads from one text to the other.
constexpr bool can_alter(const raw_table_text& then, const raw_table_text& now) {
  if (!then.read || !now.read || !same_text(then.name, now.name) || !same_text(then.tail, now.tail))
    return false;
  for (const raw_item& item : now.items) {
    const raw_item* was = find_item(then, item.constraint, item.name);
    if (item.constraint || was == nullptr || same_text(was->definition, item.definition))
      continue;
    if (!read_raw_column(was->text).plain || !read_raw_column(item.text).plain)
      return false;
  }
  return true;
}

/// The two tables of ALTER TABLE … ATTACH PARTITION, as they are written.
struct partition_names {
  std::string_view parent{};
  std::string_view child{};
};

constexpr partition_names read_partition_bound(std::string_view statement) {
  partition_names names;
  sql_walk walk{statement};
  std::size_t start = 0;
  for (std::string_view token = walk.next(); !token.empty(); token = walk.next()) {
    if (is_word(token, "TABLE") || is_word(token, "ONLY")) {
      start = walk.at;
    } else if (is_word(token, "ATTACH")) {
      names.parent = without_blanks(statement.substr(start, walk.at - token.size() - start));
    } else if (is_word(token, "PARTITION")) {
      start = walk.at;
    } else if (!names.parent.empty() && (is_word(token, "FOR") || is_word(token, "DEFAULT"))) {
      names.child = without_blanks(statement.substr(start, walk.at - token.size() - start));
      break;
    }
  }
  return names;
}

/// What is known of a table's way when its parts are compared: of a partition, what its parent's changes do to it.
struct raw_table_change {
  const raw_object* before;
  const raw_object* after;
  raw_table_text then;
  raw_table_text now;
  int parent = -1;  ///< Position of the parent among the changes, when it is one and stays one.
};

/// The steps that alter raw tables. What is said of a parent reaches its partitions by itself; keys are made on the
/// partitions first, so that the parent's takes them in as they are named.
constexpr void alter_raw_tables(growing_array<step>& steps, const growing_array<raw_table_change>& changes) {
  const auto position = [](const raw_table_text& t, const raw_item* item) {
    return item == nullptr ? -1 : static_cast<int>(item - t.items.data());
  };
  growing_array<step> made;
  growing_array<std::size_t> changed;  // by which of the changes
  const auto add = [&](const raw_table_change& c, raw_change what, const raw_item* from, const raw_item* to) {
    changed.push_back(static_cast<std::size_t>(&c - changes.data()));
    made.push_back(step{.kind = step_kind::alter_raw_object,
                        .from = position(c.then, from),
                        .to = position(c.now, to),
                        .old_raw = c.before,
                        .raw = c.after,
                        .change = what});
  };
  const auto is_key = [](const raw_item& item) {
    sql_walk walk{item.definition};
    const std::string_view word = walk.next();
    return is_word(word, "PRIMARY") || is_word(word, "UNIQUE");
  };
  const auto dropped = [](const raw_table_change& c, const raw_item& item) {
    const raw_item* now = find_item(c.now, item.constraint, item.name);
    return now == nullptr || (item.constraint && !same_text(now->definition, item.definition));
  };
  const auto added = [](const raw_table_change& c, const raw_item& item) {
    const raw_item* then = find_item(c.then, item.constraint, item.name);
    return then == nullptr || (item.constraint && !same_text(then->definition, item.definition));
  };
  // Whether the parent drops (or adds) a constraint that says the same: a check by its name, a key by its columns.
  const auto goes_with_parent = [&](const raw_table_change& c, const raw_item& item) {
    if (c.parent < 0)
      return false;
    const raw_table_change& p = changes[static_cast<std::size_t>(c.parent)];
    for (const raw_item& theirs : p.then.items)
      if (theirs.constraint && same_text(theirs.definition, item.definition) &&
          (is_key(item) || same_text(theirs.name, item.name)) && dropped(p, theirs))
        return true;
    return false;
  };
  const auto comes_with_parent = [&](const raw_table_change& c, const raw_item& item) {
    if (c.parent < 0 || is_key(item))
      return false;
    const raw_table_change& p = changes[static_cast<std::size_t>(c.parent)];
    const raw_item* theirs = find_item(p.now, true, item.name);
    return theirs != nullptr && same_text(theirs->definition, item.definition) && added(p, *theirs);
  };
  for (const raw_table_change& c : changes) {
    const raw_table_change* parent = c.parent < 0 ? nullptr : &changes[static_cast<std::size_t>(c.parent)];
    for (const raw_item& item : c.then.items)
      if (item.constraint && dropped(c, item) && !goes_with_parent(c, item))
        add(c, raw_change::drop_constraint, &item, nullptr);
    for (const raw_item& item : c.then.items)
      if (!item.constraint && dropped(c, item) && parent == nullptr)
        add(c, raw_change::drop_column, &item, nullptr);
    for (const raw_item& item : c.now.items) {
      if (item.constraint) {
        const bool lost = !added(c, item) && goes_with_parent(c, item);
        if (lost || (added(c, item) && !comes_with_parent(c, item)))
          add(c, raw_change::add_constraint, nullptr, &item);
        continue;
      }
      const raw_item* was = find_item(c.then, false, item.name);
      if (was == nullptr && parent == nullptr) {
        add(c, raw_change::add_column, nullptr, &item);
        continue;
      }
      const raw_column now = read_raw_column(item.text);
      raw_column then = was != nullptr ? read_raw_column(was->text) : raw_column{};
      if (parent != nullptr) {
        // What the parent's own steps make of it.
        const raw_item* theirs = find_item(parent->then, false, item.name);
        const raw_item* become = find_item(parent->now, false, item.name);
        if (become != nullptr) {
          const raw_column old_parent = theirs != nullptr ? read_raw_column(theirs->text) : raw_column{};
          const raw_column new_parent = read_raw_column(become->text);
          if (theirs == nullptr || was == nullptr)
            then = new_parent;
          if (!same_text(old_parent.type, new_parent.type))
            then.type = new_parent.type;
          if (!same_text(old_parent.initial, new_parent.initial))
            then.initial = new_parent.initial;
          if (old_parent.not_null != new_parent.not_null)
            then.not_null = new_parent.not_null;
          then.generated = new_parent.generated;
          then.identity = now.identity;
        }
      }
      if (!same_text(then.generated, now.generated) ||
          (!now.generated.empty() && (!same_text(then.type, now.type) || then.not_null != now.not_null))) {
        if (parent != nullptr)
          continue;
        add(c, raw_change::drop_column, was, nullptr);
        add(c, raw_change::add_column, nullptr, &item);
        continue;
      }
      const bool type = !same_text(then.type, now.type);
      if (!then.initial.empty() && (type || (now.initial.empty() && !same_text(then.initial, now.initial))))
        add(c, raw_change::drop_default, was, &item);
      if (!then.identity.empty() && now.identity.empty())
        add(c, raw_change::drop_identity, was, &item);
      if (type)
        add(c, raw_change::alter_type, was, &item);
      if (!now.initial.empty() && (type || !same_text(then.initial, now.initial)))
        add(c, raw_change::set_default, was, &item);
      if (!then.not_null && now.not_null)
        add(c, raw_change::set_not_null, was, &item);
      else if (then.not_null && !now.not_null)
        add(c, raw_change::drop_not_null, was, &item);
      if (!now.identity.empty() && !same_text(then.identity, now.identity))
        add(c, then.identity.empty() ? raw_change::add_identity : raw_change::set_identity, was, &item);
    }
  }
  // Parents go before their partitions, but for constraints that are added.
  int deepest = 0;
  growing_array<int> depths;
  for (std::size_t at : changed) {
    depths.push_back(0);
    for (int up = changes[at].parent; up >= 0; up = changes[static_cast<std::size_t>(up)].parent)
      ++depths.back();
    deepest = depths.back() > deepest ? depths.back() : deepest;
  }
  for (int what = static_cast<int>(raw_change::drop_constraint); what <= static_cast<int>(raw_change::add_constraint);
       ++what)
    for (int level = 0; level <= deepest; ++level)
      for (std::size_t i = 0; i < made.size(); ++i)
        if (static_cast<int>(made[i].change) == what &&
            depths[i] == (made[i].change == raw_change::add_constraint ? deepest - level : level))
          steps.push_back(made[i]);
}

}  // namespace instar::detail
