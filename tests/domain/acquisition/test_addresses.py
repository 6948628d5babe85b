"""Addresses come apart into street, number and addition, wherever a directory put them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.acquisition.addresses import Address, house_number, split_address, split_street, split_town
from domain.acquisition.text import clean


@pytest.mark.parametrize(
    ("written", "street", "number", "addition"),
    [
        ("Markt 12 a", "Markt", "12 a", ""),
        ("Markt 12A", "Markt", "12 a", ""),
        ("Aachener Str. 5 – 7", "Aachener Str.", "5-7", ""),
        ("Straße des 17. Juni 135", "Straße des 17. Juni", "135", ""),
        ("Straße des 17. Juni", "Straße des 17. Juni", "", ""),
        ("Hauptstr.12", "Hauptstr.", "12", ""),
        ("Q 7, 24", "Q 7", "24", ""),
        ("Markt 12, Hinterhaus", "Markt", "12", "Hinterhaus"),
        ("Markt 12 2. OG links", "Markt", "12", "2. OG links"),
        ("Markt 12 (HH)", "Markt", "12", "HH"),
        ("c/o Weiß, Markt 3", "Markt", "3", "c/o Weiß"),
        ("Markt 12a c/o Praxis Weiß", "Markt", "12 a", "c/o Praxis Weiß"),
        ("An der B 9 Nr. 12", "An der B 9", "12", ""),
        ("Zum-Grünen-Tal 22 a", "Zum-Grünen-Tal", "22 a", ""),
        ("Am Markt", "Am Markt", "", ""),
    ],
)
def test_a_street_comes_apart(written: str, street: str, number: str, addition: str) -> None:
    """Whatever stands behind the number, or before the street, is an addition."""
    assert split_street(written) == Address(street, number, addition)


@pytest.mark.parametrize(
    ("street", "number", "found"),
    [
        ("Markt", "12 a, 2. OG", Address("Markt", "12 a", "2. OG")),
        ("Markt", "12 Hinterhaus", Address("Markt", "12", "Hinterhaus")),
        ("Markt 3", "3", Address("Markt", "3")),
        ("Markt", "2. OG", Address("Markt", "", "2. OG")),
        (None, 52.0, Address("", "52")),
    ],
)
def test_two_cells_of_an_address_are_read_together(street: object, number: object, found: Address) -> None:
    """A number's own cell may hold more than the number."""
    assert split_street(street, number) == found


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("c/o Weiß, Markt 12 a, 2. OG, 52062 Aachen", Address("Markt", "12 a", "c/o Weiß, 2. OG", "52062", "Aachen")),
        ("Markt 12\n52062 Aachen", Address("Markt", "12", "", "52062", "Aachen")),
        ("Markt 12, D-1067 Dresden, Deutschland", Address("Markt", "12", "", "01067", "Dresden")),
        ("52062 Aachen, Markt 1", Address("Markt", "1", "", "52062", "Aachen")),
        ("52062 Aachen, Markt 1, 2. OG", Address("Markt", "1", "2. OG", "52062", "Aachen")),
        ("52062 Aachen, Mitte", Address("", "", "Mitte", "52062", "Aachen")),
        ("52062 Aachen", Address("", "", "", "52062", "Aachen")),
        ("Markt 12", Address("Markt", "12")),
        ("", Address()),
    ],
)
def test_an_address_in_one_cell_comes_apart(written: str, found: Address) -> None:
    """In one line or as on an envelope."""
    assert split_address(written) == found


@given(
    street=st.sampled_from(["Markt", "Aachener Straße", "Zum-Grünen-Tal", "Straße des 17. Juni", "Am Alten Wall"]),
    at=st.integers(1, 999),
    more=st.sampled_from(["", " a", " b", "-{}", "/{}"]),
    addition=st.sampled_from(["", "2. OG", "Hinterhaus", "EG links", "Aufgang B", "c/o Weiß"]),
    split=st.booleans(),
)
def test_what_was_put_together_comes_apart_again(
    street: str, at: int, more: str, addition: str, *, split: bool
) -> None:
    """In one cell or two, with a comma before the addition."""
    number = f"{at}{more.format(at + 2)}"
    behind = f", {addition}" if addition else ""
    found = split_street(street, number + behind) if split else split_street(f"{street} {number}{behind}")
    assert found == Address(street, number, addition)


@given(st.text(), st.text())
def test_nothing_a_cell_says_is_lost(street: str, number: str) -> None:
    """Every digit of both cells is somewhere in the parts, and no part is unclean."""
    found = split_street(street, number)
    for part in (found.street, found.house_number, found.addition):
        assert part == clean(part)
    kept = f"{found.street}{found.house_number}{found.addition}"
    assert {c for c in clean(street) + clean(number) if c.isdigit()} == {c for c in kept if c.isdigit()}


@given(st.text())
def test_a_number_spelt_once_is_spelt_so_again(text: str) -> None:
    """The one spelling is its own."""
    assert house_number(house_number(text)) == house_number(text)
    split_address(text)


@pytest.mark.parametrize(
    ("postal", "city", "read"),
    [
        ("", "1067 Dresden", ("01067", "Dresden", False)),
        ("", "D-52062 Aachen", ("52062", "Aachen", False)),
        ("01067", "01067 Dresden", ("01067", "Dresden", False)),
        ("1067 Dresden", "", ("01067", "Dresden", False)),
        ("", "520 Aachen", ("", "Aachen", True)),
        ("520", "Aachen", ("", "Aachen", True)),
        ("52062", "Aachen", ("52062", "Aachen", False)),
        ("", "", ("", "", False)),
    ],
)
def test_a_cell_may_hold_plz_and_town(postal: str, city: str, read: tuple[str, str, bool]) -> None:
    """They are taken apart, a lost zero comes back, and what is no PLZ is told."""
    assert split_town(postal, city) == read


def test_a_town_stays_one_where_the_plz_is_none() -> None:
    """Street, number and town are kept, and the floor behind a number is no town."""
    assert split_address("Weg 3, 520 Aachen") == Address("Weg", "3", "", "", "Aachen")
    assert split_address("Ring 5, 9999 Aachen") == Address("Ring", "5", "", "", "Aachen")
    assert split_address("Markt 12, 2. OG").city == ""
