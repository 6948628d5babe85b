"""Whom a mail is for: typed letters find therapists and patients, on the server or among those kept here."""

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit

from domain.casework.addressees import find_addressees, get_addressee
from domain.communication.drafts.contacts import find_contacts, keep_contact, kept_contact
from domain.communication.drafts.records import Addressee, CachedContact
from domain.communication.drafts.store import DraftStore
from ui.ports import UiContext
from ui.translation import tr

ASK_MS = 200  # after the last key
NOBODY = Addressee("", "")


class AddresseeField(QLineEdit):
    """`chosen` when there is another addressee: a contact, or an address that was typed."""

    chosen = Signal()

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._store: DraftStore | None = None
        self._found: tuple[CachedContact, ...] = ()
        self.contact: CachedContact | None = None
        self._to = NOBODY
        self.setPlaceholderText(tr("Name oder E-Mail-Adresse"))
        self._names = QStringListModel(self)
        self._completer = QCompleter(self._names, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.activated.connect(self._on_pick)
        self.setCompleter(self._completer)
        self._timer = QTimer(self, singleShot=True, interval=ASK_MS)
        self._timer.timeout.connect(self._ask)
        self.textEdited.connect(self._on_typed)

    def use(self, store: DraftStore) -> None:
        """Where contacts are kept."""
        self._store = store

    def addressee(self) -> Addressee:
        """Whom it is for; an empty address while nobody is named."""
        return self._to

    def show_addressee(self, to: Addressee) -> None:
        """Fill in whom a draft is for; who that is, is asked for, so that a letter can greet them."""
        self._show(to)
        kind, number = ("patient", to.patient_id) if to.patient_id is not None else ("therapist", to.therapist_id)
        store = self._store
        if number is None or store is None:
            return

        def found(contact: CachedContact) -> None:
            if self._to == to:
                self.contact = contact

        self._ui.background.read(
            self,
            lambda s: get_addressee(s, kind, number),
            found,
            lambda _: self._ui.background.local(
                self, lambda: kept_contact(store, kind, number), found, lambda _: None, key="contact"
            ),
            key="contact",
        )

    def _show(self, to: Addressee) -> None:
        self._to, self.contact = to, None
        self.setText(f"{to.name} <{to.address}>" if to.name else to.address)
        self.setCursorPosition(0)

    def take(self, contact: CachedContact) -> None:
        """Choose a contact; it is kept, so that it can be written to without the server."""
        store = self._store
        self._show(
            Addressee(
                contact.contact.email,
                contact.name,
                therapist_id=contact.id if contact.kind == "therapist" else None,
                patient_id=contact.id if contact.kind == "patient" else None,
            )
        )
        self.contact = contact
        if store is not None:
            self._ui.background.local(self, lambda: keep_contact(store, contact))
        self.chosen.emit()

    def _on_typed(self, text: str) -> None:
        self._to, self.contact = Addressee(text.strip(), "") if "@" in text else NOBODY, None
        self._timer.start()
        self.chosen.emit()

    def _ask(self) -> None:
        words, store = self.text(), self._store
        if len(words.strip()) < 2 or store is None:
            return
        self._ui.background.read(
            self,
            lambda s: find_addressees(s, words),
            self._propose,
            lambda _: self._ui.background.local(self, lambda: find_contacts(store, words), self._propose),
            key="addressee",
        )

    def _propose(self, found: tuple[CachedContact, ...]) -> None:
        self._found = found
        self._names.setStringList([_line(contact) for contact in found])
        if found and self.hasFocus():
            self._completer.complete()

    def _on_pick(self, line: str) -> None:
        picked = next((contact for contact in self._found if _line(contact) == line), None)
        if picked is not None:
            # the completer writes its line into the field after this signal
            QTimer.singleShot(0, self, lambda: self.take(picked))


def _line(contact: CachedContact) -> str:
    kind = tr("Patient") if contact.kind == "patient" else tr("Praxis")
    return f"{contact.name} · {contact.contact.email} · {kind}"
