"""The day from which a promised place is free, moved after the answer."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from domain.casework.answers import refuse_place_from
from domain.errors import Invalid
from domain.matching.listing import ItemDetail
from ui import formats
from ui.errors import describe
from ui.translation import tr
from ui.typed import Unreadable
from ui.widgets.forms import DateField, Field, TextArea
from ui.widgets.forms import label as words


class PlaceDayDialog(QDialog):
    """The day that stands, ready to be written over; empty means at once."""

    def __init__(self, parent: QWidget, item: ItemDetail, *, today: date) -> None:
        super().__init__(parent)
        self._today = today
        self.setWindowTitle(tr("Platz frei ab"))
        self.setAccessibleName(tr("Platz frei ab"))
        self.setMinimumWidth(440)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._from = DateField(tr("Platz frei ab (leer: sofort)"))
        self._from.show_date(item.place_from)
        self._field = Field(tr("Platz frei ab (leer: sofort)"), self._from)
        self._note = TextArea(70)
        stands = tr("Zugesagt: Platz frei ab {day}.") if item.place_from else tr("Zugesagt: Platz sofort frei.")
        column = QVBoxLayout(self)
        column.addWidget(words(item.name, "heading"))
        column.addWidget(
            words(
                f"{stands.format(day=formats.day(item.place_from))} "
                + tr("Die Antwort der Praxis bleibt, wie sie war; der Verlauf nennt beide Tage."),
                "muted",
            )
        )
        column.addWidget(self._field)
        column.addWidget(Field(tr("Notiz"), self._note))
        buttons = QDialogButtonBox()
        save = buttons.addButton(tr("Tag ändern"), QDialogButtonBox.ButtonRole.AcceptRole)
        save.setProperty("role", "primary")
        buttons.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._try)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    def _try(self) -> None:
        try:
            day = self._from.date()
            if day is not None:
                refuse_place_from(day, today=self._today)
        except (Unreadable, Invalid) as wrong:
            self._field.complain(str(wrong) if isinstance(wrong, Unreadable) else describe(wrong))
            self.resize(self.width(), max(self.height(), self.heightForWidth(self.width())))
            self._from.setFocus()
            return
        self.accept()

    def ask(self, then: Callable[[date | None, str], None]) -> None:
        """Show it and call `then` with the day (None: at once) and the note once it was confirmed."""
        self.accepted.connect(lambda: then(self._from.date(), self._note.toPlainText().strip()))
        self.open()
        self._from.setFocus()
        self._from.selectAll()
