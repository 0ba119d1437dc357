// Boost.JSON, header-only: compiled here, once.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <boost/json/src.hpp>
#pragma GCC diagnostic pop

#include "cli/document.hpp"

boost::json::value instar_test::parse_document(std::string_view text) {
  return boost::json::parse(boost::json::string_view{text.data(), text.size()});
}
