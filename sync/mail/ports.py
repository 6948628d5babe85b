"""What the mail side needs of the database: work in one transaction."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

T = TypeVar("T")


class Write(Protocol):
    """Runs work in one transaction."""

    def __call__(self, work: Callable[[Session], T], /) -> T:
        """What the work returned, after the commit."""
        ...
