"""Auskunft Art. 15: a report on what is kept of a patient, saved as an encrypted archive unless somebody says otherwise."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from domain.casework.access_report.making import EarlierReport, MadeReport, file_stem, last_report, make_access_report
from ui import formats
from ui.contact_labels import contact_label
from ui.labels import label
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.exporting import Target, ask_export, tell_saved


class AccessReporting(QObject):
    """Warns, asks how and where, makes it (which is noted), and puts both files there, whole or not at all."""

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
        says = (
            tr(
                "Es entstehen zwei Dateien mit allem, was zu diesem Menschen gespeichert ist: eine lesbare (PDF) und eine für Maschinen (JSON, mit dem Inhalt der Unterlagen). Angaben über andere Menschen und Namen von Mitarbeitenden stehen nicht darin."
            )
            + "\n\n"
            + tr(
                "Achtung: Die Auskunft enthält Gesundheitsdaten. Übergeben Sie sie persönlich oder auf einem sicheren Weg und löschen Sie die Dateien danach."
            )
            + "\n\n"
            + before
            + " "
            + tr("Wer sie wann erstellt, wird vermerkt.")
        )
        ask_export(
            self._parent, self._ui, tr("Auskunft erstellen"), f"{file_stem(patient_id, self._ui.today())}.pdf",
            lambda target: self.save_to(patient_id, target), ending="pdf", says=says, protect=True,
        )  # fmt: skip

    def save_to(self, patient_id: int, target: Target) -> None:
        """Make the report and put it there, the file for machines with it."""
        now = self._ui.now()
        stem = file_stem(patient_id, self._ui.today())
        self._ui.background.write(
            self,
            lambda s: make_access_report(s, patient_id, say=say, now=now),
            lambda made: self._put(target, made, stem),
        )

    def _put(self, target: Target, made: MadeReport, stem: str) -> None:
        self._ui.background.local(
            self,
            lambda: target.put({f"{stem}.pdf": made.pdf, f"{stem}.json": made.json}),
            lambda _: self._saved(target),
        )

    def _saved(self, target: Target) -> None:
        if target.passphrase:
            said = tr("Gespeichert, verschlüsselt: {name}. Löschen Sie die Datei, sobald sie übergeben ist.").format(
                name=target.path.name
            )
        else:
            said = tr(
                "Gespeichert, unverschlüsselt: {pdf} und {json}. Löschen Sie die Dateien, sobald sie übergeben sind."
            ).format(pdf=target.path.name, json=target.path.with_suffix(".json").name)
        tell_saved(self._parent, self._ui, target, said)


def say(kind: str, code: str) -> str:
    """The words people read for a code, for the paper."""
    return contact_label(code) if kind == "contact_kind" else label(kind, code)
