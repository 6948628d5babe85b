"""A server that has a mail and gives nothing of it, or takes no copy: told of, and in no other's way."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.communication.accounts import Account, AccountForm, account, save_account
from domain.communication.models import Email
from domain.database import Database
from sync.mail.watching import FIRST_WAIT, MailboxWatch
from tests.domain.communication.incoming.letters import reply
from tests.sync.mailbox_steps import INCOMING, value, watch
from tests.sync.scripted_imap import Folder, scripted_imap
from tests.sync.test_troubled_mailboxes import SUBJECTS, look

NOT_GIVEN = f"{INCOMING} WHERE remark = 'mail.not_given'"


def add_inbox(database: Database, port: int, sent_folder: str = "") -> Account:
    """An account that only reads, and may keep copies."""
    form = AccountForm(
        name="Büro", address="buero@buero.example", imap_host="127.0.0.1", imap_port=port, imap_security="none",
        username="buero", password="test", sent_folder=sent_folder,
    )  # fmt: skip
    with database.write() as session:
        number = save_account(session, form)
        return account(session, number)


def test_a_mail_without_words_is_told_of(database: Database, worker: Database) -> None:
    """NIL or nothing in place of a mail is no mail that went: each is put before a person, the others are filed."""
    folder = Folder({1: reply("Erste", subject="Eins"), 2: None, 3: None, 4: reply("Vierte", subject="Vier")})
    with scripted_imap(folder) as port:
        watched = watch(worker, add_inbox(database, port))
        look(watched, 12)
        assert value(database, NOT_GIVEN) == 2
        assert str(value(database, SUBJECTS)).split() == ["Eins", "Vier"]
        assert value(database, "SELECT trouble FROM communication_service.mailbox_state") == ""
        assert watched.look_once() == 0


def test_a_rebuilt_mailbox_begins_with_a_clean_slate(database: Database, worker: Database) -> None:
    """What failed under a number before says nothing of the mail that lies there after UIDVALIDITY changed."""
    folder = Folder({1: reply("Alte", subject="Alt")}, broken={1})
    with scripted_imap(folder) as port:
        watched = watch(worker, add_inbox(database, port))
        look(watched, 1)
        folder.uidvalidity, folder.mails = 2, {1: reply("Neue", subject="Neu")}
        look(watched, 1)  # it fails once more under the new number
        folder.broken = set()
        look(watched, 2)
    assert value(database, INCOMING) == 1
    assert value(database, NOT_GIVEN) == 0
    with database.read() as session:
        assert session.scalar(text("SELECT body_text FROM communication_service.incoming_email")) == "Neue"


def test_a_copy_that_is_not_taken_keeps_no_other(database: Database, worker: Database) -> None:
    """The folder of sent mails refuses one that is too large for it: those sent later are copied all the same."""
    folder = Folder({}, most=20_000)
    with scripted_imap(folder) as port:
        of = add_inbox(database, port, sent_folder="Sent")
        with database.write() as session:
            for number, size in enumerate((50_000, 10, 10)):
                session.add(
                    Email(
                        kind="own", status="sent", to_address="a@praxis.example", subject=f"Mail{number}",
                        body_text="x" * size, message_id=f"<{number}@buero.example>", account_id=of.id,
                        sent_at=datetime.now(UTC) - timedelta(minutes=9 - number),
                    )
                )  # fmt: skip
        watched = watch(worker, of)
        for _ in range(2):
            watched._sent_rests_until = 0.0  # as after its wait
            watched.look_once()
    assert len(folder.copies) == 2
    assert value(database, "SELECT sent_trouble FROM communication_service.mailbox_state") == "imap.append"
    uncopied = "SELECT string_agg(subject, ' ') FROM communication_service.email WHERE copied_at IS NULL"
    assert value(database, uncopied) == "Mail0"


@pytest.mark.parametrize("broken", [False, True])
def test_a_line_that_was_well_is_missed_no_longer_than_the_first(
    database: Database, worker: Database, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    """The wait before the next line grows while nothing comes in, not with lines that broke before, nor by one mail."""
    waits: list[float] = []
    enough = threading.Event()

    def pause(of: MailboxWatch, seconds: float, _cause: str) -> None:
        waits.append(seconds)
        if len(waits) == 5:
            enough.set()
            of._stop.set()

    monkeypatch.setattr(MailboxWatch, "_pause", pause)
    monkeypatch.setattr("sync.mail.watching.POLL_SECONDS", 0.01)
    mails: dict[int, bytes | None] = dict.fromkeys(range(1, 9)) if broken else {}
    with scripted_imap(Folder(mails, cut_after=0 if broken else 2)) as port:
        watched = watch(worker, add_inbox(database, port))
        watched.start()
        assert enough.wait(60)
        watched.stop(30)
    assert waits == [FIRST_WAIT] * 5
