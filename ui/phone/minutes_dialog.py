"""The minutes of the last two weeks on the phone: a sum for each day, the practices below it."""

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from domain.casework.call_minutes import CallMinutes, call_minutes
from ui import formats
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import label as words

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class MinutesDialog(QDialog):
    """Of the person logged in, or of the whole office."""

    def __init__(self, parent: QWidget, ui: UiContext) -> None:
        super().__init__(parent)
        self._ui = ui
        self.setWindowTitle(tr("Telefonminuten"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 460)
        self._mine = QCheckBox(tr("nur &meine"))
        self._mine.setAccessibleName(tr("nur meine Minuten"))
        self._mine.toggled.connect(lambda _: self._load())
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Telefonminuten"))
        self.tree.setHeaderLabels([tr("Tag und Praxis"), tr("Anrufe"), tr("erreicht"), tr("Minuten")])
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for section in range(1, 4):
            self.tree.headerItem().setTextAlignment(section, RIGHT)
        buttons = QDialogButtonBox()
        buttons.addButton(tr("Schließen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(words(tr("Die letzten 14 Tage; jeder Anruf auf volle Minuten aufgerundet."), "muted"))
        column.addWidget(self._mine)
        column.addWidget(self.tree, 1)
        column.addWidget(buttons)
        self._load()

    def _load(self) -> None:
        now, mine = self._ui.now(), self._mine.isChecked()
        self._ui.background.read(self, lambda s: call_minutes(s, now=now, mine=mine), self._show, key="minutes")

    def _show(self, rows: tuple[CallMinutes, ...]) -> None:
        self.tree.clear()
        bold = self.tree.font()
        bold.setBold(True)
        for day, found in groupby(rows, key=lambda row: row.day):
            part = list(found)
            top = _line(
                f"{formats.WEEKDAYS[day.weekday()]} {formats.day(day)}",
                sum(r.calls for r in part), sum(r.reached for r in part), sum(r.minutes for r in part),
            )  # fmt: skip
            for section in range(4):
                top.setFont(section, bold)
            self.tree.addTopLevelItem(top)
            top.addChildren([_line(r.practice, r.calls, r.reached, r.minutes) for r in part])
            top.setExpanded(True)
        if not rows:
            self.tree.addTopLevelItem(QTreeWidgetItem([tr("In dieser Zeit hat niemand telefoniert."), "", "", ""]))


def _line(name: str, *figures: int) -> QTreeWidgetItem:
    line = QTreeWidgetItem([name, *(str(figure) for figure in figures)])
    for section in range(1, 4):
        line.setTextAlignment(section, RIGHT)
    return line
