#include "support/catch.hpp"

#include <instar/cli/terminal.hpp>

#include <cstdlib>
#include <optional>
#include <string>

using namespace instar::cli;

namespace {

// Sets an environment variable for one test.
class variable {
 public:
  variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) {
      before_ = before;
    }
    value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
  }
  ~variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("colour: the first of --color, NO_COLOR, CLICOLOR_FORCE, TERM and isatty that speaks decides") {
  const variable no_color{"NO_COLOR", nullptr};
  const variable force{"CLICOLOR_FORCE", nullptr};
  const variable term{"TERM", "xterm"};
  using detail::wants_color;
  CHECK(wants_color(color_choice::automatic, true));
  CHECK_FALSE(wants_color(color_choice::automatic, false));
  {
    const variable dumb{"TERM", "dumb"};
    CHECK_FALSE(wants_color(color_choice::automatic, true));
    const variable forced{"CLICOLOR_FORCE", "1"};
    CHECK(wants_color(color_choice::automatic, false));
    const variable none{"NO_COLOR", "1"};
    CHECK_FALSE(wants_color(color_choice::automatic, true));
    CHECK(wants_color(color_choice::always, false));
  }
  CHECK_FALSE(wants_color(color_choice::never, true));
  const variable empty{"NO_COLOR", ""};
  CHECK(wants_color(color_choice::automatic, true));
  const variable zero{"CLICOLOR_FORCE", "0"};
  CHECK_FALSE(wants_color(color_choice::automatic, false));
}

TEST_CASE("control characters from elsewhere never reach a terminal") {
  CHECK(printable("a\x1B[31mb") == "a\\x1B[31mb");
  CHECK(printable("bell\x07") == "bell\\x07");
  CHECK(printable("c1 \xC2\x9B"
                  "31m") == "c1 \\x9B31m");
  CHECK(printable("\x7F") == "\\x7F");
  CHECK(printable("back\b") == "back\\x08");
}

TEST_CASE("what is printable stays, line ends and tabs become what aligns") {
  CHECK(printable("gr\xC3\xBC\xC3\x9F") == "gr\xC3\xBC\xC3\x9F");
  CHECK(printable("a\r\nb\nc") == "a\nb\nc");
  CHECK(printable("a\rb") == "a\\x0Db");
  CHECK(printable("a\tb") == "a    b");
  CHECK(printable("\xFF") == "\\xFF");
}

TEST_CASE("the width of a text counts columns of a terminal, not bytes") {
  CHECK(width_of("abc") == 3);
  CHECK(width_of("gr\xC3\xBC\xC3\x9F") == 4);
  CHECK(width_of("\xE6\xBC\xA2\xE5\xAD\x97") == 4);  // two wide characters
  CHECK(width_of("e\xCC\x81") == 1);                 // a combining accent
  CHECK(width_of("\xF0\x9F\x90\x9B") == 2);          // an emoji
}

TEST_CASE("a palette without colour leaves the text alone") {
  CHECK(palette{}(style::red, "x") == "x");
  CHECK(palette{true}(style::red, "x") == "\x1B[1;31mx\x1B[0m");
  CHECK(palette{true}(style::red, "").empty());
}
