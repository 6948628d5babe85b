"""What the office's groups may do with each table and view, read from the database's catalogue.

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
