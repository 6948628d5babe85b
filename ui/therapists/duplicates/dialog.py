"""Pairs that may be one person, most likely first; the chosen one is laid side by side and decided."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QProgressBar, QPushButton, QSplitter, QVBoxLayout, QWidget

from domain.casework.merge_undo import undo_merge
from domain.casework.merging import merge
from domain.errors import PlatzlotseError
from domain.therapists.duplicates.comparing import SideBySide, side_by_side
from domain.therapists.duplicates.scoring import SURE
from domain.therapists.duplicates.suspects import MOST, Suspect, call_distinct, suspected_duplicates
from ui.errors import describe
from ui.labels import label
from ui.ports import UiContext
from ui.therapists.duplicates.compare import CompareView
from ui.translation import ntr, tr
from ui.widgets.columns import Column, prepare_header, row_height
from ui.widgets.forms import EmptyState, button, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.row_view import RowView
from ui.widgets.rows_model import RowsModel

PROBABLE = 0.7


class DuplicatesDialog(QDialog):
    """A window beside the main one: both records can be opened there meanwhile. `counted` tells how many pairs are left."""

    counted = Signal(int)

    def __init__(self, parent: QWidget, ui: UiContext) -> None:
        super().__init__(parent)
        self._ui = ui
        self._compare: CompareView | None = None
        self._pair: Suspect | None = None
        self._merged: int | None = None
        self._of_window: Callable[[], None] | None = None  # how the main window would take that back
        self.setWindowTitle(tr("Dubletten prüfen"))
        self.setAccessibleName(tr("Dubletten prüfen"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1240, 660)
        self._model: RowsModel[Suspect] = RowsModel(_columns())
        self.list = RowView(tr("Mögliche Dubletten"), row_height(self._model.columns))
        self.list.setModel(self._model)
        prepare_header(self.list, self._model.columns, "duplicates", ui.state)
        self._count = words("", "muted")
        self._count.setWordWrap(False)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Dubletten werden gesucht"))
        self._none = EmptyState(
            "circle-check", tr("Keine Dubletten"), tr("Niemand scheint doppelt eingetragen zu sein.")
        )
        self._none.hide()
        self._reasons = words("")
        self._reasons.setWordWrap(True)
        self._room = QVBoxLayout()
        self._result = words("")
        self._result.setWordWrap(True)
        self._result.setAccessibleName(tr("Ergebnis"))
        self._merge = button(tr("&Zusammenführen"), self._on_merge, role="primary", icon="users")
        self._distinct = button(tr("Sind &verschiedene Personen"), self._on_distinct, icon="x")
        self._first = button(tr("&Ersten öffnen"), lambda: self._visit(first=True), role="link")
        self._second = button(tr("Z&weiten öffnen"), lambda: self._visit(first=False), role="link")
        self._undo = button(tr("Zusammenführung zurück&nehmen"), self._on_undo, icon="undo-2")
        self._undo.hide()
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self.list.selectionModel().currentRowChanged.connect(lambda at, _: self._choose(at.row()))
        # Enter in the list goes on to the pair; without this it would press the first button, which merges
        self.list.activated.connect(lambda _: self._go_on())
        for made in self.findChildren(QPushButton):
            made.setAutoDefault(False)
        QShortcut(QKeySequence.StandardKey.Undo, self, self._on_undo)
        self._enable(enabled=False)
        self.look()

    def _lay_out(self) -> None:
        """The list at the left, the chosen pair at the right, what came of it below."""
        right = QWidget()
        inner = QVBoxLayout(right)
        inner.setContentsMargins(8, 0, 0, 0)
        inner.addWidget(self._reasons)
        inner.addLayout(self._room, 1)
        inner.addWidget(row(self._merge, self._distinct, self._first, self._second))
        self._split.addWidget(self.list)
        self._split.addWidget(right)
        self._split.setSizes([480, 740])
        self._split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.addWidget(self._count)
        column.addWidget(self._bar)
        column.addWidget(self._split, 1)
        column.addWidget(self._none, 1)
        column.addWidget(self._result)
        column.addWidget(row(self._undo, button(tr("&Schließen"), self.close)))

    def look(self) -> None:
        """Search again."""
        self._bar.show()
        self._ui.background.read(self, suspected_duplicates, self._show, self._refused, key="pairs")

    def _show(self, pairs: Sequence[Suspect]) -> None:
        self._bar.hide()
        at = max(0, self.list.currentIndex().row())
        self._model.show(pairs)
        self._split.setVisible(bool(pairs))
        self._none.setVisible(not pairs)
        self._count.setText(_counted(len(pairs)))
        self.counted.emit(len(pairs))
        self._pair = None
        if pairs:
            self.list.selectRow(min(at, len(pairs) - 1))
        self._choose(self.list.currentIndex().row())

    def _choose(self, at: int) -> None:
        pair = self._model.rows[at] if 0 <= at < len(self._model.rows) else None
        if pair is self._pair and pair is not None:
            return
        self._pair = pair
        self._fill_room(None)
        self._enable(enabled=False)
        self._reasons.setText("" if pair is None else _reasons(pair))
        if pair is None:
            return
        one, other = pair.first.therapist_id, pair.second.therapist_id
        self._ui.background.read(
            self, lambda s: side_by_side(s, one, other), self._lay_side_by_side, self._refused, key="pair"
        )

    def _lay_side_by_side(self, pair: SideBySide) -> None:
        shown = self._pair
        if shown is None or (pair.first_id, pair.second_id) != (shown.first.therapist_id, shown.second.therapist_id):
            return
        self._fill_room(CompareView(pair, shown.first, shown.second))
        self._enable(enabled=True)

    def _go_on(self) -> None:
        if self._compare is not None:
            self._compare.begin()

    def _fill_room(self, view: CompareView | None) -> None:
        while (item := self._room.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self._compare = view
        if view is None:
            self._room.addStretch(1)
        else:
            self._room.addWidget(scrolled(view), 1)

    def _enable(self, *, enabled: bool) -> None:
        for act in (self._merge, self._distinct, self._first, self._second):
            act.setEnabled(enabled)

    def _visit(self, *, first: bool) -> None:
        if (pair := self._pair) is not None:
            self._ui.navigate("therapists", (pair.first if first else pair.second).therapist_id)

    def _on_merge(self) -> None:
        compare, pair = self._compare, self._pair
        if compare is None or pair is None:
            return
        self._enable(enabled=False)
        keep, drop, choices, now = compare.keep(), compare.drop(), compare.choices(), self._ui.now()
        name = (pair.first if pair.first.therapist_id == keep else pair.second).name

        def done(merge_id: int) -> None:
            self._merged = merge_id
            self._undo.show()
            said = tr("{name} ist jetzt ein Eintrag.").format(name=name)
            self._result.setText(said)
            self._of_window = partial(take_back, self._ui, merge_id)
            self._ui.messages.undoable(said, self._of_window)
            self._leave_out(drop)

        self._ui.background.write(
            self, lambda s: merge(s, keep=keep, drop=drop, choices=choices, now=now), done, self._refused
        )

    def _on_distinct(self) -> None:
        if (pair := self._pair) is None:
            return
        self._enable(enabled=False)
        one, other, now = pair.first.therapist_id, pair.second.therapist_id, self._ui.now()

        def done(_: object) -> None:
            self._result.setText(tr("Notiert: zwei Personen. Dieses Paar wird nicht mehr vorgeschlagen."))
            self._show([kept for kept in self._model.rows if kept is not pair])

        self._ui.background.write(self, lambda s: call_distinct(s, one, other, now=now), done, self._refused)

    def _leave_out(self, dropped: int) -> None:
        """All pairs with the record that is none of its own any more."""
        self._show([p for p in self._model.rows if dropped not in {p.first.therapist_id, p.second.therapist_id}])

    def _on_undo(self) -> None:
        if (number := self._merged) is None:
            return
        now = self._ui.now()

        def done(objected: bool) -> None:
            self._merged = None
            self._ui.messages.forget(self._of_window)
            self._undo.hide()
            self._result.setText(taken_back_words(objected=objected))
            self.look()

        self._ui.background.write(self, lambda s: undo_merge(s, number, now=now), done, self._refused)

    def _refused(self, error: Exception) -> None:
        self._bar.hide()
        self._result.setText(describe(error))
        self._enable(enabled=self._compare is not None)
        if isinstance(error, PlatzlotseError) and error.code in {"merge.merged_already", "record.not_found"}:
            self.look()  # somebody else was faster: the list is told anew


def take_back(ui: UiContext, merge_id: int) -> None:
    """Take a merge back and say what came of it."""
    now = ui.now()
    ui.background.write(
        ui.messages,
        lambda s: undo_merge(s, merge_id, now=now),
        lambda objected: ui.messages.success(taken_back_words(objected=objected)),
        lambda error: ui.messages.error(describe(error)),
    )


def taken_back_words(*, objected: bool) -> str:
    """That they are two again, and that an objection which came meanwhile holds for both."""
    said = tr("Zusammenführung zurückgenommen: wieder zwei Einträge.")
    if objected:
        said += " " + tr("Seither wurde Anfragen widersprochen; das gilt für beide, bis jemand es geklärt hat.")
    return said


def _counted(n: int) -> str:
    if n >= MOST:
        return tr("Die {n} wahrscheinlichsten Paare; die nächsten folgen, wenn diese entschieden sind.").format(n=n)
    return ntr(n, "{n} Paar ist vielleicht eine Person", "{n} Paare sind vielleicht je eine Person")


def _columns() -> tuple[Column, ...]:
    return (
        Column(
            tr("Eintrag und Eintrag"),
            0,
            text=lambda p: f"{p.first.name}, {p.first.place}".strip(", "),
            second=lambda p: f"{p.second.name}, {p.second.place}".strip(", "),
        ),
        Column(tr("Dieselbe Person?"), 200, chip=_score),
    )


def _score(pair: Suspect) -> tuple[str, str]:
    if pair.score >= SURE:
        return tr("sehr wahrscheinlich"), "warning"
    return (tr("wahrscheinlich"), "info") if pair.score >= PROBABLE else (tr("möglich"), "neutral")


def _reasons(pair: Suspect) -> str:
    def listed(codes: Sequence[str]) -> str:
        return ", ".join(label("identity_reason", code) for code in codes)

    lines = [tr("Dafür: {reasons}").format(reasons=listed(pair.reasons_for))]
    if pair.reasons_against:
        lines.append(tr("Dagegen: {reasons}").format(reasons=listed(pair.reasons_against)))
    return "\n".join(lines)
