"""Files that came or went with a mail: names and sizes, saved where the person says.

What came is never opened by the program; what the office sent itself may be looked at. What came with a patient's mail may be taken over into the patient's papers.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from domain.casework.patient_files import take_over_attachment
from domain.communication.incoming.hidden_words import PGP_TYPES, SMIME_TYPES
from domain.communication.incoming.listing import FileRow, file_content
from domain.database import Session
from domain.patients.files_check import kind_by_name
from ui import formats
from ui.errors import describe
from ui.patients.files_folder import put_to_read
from ui.patients.files_labels import file_kinds
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.exporting import Target, ask_export, tell_saved
from ui.widgets.forms import button
from ui.widgets.reason import ReasonDialog

# what a name without an ending does not tell
_KINDS = dict.fromkeys(SMIME_TYPES, "S/MIME") | dict.fromkeys(PGP_TYPES, "PGP") | {
    "application/octet-stream": "", "application/pdf": "PDF", "text/calendar": "Kalender",
}  # fmt: skip


class FilesRow(QWidget):
    """A button a file, and one that takes a patient's over; hidden where there is none."""

    def __init__(
        self, ui: UiContext, *, content: Callable[[Session, int], bytes] = file_content, opens: bool = False
    ) -> None:
        super().__init__()
        self._ui, self._content, self._opens = ui, content, opens
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.addStretch(1)
        self._buttons: list[QPushButton] = []

    def show_files(self, files: Sequence[FileRow], *, patient_id: int | None = None) -> None:
        """The files of another mail; `patient_id` is whose mail it is."""
        for old in self._buttons:
            self._line.removeWidget(old)
            old.deleteLater()
        self._buttons = [self._made(file) for file in files]
        if files and patient_id is not None:
            self._buttons.append(self._taking_over(files, patient_id))
        for number, made in enumerate(self._buttons):
            self._line.insertWidget(number, made)
        self.setVisible(bool(files))

    def _made(self, file: FileRow) -> QPushButton:
        made = button(
            f"{file.name} ({_what(file)})".replace("&", "&&"), lambda: self._save(file), icon="download",
            name=tr("{name} speichern").format(name=file.name),
        )  # fmt: skip
        made.setMaximumWidth(320)
        if self._opens:
            made.clicked.disconnect()
            made.setAccessibleName(tr("{name} öffnen oder speichern").format(name=file.name))
            menu = QMenu(made)
            menu.addAction(tr("Ö&ffnen"), partial(self._open, file))
            menu.addAction(tr("&Speichern unter …"), partial(self._save, file))
            made.setMenu(menu)
        return made

    def _open(self, file: FileRow) -> None:
        """Shown by another program, from a folder of this process that goes with lock and end."""

        def shown(path: Path) -> None:
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
                self._ui.messages.error(
                    tr("Für diese Datei ist kein Programm eingerichtet. Speichern Sie sie stattdessen.")
                )

        self._ui.background.read(self, lambda s: put_to_read(file.name, self._content(s, file.file_id)), shown)

    def _taking_over(self, files: Sequence[FileRow], patient_id: int) -> QPushButton:
        made = button(tr("Zu den &Dateien …"), lambda: None, icon="file-input", name=tr("Zu den Dateien des Patienten"))
        if len(files) == 1:
            made.clicked.connect(lambda: self._take_over(files[0], patient_id))
            return made
        menu = QMenu(made)
        for file in files:
            menu.addAction(file.name.replace("&", "&&"), partial(self._take_over, file, patient_id))
        made.setMenu(menu)
        return made

    def _take_over(self, file: FileRow, patient_id: int) -> None:
        def agreed(dialog: ReasonDialog) -> None:
            kind, now = dialog.kind(), self._ui.now()

            def taken(_file_id: int) -> None:
                self._ui.messages.success(
                    tr("„{name}“ liegt jetzt bei den Dateien des Patienten.").format(name=file.name),
                    tr("Zum Patienten"),
                    lambda: self._ui.navigate("patients", patient_id),
                )

            self._ui.background.write(
                self,
                lambda s: take_over_attachment(s, file.file_id, kind=kind, now=now),
                taken,
                lambda error: self._ui.messages.error(describe(error)),
            )

        dialog = ReasonDialog(
            self,
            tr("Zu den Dateien"),
            tr("„{name}“ kommt als Kopie zu den Dateien des Patienten. Die E-Mail bleibt, wie sie ist.").format(
                name=file.name
            ),
            reason="",
            choices={"": tr("bitte wählen")} | file_kinds(),
        )
        dialog.choose_kind(kind_by_name(file.name))
        dialog.ask(agreed)

    def _save(self, file: FileRow) -> None:
        ask_export(self, self._ui, tr("Anlage speichern"), file.name, lambda target: self._write(file, target))

    def _write(self, file: FileRow, target: Target) -> None:
        said = tr("Gespeichert: {name}").format(name=target.path.name)
        inside = tr("Anlage") + Path(file.name).suffix.lower()  # names in an archive can be read without its passphrase
        self._ui.background.read(
            self,
            lambda s: target.put({inside: self._content(s, file.file_id)}),
            lambda _: tell_saved(self, self._ui, target, said),
        )


def _what(file: FileRow) -> str:
    size = formats.size(file.size)
    kind = "" if Path(file.name).suffix else tr(_KINDS.get(file.media_type, file.media_type))
    return f"{kind}, {size}" if kind else size
