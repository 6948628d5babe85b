"""The search over everything finds mails of nobody known, by sender, subject and words; and only those."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.finding_mails import find_unknown_mails
from domain.casework.receiving import receive
from domain.communication.incoming.parse import parse_mail
from domain.database import Database
from domain.errors import Forbidden
from tests.builders import add_therapist
from tests.conftest import NOW, Office
from tests.domain.communication.incoming.letters import reply
from tests.domain.test_access import logged_in


def came(session: Session, words: str, sender: str, *, days: int = 0) -> int:
    """A mail that came in some days later."""
    source = reply(words, sender=sender)
    return receive(session, parse_mail(source), now=NOW + timedelta(days=days)).incoming_id


def found(session: Session, typed: str) -> list[int]:
    """Which are found."""
    return [hit.incoming_id for hit in find_unknown_mails(session, typed, each=6)]


def test_a_mail_of_nobody_known_is_found(database: Database) -> None:
    """By words in any form, by its sender and a part of the address; the newest first, without the mail's own words."""
    with database.write() as session:
        add_therapist(session, email="praxis@bekannt.example")
        first = came(session, "Wir suchen zwei Therapieplätze.", "Frau Müller <frage@ratsuche.example>")
        second = came(session, "Gibt es einen Platz?", "Neu <neu@anderswo.example>", days=1)
        came(session, "Wir haben einen Platz.", "Praxis <praxis@bekannt.example>")
        assert found(session, "Platz") == [second, first]
        assert (
            found(session, "mueller") == found(session, "ratsuche") == found(session, "therapieplatz zwei") == [first]
        )
        assert found(session, "Platz -zwei") == [second]
        assert found(session, "bekannt") == found(session, "x") == found(session, "und die") == []
        (hit,) = find_unknown_mails(session, "ratsuche", each=6)
        assert (hit.sender, hit.received_at) == ("Frau Müller", NOW)
        assert "Therapie" not in hit.subject


def test_the_index_has_the_words_that_are_asked_for(office: Office) -> None:
    """Among many mails those with a word are found without reading the others."""
    many = """
        INSERT INTO communication_service.incoming_email (sha256, size, received_at, subject, kind)
        SELECT sha256(n::text::bytea), 1, now(), 'Angebot ' || md5(n::text), 'other'
        FROM generate_series(1, 3000) AS n"""
    with logged_in(office, "owner") as connection:
        connection.exec_driver_sql(many)
        connection.exec_driver_sql("ANALYZE communication_service.incoming_email")
        connection.commit()
        body = connection.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'unknown_mails_with'"))
        query = str(body).replace("asked", "'platz'::tsquery").replace("many", "6")
        plan = "\n".join(connection.scalars(text(f"EXPLAIN {query}")))
    assert "ix_incoming_email_unknown" in plan


@pytest.mark.parametrize("person", ["admin", "auditor"])
def test_who_may_not_read_mail_finds_none(database: Database, office: Office, person: str) -> None:
    """The database's rules hold for the search as for every page."""
    with database.write() as session:
        came(session, "Wir suchen einen Platz.", "Neu <neu@anderswo.example>")
    other = office.database(person)
    with suppress(Forbidden), other.read() as session:
        assert found(session, "Platz") == []
    other.close()
