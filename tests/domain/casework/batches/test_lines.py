"""What a line of a batch names is there: kept by the database as a foreign key would keep it."""

import pytest
from sqlalchemy import text

from domain.casework.batches.gathering import gather_practices
from domain.database import Database
from domain.errors import Invalid
from tests.builders import add_search, add_therapist
from tests.conftest import Office


@pytest.mark.parametrize("wrong", ["unknown", "twice", "null"])
def test_a_line_names_searches_that_are_there(database: Database, wrong: str) -> None:
    """Each once, by whatever program it is written."""
    with database.write() as session:
        search = add_search(session)
        batch = gather_practices(session, search_id=search, therapist_ids=[add_therapist(session)]).batch_id
    named = {"unknown": [search, 999_999], "twice": [search, search], "null": [search, None]}[wrong]
    with pytest.raises(Invalid, match="fk_batch_line_search_ids"), database.write() as session:
        session.execute(
            text("UPDATE communication_service.batch_line SET search_ids = :ids WHERE batch_id = :id"),
            {"ids": named, "id": batch},
        )


def test_a_search_that_a_line_names_is_not_deleted(office: Office, database: Database) -> None:
    """Not even by the database's owner."""
    with database.write() as session:
        search = add_search(session)
        gather_practices(session, search_id=search, therapist_ids=[add_therapist(session)])
    owner = office.database("owner")
    with pytest.raises(Invalid, match="fk_batch_line_search_ids"), owner.write() as session:
        session.execute(text("DELETE FROM matching_service.place_search WHERE id = :id"), {"id": search})
    owner.close()
