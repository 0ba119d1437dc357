// Any bytes for the lexer that cuts a script into statements; and for what PostgreSQL's own parser takes of them, that
// it cuts at the same places. libFuzzer's entry; replay.cpp has a main() for files alone.
//
// PostgreSQL's parser is libpg_query's, https://github.com/pganalyze/libpg_query; without it only the first half is
// looked at.
#include <instar/sql/script.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#if INSTAR_HAS_PG_QUERY
#include <pg_query.h>
#endif

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

[[noreturn]] void fail(std::string_view why, std::string_view script) {
  std::cerr << why << "\n--- script\n" << script << "\n---\n";
  std::abort();
}

/// What every cut has to be, of whatever bytes: parts of the script, in its order, that begin and end with a token.
std::vector<instar::script_statement> cut(instar::dialect target, std::string_view script) {
  std::vector<instar::script_statement> statements = instar::split_script(target, script);
  std::size_t end = 0;
  for (const instar::script_statement& one : statements) {
    if (one.text.empty() || one.offset < end || one.offset + one.text.size() > script.size() ||
        one.text.data() != script.data() + one.offset)
      fail("a statement is no part of its script", script);
    end = one.offset + one.text.size();
  }
  return statements;
}

#if INSTAR_HAS_PG_QUERY
/// Where the first token behind a place stands.
std::size_t skip_blank(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (std::string_view{" \t\n\r\f\v"}.find(text[at]) != std::string_view::npos) {
      ++at;
    } else if (text.substr(at, 2) == "--") {
      at = std::min(text.find_first_of("\n\r", at), text.size());
    } else if (text.substr(at, 2) == "/*") {
      int depth = 0;
      do {
        if (text.substr(at, 2) == "/*")
          ++depth, at += 2;
        else if (text.substr(at, 2) == "*/")
          --depth, at += 2;
        else
          ++at;
      } while (depth > 0 && at < text.size());
    } else {
      break;
    }
  }
  return at;
}

void compare(const std::string& script) {
  // A byte order mark is ours to pass over, psql does that too; PostgreSQL takes it for a name.
  if (script.starts_with("\xEF\xBB\xBF"))
    return;
  const PgQuerySplitResult theirs = pg_query_split_with_parser(script.c_str());
  if (theirs.error == nullptr) {
    std::vector<instar::script_statement> ours;
    try {
      ours = cut(instar::postgres, script);
    } catch (const instar::script_error& error) {
      // Bytes that are no UTF-8 are refused before PostgreSQL would.
      if (error.code() == instar::script_code::invalid_utf8) {
        pg_query_free_split_result(theirs);
        return;
      }
      fail(error.what(), script);
    }
    if (ours.size() != static_cast<std::size_t>(theirs.n_stmts))
      fail(std::to_string(ours.size()) + " statements where PostgreSQL sees " + std::to_string(theirs.n_stmts), script);
    for (std::size_t i = 0; i != ours.size(); ++i) {
      const auto begin = static_cast<std::size_t>(theirs.stmts[i]->stmt_location);
      const std::size_t end = begin + static_cast<std::size_t>(theirs.stmts[i]->stmt_len);
      if (skip_blank(script, begin) != ours[i].offset)
        fail("statement " + std::to_string(i + 1) + " begins elsewhere", script);
      const std::size_t our_end = ours[i].offset + ours[i].text.size();
      if (our_end > end || skip_blank(std::string_view{script}.substr(0, end), our_end) != end)
        fail("statement " + std::to_string(i + 1) + " ends elsewhere", script);
    }
  }
  pg_query_free_split_result(theirs);
}
#endif

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string script(reinterpret_cast<const char*>(data), size);
  for (const instar::dialect target : {instar::postgres, instar::sqlite}) {
    try {
      (void)cut(target, script);
    } catch (const instar::script_error& error) {
      if (error.offset() > script.size())
        fail("an error is outside of the script", script);
    }
  }
#if INSTAR_HAS_PG_QUERY
  if (script.find('\0') == std::string::npos)
    compare(script);
#endif
  return 0;
}
