"""Where pictures behind the map come from: off unless the office enters a source, and what that gives away is said."""

from dataclasses import replace

from PySide6.QtWidgets import QLineEdit

from domain.access import OfficeSettings
from domain.errors import PlatzlotseError
from domain.office_settings import read_office, save_office
from ui.admin.tile_trial import TileTrial
from ui.errors import describe
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import Card, Field, button, row
from ui.widgets.forms import label as words

NAMES = ("tile_source", "tile_attribution")


class MapTilesCard(Card):
    """Two fields and what they mean; can stand on any tab of Verwaltung."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(tr("Kartenhintergrund"))
        self._ui = ui
        self._seen: tuple[OfficeSettings, int] | None = None
        self._dirty = False
        self._lines = {name: QLineEdit() for name in NAMES}
        self._lines["tile_source"].setPlaceholderText("https://karten.buero.example/{z}/{x}/{y}.png")
        self._lines["tile_attribution"].setPlaceholderText(tr("© OpenStreetMap-Mitwirkende"))
        self.fields = {
            "tile_source": Field(
                tr("A&dresse der Kartenbilder oder .mbtiles-Datei (leer: ohne Hintergrund)"),
                self._lines["tile_source"],
            ),
            "tile_attribution": Field(tr("&Quellenangabe auf der Karte"), self._lines["tile_attribution"]),
        }
        self._save = button(tr("Hintergrund &speichern"), self._on_save, role="primary", icon="save")
        self._drop = button(tr("Ver&werfen"), self._on_drop, icon="undo-2")
        self.add(
            words(
                tr(
                    "Ohne Eintrag zeigt die Karte Umrisse, Orte und Postleitzahlen und fragt niemanden. Mit einer Adresse "
                    "holt jeder Arbeitsplatz die Bilder der Gegend, die er ansieht, von diesem einen Rechner: Wer ihn "
                    "betreibt, erfährt daraus, wo Sie suchen, also ungefähr, wo Patienten wohnen. Namen erfährt er nicht. "
                    "Am sichersten ist ein eigener Kartenserver oder eine Datei. Geholte Bilder bleiben auf dem "
                    "Arbeitsplatz liegen, höchstens 150 MB."
                ),
                "muted",
            )
        )
        for field in self.fields.values():
            self.add(field)
        self.add(row(self._save, self._drop))
        self.trial = TileTrial(ui)
        self.add(self.trial)
        for line in self._lines.values():
            line.textEdited.connect(lambda _: self._set_dirty(dirty=True))
        self._set_dirty(dirty=False)

    def refresh(self) -> None:
        """Ask again; what is being typed is not overwritten."""
        self._ui.background.read(self, read_office, self._show, key="tiles")

    def _show(self, seen: tuple[OfficeSettings, int]) -> None:
        if self._dirty:
            return
        self._seen = seen
        for name, line in self._lines.items():
            line.setText(getattr(seen[0], name))
        self.trial.show_possible(possible=bool(seen[0].tile_source))

    def _set_dirty(self, *, dirty: bool) -> None:
        self._dirty = dirty
        self._save.setEnabled(dirty)
        self._drop.setEnabled(dirty)
        if dirty:
            self.trial.show_possible(possible=False)  # what is saved is tried, not what is typed

    def _on_drop(self) -> None:
        self._set_dirty(dirty=False)
        self._complain("", "")
        self.refresh()

    def _on_save(self) -> None:
        if self._seen is None:
            return
        self._complain("", "")
        settings, version = self._seen
        source, credit = (self._lines[name].text().strip() for name in NAMES)
        changed = replace(settings, tile_source=source, tile_attribution=credit)
        self._ui.background.write(
            self, lambda s: save_office(s, changed, version=version), lambda _: self._saved(), self._refused
        )

    def _saved(self) -> None:
        self._set_dirty(dirty=False)
        self._ui.messages.success(tr("Gespeichert. Die Karten zeigen es sofort."))
        self.refresh()

    def _refused(self, error: Exception) -> None:
        if isinstance(error, PlatzlotseError) and error.field in self.fields:
            self._complain(error.field, describe(error))
            return
        self._ui.messages.error(describe(error))

    def _complain(self, name: str, text: str) -> None:
        for key, field in self.fields.items():
            field.complain(text if key == name else "")
