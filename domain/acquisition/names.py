"""Names taken apart: salutation, titles, first names, surname with its particles. Nothing is ever guessed.

A salutation is read where it is written and never concluded from a first name; a text that names an institution has no
first name. What stands beside a name (`name_words`) is no part of it.
"""

import re
from dataclasses import dataclass

from domain.acquisition.name_cells import Cell, goes_on
from domain.acquisition.name_words import spelled, titles
from domain.acquisition.text import clean

SALUTATIONS = frozenset({"Frau", "Herr"})

_INSTITUTION = re.compile(  # in lower case: every name is looked through
    r"(?:praxis|zentrum|institut|ambulanz|klinik(?:um)?|verbund)(?!\w)"
    r"|\b(?:mvz|praxisgemeinschaft|krankenhaus|beratungsstelle|ordination|berufsausübungsgemeinschaft|g?gmbh|e\.\s?v\."
    r"|universität\w*|stiftung|akademie|verein|gbr|partg(?:mbb)?)(?!\w)",
)
_NO_NAME = re.compile(
    r"^\W*(?:alle angaben|angaben ohne|ohne gew(?:ä|ae)hr|keine haftung|stand\s*:|stand \d|quelle\s*:|©|copyright"
    r"|(?:seite|blatt) \d|erstellt (?:am|mit|von)|gedruckt am|druckdatum|exportiert"
    r"|(?:gesamt|summe|anzahl)\b\W*(?:$|\d)"
    r"|https?://|hinweis\s*:|impressum$|datenschutz$)|ohne gew(?:ä|ae)hr",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in its parts; `institution` where the text names no person (then all of it is the surname)."""

    last_name: str
    first_name: str = ""
    title: str = ""
    salutation: str = ""
    institution: bool = False


def is_person(text: object) -> bool:
    """Whether a text may be somebody's name at all: no sentence, no date, no line at the foot of a list."""
    return _NO_NAME.search(clean(text)) is None


def is_institution(text: str) -> bool:
    """Whether a name is that of a house and not of a person."""
    return _INSTITUTION.search(text.lower()) is not None


def title(text: object) -> str:
    """Titles in one spelling and their order: "Dr.med.  Dipl.Psych." is "Dr. med. Dipl.-Psych."; others stay."""
    words = spelled(clean(text)).split()
    found = titles(words)
    return " ".join([*found, *words[len(found) :]])


# what people write behind a name in brackets: the licence, a former name; the last may never close
_BRACKETED = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|\([^()]*$)\s*")
_BORN = re.compile(r"[,;]?\s(?:geb(?:\.\s*|\s+)|geborene[rn]?\s+)(?:(?:von|van|de|der|den|zu)\s+)*[\w'-]+")
_GENDER = re.compile(r"(?<=[a-zäöüß])(?:[*:_·]|/-?|-)(in(?:nen)?)(?!\w)")  # "Psychotherapeut*in", "-/in"
_WRAPPED = re.compile(r"(?<=,)\n|(?<=\w-)[ \n](?=[A-ZÄÖÜ])")  # a line that ends amid a name; "Weiß- Kühn"
_DOUBLE = re.compile(r"^(\w+) [-–] (?=\w+,)")  # "Weiß - Kühn, Eva"
# what parts one from another; in "von und zu Berg" it does not
_SIGN = re.compile(
    r"[ /\\&+|;•\n](?:"
    r"(?<! )"  # each by itself but the blank: "Kern/Berg", "Kern & Berg"
    r"|(?<!\bvon )(?:"
    r"(?:[Uu]nd|UND|oder|sowie|bzw\.?|et|[-–—])(?= )"  # "Kern und Berg", "Anna Kern - Jan Berg"
    r"|[Uu]\.(?=[ \w])"  # "Kern u. Berg", "Kern u.Berg"
    r"))"
)
_JOINED = re.compile(r"(?<=\w-)(?:und|u\.?)(?=[ A-ZÄÖÜ])\s?")  # "Kinder-und Jugendlichenpsychotherapeutin"
_MOST_WORDS = 100


def split_name(text: object) -> PersonName:
    """A name written in one cell: "Frau Dr. phil. Anna Maria von der Heide", "Heide, Anna, Dipl.-Psych.".

    A cell that names several people, or may, is treated as a house, called by all that is written: none of them is
    known by the others' names. So is one that has a practice's name ("Psychotherapie Kern") or no name at all, as the
    lines at the foot of a list.
    """
    whole = clean(text)
    house = PersonName(whole, institution=True)
    plain = _plain(whole if not isinstance(text, str) or text.isprintable() else _lines(text))
    if is_institution(plain.replace("\n", " ")) or not is_person(whole):
        return house
    pieces = [
        [part.split() for part in piece.split(",") if not part.isspace() and part] for piece in _SIGN.split(plain)
    ]
    if sum(len(words) for piece in pieces for words in piece) > _MOST_WORDS:
        return house
    cell = Cell([piece for piece in pieces if piece])
    last_name, first_name = cell.name
    if cell.of_several or (cell.is_beside and not last_name):
        return house
    return PersonName(last_name, first_name, cell.titles, cell.salutation)


def _lines(text: str) -> str:
    """A cell of several lines, each clean; a name that goes on in the next stands in one."""
    joined: list[str] = []
    for line in filter(None, map(clean, text.splitlines())):
        if joined and goes_on(spelled(joined[-1]).split(), line.split()):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return "\n".join(joined)


def _plain(written: str) -> str:
    """A cell without what stands in brackets and former names; professions and titles in one spelling."""
    plain = _JOINED.sub(" und ", written)
    if "- " in plain or "\n" in plain:
        plain = _WRAPPED.sub("", plain)
    if "(" in plain or "[" in plain:
        plain = _BRACKETED.sub(" ", _BRACKETED.sub(" ", plain))  # brackets in brackets
    return spelled(_DOUBLE.sub(r"\1-", _GENDER.sub(r"\1", _BORN.sub("", plain))))
