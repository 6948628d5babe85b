"""When an inquiry leaves: at once, tomorrow, on Monday, or in the morning of a day one names."""

from datetime import date, datetime, time, timedelta

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui import formats
from ui.translation import tr
from ui.typed import Unreadable
from ui.widgets.faults import bring_into_sight
from ui.widgets.forms import Choice, DateField, Field

MORNING = time(8)


class WhenField(QWidget):
    """A choice, and beside it the day where one is named."""

    def __init__(self) -> None:
        super().__init__()
        self.choice = Choice(
            {
                "now": tr("sofort"),
                "tomorrow": tr("morgen um 8 Uhr"),
                "monday": tr("Montag um 8 Uhr"),
                "day": tr("an einem Tag um 8 Uhr"),
            },
            tr("Wann gesendet wird"),
        )
        self.day = DateField(tr("Tag, an dem gesendet wird"))
        self._field = Field(tr("Tag"), self.day)
        self._field.hide()
        self.choice.currentIndexChanged.connect(lambda _: self._field.setVisible(self.choice.code() == "day"))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(Field(tr("Wann"), self.choice))
        line.addWidget(self._field)

    def reset(self) -> None:
        """At once again."""
        self.choice.choose("now")

    def moment(self, today: date) -> datetime | None:
        """The moment chosen, None for at once. Raises Unreadable after complaining about a day that is none."""
        if self.choice.code() == "day":
            try:
                wanted = _later(self.day.date(), today)
            except Unreadable as wrong:
                self._field.complain(str(wrong))
                bring_into_sight(self._field, self.day)
                raise
            self._field.complain("")
            return formats.office_time(wanted, MORNING)
        days = {"tomorrow": 1, "monday": 7 - today.weekday()}.get(self.choice.code())
        return None if days is None else formats.office_time(today + timedelta(days=days), MORNING)


def _later(day: date | None, today: date) -> date:
    if day is None or day <= today:
        raise Unreadable(tr("Bitte einen späteren Tag als TT.MM.JJJJ eingeben."))
    return day
