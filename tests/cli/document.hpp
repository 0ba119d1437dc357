#pragma once

#include <boost/json/value.hpp>

#include <string_view>

namespace instar_test {

/// The one document that a text is, read by a parser that is not ours. \throws std::exception when it is anything else
boost::json::value parse_document(std::string_view text);

}  // namespace instar_test
