"""Of whom an answer speaks: by code, by order, by what the inquiry told of a person."""

from datetime import date

import pytest

from domain.communication.reading.descriptions import PersonFacts
from domain.communication.reading.reader import read_answer

A, B, C = "K7M2P", "T4WX9", "ZQ3RB"
FACTS = (
    PersonFacts(A, "female", 30, 39, ("Panikattacken",)),
    PersonFacts(B, "male", 50, 59, ("Depression",)),
    PersonFacts(C, "female", 14, 17, ("Essstörung",)),
)
FREE, FULL, LIST, UNFIT = "place_free", "no_places", "waiting_list", "unsuitable"


def read(body: str, persons: int) -> dict[str, str]:
    """What is suggested of the first two or three persons, by code."""
    facts = FACTS[:persons]
    found = read_answer(body, [f.code for f in facts], sent_on=date(2026, 11, 23), facts=facts)
    return {s.code: s.meaning.value for s in found}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Die erste kann ab Mai anfangen, für die zweite leider kein Platz.", {A: FREE, B: FULL}),
        ("Person 2: Warteliste\nPerson 1: kein Platz", {A: FULL, B: LIST}),
        ("1) kein Platz\n2) Warteliste möglich", {A: FULL, B: LIST}),
        ("Für beide leider kein Platz.", {A: FULL, B: FULL}),
        (f"{A} kann ich nehmen, für den anderen habe ich leider keinen Platz.", {A: FREE, B: FULL}),
        ("Die Frau kann ich auf die Warteliste setzen. Für den Herrn habe ich keinen Platz.", {A: LIST, B: FULL}),
        ("Die 34-jährige setze ich auf die Warteliste. Für den Älteren habe ich keinen Platz.", {A: LIST, B: FULL}),
        ("Die Patientin mit den Panikattacken kann bei mir anfangen.", {A: FREE}),
        ("Einen der beiden könnte ich nehmen.", {}),
    ],
)
def test_two_persons(body: str, expected: dict[str, str]) -> None:
    """Each gets their own; nobody is guessed."""
    assert read(body, 2) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Alle drei: leider kein Platz.", {A: FULL, B: FULL, C: FULL}),
        ("Die ersten beiden kann ich auf die Warteliste setzen.", {A: LIST, B: LIST}),
        (f"{B} kann ab Mai kommen. Für die anderen beiden leider kein Platz.", {A: FULL, B: FREE, C: FULL}),
        ("Für den Herrn habe ich einen Platz frei. Für die beiden Frauen leider nicht.", {A: FULL, B: FREE, C: FULL}),
        ("Die Jugendliche mit der Magersucht passt leider nicht zu uns.", {C: UNFIT}),
        ("Die Jüngste kann ich auf die Warteliste setzen.", {C: LIST}),
        (f"{A} und {C} kann ich vormerken, {B} leider nicht.", {A: LIST, B: FULL, C: LIST}),
    ],
)
def test_three_persons(body: str, expected: dict[str, str]) -> None:
    """Groups, the rest, and descriptions that fit one of them only."""
    found = read(body, 3)
    assert {code: found.get(code) for code in expected} == expected
    assert set(found) <= set(expected)


def test_without_facts_a_description_means_nobody() -> None:
    """The reader of the mail says whom it means."""
    body = "Die 34-jährige kann ab Mai anfangen, für den anderen habe ich keinen Platz."
    assert read_answer(body, [A, B], sent_on=date(2026, 11, 23)) == ()
