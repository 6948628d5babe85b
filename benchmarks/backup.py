"""A backup of a large office: time and size of making, verifying and restoring it, and what its people notice.

``.venv/bin/python benchmarks/backup.py [therapists [contacts]]``; without figures 40,000 and 200,000. A PostgreSQL server of
its own is started and stopped, on a disk; beside the backup somebody saves a record a hundred times a second.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from nacl.public import PrivateKey
from sqlalchemy import create_engine, text

from app.backups.making import make_backup, verify
from app.backups.restoring import restore
from app.backups.targets import server_target
from domain.backups.files import Kind
from domain.database import Database
from tests.builders import add_patient, add_therapist
from tests.conftest import TEMPLATE, Office, prepare
from tests.servers.postgres import TestCluster

T = TypeVar("T")
TALK = """
INSERT INTO communication_service.contact_entry (at, channel, direction, patient_id, kind, body)
SELECT :now - n * interval '1 second', 'note', 'none', :patient, 'note', repeat('Wort' || n % 997 || ' und Satz ', 12)
FROM generate_series(1, :count) AS n"""


def timed(name: str, work: Callable[[], T]) -> T:
    """Do it and say how long it took."""
    begun = time.monotonic()
    result = work()
    print(f"{name}: {time.monotonic() - begun:.1f} s")
    return result


def fill(office: Office, therapists: int, contacts: int, now: datetime) -> int:
    """An office of that size; returns its patient."""
    database = office.database("jana")
    with database.write() as session:
        patient, therapist = add_patient(session), add_therapist(session)
    database.close()
    owner = Database(office.url("owner"))
    with owner.write() as session:
        columns = session.scalars(
            text(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'therapist_service'"
                " AND table_name = 'therapist' AND is_identity = 'NO' AND is_generated = 'NEVER'"
            )
        ).all()
        names = ", ".join(columns)
        values = ", ".join("'Name' || n" if name == "last_name" else name for name in columns)
        session.execute(
            text(
                f"INSERT INTO therapist_service.therapist ({names}) SELECT {values}"
                " FROM therapist_service.therapist, generate_series(1, :count) AS n WHERE id = :one"
            ),
            {"count": therapists - 1, "one": therapist},
        )
        session.execute(text(TALK), {"now": now, "patient": patient, "count": contacts})
    owner.close()
    return patient


class Saving(threading.Thread):
    """Somebody who works: saves a record a hundred times a second and notes how long each took."""

    def __init__(self, office: Office, patient: int) -> None:
        super().__init__(daemon=True)
        self._url, self._patient = office.url("jana"), patient
        self.seconds: list[float] = []
        self.ended = threading.Event()

    def run(self) -> None:
        """Until it is ended."""
        engine = create_engine(self._url)
        change = text("UPDATE patient_service.patient SET note = :note WHERE id = :id")
        while not self.ended.wait(0.01):
            begun = time.monotonic()
            with engine.begin() as connection:
                connection.execute(change, {"note": str(begun), "id": self._patient})
            self.seconds.append(time.monotonic() - begun)
        engine.dispose()

    def said(self, name: str) -> None:
        """How long saving took until now."""
        found = sorted(self.seconds)
        self.seconds = []
        print(
            f"{name}: {len(found)} times, median {found[len(found) // 2] * 1e3:.1f} ms, longest {found[-1] * 1e3:.0f} ms"
        )


def main(therapists: int = 40_000, contacts: int = 200_000) -> None:
    """Measure and print."""
    now, key = datetime.now(UTC), PrivateKey.generate()
    with TestCluster() as cluster, tempfile.TemporaryDirectory(prefix="plbk-") as given:
        prepare(cluster)
        office = Office(cluster, cluster.clone(TEMPLATE))
        patient = timed(f"filling with {therapists:,} therapists and {contacts:,} contacts",
                        lambda: fill(office, therapists, contacts, now))  # fmt: skip
        folder, keys = Path(given), [bytes(key.public_key)]
        saving = Saving(office, patient)
        saving.start()
        time.sleep(3)
        saving.said("saving a record, nothing beside it")
        made = timed("making", lambda: make_backup(office.url("owner"), folder, keys, kind=Kind.MANUAL, now=now))
        saving.said("saving a record while it is made")
        print(f"size: {made.size / 1e6:.1f} MB for {made.manifest.row_count:,} rows")
        timed("verifying", lambda: verify(made.path, [key], folder / "scratch", now=now))
        saving.said("saving a record while it is verified")
        saving.ended.set()
        saving.join()
        target = server_target(office.url("owner"))
        later = now + timedelta(hours=1)
        timed("restoring, with the safety copy",
              lambda: restore(target, made.path, [key], safety=keys, folder=folder, now=later))  # fmt: skip


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
