"""Invented letters to look at a template with: one person or several, everything known or next to nothing."""

from dataclasses import replace
from datetime import date, timedelta

from domain.communication.templates.contexts import (
    LetterContext,
    OfficeContext,
    PatientLetterContext,
    PatientProfile,
    SearchStatus,
)
from domain.communication.templates.kinds import KINDS, Audience
from domain.communication.wording import MISSING, Recipient

OFFICE = OfficeContext(
    "Vermittlungsstelle Musterstadt", "Jana Brand", "Marktweg 1", "52062", "Aachen", "0241 5550-0",
    "post@vermittlung.example", "Träger: Verein Musterhilfe e. V.",
)  # fmt: skip
FIRST = PatientProfile(
    "K7M2P", "30 bis 39 Jahre", "weiblich", "gesetzlich", ("Verhaltenstherapie",), group_ok=True,
    complaints=("Angst", "Erschöpfung"), availability="Mo vormittags, Do nachmittags", waiting_weeks=12,
    region="Raum 520", had_consultation=True, timely_needed=True, languages=("Türkisch",),
)  # fmt: skip
OTHER = PatientProfile(
    "T4WX9", "50 bis 59 Jahre", "keine Angabe", "privat", (), group_ok=False, complaints=(), availability="",
    waiting_weeks=0, region="noch offen", had_consultation=False, timely_needed=False, languages=(),
)  # fmt: skip
CODES = "ABCD"


def sample(kind: str, count: int, *, today: date) -> LetterContext | PatientLetterContext:
    """An invented case for a kind; `count` persons (1–6) where it is about an inquiry."""
    if KINDS[kind].audience in {Audience.PATIENT, Audience.PATIENT_CALL}:
        return PatientLetterContext(
            recipient=Recipient("Frau", "", "Lea", "Berger", is_institution=False),
            office=OFFICE,
            today=today,
            practice="Dr. Ina Sommer",
            practice_phone="0241 5550-12",
            practice_address="Seilgraben 3, 52062 Aachen",
            place_from=today + timedelta(days=70),
            status=SearchStatus(8, 14, 3, 2, 5, 5, 2, 4, absent=1, without_result=1),
            missing=tuple(MISSING.values())[-2:],
        )
    more = [replace(OTHER, code=f"T4WX{letter}") for letter in CODES]
    return LetterContext(
        recipient=Recipient("Frau", "Dr. phil.", "Ina", "Sommer", is_institution=False),
        office=OFFICE,
        reference="7K3M9Q",
        patients=(FIRST, OTHER, *more)[:count],
        today=today,
        asked_on=today,
        source="das öffentliche Verzeichnis arztsuche.116117.de",
        still_open=count == 1,
        elsewhere="offered",
    )
