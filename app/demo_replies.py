"""Answers as practices of the demo write them: real mails, filed as the worker files what it fetches."""

import tomllib
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from importlib.resources import files

from sqlalchemy import RowMapping, text

from domain.casework.receiving import receive
from domain.communication.incoming.parse import parse_mail
from domain.database import Database

_LETTERS = """
SELECT e.message_id, e.subject, e.to_address, e.body_text,
       (SELECT array_agg(i.reference_code ORDER BY i.position) FROM matching_service.inquiry_item i
        WHERE i.inquiry_id = e.inquiry_id) AS codes
FROM communication_service.email e
WHERE e.kind = 'inquiry' AND e.status = 'sent' AND e.inquiry_id = ANY(:inquiries) ORDER BY e.id"""


def practices_write(database: Database, inquiries: list[int], *, now: datetime) -> int:
    """Let practices answer some inquiries by mail; nobody has read the answers yet. Returns how many wrote."""
    samples = tomllib.loads(files("resources").joinpath("samples", "replies.toml").read_text("utf-8"))["reply"]
    with database.read() as session:
        letters = session.execute(text(_LETTERS), {"inquiries": inquiries}).mappings().all()
    for letter, sample in zip(letters, samples, strict=False):
        with database.write() as session:
            receive(session, parse_mail(_source(letter, sample, now)), now=now)
    return min(len(letters), len(samples))


def _source(letter: RowMapping, sample: dict[str, object], now: datetime) -> bytes:
    message = EmailMessage()
    message["From"] = letter["to_address"]
    message["To"] = "vermittlung@localhost.invalid"
    message["Subject"] = str(sample.get("subject") or f"Re: {letter['subject']}")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain="praxis.invalid")
    message["In-Reply-To"] = letter["message_id"]
    if sample.get("automatic"):
        message["Auto-Submitted"] = "auto-replied"
    codes = letter["codes"]
    words = str(sample["text"]).strip().format(first=codes[0], last=codes[-1])
    quoted = "\n".join(f"> {line}" for line in letter["body_text"].splitlines())
    message.set_content(f"{words}\n\nAm {now:%d.%m.%Y um %H:%M} schrieb Vermittlungsstelle:\n{quoted}\n")
    return message.as_bytes()
