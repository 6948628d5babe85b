"""What it costs to know a transaction's number before its commit: not asked, asked, and brought by the event; by turns.

One small write (a patient's note and its event) over the socket, and over a line that needs some milliseconds each way.
Run: ``.venv/bin/python -m benchmarks.commit_number [writes a turn] [turns] [milliseconds each way]``.
"""

import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from domain import commit_fate, events
from domain.database import Database
from tests.builders import add_patient
from tests.conftest import Office, prepare
from tests.servers.postgres import TestCluster

CHANGE = text("UPDATE patient_service.patient SET note = :note WHERE id = :id")
WAYS = ("not asked", "asked", "brought")


def asked(session: Session) -> str | None:
    """As it was: a question of its own."""
    session.info.pop(commit_fate.NUMBER, None)
    return commit_fate.number_of(session)


HOW = {"not asked": lambda _: None, "asked": asked, "brought": commit_fate.number_of}


@contextmanager
def slow_line(folder: str, seconds: float) -> Iterator[int]:
    """A port in front of the server's socket where each piece needs its time."""
    listener = socket.create_server(("127.0.0.1", 0))

    def pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                time.sleep(seconds)
                target.sendall(data)
        for side in (source, target):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                here, _ = listener.accept()
                here.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                there = socket.socket(socket.AF_UNIX)
                there.connect(str(Path(folder) / ".s.PGSQL.5432"))
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=pass_on, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()


def turn(database: Database, patient: int, writes: int) -> float:
    """Milliseconds a write."""
    began = time.perf_counter()
    for number in range(writes):
        with database.write() as session:
            session.execute(CHANGE, {"note": str(number), "id": patient})
            events.record(session, "patient.updated", patient)
    return (time.perf_counter() - began) * 1000 / writes


def measure(database: Database, patient: int, writes: int, turns: int, line: str) -> None:
    """All ways by turns; medians, and how many statements a write has."""
    took: dict[str, list[float]] = {way: [] for way in WAYS}
    statements: dict[str, int] = {}
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    event.listen(database.engine, "before_cursor_execute", count)
    turn(database, patient, 10)
    for _ in range(turns):
        for way in WAYS:
            with patch("domain.database.number_of", HOW[way]):
                counted = 0
                took[way].append(turn(database, patient, writes))
                statements[way] = counted // writes
    for way in WAYS:
        ratios = [a / b for a, b in zip(took[way], took["not asked"], strict=True)]
        print(
            f"{line}, {way}: {statistics.median(took[way]):.3f} ms a write, {statements[way]} statements,"
            f" {statistics.median(ratios):.3f} of not asked ({min(ratios):.3f} to {max(ratios):.3f})"
        )


def main(writes: int, turns: int, milliseconds: float) -> None:
    with TestCluster() as cluster:
        prepare(cluster)
        office = Office(cluster, cluster.clone("platzlotse_template"))
        near = office.database("jana")
        with near.write() as session:
            patient = add_patient(session)
        measure(near, patient, writes, turns, "socket")
        near.close()
        url = make_url(office.url("jana"))
        with slow_line(str(url.query["host"]), milliseconds / 1000) as port:
            far = Database(url.set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False))
            measure(far, patient, max(5, writes // 10), turns, f"{milliseconds:g} ms each way")
            far.close()


if __name__ == "__main__":
    given = [float(value) for value in sys.argv[1:]]
    main(int(given[0]) if given else 300, int(given[1]) if len(given) > 1 else 9, given[2] if len(given) > 2 else 2.0)
