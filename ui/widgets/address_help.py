"""Suggestions while an address is typed: PLZ and town from the table, streets that are known there."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit

from domain.casework.address_suggestions import suggest_streets, suggest_towns
from domain.database import Session
from ui.background import Background


class AddressHelp(QObject):
    """Hangs on three fields. Choosing a town fills PLZ and town; typing on is always possible."""

    def __init__(self, background: Background, *, street: QLineEdit, plz: QLineEdit, city: QLineEdit) -> None:
        super().__init__(plz)
        self._background = background
        self._plz, self._city = plz, city
        for field in (plz, city):
            self._attach(field, suggest_towns, self._choose_town)
        self._attach(street, lambda s, typed: suggest_streets(s, plz_text(), typed), street.setText)

        def plz_text() -> str:
            return plz.text().strip()

    def _attach(
        self,
        field: QLineEdit,
        suggest: Callable[[Session, str], Sequence[object]],
        choose: Callable[[str], object],
    ) -> None:
        model = QStringListModel(field)
        completer = QCompleter(model, field)
        completer.setWidget(field)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        popup = completer.popup()
        assert popup is not None
        popup.setAccessibleName(field.accessibleName())
        completer.activated.connect(choose)

        def arrived(found: Sequence[object]) -> None:
            words = [" ".join(entry) if isinstance(entry, tuple) else str(entry) for entry in found]
            model.setStringList(words)
            if words and field.hasFocus() and words != [field.text()]:
                completer.complete()
            else:
                popup.hide()

        def ask(typed: str) -> None:
            self._background.read(self, lambda s: suggest(s, typed), arrived, key=f"suggest-{id(field)}")

        field.textEdited.connect(ask)

    def _choose_town(self, chosen: str) -> None:
        plz, _, city = chosen.partition(" ")
        self._plz.setText(plz)
        self._city.setText(city)
