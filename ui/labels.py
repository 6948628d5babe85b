"""German words for the codes of the domain. Free of Qt; the command line uses them too."""

from collections.abc import Mapping

from ui.translation import tr
from ui.words import audit, communication, matching, persons

# Values are source texts; `label` translates when asked, so the language may change while running.
_WORDS: Mapping[str, Mapping[str, str]] = {
    **persons.WORDS,
    **matching.WORDS,
    **communication.WORDS,
    **audit.WORDS,
}


def label(kind: str, code: str | None) -> str:
    """The word for a code of a kind; an unknown code shows as it is, so that nothing is hidden."""
    return tr(_WORDS[kind].get(code or "", code or ""))


def labels(kind: str) -> dict[str, str]:
    """All codes of a kind with their words, in the order people read them."""
    return {code: tr(word) for code, word in _WORDS[kind].items()}


def source_words(kind: str) -> Mapping[str, str]:
    """All codes of a kind with their words as they stand in the source; whoever shows one translates it."""
    return _WORDS[kind]


def rule_reason(code: str, *, unknown: bool = False) -> str:
    """Why a rule sorts somebody out, or what it lacks to decide."""
    if unknown and code in _WORDS["rule_unknown"]:
        return tr(_WORDS["rule_unknown"][code])
    return label("rule", code)
