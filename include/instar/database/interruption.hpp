#pragma once

#include <instar/database/connection.hpp>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

namespace instar {

namespace detail {

/// Handlers of signals, and those that were there before.
class signal_handlers {
 public:
  /// \param flags of sigaction; https://man7.org/linux/man-pages/man2/sigaction.2.html
  void install(const std::vector<int>& signals, void (*act)(int), int flags) {
    former_.reserve(signals.size());
    for (const int signal : signals) {
      struct sigaction handler {};
      handler.sa_handler = act;
      handler.sa_flags = flags;
      struct sigaction former {};
      // Whoever ignores a signal (nohup) goes on ignoring it.
      if (::sigaction(signal, nullptr, &former) == 0 && former.sa_handler != SIG_IGN &&
          ::sigaction(signal, &handler, nullptr) == 0) {
        former_.emplace_back(signal, former);
      }
    }
  }

  void restore() noexcept {
    for (const auto& [signal, former] : former_) {
      ::sigaction(signal, &former, nullptr);
    }
  }

 private:
  std::vector<std::pair<int, struct sigaction>> former_;
};

}  // namespace detail

/// While it lives, a signal interrupts a database: the statement that runs fails with `interrupted`, and the program
/// gets to say what state it leaves behind.
///
///     instar::interrupt_on_signal guard{*db};
///     db->execute(long_script);          // Ctrl-C: throws database_error, code() == database_code::interrupted
///     if (guard.raised() != 0) …         // between two statements nothing is there to fail
///
/// The handler writes one byte to a pipe, which is all that a handler may do; a thread of this object reads it and
/// acts. A second signal of the same kind has its former effect, so an impatient user still gets out. One object at a
/// time in a process; POSIX only. Destroy it before the database.
class interrupt_on_signal {
 public:
  explicit interrupt_on_signal(database& db, std::vector<int> signals = {SIGINT, SIGTERM})
      : interrupt_on_signal([&db](int) { db.interrupt(); }, std::move(signals)) {}

  /// \param action called with the signal on this object's thread, once for each signal; must not throw.
  /// \throws std::logic_error when another one lives; std::system_error when the process has no pipe or thread left.
  explicit interrupt_on_signal(std::function<void(int)> action, std::vector<int> signals = {SIGINT, SIGTERM})
      : action_(std::move(action)) {
    int ends[2];
    if (::pipe(ends) != 0) {
      throw std::system_error(errno, std::generic_category(), "no pipe for signals");
    }
    read_end_ = ends[0];
    write_end_ = ends[1];
    ::fcntl(read_end_, F_SETFD, FD_CLOEXEC);
    ::fcntl(write_end_, F_SETFD, FD_CLOEXEC);
    int none = -1;
    if (!pipe_of_handler().compare_exchange_strong(none, write_end_)) {
      close_pipe();
      throw std::logic_error("instar::interrupt_on_signal: only one at a time in a process");
    }
    try {
      start_thread();
    } catch (...) {
      pipe_of_handler() = -1;
      close_pipe();
      throw;
    }
    handlers_.install(signals, &pass_on, SA_RESTART | static_cast<int>(SA_RESETHAND));
  }

  interrupt_on_signal(const interrupt_on_signal&) = delete;
  interrupt_on_signal& operator=(const interrupt_on_signal&) = delete;

  ~interrupt_on_signal() {
    handlers_.restore();
    pipe_of_handler() = -1;
    const unsigned char stop = 0;
    while (::write(write_end_, &stop, 1) < 0 && errno == EINTR) {
    }
    thread_.join();
    close_pipe();
  }

  /// The first signal that came; 0 while none has.
  [[nodiscard]] int raised() const noexcept { return raised_; }

 private:
  static std::atomic<int>& pipe_of_handler() noexcept {
    static std::atomic<int> write_end{-1};
    return write_end;
  }

  static void pass_on(int signal) noexcept {
    const int saved = errno;
    const int write_end = pipe_of_handler();
    if (write_end >= 0) {
      const auto byte = static_cast<unsigned char>(signal);
      [[maybe_unused]] const auto written = ::write(write_end, &byte, 1);
    }
    errno = saved;
  }

  // The thread inherits the mask: signals go to the program's own threads.
  void start_thread() {
    sigset_t all;
    sigset_t former;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &former);
    try {
      thread_ = std::thread([this] { read_signals(); });
    } catch (...) {
      pthread_sigmask(SIG_SETMASK, &former, nullptr);
      throw;
    }
    pthread_sigmask(SIG_SETMASK, &former, nullptr);
  }

  void read_signals() {
    while (true) {
      unsigned char byte = 0;
      const auto count = ::read(read_end_, &byte, 1);
      if (count < 0 && errno == EINTR) {
        continue;
      }
      if (count != 1 || byte == 0) {
        return;
      }
      int none = 0;
      raised_.compare_exchange_strong(none, byte);
      action_(byte);
    }
  }

  void close_pipe() noexcept {
    ::close(read_end_);
    ::close(write_end_);
  }

  std::function<void(int)> action_;
  detail::signal_handlers handlers_;
  std::atomic<int> raised_ = 0;
  int read_end_ = -1;
  int write_end_ = -1;
  std::thread thread_;
};

/// While it lives, a signal ends the process: it says why, and exits with a status of its own.
///
/// For the time before anything is changed, in which there is nothing to interrupt or to put back. Unlike
/// `interrupt_on_signal` it needs no thread, which costs a short program a twentieth of its time. One object at a time
/// in a process; an `interrupt_on_signal` may take its place and give it back. POSIX only.
class exit_on_signal {
 public:
  /// \param to_error, to_output what to write to standard error and standard output, as it is
  /// \throws std::logic_error when another one lives.
  exit_on_signal(std::string to_error, std::string to_output, int status, std::vector<int> signals = {SIGINT, SIGTERM})
      : to_error_(std::move(to_error)), to_output_(std::move(to_output)), status_(status) {
    const exit_on_signal* none = nullptr;
    if (!object_of_handler().compare_exchange_strong(none, this)) {
      throw std::logic_error("instar::exit_on_signal: only one at a time in a process");
    }
    handlers_.install(signals, &end, 0);
  }

  exit_on_signal(const exit_on_signal&) = delete;
  exit_on_signal& operator=(const exit_on_signal&) = delete;

  ~exit_on_signal() {
    handlers_.restore();
    object_of_handler() = nullptr;
  }

 private:
  static std::atomic<const exit_on_signal*>& object_of_handler() noexcept {
    static std::atomic<const exit_on_signal*> object{nullptr};
    return object;
  }

  static void end(int) noexcept {
    if (const exit_on_signal* object = object_of_handler()) {
      write_all(STDERR_FILENO, object->to_error_);
      write_all(STDOUT_FILENO, object->to_output_);
      ::_exit(object->status_);
    }
  }

  static void write_all(int file, std::string_view text) noexcept {
    while (!text.empty()) {
      const auto count = ::write(file, text.data(), text.size());
      if (count < 0 && errno != EINTR) {
        return;
      }
      text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
  }

  std::string to_error_;
  std::string to_output_;
  int status_;
  detail::signal_handlers handlers_;
};

}  // namespace instar
