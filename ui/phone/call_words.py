"""A call in words: where and when, what is known of answering there, what is odd, and what a machine may hear."""

from domain.casework.call_following import Following
from domain.casework.calling import Fate, OnMachine
from domain.casework.phone_queue import QueuedCall
from domain.communication.phone_windows import FULL_SEAT_MINUTES, HALF_SEAT_MINUTES, MOST_MINUTES
from domain.communication.states import CallStatus
from ui import formats
from ui.labels import label
from ui.translation import ntr, tr

_ENDED = {
    "answered": "Die Praxis hat inzwischen geantwortet.",
    "expired": "Die Anfrage ist abgelaufen.",
    "therapist_closed": "Die Praxis wird nicht mehr angefragt.",
    "matched_elsewhere": "Wer gesucht hat, hat inzwischen einen Platz.",
    "bounced": "Die Anfrage kam als unzustellbar zurück.",
    "undone": "Die Anfrage wurde zurückgeholt.",
    "result_taken_back": "Das Ergebnis des Anrufs davor wurde zurückgenommen.",
}


def facts(call: QueuedCall) -> str:
    """Number, town, window, attempt, and how likely somebody answers, with what that rests on."""
    said = [formats.phone(call.phone) or tr("keine richtige Nummer"), call.city, _when(call)]
    said.append(tr("{n}. Versuch").format(n=call.attempt))
    if call.tried:
        said.append(
            ntr(
                call.tried, "hier {{reached}} von {n} Anruf erreicht", "hier {{reached}} von {n} Anrufen erreicht"
            ).replace("{reached}", str(call.reached))
        )
    else:
        said.append(tr("hier noch nie angerufen"))
    chance = tr("um diese Zeit etwa {share}").format(share=formats.share(call.chance))
    basis = (
        ntr(call.hour_tried, "aus {n} Anruf des Büros zu dieser Stunde", "aus {n} Anrufen des Büros zu dieser Stunde")
        if call.hour_tried
        else tr("eine Annahme: zu dieser Stunde rief das Büro noch nie an")
    )
    said.append(f"{chance} ({basis})")
    if call.person and not call.mine:
        said.append(tr("bei {person}").format(person=call.person))
    return " · ".join(fact for fact in said if fact)


def _when(call: QueuedCall) -> str:
    if call.agreed:
        return tr("zugesagt: {when}").format(when=formats.weekday_clock(call.planned_at))
    if call.window is None:
        return ""
    return tr("{day} bis {end}").format(
        day=formats.weekday_clock(call.window.start), end=formats.time_of_day(call.window.end)
    )


def warning(call: QueuedCall) -> str:
    """What whoever calls should know first."""
    said: list[str] = []
    if not call.phone:
        said.append(tr("Die bekannte Nummer war falsch. Berichtigen Sie sie bei der Praxis, dann geht es hier weiter."))
    if call.phone_tag:
        said.append(tr("Die Praxis hat zurückgerufen und niemanden erreicht."))
    if call.promised_at is not None:
        said.append(tr("Zugesagt war {when}; da hat niemand angerufen.").format(when=formats.moment(call.promised_at)))
    if call.status is CallStatus.IN_PROGRESS and not call.mine:
        said.append(tr("{person} telefoniert gerade mit dieser Praxis.").format(person=call.person or tr("Jemand")))
    said += _hours(call)
    if call.note:
        said.append(call.note)
    return " ".join(said)


def _hours(call: QueuedCall) -> list[str]:
    if call.published is None:
        return [tr("Keine Telefonzeiten bekannt: geplant am Vormittag.")]
    said = []
    if call.published > MOST_MINUTES:
        said.append(
            tr("{n} Minuten in der Woche veröffentlicht: Das sind wohl Sprechzeiten, nicht Telefonzeiten.").format(
                n=call.published
            )
        )
    elif call.published < HALF_SEAT_MINUTES and call.seat != "private":
        said.append(
            tr(
                "Nur {n} Minuten in der Woche veröffentlicht; Pflicht sind {half} bei halbem und {full} bei vollem Sitz,"
                " in Stücken ab 25 Minuten. Vermutlich fehlen Zeiten."
            ).format(n=call.published, half=HALF_SEAT_MINUTES, full=FULL_SEAT_MINUTES)
        )
    elif call.published < FULL_SEAT_MINUTES and call.seat == "statutory":
        said.append(
            tr(
                "{n} Minuten in der Woche veröffentlicht: genug für einen halben Sitz, für einen vollen fehlen {more}."
            ).format(n=call.published, more=FULL_SEAT_MINUTES - call.published)
        )
    if call.hours_as_of is not None:
        said.append(tr("Telefonzeiten vom {day}.").format(day=formats.day(call.hours_as_of)))
    if call.unknown_days:
        days = ", ".join(formats.WEEKDAYS[day.weekday()] for day in call.unknown_days)
        said.append(tr("Für {days} sagen sie nichts: In jener Woche war das ein Feiertag.").format(days=days))
    return said


def on_machine(said: OnMachine) -> str:
    """What to say when a machine answers."""
    about = tr(", Kennzeichen PL-{reference}").format(reference=said.reference) if said.reference else ""
    words = tr(
        "„Guten Tag, hier ist {person} von {office}. Bitte rufen Sie uns zurück unter {phone}{about}. Vielen Dank.“"
    ).format(person=said.person, office=said.office, phone=formats.phone(said.phone) or "…", about=about)
    rule = tr("Nichts über die Menschen, um die es geht: Wer das Band abhört, weiß man nicht.")
    return "\n".join((tr("Auf dem Anrufbeantworter nur:"), words, rule))


def not_dialled(practice: str, result: CallStatus) -> str:
    """Why a result is asked about once more: no call was begun here."""
    return tr(
        "Für {practice} wurde hier noch kein Anruf begonnen. Haben Sie mit einem anderen Telefon angerufen? Dann wird"
        " vermerkt: {result}."
    ).format(practice=practice, result=label("call_status", result))


def lasted() -> str:
    """What the field for the minutes of a call made elsewhere is called."""
    return tr("Dauer in Minuten (leer: zählt nicht)")


def settled(practice: str, result: CallStatus, following: Following) -> str:
    """That a result was written, and what is expected next."""
    said = [tr("{practice}: vermerkt.").format(practice=practice)]
    if following.call_at is not None:
        said.append(tr("Der nächste Anruf ist am {when} geplant.").format(when=formats.moment(following.call_at)))
    elif result is CallStatus.REACHED and following.chased_on is not None:
        said.append(
            ntr(
                following.waiting,
                "Für {n} Menschen fehlt noch eine Antwort; ohne sie wird ab {{day}} nachgefasst.",
                "Für {n} Menschen fehlt noch eine Antwort; ohne sie wird ab {{day}} nachgefasst.",
            ).format(day=formats.day(following.chased_on))
        )
    elif result is CallStatus.WRONG_NUMBER:
        said.append(tr("Es wird kein neuer Anruf geplant, bis die Nummer bei der Praxis berichtigt ist."))
    return " ".join(said)


def gone(fate: Fate) -> str:
    """Why a call left the list while somebody looked at it."""
    if fate.status is CallStatus.CANCELLED:
        why = _ENDED.get(fate.reason) or tr("Grund: {reason}.").format(reason=label("reason", fate.reason).rstrip("."))
        return tr("Dieser Anruf ist weggefallen.") + (" " + tr(why) if fate.reason else "")
    if fate.status is CallStatus.PLANNED:
        return tr("Dieser Anruf ist auf später verschoben.")
    return tr("{person} hat diesen Anruf schon eingetragen: {result}.").format(
        person=fate.person or tr("Jemand"), result=label("call_status", fate.status)
    )
