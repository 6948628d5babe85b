"""Approvals in words → offers (method × age group × setting). Always a set, never a single value."""

from collections.abc import Iterable

from domain.values import AgeGroup, Licence, Method, Offer, Setting

# the order matters: "Tiefenpsychologisch fundierte Psychotherapie" names no other method
_METHODS = (
    ("verhaltenstherap", Method.CBT),
    ("tiefenpsychologisch", Method.PSYCHODYNAMIC),
    ("analytisch", Method.ANALYTIC),
    ("psychoanaly", Method.ANALYTIC),
    ("systemisch", Method.SYSTEMIC),
)
_LICENCE_AGE = {
    Licence.PSYCHOLOGICAL: AgeGroup.ADULT,
    Licence.MEDICAL: AgeGroup.ADULT,
    Licence.CHILD_YOUTH: AgeGroup.CHILD_YOUTH,
    Licence.UNKNOWN: AgeGroup.UNKNOWN,
}


def method_of(text: str) -> Method | None:
    """The method a text names, or None."""
    folded = text.lower()
    return next((method for word, method in _METHODS if word in folded), None)


def age_groups_of(text: str) -> tuple[AgeGroup, ...]:
    """The age groups a text names; empty where it names none."""
    folded = text.lower()
    found = []
    if "erwachsen" in folded:
        found.append(AgeGroup.ADULT)
    if "kinder" in folded or "jugend" in folded:
        found.append(AgeGroup.CHILD_YOUTH)
    return tuple(found)


def settings_of(text: str) -> tuple[Setting, ...]:
    """The settings a text names; unknown where it names none."""
    folded = text.lower()
    found = []
    if "einzel" in folded:
        found.append(Setting.INDIVIDUAL)
    if "gruppe" in folded:
        found.append(Setting.GROUP)
    return tuple(found) or (Setting.UNKNOWN,)


def offers_of(sentences: Iterable[str], licence: Licence) -> tuple[frozenset[Offer], str]:
    """Offers of sentences like "Verhaltenstherapie für Erwachsene in Einzeltherapie", and their source.

    Where no sentence names an age group the licence decides (source ``licence``), else it stays unknown;
    never both.
    """
    offers: set[Offer] = set()
    by_licence = False
    for sentence in sentences:
        method = method_of(sentence)
        if method is None:
            continue
        ages = age_groups_of(sentence)
        by_licence = by_licence or not ages
        for age in ages or (_LICENCE_AGE[licence],):
            offers.update(Offer(method, age, setting) for setting in settings_of(sentence))
    if not offers:
        return frozenset(), "none"
    return frozenset(offers), "licence" if by_licence else "directory"


def licence_of(groups: Iterable[str]) -> Licence:
    """The licence a directory's groups name; several different ones decide nothing."""
    found = set()
    for group in groups:
        folded = group.lower()
        if "kinder" in folded:
            found.add(Licence.CHILD_YOUTH)
        elif "ärztlich" in folded or "arzt" in folded or "ärztin" in folded:
            found.add(Licence.MEDICAL)
        elif "psychologisch" in folded:
            found.add(Licence.PSYCHOLOGICAL)
    return found.pop() if len(found) == 1 else Licence.UNKNOWN
