#pragma once

#include <instar/database/postgres_catalog.hpp>

#include <string>
#include <string_view>
#include <vector>

/// \file The rarer objects of PostgreSQL, whose statements their catalogue query writes, and who may do what.

namespace instar::detail::pg {

/// The order of raw objects beside each other. Below `refines` stand objects that others build on, ordered by what they
/// need; from there on what is said about them, ordered by this alone.
namespace rank {
inline constexpr int schema = 0;
inline constexpr int language = 5;
inline constexpr int collation = 10;
inline constexpr int type = 20;
inline constexpr int function = 30;
inline constexpr int operation = 40;
inline constexpr int search = 50;
inline constexpr int foreign = 55;
inline constexpr int table = 60;
inline constexpr int view = 70;
inline constexpr int refines = 100;
inline constexpr int column = 100;
inline constexpr int partition_index = 103;
inline constexpr int partition = 105;
inline constexpr int key = 110;
inline constexpr int index = 115;
inline constexpr int index_partition = 118;
inline constexpr int setting = 120;
inline constexpr int constraint = 130;
inline constexpr int statistics = 140;
inline constexpr int rule = 150;
inline constexpr int trigger = 160;
inline constexpr int state = 165;
inline constexpr int security = 170;
inline constexpr int policy = 175;
inline constexpr int publication = 180;
inline constexpr int comment = 190;
inline constexpr int revocation = 195;
inline constexpr int grant = 196;
inline constexpr int default_grant = 197;
inline constexpr int event_trigger = 198;  // it would see the statements after it
}  // namespace rank

inline void catalog_reader::read_written() {
  // Most databases have next to none of them, and planning to read all takes longer than reading the others.
  constexpr std::string_view catalogues[] = {"pg_collation",      "pg_statistic_ext", "pg_operator",
                                             "pg_opfamily",       "pg_opclass",       "pg_ts_parser",
                                             "pg_ts_template",    "pg_ts_dict",       "pg_ts_config",
                                             "pg_conversion",     "pg_language",      "pg_am",
                                             "pg_cast",           "pg_transform",     "pg_foreign_data_wrapper",
                                             "pg_foreign_server", "pg_publication",   "pg_event_trigger"};
  std::string used = "SELECT concat_ws(',', CASE WHEN EXISTS (SELECT FROM pg_seclabel) THEN 'pg_seclabel' END";
  for (const std::string_view catalogue : catalogues)
    used += ", CASE WHEN EXISTS (SELECT FROM " + std::string(catalogue) + " WHERE oid >= 16384) THEN '" +
            std::string(catalogue) + "' END";
  const std::string present = ',' + db_.query_value(used + ")").value_or("") + ',';

  std::vector<std::string> queries;
  const auto add = [&](std::string_view catalogue, std::string_view oid, std::string_view kind, const std::string& name,
                       const std::string& create, const std::string& drop, int rank, const std::string& from) {
    // Who may use a server and what is in a publication are nothing without it.
    const std::string_view home = catalogue == "pg_user_mapping" ? "pg_foreign_server"
                                  : catalogue == "pg_publication_rel" || catalogue == "pg_publication_namespace"
                                      ? "pg_publication"
                                      : catalogue;
    if (present.find(',' + std::string(home) + ',') == std::string::npos)
      return;
    queries.push_back("SELECT '" + std::string(catalogue) + "'::regclass::oid, " + std::string(oid) + ", '" +
                      std::string(kind) + "', " + name + ", " + create + ", " + drop + ", " + std::to_string(rank) +
                      " FROM " + from);
  };
  // An OPTIONS or SET list from a text[] of name=value.
  const auto options = [](const std::string& column) {
    return "coalesce(' OPTIONS (' || (SELECT string_agg(quote_ident(o.option_name) || ' ' || "
           "quote_literal(o.option_value), ', ' ORDER BY o.option_name COLLATE \"C\") FROM pg_options_to_table(" +
           column + ") o) || ')', '')";
  };
  const auto operator_name = [](const std::string& oid) {
    return "(SELECT quote_ident(n.nspname) || '.' || o.oprname FROM pg_operator o JOIN pg_namespace n ON n.oid = "
           "o.oprnamespace WHERE o.oid = " +
           oid + ")";
  };

  {
    const std::string name = written("n.nspname", "c.collname");
    const std::string locale = since(17)   ? "c.colllocale"
                               : since(15) ? "c.colliculocale"
                                           : "CASE c.collprovider WHEN 'i' THEN c.collcollate::text END";
    add("pg_collation", "c.oid", "collation", shown("n.nspname", "c.collname"),
        "'CREATE COLLATION ' || " + name +
            " || ' (provider = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END || "
            "CASE WHEN " +
            locale + " IS NOT NULL THEN ', locale = ' || quote_literal(" + locale +
            ") WHEN c.collcollate = c.collctype THEN ', locale = ' || quote_literal(c.collcollate) ELSE ', lc_collate "
            "= ' || quote_literal(c.collcollate) || ', lc_ctype = ' || quote_literal(c.collctype) END || CASE WHEN "
            "c.collisdeterministic THEN '' ELSE ', deterministic = false' END" +
            std::string(since(16) ? " || coalesce(', rules = ' || quote_literal(c.collicurules), '')" : "") + " || ')'",
        "'DROP COLLATION ' || " + name, rank::collation,
        "pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE" + in_schemas("c.collnamespace") + "AND" +
            not_of_extension("pg_collation", "c.oid"));
  }
  {
    // The definition names the schema always.
    const std::string definition = "pg_get_statisticsobjdef(s.oid)";
    add("pg_statistic_ext", "s.oid", "statistics", shown("n.nspname", "s.stxname"),
        "CASE WHEN n.nspname = current_schema() THEN 'CREATE STATISTICS ' || substr(" + definition +
            ", length('CREATE STATISTICS ' || quote_ident(n.nspname) || '.') + 1) ELSE " + definition + " END",
        "'DROP STATISTICS ' || " + written("n.nspname", "s.stxname"), rank::statistics,
        "pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE" + in_schemas("s.stxnamespace") +
            "AND" + not_of_extension("pg_statistic_ext", "s.oid"));
    if (since(13))
      add("pg_statistic_ext", "0::oid", "statistics target", shown("n.nspname", "s.stxname"),
          "'ALTER STATISTICS ' || " + written("n.nspname", "s.stxname") + " || ' SET STATISTICS ' || s.stxstattarget",
          "'ALTER STATISTICS ' || " + written("n.nspname", "s.stxname") + " || ' SET STATISTICS -1'", rank::statistics,
          "pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE s.stxstattarget >= 0 AND" +
              in_schemas("s.stxnamespace") + "AND" + not_of_extension("pg_statistic_ext", "s.oid"));
  }
  {
    const std::string name =
        "(CASE WHEN n.nspname = current_schema() THEN '' ELSE quote_ident(n.nspname) || '.' END || o.oprname)";
    const std::string arguments = "'(' || CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END || "
                                  "', ' || CASE o.oprright WHEN 0 THEN 'NONE' ELSE format_type(o.oprright, NULL) END "
                                  "|| ')'";
    add("pg_operator", "o.oid", "operator", name + " || " + arguments,
        "'CREATE OPERATOR ' || " + name +
            " || E' (\\n    FUNCTION = ' || o.oprcode::regproc || CASE WHEN o.oprleft <> 0 THEN E',\\n    LEFTARG = ' "
            "|| format_type(o.oprleft, NULL) ELSE '' END || CASE WHEN o.oprright <> 0 THEN E',\\n    RIGHTARG = ' || "
            "format_type(o.oprright, NULL) ELSE '' END || CASE WHEN o.oprcom <> 0 THEN E',\\n    COMMUTATOR = ' || " +
            std::string("(SELECT 'OPERATOR(' || quote_ident(m.nspname) || '.' || x.oprname || ')' FROM pg_operator x "
                        "JOIN pg_namespace m ON m.oid = x.oprnamespace WHERE x.oid = o.oprcom)") +
            " ELSE '' END || CASE WHEN o.oprnegate <> 0 THEN E',\\n    NEGATOR = ' || (SELECT 'OPERATOR(' || "
            "quote_ident(m.nspname) || '.' || x.oprname || ')' FROM pg_operator x JOIN pg_namespace m ON m.oid = "
            "x.oprnamespace WHERE x.oid = o.oprnegate) ELSE '' END || CASE WHEN o.oprcanmerge THEN E',\\n    MERGES' "
            "ELSE '' END || CASE WHEN o.oprcanhash THEN E',\\n    HASHES' ELSE '' END || CASE WHEN o.oprrest <> 0 "
            "THEN E',\\n    RESTRICT = ' || o.oprrest::regproc ELSE '' END || CASE WHEN o.oprjoin <> 0 THEN E',\\n    "
            "JOIN = ' || o.oprjoin::regproc ELSE '' END || E'\\n)'",
        "'DROP OPERATOR ' || " + name + " || " + arguments, rank::operation,
        "pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE o.oprcode <> 0 AND" +
            in_schemas("o.oprnamespace") + "AND" + not_of_extension("pg_operator", "o.oid"));
  }
  {
    // What of a family belongs to none of its classes is of the family itself.
    const std::string family = written("n.nspname", "f.opfname") + " || ' USING ' || quote_ident(m.amname)";
    const std::string shown_family = shown("n.nspname", "f.opfname") + " || ' using ' || m.amname";
    add("pg_opfamily", "f.oid", "operator family", shown_family, "'CREATE OPERATOR FAMILY ' || " + family,
        "'DROP OPERATOR FAMILY ' || " + family, rank::operation,
        "pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am m ON m.oid = f.opfmethod WHERE" +
            in_schemas("f.opfnamespace") + "AND" + not_of_extension("pg_opfamily", "f.oid"));
    const auto members = [&](const std::string& belongs_operator, const std::string& belongs_function) {
      return "(SELECT string_agg(x.member, E',\\n    ' ORDER BY x.place) FROM (SELECT 'OPERATOR ' || a.amopstrategy || "
             "' ' || " +
             operator_name("a.amopopr") +
             " || '(' || format_type(a.amoplefttype, NULL) || ', ' || format_type(a.amoprighttype, NULL) || ')' || "
             "CASE a.amoppurpose WHEN 'o' THEN ' FOR ORDER BY ' || (SELECT quote_ident(n.nspname) || '.' || "
             "quote_ident(s.opfname) FROM pg_opfamily s JOIN pg_namespace n ON n.oid = s.opfnamespace WHERE s.oid = "
             "a.amopsortfamily) ELSE '' END AS member, '0' || lpad(a.amopstrategy::text, 6, '0') || "
             "format_type(a.amoplefttype, NULL) || format_type(a.amoprighttype, NULL) AS place FROM pg_amop a WHERE " +
             belongs_operator +
             " UNION ALL SELECT 'FUNCTION ' || r.amprocnum || ' (' || format_type(r.amproclefttype, NULL) || ', ' || "
             "format_type(r.amprocrighttype, NULL) || ') ' || r.amproc::regprocedure, '1' || "
             "lpad(r.amprocnum::text, 6, '0') || format_type(r.amproclefttype, NULL) || "
             "format_type(r.amprocrighttype, NULL) FROM pg_amproc r WHERE " +
             belongs_function + ") x)";
    };
    const auto of_class = [](const std::string& catalogue, const std::string& member, const std::string& condition) {
      return "EXISTS (SELECT FROM pg_depend d WHERE d.classid = '" + catalogue + "'::regclass AND d.objid = " + member +
             " AND d.refclassid = 'pg_opclass'::regclass" + condition + ")";
    };
    const std::string name = written("n.nspname", "c.opcname") + " || ' USING ' || quote_ident(m.amname)";
    add("pg_opclass", "c.oid", "operator class", shown("n.nspname", "c.opcname") + " || ' using ' || m.amname",
        "'CREATE OPERATOR CLASS ' || " + written("n.nspname", "c.opcname") +
            " || E'\\n    ' || CASE WHEN c.opcdefault THEN 'DEFAULT ' ELSE '' END || 'FOR TYPE ' || "
            "format_type(c.opcintype, NULL) || ' USING ' || quote_ident(m.amname) || ' FAMILY ' || (SELECT " +
            written("k.nspname", "f.opfname") +
            " FROM pg_opfamily f JOIN pg_namespace k ON k.oid = f.opfnamespace WHERE f.oid = c.opcfamily) || E' AS\\n  "
            "  ' || coalesce(" +
            members("a.amopfamily = c.opcfamily AND " + of_class("pg_amop", "a.oid", " AND d.refobjid = c.oid"),
                    "r.amprocfamily = c.opcfamily AND " + of_class("pg_amproc", "r.oid", " AND d.refobjid = c.oid")) +
            " || CASE WHEN c.opckeytype <> 0 THEN E',\\n    STORAGE ' || format_type(c.opckeytype, NULL) ELSE '' END, "
            "'STORAGE ' || format_type(CASE c.opckeytype WHEN 0 THEN c.opcintype ELSE c.opckeytype END, NULL))",
        "'DROP OPERATOR CLASS ' || " + name, rank::operation,
        "pg_opclass c JOIN pg_namespace n ON n.oid = c.opcnamespace JOIN pg_am m ON m.oid = c.opcmethod WHERE" +
            in_schemas("c.opcnamespace") + "AND" + not_of_extension("pg_opclass", "c.oid"));
    const std::string loose = members("a.amopfamily = f.oid AND NOT " + of_class("pg_amop", "a.oid", ""),
                                      "r.amprocfamily = f.oid AND NOT " + of_class("pg_amproc", "r.oid", ""));
    const std::string loose_drop =
        "(SELECT string_agg(x.member, ', ' ORDER BY x.member) FROM (SELECT 'OPERATOR ' || a.amopstrategy || ' (' || "
        "format_type(a.amoplefttype, NULL) || ', ' || format_type(a.amoprighttype, NULL) || ')' AS member FROM pg_amop "
        "a WHERE a.amopfamily = f.oid AND NOT " +
        of_class("pg_amop", "a.oid", "") +
        " UNION ALL SELECT 'FUNCTION ' || r.amprocnum || ' (' || format_type(r.amproclefttype, NULL) || ', ' || "
        "format_type(r.amprocrighttype, NULL) || ')' FROM pg_amproc r WHERE r.amprocfamily = f.oid AND NOT " +
        of_class("pg_amproc", "r.oid", "") + ") x)";
    add("pg_opfamily", "0::oid", "operator family members", shown_family,
        "'ALTER OPERATOR FAMILY ' || " + family + " || E' ADD\\n    ' || " + loose,
        "'ALTER OPERATOR FAMILY ' || " + family + " || ' DROP ' || " + loose_drop, rank::column,
        "pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am m ON m.oid = f.opfmethod WHERE " +
            loose + " IS NOT NULL AND" + in_schemas("f.opfnamespace") + "AND" +
            not_of_extension("pg_opfamily", "f.oid"));
  }
  {
    const auto object = [&](std::string_view catalogue, std::string_view prefix, const std::string& word,
                            const std::string& definition) {
      const std::string p(prefix);
      std::string kind = "text search " + word;
      std::string upper = word;
      for (char& c : upper)
        c = static_cast<char>(c - 'a' + 'A');
      add(catalogue, "t.oid", kind, shown("n.nspname", "t." + p + "name"),
          "'CREATE TEXT SEARCH " + upper + " ' || " + written("n.nspname", "t." + p + "name") + " || ' (' || " +
              definition + " || ')'",
          "'DROP TEXT SEARCH " + upper + " ' || " + written("n.nspname", "t." + p + "name"), rank::search,
          std::string(catalogue) + " t JOIN pg_namespace n ON n.oid = t." + p + "namespace WHERE" +
              in_schemas("t." + p + "namespace") + "AND" + not_of_extension(catalogue, "t.oid"));
    };
    const auto optional_function = [](const std::string& word, const std::string& column) {
      return " || CASE WHEN t." + column + " <> 0 THEN ', " + word + " = ' || t." + column + "::regproc ELSE '' END";
    };
    object("pg_ts_parser", "prs", "parser",
           "'START = ' || t.prsstart::regproc || ', GETTOKEN = ' || t.prstoken::regproc || ', END = ' || "
           "t.prsend::regproc || ', LEXTYPES = ' || t.prslextype::regproc" +
               optional_function("HEADLINE", "prsheadline"));
    object("pg_ts_template", "tmpl", "template",
           "'LEXIZE = ' || t.tmpllexize::regproc" + optional_function("INIT", "tmplinit"));
    object("pg_ts_dict", "dict", "dictionary",
           "'TEMPLATE = ' || (SELECT quote_ident(k.nspname) || '.' || quote_ident(m.tmplname) FROM pg_ts_template m "
           "JOIN pg_namespace k ON k.oid = m.tmplnamespace WHERE m.oid = t.dicttemplate) || coalesce(', ' || "
           "t.dictinitoption, '')");
    object("pg_ts_config", "cfg", "configuration",
           "'PARSER = ' || (SELECT quote_ident(k.nspname) || '.' || quote_ident(m.prsname) FROM pg_ts_parser m JOIN "
           "pg_namespace k ON k.oid = m.prsnamespace WHERE m.oid = t.cfgparser)");
    const std::string config = written("n.nspname", "t.cfgname");
    const std::string token = "(SELECT y.alias FROM ts_token_type(t.cfgparser) y WHERE y.tokid = m.maptokentype)";
    add("pg_ts_config", "0::oid", "text search mapping", token + " || ' of ' || " + shown("n.nspname", "t.cfgname"),
        "'ALTER TEXT SEARCH CONFIGURATION ' || " + config + " || ' ADD MAPPING FOR ' || quote_ident(" + token +
            ") || ' WITH ' || string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno)",
        "'ALTER TEXT SEARCH CONFIGURATION ' || " + config + " || ' DROP MAPPING FOR ' || quote_ident(" + token + ")",
        rank::column,
        "pg_ts_config t JOIN pg_namespace n ON n.oid = t.cfgnamespace JOIN pg_ts_config_map m ON m.mapcfg = t.oid "
        "WHERE" +
            in_schemas("t.cfgnamespace") + "AND" + not_of_extension("pg_ts_config", "t.oid") +
            " GROUP BY t.oid, t.cfgname, t.cfgparser, n.nspname, m.maptokentype");
  }
  add("pg_conversion", "c.oid", "conversion", shown("n.nspname", "c.conname"),
      "'CREATE ' || CASE WHEN c.condefault THEN 'DEFAULT ' ELSE '' END || 'CONVERSION ' || " +
          written("n.nspname", "c.conname") +
          " || ' FOR ' || quote_literal(pg_encoding_to_char(c.conforencoding)) || ' TO ' || "
          "quote_literal(pg_encoding_to_char(c.contoencoding)) || ' FROM ' || c.conproc::regproc",
      "'DROP CONVERSION ' || " + written("n.nspname", "c.conname"), rank::operation,
      "pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace WHERE" + in_schemas("c.connamespace") + "AND" +
          not_of_extension("pg_conversion", "c.oid"));

  // What stands in no schema is read with all of them.
  if (options_.schemas.empty()) {
    add("pg_language", "l.oid", "language", "l.lanname",
        "'CREATE ' || CASE WHEN l.lanpltrusted THEN 'TRUSTED ' ELSE '' END || 'LANGUAGE ' || quote_ident(l.lanname) || "
        "' HANDLER ' || l.lanplcallfoid::regproc || CASE WHEN l.laninline <> 0 THEN ' INLINE ' || l.laninline::regproc "
        "ELSE '' END || CASE WHEN l.lanvalidator <> 0 THEN ' VALIDATOR ' || l.lanvalidator::regproc ELSE '' END",
        "'DROP LANGUAGE ' || quote_ident(l.lanname)", rank::language,
        "pg_language l WHERE l.oid >= 16384 AND l.lanplcallfoid <> 0 AND" + not_of_extension("pg_language", "l.oid"));
    add("pg_am", "m.oid", "access method", "m.amname",
        "'CREATE ACCESS METHOD ' || quote_ident(m.amname) || ' TYPE ' || CASE m.amtype WHEN 'i' THEN 'INDEX' ELSE "
        "'TABLE' END || ' HANDLER ' || m.amhandler::regproc",
        "'DROP ACCESS METHOD ' || quote_ident(m.amname)", rank::language,
        "pg_am m WHERE m.oid >= 16384 AND" + not_of_extension("pg_am", "m.oid"));
    const std::string cast = "'(' || format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL) || "
                             "')'";
    add("pg_cast", "c.oid", "cast", "format_type(c.castsource, NULL) || ' as ' || format_type(c.casttarget, NULL)",
        "'CREATE CAST ' || " + cast +
            " || CASE c.castmethod WHEN 'f' THEN ' WITH FUNCTION ' || c.castfunc::regprocedure WHEN 'i' THEN ' WITH "
            "INOUT' ELSE ' WITHOUT FUNCTION' END || CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' "
            "AS IMPLICIT' ELSE '' END",
        "'DROP CAST ' || " + cast, rank::operation,
        // A range's cast to its multirange comes with it.
        "pg_cast c WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = "
        "'pg_cast'::regclass AND i.objid = c.oid AND i.deptype = 'i') AND" +
            not_of_extension("pg_cast", "c.oid"));
    const std::string transform = "'FOR ' || format_type(t.trftype, NULL) || ' LANGUAGE ' || quote_ident(l.lanname)";
    add("pg_transform", "t.oid", "transform", transform,
        "'CREATE TRANSFORM ' || " + transform +
            " || ' (' || concat_ws(', ', CASE WHEN t.trffromsql <> 0 THEN 'FROM SQL WITH FUNCTION ' || "
            "t.trffromsql::regprocedure END, CASE WHEN t.trftosql <> 0 THEN 'TO SQL WITH FUNCTION ' || "
            "t.trftosql::regprocedure END) || ')'",
        "'DROP TRANSFORM ' || " + transform, rank::operation,
        "pg_transform t JOIN pg_language l ON l.oid = t.trflang WHERE" + not_of_extension("pg_transform", "t.oid"));
    add("pg_foreign_data_wrapper", "w.oid", "foreign data wrapper", "w.fdwname",
        "'CREATE FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname) || CASE WHEN w.fdwhandler <> 0 THEN ' HANDLER ' || "
        "w.fdwhandler::regproc ELSE '' END || CASE WHEN w.fdwvalidator <> 0 THEN ' VALIDATOR ' || "
        "w.fdwvalidator::regproc ELSE '' END || " +
            options("w.fdwoptions"),
        "'DROP FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname)", rank::foreign,
        "pg_foreign_data_wrapper w WHERE" + not_of_extension("pg_foreign_data_wrapper", "w.oid"));
    add("pg_foreign_server", "s.oid", "server", "s.srvname",
        "'CREATE SERVER ' || quote_ident(s.srvname) || coalesce(' TYPE ' || quote_literal(s.srvtype), '') || "
        "coalesce(' "
        "VERSION ' || quote_literal(s.srvversion), '') || ' FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname) || " +
            options("s.srvoptions"),
        "'DROP SERVER ' || quote_ident(s.srvname)", rank::foreign,
        "pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw WHERE" +
            not_of_extension("pg_foreign_server", "s.oid"));
    const std::string user = "CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(u.umuser)) END";
    // Its options are a name and a password, which have no place in a schema.
    add("pg_user_mapping", "u.umid", "user mapping", user + " || ' on ' || u.srvname",
        "'CREATE USER MAPPING FOR ' || " + user + " || ' SERVER ' || quote_ident(u.srvname)",
        "'DROP USER MAPPING FOR ' || " + user + " || ' SERVER ' || quote_ident(u.srvname)", rank::setting,
        "pg_user_mappings u");
    const std::string publish =
        "concat_ws(', ', CASE WHEN NOT (p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate) THEN 'publish = "
        "' || quote_literal(concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN "
        "'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)) END" +
        std::string(since(13) ? ", CASE WHEN p.pubviaroot THEN 'publish_via_partition_root = true' END" : "") +
        (since(18) ? ", CASE WHEN p.pubgencols <> 'n' THEN 'publish_generated_columns = stored' END" : "") + ")";
    add("pg_publication", "p.oid", "publication", "p.pubname",
        "'CREATE PUBLICATION ' || quote_ident(p.pubname) || CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE '' "
        "END "
        "|| coalesce(' WITH (' || nullif(" +
            publish + ", '') || ')', '')",
        "'DROP PUBLICATION ' || quote_ident(p.pubname)", rank::publication,
        "pg_publication p WHERE" + not_of_extension("pg_publication", "p.oid"));
    add("pg_publication_rel", "r.oid", "publication table", shown("n.nspname", "c.relname") + " || ' in ' || p.pubname",
        "'ALTER PUBLICATION ' || quote_ident(p.pubname) || ' ADD TABLE ONLY ' || " + written("n.nspname", "c.relname") +
            std::string(since(15)
                            ? " || coalesce(' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) "
                              "FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs)) || ')', "
                              "'') || coalesce(' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')', '')"
                            : ""),
        "'ALTER PUBLICATION ' || quote_ident(p.pubname) || ' DROP TABLE ONLY ' || " + written("n.nspname", "c.relname"),
        rank::publication + 1,
        "pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid JOIN pg_class c ON c.oid = r.prrelid JOIN "
        "pg_namespace n ON n.oid = c.relnamespace");
    if (since(15))
      add("pg_publication_namespace", "r.oid", "publication schema", "n.nspname || ' in ' || p.pubname",
          "'ALTER PUBLICATION ' || quote_ident(p.pubname) || ' ADD TABLES IN SCHEMA ' || quote_ident(n.nspname)",
          "'ALTER PUBLICATION ' || quote_ident(p.pubname) || ' DROP TABLES IN SCHEMA ' || quote_ident(n.nspname)",
          rank::publication + 1,
          "pg_publication_namespace r JOIN pg_publication p ON p.oid = r.pnpubid JOIN pg_namespace n ON n.oid = "
          "r.pnnspid");
    add("pg_event_trigger", "e.oid", "event trigger", "e.evtname",
        "'CREATE EVENT TRIGGER ' || quote_ident(e.evtname) || ' ON ' || quote_ident(e.evtevent) || coalesce(E'\\n    "
        "WHEN TAG IN (' || (SELECT string_agg(quote_literal(t.tag), ', ' ORDER BY t.tag) FROM unnest(e.evttags) "
        "t(tag)) || ')', '') || E'\\n    EXECUTE FUNCTION ' || e.evtfoid::regproc || '()'",
        "'DROP EVENT TRIGGER ' || quote_ident(e.evtname)", rank::event_trigger,
        "pg_event_trigger e WHERE" + not_of_extension("pg_event_trigger", "e.oid"));
    add("pg_event_trigger", "0::oid", "event trigger state", "e.evtname",
        "'ALTER EVENT TRIGGER ' || quote_ident(e.evtname) || CASE e.evtenabled WHEN 'D' THEN ' DISABLE' WHEN 'R' THEN "
        "' "
        "ENABLE REPLICA' ELSE ' ENABLE ALWAYS' END",
        "'ALTER EVENT TRIGGER ' || quote_ident(e.evtname) || ' ENABLE'", rank::event_trigger + 1,
        "pg_event_trigger e WHERE e.evtenabled <> 'O' AND" + not_of_extension("pg_event_trigger", "e.oid"));
    add("pg_seclabel", "0::oid", "security label", "l.objtype || ' ' || l.objname || ' for ' || l.provider",
        "'SECURITY LABEL FOR ' || quote_ident(l.provider) || ' ON ' || upper(l.objtype) || ' ' || l.objname || ' IS ' "
        "|| quote_literal(l.label)",
        "'SECURITY LABEL FOR ' || quote_ident(l.provider) || ' ON ' || upper(l.objtype) || ' ' || l.objname || ' IS "
        "NULL'",
        rank::comment, "pg_seclabels l WHERE l.objtype NOT IN ('role', 'database', 'tablespace')");
  }
  if (queries.empty())
    return;
  std::string all;
  for (const std::string& query : queries)
    all += (all.empty() ? "" : " UNION ALL ") + query;
  found_.written = read_rows<written_row>(db_, all);
}

inline void catalog_reader::read_rights() {
  // An object without a list has its standard rights; what came with the server, those of its first day, which were its
  // first owner's.
  std::string objects;
  const auto add = [&](std::string_view catalogue, std::string_view oid, std::string_view column,
                       const std::string& rights, const std::string& standard, const std::string& owner,
                       const std::string& from) {
    objects += (objects.empty() ? "SELECT '" : " UNION ALL SELECT '") + std::string(catalogue) + "'::regclass::oid, " +
               std::string(oid) + ", " + std::string(column) + ", pg_get_userbyid(" + owner + "), " + rights +
               "::text, (" + standard + ")::text FROM " + from + " AND " + rights + " IS NOT NULL";
  };
  add("pg_class", "c.oid", "0", "c.relacl",
      "acldefault(CASE c.relkind WHEN 'S' THEN 's'::\"char\" ELSE 'r'::\"char\" END, c.relowner)", "c.relowner",
      "pg_class c WHERE" + in_schemas("c.relnamespace"));
  add("pg_class", "a.attrelid", "a.attnum", "a.attacl", "acldefault('c'::\"char\", c.relowner)", "c.relowner",
      "pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE NOT a.attisdropped AND" +
          in_schemas("c.relnamespace"));
  add("pg_proc", "p.oid", "0", "p.proacl", "acldefault('f'::\"char\", p.proowner)", "p.proowner",
      "pg_proc p WHERE" + in_schemas("p.pronamespace"));
  add("pg_type", "t.oid", "0", "t.typacl", "acldefault('T'::\"char\", t.typowner)", "t.typowner",
      "pg_type t WHERE" + in_schemas("t.typnamespace"));
  add("pg_namespace", "n.oid", "0", "n.nspacl",
      "coalesce((SELECT i.initprivs FROM pg_init_privs i WHERE i.classoid = 'pg_namespace'::regclass AND i.objoid = "
      "n.oid), acldefault('n'::\"char\", n.nspowner))",
      "n.nspowner", "pg_namespace n WHERE" + in_schemas("n.oid"));
  if (options_.schemas.empty()) {
    add("pg_foreign_data_wrapper", "w.oid", "0", "w.fdwacl", "acldefault('F'::\"char\", w.fdwowner)", "w.fdwowner",
        "pg_foreign_data_wrapper w WHERE true");
    add("pg_foreign_server", "s.oid", "0", "s.srvacl", "acldefault('S'::\"char\", s.srvowner)", "s.srvowner",
        "pg_foreign_server s WHERE true");
    add("pg_language", "l.oid", "0", "l.lanacl", "acldefault('l'::\"char\", l.lanowner)", "l.lanowner",
        "pg_language l WHERE l.oid >= 16384");
  }
  found_.rights = read_rows<rights_row>(db_, objects);
}

inline void catalog_reader::read_default_grants() {
  const std::string where = " WHERE (d.defaclnamespace = 0 OR" + in_schemas("d.defaclnamespace") + ")";
  const std::string objects = "CASE d.objects WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN "
                              "'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END";
  const std::string head = "'ALTER DEFAULT PRIVILEGES FOR ROLE ' || quote_ident(d.role) || coalesce(' IN SCHEMA ' || "
                           "quote_ident(d.schema), '')";
  const std::string grantee = "CASE d.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(d.grantee)) END";
  const auto statement = [&](const std::string& word, const std::string& to, const std::string& after) {
    return head + " || '" + word +
           "' || string_agg(d.privilege, ', ' ORDER BY d.privilege COLLATE \"C\") || ' ON ' || " + objects + " || '" +
           to + "' || " + grantee + after;
  };
  const std::string grant =
      statement(" GRANT ", " TO ", " || CASE WHEN d.grantable THEN ' WITH GRANT OPTION' ELSE '' END");
  const std::string revoke = statement(" REVOKE ", " FROM ", "");
  const std::string rows = "SELECT d.oid, d.defaclobjtype AS objects, pg_get_userbyid(d.defaclrole)::text AS role, "
                           "n.nspname::text AS schema, x.grantee, x.privilege_type AS privilege, x.is_grantable AS "
                           "grantable";
  const std::string from = " FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, ";
  // Those of one schema come on top of the standard rights, the others instead of them.
  const std::string standard =
      "aclexplode(CASE WHEN d.defaclnamespace <> 0 THEN NULL ELSE acldefault(CASE d.defaclobjtype WHEN 'S' THEN "
      "'s'::\"char\" ELSE d.defaclobjtype END, d.defaclrole) END) x";
  found_.default_grants = read_rows<default_grant_row>(
      db_, "WITH now AS (" + rows + from + "aclexplode(d.defaclacl) x" + where + "), standard AS (" + rows + from +
               standard + where +
               "), differing AS ((SELECT *, false AS revoked FROM now EXCEPT SELECT *, false FROM standard) UNION ALL "
               "(SELECT *, true FROM standard EXCEPT SELECT *, true FROM now)) SELECT lower(" +
               objects +
               ") || coalesce(' in ' || d.schema, '') || CASE WHEN d.revoked THEN ' not to ' ELSE ' to ' END "
               "|| " +
               grantee +
               " || CASE WHEN d.grantable THEN ' with grant option' ELSE '' END || ' by ' || d.role, "
               "CASE WHEN d.revoked THEN " +
               revoke + " ELSE " + grant + " END, CASE WHEN d.revoked THEN " + grant + " ELSE " + revoke +
               " END FROM differing d GROUP BY d.oid, d.objects, d.role, d.schema, d.grantee, d.grantable, d.revoked "
               "ORDER BY 1");
}

}  // namespace instar::detail::pg
