"""The client as the worker has it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from domain.database import Database, Session
from sync.http.answers import Limits
from sync.http.client import OutsideClient

T = TypeVar("T")
AGENT = "Platzlotse/0.1.0 (mailto:buero@buero.example)"
# where an answer comes it may take its time on a busy machine; where none comes the client is impatient
PATIENT = Limits(connect=60.0, silence=60.0, total=120.0, largest=50_000, attempts=3, turn=5.0, together=300.0)
QUICK = replace(PATIENT, silence=1.2, total=3.0, together=60.0)
Make = Callable[..., OutsideClient]


def client_on(
    database: Database, *, limits: Limits = PATIENT, now: Callable[[], datetime] | None = None
) -> OutsideClient:
    """A client that keeps its turns in that database."""

    def write(work: Callable[[Session], T]) -> T:
        with database.write() as session:
            return work(session)

    return OutsideClient(write, user_agent=AGENT, limits=limits, now=now or (lambda: datetime.now(UTC)))


@pytest.fixture
def client(worker_database: Database) -> OutsideClient:
    """One client of the worker."""
    return client_on(worker_database)
