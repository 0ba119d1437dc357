#pragma once

#include "instar/schema/schema.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

/// \file A schema as text, the form in which a snapshot keeps it: one reader for the compiler and for the migrator.
///
///     {name=users columns=[{name=id type={kind=bigint} primary_key} {name=note comment="what it's for"}]}
///
/// A member at its default is left out, a bool that is true is its name alone. A text stands bare where it is a plain
/// word, else between `"`, `'` or `$tag$`, whichever does not occur in it. So nothing is ever escaped, and what is read
/// can look into the text itself. A real is its bits as an integer.

namespace instar::detail {

// The members of the schema structs by name, once for the writer and the reader. Each function decomposes its struct
// into as many names as it has: a member that is added to the schema and forgotten here does not compile. Not visited
// is what is said of the way to a schema alone: a snapshot is what came out.

template <class Visit>
constexpr void visit_members(enum_value& object, Visit& visit) {
  auto& [label, renamed_from] = object;
  visit("label", label);
  visit("renamed_from", renamed_from);
}

template <class Visit>
constexpr void visit_members(enumeration& object, Visit& visit) {
  auto& [schema, name, values, comment, renamed_from] = object;
  visit("schema", schema);
  visit("name", name);
  visit("values", values);
  visit("comment", comment);
  visit("renamed_from", renamed_from);
}

template <class Visit>
constexpr void visit_members(column_type& object, Visit& visit) {
  auto& [kind, length, scale, dimensions, custom, values] = object;
  visit("kind", kind);
  visit("length", length);
  visit("scale", scale);
  visit("dimensions", dimensions);
  visit("custom", custom);
  visit("enum", values);
}

template <class Visit>
constexpr void visit_members(column_default& object, Visit& visit) {
  auto& [kind, integer, real, text] = object;
  visit("kind", kind);
  visit("integer", integer);
  visit("real", real);
  visit("text", text);
}

template <class Visit>
constexpr void visit_members(column& object, Visit& visit) {
  auto& [name, type, nullable, primary_key, unique, updated_at, identity, initial, generated, generated_as, collation,
         comment, renamed_from, convert_using, backfill, implied_not_null] = object;
  visit("name", name);
  visit("type", type);
  visit("nullable", nullable);
  visit("primary_key", primary_key);
  visit("unique", unique);
  visit("updated_at", updated_at);
  visit("identity", identity);
  visit("default", initial);
  visit("generated", generated);
  visit("generated_as", generated_as);
  visit("collation", collation);
  visit("comment", comment);
  visit("renamed_from", renamed_from);
  visit("implied_not_null", implied_not_null);
}

template <class Visit>
constexpr void visit_members(key& object, Visit& visit) {
  auto& [name, columns, nulls_not_distinct, deferral, in_table, renamed_from] = object;
  visit("name", name);
  visit("columns", columns);
  visit("nulls_not_distinct", nulls_not_distinct);
  visit("deferral", deferral);
  visit("in_table", in_table);
}

template <class Visit>
constexpr void visit_members(foreign_key& object, Visit& visit) {
  auto& [name, columns, target_schema, target_table, target_columns, on_delete, on_update, deferral, renamed_from] =
      object;
  visit("name", name);
  visit("columns", columns);
  visit("target_schema", target_schema);
  visit("target_table", target_table);
  visit("target_columns", target_columns);
  visit("on_delete", on_delete);
  visit("on_update", on_update);
  visit("deferral", deferral);
}

template <class Visit>
constexpr void visit_members(check& object, Visit& visit) {
  auto& [name, expression, renamed_from] = object;
  visit("name", name);
  visit("expression", expression);
}

template <class Visit>
constexpr void visit_members(index_part& object, Visit& visit) {
  auto& [text, expression, descending, nulls, collation, operator_class, with_operator] = object;
  visit("text", text);
  visit("expression", expression);
  visit("descending", descending);
  visit("nulls", nulls);
  visit("collation", collation);
  visit("operator_class", operator_class);
  visit("with_operator", with_operator);
}

template <class Visit>
constexpr void visit_members(index& object, Visit& visit) {
  auto& [name, parts, unique, nulls_not_distinct, method, where, include, renamed_from] = object;
  visit("name", name);
  visit("parts", parts);
  visit("unique", unique);
  visit("nulls_not_distinct", nulls_not_distinct);
  visit("method", method);
  visit("where", where);
  visit("include", include);
}

template <class Visit>
constexpr void visit_members(exclusion& object, Visit& visit) {
  auto& [name, parts, method, where, deferral, renamed_from] = object;
  visit("name", name);
  visit("parts", parts);
  visit("method", method);
  visit("where", where);
  visit("deferral", deferral);
}

/// All but the content hash, which stands beside the text.
template <class Visit>
constexpr void visit_members(table& object, Visit& visit) {
  auto& [schema, name, columns, primary_key, uniques, foreign_keys, checks, exclusions, indexes, comment, renamed_from,
         options, content_hash] = object;
  visit("schema", schema);
  visit("name", name);
  visit("columns", columns);
  visit("primary_key", primary_key);
  visit("uniques", uniques);
  visit("foreign_keys", foreign_keys);
  visit("checks", checks);
  visit("exclusions", exclusions);
  visit("indexes", indexes);
  visit("comment", comment);
  visit("renamed_from", renamed_from);
  visit("options", options);
}

template <class Visit>
constexpr void visit_members(extension_object& object, Visit& visit) {
  auto& [name, schema, version] = object;
  visit("name", name);
  visit("schema", schema);
  visit("version", version);
}

template <class Visit>
constexpr void visit_members(view_object& object, Visit& visit) {
  auto& [schema, name, query, materialized, indexes, comment] = object;
  visit("schema", schema);
  visit("name", name);
  visit("query", query);
  visit("materialized", materialized);
  visit("indexes", indexes);
  visit("comment", comment);
}

template <class Visit>
constexpr void visit_members(sequence_object& object, Visit& visit) {
  auto& [schema, name, type, start, increment, cache, cycle] = object;
  visit("schema", schema);
  visit("name", name);
  visit("type", type);
  visit("start", start);
  visit("increment", increment);
  visit("cache", cache);
  visit("cycle", cycle);
}

template <class Visit>
constexpr void visit_members(raw_object& object, Visit& visit) {
  auto& [kind, name, create, drop, placement] = object;
  visit("kind", kind);
  visit("name", name);
  visit("create", create);
  visit("drop", drop);
  visit("placement", placement);
}

/// The objects beside tables and enums, which are read one by one.
template <class Visit>
constexpr void visit_members(schema_view& object, Visit& visit) {
  auto& [tables, enumerations, extensions, sequences, views, raw_objects] = object;
  visit("extensions", extensions);
  visit("sequences", sequences);
  visit("views", views);
  visit("raw_objects", raw_objects);
}

// The names of the enumerators, in their order.

inline constexpr const char* type_kind_names[] = {
    "custom",   "boolean",   "smallint",   "integer", "bigint", "real", "double_precision", "numeric",   "text",
    "varchar",  "character", "citext",     "bytea",   "date",   "time", "timetz",           "timestamp", "timestamptz",
    "interval", "uuid",      "json",       "jsonb",   "inet",   "cidr", "macaddr",          "xml",       "bit",
    "varbit",   "tsvector",  "enumeration"};
inline constexpr const char* default_kind_names[] = {"none", "boolean", "integer", "real", "text", "expression", "now"};
inline constexpr const char* identity_kind_names[] = {"none", "always", "by_default"};
inline constexpr const char* generated_kind_names[] = {"none", "stored", "virtual_column"};
inline constexpr const char* deferral_names[] = {"not_deferrable", "initially_immediate", "initially_deferred"};
inline constexpr const char* referential_action_names[] = {"no_action", "restrict_action", "cascade", "set_null",
                                                           "set_default"};
inline constexpr const char* null_order_names[] = {"standard", "first", "last"};
inline constexpr const char* placement_names[] = {"before_tables", "before_indexes", "after_tables"};

// An enumerator that is added and forgotten above does not compile, unless it is the last.
static_assert(std::size(type_kind_names) == static_cast<std::size_t>(type_kind::enumeration) + 1);
static_assert(std::size(default_kind_names) == static_cast<std::size_t>(default_kind::now) + 1);
static_assert(std::size(identity_kind_names) == static_cast<std::size_t>(identity_kind::by_default) + 1);
static_assert(std::size(generated_kind_names) == static_cast<std::size_t>(generated_kind::virtual_column) + 1);
static_assert(std::size(deferral_names) == static_cast<std::size_t>(deferral::initially_deferred) + 1);
static_assert(std::size(referential_action_names) == static_cast<std::size_t>(referential_action::set_default) + 1);
static_assert(std::size(null_order_names) == static_cast<std::size_t>(null_order::last) + 1);
static_assert(std::size(placement_names) == static_cast<std::size_t>(placement::after_tables) + 1);

constexpr std::span<const char* const> enumerator_names(type_kind) noexcept {
  return type_kind_names;
}
constexpr std::span<const char* const> enumerator_names(default_kind) noexcept {
  return default_kind_names;
}
constexpr std::span<const char* const> enumerator_names(identity_kind) noexcept {
  return identity_kind_names;
}
constexpr std::span<const char* const> enumerator_names(generated_kind) noexcept {
  return generated_kind_names;
}
constexpr std::span<const char* const> enumerator_names(deferral) noexcept {
  return deferral_names;
}
constexpr std::span<const char* const> enumerator_names(referential_action) noexcept {
  return referential_action_names;
}
constexpr std::span<const char* const> enumerator_names(null_order) noexcept {
  return null_order_names;
}
constexpr std::span<const char* const> enumerator_names(placement) noexcept {
  return placement_names;
}

/// Whether a text may stand without quotes.
constexpr bool is_bare(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == ':' || c == '-' || c == '+';
}

/// The same as a table: a reader asks of every character, and a constant evaluation pays for a call.
inline constexpr struct bare_characters {
  bool of[256]{};
  constexpr bare_characters() {
    for (int c = 0; c < 256; ++c)
      of[c] = is_bare(static_cast<char>(c));
  }
} bare_characters;

/// Where a character next occurs, or `end`. By one builtin where the compiler evaluates it: texts may be long.
constexpr const char* find_char(const char* from, const char* end, char wanted) noexcept {
#if defined(__clang__)
  const char* const found = __builtin_char_memchr(from, wanted, static_cast<std::size_t>(end - from));
  return found == nullptr ? end : found;
#else
  while (from != end && *from != wanted)
    ++from;
  return from;
#endif
}

/// Reads objects of the schema out of their text.
///
/// \tparam Store keeps what is read: `store.text(std::string_view)`, `store.template array<Element>(next)` calls
///         `next(element)` until it gives false, `store.find_enumeration(schema, name)`, and
///         `store.fail(const char* why, std::size_t offset)`, which does not return.
template <class Store>
class schema_text_reader {
 public:
  constexpr schema_text_reader(Store& store, std::string_view text)
      : store_(store), begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  /// The one object that the text holds.
  template <class Object>
  constexpr Object run() {
    Object object{};
    read(object);
    skip_blank();
    if (at_ != end_)
      fail("nothing is expected after the object");
    return object;
  }

 private:
  constexpr void fail(const char* why) { store_.fail(why, static_cast<std::size_t>(at_ - begin_)); }

  constexpr void skip_blank() {
    for (; at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r'); ++at_)
      ;
  }

  constexpr bool take(char symbol) {
    skip_blank();
    if (at_ == end_ || *at_ != symbol)
      return false;
    ++at_;
    return true;
  }

  constexpr void expect(char symbol, const char* otherwise) {
    if (!take(symbol))
      fail(otherwise);
  }

  /// A word without quotes.
  constexpr std::string_view word(const char* otherwise) {
    skip_blank();
    const char* const first = at_;
    for (; at_ != end_ && bare_characters.of[static_cast<unsigned char>(*at_)]; ++at_)
      ;
    if (at_ == first)
      fail(otherwise);
    return {first, static_cast<std::size_t>(at_ - first)};
  }

  /// What stands up to the closing quote, which may be `$tag$`.
  constexpr std::string_view quoted(std::string_view quote) {
    const char* const first = at_;
    for (;;) {
      at_ = find_char(at_, end_, quote[0]);
      const std::string_view rest{at_, static_cast<std::size_t>(end_ - at_)};
      if (rest.size() < quote.size()) {
        at_ = first;
        fail("a text has no end");
      }
      if (same_text(rest.substr(0, quote.size()), quote)) {
        const std::string_view text{first, static_cast<std::size_t>(at_ - first)};
        at_ += quote.size();
        return text;
      }
      ++at_;
    }
  }

  constexpr void read(std::string_view& text) {
    skip_blank();
    if (at_ == end_ || is_bare(*at_)) {
      text = store_.text(word("a text is expected"));
      return;
    }
    const char* const opening = at_;
    if (*at_ != '"' && *at_ != '\'' && *at_ != '$')
      fail("a text is expected");
    const char first = *at_++;
    if (first == '$') {
      at_ = find_char(at_, end_, '$');
      if (at_ == end_)
        fail("a text has no end");
      ++at_;
    }
    text = store_.text(quoted({opening, static_cast<std::size_t>(at_ - opening)}));
  }

  template <class Integer>
  requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>) constexpr void read(Integer& number) {
    const std::string_view digits = word("a number is expected");
    const bool minus = digits[0] == '-';
    std::uint64_t value = 0;
    const std::uint64_t most =
        static_cast<std::uint64_t>(std::numeric_limits<Integer>::max()) + static_cast<std::uint64_t>(minus);
    bool good = digits.size() > static_cast<std::size_t>(minus) && !(minus && std::is_unsigned_v<Integer>);
    for (const char c : digits.substr(minus ? 1 : 0)) {
      const auto digit = static_cast<std::uint64_t>(c - '0');
      good = good && c >= '0' && c <= '9' && value <= (most - digit) / 10;
      if (!good)
        fail("a number is expected");
      value = value * 10 + digit;
    }
    if (!good)
      fail("a number is expected");
    number = static_cast<Integer>(minus ? 0 - value : value);
  }

  constexpr void read(double& real) {
    std::uint64_t bits = 0;
    read(bits);
    real = std::bit_cast<double>(bits);
  }

  template <class Enumeration>
  requires std::is_enum_v<Enumeration>
  constexpr void read(Enumeration& value) {
    const std::string_view wanted = word("a word is expected");
    const std::span<const char* const> names = enumerator_names(value);
    for (std::size_t i = 0; i < names.size(); ++i)
      if (same_text(counted_text{names[i]}.text, wanted)) {
        value = static_cast<Enumeration>(i);
        return;
      }
    fail("a word stands here that means nothing; a newer instar may have written it");
  }

  constexpr void read(const enumeration*& values) {
    enumeration named{};
    read(named);
    values = store_.find_enumeration(named.schema, named.name);
    if (values == nullptr)
      fail("an enum is used that is not kept");
  }

  template <class Element>
  constexpr void read(std::span<const Element>& elements) {
    expect('[', "a list is expected");
    elements = store_.template array<Element>([this](Element& element) {
      if (take(']'))
        return false;
      if (at_ == end_)
        fail("a list has no end");
      read(element);
      return true;
    });
  }

  template <class Object>
  requires std::is_class_v<Object>
  constexpr void read(Object& object) {
    expect('{', "an object is expected");
    while (!take('}')) {
      const std::string_view name = word("a member is expected");
      bool known = false;
      const auto set = [&](const char* member, auto& value) {
        if (known || name[0] != *member || !same_text(name, counted_text{member}.text))
          return;
        known = true;
        if constexpr (std::is_same_v<decltype(value), bool&>) {
          value = true;
        } else {
          expect('=', "a value is expected");
          read(value);
        }
      };
      visit_members(object, set);
      if (!known)
        fail("a member stands here that means nothing; a newer instar may have written it");
    }
  }

  Store& store_;
  const char* begin_;
  const char* at_;
  const char* end_;
};

}  // namespace instar::detail
