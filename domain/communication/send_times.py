"""When mails may leave: the office's sending hours on working days, and how many in an hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from domain.access import OfficeSettings
from domain.communication.account_models import MailAccount
from domain.communication.batch_models import HOLDING, Batch
from domain.communication.models import Email
from domain.communication.states import EmailStatus

BERLIN = ZoneInfo("Europe/Berlin")
LONGEST_CLOSED = 14  # days in a row without a working day; more than any run of holidays
HOUR = timedelta(hours=1)
WAITING = (EmailStatus.QUEUED, EmailStatus.RETRY_WAIT)


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


def is_limited(session: Session, settings: OfficeSettings, account_id: int | None) -> bool:
    """Whether mails of an account are counted by the hour, so that each waits for its turn."""
    if settings.mails_per_hour is not None or account_id is None:
        return settings.mails_per_hour is not None
    return session.get_one(MailAccount, account_id).mails_per_hour is not None


def within_limits(session: Session, *, now: datetime) -> ColumnElement[bool]:
    """Condition on a mail: its account may still send that many in this hour, the longest waiting first."""
    limits = session.execute(
        select(MailAccount.id, MailAccount.mails_per_hour).where(MailAccount.mails_per_hour.is_not(None))
    ).all()
    allowed: list[ColumnElement[bool]] = []
    for account_id, limit in limits:
        left = max(0, int(limit or 0) - _under_way(session, Email.account_id == account_id, now=now))
        waiting = (
            select(Email.id)
            .where(Email.account_id == account_id, Email.not_before <= now, Email.status.in_(WAITING), not_held())
            .order_by(Email.not_before, Email.id)
            .limit(left)
        )
        allowed.append(or_(Email.account_id.is_(None), Email.account_id != account_id, Email.id.in_(waiting)))
    return and_(true(), *allowed)


def not_held() -> ColumnElement[bool]:
    """Condition on a mail: no batch that was paused or taken back holds it."""
    return or_(Email.batch_id.is_(None), Email.batch_id.not_in(select(Batch.id).where(Batch.status.in_(HOLDING))))


def allowance(session: Session, settings: OfficeSettings, *, now: datetime) -> int | None:
    """How many mails may still be handed over in this hour; None without a limit."""
    if settings.mails_per_hour is None:
        return None
    return max(0, settings.mails_per_hour - _under_way(session, true(), now=now))


def _under_way(session: Session, which: ColumnElement[bool], *, now: datetime) -> int:
    """Mails sent within the last hour or in the worker's hands."""
    counted = session.scalar(
        select(func.count())
        .select_from(Email)
        .where(
            which,
            or_(
                Email.sent_at > now - HOUR,
                Email.status == EmailStatus.SENDING,
                (Email.status == EmailStatus.QUEUED) & Email.not_before.is_(None) & not_held(),
            ),
        )
    )
    return int(counted or 0)
