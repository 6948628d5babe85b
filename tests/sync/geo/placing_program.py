"""A worker in a process of its own that looks addresses up until it is killed. usage: placing_program DATABASE-URL."""

import sys
import time
from datetime import UTC, datetime

from domain.database import Database
from sync.geo.maps import MapWork
from tests.sync.geo.conftest import writer


def main() -> None:
    """Work on."""
    work = MapWork(writer(Database(sys.argv[1])), now=lambda: datetime.now(UTC), router_key=lambda _: "")
    while True:
        work.place()
        time.sleep(0.1)


if __name__ == "__main__":
    main()
