"""A large directory read in: time and memory of a dry run, a first import, the same again, duplicates, and undoing.

Then the same beside an earlier import: a second directory of as many people with everyday names (benchmarks/identity), half
of whom the first names, too, as another office writes them, and a newer issue of the first with 200 more. Their trials tell
whom the new ones may be, as the window does. Last the first import on a seat as somebody new has it: set up a moment ago,
its server configured as it is shipped, nothing known of its tables.

``.venv/bin/python benchmarks/import_directory.py [therapists [megabytes]]``; without figures 40,000 in a file of 200 MB, as
invented persons in the directory's second shape. Wanted: under 60 s and under 500 MB. A PostgreSQL server of its own is
started and stopped; the import runs in a process of its own, whose peak memory and time on
a processor are told: on a busy machine the seconds on the clock say more about the others.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import keyring
from keyring.backends.fail import Keyring as NoKeyring

from app.first_run import SeatKeeper
from app.paths import Profile
from benchmarks.identity.pools import COMMON, HOSTS, MEN, MIDDLE, RARE, STREETS, TOWNS, WOMEN
from domain.acquisition.reading import recognise
from domain.casework.import_list import list_imports
from domain.casework.import_undo import undo_import
from domain.casework.imports import import_file
from domain.database import Database
from domain.therapists.duplicates.likeness import with_likenesses
from domain.therapists.duplicates.suspects import suspected_duplicates
from tests.conftest import TEMPLATE, Office, prepare
from tests.servers.postgres import TestCluster
from ui.first_run.ports import OwnSeat

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WEEK = [(date(2026, 11, 23) + timedelta(days=n)).isoformat() for n in range(7)]
METHODS = ("Verhaltenstherapie", "Systemische Therapie", "Analytische Psychotherapie")


def write(path: Path, count: int, megabytes: float) -> None:
    """A file of that many therapists; what the reader does not need makes up the rest of its size, spread evenly."""
    lean = len(json.dumps(person(1, ""), ensure_ascii=False).encode())
    filler = "x" * max(0, int(megabytes * 1e6 / count) - lean - 2)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"arztPraxisDatas": [')
        for n in range(count):
            file.write(("," if n else "") + json.dumps(person(n, filler), ensure_ascii=False))
        file.write('], "moreResults": false}')


def person(n: int, filler: str) -> dict[str, object]:
    """Somebody in the directory's second shape, with hours on three days."""
    slots = [
        {"typ": "07", "sprechzeiten": [{"z": "09:00 - 09:50"}]},
        {"typ": "01", "sprechzeiten": [{"z": "14:00 - 16:00"}]},
    ]
    days = [{"d": day} | ({"typTsz": slots} if at in {0, n % 7, (n + 3) % 7} else {}) for at, day in enumerate(WEEK)]
    return {
        "arzt": True, "id": str(n), "anrede": "Frau", "titel": "Dr." if n % 4 == 0 else "", "vorname": f"Ina{n % 97}",
        "name": f"Name{n}", "geschlecht": "W", "strasse": "Ahornweg", "hausnummer": f"{n % 300} a",
        "plz": f"{52062 + n % 9}", "ort": "Aachen", "lat": 50.7 + n % 100 / 1000, "lon": 6.0 + n % 100 / 1000,
        "tel": f"0241 {1_000_000 + n}", "email": f"praxis{n}@post.example", "web": f"www.praxis{n}.example",
        "ag": [{"value": "Psychologische Psychotherapeutin"}], "fs": ["Englisch"],
        "psy": [{"heading": METHODS[n % 3], "values": ["Einzeltherapie", "Gruppentherapie"]}], "tsz": days, "text": filler,
    }  # fmt: skip


def write_directories(folder: Path, count: int) -> tuple[Path, Path, Path]:
    """Two directories of that many people with everyday names; half of the second's stand in the first, too.

    The third is the first's newer issue: 200 of those who only the second names came in.
    """
    dice = random.Random(20261129)
    people = [everyday(dice, n) for n in range(count + count // 2)]
    first, second, newer = folder / "eins.json", folder / "zwei.json", folder / "drei.json"
    for path, wanted in (
        (first, people[:count]),
        (second, [elsewhere(dice, known) for known in people[count // 2 :]]),
        (newer, people[: count + 200]),
    ):
        path.write_text(json.dumps({"arztPraxisDatas": wanted, "moreResults": False}, ensure_ascii=False), "utf-8")
    return first, second, newer


def everyday(dice: random.Random, n: int) -> dict[str, object]:
    """Somebody whose name others have, too; half of the surnames are double, so that a register's rare ones occur."""
    last = dice.choice(dice.choices((COMMON, MIDDLE, RARE), (20, 40, 40))[0])
    if dice.random() < 0.5:
        last += "-" + dice.choice(RARE + MIDDLE)
    town, city = dice.choice(TOWNS)
    first = dice.choice(WOMEN if dice.random() < 0.72 else MEN)
    return person(n, "") | {
        "id": "", "vorname": first, "name": last, "strasse": dice.choice(STREETS), "hausnummer": str(dice.randint(1, 150)),
        "plz": f"{town[:3]}{dice.randint(10, 99)}", "ort": city, "tel": f"0241 {dice.randint(200_000, 9_999_999)}",
        "email": f"{first}.{n % 977}@{dice.choice(HOSTS)}".lower() if dice.random() < 0.6 else "", "web": "", "tsz": [],
    }  # fmt: skip


def elsewhere(dice: random.Random, known: dict[str, object]) -> dict[str, object]:
    """The same person in another directory: another number, often another house, no mailbox."""
    new = known | {"tel": f"0241 {dice.randint(200_000, 9_999_999)}", "email": ""}
    return new | ({"hausnummer": str(dice.randint(1, 150))} if dice.random() < 0.7 else {})


def child(url: str, path: Path, what: str) -> None:
    """One step, measured in this process."""
    database = Database(url)
    begin = time.perf_counter()
    if what == "undo":
        with database.write() as session:
            newest = next(shown for shown in list_imports(session) if shown.imported)
            done: object = f"{undo_import(session, newest.import_id, now=NOW).removed} removed"
    elif what == "twins":
        with database.read() as session:
            done = f"{len(suspected_duplicates(session))} pairs proposed"
    else:
        source = recognise(path, today=NOW.date())
        if path.stem == "zwei":
            source = replace(source, key="another")  # as a directory of its own, which moves nobody of the first
        with database.read() if what in {"dry", "alike"} else database.write() as session:
            report = import_file(session, source, now=NOW, today=NOW.date())
            imported = time.perf_counter() - begin
            changes = with_likenesses(session, report.changes) if what == "alike" else ()
        done = f"{report.imported} new, {report.updated} changed, {report.unchanged} unchanged, {len(report.rejected)} rejected"
        if what == "alike":
            done += (
                f"; {sum(bool(change.like) for change in changes)} of the new may be known, told in "
                f"{time.perf_counter() - begin - imported:.1f} s after the import"
            )
    took = time.perf_counter() - begin
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss / 1024
    busy = used.ru_utime + used.ru_stime
    print(
        f"{what:6} {took:6.1f} s ({busy:.1f} s of a processor in the program), peak {peak:4.0f} MB: {done}", flush=True
    )


def main(count: int, megabytes: float) -> None:
    with tempfile.TemporaryDirectory() as folder, TestCluster() as cluster:
        path = Path(folder) / "verzeichnis.json"
        write(path, count, megabytes)
        print(f"{count} therapists, {path.stat().st_size / 1e6:.0f} MB", flush=True)
        prepare(cluster)
        url = Office(cluster, cluster.clone(TEMPLATE)).url("jana")
        for what in ("dry", "first", "again", "twins", "undo"):
            step(url, path, what)
        one, two, newer = write_directories(Path(folder), count)
        url = Office(cluster, cluster.clone(TEMPLATE)).url("jana")
        step(url, one, "first")
        step(url, two, "alike")
        step(url, newer, "alike")
        new_seat(path)


def new_seat(path: Path) -> None:
    """The first file of an office of one: read in on a server of its own, set up for it."""
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # whoever runs this keeps theirs
    with tempfile.TemporaryDirectory(prefix="plseat-") as folder:
        profile = Profile(Path(folder))
        profile.make()
        keeper = SeatKeeper(profile)
        keeper.work_alone(OwnSeat(person="Ina Amt", office="Vermittlung", email="post@amt.example"), lambda _: None)
        assert keeper.opened is not None
        print("on a new seat:", flush=True)
        try:
            step(keeper.opened[1].person_url, path, "first")
        finally:
            keeper.close()


def step(url: str, path: Path, what: str) -> None:
    """One step in a process of its own."""
    subprocess.run([sys.executable, __file__, "--child", url, str(path), what], check=True)  # noqa: S603 - this very file


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]), sys.argv[4])
    else:
        figures = [float(word) for word in sys.argv[1:]]
        main(int(figures[0]) if figures else 40_000, figures[1] if len(figures) > 1 else 200.0)
