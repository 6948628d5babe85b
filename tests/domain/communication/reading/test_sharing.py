"""One place offered to several persons: a person chooses for whom, no key accepts all of them."""

from datetime import date

import pytest

from domain.communication.reading.reader import offer_to_share, read_answer

SENT = date(2026, 11, 23)
THREE = ("K7M2P", "T4WX9", "ZQ3RB")


def suggested(body: str, asked: tuple[str, ...] = THREE) -> dict[str, str]:
    """What is suggested, by code."""
    return {s.code: s.meaning.value for s in read_answer(body, asked, sent_on=SENT)}


@pytest.mark.parametrize(
    "body",
    [
        "Gerne! Ich hätte einen Platz frei ab Februar 2027.",
        "Ich habe ab März einen Therapieplatz frei.",
        "Guten Tag,\n\nbei mir wird zum 1. Februar ein Platz frei.\n\nViele Grüße",
        "Ich habe zwei Plätze frei ab Februar.",
        "Danke für die Anfrage zu K7M2P, T4WX9 und ZQ3RB. Ich hätte einen Platz frei.",
        "Ich habe einen Platz frei für K7M2P, T4WX9 oder ZQ3RB.",
    ],
)
def test_fewer_places_than_persons_are_nobodys_acceptance(body: str) -> None:
    """Nothing is suggested; what was offered, and that it is to be chosen for whom, is told."""
    assert "place_free" not in suggested(body).values()
    offer = offer_to_share(body, THREE, sent_on=SENT)
    assert offer is not None
    assert offer.codes == THREE
    assert offer.quote in body


def test_the_day_of_the_one_place_is_read() -> None:
    """It is proposed for whom the place goes to."""
    offer = offer_to_share("Gerne! Ich hätte einen Platz frei ab Februar 2027.", THREE, sent_on=SENT)
    assert offer is not None
    assert offer.from_day == date(2027, 2, 1)


@pytest.mark.parametrize(
    "body",
    [
        "Gern nehme ich alle drei Personen auf.",
        "Ich habe drei Plätze frei ab Februar.",
        "K7M2P, T4WX9 und ZQ3RB können ab Februar kommen.",
    ],
)
def test_a_place_for_each_is_read_for_each(body: str) -> None:
    """Who is named, or counted, is meant."""
    assert set(suggested(body).values()) == {"place_free"}
    assert offer_to_share(body, THREE, sent_on=SENT) is None


def test_one_place_is_one_persons() -> None:
    """Who asks for one person, or names whom they take, has said for whom."""
    one = "Gerne! Ich hätte einen Platz frei ab Februar 2027."
    assert suggested(one, ("K7M2P",)) == {"K7M2P": "place_free"}
    assert suggested("Ich habe einen Platz frei für K7M2P, sonst bin ich voll.")["K7M2P"] == "place_free"
