"""One mail in full, and what a person decides about it when it is unclear, failed or still waiting."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from domain.casework import sending
from domain.communication.queries import AttemptRow, MailDetail, get_mail
from domain.communication.states import EmailStatus
from domain.database import Session
from ui import formats
from ui.errors import describe_code
from ui.labels import label
from ui.mail.by_hand import mailto, save_eml
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.chips import EMAIL_STATES, Chip
from ui.widgets.choosing_files import choose_place
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
        self._open = button(tr("Zur An&frage"), self._open_inquiry, icon="send")
        self._mailto = button(tr("Im &Mailprogramm öffnen"), self._on_mailto, icon="external-link")
        self._eml = button(tr("Als .&eml speichern"), self._on_eml, icon="download")
        self._by_hand = button(tr("&Ist von Hand gesendet"), self._on_by_hand, icon="check")
        self._empty = EmptyState(
            "mail", tr("Keine E-Mail ausgewählt"), tr("Wählen Sie links eine E-Mail, um sie zu lesen.")
        )
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._subject)
        column.addWidget(row(self._chip))
        column.addWidget(self._facts)
        column.addWidget(self._trouble)
        column.addWidget(self._attempts)
        column.addWidget(self._body, 1)
        column.addWidget(row(self._arrived, self._again, self._open))
        column.addWidget(row(self._mailto, self._eml, self._by_hand))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 0, 0, 0)
        outer.addWidget(self._empty, 1)
        outer.addWidget(self._content, 1)
        self._content.hide()

    def show_mail(self, email_id: int) -> None:
        """Load one mail."""
        self._wanted = email_id
        self.refresh()

    def refresh(self) -> None:
        """Load again."""
        number = self._wanted
        if number is not None:
            self._ui.background.read(self, lambda s: get_mail(s, number), self._show, key="mail")

    def _show(self, mail: MailDetail) -> None:
        self._mail = mail
        self._empty.hide()
        self._content.show()
        r = mail.row
        self._subject.setText(r.subject)
        self._subject.setWordWrap(True)
        self._chip.show_state(label("email_status", r.status), EMAIL_STATES[r.status])
        facts = [f"{r.to_name} <{r.to_address}>" if r.to_name else r.to_address, label("email_kind", r.kind)]
        facts.append(formats.moment(r.sent_at or r.created_at))
        if r.attempt > 1:
            facts.append(ntr(r.attempt, "{n} Versuch", "{n} Versuche"))
        self._facts.setText(" · ".join(facts))
        unclear = r.status is EmailStatus.UNCLEAR
        if unclear:
            self._trouble.setText(
                tr(
                    "Die Verbindung brach während der Übergabe ab. Ob die Mail ankam, ist offen: Fragen Sie nach oder entscheiden Sie hier."
                )
            )
        else:
            self._trouble.setText(_trouble(mail))
        self._attempts.setText("\n".join(_attempt(one) for one in mail.attempts))
        self._attempts.setVisible(len(mail.attempts) > 1)
        self._trouble.setVisible(bool(self._trouble.text()))
        self._arrived.setVisible(unclear)
        self._again.setVisible(r.status in {EmailStatus.UNCLEAR, EmailStatus.FAILED})
        self._open.setVisible(r.inquiry_id is not None)
        waits = r.status is EmailStatus.QUEUED
        self._mailto.setVisible(waits and mailto(mail) is not None)
        for widget in (self._eml, self._by_hand):
            widget.setVisible(waits)
        self._body.setPlainText(mail.body_text)

    def _write(self, work: Callable[[Session], object], said: str) -> None:
        self._ui.background.write(self, work, lambda _: self._ui.messages.success(said))

    def _decide(self, *, arrived: bool) -> None:
        mail, now = self._mail, self._ui.now()
        if mail is not None:
            self._write(
                lambda s: sending.decide_unclear(
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
        self._write(
            lambda s: sending.retry_failed(s, mail.row.email_id, now=now, version=mail.row.version),
            tr("Die E-Mail wird noch einmal gesendet."),
        )

    def _open_inquiry(self) -> None:
        if self._mail is not None and self._mail.row.inquiry_id is not None:
            self._ui.navigate("inquiries", self._mail.row.inquiry_id)

    def _on_mailto(self) -> None:
        link = mailto(self._mail) if self._mail is not None else None
        if link is not None:
            QDesktopServices.openUrl(link)

    def _on_eml(self) -> None:
        mail = self._mail
        if mail is None:
            return
        name = f"E-Mail-{mail.row.email_id}.eml"  # no name in it: files are seen by others
        choose_place(self, self._ui.state, tr("E-Mail speichern"), name, lambda path: self._save(mail, path))

    def _save(self, mail: MailDetail, path: Path) -> None:
        self._ui.background.read(
            self,
            lambda _session: save_eml(mail, path),
            lambda _: self._ui.messages.success(tr("Gespeichert: {name}").format(name=path.name)),
        )

    def _on_by_hand(self) -> None:
        mail, now = self._mail, self._ui.now()
        if mail is not None:
            self._write(
                lambda s: sending.sent_by_hand(s, mail.row.email_id, now=now, version=mail.row.version),
                tr("Als gesendet vermerkt; die Fristen laufen."),
            )


def _trouble(mail: MailDetail) -> str:
    """What hindered the mail, in our words and in the server's own."""
    lines = [describe_code(mail.failure_cause, **mail.failure_params)] if mail.failure_cause else []
    if mail.row.failure:
        lines.append(tr("Antwort des Mailservers: {text}").format(text=mail.row.failure))
    return "\n".join(lines)


def _attempt(one: AttemptRow) -> str:
    reply = one.reply or (describe_code(one.cause) if one.cause.startswith("email.") else "")
    return " · ".join(part for part in (formats.moment(one.at), label("attempt", one.outcome), reply) if part)
