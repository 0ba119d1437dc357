#pragma once

#include <instar/migrate/error.hpp>
#include <instar/sql/script.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#if !defined(_WIN32)
#include <fcntl.h>
#include <unistd.h>
#endif

/// \file Files of a migrations folder: read whole, written whole or not at all; places in their text.

namespace instar::detail {

[[nodiscard]] inline migration_error file_error(std::string_view code, std::string_view what,
                                                const std::filesystem::path& file, int error) {
  migration_error_fields fields;
  fields.message = std::string{what} + " " + file.string() + ": " + std::generic_category().message(error) + ".";
  fields.remedy = "Check that the path is right and that you may use it.";
  return migration_error{code, std::move(fields)};
}

/// The bytes of a file. \throws migration_error `cannot_read`
[[nodiscard]] inline std::string read_file(const std::filesystem::path& file) {
  std::FILE* opened = std::fopen(file.string().c_str(), "rb");
  if (opened == nullptr)
    throw file_error(migration_code::cannot_read, "Cannot read", file, errno);
  std::setvbuf(opened, nullptr, _IONBF, 0);  // one copy and two system calls less for each file
  std::string bytes;
  char buffer[16384];
  std::size_t n = 0;
  do {
    n = std::fread(buffer, 1, sizeof buffer, opened);
    bytes.append(buffer, n);
  } while (n == sizeof buffer);
  const int error = std::ferror(opened) != 0 ? errno : 0;
  std::fclose(opened);
  if (error != 0)
    throw file_error(migration_code::cannot_read, "Cannot read", file, error);
  return bytes;
}

#if !defined(_WIN32)
/// Makes what was written, or the names in a folder, survive a power cut.
inline void sync_to_disk(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    throw file_error(migration_code::cannot_write, "Cannot write", path, errno);
  const int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  // Some file systems cannot sync a folder; that costs durability of its names, not the content.
  if (error != 0 && error != EINVAL && error != EROFS)
    throw file_error(migration_code::cannot_write, "Cannot write", path, error);
}
#else
inline void sync_to_disk(const std::filesystem::path&) {}
#endif

/// Replaces a file by these bytes: a reader, or a crash, sees the old file or the new one, never a part.
///
/// \throws migration_error `cannot_write`; the old file is untouched then.
inline void write_file(const std::filesystem::path& file, std::string_view bytes) {
  std::filesystem::path fresh = file;
  fresh += ".new";
  std::error_code ignored;
  std::FILE* opened = std::fopen(fresh.string().c_str(), "wb");
  if (opened == nullptr)
    throw file_error(migration_code::cannot_write, "Cannot write", fresh, errno);
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), opened) == bytes.size();
  int error = written ? 0 : errno;
  if (std::fclose(opened) != 0 && error == 0)
    error = errno;
  if (error != 0) {
    std::filesystem::remove(fresh, ignored);
    throw file_error(migration_code::cannot_write, "Cannot write", fresh, error);
  }
  sync_to_disk(fresh);
  std::error_code failed;
  std::filesystem::rename(fresh, file, failed);
  if (failed) {
    std::filesystem::remove(fresh, ignored);
    throw file_error(migration_code::cannot_write, "Cannot write", file, failed.value());
  }
  sync_to_disk(file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."});
}

/// The place of a byte in a script, with the part of its line that an error shows.
[[nodiscard]] inline script_location locate(std::string file, std::string_view script, std::size_t offset) {
  constexpr std::size_t longest = 400;
  offset = std::min(offset, script.size());
  const script_position position = position_in_script(script, offset);
  std::string_view line = line_in_script(script, offset);
  const auto begin = static_cast<std::size_t>(line.data() - script.data());
  std::size_t caret = offset > begin ? std::min(offset - begin, line.size()) : 0;
  if (line.size() > longest) {
    const auto inside_character = [&](std::size_t i) {
      return i < line.size() && (static_cast<unsigned char>(line[i]) & 0xC0U) == 0x80U;
    };
    std::size_t first = caret > longest / 2 ? caret - longest / 2 : 0;
    while (inside_character(first))
      --first;
    std::size_t end = std::min(first + longest, line.size());
    while (inside_character(end))
      ++end;
    line = line.substr(first, end - first);
    caret -= first;
  }
  return {std::move(file), position.line, position.column, std::string{line}, caret};
}

/// The first of the three lines that git leaves where a merge failed, or `npos`; one marker alone proves nothing.
[[nodiscard]] inline std::size_t find_conflict_marker(std::string_view text) noexcept {
  const auto line_start = [&](std::string_view marker, std::size_t from) noexcept {
    for (std::size_t at = text.find(marker, from); at != std::string_view::npos; at = text.find(marker, at + 1)) {
      const std::size_t after = at + marker.size();
      const bool ends = after == text.size() || text[after] == ' ' || text[after] == '\n' || text[after] == '\r';
      if (ends && (at == 0 || text[at - 1] == '\n'))
        return at;
    }
    return std::string_view::npos;
  };
  const std::size_t ours = line_start("<<<<<<<", 0);
  if (ours == std::string_view::npos)
    return ours;
  const std::size_t middle = line_start("=======", ours);
  return middle == std::string_view::npos || line_start(">>>>>>>", middle) == std::string_view::npos
             ? std::string_view::npos
             : ours;
}

}  // namespace instar::detail
