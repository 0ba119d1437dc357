#pragma once

#include <instar/database/catalog_rows.hpp>
#include <instar/database/connection.hpp>
#include <instar/database/introspection_options.hpp>
#include <instar/database/postgres_reading_scope.hpp>
#include <instar/database/postgres_view_queries.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// \file PostgreSQL's catalogue as it is: one query for each kind of object, whatever the number of objects. What the
/// rows mean is the business of others. https://www.postgresql.org/docs/current/catalogs.html

namespace instar::detail::pg {

using oid_number = std::uint32_t;
using optional_text = std::optional<std::string>;

/// The catalogues that objects are told apart by; their numbers are the same in every version.
namespace catalogue {
inline constexpr oid_number type = 1247;
inline constexpr oid_number function = 1255;
inline constexpr oid_number relation = 1259;
inline constexpr oid_number default_value = 2604;
inline constexpr oid_number constraint = 2606;
inline constexpr oid_number rewrite = 2618;
inline constexpr oid_number trigger = 2620;
inline constexpr oid_number schema = 2615;
inline constexpr oid_number extension = 3079;
inline constexpr oid_number policy = 3256;
}  // namespace catalogue

struct schema_row {
  oid_number oid;
  std::string name;

  void read(row_reader& in) { in(oid, name); }
};

struct extension_row {
  oid_number oid;
  std::string name;
  std::string schema;
  std::string version;
  optional_text comment;  // unless it is the one that every such extension has

  void read(row_reader& in) { in(oid, name, schema, version, comment); }
};

struct relation_row {
  oid_number oid;
  oid_number schema;
  std::string name;
  std::string kind;
  bool visible;
  std::string persistence;
  std::string replica_identity;
  bool row_security;
  bool forced_row_security;
  bool is_partition;
  oid_number row_type;
  oid_number row_array;
  optional_text of_type;
  optional_text access_method;
  optional_text tablespace;
  optional_text options;
  optional_text toast_options;
  optional_text partition_key;
  optional_text partition_bound;
  optional_text parents;
  optional_text server;
  optional_text server_options;
  optional_text query{};  // of a view, see view_queries

  void read(row_reader& in) {
    in(oid, schema, name, kind, visible, persistence, replica_identity, row_security, forced_row_security, is_partition,
       row_type, row_array, of_type, access_method, tablespace, options, toast_options, partition_key, partition_bound,
       parents, server, server_options);
  }
};

struct column_row {
  oid_number relation;
  int number;
  std::string name;
  oid_number type;
  int modifier;
  std::string type_text;
  int dimensions;
  bool not_null;
  std::string identity;
  std::string generated;
  oid_number initial_oid;
  optional_text initial;
  optional_text initial_type;
  optional_text collation;
  optional_text foreign_collation;
  bool local;
  int inherited;
  optional_text storage;
  optional_text compression;
  optional_text statistics;
  optional_text options;
  optional_text server_options;

  void read(row_reader& in) {
    in(relation, number, name, type, modifier, type_text, dimensions, not_null, identity, generated, initial_oid,
       initial, initial_type, collation, foreign_collation, local, inherited, storage, compression, statistics, options,
       server_options);
  }
};

struct constraint_row {
  oid_number oid;
  std::string name;
  std::string kind;
  oid_number relation;
  oid_number domain;
  bool deferrable;
  bool deferred;
  bool validated;
  bool local;
  bool no_inherit;
  oid_number parent;
  oid_number target;
  oid_number index;
  std::string on_update;
  std::string on_delete;
  optional_text columns;
  optional_text target_columns;
  optional_text expression;
  optional_text definition;
  bool special;  // has a property that the schema value lacks

  void read(row_reader& in) {
    in(oid, name, kind, relation, domain, deferrable, deferred, validated, local, no_inherit, parent, target, index,
       on_update, on_delete, columns, target_columns, expression, definition, special);
  }
};

struct index_row {
  oid_number oid;
  std::string name;
  oid_number relation;
  bool unique;
  bool nulls_not_distinct;
  bool valid;
  bool clustered;
  bool replica_identity;
  int key_count;
  std::string columns;
  bool partitioned;
  std::string method;
  bool of_constraint;
  std::string orders;        // DESC (1) and NULLS FIRST (2) of each key column
  optional_text definition;  // of those that have more than that, and belong to no constraint
  optional_text predicate;
  optional_text options;
  optional_text tablespace;
  oid_number parent;
  optional_text statistics;

  void read(row_reader& in) {
    in(oid, name, relation, unique, nulls_not_distinct, valid, clustered, replica_identity, key_count, columns,
       partitioned, method, of_constraint, orders, definition, predicate, options, tablespace, parent, statistics);
  }
};

struct type_row {
  oid_number oid;
  oid_number schema;
  std::string name;
  std::string kind;
  bool visible;
  oid_number array;
  oid_number multirange;
  optional_text labels;
  optional_text definition;  // what follows the name in the statement that creates it

  void read(row_reader& in) { in(oid, schema, name, kind, visible, array, multirange, labels, definition); }
};

struct sequence_row {
  oid_number oid;
  std::string type;
  std::int64_t start;
  std::int64_t increment;
  std::int64_t lowest;
  std::int64_t highest;
  std::int64_t cache;
  bool cycle;
  std::string ownership;  // "a": of a column, "i": the column's identity, "": of nobody
  oid_number table;
  int column;

  void read(row_reader& in) {
    in(oid, type, start, increment, lowest, highest, cache, cycle, ownership, table, column);
  }
};

struct function_row {
  oid_number oid;
  oid_number schema;
  std::string name;
  std::string kind;
  std::string types;
  std::string arguments;
  std::string prefix;  // the schema as the definition writes it
  std::string definition;
  optional_text body;

  void read(row_reader& in) { in(oid, schema, name, kind, types, arguments, prefix, definition, body); }
};

struct trigger_row {
  oid_number oid;
  oid_number relation;
  std::string name;
  std::string enabled;
  std::string definition;

  void read(row_reader& in) { in(oid, relation, name, enabled, definition); }
};

struct policy_row {
  oid_number oid;
  oid_number relation;
  std::string name;
  std::string command;
  bool permissive;
  std::string roles;
  optional_text uses;
  optional_text checks;

  void read(row_reader& in) { in(oid, relation, name, command, permissive, roles, uses, checks); }
};

/// An object whose statements the query itself writes.
struct written_row {
  oid_number catalogue;
  oid_number oid;
  std::string kind;
  std::string name;
  std::string create;
  std::string drop;
  int rank;

  void read(row_reader& in) { in(catalogue, oid, kind, name, create, drop, rank); }
};

struct comment_row {
  oid_number catalogue;
  oid_number oid;
  int column;
  std::string comment;

  void read(row_reader& in) { in(catalogue, oid, column, comment); }
};

/// The rights on an object that has not just the standard ones: its list and what it would have without one.
struct rights_row {
  oid_number catalogue;
  oid_number oid;
  int column;
  std::string owner;
  std::string rights;
  optional_text standard;

  void read(row_reader& in) { in(catalogue, oid, column, owner, rights, standard); }
};

struct default_grant_row {
  std::string name;
  std::string create;
  std::string drop;

  void read(row_reader& in) { in(name, create, drop); }
};

struct dependency_row {
  oid_number catalogue;
  oid_number oid;
  oid_number on_catalogue;
  oid_number on;

  void read(row_reader& in) { in(catalogue, oid, on_catalogue, on); }
};

struct rewrite_row {
  oid_number oid;
  oid_number relation;
  std::string name;
  std::string enabled;
  optional_text definition;  // not of the rule that makes a view a view

  void read(row_reader& in) { in(oid, relation, name, enabled, definition); }
};

struct catalog {
  std::string default_schema;
  int version = 0;
  std::vector<schema_row> schemas;
  std::vector<extension_row> extensions;
  std::vector<relation_row> relations;
  std::vector<column_row> columns;
  std::vector<constraint_row> constraints;
  std::vector<index_row> indexes;
  std::vector<type_row> types;
  std::vector<sequence_row> sequences;
  std::vector<function_row> functions;
  std::vector<trigger_row> triggers;
  std::vector<rewrite_row> rewrites;
  std::vector<policy_row> policies;
  std::vector<written_row> written;
  std::vector<comment_row> comments;
  std::vector<rights_row> rights;
  std::vector<default_grant_row> default_grants;
  std::vector<dependency_row> dependencies;
};

/// Reads the catalogue, query by query. The search path must be the default schema's alone: names of what is in it come
/// without it, all others with their schema.
class catalog_reader {
 public:
  catalog_reader(database& db, const introspection_options& options) : db_(db), options_(options) {
    found_.version = db.server_version();
  }

  [[nodiscard]] catalog read(const reading_scope& scope) {
    found_.default_schema = scope.default_schema();
    read_schemas();
    read_extensions();
    read_relations();
    view_queries queries{db_, scope, views()};
    read_columns();
    read_constraints();
    read_indexes();
    read_types();
    read_sequences();
    read_functions();
    read_triggers();
    read_rewrites();
    read_policies();
    read_written();
    read_comments();
    read_rights();
    read_default_grants();
    read_dependencies();
    take_queries(queries.read());
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool since(int version) const { return found_.version >= version * 10000; }

  /// The same for what lies in the schemas that are read, where only extensions that are there can have put it: those
  /// that the catalogue of extensions has without plpgsql, whose members lie elsewhere.
  [[nodiscard]] std::string not_of_any_extension(std::string_view catalogue, std::string_view oid) const {
    return found_.extensions.empty() ? " true" : not_of_extension(catalogue, oid);
  }

  /// A condition that holds for what is no member of an extension.
  [[nodiscard]] static std::string not_of_extension(std::string_view catalogue, std::string_view oid) {
    return " NOT EXISTS (SELECT FROM pg_depend of_x WHERE of_x.classid = '" + std::string(catalogue) +
           "'::regclass AND of_x.objid = " + std::string(oid) + " AND of_x.deptype = 'e')";
  }

  [[nodiscard]] std::string in_schemas(std::string_view column) const {
    return " " + std::string(column) + " IN " + schemas_ + " ";
  }

  /// An object's name as SQL writes it from the default schema.
  [[nodiscard]] static std::string written(std::string_view schema, std::string_view name) {
    return "(CASE WHEN " + std::string(schema) + " = current_schema() THEN '' ELSE quote_ident(" + std::string(schema) +
           ") || '.' END || quote_ident(" + std::string(name) + "))";
  }

  /// The same for a person.
  [[nodiscard]] static std::string shown(std::string_view schema, std::string_view name) {
    return "(CASE WHEN " + std::string(schema) + " = current_schema() THEN '' ELSE " + std::string(schema) +
           " || '.' END || " + std::string(name) + ")";
  }

  void read_schemas() {
    std::vector<schema_row> all = read_rows<schema_row>(
        db_, "SELECT n.oid, n.nspname FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> "
             "'information_schema' ORDER BY n.nspname COLLATE \"C\"");
    if (!options_.schemas.empty())
      std::erase_if(all, [&](const schema_row& s) {
        return std::find(options_.schemas.begin(), options_.schemas.end(), s.name) == options_.schemas.end();
      });
    schemas_ = "(0";  // no schema has that number, and a list must not be empty
    for (const schema_row& s : all)
      schemas_ += ',' + std::to_string(s.oid);
    schemas_ += ')';
    found_.schemas = std::move(all);
  }

  void read_extensions() {
    // Every database has the language from the beginning.
    found_.extensions = read_rows<extension_row>(
        db_, "SELECT x.oid, x.extname, n.nspname, x.extversion, (SELECT d.description FROM pg_description d WHERE "
             "d.classoid = 'pg_extension'::regclass AND d.objoid = x.oid AND d.objsubid = 0 AND d.description IS "
             "DISTINCT FROM (SELECT a.comment FROM pg_available_extensions a WHERE a.name = x.extname)) "
             "FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE x.extname <> 'plpgsql' "
             "ORDER BY x.extname COLLATE \"C\"");
  }

  void read_relations() {
    found_.relations = read_rows<relation_row>(
        db_, "SELECT c.oid, c.relnamespace, c.relname, c.relkind::text, "
             // pg_table_is_visible, but from two catalogues' rows and not from each relation's entry in a cache.
             "c.relnamespace = coalesce((SELECT n.oid FROM pg_namespace n WHERE n.nspname = current_schema()), 0) AND "
             "c.relname NOT IN (SELECT v.relname FROM pg_class v "
             "WHERE v.relnamespace = 'pg_catalog'::regnamespace), "
             "c.relpersistence::text, c.relreplident::text, c.relrowsecurity, c.relforcerowsecurity, "
             "c.relispartition, c.reltype, coalesce(y.typarray, 0), CASE WHEN c.reloftype <> 0 THEN "
             "format_type(c.reloftype, NULL) END, "
             "CASE WHEN m.amname <> 'heap' THEN m.amname END, s.spcname, c.reloptions::text, t.reloptions::text, "
             "CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END, "
             "CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END, "
             "CASE WHEN c.relkind IN ('r', 'p', 'f') THEN h.parents END, "
             "fs.srvname, ft.ftoptions::text "
             "FROM pg_class c LEFT JOIN pg_am m ON m.oid = c.relam LEFT JOIN pg_tablespace s ON s.oid = "
             "c.reltablespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid LEFT JOIN pg_type y ON y.oid = c.reltype "
             "LEFT JOIN (SELECT i.inhrelid, array_agg(i.inhparent ORDER BY i.inhseqno)::text AS parents FROM "
             "pg_inherits i GROUP BY i.inhrelid) h ON h.inhrelid = c.oid LEFT JOIN pg_foreign_table ft ON "
             "ft.ftrelid = c.oid LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver "
             "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c') AND" +
                 in_schemas("c.relnamespace") + "AND" + not_of_any_extension("pg_class", "c.oid"));
  }

  [[nodiscard]] std::vector<oid_number> views() const {
    std::vector<oid_number> numbers;
    for (const relation_row& r : found_.relations)
      if (r.kind == "v" || r.kind == "m")
        numbers.push_back(r.oid);
    return numbers;
  }

  void take_queries(std::vector<view_query_row> queries) {
    std::unordered_map<oid_number, optional_text*> places;
    for (relation_row& r : found_.relations)
      places.emplace(r.oid, &r.query);
    for (view_query_row& view : queries)
      if (const auto place = places.find(view.oid); place != places.end())
        *place->second = std::move(view.query);
  }

  void read_columns() {
    found_.columns = read_rows<column_row>(
        db_,
        "SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, format_type(a.atttypid, a.atttypmod), "
        "a.attndims, a.attnotnull, a.attidentity::text, a.attgenerated::text, coalesce(d.oid, 0), "
        // A default names no column; with the table's number the server would load all that it knows of the table.
        "pg_get_expr(d.adbin, CASE a.attgenerated WHEN '' THEN 0::oid ELSE d.adrelid END), "
        "CASE WHEN d.oid IS NOT NULL THEN format_type(a.atttypid, -1) END, "
        "CASE WHEN pg_collation_is_visible(o.oid) THEN o.collname END, "
        "CASE WHEN NOT pg_collation_is_visible(o.oid) THEN quote_ident(n.nspname) || '.' || quote_ident(o.collname) "
        "END, a.attislocal, a.attinhcount, CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN "
        "'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END, " +
            std::string(since(14) ? "CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END"
                                  : "NULL::text") +
            ", nullif(a.attstattarget, -1)::text, a.attoptions::text, a.attfdwoptions::text "
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid "
            "LEFT JOIN pg_attrdef d ON a.atthasdef AND d.adrelid = a.attrelid AND d.adnum = a.attnum "
            "LEFT JOIN pg_collation o ON a.attcollation <> t.typcollation AND o.oid = a.attcollation "
            "LEFT JOIN pg_namespace n ON n.oid = o.collnamespace "
            "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped AND "
            // Of views' columns only what the query does not say.
            "(c.relkind NOT IN ('v', 'c') OR a.atthasdef OR a.attacl IS NOT NULL OR a.attoptions IS NOT NULL OR EXISTS "
            "(SELECT FROM pg_description x WHERE x.classoid = 'pg_class'::regclass AND x.objoid = a.attrelid AND "
            "x.objsubid = a.attnum)) AND" +
            in_schemas("c.relnamespace") + "ORDER BY a.attrelid, a.attnum");
  }

  void read_constraints() {
    const std::string special = "(NOT k.convalidated OR (k.contype = 'c' AND k.connoinherit) OR k.confmatchtype = 'f'" +
                                std::string(since(15) ? " OR k.confdelsetcols IS NOT NULL" : "") +
                                (since(18) ? " OR k.conperiod OR NOT k.conenforced" : "") + ")";
    // Of the NOT NULL constraints of 18 the column tells; but for those that are not valid or not for children.
    found_.constraints = read_rows<constraint_row>(
        db_,
        "SELECT k.oid, k.conname, k.contype::text, k.conrelid, k.contypid, k.condeferrable, k.condeferred, "
        "k.convalidated, k.conislocal, k.connoinherit, k.conparentid, k.confrelid, k.conindid, "
        "k.confupdtype::text, k.confdeltype::text, k.conkey::text, k.confkey::text, "
        "CASE k.contype WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid) END, "
        "CASE WHEN k.contype = 'x' OR k.contypid <> 0 OR k.contype = 'n' OR " +
            special + " THEN pg_get_constraintdef(k.oid) END, " + special +
            " FROM pg_constraint k WHERE k.contype IN ('p', 'u', 'f', 'c', 'x'" + (since(18) ? ", 'n'" : "") + ")" +
            (since(18) ? " AND (k.contype <> 'n' OR k.contypid <> 0 OR NOT k.convalidated OR k.connoinherit)" : "") +
            " AND" + in_schemas("k.connamespace"));
  }

  void read_indexes() {
    // pg_get_indexdef makes the server load all that it knows of the table, so it is asked only for what the catalogue
    // does not say plainly: expressions, and collations and operator classes other than the column's own. That the
    // latter are its own is certain where the types are the same, or text's class serves a varchar.
    const std::string plain =
        "NOT EXISTS (SELECT FROM generate_series(0, i.indnkeyatts - 1) e(key) JOIN pg_attribute a ON a.attrelid = "
        "i.indrelid AND a.attnum = i.indkey[e.key] JOIN pg_opclass o ON o.oid = i.indclass[e.key] WHERE NOT "
        "o.opcdefault OR i.indcollation[e.key] NOT IN (0, a.attcollation) OR (o.opcintype <> a.atttypid AND NOT "
        "(o.opcintype = 'text'::regtype AND a.atttypid = 'varchar'::regtype AND o.opcmethod NOT IN (SELECT "
        "d.opcmethod FROM pg_opclass d WHERE d.opcdefault AND d.opcintype = 'varchar'::regtype)))) AND NOT EXISTS "
        "(SELECT FROM pg_attribute x WHERE x.attrelid = i.indexrelid AND x.attoptions IS NOT NULL)";
    found_.indexes = read_rows<index_row>(
        db_, "SELECT i.indexrelid, c.relname, i.indrelid, i.indisunique, " +
                 std::string(since(15) ? "i.indnullsnotdistinct" : "false") +
                 ", i.indisvalid AND i.indisready AND i.indislive, i.indisclustered, i.indisreplident, "
                 "i.indnkeyatts, i.indkey::text, c.relkind = 'I', m.amname, k.oid IS NOT NULL, i.indoption::text, "
                 "CASE WHEN k.oid IS NULL AND NOT (i.indexprs IS NULL AND " +
                 plain +
                 ") THEN pg_get_indexdef(i.indexrelid) END, "
                 "pg_get_expr(i.indpred, i.indrelid), c.reloptions::text, s.spcname, "
                 "coalesce(h.inhparent, 0), (SELECT array_agg(a.attnum || ' ' || a.attstattarget ORDER BY "
                 "a.attnum)::text FROM pg_attribute a WHERE i.indexprs IS NOT NULL AND a.attrelid = i.indexrelid AND "
                 "a.attstattarget >= 0) "
                 "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam "
                 "LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x') "
                 "LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace "
                 "LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid WHERE" +
                 in_schemas("c.relnamespace"));
  }

  void read_types() {
    const std::string collation = "coalesce((SELECT ' COLLATE ' || " + written("n.nspname", "o.collname") +
                                  " FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace WHERE o.oid = ";
    const std::string domain = "' AS ' || format_type(t.typbasetype, t.typtypmod) || " + collation +
                               "t.typcollation AND t.typcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid "
                               "= t.typbasetype)), '') || coalesce(' DEFAULT ' || pg_get_expr(t.typdefaultbin, 0), '') "
                               "|| CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END";
    const std::string composite =
        "' AS (' || coalesce((SELECT string_agg(E'\\n    ' || quote_ident(a.attname) || ' ' || "
        "format_type(a.atttypid, a.atttypmod) || " +
        collation +
        "a.attcollation AND a.attcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = a.atttypid)), ''), "
        "',' ORDER BY a.attnum) || E'\\n' FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT "
        "a.attisdropped), '') || ')'";
    const std::string range =
        "(SELECT E' AS RANGE (\\n    subtype = ' || format_type(r.rngsubtype, NULL)" +
        std::string(since(14) ? " || coalesce(E',\\n    multirange_type_name = ' || (SELECT " +
                                    written("n.nspname", "u.typname") +
                                    " FROM pg_type u JOIN pg_namespace n ON n.oid = u.typnamespace WHERE u.oid = "
                                    "r.rngmultitypid), '')"
                              : "") +
        " || coalesce((SELECT E',\\n    subtype_opclass = ' || " + written("n.nspname", "o.opcname") +
        " FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace WHERE o.oid = r.rngsubopc AND NOT "
        "o.opcdefault), '') || coalesce((SELECT E',\\n    collation = ' || " +
        written("n.nspname", "o.collname") +
        " FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace WHERE o.oid = r.rngcollation AND "
        "r.rngcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = r.rngsubtype)), '') || "
        "CASE WHEN r.rngcanonical <> 0 THEN E',\\n    canonical = ' || r.rngcanonical::regproc ELSE '' END || "
        "CASE WHEN r.rngsubdiff <> 0 THEN E',\\n    subtype_diff = ' || r.rngsubdiff::regproc ELSE '' END || E'\\n)' "
        "FROM pg_range r WHERE r.rngtypid = t.oid)";
    const auto procedure = [](const std::string& word, const std::string& column) {
      return " || CASE WHEN t." + column + " <> 0 THEN E',\\n    " + word + " = ' || t." + column +
             "::regproc ELSE '' END";
    };
    const std::string base =
        "E' (\\n    INPUT = ' || t.typinput::regproc || E',\\n    OUTPUT = ' || t.typoutput::regproc" +
        procedure("RECEIVE", "typreceive") + procedure("SEND", "typsend") + procedure("TYPMOD_IN", "typmodin") +
        procedure("TYPMOD_OUT", "typmodout") + procedure("ANALYZE", "typanalyze") +
        " || E',\\n    INTERNALLENGTH = ' || CASE t.typlen WHEN -1 THEN 'VARIABLE' ELSE t.typlen::text END || CASE "
        "WHEN t.typbyval THEN E',\\n    PASSEDBYVALUE' ELSE '' END || E',\\n    ALIGNMENT = ' || CASE t.typalign WHEN "
        "'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END || E',\\n    STORAGE = ' || CASE "
        "t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END || "
        "E',\\n    CATEGORY = ' || quote_literal(t.typcategory::text) || CASE WHEN t.typispreferred THEN E',\\n    "
        "PREFERRED = true' ELSE '' END || coalesce(E',\\n    DEFAULT = ' || quote_literal(t.typdefault), '') || CASE "
        "WHEN t.typelem <> 0 THEN E',\\n    ELEMENT = ' || format_type(t.typelem, NULL) ELSE '' END || E',\\n    "
        "DELIMITER = ' || quote_literal(t.typdelim::text) || CASE WHEN t.typcollation <> 0 THEN E',\\n    COLLATABLE = "
        "true' ELSE '' END || E'\\n)'";
    // A "c" of the kind type has a relation of the kind "c"; rows of tables are no types of their own.
    found_.types = read_rows<type_row>(
        db_,
        "SELECT t.oid, t.typnamespace, t.typname, CASE WHEN NOT t.typisdefined THEN 's' ELSE t.typtype::text END, "
        "pg_type_is_visible(t.oid), t.typarray, " +
            std::string(since(14) ? "coalesce((SELECT r.rngmultitypid FROM pg_range r WHERE r.rngtypid = t.oid), 0)"
                                  : "0") +
            ", CASE t.typtype WHEN 'e' THEN coalesce((SELECT "
            "array_agg(l.enumlabel ORDER BY l.enumsortorder)::text FROM pg_enum l WHERE l.enumtypid = t.oid), '{}') "
            "END, CASE t.typtype WHEN 'd' THEN " +
            domain + " WHEN 'c' THEN " + composite + " WHEN 'r' THEN " + range +
            " WHEN 'b' THEN CASE WHEN t.typisdefined THEN " + base +
            " END END FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid WHERE (t.typtype IN ('e', 'd', "
            "'r') OR (t.typtype = 'c' AND c.relkind = 'c') OR (t.typtype = 'p' AND NOT t.typisdefined) OR "
            "(t.typtype = 'b' AND (t.typcategory <> 'A' OR NOT EXISTS (SELECT FROM pg_type l WHERE l.oid = "
            "t.typelem AND l.typarray = t.oid)))) AND" +
            in_schemas("t.typnamespace") + "AND" + not_of_any_extension("pg_type", "t.oid"));
  }

  void read_sequences() {
    found_.sequences = read_rows<sequence_row>(
        db_, "SELECT s.seqrelid, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, "
             "s.seqcache, s.seqcycle, coalesce(d.deptype::text, ''), coalesce(d.refobjid, 0), "
             "coalesce(d.refobjsubid, 0) FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid LEFT JOIN pg_depend "
             "d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.objsubid = 0 AND d.refclassid = "
             "'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') WHERE" +
                 in_schemas("c.relnamespace"));
  }

  void read_functions() {
    const auto function = [](const std::string& word, const std::string& column) {
      return " || CASE WHEN g." + column + " <> 0 THEN E',\\n    " + word + " = ' || g." + column +
             "::regproc ELSE '' END";
    };
    const auto modify = [](const std::string& word, const std::string& column, const std::string& standard) {
      return " || CASE WHEN g." + column + " <> " + standard + " THEN E',\\n    " + word + " = ' || CASE g." + column +
             " WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END ELSE '' END";
    };
    // Plain aggregates leave their state alone unless they say so, ordered-set ones do not.
    const std::string standard = "CASE g.aggkind WHEN 'n' THEN 'r' ELSE 'w' END::\"char\"";
    const std::string aggregate =
        "(SELECT E'(\\n    SFUNC = ' || g.aggtransfn::regproc || E',\\n    STYPE = ' || format_type(g.aggtranstype, "
        "NULL) || CASE WHEN g.aggtransspace <> 0 THEN E',\\n    SSPACE = ' || g.aggtransspace ELSE '' END" +
        function("FINALFUNC", "aggfinalfn") +
        " || CASE WHEN g.aggfinalextra THEN E',\\n    FINALFUNC_EXTRA' ELSE '' END" +
        modify("FINALFUNC_MODIFY", "aggfinalmodify", standard) + function("COMBINEFUNC", "aggcombinefn") +
        function("SERIALFUNC", "aggserialfn") + function("DESERIALFUNC", "aggdeserialfn") +
        " || coalesce(E',\\n    INITCOND = ' || quote_literal(g.agginitval), '')" + function("MSFUNC", "aggmtransfn") +
        function("MINVFUNC", "aggminvtransfn") +
        " || CASE WHEN g.aggmtranstype <> 0 THEN E',\\n    MSTYPE = ' || format_type(g.aggmtranstype, NULL) ELSE '' "
        "END || CASE WHEN g.aggmtransspace <> 0 THEN E',\\n    MSSPACE = ' || g.aggmtransspace ELSE '' END" +
        function("MFINALFUNC", "aggmfinalfn") +
        " || CASE WHEN g.aggmfinalextra THEN E',\\n    MFINALFUNC_EXTRA' ELSE '' END || CASE WHEN g.aggmtransfn <> 0 "
        "THEN ''" +
        modify("MFINALFUNC_MODIFY", "aggmfinalmodify", standard) +
        " ELSE '' END || coalesce(E',\\n    MINITCOND = ' || quote_literal(g.aggminitval), '') || CASE WHEN "
        "g.aggsortop <> 0 THEN E',\\n    SORTOP = ' || (SELECT 'OPERATOR(' || quote_ident(n.nspname) || '.' || "
        "o.oprname || ')' FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE o.oid = g.aggsortop) "
        "ELSE '' END || CASE p.proparallel WHEN 's' THEN E',\\n    PARALLEL = SAFE' WHEN 'r' THEN E',\\n    PARALLEL = "
        "RESTRICTED' ELSE '' END || CASE g.aggkind WHEN 'h' THEN E',\\n    HYPOTHETICAL' ELSE '' END || E'\\n)' FROM "
        "pg_aggregate g WHERE g.aggfnoid = p.oid)";
    found_.functions = read_rows<function_row>(
        db_, "SELECT p.oid, p.pronamespace, p.proname, p.prokind::text, oidvectortypes(p.proargtypes), CASE p.prokind "
             "WHEN 'a' THEN coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*') ELSE "
             "pg_get_function_identity_arguments(p.oid) END, quote_ident(n.nspname), CASE p.prokind WHEN 'a' THEN " +
                 aggregate + " ELSE pg_get_functiondef(p.oid) END, " +
                 (since(14) ? "CASE WHEN p.prosqlbody IS NULL THEN p.prosrc END" : "p.prosrc") +
                 " FROM pg_proc p JOIN pg_namespace n "
                 "ON n.oid = p.pronamespace WHERE" +
                 in_schemas("p.pronamespace") + "AND" + not_of_any_extension("pg_proc", "p.oid") +
                 // The constructors of a range type are its own.
                 " AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid "
                 "AND i.deptype = 'i')");
  }

  void read_triggers() {
    // The short form leaves the default schema out, but with it goes the care for the WHEN.
    found_.triggers = read_rows<trigger_row>(
        db_, "SELECT t.oid, t.tgrelid, t.tgname, t.tgenabled::text, pg_get_triggerdef(t.oid, t.tgqual IS NULL) FROM "
             "pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND " +
                 std::string(since(13) ? "t.tgparentid = 0"
                                       : "NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = "
                                         "'pg_trigger'::regclass AND d.objid = t.oid AND d.deptype = 'P')") +
                 " AND" + in_schemas("c.relnamespace") + "AND" + not_of_any_extension("pg_trigger", "t.oid"));
  }

  void read_rewrites() {
    found_.rewrites = read_rows<rewrite_row>(
        db_, "SELECT r.oid, r.ev_class, r.rulename, r.ev_enabled::text, CASE WHEN r.rulename <> '_RETURN' OR c.relkind "
             "NOT IN ('v', 'm') THEN pg_get_ruledef(r.oid) END FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class "
             "WHERE" +
                 in_schemas("c.relnamespace"));
  }

  void read_policies() {
    found_.policies = read_rows<policy_row>(
        db_, "SELECT p.oid, p.polrelid, p.polname, CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN "
             "'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END, p.polpermissive, (SELECT string_agg(CASE r.role "
             "WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r.role)) END, ', ' ORDER BY CASE r.role WHEN 0 "
             "THEN '' ELSE pg_get_userbyid(r.role)::text END COLLATE \"C\") FROM unnest(p.polroles) r(role)), "
             "pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid) FROM pg_policy p JOIN "
             "pg_class c ON c.oid = p.polrelid WHERE" +
                 in_schemas("c.relnamespace"));
  }

  void read_comments() {
    // What came with the server has smaller numbers, but for the schema public and its comment.
    found_.comments = read_rows<comment_row>(
        db_, "SELECT d.classoid, d.objoid, d.objsubid, d.description FROM pg_description d WHERE (d.objoid >= 16384 "
             "AND d.classoid <> 'pg_extension'::regclass) OR (d.classoid = 'pg_namespace'::regclass AND d.objoid = "
             "'public'::regnamespace AND d.description <> 'standard public schema')");
  }

  void read_rights();
  void read_default_grants();
  void read_written();

  void read_dependencies() {
    // Of what follows from the catalogues of tables, constraints and indexes themselves nothing is read.
    found_.dependencies = read_rows<dependency_row>(
        db_, "SELECT DISTINCT d.classid, d.objid, d.refclassid, d.refobjid FROM pg_depend d WHERE d.objid >= 16384 AND "
             "d.refobjid >= 16384 AND d.deptype IN ('n', 'a', 'i') AND d.refclassid NOT IN "
             "('pg_namespace'::regclass, 'pg_extension'::regclass, 'pg_constraint'::regclass) AND (d.refclassid <> "
             "'pg_class'::regclass OR d.classid NOT IN ('pg_class'::regclass, 'pg_constraint'::regclass, "
             "'pg_attrdef'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass)) AND NOT (d.classid = "
             "'pg_type'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i')");
  }

  database& db_;
  const introspection_options& options_;
  std::string schemas_;
  catalog found_;
};

}  // namespace instar::detail::pg
