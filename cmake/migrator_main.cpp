// The part of a migrator that knows no models: command line, databases, runner. Compiled once for all migrators of a
// build tree, see instar_add_migrator.
#include <instar/cli/built_in.hpp>
#include <instar/cli/cli.hpp>

int main(int argc, char** argv) {
  const instar::cli::built_in built_in = instar::cli::built_into_this_program();
  return instar::cli::run(
      argc, argv, {.schema = built_in.schema, .migrations = built_in.migrations, .seed_script = built_in.seed_script});
}
