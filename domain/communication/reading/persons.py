"""Of whom words speak: by code, by order ("die zweite"), by description, or of all at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.communication.reading.descriptions import PersonFacts, described
from domain.communication.reading.folding import fold
from domain.communication.reading.lexicon import Word
from domain.communication.reading.small_words import ARTICLES, FEMALE, HUMAN, MALE, NOT_PERSONS

_ORDINALS = ("erst", "zweit", "dritt", "viert", "fuenft", "sechst")
_ORDER = {
    **{stem + end: place for place, stem in enumerate(_ORDINALS) for end in ("e", "en", "er", "em")},
    **{f"{place + 1}.": place for place in range(len(_ORDINALS))},
    **dict.fromkeys(("letzte", "letzten", "letzter", "letzteren", "letztgenannte", "letztgenannten"), -1),
}
_COUNTS = {"beiden": 2, "beide": 2, "zwei": 2, "drei": 3, "dreien": 3, "vier": 4, "fuenf": 5, "sechs": 6}
_OTHERS = re.compile(r"andere[nrm]?|uebrige[nr]?|restliche[nr]?|rest")
_NUMBERED = frozenset({"person", "patient", "patientin", "nr", "nummer", "anfrage", "gesuch"})
_ONE_OF = re.compile(r"(?:k?eine?[nrsm]?)")


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name persons; `codes` is empty where it stays open whom they mean.

    `everybody`: all persons asked for; `others`: those not named so far; `count`: how many are meant.
    """

    first: int
    last: int
    codes: frozenset[str]
    everybody: bool = False
    others: bool = False
    count: int = 1


def code_pattern(asked: Sequence[str]) -> re.Pattern[str]:
    """Finds the codes asked for in folded text, also spelled out or with hyphens: "k 7-m2p"."""
    spelled = (r"[ .\-]?".join(re.escape(letter) for letter in fold(code).text) for code in asked)
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(spelled)})(?![a-z0-9])" if asked else r"(?!)")


def mentions_in(words: Sequence[Word], asked: Sequence[str], facts: Sequence[PersonFacts]) -> list[Mention]:
    """Who is named in a stretch of words, in their order. One person asked for is meant anyhow."""
    codes = {fold(code).text: code for code in asked}
    found: list[Mention] = []
    at = 0
    while at < len(words):
        code = codes.get(re.sub(r"[ .\-]", "", words[at].text))
        mention = Mention(at, at, frozenset({code})) if code is not None else None
        if mention is None and len(asked) > 1:
            mention = _numbered(words, at, asked) or _in_order(words, at, asked) or _many(words, at, asked)
            mention = mention or _described(words, at, facts)
        if mention is not None:
            found.append(mention)
            at = mention.last
        at += 1
    return _told_by_code(found, words)


def _told_by_code(found: list[Mention], words: Sequence[Word]) -> list[Mention]:
    """The code in brackets says whom a description means: "den Herrn mit der Spielsucht (K7M2P)"."""
    told: list[Mention] = []
    for mention in found:
        bracket = mention.first > 0 and words[mention.first - 1].text == "("
        if told and bracket and not told[-1].codes and mention.first - told[-1].last == 2:
            told[-1] = replace(told[-1], last=mention.last, codes=mention.codes)
        else:
            told.append(mention)
    return told


def _word(words: Sequence[Word], at: int) -> str:
    return words[at].text if 0 <= at < len(words) else ""


def _numbered(words: Sequence[Word], at: int, asked: Sequence[str]) -> Mention | None:
    """A noun with a number behind, or the number of a list: "Person 2", "Nr. 1", "1) …"."""
    if (
        at == 0
        and _word(words, 1) in {")", ":"}
        and words[0].text.isdecimal()
        and 1 <= int(words[0].text) <= len(asked)
    ):
        return Mention(0, 1, frozenset({asked[int(words[0].text) - 1]}))
    if words[at].text not in _NUMBERED:
        return None
    last = at + (2 if _word(words, at + 1) == "." else 1)
    number = _word(words, last).rstrip(".")
    if number.isdecimal() and 1 <= int(number) <= len(asked):
        return Mention(at, last, frozenset({asked[int(number) - 1]}))
    return None


def _in_order(words: Sequence[Word], at: int, asked: Sequence[str]) -> Mention | None:
    """By place in our letter: "die zweite", "das 3. Gesuch", "die ersten beiden"."""
    place, following, before = _ORDER.get(words[at].text), _word(words, at + 1), _word(words, at - 1)
    if place is None or place >= len(asked) or following in NOT_PERSONS:
        return None
    if words[at].text[0].isdigit():
        fits = following in HUMAN or at == 0  # "das 3. Gesuch", or a numbered list
    else:
        fits = at == 0 or before in ARTICLES | {"fuer", "bei", "zu", "mit"} or not before[:1].isalnum()
    if not fits:
        return None
    last = at + (following in HUMAN or following in _COUNTS)
    count = _COUNTS.get(following, 1)
    if count == 1:
        return Mention(at, last, frozenset({asked[place]}))
    meant = asked[:count] if place == 0 else asked[-count:] if place == -1 else ()
    return Mention(at, last, frozenset(meant), count=count)


def _many(words: Sequence[Word], at: int, asked: Sequence[str]) -> Mention | None:
    """Several at once: all, both, the others."""
    text, following, before = words[at].text, _word(words, at + 1), _word(words, at - 1)
    if _OTHERS.fullmatch(text):
        known = before in ARTICLES | {"fuer", "bei", "beiden", "zwei", "drei", "alle"}
        if not known or following in NOT_PERSONS or (text == "rest" and following in {"ihrer", "der", "des"}):
            return None
        return Mention(at, at + (following in HUMAN or following in _COUNTS), frozenset(), others=True)
    if text in {"alle", "allen", "saemtliche", "saemtlichen"}:
        everybody = _COUNTS.get(following) == len(asked) or following in HUMAN
        return Mention(at, at + 1, frozenset(asked), everybody=True) if everybody else None
    return _both(words, at, asked) if text in {"beide", "beiden", "beider", "beides"} else None


def _both(words: Sequence[Word], at: int, asked: Sequence[str]) -> Mention | None:
    text, following, before = words[at].text, _word(words, at + 1), _word(words, at - 1)
    everybody = frozenset(asked) if len(asked) == 2 else frozenset[str]()
    if _OTHERS.fullmatch(following):
        return Mention(at, at + 1, frozenset(), others=True)
    if text == "beides":
        works = before in {"geht", "ging", "klappt"} and bool(everybody)
        return Mention(at, at, everybody, everybody=True) if works else None
    if following in NOT_PERSONS or (following in FEMALE | MALE and len(asked) > 2):
        return None  # "die beiden Frauen": told by sex
    one_of = _word(words, at - 2)
    if before in {"der", "von"} and _ONE_OF.fullmatch(one_of):
        none = one_of.startswith("kein")
        return Mention(at, at, frozenset(asked) if none else frozenset(), everybody=none)
    return Mention(at, at, everybody, everybody=bool(everybody))


def _described(words: Sequence[Word], at: int, facts: Sequence[PersonFacts]) -> Mention | None:
    found = described(words, at, facts)
    if found is None:
        return None
    last, codes, count = found
    if _word(words, last + 1) in {"der", "von"} and _word(words, last + 2) in {"beiden", "zwei", "drei"}:
        last += 2  # "die Ältere der beiden"
    return Mention(at + 1, last, codes, count=count)
