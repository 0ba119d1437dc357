#pragma once

#include "instar/schema/compare.hpp"
#include "instar/schema/growing_array.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// \file How the planner finds things by name: in constant time for each, so that a plan costs what its schemas are
/// long, at run time and within the limits of a compiler.

namespace instar::detail {

/// Positions by their hashes, open addressing. Of equal ones the first is met first.
class hash_slots {
 public:
  constexpr explicit hash_slots(std::size_t expected = 0) {
    std::size_t capacity = 4;
    while (capacity < expected * 2)
      capacity *= 2;
    mask_ = capacity - 1;
    slots_.assign(capacity, -1);
    hashes_.reserve(expected);
  }

  constexpr std::size_t size() const { return size_; }

  /// Gives the next position its hash.
  constexpr void add(std::uint64_t hash) {
    if (size_ * 2 > mask_) {
      mask_ = mask_ * 2 + 1;
      slots_.assign(mask_ + 1, -1);
      for (std::size_t i = 0; i < size_; ++i)
        put(i, hashes_[i]);
    }
    hashes_.push_back(hash);
    put(size_++, hash);
  }

  /// \return the first position of that hash which `is` accepts, or -1
  template <class Is>
  constexpr int find(std::uint64_t hash, const Is& is) const {
    // Pointers, not calls of operators: a compiler counts calls against its limits.
    const int* const slots = slots_.data();
    const std::uint64_t* const hashes = hashes_.data();
    for (std::size_t slot = hash >> 32 & mask_; slots[slot] != -1; slot = (slot + 1) & mask_)
      if (hashes[slots[slot]] == hash && is(static_cast<std::size_t>(slots[slot])))
        return slots[slot];
    return -1;
  }
  constexpr int find(std::uint64_t hash) const {
    return find(hash, [](std::size_t) { return true; });
  }

 private:
  constexpr void put(std::size_t position, std::uint64_t hash) {
    int* const slots = slots_.data();
    std::size_t slot = hash >> 32 & mask_;
    while (slots[slot] != -1)
      slot = (slot + 1) & mask_;
    slots[slot] = static_cast<int>(position);
  }

  growing_array<std::uint64_t> hashes_{};
  growing_array<int> slots_{};
  std::size_t size_ = 0;
  std::size_t mask_ = 0;
};

/// Finds tables, enums and the like of a schema by name.
template <class Object>
class object_finder {
 public:
  constexpr explicit object_finder(std::span<const Object> objects) : objects_(objects), known_(objects.size()) {
    for (const Object& o : objects)
      known_.add(hash_object(o.schema, o.name));
  }

  /// \return its position, or -1
  constexpr int find(std::string_view schema, std::string_view name) const {
    return known_.find(hash_object(schema, name), [&](std::size_t i) {
      return same_text(objects_[i].name, name) && same_text(objects_[i].schema, schema);
    });
  }

  /// \param written "schema.name", or "name" in `schema` or else in the default schema
  constexpr int find_written(std::string_view schema, std::string_view written) const {
    for (std::size_t i = 0; i < written.size(); ++i)
      if (written[i] == '.')
        return find(written.substr(0, i), written.substr(i + 1));
    const int found = find(schema, written);
    return found < 0 && !schema.empty() ? find({}, written) : found;
  }

 private:
  std::span<const Object> objects_;
  hash_slots known_;
};

/// Finds the objects of one schema among those of another, one after the other: behind the one that was found last,
/// where most are, and else by their names.
template <class Object>
class twin_search {
 public:
  constexpr explicit twin_search(std::span<const Object> among) : among_(among), by_name_({}) {}

  /// \return the position of the one of that name and schema, or -1
  constexpr int find(std::string_view schema, std::string_view name) {
    if (among_.empty())
      return -1;
    if (next_ < among_.size() && same_text(among_[next_].name, name) && same_text(among_[next_].schema, schema))
      return static_cast<int>(next_++);
    if (!known_)
      by_name_ = object_finder<Object>(among_);
    known_ = true;
    const int found = by_name_.find(schema, name);
    if (found >= 0)
      next_ = static_cast<std::size_t>(found) + 1;
    return found;
  }

 private:
  std::span<const Object> among_;
  std::size_t next_ = 0;
  object_finder<Object> by_name_;
  bool known_ = false;
};

/// Some enums of one schema, found by the types of its columns.
class enum_finder {
 public:
  constexpr void add(const enumeration& e) {
    enums_.push_back(&e);
    known_.add(hash_object(e.schema, e.name));
  }
  constexpr bool empty() const { return enums_.empty(); }
  constexpr std::size_t size() const { return enums_.size(); }
  /// \return the position of the one that is called so, in the order in which they were added, or -1
  constexpr int find(const enumeration& e) const {
    if (enums_.empty())
      return -1;
    return known_.find(hash_object(e.schema, e.name), [&](std::size_t i) {
      return same_text(enums_[i]->name, e.name) && same_text(enums_[i]->schema, e.schema);
    });
  }
  constexpr int find(const column_type& type) const { return type.values == nullptr ? -1 : find(*type.values); }

 private:
  growing_array<const enumeration*> enums_{};
  hash_slots known_{};
};

struct table_column {
  const table* in;
  const column* of;
};

/// Calls `visit(table, column, enum)` for each column whose type is one of some enums, with the enum's position.
template <class Visit>
constexpr void each_enum_column(std::span<const table> tables, const enum_finder& enums, const Visit& visit) {
  if (enums.empty())
    return;
  for (const table& t : tables)
    for (const column& c : t.columns)
      if (const int of = enums.find(c.type); of >= 0)
        visit(t, c, of);
}

/// The columns whose types are some enums, by the enum.
class enum_columns {
 public:
  constexpr enum_columns(std::span<const table> tables, const enum_finder& enums)
      : enums_(&enums), firsts_(enums.size(), -1), lasts_(enums.size(), -1) {
    each_enum_column(tables, enums, [&](const table& t, const column& c, int of) {
      int& last = lasts_[static_cast<std::size_t>(of)];
      (last < 0 ? firsts_[static_cast<std::size_t>(of)] : uses_[static_cast<std::size_t>(last)].next) =
          static_cast<int>(uses_.size());
      last = static_cast<int>(uses_.size());
      uses_.push_back({{&t, &c}, -1});
    });
  }

  /// Calls `visit(table, column)` for each column of an enum, in their order.
  template <class Visit>
  constexpr void each(const enumeration& e, const Visit& visit) const {
    const int of = enums_->find(e);
    for (int i = of < 0 ? -1 : firsts_[static_cast<std::size_t>(of)]; i >= 0;) {
      const use& found = uses_[static_cast<std::size_t>(i)];
      visit(*found.where.in, *found.where.of);
      i = found.next;
    }
  }

 private:
  struct use {
    table_column where;
    int next;
  };

  const enum_finder* enums_;
  growing_array<int> firsts_;
  growing_array<int> lasts_;
  growing_array<use> uses_{};
};

/// The hash of a word, in capitals or not. No word is 0.
constexpr std::uint64_t hash_letter(std::uint64_t hash, char c) {
  return (hash + static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) + 1) * hash_base;
}
constexpr std::uint64_t hash_word(std::string_view word) {
  std::uint64_t hash = 0;
  for (char c : word)
    hash = hash_letter(hash, c);
  return hash;
}

/// Calls `visit(hash)` for each word of a text.
template <class Visit>
constexpr void each_word(std::string_view text, const Visit& visit) {
  std::uint64_t hash = 0;
  for (char c : text) {
    if (is_word_letter(c)) {
      hash = hash_letter(hash, c);
    } else if (hash != 0) {
      visit(hash);
      hash = 0;
    }
  }
  if (hash != 0)
    visit(hash);
}

/// The word that a name begins with: most names are one, and a text that mentions a name has it.
constexpr std::string_view first_word(std::string_view name) {
  std::size_t size = 0;
  while (size < name.size() && is_word_letter(name[size]))
    ++size;
  return name.substr(0, size);
}

/// Up to how many names are looked for one by one, before words are hashed: that is more than a compiler pays for one
/// name in one text.
inline constexpr std::size_t few_names = 4;

/// Texts that are known, of which names are asked one by one: which texts mention the name. Each text is read once.
class word_index {
 public:
  constexpr void reserve(std::size_t texts) { texts_.reserve(texts); }
  constexpr void add(std::size_t item, std::string_view text) { texts_.push_back({item, text}); }

  /// Calls `found(item)` for each text that mentions a name, in the order in which they were added.
  template <class Found>
  constexpr void each(std::string_view name, const Found& found) {
    const std::string_view word = first_word(name);
    if (word.empty() || asked_ < few_names) {
      ++asked_;
      for (const known_text& t : texts_)
        if (mentions(t.text, name))
          found(t.item);
      return;
    }
    if (!read_)
      read();
    const int at = words_.find(hash_word(word));
    for (int i = at < 0 ? -1 : firsts_[static_cast<std::size_t>(at)]; i >= 0;
         i = places_[static_cast<std::size_t>(i)].next) {
      const known_text& t = texts_[places_[static_cast<std::size_t>(i)].text];
      if (word.size() == name.size() || mentions(t.text, name))
        found(t.item);
    }
  }

  constexpr bool any(std::string_view name) {
    bool found = false;
    each(name, [&](std::size_t) { found = true; });
    return found;
  }

 private:
  struct known_text {
    std::size_t item;
    std::string_view text;
  };
  /// A text that has a word, and where the next one with the word stands.
  struct place {
    std::size_t text;
    int next;
  };

  constexpr void read() {
    read_ = true;
    for (std::size_t t = texts_.size(); t-- > 0;)
      each_word(texts_[t].text, [&](std::uint64_t hash) {
        int at = words_.find(hash);
        if (at < 0) {
          at = static_cast<int>(words_.size());
          words_.add(hash);
          firsts_.push_back(-1);
        }
        int& first = firsts_[static_cast<std::size_t>(at)];
        if (first >= 0 && places_[static_cast<std::size_t>(first)].text == t)
          return;
        places_.push_back({t, first});
        first = static_cast<int>(places_.size()) - 1;
      });
  }

  growing_array<known_text> texts_{};
  std::size_t asked_ = 0;
  bool read_ = false;
  hash_slots words_{};
  growing_array<int> firsts_{};
  growing_array<place> places_{};
};

/// Names that are known, of which texts are asked one by one: whether one is mentioned.
class name_set {
 public:
  constexpr void add(std::string_view name) {
    names_.push_back(name);
    if (first_word(name).size() == name.size())
      words_.add(hash_word(name));
    else
      others_.push_back(name);
  }

  constexpr bool empty() const { return names_.empty(); }
  constexpr const growing_array<std::string_view>& names() const { return names_; }

  constexpr bool any_in(std::string_view text) const {
    if (names_.size() <= few_names)
      return mentions_any(text, names_);
    bool found = mentions_any(text, others_);
    if (!found && words_.size() != 0)
      each_word(text, [&](std::uint64_t hash) { found = found || words_.find(hash) >= 0; });
    return found;
  }

 private:
  growing_array<std::string_view> names_{};
  growing_array<std::string_view> others_{};
  hash_slots words_{};
};

/// Texts, each once.
class text_set {
 public:
  /// \return whether it is new
  constexpr bool add(std::string_view text) {
    if (has(text))
      return false;
    texts_.push_back(text);
    known_.add(hash_text(text));
    return true;
  }
  constexpr bool has(std::string_view text) const {
    return known_.find(hash_text(text), [&](std::size_t i) { return same_text(texts_[i], text); }) >= 0;
  }

 private:
  growing_array<std::string_view> texts_{};
  hash_slots known_{};
};

}  // namespace instar::detail
