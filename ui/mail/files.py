"""Files that came with a mail: names and sizes, saved where the person says; never opened by the program."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from domain.communication.incoming.listing import FileRow, file_content
from domain.errors import Unavailable
from ui import formats
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button


class FilesRow(QWidget):
    """A button a file; hidden where there is none."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.addStretch(1)
        self._buttons: list[QPushButton] = []

    def show_files(self, files: Sequence[FileRow]) -> None:
        """The files of another mail."""
        for old in self._buttons:
            self._line.removeWidget(old)
            old.deleteLater()
        self._buttons = [self._made(file) for file in files]
        for number, made in enumerate(self._buttons):
            self._line.insertWidget(number, made)
        self.setVisible(bool(files))

    def _made(self, file: FileRow) -> QPushButton:
        made = button(
            f"{file.name} ({formats.size(file.size)})".replace("&", "&&"), lambda: self._save(file), icon="download",
            name=tr("{name} speichern").format(name=file.name),
        )  # fmt: skip
        made.setMaximumWidth(320)
        return made

    def _save(self, file: FileRow) -> None:
        chooser = QFileDialog(self, tr("Anlage speichern"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.selectFile(file.name)
        chooser.fileSelected.connect(lambda name: self._write(file, Path(name)))
        chooser.open()

    def _write(self, file: FileRow, path: Path) -> None:
        def saved(_: object) -> None:
            self._ui.messages.success(tr("Gespeichert: {name}").format(name=path.name))

        self._ui.background.read(self, lambda s: _put(path, file_content(s, file.file_id)), saved)


def _put(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as exc:
        raise Unavailable("file.unwritable", path=str(path)) from exc
