"""Kinds of templates: who is written to, what a kind may say, and what it must.

A name a template uses is one of its kind's; whatever else it says is refused when it is saved.
"""

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Who reads or hears the text; blocks are parts of other texts."""

    PRACTICE = "practice"
    PRACTICE_CALL = "practice_call"
    PATIENT = "patient"
    PATIENT_CALL = "patient_call"
    BLOCK = "block"


COMMON = frozenset({"anrede", "empfaenger", "absender", "heute", "signatur", "mehrzahl"})
CRISIS = frozenset({"krisennummern", "notruf", "bereitschaftsdienst"})
INQUIRED = frozenset({"anzahl", "personen_in_worten", "personen", "kennungen", "kennzeichen", "angefragt_am", "brief"})
PROFILED = INQUIRED | {"profile"}
PLACE = frozenset({"praxis", "praxis_telefon", "praxis_anschrift", "frei_ab"})
STATUS = frozenset(
    {
        "gesucht_seit",
        "angefragt",
        "angefragt_in_worten",
        "angefragt_diese_woche",
        "antworten_diese_woche",
        "ohne_antwort",
        "abwesend",
        "ohne_ergebnis",
        "absagen",
        "wartelisten",
        "anrufe",
    }
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: the names it may use, those its body must use and those its subject must use."""

    audience: Audience
    names: frozenset[str]
    body_needs: frozenset[str] = frozenset()
    subject_needs: frozenset[str] = frozenset()


def _to_practice(names: frozenset[str], *body_needs: str) -> Kind:
    # an answer is told apart by the reference in its subject
    return Kind(
        Audience.PRACTICE,
        COMMON | names,
        frozenset({"signatur", *body_needs}),
        subject_needs=frozenset({"kennzeichen"}),
    )


def _to_patient(names: frozenset[str], *body_needs: str) -> Kind:
    return Kind(Audience.PATIENT, COMMON | CRISIS | names, frozenset({"signatur", *body_needs}))


KINDS: dict[str, Kind] = {
    # the first letter tells the practice where its address is from (Art. 14 GDPR)
    "inquiry": _to_practice(PROFILED | {"herkunft"}, "profile", "herkunft"),
    "reminder": _to_practice(INQUIRED, "kennungen"),
    # whether the practice is still asked for somebody else of the same inquiry
    "withdrawal": _to_practice(INQUIRED | {"noch_offen"}, "kennungen"),
    # whether another practice gives the person a place, and whether they began there
    "surplus": _to_practice(INQUIRED | {"anderer_platz", "dort_begonnen"}, "kennungen"),
    "alternative": _to_practice(PROFILED, "profile"),
    "place_declined": _to_practice(INQUIRED, "kennungen"),
    "call_first": Kind(Audience.PRACTICE_CALL, COMMON | PROFILED | {"herkunft"}, frozenset({"profile", "herkunft"})),
    "call_again": Kind(Audience.PRACTICE_CALL, COMMON | PROFILED, frozenset({"profile"})),
    "first_letter": _to_patient(frozenset({"fehlt"}), "krisennummern"),
    "weekly_status": _to_patient(STATUS, "krisennummern"),
    "acceptance_patient": _to_patient(PLACE, "praxis", "krisennummern"),
    "acceptance_call": Kind(Audience.PATIENT_CALL, COMMON | CRISIS | PLACE, frozenset({"praxis"})),
    "own_practice": Kind(Audience.PRACTICE, COMMON, frozenset()),
    "own_patient": Kind(Audience.PATIENT, COMMON | CRISIS, frozenset()),
    "profile": Kind(Audience.BLOCK, frozenset({"personen"}), frozenset({"personen"})),
    "signature": Kind(Audience.BLOCK, frozenset({"absender"}), frozenset({"absender"})),
}
OWN = ("own_practice", "own_patient")
BLOCKS = {"profile": "profile", "signatur": "signature"}  # name in a letter, kind

# What stands behind the dot.
ATTRIBUTES: dict[str, frozenset[str]] = {
    "absender": frozenset({"person", "name", "strasse", "plz", "ort", "telefon", "email", "pflichtangaben"}),
    "person": frozenset(
        {
            "kennung", "alter", "geschlecht", "versicherung", "verfahren", "gruppe", "anliegen", "zeiten", "wartet",
            "region", "sprechstunde", "zeitnah", "sprachen",
        }
    ),
}  # fmt: skip
