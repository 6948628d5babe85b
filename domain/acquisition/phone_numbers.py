"""Phone numbers of a cell that may hold several, with hours, words and other endings beside them.

A wrong number is worse than none: what can be read in two ways gives only the numbers both ways have, and the cell is
noted. Which digits are a number is said by `phonenumbers`; here is only where one may begin and end.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

import phonenumbers

from domain.acquisition.clock import DASHES, MAYBE_HOURS, SURE_HOURS, TO
from domain.acquisition.text import clean, says_nothing


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number in E.164; `kind` is fax by a word beside it, else phone or mobile by the number itself."""

    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """How somebody is called, each in E.164 or empty; `unreadable`: a cell says what is no number or may be several."""

    phone: str
    mobile: str
    fax: str
    unreadable: bool


LONGEST = 1_000  # characters of a cell with numbers
_MOST_DIGITS = 15  # E.164, country code included
_WHOLE = 7  # digits behind the trunk 0 that make a number of their own: fewer may go on
_AREA_CODE = range(2, 6)  # digits of it
_LONGEST_ENDING = 8  # a whole number without its area code
_LINE = "\0"  # between two lines: no cleaned text has it
_FAX = r"(?:(?:tele)?fax|(?<!\w)f(?=\W{0,3}$))"
_TEL = r"(?:(?:tel(?:efon)?|fon)(?:nr|nummer)?|(?<!\w)t)(?!\w)"
_OR = r"\s(?:und|oder)\s"
# the last word that says what a number is: "Fax: 0241 123456", "Fax Praxis Berg 0241 123456", not "12345 (Fax), 12346";
# "Tel. u. Fax: 0241 123456" is a telephone, too, and in "Tel: Fax: 0241 123456" there is none
_SAID = re.compile(
    rf"(?:{_TEL}(?!\W?(?::|\s?[{DASHES}])\s)[^\w\0]{{1,4}}(?:(?:u|und)\W{{1,3}})?{_FAX}|(?P<fax>{_FAX})|{_TEL})"
    rf"(?!\w*\.?\)\s?[,;|\0])(?:\W*|(?:(?!{_FAX}|{_TEL}|mobil|handy|funk|{_OR}\W*$)[^0-9,;/|\0])*(?::\W{{0,4}})?)$",
    re.IGNORECASE,
)
# that it is a fax: "12345 (Fax)", "12345 Fax, 12346", not "12345 Fax und AB", "12345 Fax: 12346"
_FAX_BEHIND = re.compile(
    rf"\s?\((?:tele)?fax\w*\.?\)|\s{{1,3}}(?:tele)?fax(?:\s[{DASHES}]\s|(?![^\w,;/|\0]{{0,4}}[0-9]"
    rf"|\w*\.?\s?(?::|auf\s|vorh|(?:u\.|und|[+/&])\s?[at])|(?:(?!{_OR})[^0-9,;/|\0])*(?:\+|\(?0)[0-9]))",
    re.IGNORECASE,
)
_PARTED = re.compile(rf"[,;/|\0]|\s[{DASHES}]\s")
# as a spreadsheet leaves "0241123456"; no number without its area code is as long, 49 may be the country's
_LOST_ZERO = re.compile(r"(?!49)[1-9]\d{8,10}")
_TRUNK = re.compile(r"((?:\+|\b00)\s?[1-9]\d{0,2}\)?)\s*\(0\)\s*(?=[0-9])")
_TRUNK_AGAIN = re.compile(r"((?:\+|\b00)49\)?)\s*\(?0(?=[1-9])")  # "+49 (0241) 123456"
_UNTIL = re.compile(rf"(?<=[0-9]){TO}(?=[0-9])", re.IGNORECASE)
_PIECE = re.compile(rf"[+(]*[0-9](?:(?:[0-9 ()/{DASHES}]|[.+](?! ))*[0-9])?")
# how somebody is called, and not "2 Privatplätze", "2 tel. Sprechstunden"
_CALL = (
    r"(?:(?:(?:tele)?fax|tel(?:efon)?|fon|mobil(?:telefon|funk)?|handy|funk|priv(?:at)?|dienst)(?:nr|nummer)?"
    r"|(?:privat)?praxis|dienstl(?:ich)?)"
)
_CALL = rf"{_CALL}(?:\W{{1,4}}(?:{_CALL}|nr|nummer|und|u|ab))*(?!\w|\.?\s[^\W\d_])"
# words that count nothing: that, when, and what joins
_CALLED = (
    rf"{_CALL}|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
    r"|(?:ab|und|oder|od|u|o|mo|di|mi|do|fr|sa|so)(?!\w)"
)
_COUNTED = (
    r"x|mal|min(?:ute)?n?|std|stunden?|tage?n?|wo|wochen?|mon|monate?n?|jahre?n?|(?:freie[nrs]?\s)?(?:pl(?:ä|ae)tze?n?|platz)"
    r"|freie[nrs]?|termine?|anrufe?|anfragen?|sitzung(?:en)?|person(?:en)?|kind(?:er)?|km|€|%|-?t(?:ä|ae)gig"
    rf"|j(?!\.?\s?[^\W\d_])|von\s[0-9]{{1,2}}(?![.:]|{TO})"  # "45 J.", "2 von 3"; no "J. Kern", no "von 8-9"
)
# what a number ends before: the cell, a line, another number or what somebody is called by
_ENDS = (
    rf"\s*(?:$|{_LINE})|[\s,;/|{DASHES}]{{0,4}}(?:(?:(?:und|oder|od|u)\.?\s)?(?:[+(]{{0,2}}0[0-9]{{2}}|\+[1-9])"
    rf"|\(?{_CALL}|[tfm][.:]?\s?[+(]{{0,2}}0[0-9])"
)
# What may be none of a number's digits though it stands among them. Each is read both ways, alone and with the others:
# only the numbers that every way has are sure. A short group behind a whole number is such by its place, unless nothing
# follows; where the number is none without it, that way says nothing and the group belongs to it.
_NO_DIGITS = (
    MAYBE_HOURS.pattern,  # and days: "8-9", "12.30", "24.12."
    r"(?<![0-9])[0-9]{1,2}(?=,[0-5][0-9](?![0-9])|\s(?:und|u\.|oder)\s;|/;)",  # "8,30"; "9 und", "9/" before hours
    r"(?<=\s)[0-9]\.(?![0-9])",  # an entry's number: "2. 0241 123456"
    rf"(?:(?<![0-9/])(?:0?[1-9]|1[0-2])/|(?<=[{DASHES}] ))20[0-9]{{2}}(?![0-9])",  # a month, a year behind a dash
    r"(?<!\S)[0-9]{5}(?= (?-i:[A-ZÄÖÜ][a-zäöü]))",  # a PLZ before its place
    rf"(?<![0-9])[0-9]{{1,4}}(?=\s?(?:{_COUNTED})(?!\w)|(?!{_CALLED})[^\W\d_])",  # "2x", "24 Stunden", "8oo"
    # "123456 2 nette Leute"; "12345 67, Fax 12345 68" counts nothing
    rf"(?:(?<=[0-9]{{5}}[ .])[0-9]{{1,2}}|(?<=[0-9]{{6}} )[1-9][0-9]{{2,3}})(?![0-9]|{_ENDS})",
    # unless it is a year
    r"(?:(?<=[0-9]{5} )|(?<=[0-9]{2} [0-9]{2} )|(?<=[0-9]{2} [0-9]{3} )|(?<=[0-9]-[0-9] ))20[0-9]{2}(?![0-9])",
    # behind fewer digits, pairs and threes only before a word
    (
        r"(?:(?<=[0-9]{5} )[1-9][0-9]{2,3}"
        r"|(?:(?<=[0-9]{2} [0-9]{2} [0-9]{2} )|(?<=[0-9]{3}[ -][0-9]{2} )|(?<=[0-9]{2} [0-9]{3} )|(?<=[0-9]{3}-[0-9] ))"
        r"[0-9])"
        rf"(?= (?:€|(?!{_CALLED})[^\W\d_]))"
    ),
    # months, and no Monday
    r"(?:(?<=[0-9][ /][0-9]{2} [0-9]{2} [0-9]{2} )|(?<=[0-9]{2} [0-9]{3} ))[0-9]{1,2}(?= mo\.?\s?(?:$|[,;)]))",
    r"(?P<closed>(?<=\s)[0-9]{1,2}(?=\)))",  # "2) 0241 123456"
)
_DOUBTFUL = re.compile(f"(?=[0-9])(?:{'|'.join(_NO_DIGITS)})", re.IGNORECASE)
_START = re.compile(rf"[0-9]{{1,2}}(?={TO})", re.IGNORECASE)  # "12 34 5-10.30" may be a number until half past ten
_MOST_DOUBTS = 4  # of one piece, read apart: any more are read with the last
_LETTER_DIGIT = re.compile(r"[oOlIS]{1,3}(?![^\W\d_])|[^\W\d_](?=[0-9])")  # "12345O", "1234B6"
_NEXT_LINE = re.compile(rf"[ /-]{{1,4}}+(?:{_LINE} {{1,2}}){{1,4}}+(?=[1-9])({_PIECE.pattern})")
_GROUP = re.compile(r"([^0-9]*)([0-9]+)")
_PREFIX = re.compile(r"(?:\+|00)(?:49)?|0")

# numbers with where they begin that every way of reading has, and whether there is more than one way
_Read = tuple[frozenset[tuple[int, PhoneNumber]], bool]


def phones(value: object) -> tuple[PhoneNumber, ...]:
    """Every number of a cell that can be read in one way only; each once, in their order."""
    return _read(value)[0]


def phone(value: object) -> str:
    """The first phone number of a text in E.164 that is no fax, or the empty text."""
    return next((found.number for found in phones(value) if found.kind != "fax"), "")


def numbers(tel: object, mobile: object = "", fax: object = "") -> Numbers:
    """The numbers of a directory's three cells; what stands in the wrong one goes where it belongs."""
    read = [_read(cell) for cell in (tel, mobile, fax)]
    cells = [found for found, _ in read]
    called = [found for cell in cells[:2] for found in cell]
    first = next((n.number for n in cells[0] if n.kind == "phone"), "")
    first = first or next((n.number for n in called if n.kind != "fax"), "")
    second = next((n.number for n in (*cells[1], *cells[0]) if n.kind == "mobile" and n.number != first), "")
    second = second or next((n.number for n in cells[1] if n.kind != "fax" and n.number != first), "")
    sent = next((n.number for n in cells[2]), "") or next((n.number for n in called if n.kind == "fax"), "")
    # with a fax number alone nobody is called
    nothing = any(
        not says_nothing(text) and all(n.kind == "fax" for n in found)
        for text, found in zip((tel, mobile), cells, strict=False)
    )
    return Numbers(first, second, sent, nothing or any(doubtful for _, doubtful in read))


def _read(value: object) -> tuple[tuple[PhoneNumber, ...], bool]:
    """The numbers of a cell, and whether something in it can be read in several ways."""
    # a line ends a number, unless the next goes on with it
    text = f" {_LINE} ".join(map(clean, value.splitlines())) if isinstance(value, str) else clean(value)
    if len(text) > LONGEST:
        return (), True
    if not any(map(str.isdigit, text)):
        return (), False
    if _LOST_ZERO.fullmatch(text):
        text = f"0{text}"
    text = _TRUNK_AGAIN.sub(r"\1 ", _TRUNK.sub(r"\1 ", text.replace("+ 49", "+49")))
    words = text.lower()
    if ":" in text or "h" in words:  # as all sure hours have
        text = SURE_HOURS.sub(lambda hours: hours[0] if hours["open"] else ";" * len(hours[0]), text)
    if "bis" in words:
        text = MAYBE_HOURS.sub(lambda hours: _UNTIL.sub("-", hours[0]), text)
    doubts = [found.span() for found in _DOUBTFUL.finditer(text) if found["closed"] is None or not _is_open(found)]
    found: dict[str, PhoneNumber] = {}
    doubtful = False
    for piece in _PIECE.finditer(text):
        here = [(start, end) for start, end in doubts if start < piece.end() and end > piece.start()]
        read, several = _ways(piece, here, _onward(text, piece.end(), doubts)) or (frozenset(), False)
        if _LETTER_DIGIT.match(text, piece.end()):
            read, several = frozenset(), True
        doubtful |= several
        last = max((at for at, _ in read), default=0)
        for at, number in sorted(read, key=itemgetter(0)):
            kind = _kind(number, text[: piece.start() + at], text[piece.end() :] if at == last else "")
            found.setdefault(number.number, PhoneNumber(number.number, kind))
    return tuple(found.values()), doubtful


def _is_open(found: re.Match[str]) -> bool:
    """Whether a bracket is open where something stands."""
    before = found.string[: found.start()]
    return before.count("(") > before.count(")")


def _onward(text: str, end: int, doubts: Sequence[tuple[int, int]]) -> str:
    """The digits the next line begins with, but for what may be none of a number."""
    found = _NEXT_LINE.match(text, end)
    if found is None:
        return ""
    start = found.start(1)
    behind = _blanked(found[1], [(a - start, b - start) for a, b in doubts if b > start and a < found.end()])
    first = _PIECE.match(behind)
    return first[0] if first is not None else ""


def _blanked(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    """A text with a sign no number has in some places, as long as it was."""
    for start, end in stretches:
        first, last = max(start, 0), min(end, len(text))
        text = f"{text[:first]}{';' * (last - first)}{text[last:]}"
    return text


def _kind(number: PhoneNumber, before: str, behind: str) -> str:
    """Fax by the words before a number, or by those behind a landline where the former stand in another part."""
    said = _SAID.search(before)
    is_behind = number.kind == "phone" and _FAX_BEHIND.match(behind) is not None
    if is_behind and (said is None or _PARTED.search(said[0])):
        return "fax"
    return "fax" if said is not None and said["fax"] else number.kind


def _ways(piece: re.Match[str], doubts: Sequence[tuple[int, int]], onward: str) -> _Read | None:
    """What a piece of digits and what stands between them says, read in every way: see `_NO_DIGITS`.

    Whole, without each of the stretches that may be none of its digits, and with those the next line begins with.
    """
    whole = piece[0]
    first = _numbers(whole, 0)
    ways = [first]
    if onward and first is not None:
        ways.append(_numbers(f"{whole} {onward}", 0))
    if doubts:
        variants = _variants(whole, [(start - piece.start(), end - piece.start()) for start, end in doubts])
        if not any(map(str.isdigit, variants[-1])):
            return None
        ways += [
            _joined(_numbers(part[0], part.start(), least=_WHOLE) for part in _PIECE.finditer(variant))
            for variant in dict.fromkeys(variants[1:])
        ]
    return _common([way for way in ways if way is not None])


def _variants(whole: str, doubts: Sequence[tuple[int, int]]) -> list[str]:
    """A piece with and without each stretch, or with its start alone: the first has them all, the last has none."""
    variants = [whole]
    apart = [doubts[at : at + 1] for at in range(_MOST_DOUBTS - 1)] + [doubts[_MOST_DOUBTS - 1 :]]
    for stretches in filter(None, apart):
        start, end = stretches[0]
        begun = _START.match(whole, max(start, 0), end)
        started = [(begun.end(), end), *stretches[1:]] if begun is not None else []
        others = [_blanked(text, some) for some in (started, stretches) if some for text in variants]
        variants += others
    return variants


def _common(ways: Sequence[_Read]) -> _Read | None:
    """What all ways have; None where there is none."""
    if not ways:
        return None
    kept = frozenset.intersection(*(found for found, _ in ways))
    return kept, len({found for found, _ in ways}) > 1 or any(several for _, several in ways)


def _joined(parts: Iterable[_Read | None]) -> _Read | None:
    """What stands in several pieces; those without a number say nothing."""
    read = [part for part in parts if part is not None]
    return (frozenset().union(*(found for found, _ in read)), any(more for _, more in read)) if read else None


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits of a piece, where they begin in it, and what stands before them."""

    at: int
    between: str
    digits: str

    @property
    def must_begin(self) -> bool:
        return "+" in self.between

    @property
    def may_begin(self) -> bool:
        return self.must_begin or self.digits.startswith("0")

    @property
    def marked(self) -> bool:
        """A slash or a bracket parts more than a space does: an area code, or another ending."""
        return any(sign in self.between for sign in "/()")


def _numbers(piece: str, offset: int, *, least: int = 0) -> _Read | None:
    """The numbers that groups of digits make, one behind the other; None where they cannot be parted into numbers."""
    groups = [_Group(found.start(2) + offset, found[1], found[2]) for found in _GROUP.finditer(piece)]
    if len(groups) > 1 and not groups[0].may_begin and len(groups[0].digits) < 3:
        groups = groups[1:]  # "2. 0241 123456"
    last = len(groups)
    rest: list[_Read | None] = [None] * last + [(frozenset(), False)]  # from each group on
    for first in reversed(range(last)):
        if not groups[first].may_begin:
            continue
        rest[first] = _common(
            [
                (behind[0] | {(groups[first].at, number)}, behind[1])
                for end in _ends(groups, first)
                if (behind := rest[end]) is not None
                for number in _readings(groups[first:end], least if end - first == last else _WHOLE)
            ]
        )
    return rest[0]


def _ends(groups: Sequence[_Group], first: int) -> Iterator[int]:
    """Where a number beginning with a group may end: before one that may begin another, or behind the last."""
    digits = len(groups[first].digits)
    for end in range(first + 1, len(groups)):
        if groups[end].may_begin:
            yield end
        if groups[end].must_begin or (digits := digits + len(groups[end].digits)) > 2 * _MOST_DIGITS:
            return
    yield len(groups)


def _readings(groups: Sequence[_Group], shortest: int) -> list[PhoneNumber]:
    """The numbers groups may be: all of them, or up to a slash behind which another ending stands.

    "0241/123456/57" is one: whoever parts the area code with a slash parts no more of a number so.
    """
    sign = "+" if groups[0].must_begin else ""
    marks, digits = [], groups[0].digits
    for at, group in enumerate(groups[1:], start=1):
        if group.marked:
            if at > 1 and groups[at - 1].may_begin and len(groups[at - 1].digits) - 1 in _AREA_CODE:
                return []  # an area code before a slash: a number of its own
            marks.append((at, digits))
        digits += group.digits
    late = [(at, before) for at, before in marks if _national(sign + before) not in range(_AREA_CODE.stop)]
    cuts = [_valid(sign + before, _WHOLE) if _is_ending(groups[at:]) else None for at, before in late]
    coded = sum(_national(sign + before) in _AREA_CODE for _, before in marks) == 1
    if coded and cuts and cuts[0] is not None and _national(sign + late[0][1]) > _WHOLE:
        return [cuts[0]]
    return [number for number in dict.fromkeys((*cuts, _valid(sign + digits, shortest))) if number is not None]


def _is_ending(groups: Sequence[_Group]) -> bool:
    """Whether groups may be another ending, and no number of their own."""
    length = sum(len(group.digits) for group in groups)
    return length <= (_WHOLE - 1 if groups[0].may_begin else _LONGEST_ENDING)


def _national(digits: str) -> int:
    """How many digits stand behind the prefix."""
    return len(_PREFIX.sub("", digits, count=1))


def _valid(digits: str, shortest: int) -> PhoneNumber | None:
    """The number, or None where it is none, shorter, or longer than any."""
    if not shortest <= _national(digits) <= _MOST_DIGITS:
        return None
    try:
        number = phonenumbers.parse(digits, "DE")
    except phonenumbers.NumberParseException:
        return None
    kind = phonenumbers.number_type(number)
    found = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if kind == phonenumbers.PhoneNumberType.UNKNOWN or len(found) > _MOST_DIGITS + 1:
        return None
    return PhoneNumber(found, "mobile" if kind == phonenumbers.PhoneNumberType.MOBILE else "phone")
