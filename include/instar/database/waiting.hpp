#pragma once

#include <instar/database/error.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

/// \file Waiting for what will come: a server that is still starting, others that are at work.

namespace instar {

/// How to wait for a server that does not answer yet.
struct server_wait {
  std::chrono::milliseconds limit{0};                    ///< 0: not at all
  std::function<void(const database_error&)> on_wait{};  ///< told once, with what the first attempt said
  std::function<void()> check{};                         ///< called ten times a second; throws to give up
};

namespace detail {

/// Sleeps.
/// \param check called ten times a second, may be empty; throws to give up
inline void sleep_checking(std::chrono::milliseconds time, const std::function<void()>& check) {
  using clock = std::chrono::steady_clock;
  const clock::time_point until = clock::now() + time;
  for (;;) {
    if (check)
      check();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now());
    if (left <= std::chrono::milliseconds{0})
      return;
    std::this_thread::sleep_for(std::min(left, std::chrono::milliseconds{100}));
  }
}

/// "60 s", "300 ms"
[[nodiscard]] inline std::string duration_text(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

}  // namespace detail

/// Calls `open`, and again while it throws a `database_error` that is `transient()`, until the limit. The pauses grow
/// from 100 ms to 2 s; an attempt itself may take the connection's own timeout.
///
/// \return what `open` returns
/// \throws what `open` throws: at once what will not pass by itself (a wrong password, a database that does not exist),
///         else the last one
///
/// \code
///   auto db = instar::wait_for_server({.limit = 60s}, [&] { return instar::open_database(url); });
/// \endcode
template <class Open>
auto wait_for_server(const server_wait& how, const Open& open) -> decltype(open()) {
  using clock = std::chrono::steady_clock;
  const clock::time_point give_up = clock::now() + how.limit;
  std::chrono::milliseconds pause{100};
  for (bool told = false;; told = true) {
    try {
      return open();
    } catch (const database_error& error) {
      if (!error.transient() || how.limit <= std::chrono::milliseconds{0})
        throw;
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(give_up - clock::now());
      if (left <= std::chrono::milliseconds{0})
        throw database_error{error.code(),
                             {.message = error.message() + " Waited " + detail::duration_text(how.limit) + " for it.",
                              .remedy = error.remedy(),
                              .sqlstate = error.sqlstate(),
                              .transient = true}};
      if (!told && how.on_wait)
        how.on_wait(error);
      detail::sleep_checking(std::min(pause, left), how.check);
      pause = std::min(pause * 2, std::chrono::milliseconds{2000});
    }
  }
}

}  // namespace instar
