"""Drafts of this machine: a list with what waits and what came back, beside it the one being written."""

from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from domain.casework.addressees import get_addressee
from domain.casework.own_letters import begin_answer
from domain.communication.drafts.contacts import (
    contact_edits,
    edit_contact,
    insist,
    kept_contact,
    settle_edit,
)
from domain.communication.drafts.records import Addressee, CachedContact, ContactEdit, Draft, DraftState, DraftText
from domain.communication.drafts.store import DraftStore
from ui import formats
from ui.errors import describe
from ui.mail.drafts.composer import Composer
from ui.mail.drafts.conflict import ConflictView
from ui.mail.drafts.contact_dialog import ContactDialog
from ui.mail.drafts.unlock import UnlockView
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import EmptyState

KEY = Qt.ItemDataRole.UserRole
NOTHING = DraftText(Addressee("", ""), "", "")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the list holds."""

    drafts: tuple[Draft, ...]
    edits: tuple[ContactEdit, ...]


@dataclass(frozen=True, slots=True)
class _Begin:
    """What is to be begun once the store is open."""

    text: DraftText
    contact: CachedContact | None


class DraftsPane(QWidget):
    """Closed until the store is open; everything it does works without the server."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._shown = _Shown((), ())
        self._wanted: UUID | None = None
        self._opening = False
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Entwürfe"))
        self._list.setWordWrap(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentRowChanged.connect(self._choose)
        self.composer = Composer(ui)
        self._conflict = ConflictView()
        self._empty = EmptyState(
            "pencil",
            tr("Kein Entwurf ausgewählt"),
            tr("Öffnen Sie links einen oder schreiben Sie eine neue E-Mail; sie bleibt hier, bis sie gesendet ist."),
        )
        self._right = QStackedWidget()
        for widget in (self._empty, self.composer, self._conflict):
            self._right.addWidget(widget)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._list)
        split.addWidget(self._right)
        split.setSizes([320, 820])
        split.setChildrenCollapsible(False)
        ui.state.bind_splitter("drafts", split)
        self._unlock = UnlockView(ui)
        self._whole = QStackedWidget()
        self._whole.addWidget(split)
        self._whole.addWidget(self._unlock)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._whole)
        self._unlock.opened.connect(self._use)
        self.composer.changed.connect(self._relist)
        self.composer.left.connect(self._forget_shown)
        self.composer.contact_wanted.connect(self._edit_contact)
        self._conflict.mine.connect(lambda edit: self._decide(edit, mine=True))
        self._conflict.theirs.connect(lambda edit: self._decide(edit, mine=False))
        self._begin: _Begin | None = None
        self._address: CachedContact | None = None
        self._writes = False  # the draft wanted was begun just now

    def refresh(self) -> None:
        """Open the store if it is not yet, and list what is in it."""
        if self._store is None:
            if not self._opening:
                self._opening = True
                self._ui.background.local(self, self._ui.vault.open_by_keyring, self._by_keyring, self._not_opened)
            return
        self._relist(reload=True)

    def write_new(self, text: DraftText = NOTHING, contact: CachedContact | None = None) -> None:
        """Begin a draft and show it, addressed to a contact; without the store, once that is open."""
        if self._store is None:
            self._begin = _Begin(text, contact)
            self.refresh()
            return
        begun = self.composer.saver.begin(text, now=self._ui.now())
        self._wanted, self._address, self._writes = begun.client_uuid, contact, True
        self._relist(reload=True)

    def write_to(self, kind: str, record_id: int) -> None:
        """Begin a mail to a therapist or patient, known from the server or kept here."""
        store = self._store

        def offline(error: Exception) -> None:
            if store is None:
                self._tell(error)
                return
            self._ui.background.local(
                self, lambda: kept_contact(store, kind, record_id), lambda c: self.write_new(contact=c), self._tell
            )

        self._ui.background.read(
            self, lambda s: get_addressee(s, kind, record_id), lambda c: self.write_new(contact=c), offline
        )

    def answer(self, incoming_id: int) -> None:
        """Begin an answer to a mail that came in."""
        self._ui.background.read(self, lambda s: begin_answer(s, incoming_id), self.write_new, self._tell)

    @property
    def _store(self) -> DraftStore | None:
        return self._ui.vault.opened

    def _by_keyring(self, store: DraftStore | None) -> None:
        self._opening = False
        if store is None:
            self._unlock.refresh()
            self._whole.setCurrentWidget(self._unlock)
            return
        self._use(store)

    def _not_opened(self, error: Exception) -> None:
        self._opening = False
        self._tell(error)

    def _use(self, store: DraftStore) -> None:
        self._whole.setCurrentIndex(0)
        self.composer.use(store)
        self._ui.changes.changed.emit("draft", 0)  # there may be something to hand over
        begin, self._begin = self._begin, None
        if begin is not None:
            self.write_new(begin.text, begin.contact)
        else:
            self._relist(reload=True)

    def _relist(self, *, reload: bool = False) -> None:
        store = self._store
        if store is None:
            return
        if not self.composer.is_ready:
            self.composer.use(store)
        self._ui.background.local(
            self, lambda: _Shown(store.drafts(), contact_edits(store)), lambda found: self._show(found, reload=reload),
            self._tell, key="drafts",
        )  # fmt: skip

    def _show(self, found: _Shown, *, reload: bool) -> None:
        there = {draft.client_uuid for draft in found.drafts}
        begun = [draft for draft in self.composer.saver.begun() if draft.client_uuid not in there]
        self._shown = found = _Shown((*begun, *found.drafts), found.edits)
        blocked = self._list.blockSignals(True)
        self._list.clear()
        for draft in found.drafts:
            item = QListWidgetItem(_line(draft))
            item.setData(KEY, str(draft.client_uuid))
            self._list.addItem(item)
            if draft.client_uuid == self._wanted:
                self._list.setCurrentItem(item)
        for edit in found.edits:
            self._list.addItem(QListWidgetItem(_edit_line(edit)))
        self._list.blockSignals(blocked)
        if reload:
            self._show_wanted()

    def _show_wanted(self) -> None:
        draft = next((one for one in self._shown.drafts if one.client_uuid == self._wanted), None)
        if draft is None:
            self._wanted = None
            if self._right.currentWidget() is self.composer:
                self._right.setCurrentWidget(self._empty)
            return
        self._right.setCurrentWidget(self.composer)
        self.composer.show_draft(draft)
        contact, self._address = self._address, None
        if contact is not None:
            self.composer.begin_with(contact)
        if self._writes:
            self._writes = False
            self.composer.write_on()

    def _choose(self, number: int) -> None:
        drafts, edits = self._shown.drafts, self._shown.edits
        if 0 <= number < len(drafts):
            if self._wanted not in (None, drafts[number].client_uuid):
                self._ui.messages.turn()
            self._wanted = drafts[number].client_uuid
            self.composer.save()
            self._relist(reload=True)
        elif len(drafts) <= number < len(drafts) + len(edits):
            self._conflict.show_edit(edits[number - len(drafts)])
            self._right.setCurrentWidget(self._conflict)

    def _forget_shown(self) -> None:
        self._wanted = None
        self._right.setCurrentWidget(self._empty)

    def _edit_contact(self, to: Addressee) -> None:
        store = self._store
        if store is None:
            return
        kind, number = ("patient", to.patient_id) if to.patient_id is not None else ("therapist", to.therapist_id)

        def show(contact: CachedContact) -> None:
            dialog = ContactDialog(self, contact)

            def kept(_: None) -> None:
                dialog.accept()
                self._ui.messages.success(tr("Die Kontaktdaten sind geändert."))
                self.composer.readdress(to.address, dialog.data().email)
                self._ui.changes.changed.emit("draft", 0)

            dialog.wanted.connect(
                lambda: self._ui.background.local(
                    self, lambda: edit_contact(store, contact, dialog.data()), kept, dialog.complain
                )
            )
            dialog.open()

        self._ui.background.local(self, lambda: kept_contact(store, kind, number or 0), show, self._tell)

    def _decide(self, edit: ContactEdit, *, mine: bool) -> None:
        store = self._store
        if store is not None:
            self._right.setCurrentWidget(self._empty)
            self._ui.background.local(
                self,
                lambda: insist(store, edit) if mine else settle_edit(store, edit),
                lambda _: self._ui.changes.changed.emit("draft", 0),
                self._tell,
            )

    def _tell(self, error: Exception) -> None:
        self._ui.messages.error(describe(error))


def _line(draft: Draft) -> str:
    said = {
        DraftState.DRAFT: tr("Entwurf vom {when}"),
        DraftState.QUEUED: tr("wartet auf den Server seit {when}"),
        DraftState.UPLOADING: tr("wird übergeben seit {when}"),
    }[draft.state].format(when=formats.moment(draft.changed_at))
    back = tr("zurückgekommen") + " · " if draft.refused else ""
    to = draft.addressee.name or draft.addressee.address or tr("ohne Empfänger")
    return f"{draft.subject or tr('ohne Betreff')}\n{to}\n{back}{said}"


def _edit_line(edit: ContactEdit) -> str:
    said = tr("zu klären") if edit.theirs is not None or edit.refused else tr("wartet auf den Server")
    return tr("Kontaktdaten von {name}").format(name=edit.name) + f"\n{said}"
