"""The office's server moves to another machine: two real servers, one the standby of the other."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.paths import Profile
from app.seat import open_seat
from app.server_seat import hosts_of, reach, server_url
from app.settings import Mode, ServerSettings, Settings
from domain.database import Database, again_if_in_the_way
from domain.errors import Invalid, PlatzlotseError, Unavailable
from tests.builders import add_patient
from tests.conftest import PASSWORD, TEMPLATE, prepare
from tests.servers.office_server import OTHER_MACHINE, OfficeServer
from tests.servers.pgbouncer import PROGRAM, PgBouncer
from tests.servers.standby import Primary, Standby
from ui.errors import describe

COUNT = text("SELECT count(*) FROM patient_service.patient")
Pair = tuple[Primary, Standby]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A server with an office, and its standby."""
    with ExitStack() as running:
        primary = running.enter_context(Primary())
        prepare(primary)
        yield primary, running.enter_context(Standby(primary))


def settings(pair: Pair, *, standby_first: bool = False) -> ServerSettings:
    """Both, as a person enters them."""
    hosts = [f"{OTHER_MACHINE}:{server.port}" for server in pair]
    if standby_first:
        hosts.reverse()
    return ServerSettings(", ".join(hosts), 5432, TEMPLATE, "test_jana", sslrootcert=str(pair[0].certificate))


def test_work_goes_on_at_the_server_that_takes_over(pair: Pair) -> None:
    """What was saved is there, the write that met the end comes again by itself, and nobody entered anything."""
    primary, standby = pair
    desk = Database(reach(settings(pair, standby_first=True), password=PASSWORD).url)

    def save() -> int:
        with desk.write() as session:
            return add_patient(session)

    save()
    follower = Database(server_url(ServerSettings(
        f"{OTHER_MACHINE}:{standby.port}", 5432, TEMPLATE, "test_jana", sslrootcert=str(primary.certificate)
    ), password=PASSWORD))  # fmt: skip

    def followed() -> bool:
        with follower.read() as session:
            return bool(session.scalar(COUNT) == 1)

    standby.wait_for(followed)
    with pytest.raises(Unavailable, match=r"database\.read_only"), follower.write() as session:
        add_patient(session)
    primary.stop()
    with pytest.raises(Unavailable) as away:
        again_if_in_the_way(save)
    assert away.value.code in {"database.unreachable", "database.lost"}
    assert "Eingaben" in describe(away.value)
    standby.take_over()
    again_if_in_the_way(save)
    with desk.read() as session:
        assert session.scalar(COUNT) == 2
    # who was connected to it while it followed writes there now, too
    with follower.write() as session:
        add_patient(session)
    with desk.read() as session:
        assert session.scalar(COUNT) == 3
    desk.close()
    follower.close()
    assert reach(settings(pair), password=PASSWORD).encrypted


@pytest.mark.soak
def test_only_a_standby_is_left(pair: Pair) -> None:
    """Nobody takes writes: that is said, and is not taken for a wrong password."""
    primary, standby = pair
    primary.stop()
    with pytest.raises(PlatzlotseError) as refusal:
        reach(settings((primary, standby)), password=PASSWORD)
    assert refusal.value.code == "server.read_only"
    assert "keine Änderungen" in describe(refusal.value)


@pytest.mark.parametrize(
    ("written", "hosts"),
    [
        ("eins.example", (("eins.example", 5432),)),
        ("eins.example, zwei.example:5433", (("eins.example", 5432), ("zwei.example", 5433))),
        ("::1,[fd00::2]:6000", (("::1", 5432), ("fd00::2", 6000))),
    ],
)
def test_hosts_are_read_as_they_are_written(written: str, hosts: tuple[tuple[str, int], ...]) -> None:
    """With or without a port of their own."""
    assert hosts_of(ServerSettings(written, user="jana")) == hosts


@pytest.mark.parametrize("written", ["eins,,zwei", "eins zwei", "/lokal,eins", "eins:0", "eins:99999", ","])
def test_what_is_no_list_of_hosts_is_refused(written: str) -> None:
    """Before anything is asked."""
    with pytest.raises(Invalid, match=r"server\.host_invalid"):
        server_url(ServerSettings(written, user="jana"), password="x")


def test_one_host_off_this_machine_wants_tls_for_all() -> None:
    """Loopback beside another machine is no excuse."""
    mixed = ServerSettings("localhost,eins.example", user="jana", sslmode="prefer")
    with pytest.raises(Unavailable, match=r"database\.tls_required"):
        server_url(mixed, password="x")


@pytest.mark.usefixtures("no_keyring")
@pytest.mark.skipif(PROGRAM is None, reason="no pgbouncer is installed")
def test_a_desk_works_through_the_offices_pooler(tmp_path: Path) -> None:
    """By the settings' file: with passwords on both sides, the window's work through it and the listener past it."""
    with OfficeServer() as server, PgBouncer(server, host="127.0.0.1") as pooler:
        prepare(server)
        pooler.teach(TEMPLATE)
        profile = Profile(tmp_path)
        office = ServerSettings("127.0.0.1", server.port, TEMPLATE, "test_jana", pooler=f"127.0.0.1:{pooler.port}")
        with open_seat(profile, Settings(mode=Mode.SERVER, server=office), password=PASSWORD) as seat:
            assert make_url(seat.person_url).port == server.port  # LISTEN
            desk = seat.desk_database("desk")
            for _ in range(5):
                with desk.write() as session:
                    add_patient(session)
            with desk.read() as session:
                assert session.scalar(COUNT) == 5
            assert make_url(str(desk.engine.url)).port == pooler.port
            desk.close()
