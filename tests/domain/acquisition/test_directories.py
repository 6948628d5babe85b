"""Entries of therapist directories: hours, approvals, places and identity."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.acquisition import arztsuche, plz_directory
from domain.acquisition.hours import spans_of
from domain.acquisition.offers import offers_of
from domain.acquisition.reading import WINDOW, FileKind, is_cut, recognise
from domain.acquisition.records import RowError, TherapistRecord
from domain.values import AgeGroup, Licence, Method, Offer, Setting, WeekSpan
from tests.domain.acquisition.files import SAMPLES, TODAY, read

MONDAY_NINE_TO_TEN = WeekSpan(540, 600)


def entry(*, today: date = TODAY, **values: object) -> TherapistRecord:
    """One entry of the directory's answer, read."""
    found = arztsuche.record_of(1, {"name": "Sommer", **values}, today=today)
    assert isinstance(found, TherapistRecord)
    return found


def day_v1(day: str, weekday: str, time: str, kind: str = "Telefonische Erreichbarkeit") -> dict[str, object]:
    """A day's hours in the first shape."""
    return {"d": day, "t": weekday, "tszDesTyps": [{"typ": kind, "sprechzeiten": [{"zeit": time}]}]}


def day_v2(day: str, kind: object, time: str) -> dict[str, object]:
    """A day's hours in the second shape."""
    return {"d": day, "typTsz": [{"typ": kind, "sprechzeiten": [{"z": time}]}]}


def test_both_shapes_give_the_same_hours() -> None:
    """Calendar days are folded to weekdays; the as-of date is that week's Monday."""
    first = entry(tsz=[day_v1("23.11.", "Mo.", "09:00-10:00")])
    second = entry(tsz=[day_v2("2026-11-23", "07", "09:00 - 10:00"), {"d": "2026-11-24"}])
    assert first.phone_hours == second.phone_hours == (MONDAY_NINE_TO_TEN,)
    assert first.hours_as_of == second.hours_as_of == date(2026, 11, 23)
    assert first.office_hours is None


@pytest.mark.parametrize("kind", ["01", "02", "05", "06", "Sprechstunde", "Offene Sprechstunde"])
def test_only_telephone_hours_are_for_calling(kind: str) -> None:
    """Nobody answers a call in the consultation hour."""
    found = entry(tsz=[day_v2("2026-11-23", kind, "09:00 - 10:00")])
    assert (found.phone_hours, found.office_hours) == (None, (MONDAY_NINE_TO_TEN,))


def test_the_weekday_finds_the_year_of_an_old_file() -> None:
    """22 December was a Monday in 2025; read in August 2026 the nearer one would be a Tuesday."""
    found = entry(today=date(2026, 8, 20), tsz=[day_v1("22.12.", "Mo.", "09:00-10:00")])
    assert found.phone_hours == (MONDAY_NINE_TO_TEN,)
    assert found.hours_as_of == date(2025, 12, 22)


def test_no_hours_mean_unknown_not_never() -> None:
    """A holiday week shows none, too."""
    found = entry(keineSprechzeiten=True, tsz=[])
    assert (found.phone_hours, found.office_hours, found.hours_as_of) == (None, None, None)


@pytest.mark.parametrize("time", ["22:00-24:30", "12:00-09:00", "09:70-10:00", "10:00-10:00"])
def test_impossible_hours_are_noted_and_the_row_still_comes(time: str) -> None:
    """One bad time costs only itself."""
    found = entry(tsz=[day_v1("23.11.", "Mo.", time), day_v1("23.11.", "Mo.", "09:00-10:00")])
    assert found.phone_hours == (MONDAY_NINE_TO_TEN,)
    assert found.notes == ("hours_impossible",)


@pytest.mark.parametrize(
    "time",
    ["ab 9 Uhr", "12-14 Jährige", "1-2 Wochen", "03.12-05.12", "9.00-10.00 geschlossen", "12 bis 14.30 Jahre",
     "8,00-9,00", "8,00-9,00 Uhr", "8,00-9 Uhr", "8,15-19,00", "0-8", "9-10 Uhr nicht", "9-10 Uhr nicht besetzt",
     "9.00-10.00 keine Sprechstunde", "9-10 Uhr kein Telefon", "nicht 9-10", "nicht von 9-10 und 14-15 Uhr",
     "geschlossen von 12-13 Uhr", "kein Telefon 9-10 Uhr", "außer 9-10 Uhr", "8-17 Uhr, Pause 12-13 Uhr", "12-14 €",
     "9.00–10.00 nachm.", "2-4 Uhr nachmittags", "nachm. 2-4", "abends von 8-9 Uhr", "8-17 Pause 12-13",
     "2-4 Uhr nachmittags 6-8 Uhr abends", "8-12 geschlossen 14-18",
     "8-12 Pause 13-14 Uhr, 14-18"],
)  # fmt: skip
def test_numbers_that_are_no_span_of_hours_are_noted(time: str) -> None:
    """What may have been hours is lost, but not without a word."""
    found = entry(tsz=[day_v1("23.11.", "Mo.", time)])
    assert (found.phone_hours, found.notes) == (None, ("hours_unreadable",))


@pytest.mark.parametrize(
    "time",
    ["9-10", "9 - 10 Uhr", "9h-10h", "9:00 bis 10", "9-10, für 12-14 Jährige", "9-10 (tel.)", "9.00–10.00 vorm.",
     "9.00-10.00 (nicht in den Ferien)", "9.00-10.00 keine SMS", "9:00-10:00 keine Rückrufe",
     "9.00-10.00, nicht am 24.12.", "9.00-10.00 Uhr, keine AB", "9-10 n. V.", "9-10 nach Vereinbarung", "9-10 AB",
     "9-10 persönlich", "zwischen 9 und 10 Uhr", "zw. 9 und 10", "Mo.9-10 Uhr",
     "9\u201010", "9\u201110 Uhr", "9:00 \u2212 10:00"],
)  # fmt: skip
def test_hours_are_read_however_they_are_written(time: str) -> None:
    """With and without minutes, whatever stands behind."""
    assert entry(tsz=[day_v1("23.11.", "Mo.", time)]).phone_hours == (MONDAY_NINE_TO_TEN,)


@pytest.mark.parametrize(
    "between",
    [" Uhr nachmittags ", " nachm. ", " abends ", " Uhr (nachmittags ", "\nnachmittags: ", " nachmittags von ",
     " Pause ", ", Pause, ", " Uhr Mittagspause ", " / ", ", nachm. "],
)  # fmt: skip
def test_a_word_between_two_halves_of_a_day_takes_neither(between: str) -> None:
    """It belongs to the hours behind it."""
    assert list(spans_of(0, f"8-12{between}14-18 Uhr", [])) == [WeekSpan(480, 720), WeekSpan(840, 1080)]


@given(st.integers(0, 6), st.text())
def test_spans_are_always_of_the_week(weekday: int, text: str) -> None:
    """Whatever stands in the cell (WeekSpan itself refuses anything else)."""
    for span in spans_of(weekday, f"{text} 09:00-10:00 {text}", []):
        assert weekday * 1440 <= span.start < span.end <= (weekday + 1) * 1440


def test_times_printed_twice_count_once() -> None:
    """As a saved page has them: once with a hyphen, once in words."""
    assert list(spans_of(0, "09:00-10:00 09:00 bis 10:00", [])) == [MONDAY_NINE_TO_TEN] * 2
    twice = [day_v1("23.11.", "Mo.", "09:00-10:00"), day_v1("23.11.", "Mo.", "09:00 bis 10:00")]
    assert entry(tsz=twice).phone_hours == (MONDAY_NINE_TO_TEN,)


def test_a_sentence_may_name_several_methods() -> None:
    """None of them is lost, in words or abbreviated."""
    offers, source = offers_of(
        ["Tiefenpsychologisch fundierte und analytische Psychotherapie für Erwachsene in Einzeltherapie"],
        Licence.PSYCHOLOGICAL,
    )
    assert {offer.method for offer in offers} == {Method.PSYCHODYNAMIC, Method.ANALYTIC}
    assert source == "directory"
    offers, source = offers_of(["VT, ST Kinder und Jugendliche Gruppentherapie"], Licence.PSYCHOLOGICAL)
    assert offers == {Offer(method, AgeGroup.CHILD_YOUTH, Setting.GROUP) for method in (Method.CBT, Method.SYSTEMIC)}


def test_an_institution_has_no_first_name_and_no_salutation_is_guessed() -> None:
    """What the directory leaves open stays open."""
    found = entry(arzt=False, name="MVZ am Markt", vorname="Anna", geschlecht="W")
    assert (found.is_institution, found.first_name, found.last_name) == (True, "", "MVZ am Markt")
    assert entry(vorname="Anna", geschlecht="W").salutation == ""
    assert entry(anrede="Firma").salutation == ""


def test_a_place_outside_germany_is_dropped_with_a_note() -> None:
    """Zero degrees, swapped axes, half a coordinate."""
    for lat, lon in ((0, 0), (6.08, 50.77), (50.77, None), ("x", "y")):
        found = entry(lat=lat, lon=lon)
        assert (found.lat, found.lon, found.notes) == (None, None, ("place_impossible",))
    assert (entry(lat="50.77", lon=6.08).lat, entry(lat=None, lon=None).notes) == (50.77, ())


def test_what_cannot_be_read_is_noted_and_the_row_still_comes() -> None:
    """Address, number and PLZ each on its own."""
    found = entry(email="auf Anfrage", tel="siehe Webseite", plz="5206")
    assert (found.email, found.phone, found.plz) == ("", "", "")
    assert found.notes == ("phone_unreadable", "plz_unreadable", "email_unreadable")
    assert entry(plz="Aachen").notes == ("plz_unreadable",)


def test_a_text_in_place_of_a_list_is_a_list_of_one() -> None:
    """Some exporters drop the brackets of single values."""
    found = entry(psy="Verhaltenstherapie für Erwachsene in Einzeltherapie", fs="Türkisch")
    assert found.offers == {Offer(Method.CBT, AgeGroup.ADULT, Setting.INDIVIDUAL)}
    assert found.languages == {"Türkisch"}


def test_a_person_of_the_plz_directory_is_the_same_person() -> None:
    """The same approvals, hours and address as the directory's own answer give."""
    found = plz_directory.record_of(
        1,
        {
            "id": "praxis1",
            "basic_info": {
                "salutation": "Frau", "title": "Dr.", "first_name": "Ina", "last_name": "von Sommer",
                "full_name": "Dr. Ina von Sommer",
                "classification": "Psychotherapie: Kinder- und Jugendlichenpsychotherapeutin / -psychotherapeut",
            },
            "location": {"street": "Markt", "house_number": "2 a", "postal_code": "1067", "city": "Dresden"},
            "contact": {"phone": "0241 1234567", "email": "INA@praxis.example", "fax": None},
            "telephone_hours": {"Mo": ["09:00-10:00"], "Feiertag": ["09:00-10:00"], "Di": "zu"},
            "languages": ["Deutsch", "Farsi"],
            "therapy_methods": ["Verhaltenstherapie für Kinder und Jugendliche in Einzeltherapie"],
        },
        scraped_on=TODAY,
    )  # fmt: skip
    assert isinstance(found, TherapistRecord)
    assert (found.last_name, found.licence, found.plz) == ("von Sommer", Licence.CHILD_YOUTH, "01067")
    assert (found.phone, found.email) == ("+492411234567", "ina@praxis.example")
    assert (found.phone_hours, found.hours_as_of) == ((MONDAY_NINE_TO_TEN,), TODAY)
    assert found.languages == {"Farsi"}
    assert found.offers == {Offer(Method.CBT, AgeGroup.CHILD_YOUTH, Setting.INDIVIDUAL)}


@pytest.mark.parametrize(
    ("person", "found"),
    [
        ({"last_name": "MVZ Mitte GmbH"}, ("MVZ Mitte GmbH", "", "", "", True)),
        ({"full_name": "Psychotherapeutisches Zentrum Aachen GmbH"},
         ("Psychotherapeutisches Zentrum Aachen GmbH", "", "", "", True)),
        ({"full_name": "Frau Dr. Anna Berg"}, ("Berg", "Anna", "Dr.", "Frau", False)),
        ({"full_name": "Dr. Anna von Berg", "first_name": "Anna"}, ("von Berg", "Anna", "Dr.", "", False)),
        ({"full_name": "Alle Angaben ohne Gewähr"}, "import.row.no_person"),
        ({"full_name": ""}, "import.row.no_name"),
    ],
)  # fmt: skip
def test_a_whole_name_comes_apart_and_a_house_is_a_house(person: dict[str, str], found: object) -> None:
    """In a directory per PLZ area, and in the pages of a source, which become one."""
    made = plz_directory.record_of(1, {"basic_info": person}, scraped_on=TODAY)
    if isinstance(made, RowError):
        assert made.reason == found
    else:
        assert (made.last_name, made.first_name, made.title, made.salutation, made.is_institution) == found


def test_a_directory_of_tomorrow_is_as_of_today(tmp_path: Path) -> None:
    """A clock that ran ahead must not make it newer than all that follow."""
    path = tmp_path / "directory"
    path.write_text('{"metadata": {"scrape_date": "2031-01-01T00:00:00"}, "therapists": []}', "utf-8")
    source = recognise(path, today=TODAY)
    assert (source.kind, source.as_of) == (FileKind.PLZ_DIRECTORY, TODAY)


def test_a_cut_list_is_told() -> None:
    """The first sample ends at 50 and says that there is more, the second is whole."""
    cuts = {
        name: is_cut(recognise(SAMPLES / name, today=TODAY), len(read(SAMPLES / name)))
        for name in ("arztsuche-v1.json", "arztsuche-v2.json")
    }
    assert cuts == {"arztsuche-v1.json": True, "arztsuche-v2.json": False}


@pytest.mark.parametrize("said", [": true", ":false", " :\n true", f":{' ' * 50}true", f":{' ' * 50}false"])
def test_a_list_says_anywhere_that_there_is_more(tmp_path: Path, said: str) -> None:
    """Also where it is looked for in two pieces."""
    path = tmp_path / "directory"
    head = '{"arztPraxisDatas": [], "text": "'
    for short in (0, 1, 8, 15, 16, 17, 25, 60):
        path.write_text(f'{head}{"x" * (WINDOW - len(head) - 2 - short)}", "moreResults"{said}}}', "utf-8")
        assert is_cut(recognise(path, today=TODAY), 3) is said.endswith("true"), short


def test_every_row_of_the_samples_is_a_person_with_offers() -> None:
    """Nothing is lost and nothing needs a note."""
    for name, rows, source in (("arztsuche-v1.json", 50, "directory"), ("arztsuche-v2.json", 200, "licence")):
        found = read(SAMPLES / name)
        assert len(found) == rows
        for row in found:
            assert isinstance(row, TherapistRecord)
            assert (row.offers_source, row.notes) == (source, ())
            assert row.offers
            assert " " not in row.last_name or row.last_name.split()[0] in {"von", "van", "zu", "de"}
