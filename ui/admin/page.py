"""Verwaltung: what an office sets once and looks at when something is wrong."""

from PySide6.QtWidgets import QTabWidget, QWidget

from domain.access import RECORD_ROLES
from domain.worker_troubles import Trouble, troubles
from ui.admin.accounts_tab import AccountsTab
from ui.admin.audit_tab import AuditTab
from ui.admin.backups_tab import BackupsTab
from ui.admin.health_tab import HealthTab
from ui.admin.imports_tab import ImportsTab
from ui.admin.insurers_tab import InsurersTab
from ui.admin.maps_tab import MapsTab
from ui.admin.office_tab import OfficeTab
from ui.admin.opt_outs_tab import OptOutsTab
from ui.admin.persons_tab import PersonsTab
from ui.admin.retention_tab import RetentionTab
from ui.admin.services_tab import ServicesTab
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
    """One tab a subject, in four groups; only what the roles of whoever sits here reach."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self.office, self.templates, self.accounts = OfficeTab(ui), TemplatesTab(ui), AccountsTab(ui)
        self.insurers, self.maps, self.imports = InsurersTab(ui), MapsTab(ui), ImportsTab(ui)
        self.sources, self.websites, self.audit = SourcesTab(ui), WebsitesTab(ui), AuditTab(ui)
        self.persons, self.backups, self.health = PersonsTab(ui), BackupsTab(ui), HealthTab(ui)
        self.services, self.retention, self.opt_outs = ServicesTab(ui), RetentionTab(ui), OptOutsTab(ui)
        self._groups = tabbed(tr("Verwaltung"))
        self._groups.currentChanged.connect(lambda _: ui.messages.turn())
        self._subjects: list[QWidget] = []
        technical, records, audit = RECORD_ROLES | {"admin"}, RECORD_ROLES, frozenset({"supervisor", "auditor"})
        self._group(
            tr("&Büro"), (self.office, tr("Büro"), technical), (self.templates, tr("&Vorlagen"), technical),
            (self.accounts, tr("&Postkonten"), technical), (self.insurers, tr("&Krankenkassen"), records),
        )  # fmt: skip
        self._group(
            tr("Ver&zeichnis"), (self.maps, tr("K&arten und Wege"), technical), (self.imports, tr("&Einlesen"), records),
            (self.sources, tr("&Quellen"), technical), (self.websites, tr("&Webseiten"), records),
        )  # fmt: skip
        self._group(
            tr("Datensch&utz"), (self.persons, tr("Pe&rsonen"), technical), (self.audit, tr("Pr&otokoll"), audit),
            (self.retention, tr("Aufbewahrun&g"), records), (self.opt_outs, tr("Wi&dersprüche"), records),
        )  # fmt: skip
        self._group(
            tr("Be&trieb"), (self.health, tr("Zu&stand"), technical), (self.services, tr("Dienst&e"), technical),
            (self.backups, tr("S&icherungen"), technical),
        )  # fmt: skip
        self.troubles = label("", "error")
        self.troubles.hide()
        self.body.addWidget(self.troubles)
        self.body.addWidget(self._groups, 1)
        Refresher(self.troubles, ui.changes, ("worker",), self._ask_troubles)
        Refresher(
            self, ui.changes, ("office", "template", "mail_account", "insurer_profile", "map_settings"), self.refresh
        )
        # addresses are found one by one: only their own tab looks again
        Refresher(self.maps, ui.changes, ("place", "travel"), self.maps.refresh)
        Refresher(self.imports, ui.changes, ("import",), self.imports.refresh)
        # page by page, too
        Refresher(self.sources, ui.changes, ("source",), self.sources.refresh)
        Refresher(self.persons, ui.changes, ("person",), self.persons.refresh)
        Refresher(
            self.services, ui.changes, ("outside", "source", "mail_account", "map_settings"), self.services.refresh
        )
        Refresher(
            self.retention, ui.changes, ("retention", "patient", "place_search", "office"), self.retention.refresh
        )
        Refresher(self.opt_outs, ui.changes, ("therapist", "incoming_email"), self.opt_outs.refresh)
        Refresher(self.websites, ui.changes, ("web_schedule", "web_finding"), self.websites.refresh)
        Refresher(self.backups, ui.changes, ("backup",), self.backups.refresh)

    def refresh(self) -> None:
        """All tabs again; what is being typed stays."""
        self._ask_troubles()
        # those of what is due, and what services do, are asked when somebody looks at them
        at_once = (self.office, self.templates, self.accounts, self.insurers, self.maps, self.imports, self.sources,
                   self.websites, self.persons, self.audit, self.backups, self.health)  # fmt: skip
        for subject in at_once:
            if subject in self._subjects:
                subject.refresh()

    def show_tab(self, number: int) -> None:
        """Bring a subject to the front, counted through all groups as they are here."""
        self._show_subject(self._subjects[number])

    def open_field(self, item_id: int, field: str) -> None:
        """Heute leads to a subject, not to a record; a patient's record to who opened it."""
        led = {"accounts": self.accounts, "backups": self.backups, "retention": self.retention}
        if field in led:
            self._show_subject(led[field])
        elif field == "patient_readers":
            self.audit.show_record("patient_service.patient", item_id)
            self._show_subject(self.audit)
        else:
            super().open_field(item_id, field)

    def _group(self, title: str, *subjects: tuple[QWidget, str, frozenset[str]]) -> None:
        """Those that say something to whoever sits here; the others are left out, and a group of such with them."""
        tabs = tabbed(title.replace("&", ""))
        tabs.currentChanged.connect(lambda _: self.ui.messages.turn())
        for subject, name, roles in subjects:
            if roles & self.ui.roles:
                tabs.addTab(subject, name)
                self._subjects.append(subject)
        if tabs.count():
            self._groups.addTab(tabs, title)

    def _show_subject(self, subject: QWidget) -> None:
        for tabs in self._groups.findChildren(QTabWidget):
            if tabs.indexOf(subject) >= 0:
                self._groups.setCurrentWidget(tabs)
                tabs.setCurrentWidget(subject)

    def _ask_troubles(self) -> None:
        self.ui.background.read(self, troubles, self._show_troubles)

    def _show_troubles(self, found: tuple[Trouble, ...]) -> None:
        self.troubles.setText("\n".join(dict.fromkeys(trouble_words(trouble) for trouble in found)))
        self.troubles.setVisible(bool(found))
