"""Setting an office's server up as the README tells it, from the empty database to the first seat."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.first_run import SeatKeeper
from app.paths import Profile
from tests.app.command_line import platzlotse
from tests.servers.office_server import OTHER_MACHINE, OfficeServer
from ui.first_run.ports import ServerAddress

pytestmark = pytest.mark.usefixtures("no_keyring")


@pytest.fixture(scope="module")
def empty_server() -> Iterator[OfficeServer]:
    """A server on which nobody has heard of the program."""
    with OfficeServer() as running:
        yield running


def run_sql(url: str, *statements: str) -> None:
    """Do what the administration does with psql."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_the_readme_leads_from_an_empty_server_to_a_seat(empty_server: OfficeServer, tmp_path: Path) -> None:
    """Owner, migration, a person, a worker: then a seat can be connected and the worker runs."""
    server = empty_server
    admin = server.admin_url("postgres")
    run_sql(
        admin,
        "CREATE ROLE platzlotse_owner LOGIN CREATEROLE PASSWORD 'owner'",
        "CREATE DATABASE platzlotse OWNER platzlotse_owner TEMPLATE template0 ENCODING 'UTF8'",
    )
    owner_folder = tmp_path / "owner"
    owner_folder.mkdir()
    (owner_folder / "settings.toml").write_text(
        f'mode = "server"\n[server]\nhost = "{OTHER_MACHINE}"\nport = {server.port}\n'
        f'database = "platzlotse"\nuser = "platzlotse_owner"\nsslrootcert = "{server.certificate}"\n',
        "utf-8",
    )
    migrated = platzlotse("--profile", owner_folder, "migrate", PLATZLOTSE_OWNER_PASSWORD="owner")
    assert migrated.returncode == 0, migrated.stderr
    run_sql(
        make_url(server.admin_url("platzlotse")).set(username="platzlotse_owner").render_as_string(),
        "CREATE ROLE jana LOGIN PASSWORD 'jana'",
        "GRANT platzlotse_caseworker TO jana",
        "INSERT INTO platform.person (role_name, display_name) VALUES ('jana', 'Jana Brand')",
        "CREATE ROLE vermittlungsdienst LOGIN PASSWORD 'dienst'",
        "GRANT platzlotse_worker TO vermittlungsdienst",
    )
    seat = ServerAddress(OTHER_MACHINE, server.port, "platzlotse", "jana", str(server.certificate))
    assert SeatKeeper(Profile(tmp_path / "seat")).test_server(seat, "jana").person == "Jana Brand"
    certificate = f"sslmode=verify-full&sslrootcert={server.certificate}"
    url = f"postgresql+psycopg://vermittlungsdienst:dienst@{OTHER_MACHINE}:{server.port}/platzlotse?{certificate}"
    worked = platzlotse("--profile", tmp_path / "worker", "worker", "--once", PLATZLOTSE_WORKER_URL=url)
    assert (worked.returncode, worked.stderr) == (0, "")
    assert not (tmp_path / "worker" / "postgres").exists()


def test_an_office_worker_without_a_login_is_told(tmp_path: Path) -> None:
    """The person's seat is not borrowed for the worker."""
    (tmp_path / "settings.toml").write_text('mode = "server"\n[server]\nhost = "db.example"\nuser = "jana"\n', "utf-8")
    refused = platzlotse("--profile", tmp_path, "worker", "--once")
    assert refused.returncode == 1
    assert "PLATZLOTSE_WORKER_URL" in refused.stderr
