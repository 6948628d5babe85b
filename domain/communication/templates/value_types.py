"""What each name of a template is, and what may be done with it, so that no letter fails over a number that is none."""

from enum import StrEnum

from domain.communication.templates.kinds import ATTRIBUTES, KINDS


class Type(StrEnum):
    """Texts and numbers can be written into a letter; the others are asked, gone through, or have parts."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    WORDS = "words"
    PERSON = "person"
    PERSONS = "persons"
    SENDER = "sender"
    LOOP = "loop"
    FUNCTION = "function"


_OTHERS: dict[str, Type] = {
    "mehrzahl": Type.FUNCTION,
    "absender": Type.SENDER,
    "personen": Type.PERSONS,
    "krisennummern": Type.WORDS,
    "fehlt": Type.WORDS,
    "brief": Type.FLAG,
    "noch_offen": Type.FLAG,
} | dict.fromkeys(
    (
        "anzahl", "angefragt", "angefragt_diese_woche", "antworten_diese_woche", "ohne_antwort", "absagen",
        "abwesend", "ohne_ergebnis",
        "wartelisten", "anrufe",
    ),
    Type.NUMBER,
)  # fmt: skip
NAME_TYPES: dict[str, Type] = {name: _OTHERS.get(name, Type.TEXT) for kind in KINDS.values() for name in kind.names}
ONE_OF: dict[Type, Type] = {Type.PERSONS: Type.PERSON, Type.WORDS: Type.TEXT}
_OF_PERSON: dict[str, Type] = dict.fromkeys(("verfahren", "anliegen", "sprachen"), Type.WORDS) | dict.fromkeys(
    ("gruppe", "sprechstunde", "zeitnah"), Type.FLAG
)
ATTRIBUTE_TYPES: dict[Type, dict[str, Type]] = {
    Type.SENDER: dict.fromkeys(ATTRIBUTES["absender"], Type.TEXT),
    Type.PERSON: {part: _OF_PERSON.get(part, Type.TEXT) for part in ATTRIBUTES["person"]},
    Type.LOOP: {"first": Type.FLAG, "last": Type.FLAG, "index": Type.NUMBER},
}
FILTER_TYPES: dict[tuple[str, Type], Type] = {
    ("join", Type.WORDS): Type.TEXT,
    ("first", Type.WORDS): Type.TEXT,
    ("length", Type.WORDS): Type.NUMBER,
    ("length", Type.PERSONS): Type.NUMBER,
    ("length", Type.TEXT): Type.NUMBER,
}
OPERATORS: frozenset[tuple[str, Type, Type]] = frozenset(
    {(op, Type.NUMBER, Type.NUMBER) for op in ("eq", "ne", "lt", "lteq", "gt", "gteq")}
    | {(op, Type.TEXT, within) for op in ("in", "notin") for within in (Type.TEXT, Type.WORDS)}
    | {(op, kind, kind) for op in ("eq", "ne") for kind in (Type.TEXT, Type.FLAG)}
)
