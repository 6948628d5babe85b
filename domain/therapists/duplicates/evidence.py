"""What of two records agrees or not, beside their names: where the practices are and how they are reached.

Observations only; what each is worth says `scoring`.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz

from domain.acquisition.text import fold_house
from domain.therapists.duplicates.names import folded

STREETS_ALIKE = 85  # of 100, after abbreviations are written out
_PUBLIC_HOSTS = frozenset(
    {"gmail.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "posteo.de", "outlook.com", "mailbox.org", "yahoo.de"}
)


class Reason(StrEnum):
    """What speaks for or against, beside how the names agree."""

    INSTITUTION = "institution"
    SEX_OTHER = "sex_other"
    ADDRESS_SAME = "address_same"
    HOUSE_SAME = "house_same"
    PLZ_SAME = "plz_same"
    AREA_SAME = "area_same"
    ADDRESS_OTHER = "address_other"
    MAILBOX_OWN = "mailbox_own"
    MAILBOX_SHARED = "mailbox_shared"
    MAILBOX_OTHER = "mailbox_other"
    MOBILE_SAME = "mobile_same"
    PHONE_SAME = "phone_same"
    PHONE_OTHER = "phone_other"
    WEB_SAME = "web_same"
    LICENCE_OTHER = "licence_other"
    NAME_RARE = "name_rare"
    NAME_COMMON = "name_common"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody, as it is stored."""

    last_name: str
    first_name: str = ""
    institution: bool = False
    sex: str = "not_stated"
    licence: str = "unknown"
    street: str = ""
    house_number: str = ""
    plz: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    web: str = ""


@lru_cache(maxsize=65_536)
def street_words(street: str) -> str:
    """A street for comparing: "Aachener Str." is "aachener strasse"."""
    words = " ".join(folded(street.replace("Str.", "Straße ").replace("str.", "straße ").replace("Pl.", "Platz ")))
    return words.replace("strasse", " strasse").replace("platz", " platz").strip()


def places(one: Known, other: Known) -> list[str]:
    """How near their practices are; nothing where a place is not known."""
    if not one.plz or not other.plz:
        return []
    houses = fold_house(one.house_number), fold_house(other.house_number)
    streets = fuzz.token_sort_ratio(street_words(one.street), street_words(other.street))
    alike = bool(one.street and other.street) and streets >= STREETS_ALIKE
    if houses[0] and houses[0] == houses[1] and alike and one.plz[:2] == other.plz[:2]:
        return [Reason.ADDRESS_SAME]
    if one.plz == other.plz:
        same_house = bool(houses[0]) and houses[0] == houses[1] and not (one.street and other.street)
        return [Reason.HOUSE_SAME if same_house or (alike and not all(houses)) else Reason.PLZ_SAME]
    return [Reason.AREA_SAME if one.plz[:2] == other.plz[:2] else Reason.ADDRESS_OTHER]


def reached(one: Known, other: Known) -> list[str]:
    """Which mailboxes, numbers and pages they share, and which are others."""
    seen: list[str] = []
    if one.email and other.email:
        if one.email == other.email:
            seen.append(Reason.MAILBOX_OWN if _is_own(one) and _is_own(other) else Reason.MAILBOX_SHARED)
        elif _host(one.email) == _host(other.email) not in _PUBLIC_HOSTS:
            seen.append(Reason.WEB_SAME)
        else:
            seen.append(Reason.MAILBOX_OTHER)
    mine, theirs = {one.phone, one.mobile} - {""}, {other.phone, other.mobile} - {""}
    if shared := mine & theirs:
        seen.append(Reason.MOBILE_SAME if any(map(is_mobile, shared)) else Reason.PHONE_SAME)
    elif mine and theirs:
        seen.append(Reason.PHONE_OTHER)
    if one.web and other.web and Reason.WEB_SAME not in seen and _site(one.web) == _site(other.web):
        seen.append(Reason.WEB_SAME)
    return seen


def is_mobile(number: str) -> bool:
    """Whether a German number in E.164 is that of a mobile: carried by one person, not standing in a practice."""
    return number.startswith(("+4915", "+4916", "+4917"))


def _is_own(known: Known) -> bool:
    """Whether a mailbox names its person: info@ and praxis@ are everybody's, anna.mueller@ is one's own."""
    local, _, host = known.email.partition("@")
    local = "".join(folded(local))
    names = [*folded(known.last_name), *(word for word in folded(known.first_name) if len(word) > 3)]
    if any(len(name) > 2 and name in local for name in names):
        return True
    # praxis@anna-mueller.example names her by its host, unless the whole family is called so
    first = folded(known.first_name)
    domain = "".join(folded(host.rpartition(".")[0]))
    return bool(first) and len(first[0]) > 2 and first[0] in domain and any(name in domain for name in names)


def _host(email: str) -> str:
    return email.rpartition("@")[2]


def _site(web: str) -> str:
    return web.lower().removeprefix("https://").removeprefix("http://").removeprefix("www.").partition("/")[0]
