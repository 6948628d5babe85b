"""What somebody types to search a history, as a question to PostgreSQL; and what to mark in what was found. Pure.

Every word must be there, in any German form; "in quotes" as it stands; -without. A longer word is found as the
beginning or the end of another, too: Platz in Therapieplatz, Warteliste in Wartelistenplatz. Nothing is an operator.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PART = 4  # letters a word needs to be looked for inside others
MOST_WORDS, LONGEST_WORD = 20, 60
_TOKEN = re.compile(r'(?:(?<!\S)(-))?(?:"([^"]*)"?|(\w+))')
_QUOTES = str.maketrans(dict.fromkeys("„“”«»", '"'))
_SPELLINGS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"))


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several in a row; `open` says that it may not be typed to its end."""

    words: tuple[str, ...]
    without: bool = False
    open: bool = False


def terms_of(typed: str) -> tuple[Term, ...]:
    """What was typed, in lower case."""
    terms: list[Term] = []
    text = typed.translate(_QUOTES).lower()
    for found in _TOKEN.finditer(text):
        minus, quoted, word = found.groups()
        words = tuple(w[:LONGEST_WORD] for w in re.findall(r"\w+", quoted or word or ""))
        if words:
            unfinished = word is not None and not minus and found.end() == len(text)
            terms.append(Term(words, without=bool(minus), open=unfinished))
    return tuple(terms[:MOST_WORDS])


def spellings(word: str) -> tuple[str, ...]:
    """With umlauts and without: Plätze, Plaetze."""
    short = long = word
    for umlaut, pair in _SPELLINGS:
        short, long = short.replace(pair, umlaut), long.replace(umlaut, pair)
    return tuple(dict.fromkeys((word, short, long)))


def words_of(terms: Sequence[Term]) -> list[str]:
    """Every spelling whose stem the database is asked for."""
    return sorted({s for term in terms for word in term.words for s in spellings(word)})


def questions(terms: Sequence[Term], stems: Mapping[str, str | None]) -> tuple[tuple[Term, str], ...]:
    """Each term that says something with its tsquery. A stem of None is a word that says nothing (und, die)."""
    asked = ((term, _asked(term, stems)) for term in terms)
    return tuple((term, query) for term, query in asked if query)


def named(term: Term, called: Mapping[str, str]) -> list[str]:
    """The codes of kinds and channels whose name, as people read it, holds a term: Absage, Brief."""
    wanted = [_fold(word) for word in term.words]
    names = {code: re.findall(r"\w+", _fold(name)) for code, name in called.items()}
    return [code for code, words in names.items() if all(any(_holds(word, part) for word in words) for part in wanted)]


def _holds(word: str, part: str) -> bool:
    return word.startswith(part) or (len(part) >= PART and part in word)


def _stems(word: str, stems: Mapping[str, str | None]) -> list[str]:
    """The stems of a word's spellings; none where it says nothing, however it is spelt."""
    found = [stems.get(spelling) for spelling in spellings(word)]
    return [stem for stem in found if stem] if all(found) else []


def _asked(term: Term, stems: Mapping[str, str | None]) -> str:
    if len(term.words) > 1:
        asked = _row(term.words, stems)
    else:
        forms = [form for stem in _stems(term.words[0], stems) for form in _forms(term, stem)]
        if term.open and forms:
            forms.append(f"'{term.words[0]}':*")  # half a word has no stem yet
        asked = " | ".join(dict.fromkeys(forms))
    if not asked:
        return ""
    return f"!({asked})" if term.without else f"({asked})"


def _forms(term: Term, stem: str) -> list[str]:
    inside = len(stem) >= PART
    begins = f"'{stem}':*" if inside or term.open else f"'{stem}'"
    return [begins, f"'<{stem[::-1]}':*"] if inside else [begins]


def _row(words: Sequence[str], stems: Mapping[str, str | None]) -> str:
    asked, distance = "", 1
    for word in words:
        forms = [f"'{stem}'" for stem in _stems(word, stems)]
        if not forms:  # PostgreSQL counts the word's place, though it keeps no such word
            distance += bool(asked)
            continue
        one = "(" + " | ".join(dict.fromkeys(forms)) + ")"
        asked = one if not asked else f"{asked} <{distance}> {one}"
        distance = 1
    return asked


def marks(text: str, terms: Sequence[Term], stems: Mapping[str, str | None]) -> tuple[tuple[int, int], ...]:
    """Where in a text the words stand that were looked for: first and last place of each."""
    wanted = [t for t in terms if not t.without]
    parts = {_fold(stem) for t in wanted for w in t.words for stem in _stems(w, stems)}
    opened = tuple(_fold(t.words[0]) for t in wanted if t.open and _stems(t.words[0], stems))
    if not parts and not opened:
        return ()
    found = []
    for word in re.finditer(r"\w+", text):
        folded = _fold(word.group())
        if any(_holds(folded, part) for part in parts) or folded.startswith(opened):
            found.append(word.span())
    return tuple(found)


def _fold(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
