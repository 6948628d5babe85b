"""Who may unlock: the person by the server's word, and nobody by what lies on this machine."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.change_listener import ChangeListener
from app.computer_lock import lock_command, lock_computer
from app.first_run import SeatKeeper
from app.paths import Profile
from app.seat import Seat
from app.seat_porter import SeatPorter
from app.server_seat import server_url
from app.settings import ServerSettings
from domain.errors import PlatzlotseError
from tests.app.conftest import MemoryKeyring
from tests.app.test_first_run import owner_says, silent
from tests.conftest import PASSWORD, Office
from tests.servers.office_server import OfficeServer
from tests.servers.ports import free_port
from ui.errors import describe
from ui.first_run.ports import ServerAddress

pytestmark = pytest.mark.usefixtures("no_keyring")


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    """A seat's folder."""
    made = Profile(tmp_path)
    made.make()
    return made


def seat_at(address: ServerAddress, *, password: str = PASSWORD) -> Seat:
    """Jana's seat, logged in with that password."""
    server = ServerSettings(
        address.host, address.port, address.database, address.user, sslrootcert=address.ca_file or "system"
    )
    return Seat(server_url(server, password=password), None)


def refused(porter: SeatPorter, password: str) -> str:
    """The code of the refusal; empty where it opens."""
    try:
        porter.check(password)
    except PlatzlotseError as error:
        return error.code if "(" not in describe(error) else "no sentence"
    return ""


def test_the_server_is_asked_each_time(profile: Profile, address: ServerAddress, office_server: OfficeServer) -> None:
    """A password changed there counts at once, also against the one this session began with."""
    porter = SeatPorter(profile, seat_at(address))
    assert porter.person == address.user
    assert refused(porter, PASSWORD) == ""
    assert refused(porter, "falsch") == "server.password_wrong"
    owner_says(office_server, "postgres", f"ALTER ROLE {address.user} PASSWORD 'neu-und-anders'")
    try:
        assert refused(porter, PASSWORD) == "server.password_wrong"
        assert refused(porter, "neu-und-anders") == ""
        owner_says(office_server, "postgres", f"ALTER ROLE {address.user} NOLOGIN")
        assert refused(porter, "neu-und-anders") == "person.unknown"
    finally:
        owner_says(office_server, "postgres", f"ALTER ROLE {address.user} LOGIN PASSWORD '{PASSWORD}'")


def test_a_password_reset_meanwhile_works_on_in_the_open_window(
    profile: Profile, address: ServerAddress, office_server: OfficeServer
) -> None:
    """Whose old one is refused is shut out, and once the new one opened, new connections come with it."""
    seat = seat_at(address)
    porter, database = SeatPorter(profile, seat), seat.desk_database("desk")
    porter.supply(database.engine)
    out, connected = threading.Event(), threading.Event()
    given = "UPDATE platform.person SET password_given_at = {} WHERE role_name = '{}'"
    owner_says(office_server, "postgres", f"ALTER ROLE {address.user} PASSWORD 'neu-und-anders'")
    listener = ChangeListener(
        seat.person_url,
        changed=lambda *_: None,
        connected=lambda there: connected.set() if there else None,
        shut_out=out.set,
        password=lambda: porter.password,
    )
    try:
        listener.start()
        assert out.wait(60)
        with pytest.raises(PlatzlotseError, match="unreachable"), database.read() as session:
            session.execute(text("SELECT 1"))
        assert refused(porter, "neu-und-anders") == ""
        assert connected.wait(60)
        with database.read() as session:
            assert session.scalar(text("SELECT session_user")) == address.user
        assert (refused(porter, "falsch"), porter.password) == ("server.password_wrong", "neu-und-anders")
        owner_says(office_server, address.database, given.format("now()", address.user))
        assert refused(porter, "neu-und-anders") == "person.password_given", "an own one is chosen at a start"
    finally:
        listener.stop()
        database.close()
        owner_says(office_server, address.database, given.format("NULL", address.user))
        owner_says(office_server, "postgres", f"ALTER ROLE {address.user} PASSWORD '{PASSWORD}'")


def test_a_password_file_of_this_machine_opens_nothing(
    profile: Profile, address: ServerAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither ~/.pgpass nor the environment speak for the person."""
    kept = tmp_path / "pgpass"
    kept.write_text(f"*:*:*:*:{PASSWORD}\n")
    kept.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(kept))
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    porter = SeatPorter(profile, seat_at(address))
    assert refused(porter, "") == "server.password_wrong"
    assert refused(porter, "falsch") == "server.password_wrong"


def test_a_server_that_trusts_everybody_is_not_believed(profile: Profile, office: Office) -> None:
    """Where no password is asked for, the one of this session decides."""
    porter = SeatPorter(profile, Seat(office.url("jana"), None))
    assert refused(porter, "falsch") == "server.password_wrong"
    assert refused(porter, PASSWORD) == ""


def test_without_the_server_the_password_of_this_session_opens(profile: Profile, address: ServerAddress) -> None:
    """Whoever works without it is not locked out; any other password is wrong, and counted."""
    porter = SeatPorter(profile, seat_at(replace(address, host="127.0.0.1", port=free_port(), ca_file="")))
    assert refused(porter, PASSWORD) == ""
    assert [refused(porter, "falsch") for _ in range(4)][-2:] == ["login.wrong_wait", "login.wait"]
    assert porter.seconds_left() > 0


def test_a_single_seat_has_no_password_of_a_person(profile: Profile, office: Office) -> None:
    """What its database asks for was made by the program and is known to nobody."""
    porter = SeatPorter(profile, Seat(office.url("jana"), office.url("worker")))
    porter.note(locked=True)
    assert (porter.person, porter.seconds_left(), profile.locked.exists()) == ("", 0, False)


def test_ending_a_locked_program_opens_no_seat(
    profile: Profile,
    address: ServerAddress,
    memory_keyring: MemoryKeyring,
) -> None:
    """Though the keyring knows the password, the next start asks for it, with the server and without."""
    keeper = SeatKeeper(profile)
    keeper.join_office(address, PASSWORD, silent)
    assert memory_keyring.held
    porter = SeatPorter(profile, seat_at(address))
    porter.note(locked=True)
    keeper.close()
    with pytest.raises(PlatzlotseError, match=r"seat\.locked") as refusal:
        keeper.open(None, silent)
    assert address.user in describe(refusal.value)
    with pytest.raises(PlatzlotseError, match=r"seat\.locked"):
        keeper.open_without_server(None)
    with pytest.raises(PlatzlotseError, match=r"server\.password_wrong"):
        keeper.open_without_server("falsch")
    with pytest.raises(PlatzlotseError, match=r"server\.password_wrong"):
        keeper.open("falsch", silent)
    assert keeper.opened is None
    keeper.open(PASSWORD, silent)
    keeper.close()
    keeper.open(None, silent)
    keeper.close()


def test_wrong_passwords_are_slowed_at_the_login(profile: Profile, address: ServerAddress) -> None:
    """The fourth has to wait, also for the next program, and the sentence says how long."""
    for code in ("server.password_wrong", "server.password_wrong", r"login\.wrong_wait"):
        with pytest.raises(PlatzlotseError, match=code):
            SeatKeeper(profile).test_server(address, "falsch")
    with pytest.raises(PlatzlotseError, match=r"login\.wait") as refusal:
        SeatKeeper(profile).join_office(address, PASSWORD, silent)
    assert "Sekunden" in describe(refusal.value)
    assert not profile.settings.exists()
    assert PASSWORD not in profile.wrong_passwords.read_text()


def test_the_computer_s_own_lock(tmp_path: Path) -> None:
    """Asked where there is one; a refusal, a missing or a hanging program is no lock."""
    assert lock_command("win32", {})[-1] == "user32.dll,LockWorkStation"
    assert lock_command("linux", {"PATH": str(tmp_path)}) == ()
    program = tmp_path / "loginctl"
    program.write_text('#!/bin/sh\n[ "$1 $2" = "lock-session c2" ]\n')
    program.chmod(0o700)
    there = {"PATH": str(tmp_path), "XDG_SESSION_ID": "c2"}
    assert lock_computer(lock_command("linux", there))
    assert not lock_computer(lock_command("linux", there | {"XDG_SESSION_ID": "c3"}))
    assert lock_command("linux", {"PATH": str(tmp_path)}) == ()
    assert not lock_computer(())
    assert not lock_computer((str(tmp_path / "missing"),))
