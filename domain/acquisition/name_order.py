"""Where a surname begins among somebody's names, as particles, capitals and initials tell. Pure."""

from collections.abc import Sequence
from itertools import takewhile

from domain.acquisition.first_names import is_first_name
from domain.acquisition.text import PARTICLES

WHERE = frozenset({"in", "am", "im", "aus", "bei"})  # what follows is a place, or the rest of a surname
BEGIN = (
    PARTICLES
    | WHERE
    | frozenset({"al", "el", "abu", "ter", "ten", "zum", "dos", "af", "le", "la", "della", "op", "auf", "bin", "mc"})
    | frozenset({"st.", "schulte", "schulze", "große", "kleine"})
)
NOBLE = frozenset({"freiherr", "freifrau", "graf", "gräfin", "baron", "baronin"})
_JUNIOR = frozenset({"jun.", "jr.", "sen.", "sr.", "junior", "senior"})


def last_and_first(words: Sequence[str], torn: int) -> tuple[str, str]:
    """Surname and first names; a particle begins the surname, which is one word otherwise."""
    end = len(words) - _is_junior(words)
    at = torn or _surnames_first(words)
    if at:
        return " ".join(words[:at]), " ".join(words[at:])
    at = end - 1
    for n, word in enumerate(words[: end - 1]):
        if word.lower() in BEGIN and (n or not word.istitle()):
            at = n - 1 if n and words[n - 1].lower() in NOBLE else n
            break
    return " ".join(words[at:]), " ".join(words[:at])


def _is_junior(words: Sequence[str]) -> bool:
    """Whether the last tells father and son apart: "Jan Kern jun."; "Anna Junior" is called so."""
    last, before = words[-1], words[:-1]
    return bool(before) and last.lower() in _JUNIOR and (last.islower() or not all(map(is_given, before)))


def _surnames_first(words: Sequence[str]) -> int:
    """How many words of surnames stand first as their writing tells: "KERN Anna", "Kern A."; else 0."""
    if words[0].isupper():
        loud = sum(1 for _ in takewhile(lambda word: word.isupper() and len(word) > 2 and not is_initial(word), words))
        if 0 < loud < len(words) and not any(word.isupper() for word in words[loud:]):
            return loud
    if len(words) > 1 and is_initial(words[-1]):
        return len(words) - sum(1 for _ in takewhile(is_initial, reversed(words)))
    return 0


def is_given(word: str) -> bool:
    """Whether a word is a first name or stands for one: "Anna", "A."."""
    return is_initial(word) or is_first_name(word)


def is_initial(word: str) -> bool:
    """A capital letter, or several with points: "A", "J.-P."."""
    letters = [letter.strip("-") for letter in word.split(".")]
    return any(letters) and all(not letter or (len(letter) == 1 and letter.isupper()) for letter in letters)
