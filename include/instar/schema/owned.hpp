#pragma once

#include "instar/schema/schema.hpp"
#include "instar/schema/text.hpp"

#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// \file A schema value that owns what it looks at, for schemas that come into being at run time.

namespace instar {

/// Keeps the texts and arrays of a schema and hands out the same views that a compile-time schema has.
///
/// Build it bottom up: every text through `text`, every finished array through `array`, enumerations before the columns
/// that point at them, and at last `set`.
///
/// \code
///   instar::owned_schema owned;
///   std::vector<instar::column> columns{{.name = owned.text(name)}};
///   std::vector<instar::table> tables{{.name = owned.text("users"), .columns = owned.array(columns)}};
///   owned.set({.tables = owned.array(tables)});
/// \endcode
///
/// Views stay valid as long as the object, or the one it was moved to, lives.
class owned_schema {
 public:
  owned_schema() = default;
  owned_schema(owned_schema&& other) noexcept
      : blocks_(std::move(other.blocks_)), free_(std::exchange(other.free_, {})),
        view_(std::exchange(other.view_, {})) {}
  owned_schema& operator=(owned_schema&& other) noexcept {
    blocks_ = std::move(other.blocks_);
    free_ = std::exchange(other.free_, {});
    view_ = std::exchange(other.view_, {});
    return *this;
  }

  /// A copy of that text.
  [[nodiscard]] std::string_view text(std::string_view original) {
    if (original.empty())
      return {};
    char* const copy = reinterpret_cast<char*>(take(original.size(), 1));
    std::memcpy(copy, original.data(), original.size());
    return {copy, original.size()};
  }

  /// A copy of that array; its elements' own texts and arrays are not copied.
  template <class Element>
  [[nodiscard]] std::span<const Element> array(std::span<const Element> original) {
    static_assert(std::is_trivially_destructible_v<Element> && std::is_trivially_copyable_v<Element>,
                  "a schema consists of plain views");
    if (original.empty())
      return {};
    auto* const copy = reinterpret_cast<Element*>(take(original.size_bytes(), alignof(Element)));
    for (std::size_t i = 0; i != original.size(); ++i)
      ::new (static_cast<void*>(copy + i)) Element(original[i]);
    return {std::launder(copy), original.size()};
  }

  template <class Element>
  [[nodiscard]] std::span<const Element> array(const std::vector<Element>& original) {
    return array(std::span<const Element>{original});
  }

  template <class Element>
  [[nodiscard]] std::span<const Element> array(std::initializer_list<Element> original) {
    return array(std::span<const Element>{original.begin(), original.size()});
  }

  /// Makes this the schema; everything in it must live in this object or longer.
  void set(const schema_view& view) noexcept { view_ = view; }

  [[nodiscard]] const schema_view& view() const noexcept { return view_; }

 private:
  static constexpr std::size_t block_size = 16384;

  std::byte* take(std::size_t bytes, std::size_t alignment) {
    void* at = free_.data();
    std::size_t room = free_.size();
    if (at == nullptr || std::align(alignment, bytes, at, room) == nullptr) {
      const std::size_t size = bytes + alignment > block_size ? bytes + alignment : block_size;
      blocks_.push_back(std::make_unique<std::byte[]>(size));
      at = blocks_.back().get();
      room = size;
      std::align(alignment, bytes, at, room);
    }
    auto* const taken = static_cast<std::byte*>(at);
    free_ = {taken + bytes, room - bytes};
    return taken;
  }

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::span<std::byte> free_{};  // what is left of the last block
  schema_view view_{};
};

namespace detail {

/// Copies a schema value into an owner, part by part. The columns' enumerations become those of the copied schema.
class schema_copier {
 public:
  schema_copier(owned_schema& owner, const schema_view& original) : owner_(owner), original_(original) {}

  void run() {
    schema_view copy;
    copy.enumerations = enumerations_ = each(original_.enumerations, [this](enumeration& e) { copy_parts(e); });
    copy.tables = each(original_.tables, [this](table& t) { copy_parts(t); });
    copy.extensions = each(original_.extensions, [this](extension_object& e) {
      texts({&e.name, &e.schema, &e.version});
    });
    copy.sequences = each(original_.sequences, [this](sequence_object& s) { texts({&s.schema, &s.name}); });
    copy.views = each(original_.views, [this](view_object& v) {
      texts({&v.schema, &v.name, &v.query, &v.comment});
      v.indexes = each(v.indexes, [this](index& i) { copy_parts(i); });
    });
    copy.raw_objects = each(original_.raw_objects, [this](raw_object& r) {
      texts({&r.kind, &r.name, &r.create, &r.drop});
    });
    owner_.set(copy);
  }

 private:
  template <class Element, class CopyParts>
  std::span<const Element> each(std::span<const Element> elements, const CopyParts& copy_parts_of) {
    std::vector<Element> copies(elements.begin(), elements.end());
    for (Element& element : copies)
      copy_parts_of(element);
    return owner_.array(copies);
  }

  void texts(std::initializer_list<std::string_view*> members) {
    for (std::string_view* member : members)
      *member = owner_.text(*member);
  }

  std::span<const std::string_view> names(std::span<const std::string_view> original) {
    return each(original, [this](std::string_view& name) { name = owner_.text(name); });
  }

  void copy_parts(enumeration& e) {
    texts({&e.schema, &e.name, &e.comment, &e.renamed_from});
    e.values = each(e.values, [this](enum_value& v) { texts({&v.label, &v.renamed_from}); });
  }

  void copy_parts(column& c) {
    texts({&c.name, &c.type.custom, &c.initial.text, &c.generated_as, &c.collation, &c.comment, &c.renamed_from,
           &c.convert_using, &c.backfill});
    if (c.type.values == nullptr)
      return;
    for (const enumeration& e : enumerations_)
      if (same_text(e.schema, c.type.values->schema) && same_text(e.name, c.type.values->name)) {
        c.type.values = &e;
        return;
      }
    // An enumeration that the schema itself does not list: the column keeps one of its own.
    c.type.values =
        each(std::span<const enumeration>{c.type.values, 1}, [this](enumeration& e) { copy_parts(e); }).data();
  }

  void copy_parts(key& k) {
    texts({&k.name, &k.renamed_from});
    k.columns = names(k.columns);
  }

  void copy_parts(index_part& p) { texts({&p.text, &p.collation, &p.operator_class, &p.with_operator}); }

  void copy_parts(index& i) {
    texts({&i.name, &i.method, &i.where, &i.renamed_from});
    i.parts = each(i.parts, [this](index_part& p) { copy_parts(p); });
    i.include = names(i.include);
  }

  void copy_parts(table& t) {
    texts({&t.schema, &t.name, &t.comment, &t.renamed_from, &t.options});
    t.columns = each(t.columns, [this](column& c) { copy_parts(c); });
    copy_parts(t.primary_key);
    t.uniques = each(t.uniques, [this](key& k) { copy_parts(k); });
    t.foreign_keys = each(t.foreign_keys, [this](foreign_key& f) {
      texts({&f.name, &f.target_schema, &f.target_table, &f.renamed_from});
      f.columns = names(f.columns);
      f.target_columns = names(f.target_columns);
    });
    t.checks = each(t.checks, [this](check& c) { texts({&c.name, &c.expression, &c.renamed_from}); });
    t.exclusions = each(t.exclusions, [this](exclusion& e) {
      texts({&e.name, &e.method, &e.where, &e.renamed_from});
      e.parts = each(e.parts, [this](index_part& p) { copy_parts(p); });
    });
    t.indexes = each(t.indexes, [this](index& i) { copy_parts(i); });
  }

  owned_schema& owner_;
  const schema_view& original_;
  std::span<const enumeration> enumerations_{};
};

}  // namespace detail

/// A schema value that depends on nothing but itself.
[[nodiscard]] inline owned_schema copy_schema(const schema_view& original) {
  owned_schema copy;
  detail::schema_copier{copy, original}.run();
  return copy;
}

}  // namespace instar
