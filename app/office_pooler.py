"""What a PgBouncer in front of the office's server needs: a login of its own and the one function it may call.

Made by a superuser; the function tells a verifier of nobody but the people of the office.
"""

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.persons import verifier

POOLER = "platzlotse_pooler"
SCHEMA = "pooler"
CONNECTIONS = 5  # it asks one question a login
LOOKUP = """
CREATE SCHEMA IF NOT EXISTS pooler;
REVOKE ALL ON SCHEMA pooler FROM PUBLIC;
GRANT USAGE ON SCHEMA pooler TO platzlotse_pooler;
-- what PgBouncer compares a password with; of nobody but the people of the office
CREATE OR REPLACE FUNCTION pooler.lookup(login text) RETURNS TABLE (usename name, passwd text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.usename, s.passwd FROM pg_shadow s JOIN pg_roles r ON r.oid = s.usesysid
    WHERE s.usename = login AND NOT r.rolsuper AND NOT r.rolcreaterole AND r.rolcanlogin
      AND EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid
                  AND g.rolname IN ('platzlotse_caseworker', 'platzlotse_supervisor', 'platzlotse_auditor',
                                    'platzlotse_admin'))
$$;
REVOKE ALL ON FUNCTION pooler.lookup(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pooler.lookup(text) TO platzlotse_pooler;
"""


def ensure_pooler(session: Session, database: str, password: str) -> bool:
    """The login with this password, and the function; True where the login is new."""
    cursor = session.connection().connection.cursor()
    is_there = session.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": POOLER}) is not None
    form = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB CONNECTION LIMIT {} PASSWORD {}")
    cursor.execute(
        form.format(
            sql.SQL("ALTER" if is_there else "CREATE"),
            sql.Identifier(POOLER),
            sql.Literal(CONNECTIONS),
            sql.Literal(verifier(session, password, POOLER)),
        )
    )
    cursor.execute(LOOKUP)
    cursor.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), sql.Identifier(POOLER))
    )
    return not is_there
