"""Making persons known to the database: a row in the office and a PostgreSQL login role of their own.

Runs on the owner's connection only (set-up, `admin`); the program at work never uses it.
"""

from collections.abc import Collection

import psycopg
from psycopg import sql
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.access import ROLES, Office, Person, group_role
from domain.errors import Invalid


def ensure_login(session: Session, *, role_name: str, password: str, roles: Collection[str]) -> None:
    """Make (or reset) a login role that belongs to exactly the given roles of the office.

    The server is given a SCRAM verifier, so that no log of statements holds a password.
    Raises Invalid for an unknown role of the office.
    """
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise Invalid("person.role_unknown", roles=sorted(unknown))
    cursor = session.connection().connection.cursor()
    name = sql.Identifier(role_name)
    exists = session.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": role_name})
    verb = sql.SQL("ALTER" if exists else "CREATE")
    # a backup without some rows is none: who backs up is refused rather than shown a part
    rows = sql.SQL("BYPASSRLS" if "backup" in roles else "NOBYPASSRLS")
    cursor.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {} NOSUPERUSER NOCREATEDB NOCREATEROLE {}").format(
            verb, name, sql.Literal(verifier(session, password, role_name)), rows
        )
    )
    for role in ROLES:
        group = sql.Identifier(group_role(role))
        form = sql.SQL("GRANT {} TO {}") if role in roles else sql.SQL("REVOKE {} FROM {}")
        cursor.execute(form.format(group, name))


def verifier(session: Session, password: str, role_name: str) -> str:
    """What the server keeps of a password (SCRAM): made here, so that the password itself never leaves the process."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection.pgconn.encrypt_password(password.encode(), role_name.encode(), b"scram-sha-256").decode()


def ensure_person(
    session: Session,
    *,
    role_name: str,
    display_name: str,
    password: str,
    roles: Collection[str],
    email: str | None = None,
    phone: str | None = None,
    team_id: int | None = None,
) -> int:
    """Make (or keep) the person and its login; returns the person's id."""
    ensure_login(session, role_name=role_name, password=password, roles=roles)
    person = session.scalar(select(Person).where(Person.role_name == role_name))
    if person is None:
        person = Person(role_name=role_name, display_name=display_name, email=email, phone=phone, team_id=team_id)
        session.add(person)
    person.roles = sorted(set(roles))
    session.flush()
    return person.id


def name_own_seat(session: Session, *, role_name: str, display_name: str, office_name: str, email: str) -> None:
    """Say who works alone at a seat and for which office; an empty mailbox leaves the old ones."""
    person = session.scalars(select(Person).where(Person.role_name == role_name)).one()
    office = session.get_one(Office, 1)
    person.display_name, office.name = display_name, office_name
    if email:
        person.email = office.email = email
