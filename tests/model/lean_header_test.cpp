// What a models file does not pay for.
#include <instar/schema/dialect.hpp>

// The single header holds the bridge to Boost.PFR where that is found: there the question has no meaning.
#ifdef INSTAR_MODEL
#define INSTAR_TEST_SINGLE_HEADER
#endif

#include <instar/instar.hpp>

#include "support/catch.hpp"

TEST_CASE("instar.hpp alone includes neither Boost nor a database's library") {
#ifndef INSTAR_TEST_SINGLE_HEADER
#ifdef BOOST_HANA_CONFIG_HPP
  FAIL("Boost.Hana");
#endif
#ifdef BOOST_PFR_DETAIL_CONFIG_HPP
  FAIL("Boost.PFR");
#endif
#ifdef BOOST_CONFIG_HPP
  FAIL("Boost.Config");
#endif
#ifdef SQLITE_VERSION
  FAIL("SQLite");
#endif
#ifdef PQXX_H_UTIL
  FAIL("libpqxx");
#endif
#endif
  SUCCEED();
}
