"""The words that stand beside a name in a cell: titles, what somebody is, what they treat. Pure.

A surname may be such a word, too ("Anna Kinder"): those are `MAYBE` and a name where nothing says otherwise.
"""

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

_CALLED = {"Frau": "Frau", "Fr": "Frau", "Herr": "Herr", "Herrn": "Herr", "Hr": "Herr"}
# as people write them, folded (lower case, letters only) → as they are written here
_TITLES = {
    "prof": "Prof.", "profin": "Prof.", "professor": "Prof.", "professorin": "Prof.", "univprof": "Univ.-Prof.",
    "aplprof": "apl. Prof.",
    "pd": "PD", "privdoz": "Priv.-Doz.", "dr": "Dr.", "doktor": "Dr.", "drs": "Drs.", "phd": "Ph.D.",
    "med": "med.", "phil": "phil.", "rernat": "rer. nat.", "rer": "rer.", "nat": "nat.", "dipl": "Dipl.",
    "psych": "psych.", "medic": "medic.", "mult": "mult.", "ddr": "DDr.",
    "paed": "päd.", "päd": "päd.", "hc": "h.c.", "habil": "habil.", "rermed": "rer. med.", "scihum": "sc. hum.",
    "sc": "sc.", "hum": "hum.", "pol": "pol.", "soc": "soc.", "theol": "theol.", "jur": "jur.", "rerpol": "rer. pol.",
    "disc": "disc.", "biol": "biol.", "psy": "psy.", "hort": "hort.", "univ": "Univ.", "dent": "dent.",
    "diplpsych": "Dipl.-Psych.", "diplompsychologin": "Dipl.-Psych.", "diplompsychologe": "Dipl.-Psych.",
    "diplpäd": "Dipl.-Päd.", "diplpaed": "Dipl.-Päd.", "diplpädagogin": "Dipl.-Päd.", "diplpädagoge": "Dipl.-Päd.",
    "diplsozpäd": "Dipl.-Soz.-Päd.", "diplsozpaed": "Dipl.-Soz.-Päd.", "diplsozarb": "Dipl.-Soz.-Arb.",
    "diplheilpäd": "Dipl.-Heilpäd.", "diplsoz": "Dipl.-Soz.", "msc": "M.Sc.", "bsc": "B.Sc.", "ma": "M.A.",
    "ba": "B.A.", "msocsc": "M.Soc.Sc.", "mag": "Mag.", "maga": "Mag.", "magister": "Mag.", "magistra": "Mag.",
    "mba": "MBA", "llm": "LL.M.", "lic": "lic.", "ing": "Ing.", "dring": "Dr.-Ing.", "apl": "apl.", "em": "em.",
    "mscpsych": "M.Sc.",
}  # fmt: skip
_ONLY_AFTER = frozenset({
    "med", "phil", "rer", "nat", "psych", "päd", "paed", "sc", "hum", "pol", "soc", "theol", "jur", "disc", "biol",
    "psy", "hort", "dent", "hc", "habil", "univ", "rernat", "rermed", "scihum", "rerpol", "medic", "mult", "em",
})  # fmt: skip
_ANY_DIPLOMA = re.compile(r"dipl(?:om)?\.?-\w[\w.-]*", re.IGNORECASE)


class Kind(Enum):
    """What a word of a name's cell is, by the letter that stands for it in a row of words."""

    NAME = "N"
    WORK = "W"  # what somebody is, and words of it: "Psychologische", "Supervisorin", "KJP"
    FIELD = "F"  # what somebody does or whom they treat; at the beginning of a cell it is a house's
    MAYBE = "?"  # a field or a profession, or a surname
    FOR = "R"  # what follows is a field
    ASIDE = "A"  # what follows is no name
    MORE = "M"  # who works there, too, and is not called by name
    NOBODY = "B"  # what follows names a couple, or whom one only asks for
    NUMBER = "#"
    SIGN = "S"  # punctuation alone
    TITLE = "T"
    CALLED = "C"  # a salutation


_BY_KIND = {
    Kind.WORK: """
        psychologische psychologischer psychologischen psychotherapeutische psychotherapeutischer
        psychol psych ärztliche ärztlicher ärztlichen ärztl approb
        approbierte approbierter niedergelassene niedergelassener analytische analytischer leitende leitender ltd staatl
        anerkannte anerkannter angestellte angestellter psychoth psychotherap inh inhaber inhaberin leitung leiterin
        ansprechpartner ansprechpartnerin ärztin ärzte psychiater psychiaterin dozent dozentin beraterin
        mediator mediatorin seelsorger seelsorgerin
        """,
    Kind.FIELD: """
        jugendliche jugendlichen erwachsene erwachsenen jugend säuglinge kleinkinder fundierte fundiert
        tiefenpsychologisch systemische klinische innere psychosomatische ausbildung weiterbildung kassensitz
        geburtshilfe schwerpunkt master science arts artium sexualität fh staatsexamen approbation kassenzulassung
        sprechstunde wartezeit warteliste
        """,
    Kind.MAYBE: "kinder kindern arzt leiter coach berater lehrer paar paare familien gruppen eltern senioren",
    Kind.MORE: "partner partnerin team mitarbeiter kollege kollegen kollegin kolleginnen",
    Kind.ASIDE: """
        ehem ehemals vormals nachfolge nachfolgerin nachfolger elternzeit mutterschutz urlaub ruhend angestellt
        mph hypnose logopädin logopäde ergotherapeutin ergotherapeut
        """,
    Kind.NOBODY: "dres eheleute ehepaar familie geschwister sekretariat anmeldung vertretung büro",
}
_WORDS = {word: what for what, words in _BY_KIND.items() for word in words.split()}
# as they are written: "In" may be a name, "A." somebody's first
_WRITTEN = (
    dict.fromkeys(("für", "f."), Kind.FOR)
    | dict.fromkeys(("in", "mit", "bei", "am", "im", "aus", "nach", "als", "nur", "of"), Kind.ASIDE)
    | dict.fromkeys(("neu", "privat", "verstorben"), Kind.ASIDE)
    | dict.fromkeys(("a.", "al."), Kind.MORE)
    | dict.fromkeys(
        ("PP", "KJP", "KJPP", "VT", "TP", "TfP", "AP", "ST", "HP", "PiA", "FA", "FÄ", "PT", "EMDR"), Kind.WORK
    )
    | dict.fromkeys(("OA", "OÄ", "CA", "CÄ", "MR", "SR"), Kind.WORK)  # before a title: "OÄ Dr. …"
    | dict.fromkeys(("i.", "i.A.", "i.V.", "i.R."), Kind.ASIDE)
)  # fmt: skip
_WORK = re.compile(
    r".*(?:therapeut(?:in|en|innen)?|psycholog(?:e|in|en|innen)|analytiker(?:in)?|heilpraktiker(?:in)?|supervisor(?:in)?"
    r"|(?:fach-|[^-])arzt|ärztin|fachärzte|kandidat(?:in)?|assistent(?:in)?|[^-]berater(?:in)?|neurolog(?:e|in)|pädagog(?:e|in)|sozialarbeiter(?:in)?|mediziner(?:in)?)"
)
_FIELD = re.compile(
    r".*(?:therapien?|iatrie|medizin|analyse|logie|somatik|heilkunde|chirurgie|anästhesie|pädagogik|beratung|supervision|coaching)"
)
_EDGES = ".,:*-\"'„“”…"


def salutation(word: str) -> str:
    """Frau or Herr where a word says so, in capitals, too; else the empty text."""
    return _CALLED.get(word.removesuffix(".").capitalize(), "")


@lru_cache(4096)  # a list has few of them, each in half of its rows
def kind(word: str) -> Kind:
    """What a word is; names are what is nothing else."""
    bare = word.strip(_EDGES)
    folded = bare.lower()
    found = _WRITTEN.get(word) or _WRITTEN.get(bare) or _WORDS.get(folded)
    if found is not None:
        return found
    if not any(map(str.isalnum, bare)):
        return Kind.SIGN
    if bare[0].isdigit():
        return Kind.NUMBER
    if _WORK.fullmatch(folded):
        return Kind.WORK
    return Kind.FIELD if _FIELD.fullmatch(folded) else Kind.NAME


_DIPLOMA = re.compile(r"\b(Dipl\.?|Diplom)\s*-?\s*(Psych\w*\.?|P[äa]e?d\w*\.?)", re.IGNORECASE)
_SOCIAL = re.compile(r"\b(Dipl)\.?\s*-?\s*(Soz)\.?\s*-?\s*(P[äa]e?d|Arb)\w*\.?", re.IGNORECASE)
_MASTER = re.compile(r"\b([MB])\.?\s?(Sc|A)\.(?!\w)")
_RER = re.compile(r"\b(rer)\.\s?(nat|pol|med)\.", re.IGNORECASE)
# "Dr.med.", "Anna.Kern"; "Prof.Dr.", "Dr.A.Kern", not "LL.M."
_TOGETHER = re.compile(r"\.(?:(?<=\w\.)(?=[A-Za-zÄÖÜäöü]{3}|(?i:dr\.))|(?<=(?i:[dfh]r)\.)(?=[A-ZÄÖÜ]|h\.|(?:de|zu)\s))")


def spelled(text: str) -> str:
    """A text whose titles are one word each: "Dr.med." is two of them, "Dipl. - Psych." one."""
    joined = text
    if "dipl" in text.lower():
        joined = _SOCIAL.sub(r"\1.-\2.-\3.", _DIPLOMA.sub(r"Dipl.-\2", joined))
    if "." not in joined:
        return joined
    if "Sc." in joined or "A." in joined:
        joined = _MASTER.sub(r"\1.\2.", joined)
    if "rer." in joined.lower():
        joined = _RER.sub(r"\1.\2.", joined).replace("rer.nat", "rer§nat")
    joined = _TOGETHER.sub(". ", joined)
    return joined.replace("§", ".")


def titles(words: Sequence[str], at: int = 0) -> list[str]:
    """The titles that stand from there on, each in its one spelling."""
    found: list[str] = []
    while at + len(found) < len(words) and (read := _title(words[at + len(found)], bool(found))):
        found.append(read)
    return found


@lru_cache(4096)
def _title(word: str, after: bool) -> str:
    """A title in its one spelling; "med." follows another, alone it would be a name. Else the empty text."""
    folded = "".join(c for c in word.lower() if c.isalpha())
    code = "diplpsych" if folded.startswith("diplpsych") else "diplpäd" if folded.startswith("diplpäd") else folded
    if code not in _TITLES:
        return word if _ANY_DIPLOMA.fullmatch(word) else ""
    if (code in _ONLY_AFTER and not after) or _is_a_name(word, code):
        return ""
    return _TITLES[code]


def _is_a_name(word: str, code: str) -> bool:
    """Two letters without a point and in capitals only at the beginning may be a name ("Ma", "Ba")."""
    return code in {"ma", "ba", "pd", "sc", "bsc", "mag", "ing", "lic"} and "." not in word and not word.isupper()
