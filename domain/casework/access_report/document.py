"""An access report as JSON: data by section, and beside them what each key means, for a machine to take over."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.dialects.postgresql import Range as SqlRange

from domain.access import OfficeSettings
from domain.casework.access_report import wording as w
from domain.casework.access_report.collecting import Collected, Row
from domain.casework.access_report.fields import Section
from domain.casework.access_report.left_out import LEFT_OUT
from domain.casework.access_report.sections import SECTIONS
from domain.weektime import from_multirange

FORMAT, VERSION = "platzlotse-access-report", 1


@dataclass(frozen=True, slots=True)
class Report:
    """What both forms of a report are made of."""

    office: OfficeSettings
    made_at: datetime
    collected: Collected

    @property
    def name(self) -> str:
        """Whose report it is."""
        person = self.collected.rows["person"][0].values
        return f"{person['first_name']} {person['last_name']}".strip()


def to_json(report: Report) -> bytes:
    """The report for machines (Art. 20 GDPR): UTF-8, keys as in `keys`, moments ISO 8601, bytes Base64."""
    found = report.collected
    office = report.office
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": report.made_at,
        "controller": {
            name: getattr(office, name) for name in ("name", "street", "plz", "city", "phone", "email", "legal_footer")
        },
        "purposes": w.PURPOSES,
        "recipients": {
            "practices": found.practices,
            "insurers": found.insurers,
            "map_services_asked": found.maps_asked,
        },
        "origin": w.ORIGIN,
        "retention": w.retention(office),
        "rights": w.RIGHTS,
        "data": {section.key: [_row(section, row) for row in found.rows[section.key]] for section in SECTIONS},
        "accesses": found.accesses,
        "keys": {
            section.key: {
                "title": section.title,
                "fields": {field.column: field.word for field in section.fields}
                | {key: word for key, word, _ in section.named}
                | {"about_others_too": w.SHARED},
            }
            for section in SECTIONS
        },
        "left_out": [{"what": what, "why": why} for what, why in sorted(LEFT_OUT.items())],
    }
    return json.dumps(plain(whole), ensure_ascii=False, indent=2).encode()


def _row(section: Section, row: Row) -> dict[str, Any]:
    told = {key: plain(value) for key, value in row.values.items()}
    return told | {"about_others_too": not row.alone} if section.alone != "true" else told


def plain(value: Any) -> Any:
    """A value of the database as JSON knows it; times of a week as minutes since Monday, 00:00."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if _is_week(value):
        return [{"from": span.start, "until": span.end} for span in from_multirange(value) or ()]
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def _is_week(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], SqlRange)
