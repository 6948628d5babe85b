"""The seat in front of the database: folder, drafts, keyring, the server's certificate."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.doctor import seat
from app.doctor.certificate import certificate
from app.doctor.seat import seat_findings
from app.paths import Profile
from app.settings import MailSettings, Mode, ServerSettings, Settings
from domain.health.models import Finding, State
from tests.servers.office_server import OTHER_MACHINE, WRONG_NAME, OfficeServer

NOW = datetime.now(UTC)


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    """A seat's folder as the program makes it."""
    made = Profile(tmp_path / "seat")
    made.make()
    return made


def look(profile: Profile, settings: Settings | None = None) -> dict[str, Finding]:
    """What is found, by check."""
    return {one.check: one for one in seat_findings(profile, settings or Settings(), now=NOW)}


@pytest.fixture(scope="module")
def server() -> Iterator[OfficeServer]:
    """A PostgreSQL with TLS whose certificate holds for 30 days less a moment."""
    with OfficeServer() as running:
        yield running


def test_a_seat_that_others_may_read_is_named(profile: Profile) -> None:
    """The folder, or one of its secrets."""
    assert look(profile)["folder"].state is State.OK
    profile.worker_key.write_text("geheim")
    profile.worker_key.chmod(0o644)
    assert look(profile)["folder"].params["what"] == "worker.key"


def test_drafts_in_the_clear_are_noticed(profile: Profile) -> None:
    """By the first bytes of the file; its content is not read."""
    assert look(profile)["drafts"].code == "drafts.none"
    profile.drafts.write_bytes(b"\x8f" * 100)
    assert look(profile)["drafts"].state is State.OK
    profile.drafts.write_bytes(b"SQLite format 3\x00" + bytes(100))
    assert look(profile)["drafts"].state is State.FAIL


def test_a_keyring_is_missed_only_where_it_is_needed(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    """At an office's seat the password would be kept in it."""
    monkeypatch.setattr(seat, "has_keyring", lambda: False)
    assert look(profile)["keyring"].state is State.OK
    office = Settings(mode=Mode.SERVER, server=ServerSettings(host="localhost", user="jana"))
    assert look(profile, office)["keyring"].state is State.WARN
    monkeypatch.setattr(seat, "has_keyring", lambda: True)
    assert look(profile, office)["keyring"].state is State.OK


def test_the_mail_server_of_a_seat_is_named(profile: Profile) -> None:
    """And that who tries out sends nothing."""
    assert look(profile, Settings(mail=MailSettings(host="mail.example")))["smtp"].params["host"] == "mail.example"
    assert look(profile, Settings(mode=Mode.TRIAL))["smtp"].code == "smtp.trial"


def test_a_certificate_that_ends_soon_is_told_in_time(server: OfficeServer, profile: Profile) -> None:
    """Looked at as the program does when it logs in; within thirty days it wants a look."""
    there = ServerSettings(OTHER_MACHINE, server.port, user="jana", sslrootcert=str(server.certificate))
    assert certificate(there, now=NOW - timedelta(days=10)).state is State.OK
    assert certificate(there, now=NOW + timedelta(days=10)).code == "certificate.soon"
    assert "certificate" in look(profile, Settings(mode=Mode.SERVER, server=there))


def test_of_several_servers_each_is_asked(server: OfficeServer, profile: Profile) -> None:
    """Whichever takes writes next must be trusted then; one that is away is named."""
    there = ServerSettings(
        f"{OTHER_MACHINE}:{server.port},{OTHER_MACHINE}:1", user="jana", sslrootcert=str(server.certificate)
    )
    found = seat_findings(profile, Settings(mode=Mode.SERVER, server=there), now=NOW)
    told = [(one.code, one.params["host"]) for one in found if one.check == "certificate"]
    assert [code.removesuffix(".soon") for code, _ in told] == ["certificate", "certificate.unseen"]


def test_a_certificate_nobody_vouches_for_is_refused(server: OfficeServer) -> None:
    """Another authority, or another name."""
    stranger = ServerSettings(OTHER_MACHINE, server.port, user="jana")
    assert certificate(stranger, now=NOW).code == "certificate.refused"
    named = ServerSettings(WRONG_NAME, server.port, user="jana", sslrootcert=str(server.certificate))
    assert certificate(named, now=NOW).code == "certificate.refused"


def test_a_server_without_tls_and_one_that_is_away_are_told_apart() -> None:
    """The first must be mended; the other is not to be seen."""
    with socket.create_server((OTHER_MACHINE, 0)) as listening:
        port = listening.getsockname()[1]

        def refuse() -> None:
            with listening.accept()[0] as asked:
                asked.recv(8)
                asked.sendall(b"N")

        answering = threading.Thread(target=refuse)
        answering.start()
        assert certificate(ServerSettings(OTHER_MACHINE, port), now=NOW).code == "certificate.none"
        answering.join()
    assert certificate(ServerSettings(OTHER_MACHINE, port), now=NOW).code == "certificate.unseen"
