"""Names come apart into salutation, titles, first names and surname; nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.acquisition.names import PersonName, split_name, title
from domain.acquisition.phone_numbers import Numbers, PhoneNumber, numbers, phone, phones
from domain.acquisition.text import plz


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Frau Dr. phil. Anna Maria von der Heide", PersonName("von der Heide", "Anna Maria", "Dr. phil.", "Frau")),
        ("Heide, Anna, Dipl.-Psych.", PersonName("Heide", "Anna", "Dipl.-Psych.")),
        ("Müller, Dr. Jan", PersonName("Müller", "Jan", "Dr.")),
        ("Dr.med. Dipl. Psych. Anna Müller", PersonName("Müller", "Anna", "Dr. med. Dipl.-Psych.")),
        ("Prof. Dr. Heike Jäckel", PersonName("Jäckel", "Heike", "Prof. Dr.")),
        ("Anna Müller, M.Sc.", PersonName("Müller", "Anna", "M.Sc.")),
        ("Diplom-Psychologin Eva Kern", PersonName("Kern", "Eva", "Dipl.-Psych.")),
        ("Dr. rer. nat. Jan Ö. Weiß-Kühn", PersonName("Weiß-Kühn", "Jan Ö.", "Dr. rer. nat.")),
        ("Ma Li", PersonName("Li", "Ma")),
        ("Jo Null", PersonName("Null", "Jo")),
        ("van Gogh", PersonName("van Gogh")),
        ("MVZ am Markt GmbH", PersonName("MVZ am Markt GmbH", institution=True)),
        (
            "Psychotherapeutisches Zentrum Aachen GmbH",
            PersonName("Psychotherapeutisches Zentrum Aachen GmbH", institution=True),
        ),
        ("Anna Berg (Psychologische Psychotherapeutin)", PersonName("Berg", "Anna")),
        ("Berg (geb. Tal), Anna", PersonName("Berg", "Anna")),
        ("Anna Müller M.Sc.", PersonName("Müller", "Anna", "M.Sc.")),
        ("Anna Müller Dr. med. Dipl.-Psych.", PersonName("Müller", "Anna", "Dr. med. Dipl.-Psych.")),
        ("Dipl.-Psych. Anna Kern, Psychologische Psychotherapeutin", PersonName("Kern", "Anna", "Dipl.-Psych.")),
        ("Kern, Anna, Kinder- und Jugendlichenpsychotherapeutin", PersonName("Kern", "Anna")),
        ("Ärztlicher Psychotherapeut Dr. med. Jan Kern", PersonName("Kern", "Jan", "Dr. med.")),
        ("Eva Kern - Fachärztin für Psychiatrie und Psychotherapie", PersonName("Kern", "Eva")),
        ("Kern, Anna, PP / KJP", PersonName("Kern", "Anna")),
        ("Anna Kern PP/KJP", PersonName("Kern", "Anna")),
        ("Kern, Anna + Partner", PersonName("Kern", "Anna")),
        ("Kern, Anna, Kinder und Jugendliche", PersonName("Kern", "Anna")),
        ("Kern, Anna, Psychologische Psychotherapeutin und Supervisorin", PersonName("Kern", "Anna")),
        ("Kern, Dr. Anna, Aachen / Düren", PersonName("Kern", "Anna", "Dr.")),
        ("von und zu Berg, Karl", PersonName("von und zu Berg", "Karl")),
        ("Anna " + "/ " * 5000, PersonName("Anna")),
        ("Anna Kern, Dipl.-Psych. und Dipl.-Päd.", PersonName("Kern", "Anna", "Dipl.-Psych. Dipl.-Päd.")),
        ("Anna Kern, Dipl.-Psych. / Jan Berg", PersonName("Anna Kern, Dipl.-Psych. / Jan Berg", institution=True)),
        ("Dr. Kern und Dr. Berg", PersonName("Dr. Kern und Dr. Berg", institution=True)),
        ("Fachärztin für Psychiatrie und Psychotherapie Dr. Eva Kern", PersonName("Kern", "Eva", "Dr.")),
        ("Anna Therapeutin-Kern", PersonName("Therapeutin-Kern", "Anna")),
        ("KERN, ANNA", PersonName("KERN", "ANNA")),
        ("Anna Partner", PersonName("Partner", "Anna")),
        ("Karl von und zu Berg", PersonName("von und zu Berg", "Karl")),
        ("Anna Kern / Jan Berg", PersonName("Anna Kern / Jan Berg", institution=True)),
        ("Anna und Jan Berg", PersonName("Anna und Jan Berg", institution=True)),
        ("", PersonName("")),
    ],
)
def test_a_name_comes_apart(written: str, found: PersonName) -> None:
    """However a list has it; without a written salutation there is none."""
    assert split_name(written) == found


@pytest.mark.parametrize(
    "written",
    [
        "Anna Kern geb. Tal", "Anna Kern, geb. Tal", "Kern, geb. von Tal, Anna", "Anna Kern geborene Tal",
        "Facharzt für Psychiatrie Kern, Anna", "Fachärztin für Psychiatrie und Psychotherapie Anna Kern",
        "FÄ f. Psychiatrie u. Psychotherapie Anna Kern", "Arzt für Psychosomatische Medizin Anna Kern",
        "Facharzt für Kinder- und Jugendpsychiatrie und -psychotherapie Anna Kern", "Ärztin/Arzt Anna Kern",
        "Anna Kern, Fachärztin für Psychosomatische Medizin und Psychotherapie", "Anna Kern, Ärztin", "Anna Kern, Arzt",
        "Psychotherapeut*in Anna Kern", "Psychotherapeut:in Anna Kern", "Anna Kern, Psychotherapeut/in",
        "Anna Kern, Psychotherapeut/-in", "Anna Kern, Psychotherapeut(in)", "Anna Kern, PsychotherapeutIn",
        "Anna Kern, Psycholog_in", "Anna Kern, Psychoanalytikerin", "Psych. Psychotherapeutin Anna Kern",
        "Kinder-/Jugendlichenpsychotherapeutin Anna Kern", "Anna Kern Kinder- und Jugendlichenpsychotherapeutin",
        "Anna Kern - Kinder und Jugendliche", "Anna Kern – Verhaltenstherapie", "Anna Kern,  und Supervisorin",
        "Psychotherapeutin in Ausbildung Anna Kern", "Anna Kern, Psychotherapeutin in Aachen", "Anna Kern, nur privat",
        "Anna Kern, Supervision, Coaching", "Anna Kern, Tiefenpsychologisch fundierte Psychotherapie",
        "Anna Kern, Aachen", "Anna Kern, Frankfurt am Main", "Anna Kern, Markt 5, 52062 Aachen", "1. Anna Kern",
        "Anna Kern 0241 123456", "Anna Kern, Tel. 0241 123456", "Anna Kern u. a.", "Anna Kern et al.", "Anna Kern u.a.",
        "Anna Kern [neu]", "Anna Kern (neu", "Inh. Anna Kern", "Ansprechpartnerin: Anna Kern", "Anna Kern bei Dr. Berg",
        "Anna Kern, telefonisch", "Anna Kern verstorben", "„Anna Kern“", "*Anna Kern", "Anna Kern, Lebensberaterin",
        "Anna Kern, Ausbildungskandidatin", "Anna Kern, Paar- und Familientherapeutin", "Anna Kern, Master of Science",
        "Kern,\nAnna", "Anna Kern\nFachärztin für Psychiatrie", "Kern,Anna", "Anna Kern, Psychotherapie und Coaching",
        "Anna Kern, Kinder-und Jugendlichenpsychotherapeutin", "Anna Kern Kinder-u.Jugendlichenpsychotherapeutin",
        "Kinder-und Jugendlichenpsychotherapeutin Anna Kern", "Anna Kern - Kinder-und Jugendlichenpsychotherapeutin",
        "Anna Kern, Fachärztin für Kinder-und Jugendpsychiatrie", "Kern, Anna, Kinder-u Jugendlichenpsychotherapeutin",
    ],
)  # fmt: skip
def test_what_stands_beside_a_name_is_no_part_of_it(written: str) -> None:
    """A former name, a profession, a field of work, a place, a remark; before it or behind."""
    assert split_name(written) == PersonName("Kern", "Anna")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Kern, Dipl.-Psych., Anna", PersonName("Kern", "Anna", "Dipl.-Psych.")),
        ("Kern, Anna Dr. med.", PersonName("Kern", "Anna", "Dr. med.")),
        ("Kern Dr. Anna", PersonName("Kern", "Anna", "Dr.")),
        ("von Berg Dr. Karl", PersonName("von Berg", "Karl", "Dr.")),
        ("Dr. Kern, Aachen", PersonName("Kern", "", "Dr.")),
        ("Anna Kern, M.Sc. Psychologie", PersonName("Kern", "Anna", "M.Sc.")),
        ("Anna Kern, M. Sc. Klinische Psychologie und Psychotherapie", PersonName("Kern", "Anna", "M.Sc.")),
        ("Anna Kern MSc", PersonName("Kern", "Anna", "M.Sc.")),
        ("Dipl.-Sozialpädagogin (FH) Anna Kern", PersonName("Kern", "Anna", "Dipl.-Sozialpädagogin")),
        ("Jan Kern, Dipl.-Ing., Dipl.-Psych.", PersonName("Kern", "Jan", "Dipl.-Ing. Dipl.-Psych.")),
        ("Prof. Dr. med. Dr. h.c. mult. Jan Kern", PersonName("Kern", "Jan", "Prof. Dr. med. Dr. h.c. mult.")),
        ("apl. Prof. Dr. Jan Kern", PersonName("Kern", "Jan", "apl. Prof. Dr.")),
        ("Dr.-Ing. Jan Kern", PersonName("Kern", "Jan", "Dr.-Ing.")),
        ("Dr. anna kern", PersonName("kern", "anna", "Dr.")),
        ("Mag.a Anna Kern", PersonName("Kern", "Anna", "Mag.")),
        ("Anna M.A. Kern", PersonName("Kern", "Anna M.A.")),
        ("Kern, Frau Dr. Anna", PersonName("Kern", "Anna", "Dr.", "Frau")),
        ("Herr, Anna", PersonName("Herr", "Anna")),
        ("Heide, Anna von der", PersonName("von der Heide", "Anna")),
        ("Berg, Karl Graf von", PersonName("Graf von Berg", "Karl")),
        ("Karl Freiherr von Berg", PersonName("Freiherr von Berg", "Karl")),
        ("KERN Anna", PersonName("KERN", "Anna")),
        ("VAN DER HEIDE Anna", PersonName("VAN DER HEIDE", "Anna")),
        ("Kern A. M.", PersonName("Kern", "A. M.")),
        ("J.-P. Kern", PersonName("Kern", "J.-P.")),
        ("Jan Kern jun.", PersonName("Kern jun.", "Jan")),
        ("Al Khatib, Mohamed Ali", PersonName("Al Khatib", "Mohamed Ali")),
        ("Weiß - Kühn, Eva", PersonName("Weiß-Kühn", "Eva")),
        ("Weiß-\nKühn, Eva", PersonName("Weiß-Kühn", "Eva")),
        ("Müller Schmidt, Rosa", PersonName("Müller Schmidt", "Rosa")),
        ("Anna Kinder", PersonName("Kinder", "Anna")),
        ("Kinder, Anna", PersonName("Kinder", "Anna")),
        ("Peter Arzt", PersonName("Arzt", "Peter")),
        ("Dr.", PersonName("", "", "Dr.")),
    ],
)
def test_a_name_is_read_in_the_order_its_writing_tells(written: str, found: PersonName) -> None:
    """By commas, titles, capitals, initials and particles; a surname may be a profession."""
    assert split_name(written) == found


@pytest.mark.parametrize(
    "written",
    [
        "Anna Kern/Jan Berg", "Dr. Kern/Dr. Berg", "Frau A. Kern/Herr J. Berg", "Anna Kern | Jan Berg", "Kern & Berg",
        "Kern, Anna; Berg, Jan", "Kern, Anna, Aachen; Berg, Jan, Düren", "Anna Kern - Jan Berg", "Kern/Berg, Anna",
        "Anna Kern, Jan Berg", "A. Kern, J. Berg", "Dr. Kern, Dr. Berg", "Dr. Anna Kern, Dr. Jan Berg",
        "Anna Kern Dr. Jan Berg", "Anna Kern oder Jan Berg", "Anna Kern bzw. Jan Berg", "Dres. Kern", "Familie Kern",
        "Frau Kern, Herr Berg", "Frau und Herr Berg", "Anna Kern, Frau Jan Berg", "Anna Kern, Dr. Berg",
        "Kern, Anna, Dr. med. / Berg, Jan, Dr. med.", "Kern, Anna, Dipl.-Psych. und Jan Berg", "Kern, Anna, Dr. Berg",
        "Psychotherapeutin Kern und Psychotherapeut Berg", "Anna Kern Psychotherapeutin Jan Berg",
        "Anna Kern &amp; Jan Berg", "Anna Müller - Schmidt", "Sekretariat Dr. Kern", "Psychotherapie Kern",
        "Kinder- und Jugendpsychiatrie Kern", "Psychologische Psychotherapeutin", "Privatpraxis Anna Kern",
        "Anna Kern c/o Jan Berg", "Kern Berg PartGmbB", "Stand: 12.11.2026", "Seite 2", "Frau Anna Kern/Jan Berg",
    ],
)  # fmt: skip
def test_who_may_be_several_is_nobody_s_mixture(written: str) -> None:
    """Nor is a practice's name somebody's: called by all that is written, without a salutation."""
    assert split_name(written) == PersonName(written, institution=True)


def test_lines_of_a_cell_are_several_people() -> None:
    """As a practice of two is listed."""
    assert split_name("Dr. Anna Kern\nDr. Jan Berg") == PersonName("Dr. Anna Kern Dr. Jan Berg", institution=True)


@given(st.text())
def test_any_text_has_a_surname_or_nothing(text: str) -> None:
    """No salutation that was not written, no crash, and titles in the one spelling stay so."""
    found = split_name(text)
    assert found.salutation in {"", "Frau", "Herr"}
    assert not found.salutation or any(word in text for word in ("Fr", "He", "Hr"))
    assert title(title(text)) == title(text)


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
    assert numbers("nach Vereinbarung").unreadable
    assert not any(numbers(nothing, nothing).unreadable for nothing in ("", "-", "n.a.", "k. A.", "keine"))
    assert phones("+49 (0)40-66969056")[0].number == "+494066969056"


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
     "0241 123456 15. Nov", "02402 12345 100 Leute",
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


def test_a_lost_zero_comes_back_only_where_a_plz_has_it() -> None:
    """01067 is in Dresden; no PLZ is called 05206."""
    assert plz("1067") == "01067"
    assert plz("5206") == ""
    assert plz("52062") == "52062"
