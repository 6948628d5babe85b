"""Off this machine only a server whose certificate the office's own CA vouches for hears the password."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.first_run import SeatKeeper
from app.paths import Profile
from app.seat import Seat
from app.seat_porter import SeatPorter
from app.server_seat import server_url
from app.settings import ServerSettings
from domain.errors import PlatzlotseError
from tests.app.test_first_run import silent
from tests.conftest import PASSWORD
from tests.servers.certificates import Authority
from tests.servers.office_server import OTHER_MACHINE, WRONG_NAME, OfficeServer
from ui.errors import describe
from ui.first_run.ports import ServerAddress

pytestmark = pytest.mark.usefixtures("no_keyring")


@pytest.fixture(scope="module")
def authority() -> Authority:
    """The office's CA."""
    return Authority()


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[OfficeServer]:
    """A server it vouches for; nobody may log in, so that a refused password tells that one was asked for."""
    with OfficeServer(shown=authority.vouch(OTHER_MACHINE, until=timedelta(days=1))) as running:
        yield running


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[SeatKeeper]:
    """Whoever sets a seat up."""
    profile = Profile(tmp_path)
    profile.make()
    made = SeatKeeper(profile)
    yield made
    made.close()


def file_of(folder: Path, authority: Authority) -> str:
    """The CA's certificate as a file."""
    path = folder / "ca.pem"
    path.write_bytes(authority.certificate)
    return str(path)


def refusal(keeper: SeatKeeper, address: ServerAddress) -> PlatzlotseError:
    """Why one cannot join there."""
    with pytest.raises(PlatzlotseError) as refused:
        keeper.test_server(address, PASSWORD)
    with pytest.raises(PlatzlotseError) as again:
        keeper.join_office(address, PASSWORD, silent)
    assert again.value.code == refused.value.code
    assert keeper.known_server() is None
    return refused.value


def test_a_server_of_the_office_s_ca_hears_the_password(
    tmp_path: Path, keeper: SeatKeeper, server: OfficeServer, authority: Authority
) -> None:
    """Encrypted and checked, the login goes as far as the password."""
    address = ServerAddress(OTHER_MACHINE, server.port, "postgres", "nobody_here", file_of(tmp_path, authority))
    assert refusal(keeper, address).code == "server.password_wrong"


def test_another_ca_of_the_same_name_vouches_for_nobody(
    tmp_path: Path, keeper: SeatKeeper, server: OfficeServer
) -> None:
    """Names prove nothing; the sentence says what to choose."""
    address = ServerAddress(OTHER_MACHINE, server.port, "postgres", "nobody_here", file_of(tmp_path, Authority()))
    error = refusal(keeper, address)
    assert error.code == "server.certificate_untrusted"
    assert "Kennwort wurde nicht gesendet" in describe(error)
    assert "Zertifikatsdatei (CA)" in describe(error)


def test_a_certificate_for_another_host_is_refused(
    tmp_path: Path, keeper: SeatKeeper, server: OfficeServer, authority: Authority
) -> None:
    """Though the CA is the right one."""
    address = ServerAddress(WRONG_NAME, server.port, "postgres", "nobody_here", file_of(tmp_path, authority))
    error = refusal(keeper, address)
    assert error.code == "server.certificate_name"
    assert f"gilt nicht für „{WRONG_NAME}“" in describe(error)


@pytest.mark.parametrize("since", [timedelta(days=-9), timedelta(days=1)], ids=["expired", "not yet"])
def test_a_certificate_out_of_its_time_is_refused(
    tmp_path: Path, keeper: SeatKeeper, authority: Authority, since: timedelta
) -> None:
    """Expired, or not valid yet because a clock is wrong: another CA file would not help, and is not advised."""
    shown = authority.vouch(OTHER_MACHINE, since=since, until=since + timedelta(days=2))
    with OfficeServer(shown=shown) as late:
        error = refusal(
            keeper, ServerAddress(OTHER_MACHINE, late.port, "postgres", "nobody", file_of(tmp_path, authority))
        )
    assert error.code == "server.certificate_expired"
    assert "abgelaufen oder noch nicht gültig" in describe(error)
    assert OTHER_MACHINE in describe(error)


def test_a_server_without_tls_hears_nothing(tmp_path: Path, keeper: SeatKeeper, authority: Authority) -> None:
    """Off this machine nothing is sent in the clear, and the sentence says who can mend it."""
    with OfficeServer(tls=False) as plain:
        error = refusal(
            keeper, ServerAddress(OTHER_MACHINE, plain.port, "postgres", "nobody", file_of(tmp_path, authority))
        )
    assert error.code == "server.no_tls"
    assert "Die Verwaltung muss TLS einschalten" in describe(error)


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
@pytest.mark.parametrize("host", [OTHER_MACHINE, "datenbank.buero.example", "::2", "localhost.buero.example"])
def test_no_setting_weakens_it_off_this_machine(host: str, mode: str) -> None:
    """Whatever somebody writes into the settings file."""
    with pytest.raises(PlatzlotseError, match=r"database\.tls_required") as refused:
        server_url(ServerSettings(host, 5432, "platzlotse", "jana", sslmode=mode), password=PASSWORD)
    assert host in describe(refused.value)


def test_the_environment_weakens_nothing(
    tmp_path: Path, keeper: SeatKeeper, monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    """Libpq's own variables do not decide how the program connects."""
    monkeypatch.setenv("PGSSLMODE", "disable")
    with OfficeServer(tls=False) as plain:
        address = ServerAddress(OTHER_MACHINE, plain.port, "postgres", "nobody", file_of(tmp_path, authority))
        assert refusal(keeper, address).code == "server.no_tls"


def test_unlocking_asks_no_stranger(tmp_path: Path, server: OfficeServer) -> None:
    """A server that is not the office's gets no password when a seat is unlocked; the session's own decides."""
    settings = ServerSettings(
        OTHER_MACHINE, server.port, "postgres", "jana", sslrootcert=file_of(tmp_path, Authority())
    )
    profile = Profile(tmp_path)
    profile.make()
    porter = SeatPorter(profile, Seat(server_url(settings, password=PASSWORD), None))
    porter.check(PASSWORD)
    with pytest.raises(PlatzlotseError, match=r"server\.password_wrong"):
        porter.check("falsch")
