#pragma once

#include <string_view>

namespace instar {

/// The version of this library, as its CMake project says it.
inline constexpr std::string_view library_version = "0.1.0";

}  // namespace instar
