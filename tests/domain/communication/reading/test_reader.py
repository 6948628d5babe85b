"""What practices write, as a person reads it: the collected answers the rules were written by, and traps besides."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.communication.reading.dates import find_day
from domain.communication.reading.folding import fold
from domain.communication.reading.meanings import Meaning
from domain.communication.reading.quotes import own_words
from domain.communication.reading.reader import read_answer

ANSWERS = [json.loads(line) for line in Path(__file__).with_name("answers.jsonl").read_text("utf-8").splitlines()]
SENT = date(2026, 11, 23)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda a: a["id"])
def test_the_collected_answers_are_read_as_people_read_them(answer: dict[str, Any]) -> None:
    """Each person gets what was said of them; where nothing was, nothing is suggested."""
    found = read_answer(answer["body"], answer["asked"], sent_on=date.fromisoformat(answer["sent_on"]))
    assert {s.code: s.meaning.value for s in found} == {c: m for c, m in answer["answers"].items() if m != "other"}


@pytest.mark.parametrize(
    ("words", "last", "day"),
    [
        ("bis 15.1.", True, date(2027, 1, 15)),
        ("ab 1. März", False, date(2027, 3, 1)),
        ("bis Ende Februar", True, date(2027, 2, 28)),
        ("ab Mitte Januar", False, date(2027, 1, 15)),
        ("in etwa sechs Wochen", False, date(2027, 1, 4)),
        ("Wartezeit ca. 6-9 Monate", True, date(2027, 8, 23)),
        ("ab dem nächsten Quartal", False, date(2027, 1, 1)),
        ("im 2. Quartal 2027", False, date(2027, 4, 1)),
        ("bis 31.12.2026", True, date(2026, 12, 31)),
        ("vom 21.12. bis 6.1.", True, date(2027, 1, 6)),
        ("bis 03/2027", True, date(2027, 3, 31)),
        ("am 31.2.", True, None),
        ("irgendwann", True, None),
        ("Frau Mai ruft an", True, None),
    ],
)
def test_german_words_for_a_day(words: str, last: bool, day: date | None) -> None:
    """Written as practices write them, in November 2026."""
    assert find_day(fold(words).text, sent_on=SENT, last=last) == day


@given(st.text(max_size=300), st.lists(st.sampled_from(["K7M2P", "T4WX9", "ZQ3RB"]), unique=True, max_size=3))
def test_no_text_breaks_the_reader(body: str, asked: list[str]) -> None:
    """Whatever is written: suggestions are about persons asked for, and their words stand in the text."""
    for suggestion in read_answer(body, asked, sent_on=SENT):
        assert suggestion.code in asked
        assert suggestion.quote in body.replace("\r\n", "\n").replace("\r", "\n") or not suggestion.quote.isascii()
        assert 0 < suggestion.confidence <= 1


@given(st.text(max_size=200))
def test_folding_knows_its_way_back(text: str) -> None:
    """Every folded letter says where it came from, in order."""
    folded = fold(text)
    assert len(folded.text) == len(folded.origin)
    assert list(folded.origin) == sorted(folded.origin)


def test_signatures_and_quotes_are_nobodys_answer() -> None:
    """Opening hours, a standing note about full lists, and our own letter are left out."""
    body = (
        "Guten Tag,\nich melde mich.\n\nMit freundlichen Grüßen\nKeine freien Plätze!\nSprechstunde Mo 10-11\n\n"
        "-----Ursprüngliche Nachricht-----\nVon: Büro\nGesendet: Montag\nBetreff: Anfrage\n\nPlatz oder Warteliste?"
    )
    assert [part.text for part in own_words(body)] == ["Guten Tag,\nich melde mich."]
    assert read_answer(body, ["K7M2P"], sent_on=SENT) == ()


def test_a_long_mail_is_read_to_its_end() -> None:
    """Patterns that try for ever would hang here."""
    body = "kein " * 3_000 + "Platz " * 500
    assert {s.meaning for s in read_answer(body, ["K7M2P"], sent_on=SENT)} <= {Meaning.NO_PLACES}
