"""Times of day as people write them: "9-10", "9:10 bis 10 Uhr", "14.30 – 15.00". Patterns, and what they mean."""

import re
from collections.abc import Iterator

from domain.values import MINUTES_PER_DAY

# as many spaces as people write: without a bound some texts take hours
GAP = r"\s{0,4}+"
DASHES = r"\-\u2010-\u2015\u2212"  # inside a class
TO = rf"{GAP}(?:[{DASHES}]|bis){GAP}"
UNIT = rf"{GAP}(?:uhr|h)(?!\w)"
AND = rf"{GAP}(?:,|;|/|&|\+|und\b|u\.|sowie\b|oder\b|\s){GAP}"
# any two numbers with a dash between them: `spans` tells whether they are times
ANY_SPAN = rf"(?<![\d.:])\d{{1,2}}(?:[:.]\d{{2}})?(?:{UNIT})?{TO}\d{{1,2}}(?:[:.]\d{{2}})?(?![\d:]|\.\d)(?:{UNIT})?"
_PARTS = re.compile(
    rf"(?<![\d.:{DASHES}])(\d{{1,2}})(?:([:.])(\d{{2}}))?({UNIT})?{TO}(\d{{1,2}})(?:([:.])(\d{{2}}))?"
    rf"(?![\d:]|\.\d)({UNIT})?",
    re.IGNORECASE,
)
# "keine SMS" and "nicht in den Ferien" say nothing against the hours; nor does what stands in another line
_CLOSED = re.compile(
    r"[^\w\n]{0,4}(?:geschlossen|zu\b|urlaub|ferien|(?:ist\s)?pause|entf(?:ä|a)ll|keine?\s(?:sprech|termin|telefon)"
    r"|nicht(?=\W{0,4}$|\s{0,4}[,;]|\s(?:telefonisch\s)?(?:besetzt|erreichbar)))",
    re.IGNORECASE,
)
# "nicht von 9-10", "kein Telefon 9-10 und 14-15 Uhr": searched in one line
_CLOSED_AHEAD = re.compile(
    r"\b(?:geschlossen|zu|nicht|au(?:ß|ss)er|ohne|urlaub|\w{0,10}pause|kein\w{0,2}(?:\s\w{1,20})?)[\s:(]{1,3}"
    rf"(?:(?:von|vor|nach|zwischen|zw)\.?\s{{1,3}})?(?:{ANY_SPAN}{AND}){{0,3}}$",
    re.IGNORECASE,
)
_NOON = 12
_AHEAD = 90  # characters before a span that may say what it is
# "nachmittags 2-4" is not in the night, and nobody says so of the afternoon
_LATE = r"(?:nachm(?:itta)?|abend|nacht)"
_LATE_AHEAD = re.compile(
    rf"\b{_LATE}\w{{0,3}}\.?:?(?:\s{{0,3}}|[^\S\n]{{0,3}}[^\W\d]{{2,10}}\.?[^\S\n]{{1,3}})$", re.IGNORECASE
)
# a word that has a time of its own behind it belongs to that: "8-12 Uhr nachmittags 14-18 Uhr"
_LATE_BEHIND = re.compile(
    rf"\s{{0,3}}\(?{_LATE}(?!\w{{0,20}}[.:]{{0,2}}[^\S\n]{{0,3}}(?:(?:von|ab|nur)\s)?(?:1[2-9]|2[0-4])(?!\d))",
    re.IGNORECASE,
)
# "12-14 Jährige" and "1-2 Wochen" are no hours
_GOES_ON = re.compile(
    r"[^\S\n]{0,4}\n|\s{0,4}(?:$|[^\w\s€]|\d|n\.\s?v|nach\s(?:\w{1,12}\.?\s)?(?:vereinb|abspr)|ab(?=\W*$)|am\stel"
    r"|(?:und|u|oder|sowie|bzw|tel\w*|von|nur|pers(?:ö|oe)nl\w*|vorm\w*|nachm\w*|morgens|mittags|abends|t(?:ä|ae)gl\w*|tgl"
    r"|(?:mo|di|mi|do|fr|sa|so)(?:\w*tags?|\w*woch)?)(?!\w))",
    re.IGNORECASE,
)
_COMMA_MINUTES = re.compile(rf",\d\d(?![\d:.]|{TO})", re.IGNORECASE)  # "8,15-19,00" is not from 15 to 19
_HOUR = r"(?!00?(?![\d:.]))(?:[01]?\d|2[0-4])"  # a bare 0 ends a telephone number
_COLON = rf"(?<![\d.:]){_HOUR}:[0-5]\d(?![\d:])"
CLOCK = rf"(?<![\d.:]){_HOUR}(?:[:.][0-5]\d)?(?![\d:]|\.\d)"
_BETWEEN = re.compile(rf"((?:zwischen|zw\.?)\s{{1,4}}{CLOCK}(?:{UNIT})?\s)und(?=\s)", re.IGNORECASE)
# "8-12, Pause, 14-18"; but "8-12, Pause: 12-13", "8-17 Pause 12-13" and "8-12 Pause 13-14, 14-18" tell its hours
_BREAK = re.compile(
    rf"(\d{{1,2}})(?:[:.](\d{{2}}))?(?:{UNIT})?([\s,;/{DASHES}]{{1,4}}\w{{0,10}}pause[\s,;/{DASHES}]{{1,4}})"
    rf"(?=(\d{{1,2}})(?:[:.](\d{{2}}))?(?:{UNIT})?{TO}(\d{{1,2}}(?:[:.]\d{{2}})?)(?![:.]?\d)(?!(?:{UNIT})?{AND}\6(?!\d)))",
    re.IGNORECASE,
)
_POINT = re.compile(r"(?<=[^\W\d_]{2})\.(?=\d)")  # "Mo.9-10"
_SPAN = rf"{CLOCK}(?:{UNIT})?{TO}{CLOCK}"
_DAY = r"(?<![\d.:])(?:[0-2]?\d|3[01])\.(?:0?\d|1[0-2])\.(?:\d{4}|\d{2})?(?!\d)"
_ALONE = rf"(?<!\D\d[{DASHES}])(?<!\D\d\d[{DASHES}])"  # "53-02-15" goes on
# "12 34 5 - 10:30", "987 654 3 - 8 Uhr", "12 34 20-22, 9-10 Uhr": behind short groups the first may end a number
_OPEN = (
    rf"(?:(?<=\D\d\d\s)|(?<=\D\d{{3}}\s))\d{{1,2}}(?!-){TO}(?:{_COLON}(?!{TO}{CLOCK})|{CLOCK}(?={UNIT}))"
    rf"|(?<=\D\d\d\s){_SPAN}(?={AND}{_SPAN})"
)
# with a unit or a colon nothing else can be meant, but for what is in the group "open"
SURE_HOURS = re.compile(
    rf"(?P<open>{_OPEN})|{_ALONE}{_SPAN}(?:{AND}{_SPAN}){{1,6}}{UNIT}|{_SPAN}{UNIT}|{CLOCK}{UNIT}"
    rf"|{_COLON}(?:{TO}{CLOCK})?|{CLOCK}{TO}{_COLON}(?!{TO}{CLOCK})",
    re.IGNORECASE,
)
# beside a telephone number these may be hours, a day or some of its digits
MAYBE_HOURS = re.compile(rf"{_ALONE}{_SPAN}|(?<![\d.:]){_HOUR}\.[0-5]\d(?![\d:]|\.\d)|{_DAY}", re.IGNORECASE)


def plain(text: str) -> str:
    """A text with its hours in fewer ways of writing, each in its place: "zwischen 9 und 10" is one span."""
    return _BREAK.sub(_without_break, _BETWEEN.sub(r"\1bis", _POINT.sub(" ", text)))


def _without_break(found: re.Match[str]) -> str:
    """Hours and commas in place of the break before later ones."""
    ends, begins = (int(found[at]) * 60 + int(found[at + 1] or 0) for at in (1, 4))
    return found[0].removesuffix(found[3]) + "," * len(found[3]) if ends < begins else found[0]


def spans(text: str, first: int = 0, last: int | None = None) -> Iterator[tuple[int, int] | None]:
    """Every span of a plain text (between two places) in minutes of the day, end exclusive; None if it cannot be."""
    for found in _PARTS.finditer(text, first, len(text) if last is None else last):
        if _is_of_hours(found):
            start, end = (int(found[at]) * 60 + int(found[at + 2] or 0) for at in (1, 5))
            past = max(int(found[3] or 0), int(found[7] or 0)) > 59
            yield None if past or not start < end <= MINUTES_PER_DAY else (start, end)


def is_timed(text: str) -> bool:
    """Whether a text has a span with minutes on both sides, as nothing else is written."""
    return any(found[3] and found[7] and _is_of_hours(found) for found in _PARTS.finditer(text))


def _is_of_hours(found: re.Match[str]) -> bool:
    """Whether two numbers are times: not those of days, ages or closed hours."""
    text, end = found.string, found.end()
    ahead = text[max(0, found.start() - _AHEAD) : found.start()]
    if _CLOSED.match(text, end) or _CLOSED_AHEAD.search(ahead.rpartition("\n")[2]):
        return False
    if int(found[1]) < _NOON and (_LATE_BEHIND.match(text, end) or _LATE_AHEAD.search(ahead)):
        return False
    if _COMMA_MINUTES.match(text, end) or (
        int(found[1]) == 0 and not found[3] and (text[: found.start()].endswith(",") or not (found[4] or found[8]))
    ):
        return False
    if found[4] or found[8] or ":" in (found[2], found[6]):
        return True
    if found[3] and found[7]:  # with points: "03.12-05.12" are days
        return not any(int(minutes) <= 12 and int(minutes) % 5 for minutes in (found[3], found[7]))
    return _GOES_ON.match(text, end) is not None
