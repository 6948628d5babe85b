"""What happens because time passed; a test calls all of it with any time it likes.

The worker takes the steps one by one, each in a transaction of its own: what hinders one hinders no other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from domain.access import office
from domain.casework.prior_states import forget_prior_states
from domain.casework.unreached import expire_unreached
from domain.casework.unread_replies import unread_inquiries
from domain.casework.waiting_reminders import waiting_mails
from domain.communication.calls import cancel_calls, miss_overdue
from domain.communication.claiming import release_due
from domain.communication.mails import cancel_mail
from domain.communication.outcomes import expire_leases
from domain.matching.expected import count_rates
from domain.matching.inquiries import expire_due, return_to_office
from domain.matching.searches import resume_due


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick changed, as ids; `states_forgotten` are what answers changed that nobody can take back any more."""

    resumed_searches: tuple[int, ...]
    returned_inquiries: tuple[int, ...]
    expired_inquiries: tuple[int, ...]
    unclear_mails: tuple[int, ...]
    released_mails: tuple[int, ...]
    missed_calls: tuple[int, ...]
    rates_counted: bool
    states_forgotten: int


def tick(session: Session, *, now: datetime) -> Ticked:
    """Resume pauses, end absences, expire silent inquiries, see to mails and calls; hourly learn from answers."""
    return Ticked(
        resumed_searches=resume_due(session, now=now),
        returned_inquiries=return_to_office(session, now=now),
        expired_inquiries=expire_silent(session, now=now),
        unclear_mails=expire_leases(session, now=now),
        released_mails=release_due(session, now=now),
        missed_calls=miss_overdue(session, now=now),
        rates_counted=learn_from_answers(session, now=now),
        states_forgotten=forget_prior_states(session, now=now),
    )


def expire_silent(session: Session, *, now: datetime) -> tuple[int, ...]:
    """Expire inquiries nobody answered or could be called about; drop their calls and reminders; returns their ids.

    One whose answer lies unread in the inbox is not silent: it stays open until somebody has read it.
    """
    answered = unread_inquiries(session)
    silent = expire_due(session, now=now, answered=answered)
    expired = silent + expire_unreached(session, now=now, answered=answered)
    for inquiry_id in expired:
        cancel_calls(session, inquiry_id, reason="expired")
        for mail in waiting_mails(session, inquiry_id):
            cancel_mail(session, mail.id)
    return expired


def learn_from_answers(session: Session, *, now: datetime) -> bool:
    """Count how often practices answer, at most hourly; whether it was time."""
    settings = office(session)
    return count_rates(session, prior=settings.response_prior, expiry_days=settings.expiry_days, now=now)


# in the order of `tick`
STEPS: tuple[Callable[..., object], ...] = (
    resume_due, return_to_office, expire_silent, expire_leases, release_due, miss_overdue, learn_from_answers,
    forget_prior_states,
)  # fmt: skip
