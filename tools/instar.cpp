// The program for projects without models: SQL migrations, and any database.
#include <instar/cli/cli.hpp>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  const int status = instar::cli::run(argc, argv);
#ifdef NDEBUG
  // All is closed and said. What the libraries below libpq would still tidy up goes with the process, and waiting for
  // it is a part of a start without work that can be measured.
  std::fflush(nullptr);
  std::_Exit(status);
#else
  return status;
#endif
}
