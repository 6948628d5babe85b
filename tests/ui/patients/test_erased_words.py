"""What an erasure tells the person who ordered it."""

from dataclasses import replace
from datetime import timedelta

from domain.casework.word_erasure import Erased
from tests.conftest import NOW
from ui.patients.erased_words import told

ALL = Erased(
    contacts=4, mails=3, received=2, letters=1, files=2, shared=2, sent=3, copied=1, in_mailbox=2, printed=1,
    first_at=NOW - timedelta(days=40), last_at=NOW,
)  # fmt: skip
NONE = replace(
    ALL, mails=0, received=0, letters=0, files=0, shared=0, sent=0, copied=0, in_mailbox=0, printed=0, first_at=None,
    last_at=None,
)  # fmt: skip


def test_it_says_what_went_what_stays_and_what_lies_elsewhere() -> None:
    """With numbers, and from when to when what lies out of reach."""
    parts = dict(told(ALL))
    assert parts["Hier geleert"] == ["4 Kontakte, 3 E-Mails des Büros, 2 empfangene E-Mails, 1 Brief, 2 Anhänge."]
    assert parts["Steht noch hier"][0].startswith("2 Nachrichten betreffen auch andere")
    *kinds, when = parts["Liegt anderswo"]
    assert [said[0] for said in kinds] == ["3", "1", "2", "1"]
    assert when.startswith("Alles vom 14.10.2026 bis 23.11.2026.")


def test_of_one_day_and_of_nothing_it_says_so_in_fewer_words() -> None:
    """One day is no range; where nothing left the office nothing is said of elsewhere."""
    (*_, when) = dict(told(replace(ALL, first_at=NOW)))["Liegt anderswo"]
    assert when.startswith("Alles vom 23.11.2026. ")
    assert [heading for heading, _ in told(NONE)] == ["Hier geleert", "Steht noch hier"]
