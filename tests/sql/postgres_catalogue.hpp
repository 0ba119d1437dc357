#pragma once

// What a database of PostgreSQL is, asked of its catalogues without the help of introspection.

#include <instar/database/database.hpp>

#include <string>
#include <string_view>

namespace instar_test {

/// The rows of a query, `a|b`, one a line.
inline std::string rows(instar::database& db, std::string_view sql) {
  std::string all;
  for (const auto& row : db.query(sql).rows) {
    if (!all.empty())
      all += '\n';
    for (std::size_t i = 0; i < row.size(); ++i)
      all += (i == 0 ? "" : "|") + row[i].value_or("");
  }
  return all;
}

/// All that a schema is in PostgreSQL, read from its catalogues; columns in any order. The name of an identity's own
/// sequence is the server's business.
inline constexpr std::string_view postgres_catalogue = R"(
WITH names AS (
  SELECT oid, nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
), members AS (
  SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
)
SELECT line FROM (
  SELECT format('column %I.%I.%I %s %s default %s identity %s generated %s collation %s comment %s', n.nspname, c.relname, a.attname,
    format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'required' END, pg_get_expr(d.adbin, d.adrelid),
    a.attidentity, a.attgenerated, CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
    col_description(c.oid, a.attnum)) AS line
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN names n ON n.oid = c.relnamespace
  JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm')
  UNION ALL
  SELECT format('relation %I.%I %s comment %s definition %s partition %s', n.nspname, c.relname, c.relkind, obj_description(c.oid, 'pg_class'),
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
    pg_get_expr(c.relpartbound, c.oid))
  FROM pg_class c JOIN names n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm') OR (c.relkind = 'S' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i'))
  UNION ALL
  SELECT format('constraint %s of %s %s deferrable %s %s valid %s', o.conname, o.conrelid::regclass, pg_get_constraintdef(o.oid),
    o.condeferrable, o.condeferred, o.convalidated)
  FROM pg_constraint o JOIN names n ON n.oid = o.connamespace WHERE o.contype <> 't'
  UNION ALL
  SELECT format('index %s valid %s comment %s', pg_get_indexdef(i.indexrelid), i.indisvalid AND i.indisready,
    obj_description(i.indexrelid, 'pg_class'))
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN names n ON n.oid = c.relnamespace
  UNION ALL
  SELECT format('enum %I.%I %s comment %s', n.nspname, t.typname,
    (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
    obj_description(t.oid, 'pg_type'))
  FROM pg_type t JOIN names n ON n.oid = t.typnamespace WHERE t.typtype = 'e'
  UNION ALL
  SELECT format('sequence of %s: %s start %s increment %s cache %s cycle %s',
    coalesce((SELECT d.refobjid::regclass || '.' || d.refobjsubid::bool FROM pg_depend d WHERE d.objid = s.seqrelid AND d.deptype = 'i'), s.seqrelid::regclass::text),
    s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqcache, s.seqcycle)
  FROM pg_sequence s
  UNION ALL
  SELECT format('extension %I in %I version %s', e.extname, n.nspname, e.extversion) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  UNION ALL
  SELECT format('function %s', pg_get_functiondef(p.oid)) FROM pg_proc p JOIN names n ON n.oid = p.pronamespace
  WHERE NOT EXISTS (SELECT 1 FROM members m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
  UNION ALL
  SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL
  SELECT format('policy %s on %s using %s', polname, polrelid::regclass, pg_get_expr(polqual, polrelid)) FROM pg_policy
) AS lines ORDER BY line)";

inline std::string described_postgres(instar::database& db) {
  return rows(db, postgres_catalogue) + '\n';
}

}  // namespace instar_test
