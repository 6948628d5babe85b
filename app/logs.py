"""Logging to a rotating file of the profile. Lines carry codes and ids, never names or contents.

Our own lines keep to that by themselves. An error's words and a library's lines may quote anything (a row, an address,
a mail), so of an error stands its kind and place, and of a library only where it spoke.
"""

import logging
from logging.handlers import RotatingFileHandler
from types import TracebackType

from app.crash import report
from app.paths import Profile

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
OURS = ("app", "domain", "sync", "ui")
_Seen = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Wordless(logging.Formatter):
    """Formats a line without anybody's words."""

    def format(self, record: logging.LogRecord) -> str:
        """A line of ours as it is; of a library its level, and module and line, by which its sentence is found."""
        plain = logging.makeLogRecord(record.__dict__)
        plain.exc_text = None  # another handler may have written the words there
        if record.name.partition(".")[0] not in OURS:
            plain.msg, plain.args, plain.stack_info = f"{record.module}:{record.lineno}", (), None
        return super().format(plain)

    def formatException(self, ei: _Seen) -> str:  # noqa: N802 - logging's name
        """Kind and place."""
        return report(ei[1]) if ei[1] is not None else ""


def log_to_profile(profile: Profile, name: str) -> None:
    """Write warnings and our own information to logs/<name>.log, 1 MB each, five kept."""
    handler = RotatingFileHandler(
        profile.logs / f"{name}.log", maxBytes=1_000_000, backupCount=5, encoding="utf-8", delay=True
    )
    handler.setFormatter(Wordless(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for ours in OURS:
        logging.getLogger(ours).setLevel(logging.INFO)
