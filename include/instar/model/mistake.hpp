#pragma once

#include "instar/schema/fixed_string.hpp"
#include "instar/schema/text.hpp"

/// \file Mistakes in models, found by the compiler and told in one line: model, field, cause, remedy.

namespace instar {

/// Never defined: naming it stops the build, and the compiler prints the text. If you see it, the text tells the
/// mistake; clang shows it in pieces.
template <fixed_string... Text>
struct mistake_in_model;

namespace detail {

enum class mistake_kind : unsigned char {
  none,
  duplicate_column,
  name_too_long,
  wrong_default,
  default_conflict,
  identity_not_integer,
  two_primary_keys,
  nullable_primary_key,
  other_models_field,
  duplicate_constraint,
  duplicate_table,
  unknown_target,
  target_type_differs,
  target_not_unique,
  name_collision,
  duplicate_object,
  duplicate_value,
  rename_of_nothing,
  rename_of_kept,
  rename_taken,
};

struct mistake {
  mistake_kind kind = mistake_kind::none;
  std::string_view model{};  ///< Or the name of the enum, view or sequence that it is in.
  std::string_view field{};
  std::string_view other{};
  std::string_view other_model{};  ///< Of a field of another model in `other`.
};

template <class Writer>
constexpr void put_other(Writer& out, const mistake& m) {
  if (!m.other_model.empty()) {
    out.put(m.other_model);
    out.put('.');
  }
  out.put(m.other);
}

template <class Writer>
constexpr void put_mistake(Writer& out, const mistake& m) {
  out.put(m.model);
  if (!m.field.empty()) {
    out.put('.');
    out.put(m.field);
  }
  out.put(": ");
  // No quotes: a compiler shows them with backslashes.
  switch (m.kind) {
  case mistake_kind::none:
    break;
  case mistake_kind::duplicate_column:
    out.put("INS1010 two columns are named ");
    out.put(m.other);
    out.put("; give one of them another name with column(...)");
    break;
  case mistake_kind::name_too_long:
    out.put("INS1011 the name ");
    out.put(m.other);
    out.put(" is longer than the 63 bytes that PostgreSQL keeps; shorten it");
    break;
  case mistake_kind::wrong_default:
    out.put("INS1012 the default is no value of the type of the column; give one of the type of the field, or "
            "default_sql(...)");
    break;
  case mistake_kind::default_conflict:
    out.put("INS1013 a column has one of identity, generated_always_as and a default; leave out the others");
    break;
  case mistake_kind::identity_not_integer:
    out.put("INS1014 identity needs a smallint, integer or bigint column; change the type of the field");
    break;
  case mistake_kind::two_primary_keys:
    out.put("INS1015 the table has two primary keys; for a key of several columns write primary_key(&");
    out.put(m.model);
    out.put("::a, &");
    out.put(m.model);
    out.put("::b) once, as an entry of its own");
    break;
  case mistake_kind::nullable_primary_key:
    out.put("INS1016 a column of a primary key cannot be NULL; make the field no std::optional");
    break;
  case mistake_kind::other_models_field:
    out.put("INS1017 an index or key of this model names a field of another model, that of the table ");
    out.put(m.other);
    out.put("; name a field of ");
    out.put(m.model);
    break;
  case mistake_kind::duplicate_constraint:
    out.put("INS1018 two constraints or indexes of this table have one name (");
    out.put(m.other);
    out.put("); remove one, or give it another name with named(...)");
    break;
  case mistake_kind::duplicate_table:
    out.put("INS1019 two models of the schema are the table ");
    out.put(m.other);
    out.put("; rename one");
    break;
  case mistake_kind::unknown_target:
    out.put("INS1020 the foreign key references the table ");
    out.put(m.other);
    out.put(", whose model is not in the schema; add it to instar::schema<...>");
    break;
  case mistake_kind::target_type_differs:
    out.put("INS1021 the type of the foreign key is not that of ");
    put_other(out, m);
    out.put(", which it references; give both fields one type");
    break;
  case mistake_kind::target_not_unique:
    out.put("INS1022 the foreign key references ");
    put_other(out, m);
    out.put(", which is neither the primary key nor unique; make it one of them");
    break;
  case mistake_kind::name_collision:
    out.put("INS1023 a derived name of this table is also one of the table ");
    out.put(m.other);
    out.put("; give one of them another name with named(...)");
    break;
  case mistake_kind::duplicate_object:
    out.put("INS1025 the schema has another table, view, sequence or enum of this name; rename one");
    break;
  case mistake_kind::duplicate_value:
    out.put("INS1026 two values of this enum are the text ");
    out.put(m.other);
    out.put("; give one of them another");
    break;
  case mistake_kind::rename_of_nothing:
    out.put("INS1040 renamed_from names ");
    out.put(m.other);
    out.put(", which the last migration does not have; correct the name, or leave renamed_from out");
    break;
  case mistake_kind::rename_of_kept:
    out.put("INS1041 renamed_from names ");
    out.put(m.other);
    out.put(", which is still there beside it; remove it there, or leave renamed_from out");
    break;
  case mistake_kind::rename_taken:
    out.put("INS1042 another one is renamed from ");
    out.put(m.other);
    out.put(" too; leave one renamed_from out");
    break;
  }
}

template <const mistake& Mistake>
constexpr auto mistake_text() {
  constexpr std::size_t size = [] {
    counter out;
    put_mistake(out, Mistake);
    return out.size;
  }();
  fixed_string<size> text{};
  filler out{text.text};
  put_mistake(out, Mistake);
  return text;
}

/// Stops the build where there is a mistake.
template <const mistake& Mistake, bool Right = Mistake.kind == mistake_kind::none>
struct no_mistake {
  static constexpr bool value = true;
};

#if defined(__clang__) && __clang_major__ < 16
// clang before 16 prints a text argument as numbers, but the arguments of a call as they are: so the mistake is told by
// a function's name, and model and field by its arguments.
void stop();
#define INSTAR_MISTAKE(NAME)                                                                                           \
  constexpr void NAME([[maybe_unused]] const char* model, [[maybe_unused]] const char* field,                          \
                      [[maybe_unused]] const char* other) {                                                            \
    if (model != nullptr)                                                                                              \
      stop();                                                                                                          \
  }
INSTAR_MISTAKE(INS1010_two_columns_have_one_name__give_one_of_them_another_column_name)
INSTAR_MISTAKE(INS1011_a_name_is_longer_than_63_bytes__shorten_it)
INSTAR_MISTAKE(INS1012_the_default_is_no_value_of_the_columns_type__give_one_of_the_fields_type_or_default_sql)
INSTAR_MISTAKE(INS1013_a_column_has_one_of_identity_generated_and_default__leave_out_the_others)
INSTAR_MISTAKE(INS1014_identity_needs_an_integer_column__change_the_fields_type)
INSTAR_MISTAKE(
    INS1015_the_table_has_two_primary_keys__for_several_columns_write_primary_key_once_as_an_entry_of_its_own)
INSTAR_MISTAKE(INS1016_a_primary_keys_column_cannot_be_null__make_the_field_no_optional)
INSTAR_MISTAKE(INS1017_an_index_or_key_names_a_field_of_another_model__name_a_field_of_this_one)
INSTAR_MISTAKE(INS1018_two_constraints_of_the_table_have_one_name__remove_one_or_give_it_another_with_named)
INSTAR_MISTAKE(INS1019_two_models_are_one_table__rename_one)
INSTAR_MISTAKE(INS1020_the_foreign_key_references_a_model_that_is_not_in_the_schema__add_it_to_the_schema)
INSTAR_MISTAKE(INS1021_the_foreign_keys_type_is_not_that_of_the_column_it_references__give_both_fields_one_type)
INSTAR_MISTAKE(INS1022_the_referenced_column_is_neither_primary_key_nor_unique__make_it_one_of_them)
INSTAR_MISTAKE(INS1023_a_derived_name_is_taken_by_another_object__give_one_of_them_a_name_with_named)
INSTAR_MISTAKE(INS1025_the_schema_has_another_table_view_sequence_or_enum_of_this_name__rename_one)
INSTAR_MISTAKE(INS1026_two_values_of_an_enum_have_one_text_in_the_database__give_one_of_them_another)
INSTAR_MISTAKE(INS1040_renamed_from_names_what_the_last_migration_does_not_have__correct_it_or_leave_it_out)
INSTAR_MISTAKE(INS1041_renamed_from_names_what_is_still_there__remove_that_or_leave_renamed_from_out)
INSTAR_MISTAKE(INS1042_two_are_renamed_from_one__leave_one_renamed_from_out)
#undef INSTAR_MISTAKE

constexpr bool tell(const mistake& m) {
  const char* model = m.model.data();
  const char* field = m.field.data();
  const char* other = m.other.data();
  switch (m.kind) {
  case mistake_kind::none:
    return true;
#define INSTAR_TELL(KIND, NAME)                                                                                        \
  case mistake_kind::KIND:                                                                                             \
    NAME(model, field, other);                                                                                         \
    break;
    INSTAR_TELL(duplicate_column, INS1010_two_columns_have_one_name__give_one_of_them_another_column_name)
    INSTAR_TELL(name_too_long, INS1011_a_name_is_longer_than_63_bytes__shorten_it)
    INSTAR_TELL(wrong_default,
                INS1012_the_default_is_no_value_of_the_columns_type__give_one_of_the_fields_type_or_default_sql)
    INSTAR_TELL(default_conflict, INS1013_a_column_has_one_of_identity_generated_and_default__leave_out_the_others)
    INSTAR_TELL(identity_not_integer, INS1014_identity_needs_an_integer_column__change_the_fields_type)
    INSTAR_TELL(
        two_primary_keys,
        INS1015_the_table_has_two_primary_keys__for_several_columns_write_primary_key_once_as_an_entry_of_its_own)
    INSTAR_TELL(nullable_primary_key, INS1016_a_primary_keys_column_cannot_be_null__make_the_field_no_optional)
    INSTAR_TELL(other_models_field, INS1017_an_index_or_key_names_a_field_of_another_model__name_a_field_of_this_one)
    INSTAR_TELL(duplicate_constraint,
                INS1018_two_constraints_of_the_table_have_one_name__remove_one_or_give_it_another_with_named)
    INSTAR_TELL(duplicate_table, INS1019_two_models_are_one_table__rename_one)
    INSTAR_TELL(unknown_target,
                INS1020_the_foreign_key_references_a_model_that_is_not_in_the_schema__add_it_to_the_schema)
    INSTAR_TELL(target_type_differs,
                INS1021_the_foreign_keys_type_is_not_that_of_the_column_it_references__give_both_fields_one_type)
    INSTAR_TELL(target_not_unique, INS1022_the_referenced_column_is_neither_primary_key_nor_unique__make_it_one_of_them)
    INSTAR_TELL(name_collision, INS1023_a_derived_name_is_taken_by_another_object__give_one_of_them_a_name_with_named)
    INSTAR_TELL(duplicate_object, INS1025_the_schema_has_another_table_view_sequence_or_enum_of_this_name__rename_one)
    INSTAR_TELL(duplicate_value, INS1026_two_values_of_an_enum_have_one_text_in_the_database__give_one_of_them_another)
    INSTAR_TELL(rename_of_nothing,
                INS1040_renamed_from_names_what_the_last_migration_does_not_have__correct_it_or_leave_it_out)
    INSTAR_TELL(rename_of_kept, INS1041_renamed_from_names_what_is_still_there__remove_that_or_leave_renamed_from_out)
    INSTAR_TELL(rename_taken, INS1042_two_are_renamed_from_one__leave_one_renamed_from_out)
#undef INSTAR_TELL
  }
  return false;
}

template <const mistake& Mistake>
struct no_mistake<Mistake, false> {
  static_assert(tell(Mistake), "instar: a mistake in a model; the note names it");
  static constexpr bool value = true;
};
#else
template <const mistake& Mistake>
inline constexpr auto told_mistake = mistake_text<Mistake>();

// A base class that is never defined: one error, which names it with its text.
template <const mistake& Mistake>
struct no_mistake<Mistake, false> : decltype(told<mistake_in_model, told_mistake<Mistake>>()) {
  static constexpr bool value = true;
};
#endif

}  // namespace detail
}  // namespace instar
