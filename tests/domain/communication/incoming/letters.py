"""Sources of mails as practices, servers and patients send them."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from tests.conftest import NOW


def reply(
    body: str,
    *,
    sender: str = "praxis@praxis.example",
    subject: str = "Re: Anfrage",
    answers: str = "",
    at: datetime = NOW,
    headers: dict[str, str] | None = None,
) -> bytes:
    """A plain answer; `answers` is the Message-ID it refers to."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "vermittlung@buero.example"
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain="praxis.example")
    if answers:
        message["In-Reply-To"] = answers
        message["References"] = answers
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(body)
    return message.as_bytes()


def bounce(
    message_id: str,
    *,
    recipient: str = "weg@praxis.example",
    status: str = "5.1.1",
    action: str = "failed",
    sender: str = "MAILER-DAEMON@mx.example",
    original: str = "",
) -> bytes:
    """A report of a mail server (RFC 3464) about a mail of ours; `original` is its Original-Recipient."""
    said = f"Original-Recipient: rfc822;{original}\n" if original else ""
    return f"""From: {sender}
To: vermittlung@buero.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <{status}.{action}@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{said}Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}

--b
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Anfrage
From: vermittlung@buero.example
To: {recipient}

Text
--b--
""".encode()


def receipt(message_id: str, *, sender: str = "praxis@praxis.example") -> bytes:
    """A read receipt (RFC 8098) as Outlook sends it."""
    return f"""From: {sender}
To: vermittlung@buero.example
Subject: Gelesen: Anfrage
In-Reply-To: {message_id}
Message-ID: <gelesen@praxis.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"

--b
Content-Type: text/plain

Ihre Nachricht wurde am 24.11.2026 gelesen.

--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; praxis@praxis.example
Original-Message-ID: {message_id}
Disposition: manual-action/MDN-sent-manually; displayed

--b--
""".encode()
