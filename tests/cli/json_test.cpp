#include "support/catch.hpp"

#include <instar/cli/json.hpp>

#include <string>
#include <vector>

using instar::cli::json_writer;

TEST_CASE("an object holds its members in order, one a line") {
  json_writer json;
  json.begin_object().member("name", "x").member("count", 3).member("yes", true).key("none").null().end_object();
  CHECK(json.text() == "{\n  \"name\": \"x\",\n  \"count\": 3,\n  \"yes\": true,\n  \"none\": null\n}");
}

TEST_CASE("empty brackets stay on one line") {
  json_writer json;
  json.begin_object().key("list").begin_array().end_array().key("more").begin_object().end_object().end_object();
  CHECK(json.text() == "{\n  \"list\": [],\n  \"more\": {}\n}");
}

TEST_CASE("arrays nest") {
  json_writer json;
  json.begin_array().begin_array().value(1).value(2).end_array().value("a").end_array();
  CHECK(json.text() == "[\n  [\n    1,\n    2\n  ],\n  \"a\"\n]");
}

TEST_CASE("quotes, backslashes and control characters are escaped") {
  json_writer json;
  json.value(std::string{"a\"b\\c\nd\te\rf\x01g\x1Bh\x7F"});
  CHECK(json.text() == R"("a\"b\\c\nd\te\rf\u0001g\u001bh\u007f")");
}

TEST_CASE("a NUL byte is escaped like any other control character") {
  json_writer json;
  json.value(std::string_view{"a\0b", 3});
  CHECK(json.text() == R"("a\u0000b")");
}

TEST_CASE("UTF-8 stays, and bytes that are none become the replacement character") {
  const auto text = [](std::string_view bytes) {
    json_writer json;
    json.value(bytes);
    return json.text();
  };
  CHECK(text("gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\x9B") == "\"gr\xC3\xBC\xC3\x9F \xF0\x9F\x90\x9B\"");
  CHECK(text("a\xFFz") == "\"a\xEF\xBF\xBDz\"");
  CHECK(text("\xC3") == "\"\xEF\xBF\xBD\"");                          // cut off
  CHECK(text("\xC0\xAF") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");          // overlong
  CHECK(text("\xED\xA0\x80").find("\xED") == std::string::npos);      // a surrogate
  CHECK(text("\xF4\x90\x80\x80").find("\xF4") == std::string::npos);  // beyond U+10FFFF
}

TEST_CASE("an optional member with an empty text is left out") {
  json_writer json;
  json.begin_object().optional_member("a", "").optional_member("b", "x").end_object();
  CHECK(json.text() == "{\n  \"b\": \"x\"\n}");
}

TEST_CASE("a list of texts is an array") {
  json_writer json;
  json.begin_object().texts("list", std::vector<std::string>{"a", "b"}).end_object();
  CHECK(json.text() == "{\n  \"list\": [\n    \"a\",\n    \"b\"\n  ]\n}");
}
