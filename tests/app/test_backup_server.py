"""An office's server is backed up and brought back over the network, by logins that lie in files of a service."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, Engine

from domain.database import Database
from domain.persons import ensure_login
from tests.app.command_line import answer, called
from tests.conftest import PASSWORD, TEMPLATE
from tests.servers.office_server import OTHER_MACHINE, OfficeServer

NAME = "SELECT name FROM platform.office"


@pytest.fixture
def office_name(office_server: OfficeServer) -> Iterator[str]:
    """A fresh office on the server; what a restore set aside goes with it."""
    name = office_server.clone(TEMPLATE)
    owner = Database(office_server.admin_url(name))
    with owner.write() as session:
        ensure_login(session, role_name="test_backup", password=PASSWORD, roles={"backup"})
        session.execute(text(f"DO $$ BEGIN CREATE ROLE test_owner SUPERUSER LOGIN PASSWORD '{PASSWORD}';"
                             " EXCEPTION WHEN duplicate_object THEN NULL; END $$"))  # fmt: skip
    owner.close()
    yield name
    engine = create_engine(office_server.admin_url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        query = text("SELECT datname FROM pg_database WHERE starts_with(datname, :name)")
        left = connection.scalars(query, {"name": name}).all()
        for database in left:
            connection.execute(text(f'DROP DATABASE "{database}" WITH (FORCE)'))
    engine.dispose()
    assert not [database for database in left if "restoring" in database]


@pytest.fixture
def owner(office_server: OfficeServer, office_name: str) -> Iterator[Engine]:
    """The office as its owner."""
    engine = create_engine(office_server.admin_url(office_name))
    yield engine
    engine.dispose()


def login(server: OfficeServer, file: Path, user: str, database: str, **query: str) -> Path:
    """A login in a file, for another machine; TLS is checked."""
    checked = query or {"sslmode": "verify-full", "sslrootcert": str(server.certificate)}
    url = URL.create("postgresql", user, PASSWORD, OTHER_MACHINE, server.port, database, checked)
    file.write_text(url.render_as_string(hide_password=False) + "\n")
    file.chmod(0o600)
    return file


def named(owner: Engine, name: str = "") -> str:
    """The office's name, or a new one."""
    with owner.begin() as connection:
        if name:
            connection.execute(text("UPDATE platform.office SET name = :name"), {"name": name})
        found = str(connection.scalar(text(NAME)))
    owner.dispose()
    return found


def test_a_server_is_backed_up_by_its_role_and_comes_back(
    office_server: OfficeServer,
    office_name: str,
    owner: Engine,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With TLS and every row; nobody is needed at the server; who works there is not put out, and what was stays."""
    profile = home.parent
    refused = called("--profile", profile, "backup")
    assert (refused.returncode, "noch nicht eingerichtet" in refused.stderr or "eingerichtet" in refused.stderr) == (
        1,
        True,
    )
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    login(office_server, credentials / "platzlotse_backup_login", "test_backup", office_name)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    named(owner, "Alt")
    made = answer("--profile", profile, "backup")
    assert (made["verified"], made["recovery_key"]) == (True, False)
    named(owner, "Neu")
    # who backs up changes nothing, and brings nothing back
    refused = called("--profile", profile, "backup", "--new-key")
    assert refused.returncode == 1
    monkeypatch.setenv(
        "PLATZLOTSE_OWNER_LOGIN", str(login(office_server, tmp_path / "owner", "test_owner", office_name))
    )
    with owner.connect():
        refused = called("--profile", profile, "restore", "--at", made["file"])
    owner.dispose()
    assert (refused.returncode, "noch verbunden" in refused.stderr) == (1, True)
    assert named(owner) == "Neu"
    done = answer("--profile", profile, "restore", "--at", made["file"])
    assert named(owner) == "Alt"
    answer("--profile", profile, "restore", "--at", done["safety_copy"])
    assert named(owner) == "Neu"


def test_a_login_is_refused_with_what_is_wrong(
    office_server: OfficeServer, office_name: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without TLS to another machine, or in a file that is not there: a sentence, and nothing is made."""
    open_way = login(office_server, tmp_path / "open", "test_backup", office_name, sslmode="prefer")
    for file, words in ((open_way, "verschlüsselte Verbindung"), (tmp_path / "missing", "nicht lesen")):
        monkeypatch.setenv("PLATZLOTSE_BACKUP_LOGIN", str(file))
        refused = called("--profile", home.parent, "backup")
        assert (refused.returncode, words in refused.stderr) == (1, True), refused.stderr
    assert not (home.parent / "backups").exists()
