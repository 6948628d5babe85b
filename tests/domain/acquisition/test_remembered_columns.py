"""What a person said of a table's columns is known of the next one with the same headers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from domain.acquisition.reading import FileKind
from domain.acquisition.remembered_columns import Remembered, forget, recall, remember
from domain.acquisition.tables import ABOUT, fields_of
from domain.acquisition.therapist_columns import family
from domain.database import Database
from domain.errors import Invalid
from tests.examples import examples

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TABLE = FileKind.THERAPIST_TABLE
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs", "P")), max_size=12)


def test_the_same_headers_in_another_order_and_with_other_days_are_known(database: Database) -> None:
    """However they are written; of the office's others, too; a day's column is another the next week."""
    said = {"name": "Behandler", "email": "E-Mail", "phone_hours": "Mo 12.01.2026"}
    with database.write() as session:
        remember(session, ("Behandler", "E-Mail", "Mo 12.01.2026"), TABLE, said, now=NOW)
    with database.read() as session:
        found = recall(session, ("Mo 19.01.2026", "email", "BEHANDLER"))
        assert found == Remembered(TABLE, {"name": "BEHANDLER", "email": "email"}, NOW)
        assert recall(session, ("Behandler", "Wo")) is None


def test_the_newest_word_holds_and_the_same_keeps_its_day(database: Database) -> None:
    """Until it is forgotten; forgetting what nobody knows is nothing."""
    headers = ("Wer", "Wo")
    with database.write() as session:
        remember(session, headers, TABLE, {"name": "Wer"}, now=NOW)
        remember(session, headers, TABLE, {"name": "Wer"}, now=NOW + timedelta(days=1))
        assert recall(session, headers) == Remembered(TABLE, {"name": "Wer"}, NOW)
        later = NOW + timedelta(days=2)
        remember(session, headers, FileKind.OFFICE_TABLE, {"last_name": "Wer"}, now=later)
        assert recall(session, headers) == Remembered(FileKind.OFFICE_TABLE, {"last_name": "Wer"}, later)
        forget(session, headers)
        forget(session, headers)
        assert recall(session, headers) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(16), deadline=None)
@given(st.data())
def test_what_was_said_of_a_table_comes_back_for_it(database: Database, data: st.DataObject) -> None:
    """Whatever its headers are, doubled ones too; of the database nothing is left behind."""
    headers = data.draw(st.lists(WORDS, min_size=1, max_size=6))
    about = data.draw(st.sampled_from(ABOUT))
    said = data.draw(st.dictionaries(st.sampled_from(fields_of(about)), st.sampled_from(headers), min_size=1))
    with database.read() as session:
        remember(session, headers, about, said, now=NOW)
        session.flush()
        found = recall(session, headers)
        wanted = {field: header for field, header in said.items() if header}
        assert found == (Remembered(about, wanted, NOW) if wanted else None)


@pytest.mark.parametrize("fields", ['{"name": 5}', '{"name": null}', '{"name": {}}', '{"name": ["Wer"]}', "5"])
def test_what_is_no_header_is_refused_by_the_database(database: Database, fields: str) -> None:
    """Whoever writes it by hand: it would keep everybody's next table of that kind out."""
    by_hand = text(
        "INSERT INTO scraping_service.table_columns (digest, about, fields, confirmed_at) "
        "VALUES (:digest, 'therapist_table', cast(:fields AS jsonb), now())"
    )
    with pytest.raises(Invalid, match="ck_table_columns_"), database.write() as session:
        session.execute(by_hand, {"digest": family(("Wer", "Wo")), "fields": fields})
