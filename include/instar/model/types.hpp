#pragma once

#include "instar/schema/schema.hpp"

#include <cstddef>
#include <string>
#include <type_traits>

namespace instar {

/// A UUID. Its text form is the database's.
struct uuid {
  unsigned char bytes[16]{};
  friend constexpr bool operator==(const uuid&, const uuid&) = default;
};

/// A JSON document, kept as its text; jsonb on PostgreSQL.
struct json {
  std::string text{};
  friend bool operator==(const json&, const json&) = default;
};

/// An exact decimal number, kept as its digits; numeric on PostgreSQL.
struct decimal {
  std::string digits{};
  friend bool operator==(const decimal&, const decimal&) = default;
};

/// The SQL type of a C++ type. To map a type of your own, specialise this with a member `value`:
///
///     template <> struct instar::sql_type<app::money> {
///       static constexpr instar::column_type value{.kind = instar::type_kind::numeric, .length = 12, .scale = 2};
///     };
template <class T>
struct sql_type;

namespace detail {

template <class T>
struct enum_description {
  // Found by argument-dependent lookup: INSTAR_ENUM declares it beside the enum.
  using type = decltype(instar_describe_enum(static_cast<T*>(nullptr)));
};

template <class T>
concept described_enum = std::is_enum_v<T> && requires {
  typename enum_description<T>::type;
};

// The standard library's types are known by their shape, so that this header need not include <optional> or <chrono>.
template <class T>
concept optional_like = requires(T t) {
  typename T::value_type;
  t.has_value();
  t.reset();
};
template <class T>
concept text_like = requires {
  typename T::traits_type;
}
&&std::is_same_v<typename T::value_type, char>;
template <class T>
concept vector_like = !text_like<T> && requires(T t) {
  typename T::value_type;
  t.push_back(static_cast<typename T::value_type&&>(t.back()));
};
template <class T>
concept time_point_like = requires {
  typename T::clock;
  typename T::duration;
};
template <class T>
concept duration_like = !time_point_like<T> && requires {
  typename T::rep;
  typename T::period;
};
template <class T>
concept calendar_date_like = requires(const T& t) {
  t.year();
  t.month();
  t.day();
  t.ok();
};
template <class T>
concept time_of_day_like = requires(const T& t) {
  typename T::precision;
  t.hours();
  t.minutes();
};
template <class T>
concept specialised_sql_type = requires {
  sql_type<T>::value;
};

/// Digits behind the second's point that a duration needs; -1 for the six that databases keep anyway.
/// https://www.postgresql.org/docs/current/datatype-datetime.html
template <class Duration>
constexpr int time_precision() {
  int digits = 0;
  for (auto ticks = Duration::period::den / Duration::period::num; ticks > 1 && digits < 6; ticks /= 10)
    ++digits;
  return digits == 6 ? -1 : digits;
}

template <class T>
inline constexpr bool no_sql_type = false;

template <class T>
constexpr column_type sql_type_of() {
  if constexpr (specialised_sql_type<T>)
    return sql_type<T>::value;
  else if constexpr (optional_like<T>)
    return sql_type_of<typename T::value_type>();
  else if constexpr (std::is_same_v<T, bool>)
    return {.kind = type_kind::boolean};
  else if constexpr (described_enum<T>)
    return {.kind = type_kind::enumeration, .values = &enum_description<T>::type::value};
  else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, char>) {
    // PostgreSQL has no unsigned integers: the next larger signed type holds every value.
    constexpr std::size_t size = std::is_signed_v<T> ? sizeof(T) : sizeof(T) * 2;
    if constexpr (size <= 2)
      return {.kind = type_kind::smallint};
    else if constexpr (size <= 4)
      return {.kind = type_kind::integer};
    else if constexpr (size <= 8)
      return {.kind = type_kind::bigint};
    else
      return {.kind = type_kind::numeric, .length = 20, .scale = 0};
  } else if constexpr (std::is_same_v<T, float>)
    return {.kind = type_kind::real};
  else if constexpr (std::is_same_v<T, double>)
    return {.kind = type_kind::double_precision};
  else if constexpr (text_like<T>)
    return {.kind = type_kind::text};
  else if constexpr (std::is_same_v<T, uuid>)
    return {.kind = type_kind::uuid};
  else if constexpr (std::is_same_v<T, json>)
    return {.kind = type_kind::jsonb};
  else if constexpr (std::is_same_v<T, decimal>)
    return {.kind = type_kind::numeric};
  else if constexpr (vector_like<T>) {
    if constexpr (std::is_same_v<typename T::value_type, std::byte>)
      return {.kind = type_kind::bytea};
    else {
      column_type element = sql_type_of<typename T::value_type>();
      ++element.dimensions;
      return element;
    }
  } else if constexpr (time_point_like<T>) {
    if constexpr (T::duration::period::num / T::duration::period::den >= 86400)
      return {.kind = type_kind::date};
    return {.kind = type_kind::timestamptz, .length = time_precision<typename T::duration>()};
  } else if constexpr (calendar_date_like<T>)
    return {.kind = type_kind::date};
  else if constexpr (time_of_day_like<T>)
    return {.kind = type_kind::time, .length = time_precision<typename T::precision>()};
  else if constexpr (duration_like<T>)
    return {.kind = type_kind::interval};
  else {
    static_assert(no_sql_type<T>, "INS1003: this field's type has no SQL type; for an enum put INSTAR_ENUM before "
                                  "INSTAR_MODEL, for a type of your own specialise instar::sql_type<T>");
    return {};
  }
}

}  // namespace detail
}  // namespace instar
