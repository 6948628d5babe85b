"""An account in trouble is told of: not read for minutes or a day, its copies failing, or its mails kept back."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from domain.casework.agenda import TaskKind, agenda
from domain.communication.account_models import MailboxState
from domain.communication.account_states import note_sending, troubled_accounts
from domain.communication.accounts import AccountForm, save_account
from domain.communication.mails import Letter, queue_mail
from domain.communication.models import Email
from domain.database import Database
from tests.conftest import NOW
from ui.mail.account_words import account_words

DAY = timedelta(days=1)


def test_an_account_that_keeps_mails_is_a_task(database: Database, worker_database: Database) -> None:
    """Its server refuses the login: told once a mail waits for that, and not while nothing does."""
    with database.write() as session:
        form = AccountForm(name="Büro", address="a@buero.example", smtp_host="127.0.0.1", is_default=True)
        number = save_account(session, form)
        mail = queue_mail(
            session, kind="own", to_address="p@praxis.example", to_name="", letter=Letter("a", "b", ""), now=NOW
        )
    with worker_database.write() as session:
        note_sending(session, number, trouble="smtp.login", size_limit=None)
        assert troubled_accounts(session, now=NOW + DAY) == ()
        session.get_one(Email, mail).failure_cause = "smtp.login"
    with database.write() as session:  # reading and sending fail together: both are told
        save_account(session, replace(form, imap_host="127.0.0.1", imap_security="none"), account_id=number)
    with worker_database.write() as session:
        session.add(MailboxState(account_id=number, folder="INBOX", checked_at=NOW, trouble="imap.login"))
        session.flush()
        found = [one.cause for one in troubled_accounts(session, now=NOW + DAY / 2)]
        assert found == ["imap.login", "sending:smtp.login"]
        session.execute(text("UPDATE communication_service.mailbox_state SET trouble = '', checked_at = NULL"))
    with database.write() as session:
        assert troubled_accounts(session, now=NOW) == ()
        tasks = [task for task in agenda(session, now=NOW + DAY).tasks if task.kind is TaskKind.ACCOUNT_TROUBLE]
        assert [(task.title, task.detail, task.server) for task in tasks] == [
            ("Büro", "sending:smtp.login", "127.0.0.1:587")
        ]
    said = account_words("sending:smtp.login", None, "mail.buero.example:587")
    assert said.startswith("E-Mails gehen nicht hinaus, sondern warten. Der Mailserver „mail.buero.example“ lehnt")


@pytest.mark.parametrize(
    ("checked", "read", "trouble", "sent", "cause"),
    [
        (NOW, NOW, "", "", None),
        (NOW, NOW - timedelta(minutes=5), "imap.reading", "", None),
        (NOW, NOW - 3 * DAY, "imap.login", "", "imap.login"),
        (NOW, None, "imap.login", "", "imap.login"),
        (NOW - 3 * DAY, NOW - 3 * DAY, "", "", "imap.not_looked_at"),
        (NOW, NOW, "", "imap.folder", "copies:imap.folder"),
    ],
)
def test_a_mailbox_that_is_not_read_is_a_task(
    database: Database, worker_database: Database, checked: datetime, read: datetime | None, trouble: str, sent: str,
    cause: str | None,
) -> None:  # fmt: skip
    """With its name, the cause and since when; a short hitch is none, nor is an account that is switched off."""
    with database.write() as session:
        form = AccountForm(name="Büro", address="a@buero.example", imap_host="127.0.0.1", imap_security="none")
        number = save_account(session, form)
    with worker_database.write() as session:
        session.add(
            MailboxState(
                account_id=number, folder="INBOX", checked_at=checked, read_at=read, trouble=trouble, sent_trouble=sent
            )
        )
    with database.write() as session:
        found = [(one.name, one.cause) for one in troubled_accounts(session, now=NOW)]
        assert found == ([("Büro", cause)] if cause else [])
        told = [("admin", cause, "127.0.0.1:993")] if cause else []
        tasks = [task for task in agenda(session, now=NOW).tasks if task.kind is TaskKind.ACCOUNT_TROUBLE]
        assert [(task.page, task.detail, task.server) for task in tasks] == told
        save_account(session, replace(form, active=False), account_id=number)
        assert troubled_accounts(session, now=NOW) == ()
