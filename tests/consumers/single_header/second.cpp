// The header in a second source of the same program.
#include <instar.hpp>

static_assert(instar::postgres != instar::sqlite);
