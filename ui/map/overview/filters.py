"""The filters of the map, each choice with how many it would show."""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.formats import thousands
from ui.labels import labels
from ui.map.overview.selection import FACETS
from ui.map.wording import state_words
from ui.theme import SPACE
from ui.translation import tr
from ui.widgets.forms import Choice, button
from ui.widgets.search_field import SearchField

TYPING_MS = 250


class MapFilters(QWidget):
    """`changed` follows every choice, `searched` the text, a moment after the last letter."""

    changed = Signal()
    searched = Signal(str)

    def __init__(self, leave_to: Callable[[], QWidget]) -> None:
        super().__init__()
        self._text = SearchField(tr("Karte durchsuchen"), tr("Name, Praxis, PLZ oder Ort"), leave_to)
        self._words = {
            "state": {"": tr("Jeder Stand"), **state_words()},
            "method": {"": tr("Alle Verfahren"), **labels("method")},
            "age_group": {"": tr("Jedes Alter"), **_known("age_group")},
            "setting": {"": tr("Einzel und Gruppe"), **_known("setting")},
            "seat": {"": tr("Kasse und privat"), **labels("seat")},
            "language": {"": tr("Jede Sprache")},
        }
        names = {
            "state": tr("Stand filtern"), "method": tr("Verfahren filtern"), "age_group": tr("Alter filtern"),
            "setting": tr("Einzel oder Gruppe filtern"), "seat": tr("Kassensitz filtern"),
            "language": tr("Sprache filtern"),
        }  # fmt: skip
        self._choices = {facet: Choice(self._words[facet], names[facet]) for facet in FACETS}
        self.reset_button = button(tr("Filter &zurücksetzen"), self.reset, role="link")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SPACE)
        grid.addWidget(self._text, 0, 0, 1, 2)
        for place, choice in enumerate(self._choices.values()):
            choice.setMinimumContentsLength(8)
            choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            grid.addWidget(choice, 1 + place // 2, place % 2)
            choice.currentIndexChanged.connect(lambda _: self._on_choice())
        self._timer = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._timer.timeout.connect(lambda: self.searched.emit(self.text()))
        self._text.textChanged.connect(lambda _: self._on_text())
        self._show_reset()

    def text(self) -> str:
        """The text searched for."""
        return self._text.text().strip()

    def facets(self) -> Mapping[str, str]:
        """The chosen codes, without those that leave everything."""
        return {facet: code for facet, choice in self._choices.items() if (code := choice.code())}

    def choose(self, facet: str, code: str) -> None:
        """Choose one code."""
        self._choices[facet].choose(code)

    def words(self) -> list[str]:
        """What is chosen, as people say it: for the heading of a sheet."""
        chosen = [self._words[facet].get(code, code) for facet, code in self.facets().items()]
        return [*chosen, *([f"„{self.text()}“"] if self.text() else [])]

    def reset(self) -> None:
        """Everything again."""
        for choice in self._choices.values():
            choice.blockSignals(True)
            choice.choose("")
            choice.blockSignals(False)
        self._text.clear()
        self._timer.stop()
        self._show_reset()
        self.searched.emit("")

    def show_counts(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Write to each choice how many it would show."""
        self._offer_languages(code for code in counts["language"] if code)
        for facet, choice in self._choices.items():
            for place in range(choice.count()):
                code = str(choice.itemData(place) or "")
                word = self._words[facet].get(code, code)
                # how many there are without a choice stands above the list
                choice.setItemText(place, f"{word} ({thousands(counts[facet].get(code, 0))})" if code else word)

    def _offer_languages(self, codes: Iterable[str]) -> None:
        choice = self._choices["language"]
        known = {str(choice.itemData(place)) for place in range(choice.count())}
        fresh = [code for code in codes if code not in known]
        if not fresh:
            return
        chosen = choice.code()
        everything = sorted({code for code in (*known, *fresh) if code}, key=str.casefold)
        choice.blockSignals(True)
        choice.clear()
        for code in ("", *everything):
            choice.addItem(self._words["language"].get(code, code), code)
        choice.choose(chosen)
        choice.blockSignals(False)

    def _on_text(self) -> None:
        self._timer.start()
        self._show_reset()

    def _on_choice(self) -> None:
        self._show_reset()
        self.changed.emit()

    def _show_reset(self) -> None:
        self.reset_button.setEnabled(bool(self.facets() or self.text()))


def _known(kind: str) -> dict[str, str]:
    return {code: word for code, word in labels(kind).items() if code != "unknown"}
