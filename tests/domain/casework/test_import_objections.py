"""Who objected (Art. 21) does not come back under another name, unless a person decides that it is somebody else."""

from typing import Any

import pytest

from domain.database import Session
from domain.matching.candidates import candidates_for_search
from domain.therapists.changes import Became, Choice
from domain.therapists.models import Therapist
from domain.therapists.service import set_contact, set_status
from tests.builders import add_search
from tests.conftest import NOW
from tests.domain.casework.test_import_diff import Desk, desk, entry
from ui.import_words import objection_words
from ui.imports.selection import Selection

__all__ = ["desk"]


def objected(desk: Desk, **values: Any) -> int:
    """Ina Sommer of the directory, who does not want to be written to."""
    (ina,) = desk.take(entry(**values)).ids
    with desk.database.write() as session:
        set_status(session, ina, "opted_out", reason="will nicht")
    return ina


def offered(session: Session) -> list[int]:
    """Who would be asked."""
    return [found.therapist_id for found in candidates_for_search(session, add_search(session), now=NOW).fit]


@pytest.mark.parametrize(
    "again",
    [
        {"email": "ina.sommer@post.example", "phone": "0221 999999"},
        {"email": "neu@post.example"},
        {"email": ""},
        {"house_number": "9", "postal_code": "50667", "city": "Köln", "email": "ina.sommer@post.example"},
    ],
    ids=["mailbox", "number", "number alone", "moved"],
)
def test_a_new_surname_undoes_no_objection(desk: Desk, again: dict[str, Any]) -> None:
    """First name and mailbox or number are enough: it is shown, not ticked, and comes in only by that very tick."""
    ina = objected(desk)
    file = entry("Sommer-Blum", "Ina", **again)
    report = desk.take(file)
    (change,) = [change for change in report.changes if change.row]
    assert (change.became, change.accepted, report.imported, report.skipped) == (Became.NEW, False, 0, 1)
    assert change.objected is not None
    assert change.objected.therapist_id == ina
    assert "Ina Sommer, 52062 Aachen" in objection_words(change)
    with desk.database.read() as session:
        assert [one.status for one in session.query(Therapist)] == ["opted_out"]
        assert offered(session) == []
    selection = Selection([change, change])
    selection.take([0, 1], wanted=True)  # "alle"
    assert selection.choice().despite == frozenset()
    selection.take([0], wanted=True)
    assert selection.choice().despite == {1}
    assert desk.take(file, choice=Choice(despite=frozenset({1}))).imported == 1
    assert [change.became for change in desk.take(file).changes if change.row] == [Became.UNCHANGED]


def test_colleagues_of_who_objected_come_in(desk: Desk) -> None:
    """A shared mailbox or number alone is nobody's objection."""
    objected(desk)
    report = desk.take(
        entry("Winter", "Eva", email="ina.sommer@post.example"), entry("Herbst", "Ina", phone="0221 1234567")
    )
    assert (report.imported, [change.objected for change in report.changes if change.row]) == (2, [None, None])


def test_a_mailbox_corrected_by_hand_still_tells(desk: Desk) -> None:
    """The one a directory knew them by, and a number entered by hand."""
    ina = objected(desk)
    with desk.database.write() as session:
        set_contact(session, ina, email="anders@post.example", phone="0221 555555", mobile="0170 1234567")
    for values in ({"email": "ina.sommer@post.example"}, {"email": "i@post.example", "phone": "0170 1234567"}):
        assert desk.take(entry("Strauch", "I.", **values)).imported == 0
