#include <instar/database/database.hpp>
#include <instar/database/interruption.hpp>

#include "database/expect.hpp"
#include "support/catch.hpp"
#include "support/postgres_server.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using instar::interrupt_on_signal;
using test::sqlite_memory;
namespace code = instar::database_code;

namespace {

constexpr const char* endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

/// Sends a signal to this process once a statement has had time to start.
class delayed_signal {
 public:
  explicit delayed_signal(int signal)
      : thread_([signal] {
          std::this_thread::sleep_for(std::chrono::milliseconds{100});
          ::kill(::getpid(), signal);
        }) {}
  delayed_signal(const delayed_signal&) = delete;
  delayed_signal& operator=(const delayed_signal&) = delete;
  ~delayed_signal() { thread_.join(); }

 private:
  std::thread thread_;
};

void check_interrupted(instar::database& db, const char* statement, int signal) {
  const interrupt_on_signal guard{db};
  const delayed_signal soon{signal};
  try {
    db.execute(statement);
    FAIL("not interrupted");
  } catch (const instar::database_error& error) {
    CHECK(error.code() == code::interrupted);
  }
  CHECK(guard.raised() == signal);
}

/// What becomes of a child process that does `work`: its exit status as waitpid gives it.
template <class Work>
int status_of_child(const Work& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

void wait_until(const std::function<bool()>& done) {
  for (int i = 0; i < 1000 && !done(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

}  // namespace

TEST_CASE("a signal interrupts a statement of SQLite") {
  const auto db = sqlite_memory();
  check_interrupted(*db, endless, SIGINT);
  CHECK(db->query_value("SELECT 1") == "1");
}

TEST_CASE("a signal interrupts a statement of PostgreSQL") {
  const auto db = instar::open_database(instar_test::postgres_server());
  check_interrupted(*db, "SELECT pg_sleep(600)", SIGTERM);
  CHECK(db->query_value("SELECT 1") == "1");
}

TEST_CASE("a signal between two statements is known though nothing fails") {
  const auto db = sqlite_memory();
  const interrupt_on_signal guard{*db, {SIGUSR1}};
  CHECK(guard.raised() == 0);
  ::raise(SIGUSR1);
  wait_until([&] { return guard.raised() != 0; });
  CHECK(guard.raised() == SIGUSR1);
  CHECK(db->query_value("SELECT 1") == "1");
}

TEST_CASE("an action of one's own gets every kind of signal") {
  std::atomic<int> sum = 0;
  const interrupt_on_signal guard{[&](int signal) { sum += signal; }, {SIGUSR1, SIGUSR2}};
  ::raise(SIGUSR1);
  wait_until([&] { return sum == SIGUSR1; });
  ::raise(SIGUSR2);
  wait_until([&] { return sum == SIGUSR1 + SIGUSR2; });
  CHECK(sum == SIGUSR1 + SIGUSR2);
  CHECK(guard.raised() == SIGUSR1);
}

TEST_CASE("only one lives at a time, and the next may come after it") {
  const auto db = sqlite_memory();
  {
    const interrupt_on_signal first{*db};
    CHECK_THROWS_AS(interrupt_on_signal{*db}, std::logic_error);
  }
  CHECK_NOTHROW(interrupt_on_signal{*db});
}

TEST_CASE("the former handlers are back afterwards") {
  struct sigaction before {};
  struct sigaction after {};
  ::sigaction(SIGINT, nullptr, &before);
  {
    const auto db = sqlite_memory();
    const interrupt_on_signal guard{*db};
    struct sigaction during {};
    ::sigaction(SIGINT, nullptr, &during);
    CHECK(during.sa_handler != before.sa_handler);
  }
  ::sigaction(SIGINT, nullptr, &after);
  CHECK(after.sa_handler == before.sa_handler);
}

TEST_CASE("a signal that the process ignores stays ignored") {
  const int status = status_of_child([] {
    ::signal(SIGINT, SIG_IGN);
    const interrupt_on_signal guard{[](int) {}, {SIGINT}};
    ::raise(SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    ::_exit(guard.raised() == 0 ? 7 : 8);
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("the second signal of a kind ends the program as ever") {
  const int status = status_of_child([] {
    ::signal(SIGINT, SIG_DFL);
    const interrupt_on_signal guard{[](int) {}, {SIGINT}};
    ::raise(SIGINT);
    ::raise(SIGINT);
    ::_exit(7);
  });
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGINT);
}
