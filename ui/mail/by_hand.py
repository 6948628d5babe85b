"""Sending a waiting mail with the person's own mail program: opened there, or saved as a file for it."""

from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote

from PySide6.QtCore import QUrl

from domain.communication.queries import MailDetail

LONGEST_LINK = 1_900  # letters: longer ones are cut by mail programs on Windows


def mailto(mail: MailDetail) -> QUrl | None:
    """The mail as a link that opens a mail program (RFC 6068); None where it is too long for one."""
    body = mail.body_text.replace("\n", "\r\n")
    link = f"mailto:{quote(mail.row.to_address, safe='@')}?subject={quote(mail.row.subject)}&body={quote(body)}"
    return QUrl(link) if len(link) <= LONGEST_LINK else None


def as_eml(mail: MailDetail) -> bytes:
    """The mail as a file that mail programs open as a draft; answers to it find their way back by its Message-ID."""
    message = EmailMessage(policy=SMTP)
    message["To"] = mail.row.to_address
    message["Subject"] = mail.row.subject
    message["Message-ID"] = mail.message_id
    message["X-Unsent"] = "1"
    message.set_content(mail.body_text, charset="utf-8")
    if mail.body_html:
        message.add_alternative(mail.body_html, subtype="html", charset="utf-8")
    return message.as_bytes()
