"""Puts what is typed into the store, one save after the other, so that the newest words win.

A draft comes into the store with its first words, so that one merely begun leaves nothing. What the store does not take
now (a full disk, another window that holds it) stays here and is tried again; what it refuses stays here, too, until other
words take its place or the draft is gone. It knows no widget.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from domain.communication.drafts.records import Addressee, Draft, DraftState, DraftText
from domain.communication.drafts.store import DraftStore
from domain.errors import Conflict, NotFound, Unavailable
from ui.ports import UiContext

AGAIN_MS = 3000


class DraftSaver(QObject):
    """`saved` carries the number of a draft, `refused` number and error, `kept` a number whose words wait for the store."""

    saved = Signal(object)
    kept = Signal(object)
    refused = Signal(object, object)

    def __init__(self, ui: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ui = ui
        self._store: DraftStore | None = None
        self._begun: dict[UUID, Draft] = {}  # not in the store yet
        self._words: dict[UUID, DraftText] = {}  # the newest ones that are not on the disk
        self._stuck: dict[UUID, DraftText] = {}  # those of them that the store does not take as they are
        self._then: dict[UUID, list[Callable[[], None]]] = {}
        self._running: UUID | None = None
        self._thrown: set[UUID] = set()  # while they were being saved
        self._told = ""  # the trouble that was told last
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._next)

    def use(self, store: DraftStore) -> None:
        """Where drafts are kept."""
        self._store = store

    def begin(self, text: DraftText, *, now: datetime) -> Draft:
        """A new draft, for now in the window only."""
        made = Draft(
            uuid4(), DraftState.DRAFT, text.addressee, text.subject, text.body, text.inquiry_id, text.in_reply_to,
            text.template_version_id, 0, now,
        )  # fmt: skip
        self._begun[made.client_uuid] = made
        return made

    def is_begun(self, number: UUID) -> bool:
        """Whether nothing of a draft was ever put into the store."""
        return number in self._begun

    def address(self, number: UUID, to: Addressee) -> bool:
        """Whom a draft that is not in the store yet is for. Whether that is another one than before."""
        before = self._begun[number]
        self._begun[number] = replace(before, addressee=to)
        return before.addressee != to

    def leave(self, number: UUID) -> bool:
        """Nobody looks at a draft any more: one without words is gone. Whether it was."""
        return number not in self._words and self._begun.pop(number, None) is not None

    def forget(self, number: UUID) -> None:
        """Its words were thrown away, those being saved as well."""
        if self._running == number:
            self._thrown.add(number)
        self._let_go(number)
        self._then.pop(number, None)
        self._begun.pop(number, None)

    @property
    def is_waiting(self) -> bool:
        """Whether there are words that are not on the disk."""
        return bool(self._words)

    def begun(self) -> tuple[Draft, ...]:
        """Drafts that are in the window only."""
        return tuple(self.newest(draft) for draft in self._begun.values())

    def newest(self, draft: Draft) -> Draft:
        """A draft with the words that are not in the store yet."""
        words = self._words.get(draft.client_uuid)
        if words is None:
            return draft
        return replace(
            draft, addressee=words.addressee, subject=words.subject, body=words.body,
            template_version_id=words.template_version_id,
        )  # fmt: skip

    def save(self, number: UUID, text: DraftText, then: Callable[[], None] | None = None) -> None:
        """Put words into the store as soon as it is free, then do what comes next."""
        self._words[number] = text
        if then is not None:
            self._then.setdefault(number, []).append(then)
        self._next()

    def _next(self) -> None:
        store = self._store
        waiting = ((number, text) for number, text in self._words.items() if self._stuck.get(number) is not text)
        number, text = next(waiting, (None, None))
        if store is None or self._running is not None or number is None or text is None:
            return
        self._running = number
        is_new, now = number in self._begun, self._ui.now()

        def work() -> None:
            if is_new:
                store.add(text, now=now, number=number)
            else:
                store.save(number, text, now=now)

        self._ui.background.local(
            self, work, lambda _: self._done(store, number, text), lambda error: self._failed(number, text, error)
        )

    def _done(self, store: DraftStore, number: UUID, text: DraftText) -> None:
        self._running, self._told = None, ""
        self._begun.pop(number, None)
        if number in self._thrown:
            self._thrown.discard(number)
            self._ui.background.local(self, lambda: store.forget(number))
        newest = self._words.get(number) is text
        if newest:
            self._let_go(number)
        self.saved.emit(number)
        for then in self._then.pop(number, []) if newest else []:
            then()
        self._next()

    def _let_go(self, number: UUID) -> None:
        self._words.pop(number, None)
        self._stuck.pop(number, None)

    def _failed(self, number: UUID, text: DraftText, error: Exception) -> None:
        self._running = None
        # what was to follow is not done without being asked for again
        awaited = self._then.pop(number, None) is not None
        if number in self._thrown:
            self._thrown.discard(number)
            self._next()
            return
        code = error.code if isinstance(error, Unavailable) else ""
        if code:
            self._again.start()
            self.kept.emit(number)
        elif isinstance(error, NotFound | Conflict):
            self._let_go(number)  # there is no draft any more to which they belong
        else:
            self._stuck[number] = text  # tried again when others are typed, or somebody asks for it
        if awaited or not code or code != self._told:
            self._told = code
            self.refused.emit(number, error)
        if not code:
            self._next()
