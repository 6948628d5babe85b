"""However a name is written, a mail names it; and everyday words that look like one name nobody."""

from datetime import datetime

import pytest

from domain.casework.naming import named_in
from domain.communication.drafts.records import Addressee
from domain.communication.drafts.store import LONGEST_BODY
from domain.database import Database
from domain.errors import Invalid
from domain.patients.models import Guardian
from tests.builders import add_patient, add_search
from tests.domain.casework.steps import ask, only_item
from tests.domain.casework.test_naming import names, practice


@pytest.mark.parametrize(
    "words",
    [
        "Frau Dr. Öztürk", "Herrn Prof. Dr. med. Öztürk", "Lea M. Öztürk", "Lea Sophie Öztürk", "Frau Lea-M. Öztürk",
        "Öztürk, L.", "Öztürk, geb. Kaya, Lea", "Hrn. Öztürk", "Pat. Öztürk", "Mutter von Öztürk", "Lea Ozturk",
        "Lea Oztuerk", "Lea Öz\u00adtürk", "Lea Öz\u200btürk", "Lea \u041ezturk", "Lea ＯＺＴＵＲＫ", "Frau Öz-\ntürk",
        "Frau Öztürk-Meier", "Frau Meier-Öztürk", "Guten Tag wegen Frau Öztürk", "Hallo, Lea Öztürk",
        "Liebe Kollegin hier die Unterlagen von Lea Öztürk", "Sehr geehrte Frau Sommer Lea Öztürk sucht",
        "> Guten Tag Lea Öztürk und ihre Sorgen", "oe@\u200bmail.example", "oe(at)mail.example",
    ],
)  # fmt: skip
def test_common_spellings(database: Database, words: str) -> None:
    """Titles and names between, umlauts, letters that look alike, what nobody sees, a greeting that goes on."""
    with database.write() as session:
        add_patient(session, first_name="Lea Marie", last_name="Öztürk", email="oe@mail.example")
        assert names(session, practice(session), "Frage", words) == ["Lea Marie Öztürk"]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("Sarah", "Müller-Lüdenscheidt", "Frau Müller sucht"), ("Sarah", "Müller-Lüdenscheidt", "Sarah Lüdenscheidt"),
        ("Anna", "von der Heide", "Frau v. d. Heide"), ("Anna", "von der Heide", "Heide, Anna von der"),
        ("Sean", "O'Brien", "Herr OBrien"), ("Øyvind", "Łukasz", "Herr Lukasz"), ("Hans", "Maaß", "HERR MAASS"),
        ("Tom", "Keller", "Ihr Patient Tom Keller"), ("Ina", "Sommer", "Es sucht Ina Sommer"),
    ],
)  # fmt: skip
def test_names_of_several_parts_and_of_colleagues(database: Database, first: str, last: str, words: str) -> None:
    """Half of a double name; and who is called a patient is one, though a colleague or the therapist is called so."""
    with database.write() as session:
        add_patient(session, first_name=first, last_name=last)
        assert names(session, practice(session), words) == [f"{first} {last}"]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("Anna", "Kurz", "Bitte rufen Sie a. kurz an"), ("Ulrich", "Zeit", "bitte Tag u. Zeit nennen"),
        ("David", "Platz", "d. Platz ist frei"), ("Sven", "Montag", "s. Montag"), ("Lea", "Uhr", "Fr Uhr, Fr 10 Uhr"),
        ("Lea", "Kurz", "Fr kurz vor 12"), ("Zoe", "Bach", "z. B. Bach"),
        ("Lea", "Winter", "Mit Grüßen an Lea. Winter ist kalt."), ("Tom", "Keller", "Viele Grüße\nTom Keller"),
    ],
)  # fmt: skip
def test_everyday_words(database: Database, first: str, last: str, words: str) -> None:
    """Abbreviations, days of the week, two sentences, and who signs."""
    with database.write() as session:
        add_patient(session, first_name=first, last_name=last)
        assert names(session, practice(session), words) == []


def test_addresses_are_whole_ones_and_not_the_offices(database: Database) -> None:
    """A part of another address names nobody, nor the office's own below a letter; a guardian knows the child."""
    with database.write() as session:
        child = add_patient(session, first_name="Lea", last_name="Berger", email="a@b.de")
        session.add(
            Guardian(patient_id=child, name="Eva Berger", relation="Mutter", phone="", email="eva@mail.example")
        )
        add_patient(session, first_name="Lea", last_name="Yps", email="jana@buero.example")
        to = practice(session)
        assert names(session, to, "praxis.lea@b.de, lisa@b.dell.com") == []
        assert names(session, to, "Schreiben Sie an a@b.de.") == ["Lea Berger"]
        assert names(session, to, "Jana Brand\njana@buero.example") == []
        assert names(session, Addressee("Eva@mail.example", ""), "Lea Berger") == []


def test_a_code_however_it_is_typed(database: Database, now: datetime) -> None:
    """In small letters, with a blank; and the reference of an inquiry without its sign."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now)
        to, code = practice(session), only_item(session, inquiry).reference_code
        for words in (
            code.lower(),
            f"{code[:3]} {code[3:]}",
            f"_{code}_",
            inquiry.reference,
            inquiry.reference.lower(),
        ):
            assert len(names(session, to, words)) == 1, words
        assert names(session, to, f"x{code}") == []


def test_too_many_words_are_refused(database: Database) -> None:
    """With the field."""
    with database.write() as session, pytest.raises(Invalid, match=r"drafts\.too_long"):
        named_in(session, practice(session), ["x" * (LONGEST_BODY + 1)])
