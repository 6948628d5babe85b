"""Opening a seat: the embedded database of one person, or the office's server.

The program never works as owner: the owner's secret is used to start, migrate and make logins, then forgotten.
"""

import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Engine

from app.database_making import ensure_database
from app.embedded_postgres import EmbeddedPostgres
from app.paths import Profile
from app.secrets import recall
from app.server_seat import admit, pooler_url, reach, server_url
from app.settings import Mode, ServerSettings, Settings
from domain.database import Database
from domain.errors import Unavailable
from domain.migrations import migrate
from domain.persons import ensure_login, ensure_person, name_own_seat
from ui.first_run.ports import OwnSeat

DATABASE = "platzlotse"
PERSON_ROLE = "platzlotse_seat_person"
WORKER_ROLE = "platzlotse_seat_worker"
OWN_ROLES = frozenset({"caseworker", "supervisor", "admin"})  # whoever works alone does all of it


@dataclass(frozen=True, slots=True)
class Seat:
    """URLs to log in with: as the person, and (on a single seat) as the background worker.

    `pooler_url`: where the window's own work goes instead, through a pooler in transaction mode. `admit`: the server
    was not there when the seat was opened; this looks at it when it returns. `password_given`: the person is to choose
    an own password before anything else. `roles`: what that person may be here; empty where no server was asked.
    """

    person_url: str
    worker_url: str | None
    admit: Callable[[Engine], None] | None = None
    pooler_url: str | None = None
    password_given: bool = False
    roles: frozenset[str] = frozenset()

    def desk_database(self, application_name: str) -> Database:
        """The database as the person at this desk works with it; whoever asks for it closes it."""
        url = self.pooler_url or self.person_url
        return Database(url, application_name=application_name, pooled=self.pooler_url is not None, admit=self.admit)


@contextmanager
def open_seat(
    profile: Profile,
    settings: Settings,
    *,
    own: OwnSeat | None = None,
    newcomer: OwnSeat | None = None,
    password: str | None = None,
) -> Iterator[Seat]:
    """The seat's database, running and of the right version, for as long as the block lasts.

    `own` names who works alone at it, `newcomer` whom a seat is named after that is made only now; `password` logs
    in to a server whose password no keyring holds.
    Raises Unavailable (server, schema), Invalid (settings) and Forbidden (person) with codes `ui.errors` puts in words.
    """
    profile.make()
    if settings.mode is Mode.SERVER:
        if profile.locked.exists() and not password:
            raise Unavailable("seat.locked", user=settings.server.user)
        known = password or recall(password_name(settings.server))
        found = reach(settings.server, password=known)
        pooled = pooler_url(settings.server, password=known)
        yield Seat(found.url, None, pooler_url=pooled, password_given=found.password_given, roles=found.roles)
        return
    with EmbeddedPostgres(profile.postgres) as server:
        yield embedded_seat(profile, server, own, newcomer)


def offline_seat(profile: Profile, settings: Settings, *, password: str | None = None) -> Seat:
    """The seat of an office whose server is away: letters are written and wait for it.

    Raises Invalid (settings) and Unavailable: without a password (``server.password_missing``) nothing could be handed
    over, and a seat that was locked (``seat.locked``) wants the one the keyring knows (``server.password_wrong``).
    """
    profile.make()
    kept = recall(password_name(settings.server))
    if profile.locked.exists():
        if not password:
            raise Unavailable("seat.locked", user=settings.server.user)
        if kept and not hmac.compare_digest(password.encode(), kept.encode()):
            raise Unavailable("server.password_wrong", user=settings.server.user)
    known = password or kept
    if not known:
        raise Unavailable("server.password_missing", user=settings.server.user)
    return Seat(
        person_url=server_url(settings.server, password=known),
        worker_url=None,
        admit=partial(admit, server=settings.server),
        pooler_url=pooler_url(settings.server, password=known),
    )


def password_name(server: ServerSettings) -> str:
    """Under which name the keyring holds the person's password."""
    return f"{server.user}@{server.host}"


def embedded_seat(profile: Profile, server: EmbeddedPostgres, own: OwnSeat | None, newcomer: OwnSeat | None) -> Seat:
    """The seat of a running server, with an office in it and logins that have their passwords."""
    logins = _logins(profile.logins)
    owner_url = server.url(database=DATABASE)
    ensure_database(server.url(), DATABASE)
    owner = Database(owner_url, application_name="platzlotse-owner", pool_size=1)
    try:
        fresh = migrate(owner.engine)
        if fresh or not _has_logins(owner):
            _make_logins(owner, logins)
            own = own or newcomer
        if own is not None:
            with owner.write() as session:
                name_own_seat(
                    session,
                    role_name=PERSON_ROLE,
                    display_name=own.person,
                    office_name=own.office,
                    email=own.email,
                )
    finally:
        owner.close()
    return Seat(
        person_url=server.url(database=DATABASE, user=PERSON_ROLE, password=logins[PERSON_ROLE]),
        worker_url=server.url(database=DATABASE, user=WORKER_ROLE, password=logins[WORKER_ROLE]),
        roles=OWN_ROLES,
    )


def _has_logins(owner: Database) -> bool:
    query = text("SELECT count(*) = 2 FROM pg_roles WHERE rolname IN (:person, :worker)")
    with owner.read() as session:
        return bool(session.scalar(query, {"person": PERSON_ROLE, "worker": WORKER_ROLE}))


def _make_logins(owner: Database, logins: dict[str, str]) -> None:
    with owner.write() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(7235004)"))
        ensure_person(
            session,
            role_name=PERSON_ROLE,
            display_name=_own_name(),
            password=logins[PERSON_ROLE],
            roles=OWN_ROLES,
        )
        ensure_login(session, role_name=WORKER_ROLE, password=logins[WORKER_ROLE], roles={"worker"})


def _own_name() -> str:
    """What the system calls the person at this seat."""
    import getpass

    try:
        return getpass.getuser().capitalize()
    except (OSError, KeyError):
        return "Einzelplatz"


def _logins(path: Path) -> dict[str, str]:
    """The embedded logins' passwords, made once; the file belongs to this user only (0600)."""
    if path.exists():
        stored: dict[str, str] = json.loads(path.read_text("utf-8"))
        return stored
    made = {PERSON_ROLE: secrets.token_urlsafe(24), WORKER_ROLE: secrets.token_urlsafe(24)}
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(made, file)
    try:
        os.link(fresh, path)  # whoever comes first wins; the others read what stands there
    except FileExistsError:
        return _logins(path)
    finally:
        fresh.unlink()
    return made
