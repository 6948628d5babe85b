"""An office with an owner of its own is brought back by a superuser: its admin still changes every login."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from app.backups.making import make_backup
from app.backups.restoring import restore
from app.backups.targets import server_target
from domain.backups.files import Kind, backups_in
from domain.database import Database
from domain.errors import Forbidden
from domain.person_admin import NewPerson, create_person, lock_person, reset_password, set_roles
from tests.app.test_admin_init import SECRETS, command, do, outcomes, run_here, server
from tests.app.test_backup_erasures import KEY
from tests.conftest import NOW
from tests.servers.office_server import OfficeServer
from ui.errors import describe

__all__ = ["server"]
GROUPS = "SELECT array_to_string(platform.groups_of('jana'), ' ')"


@pytest.fixture
def office(server: OfficeServer) -> Iterator[Database]:
    """An office that was set up; the database as its admin."""
    outcomes(run_here(command(server, "--json")))
    url = make_url(server.admin_url("platzlotse"))
    url = url.set(username="verena", password=SECRETS["PLATZLOTSE_ADMIN_PASSWORD"])
    made = Database(url.render_as_string(hide_password=False))
    yield made
    made.close()


@pytest.mark.usefixtures("no_keyring")
def test_an_admin_gives_a_login_that_came_back_its_password(
    server: OfficeServer, office: Database, tmp_path: Path
) -> None:
    """Whose login was gone has one again, also who was locked: password, roles and lock are an admin's."""
    with office.write() as session:
        jana, _ = create_person(session, NewPerson("jana", "Jana", ("caseworker",)))
        kurt, _ = create_person(session, NewPerson("kurt", "Kurt", ("caseworker",)))
        lock_person(session, kurt, locked=True)
    office.close()
    owner_url = server.admin_url("platzlotse")
    made = make_backup(owner_url, tmp_path, [bytes(KEY.public_key)], kind=Kind.MANUAL, now=NOW)
    do(server, "postgres", "DROP DATABASE platzlotse", "DROP ROLE jana", "DROP ROLE kurt")
    done = restore(server_target(owner_url), made.path, [KEY], safety=[bytes(KEY.public_key)], folder=tmp_path, now=NOW)
    assert set(done.newcomers) == {"jana", "kurt"}
    with office.write() as session:
        for person in (jana, kurt):
            reset_password(session, person)
        set_roles(session, jana, {"supervisor"})
        lock_person(session, kurt, locked=False)
        lock_person(session, jana, locked=True)
        lock_person(session, jana, locked=False)
    assert do(server, "platzlotse", GROUPS) == ["supervisor"]
    assert do(server, "platzlotse", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'kurt'") == [True]
    with office.read() as session:
        assert session.scalar(text("SELECT count(*) FROM platform.person")) == 3


@pytest.mark.soak
@pytest.mark.usefixtures("no_keyring")
def test_an_owner_who_may_make_databases_brings_an_office_back(
    server: OfficeServer, office: Database, tmp_path: Path
) -> None:
    """Its rows and whoever works there; a login only a superuser gives is named before a safety copy is made."""
    with office.write() as session:
        create_person(session, NewPerson("jana", "Jana", ("caseworker",)))
    office.close()
    owner = make_url(server.admin_url("platzlotse"))
    owner = owner.set(username="platzlotse_owner", password=SECRETS["PLATZLOTSE_OWNER_PASSWORD"])
    owner_url = owner.render_as_string(hide_password=False)
    keys = [bytes(KEY.public_key)]
    made = make_backup(owner_url, tmp_path, keys, kind=Kind.MANUAL, now=NOW)
    with pytest.raises(Forbidden, match="may_not_replace"):
        server_target(owner_url)
    do(server, "postgres", "ALTER ROLE platzlotse_owner CREATEDB", "DROP ROLE jana")
    done = restore(server_target(owner_url), made.path, [KEY], safety=keys, folder=tmp_path, now=NOW)
    assert done.newcomers == ("jana",)
    do(server, "postgres", "DROP ROLE sicherungsdienst")
    there = [file.path for file in backups_in(tmp_path)]
    with pytest.raises(Forbidden, match="may_not_make") as why:
        restore(server_target(owner_url), made.path, [KEY], safety=keys, folder=tmp_path, now=NOW)
    assert "sicherungsdienst" in describe(why.value)
    assert [file.path for file in backups_in(tmp_path)] == there
