"""What practices say of their places, as a person reads it, apart from the persons asked for."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.communication.reading.meanings import Meaning, PlacesSaid
from domain.communication.reading.places import read_places
from tests.examples import examples

FIRST, SECOND = "K7M2P", "X3Y4Z"
SENT = date(2026, 11, 23)
MARCH = date(2027, 3, 1)
OF_PERSONS = (
    f"{FIRST} setze ich auf die Warteliste.",
    f"Für {FIRST} habe ich leider keinen Platz.",
    f"{SECOND} kann ich leider nicht aufnehmen, ich bin ausgebucht.",
    "Beide setze ich auf die Warteliste.",
    f"Für {SECOND} beträgt die Wartezeit etwa sechs Monate.",
)


def said(body: str, *asked: str) -> PlacesSaid | None:
    """What is read of an answer to a letter about these persons."""
    return read_places(body, asked or (FIRST,), sent_on=SENT)


@pytest.mark.parametrize(
    ("body", "meaning", "day"),
    [
        ("Leider nein. Neue Plätze erst ab März 2027.", Meaning.NO_PLACES, MARCH),
        ("Leider Absage. Freie Plätze habe ich wieder ab März 2027.", Meaning.NO_PLACES, MARCH),
        (
            "Leider habe ich keinen Platz frei. Neue Patienten nehme ich erst ab März 2027 auf.",
            Meaning.NO_PLACES,
            MARCH,
        ),
        ("Leider habe ich keine freien Plätze. Erst wieder ab März 2027.", Meaning.NO_PLACES, MARCH),
        ("Derzeit keine freien Plätze, erst wieder ab März 2027.", Meaning.NO_PLACES, MARCH),
        ("Ich bin voll bis Ende Februar 2027.", Meaning.NO_PLACES, MARCH),
        ("Keine freien Plätze. Bitte fragen Sie erst ab März 2027 wieder an.", Meaning.NO_PLACES, None),
        ("Die Warteliste ist bis Ende Februar 2027 geschlossen.", Meaning.LIST_CLOSED, MARCH),
        ("Wir sind ausgebucht und führen keine Warteliste.", Meaning.LIST_CLOSED, None),
    ],
)
def test_a_sentence_about_nobody_tells_of_the_practice(body: str, meaning: Meaning, day: date | None) -> None:
    """With the day from which there are places, where it names one, and words of the answer."""
    found = said(body)
    assert found is not None
    assert (found.meaning, found.from_day, found.agreed) == (meaning, day, True)
    assert found.quote in body


@pytest.mark.parametrize(
    "body",
    [
        "Leider nein.",
        "Das passt leider nicht.",
        "Ich setze sie gern auf die Warteliste.",
        "Ihre Patientin kann ich auf die Warteliste setzen, Wartezeit etwa sechs Monate.",
        "Für ihn habe ich leider keinen Platz.",
        "Ich habe ab Mai einen Platz frei.",
        "Bitte keine weiteren Anfragen, ich bin voll und bleibe es.",
    ],
)
def test_a_word_about_one_person_tells_nothing_of_the_practice(body: str) -> None:
    """Nor does a plain refusal, or a mail that wants no more letters."""
    assert said(body) is None


def test_a_refusal_with_a_later_day_is_no_offer() -> None:
    """The person asked for gets none, although places are spoken of."""
    from domain.communication.reading.reader import readings

    (found,) = readings("Leider muss ich absagen. Neue Plätze erst ab März 2027.", [FIRST], sent_on=SENT)
    assert found.meaning is Meaning.NO_PLACES


@settings(max_examples=examples(20), deadline=None)
@given(st.lists(st.sampled_from(OF_PERSONS), min_size=1, max_size=4))
def test_sentences_about_persons_alone_are_never_noted(sentences: list[str]) -> None:
    """Whatever is said of them, in whatever order."""
    assert said("\n\n".join(sentences), FIRST, SECOND) is None


@settings(max_examples=examples(20), deadline=None)
@given(st.lists(st.sampled_from(OF_PERSONS), max_size=3), st.integers(0, 3))
def test_who_gives_a_place_is_never_full(sentences: list[str], at: int) -> None:
    """However loud it is said beside the promise."""
    told = [*sentences[:at], f"Für {FIRST} habe ich ab Mai einen Platz frei.", *sentences[at:]]
    found = said("\n\n".join([*told, "Sonst gilt: keine freien Plätze."]), FIRST, SECOND)
    assert found is None or found.meaning is not Meaning.NO_PLACES
