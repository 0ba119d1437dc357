#include "support/catch.hpp"

#include <instar/cli/generate/dot.hpp>
#include <instar/cli/generate/markdown.hpp>
#include <instar/cli/generate/mermaid.hpp>
#include <instar/cli/generate/svg.hpp>
#include <instar/instar.hpp>

#include <cstdint>
#include <optional>
#include <string>

using namespace instar::cli;

namespace app {

enum class Role { member, admin };
INSTAR_ENUM(Role, member, admin)

struct User {
  std::int64_t id;
  std::string email;
  std::optional<std::string> name;
  Role role;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity), (email, unique, comment("where mail | goes")), (name),
             (role, default_value(Role::member)), comment("People <who> log in"))

struct Session {
  std::int64_t id;
  std::int64_t user_id;
  std::optional<std::int64_t> previous;
};
INSTAR_MODEL(Session, "sessions", (id, primary_key), (user_id, references(&User::id).on_delete(cascade)),
             (previous, unique, references(&Session::id)), index(&Session::user_id), check("id > 0"))

inline constexpr auto schema = instar::schema<User, Session>(instar::view("active_users", "SELECT id FROM users"));

}  // namespace app

namespace {
constexpr instar::schema_view schema = instar::view_of<app::schema>;
}

TEST_CASE("Mermaid: tables with their columns, and lines with the right ends") {
  CHECK(mermaid(schema, instar::postgres) == "erDiagram\n"
                                             "  \"users\" {\n"
                                             "    bigint id PK\n"
                                             "    text email UK \"where mail | goes\"\n"
                                             "    text name \"nullable\"\n"
                                             "    role role\n"
                                             "  }\n"
                                             "  \"sessions\" {\n"
                                             "    bigint id PK\n"
                                             "    bigint user_id FK\n"
                                             "    bigint previous FK, UK \"nullable\"\n"
                                             "  }\n"
                                             "  \"users\" ||--o{ \"sessions\" : \"user_id\"\n"
                                             "  \"sessions\" |o--o| \"sessions\" : \"previous\"\n");
}

TEST_CASE("Mermaid: types and names outside of its grammar are bent into it") {
  CHECK(detail::mermaid_word("timestamp(3) with time zone") == "timestamp(3)_with_time_zone");
  CHECK(detail::mermaid_word("numeric(12,2)") == "numeric(12_2)");
  CHECK(detail::mermaid_word("1st") == "_1st");
  CHECK(detail::mermaid_quoted("a \"b\"\nc") == "\"a 'b' c\"");
}

TEST_CASE("DOT: a graph whose labels are escaped") {
  const std::string text = dot(schema, instar::postgres);
  CHECK(text.substr(0, 16) == "digraph schema {");
  CHECK(text.find("\"sessions\":c1 -> \"users\" [arrowtail=crowodot, arrowhead=teetee];") != std::string::npos);
  CHECK(text.find("\"sessions\":c2 -> \"sessions\" [arrowtail=teeodot, arrowhead=teeodot];") != std::string::npos);
  CHECK(detail::escape_markup("a<b>&\"c\"") == "a&lt;b&gt;&amp;&quot;c&quot;");
  CHECK(detail::dot_quoted("a\"b\\") == "\"a\\\"b\\\\\"");
}

TEST_CASE("Markdown: every column, key, rule, enum and view") {
  const std::string text = markdown(schema, instar::postgres);
  CHECK(text.find("## users\n\nPeople \\<who> log in\n") != std::string::npos);
  CHECK(text.find("| id | `bigint` | no | `identity` | PK |  |\n") != std::string::npos);
  CHECK(text.find("| email | `text` | no |  | UK | where mail \\| goes |\n") != std::string::npos);
  CHECK(text.find("* `user_id` references users `id`, on delete cascade\n") != std::string::npos);
  CHECK(text.find("* check `id > 0`\n") != std::string::npos);
  CHECK(text.find("| role | `member`, `admin` |  |\n") != std::string::npos);
  CHECK(text.find("### active\\_users\n\n```sql\nSELECT id FROM users\n```\n") != std::string::npos);
}

TEST_CASE("SVG: a box for each table, a line for each foreign key, no overlap") {
  const std::string text = svg(schema, instar::postgres);
  CHECK(text.substr(0, 4) == "<svg");
  const auto count = [&](std::string_view what) {
    std::size_t n = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
      ++n;
    }
    return n;
  };
  CHECK(count("<path ") == 2);
  CHECK(count("<rect ") == 1 + 2 * 2);
  CHECK(count("stroke-dasharray") == 1);
  const auto boxes = detail::place_tables(schema, instar::postgres);
  REQUIRE(boxes.size() == 2);
  CHECK((boxes[0].x + boxes[0].width < boxes[1].x || boxes[0].y + boxes[0].height < boxes[1].y));
}

TEST_CASE("an empty schema gives empty documents, and no crash") {
  CHECK(mermaid({}, instar::sqlite) == "erDiagram\n");
  CHECK(markdown({}, instar::sqlite) == "# Data dictionary\n");
  CHECK(dot({}, instar::sqlite).find("digraph") == 0);
  CHECK(svg({}, instar::sqlite).find("<svg") == 0);
}
