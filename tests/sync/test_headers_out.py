"""Headers of mails that go out: ids of other mails as they are, names on one line; through a real SMTP server."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.casework.preparing import create_and_send
from domain.communication.accounts import AccountForm, account, save_account
from domain.communication.claiming import Outgoing, claim
from domain.communication.drafts.accepting import accept_draft
from domain.communication.drafts.records import Addressee, Draft, DraftState
from domain.communication.incoming.parse import parse_mail
from domain.communication.mails import Letter
from domain.communication.mime import build_message
from domain.database import Database
from domain.ids import random_reference
from domain.values import Channel
from sync.mail.senders import Credentials
from sync.mail.smtp import Outcome
from sync.worker import Worker
from tests.builders import add_search, add_therapist
from tests.conftest import NOW, Office
from tests.servers.mail import DOMAIN, MailServer
from tests.sync.mailbox_steps import KEY, add_account

OUTLOOK = "<DB9PR03MB7419F3F6C2E5D1E3E7B5A2F5C3AB9@DB9PR03MB7419.eurprd03.prod.outlook.com>"
BREAKS = ["\n", "\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x1c"]


def outgoing(**values: object) -> Outgoing:
    """A claimed mail."""
    plain: dict[str, object] = {
        "id": 1, "to_address": "a@b.example", "to_name": "Ina", "letter": Letter("s", "t", "<p>h</p>"),
        "message_id": "<1@platzlotse.invalid>", "attempt": 1, "inquiry_id": None, "created_by": None,
        "account_id": None, "in_reply_to": "", "files": (),
    }  # fmt: skip
    return Outgoing(**(plain | values))  # type: ignore[arg-type]


@pytest.mark.usefixtures("worker")
def test_an_answer_to_microsoft_365_stays_in_its_thread(
    database: Database, office: Office, mail_server: MailServer, mailbox: str
) -> None:
    """Its ids are longer than a line should be: they arrive letter by letter, in one piece."""
    add_account(database, mail_server, mailbox, password=None, imap_host="", sent_folder="")
    address = f"praxis-{random_reference(8).lower()}@{DOMAIN}"
    draft = Draft(
        uuid4(), DraftState.QUEUED, Addressee(address, "Ina Sommer"), "Re: Anfrage", "Danke!", None, OUTLOOK,
        None, 1, datetime.now(UTC),
    )  # fmt: skip
    with database.write() as session:
        number = accept_draft(session, draft, [], now=datetime.now(UTC) - timedelta(minutes=10))
    sender = Worker(office.url("worker"), None, credentials=Credentials(KEY))
    try:
        assert sender.send(number) is Outcome.ACCEPTED
    finally:
        sender.close()
    mail_server.wait_until_handed_over()
    mail_server.wait_for(address, 1)
    (source,) = mail_server.raw(address)
    head = source.replace(b"\r\n", b"\n").partition(b"\n\n")[0].split(b"\n")
    assert f"In-Reply-To: {OUTLOOK}".encode() in head
    assert f"References: {OUTLOOK}".encode() in head
    assert parse_mail(source).answers == (OUTLOOK,)


@given(st.from_regex(r"<[!-;=?-~]{1,200}@[!-;=?-~]{1,40}>", fullmatch=True))
def test_any_id_is_written_as_it_is(number: str) -> None:
    """Also one that looks encoded, and ours; read again it is the same."""
    message = build_message(
        outgoing(in_reply_to=number, message_id=number), sender="b@b.example", sender_name="B", now=NOW
    )
    head = message.as_bytes().split(b"\r\n\r\n")[0].split(b"\r\n")
    for name in ("In-Reply-To", "References", "Message-ID"):
        assert f"{name}: {number}".encode() in head


def test_an_id_no_header_takes_is_left_out() -> None:
    """The answer goes out without it."""
    message = build_message(outgoing(in_reply_to="<ä@b.example>"), sender="b@b.example", sender_name="B", now=NOW)
    assert "In-Reply-To" not in message


@pytest.mark.parametrize("sign", BREAKS)
def test_a_break_in_a_name_stops_no_mail(database: Database, sign: str) -> None:
    """Neither in the office's name at an account nor in a practice's from a directory: it becomes a space."""
    with database.write() as session:
        form = AccountForm(
            "Büro", "a@b.example", sender_name=f"Büro{sign}Süd", smtp_host="127.0.0.1", is_default=True
        )  # fmt: skip
        saved = account(session, save_account(session, form))
        therapist = add_therapist(session, last_name=f"Som{sign}mer")
        create_and_send(
            session, therapist_id=therapist, search_ids=[add_search(session)], channel=Channel.EMAIL, now=NOW
        )
        session.flush()
        mail = claim(session, 1, now=NOW + timedelta(minutes=10))
    assert mail is not None
    assert saved.sender_name.split() == ["Büro", "Süd"]
    message = build_message(mail, sender=saved.address, sender_name=saved.sender_name, now=NOW)
    assert message["From"] == "Büro Süd <a@b.example>"
    assert "Som mer" in message["To"]


@pytest.mark.parametrize("sign", BREAKS)
def test_a_break_in_a_name_kept_before_stops_no_mail(sign: str) -> None:
    """What was saved by an earlier version goes out, too."""
    message = build_message(
        outgoing(to_name=f"Ina{sign}Sommer"), sender="b@b.example", sender_name=f"Büro{sign}Süd", now=NOW
    )
    assert (message["From"], message["To"]) == ("Büro Süd <b@b.example>", "Ina Sommer <a@b.example>")
