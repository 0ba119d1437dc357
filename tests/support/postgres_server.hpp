#pragma once

// The PostgreSQL server of the tests: a throw-away one, named by the environment.

#include <instar/database/database.hpp>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <unistd.h>

namespace instar_test {

/// The URL in INSTAR_TEST_POSTGRES: a superuser's, on a server that nobody else needs. Without it a test fails, since a
/// test that nobody ran proves nothing.
inline instar::database_url postgres_server() {
  const char* url = std::getenv("INSTAR_TEST_POSTGRES");
  if (url == nullptr || *url == '\0') {
    throw std::runtime_error(
        "This test needs a PostgreSQL server: run it through ctest, or start one with "
        "`export INSTAR_TEST_POSTGRES=$(tests/support/postgres_server.sh start /tmp/instar-test)`.");
  }
  return instar::database_url{url};
}

/// An empty database of its own for one test, dropped at the end.
class scratch_database {
 public:
  scratch_database() : url_(postgres_server().with_database(unused_name())) { instar::create_database(url_); }

  scratch_database(const scratch_database&) = delete;
  scratch_database& operator=(const scratch_database&) = delete;

  ~scratch_database() {
    try {
      instar::drop_database(url_);
    } catch (const std::exception&) {
      // The server goes away with all of its databases.
    }
  }

  [[nodiscard]] const instar::database_url& url() const { return url_; }

  [[nodiscard]] std::unique_ptr<instar::database> open(const instar::open_options& options = {}) const {
    return instar::open_database(url_, options);
  }

 private:
  static std::string unused_name() {
    static std::atomic<int> last = 0;
    return "instar_test_" + std::to_string(::getpid()) + "_" + std::to_string(++last);
  }

  instar::database_url url_;
};

}  // namespace instar_test
