#pragma once

#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>

// clang-format off

namespace shop {

struct Customer {
  std::int64_t id;
  std::string email;
};
INSTAR_MODEL(Customer, "customers",
             (id, primary_key, identity),
             (email, varchar<320>, unique))

enum class OrderState { open, paid, shipped };
INSTAR_ENUM(OrderState, open, paid, shipped)

struct Order {
  std::int64_t id;
  std::int64_t customer_id;
  OrderState state;
  instar::decimal total;
  std::optional<std::string> remark;
};
INSTAR_MODEL(Order, "orders",
             (id, primary_key, identity),
             (customer_id, references(&Customer::id).on_delete(restrict_action), index),
             (state, default_value(OrderState::open)),
             (total, numeric<12, 2>, check("total >= 0")),
             (remark))

inline constexpr auto schema = instar::schema<Customer, Order>();

}  // namespace shop

// The model of orders as it stood in the last release, for the test of the way from there.
namespace shop::last_release {

struct Order {
  std::int64_t id;
  std::int64_t customer_id;
  OrderState state;
  instar::decimal total;
  std::string note;
};
INSTAR_MODEL(Order, "orders",
             (id, primary_key, identity),
             (customer_id, references(&Customer::id).on_delete(restrict_action), index),
             (state, default_value(OrderState::open)),
             (total, numeric<10, 2>, check("total >= 0")),
             (note))

inline constexpr auto schema = instar::schema<Customer, Order>();

}  // namespace shop::last_release
