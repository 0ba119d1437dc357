#pragma once

#include <instar/schema/schema.hpp>
#include <instar/schema/snapshot.hpp>

#include <string_view>
#include <tuple>

/// \file The members of the schema structs by name, once, for the writer and the reader of snapshot headers.

namespace instar::detail {

template <class Object, class Member>
struct named_member {
  std::string_view name;
  Member Object::*pointer;
};

template <class Object, class Member>
named_member(const char*, Member Object::*) -> named_member<Object, Member>;

/// Name in C++, and the members in the order of their declaration, of a schema struct.
template <class Object>
struct struct_of;

// Each `all_named` decomposes its struct into as many names as `members` has: a member that is added to the schema and
// forgotten here does not compile.

template <>
struct struct_of<enum_value> {
  static constexpr std::string_view name = "instar::enum_value";
  static constexpr std::tuple members{named_member{"label", &enum_value::label},
                                      named_member{"renamed_from", &enum_value::renamed_from}};
  static void all_named(const enum_value& o) { [[maybe_unused]] const auto& [a, b] = o; }
};

template <>
struct struct_of<enumeration> {
  static constexpr std::string_view name = "instar::enumeration";
  static constexpr std::tuple members{
      named_member{"schema", &enumeration::schema}, named_member{"name", &enumeration::name},
      named_member{"values", &enumeration::values}, named_member{"comment", &enumeration::comment},
      named_member{"renamed_from", &enumeration::renamed_from}};
  static void all_named(const enumeration& o) { [[maybe_unused]] const auto& [a, b, c, d, e] = o; }
};

template <>
struct struct_of<column_type> {
  static constexpr std::string_view name = "instar::column_type";
  static constexpr std::tuple members{
      named_member{"kind", &column_type::kind},     named_member{"length", &column_type::length},
      named_member{"scale", &column_type::scale},   named_member{"dimensions", &column_type::dimensions},
      named_member{"custom", &column_type::custom}, named_member{"values", &column_type::values}};
  static void all_named(const column_type& o) { [[maybe_unused]] const auto& [a, b, c, d, e, f] = o; }
};

template <>
struct struct_of<column_default> {
  static constexpr std::string_view name = "instar::column_default";
  static constexpr std::tuple members{
      named_member{"kind", &column_default::kind}, named_member{"integer", &column_default::integer},
      named_member{"real", &column_default::real}, named_member{"text", &column_default::text}};
  static void all_named(const column_default& o) { [[maybe_unused]] const auto& [a, b, c, d] = o; }
};

template <>
struct struct_of<column> {
  static constexpr std::string_view name = "instar::column";
  static constexpr std::tuple members{named_member{"name", &column::name},
                                      named_member{"type", &column::type},
                                      named_member{"nullable", &column::nullable},
                                      named_member{"primary_key", &column::primary_key},
                                      named_member{"unique", &column::unique},
                                      named_member{"updated_at", &column::updated_at},
                                      named_member{"identity", &column::identity},
                                      named_member{"initial", &column::initial},
                                      named_member{"generated", &column::generated},
                                      named_member{"generated_as", &column::generated_as},
                                      named_member{"collation", &column::collation},
                                      named_member{"comment", &column::comment},
                                      named_member{"renamed_from", &column::renamed_from}};
  static void all_named(const column& o) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = o; }
};

template <>
struct struct_of<key> {
  static constexpr std::string_view name = "instar::key";
  static constexpr std::tuple members{named_member{"name", &key::name}, named_member{"columns", &key::columns},
                                      named_member{"nulls_not_distinct", &key::nulls_not_distinct},
                                      named_member{"deferral", &key::deferral}};
  static void all_named(const key& o) { [[maybe_unused]] const auto& [a, b, c, d] = o; }
};

template <>
struct struct_of<foreign_key> {
  static constexpr std::string_view name = "instar::foreign_key";
  static constexpr std::tuple members{named_member{"name", &foreign_key::name},
                                      named_member{"columns", &foreign_key::columns},
                                      named_member{"target_schema", &foreign_key::target_schema},
                                      named_member{"target_table", &foreign_key::target_table},
                                      named_member{"target_columns", &foreign_key::target_columns},
                                      named_member{"on_delete", &foreign_key::on_delete},
                                      named_member{"on_update", &foreign_key::on_update},
                                      named_member{"deferral", &foreign_key::deferral}};
  static void all_named(const foreign_key& o) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h] = o; }
};

template <>
struct struct_of<check> {
  static constexpr std::string_view name = "instar::check";
  static constexpr std::tuple members{named_member{"name", &check::name},
                                      named_member{"expression", &check::expression}};
  static void all_named(const check& o) { [[maybe_unused]] const auto& [a, b] = o; }
};

template <>
struct struct_of<index_part> {
  static constexpr std::string_view name = "instar::index_part";
  static constexpr std::tuple members{named_member{"text", &index_part::text},
                                      named_member{"expression", &index_part::expression},
                                      named_member{"descending", &index_part::descending},
                                      named_member{"nulls", &index_part::nulls},
                                      named_member{"collation", &index_part::collation},
                                      named_member{"operator_class", &index_part::operator_class},
                                      named_member{"with_operator", &index_part::with_operator}};
  static void all_named(const index_part& o) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g] = o; }
};

template <>
struct struct_of<index> {
  static constexpr std::string_view name = "instar::index";
  static constexpr std::tuple members{
      named_member{"name", &index::name},      named_member{"parts", &index::parts},
      named_member{"unique", &index::unique},  named_member{"nulls_not_distinct", &index::nulls_not_distinct},
      named_member{"method", &index::method},  named_member{"where", &index::where},
      named_member{"include", &index::include}};
  static void all_named(const index& o) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g] = o; }
};

template <>
struct struct_of<exclusion> {
  static constexpr std::string_view name = "instar::exclusion";
  static constexpr std::tuple members{named_member{"name", &exclusion::name}, named_member{"parts", &exclusion::parts},
                                      named_member{"method", &exclusion::method},
                                      named_member{"where", &exclusion::where},
                                      named_member{"deferral", &exclusion::deferral}};
  static void all_named(const exclusion& o) { [[maybe_unused]] const auto& [a, b, c, d, e] = o; }
};

template <>
struct struct_of<table> {
  static constexpr std::string_view name = "instar::table";
  static constexpr std::tuple members{named_member{"schema", &table::schema},
                                      named_member{"name", &table::name},
                                      named_member{"columns", &table::columns},
                                      named_member{"primary_key", &table::primary_key},
                                      named_member{"uniques", &table::uniques},
                                      named_member{"foreign_keys", &table::foreign_keys},
                                      named_member{"checks", &table::checks},
                                      named_member{"exclusions", &table::exclusions},
                                      named_member{"indexes", &table::indexes},
                                      named_member{"comment", &table::comment},
                                      named_member{"renamed_from", &table::renamed_from},
                                      named_member{"content_hash", &table::content_hash}};
  static void all_named(const table& o) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l] = o; }
};

template <>
struct struct_of<extension_object> {
  static constexpr std::string_view name = "instar::extension_object";
  static constexpr std::tuple members{named_member{"name", &extension_object::name},
                                      named_member{"schema", &extension_object::schema},
                                      named_member{"version", &extension_object::version}};
  static void all_named(const extension_object& o) { [[maybe_unused]] const auto& [a, b, c] = o; }
};

template <>
struct struct_of<view_object> {
  static constexpr std::string_view name = "instar::view_object";
  static constexpr std::tuple members{
      named_member{"schema", &view_object::schema},   named_member{"name", &view_object::name},
      named_member{"query", &view_object::query},     named_member{"materialized", &view_object::materialized},
      named_member{"indexes", &view_object::indexes}, named_member{"comment", &view_object::comment}};
  static void all_named(const view_object& o) { [[maybe_unused]] const auto& [a, b, c, d, e, f] = o; }
};

template <>
struct struct_of<sequence_object> {
  static constexpr std::string_view name = "instar::sequence_object";
  static constexpr std::tuple members{
      named_member{"schema", &sequence_object::schema},       named_member{"name", &sequence_object::name},
      named_member{"type", &sequence_object::type},           named_member{"start", &sequence_object::start},
      named_member{"increment", &sequence_object::increment}, named_member{"cache", &sequence_object::cache},
      named_member{"cycle", &sequence_object::cycle}};
  static void all_named(const sequence_object& o) { [[maybe_unused]] const auto& [a, b, c, d, e, f, g] = o; }
};

template <>
struct struct_of<raw_object> {
  static constexpr std::string_view name = "instar::raw_object";
  static constexpr std::tuple members{named_member{"kind", &raw_object::kind}, named_member{"name", &raw_object::name},
                                      named_member{"create", &raw_object::create},
                                      named_member{"drop", &raw_object::drop},
                                      named_member{"placement", &raw_object::placement}};
  static void all_named(const raw_object& o) { [[maybe_unused]] const auto& [a, b, c, d, e] = o; }
};

template <>
struct struct_of<schema_view> {
  static constexpr std::string_view name = "instar::schema_view";
  static constexpr std::tuple members{
      named_member{"tables", &schema_view::tables},         named_member{"enumerations", &schema_view::enumerations},
      named_member{"extensions", &schema_view::extensions}, named_member{"sequences", &schema_view::sequences},
      named_member{"views", &schema_view::views},           named_member{"raw_objects", &schema_view::raw_objects}};
  static void all_named(const schema_view& o) { [[maybe_unused]] const auto& [a, b, c, d, e, f] = o; }
};

template <>
struct struct_of<migration_record> {
  static constexpr std::string_view name = "instar::migration_record";
  static constexpr std::tuple members{named_member{"name", &migration_record::name},
                                      named_member{"checksum", &migration_record::checksum}};
  static void all_named(const migration_record& o) { [[maybe_unused]] const auto& [a, b] = o; }
};

template <>
struct struct_of<snapshot> {
  static constexpr std::string_view name = "instar::snapshot";
  static constexpr std::tuple members{named_member{"schema", &snapshot::schema},
                                      named_member{"migrations", &snapshot::migrations},
                                      named_member{"dialect", &snapshot::dialect}};
  static void all_named(const snapshot& o) { [[maybe_unused]] const auto& [a, b, c] = o; }
};

/// The enumerator's name in C++, or nothing for a number that is none: the compiler warns of one that is missing here.
[[nodiscard]] constexpr std::string_view enumerator_name(type_kind e) noexcept {
  switch (e) {
  case type_kind::custom:
    return "custom";
  case type_kind::boolean:
    return "boolean";
  case type_kind::smallint:
    return "smallint";
  case type_kind::integer:
    return "integer";
  case type_kind::bigint:
    return "bigint";
  case type_kind::real:
    return "real";
  case type_kind::double_precision:
    return "double_precision";
  case type_kind::numeric:
    return "numeric";
  case type_kind::text:
    return "text";
  case type_kind::varchar:
    return "varchar";
  case type_kind::character:
    return "character";
  case type_kind::citext:
    return "citext";
  case type_kind::bytea:
    return "bytea";
  case type_kind::date:
    return "date";
  case type_kind::time:
    return "time";
  case type_kind::timetz:
    return "timetz";
  case type_kind::timestamp:
    return "timestamp";
  case type_kind::timestamptz:
    return "timestamptz";
  case type_kind::interval:
    return "interval";
  case type_kind::uuid:
    return "uuid";
  case type_kind::json:
    return "json";
  case type_kind::jsonb:
    return "jsonb";
  case type_kind::inet:
    return "inet";
  case type_kind::cidr:
    return "cidr";
  case type_kind::macaddr:
    return "macaddr";
  case type_kind::xml:
    return "xml";
  case type_kind::bit:
    return "bit";
  case type_kind::varbit:
    return "varbit";
  case type_kind::tsvector:
    return "tsvector";
  case type_kind::enumeration:
    return "enumeration";
  }
  return {};
}

[[nodiscard]] constexpr std::string_view enumerator_name(default_kind e) noexcept {
  switch (e) {
  case default_kind::none:
    return "none";
  case default_kind::boolean:
    return "boolean";
  case default_kind::integer:
    return "integer";
  case default_kind::real:
    return "real";
  case default_kind::text:
    return "text";
  case default_kind::expression:
    return "expression";
  case default_kind::now:
    return "now";
  }
  return {};
}

[[nodiscard]] constexpr std::string_view enumerator_name(identity_kind e) noexcept {
  switch (e) {
  case identity_kind::none:
    return "none";
  case identity_kind::always:
    return "always";
  case identity_kind::by_default:
    return "by_default";
  }
  return {};
}

[[nodiscard]] constexpr std::string_view enumerator_name(generated_kind e) noexcept {
  switch (e) {
  case generated_kind::none:
    return "none";
  case generated_kind::stored:
    return "stored";
  case generated_kind::virtual_column:
    return "virtual_column";
  }
  return {};
}

[[nodiscard]] constexpr std::string_view enumerator_name(deferral e) noexcept {
  switch (e) {
  case deferral::not_deferrable:
    return "not_deferrable";
  case deferral::initially_immediate:
    return "initially_immediate";
  case deferral::initially_deferred:
    return "initially_deferred";
  }
  return {};
}

[[nodiscard]] constexpr std::string_view enumerator_name(referential_action e) noexcept {
  switch (e) {
  case referential_action::no_action:
    return "no_action";
  case referential_action::restrict_action:
    return "restrict_action";
  case referential_action::cascade:
    return "cascade";
  case referential_action::set_null:
    return "set_null";
  case referential_action::set_default:
    return "set_default";
  }
  return {};
}

[[nodiscard]] constexpr std::string_view enumerator_name(null_order e) noexcept {
  switch (e) {
  case null_order::standard:
    return "standard";
  case null_order::first:
    return "first";
  case null_order::last:
    return "last";
  }
  return {};
}

[[nodiscard]] constexpr std::string_view enumerator_name(placement e) noexcept {
  switch (e) {
  case placement::before_tables:
    return "before_tables";
  case placement::before_indexes:
    return "before_indexes";
  case placement::after_tables:
    return "after_tables";
  }
  return {};
}

[[nodiscard]] constexpr std::string_view enumerator_name(dialect e) noexcept {
  switch (e) {
  case dialect::postgres:
    return "postgres";
  case dialect::sqlite:
    return "sqlite";
  }
  return {};
}

/// Name in C++ of an enumeration of the schema.
template <class Enumeration>
inline constexpr std::string_view enumeration_name{};
template <>
inline constexpr std::string_view enumeration_name<type_kind> = "instar::type_kind";
template <>
inline constexpr std::string_view enumeration_name<default_kind> = "instar::default_kind";
template <>
inline constexpr std::string_view enumeration_name<identity_kind> = "instar::identity_kind";
template <>
inline constexpr std::string_view enumeration_name<generated_kind> = "instar::generated_kind";
template <>
inline constexpr std::string_view enumeration_name<deferral> = "instar::deferral";
template <>
inline constexpr std::string_view enumeration_name<referential_action> = "instar::referential_action";
template <>
inline constexpr std::string_view enumeration_name<null_order> = "instar::null_order";
template <>
inline constexpr std::string_view enumeration_name<placement> = "instar::placement";
template <>
inline constexpr std::string_view enumeration_name<dialect> = "instar::dialect";

}  // namespace instar::detail
