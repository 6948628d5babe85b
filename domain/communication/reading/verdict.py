"""What several claims about one person come to; silence where they contradict each other."""

from collections.abc import Mapping, Sequence

from domain.communication.reading.claims import Claim
from domain.communication.reading.meanings import Meaning
from domain.communication.reading.rules import Sign

M, S = Meaning, Sign
Signs = frozenset[Meaning | Sign]

MISSED_TOPIC = 0.1  # how much less sure a topic makes it that is touched and not understood
SOFT_DOUBT, DOUBT = 0.06, 0.01  # ... and each clause that no rule understood, beside a sign and beside a meaning
DOUBTS_AT_MOST = 3


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

_NOTHING = _signs()
_LIST = _signs(M.LIST_CLOSED, M.WAITING_LIST)
_CONSULTING = _signs(M.CONSULTATION_ONLY, S.TALK)
_UNFIT = _signs(M.UNSUITABLE, M.NEEDS_INFO)
# for each meaning the families of words that may change it, and the claims that show that they were understood
_TOPICS: Mapping[Meaning, Mapping[str, Signs]] = {
    M.NO_PLACES: {
        "LIST": _LIST, "NOTE": _LIST, "CONSULT": _CONSULTING, "TALK": _CONSULTING, "COMPLAINT": _UNFIT,
        "METHOD": _UNFIT, "GROUP_OF_PEOPLE": _UNFIT, "WISHES": _UNFIT, "PLACE_FAR": _UNFIT, "CLINIC": _UNFIT,
        "REGISTER": _NOTHING, "AWAY": _NOTHING,
    },
    M.PLACE_FREE: {
        "LIST": _NOTHING, "CONSULT": _NOTHING, "REPEAT": _NOTHING, "EVENT": _NOTHING, "THIRD": _NOTHING,
        "PAST": _NOTHING,
    },
    M.LIST_CLOSED: {"CONSULT": _CONSULTING},
    M.UNSUITABLE: {"LIST": _NOTHING, "OTHER_TRADE": _NOTHING},
    M.WAITING_LIST: {"CONSULT": _CONSULTING},
    M.CONSULTATION_ONLY: {"LIST": _LIST},
}  # fmt: skip


def verdict(
    claims: Sequence[Claim], *, unexplained: int = 0, topics: frozenset[str] = frozenset()
) -> tuple[Meaning, float, list[Claim]] | None:
    """The meaning, how sure, and the claims it rests on.

    `unexplained` clauses make it less sure, as does a topic that is touched and not understood: a waiting list in a
    letter that seems to say only "full".
    """
    found = _decided(claims)
    if found is None:
        return None
    meaning, bearing = found
    signs = {claim.sign for claim in claims}
    confidence = max(claim.confidence for claim in bearing)
    if any(topic in topics and not signs & understood for topic, understood in _TOPICS.get(meaning, {}).items()):
        confidence -= MISSED_TOPIC
    soft = all(isinstance(claim.sign, Sign) for claim in bearing)
    confidence -= min(unexplained, DOUBTS_AT_MOST) * (SOFT_DOUBT if soft else DOUBT)
    return meaning, confidence, bearing


def _decided(claims: Sequence[Claim]) -> tuple[Meaning, list[Claim]] | None:
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
