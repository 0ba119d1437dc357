#pragma once

#include <instar/database/aside.hpp>
#include <instar/database/catalog_rows.hpp>
#include <instar/database/connection.hpp>
#include <instar/database/error.hpp>
#include <instar/database/open.hpp>
#include <instar/database/postgres_reading_scope.hpp>
#include <instar/sql/sql.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// \file The queries of views. The server takes longer to print them than for all else of a catalogue, so where there
/// are many the half is read on a second connection, in the same snapshot.

namespace instar::detail::pg {

struct view_query_row {
  std::uint32_t oid;
  std::optional<std::string> query;

  void read(row_reader& in) { in(oid, query); }
};

class view_queries {
 public:
  /// Begins to read. \param scope the transaction of `db`
  view_queries(database& db, const reading_scope& scope, std::vector<std::uint32_t> views) : db_(db) {
    std::size_t half = 0;
    if (scope.shared_snapshot() && views.size() >= static_cast<std::size_t>(reading_scope::many_views)) {
      half = views.size() / 2;
      theirs_.assign(views.end() - static_cast<std::ptrdiff_t>(half), views.end());
      elsewhere_ = std::make_unique<aside<rows>>(
          [url = db.url(), schema = scope.default_schema(), snapshot = *scope.shared_snapshot(),
           sql = question(theirs_)](aside<rows>& self) { return read_elsewhere(self, url, schema, snapshot, sql); });
    }
    views.resize(views.size() - half);
    ours_ = std::move(views);
  }

  /// The rest, and what came over the other connection.
  [[nodiscard]] std::vector<view_query_row> read() {
    rows all = read_here(ours_);
    std::optional<rows> others;
    if (elsewhere_)
      others = elsewhere_->get();
    // No second connection was to be had, or it was lost.
    if (!others || others->empty())
      others = read_here(theirs_);
    all.insert(all.end(), std::make_move_iterator(others->begin()), std::make_move_iterator(others->end()));
    return all;
  }

 private:
  using rows = std::vector<view_query_row>;

  static std::string question(const std::vector<std::uint32_t>& views) {
    std::string numbers;
    for (const std::uint32_t view : views)
      numbers += (numbers.empty() ? "" : ",") + std::to_string(view);
    return "SELECT v.oid, pg_get_viewdef(v.oid) FROM unnest('{" + numbers + "}'::oid[]) v(oid)";
  }

  [[nodiscard]] rows read_here(const std::vector<std::uint32_t>& views) {
    return views.empty() ? rows{} : read_rows<view_query_row>(db_, question(views));
  }

  /// On the other thread.
  static rows read_elsewhere(aside<rows>& self, const database_url& url, const std::string& schema,
                             const std::string& snapshot, const std::string& sql) {
    rows found;
    try {
      const std::unique_ptr<database> on =
          open_database(url, {.read_only = true, .application_name = "instar introspection"});
      self.uses(on.get());
      try {
        on->execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSET TRANSACTION SNAPSHOT " +
                    quote_literal(snapshot) +
                    ";\nSET LOCAL search_path = " + (schema.empty() ? "''" : quote_identifier(schema)));
        const reading_scope same_settings{*on};
        if (!self.abandoned())
          found = read_rows<view_query_row>(*on, sql);
      } catch (...) {
        self.uses(nullptr);
        throw;
      }
      self.uses(nullptr);
    } catch (const database_error&) {
      found.clear();
    }
    return found;
  }

  database& db_;
  std::vector<std::uint32_t> ours_;
  std::vector<std::uint32_t> theirs_;
  std::unique_ptr<aside<rows>> elsewhere_;
};

}  // namespace instar::detail::pg
