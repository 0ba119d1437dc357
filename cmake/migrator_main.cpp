// The part of a migrator that knows no models: command line, databases, runner. Compiled once for all migrators of a
// build tree, see instar_add_migrator.
#include <instar/cli/built_in.hpp>
#include <instar/cli/cli.hpp>

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  const instar::cli::built_in built_in = instar::cli::built_into_this_program();
  instar::cli::options options{
      .schema = built_in.schema, .migrations = built_in.migrations, .seed_script = built_in.seed_script};
  if (built_in.seed != nullptr)
    options.seed = built_in.seed;
  if (built_in.code_migrations != nullptr) {
    try {
      options.code_migrations = built_in.code_migrations();
    } catch (const std::exception& error) {
      std::cerr << "error: the function that CODE_MIGRATIONS names failed: " << error.what() << '\n';
      return 1;
    }
  }
  return instar::cli::run(argc, argv, options);
}
