"""A week as a grid of half hours: painted with the mouse or the keyboard, or shown only."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from domain.values import MINUTES_PER_DAY, WeekSpan
from domain.weektime import merged
from ui.formats import WEEKDAYS, week
from ui.theme import tokens
from ui.translation import tr

FIRST_HOUR, LAST_HOUR = 7, 21
STEP = 30
SLOTS = (LAST_HOUR - FIRST_HOUR) * 60 // STEP
LEFT, TOP = 30, 18


class WeekGrid(QWidget):
    """Seven days from 7 to 21 o'clock. `value` None means "not known yet"."""

    changed = Signal()

    def __init__(self, name: str, *, read_only: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._read_only = read_only
        self._spans: tuple[WeekSpan, ...] | None = None
        self._cursor = (0, 4)
        self._painting: bool | None = None
        self.setMinimumHeight(TOP + 7 * 20 + 4)
        self.setMinimumWidth(360)
        if not read_only:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setToolTip(tr("Mit der Maus malen oder mit Pfeiltasten und Leertaste wählen"))

    def value(self) -> tuple[WeekSpan, ...] | None:
        """The chosen times."""
        return self._spans

    def show_value(self, spans: Sequence[WeekSpan] | None) -> None:
        """Show times."""
        self._spans = None if spans is None else merged(spans)
        self.setAccessibleDescription(week(self._spans))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for seven calm rows."""
        return QSize(460, TOP + 7 * 20 + 4)

    def _cell(self, day: int, slot: int) -> QRect:
        width = (self.width() - LEFT - 2) / SLOTS
        height = (self.height() - TOP - 2) / 7
        left = LEFT + round(slot * width)
        top = TOP + round(day * height)
        return QRect(left, top, LEFT + round((slot + 1) * width) - left, TOP + round((day + 1) * height) - top)

    def _at(self, point: QPoint) -> tuple[int, int] | None:
        width = (self.width() - LEFT - 2) / SLOTS
        height = (self.height() - TOP - 2) / 7
        day, slot = int((point.y() - TOP) // height), int((point.x() - LEFT) // width)
        return (day, slot) if 0 <= day < 7 and 0 <= slot < SLOTS else None

    def _span(self, day: int, slot: int) -> WeekSpan:
        start = day * MINUTES_PER_DAY + FIRST_HOUR * 60 + slot * STEP
        return WeekSpan(start, start + STEP)

    def _covers(self, span: WeekSpan) -> bool:
        return any(s.start < span.end and span.start < s.end for s in self._spans or ())

    def _set(self, day: int, slot: int, *, on: bool) -> None:
        span = self._span(day, slot)
        kept: list[WeekSpan] = [span] if on else []
        for old in self._spans or ():
            if old.end <= span.start or old.start >= span.end:
                kept.append(old)
                continue
            if old.start < span.start:
                kept.append(WeekSpan(old.start, span.start))
            if old.end > span.end:
                kept.append(WeekSpan(span.end, old.end))
        self.show_value(kept or None)
        self.changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to paint: the first cell decides whether to add or to remove."""
        cell = self._at(event.position().toPoint())
        if cell is not None and not self._read_only:
            self._painting = not self._covers(self._span(*cell))
            self._cursor = cell
            self._set(*cell, on=self._painting)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on painting."""
        cell = self._at(event.position().toPoint())
        if cell is not None and self._painting is not None and self._covers(self._span(*cell)) != self._painting:
            self._set(*cell, on=self._painting)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Stop painting."""
        self._painting = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, space chooses."""
        moves = {
            Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in moves:
            day, slot = self._cursor[0] + moves[key][0], self._cursor[1] + moves[key][1]
            self._cursor = (day % 7, slot % SLOTS)
            self.update()
        elif key == Qt.Key.Key_Space and not self._read_only:
            self._set(*self._cursor, on=not self._covers(self._span(*self._cursor)))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Hours above, days at the left, known times filled."""
        painter = QPainter(self)
        t = tokens()
        font = painter.font()
        font.setPointSizeF(8)
        painter.setFont(font)
        for day in range(7):
            painter.setPen(QColor(t.muted))
            first = self._cell(day, 0)
            painter.drawText(
                QRect(0, first.top(), LEFT - 6, first.height()), Qt.AlignmentFlag.AlignVCenter, WEEKDAYS[day]
            )
            for slot in range(SLOTS):
                rect = self._cell(day, slot).adjusted(0, 1, -1, -1)
                painter.fillRect(rect, QColor(t.hover if slot // 2 % 2 else t.neutral_soft))
        painter.setPen(QColor(t.muted))
        for hour in range(FIRST_HOUR, LAST_HOUR, 2):
            cell = self._cell(0, (hour - FIRST_HOUR) * 60 // STEP)
            painter.drawText(QRect(cell.left(), 0, 40, TOP - 2), Qt.AlignmentFlag.AlignBottom, f"{hour}")
        for span in self._spans or ():
            self._paint_span(painter, span, t.accent)
        if self.hasFocus():
            painter.setPen(QPen(QColor(t.text), 2))
            painter.drawRect(self._cell(*self._cursor).adjusted(0, 1, -2, -2))

    def _paint_span(self, painter: QPainter, span: WeekSpan, colour: str) -> None:
        day = span.start // MINUTES_PER_DAY
        whole = self._cell(day, 0).united(self._cell(day, SLOTS - 1))
        minutes = (LAST_HOUR - FIRST_HOUR) * 60

        def x(minute: int) -> int:
            inside = min(max(minute - day * MINUTES_PER_DAY - FIRST_HOUR * 60, 0), minutes)
            return whole.left() + round(inside / minutes * whole.width())

        rect = QRect(x(span.start), whole.top() + 2, max(2, x(span.end) - x(span.start) - 1), whole.height() - 4)
        painter.fillRect(rect, QColor(colour))
