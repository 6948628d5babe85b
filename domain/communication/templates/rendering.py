"""A template filled with a context: subject, plain text and HTML of a letter.

The text is Markdown after filling; both parts are made of the same, so that they never say different things.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import css_inline
from jinja2 import Environment, Template

from domain.communication.mails import Letter
from domain.communication.templates.contexts import (
    LetterContext,
    OfficeContext,
    PatientCode,
    PatientLetterContext,
    PatientProfile,
)
from domain.communication.templates.kinds import BLOCKS, KINDS, Audience
from domain.communication.templates.language import filled
from domain.communication.templates.markdown import Ready, to_html, to_text
from domain.communication.wording import (
    CRISIS_NUMBERS,
    EMERGENCY_NUMBER,
    ON_CALL_NUMBER,
    greeting,
    patients_in_words,
    practices_in_words,
    weeks_in_words,
)

Context = LetterContext | PatientLetterContext


@dataclass(frozen=True, slots=True)
class Source:
    """What an office's template says now; `version_id` is None for the shipped text."""

    subject: str
    body: str
    version_id: int | None = None


def render(kind: str, context: Context, sources: Mapping[str, Source]) -> Letter:
    """The letter of a kind. `sources` holds the kind's text and those of the blocks ``profile`` and ``signature``.

    What is said on the phone has no HTML.
    """
    subject, body = fill(kind, context, sources)
    if KINDS[kind].audience in {Audience.PRACTICE_CALL, Audience.PATIENT_CALL}:
        return Letter(subject, to_text(body), "", sources[kind].version_id)
    return written(subject, body, template_version_id=sources[kind].version_id)


def fill(kind: str, context: Context, sources: Mapping[str, Source]) -> tuple[str, str]:
    """Subject and Markdown of a letter, for a person to write on in.

    Raises Invalid (template.fails) for a template that cannot be filled, as one of a release before may be.
    """
    names = names_of(context)
    for name, block in BLOCKS.items():
        if name in KINDS[kind].names:
            names[name] = Ready(filled(sources[block].body, names, markdown=True, kind=block).strip("\n"))
    subject = " ".join(filled(sources[kind].subject, names, markdown=False, kind=kind).split())
    return subject, filled(sources[kind].body, names, markdown=True, kind=kind)


def written(subject: str, body: str, *, template_version_id: int | None = None) -> Letter:
    """A letter of what a person wrote, in Markdown."""
    return Letter(subject, to_text(body), page(subject, body), template_version_id)


def page(subject: str, body: str) -> str:
    """Markdown as a whole HTML page with its styles beside each part, as mail programs want them."""
    return str(_inliner().inline(_frame().render(subject=subject, content=to_html(body))))


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


@cache
def _frame() -> Template:
    text = files("resources").joinpath("templates", "_page.html").read_text("utf-8")
    return Environment(autoescape=True).from_string(text)


def names_of(context: Context) -> dict[str, object]:
    """What a template may call by name (kinds.py), of this letter."""
    names: dict[str, object] = {
        "anrede": greeting(context.recipient),
        "empfaenger": context.recipient.full_name,
        "absender": _sender(context.office),
        "heute": _day(context.today),
        "krisennummern": CRISIS_NUMBERS,
        "notruf": EMERGENCY_NUMBER,
        "bereitschaftsdienst": ON_CALL_NUMBER,
    }
    return names | (_about_inquiry(context) if isinstance(context, LetterContext) else _about_search(context))


def _about_inquiry(context: LetterContext) -> dict[str, object]:
    count = len(context.patients)
    return {
        "mehrzahl": lambda one, many: one if count == 1 else many,
        "anzahl": count,
        "personen_in_worten": patients_in_words(count),
        "personen": [_person(patient) for patient in context.patients],
        "kennungen": ", ".join(patient.code for patient in context.patients),
        "kennzeichen": f"PL-{context.reference}",
        "angefragt_am": _day(context.asked_on or context.today),
        "herkunft": context.source,
        "brief": context.on_paper,
        "noch_offen": context.still_open,
        "anderer_platz": bool(context.elsewhere),
        "dort_begonnen": context.elsewhere == "begun",
    }


def _about_search(context: PatientLetterContext) -> dict[str, object]:
    names: dict[str, object] = {
        "mehrzahl": lambda one, _many: one,
        "praxis": context.practice,
        "praxis_telefon": context.practice_phone,
        "praxis_anschrift": context.practice_address,
        "frei_ab": "" if context.place_from is None else _day(context.place_from),
        "fehlt": context.missing,
    }
    status = context.status
    if status is not None:
        names |= {
            "gesucht_seit": weeks_in_words(status.weeks),
            "angefragt": status.asked,
            "angefragt_in_worten": practices_in_words(status.asked),
            "angefragt_diese_woche": status.asked_this_week,
            "antworten_diese_woche": status.answered_this_week,
            "ohne_antwort": status.waiting_for_answer,
            "abwesend": status.absent,
            "ohne_ergebnis": status.without_result,
            "absagen": status.declined,
            "wartelisten": status.waiting_lists,
            "anrufe": status.calls,
        }
    return names


def _sender(office: OfficeContext) -> dict[str, str]:
    return {
        "person": office.person,
        "name": office.name,
        "strasse": office.street,
        "plz": office.plz,
        "ort": office.city,
        "telefon": office.phone,
        "email": office.email,
        "pflichtangaben": office.legal_footer,
    }


def _person(patient: PatientProfile | PatientCode) -> dict[str, object]:
    if isinstance(patient, PatientCode):
        return {"kennung": patient.code}
    return {
        "kennung": patient.code,
        "alter": patient.age_band,
        "geschlecht": patient.sex,
        "versicherung": patient.insurance,
        "verfahren": patient.methods,
        "gruppe": patient.group_ok,
        "anliegen": patient.complaints,
        "zeiten": patient.availability,
        "wartet": weeks_in_words(patient.waiting_weeks),
        "region": patient.region,
        "sprechstunde": patient.had_consultation,
        "zeitnah": patient.timely_needed,
        "sprachen": patient.languages,
    }


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
