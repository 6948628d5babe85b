"""Who stands in for a person, and when: named by an admin or a supervisor, ended by one click."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from domain.access import RECORD_ROLES
from domain.person_admin import DeputyLine, PersonLine, end_deputy, list_deputies, set_deputy
from ui.admin.person_words import deputy_line
from ui.errors import describe
from ui.ports import UiContext
from ui.translation import tr
from ui.typed import Unreadable
from ui.widgets.forms import Card, Choice, DateField, Field, button, row
from ui.widgets.forms import label as words
from ui.widgets.record_form import grid

LIST_HEIGHT = 72


class DeputiesCard(Card):
    """A deputy sees the patients of the team of whom it stands in for, from the first day to the last."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(tr("Vertretung"))
        self._ui = ui
        self._person: PersonLine | None = None
        self._lines: tuple[DeputyLine, ...] = ()
        self._deputy = Choice({}, tr("Vertretung durch"))
        self._first, self._last = (DateField(tr("Vom")), DateField(tr("Bis")))
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Eingetragene Vertretungen"))
        self._list.setMaximumHeight(LIST_HEIGHT)
        self._end = button(tr("Vertretung been&den"), self._on_end)
        self.fields = {
            "deputy": Field(tr("Vertretung durch"), self._deputy),
            "first": Field(tr("Vom"), self._first),
            "last": Field(tr("Bis"), self._last),
        }
        self.add(
            words(tr("Wer vertritt, sieht so lange auch die Patienten aus dem Team der vertretenen Person."), "muted")
        )
        self.add(grid(tuple(self.fields.values())))
        self.add(row(button(tr("Vertretung ein&tragen"), self._on_set, icon="plus"), self._end))
        self.add(self._list)
        self._list.currentRowChanged.connect(lambda number: self._end.setEnabled(number >= 0))

    def refresh(self) -> None:
        """Read who stands in for whom."""
        self._ui.background.read(self, list_deputies, self._show, key="deputies")

    def show_for(self, person: PersonLine | None, everybody: tuple[PersonLine, ...]) -> None:
        """Turn to a person; None is somebody new, who needs no deputy yet."""
        self.setVisible(person is not None)
        if person is None:
            return
        if self._person is None or self._person.id != person.id:
            self._first.show_date(self._ui.today())
            self._last.clear()
        self._person = person
        chosen = self._deputy.code()
        self._deputy.clear()
        for other in everybody:
            if other.active and other.id != person.id and RECORD_ROLES & set(other.roles):
                self._deputy.addItem(other.display_name, str(other.id))
        self._deputy.choose(chosen)
        self._show(self._lines)

    def _show(self, lines: tuple[DeputyLine, ...]) -> None:
        self._lines = lines
        self._list.clear()
        for line in lines:
            if self._person is not None and self._person.id in {line.person_id, line.deputy_id}:
                item = QListWidgetItem(deputy_line(line))
                item.setData(Qt.ItemDataRole.UserRole, line.id)
                self._list.addItem(item)
        self._list.setVisible(self._list.count() > 0)
        self._end.setVisible(self._list.count() > 0)
        self._end.setEnabled(self._list.currentRow() >= 0)

    def _on_set(self) -> None:
        for field in self.fields.values():
            field.complain("")
        days = []
        for name, control in (("first", self._first), ("last", self._last)):
            try:
                day = control.date()
            except Unreadable as fault:
                self.fields[name].complain(str(fault))
                return
            if day is None:
                self.fields[name].complain(tr("Nennen Sie den Tag."))
                return
            days.append(day)
        if self._person is None or not self._deputy.code():
            return
        person, deputy = self._person.id, int(self._deputy.code())
        self._ui.background.write(
            self,
            lambda s: set_deputy(s, person, deputy, first_day=days[0], last_day=days[1]),
            lambda _: self._done(tr("Eingetragen.")),
            self._refused,
        )

    def _on_end(self) -> None:
        if self._list.currentRow() < 0:
            return
        number = int(self._list.currentItem().data(Qt.ItemDataRole.UserRole))
        self._ui.background.write(
            self, lambda s: end_deputy(s, number), lambda _: self._done(tr("Beendet.")), self._refused
        )

    def _done(self, said: str) -> None:
        self._ui.messages.success(said)
        self.refresh()

    def _refused(self, error: Exception) -> None:
        self._ui.messages.error(describe(error))
