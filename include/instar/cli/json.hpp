#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace instar::cli {

namespace detail {

/// The length of the well-formed UTF-8 sequence at the start of a text, or 0. RFC 3629, section 4.
[[nodiscard]] constexpr std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned char lead = byte(0);
  if (lead < 0x80)
    return text.empty() ? 0 : 1;
  if (lead >= 0xC2 && lead <= 0xDF)
    return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90;
    const bool beyond = lead == 0xF4 && byte(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace detail

/// Writes one JSON document (RFC 8259) from front to back, indented by two blanks.
///
/// The caller keeps the grammar: a `key` before each value of an object, and every `begin` has its `end`.
/// Bytes that are not UTF-8 become U+FFFD, so that the document is valid whatever a database says.
class json_writer {
 public:
  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  json_writer& key(std::string_view name) {
    separate();
    put_text(name);
    text_ += ": ";
    after_key_ = true;
    return *this;
  }

  json_writer& value(std::string_view text) {
    separate();
    put_text(text);
    return *this;
  }
  json_writer& value(const char* text) { return value(std::string_view{text}); }
  json_writer& value(const std::string& text) { return value(std::string_view{text}); }
  json_writer& value(bool truth) { return put(truth ? "true" : "false"); }
  json_writer& value(int number) { return put(std::to_string(number)); }
  json_writer& value(long number) { return put(std::to_string(number)); }
  json_writer& value(long long number) { return put(std::to_string(number)); }
  json_writer& value(unsigned long number) { return put(std::to_string(number)); }
  json_writer& value(unsigned long long number) { return put(std::to_string(number)); }
  json_writer& null() { return put("null"); }

  /// A member of an object.
  template <class Value>
  json_writer& member(std::string_view name, const Value& content) {
    return key(name).value(content);
  }

  /// A member that is there only when its text is not empty.
  json_writer& optional_member(std::string_view name, std::string_view text) {
    return text.empty() ? *this : key(name).value(text);
  }

  /// An array of texts as a member.
  template <class Texts>
  json_writer& texts(std::string_view name, const Texts& list) {
    key(name).begin_array();
    for (const auto& text : list)
      value(std::string_view{text});
    return end_array();
  }

  /// The document.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  json_writer& open(char bracket) {
    separate();
    text_ += bracket;
    ++depth_;
    first_ = true;
    return *this;
  }

  json_writer& close(char bracket) {
    --depth_;
    if (!first_)
      break_line();
    text_ += bracket;
    first_ = false;
    return *this;
  }

  json_writer& put(std::string_view token) {
    separate();
    text_ += token;
    return *this;
  }

  // What stands between the value before and the one that comes.
  void separate() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (depth_ == 0)
      return;
    if (!first_)
      text_ += ',';
    first_ = false;
    break_line();
  }

  void break_line() {
    text_ += '\n';
    text_.append(2 * depth_, ' ');
  }

  void put_text(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    text_ += '"';
    while (!text.empty()) {
      const auto byte = static_cast<unsigned char>(text.front());
      if (byte == '"' || byte == '\\') {
        text_ += '\\';
        text_ += text.front();
      } else if (byte == '\n') {
        text_ += "\\n";
      } else if (byte == '\t') {
        text_ += "\\t";
      } else if (byte == '\r') {
        text_ += "\\r";
      } else if (byte < 0x20 || byte == 0x7F) {
        text_ += "\\u00";
        text_ += digits[byte >> 4U];
        text_ += digits[byte & 0xFU];
      } else {
        const std::size_t length = detail::utf8_length(text);
        if (length == 0) {
          text_ += "\xEF\xBF\xBD";
        } else {
          text_ += text.substr(0, length);
          text.remove_prefix(length - 1);
        }
      }
      text.remove_prefix(1);
    }
    text_ += '"';
  }

  std::string text_;
  std::size_t depth_ = 0;
  bool first_ = true;  // nothing stands in the innermost bracket yet
  bool after_key_ = false;
};

}  // namespace instar::cli
