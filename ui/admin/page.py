"""Verwaltung: what an office sets once and looks at when something is wrong."""

from domain.worker_troubles import Trouble, troubles
from ui.admin.accounts_tab import AccountsTab
from ui.admin.audit_tab import AuditTab
from ui.admin.imports_tab import ImportsTab
from ui.admin.insurers_tab import InsurersTab
from ui.admin.maps_tab import MapsTab
from ui.admin.office_tab import OfficeTab
from ui.admin.opt_outs_tab import OptOutsTab
from ui.admin.retention_tab import RetentionTab
from ui.admin.sources_tab import SourcesTab
from ui.admin.templates_tab import TemplatesTab
from ui.admin.websites_tab import WebsitesTab
from ui.admin.worker_words import trouble_words
from ui.changes import Refresher
from ui.page import PageWidget
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import label, tabbed


class AdminPage(PageWidget):
    """One tab a subject."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self.office, self.templates, self.accounts = OfficeTab(ui), TemplatesTab(ui), AccountsTab(ui)
        self.insurers, self.maps, self.imports = InsurersTab(ui), MapsTab(ui), ImportsTab(ui)
        self.sources, self.websites, self.audit = SourcesTab(ui), WebsitesTab(ui), AuditTab(ui)
        self.retention, self.opt_outs = RetentionTab(ui), OptOutsTab(ui)
        self._tabs = tabbed(tr("Verwaltung"))
        self._tabs.addTab(self.office, tr("&Büro"))
        self._tabs.addTab(self.templates, tr("&Vorlagen"))
        self._tabs.addTab(self.accounts, tr("&Postkonten"))
        self._tabs.addTab(self.insurers, tr("&Krankenkassen"))
        self._tabs.addTab(self.maps, tr("K&arten und Wege"))
        self._tabs.addTab(self.imports, tr("&Einlesen"))
        self._tabs.addTab(self.sources, tr("&Quellen"))
        self._tabs.addTab(self.websites, tr("&Webseiten"))
        self._tabs.addTab(self.audit, tr("P&rotokoll"))
        self._tabs.addTab(self.retention, tr("Aufbewahrun&g"))
        self._tabs.addTab(self.opt_outs, tr("Wi&dersprüche"))
        self.troubles = label("", "error")
        self.troubles.hide()
        self.body.addWidget(self.troubles)
        self.body.addWidget(self._tabs, 1)
        Refresher(self.troubles, ui.changes, ("worker",), self._ask_troubles)
        Refresher(
            self, ui.changes, ("office", "template", "mail_account", "insurer_profile", "map_settings"), self.refresh
        )
        # addresses are found one by one: only their own tab looks again
        Refresher(self.maps, ui.changes, ("place", "travel"), self.maps.refresh)
        Refresher(self.imports, ui.changes, ("import",), self.imports.refresh)
        # page by page, too
        Refresher(self.sources, ui.changes, ("source",), self.sources.refresh)
        Refresher(
            self.retention, ui.changes, ("retention", "patient", "place_search", "office"), self.retention.refresh
        )
        Refresher(self.opt_outs, ui.changes, ("therapist", "incoming_email"), self.opt_outs.refresh)
        Refresher(self.websites, ui.changes, ("web_schedule", "web_finding"), self.websites.refresh)

    def refresh(self) -> None:
        """All tabs again; what is being typed stays."""
        self._ask_troubles()
        self.office.refresh()
        self.templates.refresh()
        self.accounts.refresh()
        self.insurers.refresh()
        self.maps.refresh()
        self.imports.refresh()
        self.sources.refresh()
        self.websites.refresh()
        self.audit.refresh()
        # the last two are asked when somebody looks at them

    def open_field(self, item_id: int, field: str) -> None:  # noqa: ARG002 - a tab is no record
        """Bring the tab to the front where something is due."""
        if field == "retention":
            self._tabs.setCurrentWidget(self.retention)

    def show_tab(self, number: int) -> None:
        """Bring a tab to the front."""
        self._tabs.setCurrentIndex(number)

    def _ask_troubles(self) -> None:
        self.ui.background.read(self, troubles, self._show_troubles)

    def _show_troubles(self, found: tuple[Trouble, ...]) -> None:
        self.troubles.setText("\n".join(dict.fromkeys(trouble_words(trouble) for trouble in found)))
        self.troubles.setVisible(bool(found))
