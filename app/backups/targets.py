"""Which database a restore replaces: a single seat's, or that of the server whose owner's login was handed over."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from app.backups.asking import NOTHING
from app.backups.fresh_seat import fresh_seat, is_cluster_damaged
from app.backups.in_place import create_like, engine_as, other_owner
from app.backups.logins import OWNER, login_url, needed_login
from app.backups.restoring import Left, Target
from app.backups.tools import binaries_of, own_binaries, wants_tls
from app.database_making import ensure_database
from app.embedded_postgres import EmbeddedPostgres
from app.office_setup import OWNER as OFFICE_OWNER
from app.paths import Profile
from app.seat import DATABASE, embedded_seat
from app.settings import Mode, load
from domain.database import translated_errors
from domain.errors import Forbidden, PlatzlotseError, Unavailable
from domain.migrations import migrate

_MAY_REPLACE = text("""SELECT rolsuper OR (rolcreatedb AND NOT EXISTS (
    SELECT FROM pg_database WHERE datname = :name AND datdba <> r.oid)) FROM pg_roles r WHERE rolname = current_user""")

# whoever restores has to find the window that is still open, and an office has many; a vacuum of the server's own has
# no name and gives way by itself (of what kind a session is, only a superuser is told)
_OTHERS = text("""SELECT DISTINCT concat(usename, ' (' || host(client_addr) || ')') FROM pg_stat_activity
    WHERE datname = :name AND pid <> pg_backend_pid() AND usename IS NOT NULL ORDER BY 1""")

# a window that was just closed is named until its backend has ended; as long as PostgreSQL itself waits before it
# refuses to rename or drop a database (CountOtherDBBackends)
_LEAVING_SECONDS = 5.0
_LOOK_SECONDS = 0.1


@contextmanager
def restore_target(profile: Profile, *, damaged: bool, now: datetime) -> Iterator[Target]:
    """The database of this profile; one that is not there is made, empty.

    `damaged`: a seat's cluster that does not start is replaced all the same. Raises Unavailable (``backup.in_use``;
    ``backup.seat_damaged`` unless that is accepted).
    """
    given = login_url(OWNER)
    if given or load(profile.settings).mode is Mode.SERVER:
        yield server_target(given or needed_login(OWNER))
        return
    server = EmbeddedPostgres(profile.postgres)

    def refuse_while_used() -> None:
        if server.in_use_elsewhere():
            raise Unavailable("backup.in_use")

    refuse_while_used()
    try:
        server.start()
    except PlatzlotseError as exc:
        if not is_cluster_damaged(profile, exc):
            raise
        if not damaged:
            raise Unavailable("backup.seat_damaged") from exc
        with fresh_seat(profile, now) as fresh:
            url, left = fresh.server.url(), Left(NOTHING, fresh.aside)
            yield Target(url, DATABASE, own_binaries(), refuse_while_used, lambda: None, profile.postgres, left)
        return

    def bring_up() -> None:
        embedded_seat(profile, server, None, None)

    with server:  # the same lease, given back afterwards
        ensure_database(server.url(), DATABASE)
        yield Target(server.url(), DATABASE, own_binaries(), refuse_while_used, bring_up, profile.postgres)


def server_target(owner_url: str) -> Target:
    """A server's database; one that is not there is made, empty. Raises Unavailable (``backup.server_in_use``).

    `owner_url` logs in as its owner, or as a superuser, who acts for the owner. Raises Forbidden
    (``backup.may_not_replace``) for whom the server would refuse it in the end.
    """
    url = make_url(owner_url)
    name = url.database or DATABASE
    admin_url = url.set(database="postgres").render_as_string(hide_password=False)
    admin = create_engine(admin_url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True)

    def refuse_while_used() -> None:
        given_up = time.monotonic() + _LEAVING_SECONDS
        with translated_errors(), admin.connect() as connection:
            while who := connection.scalars(_OTHERS, {"name": name}).all():
                if time.monotonic() > given_up:
                    raise Unavailable("backup.server_in_use", who=", ".join(who))
                time.sleep(_LOOK_SECONDS)

    with translated_errors(), admin.connect() as connection:
        if not connection.scalar(_MAY_REPLACE, {"name": name}):
            raise Forbidden("backup.may_not_replace")
        major = int(str(connection.scalar(text("SHOW server_version_num")))) // 10_000
        if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            there = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": OFFICE_OWNER})
            create_like(connection, name, OFFICE_OWNER if there else None)
        acts_for = other_owner(connection, name)
    refuse_while_used()

    def bring_up() -> None:
        with engine_as(owner_url, acts_for) as owner:
            migrate(owner)

    return Target(admin_url, name, binaries_of(major, tls=wants_tls(owner_url)), refuse_while_used, bring_up)
