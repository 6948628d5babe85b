"""What can be done with an inquiry as a whole: send, take back, remind, withdraw, note that nobody reads it."""

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from domain.access import office
from domain.casework import mail_reports, reminding, sending
from domain.casework import reminder_outlook as reminding_looks
from domain.communication.leaving import Leaving, inquiry_leaving, leaving
from domain.database import Session
from domain.matching.listing import InquiryDetail, InquiryRow
from domain.matching.states import AWAITING_ANSWER, InquiryState
from domain.values import Channel
from ui import formats
from ui.mail.leaving import inquiry_sent, mail_leaves
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button, row
from ui.widgets.letter_dialog import LetterDialog
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
        inquiry, now = self._row, self._ui.now()
        if inquiry is None:
            return

        def work(session: Session) -> Leaving | None:
            sending.send_inquiry(session, inquiry.inquiry_id, now=now, version=inquiry.version)
            session.flush()
            return inquiry_leaving(session, inquiry.inquiry_id, now=now)

        def done(leaving: Leaving | None) -> None:
            self._ui.messages.success(inquiry_sent(Channel(inquiry.channel), leaving, now))

        self._ui.background.write(self, work, done, self._refused)

    def _on_undo(self) -> None:
        now = self._ui.now()
        self._write(
            lambda s, r: sending.undo_sending(s, r.inquiry_id, now=now), tr("Zurückgeholt; nichts wurde gesendet.")
        )

    def _on_remind(self) -> None:
        shown, now = self._row, self._ui.now()
        if shown is not None:
            self._ui.background.read(
                self,
                lambda s: reminding_looks.reminder_outlook(s, shown.inquiry_id, now=now),
                lambda found: self._ask_to_remind(shown, found),
                key="remind",
            )

    def _ask_to_remind(self, shown: InquiryRow, found: reminding_looks.ReminderOutlook) -> None:
        """At once where it is time; else one reads when it would be, and what the practice would get."""
        if found.unread is not None:
            number = found.unread
            self._ui.navigate("mail", number, "incoming")
            self._ui.messages.warning(
                tr(
                    "Erst lesen: Zu dieser Anfrage liegt eine E-Mail der Praxis im Posteingang. Es wurde nicht erinnert."
                )
            )
            return
        if found.due_at is None or found.due_at <= self._ui.now():
            self._remind_now(shown, found)
            return
        early = tr("Erst fällig am {due}; zuletzt geschrieben {since}.").format(
            due=formats.day(formats.local(found.due_at).date()), since=formats.moment(found.since)
        )
        if found.letter is not None:
            to = tr("An {address}").format(address=found.to) + "\n" + early
            LetterDialog(self, tr("Erinnern"), to, found.letter, send=tr("Trotzdem erinnern")).ask(
                lambda: self._remind_now(shown, found)
            )
        else:
            ReasonDialog(self, tr("Trotzdem erinnern"), early, reason="").ask(lambda _: self._remind_now(shown, found))

    def _remind_now(self, shown: InquiryRow, found: reminding_looks.ReminderOutlook) -> None:
        now, mailed = self._ui.now(), found.letter is not None

        def work(session: Session) -> tuple[int | None, Leaving | None]:
            delay = timedelta(seconds=office(session).undo_seconds)
            made = reminding.remind(session, shown.inquiry_id, now=now, delay=delay)
            session.flush()
            return made, leaving(session, made, now=now) if mailed and made is not None else None

        def done(made: tuple[int | None, Leaving | None]) -> None:
            number, told = made
            if told is None:
                self._ui.messages.success(
                    tr("Ein Anruf ist geplant; ohne Telefonnummer liegt ein Brief zum Drucken bereit.")
                )
                return
            said = mail_leaves(tr("Die Erinnerung"), told, now)
            if told.at is None or told.at <= now:
                self._ui.messages.success(said)
            else:
                self._ui.messages.undoable(said, lambda: undo(number), seconds=(told.at - now).total_seconds())

        def undo(number: int | None) -> None:
            self._ui.background.write(
                self,
                lambda s: reminding.take_reminder_back(
                    s, shown.inquiry_id, number, at=now, before=found.last_reminded_at
                ),
                lambda _: self._ui.messages.info(tr("Zurückgeholt; es wurde nicht erinnert.")),
                self._refused,
            )

        self._ui.background.write(self, work, done, self._refused)

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
