"""A new cluster for a seat whose own does not start any more, in whose place it comes once it holds the office.

The data of before lie beside, unchanged, under a name with their moment. Killed at any time, the seat has the ones or
the others: from one rename on every start goes on from there.
"""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from psycopg import sql
from sqlalchemy import text

from app.backups.in_place import engine_as
from app.backups.making import throw_away
from app.embedded_postgres import OWNER, EmbeddedPostgres
from app.paths import Profile
from app.postgres_files import BEFORE
from app.private_files import write_private
from app.seat import embedded_seat
from domain.backups.set_aside import SetAside
from domain.errors import NotFound, PlatzlotseError

BUILDING = "restoring"
_ASIDE = re.compile(rf"{re.escape(BEFORE)}[0-9]{{8}}_[0-9]{{6}}")
_MOMENT = "%Y%m%d_%H%M%S"
# a full disk, another's file, a taken port: nothing of that is damage
_NO_DAMAGE = re.compile(r"No space left|Permission denied|Disk quota|in use|lock file")


@dataclass(frozen=True, slots=True)
class Fresh:
    """The new cluster while it runs, and how the data of before will be called."""

    server: EmbeddedPostgres
    aside: str


def is_cluster_damaged(profile: Profile, exc: Exception) -> bool:
    """Whether a seat's cluster is what keeps it from starting."""
    data = profile.postgres / "data"
    if not data.exists() or not isinstance(exc, PlatzlotseError):
        return False
    if exc.code == "postgres.folder_unusable":  # a new cluster cannot be made where one without its mark lies
        return not (data / "PG_VERSION").exists()
    if exc.code in {"postgres.secret_missing", "postgres.secret_rejected"}:
        return True
    return exc.code == "postgres.start_failed" and not _NO_DAMAGE.search(str(exc.params.get("log", "")))


@contextmanager
def fresh_seat(profile: Profile, now: datetime) -> Iterator[Fresh]:
    """An empty office in a cluster of its own; unless the block fails it is the seat's afterwards."""
    building = profile.postgres / BUILDING
    throw_away(building)
    seat = EmbeddedPostgres(profile.postgres)
    moment = f"{now:{_MOMENT}}"
    server = EmbeddedPostgres(building)
    with server:
        embedded_seat(profile, server, None, None)
        yield Fresh(server, f"{BEFORE}{moment}")
        _keep_secret(seat, server)
    seat.replace_data(server.data, moment)
    shutil.rmtree(building, ignore_errors=True)


def data_aside(profile: Profile) -> tuple[SetAside, ...]:
    """What was set aside in this way, the oldest first; it takes as long as there are files."""
    folders = sorted(path for path in profile.postgres.glob(f"{BEFORE}*") if _ASIDE.fullmatch(path.name))
    return tuple(SetAside(path.name, _size(path), _moment(path.name)) for path in folders)


def drop_data_aside(profile: Profile, name: str) -> bool:
    """Remove for good what was set aside; False for a name of nothing of the kind. Raises NotFound for what is gone."""
    if not _ASIDE.fullmatch(name):
        return False
    folder = profile.postgres / name
    if not folder.is_dir():
        raise NotFound("backup.no_set_aside", name=name)
    shutil.rmtree(folder)
    return True


def _size(folder: Path) -> int | None:
    try:
        return sum(path.lstat().st_size for path in folder.rglob("*"))
    except OSError:  # going just now, or another account's
        return None


def _moment(name: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(name.removeprefix(BEFORE), _MOMENT).replace(tzinfo=UTC)
    return None


def _keep_secret(seat: EmbeddedPostgres, server: EmbeddedPostgres) -> None:
    """The owner's secret lies beside the data: the new ones open by the one that is there."""
    path: Path = seat.home / "owner.secret"
    known = path.read_text("utf-8").strip() if path.exists() else ""
    if not known:
        known = secrets.token_urlsafe(24)
        write_private(path, known)
    with engine_as(server.url()) as engine, engine.begin() as connection:
        connection.execute(text("SET LOCAL log_statement = 'none'"))
        form = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(OWNER), sql.Literal(known))
        connection.connection.cursor().execute(form)
