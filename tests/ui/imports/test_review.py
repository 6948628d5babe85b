"""What a file would change is shown, taken in part, taken over, and taken back."""

import json
from dataclasses import replace
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from domain.acquisition.records import RowError
from domain.database import Database, Session
from domain.therapists.changes import Became, FieldChange, RecordChange
from domain.therapists.duplicates.suspects import Suspect, suspected_duplicates
from domain.therapists.models import Therapist
from domain.therapists.sites import sites_of, update_site
from tests.builders import add_therapist
from tests.ui.hands import fill, find, press, scalar
from ui.imports.dialog import ImportDialog
from ui.imports.rejected import RejectedView
from ui.imports.review import ReviewView
from ui.imports.selection import Selection
from ui.imports.undoing import UndoDialog, ask_undo
from ui.ports import UiContext
from ui.therapists.page import TherapistsPage

THERAPISTS = "SELECT count(*) FROM therapist_service.therapist"
PHONES = "SELECT string_agg(last_name || ' ' || phone, ', ' ORDER BY last_name) FROM therapist_service.therapist"


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """What the dialog stands over."""
    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    return page


def person(name: str, phone: str, **more: Any) -> dict[str, Any]:
    """A record of the directory."""
    return {
        "arzt": True, "name": name, "vorname": "Ina", "strasse": "Markt", "hausnummer": "1", "plz": "52062",
        "ort": "Aachen", "tel": phone, **more,
    }  # fmt: skip


def written(path: Path, *people: Any) -> Path:
    """A raw answer of the directory."""
    path.write_text(json.dumps({"arztPraxisDatas": list(people), "moreResults": False}), "utf-8")
    return path


def tried(ui: UiContext, qtbot: QtBot, page: QWidget, *paths: Path) -> ImportDialog:
    """The dialog after its trial."""
    dialog = ImportDialog(page, ui, *paths)
    dialog.show()
    qtbot.waitUntil(lambda: "Es wären" in dialog.outcome.said.text() and not dialog.outcome.bar.isVisible())
    return dialog


def taken(ui: UiContext, qtbot: QtBot, page: QWidget, path: Path) -> None:
    """A file wholly read in."""
    dialog = tried(ui, qtbot, page, path)
    with qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Einlesen")


def test_one_field_of_one_person_is_taken(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path
) -> None:
    """The rest of the file stays outside; locked values are shown and kept; the same file is known again."""
    path = tmp_path / "liste.json"
    taken(ui, qtbot, page, written(path, person("Berg", "0241 1111"), person("Tal", "0241 2222")))
    fill(
        database, lambda s: s.query(Therapist).filter_by(last_name="Tal").one().__setattr__("locked_fields", ["phone"])
    )
    written(path, person("Berg", "0241 3333", fax="0241 99999"), person("Tal", "0241 4444"), person("See", "0241 5555"))
    dialog = tried(ui, qtbot, page, path)
    review = dialog._review
    assert review is not None
    chips = [chip.accessibleName() for chip in review._group.buttons()]
    assert chips == ["alle 3", "neu 1", "geändert 1", "unverändert 1", "gesperrt 1"]
    press(qtbot, review, "gesperrt 1")
    locked = review.fields.model()
    assert [locked.index(0, c).data() for c in range(4)] == ["Telefon", "0241 2222", "0241 4444", "gesperrt"]
    assert locked.index(0, 0).data(Qt.ItemDataRole.CheckStateRole) is None
    assert review._apart.isHidden()
    press(qtbot, review, "alle 3")
    press(qtbot, review, "Keine der gezeigten")
    assert not dialog._read.isEnabled()
    press(qtbot, review, "geändert 1")
    fields = review.fields
    names = [fields.model().index(row, 0).data() for row in range(fields.model().rowCount())]
    fields.setFocus()
    fields.selectRow(names.index("Telefon"))
    QTest.keyClick(fields, Qt.Key.Key_Space)
    assert review.list.model().index(0, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.PartiallyChecked
    with qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Einlesen")
    assert scalar(database, PHONES) == "Berg +492413333, Tal +492412222"
    assert scalar(database, "SELECT string_agg(fax, '') FROM therapist_service.therapist") == ""
    again = tried(ui, qtbot, page, path)
    assert "schon am 23.11.2026" in again._again.text()
    again.reject()


def test_a_whole_import_is_taken_back_from_the_message(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path
) -> None:
    """First it is told what stays and why, then it is done."""
    taken(ui, qtbot, page, written(tmp_path / "liste.json", person("Berg", "0241 1111"), person("Tal", "0241 2222")))
    fill(database, lambda s: s.query(Therapist).filter_by(last_name="Tal").one().__setattr__("locked_fields", ["note"]))
    press(qtbot, ui.messages, "Import zurücknehmen")
    dialog = page.findChild(UndoDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.kept.isVisible)
    assert "entfernt würden: 1" in dialog._said.text()
    assert dialog.kept.lines()[0] == "Ina Tal: seit dem Import bearbeitet"
    assert dialog.focusWidget() is find(qtbot, dialog, "Abbrechen")
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert scalar(database, "SELECT count(*) FROM therapist_service.therapist") == 2
    dialog = ask_undo(page, ui, dialog._import_id, "liste.json")
    qtbot.waitUntil(dialog.kept.isVisible)
    press(qtbot, dialog, "Zurücknehmen")
    find(qtbot, dialog, "Schließen")
    assert scalar(database, "SELECT last_name FROM therapist_service.therapist") == "Tal"


def test_a_file_changed_after_its_trial_is_not_taken(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path
) -> None:
    """What was chosen belongs to other content: nothing comes in, and the file is looked at anew."""
    path = written(tmp_path / "liste.json", person("Berg", "0241 1111"))
    dialog = tried(ui, qtbot, page, path)
    written(path, person("Berg", "0241 1111"), person("Tal", "0241 2222"))
    press(qtbot, dialog, "Einlesen")
    qtbot.waitUntil(lambda: "seit der Vorschau geändert" in dialog.outcome.said.text())
    assert scalar(database, THERAPISTS) == 0
    press(qtbot, dialog, "Datei neu ansehen")
    with qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Einlesen")
    assert scalar(database, THERAPISTS) == 2


def test_several_files_come_one_after_the_other(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path
) -> None:
    """The first one's end leads to the next; rejected rows are copied and saved."""
    one = written(tmp_path / "eins.json", person("Berg", "0241 1111"), "kein Eintrag")
    two = written(tmp_path / "zwei.json", person("Tal", "0241 2222", hausnummer="9"))
    dialog = tried(ui, qtbot, page, one, two)
    assert dialog._head.text() == "Datei 1 von 2: eins.json"
    press(qtbot, dialog, "Zeilen kopieren")
    assert QGuiApplication.clipboard().text() == "Zeile 2: kein lesbarer Eintrag"
    dialog.outcome.rejected.save(tmp_path / "abgelehnt.csv")
    qtbot.waitUntil((tmp_path / "abgelehnt.csv").exists)
    assert (tmp_path / "abgelehnt.csv").read_text("utf-8-sig").splitlines() == [
        "Zeile;Grund",
        "2;kein lesbarer Eintrag",
    ]
    press(qtbot, dialog, "Einlesen")
    press(qtbot, dialog, "Nächste Datei")
    qtbot.waitUntil(dialog._read.isEnabled)
    with qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Einlesen")
    assert scalar(database, THERAPISTS) == 2


def test_who_is_not_named_any_more_is_retired_only_when_ticked(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path
) -> None:
    """The box is empty at first."""
    path = tmp_path / "liste.json"
    taken(ui, qtbot, page, written(path, person("Berg", "0241 1111"), person("Tal", "0241 2222")))
    fill(database, lambda s: s.query(Therapist).update({"source_as_of": "2026-11-01"}))
    dialog = tried(ui, qtbot, page, written(path, person("Berg", "0241 1111")))
    review = dialog._review
    assert review is not None
    press(qtbot, review, "nicht mehr im Verzeichnis 1")
    assert review.list.model().index(0, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    review.list.setFocus()
    QTest.keyClick(review.list, Qt.Key.Key_Space)
    with qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Einlesen")
    assert scalar(database, "SELECT last_name FROM therapist_service.therapist WHERE status = 'inactive'") == "Tal"


def test_a_hundred_thousand_changes_are_filtered_and_taken(qtbot: QtBot) -> None:
    """Only what is seen is drawn: every row is there without any being made."""
    fields = (FieldChange("phone", "+49241111", "+49241222"),)
    kinds = (Became.NEW, Became.CHANGED, Became.UNCHANGED)
    review = ReviewView(
        Selection([RecordChange(n + 1, kinds[n % 3], n, f"Person {n}", "Aachen", fields) for n in range(100_000)])
    )
    qtbot.addWidget(review)
    review.show()
    assert review.list.model().rowCount() == 100_000
    press(qtbot, review, "geändert 33.333")
    press(qtbot, review, "Keine der gezeigten")
    review.list.scrollToBottom()
    assert review.selection.wanted() == 33_334


def test_forty_thousand_rejected_rows_do_not_stop_the_window(ui: UiContext, qtbot: QtBot) -> None:
    """Only what is seen is made: the window works for a moment, not for as long as forty thousand rows would take."""
    view = RejectedView(ui)
    qtbot.addWidget(view)
    rows = [RowError(n + 2, "import.row.no_name") for n in range(40_000)]
    began = thread_time()
    view.show_rows("liste.csv", rows)
    took = thread_time() - began
    assert view.list.model().rowCount() == 40_000
    assert took < 1
    view._copy()
    assert QGuiApplication.clipboard().text().splitlines()[-1] == "Zeile 40001: Nachname fehlt"


def test_files_are_dropped_on_the_page(ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path) -> None:
    """The page Therapeuten takes them as if they were chosen."""
    fill(database, add_therapist)
    page = TherapistsPage(ui)
    qtbot.addWidget(page)
    page.show()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(written(tmp_path / "liste.json", person("Berg", "0241 1111"))))])
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    page.dropEvent(drop)
    dialog = page.findChild(ImportDialog)
    assert dialog is not None
    assert not dialog.isModal()
    qtbot.waitUntil(dialog._read.isEnabled)
    dialog.reject()


def test_a_new_entry_says_whom_it_may_be(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path
) -> None:
    """Another house and number without a mailbox is new; the person known is named, and both are Dubletten."""
    home = {"strasse": "Oppenhoffallee", "web": "www.baeumler.example", "email": ""}
    taken(ui, qtbot, page, written(tmp_path / "a.json", person("Bäumler-Rübsam", "0241 1111", hausnummer="12", **home)))
    newer = written(tmp_path / "b.json", person("Bäumler-Rübsam", "0241 2222", hausnummer="12 a", **home))
    dialog = tried(ui, qtbot, page, newer)
    review = dialog._review
    assert review is not None
    assert [chip.text() for chip in review._group.buttons()] == ["alle 1", "neu 1", "vielleicht bekannt 1"]
    assert review._note.text().startswith("Vielleicht dieselbe Person wie Ina Bäumler-Rübsam, 52062 Aachen.")
    assert review.list.model().index(0, 1).data() == "neu, vielleicht bekannt"
    with qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Einlesen")
    pairs: list[Suspect] = []
    fill(database, lambda s: pairs.extend(suspected_duplicates(s)))
    assert [(pair.first.name, pair.second.name) for pair in pairs] == [("Ina Bäumler-Rübsam",) * 2]


@pytest.mark.parametrize(
    "moved",
    [{"strasse": "Ring"}, {"strasse": "Ring", "plz": "52064", "hausnummer": "7"}],
    ids=["other street, same number", "other PLZ, same number"],
)
def test_who_keeps_the_number_and_moves_is_known_or_asked_about(
    ui: UiContext, qtbot: QtBot, page: QWidget, tmp_path: Path, moved: dict[str, str]
) -> None:
    """The rules of identity decide where they are certain; else the person known is named."""
    taken(ui, qtbot, page, written(tmp_path / "a.json", person("Bäumler", "0241 1111")))
    dialog = tried(ui, qtbot, page, written(tmp_path / "b.json", person("Bäumler", "0241 1111", **moved)))
    assert dialog._review is not None
    change = dialog._review.selection.changes[0]
    assert change.became is not Became.NEW or [like.name for like in change.like] == ["Ina Bäumler"]


def test_who_was_corrected_by_hand_and_moved_is_asked_about(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path
) -> None:
    """Neither the directory's old address nor the office's correction fits any more: the person known is named."""
    taken(ui, qtbot, page, written(tmp_path / "a.json", person("Brunnen", "0241 1111")))

    def correct(session: Session) -> None:
        at = sites_of(session, session.query(Therapist).one().id)[0]
        update_site(session, at.site_id, at.version, replace(at.form, house_number="3"))

    fill(database, correct)
    newer = written(tmp_path / "b.json", person("Brunnen", "0241 2222", strasse="Ring", hausnummer="9"))
    dialog = tried(ui, qtbot, page, newer)
    assert dialog._review is not None
    assert [like.name for like in dialog._review.selection.changes[0].like] == ["Ina Brunnen"]


def test_the_sentence_counts_as_the_chips_do(ui: UiContext, qtbot: QtBot, page: QWidget, tmp_path: Path) -> None:
    """Who changed, who has another address and who is gone are told apart in both, with the same words."""
    own = {"email": "ina@weg.example"}
    first = written(tmp_path / "a.json", person("Berg", "0241 1111"), person("Tal", "0241 2", **own), person("Weg", ""))
    taken(ui, qtbot, page, first)
    newer = written(tmp_path / "b.json", person("Berg", "0241 3333"), person("Tal", "0241 2", hausnummer="9", **own))
    dialog = tried(ui, qtbot, page, newer)
    assert dialog._review is not None
    for chip in dialog._review._group.buttons()[1:]:
        words, _, number = chip.text().rpartition(" ")
        assert f"{number} {words}" in dialog.outcome.said.text()
    assert "1 geändert, 1 andere Anschrift" in dialog.outcome.said.text()


def test_a_status_beside_people_who_are_all_known_is_read_in(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path
) -> None:
    """A colleague's copy of the list with what was done changes no record, and is worth reading all the same."""
    head, known = (
        "Name;Adresse;Telefon;Sprechzeiten;Barrierefreiheit;Status\n",
        "Ina Berg;Markt 1, 52062 Aachen;0241 111111;",
    )
    first = tmp_path / "liste.csv"
    first.write_text(f"{head}{known};;Noch offen\n")
    taken(ui, qtbot, page, first)
    later = tmp_path / "stand.csv"
    later.write_text(f"{head}{known};;Auf AB gesprochen\n")
    dialog = tried(ui, qtbot, page, later)
    assert "1 unverändert, 1 neuer Vermerk im Verlauf" in dialog.outcome.said.text()
    assert dialog._read.isEnabled()
    with qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Einlesen")
    assert (
        scalar(database, "SELECT string_agg(body, '') FROM communication_service.contact_entry") == "Auf AB gesprochen"
    )


def test_a_screen_reader_hears_what_is_taken(qtbot: QtBot) -> None:
    """The fields of somebody new are taken with them; a chip filters by the action assistive technology has for it."""
    changes = (
        RecordChange(1, Became.NEW, 0, "Neu", "", (FieldChange("phone", None, "+492411"),)),
        RecordChange(2, Became.CHANGED, 1, "Alt", "", (FieldChange("phone", "", "+492411"),),
                     (FieldChange("fax", "+491", "+492"),)),
        RecordChange(3, Became.UNCHANGED, 2, "Gleich", ""),
    )  # fmt: skip
    view = ReviewView(Selection(changes))
    qtbot.addWidget(view)
    spoken = Qt.ItemDataRole.AccessibleTextRole
    model, fields = view.list.model(), view.fields.model()
    assert fields.index(0, 0).data(spoken) == "Telefon, wird übernommen"
    assert model.index(2, 0).data(spoken) == "Gleich"
    view._records.press(0)
    assert fields.index(0, 0).data(spoken) == "Telefon, wird nicht übernommen"
    view.list.selectRow(1)
    assert [fields.index(row, 0).data(spoken) for row in (0, 1)] == [
        "Telefon, wird übernommen", "Fax, gesperrt, wird nicht übernommen"
    ]  # fmt: skip
    chip = next(chip for chip in view._group.buttons() if chip.property("kind") == "unchanged")
    action = QAccessible.queryAccessibleInterface(chip).actionInterface()
    action.doAction(action.actionNames()[0])
    assert model.rowCount() == 1
    assert chip.isChecked()


def test_a_value_that_is_left_out_is_told(ui: UiContext, qtbot: QtBot, page: QWidget, tmp_path: Path) -> None:
    """Row, what is missing and why stand where rejected rows stand; the addition of an address is shown, too."""
    odd = person(
        "Berg", "0241 1111", email="=cmd|calc", strasse="c/o Praxis Müller, Prager Str.", plz="", ort="520 Aachen"
    )
    dialog = tried(ui, qtbot, page, written(tmp_path / "a.json", odd, {"arzt": True}))
    told = dialog.outcome.rejected.list.lines()
    assert told[1:] == [
        "Zeile 1: übernommen, aber ohne Postleitzahl: es steht keine gültige da.",
        "Zeile 1: übernommen, aber ohne E-Mail: was dort steht, ist keine Adresse.",
    ]
    assert told[0].startswith("Zeile 2: ")
    assert dialog._review is not None
    assert dialog.outcome.rejected.list.isVisible()
    fields = {field.name: field.new for field in dialog._review.selection.changes[0].fields}
    assert (fields["street"], fields["addition"], fields["city"]) == ("Prager Str.", "c/o Praxis Müller", "Aachen")
