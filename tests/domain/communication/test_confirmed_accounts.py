"""Where an admin points an account, patients' mails go only once somebody who sees patients has agreed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

import pytest
from nacl.public import PrivateKey
from sqlalchemy import text

from domain.casework.agenda import TaskKind, agenda
from domain.casework.receiving import receive
from domain.communication.accounts import Account, AccountForm, account, awaiting, confirm_account, save_account
from domain.communication.claiming import claim
from domain.communication.drafts.accepting import accept_draft
from domain.communication.drafts.records import Addressee, Draft, DraftState
from domain.communication.incoming.parse import parse_mail
from domain.communication.mails import Letter, OutgoingFile, queue_mail
from domain.communication.models import Email
from domain.database import Database, Session
from domain.errors import Conflict, Invalid, PlatzlotseError
from domain.geocoding.map_settings import MapForm, read_maps, save_maps
from domain.persons import ensure_person
from sync.mail.mailboxes import Mailboxes
from sync.mail.senders import Credentials
from tests.conftest import PASSWORD, Office
from tests.domain.communication.incoming.letters import reply

T = TypeVar("T")
KEY = PrivateKey.generate()
FORM = AccountForm(
    name="Büro", address="buero@buero.example", smtp_host="mail.buero.example", imap_host="mail.buero.example",
    username="buero", is_default=True,
)  # fmt: skip
MAPS = MapForm(geocoder="nominatim", geocoder_url="https://karte.buero.example")


@pytest.fixture
def admin(office: Office) -> Iterator[Database]:
    """Somebody who looks after servers and sees no patients."""
    made = office.database("admin")
    yield made
    made.close()


@pytest.fixture
def account_id(database: Database) -> int:
    """An account a supervisor set up."""
    with database.write() as session:
        return save_account(session, FORM)


def read(database: Database, account_id: int) -> Account:
    """The account as it is."""
    with database.read() as session:
        return account(session, account_id)


def queued(session: Session, *, now: datetime) -> int:
    """A patient's mail that may go at once."""
    return queue_mail(
        session, kind="own", to_address="lea@mail.example", to_name="Lea", letter=Letter("Betreff", "Text", ""), now=now
    )


def move(admin: Database, account_id: int, change: str = "smtp_host = 'evil.example'") -> None:
    """What an admin does with a tool of its own."""
    with admin.write() as session:
        session.execute(
            text(f"UPDATE communication_service.mail_account SET {change} WHERE id = :id"), {"id": account_id}
        )


def tasks(database: Database, now: datetime) -> list[str]:
    """What Heute says of accounts."""
    with database.read() as session:
        return [task.detail for task in agenda(session, now=now).tasks if task.kind is TaskKind.MAIL_ACCOUNT]


@pytest.mark.parametrize(
    "change",
    [
        "smtp_host = 'evil.example', sealed_password = NULL",
        "smtp_port = 25",
        "smtp_security = 'none'",
        "username = ''",
        "address = 'evil@evil.example'",
        "imap_host = 'evil.example'",
        "imap_port = 143",
        "imap_security = 'none'",
    ],
)
def test_a_mail_waits_until_a_supervisor_has_seen_where_it_goes(
    admin: Database, database: Database, worker_database: Database, account_id: int, now: datetime, change: str
) -> None:
    """Whatever of the way an admin changes: nothing is claimed, Heute says so, and a confirmation lets it go."""
    with database.write() as session:
        mail = queued(session, now=now)
    move(admin, account_id, change)
    with worker_database.write() as session:
        assert claim(session, mail, now=now) is None
    assert len(tasks(database, now)) == 1
    with database.write() as session:
        confirm_account(session, account(session, account_id))
    assert tasks(database, now) == []
    with worker_database.write() as session:
        taken = claim(session, mail, now=now + timedelta(minutes=2))
        assert taken is not None
        assert taken.account_id == account_id


def test_nor_does_a_worker_of_an_earlier_release_send_it(
    admin: Database, database: Database, worker_database: Database, account_id: int, now: datetime
) -> None:
    """The database itself refuses to have such a mail under way; a person may send it by hand."""
    with database.write() as session:
        mail = queued(session, now=now)
    move(admin, account_id)
    take = text(
        "UPDATE communication_service.email SET status = 'sending', attempt = attempt + 1,"
        " lease_until = now() + interval '5 minutes', account_id = :account WHERE id = :id"
    )
    values = {"id": mail, "account": account_id}
    with pytest.raises(Invalid) as refused, worker_database.write() as session:
        session.execute(take, values)
    assert refused.value.code == "db.ck_email_confirmed_account"
    with database.write() as session:
        session.execute(take, values)


def test_only_a_supervisor_confirms_and_only_what_was_seen(
    admin: Database, database: Database, account_id: int
) -> None:
    """An admin cannot, by whatever program; and where the account moved on meanwhile, the supervisor looks again."""
    move(admin, account_id)
    with pytest.raises(Invalid) as refused:
        move(admin, account_id, "confirmed = true")
    assert refused.value.code == "db.ck_mail_account_confirmed"
    seen = read(database, account_id)
    move(admin, account_id, "smtp_host = 'worse.example'")  # without raising the version
    with pytest.raises(Conflict), database.write() as session:
        confirm_account(session, seen)
    assert not read(database, account_id).confirmed
    with database.read() as session:
        told = session.scalars(text("SELECT entity_id FROM platform.event WHERE event_type = 'mail_account.awaits'"))
        assert set(told) == {account_id}


def test_an_account_an_admin_adds_waits_and_what_is_no_way_does_not(
    admin: Database, database: Database, account_id: int
) -> None:
    """Limits and names are technical; a new account leads somewhere nobody has seen."""
    move(admin, account_id, "mails_per_hour = 10, sender_name = 'Büro Nord'")
    assert read(database, account_id).confirmed
    with admin.write() as session:
        save_account(session, AccountForm(name="Neu", address="neu@evil.example", smtp_host="evil.example"))
    with database.read() as session:
        assert [one.name for one in awaiting(session)] == ["Neu"]


def test_whoever_is_both_is_not_hindered(office: Office, account_id: int) -> None:
    """An office of one person, who looks after the servers and leads it."""
    owner = office.database("owner")
    with owner.write() as session:
        ensure_person(
            session, role_name="test_both", display_name="Beides", password=PASSWORD,
            roles={"admin", "supervisor", "caseworker"}, team_id=None,
        )  # fmt: skip
    both = office.database("both")
    move(both, account_id)
    with both.write() as session:
        save_maps(session, MAPS, version=read_maps(session).version)
        save_maps(
            session,
            MapForm(geocoder="nominatim", geocoder_url=MAPS.geocoder_url, patients_to_geocoder=True),
            version=read_maps(session).version,
        )
    assert read(both, account_id).confirmed
    both.close()
    with owner.write() as session:
        session.execute(text("DROP ROLE test_both"))
    owner.close()


def test_a_mailbox_that_waits_is_not_read_and_keeps_no_copies(
    admin: Database, database: Database, worker_database: Database, account_id: int, now: datetime
) -> None:
    """Copies of sent mails would go there."""
    move(admin, account_id, "imap_host = 'evil.example'")

    def write(work: Callable[[Session], T]) -> T:
        with worker_database.write() as session:
            return work(session)

    boxes = Mailboxes(Credentials(KEY), write=write, now=lambda: now)
    boxes.follow()
    assert boxes._watches == {}
    with database.read() as session, pytest.raises(PlatzlotseError) as refused:
        Credentials(KEY).sender(session, account_id, None)
    assert refused.value.code == "mail_account.unconfirmed"


def test_an_admin_does_not_allow_patients_addresses_to_go_out(admin: Database, database: Database) -> None:
    """The server is an admin's to choose, the permission a supervisor's; another server asks for it anew."""
    allowed = MapForm(geocoder="nominatim", geocoder_url=MAPS.geocoder_url, patients_to_geocoder=True)
    with admin.write() as session:
        save_maps(session, MAPS, version=read_maps(session).version)
    with pytest.raises(Invalid) as refused, admin.write() as session:
        save_maps(session, allowed, version=read_maps(session).version)
    assert refused.value.code == "db.ck_map_settings_decided"
    with database.write() as session:
        save_maps(session, allowed, version=read_maps(session).version)
    with admin.write() as session:  # elsewhere: the permission goes
        session.execute(text("UPDATE geocoding_service.map_settings SET geocoder_url = 'https://evil.example'"))
    with database.read() as session:
        assert not read_maps(session).form.patients_to_geocoder
    with pytest.raises(Invalid), admin.write() as session:
        session.execute(text("UPDATE geocoding_service.map_settings SET patients_to_geocoder = true"))


def test_an_answer_goes_out_by_the_account_it_was_asked_at(
    admin: Database, database: Database, account_id: int, now: datetime
) -> None:
    """A practice wrote to the second address of the office: it hears from there, while that one sends and may."""
    second = AccountForm(name="Kinder", address="kinder@buero.example", smtp_host="mail.buero.example")

    def goes_by(session: Session, in_reply_to: str) -> int | None:
        mail = queue_mail(
            session, kind="own", to_address="p@praxis.example", to_name="", letter=Letter("a", "b", ""), now=now,
            in_reply_to=in_reply_to,
        )  # fmt: skip
        return session.get_one(Email, mail).account_id

    with database.write() as session:
        number = save_account(session, second)
        came = parse_mail(reply("Wen suchen Sie?"))
        receive(session, came, now=now, account_id=number)
        session.flush()
        assert (goes_by(session, came.message_id), goes_by(session, "")) == (number, account_id)
    move(admin, number, "smtp_host = 'neu.buero.example'")
    with database.write() as session:
        assert goes_by(session, came.message_id) == account_id
        confirm_account(session, account(session, number))
        assert goes_by(session, came.message_id) == number
        save_account(session, replace(second, active=False), account_id=number)
        assert goes_by(session, came.message_id) == account_id


def test_an_answer_is_as_large_as_its_own_account_takes(database: Database, account_id: int, now: datetime) -> None:
    """It is judged by the account it leaves by: the other's server takes less, or more."""
    files = [OutgoingFile("Antwort.txt", "text/plain", b"a" * 1_500_000)]
    small = AccountForm(name="Kinder", address="kinder@buero.example", smtp_host="mail.buero.example", largest_mb=1)
    came = parse_mail(reply("Wen suchen Sie?"))

    def answer(session: Session) -> int:
        draft = Draft(
            uuid4(), DraftState.QUEUED, Addressee("p@praxis.example", "", None, None), "a", "b", None, came.message_id,
            None, 1, now,
        )  # fmt: skip
        return accept_draft(session, draft, files, now=now)

    with database.write() as session:
        number = save_account(session, small)
        receive(session, came, now=now, account_id=number)
        session.flush()
        with pytest.raises(Invalid, match="too_large_to_send"):
            answer(session)
        save_account(session, replace(small, largest_mb=None), account_id=number)
        save_account(session, replace(FORM, largest_mb=1), account_id=account_id)
        assert session.get_one(Email, answer(session)).account_id == number
