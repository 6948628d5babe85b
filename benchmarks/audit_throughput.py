"""What the chain over the audit costs who writes: transactions a second with and without it, turn by turn in one run.

Four desks change patients, one row a transaction; with the chain a worker links all the while, as it does in an office.
Files on a disk. Run: ``.venv/bin/python -m benchmarks.audit_throughput [seconds a turn] [turns]``.
"""

import statistics
import sys
import threading
import time

from sqlalchemy import text

from domain.audit import chain_entries_waiting
from tests.builders import add_patient
from tests.conftest import Office, prepare
from tests.servers.postgres import TestCluster

DESKS = 4
CHANGE = text("UPDATE patient_service.patient SET last_name = 'Person ' || :n WHERE id = :id")


def turn(office: Office, patients: list[int], seconds: float, *, chained: bool) -> float:
    """Transactions a second over one turn."""
    ended = threading.Event()
    done = [0] * DESKS

    def desk(number: int) -> None:
        database = office.database("jana")
        while not ended.is_set():
            with database.write() as session:
                session.execute(CHANGE, {"n": done[number], "id": patients[number]})
            done[number] += 1
        database.close()

    def worker() -> None:
        database = office.database("worker")
        while not ended.wait(0.2):
            with database.write() as session:
                chain_entries_waiting(session)
        database.close()

    threads = [threading.Thread(target=desk, args=(n,)) for n in range(DESKS)]
    if chained:
        threads.append(threading.Thread(target=worker))
    for thread in threads:
        thread.start()
    started = time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - started
    ended.set()
    for thread in threads:
        thread.join()
    return sum(done) / took


def main(seconds: float, turns: int) -> None:
    with TestCluster() as cluster:
        prepare(cluster)
        office = Office(cluster, cluster.clone("platzlotse_template"))
        jana, owner = office.database("jana"), office.database("owner")
        with jana.write() as session:
            patients = [add_patient(session, last_name=f"Person {n}") for n in range(DESKS)]
        rates: dict[bool, list[float]] = {False: [], True: []}
        for number in range(2 * turns):
            chained = bool(number % 2)
            with owner.write() as session:
                session.execute(
                    text(f"ALTER TABLE audit.entry {'ENABLE' if chained else 'DISABLE'} TRIGGER queue_entries")
                )
            rates[chained].append(turn(office, patients, seconds, chained=chained))
        jana.close()
        owner.close()
    without, with_it = (statistics.median(rates[chained]) for chained in (False, True))
    ratios = sorted(b / a for a, b in zip(rates[False], rates[True], strict=True))
    print(f"without {without:.0f}/s, with the chain {with_it:.0f}/s (medians of {turns} turns of {seconds:g} s)")
    print(f"ratio turn by turn: median {statistics.median(ratios):.2f}, {ratios[0]:.2f} to {ratios[-1]:.2f}")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 5.0, int(sys.argv[2]) if len(sys.argv) > 2 else 7)
