"""What several claims about one person come to; silence where they contradict each other."""

from collections.abc import Mapping, Sequence

from domain.communication.reading.claims import Claim
from domain.communication.reading.meanings import Meaning
from domain.communication.reading.rules import Sign

M, S = Meaning, Sign
Signs = frozenset[Meaning | Sign]


def _signs(*signs: Meaning | Sign) -> Signs:
    return frozenset(signs)


# Which meaning wins, and what it contradicts (then nothing is suggested). The first that was claimed is taken.
_ORDER: Sequence[tuple[Meaning, Signs]] = (
    (M.CONSULTATION_ONLY, _signs(M.WAITING_LIST, M.PLACE_FREE, M.NEEDS_INFO)),
    (M.WAITING_LIST, _signs(M.LIST_CLOSED, M.UNSUITABLE, M.NEEDS_INFO, M.PLACE_FREE)),
    (M.NEEDS_INFO, _signs(M.NO_PLACES, S.REFUSED, M.UNSUITABLE, M.LIST_CLOSED)),
    (M.UNSUITABLE, _signs(M.PLACE_FREE, S.WELCOME, S.TALK, M.LIST_CLOSED)),
    (M.LIST_CLOSED, _signs(M.PLACE_FREE, S.WELCOME, S.TALK)),
    (M.PLACE_FREE, _signs(M.NO_PLACES, S.REFUSED, S.NO_THERAPY)),
    (M.NO_PLACES, _signs(S.WELCOME)),
)
# what signs come to where no meaning is claimed
_SIGNS: Mapping[Sign, Meaning] = {S.REFUSED: M.NO_PLACES, S.TALK: M.PLACE_FREE, S.WELCOME: M.PLACE_FREE}


def verdict(claims: Sequence[Claim]) -> tuple[Meaning, list[Claim]] | None:
    """The meaning and the claims it rests on."""
    signs = {claim.sign for claim in claims}
    no_therapy = signs & {M.NO_PLACES, S.REFUSED, S.NO_THERAPY}
    if S.TALK in signs and no_therapy and not signs & {M.PLACE_FREE, M.WAITING_LIST}:
        return M.CONSULTATION_ONLY, [c for c in claims if c.sign in {S.TALK, M.CONSULTATION_ONLY}]
    for meaning, against in _ORDER:
        if meaning in signs:
            return None if signs & against else (meaning, [c for c in claims if c.sign is meaning])
    if S.LATER in signs or (S.REFUSED in signs and signs & {S.TALK, S.WELCOME}):
        return None
    for sign, meaning in _SIGNS.items():
        if sign in signs:
            return meaning, [c for c in claims if c.sign is sign]
    return None
