"""Which team a patient belongs to, and giving somebody known to another one.

Only who leads the office moves somebody; the database refuses everybody else. A patient of no team is seen by all who
look for places. Whoever was responsible and does not see the new team is responsible no longer.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from domain import events
from domain.access import Team, person_name
from domain.database import sqlstate
from domain.editing import load_for_edit
from domain.errors import Conflict, Forbidden
from domain.patients.models import Patient

_OPEN_TO_ME = text("""
SELECT id, name FROM platform.team
WHERE pg_has_role(session_user, 'platzlotse_supervisor', 'MEMBER') ORDER BY lower(name)
""")


@dataclass(frozen=True, slots=True)
class TeamsNow:
    """Where patients are and may go: `seen` each one's team now, by id, `among` how many are in which (None: none)."""

    seen: Mapping[int, int | None]
    among: Mapping[str | None, int]
    open_to_me: tuple[tuple[int, str], ...]


def read_teams(session: Session, patient_ids: Collection[int]) -> TeamsNow:
    """The teams of these patients, and those whoever asks may give them to."""
    rows = session.execute(
        select(Patient.id, Patient.team_id, Team.name)
        .outerjoin(Team, Team.id == Patient.team_id)
        .where(Patient.id.in_(patient_ids), Patient.erased_at.is_(None))
    ).all()
    may = tuple((number, name) for number, name in session.execute(_OPEN_TO_ME))
    return TeamsNow({number: team for number, team, _ in rows}, Counter(name for *_, name in rows), may)


def put_into_team(session: Session, seen: Mapping[int, int | None], team_id: int | None) -> int:
    """Give these patients to a team, or to none, all or not one of them; returns how many went.

    `seen` is the team each had when the person chose. Raises Conflict where somebody else gave one away meanwhile,
    NotFound for one that is not to be seen any more, and Forbidden for who does not lead the office. They
    are locked in one order: two who do this at once never wait for each other.
    """
    try:
        moved = sum(_moved(session, number, seen[number], team_id) for number in sorted(seen))
        session.flush()
    except ProgrammingError as exc:
        if sqlstate(exc) == "42501":
            raise Forbidden("patient.team_refused") from exc
        raise
    return moved


def _moved(session: Session, patient_id: int, seen: int | None, team_id: int | None) -> bool:
    patient = load_for_edit(session, Patient, patient_id)
    if patient.team_id != seen:
        raise Conflict(
            "patient.team_meanwhile",
            by=person_name(session, patient.updated_by),
            at=patient.updated_at.isoformat(),
        )
    if patient.team_id == team_id:
        return False
    patient.team_id = team_id
    events.record(session, "patient.team_set", patient_id)
    return True
