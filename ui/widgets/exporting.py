"""Saving what holds data of persons: protected by a passphrase or not is asked first, then where.

A passphrase is shown before and after saving, to be passed on another way than the file, and is kept nowhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFileDialog, QLineEdit, QVBoxLayout, QWidget

from domain.errors import Invalid
from domain.protected_files import check_passphrase, new_passphrase, protected
from ui.errors import describe
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.choosing_files import choose_place
from ui.widgets.files import put_whole
from ui.widgets.forms import Field, button, label, row

ARCHIVE = ".zip"
WIDTH = 520  # px


@dataclass(frozen=True, slots=True)
class Target:
    """Where an export goes; with a passphrase it becomes an encrypted archive."""

    path: Path
    passphrase: str = field(default="", repr=False)

    def put(self, files: Mapping[str, bytes], put: Callable[[Path, bytes], None] = put_whole) -> None:
        """Write the files, all or none: into one archive, else the first under the chosen name, the others beside it.

        The names are those in the archive, or endings for beside it. Raises Unavailable (``file.…``).
        """
        if self.passphrase:
            put(self.path, protected(files, self.passphrase))
            return
        written: list[Path] = []
        try:
            for name, content in files.items():
                path = self.path if not written else self.path.with_suffix(Path(name).suffix)
                new = not path.exists()
                put(path, content)
                written += [path] if new else []
        except BaseException:
            # half of what belongs together would pass for a whole
            for path in written:
                path.unlink(missing_ok=True)
            raise


class ExportDialog(QDialog):
    """Asks whether, and by which passphrase; the one proposed is made for this file."""

    def __init__(self, parent: QWidget, title: str, says: str, *, protect: bool) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setMinimumWidth(WIDTH)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.protect = QCheckBox(tr("Mit &Passwort schützen (ZIP-Archiv, AES-256)"))
        self.protect.setAccessibleName(tr("Mit Passwort schützen"))
        self.protect.setChecked(protect)
        self.typed = QLineEdit(new_passphrase())
        self._field = Field(tr("Pass&wort"), self.typed)
        self._new = button(tr("&Neu erzeugen"), lambda: self.typed.setText(new_passphrase()), icon="refresh-cw")
        self._told = label("", "muted")
        buttons = QDialogButtonBox()
        self.ok = buttons.addButton(tr("Weiter …"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setProperty("role", "primary")
        self.back = buttons.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._try)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        if says:
            column.addWidget(label(says, "muted"))
        column.addWidget(self.protect)
        column.addWidget(self._field)
        column.addWidget(row(self._new))
        column.addWidget(self._told)
        column.addWidget(buttons)
        self.protect.toggled.connect(lambda _: self._follow())
        self.typed.textChanged.connect(lambda _: self._field.complain(""))
        self._follow()

    def passphrase(self) -> str:
        """The chosen one; empty where the file is to stay readable."""
        return self.typed.text() if self.protect.isChecked() else ""

    def ask(self, then: Callable[[str], None]) -> None:
        """Show it and call `then` with the passphrase once it was confirmed."""
        self.accepted.connect(lambda: then(self.passphrase()))
        self.open()
        self._fit()

    def _follow(self) -> None:
        on = self.protect.isChecked()
        self._field.setVisible(on)
        self._new.setVisible(on)
        self._told.setText(
            tr(
                "Zum Öffnen braucht es 7-Zip oder WinZip; der Explorer von Windows kann es nicht. Geben Sie das Passwort "
                "auf einem anderen Weg weiter als die Datei, etwa am Telefon. Es wird nirgends gespeichert: Ohne es "
                "bleibt die Datei verschlossen."
            )
            if on
            else tr("Ohne Passwort kann jeder die Datei lesen, der sie bekommt oder findet.")
        )
        self._fit()

    def _try(self) -> None:
        try:
            if self.protect.isChecked():
                check_passphrase(self.typed.text())
        except Invalid as wrong:
            self._field.complain(describe(wrong))
            self.typed.setFocus()
            self._fit()
            return
        self.accept()

    def _fit(self) -> None:
        column = self.layout()
        if column is not None:
            column.activate()
            self.resize(self.width(), column.totalHeightForWidth(self.width()))


class PassphraseDialog(QDialog):
    """Names the passphrase of a file that was just saved, for the last time."""

    def __init__(self, parent: QWidget, target: Target) -> None:
        super().__init__(parent)
        title = tr("Passwort weitergeben")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setMinimumWidth(WIDTH)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.passphrase = label(target.passphrase, "title")
        self.passphrase.setAccessibleName(tr("Passwort der Datei"))
        self.passphrase.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        buttons = QDialogButtonBox()
        self.ok = buttons.addButton(tr("Notiert"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setProperty("role", "primary")
        buttons.accepted.connect(self.accept)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(label(tr("Gespeichert und verschlüsselt: {name}").format(name=target.path.name), "muted"))
        column.addWidget(self.passphrase)
        column.addWidget(
            label(
                tr(
                    "Notieren Sie das Passwort jetzt; es wird nicht noch einmal gezeigt. Schicken Sie es nicht zusammen "
                    "mit der Datei."
                ),
                "muted",
            )
        )
        column.addWidget(buttons)


def ask_export(
    parent: QWidget,
    ui: UiContext,
    title: str,
    name: str,
    then: Callable[[Target], None],
    *,
    ending: str = "",
    says: str = "",
    protect: bool = False,
    dress: Callable[[QFileDialog], None] = lambda _: None,
) -> None:
    """Ask whether to protect it, then where to write it; `name` and `ending` are those of the file without protection.

    `dress` gives the dialog that asks where its filters, if the file is not protected.
    """

    def where(passphrase: str) -> None:
        if passphrase:
            chosen = choose_place(
                parent, ui.state, title, f"{Path(name).stem}{ARCHIVE}",
                lambda path: then(Target(_as_archive(path), passphrase)), ending=ARCHIVE.removeprefix("."),
            )  # fmt: skip
            chosen.setNameFilter(tr("ZIP-Archiv (*.zip)"))
        else:
            dress(choose_place(parent, ui.state, title, name, lambda path: then(Target(path)), ending=ending))

    ExportDialog(parent, title, says, protect=protect).ask(where)


def tell_saved(parent: QWidget, ui: UiContext, target: Target, said: str) -> None:
    """Say that it is saved; of a protected file its passphrase, for the last time."""
    if target.passphrase:
        PassphraseDialog(parent, target).open()
    ui.messages.success(said)


def _as_archive(path: Path) -> Path:
    """A name typed with another ending gets the archive's, without taking the place of a file nobody was asked about."""
    if path.suffix.lower() == ARCHIVE:
        return path
    for number in range(1, 100):
        free = path.with_name(f"{path.name}{'' if number == 1 else f' {number}'}{ARCHIVE}")
        if not free.exists():
            break
    return free
