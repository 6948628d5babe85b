"""Consent that ends: by a person's word or by a later form, and what stops with it."""

import json
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from domain.acquisition.reading import recognise
from domain.casework.imports import import_file
from domain.casework.searches import start_search
from domain.database import Database
from domain.patients.models import Consent
from domain.values import Channel
from tests.builders import add_patient
from tests.domain.casework.steps import ask, mails, only_item


def form(folder: Path, *, ask_for: object, on: str) -> Path:
    """A file with one intake of Lea Berger."""
    path = folder / f"intake-{on}.json"
    consent = {"version": "2026-01", "speicherung": True, "anonyme_anfrage": ask_for, "am": on}
    person = {"vorname": "Lea", "nachname": "Bergmann", "geburtsdatum": "1992-05-04", "einwilligung": consent}
    path.write_text(json.dumps([person]), "utf-8")
    return path


def test_a_later_form_that_says_no_stops_what_waits(database: Database, now: datetime, tmp_path: Path) -> None:
    """The earlier consent ends on the form's day, and the queued mail never goes out; read again, nothing changes."""
    today = now.date()
    with database.write() as session:
        patient = add_patient(session, last_name="Bergmann")  # consent given on 1 September
        inquiry = ask(session, start_search(session, patient), now=now, channel=Channel.EMAIL)
        refusal = recognise(form(tmp_path, ask_for=False, on="2026-11-20"), today=today)
        report = import_file(session, refusal, now=now, today=today)
        assert (report.imported, report.updated, report.ids) == (0, 1, (patient,))
        ended = session.execute(
            select(Consent.scope, Consent.withdrawn_on).where(Consent.patient_id == patient).order_by(Consent.scope)
        ).all()
        assert [tuple(row) for row in ended] == [
            ("pseudonymous_inquiry", today.replace(day=20)),
            ("storage", None),
        ]
        assert (only_item(session, inquiry).status, mails(session, inquiry, "inquiry")[0].status) == (
            "withdrawn",
            "cancelled",
        )
        assert import_file(session, refusal, now=now, today=today).unchanged == 1


def test_an_earlier_or_silent_form_ends_nothing(database: Database, now: datetime, tmp_path: Path) -> None:
    """A form from before the consent does not speak about it, nor does one that leaves the question open."""
    today = now.date()
    with database.write() as session:
        patient = add_patient(session, last_name="Bergmann")
        for answer, day in ((False, "2026-08-01"), (None, "2026-11-20")):
            source = recognise(form(tmp_path, ask_for=answer, on=day), today=today)
            import_file(session, source, now=now, today=today)
        assert (
            session.scalars(
                select(Consent.id).where(Consent.patient_id == patient, Consent.withdrawn_on.is_not(None))
            ).all()
            == []
        )
