"""Names come apart into salutation, titles, first names and surname; nothing is guessed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.acquisition.names import PersonName, split_name, title


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
        "Anna Kern [neu]", "Anna Kern (neu", "Anna Kern ✓", "✓ Anna Kern", "Anna Kern ?", "Anna Kern x",
        "Anna Kern i.A.",
        "Anna Kern, i. V.", "OA Anna Kern", "Anna\nKern", "Anna Kern, Aachen / Düren", "Anna Kern, Hagen",
        "Anna Kern, Fachärztin für Anästhesie", "Fachärztin für Chirurgie Anna Kern",
        "Anna Kern, Arzt für Urologisches",
        "Anna Kern-Psychotherapie", "Kern, Anna in Aachen", "Anna Kern in Aachen", "Inh. Anna Kern",
        "Ansprechpartnerin: Anna Kern", "Anna Kern bei Dr. Berg",
        "Anna Kern, telefonisch", "Anna Kern c/o Jan Berg", "„Anna Kern“", "*Anna Kern", "Anna Kern verstorben",
        "Anna Kern, Lebensberaterin",
        "Anna Kern, Ausbildungskandidatin", "Anna Kern, Paar- und Familientherapeutin", "Anna Kern, Master of Science",
        "Kern,\nAnna", "Anna Kern\nFachärztin für Psychiatrie", "Kern,Anna", "Anna Kern, Psychotherapie und Coaching",
        "Anna Kern, Kinder-und Jugendlichenpsychotherapeutin", "Anna Kern Kinder-u.Jugendlichenpsychotherapeutin",
        "Anna Kern, Köln-Ehrenfeld", "Anna Kern, Englisch", "Anna Kern, MPH", "Anna Kern, Logopädin",
        "Anna Kern Elternzeit", "Anna Kern, Urlaub", "Anna Kern Urlaub", "Anna Kern ruhend",
        "angestellte Psychotherapeutin Anna Kern",
        "Anna Kern ehem. Tal", "Kern, vormals Tal, Anna", "Anna Kern, ehem. Dr. Tal", "Anna Kern Nachfolge Dr. Berg",
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
        ("Dr. Kern, Lotte", PersonName("Kern", "Lotte", "Dr.")),
        ("Schulte Strathaus, Dr. Anna", PersonName("Schulte Strathaus", "Anna", "Dr.")),
        ("Meyer zu Bexten, Dr. Jan", PersonName("Meyer zu Bexten", "Jan", "Dr.")),
        ("Op den Kamp, Dr. Xu", PersonName("Op den Kamp", "Xu", "Dr.")),
        ("García López, María José", PersonName("García López", "María José")),
        ("Yilmaz Demir, Ayşe Nur", PersonName("Yilmaz Demir", "Ayşe Nur")),
        ("Meyer zu Bexten, Maria del Carmen", PersonName("Meyer zu Bexten", "Maria del Carmen")),
        ("Schulte Strathaus Dr. Anna", PersonName("Schulte Strathaus", "Anna", "Dr.")),
        ("Anna Schulte Strathaus", PersonName("Schulte Strathaus", "Anna")),
        ("Dipl.-Psych. Kern, Dr. Anna", PersonName("Kern", "Anna", "Dipl.-Psych. Dr.")),
        ("Dr. Kern, Frau Anna", PersonName("Kern", "Anna", "Dr.", "Frau")),
        ("Psychotherapeutin Frau Dr. Anna Kern", PersonName("Kern", "Anna", "Dr.", "Frau")),
        ("Prof.in Dr. Anna Kern", PersonName("Kern", "Anna", "Prof. Dr.")),
        ("Anna am Ende", PersonName("am Ende", "Anna")),
        ("am Ende, Anna", PersonName("am Ende", "Anna")),
        ("Dr. Jan in der Smitten", PersonName("in der Smitten", "Jan", "Dr.")),
        ("Smitten, Jan in der", PersonName("in der Smitten", "Jan")),
        ("aus der Fünten, Dr. Jan", PersonName("aus der Fünten", "Jan", "Dr.")),
        ("Dr. Kern in Aachen", PersonName("Kern", "", "Dr.")),
        ("Jan Becker-Arzt", PersonName("Becker-Arzt", "Jan")),
        ("Frau\nDr. Anna Kern", PersonName("Kern", "Anna", "Dr.", "Frau")),
        ("Dr. Anna\nKern", PersonName("Kern", "Anna", "Dr.")),
        ("Anna Maria\nKern", PersonName("Kern", "Anna Maria")),
        ("Prof.Dr.med. Anna Kern", PersonName("Kern", "Anna", "Prof. Dr. med.")),
        ("Kern, Prof.Dr. Anna", PersonName("Kern", "Anna", "Prof. Dr.")),
        ("Univ.-Prof.Dr. Anna Kern", PersonName("Kern", "Anna", "Univ.-Prof. Dr.")),
        ("PD.Dr. Anna Kern", PersonName("Kern", "Anna", "PD Dr.")),
        ("Fr.Dr. Kern", PersonName("Kern", "", "Dr.", "Frau")),
        ("Dr.Dr.A.Kern", PersonName("Kern", "A.", "Dr. Dr.")),
        ("Dr.de Vries, Anna", PersonName("de Vries", "Anna", "Dr.")),
        ("LL.M. Anna Kern", PersonName("Kern", "Anna", "LL.M.")),
        ("FRAU KERN", PersonName("KERN", "", "", "Frau")),
        ("HERR KERN, JAN", PersonName("KERN", "JAN", "", "Herr")),
        ("FRAU PROF.DR. EVA VON BERG", PersonName("VON BERG", "EVA", "Prof. Dr.", "Frau")),
        ("HERR VON BERG", PersonName("VON BERG", "", "", "Herr")),
        ("Dr. Kern, Elternzeit", PersonName("Kern", "", "Dr.")),
        ("Anna Urlaub", PersonName("Urlaub", "Anna")),
        ("A. Kern, Hypnose", PersonName("Kern", "A.")),
        ("Martin Lopez, Xiomara", PersonName("Martin Lopez", "Xiomara")),
        ("Thomas Kern, Nurgül", PersonName("Thomas Kern", "Nurgül")),
        ("Jan Peter jun.", PersonName("Peter jun.", "Jan")),
        ("Anna Junior", PersonName("Junior", "Anna")),
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
        "Anna Kern, Jan Berg", "A. Kern, J. Berg", "Dr. Kern, Dr. Berg", "Dr. Berg, Dr. Martin",
        "Dr. Anna Kern, Dr. Jan Berg",
        "Anna Kern Dr. Jan Berg", "Anna Kern oder Jan Berg", "Anna Kern bzw. Jan Berg", "Dres. Kern", "Familie Kern",
        "Frau Kern, Herr Berg", "Frau und Herr Berg", "Anna Kern, Frau Jan Berg", "Anna Kern, Dr. Berg",
        "Kern, Anna, Dr. med. / Berg, Jan, Dr. med.", "Kern, Anna, Dipl.-Psych. und Jan Berg", "Kern, Anna, Dr. Berg",
        "Psychotherapeutin Kern und Psychotherapeut Berg", "Anna Kern Psychotherapeutin Jan Berg",
        "Anna Kern &amp; Jan Berg", "Anna Müller - Schmidt", "Sekretariat Dr. Kern", "Psychotherapie Kern",
        "Kinder- und Jugendpsychiatrie Kern", "Psychologische Psychotherapeutin", "Privatpraxis Anna Kern",
        "Kern Berg PartGmbB", "Kern in Aachen", "Eva Kern ehem. Praxis Berg", "Eva Kern, vormals MVZ Berg",
        "Dr. phil. Berg, Dr. med. Martin", "Prof. Dr. Kern, Dr. Eva",
        "Anna Kern, Dr. Xu", "Anna Kern, Jan am Ende", "Anna Kern Frau Eva Berg", "Kern/Urlaub",
        "A. Kern, Eva Heide", "Anna Kern, Auf der Heide",
        "bei Anna Kern", "Anna Peter, Jan Otto", "Stand: 12.11.2026",
        "Seite 2", "Frau Anna Kern/Jan Berg",
    ],
)  # fmt: skip
def test_who_may_be_several_is_nobody_s_mixture(written: str) -> None:
    """Nor is a practice's name somebody's: called by all that is written, without a salutation."""
    assert split_name(written) == PersonName(written, institution=True)


def test_lines_of_a_cell_are_several_people() -> None:
    """As a practice of two is listed."""
    for above, below in (("Dr. Anna Kern", "Dr. Jan Berg"), ("Kern", "Berg"), ("Peter", "Otto"), ("Anna", "Jan Berg")):
        assert split_name(f"{above}\n{below}") == PersonName(f"{above} {below}", institution=True)


_SURNAMES = [
    "Kern", "Kern-Berg", "von der Heide", "de Vries", "zur Mühlen", "Schulte Strathaus", "Meyer zu Bexten", "Al-Hassan",
    "García López", "Yilmaz Demir", "El Sayed", "Le Roux", "O'Brien", "Kinder", "Arzt", "Partner", "Graf", "Frau", "Ma",
    "Freiherr von Stein", "Hagen", "Roth", "Berater", "Becker-Arzt", "am Ende", "in der Beek", "Op den Kamp", "Familie",
]  # fmt: skip
_FIRST_NAMES = [
    "Anna", "Anna Maria", "Hans-Peter", "A.", "J.-P.", "Ayşe Nur", "Karl H.", "Heide", "Rosa", "Maria del Carmen", "Kim"
]  # fmt: skip
_TWO = {"García López", "Yilmaz Demir", "Meyer zu Bexten"}
# where a surname of several words that no particle begins stands behind, nothing tells it from a first name
_BEFORE = ["{last}, {title} {first}", "{title} {last}, {first}", "{last}, {first}, {title}", "{last}, {first}, {work}"]
_BEHIND = ["{title} {first} {last}", "{first} {last}, {title}", "{first} {last}, {work}", "{work} {first} {last}"]
_LISTED = itertools.product(
    _SURNAMES, _FIRST_NAMES, ["", "Dr.", "Dipl.-Psych.", "Prof. Dr. med."], [*_BEFORE, *_BEHIND]
)


def test_a_name_is_read_alike_in_every_layout() -> None:
    """Whoever has it, wherever title and profession stand."""
    wrong = []
    for last, first, title_, layout in _LISTED:
        if layout in _BEHIND and (last in _TWO or "del" in first):
            continue
        cell = layout.format(last=last, first=first, title=title_, work="Psychologische Psychotherapeutin")
        found = split_name(cell.strip(" ,"))
        if found != PersonName(last, first, title_ if "{title}" in layout else ""):
            wrong.append((cell, found))
    assert not wrong


@given(
    st.text() | st.lists(st.sampled_from([*_SURNAMES, *_FIRST_NAMES, "Frau", "Herr", "Dr.", ",", "/"])).map(" ".join)
)
def test_any_text_has_a_surname_or_nothing(text: str) -> None:
    """No salutation that was not written, no crash, and titles in the one spelling stay so."""
    found = split_name(text)
    assert found.salutation in {"", "Frau", "Herr"}
    assert not found.salutation or any(word in text for word in ("Fr", "He", "Hr"))
    assert title(title(text)) == title(text)
