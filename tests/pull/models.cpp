// Where the round trip puts the models of a database that it pulled: a shared library of this one's name.
#include <instar/cli/built_in.hpp>

instar::cli::built_in instar::cli::built_into_this_program() noexcept {
  return {};
}
