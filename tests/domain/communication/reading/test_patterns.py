"""The small grammar the rules are written in."""

import pytest

from domain.communication.reading.lexicon import FAMILIES, families_of, tagged
from domain.communication.reading.patterns import find, read_patterns, said_in


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern is in a text, with parts between its commas."""
    words = tagged([(word, 0, 0) for word in text.replace(",", " ,").split()])
    parts = [sum(w.text == "," for w in words[: at + 1]) for at in range(len(words))]
    return any(find(p, words, said_in(words), [True] * len(words), parts, 0) for p in read_patterns(f"90 {pattern}"))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("NO PLACE", "leider habe ich keinen freien platz", True),
        ("NO PLACE", "platz habe ich keinen", False),
        ("NO & PLACE", "platz habe ich keinen", True),
        ("NO ~ PLACE", "kein freier platz", False),
        ("NO PLACE", "keine frage , der platz ist da", False),
        ("NO .. PLACE", "keiner weiss , wann ein platz frei wird", True),
        ("NO ... PLACE", "keiner weiss , wann ein platz frei wird", False),
        ("^YES", "ja , gern", True),
        ("YES$", "das geht leider nicht , gern spaeter", False),
        ("PLACE FREE -NEG", "ein platz ist nicht mehr frei", False),
        ("PLACE FREE -NEG", "das ist nicht so , ein platz ist frei", True),
        ("PLACE FREE --NEG", "das ist nicht so , ein platz ist frei", False),
        ("NO problem", "das ist kein problem", False),
    ],
)
def test_patterns(pattern: str, text: str, found: bool) -> None:
    """In order, near or far, in the same part, with words that must not be there."""
    assert matches(pattern, text) is found


def test_a_misspelled_family_is_noticed() -> None:
    """When the program starts, not when a mail is read."""
    with pytest.raises(ValueError, match="PLAEC"):
        read_patterns("90 NO PLAEC")


def test_every_word_is_folded() -> None:
    """A word with an umlaut or a capital letter would never be found."""
    for words in FAMILIES.values():
        assert words == words.lower()
        assert not set(words) & set("äöüß")
    assert "PLACE" in families_of("therapieplatz")
