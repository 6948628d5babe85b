"""The tab Nachweis by hand: the case typed, saved and refused, the PDF saved and printed, and what is noted of it."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from domain.casework.answers import record_answer
from domain.casework.patient_record import restrict_patient
from domain.database import Database
from domain.errors import Unavailable
from domain.matching.reimbursement import CaseForm, ProfileForm, save_case, save_profile
from domain.matching.states import ItemStatus
from domain.patients.models import Consent, Patient
from tests.builders import add_patient, add_search
from tests.domain.casework.pdf_reading import flat, pages
from tests.domain.casework.steps import ask, only_item
from tests.ui.hands import fill, find, press, scalar
from ui.patients.evidence import EvidenceTab
from ui.patients.page import PatientsPage
from ui.ports import UiContext
from ui.widgets.exporting import Target
from ui.widgets.files import put_whole
from ui.widgets.forms import Choice
from ui.widgets.reason import ReasonDialog

MADE = "SELECT count(*) FROM communication_service.evidence_made"


def searching(session: Session, ui: UiContext, *, last_name: str = "Groß") -> int:
    """A patient with one refusal."""
    patient = add_patient(session, first_name="Lea", last_name=last_name, insurer="AOK Nord")
    search = add_search(session, patient)
    inquiry = ask(session, search, now=ui.now() - timedelta(days=9))
    item = only_item(session, inquiry)
    record_answer(
        session, item.id, ItemStatus.REJECTION_CAPACITY, now=ui.now() - timedelta(days=3), note="Wartezeit 8 Monate"
    )
    return patient


def agreeing(session: Session, ui: UiContext) -> int:
    """One who agrees that the papers go to the insurer."""
    patient = searching(session, ui)
    session.add(
        Consent(
            patient_id=patient, scope="papers_to_insurer", text_version="2026-01", given_on=ui.today(),
            given_by="patient",
        )
    )  # fmt: skip
    return patient


def page_of(ui: UiContext, qtbot: QtBot, patient: int) -> PatientsPage:
    """The page with a record and the tab in front."""
    page = PatientsPage(ui)
    qtbot.addWidget(page)
    page.resize(1160, 690)
    page.show()
    page.open_item(patient)
    tab = page._detail._evidence
    qtbot.waitUntil(lambda: tab._patient_id == patient)
    page._detail._form.setCurrentWidget(tab)
    return page


def tab_of(ui: UiContext, qtbot: QtBot, patient: int) -> EvidenceTab:
    """The tab of a record, loaded."""
    tab = page_of(ui, qtbot, patient)._detail._evidence
    qtbot.waitUntil(lambda: tab._shown is not None)
    return tab


def type_into(tab: EvidenceTab, name: str, value: str) -> None:
    """Type a day or choose a code."""
    control = tab.case.fields[name].control
    if isinstance(control, Choice):
        control.choose(value)
    else:
        assert isinstance(control, QLineEdit)
        control.setText(value)


def test_the_case_is_typed_and_saved(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Clocks and the checklist follow what was saved."""
    patient = fill(database, lambda s: searching(s, ui))
    tab = tab_of(ui, qtbot, patient)
    assert "1 (gewünscht: 10)" in tab._sum.text()
    assert "noch nicht angefragt" in tab._tss.text()
    for name, value in (
        ("urgency", "timely"),
        ("tss_asked_on", "05.10.2026"),
        ("applied_on", "30.10.2026"),
        ("necessity_on", "01.10.2026"),
    ):
        type_into(tab, name, value)
    press(qtbot, tab, "Fall speichern")
    qtbot.waitUntil(lambda: "endete am 09.11.2026" in tab._tss.text())
    assert "B 1 KR 9/18 R" in tab._insurer.text()
    assert "abgelaufen" in tab._insurer.text()
    assert not tab.unsaved
    assert scalar(database, "SELECT necessity_on::text FROM matching_service.reimbursement_case") == "2026-10-01"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ptv11_on", "heute", "TT.MM.JJJJ"),
        ("ptv11_on", "30.02.2026", "Den 30.02.2026 gibt es nicht"),
        ("tss_asked_on", "24.12.2026", "Zukunft"),
        ("decision", "refused", "gehören zusammen"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    ui: UiContext, qtbot: QtBot, database: Database, name: str, value: str, said: str
) -> None:
    """Nothing is saved, and what was typed stays."""
    tab = tab_of(ui, qtbot, fill(database, lambda s: searching(s, ui)))
    type_into(tab, name, value)
    press(qtbot, tab, "Fall speichern")
    qtbot.waitUntil(lambda: any(said in f._error.text() for f in tab.case.fields.values()))
    assert tab.unsaved
    assert scalar(database, "SELECT count(*) FROM matching_service.reimbursement_case") == 0


@pytest.mark.parametrize(("name", "value"), [("licence_on", "30.02.2026"), ("tss_asked_on", "24.12.2026")])
def test_what_is_wrong_out_of_sight_comes_into_sight(
    ui: UiContext, qtbot: QtBot, database: Database, name: str, value: str
) -> None:
    """Whether form or server refuses: the field is scrolled to, has the cursor, and the bar says what is wrong."""
    tab = tab_of(ui, qtbot, fill(database, lambda s: searching(s, ui)))
    ui.messages.show()
    type_into(tab, name, value)
    field, bar = tab.case.fields[name], tab._area.verticalScrollBar()
    bar.setValue(bar.minimum() if name == "licence_on" else bar.maximum())
    assert field.visibleRegion().isEmpty()
    press(qtbot, tab, "Fall speichern")
    qtbot.waitUntil(lambda: field.visibleRegion().boundingRect() == field.rect())
    qtbot.waitUntil(lambda: tab.window().focusWidget() is field.control)
    assert field.fault in ui.messages.text()
    assert f"Nicht gespeichert. {field.title}: " in ui.messages.text()
    assert field.control.accessibleDescription() == field.fault
    assert scalar(database, "SELECT count(*) FROM matching_service.reimbursement_case") == 0


def test_the_profile_of_the_insurer_is_there_already(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The one named like the patient's; another may be chosen."""
    fill(database, lambda s: save_profile(s, ProfileForm("AOK Nord", attempts_wanted=5, papers=("ptv11",))))
    other = fill(database, lambda s: save_profile(s, ProfileForm("Andere Kasse", attempts_wanted=3)))
    tab = tab_of(ui, qtbot, fill(database, lambda s: searching(s, ui)))
    assert "gewünscht: 5" in tab._sum.text()
    type_into(tab, "profile_id", str(other))
    press(qtbot, tab, "Fall speichern")
    qtbot.waitUntil(lambda: "gewünscht: 3" in tab._sum.text())


def test_the_attempts_are_listed_with_their_contacts(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Practice, day, result with the stated wait; below it each contact with who of the office."""
    tab = tab_of(ui, qtbot, fill(database, lambda s: searching(s, ui)))
    top = tab._list.topLevelItem(0)
    assert top is not None
    assert "Wartezeit: 8 Monate" in top.text(2)
    assert (top.text(1), top.text(3), top.childCount()) == ("14.11.2026", "ja", 2)
    first = top.child(0)
    assert first is not None
    assert (first.text(0), first.text(2)) == ("Brief: Anfrage", "Jana Brand")


def test_the_pdf_is_saved_and_noted(ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    """Whole, under the name chosen, for the person alone; who made it is on record."""
    tab = tab_of(ui, qtbot, fill(database, lambda s: searching(s, ui)))
    path = tmp_path / "Nachweis.pdf"
    path.write_bytes(b"alt")
    tab.saving.save_to(tab._shown.case.patient_id, Target(path))  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "Gespeichert: Nachweis.pdf" in ui.messages.text())
    assert flat("Lea Groß") in flat("".join(pages(path.read_bytes())))
    assert [p.name for p in tmp_path.glob("*achweis*")] == ["Nachweis.pdf"]  # nothing half is left beside it
    assert path.stat().st_mode & 0o077 == 0
    assert scalar(database, MADE) == 1


def test_a_long_log_is_linked_first(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batch after batch, each on its own, and the name proposed tells no person's."""
    monkeypatch.setattr("domain.communication.evidence.chain.BATCH", 1)
    patient = fill(database, lambda s: searching(s, ui))
    tab = tab_of(ui, qtbot, patient)
    assert tab._file_name(tab._shown) == f"Nachweis Akte {patient} 2026-11-23.pdf"  # type: ignore[arg-type]
    tab.saving.save_to(patient, Target(tmp_path / "x.pdf"))
    qtbot.waitUntil(lambda: "Gespeichert: x.pdf" in ui.messages.text())
    assert scalar(database, "SELECT count(*) FROM audit.contact_pending") == 0
    assert scalar(database, "SELECT links FROM communication_service.evidence_made") == 2


def test_a_folder_that_takes_nothing_is_told(ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    """In a sentence; that it was made stays on record, since it was in the program's hands."""
    tab = tab_of(ui, qtbot, fill(database, lambda s: searching(s, ui)))
    tab.saving.save_to(tab._shown.case.patient_id, Target(tmp_path / "fehlt" / "x.pdf"))  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "file.unwritable" in ui.messages.text())
    assert scalar(database, MADE) == 1


def test_a_cut_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk takes nothing away."""
    path = tmp_path / "x.pdf"
    path.write_bytes(b"alt")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Unavailable):
        put_whole(path, b"neu" * 1000)
    assert path.read_bytes() == b"alt"
    assert list(tmp_path.iterdir()) == [path]


def test_it_is_printed(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On whole A4 pages, noted as well."""
    path = tmp_path / "gedruckt.pdf"

    def chosen(dialog: QPrintDialog) -> None:
        printer = dialog.printer()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(path))
        dialog.accepted.emit(printer)

    monkeypatch.setattr(QDialog, "open", chosen)
    tab = tab_of(ui, qtbot, fill(database, lambda s: agreeing(s, ui)))
    press(qtbot, tab, "Nachweis drucken")
    qtbot.waitUntil(lambda: "gedruckt" in ui.messages.text())
    assert len(pages(path.read_bytes())) >= 1
    assert scalar(database, MADE) == 1


@pytest.mark.parametrize(("act", "anyway"), [("PDF speichern", "speichern"), ("drucken", "drucken")])
def test_without_the_consent_it_is_asked_about(
    ui: UiContext, qtbot: QtBot, database: Database, act: str, anyway: str
) -> None:
    """The paper is addressed to the insurer: Enter makes none, and what is lacking is named."""
    tab = tab_of(ui, qtbot, fill(database, lambda s: searching(s, ui)))
    going = []
    tab.saving.save = tab.saving.print_out = lambda *_: going.append(act)  # type: ignore[method-assign]
    for last in (False, True):
        press(qtbot, tab, f"Nachweis {act}" if act == "drucken" else f"Nachweis als {act}")
        dialog = tab.findChild(ReasonDialog)
        assert dialog is not None
        assert "Einwilligung zur Weitergabe der Unterlagen an die Krankenkasse" in " ".join(
            said.text() for said in dialog.findChildren(QLabel)
        )
        assert dialog.ok.text() == f"Trotzdem {anyway}"
        assert dialog.back.isDefault()
        if last:
            dialog.ok.click()
        else:
            qtbot.keyClick(dialog, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]  # pytest-qt
            qtbot.waitUntil(lambda: tab.findChild(ReasonDialog) is None)
            assert going == []
    assert going == [act]


def test_with_the_consent_nobody_is_asked(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """It goes on at once."""
    tab = tab_of(ui, qtbot, fill(database, lambda s: agreeing(s, ui)))
    going = []
    tab.saving.save = lambda *_: going.append(True)  # type: ignore[method-assign]
    press(qtbot, tab, "Nachweis als PDF speichern")
    assert going == [True]


def test_what_is_typed_is_asked_about_before_another_record(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """And a PDF is made only of what is saved."""
    patient = fill(database, lambda s: searching(s, ui))
    other = fill(database, lambda s: searching(s, ui, last_name="Klein"))
    page = page_of(ui, qtbot, patient)
    tab = page._detail._evidence
    qtbot.waitUntil(lambda: tab._shown is not None)
    type_into(tab, "ptv11_on", "01.09.2026")
    assert not tab._pdf.isEnabled()
    page.open_item(other)
    assert "noch nicht gespeichert" in ui.messages.text()
    assert tab._patient_id == patient
    press(qtbot, ui.messages, "Verwerfen")
    qtbot.waitUntil(lambda: tab._patient_id == other)
    assert not tab.unsaved


def test_ctrl_s_saves_the_case(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """The same key as everywhere."""
    page = page_of(ui, qtbot, fill(database, lambda s: searching(s, ui)))
    tab = page._detail._evidence
    qtbot.waitUntil(lambda: tab._shown is not None)
    type_into(tab, "ptv11_on", "01.09.2026")
    page._detail.save()
    qtbot.waitUntil(lambda: not tab.unsaved)
    assert scalar(database, "SELECT ptv11_on::text FROM matching_service.reimbursement_case") == "2026-09-01"


def test_somebody_was_faster(ui: UiContext, qtbot: QtBot, database: Database, second_database: Database) -> None:
    """What was typed stays, and the message says who it was."""
    patient = fill(database, lambda s: searching(s, ui))
    tab = tab_of(ui, qtbot, patient)
    type_into(tab, "ptv11_on", "01.09.2026")
    search = tab._shown.case.search_id  # type: ignore[union-attr]
    fill(second_database, lambda s: save_case(s, search, CaseForm(urgency="acute"), version=None, today=ui.today()))
    press(qtbot, tab, "Fall speichern")
    qtbot.waitUntil(lambda: "Tom Keller" in ui.messages.text())
    assert tab.unsaved


def test_who_never_searched_sees_what_to_do(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """No empty form."""
    page = page_of(ui, qtbot, fill(database, add_patient))
    tab = page._detail._evidence
    qtbot.waitUntil(lambda: not tab._stale)
    qtbot.waitUntil(tab._nothing.isVisible)
    assert not tab._area.isVisible()


def test_a_restricted_record_makes_none(ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    """The sentence says why."""
    patient = fill(database, lambda s: searching(s, ui))
    fill(database, lambda s: restrict_patient(s, patient, now=ui.now()))
    tab = tab_of(ui, qtbot, patient)
    tab.saving.save_to(patient, Target(tmp_path / "x.pdf"))
    qtbot.waitUntil(lambda: "evidence.restricted_export" in ui.messages.text())
    assert scalar(database, MADE) == 0
    assert list(tmp_path.glob("*.pdf")) == []


def test_who_is_insured_privately_sees_no_clocks_of_sgb_v(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """Neither in words nor as fields; what was entered there before is kept."""
    patient = fill(database, lambda s: searching(s, ui))
    tab = tab_of(ui, qtbot, patient)
    asked = tab.case.fields["tss_asked_on"].control
    assert asked.isVisible()
    type_into(tab, "tss_asked_on", "05.10.2026")
    press(qtbot, tab, "Fall speichern")
    qtbot.waitUntil(lambda: not tab.unsaved)
    fill(database, lambda s: setattr(s.get_one(Patient, patient), "insurance_kind", "private"))
    tab.show_patient(patient)
    qtbot.waitUntil(lambda: "Vertrag oder ihre Beihilfe" in tab._insurer.text())
    assert not asked.isVisible()
    assert not any(tab.case.fields[name].isVisible() for name in ("opinion_told_on", "delay_told_on", "delay_until"))
    assert tab.case.fields["applied_on"].isVisible()
    assert not tab._tss.isVisible()
    assert "SGB V" not in tab._insurer.text()
    type_into(tab, "applied_on", "30.10.2026")
    press(qtbot, tab, "Fall speichern")
    qtbot.waitUntil(lambda: "eingegangen am 30.10.2026" in tab._insurer.text())
    assert scalar(database, "SELECT tss_asked_on::text FROM matching_service.reimbursement_case") == "2026-10-05"


def test_every_control_has_a_name(ui: UiContext, qtbot: QtBot, database: Database) -> None:
    """For who does not see it."""
    tab = tab_of(ui, qtbot, fill(database, partial(searching, ui=ui)))
    for name in ("Nachweis als PDF speichern", "Nachweis drucken"):
        find(qtbot, tab, name)
    assert tab._list.accessibleName() == "Anfragen bei Praxen"
    assert all(field.control.accessibleName() for field in tab.case.fields.values())
