"""Which backups may go: every one is kept a week, then one a week for ninety days. Pure.

A clock that jumps must not cost what is there: the newest that were verified stay whatever it says, and what lies ahead
of it is left alone.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from domain.backups.files import BackupFile, Kind

ALL_FOR = timedelta(days=7)
WEEKLY_FOR = timedelta(days=90)
ALWAYS = 3  # so many of the newest verified ones, and of the newest at all, never go


def superfluous(files: Iterable[BackupFile], *, verified: Collection[str], now: datetime) -> tuple[BackupFile, ...]:
    """What may go, oldest first. `verified` are names; of a week the newest verified one stays, or the newest.

    What a person asked for, and what was made before a restore, stays the ninety days.
    """
    newest_first = sorted(files, key=lambda file: (file.at, file.name), reverse=True)
    kept = {file.name for file in newest_first[:ALWAYS]}
    kept |= set([file.name for file in newest_first if file.name in verified][:ALWAYS])
    weeks: dict[tuple[int, int], BackupFile] = {}
    for file in newest_first:
        age = now - file.at
        if age <= ALL_FOR or (file.kind is not Kind.HOURLY and age <= WEEKLY_FOR):
            kept.add(file.name)
        elif age <= WEEKLY_FOR:
            week = file.at.isocalendar()[:2]
            known = weeks.get(week)
            if known is None or (file.name in verified and known.name not in verified):
                weeks[week] = file
    kept |= {file.name for file in weeks.values()}
    return tuple(file for file in reversed(newest_first) if file.name not in kept)
