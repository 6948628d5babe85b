"""Verlauf of one therapist: calls still to be made, entering notes and calls by hand, and the history below."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from domain.casework.calling import finish_call
from domain.casework.history import TimelineEntry, therapist_history
from domain.communication import calls, contacts
from domain.communication.contacts import OpenCall
from domain.database import Session
from ui import formats
from ui.contact_labels import names_of_contacts
from ui.errors import describe
from ui.labels import label
from ui.ports import UiContext
from ui.therapists.contact_dialogs import CallDialog, EntryDialog, NoteDialog
from ui.translation import tr
from ui.widgets.faults import refused_at
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words
from ui.widgets.history_view import HistoryView
from ui.widgets.reason import ReasonDialog


class ContactsTab(QWidget):
    """Everything that was and will be said between the office and one practice."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._therapist_id: int | None = None
        self._calls = QWidget()
        self._grid = QGridLayout(self._calls)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._history = HistoryView(ui.background, tr("Kontaktverlauf"))
        self.search = self._history.search
        self._whole = QCheckBox(tr("auch &Kolleginnen und Kollegen der Praxis"))
        self._whole.setAccessibleName(tr("auch Kolleginnen und Kollegen der Praxis"))
        self._whole.toggled.connect(lambda _: self._load_history())
        self._actions = row(
            button(tr("Kontakt notieren"), self._write_note, icon="pencil"),
            button(tr("Anruf eintragen"), self._enter_call, icon="phone"),
            button(tr("Anruf planen"), self._plan_call, icon="calendar"),
        )
        outer = QVBoxLayout(self)
        outer.addWidget(self._actions)
        outer.addWidget(self._calls)
        outer.addWidget(self._whole)
        outer.addWidget(self._history, 1)

    def show_nobody(self) -> None:
        """There is no record yet to which anything could belong."""
        self._therapist_id = None
        self._show_calls(())
        self._history.load(None)

    def load(self, therapist_id: int) -> None:
        """Ask for a therapist's calls and history."""
        self._therapist_id = therapist_id
        self._ui.background.read(
            self, lambda s: contacts.open_calls(s, therapist_id), self._show_calls, key="open_calls"
        )
        self._load_history()

    def _load_history(self) -> None:
        therapist_id, whole = self._therapist_id, self._whole.isChecked()
        if therapist_id is None:
            return

        def history(session: Session, typed: str, before: int | None) -> tuple[TimelineEntry, ...]:
            return therapist_history(
                session, therapist_id, words=typed, called=names_of_contacts(), whole_practice=whole, before=before
            )

        self._history.load(history)

    def _show_calls(self, planned: tuple[OpenCall, ...]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for number, call in enumerate(planned):
            when = formats.moment(call.planned_at)
            attempt = tr("{n}. Versuch").format(n=call.attempt)
            title = " · ".join((tr("Anruf {when}").format(when=when), label("call_status", call.status), attempt))
            result = partial(self._enter_result, call)
            self._grid.addWidget(words(title), number, 0)
            self._grid.addWidget(
                button(tr("Ergebnis eintragen"), result, name=f"{when}: {tr('Ergebnis eintragen')}"), number, 1
            )
            if call.status == "planned":
                cancel = partial(self._cancel, call)
                self._grid.addWidget(button(tr("Absagen"), cancel, name=f"{when}: {tr('Absagen')}"), number, 2)
        self._grid.setColumnStretch(0, 1)
        self._calls.setVisible(bool(planned))

    def _write_note(self) -> None:
        if (therapist_id := self._therapist_id) is None:
            return
        dialog = NoteDialog(self, self._ui.now())

        def enter() -> None:
            if (note := dialog.note()) is not None:
                now = self._ui.now()
                self._enter(dialog, lambda s: contacts.note_contact(s, therapist_id, note, now=now))

        dialog.wanted.connect(enter)
        dialog.open()

    def _enter_call(self) -> None:
        if (therapist_id := self._therapist_id) is None:
            return
        dialog = CallDialog(self)

        def enter() -> None:
            if (result := dialog.result_entered()) is not None:
                now = self._ui.now()
                self._enter(dialog, lambda s: contacts.record_call(s, therapist_id, result, now=now))

        dialog.wanted.connect(enter)
        dialog.open()

    def _enter_result(self, call: OpenCall) -> None:
        dialog = CallDialog(self)

        def enter() -> None:
            if (result := dialog.result_entered()) is not None:
                now = self._ui.now()
                self._enter(
                    dialog,
                    lambda s: finish_call(s, call.call_id, result, now=now, version=call.version),
                )

        dialog.wanted.connect(enter)
        dialog.open()

    def _enter(self, dialog: EntryDialog, work: Callable[[Session], object]) -> None:
        """Write; the dialog closes when it is written and else keeps what was typed."""

        def refused(error: Exception) -> None:
            if not refused_at(dialog.fields, error):
                self._ui.messages.error(describe(error))

        def done(_: object) -> None:
            dialog.accept()
            self._ui.messages.success(tr("Eingetragen."))
            self._reload()

        self._ui.background.write(self, work, done, refused)

    def _plan_call(self) -> None:
        if (therapist_id := self._therapist_id) is None:
            return
        now = self._ui.now()

        def done(_: int) -> None:
            self._ui.messages.success(tr("Der Anruf ist in der nächsten freien Telefonzeit geplant."))
            self._reload()

        self._ui.background.write(self, lambda s: calls.plan_call(s, therapist_id, now=now), done)

    def _cancel(self, call: OpenCall) -> None:
        def cancel(dialog: ReasonDialog) -> None:
            reason = dialog.reason()
            self._ui.background.write(
                self,
                lambda s: calls.cancel_call(s, call.call_id, reason=reason, version=call.version),
                lambda _: self._reload(),
            )

        ReasonDialog(self, tr("Anruf absagen"), tr("Der Anruf verschwindet aus der Tagesliste.")).ask(cancel)

    def _reload(self) -> None:
        if self._therapist_id is not None:
            self.load(self._therapist_id)
