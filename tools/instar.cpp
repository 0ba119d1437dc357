// The program for projects without models: SQL migrations, and any database.
#include <instar/cli/cli.hpp>

int main(int argc, char** argv) {
  return instar::cli::run(argc, argv);
}
