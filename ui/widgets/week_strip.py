"""A practice's week in one strip: phone, office and treatment hours side by side, told apart by colour and place.

Shown only. Each kind has its own lane within a day and its own sign in the legend; all is in words for a screen reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from domain.values import MINUTES_PER_DAY, WeekSpan
from domain.weektime import merged
from ui import formats
from ui.theme import Tokens, tokens
from ui.translation import tr

FIRST_HOUR, LAST_HOUR = 7, 21
LEFT, TOP, LEGEND = 34, 20, 26
LANE = 9
DAY = 3 * LANE + 6


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of hours: its name and times; None means "not known"."""

    name: str
    spans: tuple[WeekSpan, ...] | None


class WeekStrip(QWidget):
    """Seven days from 7 to 21 o'clock with three lanes each."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Woche der Praxis"))
        self.lanes: tuple[Lane, ...] = ()
        self.setFixedHeight(LEGEND + TOP + 7 * DAY + 4)
        self.setMinimumWidth(380)

    def show_week(
        self,
        phone: Sequence[WeekSpan] | None,
        office: Sequence[WeekSpan] | None,
        treatment: Sequence[WeekSpan] | None,
    ) -> None:
        """Show a week's hours."""
        named = ((tr("Telefon"), phone), (tr("Sprechzeit"), office), (tr("Behandlung"), treatment))
        self.lanes = tuple(Lane(name, None if spans is None else merged(spans)) for name, spans in named)
        self.setAccessibleDescription(". ".join(f"{lane.name}: {formats.week(lane.spans)}" for lane in self.lanes))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for seven days."""
        return QSize(480, self.minimumHeight())

    def _x(self, minute_of_day: int) -> int:
        inside = min(max(minute_of_day - FIRST_HOUR * 60, 0), (LAST_HOUR - FIRST_HOUR) * 60)
        return LEFT + round(inside / ((LAST_HOUR - FIRST_HOUR) * 60) * (self.width() - LEFT - 4))

    def _rect(self, number: int, span: WeekSpan) -> QRect:
        day = span.start // MINUTES_PER_DAY
        left, right = self._x(span.start - day * MINUTES_PER_DAY), self._x(span.end - day * MINUTES_PER_DAY)
        return QRect(left, LEGEND + TOP + day * DAY + 3 + number * LANE, max(3, right - left - 1), LANE - 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Legend above, days at the left, each kind in its lane."""
        painter = QPainter(self)
        t = tokens()
        font = painter.font()
        font.setPointSizeF(8)
        painter.setFont(font)
        self._paint_ground(painter, t)
        x = LEFT
        for number, lane in enumerate(self.lanes):
            painter.fillRect(QRect(x, 6, 18, LANE - 2), _brush(number, t))
            painter.setPen(QColor(t.text))
            words = lane.name if lane.spans is not None else tr("{name}: unbekannt").format(name=lane.name)
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(QRect(x + 24, 0, width + 2, 18), Qt.AlignmentFlag.AlignVCenter, words)
            x += 24 + width + 20
            for span in lane.spans or ():
                brush = _brush(number, t)
                painter.fillRect(self._rect(number, span), brush)
                painter.setPen(brush.color())
                painter.drawRect(self._rect(number, span).adjusted(0, 0, -1, -1))

    def _paint_ground(self, painter: QPainter, t: Tokens) -> None:
        for day in range(7):
            top = LEGEND + TOP + day * DAY
            painter.fillRect(
                QRect(LEFT, top, self.width() - LEFT - 4, DAY - 1), QColor(t.neutral_soft if day % 2 else t.hover)
            )
            painter.setPen(QColor(t.muted))
            painter.drawText(QRect(0, top, LEFT - 8, DAY), Qt.AlignmentFlag.AlignVCenter, formats.WEEKDAYS[day])
        for hour in range(FIRST_HOUR, LAST_HOUR, 2):
            x = self._x(hour * 60)
            painter.setPen(QColor(t.muted))
            painter.drawText(QRect(x, LEGEND, 40, TOP - 3), Qt.AlignmentFlag.AlignBottom, str(hour))
            painter.setPen(QPen(QColor(t.border), 1, Qt.PenStyle.DotLine))
            painter.drawLine(x, LEGEND + TOP, x, LEGEND + TOP + 7 * DAY)

    def event(self, event: object) -> bool:
        """Say what is under the mouse."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x(), event.pos().y()), self)
            return True
        return super().event(event)  # type: ignore[arg-type]  # Qt hands over nothing but events

    def words_at(self, x: int, y: int) -> str:
        """Telefon Mo 09:00–09:50, or nothing where nothing is."""
        return next(
            (
                f"{lane.name} {formats.week((span,))}"
                for number, lane in enumerate(self.lanes)
                for span in lane.spans or ()
                if self._rect(number, span).adjusted(-2, -2, 2, 2).contains(x, y)
            ),
            "",
        )


def _brush(number: int, t: Tokens) -> QBrush:
    """Full, hatched, dense: the kinds differ without colour, too."""
    colour, pattern = (
        (t.accent, Qt.BrushStyle.SolidPattern),
        (t.success, Qt.BrushStyle.Dense2Pattern),
        (t.warning, Qt.BrushStyle.BDiagPattern),
    )[number]
    return QBrush(QColor(colour), pattern)
