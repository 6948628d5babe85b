"""`main.py admin` on a real server: from nothing to people who work there; cut, repeated and refused."""

import getpass
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import create_engine, text

from app.cli import REFUSED, main
from app.first_run import SeatKeeper
from app.paths import Profile
from app.secret_input import ask_new_secret
from domain.health.leaks import LEAKING, OPEN_OBJECTS
from tests.app.command_line import Told, called, platzlotse
from tests.servers.forked import Forked
from tests.servers.office_server import OTHER_MACHINE, OfficeServer
from ui.first_run.ports import ServerAddress

SECRETS = {
    "PLATZLOTSE_OWNER_PASSWORD": "owner-of-the-tests",
    "PLATZLOTSE_ADMIN_PASSWORD": "verena-of-the-tests",
    "PLATZLOTSE_WORKER_PASSWORD": "service-of-the-tests",
    "PLATZLOTSE_BACKUP_PASSWORD": "backups-of-the-tests",
    "PLATZLOTSE_SUPERUSER_PASSWORD": "chief-of-the-tests",
}
# without jit is what the first migration makes a database; a later run looks again
STEPS = ["owner", "database", "sealing", "schema", "jit", "admin", "service", "backup"]
pytestmark = pytest.mark.usefixtures("no_keyring")


@pytest.fixture
def server() -> Iterator[OfficeServer]:
    """A server on which nobody has heard of the program; its superuser has a password on the network."""
    with OfficeServer() as running:
        do(running, "postgres", "CREATE ROLE chief SUPERUSER LOGIN PASSWORD 'chief-of-the-tests'")
        yield running


def do(server: OfficeServer, database: str, *statements: str) -> list[object]:
    """What the administration does with psql, and the last answer's first column."""
    engine = create_engine(server.admin_url(database), isolation_level="AUTOCOMMIT")
    found: list[object] = []
    with engine.connect() as connection:
        for statement in statements:
            result = connection.execute(text(statement))
            found = [row[0] for row in result] if result.returns_rows else []
    engine.dispose()
    return found


def command(server: OfficeServer, *more: str) -> list[str]:
    """The call of `admin init`."""
    url = f"postgresql://chief@{OTHER_MACHINE}:{server.port}"
    line = ["admin", "init", "--server", url, "--ca-file"]
    return [*line, str(server.certificate), "--login", "verena", "--name", "Verena Admin", *more]


def run(line: list[str], **environment: str) -> Told:
    """Run a command as its own process, with nobody to ask."""
    return platzlotse(*line, **SECRETS | environment)


def begun(line: list[str]) -> Forked:
    """Begin it as its own process."""
    with patch.dict(os.environ, SECRETS):
        return Forked("main", *line)


def run_here(line: list[str], **environment: str) -> Told:
    """Run it in this process, which has nobody to ask either."""
    with patch.dict(os.environ, SECRETS | environment):
        return called(*line)


def outcomes(done: Told) -> list[str]:
    """What became of the steps."""
    assert done.returncode == 0, done.stderr
    steps = json.loads(done.stdout)["steps"]
    assert [step["what"] for step in steps] == STEPS
    return [step["outcome"] for step in steps]


def test_from_an_empty_server_to_the_first_person(server: OfficeServer, tmp_path: Path) -> None:
    """Once it makes everything, twice it changes nothing; then the admin makes a person who can log in."""
    assert outcomes(run(command(server, "--json"))) == [*["made"] * 4, "there", "made", "made", "made"]
    logins = "SELECT rolname || rolpassword FROM pg_authid WHERE rolname ~ '^(verena$|verm|sich|platzlotse_owner$)'"
    before = do(server, "postgres", logins)
    assert len(before) == 4
    assert all("SCRAM-SHA-256$" in str(login) for login in before)
    # with nobody to ask and nothing in the environment
    silent = dict.fromkeys((name for name in SECRETS if "SUPERUSER" not in name), "")
    assert outcomes(run_here(command(server, "--json"), **silent)) == ["there"] * len(STEPS)
    assert do(server, "postgres", logins) == before
    mighty = "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolcreatedb OR rolbypassrls) AND oid >= 16384 ORDER BY 1"
    assert do(server, "platzlotse", mighty) == ["chief", "sicherungsdienst"]
    assert do(server, "platzlotse", "SELECT rolname FROM pg_roles WHERE rolcreaterole AND NOT rolsuper") == [
        "platzlotse_owner"
    ]
    owners = """SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname ~ '(_service$|^platform$|^audit$)' UNION SELECT pg_get_userbyid(proowner) FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname ~ '(_service$|^platform$|^audit$)'"""
    assert do(server, "platzlotse", owners) == ["platzlotse_owner"]
    assert do(server, "platzlotse", "SHOW jit") == ["off"]
    assert do(server, "platzlotse", LEAKING) == do(server, "platzlotse", OPEN_OBJECTS) == []
    assert do(server, "platzlotse", "SELECT roles FROM platform.person") == [["admin"]]

    folder = tmp_path / "admin"
    folder.mkdir()
    (folder / "settings.toml").write_text(
        f'mode = "server"\n[server]\nhost = "{OTHER_MACHINE}"\nport = {server.port}\nuser = "verena"\n'
        f'sslrootcert = "{server.certificate}"\n',
        "utf-8",
    )
    admin = ["--profile", str(folder), "admin"]
    mine = {"PLATZLOTSE_PASSWORD": SECRETS["PLATZLOTSE_ADMIN_PASSWORD"]}
    made = run_here([*admin, "create", "jana", "--name", "Jana Brand", "--role", "caseworker", "--json"], **mine)
    assert made.returncode == 0, made.stderr
    seat = ServerAddress(OTHER_MACHINE, server.port, "platzlotse", "jana", str(server.certificate))
    password = json.loads(made.stdout)["password"]
    assert SeatKeeper(Profile(tmp_path / "seat")).test_server(seat, password).person == "Jana Brand"
    her_folder = tmp_path / "jana"
    her_folder.mkdir()
    settings = (folder / "settings.toml").read_text("utf-8").replace('"verena"', '"jana"')
    (her_folder / "settings.toml").write_text(settings, "utf-8")
    hers = ["--profile", str(her_folder), "admin", "password"]
    chosen = run_here(hers, PLATZLOTSE_PASSWORD=password, PLATZLOTSE_NEW_PASSWORD="jana-chose-this")
    assert chosen.stdout == "Das neue Kennwort von jana gilt ab jetzt.\n"
    # the first admin's stood in the environment, where others may have read it
    given = "SELECT role_name FROM platform.person WHERE password_given_at IS NOT NULL"
    assert do(server, "platzlotse", given) == ["verena"]
    assert SeatKeeper(Profile(tmp_path / "seat")).test_server(seat, "jana-chose-this").person == "Jana Brand"
    locked = run_here([*admin, "lock", "jana"], **mine)
    assert locked.stdout == "jana ist gesperrt, auch wo die Anmeldung gerade offen ist.\n"
    listed = run_here([*admin, "list"], **mine)
    assert listed.stdout == "verena · Verena Admin · Verwaltung\njana · Jana Brand · Vermittlung · gesperrt\n"
    # other commands of a seat without a keyring, too
    doctor = [*admin[:-1], "doctor", "--json"]
    assert "schema" in {check["code"] for check in json.loads(run_here(doctor, **mine).stdout)["checks"]}
    unasked = json.loads(run_here(doctor, PLATZLOTSE_PASSWORD="").stdout)["checks"][0]
    assert (unasked["code"], "PLATZLOTSE_PASSWORD" in unasked["text"]) == ("unreachable", True)
    own = run_here([*admin, "lock", "verena"], **mine)
    assert own.returncode == 1
    assert "jemand anders" in own.stderr


@pytest.mark.soak
def test_what_was_cut_is_continued(server: OfficeServer) -> None:
    """Killed after the owner, and while it makes the tables: the next run goes on."""
    for lines in (1, 3):
        with begun(command(server)) as process:
            assert process.stdout is not None
            for _ in range(lines):
                assert process.stdout.readline()
            process.kill()
    found = outcomes(run(command(server, "--json")))
    assert found[0] == "there"
    assert found[-1] == "made"
    assert outcomes(run(command(server, "--json"))) == ["there"] * len(STEPS)


@pytest.mark.soak
def test_two_at_once_make_one_office(server: OfficeServer) -> None:
    """Both succeed; there is one admin."""
    line = command(server, "--json")
    both = [begun(line) for _ in range(2)]
    answers = [json.loads(process.communicate(120)[0]) for process in both]
    made = [step["what"] for answer in answers for step in answer["steps"] if step["outcome"] == "made"]
    assert set(made) == set(STEPS) - {"jit"}
    assert do(server, "platzlotse", "SELECT role_name FROM platform.person") == ["verena"]


def test_what_is_somebody_elses_is_left_alone(
    server: OfficeServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A database, an owner that may too much, a login without rights: a sentence, and nothing was changed."""

    def refusal(*more: str, password: str = SECRETS["PLATZLOTSE_SUPERUSER_PASSWORD"]) -> str:
        for name, secret in (SECRETS | {"PLATZLOTSE_SUPERUSER_PASSWORD": password}).items():
            monkeypatch.setenv(name, secret)
        assert main(command(server, *more)) == REFUSED
        return capsys.readouterr().err

    do(server, "postgres", "CREATE DATABASE platzlotse", "CREATE ROLE low LOGIN PASSWORD 'low-of-the-tests'")
    assert "gehört „postgres“" in refusal()
    assert do(server, "postgres", "SELECT rolname FROM pg_roles WHERE rolname ~ '^platzlotse'") == []
    do(server, "postgres", "DROP DATABASE platzlotse", "CREATE ROLE platzlotse_owner SUPERUSER LOGIN")
    assert "darf auf diesem Server zu viel" in refusal()
    url = f"postgresql://low@{OTHER_MACHINE}:{server.port}"
    assert "kein Superuser" in refusal("--server", url, password="low-of-the-tests")
    assert "Kennwort stimmen nicht" in refusal(password="wrong")
    spoken = refusal("--server", url.replace("low@", "low:geheim@"))
    assert "kein Kennwort in die Adresse" in spoken
    assert "geheim" not in spoken
    assert do(server, "postgres", "SELECT count(*) FROM pg_database WHERE datname = 'platzlotse'") == [0]


def test_a_new_password_is_typed_twice(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Until both are the same and long enough."""
    typed = iter(["short", "long-enough-1", "long-enough-2", "long-enough-3", "long-enough-3"])
    monkeypatch.delenv("PLATZLOTSE_ADMIN_PASSWORD", raising=False)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", lambda _: next(typed))
    assert ask_new_secret("PLATZLOTSE_ADMIN_PASSWORD", "?") == "long-enough-3"
    said = capsys.readouterr().err
    assert "Mindestens 12 Zeichen" in said
    assert "nicht zweimal dasselbe" in said
