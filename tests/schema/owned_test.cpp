#include <instar/schema/owned.hpp>

#include <instar/instar.hpp>

#include "schema/words.hpp"
#include "support/catch.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace owned_test {

enum class State { open, done };
INSTAR_ENUM((State, "work.state", comment("how far"), renamed_from("phase")), open,
            (done, "all done", renamed_from("closed")))

struct User {
  std::int64_t id;
  std::string email;
  std::vector<State> states;
};
INSTAR_MODEL(User, "users", (id, primary_key, identity),
             (email, unique, check("email <> ''"), comment("where to"), collate("C"), default_value("x@y")),
             (states, default_sql("'{}'")))
struct Task {
  std::int64_t id;
  std::int64_t user_id;
  State state;
  std::optional<std::int64_t> next;
  std::string shape;
};
INSTAR_MODEL(Task, "work.tasks", comment("what is to do"), renamed_from("jobs"), (id, primary_key),
             (user_id, references(&User::id).on_delete(cascade)), (state, default_value(State::open)),
             (next, generated_always_as("id + 1"), renamed_from("following")), (shape, type("point")),
             index(column(&Task::id).desc().operator_class("int8_ops"), expression("lower(shape)"))
                 .include(&Task::next)
                 .where("id > 1")
                 .using_method("btree"),
             exclude(column(&Task::id).with("=")).where("id > 2"))
inline constexpr auto schema = instar::schema<User, Task>(
    instar::extension("hstore", "tools", "1.8"), instar::sequence("work.numbers", 5),
    instar::materialized_view("work.counts", "SELECT 1 AS n", instar::view_index("counts_n", "n").unique()),
    instar::function("f", "CREATE FUNCTION f", "DROP FUNCTION f"));

/// All that two schemas say, in words.
std::string all_words(const instar::schema_view& s) {
  std::string all;
  for (const instar::table& t : s.tables)
    all += instar_test::words(t).view();
  for (const instar::enumeration& e : s.enumerations)
    (all += instar_test::words(e).view()) += '\n';
  for (const instar::extension_object& e : s.extensions)
    ((((all += e.name) += ' ') += e.schema) += ' ') += e.version;
  for (const instar::sequence_object& q : s.sequences)
    (((all += q.schema) += '.') += q.name) += std::to_string(q.start);
  for (const instar::view_object& v : s.views) {
    ((((all += v.schema) += '.') += v.name) += v.materialized ? " materialized " : " ") += v.query;
    for (const instar::index& i : v.indexes)
      all += instar_test::words(i).view();
  }
  for (const instar::raw_object& r : s.raw_objects)
    ((((all += r.kind) += r.name) += r.create) += r.drop) +=
        r.placement == instar::placement::before_tables ? "1" : "2";
  return all;
}

}  // namespace owned_test

namespace {

constexpr const instar::schema_view& original = instar::view_of<owned_test::schema>;

}  // namespace

TEST_CASE("a copied schema says what the original says") {
  const instar::owned_schema copy = instar::copy_schema(original);
  CHECK(owned_test::all_words(copy.view()) == owned_test::all_words(original));
  CHECK(instar::make_plan(original, copy.view()).empty());
  CHECK(instar::make_plan(copy.view(), original).empty());
}

TEST_CASE("the comparison of the words would see a difference") {
  std::vector<instar::table> tables(original.tables.begin(), original.tables.end());
  tables[1].comment = "other";
  instar::schema_view changed = original;
  changed.tables = tables;
  CHECK(owned_test::all_words(changed) != owned_test::all_words(original));
}

TEST_CASE("a copied schema outlives the original") {
  // Copies of copies, each made of one that is gone: the sanitizers see what still looks there.
  instar::owned_schema copy;
  {
    const auto first = std::make_unique<instar::owned_schema>(instar::copy_schema(original));
    copy = instar::copy_schema(first->view());
  }
  CHECK(owned_test::all_words(copy.view()) == owned_test::all_words(original));
}

TEST_CASE("no text and no array of a copy is the original's") {
  const instar::owned_schema copy = instar::copy_schema(original);
  const instar::table& then = original.tables[1];
  const instar::table& now = copy.view().tables[1];
  CHECK(now.name.data() != then.name.data());
  CHECK(now.columns.data() != then.columns.data());
  CHECK(now.columns[4].type.custom.data() != then.columns[4].type.custom.data());
  CHECK(now.columns[3].generated_as.data() != then.columns[3].generated_as.data());
  CHECK(now.primary_key.columns[0].data() != then.primary_key.columns[0].data());
  CHECK(now.foreign_keys[0].target_columns[0].data() != then.foreign_keys[0].target_columns[0].data());
  CHECK(now.indexes[0].parts[1].text.data() != then.indexes[0].parts[1].text.data());
  CHECK(now.indexes[0].include[0].data() != then.indexes[0].include[0].data());
  CHECK(now.exclusions[0].parts.data() != then.exclusions[0].parts.data());
  CHECK(copy.view().views[0].indexes[0].parts.data() != original.views[0].indexes[0].parts.data());
}

TEST_CASE("the columns of a copy have the enums of the copy") {
  const instar::owned_schema copy = instar::copy_schema(original);
  REQUIRE(copy.view().enumerations.size() == 1);
  CHECK(copy.view().tables[0].columns[2].type.values == copy.view().enumerations.data());
  CHECK(copy.view().tables[1].columns[2].type.values == copy.view().enumerations.data());
}

TEST_CASE("a column keeps an enum that its schema does not list") {
  const instar::schema_view alone{.tables = original.tables};
  const instar::owned_schema copy = instar::copy_schema(alone);
  CHECK(copy.view().enumerations.empty());
  const instar::enumeration* kept = copy.view().tables[0].columns[2].type.values;
  REQUIRE(kept != nullptr);
  CHECK(kept != original.tables[0].columns[2].type.values);
  CHECK(instar_test::words(*kept).view() == instar_test::words(original.enumerations[0]).view());
}

TEST_CASE("views stay valid when their owner moves") {
  instar::owned_schema first = instar::copy_schema(original);
  const std::string_view name = first.view().tables[0].name;
  instar::owned_schema second = std::move(first);
  CHECK(first.view().tables.empty());  // NOLINT: what is left is an empty schema
  CHECK(second.view().tables[0].name.data() == name.data());
  instar::owned_schema third;
  third = std::move(second);
  CHECK(second.view().tables.empty());  // NOLINT
  CHECK(third.view().tables[0].name == "users");
  CHECK(name == "users");
  // What was moved from takes new texts.
  CHECK(second.text("again") == "again");
}

TEST_CASE("texts and arrays of any size have room, each at its place") {
  instar::owned_schema owner;
  std::vector<std::string> texts;
  std::vector<std::string_view> kept;
  for (const std::size_t size : {0u, 1u, 100u, 16383u, 16384u, 16385u, 100000u, 3u})
    texts.push_back(std::string(size, static_cast<char>('a' + texts.size())));
  for (const std::string& t : texts)
    kept.push_back(owner.text(t));
  for (std::size_t i = 0; i < texts.size(); ++i)
    CHECK((kept[i] == texts[i]));

  const std::string_view odd = owner.text("x");
  const auto tables = owner.array(std::vector<instar::table>(100));
  CHECK(reinterpret_cast<std::uintptr_t>(tables.data()) % alignof(instar::table) == 0);
  CHECK(tables.size() == 100);
  CHECK(odd == "x");
  CHECK(owner.array(std::vector<instar::table>{}).empty());
  const auto names = owner.array({kept[1], kept[2]});
  CHECK(names[1] == texts[2]);
}

TEST_CASE("an owner has no schema before it is set") {
  instar::owned_schema owner;
  CHECK(owner.view().tables.empty());
  const std::array<instar::table, 1> tables{{{.name = owner.text("t")}}};
  owner.set({.tables = owner.array(std::span<const instar::table>(tables))});
  CHECK(owner.view().table("t").name == "t");
}
