"""Writing one mail. Every change goes into the store of this machine at once; sending hands it over from there."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from domain.communication.account_states import largest_mail
from domain.communication.drafts.records import CachedContact, Confirmation, Draft, DraftState, DraftText
from domain.communication.drafts.store import DraftStore
from domain.communication.templates.rendering import written
from domain.errors import PlatzlotseError
from ui import formats
from ui.errors import describe, describe_code
from ui.mail.drafts.addressee_field import AddresseeField
from ui.mail.drafts.asking import SendQuestion
from ui.mail.drafts.beginning import Beginning
from ui.mail.drafts.files import DraftFiles
from ui.mail.drafts.saving import DraftSaver
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.files import dropped_files, read_file
from ui.widgets.forms import Field, button, label, row
from ui.widgets.letter_view import LetterView
from ui.widgets.one_line import OneLineEdit

SAVE_MS = 400  # after the last key


class Composer(QWidget):
    """Shows one draft of the store; `changed` when something of it was saved, `left` when it is gone."""

    changed = Signal()
    left = Signal()
    contact_wanted = Signal(object)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._store: DraftStore | None = None
        self._draft: Draft | None = None
        self._filling = False
        self.saver = DraftSaver(ui, self)
        self._question = SendQuestion(ui, self)
        self._to = AddresseeField(ui)
        self._subject = OneLineEdit()
        self._body = QPlainTextEdit()
        self._body.setTabChangesFocus(True)
        self._body.setAccessibleName(tr("Text der Nachricht"))
        self._preview = LetterView(tr("Vorschau der Nachricht"))
        self._beginning = Beginning(ui, self, self._to, self._subject, self._body)
        self._files = DraftFiles(ui)
        self._state = label("", "muted")
        self._trouble = label("", "error")
        self._hint = label(
            tr("Nennen Sie keine Namen von Patienten, solange die Praxis keinen Platz zugesagt hat."), "muted"
        )
        self.fields = {
            "to_address": Field(tr("A&n"), self._to),
            "subject": Field(tr("&Betreff"), self._subject),
        }
        self._contact = button(tr("&Kontaktdaten …"), self._on_contact, role="link")
        self._send = button(tr("&Senden"), self._on_send, role="primary", icon="send")
        self._back = button(tr("&Zurückholen"), self._on_back, icon="undo-2")
        self._drop = button(tr("Entwurf &verwerfen"), self._on_drop, role="danger")
        QShortcut(QKeySequence("Ctrl+Return"), self, self._on_send)
        self._tabs = QTabWidget()
        self._tabs.addTab(self._body, tr("Te&xt (Markdown)"))
        self._tabs.addTab(self._preview, tr("&Vorschau"))
        self._tabs.currentChanged.connect(self._on_tab)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 0, 0)
        column.addWidget(row(self.fields["to_address"], self._contact, stretch=(1, 0)))
        column.addWidget(row(self.fields["subject"], Field(tr("Vor&lage"), self._beginning.template), stretch=(2, 1)))
        for widget in (self._hint, self._trouble):
            column.addWidget(widget)
        column.addWidget(self._tabs, 1)
        column.addWidget(self._files)
        column.addWidget(row(self._send, self._back, self._drop, self._state, stretch=(0, 0, 0, 1)))
        self._timer = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._timer.timeout.connect(self.save)
        self._to.chosen.connect(self._on_edit)
        self._subject.textEdited.connect(lambda _: self._on_edit())
        self._body.textChanged.connect(self._on_edit)
        self._beginning.put.connect(self._on_edit)
        self.saver.saved.connect(self._saved)
        self.saver.kept.connect(self._kept)
        self.saver.refused.connect(self._not_saved)
        self._files.chosen.connect(self._attach)
        self._files.removed.connect(self._detach)
        self.setAcceptDrops(True)

    @property
    def is_ready(self) -> bool:
        """Whether it knows where drafts are kept."""
        return self._store is not None

    def readdress(self, before: str, after: str) -> None:
        """The contact one writes to has another address now."""
        to = self._to.addressee()
        if to.address == before and after:
            self._to.show_addressee(replace(to, address=after))
            self.save()

    def use(self, store: DraftStore) -> None:
        """Where drafts are kept."""
        self._store = store
        self._to.use(store)
        self.saver.use(store)
        self._beginning.use(store)
        # without the server nobody knows; the limit is asked again when the draft is handed over
        self._ui.background.read(self, largest_mail, self._files.use_limit, lambda _: None, key="limit")

    def show_draft(self, draft: Draft) -> None:
        """Fill in a draft; what was typed into another one before is saved first."""
        if self._timer.isActive():
            self.save()
        before, self._draft = self._draft, draft
        editable = draft.state is DraftState.DRAFT
        known = before is not None and before.client_uuid == draft.client_uuid and before.state is draft.state
        if before is not None and before.client_uuid != draft.client_uuid:
            self._tabs.setCurrentIndex(0)
            if self.saver.leave(before.client_uuid):
                self.changed.emit()
        if not known:
            # what is in the window of a draft one writes in is newer than any copy of it
            self._fill(self.saver.newest(draft))
        for control in (self._to, self._subject, self._body):
            control.setReadOnly(not editable)
        for widget, shown in ((self._send, editable), (self._drop, editable), (self._back, not editable)):
            widget.setVisible(shown)
        self._beginning.template.setEnabled(editable)
        self._files.show_files(draft.files, editable=editable)
        self._trouble.setText(describe_code(draft.refused, **draft.refused_params) if draft.refused else "")
        self._trouble.setVisible(bool(draft.refused))
        self._tell_state(draft)
        self._follow_addressee()
        if not known:
            self._complain(None)

    def _fill(self, draft: Draft) -> None:
        self._filling = True
        self._to.show_addressee(draft.addressee)
        self._subject.setText(draft.subject)
        self._body.setPlainText(draft.body)
        self._beginning.show_draft(draft)
        self._filling = False

    def begin_with(self, contact: CachedContact) -> None:
        """Address the draft shown, with salutation and signature."""
        self._to.take(contact)

    def write_on(self) -> None:
        """Put the cursor where the next words belong: the addressee first, then the subject, then the text."""
        if not self._to.addressee().address:
            self._to.setFocus()
        elif not self._subject.text():
            self._subject.setFocus()
        else:
            self._body.setFocus()

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Put what is typed into the store, then do what comes next; a draft merely begun waits for its first words."""
        self._timer.stop()
        draft = self._draft
        if self._store is None or draft is None or draft.state is not DraftState.DRAFT:
            return
        number = draft.client_uuid
        begun = self.saver.is_begun(number) and self._beginning.is_untouched() and self._files.is_empty
        if then is not None or not begun:
            self.saver.save(number, self._text(), then)
        elif self.saver.address(number, self._to.addressee()):
            self.changed.emit()

    def _saved(self, number: UUID) -> None:
        if self._draft is not None and self._draft.client_uuid == number and not self._timer.isActive():
            self._state.setText(
                tr("Gespeichert auf diesem Rechner um {time}").format(time=formats.time_of_day(self._ui.now()))
            )
        self.changed.emit()

    def _kept(self, number: UUID) -> None:
        if self._draft is not None and self._draft.client_uuid == number:
            self._state.setText(tr("Noch nicht gespeichert. Der Text steht hier; das Speichern wird wiederholt."))

    def _not_saved(self, number: UUID, error: Exception) -> None:
        if self._draft is not None and self._draft.client_uuid == number:
            self._refused(error)
        else:
            self._ui.messages.error(describe(error))

    def _text(self) -> DraftText:
        assert self._draft is not None
        return DraftText(
            self._to.addressee(), self._subject.text(), self._body.toPlainText(), self._draft.inquiry_id,
            self._draft.in_reply_to, self._beginning.version_id,
        )  # fmt: skip

    def _on_edit(self) -> None:
        if not self._filling:
            self._complain(None)
            self._follow_addressee()
            self._state.setText("")
            self._timer.start()

    def _follow_addressee(self) -> None:
        to = self._to.addressee()
        known = to.therapist_id is not None or to.patient_id is not None
        self._contact.setVisible(known)
        self._hint.setVisible(to.patient_id is None)

    def _tell_state(self, draft: Draft) -> None:
        words = {
            DraftState.DRAFT: tr("Gespeichert auf diesem Rechner um {time}") if draft.revision else "",
            DraftState.QUEUED: tr("Wartet auf den Server; geht von selbst hinaus."),
            DraftState.UPLOADING: tr("Wird gerade übergeben."),
        }
        self._state.setText(words[draft.state].format(time=formats.time_of_day(draft.changed_at)))

    def _on_tab(self, number: int) -> None:
        if number == 1:
            self._preview.show_letter(written(self._subject.text(), self._body.toPlainText()))

    def _attach(self, paths: list[Path]) -> None:
        store, draft = self._store, self._draft
        if store is None or draft is None:
            return

        def work(number: UUID = draft.client_uuid) -> Draft:
            for path in paths:
                store.attach(number, path.name, read_file(path))
            return store.get(number)

        self.save(lambda: self._ui.background.local(self, work, self._show_files, self._file_refused))

    def _detach(self, file_id: int) -> None:
        store, draft = self._store, self._draft
        if store is None or draft is None:
            return

        def work(number: UUID = draft.client_uuid) -> Draft:
            store.detach(number, file_id)
            return store.get(number)

        self._ui.background.local(self, work, self._show_files, self._refused)

    def _show_files(self, draft: Draft) -> None:
        if self._draft is not None and draft.client_uuid == self._draft.client_uuid:
            self._files.show_files(draft.files, editable=True)

    def _file_refused(self, error: Exception) -> None:
        """Those before the refused one are in."""
        store, draft = self._store, self._draft
        self._ui.messages.error(describe(error))
        if store is not None and draft is not None:
            self._ui.background.local(self, lambda: store.get(draft.client_uuid), self._show_files)

    def _on_send(self) -> None:
        store, draft, now = self._store, self._draft, self._ui.now()
        if store is None or draft is None or draft.state is not DraftState.DRAFT:
            return

        def queued(_: None) -> None:
            self._ui.messages.success(tr("Die E-Mail ist auf dem Weg; ohne Server wartet sie hier auf ihn."))
            self._ui.changes.changed.emit("draft", 0)

        number = draft.client_uuid

        def queue(confirmed: Confirmation | None) -> None:
            self._ui.background.local(
                self, lambda: store.queue(number, now=now, confirmed=confirmed), queued, self._refused
            )

        def kept() -> None:
            self._state.setText(tr("Nicht gesendet; der Entwurf ist unverändert hier."))

        self._complain(None)
        self.save(lambda: self._question.ask(store, number, queue, kept, self._refused))

    def _on_back(self) -> None:
        store, draft = self._store, self._draft
        if store is not None and draft is not None:
            self._ui.background.local(
                self,
                lambda: store.reopen(draft.client_uuid),
                lambda _: self._ui.changes.changed.emit("draft", 0),
                self._refused,
            )

    def _on_drop(self) -> None:
        store, draft = self._store, self._draft
        if store is None or draft is None:
            return
        self._timer.stop()
        self.saver.forget(draft.client_uuid)

        def dropped(_: None) -> None:
            self._draft = None
            self._ui.messages.success(tr("Der Entwurf ist verworfen."))
            self.left.emit()
            self._ui.changes.changed.emit("draft", 0)

        self._ui.background.local(self, lambda: store.forget(draft.client_uuid), dropped, self._refused)

    def _on_contact(self) -> None:
        self.contact_wanted.emit(self._to.addressee())

    def _refused(self, error: Exception) -> None:
        self._complain(error)
        if not (isinstance(error, PlatzlotseError) and error.field in self.fields):
            self._ui.messages.error(describe(error))
        self._ui.changes.changed.emit("draft", 0)

    def _complain(self, error: Exception | None) -> None:
        about = error.field if isinstance(error, PlatzlotseError) else None
        for name, field in self.fields.items():
            field.complain(describe(error) if error is not None and name == about else "")

    def would_lose(self) -> str:
        """Words that did not get into the store yet; they are on their way there, if it takes them."""
        if self._timer.isActive():
            self.save()
        return tr("E-Mail-Entwürfe: der zuletzt geschriebene Text") if self.saver.is_waiting else ""

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever leaves the page or the program does not wait for the next save."""
        if self._timer.isActive():
            self.save()
        super().hideEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files of this machine may be dropped."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Attach them."""
        event.accept()
        self._attach(dropped_files(event.mimeData()))
