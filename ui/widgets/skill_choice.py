"""A choice among the specialties and qualifications somebody has; what is chosen stays while the list is asked again."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker

from ui.translation import tr
from ui.widgets.forms import Choice


class SkillChoice(Choice):
    """Nothing chosen is everybody."""

    def __init__(self) -> None:
        super().__init__({"": tr("Alle Fachgebiete")}, tr("Fachgebiet oder Qualifikation filtern"))

    def offer(self, found: Sequence[str]) -> None:
        """Other words to choose from; choosing none of them anew tells nobody."""
        chosen = self.code()
        known = {chosen, *found} - {""}
        if known == {self.itemData(number) for number in range(1, self.count())}:
            return
        with QSignalBlocker(self):
            self.clear()
            self.addItem(tr("Alle Fachgebiete"), "")
            for skill in sorted(known, key=str.casefold):
                self.addItem(skill, skill)
            self.choose(chosen)
