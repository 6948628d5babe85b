"""The ends of both chains, kept outside the database: in every backup's manifest and in a file beside the backups.

Whoever owns the database could cut a chain's end off, or empty it, and what is left would be sound. It names numbers,
hashes and moments, and nothing of anybody. A restore goes back behind heads: `left_behind` puts it on record.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from sqlalchemy import text
from sqlalchemy.engine import Connection

from domain.backups.files import folder_errors, whole_file
from domain.errors import Unavailable

FILE = "platzlotse-pruefsummen.json"
FORMAT = 1
KEPT = 4000  # a backup an hour gives two: nearly three months, and an older one says nothing that a later does not
AUDIT, CONTACTS = "audit", "contacts"
LINKS = {AUDIT: "audit.entry_link", CONTACTS: "audit.contact_link"}


@dataclass(frozen=True, slots=True)
class KeptHead:
    """Where the chain of `log` ended at a moment: how many links, and the hash of the last (hex)."""

    log: str
    links: int
    link_hash: str
    at: str

    @property
    def moment(self) -> datetime:
        """When that was."""
        return datetime.fromisoformat(self.at)


def heads_in(connection: Connection, *, now: datetime) -> tuple[KeptHead, ...]:
    """The ends of the chains; none of one that is empty, or not there yet in an old schema."""
    found = []
    for log, table in LINKS.items():
        if connection.scalar(text("SELECT to_regclass(:name)"), {"name": table}) is None:
            continue
        row = connection.execute(text(f"SELECT number, link_hash FROM {table} ORDER BY number DESC LIMIT 1")).first()
        if row is not None:
            found.append(KeptHead(log, row.number, bytes(row.link_hash).hex(), now.astimezone(UTC).isoformat()))
    return tuple(found)


def written(heads: Iterable[KeptHead]) -> list[dict[str, object]]:
    """As they stand in a manifest or a file."""
    return [asdict(head) for head in heads]


def read(values: object, where: str) -> tuple[KeptHead, ...]:
    """Raises Unavailable (``backup.heads_unreadable``) for what somebody else wrote there."""
    try:
        return tuple(map(_read, cast("list[dict[str, object]]", values)))
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise Unavailable("backup.heads_unreadable", path=where) from exc


def heads_beside(folder: Path) -> tuple[KeptHead, ...]:
    """What the file beside the backups lists; nothing where there is none."""
    path = folder / FILE
    with folder_errors(folder):
        if not path.exists():
            return ()
        content = path.read_bytes()
    try:
        told = json.loads(content)
    except ValueError as exc:
        raise Unavailable("backup.heads_unreadable", path=str(path)) from exc
    return read(told.get("heads") if isinstance(told, dict) else None, str(path))


def keep_heads_beside(folder: Path, heads: Iterable[KeptHead]) -> None:
    """Add them to the file beside the backups; the oldest go when there are many."""
    before = heads_beside(folder)
    listed = tuple(dict.fromkeys((*before, *heads)))
    if listed == before:
        return
    content = json.dumps({"format": FORMAT, "heads": written(listed[-KEPT:])})
    with whole_file(folder, FILE) as file:
        file.write(content.encode("ascii"))


def _read(value: dict[str, object]) -> KeptHead:
    at = datetime.fromisoformat(str(value["at"])).astimezone(UTC)
    return KeptHead(
        str(value["log"]), int(str(value["links"])), bytes.fromhex(str(value["link_hash"])).hex(), at.isoformat()
    )
