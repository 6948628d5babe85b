"""A worker in a process of its own that brings pages together, and stands still at the second until it is killed.

usage: joining_program DATABASE-URL LEASE (seconds); says "held" when it stands
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import NoReturn
from unittest.mock import patch

from domain.acquisition import source_finish
from domain.acquisition.source_content import PageContent, page_content
from domain.acquisition.source_description import Description
from domain.database import Database
from sync.sources.reading import Pace, SourceReading
from tests.sync.geo.conftest import writer


def stand_at_second(text: str, description: Description | None, *, page: str) -> PageContent:
    """A page that takes for ever."""
    return stand() if page.endswith("/2") else page_content(text, description, page=page)


def stand() -> NoReturn:
    """Nobody comes out of here."""
    sys.stdout.write("held\n")
    sys.stdout.flush()
    while True:
        time.sleep(60)


def main() -> None:
    """Work on."""
    url, lease = sys.argv[1:]
    pace = Pace(timedelta(seconds=float(lease)))
    SourceReading(writer(Database(url)), now=lambda: datetime.now(UTC), pace=pace).step()


if __name__ == "__main__":
    with patch.object(source_finish, "page_content", stand_at_second):
        main()
