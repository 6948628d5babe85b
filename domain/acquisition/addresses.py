"""Postal addresses taken apart: street, house number, what is added to them, PLZ and town. Text only, no look-up.

"Markt 12 a, Hinterhaus" is the street "Markt", the number "12 a" and the addition "Hinterhaus"; a directory may
put any of them into any cell. What is not understood stays in the street, so that nothing is lost.
"""

import re
from dataclasses import dataclass
from datetime import date

from domain.acquisition.text import DASHES, clean, plz

# One number: "12", "12 a", "5-7", "5-7 a", "12/14", "12 1/2". Letters behind it are one only: "12 OG" is an addition.
_NUMBER = r"\d{1,4}\s?[a-zA-Z]?(?![\w])(?:\s?1/2)?(?:\s?[-/+]\s?\d{1,4}\s?[a-zA-Z]?(?!\w)|\s?-\s?[a-zA-Z](?!\w))*"
_HOUSE = re.compile(rf"(?:Nr\.?\s?|Hausnr\.?\s?)?({_NUMBER})", re.IGNORECASE)
_BEHIND_STREET = re.compile(rf"(?P<street>.*\D)\s+{_HOUSE.pattern}", re.IGNORECASE)
_GLUED = re.compile(rf"(?P<street>.*(?:str\.|straße|strasse|weg|platz|gasse|allee))({_NUMBER})", re.IGNORECASE)
# Mannheim and a few others name blocks instead of streets: "Q 7, 24"
_BLOCK = re.compile(r"([A-Z]\s?\d{1,2})\s*,\s*(\d{1,3}\s?[a-zA-Z]?)")
_FLOOR = (
    r"(?:\d{1,2}\s?\.\s?(?:OG|UG|Obergeschoss|Untergeschoss|Etage|Stock(?:werk)?|St\.)"
    r"|EG|DG|HP|Hochparterre|Erdgeschoss|Dachgeschoss|Souterrain)"
)
_HOUSE_PART = (
    r"(?:HH|VH|GH|SF|Hinterhaus|Hinterhof|Vorderhaus|Gartenhaus|Seitenflügel|Quergebäude|Rückgebäude|Rgb\.?|Nebenhaus)"
)
_NAMED = r"(?:Haus|Gebäude|Aufgang|Eingang|Zimmer|Raum|Whg\.?|Wohnung|Etage|Stock|Trakt|Block|Flur|Hof)\s+\S.*"
_ROOF = r"(?:Praxis|Praxisgemeinschaft|Gemeinschaftspraxis|Ärztehaus|Gesundheitszentrum|MVZ|im Hause?|über|bei)\b.*"
_ADDITION = re.compile(
    rf"c\s?/\s?o\b.*|(?:{_FLOOR}|{_HOUSE_PART})(?:\s+(?:links|rechts|mitte|li\.?|re\.?))?|{_NAMED}|{_ROOF}|(?:links|rechts)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf"(?P<rest>.*?\d\s?[a-zA-Z]?|.*\w)\s+(?P<addition>c\s?/\s?o\s.*|(?:{_FLOOR}|{_HOUSE_PART})(?!\w).*|(?:Haus|Gebäude|Aufgang|Eingang)\s+\w{{1,3}})",
    re.IGNORECASE,
)
_TOWN = re.compile(r"(?P<before>.*?)(?:^|[,;\s])\s*(?P<plz>(?:D-|DE-)?\d{4,5})\s+(?P<city>\D.*)")
_TOWN_CELL = re.compile(r"(?P<plz>(?:D-|DE-)?\d{3,6})\s+(?P<city>\D.*)")
# a PLZ with a figure too few or too many: the town behind it is one all the same
_ODD_TOWN = re.compile(r"(?P<before>.*?)[,;]\s*(?:D-|DE-)?\d{3,6}\s+(?P<city>\D.*)")
_BRACKETS = re.compile(r"\s*\(([^()]*)\)\s*")


@dataclass(frozen=True, slots=True)
class Address:
    """An address in its parts; empty where the text names none."""

    street: str = ""
    house_number: str = ""
    addition: str = ""
    plz: str = ""
    city: str = ""


def number_cell(value: object, notes: list[str]) -> object:
    """A table's cell of a house number: what a spreadsheet took for a day ("5-7", 5 July) is turned back.

    The first of a month may be "1-7" or "7-26", and of two like numbers neither is one: such a number is unknown.
    """
    if not isinstance(value, date):
        return value
    if value.day > 1 and value.day != value.month:
        return f"{min(value.day, value.month)}-{max(value.day, value.month)}"
    notes.append("house_number_unreadable")
    return ""


def house_number(text: object) -> str:
    """A house number in one spelling: "12A" is "12 a", "5 – 7" is "5-7"; what is none stays as it is."""
    written = DASHES.sub("-", clean(text))
    if not _HOUSE.fullmatch(written):
        return written
    number = re.sub(r"^\D+", "", written)
    spaced = re.sub(r"(\d)\s?([a-zA-Z])(?!\w)", lambda m: f"{m[1]} {m[2].lower()}", number)
    return re.sub(r"\s*([-/+])\s*", r"\1", spaced)


def split_street(street: object, number: object = "") -> Address:
    """Street, number and addition of the two cells a directory has for them; a number of its own cell goes first."""
    line = clean(street)
    additions: list[str] = []
    found = clean(number)
    if found and not _HOUSE.fullmatch(DASHES.sub("-", found)):
        found, behind = _number_and_rest(found)
        additions += behind
    if block := _BLOCK.fullmatch(line):
        return Address(block[1], house_number(found or block[2]), ", ".join(additions))
    line, bracketed = _without_brackets(line)
    pieces = [
        piece for piece in (part.strip() for part in re.split(r"[,;]|(?<!\d)\s[-–]\s|\s[-–]\s(?!\d)", line)) if piece
    ]
    rest: list[str] = []
    for piece in pieces:
        if _ADDITION.fullmatch(piece):
            additions.append(piece)
        elif not found and rest and _HOUSE.fullmatch(DASHES.sub("-", piece)):
            found = piece  # "Markt, 12"
        else:
            rest.append(piece)
    name = ", ".join(rest)
    if found and name.endswith(f" {found}"):
        name = name.removesuffix(found).strip()  # both cells hold the number
    if tail := _TAIL.fullmatch(name):
        name = tail["rest"]
        additions.insert(0, tail["addition"])
    if not found:
        name, found = _street_and_number(name)
    return Address(name, house_number(found), ", ".join([*additions, *bracketed]))


def split_address(text: object) -> Address:
    """The parts of an address in one cell or one text: "c/o Weiß, Markt 12 a, 2. OG, 52062 Aachen"."""
    # lines first: a cell may hold an address as an envelope does
    whole = ", ".join(part for part in map(clean, re.split(r"[\r\n]+", str(text or ""))) if part)
    town = _TOWN.fullmatch(whole)
    if town is None:
        return _without_plz(whole)
    city, *behind = (part.strip() for part in town["city"].split(","))
    postal = plz(town["plz"])
    if not postal:
        return _without_plz(whole)
    found = split_street(town["before"].strip(" ,;"))
    if not found.street and not found.addition:
        # "52062 Aachen, Markt 1": the town stands first
        named = [part for part in behind if part and part.lower() not in {"deutschland", "germany"}]
        turned = split_street(", ".join(named))
        found, behind = (turned, []) if turned.house_number else (found, behind)
    after = [part for part in behind if part and part.lower() not in {"deutschland", "germany"}]
    addition = ", ".join(part for part in (found.addition, *after) if part)
    return Address(found.street, found.house_number, addition, postal, city)


def split_town(postal: object, city: object) -> tuple[str, str, bool]:
    """PLZ and town of a directory's two cells, of which one may hold both; whether a PLZ stood there that is none."""
    code, town = plz(postal), clean(city)
    unread = bool(clean(postal)) and not code
    if both := _TOWN_CELL.fullmatch(town) or (_TOWN_CELL.fullmatch(clean(postal)) if not town else None):
        inside = plz(both["plz"])
        if not code or inside == code:
            return inside, both["city"], not inside
    return code, town, unread


def _without_plz(whole: str) -> Address:
    """An address whose PLZ cannot be one; what stands behind it is still the town."""
    odd = _ODD_TOWN.fullmatch(whole)
    if odd is None or _ADDITION.fullmatch(odd["city"]):
        return split_street(whole)
    found = split_street(odd["before"])
    return Address(found.street, found.house_number, found.addition, "", odd["city"])


def _number_and_rest(text: str) -> tuple[str, list[str]]:
    """A number's cell with more in it: "12 a, 2. OG" or "12 Hinterhaus"."""
    match = re.match(rf"{_HOUSE.pattern}(?=[\s,;(]|$)", text, re.IGNORECASE)
    if match is None or re.match(r"\s?\.", text[match.end() :]):
        return "", [text]
    rest = text[match.end() :].strip(" ,;()")
    return match[1], [rest] if rest else []


def _without_brackets(text: str) -> tuple[str, list[str]]:
    """What stands in brackets belongs to the addition: "Markt 12 (Hinterhaus)"."""
    inside = [found.strip() for found in _BRACKETS.findall(text) if found.strip()]
    return clean(_BRACKETS.sub(" ", text)), inside


def _street_and_number(name: str) -> tuple[str, str]:
    written = DASHES.sub("-", name) if re.search(r"\d", name) else name
    if (match := _BEHIND_STREET.fullmatch(written)) or (match := _GLUED.fullmatch(written)):
        street = re.sub(r"\s(?:Haus)?nr\.?$", "", match["street"].strip(" ,"), flags=re.IGNORECASE)
        # "Straße des 17. Juni" ends with a word, "Platz 1" with its number, "Weg zum Haus 3" we cannot tell
        if street:
            return _as_written(name, street), match[2]
    return name, ""


def _as_written(name: str, street: str) -> str:
    """The street with the dashes of the text ("Zum – Tal" stays what it was)."""
    return name[: len(street)] if DASHES.sub("-", name[: len(street)]) == street else street
