"""Approvals in words → offers (method × age group × setting). Always a set, never a single value."""

import re
from collections.abc import Iterable

from domain.values import AgeGroup, Licence, Method, Offer, Setting

_METHODS = (
    ("verhaltenstherap", Method.CBT),
    ("tiefenpsych", Method.PSYCHODYNAMIC),
    ("analytisch", Method.ANALYTIC),
    ("psychoanaly", Method.ANALYTIC),
    ("systemisch", Method.SYSTEMIC),
)
_ABBREVIATIONS = {
    "vt": Method.CBT,
    "tp": Method.PSYCHODYNAMIC,
    "tfp": Method.PSYCHODYNAMIC,
    "ap": Method.ANALYTIC,
    "st": Method.SYSTEMIC,
}
_LICENCE_AGE = {
    Licence.PSYCHOLOGICAL: AgeGroup.ADULT,
    Licence.MEDICAL: AgeGroup.ADULT,
    Licence.CHILD_YOUTH: AgeGroup.CHILD_YOUTH,
    Licence.UNKNOWN: AgeGroup.UNKNOWN,
}


def methods_of(text: str) -> frozenset[Method]:
    """Every method a text names, in words or as the usual abbreviation (VT, TP, AP, ST)."""
    folded = text.lower()
    named = {method for word, method in _METHODS if word in folded}
    return frozenset(named | {_ABBREVIATIONS[word] for word in re.findall(r"\w+", folded) if word in _ABBREVIATIONS})


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
        methods = methods_of(sentence)
        if not methods:
            continue
        ages = age_groups_of(sentence)
        by_licence = by_licence or not ages
        for age in ages or (_LICENCE_AGE[licence],):
            offers.update(Offer(m, age, setting) for m in methods for setting in settings_of(sentence))
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
