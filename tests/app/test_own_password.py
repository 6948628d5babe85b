"""The first login with a password an admin gave: the own one takes its place, whole or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.first_run import SeatKeeper
from app.paths import Profile
from app.settings import load
from domain import commit_fate
from domain import database as database_module
from domain.access import me
from domain.commit_fate import number_of
from domain.database import Database, Session
from domain.errors import Forbidden, Invalid, PlatzlotseError, Unavailable
from domain.person_admin import NewPerson, create_person, list_persons, reset_password
from domain.persons import ensure_person
from tests.app.conftest import MemoryKeyring
from tests.conftest import PASSWORD
from tests.servers.cutter import Cutter
from tests.servers.office_server import NEWCOMER, OTHER_MACHINE, OfficeServer
from ui.errors import describe
from ui.first_run.ports import ServerAddress, Step

pytestmark = pytest.mark.usefixtures("no_keyring")

OWN, OTHER = "Möwe Anker Leuchtturm", "Drachen über dem Watt"


@dataclass(frozen=True)
class Newcomer:
    """Somebody an admin made just now: where to log in and with what; `chief` is that admin's connection."""

    address: ServerAddress
    password: str
    chief: Database


@pytest.fixture
def newcomer(office_server: OfficeServer, address: ServerAddress) -> Iterator[Newcomer]:
    """Lend a caseworker with a first password."""
    owner = Database(office_server.admin_url(address.database))
    with owner.write() as session:
        ensure_person(session, role_name="chief", display_name="Verena Admin", password=PASSWORD, roles={"admin"})
    url = make_url(office_server.admin_url(address.database)).set(username="chief")
    chief = Database(url.render_as_string(hide_password=False))
    with chief.write() as session:
        _, password = create_person(session, NewPerson(NEWCOMER, "Nele Neu", ("caseworker",)))
    yield Newcomer(replace(address, user=NEWCOMER), password, chief)
    chief.close()
    with owner.write() as session:
        session.execute(text(f"DROP ROLE {NEWCOMER}"))
        session.execute(text("DROP ROLE chief"))
    owner.close()


@pytest.fixture
def profile(home: Path) -> Profile:
    """A folder where nobody has worked yet."""
    return Profile(home.parent)


@pytest.fixture
def keeper(profile: Profile) -> Iterator[SeatKeeper]:
    """Whoever opens this folder's seat."""
    profile.make()
    keeper = SeatKeeper(profile)
    yield keeper
    keeper.close()


@pytest.fixture
def cutter(office_server: OfficeServer) -> Iterator[Cutter]:
    """A network to the server that can be cut."""
    with Cutter(str(office_server.folder), office_server.port) as running:
        yield running


def silent(_: Step) -> None:
    """Nobody listens."""


def is_given(newcomer: Newcomer) -> bool:
    """Whether the office takes the password for a given one still."""
    with newcomer.chief.read() as session:
        return next(person.password_given for person in list_persons(session) if person.role_name == NEWCOMER)


def opens(keeper: SeatKeeper, newcomer: Newcomer, password: str) -> bool:
    """Whether one may log in with this password."""
    try:
        keeper.test_server(newcomer.address, password)
    except PlatzlotseError as error:
        assert error.code == "server.password_wrong"  # noqa: PT017 - nothing else refuses here
        return False
    return True


def by_way_of(cutter: Cutter, newcomer: Newcomer) -> ServerAddress:
    """The server behind a network that can be cut."""
    port = make_url(cutter.through("postgresql://nobody@/nothing")).port
    assert port is not None
    return replace(newcomer.address, host="127.0.0.1", port=port, ca_file="")


def cut_at_commit(monkeypatch: pytest.MonkeyPatch, cutter: Cutter, lost: str, *, once: bool) -> None:
    """Lose the question or the answer of the very next commit."""

    def number_then_cut(session: Session) -> str | None:
        number = number_of(session)
        cutter.cut(lost, once=once)
        return number

    monkeypatch.setattr(database_module, "number_of", number_then_cut)


def test_an_own_password_takes_the_place_of_the_given_one(
    profile: Profile, keeper: SeatKeeper, newcomer: Newcomer, memory_keyring: MemoryKeyring
) -> None:
    """The open seat works with it, the keyring knows it, the given one opens nothing, and nobody is asked again."""
    keeper.join_office(newcomer.address, newcomer.password, silent)
    assert keeper.password_is_given()
    keeper.choose_password(OWN)
    assert not keeper.password_is_given()
    assert memory_keyring.held == {("Platzlotse", f"{NEWCOMER}@{OTHER_MACHINE}"): OWN}
    assert keeper.opened is not None
    seat = keeper.opened[1].desk_database("test-newcomer")
    with seat.read() as session:
        assert me(session).display_name == "Nele Neu"
    seat.close()
    assert not opens(keeper, newcomer, newcomer.password)
    assert not is_given(newcomer)
    keeper.close()
    again = SeatKeeper(profile)
    again.open(None, silent)
    assert not again.password_is_given()
    again.close()
    assert [path for path in profile.home.rglob("*") if path.is_file() and OWN.encode() in path.read_bytes()] == []


def test_no_log_of_the_server_holds_a_password(
    keeper: SeatKeeper, newcomer: Newcomer, office_server: OfficeServer
) -> None:
    """Where an office logs every statement it reads a SCRAM verifier."""
    owner = Database(office_server.admin_url(newcomer.address.database))
    with owner.write() as session:
        session.execute(text(f"ALTER ROLE {NEWCOMER} SET log_statement = 'all'"))
    owner.close()
    keeper.join_office(newcomer.address, newcomer.password, silent)
    keeper.choose_password(OWN)
    logged = (office_server.folder / "log").read_text("utf-8")
    assert "change_own_password" in logged
    assert "SCRAM-SHA-256$" in logged
    assert OWN not in logged
    assert newcomer.password not in logged


def test_who_chose_one_is_asked_again_only_after_a_reset(keeper: SeatKeeper, newcomer: Newcomer) -> None:
    """Without a keyring, too: the next login goes straight on, until an admin gives another password."""
    keeper.join_office(newcomer.address, newcomer.password, silent)
    keeper.choose_password(OWN)
    keeper.open(OWN, silent)
    assert not keeper.password_is_given()
    with newcomer.chief.write() as session:
        number = next(person.id for person in list_persons(session) if person.role_name == NEWCOMER)
        given = reset_password(session, number)
    keeper.open(given, silent)
    assert keeper.password_is_given()


@pytest.mark.parametrize(
    ("chosen", "code", "words"), [("kurz", "short", "mindestens 12"), (None, "same", "bisheriges")]
)
def test_a_short_one_and_the_given_one_are_none(
    keeper: SeatKeeper, newcomer: Newcomer, chosen: str | None, code: str, words: str
) -> None:
    """The reason is said at the field, and the given one holds as before."""
    keeper.join_office(newcomer.address, newcomer.password, silent)
    with pytest.raises(Invalid) as refusal:
        keeper.choose_password(chosen or newcomer.password)
    assert (refusal.value.code, refusal.value.field) == (f"person.password_{code}", "password")
    assert words in describe(refusal.value)
    assert keeper.password_is_given()
    assert opens(keeper, newcomer, newcomer.password)
    keeper.choose_password(OWN)
    assert not keeper.password_is_given()


def test_a_lost_answer_is_found_out(
    keeper: SeatKeeper, newcomer: Newcomer, cutter: Cutter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server took it and nobody heard: the new one opens, so it holds."""
    monkeypatch.setattr(commit_fate, "PATIENCE_SECONDS", 0.3)  # the old one is refused however long one waits
    keeper.join_office(by_way_of(cutter, newcomer), newcomer.password, silent)
    cut_at_commit(monkeypatch, cutter, "answer", once=True)
    keeper.choose_password(OWN)
    assert not keeper.password_is_given()
    assert not is_given(newcomer)
    assert opens(keeper, newcomer, OWN)


def test_a_lost_question_changes_nothing(
    keeper: SeatKeeper, newcomer: Newcomer, cutter: Cutter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said, the given one holds, and the second try changes it."""
    monkeypatch.setattr(commit_fate, "PATIENCE_SECONDS", 60)  # till the server has noticed that nobody is there
    keeper.join_office(by_way_of(cutter, newcomer), newcomer.password, silent)
    cut_at_commit(monkeypatch, cutter, "question", once=True)
    with pytest.raises(Unavailable) as refusal:
        keeper.choose_password(OWN)
    assert "Es wurde nichts geändert" in describe(refusal.value)
    assert is_given(newcomer)
    assert opens(keeper, newcomer, newcomer.password)
    monkeypatch.setattr(database_module, "number_of", number_of)
    keeper.choose_password(OWN)
    assert not is_given(newcomer)
    assert opens(keeper, newcomer, OWN)


@pytest.mark.parametrize("second", [OWN, OTHER])
def test_a_network_that_stays_cut_leaves_it_open_until_it_is_back(
    keeper: SeatKeeper, newcomer: Newcomer, cutter: Cutter, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    """Nobody can say which one holds, so that is said; the next try finds out, also with another word."""
    monkeypatch.setattr(commit_fate, "PATIENCE_SECONDS", 0.3)
    keeper.join_office(by_way_of(cutter, newcomer), newcomer.password, silent)
    cut_at_commit(monkeypatch, cutter, "answer", once=False)
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"person\.password_unclear") as refusal:
            keeper.choose_password(OWN)
        assert "ist nicht bekannt" in describe(refusal.value)
        assert keeper.password_is_given()
    monkeypatch.setattr(database_module, "number_of", number_of)
    cutter.mend()
    keeper.choose_password(second)
    assert not keeper.password_is_given()
    assert opens(keeper, newcomer, second)


def test_a_seat_opened_without_its_server_asks_at_the_next_start(
    profile: Profile, keeper: SeatKeeper, newcomer: Newcomer
) -> None:
    """Letters can be written meanwhile; the server is worked with only after an own password was chosen."""
    keeper.join_office(newcomer.address, newcomer.password, silent)
    keeper.close()
    assert load(profile.settings).server.user == NEWCOMER
    keeper.open_without_server(newcomer.password)
    assert keeper.opened is not None
    assert not keeper.password_is_given()
    desk = keeper.opened[1].desk_database("test-newcomer")
    with pytest.raises(Forbidden) as refusal, desk.read():
        pass
    assert "starten Sie es neu" in describe(refusal.value)
    desk.close()
