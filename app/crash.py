"""What nobody foresaw is noted by its kind and its place, never by its words: they may quote anybody's data.

A report is a few lines of the program's own log; nothing is sent anywhere, and no image of the memory is left on disk.
Knows neither the window nor the database.
"""

import faulthandler
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from app.private_files import open_log
from domain.errors import PlatzlotseError

LOG = logging.getLogger(__name__)
LONGEST_CHAIN = 10
_listeners: list[Callable[[], None]] = []


def report(error: BaseException) -> str:
    """The kinds of an error and of what led to it, with the lines of code they came from."""
    return "\n".join(line for part in _chain(error) for line in _lines(part))


def kind(error: BaseException) -> str:
    """What an error is: its class, our code, PostgreSQL's state and rule; none of them is anybody's word."""
    said = [f"{type(error).__module__}.{type(error).__qualname__}"]
    if isinstance(error, PlatzlotseError):
        said.append(error.code)
    if isinstance(error, OSError) and error.errno is not None:
        said.append(os.strerror(error.errno))
    said += [value for name in ("sqlstate", "constraint_name") if isinstance(value := _of_server(error, name), str)]
    return " ".join(said)


def watch() -> None:
    """From now on whatever is not caught anywhere in this process is noted so, and told."""
    sys.excepthook = _on_error
    sys.unraisablehook = _on_unraisable
    threading.excepthook = lambda told: _on_error(told.exc_type, told.exc_value, told.exc_traceback)
    # else Python writes a warning's words to the terminal
    logging.captureWarnings(capture=True)
    _leave_no_image()


def keep_faults(path: Path) -> None:
    """Have the places of a fault that ends the process at once (a segmentation fault) written to a file (0600)."""
    # kept open: when it is needed nothing can be opened any more
    faulthandler.enable(os.fdopen(open_log(path), "ab", buffering=0))


def on_crash(tell: Callable[[], None]) -> Callable[[], None]:
    """Have this called after something was noted, on the thread it happened on; call what is returned to end that."""
    _listeners.append(tell)
    return lambda: _listeners.remove(tell)


def note(error: BaseException) -> None:
    """Put an error nobody foresaw into the log."""
    LOG.error("not foreseen\n%s", report(error))


def _on_error(_kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None) -> None:
    if error is None or isinstance(error, (KeyboardInterrupt, SystemExit)):
        return
    if LOG.hasHandlers():
        note(error)
    if sys.stderr is not None:  # a window of Windows has none
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{report(error)}\n")
    for tell in tuple(_listeners):
        tell()


def _on_unraisable(told: "sys.UnraisableHookArgs") -> None:
    _on_error(told.exc_type, told.exc_value, told.exc_traceback)


def _leave_no_image() -> None:
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """What led to it first."""
    seen = [error]
    while len(seen) < LONGEST_CHAIN:
        last = seen[-1]
        before = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if before is None or before in seen:
            break
        seen.append(before)
    yield from reversed(seen)


def _lines(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
    yield kind(error)
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from _lines(part)


def _of_server(error: BaseException, name: str) -> Any:
    cause = getattr(error, "orig", None) or error
    return getattr(cause, name, None) or getattr(getattr(cause, "diag", None), name, None)
