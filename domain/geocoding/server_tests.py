"""Trying out a server for addresses or ways: a person asks, the worker answers, since only it goes outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.editing import load_for_edit
from domain.geocoding.map_models import ServerTest
from domain.trials import next_trial, read_trial

ANSWERED_WITHIN = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """What came of a question so far: a trouble's code (empty: fine) once it is `done`."""

    id: int
    kind: str
    done: bool
    trouble: str = ""
    params: Mapping[str, int | str] = field(default_factory=dict)


def ask_server_test(session: Session, kind: str, *, now: datetime) -> int:
    """Ask the worker to try the `geocoder` or the `router` as they are saved; returns the question's id."""
    asked = ServerTest(kind=kind, asked_by=me(session).id, asked_at=now)
    session.add(asked)
    session.flush()
    return asked.id


def take_server_test(session: Session, *, now: datetime) -> tuple[int, str] | None:
    """The oldest question nobody answers yet, as id and kind; None where there is none worth it."""
    asked = next_trial(session, ServerTest, now=now, answered_within=ANSWERED_WITHIN)
    if asked is None:
        return None
    asked.taken_at = now
    return asked.id, asked.kind


def note_server_answer(
    session: Session, test_id: int, *, now: datetime, trouble: str = "", params: Mapping[str, int | str] | None = None
) -> None:
    """The worker's answer."""
    asked = load_for_edit(session, ServerTest, test_id)
    asked.trouble, asked.params, asked.done_at = trouble, dict(params or {}), now
    events.record(session, "map_settings.tested", test_id)


def read_server_answer(session: Session, test_id: int) -> ServerAnswer:
    """What came of a question. Raises NotFound."""
    asked = read_trial(session, ServerTest, test_id)
    return ServerAnswer(asked.id, asked.kind, asked.done_at is not None, asked.trouble, asked.params)
