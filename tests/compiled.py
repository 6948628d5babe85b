"""SQL put into words once a test process: each fresh office has an engine of its own, but they all ask the same.

A program has one engine for all of its life and finds a statement's words in its cache; tests had none of them long
enough, and half of what they cost was making the words anew.
"""

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.util import LRUCache

from domain.database import Database

ALL = 20_000  # statements: those of all tests, while an engine's own cache holds those of one program
_first: list[Engine] = []


def remember(database: Database) -> None:
    """Take the words of an engine that has met its server: the dialect knows the server's version by then."""
    if not _first:
        database.engine._compiled_cache = LRUCache(ALL)
        _first.append(database.engine)


def sharing_words(database: Database) -> Database:
    """Let a database that is not connected yet find the words others made; returns it."""
    for first in _first:
        # what a dialect asks the server of itself when it first meets it, this one has been told
        database.engine.dialect.initialize = _told  # type: ignore[method-assign,assignment]
        # the key of a kept statement begins with its dialect
        database.engine.dialect = first.dialect
        database.engine._compiled_cache = first._compiled_cache
    return database


def _told(_: Connection) -> None:
    """Ask nothing."""
