"""Standorte of a practice: the therapist's main one and the others."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from domain.casework.office_ways import ways_from_office
from domain.casework.pins import unpin_site
from domain.casework.placing import PlaceState, site_places
from domain.database import Session
from domain.therapists import sites
from domain.therapists.addresses import ADDRESS
from domain.therapists.queries import TherapistDetail
from domain.therapists.sites import Site, SiteForm
from domain.travel.ways import Way
from domain.values import TravelMode
from ui.background import Background
from ui.changes import Refresher
from ui.errors import describe
from ui.place_words import place_words
from ui.ports import UiContext
from ui.therapists.contact_dialogs import EntryDialog
from ui.translation import tr
from ui.travel_words import all_modes
from ui.widgets.address_help import AddressHelp
from ui.widgets.chips import Chip
from ui.widgets.faults import refused_at
from ui.widgets.forms import Choice, button, row
from ui.widgets.forms import label as words
from ui.widgets.record_form import grid

ACCESS = {None: "", True: "yes", False: "no"}


class SiteDialog(EntryDialog):
    """One address."""

    def __init__(self, parent: QWidget, form: SiteForm | None = None) -> None:
        super().__init__(parent, tr("Standort") if form else tr("Neuer Standort"), tr("Übernehmen"))
        form = form or SiteForm("", "", "", "", None)
        names = (*ADDRESS, "addition")
        self._texts = {name: QLineEdit(getattr(form, name)) for name in names}
        self._access = Choice({"": tr("unbekannt"), "yes": tr("ja"), "no": tr("nein")}, tr("Barrierefrei"))
        self._access.choose(ACCESS[form.accessible])
        titles = (tr("Straße"), tr("Hausnummer"), tr("PLZ"), tr("Ort"), tr("Zusatz (Etage, c/o)"))
        made = [self._field(name, title, self._texts[name]) for name, title in zip(names, titles, strict=True)]
        access = self._field("accessible", tr("Barrierefrei"), self._access)
        self._lay_out(grid((made[0], made[1]), (made[4],), (made[2], made[3]), (access,)))

    def help_with(self, background: Background) -> None:
        """Suggest addresses while one types."""
        AddressHelp(background, {name: self._texts[name] for name in ADDRESS})

    def form(self) -> SiteForm:
        """What was entered."""
        values = {name: control.text().strip() for name, control in self._texts.items()}
        return SiteForm(**values, accessible={"yes": True, "no": False}.get(self._access.code()))


class SitesTab(QWidget):
    """One line a site: address, who works there, what can be done."""

    def __init__(self, ui: UiContext, may_change: Callable[[], bool]) -> None:
        super().__init__()
        self._ui, self._may_change = ui, may_change
        self._therapist: TherapistDetail | None = None
        lines = QWidget()
        self._grid = QGridLayout(lines)
        self._grid.setContentsMargins(0, 0, 0, 0)
        outer = QVBoxLayout(self)
        outer.addWidget(words(tr("Entfernungen werden zum Hauptstandort gemessen."), "muted"))
        outer.addWidget(lines)
        self._ways = words("", "muted")
        outer.addWidget(self._ways)
        outer.addWidget(row(button(tr("Standort hinzufügen"), self._add, icon="plus")))
        outer.addStretch(1)
        Refresher(self, ui.changes, ("place",), self._reload)

    def show_therapist(self, t: TherapistDetail) -> None:
        """Ask for the sites of a therapist's practice."""
        self._therapist = t
        now = self._ui.now()

        def work(session: Session) -> tuple[tuple[Site, ...], Mapping[int, PlaceState]]:
            found = sites.sites_of(session, t.therapist_id)
            return found, site_places(session, [site.site_id for site in found])

        self._ui.background.read(self, work, lambda both: self._show(*both), key="sites")
        self._ui.background.read(
            self, lambda s: ways_from_office(s, t.therapist_id, now=now), self._show_ways, key="ways"
        )

    def _show_ways(self, found: tuple[str, Mapping[TravelMode, Way]] | None) -> None:
        """From the office: patients' ways stand with their searches."""
        if found is not None:
            place, ways = found
            self._ways.setText("\n".join([tr("Wege ab Büro ({place}):").format(place=place), *all_modes(ways)]))
        self._ways.setVisible(found is not None)

    def _show(self, found: tuple[Site, ...], places: Mapping[int, PlaceState]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for number, site in enumerate(found):
            form = site.form
            parts = (f"{form.street} {form.house_number}".strip(), form.addition, f"{form.plz} {form.city}".strip())
            address = ", ".join(filter(None, parts)) or tr("ohne Adresse")
            where = place_words(site.geo_quality, by_hand=site.geo_locked, state=places.get(site.site_id))
            about = [where, *site.persons]
            if form.accessible is not None:
                about.insert(0, tr("barrierefrei") if form.accessible else tr("nicht barrierefrei"))
            line = QWidget()
            column = QVBoxLayout(line)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(words(address))
            column.addWidget(words(" · ".join(about), "muted"))
            self._grid.addWidget(line, number, 0)
            if site.main:
                self._grid.addWidget(Chip(tr("Hauptstandort"), "success"), number, 1)
            else:
                choose = partial(self._choose, site)
                name = f"{address}: {tr('Als Hauptstandort')}"
                self._grid.addWidget(button(tr("Als Hauptstandort"), choose, name=name), number, 1)
            edit = partial(self._edit, site)
            self._grid.addWidget(button(tr("Bearbeiten"), edit, name=f"{address}: {tr('Bearbeiten')}"), number, 2)
            if site.geo_locked:
                let_go = button(
                    tr("Lage neu suchen"), partial(self._let_go, site), name=f"{address}: {tr('Lage neu suchen')}"
                )
                self._grid.addWidget(let_go, number, 3)
        self._grid.setColumnStretch(0, 1)

    def _add(self) -> None:
        if (t := self._therapist) is not None:
            self._ask(SiteDialog(self), lambda s, form: sites.add_site(s, t.therapist_id, form))

    def _edit(self, site: Site) -> None:
        if not self._may_change():
            return
        dialog = SiteDialog(self, site.form)
        self._ask(dialog, lambda s, form: sites.update_site(s, site.site_id, site.version, form))

    def _let_go(self, site: Site) -> None:
        if self._may_change():
            self._ui.background.write(self, lambda s: unpin_site(s, site.site_id), lambda _: self._reload())

    def _ask(self, dialog: SiteDialog, work: Callable[[Session, SiteForm], object]) -> None:
        def refused(error: Exception) -> None:
            if not refused_at(dialog.fields, error):
                self._ui.messages.error(describe(error))

        def done(_: object) -> None:
            dialog.accept()
            self._reload()

        def write() -> None:
            form = dialog.form()
            self._ui.background.write(self, lambda s: work(s, form), done, refused)

        dialog.wanted.connect(write)
        dialog.help_with(self._ui.background)
        dialog.open()

    def _choose(self, site: Site) -> None:
        if (t := self._therapist) is not None and self._may_change():
            self._ui.background.write(
                self,
                lambda s: sites.choose_main_site(s, t.therapist_id, site.site_id, t.version),
                lambda _: self._reload(),
            )

    def _reload(self) -> None:
        # the record itself comes again with the event; the list of sites is asked for at once
        if self._therapist is not None:
            self.show_therapist(self._therapist)
