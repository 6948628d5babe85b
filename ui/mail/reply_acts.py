"""What a person does with a mail that came in, each act with the question it needs."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from domain.casework import replies, whose_mail
from domain.casework.answers import Decision, Recorded
from domain.casework.mail_erasure import erase_mail
from domain.casework.replies import Reply
from domain.communication.incoming.listing import IncomingRow
from domain.communication.reading.meanings import Meaning, Suggestion
from domain.database import Session
from ui.inquiries.thanks import tell_recorded
from ui.mail.finding import InquiryFinder, PatientFinder
from ui.mail.read_first import ReadFirst
from ui.mail.recorded_words import take_back, told
from ui.mail.remarks import sentence
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.reason import ReasonDialog

_ALL, _ONE = "mailbox", "one"


class ReplyActs(QObject):
    """`reply` is the mail that is open; `settled` carries the id of one that is done, `under_way` hears when one is."""

    settled = Signal(int)

    def __init__(self, view: QWidget, ui: UiContext, under_way: Callable[[bool], None]) -> None:
        super().__init__(view)
        self._view, self._ui, self._under_way = view, ui, under_way
        self.read_first = ReadFirst()
        self.reply: Reply | None = None

    def settle(self, work: Callable[[Session, int, int], Sequence[Recorded] | None], said: str = "") -> None:
        """Do it to the mail that is open, in the state the person saw, and say so."""
        reply = self.reply
        if reply is None:
            return
        r = reply.detail.row

        def done(recorded: Sequence[Recorded] | None) -> None:
            self.read_first.settled()
            # the list finds the next mail while this one is still in it
            self.settled.emit(r.incoming_id)
            if tell_recorded(self._ui, self._view, recorded or ()):
                return
            if recorded:
                self._ui.messages.undoable(told(recorded), lambda: take_back(self._ui, self._view, r.incoming_id))
                return
            self._ui.messages.success(said or tr("Eingetragen."), tr("Zur Anfrage") if r.inquiry_id else "", opened)

        def opened() -> None:
            if r.inquiry_id is not None:
                self._ui.navigate("inquiries", r.inquiry_id)

        def refused(error: Exception) -> None:
            self._under_way(False)
            self._ui.background.failed.emit(error)

        self._under_way(True)
        self._ui.background.write(self._view, lambda s: work(s, r.incoming_id, r.version), done, refused)

    def confirm_mailbox(self, suggestion: Suggestion) -> None:
        """What the mailbox itself said: away, or a wrong address."""
        now = self._ui.now()
        if suggestion.meaning is Meaning.OUT_OF_OFFICE:
            over = suggestion.until is not None and suggestion.until <= self._ui.today()
            self.settle(
                lambda s, number, version: replies.confirm_absence(
                    s, number, until=suggestion.until, now=now, version=version
                ),
                tr("Die Praxis ist wieder da; die Tage ihrer Abwesenheit zählen nicht zur Frist.") if over else "",
            )
        else:
            self.wrong_address()

    def away(self) -> None:
        """The practice is away until a day."""

        def agreed(dialog: ReasonDialog) -> None:
            now, day = self._ui.now(), dialog.day()
            self.settle(lambda s, n, v: replies.confirm_absence(s, n, until=day, now=now, version=v))

        ReasonDialog(
            self._view, tr("Praxis abwesend"), tr("Die Fristen der Anfrage ruhen bis zu diesem Tag."), reason="",
            day=tr("Abwesend bis"), day_needed=True,
        ).ask(agreed)  # fmt: skip

    def wrong_address(self) -> None:
        """Nobody of the practice reads this address."""
        now = self._ui.now()
        ReasonDialog(
            self._view,
            tr("Falsche Adresse"),
            tr("Die Patienten dieser Anfrage werden wieder frei. Prüfen Sie danach die Adresse der Praxis."),
            reason="",
        ).ask(lambda _: self.settle(lambda s, n, v: replies.confirm_wrong_address(s, n, now=now, version=v)))

    def opt_out(self, decisions: Sequence[Decision], said: Sequence[str]) -> None:
        """The practice wants no more inquiries; `said` tells what is recorded of each patient."""
        now = self._ui.now()
        if self.reply is None:
            return
        whom = tr(
            "{practice} wird nicht mehr angeschrieben und nicht angerufen. Die Patienten dieser Anfrage werden frei."
        ).format(practice=self.reply.detail.row.practice or tr("Die Praxis"))
        choices = _for_whom(self.reply)
        whom += "\n\n" + tr("Eingetragen wird:") + "\n" + "\n".join(said)
        doubt = sentence(self.reply.detail)

        def agreed(dialog: ReasonDialog) -> None:
            whole = dialog.kind() == _ALL if choices else False
            self.settle(
                lambda s, n, v: replies.confirm_opt_out(s, n, decisions, now=now, version=v, whole_mailbox=whole)
            )

        ReasonDialog(
            self._view, tr("Keine Anfragen mehr"), f"{whom}\n\n{doubt}" if doubt else whom, reason="",
            choices=choices, what=tr("Gilt für"),
        ).ask(agreed)  # fmt: skip

    def aside(self) -> None:
        """Nothing is to be entered."""
        now = self._ui.now()
        self.settle(lambda s, n, v: replies.set_aside(s, n, now=now, version=v), tr("Weggelegt."))

    def again(self) -> None:
        """Take up again what was done."""
        reply = self.reply
        if reply is not None:
            r = reply.detail.row
            self._ui.background.write(self._view, lambda s: replies.take_up_again(s, r.incoming_id, version=r.version))

    def undo(self) -> None:
        """Take the answers back that were confirmed from it."""
        if self.reply is not None:
            take_back(self._ui, self._view, self.reply.detail.row.incoming_id)

    def write(self) -> None:
        """Begin an answer."""
        if self.reply is not None:
            self._ui.navigate("mail", self.reply.detail.row.incoming_id, "answer")

    def open(self) -> None:
        """Show the inquiry."""
        if self.reply is not None and self.reply.detail.row.inquiry_id is not None:
            self._ui.navigate("inquiries", self.reply.detail.row.inquiry_id)

    def assign_patient(self) -> None:
        """Ask for the patient it belongs to."""
        reply = self.reply
        if reply is None:
            return
        r = reply.detail.row

        def chosen(patient_id: int) -> None:
            now = self._ui.now()
            self._ui.background.write(
                self._view,
                lambda s: whose_mail.assign_patient(s, r.incoming_id, patient_id, now=now, version=r.version),
                lambda _: self._moved(r, patient_id=patient_id),
            )

        PatientFinder(self._view, self._ui).ask(chosen)

    def _moved(self, r: IncomingRow, *, patient_id: int | None = None, inquiry_id: int | None = None) -> None:
        """Say so where it stood elsewhere before."""
        stood = (r.patient_id, r.inquiry_id)
        if stood not in {(None, None), (patient_id, inquiry_id)}:
            self._ui.messages.success(
                tr("Anders zugeordnet. Im bisherigen Verlauf steht nur noch, dass eine E-Mail nicht dorthin gehörte.")
            )

    def erase(self) -> None:
        """Erase its words for good; only a mail that belongs to nobody, and only who leads the office."""
        reply = self.reply
        if reply is None:
            return
        r = reply.detail.row

        def agreed(dialog: ReasonDialog) -> None:
            now, reason = self._ui.now(), dialog.reason()
            self._ui.background.write(
                self._view,
                lambda s: erase_mail(s, r.incoming_id, reason=reason, now=now, version=r.version),
                lambda _: self._ui.messages.success(tr("Was in dieser E-Mail stand, ist gelöscht.")),
            )

        ReasonDialog(
            self._view, tr("Inhalt löschen"),
            tr(
                "Betreff, Text, Absender und Anhänge dieser E-Mail werden unwiderruflich gelöscht (Art. 17 DSGVO); dass eine"
                " E-Mail kam, bleibt. Im Postfach des Büros liegt sie weiter: Löschen Sie sie auch dort."
            ),
        ).ask(agreed)  # fmt: skip

    def assign(self) -> None:
        """Ask for the inquiry it belongs to."""
        reply = self.reply
        if reply is None:
            return
        r = reply.detail.row

        def chosen(inquiry_id: int) -> None:
            now = self._ui.now()
            self._ui.background.write(
                self._view,
                lambda s: whose_mail.assign(s, r.incoming_id, inquiry_id, now=now, version=r.version),
                lambda _: self._moved(r, inquiry_id=inquiry_id),
            )

        InquiryFinder(self._view, self._ui).ask(chosen)


def _for_whom(reply: Reply) -> dict[str, str] | None:
    """For whom an opt-out may hold: everybody at the mailbox, now and later, or the one name; nothing to choose: None.

    Without a mailbox those of a practice who have none are reached together: nobody spoke for them but a person says so.
    """
    reached = reply.reached
    if reached is None or not (reached.mailbox or len(reached.names) > 1):
        return None
    one = {_ONE: tr("Nur {name}").format(name=reply.detail.row.practice or "")}
    now = ntr(len(reached.names), "(jetzt {n} Person)", "(jetzt {n} Personen)")
    if not reached.mailbox:
        return one | {_ALL: tr("Alle der Praxis ohne eigenes Postfach") + f" {now}"}
    return {_ALL: tr("Das Postfach {mailbox}").format(mailbox=reached.mailbox) + f" {now}"} | one
