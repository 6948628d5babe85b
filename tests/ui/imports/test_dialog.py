"""Reading files in by hand: columns chosen, a trial run without a trace, rejected rows, broken files, stopping."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from domain.database import Database
from tests.ui.admin.test_source_review import another_import
from tests.ui.hands import find, press, scalar
from ui.imports.dialog import ImportDialog
from ui.ports import UiContext

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"
PATIENTS = "SELECT count(*) FROM patient_service.patient"
FILES = "SELECT count(*) FROM scraping_service.import_file"


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """What the dialog stands over."""
    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    return page


def opened(ui: UiContext, qtbot: QtBot, page: QWidget, path: Path) -> ImportDialog:
    """The dialog for a file."""
    dialog = ImportDialog(page, ui, path)
    dialog.open()
    qtbot.waitUntil(lambda: not dialog.outcome.bar.isVisible())
    return dialog


def test_a_table_is_mapped_tried_and_read(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path
) -> None:
    """The guess is shown with examples and may be changed; a trial leaves nothing behind."""
    path = tmp_path / "liste.csv"
    path.write_text("Wer;Vorname;geb.;PLZ\nBerger;Lea;04.05.1992;52062\n;Jan;;\n", "utf-8")
    dialog = opened(ui, qtbot, page, path)
    assert dialog._table is not None
    mapping = dialog._table.columns
    assert mapping.mapping() == {"first_name": "Vorname", "birth_date": "geb.", "plz": "PLZ"}
    press(qtbot, dialog, "Probelauf")
    qtbot.waitUntil(lambda: "keine Spalte für den Nachnamen" in dialog.outcome.said.text())
    mapping._choices["last_name"].choose("Wer")
    press(qtbot, dialog, "Probelauf")
    qtbot.waitUntil(lambda: "1 neu" in dialog.outcome.said.text())
    assert (scalar(database, PATIENTS), scalar(database, FILES)) == (0, 0)
    assert dialog.outcome.rejected.list.lines()[0] == "Zeile 3: Nachname fehlt"
    press(qtbot, dialog, "Einlesen")
    qtbot.waitUntil(lambda: scalar(database, PATIENTS) == 1)
    find(qtbot, dialog, "Schließen")
    assert scalar(database, "SELECT birth_date::text FROM patient_service.patient") == "1992-05-04"


@pytest.mark.parametrize("of_patients", [True, False])
def test_a_table_that_leaves_it_open_is_what_its_page_holds(
    ui: UiContext, qtbot: QtBot, page: QWidget, tmp_path: Path, *, of_patients: bool
) -> None:
    """A list of practices must not stand there as patients because nobody looked."""
    path = tmp_path / "liste.csv"
    path.write_text("Nachname;Vorname;PLZ\nBerger;Lea;52062\n", "utf-8")
    dialog = ImportDialog(page, ui, path, of_patients=of_patients)
    dialog.open()
    qtbot.waitUntil(lambda: dialog._table is not None)
    assert dialog._table is not None
    assert dialog._table.kind().of_patients is of_patients
    dialog.reject()


@pytest.mark.parametrize(
    ("header", "of_patients"),
    [("Name;Fachgebiete;Therapieverfahren", True), ("Name;Geburtsdatum;Krankenkasse", False)],
)
def test_a_table_of_others_than_its_page_is_asked_about(
    ui: UiContext, qtbot: QtBot, page: QWidget, tmp_path: Path, header: str, *, of_patients: bool
) -> None:
    """Neither the page nor the headers decide without a word."""
    path = tmp_path / "liste.csv"
    path.write_text(f"{header}\nBerger;;\n", "utf-8")
    dialog = ImportDialog(page, ui, path, of_patients=of_patients)
    dialog.show()
    qtbot.waitUntil(lambda: dialog._table is not None and dialog._table._doubt.isVisible())
    assert dialog._table is not None
    assert dialog._table.kind().of_patients is not of_patients
    dialog.reject()


def test_columns_once_named_are_known_again(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path
) -> None:
    """By whoever reads such a table next: tried at once, told with its day, changeable, and forgotten on request."""
    path = tmp_path / "liste.csv"
    path.write_text("Behandler;Wo;Nummer\nIna Berg;Markt 1, 52062 Aachen;0241 1111\n", "utf-8")
    dialog = opened(ui, qtbot, page, path)
    assert dialog._table is not None
    dialog._table.about.choose("therapist_table")
    for field, header in (("name", "Behandler"), ("address", "Wo"), ("phone", "Nummer")):
        dialog._table.columns._choices[field].choose(header)
    with qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Einlesen")
    path.write_text("Wo;behandler;Nummer\nMarkt 2, 52062 Aachen;Ina Tal;0241 2222\n", "utf-8")
    dialog = ImportDialog(page, ui, path)
    dialog.show()
    qtbot.waitUntil(lambda: "1 neu" in dialog.outcome.said.text() and not dialog.outcome.running)
    assert dialog._facts.text().endswith("· Zuordnung vom 23.11.2026 übernommen")
    press(qtbot, dialog, "Spalten zuordnen")
    assert "Zuordnung" not in dialog._facts.text()
    qtbot.waitUntil(lambda: dialog._table is not None and dialog._table._before.isVisible())
    assert dialog._table is not None
    known = {"name": "behandler", "address": "Wo", "phone": "Nummer"}
    assert dialog._table.mapping() == known
    press(qtbot, dialog, "Vergessen")
    qtbot.waitUntil(lambda: scalar(database, "SELECT count(*) FROM scraping_service.table_columns") == 0)
    qtbot.waitUntil(lambda: dialog._table is not None and not dialog._table._before.isVisible())
    assert dialog._table.mapping() != known
    dialog.reject()


def test_what_is_being_tried_or_read_in_keeps_its_columns(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, worker_database: Database, tmp_path: Path
) -> None:
    """Else what is taken over would be read by other columns than what was shown, or twice."""
    path = tmp_path / "liste.csv"
    path.write_text("Behandler;Wo\nIna Berg;Markt 1, 52062 Aachen\n", "utf-8")
    dialog = opened(ui, qtbot, page, path)
    assert dialog._table is not None
    dialog._table.about.choose("therapist_table")
    dialog._table.columns._choices["name"].choose("Behandler")
    with another_import(worker_database):
        press(qtbot, dialog, "Probelauf")
        assert not dialog._table.isEnabled()
    qtbot.waitUntil(lambda: dialog._review is not None)
    with another_import(worker_database):
        press(qtbot, dialog, "Einlesen")
        assert not dialog._columns.isEnabled()
    with qtbot.waitSignal(dialog.finished):
        pass
    assert scalar(database, FILES) == 1


def test_another_file_is_waited_for_and_the_waiting_can_be_stopped(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, worker_database: Database
) -> None:
    """What is waited for is said; Abbrechen ends it at once, and what is wanted then goes on by itself."""
    dialog = opened(ui, qtbot, page, SAMPLES / "arztsuche-v2.json")
    said = "Eine andere Datei wird gerade eingelesen"
    with another_import(worker_database):
        press(qtbot, dialog, "Einlesen")
        qtbot.waitUntil(lambda: said in dialog.outcome.said.text())
        dialog.reject()
        qtbot.waitUntil(lambda: not dialog.outcome.running)
        assert said not in dialog.outcome.said.text()
        press(qtbot, dialog, "Einlesen")
        qtbot.waitUntil(lambda: said in dialog.outcome.said.text())
    with qtbot.waitSignal(dialog.finished):
        pass
    assert scalar(database, FILES) == 1


def test_a_directory_is_recognised_and_read(ui: UiContext, qtbot: QtBot, page: QWidget, database: Database) -> None:
    """Its kind is named; a clean file closes the dialog and the bar tells the counts."""
    dialog = opened(ui, qtbot, page, SAMPLES / "arztsuche-v2.json")
    assert "Verzeichnis der Arztsuche" in dialog._facts.text()
    with qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Einlesen")
    assert " neu, " in ui.messages._text.text()
    assert int(str(scalar(database, "SELECT count(*) FROM therapist_service.therapist"))) > 100


def test_words_on_contacts_of_nobody_wanted_are_nothing_to_read_in(
    ui: UiContext, qtbot: QtBot, page: QWidget, tmp_path: Path
) -> None:
    """They come along with who is taken, and only so."""
    path = tmp_path / "liste.csv"
    path.write_text(
        "Name;Telefon;Sprechzeiten;Barrierefreiheit;Status\nIna Berg;0241 1234567;;;Auf AB gesprochen\n", "utf-8"
    )
    dialog = opened(ui, qtbot, page, path)
    review, report = dialog._review, dialog._trial_report
    assert review is not None
    assert report is not None
    assert report.history == 1
    assert dialog._read.isEnabled()
    press(qtbot, review, "Keine der gezeigten")
    assert not dialog._read.isEnabled()


def test_a_broken_file_is_named_and_nothing_can_be_read(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path
) -> None:
    """A sentence in the dialog, both buttons off."""
    path = tmp_path / "kaputt.json"
    path.write_text('{"arztPraxisDatas": [{"name": ', "utf-8")
    dialog = opened(ui, qtbot, page, path)
    if dialog._read.isEnabled():  # recognised by its first list; it breaks off further down
        press(qtbot, dialog, "Einlesen")
    qtbot.waitUntil(lambda: "Es wurde nichts übernommen" in dialog.outcome.said.text())
    assert scalar(database, FILES) == 0


def test_what_is_no_list_can_only_be_closed(ui: UiContext, qtbot: QtBot, page: QWidget, tmp_path: Path) -> None:
    """The button says so to the eye and to a screen reader."""
    path = tmp_path / "nichts.json"
    path.write_text('{"foo": 1}', "utf-8")
    dialog = ImportDialog(page, ui, path)
    dialog.open()
    qtbot.waitUntil(lambda: "weder" in dialog.outcome.said.text())
    with qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Schließen")


def test_after_a_trial_the_next_key_reads_in(ui: UiContext, qtbot: QtBot, page: QWidget) -> None:
    """Not Abbrechen."""
    dialog = opened(ui, qtbot, page, SAMPLES / "arztsuche-v1.json")
    dialog._trial.setFocus()
    press(qtbot, dialog, "Probelauf")
    qtbot.waitUntil(lambda: "Probelauf" in dialog.outcome.said.text())
    assert dialog.focusWidget() is dialog._read


def test_reading_is_stopped(ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path) -> None:
    """Abbrechen while it runs takes everything back and leaves the dialog open."""
    path = tmp_path / "viele.csv"
    path.write_text("Nachname;Vorname\n" + "".join(f"Person{n};Lea\n" for n in range(4000)), "utf-8")
    dialog = opened(ui, qtbot, page, path)
    dialog._run(keep=True)
    dialog.reject()
    qtbot.waitUntil(lambda: "Abgebrochen" in dialog.outcome.said.text())
    assert (dialog.isVisible(), scalar(database, PATIENTS)) == (True, 0)


def test_a_foreign_list_of_therapists_is_said_to_be_one(
    ui: UiContext, qtbot: QtBot, page: QWidget, database: Database, tmp_path: Path
) -> None:
    """What it is about and its columns are chosen; from the changes one goes back to the columns."""
    path = tmp_path / "liste.csv"
    path.write_text("Behandler;Rufnummer;Wo\nIna Sommer;0241 1234567;Weg 3, 52062 Aachen\n", "utf-8")
    dialog = opened(ui, qtbot, page, path)
    table = dialog._table
    assert table is not None
    assert not table._doubt.isHidden()
    assert table.kind() == "office_table"
    table.about.choose("therapist_table")
    for field, header in {"name": "Behandler", "address": "Wo"}.items():
        table.columns._choices[field].choose(header)
    press(qtbot, dialog, "Probelauf")
    qtbot.waitUntil(lambda: dialog._review is not None and not dialog.outcome.bar.isVisible())
    assert dialog._facts.text().startswith("Therapeutenliste")
    press(qtbot, dialog, "Spalten zuordnen")
    again = dialog._table
    assert again is not None
    assert again.mapping() == {"name": "Behandler", "address": "Wo"}
    again.columns._choices["phone"].choose("Rufnummer")
    press(qtbot, dialog, "Probelauf")
    qtbot.waitUntil(lambda: dialog._review is not None and not dialog.outcome.bar.isVisible())
    with qtbot.waitSignal(dialog.finished):
        press(qtbot, dialog, "Einlesen")
    found = """SELECT t.last_name || t.phone || s.plz FROM therapist_service.therapist t
        JOIN therapist_service.practice_site s ON s.id = t.site_id"""
    assert scalar(database, found) == "Sommer+49241123456752062"
    assert scalar(database, PATIENTS) == 0
