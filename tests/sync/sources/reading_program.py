"""A worker in a process of its own that reads sources until it is killed.

usage: reading_program DATABASE-URL LEASE MINUTE (both in seconds)
"""

import sys
import time
from datetime import UTC, datetime, timedelta

from domain.database import Database
from sync.sources.reading import Pace, SourceReading
from tests.sync.geo.conftest import writer


def main() -> None:
    """Work on."""
    url, lease, minute = sys.argv[1:]
    pace = Pace(timedelta(seconds=float(lease)), float(minute))
    work = SourceReading(writer(Database(url)), now=lambda: datetime.now(UTC), pace=pace)
    while True:
        work.read()
        time.sleep(0.1)


if __name__ == "__main__":
    main()
