"""Sentences and clauses of an answer, and of whom each of them speaks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.communication.reading.folding import Folded, fold

# a full stop ends a sentence unless it belongs to a number, a day or one of these abbreviations
_ABBREVIATIONS = r"(?<!\bdr)(?<!\bz)(?<!\bb)(?<!\bca)(?<!\bbzw)(?<!\bggf)(?<!\bevtl)(?<!\bd)(?<!\bh)(?<!\bu)(?<!\ba)(?<!\btel)(?<!\bnr)(?<!\bprof)(?<!\bdipl)(?<!\bpsych)(?<!\bphil)(?<!\bstr)(?<!\binkl)(?<!\bmax)(?<!\bmind)(?<!\bi)(?<!\bs)(?<!\d)"
_BREAK = re.compile(
    rf"[!?]+|{_ABBREVIATIONS}\.+(?=\s|$)|(?<=\d\d\d\d)\.(?=\s|$)|;|\s-\s|"
    r",?\s(?=(?:aber|jedoch|allerdings|sondern|dafuer|stattdessen|hingegen|dagegen|waehrend)\b)|"
    r",\s(?=(?:und\s)?(?:(?:fuer|bei|beim)\s)?(?:die\s|der\s|den\s|dem\s)?(?:person|zweite|andere|erste|dritte|uebrige|weitere|kennung))|"
    r"\sund\s(?=(?:fuer|bei)\s(?:person|zweite|andere|die|den|kennung))|"
    r",?\s(?:und\s)?(?=(?:fuer\s)?(?=[a-z]*\d)[2-9a-z]{5}\s(?:leider|nicht|ja|nein|kann|koennte|darf|passt|geht|muss|auf|nur|kommt|ist|waere|haette|nehme))"
)
WRAPPED_FROM = 45  # letters: a shorter line was not wrapped by a mail program
_ITEM = re.compile(
    r"^\s*(?:[-*•]|\d\s?[.):]|[a-f]\))\s?|^\s*(?:kennung\s|person\s|nr\.?\s?|patient(?:in)?\s)?\S{1,8}\s?[:=)-]\s"
)
_ONLY_CODE = re.compile(r"\W*(?:fuer )?(?=[a-z]*\d)[2-9a-z]{5}\W*")
_ORDINALS = ("erste", "zweite", "dritte", "vierte", "fuenfte", "sechste")
_ALL = re.compile(
    r"\b(?:beide[nr]?|alle[nr]?(?: (?:zwei|drei|vier|fuenf|sechs))?(?: personen| anfragen| patient\w*)?|saemtliche\w*|"
    r"keine[rn]? (?:der|von|dieser) (?:personen|beiden|patient\w*|angefragten))\b(?! zeit| fragen| termine| plaetze| kassen| guten| weiteren)"
)
_OTHERS = re.compile(
    r"\b(?:die|der|den|fuer die|bei den|alle) (?:andere[nr]?|uebrige[nr]?|anderen beiden|restliche[nr]?|weitere[nr]? person\w*)\b|\bden rest\b|\bdie uebrigen\b"
)
# a person told by age, sex or trouble, not by code: whom it means is for the reader of the letter to say
_DESCRIBED = re.compile(
    r"\b(?:die|der|den|dem) (?:\w+ )?(?:\d\d-?jaehrige\w*|juengere[nr]?|aeltere[nr]?|dame|herrn?|frau|mann|jungen?|maedchen|studentin|student|"
    r"jugendliche[nr]?|kind)\b|\bmit (?:der |dem )?(?:angst|zwang|trauma|essstoerung|depression|adhs)\w*\b|\beine[nr]? (?:der|von|dieser) (?:beiden|personen|anfragen)\b|"
    r"\b(?:eine|einen|einer) person\b|\bnur einen? (?:platz|person)\b|\bein(?:en)? (?:einzige[nr]? )?(?:therapie)?platz\b"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause, folded, where it stands in the original, and of whom it speaks.

    `codes` is empty where nobody is named (it speaks of all, or goes on about the one before). `vague` says that
    somebody is meant who is not named by code.
    """

    text: str
    start: int
    end: int
    codes: frozenset[str]
    vague: bool
    question: bool


def clauses_of(passage: str, asked: Sequence[str], *, below: str | None = None) -> list[Clause]:
    """The clauses of a passage. `below` is the person whose quoted line it answers."""
    folded = fold(passage)
    found: list[Clause] = []
    under: frozenset[str] = frozenset({below} if below is not None and below in asked else ())
    carried = under
    named: set[str] = set()
    for start, end, in_list, fresh in _stretches(passage, folded):
        words = folded.text[start:end]
        codes = _named(words, asked)
        everybody = bool(_ALL.search(words))
        if _OTHERS.search(words) and named:
            codes = frozenset(asked) - named
        elif everybody:
            codes = frozenset(asked)
        vague = len(asked) > 1 and not codes and bool(_DESCRIBED.search(words))
        if codes:
            named |= codes if not everybody else set()
            carried = codes
        elif fresh and not in_list:
            carried = under
        where = folded.where(start, end)
        found.append(Clause(words, *where, codes or carried, vague, question="?" in folded.text[end : end + 2]))
    return found


def _stretches(passage: str, folded: Folded) -> list[tuple[int, int, bool, bool]]:
    """Start and end in the folded text, whether it stands in a list, and whether it begins a paragraph or item."""
    found: list[tuple[int, int, bool, bool]] = []
    for start, end, in_list in _lines(passage, folded):
        position, fresh = start, True
        for cut in [*_BREAK.finditer(folded.text, start, end), None]:
            upto = end if cut is None else cut.start()
            words = folded.text[position:upto]
            lead = len(words) - len(words.lstrip(" ,:-*•"))
            if cut is not None and _ONLY_CODE.fullmatch(words):
                continue  # "K7M2P und T4WX9 kann ich …" is one clause
            if words.strip(" ,:-*•.!?"):
                found.append((position + lead, position + len(words.rstrip()), in_list, fresh))
                fresh = False
            position = upto if cut is None else cut.end()
    return found


def _lines(passage: str, folded: Folded) -> list[tuple[int, int, bool]]:
    """Paragraphs and list items: lines that go on are joined to the one before."""
    found: list[tuple[int, int, bool]] = []
    starts = {place: number for number, place in reversed(list(enumerate(folded.origin)))}
    position, open_from, was_item, before = 0, None, False, ""
    for line in [*passage.split("\n"), ""]:
        low = fold(line).text
        item = bool(_ITEM.match(low))
        begin = starts.get(position, len(folded.text))
        ends_before = open_from is not None and (not line.strip() or item or was_item or _ended(folded, begin, before))
        if ends_before and open_from is not None:
            found.append((open_from, begin, was_item))
            open_from = None
        if line.strip() and open_from is None:
            open_from, was_item = begin, item
        position, before = position + len(line) + 1, line
    if open_from is not None:
        found.append((open_from, len(folded.text), was_item))
    return found


def _ended(folded: Folded, begin: int, before: str) -> bool:
    # a comma ends a line that was not wrapped there: a greeting
    return folded.text[:begin].rstrip().endswith((".", "!", "?", ":")) or (
        before.rstrip().endswith(",") and len(before) < WRAPPED_FROM
    )


def _named(words: str, asked: Sequence[str]) -> frozenset[str]:
    codes = {code for code in asked if re.search(rf"(?<![a-z0-9]){code.lower()}(?![a-z0-9])", words)}
    if len(asked) > 1:
        for place, code in enumerate(asked):
            ordinal = _ORDINALS[place] if place < len(_ORDINALS) else "-"
            number = place + 1
            if re.search(
                rf"\b{ordinal}[nr]?\b(?! (?:gespraech|termin|quartal|halbjahr|monat|woche|adresse|schritt|haelfte|platz))|"
                rf"\b(?:person|patient(?:in)?|nr\.?|nummer|anfrage) ?{number}\b|^\s*{number}\s?[.):](?!\d)(?=\s|$|\w)",
                words,
            ):
                codes.add(code)
    return frozenset(codes)
