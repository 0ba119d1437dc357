// Any bytes for the parser of SQLite's CREATE texts; and for what SQLite takes of them, that the database made from the
// value is read back as the same value. libFuzzer's entry; replay.cpp has a main() for the seeds alone.
#include "database/sqlite_corpus.hpp"

#include <instar/sql/script.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void parse(std::string_view text) {
  (void)instar::detail::parse_create_table(text);
  (void)instar::detail::parse_create_index(text);
  (void)instar::detail::parse_create_view(text);
  (void)instar::detail::create_parser(text).module();
  (void)instar::detail::create_parser(text).statement();
}

/// Stops CREATE TABLE … AS SELECT that does not end.
int stop(void*) {
  return 1;
}

/// The statements that make tables, indexes, views and triggers, as far as SQLite takes them.
void make(instar::database& db, std::string_view text) {
  auto& sqlite = dynamic_cast<instar::sqlite_database&>(db);
  sqlite3_limit(sqlite.handle(), SQLITE_LIMIT_LENGTH, 1 << 16);
  sqlite3_progress_handler(sqlite.handle(), 100000, stop, nullptr);
  std::vector<instar::script_statement> statements;
  try {
    statements = instar::split_script(instar::sqlite, text);
  } catch (const instar::script_error&) {
    return;
  }
  for (const instar::script_statement& statement : statements)
    try {
      if (statement.keyword == "CREATE" && instar::detail::create_parser(statement.text).module().empty())
        db.execute(statement.text);
    } catch (const instar::database_error&) {
      // Not SQL that SQLite takes.
    }
  sqlite3_progress_handler(sqlite.handle(), 0, nullptr, nullptr);
}

void fail(std::string_view text, const std::string& why) {
  std::cerr << why << "\nThe text:\n" << text << '\n';
  std::abort();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  parse(text);
  if (text.find("CREATE") == std::string_view::npos && text.find("create") == std::string_view::npos)
    return 0;
  const auto db = instar_test::memory_database();
  make(*db, text);
  try {
    if (db->query_value("SELECT count(*) FROM sqlite_schema") == "0")
      return 0;
    const instar_test::round_trip trip = instar_test::take_through(*db);
    if (trip.first != trip.second)
      fail(text, "The value:\n" + trip.first + "and that of the copy:\n" + trip.second);
    if (!trip.steps.empty())
      fail(text, "A plan that should be empty: " + trip.steps.front());
    if (trip.objects != trip.modelled + trip.raw)
      fail(text, "Objects that are in no value:\n" + trip.first);
  } catch (const instar::database_error& error) {
    fail(text, error.what());
  }
  return 0;
}
