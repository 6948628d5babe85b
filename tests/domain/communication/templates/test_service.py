"""Versions: saved, gone back to, made meanwhile by somebody else; letters follow at once and remember by which."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from domain.communication.templates import service
from domain.database import Database
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from domain.values import Channel
from tests.builders import add_patient, add_search
from tests.domain.casework.steps import ask, mails

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def save(database: Database, key: str, words: str, *, seen: int) -> int:
    """Put a sentence before what a template says."""
    with database.write() as session:
        now = service.read_template(session, key)
        return service.save_template(session, key, subject=now.subject, body=f"{words}\n\n{now.body}", seen=seen)


def test_a_letter_is_written_by_the_newest_version_and_keeps_it(database: Database) -> None:
    """The mail says by which wording it was made; going back is a version, too."""
    assert save(database, "inquiry", "Erste Fassung.", seen=0) == 1
    assert save(database, "inquiry", "Zweite Fassung.", seen=1) == 2
    with database.write() as session:
        first = ask(session, add_search(session, add_patient(session)), now=NOW, channel=Channel.EMAIL)
        (mail,) = mails(session, first, "inquiry")
        assert "Zweite Fassung." in mail.body_text
        assert "Zweite Fassung." in mail.body_html
        assert mail.template_version_id is not None
        assert service.restore_shipped(session, "inquiry", seen=2) == 3
    with database.read() as session:
        text = service.read_template(session, "inquiry")
        assert (text.is_shipped, text.number) == (True, 3)
        assert text.body == service.shipped("inquiry").body
        history = service.versions(session, "inquiry")
        assert [line.number for line in history] == [3, 2, 1]
        assert [line.is_shipped for line in history] == [True, False, False]


def test_who_saves_second_is_told(database: Database) -> None:
    """Nothing is overwritten; the other's version stands."""
    save(database, "reminder", "Von Anna.", seen=0)
    with pytest.raises(Conflict):
        save(database, "reminder", "Von Ben.", seen=0)
    with database.read() as session:
        assert "Von Anna." in service.read_template(session, "reminder").body


def test_own_templates_come_and_go(database: Database) -> None:
    """By name, beside the shipped ones; deleted ones are gone for new letters."""
    with database.write() as session:
        key = service.create_own(session, "own_practice", "Dank", subject="Danke", body="{{ anrede }}")
        service.create_own(session, "own_patient", "Abschied", subject="Alles Gute", body="{{ anrede }}")
        assert [line.name for line in service.list_templates(session) if line.name] == ["Abschied", "Dank"]
        assert service.read_template(session, key).subject == "Danke"
        service.retire_own(session, key, now=NOW)
    with database.read() as session:
        assert [line.name for line in service.list_templates(session) if line.name] == ["Abschied"]
        with pytest.raises(NotFound):
            service.read_template(session, key)


def test_what_is_not_own_is_neither_made_nor_deleted(database: Database) -> None:
    """And an own one has no shipped text."""
    with database.write() as session:
        key = service.create_own(session, "own_practice", "Dank", subject="Danke", body="{{ anrede }}")
        for wrong in (
            lambda: service.create_own(session, "inquiry", "x", subject="x", body="x"),
            lambda: service.create_own(session, "own_practice", " ", subject="x", body="x"),
            lambda: service.retire_own(session, "inquiry", now=NOW),
            lambda: service.restore_shipped(session, key, seen=1),
        ):
            with pytest.raises(Invalid):
                wrong()
        for key in ("nothing", "own:0", "own_practice", "own:x"):
            with pytest.raises(NotFound):
                service.read_template(session, key)


def test_a_version_is_never_changed(database: Database) -> None:
    """Not even by direct SQL of its owner's role."""
    save(database, "inquiry", "Erste.", seen=0)
    with pytest.raises(Forbidden), database.write() as session:
        session.execute(text("UPDATE communication_service.template_version SET body = 'x'"))
