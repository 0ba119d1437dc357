#pragma once

#include <instar/cli/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

/// \file Where the words of the program go: results to standard output, everything else to standard error.

namespace instar::cli {

enum class color_choice : unsigned char { automatic, always, never };
enum class verbosity : unsigned char { quiet, normal, verbose };
enum class style : unsigned char { plain, bold, dim, red, green, yellow, cyan };

namespace detail {

[[nodiscard]] inline bool is_terminal(std::FILE* stream) noexcept {
#if defined(_WIN32)
  return _isatty(_fileno(stream)) != 0;
#else
  return ::isatty(::fileno(stream)) != 0;
#endif
}

/// Whether a stream gets colours: `--color`, then NO_COLOR, CLICOLOR_FORCE, TERM=dumb and isatty, the first that
/// speaks. https://no-color.org, https://bixense.com/clicolors
[[nodiscard]] inline bool wants_color(color_choice choice, bool terminal) noexcept {
  if (choice != color_choice::automatic)
    return choice == color_choice::always;
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : std::string_view{value};
  };
  if (!variable("NO_COLOR").empty())
    return false;
  if (const std::string_view force = variable("CLICOLOR_FORCE"); !force.empty() && force != "0")
    return true;
  return variable("TERM") != "dumb" && terminal;
}

/// The columns that a character takes on a terminal: 2 for East Asian wide ones and emoji, 0 for combining marks.
[[nodiscard]] constexpr std::size_t display_width(char32_t c) noexcept {
  if ((c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF)
    return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) || (c >= 0x1F900 && c <= 0x1F9FF) ||
                    (c >= 0x20000 && c <= 0x3FFFD);
  return wide ? 2 : 1;
}

[[nodiscard]] constexpr char32_t decode_utf8(std::string_view sequence) noexcept {
  const auto lead = static_cast<unsigned char>(sequence.front());
  char32_t c = sequence.size() == 1 ? lead : lead & (0xFFU >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i)
    c = (c << 6U) | (static_cast<unsigned char>(sequence[i]) & 0x3FU);
  return c;
}

}  // namespace detail

/// A text that no terminal acts on: control characters, in files and messages from elsewhere, are spelt out (`\x1B`).
///
/// New lines stay; a tab becomes blanks, so that what stands under a line can be aligned with it.
[[nodiscard]] inline std::string printable(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; }))
    return std::string{text};
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string shown;
  const auto spell = [&](unsigned char byte) {
    shown += "\\x";
    shown += digits[byte >> 4U];
    shown += digits[byte & 0xFU];
  };
  while (!text.empty()) {
    const std::size_t length = detail::utf8_length(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (length == 0) {
      spell(byte);
    } else if (byte == '\t') {
      shown += "    ";
    } else if (byte == '\r' && text.size() > 1 && text[1] == '\n') {
      // the end of a line, as Windows writes it
    } else if ((byte < 0x20 && byte != '\n') || byte == 0x7F) {
      spell(byte);
    } else if (byte == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0) {
      spell(static_cast<unsigned char>(text[1]));  // the C1 controls, which some terminals obey
    } else {
      shown += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return shown;
}

/// The columns that a printable text takes on a terminal.
[[nodiscard]] inline std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::size_t length = detail::utf8_length(text);
    width += length == 0 ? 1 : detail::display_width(detail::decode_utf8(text.substr(0, length)));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return width;
}

/// Colours as a stream takes them, or none.
class palette {
 public:
  constexpr palette() = default;
  constexpr explicit palette(bool on) : on_(on) {}

  [[nodiscard]] std::string operator()(style wanted, std::string_view text) const {
    if (!on_ || wanted == style::plain || text.empty())
      return std::string{text};
    return "\x1B[" + std::string{code(wanted)} + "m" + std::string{text} + "\x1B[0m";
  }

 private:
  static constexpr std::string_view code(style wanted) noexcept {
    switch (wanted) {
    case style::bold:
      return "1";
    case style::dim:
      return "2";
    case style::red:
      return "1;31";
    case style::green:
      return "32";
    case style::yellow:
      return "33";
    case style::cyan:
      return "36";
    case style::plain:
      break;
    }
    return "0";
  }

  bool on_ = false;
};

/// The two output streams and, when a person sits there, the keyboard.
class terminal {
 public:
  struct settings {
    color_choice color = color_choice::automatic;
    verbosity talk = verbosity::normal;
    bool json = false;  ///< one document on standard output, nothing anywhere else
  };

  terminal() : terminal(settings{}) {}
  explicit terminal(settings chosen)
      : settings_(chosen), on_output_(detail::wants_color(chosen.color, detail::is_terminal(stdout))),
        on_error_(detail::wants_color(chosen.color, detail::is_terminal(stderr))) {}

  [[nodiscard]] bool json() const noexcept { return settings_.json; }
  [[nodiscard]] bool quiet() const noexcept { return settings_.talk == verbosity::quiet; }
  [[nodiscard]] bool verbose() const noexcept { return settings_.talk == verbosity::verbose; }

  /// The colours of standard output.
  [[nodiscard]] const palette& on_output() const noexcept { return on_output_; }
  /// The colours of standard error.
  [[nodiscard]] const palette& on_error() const noexcept { return on_error_; }

  /// Whether a question can be asked: somebody can read it and can answer.
  [[nodiscard]] bool interactive() const noexcept {
    return !settings_.json && detail::is_terminal(stdin) && detail::is_terminal(stderr);
  }

  /// Whether a line on standard error may be written over by the next one.
  [[nodiscard]] bool passing_lines() const noexcept {
    const char* kind = std::getenv("TERM");
    return !settings_.json && settings_.talk == verbosity::normal && detail::is_terminal(stderr) && kind != nullptr &&
           std::string_view{kind} != "dumb";
  }

  /// A line of the result. With `--json` the document takes its place.
  void result(std::string_view line) {
    if (!settings_.json)
      write_line(stdout, line);
  }

  /// A result that is a text of its own, such as a script: written as it is. With `--json` the document takes its
  /// place.
  void raw_result(std::string_view text) {
    if (!settings_.json)
      write(stdout, text);
  }

  /// The document of `--json`.
  void document(std::string_view json) { write_line(stdout, json); }

  /// What is good to know on the way: not with `--quiet` or `--json`.
  void note(std::string_view line) {
    if (!settings_.json && !quiet())
      write_line(stderr, line);
  }

  /// What is good to know for somebody who looks closely: with `--verbose` alone.
  void detail_note(std::string_view line) {
    if (!settings_.json && verbose())
      write_line(stderr, on_error_(style::dim, line));
  }

  /// Errors and warnings: always, but for `--json`, whose document holds them.
  void complain(std::string_view text) {
    if (!settings_.json)
      write_line(stderr, text);
  }

  /// Sends what is buffered on its way, so that a person sees it now.
  void flush() noexcept { std::fflush(stdout); }

  /// Whether everything that was written to standard output got there.
  [[nodiscard]] bool delivered() noexcept { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

  /// Asks for a line of text. Only when `interactive()`. \return nothing at the end of input (Ctrl-D).
  [[nodiscard]] std::optional<std::string> ask(std::string_view question) {
    flush();
    write(stderr, on_error_(style::bold, question));
    write(stderr, " ");
    std::fflush(stderr);
    std::string line;
    for (;;) {
      const int c = std::fgetc(stdin);
      if (c == EOF) {
        write(stderr, "\n");
        return std::nullopt;
      }
      if (c == '\n')
        break;
      line += static_cast<char>(c);
    }
    const std::size_t first = line.find_first_not_of(" \t\r");
    return first == std::string::npos ? std::string{} : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
  }

  /// Asks a question whose answer is no unless somebody types yes. Only when `interactive()`.
  [[nodiscard]] bool confirm(std::string_view question) {
    const std::optional<std::string> answer = ask(std::string{question} + " [y/N]");
    return answer && (*answer == "y" || *answer == "Y" || *answer == "yes" || *answer == "Yes" || *answer == "YES");
  }

 private:
  static void write(std::FILE* stream, std::string_view text) { std::fwrite(text.data(), 1, text.size(), stream); }

  // A terminal shows both streams: what was said first must stand first.
  void write_line(std::FILE* stream, std::string_view line) {
    if (stream == stderr)
      flush();
    std::string whole{line};
    whole += '\n';
    write(stream, whole);
  }

  settings settings_;
  palette on_output_;
  palette on_error_;
};

}  // namespace instar::cli
