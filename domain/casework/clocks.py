"""What happens because time passed; the worker calls it every minute, a test with any time it likes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from domain.access import office
from domain.communication.calls import cancel_calls, miss_overdue
from domain.communication.claiming import release_due
from domain.communication.outcomes import expire_leases
from domain.matching.expected import count_rates
from domain.matching.inquiries import expire_due, return_to_office
from domain.matching.searches import resume_due


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick changed, as ids."""

    resumed_searches: tuple[int, ...]
    returned_inquiries: tuple[int, ...]
    expired_inquiries: tuple[int, ...]
    unclear_mails: tuple[int, ...]
    released_mails: tuple[int, ...]
    missed_calls: tuple[int, ...]
    rates_counted: bool


def tick(session: Session, *, now: datetime) -> Ticked:
    """Resume pauses, end absences, expire silent inquiries, see to mails and calls; hourly learn from answers."""
    settings = office(session)
    resumed, returned = resume_due(session, now=now), return_to_office(session, now=now)
    expired = expire_due(session, now=now)
    for inquiry_id in expired:
        cancel_calls(session, inquiry_id, reason="expired")
    return Ticked(
        resumed_searches=resumed,
        returned_inquiries=returned,
        expired_inquiries=expired,
        unclear_mails=expire_leases(session, now=now),
        released_mails=release_due(session, now=now),
        missed_calls=miss_overdue(session, now=now),
        rates_counted=count_rates(session, prior=settings.response_prior, expiry_days=settings.expiry_days, now=now),
    )
