"""Which specialty or qualification the list of practices is narrowed to, or begins with; for the search that is shown."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from domain.matching.candidates import Candidates, SkillWish
from domain.therapists.queries import known_skills
from ui import formats
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import Choice
from ui.widgets.skill_choice import SkillChoice

WIDEST = 190  # some qualifications are whole sentences


class SkillFilter(QWidget):
    """`changed` tells that the list is to be asked again."""

    changed = Signal()

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self.skill = SkillChoice()
        self.skill.setMaximumWidth(WIDEST)
        self.skill.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.skill.setMinimumWidth(120)
        self.how = Choice({"only": tr("nur diese"), "first": tr("diese zuerst")}, tr("Wie gefiltert wird"))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.skill, 1)
        line.addWidget(self.how)
        line.addStretch(0)
        self.how.setEnabled(False)
        self.skill.currentIndexChanged.connect(lambda _: self._on_choice())
        self.how.currentIndexChanged.connect(lambda _: self.changed.emit())

    def refresh(self) -> None:
        """Ask again what there is to choose from."""
        self._ui.background.read(self, known_skills, self.skill.offer, key="skills")

    def wish(self) -> SkillWish:
        """What is chosen."""
        return SkillWish(self.skill.code(), only=self.how.code() == "only")

    def clear(self) -> None:
        """Another search is shown: its list begins whole. Tells nobody."""
        with QSignalBlocker(self.skill):
            self.skill.choose("")
        self.how.setEnabled(False)

    def _on_choice(self) -> None:
        self.how.setEnabled(bool(self.skill.code()))
        self.changed.emit()


def fit_words(found: Candidates, wish: SkillWish) -> str:
    """How many fit; where a skill is asked for, how many of them name it and how many name none at all."""
    if not wish.skill:
        return ntr(found.fit_total, "{n} passende Praxis", "{n} passende Praxen")
    skilled = found.fit_total if wish.only else found.fit_total - found.unskilled
    said = ntr(skilled, "{n} passende Praxis", "{n} passende Praxen")
    said += " " + tr("mit „{skill}“").format(skill=wish.skill)
    if found.unskilled:
        said += ", " + tr("{n} ohne").format(n=formats.thousands(found.unskilled))
    if found.unsaid:
        said += " " + tr("(davon {n} ganz ohne Angabe)").format(n=formats.thousands(found.unsaid))
    return said
