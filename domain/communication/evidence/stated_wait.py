"""The wait a practice named, read from an item's own note: number and unit, nothing else of what was written.

A note may speak of other people of the inquiry, too. Rather none than another's: what is in doubt is left out.
"""

import re
from collections.abc import Collection

# a new sentence begins with a capital; after "ca." and "Pat." none does
_SENTENCE = re.compile(
    r"\n|(?<=[.!?])(?<!\bPat\.)(?<!\bpat\.)(?<!\bca\.)(?<!\bDr\.)(?<!\bFr\.)(?<!\bHr\.)(?<!\bNr\.)\s+(?=[A-ZÄÖÜ„\"(])"
)
_ABOUT_WAITING = re.compile(r"wart|frühestens|frei werd", re.IGNORECASE)
_SOMEBODY_ELSE = re.compile(
    r"\b(ander(e[rnms]?|weitige[rnms]?)|übrige[rnms]?|restliche[rnms]?|jeweils"
    r"|(zweite|dritte|vierte|fünfte|sechste|weitere)[rnms]?\s+(pat|person|mensch|kind|frau|mann|jugendlich|anfrage|fall)\w*)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\W*(er|sie|es|ihm|ihr|ihn|ihnen|die(se[rsmn]?)?|der|das|dort|da|dafür|hier(für)?|(für|bei|mit)\s+(ihn|ihm|ihr|sie|es|ihnen|"
    r"die(se[rsmn]?)?|dem|den|das))\b(?!\s+(praxis|warteliste|wartezeit))",
    re.IGNORECASE,
)
_NUMBERS = "ein|einem|einen|eine|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf"
_SPAN = re.compile(
    rf"\b(\d{{1,3}}|{_NUMBERS})(?:\s*(?:-|–|bis)\s*(\d{{1,3}}|{_NUMBERS}))?\s*(Tage?n?|Wochen?|Monate?n?|Jahre?n?)\b",
    re.IGNORECASE,
)
_VALUE = dict(zip(_NUMBERS.split("|"), (1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), strict=True))
_UNITS = {"t": ("Tag", "Tage"), "w": ("Woche", "Wochen"), "m": ("Monat", "Monate"), "j": ("Jahr", "Jahre")}


def stated_wait(note: str, *, others: Collection[str] = ()) -> str:
    """The wait a practice named: "6 bis 9 Monate"; empty where it named none, or perhaps another's.

    A sentence that names one of `others` (codes and names of the inquiry's other patients) or "die andere Patientin" is
    not about this one, nor is the next where it goes on about the same ("Sie wartet …").
    """
    elsewhere = False
    for sentence in _SENTENCE.split(note):
        elsewhere = _is_elsewhere(sentence, others) or (elsewhere and _GOES_ON.match(sentence) is not None)
        if elsewhere or not _ABOUT_WAITING.search(sentence):
            continue
        if found := _SPAN.search(sentence):
            low, high = (_number(part) for part in found.group(1, 2))
            one, many = _UNITS[found.group(3)[0].lower()]
            span = f"{low} bis {high}" if high else f"{low}"
            return f"{span} {one if low == 1 and not high else many}"
    return ""


def _is_elsewhere(sentence: str, others: Collection[str]) -> bool:
    folded = sentence.casefold()
    return _SOMEBODY_ELSE.search(sentence) is not None or any(word and word.casefold() in folded for word in others)


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    return int(word) if word.isdigit() else _VALUE[word.lower()]
