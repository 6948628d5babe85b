"""Another worker in a process of its own: asks a host several times.

usage: turn_taker DATABASE-URL PAGE TIMES INTERVAL
"""

import sys

from domain.database import Database
from sync.http.answers import Limits
from tests.sync.http.conftest import client_on


def main() -> None:
    """Ask, as one worker of two."""
    url, page, times, interval = sys.argv[1:]
    database = Database(url)
    client = client_on(database, limits=Limits(turn=30.0))
    for _ in range(int(times)):
        client.get(page, interval=float(interval))
    database.close()


if __name__ == "__main__":
    main()
