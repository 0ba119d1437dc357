#pragma once

#include <instar/cli/diagnostic.hpp>
#include <instar/cli/terminal.hpp>
#include <instar/schema/dialect.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// \file What a command line says, once it is understood.

namespace instar::cli {

enum class command : unsigned char {
  none,
  migrate_dev,
  migrate_deploy,
  migrate_status,
  migrate_resolve,
  migrate_reset,
  migrate_diff,
  migrate_down,
  migrate_squash,
  db_push,
  db_pull,
  db_seed,
  db_execute,
  generate,
  validate,
  lint,
};

/// What the command line says. An empty text is an option that was not given.
struct arguments {
  cli::command command = command::none;

  // of every command
  std::string url;
  std::string migrations;
  std::string env_file;
  std::string shadow_url;
  std::string ledger;
  std::optional<std::chrono::milliseconds> lock_timeout;
  std::optional<std::chrono::milliseconds> wait;
  color_choice color = color_choice::automatic;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool yes = false;

  // of some
  std::string name;
  bool create_only = false;
  bool accept_data_loss = false;
  bool skip_shadow = false;
  bool adopt_drift = false;
  bool revert_drift = false;
  bool skip_seed = false;
  bool force = false;
  bool exit_code = false;
  bool script = false;
  bool offline = false;
  bool check = false;
  bool drift = false;
  bool remove = false;
  bool use_stdin = false;
  bool baseline = false;
  bool allow_not_empty = false;
  bool schema_from_models = false;
  bool sarif = false;
  std::string up_to;
  std::string targets;
  std::string tenants;
  std::optional<std::size_t> jobs;
  std::optional<std::size_t> canary;
  bool keep_going = false;
  std::optional<std::size_t> steps;
  std::optional<std::chrono::milliseconds> statement_lock_timeout;
  std::optional<std::size_t> lock_retries;
  std::string from;
  std::string to;
  std::string output;
  std::string file;
  std::optional<instar::dialect> dialect;
  std::vector<std::string> applied;
  std::vector<std::string> renames;
  std::vector<std::string> rolled_back;
  std::vector<std::string> repaired;
  std::vector<std::string> edited;
  std::vector<std::string> missing;
  std::vector<std::string> what;
  std::vector<std::string> schemas;
  std::string tables;
  std::vector<std::string> paths;
  std::string name_space;
};

/// What became of a command line: arguments to run with, or a text to print instead, or a mistake.
struct parsed_command_line {
  arguments given;
  std::string command_name;           ///< "migrate deploy"; empty when none was given
  bool version = false;               ///< the version was asked for, and nothing else
  std::string text;                   ///< help was asked for: to be printed, and nothing else done
  std::optional<diagnostic> mistake;  ///< exit code 64
};

}  // namespace instar::cli
