"""Cells of lists: a chip for a state, two lines for what names a row, plain text otherwise."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.theme import tokens
from ui.widgets.chips import MARKS, chip_colours
from ui.widgets.columns import Column
from ui.widgets.tips import plain

CHIP_ROLE = int(Qt.ItemDataRole.UserRole) + 1
SECOND_LINE_ROLE = int(Qt.ItemDataRole.UserRole) + 2
MARGIN = 11
CHIP_HEIGHT, CHIP_PADDING, CHIP_LEFT, CHIP_RIGHT = 22, 20, 6, 4
Index = QModelIndex | QPersistentModelIndex


def cell(column: Column, record: Any, role: int) -> Any:
    """What a model says about a record in a column: words, chip, second line, alignment or tooltip."""
    if role == Qt.ItemDataRole.TextAlignmentRole:
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter)
    second = column.second(record) if column.second else ""
    if role == Qt.ItemDataRole.DisplayRole:
        return column.words(record)
    if role == Qt.ItemDataRole.AccessibleTextRole:
        return ", ".join(part for part in (column.words(record), second) if part)
    if role == SECOND_LINE_ROLE:
        return second or None
    if role == CHIP_ROLE and column.chip:
        return column.chip(record)[1]
    if role == Qt.ItemDataRole.ToolTipRole:
        if column.tooltip:
            return plain(column.tooltip(record))
        return plain(f"{column.words(record)}\n{second}") if second else None  # a long name is cut where room is short
    return None


class CellDelegate(QStyledItemDelegate):
    """Paints cells that carry CHIP_ROLE as chips, those with SECOND_LINE_ROLE in two lines, all others as usual."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        kind, second = index.data(CHIP_ROLE), index.data(SECOND_LINE_ROLE)
        if kind is None and not second:
            super().paint(painter, option, index)
            return
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        words, plain.text = plain.text, ""
        if plain.widget is not None:
            plain.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, plain.widget)
        painter.save()
        if kind is not None:
            _chip(painter, plain, words, str(kind))
        else:
            _lines(painter, plain, words, str(second))
        painter.restore()


def chip_room(font: QFont, words: str, kind: str) -> int:
    """Pixels a cell needs so that its chip is not cut, in a list of this font."""
    return QFontMetrics(_heavy(font)).horizontalAdvance(_marked(words, kind)) + CHIP_PADDING + CHIP_LEFT + CHIP_RIGHT


def _heavy(font: QFont) -> QFont:
    made = QFont(font)
    made.setWeight(QFont.Weight.DemiBold)
    return made


def _marked(words: str, kind: str) -> str:
    return f"{MARKS[kind]}  {words}"


def _chip(painter: QPainter, option: QStyleOptionViewItem, words: str, kind: str) -> None:
    if not words:
        return
    ground, colour = chip_colours(kind)
    font = _heavy(option.font)
    text = _marked(words, kind)
    rect = option.rect.adjusted(CHIP_LEFT, 0, -CHIP_RIGHT, 0)
    metrics = QFontMetrics(font)
    width = min(metrics.horizontalAdvance(text) + CHIP_PADDING, rect.width())
    pill = QRectF(rect.left(), rect.center().y() - CHIP_HEIGHT / 2, width, CHIP_HEIGHT)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(pill, CHIP_HEIGHT / 2, CHIP_HEIGHT / 2)
    painter.setPen(QColor(colour))
    painter.setFont(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(pill.width()) - 16)
    painter.drawText(pill.adjusted(10, 0, -6, 0), Qt.AlignmentFlag.AlignVCenter, shown)


def _lines(painter: QPainter, option: QStyleOptionViewItem, words: str, second: str) -> None:
    rect = option.rect.adjusted(MARGIN, 7, -6, -7)
    if option.features & QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator and option.widget is not None:
        box = QStyle.SubElement.SE_ItemViewItemCheckIndicator
        rect.setLeft(option.widget.style().subElementRect(box, option, option.widget).right() + MARGIN)
    half = rect.height() // 2
    upper = QRect(rect.left(), rect.top(), rect.width(), half)
    for text, colour, line in ((words, tokens().text, upper), (second, tokens().muted, upper.translated(0, half))):
        painter.setPen(QColor(colour))
        painter.setFont(option.font)
        shown = QFontMetrics(option.font).elidedText(text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
