"""Errors the domain raises. Each carries a code and plain parameters, never a sentence.

    PlatzlotseError
    ├── Invalid       what was given breaks a rule (code names the rule, `field` the form field)
    ├── NotFound      the record is gone or was never there
    ├── Conflict      somebody else was first; the caller's input is still with the caller
    ├── Forbidden     this person may not do that
    └── Unavailable   something outside (database, mail server, file) does not answer now

`ui.errors.describe` turns code and parameters into a German sentence; nothing else does.
"""

from collections.abc import Mapping
from typing import ClassVar


class PlatzlotseError(Exception):
    """Base of all expected errors. `code` is a dotted identifier such as ``patient.birth_date_future``."""

    kind: ClassVar[str] = "error"

    def __init__(self, code: str, *, field: str | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{key}={value!r}" for key, value in sorted(self.params.items()))
        return f"{self.code} ({details})" if details else self.code


class Invalid(PlatzlotseError):
    """The input breaks a rule; nothing was written."""

    kind = "invalid"


class NotFound(PlatzlotseError):
    """The record does not exist (any more)."""

    kind = "not_found"


class Conflict(PlatzlotseError):
    """Another person or process was first; nothing was written."""

    kind = "conflict"


class Forbidden(PlatzlotseError):
    """The person's role does not allow this."""

    kind = "forbidden"


class Unavailable(PlatzlotseError):
    """An outside part does not answer; trying again later may help."""

    kind = "unavailable"


def told(params: Mapping[str, object]) -> dict[str, int | str]:
    """Of an error's parameters what may be kept in a table to fill its sentence later: numbers and words."""
    kept: dict[str, int | str] = {}
    for name, value in params.items():
        if isinstance(value, str):
            kept[name] = value.encode("utf-8", "replace").decode().replace("\0", " ")[:500]
        elif isinstance(value, int) and not isinstance(value, bool):
            kept[name] = value
    kept.pop("code", None)
    return kept
