"""Sending a waiting mail with the person's own mail program: opened there, or saved as a file for it.

From then on the mail is held here (`taking.look_before_by_hand`) until a person says that it was sent, or not after all.
"""

from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework import mail_reports
from domain.casework.by_hand import put_back, unsent_file
from domain.casework.taking import look_before_by_hand
from domain.communication.queries import MailDetail, get_mail
from domain.communication.states import EmailStatus
from domain.database import Session
from ui.errors import describe, describe_code
from ui.mail.unread_question import UnreadQuestion
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.exporting import Target, ask_export, tell_saved
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words
from ui.widgets.reason import ReasonDialog

LONGEST_LINK = 1_900  # letters: longer ones are cut by mail programs on Windows


def mailto(mail: MailDetail) -> QUrl | None:
    """The mail as a link that opens a mail program (RFC 6068); None where one would carry less than the mail.

    A link takes no files, and what is too long is cut.
    """
    if mail.files:
        return None
    body = mail.body_text.replace("\n", "\r\n")
    link = f"mailto:{quote(mail.row.to_address, safe='@')}?subject={quote(mail.row.subject)}&body={quote(body)}"
    if mail.in_reply_to and mail.in_reply_to.isascii():
        link += f"&in-reply-to={quote(mail.in_reply_to)}"
    return QUrl(link) if len(link) <= LONGEST_LINK else None


class ByHand(QWidget):
    """What a person does with a waiting mail themselves; `shown` is told what is true of it once it was looked at."""

    def __init__(self, ui: UiContext, shown: Callable[[MailDetail], None]) -> None:
        super().__init__()
        self._ui, self._shown = ui, shown
        self._unread = UnreadQuestion(ui, self)
        self._mail: MailDetail | None = None
        self._said = words("", "muted")
        self._said.setWordWrap(True)
        self._mailto = button(tr("Im &Mailprogramm öffnen"), self._on_mailto, icon="external-link")
        self._eml = button(tr("Als .&eml speichern"), self._on_eml, icon="download")
        self._sent = button(tr("&Ist von Hand gesendet"), self._on_sent, icon="check")
        self._not_sent = button(tr("&Doch nicht gesendet"), self._on_not_sent, icon="undo-2")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._said)
        column.addWidget(row(self._mailto, self._eml, self._sent, self._not_sent))

    def show_mail(self, mail: MailDetail) -> None:
        """Another mail, or what became of it."""
        self._mail = mail
        linked = mailto(mail) is not None
        self.setVisible(mail.row.status is EmailStatus.QUEUED)
        self._mailto.setVisible(linked)
        self._not_sent.setVisible(mail.row.exported_at is not None)
        self._said.setText(_why_saved(mail) if not linked else "")
        self._said.setVisible(not linked)

    def _on_mailto(self) -> None:
        outside = self._mail is not None and self._mail.row.exported_at is not None

        def opened(mail: MailDetail) -> None:
            link = mailto(mail)
            if link is None or QDesktopServices.openUrl(link):
                return
            self._free(mail.row.email_id, outside=outside)
            self._ui.messages.warning(
                tr(
                    "Auf diesem Rechner öffnete sich kein Mailprogramm. Speichern Sie die E-Mail als .eml und senden Sie sie."
                )
            )

        self._ask_first(lambda: self._look(hold=True, then=opened))

    def _on_eml(self) -> None:
        def asked(mail: MailDetail) -> None:
            name = f"E-Mail-{mail.row.email_id}.eml"  # no name in it: files are seen by others
            ask_export(self, self._ui, tr("E-Mail speichern"), name, chosen)

        def chosen(target: Target) -> None:
            outside = self._mail is not None and self._mail.row.exported_at is not None
            self._look(hold=True, then=lambda mail: self._save(mail, target, outside=outside))

        self._ask_first(lambda: self._look(hold=False, then=asked))

    def _ask_first(self, then: Callable[[], None]) -> None:
        """Where an account sends it by itself, a person who sends it as well is told what happens here."""
        mail = self._mail
        if mail is None:
            return
        if not mail.row.has_account or mail.row.exported_at is not None:
            then()
            return
        dialog = ReasonDialog(
            self,
            tr("&Selbst senden"),
            tr(
                "Das Postkonto sendet diese E-Mail von selbst. Wenn Sie sie selbst senden, wird sie hier angehalten, damit"
                " sie nicht zweimal ankommt, bis Sie sagen: „Ist von Hand gesendet“ oder „Doch nicht gesendet“."
            ),
            reason="",
        )
        dialog.setWindowTitle(tr("Selbst senden"))
        dialog.ask(lambda _: then())

    def _look(self, *, hold: bool, then: Callable[[MailDetail], None]) -> None:
        """Before another program sends it: whether it may still go, and with the address of now."""
        mail, now = self._mail, self._ui.now()
        if mail is None:
            return
        number, known = mail.row.email_id, mail.row.exported_at
        told = self._unread.told(number)

        def work(session: Session) -> tuple[str, MailDetail]:
            stopped = look_before_by_hand(session, number, now=now, told=told, hold=hold, known=known)
            session.flush()
            return stopped, get_mail(session, number, now=now)

        def done(looked: tuple[str, MailDetail]) -> None:
            stopped, fresh = looked
            if self._shows(number):  # what goes out, and is then said to be sent, is what stands here
                self._shown(fresh)
            if stopped:
                self._ui.messages.warning(describe_code(stopped))
            else:
                then(fresh)

        refused = self._unread.otherwise(number, lambda: self._look(hold=hold, then=then))
        self._ui.background.write(self, work, done, refused)

    def _tell_put_back(self, stopped: str, said: str) -> None:
        self._tell_stopped(stopped)
        if not stopped:
            self._ui.messages.success(said)

    def _tell_stopped(self, why: str) -> None:
        if why:
            self._ui.messages.warning(describe_code(why))

    def _shows(self, number: int) -> bool:
        return self._mail is not None and self._mail.row.email_id == number

    def _save(self, mail: MailDetail, target: Target, *, outside: bool) -> None:
        number = mail.row.email_id
        said = tr("Gespeichert: {name}. Die E-Mail ist hier angehalten, bis Sie sagen, ob sie gesendet ist.").format(
            name=target.path.name
        )

        def failed(error: Exception) -> None:
            self._free(number, outside=outside)
            self._ui.messages.error(describe(error))

        self._ui.background.read(
            self,
            lambda session: target.put({f"E-Mail-{number}.eml": unsent_file(session, number)}),
            lambda _: tell_saved(self, self._ui, target, said),
            failed=failed,
        )

    def _free(self, number: int, *, outside: bool) -> None:
        """Nothing went out. What was outside before may have been sent: only a person says that it was not."""
        now = self._ui.now()
        if not outside:
            self._ui.background.write(self, lambda s: put_back(s, number, now=now), self._tell_stopped)

    def _on_sent(self) -> None:
        mail, now = self._mail, self._ui.now()
        if mail is None:
            return
        number = mail.row.email_id
        told = self._unread.told(number)
        self._ui.background.write(
            self,
            lambda s: mail_reports.sent_by_hand(s, number, now=now, version=mail.row.version, told=told),
            lambda _: self._ui.messages.success(tr("Als gesendet vermerkt; die Fristen laufen.")),
            self._unread.otherwise(number, self._on_sent),
        )

    def _on_not_sent(self) -> None:
        mail, now = self._mail, self._ui.now()
        if mail is None:
            return
        said = (
            tr("Vermerkt. Das Postkonto sendet die E-Mail wieder von selbst; „Zurückholen“ hält sie ganz zurück.")
            if mail.row.has_account
            else tr("Vermerkt. Die E-Mail wartet wieder darauf, von Hand gesendet zu werden.")
        )
        self._ui.background.write(
            self,
            partial(put_back, email_id=mail.row.email_id, now=now, version=mail.row.version),
            lambda stopped: self._tell_put_back(stopped, said),
        )


def _why_saved(mail: MailDetail) -> str:
    """Why no link opens it, and what to do."""
    if mail.files:
        return tr(
            "Sie hat Anhänge, die beim Öffnen im Mailprogramm verloren gingen: als .eml speichern und dort senden."
        )
    return tr("Sie ist zu lang, um sie im Mailprogramm zu öffnen: als .eml speichern und dort senden.")
