"""One mail in full, and what a person decides about it when it is unclear, failed or still waiting."""

from collections.abc import Callable

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from domain.casework import mail_reports
from domain.casework.recalling import take_mail_back
from domain.communication.mails import note_stop_seen
from domain.communication.queries import MailDetail, get_mail, sent_file
from domain.communication.states import EmailStatus
from domain.database import Session
from ui import formats
from ui.errors import describe_code
from ui.labels import label
from ui.mail import mail_words
from ui.mail.by_hand import ByHand
from ui.mail.files import FilesRow
from ui.mail.record_links import RecordLinks
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.chips import Chip
from ui.widgets.forms import EmptyState, button, row
from ui.widgets.forms import label as words


class MailDetailView(QWidget):
    """Shows the text part; nothing of it is ever loaded or executed."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._wanted: int | None = None
        self._mail: MailDetail | None = None
        self._subject = words("", "heading")
        self._chip = Chip()
        self._facts = words("", "muted")
        self._trouble = words("", "error")
        self._attempts = words("", "muted")
        self._body = QPlainTextEdit()
        self._body.setReadOnly(True)
        self._body.setAccessibleName(tr("Text der E-Mail"))
        self._arrived = button(tr("Ist &angekommen"), lambda: self._decide(arrived=True), icon="check")
        self._again = button(tr("&Noch einmal senden"), self._resend, icon="refresh-cw")
        self._anew = button(tr("&Neu schreiben und senden"), self._resend, icon="refresh-cw")
        self._seen = button(tr("&Gesehen"), self._on_seen, icon="check", name=tr("Zur Kenntnis genommen"))
        self._settled = button(tr("&Erledigt"), self._on_settled, icon="check", name=tr("Als erledigt vermerken"))
        self._settled.setToolTip(
            tr(
                "Ist geklärt, wie die Praxis erreicht wird? Von selbst erledigt es sich, sobald ihre Adresse geändert ist."
            )
        )
        self._files = FilesRow(ui, content=sent_file, opens=True)
        self._open = button(tr("Zur An&frage"), self._open_inquiry, icon="send")
        self._records = RecordLinks(ui)
        self._back = button(tr("Zurück&holen"), self._on_back, icon="undo-2")
        self._by_hand = ByHand(ui, self._show)
        self._empty = EmptyState(
            "mail", tr("Keine E-Mail ausgewählt"), tr("Wählen Sie links eine E-Mail, um sie zu lesen.")
        )
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._subject)
        column.addWidget(row(self._chip, self._records))
        column.addWidget(self._facts)
        column.addWidget(self._trouble)
        column.addWidget(self._attempts)
        column.addWidget(self._body, 1)
        column.addWidget(self._files)
        column.addWidget(row(self._arrived, self._again, self._anew, self._seen, self._settled, self._open, self._back))
        column.addWidget(self._by_hand)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 0, 0, 0)
        outer.addWidget(self._empty, 1)
        outer.addWidget(self._content, 1)
        self._content.hide()

    def show_mail(self, email_id: int) -> None:
        """Load one mail."""
        self._wanted = email_id
        self.refresh()

    def clear(self) -> None:
        """Show none."""
        self._wanted = self._mail = None
        self._content.hide()
        self._empty.show()

    def refresh(self) -> None:
        """Load again."""
        number, now = self._wanted, self._ui.now()
        if number is not None:
            self._ui.background.read(self, lambda s: get_mail(s, number, now=now), self._show, key="mail")

    def _show(self, mail: MailDetail) -> None:
        if mail.row.email_id != self._wanted:
            return
        self._mail = mail
        self._empty.hide()
        self._content.show()
        r = mail.row
        self._subject.setText(mail_words.subject(r))
        self._subject.setWordWrap(True)
        self._chip.show_state(*mail_words.chip(r))
        to = f"{r.to_name} <{r.to_address}>" if r.to_name and r.to_address else mail_words.recipient(r)
        facts = [to, label("email_kind", r.kind)]
        facts.append(formats.moment(r.sent_at or r.created_at))
        if r.attempt > 1:
            facts.append(ntr(r.attempt, "{n} Versuch", "{n} Versuche"))
        if told := mail_words.waits_of(r, self._ui.now()):
            facts.append(told)
        self._facts.setText(" · ".join(facts))
        unclear = r.status is EmailStatus.UNCLEAR
        self._trouble.setText(mail_words.trouble(mail))
        self._files.show_files(mail.files)
        self._attempts.setText("\n".join(mail_words.attempt(one) for one in mail.attempts))
        self._attempts.setVisible(len(mail.attempts) > 1)
        self._trouble.setVisible(bool(self._trouble.text()))
        self._arrived.setVisible(unclear)
        held = mail_words.names_gone(mail)
        self._again.setVisible(r.status in {EmailStatus.UNCLEAR, EmailStatus.FAILED} and not held)
        self._anew.setVisible(held)
        self._seen.setVisible(r.stopped)
        self._settled.setVisible(r.bounced)
        self._open.setVisible(r.inquiry_id is not None)
        self._records.show_records(patient_id=r.patient_id, therapist_id=r.therapist_id)
        self._by_hand.show_mail(mail)
        self._back.setVisible(r.status in {EmailStatus.QUEUED, EmailStatus.RETRY_WAIT} and r.exported_at is None)
        self._body.setPlainText(mail.body_text)

    def _write(self, work: Callable[[Session], object], said: str) -> None:
        self._ui.background.write(self, work, lambda _: self._ui.messages.success(said))

    def _decide(self, *, arrived: bool) -> None:
        mail, now = self._mail, self._ui.now()
        if mail is not None:
            self._send_again(
                lambda s: mail_reports.decide_unclear(
                    s, mail.row.email_id, arrived=arrived, now=now, version=mail.row.version
                ),
                tr("Vermerkt.") if arrived else tr("Die E-Mail wird noch einmal gesendet."),
            )

    def _resend(self) -> None:
        mail, now = self._mail, self._ui.now()
        if mail is None:
            return
        if mail.row.status is EmailStatus.UNCLEAR:
            self._decide(arrived=False)
            return
        self._send_again(
            lambda s: mail_reports.retry_failed(s, mail.row.email_id, now=now, version=mail.row.version),
            tr("Die E-Mail ist neu geschrieben und geht hinaus.")
            if mail_words.names_gone(mail)
            else tr("Die E-Mail wird noch einmal gesendet."),
        )

    def _send_again(self, work: Callable[[Session], str], said: str) -> None:
        def done(stopped: str) -> None:
            if stopped:
                self._ui.messages.info(describe_code(stopped))
            else:
                self._ui.messages.success(said)

        self._ui.background.write(self, work, done)

    def _on_settled(self) -> None:
        mail, now = self._mail, self._ui.now()
        if mail is not None:
            self._write(
                lambda s: note_stop_seen(s, mail.row.email_id, now=now, version=mail.row.version),
                tr("Erledigt. Die E-Mail liegt jetzt unter „Gesendet“."),
            )

    def _on_seen(self) -> None:
        mail, now = self._mail, self._ui.now()
        if mail is not None:
            self._write(
                lambda s: note_stop_seen(s, mail.row.email_id, now=now, version=mail.row.version), tr("Vermerkt.")
            )

    def _open_inquiry(self) -> None:
        if self._mail is not None and self._mail.row.inquiry_id is not None:
            self._ui.navigate("inquiries", self._mail.row.inquiry_id)

    def _on_back(self) -> None:
        mail, now = self._mail, self._ui.now()
        if mail is not None:
            self._write(
                lambda s: take_mail_back(s, mail.row.email_id, now=now, version=mail.row.version),
                tr("Zurückgeholt; nichts wurde gesendet. Der Text liegt unter „Zurückgeholt“."),
            )
