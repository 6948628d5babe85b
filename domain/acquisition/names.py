"""Names taken apart: salutation, titles, first names, surname with its particles. Nothing is ever guessed.

A salutation is read where it is written and never concluded from a first name; a text that names an institution has no
first name.
"""

import re
from dataclasses import dataclass

from domain.acquisition.text import PARTICLES, clean

SALUTATIONS = frozenset({"Frau", "Herr"})
# as people write them, folded (lower case, letters only) → as they are written here
_TITLES = {
    "prof": "Prof.", "professor": "Prof.", "professorin": "Prof.", "univprof": "Univ.-Prof.", "aplprof": "apl. Prof.",
    "pd": "PD", "privdoz": "Priv.-Doz.", "dr": "Dr.", "doktor": "Dr.", "drs": "Drs.", "phd": "Ph.D.",
    "med": "med.", "phil": "phil.", "rernat": "rer. nat.", "rer": "rer.", "nat": "nat.", "dipl": "Dipl.",
    "psych": "psych.",
    "paed": "päd.", "päd": "päd.", "hc": "h.c.", "habil": "habil.", "rermed": "rer. med.", "scihum": "sc. hum.",
    "sc": "sc.", "hum": "hum.", "pol": "pol.", "soc": "soc.", "theol": "theol.", "jur": "jur.", "rerpol": "rer. pol.",
    "disc": "disc.", "biol": "biol.", "psy": "psy.", "hort": "hort.", "univ": "Univ.", "dent": "dent.",
    "diplpsych": "Dipl.-Psych.", "diplompsychologin": "Dipl.-Psych.", "diplompsychologe": "Dipl.-Psych.",
    "diplpäd": "Dipl.-Päd.", "diplpaed": "Dipl.-Päd.", "diplpädagogin": "Dipl.-Päd.", "diplpädagoge": "Dipl.-Päd.",
    "diplsozpäd": "Dipl.-Soz.-Päd.", "diplsozpaed": "Dipl.-Soz.-Päd.", "diplsozarb": "Dipl.-Soz.-Arb.",
    "diplheilpäd": "Dipl.-Heilpäd.", "diplsoz": "Dipl.-Soz.", "msc": "M.Sc.", "bsc": "B.Sc.", "ma": "M.A.",
    "ba": "B.A.",    "msocsc": "M.Soc.Sc.", "mag": "Mag.", "magister": "Mag.", "magistra": "Mag.",
}  # fmt: skip
_ONLY_AFTER = frozenset(
    {"med", "phil", "rer", "nat", "psych", "päd", "paed", "sc", "hum", "pol", "soc", "theol", "jur", "disc"}
    | {"biol", "psy", "hort", "dent", "hc", "habil", "univ", "rernat", "rermed", "scihum", "rerpol"}
)
_INSTITUTION = re.compile(
    r"\b(?:MVZ|Gemeinschaftspraxis|Praxisgemeinschaft|Berufsausübungsgemeinschaft|Zentrum|\w*zentrum|Institut|\w*institut|"
    r"\w*ambulanz|\w*klinik(?:um)?|Krankenhaus|g?GmbH|e\.\s?V\.|Universität\w*|Stiftung|Praxis|\w*verbund|Akademie|Verein|GbR|PartG)"
    r"(?!\w)",
    re.IGNORECASE,
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
    return _INSTITUTION.search(text) is not None


def title(text: object) -> str:
    """Titles in one spelling and their order: "Dr.med.  Dipl.Psych." is "Dr. med. Dipl.-Psych."; others stay."""
    found, rest = _titles(_title_words(clean(text)))
    return " ".join([*found, *rest])


# what people write behind a name in brackets: the licence, a former name
_BRACKETED = re.compile(r"\s*\([^()]*\)\s*")


# what somebody is, beside the name: "Anna Kern, Psychologische Psychotherapeutin"
_PROFESSION = re.compile(
    r"(?:\b(?:psychol|ärztl|approb)\w*\.? )?\b(?:kinder-? ?(?:und|u\.|&) )?\w*therapeut(?:in|en|innen)?\b(?!-)"
    r"|\bfach(?:arzt|ärztin) für (?:(?!\b(?:dr|prof|dipl|pd)\b)[^,;/])*"
    r"|\bheilpraktiker(?:in)?(?: für psychotherapie)?\b",
    re.IGNORECASE,
)
_AND = r"(?:/|&|\+|und|u\.)"
_SEVERAL = re.compile(rf"(?<!\bvon) {_AND} ", re.IGNORECASE)
# licences and methods in short, and who is not called by name
_SHORT = re.compile(
    rf"(?<![\s,;|/–-])(?:[\s,;|/–-]|(?<=[\s/])(?:&|\+|und|u\.)(?=[\s/]))++(?:KJPP?|PP|VT|TP|AP|ST|HP|EMDR)$"
    rf"|,?\s+{_AND}\s+(?i:Partner(?:in)?|Kolleg\w+|Team)$"
)


def split_name(text: object) -> PersonName:
    """A name written in one cell: "Frau Dr. phil. Anna Maria von der Heide", "Heide, Anna, Dipl.-Psych.".

    A cell that names several people is treated as a house: none of them is known by the others' names.
    """
    written = clean(text)
    salutation = ""
    words = written.split()
    if words and words[0].removesuffix(".") in {"Frau", "Herr", "Herrn", "Fr", "Hr"}:
        salutation = "Frau" if words[0].startswith("F") else "Herr"
        words = words[1:]
        written = " ".join(words)
    if is_institution(_BRACKETED.sub(" ", written)):
        return PersonName(written, institution=True)
    written = _PROFESSION.sub("", clean(_BRACKETED.sub(" ", written))).strip(" ,;-–|/") or written
    while (short := _SHORT.search(written)) is not None and short.start():
        written = written[: short.start()]
    parts = [part.strip() for part in written.split(",") if part.strip()]
    if not parts:
        return PersonName("", salutation=salutation)
    behind: list[str] = []
    while len(parts) > 1 and (titles := _only_titles(parts[-1])):
        behind = [*titles, *behind]
        parts.pop()
    # behind name and first name stand fields of work and places: "Kern, Anna, Kinder und Jugendliche" is one person
    if _SEVERAL.search(", ".join(parts[:2])):
        return PersonName(written, institution=True)
    if len(parts) > 1:
        # "Heide, Dr. Anna" as lists sorted by surname have it
        before, first = _titles(_title_words(parts[1]))
        also, last = _titles(_title_words(parts[0]))
        titles = [*also, *before, *behind]
        return PersonName(" ".join(last) or parts[0], " ".join(first), " ".join(titles), salutation)
    titles, rest = _titles(_title_words(parts[0]))
    # "Anna Müller M.Sc."
    at = next((n for n in range(1, len(rest)) if "." in rest[n] and not _titles(rest[n:])[1]), len(rest))
    behind, rest = [*_titles(rest[at:])[0], *behind], rest[:at]
    first_name, last_name = _first_and_last(rest)
    return PersonName(last_name, first_name, " ".join([*titles, *behind]), salutation)


def _only_titles(text: str) -> list[str]:
    """The titles of a text that is nothing else, "Dipl.-Psych. und Dipl.-Päd."; else none."""
    read = [_titles(_title_words(part)) for part in re.split(rf"\s+{_AND}\s+", text, flags=re.IGNORECASE)]
    return [] if any(rest for _, rest in read) else [title for titles, _ in read for title in titles]


def _first_and_last(words: list[str]) -> tuple[str, str]:
    """First names and surname; a particle begins the surname, which is one word otherwise."""
    for at, word in enumerate(words[:-1]):
        if word.lower() in PARTICLES and (at or word.islower()):
            return " ".join(words[:at]), " ".join(words[at:])
    return " ".join(words[:-1]), words[-1] if words else ""


def _title_words(text: str) -> list[str]:
    """Words, with those written together ("Dr.med.", "Dipl. - Psych.") parted or joined."""
    joined = re.sub(r"\b(Dipl\.?|Diplom)\s*-?\s*(Psych\w*\.?|P[äa]e?d\w*\.?)", r"Dipl.-\2", text, flags=re.IGNORECASE)
    joined = re.sub(
        r"\b(Dipl)\.?\s*-?\s*(Soz)\.?\s*-?\s*(P[äa]e?d|Arb)\w*\.?", r"\1.-\2.-\3.", joined, flags=re.IGNORECASE
    )
    joined = re.sub(r"\b([MB])\.?\s?(Sc|A)\.(?!\w)", r"\1.\2.", joined)
    joined = re.sub(r"\b(rer)\.\s?(nat|pol|med)\.", r"\1.\2.", joined, flags=re.IGNORECASE)
    joined = re.sub(r"(?<=\w)\.(?=[A-Za-zÄÖÜäöü]{3})", ". ", joined.replace("rer.nat", "rer§nat"))
    return joined.replace("§", ".").split()


def _titles(words: list[str]) -> tuple[list[str], list[str]]:
    """The titles at the beginning, and the words behind them."""
    found: list[str] = []
    for at, word in enumerate(words):
        folded = "".join(c for c in word.lower() if c.isalpha())
        code = "diplpsych" if folded.startswith("diplpsych") else "diplpäd" if folded.startswith("diplpäd") else folded
        # "med." follows a title; alone it would be a name
        if code not in _TITLES or (code in _ONLY_AFTER and not found) or _is_a_name(word, code):
            return found, words[at:]
        found.append(_TITLES[code])
    return found, []


def _is_a_name(word: str, code: str) -> bool:
    """Two letters without a point and in capitals only at the beginning may be a name ("Ma", "Ba")."""
    return (
        code in {"ma", "ba", "pd", "sc", "msc", "bsc", "mag"}
        and "." not in word
        and not word.isupper()
        and code != "msc"
    )
