"""Bringt die Datenbank eines Büro-Servers auf den Stand dieses Programms; darf beliebig oft laufen.

Legt an, was fehlt: Eigentümer, Datenbank, Tabellen, die Anmeldung des Hintergrunddienstes und die des PgBouncers mit
ihrer einen Funktion. Kennwörter stehen in Dateien; gezeigt oder weitergegeben wird keines.
"""

import os
import sys
import time
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from domain.database import Database
from domain.errors import PlatzlotseError
from domain.migrations import HEAD, migrate
from ui.errors import describe

OWNER, SERVICE, POOLER = "platzlotse_owner", "vermittlungsdienst", "platzlotse_pooler"
PATIENCE_SECONDS = 60
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


def secret(name: str) -> str:
    """A password from the file the environment names."""
    path = os.environ.get(f"PLATZLOTSE_{name}_PASSWORD_FILE", "")
    try:
        found = Path(path).read_text("utf-8").rstrip("\r\n")
    except OSError as exc:
        raise SystemExit(f"PLATZLOTSE_{name}_PASSWORD_FILE: „{path}“ lässt sich nicht lesen ({exc.strerror}).") from exc
    if not found:
        raise SystemExit(f"PLATZLOTSE_{name}_PASSWORD_FILE: „{path}“ ist leer.")
    return found


def conninfo(database: str, user: str, password: str) -> str:
    """How to reach the server; elsewhere than on this machine with TLS and a checked certificate."""
    host, ca = os.environ.get("PLATZLOTSE_SERVER", "127.0.0.1"), os.environ.get("PLATZLOTSE_CA", "")
    port = os.environ.get("PLATZLOTSE_PORT", "5432")
    tls = {"sslmode": "verify-full", "sslrootcert": ca} if ca else {"sslmode": "verify-full", "sslrootcert": "system"}
    return psycopg.conninfo.make_conninfo(
        host=host, port=port, dbname=database, user=user, password=password, connect_timeout=5, **tls
    )


def url(conninfo_text: str) -> str:
    """The same for SQLAlchemy."""
    parts = psycopg.conninfo.conninfo_to_dict(conninfo_text)
    return URL.create(
        "postgresql+psycopg",
        username=str(parts["user"]),
        password=str(parts["password"]),
        host=str(parts["host"]),
        port=int(str(parts["port"])),
        database=str(parts["dbname"]),
        query={"sslmode": str(parts["sslmode"]), "sslrootcert": str(parts["sslrootcert"])},
    ).render_as_string(hide_password=False)


def waiting_for(server: str) -> psycopg.Connection:
    """The first connection; a server that is just starting gets its time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return psycopg.connect(server, autocommit=True)
        except psycopg.OperationalError as exc:
            if time.monotonic() > deadline:
                raise SystemExit(f"Der Server ist nicht zu erreichen: {exc}") from exc
            time.sleep(0.5)


def ensure_role(admin: psycopg.Connection, name: str, password: str, rights: sql.SQL) -> None:
    """A login with its password; the verifier is made here, so that no log of statements holds the password."""
    made = admin.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    there = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
    verb = sql.SQL("ALTER" if there else "CREATE")
    admin.execute(
        sql.SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(verb, sql.Identifier(name), rights, sql.Literal(made))
    )


def main() -> int:
    """Each step looks first at what is there."""
    database = os.environ.get("PLATZLOTSE_DATABASE", "platzlotse")
    superuser, owner_password = secret("SUPERUSER"), secret("OWNER")
    name = os.environ.get("PLATZLOTSE_SUPERUSER", "postgres")
    with waiting_for(conninfo("postgres", name, superuser)) as admin:
        ensure_role(admin, OWNER, owner_password, sql.SQL("CREATEROLE NOSUPERUSER NOCREATEDB"))
        ensure_role(admin, POOLER, secret("POOLER"), sql.SQL("NOSUPERUSER NOCREATEROLE NOCREATEDB CONNECTION LIMIT 5"))
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone() is None:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(database), sql.Identifier(OWNER)
                )
            )
    with psycopg.connect(conninfo(database, name, superuser), autocommit=True) as admin:
        admin.execute("ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF")
        admin.execute(LOOKUP)
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(*map(sql.Identifier, (database, POOLER))))
    owner = Database(url(conninfo(database, OWNER, owner_password)), application_name="platzlotse-setup", pool_size=1)
    try:
        changed = migrate(owner.engine)
    except PlatzlotseError as error:
        sys.stderr.write(describe(error) + "\n")
        return 1
    finally:
        owner.close()
    with psycopg.connect(conninfo(database, name, superuser), autocommit=True) as admin:
        ensure_role(admin, SERVICE, secret("WORKER"), sql.SQL("NOSUPERUSER NOCREATEROLE NOCREATEDB"))
        admin.execute(sql.SQL("GRANT platzlotse_worker TO {}").format(sql.Identifier(SERVICE)))
    sys.stdout.write(f"Die Datenbank ist auf dem Stand {HEAD}{' (neu)' if changed else ''}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
