"""A server that has a mail and gives nothing of it: told of, never passed over in silence."""

from sqlalchemy import text

from domain.communication.accounts import Account, AccountForm, account, save_account
from domain.database import Database
from tests.domain.communication.incoming.letters import reply
from tests.sync.mailbox_steps import INCOMING, value, watch
from tests.sync.scripted_imap import Folder, scripted_imap
from tests.sync.test_troubled_mailboxes import SUBJECTS, look

NOT_GIVEN = f"{INCOMING} WHERE remark = 'mail.not_given'"


def add_inbox(database: Database, port: int) -> Account:
    """An account that only reads."""
    form = AccountForm(
        name="Büro", address="buero@buero.example", imap_host="127.0.0.1", imap_port=port, imap_security="none",
        username="buero", password="test",
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
