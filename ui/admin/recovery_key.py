"""A new recovery key: shown and printed once, and in force only when its last group was typed off the paper."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from domain.access import office
from domain.backups.office_backups import keep_recovery_key
from domain.backups.recovery_key import GROUP, name_of, new_recovery_key, written
from domain.backups.recovery_paper import recovery_page
from domain.database import Session
from ui.errors import describe
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.choosing_files import choose_place
from ui.widgets.files import put_whole
from ui.widgets.forms import Field, button, label, row
from ui.widgets.printing import PdfPages, ask_printer

IN_A_ROW = 4  # as on the paper


class RecoveryKeyDialog(QDialog):
    """The key lives as long as this dialog; `seen` is when the one it replaces was made."""

    def __init__(self, parent: QWidget, ui: UiContext, *, seen: datetime | None) -> None:
        super().__init__(parent)
        self._ui, self._seen = ui, seen
        key = new_recovery_key()
        self._public, self._written = bytes(key.public_key), written(key)
        self.name = name_of(self._public)
        title = tr("Wiederherstellungsschlüssel")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(560)
        groups = self._written.split("-")
        self.key = label(
            "\n".join(" – ".join(groups[at : at + IN_A_ROW]) for at in range(0, len(groups), IN_A_ROW)), "title"
        )
        self.key.setWordWrap(False)
        self.key.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)  # no copy stays in the clipboard
        self.key.setAccessibleName(tr("Der neue Schlüssel"))
        self.typed = QLineEdit()
        self.typed.setMaxLength(GROUP + 4)
        self.typed.setMaximumWidth(160)
        self.field = Field(tr("&Letzte Gruppe auf dem Ausdruck (im Kasten „Prüfung“)"), self.typed)
        self._said = label("", "error")
        self._said.hide()
        buttons = QDialogButtonBox()
        self.ok = buttons.addButton(tr("Schlüssel übernehmen"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setProperty("role", "primary")
        self.ok.setEnabled(False)
        buttons.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._keep)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        told = label(
            tr(
                "Drucken Sie diesen Schlüssel und verwahren Sie ihn verschlossen, nicht bei den Sicherungen. Wer ihn und "
                "eine Sicherung hat, liest alle Patientendaten. Er wird nie wieder gezeigt; bis Sie ihn übernehmen, gilt "
                "er nicht."
            )
        )
        told.setWordWrap(True)
        column.addWidget(told)
        if seen is not None:
            column.addWidget(
                label(
                    tr("Ältere Sicherungen öffnet weiterhin nur der bisherige Schlüssel: Heben Sie ihn auf."), "muted"
                )
            )
        column.addWidget(self.key)
        column.addWidget(label(tr("Kennung {name}").format(name=self.name), "muted"))
        column.addWidget(
            row(
                button(tr("&Drucken"), self._print, icon="file-input"),
                button(tr("Als &PDF speichern"), self._save, icon="download"),
            )
        )
        column.addWidget(self.field)
        column.addWidget(self._said)
        column.addStretch(1)
        column.addWidget(buttons)
        self.typed.textEdited.connect(lambda _: self._on_typed())

    def _on_typed(self) -> None:
        typed = self.typed.text().strip().upper()
        right = typed == self._written.rsplit("-", 1)[1]
        self.ok.setEnabled(right)
        wrong = len(typed) >= GROUP and not right
        self.field.complain(tr("Das ist nicht die letzte Gruppe dieses Schlüssels.") if wrong else "")

    def _print(self) -> None:
        title = tr("Wiederherstellungsschlüssel drucken")
        self._page(
            lambda pdf: ask_printer(
                self, tr("Wiederherstellungsschlüssel"), title, lambda p: PdfPages(self, pdf, p, self._printed).next()
            )
        )

    def _printed(self, good: bool) -> None:
        if not good:
            self._say(tr("Der Drucker nimmt nichts an. Speichern Sie die Seite als PDF oder schreiben Sie sie ab."))

    def _save(self) -> None:
        name = tr("Wiederherstellungsschlüssel.pdf")
        choose_place(self, self._ui.state, tr("Schlüssel als PDF speichern"), name, self.save_to, ending="pdf")

    def save_to(self, path: Path) -> None:
        """Put the page there."""
        self._page(lambda pdf: self._ui.background.local(self, lambda: put_whole(path, pdf), lambda _: self._saved()))

    def _saved(self) -> None:
        self._say(tr("Gespeichert. Drucken Sie die Datei und löschen Sie sie dann: Sie ist der Schlüssel."))

    def _page(self, then: Callable[[bytes], None]) -> None:
        """Set the page off the GUI thread, with the office's name on it."""
        key, name, day = self._written, self.name, self._ui.today()

        def page(session: Session) -> bytes:
            return recovery_page(key, office=office(session).name, name=name, made_on=day)

        self._ui.background.read(self, page, then)

    def _keep(self) -> None:
        public, seen, now = self._public, self._seen, self._ui.now()
        self._ui.background.write(
            self,
            lambda s: keep_recovery_key(s, public, now=now, seen=seen),
            lambda _: self._kept(),
            lambda error: self._say(describe(error)),
        )

    def _kept(self) -> None:
        self._ui.messages.success(tr("Neue Sicherungen öffnet jetzt auch dieser Schlüssel."))
        self.accept()

    def _say(self, words: str) -> None:
        self._said.setText(words)
        self._said.show()
