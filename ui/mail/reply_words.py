"""What a mail that came in is said to mean: in a sentence, and as the answers that are asked for."""

from datetime import date, timedelta

from domain.casework.replies import STATUS_OF, Reply, ReplyItem
from domain.communication.incoming.listing import IncomingRow
from domain.communication.reading.meanings import Meaning
from domain.matching.states import answers_from
from ui import formats
from ui.inquiries.answer_rows import Asked
from ui.labels import label
from ui.translation import tr

AT_ONCE = timedelta(hours=1)  # a mail that was written and came within it has one time


def say(reply: Reply) -> str:
    """What the reading comes to, in a sentence."""
    suggestion = reply.of_mailbox
    if suggestion is not None:
        said = label("meaning", suggestion.meaning)
        if suggestion.until is not None:
            said += " " + tr("bis {day}").format(day=formats.day(suggestion.until))
        said = tr("Vorschlag: {what}. Bestätigen mit F9.").format(what=said)
        if suggestion.meaning is Meaning.OPT_OUT:
            said += "\n" + tr("Eingetragen wird, was unten bei den Patienten steht; vorher wird gefragt.")
        return said
    if reply.detail.row.kind == "bounce" and reply.detail.row.inquiry_id is not None:
        return tr(
            "Der Mailserver meldet, dass die E-Mail nicht zugestellt wurde. Die Anfrage ist entsprechend vermerkt."
        )
    if reply.detail.row.patient_id is not None:
        return tr(
            "Diese E-Mail gehört zu {patient} und steht nur in diesem Verlauf, bei keiner Anfrage. Wenn Sie sie gelesen "
            "haben, legen Sie sie weg."
        ).format(patient=reply.detail.row.patient or tr("einem Patienten"))
    if reply.detail.row.inquiry_id is None:
        return tr(
            "Diese E-Mail gehört zu keiner Anfrage. Ordnen Sie sie einer Anfrage oder einem Patienten zu, oder legen Sie"
            " sie weg."
        )
    if reply.detail.row.kind == "other":
        return tr("Hier ist nichts einzutragen. Wenn Sie sie gelesen haben, legen Sie sie weg.")
    if reply.offer is not None and any(item.code in reply.offer.codes for item in reply.items):
        return tr(
            "Platz wird angeboten, aber nicht gesagt, für wen von den {n} Menschen. Bitte lesen und auswählen."
        ).format(n=len(reply.offer.codes))
    if not any(_enterable(item) for item in reply.items):
        return tr("Kein sicherer Vorschlag: bitte lesen und die Antwort auswählen.")
    return tr("Bitte prüfen und mit F9 bestätigen.")


def _enterable(item: ReplyItem) -> bool:
    """Whether what is suggested can still be entered: who found a place elsewhere cannot wait."""
    return item.suggestion is not None and STATUS_OF.get(item.suggestion.meaning) in answers_from(item.status)


def asked(item: ReplyItem, reply: Reply, *, today: date) -> Asked:
    """The row that asks for the answer for one patient, filled with what is suggested."""
    suggestion, offer = item.suggestion, reply.offer
    if suggestion is None:
        offered = _later(offer.from_day, today) if offer is not None and item.code in offer.codes else None
        return Asked(item.item_id, item.name, item.code, item.status, item.version, offered_from=offered)
    place = suggestion.meaning is Meaning.PLACE_FREE
    return Asked(
        item.item_id, item.name, item.code, item.status, item.version,
        suggested=STATUS_OF.get(suggestion.meaning), until=None if place else suggestion.until,
        confidence=suggestion.confidence, place_from=_later(suggestion.until, today) if place else None,
    )  # fmt: skip


def _later(day: date | None, today: date) -> date | None:
    """A day that is still to come; a place that is free already has none."""
    return day if day is not None and day > today else None


def moments(row: IncomingRow) -> str:
    """When a mail was written, and when it came in where that was later."""
    came = formats.moment(row.received_at)
    if row.sent_at is None:
        return came
    written = formats.moment(row.sent_at)
    if abs(row.received_at - row.sent_at) < AT_ONCE:
        return written
    return tr("geschrieben {written}, eingegangen {came}").format(written=written, came=came)
