"""Does the whole way in a process that ends itself by SIGKILL at a given point; one process for each line it reads.

A line is JSON: url, store, therapist, address, and `point` (0: none). Everything is imported once; each line is done by
a child, and what the child told is printed with how it ended.
"""

import json
import os
import signal
import sys
from pathlib import Path

from domain.database import Database
from tests.domain.communication.drafts.conftest import KEY
from tests.domain.communication.drafts.steps import Points, hand_over, write


def run(order: dict[str, object], out: int) -> None:
    """One life of the program."""

    def reached(count: int) -> None:
        if count == order["point"]:
            os.kill(os.getpid(), signal.SIGKILL)

    def told(word: str) -> None:
        os.write(out, f"{word}\n".encode())

    points = Points(reached)
    database = Database(str(order["url"]), pool_size=1)
    points.watch_server(database)
    store = points.open_store(Path(str(order["store"])), KEY)
    if order["write"]:
        write(store, int(str(order["therapist"])), str(order["address"]), told)
    for _ in range(3):
        hand_over(store, database)
    told("uploaded")
    store.close()
    database.close()


def main() -> None:
    """A child for each line."""
    for line in sys.stdin:
        read, wrote = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            try:
                run(json.loads(line), wrote)
                os._exit(0)
            except BaseException as error:  # noqa: BLE001 - the parent tells the test
                os.write(wrote, f"failed {error!r}\n".encode())
                os._exit(1)
        os.close(wrote)
        with os.fdopen(read) as pipe:
            told = pipe.read().split("\n")[:-1]
        _, status = os.waitpid(child, 0)
        print(json.dumps({"told": told, "killed": os.WIFSIGNALED(status)}), flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
