"""Whether a place is offered only to who pays for it: of whom the office asks for, the practice cannot know that.

Such words promise nothing to somebody insured by law; a person reads them. Pure.
"""

import re

_PAYS = r"selbst ?(?:be)?zahl|selbst (?:bezahl|aufkomm)|privat ?(?:be)?zahl|privat ?versicher|privatpatient|als privat"
_ONLY_IF = re.compile(
    rf"\b(?:wenn|falls|sofern|soweit|nur|ausschliesslich|lediglich|vorausgesetzt|fuer)\b.{{0,80}}?\b(?:{_PAYS})"
    rf"|\b(?:{_PAYS})\w*.{{0,40}}?\b(?:vorausgesetzt|voraussetzung|bedingung|noetig|erforderlich)\b"
)
_OTHERS_TOO = re.compile(r"\b(?:auch|ebenso|sowohl|egal|gesetzlich|kassen\w*|unabhaengig)\b")


def only_for_who_pays(text: str) -> bool:
    """Whether folded words make paying a condition, and name nobody else whom the place is for."""
    return _ONLY_IF.search(text) is not None and _OTHERS_TOO.search(text) is None
