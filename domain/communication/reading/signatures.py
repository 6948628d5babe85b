"""Where an answer ends and its signature or small print begins."""

import re
from collections.abc import Sequence

from domain.communication.reading.folding import fold
from domain.communication.reading.lexicon import families_of
from domain.communication.reading.small_words import NAMING, TELLING

# farewells, with or without their comma; what follows them is a name, hours, a notice
_WARM = (
    r"freundlich\w*|herzlich\w*|beste[mnr]?|bestem|lieb\w*|viele[nr]?|kollegial\w*|sonnig\w*|schoene[mnr]?|"
    r"vorzueglich\w*|nett\w*"
)
_CLOSING = re.compile(
    rf"^\s*(?:-- ?$|(?:mit |ganz )?(?:{_WARM})(?: und \w+| kollegial\w*| freundlich\w*)? "
    r"(?:gr(?:u|ue)(?:ss)e?n?|hochachtung)\b|"
    r"(?:mfg|lg|vg|hg|bg|fg|mvg|mkg)\b(?!-|\s\w+ \w+ \w+ \w+)|hochachtungsvoll|"
    r"gr(?:u|ue)(?:ss)e?n?(?: (?:aus|vom|von|an|und)\b.{0,40})?[,!.]?\s*$|"
    r"(?:herzlichst?|freundlichst?|alles gute|alles liebe|ihre?|euer)[,!]?\s*$|"
    r"i\. ?[av]\. \w+|gez\. |im auftrag\b|es gruesst\b|ihr (?:team|praxisteam)\b)"
)
_HOURS = r"(?:sprechzeiten?|oeffnungszeiten|telefonzeiten?|sprechstunden?|erreichbarkeit|telefonsprechstunde)"
_SMALL_PRINT = re.compile(
    r"^\s*(?:tel(?:efon)?\b|fax\b|e-?mail:|www\.|mobil\b|[-_*=]{5,}|gesendet (?:von|mit|per)|sent from|von meinem|"
    r"diese (?:e-?mail|nachricht|mail) (?:enthaelt|kann|ist|wurde)|(?:wichtiger |vertraulicher |rechtlicher )?hinweis:|"
    r"vertraulichkeit\w*|der inhalt dieser|this e-?mail|sollten sie (?:diese|nicht der)|disclaimer|datenschutz\w*:|"
    rf"(?:telefonische |offene )?{_HOURS}(?: \w+)?\s?:|"
    rf"(?:unsere |meine )(?:telefonische )?{_HOURS}\s?:?|termine nur nach)"
)
_CODE = re.compile(r"(?<![a-z0-9])(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{5}(?![a-z0-9])")
_LONGEST_NAME = 8  # words


def where_it_ends(lines: Sequence[str]) -> int:
    """The number of lines that belong to the answer itself."""
    folded = [fold(line).text for line in lines]
    coded = max((number for number, line in enumerate(folded) if _CODE.search(line)), default=-1)
    said = False
    for number, line in enumerate(folded):
        if _CLOSING.match(line) or (_SMALL_PRINT.match(line) and (said or number > coded)):
            return number
        if said and number > coded and _ended(folded, number) and _is_name(lines[number], line):
            return number
        said = said or len(line.split()) > 2 or any(TELLING & families_of(word.strip(".,!")) for word in line.split())
    return len(lines)


def _ended(folded: Sequence[str], number: int) -> bool:
    before = folded[number - 1].rstrip() if number else ""
    return not before or before.endswith((".", "!", "?", ")", ","))


def _is_name(line: str, folded: str) -> bool:
    """Capital words that tell nothing: "Praxis für Psychotherapie", "Dr. Esther Lohn"."""
    words = re.findall(r"[^\W\d_][\w'-]*", line)
    if not 1 <= len(words) <= _LONGEST_NAME or line.rstrip().endswith(("?", "!", ":")) or re.search(r"\d", line):
        return False
    if line.rstrip().endswith(".") and len(words) < 3:
        return False
    small = re.findall(r"[a-z][\w'-]*", folded)
    return all(w[0].isupper() or f in NAMING for w, f in zip(words, small, strict=False)) and not any(
        TELLING & families_of(word) for word in small
    )
