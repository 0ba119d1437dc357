#pragma once

// A PostgreSQL server of one test alone, for what would disturb other tests.

#include "support/scratch_folder.hpp"

#include <instar/database/url.hpp>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace instar_test {

/// A server that can be stopped and started again; gone at the end.
class private_server {
 public:
  private_server() { run("start"); }
  private_server(const private_server&) = delete;
  private_server& operator=(const private_server&) = delete;
  ~private_server() { (void)std::system(command("stop").c_str()); }

  [[nodiscard]] instar::database_url url() const {
    std::ifstream in{output()};
    std::string text;
    std::getline(in, text);
    return instar::database_url{text};
  }

  void halt() const { run("halt"); }
  void resume() const { run("resume"); }

 private:
  [[nodiscard]] std::string output() const { return (folder_.path() / "url").string(); }

  [[nodiscard]] std::string command(const std::string& action) const {
    return std::string{INSTAR_SOURCE_DIR "/tests/support/postgres_server.sh "} + action + " '" +
           (folder_.path() / "server").string() + "'" + (action == "start" ? " >'" + output() + "'" : "");
  }

  void run(const std::string& action) const {
    if (std::system(command(action).c_str()) != 0)
      throw std::runtime_error("postgres_server.sh " + action + " failed");
  }

  scratch_folder folder_;
};

}  // namespace instar_test
