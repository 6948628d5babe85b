"""What an office's own version lacks of the text the program comes with now, and where it would stand."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.communication.templates.kinds import KINDS, OWN
from domain.communication.templates.language import check
from domain.communication.templates.missing import compare, incomplete, missing_of, sections
from domain.communication.templates.service import restore_shipped, save_template, shipped
from domain.database import Database

SHIPPED = [kind for kind in KINDS if kind not in OWN]
STATUS = shipped("weekly_status")
OLD = re.sub(r"{% if (abwesend|ohne_ergebnis) %}\n.*\n{% endif %}\n", "", STATUS.body)


@pytest.mark.parametrize("kind", SHIPPED)
def test_a_shipped_text_lacks_nothing_of_itself(kind: str) -> None:
    """And its sections are the whole of it."""
    body = shipped(kind).body
    assert compare(kind, body) is None
    assert "\n".join(section.text for section in sections(body)) == body.strip("\n")


def test_sections_that_came_later_stand_where_the_shipped_text_has_them() -> None:
    """With the office's own words around them."""
    found = compare("weekly_status", OLD.replace("wir suchen", "wir vom Lotsenbüro suchen"))
    assert found is not None
    assert found.names == ("abwesend", "ohne_ergebnis")
    assert found.body == STATUS.body.replace("wir suchen", "wir vom Lotsenbüro suchen")


def test_a_text_of_ones_own_gets_them_before_its_signature() -> None:
    """Whatever it says otherwise; it can be saved as it is proposed."""
    own = 'Hallo,\n\n{{ angefragt }} gefragt.\n\n{{ krisennummern|join(", ") }}\n\n{{ signatur }}\n'
    found = compare("weekly_status", own)
    assert found is not None
    assert found.body.rstrip().endswith("{{ signatur }}")
    assert "{% if abwesend %}" in found.body
    assert all(line in found.body for line in own.splitlines())
    check(KINDS["weekly_status"], subject=STATUS.subject, body=found.body)
    assert compare("weekly_status", found.body) is None


@given(st.sets(st.sampled_from([one for one in sections(STATUS.body) if one.decides]), max_size=8))
def test_whatever_was_left_out_is_proposed_once_and_then_complete(gone: set[object]) -> None:
    """No section comes twice, none that stands is lost."""
    kept = "\n".join(one.text for one in sections(STATUS.body) if one not in gone) + "\n"
    found = compare("weekly_status", kept)
    whole = kept if found is None else found.body
    assert compare("weekly_status", whole) is None
    for section in sections(STATUS.body):
        if section.text and (section not in gone or found is not None):
            assert whole.count(section.text) <= 1
    assert all(one.text in whole for one in sections(kept))


@given(st.text(alphabet="{%}if endfor \n{{ abwesend }}", max_size=80))
def test_any_text_is_read(body: str) -> None:
    """Also one that a release before saved and this one would refuse."""
    sections(body)
    compare("weekly_status", body)


def test_what_was_left_out_on_purpose_is_told_no_more(database: Database) -> None:
    """A version that had it says that somebody knows it; the shipped text lacks nothing."""
    with database.write() as session:
        assert incomplete(session) == frozenset()
        save_template(session, "weekly_status", subject=STATUS.subject, body=OLD, seen=0)
        assert incomplete(session) == {"weekly_status"}
        found = missing_of(session, "weekly_status")
        assert found is not None
        save_template(session, "weekly_status", subject=STATUS.subject, body=found.body, seen=1)
        assert missing_of(session, "weekly_status") is None
        save_template(session, "weekly_status", subject=STATUS.subject, body=OLD, seen=2)
        assert incomplete(session) == frozenset()
        restore_shipped(session, "weekly_status", seen=3)
        assert missing_of(session, "weekly_status") is None
