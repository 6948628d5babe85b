"""A worker in a process of its own that reads sources until it is killed. usage: reading_program DATABASE-URL."""

import sys
import time
from datetime import UTC, datetime

from domain.database import Database
from sync.sources.reading import SourceReading
from tests.sync.geo.conftest import writer


def main() -> None:
    """Work on."""
    work = SourceReading(writer(Database(sys.argv[1])), now=lambda: datetime.now(UTC))
    while True:
        work.read()
        time.sleep(0.1)


if __name__ == "__main__":
    main()
