"""When mails may leave: the office's sending hours on working days, and how many in an hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from domain.access import OfficeSettings
from domain.communication.models import Email
from domain.communication.states import EmailStatus

BERLIN = ZoneInfo("Europe/Berlin")
LONGEST_CLOSED = 14  # days in a row without a working day; more than any run of holidays
HOUR = timedelta(hours=1)


def next_opening(moment: datetime, settings: OfficeSettings) -> datetime:
    """The first moment (UTC), not before `moment`, at which a mail may leave.

    With sending hours: Monday to Friday between them, local time, no public holiday of the office's Land.
    """
    if settings.send_from is None or settings.send_until is None:
        return moment
    # heavy, and needed only by offices with sending hours
    import holidays

    closed = holidays.country_holidays("DE", subdiv=settings.land)
    local = moment.astimezone(BERLIN)
    for offset in range(LONGEST_CLOSED):
        day = local.date() + timedelta(days=offset)
        if day.weekday() > 4 or day in closed:
            continue
        opens = datetime.combine(day, settings.send_from, BERLIN)
        closes = datetime.combine(day, settings.send_until, BERLIN)
        if max(local, opens) < closes:
            return max(local, opens).astimezone(UTC)
    return moment


def allowance(session: Session, settings: OfficeSettings, *, now: datetime) -> int | None:
    """How many mails may still be handed over in this hour; None without a limit."""
    if settings.mails_per_hour is None:
        return None
    under_way = session.scalar(
        select(func.count())
        .select_from(Email)
        .where(
            or_(
                Email.sent_at > now - HOUR,
                Email.status == EmailStatus.SENDING,
                (Email.status == EmailStatus.QUEUED) & Email.not_before.is_(None),
            )
        )
    )
    return max(0, settings.mails_per_hour - int(under_way or 0))
