"""What stands in the way of lines that are yet to be made: rules no longer met, an inquiry of somebody else, no reason.

A look, asked for some lines at a time, so that no window waits for a long list. Releasing looks at all once more and
refuses what it finds (`refuse_stopped`); making a line judges again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.access import person_name
from domain.casework.batches.weekly import hindrances
from domain.casework.preparing import who_fits
from domain.casework.reminding import due_for_reminder
from domain.communication.batch_models import BatchLine
from domain.matching.models import Inquiry
from domain.therapists.models import Therapist

_REFUSALS = {
    "open_elsewhere": "inquiry.contact_point_open", "nobody_fits": "batch.nobody_fits",
    "no_reminder_due": "batch.no_reminder_due",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineCheck:
    """What hinders a line; an empty code: nothing does.

    ``open_elsewhere`` (by whom, with which inquiry), ``nobody_fits`` or ``some_left_out`` (rules, how many),
    ``no_reminder_due``, or why a patient is not told (weekly.REASONS).
    """

    line_id: int
    code: str = ""
    rules: tuple[str, ...] = ()
    count: int = 0
    by: str = ""
    other_id: int | None = None
    planned: bool = False  # the line is one of a week's plan

    @property
    def stops(self) -> bool:
        """Whether the line would not be made at all."""
        return self.code not in {"", "some_left_out"}

    @property
    def refusal(self) -> str:
        """The code of the error by which making would refuse the line it stops."""
        if self.planned and self.code == "nobody_fits":
            return "plan_line.nobody_left"
        return _REFUSALS.get(self.code, f"weekly.{self.code}")


def check_lines(session: Session, line_ids: Sequence[int], *, now: datetime) -> tuple[LineCheck, ...]:
    """Look at some open lines; others are passed over."""
    lines = session.scalars(
        select(BatchLine).where(BatchLine.id.in_(line_ids), BatchLine.status == "open").order_by(BatchLine.id)
    ).all()
    patients = [line.patient_id for line in lines if line.patient_id is not None]
    untold = hindrances(session, patients, now=now) if patients else {}
    reminded = any(line.inquiry_id is not None for line in lines)
    due = frozenset(due_for_reminder(session, now=now)) if reminded else frozenset()
    found = []
    for line in lines:
        if line.patient_id is not None:
            found.append(LineCheck(line.id, untold.get(line.patient_id, "")))
        elif line.inquiry_id is not None:
            found.append(LineCheck(line.id, "" if line.inquiry_id in due else "no_reminder_due"))
        else:
            found.append(_inquiry(session, line, now=now))
    return tuple(found)


def refuse_stopped(session: Session, batch_id: int, *, now: datetime) -> None:
    """Refuse, with its reason, every open line of a batch in whose way something stands."""
    open_ones = select(BatchLine).where(BatchLine.batch_id == batch_id, BatchLine.status == "open")
    lines = {line.id: line for line in session.scalars(open_ones)}
    for check in check_lines(session, list(lines), now=now):
        if check.stops:
            line = lines[check.line_id]
            line.status, line.refusal = "refused", check.refusal
            line.refused_rules, line.other_inquiry_id = list(check.rules), check.other_id
    session.flush()


def _inquiry(session: Session, line: BatchLine, *, now: datetime) -> LineCheck:
    therapist = session.get_one(Therapist, line.therapist_id)
    other = session.scalar(
        select(Inquiry).where(Inquiry.contact_point_id == therapist.contact_point_id, Inquiry.closed_at.is_(None))
    )
    if other is not None:
        return LineCheck(line.id, "open_elsewhere", by=person_name(session, other.created_by) or "", other_id=other.id)
    wished = line.search_ids or []
    fit = who_fits(session, therapist_id=therapist.id, search_ids=wished, now=now)
    if not fit.search_ids:
        return LineCheck(line.id, "nobody_fits", fit.rules, planned=line.plan_line_id is not None)
    left_out = len(wished) - len(fit.search_ids)
    return LineCheck(line.id, "some_left_out", fit.rules, left_out) if left_out else LineCheck(line.id)
