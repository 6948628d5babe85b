"""Making persons known to the database: a row in the office and a PostgreSQL login role of their own.

Runs on the owner's connection only (set-up, `admin`); the program at work never uses it.
"""

from collections.abc import Collection

import psycopg
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.access import ROLES, Office, Person, group_role
from domain.errors import Forbidden, Invalid

ATTRIBUTES = {"rolcanlogin": "LOGIN", "rolsuper": "SUPERUSER", "rolcreatedb": "CREATEDB", "rolcreaterole": "CREATEROLE",
              "rolreplication": "REPLICATION", "rolbypassrls": "BYPASSRLS"}  # fmt: skip
CONNECTIONS = 20  # of one person at a time, so that nobody takes everybody's


def ensure_login(session: Session, *, role_name: str, password: str, roles: Collection[str]) -> None:
    """Make (or reset) a login role that belongs to exactly the given roles of the office.

    The server is given a SCRAM verifier, so that no log of statements holds a password. An owner that is no superuser
    may do it for every login it made (and, since 16, for those a superuser handed to it) but the backup's.
    Raises Invalid for an unknown role of the office and Forbidden (``person.login_foreign``) for a login that belongs
    to somebody else.
    """
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise Invalid("person.role_unknown", roles=sorted(unknown))
    cursor = session.connection().connection.cursor()
    name = sql.Identifier(role_name)
    made = verifier(session, password, role_name)
    try:
        cursor.execute(_login_statement(session, role_name, roles).format(name, sql.Literal(made)))
        held, wanted = _groups_of(session, role_name), {group_role(role) for role in roles}
        for form, groups in (("GRANT {} TO {}", wanted - held), ("REVOKE {} FROM {}", held - wanted)):
            for group in sorted(groups):
                cursor.execute(sql.SQL(form).format(sql.Identifier(group), name))
    except InsufficientPrivilege as exc:
        raise Forbidden("person.login_foreign", login=role_name) from exc
    if _groups_of(session, role_name) != wanted:
        # since 16 a grant goes only by whoever gave it, and to take another's away is a warning, no error
        raise Forbidden("person.login_foreign", login=role_name)


def _login_statement(session: Session, role_name: str, roles: Collection[str]) -> sql.SQL:
    """The form of what makes the login, or changes what is other than wanted.

    To name an attribute is to change it, even to what it is already: only a superuser may.
    """
    # a backup without some rows is none: who backs up is refused rather than shown a part
    wanted = {"rolcanlogin": True, "rolsuper": False, "rolcreatedb": False, "rolcreaterole": False,
              "rolreplication": False, "rolbypassrls": "backup" in roles}  # fmt: skip
    columns = ", ".join(wanted)
    found = session.execute(text(f"SELECT {columns} FROM pg_roles WHERE rolname = :name"), {"name": role_name})
    row = found.mappings().one_or_none()
    verb = "CREATE" if row is None else "ALTER"
    named = [attribute for attribute, value in wanted.items() if row is None or row[attribute] is not value]
    words = [("" if wanted[attribute] else "NO") + ATTRIBUTES[attribute] for attribute in named]
    if row is None and not {"worker", "backup"}.intersection(roles):
        words.append(f"CONNECTION LIMIT {CONNECTIONS}")
    return sql.SQL(" ".join((verb, "ROLE {} PASSWORD {}", *words)))


def _groups_of(session: Session, role_name: str) -> set[str]:
    """The office's groups the login is a member of."""
    query = text(
        "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
        " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = :name AND g.rolname = ANY(:groups)"
    )
    return set(session.scalars(query, {"name": role_name, "groups": [group_role(role) for role in ROLES]}))


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
