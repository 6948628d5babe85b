"""When mails may leave: the office's sending hours on working days, and how many in an hour."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, text, true
from sqlalchemy.orm import Session, aliased

from domain.access import OfficeSettings
from domain.communication.account_models import MailAccount
from domain.communication.batch_models import HOLDING, Batch
from domain.communication.models import Email, EmailAttempt
from domain.communication.states import EmailStatus
from domain.weektime import BERLIN

LONGEST_CLOSED = 14  # days in a row without a working day; more than any run of holidays
HOUR = timedelta(hours=1)
LIMITS_LOCK = 7235002
# Many mails sent by mistake cannot be called back: a batch waits at least that long, whatever the office's undo window.
LEAST_UNDO = timedelta(seconds=30)
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


def undo_window(settings: OfficeSettings, *, in_batch: bool) -> timedelta:
    """How long a mail waits before it leaves, so that it can be taken back."""
    window = timedelta(seconds=settings.undo_seconds)
    return max(LEAST_UNDO, window) if in_batch else window


def monday_of(moment: datetime) -> date:
    """The Monday of the office's week."""
    day = moment.astimezone(BERLIN).date()
    return day - timedelta(days=day.weekday())


def hourly_limit(session: Session, settings: OfficeSettings, account_id: int | None) -> int | None:
    """How many mails of an account leave in an hour, the lower of the office's limit and its own; None without one."""
    own = session.get_one(MailAccount, account_id).mails_per_hour if account_id is not None else None
    return min((limit for limit in (settings.mails_per_hour, own) if limit is not None), default=None)


def is_limited(session: Session, settings: OfficeSettings, account_id: int | None) -> bool:
    """Whether mails of an account are counted by the hour, so that each waits for its turn."""
    return hourly_limit(session, settings, account_id) is not None


def may_leave(session: Session, settings: OfficeSettings, account_id: int | None, *, now: datetime) -> bool:
    """Whether one more mail may be handed over in this hour, by the office's limit and the account's.

    Two that are claimed at the same moment are counted one after the other: the lock is held to the end of the
    transaction that makes the mail `sending`.
    """
    if not is_limited(session, settings, account_id):
        return True
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LIMITS_LOCK})
    session.flush()
    if settings.mails_per_hour is not None and _handed_over(session, None, now=now) >= settings.mails_per_hour:
        return False
    limit = session.get_one(MailAccount, account_id).mails_per_hour if account_id is not None else None
    return limit is None or _handed_over(session, account_id, now=now) < limit


def within_limits(session: Session, *, now: datetime) -> ColumnElement[bool]:
    """Condition on a waiting mail: its account may still send that many in this hour, the longest waiting first."""
    limits = session.execute(
        select(MailAccount.id, MailAccount.mails_per_hour).where(MailAccount.mails_per_hour.is_not(None))
    ).all()
    allowed: list[ColumnElement[bool]] = []
    for account_id, limit in limits:
        left = max(0, int(limit or 0) - _under_way(session, account_id, now=now))
        waiting = (
            select(Email.id)
            .where(Email.account_id == account_id, Email.not_before <= now, Email.status.in_(WAITING), not_held())
            .order_by(Email.not_before, Email.id)
            .limit(left)
        )
        allowed.append(or_(Email.account_id.is_(None), Email.account_id != account_id, Email.id.in_(waiting)))
    return and_(true(), *allowed)


def not_held() -> ColumnElement[bool]:
    """Condition on a mail: no batch that was paused or taken back holds it, nor a person who has it outside.

    Nor is it open whether what it takes back left.
    """
    free = or_(Email.batch_id.is_(None), Email.batch_id.not_in(select(Batch.id).where(Batch.status.in_(HOLDING))))
    return and_(free, Email.exported_at.is_(None), ~first_in_doubt())


def first_in_doubt() -> ColumnElement[bool]:
    """Condition on a mail: it takes back what somebody has outside, is being sent, or may have arrived (unclear)."""
    first = aliased(Email)
    outside = and_(first.status == EmailStatus.QUEUED, first.exported_at.is_not(None))
    in_doubt = exists().where(
        first.inquiry_id == Email.inquiry_id,
        first.kind == "inquiry",
        or_(outside, first.status.in_((EmailStatus.SENDING, EmailStatus.UNCLEAR))),
    )
    return and_(Email.kind == "withdrawal", in_doubt)


def allowance(session: Session, settings: OfficeSettings, *, now: datetime) -> int | None:
    """How many mails may still be handed over in this hour; None without a limit."""
    if settings.mails_per_hour is None:
        return None
    return max(0, settings.mails_per_hour - _under_way(session, None, now=now))


def _handed_over(session: Session, account_id: int | None, *, now: datetime) -> int:
    """Mails of an account (None: of all) that reached a server within the last hour, may have, or are just doing so.

    An attempt counts from when its end was known, which is after the server took the mail, so that no sixty minutes
    hold more than the limit; none is counted that lies ahead. One
    statement sees a mail either under way or reported, never neither.
    """
    tried = select(func.count()).select_from(EmailAttempt).where(
        EmailAttempt.at > now - HOUR, EmailAttempt.at <= now, EmailAttempt.outcome.in_(("sent", "unclear"))
    )  # fmt: skip
    sending = select(func.count()).select_from(Email).where(Email.status == EmailStatus.SENDING)
    if account_id is not None:
        tried, sending = (
            tried.where(EmailAttempt.account_id == account_id),
            sending.where(Email.account_id == account_id),
        )
    return int(session.scalar(select(tried.scalar_subquery() + sending.scalar_subquery())) or 0)


def _under_way(session: Session, account_id: int | None, *, now: datetime) -> int:
    """As `_handed_over`, with those whose job the worker has yet to take."""
    given = select(func.count()).select_from(Email).where(
        Email.status == EmailStatus.QUEUED, Email.not_before.is_(None), not_held()
    )  # fmt: skip
    if account_id is not None:
        given = given.where(Email.account_id == account_id)
    return _handed_over(session, account_id, now=now) + int(session.scalar(given) or 0)
