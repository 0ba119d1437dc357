#pragma once

#include <instar/migrate/error.hpp>

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
  std::FILE* opened = std::fopen(file.c_str(), "rb");
  if (opened == nullptr)
    throw file_error(migration_code::cannot_read, "Cannot read", file, errno);
  std::string bytes;
  char buffer[16384];
  std::size_t n = 0;
  while ((n = std::fread(buffer, 1, sizeof buffer, opened)) != 0)
    bytes.append(buffer, n);
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
  std::FILE* opened = std::fopen(fresh.c_str(), "wb");
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

/// The place of a byte in a text.
[[nodiscard]] inline script_location locate(std::string file, std::string_view text, std::size_t offset) {
  constexpr std::size_t longest = 400;
  offset = offset < text.size() ? offset : text.size();
  script_location place;
  place.file = std::move(file);
  place.line = 1;
  std::size_t begin = 0;
  for (std::size_t i = 0; i != offset; ++i)
    if (text[i] == '\n') {
      ++place.line;
      begin = i + 1;
    }
  std::size_t end = text.find('\n', offset);
  end = end == std::string_view::npos ? text.size() : end;
  if (end > begin && text[end - 1] == '\r')
    --end;
  place.column = offset - begin + 1;
  if (end - begin > longest) {
    const auto in_character = [&](std::size_t i) {
      return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
    };
    begin = offset - begin > longest / 2 ? offset - longest / 2 : begin;
    while (begin < offset && in_character(begin))
      ++begin;
    end = begin + longest < end ? begin + longest : end;
    while (end > offset && in_character(end))
      --end;
  }
  place.text = std::string{text.substr(begin, end > begin ? end - begin : 0)};
  place.caret = offset - begin;
  return place;
}

/// The first byte that is not part of well-formed UTF-8 (or is NUL), or `npos`. RFC 3629, section 4.
[[nodiscard]] inline std::size_t find_invalid_utf8(std::string_view text) noexcept {
  std::size_t i = 0;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  while (i < text.size()) {
    const unsigned char lead = byte(i);
    if (lead == 0)
      return i;
    if (lead < 0x80) {
      ++i;
      continue;
    }
    std::size_t length = 0;
    unsigned char lowest = 0x80;
    unsigned char highest = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      length = 3;
      lowest = lead == 0xE0 ? 0xA0 : 0x80;
      highest = lead == 0xED ? 0x9F : 0xBF;  // no surrogates
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      length = 4;
      lowest = lead == 0xF0 ? 0x90 : 0x80;
      highest = lead == 0xF4 ? 0x8F : 0xBF;
    }
    if (length == 0 || i + length > text.size() || byte(i + 1) < lowest || byte(i + 1) > highest)
      return i;
    for (std::size_t k = 2; k < length; ++k)
      if ((byte(i + k) & 0xC0U) != 0x80U)
        return i;
    i += length;
  }
  return std::string_view::npos;
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
