#pragma once

#include <instar/database/connection.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

/// \file Work on a second connection while the first one goes on: what takes the time is the server, which has a
/// process for each.

namespace instar::detail {

/// Work on a thread of its own. Given up by the destructor when nobody has asked for the result: an error came first.
template <class Result>
class aside {
 public:
  /// \param work must notice by itself when it is `abandoned`; its connection is interrupted
  explicit aside(std::function<Result(aside&)> work) {
    try {
      result_ = std::async(std::launch::async, [this, work = std::move(work)] { return work(*this); });
    } catch (const std::system_error&) {
      // There is no thread to be had.
    }
  }

  aside(const aside&) = delete;
  aside& operator=(const aside&) = delete;

  ~aside() {
    abandoned_ = true;
    while (result_.valid() && result_.wait_for(std::chrono::milliseconds{10}) != std::future_status::ready) {
      const std::lock_guard lock{guard_};
      if (connection_ != nullptr)
        connection_->interrupt();
    }
  }

  /// What the work returns or throws, once; nothing when it could not be begun.
  [[nodiscard]] std::optional<Result> get() {
    return result_.valid() ? std::optional<Result>{result_.get()} : std::nullopt;
  }

  /// The work says which connection it uses; nullptr before that goes away.
  void uses(database* connection) {
    const std::lock_guard lock{guard_};
    connection_ = connection;
  }

  [[nodiscard]] bool abandoned() const noexcept { return abandoned_; }

 private:
  std::atomic<bool> abandoned_{false};
  std::mutex guard_;
  database* connection_ = nullptr;
  std::future<Result> result_;
};

}  // namespace instar::detail
