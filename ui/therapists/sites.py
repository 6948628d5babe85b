"""Standorte of a practice: the therapist's main one and the others."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from domain.database import Session
from domain.errors import PlatzlotseError
from domain.therapists import sites
from domain.therapists.queries import TherapistDetail
from domain.therapists.sites import Site, SiteForm
from ui.errors import describe
from ui.labels import label
from ui.ports import UiContext
from ui.therapists.contact_dialogs import EntryDialog
from ui.translation import tr
from ui.widgets.chips import Chip
from ui.widgets.forms import Choice, button, row
from ui.widgets.forms import label as words
from ui.widgets.record_form import grid

ACCESS = {None: "", True: "yes", False: "no"}


class SiteDialog(EntryDialog):
    """One address."""

    def __init__(self, parent: QWidget, form: SiteForm | None = None) -> None:
        super().__init__(parent, tr("Standort") if form else tr("Neuer Standort"), tr("Übernehmen"))
        form = form or SiteForm("", "", "", "", None)
        names = (*sites.ADDRESS, "addition")
        self._texts = {name: QLineEdit(getattr(form, name)) for name in names}
        self._access = Choice({"": tr("unbekannt"), "yes": tr("ja"), "no": tr("nein")}, tr("Barrierefrei"))
        self._access.choose(ACCESS[form.accessible])
        titles = (tr("Straße"), tr("Hausnummer"), tr("PLZ"), tr("Ort"), tr("Zusatz (Etage, c/o)"))
        made = [self._field(name, title, self._texts[name]) for name, title in zip(names, titles, strict=True)]
        access = self._field("accessible", tr("Barrierefrei"), self._access)
        self._lay_out(grid((made[0], made[1]), (made[4],), (made[2], made[3]), (access,)))

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
        outer.addWidget(row(button(tr("Standort hinzufügen"), self._add, icon="plus")))
        outer.addStretch(1)

    def show_therapist(self, t: TherapistDetail) -> None:
        """Ask for the sites of a therapist's practice."""
        self._therapist = t
        self._ui.background.read(self, lambda s: sites.sites_of(s, t.therapist_id), self._show, key="sites")

    def _show(self, found: tuple[Site, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for number, site in enumerate(found):
            form = site.form
            line_two = f", {form.addition}" if form.addition else ""
            written = f"{form.street} {form.house_number}{line_two}, {form.plz} {form.city}"
            address = written.strip(" ,") or tr("ohne Adresse")
            about = [tr("Lage: {what}").format(what=label("geo_quality", site.geo_quality)), *site.persons]
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
        self._grid.setColumnStretch(0, 1)

    def _add(self) -> None:
        if (t := self._therapist) is not None:
            self._ask(SiteDialog(self), lambda s, form: sites.add_site(s, t.therapist_id, form))

    def _edit(self, site: Site) -> None:
        if not self._may_change():
            return
        dialog = SiteDialog(self, site.form)
        self._ask(dialog, lambda s, form: sites.update_site(s, site.site_id, site.version, form))

    def _ask(self, dialog: SiteDialog, work: Callable[[Session, SiteForm], object]) -> None:
        def refused(error: Exception) -> None:
            if isinstance(error, PlatzlotseError) and error.field in dialog.fields:
                dialog.complain(error.field, describe(error))
            else:
                self._ui.messages.error(describe(error))

        def done(_: object) -> None:
            dialog.accept()
            self._reload()

        def write() -> None:
            form = dialog.form()
            self._ui.background.write(self, lambda s: work(s, form), done, refused)

        dialog.wanted.connect(write)
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
