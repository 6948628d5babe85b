"""Opt-outs of a whole contact point (Art. 21 GDPR): noted, asked for and lifted.

The database sets whoever comes to such a mailbox to opted out; only a lifted one lets anybody there be asked again.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.therapists.models import ContactPoint, MailboxOptOut, Therapist


@dataclass(frozen=True, slots=True)
class Reached:
    """Who is reached where somebody is: the mailbox (empty: the practice has none) and everybody's name there."""

    mailbox: str
    names: tuple[str, ...]


def reached_with(session: Session, therapist_id: int) -> Reached:
    """The mailbox of a therapist and all who share it, by name."""
    therapist = session.get_one(Therapist, therapist_id)
    point = session.get_one(ContactPoint, therapist.contact_point_id)
    there = sorted(at_contact_point(session, point.id), key=lambda one: (one.last_name, one.first_name, one.id))
    return Reached(point.mailbox or "", tuple(f"{one.first_name} {one.last_name}".strip() for one in there))


def at_contact_point(session: Session, contact_point_id: int) -> list[Therapist]:
    """Everybody who is reached there, in the order everybody locks in."""
    return list(
        session.scalars(
            select(Therapist)
            .where(Therapist.contact_point_id == contact_point_id, Therapist.status != "merged")
            .order_by(Therapist.id)
        )
    )


def stands_for(session: Session, contact_point_id: int) -> bool:
    """Whether a contact point opted out."""
    live = select(MailboxOptOut.id).where(
        MailboxOptOut.contact_point_id == contact_point_id, MailboxOptOut.lifted_at.is_(None)
    )
    return session.scalar(live) is not None


def note(session: Session, therapist_id: int, *, now: datetime) -> tuple[int, ...]:
    """Keep the opt-out of a therapist's contact point; returns who is reached there and was asked until now."""
    point = session.get_one(Therapist, therapist_id).contact_point_id
    there = at_contact_point(session, point)
    row = session.scalars(
        select(MailboxOptOut).where(MailboxOptOut.contact_point_id == point).with_for_update()
    ).one_or_none()
    if row is None:
        row = MailboxOptOut(contact_point_id=point, therapist_id=therapist_id, noted_at=now)
        session.add(row)
    elif row.lifted_at is None:
        return ()
    row.therapist_id, row.noted_at, row.lifted_at, row.lifted_reason = therapist_id, now, None, ""
    row.before = {str(one.id): one.status for one in there}
    session.flush()
    events.record(session, "therapist.mailbox_opted_out", therapist_id)
    return tuple(one.id for one in there if one.status != "opted_out")


def keep_own(session: Session, therapist_id: int) -> None:
    """Somebody objected for themselves: their mailbox's opt-out, once lifted, gives nothing back to them."""
    point = session.get_one(Therapist, therapist_id).contact_point_id
    live = select(MailboxOptOut).where(MailboxOptOut.contact_point_id == point, MailboxOptOut.lifted_at.is_(None))
    row = session.scalars(live.with_for_update()).one_or_none()
    if row is not None:
        row.before = {**row.before, str(therapist_id): "opted_out"}


def objected_alone(session: Session, therapist: Therapist) -> bool:
    """Whether somebody who opted out did so for themselves, and not only by the word of their mailbox."""
    if therapist.status != "opted_out":
        return False
    before = session.scalar(
        select(MailboxOptOut.before).where(
            MailboxOptOut.contact_point_id == therapist.contact_point_id, MailboxOptOut.lifted_at.is_(None)
        )
    )
    return before is None or before.get(str(therapist.id), "opted_out") == "opted_out"


def lift(session: Session, opt_out_id: int, *, reason: str, now: datetime) -> dict[int, str]:
    """The mailbox may be written to again; returns what each who said nothing of their own is from now on.

    Who was blocked or not asked before is looked at by a person first. Raises Invalid without a reason, Conflict
    where somebody lifted it meanwhile.
    """
    if not reason.strip():
        raise Invalid("therapist.opt_out_reason", field="reason")
    row = load_for_edit(session, MailboxOptOut, opt_out_id)
    if row.lifted_at is not None:
        raise Conflict("therapist.opt_out_lifted")
    row.lifted_at, row.lifted_reason = now, reason.strip()
    session.flush()
    events.record(session, "therapist.mailbox_opt_out_lifted", row.therapist_id)
    # of whom nobody knows what they were, one who objected themselves may be: a person looks
    known = {one.id: row.before.get(str(one.id)) for one in at_contact_point(session, row.contact_point_id)}
    return {
        number: "active" if status == "active" else "inactive"
        for number, status in known.items()
        if status not in {None, "opted_out"}
    }
