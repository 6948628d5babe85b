"""What can be done with an inquiry as a whole: send, take back, remind, withdraw, note that nobody reads it."""

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from domain.casework import mail_reports, reminding, sending
from domain.database import Session
from domain.matching.listing import InquiryDetail, InquiryRow
from domain.matching.states import AWAITING_ANSWER, InquiryState
from domain.values import Channel
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button, row
from ui.widgets.reason import ReasonDialog

Q = InquiryState
UNDOABLE = frozenset({Q.DRAFT, Q.APPROVED, Q.OUTBOX, Q.SEND_FAILED})


class InquiryActions(QWidget):
    """Buttons for the inquiry shown; `refused` tells why one was refused."""

    def __init__(self, ui: UiContext, *, refused: Callable[[Exception], None]) -> None:
        super().__init__()
        self._ui, self._refused = ui, refused
        self._row: InquiryRow | None = None
        self._send = button(tr("&Senden"), self._on_send, role="primary", icon="send")
        self._undo = button(tr("Zurück&holen"), self._on_undo, icon="undo-2")
        self._remind = button(tr("E&rinnern"), self._on_remind, icon="clock")
        self._withdraw = button(tr("Zurück&ziehen"), self._on_withdraw, icon="x")
        self._more = button(tr("&Mehr"), lambda: None)
        menu = QMenu(self._more)
        self._call = menu.addAction(tr("Telefonisch nachfassen"), self._on_call)
        self._away = menu.addAction(tr("Praxis ist abwesend …"), self._on_away)
        self._bounced = menu.addAction(tr("E-Mail kam als unzustellbar zurück …"), self._on_bounced)
        self._more.setMenu(menu)
        self._practice = button(tr("Zur &Praxis"), self._open_practice, icon="stethoscope")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(row(self._send, self._undo, self._remind, self._withdraw, self._practice, self._more))
        self.hide()

    def show_inquiry(self, inquiry: InquiryDetail) -> None:
        """The buttons that fit the inquiry's state."""
        r = self._row = inquiry.row
        self._send.setVisible(r.state is Q.DRAFT)
        self._undo.setVisible(r.state in UNDOABLE)
        self._remind.setVisible(r.state in AWAITING_ANSWER)
        self._withdraw.setVisible(r.state in AWAITING_ANSWER)
        asked = r.state in {Q.SENT, Q.REMINDED}
        self._away.setVisible(asked)
        self._bounced.setVisible(asked and r.channel == Channel.EMAIL)
        self._call.setVisible(r.state in AWAITING_ANSWER)
        self._more.setVisible(r.state in AWAITING_ANSWER)
        self.show()

    def _write(self, work: Callable[[Session, InquiryRow], object], said: str) -> None:
        inquiry = self._row
        if inquiry is not None:
            self._ui.background.write(
                self, lambda s: work(s, inquiry), lambda _: self._ui.messages.success(said), self._refused
            )

    def _on_send(self) -> None:
        now = self._ui.now()
        self._write(
            lambda s, r: sending.send_inquiry(s, r.inquiry_id, now=now, version=r.version),
            tr("Der Brief liegt zum Drucken bereit.")
            if self._row is not None and self._row.channel == Channel.LETTER
            else tr("Die Anfrage ist unterwegs."),
        )

    def _on_undo(self) -> None:
        now = self._ui.now()
        self._write(
            lambda s, r: sending.undo_sending(s, r.inquiry_id, now=now), tr("Zurückgeholt; nichts wurde gesendet.")
        )

    def _on_remind(self) -> None:
        now = self._ui.now()
        by_mail = self._row is not None and self._row.channel == Channel.EMAIL
        said = (
            tr("Die Erinnerung ist unterwegs.")
            if by_mail
            else tr("Ein Anruf ist geplant; ohne Telefonnummer liegt ein Brief zum Drucken bereit.")
        )
        self._write(lambda s, r: reminding.remind(s, r.inquiry_id, now=now), said)

    def _on_call(self) -> None:
        now = self._ui.now()
        self._write(
            lambda s, r: reminding.remind(s, r.inquiry_id, now=now, by_phone=True),
            tr("Der Anruf ist geplant; Sie finden ihn unter Telefon."),
        )

    def _on_withdraw(self) -> None:
        def withdraw(dialog: ReasonDialog) -> None:
            now, reason = self._ui.now(), dialog.reason()
            self._write(
                lambda s, r: sending.withdraw_inquiry(s, r.inquiry_id, reason=reason, now=now, version=r.version),
                tr("Die Anfrage ist zurückgezogen."),
            )

        ReasonDialog(
            self, tr("Zurückziehen"), tr("Die Praxis erhält eine freundliche Nachricht; die Menschen sind wieder frei.")
        ).ask(withdraw)

    def _on_away(self) -> None:
        def away(dialog: ReasonDialog) -> None:
            now, until = self._ui.now(), dialog.day()
            if until is not None:
                self._write(
                    lambda s, r: reminding.note_absence(s, r.inquiry_id, until=until, now=now, version=r.version),
                    tr("Vermerkt; die Fristen ruhen so lange."),
                )

        ReasonDialog(
            self,
            tr("Abwesenheit vermerken"),
            tr("Bis dahin wird nicht erinnert, und die Anfrage läuft nicht ab."),
            reason="",
            day=tr("Wieder da am"),
            day_needed=True,
        ).ask(away)

    def _on_bounced(self) -> None:
        def bounced(_: ReasonDialog) -> None:
            now = self._ui.now()
            self._write(
                lambda s, r: mail_reports.inquiry_bounced(s, r.inquiry_id, now=now, version=r.version),
                tr("Vermerkt. Die Menschen sind wieder frei; prüfen Sie die Adresse der Praxis."),
            )

        ReasonDialog(
            self,
            tr("Als unzustellbar vermerken"),
            tr("Die Menschen dieser Anfrage sind wieder frei, für die Praxis entsteht keine Kontaktsperre."),
            reason="",
        ).ask(bounced)

    def _open_practice(self) -> None:
        if self._row is not None:
            self._ui.navigate("therapists", self._row.therapist_id)
