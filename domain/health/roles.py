"""Who may what, as the catalogue has it: nobody works as owner, and no right goes beyond the matrix."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.access import ROLES, group_role
from domain.health.catalogue import TABLES, cells
from domain.health.matrix import MATRIX
from domain.health.models import Finding, fail, ok, warn
from domain.migrations import HEAD, revision

NAMED = 5  # of many deviations, so that a sentence stays one
SCHEMAS = [
    "audit",
    "communication_service",
    "geocoding_service",
    "matching_service",
    "patient_service",
    "platform",
    "scraping_service",
    "therapist_service",
]
GROUPS = [group_role(role) for role in ROLES]

# who works here: logins that are members of a group, directly or by another role; the owner made them and is none
_AT_WORK = """
WITH RECURSIVE member AS (
    SELECT m.member FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE g.rolname = ANY(:groups)
    UNION SELECT m.member FROM pg_auth_members m JOIN member ON m.roleid = member.member
), at_work AS (
    SELECT r.* FROM pg_roles r
    WHERE r.rolcanlogin AND (r.rolname = session_user OR r.oid IN (SELECT member FROM member))
    AND (r.rolname = session_user OR r.oid <> (SELECT datdba FROM pg_database WHERE datname = current_database()))
)
"""
_MIGHTY = text(
    _AT_WORK
    + """
SELECT rolname FROM at_work
WHERE rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication
   -- who backs up must see every row, and is given nothing to change one
   OR rolbypassrls AND NOT EXISTS (
       SELECT FROM pg_auth_members b JOIN pg_roles g ON g.oid = b.roleid
       WHERE b.member = at_work.oid AND g.rolname = 'platzlotse_backup')
   OR oid = (SELECT datdba FROM pg_database WHERE datname = current_database())
   OR EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE c.relowner = at_work.oid AND n.nspname = ANY(:schemas))
ORDER BY 1
"""
)
# groups a person's login is in, by hand on the server, beyond the roles the office gave it (none while it is locked)
_UNGIVEN = text("""
SELECT r.rolname || ': ' || g.rolname
FROM platform.person p JOIN pg_roles r ON r.rolname = p.role_name
JOIN pg_roles g ON g.rolname = ANY(:groups)
    OR g.oid = (SELECT datdba FROM pg_database WHERE datname = current_database())
WHERE NOT r.rolsuper AND r.oid <> g.oid AND pg_has_role(r.oid, g.oid, 'MEMBER')
  AND NOT (p.active AND substr(g.rolname, 12) = ANY(p.roles))
ORDER BY 1
""")
_STRAY = text("""
SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || ': '
       || n.nspname || '.' || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT grantee FROM aclexplode(c.relacl)
    UNION SELECT e.grantee FROM pg_attribute t CROSS JOIN aclexplode(t.attacl) AS e WHERE t.attrelid = c.oid
) AS a
WHERE n.nspname = ANY(:schemas) AND a.grantee <> c.relowner
  AND (a.grantee = 0 OR a.grantee NOT IN (SELECT oid FROM pg_roles WHERE rolname = ANY(:groups)))
ORDER BY 1
""")
_OPEN = text("""
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY(:schemas) AND NOT c.relrowsecurity
  AND c.relname NOT LIKE 'procrastinate%' AND c.relname <> 'alembic_version'
ORDER BY 1
""")


def wanted() -> dict[tuple[str, str], str]:
    """By table and role: the letters of what its group may (`catalogue.cells`; - nothing)."""
    lines = (line.split() for line in MATRIX.strip().splitlines())
    return {(name, role): may for name, *found in lines for role, may in zip(ROLES, found, strict=True)}


def granted(session: Session) -> dict[tuple[str, str], str]:
    """The same as `wanted`, as this database has it."""
    found = cells(session.connection(), TABLES, ROLES)
    ours = {name: may for name, may in found.items() if name.partition(".")[0] in SCHEMAS}
    return {(name, role): may[role] or "-" for name, may in ours.items() for role in ROLES}


def nobody_mighty(session: Session, _now: datetime) -> Iterator[Finding]:
    """No login that works here is a superuser, an owner, or may pass the rules of the rows; each is what was given."""
    found = list(session.scalars(_MIGHTY, {"groups": GROUPS, "schemas": SCHEMAS}))
    ungiven = list(session.scalars(_UNGIVEN, {"groups": GROUPS}))
    if found:
        yield fail("roles", "roles.mighty", who=some(found))
    if ungiven:
        yield warn("roles", "roles.ungiven", who=some(ungiven))
    if not found and not ungiven:
        yield ok("roles", "roles")


def grants(session: Session, _now: datetime) -> Iterator[Finding]:
    """Every table's rights are those of the matrix, given to groups only, and its rows are guarded."""
    if revision(session.connection()) != HEAD:
        return  # another program's matrix; the schema's own check says so
    plan, there = wanted(), granted(session)
    odd = [
        f"{name} {group_role(role)} {there.get((name, role), '-')} ({plan.get((name, role), '-')})"
        for name, role in sorted(plan.keys() | there.keys())
        if plan.get((name, role), "-") != there.get((name, role), "-")
    ]
    stray = list(session.scalars(_STRAY, {"groups": GROUPS, "schemas": SCHEMAS}))
    unguarded = list(session.scalars(_OPEN, {"schemas": SCHEMAS}))
    if odd:
        yield fail("grants", "grants.other", n=len(odd), what=some(odd))
    if stray:
        yield fail("grants", "grants.stray", n=len(stray), what=some(stray))
    if unguarded:
        yield fail("grants", "grants.unguarded", what=some(unguarded))
    if not odd and not stray and not unguarded:
        yield ok("grants", "grants", n=len({name for name, _ in plan}))


def some(names: list[str]) -> str:
    """The first of them, and how many more."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" … (+{more})" if more > 0 else "")
