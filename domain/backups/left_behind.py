"""What a restore leaves behind of the chains, put on record in the audit of the database that takes the other's place.

Links are gone beyond the last one both databases have. Where the one of before cannot be read, or never had this
office's chains (a new server), the ends that were kept outside say what is gone: those the restored chains do not have.
Restores that only the one of before had on record are put there again, with their time and who it was.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import text
from sqlalchemy.engine import Connection

from domain.backups.chain_heads import LINKS, KeptHead, heads_in


@dataclass(frozen=True, slots=True)
class Left:
    """Links of one chain that stayed behind: those after `after`, up to `before`."""

    log: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """A restore on record: when, by whom, and what it left behind, as it stands there."""

    at: datetime
    actor: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What the database of before told: None for `left` where it has nothing in common with the restored one."""

    left: tuple[Left, ...] | None
    earlier: tuple[Earlier, ...]


TOLD_NOTHING = Compared(None, ())


def compare(replaced: Connection, restored: Connection, *, now: datetime) -> Compared:
    """The chains of before with those that take their place."""
    ends = {head.log: head.links for head in heads_in(replaced, now=now)}
    common = {log: _last_common(replaced, restored, log) for log in ends}
    known = set(_restores(restored))
    earlier = tuple(one for one in _restores(replaced) if one not in known)
    if not any(common.values()):
        return Compared(None, earlier)
    return Compared(tuple(Left(log, ends.get(log, 0), common.get(log, 0)) for log in LINKS), earlier)


def note_restore(restored: Connection, compared: Compared, kept: Iterable[KeptHead], *, now: datetime) -> None:
    """Put it on record; `kept` are the ends known from elsewhere, asked where the database of before told nothing."""
    left = compared.left
    if left is None:
        found = tuple(kept)
        left = tuple(one for log in LINKS for one in _without(restored, log, [h for h in found if h.log == log]))
    insert = text("""INSERT INTO audit.entry (at, actor, operation, table_name, row_id, columns)
        VALUES (coalesce(:at, greatest(clock_timestamp(), :now)), coalesce(:actor, session_user), 'restore',
                'platform.backup', 0, :told)""")
    for one in compared.earlier:
        told = list(one.columns)
        restored.execute(insert, {"at": one.at, "now": now, "actor": one.actor, "told": told})
    told = [f"{one.log}:{one.before}:{one.after}" for one in left]
    restored.execute(insert, {"at": None, "now": now, "actor": None, "told": told})
    restored.execute(
        text("""INSERT INTO platform.event (event_type, producer, entity_id, payload)
                VALUES ('backup.restored', 'platform', 0, '{"backup_id": 0}')""")
    )


def _without(restored: Connection, log: str, kept: list[KeptHead]) -> Iterator[Left]:
    """The kept ends a chain does not have, in runs: no number of an end it does have lies within one."""
    there = _hashes(restored, log, [head.links for head in kept])
    run: list[int] = []
    told = False
    for links, heads in groupby(sorted(kept, key=attrgetter("links")), key=attrgetter("links")):
        if any(there.get(links) != head.link_hash for head in heads):
            run.append(links)
        elif run:
            yield Left(log, run[-1], run[0] - 1)
            run, told = [], True
    if run:
        yield Left(log, run[-1], run[0] - 1)
    elif not told:
        end = _end(restored, log)
        yield Left(log, end, end)


def _last_common(one: Connection, other: Connection, log: str) -> int:
    """The highest link both have; each seals those before it."""
    low, high = 0, min(_end(one, log), _end(other, log))
    while low < high:
        middle = (low + high + 1) // 2
        first = _hashes(one, log, [middle])
        if first and first == _hashes(other, log, [middle]):
            low = middle
        else:
            high = middle - 1
    return low


def _end(connection: Connection, log: str) -> int:
    return connection.scalar(text(f"SELECT max(number) FROM {LINKS[log]}")) or 0


def _hashes(connection: Connection, log: str, numbers: list[int]) -> dict[int, str]:
    query = text(f"SELECT number, encode(link_hash, 'hex') AS told FROM {LINKS[log]} WHERE number = ANY(:numbers)")
    return {row.number: row.told for row in connection.execute(query, {"numbers": numbers})}


def _restores(connection: Connection) -> list[Earlier]:
    query = text("SELECT at, actor, columns FROM audit.entry WHERE operation = 'restore' ORDER BY at, id")
    return [Earlier(row.at, row.actor, tuple(row.columns)) for row in connection.execute(query)]
