"""The first entry of a page as it was read: what a person compares with the page when they test a source."""

from datetime import date

from domain.acquisition import arztsuche, plz_directory
from domain.acquisition.records import RowError
from domain.acquisition.source_content import ARZTSUCHE, PageContent

_TEXTS = (
    "salutation", "title", "first_name", "last_name", "street", "house_number", "addition", "plz", "city", "phone",
    "mobile", "fax", "email", "web",
)  # fmt: skip
SHOWN = (*_TEXTS, "licence", "offers", "languages", "phone_hours")  # in this order; the database keeps none


def first_read(content: PageContent, *, on: date) -> dict[str, str]:
    """Field (as in ``therapist_field``) → what was found, only where something was; nothing without an entry."""
    if not content.entries:
        return {}
    if content.shape == ARZTSUCHE:
        record = arztsuche.record_of(1, content.entries[0], today=on)
    else:
        record = plz_directory.record_of(1, content.entries[0], scraped_on=on)
    if isinstance(record, RowError):
        return {"error": record.reason}
    found = {name: str(getattr(record, name)) for name in _TEXTS}
    found["licence"] = "" if record.licence == "unknown" else record.licence.value
    found["offers"] = " ".join(sorted(offer.code for offer in record.offers))
    found["languages"] = ", ".join(sorted(record.languages))
    found["phone_hours"] = ",".join(f"[{span.start},{span.end})" for span in record.phone_hours or ())
    return {name: value for name, value in found.items() if value}
