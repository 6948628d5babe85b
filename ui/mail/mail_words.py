"""What is said of a mail of ours: what it waits for, what hindered it, how an attempt ended."""

from datetime import datetime

from domain.casework.mail_reports import NAMES_GONE
from domain.casework.unread_replies import REPLY_UNREAD
from domain.communication.queries import AttemptRow, MailDetail, MailRow
from domain.communication.states import EmailStatus
from domain.communication.waiting import Waiting
from ui import formats
from ui.errors import describe_code
from ui.labels import label
from ui.translation import tr
from ui.widgets.chips import EMAIL_STATES


def chip(row: MailRow) -> tuple[str, str]:
    """The state in a word; one that was stopped is no decision of a person's."""
    if row.stopped:
        return label("email_status", "stopped"), "warning"
    return label("email_status", row.status), EMAIL_STATES[row.status]


def recipient(row: MailRow) -> str:
    """To whom a mail went; the address of a patient whose words were erased is gone."""
    return row.to_name or row.to_address or tr("Empfänger gelöscht")


def subject(row: MailRow) -> str:
    """What a mail is about; none leaves without a subject, so that one without was erased."""
    return row.subject or tr("Inhalt gelöscht")


def waits(told: Waiting | None, now: datetime) -> str:
    """Until when a mail waits and for what; empty for one that does not wait."""
    if told is None:
        return ""
    when = _when(told.until, now) if told.until is not None else ""
    return {
        "exported": tr("angehalten: wird von Hand gesendet"),
        "reply": tr("wartet auf das Lesen der Antwort"),
        "first": tr("wartet: Ob die Anfrage ankam, die sie zurücknimmt, steht noch nicht fest"),
        "unconfirmed": tr("wartet, bis die Leitung den Server des Postkontos bestätigt"),
        "held": tr("angehalten: ihr Sammelversand macht Pause"),
        "undo": tr("bis {when} zurückholbar"),
        "later": tr("wartet bis {when}"),
        "hours": tr("wartet bis {when}, Sendezeit"),
        "retry": tr("neuer Versuch {when}"),
        "limit": tr("wartet: in dieser Stunde gingen schon genug E-Mails hinaus"),
        "worker": tr("geht gleich hinaus"),
        "no_account": tr("wartet: Ein Postkonto ist nicht eingerichtet"),
    }[told.reason].format(when=when)


def waits_of(row: MailRow, now: datetime) -> str:
    """The same of a mail in a list: who has it outside, and since when."""
    if row.waiting is not None and row.waiting.reason == "exported" and row.exported_at is not None:
        return tr("angehalten: {person} sendet sie von Hand (seit {when}). Gesendet oder doch nicht?").format(
            person=row.exported_by or tr("jemand"), when=_when(row.exported_at, now)
        )
    return waits(row.waiting, now)


def waits_until(told: Waiting | None, now: datetime) -> str:
    """The same for a narrow column: until when."""
    return tr("bis {when}").format(when=_when(told.until, now)) if told is not None and told.until is not None else ""


def waits_for(told: Waiting | None) -> str:
    """The same for a narrow column: for what."""
    return label("waits_for", told.reason) if told is not None else ""


def _when(moment: datetime, now: datetime) -> str:
    here, today = formats.local(moment), formats.local(now)
    if here.date() == today.date():
        return formats.time_of_day(moment)
    if 0 < (here.date() - today.date()).days < 7:
        return formats.weekday_clock(moment)
    return formats.moment(moment)


def trouble(mail: MailDetail) -> str:
    """What hindered the mail, in our words and in the server's own, and whether it is still tried."""
    if mail.row.status is EmailStatus.UNCLEAR:
        return tr(
            "Die Verbindung brach während der Übergabe ab. Ob die E-Mail ankam, ist offen: Fragen Sie nach oder entscheiden Sie hier."
        )
    if mail.row.waiting is not None and mail.row.waiting.reason in {"exported", "reply"}:
        return ""  # what it waits for stands beside it, and nothing is tried
    told = mail.failure_cause and mail.failure_cause != REPLY_UNREAD
    lines = [describe_code(mail.failure_cause, **mail.failure_params)] if told else []
    if mail.row.failure:
        lines.append(tr("Antwort des Mailservers: {text}").format(text=mail.row.failure))
    if lines and mail.row.status in {EmailStatus.RETRY_WAIT, EmailStatus.QUEUED}:
        lines.append(tr("Es wird von selbst weiter versucht."))
    if mail.row.status is EmailStatus.FAILED and not names_gone(mail):
        lines.append(
            tr(
                "Es wird nicht weiter versucht. Ist die Ursache behoben, senden Sie die E-Mail noch einmal; sonst rufen Sie an."
            )
        )
    return "\n".join(lines)


def names_gone(mail: MailDetail) -> bool:
    """Whether the mail is held since it names somebody who was taken back."""
    return mail.row.status is EmailStatus.FAILED and mail.failure_cause == NAMES_GONE


def attempt(one: AttemptRow) -> str:
    """When it was tried and what came of it."""
    reply = one.reply or (describe_code(one.cause) if one.cause.startswith("email.") else "")
    return " · ".join(part for part in (formats.moment(one.at), label("attempt", one.outcome), reply) if part)
