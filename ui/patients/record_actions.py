"""What can be done to a patient's record as a whole: withdraw, reopen, restrict, give to a team, report on it, erase."""

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from domain.casework.patient_record import reopen_record, restrict_patient, unrestrict_patient, withdraw_patient
from domain.casework.record_erasure import erase_record
from domain.casework.word_erasure import Erased, erase_words
from domain.database import Session
from domain.matching.states import CLOSED_PATIENT, OPEN_PATIENT, PatientState
from ui.patients.access_report import AccessReporting
from ui.patients.erased_words import ErasedDialog
from ui.patients.team_giving import TeamGiving
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button
from ui.widgets.reason import ReasonDialog


class RecordActions(QWidget):
    """One button with a menu of what the record's state allows."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._patient_id: int | None = None
        self.erasing: int | None = None  # whose whole record is being erased from here, or just was
        self._name = ""
        self.reporting = AccessReporting(ui, self)
        self._giving = TeamGiving(ui, self)
        self._more: QPushButton = button(tr("&Akte"), lambda: None, icon="pencil")
        menu = QMenu(self._more)
        self._reopen = menu.addAction(tr("Wieder öffnen …"), self._on_reopen)
        self._withdraw = menu.addAction(tr("Auf Wunsch schließen …"), self._on_withdraw)
        self._restrict = menu.addAction(tr("Verarbeitung einschränken …"), self._on_restrict)
        self._lift = menu.addAction(tr("Einschränkung aufheben"), self._on_lift)
        menu.addAction(tr("Team zuweisen …"), self._on_team)
        menu.addSeparator()
        if "supervisor" in ui.roles:
            menu.addAction(tr("Wer diese Akte öffnete"), self._on_readers)
        menu.addAction(tr("Auskunft Art. 15 …"), self._on_report)
        menu.addAction(tr("Geschriebenes löschen …"), self._on_erase)
        self._erase_all = menu.addAction(tr("Ganze Akte löschen …"), self._on_erase_all)
        self._more.setMenu(menu)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._more)
        self.hide()

    def show_patient(self, patient_id: int | None, state: PatientState | None, name: str = "") -> None:
        """The entries that fit; nothing for a record that is being made."""
        self._patient_id, self._name = patient_id, name
        self.setVisible(patient_id is not None)
        self._reopen.setVisible(state in CLOSED_PATIENT)
        self._withdraw.setVisible(state in OPEN_PATIENT)
        self._restrict.setVisible(state in OPEN_PATIENT | CLOSED_PATIENT)
        self._lift.setVisible(state is PatientState.RESTRICTED)
        self._erase_all.setVisible(state in CLOSED_PATIENT)

    def _ask(
        self, title: str, consequence: str, act: Callable[[int, ReasonDialog], None], *, reason: str | None = None
    ) -> None:
        """Ask, naming whom it is about; done to whom it was asked about, whoever is shown when it is confirmed."""
        patient_id = self._patient_id
        if patient_id is not None:
            about = f"{self._name}\n\n{consequence}"
            ReasonDialog(self, title, about, reason=reason).ask(lambda dialog: act(patient_id, dialog))

    def _write(self, work: Callable[[Session], object], said: str) -> None:
        self._ui.background.write(self, work, lambda _: self._ui.messages.success(said))

    def _on_reopen(self) -> None:
        def reopen(number: int, dialog: ReasonDialog) -> None:
            now, reason = self._ui.now(), dialog.reason()
            self._write(lambda s: reopen_record(s, number, reason=reason, now=now), tr("Die Akte ist wieder offen."))

        self._ask(
            tr("Wieder öffnen"),
            tr("Die letzte Suche geht weiter; ohne Suche beginnt die Akte wieder bei der Aufnahme."),
            reopen,
        )

    def _on_withdraw(self) -> None:
        def withdraw(number: int, dialog: ReasonDialog) -> None:
            now, reason = self._ui.now(), dialog.reason()
            self._write(lambda s: withdraw_patient(s, number, reason=reason, now=now), tr("Die Akte ist geschlossen."))

        self._ask(
            tr("Akte schließen"),
            tr(
                "Der Mensch möchte keine Hilfe mehr: Die Suche endet, offene Anfragen und ein zugesagter Platz werden zurückgenommen."
            ),
            withdraw,
        )

    def _on_restrict(self) -> None:
        def restrict(number: int, _: ReasonDialog) -> None:
            now = self._ui.now()
            self._write(lambda s: restrict_patient(s, number, now=now), tr("Die Verarbeitung ist eingeschränkt."))

        self._ask(
            tr("Verarbeitung einschränken"),
            tr(
                "Wartende E-Mails werden gestoppt und offene Anfragen zurückgenommen; die Akte bleibt, ein zugesagter Platz auch (Art. 18 DSGVO)."
            ),
            restrict,
            reason="",
        )

    def _on_lift(self) -> None:
        number = self._patient_id
        if number is not None:
            self._write(lambda s: unrestrict_patient(s, number), tr("Die Einschränkung ist aufgehoben."))

    def _on_team(self) -> None:
        if self._patient_id is not None:
            self._giving.begin((self._patient_id,))

    def _on_readers(self) -> None:
        if self._patient_id is not None:
            self._ui.navigate("admin", self._patient_id, "patient_readers")

    def _on_report(self) -> None:
        if self._patient_id is not None:
            self.reporting.begin(self._patient_id)

    def _on_erase(self) -> None:
        def erase(number: int, dialog: ReasonDialog) -> None:
            now, reason = self._ui.now(), dialog.reason()
            self._ui.background.write(self, lambda s: erase_words(s, number, reason=reason, now=now), self._tell_erased)

        self._ask(
            tr("Endgültig löschen"),
            tr(
                "Was zu diesem Menschen im Kontaktprotokoll, bei den Antworten der Praxen, in E-Mails, ihren Anhängen und Briefen geschrieben steht, wird unwiderruflich gelöscht (Art. 17 DSGVO). Was noch nicht gesendet oder gedruckt ist, wird vorher zurückgenommen. Dass es die Kontakte gab, wann und auf welchem Weg, bleibt; ebenso die Akte. Was auch andere betrifft, bleibt für diese: E-Mails und Briefe ohne Namen, Adresse und Kürzel dieses Menschen, Einträge im Kontaktprotokoll im Wortlaut. Was in Postfächern liegt, ist von hier aus nicht erreichbar; wie viel das ist, steht danach hier. Das darf nur die Leitung."
            ),
            erase,
        )

    def _on_erase_all(self) -> None:
        def erase(number: int, dialog: ReasonDialog) -> None:
            now, reason = self._ui.now(), dialog.reason()
            self.erasing = number
            self._ui.background.write(
                self, lambda s: erase_record(s, number, reason=reason, now=now), self._tell_all_erased
            )

        self._ask(
            tr("Akte endgültig löschen"),
            tr(
                "Name, Anschrift, Gesundheitsangaben, Unterlagen und was zu diesem Menschen geschrieben steht, werden unwiderruflich gelöscht (Art. 17 DSGVO), auch vor Ablauf der Aufbewahrungsfrist. Was noch nicht gesendet oder gedruckt ist, wird vorher zurückgenommen. Es bleiben Nummer, Stand und Daten ohne Worte für die Statistik und der Nachweis der Einwilligungen. Das darf nur die Leitung."
            ),
            erase,
        )

    def _tell_all_erased(self, erased: Erased | None) -> None:
        self._ui.messages.success(tr("Die Akte ist gelöscht."))
        if erased is not None:
            ErasedDialog(self, erased, with_record=True).open()

    def _tell_erased(self, erased: Erased) -> None:
        self._ui.messages.success(tr("Das Geschriebene ist gelöscht."))
        ErasedDialog(self, erased).open()
