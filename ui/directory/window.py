"""The window of the directory's search: the page, what it brought so far, and the way into the import.

What is kept lives in this window's memory. It goes to a file nobody else may read only while the import looks at it.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QMessageBox, QVBoxLayout, QWidget

from domain.acquisition.kept_answers import Came, KeptAnswers
from domain.casework.imports import is_imported
from domain.office_settings import read_office
from domain.search_page import SearchPage, search_page
from ui.directory import wording
from ui.directory.view import DirectoryView
from ui.errors import describe
from ui.imports import read_files
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.choosing_files import choose_place
from ui.widgets.files import put_whole
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words


def open_window(parent: QWidget, ui: UiContext) -> None:
    """Open the office's search page in a window of its own."""

    def show(page: SearchPage | None) -> None:
        if page is None:
            ui.messages.warning(tr("Für die Arztsuche ist keine Seite eingetragen (Verwaltung, Büro)."))
            return
        DirectoryWindow(parent, ui, page).show()

    ui.background.read(parent, lambda s: search_page(read_office(s)[0].directory_search), show, key="search_page")


class DirectoryWindow(QWidget):
    """Beside the main window, so that an address can be looked up there while searching here."""

    def __init__(self, parent: QWidget, ui: UiContext, page: SearchPage) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._ui = ui
        self._origin = page.origin
        self.kept = KeptAnswers()
        self._import_folder: TemporaryDirectory[str] | None = None
        self._question: QMessageBox | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Arztsuche"))
        self.setAccessibleName(tr("Arztsuche"))
        self.resize(1180, 680)
        self.view = DirectoryView(page)
        self._back = button(tr("&Zurück"), self._go_back)
        self._reload = button(tr("&Neu laden"), self.view.reload, icon="refresh-cw")
        self._where = words(page.address, "muted")
        self._where.setAccessibleName(tr("Geöffnete Seite"))
        self._told = words("")
        self._told.setAccessibleName(tr("Letzte Suche"))
        self._told.setWordWrap(True)
        self._told.hide()
        self._sum = words("", "muted")
        self._sum.setAccessibleName(tr("Behalten"))
        self._save = button(tr("&Antwort speichern"), self._save_answer, icon="save")
        self._save.hide()
        self._drop = button(tr("&Verwerfen"), self._ask_to_drop, icon="undo-2")
        self._take = button("", self._take_over, role="primary", icon="file-input")
        column = QVBoxLayout(self)
        column.addWidget(
            row(
                self._back,
                self._reload,
                self._where,
                stretch=(0, 0, 1),
            )
        )
        column.addWidget(self.view, 1)
        column.addWidget(self._told)
        column.addWidget(row(self._sum, self._save, self._drop, self._take, stretch=(1, 0, 0, 0)))
        self.view.answered.connect(self._on_answer)
        self.view.refused.connect(lambda host: self._say(wording.of_guard(host), grave=False))
        self.view.moved.connect(self._on_move)
        self.view.unsheltered.connect(self._on_unsheltered)
        self._count()

    def _on_answer(self, status: int, body: bytes) -> None:
        if status >= wording.REFUSED:
            self._say(wording.of_refusal(status), grave=True)
            return
        told = self.kept.add(body) if status else None
        if told is None:
            self._say(
                tr("Diese Antwort ist zu groß und wurde nicht behalten. Verkleinern Sie den Umkreis."), grave=True
            )
        else:
            self._say(wording.of_answer(told), grave=told.is_cut or told.came in {Came.CHANGED_SHAPE, Came.TOO_MUCH})
        self._count()

    def _on_unsheltered(self) -> None:
        """Nothing can be searched here, so nothing is offered that would need the page."""
        self._reload.setEnabled(False)
        self._take.hide()
        self._sum.setText(tr("Hier lässt sich nicht suchen. Escape schließt das Fenster."))

    def _on_move(self) -> None:
        engine = self.view.engine
        self._back.setEnabled(engine is not None and engine.may_go_back)

    def _go_back(self) -> None:
        if self.view.engine is not None:
            self.view.engine.back()

    def _say(self, sentence: str, *, grave: bool) -> None:
        self._told.setText(sentence)
        self._told.setProperty("role", "error" if grave else "")
        self._told.style().unpolish(self._told)
        self._told.style().polish(self._told)
        self._told.show()

    def _count(self) -> None:
        count = len(self.kept)
        self._sum.setText(wording.of_kept(self.kept))
        self._take.setText(wording.of_button(count))
        self._take.setAccessibleName(wording.of_button(count).replace("&", ""))
        self._take.setEnabled(count > 0)
        self._drop.setVisible(count > 0)
        self._save.setVisible(bool(self.kept.strange))
        self._on_move()

    def _take_over(self) -> None:
        marks = self.kept.marks
        folder = self._import_folder = TemporaryDirectory(prefix="platzlotse-")  # 0700
        path = Path(folder.name) / tr("Arztsuche {day}.json").format(day=f"{self._ui.today():%Y-%m-%d}")

        def put() -> str:
            content = self.kept.as_file()
            put_whole(path, content)
            return sha256(content).hexdigest()

        def show(digest: str) -> None:
            read_files(self, self._ui, [path]).finished.connect(
                lambda _: self._ui.background.read(
                    self,
                    lambda s: is_imported(s, digest),
                    lambda taken: self._imported(marks if taken else frozenset()),
                )
            )

        def refused(error: Exception) -> None:
            self._forget_file()
            self._say(describe(error), grave=True)
            self._count()

        self._take.setEnabled(False)
        self._ui.background.local(self, put, show, refused)

    def _imported(self, marks: frozenset[str]) -> None:
        self._forget_file()
        if marks:
            self.kept.drop(marks)
            self._say(tr("Übernommen. Sie können weitersuchen oder das Fenster schließen."), grave=False)
        self._count()

    def _forget_file(self) -> None:
        if self._import_folder is not None:
            self._import_folder.cleanup()
            self._import_folder = None

    def _save_answer(self) -> None:
        content = self.kept.strange
        name = tr("Antwort der Arztsuche.json")

        def to(path: Path) -> None:
            self._ui.background.local(
                self,
                lambda: put_whole(path, content),
                lambda _: self._say(tr("Gespeichert: {name}").format(name=path.name), grave=False),
                lambda error: self._say(describe(error), grave=True),
            )

        choose_place(self, self._ui.state, tr("Antwort speichern"), name, to, ending="json")

    def _ask_to_drop(self) -> None:
        self._ask(self._drop_kept)

    def _drop_kept(self) -> None:
        self.kept.clear()
        self._told.hide()
        self._count()

    def _ask(self, then: Callable[[], None]) -> None:
        if self._question is not None:
            return
        count = len(self.kept)
        box = self._question = QMessageBox(self)
        box.setWindowTitle(tr("Verwerfen?"))
        box.setAccessibleName(tr("Verwerfen?"))
        box.setText(ntr(count, "{n} Praxis ist noch nicht übernommen.", "{n} Praxen sind noch nicht übernommen."))
        box.setInformativeText(tr("Verworfenes lässt sich nur durch eine neue Suche wiederholen."))
        drop = box.addButton(tr("Verwerfen"), QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(tr("Behalten"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.setEscapeButton(stay)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def done(_: int) -> None:
            dropped = box.clickedButton() is drop
            self._question = None
            if dropped:
                then()

        box.finished.connect(done)
        box.open()

    def _close_now(self) -> None:
        self.kept.clear()
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the window, unless the page itself has a use for it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before what is kept is thrown away."""
        if len(self.kept):
            event.ignore()
            self._ask(self._close_now)
            return
        self._forget_file()
        super().closeEvent(event)
