"""The lines of a batch: to whom, for whom, what stands in the way; and the letter of the chosen one beside them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from domain.casework.batches.checking import LineCheck, check_lines
from domain.casework.batches.listing import LineRow, list_lines, open_lines_of
from domain.casework.batches.previews import line_letter
from ui.mail.batches.wording import line_chip, notice
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.columns import Column
from ui.widgets.letter_view import LetterView
from ui.widgets.paged_table import PagedTable

CHECKED_AT_ONCE = 25  # lines a reading, so that the first are told at once


class BatchLines(QWidget):
    """Table and letter.

    `chosen` tells that another line is selected, `hindered` how many lines have a hindrance, `checked` that all have been
    looked at.
    """

    chosen = Signal()
    removed = Signal()
    opened = Signal()
    hindered = Signal(int)
    checked = Signal()

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._batch_id = 0
        self._checks: dict[int, LineCheck] = {}
        self._open: tuple[int, ...] = ()  # the lines yet to be made, when all were looked at
        self._checking = False
        self.table = PagedTable(
            name="batch_lines",
            title=tr("E-Mails des Sammelversands"),
            background=ui.background,
            fetch=lambda session, query: list_lines(session, query, batch_id=self._batch_id),
            columns=(
                Column(tr("An"), 0, text=lambda r: r.to_name, second=_for_whom, sort="to", tooltip=_for_whom),
                Column(tr("Stand"), 110, chip=line_chip, sort="status"),
                Column(tr("Hinweis"), 214, text=self._notice, tooltip=self._notice),
            ),
            row_id=lambda record: record.line_id,
            empty=tr("Dieser Sammelversand enthält nichts."),
        )
        self._letter = LetterView(tr("Vorschau"))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.table)
        split.addWidget(self._letter)
        split.setSizes([570, 330])
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 3)
        split.setChildrenCollapsible(False)
        ui.state.bind_splitter("batch_lines", split)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)
        self.table.selected.connect(lambda _: self._show_letter())
        self.table.activated.connect(lambda _: self.opened.emit())
        self.table.model.modelReset.connect(self._after_reset)
        shortcut = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.removed)

    def show_batch(self, batch_id: int) -> None:
        """Other lines, or the same again."""
        if batch_id != self._batch_id:
            self._batch_id, self._checks, self._open, self._checking = batch_id, {}, (), False
            self._letter.clear()
            self.table.select(None)
        self.table.refresh()

    def check(self) -> None:
        """Look what stands in the way of the lines that are yet to be made, some at a time."""
        batch_id, self._checking = self._batch_id, True

        def done(ids: tuple[int, ...]) -> None:
            if batch_id == self._batch_id:
                self._open = ids
                self._check_these(batch_id, ids, 0)

        self._ui.background.read(
            self, lambda s: open_lines_of(s, batch_id), done, lambda error: self._cut(batch_id, error), key="checks"
        )

    def check_hindered(self) -> None:
        """Something changed: look again at the lines in whose way something stood. What goes is looked at at Senden.

        All are looked at where a look was cut.
        """
        if self._checking:
            return
        if not self._open:
            self.check()
            return
        hindered = tuple(number for number in self._open if number in self._checks and self._checks[number].code)
        if hindered:
            self._checking = True
            self._check_these(self._batch_id, hindered, 0)

    def _check_these(self, batch_id: int, ids: tuple[int, ...], begin: int) -> None:
        if begin >= len(ids):
            self._checking = False
            self.checked.emit()
            return
        now, part = self._ui.now(), ids[begin : begin + CHECKED_AT_ONCE]

        def done(found: tuple[LineCheck, ...]) -> None:
            if batch_id != self._batch_id:
                return
            self._checks |= {check.line_id: check for check in found}
            self.hindered.emit(sum(bool(self._checks[n].code) for n in self._open if n in self._checks))
            self.table.view.viewport().update()
            self._check_these(batch_id, ids, begin + CHECKED_AT_ONCE)

        self._ui.background.read(
            self,
            lambda s: check_lines(s, part, now=now),
            done,
            lambda error: self._cut(batch_id, error),
            key="checks",
        )

    def _cut(self, batch_id: int, error: Exception) -> None:
        """A look could not be made: the next change begins it anew."""
        if batch_id == self._batch_id:
            self._open, self._checking = (), False
        self._ui.background.failed.emit(error)

    def stopped(self) -> frozenset[int]:
        """Ids of lines that would not be made, as far as they have been looked at."""
        return frozenset(number for number, check in self._checks.items() if check.stops)

    def current(self) -> LineRow | None:
        """The chosen line."""
        line: LineRow | None = self.table.current()
        return line

    def _notice(self, line: LineRow) -> str:
        return notice(line, self._checks.get(line.line_id), self._ui.now())

    def _after_reset(self) -> None:
        if self.current() is None and self.table.model.row_at(0) is not None:
            self.table.select_first()  # its letter is there to read at once
        self._show_letter()

    def _show_letter(self) -> None:
        self.chosen.emit()
        line, now = self.current(), self._ui.now()
        if line is None:
            self._letter.clear()
            return
        number = line.line_id
        self._ui.background.read(
            self, lambda s: line_letter(s, number, now=now), self._letter.show_letter, key="letter"
        )


def _for_whom(line: LineRow) -> str:
    return line.people or line.place
