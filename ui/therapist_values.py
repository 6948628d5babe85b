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
