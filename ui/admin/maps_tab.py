"""Karten und Wege: which servers look up addresses and ways, whether patients may be asked about, and how it goes."""

from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from domain.casework.map_office import MapOffice, read_map_office, save_map_office
from domain.casework.placing import ask_for_all
from domain.errors import PlatzlotseError
from domain.geocoding.map_settings import FASTEST, GEOCODERS, ROUTERS, MapForm
from ui.admin.labels import label
from ui.admin.map_tiles import MapTilesCard
from ui.admin.map_words import dropped_words, hosts_words, progress_words
from ui.admin.server_test import ServerTest
from ui.errors import describe
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import Card, Choice, Field, button, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.record_form import grid


class MapsTab(QWidget):
    """Two servers, what may go out, and where it stands. `Speichern` is there once something was changed."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._seen: MapOffice | None = None
        self._dirty = self._filling = False
        self._kinds = {
            "geocoder": Choice({code: label("server", code) for code in GEOCODERS}, tr("Dienst für Adressen")),
            "router": Choice({code: label("server", code) for code in ROUTERS}, tr("Dienst für Wege")),
        }
        self._urls = {kind: QLineEdit() for kind in self._kinds}
        self._urls["geocoder"].setPlaceholderText("https://nominatim.buero.example")
        self._urls["router"].setPlaceholderText("https://valhalla.buero.example")
        self._rates = {kind: QLineEdit() for kind in self._kinds}
        self._patients = {
            "geocoder": _check(tr("Adressen von Patienten dürfen an diesen Dienst gehen, auch schon beim Tippen")),
            "router": _check(tr("Wohnorte von Patienten dürfen, auf etwa 100 m gerundet, an diesen Dienst gehen")),
        }
        self._decides = "supervisor" in ui.roles
        if not self._decides:
            for box in self._patients.values():
                box.setToolTip(tr("Das entscheidet die Leitung des Büros."))
        self._transit = _check(tr("Der Dienst kennt Fahrpläne von Bus und Bahn (nur Valhalla)"))
        self._key = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.fields = {
            "geocoder": Field(tr("Dienst für Adressen"), self._kinds["geocoder"]),
            "geocoder_url": Field(tr("Adresse des Dienstes für Adressen"), self._urls["geocoder"]),
            "geocoder_per_minute": Field(tr("Adressen: höchstens Fragen je Minute"), self._rates["geocoder"]),
            "router": Field(tr("Dienst für Wege"), self._kinds["router"]),
            "router_url": Field(tr("Adresse des Dienstes für Wege"), self._urls["router"]),
            "router_per_minute": Field(tr("Wege: höchstens Fragen je Minute"), self._rates["router"]),
            "key": Field(tr("Schlüssel (nur wenn der Dienst einen verlangt)"), self._key),
        }
        self.tests = {
            "geocoder": ServerTest(ui, "geocoder", tr("Dienst für Adressen testen")),
            "router": ServerTest(ui, "router", tr("Dienst für Wege testen")),
        }
        self.tiles = MapTilesCard(ui)
        self._refused_words = words("", "error")
        self._refused_words.hide()
        self._progress, self._hosts = words("", "muted"), words("", "muted")
        self._all = button(tr("Alle &Adressen suchen"), self._ask_all, icon="search")
        if not ui.sees_records:
            self._all.hide()  # they are the addresses of practices and patients
        self._save = button(tr("&Speichern"), self._on_save, role="primary", icon="save")
        self._drop = button(tr("Ver&werfen"), self._on_drop, icon="undo-2")
        self._lay_out()
        self._connect()
        self._set_dirty(dirty=False)

    def _lay_out(self) -> None:
        f = self.fields
        addresses, ways, state = (Card(title) for title in (tr("Adressen"), tr("Wege"), tr("Stand")))
        addresses.add(
            words(
                tr(
                    "Ohne Dienst kennt Platzlotse den Ort und die PLZ. Mit Nominatim oder Photon findet der "
                    "Hintergrunddienst auch das Haus. Öffentliche Dienste erlauben eine Frage je Sekunde. Photon schlägt "
                    "Adressen schon beim Tippen vor; ein Nominatim nur, wenn es Ihr eigenes ist."
                ),
                "muted",
            )
        )
        addresses.add(grid((f["geocoder"], f["geocoder_url"], f["geocoder_per_minute"])))
        addresses.add(self._patients["geocoder"])
        addresses.add(self.tests["geocoder"])
        ways.add(
            words(
                tr(
                    "Ohne Dienst werden Fahrzeiten geschätzt und als Schätzung gezeigt. Ein OSRM kennt nur das Auto. "
                    "Welches Gebiet in einer Zeit zu erreichen ist, sagen Valhalla und openrouteservice."
                ),
                "muted",
            )
        )
        ways.add(grid((f["router"], f["router_url"], f["router_per_minute"])))
        ways.add(grid((f["key"],)))
        ways.add(self._transit)
        ways.add(self._patients["router"])
        ways.add(self.tests["router"])
        state.add(self._progress)
        state.add(self._hosts)
        state.add(row(self._all))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 8, 8, 0)
        for card in (addresses, ways, self.tiles, state):
            column.addWidget(card)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(content), 1)
        outer.addWidget(self._refused_words)
        outer.addWidget(row(self._save, self._drop))

    def _connect(self) -> None:
        for choice in self._kinds.values():
            choice.currentIndexChanged.connect(lambda _: self._on_edit())
        for line in (*self._urls.values(), *self._rates.values(), self._key):
            line.textEdited.connect(lambda _: self._on_edit())
        for box in (*self._patients.values(), self._transit):
            box.toggled.connect(lambda _: self._on_edit())

    def refresh(self) -> None:
        """Ask again; what is being changed is not overwritten."""
        self._ui.background.read(self, read_map_office, self._show, key="maps")
        for test in self.tests.values():
            test.refresh()
        self.tiles.refresh()

    def _show(self, seen: MapOffice) -> None:
        self._show_state(seen)
        if self._dirty:
            return
        self._seen = seen
        form = seen.maps.form
        self._filling = True
        for kind, choice in self._kinds.items():
            choice.choose(getattr(form, kind))
            self._urls[kind].setText(getattr(form, f"{kind}_url"))
            self._rates[kind].setText(str(getattr(form, f"{kind}_per_minute")))
            self._patients[kind].setChecked(getattr(form, f"patients_to_{kind}"))
            self.tests[kind].show_possible(possible=getattr(form, kind) != "none")
        self._transit.setChecked(form.router_transit)
        self._key.clear()
        self._key.setPlaceholderText(
            tr("gespeichert; leer lassen, um ihn zu behalten") if seen.maps.sealed_router_key else ""
        )
        self._filling = False
        self._enable()

    def _show_state(self, seen: MapOffice) -> None:
        self._progress.setText(progress_words(seen))
        self._hosts.setText(hosts_words(seen.hosts))
        self._all.setEnabled(seen.maps.form.geocoder != "none")

    def _on_edit(self) -> None:
        if not self._filling:
            self._enable()
            self._set_dirty(dirty=True)

    def _enable(self) -> None:
        """What means nothing without a server cannot be chosen."""
        for kind, choice in self._kinds.items():
            there = choice.code() != "none"
            for control in (self._urls[kind], self._rates[kind]):
                control.setEnabled(there)
            # whoever sees patients decides; taking it back is anybody's
            self._patients[kind].setEnabled(there and (self._decides or self._patients[kind].isChecked()))
        self._key.setEnabled(self._kinds["router"].code() == "openrouteservice")
        self._transit.setEnabled(self._kinds["router"].code() == "valhalla")

    def _set_dirty(self, *, dirty: bool) -> None:
        self._dirty = dirty
        self._save.setEnabled(dirty)
        self._drop.setEnabled(dirty)
        if dirty:
            for kind, test in self.tests.items():
                test.show_unsaved(wanted=self._kinds[kind].code() != "none")

    def _on_drop(self) -> None:
        self._set_dirty(dirty=False)
        self._complain(None, "")
        self.refresh()

    def _form(self) -> MapForm | None:
        """What the fields say; None after marking a rate that is no number."""

        def allowed(kind: str) -> bool:
            return self._patients[kind].isChecked() and self._kinds[kind].code() != "none"

        rates: dict[str, int] = {}
        for kind, line in self._rates.items():
            text = line.text().strip()
            if not (text.isdecimal() and 1 <= int(text) <= FASTEST):
                self._complain(f"{kind}_per_minute", tr("Eine Zahl von 1 bis {n}.").format(n=FASTEST))
                return None
            rates[kind] = int(text)
        return MapForm(
            geocoder=self._kinds["geocoder"].code(),
            geocoder_url=self._urls["geocoder"].text(),
            geocoder_per_minute=rates["geocoder"],
            patients_to_geocoder=allowed("geocoder"),
            router=self._kinds["router"].code(),
            router_url=self._urls["router"].text(),
            router_per_minute=rates["router"],
            router_transit=self._transit.isChecked() and self._kinds["router"].code() == "valhalla",
            patients_to_router=allowed("router"),
        )

    def _on_save(self) -> None:
        if self._seen is None:
            return
        self._complain(None, "")
        form, version, key = self._form(), self._seen.maps.version, self._key.text().strip() or None
        if form is None:
            return
        self._ui.background.write(
            self, lambda s: save_map_office(s, form, version=version, key=key), self._saved, self._refused
        )

    def _saved(self, dropped: frozenset[str]) -> None:
        self._set_dirty(dirty=False)
        if dropped:
            self._complain("", dropped_words(dropped))
        elif self._seen is not None and self._seen.maps.form.geocoder == "none" != self._kinds["geocoder"].code():
            # an office that is new to its server knows hundreds of addresses already
            self._ui.messages.info(
                tr("Gespeichert. Neue Adressen werden jetzt gesucht; die schon bekannten, wenn Sie es wünschen."),
                tr("Alle Adressen suchen"),
                self._ask_all,
            )
        else:
            self._ui.messages.success(tr("Gespeichert."))
        self.refresh()

    def _refused(self, error: Exception) -> None:
        self._complain(error.field if isinstance(error, PlatzlotseError) else None, describe(error))

    def _complain(self, name: str | None, text: str) -> None:
        for key, field in self.fields.items():
            field.complain(text if key == name else "")
        self._refused_words.setText("" if name in self.fields else text)
        self._refused_words.setVisible(bool(text) and name not in self.fields)

    def _ask_all(self) -> None:
        self._ui.background.write(
            self,
            ask_for_all,
            lambda n: self._ui.messages.info(ntr(n, "{n} Adresse wird gesucht.", "{n} Adressen werden gesucht.")),
        )


def _check(text: str) -> QCheckBox:
    made = QCheckBox(text)
    made.setAccessibleName(text)
    return made
