"""Collects what an access report says. Every query is made from the declaration in `sections.py`.

Nothing of anybody else comes out: what is about several people has its words only as this person's own part, and no
part in which another's name or code stands.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.access_report import ownership as own
from domain.casework.access_report.fields import Only, Section
from domain.casework.access_report.sections import SECTIONS

ALONE, INQUIRY = "_alone", "_inquiry"
WITH_PARTS = {"communication_service.email", "communication_service.printed_letter"}
_ACCESSES = text("SELECT at, operation, table_name, columns FROM audit.accesses_of_patient(:patient)")
_RECIPIENTS = text(f"""
    SELECT r.name AS practice, trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS therapist,
           trim(s.street || ' ' || s.house_number) AS street, trim(s.plz || ' ' || s.city) AS town,
           x.channel, x.sent_at AS at
    FROM matching_service.inquiry x
    JOIN therapist_service.therapist t ON t.id = x.therapist_id
    JOIN therapist_service.practice r ON r.id = t.practice_id
    JOIN therapist_service.practice_site s ON s.id = t.site_id
    WHERE x.sent_at IS NOT NULL AND {own.INQUIRY} ORDER BY x.sent_at, x.id""")
_INSURERS = text("""
    SELECT p.insurer AS name, e.made_at AS at FROM communication_service.evidence_made e
    JOIN patient_service.patient p ON p.id = e.patient_id WHERE e.patient_id = :patient ORDER BY e.made_at""")
_MAPS = text("""
    SELECT EXISTS (SELECT FROM geocoding_service.place_request WHERE patient_id = :patient AND done_at IS NOT NULL)
        OR EXISTS (SELECT FROM geocoding_service.travel_request WHERE patient_id = :patient AND done_at IS NOT NULL)
        OR EXISTS (SELECT FROM geocoding_service.reach_request WHERE patient_id = :patient AND done_at IS NOT NULL)""")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: values by column, and whether it is about this person alone."""

    values: Mapping[str, Any]
    alone: bool


@dataclass(frozen=True, slots=True)
class Collected:
    """Rows by section, who read or changed something when, and who was told something."""

    rows: Mapping[str, tuple[Row, ...]]
    accesses: tuple[Mapping[str, Any], ...]
    practices: tuple[Mapping[str, Any], ...]
    insurers: tuple[Mapping[str, Any], ...]
    maps_asked: bool


def collect(session: Session, patient_id: int) -> Collected:
    """Everything about a patient, in one snapshot of the caller's session."""
    asked = {"patient": patient_id}
    codes = session.scalars(text(own.OWN_CODES), asked).all()
    others: dict[int, set[str]] = {}
    for other in session.execute(text(own.OTHERS), asked).mappings():
        others.setdefault(other["inquiry_id"], set()).update(
            word for word in (other["reference_code"], other["first_name"], other["last_name"]) if word.strip()
        )
    return Collected(
        {section.key: _rows(session, section, asked, codes, others) for section in SECTIONS},
        tuple(dict(row) for row in session.execute(_ACCESSES, asked).mappings()),
        tuple(dict(row) for row in session.execute(_RECIPIENTS, asked).mappings()),
        tuple(dict(row) for row in session.execute(_INSURERS, asked).mappings()),
        bool(session.scalar(_MAPS, asked)),
    )


def query(section: Section) -> str:
    """The query of a section."""
    told = [f"x.{field.column}" for field in section.fields]
    told += [f"{expression} AS {key}" for key, _, expression in section.named]
    told.append(f"{section.alone} AS {ALONE}")
    if section.table in WITH_PARTS:
        told.append(f"x.inquiry_id AS {INQUIRY}")
    return (
        f"SELECT {', '.join(told)} FROM {section.table} x{section.joins} WHERE {section.where} ORDER BY {section.order}"
    )


def _rows(
    session: Session, section: Section, asked: Mapping[str, int], codes: Iterable[str], others: Mapping[int, set[str]]
) -> tuple[Row, ...]:
    found = []
    for row in session.execute(text(query(section)), asked).mappings():
        values, alone = dict(row), bool(row[ALONE])
        values.pop(ALONE)
        inquiry = values.pop(INQUIRY, None)
        if not alone:
            for field in section.fields:
                if field.only is Only.ALONE:
                    values[field.column] = None
                elif field.only is Only.PART:
                    values[field.column] = own_part(values[field.column], codes, others.get(inquiry, set()))
        found.append(Row(values, alone))
    return tuple(found)


def own_part(words: str, codes: Iterable[str], others: Iterable[str]) -> str:
    """Of words about several people the lines from the own code to an empty line or another's; nothing if in doubt.

    Where another's code or name stands in these lines all the same they are left out: a person has to look.
    """
    mine, theirs = _any_of(codes), _any_of(others)
    part: list[str] = []
    within = False
    for line in words.splitlines():
        if mine is not None and mine.search(line):
            within = True
        elif within and (not line.strip(" >\t") or (theirs is not None and theirs.search(line))):
            within = False
        if within:
            part.append(line)
    said = "\n".join(part)
    return "" if theirs is not None and theirs.search(said) else said


def _any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    known = sorted(word for word in words if word)
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in known), re.IGNORECASE) if known else None
