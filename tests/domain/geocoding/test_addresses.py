"""Addresses as people write them, and whether what a geocoder found is what was asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.geocoding.addresses import Address, Found, clean, judge, spelled_like
from domain.values import Coordinate, GeoQuality


@pytest.mark.parametrize(
    ("street", "number", "cleaned"),
    [
        ("Hauptstr.", "17-19", ("Hauptstraße", "17")),
        ("Hauptstr. 17 - 19", "", ("Hauptstraße", "17")),
        ("Hauptstraße 12 a", "", ("Hauptstraße", "12a")),
        ("Berliner Str. 5/6", "", ("Berliner Straße", "5")),
        ("Goethestrasse", "3, 2. OG", ("Goethestraße", "3")),
        ("Goethestraße 3, 2. OG links", "", ("Goethestraße 3, links", "")),
        ("c/o Praxis am Markt, Lindenweg 4", "", ("Lindenweg", "4")),
        ("Lindenweg 4 (Hinterhaus)", "", ("Lindenweg", "4")),
        ("Lindenweg 4, Hinterhaus", "", ("Lindenweg", "4")),
        ("Lindenweg 4 EG", "", ("Lindenweg", "4")),
        ("Am Markt 1 im Ärztehaus", "", ("Am Markt", "1")),
        ("Straße des 17. Juni", "135", ("Straße des 17. Juni", "135")),
        ("Straße des 17. Juni 135", "", ("Straße des 17. Juni", "135")),
        ("Stresemannstr", "007", ("Stresemannstraße", "7")),
        ("Kirchpl. 2", "", ("Kirchplatz", "2")),
        ("Str. der Einheit 9", "", ("Straße der Einheit", "9")),
        ("Strandweg 8", "", ("Strandweg", "8")),
        ("Am Dorfstrand 8", "", ("Am Dorfstrand", "8")),
        ("", "", ("", "")),
    ],
)
def test_what_a_map_does_not_know_is_left_out(street: str, number: str, cleaned: tuple[str, str]) -> None:
    """Floors, "c/o", second numbers; abbreviations stand in full."""
    found = clean(Address(street, number, "52062", "Aachen"))
    assert (found.street, found.house_number) == cleaned


@given(st.text(max_size=60), st.text(max_size=12), st.text(max_size=8), st.text(max_size=30))
def test_any_text_can_be_cleaned_and_cleaning_again_changes_nothing_of_plz(
    street: str, number: str, plz: str, city: str
) -> None:
    """No text breaks it; a PLZ is one or empty, a number begins with a digit."""
    found = clean(Address(street, number, plz, city))
    assert found.plz == "" or (len(found.plz) == 5 and found.plz.isdigit())
    assert found.house_number == "" or found.house_number[0].isdigit()


def hit(street: str, number: str, plz: str, city: str, *, lat: float = 51.3, extent: int = 400) -> Found:
    """Something a geocoder says."""
    return Found(Address(street, number, plz, city), lat, 10.2, extent, "nominatim")


ASKED = Address("Hauptstraße", "17", "99991", "Musterstadt")


@pytest.mark.parametrize(
    ("found", "quality", "warnings"),
    [
        (hit("Hauptstraße", "17", "99991", "Musterstadt"), "house", ()),
        (hit("Hauptstrasse", "17", "99991", "Musterstadt"), "house", ()),
        (hit("Hauptstraße", "17", "99993", "Musterstadt"), "house", ("plz_differs",)),
        (hit("Hauptstraße", "17", "99991", "Nordstadt"), "house", ("city_differs",)),
        (hit("Hauptstraße", "", "99991", "Musterstadt"), "street", ("number_unknown",)),
        (hit("Hauptstraße", "19", "99991", "Musterstadt"), "street", ("number_unknown",)),
        (hit("Haubtstraße", "17", "99991", "Musterstadt"), "house", ("road_similar",)),
        (hit("Bahnhofstraße", "17", "99991", "Musterstadt"), None, ()),
        (hit("Hauptstraße", "17", "12345", "Anderswo"), None, ()),
        (hit("", "", "99991", "Musterstadt"), None, ()),
        (hit("Hauptstraße", "17", "99991", "Musterstadt", lat=48.8 - 20), None, ()),
    ],
)
def test_what_was_found_is_compared(found: Found, quality: str | None, warnings: tuple[str, ...]) -> None:
    """Number, PLZ, road and town; what differs is told, and another road is nobody's house."""
    judged = judge(ASKED, [found])
    assert (judged.quality if judged else None) == quality
    assert (judged.warnings if judged else ()) == warnings


def test_the_best_hit_wins_whatever_its_place() -> None:
    """A house before a street, and what agrees before what differs."""
    hits = [
        hit("Hauptstraße", "", "99991", "Musterstadt", lat=51.1),
        hit("Hauptstraße", "17", "99993", "Musterstadt", lat=51.2),
        hit("Hauptstraße", "17", "99991", "Musterstadt", lat=51.3),
    ]
    judged = judge(ASKED, hits)
    assert judged is not None
    assert (judged.lat, judged.quality, judged.uncertainty_m) == (51.3, "house", 30)


def test_a_long_street_is_uncertain() -> None:
    """The uncertainty of a street is half its length."""
    judged = judge(ASKED, [hit("Hauptstraße", "", "99991", "Musterstadt", extent=1800)])
    assert judged is not None
    assert judged.uncertainty_m == 1800


def test_a_misspelt_street_is_recognised_among_those_known() -> None:
    """One letter wrong in a name; two that are equally near decide nothing."""
    known = ["Weißgerbergasse", "Goethestraße", "Bergstraße", "Talstraße"]
    assert spelled_like("Weisgerbergase", known) == "Weißgerbergasse"
    assert spelled_like("Göthestr.", known) == "Goethestraße"
    assert spelled_like("Bergstraße", known) is None
    assert spelled_like("Xylophonweg", known) is None
    assert spelled_like("Aalweg", ["Balweg", "Calweg"]) is None


SCHOENEBERG = Coordinate(52.48383, 13.35432, GeoQuality.PLZ, 1500, "plz_table")


@pytest.mark.parametrize(
    ("plz", "place", "quality", "warnings"),
    [
        ("13158", (52.59318, 13.38345), "plz", ("plz_elsewhere:13158",)),
        ("10829", (52.48, 13.36), "house", ("plz_differs",)),
        ("10827", (52.59318, 13.38345), "house", ()),
    ],
)
def test_a_street_of_that_name_elsewhere_in_town_is_not_the_house(
    plz: str, place: tuple[float, float], quality: str, warnings: tuple[str, ...]
) -> None:
    """A mistyped PLZ lies next to the right one; what lies beyond it is another street, and its PLZ is told."""
    asked = Address("Hauptstraße", "12", "10827", "Berlin")
    found = Found(Address("Hauptstraße", "12", plz, "Berlin"), *place, 50, "nominatim")
    judged = judge(asked, [found], within=SCHOENEBERG)
    assert judged is not None
    assert (judged.quality, judged.warnings) == (quality, warnings)
    if quality == "plz":
        assert (judged.lat, judged.uncertainty_m, judged.source) == (SCHOENEBERG.lat, 1500, "plz_table")
    street = Found(Address("Hauptstraße", "", "10827", "Berlin"), *place, 50, "nominatim")
    better = judge(asked, [found, street], within=SCHOENEBERG)
    assert better is not None
    assert better.quality == ("street" if quality == "plz" else "house")
