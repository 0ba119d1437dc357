#pragma once

#include "support/catch.hpp"

#include <instar/database/database.hpp>
#include <instar/diff/diff.hpp>
#include <instar/schema/owned.hpp>
#include <instar/sql/sql.hpp>

#include <memory>
#include <string>
#include <vector>

/// \file What the tests of databases expect: an error, or no difference.

namespace test {

/// The database_error that an action ends with.
template <class Action>
instar::database_error error_of(const Action& action) {
  try {
    action();
  } catch (const instar::database_error& error) {
    return error;
  }
  FAIL("no error");
  throw 0;
}

/// An empty SQLite database of the test's own.
inline std::unique_ptr<instar::database> sqlite_memory() {
  return instar::open_database(instar::database_url{"sqlite::memory:"});
}

/// The steps from one schema to another, a line each.
inline std::vector<std::string> differences(const instar::owned_schema& from, const instar::owned_schema& to) {
  std::vector<std::string> lines;
  for (const instar::step& s : instar::make_plan(from.view(), to.view()).steps)
    lines.push_back(instar::describe(s));
  return lines;
}

}  // namespace test
