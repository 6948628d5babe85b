"""Rows read ahead: in their order, errors behind them, no more than agreed, and nothing reads on after the end."""

from collections.abc import Generator
from threading import Event
from threading import enumerate as threads

import pytest

from domain.acquisition.ahead import AHEAD, TOGETHER, read_ahead

MANY = TOGETHER * AHEAD * 3


class File:
    """Rows that can break off; `read` is how far somebody got, `closed` whether they closed it.

    `ahead` is set when as many are read as may be without anybody taking one.
    """

    def __init__(self, rows: int, *, breaks: bool = False) -> None:
        self._rows, self._breaks = rows, breaks
        self.read = 0
        self.closed = False
        self.ahead = Event()

    def rows(self) -> Generator[int, None, None]:
        """One number a row."""
        try:
            for row in range(self._rows):
                self.read += 1
                if self.read == TOGETHER * AHEAD:
                    self.ahead.set()
                yield row
            if self._breaks:
                raise ValueError("broken off")
        finally:
            self.closed = True


@pytest.mark.parametrize("count", [0, 1, TOGETHER, TOGETHER + 1, MANY])
def test_all_rows_come_in_their_order(count: int) -> None:
    """However many there are."""
    file = File(count)
    with read_ahead(file.rows(), Event()) as rows:
        assert list(rows) == list(range(count))
    assert file.closed


@pytest.mark.parametrize("count", [0, 1, TOGETHER, TOGETHER * 2 + 7])
def test_an_error_comes_after_the_rows_before_it(count: int) -> None:
    """Not as soon as it is read."""
    file = File(count, breaks=True)
    with read_ahead(file.rows(), Event()) as rows:
        assert [next(rows) for _ in range(count)] == list(range(count))
        with pytest.raises(ValueError, match="broken off"):
            next(rows)
    assert file.closed


def test_in_its_turn_it_is_read_as_far_ahead_as_agreed() -> None:
    """Without anybody who takes a row."""
    file, turn = File(MANY), Event()
    with read_ahead(file.rows(), turn):
        turn.set()
        assert file.ahead.wait(60)


def test_who_stops_waits_for_nobody_and_leaves_nobody_reading() -> None:
    """The rest of the file is not read: no more than was ahead."""
    file = File(MANY)
    with read_ahead(file.rows(), Event()) as rows:
        assert next(rows) == 0
    assert file.closed
    assert file.read <= TOGETHER * (AHEAD + 3)
    assert not [thread for thread in threads() if thread.name == "reading-ahead"]
