"""What the program writes into a draft: salutation, a template's words, signature. Never over what a person typed."""

import re
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from domain.casework.own_letters import (
    Begun,
    OwnTemplate,
    Stationery,
    begin_letter,
    kept_stationery,
    read_stationery,
    readdressed,
)
from domain.communication.drafts.records import CachedContact, Draft, DraftState
from domain.communication.drafts.store import DraftStore
from ui.mail.drafts.addressee_field import AddresseeField
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.reason import ReasonDialog

_SALUTATION = re.compile(r"(?:Sehr geehrte|Guten Tag)[^\n,]*,(?=\n|\Z)")  # the whole line: what is written on is typed


@dataclass(frozen=True, slots=True)
class _Start:
    """What stood in a draft before somebody wrote: of which template, for which contact."""

    key: str | None
    to: CachedContact | None
    begun: Begun


class Beginning(QObject):
    """Fills `subject` and `body` and follows the contact chosen in `to`; `put` when it wrote something for a person."""

    put = Signal()

    def __init__(
        self, ui: UiContext, parent: QWidget, to: AddresseeField, subject: QLineEdit, body: QPlainTextEdit
    ) -> None:
        super().__init__(parent)
        self._ui, self._page, self._to, self._subject, self._body = ui, parent, to, subject, body
        self._stationery: Stationery | None = None
        self._draft: Draft | None = None
        self._starts: dict[UUID, _Start] = {}
        self._waits: UUID | None = None  # the draft for which somebody was chosen before the letterhead came
        self.template = QComboBox()
        self.template.setAccessibleName(tr("Vorlage"))
        self.template.activated.connect(lambda _: self._on_template())
        to.chosen.connect(self._follow)
        to.editingFinished.connect(self._follow_address)

    @property
    def version_id(self) -> int | None:
        """The version of the template the draft shown was begun with."""
        start = self._start()
        if start is not None:
            return start.begun.version_id
        return self._draft.template_version_id if self._draft is not None else None

    def use(self, store: DraftStore) -> None:
        """Where letterhead and templates are kept for when the server is away."""
        self._ui.background.read(
            self,
            read_stationery,
            self._show_stationery,
            lambda _: self._ui.background.local(
                self, lambda: kept_stationery(store), self._show_stationery, lambda _: None
            ),
            key="stationery",
        )

    def show_draft(self, draft: Draft) -> None:
        """Another draft is in the window."""
        self._draft = draft
        self._show_key()

    def is_untouched(self) -> bool:
        """Whether nobody wrote and no template was chosen in a draft begun just now."""
        draft, start = self._draft, self._start()
        if draft is None or self._subject.text() != draft.subject or (start is not None and start.key is not None):
            return False
        return self._body.toPlainText() == (start.begun.body if start is not None else draft.body)

    def _start(self) -> _Start | None:
        return self._starts.get(self._draft.client_uuid) if self._draft is not None else None

    def _show_stationery(self, stationery: Stationery) -> None:
        self._stationery = stationery
        self.template.clear()
        self.template.addItem(tr("ohne Vorlage"), None)
        for template in stationery.templates:
            self.template.addItem(template.name, template.key)
        self._show_key()
        draft, waits = self._draft, self._waits
        self._waits = None
        if draft is not None and draft.client_uuid == waits and draft.state is DraftState.DRAFT:
            self._follow()

    def _show_key(self) -> None:
        start, known = self._start(), self._stationery.templates if self._stationery is not None else ()
        key = start.key if start is not None else None
        if start is None and self._draft is not None and self._draft.template_version_id is not None:
            key = next((t.key for t in known if t.version_id == self._draft.template_version_id), None)
        self.template.setCurrentIndex(max(0, self.template.findData(key)))

    def _nobody_wrote(self) -> bool:
        start, words = self._start(), self._body.toPlainText()
        return not words.strip() or (start is not None and words == start.begun.body)

    def _on_template(self) -> None:
        key = self.template.currentData()
        if self._nobody_wrote():
            self._begin(key)
            self.put.emit()
            return

        def agreed(_: ReasonDialog) -> None:
            self._begin(key)
            self.put.emit()

        dialog = ReasonDialog(
            self._page,
            tr("Text ersetzen"),
            tr("In dieser E-Mail steht schon etwas. Die Vorlage ersetzt den Text; Strg+Z im Text holt ihn zurück."),
            reason="",
        )
        dialog.rejected.connect(self._show_key)
        dialog.ask(agreed)

    def _begin(self, key: str | None) -> None:
        begun = self._letter(key, self._to.contact)
        if begun is not None:
            self._put(_Start(key, self._to.contact, begun), begun.body)

    def _letter(self, key: str | None, to: CachedContact | None) -> Begun | None:
        stationery = self._stationery
        if stationery is None:
            return None
        template: OwnTemplate | None = next((one for one in stationery.templates if one.key == key), None)
        begun = begin_letter(stationery, to, template, today=self._ui.today())
        return Begun(begun.subject, begun.body.rstrip("\n") + "\n", begun.version_id)

    def _follow(self) -> None:
        """The salutation is for whom was chosen; what is typed around it stays."""
        to, draft = self._to.contact, self._draft
        if self._stationery is None:
            self._waits = draft.client_uuid if draft is not None and to is not None else None
        elif to is not None:
            self._greet(to)

    def _follow_address(self) -> None:
        """An address of nobody known: whoever was greeted by name before is so no more."""
        start, to = self._start(), self._to.addressee()
        nobody_known = to.therapist_id is None and to.patient_id is None
        if nobody_known and "@" in to.address and start is not None and start.to is not None:
            self._greet(None)

    def _greet(self, to: CachedContact | None) -> None:
        start, draft = self._start(), self._draft
        begun = self._letter(start.key if start is not None else None, to)
        if begun is None or draft is None:
            return
        words = self._body.toPlainText()
        if self._nobody_wrote():
            words = begun.body
        elif start is not None:
            words = readdressed(words, start.begun.body, begun.body)
        else:
            first = begun.body.split("\n", 1)[0]
            found = _SALUTATION.match(words)
            words = words if found is None else first + words[found.end() :]
            self._put_words(words)
            return
        self._put(_Start(start.key if start is not None else None, to, begun), words)

    def _put(self, start: _Start, words: str) -> None:
        assert self._draft is not None
        before = self._start()
        self._starts[self._draft.client_uuid] = start
        ours = before.begun.subject if before is not None else ""
        if start.begun.subject and self._subject.text() in {"", ours}:
            self._subject.setText(start.begun.subject)  # a subject somebody typed stays
        self._put_words(words)
        if words == start.begun.body and start.key is None:
            self._write_below_salutation()

    def _write_below_salutation(self) -> None:
        cursor = self._body.textCursor()
        cursor.setPosition(max(0, self._body.toPlainText().find("\n\n")) + 2)
        self._body.setTextCursor(cursor)

    def _put_words(self, words: str) -> None:
        """As one step, which Strg+Z takes back."""
        if words == self._body.toPlainText():
            return
        cursor = self._body.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(words)
