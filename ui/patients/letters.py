"""Letters of the office to one patient: the first one, and how the search stands. Read first, then sent."""

from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from domain.casework.batches.weekly import send_status
from domain.casework.patient_letters import compose_to_patient, letter_address, queue_first_letter
from domain.communication.mails import Letter
from domain.patients.queries import PatientDetail
from ui.labels import label
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button
from ui.widgets.letter_dialog import LetterDialog

SENDERS = {"first_letter": queue_first_letter, "weekly_status": send_status}


class PatientLetters(QWidget):
    """One button with a menu: a mail of one's own, the first letter, how the search stands."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._patient: PatientDetail | None = None
        self._button = button(tr("&Schreiben"), lambda: None, icon="mail", name=tr("Patienten schreiben"))
        menu = QMenu(self._button)
        menu.addAction(tr("E-Mail schreiben"), self._on_own)
        menu.addAction(tr("Erster Brief …"), lambda: self._read("first_letter"))
        self._status = menu.addAction(tr("Stand der Suche …"), lambda: self._read("weekly_status"))
        self._button.setMenu(menu)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._button)

    def show_patient(self, patient: PatientDetail | None) -> None:
        """What may be written; nothing to a record that is being made, without address or restricted."""
        self._patient = patient
        self._button.setEnabled(patient is not None and _reached(patient) and patient.state != "restricted")
        self._status.setVisible(patient is not None and patient.state == "searching")

    def _on_own(self) -> None:
        if self._patient is not None:
            self._ui.navigate("mail", self._patient.patient_id, "write_patient")

    def _read(self, kind: str) -> None:
        patient, today = self._patient, self._ui.today()
        if patient is not None:
            self._ui.background.read(
                self,
                lambda s: (
                    compose_to_patient(s, kind, patient.patient_id, today=today),
                    letter_address(s, kind, patient.patient_id),
                ),
                lambda found: self._ask(kind, patient, *found),
            )

    def _ask(self, kind: str, patient: PatientDetail, letter: Letter, address: str) -> None:
        def send() -> None:
            now = self._ui.now()
            self._ui.background.write(
                self,
                lambda s: SENDERS[kind](s, patient.patient_id, now=now),
                lambda _: self._ui.messages.success(tr("Die E-Mail ist unterwegs.")),
            )

        to = tr("An {address}").format(address=address)
        LetterDialog(self, label("email_kind", kind), to, letter, send=tr("Senden")).ask(send)


def _reached(patient: PatientDetail) -> bool:
    """Whether anybody can be written to: of a child perhaps only who has custody."""
    return bool(patient.form.email) or any(guardian.email for guardian in patient.guardians)
