#include "sql/run_pairs.hpp"

#include "sql/pairs/columns.hpp"
#include "sql/pairs/enums.hpp"
#include "sql/pairs/keys.hpp"
#include "sql/pairs/objects.hpp"
#include "sql/pairs/raw.hpp"
#include "sql/pairs/relations.hpp"
#include "sql/pairs/tables.hpp"

namespace instar_test {

namespace {

using namespace pairs;

struct on_rows {
  std::string_view rows{};
  std::string_view question{};
  std::string_view answer{};
  runs_on databases = runs_on::both;
  bool fails_with_rows = false;
  bool one_way = false;
};

template <const auto& Before, const auto& After>
schema_pair pair_of(std::string_view name, const on_rows& with = {}) {
  return {.name = name,
          .before = instar::view_of<Before>,
          .after = instar::view_of<After>,
          .postgres = instar::migration_sql<instar::postgres, Before, After>.statements,
          .sqlite = instar::migration_sql<instar::sqlite, Before, After>.statements,
          .rows = with.rows,
          .question = with.question,
          .answer = with.answer,
          .databases = with.databases,
          .fails_with_rows = with.fails_with_rows,
          .one_way = with.one_way};
}

constexpr std::string_view users = R"(
INSERT INTO users (id, email, name, age) VALUES (1, 'anna@example.org', 'Anna', 30), (7, 'b@example.org', NULL, 41);
)";

constexpr std::string_view places = R"(
INSERT INTO places (id, country, city, size) VALUES (1, 'Chad', 'Abéché', 3), (2, 'Peru', 'Lima', 40), (3, 'Peru', 'Cuzco', NULL);
)";

constexpr std::string_view teams = R"(
INSERT INTO teams (id, name) VALUES (1, 'red'), (2, 'blue');
INSERT INTO players (id, team_id, captain_id) VALUES (1, 1, NULL), (2, 1, 1), (3, NULL, 2);
)";

constexpr std::string_view posts = R"(
INSERT INTO users (id, email, points) VALUES (1, 'anna@example.org', 10), (5, 'b@example.org', 0);
INSERT INTO posts (id, user_id, title) VALUES (1, 1, 'first'), (2, 5, 'second'), (3, 5, 'third');
)";

constexpr std::string_view visits = R"(
INSERT INTO users (id, email, points) VALUES (1, 'anna@example.org', 10), (5, 'b@example.org', 200);
INSERT INTO visits (id, user_id) VALUES (1, 1), (2, 5), (3, 5);
)";

constexpr std::string_view readings = R"(
INSERT INTO readings (id, year, place) VALUES (1, 2000, 'here'), (2, 2001, 'there');
)";

constexpr std::string_view visits_at = R"(
INSERT INTO visits (id, at, done, weight) VALUES (1, 5000, true, 0), (2, 9000, false, 3);
)";

constexpr std::string_view tasks = R"(
INSERT INTO tasks (id, state) VALUES (1, 'open'), (2, 'running'), (3, 'done');
)";

constexpr std::string_view finished_tasks = R"(
INSERT INTO tasks (id, state) VALUES (1, 'open'), (3, 'done');
)";

}  // namespace

std::span<const schema_pair> schema_pairs() {
  static const schema_pair list[] = {
      // Columns.
      pair_of<columns::base::schema, columns::nullable_added::schema>(
          "a nullable column is added", {users, "SELECT id, email, nickname, name, age FROM users ORDER BY id",
                                         "1|anna@example.org||Anna|30\n7|b@example.org|||41"}),
      pair_of<columns::base::schema, columns::defaulted_added::schema>(
          "required columns with constant defaults are added",
          {users, "SELECT id, level, ratio, motto, CASE WHEN active THEN 1 ELSE 0 END FROM users ORDER BY id",
           "1|3|0.25|it's|1\n7|3|0.25|it's|1"}),
      pair_of<columns::base::schema, columns::filled::schema>(
          "new and newly required columns are filled, also from one that goes",
          {users, "SELECT id, address, name, initial FROM users ORDER BY id",
           "1|<anna@example.org>|Anna|A\n7|<b@example.org>|no 41|", runs_on::sqlite}),
      pair_of<columns::base::schema, columns::filled::schema>(
          "new and newly required columns are filled, one after the other",
          {users, "SELECT id, address, name, initial FROM users ORDER BY id",
           "1|<anna@example.org>|Anna|A\n7|<b@example.org>|no 41|n", runs_on::postgres}),
      pair_of<columns::epoch::schema, columns::moment_converted::schema>(
          "values are converted as the model says",
          {visits_at, "SELECT at, done, CASE WHEN weight THEN 1 ELSE 0 END FROM visits ORDER BY id", "t5|1|0\nt9|0|1"}),
      pair_of<columns::epoch::schema, columns::moment_lost::schema>(
          "without a cast a column is made anew",
          {visits_at, "SELECT id, at, weight FROM visits ORDER BY id", "1|5000|\n2|9000|", runs_on::postgres}),
      pair_of<columns::epoch::schema, columns::moment_lost::schema>(
          "SQLite keeps what has no cast elsewhere",
          {visits_at, "SELECT id, at, weight FROM visits ORDER BY id", "1|5000|0\n2|9000|3", runs_on::sqlite}),
      pair_of<columns::base::schema, columns::moment_added::schema>(
          "required columns that default to now are added",
          {users, "SELECT count(*) FROM users WHERE created_at IS NOT NULL AND updated_at IS NOT NULL", "2"}),
      pair_of<columns::base::schema, columns::expression_added::schema>(
          "a required column that defaults to an expression is added",
          {users, "SELECT id, score, name FROM users ORDER BY id", "1|5|Anna\n7|5|"}),
      pair_of<columns::base::schema, columns::required_added::schema>(
          "a required column without default is added to an empty table"),
      pair_of<columns::base::schema, columns::required_added::schema>(
          "a required column without default is added to rows", {.rows = users, .fails_with_rows = true}),
      pair_of<columns::nullable_added::schema, columns::base::schema>(
          "a column is dropped",
          {"INSERT INTO users (id, email, nickname, name, age) VALUES (3, 'e', 'nick', 'name', 4)",
           "SELECT id, email, name, age FROM users", "3|e|name|4"}),
      pair_of<columns::base::schema, columns::renamed::schema>(
          "columns are renamed",
          {users, "SELECT mail, full_name FROM users ORDER BY id", "anna@example.org|Anna\nb@example.org|"}),
      pair_of<columns::base::schema, columns::mapped::schema>(
          "a column gets a name of its own in the database",
          {users, "SELECT \"e-mail\" FROM users ORDER BY id", "anna@example.org\nb@example.org"}),
      pair_of<columns::base::schema, columns::widened::schema>("a type is widened",
                                                               {users, "SELECT age FROM users ORDER BY id", "30\n41"}),
      pair_of<columns::widened::schema, columns::base::schema>("a type is narrowed",
                                                               {users, "SELECT age FROM users ORDER BY id", "30\n41"}),
      pair_of<columns::base::schema, columns::as_text::schema>(
          "a number becomes a text", {users, "SELECT age || '!' FROM users ORDER BY id", "30!\n41!"}),
      pair_of<columns::as_text::schema, columns::base::schema>(
          "a text becomes a number", {users, "SELECT age + 1 FROM users ORDER BY id", "31\n42"}),
      pair_of<columns::base::schema, columns::limited::schema>(
          "a text gets a limit",
          {users, "SELECT email, name FROM users ORDER BY id", "anna@example.org|Anna\nb@example.org|"}),
      pair_of<columns::limited::schema, columns::less_limited::schema>(
          "a limit is raised",
          {users, "SELECT email, name FROM users ORDER BY id", "anna@example.org|Anna\nb@example.org|"}),
      pair_of<columns::base::schema, columns::defaulted::schema>(
          "columns get defaults",
          {users, "INSERT INTO users (id) VALUES (3) RETURNING email, age", "nobody@example.org|18"}),
      pair_of<columns::defaulted::schema, columns::defaulted_otherwise::schema>(
          "defaults come, change and go", {"INSERT INTO users (id, name) VALUES (1, 'x')",
                                           "SELECT id, email, name, age FROM users", "1|nobody@example.org|x|18"}),
      pair_of<columns::defaulted::schema, columns::text_with_default::schema>(
          "type and default change together", {"INSERT INTO users (id, name) VALUES (1, 'x')",
                                               "SELECT id, email, age || '!' FROM users", "1|nobody@example.org|18!"}),
      pair_of<columns::text_with_default::schema, columns::defaulted_otherwise::schema>(
          "a text with a default becomes a number with another",
          {"INSERT INTO users (id, name) VALUES (1, 'x')", "SELECT id, age + 1 FROM users", "1|19"}),
      pair_of<columns::base::schema, columns::required::schema>(
          "a column becomes required, and all rows have it",
          {"INSERT INTO users (id, email, name, age) VALUES (1, 'e', 'n', 1)", "SELECT name FROM users", "n"}),
      pair_of<columns::base::schema, columns::required::schema>("a column becomes required, but a row lacks it",
                                                                {.rows = users, .fails_with_rows = true}),
      pair_of<columns::required::schema, columns::base::schema>(
          "a column becomes nullable",
          {"INSERT INTO users (id, email, name, age) VALUES (1, 'e', 'n', 1)", "SELECT name FROM users", "n"}),
      pair_of<columns::base::schema, columns::required_with_default::schema>(
          "a column becomes required, and NULLs get its default",
          {users, "SELECT name FROM users ORDER BY id", "Anna\nanonymous"}),
      pair_of<columns::base::schema, columns::all_at_once::schema>(
          "name, type, default and NULLs of one column change",
          {users, "SELECT id, years FROM users ORDER BY id", "1|30\n7|41"}),
      pair_of<columns::base::schema, columns::collated::schema>(
          "columns get collations",
          {users, "SELECT email FROM users ORDER BY id", "anna@example.org\nb@example.org", runs_on::postgres}),
      pair_of<columns::base::schema, columns::collated_sqlite::schema>(
          "columns get collations of SQLite",
          {users, "SELECT id FROM users WHERE email = 'ANNA@EXAMPLE.ORG'", "1", runs_on::sqlite}),
      pair_of<columns::base::schema, columns::commented::schema>(
          "comments are added", {users, "SELECT email FROM users ORDER BY id", "anna@example.org\nb@example.org"}),
      pair_of<columns::commented::schema, columns::commented_otherwise::schema>("comments come, change and go"),
      pair_of<columns::base::schema, columns::without_identity::schema>(
          "a column is no longer identity", {users, "SELECT id FROM users ORDER BY id", "1\n7"}),
      pair_of<columns::without_identity::schema, columns::base::schema>(
          "a column becomes identity, and goes on behind the highest value",
          {users, "INSERT INTO users (email, age) VALUES ('c', 3) RETURNING id", "8"}),
      pair_of<columns::base::schema, columns::always_identity::schema>(
          "the kind of identity changes", {users, "SELECT id FROM users ORDER BY id", "1\n7", runs_on::postgres}),
      pair_of<columns::base::schema, columns::always_identity::schema>(
          "the kind of identity changes on SQLite",
          {users, "INSERT INTO users (email, age) VALUES ('c', 3) RETURNING id", "8", runs_on::sqlite}),
      pair_of<columns::numbered::schema, columns::numbered_by_identity::schema>(
          "a nullable column becomes required, the key and identity",
          {users, "INSERT INTO users (id, email) VALUES (3, 'c') RETURNING age", "42"}),
      pair_of<columns::base::schema, columns::generated_added::schema>(
          "a generated column is added", {users, "SELECT next_age FROM users ORDER BY id", "31\n42"}),
      pair_of<columns::generated_added::schema, columns::generated_otherwise::schema>(
          "a generated column changes, and its index comes back",
          {users, "SELECT next_age FROM users ORDER BY id", "40\n51"}),
      pair_of<columns::generated_added::schema, columns::generated_no_more::schema>(
          "a generated column becomes a plain one and keeps its values",
          {users, "SELECT next_age FROM users ORDER BY id", "31\n42"}),
      pair_of<columns::generated_added::schema, columns::generated_from_wider::schema>(
          "the column that another is generated from changes its type",
          {users, "SELECT next_age FROM users ORDER BY id", "31\n42"}),
      pair_of<columns::generated_added::schema, columns::generated_and_source_gone::schema>(
          "a generated column and its source are dropped",
          {users, "SELECT email FROM users ORDER BY id", "anna@example.org\nb@example.org"}),
      pair_of<columns::generated_added::schema, columns::generated_renamed::schema>(
          "a generated column gets another name and another expression",
          {users, "SELECT coming_age FROM users ORDER BY id", "32\n43"}),
      pair_of<columns::base::schema, columns::virtual_added::schema>(
          "a virtual column is added", {users, "SELECT next_age FROM users ORDER BY id", "31\n42", runs_on::sqlite}),
      pair_of<columns::generated_added::schema, columns::virtual_added::schema>(
          "a stored column becomes virtual",
          {users, "SELECT next_age FROM users ORDER BY id", "31\n42", runs_on::sqlite}),
      pair_of<columns::base::schema, columns::as_array::schema>(
          "columns become arrays",
          {users, "SELECT age, name FROM users ORDER BY id", "{30}|{Anna}\n{41}|", runs_on::postgres}),
      pair_of<columns::base::schema, columns::as_array::schema>(
          "columns become arrays in JSON",
          {users, "SELECT age, name FROM users ORDER BY id", "[30]|[\"Anna\"]\n[41]|", runs_on::sqlite}),
      pair_of<columns::as_array::schema, columns::base::schema>(
          "arrays become columns",
          {"INSERT INTO users (id, email, name, age) VALUES (1, 'e', '{Anna,Bea}', '{3,4}'), (2, 'f', NULL, '{5}')",
           "SELECT id, name, age FROM users ORDER BY id", "1|Anna|3\n2||5", runs_on::postgres}),
      pair_of<columns::as_array::schema, columns::base::schema>(
          "arrays in JSON become columns",
          {"INSERT INTO users (id, email, name, age) VALUES (1, 'e', '[\"Anna\",\"Bea\"]', '[3,4]'), (2, 'f', NULL, "
           "'[5]')",
           "SELECT id, name, age FROM users ORDER BY id", "1|Anna|3\n2||5", runs_on::sqlite}),
      pair_of<columns::moments::schema, columns::moments_otherwise::schema>(
          "types change to their relatives",
          {"INSERT INTO events (id, at, document, token, flag, amount) VALUES "
           "(1, '2024-02-29 12:00:00', '{\"a\": 1}', '00000000-0000-0000-0000-000000000001', 1, 12.5)",
           "SELECT id, token, CASE WHEN flag THEN 'yes' END, amount > 12 FROM events",
           "1|00000000-0000-0000-0000-000000000001|yes|t", runs_on::postgres}),
      pair_of<columns::moments::schema, columns::moments_otherwise::schema>(
          "types change to their relatives on SQLite",
          {"INSERT INTO events (id, at, document, token, flag, amount) VALUES "
           "(1, '2024-02-29 12:00:00', '{\"a\": 1}', '00000000-0000-0000-0000-000000000001', 1, 12.5)",
           "SELECT id, at, document, token, flag, amount FROM events",
           "1|2024-02-29 12:00:00|{\"a\": 1}|00000000-0000-0000-0000-000000000001|1|12.5", runs_on::sqlite}),
      pair_of<columns::checked::schema, columns::checked_otherwise::schema>(
          "a column with checks and partial indexes changes its type",
          {users, "SELECT age + 1 FROM users ORDER BY id", "31\n42", runs_on::sqlite}),
      pair_of<columns::base::schema, columns::contradicting::schema>(
          "a name that stays is not renamed", {users, "SELECT age, years FROM users ORDER BY id", "30|\n41|"}),
      pair_of<columns::base::schema, columns::claimed_twice::schema>(
          "two columns say that they were one", {users, "SELECT years, years_too FROM users ORDER BY id", "30|\n41|"}),
      pair_of<columns::base::schema, columns::renamed_and_reused::schema>(
          "a renamed column gets keys",
          {users, "SELECT mail, shoe_size FROM users ORDER BY id", "anna@example.org|\nb@example.org|"}),

      // Keys, constraints and indexes.
      pair_of<keys::bare::schema, keys::with_key::schema>("a primary key is added",
                                                          {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::with_key::schema, keys::with_composite_key::schema>("a primary key is replaced",
                                                                        {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::with_composite_key::schema, keys::with_named_key::schema>(
          "a primary key is renamed", {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::with_composite_key::schema, keys::with_key::schema>("a composite primary key becomes a single one",
                                                                        {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::with_text_key::schema, keys::with_named_text_key::schema>(
          "a primary key of a text is renamed", {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::bare::schema, keys::with_uniques::schema>("unique constraints are added",
                                                              {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::with_uniques::schema, keys::with_renamed_uniques::schema>(
          "unique constraints are renamed and dropped", {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::with_uniques::schema, keys::with_unique_indexes::schema>(
          "unique constraints become unique indexes", {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::bare::schema, keys::with_indexes::schema>("indexes are added",
                                                              {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::with_indexes::schema, keys::with_renamed_indexes::schema>(
          "indexes are renamed, changed and dropped", {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::labelled::schema, keys::labelled_otherwise::schema>("indexes exchange their names across tables"),
      pair_of<keys::bare::schema, keys::with_special_indexes::schema>(
          "indexes with all that PostgreSQL knows are added",
          {places, "SELECT count(*) FROM places", "3", runs_on::postgres}),
      pair_of<keys::bare::schema, keys::with_checks::schema>("checks are added",
                                                             {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::with_checks::schema, keys::with_other_checks::schema>("checks are renamed, changed and dropped",
                                                                          {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::with_checks::schema, keys::with_turned_checks::schema>(
          "unnamed checks change their places", {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::bare::schema, keys::with_exclusion::schema>("exclusion constraints are added",
                                                                {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::with_exclusion::schema, keys::with_renamed_exclusion::schema>(
          "exclusion constraints are renamed and dropped", {places, "SELECT count(*) FROM places", "3"}),
      pair_of<keys::with_all::schema, keys::with_all_renamed::schema>(
          "constraints and indexes follow renamed tables and columns",
          {places, "SELECT number, town, extent FROM locations ORDER BY number", "1|Abéché|3\n2|Lima|40\n3|Cuzco|"}),

      // Relations.
      pair_of<relations::unrelated::schema, relations::related::schema>("foreign keys are added",
                                                                        {teams, "SELECT count(*) FROM players", "3"}),
      pair_of<relations::related::schema, relations::unrelated::schema>("foreign keys are dropped",
                                                                        {teams, "SELECT count(*) FROM players", "3"}),
      pair_of<relations::related::schema, relations::related_otherwise::schema>(
          "foreign keys change their actions", {teams, "SELECT count(*) FROM players", "3"}),
      pair_of<relations::related::schema, relations::related_by_text::schema>(
          "a key and its references change their type",
          {teams, "SELECT p.id || t.name FROM players p JOIN teams t ON t.id = p.team_id ORDER BY 1", "1red\n2red"}),
      pair_of<relations::related_by_int::schema, relations::related::schema>(
          "a key and its references become larger",
          {teams, "SELECT p.id, t.name FROM players p JOIN teams t ON t.id = p.team_id ORDER BY 1", "1|red\n2|red"}),
      pair_of<relations::related::schema, relations::related_by_unique::schema>(
          "a referenced primary key becomes a unique constraint", {teams, "SELECT count(*) FROM players", "3"}),
      pair_of<relations::related::schema, relations::related_renamed::schema>(
          "tables and columns of foreign keys are renamed",
          {teams, "SELECT p.id, s.name FROM people p JOIN squads s ON s.number = p.squad ORDER BY 1", "1|red\n2|red"}),
      pair_of<relations::related::schema, relations::target_renamed::schema>(
          "the target of a foreign key is renamed",
          {teams, "SELECT p.id, s.name FROM players p JOIN squads s ON s.id = p.team_id ORDER BY 1", "1|red\n2|red"}),
      pair_of<relations::related::schema, relations::cyclic::schema>("tables that reference each other are added",
                                                                     {teams, "SELECT count(*) FROM players", "3"}),
      pair_of<relations::cyclic::schema, relations::related::schema>(
          "tables that reference each other are dropped",
          {"INSERT INTO teams (id, name) VALUES (1, 'red'); INSERT INTO authors (id, team_id) VALUES (1, 1); "
           "INSERT INTO books (id, author_id) VALUES (4, 1); UPDATE authors SET first_book_id = 4;",
           "SELECT name FROM teams", "red"}),
      pair_of<relations::related::schema, relations::without_teams::schema>(
          "a referenced table is dropped", {teams, "SELECT id FROM players ORDER BY id", "1\n2\n3"}),
      pair_of<relations::composite::schema, relations::composite_renamed::schema>(
          "columns of a composite foreign key are renamed",
          {"INSERT INTO steps (pipeline, number, title) VALUES (1, 2, 't'); INSERT INTO tasks (pipeline, step) VALUES "
           "(1, 2);",
           "SELECT s.place, t.step_place FROM steps s JOIN tasks t ON t.pipeline = s.pipeline", "2|2"}),
      pair_of<relations::composite::schema, relations::composite_extended::schema>(
          "a reference to a new table is added",
          {"INSERT INTO steps (pipeline, number, title) VALUES (1, 2, 't'); INSERT INTO tasks (pipeline, step) VALUES "
           "(1, 2);",
           "SELECT title, owner_id, step FROM steps s JOIN tasks t ON t.pipeline = s.pipeline", "t||2"}),

      // Enums.
      pair_of<enums::as_text::schema, enums::base::schema>(
          "a text becomes an enum", {tasks, "SELECT state FROM tasks ORDER BY id", "open\nrunning\ndone"}),
      pair_of<enums::base::schema, enums::as_text::schema>(
          "an enum becomes a text", {tasks, "SELECT state FROM tasks ORDER BY id", "open\nrunning\ndone"}),
      pair_of<enums::base::schema, enums::values_added::schema>(
          "values are added at every place", {tasks, "SELECT state FROM tasks ORDER BY id", "open\nrunning\ndone"}),
      pair_of<enums::base::schema, enums::value_used_at_once::schema>(
          "a value is added for a check, an index and a view",
          {tasks, "SELECT state FROM tasks ORDER BY id", "open\nrunning\ndone"}),
      pair_of<enums::base::schema, enums::value_added_as_default::schema>(
          "a value is added and becomes the default",
          {tasks, "INSERT INTO tasks (id) VALUES (9) RETURNING state", "fresh"}),
      pair_of<enums::base::schema, enums::value_renamed::schema>(
          "a value is renamed", {tasks, "SELECT state FROM tasks ORDER BY id", "open\nrunning\nfinished"}),
      pair_of<enums::base::schema, enums::default_value_renamed::schema>(
          "the default value is renamed", {tasks, "SELECT state FROM tasks ORDER BY id", "brand new\nrunning\ndone"}),
      pair_of<enums::base::schema, enums::renamed::schema>(
          "an enum is renamed", {tasks, "SELECT state FROM tasks ORDER BY id", "open\nrunning\ndone"}),
      pair_of<enums::base::schema, enums::renamed_and_changed::schema>(
          "an enum is renamed, and its values change",
          {finished_tasks, "SELECT state FROM tasks ORDER BY id", "open\nfinished"}),
      pair_of<enums::base::schema, enums::value_removed::schema>(
          "a value that no row has is removed", {finished_tasks, "SELECT state FROM tasks ORDER BY id", "open\ndone"}),
      pair_of<enums::base::schema, enums::value_removed::schema>("a value that a row has is removed",
                                                                 {.rows = tasks, .fails_with_rows = true}),
      pair_of<enums::under_trigger::schema, enums::under_trigger_reordered::schema>(
          "an enum is made anew under a trigger",
          {tasks, "SELECT state FROM tasks ORDER BY id", "open\nrunning\ndone", runs_on::postgres}),
      pair_of<enums::base::schema, enums::reordered::schema>(
          "values change their order", {tasks, "SELECT state FROM tasks ORDER BY id", "open\nrunning\ndone"}),
      pair_of<enums::with_dependents::schema, enums::with_dependents_changed::schema>(
          "an enum changes under checks, indexes, arrays, views and defaults",
          {"INSERT INTO tasks (id, state, history, next) VALUES (1, 'open', '{open,done}', NULL); INSERT INTO jobs "
           "(id, state) VALUES (1, 'done');",
           "SELECT state, history FROM tasks", "open|{open,done}", runs_on::postgres}),
      pair_of<enums::with_dependents::schema, enums::with_dependents_changed::schema>(
          "an enum changes under checks, indexes, arrays, views and defaults on SQLite",
          {"INSERT INTO tasks (id, state, history, next) VALUES (1, 'open', '[\"open\",\"done\"]', NULL); INSERT INTO "
           "jobs (id, state) VALUES (1, 'done');",
           "SELECT state, history FROM tasks", "open|[\"open\",\"done\"]", runs_on::sqlite}),
      pair_of<enums::with_dependents::schema, enums::with_dependents_renamed::schema>(
          "a value is renamed and one removed, in arrays too",
          {"INSERT INTO tasks (id, state, history, next) VALUES (1, 'open', '{open,done}', NULL); INSERT INTO jobs "
           "(id, state) VALUES (1, 'done');",
           "SELECT state, history FROM tasks", "ready|{ready,done}", runs_on::postgres}),
      pair_of<enums::base::schema, enums::changed_among_others::schema>(
          "an enum changes while columns and tables come with it and leave it",
          {tasks, "SELECT state, phase FROM tasks ORDER BY id", "open|fresh\nrunning|fresh\ndone|fresh"}),
      pair_of<enums::base::schema, enums::as_array_of_fewer::schema>(
          "a value becomes an array of an enum that changes",
          {finished_tasks, "SELECT state FROM tasks ORDER BY id", "{open}\n{done}", runs_on::postgres}),
      pair_of<enums::in_arrays::schema, enums::in_arrays_renamed::schema>(
          "values are renamed in arrays alone",
          {"INSERT INTO tasks (id, history, plan) VALUES (1, '{done,open,running}', NULL), (2, '{}', '{open}')",
           "SELECT history, plan FROM tasks ORDER BY id", "{closed,\"it's open\",running}|\n{}|{\"it's open\"}",
           runs_on::postgres}),
      pair_of<enums::in_arrays::schema, enums::in_arrays_renamed::schema>(
          "values are renamed in arrays alone on SQLite",
          {"INSERT INTO tasks (id, history, plan) VALUES (1, '[\"done\",\"open\",\"running\"]', NULL), "
           "(2, '[]', '[\"open\",null]')",
           "SELECT history, plan FROM tasks ORDER BY id",
           "[\"closed\",\"it's open\",\"running\"]|\n[]|[\"it's open\",null]", runs_on::sqlite}),
      pair_of<enums::as_key::schema, enums::as_changed_key::schema>(
          "an enum that is a key changes",
          {"INSERT INTO phases (state, title) VALUES ('open', 'o'), ('done', 'd'); INSERT INTO tasks (id, state) "
           "VALUES (1, 'open');",
           "SELECT t.state, p.title FROM tasks t JOIN phases p ON p.state = t.state", "ready|o"}),
      pair_of<enums::base::schema, enums::replaced::schema>(
          "another enum takes the place of one", {tasks, "SELECT state FROM tasks ORDER BY id", "open\nrunning\ndone"}),
      pair_of<enums::base::schema, enums::in_schema::schema>(
          "an enum of a schema takes the place of one",
          {tasks, "SELECT state, previous FROM tasks ORDER BY id", "open|\nrunning|\ndone|"}),
      pair_of<enums::quoted::schema, enums::quoted_changed::schema>(
          "an enum with quotes changes", {"INSERT INTO tasks (id, state) VALUES (1, 'it''s open'), (2, 'läuft')",
                                          "SELECT state FROM tasks ORDER BY id", "it's still open\nläuft"}),

      // Tables.
      pair_of<tables::none::schema, tables::base::schema>("the first tables are made"),
      pair_of<tables::base::schema, tables::none::schema>("the last tables are dropped", {.rows = posts}),
      pair_of<tables::base::schema, tables::table_added::schema>("a table is added",
                                                                 {posts, "SELECT count(*) FROM posts", "3"}),
      pair_of<tables::base::schema, tables::renamed::schema>(
          "a table is renamed",
          {posts, "SELECT a.email, p.title FROM accounts a JOIN posts p ON p.user_id = a.id ORDER BY p.id",
           "anna@example.org|first\nb@example.org|second\nb@example.org|third"}),
      pair_of<tables::base::schema, tables::renamed_and_changed::schema>(
          "a table is renamed and changed",
          {posts, "SELECT a.mail, a.points, p.title FROM accounts a JOIN posts p ON p.user_id = a.id ORDER BY p.id",
           "anna@example.org|10|first\nb@example.org|0|second\nb@example.org|0|third"}),
      pair_of<tables::base::schema, tables::moved::schema>(
          "a table moves to another schema", {posts, "SELECT count(*) FROM auth.users", "2", runs_on::postgres}),
      pair_of<tables::base::schema, tables::moved::schema>("a table moves to another schema, which SQLite has not",
                                                           {posts, "SELECT count(*) FROM users", "2", runs_on::sqlite}),
      pair_of<tables::moved::schema, tables::moved_back::schema>(
          "a table comes from another schema", {"INSERT INTO auth.users (id, email, points) VALUES (1, 'a', 3)",
                                                "SELECT count(*) FROM people", "1", runs_on::postgres}),
      pair_of<tables::quoted::schema, tables::quoted_changed::schema>(
          "names that need quotes change",
          {"INSERT INTO \"select \"\"from\"\" where\" (\"order\", \"group by\") VALUES (1, 'x'), (2, 'y')",
           "SELECT \"order\", \"group\"\" by\", \"名前\" FROM \"table\"\"\"\"\" ORDER BY 1", "1|x|\n2|y|"}),
      pair_of<tables::long_names::schema, tables::long_names_changed::schema>("long names change"),
      pair_of<tables::base::schema, tables::all_at_once::schema>(
          "much changes at once",
          {posts,
           "SELECT a.email, a.role, p.title, p.body FROM accounts a JOIN articles p ON p.author_id = a.id ORDER BY "
           "p.id",
           "anna@example.org|member|first|\nb@example.org|member|second|\nb@example.org|member|third|"}),

      // Other objects.
      pair_of<objects::bare::schema, objects::with_views::schema>(
          "views are made",
          {visits, "SELECT id, email FROM rich_visits ORDER BY id", "2|b@example.org\n3|b@example.org"}),
      pair_of<objects::with_views::schema, objects::with_other_views::schema>(
          "views come, change and go, with those that look at them",
          {visits, "SELECT id, email FROM rich_visits ORDER BY id", "2|b@example.org\n3|b@example.org"}),
      pair_of<objects::with_views::schema, objects::under_views::schema>(
          "a table changes under its views",
          {visits, "SELECT id, email FROM rich_visits ORDER BY id", "2|b@example.org\n3|b@example.org"}),
      pair_of<objects::with_views::schema, objects::with_materialized_view::schema>(
          "a view becomes materialized", {visits, "SELECT id FROM rich", "5"}),
      pair_of<objects::with_materialized_view::schema, objects::with_other_index::schema>(
          "an index of a materialized view changes", {visits, "SELECT id, points FROM rich", "5|200"}),
      pair_of<objects::with_materialized_view::schema, objects::under_materialized_view::schema>(
          "a table changes under a materialized view", {visits, "SELECT id, points FROM rich", "5|200"}),
      pair_of<objects::with_star::schema, objects::under_star::schema>(
          "a view of all columns gets the new one", {visits, "SELECT count(name), count(*) FROM everybody", "0|2"}),
      pair_of<objects::with_grouping::schema, objects::under_grouping::schema>(
          "a view that rests on a primary key makes way for another key",
          {visits, "SELECT email, n FROM visit_counts ORDER BY 1", "anna@example.org|1\nb@example.org|2"}),
      pair_of<objects::bare::schema, objects::with_sequences::schema>(
          "sequences are made", {visits, "SELECT nextval('audit.steps')", "100", runs_on::postgres}),
      pair_of<objects::with_sequences::schema, objects::with_other_sequences::schema>(
          "sequences come, change and go", {visits, "SELECT nextval('audit.jumps')", "7", runs_on::postgres}),
      pair_of<objects::bare::schema, objects::with_extensions::schema>(
          "extensions are made before what needs them",
          {visits, "SELECT id FROM users WHERE email = 'ANNA@example.org'", "1", runs_on::postgres}),
      pair_of<objects::with_older_extension::schema, objects::with_moved_extension::schema>(
          "an extension gets a version and a schema",
          {visits, "SELECT extversion FROM pg_extension WHERE extname = 'hstore'", "1.8", runs_on::postgres, false,
           true}),
      pair_of<objects::bare::schema, objects::with_functions::schema>(
          "functions, triggers and policies are made",
          {visits, "INSERT INTO users (id, email) VALUES (9, 'x') RETURNING points", "5", runs_on::postgres}),
      pair_of<objects::with_functions::schema, objects::with_other_functions::schema>(
          "functions that are in use are replaced",
          {visits, "INSERT INTO users (id, email) VALUES (9, 'x') RETURNING points", "6", runs_on::postgres}),
      pair_of<raw::plain::schema, raw::by_year::schema>(
          "a table becomes partitioned, and keeps its rows",
          {readings, "SELECT id, place, tableoid::regclass FROM readings ORDER BY id",
           "1|here|readings_low\n2|there|readings_low", runs_on::postgres}),
      pair_of<raw::by_year::schema, raw::plain::schema>(
          "a partitioned table becomes a plain one, and keeps its rows",
          {readings, "SELECT id, place FROM readings ORDER BY id", "1|here\n2|there", runs_on::postgres}),
      pair_of<raw::by_year::schema, raw::by_id::schema>(
          "a table is partitioned otherwise, and keeps its rows",
          {readings, "SELECT id, place, tableoid::regclass FROM readings ORDER BY id",
           "1|here|readings_low\n2|there|readings_low", runs_on::postgres}),
      pair_of<raw::by_year::schema, raw::altered::schema>("a partitioned table is altered, and its partition with it",
                                                          {readings,
                                                           "SELECT id, place, level FROM readings ORDER BY id",
                                                           "1|here|1.50\n2|there|1.50", runs_on::postgres}),
      pair_of<raw::graded::schema, raw::graded_otherwise::schema>(
          "a function of another result takes along all that uses it",
          {"INSERT INTO marks (id) VALUES (1)", "SELECT id, points, graded, (SELECT g FROM over_best) FROM marks",
           "1|7|6|2", runs_on::postgres}),
      pair_of<raw::leaning::schema, raw::standing::schema>(
          "a function that is used until another one is replaced goes after that",
          {"INSERT INTO visits VALUES (1, 2)", "SELECT add_two(points) FROM visits", "4", runs_on::postgres}),
      pair_of<raw::kept_whole::schema, raw::modelled::schema>(
          "a table that was kept whole becomes a modelled one, and keeps its rows",
          {"INSERT INTO visits VALUES (1, 2), (3, 4)", "SELECT id, points FROM visits ORDER BY id", "1|2\n3|4",
           runs_on::sqlite}),
      pair_of<raw::viewed::schema, raw::viewed_wider::schema>(
          "a trigger comes back with the view that it stands on",
          {"INSERT INTO shown (id, points) VALUES (1, 2)", "INSERT INTO shown (id, points) VALUES (3, 4) RETURNING h",
           "", runs_on::postgres}),
      pair_of<objects::bare::schema, objects::with_triggers::schema>(
          "triggers are made", {visits, "SELECT count(*) FROM visits", "3", runs_on::sqlite}),
      pair_of<objects::with_triggers::schema, objects::under_triggers::schema>(
          "triggers survive a table that is made anew",
          {visits, "SELECT points FROM users ORDER BY id", "11\n202", runs_on::sqlite}),
      pair_of<objects::with_triggers::schema, objects::with_other_triggers::schema>(
          "triggers change while their table is made anew",
          {visits, "SELECT points FROM users ORDER BY id", "11\n202", runs_on::sqlite}),
  };
  return list;
}

}  // namespace instar_test
