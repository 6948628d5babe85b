"""Setting a seat up: what was chosen works and is remembered; what fails leaves nothing behind."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import create_engine, text

from app import server_seat
from app.embedded_postgres import EmbeddedPostgres
from app.first_run import SeatKeeper
from app.paths import Profile
from app.settings import Mode, load
from domain import migrations
from domain.access import me, office
from domain.database import Database
from domain.errors import PlatzlotseError
from tests.app.conftest import MemoryKeyring
from tests.conftest import PASSWORD
from tests.servers.office_server import OTHER_MACHINE, WRONG_NAME, OfficeServer
from tests.servers.ports import free_port
from ui.errors import describe
from ui.first_run.ports import OwnSeat, ServerAddress, Step

pytestmark = pytest.mark.usefixtures("no_keyring")

OWN = OwnSeat(person="Jörg Überall", office="Vermittlung Aachen", email="post@vermittlung.example")


class Stranger:
    """Listens, takes whoever comes, and says one thing (or nothing) to what it hears."""

    def __init__(self, host: str, said: bytes) -> None:
        self._said = said
        self._listening = socket.create_server((host, 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        with ExitStack() as guests, suppress(OSError):
            while True:
                guest = guests.enter_context(self._listening.accept()[0])
                if self._said and guest.recv(64):
                    guest.sendall(self._said)


@pytest.fixture
def profile(home: Path) -> Profile:
    """A folder where nobody has worked yet."""
    return Profile(home.parent)


@pytest.fixture
def keeper(profile: Profile) -> Iterator[SeatKeeper]:
    """Whoever sets this folder's seat up."""
    profile.make()
    keeper = SeatKeeper(profile)
    yield keeper
    keeper.close()


def silent(_: Step) -> None:
    """Nobody listens."""


def owner_says(server: OfficeServer, database: str, statement: str) -> None:
    """Change something as the server's owner."""
    engine = create_engine(server.admin_url(database), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def files_with(folder: Path, words: str) -> list[Path]:
    """Files below a folder that hold these words."""
    return [path for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]


def test_an_own_seat_knows_its_person_and_office(profile: Profile, keeper: SeatKeeper) -> None:
    """Name, office and mailbox stand where lists and mails look for them, now and after the next start."""
    steps: list[Step] = []
    keeper.work_alone(OWN, steps.append)
    assert steps == [Step.DATABASE, Step.SAVING]
    assert profile.settings.stat().st_mode & 0o777 == 0o600
    settings = load(profile.settings, {})
    assert (settings.mode, settings.mail.host) == (Mode.SINGLE, "")
    assert (settings.mail.sender_name, settings.mail.sender) == (OWN.office, OWN.email)
    keeper.close()
    assert not EmbeddedPostgres(profile.postgres).is_running()

    keeper.open(None, silent)
    assert keeper.opened is not None
    database = Database(keeper.opened[1].person_url)
    with database.read() as session:
        assert me(session).display_name == OWN.person
        assert me(session).email == OWN.email
        assert office(session).name == OWN.office
    database.close()


def test_an_own_seat_that_fails_leaves_no_settings(profile: Profile, keeper: SeatKeeper) -> None:
    """A folder that cannot be used is told; once it is mended the same words work."""
    profile.postgres.write_text("in the way")
    with pytest.raises(PlatzlotseError) as refusal:
        keeper.work_alone(OWN, silent)
    assert str(profile.postgres) in describe(refusal.value)
    assert not profile.settings.exists()
    assert keeper.opened is None
    profile.postgres.unlink()
    keeper.work_alone(OWN, silent)
    assert profile.settings.exists()


def test_settings_that_cannot_be_saved_stop_the_database_again(profile: Profile, keeper: SeatKeeper) -> None:
    """The seat is open only when it is remembered too."""
    profile.settings.mkdir()
    with pytest.raises(PlatzlotseError, match=r"settings\.unwritable"):
        keeper.work_alone(OWN, silent)
    assert keeper.opened is None
    assert not EmbeddedPostgres(profile.postgres).is_running()
    assert [path.name for path in profile.home.iterdir() if path.name.startswith("settings")] == ["settings.toml"]


def test_trying_out_lies_apart_from_work(profile: Profile, keeper: SeatKeeper) -> None:
    """Samples go to a folder of their own; this one stays undecided and empty."""
    steps: list[Step] = []
    keeper.try_out(steps.append)
    assert steps == [Step.DATABASE, Step.SAMPLES]
    assert not profile.settings.exists()
    assert not profile.postgres.exists()
    assert load(profile.trial.settings, {"PLATZLOTSE_SMTP_HOST": "smtp.buero.example"}).mail.host == ""
    assert keeper.opened is not None
    database = Database(keeper.opened[1].person_url)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM therapist_service.therapist")) > 0
    database.close()


@pytest.mark.usefixtures("memory_keyring")
def test_joining_an_office_keeps_the_password_in_the_keyring_only(
    profile: Profile, keeper: SeatKeeper, address: ServerAddress, memory_keyring: MemoryKeyring
) -> None:
    """The next start needs no password, and no file of the folder holds it."""
    answer = keeper.test_server(address, PASSWORD)
    assert (answer.person, answer.encrypted) == ("Jana Brand", True)
    assert answer.version.startswith("1")
    assert not profile.settings.exists()
    keeper.join_office(address, PASSWORD, silent)
    assert memory_keyring.held == {("Platzlotse", f"test_jana@{OTHER_MACHINE}"): PASSWORD}
    assert files_with(profile.home, PASSWORD) == []
    assert keeper.known_server() == address
    keeper.close()
    again = SeatKeeper(profile)
    again.open(None, silent)
    assert again.opened is not None
    again.close()


def test_without_a_keyring_the_password_is_asked_at_every_start(
    profile: Profile, keeper: SeatKeeper, address: ServerAddress
) -> None:
    """It is kept nowhere; the next start asks for it, and takes it."""
    assert not keeper.keeps_passwords()
    keeper.join_office(address, PASSWORD, silent)
    keeper.close()
    assert files_with(profile.home, PASSWORD) == []
    with pytest.raises(PlatzlotseError, match=r"server\.password_missing") as refusal:
        keeper.open(None, silent)
    assert "test_jana" in describe(refusal.value)
    keeper.open(PASSWORD, silent)
    assert keeper.opened is not None


def test_a_server_on_this_machine_needs_no_tls(keeper: SeatKeeper, address: ServerAddress) -> None:
    """On loopback no certificate is asked for."""
    assert keeper.test_server(replace(address, host="127.0.0.1", ca_file=""), PASSWORD).person == "Jana Brand"


def test_the_certificates_of_the_system_are_trusted(
    keeper: SeatKeeper, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server the system vouches for needs no certificate file."""
    monkeypatch.setenv("SSL_CERT_FILE", address.ca_file)
    assert keeper.test_server(replace(address, ca_file=""), PASSWORD).encrypted


Change = Callable[[ServerAddress], ServerAddress]
REFUSED: dict[str, tuple[Change, str, str]] = {
    "server.host_unknown": (lambda a: replace(a, host="gibt-es-nicht.invalid"), PASSWORD, "gibt-es-nicht.invalid"),
    "server.host_invalid": (lambda a: replace(a, host="eins/zwei"), PASSWORD, "eins/zwei"),
    "server.refused": (lambda a: replace(a, port=free_port()), PASSWORD, "Port"),
    "server.password_wrong": (lambda a: a, "falsch", "Kennwort"),
    "server.no_database": (lambda a: replace(a, database="fehlt"), PASSWORD, "„fehlt“"),
    "server.not_admitted": (lambda a: replace(a, user="not_from_here"), PASSWORD, "pg_hba.conf"),
    "server.certificate_untrusted": (lambda a: replace(a, ca_file=""), PASSWORD, "nicht vertrauenswürdig"),
    "server.certificate_name": (lambda a: replace(a, host=WRONG_NAME), PASSWORD, WRONG_NAME),
    "server.ca_file": (lambda a: replace(a, ca_file=f"{a.ca_file}.fehlt"), PASSWORD, ".fehlt"),
    "person.unknown": (lambda a: replace(a, user="test_worker"), PASSWORD, "nicht eingetragen"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_every_refusal_is_told_apart(profile: Profile, keeper: SeatKeeper, address: ServerAddress, code: str) -> None:
    """Each thing that can be wrong has its own sentence, and none leaves settings or a password."""
    change, password, words = REFUSED[code]
    with pytest.raises(PlatzlotseError) as refusal:
        keeper.test_server(change(address), password)
    assert refusal.value.code == code
    assert words in describe(refusal.value)
    with pytest.raises(PlatzlotseError):
        keeper.join_office(change(address), password, silent)
    assert not profile.settings.exists()
    assert keeper.opened is None


def test_a_login_without_any_role_of_the_office_is_no_person(
    keeper: SeatKeeper, office_server: OfficeServer, address: ServerAddress
) -> None:
    """Whoever may only log in to the server is told that the office does not know them."""
    owner_says(office_server, "postgres", f"CREATE ROLE visitor LOGIN PASSWORD '{PASSWORD}'")
    try:
        with pytest.raises(PlatzlotseError, match=r"person\.unknown"):
            keeper.test_server(replace(address, user="visitor"), PASSWORD)
    finally:
        owner_says(office_server, "postgres", "DROP ROLE visitor")


def test_a_person_who_left_is_no_person(
    keeper: SeatKeeper, office_server: OfficeServer, address: ServerAddress
) -> None:
    """Inactive persons do not work here any more."""
    owner_says(
        office_server, address.database, "UPDATE platform.person SET active = false WHERE role_name = 'test_jana'"
    )
    with pytest.raises(PlatzlotseError, match=r"person\.unknown"):
        keeper.test_server(address, PASSWORD)


@pytest.mark.parametrize(
    ("revision", "code"), [("9999", "schema.newer"), ("0000", "schema.older"), (None, "schema.missing")]
)
def test_the_schema_must_belong_to_the_program(
    keeper: SeatKeeper,
    office_server: OfficeServer,
    address: ServerAddress,
    monkeypatch: pytest.MonkeyPatch,
    revision: str | None,
    code: str,
) -> None:
    """A newer, an older and a missing schema are told apart."""
    monkeypatch.setattr(migrations, "KNOWN", frozenset({"0000", migrations.HEAD}))
    if revision is None:
        owner_says(office_server, address.database, "DROP TABLE platform.alembic_version")
    else:
        owner_says(office_server, address.database, f"UPDATE platform.alembic_version SET version_num = '{revision}'")
    with pytest.raises(PlatzlotseError) as refusal:
        keeper.test_server(address, PASSWORD)
    assert refusal.value.code == code
    assert "Verwaltung" in describe(refusal.value) or "aktualisieren" in describe(refusal.value)


def test_an_empty_database_has_no_schema(
    keeper: SeatKeeper, office_server: OfficeServer, address: ServerAddress
) -> None:
    """A database the administration has only created is told as such."""
    owner_says(office_server, "postgres", "CREATE DATABASE empty_one")
    try:
        with pytest.raises(PlatzlotseError, match=r"schema\.missing"):
            keeper.test_server(replace(address, database="empty_one"), PASSWORD)
    finally:
        owner_says(office_server, "postgres", "DROP DATABASE empty_one")


def test_a_server_without_tls_gets_no_password(keeper: SeatKeeper, address: ServerAddress) -> None:
    """Off this machine nothing is sent in the clear."""
    with OfficeServer(tls=False) as plain, pytest.raises(PlatzlotseError, match=r"server\.no_tls"):
        keeper.test_server(replace(address, port=plain.port), PASSWORD)


@pytest.mark.parametrize(
    ("host", "said", "code"),
    [
        ("127.0.0.1", b"", "server.no_answer"),
        ("127.0.0.1", b"HTTP/1.1 400 Bad Request\r\n\r\n", "server.not_postgres"),
        (OTHER_MACHINE, b"HTTP/1.1 400 Bad Request\r\n\r\n", "server.not_postgres"),
    ],
)
def test_something_else_on_the_port_is_noticed(
    keeper: SeatKeeper, address: ServerAddress, monkeypatch: pytest.MonkeyPatch, host: str, said: bytes, code: str
) -> None:
    """A server that keeps silent, or is no database at all, is told within the patience."""
    monkeypatch.setattr(server_seat, "PATIENCE_SECONDS", 2)
    with Stranger(host, said) as stranger, pytest.raises(PlatzlotseError) as refusal:
        keeper.test_server(replace(address, host=host, port=stranger.port), PASSWORD)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("FATAL:  Passwort-Authentifizierung für Benutzer »jana« fehlgeschlagen", "server.password_wrong"),
        ("FATAL:  Datenbank »platzlotse« existiert nicht", "server.no_database"),
        ("FATAL:  keine Berechtigung für Datenbank »platzlotse«", "person.unknown"),
        ("FATAL:  Rolle »jana« hat keine Berechtigung zum Einloggen", "person.unknown"),
        ("FATAL:  kein pg_hba.conf-Eintrag für Host »10.0.0.7«, Benutzer »jana«", "server.not_admitted"),
        ("FATAL:  tut mir leid, schon zu viele Verbindungen", "server.full"),
        ("FATAL:  das Datenbanksystem fährt herunter", "server.starting"),
        ("FATAL:  etwas ganz Neues", "server.refused_login"),
    ],
)
def test_a_server_that_speaks_german_is_understood(address: ServerAddress, sentence: str, code: str) -> None:
    """An office's server may well be set to German."""
    assert server_seat.refusal(sentence, ca_file=address.ca_file).code == code
