"""Errors in words: what happened, what was kept, what to do. The sentences stand in `ui/words/errors_*.py`."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from domain.errors import PlatzlotseError, Unavailable
from domain.weektime import BERLIN
from ui import formats
from ui.admin.template_words import kind_words
from ui.labels import label, rule_reason
from ui.translation import tr
from ui.words import (
    errors_backup,
    errors_contact,
    errors_directories,
    errors_mail,
    errors_matching,
    errors_outside,
    errors_records,
    errors_seat,
)

# by what they are about; a test sees to it that no code stands twice
_PARTS = (
    errors_seat.SENTENCES, errors_records.SENTENCES, errors_matching.SENTENCES, errors_contact.SENTENCES,
    errors_mail.SENTENCES, errors_outside.SENTENCES, errors_directories.SENTENCES,
    errors_backup.SENTENCES,
)  # fmt: skip
_SENTENCES: dict[str, str] = {code: sentence for part in _PARTS for code, sentence in part.items()}
_FALLBACKS = {
    "invalid": "Das lässt sich so nicht speichern ({code}). Es wurde nichts geändert.",
    "not_found": "Das gibt es nicht mehr ({code}).",
    "conflict": "Jemand anders war schneller ({code}). Ihre Eingaben stehen noch hier.",
    "forbidden": "Dazu fehlt Ihnen die Berechtigung. Es wurde nichts geändert.",
    "unavailable": "Ein Dienst antwortet gerade nicht ({code}). Versuchen Sie es gleich noch einmal.",
}
_STATE_KINDS = {
    "place_search.transition": "search_status",
    "patient.transition": "patient_state",
    "inquiry.transition": "inquiry_state",
    "inquiry_item.transition": "item_status",
    "email.transition": "email_status",
    "phone_call.transition": "call_status",
}


def describe(error: BaseException) -> str:
    """One or two German sentences for an expected error; a general one for anything else."""
    if not isinstance(error, PlatzlotseError):
        return tr("Etwas Unerwartetes ist passiert. Ihre gespeicherten Daten sind unverändert.")
    sentence = tr(_SENTENCES.get(error.code) or _FALLBACKS.get(error.kind, "{code}"))
    return sentence.format_map(_Words(error))


def describe_code(code: str, **params: Any) -> str:
    """The sentence of a code that was kept, such as why a mailbox could not be read."""
    return describe(Unavailable(code, **params))


def describe_row(reason: str) -> str:
    """The reason why a row of a file was rejected."""
    return tr(_SENTENCES.get(reason, reason))


class _Words(dict[str, str]):
    """Parameters of an error in words; a missing one reads naturally instead of failing."""

    def __init__(self, error: PlatzlotseError) -> None:
        super().__init__()
        self._error = error

    def __missing__(self, name: str) -> str:
        if name == "code":
            return self._error.code
        value = self._error.params.get(name)
        writers: dict[str, Callable[[Any], str]] = {
            "by": lambda v: str(v) if v else tr("Jemand anders"),
            "at": _moment,
            "rules": lambda v: ", ".join(rule_reason(code) for code in v or ()),
            "missing": lambda v: ", ".join(label("checklist", code) for code in v or ()),
            "size": lambda v: formats.size(int(v or 0)),
            "allowed": lambda v: (
                tr("der Mailserver nimmt höchstens {size}").format(size=formats.size(int(v)))
                if v
                else tr("so große nimmt der Mailserver nicht")
            ),
            "before": lambda v: label(_STATE_KINDS.get(self._error.code, "search_status"), str(v or "")),
            "columns": lambda v: ", ".join(v or ()),
            "near": lambda v: tr("; gemeint ist wohl „{near}“").format(near=v) if v else "",
            "fields": lambda v: ", ".join(label("therapist_field", name) for name in v or ()),
            "last_day": lambda v: formats.day(date.fromisoformat(str(v))),
            "codes": lambda v: ", ".join(v or ()),
            "template": lambda v: kind_words(str(v)),
            "roles": lambda v: ", ".join(v or ()),
        }
        write = writers.get(name, str)
        return write(value)


def _moment(value: Any) -> str:
    if not value:
        return tr("gerade eben")
    when = datetime.fromisoformat(str(value)).astimezone(BERLIN)
    return tr("am {day} um {time}").format(day=f"{when:%d.%m.%Y}", time=f"{when:%H:%M}")
