"""How two names agree, by what German directories do to them. Pure; knows nothing of addresses or mailboxes.

Surnames: umlauts, hyphens, particles, a slip of the pen, one half of a double name. First names: a second one left
out, an initial, another order, a short form. Titles never count.
"""

from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from domain.acquisition.text import fold_name


class Surname(StrEnum):
    """How two surnames agree."""

    SAME = "surname_same"
    CLOSE = "surname_close"
    PART = "surname_part"
    OTHER = "surname_other"


class FirstName(StrEnum):
    """How two first names agree; `unknown` where one side names none."""

    SAME = "first_same"
    SECOND = "first_second"
    INITIAL = "first_initial"
    VARIANT = "first_variant"
    UNKNOWN = "first_unknown"
    OTHER = "first_other"


# short forms that stand for the same person in two lists; each line is one name
_VARIANTS = (
    "hans johannes johann", "katja katharina kathrin katrin kati", "steffi stefanie stephanie", "alex alexander",
    "alexandra sandra", "toni anton", "sepp josef joseph", "uli ulrich", "ulrike ulli", "chris christian christopher",
    "christine christina tina", "gabi gabriele", "sabine bine", "susi susanne", "moni monika",
    "conny cornelia kornelia", "michi michael", "micha michael", "matthias mathias", "thomas tom", "andi andreas",
    "heinz heinrich", "kurt konrad", "peter pit", "bernd bernhard", "klaus nikolaus claus", "fritz friedrich",
    "willi wilhelm", "eli elisabeth lisa", "maggie margarete grete margarethe", "manu manuela", "babs barbara",
    "birgit birgitta", "rolf rudolf", "jochen joachim", "jo johannes", "max maximilian", "ben benjamin",
    "dani daniel daniela", "flo florian", "nico nikolas", "lena magdalena helena", "leni helene", "franzi franziska",
    "vroni veronika", "resi theresia", "annika anna",
)  # fmt: skip
CLOSE_FROM = 5  # shorter surnames differ by one letter too often
CLOSE_SIMILARITY = 0.93
FIRST_CLOSE_FROM = 4


@lru_cache(maxsize=65_536)
def folded(name: str) -> tuple[str, ...]:
    """A name's words for comparing, however its umlauts are written ("Müller", "Mueller", "Muller")."""
    words = fold_name(name).split()
    return tuple(word.replace("ae", "a").replace("oe", "o").replace("ue", "u") for word in words)


@lru_cache(maxsize=1024)
def _families(name: str) -> frozenset[int]:
    return frozenset(at for at, line in enumerate(_VARIANTS) if name in line.split())


def compare_surnames(one: str, other: str) -> Surname:
    """How two surnames agree."""
    mine, theirs = folded(one), folded(other)
    if mine == theirs or "".join(mine) == "".join(theirs) or sorted(mine) == sorted(theirs):
        return Surname.SAME
    first, second = "".join(mine), "".join(theirs)
    if min(len(first), len(second)) >= CLOSE_FROM and _is_slip(first, second):
        return Surname.CLOSE
    # one half of a double name: "Müller" is in "Müller-Lüdenscheid"
    shorter, longer = sorted((mine, theirs), key=len)
    if len(longer) > len(shorter) and set(shorter) < set(longer) and len("".join(shorter)) > 2:
        return Surname.PART
    return Surname.OTHER


def _is_slip(one: str, other: str) -> bool:
    """One letter wrong, missing, doubled or two swapped; more only in long names."""
    distance = DamerauLevenshtein.distance(one, other, score_cutoff=2)
    return distance == 1 or (distance == 2 and min(len(one), len(other)) >= 10)


def compare_first_names(one: str, other: str) -> FirstName:
    """How two first names agree; contradicting second names are another person."""
    mine, theirs = folded(one), folded(other)
    if not mine or not theirs:
        return FirstName.UNKNOWN
    if "".join(mine) == "".join(theirs):
        return FirstName.SAME
    shorter, longer = sorted((mine, theirs), key=len)
    if len(longer) > len(shorter) and all(_matches(word, longer) == "same" for word in shorter):
        return FirstName.SECOND
    kinds = {_matches(word, longer) for word in shorter}
    if "" in kinds:
        # "Ina M." and "Ina Beate": the first agrees, the second does not
        return FirstName.OTHER
    if kinds == {"same"}:
        return FirstName.SAME  # in another order
    return FirstName.INITIAL if "initial" in kinds else FirstName.VARIANT


def _matches(word: str, words: tuple[str, ...]) -> str:
    """How a first name is found among others: the same, its initial, a variant, or not at all."""
    found = ""
    for other in words:
        if word == other:
            return "same"
        if (len(word) == 1 or len(other) == 1) and word[0] == other[0]:
            found = "initial"
        elif not found and (
            _families(word) & _families(other)
            or (
                min(len(word), len(other)) >= FIRST_CLOSE_FROM
                and word[-1] == other[-1]  # Christian and Christina are two people
                and JaroWinkler.similarity(word, other) >= CLOSE_SIMILARITY
                and DamerauLevenshtein.distance(word, other) == 1
            )
        ):
            found = "variant"
    return found
