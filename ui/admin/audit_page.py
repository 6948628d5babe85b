"""The protocol as a page of its own, for whoever audits the office and sees nothing else of it."""

from ui.admin.audit_tab import AuditTab
from ui.page import PageWidget
from ui.ports import UiContext


class AuditPage(PageWidget):
    """The tab of Verwaltung alone."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self.audit = AuditTab(ui)
        self.body.addWidget(self.audit, 1)

    def refresh(self) -> None:
        """Ask again."""
        self.audit.refresh()
