"""Which rows of a table are marked, and marking them again wherever they are now; nobody hears of it as a choice.

Both go by runs of rows: asked or told row by row, a few thousand would hold the window for seconds.
"""

from collections.abc import Collection

from PySide6.QtCore import QItemSelection, QItemSelectionModel
from PySide6.QtWidgets import QAbstractItemView

ANEW = QItemSelectionModel.SelectionFlag.ClearAndSelect
STAYS = QItemSelectionModel.SelectionFlag.NoUpdate


def marked(view: QAbstractItemView) -> list[int]:
    """The marked rows, those chosen last at the end."""
    chosen = view.selectionModel().selection()
    runs = [chosen.at(number) for number in range(chosen.count())]
    return list(dict.fromkeys(row for run in runs for row in range(run.top(), run.bottom() + 1)))


def mark(view: QAbstractItemView, rows: Collection[int], *, current: int | None = None) -> None:
    """Mark these rows and no others; `current` is the one the arrow keys go on from."""
    model, selection, picked = view.model(), view.selectionModel(), QItemSelection()
    last = model.columnCount() - 1
    for first, end in _runs(rows):
        picked.select(model.index(first, 0), model.index(end, last))
    blocked = selection.blockSignals(True)
    if current is not None:
        selection.setCurrentIndex(model.index(current, 0), STAYS)
    selection.select(picked, ANEW)
    selection.blockSignals(blocked)
    view.viewport().update()  # it heard nothing either


def _runs(rows: Collection[int]) -> list[tuple[int, int]]:
    """Rows that lie together, as first and last."""
    runs: list[tuple[int, int]] = []
    for row in sorted(rows):
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
