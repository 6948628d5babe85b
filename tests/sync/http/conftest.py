"""The client as the worker has it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from domain.database import Database, Session
from sync.http.answers import Limits
from sync.http.client import OutsideClient

T = TypeVar("T")
AGENT = "Platzlotse/0.1.0 (mailto:buero@buero.example)"
QUICK = Limits(connect=5.0, silence=1.2, total=3.0, largest=50_000, redirects=3, attempts=3, turn=5.0, together=20.0)
Make = Callable[..., OutsideClient]


def client_on(
    database: Database, *, limits: Limits = QUICK, now: Callable[[], datetime] | None = None
) -> OutsideClient:
    """A client that keeps its turns in that database."""

    def write(work: Callable[[Session], T]) -> T:
        with database.write() as session:
            return work(session)

    return OutsideClient(write, user_agent=AGENT, limits=limits, now=now or (lambda: datetime.now(UTC)))


@pytest.fixture
def client(worker_database: Database) -> OutsideClient:
    """One client of the worker, impatient."""
    return client_on(worker_database)
