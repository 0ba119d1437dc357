#pragma once

#include "instar/model/attribute.hpp"
#include "instar/model/for_each.hpp"

/// \file INSTAR_MODEL and INSTAR_ENUM.

namespace instar::detail {

/// Calls `f(row.id, row.email, …)` with all fields of a model's row.
template <class Model, class F>
constexpr decltype(auto) visit_fields(Model& row, F&& f) {
  return description<std::remove_const_t<Model>>::visit(row, static_cast<F&&>(f));
}

/// What an enum's or an enumerator's entry can say beside its name.
struct enum_vocabulary {
  struct old_name {
    std::string_view text;
  };
  struct remark {
    std::string_view text;
  };
  static constexpr old_name renamed_from(std::string_view text) { return {text}; }
  static constexpr remark comment(std::string_view text) { return {text}; }

  static constexpr enum_value enumerator(std::string_view name) { return {name, {}}; }
  static constexpr enum_value enumerator(std::string_view, std::string_view label) { return {label, {}}; }
  static constexpr enum_value enumerator(std::string_view name, old_name old) { return {name, old.text}; }
  static constexpr enum_value enumerator(std::string_view, std::string_view label, old_name old) {
    return {label, old.text};
  }

  template <class... Options>
  static constexpr enumeration named(std::string_view derived, std::span<const enum_value> values, Options... options) {
    enumeration e{.name = derived, .values = values};
    [[maybe_unused]] int in_order[] = {0, apply(e, options)...};
    return e;
  }

 private:
  static constexpr int apply(enumeration& e, std::string_view qualified) {
    const std::size_t dot = qualified.find('.');
    e.schema = dot == std::string_view::npos ? std::string_view{} : qualified.substr(0, dot);
    e.name = dot == std::string_view::npos ? qualified : qualified.substr(dot + 1);
    return 0;
  }
  static constexpr int apply(enumeration& e, const char* qualified) { return apply(e, std::string_view(qualified)); }
  static constexpr int apply(enumeration& e, old_name old) {
    e.renamed_from = old.text;
    return 0;
  }
  static constexpr int apply(enumeration& e, remark r) {
    e.comment = r.text;
    return 0;
  }
};

/// "TaskState" as a database writes it: "task_state".
template <std::size_t N>
struct snake_case {
  char text[N * 2]{};
  std::size_t size = 0;

  constexpr explicit snake_case(const char (&name)[N]) {
    auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    for (std::size_t i = 0; i + 1 < N; ++i) {
      const bool starts_word =
          upper(name[i]) && i != 0 && (!upper(name[i - 1]) || (i + 2 < N && name[i + 1] != '_' && !upper(name[i + 1])));
      if (starts_word && name[i - 1] != '_')
        text[size++] = '_';
      text[size++] = upper(name[i]) ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
    }
  }
  constexpr std::string_view view() const { return {text, size}; }
};

}  // namespace instar::detail

#define INSTAR_SECOND(A, B, ...) B
#define INSTAR_PARENTHESISED_PROBE(...) ~, 1
#define INSTAR_IS_PARENTHESISED_2(...) INSTAR_SECOND(__VA_ARGS__)
#define INSTAR_IS_PARENTHESISED(X) INSTAR_IS_PARENTHESISED_2(INSTAR_PARENTHESISED_PROBE X, 0, ~)
#define INSTAR_JOIN_2(A, B) A##B
#define INSTAR_JOIN(A, B) INSTAR_JOIN_2(A, B)

#define INSTAR_FIELD_NAME(NAME, ...) NAME

// Each of these takes one entry of a model: a column when parenthesised, a word about the table when bare.
#define INSTAR_COLUMN(MODEL, ENTRY) INSTAR_JOIN(INSTAR_COLUMN_, INSTAR_IS_PARENTHESISED(ENTRY))(ENTRY)
#define INSTAR_COLUMN_0(ENTRY)
#define INSTAR_COLUMN_1(ENTRY) INSTAR_FIELD ENTRY
#define INSTAR_FIELD(NAME, ...)                                                                                        \
  field<decltype(model::NAME)>(#NAME, sizeof(#NAME) - 1,                                                               \
                               __builtin_addressof(::instar::detail::place_of<model>.value.NAME)),                     \
      __VA_OPT__(__VA_ARGS__, )
#define INSTAR_UNWRAP(...) __VA_ARGS__

#define INSTAR_NAME(MODEL, ENTRY) INSTAR_JOIN(INSTAR_NAME_, INSTAR_IS_PARENTHESISED(ENTRY))(ENTRY)
#define INSTAR_NAME_0(ENTRY)
#define INSTAR_NAME_1(ENTRY) , INSTAR_FIELD_NAME ENTRY
// The names without the comma that stands before the first: words about the table may come before any column.
#define INSTAR_NAMES(MODEL, ...) INSTAR_AFTER_COMMA(~INSTAR_FOR_EACH(INSTAR_NAME, MODEL, __VA_ARGS__))
#define INSTAR_AFTER_COMMA(...) INSTAR_AFTER_COMMA_2(__VA_ARGS__)
#define INSTAR_AFTER_COMMA_2(FIRST, ...) __VA_ARGS__

#define INSTAR_TABLE_WORD(MODEL, ENTRY) INSTAR_JOIN(INSTAR_TABLE_WORD_, INSTAR_IS_PARENTHESISED(ENTRY))(ENTRY)
#define INSTAR_TABLE_WORD_0(ENTRY) , ENTRY
#define INSTAR_TABLE_WORD_1(ENTRY)

#define INSTAR_QUIET_BEGIN                                                                                             \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"")                                        \
      _Pragma("GCC diagnostic ignored \"-Wunused-variable\"")
#define INSTAR_QUIET_END _Pragma("GCC diagnostic pop")

// A function that is there for its type alone. In an unnamed namespace compilers would miss its definition.
#define INSTAR_NEVER_DEFINED(...)                                                                                      \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wunused-function\"")                               \
      [[maybe_unused]] __VA_ARGS__ _Pragma("GCC diagnostic pop")

/// Describes a struct as a table. Stands in the struct's own namespace, after the struct and after INSTAR_ENUM of its
/// enums.
///
///     INSTAR_MODEL(User, "users",               // "schema.users" for another schema than the default one
///         (id, primary_key, identity),          // a column: the field, then what is said of it
///         (email, unique),
///         index(&User::email, &User::id))       // without parentheses: said of the table
///
/// Every field must be listed, in the order of the struct; one that is left out does not compile. Models may reference
/// each other and themselves in any order. At most 341 entries.
#define INSTAR_MODEL(MODEL, TABLE, ...)                                                                                \
  template <class instar_self>                                                                                         \
  struct instar_model_##MODEL : ::instar::detail::vocabulary, ::instar::detail::late<instar_self>::type {              \
    INSTAR_MODEL_NAMES(MODEL, TABLE)                                                                                   \
    static constexpr ::instar::attribute columns[] = {INSTAR_FOR_EACH(INSTAR_COLUMN, MODEL, __VA_ARGS__){}};           \
    static constexpr auto table_words() {                                                                              \
      return ::instar::detail::table_list_of(0 INSTAR_FOR_EACH(INSTAR_TABLE_WORD, MODEL, __VA_ARGS__));                \
    }                                                                                                                  \
    INSTAR_EVERY_FIELD_LISTED(MODEL, INSTAR_NAMES(MODEL, __VA_ARGS__))                                                 \
  };                                                                                                                   \
  INSTAR_NEVER_DEFINED(instar_model_##MODEL<MODEL> instar_describe(MODEL*);)

#define INSTAR_MODEL_NAMES(MODEL, TABLE)                                                                               \
  using model = MODEL;                                                                                                 \
  INSTAR_LATE_WORDS                                                                                                    \
  static constexpr const char* table_name = TABLE;                                                                     \
  static constexpr ::std::size_t table_name_size = sizeof(TABLE) - 1;                                                  \
  static constexpr const char* model_name = #MODEL;

#define INSTAR_LATE_WORDS                                                                                              \
  using instar_late = typename ::instar::detail::late<instar_self>::type;                                              \
  using instar_late::column;                                                                                           \
  using instar_late::exclude;                                                                                          \
  using instar_late::foreign_key;                                                                                      \
  using instar_late::index;                                                                                            \
  using instar_late::primary_key;                                                                                      \
  using instar_late::references;                                                                                       \
  using instar_late::unique;

// A structured binding names every member or does not compile: the one exact and free check that a list is complete. It
// is also how others reach the members: `visit(row, f)` is f(row.id, row.email, …).
#define INSTAR_EVERY_FIELD_LISTED(MODEL, ...)                                                                          \
  INSTAR_QUIET_BEGIN                                                                                                   \
  template <class instar_f>                                                                                            \
  static constexpr decltype(auto) visit(MODEL& INSTAR_MODEL_must_list_every_field, instar_f&& instar_call) {           \
    auto& [__VA_ARGS__] = INSTAR_MODEL_must_list_every_field;                                                          \
    return instar_call(__VA_ARGS__);                                                                                   \
  }                                                                                                                    \
  INSTAR_QUIET_END

#define INSTAR_ENUMERATOR(ENUM, ENTRY) INSTAR_JOIN(INSTAR_ENUMERATOR_, INSTAR_IS_PARENTHESISED(ENTRY))(ENTRY)
#define INSTAR_ENUMERATOR_0(ENTRY) enumerator(#ENTRY),
#define INSTAR_ENUMERATOR_1(ENTRY) INSTAR_ENUMERATOR_2 ENTRY
#define INSTAR_ENUMERATOR_2(NAME, ...) enumerator(#NAME __VA_OPT__(, ) __VA_ARGS__),

#define INSTAR_ENUM_CASE(ENUM, ENTRY) INSTAR_JOIN(INSTAR_ENUM_CASE_, INSTAR_IS_PARENTHESISED(ENTRY))(ENUM, ENTRY)
#define INSTAR_ENUM_CASE_0(ENUM, ENTRY) case ENUM::ENTRY:
#define INSTAR_ENUM_CASE_1(ENUM, ENTRY) case ENUM::INSTAR_FIELD_NAME ENTRY:

/// Describes an enum as an enum type (on SQLite: a text with a check). Stands in the enum's own namespace, before the
/// models that use it. The type is named after the enum in snake_case; every enumerator must be listed, in the order
/// that the database keeps.
///
///     INSTAR_ENUM(Role, member, admin)
///     INSTAR_ENUM((Role, "auth.role"), member, (admin, "Administrator"), (guest, renamed_from("visitor")))
#define INSTAR_ENUM(ENUM, ...) INSTAR_JOIN(INSTAR_ENUM_, INSTAR_IS_PARENTHESISED(ENUM))(ENUM, __VA_ARGS__)
#define INSTAR_ENUM_0(ENUM, ...) INSTAR_DESCRIBE_ENUM(ENUM, (), __VA_ARGS__)
#define INSTAR_ENUM_1(ENUM, ...) INSTAR_ENUM_2(INSTAR_FIELD_NAME ENUM, (INSTAR_ENUM_OPTIONS ENUM), __VA_ARGS__)
#define INSTAR_ENUM_2(...) INSTAR_DESCRIBE_ENUM(__VA_ARGS__)
#define INSTAR_ENUM_OPTIONS(NAME, ...) __VA_OPT__(, ) __VA_ARGS__

#define INSTAR_DESCRIBE_ENUM(ENUM, OPTIONS, ...)                                                                       \
  struct instar_enum_##ENUM : ::instar::detail::enum_vocabulary {                                                      \
    static constexpr ::instar::detail::snake_case<sizeof(#ENUM)> derived_name{#ENUM};                                  \
    static constexpr ::instar::enum_value values[] = {INSTAR_FOR_EACH(INSTAR_ENUMERATOR, ENUM, __VA_ARGS__)};          \
    static constexpr ::instar::enumeration value = named(derived_name.view(), values INSTAR_UNWRAP OPTIONS);           \
    static constexpr ENUM enumerators[] = {INSTAR_FOR_EACH(INSTAR_ENUM_VALUE, ENUM, __VA_ARGS__)};                     \
    static constexpr ::std::string_view label(ENUM wanted) {                                                           \
      for (::std::size_t i = 0; i < sizeof(enumerators) / sizeof(ENUM); ++i)                                           \
        if (enumerators[i] == wanted)                                                                                  \
          return values[i].label;                                                                                      \
      return {};                                                                                                       \
    }                                                                                                                  \
  };                                                                                                                   \
  INSTAR_NEVER_DEFINED(instar_enum_##ENUM instar_describe_enum(ENUM*);)                                                \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic error \"-Wswitch\"")                                          \
      [[maybe_unused]] constexpr void INSTAR_ENUM_must_list_every_value_of_##ENUM(ENUM instar_value) {                 \
    switch (instar_value) { INSTAR_FOR_EACH(INSTAR_ENUM_CASE, ENUM, __VA_ARGS__) break; }                              \
  }                                                                                                                    \
  _Pragma("GCC diagnostic pop")

#define INSTAR_ENUM_VALUE(ENUM, ENTRY) INSTAR_JOIN(INSTAR_ENUM_VALUE_, INSTAR_IS_PARENTHESISED(ENTRY))(ENUM, ENTRY)
#define INSTAR_ENUM_VALUE_0(ENUM, ENTRY) ENUM::ENTRY,
#define INSTAR_ENUM_VALUE_1(ENUM, ENTRY) ENUM::INSTAR_FIELD_NAME ENTRY,
