"""What a check says: how it stands with one thing, and a code with particulars that becomes a sentence elsewhere."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from domain.database import translated_errors
from domain.errors import Forbidden

Particular = str | int | float | datetime


class State(StrEnum):
    """Well; wants a look (or could not be seen); must be mended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `check` is the thing looked at, `code` what was found, `params` its particulars."""

    check: str
    state: State
    code: str
    params: Mapping[str, Particular] = field(default_factory=dict)


Check = Callable[[Session, datetime], Iterable[Finding]]


def ok(check: str, code: str, **params: Particular) -> Finding:
    """It is as it should be."""
    return Finding(check, State.OK, code, params)


def warn(check: str, code: str, **params: Particular) -> Finding:
    """Somebody should look at it."""
    return Finding(check, State.WARN, code, params)


def fail(check: str, code: str, **params: Particular) -> Finding:
    """It must be mended."""
    return Finding(check, State.FAIL, code, params)


def run_checks(session: Session, checks: Mapping[str, Check], *, now: datetime) -> tuple[Finding, ...]:
    """All checks, each for itself: what this person may not see is said so and hinders no other."""
    found: list[Finding] = []
    for name, check in checks.items():
        try:
            with translated_errors(), session.begin_nested():
                found += check(session, now)
        except Forbidden:
            found.append(warn(name, "not_for_this_role"))
    return tuple(found)
