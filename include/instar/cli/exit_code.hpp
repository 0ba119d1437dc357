#pragma once

namespace instar::cli {

/// How a run of the program ended, for the shell that started it.
enum class exit_code : int {
  ok = 0,
  failure = 1,       ///< something went wrong, or `status` is not up to date
  differs = 2,       ///< with `--exit-code`: the two sides differ, something is pending, a file is out of date
  needs_answer = 3,  ///< a question that only a person or a flag can answer, and no terminal to ask it on
  usage = 64,        ///< the command line cannot be understood (EX_USAGE of sysexits.h)
  interrupted = 130  ///< Ctrl-C, or SIGTERM
};

}  // namespace instar::cli
