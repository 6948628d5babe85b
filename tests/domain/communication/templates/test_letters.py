"""Letters: numbers that read right, nobody's name before an acceptance, nothing executed, crisis lines by digit."""

import re
from datetime import UTC, date, datetime
from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError, UndefinedError

from domain.casework.letters import compose
from domain.casework.patient_letters import queue_acceptance_to_patient
from domain.communication.models import Email
from domain.communication.templates.contexts import (
    LetterContext,
    OfficeContext,
    PatientCode,
    PatientLetterContext,
    PatientProfile,
)
from domain.communication.templates.kinds import BLOCKS
from domain.communication.templates.language import environment
from domain.communication.templates.rendering import Source, render
from domain.communication.templates.service import shipped
from domain.communication.wording import Recipient, greeting
from domain.database import Database
from domain.matching.models import Inquiry
from domain.patients.models import MedicalInformation
from domain.values import WeekSpan
from tests.builders import add_patient, add_search
from tests.domain.casework.steps import accept, ask, items, only_item

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KINDS = ("inquiry", "reminder", "withdrawal", "surplus", "alternative", "place_declined")
OFFICE = OfficeContext("Vermittlung", "Jana Brand", "Weg 1", "52062", "Aachen", "+492411", "buero@buero.example", "")
PERSON = Recipient("Frau", "Dr. med.", "Ina", "Sommer", is_institution=False)
NAMES = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30)


def profile(code: str) -> PatientProfile:
    """A person as a practice may know them."""
    return PatientProfile(
        code=code, age_band="30 bis 39 Jahre", sex="weiblich", insurance="gesetzlich", methods=(), group_ok=False,
        complaints=(), availability="", waiting_weeks=3, region="Raum 520", had_consultation=False,
        timely_needed=False, languages=(),
    )  # fmt: skip


def texts(kind: str) -> dict[str, Source]:
    """What the program ships for a kind and its blocks."""
    return {name: shipped(name) for name in (kind, *BLOCKS.values())}


def letter(kind: str, count: int, recipient: Recipient = PERSON) -> tuple[str, str, str]:
    """Subject, text and HTML of a letter about some patients."""
    codes = [f"K{n}" for n in range(count)]
    patients = tuple(profile(c) if kind in {"inquiry", "alternative"} else PatientCode(c) for c in codes)
    context = LetterContext(recipient, OFFICE, "7K3M9Q", patients, NOW.date(), date(2026, 11, 2), "Verzeichnis")
    made = render(kind, context, texts(kind))
    return made.subject, made.text, made.html


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", range(1, 7))
def test_numbers_read_right_in_every_letter(kind: str, count: int) -> None:
    """One is one, six are six, in both parts; every code is named and nothing of the template is left."""
    subject, text, html = letter(kind, count)
    whole = f"{subject}\n{text}\n{html}"
    assert "[PL-7K3M9Q]" in subject
    assert all(f"K{n}" in text and f"K{n}" in html for n in range(count))
    assert not re.search(r"\{[{%]|%\}|\}\}|None|Undefined", whole)
    assert not re.search(r"\b1 (Personen|Patienten|Wochen|Kennungen)\b", whole)
    one = ("eine Person", "einem Therapieplatz", "die Kennung K0", "eines Therapieplatzes", "zur Kennung")
    if count > 1:
        assert not any(words in whole for words in one if kind in {"inquiry", "reminder", "withdrawal"})


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("still_open", "words"), [(True, "hat sich teilweise erledigt"), (False, "hat sich erledigt")])
def test_a_withdrawal_says_whether_somebody_is_still_asked_for(count: int, words: str, *, still_open: bool) -> None:
    """One of three or all three: the subject tells it; an office's older wording still reads."""
    codes = tuple(PatientCode(f"K{n}") for n in range(count))
    context = LetterContext(
        PERSON, OFFICE, "7K3M9Q", codes, NOW.date(), date(2026, 11, 2), "Verzeichnis", still_open=still_open
    )
    assert words in render("withdrawal", context, texts("withdrawal")).subject
    older = Source('{{ mehrzahl("erledigt", "teilweise erledigt") }} [{{ kennzeichen }}]', "{{ kennungen }}")
    assert "erledigt" in render("withdrawal", context, {**texts("withdrawal"), "withdrawal": older}).subject


@pytest.mark.parametrize(
    ("recipient", "words"),
    [
        (Recipient("Frau", "Dr. phil.", "Ina", "Sommer", is_institution=False), "Sehr geehrte Frau Dr. Sommer"),
        (Recipient("Herr", "Prof. Dr.", "Jan", "Null", is_institution=False), "Sehr geehrter Herr Prof. Dr. Null"),
        (Recipient("", "", "Kim", "Roth", is_institution=False), "Guten Tag Kim Roth"),
        (Recipient("Divers", "", "Kim", "Roth", is_institution=False), "Guten Tag Kim Roth"),
        (Recipient("Frau", "", "", "Ambulanz", is_institution=True), "Sehr geehrte Damen und Herren"),
    ],
)
def test_a_salutation_is_given_never_guessed(recipient: Recipient, words: str) -> None:
    """Missing, it is neutral; institutions are several people."""
    assert greeting(recipient) == words
    assert words in letter("inquiry", 1, recipient)[1]


@given(first=NAMES, last=NAMES.filter(str.strip))
def test_no_name_breaks_a_letter_or_its_page(first: str, last: str) -> None:
    """Quotes, tags and braces are text, in the HTML escaped."""
    recipient = Recipient("", "", first, last, is_institution=False)
    _, text, html = letter("inquiry", 2, recipient)
    assert first.strip() in text or not first.strip()
    tagged = letter("reminder", 1, Recipient("", "", "<img src=x onerror=y>", "{{ 7*7 }}", is_institution=False))
    assert "<img src=x" not in tagged[2]
    assert "{{ 7*7 }}" in tagged[1]
    assert html.count("<html") == 1


def test_a_template_can_reach_nothing_and_miss_nothing() -> None:
    """The sandbox refuses to climb; an unknown word is an error, not a gap."""
    sandbox = environment(markdown=True)
    with pytest.raises(SecurityError):
        sandbox.from_string("{{ ''.__class__.__mro__[1].__subclasses__() }}").render()
    with pytest.raises(UndefinedError):
        sandbox.from_string("{{ nobody.knows }}").render()


def test_the_first_letter_says_where_the_address_is_from() -> None:
    """Art. 14 and 21 GDPR, in both parts."""
    _, text, html = letter("inquiry", 1)
    for part in (text, html):
        assert "Verzeichnis" in part
        assert "Art. 21" in part


def test_the_letter_to_a_patient_has_the_right_crisis_numbers() -> None:
    """Digit by digit, in both parts (domain.md)."""
    recipient = Recipient("", "", "Lea", "Berger", is_institution=False)
    context = PatientLetterContext(recipient, OFFICE, NOW.date(), "Dr. Ina Sommer", "+49241", "Weg 1")
    made = render("acceptance_patient", context, texts("acceptance_patient"))
    for part in (made.text, made.html):
        for number in ("0800 111 0 111", "0800 111 0 222", "116 123", "116 117", "112"):
            assert number in part, number


def test_no_letter_to_a_practice_names_anybody(database: Database) -> None:
    """Planted in every field of the record, none of it is in any letter, neither part, nor in the subject."""
    secret: dict[str, object] = {
        "first_name": "Kanaria", "last_name": "Verraeter", "street": "Geheimweg", "house_number": "4711",
        "email": "kanaria@geheim.example", "phone": "+4915799999999", "insurance_number": "K123456789",
        "insurer": "Geheimkasse", "city": "Verschwiegen", "note": "nur intern",
    }  # fmt: skip
    with database.write() as session:
        patient = add_patient(
            session,
            availability=(WeekSpan(480, 720),),
            diagnoses=("F60.31",),
            **secret,  # type: ignore[arg-type]  # columns of the profile only
        )
        medical = session.get_one(MedicalInformation, patient)
        medical.complaints, medical.complaint_note = (
            ["Angst", "Frau Verraeter ruft nachts an"],
            "Kanaria schreibt Tagebuch",
        )
        inquiry = ask(session, add_search(session, patient), now=NOW)
        for kind in KINDS:
            made = compose(
                session, kind, session.get_one(Inquiry, inquiry.id), items(session, inquiry), today=NOW.date()
            )
            whole = f"{made.subject}\n{made.text}\n{made.html}"
            planted = [*map(str, secret.values()), "F60", "nachts", "Tagebuch", "1992", "04.05"]
            assert [word for word in planted if word in whole and word != "4711"] == [], kind


def test_the_patient_is_written_to_by_name_at_their_own_address(database: Database) -> None:
    """Only this letter names them, and it goes to them."""
    with database.write() as session:
        patient = add_patient(session, email="lea@mail.example", last_name="Berger")
        inquiry = ask(session, add_search(session, patient), now=NOW)
        accept(session, inquiry, now=NOW)
        mail = session.get_one(Email, queue_acceptance_to_patient(session, only_item(session, inquiry).id, now=NOW))
        assert Address(addr_spec=mail.to_address).addr_spec == "lea@mail.example"
        assert "Berger" in mail.body_text
