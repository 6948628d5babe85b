"""Telephone numbers are read whole, as they were written, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.acquisition.phone_numbers import Numbers, PhoneNumber, numbers, phone, phones


def test_several_numbers_with_words_go_where_they_belong() -> None:
    """A fax number is no telephone, a mobile in the telephone's cell is a mobile."""
    assert phones("Tel: 0241-1234567, Fax: 0241 1234568") == (
        PhoneNumber("+492411234567", "phone"),
        PhoneNumber("+492411234568", "fax"),
    )
    assert numbers("0241 1234567 oder 0170 1234567") == Numbers("+492411234567", "+491701234567", "", unreadable=False)
    assert numbers("0170 1234567").phone == "+491701234567"
    assert numbers("Fax 0241 1234568").phone == ""
    for both in ("Tel/Fax: 0241 123456", "Telefon und Telefax: 0241 123456", "Tel. u. Fax 0241 123456"):
        assert numbers(both) == Numbers("+49241123456", "", "", unreadable=False)
    assert numbers("Telefax: 0241 1234568").fax == "+492411234568"
    assert numbers("Fax 0241 1234568").unreadable
    assert numbers("nach Vereinbarung").unreadable
    assert not any(numbers(nothing, nothing).unreadable for nothing in ("", "-", "n.a.", "k. A.", "keine"))
    assert phones("+49 (0)40-66969056")[0].number == "+494066969056"


@pytest.mark.parametrize(
    ("written", "phone", "fax"),
    [
        ("0241 12345 67, Fax dienstl. 0241 12345 68", 67, 68),
        ("Tel. 0241 12345 67, Fax Praxis 0241 12345 68", 67, 68),
        ("T 0241 12345 67 F 0241 12345 68", 67, 68),
        ("0241 1234567, Fax Frau Berg 0241 1234568", 67, 68),
        ("0241 1234568 (Fax), 0241 1234567 (Tel)", 67, 68),
        ("0241 1234567\n0241 1234568 Fax", 67, 68),
        ("Tel. 0241 1234567 Fax, 0241 1234568", 67, 68),
        ("F: 0241 12345 68", None, 68),
        ("Fax (Praxis):\n0241 1234568", None, 68),
        ("Tel: Fax: 0241 1234568", None, 68),
        ("Tel. - Fax 0241 1234568", None, 68),
        ("0241 1234568 Fax und 0241 1234567", 67, 68),
        ("0241 1234567 Fax / 0241 1234568", None, 67),
        ("T/F: 0241 1234567", 67, None),
        ("Tel. + Fax + AB: 0241 1234567", 67, None),
        ("0241 12345 67 Fax und AB", 67, None),
        ("0241 1234567 Tel. u. Fax", 67, None),
        ("0241 1234567 Fax auf Anfrage", 67, None),
        ("Tel. 0241 1234567 Fax", 67, None),
    ],
)
def test_no_fax_is_called(written: str, phone: int | None, fax: int | None) -> None:
    """Wherever the word stands; a cell where it may belong to either number of two has neither to call."""
    found = numbers(written)
    assert (found.phone, found.fax) == tuple(f"+4924112345{end}" if end else "" for end in (phone, fax))
    assert found.unreadable == (phone is None)


@pytest.mark.parametrize(
    "written",
    [
        "0241/123456 / 123457", "0241/123456/57", "+49 (0) 241 / 123456 / 57", "0049 241 / 123456", "+49 241 / 123456",
        "0241 123456 9:00-10:00", "0241/123456 9-10 Uhr", "0241 123456 12.30 bis 13.00 Uhr", "0241/123456 9.00-10.00",
        "0241 123456 10.00–10.50", "0241/123456 8-9 und 12-13 Uhr", "0241 123456 8-9, 12-13 Uhr", "0241/123456 8 Uhr",
        "0241/123456 8.00-8.50/12.00-12.30", "0241/123456-8-9 Uhr", "0241 123456 9-10:30", "(0241) 123456 / 57",
        "0241/123456\n123457", "2. 0241 123456", "0241/123456 9 - 10:30", "0241 123456 9 - 10 Uhr",
        "+49 (0241) 123456", "0049 (0241) 123456", "+49 0241/123456", "+49 (0241)/123456", "(+49)(0241) 123456",
        "+49 (0) 0241/123456", "+49 (0241) 123456 / 57", "0241 123456 9\u201110 Uhr", "0241 123456 9 \u2212 10 Uhr",
        "0241 123456 9:00\u201010:00", "0241/123456-8-9, 12-13 Uhr",
    ],
)  # fmt: skip
def test_what_stands_behind_a_number_is_no_part_of_it(written: str) -> None:
    """Else a stranger is called."""
    assert [entry.number for entry in phones(written)] == ["+49241123456"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0241/123456\n0170/1234567", ["+49241123456", "+491701234567"]),
        ("0241/123456 0170/1234567", ["+49241123456", "+491701234567"]),
        ("0241 1234567\n0170/1234567", ["+492411234567", "+491701234567"]),
        ("0241/123456 0241/654321", ["+49241123456", "+49241654321"]),
        ("0241 123456 57", ["+4924112345657"]),
        ("030 34265 40\n0170 1234567", ["+49303426540", "+491701234567"]),
        ("030/12345678\n0170/1234567", ["+493012345678", "+491701234567"]),
        ("02402/12345 0171/1234567", ["+49240212345", "+491711234567"]),
        ("0241 123456-0170 1234567", ["+49241123456", "+491701234567"]),
        ("0241/123456/57 0170 1234567 9.00-10.00", ["+49241123456", "+491701234567"]),
        ("Tel:\n0241/123456\nFax:\n0241/123457", ["+49241123456", "+49241123457"]),
        ("0176 123456/78", ["+4917612345678"]),
        ("0176/123456/78", ["+4917612345678"]),
        ("0151-1234567/8", ["+4915112345678"]),
        ("0179 123 45/67", ["+491791234567"]),
        ("+49 0170/8041708", ["+491708041708"]),
        ("+49 (02408)/9087400", ["+4924089087400"]),
        ("+49 (033203) 12345, +49 0170/8041708", ["+493320312345", "+491708041708"]),
        ("+49 (0241) 123456 0170/1234567", ["+49241123456", "+491701234567"]),
        ("02402 - 12 34 5 - 8:00-9:00", ["+49240212345"]),
        ("0241 12 34 56Fax: 0241 123457", ["+49241123456", "+49241123457"]),
        ("0241 123456\n52062 Aachen\n2 Plätze", ["+49241123456"]),
        ("(Tel. 0241 12 34 56)", ["+49241123456"]),
        ("(Tel. (0241) 12 34 56)", ["+49241123456"]),
        ("(0241 12 34 56)", ["+49241123456"]),
        ("+31 (0)43 / 12 34 567", ["+31431234567"]),
        ("0421-2-53-02-15, 8:15-9 Uhr", ["+494212530215"]),
        ("0176 12345 678 privat", ["+4917612345678"]),
        ("0170 12345 67", ["+491701234567"]),
        ("0241 12 34 56 privat", ["+49241123456"]),
        ("0241 123456-12 Frau Kern", ["+4924112345612"]),
        ("0241 12345 67, Mobiltelefon 0171 2345678", ["+492411234567", "+491712345678"]),
        ("0241 12345 67 Handynr. 0171 2345678", ["+492411234567", "+491712345678"]),
        ("0241 12345 67 Fax Nr. 0241 12345 68", ["+492411234567", "+492411234568"]),
        ("0241 12345 67 Tel. und Fax", ["+492411234567"]),
        ("0241 12345 67 Privatpraxis", ["+492411234567"]),
        ("0241 12345 67, Fax 0241 12345 68", ["+492411234567", "+492411234568"]),
        ("+49 241 12345 67 / +49 170 1234567", ["+492411234567", "+491701234567"]),
        ("0241 12345 67 oder (0170) 12345 67", ["+492411234567", "+491701234567"]),
        ("089 123456 78 (privat)", ["+498912345678"]),
        ("0241 12 34 56 Mo 9-10", ["+49241123456"]),
        ("0241 12 34 56 J. Kern", ["+49241123456"]),
        ("0241 12 34 56 von 8-9", ["+49241123456"]),
        ("0241 12 34 56 / 9-10 Uhr", ["+49241123456"]),
    ],
)
def test_every_number_of_a_cell_is_read_whole(written: str, read: list[str]) -> None:
    """However many there are, and where a slash stands in a mobile one."""
    assert [entry.number for entry in phones(written)] == read
    assert not numbers(written).unreadable


@pytest.mark.parametrize(
    "written",
    ["030-123456/78", "0241-12345/67", "0241 123456 (57)", "0241/123456 9-10", "0241/123456 9 bis 10",
     "0241/123456 8.00", "49241123456", "241 123456", "0241 123456 123457", "0241/1234/567",
     "0241 123456 2x klingeln", "0241 123456 12h30", "0241 123456 8oo", "0241 12345O", "0241 123O56", "0241 123\n456",
     "0241/123456\n57", "(033203) 12 34 5 - 9.00-10.00", "033203/12 34 5 bis 10.30", "0221 987 654 3 bis 10.30",
     "02402 - 12 34 5 - 10:30", "02402 12 34 5 - 8 Uhr", "0221 987 654 3 - 8 Uhr", "0241 123456 2 Plätze",
     "0241 123456 5 Min",
     "0241 123456 24 Stunden", "0241 123456 3 Monate", "0241 123456 12/2026", "0241 123456 2)",
     "0241 123\n\n456", "0241 123-\n456", "0241 1234B6", "0241 123456 3 Kinder", "0241 123456 2 freie Plätze",
     "0241 123456 9 und 10 Uhr", "0241 123456 12/13 Uhr", "0241 123456.8-9 Uhr", "0241 123456 9\u201110",
     "0241 12 34 56 2 freie", "0241 12 34 56 2 nette Leute", "0241 123456 2026",
     "0241 123456 15. Nov", "02402 12345 100 Leute", "0241 12 34 56 14-tägig", "0241 12 34 56 12 Sitzungen",
     "0241 12 34 56 45 J.", "0241 12 34 56 10 % frei", "0241 12 34 56 12/13 Uhr", "0241 12 34 56 6 Mo",
     "0241 12 34 56 2026", "02402 12345 2026", "02402 12 345 2 Anfragen", "0241 997-0 2 von 3", "0241 123456 8, 9 Uhr",
     "0241 123456 2 Privatplätze", "0241 12 34 56 2 Privatplätze", "0241 12 34 56 2 tel. Sprechstunden",
     "02402 1234-56 2 Kassenplätze",
     "02402 12345 8,30-9,30 Uhr", "0241 12 34 20-22, 9-10 Uhr", "0241 / 47 11 20-15, 8-9 Uhr", "(0241 123456 57)"],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_is_noted(written: str) -> None:
    """A wrong number is worse than none."""
    assert numbers(written) == Numbers("", "", "", unreadable=True)


def test_of_numbered_entries_only_what_is_sure_is_read() -> None:
    """The second entry's number may end the first telephone number."""
    assert numbers("1) 0241 123456 2) 0176 12345678") == Numbers("+4917612345678", "", "", unreadable=True)


_WRITTEN = st.builds(
    lambda number, parted: parted.format(*number),
    st.sampled_from(
        [("0241", "123456"), ("030", "12345678"), ("02402", "12345"), ("0170", "1234567"), ("0151", "12345678"),
         ("+49 241", "123456"), ("+49 170", "1234567")]
    ),
    st.sampled_from(["{0} {1}", "{0}/{1}", "{0} / {1}", "{0}-{1}", "({0}) {1}"]),
)  # fmt: skip
_BESIDE = st.sampled_from(
    ["", "57", "9-10", "9-10 Uhr", "9.00-10.00", "8.30 – 9", "9:00-10:00", "12 bis 13", "8-9, 12-13 Uhr", "Mo 8-9",
     "8 h", "Fax", "oder", "Stand 1.12.2026", "01.12.2026", "52062 Aachen", "2.", "8,30-9,30", "8,00 - 9,00 Uhr",
     "9\u201110", "9 \u2212 10 Uhr", "9.00\u201010.00", "9 und 10 Uhr", "2026", "100 €", "3-4 mal", "12 km"]
)  # fmt: skip
_WORD = st.text(st.characters(categories=["L"], max_codepoint=0x24F), min_size=1, max_size=9)
_BETWEEN = st.sampled_from([" ", "\n", " / ", "/", ", ", "; ", " - ", " oder ", " (", ") "])


@given(st.tuples(_BESIDE, st.just(" "), _WRITTEN, _BETWEEN, _BESIDE, _BETWEEN, _WRITTEN, _BETWEEN, _BESIDE))
def test_no_number_comes_out_that_was_not_written_as_one(cell: tuple[str, ...]) -> None:
    """Whatever stands behind or beside it."""
    written = {phone(cell[2]), phone(cell[6])}
    assert "" not in written
    written |= {phone(f"{number} - 57") for number in (cell[2], cell[6])}  # a dash makes it an ending
    assert {entry.number for entry in phones("".join(cell))} <= written


@given(_WRITTEN, st.sampled_from([" ", "\n", ", ", "; ", " (", ". "]), st.integers(1, 2099), _WORD, _BESIDE)
def test_a_count_of_anything_is_no_ending(number: str, parted: str, count: int, word: str, beside: str) -> None:
    """Whatever is counted, and how many there are."""
    assert {entry.number for entry in phones(f"{number}{parted}{count} {word} {beside}")} <= {phone(number)}


@given(
    st.sampled_from(
        [("0241 12 34 20-22", "+4924112342022"), ("0241 / 47 11 20-15", "+4924147112015"),
         ("0421-25-30-21", "+49421253021"), ("0421-2-53-02-15", "+494212530215"),
         ("02402 12 34 12-10", "+49240212341210"), ("0241 123456-12", "+4924112345612")]
    ),
    st.sampled_from([", ", " ", "\n", " Mo ", " (", "; ", " und "]),
    st.lists(
        st.sampled_from(["8-9", "9-10", "8:15-9", "9.00\u201110.00", "12 \u2212 13", "9 bis 10:30"]),
        min_size=1, max_size=3,
    ),
    st.sampled_from([" Uhr", "", " h"]),
)  # fmt: skip
def test_hours_cut_no_ending_off(number: tuple[str, str], parted: str, hours: list[str], unit: str) -> None:
    """An ending that looks like hours before hours."""
    written, read = number
    assert {entry.number for entry in phones(f"{written}{parted}{', '.join(hours)}{unit}")} <= {read}


def test_a_long_area_code_is_no_number_of_its_own() -> None:
    """Five digits behind the country's code, and a slash."""
    assert [entry.number for entry in phones("+49 33203 / 12345")] == ["+493320312345"]


@given(st.text())
def test_a_number_read_is_a_number(text: str) -> None:
    """E.164 or nothing, each once."""
    found = [entry.number for entry in phones(text)]
    assert len(found) == len(set(found))
    assert all(number.startswith("+") and number[1:].isdigit() for number in found)
