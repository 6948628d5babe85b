"""A store of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.communication.drafts.store import DraftStore

KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "drafts.db"


@pytest.fixture
def store(path: Path) -> Iterator[DraftStore]:
    """An empty store."""
    made = DraftStore(path, KEY)
    yield made
    made.close()
