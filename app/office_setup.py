"""Setting up an office's PostgreSQL, step by step, each of which may have been done before.

A superuser's connection makes the owner and the database; everything inside is made as the owner. Cut anywhere, the
next run goes on: every step looks first at what is there.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from psycopg import sql
from psycopg.errors import DuplicateObject, UniqueViolation
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.database_making import ensure_database, maintenance_engine
from app.office_pooler import POOLER, ensure_pooler
from app.office_sealing import seal
from domain.access import ROLES, group_role
from domain.database import Database, translated_errors
from domain.errors import Forbidden, Invalid
from domain.migrations import migrate
from domain.persons import ensure_login, ensure_person, verifier

OWNER = "platzlotse_owner"
OLDEST = 15
LOGIN = re.compile(r"[a-z][a-z0-9_]{1,39}")
ADMINS = """SELECT count(*) FROM platform.person p JOIN pg_roles r ON r.rolname = p.role_name AND r.rolcanlogin
    WHERE p.active AND pg_has_role(r.oid, 'platzlotse_admin', 'MEMBER')"""


class Secret(StrEnum):
    """Which password is wanted; each is asked only when its login is made, or where the plan renews them."""

    OWNER = "owner"
    ADMIN = "admin"
    SERVICE = "service"
    BACKUP = "backup"
    POOLER = "pooler"


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


# two runs at once: the second finds what the first one did; until its transaction ends, or its connection
_IN_TURN = text("SELECT pg_advisory_xact_lock(7235004)")
_IN_TURN_TO_THE_END = text("SELECT pg_advisory_lock(7235004)")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be there in the end; `superuser_url` leads to any database of the server.

    Without an `admin_login` nobody is made to administer; `admin_password_given`: somebody or something else knows the
    first password, so that the window asks for an own one. `pooler`: a PgBouncer asks for people's passwords. `renew`:
    the logins of machines get the passwords that are known now, however long they have been there.
    """

    superuser_url: str
    database: str
    service_login: str
    backup_login: str
    admin_login: str = ""
    admin_name: str = ""
    admin_password_given: bool = False
    pooler: bool = False
    renew: bool = False


def set_up(plan: Plan, ask: Callable[[Secret, str], str]) -> Iterator[Step]:
    """Do what is missing, telling each step when it is done. `ask` gives a new login's password.

    Raises Invalid and Forbidden before anything is changed where owner or database belong to something else.
    """
    _check_names(plan)
    with _session(plan.superuser_url) as session:
        _check_server(session, plan.database)
        made = _ensure_owner(session, plan, ask)
    yield Step("owner", OWNER, _outcome(made=made))
    made = ensure_database(plan.superuser_url, plan.database, owner=OWNER)
    yield Step("database", plan.database, _outcome(made=made))
    inside = make_url(plan.superuser_url).set(database=plan.database)
    with _session(inside.render_as_string(hide_password=False)) as session:
        session.execute(_IN_TURN_TO_THE_END)
        sealed = seal(session)
        ours = (plan.service_login,) if _is_service(session, plan.service_login) else ()
        _hand_over(session, (*map(group_role, ROLES), *ours))
    yield Step("sealing", plan.database, _outcome(made=sealed))
    as_owner = inside.update_query_dict({"options": f"-c role={OWNER}"}).render_as_string(hide_password=False)
    owner = Database(as_owner, application_name="platzlotse-setup", pool_size=1)
    try:
        made = migrate(owner.engine)
        _check_owner(owner)
        yield Step("schema", plan.database, _outcome(made=made))
        yield Step("jit", plan.database, _turn_off_jit(owner, plan.database))
        if plan.admin_login:
            yield _first_admin(owner, plan, ask)
        yield _service(owner, plan, ask)
    finally:
        owner.close()
    with _session(inside.render_as_string(hide_password=False)) as session:
        step = _backup(session, plan, ask)
    yield step
    if plan.pooler:
        with _session(inside.render_as_string(hide_password=False)) as session:
            made = ensure_pooler(session, plan.database, ask(Secret.POOLER, POOLER))
        yield Step("pooler", POOLER, _outcome(made=made))


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
    for login in filter(None, (plan.admin_login, plan.service_login, plan.backup_login)):
        if not LOGIN.fullmatch(login) or login.startswith(("pg_", "platzlotse")):
            raise Invalid("db.ck_person_role_name")
    if not LOGIN.fullmatch(plan.database):
        raise Invalid("admin.database_name", name=plan.database)
    if plan.admin_login and not plan.admin_name.strip():
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


def _ensure_owner(session: Session, plan: Plan, ask: Callable[[Secret, str], str]) -> bool:
    """Make the owner: may make logins, is never used at work."""
    known = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
    is_there = session.scalar(known, {"name": OWNER}) is not None
    if is_there and not plan.renew:
        return False
    form = sql.SQL("{} ROLE {} LOGIN CREATEROLE PASSWORD {}")
    password = ask(Secret.OWNER, OWNER)
    parts = (sql.Identifier(OWNER), sql.Literal(verifier(session, password, OWNER)))
    cursor = session.connection().connection.cursor()
    try:
        cursor.execute(form.format(sql.SQL("ALTER" if is_there else "CREATE"), *parts))
    except (DuplicateObject, UniqueViolation):  # another run of this came first
        return False
    return not is_there


def _hand_over(session: Session, roles: Iterable[str]) -> None:
    """Roles that others made are the owner's to give and to change, too (since 16 that must be said)."""
    if int(session.scalar(text("SELECT current_setting('server_version_num')")) or 0) < 160_000:
        return
    cursor = session.connection().connection.cursor()
    known = text("SELECT 1 FROM pg_roles WHERE rolname = :name AND NOT rolsuper")
    held = text(
        "SELECT 1 FROM pg_auth_members WHERE admin_option AND roleid = CAST(:name AS regrole)"
        " AND member = CAST(:owner AS regrole)"
    )
    for role in roles:
        if session.scalar(known, {"name": role}) and not session.scalar(held, {"name": role, "owner": OWNER}):
            form = sql.SQL("GRANT {} TO {} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
            cursor.execute(form.format(sql.Identifier(role), sql.Identifier(OWNER)))


def _check_owner(owner: Database) -> None:
    """Functions act with the rights of whoever owns them: see that this is nobody mightier."""
    foreign = text(
        "SELECT count(*) FROM (SELECT relnamespace AS inside, relowner AS whose FROM pg_class"
        " UNION ALL SELECT pronamespace, proowner FROM pg_proc) AS made JOIN pg_namespace n ON n.oid = made.inside"
        " WHERE n.nspname ~ '(_service$|^platform$|^audit$)' AND pg_get_userbyid(made.whose) <> :owner"
    )
    with owner.read() as session:
        count = session.scalar(foreign, {"owner": OWNER})
    if count:
        raise Invalid("admin.not_owned", n=count, owner=OWNER)


def _turn_off_jit(owner: Database, database: str) -> Outcome:
    query = """SELECT 1 FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
        WHERE d.datname = :name AND s.setrole = 0 AND 'jit=off' = ANY (s.setconfig)"""
    with owner.write() as session:
        session.execute(_IN_TURN)
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
        session.execute(_IN_TURN)
        if session.scalar(text(ADMINS)):
            return Step("admin", "", Outcome.THERE)
        ensure_person(
            session,
            role_name=plan.admin_login,
            display_name=plan.admin_name.strip(),
            password=password,
            roles={"admin"},
        )
        if plan.admin_password_given:
            given = text("UPDATE platform.person SET password_given_at = now() WHERE role_name = :login")
            session.execute(given, {"login": plan.admin_login})
    return Step("admin", plan.admin_login, Outcome.MADE)


def _service(owner: Database, plan: Plan, ask: Callable[[Secret, str], str]) -> Step:
    """The background worker's login."""
    login = plan.service_login
    with owner.read() as session:
        is_there = _is_service(session, login)
        if not is_there:
            _refuse_taken(session, login)
    if is_there and not plan.renew:
        return Step("service", login, Outcome.THERE)
    password = ask(Secret.SERVICE, login)
    with owner.write() as session:
        session.execute(_IN_TURN)
        is_there = _is_service(session, login)
        if not is_there or plan.renew:
            ensure_login(session, role_name=login, password=password, roles={"worker"})
    return Step("service", login, _outcome(made=not is_there))


def _backup(session: Session, plan: Plan, ask: Callable[[Secret, str], str]) -> Step:
    """The login that reads everything for backups: it passes the rules of rows, which only a superuser can give."""
    login = plan.backup_login
    session.execute(_IN_TURN_TO_THE_END)
    is_there = _is_member(session, login, "backup")
    if is_there and not plan.renew:
        return Step("backup", login, Outcome.THERE)
    if not is_there:
        _refuse_taken(session, login)
    ensure_login(session, role_name=login, password=ask(Secret.BACKUP, login), roles={"backup"})
    return Step("backup", login, _outcome(made=not is_there))


def _is_service(session: Session, login: str) -> bool:
    return _is_member(session, login, "worker")


def _is_member(session: Session, login: str, role: str) -> bool:
    member = text(
        "SELECT 1 FROM pg_roles r JOIN pg_auth_members m ON m.member = r.oid JOIN pg_roles g ON g.oid = m.roleid"
        " WHERE g.rolname = :group AND r.rolcanlogin AND r.rolname = :n"
    )
    return session.scalar(member, {"n": login, "group": group_role(role)}) is not None


def _refuse_taken(session: Session, login: str) -> None:
    """A login that is there already is somebody's: it gets no rights by its name."""
    if session.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": login}):
        raise Invalid("admin.login_taken", login=login)
