"""`main.py verify-log` as a person and another program see it: sentences, JSON, exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.embedded_postgres import EmbeddedPostgres
from app.paths import Profile
from app.seat import DATABASE
from domain.database import Database
from tests.app.command_line import answer, called, of_json, platzlotse
from tests.app.conftest import lent_home
from tests.builders import add_patient
from tests.domain.communication.evidence.log import note


@pytest.fixture(scope="module")
def seat() -> Iterator[Path]:
    """A single seat with three contacts its worker has linked; its server runs on between the commands."""
    with lent_home() as home, EmbeddedPostgres(home) as server:
        answer("--profile", home.parent, "migrate")
        owner = Database(server.url(database=DATABASE))
        with owner.write() as session:
            patient = add_patient(session)
            for number in range(3):
                note(session, patient, number=number)
        owner.close()
        of_json(platzlotse("--profile", home.parent, "worker", "--once", "--json"))
        yield home.parent


def tamper(home: Path, *statements: str) -> None:
    """Change what the program would not, as the database's owner."""
    with EmbeddedPostgres(Profile(home).postgres) as server:
        owner = Database(server.url(database=DATABASE))
        with owner.write() as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                session.execute(text(statement))
        owner.close()


def test_a_sound_log_is_told_in_words_and_json(seat: Path) -> None:
    """What was checked, the last hash, exit code 0; the worker of a single seat has linked everything."""
    done = platzlotse("--profile", seat, "verify-log")
    assert done.returncode == 0, done.stderr
    assert "3 Glieder vom ersten bis zum letzten" in done.stdout
    assert "unversehrt" in done.stdout
    assert "keine Prüfsummen aus Sicherungen" in done.stdout
    found = answer("--profile", seat, "verify-log")
    assert (found["ok"], found["links"], found["waiting"], found["findings"]) == (True, 3, 0, [])
    same = answer("--profile", seat, "verify-log", "--head", found["head"].upper())
    assert same["head_at"] == 3


def test_a_hash_from_elsewhere_is_not_in_the_chain(seat: Path) -> None:
    """Exit code 1 and the sentence; what is no hash at all is refused."""
    done = called("--profile", seat, "verify-log", "--head", "ab" * 32)
    assert done.returncode == 1
    assert "kommt in der Kette nicht vor" in done.stdout
    refused = called("--profile", seat, "verify-log", "--head", "abc")
    assert refused.returncode == 1
    assert "64 Zeichen" in refused.stderr
    with pytest.raises(SystemExit, match="2"):
        called("verify-log", "--allowed-hours", "nie")


def test_a_changed_log_is_told_with_its_place(seat: Path) -> None:
    """Link and entry are named, in words and for a program; taken back, all is well again."""
    before = "UPDATE communication_service.contact_entry SET body = body || '!' WHERE id = 2"
    after = "UPDATE communication_service.contact_entry SET body = rtrim(body, '!') WHERE id = 2"
    tamper(seat, before)
    done = called("--profile", seat, "verify-log")
    assert done.returncode == 1
    assert "Glied 2: Der Inhalt von Eintrag 2 wurde nachträglich geändert." in done.stdout
    assert "an 1 Stelle gebrochen" in done.stdout
    as_json = platzlotse("--profile", seat, "verify-log", "--json")
    assert as_json.returncode == 1
    (finding,) = json.loads(as_json.stdout)["findings"]
    assert (finding["fault"], finding["link"], finding["entry"]) == ("content_changed", 2, 2)
    tamper(seat, after)
    assert called("--profile", seat, "verify-log").returncode == 0


def test_an_erased_entry_is_told_apart(seat: Path) -> None:
    """With its record it is fine."""
    with EmbeddedPostgres(Profile(seat).postgres) as server:
        owner = Database(server.url(database=DATABASE))
        with owner.write() as session:
            session.execute(text("SELECT audit.erase_contact(3, 'Art. 17')"))
        owner.close()
    done = called("--profile", seat, "verify-log")
    assert done.returncode == 0
    assert "1 Eintrag wurde mit Vermerk gelöscht" in done.stdout


def test_a_folder_where_nobody_works_is_refused(tmp_path: Path) -> None:
    """An empty database would be sound; none is made."""
    done = called("--profile", tmp_path / "leer", "verify-log")
    assert (done.returncode, "noch kein Arbeitsplatz" in done.stderr) == (1, True)
    assert not (tmp_path / "leer").exists()


def test_an_entry_of_the_audit_changed_afterwards_is_told(seat: Path) -> None:
    """Who did it, named otherwise: with its place, in words and for a program."""
    found = answer("--profile", seat, "verify-log")["audit"]
    assert found["ok"]
    assert found["links"] > 3
    tamper(seat, "UPDATE audit.entry SET actor = actor || 'x' WHERE id = 2")
    done = called("--profile", seat, "verify-log")
    assert done.returncode == 1
    assert "Eintrag 2 wurde nachträglich geändert." in done.stdout
    assert "Die Kette des Änderungsprotokolls ist an 1 Stelle gebrochen." in done.stdout
    tamper(seat, "UPDATE audit.entry SET actor = rtrim(actor, 'x') WHERE id = 2")
    assert called("--profile", seat, "verify-log").returncode == 0
