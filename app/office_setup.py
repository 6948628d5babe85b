"""Setting up an office's PostgreSQL, step by step, each of which may have been done before.

A superuser's connection makes the owner and the database; everything inside is made as the owner. Cut anywhere, the
next run goes on: every step looks first at what is there.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from psycopg import sql
from psycopg.errors import DuplicateObject, UniqueViolation
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.database_making import ensure_database, maintenance_engine
from domain.access import ROLES, group_role
from domain.database import Database, translated_errors
from domain.errors import Forbidden, Invalid
from domain.migrations import migrate
from domain.persons import ensure_login, ensure_person, verifier

OWNER = "platzlotse_owner"
OLDEST = 15
LOGIN = re.compile(r"[a-z][a-z0-9_]{1,39}")
SEARCH = "pg_catalog.ts_match_vq(tsvector, tsquery)"
ADMINS = """SELECT count(*) FROM platform.person p JOIN pg_roles r ON r.rolname = p.role_name AND r.rolcanlogin
    WHERE p.active AND pg_has_role(r.oid, 'platzlotse_admin', 'MEMBER')"""


class Secret(StrEnum):
    """Which password is wanted; each is asked only when its login is made."""

    OWNER = "owner"
    ADMIN = "admin"
    SERVICE = "service"


class Outcome(StrEnum):
    """What became of a step."""

    MADE = "made"
    THERE = "there"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is about, by whose name, and what became of it."""

    what: str
    name: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be there in the end; `superuser_url` leads to any database of the server."""

    superuser_url: str
    database: str
    admin_login: str
    admin_name: str
    service_login: str


def set_up(plan: Plan, ask: Callable[[Secret, str], str]) -> Iterator[Step]:
    """Do what is missing, telling each step when it is done. `ask` gives a new login's password.

    Raises Invalid and Forbidden before anything is changed where owner or database belong to something else.
    """
    _check_names(plan)
    with _session(plan.superuser_url) as session:
        _check_server(session, plan.database)
        found = session.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": OWNER})
        password = "" if found else ask(Secret.OWNER, OWNER)
        made = _ensure_owner(session, password) if password else False
    yield Step("owner", OWNER, _outcome(made=made))
    made = ensure_database(plan.superuser_url, plan.database, owner=OWNER)
    yield Step("database", plan.database, _outcome(made=made))
    inside = make_url(plan.superuser_url).set(database=plan.database)
    with _session(inside.render_as_string(hide_password=False)) as session:
        searching = _mark_search(session)
        _hand_over_groups(session)
    yield Step("search", "ts_match_vq", searching)
    as_owner = inside.update_query_dict({"options": f"-c role={OWNER}"}).render_as_string(hide_password=False)
    owner = Database(as_owner, application_name="platzlotse-setup", pool_size=1)
    try:
        yield Step("schema", plan.database, _outcome(made=migrate(owner.engine)))
        yield Step("jit", plan.database, _turn_off_jit(owner, plan.database))
        yield _first_admin(owner, plan, ask)
        yield _service(owner, plan.service_login, ask)
    finally:
        owner.close()


def _outcome(*, made: bool) -> Outcome:
    return Outcome.MADE if made else Outcome.THERE


@contextmanager
def _session(url: str) -> Iterator[Session]:
    engine = maintenance_engine(url)
    try:
        with translated_errors(), Session(engine) as session:
            yield session
    finally:
        engine.dispose()


def _check_names(plan: Plan) -> None:
    for login in (plan.admin_login, plan.service_login):
        if not LOGIN.fullmatch(login) or login.startswith(("pg_", "platzlotse")):
            raise Invalid("db.ck_person_role_name")
    if not LOGIN.fullmatch(plan.database):
        raise Invalid("admin.database_name", name=plan.database)
    if not plan.admin_name.strip():
        raise Invalid("person.name")


def _check_server(session: Session, database: str) -> None:
    """See that this is a server to set up, and that owner and database are not somebody else's."""
    version = int(session.scalar(text("SELECT current_setting('server_version_num')")) or 0)
    if version // 10_000 < OLDEST:
        raise Invalid("admin.server_old", found=version // 10_000, wanted=OLDEST)
    if not session.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        raise Forbidden("admin.no_superuser")
    # functions of the owner act with its rights: those of a superuser would be everything
    mighty = session.scalar(
        text("SELECT rolsuper OR rolbypassrls OR rolreplication FROM pg_roles WHERE rolname = :name"), {"name": OWNER}
    )
    if mighty:
        raise Invalid("admin.owner_mighty", name=OWNER)
    query = "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding) FROM pg_database WHERE datname = :name"
    found = session.execute(text(query), {"name": database}).one_or_none()
    if found is not None and found[0] != OWNER:
        raise Invalid("admin.database_foreign", name=database, owner=found[0])
    if found is not None and found[1] != "UTF8":
        raise Invalid("admin.database_encoding", name=database, encoding=found[1])


def _ensure_owner(session: Session, password: str) -> bool:
    """Make the owner: may make logins, is never used at work."""
    form = sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}")
    statement = form.format(sql.Identifier(OWNER), sql.Literal(verifier(session, password, OWNER)))
    try:
        session.connection().connection.cursor().execute(statement)
    except (DuplicateObject, UniqueViolation):  # another run of this came first
        return False
    return True


def _hand_over_groups(session: Session) -> None:
    """Group roles another office of this server made are the owner's to give, too (since 16 that must be said)."""
    if int(session.scalar(text("SELECT current_setting('server_version_num')")) or 0) < 160_000:
        return
    cursor = session.connection().connection.cursor()
    for role in ROLES:
        group = group_role(role)
        known = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
        held = text(
            "SELECT 1 FROM pg_auth_members WHERE admin_option AND roleid = CAST(:name AS regrole)"
            " AND member = CAST(:owner AS regrole)"
        )
        if session.scalar(known, {"name": group}) and not session.scalar(held, {"name": group, "owner": OWNER}):
            form = sql.SQL("GRANT {} TO {} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
            cursor.execute(form.format(sql.Identifier(group), sql.Identifier(OWNER)))


def _mark_search(session: Session) -> Outcome:
    """Say that the search for words tells nothing of hidden rows; only a superuser can."""
    if session.scalar(
        text("SELECT proleakproof FROM pg_proc WHERE oid = CAST(:name AS regprocedure)"), {"name": SEARCH}
    ):
        return Outcome.THERE
    session.execute(text(f"ALTER FUNCTION {SEARCH} LEAKPROOF"))
    return Outcome.MADE


def _turn_off_jit(owner: Database, database: str) -> Outcome:
    query = """SELECT 1 FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
        WHERE d.datname = :name AND s.setrole = 0 AND 'jit=off' = ANY (s.setconfig)"""
    with owner.write() as session:
        if session.scalar(text(query), {"name": database}):
            return Outcome.THERE
        form = sql.SQL("ALTER DATABASE {} SET jit = off")
        session.connection().connection.cursor().execute(form.format(sql.Identifier(database)))
    return Outcome.MADE


def _first_admin(owner: Database, plan: Plan, ask: Callable[[Secret, str], str]) -> Step:
    """Somebody who makes all others. Where there is one this makes no second."""
    with owner.read() as session:
        if session.scalar(text(ADMINS)):
            return Step("admin", "", Outcome.THERE)
        _refuse_taken(session, plan.admin_login)
    password = ask(Secret.ADMIN, plan.admin_login)
    with owner.write() as session:
        # two runs at once: the second finds the first one's
        session.execute(text("SELECT pg_advisory_xact_lock(7235004)"))
        if session.scalar(text(ADMINS)):
            return Step("admin", "", Outcome.THERE)
        ensure_person(
            session,
            role_name=plan.admin_login,
            display_name=plan.admin_name.strip(),
            password=password,
            roles={"admin"},
        )
    return Step("admin", plan.admin_login, Outcome.MADE)


def _service(owner: Database, login: str, ask: Callable[[Secret, str], str]) -> Step:
    """The background worker's login."""
    member = text(
        "SELECT 1 FROM pg_roles r JOIN pg_auth_members m ON m.member = r.oid JOIN pg_roles g ON g.oid = m.roleid"
        " WHERE g.rolname = 'platzlotse_worker' AND r.rolcanlogin AND r.rolname = :n"
    )
    with owner.read() as session:
        if session.scalar(member, {"n": login}):
            return Step("service", login, Outcome.THERE)
        _refuse_taken(session, login)
    password = ask(Secret.SERVICE, login)
    with owner.write() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(7235004)"))
        if session.scalar(member, {"n": login}):
            return Step("service", login, Outcome.THERE)
        ensure_login(session, role_name=login, password=password, roles={"worker"})
    return Step("service", login, Outcome.MADE)


def _refuse_taken(session: Session, login: str) -> None:
    """A login that is there already is somebody's: it gets no rights by its name."""
    if session.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": login}):
        raise Invalid("admin.login_taken", login=login)
