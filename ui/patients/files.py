"""The papers of one patient: a list, added by choosing or dropping, opened to read, saved elsewhere, erased."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from domain.database import Session
from domain.patients.files import PATIENT_BYTES, FileSummary, confirm_kind, erase_file, list_files, open_file
from domain.patients.files_check import ENDINGS, kind_by_name
from ui import formats
from ui.patients.files_adding import FileAdder
from ui.patients.files_folder import put_to_read
from ui.patients.files_labels import file_kind, file_kinds
from ui.ports import UiContext
from ui.theme import tokens
from ui.translation import ntr, tr
from ui.widgets.choosing_files import choose_files
from ui.widgets.exporting import PassphraseDialog, Target, ask_export
from ui.widgets.files import dropped_files
from ui.widgets.forms import Choice, Field, button, row
from ui.widgets.forms import label as words
from ui.widgets.reason import ReasonDialog
from ui.widgets.tips import plain

SHOWN = 5  # names in a question


class FilesTab(QWidget):
    """Every opening and saving is logged; a restricted record takes nothing new."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._patient_id: int | None = None
        self._files: dict[int, FileSummary] = {}
        self._kind = Choice({"": tr("fragen")} | file_kinds(), tr("Art der neuen Unterlage"))
        self._note = QLineEdit()
        self._note.setPlaceholderText(tr("freiwillig, gilt für die nächsten Dateien"))
        self._add = button(tr("&Hinzufügen …"), self._choose, icon="plus", name=tr("Dateien hinzufügen"))
        self._closed = words(tr("Die Verarbeitung ist eingeschränkt: Es kommen keine Dateien hinzu."), "muted")
        self._count = words("", "muted")
        self._list = self._made_list()
        self._open = button(tr("Ö&ffnen"), self._on_open, icon="external-link", name=tr("Datei öffnen"))
        self._save = button(tr("Speichern &unter …"), self._on_save, icon="download", name=tr("Datei speichern unter"))
        self._erase = button(tr("&Löschen …"), self._on_erase, icon="x", role="danger", name=tr("Datei löschen"))
        self._confirm = button(tr("A&rt bestätigen …"), self._on_confirm, icon="check", name=tr("Art bestätigen"))
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)  # how long one file takes nobody knows
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(tr("Dateien werden hinzugefügt"))
        self._doing = words("", "muted")
        self._adder = FileAdder(ui, self)
        self._adder.going.connect(self._going)
        self._adder.ended.connect(self._ended)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(4, 4, 4, 4)
        adding = row(Field(tr("Neue Dateien sind"), self._kind), Field(tr("Notiz"), self._note), stretch=(0, 1))
        outer.addWidget(adding)
        outer.addWidget(row(self._add, self._count))
        outer.addWidget(self._closed)
        outer.addWidget(self._list, 1)
        outer.addWidget(self._doing)
        outer.addWidget(self._progress)
        outer.addWidget(row(self._open, self._save, self._confirm, self._erase))
        self._progress.hide()
        self._doing.hide()
        self._closed.hide()
        self._fit()

    def _made_list(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setAccessibleName(tr("Unterlagen"))
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        made.setHeaderLabels([tr("Name"), tr("Art"), tr("Größe"), tr("Hinzugefügt"), tr("Von")])
        head = made.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, 5):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        made.currentItemChanged.connect(lambda *_: self._fit())
        made.itemActivated.connect(lambda *_: self._on_open())
        return made

    def show_patient(self, patient_id: int, *, restricted: bool) -> None:
        """The papers of a record."""
        if patient_id != self._patient_id:
            self._files = {}
            self._list.clear()
            self._note.clear()
            self._kind.choose("")
        self._patient_id = patient_id
        self._closed.setVisible(restricted)
        for widget in (self._add, self._kind, self._note):
            widget.setEnabled(not restricted)
        self.setAcceptDrops(not restricted)
        self._load()

    def _load(self) -> None:
        patient_id = self._patient_id
        if patient_id is not None:
            self._ui.background.read(self, lambda s: list_files(s, patient_id), self._show, key="files")

    def _show(self, files: Sequence[FileSummary]) -> None:
        chosen = self._chosen() or next((file for file in files if _is_open(file)), None)  # the question first
        self._files = {file.file_id: file for file in files}
        self._list.clear()
        for file in files:
            item = _line(file)
            self._list.addTopLevelItem(item)
            if chosen is not None and file.file_id == chosen.file_id:
                self._list.setCurrentItem(item)
        there = [file for file in files if file.erased_at is None]
        self._count.setText(
            tr("{files}, {size} von {limit}").format(
                files=ntr(len(there), "{n} Datei", "{n} Dateien"),
                size=formats.size(sum(file.size for file in there)),
                limit=formats.size(PATIENT_BYTES),
            )
            if there
            else tr("Noch keine Unterlagen. Dateien lassen sich auch hierher ziehen.")
        )
        self._fit()

    def _chosen(self) -> FileSummary | None:
        item = self._list.currentItem()
        return None if item is None else self._files.get(int(item.data(0, Qt.ItemDataRole.UserRole)))

    def _fit(self) -> None:
        file = self._chosen()
        for widget in (self._open, self._save, self._erase):
            widget.setEnabled(file is not None and file.erased_at is None)
        self._confirm.setVisible(any(_is_open(one) for one in self._files.values()))
        self._confirm.setEnabled(file is not None and _is_open(file) and self._add.isEnabled())

    # Adding.

    def _choose(self) -> None:
        only = tr("Dokumente und Bilder ({endings})").format(endings=" ".join(f"*.{ending}" for ending in ENDINGS))
        choose_files(self, self._ui.state, tr("Unterlagen wählen"), self.bring, only=only)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files of this machine may be dropped."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Bring what was dropped to the papers."""
        event.setDropAction(Qt.DropAction.CopyAction)  # the file stays where it is
        event.accept()
        self.bring(dropped_files(event.mimeData()))

    def bring(self, paths: Sequence[Path]) -> None:
        """Add files as the chosen kind; else a person is asked, once for all whose names tell the same."""
        patient_id, note, chosen = self._patient_id, self._note.text(), self._kind.code()
        if patient_id is None:
            return
        if chosen:
            self._adder.add(patient_id, paths, chosen, note)
            return
        alike: dict[str, list[Path]] = {}
        for path in paths:
            alike.setdefault(kind_by_name(path.name), []).append(path)
        self._ask_kinds(patient_id, list(alike.items()), note)

    def _ask_kinds(self, patient_id: int, alike: list[tuple[str, list[Path]]], note: str) -> None:
        """One question after the other: a name only proposes, since an insurer may be told that the paper is there."""
        if not alike:
            return
        (proposed, paths), *others = alike
        names = ", ".join(path.name for path in paths[:SHOWN]) + (" …" if len(paths) > SHOWN else "")
        one = len(paths) == 1
        asked = tr("Was für eine Unterlage ist das: {names}?") if one else tr("Was für Unterlagen sind das: {names}?")
        dialog = ReasonDialog(
            self,
            tr("Hinzufügen"),
            asked.format(names=plain(names)),
            reason="",
            choices={"": tr("bitte wählen")} | file_kinds(),
        )
        dialog.choose_kind(proposed)
        dialog.finished.connect(lambda _: self._ask_kinds(patient_id, others, note))
        dialog.ask(lambda d: self._adder.add(patient_id, paths, d.kind(), note))

    def _going(self, number: int, of: int, name: str) -> None:
        self._doing.setText(tr("Datei {number} von {of}: {name}").format(number=number, of=of, name=name))
        self._doing.show()
        self._progress.show()

    def _ended(self, added: int, refused: Sequence[str]) -> None:
        self._doing.hide()
        self._progress.hide()
        said = ntr(added, "{n} Datei hinzugefügt.", "{n} Dateien hinzugefügt.") if added else ""
        if refused:
            self._ui.messages.error("\n".join(part for part in (said, *refused) if part))
        else:
            self._note.clear()
            self._kind.choose("")
            self._ui.messages.success(said)
        self._load()

    # With a chosen one.

    def _on_open(self) -> None:
        file = self._chosen()
        if file is None or file.erased_at is not None:
            return

        def work(session: Session) -> str:
            opened = open_file(session, file.file_id)
            return str(put_to_read(opened.name, opened.content))

        self._ui.background.write(self, work, self._show_elsewhere)

    def _show_elsewhere(self, path: str) -> None:
        if QDesktopServices.openUrl(QUrl.fromLocalFile(path)):
            self._ui.messages.info(tr("Zum Lesen geöffnet. Was Sie dort ändern, kommt nicht in die Akte."))
        else:
            self._ui.messages.error(
                tr("Für diese Datei ist kein Programm eingerichtet. Speichern Sie sie stattdessen.")
            )

    def _on_save(self) -> None:
        file = self._chosen()
        if file is None:
            return
        ask_export(self, self._ui, tr("Unterlage speichern"), file.name, lambda target: self.save_to(file, target))

    def save_to(self, file: FileSummary, target: Target) -> None:
        """Write a copy where the person says."""
        inside = tr("Unterlage") + Path(file.name).suffix.lower()  # names in an archive are read without its passphrase

        def work(session: Session) -> None:
            target.put({inside: open_file(session, file.file_id).content})

        def saved() -> None:
            if target.passphrase:
                PassphraseDialog(self, target).open()

        self._write(work, tr("Gespeichert: {name}").format(name=target.path.name), saved)

    def _on_confirm(self) -> None:
        file = self._chosen()
        if file is None or not _is_open(file):
            return
        proposed = file.kind if file.kind != "other" else kind_by_name(file.name)
        dialog = ReasonDialog(
            self,
            tr("Art bestätigen"),
            tr(
                "Was für eine Unterlage ist „{name}“? Abgelegt ist sie als „{kind}“, ohne dass jemand danach gefragt wurde. Öffnen Sie sie, wenn Sie nicht sicher sind."
            ).format(name=file.name, kind=file_kind(file.kind)),
            reason="",
            choices={"": tr("bitte wählen")} | file_kinds(),
        )
        dialog.choose_kind(proposed)

        def agreed(_: ReasonDialog) -> None:
            kind = dialog.kind()
            self._write(
                lambda s: confirm_kind(s, file.file_id, kind, version=file.version),
                tr("Bestätigt: {name} ist {kind}.").format(name=file.name, kind=file_kind(kind)),
            )

        dialog.ask(agreed)

    def _on_erase(self) -> None:
        file = self._chosen()
        if file is None:
            return

        def agreed(dialog: ReasonDialog) -> None:
            now, reason = self._ui.now(), dialog.reason()
            self._write(
                lambda s: erase_file(s, file.file_id, reason=reason, now=now, version=file.version),
                tr("Gelöscht: {name}").format(name=file.name),
            )

        ReasonDialog(
            self,
            tr("Endgültig löschen"),
            tr(
                "„{name}“ wird aus der Akte gelöscht und lässt sich nicht wiederherstellen. Vermerkt bleibt nur, wer wann und warum gelöscht hat. Kam die Datei mit einer E-Mail, bleibt sie dort."
            ).format(name=file.name),
        ).ask(agreed)

    def _write(self, work: Callable[[Session], None], said: str, then: Callable[[], None] = lambda: None) -> None:
        def done(_: None) -> None:
            then()
            self._ui.messages.success(said)
            self._load()

        self._ui.background.write(self, work, done)


def _is_open(file: FileSummary) -> bool:
    """Whether nobody said yet what the paper is."""
    return file.erased_at is None and not file.kind_confirmed


def _line(file: FileSummary) -> QTreeWidgetItem:
    name, tip = file.name, file.note
    if file.erased_at is not None:
        name = tr("gelöscht {when} von {who}: {reason}").format(
            when=formats.moment(file.erased_at), who=file.erased_by or "–", reason=file.erased_reason
        )
        tip = name
    elif file.note:
        name = f"{file.name} · {file.note}"
    kind = file_kind(file.kind)
    if _is_open(file):
        kind = tr("{kind}: Art noch bestätigen").format(kind=kind)
    item = QTreeWidgetItem([name, kind, formats.size(file.size), formats.moment(file.added_at), file.added_by or "–"])
    item.setData(0, Qt.ItemDataRole.UserRole, file.file_id)
    item.setToolTip(0, plain(tip or file.name))
    item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    if file.erased_at is not None:
        for column in range(5):
            item.setForeground(column, QColor(tokens().muted))
    return item
