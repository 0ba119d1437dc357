#pragma once

#include <instar/migrate/directives.hpp>
#include <instar/migrate/embedded.hpp>
#include <instar/migrate/error.hpp>
#include <instar/migrate/file.hpp>
#include <instar/migrate/report.hpp>
#include <instar/migrate/sha256.hpp>
#include <instar/schema/dialect.hpp>
#include <instar/sql/script.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// \file A history of migrations: what the folder (or the program) holds, independent of any database.

namespace instar {

struct code_migration;

/// One migration of a history.
struct migration {
  std::string name;            ///< the folder's name
  std::string sql;             ///< the bytes of its migration.sql
  std::string checksum;        ///< lower-case hex SHA-256 of those bytes
  std::filesystem::path file;  ///< its migration.sql; empty: embedded

  /// What it stands for, where it is a squash: a database that has all of it has this migration, too.
  std::vector<detail::replaced_migration> replaces{};

  bool is_code = false;                          ///< C++, and `sql` only says so
  std::shared_ptr<const code_migration> code{};  ///< of one that is; nullptr: this program has it not

  /// Whether the folder knows nothing of it: then its snapshot does not, either.
  [[nodiscard]] bool is_program_alone() const { return code != nullptr && file.empty(); }

  /// What an error calls the script.
  [[nodiscard]] std::string display_name() const { return file.empty() ? name + "/migration.sql" : file.string(); }
};

/// A history of migrations, sorted by the bytes of their names.
struct history {
  std::vector<migration> migrations;
  std::optional<instar::dialect> provider;  ///< what the lock file says; none: there is no lock file
  std::optional<std::filesystem::path> folder;
  std::vector<migration_warning> warnings;

  [[nodiscard]] const migration* find(std::string_view name) const noexcept {
    const auto found = std::lower_bound(migrations.begin(), migrations.end(), name,
                                        [](const migration& m, std::string_view n) { return m.name < n; });
    return found == migrations.end() || found->name != name ? nullptr : &*found;
  }

  /// The migration that stands for the one of that name, which is not in the history itself any more; or nullptr.
  [[nodiscard]] const migration* find_squash_of(std::string_view name) const noexcept {
    for (const migration& m : migrations)
      for (const detail::replaced_migration& replaced : m.replaces)
        if (replaced.name == name)
          return &m;
    return nullptr;
  }
};

namespace detail {

/// The longest name that the ledger's VARCHAR(255) holds on every dialect, in bytes.
inline constexpr std::size_t longest_migration_name = 255;

/// What undoes a migration in development; beside migration.sql, and no part of its checksum.
inline constexpr std::string_view down_file_name = "down.sql";

/// The name of a dialect in migration_lock.toml.
[[nodiscard]] constexpr std::string_view provider_name(dialect d) noexcept {
  return d == instar::postgres ? "postgresql" : "sqlite";
}

/// Whether a script is the one that a ledger's checksum was taken from, line ends aside: git may turn LF into CRLF on
/// one machine and not on another.
[[nodiscard]] inline bool has_checksum(const migration& m, std::string_view checksum) {
  if (m.checksum == checksum)
    return true;
  sha256 unix_lines;
  sha256 windows_lines;
  std::string_view rest = m.sql;
  for (;;) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos)
      break;
    const std::string_view line = rest.substr(0, end != 0 && rest[end - 1] == '\r' ? end - 1 : end);
    unix_lines.add(line);
    unix_lines.add("\n");
    windows_lines.add(line);
    windows_lines.add("\r\n");
    rest.remove_prefix(end + 1);
  }
  unix_lines.add(rest);
  windows_lines.add(rest);
  return unix_lines.finish() == checksum || windows_lines.finish() == checksum;
}

/// The fourteen digits that a migration's name begins with, or nothing.
[[nodiscard]] inline std::string_view timestamp_of(std::string_view name) noexcept {
  constexpr std::size_t digits = 14;
  if (name.size() < digits)
    return {};
  for (std::size_t i = 0; i != digits; ++i)
    if (name[i] < '0' || name[i] > '9')
      return {};
  return name.substr(0, digits);
}

/// What the lock file of a history says.
///
/// It is TOML, of which it has comments and one `provider = "…"`. A missing one is fine (nothing then says that the
/// history is for another database); a broken one is not: Prisma lets it pass, and the check with it.
/// \throws migration_error `lock_file_broken`, `lock_file_conflict`, `provider_mismatch` for a database unknown to us
[[nodiscard]] inline instar::dialect parse_lock_file(const std::filesystem::path& file, std::string_view text) {
  const auto fail = [&](std::string_view code, std::string message, std::string remedy, std::size_t offset) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "No database was touched.";
    fields.location = locate(file.string(), text, offset);
    return migration_error{code, std::move(fields)};
  };
  const std::string rewrite = "Write one line into it, provider = \"postgresql\" or provider = \"sqlite\".";
  if (const std::size_t marker = find_conflict_marker(text); marker != std::string_view::npos)
    throw fail(migration_code::lock_file_conflict, "The lock file holds the marks of a merge that was not finished.",
               "Keep one of the two sides and delete the lines that begin with <<<<<<<, ======= and >>>>>>>.", marker);
  std::optional<std::pair<std::string_view, std::size_t>> provider;
  std::size_t at = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  constexpr std::string_view blanks = " \t\r";
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::size_t line_at = at;
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const std::size_t first = line.find_first_not_of(blanks);
    if (first == std::string_view::npos || line[first] == '#')
      continue;
    line.remove_prefix(first);
    line = line.substr(0, line.find_last_not_of(blanks) + 1);
    if (line.front() == '[' && line.back() == ']')
      break;  // a table: none of ours, and no key of the document's own can follow
    const std::size_t equals = line.find('=');
    std::string_view key = line.substr(0, equals == std::string_view::npos ? 0 : equals);
    key = key.substr(0, key.find_last_not_of(blanks) + 1);
    if (key.empty())
      throw fail(migration_code::lock_file_broken, "The lock file has a line that is no `key = value`.", rewrite,
                 line_at + first);
    if (key != "provider")
      continue;
    std::string_view value = line.substr(equals + 1);
    value.remove_prefix(std::min(value.find_first_not_of(blanks), value.size()));
    const char quote = value.empty() ? '\0' : value.front();
    const std::size_t close = quote == '"' || quote == '\'' ? value.find(quote, 1) : std::string_view::npos;
    const std::string_view after = close == std::string_view::npos ? "?" : value.substr(close + 1);
    const std::size_t more = after.find_first_not_of(blanks);
    if (close == std::string_view::npos || (more != std::string_view::npos && after[more] != '#') || provider)
      throw fail(migration_code::lock_file_broken,
                 provider ? "The lock file names its provider twice." : "The lock file's provider is no quoted text.",
                 rewrite, line_at + first);
    provider = {value.substr(1, close - 1), line_at + first};
  }
  if (!provider)
    throw fail(migration_code::lock_file_broken, "The lock file names no provider.", rewrite, text.size());
  if (provider->first == "postgresql" || provider->first == "postgres")
    return instar::postgres;
  if (provider->first == "sqlite")
    return instar::sqlite;
  throw fail(migration_code::provider_mismatch,
             "The history is for `" + std::string{provider->first} +
                 "` (migration_lock.toml), which instar does not speak (P3019).",
             "Start a history for postgresql or sqlite in another folder.", provider->second);
}

/// Refuses a history that was written for another database. The code of Prisma is in the text for those who search for
/// it.
inline void check_provider(const history& read, dialect database) {
  if (!read.provider || *read.provider == database)
    return;
  migration_error_fields fields;
  fields.message = "The history is for `" + std::string{provider_name(*read.provider)} +
                   "` (migration_lock.toml), but the database is `" + std::string{provider_name(database)} +
                   "` (P3019).";
  fields.remedy = "Name a " + std::string{provider_name(*read.provider)} +
                  " database, or start a history for this one in another folder.";
  fields.state = "No database was touched.";
  throw migration_error{migration_code::provider_mismatch, std::move(fields)};
}

/// Refuses a name that a ledger cannot hold or a terminal cannot show.
inline void check_migration_name(std::string_view name) {
  const auto fail = [](std::string_view code, std::string message, std::string remedy) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "Nothing was written.";
    return migration_error{code, std::move(fields)};
  };
  if (name.size() > longest_migration_name)
    throw fail(migration_code::name_too_long,
               "A migration's name of " + std::to_string(name.size()) + " bytes is longer than the ledger's " +
                   std::to_string(longest_migration_name) + ".",
               "Choose a shorter name.");
  if (first_invalid_utf8(name))
    throw fail(migration_code::not_utf8, "A migration's name is not UTF-8.", "Rename its folder.");
  if (name.empty() || std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '/' || c == '\\';
      }))
    throw fail(migration_code::bad_name, "A migration's name is empty, or holds a slash or a control character.",
               "Rename it.");
}

/// A script that is about to run, split into its statements.
///
/// Only what is to run is looked at this closely: of what was applied nothing can be changed any more.
/// \throws migration_error `not_utf8`, `script_conflict`, and the lexer's `script_code` for text that has no end
[[nodiscard]] inline std::vector<script_statement> checked_statements(dialect target, const migration& m) {
  const auto fail = [&](std::string_view code, std::string message, std::string remedy, std::size_t offset) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "Nothing of it was run.";
    fields.migration = m.name;
    fields.location = locate(m.display_name(), m.sql, offset);
    return migration_error{code, std::move(fields)};
  };
  if (const std::size_t marker = find_conflict_marker(m.sql); marker != std::string_view::npos)
    throw fail(migration_code::script_conflict, "The script holds the marks of a merge that was not finished.",
               "Keep what belongs into it and delete the lines that begin with <<<<<<<, ======= and >>>>>>>.", marker);
  if (m.sql.starts_with("\xFF\xFE") || m.sql.starts_with("\xFE\xFF"))
    throw fail(migration_code::not_utf8, "The script is UTF-16, not UTF-8.", "Save it as UTF-8 text.", 0);
  try {
    return split_script(target, m.sql);
  } catch (const script_error& error) {
    const bool encoding = error.code() == script_code::nul_byte || error.code() == script_code::invalid_utf8;
    throw fail(encoding ? migration_code::not_utf8 : error.code(), error.message(), error.remedy(), error.offset());
  }
}

[[nodiscard]] inline migration_error code_missing_error(const migration& m) {
  migration_error_fields fields;
  fields.message = "The migration " + m.name + " is C++, and this program has not its code.";
  fields.remedy = "Use the program that brings it (migrator_options::code_migrations).";
  fields.state = "Nothing of it was run.";
  fields.migration = m.name;
  return migration_error{migration_code::code_missing, std::move(fields)};
}

/// Whether a migration can be begun, as far as its text says.
/// \throws migration_error as `checked_statements`; `code_missing`, `code_conflict`
inline void check_can_run(dialect target, const migration& m) {
  const std::vector<script_statement> statements = checked_statements(target, m);
  if (!m.is_code)
    return;
  if (!m.code)
    throw code_missing_error(m);
  if (statements.empty())
    return;
  migration_error_fields fields;
  fields.message = "The script of " + m.name + " says that it is C++, and has a statement.";
  fields.remedy = "Move it into the code, or into a migration of its own.";
  fields.state = "Nothing of it was run.";
  fields.migration = m.name;
  fields.location = locate(m.display_name(), m.sql, statements.front().offset);
  throw migration_error{migration_code::code_conflict, std::move(fields)};
}

[[nodiscard]] inline migration_warning empty_script_warning(const migration& m) {
  return {migration_code::empty_script, m.name, "The script of " + m.name + " has no statement.",
          "Fill it in before it is applied anywhere; afterwards leave it as it is."};
}

inline void warn_of_equal_timestamps(history& read) {
  for (std::size_t i = 1; i < read.migrations.size(); ++i) {
    const std::string_view stamp = timestamp_of(read.migrations[i].name);
    if (!stamp.empty() && stamp == timestamp_of(read.migrations[i - 1].name))
      read.warnings.push_back({migration_code::same_timestamp, read.migrations[i].name,
                               read.migrations[i - 1].name + " and " + read.migrations[i].name +
                                   " have one timestamp; they run in the order of their names.",
                               "If the second must run first, give it a later timestamp before either is applied."});
  }
}

/// Leaves out what a squash replaces and is still there beside it, because `migrate squash` was interrupted between
/// writing the one and removing the others, or a merge brought them back.
inline void leave_out_replaced(history& read) {
  std::vector<std::string> replaced;
  for (const migration& m : read.migrations)
    if (const migration* const squash = read.find_squash_of(m.name)) {
      replaced.push_back(m.name);
      read.warnings.push_back({migration_code::replaced_still_there, m.name,
                               "The migration " + m.name + " is still there beside " + squash->name +
                                   ", which replaces it; it is left out.",
                               m.is_program_alone() ? "Remove it from the program."
                                                    : "Remove its folder, and run `generate --only snapshot`."});
    }
  std::erase_if(read.migrations, [&](const migration& m) {
    return std::find(replaced.begin(), replaced.end(), m.name) != replaced.end();
  });
}

/// What stands for a migration that is C++ and has no folder. Its name is in it, so that a ledger's checksum tells by
/// itself what the migration was.
[[nodiscard]] inline std::string code_script(std::string_view name) {
  return "-- instar: " + std::string{code_directive} + ' ' + std::string{name} + '\n';
}

[[nodiscard]] inline std::string code_checksum(std::string_view name) {
  return sha256_hex(code_script(name));
}

/// Sorts what was read, and looks at it as a whole.
inline void put_in_order(history& read) {
  std::sort(read.migrations.begin(), read.migrations.end(),
            [](const migration& a, const migration& b) { return a.name < b.name; });
  // Looked for anew below; what was left out is not found a second time.
  std::erase_if(read.warnings, [](const migration_warning& w) { return w.code == migration_code::same_timestamp; });
  leave_out_replaced(read);
  warn_of_equal_timestamps(read);
}

}  // namespace detail

/// Reads the history of a migrations folder: each sub-folder is a migration, but for those whose name begins with a
/// dot.
///
/// Two migrations with one timestamp are allowed and warned of: two branches wrote them, and the whole name decides
/// their order. What the scripts say is not looked at here.
///
/// \throws migration_error `folder_missing`, `script_missing`, `outside_folder`, `bad_name`, `not_utf8` (a name),
///         `lock_file_broken`, `lock_file_conflict`, `provider_mismatch`, `cannot_read`
[[nodiscard]] inline history read_history(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  const auto fail = [](std::string_view code, std::string message, std::string remedy, std::string migration = {}) {
    migration_error_fields fields;
    fields.message = std::move(message);
    fields.remedy = std::move(remedy);
    fields.state = "No database was touched.";
    fields.migration = std::move(migration);
    return migration_error{code, std::move(fields)};
  };
  std::error_code failed;
  const fs::path root = fs::canonical(folder, failed);
  if (failed || !fs::is_directory(root, failed))
    throw fail(migration_code::folder_missing, "There is no migrations folder at " + folder.string() + ".",
               "Name the folder, or make the first migration with `migrate dev`.");
  // A link may stand for a migration as long as it stays inside: what is outside is not in the repository.
  const auto check_inside = [&](const fs::path& path, const std::string& migration) {
    const fs::path real = fs::canonical(path, failed);
    if (failed)
      throw fail(migration_code::cannot_read, "Cannot read " + path.string() + ": " + failed.message() + ".",
                 "Check that it exists and that you may read it.", migration);
    const auto [end, ignored] = std::mismatch(root.begin(), root.end(), real.begin(), real.end());
    if (end != root.end())
      throw fail(migration_code::outside_folder, path.string() + " leads out of the migrations folder.",
                 "Replace the link by a copy.", migration);
  };
  history read;
  read.folder = folder;
  fs::directory_iterator entries(folder, failed);
  if (failed)
    throw detail::file_error(migration_code::cannot_read, "Cannot read", folder, failed.value());
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.'))
      continue;
    const bool link = entry.is_symlink(failed);
    if (!link && !entry.is_directory(failed))
      continue;
    if (link) {
      if (fs::exists(entry.path(), failed) && !fs::is_directory(entry.path(), failed))
        continue;  // a link to a file, beside the migrations
      check_inside(entry.path(), name);
    }
    detail::check_migration_name(name);
    migration m;
    m.name = name;
    m.file = entry.path() / "migration.sql";
    const fs::file_status script = fs::symlink_status(m.file, failed);
    if (!fs::exists(script))
      throw fail(migration_code::script_missing, "The migration " + name + " has no migration.sql (P3015).",
                 "Restore the file from version control; or remove the folder if it was never applied.", name);
    if (fs::is_symlink(script))
      check_inside(m.file, name);
    if (!fs::is_regular_file(fs::is_symlink(script) ? fs::status(m.file, failed) : script))
      throw fail(migration_code::cannot_read, m.file.string() + " is no file.", "Replace it by a file.", name);
    m.sql = detail::read_file(m.file);
    m.checksum = detail::sha256_hex(m.sql);
    m.replaces = detail::replaced_by(m.sql);
    m.is_code = detail::says_code(m.sql);
    read.migrations.push_back(std::move(m));
  }
  detail::put_in_order(read);
  const fs::path lock_file = folder / "migration_lock.toml";
  if (fs::exists(fs::symlink_status(lock_file, failed)))
    read.provider = detail::parse_lock_file(lock_file, detail::read_file(lock_file));
  return read;
}

/// The history that a program carries. The checksums are those of the array.
/// \throws migration_error `bad_name`, `name_too_long`, `not_utf8` (a name)
[[nodiscard]] inline history read_history(std::span<const embedded_migration> embedded) {
  history read;
  read.migrations.reserve(embedded.size());
  for (const embedded_migration& e : embedded) {
    detail::check_migration_name(e.name);
    migration m{std::string{e.name}, std::string{e.sql}, std::string{e.sha256}, {}};
    if (m.checksum.empty())
      m.checksum = detail::sha256_hex(m.sql);
    m.replaces = detail::replaced_by(m.sql);
    m.is_code = detail::says_code(m.sql);
    read.migrations.push_back(std::move(m));
  }
  detail::put_in_order(read);
  return read;
}

namespace detail {

[[nodiscard]] inline std::vector<const migration*> pointers_to(const std::vector<migration>& scripts) {
  std::vector<const migration*> pointers;
  for (const migration& m : scripts)
    pointers.push_back(&m);
  return pointers;
}

/// As much of a statement as a message shows.
[[nodiscard]] inline std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace detail

}  // namespace instar
