"""What the office's groups may do with each table and view, and what guards the rows, read from the catalogue.

The doctor compares an installation with it, `scripts/write_access_matrix.py` writes what it compares with and the page
`docs/access.md`: it is read in one way.
"""

from sqlalchemy import text
from sqlalchemy.engine import Connection

TABLES = """
SELECT n.nspname || '.' || c.relname AS name, role,
       coalesce(string_agg(CASE WHEN has_table_privilege(grp, c.oid, verb) THEN letter
                                WHEN by_column AND has_any_column_privilege(grp, c.oid, verb) THEN '(' || letter || ')'
                                ELSE '' END, '' ORDER BY place), '') AS may
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(cast(:roles AS text[])) AS role
CROSS JOIN LATERAL (SELECT CASE role WHEN 'public' THEN 'public' ELSE 'platzlotse_' || role END AS grp) AS g
CROSS JOIN (VALUES (1, 'SELECT', 'r', true), (2, 'INSERT', 'a', true), (3, 'UPDATE', 'w', true),
                   (4, 'DELETE', 'd', false), (5, 'TRUNCATE', 't', false), (6, 'REFERENCES', 'x', true),
                   (7, 'TRIGGER', 'g', false)) AS verbs (place, verb, letter, by_column)
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname !~ '^(pg_|information_schema$)'
GROUP BY 1, 2 ORDER BY 1, 2
"""


def cells(connection: Connection, query: str, roles: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """What each role may, by name: r read, a add, w change, d delete, t empty, x refer to, g trigger.

    A letter in brackets holds for some columns only.
    """
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(text(query), {"roles": list(roles)}):
        found.setdefault(row.name, {})[row.role] = row.may
    return found


_OURS = "n.nspname = ANY(:schemas)"
# everybody but the owner, so that it does not matter who that is
_TOLD = """coalesce((SELECT string_agg(DISTINCT who || '=' || what, ',' ORDER BY who || '=' || what) FROM (
    SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS who,
           string_agg(lower(a.privilege_type), '+' ORDER BY a.privilege_type) AS what
    FROM aclexplode({acl}) AS a WHERE a.grantee <> {owner} GROUP BY 1) AS g), '-')"""
# servers of different years, and one after a restore, write the same expression with more or fewer brackets and casts
_CAST = r"::(timestamp with(out)? time zone|double precision|character varying|[a-z0-9_.]+)(\[\])?"
_PLAIN = r"left(md5(regexp_replace({0}, '" + _CAST + r"|[()\s\"]', '', 'g')), 12)"
# before 16 each column of a view is written with its table; which columns it reads is compared by what it depends on
_UNNAMED = r"regexp_replace(pg_get_viewdef(c.oid), '\m[a-z0-9_]+\.', '', 'g')"
_READS = """(SELECT string_agg(DISTINCT d.refobjid::regclass || '.' || u.attname, ',') FROM pg_rewrite r
    JOIN pg_depend d ON d.objid = r.oid AND d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
    JOIN pg_attribute u ON u.attrelid = d.refobjid AND u.attnum = d.refobjsubid
    WHERE r.ev_class = c.oid AND d.refobjid <> c.oid)"""
# a condition reads two rows, which pg_get_expr does not
_WHEN = "substring(pg_get_triggerdef(t.oid) FROM ' WHEN (.*) EXECUTE FUNCTION ')"
# of each thing that guards rows: kind, name, and everything that would make it guard less
SHAPE = f"""
SELECT 'policy' AS kind, n.nspname || '.' || c.relname || ':' || p.polname AS name,
       concat_ws(' ', p.polcmd, CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
                 (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE r::regrole::text END, ','
                                    ORDER BY r::regrole::text) FROM unnest(p.polroles) AS r),
                 {_PLAIN.format("coalesce(pg_get_expr(p.polqual, p.polrelid), '')")},
                 {_PLAIN.format("coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')")}) AS told
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS}
UNION ALL
SELECT 'trigger', n.nspname || '.' || c.relname || ':' || t.tgname,
       concat_ws(' ', t.tgenabled, t.tgtype, fn.nspname || '.' || f.proname, left(md5(encode(t.tgargs, 'hex')), 6),
                 CASE WHEN t.tgqual IS NULL THEN '-' ELSE {_PLAIN.format(_WHEN)} END,
                 coalesce(nullif(array_to_string(t.tgattr, '+'), ''), '-'))
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc f ON f.oid = t.tgfoid JOIN pg_namespace fn ON fn.oid = f.pronamespace
WHERE {_OURS} AND NOT t.tgisinternal
UNION ALL
SELECT 'function', n.nspname || '.' || p.proname || '/' || p.pronargs || '-'
           || left(md5(pg_get_function_identity_arguments(p.oid)), 6),
       concat_ws(' ', CASE WHEN p.prosecdef THEN 'owner' ELSE 'caller' END,
                 CASE WHEN p.prosqlbody IS NULL THEN left(md5(p.prosrc), 12)
                      ELSE {_PLAIN.format("pg_get_function_sqlbody(p.oid)")} END,
                 left(md5(coalesce(array_to_string(p.proconfig, ';'), '')), 6),
                 {_TOLD.format(acl="coalesce(p.proacl, acldefault('f', p.proowner))", owner="p.proowner")})
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE {_OURS} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT 'column', n.nspname || '.' || c.relname || '.' || a.attname, {_TOLD.format(acl="a.attacl", owner="c.relowner")}
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_OURS} AND a.attacl IS NOT NULL AND a.attacl <> '{{}}' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'sequence', n.nspname || '.' || c.relname, {_TOLD.format(acl="c.relacl", owner="c.relowner")}
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS} AND c.relkind = 'S'
UNION ALL
SELECT 'view', n.nspname || '.' || c.relname,
       concat_ws(' ', coalesce(array_to_string(c.reloptions, ','), '-'), {_PLAIN.format(_UNNAMED)},
                 {_PLAIN.format(_READS)})
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS} AND c.relkind IN ('v', 'm')
UNION ALL
-- NOT NULL is told with the field, though 18 keeps it here; what refers works by triggers of the server's own
SELECT 'constraint', n.nspname || '.' || c.relname || ':' || k.conname,
       concat_ws(' ', k.contype, {_PLAIN.format("pg_get_constraintdef(k.oid)")},
                 (SELECT string_agg(DISTINCT t.tgenabled::text, '') FROM pg_trigger t WHERE t.tgconstraint = k.oid))
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_OURS} AND k.contype NOT IN ('n', 't')
UNION ALL
SELECT 'field', n.nspname || '.' || c.relname || '.' || a.attname,
       concat_ws(' ', replace(format_type(a.atttypid, a.atttypmod), ' ', '_'),
                 CASE WHEN a.attnotnull THEN 'required' ELSE '-' END, nullif(concat(a.attidentity, a.attgenerated), ''),
                 {_PLAIN.format("pg_get_expr(e.adbin, e.adrelid)")})
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
WHERE {_OURS} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
-- a constraint's own stands and falls with it
SELECT CASE WHEN i.indisunique THEN 'unique' ELSE 'index' END, n.nspname || '.' || x.relname,
       concat_ws(' ', CASE WHEN i.indisvalid AND i.indisready THEN 'used' ELSE 'broken' END,
                 {_PLAIN.format("pg_get_indexdef(x.oid)")})
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace
WHERE {_OURS} AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 'schema', n.nspname, {_TOLD.format(acl="n.nspacl", owner="n.nspowner")} FROM pg_namespace n WHERE {_OURS}
ORDER BY 1, 2
"""


# by which the server writes names and moments in an expression
_WRITTEN_SO = text("""SELECT set_config('search_path', 'public', true), set_config('timezone', 'UTC', true),
    set_config('datestyle', 'ISO, YMD', true), set_config('intervalstyle', 'postgres', true)""")


def shape(connection: Connection, schemas: list[str]) -> dict[tuple[str, str], str]:
    """What guards the rows, by kind and name: policies, triggers, functions, rights to columns, numbers, schemas.

    And how fields, constraints, indexes and views are defined.
    """
    with connection.begin_nested() as only_here:
        connection.execute(_WRITTEN_SO)
        found = {(row.kind, row.name): row.told for row in connection.execute(text(SHAPE), {"schemas": schemas})}
        only_here.rollback()
    return found
