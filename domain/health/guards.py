"""Whether everything that guards the rows is as the migrations made it, and what lies around it is closed.

The matrix says who may what with a table (`roles`); here are the rules of rows, triggers, functions, single columns,
numbers and schemas, and how fields, constraints, indexes and views are defined, compared with `shape.txt` (written by
scripts/write_access_matrix.py), and the owners.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.access import ROLES, group_role
from domain.health.catalogue import shape
from domain.health.models import Finding, fail, ok, warn
from domain.health.roles import SCHEMAS, some
from domain.migrations import HEAD, revision

FILE = Path(__file__).with_name("shape.txt")
# each kind with the code of what is wrong with it; an index alone only makes things slow or fast
KINDS = {
    "policy": "guards.policy",
    "trigger": "guards.trigger",
    "function": "guards.function",
    "column": "guards.column",
    "sequence": "guards.sequence",
    "view": "guards.view",
    "schema": "guards.schema",
    "constraint": "guards.constraint",
    "field": "guards.field",
    "unique": "guards.unique",
    "index": "guards.index",
}
_ONLY_SLOW = frozenset({"index"})
_SIGN = {(True, True): "≠", (False, True): "+", (True, False): "−"}  # by whether it is wanted, and there
GROUPS = [group_role(role) for role in ROLES]

# in a database that is not ours alone `public` and temporary tables would hold what nobody guards
_OPEN = text("""
SELECT 'CREATE ' || n.nspname || ': ' || CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) AS a
WHERE n.nspname !~ '^(pg_|information_schema$)' AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner
UNION ALL
SELECT a.privilege_type || ' ' || d.datname || ': '
       || CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
FROM pg_database d CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a
WHERE d.datname = current_database() AND a.grantee <> d.datdba
  AND (a.grantee = 0 OR a.privilege_type <> 'CONNECT')
ORDER BY 1
""")
# what lets a login pass our triggers by, and a rule that turns what is written into something else
_SILENCED = text("""
SELECT coalesce(nullif(s.setrole, 0)::regrole::text, current_database()) || ': ' || t.told
FROM pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) AS t(told)
WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND t.told ~ '^(session_replication_role|row_security)='
UNION ALL
SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || ': ' || p.parname
FROM pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) AS a
WHERE p.parname IN ('session_replication_role', 'row_security') AND a.grantee <> 10
UNION ALL
SELECT n.nspname || '.' || c.relname || ': ' || r.rulename
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(:schemas) AND r.rulename <> '_RETURN'
ORDER BY 1
""")
# who may read every table, or files of the server, needs none of our rights
_PREDEFINED = text("""
WITH RECURSIVE ours AS (
    SELECT oid FROM pg_roles WHERE rolname = ANY(:groups)
    UNION SELECT m.member FROM pg_auth_members m JOIN ours ON m.roleid = ours.oid
)
SELECT DISTINCT r.rolname || ': ' || g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
JOIN pg_roles r ON r.oid = m.member
WHERE m.member IN (SELECT oid FROM ours) AND g.rolname LIKE 'pg\\_%'
  AND m.member <> (SELECT datdba FROM pg_database WHERE datname = current_database())
ORDER BY 1
""")
_OWNERS = text("""
WITH things AS (
    SELECT n.nspname || '.' || c.relname AS name, c.relowner AS owner FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY(:schemas) AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT n.nspname || '.' || p.proname || '()', p.proowner
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = ANY(:schemas) AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT n.nspname, n.nspowner FROM pg_namespace n WHERE n.nspname = ANY(:schemas)
)
SELECT name || ': ' || owner::regrole FROM things
WHERE owner <> (SELECT datdba FROM pg_database WHERE datname = current_database()) ORDER BY 1
""")


def wanted_shape() -> dict[tuple[str, str], str]:
    """As the migrations make it."""
    lines = (line.split(" ", 2) for line in FILE.read_text("utf-8").splitlines())
    return {(kind, name): told for kind, name, told in lines}


def guards(session: Session, _now: datetime) -> Iterator[Finding]:
    """Everything `shape` tells of, each kind with its own finding."""
    if revision(session.connection()) != HEAD:
        return  # another program's; the schema's own check says so
    plan, there = wanted_shape(), shape(session.connection(), SCHEMAS)
    sound = True
    for kind, code in KINDS.items():
        odd = [
            f"{_SIGN[key in plan, key in there]} {key[1]}"
            for key in sorted(plan.keys() | there.keys())
            if key[0] == kind and plan.get(key) != there.get(key)
        ]
        if odd:
            sound = False
            tell = warn if kind in _ONLY_SLOW else fail
            yield tell("guards", code, n=len(odd), what=some(odd))
    if sound:
        yield ok("guards", "guards", n=len(plan))


def surroundings(session: Session, _now: datetime) -> Iterator[Finding]:
    """Nobody but the owner makes anything here, nobody has rights over the whole server, and one owner owns it all."""
    opened = list(session.scalars(_OPEN))
    beyond = list(session.scalars(_PREDEFINED, {"groups": GROUPS}))
    strangers = list(session.scalars(_OWNERS, {"schemas": SCHEMAS}))
    silenced = list(session.scalars(_SILENCED, {"schemas": SCHEMAS}))
    if silenced:
        yield fail("surroundings", "surroundings.silenced", what=some(silenced))
    if opened:
        yield fail("surroundings", "surroundings.open", what=some(opened))
    if beyond:
        yield fail("surroundings", "surroundings.beyond", what=some(beyond))
    if strangers:
        yield fail("surroundings", "surroundings.owner", n=len(strangers), what=some(strangers))
    if not silenced and not opened and not beyond and not strangers:
        yield ok("surroundings", "surroundings")
