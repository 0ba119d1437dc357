#pragma once

#include <instar/migrate/file.hpp>

#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// \file Several files that are written together or not at all.

namespace instar::detail {

/// Takes back what it wrote, unless it is told to keep it: files that were there become what they were, others and the
/// folders made for them go.
class written_files {
 public:
  written_files() = default;
  written_files(const written_files&) = delete;
  written_files& operator=(const written_files&) = delete;

  ~written_files() {
    for (auto done = done_.rbegin(); done != done_.rend(); ++done)
      take_back(*done);
  }

  /// Replaces a file, or makes it. \throws migration_error `cannot_write`, `cannot_read` for what it replaces
  void write(const std::filesystem::path& file, std::string_view bytes) {
    std::error_code ignored;
    std::optional<std::string> before;
    if (std::filesystem::exists(file, ignored))
      before = read_file(file);
    if (before == bytes)
      return;
    write_file(file, bytes);
    done_.push_back({file, std::move(before)});
  }

  /// Makes a folder and those above it. \throws migration_error `cannot_write`
  void make_folder(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    std::vector<fs::path> missing;
    std::error_code failed;
    for (fs::path at = folder; !at.empty() && !fs::exists(at, failed); at = at.parent_path())
      missing.push_back(at);
    for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
      fs::create_directory(*at, failed);
      if (failed)
        throw file_error(migration_code::cannot_write, "Cannot make", *at, failed.value());
      done_.push_back({*at, std::nullopt});
    }
  }

  /// Takes back what something else is about to make: a file, or a folder that is empty by then.
  void expect(const std::filesystem::path& path) { done_.push_back({path, std::nullopt}); }

  /// What was written stays.
  void keep() noexcept { done_.clear(); }

 private:
  struct deed {
    std::filesystem::path path;
    std::optional<std::string> before;  ///< nothing: it was not there
  };

  static void take_back(const deed& done) noexcept {
    try {
      std::error_code ignored;
      if (done.before)
        write_file(done.path, *done.before);
      else
        std::filesystem::remove(done.path, ignored);  // of a folder: only where nothing else came into it
    } catch (const std::exception&) {
      // Where a disk refuses this too, there is nothing better to do.
    }
  }

  std::vector<deed> done_;
};

}  // namespace instar::detail
