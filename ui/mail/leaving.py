"""When mails leave, in words: of one that was just sent, and what is said where no account sends them now."""

from datetime import datetime

from domain.communication.leaving import Leaving, WayOut
from domain.values import Channel
from ui import formats
from ui.errors import describe_code
from ui.translation import tr


def inquiry_sent(channel: Channel, leaving: Leaving | None, now: datetime) -> str:
    """What becomes of an inquiry that was just made; by mail it has a `leaving`."""
    if channel is Channel.PHONE:
        return tr("Der Anruf ist geplant.")
    if channel is Channel.LETTER or leaving is None:
        return tr("Der Brief liegt zum Drucken bereit.")
    return mail_leaves(tr("Die Anfrage"), leaving, now)


def mail_leaves(what: str, leaving: Leaving, now: datetime) -> str:
    """When one mail leaves, or what keeps it; `what` is its word with the article („Die Anfrage“)."""
    if leaving.out.trouble:
        return tr("{what} wartet im Postausgang. {why}").format(what=what, why=_trouble(leaving.out))
    waits = leaving.at is not None and leaving.at > now
    when = leaves_when(leaving.at, now) if leaving.at is not None else ""
    if leaving.out.has_account and leaving.per_hour is None:
        return (tr("{what} geht {when} hinaus.") if waits else tr("{what} ist unterwegs.")).format(what=what, when=when)
    said = tr("{what} geht frühestens {when} hinaus.") if waits else tr("{what} wartet, bis sie an der Reihe ist.")
    why = (
        tr(
            "Ein Postkonto ist nicht eingerichtet: Hat der Hintergrunddienst keinen eigenen Mailserver, wartet sie im"
            " Postausgang."
        )
        if not leaving.out.has_account
        else limit_words(leaving.per_hour or 0)
    )
    return f"{said.format(what=what, when=when)} {why}"


def limit_words(per_hour: int) -> str:
    """Why something leaves "frühestens"."""
    return tr("Mehr als {n} in der Stunde sendet Ihr Büro nicht.").format(n=per_hour)


def held_up(out: WayOut) -> str:
    """What becomes of the mails of a batch that no account sends, or not now; the worker may have its own server."""
    if not out.has_account:
        return tr(
            "Ein Postkonto ist nicht eingerichtet: Hat der Hintergrunddienst keinen eigenen Mailserver, warten die"
            " E-Mails im Postausgang."
        )
    return tr("Zurzeit warten alle E-Mails. {why}").format(why=_trouble(out))


def _trouble(out: WayOut) -> str:
    host, _, port = out.server.rpartition(":")
    return describe_code(out.trouble, host=host, port=port)


def leaves_when(moment: datetime, now: datetime) -> str:
    """At which time, with the day where it is not today."""
    if is_today(moment, now):
        return tr("um {time} Uhr").format(time=formats.time_of_day(moment))
    return tr("am {day} um {time} Uhr").format(day=formats.day(moment), time=formats.time_of_day(moment))


def is_today(moment: datetime, now: datetime) -> bool:
    """Whether a moment lies on the office's day of another."""
    return formats.local(moment).date() == formats.local(now).date()
