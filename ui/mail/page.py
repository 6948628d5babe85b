"""Post: what came in with its suggested reading, outbox, sent, and what needs a person (unclear, failed, bounced)."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from domain.communication.account_states import TroubledAccount, troubled_accounts
from domain.communication.incoming.listing import count_unread, get_incoming
from domain.communication.queries import box_of, count_boxes, get_mail
from domain.database import Session
from domain.errors import Unavailable
from ui.changes import Refresher
from ui.mail.account_words import accounts_words
from ui.mail.batches.pane import BatchPane
from ui.mail.drafts.pane import DraftsPane
from ui.mail.incoming import IncomingPane
from ui.mail.outgoing import OutgoingPane
from ui.mail.pane import MailPane
from ui.mail.saved_mails import SavedMails
from ui.page import PageWidget
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.files import dropped_files
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words
from ui.widgets.search_field import SearchField

INCOMING = ("inbox", "settled")
# what another page may ask for, with the id of whom or what it is about
WRITING = {
    "write_therapist": lambda pane, number: pane.write_to("therapist", number),
    "write_patient": lambda pane, number: pane.write_to("patient", number),
    "answer": lambda pane, number: pane.answer(number),
}
BOXES = ("inbox", "drafts", "outbox", "batches", "sent", "trouble", "settled", "cancelled")
COUNTED = frozenset({"inbox", "outbox", "trouble"})  # what waits; the others only grow


class MailPage(PageWidget):
    """Boxes as tabs above a list and one mail. `open_item` is a mail of ours, `open_field` one that came in."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self._titles = {
            "inbox": tr("Eingang"), "drafts": tr("Entwürfe"), "outbox": tr("Ausgang"), "batches": tr("Sammelversand"), "sent": tr("Gesendet"),
            "trouble": tr("Zu klären"), "settled": tr("Erledigt"), "cancelled": tr("Zurückgeholt"),
        }  # fmt: skip
        self._tabs = QTabBar()
        self._tabs.setAccessibleName(tr("Fächer"))
        self._tabs.setDrawBase(False)
        self._tabs.setUsesScrollButtons(False)  # they would come and go with the counts
        self._tabs.setMinimumWidth(320)  # in a small window the names are cut, not the page
        self._tabs.setExpanding(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideRight)
        for box in BOXES:
            self._tabs.addTab(self._titles[box])
        # the words the rest of the program uses would be cut beside counts of three figures
        self._tabs.setTabToolTip(BOXES.index("inbox"), tr("Posteingang"))
        self._tabs.setTabToolTip(BOXES.index("outbox"), tr("Postausgang"))
        self._search = SearchField(tr("E-Mails suchen"), leave_to=self._list)
        self._search.setToolTip(tr("Name oder Betreff"))
        policy = self._search.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the boxes stay where they are, whichever is open
        self._search.setSizePolicy(policy)
        self._search.setMaximumWidth(104)  # the boxes come first: none is cut at 1366 pixels
        self._saved = SavedMails(self, ui)
        write = button(tr("&Neu"), self._on_write, icon="pencil", role="primary", name=tr("Neue E-Mail"))
        write.setToolTip(tr("Neue E-Mail schreiben"))
        read_in = button("", self._saved.choose, icon="file-input", name=tr(".eml einlesen …"))
        read_in.setToolTip(tr("Gespeicherte E-Mails (.eml) einlesen"))
        self.body.addWidget(row(self._tabs, self._search, read_in, write, stretch=(4, 1, 0, 0)))
        self._troubled = words("", "error")
        self._troubled.setWordWrap(True)
        self._troubled.hide()
        self.body.addWidget(self._troubled)
        self._incoming, self._outgoing, self.drafts = IncomingPane(ui), OutgoingPane(ui), DraftsPane(ui)
        self._batches = BatchPane(ui)
        self._panes = QStackedWidget()
        self._panes.addWidget(self._incoming)
        self._panes.addWidget(self._outgoing)
        self._panes.addWidget(self.drafts)
        self._panes.addWidget(self._batches)
        self.body.addWidget(self._panes, 1)
        self.setAcceptDrops(True)
        for pane in (self._incoming, self._outgoing):
            pane.table.widen.connect(self._search.clear)
        self._tabs.currentChanged.connect(lambda _: self._ask())
        self._tabs.currentChanged.connect(lambda _: ui.messages.turn())
        self._search.textChanged.connect(lambda _: self._ask())
        Refresher(self, ui.changes, ("email", "incoming_email", "draft", "batch", "therapist"), self.refresh)

    def refresh(self) -> None:
        """List, counts and open mail again."""
        self._pane().refresh()
        self.ui.background.read(self, _counts, self._show_counts, self._not_counted, key="counts")
        now = self.ui.now()
        self.ui.background.read(
            self, lambda s: troubled_accounts(s, now=now), self._show_troubled, self._not_counted, key="troubled"
        )

    def open_item(self, item_id: int) -> None:
        """Show a mail of ours, and the box it lies in."""
        now = self.ui.now()
        self._go_to_box_of(item_id, lambda s: box_of(get_mail(s, item_id, now=now).row))

    def open_field(self, item_id: int, field: str) -> None:
        """Show a mail that came in (``incoming``), a batch, a box by its name, or begin to write (fields of WRITING)."""
        if field in BOXES:
            self._go_to(field)
            return
        if field in WRITING:
            self._go_to("drafts")
            WRITING[field](self.drafts, item_id)
            return
        if field in {"batch", "weekly"}:
            self._go_to("batches")
            if field == "weekly":
                self._batches.gather_weekly()
            else:
                self._batches.show_batch(item_id)
            return
        if field != "incoming":
            self.open_item(item_id)
            return

        def box(session: Session) -> str:
            return "inbox" if get_incoming(session, item_id).row.status == "unread" else "settled"

        self._go_to_box_of(item_id, box)

    def _go_to_box_of(self, mail: int, box: Callable[[Session], str]) -> None:
        self.ui.background.read(self, box, lambda found: self._go_to(found, mail), key="box")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files of this machine may be dropped; into a draft as its attachment."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read them in."""
        event.setDropAction(Qt.DropAction.CopyAction)  # the file stays where it is
        event.accept()
        self._saved.read(dropped_files(event.mimeData()))

    def _box(self) -> str:
        return BOXES[self._tabs.currentIndex()]

    def _go_to(self, box: str, mail: int | None = None) -> None:
        blocked = self._tabs.blockSignals(True)
        self._tabs.setCurrentIndex(BOXES.index(box))
        self._tabs.blockSignals(blocked)
        self._ask(mail)

    def _pane(self) -> IncomingPane | OutgoingPane | DraftsPane | BatchPane:
        box = self._box()
        others: dict[str, DraftsPane | BatchPane] = {"drafts": self.drafts, "batches": self._batches}
        return self._incoming if box in INCOMING else others.get(box, self._outgoing)

    def _list(self) -> QWidget | None:
        pane = self._pane()
        return pane.table.view if isinstance(pane, MailPane) else None

    def _ask(self, mail: int | None = None) -> None:
        pane = self._pane()
        self._panes.setCurrentWidget(pane)
        self._search.setVisible(isinstance(pane, MailPane))
        if isinstance(pane, DraftsPane | BatchPane):
            pane.refresh()
        else:
            pane.ask(self._box(), self._search.text(), mail=mail)

    def _on_write(self) -> None:
        self._go_to("drafts")
        self.drafts.write_new()

    def _show_counts(self, counts: dict[str, int]) -> None:
        for number, box in enumerate(BOXES):
            waits = counts.get(box, 0) if box in COUNTED else 0
            self._tabs.setTabText(number, self._titles[box] + (f" ({waits})" if waits else ""))

    def _not_counted(self, error: Exception) -> None:
        """Drafts are written without the server: that it is away is told in the status bar, not over what was said."""
        if not (isinstance(error, Unavailable) and self._box() == "drafts"):
            self.ui.background.failed.emit(error)

    def _show_troubled(self, found: tuple[TroubledAccount, ...]) -> None:
        self._troubled.setText(accounts_words(found))
        self._troubled.setVisible(bool(found))


def _counts(session: Session) -> dict[str, int]:
    return count_boxes(session) | {"inbox": count_unread(session)}
