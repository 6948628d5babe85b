"""What a practice said of its places, to be noted with its answer."""

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox

from domain.casework.reply_facts import CapacityNote
from ui import formats
from ui.labels import label
from ui.translation import tr


class CapacityTick(QCheckBox):
    """Noted with the same key, unless the tick is taken away; what is contradicted waits for a tick."""

    def __init__(self, gives_a_place: Callable[[], bool]) -> None:
        super().__init__()
        self._gives_a_place = gives_a_place
        self._said: CapacityNote | None = None

    def offer(self, said: CapacityNote | None) -> None:
        """What another mail said."""
        self._said = said
        self._offer()

    def follow_answers(self) -> None:
        """An answer chosen may change what is offered; a tick set by hand stays where it does not."""
        if (self._notable() is None) is not self.isHidden():
            self._offer()

    def noted(self) -> CapacityNote | None:
        """What is to be noted; nothing without the tick."""
        return self._said if self.isChecked() else None

    def _notable(self) -> CapacityNote | None:
        """Who gives somebody a place is not noted as full."""
        said = self._said
        return None if said is not None and said.capacity == "full" and self._gives_a_place() else said

    def _offer(self) -> None:
        capacity = self._notable()
        self.setVisible(capacity is not None)
        self.setChecked(capacity is not None and capacity.agreed)
        if capacity is None:
            return
        said = label("capacity", capacity.capacity)
        if capacity.from_day is not None:
            said += ", " + tr("Plätze ab {day}").format(day=formats.day(capacity.from_day))
        text = tr("Bei der Praxis notieren: {what} (Stand {day})").format(what=said, day=formats.day(capacity.as_of))
        if not capacity.agreed:
            text += "\n" + tr("Die Antwort sagt Verschiedenes. Bitte lesen, dann ankreuzen.")
        self.setText(text)
