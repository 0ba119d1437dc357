// What a plan costs at run time, without a database: make_plan and its script, for schemas of 1,000 and 4,000 tables.
#include <instar/diff/diff.hpp>
#include <instar/schema/owned.hpp>
#include <instar/sql/sql.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using instar::type_kind;

enum class changes { none, a_tenth };

/// Tables of ten columns with a key, a unique constraint, a check, an index and a foreign key each; for every twenty of
/// them an enum that they share, and for every ten a view.
/// \param changed whether every tenth table (a column more, another type, default and index, and of every fifth of them
///                the name) and every tenth enum (a value less) differs
instar::owned_schema schema_of(int tables, bool hashes, changes changed) {
  instar::owned_schema owned;
  const auto text = [&](const std::string& said) { return owned.text(said); };
  const auto name_of = [&](int i) {
    const bool renamed = changed == changes::a_tenth && i % 50 == 10;
    return (renamed ? "renamed_" : "table_") + std::to_string(i);
  };
  std::vector<instar::enumeration> enums;
  for (int i = 0; i < tables / 20; ++i) {
    std::vector<instar::enum_value> values{
        {.label = "draft"}, {.label = "open"}, {.label = "closed"}, {.label = "gone"}};
    if (changed == changes::a_tenth && i % 10 == 0)
      values.erase(values.begin() + 1);
    enums.push_back({.name = text("state_" + std::to_string(i)), .values = owned.array(values)});
  }
  instar::schema_view view;
  view.enumerations = owned.array(enums);
  std::vector<instar::table> all;
  for (int i = 0; i < tables; ++i) {
    const bool differs = changed == changes::a_tenth && i % 10 == 0;
    const std::string name = name_of(i);
    std::vector<instar::column> columns{
        {.name = "id",
         .type = {.kind = type_kind::bigint},
         .primary_key = true,
         .identity = instar::identity_kind::always},
        {.name = "owner_id", .type = {.kind = type_kind::bigint}},
        {.name = "email", .type = {.kind = type_kind::text}, .unique = true},
        {.name = "title", .type = {.kind = type_kind::varchar, .length = differs ? 200 : 100}, .nullable = true},
        {.name = "quantity",
         .type = {.kind = type_kind::integer},
         .initial = {.kind = instar::default_kind::integer, .integer = differs ? 1 : 0}},
        {.name = "weight", .type = {.kind = type_kind::double_precision}, .nullable = true},
        {.name = "active",
         .type = {.kind = type_kind::boolean},
         .initial = {.kind = instar::default_kind::boolean, .integer = 1}},
        {.name = "state",
         .type = {.kind = type_kind::enumeration, .values = &view.enumerations[static_cast<std::size_t>(i / 20)]}},
        {.name = "note", .type = {.kind = type_kind::text}, .nullable = true},
        {.name = "created_at",
         .type = {.kind = type_kind::timestamptz},
         .initial = {.kind = instar::default_kind::now}}};
    if (differs)
      columns.push_back({.name = "added", .type = {.kind = type_kind::integer}, .nullable = true});
    const auto names = [&](std::initializer_list<std::string_view> of) { return owned.array(of); };
    instar::table t;
    t.name = text(name);
    if (name.front() == 'r')
      t.renamed_from = text("table_" + std::to_string(i));
    t.columns = owned.array(columns);
    t.primary_key = {.name = text(name + "_pkey"), .columns = names({"id"})};
    t.uniques = owned.array({instar::key{.name = text(name + "_email_key"), .columns = names({"email"})}});
    t.checks = owned.array({instar::check{.name = text(name + "_quantity_check"), .expression = "quantity >= 0"}});
    t.indexes = owned.array(
        {instar::index{.name = text(name + "_title_idx"),
                       .parts = owned.array({instar::index_part{.text = "title"},
                                             instar::index_part{.text = "created_at", .descending = differs}})}});
    t.foreign_keys = owned.array({instar::foreign_key{.name = text(name + "_owner_id_fkey"),
                                                      .columns = names({"owner_id"}),
                                                      .target_table = text(name_of((i * 7 + 3) % tables)),
                                                      .target_columns = names({"id"}),
                                                      .on_delete = instar::referential_action::cascade}});
    t.content_hash = !hashes ? 0 : static_cast<std::uint64_t>(2 * i + 1 + (differs ? 1 : 0)) * 0x9E3779B97F4A7C15ull;
    all.push_back(t);
  }
  view.tables = owned.array(all);
  std::vector<instar::view_object> views;
  for (int i = 0; i < tables / 10; ++i)
    views.push_back(
        {.name = text("view_" + std::to_string(i)),
         .query = text("SELECT \"id\", \"title\" FROM \"" + name_of(i * 10 + i % 10) + "\" WHERE \"active\"")});
  view.views = owned.array(views);
  owned.set(view);
  return owned;
}

/// The CPU milliseconds of a piece of work in a process of its own, which begins with caches full of something else and
/// with no memory to spare, as a migrator does.
double cpu_of_one(const std::function<void()>& work) {
  static const std::vector<char> others(std::size_t{128} << 20, 'x');
  int ends[2];
  if (pipe(ends) != 0)
    std::abort();
  const pid_t child = fork();
  if (child == 0) {
    static volatile int sum = 0;
    for (std::size_t at = 0; at < others.size(); at += 64)
      sum = sum + others[at];
    const std::clock_t began = std::clock();
    work();
    const double took = 1000.0 * static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    _exit(write(ends[1], &took, sizeof took) == sizeof took ? 0 : 1);
  }
  double took = 0;
  int status = 1;
  if (child < 0 || read(ends[0], &took, sizeof took) != sizeof took || waitpid(child, &status, 0) != child ||
      status != 0)
    std::abort();
  close(ends[0]);
  close(ends[1]);
  return took;
}

/// The least of some runs: what disturbs one only adds to it.
double cpu_of(const std::function<void()>& work) {
  double least = cpu_of_one(work);
  for (int i = 1; i < 25; ++i)
    least = std::min(least, cpu_of_one(work));
  return least;
}

bool met = true;

/// One row of the table: how long it takes for 1,000 tables, and how much longer for four times as many.
void measure(instar::dialect on, bool hashes, changes changed, double goal) {
  double took[2]{};
  std::size_t steps = 0;
  for (int size = 0; size < 2; ++size) {
    const int tables = size == 0 ? 1000 : 4000;
    const instar::owned_schema before = schema_of(tables, hashes, changes::none);
    const instar::owned_schema after = schema_of(tables, hashes, changed);
    const auto plan_and_script = [&] {
      const instar::plan plan = instar::make_plan(before.view(), after.view());
      return std::pair{plan.size(), instar::script(on, plan).empty()};
    };
    const auto [count, empty] = plan_and_script();
    if (size == 0)
      steps = count;
    met &= empty == (changed == changes::none);
    took[size] = cpu_of([&] { (void)plan_and_script(); });
  }
  const double ratio = took[1] / std::max(took[0], 0.001);
  // What takes less than a tenth of a millisecond is measured too coarsely to be a ratio.
  const bool linear = ratio <= 4.5 || took[1] < 1;
  met &= took[0] <= goal && linear;
  std::printf("%-9s %-6s %-10s %7zu %9.2f ms %7.0f ms %9.2f ms %8.2f  %s\n",
              on == instar::postgres ? "postgres" : "sqlite", hashes ? "yes" : "no",
              changed == changes::none ? "nothing" : "10 %", steps, took[0], goal, took[1], ratio,
              took[0] <= goal && linear ? "met" : "MISSED");
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::printf("%-9s %-6s %-10s %7s %12s %10s %12s %8s\n", "dialect", "hashes", "changed", "steps", "1000 tables",
              "goal", "4000 tables", "ratio");
  for (instar::dialect on : {instar::postgres, instar::sqlite})
    for (bool hashes : {true, false}) {
      measure(on, hashes, changes::none, 5);
      measure(on, hashes, changes::a_tenth, 30);
    }
  return met ? 0 : 1;
}
