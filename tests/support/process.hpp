#pragma once

// Programs as children: started, fed, signalled, waited for with a limit. POSIX.

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace instar_test {

/// What is left of a program when it has ended.
struct process_result {
  int exit_code = -1;  ///< of a program that a signal ended: -signal
  std::string out;
  std::string err;
};

/// How to start a program.
struct process_options {
  std::filesystem::path folder{};                                   ///< to start it in; empty: ours
  std::map<std::string, std::optional<std::string>> environment{};  ///< changes to ours; nothing: not set
  std::string input{};                                              ///< its standard input, then the end of it
  bool terminal = false;  ///< all three streams are one terminal: what is shown is `out`, `type()` is the keyboard
};

/// A running program. One that is still running when this goes away is killed.
class process {
 public:
  process(const std::vector<std::string>& command, const process_options& options = {}) : terminal_(options.terminal) {
    int in[2] = {-1, -1};
    int out[2] = {-1, -1};
    int err[2] = {-1, -1};
    std::string slave;
    if (terminal_) {
      out[0] = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
      if (out[0] < 0 || ::grantpt(out[0]) != 0 || ::unlockpt(out[0]) != 0) {
        fail("no pseudo terminal");
      }
      slave = ::ptsname(out[0]);
    } else if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) {
      fail("no pipe");
    }
    // Everything that allocates happens before the fork.
    std::vector<char*> words;
    for (const std::string& word : command) {
      words.push_back(const_cast<char*>(word.c_str()));
    }
    words.push_back(nullptr);
    std::vector<std::string> variables = environment(options.environment);
    std::vector<char*> variable_words;
    for (std::string& variable : variables) {
      variable_words.push_back(variable.data());
    }
    variable_words.push_back(nullptr);
    const std::string folder = options.folder.string();

    child_ = ::fork();
    if (child_ < 0) {
      fail("cannot fork");
    }
    if (child_ == 0) {
      ::signal(SIGPIPE, SIG_DFL);
      if (terminal_) {
        ::setsid();
        const int end = ::open(slave.c_str(), O_RDWR);
        ::ioctl(end, TIOCSCTTY, 0);
        ::dup2(end, 0);
        ::dup2(end, 1);
        ::dup2(end, 2);
      } else {
        ::dup2(in[0], 0);
        ::dup2(out[1], 1);
        ::dup2(err[1], 2);
      }
      if (!folder.empty() && ::chdir(folder.c_str()) != 0) {
        ::_exit(126);
      }
      ::execve(words.front(), words.data(), variable_words.data());
      ::_exit(127);
    }
    out_ = out[0];
    if (!terminal_) {
      ::close(in[0]);
      ::close(out[1]);
      ::close(err[1]);
      err_ = err[0];
      in_ = in[1];
      // The inputs of tests fit into a pipe; a child that does not read them must not end us.
      ::signal(SIGPIPE, SIG_IGN);
      [[maybe_unused]] const auto written = ::write(in_, options.input.data(), options.input.size());
      ::close(in_);
    }
  }

  process(const process&) = delete;
  process& operator=(const process&) = delete;

  ~process() {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
    ::close(out_);
    if (err_ >= 0) {
      ::close(err_);
    }
  }

  /// Of the operating system.
  [[nodiscard]] pid_t id() const { return child_; }

  /// Sends a signal; nothing when the program has ended (kill(-1) would reach everybody).
  void signal(int number) {
    if (child_ > 0) {
      ::kill(child_, number);
    }
  }

  /// Types on the keyboard of the terminal.
  void type(std::string_view text) {
    if (::write(out_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      fail("cannot type");
    }
  }

  /// Waits until either stream holds a text. \return whether it came before the program ended and the time was up
  bool wait_for(std::string_view text, std::chrono::milliseconds limit = std::chrono::seconds{30}) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (result_.out.find(text) == std::string::npos && result_.err.find(text) == std::string::npos) {
      if (!read_more(deadline)) {
        return false;
      }
    }
    return true;
  }

  /// Waits for the end. \throws std::runtime_error when it does not come; the program is killed then
  process_result finish(std::chrono::milliseconds limit = std::chrono::seconds{60}) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (read_more(deadline)) {
    }
    int status = 0;
    while (::waitpid(child_, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() > deadline) {
        throw std::runtime_error("the program did not end; it said:\n" + result_.out + result_.err);
      }
      ::usleep(2000);
    }
    child_ = -1;
    result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return result_;
  }

 private:
  [[noreturn]] static void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
  }

  static std::vector<std::string> environment(const std::map<std::string, std::optional<std::string>>& changes) {
    std::vector<std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string variable = *entry;
      if (changes.count(variable.substr(0, variable.find('='))) == 0) {
        variables.push_back(variable);
      }
    }
    for (const auto& [name, value] : changes) {
      if (value) {
        variables.push_back(name + '=' + *value);
      }
    }
    return variables;
  }

  // Reads what there is; false at the end of both streams, or when the time is up.
  bool read_more(std::chrono::steady_clock::time_point deadline) {
    pollfd streams[2] = {{out_open_ ? out_ : -1, POLLIN, 0}, {err_open_ && err_ >= 0 ? err_ : -1, POLLIN, 0}};
    if (streams[0].fd < 0 && streams[1].fd < 0) {
      return false;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0 || ::poll(streams, 2, static_cast<int>(left.count())) <= 0) {
      return false;
    }
    char buffer[4096];
    if (streams[0].revents != 0) {
      const auto n = ::read(out_, buffer, sizeof buffer);
      if (n > 0) {
        result_.out.append(buffer, static_cast<std::size_t>(n));
      } else {
        out_open_ = false;  // a terminal whose program is gone says EIO
      }
    }
    if (streams[1].revents != 0) {
      const auto n = ::read(err_, buffer, sizeof buffer);
      if (n > 0) {
        result_.err.append(buffer, static_cast<std::size_t>(n));
      } else {
        err_open_ = false;
      }
    }
    return true;
  }

  bool terminal_;
  pid_t child_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  bool out_open_ = true;
  bool err_open_ = true;
  process_result result_;
};

/// Runs a program to its end.
inline process_result run_process(const std::vector<std::string>& command, const process_options& options = {}) {
  return process{command, options}.finish();
}

}  // namespace instar_test
