"""Auskunft Art. 15: a report on what is kept of a patient, saved to a chosen folder as two files that are not encrypted."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from domain.casework.access_report.making import EarlierReport, MadeReport, file_stem, last_report, make_access_report
from ui import formats
from ui.contact_labels import contact_label
from ui.labels import label
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.choosing_files import choose_place
from ui.widgets.files import put_whole
from ui.widgets.reason import ReasonDialog


class AccessReporting(QObject):
    """Warns, asks where, makes it (which is noted), and puts both files there, whole or not at all."""

    def __init__(self, ui: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._ui, self._parent = ui, parent

    def begin(self, patient_id: int) -> None:
        """Say what it is, when there was one before, and what to mind; then ask where."""
        self._ui.background.read(
            self, lambda s: last_report(s, patient_id), lambda last: self._warn(patient_id, last), key="report"
        )

    def _warn(self, patient_id: int, last: EarlierReport | None) -> None:
        before = (
            tr("Zuletzt erstellt am {day} von {name}.").format(day=formats.moment(last.made_at), name=last.made_by)
            if last is not None
            else tr("Bisher wurde keine erstellt.")
        )
        dialog = ReasonDialog(
            self._parent,
            tr("Auskunft erstellen"),
            tr(
                "Es entstehen zwei Dateien mit allem, was zu diesem Menschen gespeichert ist: eine lesbare (PDF) und eine für Maschinen (JSON, mit dem Inhalt der Unterlagen). Angaben über andere Menschen und Namen von Mitarbeitenden stehen nicht darin."
            )
            + "\n\n"
            + tr(
                "Achtung: Die Dateien enthalten Gesundheitsdaten und sind nicht verschlüsselt. Wählen Sie einen Ordner, den nur Sie lesen, übergeben Sie die Auskunft persönlich oder auf einem sicheren Weg und löschen Sie die Dateien danach."
            )
            + "\n\n"
            + before
            + " "
            + tr("Wer sie wann erstellt, wird vermerkt."),
            reason="",
        )
        dialog.ask(lambda _: self._ask_where(patient_id))

    def _ask_where(self, patient_id: int) -> None:
        name = f"{file_stem(patient_id, self._ui.today())}.pdf"
        choose_place(
            self._parent, self._ui.state, tr("Auskunft speichern"), name,
            lambda path: self.save_to(patient_id, path), ending="pdf",
        )  # fmt: skip

    def save_to(self, patient_id: int, path: Path) -> None:
        """Make the report and put it there, the file for machines beside it."""
        now = self._ui.now()
        self._ui.background.write(
            self, lambda s: make_access_report(s, patient_id, say=say, now=now), lambda made: self._put(path, made)
        )

    def _put(self, path: Path, made: MadeReport) -> None:
        beside = path.with_suffix(".json")
        self._ui.background.local(
            self,
            lambda: put_both(path, beside, made),
            lambda _: self._ui.messages.success(
                tr(
                    "Gespeichert, unverschlüsselt: {pdf} und {json}. Löschen Sie die Dateien, sobald sie übergeben sind."
                ).format(pdf=path.name, json=beside.name)
            ),
        )


def put_both(path: Path, beside: Path, made: MadeReport, put: Callable[[Path, bytes], None] = put_whole) -> None:
    """Both files, or none of them: half a report would pass for a whole one."""
    there = path.exists()
    put(path, made.pdf)
    try:
        put(beside, made.json)
    except BaseException:
        if not there:
            path.unlink(missing_ok=True)
        raise


def say(kind: str, code: str) -> str:
    """The words people read for a code, for the paper."""
    return contact_label(code) if kind == "contact_kind" else label(kind, code)
