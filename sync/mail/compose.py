"""A claimed mail as a MIME message: text and HTML, a fixed Message-ID, headers nobody can inject into."""

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from email_validator import EmailNotValidError, validate_email

from domain.communication.claiming import Outgoing
from domain.errors import Invalid


def build_message(mail: Outgoing, *, sender: str, sender_name: str, reply_to: str = "", now: datetime) -> EmailMessage:
    """The message as it goes out. Raises Invalid when an address or header holds a line break."""
    for value in (sender, sender_name, reply_to, mail.to_address, mail.to_name, mail.letter.subject, mail.in_reply_to):
        # splitlines knows every line break the email package refuses, as U+2028
        if "\0" in value or value.splitlines() not in ([], [value]):
            raise Invalid("email.header", email_id=mail.id)
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender_name, sender)
    message["To"] = _address(mail.to_name, wire_address(mail.to_address))
    if reply_to:
        message["Reply-To"] = _address(sender_name, reply_to)
    message["Subject"] = mail.letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = mail.message_id
    message["Content-Language"] = "de"
    if mail.in_reply_to:
        message["In-Reply-To"] = message["References"] = mail.in_reply_to
    message.set_content(mail.letter.text, charset="utf-8")
    if mail.letter.html:
        message.add_alternative(mail.letter.html, subtype="html", charset="utf-8")
    for file in mail.files:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return message


def wire_address(address: str) -> str:
    """The address as SMTP takes it: a domain with umlauts in its ASCII form. Raises Invalid where there is none."""
    if address.isascii():
        return address
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as exc:
        raise Invalid("email.address", field="to_address") from exc
    if found.ascii_email is None:
        raise Invalid("email.address", field="to_address")
    return found.ascii_email


def _address(name: str, address: str) -> Address:
    try:
        return Address(display_name=name, addr_spec=address)
    except (ValueError, IndexError, MessageError) as exc:
        raise Invalid("email.address", field="to_address") from exc
