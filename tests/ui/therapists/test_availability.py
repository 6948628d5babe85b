"""A practice's week, how old its word on places is, its waiting list and qualifications in the window."""

from datetime import date

from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.database import Database
from domain.matching.models import Inquiry, InquiryItem
from domain.therapists.models import Therapist
from domain.values import MINUTES_PER_DAY, WeekSpan
from tests.builders import add_patient, add_search
from tests.ui.conftest import Visits
from tests.ui.hands import fill, press
from tests.ui.therapists.driving import add, opened
from ui.patients.course import CourseTab
from ui.ports import UiContext
from ui.widgets.week_strip import WeekStrip

MONDAY = (WeekSpan(9 * 60, 9 * 60 + 50),)
FRIDAY = (WeekSpan(4 * MINUTES_PER_DAY + 14 * 60, 4 * MINUTES_PER_DAY + 16 * 60),)


def _said(widget: QWidget) -> set[str]:
    return {label.text() for label in widget.findChildren(QLabel) if label.isVisible()}


def test_a_week_shows_all_hours_with_their_age(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Phone and treatment side by side, what is unknown named, and how old it is in words."""
    therapist = add(database, phone_hours=MONDAY, treatment_hours=FRIDAY, hours_as_of=date(2026, 3, 12))
    page = opened(ui, qtbot, therapist, tab="Zeiten")
    strip = page.findChildren(WeekStrip)[0]
    qtbot.waitUntil(lambda: bool(strip.lanes))
    words = strip.accessibleDescription()
    assert words == "Telefon: Mo 09:00–09:50. Sprechzeit: unbekannt. Behandlung: Fr 14:00–16:00"
    assert "Telefon: Mo 09:00–09:50 · Stand 12.03.2026, 8 Monate alt" in _said(page)
    where = strip._rect(0, MONDAY[0]).center()
    assert strip.words_at(where.x(), where.y()) == "Telefon Mo 09:00–09:50"
    assert not strip.grab().isNull()


def test_an_old_word_on_places_does_not_read_like_todays(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """A "voll" of 14 months ago says so and asks to be checked; the list finds it."""
    therapist = add(database, capacity="full", capacity_note="voll", capacity_as_of=date(2025, 9, 20))
    add(database, capacity="full", capacity_as_of=date(2026, 11, 20))
    page = opened(ui, qtbot, therapist)
    asked = "Stand 20.09.2025, 14 Monate alt · veraltet: bitte die Praxis nach freien Plätzen fragen"
    qtbot.waitUntil(lambda: asked in _said(page))
    qtbot.waitUntil(lambda: "2 Therapeuten" in _said(page))
    page._filters["capacity"].choose("check")
    qtbot.waitUntil(lambda: "1 Therapeut" in _said(page))


def test_qualifications_are_chosen_from_those_there_are(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The choice names what somebody has; nobody else is left."""
    therapist = add(database, qualifications=["EMDR"], specialties=["Psychotherapie"])
    add(database)
    page = opened(ui, qtbot, therapist, tab="Angebot")
    page.refresh()
    qtbot.waitUntil(lambda: page._skills.count() == 3)
    page._skills.choose("EMDR")
    qtbot.waitUntil(lambda: "1 Therapeut" in _said(page))


def test_a_promise_is_seen_at_both_ends(ui: UiContext, qtbot: QtBot, database: Database, visits: Visits) -> None:
    """At the practice with the patient's name, at the patient with the practice's; what is due says so."""
    therapist = add(database, first_name="Ina", last_name="Sommer")

    def work(session: Session) -> tuple[int, int]:
        patient = add_patient(session, last_name="Berger")
        point, now = session.get_one(Therapist, therapist).contact_point_id, ui.now()
        inquiry = Inquiry(
            contact_point_id=point, therapist_id=therapist, stage="answered", reference="PL-1", approved_at=now,
            sent_at=now, clock_started_at=now, closed_at=now,
        )  # fmt: skip
        session.add(inquiry)
        session.flush()
        session.add(
            InquiryItem(
                inquiry_id=inquiry.id, search_id=add_search(session, patient), status="waitlisted", answered_at=now,
                waitlisted_until=date(2026, 11, 20), position=1, reference_code="PL-1-1",
            )
        )  # fmt: skip
        return patient, inquiry.id

    patient, inquiry = fill(database, work)
    page = opened(ui, qtbot, therapist, tab="Stand")
    due = "zugesagt am 23.11.2026, fällig seit 20.11.2026, bitte nachfragen"
    qtbot.waitUntil(lambda: f"Lea Berger: {due}" in _said(page))
    press(qtbot, page, "Lea Berger: Anfrage öffnen")
    assert visits[-1] == ("inquiries", inquiry)
    course = CourseTab(ui)
    qtbot.addWidget(course)
    course.show()
    course.show_patient(patient)
    qtbot.waitUntil(lambda: f"Ina Sommer: {due}" in _said(course))
    assert any(b.accessibleName() == "Ina Sommer: Anfrage öffnen" for b in course.findChildren(QPushButton))
