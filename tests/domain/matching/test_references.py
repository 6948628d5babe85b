"""References: short, different, and none that is taken."""

import pytest

from domain.database import Database
from domain.matching import references
from domain.matching.models import InquiryItem
from domain.matching.references import unused
from tests.builders import add_search
from tests.domain.casework.steps import ask, only_item
from tests.domain.matching.test_expected import NOW


def test_a_taken_reference_is_not_given_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dice fall on one that is taken, then on one twice: what comes out is free and different."""
    with database.write() as session:
        taken = only_item(session, ask(session, add_search(session), now=NOW)).reference_code
        falls = iter([taken, "AAAAA", "BBBBB", "BBBBB", "CCCCC", "DDDDD", "EEEEE"])
        monkeypatch.setattr(references, "random_reference", lambda _length: next(falls))
        found = unused(session, InquiryItem.reference_code, length=5, count=3)
    assert taken not in found
    assert len(set(found)) == 3
