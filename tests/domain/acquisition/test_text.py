"""Single values are cleaned the same way wherever they come from."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.acquisition.phone_numbers import phone
from domain.acquisition.text import clean, day, email, first_email, fold_house, fold_name, identity_key, plz


@given(st.text())
def test_cleaning_and_folding_twice_changes_nothing(text: str) -> None:
    """What is stored and what is compared with it went through the same hands."""
    assert clean(clean(text)) == clean(text)
    assert fold_name(fold_name(text)) == fold_name(text)
    assert fold_house(fold_house(text)) == fold_house(text)


@given(st.text())
def test_readers_give_what_the_database_takes_or_nothing(text: str) -> None:
    """Five digits, E.164, one address in lower case."""
    assert plz(text) == "" or (len(plz(text)) == 5 and plz(text).isascii() and plz(text).isdigit())
    assert phone(text) == "" or phone(text).startswith("+")
    for found in (email(text), first_email(text)):
        assert found == "" or ("@" in found and found == found.lower())
    day(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müßig", "MUESSIG"),
        ("Mu\u0308ller", "Müller"),
        ("von der Heide-Öz", "Heide Oez"),
        ("Michałowski", "Michalowski"),
        ("Sørensen", "Sorensen"),
        ("O’Brien", "O'Brien"),
    ],
)
def test_one_name_in_two_spellings_is_one_name(one: str, other: str) -> None:
    """Umlauts, hyphens, particles, letters of other alphabets' keyboards."""
    assert fold_name(one) == fold_name(other)


def test_names_in_other_scripts_stay_apart() -> None:
    """They have no Latin letters to compare, and are names all the same."""
    assert identity_key("Иванова", "52062", "5") != identity_key("Петрова", "52062", "5")


def test_house_numbers_are_compared_without_their_spelling() -> None:
    """Spaces, case and the kind of dash say nothing."""
    assert fold_house("27 – 45 A") == fold_house("27-45a")


def test_invisible_characters_stand_inside_words_control_characters_part_them() -> None:
    """A soft hyphen of a web page does not cut a name in two."""
    assert clean("\ufeffMüller\u00adLüdenscheid\u200b") == "MüllerLüdenscheid"
    assert clean("Anna\x00\tBerg\r\nAachen") == "Anna Berg Aachen"
    assert clean(52062.0) == "52062"


def test_a_cell_with_several_addresses_gives_the_first_a_form_none() -> None:
    """A directory joins what a person typing would be asked about."""
    assert first_email("Praxis@Mail.example; zweite@mail.example") == "praxis@mail.example"
    assert first_email("a@mail.example oder b@mail.example") == "a@mail.example"
    assert first_email("lea berger@mail.example") == ""
    assert first_email("Sommer, Ina <Ina@mail.example>; b@mail.example") == "ina@mail.example"
    assert first_email("MAILTO:a@mail.example?subject=Platz") == "a@mail.example"
    assert first_email("a@mail.example.") == "a@mail.example"
    assert first_email("a (at) mail[punkt]example") == "a@mail.example"
    assert first_email("a@mail.example (privat)") == "a@mail.example"
    assert email("a@mail.example; b@mail.example") == ""


@pytest.mark.parametrize(
    ("written", "read"),
    [(1067, "01067"), ("1067.0", "01067"), (" D-52062 ", "52062"), ("00000", ""), ("٥٢٠٦٢", ""), ("520622", "")],
)
def test_a_plz_has_five_digits(written: object, read: str) -> None:
    """A lost zero comes back; what is no PLZ is none."""
    assert plz(written) == read


@pytest.mark.parametrize("written", ["2026-11-23", "23.11.2026", "2026-11-23T08:00:00", "23.11.2026 08:00"])
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    """With or without a time behind it."""
    assert day(written) == date(2026, 11, 23)
    assert day(datetime(2026, 11, 23, 8)) == date(2026, 11, 23)  # noqa: DTZ001 - as a workbook gives it
    assert day("31.02.2026") is None


def test_a_lost_zero_comes_back_only_where_a_plz_has_it() -> None:
    """01067 is in Dresden; no PLZ is called 05206."""
    assert plz("1067") == "01067"
    assert plz("5206") == ""
    assert plz("52062") == "52062"
