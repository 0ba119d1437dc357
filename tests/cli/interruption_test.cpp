// Ctrl-C where no server cancels anything.

#include "cli/program.hpp"
#include "support/postgres_server.hpp"

#include <chrono>
#include <csignal>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace instar_test;
using namespace std::chrono_literals;

TEST_CASE("Ctrl-C stops a SQLite statement, rolls back, and ends with 130") {
  const project p;
  p.migration("20240101000000_one", "CREATE TABLE one (id INTEGER PRIMARY KEY);\n");
  p.migration(
      "20240102000000_endless",
      "CREATE TABLE two (id INTEGER PRIMARY KEY);\n"
      "INSERT INTO two WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n;\n");
  process running{project::command(without_models, {"migrate", "deploy"}), p.options()};
  REQUIRE(running.wait_for("Applied 20240101000000_one"));
  std::this_thread::sleep_for(300ms);
  running.signal(SIGINT);
  const process_result result = running.finish(20s);
  INFO(result.err);
  CHECK(result.exit_code == 130);
  CHECK(contains(result.err, "= state: "));
  CHECK(p.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'two'") == "0");
  CHECK(p.ask("SELECT count(*) FROM _instar_migrations WHERE finished_at IS NOT NULL") == "1");
}

TEST_CASE("Ctrl-C ends the wait for another runner") {
  const scratch_database database;
  const project p{database.url().libpq_text()};
  p.migration("20240101000000_slow", "SELECT pg_sleep(6);\n");
  process first{project::command(without_models, {"migrate", "deploy"}), p.options()};
  const auto server = database.open();
  for (int i = 0; i < 1000; ++i) {
    if (*server->query_value(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM "
            "pg_database WHERE datname = current_database())") != "0") {
      break;
    }
    std::this_thread::sleep_for(5ms);
  }
  process second{project::command(without_models, {"migrate", "deploy"}), p.options()};
  REQUIRE(second.wait_for("Waiting for another runner"));
  second.signal(SIGINT);
  CHECK(second.finish(5s).exit_code == 130);
  CHECK(first.finish().exit_code == 0);
}

// A server that takes a connection and never says a word.
class silent_server {
 public:
  silent_server() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_, 4) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    url_ = "postgresql://u@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/d?connect_timeout=60";
  }
  silent_server(const silent_server&) = delete;
  silent_server& operator=(const silent_server&) = delete;
  ~silent_server() { ::close(listener_); }

  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  int listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  std::string url_;
};

TEST_CASE("while deploy only looks, one Ctrl-C ends it, and it says that nothing was changed") {
  const silent_server server;
  const project p{server.url()};
  p.migration("20240101000000_one", "SELECT 1;\n");
  process running{project::command(without_models, {"migrate", "deploy"}), p.options()};
  REQUIRE(running.wait_for("Database: PostgreSQL"));
  std::this_thread::sleep_for(500ms);
  running.signal(SIGINT);
  const process_result result = running.finish(5s);
  CHECK(result.exit_code == 130);
  CHECK(contains(result.err, "error[INS4090]: Interrupted."));
  CHECK(contains(result.err, "Nothing was changed."));
  CHECK(result.out.empty());
}

TEST_CASE("while deploy only looks, a SIGTERM ends it with the document of --json") {
  const silent_server server;
  const project p{server.url()};
  p.migration("20240101000000_one", "SELECT 1;\n");
  process running{project::command(without_models, {"migrate", "deploy", "--json"}), p.options()};
  std::this_thread::sleep_for(1500ms);  // it says nothing before the end
  running.signal(SIGTERM);
  const process_result result = running.finish(5s);
  CHECK(result.exit_code == 130);
  CHECK(result.err.empty());
  const auto document = parse_document(result.out);
  CHECK(document.at("errors").as_array().front().at("code") == "INS4090");
  CHECK(document.at("exit_code") == 130);
}

TEST_CASE("a second Ctrl-C leaves at once, whatever the first is waiting for") {
  const silent_server server;
  const project p{server.url()};
  p.migration("20240101000000_one", "SELECT 1;\n");
  process running{project::command(without_models, {"migrate", "status"}), p.options()};
  REQUIRE(running.wait_for("Database: PostgreSQL"));
  std::this_thread::sleep_for(500ms);
  running.signal(SIGINT);
  std::this_thread::sleep_for(300ms);
  running.signal(SIGINT);
  CHECK(running.finish(5s).exit_code == -SIGINT);  // what a shell calls 130
}
