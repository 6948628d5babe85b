"""A mail as a MIME message: text and HTML, files, a fixed Message-ID, headers nobody can inject into.

The worker sends it so and keeps its copy so; a person's own program opens it so. It opens no connection.
"""

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime

from email_validator import EmailNotValidError, validate_email

from domain.communication.claiming import Outgoing
from domain.communication.subjects import in_one_line, is_one_line
from domain.errors import Invalid


class _MessageId(BaseHeader):
    """A Message-ID in a header: written as it is, since nobody finds a mail by an encoded one (RFC 2047, 5)."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, object]) -> None:
        """Nothing in it is decoded."""
        kwds["parse_tree"] = None
        kwds["decoded"] = value

    def fold(self, *, policy: Policy) -> str:
        """The header on one line, however long: an id has no place to fold at."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
for _name in ("Message-ID", "In-Reply-To", "References"):
    _HEADERS.map_to_type(_name, _MessageId)
_POLICY = SMTP.clone(header_factory=_HEADERS)


def build_message(mail: Outgoing, *, sender: str, sender_name: str, reply_to: str = "", now: datetime) -> EmailMessage:
    """The message as it goes out; breaks in names become spaces. Raises Invalid where another header holds one."""
    if not all(is_one_line(value) for value in (sender, reply_to)):
        raise Invalid("email.header", email_id=mail.id)
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(sender_name, sender)
    if reply_to:
        message["Reply-To"] = _address(sender_name, reply_to)
    message["Date"] = format_datetime(now)
    return _filled(message, mail)


def build_unsent(mail: Outgoing) -> EmailMessage:
    """The message as mail programs open a draft: who sends it, and when, is theirs to say. Raises Invalid as above."""
    message = EmailMessage(policy=_POLICY)
    message["X-Unsent"] = "1"
    return _filled(message, mail)


def _filled(message: EmailMessage, mail: Outgoing) -> EmailMessage:
    """The headers and parts that say what the mail is, whoever sends it."""
    if not all(is_one_line(value) for value in (mail.to_address, mail.letter.subject, mail.in_reply_to)):
        raise Invalid("email.header", email_id=mail.id)
    message["To"] = _address(mail.to_name, wire_address(mail.to_address))
    message["Subject"] = mail.letter.subject
    message["Message-ID"] = mail.message_id
    message["Content-Language"] = "de"
    # an id that no header takes as it is would name no mail in any other spelling
    if mail.in_reply_to and mail.in_reply_to.isascii():
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
        return Address(display_name=" ".join(in_one_line(name).split()), addr_spec=address)
    except (ValueError, IndexError, MessageError) as exc:
        raise Invalid("email.address", field="to_address") from exc
