"""Methods × age group × setting as boxes: always a set, never a single value."""

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from domain.values import AgeGroup, Method, Offer, Setting
from ui.labels import label
from ui.translation import tr


class MethodGrid(QWidget):
    """Rows are methods, columns age group and setting; unknown ones are shown in words below."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(16)
        self._boxes: dict[Offer, QCheckBox] = {}
        self._others: frozenset[Offer] = frozenset()
        places = [
            (age, setting)
            for age in (AgeGroup.ADULT, AgeGroup.CHILD_YOUTH)
            for setting in (Setting.INDIVIDUAL, Setting.GROUP)
        ]
        for number, (age, setting) in enumerate(places, start=1):
            short = tr("Erw.") if age is AgeGroup.ADULT else tr("Ki/Ju")
            head = QLabel(f"{short} {label('setting', setting)}")
            head.setProperty("role", "fieldlabel")
            layout.addWidget(head, 0, number)
        for line, method in enumerate(Method, start=1):
            layout.addWidget(QLabel(label("method", method)), line, 0)
            for number, (age, setting) in enumerate(places, start=1):
                box = QCheckBox()
                box.setAccessibleName(
                    f"{label('method', method)}, {label('age_group', age)}, {label('setting', setting)}"
                )
                box.setToolTip(box.accessibleName())
                box.toggled.connect(lambda: self.changed.emit())
                self._boxes[Offer(method, age, setting)] = box
                layout.addWidget(box, line, number)
        self._unknown = QLabel()
        self._unknown.setProperty("role", "muted")
        self._unknown.setWordWrap(True)
        layout.addWidget(self._unknown, 5, 0, 1, 5)
        layout.setColumnStretch(5, 1)

    def show_offers(self, codes: Collection[str]) -> None:
        """Show a set of stored offers."""
        offers = {Offer.parse(code) for code in codes}
        for offer, box in self._boxes.items():
            box.setChecked(offer in offers)
        self._others = frozenset(offers - set(self._boxes))
        words = [
            f"{label('method', o.method)}: {label('age_group', o.age_group)}, {label('setting', o.setting)}"
            for o in sorted(self._others)
        ]
        self._unknown.setText("; ".join(words))
        self._unknown.setVisible(bool(words))

    def offers(self) -> frozenset[Offer]:
        """The chosen set; what the grid cannot show is kept."""
        return frozenset(offer for offer, box in self._boxes.items() if box.isChecked()) | self._others
