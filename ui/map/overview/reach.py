"""Erreichbar in … Minuten: asked in a dialog, shown at once as an estimate, replaced when a router has answered."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from domain.casework.reaching import Reached, Whence, ask_reach, reached, usual_mode
from domain.matching.listing import SearchRow
from domain.travel.reach import LONGEST, SHORTEST
from domain.travel.ways import Spot
from domain.values import TravelMode
from ui.changes import Refresher
from ui.labels import labels
from ui.map.overview.reach_words import as_shown
from ui.map.overview.spots import NamedSpot, find_spot
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import Choice, Field

MINUTES, STEP = 30, 5


@dataclass(frozen=True, slots=True)
class Question:
    """From where, by what, how long; `place` names a town, empty for a patient."""

    whence: Whence
    mode: TravelMode
    minutes: int
    place: str = ""


class ReachDialog(QDialog):
    """Where one begins, by what and how long. `wanted` carries the town's text, empty for the patient's place."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget, patient: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Erreichbar in Minuten"))
        self.setMinimumWidth(380)
        starts = {"patient": patient} if patient else {}
        self._start = Choice({**starts, "place": tr("einem Ort")}, tr("Ab"))
        self._place = QLineEdit()
        self._place.setPlaceholderText(tr("etwa Aachen oder 52062"))
        self.mode = Choice(labels("travel_mode"), tr("Verkehrsmittel"))
        self.minutes = QSpinBox()
        self.minutes.setRange(SHORTEST, LONGEST)
        self.minutes.setSingleStep(STEP)
        self.minutes.setValue(MINUTES)
        self.minutes.setSuffix(tr(" Min."))
        self._field = Field(tr("&PLZ oder Ort"), self._place)
        start = Field(tr("&Ab"), self._start)
        take = QDialogButtonBox()
        good = take.addButton(tr("Zeigen"), QDialogButtonBox.ButtonRole.AcceptRole)
        good.setAccessibleName(tr("Zeigen"))
        good.setProperty("role", "primary")
        take.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        take.accepted.connect(self._on_take)
        take.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        by, long = Field(tr("&Verkehrsmittel"), self.mode), Field(tr("&Minuten, höchstens"), self.minutes)
        for widget in (start, self._field, by, long, take):
            column.addWidget(widget)
        start.setVisible(bool(patient))
        self._start.currentIndexChanged.connect(lambda _: self._field.setVisible(self._start.code() == "place"))
        self._field.setVisible(self._start.code() == "place")

    def of_patient(self) -> bool:
        """Whether one begins at the patient's."""
        return self._start.code() == "patient"

    def unknown(self) -> None:
        """Say that nobody knows the place."""
        self._field.complain(tr("Diesen Ort kennt die Karte nicht. Versuchen Sie die Postleitzahl."))

    def _on_take(self) -> None:
        self.wanted.emit("" if self.of_patient() else self._place.text())


class ReachFinder(QObject):
    """`found` carries what to show, and whether the map shall go there."""

    found = Signal(object, bool)

    def __init__(self, ui: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._ui, self._parent = ui, parent
        self._search: SearchRow | None = None
        self._question: Question | None = None
        self._asked: Question | None = None
        Refresher(parent, ui.changes, ("travel", "map_settings"), self._look)

    def about(self, search: SearchRow | None) -> None:
        """Whose search it is now, or nobody's."""
        self._search = search

    def leave(self) -> None:
        """Nothing is asked any more."""
        self._question = None

    @property
    def of_patient(self) -> bool:
        """Whether what is shown begins at a patient's."""
        return self._question is not None and not isinstance(self._question.whence, Spot)

    @property
    def search_id(self) -> int | None:
        """Whose search it is about."""
        return None if self._search is None else self._search.search_id

    def open(self) -> None:
        """Ask what is wanted."""
        search = self._search
        name = search.name if search is not None and search.lat is not None else ""
        dialog = ReachDialog(self._parent, tr("dem Wohnort von {name}").format(name=name) if name else "")
        dialog.wanted.connect(partial(self._want, dialog))
        dialog.finished.connect(dialog.deleteLater)
        if search is not None:
            number = search.search_id
            self._ui.background.read(
                dialog,
                lambda s: usual_mode(s, number),
                lambda mode: dialog.mode.choose(str(mode)) if mode else None,
                key="mode",
            )
        dialog.open()

    def _want(self, dialog: ReachDialog, place: str) -> None:
        mode, minutes = TravelMode(dialog.mode.code()), dialog.minutes.value()
        if self._search is not None and dialog.of_patient():
            self._begin(dialog, Question(self._search.search_id, mode, minutes))
            return

        def arrive(spot: NamedSpot | None) -> None:
            if spot is None:
                dialog.unknown()
            else:
                self._begin(dialog, Question(Spot(spot.lat, spot.lon), mode, minutes, spot.name))

        self._ui.background.local(dialog, lambda: find_spot(place), arrive, key="spot")

    def _begin(self, dialog: ReachDialog, question: Question) -> None:
        dialog.accept()
        self._question, self._asked = question, None
        self._look()

    def _look(self) -> None:
        question, now = self._question, self._ui.now()
        if question is not None:
            self._ui.background.read(
                self._parent,
                lambda s: reached(s, question.whence, question.mode, question.minutes, now=now),
                lambda found: self._arrive(question, found),
                key="reach",
            )

    def _arrive(self, question: Question, found: Reached | None) -> None:
        if question != self._question:
            return
        if found is None:
            self._question = None
            self._ui.messages.warning(tr("Der Wohnort ist nicht bekannt: Ergänzen Sie die Adresse in der Akte."))
            return
        first = self._asked is None
        self._asked = question
        self.found.emit(as_shown(found, question.place), first)
        # once a choice: what could not be answered waits with the worker, what was refused is asked again by whoever chooses
        if first and (found.askable or (found.trouble and not found.waiting)):
            self._ui.background.write(
                self._parent,
                lambda s: ask_reach(s, question.whence, question.mode, question.minutes),
                lambda _: self._look(),
                changes=False,
            )
