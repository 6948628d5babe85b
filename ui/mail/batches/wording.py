"""What is said of a batch and its lines."""

from datetime import datetime

from domain.casework.batches.checking import LineCheck
from domain.casework.batches.forecast import Forecast
from domain.casework.batches.listing import BatchRow, LineRow, Ways
from domain.errors import Conflict
from ui import formats
from ui.errors import describe
from ui.labels import label as word
from ui.labels import rule_reason
from ui.mail.batches.labels import label
from ui.mail.leaving import held_up, is_today, leaves_when, limit_words
from ui.translation import ntr, tr
from ui.widgets.chips import EMAIL_STATES

STATES = {"draft": "neutral", "running": "info", "paused": "warning", "done": "success", "taken_back": "neutral"}
LINES = {"open": "neutral", "left_out": "neutral", "refused": "warning", "taken_back": "neutral"}


def title(batch: BatchRow) -> str:
    """Kind and size."""
    words = {
        "inquiries": ntr(batch.lines, "{n} Anfrage", "{n} Anfragen"),
        "reminders": ntr(batch.lines, "{n} Erinnerung", "{n} Erinnerungen"),
        "weekly_status": ntr(batch.lines, "Stand der Suche an {n} Person", "Stand der Suche an {n} Personen"),
    }
    return words[batch.kind]


def state_chip(batch: BatchRow) -> tuple[str, str]:
    """The state in a word; one that is done with something to clear says so."""
    if batch.state == "done" and batch.trouble:
        return tr("zu klären"), "danger"
    return label("state", batch.state), STATES[batch.state]


def origin(batch: BatchRow) -> str:
    """Who and when."""
    who, when = batch.released_by or batch.created_by or "–", batch.released_at or batch.created_at
    return f"{who}, {formats.moment(when)}"


def draft_figures(ways: Ways, left_out: int, stopped: int) -> str:
    """What happens once a draft is released: mails leave, calls are planned, letters wait for the printer."""
    parts = (
        (ways.mails, ntr(ways.mails, "{n} E-Mail wird gesendet", "{n} E-Mails werden gesendet")),
        (ways.calls, ntr(ways.calls, "{n} Anruf wird geplant", "{n} Anrufe werden geplant")),
        (
            ways.letters,
            ntr(ways.letters, "{n} Brief wird zum Drucken bereitgelegt", "{n} Briefe werden zum Drucken bereitgelegt"),
        ),
        (stopped, ntr(stopped, "{n} Zeile wird ausgelassen", "{n} Zeilen werden ausgelassen")),
        (left_out, tr("{n} herausgenommen").format(n=left_out)),
    )
    return " · ".join(words for count, words in parts if count)


def send_words(ways: Ways) -> str:
    """The button that releases a draft."""
    if not ways.mails:
        return tr("Alle übernehm&en")
    parts = (
        (ways.mails, ntr(ways.mails, "{n} E-Mail s&enden", "{n} E-Mails s&enden")),
        (ways.calls, ntr(ways.calls, "{n} Anruf planen", "{n} Anrufe planen")),
        (ways.letters, ntr(ways.letters, "{n} Brief bereitlegen", "{n} Briefe bereitlegen")),
    )
    return ", ".join(words for count, words in parts if count)


def send_label(ways: Ways) -> str:
    """The same, short enough for the button where there are several ways."""
    several = ways.mails and (ways.calls or ways.letters)
    return tr("Alle {n} freigeb&en").format(n=ways.all) if several else send_words(ways)


def released_words(ways: Ways, stopped: int) -> str:
    """What was released."""
    return tr("Freigegeben: {what}.").format(what=draft_figures(ways, 0, stopped))


def figures(batch: BatchRow) -> str:
    """Where every line is; only what there is."""
    if batch.state == "draft":
        # by which way each goes is asked for the one that is open (`draft_figures`)
        out = tr("{n} herausgenommen").format(n=batch.left_out) if batch.left_out else ""
        return " · ".join(part for part in (tr("{n} zum Durchsehen").format(n=batch.open), out) if part)
    parts = (
        (batch.sent, tr("{n} gesendet")),
        (batch.sending, tr("{n} wird gerade gesendet")),
        (batch.waiting, ntr(batch.waiting, "{n} wartet", "{n} warten")),
        (batch.open, tr("{n} noch nicht geschrieben")),
        (batch.arranged, ntr(batch.arranged, "{n} Anruf oder Brief", "{n} Anrufe oder Briefe")),
        (batch.failed, tr("{n} nicht gesendet")),
        (batch.unclear, tr("{n} unklar")),
        (batch.refused, ntr(batch.refused, "{n} passte nicht mehr", "{n} passten nicht mehr")),
        (batch.stopped, tr("{n} gestoppt")),
        (batch.taken_back, tr("{n} zurückgeholt")),
        (batch.left_out, tr("{n} herausgenommen")),
    )
    return " · ".join(words.format(n=count) for count, words in parts if count)


def leaving(told: Forecast, mails: int, now: datetime) -> str:
    """When the mails of a draft would leave."""
    if not mails:
        return tr("Es geht keine E-Mail hinaus.")
    undo = (
        ntr(told.undo_seconds // 60, "{n} Minute", "{n} Minuten")
        if told.undo_seconds >= 120
        else tr("{n} Sekunden").format(n=told.undo_seconds)
    )
    said = [tr("Nach dem Senden bleiben {undo}, um alles zurückzuholen (Strg+Z).").format(undo=undo)]
    if told.out.trouble:
        return f"{said[0]} {held_up(told.out)}"
    sure = told.out.has_account and told.per_hour is None
    first, last = leaves_when(told.first, now), leaves_when(told.last, now)
    if first == last:
        all_at = tr("Die E-Mails gehen {when} hinaus.") if sure else tr("Die E-Mails gehen frühestens {when} hinaus.")
        said.append(all_at.format(when=first))
    else:
        from_to = (
            tr("Die erste geht {first} hinaus, die letzte {last}.")
            if sure
            else tr("Die erste geht frühestens {first} hinaus, die letzte frühestens {last}.")
        )
        said.append(from_to.format(first=first, last=last))
    if not told.out.has_account:
        said.append(held_up(told.out))
    elif told.per_hour is not None:
        said.append(limit_words(told.per_hour))
    return " ".join(said)


def time_left(told: Forecast, now: datetime) -> str:
    """How long a running batch still takes."""
    if told.out.trouble or not told.out.has_account:
        return held_up(told.out)
    if told.per_hour is not None:
        return tr("fertig frühestens {when}").format(when=leaves_when(told.last, now))
    seconds = (told.last - now).total_seconds()
    if seconds < 90:
        return tr("noch etwa eine Minute")
    if seconds < 5400:
        return ntr(round(seconds / 60), "noch etwa {n} Minute", "noch etwa {n} Minuten")
    return tr("fertig voraussichtlich {when}").format(when=leaves_when(told.last, now))


def line_chip(line: LineRow) -> tuple[str, str]:
    """Where a line is."""
    if line.status != "made":
        return label("line", line.status), LINES[line.status]
    if line.email_status is not None:
        return word("email_status", line.email_status), EMAIL_STATES[line.email_status]
    if line.way == "phone":
        return tr("Anruf geplant"), "info"
    return (tr("Brief gedruckt"), "success") if line.printed_at is not None else (tr("Brief liegt bereit"), "info")


def notice(line: LineRow, check: LineCheck | None, now: datetime) -> str:
    """What a person should know of a line: what stands in its way, why it was refused, when it leaves."""
    if line.status == "refused":
        at = line.other_at.isoformat() if line.other_at else None
        return describe(Conflict(line.refusal, by=line.other_by, at=at, rules=line.refused_rules))
    if line.status in {"open", "left_out"}:
        return " · ".join(part for part in (_hindrance(check), _other_way(line)) if part)
    if line.failure:
        return tr("Antwort des Mailservers: {text}").format(text=line.failure)
    if line.email_status in {"queued", "retry_wait"} and line.not_before is not None and line.not_before > now:
        if is_today(line.not_before, now):
            return tr("ab {time} Uhr").format(time=formats.time_of_day(line.not_before))
        return tr("ab {when}").format(when=formats.moment(line.not_before))
    if line.sent_at is not None or line.printed_at is not None:
        return formats.moment(line.sent_at or line.printed_at)
    return formats.moment(line.call_at) if line.call_at is not None else ""


def _other_way(line: LineRow) -> str:
    if line.way == line.wished:
        return "" if line.way == "email" else word("channel", line.way)
    return {
        "phone": tr("keine E-Mail: wird angerufen"),
        "letter": tr("weder E-Mail noch Telefon: Brief zum Drucken"),
    }.get(line.way, tr("keine Telefonnummer: geht per E-Mail"))


def _hindrance(check: LineCheck | None) -> str:
    if check is None or not check.code:
        return ""
    rules = ", ".join(rule_reason(rule) for rule in check.rules)
    if check.code == "open_elsewhere":
        return tr("Hier fragt schon {by} an").format(by=check.by or tr("jemand anders"))
    if check.code == "nobody_fits":
        return tr("Passt nicht: {rules}").format(rules=rules)
    if check.code == "some_left_out":
        return ntr(check.count, "{n} Person passt nicht mehr", "{n} Personen passen nicht mehr") + f": {rules}"
    return label("hindrance", check.code)
