#pragma once

#include "models/v3.hpp"

/// The models as they are now. Code of the application writes fuse::User; earlier versions are kept for the tests.
namespace fuse {

using namespace v3;

}  // namespace fuse
