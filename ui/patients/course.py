"""Verlauf of one patient: entering a contact by hand, whether their machine may be spoken on, and the history."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.history import TimelineEntry, patient_history
from domain.communication.contacts import note_patient_contact
from domain.database import Session
from domain.matching.promises import promises_to
from domain.patients.queries import ConsentDetail
from ui import formats
from ui.contact_labels import names_of_contacts
from ui.errors import describe
from ui.ports import UiContext
from ui.therapists.contact_dialogs import NoteDialog
from ui.translation import tr
from ui.widgets.faults import refused_at
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words
from ui.widgets.history_view import HistoryView
from ui.widgets.promises_view import PromisesView


class CourseTab(QWidget):
    """Everything that was said and written with and for one patient."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._patient_id: int | None = None
        self._note = button(tr("Kontakt notieren"), self._write_note, icon="pencil")
        self._machine = words("", "muted")
        self._history = HistoryView(ui.background, tr("Verlauf"))
        self.search = self._history.search
        outer = QVBoxLayout(self)
        outer.addWidget(row(self._note, self._machine, stretch=(0, 1)))
        self._promises = PromisesView(lambda promise: promise.therapist, partial(ui.navigate, "inquiries"))
        outer.addWidget(self._promises)
        outer.addWidget(self._history, 1)

    def show_patient(self, patient_id: int) -> None:
        """Ask for a patient's history."""
        self._patient_id = patient_id

        def history(session: Session, typed: str, before: int | None) -> tuple[TimelineEntry, ...]:
            return patient_history(session, patient_id, words=typed, called=names_of_contacts(), before=before)

        self._history.load(history)
        self._ui.background.read(
            self,
            lambda s: promises_to(s, patient_id),
            lambda found: self._promises.show_promises(found, today=self._ui.today()),
            key="promises",
        )

    def show_rules(self, consents: Sequence[ConsentDetail], *, restricted: bool) -> None:
        """Whether one may speak on the patient's machine, and whether anything may be added."""
        given = next((c for c in consents if c.scope == "voicemail" and c.withdrawn_on is None), None)
        self._machine.setText(
            tr("Anrufbeantworter: nicht besprechen, dazu gibt es keine Einwilligung.")
            if given is None
            else tr("Anrufbeantworter: darf besprochen werden (Einwilligung vom {day}).").format(
                day=formats.day(given.given_on)
            )
        )
        self._note.setEnabled(not restricted)

    def _write_note(self) -> None:
        if (patient_id := self._patient_id) is None:
            return
        dialog = NoteDialog(self, self._ui.now(), from_them=tr("vom Patienten"))

        def refused(error: Exception) -> None:
            if not refused_at(dialog.fields, error):
                self._ui.messages.error(describe(error))

        def done(_: object) -> None:
            dialog.accept()
            self._ui.messages.success(tr("Eingetragen."))
            self._history.refresh()

        def enter() -> None:
            if (note := dialog.note()) is not None:
                now = self._ui.now()
                self._ui.background.write(
                    self, lambda s: note_patient_contact(s, patient_id, note, now=now), done, refused
                )

        dialog.wanted.connect(enter)
        dialog.open()
