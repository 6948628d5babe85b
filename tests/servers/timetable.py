"""A timetable (GTFS) for the invented town: one bus from its middle to the village, every six minutes."""

from datetime import date
from pathlib import Path

RIDE_MINUTES, EVERY, BUSES = 20, 6, 30
STOPS = {"M": (51.2865, 10.1785), "D": (51.3595, 10.2956)}


def write_timetable(folder: Path) -> None:
    """Write the feed; it holds for this year and the next."""
    folder.mkdir(parents=True)
    year = date.today().year  # noqa: DTZ011 - a year that holds today
    files = {
        "agency": ["agency_id,agency_name,agency_url,agency_timezone", "A,Stadtbus,https://bus.example,Europe/Berlin"],
        "stops": ["stop_id,stop_name,stop_lat,stop_lon", *(f"{n},{n},{lat},{lon}" for n, (lat, lon) in STOPS.items())],
        "routes": ["route_id,agency_id,route_short_name,route_long_name,route_type", "R,A,1,Linie 1,3"],
        "calendar": [
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date",
            f"C,1,1,1,1,1,1,1,{year}0101,{year + 1}1231",
        ],
        "trips": ["route_id,service_id,trip_id,trip_headsign", *(f"R,C,T{n},Dorf" for n in range(BUSES))],
        "stop_times": [
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence",
            *(line for n in range(BUSES) for line in _trip(n)),
        ],
    }
    for name, lines in files.items():
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", "utf-8")


def _trip(number: int) -> tuple[str, str]:
    first, last = (_clock(8 * 60 + EVERY * number + minutes) for minutes in (0, RIDE_MINUTES))
    return f"T{number},{first},{first},M,1", f"T{number},{last},{last},D,2"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}:00"
