"""A sealed password is opened for the servers and the user it was typed for, and for nothing else."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from nacl.public import PrivateKey, PublicKey, SealedBox
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.map_office import save_map_office
from domain.communication.accounts import Account, AccountForm, account, password_of, save_account
from domain.communication.sealing import publish_key
from domain.database import Database
from domain.errors import Unavailable
from domain.geocoding.map_settings import read_maps
from domain.migrations import migrate
from sync.mail.senders import Credentials
from tests.conftest import Office
from tests.domain.earlier_office import office_at
from tests.servers.postgres import TestCluster

KEY = PrivateKey.generate()
FORM = AccountForm(
    "Büro", "a@b.example", smtp_host="mail.b.example", imap_host="imap.b.example", username="a", password="geheim",
    smtp_security="starttls", imap_security="starttls",
)  # fmt: skip
ELSEWHERE = (
    "smtp_host = '127.0.0.1'", "imap_host = '127.0.0.1'", "smtp_port = 2525", "imap_port = 1143", "username = 'b'",
    "smtp_security = 'none'", "imap_security = 'none'",
)  # fmt: skip
PUT_BACK = "UPDATE communication_service.mail_account SET sealed_password = :kept"


@pytest.fixture
def kept(database: Database, worker_database: Database) -> int:
    """An account with a password."""
    with worker_database.write() as session:
        publish_key(session, bytes(KEY.public_key))
    with database.write() as session:
        return save_account(session, FORM)


def found(database: Database, number: int) -> Account:
    """The account as the worker reads it."""
    with database.read() as session:
        return account(session, number)


def refused(opening: Callable[[], str]) -> str:
    """The code with which the worker does not open it."""
    with pytest.raises(Unavailable) as error:
        opening()
    return error.value.code


@pytest.mark.parametrize("change", ELSEWHERE)
def test_kept_bytes_put_beside_another_server_open_for_nobody(
    office: Office, database: Database, worker_database: Database, kept: int, change: str
) -> None:
    """Whoever keeps the sealed form and puts it back has a password the worker tells nobody."""
    assert password_of(found(worker_database, kept), KEY) == "geheim"
    sealed = found(database, kept).sealed_password
    admin = office.database("admin")
    with admin.write() as session:
        session.execute(text(f"UPDATE communication_service.mail_account SET {change}"))
        session.execute(text(PUT_BACK), {"kept": sealed})
    admin.close()
    moved = found(worker_database, kept)
    assert moved.sealed_password == sealed
    assert refused(lambda: password_of(moved, KEY)) == "mail_account.sealed_elsewhere"


@pytest.mark.parametrize(
    "change", ["imap_host = ''", "smtp_security = 'tls'", "name = 'Anders'", "address = 'c@b.example'"]
)
def test_where_it_was_for_it_still_is(office: Office, worker_database: Database, kept: int, change: str) -> None:
    """A way switched off, a safer one, another name."""
    admin = office.database("admin")
    with admin.write() as session:
        session.execute(text(f"UPDATE communication_service.mail_account SET {change}"))
    admin.close()
    assert password_of(found(worker_database, kept), KEY) == "geheim"


OLD_ACCOUNT = """INSERT INTO communication_service.mail_account (name, address, smtp_host, username, sealed_password)
    VALUES ('Büro', 'a@b.example', 'mail.b.example', 'a', :sealed)"""


def test_a_password_sealed_before_works_until_somebody_writes_it(cluster: TestCluster) -> None:
    """It says nothing of its server: as it stands it is opened, put back after it was dropped it is not."""
    sealed = SealedBox(PublicKey(bytes(KEY.public_key))).encrypt(b"geheim")
    with office_at(cluster, "0020") as engine:
        with engine.begin() as connection:
            connection.execute(text(OLD_ACCOUNT), {"sealed": sealed})
        assert migrate(engine)
        with Session(engine) as session:
            number = session.scalar(text("SELECT id FROM communication_service.mail_account"))
            assert password_of(account(session, number), KEY) == "geheim"
            for statement in (
                "SET name = 'Anders'",
                "SET password_bound = true",
                "SET sealed_password = sealed_password",
            ):
                session.execute(text(f"UPDATE communication_service.mail_account {statement}"))
            session.expire_all()
            assert password_of(account(session, number), KEY) == "geheim"
            session.execute(text("UPDATE communication_service.mail_account SET smtp_host = '127.0.0.1'"))
            session.execute(text(PUT_BACK), {"kept": sealed})
            session.execute(text("UPDATE communication_service.mail_account SET password_bound = false"))
            session.expire_all()
            moved = account(session, number)
            assert (moved.sealed_password, moved.password_bound) == (sealed, True)
            assert refused(lambda: password_of(moved, KEY)) == "mail_account.sealed_elsewhere"


def test_a_mail_password_is_no_routers_key(
    office: Office, database: Database, worker_database: Database, kept: int
) -> None:
    """Put in its place it is told to no router; a key that was entered is."""
    credentials = Credentials(KEY)
    with database.write() as session:
        maps = read_maps(session)
        save_map_office(session, maps.form, version=maps.version, key="schluessel")
    with worker_database.read() as session:
        assert credentials.router_key(read_maps(session)) == "schluessel"
    for sealed in (found(database, kept).sealed_password, SealedBox(KEY.public_key).encrypt(b"geheim")):
        admin = office.database("admin")
        with admin.write() as session:
            put = "UPDATE geocoding_service.map_settings SET sealed_router_key = :kept"
            session.execute(text(put), {"kept": sealed})
        admin.close()
        with worker_database.read() as session:
            moved = read_maps(session)
        assert refused(partial(credentials.router_key, moved)) == "map_settings.key_sealed_elsewhere"


def test_a_routers_key_is_told_to_its_server_alone(office: Office, worker_database: Database) -> None:
    """Kept and put beside another server, its bytes are opened for nobody; within the server the path may change."""
    credentials = Credentials(KEY)
    with worker_database.write() as session:
        publish_key(session, bytes(KEY.public_key))
    admin = office.database("admin")
    with admin.write() as session:
        first = replace(read_maps(session).form, router="openrouteservice", router_url="https://ors.example/v2")
        save_map_office(session, first, version=read_maps(session).version, key="schluessel")
        sealed = read_maps(session).sealed_router_key
        there = replace(first, router_url="https://ORS.example.:443/v3")
        save_map_office(session, there, version=read_maps(session).version)
    with worker_database.read() as session:
        assert credentials.router_key(read_maps(session)) == "schluessel"
    with admin.write() as session:
        elsewhere = replace(first, router_url="http://evil.example:8080")
        save_map_office(session, elsewhere, version=read_maps(session).version)
        assert read_maps(session).sealed_router_key is None
        put = "UPDATE geocoding_service.map_settings SET sealed_router_key = :kept"
        session.execute(text(put), {"kept": sealed})
    admin.close()
    with worker_database.read() as session:
        moved = read_maps(session)
    assert refused(partial(credentials.router_key, moved)) == "map_settings.key_sealed_elsewhere"
