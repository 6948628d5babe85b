"""What is wrong beside the inbox, or with one mail in it, keeps no other mail from coming in."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from domain.communication.account_states import account_states
from domain.communication.accounts import accounts
from domain.database import Database
from domain.errors import PlatzlotseError
from sync.mail.watching import MailboxWatch
from tests.domain.communication.incoming.letters import reply
from tests.servers.mail import MailServer
from tests.sync.mailbox_steps import INCOMING, add_account, deliver, value, wait_until, watch
from tests.sync.test_mailboxes import inquiry_mail, send

SUBJECTS = "SELECT string_agg(subject, ' ' ORDER BY subject) FROM communication_service.incoming_email"


def look(of: MailboxWatch, times: int) -> None:
    """Look as the thread does: what goes wrong is tried again."""
    for _ in range(times):
        try:
            of.look_once()
        except PlatzlotseError:
            continue


def test_a_sent_folder_of_another_name_keeps_no_answer_out(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """The answer is filed at the first look, by the thread as well; the folder's trouble is told apart till it ends."""
    of = add_account(database, mail_server, mailbox, sent_folder="Gesendete Elemente")
    number = send(worker, inquiry_mail(database))
    deliver(mail_server, mailbox, reply("Leider kein Platz", answers=number))
    watched = watch(worker, of)
    assert watched.look_once() == 1
    with database.read() as session:
        (state,) = account_states(session)
    assert (state.trouble, state.sent_trouble) == ("", "imap.folder")
    assert state.read_at is not None
    watched.start()
    try:
        deliver(mail_server, mailbox, reply("Noch eine", subject="zwei"))
        wait_until(lambda: value(database, INCOMING) == 2)
    finally:
        watched.stop(5)
    with database.write() as session:
        session.execute(text("UPDATE communication_service.mail_account SET sent_folder = 'Sent'"))
    with database.read() as session:
        (right,) = accounts(session)
    watch(worker, right).look_once()
    assert value(database, "SELECT sent_trouble FROM communication_service.mailbox_state") == ""
    assert value(database, "SELECT count(*) FROM communication_service.email WHERE copied_at IS NOT NULL") == 1


def test_a_mail_the_server_cannot_give_holds_up_no_other(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """After a second failure it is told of, and those behind it are filed."""
    of = add_account(database, mail_server, mailbox)
    for number in range(4):
        deliver(mail_server, mailbox, reply(f"Mail {number}", subject=f"Mail{number}"))
    folder = mail_server.home / "mail" / mailbox.partition("@")[0]
    broken = sorted([*(folder / "new").iterdir(), *(folder / "cur").iterdir()])[1]
    for index in folder.glob("dovecot.index.cache*"):
        index.unlink()
    broken.chmod(0)
    watched = watch(worker, of)
    try:
        look(watched, 6)
    finally:
        broken.chmod(0o600)
    assert value(database, INCOMING) == 4
    assert (
        value(database, "SELECT count(*) FROM communication_service.incoming_email WHERE remark = 'mail.not_given'")
        == 1
    )
    assert len(str(value(database, SUBJECTS)).split()) == 3
    assert value(database, "SELECT trouble FROM communication_service.mailbox_state") == ""
    assert watched.look_once() == 0


def test_a_new_account_begins_on_its_day(
    database: Database, worker: Database, mail_server: MailServer, mailbox: str
) -> None:
    """What was written before stays in the mailbox, also moved there today; a wrong clock afterwards hides nothing."""
    today = datetime.now(UTC)
    for year in (2021, 2022):
        deliver(
            mail_server, mailbox, reply("Gehaltsabrechnung", subject=f"Alt{year}", at=datetime(year, 1, 2, tzinfo=UTC))
        )
    deliver(mail_server, mailbox, reply("Heute geschrieben", subject="Neu", at=today))
    of = add_account(database, mail_server, mailbox, reads_from=today.date() - timedelta(days=1))
    watched = watch(worker, of)
    assert watched.look_once() == 1
    deliver(mail_server, mailbox, reply("Die Uhr steht", subject="Uhr", at=datetime(2021, 5, 1, tzinfo=UTC)))
    assert watched.look_once() == 1
    assert value(database, SUBJECTS) == "Neu Uhr"
    assert watch(worker, of).look_once() == 0
