// Random pairs of schemas with rows: the plan from the one to the other runs, ends where it should, keeps the rows, and
// says before it fails.
//
//   property_tests --database postgres|sqlite [--count N] [--seed N] [--verbose]
//
// Pair number I of a run is that of the seed N + I, so `--seed THAT --count 1` runs a failing one again. What fails is
// made smaller and printed: both schemas, the script, and what is wrong.

#include "property/draft.hpp"
#include "property/generate.hpp"
#include "property/shrink.hpp"
#include "sql/postgres_catalogue.hpp"
#include "sql/run_pairs.hpp"
#include "support/postgres_server.hpp"

#include <instar/database/introspection.hpp>
#include <instar/migrate/migrate.hpp>
#include <instar/migrate/snapshot_writer.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace instar_test::property;
using instar_test::difference;

/// What went wrong with a pair.
struct failure {
  std::string kind{};
  std::string text{};
  std::string script{};
  explicit operator bool() const { return !kind.empty(); }

  /// The same for failures of one cause: without names and numbers.
  [[nodiscard]] std::string cause() const {
    std::string all = kind + ": ";
    char quote = 0;
    for (char c : text.substr(0, text.find('\n'))) {
      if (quote == 0 && (c == '"' || c == '\''))
        quote = c;
      else if (quote != 0)
        quote = c == quote ? '\0' : quote;
      else if (c < '0' || c > '9')
        all += c;
    }
    return all;
  }
};

/// Empty databases of one kind, one at a time.
class empty_databases {
 public:
  explicit empty_databases(instar::dialect kind) : kind_(kind) {}

  instar::database& next() {
    if (kind_ == instar::sqlite) {
      db_ = instar::open_database(instar::database_url{"sqlite::memory:"});
      return *db_;
    }
    if (db_ == nullptr) {
      scratch_.emplace();
      db_ = scratch_->open();
      db_->execute("SET synchronous_commit = off; SET client_min_messages = error");
    }
    // A new database for each pair takes PostgreSQL longer than all that is done in it.
    if (db_->in_transaction())
      db_->execute("ROLLBACK");
    db_->execute(R"(
      DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema' LOOP
          EXECUTE format('DROP SCHEMA %I CASCADE', name);
        END LOOP;
      END $$;
      CREATE SCHEMA public;)");
    return *db_;
  }

  /// The one that `next` gave last.
  [[nodiscard]] instar::database& current() const { return *db_; }
  [[nodiscard]] instar::dialect kind() const { return kind_; }

 private:
  instar::dialect kind_;
  std::optional<instar_test::scratch_database> scratch_{};
  std::unique_ptr<instar::database> db_{};
};

/// Runs a script as deploy does.
void run_script(instar::database& on, const std::string& sql) {
  const instar::migration m{.name = "property", .sql = sql, .checksum = {}, .file = "property.sql"};
  const instar::detail::script_plan plan =
      instar::detail::plan_script(on.dialect(), m.sql, instar::detail::checked_statements(on.dialect(), m));
  instar::ledger none;
  instar::detail::script_runner runner{on, none, {[](const instar::migration_progress&) {}, [] {}}};
  runner.run_unrecorded(m, plan);
}

std::string script_between(instar::dialect on, const instar::schema_view& before, const instar::schema_view& after) {
  return instar::script(on, instar::make_plan(before, after));
}

std::string told(const std::exception& error) {
  std::string text = error.what();
  if (const auto* of_migration = dynamic_cast<const instar::migration_error*>(&error))
    if (of_migration->database())
      text = of_migration->database()->message + "\n" + text;
  return text;
}

/// The steps between two schemas as lines, empty when they are the same. No plan drops a PostgreSQL schema.
std::string steps_between(const instar::schema_view& before, const instar::schema_view& after) {
  std::string all;
  for (const instar::step& s : instar::make_plan(before, after).steps)
    if (s.raw == nullptr || s.raw->kind != "schema")
      all += instar::describe(s) + '\n';
  return all;
}

/// A database in its own words, and in ours where we have others than introspection's.
struct state {
  instar::owned_schema read{};
  std::string catalogue{};
};

state state_of(instar::database& on) {
  return {instar::introspect(on), on.dialect() == instar::postgres ? instar_test::described_postgres(on) : ""};
}

// ---- rows ----

/// The value of a column in row `row`, as SQL. Equal for equal types and rows, so that every foreign key holds.
std::string value_of_row(const draft_pair& pair, const draft_column& c, int row, bool postgres) {
  using enum instar::type_kind;
  const std::string n = std::to_string(row + 1);
  std::string value;
  bool number = false;
  switch (c.type.kind) {
  case boolean:
    value = postgres ? (row % 2 == 0 ? "true" : "false") : std::to_string(row % 2);
    number = true;
    break;
  case smallint:
  case integer:
  case bigint:
  case numeric:
    value = n;
    number = true;
    break;
  case real:
  case double_precision:
    value = n + ".5";
    number = true;
    break;
  case bytea:
    value = postgres ? "'\\x0" + n + "'" : "x'0" + n + "'";
    number = true;  // as far as quotes go
    break;
  case date:
    value = "2024-01-0" + n;
    break;
  case time:
    value = "10:00:0" + n;
    break;
  case timetz:
    value = "10:00:0" + n + "+00";
    break;
  case timestamp:
    value = "2024-01-0" + n + " 00:00:00";
    break;
  case timestamptz:
    value = "2024-01-0" + n + " 00:00:00+00";
    break;
  case interval:
    value = n + " days";
    break;
  case uuid:
    value = "00000000-0000-0000-0000-00000000000" + n;
    break;
  case json:
  case jsonb:
    value = "{\"a\": " + n + "}";
    break;
  case inet:
    value = "10.0.0." + n;
    break;
  case cidr:
    value = "10.0." + n + ".0/24";
    break;
  case macaddr:
    value = "08:00:2b:01:02:0" + n;
    break;
  case xml:
    value = "<a>" + n + "</a>";
    break;
  case bit:
  case varbit:
    value = std::string(row & 4 ? "1" : "0") + (row & 2 ? "1" : "0") + (row & 1 ? "1" : "0") + "1";
    break;
  case custom:
    value = postgres ? "[" + std::to_string(row * 10) + "," + std::to_string(row * 10 + 5) + ")" : n;
    number = !postgres;
    break;
  case enumeration: {
    const draft_enum& then = *find_id(pair.before.enums, c.type.enumeration);
    const draft_enum* now = find_id(pair.after.enums, c.type.enumeration);
    std::vector<std::string> labels;
    for (const draft_value& v : then.values)
      if (now == nullptr || find_id(now->values, v.id) != nullptr)
        labels.push_back(v.label);
    value = labels.empty() ? then.values.front().label
                           : labels[static_cast<std::size_t>(row + c.type.enumeration) % labels.size()];
    break;
  }
  default:
    value = "t" + n;
  }
  if (c.type.dimensions > 0) {
    std::string quoted;
    for (char ch : value)
      quoted += ch == '"' || ch == '\\' ? std::string("\\") + ch : std::string(1, ch);
    return instar::quote_literal((postgres ? "{" : "[") + (number ? value : '"' + quoted + '"') +
                                 (postgres ? "}" : "]"));
  }
  return number ? value : instar::quote_literal(value);
}

/// Whether NULL may stand in a column in some rows: nowhere where it would not survive, or count as equal.
bool takes_null(const draft_pair& pair, const draft_column& c) {
  if (!c.nullable || c.id % 3 != 0)
    return false;
  const draft_column* now = locate_column(pair.after, c.id).second;
  if (now != nullptr && !now->nullable)
    return false;
  for (const draft* d : {&pair.before, &pair.after})
    for (const draft_table& t : d->tables) {
      const auto in = [&](const std::vector<int>& ids) { return std::find(ids.begin(), ids.end(), c.id) != ids.end(); };
      if (in(t.primary_key.columns))
        return false;
      for (const draft_key& k : t.uniques)
        if (in(k.columns))
          return false;
      for (const draft_foreign_key& k : t.foreign_keys)
        if (in(k.columns) || in(k.target_columns))
          return false;
      for (const draft_index& i : t.indexes)
        if (i.unique && i.nulls_not_distinct)
          for (const draft_part& p : i.parts)
            if (p.column == c.id)
              return false;
    }
  return true;
}

void insert_rows(instar::database& db, const draft_pair& pair) {
  const bool postgres = db.dialect() == instar::postgres;
  // Tables may reference each other in a circle: their rows come all at once.
  db.execute(postgres ? "SET session_replication_role = replica" : "PRAGMA foreign_keys = OFF");
  for (const draft_table& t : pair.before.tables) {
    std::string names;
    for (const draft_column& c : t.columns)
      if (c.generated == instar::generated_kind::none)
        names += (names.empty() ? "" : ", ") + instar::quote_identifier(c.name);
    for (int row = 0; row < pair.rows; ++row) {
      std::string values;
      for (const draft_column& c : t.columns)
        if (c.generated == instar::generated_kind::none)
          values += (values.empty() ? "" : ", ") +
                    (row == 1 && takes_null(pair, c) ? "NULL" : value_of_row(pair, c, row, postgres));
      db.execute("INSERT INTO " + qualified_name(db.dialect(), t.schema, t.name) + " (" + names + ")" +
                 (postgres ? " OVERRIDING SYSTEM VALUE" : "") + " VALUES (" + values + ")");
    }
  }
  db.execute(postgres ? "SET session_replication_role = DEFAULT" : "PRAGMA foreign_keys = ON");
  // Counters are beyond the rows.
  for (const draft_table& t : pair.before.tables)
    for (const draft_column& c : t.columns)
      if (c.identity != instar::identity_kind::none) {
        if (postgres)
          db.execute("ALTER TABLE " + qualified_name(instar::postgres, t.schema, t.name) + " ALTER COLUMN " +
                     instar::quote_identifier(c.name) + " RESTART WITH 100");
        else
          db.execute("DELETE FROM sqlite_sequence WHERE name = " + instar::quote_literal(t.name) +
                     "; INSERT INTO sqlite_sequence (name, seq) VALUES (" + instar::quote_literal(t.name) + ", 100)");
      }
  for (const draft_sequence& q : pair.before.sequences)
    if (pair.rows > 0)
      (void)db.query("SELECT nextval(" + instar::quote_literal(qualified_name(instar::postgres, q.schema, q.name)) +
                     ")");
}

/// A question to one side of a pair, whose answers have to be the same.
struct question {
  std::string before{};
  std::string after{};
  std::string about{};
};

/// What to ask of a column that both schemas have; nothing where no answer is to be compared.
std::optional<std::pair<std::string, std::string>> column_question(const draft_pair& pair, const draft_column& then,
                                                                   const draft_column& now, bool postgres,
                                                                   bool as_read) {
  using instar::generated_kind;
  using instar::type_kind;
  if (now.generated != generated_kind::none || then.generated == generated_kind::virtual_column)
    return std::nullopt;
  if (then.nullable && !now.nullable)
    return std::nullopt;  // NULLs get the default.
  const std::string was = instar::quote_identifier(then.name);
  const std::string is = instar::quote_identifier(now.name);
  const draft_enum* old_enum = find_id(pair.before.enums, then.type.enumeration);
  const draft_enum* new_enum = find_id(pair.after.enums, then.type.enumeration);
  std::string renamed;
  if (old_enum != nullptr && new_enum != nullptr)
    for (const draft_value& v : old_enum->values)
      if (const draft_value* other = find_id(new_enum->values, v.id); other != nullptr && other->label != v.label)
        renamed += " WHEN " + instar::quote_literal(v.label) + " THEN " + instar::quote_literal(other->label);
  if (then.type == now.type) {
    const auto text = [&](const std::string& name) { return postgres ? name + "::text" : name; };
    if (renamed.empty())
      return std::pair{text(was), text(is)};
    if (then.type.dimensions != 0)
      return std::nullopt;
    return std::pair{"CASE " + text(was) + renamed + " ELSE " + text(was) + " END", text(is)};
  }
  // A value that is renamed and becomes a text may have either name.
  if (then.type.enumeration >= 0 && (now.type.enumeration >= 0 || !renamed.empty()))
    return std::nullopt;
  // SQLite itself does not know what is an array.
  if (!postgres && as_read && then.type.dimensions != now.type.dimensions)
    return std::nullopt;
  if (!postgres) {
    const auto affinity = [](const draft_type& t) -> std::string {
      if (t.dimensions != 0)
        return "JSON";
      instar::detail::string_writer out;
      instar::detail::put_sqlite_type(out, {.kind = t.kind, .custom = t.custom});
      return out.text == "VARCHAR" || out.text == "CHAR" ? "TEXT" : out.text;
    };
    const std::string from = affinity(then.type);
    const std::string to = affinity(now.type);
    if (from == to)
      return std::pair{was, is};
    if (from == "INTEGER" && (to == "TEXT" || to == "REAL"))
      return std::pair{"CAST(" + was + " AS " + to + ")", is};
    if (to == "JSON" && from != "BLOB")
      return std::pair{"CASE WHEN " + was + " IS NOT NULL THEN json_array(" + was + ") END", is};
    return std::nullopt;
  }
  if (now.type.enumeration >= 0 || now.type.kind == type_kind::citext || now.type.kind == type_kind::custom)
    return then.type.dimensions == now.type.dimensions ? std::optional{std::pair{was + "::text", is + "::text"}}
                                                       : std::nullopt;
  if (then.type.dimensions == 1 && now.type.dimensions == 0)
    return std::nullopt;
  const instar::column_type type{
      .kind = now.type.kind, .length = now.type.length, .scale = now.type.scale, .dimensions = now.type.dimensions};
  std::string from = then.type.dimensions == 0 && now.type.dimensions == 1
                         ? "CASE WHEN " + was + " IS NULL THEN NULL ELSE ARRAY[" + was + "] END"
                         : was;
  if (then.type.enumeration >= 0)
    from = "(" + from + ")" + (now.type.dimensions != 0 ? "::text[]" : "::text");
  return std::pair{"(" + from + ")::" + instar::detail::type_text(type) + "::text", is + "::text"};
}

/// Whether rows get numbers of a sequence: it is the default of a column that is new, or becomes another one.
bool fills_rows(const draft_pair& pair, const draft_sequence& q) {
  const std::string name = "{q" + std::to_string(q.id) + "}";
  for (const draft_table& now : pair.after.tables) {
    const draft_table* then = find_id(pair.before.tables, now.id);
    for (const draft_column& c : now.columns) {
      const draft_column* was = then == nullptr ? nullptr : find_column(*then, c.id);
      if (c.text.find(name) != std::string::npos && (was == nullptr || *was != c))
        return true;
    }
  }
  return false;
}

std::vector<question> questions(const draft_pair& pair, instar::dialect on, bool as_read) {
  const bool postgres = on == instar::postgres;
  std::vector<question> all;
  for (const draft_table& then : pair.before.tables) {
    const draft_table* now = find_id(pair.after.tables, then.id);
    if (now == nullptr)
      continue;
    std::string before = "1";
    std::string after = "1";
    for (const draft_column& c : then.columns)
      if (const draft_column* other = find_column(*now, c.id))
        if (const auto asked = column_question(pair, c, *other, postgres, as_read)) {
          before += ", " + asked->first;
          after += ", " + asked->second;
        }
    const std::string old_name = qualified_name(on, then.schema, then.name);
    const std::string new_name = qualified_name(on, now->schema, now->name);
    all.push_back(
        {"SELECT " + before + " FROM " + old_name, "SELECT " + after + " FROM " + new_name, "rows of " + then.name});
    for (const draft_column& c : then.columns) {
      const draft_column* other = find_column(*now, c.id);
      if (other == nullptr || c.identity == instar::identity_kind::none ||
          other->identity == instar::identity_kind::none)
        continue;
      const auto counter = [&](const draft_table& t, const draft_column& of, const std::string& name) {
        return postgres ? "SELECT pg_sequence_last_value(pg_get_serial_sequence(" + instar::quote_literal(name) + ", " +
                              instar::quote_literal(of.name) +
                              ")::regclass) IS NULL, (SELECT nextval(pg_get_serial_sequence(" +
                              instar::quote_literal(name) + ", " + instar::quote_literal(of.name) + ")))"
                        : "SELECT seq FROM sqlite_sequence WHERE name = " + instar::quote_literal(t.name);
      };
      if (!postgres)
        all.push_back({counter(then, c, old_name), counter(*now, *other, new_name), "the counter of " + then.name});
      else
        all.push_back({"SELECT 100",
                       "SELECT nextval(pg_get_serial_sequence(" + instar::quote_literal(new_name) + ", " +
                           instar::quote_literal(other->name) + "))",
                       "the counter of " + then.name});
    }
  }
  for (const draft_sequence& q : pair.before.sequences) {
    const draft_sequence* now = find_id(pair.after.sequences, q.id);
    if (now == nullptr || now->name != q.name || now->schema != q.schema || fills_rows(pair, q))
      continue;
    // One that has given no number yet may be set to its new start.
    const std::string ask = std::string(*now == q ? "SELECT last_value FROM " : "SELECT last_value, is_called FROM ") +
                            qualified_name(on, q.schema, q.name) + (*now == q ? "" : " WHERE is_called");
    all.push_back({ask, ask, "the sequence " + q.name});
  }
  return all;
}

/// The rows of a query as lines, in any order.
std::string answer(instar::database& db, const std::string& sql) {
  std::vector<std::string> lines;
  for (const auto& row : db.query(sql).rows) {
    std::string line;
    for (const auto& value : row)
      line += value.value_or("NULL") + '|';
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines)
    all += line + '\n';
  return all;
}

std::vector<std::string> answers(instar::database& db, const std::vector<question>& asked, bool before) {
  std::vector<std::string> all;
  for (const question& q : asked)
    all.push_back(answer(db, before ? q.before : q.after));
  return all;
}

// ---- one pair ----

/// Whether a plan says that rows may make it fail.
bool may_fail_on_rows(const instar::plan& p) {
  using enum instar::hazard;
  for (instar::hazard h : {narrows_type, removes_enum_value, needs_value, makes_required, makes_unique,
                           may_violate_check, may_violate_foreign_key, no_conversion, sequence_out_of_bounds})
    if (p.has(h))
      return true;
  return p.has(instar::step_kind::add_exclusion);
}

/// What a run came to.
struct counts {
  int pairs = 0;
  int with_rows = 0;
  int refused_by_rows = 0;
  int backwards = 0;
  int steps = 0;
};

class pair_test {
 public:
  /// \param as_read to plan between what was read of the databases
  /// \param online  PostgreSQL: to run the script that takes no lock which stops a busy table
  pair_test(empty_databases& databases, bool as_read, bool online)
      : databases_(databases), as_read_(as_read), online_(online), on_(databases.kind()) {}

  static inline counts counted{};

  failure run(const draft_pair& pair) {
    failure found;
    try {
      found = run_with(pair, pair.rows);
      if (!found && refused_) {
        // The rows stood in the way, as the plan had said: without them it has to run.
        ++counted.refused_by_rows;
        found = run_with(pair, 0);
      }
    } catch (const std::exception& error) {
      found = {"exception", told(error), script_};
    }
    return found;
  }

 private:
  /// Both sides once more through the database: some expressions are printed the same way only from the second time on.
  std::string steps_after_another_trip(const instar::schema_view& found, const instar::schema_view& wanted) {
    const auto again = [&](const instar::schema_view& schema) {
      instar::database& db = databases_.next();
      run_script(db, script_between(on_, {}, schema));
      return instar::introspect(db);
    };
    const instar::owned_schema first = again(found);
    const instar::owned_schema second = again(wanted);
    return steps_between(first.view(), second.view());
  }

  std::string state_difference(const state& found, const state& wanted) {
    std::string steps = steps_between(found.read.view(), wanted.read.view());
    if (!steps.empty())
      steps = steps_after_another_trip(found.read.view(), wanted.read.view());
    if (!steps.empty())
      return "steps that are left:\n" + steps;
    return difference(found.catalogue, wanted.catalogue);
  }

  failure run_with(const draft_pair& pair, int rows) {
    refused_ = false;
    script_.clear();
    draft_pair with = pair;
    with.rows = rows;
    const instar::owned_schema before = value_of(pair.before, on_);
    const instar::owned_schema after = value_of(pair.after, on_, &pair.before);

    const auto fresh = [&](const instar::schema_view& schema, const char* which) -> failure {
      script_ = script_between(on_, {}, schema);
      try {
        run_script(databases_.next(), script_);
      } catch (const std::exception& error) {
        return {std::string("cannot make the schema ") + which, told(error), script_};
      }
      return {};
    };
    instar::database* db = nullptr;
    if (failure f = fresh(after.view(), "after"))
      return f;
    const auto current = [&]() -> instar::database& { return databases_.current(); };
    state wanted = state_of(current());
    if (failure f = fresh(before.view(), "before"))
      return f;
    db = &current();
    const state original = state_of(*db);
    insert_rows(*db, with);
    std::vector<question> asked = questions(with, on_, as_read_);
    // There is no conversion that could be asked for beforehand: the plan will say so.
    std::erase_if(asked, [&](const question& q) {
      try {
        (void)answer(*db, q.before);
        return false;
      } catch (const std::exception&) {
        return true;
      }
    });
    const std::vector<std::string> told_before = answers(*db, asked, true);

    if (as_read_)
      instar::detail::carry_words(wanted.read, after.view());
    const instar::plan plan = as_read_ ? instar::make_plan(original.read.view(), wanted.read.view())
                                       : instar::make_plan(before.view(), after.view());
    script_ = instar::script(on_, plan, {.online = online_});
    counted.steps += static_cast<int>(plan.size());
    try {
      run_script(*db, script_);
    } catch (const std::exception& error) {
      if (rows == 0 || !may_fail_on_rows(plan))
        return {"the migration fails", told(error), script_};
      refused_ = true;
      if (online_)
        return {};  // Not one transaction: what came before stays, and the runner goes on there.
      if (const std::string changed = state_difference(state_of(*db), original); !changed.empty())
        return {"a migration that failed leaves something behind", told(error) + '\n' + changed, script_};
      return {};
    }
    const std::vector<std::string> told_after = answers(*db, asked, false);
    for (std::size_t i = 0; i < asked.size(); ++i)
      if (told_before[i] != told_after[i])
        return {asked[i].about.substr(0, 4) == "rows" ? "rows changed" : "a counter changed",
                asked[i].about + ": " + asked[i].before + "\n" + told_before[i] + "became\n" + told_after[i], script_};
    if (on_ == instar::sqlite) {
      if (const std::string said = answer(*db, "PRAGMA foreign_key_check"); !said.empty())
        return {"foreign keys are violated", said, script_};
      // SQLite 3.40 complains of tables WITHOUT ROWID that are as they should be.
      const bool without_rowid =
          std::any_of(pair.after.tables.begin(), pair.after.tables.end(),
                      [](const draft_table& t) { return t.options.find("WITHOUT ROWID") != std::string::npos; });
      if (const std::string said = answer(*db, "PRAGMA integrity_check"); !without_rowid && said != "ok|\n")
        return {"the database is not sound", said, script_};
      if (db->query_value("PRAGMA foreign_keys").value_or("") != "1")
        return {"foreign keys are off", "", script_};
    }
    const state reached = state_of(*db);
    if (const std::string left = state_difference(reached, wanted); !left.empty())
      return {"the database is not what it should be", left, script_};
    if (as_read_)
      return {};

    // A second plan is empty: what was declared as renamed is harmless by now.
    const instar::owned_schema settled = value_of(pair.after, on_);
    if (const std::string more = steps_between(settled.view(), after.view()); !more.empty())
      return {"a second plan is not empty", more, script_};

    if (rows == 0 && pair.rows > 0)
      return {};
    for (const instar::step& s : plan.steps)
      if (!instar::has_inverse(s))
        return {};
    ++counted.backwards;
    // state_difference may have emptied the database for another trip.
    if (failure f = fresh(before.view(), "before"))
      return f;
    insert_rows(current(), with);
    run_script(current(), instar::script(on_, plan));
    const draft_pair back{pair.after, pair.before, rows};
    const instar::owned_schema again = value_of(pair.before, on_, &pair.after);
    script_ = script_between(on_, after.view(), again.view());
    std::vector<question> of_rows;
    for (const draft_table& t : pair.before.tables)
      of_rows.push_back({all_rows(t), all_rows(t), "rows of " + t.name});
    try {
      run_script(current(), script_);
    } catch (const std::exception& error) {
      return {"the way back fails", told(error), instar::script(on_, plan) + "\n-- back:\n" + script_};
    }
    const std::vector<std::string> told_back = answers(current(), of_rows, false);
    if (const std::string left = state_difference(state_of(current()), original); !left.empty())
      return {"the way back ends elsewhere", left, instar::script(on_, plan) + "\n-- back:\n" + script_};
    if (failure f = fresh(before.view(), "before"))
      return f;
    insert_rows(current(), with);
    const std::vector<std::string> told_first = answers(current(), of_rows, true);
    for (std::size_t i = 0; i < of_rows.size(); ++i)
      if (told_first[i] != told_back[i])
        return {"rows changed on the way there and back",
                of_rows[i].about + "\n" + told_first[i] + "became\n" + told_back[i],
                instar::script(on_, plan) + "\n-- back:\n" + script_};
    return {};
  }

  std::string all_rows(const draft_table& t) const {
    std::string names;
    for (const draft_column& c : t.columns)
      names +=
          (names.empty() ? "" : ", ") + instar::quote_identifier(c.name) + (on_ == instar::postgres ? "::text" : "");
    return "SELECT " + names + " FROM " + qualified_name(on_, t.schema, t.name);
  }

  empty_databases& databases_;
  bool as_read_;
  bool online_;
  instar::dialect on_;
  bool refused_ = false;
  std::string script_{};
};

std::string told(const instar::schema_view& schema) {
  std::string all;
  const auto add = [&](const auto& objects) {
    for (const auto& object : objects)
      all += instar::detail::schema_text_writer::run(object, true) + '\n';
  };
  add(schema.extensions);
  add(schema.enumerations);
  add(schema.sequences);
  add(schema.tables);
  add(schema.views);
  add(schema.raw_objects);
  return all;
}

struct generated_pair {
  draft_pair drafts{};
  bool as_read = false;
  bool online = false;
};

/// The pair of a seed.
generated_pair pair_of(std::uint64_t seed, instar::dialect on) {
  generator make(seed, on);
  generated_pair made;
  made.drafts.before = make.make();
  if (make.choose().chance(8)) {
    made.drafts.after = make.make();  // Another schema altogether.
  } else {
    made.drafts.after = made.drafts.before;
    make.edit(made.drafts.after);
  }
  made.drafts.rows = make.choose().any({0, 2, 3, 3});
  made.as_read = make.choose().chance(35);
  made.online = on == instar::postgres && make.choose().chance(40);
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 1;
  int count = 100;
  bool verbose = false;
  std::optional<instar::dialect> on;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto next = [&]() -> const char* { return i + 1 < argc ? argv[++i] : ""; };
    if (word == "--seed")
      seed = std::strtoull(next(), nullptr, 10);
    else if (word == "--count")
      count = std::atoi(next());
    else if (word == "--verbose")
      verbose = true;
    else if (word == "--database") {
      const std::string_view name = next();
      if (name == "postgres")
        on = instar::postgres;
      else if (name == "sqlite")
        on = instar::sqlite;
    }
  }
  if (!on) {
    std::fprintf(stderr, "usage: %s --database postgres|sqlite [--count N] [--seed N] [--verbose]\n", argv[0]);
    return 64;
  }
  std::printf("seed %llu, %d pairs\n", static_cast<unsigned long long>(seed), count);
  empty_databases databases(*on);
  std::map<std::string, std::vector<std::uint64_t>> causes;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t own_seed = seed + static_cast<std::uint64_t>(i);
    const generated_pair pair = pair_of(own_seed, *on);
    pair_test test(databases, pair.as_read, pair.online);
    ++pair_test::counted.pairs;
    pair_test::counted.with_rows += pair.drafts.rows > 0;
    const failure found = test.run(pair.drafts);
    if (!found)
      continue;
    std::vector<std::uint64_t>& same = causes[found.cause()];
    same.push_back(own_seed);
    if (same.size() > 1 && !verbose)
      continue;
    std::printf("\n==== seed %llu (--seed %llu --count 1): %s\n", static_cast<unsigned long long>(own_seed),
                static_cast<unsigned long long>(own_seed), found.cause().c_str());
    const counts before = pair_test::counted;
    const draft_pair smallest = shrunk(
        pair.drafts, *on, [&](const draft_pair& smaller) { return test.run(smaller).cause() == found.cause(); }, 600);
    const failure last = test.run(smallest);
    pair_test::counted = before;
    std::printf("-- rows in each table: %d; planned between %s; %s form\n", smallest.rows,
                pair.as_read ? "what was read of the databases" : "the schemas", pair.online ? "online" : "short");
    std::printf("-- before:\n%s\n-- after:\n%s\n-- script:\n%s\n-- %s:\n%s\n",
                told(value_of(smallest.before, *on).view()).c_str(),
                told(value_of(smallest.after, *on, &smallest.before).view()).c_str(), last.script.c_str(),
                last.kind.c_str(), last.text.c_str());
    std::fflush(stdout);
  }
  const counts& c = pair_test::counted;
  std::printf("%d pairs, %d with rows, %d refused because of rows as announced, %d also backwards, %d steps\n", c.pairs,
              c.with_rows, c.refused_by_rows, c.backwards, c.steps);
  for (const auto& [cause, seeds] : causes) {
    std::printf("%zu × %s\n   seeds", seeds.size(), cause.c_str());
    for (std::size_t i = 0; i < seeds.size() && i < 8; ++i)
      std::printf(" %llu", static_cast<unsigned long long>(seeds[i]));
    std::printf("\n");
  }
  return causes.empty() ? 0 : 1;
}
