"""Changing the office's settings: letterhead, clocks, sending hours, what a week of planning may take."""

from sqlalchemy.orm import Session

from domain import events
from domain.access import Office, OfficeSettings, office
from domain.editing import load_for_edit
from domain.errors import Invalid
from domain.search_page import search_page
from domain.tile_source import tile_source

LAENDER = (
    "BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH",
)  # fmt: skip
# lowest and highest value that makes sense, by setting (days, seconds, km, minutes, mails)
BOUNDS = {
    "inquiry_size": (1, 6),
    "cooling_days": (0, 365),
    "follow_up_days": (1, 60),
    "expiry_days": (2, 120),
    "undo_seconds": (0, 600),
    "radius_km": (1, 500),
    "plan_mails": (0, 10_000),
    "plan_minutes": (0, 10_000),
    "call_minutes": (1, 60),
    "mails_per_hour": (1, 10_000),
    "status_weekday": (1, 7),
    "capacity_stale_days": (14, 1000),
    "lock_minutes": (1, 60),
    "retention_placed_years": (1, 30),
    "retention_other_months": (1, 120),
}


def read_office(session: Session) -> tuple[OfficeSettings, int]:
    """The settings and their version."""
    return office(session), session.get_one(Office, 1).version


def save_office(session: Session, settings: OfficeSettings, *, version: int) -> None:
    """Save the settings. Raises Invalid (field), Conflict (who, when) and Forbidden for whoever may not."""
    _check(settings)
    row = load_for_edit(session, Office, 1, version)
    for name in OfficeSettings.__slots__:
        setattr(row, name, getattr(settings, name))
    events.record(session, "office.changed", 1)


def _check(settings: OfficeSettings) -> None:
    if not settings.name.strip():
        raise Invalid("office.name", field="name")
    if settings.land not in LAENDER:
        raise Invalid("office.land", field="land")
    for name, (low, high) in BOUNDS.items():
        value = getattr(settings, name)
        if value is not None and not low <= value <= high:
            raise Invalid("office.out_of_bounds", field=name, low=low, high=high)
    if settings.expiry_days <= settings.follow_up_days:
        raise Invalid("office.expiry_before_follow_up", field="expiry_days")
    if (settings.send_from is None) != (settings.send_until is None):
        raise Invalid("office.half_hours", field="send_until")
    if settings.send_from is not None and settings.send_until is not None and settings.send_from >= settings.send_until:
        raise Invalid("office.hours_turned", field="send_until")
    tile_source(settings.tile_source, settings.tile_attribution)
    search_page(settings.directory_search)
