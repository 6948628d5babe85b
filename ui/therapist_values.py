"""How the value of a therapist's field reads where records are compared: what a file changes, what two records say."""

import re

from domain.values import WeekSpan
from ui import formats
from ui.labels import label
from ui.translation import tr

_KINDS = {
    "sex": "sex", "licence": "licence", "patient_sex": "sex_wish", "capacity": "capacity", "status": "therapist_status",
    "geo_quality": "geo_quality",
}  # fmt: skip
_HOURS = frozenset({"phone_hours", "office_hours", "treatment_hours"})
_PHONES = frozenset({"phone", "mobile", "fax"})
_SPAN = re.compile(r"\[(\d+),(\d+)\)")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
NOTHING = "–"


def difference_words(name: str, old: object, new: object) -> str:
    """What a list or a week has more and less than before, where both say something: "Kommt hinzu: …"."""
    before, after = _items(name, old), _items(name, new)
    if not before or not after:
        return ""
    more, less = [item for item in after if item not in before], [item for item in before if item not in after]
    said = (
        tr("Kommt hinzu: {items}.").format(items=", ".join(more)) if more else "",
        tr("Fällt weg: {items}.").format(items=", ".join(less)) if less else "",
    )
    return " ".join(filter(None, said))


def _items(name: str, value: object) -> list[str]:
    if isinstance(value, list):
        return [value_words(name, [item]) for item in value]
    if name in _HOURS and isinstance(value, str):
        return [value_words(name, f"[{start},{end})") for start, end in _SPAN.findall(value)]
    return []


def value_words(name: str, value: object) -> str:
    """A column's value (as JSON has it) in words; a dash where nothing is known."""
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return tr("ja") if value else tr("nein")
    if isinstance(value, list):
        texts = [str(item) for item in value]
        return formats.offers_in_full(texts) if name == "offers" else ", ".join(texts)
    text = str(value)
    if name in _KINDS:
        return label(_KINDS[name], text)
    if name in _HOURS:
        return formats.week([WeekSpan(int(start), int(end)) for start, end in _SPAN.findall(text)]) or NOTHING
    if name in _PHONES:
        return formats.phone(text)
    if day := _DAY.fullmatch(text):
        return f"{day[3]}.{day[2]}.{day[1]}"
    return text
