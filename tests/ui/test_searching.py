"""The search over everything, and the key that takes words away: the same in every field words are searched by."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.casework.receiving import receive
from domain.communication.incoming.parse import parse_mail
from domain.communication.models import ContactEntry
from domain.database import Database
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import NOW
from tests.domain.communication.incoming.letters import reply
from tests.ui.conftest import Visits
from tests.ui.hands import fill
from ui.global_search import GlobalSearch
from ui.inquiries.page import InquiriesPage
from ui.mail.finding import InquiryFinder
from ui.mail.page import MailPage
from ui.map.overview.patient import PatientChoice
from ui.matching.page import MatchingPage
from ui.page import PageWidget
from ui.patients.page import PatientsPage
from ui.ports import UiContext
from ui.therapists.page import TherapistsPage
from ui.widgets.search_field import SearchField

# a list that pops up is raised, which the offscreen platform cannot
pytestmark = pytest.mark.qt_log_ignore("raise")


@pytest.fixture
def search(ui: UiContext, qtbot: QtBot, visits: Visits) -> GlobalSearch:
    """The field, ready to type into."""
    made = GlobalSearch(ui.background, visits)
    qtbot.addWidget(made)
    made.show()
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    return made


def heard(session: Session) -> tuple[int, int]:
    """A patient and a practice of whom something was said."""
    patient, therapist = add_patient(session, last_name="Groß"), add_therapist(session, last_name="Sommer")
    for body, about in (
        ("Sie hat zwei Therapieplätze ab März frei.", {"therapist_id": therapist}),
        ("Die Krankenkasse hat den Antrag abgelehnt.", {"patient_id": patient}),
    ):
        session.add(ContactEntry(at=NOW, channel="phone", body=body, **about))
    return patient, therapist


def lines(search: GlobalSearch) -> list[str]:
    """What the popup says."""
    return [search._list.item(row).text() for row in range(search._list.count())]


def test_words_of_a_history_lead_to_it(search: GlobalSearch, qtbot: QtBot, database: Database, visits: Visits) -> None:
    """In any German form, in a group of their own; Enter opens the record with the words in its history's search."""
    _, therapist = fill(database, heard)
    QTest.keyClicks(search, "platz frei")
    qtbot.waitUntil(search._popup.isVisible)
    assert lines(search)[0] == "Verlauf und E-Mails"
    assert "zwei Therapieplätze ab März frei" in lines(search)[1]
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert visits == [("therapists", therapist)]
    assert visits.field == "course:platz frei"
    assert search.text() == ""


def test_groups_stand_under_their_word_and_arrows_pass_it(
    search: GlobalSearch, qtbot: QtBot, database: Database, visits: Visits
) -> None:
    """From a person to what was said of others of that name."""
    patient, _ = fill(database, heard)

    def more(session: Session) -> None:
        session.add(ContactEntry(at=NOW, channel="note", body="Frau Groß rief an", therapist_id=add_therapist(session)))

    fill(database, more)
    QTest.keyClicks(search, "Groß")
    qtbot.waitUntil(search._popup.isVisible)
    assert [line for line in lines(search) if line in {"Patienten", "Verlauf und E-Mails"}] == [
        "Patienten", "Verlauf und E-Mails",
    ]  # fmt: skip
    assert search._list.currentRow() == 1
    QTest.keyClick(search, Qt.Key.Key_Down)
    assert search._list.currentRow() == 3
    QTest.keyClick(search, Qt.Key.Key_Up)
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert visits == [("patients", patient)]


def test_the_record_opens_with_its_history_searched(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The entry is in sight, with the words marked."""
    patient, _ = fill(database, heard)
    page = PatientsPage(ui)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.open_field(patient, "course:Anträge")
    course = page._detail._course
    qtbot.waitUntil(lambda: course.isVisible() and course.search.text() == "Anträge")
    qtbot.waitUntil(lambda: "Antrag abgelehnt" in course._history.timeline.toPlainText())


def test_esc_takes_the_hits_and_the_words_then_leaves(search: GlobalSearch, qtbot: QtBot, database: Database) -> None:
    """And the cursor is where it was."""
    fill(database, heard)
    around, before = QWidget(), QLineEdit()
    column = QVBoxLayout(around)
    column.addWidget(before)
    column.addWidget(search)
    around.show()
    before.setFocus()
    qtbot.waitUntil(before.hasFocus)
    search.begin()
    QTest.keyClicks(search, "Groß")
    qtbot.waitUntil(search._popup.isVisible)
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert (search.text(), search._popup.isVisible(), search._back() is before) == ("", False, True)
    QTest.keyClick(search, Qt.Key.Key_Escape)
    qtbot.waitUntil(before.hasFocus)
    search.setParent(None)


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (PatientsPage, "Patienten suchen"), (TherapistsPage, "Therapeuten suchen"), (MatchingPage, "Suchen filtern"),
        (InquiriesPage, "Anfragen suchen"), (MailPage, "E-Mails suchen"),
    ],
)  # fmt: skip
def test_esc_in_a_pages_field(
    ui: UiContext, qtbot: QtBot, database: Database, made: Callable[[UiContext], PageWidget], name: str
) -> None:
    """First the words go, the cursor stays; then it goes on to the list, or further where that is empty."""
    fill(database, lambda s: (add_search(s, add_patient(s)), add_therapist(s)))
    page = made(ui)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    field = next(one for one in page.findChildren(SearchField) if one.accessibleName() == name)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, "a")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), field.hasFocus()) == ("", True)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not field.hasFocus()
    assert QApplication.focusWidget() is not None


@pytest.mark.parametrize("made", [InquiryFinder, PatientChoice])
def test_esc_in_a_dialogs_field(ui: UiContext, qtbot: QtBot, made: type[InquiryFinder] | type[PatientChoice]) -> None:
    """First the words go, then the dialog."""
    around = PatientsPage(ui)
    qtbot.addWidget(around)
    dialog = InquiryFinder(around, ui) if made is InquiryFinder else PatientChoice(ui, around)
    dialog.open()
    closed: list[int] = []
    dialog.finished.connect(closed.append)
    field = dialog.findChildren(SearchField)[0]
    QTest.keyClicks(field, "a")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), closed) == ("", [])
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert closed == [0]


def test_a_name_is_no_markup_in_a_tooltip(search: GlobalSearch, qtbot: QtBot, database: Database) -> None:
    """Nor is anything fetched that it points to."""
    name = '<img src="file://evil.example/a.png"><h1>Stichwortx</h1>'
    fill(database, lambda session: add_therapist(session, first_name="", last_name=name))
    QTest.keyClicks(search, "Stichwortx")
    qtbot.waitUntil(lambda: any("Stichwortx" in tip for tip in tips(search)))
    assert not [tip for tip in tips(search) if "<img" in tip or "<h1" in tip]


def tips(search: GlobalSearch) -> list[str]:
    """What is said of each line."""
    return [search._list.item(row).toolTip() for row in range(search._list.count())]


def test_a_mail_of_nobody_known_leads_to_post(
    search: GlobalSearch, qtbot: QtBot, database: Database, visits: Visits
) -> None:
    """In a group of its own, with who sent it and its subject."""

    def came(session: Session) -> int:
        source = reply("Wir suchen zwei Therapieplätze.", sender="Neu <neu@anderswo.example>", subject="Frage")
        return receive(session, parse_mail(source), now=NOW).incoming_id

    mail = fill(database, came)
    QTest.keyClicks(search, "therapieplatz")
    qtbot.waitUntil(search._popup.isVisible)
    assert lines(search)[0] == "E-Mails von Unbekannten"
    assert lines(search)[1].startswith("Neu · ")
    assert lines(search)[1].endswith("\nFrage")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert visits == [("mail", mail)]
    assert visits.field == "incoming"
